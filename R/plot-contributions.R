# What makes a Code NID: by code, time, indicator or any crossing.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_contributions <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  plot_contributions(object, regions, NULL, rlang::current_env())
}

# Bars for few regions, balloons where time and indicator cross; for many,
# stacked bars by code, balloons by indicator and lines over time.
plot_contributions <- function(object, regions, model, call) {
  frame <- plot_frame(object, regions, call)
  scheme <- model$panel$scheme
  unit <- basic_unit(frame$spec, frame, scheme,
                     if (!is.null(model)) model_time_unit(model))
  title <- say("What makes Code NID")
  rows <- contribution_rows(frame, scheme)
  if (nrow(rows) == 0L) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  many <- nlevels(rows$region) > max_panels
  timed <- !is.na(frame$time)
  items <- !is.null(rows$indicator)
  codes <- if (is.null(scheme)) nid_codes() else scheme_codes(scheme)
  value <- with_unit(say("Contribution to Code NID"), unit)
  alt <- contribution_alt(rows, frame, unit)
  if (many && timed) {
    frame$rows <- rows
    return(series_plot(frame, value, title, alt,
                       marks_caption(frame$spec, rows, NULL), codes))
  }
  drawn <- if (items && (many || timed)) {
    balloons(rows, timed, many, frame, value)
  } else if (timed) {
    time_bars(rows, frame, value)
  } else if (items) {
    item_bars(rows, value)
  } else {
    region_bars(rows, value, model)
  }
  finish_picture(
    drawn$plot + code_scales(codes, rows$look, drawn$size[1L]) + drawn$guides,
    title, alt,
    x = drawn$x, y = drawn$y, subtitle = drawn$subtitle,
    caption = caption_of(frame$spec, drawn$marks), theme = drawn$theme,
    width = drawn$size[1L], height = drawn$size[2L]
  )
}

contribution_rows <- function(frame, scheme) {
  rows <- frame$rows[!is.na(frame$rows$estimate), , drop = FALSE]
  rows$indicator <- rows$indicator %||% rows$node
  code <- rows$code
  if (is.null(code) && !is.null(rows$indicator) && !is.null(scheme)) {
    ways <- tree_paths(scheme)
    item <- unlist(ways, use.names = FALSE)
    code <- rep(scheme[["code"]], lengths(ways))[match(rows$indicator, item)]
  }
  if (!is.null(code)) rows$look <- factor(code, unique(code))
  if (!is.null(rows$indicator)) {
    item <- say_label(rows$label %||% rows$indicator)
    item <- factor(item, unique(item))
    if (!is.null(rows$look)) {
      # Those of a code stand together.
      item <- factor(item, unique(item[order(rows$look)]))
    }
    rows$indicator <- rows$split <- item
  }
  rows$region <- droplevels(rows$region)
  rows
}

# Regions by their total, the largest on top; one region: its codes.
region_bars <- function(rows, value, model) {
  .data <- rlang::.data
  n <- nlevels(rows$region)
  rows$label <- if (n == 1L) {
    factor(rows$look, rev(levels(rows$look)))
  } else {
    by_total(rows)
  }
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["estimate"]],
                                          .data[["label"]])) +
    bars(rows, width = 0.75) + zero_line("v") + row_names()
  marks <- NULL
  if (n > 1L) {
    p <- p + total_ranges(rows, model) + total_points(rows, "label")
    marks <- c(say("Diamond: their sum, Code NID."), if (!is.null(model)) {
      say("Line: its interval.")
    })
  }
  list(plot = p, x = value, marks = marks,
       size = c(7.5, ranked_height(max(n, nlevels(rows$label))) + 0.4))
}

# The intervals of the sums, as the model has them.
total_ranges <- function(rows, model) {
  if (is.null(model)) {
    return(NULL)
  }
  sums <- plot_frame(model$basic)$rows
  sums$label <- rows$label[match(as.character(sums$region),
                                 as.character(rows$region))]
  interval_lines(sums[!is.na(sums$label), , drop = FALSE], "grey10")
}

by_total <- function(rows) {
  total <- tapply(rows$estimate, rows$region, sum)
  factor(rows$region, names(sort(total)))
}

time_bars <- function(rows, frame, value) {
  .data <- rlang::.data
  rows$panel <- rows$region
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["time"]],
                                          .data[["estimate"]])) +
    bars(rows, orientation = "x") + zero_line("h")
  several <- !is.null(rows$look) && nlevels(rows$look) > 1L
  if (several) p <- p + total_points(rows, "time")
  p <- p + scale_time(rows$time) + series_facets(rows, FALSE, FALSE)
  list(plot = p, x = frame$time, y = value,
       size = series_size(rows, FALSE, FALSE),
       marks = if (several) say("Diamond: their sum at that time."))
}

