# Rates 8, 4, 2, 1 at 2001, 2002, 2004, 2008: seen from 2008 the lags are
# 7, 6, 4, 0.
time <- c(2001, 2002, 2004, 2008)
rates <- c(8, 4, 2, 1)
lag <- c(7, 6, 4, 0)

# The coefficients themselves, read off unit impulses.
tau <- function(influence, measure = "sum") {
  vapply(1:4, \(i) {
    accumulate_rates(as.double(1:4 == i), time, influence = influence,
                     measure = measure)$estimate
  }, 1)
}

test_that("each form is the function of the lag that it says", {
  expect_equal(tau(influence_equal()), rep(1, 4))
  expect_equal(tau(influence_half_life(2)), 2^-(lag / 2))
  expect_equal(tau(influence_linear(6)), c(0, 0, 1 / 3, 1))
  expect_equal(tau(influence_linear()), 1 - lag / 7)
  expect_equal(tau(influence_power(2)), (1 + lag)^-2)
  expect_equal(tau(influence_power(0.5, scale = 3)), (1 + lag / 3)^-0.5)
  expect_equal(tau(influence_power(0)), rep(1, 4))
  expect_equal(tau(influence_hyperbolic()), 1 / (1 + lag))
  expect_equal(tau(influence_hyperbolic(2)), 1 / (1 + lag / 2))
  expect_equal(tau(influence_custom(\(lag) exp(-lag))), exp(-lag))
  expect_equal(tau(influence_custom(\(t) t - 2000, of = "time")),
               c(1, 2, 4, 8))
  table <- data.frame(time = c(2008, 2004, 1999, 2001, 2002),
                      weight = c(0.1, 0.2, 9, 0.4, 0.3))
  expect_equal(tau(influence_custom(table)), c(0.4, 0.3, 0.2, 0.1))
})

test_that("a half-life is what it says: exactly 1/2 after it", {
  for (h in c(1, 3, 0.25)) {
    half <- accumulate_rates(c(1, 0), c(2000, 2000 + h),
                             influence = influence_half_life(h))
    expect_identical(half$estimate, 0.5)
  }
})

test_that("`at`: lags count from there, what comes later counts 0", {
  expect_equal(tau(influence_half_life(1, at = 2004)), c(1 / 8, 1 / 4, 1, 0))
  expect_equal(tau(influence_equal(at = 2003)), c(1, 1, 0, 0))
  expect_equal(tau(influence_hyperbolic(at = 2010)), 1 / c(10, 9, 7, 3))
  expect_equal(tau(influence_custom(\(t) t - 2000, "time", at = 2002)),
               c(1, 2, 0, 0))
})

test_that("normalise divides by the sum of influence and width", {
  w <- 2^-(lag / 2)
  expect_equal(tau(influence_half_life(2, normalise = TRUE)), w / sum(w))
  expect_equal(tau(influence_equal(normalise = TRUE)), rep(1 / 4, 4))
  # Trapezoid widths of the four times: 1/2, 3/2, 3, 2.
  width <- c(0.5, 1.5, 3, 2)
  expect_equal(tau(influence_half_life(2, normalise = TRUE), "integral"),
               w * width / sum(w * width))
  # Only over the terms that exist.
  some <- accumulate_rates(c(8, NA, 2, 1), time,
                           influence = influence_equal(normalise = TRUE))
  expect_equal(some$estimate, 11 / 3)
})

test_that("weights that sum to 0 cannot be normalised: NA, not NaN or 0", {
  before <- influence_half_life(3, at = 1990, normalise = TRUE)
  expect_identical(accumulate_rates(rates, time, influence = before)$estimate,
                   NA_real_)
  for (rate in list(rate_central(sd = 0.1), rate_local(), rate_spline())) {
    b <- basic_code(hand_codes(), before, rate = rate)
    for (column in c("estimate", "std.error", "conf.low", "prob.positive")) {
      expect_true(is.na(b[[column]]) && !is.nan(b[[column]]), label = column)
    }
    r <- dynamic_codes(hand_codes(), rate)
    expect_true(all(is.na(contributions(r, "time", before)$estimate)))
  }
  # Without normalising nothing has any influence yet.
  b <- basic_code(hand_codes(), influence_half_life(3, at = 1990),
                  rate = rate_central())
  expect_identical(b$estimate, 0)
  # The two kinds of path say the same.
  none <- influence_custom(\(lag) 0 * lag, normalise = TRUE)
  for (kind in c("stock", "partial")) {
    path <- code_path(hand_codes(), none, kind = kind, rate = rate_central())
    expect_identical(path$estimate, rep(NA_real_, 6), label = kind)
    path <- accumulate_path(rates, time, influence = none, kind = kind)
    expect_identical(path$estimate, rep(NA_real_, 4), label = kind)
  }
})

