test_that("shape, columns, defaults", {
  r <- estimate_rates(hand$x, hand$year)
  expect_s3_class(r, "nid_estimated")
  expect_plain(r[seq_len(nrow(r)), ])
  expect_identical(vapply(r, typeof, ""), c(
    time = "integer", order = "integer", estimate = "double",
    std.error = "double", conf.low = "double", conf.high = "double",
    prob.positive = "double"
  ))
  expect_identical(r$time, rep(2001:2006, each = 2))
  expect_identical(r$order, rep(1:2, 6))
  expect_identical(estimate_rates(hand$x, hand$year, NULL, rate_spline(), 1:2,
                                  NULL, 0.95), r)
  g <- estimate_rates(hand$x, hand$year, rep("a", 6))
  expect_identical(names(g)[1], "group")
  expect_identical(g[-1], r[seq_along(r)])
})

test_that("the same numbers as dynamic codes of the raw series", {
  for (rate in list(rate_difference(sd = 0.2), rate_central(), rate_local(),
                    rate_spline(), rate_spline("reml"), rate_spline(df = 4))) {
    a <- as.data.frame(estimate_rates(hand$x, hand$year, rate = rate))
    b <- as.data.frame(dynamic_codes(hand_codes(), rate))
    expect_equal(a[names(a) != "time"], b[setdiff(names(a), "time")],
                 label = format(rate))
  }
})

test_that("one order, or both in any order", {
  both <- estimate_rates(hand$x, hand$year, rate = rate_difference())
  one <- estimate_rates(hand$x, hand$year, rate = rate_difference(), order = 2)
  expect_equal(one$estimate, c(NA, NA, 1, 1, 2, -3))
  expect_identical(unique(one$order), 2L)
  swapped <- estimate_rates(hand$x, hand$year, rate = rate_difference(),
                            order = 2:1)
  expect_identical(swapped$order, rep(2:1, 6))
  expect_identical(swapped$estimate[swapped$order == 1],
                   both$estimate[both$order == 1])
})

test_that("groups are apart: sorted, with their own type and grid", {
  x <- c(hand$x, 0, 1, 5)
  t <- c(2001:2006, 0, 1, 3)
  g <- rep(c(7L, 3L), c(6, 3))
  mix <- c(9, 1, 4, 8, 2, 6, 3, 7, 5)
  r <- estimate_rates(x[mix], t[mix], g[mix], rate_central(), order = 1)
  expect_identical(r$group, rep(c(3L, 7L), c(3, 6)))
  expect_identical(r$time, c(0, 1, 3, 2001:2006))
  expect_equal(r$estimate, c(2 / 3, 4 / 3, 8 / 3, 0.5, 1.5, 2.5, 4, 3.5, 0.5))
})

test_that("rows where x is observed; steps over holes are long steps", {
  r <- estimate_rates(c(1, 2, NA, 7), 1:4, rate = rate_difference(), order = 1)
  expect_identical(r$time, c(1L, 2L, 4L))
  expect_equal(r$estimate, c(NA, 1, 2.5))
})

test_that("new times: between, at and beyond the observed ones", {
  # A parabola is met exactly wherever it is asked for.
  t <- 1:7
  r <- estimate_rates(t^2 / 2 - t, t, at = c(0, 2.5, 4, 9))
  expect_identical(r$time, rep(c(0, 2.5, 4, 9), each = 2))
  expect_equal(r$estimate[r$order == 1], c(-1, 1.5, 3, 8))
  expect_equal(r$estimate[r$order == 2], rep(1, 4))
  own <- estimate_rates(hand$x, hand$year, rate = rate_spline(second = "point"))
  at <- estimate_rates(hand$x, hand$year, at = hand$year)
  expect_equal(at$estimate, own$estimate)
  expect_equal(at$std.error, own$std.error)
  # Uncertainty grows beyond the data.
  far <- estimate_rates(hand$x, hand$year, order = 1, at = 2006:2012)
  expect_false(is.unsorted(far$std.error))
  # The same times for all groups.
  g <- estimate_rates(c(hand$x, 2 * hand$x), rep(hand$year, 2),
                      rep(c("a", "b"), each = 6), at = 2003.5, order = 1)
  expect_identical(g$group, c("a", "b"))
  expect_equal(g$estimate[2], 2 * g$estimate[1])
})

test_that("dates: rates are per year, `at` may be a date", {
  day <- as.Date("2001-01-01") + 365.2425 * 0:6
  r <- estimate_rates(3 * 0:6, day, order = 1, rate = rate_central())
  expect_equal(r$estimate, rep(3, 7))
  expect_s3_class(r$time, "Date")
  at <- estimate_rates(3 * 0:6, day, order = 1, at = day[2] + 100)
  expect_equal(at$estimate, 3)
  expect_identical(at$time, day[2] + 100)
})

test_that("intervals at the level asked for", {
  for (level in c(0.5, 0.9)) {
    r <- estimate_rates(hand$x, hand$year, conf_level = level)
    # Six times, a parabola: 3 df.
    expect_equal(r$conf.high,
                 r$estimate + qt((1 + level) / 2, 3) * r$std.error)
    expect_equal(r$prob.positive, pt(r$estimate / r$std.error, 3))
  }
})

test_that("what cannot be estimated is said", {
  expect_error(estimate_rates(1:5, 1:5, order = 3),
               class = "nidcode_error_argument")
  expect_error(estimate_rates(1:5, 1:5, order = c(1, 1)),
               class = "nidcode_error_argument")
  expect_message(estimate_rates(1:5, 1:5, rate = rate_local(degree = 1)),
                 class = "nidcode_message_order_undefined")
  err <- expect_error(estimate_rates(1:5, 1:5, rate = rate_central(), at = 2),
                      class = "nidcode_error_argument")
  expect_match(conditionMessage(err), "rate_spline()", fixed = TRUE)
  expect_error(estimate_rates(1:5, 1:5, rate = "spline"),
               class = "nidcode_error_argument")
})

test_that("an sd named by code means nothing to a vector", {
  two <- rate_difference(sd = c(production = 1, social = 2))
  expect_error(estimate_rates(hand$x, hand$year, rate = two),
               class = "nidcode_error_argument")
})
