# Frames of the shape that packages and offices give them, made by us. Series 1,
# 3, 6, 8 and 2, 4, 8, 9 have second differences 1, -1 and 2, -3, by hand.

alone_scheme <- function(indicator) {
  code_scheme(indicator, "production", codes = nid_codes()[1, ])
}

read_frame <- function(x, scheme, ...) {
  suppressMessages(as_code_panel(x, scheme, ...))
}

# The second rates of a panel of one indicator as it stands.
second_of <- function(panel) {
  rates <- suppressMessages(dynamic_codes(defining_codes(panel, "none"),
                                          rate_difference()))
  second <- rates$estimate[rates$order == 2]
  second[!is.na(second)]
}

test_that("eurostat: long frames, old and new, with flags", {
  d <- data.frame(freq = "A", unit = "MIO_EUR", na_item = "B1GQ",
                  geo = rep(c("AT11", "AT12"), each = 4),
                  TIME_PERIOD = as.Date(paste0(2005:2008, "-01-01")),
                  values = c(1, 3, 6, 8, 2, 4, 8, 9),
                  flags = c("", "", "b", "", NA, "", "", "p"))
  said <- suppressMessages(
    expect_message(p <- as_code_panel(d, alone_scheme("B1GQ")),
                   class = "nidcode_message_source"),
    classes = "nidcode_message")
  expect_identical(said$source, "eurostat")
  expect_identical(said$columns, c("geo", "TIME_PERIOD", "values", "na_item"))
  expect_identical(p$breaks, list(B1GQ = 3L))
  expect_identical(as.character(p$regions), c("AT11", "AT12"))
  expect_identical(row_time(p), rep(2005:2008 + 0, 2))
  old <- stats::setNames(d, c("freq", "unit", "na_item", "geo", "time",
                              "values", "flags"))
  expect_identical(read_frame(old, alone_scheme("B1GQ"))$x,
                   list(B1GQ = d$values))
  csv <- data.frame(DATAFLOW = "ESTAT:X", geo = d$geo,
                    TIME_PERIOD = rep(2005:2008, 2), OBS_VALUE = d$values,
                    OBS_FLAG = d$flags)
  one <- read_frame(csv, alone_scheme("gdp"))
  expect_identical(one$breaks, list(gdp = 3L))
  expect_equal(second_of(read_frame(transform(csv, OBS_FLAG = NULL),
                                    alone_scheme("gdp"))), c(1, -1, 2, -3))
})

test_that("eurostat: the layout of its TSV", {
  d <- data.frame(key = c("A,B1GQ,AT11", "A,B1GQ,AT12"),
                  "2005 " = c("1 ", "2 "), "2006 " = c("3 b", ": c"),
                  "2007 " = c("6 ", "8.5 p"), check.names = FALSE)
  names(d)[1] <- "freq,na_item,geo\\TIME_PERIOD"
  p <- read_frame(d, alone_scheme("B1GQ"))
  expect_identical(p$x, list(B1GQ = c(1, 3, 6, 2, NA, 8.5)))
  expect_identical(as.character(p$status$B1GQ),
                   c("ok", "break", "ok", "ok", "suppressed", "provisional"))
})

test_that("OECD: SDMX-CSV, rsdmx and readsdmx", {
  d <- data.frame(STRUCTURE = "DATAFLOW", REF_AREA = rep(c("PL42", "BG32"),
                                                         each = 3),
                  MEASURE = "GDP", UNIT_MULT = 6L,
                  TIME_PERIOD = rep(2005:2007, 2),
                  OBS_VALUE = c(1, 3, 6, 2, 4, 8),
                  OBS_STATUS = c("A", "B", "A", "A", "E", "P"))
  p <- read_frame(d, alone_scheme("GDP"))
  expect_identical(p$x, list(GDP = c(2, 4, 8, 1, 3, 6)))
  expect_identical(p$breaks, list(GDP = 5L))
  expect_identical(as.character(p$status$GDP)[2], "estimated")
  r <- data.frame(LOCATION = d$REF_AREA, obsTime = as.character(d$TIME_PERIOD),
                  obsValue = d$OBS_VALUE, OBS_STATUS = d$OBS_STATUS)
  expect_identical(read_frame(r, alone_scheme("GDP"))$x, p$x)
  d$UNIT_MULT <- c(6, 6, 6, 3, 3, 3)
  warned <- suppressMessages(
    expect_warning(as_code_panel(d, alone_scheme("GDP")),
                   class = "nidcode_warning_units"))
  expect_identical(warned$values, "GDP")
})

