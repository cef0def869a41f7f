# All series on one grid, results as functionals x series.
skip_on_cran()

fit_one <- function(time, y, ..., step = rep(FALSE, length(time))) {
  y <- as.matrix(y)
  fit_spline(y, rep(1L, ncol(y)), grids_of(list(time), list(step)), ...)
}
uneven <- function(n) {
  stats::runif(1, 0, 2000) + cumsum(c(0, stats::runif(n - 1, 0.2, 1.8)))
}
# A rough one, a smooth one with noise, one without, an integrated walk.
four_series <- function(time) {
  n <- length(time)
  s <- (time - time[1]) / (time[n] - time[1])
  cbind(stats::rnorm(n), sin(5 * s) + 0.02 * stats::rnorm(n), exp(2 * s),
        cumsum(cumsum(stats::rnorm(n)))) + 5
}
# Largest difference relative to the largest number of the same order.
worst <- function(x, truth, group) {
  size <- apply(abs(truth), 2, \(v) stats::ave(v, group, FUN = max))
  max(abs(x - truth) / size)
}

# Largest relative errors of estimates and errors against the reference, at
# the times of a random grid, between and beyond them.
posterior_errors <- function(n, m, breaks) {
  time <- uneven(n)
  step <- seq_len(n) %in% sample(2:n, breaks)
  y <- four_series(time)
  at <- time[c(1, 1, n, n)] + c(-1, 0.1, -0.1, 1.5)
  orders <- 0:(m - 1)
  group <- rep(orders, each = n + 4)
  truth <- spline_reference(time, y, group, rep(c(time, at), m), step, m)
  fit <- fit_one(time, y, step = step, m = m, orders = orders,
                 new = list(time = list(at), orders = orders))
  rows <- function(old, new) {
    a <- array(old, c(n, 4, m))
    b <- array(new, c(4, 4, m))
    do.call(rbind, lapply(seq_len(m), \(k) rbind(a[, , k], b[, , k])))
  }
  est <- rows(fit$estimate, fit$new.estimate)
  se <- rows(fit$std.error, fit$new.std.error)
  expect_equal(fit$df, truth$df)
  expect_equal(fit$series$edf, drop(truth$edf %*% truth$weights),
               tolerance = 1e-9)
  expect_equal(fit$series$log.lambda,
               drop(log(truth$lambda) %*% truth$weights), tolerance = 1e-9)
  expect_equal(fit$series$first, truth$weights[1, ], tolerance = 1e-8)
  expect_equal(fit$series$last, truth$weights[41, ], tolerance = 1e-8)
  c(estimate = worst(est, truth$estimate, group),
    error = max(abs(se / truth$std.error - 1)[truth$std.error > 0]))
}

test_that("it is the two-step posterior, at and between and beyond the times", {
  withr::local_seed(404)
  cases <- rbind(data.frame(n = c(5, 12, 9, 9), m = c(3, 3, 3, 2),
                            breaks = c(0, 0, 2, 1)),
                 expand.grid(n = c(16, 20), m = 3, breaks = c(0, 2)),
                 data.frame(n = 16, m = 2, breaks = 0))
  if (!identical(Sys.getenv("NOT_CRAN"), "true")) cases <- cases[cases$n < 16, ]
  if (!all_cases()) cases <- cases[cases$n < 20, ]
  for (i in seq_len(nrow(cases))) {
    off <- with(cases[i, ], posterior_errors(n, m, breaks))
    bar <- if (cases$n[i] <= 16) 1e-9 else 1e-8
    expect_lt(max(off), bar, label = paste(cases[i, ], collapse = ", "))
  }
})

test_that("one lambda is exact from the bottom to the top of the grid", {
  withr::local_seed(7)
  time <- uneven(14)
  y <- four_series(time)
  order <- rep(0:2, each = 14)
  lambdas <- reference_lambdas(reference_grid(time))
  for (lambda in lambdas[c(1, 12, 25, 41)]) {
    truth <- spline_reference(time, y, order, rep(time, 3), lambda = lambda)
    fit <- fit_one(time, y, lambda = lambda)
    est <- do.call(rbind, lapply(1:3, \(k) matrix(fit$estimate[, k], 14)))
    se <- do.call(rbind, lapply(1:3, \(k) matrix(fit$std.error[, k], 14)))
    expect_lt(worst(est, truth$estimate, order), 1e-9)
    expect_lt(max(abs(se / truth$std.error - 1)), 1e-9)
  }
})

