# Fig. 1: the code-based model drawn from the scheme in use. Carriers, their
# defining codes with the indicators behind them, the dynamic codes, and the
# two formulas. One unit of y is a line of text.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_scheme <- function(object, ...) {
  rlang::check_dots_empty()
  need_ggplot()
  codes <- scheme_codes(object)
  codes <- codes[codes$code %in% object[["code"]], , drop = FALSE]
  boxes <- scheme_boxes(object, codes)
  .data <- rlang::.data
  p <- ggplot2::ggplot(boxes) +
    scheme_arrows(boxes, nrow(codes)) +
    ggplot2::geom_rect(ggplot2::aes(
      xmin = .data[["xmin"]], xmax = .data[["xmax"]], ymin = .data[["ymin"]],
      ymax = .data[["ymax"]], colour = .data[["look"]],
      linetype = .data[["look"]]), fill = "white", linewidth = 0.8) +
    page_text(ggplot2::aes(
      .data[["x"]], .data[["head.y"]], label = .data[["head"]],
      xmin = .data[["xmin"]] + 0.04, xmax = .data[["xmax"]] - 0.04,
      ymin = .data[["head.low"]], ymax = .data[["ymax"]] - 0.4,
      vjust = .data[["head.v"]]), boxes, size = 3.2, fontface = "bold") +
    page_text(ggplot2::aes(
      .data[["xmin"]] + 0.08, .data[["head.low"]], label = .data[["body"]],
      xmin = .data[["xmin"]] + 0.08, xmax = .data[["xmax"]] - 0.1,
      ymin = .data[["ymin"]] + 0.2, ymax = .data[["head.low"]]),
      boxes[nzchar(boxes$body), , drop = FALSE], size = 2.9, hjust = 0,
      vjust = 1) +
    scheme_headers(boxes) +
    ggplot2::scale_colour_manual(
      values = c(stats::setNames(look_of(codes$code, codes)$colour,
                                 codes$code), " " = "grey15"),
      guide = "none") +
    ggplot2::scale_linetype_manual(
      values = c(stats::setNames(look_of(codes$code, codes)$linetype,
                                 codes$code), " " = "solid"),
      guide = "none") +
    ggplot2::scale_x_continuous(expand = ggplot2::expansion(add = 0.05)) +
    ggplot2::scale_y_continuous(expand = ggplot2::expansion(add = 0.3))
  finish_picture(
    p, say("The code-based model"), alt = scheme_alt(object, codes),
    caption = say_label(attr(object, "note", exact = TRUE)),
    theme = ggplot2::theme(panel.grid.major = ggplot2::element_blank(),
                           axis.text = ggplot2::element_blank()),
    width = 10, height = 1.4 + 0.175 * (max(boxes$ymax) - min(boxes$ymin)),
    least = 0.66
  )
}

scheme_picture_columns <- function() {
  data.frame(
    column = c("carrier", "defining", "dynamic", "formula"),
    title = c(say("Carriers"), say("Defining codes"), say("Dynamic codes"),
              say("Codes of the region")),
    xmin = c(0, 2.2, 5.8, 8), xmax = c(1.7, 5.2, 7.5, 10.4)
  )
}

scheme_boxes <- function(scheme, codes) {
  lines <- lapply(codes$code, \(code) indicator_lines(scheme, code))
  name <- wrapped(say_label(codes$code), 26L)
  # Their boxes break them anew.
  height <- 1.7 + 0.75 * (lengths(lapply(lines, strwrap, width = 38L)) +
                            lengths(strsplit(name, "\n", fixed = TRUE)))
  height <- pmax(3.4, height)
  top <- -cumsum(c(0, height[-length(height)] + 1))
  cell <- function(column, head, body, ymin, ymax, look) {
    at <- scheme_picture_columns()
    at <- at[at$column == column, ]
    body <- rep_len(body, length(head))
    data.frame(column = column, xmin = at$xmin, xmax = at$xmax, ymin = ymin,
               ymax = ymax, x = (at$xmin + at$xmax) / 2, head = head,
               head.y = ifelse(nzchar(body), ymax - 0.6, (ymin + ymax) / 2),
               head.low = ifelse(nzchar(body), ymax - 0.7 - 0.9 * lengths(
                 strsplit(head, "\n", fixed = TRUE)), ymin + 0.2),
               head.v = ifelse(nzchar(body), 1, 0.5), body = body, look = look)
  }
  middle <- top - height / 2
  small <- function(column, x) {
    head <- wrapped(x, 14L)
    half <- lengths(strsplit(head, "\n", fixed = TRUE)) * 0.5 + 0.8
    cell(column, head, "", middle - half, middle + half, codes$code)
  }
  rate <- small("dynamic", say_label(codes$dynamic))
  rate$head <- paste0(rate$head, weight_text(codes$weight))
  bottom <- min(top - height)
  rbind(
    small("carrier", say_label(codes$carrier)),
    cell("defining", name,
         vapply(lines, paste, "", collapse = "\n"), top - height, top,
         codes$code),
    rate,
    formula_boxes(bottom, cell, nrow(codes))
  )
}

