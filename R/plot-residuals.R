# The residual picture of rates: autoplot(rates, what = "residuals").

# Standardised residuals in time, a panel per code; the band is where 19 of 20
# belong, the line the mean of each time when there are several regions.
autoplot_residuals <- function(object) {
  rlang::check_installed("ggplot2", "to draw a picture.")
  .data <- rlang::.data
  panel <- get_defining(object)$panel
  rows <- residuals(object)
  told <- glance(object)
  rows <- data.frame(
    time = as.double(numeric_time(rows[[panel$index[["time"]]]], "time",
                                  NULL)),
    code = rows[["code"]], value = rows[[".std.resid"]]
  )
  rows <- rows[!is.na(rows$value), , drop = FALSE]
  label <- paste0(told$code, "\nDurbin-Watson ", two_digits(told$dw),
                  ", expected ", two_digits(told$dw.expected))
  rows$code <- factor(rows$code, told$code, label)
  out <- ggplot2::ggplot(rows, ggplot2::aes(.data[["time"]],
                                            .data[["value"]])) +
    ggplot2::annotate("rect", xmin = -Inf, xmax = Inf, ymin = -2, ymax = 2,
                      fill = "grey92") +
    ggplot2::geom_hline(yintercept = 0, colour = "grey50") +
    ggplot2::geom_point(alpha = if (n_regions(panel) > 10L) 0.4 else 0.9,
                        size = 1.6, colour = "#0072B2") +
    ggplot2::facet_wrap(ggplot2::vars(.data[["code"]])) +
    ggplot2::labs(x = NULL, y = "Standardised residual") +
    ggplot2::theme_minimal(base_size = 11) +
    ggplot2::theme(panel.grid.minor = ggplot2::element_blank(),
                   strip.text = ggplot2::element_text(hjust = 0))
  if (n_regions(panel) > 1L) {
    mean <- stats::aggregate(value ~ time + code, rows, base::mean)
    out <- out + ggplot2::geom_line(data = mean, colour = "#D55E00")
  }
  out
}

two_digits <- function(x) {
  ifelse(is.na(x), "none", formatC(x, 2, format = "f", decimal.mark = "."))
}
