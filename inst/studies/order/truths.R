# The truths of the study of orders on [0, 1]: each draws the curves of some
# regions at the times s, a list(level, first) of matrices with a column a
# region. All were chosen before any result was seen but "wave", which was added
# to see what it is in "logistic" that is told.

curves <- function(s, level, first, ...) {
  each <- list(...)
  at <- function(f) {
    m <- do.call(mapply, c(list(function(...) f(s, ...)), each))
    matrix(m, length(s))
  }
  list(level = at(level), first = at(first))
}

# The k-fold integrated Wiener process and a line of `slope` standard deviations
# of the process at 1. Over a step h the state (W, int W, ...) moves by its
# Taylor polynomial and noise of covariance
# h^(i+j+1) / ((i + j + 1) i! j!).
walk <- function(k, slope = 0) {
  i <- 0:k
  cov <- outer(i, i, function(i, j) {
    1 / ((i + j + 1) * factorial(i) * factorial(j))
  })
  root <- t(chol(cov))
  function(s, regions) {
    level <- first <- matrix(0, length(s), regions)
    state <- matrix(0, regions, k + 1)
    for (r in seq_along(s)) {
      h <- if (r > 1) s[r] - s[r - 1] else 0
      move <- outer(i, i, function(from, to) {
        ifelse(to >= from, h^(to - from) / factorial(pmax(to - from, 0)), 0)
      })
      noise <- matrix(stats::rnorm(regions * (k + 1)), regions) %*% t(root)
      state <- state %*% move + t(t(noise) * h^(i + 0.5))
      level[r, ] <- state[, k + 1]
      first[r, ] <- state[, k]
    }
    b <- slope * sqrt(cov[k + 1, k + 1])
    list(level = level + b * s, first = first + b)
  }
}

line <- function(s, regions) {
  curves(s, function(s, b) b * s, function(s, b) b + 0 * s,
         stats::rnorm(regions))
}
quadratic <- function(s, regions) {
  curves(s, function(s, b, a) b * s + a * s^2, function(s, b, a) b + 2 * a * s,
         stats::rnorm(regions), stats::rnorm(regions))
}
exponential <- function(s, regions, low = 0.5, high = 2.5, sign = c(-1, 1)) {
  curves(s, function(s, k) exp(k * s), function(s, k) k * exp(k * s),
         stats::runif(regions, low, high) * rep_len(sign, regions))
}
logistic <- function(s, regions, low = 4, high = 10, apart = 0.3) {
  curves(s, function(s, k, at) stats::plogis(k * (s - at)),
         function(s, k, at) k * stats::dlogis(k * (s - at)),
         stats::runif(regions, low, high),
         stats::runif(regions, 0.5 - apart, 0.5 + apart))
}
# All regions at nearly one time.
wave <- function(s, regions) logistic(s, regions, apart = 0.05)
sine <- function(s, regions) {
  curves(s, function(s, f, at) sin(2 * pi * (f * s + at)),
         function(s, f, at) 2 * pi * f * cos(2 * pi * (f * s + at)),
         stats::runif(regions, 0.5, 1), stats::runif(regions))
}
mixture <- function(s, regions) {
  kinds <- list(line, quadratic, exponential, logistic, sine, walk(2))
  out <- list(level = NULL, first = NULL)
  for (k in seq_along(kinds)) {
    n <- sum((seq_len(regions) - 1) %% length(kinds) == k - 1)
    one <- kinds[[k]](s, n)
    one$unit <- rep(apply(one$level, 2, stats::sd), each = length(s))
    out$level <- cbind(out$level, one$level / one$unit)
    out$first <- cbind(out$first, one$first / one$unit)
  }
  out
}

# Bends within a few years.
kink <- function(s, regions) {
  curves(s, function(s, a, b, at) a * s + b * pmax(s - at, 0),
         function(s, a, b, at) a + b * (s > at) + b / 2 * (s == at),
         stats::rnorm(regions), stats::rnorm(regions),
         stats::runif(regions, 0.25, 0.75))
}
steep <- function(s, regions) logistic(s, regions, 25, 40)
decay <- function(s, regions) exponential(s, regions, 8, 15, -1)
# A cycle of four years, of 6 % of the line's range.
cycle <- function(s, regions) {
  f <- (length(s) - 1) / 4
  curves(s, function(s, b, at) b * (s + 0.06 * sin(2 * pi * (f * s + at))),
         function(s, b, at) {
           b * (1 + 0.06 * 2 * pi * f * cos(2 * pi * (f * s + at)))
         }, stats::rnorm(regions), stats::runif(regions))
}

# `ar`: of the noise. `kind`: "rough" must be told, "smooth" must not, of
# "other" it is shown what the order that is chosen does.
truth <- function(kind, draw, ar = 0) list(kind = kind, draw = draw, ar = ar)
truths <- list(
  walk_1 = truth("rough", walk(1)),
  walk_1_trend = truth("rough", walk(1, 2)),
  line = truth("smooth", line),
  quadratic = truth("smooth", quadratic),
  exponential = truth("smooth", exponential),
  logistic = truth("smooth", logistic),
  sine = truth("smooth", sine),
  mixture = truth("smooth", mixture),
  walk_2 = truth("smooth", walk(2)),
  walk_2_trend = truth("smooth", walk(2, 2)),
  wave = truth("other", wave),
  kink = truth("other", kink),
  steep = truth("other", steep),
  decay = truth("other", decay),
  cycle = truth("other", cycle),
  line_ar6 = truth("other", line, 0.6),
  walk_2_ar6 = truth("other", walk(2), 0.6)
)

# Curves and what is seen of them: noise of a share of each region's range.
draw_panel <- function(truth, n, regions, noise) {
  f <- truth$draw(seq(0, 1, length.out = n), regions)
  e <- matrix(stats::rnorm(n * regions), n)
  for (i in seq_len(n)[-1]) {
    e[i, ] <- truth$ar * e[i - 1, ] + sqrt(1 - truth$ar^2) * e[i, ]
  }
  range <- apply(f$level, 2, function(v) diff(range(v)))
  c(f, list(y = f$level + noise * rep(range, each = n) * e))
}
