# Differences of regions, the largest on top.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_contrasts <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  frame <- plot_frame(object, regions, rlang::current_env())
  spec <- frame$spec
  what <- say_label(contrast_words[[spec$what]])
  title <- say("Differences in %s", what)
  rows <- contrast_rows(frame$rows)
  if (nrow(rows) == 0L) {
    return(empty_picture(title, caption = caption_of(spec)))
  }
  known <- any(!is.na(rows$conf.low))
  p <- ranked_plot(rows) + zero_line("v") + value_axis(rows)
  if (!is.null(rows$code)) {
    .data <- rlang::.data
    p <- p + ggplot2::facet_wrap(ggplot2::vars(.data[["code"]]), nrow = 1L,
                                 labeller = strip_words())
  }
  unit <- contrast_unit(frame)
  one <- length(unique(rows$against)) == 1L
  finish_picture(
    p, title, ranked_alt(rows, unit, known, title),
    subtitle = if (one) say("Against %s", say_label(
      spec$benchmark %||% rows$against[1L])),
    x = with_unit(say("Difference"), unit), y = NULL, caption = caption_of(
      spec, filled_words(rows), beyond_words(rows),
      if (!is.null(rows$time)) say("The last time of each.")),
    height = ranked_height(nlevels(p$data$label))
  )
}

contrast_unit <- function(frame) {
  spec <- frame$spec
  if (spec$what == "basic") return(basic_unit(spec, frame))
  unit <- code_unit(spec)
  if (spec$what == "defining") unit else rate_unit(unit, time_unit(frame))
}

# The last time of each pair and code; several benchmarks stand in the label.
contrast_rows <- function(rows) {
  rows <- rows[!is.na(rows$estimate), , drop = FALSE]
  key <- paste(as.integer(rows$region), rows$against, rows$code, sep = "\r")
  rows <- rows[!duplicated(key, fromLast = TRUE), , drop = FALSE]
  rows <- rows[order(-rows$estimate), , drop = FALSE]
  if (length(unique(rows$against)) > 1L) {
    rows$region <- paste(rows$region, "-", rows$against)
  }
  rows$region <- factor(rows$region, unique(rows$region))
  rows$clear <- is_clear(rows)
  rows
}
