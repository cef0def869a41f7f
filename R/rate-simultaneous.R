# Simultaneous intervals over the times of a region, code and order: the
# pointwise interval at a higher level, that at which the largest |t| over the
# times stays below its critical value with the probability asked for.

band_directions <- 2000L

# They need the joint distribution of all times of a series: the cube of their
# number.
check_band_sizes <- function(fit, call) {
  for (one in fit$codes) {
    check_series_sizes(
      band_sizes(code_bundle(fit, one)), one$of,
      list(regions = names_of_regions(fit$def$panel), code = one$code),
      draw_most %/% 2L, "interval = \"simultaneous\"",
      "Use interval = \"pointwise\", or fewer times.", call
    )
  }
}

# Times that a band holds together.
band_sizes <- function(x) {
  parts <- segments_of(x)
  if (is.null(parts)) pool_sizes(x$pool) else pool_longest(x$pool, x$breaks)
}

# Level of every row: order x code x panel row. That of a series is a matter of
# the series alone, however many others there are.
simultaneous_levels <- function(fit, level) {
  k <- length(fit$codes)
  out <- array(level, c(2L, k, n_rows(fit$def$panel)))
  for (i in seq_len(k)) {
    series <- code_series(fit, i)
    if (length(series$value) == 0L || !has_errors(fit$rate, series$sd)) next
    out[, i, series_rows(series)] <- fit$rate$does$bands(series, level)
  }
  out
}

# Critical value of max |z_i| sqrt(df / chi-squared_df) for normal z with the
# correlations of `rows` (one row a time). A normal vector is a direction times
# a radius; given the direction the event is one of an F distribution, and only
# the directions are drawn.
max_t_critical <- function(rows, df, level) {
  rows <- rows[stats::complete.cases(rows), , drop = FALSE]
  size <- row_root_sum_squares(rows)
  rows <- rows[size > 0, , drop = FALSE] / size[size > 0]
  if (nrow(rows) == 0L) {
    return(stats::qt((1 + level) / 2, df))
  }
  s <- svd(rows, nv = 0L)
  k <- sum(s$d > 1e-8 * s$d[1L])
  half <- s$u[, seq_len(k), drop = FALSE] %*% diag(s$d[seq_len(k)], k)
  u <- with_own_stream(band_seed, matrix(stats::rnorm(k * band_directions), k))
  reach <- rep(0, band_directions)
  along <- half %*% (u / rep(sqrt(colSums(u^2)), each = k))
  for (j in seq_len(nrow(along))) reach <- pmax(reach, abs(along[j, ]))
  miss <- function(c) {
    mean(stats::pf((c / reach)^2 / k, k, df, lower.tail = FALSE)) -
      (1 - level)
  }
  low <- stats::qt((1 + level) / 2, df)
  high <- stats::qt(1 - (1 - level) / 2 / nrow(rows), df)
  if (nrow(rows) == 1L || miss(low) <= 0) {
    return(low)
  }
  # Drawn directions may leave the bound by a hair.
  stats::uniroot(miss, c(low, 1.1 * high), tol = 1e-6)$root
}
