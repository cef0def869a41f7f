# Covariances of two functionals of one posterior.

skip_on_cran()

# By the dense posterior: over the lambdas, and of the means.
reference_covariance <- function(time, y, orders, step, m) {
  n <- length(time)
  r <- spline_reference(time, y, rep(orders, each = n), rep(time, 2), step, m)
  one <- seq_len(n)
  at <- cbind(one, n + one)
  given <- vapply(r$cov, \(v) v[at], numeric(n)) %*%
    (r$weights[, 1] * r$rss[1, ] / r$df)
  off <- vapply(r$means, \(x) x[, 1] - r$estimate[, 1], numeric(2 * n))
  as.vector(given + (off[one, ] * off[n + one, ]) %*% r$weights[, 1])
}

# V and its change over the step, of which the reference knows V at two times.
reference_step <- function(time, y, step, m) {
  n <- length(time)
  r <- spline_reference(time, y, rep(1, n), time, step, m)
  p <- r$weights[, 1]
  given <- Reduce(`+`, Map(\(v, w) v * w, r$cov, p * r$rss[1, ] / r$df))
  off <- vapply(r$means, \(x) x[, 1] - r$estimate[, 1], numeric(n))
  v <- given + off %*% (p * t(off))
  i <- 2:n
  c(NA, (diag(v)[i] - v[cbind(i, i - 1)]) / diff(time))
}

covariance_cases <- list(
  list(n = 5, m = 3, breaks = 0), list(n = 8, m = 3, breaks = 1),
  list(n = 12, m = 3, breaks = 2), list(n = 5, m = 2, breaks = 0),
  list(n = 12, m = 2, breaks = 1)
)

case_of <- function(one, seed = 7) {
  withr::with_seed(seed + one$n, {
    time <- 2000 + cumsum(c(0, stats::runif(one$n - 1, 0.5, 2)))
    step <- seq_len(one$n) %in% (2 * seq_len(one$breaks) + 1)
    list(time = time, step = step,
         y = cumsum(stats::rnorm(one$n)) + 4 * cumsum(step))
  })
}

panel_of_case <- function(x, rate, breaks = "shift") {
  fit <- code_fit(get_defining(hand_codes(
    x$y, x$time, ifelse(x$step, "break", "")
  )), rate, breaks)
  expect_identical(fit$codes[[1]]$n_breaks, sum(x$step))
  fit
}

test_that("V and A go together as in the dense posterior, over steps", {
  for (one in covariance_cases) {
    x <- case_of(one)
    fit <- panel_of_case(x, rate_spline(m = one$m))
    truth <- reference_step(x$time, x$y, x$step, one$m)
    rates <- estimate_codes(fit, rates = TRUE)$rates
    se <- t(sapply(rates$std.error, \(x) x[, 1]))
    quick <- rates_correlation(fit, rates = rates)[1, ] * se[1, ] * se[2, ]
    expect_equal(quick, truth, tolerance = 1e-9)
    expect_equal(rates_covariance(fit)[1, ], truth, tolerance = 1e-9)
  }
})

test_that("and at a point, as do the level and V", {
  for (one in covariance_cases) {
    x <- case_of(one)
    fit <- panel_of_case(x, rate_spline(m = one$m, second = "point"))
    orders <- if (one$m == 3L) list(0:1, 1:2) else list(0:1)
    for (pair in orders) {
      expect_equal(rates_covariance(fit, pair)[1, ],
                   reference_covariance(x$time, x$y, pair, x$step, one$m),
                   tolerance = 1e-9)
    }
  }
})

test_that("a part between breaks is a series of its own", {
  x <- case_of(list(n = 14, breaks = 0))
  x$step[8] <- TRUE
  fit <- panel_of_case(x, rate_spline(second = "point"), "split")
  parts <- lapply(list(1:7, 8:14), \(at) {
    reference_covariance(x$time[at], x$y[at], 1:2, rep(FALSE, 7), 3)
  })
  expect_equal(rates_covariance(fit)[1, ], unlist(parts), tolerance = 1e-9)
})

