# The constructors of rates, and small cases by hand. estimate_rates() gives
# their numbers without a panel.

V <- function(x, time = seq_along(x), rate) {
  estimate_rates(x, time, rate = rate, order = 1)$estimate
}
A <- function(x, time = seq_along(x), rate) {
  estimate_rates(x, time, rate = rate, order = 2)$estimate
}

test_that("constructors make a nid_rate that says what it is", {
  words <- list(
    "difference" = rate_difference(), "central" = rate_central(),
    "local (span 5, degree 2)" = rate_local(),
    "local (span 7, degree 3, tricube)" =
      rate_local(span = 7, degree = 3, kernel = "tricube"),
    "local (width 6.5, degree 2)" = rate_local(width = 6.5),
    "spline (average)" = rate_spline(),
    "spline (reml)" = rate_spline("reml"), "spline (gcv)" = rate_spline("gcv"),
    "spline (lambda 10)" = rate_spline(10), "spline (df 4)" =
      rate_spline(df = 4),
    "spline (average, m = 2)" = rate_spline(m = 2),
    "mine" = rate_custom(function(time) list(), "mine")
  )
  for (text in names(words)) {
    expect_s3_class(words[[text]], "nid_rate")
    expect_identical(format(words[[text]]), text)
    expect_identical(lines_of(words[[text]])[1], paste0("Rate: ", text, "."))
    expect_prints(words[[text]])
  }
})

test_that("each says what it does with breaks by default", {
  by_default <- \(rate) lines_of(rate)[2]
  expect_match(by_default(rate_difference()), "split")
  expect_match(by_default(rate_central()), "split")
  expect_match(by_default(rate_custom(identity, "mine")), "split")
  expect_match(by_default(rate_local()), "shift")
  expect_match(by_default(rate_spline()), "shift")
})

test_that("difference looks back; unequal steps are divided differences", {
  expect_equal(V(hand$x, rate = rate_difference()), c(NA, 1, 2, 3, 5, 2))
  expect_equal(A(hand$x, rate = rate_difference()), c(NA, NA, 1, 1, 2, -3))
  # 0, 1, 5 at 0, 1, 3: V = 1, 2; A = 2 (2 - 1) / 3.
  expect_equal(V(c(0, 1, 5), c(0, 1, 3), rate_difference()), c(NA, 1, 2))
  expect_equal(A(c(0, 1, 5), c(0, 1, 3), rate_difference()), c(NA, NA, 2 / 3))
})

test_that("central is the parabola through three neighbours", {
  # 0, 1, 5 at 0, 1, 3 is t^2/3 + 2t/3: V = 2/3, 4/3, 8/3; A = 2/3.
  expect_equal(V(c(0, 1, 5), c(0, 1, 3), rate_central()), c(2, 4, 8) / 3)
  expect_equal(A(c(0, 1, 5), c(0, 1, 3), rate_central()), rep(2 / 3, 3))
  # Equal steps: half the difference of the neighbours; end parabolas at ends.
  expect_equal(V(hand$x, rate = rate_central()),
               c(0.5, 1.5, 2.5, 4, 3.5, 0.5))
  expect_equal(A(hand$x, rate = rate_central()), c(1, 1, 1, 2, -3, -3))
  # Two points: a slope and no more.
  expect_equal(V(c(1, 4), c(0, 2), rate_central()), c(1.5, 1.5))
  expect_equal(A(c(1, 4), c(0, 2), rate_central()), c(NA_real_, NA))
})