test_that("World Bank: years in columns, and the frame of WDI", {
  d <- data.frame("Country Name" = c("A", "B", "A", "B"),
                  "Country Code" = c("AAA", "BBB", "AAA", "BBB"),
                  "Series Code" = rep(c("GDP", "POP"), each = 2),
                  "2005 [YR2005]" = c("1", "2", "10", "20"),
                  "2006 [YR2006]" = c("3", "..", "11", "21"),
                  check.names = FALSE)
  scheme <- code_scheme(c("GDP", "POP"), c("production", "social"))
  p <- read_frame(d, scheme)
  expect_identical(p$x, list(GDP = c(1, 3, 2, NA), POP = c(10, 11, 20, 21)))
  w <- data.frame(country = rep(c("A", "B"), each = 2), iso2c = "x",
                  iso3c = "xxx", year = 2005:2006, GDP = c(1, 3, 2, NA),
                  POP = c(10, 11, 20, 21), region = "Europe & Central Asia",
                  status = "", lastupdated = "2024-01-01")
  expect_identical(read_frame(w, scheme)$x, p$x)
  expect_identical(as.character(read_frame(w, scheme)$regions), c("A", "B"))
})

test_that("Statistics Canada: grades of quality are no flags of SDMX", {
  d <- data.frame(REF_DATE = rep(2005:2010, 2),
                  GEO = rep(c("Alberta", "Ontario"), each = 6),
                  Estimates = "Output", SCALAR_FACTOR = "units",
                  VALUE = c(1, 3, 6, NA, 9, 11, 2, 4, 5, 8, 9, 12),
                  STATUS = c("A", "B", "C", "F", "D", "E", "", "", "p", "r",
                             "x", ".."))
  d$VALUE[11:12] <- NA
  p <- read_frame(d, alone_scheme("Output"))
  expect_identical(p$x, list(Output = d$VALUE))
  expect_length(p$breaks, 0)
  expect_identical(as.character(p$status$Output),
                   c("ok", "ok", "ok", "suppressed", "ok", "low_reliability",
                     "ok", "ok", "provisional", "revised", "suppressed", "na"))
  # The user's own vocabulary goes before.
  own <- read_frame(d, alone_scheme("Output"), status_labels = c(B = "break"))
  expect_identical(own$breaks, list(Output = 2L))
  expect_identical(own$status$Output[-2], p$status$Output[-2])
})

test_that("PC-Axis: factors, with and without the px object", {
  d <- expand.grid(tid = factor(2005:2008),
                   region = factor(c("Lund", "Ume\u00e5")))
  d <- d[c("region", "tid")]
  d$value <- c(1, 3, 6, 8, 2, 4, 8, 9)
  p <- read_frame(d, alone_scheme("output"))
  expect_identical(p$x, list(output = d$value))
  px <- structure(list(TITLE = list(value = "x"), DATA = list(value = d)),
                  class = "px")
  expect_identical(read_frame(px, alone_scheme("output"))$x, p$x)
})

