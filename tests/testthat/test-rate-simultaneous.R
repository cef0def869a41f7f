# Student's t of independent normal times over one chi-squared: the critical
# value of their maximum by plain integration.
modulus_critical <- function(k, df, level) {
  miss <- function(c) {
    inside <- function(s) {
      (2 * pnorm(c * s) - 1)^k * 2 * df * s * dchisq(df * s^2, df)
    }
    integrate(inside, 0, 12, rel.tol = 1e-9)$value - level
  }
  uniroot(miss, c(1, 20), tol = 1e-8)$root
}

test_that("the largest |t| of independent times has its known quantile", {
  for (k in c(2, 5, 12)) {
    for (df in c(3, 9, 40)) {
      expect_equal(max_t_critical(diag(k), df, 0.95),
                   modulus_critical(k, df, 0.95), tolerance = 0.01)
    }
    expect_equal(max_t_critical(diag(k), Inf, 0.95),
                 qnorm((1 + 0.95^(1 / k)) / 2), tolerance = 0.01)
  }
})

test_that("one time, or times that go together, need no more than one", {
  expect_equal(max_t_critical(t(c(3, -4)), 7, 0.9), qt(0.95, 7))
  same <- rbind(c(1, 2, 0), c(-2, -4, 0), NA, 0)
  expect_equal(max_t_critical(same, 7, 0.9), qt(0.95, 7), tolerance = 1e-6)
  some <- rbind(c(1, 0.2), c(1, -0.2))
  c2 <- max_t_critical(some, 7, 0.95)
  expect_gt(c2, qt(0.975, 7))
  expect_lt(c2, qt(1 - 0.05 / 4, 7))
})

inside_all <- function(v, truth, order) {
  k <- which(v$order == order & !is.na(v$conf.low))
  ok <- v$conf.low[k] <= truth & truth <= v$conf.high[k]
  mean(tapply(ok, v$region[k], all))
}

as_codes <- function(time, y) {
  d <- data.frame(region = rep(sprintf("r%04d", seq_len(ncol(y))),
                               each = nrow(y)),
                  year = rep(time, ncol(y)), x = as.vector(y))
  defining_codes(code_panel(d, code_scheme("x", "production")), "none")
}

test_that("local rates and known errors cover at the nominal level", {
  time <- c(0, 1, 2, 3.5, 4, 6, 7, 7.5, 9, 10)
  y <- with_stream(21, 2 * time + 0.3 * time^2 +
                     matrix(rnorm(10 * 2000, 0, 0.7), 10))
  codes <- as_codes(time, y)
  margin <- 3.5 * sqrt(0.05 * 0.95 / 2000)
  slope <- list(2 + 0.6 * time, rep(0.6, 10))
  # Differences estimate the rate of the chord.
  chord <- list(2 + 0.3 * (time[-1] + time[-10]), rep(0.6, 8))
  share <- function(rate, truth, interval = "simultaneous") {
    v <- dynamic_codes(codes, rate, interval = interval)
    c(inside_all(v, truth[[1]], 1L), inside_all(v, truth[[2]], 2L))
  }
  # One parabola for all: residuals and estimates are independent, exact.
  exact <- c(share(rate_local(10), slope),
             share(rate_difference(sd = 0.7), chord))
  expect_lt(max(abs(exact - 0.95)), margin)
  expect_lt(max(share(rate_difference(sd = 0.7), chord, "pointwise")), 0.9)
  # Windows: residuals and estimates share errors, and the band is cautious.
  expect_gt(min(share(rate_local(6), slope)), 0.95 - margin)
})

test_that("averaged splines cover at the nominal level under their model", {
  skip_on_cran()
  n <- 10
  time <- c(0, 1, 2, 3.5, 4, 6, 7, 7.5, 9, 10)
  p <- spline_pieces(time, rep(0:2, each = n), rep(time, 3))
  runs <- if (all_cases()) 1500 else 500
  # lambda from its prior, curve from its process, errors of sd 1.
  truth <- with_stream(22, {
    lambda <- p$lambda[sample(41, runs, TRUE, exp(p$log.prior))]
    f <- matrix(rnorm(length(p$e) * runs), length(p$e)) *
      sqrt(outer(p$e, lambda))
    e <- eigen(p$kriging, TRUE)
    wild <- e$vectors %*% (sqrt(pmax(e$values, 0)) *
                             matrix(rnorm(3 * n * runs), 3 * n))
    p$phi %*% f + wild * rep(sqrt(lambda), each = 3 * n)
  })
  y <- truth[1:n, ] + with_stream(23, matrix(rnorm(n * runs), n))
  v <- dynamic_codes(as_codes(time, y), interval = "simultaneous")
  speed <- truth[n + 1:n, ]
  for (order in 1:2) {
    # The first time has no step.
    true <- if (order == 1) speed else diff(speed) / diff(time)
    expect_equal(inside_all(v, as.vector(true), order), 0.95, tolerance = 3.5 * sqrt(0.05 * 0.95 / runs) / 0.95)
  }
})

