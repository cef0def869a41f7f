# Code NID of regions ranked, with intervals.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_basic <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  plot_basic(object, regions, NULL, rlang::current_env())
}

plot_basic <- function(object, regions, model, call) {
  frame <- plot_frame(object, regions, call)
  unit <- if (is.null(model)) basic_unit(frame$spec, frame) else {
    basic_unit(frame$spec, frame, model$panel$scheme, model_time_unit(model))
  }
  rows <- frame$rows
  none <- sum(is.na(rows$estimate))
  rows <- rows[!is.na(rows$estimate), , drop = FALSE]
  rows <- rows[order(-rows$estimate), , drop = FALSE]
  rows$clear <- is_clear(rows)
  title <- say("Code NID of regions")
  if (nrow(rows) == 0L) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  known <- any(!is.na(rows$conf.low))
  if (!known) frame$spec$level <- NULL
  finish_picture(
    ranked_plot(rows) + zero_line("v") + value_texts(rows) + value_axis(rows),
    title, alt = ranked_alt(rows, unit, known),
    x = with_unit("Code NID", unit), y = NULL,
    caption = caption_of(
      frame$spec, filled_words(rows), beyond_words(rows),
      if (none > 0L) say("%s regions without a value.", none, n = none)),
    height = ranked_height(nrow(rows))
  )
}

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_ranks <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  frame <- plot_frame(object, regions, rlang::current_env())
  rows <- frame$rows
  rows <- rows[!is.na(rows$rank), , drop = FALSE]
  title <- say("Regions ranked by Code NID")
  if (nrow(rows) == 0L) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  rows$estimate <- as.double(rows$rank)
  rows$conf.low <- as.double(rows$rank.low)
  rows$conf.high <- as.double(rows$rank.high)
  rows$clear <- rep(TRUE, nrow(rows))
  known <- any(!is.na(rows$conf.low))
  p <- ranked_plot(rows) +
    ggplot2::scale_x_continuous(breaks = \(limits) {
      whole_breaks(range(rows$estimate, rows$conf.low, rows$conf.high,
                         na.rm = TRUE))
    })
  finish_picture(
    p, title,
    alt = paste(c(
      say("Dot chart of ranks by Code NID: %s.",
          regions_in_words(droplevels(rows$region))),
      if (known) say("With the interval of each rank."),
      if (nrow(rows) > 1L) say("First: %s; last: %s.", rows$region[1L],
                               rows$region[nrow(rows)])), collapse = " "),
    x = say("Rank, 1 is the largest"), y = NULL,
    caption = caption_of(frame$spec),
    height = ranked_height(nrow(rows))
  )
}

# One row a region, in the order of `rows`, the first on top.
ranked_plot <- function(rows) {
  .data <- rlang::.data
  rows$label <- factor(rows$region, rev(unique(rows$region)))
  rows <- point_kinds(rows)
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["estimate"]],
                                          .data[["label"]])) +
    interval_lines(rows)
  p + ggplot2::geom_point(ggplot2::aes(shape = .data[["kind"]]),
                          size = if (nrow(rows) > 30L) 1.6 else 2.2,
                          colour = "grey10") +
    kind_shapes() + row_names()
}

# Hollow is, in every picture, what is not clear; a cross has no error.
point_kinds <- function(rows) {
  clear <- rows$clear %||% is_clear(rows)
  if (length(clear) == 0L) clear <- rep(FALSE, nrow(rows))
  rows$kind <- ifelse(clear, "clear",
                      ifelse(known_intervals(rows), "not clear", "no error"))
  rows
}

kind_shapes <- function() {
  ggplot2::scale_shape_manual(
    values = c(clear = 16L, "not clear" = 1L, "no error" = 4L), guide = "none")
}

filled_words <- function(rows) {
  kind <- point_kinds(rows)$kind
  paste(c(if (any(kind %in% c("clear", "not clear"))) {
    say("Filled: zero lies outside the interval.")
  }, if (any(kind == "no error")) say("Cross: no error is known.")),
  collapse = " ")
}

known_intervals <- function(rows) {
  out <- is.finite(rows$conf.low + rows$conf.high)
  if (length(out) == 0L) rep(FALSE, nrow(rows)) else out
}

interval_lines <- function(rows, colour = "grey45") {
  .data <- rlang::.data
  whole <- known_intervals(rows)
  if (any(whole)) {
    page_range(ggplot2::aes(.data[["estimate"]], xmin = .data[["conf.low"]],
                            xmax = .data[["conf.high"]]),
               rows[whole, , drop = FALSE], linewidth = 0.5,
               colour = colour)
  }
}

# The number at each dot of a few.
value_texts <- function(rows) {
  if (nrow(rows) > max_panels) {
    return(NULL)
  }
  .data <- rlang::.data
  error <- rows$std.error %||% NA_real_
  rows$text <- unlist(Map(text_by_error, rows$estimate, error))
  page_text(ggplot2::aes(.data[["estimate"]], .data[["region"]],
                         label = .data[["text"]]), rows, vjust = -0.8,
            size = 2.7, colour = "grey25")
}

ranked_alt <- function(rows, unit, known, what = "Code NID") {
  n <- nrow(rows)
  one <- function(i) paste(rows$region[i], short_number(rows$estimate[i]))
  paste(c(
    say("Dot chart of %s: %s, in %s.", what,
        regions_in_words(droplevels(rows$region)), unit),
    if (known) say("With intervals."),
    if (n > 1L) say("Highest: %s; lowest: %s.", one(1L), one(n)),
    if (n == 1L) say("Value: %s.", short_number(rows$estimate)),
    if (known) say("The interval leaves out zero in %s of %s.",
                   sum(rows$clear %||% is_clear(rows)), n)), collapse = " ")
}

ranked_height <- function(n) {
  1.5 + n * (if (n > 30L) 0.165 else if (n > 12L) 0.22 else 0.32)
}

model_time_unit <- function(model) {
  name <- model$panel$index[["time"]]
  time_unit(list(time = name, dated = is_dated(panel_column(model$panel,
                                                            name))))
}
