# The test of a panel's slope, regions and times both free to go together.

# t, df and p of a slope after region and time effects. Scores s = w e: within a
# region they may go together over time, within a time over regions (blocs,
# neighbours, a factor in common), so that the variance is the larger of that
# by region, by time, and both together. By time it is the jackknife or, where
# pairs of times tell more, half-way up to it: alone, the few sums of times
# would be too small by chance too often. NA below three of either: of two, the
# effects make one the mirror of the other.
twoway_test <- function(fit, at) {
  none <- list(t = NA_real_, df = NA_real_, p = NA_real_)
  if (is.na(at)) {
    return(none)
  }
  weight <- fit$own$weights[, at]
  score <- weight * fit$own$residuals
  region <- one_way(score, weight^2, fit$unit)
  time <- one_way(score, weight^2, fit$time)
  if (min(region$groups, time$groups) < 3L ||
      !(min(region$number, time$number) > 1)) {
    return(none)
  }
  shared <- shared_by_times(weight, fit$own$residuals, fit$unit, fit$time)
  own <- sum(score^2)
  by_time <- max(time$variance, (time$variance + shared$times * own) / 2)
  variance <- max(region$variance, shared$more * by_time,
                  region$variance + shared$more * (by_time - own))
  b <- times_power(fit$coefficients[[at]], -fit$own$e[at])
  t <- b / sqrt(variance)
  df <- min(region$number, time$number * shared$ways) - 1
  list(t = t, df = df, p = 2 * stats::pt(-abs(t), df))
}

# The jackknife of a slope that leaves out one group after the other. Where all
# groups weigh alike it is sum s_g^2 G/(G - 1) and counts G of them; a few that
# carry most of the spread of x count as few.
one_way <- function(score, weight, key) {
  share <- drop(rowsum(weight, key)) / sum(weight)
  g <- length(share)
  left_out <- drop(rowsum(score, key)) / (1 - share)
  list(variance = (g - 1) / g * sum(left_out^2), number = 1 / sum(share^2),
       groups = g)
}

# What regions share, told by all pairs of times: b_tu sums w of time t times e
# of time u over regions, so that the sums of scores are the b_tt, and the rest
# is what chance makes of the same regions. `times`: squares of the sums over
# those of single cells, 1 where regions are independent. `more`: 1 and twice
# what neighbours share, as changes on either side of a year share its level;
# never below 1. `ways`: in how many ways regions move, 1 where all follow one
# factor.
shared_by_times <- function(weight, e, unit, time) {
  if (!any(e != 0)) {
    return(list(times = 1, more = 1, ways = 1))
  }
  cell <- cbind(match(time, sort(unique(time))), match(unit, unique(unit)))
  w <- matrix(0, max(cell[, 1L]), max(cell[, 2L]))
  w[cell] <- weight / max(abs(weight))
  e <- replace(0 * w, cell, e / max(abs(e)))
  told <- if (ncol(w) < nrow(w)) pairs_of_regions(w, e) else
    pairs_of_times(w, e)
  if (!(told$all > 0)) {
    return(list(times = 1, more = 1, ways = 1))
  }
  list(times = told$all / sum(colSums(w^2) * colSums(e^2)),
       more = max(1, 1 + 2 * told$near / told$all),
       ways = told$all^2 / told$fourth)
}

# Of the matrix b: sum of squares, of products of each with the next down the
# diagonal, of squares of b b'.
pairs_of_times <- function(w, e) {
  b <- tcrossprod(w, e)
  n <- nrow(b)
  list(all = sum(b^2), near = sum(b[-n, -n] * b[-1L, -1L]),
       fourth = sum(tcrossprod(b)^2))
}

# The same without b, for few regions of many times.
pairs_of_regions <- function(w, e) {
  both <- crossprod(w) %*% crossprod(e)
  near <- function(x) crossprod(x[-nrow(x), ], x[-1L, ])
  list(all = sum(diag(both)), near = sum(near(w) * near(e)),
       fourth = sum(both * t(both)))
}
