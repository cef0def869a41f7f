# Diverging bars of ordered answers.

#' @rdname plot_relevance
#' @exportS3Method ggplot2::autoplot
autoplot.nid_likert <- function(object, ...) {
  rlang::check_dots_empty()
  title <- say("Answers on an ordered scale")
  rows <- likert_rows(plot_rows(object), get_spec(object)$by)
  if (nrow(rows) == 0L) {
    return(empty_picture(title))
  }
  levels <- levels(rows$level)
  n <- nlevels(rows$bar)
  panels <- nlevels(rows$panel)
  across <- if (n > 30L) min(3L, panels) else 1L
  width <- max(8.5, 3 + 3.2 * across)
  bars_on_page <- words_on_page("rows")
  p <- likert_bars(rows, length(levels)) +
    ggplot2::scale_y_continuous(breaks = seq_len(n),
                                labels = \(at) bars_on_page(levels(rows$bar)),
                                expand = ggplot2::expansion(add = 0.3))
  if (panels > 1L) {
    p <- p + ggplot2::facet_wrap(ggplot2::vars(.data[["panel"]]),
                                 ncol = across, labeller = strip_words())
  }
  .data <- rlang::.data
  lines <- ceiling(sum(nchar(levels, "width") + 8L) /
                     letters_in(width - 2.5, 9))
  guide <- ggplot2::guide_legend(nrow = lines, byrow = TRUE)
  each <- label_height(rows$bar) * if (n > 30L) 1 else 1.4
  finish_picture(
    p + ggplot2::guides(fill = guide), title, likert_alt(rows, levels),
    x = say("Share of respondents, negative answers to the left"),
    theme = ggplot2::theme(panel.grid.major.y = ggplot2::element_blank()),
    width = width, height = 1.3 + 0.25 * lines +
      ceiling(panels / across) * (0.45 + each)
  )
}

# A bar for each item and a panel for each group; of many groups the other way
# round.
likert_rows <- function(rows, by) {
  m <- nlevels(rows$level)
  group <- group_labels(rows[by])
  rows$key <- paste(rows$item, group, sep = "\r")
  many <- length(unique(group)) > max_panels
  bar <- if (many) group else rows$item
  panel <- if (many) rows$item else group
  # A bar starts where those of the lower levels end; zero is the middle of
  # the neutral level, or the border between the halves.
  below <- stats::ave(rows$share, rows$key, FUN = \(p) cumsum(p) - p)
  weight <- pmin(1, pmax(0, m / 2 - as.integer(rows$level) + 1))
  rows$from <- below - stats::ave(rows$share * weight, rows$key, FUN = sum)
  rows$to <- rows$from + rows$share
  net <- tapply(rows$share * sign(as.integer(rows$level) - (m + 1) / 2),
                factor(bar, unique(bar)), mean, na.rm = TRUE)
  order <- names(net)[order(net, na.last = FALSE)]
  rows$bar <- factor(bar, order)
  rows$panel <- factor(panel, unique(panel))
  rows$row <- as.integer(rows$bar)
  rows$text <- ifelse(rows$share >= 0.06 & length(order) <= 30L,
                      paste0(round(100 * rows$share), "%"), "")
  rows[!is.na(rows$share), , drop = FALSE]
}

likert_bars <- function(rows, m) {
  .data <- rlang::.data
  ggplot2::ggplot(rows) +
    ggplot2::geom_rect(ggplot2::aes(
      xmin = .data[["from"]], xmax = .data[["to"]],
      ymin = .data[["row"]] - 0.38, ymax = .data[["row"]] + 0.38,
      fill = .data[["level"]]), colour = "grey30", linewidth = 0.15) +
    ggplot2::geom_vline(xintercept = 0, colour = "grey20", linewidth = 0.4) +
    page_text(ggplot2::aes(
      (.data[["from"]] + .data[["to"]]) / 2, .data[["row"]],
      label = .data[["text"]], colour = .data[["level"]]), size = 2.9,
      tile = c(0.06, 0.76)) +
    ggplot2::scale_fill_manual(values = diverging_colours(m), drop = FALSE,
                               labels = words_on_page("keys")) +
    ggplot2::scale_colour_manual(values = text_colours(m), drop = FALSE) +
    ggplot2::scale_x_continuous(labels = \(x) percent_label(abs(x)))
}

likert_alt <- function(rows, levels) {
  bars <- levels(droplevels(rows$bar))
  items <- length(unique(rows$item))
  groups <- length(unique(rows$key)) / items
  paste(
    say("Diverging bars of answers: questions %s, groups %s.", items,
        ceiling(groups)),
    say("On a scale from %s to %s.", levels[1L], levels[length(levels)]),
    say("Most positive: %s; most negative: %s.", bars[length(bars)], bars[1L]))
}

# From orange through grey to blue, darker outwards.
diverging_colours <- function(m) {
  half <- m %/% 2L
  if (half == 1L) {
    low <- "#E6752E"
    high <- "#3182BD"
  } else {
    low <- blend(c(166, 54, 3), c(253, 190, 133), half)
    high <- blend(c(158, 202, 225), c(8, 81, 156), half)
  }
  c(low, if (m %% 2L == 1L) "#D9D9D9", high)
}

# n colours on the straight line between two, red, green and blue 0 to 255.
blend <- function(from, to, n) {
  at <- seq(0, 1, length.out = n)
  part <- lapply(1:3, \(k) as.integer(round(from[k] + at * (to[k] - from[k]))))
  sprintf("#%02X%02X%02X", part[[1L]], part[[2L]], part[[3L]])
}

# Black on light bars, white on dark ones.
text_colours <- function(m) {
  colour <- diverging_colours(m)
  part <- \(k) strtoi(substr(colour, k, k + 1L), 16L)
  light <- 0.299 * part(2L) + 0.587 * part(4L) + 0.114 * part(6L)
  ifelse(light > 140, "black", "white")
}
