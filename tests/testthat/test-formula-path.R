# hand_codes(): second differences 1 1 2 -3 at 2003 .. 2006.
D <- hand_codes()
path <- function(...) code_path(D, ..., rate = rate_difference())

test_that("shape, columns, defaults", {
  p <- code_panel(hand_regions, hand_scheme())
  k <- code_path(p)
  expect_table(k, "path", c(
    region = "character", year = "integer", estimate = "double",
    std.error = "double", conf.low = "double", conf.high = "double",
    df = "double", n.terms = "integer"
  ))
  expect_identical(
    code_path(p, influence_equal(), "sum", "stock", rate_spline(),
              "auto", 0.95), k
  )
  expect_match(format(attr(k, "spec")),
               paste("Path of Code NID (stock, all steps): rate spline (average, m = 3);",
                     "order 3 assumed: 2 regions cannot test it; second order:",
                     "over a step; influence"),
               fixed = TRUE)
})

test_that("stock: as of each time, by hand", {
  k <- path()
  expect_identical(k$year, 2003:2006)
  expect_equal(k$estimate, c(1, 2, 4, 1))
  expect_identical(k$n.terms, 1:4)
  k <- path(influence_half_life(1))
  # Half of what was, plus the new term.
  expect_equal(k$estimate, c(1, 1.5, 2.75, -1.625))
  k <- path(influence_custom(\(t) t - 2000, of = "time"))
  expect_equal(k$estimate, c(3, 7, 17, -1))
})

test_that("partial: parts of the final code, by hand", {
  expect_equal(path(kind = "partial")$estimate, c(1, 2, 4, 1))
  k <- path(influence_half_life(1), kind = "partial")
  expect_equal(k$estimate, cumsum(c(1 / 8, 1 / 4, 1, -3)))
  # Seen from 2004, what comes later counts 0.
  k <- path(influence_half_life(1, at = 2004), kind = "partial")
  expect_equal(k$estimate, c(0.5, 1.5, 1.5, 1.5))
})

test_that("linear without a span keeps the region's span all along", {
  # Span 5 at every time: weights 1 - lag/5.
  k <- path(influence_linear())
  a <- c(1, 1, 2, -3)
  want <- vapply(1:4, \(j) sum(a[1:j] * (1 - (j - 1:j) / 5)), 1)
  expect_equal(k$estimate, want)
})

test_that("both meet in Code NID at the last time", {
  p <- code_panel(hand_regions, hand_scheme())
  for (influence in list(influence_equal(), influence_half_life(2),
                         influence_linear(),
                         influence_half_life(2, normalise = TRUE))) {
    for (measure in c("sum", "integral")) {
      for (rate in list(rate_central(sd = 1), rate_spline())) {
        b <- basic_code(p, influence, measure, rate = rate)
        for (kind in c("stock", "partial")) {
          k <- as.data.frame(code_path(p, influence, measure, kind, rate))
          last <- k[k$year == 2006, ]
          expect_equal(last$estimate, b$estimate)
          expect_equal(last$std.error, b$std.error)
          expect_equal(last$conf.low, b$conf.low)
          expect_equal(last$n.terms, b$n.terms)
        }
      }
    }
  }
})

test_that("normalised: a mean of the rates so far", {
  k <- path(influence_equal(normalise = TRUE))
  expect_equal(k$estimate, c(1, 1, 4 / 3, 1 / 4))
})

test_that("an error of its own at every time", {
  k <- code_path(D, rate = rate_difference(sd = 0.5))
  # Telescoped: x3 - 2 x2 + x1 (6), then x_j - x_(j-1) - x2 + x1 (at 2004
  # x4 - x3 - x2 + x1).
  expect_equal(k$std.error, sqrt(c(6, 4, 4, 4)) / 2)
  expect_equal(k$conf.high, k$estimate + qnorm(0.975) * k$std.error)
})

test_that("rows start at the first term; the rest is counted", {
  expect_match(text_of(path()), "2 rows of 6 left out: before the first term",
               fixed = TRUE)
  d <- hand_regions
  d$x[9] <- NA
  k <- suppressMessages(code_path(
    defining_codes(code_panel(d, code_scheme("x", "production",
                                             codes = alone)), "none"),
    rate = rate_difference()
  ))
  expect_identical(k$year, c(2003:2006, 2004:2006))
  # 10 9 . 10 12 11 at 1 2 4 5 6: slopes -1, 1/2, 2, -1.
  expect_equal(k$estimate[5:7],
               cumsum(c(2 * 1.5 / 3, 2 * 1.5 / 3, -3)))
})

test_that("a region without terms has no rows", {
  d <- hand_regions[1:8, ]
  k <- suppressMessages(code_path(
    defining_codes(code_panel(d, code_scheme("x", "production",
                                             codes = alone)), "none"),
    rate = rate_difference()
  ))
  expect_identical(unique(k$region), "A")
})

test_that("kinds and rates that are none are refused", {
  expect_error(path(kind = "flow"), class = "nidcode_error_argument")
  expect_error(code_path(dynamic_codes(D, rate_central()),
                         rate = rate_central()),
               class = "nidcode_error_rate_given_twice")
  expect_error(code_path(D, rate = rate_local(degree = 1)),
               class = "nidcode_error_order_undefined")
})

test_that("methods: tidy, confint, glance, summary", {
  k <- code_path(D, rate = rate_difference(sd = 1))
  expect_plain(tidy(k))
  expect_identical(rownames(confint(k)), as.character(2003:2006))
  expect_identical(unname(confint(k)[, 1]), k$conf.low)
  expect_identical(glance(k)$measure, "sum")
  expect_output(print(summary(k)), "Path of Code NID (stock, all steps)", fixed = TRUE)
})
