# What the C++ core of the smoothing spline takes and gives, in R's terms.
# Internal; rate_spline() and the formulas build on these functions.

# Grids of times, one a list element: ascending times and, of the same length,
# where a break begins.
spline_grids <- function(time, step = NULL) {
  flat <- as.double(unlist(time))
  list(time = flat,
       step = as.integer(unlist(step) %||% integer(length(flat))),
       size = lengths(time, use.names = FALSE))
}

# Fits all series. `values`: observed values of series after series; `grid`:
# the number of each series' grid. `new`: list(time = one vector a grid, orders)
# for other times. `sums`: list(weight = one n x k matrix a grid, order) for the
# k sums sum_i weight[i, ] * (derivative of that order at the i-th time).
# `frozen`: spline_tuning() of an earlier fit, a column a series.
spline_fit <- function(values, grid, grids, orders = 0:2, m = 3,
                       lambda = "average", df = NULL, new = NULL, sums = NULL,
                       frozen = NULL, keep = character(),
                       threads = get_threads()) {
  mode <- if (!is.null(frozen)) {
    "frozen"
  } else if (!is.null(df)) {
    "df"
  } else if (is.numeric(lambda)) {
    "lambda"
  } else {
    lambda
  }
  none <- matrix(0, 0, 0)
  fit <- spline_fit_cpp(
    # as.double() copies a matrix, however large.
    if (is.double(values)) values else as.double(values), as.integer(grid),
    grids,
    list(orders = as.integer(orders), new_orders = as.integer(new$orders),
         new_time = as.double(unlist(new$time)),
         new_size = lengths(new$time, use.names = FALSE),
         sum_order = as.integer(c(sums$order, 2L)[1]),
         sum_weight = as.double(unlist(sums$weight)),
         sum_size = sum_sizes(sums)),
    list(m = as.integer(m), mode = mode,
         value = as.double(c(df, if (is.numeric(lambda)) lambda, 0)[1]),
         weights = if (is.null(frozen)) none else frozen$weight,
         lambda = if (is.null(frozen$lambda)) none else frozen$lambda),
    as.character(keep), threads
  )
  fit$df[fit$df == 0L] <- NA_integer_
  fit
}

# Sums of each grid: said by `k` where the weights come in one flat vector.
sum_sizes <- function(sums) {
  if (!is.null(sums$k)) {
    return(as.integer(sums$k))
  }
  vapply(sums$weight, \(w) NCOL(w), 0L, USE.NAMES = FALSE)
}

# The tuning of a fit, to freeze it: weights over lambda of every series (the
# average; keep = "weight"), or its one lambda. On another grid of times give
# `lambda` too, in that grid's scale: lambda * (new span / old)^(2 m - 1).
spline_tuning <- function(fit, series = NULL) {
  if (length(fit$weight) > 0) {
    out <- list(weight = fit$weight)
  } else {
    lambda <- t(exp(fit$series$log.lambda))
    out <- list(weight = 1 + 0 * lambda, lambda = lambda)
  }
  if (!is.null(series)) {
    out <- lapply(out, \(x) x[, series, drop = FALSE])
  }
  out
}

# The pieces of one grid for derivatives `order` at times `at`: given lambda,
# with s = lambda e / (1 + lambda e) and z = t(directions) y, a functional has
#   mean        rho (t(polynomial) y) + phi (s * z)
#   covariance  sigma^2 (rho rho' + phi diag(s) phi' + lambda kriging).
spline_pieces <- function(time, order, at, step = NULL, m = 3) {
  if (is.null(step)) step <- rep(FALSE, length(time))
  spline_pieces_cpp(as.double(time), as.integer(step), as.integer(m),
                    as.integer(order), as.double(at))
}

# The linear map from the values to the functionals, given the shares s (the
# posterior means of an averaged fit: keep = "shrink").
spline_operator <- function(pieces, shrink) {
  pieces$rho %*% t(pieces$polynomial) +
    pieces$phi %*% (shrink * t(pieces$directions))
}
