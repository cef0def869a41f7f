# Captions and alt text, from the facts of a table.

# How the numbers came about, and what the marks mean.
caption_of <- function(spec, ...) {
  how <- c(if (!is.null(spec$rate)) say("rate: %s", say_fact(spec$rate)),
           if (!is.null(spec$influence)) {
             say("time influence: %s", say_fact(spec$influence))
           },
           if (!is.null(spec$level)) interval_words(spec))
  how <- paste(how, collapse = "; ")
  told <- c(if (nzchar(how)) paste0(capital(how), "."), ...)
  paste(told[nzchar(told)], collapse = " ")
}

# What kind of intervals: each number alone ("pointwise") or all at once; of the
# curve or of an observation.
interval_words <- function(spec) {
  level <- level_text(spec$level)
  kind <- if (identical(spec$interval, "simultaneous")) {
    say("%s simultaneous intervals", level)
  } else {
    say("%s pointwise intervals", level)
  }
  switch(spec$band %||% "", curve = say("%s of the curve", kind),
         observation = say("%s of an observation", kind), kind)
}

regions_in_words <- function(region) {
  n <- nlevels(region)
  if (n == 1L) {
    if (nzchar(levels(region))) levels(region) else say("one region")
  } else {
    say("%s regions", n, n = n)
  }
}

times_in_words <- function(time) {
  if (length(time) == 0L) {
    return(say("no time"))
  }
  ends <- range(time)
  text <- unique(if (is.numeric(ends)) format_time(ends) else format(ends))
  if (length(text) == 1L) text else say("%s to %s", text[1L], text[2L])
}

# "Code ID of 8 regions, 2005 to 2016, in sd of the panel per year."
what_of <- function(what, region, time, unit) {
  say("%s of %s, %s, in %s.", what, regions_in_words(region),
      times_in_words(time), unit)
}

series_alt <- function(what, codes, frame, unit, extra = NULL) {
  rows <- frame$rows
  value <- rows$estimate[!is.na(rows$estimate)]
  if (nlevels(droplevels(rows$region)) > max_panels) {
    extra <- say("A thin line for each region, and their median.")
  } else if (identical(extra, "bands")) {
    extra <- if (any(is.finite(rows$conf.low))) say("With bands.")
  }
  paste(c(
    say("Line chart."),
    what_of(paste(c(what, if (length(codes) > 0L) {
      paste0("(", paste(say_label(codes), collapse = ", "), ")")
    }), collapse = " "), droplevels(rows$region), rows$time, unit), extra,
    if (length(value) > 0L) {
      say("Values run from %s to %s.", short_number(min(value)),
          short_number(max(value)))
    } else {
      say("There is no value.")
    }), collapse = " ")
}
