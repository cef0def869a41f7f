#' Theme and scales of the pictures
#'
#' `theme_nid()` is the theme of every picture of the package. The scales give
#' each code its own look whatever else is drawn: colours that colour-blind
#' readers tell apart and whose lightness differs in grey, and for each a shape
#' and a line type of its own. A dynamic code looks as its defining code does.
#'
#' | code | colour | shape | line |
#' | --- | --- | --- | --- |
#' | production, innovation | dark blue | circle | solid |
#' | institutional, information | orange | square | dashed |
#' | social, value | green | triangle | long dashes |
#'
#' Further codes take the next looks in the order of `codes`, those that
#' `codes` does not name in the order of their levels.
#'
#' `picture_size()` tells how large a picture of ours should be: 85 ranked
#' regions need more height than 4.
#'
#' @param base_size <num> Size of the text in points.
#' @param base_family <chr> Font.
#' @param ... Passed to the scale of ggplot2 (`name`, `guide`, `labels`, ...).
#' @param codes <data.frame> The codes in use, as [nid_codes()] gives them.
#' @param x A picture made by `autoplot()`.
#' @return `theme_nid()` a ggplot2 theme; the scales a ggplot2 scale;
#'   `picture_size()` the named numbers `width` and `height` in inches, for
#'   [ggplot2::ggsave()] or `fig.width` and `fig.height`.
#' @source Colours after Okabe & Ito, "Color Universal Design" (2008), the blue
#'   darkened so that the first three also differ in grey.
#' @family present
#' @examplesIf requireNamespace("ggplot2", quietly = TRUE)
#' district <- subset(ural, region_code == "FD-U")
#' panel <- code_panel(district, ural_scheme, index = "year",
#'                     status = "_status")
#' codes <- defining_codes(panel)
#' library(ggplot2)
#' ggplot(codes, aes(year, estimate, colour = code, shape = code)) +
#'   geom_point() +
#'   scale_colour_code() +
#'   scale_shape_code() +
#'   theme_nid()
#' picture_size(autoplot(codes))
#' @export
theme_nid <- function(base_size = 11, base_family = "") {
  check_number(base_size, min = 0, open = TRUE)
  check_string(base_family)
  need_ggplot()
  ggplot2::theme_minimal(base_size = base_size, base_family = base_family) +
    ggplot2::theme(
      panel.grid.minor = ggplot2::element_blank(),
      panel.grid.major = ggplot2::element_line(colour = "grey90",
                                               linewidth = 0.3),
      # Room for the last number of an axis.
      plot.margin = ggplot2::margin(5.5, 12, 5.5, 5.5),
      panel.spacing = ggplot2::unit(0.8, "lines"),
      panel.spacing.x = ggplot2::unit(1.2, "lines"),
      axis.title = ggplot2::element_text(size = ggplot2::rel(0.9)),
      strip.text = ggplot2::element_text(face = "bold", hjust = 0,
                                         lineheight = 0.95),
      strip.text.y = ggplot2::element_text(angle = 0),
      strip.text.y.left = ggplot2::element_text(angle = 0, hjust = 1),
      strip.placement = "outside",
      plot.title = ggplot2::element_text(size = ggplot2::rel(1.1),
                                         face = "bold"),
      plot.title.position = "plot",
      plot.subtitle = ggplot2::element_text(colour = "grey25"),
      plot.caption = ggplot2::element_text(hjust = 0, colour = "grey30"),
      plot.caption.position = "plot",
      plot.background = ggplot2::element_rect(fill = "white", colour = NA),
      legend.position = "bottom",
      legend.title = ggplot2::element_blank(),
      legend.key.width = ggplot2::unit(2, "lines")
    )
}

need_ggplot <- function() {
  rlang::check_installed("ggplot2", "to draw a picture.")
}

# The looks, one row a code. Shapes 21-25 can be filled or hollow.
code_looks <- function() {
  data.frame(
    colour = c("#0B4F8A", "#E69F00", "#009E73", "#8C2D5E", "#56B4E9",
               "#000000", "#CC79A7", "#8A8A8A"),
    shape = c(21L, 22L, 24L, 23L, 25L, 21L, 22L, 24L),
    linetype = c("solid", "42", "82", "8212", "12", "solid", "42", "82")
  )
}

# Which look each of `x` has: the three codes of the paper and their rates
# first, then the other rows of `codes`, then whatever else comes.
look_of <- function(x, codes = nid_codes()) {
  x <- as.character(x)
  paper <- nid_codes()
  codes <- rbind(paper, codes[!codes$code %in% paper$code, names(paper)])
  at <- match(x, codes$code)
  rate <- match(x, codes$dynamic)
  at[is.na(at)] <- rate[is.na(at)]
  new <- unique(x[is.na(at) & !is.na(x)])
  at[is.na(at)] <- nrow(codes) + match(x[is.na(at)], new)
  looks <- code_looks()
  looks[(at - 1L) %% nrow(looks) + 1L, , drop = FALSE]
}

