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
    return(empty_picture(say("Differences of shares")))
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
                   if (items) say("Differences of items") else
                     say("Differences of groups of respondents"))
}

draw_differences <- function(rows, left, level, title) {
  rows$region <- rows$label
  known <- any(is.finite(rows$conf.low))
  p <- ranked_plot(rows) + zero_line("v") +
    value_axis(rows, labels = percent_label)
  finish_picture(
    p, title,
    alt = paste(
      say("Dot chart of %s differences of shares, the largest first: %s.",
          nrow(rows), paste(rows$label[1L], percent_label(
            round(rows$difference[1L], 3)))),
      say("The interval leaves out zero in %s of %s.", sum(rows$clear),
          nrow(rows))),
    x = say("Difference of shares"),
    caption = paste(c(say("%s intervals, one by one.", level_text(level)),
                      filled_words(rows), if (left > 0) {
      say("%s smaller differences not shown.", left, n = left)
    }), collapse = " "),
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
  text <- say("n = %s: %s of %s", best$n, best$hits, entries)
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
                                breaks = whole_breaks, guide = free_marks())
  finish_picture(
    p, say("Which base the percentages can have"),
    alt = paste(
      say("Dot chart of how many of %s percentages fit each base.", entries),
      say("Bases from %s to %s.", min(rows$n), max(rows$n)),
      say("Best: %s, by chance %s.", text, short_number(best$expected))),
    x = say("Base (respondents)"), y = say("Percentages that fit"),
    caption = paste(
      say("Dots: percentages that are a whole count over the base."),
      say("Line: how many chance gives; diamond: the best base."))
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
  rows$panel <- ifelse(rows$measure == "mean", say("mean of its items"),
                       say("any of its items"))
  code <- say_label(unique(rows$code))
  rows$label <- factor(say_label(rows$code), rev(code))
  share_picture_of(
    rows, say("Relevance by code"),
    paste(c(say("%s intervals.", level_text(spec$level)),
            if (any(is.na(rows$estimate) & !is.na(rows$conf.low))) {
              say("A line without a dot: only bounds are known.")
            }), collapse = " "))
}

#' @rdname plot_relevance
#' @exportS3Method ggplot2::autoplot
autoplot.nid_weights <- function(object, conf_level = 0.95, ...) {
  rlang::check_dots_empty()
  need_ggplot()
  check_level(conf_level)
  weight <- as.double(object)
  if (length(weight) == 0L) {
    return(empty_picture(say("Weights from relevance")))
  }
  half <- stats::qnorm((1 + conf_level) / 2) *
    sqrt(pmax(diag(attr(object, "vcov")), 0))
  rows <- data.frame(region = names(object), estimate = weight,
                     conf.low = weight - half, conf.high = weight + half,
                     clear = TRUE)
  code <- attr(object, "code")
  if (!is.null(code)) rows$panel <- say_label(as.character(code))
  rows <- rows[order(-weight), , drop = FALSE]
  p <- ranked_plot(rows) + zero_line("v")
  panels <- 1L
  if (!is.null(code)) {
    panels <- length(unique(rows$panel))
    p <- p + strip_rows(rows)
  }
  finish_picture(
    p, say("Weights from relevance"),
    alt = paste(say("Dot chart of the weights of indicators, with intervals."),
                say("Highest: %s %s.", rows$region[1L],
                    short_number(rows$estimate[1L]))),
    x = say("Weight within the code, share"),
    caption = say("%s intervals, by the delta method.",
                  level_text(conf_level)),
    width = 8, height = 1.4 + 0.15 * panels + label_height(p$data$label)
  )
}

#' @rdname plot_relevance
#' @export
plot.nid_weights <- function(x, ...) draw_picture(x, ...)
