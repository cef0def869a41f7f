# Codes of known value and error: a straight start, then x6 = the code + line.
# x1 .. x5 on a line of slope 0 and difference rates: NID = x6.
nid_of <- function(last, sd = NULL, names = letters[seq_along(last)]) {
  d <- data.frame(region = rep(names, each = 6), year = rep(1:6, length(last)),
                  x = 0)
  d$x[d$year == 6] <- last
  s <- code_scheme("x", "production", codes = alone)
  basic_code(defining_codes(code_panel(d, s), "none"),
             rate = rate_difference(sd = sd))
}

test_that("shape, columns, order", {
  k <- region_ranks(nid_of(c(1, 5, 3), sd = 0.1))
  expect_table(k, "ranks", c(
    region = "character", estimate = "double", rank = "integer",
    rank.low = "integer", rank.high = "integer"
  ))
  expect_identical(k$region, c("b", "c", "a"))
  expect_equal(k$estimate, c(5, 3, 1))
  expect_identical(k$rank, 1:3)
  expect_match(text_of(k), "Regions ranked by Code NID: rate difference",
               fixed = TRUE)
})

test_that("intervals hold those that may be above or below", {
  # se = 2 sd; a difference of two has se 2 sqrt(2) sd. With sd = 0.5 the
  # limit of a sure difference is 1.96 sqrt(2) = 2.77.
  k <- region_ranks(nid_of(c(10, 8, 6, 0), sd = 0.5))
  expect_identical(k$rank.low, c(1L, 1L, 2L, 4L))
  expect_identical(k$rank.high, c(2L, 3L, 3L, 4L))
  # 2.76 is not sure, 2.78 is.
  k <- region_ranks(nid_of(c(2.76, 0), sd = 0.5))
  expect_identical(c(k$rank.low, k$rank.high), c(1L, 1L, 2L, 2L))
  k <- region_ranks(nid_of(c(2.78, 0), sd = 0.5))
  expect_identical(c(k$rank.low, k$rank.high), c(1L, 2L, 1L, 2L))
  # At 80 % it is 1.81.
  k <- region_ranks(nid_of(c(1.82, 0), sd = 0.5), conf_level = 0.8)
  expect_identical(k$rank.low, 1:2)
  expect_match(text_of(k), "80% intervals", fixed = TRUE)
})

test_that("ties share the smallest rank", {
  k <- region_ranks(nid_of(c(1, 3, 3, 0), sd = 0.01))
  expect_identical(k$rank, c(1L, 1L, 3L, 4L))
  expect_identical(k$rank.low, c(1L, 1L, 3L, 4L))
  expect_identical(k$rank.high, c(2L, 2L, 3L, 4L))
})

test_that("without an error there are ranks and no intervals", {
  k <- region_ranks(nid_of(c(1, 5, 3)))
  expect_identical(k$rank, 1:3)
  expect_true(all(is.na(k$rank.low) & is.na(k$rank.high)))
})

test_that("a region without a code has no rank and stands last", {
  d <- hand_regions
  d$x[1:6] <- NA
  s <- code_scheme("x", "production", codes = alone)
  b <- suppressWarnings(suppressMessages(
    basic_code(defining_codes(code_panel(d, s), "none"),
               rate = rate_central(sd = 1))
  ))
  k <- region_ranks(b)
  expect_identical(k$region, c("B", "A"))
  expect_identical(k$rank, c(1L, NA))
  expect_identical(k$rank.low, c(1L, NA))
})

test_that("errors of Student's t: Welch's df between regions", {
  p <- code_panel(hand_regions, hand_scheme())
  r <- dynamic_codes(p, rate_local())
  b <- as.data.frame(basic_code(r))
  half <- (b$conf.high - b$estimate) / b$std.error
  df <- vapply(half, \(h) uniroot(\(v) qt(0.975, v) - h, c(1, 1e4),
                                  tol = 1e-10)$root, 1)
  var <- b$std.error^2
  welch <- sum(var)^2 / sum(var^2 / df)
  z <- abs(diff(b$estimate)) / sqrt(sum(var))
  at <- 2 * pt(z, welch) - 1
  sure <- \(level) region_ranks(basic_code(r), level)$rank.low[2] == 2L
  expect_true(sure(at - 0.002))
  expect_false(sure(at + 0.002))
})

test_that("a model, or its codes, and nothing else", {
  m <- code_model(hand_regions, hand_scheme(), rate = rate_central(sd = 0.1))
  expect_identical(region_ranks(m), region_ranks(m$basic))
  expect_error(region_ranks(m$rates), class = "nidcode_error_argument")
  expect_error(region_ranks(m$basic[1, ]), class = "nidcode_error_argument")
  expect_error(region_ranks(m, 95), class = "nidcode_error_level")
})

test_that("methods: tidy, glance, confint, as.data.frame", {
  k <- region_ranks(nid_of(c(10, 8, 6, 0), sd = 0.5))
  expect_plain(tidy(k))
  expect_identical(glance(k)$nobs, 4L)
  expect_identical(confint(k), matrix(
    c(1L, 1L, 2L, 4L, 2L, 3L, 3L, 4L), 4,
    dimnames = list(c("a", "b", "c", "d"), c("2.5 %", "97.5 %"))
  ))
  expect_identical(class(as.data.frame(k)), "data.frame")
})
