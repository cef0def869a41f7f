# The engine alone: orthogonality, rank, weights, groups, threads.

fit_engine <- function(x, y, intercept = TRUE, power = NULL,
                       variable = seq_len(ncol(x))) {
  storage.mode(x) <- "double"
  power <- if (is.null(power)) rep(1L, length(variable)) else power
  fit_least_squares_cpp(x, as.double(y), variable, power, intercept)
}

test_that("a line through hand-made points is exact", {
  fit <- fit_engine(cbind(c(1, 2, 3)), c(1, 3, 5))
  expect_identical(fit$coefficients, c(-1, 2))
  expect_identical(fit$residuals, c(0, 0, 0))
  fit <- fit_engine(cbind(c(1, 2, 3)), c(1, 2, 6))
  expect_equal(fit$coefficients, c(-2, 2.5), tolerance = 1e-15)
  expect_equal(fit$residuals, c(0.5, -1, 0.5), tolerance = 1e-15)
  expect_equal(fit$leverage, c(5, 2, 5) / 6, tolerance = 1e-15)
})

test_that("Q is orthonormal and the residuals are normal to the design", {
  withr::local_seed(1)
  x <- matrix(rnorm(40 * 5), 40)
  y <- rnorm(40)
  fit <- fit_engine(x, y)
  expect_lt(max(abs(crossprod(fit$q) - diag(6))), 1e-14)
  expect_lt(max(abs(crossprod(cbind(1, x), fit$residuals))), 1e-13)
  expect_equal(sum(fit$leverage), 6, tolerance = 1e-14)
  # W is a left inverse of the design and gives the coefficients.
  expect_lt(max(abs(crossprod(fit$weights, cbind(1, x)) - diag(6))), 1e-13)
  expect_equal(drop(crossprod(fit$weights, y)), fit$coefficients,
               tolerance = 1e-12)
})

test_that("the engine agrees with lm() to 1e-10", {
  withr::local_seed(2)
  for (n in c(5, 12, 100)) {
    x <- matrix(rnorm(n * 3, 100, c(1, 10, 0.1)), n)
    y <- rnorm(n)
    fit <- fit_engine(x, y)
    ref <- lm(y ~ x)
    expect_equal(fit$coefficients, unname(coef(ref)), tolerance = 1e-10)
    se <- sqrt(colSums(fit$weights^2)) * fit$sigma
    if (n > 5) {
      expect_equal(se, unname(sqrt(diag(vcov(ref)))), tolerance = 1e-10)
    }
    expect_equal(fit$residuals, unname(resid(ref)), tolerance = 1e-9)
    expect_equal(fit$leverage, unname(hatvalues(ref)), tolerance = 1e-10)
    expect_equal(fit$r.squared, summary(ref)$r.squared, tolerance = 1e-10)
  }
})

test_that("kappa is the 1-norm condition number of the scaled design", {
  # Already scaled to a largest entry in [0.5, 1).
  x <- cbind(c(-0.9, -0.5, 0.25, 0.75), c(0.5, -0.75, 0.5, -0.25))
  fit <- fit_engine(x, 1:4, intercept = FALSE)
  r <- qr.R(qr(x))
  expect_equal(fit$kappa, norm(r, "1") * norm(solve(r), "1"),
               tolerance = 1e-12)
})

test_that("aliased columns are the later ones, in any position", {
  x <- cbind(1:8, c(2, 1, 4, 3, 6, 5, 8, 7), 0, 7)
  x[, 3] <- x[, 1] - x[, 2]
  y <- c(3, 1, 4, 1, 5, 9, 2, 6)
  fit <- fit_engine(x, y)
  expect_identical(fit$aliased, c(FALSE, FALSE, FALSE, TRUE, TRUE))
  expect_identical(fit$rank, 3L)
  expect_equal(fit$coefficients[1:3], unname(coef(lm(y ~ x[, 1:2]))))
  expect_true(all(is.na(fit$coefficients[4:5])))
  # Shares that add to 100 with decimals.
  shares <- cbind(c(12.1, 30.7, 55.5, 1.3), c(40.2, 20.1, 14.5, 33.3))
  shares <- cbind(shares, 100 - rowSums(shares))
  fit <- fit_engine(shares, 1:4)
  expect_identical(fit$aliased, c(FALSE, FALSE, FALSE, TRUE))
})

