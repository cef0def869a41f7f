# What makes the Code NID of one region, step by step: its codes, their
# indicators, the years. Every bar begins where the one above it ends.

plot_waterfall <- function(object, ..., regions = NULL, call) {
  rlang::check_dots_empty(call = call)
  frame <- plot_frame(object$basic, regions, call)
  if (is.null(regions)) {
    frame$rows <- utils::head(frame$rows[order(-frame$rows$estimate), ,
                                         drop = FALSE], 1L)
  }
  total <- frame$rows[!is.na(frame$rows$estimate), , drop = FALSE]
  title <- say("Code NID step by step")
  if (nrow(total) == 0L) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  if (nrow(total) > 1L) {
    stop_argument("regions", "one region for a waterfall", regions, call)
  }
  name <- as.character(total$region)
  title <- paste(c(title, name[nzchar(name)]), collapse = ": ")
  rows <- waterfall_rows(object, total)
  scheme <- object$panel$scheme
  unit <- basic_unit(frame$spec, frame, scheme, model_time_unit(object))
  finish_picture(
    waterfall_plot(rows, total) + fall_colours(rows, scheme), title,
    alt = waterfall_alt(rows, total, unit), x = with_unit("Code NID", unit),
    y = NULL, caption = caption_of(
      frame$spec, say("Each bar begins where the one above it ends."),
      filled_words(total)),
    height = 1.8 + 0.19 * nlevels(rows$label)
  )
}

# A row a bar of each of the three cuts: from, to, its label and code.
waterfall_rows <- function(object, total) {
  cells <- contributions(object, by = c("code", "indicator", "time"))
  rows <- plot_frame(cells)$rows
  rows <- rows[rows$region %in% as.character(total$region) &
                 !is.na(rows$estimate), , drop = FALSE]
  scheme <- object$panel$scheme
  item <- shown_names(scheme, rows$indicator)
  time <- if (is.numeric(rows$time)) format_time(rows$time) else
    format(rows$time)
  cut <- function(panel, label, code, order) {
    first <- !duplicated(label)
    at <- data.frame(panel = panel, label = label[first], code = code[first],
                     value = as.vector(tapply(rows$estimate, factor(
                       label, label[first]), sum)))[order(order[first]), ]
    at$to <- cumsum(at$value)
    at$from <- at$to - at$value
    at
  }
  codes <- match(rows$code, unique(rows$code))
  out <- rbind(
    cut(say("codes"), say_label(rows$code), rows$code, codes),
    cut(say("indicators"), say_label(item), rows$code, codes),
    cut(say("years"), time, rep(NA_character_, nrow(rows)),
        as.numeric(rows$time)))
  sum <- out[!duplicated(out$panel), , drop = FALSE]
  sum[c("label", "code")] <- list("Code NID", NA)
  sum$from <- 0
  sum$to <- sum$value <- total$estimate
  out <- rbind(out, sum)
  out$total <- out$label == "Code NID"
  out <- out[order(match(out$panel, sum$panel)), ]
  out$panel <- factor(out$panel, unique(out$panel))
  key <- paste(as.integer(out$panel), out$label, sep = "\r")
  out$label <- factor(key, rev(unique(key)))
  out
}

waterfall_plot <- function(rows, total) {
  .data <- rlang::.data
  words <- words_on_page("rows")
  last <- rows[rows$total, , drop = FALSE]
  rows <- rows[!rows$total, , drop = FALSE]
  p <- ggplot2::ggplot(rows, ggplot2::aes(y = .data[["label"]])) +
    zero_line("v") +
    ggplot2::geom_blank(ggplot2::aes(x = .data[["to"]]), last) +
    ggplot2::geom_vline(xintercept = total$estimate, colour = "grey40",
                        linetype = "42", linewidth = 0.3) +
    ggplot2::geom_linerange(ggplot2::aes(
      xmin = .data[["from"]], xmax = .data[["to"]],
      colour = .data[["code"]]), linewidth = 3.2) +
    ggplot2::facet_grid(rows = ggplot2::vars(.data[["panel"]]),
                        scales = "free_y", space = "free_y",
                        labeller = strip_words("side")) +
    ggplot2::scale_y_discrete(
      limits = \(x) intersect(levels(rows$label), x),
      labels = \(x) words(sub("^[0-9]+\r", "", x)))
  last$estimate <- total$estimate
  last$conf.low <- total$conf.low
  last$conf.high <- total$conf.high
  last <- point_kinds(last)
  p + interval_lines(last) +
    ggplot2::geom_point(ggplot2::aes(.data[["estimate"]],
                                     shape = .data[["kind"]]), last, size = 2,
                        colour = "grey10") + kind_shapes()
}

fall_colours <- function(rows, scheme) {
  scale_colour_code(codes = scheme_codes(scheme), guide = "none",
                    na.value = "grey55")
}

waterfall_alt <- function(rows, total, unit) {
  first <- rows[as.integer(rows$panel) == 1L & !rows$total, , drop = FALSE]
  name <- sub("^[0-9]+\r", "", as.character(first$label))
  paste(say("Waterfall of Code NID by code, indicator and year, in %s.", unit),
        say("By code: %s; together %s.",
            paste(name, short_number_each(first$value), collapse = ", "),
            short_number(total$estimate)))
}

short_number_each <- function(x) vapply(x, short_number, "")
