# Which number a time is: dates that label periods, days, labels, and numbers
# that are codes of times.

line_scheme <- code_scheme("v", "production")

line_panel <- function(time, v = seq_along(time), ...) {
  d <- data.frame(region = rep("A", length(time)), v = v)
  d$when <- time
  code_panel(d, line_scheme, c("region", "when"), ...)
}

number_of <- function(time, ...) {
  suppressMessages(numeric_time(time, "when", NULL, ...))
}

hints_of <- function(cnd) {
  lines <- strsplit(conditionMessage(cnd), "\n", fixed = TRUE)[[1L]]
  sub("^(i|\u2139) ", "", grep("^(i|\u2139) ", lines, value = TRUE))
}

month_starts <- seq(as.Date("2012-01-01"), by = "month", length.out = 36)

test_that("dates of periods are year + (k - 1) / frequency, by hand", {
  # Years, whatever the month they begin or end in.
  expect_identical(number_of(as.Date(paste0(2005:2008, "-01-01"))),
                   c(2005, 2006, 2007, 2008))
  expect_identical(number_of(as.Date(paste0(2005:2008, "-12-31"))),
                   c(2005, 2006, 2007, 2008))
  expect_identical(number_of(as.Date(paste0(2005:2006, "-04-01"))),
                   c(2005, 2006))
  # Half years and quarters by their first and by their last day.
  halves <- c("2005-01-01", "2005-07-01", "2006-01-01")
  expect_identical(number_of(as.Date(halves)), c(2005, 2005.5, 2006))
  ends <- c("2005-06-30", "2005-12-31", "2006-06-30")
  expect_identical(number_of(as.Date(ends)), c(2005, 2005.5, 2006))
  starts <- c("2005-01-01", "2005-04-01", "2005-07-01", "2005-10-01")
  expect_identical(number_of(as.Date(starts)), 2005 + 0:3 / 4)
  ends <- c("2005-03-31", "2005-06-30", "2005-09-30", "2005-12-31")
  expect_identical(number_of(as.Date(ends)), 2005 + 0:3 / 4)
  # Months; 2012 has a 29th of February, 2013 has none.
  expect_identical(number_of(month_starts),
                   rep(c(2012, 2013, 2014), each = 12) + rep(0:11 / 12, 3))
  ends <- seq(as.Date("2012-02-01"), by = "month", length.out = 36) - 1
  expect_identical(number_of(ends), number_of(month_starts))
  # A gap is a gap.
  expect_identical(number_of(month_starts[c(1, 2, 6)]),
                   2012 + c(0, 1, 5) / 12)
})

test_that("other dates are days", {
  day <- as.Date(c("2012-01-01", "2012-02-01", "2012-02-15"))
  expect_equal(number_of(day), 1970 + as.double(day) / 365.2425,
               tolerance = 1e-15)
  # First and last days mixed label nothing.
  day <- as.Date(c("2012-01-01", "2012-01-31", "2012-02-29"))
  expect_equal(number_of(day), 1970 + as.double(day) / 365.2425,
               tolerance = 1e-15)
  # The 30th is not the last day of every month.
  day <- as.Date(c("2012-04-30", "2012-05-30"))
  expect_equal(diff(number_of(day)), 30 / 365.2425)
  expect_no_message(line_panel(day), class = "nidcode_message_periods")
})

test_that("a message says how dates are read, and dates stay as they were", {
  said <- expect_message(p <- line_panel(month_starts),
                         class = "nidcode_message_periods")
  expect_identical(said$columns, "when")
  expect_identical(said$frequency, 12L)
  expect_identical(said$day, "first")
  expect_identical(as.data.frame(p)$when, month_starts)
  expect_match(format(p)[1], "times 2012-01-01 to 2014-12-01", fixed = TRUE)
  years <- suppressMessages(line_panel(as.Date(paste0(2005:2010, "-12-31"))))
  expect_match(format(years)[1], "times 2005-12-31 to 2010-12-31",
               fixed = TRUE)
  expect_identical(row_time(years), 2005:2010 + 0)
})

