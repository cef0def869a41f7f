# Values that every transform takes: shares of 1, percent, counts with a 0.
share <- data.frame(
  region = rep(c("A", "B"), each = 6), year = rep(2001:2006, 2),
  part = c(0.1, 0.2, 0.25, 0.5, 0.75, 0.8, 0.9, 0.6, 0.5, 0.4, 0.3, 0.2),
  percent = c(10, 20, 25, 50, 75, 80, 90, 60, 50, 40, 30, 20),
  count = c(0, 1, 3, 8, 15, 24, 3, 0, 8, 3, 1, 0)
)

share_scheme <- function(transform, unit = "number", name = "count") {
  code_scheme(name, "production", transform = transform, unit = unit,
              codes = alone)
}

values_under <- function(...) {
  defining_codes(code_panel(share, share_scheme(...)), "none")$estimate
}

test_that("values by hand", {
  expect_identical(values_under("none"), share$count)
  expect_identical(values_under("log1p"), log1p(share$count))
  expect_equal(values_under("log1p")[1:4], log(2) * c(0, 1, 2, log2(9)))
  expect_identical(values_under("sqrt"), sqrt(share$count))
  logit <- values_under("logit", "share", "part")
  expect_identical(logit[4], 0)
  expect_equal(logit[c(1:3, 5)], log(c(1 / 9, 1 / 4, 1 / 3, 3)))
  for (unit in c("percent", "%", "% of employed")) {
    expect_equal(values_under("logit", unit, "percent"), logit)
  }
  expect_error(values_under("logit", "per cent of", "percent"),
               class = "nidcode_error_domain")
})

test_that("the slope is the derivative", {
  for (kind in transforms_known) {
    for (unit in c("number", "percent")) {
      one <- transform_of(kind, unit)
      x <- c(0.1, 0.3, 0.77)
      h <- 1e-6
      expect_equal(one$slope(x),
                   (one$forward(x + h) - one$forward(x - h)) / (2 * h),
                   tolerance = 1e-8, label = paste(kind, unit))
    }
  }
})

test_that("every cell outside is in the fields, of every indicator", {
  d <- share
  d$percent[c(2, 9)] <- c(0, 100)
  d$count[4] <- -1
  d$count[6] <- NA
  scheme <- code_scheme(c("count", "percent"), "production", codes = alone,
                        transform = c("log1p", "logit"),
                        unit = c(NA, "percent"))
  cnd <- expect_error(defining_codes(code_panel(d, scheme)),
                      class = "nidcode_error_domain")
  expect_identical(cnd$columns, c("count", "percent"))
  expect_identical(cnd$indicators, c("count", "percent", "percent"))
  expect_identical(cnd$regions, c("A", "A", "B"))
  expect_identical(cnd$times, c(2004, 2002, 2003))
  expect_identical(cnd$values, c(-1, 0, 100))
  expect_identical(cnd$n, 3L)
  expect_match(conditionMessage(cnd), "above 0 and below 100", fixed = TRUE)
  # Nothing takes both -1 and 0: the message does not offer "log1p".
  expect_no_match(conditionMessage(cnd), "\"log1p\"", fixed = TRUE)
})

test_that("the way out is one that takes the values", {
  trouble <- function(values, kind, unit = "number") {
    d <- share
    d$count <- values
    conditionMessage(expect_error(
      defining_codes(code_panel(d, share_scheme(kind, unit))),
      class = "nidcode_error_domain"))
  }
  expect_match(trouble(share$count, "log"), "transform = \"log1p\"")
  expect_no_match(trouble(share$count - 1, "log"), "log1p")
  expect_match(trouble(share$percent, "logit"), "unit = \"percent\"")
  expect_no_match(trouble(share$count, "logit"), "unit = \"percent\"")
})

test_that("regions that lack values are told beside those outside", {
  d <- share
  d$count[1:6] <- c(1, 2, NA, 4, 5, 6)
  cnd <- expect_error(defining_codes(code_panel(d, share_scheme("log"))),
                      class = "nidcode_error_domain")
  expect_identical(unique(cnd$regions), c("B", "A"))
  expect_identical(cnd$incomplete, "A")
  expect_match(conditionMessage(cnd), "1 more region lacks")
})

