# What never stands in a result: NaN, and numbers without end.

# Regions of 1, 2, 3, 4 and 9 times, one without spread, one with a hole;
# `other` is seen where `own` is not in the last.
awkward <- function() {
  size <- c(1, 2, 3, 4, 9, 9, 9)
  d <- data.frame(region = rep(LETTERS[1:7], size),
                  year = 2000 + sequence(size))
  n <- nrow(d)
  d$own <- with_stream(3, 20 + cumsum(stats::rnorm(n)))
  d$other <- with_stream(4, 9 + stats::rnorm(n))
  d$own[d$region == "F"] <- 5
  d$other[d$region == "F"] <- 7
  d$own[d$region == "E"][4] <- NA
  d
}

test_that("no table of awkward panels holds NaN or an infinite number", {
  d <- awkward()
  scheme <- code_scheme(c("own", "other"), c("production", "social"),
                        low = 0, high = 40)
  rates <- list(rate_spline(), rate_spline(lambda = "reml"), rate_local(),
                rate_difference(), rate_central(), rate_difference(sd = 0.1),
                rate_central(sd = 0))
  none_odd <- function(data, rate, normalise) {
    panel <- silently(code_panel(data, scheme))
    made <- silently(tables_of(panel, rate, normalise = normalise))
    odd <- unlist(lapply(made, odd_columns))
    expect_null(names(odd), label = paste(rate$words, normalise))
  }
  for (rate in rates) none_odd(d, rate, "zscore")
  for (normalise in c("minmax", "rank", "goalposts", "none")) {
    none_odd(d, rates[[1]], normalise)
  }
  for (rate in rates[c(1, 3, 6)]) {
    none_odd(d[d$region %in% c("A", "B"), ], rate, "zscore")
    none_odd(d[d$region == "F", ], rate, "none")
  }
})

test_that("a series too short for an error has NA, not NaN", {
  d <- data.frame(region = rep(c("A", "B"), c(8, 4)),
                  year = c(2001:2008, 2001:2004),
                  v = c(1, 3, 2, 5, 4, 6, 8, 7, 2, 1, 3, 2))
  scheme <- code_scheme("v", "production", codes = nid_codes()[1, ])
  rates <- silently(dynamic_codes(code_panel(d, scheme), rate_local()))
  error <- rates$std.error[rates$region == "B"]
  expect_identical(error, rep(NA_real_, 8))
  expect_false(anyNA(rates$std.error[rates$region == "A"]))
  alone <- estimate_rates(d$v[9:12], 2001:2004, rate = rate_local())
  expect_identical(alone$std.error, rep(NA_real_, 8))
  linear <- rates_of(rate_local(), d$v[9:12], 1L)
  expect_identical(linear$sigma, NA_real_)
})

test_that("a dependence on a constant has NA where nothing is left to say", {
  d <- data.frame(year = 1:8, x = c(1, 3, 2, 5, 4, 6, 8, 7), y = 3)
  dep <- silently(code_dependence(d, y ~ x, "year"))
  row <- glance(dep)
  for (name in c("r.squared", "adj.r.squared", "dw", "AICc")) {
    expect_identical(row[[name]], c(NA_real_, NA_real_))
  }
  expect_identical(odd_columns(tidy(dep)), character())
  expect_identical(odd_columns(silently(dependence_forms(d, y ~ x))),
                   character())
  # As many terms as points: no error, no adjusted R2.
  two <- silently(code_dependence(d[1:2, ], x ~ year, scale = "levels"))
  expect_identical(glance(two)$adj.r.squared, NA_real_)
  expect_identical(fits(two)[[1]]$sigma, NA_real_)
})

test_that("what a survey cannot tell is NA", {
  one <- relevance(data.frame(a = 1, b = 1), c("a", "b"), weights = 1)
  expect_identical(one$std.error, c(NA_real_, NA_real_))
  counts <- data.frame(item = c("a", "b"), count = c(NaN, 5), n = 10)
  pairs <- compare_relevance(relevance_counts(counts))
  expect_identical(pairs$difference, NA_real_)
  expect_identical(odd_columns(pairs), character())
})

test_that("numbers beyond the largest are NA with a warning that names them", {
  w <- expect_warning(
    out <- new_nid_table(list(region = c("A", "B"), estimate = c(1, Inf),
                              df = c(Inf, 2), std.error = c(NaN, 3)),
                         "basic", list(title = "A table")),
    class = "nidcode_warning_out_of_range"
  )
  expect_identical(w$columns, "estimate")
  expect_identical(w$n, c(estimate = 1))
  expect_identical(out$estimate, c(1, NA))
  expect_identical(out$df, c(Inf, 2))
  expect_identical(out$std.error, c(NA, 3))
  # Nothing else is touched.
  plain <- list(a = 1:2, b = c("x", NA), t = as.Date(c("2020-01-01", NA)),
                x = c(NA, 2))
  expect_silent(same <- known_numbers(plain))
  expect_identical(same, plain)
})

