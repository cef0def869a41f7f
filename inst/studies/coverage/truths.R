# The truths of the coverage study on [0, 1]. Each is a function of a matrix of
# times (a run a column) that returns level, first and second derivative.

fixed <- function(f, f1, f2) {
  function(s) list(level = f(s), first = f1(s), second = f2(s))
}

growth <- function(times) { # exp growing from 1 to `times`
  k <- log(times)
  fixed(\(s) exp(k * s), \(s) k * exp(k * s), \(s) k^2 * exp(k * s))
}

# The k-fold integrated Wiener process from 0, drawn exactly at the times: over
# a step h the state (W, int W, ..., k-fold) moves by its Taylor polynomial and
# noise of covariance h^(i+j+1) / ((i + j + 1) i! j!). `slope`: of a line on
# top, in standard deviations of the process at 1.
walk <- function(k, slope = 0) {
  i <- 0:k
  root <- t(chol(outer(i, i, \(i, j) {
    1 / ((i + j + 1) * factorial(i) * factorial(j))
  })))
  slope <- slope * sqrt(sum(root[k + 1, ]^2))
  function(s) {
    out <- array(0, c(dim(s), k + 1))
    state <- matrix(0, ncol(s), k + 1)
    for (r in seq_len(nrow(s))) {
      h <- if (r > 1) s[r, ] - s[r - 1, ] else rep(0, ncol(s))
      noise <- matrix(stats::rnorm(length(state)), ncol(s)) %*% t(root)
      for (j in rev(i)) { # the highest first: it needs the old lower ones
        moved <- 0
        for (l in 0:j) {
          moved <- moved + state[, l + 1] * h^(j - l) / factorial(j - l)
        }
        state[, j + 1] <- moved + h^(j + 0.5) * noise[, j + 1]
      }
      out[r, , ] <- state
    }
    list(level = out[, , k + 1] + slope * s, first = out[, , k] + slope,
         second = if (k > 1) out[, , k - 1] else NA * s)
  }
}

truths <- list(
  line = fixed(\(s) s, \(s) 1 + 0 * s, \(s) 0 * s),
  square = fixed(\(s) s^2, \(s) 2 * s, \(s) 2 + 0 * s),
  cube = fixed(\(s) s^3, \(s) 3 * s^2, \(s) 6 * s),
  # (s - .1)(s - .5)(s - .9)
  cubic = fixed(\(s) s^3 - 1.5 * s^2 + 0.59 * s - 0.045,
                \(s) 3 * s^2 - 3 * s + 0.59, \(s) 6 * s - 3),
  growth_1.5 = growth(1.5),
  growth_5 = growth(5),
  logistic = fixed(
    \(s) stats::plogis(10 * (s - 0.5)),
    \(s) 10 * stats::dlogis(10 * (s - 0.5)),
    \(s) {
      p <- stats::plogis(10 * (s - 0.5))
      100 * p * (1 - p) * (1 - 2 * p)
    }
  ),
  sine = fixed(\(s) sin(2 * pi * s), \(s) 2 * pi * cos(2 * pi * s),
               \(s) -4 * pi^2 * sin(2 * pi * s)),
  bump = fixed(
    \(s) exp(-(s - 0.5)^2 / 0.045),
    \(s) -(s - 0.5) / 0.0225 * exp(-(s - 0.5)^2 / 0.045),
    \(s) ((s - 0.5)^2 / 0.0225^2 - 1 / 0.0225) * exp(-(s - 0.5)^2 / 0.045)
  ),
  walk_2 = walk(2),
  walk_3 = walk(3),
  walk_2_trend = walk(2, slope = 5),
  walk_3_trend = walk(3, slope = 5)
)

# Where the method is not to be trusted: all curvature at one end, and a walk
# without a second derivative. Shown beside the others, in no average.
hard <- list(
  saturation = fixed(\(s) 1 - exp(-4 * s), \(s) 4 * exp(-4 * s),
                     \(s) -16 * exp(-4 * s)),
  walk_1 = walk(1)
)
