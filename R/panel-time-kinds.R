# Numbers that are no times but codes of them: YYYYMM, day numbers, years of two
# digits that start again at 0.

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
    stop_bad_time(
      x, name, call,
      paste0("its numbers, such as ", some_of(plain_digits(time), 3L, ""),
             ", look like ", kind$what),
      hint = kind$hint, values = time
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

# The numbers of time_periods(): codes are read where they are of one kind, or
# of the kind with `frequency` periods a year.
coded_periods <- function(x, frequency, call) {
  x <- as.double(numeric_time(x, "x", call))
  time <- sort(unique(x))
  kinds <- Filter(function(one) isTRUE(one$is(time)), time_number_kinds())
  known <- Filter(function(one) !is.null(one$read), kinds)
  if (!is.null(frequency)) {
    known <- Filter(function(one) one$frequency(time) == frequency, known)
  }
  if (length(known) == 1L) {
    return(known[[1L]]$read(x))
  }
  if (length(kinds) > 0L && length(time) > 1L || length(known) > 1L) {
    stop_bad_time(x, "x", call,
                  paste0("its numbers look like ", kinds[[1L]]$what),
                  hint = kinds[[1L]]$hint, values = time)
  }
  x
}

# Each kind is told by what only its numbers have: a part that runs from 1 to
# 12, or dates that are all the first or all the last day of a month. `read`
# gives the times of those that time_periods() reads, of `frequency(t)` periods.
time_number_kinds <- function() {
  c(calendar_kinds(), part_kinds(), day_kinds(), decimal_kinds(), list(
    list(
      what = "two-digit years that start again at 0",
      hint = "Write years with four digits: x + ifelse(x < 50, 2000, 1900).",
      is = function(t) whole_between(t, 0, 99) && years_wrap(t)
    )
  ))
}

whole_between <- function(t, low, high) {
  length(t) > 0L && t[1L] >= low && t[length(t)] <= high && all(t == round(t))
}

within_part <- function(part, n) all(part >= 1 & part <= n)

calendar_kinds <- function() {
  list(
    list(
      what = "years and months (YYYYMM), whose steps are uneven",
      hint = c("Months: time_periods(x, 12).",
               "Fiscal years (200506): time_periods(x, 1)."),
      is = function(t) {
        whole_between(t, 160001, 299912) && within_part(t %% 100, 12)
      },
      frequency = function(t) 12,
      read = function(x) x %/% 100 + (x %% 100 - 1) / 12
    ),
    list(
      what = "fiscal years (YYYYYY)",
      hint = "Fiscal years: time_periods(x).",
      is = function(t) {
        whole_between(t, 160001, 299999) &&
          all((t %/% 100 + 1) %% 100 == t %% 100)
      },
      frequency = function(t) 1,
      read = function(x) x %/% 100
    ),
    list(
      what = "dates (YYYYMMDD)",
      hint = "Dates: as.Date(as.character(x), \"%Y%m%d\").",
      is = function(t) {
        whole_between(t, 16000101, 29991231) &&
          within_part(t %/% 100 %% 100, 12) && within_part(t %% 100, 31)
      }
    )
  )
}

part_kinds <- function() {
  list(
    list(
      what = "years and weeks (YYYYWW), whose steps are uneven",
      hint = paste0("Weeks (ISO): time_periods(paste0(x %/% 100, \"-W\", ",
                    "x %% 100))."),
      is = function(t) {
        whole_between(t, 160001, 299953) && within_part(t %% 100, 53) &&
          max(t %% 100) > 12 && length(unique(t %/% 100)) > 1L
      }
    ),
    list(
      what = "years and days (YYYYDDD), whose steps are uneven",
      hint = "Dates: as.Date(as.character(x), \"%Y%j\").",
      is = function(t) {
        whole_between(t, 1600001, 2999366) && within_part(t %% 1000, 366) &&
          length(unique(t %/% 1000)) > 1L
      }
    ),
    list(
      what = "years and quarters (YYYYQ), whose steps are uneven",
      hint = "Quarters: time_periods(x).",
      is = function(t) {
        whole_between(t, 16001, 29994) && within_part(t %% 10, 4) &&
          length(unique(t %/% 10)) > 1L
      },
      frequency = function(t) 4,
      read = function(x) x %/% 10 + (x %% 10 - 1) / 4
    )
  )
}

day_kinds <- function() {
  month_ends <- function(t, origin) {
    !is.na(date_reading(as.Date(t, origin = origin))$frequency)
  }
  of_clock <- function(what, hint, unit) {
    list(what = what,
         hint = paste0("Dates and times: as.POSIXct(", hint, ", origin = ",
                       "\"1970-01-01\", tz = \"UTC\")."),
         is = function(t) {
           whole_between(t, 1e8 * max(1, unit), 4102444800 * unit) &&
             all(t %% (3600 * unit) == 0)
         })
  }
  list(
    list(
      what = "day numbers of a spreadsheet",
      hint = "Dates: as.Date(x, origin = \"1899-12-30\").",
      is = function(t) {
        whole_between(t, 7306, 73050) && month_ends(t, "1899-12-30")
      }
    ),
    list(
      what = "days since 1970",
      hint = "Dates: as.Date(x, origin = \"1970-01-01\").",
      is = function(t) {
        whole_between(t, 3653, 47482) && month_ends(t, "1970-01-01")
      }
    ),
    list(
      what = "day numbers",
      hint = c("Of a spreadsheet: as.Date(x, origin = \"1899-12-30\").",
               "Since 1970: as.Date(x, origin = \"1970-01-01\")."),
      is = function(t) whole_between(t, 7306, 73050) && by_days(t)
    ),
    of_clock("seconds since 1970", "x", 1),
    of_clock("milliseconds since 1970", "x / 1000", 1000)
  )
}

decimal_kinds <- function() {
  list(
    list(
      what = "years and months written as YYYY.MM",
      hint = "Months: time_periods(x).",
      is = function(t) {
        part <- 100 * (t %% 1)
        length(t) > 0L && t[1L] >= 1600 && t[length(t)] < 3000 &&
          all(near_whole(part)) && within_part(round(part), 12) &&
          length(unique(round(part))) > 2L
      },
      frequency = function(t) 12,
      read = function(x) floor(x) + (round(100 * (x %% 1)) - 1) / 12
    ),
    list(
      what = "years and parts of a year written as YYYY.1, YYYY.2",
      hint = "Quarters or half years: time_periods(x).",
      is = function(t) {
        part <- 10 * (t %% 1)
        length(t) > 0L && t[1L] >= 1600 && t[length(t)] < 3000 &&
          all(near_whole(part)) && counted_anew(floor(t), round(part))
      },
      frequency = function(t) max(round(10 * (t %% 1))),
      read = function(x) {
        part <- round(10 * (x %% 1))
        floor(x) + (part - 1) / max(part)
      }
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

