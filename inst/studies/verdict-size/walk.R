# A step after the other along the first dimension; started as it goes on.
walk <- function(shocks, phi = 1) {
  if (phi < 1) shocks[1L, , ] <- shocks[1L, , ] / sqrt(1 - phi^2)
  for (i in seq_len(dim(shocks)[1L])[-1L]) {
    shocks[i, , ] <- phi * shocks[i - 1L, , ] + shocks[i, , ]
  }
  shocks
}
