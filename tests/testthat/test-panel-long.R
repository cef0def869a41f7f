# Years in columns to rows, by hand.

quiet_long <- function(...) suppressMessages(panel_long(...))

test_that("cells, labels, footnotes and footers of an office's table", {
  table <- data.frame(
    Region = c("in all:", "North 1)", "South", "", "Note: (D) is suppressed"),
    "2005" = c("", "1 234,5", "12,1 p", "", ""),
    "2006" = c("", "1 301,0 b", "(D)", "", ""),
    "2007" = c("", "1 400", "\u2026", "", ""), check.names = FALSE
  )
  said <- expect_message(d <- panel_long(table),
                         class = "nidcode_message_long")
  expect_identical(names(d), c("region", "time", "indicator", "value",
                               "status"))
  expect_identical(d$region, rep(c("North 1)", "South"), each = 3))
  expect_identical(d$time, rep(2005:2007, 2))
  expect_identical(d$indicator, rep("value", 6))
  expect_identical(d$value, c(1234.5, 1301, 1400, 12.1, NA, NA))
  expect_identical(d$status, c("", "b", "", "p", "(D)", "\u2026"))
  expect_identical(said$n, 3L)
  expect_identical(said$rows, c(1L, 4L, 5L))
  expect_identical(said$values, c("in all:", "Note: (D) is suppressed"))
})

test_that("columns of a name and a year, with labels beside", {
  d <- data.frame(geo = c("A", "B"), "GDP-2019" = c(1, 2),
                  "GDP-2020" = c(3, 4), "POP-2020" = c(5, 6),
                  "GDP-2020 flag" = c("", "b"), unit = "x",
                  check.names = FALSE)
  long <- quiet_long(d, keep = "unit")
  expect_identical(long$indicator, rep(c("GDP", "GDP", "POP"), 2))
  expect_identical(long$time, rep(c(2019L, 2020L, 2020L), 2))
  expect_identical(long$value, c(1, 3, 5, 2, 4, 6))
  expect_identical(long$status, c("", "", "", "", "b", ""))
  expect_identical(long$unit, rep("x", 6))
})

test_that("indicators beside the years, several columns of names", {
  d <- data.frame(Country.Name = rep(c("A", "B"), each = 2),
                  Country.Code = rep(c("AAA", "BBB"), each = 2),
                  Indicator.Name = c("Output", "People"),
                  Indicator.Code = c("GDP", "POP"),
                  X2005 = 1:4, X2006 = 5:8)
  long <- quiet_long(d)
  expect_identical(long$region, rep(c("A", "B"), each = 4))
  expect_identical(long$indicator, rep(rep(c("GDP", "POP"), each = 2), 2))
  expect_identical(long$value, c(1, 5, 2, 6, 3, 7, 4, 8))
  expect_identical(quiet_long(d, names = "Indicator.Name")$indicator[1:3],
                   c("Output", "Output", "People"))
  two <- quiet_long(d, index = "Country.Code",
                    names = c("Indicator.Code", "Indicator.Name"))
  expect_identical(unique(two$indicator), c("GDP.Output", "POP.People"))
  expect_identical(unique(two$region), c("AAA", "BBB"))
  # What tells rows apart is asked for, by name.
  d$Indicator.Code <- "GDP"
  d$Indicator.Name <- "Output"
  d$sex <- c("F", "F", "T", "T")
  err <- suppressMessages(expect_error(
    panel_long(d, index = "Country.Name", names = "Indicator.Code"),
    class = "nidcode_error_duplicate_key"))
  expect_identical(err$regions, c("A", "B"))
})

test_that("years may be chosen, periods stay as they are written", {
  d <- data.frame(region = "A", X2005 = 1, X2006 = 2, X2007 = 3)
  expect_identical(quiet_long(d, years = 2006:2007)$value, c(2, 3))
  expect_identical(quiet_long(d, years = c("X2005", "X2007"))$time,
                   c(2005L, 2007L))
  q <- data.frame(region = "A", "2005Q1" = "1", "2005Q2" = "2 e",
                  check.names = FALSE)
  expect_identical(quiet_long(q)$time, c("2005Q1", "2005Q2"))
  expect_identical(quiet_long(q)$status, c("", "e"))
  # The longest run, where a year is there twice.
  d$X2006_revised <- 9
  expect_identical(quiet_long(d)$value, c(1, 2, 3))
})

