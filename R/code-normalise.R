# Centre and scale of each indicator, and what direction -1 does.
#
# A normalisation is affine per indicator (or per indicator and region):
# z = (x - centre) * inverse, an inverse of 0 standing for "no spread, z = 0".
# Only "rank" is not: its values are made here and pass through unchanged.

# What is taken from the moments of the reference.
moment_kinds <- c("zscore", "minmax")

bounded_kinds <- c("minmax", "goalposts", "rank")

# An error of cells, `bad` being the panel rows of each indicator: all of them
# in the fields, side by side (`columns` has each indicator once); five lines
# of `head` at most in the message, and the first five cells. `panel$x` has the
# values that are meant; `also`: regions without such a cell that have their
# part in it, named after those of the cells.
stop_cells <- function(what, bad, panel, head, call, hints = NULL,
                       also = character()) {
  bad <- bad[lengths(bad) > 0L]
  rows <- unlist(bad, FALSE, FALSE)
  column <- rep(names(bad), lengths(bad))
  place <- row_places(panel_as_rows(panel), rows)
  regions <- unique(place$regions)
  left <- length(head) - 5L
  stop_nid(
    what,
    c(utils::head(unname(head), 5L),
      if (left > 0L) paste0("The same of ", count_of(left, "indicator"),
                            " more."),
      x = place$text,
      x = if (length(regions) > 1L && length(rows) > 5L) {
        paste0(count_of(length(regions), "region"), ": ", some_of(regions),
               ".")
      },
      hints),
    columns = unique(column), regions = c(place$regions, also),
    times = place$times,
    values = unlist(Map(\(name, at) panel$x[[name]][at], names(bad), bad),
                    FALSE, FALSE),
    indicators = column, n = length(rows), incomplete = also, call = call
  )
}

# What row_places() needs of a panel.
panel_as_rows <- function(panel) {
  list(offset = panel$offset, labels = panel$regions,
       time = row_time(panel), row = NULL,
       stamp = if (panel_keeps_stamp(panel)) {
         panel_column(panel, panel$index[["time"]])
       })
}

warn_zero_spread <- function(names, regions = NULL) {
  if (length(names) > 0L) {
    warn_nid("zero_spread",
             paste0("No spread in ", some_of(unique(names)),
                    if (length(regions) > 0L) {
                      paste0(" of ", some_of(regions))
                    },
                    " (within the reference): its normalised value is 0."),
             columns = unique(names), regions = regions)
  }
}

warn_digits_lost <- function(name, mean, sd) {
  lost <- sd > 0 & sd < last_digits * abs(mean)
  if (any(lost, na.rm = TRUE)) {
    warn_nid("digits_lost",
             paste0("The values of ", some_of(name), " differ only in their ",
                    "last digits; rates of it are mostly rounding."),
             columns = name)
  }
}

# Values so small that a reciprocal overflows, or so large that a difference
# does, are read in a unit of their own, a power of two, which no normalised
# value can notice: list(x, unit, moments), `unit` what values were multiplied
# by, `moments` those of all rows as read, which a panel has of its own values.
in_own_units <- function(x, panel, kind) {
  moments <- panel$moments[names(x)]
  scheme <- panel$scheme
  changed <- scheme[["indicator"]][scheme[["transform"]] != "none"]
  moments[changed] <- lapply(x[changed], column_moments)
  unit <- vapply(moments, \(m) {
    if (kind %in% c("none", "rank")) return(1)
    largest <- largest_size(m)
    if (largest > 1e290) 2^-800 else
      if (largest > 0 && largest < 1e-290) 2^800 else 1
  }, 1)
  for (name in names(x)[unit != 1]) {
    x[[name]] <- x[[name]] * unit[[name]]
    moments[[name]] <- column_moments(x[[name]])
  }
  list(x = x, unit = unit, moments = moments)
}

# The largest absolute value, 0 where there is none.
largest_size <- function(m) {
  if (m$n == 0) 0 else max(abs(c(m$min, m$max)))
}

# list(centre, inverse) of one indicator from the moments of its reference.
affine_from_moments <- function(kind, m, low, high, name) {
  warn_digits_lost(name, m$mean, m$sd)
  if (kind == "zscore") {
    return(list(centre = m$mean, scale = m$sd))
  }
  list(centre = m$min, scale = m$max - m$min)
}