test_that("given lambda it is that of draws", {
  for (lambda in list(0.5, "reml")) {
    x <- case_of(list(n = 12, breaks = 0))
    fit <- panel_of_case(x, rate_spline(lambda, second = "point"))
    s <- code_series(fit, 1L)
    d <- withr::with_seed(1, draw_spline(s, 1e5L, 1:2)$draws)
    r <- estimate_series(s, 1:2)$df
    truth <- rates_covariance(fit)[1, ] * r / (r - 2)
    for (i in 1:12) {
      v <- d[1, i, ] - mean(d[1, i, ])
      a <- d[2, i, ] - mean(d[2, i, ])
      expect_lt(abs(mean(v * a) - truth[i]), 5 * stats::sd(v * a) / sqrt(1e5))
    }
  }
})

test_that("rates that are sums of values have covariances of their weights", {
  x <- case_of(list(n = 9, breaks = 0))
  known <- panel_of_case(x, rate_difference(sd = 0.3), "split")
  h <- diff(x$time)
  # V = (y_i - y_(i-1))/h_i; A from three values by divided differences.
  a <- function(i) {
    t <- x$time[i - 0:2]
    2 / c((t[1] - t[2]) * (t[1] - t[3]), (t[2] - t[1]) * (t[2] - t[3]),
          (t[3] - t[1]) * (t[3] - t[2]))
  }
  want <- c(NA, NA, vapply(3:9, \(i) {
    sum(c(1, -1) / h[i - 1] * a(i)[1:2]) * 0.3^2
  }, 1))
  expect_equal(rates_covariance(known)[1, ], want, tolerance = 1e-10)
  local <- panel_of_case(x, rate_local(span = 5))
  s <- code_series(local, 1L)
  op <- series_operator(s, 1L, 1:2)
  sigma <- estimate_series(s, 1L)$sigma
  expect_equal(rates_covariance(local)[1, ],
               rowSums(op[1:9, ] * op[10:18, ]) * sigma^2, tolerance = 1e-10)
  expect_true(all(is.na(rates_covariance(panel_of_case(
    x, rate_difference(), "split"
  )))))
})

test_that("errors of predicted cells are in it", {
  x <- case_of(list(n = 10, breaks = 0))
  fit <- panel_of_case(x, rate_spline(second = "point"))
  s <- code_series(fit, 1L)
  own <- series_correlation(s, 1:2)
  se <- estimate_series(s, 1:2)$std.error
  s$unsure <- list(value = c(3L, 7L), error = 1:2, load = c(0.4, 0.7))
  kept <- s
  kept$tuning <- estimate_series(s, keep = "weight")$tuning
  op <- series_operator(kept[names(kept) != "unsure"], 1L, 1:2)[, c(3, 7)] *
    rep(c(0.4, 0.7), each = 20)
  want <- own * se[, 1] * se[, 2] + rowSums(op[1:10, ] * op[11:20, ])
  all <- estimate_series(s, 1:2)$std.error
  expect_equal(series_correlation(s, 1:2) * all[, 1] * all[, 2], want,
               tolerance = 1e-9)
})

test_that("sizes of values and of time do not matter", {
  x <- case_of(list(n = 9, breaks = 0))
  for (rate in list(rate_spline(), rate_spline(second = "point"),
                    rate_local())) {
    cor <- function(y, time) {
      fit <- panel_of_case(list(y = y, time = time, step = x$step), rate)
      rates_correlation(fit, rates = estimate_codes(fit, TRUE)$rates)[1, ]
    }
    expect_equal(cor(x$y * 2^600, x$time), cor(x$y, x$time), tolerance = 1e-9)
    expect_equal(cor(x$y * 2^-600, x$time), cor(x$y, x$time), tolerance = 1e-9)
  }
})