# The scale asks for its palette knowing its limits, so that a code keeps its
# look whichever other codes are drawn.
code_scale <- function(aesthetic, look, codes, ...) {
  codes <- check_codes(codes, rlang::caller_env())
  need_ggplot()
  make <- switch(aesthetic, colour = ggplot2::scale_colour_manual,
                 fill = ggplot2::scale_fill_manual,
                 shape = ggplot2::scale_shape_manual,
                 linetype = ggplot2::scale_linetype_manual)
  # Made beforehand: ggproto() would evaluate its parent anew at every look-up.
  parent <- make(..., values = code_looks()[[look]], limits = NULL)
  ggplot2::ggproto(
    NULL, parent,
    palette = \(self, n) {
      limits <- self$get_limits()
      limits <- limits[!is.na(limits)]
      stats::setNames(look_of(limits, codes)[[look]], limits)
    }
  )
}

#' @rdname theme_nid
#' @export
scale_colour_code <- function(..., codes = nid_codes()) {
  code_scale("colour", "colour", codes, ...)
}

#' @rdname theme_nid
#' @export
scale_fill_code <- function(..., codes = nid_codes()) {
  code_scale("fill", "colour", codes, ...)
}

#' @rdname theme_nid
#' @export
scale_shape_code <- function(..., codes = nid_codes()) {
  code_scale("shape", "shape", codes, ...)
}

#' @rdname theme_nid
#' @export
scale_linetype_code <- function(..., codes = nid_codes()) {
  code_scale("linetype", "linetype", codes, ...)
}

#' @rdname theme_nid
#' @export
picture_size <- function(x) {
  size <- attr(x, "nid_size", exact = TRUE)
  if (is.null(size)) c(width = 7, height = 4.5) else size
}

# Every picture ends here: theme, titles, alt text, size in inches. Its text is
# laid out when it is drawn (plot-page.R). `least`: the share of its size that it
# needs at least.
finish_picture <- function(p, title, alt, x = NULL, y = NULL, subtitle = NULL,
                           caption = NULL, ..., theme = NULL, width = 7,
                           height = 4.5, least = 0) {
  height <- min(height, 40)
  p <- p + theme_nid() + theme + ggplot2::labs(
    title = title, alt = alt, subtitle = subtitle,
    caption = if (!is.null(caption) && nzchar(caption)) caption,
    # Names of ours, as that of the time of plain vectors.
    x = if (is.character(x)) say_label(x) else x, y = y, ...)
  new_picture(p, c(width = width, height = height), least)
}

# What stands where there is no number to draw.
empty_picture <- function(title, ...) {
  finish_picture(
    ggplot2::ggplot(data.frame(x = 0, y = 0), ggplot2::aes(x = 0, y = 0)) +
      page_text(label = say("No value to draw."), colour = "grey30", share = 0.95),
    title, alt = say("%s: no value to draw.", title), ...,
    theme = ggplot2::theme(axis.text = ggplot2::element_blank(),
                           panel.grid.major = ggplot2::element_blank()),
    width = 7, height = 1.8
  )
}

# How many letters of a size in points an inch holds, in a wide sans serif.
letters_in <- function(inches, size) floor(inches * 72 / (0.6 * size))

# Lines that are too long for `width` letters, broken; lines stay lines, and
# long words (names like `consumer_spending_pc_real`) break where they can.
wrapped <- function(x, width) {
  vapply(as.character(x), \(one) {
    lines <- strsplit(one, "\n", fixed = TRUE)[[1L]]
    lines <- unlist(lapply(lines, strwrap, width + 1L))
    long <- nchar(lines, "width") > width
    lines <- ifelse(long, break_words(lines, width), lines)
    paste(lines, collapse = "\n")
  }, character(1), USE.NAMES = FALSE)
}

break_words <- function(lines, width) {
  vapply(lines, \(line) {
    parts <- regmatches(line, gregexpr("[^-_./ ]*[-_./ ]?", line))[[1L]]
    out <- ""
    for (part in parts) {
      last <- out[length(out)]
      if (nchar(last, "width") + nchar(part, "width") <= width ||
          !nzchar(last)) {
        out[length(out)] <- paste0(last, part)
      } else {
        out <- c(out, part)
      }
    }
    paste(trimws(out), collapse = "\n")
  }, character(1), USE.NAMES = FALSE)
}

#' @rdname nid_plots
#' @export
plot.nid_table <- function(x, ...) draw_picture(x, ...)

#' @rdname nid_plots
#' @export
plot.nid_panel <- function(x, ...) draw_picture(x, ...)

#' @rdname nid_plots
#' @export
plot.nid_scheme <- function(x, ...) draw_picture(x, ...)

#' @rdname nid_plots
#' @export
plot.nid_model <- function(x, ...) draw_picture(x, ...)

draw_picture <- function(x, ...) {
  need_ggplot()
  print(ggplot2::autoplot(x, ...))
  invisible(x)
}