test_that("a straight line has no second rate in any type of period", {
  types <- list(
    first = month_starts,
    last = seq(as.Date("2012-02-01"), by = "month", length.out = 36) - 1,
    quarters = seq(as.Date("2001-01-01"), by = "quarter", length.out = 20),
    ends = seq(as.Date("2001-04-01"), by = "quarter", length.out = 20) - 1,
    halves = seq(as.Date("2001-07-01"), by = "6 months", length.out = 12),
    years = seq(as.Date("2000-01-01"), by = "year", length.out = 12),
    closes = seq(as.Date("2000-04-01"), by = "year", length.out = 12) - 1,
    utc = as.POSIXct(month_starts, tz = "UTC"),
    berlin = as.POSIXct(format(month_starts), tz = "Europe/Berlin"),
    noon = as.POSIXct(paste(month_starts, "12:00:00"), tz = "UTC"),
    months = structure(as.double(month_starts),
                       class = c("yearmonth", "vctrs_vctr")),
    tsquarters = structure(
      as.double(seq(as.Date("2001-01-01"), by = "quarter", length.out = 20)),
      class = c("yearquarter", "vctrs_vctr")
    ),
    weeks = structure(as.double(as.Date("2012-01-02")) + 7 * 0:30,
                      class = c("yearweek", "vctrs_vctr")),
    yearmon = structure(2012 + 0:35 / 12, class = "yearmon"),
    yearqtr = structure(2001 + 0:19 / 4, class = "yearqtr"),
    days = as.Date("2012-01-05") + 0:30
  )
  rates <- list(rate_difference(), rate_central(), rate_spline(),
                rate_local())
  for (name in names(types)) {
    time <- types[[name]]
    number <- number_of(time)
    expect_lt(diff(range(diff(number))), 1e-9, label = name)
    for (rate in rates) {
      r <- suppressMessages(estimate_rates(seq_along(number), time,
                                           rate = rate))
      second <- r$estimate[r$order == 2]
      second <- second[!is.na(second)]
      expect_gt(length(second), 0)
      # In units of one step.
      expect_lt(max(abs(second)) * diff(number)[1]^2, 1e-7,
                label = paste(name, format(rate)[1]))
    }
  }
})

test_that("the same month is the same number in every type", {
  want <- number_of(month_starts)
  expect_identical(number_of(as.POSIXct(month_starts, tz = "UTC")), want)
  expect_identical(
    number_of(as.POSIXct(format(month_starts), tz = "Asia/Yekaterinburg")),
    want
  )
  expect_identical(number_of(structure(2012 + 0:35 / 12, class = "yearmon")),
                   want)
  month <- structure(as.double(month_starts),
                     class = c("yearmonth", "vctrs_vctr"))
  expect_identical(number_of(month), want)
})

test_that("a date of a setting is read as the panel reads its own", {
  days <- as.Date("2012-01-01") + 0:40
  p <- line_panel(days, v = (0:40)^2 + 1)
  d <- suppressWarnings(defining_codes(p, "index",
                                       reference = as.Date("2012-02-01")))
  # 31 days after the first, 961 + 1.
  expect_equal(d$estimate[41], 100 * 1601 / 962)
  years <- as.Date(paste0(2005:2010, "-12-31"))
  q <- suppressMessages(line_panel(years, v = c(2, 4, 5, 6, 8, 9)))
  for (base in list(2006, years[2])) {
    d <- defining_codes(q, "index", reference = base)
    expect_equal(d$estimate, c(50, 100, 125, 150, 200, 225))
    expect_match(text_of(d), "2006-12-31", fixed = TRUE)
  }
  gone <- expect_error(
    defining_codes(q, "index", reference = as.Date("2004-12-31")),
    class = "nidcode_error_reference"
  )
  expect_match(conditionMessage(gone), "2005-12-31 to 2010-12-31",
               fixed = TRUE)
})

test_that("deflate() takes a date, its number and other periods as base", {
  d <- data.frame(region = "A", day = as.Date(paste0(2005:2008, "-01-01")),
                  income = c(100, 121, 133.1, 146.41),
                  cpi = c(112, 110, 110, 110))
  index <- c("region", "day")
  real <- function(d, base) {
    suppressMessages(deflate(d, "income", "cpi", base = base,
                             index = index))$income
  }
  # 100 and three links of 110 % on it.
  want <- c(100, 121 / 1.1, 133.1 / 1.21, 146.41 / 1.331)
  expect_equal(real(d, as.Date("2005-01-01")), want)
  expect_equal(real(d, 2005), want)
  d$day <- structure(2005 + 0:3 / 4, class = "yearqtr")
  expect_equal(real(d, d$day[1]), want)
  expect_error(real(d, d$day), class = "nidcode_error_argument")
  d$day <- as.Date("2005-01-01") + c(0, 30, 60, 90)
  expect_equal(real(d, d$day[1]), want)
  gone <- expect_error(real(d, as.Date("2004-01-01")),
                       class = "nidcode_error_reference")
  expect_match(conditionMessage(gone), "2004-01-01", fixed = TRUE)
})

