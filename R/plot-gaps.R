# Paths of gaps with their bands, coloured by what they are at the last time.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_gaps <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  title <- say("Gaps of the codes")
  path <- need_gaps(object)$path
  frame <- plot_frame(object, regions, rlang::current_env())
  rows <- gap_rows(frame$rows, path)
  if (nrow(rows) == 0L) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  n <- nlevels(rows$region)
  one <- length(unique(rows$against)) == 1L
  finish_picture(
    gap_plot(rows, n), title,
    alt = say("Gaps over time with bands: %s, %s.",
              regions_in_words(rows$region),
              paste(say_label(unique(rows$code)), collapse = ", ")),
    subtitle = if (one) say("Level of %s less that of the region",
                            say_label(rows$against[1L])),
    x = NULL, y = with_unit(say("Gap"), code_unit(frame$spec)),
    caption = caption_of(frame$spec,
                         say("Above zero the region is behind; no forecast.")),
    # Many regions: a line each, on one page up to a dozen.
    theme = if (n > 4L) {
      ggplot2::theme(panel.spacing.y = ggplot2::unit(0.4, "lines"))
    },
    height = 2 + min(1.3 * n, 3.6 + 0.4 * (n - 4))
  )
}

need_gaps <- function(x, call = rlang::caller_env()) {
  get_fit(x) %||% stop_argument("x", "as code_gaps() made it", x, call)
}

# The path of every row that is shown.
gap_rows <- function(rows, path) {
  rows$code <- rows$code %||% rep("all codes together", nrow(rows))
  known <- !is.na(rows$gap)
  rows <- rows[known, , drop = FALSE]
  rows$region <- droplevels(rows$region)
  key <- match(path$key, rows$row)
  keep <- which(!is.na(key))
  data.frame(rows[key[keep], c("region", "code", "state", "against"),
                  drop = FALSE],
             lapply(path[c("time", "estimate", "conf.low", "conf.high")],
                    \(v) v[keep]))
}

gap_plot <- function(rows, n) {
  .data <- rlang::.data
  rows$panel <- rows$region
  rows$code <- factor(rows$code, unique(rows$code))
  rows$state[is.na(rows$state)] <- "unknown"
  colours <- c(ahead = "#009E73", none = "grey45", closing = "#56B4E9",
               persistent = "#8C2D5E", forming = "#E69F00",
               unknown = "grey45")
  # In grey, too, what is there to stay looks unlike what comes and goes.
  types <- c(ahead = "solid", none = "11", closing = "42",
             persistent = "solid", forming = "62", unknown = "13")
  shapes <- c(ahead = 17, none = 1, closing = 6, persistent = 16, forming = 2,
              unknown = 4)
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["time"]],
                                          .data[["estimate"]])) +
    zero_line("h")
  if (any(is.finite(rows$conf.low))) {
    p <- p + ggplot2::geom_ribbon(
      ggplot2::aes(ymin = .data[["conf.low"]], ymax = .data[["conf.high"]],
                   fill = .data[["state"]]),
      rows[is.finite(rows$conf.low), , drop = FALSE], alpha = 0.25)
  }
  shown <- intersect(names(colours), rows$state)
  p + ggplot2::geom_line(ggplot2::aes(colour = .data[["state"]],
                                      linetype = .data[["state"]])) +
    ggplot2::geom_point(ggplot2::aes(colour = .data[["state"]],
                                     shape = .data[["state"]]), size = 1) +
    ggplot2::scale_linetype_manual(values = types, limits = shown,
                                   labels = gap_state_words, name = NULL) +
    ggplot2::scale_shape_manual(values = shapes, limits = shown,
                                labels = gap_state_words, name = NULL) +
    ggplot2::scale_colour_manual(values = colours, limits = shown,
                                 labels = gap_state_words, name = NULL) +
    ggplot2::scale_fill_manual(values = colours, limits = shown,
                               labels = gap_state_words, name = NULL) +
    scale_time(rows$time) +
    ggplot2::scale_y_continuous(n.breaks = if (n > 4L) 3 else 5,
                                guide = free_marks()) +
    ggplot2::facet_grid(ggplot2::vars(.data[["panel"]]),
                        ggplot2::vars(.data[["code"]]),
                        labeller = grid_words("panel", "code"))
}

# "none" is also a normalisation.
gap_state_words <- function(x) {
  x <- ifelse(x == "none", say("no gap"), say_label(x))
  ifelse(x == "unknown", say("not known"), x)
}