# Formula (1) above formula (2), in the middle of the picture's height.
formula_boxes <- function(bottom, cell, n) {
  centre <- bottom / 2
  one <- if (n == 1L) {
    say("the dynamic code at each time; it should be positive")
  } else {
    say("sum of the dynamic codes at each time; each should be positive")
  }
  two <- say("their rates, weighted by the time influence and summed over time")
  rbind(
    cell("formula", say("Code ID, formula (1)"), one, centre + 0.9, centre + 5.6,
         " "),
    cell("formula", say("Code NID, formula (2)"), two, centre - 5.6, centre - 0.9,
         " ")
  )
}

weight_text <- function(weight) {
  ifelse(weight == 1, "", paste0(" \u00d7 ", format(weight, trim = TRUE)))
}

said_unit <- function(scheme) {
  own <- transformed_unit(scheme)
  plain <- scheme[["unit"]]
  same <- own %in% plain
  own[same] <- say_label(own[same])
  logs <- startsWith(own, "log of ")
  own[logs] <- say("log of %s", say_label(plain[logs]))
  own
}

# A line for each indicator of a code; of many, the first ten.
indicator_lines <- function(scheme, code) {
  of <- which(scheme[["code"]] == code)
  shown <- utils::head(of, 10L)
  weight <- scheme[["weight"]][of]
  text <- paste0(
    ifelse(scheme[["direction"]][shown] < 0, "- ", "+ "),
    said_names(scheme, scheme[["indicator"]][shown]),
    if (length(unique(weight)) > 1L) weight_text(scheme[["weight"]][shown]),
    bracketed(said_unit(scheme))[shown]
  )
  c(text, if (length(of) > length(shown)) {
    say("and %s more", length(of) - length(shown))
  })
}

scheme_headers <- function(boxes) {
  .data <- rlang::.data
  at <- scheme_picture_columns()
  at$x <- (at$xmin + at$xmax) / 2
  at$y <- max(boxes$ymax) + 1.4
  page_text(ggplot2::aes(.data[["x"]], .data[["y"]],
                         label = .data[["title"]], xmin = .data[["xmin"]],
                         xmax = .data[["xmax"]], ymin = .data[["y"]] - 0.9,
                         ymax = .data[["y"]] + 0.9), at, size = 3.3,
            colour = "grey30")
}

scheme_arrows <- function(boxes, n) {
  .data <- rlang::.data
  of <- function(column) boxes[boxes$column == column, , drop = FALSE]
  y <- function(d) (d$ymin + d$ymax) / 2
  link <- function(from, to) {
    data.frame(x = from$xmax, y = y(from), xend = to$xmin, yend = y(to))
  }
  formula <- of("formula")
  across <- rbind(
    link(of("carrier"), of("defining")),
    link(of("defining"), of("dynamic")),
    link(of("dynamic"), formula[rep(1L, n), ]),
    data.frame(x = formula$x[1L], y = formula$ymin[1L],
               xend = formula$x[2L], yend = formula$ymax[2L])
  )
  defining <- of("defining")
  label <- data.frame(x = (defining$xmax + of("dynamic")$xmin) / 2,
                      y = y(defining) + 0.7, text = say("rate"))
  list(
    ggplot2::geom_segment(ggplot2::aes(
      .data[["x"]], .data[["y"]], xend = .data[["xend"]],
      yend = .data[["yend"]]), across, colour = "grey40", linewidth = 0.5,
      arrow = ggplot2::arrow(length = ggplot2::unit(0.09, "inches"),
                             type = "closed")),
    page_text(ggplot2::aes(.data[["x"]], .data[["y"]],
                           label = .data[["text"]]), label, size = 2.7,
              colour = "grey30", tile = c(0.6, 1.4))
  )
}

scheme_alt <- function(scheme, codes) {
  one <- vapply(seq_len(nrow(codes)), \(i) {
    of <- scheme[["indicator"]][scheme[["code"]] == codes$code[i]]
    say("%s carry the %s code (%s), whose rate is the %s code",
        say_label(codes$carrier[i]), say_label(codes$code[i]),
        paste(said_names(scheme, of), collapse = ", "),
        say_label(codes$dynamic[i]))
  }, character(1))
  paste(say("Diagram of the code-based model: %s.",
            paste(one, collapse = "; ")),
        say("The dynamic codes sum to Code ID, formula (1)."),
        say("Their rates, weighted, sum to Code NID, formula (2)."))
}