test_that("`at` of influence, prediction and rates is read alike", {
  ends <- seq(as.Date("2005-04-01"), by = "quarter", length.out = 12) - 1
  x <- c(1, 1, 2, -3, 4, 1, 2, 5, 3, 3, 1, 2)
  number <- 2005 + 0:11 / 4
  for (kind in c("sum", "integral")) {
    dated <- suppressMessages(accumulate_rates(
      x, ends, influence = influence_half_life(2, at = ends[9]),
      measure = kind
    ))
    plain <- accumulate_rates(
      x, number, influence = influence_half_life(2, at = number[9]),
      measure = kind
    )
    expect_identical(dated$estimate, plain$estimate)
  }
  expect_match(influence_half_life(2, at = ends[9])$words, "2007-03-31",
               fixed = TRUE)
  at <- as.Date(c("2006-03-31", "2006-12-31"))
  dated <- suppressMessages(estimate_rates(x, ends, at = at, order = 1))
  plain <- estimate_rates(x, number, at = c(2006, 2006.75), order = 1)
  expect_identical(dated$estimate, plain$estimate)
  expect_identical(dated$time, at)
  # A day between two labels lies between their numbers: half of 2006-06.
  reading <- date_reading(ends)
  expect_equal(number_of(as.Date("2006-06-15"), reading), 2006 + 2.5 / 12)
})

test_that("contributions by time stand in time, whatever its labels", {
  d <- data.frame(region = "A", when = as.character(8:13), v = c(1, 3, 2:5))
  d$v <- d$v^2
  p <- suppressMessages(code_panel(d, line_scheme, c("region", "when")))
  r <- suppressMessages(dynamic_codes(p, rate_difference()))
  one <- quietly(contributions(r, by = "time"))
  expect_identical(one$when, as.character(10:13))
})

test_that("messages give times as the user has them", {
  d <- data.frame(region = "A", when = month_starts[c(1:5, 3)], v = 1:6)
  twice <- suppressMessages(expect_error(
    code_panel(d, line_scheme, c("region", "when")),
    class = "nidcode_error_duplicate_key"
  ))
  expect_identical(twice$times, month_starts[3])
  expect_match(conditionMessage(twice), "A 2012-03-01", fixed = TRUE)
  d <- data.frame(region = "A", when = month_starts[1:5], v = c(1:4, Inf))
  high <- suppressMessages(expect_error(
    code_panel(d, line_scheme, c("region", "when")),
    class = "nidcode_error_not_finite"
  ))
  expect_match(conditionMessage(high), "A 2012-05-01", fixed = TRUE)
})

# ---- Numbers that are codes of times ----------------------------------------

# Weeks are read as days are, not given as dates.
week_or_day <- function(time, code) {
  if (grepl("W", code)) 1970 + as.double(time) / 365.2425 else time
}

test_that("numbers that are codes of times are refused with the way out", {
  kinds <- list(
    list(c(201110:201112, 201201:201203), 2011 + 9:14 / 12),
    list(c(200506, 200607, 200708, 200809), 2005:2008),
    list(c(20051, 20052, 20053, 20054, 20061), 2005 + 0:4 / 4),
    list(c(20050101, 20050201, 20050301), as.Date(c("2005-01-01", "2005-02-01",
                                                   "2005-03-01"))),
    list(c(2005.11, 2005.12, 2006.01, 2006.02), 2005 + 10:13 / 12),
    list(c(98, 99, 0, 1), c(1998, 1999, 2000, 2001)),
    list(c(80, 90, 0, 10), c(1980, 1990, 2000, 2010)),
    list(c(38717, 39082, 39447, 39813), as.Date(paste0(2005:2008, "-12-31"))),
    list(as.double(month_starts) + 25569, month_starts),
    list(as.double(month_starts), month_starts),
    # Day numbers of the 15th of each month; and yearly steps of 365 days.
    list(as.double(month_starts) + 14 + 25569, month_starts + 14),
    list(38717 + 365 * 0:5, as.Date("2005-12-31") + 365 * 0:5),
    list(as.double(month_starts) * 86400,
         as.POSIXct(format(month_starts), tz = "UTC")),
    list(as.double(month_starts) * 86400e3,
         as.POSIXct(format(month_starts), tz = "UTC")),
    list(c(2005.1, 2005.2, 2005.3, 2005.4, 2006.1), 2005 + 0:4 / 4),
    list(c(2012365, 2012366, 2013001), as.Date("2012-12-30") + 0:2),
    # Weeks of 2015 are 53; the first Monday of the ISO year 2016 is Jan 4.
    list(c(201552, 201553, 201601, 201602), as.Date("2015-12-21") + 7 * 0:3)
  )
  for (one in kinds) {
    for (time in list(one[[1]], as.character(one[[1]]))) {
      text <- is.character(time)
      # Two digits of text are told before they are numbers.
      if (text && all(nchar(time) <= 2)) next
      cnd <- suppressMessages(expect_error(line_panel(time),
                                           class = "nidcode_error_bad_time"))
      expect_identical(cnd$columns, "when")
      # The way out, typed as it stands, gives the times.
      x <- if (text) as.numeric(time) else time
      hint <- hints_of(cnd)
      if (identical(one[[2]], 2005:2008)) hint <- hint[length(hint)]
      code <- sub("[.]$", "", sub("^[^:]*: ", "", hint[1]))
      expect_equal(suppressMessages(eval(parse(text = code), list(x = x))),
                   week_or_day(one[[2]], code), label = code)
    }
  }
})