test_that("a sum alone has the error that it has among many", {
  withr::local_seed(21)
  for (n in c(4, 12, 25)) for (m in 2:3) {
    time <- uneven(n)
    y <- cbind(four_series(time), 7, 1e9 * four_series(time), 2 * time)
    tau <- stats::runif(n)
    ask <- function(weight) {
      fit_one(time, y, step = seq_len(n) == 4, m = m, orders = integer(),
              sums = list(weight = list(weight), order = 1L),
              keep = c("shrink", "z"))
    }
    alone <- ask(cbind(tau))
    among <- ask(cbind(tau, 1, rev(tau)))
    own <- seq(1, by = 3, length.out = ncol(y))
    expect_equal(alone$sum.std.error, among$sum.std.error[own],
                 tolerance = 1e-11)
    same <- c("series", "shrink", "z", "df")
    expect_identical(alone[same], among[same])
    expect_equal(alone$sum.estimate, among$sum.estimate[own],
                 tolerance = 1e-14)
  }
})

test_that("the joint covariance is that of the posterior, sums included", {
  withr::local_seed(8)
  time <- uneven(11)
  step <- replace(rep(FALSE, 11), 6, TRUE)
  order <- c(rep(0:2, each = 11), 0:2, 0:2)
  at <- c(rep(time, 3), rep(mean(time[5:6]), 3), rep(time[11] + 1, 3))
  lambdas <- reference_lambdas(reference_grid(time, step))[c(3, 20, 39)]
  pieces <- spline_pieces(time, order, at, step)
  for (lambda in lambdas) {
    truth <- spline_reference(time, stats::rnorm(11), order, at, step,
                              lambda = lambda)$cov[[1]]
    s <- lambda * pieces$e / (1 + lambda * pieces$e)
    cov <- tcrossprod(pieces$rho) + pieces$phi %*% (s * t(pieces$phi)) +
      lambda * pieces$kriging
    size <- sqrt(outer(diag(truth), diag(truth)))
    expect_lt(max(abs(cov - truth) / size), 1e-9)
  }

  tau <- cbind(2^((time - time[11]) / 3), seq_along(time) <= 4, 1)
  y <- four_series(time)
  fit <- fit_one(time, y, step = step, sums = list(weight = list(tau)),
                 keep = "weight")
  sums <- matrix(fit$sum.estimate, 3)
  second <- matrix(fit$estimate[, 3], 11)
  expect_equal(sums, t(tau) %*% second, tolerance = 1e-12)
  truth <- spline_reference(time, y, rep(2, 11), time, step)
  wanted <- vapply(1:4, \(k) {
    p <- truth$weights[, k]
    s2 <- truth$rss[k, ] / truth$df
    within <- vapply(truth$cov, \(v) diag(t(tau) %*% v %*% tau), numeric(3))
    mu <- vapply(truth$means, \(a) t(tau) %*% a[, k], numeric(3))
    sqrt(within %*% (p * s2) + (mu - drop(mu %*% p))^2 %*% p)
  }, numeric(3))
  expect_equal(matrix(fit$sum.std.error, 3), wanted, tolerance = 1e-9)
})

