# Labels of periods: "2005-Q1", "2005M01", "2005/06". One parser for columns of
# times, for settings (`base`, `reference`, `at`) and for the names of columns.

#' Read labels of periods
#'
#' A time is a number: period k of f in the year is year + (k - 1) / f.
#' [code_panel()] reads its time column in the same way and prints the times as
#' they were given; this verb shows the numbers, and reads what is ambiguous
#' once its `frequency` is said.
#'
#' | read as | examples |
#' | --- | --- |
#' | years | 2005, "X2005", "2005 \[YR2005\]", "2005p", "2005*" |
#' | fiscal years, by their first | "2005/06", "2005-2006", "FY2005/06" |
#' | half years | "2005-S1", "2005H2", "2005-B1" |
#' | quarters | "2005-Q1", "2005Q1", "Q1 2005", "2005TI", "2005K1" |
#' | months | "2005M01", "2005-01", "01.2005", "Jan 2005", 200501 |
#' | weeks (ISO), days | "2005-W01", "2005-01-31", "31.01.2005" |
#'
#' Russian words for them are read as well, and marks of footnotes left aside.
#' Dates that are all the first (or all the last) day of a month are periods,
#' others and weeks are days, 1970 + days / 365.2425.
#'
#' @param x <chr, factor, num or dates> Times.
#' @param frequency <num> Periods of a year: 1, 2, 4 or 12; `NULL` takes what
#'   the labels say, all together.
#' @return <dbl> The times as numbers, one for each of `x`.
#' @section Errors:
#' `nidcode_error_bad_time` for labels that are none of these or could be two
#' (field `values`), for periods of several kinds in one column, for periods
#' finer than `frequency`, and for numbers that count something else (days of a
#' spreadsheet, years of two digits). The message says what to type. Message
#' `nidcode_message_time_labels` says how labels were read.
#' @family bring in
#' @examples
#' time_periods(c("2005-Q1", "2005-Q2"))
#' time_periods(c(200511, 200512, 200601))
#' time_periods("2005-06", frequency = 12)
#' @export
time_periods <- function(x, frequency = NULL) {
  call <- rlang::current_env()
  known <- c(1, 2, 4, 12)
  if (!is.null(frequency) &&
        !(is.numeric(frequency) && length(frequency) == 1L &&
            frequency %in% known)) {
    stop_argument("frequency", "1, 2, 4 or 12 periods a year, or NULL",
                  frequency, call)
  }
  labels <- is.factor(x) || is.character(x)
  if (labels && all_numbers(plain_label(x)) && !all(short_year(x))) {
    x <- as.numeric(plain_label(x))
    labels <- FALSE
  }
  if (is.numeric(x) && !is.object(x)) {
    return(coded_periods(x, frequency, call))
  }
  if (labels) {
    return(label_time(x, "x", call, frequency = frequency))
  }
  reading <- time_reading(x, frequency)
  out <- as.double(numeric_time(x, "x", call, reading))
  inform_periods(reading, "x")
  out
}

all_numbers <- function(x) {
  length(x) > 0L && !anyNA(x) && all(grepl(number_pattern, x, perl = TRUE)) &&
    !all(grepl(month_first, x))
}

# "01.2005" is a month that R reads as the number 1.2005.
month_first <- "^(0[1-9]|1[0-2])[.][0-9]{4}$"

short_year <- function(x) grepl("^ *[0-9]{2} *$", x)

# How the times of a column are read; NULL for numbers. Of labels also `labels`,
# what decides between two readings of one label.
time_reading <- function(x, frequency = NULL) {
  if (is.factor(x) || is.character(x)) {
    labels <- if (is.factor(x)) levels(x)[sort(unique(as.integer(x)))] else
      unique(as.character(x))
    labels <- labels[!is.na(labels) & !unreadable(labels)]
    return(read_periods(plain_label(labels), frequency)$reading)
  }
  reading <- date_reading(x)
  if (is.null(frequency) || is.null(reading) || is.na(reading$frequency)) {
    return(reading)
  }
  fixed_reading(x, reading, frequency)
}

