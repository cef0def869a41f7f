# Region and time as cells, and back: what type the user's columns had.

excel_epoch <- 25569

key_type <- function(x) {
  if (inherits(x, "POSIXct")) {
    zone <- attr(x, "tzone")
    return(trimws(paste("datetime", zone[1L])))
  }
  known <- c("Date", "integer64", "yearmon", "yearqtr", "yearmonth",
             "yearquarter")
  own <- known[inherits(x, known, which = TRUE) > 0L]
  if (length(own) > 0L) own[[1L]] else if (is.factor(x)) {
    if (is.ordered(x)) "ordered" else "factor"
  } else if (is.character(x)) "text" else if (is.logical(x)) "logical" else
    if (is.integer(x)) "integer" else "number"
}

# Dates become days of the spreadsheet's calendar.
key_cells <- function(x) {
  type <- sub(" .*", "", key_type(x))
  switch(type,
    datetime = as.double(x) / 86400 + excel_epoch,
    Date = , yearmonth = , yearquarter = as.double(x) + excel_epoch,
    integer64 = integer64_to_double_cpp(unclass(x)),
    factor = , ordered = , text = as.character(x),
    logical = as.logical(x),
    as.double(x)
  )
}

key_format <- function(type) {
  switch(sub(" .*", "", type), datetime = "yyyy-mm-dd hh:mm:ss",
         Date = , yearmonth = , yearquarter = "yyyy-mm-dd", NULL)
}

# `x` as read: text of the cells. Levels of a factor come in order of
# appearance, which is theirs wherever a workbook was written from a panel.
key_values <- function(x, type) {
  kind <- sub(" .*", "", type)
  number <- function() suppressWarnings(as.numeric(x))
  days <- function() number() - excel_epoch
  switch(kind,
    text = x,
    factor = factor(x, levels = unique(x)),
    ordered = factor(x, levels = unique(x), ordered = TRUE),
    integer = whole_numbers(number()),
    logical = as.logical(x),
    Date = structure(days(), class = "Date"),
    datetime = structure(round(days() * 86400, 3), class = c("POSIXct",
                                                             "POSIXt"),
                         tzone = trimws(sub("^datetime", "", type))),
    integer64 = if (rlang::is_installed("bit64")) {
      bit64::as.integer64(x)
    } else {
      number()
    },
    yearmon = , yearqtr = structure(number(), class = kind),
    yearmonth = , yearquarter = structure(days(), class = c(kind,
                                                            "vctrs_vctr")),
    number()
  )
}

whole_numbers <- function(x) {
  if (all(is.na(x) | (x == round(x) & abs(x) < 2^31))) as.integer(x) else x
}