inverse_scale <- function(scale) {
  out <- 1 / scale
  out[is.na(scale) | scale == 0] <- 0
  out
}

# Ranks over the whole panel, or within each region, on 0..1.
rank_values <- function(x, group = NULL) {
  one <- function(v) {
    n <- sum(!is.na(v))
    r <- rank(v, na.last = "keep", ties.method = "average")
    if (n > 1L) (r - 1) / (n - 1) else r * 0
  }
  if (is.null(group)) one(x) else stats::ave(x, group, FUN = one)
}

# The affine map of every indicator, from its values after the transform as
# in_own_units() reads them: lists `centre` and `scale` named by indicator, each
# of length 1 or one number a region.
normalisation <- function(panel, read, kind, reference, call) {
  scheme <- panel$scheme
  x <- read$x
  names <- scheme[["indicator"]]
  if (!kind %in% moment_kinds || inherits(reference, "nid_reference")) {
    # An index is of each region alone; elsewhere all rows are compared.
    for (name in names) {
      m <- if (kind == "index") moments_cpp(x[[name]], panel$offset) else
        read$moments[[name]]
      warn_digits_lost(name, m$mean, m$sd)
    }
  }
  if (inherits(reference, "nid_reference")) {
    return(frozen_normalisation(panel, read$unit, kind, reference, call))
  }
  if (kind == "none" || kind == "rank") {
    return(constant_map(names, 0, 1))
  }
  if (kind == "goalposts") {
    return(goalpost_map(scheme, read$unit, call))
  }
  if (kind == "index") {
    return(index_map(panel, x, reference, call))
  }
  out <- each_told(names, \(name) {
    m <- reference_moments(panel, read, name, reference, call)
    affine_from_moments(kind, m, name = name)
  })
  names(out) <- names
  no_spread <- function(a) {
    which(!is.na(a$centre) & (is.na(a$scale) | a$scale == 0))
  }
  flat <- lapply(out, no_spread)
  by_region <- identical(reference, "region")
  warn_zero_spread(names[lengths(flat) > 0L], if (by_region) {
    as.character(panel$regions[sort(unique(unlist(flat)))])
  })
  list(centre = lapply(out, `[[`, "centre"), scale = lapply(out, `[[`, "scale"))
}

# That of a reference made earlier: centre and scale of each indicator, in its
# present unit.
frozen_normalisation <- function(panel, unit, kind, reference, call) {
  if (!identical(attr(reference, "normalise"), kind)) {
    stop_nid("reference",
             paste0("The reference was made with normalise = \"",
                    attr(reference, "normalise"), "\", not \"", kind, "\"."),
             call = call)
  }
  names <- panel$scheme[["indicator"]]
  absent <- setdiff(names, reference[["indicator"]])
  if (length(absent) > 0L) {
    stop_nid("reference",
             paste0("The reference has no centre and scale for ",
                    some_of(absent), "."),
             columns = absent, call = call)
  }
  region <- attr(reference, "region")
  pick <- function(what) {
    out <- lapply(names, \(name) {
      rows <- reference[["indicator"]] == name
      value <- reference[[what]][rows]
      value <- value * unit[[name]]
      if (is.null(region)) {
        return(value)
      }
      key <- if (is.na(region)) 1L else {
        match(as.character(panel$regions),
              as.character(reference[[region]][rows]))
      }
      value[key]
    })
    stats::setNames(out, names)
  }
  if (!is.null(region) && !is.na(region)) {
    strange <- setdiff(as.character(panel$regions),
                       as.character(reference[[region]]))
    if (length(strange) > 0L) {
      stop_nid("reference",
               paste0("The reference has no centre and scale for ",
                      some_of(strange), "."),
               regions = strange, call = call)
    }
  }
  list(centre = pick("centre"), scale = pick("scale"))
}

constant_map <- function(names, centre, scale) {
  n <- length(names)
  list(centre = stats::setNames(as.list(rep(centre, length.out = n)), names),
       scale = stats::setNames(as.list(rep(scale, length.out = n)), names))
}

goalpost_map <- function(scheme, unit, call) {
  bad <- is.na(scheme[["low"]])
  if (any(bad)) {
    stop_nid("scheme",
             c(paste0("Goalposts need `low` and `high` in the scheme; missing ",
                      "for ", some_of(scheme[["indicator"]][bad]), ".")),
             columns = scheme[["indicator"]][bad], call = call)
  }
  low <- scheme[["low"]] * unit
  constant_map(scheme[["indicator"]], low, scheme[["high"]] * unit - low)
}

