# Missing cells, predicted from the curves of their own series: each is what the
# next observation would be, curve and noise, and its error is known.
#
# def$predicted: `cells`, a row each: indicator, row of the panel, value (after
# the transform, in own units) and df of its error; and `loads`, the errors as
# sums of independent ones of variance 1: cell, error, load. There are as many
# errors as cells, and a cell has its own and those of earlier cells of its
# series.

# Cells further than this from a value are not predicted, unless they were kept
# back.
provisional_steps <- 2L

add_predicted <- function(def, kept, call) {
  if (!def$affine) {
    stop_nid("not_linear",
             c(paste0("Predicted cells need a code that is linear in its ",
                      "indicators."),
               x = paste0("Here it is a ", def$aggregate, " of ",
                          def$normalise, " values."),
               i = "Use another `missing`, or aggregate = \"mean\"."),
             call = call)
  }
  def$predicted <- if (is.null(kept)) predict_cells(def) else
    match_predicted(kept, def)
  cells <- def$predicted$cells
  for (name in unique(cells$indicator)) {
    mine <- cells$indicator == name
    def$values[[name]][cells$row[mine]] <- cells$value[mine]
  }
  def
}

# The definition as it is without them.
observed_definition <- function(def) {
  cells <- def$predicted$cells
  for (name in unique(cells$indicator)) {
    def$values[[name]][cells$row[cells$indicator == name]] <- NA_real_
  }
  def$predicted <- NULL
  def$missing <- "constant"
  add_factors(def)
}

predict_cells <- function(def) {
  names <- names(def$panel$x)
  holes <- names[def$panel$missing[names] > 0]
  join_predicted(unlist(lapply(holes, \(name) predict_indicator(def, name)),
                        recursive = FALSE))
}

# Numbers of cells and errors run on from series to series.
join_predicted <- function(parts) {
  size <- vapply(parts, \(one) length(one$row), 1L)
  before <- rep(cumsum(size) - size, size^2)
  gather <- function(what) unlist(lapply(parts, `[[`, what))
  each <- sequence(rep(size, size))
  cell <- unlist(lapply(size, \(n) rep(seq_len(n), each = n)))
  load <- as.double(gather("load"))
  use <- load != 0
  list(cells = data.frame(
         indicator = rep(as.character(gather("indicator")), size),
         row = as.integer(gather("row")), value = as.double(gather("value")),
         df = rep(as.double(gather("df")), size)),
       loads = data.frame(cell = as.integer(cell + before)[use],
                          error = as.integer(each + before)[use],
                          load = load[use]))
}

# The cells of one indicator that are within or after its series. A new method
# of which nothing is known yet, or a cell that cannot exist, is not predicted,
# nor is a time at which nothing at all is known of the region.
predictable_rows <- function(panel, name) {
  n <- n_rows(panel)
  row <- seq_len(n)
  size <- diff(panel$offset)
  seen <- !is.na(panel$x[[name]])
  last <- cummax(ifelse(seen, row, 0L))
  since <- row - last
  since[last <= rep(panel$offset[-length(panel$offset)], size)] <- Inf
  to <- rev(cummin(rev(ifelse(seen, row, n + 1L))))
  until <- to - row
  until[to > rep(panel$offset[-1L], size)] <- Inf
  starts <- panel$breaks[[name]]
  begun <- cummax(replace(integer(n), starts, starts))
  labelled <- function(words) {
    status <- panel$status[[name]]
    if (is.null(status)) return(rep(FALSE, n))
    level_has(levels(status), words)[as.integer(status)] %in% TRUE
  }
  near <- pmin(since, until) <= provisional_steps | labelled("suppressed")
  some <- Reduce(`|`, lapply(panel$x, \(v) !is.na(v)))
  which(!seen & is.finite(since) & near & begun <= last & some &
          !labelled(c("cannot_exist", "holiday")))
}