test_that("plain counts, years and odd offsets are times", {
  fine <- list(1:5, 0:20, 1990:2020, 2005 + 0:20 / 4, 2005 + 0:20 / 12,
               2005 + 0:9 / 10, 90:99, c(0, 1, 5, 10, 80), 0:99,
               20001:20010, 38717:38730, 38717 + 10 * 0:9, 200001:200020,
               1e6 + 1:5, 10000 + 0:4, 100:110, -5:5, c(2001.5, 2002.5),
               1e5 + 0:30, c(50, 60, 70), 1e8 + 0:5, 201300 + 0:15,
               c(2001.1, 2002.4, 2006.2), c(2001.2, 2002.2, 2003.2),
               201201:201253, 2012001:2012030, 1e11 + 1e7 * 0:9)
  for (time in fine) {
    expect_no_error(p <- suppressMessages(line_panel(time)))
    expect_equal(row_time(p), sort(time))
  }
})

test_that("months of UTC are months in whatever zone they print", {
  want <- number_of(month_starts)
  for (zone in c("America/New_York", "Europe/Moscow", "Pacific/Auckland")) {
    x <- as.POSIXct(month_starts, tz = "UTC")
    attr(x, "tzone") <- zone
    expect_identical(number_of(x), want, label = zone)
    ends <- as.POSIXct("2012-03-31", tz = "UTC") + 86400 * c(0, 91, 183, 275)
    attr(ends, "tzone") <- zone
    expect_equal(number_of(ends), 2012 + 0:3 / 4, label = zone)
    m <- expect_message(code_panel(data.frame(when = x, v = 1:36), line_scheme,
                                   "when"), class = "nidcode_message_periods")
    expect_match(conditionMessage(m), "(in UTC)", fixed = TRUE)
  }
})

test_that("times are not touched by the locale or the time zone", {
  want <- number_of(month_starts)
  withr::local_envvar(TZ = "America/New_York")
  expect_identical(number_of(month_starts), want)
  local <- as.POSIXct(format(month_starts))
  expect_identical(number_of(local), want)
  withr::local_options(OutDec = ",", scipen = -10)
  cnd <- expect_error(line_panel(c(201201, 201202)),
                      class = "nidcode_error_bad_time")
  expect_match(conditionMessage(cnd), "201201, 201202", fixed = TRUE)
})

test_that("tables keep a class of times that rep() does not know", {
  skip_if_not_installed("zoo")
  data <- data.frame(region = rep(c("A", "B"), each = 6),
                     year = zoo::as.yearmon(rep(2001:2006, 2)), x = sin(1:12))
  scheme <- code_scheme("x", "production", codes = nid_codes()[1L, ])
  for (rows in list(1:12, -9L)) {
    d <- data[rows, ]
    model <- suppressMessages(code_model(d, scheme))
    tables <- list(model$defining, model$rates, model$industrial, model$path,
                   contributions(model, by = c("time", "code")),
                   simulate(model$rates, 2, seed = 1))
    for (x in tables) expect_s3_class(x$year, "yearmon")
    expect_identical(unique(model$rates$year), unique(d$year))
    for (at in list(NULL, d$year[2:3])) {
      rates <- estimate_rates(d$x, d$year, d$region, at = at)
      expect_s3_class(rates$time, "yearmon")
    }
  }
})
