# The path of Code NID.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_path <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  plot_path(object, regions, NULL, rlang::current_env())
}

plot_path <- function(object, regions, def, call) {
  frame <- plot_frame(object, regions, call)
  unit <- basic_unit(frame$spec, frame, def$panel$scheme)
  breaks <- if (!is.null(def)) break_rows(def, frame)
  breaks$look <- NULL
  title <- if (frame$spec$kind == "partial") {
    say("Path of Code NID, partial sums of its final value")
  } else {
    say("Path of Code NID, as of each time")
  }
  series_plot(
    frame, y = with_unit("Code NID", unit),
    title = title,
    alt = series_alt("Code NID", character(), frame, unit, "bands"),
    caption = marks_caption(frame$spec, frame$rows, def), breaks = breaks
  )
}

# What one cell moves, over time: cells of equal weight fall on one line.
#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_cell_weights <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  frame <- plot_frame(object, regions, rlang::current_env())
  rows <- frame$rows
  rows$estimate <- rows$weight
  rows$look <- factor(rows$code, unique(rows$code))
  rows$series <- rows$indicator
  frame$rows <- rows
  per <- switch(
    frame$spec$kind,
    transformed = say("change of Code NID per unit of transformed indicator"),
    data = say("change of Code NID per unit of the indicator"),
    say("change of Code NID per unit of normalised indicator"))
  series_plot(
    frame, y = capital(per), names = FALSE,
    title = say("What one cell of the data moves"), grid = TRUE,
    alt = series_alt(say("Weights of cells"), levels(rows$look), frame, per),
    caption = marks_caption(frame$spec, rows, NULL,
                            say("One line for each indicator."), names = FALSE)
  )
}
