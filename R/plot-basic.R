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
  if (nrow(rows) == 0L) {
    return(empty_picture("Code NID of regions",
                         caption = caption_of(frame$spec)))
  }
  known <- any(!is.na(rows$conf.low))
  p <- ranked_plot(rows, known) + zero_line("v")
  finish_picture(
    p, "Code NID of regions",
    alt = ranked_alt(rows, unit, known),
    x = with_unit("Code NID", unit), y = NULL,
    caption = caption_of(
      utils::modifyList(frame$spec, list(level = if (known) {
        frame$spec$level
      })),
      if (known) "Filled: zero lies outside the interval.",
      if (none > 0L) paste0(count_of(none, "region"), " without a value.")),
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
  if (nrow(rows) == 0L) {
    return(empty_picture("Regions ranked by Code NID",
                         caption = caption_of(frame$spec)))
  }
  rows$estimate <- as.double(rows$rank)
  rows$conf.low <- as.double(rows$rank.low)
  rows$conf.high <- as.double(rows$rank.high)
  rows$clear <- rep(TRUE, nrow(rows))
  known <- any(!is.na(rows$conf.low))
  p <- ranked_plot(rows, known) +
    ggplot2::scale_x_continuous(breaks = \(limits) {
      whole_breaks(range(rows$estimate, rows$conf.low, rows$conf.high,
                         na.rm = TRUE))
    })
  finish_picture(
    p, "Regions ranked by Code NID",
    alt = paste0(
      "Dot chart of ranks by Code NID of ",
      regions_in_words(droplevels(rows$region)),
      if (known) ", with the interval of each rank",
      if (nrow(rows) > 1L) paste0(". First: ", rows$region[1L], ", last: ",
                                  rows$region[nrow(rows)]), "."),
    x = "Rank, 1 is the largest", y = NULL, caption = caption_of(frame$spec),
    height = ranked_height(nrow(rows))
  )
}

# One row a region, in the order of `rows`, the first on top.
ranked_plot <- function(rows, known) {
  .data <- rlang::.data
  rows$label <- factor(rows$region, rev(unique(rows$region)))
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["estimate"]],
                                          .data[["label"]]))
  if (known) {
    p <- p + ggplot2::geom_linerange(
      ggplot2::aes(xmin = .data[["conf.low"]], xmax = .data[["conf.high"]]),
      rows[is.finite(rows$conf.low + rows$conf.high), , drop = FALSE],
      linewidth = 0.5,
      colour = "grey45"
    )
  }
  p + ggplot2::geom_point(ggplot2::aes(fill = .data[["clear"]]), shape = 21L,
                          size = if (nrow(rows) > 30L) 1.6 else 2.2,
                          colour = "grey10") +
    ggplot2::scale_fill_manual(values = c("FALSE" = "white",
                                          "TRUE" = "grey10"),
                               guide = "none") + row_names()
}

ranked_alt <- function(rows, unit, known, what = "Code NID") {
  n <- nrow(rows)
  one <- function(i) paste0(rows$region[i], " ", short_number(rows$estimate[i]))
  paste0(
    "Dot chart of ", what, " of ", regions_in_words(droplevels(rows$region)),
    ", in ", unit, if (known) ", with intervals",
    if (n > 1L) paste0(". Highest: ", one(1L), "; lowest: ", one(n)),
    if (n == 1L) paste0(". Value: ", short_number(rows$estimate)),
    if (known) paste0(". The interval leaves out zero in ", sum(rows$clear),
                      " of ", n), "."
  )
}

ranked_height <- function(n) {
  1.5 + n * (if (n > 30L) 0.165 else if (n > 12L) 0.22 else 0.32)
}

model_time_unit <- function(model) {
  name <- model$panel$index[["time"]]
  time_unit(list(time = name, dated = is_dated(panel_column(model$panel,
                                                            name))))
}
