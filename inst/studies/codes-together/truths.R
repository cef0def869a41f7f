# The truths of the study of codes that go together, on [0, 1]: each draws the
# curves of some regions at the times s, a list(level, first) of matrices with a
# column a region. The smooth ones were chosen before any result was seen; they
# do not change their speed within the last step: "parabola" changes it evenly,
# "transition" goes from one level to another and is at rest at both ends. The
# process was drawn on top of a parabola at first, which made its noise that of
# the parabola.

# What the spline takes curves to be but for a parabola, which it takes out of
# them: a twice-integrated Wiener process, drawn exactly. Over a step h the
# state (W, int W, int int W) moves by its Taylor polynomial and noise of
# covariance h^(i+j+1) / ((i+j+1) i! j!).
process <- function(s, regions) {
  i <- 0:2
  root <- t(chol(outer(i, i, function(i, j) {
    1 / ((i + j + 1) * factorial(i) * factorial(j))
  })))
  state <- matrix(0, regions, 3)
  level <- first <- matrix(0, length(s), regions)
  for (r in seq_along(s)) {
    h <- if (r > 1) s[r] - s[r - 1] else 0
    noise <- matrix(stats::rnorm(3 * regions), regions) %*% t(root)
    state[, 3] <- state[, 3] + h * state[, 2] + h^2 / 2 * state[, 1]
    state[, 2] <- state[, 2] + h * state[, 1]
    state <- state + t(t(noise) * h^(i + 0.5))
    level[r, ] <- state[, 3]
    first[r, ] <- state[, 2]
  }
  list(level = level, first = first)
}

parabola <- function(s, regions) {
  b <- rep(stats::rnorm(regions), each = length(s))
  a <- rep(stats::rnorm(regions), each = length(s))
  list(level = matrix(b * s + a * s^2, length(s)),
       first = matrix(b + 2 * a * s, length(s)))
}

transition <- function(s, regions) {
  k <- rep(stats::runif(regions, 10, 14), each = length(s))
  at <- rep(stats::runif(regions, 0.4, 0.6), each = length(s))
  size <- rep(stats::rnorm(regions), each = length(s))
  list(level = matrix(size * stats::plogis(k * (s - at)), length(s)),
       first = matrix(size * k * stats::dlogis(k * (s - at)), length(s)))
}

truths <- list(process = process, parabola = parabola, transition = transition)
