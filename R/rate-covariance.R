# V and A are two functionals of one posterior, so their errors go together.

# Their covariance at the panel's rows, code x row, NA where one of them does
# not exist, has no error, or A is not over steps.
rates_covariance <- function(fit) {
  out <- matrix(NA_real_, length(fit$codes), n_rows(fit$def$panel))
  for (i in seq_along(fit$codes)) {
    series <- code_series(fit, i)
    if (length(series$value) > 0L && fit$rate$facts$steps) {
      out[i, series_rows(series)] <- step_covariance(series)
    }
  }
  out
}

# At every value of a bundle. With h the step, V + h A = 2 V(t_i) - V(t_(i-1))
# and V - h A = V(t_(i-1)), and Cov(V, A) = (Var(V + h A) - Var(V - h A))/(4 h).
step_covariance <- function(series) {
  pool <- series$pool
  size <- pool_sizes(pool)
  there <- rate_defined(series, 2L)
  weight <- lapply(seq_along(size), \(g) {
    own <- there[pool_places(pool, g)]
    from <- rbind(diag(0, 1L, size[g]), diag(size[g]))[seq_len(size[g]), ]
    before <- t(own * matrix(from, size[g]))
    cbind(2 * diag(own + 0, size[g]) - before, before)
  })
  of <- integer(max(series$region))
  of[series$region] <- series$of
  sums <- list(weight = as.double(unlist(weight)), k = 2L * size, order = 1L)
  r <- estimate_series(series, sums = list(
    pool = pool, of = of, k = sums$k, sums = series$rate$does$sums(series, sums)
  ))
  # Both variances of a series stand one behind the other.
  n <- series_sizes(series)
  first <- sequence(n, from = cumsum(c(0L, 2L * n))[seq_along(n)] + 1L)
  plus <- r$sum.std.error[first]
  minus <- r$sum.std.error[first + rep(n, n)]
  place <- pool_places(pool, series$of)
  out <- (plus - minus) * (plus + minus) / (4 * step_lengths(pool)[place])
  out[!there[place] | is.na(rep(r$df, n))] <- NA
  out
}