test_that("the band holds the share of simulated paths that it says", {
  panel <- code_panel(subset(ural, level == "region"), ural_scheme,
                      status = "_status")
  for (rate in list(rate_spline(), rate_spline("reml"))) {
    for (breaks in c("shift", "split")) {
      v <- suppressMessages(dynamic_codes(panel, rate, breaks, "simultaneous",
                                          conf_level = 0.9))
      sim <- suppressMessages(simulate(v, 3000, seed = 5, order = 1:2))
      m <- matrix(sim$estimate, nrow(v))
      out <- m < v$conf.low | m > v$conf.high
      out[is.na(out)] <- FALSE
      series <- paste(v$region, v$code, v$order)
      share <- vapply(split(seq_along(series), series), function(k) {
        mean(colSums(out[k, , drop = FALSE]) == 0)
      }, 1)
      expect_lt(max(abs(share - 0.9)), 4.5 * sqrt(0.09 * (1 / 3000 + 1 / 4000)))
    }
  }
})

test_that("bands hold the pointwise intervals, repeat, and touch no stream", {
  panel <- code_panel(subset(ural, level == "region"), ural_scheme,
                      status = "_status")
  set.seed(5)
  before <- .Random.seed
  for (rate in list(rate_spline(), rate_local(7), rate_central(sd = 0.1),
                    rate_spline(m = 2), rate_spline(50))) {
    point <- dynamic_codes(panel, rate)
    one <- dynamic_codes(panel, rate, interval = "simultaneous")
    two <- dynamic_codes(panel, rate, interval = "simultaneous")
    expect_identical(one, two)
    same <- c("estimate", "std.error", "prob.positive", "df")
    expect_identical(as.data.frame(one)[same], as.data.frame(point)[same])
    expect_true(all(one$conf.low <= point$conf.low, na.rm = TRUE))
    expect_true(all(one$conf.high >= point$conf.high, na.rm = TRUE))
    # One critical value for the times of a region, code and order.
    c <- (one$conf.high - one$estimate) / one$std.error
    spread <- tapply(c, paste(one$region, one$code, one$order), \(x) {
      if (all(is.na(x))) 0 else diff(range(x, na.rm = TRUE)) / max(x, na.rm = TRUE)
    })
    expect_lt(max(spread), 1e-8)
    if (!rate$facts$curve) {
      expect_true(all(c < qt(1 - 0.025 / 12, one$df), na.rm = TRUE))
    }
  }
  expect_identical(.Random.seed, before)
  none <- dynamic_codes(panel, rate_central(), interval = "simultaneous")
  expect_true(all(is.na(none$conf.low)))
})

test_that("errors that differ in time are taken as they are", {
  v <- c(1, 4, 9, 1, 1, 4)
  y <- c(1, 3, 2, 5, 7, 6)
  rows <- rbind(c(-1, 1, 0, 0, 0, 0), c(0, -1, 1, 0, 0, 0),
                c(0, 0, -1, 1, 0, 0), c(0, 0, 0, -1, 1, 0),
                c(0, 0, 0, 0, -1, 1))
  codes <- get_defining(as_codes(1:6, cbind(y, y)))
  fit <- code_fit(codes, rate_difference(sd = 1))
  fit$codes[[1]]$sd <- sqrt(c(v, rev(v)))
  levels <- simultaneous_levels(fit, 0.95)
  want <- max_t_critical(rows %*% diag(sqrt(v)), Inf, 0.95)
  expect_equal(qnorm((1 + levels[1, 1, 1:6]) / 2), rep(want, 6))
  want <- max_t_critical(rows %*% diag(sqrt(rev(v))), Inf, 0.95)
  expect_equal(qnorm((1 + levels[1, 1, 7:12]) / 2), rep(want, 6))
})

test_that("the band of a series does not depend on how many there are", {
  skip_on_cran()
  # Long series: few of them are as much work as thousands of short ones.
  n <- 60L
  y <- with_stream(31, matrix(rnorm(n * 60L), n))
  band <- function(codes, rate) {
    dynamic_codes(codes, rate, interval = "simultaneous")
  }
  same_bands <- function(few, many) {
    expect_equal(as.data.frame(many)[seq_len(nrow(few)), ],
                 as.data.frame(few), tolerance = 1e-12)
    # Nor is it the quantile of Bonferroni, which is the same for any number.
    c <- (many$conf.high - many$estimate) / many$std.error
    expect_gt(min(abs(c - qt(1 - 0.025 / n, many$df)), na.rm = TRUE), 1e-3)
  }
  reml <- rate_spline("reml")
  same_bands(band(as_codes(seq_len(n), y[, 1:2]), reml),
             band(as_codes(seq_len(n), y), reml))
  # Each region on a grid of its own.
  ragged <- do.call(rbind, lapply(1:25, function(r) {
    data.frame(region = sprintf("r%04d", r),
               year = seq_len(n) + r * (1:n)^2 / 1e4, x = y[, r])
  }))
  codes <- function(r) {
    d <- ragged[ragged$region %in% sprintf("r%04d", r), ]
    defining_codes(code_panel(d, code_scheme("x", "production")), "none")
  }
  same_bands(band(codes(1:2), rate_local(7)), band(codes(1:25), rate_local(7)))
})
