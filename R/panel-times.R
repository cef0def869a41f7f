# Time as a number: dates that label periods, dates that are days, classes of
# other packages, labels; and numbers that are no times but codes of them.

# Time as a number, whatever it came as. Whole numbers stay whole. `reading`
# says how dates are read, where a panel has decided that already.
numeric_time <- function(x, name, call, reading = date_reading(x)) {
  x <- drop_declared(x, name)
  if (is.factor(x) || is.character(x)) {
    return(label_time(x, name, call))
  }
  if (is.list(x) || is.complex(x) || is.logical(x) || is.raw(x) ||
      NCOL(x) != 1L) {
    stop_bad_time(x, name, call, "it must be numbers or dates")
  }
  out <- if (inherits(x, c("Date", "POSIXct", "yearweek"))) {
    date_number(x, reading %||% date_reading(x))
  } else if (inherits(x, c("yearmonth", "yearquarter"))) {
    # Both are days inside, of which the first of the period is kept.
    date_number(structure(as.double(unclass(x)), class = "Date"), months_read)
  } else if (inherits(x, c("yearmon", "yearqtr"))) {
    period_number(round(12 * as.double(unclass(x))))
  } else if (inherits(x, "integer64")) {
    integer64_to_double(x, name, call)
  } else if (is.integer(x)) {
    as.integer(x)
  } else if (is.numeric(x)) {
    as.double(x)
  } else {
    stop_bad_time(x, name, call, "it must be numbers or dates")
  }
  bad <- if (is.integer(out)) anyNA(out) else !all_finite(out)
  if (bad) {
    rows <- which(!is.finite(out))
    stop_nid(
      "bad_time",
      c(paste0("The time (column ", some_of(name), ") is not a finite number ",
               "in ", count_of(length(rows), "row"), "."),
        x = paste0("Rows ", some_of(rows, quote = ""), ".")),
      columns = name, rows = rows, values = x[rows], n = length(rows),
      call = call
    )
  }
  out
}

all_finite <- function(x) sum(count_missing_cpp(x)) == 0

is_dated <- function(x) {
  inherits(x, c("Date", "POSIXct", "yearmon", "yearqtr", "yearmonth",
                "yearquarter", "yearweek"))
}

# ---- Dates ------------------------------------------------------------------

# How dates are read. NULL for what is no date; `frequency` NA for days; else
# periods of which a year has `frequency`, `phase` months after January's,
# labelled by the first or the last day of a month.
months_read <- list(frequency = 12L, phase = 0L, day = "first")

# Days of the same clock time, all the first or all the last of a month, are
# labels of periods: counted in days, months would have unequal steps and a
# straight line rates of second order. Date-times that label none in the zone
# they print in may do so in UTC, where dates became date-times: `zone`.
date_reading <- function(x) {
  if (inherits(x, "yearweek")) {
    return(list(frequency = NA_integer_))
  }
  if (!inherits(x, c("Date", "POSIXct"))) {
    return(NULL)
  }
  seen <- sort(unique(as_plain_dates(x)))
  for (zone in list(NULL, "UTC")) {
    at <- date_parts(seen, zone)
    day <- day_of_months(at)
    if (!is.na(day) || !inherits(x, "POSIXct")) break
  }
  if (is.na(day)) {
    return(list(frequency = NA_integer_))
  }
  n <- length(at$month)
  if (n == 1L) {
    # A lone date says a year only where it can say nothing else.
    yearly <- at$month == if (day == "first") 0L else 11L
    return(list(frequency = if (yearly) 1L else 12L,
                phase = if (yearly) at$month else 0L, day = day, zone = zone))
  }
  for (frequency in c(1L, 2L, 4L, 12L)) {
    phase <- at$month %% (12L %/% frequency)
    if (all(phase == phase[1L])) break
  }
  list(frequency = frequency, phase = phase[1L], day = day, zone = zone)
}

day_of_months <- function(at) {
  same <- length(at$month) > 0L && all(at$clock == at$clock[1L])
  if (!same) NA else if (all(at$mday == 1L)) "first" else
    if (all(at$mday == at$length)) "last" else NA
}

# Without the infinite and the missing, which numeric_time() tells.
as_plain_dates <- function(x) {
  kept <- attributes(x)[c("class", "tzone")]
  v <- as.double(unclass(x))
  v <- v[is.finite(v)]
  attributes(v) <- kept[lengths(kept) > 0L]
  if (inherits(v, "Date")) class(v) <- "Date"
  v
}

