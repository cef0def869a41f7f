# Pictures of what plain vectors gave: estimate_rates(), accumulate_rates() and
# accumulate_path(). Without a scheme there are no codes, and units are the
# user's.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_estimated <- function(object, order = NULL, regions = NULL,
                                   ...) {
  rlang::check_dots_empty()
  call <- rlang::current_env()
  frame <- plot_frame(object, regions, call)
  shown <- chosen_orders(frame, order, call)
  units <- order_units(say("units of x"), time_unit(frame), shown)
  title <- capital(orders_in_words(shown))
  alt <- series_alt(title, character(), frame, paste(units, collapse = "; "),
                    "bands")
  frame$rows <- by_order(frame$rows, shown, units)
  series_plot(
    frame, y = if (length(shown) == 1L) with_unit(title, units),
    title = title, alt = alt, free = length(shown) > 1L,
    caption = marks_caption(frame$spec, frame$rows, NULL)
  )
}

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_accumulated <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  frame <- plot_frame(object, regions, rlang::current_env())
  y <- with_unit(say("Accumulated rates"), say("units of x"))
  if (!is.na(frame$time)) {
    return(series_plot(
      frame, y, say("Path of the accumulated rates"),
      series_alt(say("Accumulated rates"), character(), frame,
                 say("units of x")),
      marks_caption(frame$spec, frame$rows, NULL)))
  }
  rows <- frame$rows[!is.na(frame$rows$estimate), , drop = FALSE]
  if (nrow(rows) == 0L) {
    return(empty_picture(say("Accumulated rates")))
  }
  rows <- rows[order(-rows$estimate), , drop = FALSE]
  finish_picture(
    ranked_plot(rows) + zero_line("v"), say("Accumulated rates"),
    ranked_alt(rows, say("units of x"), FALSE, say("Accumulated rates")), x = y,
    caption = caption_of(frame$spec, filled_words(rows)), height = ranked_height(nrow(rows))
  )
}
