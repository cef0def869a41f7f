# Connections of codes: a matrix of numbers, or carriers and lines.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_connections <- function(object, regions = NULL, ...,
                                     type = "matrix") {
  rlang::check_dots_empty()
  check_choice(type, c("matrix", "network"))
  .data <- rlang::.data
  title <- say("Connections of the codes")
  frame <- plot_frame(object, regions, rlang::current_env())
  rows <- frame$rows
  rows$found <- is_connected(rows) %in% TRUE
  codes <- unique(c(rows$code1, rows$code2))
  known <- sum(!is.na(rows$estimate))
  if (known == 0L) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  draw <- if (type == "matrix") connection_matrix else connection_network
  n <- nlevels(droplevels(rows$region))
  across <- min(n, 3L)
  size <- max(2.2, 0.75 * length(codes))
  p <- draw(rows, codes, is.null(frame$spec$lag)) +
    if (n > 1L) ggplot2::facet_wrap(ggplot2::vars(.data[["region"]]),
                                    ncol = across, labeller = strip_words())
  finish_picture(
    p, title,
    alt = paste(
      say("%s: r of %s pairs.", capital(say_fact(frame$spec$of)), known),
      say("Found in %s.", sum(rows$found))),
    x = NULL, y = NULL,
    caption = caption_of(
      list(), paste0(capital(say_fact(frame$spec$of)), "."),
      if (!is.null(frame$spec$lag)) {
        say("Across the code before, down the code %s later.", frame$spec$lag)
      },
      if (type == "matrix") say("Ring: adjusted p below .05.") else
        say("Line: adjusted p below .05; dashed: against each other.")),
    theme = connection_theme(type),
    width = max(4.5, min(7, 1.5 + across * size)),
    height = 1.4 + ceiling(n / across) * (size + 0.3)
  )
}

connection_theme <- function(type) {
  none <- ggplot2::element_blank()
  if (type == "network") {
    return(ggplot2::theme(axis.text = none, panel.grid.major = none))
  }
  ggplot2::theme(panel.grid.major = none, axis.text.x = ggplot2::element_text(
    angle = 30, hjust = 1))
}

# Where a lag tells the first from the second the matrix is not mirrored.
connection_matrix <- function(rows, codes, mirror) {
  .data <- rlang::.data
  if (mirror) {
    back <- rows
    back[c("code1", "code2")] <- rows[c("code2", "code1")]
    rows <- rbind(rows, back)
  }
  rows <- rows[!is.na(rows$estimate), , drop = FALSE]
  rows$from <- factor(rows$code1, codes)
  rows$to <- factor(rows$code2, rev(codes))
  rows$text <- two_decimals(rows$estimate)
  ggplot2::ggplot(rows, ggplot2::aes(.data[["from"]], .data[["to"]])) +
    ggplot2::geom_tile(ggplot2::aes(fill = .data[["estimate"]]),
                       colour = "white") +
    ggplot2::geom_point(data = rows[rows$found, , drop = FALSE], shape = 1,
                        size = 11, stroke = 0.8) +
    page_text(ggplot2::aes(label = .data[["text"]]), size = 3,
              tile = c(1, 1)) +
    ggplot2::scale_fill_gradient2(low = "#E69F00", mid = "grey97",
                                  high = "#7FA8CC", limits = c(-1, 1),
                                  guide = "none") +
    column_names(drop = FALSE) + row_names(drop = FALSE)
}

# Carriers on a circle, the first on top.
connection_network <- function(rows, codes, mirror) {
  .data <- rlang::.data
  angle <- pi / 2 - 2 * pi * (seq_along(codes) - 1) / length(codes)
  at <- data.frame(code = codes, x = cos(angle), y = sin(angle))
  from <- match(rows$code1, codes)
  to <- match(rows$code2, codes)
  lines <- cbind(rows, x = at$x[from], y = at$y[from], xend = at$x[to],
                 yend = at$y[to])[rows$found, , drop = FALSE]
  lines$way <- ifelse(lines$estimate < 0, "dashed", "solid")
  at <- merge(at, data.frame(region = unique(rows$region)))
  ggplot2::ggplot(at, ggplot2::aes(.data[["x"]], .data[["y"]])) +
    ggplot2::geom_segment(ggplot2::aes(
      xend = .data[["xend"]], yend = .data[["yend"]],
      linewidth = abs(.data[["estimate"]]), linetype = .data[["way"]]),
      lines, colour = "grey30",
      arrow = if (!mirror) ggplot2::arrow(length = ggplot2::unit(0.1,
                                                                 "inches"))) +
    page_text(ggplot2::aes(label = .data[["code"]]), size = 3, share = 0.28,
              back = TRUE) +
    ggplot2::scale_linewidth(range = c(0.3, 2), limits = c(0, 1),
                             guide = "none") +
    ggplot2::scale_linetype_identity() +
    ggplot2::coord_equal(xlim = c(-1.5, 1.5), ylim = c(-1.3, 1.3))
}
