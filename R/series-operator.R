# A rate, given its tuning, is linear in the values of a series: the map from
# them to rates and sums, read off a rate that has no matrix to show.

# The way from values to rates: the matrix of series b for the orders, one
# below the other, NA where a rate does not exist.
series_operator <- function(series, b, orders) {
  series$rate$does$operator(series, b, orders)
}

# The same for several series.
series_operators <- function(series, b, orders) {
  if (identical(series$rate$does$operator, unit_operator)) {
    return(unit_operators(series, b, orders))
  }
  lapply(b, series_operator, series = series, orders = orders)
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
  unit_operators(series, b, orders)[[1L]]
}

# Those of many series: a call each would cost more than the work.
unit_operators <- function(series, b, orders, at_once = unit_values) {
  size <- as.double(series_sizes(series)[b])
  parts <- lapply(split(b, ceiling(cumsum(size^2) / at_once)), \(b) {
    some <- take_series(series, b)
    n <- series_sizes(some)
    r <- estimate_series(unit_series(some), orders)$estimate
    end <- cumsum(as.double(n)^2)
    grid <- match(some$of, unique(some$of))
    defined <- lapply(match(unique(some$of), some$of), grid_defined,
                      series = some, orders = orders)
    lapply(seq_along(b), \(j) {
      rows <- end[j] - n[j]^2 + seq_len(n[j]^2)
      do.call(rbind, lapply(seq_along(orders), \(k) {
        m <- matrix(r[rows, k], n[j])
        m[!defined[[grid[j]]][[k]], ] <- NA
        m
      }))
    })
  })
  unlist(parts, recursive = FALSE, use.names = FALSE)
}

# At which times of the grid of series b a rate exists, order by order.
grid_defined <- function(series, b, orders) {
  one <- take_series(series, b)
  one$pool <- pool_take(series$pool, one$of)
  one$of <- 1L
  lapply(orders, rate_defined, series = one)
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