# Dates that are periods of a year which the caller names.
fixed_reading <- function(x, reading, frequency) {
  at <- date_parts(as_plain_dates(x), reading$zone)
  phase <- unique(at$month %% (12L %/% as.integer(frequency)))
  if (length(phase) != 1L) {
    stop_bad_time(x, "x", NULL, paste0("its dates are more than ", frequency,
                                       " a year"))
  }
  reading$frequency <- as.integer(frequency)
  reading$phase <- phase
  reading
}

# ---- The shapes -------------------------------------------------------------

period_roman <- c("i", "ii", "iii", "iv")

# English and Russian, by their first three letters; May in two cases.
period_months <- c("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug",
                   "sep", "oct", "nov", "dec", "\u044f\u043d\u0432",
                   "\u0444\u0435\u0432", "\u043c\u0430\u0440",
                   "\u0430\u043f\u0440", "\u043c\u0430[\u0439\u044f]",
                   "\u0438\u044e\u043d", "\u0438\u044e\u043b",
                   "\u0430\u0432\u0433", "\u0441\u0435\u043d",
                   "\u043e\u043a\u0442", "\u043d\u043e\u044f",
                   "\u0434\u0435\u043a")

# Each shape: what it is, periods of a year, a pattern with the year and the
# part named by the order of its brackets ("yp" or "py"), in small letters.
period_shapes <- function() {
  year <- "([12][0-9]{3})"
  s <- "[-_. :/]*"
  roman <- "(iv|i{1,3}|[1-4])"
  quarter <- paste0("(?:q|k|kv|quarter|\u043a\u0432|\u043a\u0432\u0430\u0440",
                    "\u0442\u0430\u043b)")
  half <- paste0("(?:h|s|b|half|\u043f\u043e\u043b\u0443\u0433\u043e\u0434",
                 "\u0438\u0435)")
  name <- paste0("(", paste(period_months, collapse = "|"), ")[^-_. :/0-9]*")
  ending <- "(?: ?-?(?:\u0439|\u0435|\u043e\u0435))?"
  shape <- function(what, f, order, ...) {
    list(what = what, frequency = f, order = order,
         pattern = paste0("^", ..., "$"))
  }
  list(
    shape("half", 2, "yp", year, s, half, s, "0?([12])"),
    shape("half", 2, "py", half, s, "0?([12])", s, year),
    shape("half", 2, "py", "(ii?|[12])", ending, s, half, s, year),
    shape("quarter", 4, "yp", year, s, "(?:", quarter, "|t)", s, roman),
    shape("quarter", 4, "py", quarter, s, "([1-4])", s, year),
    shape("quarter", 4, "py", roman, ending, s, quarter, s, year),
    shape("quarter", 4, "yp", year, s, roman, ending, s, quarter, s),
    shape("month", 12, "yp", year, s, "m", s, "(0?[1-9]|1[0-2])"),
    shape("month", 12, "py", name, s, year),
    shape("month", 12, "yp", year, s, name, s),
    shape("month", 12, "py", "(0[1-9]|1[0-2])[-./]", year),
    shape("week", 52, "yp", year, s, "w", s, "([0-5]?[0-9])"),
    shape("pair", NA, "yp", "(?:fy *)?", year, "[-/.\u2013]([0-9]{2})"),
    shape("pair", NA, "yp", "(?:fy *)?", year, "[-/\u2013]([12][0-9]{3})"),
    shape("iso", NA, "yp", year, "-([0-9]{2}-[0-9]{2})(?:[t ][0-9:.z]*)?"),
    shape("dotted", NA, "py", "([0-9]{1,2}\\.[0-9]{1,2})\\.", year),
    shape("slashed", NA, "py", "([0-9]{1,2}/[0-9]{1,2})/", year),
    shape("year", 1, "yp", year, "(?:-?a1?|[ .[]*yr\\1[] .]*)?()"),
    shape("year", 1, "yp", "[^0-9]*?", year, "[^0-9]*()")
  )
}

# "20081)": the mark of a footnote, once raised, behind a year.
glued_mark <- "^((?:1[5-9]|20|21)[0-9]{2})[0-9]{1,2}\\)$"