test_that("long series agree with a plain sum over lambda", {
  # logarithms of weights from n = 30, no pairs of directions at n = 90
  withr::local_seed(9)
  for (n in c(8, 30, 90)) {
    time <- uneven(n)
    y <- four_series(time)
    fit <- fit_one(time, y, keep = c("weight", "z", "shrink"))
    pieces <- spline_pieces(time, rep(0:2, each = n), rep(time, 3))
    r <- pieces$df
    for (b in 1:4) {
      z <- drop(t(pieces$directions) %*% (y[, b] - y[1, b]))
      beta <- drop(t(pieces$polynomial) %*% (y[, b] - y[1, b]))
      le <- outer(pieces$e, pieces$lambda)
      rss <- colSums(z^2 / (1 + le))
      p <- exp(pieces$log.prior) * exp(
        -colSums(log1p(le)) / 2 - r / 2 * log(rss) +
          min(colSums(log1p(le)) / 2 + r / 2 * log(rss)))
      p <- p / sum(p)
      mu <- drop(pieces$rho %*% beta) + pieces$phi %*% (le / (1 + le) * z) +
        pieces$level * y[1, b]
      v <- rowSums(pieces$rho^2) + pieces$phi^2 %*% (le / (1 + le)) +
        outer(diag(pieces$kriging), pieces$lambda)
      est <- drop(mu %*% p)
      se <- sqrt(drop(v %*% (p * rss / r) + (mu - est)^2 %*% p))
      rows <- (b - 1) * n + seq_len(n)
      expect_equal(fit$weight[, b], p, tolerance = 1e-10)
      expect_equal(c(fit$estimate[rows, ]), est, tolerance = 1e-10)
      expect_equal(c(fit$std.error[rows, ]), se, tolerance = 1e-9)
      expect_equal(fit$z[(b - 1) * r + seq_len(r)], z, tolerance = 1e-9)
      expect_equal(fit$series$sigma[b], sqrt(sum(p * rss / r)),
                   tolerance = 1e-10)
    }
  }
})

test_that("a fit is a linear map given its tuning", {
  withr::local_seed(10)
  time <- uneven(13)
  step <- replace(rep(FALSE, 13), 8, TRUE)
  x <- four_series(time)
  share <- c(0.1, 0.2, 0.3, 0.4)
  code <- drop(x %*% share)
  pieces <- spline_pieces(time, rep(0:2, each = 13), rep(time, 3), step)
  for (lambda in list("average", "reml", "gcv", 1e4)) {
    fit <- fit_one(time, code, step = step, lambda = lambda,
                   keep = c("weight", "shrink"))
    again <- fit_one(time, code, step = step, frozen = spline_tuning(fit))
    expect_equal(again$estimate, fit$estimate, tolerance = 1e-12)
    expect_equal(again$std.error, fit$std.error, tolerance = 1e-10)
    part <- fit_one(time, x, step = step,
                    frozen = lapply(spline_tuning(fit), \(x) x[, c(1, 1, 1, 1), drop = FALSE]))
    whole <- vapply(1:3, \(k) {
      drop(matrix(part$estimate[, k], 13) %*% share)
    }, numeric(13))
    expect_equal(whole, fit$estimate, tolerance = 1e-12)
    operator <- spline_operator(pieces, fit$shrink)
    expect_equal(drop(operator %*% code), c(fit$estimate), tolerance = 1e-11)
  }
})

test_that("lines and parabolas come out exactly, whatever the tuning", {
  withr::local_seed(11)
  for (n in c(5, 12, 40)) {
    time <- uneven(n)
    t <- time - mean(time)
    for (lambda in list("average", "reml", "gcv", 10)) {
      fit <- fit_one(time, cbind(2 + 3 * t, 1 - t + 2 * t^2), lambda = lambda)
      size <- max(abs(t))
      expect_lt(max(abs(fit$estimate[1:n, 2] - 3)), 1e-11 * size)
      expect_lt(max(abs(fit$estimate[1:n, 3])), 1e-11 * size)
      expect_lt(max(abs(fit$estimate[n + 1:n, 2] - (4 * t - 1))),
                1e-11 * size^2)
      expect_lt(max(abs(fit$estimate[n + 1:n, 3] - 4)), 1e-11 * size^2)
      expect_true(all(is.finite(fit$std.error)))
      expect_lt(max(fit$std.error), 1e-11 * size^2)
    }
  }
})

