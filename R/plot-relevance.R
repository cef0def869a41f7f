#' Pictures of survey tables
#'
#' `autoplot()` of a relevance table: one dot per item with its interval, the
#' most relevant on top, a panel per code (and a colour per group). Of
#' [likert_shares()]: diverging bars, the neutral level astride zero. Of a
#' comparison: differences with their intervals. Of an audit: hits by base
#' against what chance gives. `plot()` draws the same.
#'
#' @param object,x A table of [relevance()], [relevance_counts()],
#'   [compare_relevance()], [compare_groups()], [likert_shares()] or
#'   [audit_percentages()].
#' @param max <int> Rows of a comparison to draw, the largest differences
#'   first.
#' @param ... Empty; in `plot()`, passed to `autoplot()`.
#' @return `autoplot()` a ggplot; `plot()` draws it and returns `x` invisibly.
#' @name plot_relevance
#' @keywords internal
NULL

#' @rdname plot_relevance
#' @exportS3Method ggplot2::autoplot
autoplot.nid_relevance <- function(object, ...) {
  rlang::check_dots_empty()
  fit <- relevance_fit(object, rlang::current_env())
  rows <- plot_rows(object)
  rows$group <- rep(if (fit$groups > 1L) group_labels(fit$keys) else "",
                    each = fit$n.items)
  rows$group <- factor(rows$group, unique(rows$group))
  rows$panel <- factor(wrapped(rows$code, 18L),
                       wrapped(unique(rows$code), 18L))
  rows$label <- ranked_labels(rows)
  rows <- rows[!is.na(rows$estimate), , drop = FALSE]
  several <- fit$groups > 1L
  dodge <- ggplot2::position_dodge(width = if (several) 0.6 else 0)
  aes <- if (several) {
    ggplot2::aes(.data[["estimate"]], .data[["label"]],
                 xmin = .data[["conf.low"]], xmax = .data[["conf.high"]],
                 colour = .data[["group"]], shape = .data[["group"]])
  } else {
    ggplot2::aes(.data[["estimate"]], .data[["label"]],
                 xmin = .data[["conf.low"]], xmax = .data[["conf.high"]])
  }
  .data <- rlang::.data
  out <- ggplot2::ggplot(rows, aes) +
    ggplot2::geom_errorbarh(height = 0, position = dodge, na.rm = TRUE) +
    ggplot2::geom_point(size = 2, position = dodge) +
    scale_percent(fit) +
    ggplot2::labs(x = "Share of respondents", y = NULL, colour = NULL,
                  shape = NULL, caption = relevance_caption(fit)) +
    survey_theme()
  if (several) {
    out <- out + ggplot2::scale_colour_manual(values = survey_colours(
      fit$groups))
  }
  if (!is.null(fit$codes)) {
    out <- out + ggplot2::facet_grid(rows = ggplot2::vars(.data[["panel"]]),
                                     scales = "free_y", space = "free_y",
                                     switch = "y")
  }
  out
}

plot_rows <- function(x) {
  rlang::check_installed("ggplot2", "to draw a picture.")
  as.data.frame(x)
}

# Items in one order for all groups: by the mean share, most relevant on top.
ranked_labels <- function(rows) {
  mean <- tapply(rows$estimate, factor(rows$item, unique(rows$item)), mean,
                 na.rm = TRUE)
  items <- names(mean)[order(mean, decreasing = FALSE, na.last = FALSE)]
  labels <- make.unique(wrapped(items, 42L), sep = " ")
  factor(labels[match(rows$item, items)], labels)
}

wrapped <- function(x, width) {
  vapply(as.character(x), \(one) paste(strwrap(one, width), collapse = "\n"),
         character(1), USE.NAMES = FALSE)
}

scale_percent <- function(fit) {
  top <- max(0.1, fit$estimate[seq_len(fit$n.items), ] + 0.2, na.rm = TRUE)
  ggplot2::scale_x_continuous(
    limits = c(0, NA), expand = ggplot2::expansion(c(0.01, 0.03)),
    breaks = if (top > 0.4) seq(0, 1, 0.2) else ggplot2::waiver(),
    labels = percent_label
  )
}

percent_label <- function(x) {
  ifelse(is.na(x), NA, level_text(round(x, 5)))
}

relevance_caption <- function(fit) {
  n <- fit$n[seq_len(fit$n.items), ]
  n <- n[!is.na(n) & n > 0]
  base <- if (length(n) > 0L) {
    paste("base", paste(unique(whole(range(n))), collapse = " to "))
  }
  method <- gsub("(^|-)([a-z])", "\\1\\U\\2", fit$method, perl = TRUE)
  interval <- paste0(level_text(fit$conf_level), " ", method, " intervals",
                     if (fit$simultaneous != "none") ", all at once")
  paste(c(interval, base), collapse = "; ")
}