# Labels in parts: a row each, `what` NA where no shape fits.
period_parts <- function(labels) {
  # read.csv() writes an X before a number that is a name.
  text <- sub("^x(?=[12][0-9]{3})", "", small_letters(labels), perl = TRUE)
  # A footnote behind the year, and the Russian short word for it.
  text <- sub(footnote_mark, "", text, perl = TRUE)
  text <- sub(glued_mark, "\\1", text, perl = TRUE)
  text <- sub("(?<=[0-9]) ?(\u0433\\.?|\u0433\u043e\u0434\u0430?)$", "", text,
              perl = TRUE)
  n <- length(text)
  out <- data.frame(label = labels, text = text, what = rep(NA_character_, n),
                    frequency = rep(NA_real_, n), year = rep(NA_real_, n),
                    part = rep("", n))
  for (one in period_shapes()) {
    hit <- which(is.na(out$what) & grepl(one$pattern, text, perl = TRUE))
    if (length(hit) == 0L) next
    group <- function(k) {
      sub(one$pattern, paste0("\\", k), text[hit], perl = TRUE)
    }
    out$what[hit] <- one$what
    out$frequency[hit] <- one$frequency
    at <- if (one$order == "yp") 1:2 else 2:1
    out$year[hit] <- as.numeric(group(at[1L]))
    out$part[hit] <- group(at[2L])
  }
  out
}

# ---- Reading ----------------------------------------------------------------

# `number` of each label, or `bad`, those that cannot be read, and a `hint`; and
# the `reading` of the column with `labels`, how pairs were read, and `words`,
# NULL where labels are plain numbers. `known`: the reading of the column where
# the labels are those of a setting.
read_periods <- function(labels, frequency = NULL, known = NULL) {
  if (all_numbers(labels) || length(labels) == 0L) {
    return(read_plain_numbers(labels))
  }
  parts <- period_parts(labels)
  pair <- which(parts$what %in% "pair")
  pairs <- known$labels %||% pair_kind(parts[pair, ], frequency)
  if (pairs %in% c("month", "fiscal")) {
    parts$what[pair] <- pairs
    parts$frequency[pair] <- if (pairs == "month") 12 else 1
  }
  trouble <- period_trouble(parts, pairs, frequency)
  if (!is.null(trouble)) {
    return(trouble)
  }
  if (any(parts$what %in% c("iso", "dotted", "slashed", "week"))) {
    return(read_days(parts, frequency, known))
  }
  part <- period_part(parts$part, parts$what)
  list(number = parts$year + (part - 1) / parts$frequency,
       reading = list(frequency = as.integer(parts$frequency[1L]), phase = 0L,
                      day = "first", labels = pairs,
                      words = period_words(parts)))
}

read_plain_numbers <- function(labels) {
  number <- as.numeric(labels)
  if (length(labels) > 0L && all(short_year(labels))) {
    return(list(bad = labels, hint = "Write years with four digits."))
  }
  if (!all(is.finite(number))) list(bad = labels[!is.finite(number)]) else
    list(number = number)
}

# "2005-06": June, or the year that ends in 2006. All labels decide; one alone
# is a month where blanks of dates are written with a hyphen, else doubt.
pair_kind <- function(pair, frequency) {
  if (nrow(pair) == 0L) {
    return("none")
  }
  second <- as.numeric(pair$part)
  short <- nchar(pair$part) == 2L
  month <- all(short & second >= 1 & second <= 12)
  fiscal <- all(second == ifelse(short, (pair$year + 1) %% 100, pair$year + 1))
  if (!is.null(frequency) && month && fiscal) {
    return(if (frequency == 12) "month" else "fiscal")
  }
  slash <- all(grepl("/", pair$label, fixed = TRUE))
  if (month && fiscal && nrow(pair) == 1L && !slash) "doubt" else
    if (fiscal) "fiscal" else if (month) "month" else "interval"
}

