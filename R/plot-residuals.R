# The residual picture: standardised residuals in time, a panel for each code.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_residuals <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  frame <- plot_frame(object, regions, rlang::current_env())
  told <- frame$spec$durbin.watson
  rows <- frame$rows
  rows$value <- rows$.std.resid
  rows$look <- factor(rows$code, told$code)
  rows$panel <- factor(rows$code, told$code, residual_labels(told))
  rows <- rows[!is.na(rows$value), , drop = FALSE]
  if (nrow(rows) == 0L) {
    return(empty_picture(say("Residuals of the codes"),
                         caption = caption_of(frame$spec)))
  }
  several <- nlevels(droplevels(rows$region)) > 1L
  p <- residual_layers(rows, several) + scale_time(rows$time) +
    code_scales(nid_codes(), rows$look) +
    ggplot2::guides(colour = "none", fill = "none", shape = "none")
  finish_picture(
    p, say("Residuals of the codes"), residual_alt(frame, rows, told),
    x = frame$time, y = say("Standardised residual"),
    caption = caption_of(
      frame$spec, say("Grey: where about 19 of 20 points belong."),
      if (several) say("Line: the mean of the regions."),
      if (is.null(regions)) {
        say("Durbin-Watson far below the expected: neighbours go together.")
      }
    ),
    width = 1 + 2.6 * min(3L, nrow(told)),
    height = 1.2 + 2.6 * ceiling(nrow(told) / 3)
  )
}

residual_layers <- function(rows, several) {
  .data <- rlang::.data
  mean <- stats::aggregate(
    rows["value"], list(time = rows$time, look = rows$look,
                        panel = rows$panel), base::mean
  )
  many <- nlevels(rows$region) > max_panels
  ggplot2::ggplot(rows, ggplot2::aes(
    .data[["time"]], .data[["value"]], colour = .data[["look"]],
    fill = .data[["look"]], shape = .data[["look"]]
  )) +
    ggplot2::annotate("rect", xmin = min(rows$time), xmax = max(rows$time),
                      ymin = -2, ymax = 2, fill = "grey92") +
    ggplot2::geom_hline(yintercept = 0, colour = "grey40", linewidth = 0.3) +
    ggplot2::geom_point(size = 1.5, alpha = if (many) 0.3 else 0.9) +
    (if (several) {
      ggplot2::geom_line(data = mean, colour = "grey15", linewidth = 0.6)
    }) +
    ggplot2::facet_wrap(ggplot2::vars(.data[["panel"]]), ncol = 3L,
                        labeller = strip_words())
}

# Two lines above each panel.
residual_labels <- function(told) {
  number <- function(x) {
    ifelse(is.na(x), say("unknown"), formatC(x, 2, format = "f", decimal.mark = "."))
  }
  paste0(say_label(told$code), "\n", say(
    "Durbin-Watson %s, expected %s", number(told$dw),
    number(told$dw.expected)))
}

residual_alt <- function(frame, rows, told) {
  paste(
    say("Scatter plot of standardised residuals: %s; %s, %s.",
        paste(say_label(told$code), collapse = ", "),
        regions_in_words(droplevels(frame$rows$region)),
        times_in_words(rows$time)),
    say("%s of %s points beyond 2.", sum(abs(rows$value) > 2), nrow(rows)))
}
