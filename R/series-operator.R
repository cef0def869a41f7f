# A rate, given its tuning, is linear in the values of a series: the map from
# them to rates and sums, read off a rate that has no matrix to show.

# The way from values to rates: the matrix of series b for the orders, one
# below the other, NA where a rate does not exist.
series_operator <- function(series, b, orders) {
  series$rate$does$operator(series, b, orders)
}

# The bundle of some of its series.
take_series <- function(series, b) {
  count <- segment_counts(series)[series$of]
  series$tuning <- tuning_columns(series$tuning, b, count)
  series$unsure <- NULL
  series$of <- series$of[b]
  series$region <- series$region[b]
  series$rounding <- series$rounding[b]
  series
}

# Of each series the series that are 1 at one place of its grid and 0 elsewhere:
# ones on the diagonals of n x n matrices laid one behind the other. Their rates
# are the columns of operators.
unit_series <- function(series) {
  n <- series_sizes(series)
  begin <- cumsum(as.double(n)^2) - as.double(n)^2
  series <- take_series(series, rep(seq_along(n), n))
  series$value <- numeric(sum(as.double(n)^2))
  series$value[sequence(n, by = n + 1L) + rep(begin, n)] <- 1
  series
}

unit_operator <- function(series, b, orders) {
  one <- take_series(series, b)
  one$pool <- pool_take(series$pool, one$of)
  one$of <- 1L
  n <- series_sizes(one)
  r <- estimate_series(unit_series(one), orders)
  do.call(rbind, lapply(seq_along(orders), \(k) {
    m <- matrix(r$estimate[, k], n)
    m[!rate_defined(one, orders[k]), ] <- NA
    m
  }))
}

# Values of unit series that are worked on at once.
unit_values <- 2e6

# The weight of every value in the one sum of its series: many series at a
# time, since each call costs as much as there are grids.
unit_cells <- function(series, sums, at_once = unit_values) {
  block <- ceiling(cumsum(as.double(series_sizes(series))^2) / at_once)
  bar <- start_bar("Weights of cells", length(series$of))
  parts <- lapply(split(seq_along(series$of), block), \(b) {
    r <- estimate_series(unit_series(take_series(series, b)), sums = sums)
    tick_bar(bar, length(b))
    r$sum.estimate
  })
  as.double(unlist(parts))
}