test_that("dashes are said, and are 0 where the caller says so", {
  d <- data.frame(region = c("A", "B"), X2005 = c("1", "-"),
                  X2006 = c("\u2013", "4"))
  said <- suppressMessages(
    expect_message(long <- panel_long(d), class = "nidcode_message_cells"),
    classes = "nidcode_message_long")
  expect_identical(said$n, 2L)
  expect_identical(long$value, c(1, NA, NA, 4))
  expect_identical(long$status, c("", "na", "na", ""))
  zero <- quiet_long(d, dash = 0)
  expect_identical(zero$value, c(1, 0, 0, 4))
  expect_identical(zero$status, c("", "zero", "zero", ""))
})

test_that("what cannot be read is refused with places and what to type", {
  d <- function(...) data.frame(region = c("A", "B"), X2005 = c("5", "6"),
                                X2006 = c(...))
  refused <- function(data, ...) {
    suppressMessages(expect_error(panel_long(data, ...),
                                  class = "nidcode_error_not_numeric"))
  }
  either <- refused(d("1,234", "7"))
  expect_identical(either$regions, "A")
  expect_identical(either$times, 2006L)
  expect_match(conditionMessage(either), "decimal = \",\"", fixed = TRUE)
  expect_identical(quiet_long(d("1,234", "7"), decimal = ",")$value[2], 1.234)
  expect_identical(quiet_long(d("1,234", "7"), decimal = ".")$value[2], 1234)
  # Another cell of the table decides.
  expect_identical(quiet_long(d("1,234", "7,5"))$value, c(5, 1.234, 6, 7.5))
  expect_match(conditionMessage(refused(d("abc", "7"))), "mend the cells")
  expect_match(conditionMessage(refused(d("3 K", "7"))), "multiply")
  expect_match(conditionMessage(refused(d("3%", "7"))), "one unit")
  percent <- d("3%", "7 %")
  percent$X2005 <- c("1%", "2%")
  expect_identical(quiet_long(percent)$value, c(1, 3, 2, 7))
  warned <- suppressMessages(expect_warning(
    got <- panel_long(d("#DIV/0!", "7")), class = "nidcode_warning_cells"))
  expect_identical(warned$regions, "A")
  expect_identical(got$value, c(5, NA, 6, 7))
})

test_that("columns and regions that are not there", {
  expect_error(panel_long(data.frame(region = "A", x = 1)),
               class = "nidcode_error_no_column")
  d <- data.frame(region = c("A", NA), X2005 = 1:2, X2006 = 3:4)
  err <- suppressMessages(expect_error(panel_long(d),
                                       class = "nidcode_error_missing_index"))
  expect_identical(err$rows, 2L)
  d$region <- "A"
  expect_error(suppressMessages(panel_long(d)),
               class = "nidcode_error_duplicate_key")
  expect_error(panel_long(d, index = "x"), class = "nidcode_error_no_column")
  expect_error(panel_long(d, keep = "region"),
               class = "nidcode_error_reserved_name")
  expect_error(panel_long(d, decimal = ";"), class = "nidcode_error_argument")
  expect_error(panel_long(d, dash = 1), class = "nidcode_error_argument")
  none <- suppressMessages(panel_long(d[0, ]))
  expect_identical(dim(none), c(0L, 5L))
  mixed <- data.frame(region = "A", "2005" = 1, "2005Q2" = 2, "2006Q1" = 3,
                      check.names = FALSE)
  expect_error(panel_long(mixed), class = "nidcode_error_bad_time")
})

test_that("the data are not touched, and any class of table will do", {
  d <- data.frame(region = factor(c("A", "B")), X2005 = factor(c("1", "2 b")),
                  X2006 = c(3L, NA))
  before <- d
  one <- quiet_long(d)
  expect_identical(d, before)
  expect_identical(one$value, c(1, 3, 2, NA))
  expect_identical(levels(one$region), c("A", "B"))
  expect_identical(quiet_long(tibble::as_tibble(d)), one)
})