# What cannot be read, and what to type instead; NULL where all can.
period_trouble <- function(parts, pairs, frequency) {
  bad <- function(rows, hint) list(bad = parts$label[rows], hint = hint)
  number <- paste0("Turn it into numbers or dates first: year + (k - 1) / n ",
                   "for period k of n in a year.")
  if (anyNA(parts$what)) {
    return(bad(is.na(parts$what), number))
  }
  pair <- parts$what == "pair"
  if (pairs == "doubt") {
    return(bad(pair, c("A fiscal year: time_periods(x, 1).",
                       "Months: time_periods(x, 12).")))
  }
  if (any(pair)) {
    return(bad(pair, paste0("An interval of years needs one number: for ",
                            "example its middle.")))
  }
  year <- parts$what == "year"
  if (anyDuplicated(parts$year[year]) > 0L &&
        any(has_words(parts$text[year]))) {
    return(bad(year, number))
  }
  kinds <- unique(parts$frequency)
  if (length(kinds) > 1L) {
    return(list(bad = parts$label[!duplicated(parts$frequency)],
                hint = paste0("Periods of several kinds stand in one column: ",
                              "keep one of them.")))
  }
  if (!is.null(frequency) && isTRUE(kinds > frequency)) {
    return(bad(TRUE, paste0("They are ", kinds, " a year, not ", frequency,
                            ".")))
  }
}

# "winter 2005": the year alone may not tell such labels apart.
has_words <- function(text) nchar(gsub("[-0-9 ._:/()*]+", "", text)) > 2L

# The number of the part in its year.
period_part <- function(part, what) {
  out <- suppressWarnings(as.numeric(part))
  out[what %in% c("year", "fiscal")] <- 1
  roman <- match(part, period_roman)
  out[!is.na(roman)] <- roman[!is.na(roman)]
  for (i in which(is.na(out) & what == "month")) {
    at <- vapply(period_months, function(m) grepl(paste0("^", m), part[i]), NA)
    out[i] <- (which(at)[1L] - 1) %% 12 + 1
  }
  out
}

period_words <- function(parts) {
  if (any(parts$what == "fiscal")) {
    return("fiscal years, by the year in which they begin")
  }
  frequency_words(parts$frequency[1L])
}

frequency_words <- function(frequency) {
  switch(as.character(frequency),
    "1" = "whole years",
    "2" = "half years, year + (k - 1) / 2",
    "4" = "quarters, year + (k - 1) / 4",
    "months, year + (k - 1) / 12"
  )
}

# Labels that are days: dates, or the Mondays of weeks.
read_days <- function(parts, frequency, known) {
  if (any(parts$what == "week")) {
    day <- week_days(parts$year, as.numeric(parts$part))
  } else {
    form <- day_forms(parts)
    if (is.null(form)) {
      return(list(bad = parts$label, hint = paste0(
        "Dates: as.Date(x, \"%d/%m/%Y\"), or \"%m/%d/%Y\" where the month ",
        "stands first.")))
    }
    day <- as.Date(rep(NA, nrow(parts)))
    for (one in unique(form)) {
      at <- form == one
      day[at] <- as.Date(sprintf("%d %s", as.integer(parts$year[at]),
                                 parts$part[at]), paste("%Y", one))
    }
  }
  if (anyNA(day)) {
    return(list(bad = parts$label[is.na(day)],
                hint = "There is no such day or week."))
  }
  reading <- known
  if (is.null(reading) || is.null(reading$frequency)) {
    reading <- if (all(parts$what == "week")) list(frequency = NA_integer_)
      else time_reading(day, frequency)
  }
  list(number = date_number(day, reading),
       reading = c(reading[!names(reading) %in% c("labels", "words")],
                   labels = "days",
                   words = if (is.na(reading$frequency)) "days" else
                     frequency_words(reading$frequency)))
}

# The format of each date's day and month; NULL where either may stand first.
day_forms <- function(parts) {
  form <- ifelse(parts$what == "iso", "%m-%d", "%d.%m")
  slash <- which(parts$what == "slashed")
  if (length(slash) > 0L) {
    two <- do.call(rbind, strsplit(parts$part[slash], "/", fixed = TRUE))
    first <- as.numeric(two[, 1L])
    second <- as.numeric(two[, 2L])
    if (max(first) <= 12 && max(second) <= 12) {
      return(NULL)
    }
    form[slash] <- if (max(first) > 12) "%d/%m" else "%m/%d"
  }
  form
}

# The Monday of each ISO week: the first week has January 4.
week_days <- function(year, week) {
  fourth <- as.Date(sprintf("%d-01-04", as.integer(year)))
  monday <- fourth - (as.POSIXlt(fourth)$wday + 6L) %% 7L
  out <- monday + 7 * (week - 1)
  # Its Thursday says which year a week belongs to.
  out[as.POSIXlt(out + 3)$year + 1900 != year] <- NA
  out
}
