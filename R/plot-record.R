# The record of codes as a strip: a row a region, in it a band a code.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_record <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  title <- say("Record of the codes")
  frame <- plot_frame(object, regions, rlang::current_env())
  if (nrow(frame$rows) == 0L) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  letters <- attr(object, "letters")
  bands <- record_bands(frame$rows, letters)
  n <- nlevels(frame$rows$region)
  p <- strip_plot(bands, frame, c(rising = "#0B4F8A", falling = "#E69F00",
                                  "no change" = "grey40"), n <= max_panels)
  known <- !all(is.na(frame$rows$record.sure))
  bands <- paste(say_label(names(letters)), collapse = ", ")
  finish_picture(
    p, title,
    alt = paste(say("A row a region, in it a band a code: %s.", bands),
                say("%s, %s.", regions_in_words(frame$rows$region),
                    times_in_words(frame$rows$time))),
    x = NULL, y = NULL,
    caption = caption_of(
      frame$spec,
      say("Bands from the top: %s.", bands),
      if (known) say("Pale: the sign is not sure at %s.", frame$spec$sure)),
    theme = ggplot2::theme(panel.grid.major = ggplot2::element_blank()),
    height = 1.6 + n * (if (n <= max_panels) 0.5 else 0.28)
  )
}

# A row a region, time and code: `at`, where its band lies; `word`, its sign.
record_bands <- function(rows, letters) {
  k <- length(letters)
  band <- rep(seq_len(k), nrow(rows))
  out <- data.frame(rows[rep(seq_len(nrow(rows)), each = k), ],
                    sign = as.vector(t(record_signs(rows$record, letters))))
  out$pale <- if (all(is.na(rows$record.sure))) FALSE else
    as.vector(t(record_signs(rows$record.sure, letters))) == "?"
  out$fill <- c("+" = "rising", "-" = "falling", "0" = "no change",
                "." = NA)[out$sign]
  out$high <- 0.86 / k
  out$at <- -as.integer(out$region) + 0.43 - (band - 0.5) * out$high
  out[!is.na(out$fill), ]
}

dark_fills <- c("rising", "advance", "decline")

# Tiles over time in rows of regions; `rows` has at, high, fill, sign and how
# `pale` each is, from 0 to 1. Letters are white on the darkest colours.
strip_plot <- function(rows, frame, colours, marks, labels = say_label) {
  .data <- rlang::.data
  names <- levels(frame$rows$region)
  step <- min(diff(sort(unique(as.numeric(frame$rows$time)))), Inf)
  width <- if (is.finite(step)) 0.94 * step else 0.94
  rows_on_page <- words_on_page("rows")
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["time"]], .data[["at"]])) +
    ggplot2::geom_tile(ggplot2::aes(fill = .data[["fill"]],
                                    height = .data[["high"]],
                                    alpha = 1 - 0.65 * .data[["pale"]]),
                       width = width) +
    ggplot2::scale_alpha_identity() + scale_time(frame$rows$time) +
    ggplot2::scale_fill_manual(values = colours, limits = intersect(
      names(colours), rows$fill), labels = labels, name = NULL) +
    ggplot2::scale_y_continuous(
      breaks = -seq_along(names), labels = \(at) rows_on_page(names),
      limits = c(-length(names) - 0.5, -0.5), expand = c(0, 0))
  if (marks) {
    dark <- rows$fill %in% dark_fills & rows$pale < 0.4
    p <- p + page_text(ggplot2::aes(label = .data[["sign"]]), size = 3,
                       colour = ifelse(dark, "white", "black"),
                       tile = c(width, rows$high[1L]))
  }
  p
}
