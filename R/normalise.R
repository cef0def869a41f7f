# Centre and scale of each indicator, and what direction -1 does.
#
# A normalisation is affine per indicator (or per indicator and region):
# z = (x - centre) * inverse, an inverse of 0 standing for "no spread, z = 0".
# Only "rank" is not: its values are made here and pass through unchanged.

bounded_kinds <- c("minmax", "goalposts", "rank")

# Values after the transform, checked; log is left to the kernel.
check_log_domain <- function(panel, call) {
  scheme <- panel$scheme
  for (k in which(scheme[["transform"]] == "log")) {
    name <- scheme[["indicator"]][k]
    bad <- which(panel$x[[name]] <= 0)
    if (length(bad) > 0L) {
      place <- row_places(panel_as_rows(panel), bad)
      stop_nid(
        "domain",
        c(paste0("The log of ", some_of(name), " needs values above 0; ",
                 count_of(length(bad), "cell"), " ",
                 if (length(bad) == 1L) "is" else "are", " not."),
          x = place$text,
          i = paste0("Leave those regions out, or use transform = \"none\".")),
        columns = name, regions = place$regions, times = place$times,
        values = panel$x[[name]][bad], n = length(bad), call = call
      )
    }
  }
}

# What row_places() needs of a panel.
panel_as_rows <- function(panel) {
  list(offset = panel$offset, labels = panel$regions,
       time = row_time(panel), row = NULL,
       stamp = if (is_dated(panel$plain[[panel$index[["time"]]]])) {
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

# Spread below 1e4 roundings of the mean: the digits that differ are gone.
warn_digits_lost <- function(name, mean, sd) {
  lost <- sd > 0 & sd < 1e4 * .Machine$double.eps * abs(mean)
  if (any(lost, na.rm = TRUE)) {
    warn_nid("digits_lost",
             paste0("The values of ", some_of(name), " differ only in their ",
                    "last digits; rates of it are mostly rounding."),
             columns = name)
  }
}

# Values so small that a reciprocal overflows are lifted by a power of two,
# which no z-score and no share of a range can notice.
lift_denormals <- function(panel, kind) {
  if (!kind %in% c("zscore", "minmax")) {
    return(panel)
  }
  for (k in which(panel$scheme[["transform"]] == "none")) {
    name <- panel$scheme[["indicator"]][k]
    first <- Find(function(v) !is.na(v) && v != 0, utils::head(panel$x[[name]],
                                                               100L))
    if (!is.null(first) && abs(first) < 1e-290 &&
        max(abs(panel$x[[name]]), na.rm = TRUE) < 1e-290) {
      panel$x[[name]] <- panel$x[[name]] * 2^800
    }
  }
  panel
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

# The affine map of every indicator: lists `centre` and `scale` named by
# indicator, each of length 1 or one number a region.
normalisation <- function(panel, kind, reference, call) {
  scheme <- panel$scheme
  names <- scheme[["indicator"]]
  if (inherits(reference, "nid_reference")) {
    return(frozen_normalisation(panel, kind, reference, call))
  }
  if (kind == "none" || kind == "rank") {
    return(constant_map(names, 0, 1))
  }
  if (kind == "goalposts") {
    return(goalpost_map(scheme, call))
  }
  if (kind == "index") {
    return(index_map(panel, reference, call))
  }
  out <- lapply(names, function(name) {
    log <- scheme[["transform"]][match(name, names)] == "log"
    m <- reference_moments(panel, name, log, reference, call)
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

constant_map <- function(names, centre, scale) {
  n <- length(names)
  list(centre = stats::setNames(as.list(rep(centre, length.out = n)), names),
       scale = stats::setNames(as.list(rep(scale, length.out = n)), names))
}

goalpost_map <- function(scheme, call) {
  bad <- is.na(scheme[["low"]])
  if (any(bad)) {
    stop_nid("scheme",
             c(paste0("Goalposts need `low` and `high` in the scheme; missing ",
                      "for ", some_of(scheme[["indicator"]][bad]), ".")),
             columns = scheme[["indicator"]][bad], call = call)
  }
  constant_map(scheme[["indicator"]], scheme[["low"]],
               scheme[["high"]] - scheme[["low"]])
}

# Moments over the reference: all rows, each region's, or one time's.
reference_moments <- function(panel, name, log, reference, call) {
  x <- panel$x[[name]]
  if (identical(reference, "panel")) {
    return(moments_cpp(x, log, c(0L, n_rows(panel))))
  }
  if (identical(reference, "region")) {
    return(moments_cpp(x, log, panel$offset))
  }
  at <- which(row_time(panel) == reference)
  m <- moments_cpp(x[at], log, c(0L, length(at)))
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
index_map <- function(panel, reference, call) {
  if (!is.numeric(reference)) {
    stop_nid("reference",
             c("normalise = \"index\" needs a base time as `reference`.",
               i = "For example reference = 2005."),
             call = call)
  }
  scheme <- panel$scheme
  at <- which(row_time(panel) == reference)
  region <- findInterval(at - 1L, panel$offset)
  if (length(at) == 0L) {
    stop_nid("reference",
             c(paste0("No region has the base time ",
                      time_words(panel, reference), "."),
               i = paste0("Times run from ", panel_span(panel), ".")),
             times = reference, call = call)
  }
  scale <- lapply(seq_len(nrow(scheme)), function(k) {
    name <- scheme[["indicator"]][k]
    v <- panel$x[[name]][at]
    if (scheme[["transform"]][k] == "log") v <- log(v)
    base <- rep(NA_real_, n_regions(panel))
    base[region] <- v
    bad <- which(base <= 0)
    if (length(bad) > 0L) {
      stop_nid(
        "domain",
        paste0("The base value of ", some_of(name), " must be above 0; it is ",
               "not in ", some_of(panel$regions[bad]), "."),
        columns = name, regions = as.character(panel$regions[bad]),
        values = base[bad], call = call
      )
    }
    base / 100
  })
  names(scale) <- scheme[["indicator"]]
  lost <- Reduce(`|`, lapply(scale, is.na))
  if (any(lost)) {
    inform_nid("reference",
               paste0(count_of(sum(lost), "region"), " without a value at the ",
                      "base time ", time_words(panel, reference), ": ",
                      some_of(panel$regions[lost]), "."),
               regions = as.character(panel$regions[lost]))
  }
  list(centre = lapply(scale, function(s) s * 0), scale = scale)
}