test_that("units and origins do what they must", {
  withr::local_seed(12)
  time <- uneven(12)
  y <- four_series(time)
  fit <- fit_one(time, y)
  later <- fit_one(time + 1e6, y)
  expect_equal(later$estimate, fit$estimate, tolerance = 1e-8)
  slower <- fit_one((time - time[1]) * 7, y)
  unit <- rep(c(1, 1 / 7, 1 / 49), each = 48)
  expect_equal(c(slower$estimate), c(fit$estimate) * unit, tolerance = 1e-11)
  expect_equal(c(slower$std.error), c(fit$std.error) * unit,
               tolerance = 1e-11)
  expect_equal(slower$series$log.lambda, fit$series$log.lambda)
  doubled <- fit_one(time, y * 2^20)
  expect_identical(doubled$estimate, fit$estimate * 2^20)
  expect_identical(doubled$std.error, fit$std.error * 2^20)
  shifted <- fit_one(time, y + 1e6)
  expect_equal(shifted$estimate[, 2:3], fit$estimate[, 2:3],
               tolerance = 1e-7)
  mirrored <- fit_one(-rev(time), y[12:1, ])
  back <- function(x, k) c(matrix(x[, k], 12)[12:1, ])
  expect_equal(back(mirrored$estimate, 1), fit$estimate[, 1],
               tolerance = 1e-10)
  expect_equal(-back(mirrored$estimate, 2), fit$estimate[, 2],
               tolerance = 1e-10)
  expect_equal(back(mirrored$std.error, 3), fit$std.error[, 3],
               tolerance = 1e-10)
})

test_that("a series does not feel its neighbours, threads or order: bitwise", {
  withr::local_seed(13)
  times <- lapply(c(4, 12, 12, 30, 7), uneven)
  grid <- sample(5, 3000, TRUE)
  values <- lapply(grid, \(g) stats::rnorm(length(times[[g]])))
  fit <- function(which, threads) {
    fit_spline(unlist(values[which]), grid[which], grids_of(times),
               sums = list(weight = lapply(times, \(t) t - t[1])),
               threads = threads)
  }
  all <- fit(1:3000, 1L)
  two <- fit(1:3000, 2L)
  drop <- c("asked", "longest")
  expect_identical(two[setdiff(names(two), drop)],
                   all[setdiff(names(all), drop)])
  some <- sample(3000, 41)
  few <- fit(some, 1L)
  row <- split(seq_along(unlist(values)), rep(1:3000, lengths(values)))
  expect_identical(few$estimate, all$estimate[unlist(row[some]), ])
  expect_identical(few$std.error, all$std.error[unlist(row[some]), ])
  expect_identical(few$sum.std.error, all$sum.std.error[some])
  expect_identical(few$series$edf, all$series$edf[some])
})

test_that("short series give what they can, and no error instead of 0", {
  y <- c(3, 5, 4, 8, 9)
  one <- function(n, ...) fit_one(seq_len(n), y[seq_len(n)], ...)
  expect_equal(one(1)$estimate, cbind(3, NaN, NaN))
  expect_equal(one(2)$estimate, cbind(c(3, 5), 2, NaN))
  expect_equal(one(3)$estimate[, 3], rep(-3, 3))
  parabola <- stats::lm(y[1:4] ~ stats::poly(1:4, 2, raw = TRUE))
  expect_equal(one(4)$estimate[, 1], unname(stats::fitted(parabola)))
  expect_equal(one(4)$estimate[, 3], rep(2 * stats::coef(parabola)[[3]], 4))
  expect_true(all(is.na(one(4)$std.error)))
  expect_identical(one(4)$df, NA_integer_)
  expect_true(all(one(5)$std.error > 0))
  expect_identical(one(5)$df, 2L)
  # m = 2: a line from 3, everything from 4; a break costs one point
  expect_identical(one(3, m = 2, orders = 0:1)$df, NA_integer_)
  expect_identical(one(4, m = 2, orders = 0:1)$df, 2L)
  jump <- fit_one(1:5, y, step = c(FALSE, FALSE, TRUE, FALSE, FALSE))
  expect_identical(jump$df, NA_integer_)
  expect_equal(jump$degree, 2L)
  jumps <- fit_one(1:4, y[1:4], step = c(FALSE, TRUE, TRUE, FALSE))
  expect_equal(jumps$degree, 1L)
  expect_equal(jumps$estimate[, 2:3], cbind(rep(4, 4), NaN))
})