test_that("fedstat: months stand beside the year", {
  d <- data.frame(
    s_OKATO = rep(c("\u041e\u043c\u0441\u043a",
                    "\u041f\u0435\u0440\u043c\u044c"), each = 3),
    s_OKATO_code = rep(c("52", "57"), each = 3), Time = "2005",
    PERIOD = rep(c("\u044f\u043d\u0432\u0430\u0440\u044c",
                   "\u0444\u0435\u0432\u0440\u0430\u043b\u044c",
                   "\u043c\u0430\u0440\u0442"), 2),
    EI = "%", ObsValue = c(1, 3, 6, 2, 4, 8)
  )
  p <- read_frame(d, alone_scheme("cpi"))
  expect_equal(row_time(p), rep(2005 + 0:2 / 12, 2))
  expect_identical(p$x, list(cpi = d$ObsValue))
  d$PERIOD <- "\u0433\u043e\u0434"
  d$Time <- rep(c("2005", "2006", "2007"), 2)
  expect_equal(row_time(read_frame(d, alone_scheme("cpi"))),
               rep(2005:2007 + 0, 2))
})

test_that("COINr: iData with iMeta as the scheme", {
  data <- data.frame(uCode = rep(c("A", "B"), each = 3), Time = 2005:2007,
                     x = c(1, 3, 6, 2, 4, 8), y = 6:1)
  meta <- data.frame(iCode = c("x", "y", "P", "S", "I"),
                     Parent = c("P", "S", "I", "I", NA),
                     Level = c(1, 1, 2, 2, 3), Direction = 1,
                     Weight = c(1, 1, 3, 1, 1),
                     Type = rep(c("Indicator", "Aggregate"), c(2, 3)))
  p <- read_frame(data, meta)
  expect_identical(p$x$x, data$x)
  expect_equal(scheme_codes(p$scheme)$weight, c(3, 1))
  err <- expect_error(suppressMessages(as_code_panel(data[-2], meta)),
                      class = "nidcode_error_source")
  expect_match(conditionMessage(err), "column `Time`", fixed = TRUE)
})

test_that("values that came as text are read, their flags join the labels", {
  d <- data.frame(geo = "AT", TIME_PERIOD = 2005:2008,
                  values = c("1,5", "2,5 b", ": c", "4"),
                  flags = c("", "p", "", ""))
  p <- read_frame(d, alone_scheme("gdp"))
  expect_identical(p$x, list(gdp = c(1.5, 2.5, NA, 4)))
  expect_identical(as.character(p$status$gdp),
                   c("ok", "break+provisional", "suppressed", "ok"))
  d$flags <- NULL
  p <- read_frame(d, alone_scheme("gdp"))
  expect_identical(as.character(p$status$gdp), c("ok", "break", "suppressed",
                                                 "ok"))
  d$values <- c("1,234", "2,345", "3", "4")
  expect_error(read_frame(d, alone_scheme("gdp")),
               class = "nidcode_error_not_numeric")
  expect_identical(read_frame(d, alone_scheme("gdp"), decimal = ".")$x$gdp[1],
                   1234)
})

test_that("what does not fit is refused, what is named is obeyed", {
  d <- data.frame(place = "A", when = 2005:2007, v = 1:3)
  err <- expect_error(as_code_panel(d, alone_scheme("v")),
                      class = "nidcode_error_source")
  expect_identical(err$columns, names(d))
  expect_error(as_code_panel(d, alone_scheme("v"), "eurostat"),
               class = "nidcode_error_source")
  expect_error(as_code_panel(d, alone_scheme("v"), "nowhere"),
               class = "nidcode_error_argument")
  expect_error(as_code_panel(d, alone_scheme("v"), typo = 1),
               class = "nidcode_error_argument")
  e <- data.frame(geo = "A", TIME_PERIOD = 2005:2007, values = 1:3,
                  item = "GDP")
  expect_error(suppressMessages(as_code_panel(e, code_scheme(
    c("a", "b"), "production"))), class = "nidcode_error_no_column")
  e$country <- "Z"
  p <- read_frame(e, alone_scheme("GDP"), index = c("country", "TIME_PERIOD"))
  expect_identical(as.character(p$regions), "Z")
})
