# What all pictures share: the rows of a table under fixed names (names from
# the data are never columns here, let alone parsed), units, axes, captions.

# More regions than this are not drawn one by one with their bands.
max_panels <- 12L

# list(rows, region, time): rows has `row` (of the table), `region` (factor),
# the table's own columns and `time`; `region`, `time` are the user's names or
# NA.
plot_frame <- function(x, regions = NULL, call = rlang::caller_env()) {
  need_ggplot()
  spec <- get_spec(x)
  region <- key_column(spec, "region")
  time <- key_column(spec, "time")
  timed <- !is.na(time)
  rows <- as.data.frame(as_plain_tibble(x)[setdiff(names(x), c(region, time))],
                        optional = TRUE)
  rows <- cbind(row = seq_len(nrow(rows)),
                region = region_factor(x, region, nrow(rows)), rows)
  if (timed) rows$time <- axis_time(x[[time]], time, call)
  out <- list(rows = rows, region = region, time = time,
              dated = timed && is_dated(x[[time]]), spec = spec)
  choose_regions(out, x, regions, call)
}

region_factor <- function(x, region, n) {
  label <- if (is.na(region)) rep("", n) else as.character(x[[region]])
  factor(label, unique(label))
}

choose_regions <- function(frame, x, regions, call) {
  if (is.null(regions)) {
    return(frame)
  }
  known <- levels(frame$rows$region)
  regions <- as.character(regions)
  strange <- setdiff(regions, known)
  if (length(strange) > 0L || length(regions) == 0L) {
    stop_nid("argument",
             c(paste0("`regions` must name regions of the table."),
               x = paste0("There is no ", some_of(strange), "."),
               i = paste0("There are ", some_of(known), ".")),
             argument = "regions", values = strange, call = call)
  }
  rows <- frame$rows[frame$rows$region %in% regions, , drop = FALSE]
  rows$region <- factor(as.character(rows$region), unique(regions))
  frame$rows <- rows
  frame
}

# Dates stay dates, for their axis; all else is a number.
axis_time <- function(x, name, call) {
  if (inherits(x, c("Date", "POSIXct"))) x else {
    as.double(numeric_time(x, name, call))
  }
}

scale_time <- function(time) {
  guide <- ggplot2::guide_axis(check.overlap = TRUE)
  if (inherits(time, "Date")) {
    ggplot2::scale_x_date(guide = guide)
  } else if (inherits(time, "POSIXct")) {
    ggplot2::scale_x_datetime(guide = guide)
  } else {
    ggplot2::scale_x_continuous(
      breaks = function(limits) whole_breaks(range(time), 3), guide = guide,
      labels = function(x) ifelse(is.na(x), "", format_time(x))
    )
  }
}

# Half years are no labels where the data have whole ones.
whole_breaks <- function(limits, n = 5) {
  if (diff(range(limits)) == 0) {
    return(limits[1L])
  }
  at <- pretty(limits, n)
  if (all(limits == round(limits)) || diff(range(limits)) > 2) {
    at <- unique(round(at))
  }
  at[at >= limits[1L] & at <= limits[2L]]
}

# ---- Units ----------------------------------------------------------------

time_unit <- function(frame) {
  year <- c("year", "years", "yr", "\u0433\u043e\u0434",
            "\u0433\u043e\u0434\u044b")
  if (frame$dated || small_letters(frame$time) %in% year) "year" else {
    paste("unit of", frame$time)
  }
}

# The unit of a code, from the words of the table; with "none" that of the
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

# ---- Words ----------------------------------------------------------------

correlation_axis <- function() {
  ggplot2::scale_x_continuous(limits = c(-1, 1),
                              breaks = c(-1, -0.5, 0, 0.5, 1),
                              labels = c("-1", "-0.5", "0", "0.5", "1"))
}

# Numbers on an axis: spaces between thousands, never 1e+06.
plain_number <- function(x) {
  out <- format(x, big.mark = " ", scientific = FALSE, trim = TRUE,
                decimal.mark = ".")
  ifelse(is.na(x), NA, out)
}

short_number <- function(x) {
  format(signif(x, 3), trim = TRUE, decimal.mark = ".")
}

# One sentence on how the numbers came about, and what the marks mean.
caption_of <- function(spec, ...) {
  how <- c(if (!is.null(spec$rate)) paste("Rate:", spec$rate),
           if (!is.null(spec$influence)) {
             paste("time influence:", spec$influence)
           },
           if (!is.null(spec$level)) interval_words(spec))
  marks <- c(...)
  how <- paste(how, collapse = "; ")
  text <- c(if (nzchar(how)) paste0(capital(how), "."), marks)
  paste(text, collapse = " ")
}

# Bands that hold all times at once are wider, and say so.
interval_words <- function(spec) {
  paste0(100 * spec$level, "% ",
         if (identical(spec$interval, "simultaneous")) {
           "simultaneous intervals"
         } else {
           "intervals"
         })
}

# Labels of points near an edge go inwards: hjust 0 at the left, 1 at the right.
beside <- function(x, all) {
  ends <- range(all)
  if (diff(ends) == 0) rep(0.5, length(x)) else (x - ends[1L]) / diff(ends)
}

# Inches that a row for each level needs, by the lines of its label.
label_height <- function(x) {
  lines <- lengths(strsplit(levels(x), "\n", fixed = TRUE))
  least <- if (nlevels(x) > 30L) 0.17 else 0.25
  nlevels(x) * max(least, 0.06 + 0.135 * max(lines, 0))
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

# Strips of `n` panels in a picture of `width` inches, `left` of them labels.
wrap_panels <- function(x, width = 7.5, left = 1) {
  across <- panel_columns(nlevels(x))
  wrap_levels(x, letters_in((width - left) / across - 0.15, 9.9))
}

# Strip and axis labels: wrapped, still one a region.
wrap_levels <- function(x, width) {
  levels(x) <- make.unique(wrapped(levels(x), width), sep = " ")
  x
}
