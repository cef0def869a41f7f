#' Pictures of survey tables
#'
#' `autoplot()` of a relevance table: one dot per item with its interval, the
#' most relevant on top, a panel per code, a colour per group; with more than
#' six groups a dot per group, their median and the names of the lowest and
#' the highest. Of [relevance_by_code()] the same by code. Of
#' [relevance_weights()]: weights with intervals. Of [likert_shares()]:
#' diverging bars, the neutral level astride zero. Of a comparison: differences
#' with their intervals. Of an audit: hits by base against what chance gives.
#' `plot()` draws the same.
#'
#' @param object,x A table of [relevance()], [relevance_counts()],
#'   [relevance_by_code()], [compare_relevance()], [compare_groups()],
#'   [likert_shares()] or [audit_percentages()], or weights of
#'   [relevance_weights()].
#' @param max <int> Rows of a comparison to draw, the largest differences
#'   first.
#' @param conf_level <num> For weights.
#' @param ... Empty; in `plot()`, passed to `autoplot()`.
#' @return `autoplot()` a ggplot with alt text and a [picture_size()]; `plot()`
#'   draws it and returns `x` invisibly.
#' @name plot_relevance
#' @keywords internal
NULL

# More groups than this are not told apart by colour.
max_groups <- 6L

#' @rdname plot_relevance
#' @exportS3Method ggplot2::autoplot
autoplot.nid_relevance <- function(object, ...) {
  rlang::check_dots_empty()
  fit <- relevance_fit(object, rlang::current_env())
  rows <- plot_rows(object)
  rows$group <- rep(if (fit$groups != 1L) group_labels(fit$keys) else "",
                    each = fit$n.items)
  rows$group <- factor(rows$group, unique(rows$group))
  if (!is.null(fit$codes)) rows$panel <- say_label(rows$code)
  rows$label <- ranked_labels(rows)
  share_picture_of(rows, say("Relevance of instruments"),
                   relevance_caption(fit))
}

# rows: label, group (factors), estimate, conf.low, conf.high and, for a panel
# each, `panel`.
share_picture_of <- function(rows, title, caption) {
  rows <- rows[is.finite(rows$estimate) | is.finite(rows$conf.low), ,
               drop = FALSE]
  if (nrow(rows) == 0L) {
    return(empty_picture(title))
  }
  n <- nlevels(rows$group)
  .data <- rlang::.data
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["estimate"]],
                                          .data[["label"]])) +
    share_layers(rows, n) + scale_percent(rows) +
    # Room for the names below the first row.
    row_names(expand = if (n > max_groups) ggplot2::expansion(add = 0.7) else
      ggplot2::waiver())
  panels <- 1L
  if (!is.null(rows$panel)) {
    panels <- length(unique(rows$panel))
    p <- p + strip_rows(rows)
  }
  each <- if (n > max_groups) 0.62 else max(0.26, 0.15 * n)
  rows_high <- max(label_height(rows$label), each * nlevels(rows$label))
  finish_picture(
    p, title, share_alt(rows, title), x = say("Share of respondents"),
    caption = paste(c(caption, if (n > max_groups) say(
      "A dot for each of %s groups; diamond: their median; named: the ends.",
      n)), collapse = " "),
    width = 8, height = 1.5 + 0.15 * panels + (n > 1L) * 0.3 + rows_high
  )
}

strip_rows <- function(rows) {
  .data <- rlang::.data
  ggplot2::facet_grid(
    rows = ggplot2::vars(factor(.data[["panel"]], unique(rows$panel))),
    scales = "free_y", space = "free_y", switch = "y",
    labeller = strip_words("side"))
}

