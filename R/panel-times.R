# Time as a number: dates that label periods, dates that are days, classes of
# other packages, labels.

# Time as a number, whatever it came as. Whole numbers stay whole. `reading`
# says how dates are read, where a panel has decided that already.
numeric_time <- function(x, name, call, reading = date_reading(x)) {
  out <- time_numbers(x, name, call, reading)
  if (is.integer(out)) check_times_there(!anyNA(out), out, out, name, call)
  out
}

# The same of which whole numbers may have NA.
time_numbers <- function(x, name, call, reading) {
  x <- drop_declared(x, name)
  if (is.factor(x) || is.character(x)) {
    return(label_time(x, name, call, reading))
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
  if (!is.integer(out)) {
    check_times_there(all_finite(out), out, x, name, call)
  }
  out
}

check_times_there <- function(there, time, x, name, call) {
  if (!there) {
    rows <- which(!is.finite(time))
    stop_nid(
      "bad_time",
      c(paste0("The time (column ", some_of(name), ") is not a finite number ",
               "in ", count_of(length(rows), "row"), "."),
        x = paste0("Rows ", some_of(rows, quote = ""), ".")),
      columns = name, rows = rows, values = x[rows], n = length(rows),
      call = call
    )
  }
}

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
  if (is.null(reading) || is.na(reading$frequency) ||
        !is.null(reading$labels)) {
    return(invisible())
  }
  inform_nid(
    "periods",
    paste0("The time (column ", some_of(name), ") is dates that are all the ",
           reading$day, " day of a month",
           if (!is.null(reading$zone)) paste0(" (in ", reading$zone, ")"),
           "; they are read as ",
           frequency_words(reading$frequency), "."),
    columns = name, frequency = reading$frequency, day = reading$day
  )
}

# Times that print as they were given: dates, and labels that are no numbers.
keeps_stamp <- function(x, reading) {
  is_dated(x) || !is.null(reading$labels)
}

panel_keeps_stamp <- function(panel) {
  keeps_stamp(panel$plain[[panel$index[["time"]]]], panel$reading)
}

has_time_labels <- function(panel) {
  own <- panel$plain[[panel$index[["time"]]]]
  is.character(own) || is.factor(own)
}

# Times of a panel in words: as the user gave them.
time_words <- function(panel, time) {
  if (!panel_keeps_stamp(panel) || length(time) == 0L) {
    return(format_time(time))
  }
  mine <- time_like(panel, time)
  out <- as.character(format(mine))
  ifelse(is.na(mine), format_time(time), out)
}

# Dates and labels as the user's own, numbers as they are.
dated_like <- function(panel, time) {
  if (panel_keeps_stamp(panel) && length(time) > 0L) time_like(panel, time) else
    time
}

stamp_words <- function(x) {
  if (is_dated(x)) as.character(format(x)) else format_time(x)
}

# The time of a setting: a number, a date or a label.
check_one_time <- function(x, arg, call) {
  ok <- is_one(x) && (is_dated(x) || is.numeric(x) || is.character(x))
  if (!ok) {
    stop_argument(arg, "one time: a number, a date or a label", x, call)
  }
  if (is.numeric(x) && !is_dated(x)) check_number(x, arg, call = call)
}

# The time of a setting (`at`, `base`, `reference`) in words.
given_time_words <- function(given, number) {
  if (is_dated(given) || is.character(given)) stamp_words(given) else
    format_time(number)
}

# ---- Labels -----------------------------------------------------------------

# Times that came as labels: "2005", "2005-Q1". `reading`: of the column, where
# `x` is a setting.
label_time <- function(x, name, call, reading = NULL, frequency = NULL) {
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
  clean <- plain_label(levels)
  read <- read_periods(clean, frequency, reading)
  if (length(read$bad) > 0L) {
    bad <- levels[clean %in% read$bad]
    stop_bad_time(x, name, call, paste0("it has ", some_of(bad, quote = "\"")),
                  hint = read$hint, values = bad)
  }
  inform_nid(
    "time_labels",
    paste0("The time (column ", some_of(name), ") is ",
           if (is.factor(x)) "a factor" else "text",
           "; its labels are read as ", read$reading$words %||% "numbers", "."),
    columns = name, frequency = read$reading$frequency
  )
  read$number[match(as.character(x), levels)]
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