# A list for each series with such cells: indicator, row, value, load, df.
predict_indicator <- function(def, name) {
  panel <- def$panel
  rows <- predictable_rows(panel, name)
  if (length(rows) == 0L) {
    return(NULL)
  }
  x <- def$values[[name]]
  time <- row_time(panel)
  g <- code_grids_cpp(x, panel$offset, time, as.integer(panel$breaks[[name]]))
  rows <- split(rows, findInterval(rows - 1L, panel$offset))
  region <- as.integer(names(rows))
  y <- lapply(region, \(r) {
    v <- x[seq.int(panel$offset[r] + 1L, panel$offset[r + 1L])]
    v[!is.na(v)]
  })
  check_provisional_sizes(lengths(y), name, panel$regions[region])
  fit <- indicator_curves(y, g$grid[region], g[c("offset", "time", "step")],
                          lapply(rows, \(at) time[at]))
  out <- lapply(seq_along(region), \(b) {
    if (is.na(fit$df[b])) return(NULL)
    c(list(indicator = name, row = rows[[b]], df = fit$df[b]),
      new_observations(fit$pieces[[b]], y[[b]], fit$z[[b]], fit$weight[, b]))
  })
  out[lengths(out) > 0L]
}

# The basis of a grid costs the cube of its times (see rate_spline()).
provisional_most <- 1000L

check_provisional_sizes <- function(size, name, regions) {
  long <- size > provisional_most
  if (any(long)) {
    stop_nid("size",
             c(paste0("Cells are predicted in series of at most ",
                      whole_text(provisional_most), " values; ",
                      some_of(name), " has more in ", some_of(regions[long]),
                      "."),
               i = "Use missing = \"constant\" or \"available\"."),
             columns = name, regions = as.character(regions[long]),
             n = size[long], limit = provisional_most, call = NULL)
  }
}

# The averaged spline of every series, and of its grid the pieces at the times
# `at` of its own.
indicator_curves <- function(y, of, pool, at) {
  series <- list(value = unlist(y), of = of, pool = pool,
                 rate = list(args = list(lambda = "average", m = 3L)))
  fit <- spline_fit(series, list(), c("weight", "z"))
  key <- paste(of, vapply(at, paste, "", collapse = " "))
  first <- match(key, key)
  pieces <- vector("list", length(of))
  for (b in unique(first)) {
    one <- pool_take(pool, of[b])
    pieces[[b]] <- spline_pieces(one$time, rep(0L, length(at[[b]])), at[[b]],
                                 one$step > 0L, 3L)
  }
  pieces <- pieces[first]
  free <- lengths(lapply(pieces, `[[`, "e"))
  z <- split(as.double(fit$z), factor(rep(seq_along(of), free),
                                      seq_along(of)))
  list(df = as.double(fit$df)[of], weight = fit$weight, z = z, pieces = pieces)
}

# The joint posterior of observations: mean, and the root of the covariance,
# that of the curve and a noise of their own each.
new_observations <- function(pieces, y, z, weight) {
  unit <- power_scale(z)
  z <- z / unit
  weight <- weight / sum(weight)
  le <- outer(pieces$e, pieces$lambda)
  s <- le / (1 + le)
  noise <- weight * colSums(z^2 / (1 + le)) / pieces$df
  flat <- pieces$rho %*% crossprod(pieces$polynomial, (y - y[1L]) / unit)
  bend <- pieces$phi %*% (s * z)
  mean <- drop(bend %*% weight)
  apart <- (bend - mean) * rep(sqrt(weight), each = length(mean))
  v <- sum(noise) * (tcrossprod(pieces$rho) + diag(length(mean))) +
    pieces$phi %*% (drop(s %*% noise) * t(pieces$phi)) +
    sum(noise * pieces$lambda) * pieces$kriging + tcrossprod(apart)
  # Without noise the curve is a polynomial, and all is known.
  root <- if (sum(noise) == 0) 0 * v else chol(v)
  list(value = y[1L] * pieces$level + unit * (drop(flat) + mean),
       load = unit * as.vector(root))
}

# Frozen ---------------------------------------------------------------------

# By region and time, in the units of the data, so that other data can have
# them.
keep_predicted <- function(def) {
  kept <- def$predicted
  if (is.null(kept)) {
    return(NULL)
  }
  panel <- def$panel
  unit <- def$unit[kept$cells$indicator]
  kept$cells$region <- as.character(
    panel$regions[findInterval(kept$cells$row - 1L, panel$offset)])
  kept$cells$time <- row_time(panel)[kept$cells$row]
  kept$cells$value <- kept$cells$value / unit
  kept$loads$load <- kept$loads$load / unit[kept$loads$cell]
  kept
}