test_that("flat, far and huge series behave", {
  flat <- fit_one(1:8, cbind(rep(0.1, 8), rep(0, 8)))
  expect_identical(flat$estimate[, 2:3], matrix(0, 16, 2))
  expect_identical(flat$estimate[, 1], rep(c(0.1, 0), each = 8))
  expect_true(all(is.finite(flat$std.error)))
  expect_lt(max(flat$std.error[1:8, ]), 1e-15)
  expect_identical(flat$std.error[9:16, ], matrix(0, 8, 3))
  for (lambda in list("reml", "gcv")) {
    zero <- fit_one(1:8, rep(0, 8), lambda = lambda)
    expect_true(all(is.finite(zero$std.error)))
  }
  y <- sin(1:12)
  fit <- fit_one(1:12, y)
  far <- fit_one(1:12, 1e12 + y)
  expect_lt(max(abs(far$estimate[, 2:3] - fit$estimate[, 2:3])), 2e-3)
  for (unit in c(2^990, 2^-990)) {
    expect_identical(fit_one(1:12, y * unit)$estimate, fit$estimate * unit)
    expect_identical(fit_one(1:12, y * unit)$std.error, fit$std.error * unit)
  }
  expect_true(all(is.finite(fit_one(1:12, 1e-310 * y)$estimate)))
  expect_true(all(is.finite(fit_one(c(1:11, 1e6), y)$std.error)))
  expect_true(all(is.finite(fit_one(1 + 1e-7 * (1:12), y)$std.error)))
})

test_that("reml and gcv are the best of all lambdas, df is met", {
  withr::local_seed(14)
  time <- uneven(12)
  y <- matrix(stats::rnorm(12 * 60), 12) +
    outer(time - time[1], stats::rnorm(60)^3)
  pieces <- spline_pieces(time, integer(), numeric())
  zz <- (t(pieces$directions) %*% y)^2
  lambda <- exp(seq(-5, 40, by = 0.01))
  le <- outer(pieces$e, lambda)
  ours <- function(kind) exp(fit_one(time, y, lambda = kind)$series$log.lambda)
  restricted <- function(zz, l) {
    d <- 1 / (1 + pieces$e * l)
    sum(log(d)) / 2 - 9 / 2 * log(sum(zz * d))
  }
  crossed <- function(zz, l) {
    d <- 1 / (1 + pieces$e * l)
    sum(zz * d^2) / sum(d)^2
  }
  reml <- ours("reml")
  gcv <- ours("gcv")
  for (k in 1:60) {
    best <- max(-colSums(log1p(le)) / 2 -
                  9 / 2 * log(colSums(zz[, k] / (1 + le))))
    expect_gte(restricted(zz[, k], reml[k]), best - 1e-7)
    best <- min(colSums(zz[, k] / (1 + le)^2) / colSums(1 / (1 + le))^2)
    expect_lte(crossed(zz[, k], gcv[k]), best * (1 + 1e-7))
  }
  for (df in c(3.01, 4, 8, 11.9)) {
    expect_equal(fit_one(time, y, df = df)$series$edf, rep(df, 60),
                 tolerance = 1e-9)
  }
  expect_equal(fit_one(time, y, df = 3)$series$edf, rep(3, 60))
})

