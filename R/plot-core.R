# Cores between the first and the last level of each region.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_core <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  title <- say("Cores of the codes")
  ends <- need_core(object)
  frame <- plot_frame(object, regions, rlang::current_env())
  rows <- frame$rows
  rows$first <- ends$first[rows$row]
  rows$last <- ends$last[rows$row]
  rows <- rows[!is.na(rows$core), , drop = FALSE]
  if (nrow(rows) == 0L) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  rows <- rows[order(-stats::ave(rows$core, rows$region)), , drop = FALSE]
  n <- length(unique(rows$region))
  finish_picture(
    core_plot(rows), title,
    alt = say("First and last level with the core between: %s, %s.",
              regions_in_words(droplevels(rows$region)),
              paste(say_label(unique(rows$code)), collapse = ", ")),
    x = with_unit(say("Level"), code_unit(frame$spec)), y = NULL,
    caption = caption_of(
      utils::modifyList(frame$spec, list(level = NULL)),
      say("An arrow from the first level to the last; the dot is the core.")),
    height = ranked_height(n) + 0.3
  )
}

core_plot <- function(rows) {
  .data <- rlang::.data
  rows$label <- factor(rows$region, rev(unique(rows$region)))
  rows$code <- factor(rows$code, unique(rows$code))
  ggplot2::ggplot(rows, ggplot2::aes(.data[["core"]], .data[["label"]])) +
    ggplot2::geom_segment(
      ggplot2::aes(x = .data[["first"]], xend = .data[["last"]],
                   yend = .data[["label"]]),
      rows[rows$first != rows$last, , drop = FALSE], colour = "grey45",
      arrow = ggplot2::arrow(length = ggplot2::unit(0.06, "inches"))) +
    ggplot2::geom_point(ggplot2::aes(colour = .data[["code"]]), size = 2) +
    scale_colour_code(guide = "none") +
    ggplot2::facet_wrap(ggplot2::vars(.data[["code"]]), nrow = 1L,
                        labeller = strip_words()) + row_names()
}