test_that("local is the filter of Savitzky and Golay on equal steps", {
  x <- c(3, -1, 4, 1, -5, 9, 2)
  # Five points, degree 2: sum(k y)/10, and sum(2 2 -1 -2 -1 2)/14 of 2a.
  mid <- \(w) vapply(3:5, \(i) sum(w * x[i + -2:2]), 1)
  expect_equal(V(x, rate = rate_local())[3:5], mid(-2:2 / 10))
  expect_equal(A(x, rate = rate_local())[3:5],
               mid(2 * c(2, -1, -2, -1, 2) / 14))
  # Ends are one-sided: the parabola of the first five points.
  fit <- coef(lm(x[1:5] ~ I(0:4) + I((0:4)^2)))
  expect_equal(V(x, rate = rate_local())[1:3],
               unname(fit[2] + 2 * fit[3] * 0:2))
  # The same window in units of time; at the end it holds three points.
  wide <- V(x, rate = rate_local(width = 4.5))
  expect_equal(wide[3:5], mid(-2:2 / 10))
  expect_equal(wide[1], sum(c(-3, 4, -1) * x[1:3]) / 2)
  # Degree 1, span 3: the mean of two steps.
  expect_equal(V(x, rate = rate_local(span = 3, degree = 1))[2:6],
               (x[3:7] - x[1:5]) / 2)
})

test_that("local kernels weigh by distance over the first point outside", {
  # Span 3 at t = 3: weights (1 - (1/2)^3)^3 at distance 1, 1 at distance 0.
  x <- c(3, -1, 4, 1, -5)
  w <- c((1 - 1 / 8)^3, 1, (1 - 1 / 8)^3)
  fit <- lm(x[2:4] ~ I(2:4), weights = w)
  expect_equal(V(x, rate = rate_local(span = 3, degree = 1,
                                      kernel = "tricube"))[3],
               unname(coef(fit)[2]))
  # Span 5 at t = 4: 1 - (distance/3)^2.
  x <- c(3, -1, 4, 1, -5, 2, 2)
  w <- 1 - (c(2, 1, 0, 1, 2) / 3)^2
  fit <- lm(x[2:6] ~ I(-2:2) + I((-2:2)^2), weights = w)
  expect_equal(V(x, rate = rate_local(kernel = "epanechnikov"))[4],
               unname(coef(fit)[2]))
  expect_equal(A(x, rate = rate_local(kernel = "epanechnikov"))[4],
               2 * unname(coef(fit)[3]))
})

test_that("spline: 2 points a slope, 3 and 4 a parabola, without error", {
  two <- estimate_rates(c(1, 4), c(0, 2))
  expect_equal(two$estimate[two$order == 1], c(1.5, 1.5))
  expect_true(all(is.na(two$estimate[two$order == 2])))
  three <- estimate_rates(c(0, 1, 5), c(0, 1, 3))
  expect_equal(three$estimate[three$order == 1], c(2, 4, 8) / 3)
  expect_equal(three$estimate[three$order == 2], c(NA, 2, 2) / 3)
  four <- estimate_rates(c(1, 0, 3, 2), 1:4)
  fit <- coef(lm(c(1, 0, 3, 2) ~ I(1:4) + I((1:4)^2)))
  expect_equal(four$estimate[four$order == 2],
               c(NA, rep(unname(2 * fit[3]), 3)))
  expect_equal(four$estimate[four$order == 1],
               unname(fit[2] + 2 * fit[3] * 1:4))
  for (r in list(two, three, four)) expect_true(all(is.na(r$std.error)))
  five <- estimate_rates(c(1, 0, 3, 2, 7), 1:5)
  expect_identical(is.na(five$std.error), 1:10 == 2)
})

test_that("spline: degrees of freedom run from the parabola to the data", {
  x <- c(3, -1, 4, 1, -5, 9, 2)
  fit <- coef(lm(x ~ I(1:7) + I((1:7)^2)))
  expect_equal(A(x, rate = rate_spline(df = 3.0001)),
               c(NA, rep(unname(2 * fit[3]), 6)), tolerance = 1e-3)
  s <- code_scheme("x", "production", codes = alone)
  m <- \(rate) code_model(data.frame(year = 1:7, x = x), s, rate = rate)
  expect_equal(glance(m(rate_spline(df = 4)))$effective.df, 4,
               tolerance = 1e-6)
  expect_equal(glance(m(rate_local(span = 7)))$effective.df, 3)
  expect_identical(glance(m(rate_central()))$effective.df, NA_real_)
})