test_that("reml is that of mgcv, derivatives too", {
  skip_if_not_installed("mgcv")
  skip_on_cran()
  withr::local_seed(15)
  runs <- 60
  same <- logical(runs)
  for (k in seq_len(runs)) {
    n <- c(8, 12, 20)[k %/% 2 %% 3 + 1]
    time <- if (k %% 2 == 0) 2004 + seq_len(n) else uneven(n)
    s <- (time - time[1]) / diff(range(time))
    y <- switch(k %% 5 + 1, sin(6 * s), s^3, exp(1.6 * s),
                stats::plogis(10 * (s - 0.5)), cumsum(cumsum(stats::rnorm(n))))
    noise <- sample(c(0.01, 0.02, 0.05), 1)
    y <- y + diff(range(y)) * noise * stats::rnorm(n)
    gam <- mgcv::gam(y ~ s(t, bs = "tp", m = 3, k = n), method = "REML",
                     data = data.frame(y = y, t = time))
    fit <- fit_one(time, y, lambda = "reml")
    same[k] <- max(abs(fit$estimate[, 1] - stats::fitted(gam))) <
      1e-5 * diff(range(y))
    # its lambda, found by the trace of its smoother, is not the better one
    pieces <- spline_pieces(time, integer(), numeric())
    zz <- drop(t(pieces$directions) %*% y)^2
    restricted <- function(log_lambda) {
      d <- 1 / (1 + pieces$e * exp(log_lambda))
      sum(log(d)) / 2 - (n - 3) / 2 * log(sum(zz * d))
    }
    theirs <- fit_one(time, y, df = min(max(sum(gam$edf), 3), n))
    expect_gte(restricted(fit$series$log.lambda),
               restricted(theirs$series$log.lambda) - 1e-8)
    # at one lambda it is the same curve: its slopes by differences
    inner <- time[2:(n - 1)]
    at <- function(h) {
      unname(stats::predict(gam, data.frame(t = inner + h)))
    }
    h <- 1e-3 * diff(range(time))
    size <- apply(abs(theirs$estimate), 2, max)
    first <- (8 * (at(h) - at(-h)) - at(2 * h) + at(-2 * h)) / (12 * h)
    second <- (16 * (at(h) + at(-h)) - at(2 * h) - at(-2 * h) -
                 30 * at(0)) / (12 * h^2)
    expect_lt(max(abs(first - theirs$estimate[2:(n - 1), 2])), 1e-4 * size[2])
    expect_lt(max(abs(second - theirs$estimate[2:(n - 1), 3])),
              1e-4 * size[3])
  }
  expect_gte(mean(same), 0.9)
})

test_that("it is interruptible and refuses what would read out of bounds", {
  n <- 20000
  fit <- fit_spline(rep(sin(1:5), n), rep(1L, n), grids_of(list(1:5)),
                    threads = 2L)
  expect_lte(fit$longest, 4096)
  expect_error(fit_spline(1:5, 2L, grids_of(list(1:5))), "no such grid")
  expect_error(fit_spline(1:4, 1L, grids_of(list(1:5))), "values")
  for (threads in 1:2) {
    expect_error(
      fit_spline(rep(1:5, 5000), rep(1L, 5000), grids_of(list(5:1)),
                 threads = threads),
      "ascend"
    )
  }
  expect_error(fit_spline(1:5, 1L, grids_of(list(1:5)), m = 2), "order")
  expect_error(
    fit_spline(1:5, 1L, grids_of(list(1:5)),
               sums = list(weight = list(1:4))),
    "weights"
  )
  none <- fit_spline(numeric(), integer(), grids_of(list()))
  expect_identical(dim(none$estimate), c(0L, 3L))
})

test_that("one lambda is where the criterion is flat, also at an interpolation", {
  # How far Newton's step from it still goes, by a slope of what the shares
  # leave; `rest`: what the curve leaves free.
  step_left <- function(how, m, seed) {
    s <- random_series(seed, 10L)
    p <- spline_pieces(s$time, integer(), numeric(), m = m)
    at <- spline_fit(list(
      value = s$x, of = 1L, pool = new_pool(10L, s$time),
      rate = list(args = list(lambda = how, m = m))
    ), list())$series$log.lambda
    y <- s$x - s$x[1L]
    zz <- drop(crossprod(p$directions, y))^2
    floor <- p$df * .Machine$double.eps^2 *
      (s$x[1L]^2 + sum(crossprod(p$polynomial, y)^2) + sum(zz))
    k <- if (how == "gcv") 2 else 1
    slope <- function(t) {
      d <- 1 / (1 + exp(t) * p$e)
      sum(d^k) / (if (how == "gcv") sum(d) else p$df) -
        (floor + sum(zz * d^(k + 1))) / (floor + sum(zz * d^k))
    }
    c(step = slope(at) / (slope(at + 1e-4) - slope(at - 1e-4)) * 2e-4,
      rest = mean(1 / (1 + exp(at) * p$e)))
  }
  left <- vapply(1:90, \(seed) {
    step_left(c("gcv", "reml")[seed %% 2L + 1L], 2L + seed %% 4L %/% 2L, seed)
  }, numeric(2))
  far <- which(left["rest", ] < 1e-7)
  expect_gt(length(far), 3L)
  expect_lt(max(abs(left["step", far])), 1e-9)
})
