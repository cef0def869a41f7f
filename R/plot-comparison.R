# Pictures of what follows from relevance: comparisons, audits, relevance by
# code, weights.

#' @rdname plot_relevance
#' @exportS3Method ggplot2::autoplot
autoplot.nid_comparison <- function(object, max = 15, ...) {
  rlang::check_dots_empty()
  check_number(max, min = 1, whole = TRUE)
  rows <- larger_first(plot_rows(object))
  spec <- get_spec(object)
  items <- spec$kind == "items"
  rows <- rows[!is.na(rows$difference), , drop = FALSE]
  if (nrow(rows) == 0L) {
    return(empty_picture("Differences"))
  }
  rows$label <- if (items) {
    paste0(rows$item1, " - ", rows$item2)
  } else {
    paste0(rows$item, ": ", rows$group1, " - ", rows$group2)
  }
  rows <- rows[order(-abs(rows$difference)), , drop = FALSE]
  left <- base::max(0, nrow(rows) - max)
  rows <- utils::head(rows, max)
  rows$estimate <- rows$difference
  rows$clear <- is_clear(rows)
  draw_differences(rows, left, spec$level,
                   if (items) "items" else "groups of respondents")
}

draw_differences <- function(rows, left, level, of) {
  rows$region <- rows$label
  known <- any(is.finite(rows$conf.low))
  p <- ranked_plot(rows) + zero_line("v") + value_axis(rows, labels = percent_label)
  finish_picture(
    p, paste("Differences of", of),
    alt = paste0(
      "Dot chart of ", count_of(nrow(rows), "difference"), " of shares ",
      "between ", of, ", with intervals, the largest first",
      if (nrow(rows) > 0L) paste0(": ", rows$label[1L], " ",
                                  percent_label(round(rows$difference[1L],
                                                      3))),
      ". The interval leaves out zero in ", sum(rows$clear), " of ",
      nrow(rows), "."),
    x = "Difference of shares",
    caption = paste0(level_text(level), " intervals, one by one. Filled: zero ",
                     "lies outside the interval.",
                     if (left > 0) paste0(" ", left, " smaller differences ",
                                          "not shown.")),
    width = 8.5, height = 1.4 + label_height(p$data$label)
  )
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
  entries <- length(fit$percent)
  text <- paste0("n = ", best$n, ": ", best$hits, " of ", entries)
  best$beside <- beside(best$n, rows$n)
  .data <- rlang::.data
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["n"]], .data[["hits"]])) +
    ggplot2::geom_point(size = 0.7, colour = "grey55") +
    (if (nrow(rows) > 1L) {
      ggplot2::geom_line(ggplot2::aes(y = .data[["expected"]]),
                         colour = code_looks()$colour[1L], linewidth = 0.6)
    } else {
      ggplot2::geom_point(ggplot2::aes(y = .data[["expected"]]), shape = 4L,
                          colour = code_looks()$colour[1L])
    }) +
    ggplot2::geom_point(data = best, size = 2.8, shape = 23L, fill = "#E69F00",
                        colour = "grey10") +
    page_text(ggplot2::aes(hjust = .data[["beside"]]), best, vjust = -1,
              size = 3.3, label = text) +
    ggplot2::scale_x_continuous(breaks = \(limits) {
      whole_breaks(range(rows$n))
    }) +
    ggplot2::scale_y_continuous(limits = c(0, entries * 1.12),
                                breaks = whole_breaks)
  finish_picture(
    p, "Which base the percentages can have",
    alt = paste0("Dot chart of how many of ", entries, " percentages fit each ",
                 "base from ", min(rows$n), " to ", max(rows$n), ". Best: ",
                 text, ", by chance ", short_number(best$expected), "."),
    x = "Base (respondents)", y = "Percentages that fit",
    caption = paste0("Dots: percentages that are a whole count over the base;",
                     " line: how many chance gives; diamond: the best base.")
  )
}

#' @rdname plot_relevance
#' @exportS3Method ggplot2::autoplot
autoplot.nid_code_relevance <- function(object, ...) {
  rlang::check_dots_empty()
  rows <- plot_rows(object)
  spec <- get_spec(object)
  group <- group_labels(rows[spec$by])
  rows$group <- factor(group, unique(group))
  rows$panel <- ifelse(rows$measure == "mean", "mean of its items",
                       "any of its items")
  code <- unique(rows$code)
  rows$label <- factor(rows$code, rev(code))
  share_picture_of(
    rows, "Relevance by code", "code",
    paste0(level_text(spec$level), " intervals",
           if (any(is.na(rows$estimate) & !is.na(rows$conf.low))) {
             "; a line without a dot: only bounds are known"
           }))
}

#' @rdname plot_relevance
#' @exportS3Method ggplot2::autoplot
autoplot.nid_weights <- function(object, conf_level = 0.95, ...) {
  rlang::check_dots_empty()
  need_ggplot()
  check_level(conf_level)
  weight <- as.double(object)
  if (length(weight) == 0L) {
    return(empty_picture("Weights from relevance"))
  }
  half <- stats::qnorm((1 + conf_level) / 2) *
    sqrt(pmax(diag(attr(object, "vcov")), 0))
  rows <- data.frame(region = names(object), estimate = weight,
                     conf.low = weight - half, conf.high = weight + half,
                     clear = TRUE)
  code <- attr(object, "code")
  if (!is.null(code)) rows$panel <- as.character(code)
  rows <- rows[order(-weight), , drop = FALSE]
  p <- ranked_plot(rows) + zero_line("v")
  panels <- 1L
  if (!is.null(code)) {
    panels <- length(unique(rows$panel))
    p <- p + strip_rows(rows)
  }
  finish_picture(
    p, "Weights from relevance",
    alt = paste0("Dot chart of the weights of ",
                 count_of(nrow(rows), "indicator"), ", with intervals. ",
                 "Highest: ", rows$region[1L], " ",
                 short_number(rows$estimate[1L]), "."),
    x = "Weight within the code, share",
    caption = paste(level_text(conf_level), "intervals, by the delta method."),
    width = 8, height = 1.4 + 0.15 * panels + label_height(p$data$label)
  )
}

#' @rdname plot_relevance
#' @export
plot.nid_weights <- function(x, ...) draw_picture(x, ...)