test_that("spline: m = 2 has order 1 only, at a point", {
  two <- rate_spline(m = 2, second = "point")
  expect_false(anyNA(V(hand$x, rate = two)))
  expect_message(none <- A(hand$x, rate = two),
                 class = "nidcode_message_order_undefined")
  expect_identical(none, rep(NA_real_, 6))
  r <- dynamic_codes(hand_codes(), two)
  expect_true(all(is.na(r$estimate[r$order == 2])))
  expect_false(anyNA(r$estimate[r$order == 1]))
})

test_that("a custom rate is called once for each distinct grid", {
  seen <- list()
  forward <- rate_custom(function(time) {
    seen[[length(seen) + 1L]] <<- time
    n <- length(time)
    R1 <- R2 <- matrix(NA_real_, n, n)
    for (i in seq_len(n - 1L)) {
      R1[i, ] <- 0
      R1[i, i + 0:1] <- c(-1, 1) / (time[i + 1L] - time[i])
    }
    list(R1 = R1, R2 = R2)
  }, "forward")
  r <- estimate_rates(c(hand$x, 2 * hand$x, 1, 4), c(1:6, 1:6, 0, 2),
                      rep(c("a", "b", "c"), c(6, 6, 2)), forward, order = 1)
  expect_equal(r$estimate, c(1, 2, 3, 5, 2, NA, 2 * c(1, 2, 3, 5, 2), NA,
                             1.5, NA))
  expect_setequal(unique(seen), list(as.double(1:6), c(0, 2)))
})

test_that("a given sd is that of the code, number or by name", {
  # Var of (x3 - x2): 2 sd^2; of second differences: 6 sd^2.
  r <- estimate_rates(hand$x, hand$year, rate = rate_difference(sd = 0.5))
  expect_equal(unique(r$std.error[r$order == 1]), c(NA, sqrt(2) / 2))
  expect_equal(unique(r$std.error[r$order == 2]), c(NA, sqrt(6) / 2))
  expect_equal(r$conf.high - r$estimate, qnorm(0.975) * r$std.error)
  d <- defining_codes(code_panel(hand_regions, hand_scheme()))
  r <- dynamic_codes(d, rate_central(sd = c(social = 1, production = 2,
                                            institutional = 3)))
  se <- tapply(r$std.error[r$order == 2], r$code[r$order == 2], unique)
  expect_equal(c(se[c("production", "institutional", "social")]),
               c(production = 2, institutional = 3, social = 1) * sqrt(6))
  # A code without an sd has no error.
  r <- dynamic_codes(d, rate_central(sd = c(social = 1)))
  expect_identical(is.na(r$std.error), r$code != "social")
})

test_that("arguments out of range are refused", {
  expect_error(rate_spline(df = 4, lambda = 1),
               class = "nidcode_error_argument")
  expect_error(rate_spline(m = 4), class = "nidcode_error_argument")
  expect_error(rate_spline("best"), class = "nidcode_error_argument")
  expect_error(rate_spline(-1), class = "nidcode_error_argument")
  expect_error(rate_custom("f", "f"), class = "nidcode_error_argument")
  expect_error(rate_central(sd = c(1, 2)), class = "nidcode_error_argument")
})

test_that("whole numbers that no integer holds are refused", {
  expect_error(rate_local(span = 1e10), "2\\^31",
               class = "nidcode_error_argument")
  withr::local_options(nidcode.threads = 1e10)
  expect_error(estimate_rates(1:6, 1:6, rate = rate_local()),
               class = "nidcode_error_argument")
})

test_that("a message repeats texts as they were given", {
  err <- expect_error(dynamic_codes(hand_codes(), breaks = c("split", NA)),
                      class = "nidcode_error_argument")
  expect_match(conditionMessage(err), "c(\"split\", NA)", fixed = TRUE)
})

test_that("a failure inside a thread comes back as an error", {
  for (threads in c(1L, 2L)) {
    err <- expect_error(test_throw_cpp(1e4, 4100, threads, FALSE),
                        class = "nidcode_error_internal")
    expect_identical(err$reason, "item 4100")
    expect_null(test_throw_cpp(1e4, 1e4, threads, FALSE))
  }
})
