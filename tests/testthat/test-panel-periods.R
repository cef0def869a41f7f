# time-labels.csv, a row per way of writing times:
#   labels   the column, a label between bars
#   numbers  what they are, as R writes it
#   words    what a message says of how they were read
#   hint     what the error says where they cannot be read

skip_on_cran()

unescape_bars <- function(x) {
  x <- eval(parse(text = paste0("\"", x, "\""), encoding = "UTF-8")[[1L]])
  strsplit(x, "|", fixed = TRUE)[[1L]]
}

time_labels <- utils::read.csv(test_path("time-labels.csv"),
                               colClasses = "character",
                               na.strings = character())

expect_labels_read <- function() {
  for (i in seq_len(nrow(time_labels))) {
    row <- time_labels[i, ]
    x <- unescape_bars(row$labels)
    if (nzchar(row$hint)) {
      err <- expect_error(time_periods(x), class = "nidcode_error_bad_time")
      expect_match(conditionMessage(err), row$hint, label = row$labels)
      expect_true(all(err$values %in% x))
      next
    }
    want <- vapply(strsplit(row$numbers, "|", fixed = TRUE)[[1L]], function(n) {
      eval(parse(text = n))
    }, 1, USE.NAMES = FALSE)
    # The numbers to the last bit; a factor's order of levels says nothing.
    expect_equal(suppressMessages(time_periods(x)), want, tolerance = 1e-15,
                 label = row$labels)
    back <- factor(x, levels = rev(unique(x)))
    expect_equal(suppressMessages(time_periods(back)), want, tolerance = 1e-15)
  }
}

period_scheme <- code_scheme("v", "production", codes = nid_codes()[1, ])

period_panel <- function(time, v = seq_along(time)^2) {
  d <- data.frame(region = "A", v = v)
  d$when <- time
  code_panel(d, period_scheme, c("region", "when"))
}

test_that("labels of periods are numbers, or errors that say what to type", {
  expect_gte(nrow(time_labels), 80L)
  expect_false(anyDuplicated(time_labels$labels) > 0L)
  expect_labels_read()
})

test_that("labels are read alike in any locale and under any options", {
  withr::local_options(OutDec = ",", scipen = -10, digits = 3)
  withr::local_envvar(TZ = "Pacific/Auckland")
  expect_labels_read()
  withr::local_locale(c(LC_CTYPE = "C", LC_COLLATE = "C"))
  expect_labels_read()
})

test_that("a panel reads its times in the same way and says how", {
  for (i in which(nzchar(time_labels$words))) {
    x <- unescape_bars(time_labels$labels[i])
    said <- expect_message(p <- period_panel(x),
                           class = "nidcode_message_time_labels")
    expect_match(conditionMessage(said),
                 paste0("its labels are read as ", time_labels$words[i], "."),
                 fixed = TRUE)
    expect_equal(row_time(p), sort(suppressMessages(time_periods(x))))
  }
  for (i in which(nzchar(time_labels$hint))) {
    expect_error(period_panel(unescape_bars(time_labels$labels[i])),
                 class = "nidcode_error_bad_time")
  }
})

test_that("`frequency` decides what labels leave open, and is checked", {
  both <- c("2005-06", "2006-07")
  expect_identical(suppressMessages(time_periods(both, 1)), c(2005, 2006))
  expect_equal(suppressMessages(time_periods(both, 12)),
               c(2005 + 5 / 12, 2006.5))
  expect_identical(suppressMessages(time_periods("2005-06", 1)), 2005)
  expect_identical(suppressMessages(time_periods("2005-Q2", 4)), 2005.25)
  expect_identical(suppressMessages(time_periods("2005-Q2", 12)), 2005.25)
  expect_error(time_periods("2005-02", 4), class = "nidcode_error_bad_time")
  expect_error(time_periods("2005-Q2", 1), class = "nidcode_error_bad_time")
  for (bad in list(3, "4", NA, c(1, 2), 0)) {
    expect_error(time_periods("2005", bad), class = "nidcode_error_argument")
  }
  ends <- as.Date(c("2005-03-31", "2005-09-30"))
  expect_identical(suppressMessages(time_periods(ends)), c(2005, 2005.5))
  expect_equal(suppressMessages(time_periods(ends, 12)),
               2005 + c(2, 8) / 12)
  expect_equal(suppressMessages(time_periods(ends, 4)), c(2005, 2005.5))
  expect_error(time_periods(as.Date(c("2005-01-01", "2005-02-01")), 4),
               class = "nidcode_error_bad_time")
})

