# The averaged smoothing spline against mgcv, and how it grows. Ratios within
# one run only: times depend on the machine.
#
#   Rscript bench/spline.R

library(nidcode)
spline_fit <- nidcode:::spline_fit
spline_grids <- nidcode:::spline_grids
set.seed(4)
n <- 12L
draw <- function(count) {
  s <- (seq_len(n) - 1) / (n - 1)
  sin(6 * s) + 0.05 * matrix(rnorm(n * count), n)
}
seconds <- function(f, times = 5) {
  median(vapply(seq_len(times), \(i) system.time(f())[["elapsed"]], 0))
}
show <- function(what, value) cat(sprintf("%-64s %s\n", what, value))

# Level, V and A at every time and NID, each with its error.
one_grid <- function(y) {
  spline_fit(y, rep(1L, ncol(y)), spline_grids(list(seq_len(n))),
             sums = list(weight = list(rep(1, n))), threads = 1L)
}
y5 <- draw(1e5)
ours <- seconds(\() one_grid(y5)) / 1e5

time <- seq_len(n)
gam_rates <- function(y) {
  gam <- mgcv::gam(y ~ s(time, bs = "tp", m = 3, k = n), method = "REML")
  at <- \(h) predict(gam, data.frame(time = time + h), type = "lpmatrix")
  h <- 1e-3
  second <- (at(h) - 2 * at(0) + at(-h)) / h^2
  map <- rbind(at(0), (at(h) - at(-h)) / (2 * h), second, colSums(second))
  cbind(map %*% coef(gam), sqrt(rowSums((map %*% vcov(gam)) * map)))
}
gam_rates(y5[, 1])
theirs <- seconds(\() for (k in 1:50) gam_rates(y5[, k]), 3) / 50
show("mgcv::gam with derivatives / ours, per series (at least 5000)",
     round(theirs / ours))
show("microseconds a series, for orientation", round(ours * 1e6, 2))

y6 <- draw(1e6)
million <- seconds(\() one_grid(y6), 3)
show("1e6 series / 1e5 series (at most 12)",
     round(million / (ours * 1e5), 1))

# Memory at its highest, less what was there: input, result and what the call
# itself takes.
gc(reset = TRUE)
before <- sum(gc()[, 2])
invisible(gc(reset = TRUE))
fit <- one_grid(y6)
peak <- sum(gc()[, 6]) - before
size <- function(x) as.numeric(object.size(x)) / 2^20
show("memory of the call / (input and result) (at most 4)",
     round((peak + size(y6)) / (size(y6) + size(fit)), 2))
rm(fit)

grids <- 50000L
times <- lapply(seq_len(grids), \(i) cumsum(runif(n, 0.5, 1.5)))
g <- spline_grids(times)
weight <- rep(list(rep(1, n)), grids)
many <- function(y) {
  which <- rep(seq_len(grids), each = ncol(y) / grids)
  spline_fit(y, which, g, sums = list(weight = weight), threads = 1L)
}
show("1e6 series on 50,000 grids / on one grid (at most 10)",
     round(seconds(\() many(y6), 3) / million, 1))
show("1e5 series on 50,000 grids / on one grid",
     round(seconds(\() many(y5), 3) / (ours * 1e5), 1))
two <- seconds(\() spline_fit(y5, rep(1L, 1e5), spline_grids(list(time)),
                              threads = 2L))
one <- seconds(\() spline_fit(y5, rep(1L, 1e5), spline_grids(list(time)),
                              threads = 1L))
show("one thread / two threads", round(one / two, 2))
