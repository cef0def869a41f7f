# Axes and what stands beside them: times, numbers, labels and the room they
# need.

# Dates stay dates, for their axis; all else is a number.
axis_time <- function(x, name, call) {
  if (inherits(x, c("Date", "POSIXct"))) x else {
    as.double(numeric_time(x, name, call))
  }
}

# Numbers that would cover their neighbours are left out.
free_marks <- function() ggplot2::guide_axis(check.overlap = TRUE)

scale_time <- function(time) {
  guide <- free_marks()
  if (inherits(time, "Date")) {
    ggplot2::scale_x_date(guide = guide)
  } else if (inherits(time, "POSIXct")) {
    ggplot2::scale_x_datetime(guide = guide)
  } else {
    ggplot2::scale_x_continuous(
      breaks = \(limits) whole_breaks(range(time), 3), guide = guide,
      labels = \(x) ifelse(is.na(x), "", format_time(x))
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

# Labels of points near an edge go inwards: hjust 0 at the left, 1 at the right.
beside <- function(x, all) {
  ends <- range(all)
  if (diff(ends) == 0) rep(0.5, length(x)) else (x - ends[1L]) / diff(ends)
}

# Inches that a row for each level needs, by the lines of its label, broken at
# `letters`.
label_height <- function(x, letters = 42L) {
  lines <- lengths(strsplit(wrapped(levels(x), letters), "\n", fixed = TRUE))
  least <- if (nlevels(x) > 30L) 0.17 else 0.25
  nlevels(x) * max(least, 0.06 + 0.135 * max(lines, 0))
}

