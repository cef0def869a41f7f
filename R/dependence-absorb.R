# What is taken out before a fit: the mean or the trend of each unit, the mean
# of each time. The rest goes to the engine; the fit is that of dummies
# (Frisch, Waugh and Lovell), without carrying them.

# `unit_degree`: -1 nothing, 0 the unit's mean, 1 its line in time.
# Value: columns, and `absorbed`: leverage, degrees of freedom, the projection.
absorb <- function(columns, unit, time, unit_degree, by_time) {
  n <- nrow(columns)
  none <- list(columns = columns, leverage = numeric(n), df = 0L,
               project = NULL)
  if (n == 0L || (unit_degree < 0 && !by_time)) {
    return(none)
  }
  key <- if (unit_degree < 0) match(time, unique(time)) else
    match(unit, unique(unit))
  s <- if (unit_degree == 1) centre_by(matrix(time), key)
  if (!is.null(s)) s <- s / power_scale(s)
  basis <- absorb_basis(key, s)
  size <- apply(abs(columns), 2L, max)
  out <- columns
  for (twice in 1:2) {
    out <- out - absorb_project(out, basis)
  }
  # What is left of a column that the groups explain is rounding, not data.
  gone <- apply(abs(out), 2L, max) <= 1e-13 * size
  out[, gone] <- 0
  list(columns = out, leverage = basis$leverage, df = basis$df, project = basis)
}

centre_by <- function(x, key) {
  first <- match(seq_len(max(key)), key)
  x <- x - x[first[key], , drop = FALSE]
  x - (rowsum(x, key) / tabulate(key))[key, , drop = FALSE]
}

absorb_basis <- function(key, s) {
  size <- tabulate(key)
  square <- if (!is.null(s)) drop(rowsum(s^2, key))
  slope <- if (is.null(s)) rep(FALSE, length(size)) else square > 0
  leverage <- 1 / size[key]
  if (any(slope)) {
    leverage <- leverage + ifelse(slope[key], s^2 / square[key], 0)
  }
  list(key = key, size = size, s = s, square = square, slope = slope,
       leverage = drop(leverage), df = length(size) + sum(slope))
}

absorb_project <- function(x, basis) {
  key <- basis$key
  first <- match(seq_along(basis$size), key)
  start <- x[first[key], , drop = FALSE]
  mean <- (rowsum(x - start, key) / basis$size)[key, , drop = FALSE] + start
  if (!any(basis$slope)) {
    return(mean)
  }
  slope <- rowsum(drop(basis$s) * x, key) /
    ifelse(basis$slope, basis$square, Inf)
  mean + drop(basis$s) * slope[key, , drop = FALSE]
}

# Dummies of the times but the first, as columns to go before the regressors.
time_dummies <- function(time) {
  times <- sort(unique(time))
  out <- outer(time, times[-1L], `==`) + 0
  colnames(out) <- paste0("time ", format_time(times[-1L]))[seq_len(ncol(out))]
  out
}
