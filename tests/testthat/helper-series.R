# Bundles of series as the core takes them, without a panel.

# One series of each vector in `time`; `step`: where breaks begin.
grids_of <- function(time, step = NULL) {
  new_pool(lengths(time, use.names = FALSE), unlist(time),
           if (is.null(step)) 0L * seq_along(unlist(time)) else unlist(step))
}

# estimate_series() of plain values under a rate, breaks ignored.
rates_of <- function(rate, values, orders, pool = grids_of(list(seq_along(
                       values))), of = 1L) {
  estimate_series(plain_series(values, pool, of, rate), orders)
}

# The spline's kernel with its arguments in one row.
fit_spline <- function(values, of, pool, orders = 0:2, m = 3,
                       lambda = "average", df = NULL, new = NULL, sums = NULL,
                       frozen = NULL, keep = character(), threads = 1L) {
  rate <- list(args = list(lambda = lambda, df = df, m = as.integer(m)))
  if (!is.null(sums)) {
    sums$k <- vapply(sums$weight, NCOL, 1L)
    sums$weight <- unlist(sums$weight)
  }
  spline_fit(list(value = values, of = of, pool = pool, rate = rate,
                  tuning = frozen),
             list(orders = orders, new = new, sums = sums), keep, threads)
}

# The linear map from the values to the functionals of spline_pieces(), given
# the shares s (of an averaged fit: keep = "shrink").
spline_operator <- function(pieces, shrink) {
  pieces$rho %*% t(pieces$polynomial) +
    pieces$phi %*% (shrink * t(pieces$directions))
}
