# A pool of grids, laid one behind the other: list(offset, time, step). Grid g
# has the times offset[g] + 1 to offset[g + 1]; step is above 0 where a break
# begins. Whatever is said of grids by number is said through these functions.

new_pool <- function(size, time, step = integer(length(time))) {
  list(offset = c(0L, cumsum(size)), time = as.double(time),
       step = as.integer(step))
}

pool_length <- function(pool) length(pool$offset) - 1L

pool_sizes <- function(pool) diff(pool$offset)

# The grid of every time.
pool_owner <- function(pool) rep(seq_len(pool_length(pool)), pool_sizes(pool))

# Places in the pool of the times of grids g, one grid behind the other.
pool_places <- function(pool, g) {
  sequence(pool$offset[g + 1L] - pool$offset[g], from = pool$offset[g] + 1L)
}

# The pool of some grids alone.
pool_take <- function(pool, g) {
  at <- pool_places(pool, g)
  new_pool(pool$offset[g + 1L] - pool$offset[g], pool$time[at], pool$step[at])
}

# From the time before to each time, NA at the first of a grid.
step_lengths <- function(pool) {
  out <- pool$time - utils::head(c(NA, pool$time), length(pool$time))
  out[pool$offset[-length(pool$offset)][pool_sizes(pool) > 0L] + 1L] <- NA
  out
}

# As a rate sees it: without steps where breaks are ignored.
pool_seen <- function(pool, breaks) {
  if (breaks == "ignore") pool$step <- integer(length(pool$time))
  pool
}

pool_has_breaks <- function(pool) any(pool$step > 0L)

# Breaks of each grid after its first time.
pool_breaks <- function(pool) {
  owner <- pool_owner(pool)
  tabulate(owner[pool$step > 0L & duplicated(owner)], pool_length(pool))
}

# The segments between breaks as grids of their own: their pool, and of every
# segment its `owner`, the grid it is of.
pool_segments <- function(pool) {
  first <- pool$step > 0L
  first[pool$offset[-length(pool$offset)][pool_sizes(pool) > 0L] + 1L] <- TRUE
  start <- which(first)
  list(pool = list(offset = c(start - 1L, length(pool$time)),
                   time = pool$time, step = integer(length(pool$time))),
       owner = findInterval(start - 1L, pool$offset))
}

# Times of each grid, or of its longest segment where breaks split it.
pool_longest <- function(pool, breaks) {
  out <- pool_sizes(pool)
  if (breaks == "split" && pool_has_breaks(pool)) {
    parts <- pool_segments(pool)
    longest <- tapply(pool_sizes(parts$pool), parts$owner, max)
    out[as.integer(names(longest))] <- as.vector(longest)
  }
  out
}
