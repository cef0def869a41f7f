# Levels and rates at new times, and drawn paths.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_prediction <- function(object, order = NULL, regions = NULL,
                                    ...) {
  rlang::check_dots_empty()
  call <- rlang::current_env()
  frame <- plot_frame(object, regions, call)
  rows <- frame$rows
  rows$look <- factor(rows$code, unique(rows$code))
  frame$rows <- rows
  shown <- chosen_orders(frame, order, call)
  unit <- code_unit(frame$spec)
  codes <- levels(rows$look)
  title <- say("Predicted: %s", orders_in_words(shown))
  if (all(is.na(rows$estimate[rows$order %in% shown]))) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  data <- behind_prediction(get_fit(object), frame)
  units <- order_units(unit, time_unit(frame), shown)
  alt <- series_alt(title, codes, frame,
                    paste(units, collapse = "; "), "bands")
  frame$rows <- by_order(frame$rows, shown, units)
  data <- by_order(data, shown, units)
  free <- length(shown) > 1L
  cut <- cut_to_data(frame$rows, data, free)
  frame$rows <- cut$rows
  series_plot(
    frame, y = if (!free) with_unit(capital(orders_in_words(shown)), units),
    title = title, alt = alt, caption = marks_caption(
      frame$spec, frame$rows, NULL,
      if (0L %in% shown) say("Crosses: observed values."),
      say("Dashed: the data end; bands of 50%% and 80%% within."),
      if (cut$any) say("Cut where far beyond the data.")),
    grid = TRUE, free = free, data = data, fan = TRUE
  )
}

# What is known at the observed times: of order 0 the values, of others the
# rates.
behind_prediction <- function(fit, frame) {
  panel <- fit$def$panel
  codes <- code_field(fit, "code")
  parts <- lapply(seq_along(codes), \(i) {
    s <- code_series(fit, i)
    if (length(s$of) == 0L) return(NULL)
    has <- orders_of(fit$rate, 1:2)
    value <- cbind(s$value, estimate_series(s, has)$estimate)
    index <- index_columns(panel, rep(series_rows(s), ncol(value)))
    data.frame(
      region = as.character(region_factor(index, panel$index[["region"]],
                                          length(value))),
      time = axis_time(index[[panel$index[["time"]]]], frame$time, NULL),
      look = factor(codes[i], levels(frame$rows$look)),
      order = rep(c(0L, has), each = nrow(value)), estimate = as.vector(value))
  })
  out <- do.call(rbind, parts)
  out <- out[out$region %in% levels(frame$rows$region) & !is.na(out$look), ,
             drop = FALSE]
  out$region <- factor(out$region, levels(frame$rows$region))
  out
}

# Limits of a picture (of each panel, where they are `free`) are those of what
# is known within the times of the data, and as much again on either side: a
# curve that leaves them ends, a band is cut.
cut_to_data <- function(rows, data, free) {
  before <- rows[c("estimate", "conf.low", "conf.high")]
  panel <- function(x) if (free) as.integer(x$region) else rep(1L, nrow(x))
  inside <- rows$time >= min(data$time) & rows$time <= max(data$time)
  for (one in unique(panel(rows))) {
    mine <- panel(rows) == one
    known <- c(data$estimate[panel(data) == one],
               unlist(before[mine & inside, ]))
    limits <- finite_range(known)
    limits <- limits + c(-1, 1) * diff(limits)
    if (!all(is.finite(limits)) || diff(limits) <= 0) next
    off <- mine & (rows$estimate < limits[1L] | rows$estimate > limits[2L])
    rows$estimate[which(off)] <- NA
    rows$conf.low[mine] <- pmax(rows$conf.low[mine], limits[1L])
    rows$conf.high[mine] <- pmin(rows$conf.high[mine], limits[2L])
  }
  list(rows = rows, any = !identical(before, rows[names(before)]))
}

finite_range <- function(x) {
  x <- x[is.finite(x)]
  if (length(x) == 0L) c(NA_real_, NA_real_) else range(x)
}