test_that("sums of codes that no number can be are refused", {
  d <- data.frame(region = "A", year = 1:6, x = c(1, 9, 2, 8, 3, 7) * 1e307)
  scheme <- code_scheme("x", "production", weight = 3,
                        codes = nid_codes()[1, ])
  e <- expect_error(defining_codes(code_panel(d, scheme), "none"),
                    class = "nidcode_error_not_finite")
  expect_identical(e$columns, "x")
  near <- transform(d, x = x / 2)
  expect_equal(defining_codes(code_panel(near, scheme), "none")$estimate,
               near$x)
  # Centre and scale of such data are numbers, unless their range is not.
  expect_identical(nrow(code_reference(code_panel(d, scheme))), 1L)
  wide <- transform(d, x = x * c(-1, 1) * 1.9)
  expect_warning(code_reference(defining_codes(code_panel(wide, scheme),
                                               "minmax")),
                 class = "nidcode_warning_out_of_range")
})

test_that("the side of zero is clear where the interval leaves it out", {
  expect_identical(clear_side(c(0.1, -1, -2, 0, NA), c(1, 1, -0.1, 1, NA)),
                   c(1L, 0L, -1L, 0L, NA))
  expect_identical(is_clear(data.frame(conf.low = c(0.1, -1, NA),
                                       conf.high = c(1, 1, NA))),
                   c(TRUE, FALSE, FALSE))
})

test_that("the error sets the decimals, of an estimate as of its limits", {
  expect_identical(text_by_error(c(-1.2599, -2.549, 0.0296), 0.566),
                   c("-1.26", "-2.55", "0.03"))
  expect_identical(text_by_error(c(3.14159, 123.4), 1.5), c("3.1", "123.4"))
  expect_identical(text_by_error(c(314.159, -0.2), 25), c("314", "0"))
  expect_identical(text_by_error(c(0.0996, 1), 0.0996), c("0.10", "1.00"))
  expect_identical(text_by_error(c(0.0012345, -0.00001), 0.00012),
                   c("0.00123", "-0.00001"))
  # No error, one of nothing, one too fine: three digits of each.
  for (error in list(NA_real_, 0, 1e-9, 1e9)) {
    expect_identical(text_by_error(1.23456, error), "1.23")
  }
  withr::local_options(OutDec = ",", scipen = -10)
  expect_identical(text_by_error(1234.5, 0.5), "1234.50")
})

test_that("no other place says what is clear", {
  space <- asNamespace("nidcode")
  own <- setdiff(ls(space, all.names = TRUE), "clear_side")
  asks <- vapply(own, \(name) {
    f <- get(name, space)
    is.function(f) && any(grepl("conf[.](low|high)[^,;]{0,8} *[<>]=? *0\\b",
                                deparse(body(f))))
  }, NA)
  expect_identical(own[asks], character())
})

test_that("NaN alone becomes NA, and nothing else is touched", {
  expect_identical(nan_to_na(c(1, NaN, NA, -Inf)), c(1, NA, NA, -Inf))
  expect_identical(nan_to_na(matrix(c(NaN, 2), 1L)), matrix(c(NA, 2), 1L))
  expect_identical(nan_to_na(c(1L, NA)), c(1L, NA))
})

test_that("values are repeated as R repeats them, of every class", {
  kinds <- list(
    c(3L, NA, -1L), c(0.5, NA, NaN, Inf), c("a", NA, "Пермь"), c(TRUE, NA),
    factor(c("b", "a"), levels = c("b", "a", "c")),
    as.Date(c("2010-12-31", NA)), as.POSIXct("2010-12-31", tz = "UTC") + 1:2,
    7L, integer(), character(), array(1:2), array(c("b", "a")), c(a = 1, b = 2)
  )
  for (x in kinds) {
    for (each in 0:3) {
      for (times in 0:3) {
        expect_identical(repeat_values(x, each, times),
                         rep(rep(x, each = each), times))
      }
    }
  }
  # A class of numbers that rep() does not know.
  odd <- structure(c(2001, 2002), class = "nid_odd_times")
  expect_identical(repeat_values(odd, 2L, 2L), odd[c(1, 1, 2, 2, 1, 1, 2, 2)])
})

test_that("a column of a matrix is what R gives, and stays when that changes", {
  x <- matrix(c(0.5, NA, 2, 3, 4, 5), 3L)
  expect_identical(matrix_column(x, 2L), x[, 2L])
  one <- x[, 1L, drop = FALSE]
  column <- matrix_column(one, 1L)
  expect_identical(column, c(0.5, NA, 2))
  column[1L] <- 9
  expect_identical(one, x[, 1L, drop = FALSE])
  expect_error(matrix_column(x[, 0L, drop = FALSE], 1L))
})

test_that("columns are counted as R counts them, whatever their stretches", {
  mixed <- c(NA, 1, NaN, Inf, -Inf, rep(2, 251))
  columns <- list(numeric(), NA, NaN, mixed, rep(mixed, 4), rep(NA_real_, 700),
                  c(rep(NA_real_, 512), 1, rep(NaN, 511)), rep(mixed, 3)[-1L],
                  c(rep(mixed, 2), seq_len(256), rep(mixed, 2)))
  for (x in columns) {
    expect_identical(count_missing_cpp(x), c(
      na = sum(is.na(x) & !is.nan(x)), nan = sum(is.nan(x)),
      infinite = sum(is.infinite(x))) + 0)
  }
  few <- c(0L, 3L, NA, -1L, rep(7L, 252))
  for (x in list(integer(), 1:300, few, c(1:255, 0L), c(1:256, 0L),
                 rep(few, 3)[-1L], NA_integer_, -2:2)) {
    expect_identical(zeros_of(x), which(x == 0L))
    expect_identical(zeros_of(x + 0), which(x == 0L))
  }
})
