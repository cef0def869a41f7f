# A break at 2004 by +100 in the hand series: 1 2 4 | 107 112 114, method
# changed, and the same growth within each half.
jumped <- hand$x + 100 * (hand$year >= 2004)
at_2004 <- replace(rep("ok", 6), 4, "break")
broken <- hand_codes(jumped, status = at_2004)

rate_at <- function(order, rate, breaks, x = broken) {
  r <- dynamic_codes(x, rate, breaks = breaks)
  r$estimate[r$order == order]
}

test_that("split: no difference straddles a break", {
  expect_equal(rate_at(1, rate_difference(), "split"), c(NA, 1, 2, NA, 5, 2))
  expect_equal(rate_at(2, rate_difference(), "split"),
               c(NA, NA, 1, NA, NA, -3))
  # Parabolas through 1 2 4 and through 7 12 14.
  expect_equal(rate_at(1, rate_central(), "split"),
               c(0.5, 1.5, 2.5, 6.5, 3.5, 0.5))
  expect_equal(rate_at(2, rate_central(), "split"), c(1, 1, 1, -3, -3, -3))
})

test_that("ignore: the jump is growth", {
  expect_equal(rate_at(1, rate_difference(), "ignore"),
               c(NA, 1, 2, 103, 5, 2))
  expect_equal(rate_at(2, rate_difference(), "ignore"),
               c(NA, NA, 1, 101, -98, -3))
})

test_that("shift: one free step, the curve goes on", {
  # A parabola with a jump: X = [1, s, s^2, 1(t >= 2004)], by lm().
  y <- c(2, 3, 1, 40, 45, 41, 47, 52)
  year <- 2001:2008
  s <- year - 2001
  step <- as.double(year >= 2004)
  b <- unname(coef(lm(y ~ s + I(s^2) + step)))
  d <- hand_codes(y, year, replace(rep("ok", 8), 4, "break"))
  r <- rate_local(span = 8)
  expect_equal(rate_at(1, r, "shift", d), b[2] + 2 * b[3] * s)
  expect_equal(rate_at(2, r, "shift", d), rep(2 * b[3], 8))
  # The jump itself is of no consequence.
  d2 <- hand_codes(y + 1e3 * step, year, replace(rep("ok", 8), 4, "break"))
  for (rate in list(r, rate_spline())) {
    expect_equal(rate_at(1, rate, "shift", d2), rate_at(1, rate, "shift", d),
                 tolerance = 1e-8)
    expect_equal(rate_at(2, rate, "shift", d2), rate_at(2, rate, "shift", d),
                 tolerance = 1e-8)
  }
})

test_that("shift, spline: r = n - m - b, and no error below 2", {
  df <- function(n, breaks) {
    year <- seq_len(n)
    status <- rep("ok", n)
    status[breaks] <- "break"
    d <- hand_codes(c(3, 1, 4, 1, 5, 9, 2, 6)[year], year, status)
    r <- dynamic_codes(d, rate_spline())
    # The step to the second time is the first.
    none <- is.na(r$df) | r$order == 2 & r$year == 1
    expect_identical(is.na(r$std.error), none)
    unique(r$df)
  }
  expect_identical(df(8, integer()), 5)
  expect_identical(df(8, 4), 4)
  expect_identical(df(8, c(3, 6)), 3)
  expect_identical(df(6, 4), 2)
  expect_identical(df(5, 3), NA_real_)
  expect_identical(df(5, integer()), 2)
  expect_identical(df(4, integer()), NA_real_)
})

test_that("auto: shift for local and spline, split for the others", {
  for (rate in list(rate_local(), rate_spline())) {
    expect_identical(rate_at(1, rate, "auto"), rate_at(1, rate, "shift"))
  }
  for (rate in list(rate_difference(), rate_central())) {
    expect_identical(rate_at(1, rate, "auto"), rate_at(1, rate, "split"))
  }
})

test_that("a difference cannot shift, and this is said", {
  for (rate in list(rate_difference(), rate_central(),
                    rate_custom(ref_central, "mine"))) {
    err <- expect_error(dynamic_codes(broken, rate, breaks = "shift"),
                        class = "nidcode_error_break")
    expect_match(conditionMessage(err), "split", fixed = TRUE)
  }
  expect_error(dynamic_codes(broken, rate_local(), breaks = "skip"),
               class = "nidcode_error_argument")
})

test_that("split smoothers fit each side alone", {
  y <- c(2, 3, 1, 4, 8, 41, 47, 52, 50, 59)
  d <- hand_codes(y, 2001:2010, replace(rep("ok", 10), 6, "break"))
  for (rate in list(rate_local(), rate_spline(), rate_central())) {
    for (order in 1:2) {
      apart <- c(estimate_rates(y[1:5], 2001:2005, rate = rate,
                                order = order)$estimate,
                 estimate_rates(y[6:10], 2006:2010, rate = rate,
                                order = order)$estimate)
      expect_equal(rate_at(order, rate, "split", d), apart)
    }
  }
})

test_that("a break at the first time splits nothing off", {
  first <- hand_codes(status = replace(rep("ok", 6), 1, "break"))
  plain <- hand_codes()
  for (rate in list(rate_difference(), rate_local(), rate_spline())) {
    expect_identical(rate_at(1, rate, "auto", first),
                     rate_at(1, rate, "auto", plain))
  }
})

test_that("the sum leaves out the terms that straddle", {
  nid <- function(breaks, ...) {
    basic_code(dynamic_codes(broken, rate_difference(), breaks), ...)
  }
  # 1 + (-3), of 2003 and 2006.
  expect_equal(nid("split")$estimate, -2)
  expect_identical(nid("split")$n.terms, 2L)
  expect_equal(nid("ignore")$estimate, 1)
  expect_identical(nid("ignore")$n.terms, 4L)
  # central, split: V at the ends of each side, 2.5 - 0.5 + 0.5 - 6.5.
  r <- dynamic_codes(broken, rate_central(), breaks = "split")
  expect_equal(basic_code(r, measure = "integral")$estimate, -4)
})

test_that("print says what was done with how many breaks", {
  expect_match(text_of(dynamic_codes(broken, rate_difference())),
               "breaks split (1)", fixed = TRUE)
  expect_match(text_of(dynamic_codes(broken, rate_local())),
               "breaks shift (1; assumes that only the level jumps there)",
               fixed = TRUE)
  expect_match(text_of(dynamic_codes(broken, rate_local(), "ignore")),
               "breaks ignored (1)", fixed = TRUE)
  expect_no_match(text_of(dynamic_codes(hand_codes(), rate_local())),
                  "breaks")
})
