# The test of a panel's slope, regions and times both free to go together.

# t, df and p of a slope after region and time effects. Scores s = w e: within a
# region they may go together over time, within a time over regions (blocs,
# neighbours, a factor in common), so that the variance is the larger of that
# by region, by time, and both together. NA below three of either: of two, the
# effects make one the mirror of the other.
twoway_test <- function(fit, at) {
  none <- list(t = NA_real_, df = NA_real_, p = NA_real_)
  if (is.na(at)) {
    return(none)
  }
  weight <- fit$own$weights[, at]
  score <- weight * fit$own$residuals
  ways <- list(one_way(score, weight^2, fit$unit),
               one_way(score, weight^2, fit$time, neighbours = TRUE))
  variance <- vapply(ways, `[[`, 1, "variance")
  number <- vapply(ways, `[[`, 1, "number")
  if (min(vapply(ways, `[[`, 0L, "groups")) < 3L || !(min(number) > 1)) {
    return(none)
  }
  variance <- max(variance, sum(variance) - sum(score^2))
  b <- times_power(fit$coefficients[[at]], -fit$own$e[at])
  t <- b / sqrt(variance)
  df <- min(number) - 1
  list(t = t, df = df, p = 2 * stats::pt(-abs(t), df))
}

# The jackknife of a slope that leaves out one group after the other. Where all
# groups weigh alike it is sum s_g^2 G/(G - 1) and counts G of them; a few that
# carry most of the spread of x count as few. Changes of `neighbours` in time
# share the level between them, and where shocks of single years reach all
# regions their scores go together: what they add is added, never taken away,
# and times that go together count as fewer.
one_way <- function(score, weight, key, neighbours = FALSE) {
  key <- match(key, sort(unique(key)))
  share <- drop(rowsum(weight, key)) / sum(weight)
  g <- length(share)
  left_out <- drop(rowsum(score, key)) / (1 - share)
  square <- sum(left_out^2)
  more <- 1
  if (neighbours && square > 0) {
    more <- max(1, 1 + 2 * sum(left_out[-1L] * left_out[-g]) / square)
  }
  list(variance = (g - 1) / g * square * more,
       number = 1 / sum(share^2) / more, groups = g)
}