test_that("numbers that are codes are read where they are of one kind", {
  expect_equal(time_periods(c(200511, 200512, 200601)),
               c(2005 + 10 / 12, 2005 + 11 / 12, 2006))
  expect_equal(time_periods(c("200511", "200601")), c(2005 + 10 / 12, 2006))
  expect_identical(time_periods(c(20051, 20052, 20061)),
                   c(2005, 2005.25, 2006))
  expect_identical(time_periods(c(2005.1, 2005.2, 2006.1, 2006.2)),
                   c(2005, 2005.5, 2006, 2006.5))
  expect_identical(time_periods(c(2006, 2005)), c(2006, 2005))
  expect_identical(time_periods(integer()), numeric())
  fiscal <- c(200506, 200607)
  expect_error(time_periods(fiscal), class = "nidcode_error_bad_time")
  expect_identical(time_periods(fiscal, 1), c(2005, 2006))
  expect_equal(time_periods(fiscal, 12), c(2005 + 5 / 12, 2006.5))
  for (bad in list(c(38717, 39082, 39447), c(98, 99, 0, 1), NA, Inf)) {
    expect_error(time_periods(bad), class = "nidcode_error_bad_time")
  }
})

test_that("labels print as they were given and name the times of settings", {
  quarter <- paste0(rep(2005:2006, each = 4), "-Q", 1:4)
  p <- suppressMessages(period_panel(quarter, v = c(2, 4, 5, 8, 9, 9, 11, 12)))
  expect_match(format(p)[1], "times 2005-Q1 to 2006-Q4", fixed = TRUE)
  for (base in list("2005-Q2", 2005.25, as.Date("2005-04-01"))) {
    d <- defining_codes(p, "index", reference = base)
    expect_equal(d$estimate, 100 * c(2, 4, 5, 8, 9, 9, 11, 12) / 4)
    expect_match(text_of(d), "2005-Q2", fixed = TRUE)
    expect_identical(d$when, quarter)
  }
  gone <- expect_error(defining_codes(p, "index", reference = "2004-Q4"),
                       class = "nidcode_error_reference")
  expect_match(conditionMessage(gone), "2005-Q1 to 2006-Q4", fixed = TRUE)
  expect_error(defining_codes(p, reference = "regon"),
               class = "nidcode_error")
  m <- data.frame(region = "A", when = quarter[1:4],
                  income = c(100, 121, 133.1, 146.41),
                  cpi = c(112, 110, 110, 110))
  real <- suppressMessages(deflate(m, "income", "cpi", base = "2005-Q1",
                                   index = c("region", "when")))
  expect_equal(real$income, c(100, 121 / 1.1, 133.1 / 1.21, 146.41 / 1.331))
  m$when <- c("2004-03", "2004-04", "2004-05", "2004-06")
  real <- suppressMessages(deflate(m, "income", "cpi", base = "2004-06",
                                   index = c("region", "when")))
  expect_equal(real$income[4], 146.41)
  gone <- suppressMessages(expect_error(
    deflate(m, "income", "cpi", base = "2004-07", index = c("region", "when")),
    class = "nidcode_error_reference"))
  expect_match(conditionMessage(gone), "2004-07", fixed = TRUE)
  twice <- suppressMessages(expect_error(
    period_panel(c("2005-Q1", "2005Q1")), class = "nidcode_error"))
  expect_identical(twice$times, "2005Q1")
  half <- influence_half_life(2, at = "2006-Q3")
  number <- influence_half_life(2, at = 2006.5)
  expect_match(half$words, "2006-Q3", fixed = TRUE)
  r <- suppressMessages(dynamic_codes(p))
  expect_identical(suppressMessages(basic_code(r, half))$estimate,
                   suppressMessages(basic_code(r, number))$estimate)
})