#' @rdname plot_relevance
#' @exportS3Method ggplot2::autoplot
autoplot.nid_comparison <- function(object, max = 15, ...) {
  rlang::check_dots_empty()
  check_number(max, min = 1, whole = TRUE)
  rows <- larger_first(plot_rows(object))
  rows$label <- if (!is.null(rows$item1)) {
    paste0(rows$item1, " \u2212 ", rows$item2)
  } else {
    paste0(rows$item, ": ", rows$group1, " \u2212 ", rows$group2)
  }
  rows <- rows[!is.na(rows$difference), , drop = FALSE]
  rows <- rows[order(-abs(rows$difference)), , drop = FALSE]
  left <- base::max(0, nrow(rows) - max)
  rows <- utils::head(rows, max)
  labels <- make.unique(wrapped(rows$label, 66L), sep = " ")
  rows$label <- factor(labels, rev(labels))
  rows$clear <- rows$conf.low > 0 | rows$conf.high < 0
  .data <- rlang::.data
  ggplot2::ggplot(rows, ggplot2::aes(
    .data[["difference"]], .data[["label"]], xmin = .data[["conf.low"]],
    xmax = .data[["conf.high"]], shape = .data[["clear"]])) +
    ggplot2::geom_vline(xintercept = 0, colour = "grey30", linewidth = 0.3) +
    ggplot2::geom_errorbarh(height = 0, na.rm = TRUE) +
    ggplot2::geom_point(size = 2, fill = "white") +
    ggplot2::scale_shape_manual(values = c("FALSE" = 21, "TRUE" = 19),
                                guide = "none") +
    ggplot2::scale_x_continuous(labels = percent_label) +
    ggplot2::labs(x = "Difference of shares", y = NULL, caption = paste0(
      level_text(get_spec(object)$level), " intervals, one by one; filled: ",
      "zero ",
      "is outside", if (left > 0) paste0("; ", left, " smaller differences ",
                                         "not shown"))) +
    survey_theme()
}

# Pairs turned so that every difference is positive.
larger_first <- function(rows) {
  names <- intersect(c("item1", "item2", "group1", "group2"), names(rows))
  turn <- which(rows$difference < 0)
  rows[turn, names] <- rows[turn, rev(names)]
  rows$difference[turn] <- -rows$difference[turn]
  low <- rows$conf.low[turn]
  rows$conf.low[turn] <- -rows$conf.high[turn]
  rows$conf.high[turn] <- -low
  rows
}

#' @rdname plot_relevance
#' @exportS3Method ggplot2::autoplot
autoplot.nid_audit <- function(object, ...) {
  rlang::check_dots_empty()
  rows <- plot_rows(object)
  fit <- audit_fit(object, rlang::current_env())
  best <- rows[match(fit$best, rows$n), , drop = FALSE]
  .data <- rlang::.data
  ggplot2::ggplot(rows, ggplot2::aes(.data[["n"]], .data[["hits"]])) +
    ggplot2::geom_point(size = 0.6, colour = "grey55") +
    ggplot2::geom_line(ggplot2::aes(y = .data[["expected"]]),
                       colour = "#0072B2") +
    ggplot2::geom_point(data = best, size = 2.5, colour = "#D55E00") +
    ggplot2::geom_text(data = best, vjust = -0.9, size = 3.3, label = paste0(
      "n = ", best$n, ": ", best$hits, " of ", length(fit$percent))) +
    ggplot2::scale_y_continuous(limits = c(0, length(fit$percent) * 1.08)) +
    ggplot2::labs(x = "Base", y = "Percentages that fit",
                  caption = "Line: what chance gives") +
    survey_theme()
}

#' @rdname plot_relevance
#' @export
plot.nid_relevance <- function(x, ...) plot_survey(x, ...)

#' @rdname plot_relevance
#' @export
plot.nid_likert <- function(x, ...) plot_survey(x, ...)

#' @rdname plot_relevance
#' @export
plot.nid_comparison <- function(x, ...) plot_survey(x, ...)

#' @rdname plot_relevance
#' @export
plot.nid_audit <- function(x, ...) plot_survey(x, ...)

plot_survey <- function(x, ...) {
  rlang::check_installed("ggplot2", "to draw a picture.")
  print(ggplot2::autoplot(x, ...))
  invisible(x)
}

survey_theme <- function() {
  ggplot2::theme_minimal(base_size = 11) +
    ggplot2::theme(
      panel.grid.minor = ggplot2::element_blank(),
      strip.placement = "outside",
      strip.text.y.left = ggplot2::element_text(angle = 0, hjust = 1,
                                                face = "bold"),
      plot.caption = ggplot2::element_text(hjust = 1, colour = "grey30"),
      plot.title.position = "plot",
      legend.position = "bottom"
    )
}

# Okabe & Ito's colours, told apart by colour-blind readers too.
survey_colours <- function(n) {
  rep_len(c("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00",
            "#56B4E9", "#000000"), n)
}
