test_that("units are those to which all values of a region are given", {
  units <- function(...) {
    x <- list(...)
    rounding_units(unlist(x), c(0L, cumsum(lengths(x))))
  }
  expect_equal(units(c(10, 12, 14), c(1.5, 2, 3), c(0.25, 1.1), pi, 1e-6,
                     1.23e-7, c(1, pi), c(pi, 1)),
               c(1, 0.1, 0.01, 0, 1e-6, 0, 0, 0))
  expect_identical(units(c(NA, 2, 4), c(NA, 2.5), c(NA, NA_real_), numeric()),
                   c(1, 0.1, 0, 0))
  expect_identical(rounding_units(numeric(), c(0L, 0L)), 0)
})

test_that("a line of whole numbers has an error, by hand", {
  x <- seq(10, 24, by = 2)
  t <- 2001:2008
  r <- estimate_rates(x, t, rate = rate_local(8, degree = 1), order = 1)
  # sd of a rounding error, 1/sqrt(12), over the root of the sum of squares.
  expect_equal(r$estimate, rep(2, 8))
  expect_equal(r$std.error, rep(sqrt(1 / 12 / sum((t - mean(t))^2)), 8))
  expect_true(all(r$prob.positive < 1))
  # One more decimal, a tenth of it; more than six, none.
  tenth <- estimate_rates(x / 10, t, rate = rate_local(8, degree = 1),
                          order = 1)
  expect_equal(tenth$std.error, r$std.error / 10)
  none <- estimate_rates(x + pi, t, rate = rate_local(8, degree = 1),
                         order = 1)
  expect_lt(max(none$std.error), 1e-12)
})

# The averaged spline with a least variance of the noise, from the reference's
# moments given each lambda.
floored_reference <- function(time, x, order, at, least) {
  ref <- spline_reference(time, x, order, at)
  p <- ref$weights[, 1]
  s2 <- pmax(ref$rss[1, ] / ref$df, least)
  mean <- vapply(ref$means, \(m) m[, 1], numeric(length(at)))
  var <- vapply(ref$cov, diag, numeric(length(at)))
  centre <- drop(mean %*% p)
  list(estimate = centre,
       std.error = sqrt(drop(var %*% (p * s2) + (mean - centre)^2 %*% p)))
}

test_that("errors of the spline take noise for no less than rounding", {
  t <- 1:12
  for (x in list(round(30 * sin(t / 4)), round(t^1.5), round(5.3 * t))) {
    ours <- estimate_rates(x, t, order = 1)
    ref <- floored_reference(t, x, rep(1, 12), t, 1 / 12)
    expect_equal(ours$estimate, ref$estimate, tolerance = 1e-8)
    expect_equal(ours$std.error, ref$std.error, tolerance = 1e-7)
    # Estimates and weights of lambda are those of the numbers as they stand.
    plain <- estimate_rates(x + pi, t, order = 1)
    expect_equal(ours$estimate, plain$estimate, tolerance = 1e-9)
    expect_true(all(ours$std.error >= plain$std.error * (1 - 1e-9)))
  }
  # Noise beyond the rounding is what it is.
  x <- round(100 * with_stream(3, cumsum(rnorm(12))))
  expect_equal(estimate_rates(x, t, order = 1)$std.error,
               estimate_rates(x + pi, t, order = 1)$std.error,
               tolerance = 1e-8)
})

test_that("of a code it is that of the mean of its indicators", {
  d <- data.frame(region = rep(c("A", "B"), each = 6), year = rep(1:6, 2),
                  x = c(1:6, 11:16), y = c(1:6, 2 * (1:6)) / 10 + 2,
                  z = sqrt(1:12))
  s <- code_scheme(c("x", "y", "z"), rep("social", 3), weight = c(1, 2, 1),
                   transform = c("log", "none", "none"))
  def <- define(code_panel(d, s), "zscore", "panel", "mean", "constant", NULL)
  fit <- code_fit(def, rate_spline())
  by_hand <- vapply(c("A", "B"), \(r) {
    x <- d$x[d$region == r]
    sqrt((sqrt(mean(1 / x^2)) / sd(log(d$x)))^2 +
           (2 * 0.1 / sd(d$y))^2) / 4 / sqrt(12)
  }, 1)
  expect_equal(fit$codes[[1L]]$rounding, unname(by_hand))
  expect_equal(code_series(fit, 1L)$rounding, unname(by_hand))
  # Of a difference the roots of the squares add.
  pair <- difference_fit(fit, 1L, 2L)
  expect_equal(code_series(pair, 1L)$rounding, sqrt(sum(by_hand^2)))
  # A given sd says it all; no mean of values, no rounding of one.
  expect_null(code_fit(def, rate_central(sd = 1))$codes[[1L]]$rounding)
  ranked <- define(code_panel(d, s), "rank", "panel", "mean", "constant", NULL)
  expect_null(code_fit(ranked, rate_spline())$codes[[1L]]$rounding)
})

test_that("draws, bands and segments know it too", {
  d <- data.frame(year = 1:10, x = 2 * (1:10))
  v <- dynamic_codes(defining_codes(
    code_panel(d, code_scheme("x", "social"), index = "year"), "none"))
  first <- v[v$order == 1L, ]
  drawn <- simulate(v, nsim = 4000, seed = 1)
  sd <- tapply(drawn$estimate, drawn$year, stats::sd)
  expect_equal(as.vector(sd), first$std.error * sqrt(first$df / (first$df - 2)),
               tolerance = 0.06)
  wide <- simultaneous_levels(get_fit(v), 0.9)
  expect_true(all(wide[1L, 1L, ] > 0.9 & wide[1L, 1L, ] < 0.999))
  d$x_status <- ifelse(d$year == 6, "break", "ok")
  cut <- dynamic_codes(defining_codes(code_panel(
    d, code_scheme("x", "social"), index = "year", status = "_status"),
    "none"), breaks = "split")
  part <- estimate_rates(d$x[1:5], 1:5, order = 1)
  expect_equal(cut$std.error[cut$order == 1L][1:5], part$std.error)
})