test_that("local rates, segments and codes of a panel have theirs", {
  withr::local_seed(18)
  d <- data.frame(region = rep(c("A", "B"), each = 12), year = rep(1:12, 2),
                  x = cumsum(stats::rnorm(24)), y = stats::rnorm(24),
                  x_status = "ok")
  d$x_status[7] <- "break"
  d$y[c(3, 15, 16)] <- NA
  p <- quietly(code_panel(d, code_scheme(c("x", "y"),
                                         c("production", "social")),
                          status = "_status"))
  fit <- get_fit(quietly(dynamic_codes(p, rate_local(second = "step"))))
  got <- rates_covariance(fit)
  for (i in 1:2) {
    series <- code_series(fit, i)
    r <- estimate_series(series, 1:2)
    start <- series_starts(series)
    for (b in 1:2) {
      v <- series_operator(series, b, 1L)
      a <- series_operator(series, b, 2L)
      at <- series_rows(series)[start[b] + seq_len(nrow(v))]
      expect_equal(got[i, at], r$sigma[b]^2 * rowSums(v * a),
                   tolerance = 1e-9)
    }
  }
  cut <- get_fit(quietly(dynamic_codes(p, rate_spline(), breaks = "split")))
  whole <- rates_covariance(cut)
  r <- quietly(as.data.frame(dynamic_codes(p, rate_spline(), breaks = "split")))
  a <- r[r$order == 2 & r$code == "production", ]
  expect_identical(is.na(whole[1, ]), is.na(a$std.error))
  v <- r[r$order == 1 & r$code == "production", ]
  rho <- whole[1, ] / (a$std.error * v$std.error)
  expect_true(all(abs(rho) <= 1 + 1e-9, na.rm = TRUE))
  none <- get_fit(quietly(dynamic_codes(p, rate_central())))
  expect_true(all(is.na(rates_covariance(none))))
})

test_that("a line of whole numbers has the correlation of its rounding", {
  time <- c(0, 1, 2.5, 3, 4, 6, 7, 9)
  series <- plain_series(10 + 2 * time, new_pool(8L, time), 1L,
                         rate_spline(m = 3, second = "point"))
  series$rounding <- 0.3
  p <- spline_pieces(time, rep(1:2, each = 8L), rep(time, 2L))
  weight <- drop(spline_posterior(series)$weight)
  s <- outer(p$e, p$lambda, \(e, lambda) lambda * e / (1 + lambda * e))
  # sigma is that of the rounding under every lambda.
  cov <- tcrossprod(p$rho) + p$phi %*% (drop(s %*% weight) * t(p$phi)) +
    sum(weight * p$lambda) * p$kriging
  want <- stats::cov2cor(cov)[cbind(1:8, 9:16)]
  expect_equal(series_correlation(series, 1:2), want, tolerance = 1e-8)
})

test_that("a short segment takes no correlation from the others", {
  d <- do.call(rbind, lapply(1:3, \(k) {
    s <- random_series(80 + k, 11L)
    data.frame(region = paste0("R", k), year = 2000:2010, x = s$x,
               y = rev(s$x), x_status = c("", "", "break", rep("", 8L)))
  }))
  scheme <- code_scheme(c("x", "y"), c("production", "social"))
  model <- quiet(code_model(d, scheme, status = "_status", breaks = "split",
                            rate = rate_spline(m = 3, second = "point")))
  phases <- quiet(code_phases(model))
  known <- phases$year > 2001
  expect_false(anyNA(phases$cor[known]))
  expect_true(all(is.na(phases$cor[!known])))
})

test_that("a sum at a time has its error beside a short segment", {
  s <- random_series(91, 11L)
  series <- plain_series(s$x, new_pool(11L, s$time, replace(integer(11L), 5L,
                                                            1L)), 1L,
                         rate_spline(m = 3))
  series$breaks <- "split"
  # V at each time: the first four are too few for an error.
  sums <- list(pool = series$pool, of = 1L, k = 11L,
               sums = list(weight = as.vector(diag(11L)), k = 11L, order = 1L))
  r <- estimate_series(series, 1L, sums)
  expect_equal(r$sum.estimate, r$estimate[, 1L], tolerance = 1e-12)
  expect_equal(r$sum.std.error, r$std.error[, 1L], tolerance = 1e-12)
  expect_identical(is.na(r$sum.std.error), rep(c(TRUE, FALSE), c(4L, 7L)))
})
