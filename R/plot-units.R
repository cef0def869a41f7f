# Units of what is drawn, from the facts of its table.

time_unit <- function(frame) {
  if (frame$dated || small_letters(frame$time) %in% year_names) "year" else {
    paste("unit of", frame$time)
  }
}

# The unit of a code, from the facts of the table; with "none" that of the
# scheme where it has but one.
code_unit <- function(spec, scheme = NULL) {
  reference <- spec$reference
  base <- if (identical(reference, "region")) "the region's own sd" else {
    paste("sd of the", switch(reference %||% "", panel = "panel",
                              frozen = "frozen reference",
                              paste("regions in", reference)))
  }
  switch(
    spec$normalise %||% "",
    zscore = base,
    minmax = "share of the range",
    goalposts = "share of the way between goalposts",
    rank = "rank from 0 to 1",
    index = paste0("% of ", reference),
    none = scheme_unit(scheme),
    "units of the codes"
  )
}

scheme_unit <- function(scheme) {
  unit <- unique(transformed_unit(scheme))
  if (length(unit) == 1L && !anyNA(scheme[["unit"]])) unit else {
    "units of the codes"
  }
}

# "sd of the panel per year", squared for second-order rates.
rate_unit <- function(unit, time, order = 1L) {
  paste0(unit, " per ", time, if (order == 2L) "\u00b2")
}

# "sum" adds second-order rates, "integral" gives them a width in time.
basic_unit <- function(spec, frame, scheme = NULL, time = NULL) {
  if (is.null(spec$normalise)) {
    return("units of the codes")
  }
  time <- time %||% if (is.na(frame$time)) "unit of time" else time_unit(frame)
  rate_unit(code_unit(spec, scheme), time,
            if (identical(spec$measure, "integral")) 1L else 2L)
}

with_unit <- function(what, unit) paste0(what, ", ", unit)
