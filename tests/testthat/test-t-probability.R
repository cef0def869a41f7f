# Probabilities of Student's t: the closed sum for whole degrees of freedom.

test_that("one and two degrees of freedom are what the book says", {
  # Cauchy, and t / sqrt(2 + t^2).
  t <- c(-1e300, -1e160, -1e6, -3, -1, -1e-300, 0, 0.5, 1, 40)
  expect_equal(t_probability_cpp(t, rep(1, 10), 1),
               ifelse(t < 0, atan(1 / -t) / pi, 1 - atan2(1, t) / pi),
               tolerance = 1e-14)
  expect_equal(t_probability_cpp(t[3:10], rep(1, 8), 2),
               0.5 * (1 + t[3:10] / sqrt(2 + t[3:10]^2)), tolerance = 1e-13)
  expect_identical(t_probability_cpp(c(-1, 0, 1), c(1, 1, 1), 1),
                   c(0.25, 0.5, 0.75))
  # A matrix stays one.
  expect_identical(t_probability_cpp(diag(2), diag(2) + 1, 1)[, 1],
                   t_probability_cpp(c(1, 0), c(2, 1), 1))
})

test_that("it is stats::pt(), tails included", {
  t <- c(0, 10^seq(-12, 2, length.out = 120), 1e4, 1e10)
  t <- c(-rev(t), t, -Inf, Inf)
  for (df in c(1:60, 99:101, 199:203, 2.5, 0.3, 1e7, Inf)) {
    mine <- t_probability_cpp(t, rep(1, length(t)), df)
    theirs <- stats::pt(t, df)
    expect_lt(max(abs(mine - theirs)), 1e-14)
    low <- theirs > 1e-290 & t < 0
    expect_lt(max(abs(mine / theirs - 1)[low]), 2e-12)
  }
})

test_that("the tails add up to one, each df for itself", {
  withr::local_seed(5)
  x <- stats::rnorm(5000, sd = 4)
  se <- stats::runif(5000, 0.5, 2)
  df <- sample(c(1:210, Inf, 4.5), 5000, TRUE)
  up <- t_probability_cpp(x, se, df)
  expect_equal(up + t_probability_cpp(-x, se, df), rep(1, 5000),
               tolerance = 1e-15)
  expect_equal(up, stats::pt(x / se, df), tolerance = 1e-14)
})

test_that("what is known exactly, or not at all, is said", {
  expect_identical(probability_positive(c(0, 0, 1, -1, NA, 1, 1, 0),
                                        c(0, 0, 0, 0, 1, NA, 1, 1),
                                        c(5, NA, 5, 2.5, 5, 5, NA, 3)),
                   c(0.5, 0.5, 1, 0, NA, NA, NA, 0.5))
})

test_that("the shape of the estimates is kept", {
  x <- matrix(c(-1, 0, 1, 2, NA, 3), 2L)
  p <- probability_positive(x, x * 0 + 1, x * 0 + 3)
  expect_identical(dim(p), dim(x))
  expect_equal(p, matrix(stats::pt(x, 3), 2L), tolerance = 1e-14)
})
