# The averaged smoothing spline: level, V and A at twelve times and their sum
# of A, each with its error. Against mgcv with derivatives from its prediction
# matrix, per series; a million series against 100,000; memory. One thread
# unless options(nidcode.threads). Many grids: core.R.

n_times <- 12L

draw <- function(series) {
  s <- (seq_len(n_times) - 1) / (n_times - 1)
  sin(6 * s) + 0.05 * matrix(stats::rnorm(n_times * series), n_times)
}

fit_splines <- function(y, times, which = rep(1L, ncol(y))) {
  pool <- nidcode:::new_pool(lengths(times), unlist(times))
  series <- nidcode:::plain_series(y, pool, which, rate_spline(m = 3))
  nidcode:::spline_fit(series, list(orders = 0:2, sums = list(
    weight = rep(1, length(pool$time)), k = rep(1L, length(times)),
    order = 2L)))
}

gam_rates <- function(y) {
  time <- seq_len(n_times)
  gam <- mgcv::gam(y ~ s(time, bs = "tp", m = 3, k = n_times),
                   method = "REML")
  at <- function(h) {
    stats::predict(gam, data.frame(time = time + h), type = "lpmatrix")
  }
  h <- 1e-3
  second <- (at(h) - 2 * at(0) + at(-h)) / h^2
  map <- rbind(at(0), (at(h) - at(-h)) / (2 * h), second, colSums(second))
  cbind(map %*% stats::coef(gam),
        sqrt(rowSums((map %*% stats::vcov(gam)) * map)))
}

bench_spline_mgcv <- function() {
  y <- draw(1e5L)
  few <- 20L
  row <- compare(
    "spline, 100,000 series", "mgcv::gam, as many",
    function(round) fit_splines(y, list(seq_len(n_times))),
    function(round) for (k in seq_len(few)) gam_rates(y[, round * few + k]),
    bar = 1 / 5000, times = 5L
  )
  scale <- ncol(y) / few # mgcv did `few` series
  row$peer <- row$peer * scale
  row$ratio <- row$ratio / scale
  row
}

bench_spline_million <- function() {
  y <- draw(1e6L)
  part <- y[, seq_len(1e5L)]
  one <- list(seq_len(n_times))
  rbind(
    compare("spline, 1,000,000 series", "100,000 series",
            function(round) fit_splines(y, one),
            function(round) fit_splines(part, one), bar = 12, times = 5L),
    memory_row(y, one)
  )
}

memory_row <- function(y, times) {
  force(y)
  force(times)
  peak <- peak_memory(function() fit_splines(y, times))
  mb <- function(x) as.numeric(utils::object.size(x)) / 2^20
  both <- mb(y) + mb(fit_splines(y, times))
  row_of("spline, peak memory with its input", "input and result",
         peak + mb(y), both, bar = 4, unit = "MB")
}

bench_spline_threads <- function() {
  y <- draw(3e5L)
  with_threads <- function(threads) {
    function(round) {
      old <- options(nidcode.threads = threads)
      on.exit(options(old))
      fit_splines(y, list(seq_len(n_times)))
    }
  }
  compare("spline, two threads", "one thread", with_threads(2L),
          with_threads(1L), bar = NA, times = 5L)
}
