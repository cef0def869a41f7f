# An uneven panel: regions of different lengths, gaps, trends.
dependence_panel <- function(regions = 6L, seed = 1) {
  withr::local_seed(seed)
  rows <- lapply(seq_len(regions), function(r) {
    year <- sort(sample(2001:2016, sample(9:14, 1)))
    n <- length(year)
    x <- cumsum(rnorm(n)) + 0.3 * year - 590
    data.frame(region = paste0("R", r), year = year, x = x, z = rnorm(n, 5),
               y = 2 + r + 0.5 * x + cumsum(rnorm(n)))
  })
  do.call(rbind, rows)
}

dependence_series <- function(n = 12L, seed = 2) {
  withr::local_seed(seed)
  year <- 2004 + seq_len(n)
  x <- 20 + 0.8 * seq_len(n) + rnorm(n)
  data.frame(year = year, x = x, w = rexp(n) + 1,
             y = exp(1 + 0.1 * x + rnorm(n, sd = 0.2)))
}