item_bars <- function(rows, value) {
  .data <- rlang::.data
  n <- nlevels(rows$region)
  width <- if (n > 4L) 10 else 7.5
  rows$panel <- rows$region
  rows$indicator <- factor(rows$indicator, rev(levels(rows$indicator)))
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["estimate"]],
                                          .data[["indicator"]])) +
    bars(rows, width = 0.75) + zero_line("v") + row_names() +
    series_facets(rows, FALSE, FALSE)
  lines <- if (n == 1L) 1 else ceiling(n / panel_columns(n))
  list(plot = p, x = value,
       size = c(width, 1.8 + lines * (0.5 + label_height(rows$indicator, 24L))))
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
  ggplot2::geom_point(data = sums, shape = 18L, colour = "grey10",
                      size = 2.4)
}

zero_line <- function(way) {
  line <- if (way == "v") ggplot2::geom_vline else ggplot2::geom_hline
  args <- list(0, colour = "grey40", linewidth = 0.3)
  names(args)[1L] <- if (way == "v") "xintercept" else "yintercept"
  do.call(line, args)
}

# Indicators over time for few regions, regions by indicator for many. Size is
# the amount; up adds, down takes away.
balloons <- function(rows, timed, many, frame, value) {
  .data <- rlang::.data
  rows$amount <- abs(rows$estimate)
  rows$panel <- rows$region
  rows$label <- if (many) by_total(rows) else {
    factor(rows$indicator, rev(levels(rows$indicator)))
  }
  p <- ggplot2::ggplot(rows, ggplot2::aes(
    .data[[if (timed) "time" else "indicator"]], .data[["label"]],
    size = .data[["amount"]])) +
    balloon_layers(rows) +
    ggplot2::scale_size_area(max_size = 4.5, name = NULL, n.breaks = 4) +
    row_names(limits = levels(rows$label))
  p <- p + if (timed) scale_time(rows$time) else {
    ggplot2::scale_x_discrete(limits = levels(rows$indicator),
                              labels = words_on_page("slanted"),
                              guide = ggplot2::guide_axis(angle = 45))
  }
  panels <- if (many) 1L else nlevels(rows$region)
  if (panels > 1L) p <- p + series_facets(rows, FALSE, FALSE)
  across <- if (panels > 1L) panel_columns(panels) else 1L
  wide <- if (timed) 2.6 else 0.5 * nlevels(rows$indicator)
  size <- c(max(7.5, 2.4 + across * wide),
            2.4 + if (many) ranked_height(nlevels(rows$label)) else {
              ceiling(panels / across) * (0.4 + label_height(rows$label, 24L))
            })
  list(plot = p, x = if (timed) frame$time, subtitle = value, size = size,
       guides = ggplot2::guides(
         size = ggplot2::guide_legend(order = 2),
         colour = ggplot2::guide_legend(
           order = 1, override.aes = list(size = 2.2),
           nrow = if (!is.null(rows$look)) key_rows(rows$look, size[1L]))),
       theme = ggplot2::theme(legend.box = "vertical",
                              legend.spacing.y = ggplot2::unit(0, "lines")),
       marks = say(
         "Size: the amount; triangle up adds, down takes away."))
}

balloon_layers <- function(rows) {
  .data <- rlang::.data
  up <- rows[rows$estimate >= 0, , drop = FALSE]
  down <- rows[rows$estimate < 0, , drop = FALSE]
  if (is.null(rows$look)) {
    return(list(
      ggplot2::geom_point(data = up, shape = 24L, fill = "grey25",
                          colour = "grey25"),
      ggplot2::geom_point(data = down, shape = 25L, fill = "grey25",
                          colour = "grey25")
    ))
  }
  shown <- ggplot2::aes(colour = .data[["look"]], fill = .data[["look"]])
  list(ggplot2::geom_point(shown, up, shape = 24L),
       ggplot2::geom_point(shown, down, shape = 25L,
                           show.legend = nrow(up) == 0L))
}

contribution_alt <- function(rows, frame, unit) {
  size <- order(-abs(rows$estimate))
  top <- if (length(size) > 0L) {
    i <- size[1L]
    of <- c(say_label(as.character(rows$look[i])),
            as.character(rows$indicator[i]),
            if (!is.na(frame$time)) times_in_words(rows$time[i]),
            as.character(rows$region[i]))
    say("The largest in size is %s (%s).", short_number(rows$estimate[i]),
        paste(unique(of[nzchar(of)]), collapse = ", "))
  }
  by <- frame$spec$by
  cut <- replace(by, by == "node", attr(by, "cut"))
  paste(c(say("Contributions to Code NID by %s: %s, in %s.",
              paste(say_label(cut), collapse = ", "),
              regions_in_words(rows$region), unit), top), collapse = " ")
}
