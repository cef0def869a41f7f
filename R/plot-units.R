# Units of what is drawn, from the facts of its table.

time_unit <- function(frame) {
  if (frame$dated || small_letters(frame$time) %in% year_names) say("year") else {
    say("unit of %s", say_label(frame$time))
  }
}

# The unit of a code, from the facts of the table; with "none" that of the
# scheme where it has but one.
code_unit <- function(spec, scheme = NULL) {
  reference <- spec$reference
  base <- switch(reference %||% "", region = say("the region's own sd"),
                 panel = say("sd of the panel"),
                 frozen = say("sd of the frozen reference"),
                 say("sd of the regions in %s", reference))
  switch(
    spec$normalise %||% "",
    zscore = base,
    minmax = say("share of the range"),
    goalposts = say("share of the way between goalposts"),
    rank = say("rank from 0 to 1"),
    index = say("%% of %s", reference),
    none = scheme_unit(scheme),
    say("units of the codes")
  )
}

scheme_unit <- function(scheme) {
  unit <- unique(transformed_unit(scheme))
  if (length(unit) == 1L && !anyNA(scheme[["unit"]])) say_label(unit) else {
    say("units of the codes")
  }
}

# "sd of the panel per year", squared for second-order rates.
rate_unit <- function(unit, time, order = 1L) {
  if (order == 2L) say("%s per %s\u00b2", unit, time) else
    say("%s per %s", unit, time)
}

# "sum" adds second-order rates, "integral" gives them a width in time.
basic_unit <- function(spec, frame, scheme = NULL, time = NULL) {
  if (is.null(spec$normalise)) {
    return(say("units of the codes"))
  }
  time <- time %||% if (is.na(frame$time)) say("unit of time") else
    time_unit(frame)
  rate_unit(code_unit(spec, scheme), time,
            if (identical(spec$measure, "integral")) 1L else 2L)
}

with_unit <- function(what, unit) paste0(what, ", ", unit)