share_layers <- function(rows, n) {
  .data <- rlang::.data
  if (n > max_groups) {
    return(many_shares(rows))
  }
  dodge <- ggplot2::position_dodge(width = if (n > 1L) 0.7 else 0)
  limits <- ggplot2::aes(xmin = .data[["conf.low"]],
                         xmax = .data[["conf.high"]])
  whole <- rows[is.finite(rows$conf.low + rows$conf.high), , drop = FALSE]
  if (n == 1L) {
    return(list(
      ggplot2::geom_linerange(limits, whole, linewidth = 0.5,
                              colour = "grey45"),
      ggplot2::geom_point(size = 2.2, colour = "grey10", na.rm = TRUE)))
  }
  looks <- code_looks()[rep_len(seq_len(8L), n), ]
  group <- ggplot2::aes(colour = .data[["group"]], shape = .data[["group"]],
                        fill = .data[["group"]])
  limits$colour <- group$colour
  keys <- words_on_page("keys")
  list(
    ggplot2::geom_linerange(limits, whole, position = dodge, linewidth = 0.5),
    ggplot2::geom_point(group, size = 2, position = dodge, na.rm = TRUE),
    ggplot2::scale_colour_manual(values = looks$colour, name = NULL,
                                 labels = keys),
    ggplot2::scale_fill_manual(values = looks$colour, name = NULL,
                               labels = keys),
    ggplot2::scale_shape_manual(values = looks$shape, name = NULL,
                                labels = keys)
  )
}

# Dots of the groups, their median, and names at the two ends.
many_shares <- function(rows) {
  .data <- rlang::.data
  rows <- rows[is.finite(rows$estimate), , drop = FALSE]
  parts <- split(rows, rows$label, drop = TRUE)
  middle <- do.call(rbind, lapply(parts, \(d) {
    d$estimate <- stats::median(d$estimate)
    d[1L, , drop = FALSE]
  }))
  ends <- do.call(rbind, lapply(parts, \(d) {
    d[c(which.min(d$estimate), which.max(d$estimate)), , drop = FALSE]
  }))
  ends$above <- rep_len(c(2.1, -1.1), nrow(ends))
  ends$beside <- beside(ends$estimate, c(0, rows$estimate))
  list(
    ggplot2::geom_point(data = rows, shape = 16L, colour = "grey50",
                        size = 1.2, alpha = 0.7),
    ggplot2::geom_point(data = middle, shape = 18L, colour = "grey10",
                        size = 3.2),
    page_text(ggplot2::aes(
      label = .data[["group"]], vjust = .data[["above"]],
      hjust = .data[["beside"]]), ends, size = 2.6, colour = "grey15")
  )
}

# Items in one order for all groups: by the mean share, most relevant on top.
ranked_labels <- function(rows) {
  mean <- tapply(rows$estimate, factor(rows$item, unique(rows$item)), mean,
                 na.rm = TRUE)
  items <- names(mean)[order(mean, decreasing = FALSE, na.last = FALSE)]
  factor(rows$item, items)
}

scale_percent <- function(rows) {
  top <- max(0.1, rows$estimate + 0.2, na.rm = TRUE)
  ggplot2::scale_x_continuous(
    limits = c(0, NA), expand = ggplot2::expansion(c(0.01, 0.03)),
    breaks = if (top > 0.4) seq(0, 1, 0.2) else ggplot2::waiver(),
    labels = percent_label
  )
}

percent_label <- function(x) {
  ifelse(is.na(x), NA, level_text(round(x, 5)))
}

share_alt <- function(rows, title) {
  known <- rows[is.finite(rows$estimate), , drop = FALSE]
  one <- function(i) {
    group <- if (nlevels(rows$group) > 1L) paste0(", ", known$group[i])
    paste0(known$label[i], group, " (",
           percent_label(round(known$estimate[i], 3)), ")")
  }
  paste(c(
    say("Dot chart. %s: shares of respondents with intervals.", title),
    say("Rows: %s; groups: %s.", nlevels(rows$label), nlevels(rows$group)),
    if (nrow(known) > 0L) say("Highest: %s; lowest: %s.",
                              one(which.max(known$estimate)),
                              one(which.min(known$estimate)))),
    collapse = " ")
}

relevance_caption <- function(fit) {
  n <- fit$n[seq_len(fit$n.items), ]
  n <- n[!is.na(n) & n > 0]
  base <- if (length(n) > 0L) {
    say("Base: %s.", paste(unique(whole(range(n))), collapse = "\u2013"))
  }
  method <- say_label(paste(
    capital(strsplit(fit$method, "-", fixed = TRUE)[[1L]]), collapse = "-"))
  interval <- if (fit$simultaneous != "none") {
    say("%s %s intervals, all at once.", level_text(fit$conf_level), method)
  } else {
    say("%s %s intervals.", level_text(fit$conf_level), method)
  }
  paste(c(interval, base), collapse = " ")
}