test_that("each region is seen from its own last time", {
  d <- hand_regions[-c(11, 12), ]
  s <- code_scheme("x", "production", codes = alone)
  p <- code_panel(d, s)
  h <- influence_half_life(2)
  both <- suppressMessages(basic_code(defining_codes(p, "none"), h,
                                      rate = rate_difference()))
  # A: 1 1 2 -3 at lags 3 2 1 0; B: 1 1 at lags 1 0.
  expect_equal(both$estimate,
               c(sum(c(1, 1, 2, -3) * 2^-(3:0 / 2)), 1 / sqrt(2) + 1))
  at <- suppressMessages(basic_code(defining_codes(p, "none"),
                                    influence_half_life(2, at = 2006),
                                    rate = rate_difference()))
  expect_equal(at$estimate[2], 2^-1.5 + 2^-1)
})

test_that("linear without a span spans each region", {
  d <- hand_regions[-c(11, 12), ]
  s <- code_scheme("x", "production", codes = alone)
  b <- suppressMessages(basic_code(
    defining_codes(code_panel(d, s), "none"), influence_linear(),
    rate = rate_difference()
  ))
  expect_equal(b$estimate, c(sum(c(1, 1, 2, -3) * (1 - 3:0 / 5)),
                             1 * (1 - 1 / 3) + 1))
})

test_that("`at` takes the time in the user's own type", {
  day <- as.Date(paste0(2001:2006, "-01-01"))
  a <- accumulate_rates(c(1, 1, 2, -3, 4, 1), day,
                        influence = influence_half_life(2, at = day[4]))
  b <- accumulate_rates(c(1, 1, 2, -3), day[1:4],
                        influence = influence_half_life(2))
  expect_equal(a$estimate, b$estimate)
})

test_that("the paper's literal reading: t_i multiplies the term", {
  b <- basic_code(hand_codes(),
                  influence_custom(\(t) t - 2000, of = "time"),
                  rate = rate_difference())
  # 3 (1) + 4 (1) + 5 (2) + 6 (-3)
  expect_equal(b$estimate, -1)
})

test_that("it says what it is", {
  words <- list(
    "equal (plain sum)" = influence_equal(),
    "half-life 5" = influence_half_life(5),
    "linear, span of the region" = influence_linear(),
    "linear, span 8" = influence_linear(8),
    "power 1.5, scale 2" = influence_power(1.5, 2),
    "hyperbolic, scale 1" = influence_hyperbolic(),
    "custom of the lag" = influence_custom(exp),
    "custom of the time" = influence_custom(exp, of = "time"),
    "custom (table)" = influence_custom(data.frame(time = 1, weight = 1)),
    "half-life 5, at 2010, normalised" =
      influence_half_life(5, at = 2010, normalise = TRUE)
  )
  for (text in names(words)) {
    expect_s3_class(words[[text]], "nid_influence")
    expect_identical(format(words[[text]]), text)
    expect_identical(lines_of(words[[text]]),
                     paste0("Time influence: ", text, "."))
    expect_prints(words[[text]])
  }
})

test_that("forms that are none are refused", {
  expect_error(influence_half_life(), "half_life")
  expect_error(influence_power(-1), class = "nidcode_error_argument")
  expect_error(influence_linear(-1), class = "nidcode_error_argument")
  expect_error(influence_equal(normalise = NA),
               class = "nidcode_error_argument")
  expect_error(influence_equal(at = c(1, 2)), class = "nidcode_error_argument")
  expect_error(influence_custom(1), class = "nidcode_error_argument")
  expect_error(influence_custom(exp, of = "year"),
               class = "nidcode_error_argument")
  expect_error(influence_custom(data.frame(time = 1)),
               class = "nidcode_error_no_column")
  expect_error(
    influence_custom(data.frame(time = c(1, 1), weight = 1:2)),
    class = "nidcode_error_argument"
  )
})

test_that("a function of the lag is never asked for the future", {
  root <- influence_custom(\(lag) {
    stopifnot(all(lag >= 0))
    1 / (1 + sqrt(lag))
  })
  x <- c(1, -2, 4)
  expect_silent(path <- accumulate_path(x, 1:3, influence = root))
  tau <- 1 / (1 + sqrt(0:2))
  expect_equal(path$estimate,
               c(1, sum(tau[2:1] * x[1:2]), sum(tau[3:1] * x)))
})

test_that("columns of a table of influence that are not read are told", {
  table <- data.frame(time = 1:3, weight = 3:1, region = "A")
  m <- expect_message(influence_custom(table),
                      class = "nidcode_message_unread_columns")
  expect_identical(m$columns, "region")
  expect_silent(influence_custom(table[1:2]))
})