# A date-time is seen in its own time zone, as it prints, or in `zone`.
date_parts <- function(x, zone = NULL) {
  p <- if (is.null(zone) || !inherits(x, "POSIXct")) as.POSIXlt(x) else
    as.POSIXlt(x, tz = zone)
  year <- p$year + 1900L
  month <- as.integer(p$mon)
  leap <- month == 1L & (year %% 4L == 0L & year %% 100L != 0L |
                           year %% 400L == 0L)
  list(year = year, month = month, mday = p$mday,
       clock = p$hour * 3600 + p$min * 60 + p$sec,
       length = c(31L, 28L, 31L, 30L, 31L, 30L, 31L, 31L, 30L, 31L, 30L,
                  31L)[month + 1L] + leap)
}

# A day between two labels lies between their numbers.
date_number <- function(x, reading) {
  scale <- if (inherits(x, "POSIXct")) 86400 else 1
  if (is.na(reading$frequency)) {
    return(1970 + as.double(unclass(x)) / scale / 365.2425)
  }
  out <- rep(NA_real_, length(x))
  there <- which(is.finite(as.double(unclass(x))))
  seen <- unique(as_plain_dates(x))
  at <- date_parts(seen, reading$zone)
  passed <- if (reading$day == "first") {
    (at$mday - 1) / at$length
  } else {
    at$mday / at$length - 1
  }
  number <- period_number(12 * at$year + at$month + passed - reading$phase)
  out[there] <- number[match(as.double(unclass(x))[there],
                             as.double(unclass(seen)))]
  out
}

# year + (k - 1) / frequency of months counted from year 0: the same bits
# whichever type the period came in.
period_number <- function(months) {
  year <- floor(months / 12)
  year + (months - 12 * year) / 12
}

inform_periods <- function(reading, name) {
  if (is.null(reading) || is.na(reading$frequency)) {
    return(invisible())
  }
  as <- switch(as.character(reading$frequency),
    "1" = "whole years",
    "2" = "half years, year + (k - 1) / 2",
    "4" = "quarters, year + (k - 1) / 4",
    "months, year + (k - 1) / 12"
  )
  inform_nid(
    "periods",
    paste0("The time (column ", some_of(name), ") is dates that are all the ",
           reading$day, " day of a month",
           if (!is.null(reading$zone)) paste0(" (in ", reading$zone, ")"),
           "; they are read as ", as, "."),
    columns = name, frequency = reading$frequency, day = reading$day
  )
}

# Times of a panel in words: as the user gave them.
time_words <- function(panel, time) {
  own <- panel$plain[[panel$index[["time"]]]]
  if (!is_dated(own) || length(time) == 0L) {
    return(format_time(time))
  }
  mine <- time_like(panel, time)
  out <- as.character(format(mine))
  ifelse(is.na(mine), format_time(time), out)
}

# Dates as the user's own, numbers as they are.
dated_like <- function(panel, time) {
  own <- panel$plain[[panel$index[["time"]]]]
  if (is_dated(own) && length(time) > 0L) time_like(panel, time) else time
}

stamp_words <- function(x) {
  if (is_dated(x)) as.character(format(x)) else format_time(x)
}

# The time of a setting (`at`, `base`, `reference`) in words.
given_time_words <- function(given, number) {
  if (is_dated(given)) stamp_words(given) else format_time(number)
}

# ---- Labels -----------------------------------------------------------------

# Years that came as labels: "2005", "2005.5". Anything else would be a guess.
label_time <- function(x, name, call) {
  levels <- if (is.factor(x)) levels(x)[sort(unique(as.integer(x)))]
            else unique(as.character(x))
  if (anyNA(x) || anyNA(levels)) {
    rows <- which(is.na(x))
    stop_nid("bad_time",
             paste0("The time (column ", some_of(name), ") is missing in ",
                    count_of(length(rows), "row"), "."),
             columns = name, rows = rows, n = length(rows), call = call)
  }
  check_readable(x, name, "bad_time", call)
  clean <- trimws(levels)
  value <- suppressWarnings(as.numeric(clean))
  # "01.2005" is a month that R reads as the number 1.2005.
  told <- length(clean) > 0L &&
    (all(grepl("^[0-9]{2}$", clean)) ||
       all(grepl("^(0[1-9]|1[0-2])[.][0-9]{4}$", clean)))
  bad <- is.na(value) | !is.finite(value) | told
  if (any(bad)) {
    stop_bad_time(x, name, call,
                  paste0("it has ", some_of(levels[bad], quote = "\"")),
                  hint = time_label_hint(clean), values = levels[bad])
  }
  inform_nid(
    "time_labels",
    paste0("The time (column ", some_of(name), ") is ",
           if (is.factor(x)) "a factor" else "text",
           "; its labels are read as numbers."),
    columns = name
  )
  value[match(as.character(x), levels)]
}

