# What makes a Code NID: by code, time, indicator or any crossing.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_contributions <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  plot_contributions(object, regions, NULL, rlang::current_env())
}

# Bars for few regions; balloons where regions are many or where time and
# indicator cross; stacked bars by code alone at any number.
plot_contributions <- function(object, regions, model, call) {
  frame <- plot_frame(object, regions, call)
  scheme <- model$panel$scheme
  unit <- basic_unit(frame$spec, frame, scheme,
                     if (!is.null(model)) model_time_unit(model))
  rows <- contribution_rows(frame, scheme)
  many <- nlevels(rows$region) > max_panels
  timed <- !is.na(frame$time)
  items <- !is.null(rows$indicator)
  value <- with_unit("Contribution to Code NID", unit)
  drawn <- if (!timed && !items) {
    region_bars(rows, value)
  } else if (many || (timed && items)) {
    balloons(rows, timed, items, many, frame, value)
  } else if (timed) {
    time_bars(rows, frame, value)
  } else {
    item_bars(rows, value)
  }
  codes <- if (is.null(scheme)) nid_codes() else scheme_codes(scheme)
  finish_picture(
    drawn$plot + code_scales(codes, !is.null(rows$look)),
    "What makes Code NID", alt = contribution_alt(rows, frame, unit),
    caption = caption_of(frame$spec, drawn$marks), width = drawn$size[1L],
    height = drawn$size[2L]
  )
}

contribution_rows <- function(frame, scheme) {
  rows <- frame$rows[!is.na(frame$rows$estimate), , drop = FALSE]
  code <- rows$code
  if (is.null(code) && !is.null(rows$indicator) && !is.null(scheme)) {
    code <- scheme[["code"]][match(rows$indicator, scheme[["indicator"]])]
  }
  if (!is.null(code)) rows$look <- factor(code, unique(code))
  if (!is.null(rows$indicator)) {
    item <- factor(rows$indicator, unique(rows$indicator))
    rows$indicator <- wrap_levels(item, 24L)
  }
  rows$region <- droplevels(rows$region)
  rows$panel <- wrap_levels(rows$region, 30L)
  rows
}

# Regions by their total, the largest on top; one region: its codes.
region_bars <- function(rows, value) {
  .data <- rlang::.data
  n <- nlevels(rows$region)
  if (n == 1L) {
    rows$label <- factor(rows$look, rev(levels(rows$look)))
  } else {
    total <- tapply(rows$estimate, rows$region, sum)
    rows$label <- wrap_levels(factor(rows$region, names(sort(total))), 42L)
  }
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["estimate"]],
                                          .data[["label"]])) +
    bars(rows, width = 0.75) + zero_line("v")
  marks <- NULL
  if (n > 1L) {
    p <- p + total_points(rows, "label")
    marks <- "Diamond: their sum, Code NID."
  }
  list(plot = p + ggplot2::labs(x = value, y = NULL), marks = marks,
       size = c(7.5, ranked_height(max(n, nlevels(rows$label))) + 0.4))
}

time_bars <- function(rows, frame, value) {
  .data <- rlang::.data
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["time"]],
                                          .data[["estimate"]])) +
    bars(rows, orientation = "x") + zero_line("h")
  several <- !is.null(rows$look) && nlevels(rows$look) > 1L
  if (several) p <- p + total_points(rows, "time")
  p <- p + scale_time(rows$time) + series_facets(rows, FALSE, FALSE) +
    ggplot2::labs(x = frame$time, y = value)
  list(plot = p, size = series_size(rows, FALSE, FALSE),
       marks = if (several) "Diamond: their sum at that time.")
}

item_bars <- function(rows, value) {
  .data <- rlang::.data
  n <- nlevels(rows$region)
  rows$indicator <- factor(rows$indicator, rev(levels(rows$indicator)))
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["estimate"]],
                                          .data[["indicator"]])) +
    bars(rows, width = 0.75) + zero_line("v") +
    series_facets(rows, FALSE, FALSE) + ggplot2::labs(x = value, y = NULL)
  lines <- if (n == 1L) 1 else ceiling(n / panel_columns(n))
  list(plot = p, marks = NULL,
       size = c(7.5, 1.8 + lines * (0.5 + 0.27 * nlevels(rows$indicator))))
}