test_that("a power whose lower terms are aliased is fitted as it is", {
  # x is a copy of z, x^2 is not: the fit must be that of lm().
  z <- c(2001, 2002, 2004, 2007, 2009, 2010)
  y <- c(1, 4, 2, 8, 5, 7)
  fit <- fit_engine(cbind(z, z), y, variable = c(1L, 2L, 2L),
                    power = c(1L, 1L, 2L))
  s <- z - 2000
  ref <- lm(y ~ s + I(s^2))
  expect_identical(fit$aliased, c(FALSE, FALSE, TRUE, FALSE))
  expect_equal(fit$residuals, unname(resid(ref)), tolerance = 1e-8)
  expect_equal(fit$coefficients[4], unname(coef(ref)[3]), tolerance = 1e-8)
})

test_that("degenerate shapes are statuses, not crashes", {
  none <- matrix(0, 4, 0)
  fit <- fit_engine(none, c(1, 2, 3, 6), variable = integer())
  expect_equal(fit$coefficients, 3)
  fit <- fit_engine(none, 1:4, intercept = FALSE, variable = integer())
  expect_identical(fit$rank, 0L)
  expect_identical(fit$residuals, as.double(1:4))
  fit <- fit_engine(matrix(0, 0, 2), double())
  expect_identical(fit$rank, 0L)
  expect_true(all(fit$aliased))
  # p = n and p > n.
  fit <- fit_engine(matrix(c(1, 2, 4, 9, 1, 3), 3), 1:3)
  expect_identical(fit$rank, 3L)
  expect_true(is.nan(fit$sigma))
  fit <- fit_engine(matrix(c(1, 5, 2, 7, 3, 8), 2), 1:2)
  expect_identical(fit$aliased, c(FALSE, FALSE, TRUE, TRUE))
  expect_error(fit_engine(none, 1:4, variable = 1L), "names no variable")
})

test_that("neither size nor offset costs digits", {
  x <- c(1, 2, 4, 7, 11, 16)
  y <- c(2, 3, 3, 8, 9, 20)
  plain <- fit_engine(cbind(x), y)
  for (e in c(-900, -300, 300, 900)) {
    fit <- fit_engine(cbind(x * 2^e), y * 2^-e)
    expect_identical(fit$coefficients[1] * 2^e, plain$coefficients[1])
    expect_identical(fit$residuals * 2^e, plain$residuals)
  }
  for (e in c(-450, 450)) {
    fit <- fit_engine(cbind(x * 2^e), y * 2^-e)
    expect_identical(fit$coefficients[2] * 2^e * 2^e, plain$coefficients[2])
  }
  far <- fit_engine(cbind(x + 2^40), y)
  expect_equal(far$coefficients[2], plain$coefficients[2], tolerance = 1e-15)
  expect_identical(far$residuals, plain$residuals)
  # A constant written with rounding errors is a constant.
  fit <- fit_engine(cbind(c(0.3, 0.1 + 0.2, 0.3, 0.3)), 1:4)
  expect_identical(fit$aliased, c(FALSE, TRUE))
})

test_that("groups are the single fits, bit for bit, for 1 and 2 threads", {
  withr::local_seed(3)
  size <- c(0, 1, 2, 3, 4, 12, 7, 0, 30, rep(12, 9000))
  group <- rep(seq_along(size), size)
  n <- length(group)
  x <- cbind(rnorm(n, 2010, 4), rnorm(n))
  y <- rnorm(n)
  first <- as.integer(c(0, cumsum(size)))
  one <- fit_groups_cpp(x, y, first, 1:2, c(1L, 1L), TRUE, 1L)
  two <- fit_groups_cpp(x, y, first, 1:2, c(1L, 1L), TRUE, 2L)
  expect_identical(one, two)
  for (g in c(1:9, 4096, 4097, 9009)) {
    rows <- which(group == g)
    fit <- fit_engine(x[rows, , drop = FALSE], y[rows])
    expect_identical(as.numeric(is.nan(one$estimate[, g])),
                     as.numeric(fit$aliased))
    expect_identical(one$estimate[!fit$aliased, g],
                     fit$coefficients[!fit$aliased])
    expect_identical(one$rank[g], fit$rank)
  }
  ref <- lm(y ~ x, subset = group == 9)
  expect_equal(one$std.error[, 9], unname(sqrt(diag(vcov(ref)))),
               tolerance = 1e-10)
  skip_if_not_installed("sandwich")
  hc3 <- sqrt(diag(sandwich::vcovHC(ref, "HC3")))
  expect_equal(one$std.error.hc3[, 9], unname(hc3), tolerance = 1e-10)
})

test_that("groups that do not cover the rows are refused", {
  expect_error(fit_groups_cpp(cbind(1:3 + 0), 1:3 + 0, c(0L, 2L), 1L, 1L,
                              TRUE, 1L), "cover")
})