# Orders to draw: of one region all, of several the lowest, unless asked for.
chosen_orders <- function(frame, order, call) {
  known <- sort(unique(frame$rows$order))
  if (is.null(order)) {
    one <- nlevels(frame$rows$region) <= 1L
    return(if (one) known else known[seq_len(min(1L, length(known)))])
  }
  if (!is.numeric(order) || length(order) == 0L || !all(order %in% known)) {
    stop_argument("order", paste("any of", paste(known, collapse = ", ")),
                  order, call)
  }
  if (length(order) > 1L && nlevels(frame$rows$region) > 1L) {
    stop_argument("order", "one order when several regions are drawn", order,
                  call)
  }
  sort(unique(order))
}

order_names <- function(order) {
  c(say("levels"), say("rates"), say("rates of the rates"))[order + 1L]
}

orders_in_words <- function(order) paste(order_names(order), collapse = ", ")

order_units <- function(unit, time, order) {
  c(unit, rate_unit(unit, time), rate_unit(unit, time, 2L))[order + 1L]
}

# Several orders of one region take the place of regions: a row of panels each.
by_order <- function(rows, order, units) {
  rows <- rows[rows$order %in% order, , drop = FALSE]
  if (length(order) > 1L) {
    label <- paste0(order_names(order), ", ", units)
    rows$region <- factor(label[match(rows$order, order)], label)
  }
  rows
}


# Draws of a picture at most; of many regions, the median of their draws.
max_draws <- 100L

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_simulation <- function(object, order = NULL, regions = NULL,
                                    ...) {
  rlang::check_dots_empty()
  call <- rlang::current_env()
  frame <- plot_frame(object, regions, call)
  frame$rows$look <- factor(frame$rows$code, unique(frame$rows$code))
  shown <- chosen_orders(frame, order, call)
  units <- order_units(code_unit(frame$spec), time_unit(frame), shown)
  title <- say("Drawn paths: %s", orders_in_words(shown))
  n <- length(unique(frame$rows$sim))
  alt <- series_alt(paste0(title, " (", say("%s draws", n, n = n), ")"),
                    levels(frame$rows$look), frame,
                    paste(units, collapse = "; "))
  frame$rows <- by_order(frame$rows, shown, units)
  y <- if (length(shown) == 1L) with_unit(capital(orders_in_words(shown)),
                                          units)
  if (nlevels(frame$rows$region) > max_panels) {
    frame$rows <- middle_draws(frame$rows)
    return(series_plot(
      frame, y, title, alt, caption_of(
        frame$spec, say("Thin lines: the median draw of each region."),
        say("Thick: the median of regions."),
        say("Named: highest and lowest at the last time."))))
  }
  draw_paths(frame, y, title, alt, n, length(shown) > 1L)
}

draw_paths <- function(frame, y, title, alt, n, free) {
  if (all(is.na(frame$rows$estimate))) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  .data <- rlang::.data
  middle <- complete_series(middle_draws(frame$rows))
  rows <- frame$rows[frame$rows$sim <= max_draws, , drop = FALSE]
  rows$series <- rows$sim
  rows <- complete_series(rows)
  p <- ggplot2::ggplot(rows, ggplot2::aes(
    .data[["time"]], .data[["estimate"]], group = .data[["group"]],
    colour = .data[["look"]])) +
    zero_line("h") +
    ggplot2::geom_line(linewidth = 0.25, alpha = if (n > 30L) 0.3 else 0.5) +
    ggplot2::geom_line(ggplot2::aes(linetype = .data[["look"]]), middle,
                       colour = "grey10", linewidth = 0.8) +
    scale_time(rows$time) + code_scales(nid_codes(), rows$look) +
    series_facets(rows, FALSE, TRUE, if (free) "free_y" else "fixed")
  if (nlevels(rows$look) > 1L) {
    p <- p + ggplot2::guides(colour = "none", linetype = "none")
  }
  size <- series_size(rows, FALSE, TRUE)
  finish_picture(
    p, title, alt, x = frame$time, y = y, width = size[1L],
    height = size[2L], caption = caption_of(
      frame$spec, say("Thin lines: %s of %s draws.", min(n, max_draws), n),
      say("Thick: their median at each time."))
  )
}

# One row a region, time, code and order: the median of the draws.
middle_draws <- function(rows) {
  rows <- rows[!is.na(rows$estimate), , drop = FALSE]
  key <- paste(as.integer(rows$region), as.numeric(rows$time),
               as.integer(rows$look), rows$order)
  first <- !duplicated(key)
  out <- rows[first, , drop = FALSE]
  out$estimate <- as.double(tapply(rows$estimate, factor(key, key[first]),
                                   stats::median))
  out
}
