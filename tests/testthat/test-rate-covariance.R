# V and A over a step belong together: their covariance against the dense
# posterior.

test_that("the covariance of V and A is that of the posterior", {
  withr::local_seed(17)
  for (case in list(c(8, 3, 0), c(9, 2, 1), c(12, 3, 1))) {
    n <- case[1]
    m <- case[2]
    time <- 1990 + cumsum(stats::runif(n, 0.3, 2))
    step <- seq_len(n) %in% sample(3:(n - 1), case[3])
    y <- cumsum(cumsum(stats::rnorm(n))) + 3 * step
    ref <- spline_reference(time, y, rep(1, n), time, step, m)
    p <- ref$weights[, 1]
    change <- rbind(NA, diff(diag(n)) / diff(time))
    of <- function(v) diag(v %*% t(change))
    v <- vapply(ref$means, \(a) a[, 1], numeric(n))
    a <- change %*% v
    within <- vapply(ref$cov, of, numeric(n)) %*%
      (p * ref$rss[1, ] / ref$df)
    between <- ((v - drop(v %*% p)) * (a - drop(a %*% p))) %*% p
    series <- plain_series(y, grids_of(list(time), list(step)), 1L,
                           rate_spline(m = m))
    series$breaks <- "shift"
    got <- step_covariance(series)
    want <- drop(within + between)
    expect_identical(is.na(got), seq_len(n) == 1)
    expect_lt(max(abs(got - want)[-1]) / max(abs(want[-1])), 1e-9)
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