# What to type for labels that all have one of these shapes.
time_label_shapes <- function() {
  year <- "as.numeric(substr(x, 1, 4))"
  list(
    c("^[0-9]{2}$", "Write years with four digits."),
    c("^[0-9]{4}[-_. :]*[Qq][1-4]$",
      paste0("Quarters: ", year, " + (as.numeric(substring(x, nchar(x))) - ",
             "1) / 4.")),
    c("^[0-9]{4}[-_. :]*[HhSsBb][12]$",
      paste0("Half years: ", year, " + (as.numeric(substring(x, nchar(x))) - ",
             "1) / 2.")),
    c("^[0-9]{4}[-_. :]*[Mm](0?[1-9]|1[0-2])$",
      paste0("Months: ", year, " + (as.numeric(sub(\".*[Mm]\", \"\", x)) - ",
             "1) / 12.")),
    c("^[0-9]{4}[-_. :]*T(I|II|III|IV)$",
      paste0("Quarters: ", year, " + (match(sub(\".*T\", \"\", x), ",
             "c(\"I\", \"II\", \"III\", \"IV\")) - 1) / 4.")),
    c("^[Qq][1-4][-_./ :]*[0-9]{4}$",
      paste0("Quarters: as.numeric(substring(x, nchar(x) - 3)) + ",
             "(as.numeric(substr(x, 2, 2)) - 1) / 4.")),
    c("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "Dates: as.Date(x)."),
    c("^[0-9]{2}[.][0-9]{2}[.][0-9]{4}$", "Dates: as.Date(x, \"%d.%m.%Y\")."),
    c("^[0-9]{2}/[0-9]{2}/[0-9]{4}$",
      paste0("Dates: as.Date(x, \"%d/%m/%Y\"), or \"%m/%d/%Y\" where the ",
             "month stands first.")),
    c("^(0[1-9]|1[0-2])[-./][0-9]{4}$",
      paste0("Months: as.numeric(substr(x, 4, 7)) + (as.numeric(substr(x, ",
             "1, 2)) - 1) / 12."))
  )
}

time_label_hint <- function(clean) {
  for (one in time_label_shapes()) {
    if (all(grepl(one[1L], clean))) return(one[2L])
  }
  if (all(grepl("^[0-9]{4}[-/]([0-9]{2}|[0-9]{4})$", clean))) {
    return(pair_hint(clean))
  }
  # A year with marks around it, where the year alone tells all labels apart.
  if (all(grepl("^[^0-9]+[0-9]{4}$", clean)) &&
      !anyDuplicated(substring(clean, nchar(clean) - 3L))) {
    return("Years behind a mark: as.numeric(substring(x, nchar(x) - 3)).")
  }
  if (all(grepl("^[0-9]{4}([^0-9]|$)", clean)) &&
      !anyDuplicated(substr(clean, 1L, 4L))) {
    return("Years with marks behind them: as.numeric(substr(x, 1, 4)).")
  }
  paste0("Turn it into numbers or dates first: year + (k - 1) / n for period ",
         "k of n in a year.")
}

# "2005-06" is June or the year that ends in 2006.
pair_hint <- function(clean) {
  first <- as.numeric(substr(clean, 1L, 4L))
  second <- as.numeric(substring(clean, 6L))
  short <- nchar(clean) == 7L
  month <- all(short & second >= 1 & second <= 12)
  fiscal <- all(second == ifelse(short, (first + 1) %% 100, first + 1))
  c(if (fiscal || !month) {
      paste0("A fiscal year needs one number: for example ",
             "as.numeric(substr(x, 1, 4)).")
    },
    if (month) {
      paste0("Months: as.numeric(substr(x, 1, 4)) + (as.numeric(substr(x, 6, ",
             "7)) - 1) / 12.")
    })
}

stop_bad_time <- function(x, name, call, why, hint = NULL, values = NULL) {
  stop_nid(
    "bad_time",
    c(paste0("Column ", some_of(name), " cannot be the time: ", why, "."),
      x = paste0("It is <", paste(class(x), collapse = "/"), ">."),
      if (!is.null(hint)) stats::setNames(hint, rep("i", length(hint)))),
    columns = name, values = values, call = call
  )
}

# ---- Numbers that are codes of times ----------------------------------------

# Judged by all distinct values together: `time` ascending.
check_time_numbers <- function(time, x, name, call) {
  if (is_dated(x) || length(time) < 2L) {
    return(invisible())
  }
  time <- as.double(time)
  check_time_unit(time, x, name, call)
  # No calendar counts as far as whole numbers are exact.
  if (max(abs(time)) > 2^53) {
    return(invisible())
  }
  kind <- Find(function(one) isTRUE(one$is(time)), time_number_kinds())
  if (!is.null(kind)) {
    hint <- kind$hint
    if (is.factor(x) || is.character(x)) {
      hint <- c("First x <- as.numeric(as.character(x)).", hint)
    }
    stop_bad_time(
      x, name, call,
      paste0("its numbers, such as ", some_of(plain_digits(time), 3L, ""),
             ", look like ", kind$what),
      hint = hint, values = time
    )
  }
}

# Rates have the unit of time in powers to the second, and their errors squares
# of them: between these bounds all are numbers.
check_time_unit <- function(time, x, name, call) {
  span <- time[length(time)] - time[1L]
  step <- min(diff(time))
  if (span > 1e60 || step < 1e-60) {
    stop_bad_time(x, name, call,
                  paste0("steps of ", format(step, digits = 2L), " over ",
                         format(span, digits = 2L), " are beyond what rates ",
                         "can be computed with"),
                  hint = "Give the times in other units.", values = time)
  }
  if (step < last_digits * max(abs(time))) {
    warn_nid("digits_lost",
             c(paste0("The times of ", some_of(name), " differ only in their ",
                      "last digits; rates are mostly rounding."),
               i = "Take the first time off before."),
             columns = name)
  }
}

plain_digits <- function(x) {
  format(x, trim = TRUE, scientific = FALSE, digits = 15L, decimal.mark = ".")
}

# Each kind is told by what only its numbers have: a part that runs from 1 to
# 12, or dates that are all the first or all the last day of a month.
time_number_kinds <- function() {
  whole <- function(t, low, high) {
    t[1L] >= low && t[length(t)] <= high && all(t == round(t))
  }
  within <- function(part, n) all(part >= 1 & part <= n)
  month_ends <- function(t, origin) {
    !is.na(date_reading(as.Date(t, origin = origin))$frequency)
  }
  list(
    list(
      what = "years and months (YYYYMM), whose steps are uneven",
      hint = c("Months: x %/% 100 + (x %% 100 - 1) / 12.",
               "Fiscal years (200506): x %/% 100."),
      is = function(t) whole(t, 160001, 299912) && within(t %% 100, 12)
    ),
    list(
      what = "fiscal years (YYYYYY)",
      hint = "Fiscal years: x %/% 100.",
      is = function(t) {
        whole(t, 160001, 299999) && all((t %/% 100 + 1) %% 100 == t %% 100)
      }
    ),
    list(
      what = "dates (YYYYMMDD)",
      hint = "Dates: as.Date(as.character(x), \"%Y%m%d\").",
      is = function(t) {
        whole(t, 16000101, 29991231) && within(t %/% 100 %% 100, 12) &&
          within(t %% 100, 31)
      }
    ),
    list(
      what = "years and weeks (YYYYWW), whose steps are uneven",
      hint = paste0("Weeks (ISO): as.Date(paste0(x %/% 100, \"-01-04\")) - ",
                    "(as.POSIXlt(paste0(x %/% 100, \"-01-04\"))$wday + 6) ",
                    "%% 7 + 7 * (x %% 100 - 1)."),
      is = function(t) {
        whole(t, 160001, 299953) && within(t %% 100, 53) &&
          max(t %% 100) > 12 && length(unique(t %/% 100)) > 1L
      }
    ),
    list(
      what = "years and days (YYYYDDD), whose steps are uneven",
      hint = "Dates: as.Date(as.character(x), \"%Y%j\").",
      is = function(t) {
        whole(t, 1600001, 2999366) && within(t %% 1000, 366) &&
          length(unique(t %/% 1000)) > 1L
      }
    ),
    list(
      what = "years and quarters (YYYYQ), whose steps are uneven",
      hint = "Quarters: x %/% 10 + (x %% 10 - 1) / 4.",
      is = function(t) {
        whole(t, 16001, 29994) && within(t %% 10, 4) &&
          length(unique(t %/% 10)) > 1L
      }
    ),
    list(
      what = "day numbers of a spreadsheet",
      hint = "Dates: as.Date(x, origin = \"1899-12-30\").",
      is = function(t) whole(t, 7306, 73050) && month_ends(t, "1899-12-30")
    ),
    list(
      what = "days since 1970",
      hint = "Dates: as.Date(x, origin = \"1970-01-01\").",
      is = function(t) whole(t, 3653, 47482) && month_ends(t, "1970-01-01")
    ),
    list(
      what = "day numbers",
      hint = c("Of a spreadsheet: as.Date(x, origin = \"1899-12-30\").",
               "Since 1970: as.Date(x, origin = \"1970-01-01\")."),
      is = function(t) whole(t, 7306, 73050) && by_days(t)
    ),
    list(
      what = "seconds since 1970",
      hint = paste0("Dates and times: as.POSIXct(x, origin = ",
                    "\"1970-01-01\", tz = \"UTC\")."),
      is = function(t) {
        whole(t, 1e8, 4102444800) && all(t %% 3600 == 0)
      }
    ),
    list(
      what = "milliseconds since 1970",
      hint = paste0("Dates and times: as.POSIXct(x / 1000, origin = ",
                    "\"1970-01-01\", tz = \"UTC\")."),
      is = function(t) {
        whole(t, 1e11, 4102444800e3) && all(t %% 3600e3 == 0)
      }
    ),
    list(
      what = "years and months written as YYYY.MM",
      hint = "Months: floor(x) + (round(100 * (x %% 1)) - 1) / 12.",
      is = function(t) {
        part <- 100 * (t %% 1)
        t[1L] >= 1600 && t[length(t)] < 3000 && all(near_whole(part)) &&
          within(round(part), 12) && length(unique(round(part))) > 2L
      }
    ),
    list(
      what = "years and parts of a year written as YYYY.1, YYYY.2",
      hint = c("Quarters: floor(x) + (round(10 * (x %% 1)) - 1) / 4.",
               "Half years: floor(x) + (round(10 * (x %% 1)) - 1) / 2."),
      is = function(t) {
        part <- 10 * (t %% 1)
        t[1L] >= 1600 && t[length(t)] < 3000 && all(near_whole(part)) &&
          counted_anew(floor(t), round(part))
      }
    ),
    list(
      what = "two-digit years that start again at 0",
      hint = "Write years with four digits: x + ifelse(x < 50, 2000, 1900).",
      is = function(t) whole(t, 0, 99) && years_wrap(t)
    )
  )
}

# Steps of years or of uneven months, counted in days.
by_days <- function(t) {
  step <- diff(t)
  all(step %in% 365:366) || (all(step %in% 28:31) && length(unique(step)) > 1L)
}

near_whole <- function(x) abs(x - round(x)) < 1e-6

# Parts of a year that run from 1 to 2, or to 4, and start again next year.
counted_anew <- function(year, part) {
  n <- max(part)
  n %in% c(2, 4) && min(part) == 1 && length(unique(year)) > 1L &&
    max(table(year)) == n
}

# 98, 99, 0, 1: nearer to each other around the end of a century than the two
# sides of their widest gap.
years_wrap <- function(t) {
  gap <- diff(t)
  widest <- which.max(gap)
  gap[widest] > 50 && t[1L] + 100 - t[length(t)] <= max(gap[-widest], 1)
}

# Numeric times back in the user's own type, where a time of the data says so.
time_like <- function(panel, time) {
  own <- panel$plain[[panel$index[["time"]]]]
  if (is.double(own) && !is.object(own)) {
    return(time)
  }
  if (is.integer(own) && !is.object(own)) {
    return(as.integer(time))
  }
  key <- row_time(panel)
  seen <- which(!duplicated(key))
  user_times(panel, seen)[match(time, key[seen])]
}