# Moments over the reference: all rows, each region's, or one time's.
reference_moments <- function(panel, read, name, reference, call) {
  if (identical(reference, "panel")) {
    return(read$moments[[name]])
  }
  x <- read$x[[name]]
  if (identical(reference, "region")) {
    return(moments_cpp(x, panel$offset))
  }
  at <- which(row_time(panel) == reference)
  m <- column_moments(x[at])
  if (m$n < 3) {
    stop_nid(
      "few_regions",
      c(paste0("The reference time ", time_words(panel, reference), " has ",
               count_of(m$n, "region"), " with ", some_of(name),
               "; 3 are needed for a scale.")),
      columns = name, n = m$n, times = reference, call = call
    )
  }
  m
}

# Own value at the base = 100, by region.
index_map <- function(panel, x, reference, call) {
  check_base_time(reference, call)
  names <- panel$scheme[["indicator"]]
  at <- which(row_time(panel) == reference)
  region <- findInterval(at - 1L, panel$offset)
  if (length(at) == 0L) {
    stop_nid("reference",
             c(paste0("No region has the base time ",
                      time_words(panel, reference), "."),
               i = paste0("Times run from ", panel_span(panel), ".")),
             times = reference, call = call)
  }
  bad <- lapply(x[names], \(v) at[which(v[at] <= 0)])
  if (any(lengths(bad) > 0L)) {
    panel$x <- x
    stop_cells("domain", bad, panel,
               paste0("The base value of an index must be above 0",
                      if (any(panel$scheme[["transform"]] != "none")) {
                        ", after the transform"
                      }, "; it is not for ",
                      some_of(names[lengths(bad) > 0L]), "."), call)
  }
  scale <- lapply(x[names], \(v) {
    base <- rep(NA_real_, n_regions(panel))
    base[region] <- v[at]
    base / 100
  })
  lost <- Reduce(`|`, lapply(scale, is.na))
  if (any(lost)) {
    inform_nid("reference",
               paste0(count_of(sum(lost), "region"), " without a value at the ",
                      "base time ", time_words(panel, reference), ": ",
                      some_of(panel$regions[lost]), "."),
               regions = as.character(panel$regions[lost]))
  }
  list(centre = lapply(scale, \(s) s * 0), scale = scale)
}

check_base_time <- function(reference, call) {
  if (!is.numeric(reference)) {
    stop_nid("reference",
             c("normalise = \"index\" needs a base time as `reference`.",
               i = "For example reference = 2005."),
             call = call)
  }
}

# Every cell outside the domain of its transform, of all indicators at once.
check_transform_domain <- function(panel, call) {
  scheme <- panel$scheme
  names <- scheme[["indicator"]][scheme[["transform"]] != "none"]
  bad <- lapply(stats::setNames(names, names), \(name) {
    outside_domain(panel$x[[name]], indicator_transform(scheme, name))
  })
  bad <- bad[lengths(bad) > 0L]
  if (length(bad) == 0L) {
    return(invisible())
  }
  stop_cells(
    "domain", bad, panel, call = call,
    head = vapply(names(bad), \(name) {
      transform <- indicator_transform(scheme, name)
      paste0("The ", transform$word, " of ", some_of(name), " needs values ",
             domain_text(transform), "; ",
             count_of(length(bad[[name]]), "cell"), " ",
             if (length(bad[[name]]) == 1L) "is" else "are", " not.")
    }, ""),
    hints = c(i = domain_hint(panel, bad), i = incomplete_hint(panel, bad)),
    also = incomplete_regions(panel, bad)
  )
}

# Regions that take no part in the error but lack values of its indicators: who
# leaves regions out to have them whole wants to know.
incomplete_regions <- function(panel, bad) {
  region <- row_region(panel)
  lacking <- Reduce(`|`, lapply(panel$x[names(bad)], is.na))
  other <- setdiff(region[lacking], region[unlist(bad, FALSE, FALSE)])
  as.character(panel$regions[sort(other)])
}

incomplete_hint <- function(panel, bad) {
  other <- incomplete_regions(panel, bad)
  if (length(other) > 0L) {
    paste0(count_of(length(other), "more region", "more regions"), " lack",
           if (length(other) == 1L) "s", " some of these values: ",
           some_of(other), ".")
  }
}
