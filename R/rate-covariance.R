# V and A of one time, as the level and V, are functionals of one posterior: how
# their errors go together.

# Correlations of the errors of two `orders`, code x row of the panel, NA where
# an error is missing or 0; `rates` as collect_rates() has them.
rates_correlation <- function(fit, orders = 1:2, rates = NULL) {
  out <- matrix(NA_real_, length(fit$codes), n_rows(fit$def$panel))
  by_steps <- fit$rate$facts$steps && identical(orders, 1:2) &&
    !is.null(rates$std.error)
  for (i in seq_along(fit$codes)) {
    series <- code_series(fit, i)
    if (length(series$value) == 0L || !has_errors(fit$rate, series$sd)) next
    rows <- series_rows(series)
    out[i, rows] <- if (by_steps) {
      step_correlation(rates$std.error[[1L]][rows, i],
                       rates$std.error[[2L]][rows, i],
                       series_steps(series))
    } else {
      series_correlation(series, orders)
    }
  }
  out
}

rates_covariance <- function(fit, orders = 1:2) {
  out <- rates_correlation(fit, orders)
  for (i in seq_along(fit$codes)) {
    series <- code_series(fit, i)
    if (length(series$value) == 0L) next
    se <- estimate_series(series, orders)$std.error
    if (is.null(se)) next
    rows <- series_rows(series)
    out[i, rows] <- out[i, rows] * se[, 1L] * se[, 2L]
  }
  out
}

# The step to every value from the one before, NA to the first of a series.
series_steps <- function(series) {
  step_lengths(series$pool)[pool_places(series$pool, series$of)]
}

# Where A is a step of V their covariance is a matter of the three errors:
# 2 Cov(V_i, V_i - V_(i-1)) = Var V_i + Var (V_i - V_(i-1)) - Var V_(i-1).
step_correlation <- function(se_v, se_a, h) {
  before <- utils::head(c(NA, se_v), length(se_v))
  change <- h * se_a
  unit <- pmax(se_v, change)
  known <- !is.na(unit) & unit > 0
  unit[!known] <- NA
  x <- se_v / unit
  y <- change / unit
  cut_to_one((x^2 + y^2 - (before / unit)^2) / (2 * x * y))
}

cut_to_one <- function(x) {
  x[!is.finite(x)] <- NA
  pmin(pmax(x, -1), 1)
}

# The same of any two orders under any rate.
series_correlation <- function(series, orders) {
  se <- estimate_series(series, orders)$std.error
  plain <- without_unsure(series)
  cor <- plain$rate$does$correlation(plain, orders)
  if (is.null(series$unsure)) {
    return(cut_to_one(cor))
  }
  own <- estimate_series(plain, orders)$std.error
  errors <- error_series(series, estimate_series(
    plain, keep = if (plain$rate$facts$tuned != "none") "weight" else
      character())$tuning)
  e <- estimate_series(errors, orders)$estimate
  at <- owner_places(series_sizes(series), errors$owner)
  both <- rowsum_by(e[, 1L] / se[at, 1L] * (e[, 2L] / se[at, 2L]), at,
                    nrow(se))
  cut_to_one(cor * (own[, 1L] / se[, 1L]) * (own[, 2L] / se[, 2L]) + both)
}

column_scales <- function(x) {
  out <- apply(abs(x), 2L, max)
  ifelse(is.finite(out) & out > 0, out, 1)
}

# ---- Of a sum of codes -------------------------------------------------------

# Correlation of V and A of Code ID at the rows that have it; `se`: theirs.
# Codes have in common the noise of their values (`est$rho`, of a region), so
# that V of one goes with A of another.
sum_correlation <- function(fit, est, id, se) {
  if (is.null(est$rates$std.error)) {
    return(rep(NA_real_, length(id$rows)))
  }
  weight <- code_field(fit, "weight")
  part <- lapply(1:2, \(order) {
    x <- rates_of_order(fit, est$rates, order)$std.error
    x[id$rows, , drop = FALSE] * rep(weight, each = length(id$rows)) /
      se[, order]
  })
  cor <- t(rates_correlation(fit))[id$rows, , drop = FALSE]
  here <- !id$a$absent[id$rows, , drop = FALSE]
  out <- rowSums(replace(part[[1L]] * part[[2L]] * cor, !here, 0))
  if (is.matrix(est$rho)) {
    out <- out + shared_noise_of_orders(fit, est$rho)[id$rows] / se[, 1L] /
      se[, 2L]
  } else if (!is.null(est$rho)) {
    out <- out + given_products(est$rho, part, cor, here)
  }
  cut_to_one(out)
}

# A matrix of the user's is of the errors: V of one code goes with A of another
# as both go with their own.
given_products <- function(rho, part, cor, here) {
  pairs <- pairs_of(ncol(cor))
  out <- 0
  for (j in seq_len(nrow(pairs))) {
    c <- pairs[j, 1L]
    d <- pairs[j, 2L]
    both <- rho[j] * (cor[, c] + cor[, d]) / 2 *
      (part[[1L]][, c] * part[[2L]][, d] + part[[1L]][, d] * part[[2L]][, c])
    out <- out + replace(both, !(here[, c] & here[, d]), 0)
  }
  out
}

# Over the rows of the panel: the noise that V of one code and A of another
# have in common, summed over all pairs of codes.
shared_noise_of_orders <- function(fit, rho) {
  noise <- lapply(seq_along(fit$codes), \(i) noise_operators(fit, i))
  pairs <- pairs_of(length(noise))
  out <- numeric(n_rows(fit$def$panel))
  for (j in seq_len(nrow(pairs))) {
    a <- noise[[pairs[j, 1L]]]
    b <- noise[[pairs[j, 2L]]]
    for (r in intersect(names(a), names(b))) {
      x <- a[[r]]
      y <- b[[r]]
      rows <- intersect(x$rows, y$rows)
      p <- match(rows, x$rows)
      q <- match(rows, y$rows)
      both <- x$v[p, p, drop = FALSE] * y$a[q, q, drop = FALSE] +
        x$a[p, p, drop = FALSE] * y$v[q, q, drop = FALSE]
      out[rows] <- out[rows] + rho[as.integer(r), j] * rowSums(both)
    }
  }
  out
}

# Operators of V and A of every region that has the code, at the posterior mean
# of its smoothing, times the sd of the noise of the values and the weight.
noise_operators <- function(fit, i) {
  series <- without_unsure(code_series(fit, i))
  does <- fit$rate$does$noise
  r <- estimate_series(series, does$orders %||% integer(),
                       keep = union(does$keep, if (
                         fit$rate$facts$tuned != "none") "weight"))
  series$tuning <- series$tuning %||% r$tuning
  # A segment that is too short for an error has no noise to share.
  sigma <- does$of(series, r)$sigma
  sigma <- rep(ifelse(is.na(sigma), 0, sigma),
               series_sizes(split_series(series)))
  weight <- fit$codes[[i]]$weight
  size <- series_sizes(series)
  start <- series_starts(series)
  rows <- series_rows(series)
  out <- lapply(seq_along(series$of), \(b) {
    at <- start[b] + seq_len(size[b])
    op <- series_operator(series, b, 1:2) * rep(weight * sigma[at],
                                                each = 2L * size[b])
    one <- seq_len(size[b])
    list(rows = rows[at], v = op[one, , drop = FALSE],
         a = op[size[b] + one, , drop = FALSE])
  })
  stats::setNames(out, series$region)
}
