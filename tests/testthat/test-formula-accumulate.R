# Rates 8, 4, 2, 1 at 2001, 2002, 2004, 2008.
x <- c(8, 4, 2, 1)
time <- c(2001, 2002, 2004, 2008)

test_that("the sum, plain and under an influence", {
  a <- accumulate_rates(x, time)
  expect_s3_class(a, "nid_accumulated")
  expect_plain(a[seq_len(nrow(a)), ])
  expect_identical(as.list(as.data.frame(a)), list(estimate = 15, n.terms = 4L))
  a <- accumulate_rates(x, time, influence = influence_half_life(1))
  expect_equal(a$estimate, 8 / 128 + 4 / 64 + 2 / 16 + 1)
})

test_that("the integral is the trapezoid", {
  a <- accumulate_rates(x, time, measure = "integral")
  # 6 + 2 (3) + 4 (1.5)
  expect_equal(a$estimate, 18)
  # A constant rate over a span is rate times span.
  a <- accumulate_rates(rep(3, 4), time, measure = "integral")
  expect_equal(a$estimate, 3 * 7)
  one <- accumulate_rates(5, 2000, measure = "integral")
  expect_identical(as.list(as.data.frame(one)), list(estimate = 0, n.terms = 1L))
})

test_that("paths, stock and partial", {
  p <- accumulate_path(x, time)
  expect_s3_class(p, "nid_accumulated")
  expect_plain(p[seq_len(nrow(p)), ])
  expect_identical(as.list(as.data.frame(p)), list(time = time, estimate = cumsum(x)))
  h <- influence_half_life(1)
  p <- accumulate_path(x, time, influence = h)
  # Each step halves the stock once a year.
  expect_equal(p$estimate, c(8, 4 + 4, 2 + 2, 4 / 16 + 1))
  q <- accumulate_path(x, time, influence = h, kind = "partial")
  expect_equal(q$estimate, cumsum(x * c(1 / 128, 1 / 64, 1 / 16, 1)))
  for (measure in c("sum", "integral")) {
    whole <- accumulate_rates(x, time, NULL, h, measure)$estimate
    for (kind in c("stock", "partial")) {
      p <- accumulate_path(x, time, NULL, h, measure, kind)
      expect_equal(p$estimate[4], whole)
    }
  }
})

test_that("groups are apart, sorted, of their own type", {
  g <- c("b", "a", "b", "a", "b")
  a <- accumulate_rates(1:5, c(3, 1, 1, 2, 2), g,
                        influence = influence_half_life(1))
  expect_identical(a$group, c("a", "b"))
  expect_equal(a$estimate, c(2 / 2 + 4, 3 / 4 + 5 / 2 + 1))
  expect_identical(a$n.terms, c(2L, 3L))
  p <- accumulate_path(1:5, c(3, 1, 1, 2, 2), g)
  expect_identical(p$group, c("a", "a", "b", "b", "b"))
  expect_identical(p$time, c(1, 2, 1, 2, 3))
  expect_equal(p$estimate, c(2, 6, 3, 8, 9))
  f <- factor(g, levels = c("b", "a"))
  a <- accumulate_rates(1:5, c(3, 1, 1, 2, 2), f)
  expect_identical(a$group, factor(c("b", "a"), levels = c("b", "a")))
  expect_equal(a$estimate, c(9, 6))
})

test_that("NA rates are no terms", {
  a <- accumulate_rates(c(8, NA, 2, 1), time)
  expect_identical(as.list(as.data.frame(a)), list(estimate = 11, n.terms = 3L))
  p <- accumulate_path(c(8, NA, 2, 1), time)
  expect_identical(p$time, time[-2])
  # The trapezoid steps over them: 3/2 + 7/2 + 2.
  a <- accumulate_rates(c(1, NA, 1, 1), time, measure = "integral")
  expect_equal(a$estimate, 7)
  none <- accumulate_rates(c(1, NA, NA), 1:3, c("a", "b", "b"))
  expect_identical(as.list(as.data.frame(none)), list(
    group = c("a", "b"), estimate = c(1, NA), n.terms = c(1L, 0L)
  ))
  # Lags count from the last time that has a rate.
  a <- accumulate_rates(c(1, 1, NA), 1:3, influence = influence_half_life(1))
  expect_equal(a$estimate, 1.5)
})

test_that("they agree with the formula on its own rates", {
  p <- code_panel(hand_regions, hand_scheme())
  r <- dynamic_codes(p, rate_central())
  sum_of <- stats::aggregate(estimate ~ year + region,
                             as.data.frame(r)[r$order == 2, ], sum)
  for (influence in list(influence_equal(), influence_power(2),
                         influence_linear())) {
    for (measure in c("sum", "integral")) {
      a <- accumulate_rates(sum_of$estimate, sum_of$year, sum_of$region,
                            influence, measure)
      expect_equal(a$estimate, basic_code(r, influence, measure)$estimate)
      k <- accumulate_path(sum_of$estimate, sum_of$year, sum_of$region,
                           influence, measure)
      expect_equal(k$estimate, code_path(r, influence, measure)$estimate)
    }
  }
})

test_that("dates, text years, any order of rows", {
  day <- as.Date(paste0(2001:2004, "-01-01"))
  p <- accumulate_path(4:1, day[4:1])
  expect_identical(p$time, day)
  expect_equal(p$estimate, c(1, 3, 6, 10))
  expect_message(p <- accumulate_path(1:2, c("2002", "2001")),
                 class = "nidcode_message_time_labels")
  expect_identical(p$time, c("2001", "2002"))
})

test_that("what is no series is refused", {
  expect_error(accumulate_rates(1:3, 1:2), class = "nidcode_error_argument")
  expect_error(accumulate_rates(1:3, 1:3, 1:2),
               class = "nidcode_error_argument")
  expect_error(accumulate_rates(1:3, c(1, 1, 2)),
               class = "nidcode_error_duplicate_key")
  expect_error(accumulate_rates(letters[1:3], 1:3),
               class = "nidcode_error_not_numeric")
  expect_error(accumulate_rates(c(1, Inf), 1:2),
               class = "nidcode_error_not_finite")
  expect_error(accumulate_rates(1:3, 1:3, influence = 2),
               class = "nidcode_error_argument")
  expect_error(accumulate_path(1:3, 1:3, kind = "flow"),
               class = "nidcode_error_argument")
})
