# A heat strip: a tile a region and time, the highest Code NID on top, a dot
# where the sign is not clear. The one picture of many regions on one page.

# `of`: "industrial", Code ID; or the name of a code, its rate.
plot_strip <- function(object, ..., of = "industrial", regions = NULL, call) {
  rlang::check_dots_empty(call = call)
  codes <- unique(object$rates[["code"]])
  check_choice(of, c("industrial", codes), "of", call = call)
  frame <- strip_frame(object, of, regions, call)
  what <- if (of == "industrial") "Code ID" else
    capital(say_label(of))
  title <- say("%s over time, by region", what)
  rows <- frame$rows[!is.na(frame$rows$estimate), , drop = FALSE]
  if (nrow(rows) == 0L) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  unit <- rate_unit(code_unit(frame$spec, object$panel$scheme),
                    time_unit(frame))
  finish_picture(
    heat_tiles(rows) + scale_time(rows$time), title,
    alt = strip_alt(rows, what, unit), subtitle = with_unit(what, unit), x = NULL,
    y = NULL, caption = caption_of(
      frame$spec, say("Regions by Code NID, the largest on top."),
      unclear_words(rows)),
    theme = heat_theme(), height = ranked_height(nlevels(rows$region)) + 0.4
  )
}

heat_theme <- function() {
  ggplot2::theme(panel.grid.major = ggplot2::element_blank(),
                 legend.key.height = ggplot2::unit(0.5, "lines"),
                 legend.key.width = ggplot2::unit(3, "lines"))
}

# Rows of Code ID, or of the first-order rate of one code, in the order of Code
# NID.
strip_frame <- function(object, of, regions, call) {
  table <- if (of == "industrial") object$industrial else object$rates
  frame <- plot_frame(table, regions, call)
  rows <- frame$rows
  if (of != "industrial") {
    rows <- rows[rows$code == of & rows$order == 1L, , drop = FALSE]
  }
  if (is.null(regions)) {
    rows$region <- factor(rows$region, by_code_nid(object, rows$region))
  }
  frame$rows <- rows
  frame
}

# Regions of a model, the largest Code NID first, those without one last.
by_code_nid <- function(object, region) {
  basic <- plot_frame(object$basic)$rows
  first <- basic$region[order(-basic$estimate)]
  intersect(c(as.character(first), levels(region)), as.character(region))
}

heat_tiles <- function(rows) {
  .data <- rlang::.data
  rows$label <- factor(rows$region, rev(levels(droplevels(rows$region))))
  ggplot2::ggplot(rows, ggplot2::aes(.data[["time"]], .data[["label"]])) +
    ggplot2::geom_tile(ggplot2::aes(fill = .data[["estimate"]]),
                       width = time_step(rows$time), height = 0.92) +
    heat_marks(rows) + heat_scale(rows$estimate) + row_names()
}

# A dot where the sign is not clear; a dash where it surely is below zero, since
# in grey both sides are dark.
heat_marks <- function(rows) {
  known <- is.finite(rows$std.error)
  side <- clear_side(rows$conf.low, rows$conf.high)
  list(ggplot2::geom_point(data = rows[known & side %in% 0, , drop = FALSE],
                           size = 0.5, colour = "grey20"),
       ggplot2::geom_point(data = rows[known & side %in% -1, , drop = FALSE],
                           shape = 45L, size = 2.5, colour = "grey10"))
}

# Orange below zero, blue above, as far as 19 of 20 values lie.
heat_scale <- function(x) {
  end <- stats::quantile(abs(x), 0.95, na.rm = TRUE, names = FALSE)
  if (!(end > 0)) end <- 1
  ggplot2::scale_fill_gradientn(
    colours = c("#A63603", "#FDBE85", "#F7F7F7", "#9ECAE1", "#08519C"),
    limits = c(-end, end), oob = \(x, ...) pmin(pmax(x, -end), end),
    n.breaks = 5, name = NULL,
    guide = ggplot2::guide_colourbar(title = NULL))
}

unclear_words <- function(rows) {
  if (!any(is.finite(rows$std.error))) say("No error is known.") else
    say("Dot: the sign is not clear; dash: surely below zero.")
}

strip_alt <- function(rows, what, unit) {
  paste(say("Heat strip, a row a region and a tile a time."), what_of(
    what, droplevels(rows$region), rows$time, unit),
    say("The sign is clear in %s of %s tiles.", sum(is_clear(rows)),
        nrow(rows)))
}