test_that("normalised values, references and goalposts come after it", {
  panel <- code_panel(share, share_scheme("sqrt"))
  v <- sqrt(share$count)
  codes <- defining_codes(panel)
  expect_equal(codes$estimate, (v - mean(v)) / stats::sd(v))
  kept <- code_reference(codes)
  expect_equal(c(kept$centre, kept$scale), c(mean(v), stats::sd(v)))
  expect_identical(defining_codes(panel, reference = kept)$estimate,
                   codes$estimate)
  own <- defining_codes(panel, "minmax", "region")
  expect_equal(own$estimate[1:6], v[1:6] / sqrt(24))
  goal <- code_scheme("count", "production", transform = "log1p", low = 0,
                      high = log(25), codes = alone)
  expect_equal(defining_codes(code_panel(share, goal), "goalposts")$estimate,
               log1p(share$count) / log(25))
  ranks <- function(kind) {
    defining_codes(code_panel(share, share_scheme(kind)), "rank")$estimate
  }
  expect_identical(ranks("log1p"), ranks("none"))
  index <- code_scheme("percent", "production", transform = "sqrt",
                       codes = alone)
  expect_equal(defining_codes(code_panel(share, index), "index",
                              2001)$estimate[1:6],
               100 * sqrt(share$percent[1:6] / 10))
})

test_that("an index names every base that is not above 0", {
  scheme <- code_scheme(c("percent", "count"), "production", codes = alone,
                        transform = c("logit", "none"),
                        unit = c("percent", NA))
  cnd <- expect_error(
    defining_codes(code_panel(share, scheme), "index", 2001),
    class = "nidcode_error_domain")
  expect_identical(cnd$columns, c("percent", "count"))
  expect_identical(cnd$regions, c("A", "A"))
  expect_equal(cnd$values, c(log(1 / 9), 0))
})

test_that("without units after it, unlike units may be added", {
  two <- function(transform, unit = c("%", "percent")) {
    code_panel(share, code_scheme(
      c("percent", "part"), "production", codes = alone,
      transform = transform, unit = unit))
  }
  expect_no_warning(defining_codes(two("log", c("RUB", "number")), "none"))
  expect_no_warning(defining_codes(two("logit"), "none"))
  expect_warning(defining_codes(two("sqrt", c("RUB", "number")), "none"),
                 class = "nidcode_warning_units")
  expect_warning(defining_codes(two(c("log", "logit")), "none"),
                 class = "nidcode_warning_units")
})

test_that("cells weigh by the derivative where the data are meant", {
  panel <- code_panel(share[1:6, ], share_scheme("log1p"))
  rates <- dynamic_codes(defining_codes(panel, "none"), rate_difference())
  w <- cell_weights(rates, "data")
  expect_equal(w$weight, c(1, -1, 0, 0, -1, 1) / (1 + share$count[1:6]))
  # A little more in one cell moves the code by its weight.
  moved <- share[1:6, ]
  moved$count[2] <- moved$count[2] + 1e-6
  code <- function(d) {
    basic_code(defining_codes(code_panel(d, share_scheme("log1p")), "none"),
               rate = rate_difference())$estimate
  }
  expect_equal((code(moved) - code(share[1:6, ])) / 1e-6, w$weight[2],
               tolerance = 1e-5)
  root <- dynamic_codes(defining_codes(
    code_panel(share[1:6, ], share_scheme("sqrt")), "none"), rate_difference())
  expect_identical(cell_weights(root, "data")$weight[1], NA_real_)
})

test_that("a given sd is in the unit after the transform", {
  scheme <- code_scheme("percent", "production", transform = "logit",
                        unit = "%", sd = 0.2, codes = alone)
  rates <- dynamic_codes(code_panel(share[1:6, ], scheme), rate_difference())
  v <- stats::qlogis(share$part[1:6])
  expect_equal(rates$std.error[rates$order == 1][-1],
               rep(sqrt(2) * 0.2 / stats::sd(v), 5))
})

test_that("tiny values under a transform keep their digits", {
  d <- share[1:6, ]
  d$count <- c(1, 2, 4, 7, 12, 14) * 2^-1050
  codes <- defining_codes(code_panel(d, share_scheme("log1p"),
                                     index = c("region", "year")))
  v <- c(1, 2, 4, 7, 12, 14)
  expect_equal(codes$estimate, (v - mean(v)) / stats::sd(v))
})

test_that("words: print, pictures and axes", {
  scheme <- code_scheme(c("a", "b", "c", "d"), "social", codes = nid_codes(),
                        transform = c("log1p", "sqrt", "logit", "none"),
                        unit = c("number", NA, "%", "RUB"))
  expect_match(text_of(scheme), "a (log1p), b (square root), c (logit), d",
               fixed = TRUE)
  lines <- indicator_lines(scheme, "social")
  expect_identical(lines, c("+ a (log1p of number)", "+ b (square root)",
                            "+ c (logit of %)", "+ d (RUB)"))
  expect_identical(scheme_unit(as_code_scheme(scheme[1, ])),
                   "log1p of number")
})

test_that("an unknown transform is told with those there are", {
  cnd <- expect_error(share_scheme("cube"), class = "nidcode_error_scheme")
  expect_identical(cnd$columns, "count")
  for (kind in transforms_known) {
    expect_match(conditionMessage(cnd), kind)
  }
})
