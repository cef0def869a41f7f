# Sums of V of series (a column of y each) under m = 3, and what they would be
# if more were known of lambda than a series tells. Read by the studies that ask
# what an average over lambda can hold and what it cannot. Needs nidcode.
#
#   average  the package
#   panel    its prior of lambda replaced by that of the panel, estimated as
#            smoothness() does it, by EM
#   one      the one lambda that is likeliest of all series together

# The package's 41 points of lambda and their prior, see lambda-grid.h.
grid_of_lambda <- function(n) {
  s <- seq(0, 1, length.out = n)
  free <- qr.Q(qr(cbind(1, s, s^2)), complete = TRUE)[, -(1:3)]
  low <- outer(s, s, pmin)
  far <- abs(outer(s, s, `-`))
  kernel <- low^5 / 20 + low^4 * far / 8 + low^3 * far^2 / 12
  e <- eigen(t(free) %*% kernel %*% free, symmetric = TRUE)$values
  log_lambda <- seq(log(1e-4 / sum(e)), log(sum(1 / e) / 1e-3),
                    length.out = 41)
  share <- outer(exp(log_lambda), e, function(l, e) l * e / (1 + l * e))
  u <- rowMeans(share)
  b <- diff(log_lambda)[1] * rowMeans(share * (1 - share)) / (2 * sqrt(u))
  b[1] <- b[1] / 2 + sqrt(u[1])
  b[41] <- b[41] / 2 + 1 - sqrt(u[41])
  list(lambda = exp(log_lambda), prior = b / sum(b))
}

# Posterior weights (41 x series) under the prior of all of them.
weights_of_panel <- function(like, prior) {
  own <- prior
  last <- -Inf
  repeat {
    each <- colSums(own * like)
    if (sum(log(each)) - last < 1e-6 * ncol(like)) {
      return(own * like / rep(each, each = nrow(like)))
    }
    last <- sum(log(each))
    own <- (own * drop(like %*% (1 / each)) + 2 * prior) / (ncol(like) + 2)
  }
}

# weight: n x k. Estimates and half widths of 95 % intervals, k x series.
sums_of <- function(y, weight, rate = rate_spline(m = 3), tuning = NULL) {
  n <- nrow(y)
  pool <- nidcode:::new_pool(n, seq_len(n))
  of <- rep(1L, ncol(y))
  rows <- nidcode:::plain_series(as.vector(y), pool, of, rate)
  rows$tuning <- tuning
  r <- nidcode:::estimate_series(rows, 1L, list(pool = pool, of = of, sums =
    list(weight = as.vector(weight), k = ncol(weight), order = 1L)),
    keep = "weight")
  se <- matrix(r$sum.std.error, ncol(weight))
  list(estimate = matrix(r$sum.estimate, ncol(weight)), se = se,
       half = stats::qt(0.975, n - rate$args$m) * se,
       weight = r$tuning$weight)
}

# The three of them, of panels of so many series.
ways_of <- function(y, weight, panel = ncol(y)) {
  grid <- grid_of_lambda(nrow(y))
  average <- sums_of(y, weight)
  like <- average$weight / grid$prior
  like <- like / rep(apply(like, 2, max), each = nrow(like))
  parts <- split(seq_len(ncol(y)), (seq_len(ncol(y)) - 1) %/% panel)
  own <- do.call(cbind, lapply(parts, function(i) {
    weights_of_panel(like[, i, drop = FALSE], grid$prior)
  }))
  best <- grid$lambda[which.max(rowSums(log(like)))]
  list(average = average,
       panel = sums_of(y, weight, tuning = list(weight = own)),
       one = c(sums_of(y, weight, rate_spline(best, m = 3)),
               list(lambda = best)))
}