bars <- function(rows, ...) {
  .data <- rlang::.data
  if (is.null(rows$look)) {
    return(ggplot2::geom_col(fill = "grey45", colour = "grey20",
                             linewidth = 0.2, ...))
  }
  ggplot2::geom_col(ggplot2::aes(fill = .data[["look"]]), colour = "grey20",
                    linewidth = 0.2, ...)
}

total_points <- function(rows, at) {
  .data <- rlang::.data
  first <- !duplicated(rows[c("region", at)])
  key <- do.call(paste, c(rows[c("region", at)], sep = "\r"))
  sums <- rows[first, , drop = FALSE]
  sums$estimate <- as.double(tapply(rows$estimate, factor(key, key[first]),
                                    sum))
  ggplot2::geom_point(data = sums, shape = 23L, fill = "white",
                      colour = "grey10", size = 1.6)
}

zero_line <- function(way) {
  line <- if (way == "v") ggplot2::geom_vline else ggplot2::geom_hline
  args <- list(0, colour = "grey40", linewidth = 0.3)
  names(args)[1L] <- if (way == "v") "xintercept" else "yintercept"
  do.call(line, args)
}

# Size is the amount; filled adds, hollow takes away.
balloons <- function(rows, timed, items, many, frame, value) {
  .data <- rlang::.data
  rows$amount <- abs(rows$estimate)
  x <- if (timed) "time" else "indicator"
  if (many) {
    total <- tapply(rows$estimate, rows$region, sum)
    rows$label <- wrap_levels(factor(rows$region, names(sort(total))), 42L)
  } else {
    rows$label <- factor(rows$indicator, rev(levels(rows$indicator)))
  }
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[[x]], .data[["label"]],
                                          size = .data[["amount"]]))
  p <- p + balloon_layers(rows) +
    ggplot2::scale_size_area(max_size = 4, name = NULL) +
    ggplot2::labs(x = if (timed) frame$time, y = NULL, subtitle = value)
  p <- p + if (timed) scale_time(rows$time) else {
    ggplot2::scale_x_discrete(guide = ggplot2::guide_axis(angle = 45))
  }
  facet <- if (many && timed && items) "indicator" else if (many && timed &&
    !is.null(rows$look)) "look" else if (!many) "panel"
  if (!is.null(facet) && nlevels(rows[[facet]]) > 1L) {
    p <- p + ggplot2::facet_wrap(ggplot2::vars(.data[[facet]]),
                                 ncol = if (many) 3L else 2L)
  }
  panels <- if (is.null(facet)) 1L else nlevels(rows[[facet]])
  across <- min(panels, if (many) 3L else 2L)
  size <- c(min(14, 3 + across * (if (timed) 2.6 else 4.5)),
            2 + ceiling(panels / across) * (0.4 + nlevels(rows$label) *
                                              (if (many) 0.165 else 0.3)))
  list(plot = p, size = size, marks = paste0(
    "Size: the amount; filled adds, hollow takes away."))
}

balloon_layers <- function(rows) {
  .data <- rlang::.data
  up <- rows[rows$estimate >= 0, , drop = FALSE]
  down <- rows[rows$estimate < 0, , drop = FALSE]
  if (is.null(rows$look)) {
    return(list(
      ggplot2::geom_point(data = up, shape = 21L, fill = "grey25",
                          colour = "grey25"),
      ggplot2::geom_point(data = down, shape = 21L, fill = "white",
                          colour = "grey25")
    ))
  }
  shown <- ggplot2::aes(colour = .data[["look"]], shape = .data[["look"]],
                        fill = .data[["look"]])
  list(ggplot2::geom_point(shown, up),
       ggplot2::geom_point(shown[c("colour", "shape")], down,
                           fill = "white"))
}

contribution_alt <- function(rows, frame, unit) {
  what <- sub("^Contributions to Code NID ", "", frame$spec$title)
  size <- order(-abs(rows$estimate))
  top <- if (length(size) > 0L) {
    i <- size[1L]
    of <- c(as.character(rows$look[i]),
            gsub("\n", " ", as.character(rows$indicator[i]), fixed = TRUE),
            if (!is.na(frame$time)) times_in_words(rows$time[i]),
            as.character(rows$region[i]))
    paste0(" The largest in size is ", short_number(rows$estimate[i]), " (",
           paste(unique(of[nzchar(of)]), collapse = ", "), ").")
  }
  paste0("Contributions to Code NID ", what, " of ",
         regions_in_words(rows$region), ", in ", unit, ".", top)
}