# Those of them that are missing in a panel still.
match_predicted <- function(kept, def) {
  panel <- def$panel
  cells <- kept$cells
  region <- match(cells$region, as.character(panel$regions))
  own <- paste(row_region(panel),
               time_key(row_time(panel)))
  cells$row <- match(paste(region, time_key(cells$time)), own)
  gone <- vapply(seq_along(cells$row), \(i) {
    is.na(panel$x[[cells$indicator[i]]][cells$row[i]])
  }, NA)
  keep <- which(!is.na(cells$row) & gone)
  unit <- def$unit[cells$indicator]
  cells$value <- cells$value * unit
  loads <- kept$loads
  loads$load <- loads$load * unit[loads$cell]
  loads$cell <- match(loads$cell, keep)
  list(cells = cells[keep, c("indicator", "row", "value", "df")],
       loads = loads[!is.na(loads$cell), , drop = FALSE], frozen = TRUE)
}

time_key <- function(x) sprintf("%.17g", x + 0)

# Codes ----------------------------------------------------------------------

# What predicted cells leave unknown of the values of a code: `row`, `error`
# and `load` on it; NULL where nothing. `key`, `df`: the indicator and the df.
code_unsure <- function(def, code, parts = parts_of_code(def, code)) {
  cells <- def$predicted$cells
  loads <- def$predicted$loads
  k <- match(cells$indicator, parts$names)[loads$cell]
  loads <- loads[!is.na(k), , drop = FALSE]
  k <- k[!is.na(k)]
  if (length(k) == 0L) {
    return(NULL)
  }
  row <- cells$row[loads$cell]
  total <- code_values(def, code, totals = TRUE)$value[row]
  region <- findInterval(row - 1L, def$panel$offset)
  inverse <- vapply(seq_along(k), \(j) {
    one <- parts$inverse[[k[j]]]
    one[if (length(one) == 1L) 1L else region[j]]
  }, 1)
  out <- list(row = row, error = loads$error, key = k,
              load = loads$load * row_weights(parts, k, row) *
                parts$sign[k] * inverse / total,
              df = cells$df[loads$cell])
  keep <- which(!is.na(out$load))
  if (length(keep) > 0L) lapply(out, `[`, keep)
}

# The share of a code's weight that rests on predicted cells, at every row.
predicted_share <- function(def, code) {
  parts <- parts_of_code(def, code)
  cells <- def$predicted$cells
  k <- match(cells$indicator, parts$names)
  use <- which(!is.na(k))
  rowsum_by(row_weights(parts, k[use], cells$row[use]), cells$row[use],
            n_rows(def$panel)) /
    code_values(def, code, totals = TRUE)$value
}

# The error of a code's values for that reason alone: std.error and df
# (Satterthwaite, over its indicators), over the rows of the panel.
unsure_law <- function(def, code) {
  u <- code_unsure(def, code)
  n <- n_rows(def$panel)
  se <- numeric(n)
  df <- rep(Inf, n)
  if (is.null(u)) {
    return(list(std.error = se, df = df))
  }
  unit <- power_scale(u$load)
  cell <- match(paste(u$row, u$key), paste(u$row, u$key))
  part <- rowsum_by((u$load / unit)^2, cell, length(cell))
  first <- which(!duplicated(cell))
  var <- rowsum_by(part[first], u$row[first], n)
  spread <- rowsum_by(part[first]^2 / u$df[first], u$row[first], n)
  se <- sqrt(var) * unit
  df[var > 0] <- (var^2 / spread)[var > 0]
  list(std.error = se, df = df)
}

# For titles: how many cells of how many.
predicted_text <- function(def) {
  n <- nrow(def$predicted$cells)
  if (length(n) > 0L && n > 0L) {
    paste0(count_of(n, "cell"), " of ",
           whole_text(as.double(n_rows(def$panel)) * length(def$panel$x)))
  }
}
