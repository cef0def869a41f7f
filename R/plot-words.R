# Captions and alt text, from the facts of a table.

# One sentence on how the numbers came about, and what the marks mean.
caption_of <- function(spec, ...) {
  how <- paste(c(if (!is.null(spec$rate)) paste("Rate:", spec$rate),
                 if (!is.null(spec$influence)) {
                   paste("time influence:", spec$influence)
                 },
                 if (!is.null(spec$level)) interval_words(spec)),
               collapse = "; ")
  paste(c(if (nzchar(how)) paste0(capital(how), "."), ...), collapse = " ")
}

# What kind of intervals: each number alone ("pointwise") or all at once; of the
# curve or of an observation.
interval_words <- function(spec) {
  paste0(level_text(spec$level), " ", spec$interval %||% "pointwise",
         " intervals",
         switch(spec$band %||% "", curve = " of the curve",
                observation = " of an observation"))
}

regions_in_words <- function(region) {
  n <- nlevels(region)
  if (n == 1L) {
    if (nzchar(levels(region))) levels(region) else "one region"
  } else {
    count_of(n, "region")
  }
}

times_in_words <- function(time) {
  if (length(time) == 0L) {
    return("no time")
  }
  ends <- range(time)
  text <- if (is.numeric(ends)) format_time(ends) else format(ends)
  paste(unique(text), collapse = " to ")
}

series_alt <- function(what, codes, frame, unit, extra = NULL) {
  rows <- frame$rows
  value <- rows$estimate[!is.na(rows$estimate)]
  if (nlevels(droplevels(rows$region)) > max_panels) {
    extra <- "a thin line for each region and their median"
  } else if (identical(extra, "bands") && !any(is.finite(rows$conf.low))) {
    extra <- NULL
  }
  paste0(
    "Line chart. ", what, paste(codes, collapse = ", "), " of ",
    regions_in_words(droplevels(rows$region)), ", ",
    times_in_words(rows$time), ", in ", unit,
    if (!is.null(extra)) paste0(", with ", extra), ". ",
    if (length(value) > 0L) {
      paste0("Values run from ", short_number(min(value)), " to ",
             short_number(max(value)), ".")
    } else {
      "There is no value."
    }
  )
}
