# The phase plane: the rate of each code (upward) against the code accumulated
# so far (to the right), a path through time.

plot_phases <- function(object, ..., regions = NULL, call) {
  rlang::check_dots_empty(call = call)
  title <- say("Phase plane: rate against accumulated code")
  frame <- plot_frame(object$rates, regions, call)
  def <- get_defining(object)
  if (all(is.na(frame$rows$estimate))) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  rows <- mark_rows(frame$rows, object$rates, def, FALSE)
  rows <- rows[rows$order == 1L & !is.na(rows$estimate), , drop = FALSE]
  level <- defining_level(object, frame)
  rows$level <- level[match(phase_key(rows), names(level))]
  rows <- rows[!is.na(rows$level), , drop = FALSE]
  rows$region <- droplevels(rows$region)
  rows$panel <- rows$region
  rows$split <- rows$look
  rows$group <- as.integer(factor(paste(as.integer(rows$region), rows$code)))
  unit <- code_unit(frame$spec, def$panel$scheme)
  many <- nlevels(rows$region) > max_panels
  size <- series_size(rows, many, FALSE)
  p <- phase_plot(rows, many) + phase_ellipses(object, rows, frame, many) +
    code_scales(scheme_codes(def$panel$scheme), rows$look, size[1L]) +
    series_facets(rows, many, FALSE)
  if (many) p <- p + ggplot2::guides(colour = "none", fill = "none",
                                     shape = "none", linetype = "none")
  finish_picture(
    p, titled(title, rows$region),
    alt = phase_alt(rows, frame, unit),
    x = with_unit(say("Code accumulated so far"), unit),
    y = with_unit(say("Its rate"), rate_unit(unit, time_unit(frame))),
    caption = phase_caption(frame$spec, many, get_fit(object$rates)$rate),
    width = size[1L], height = size[2L] + 0.4
  )
}

phase_caption <- function(spec, many, rate) {
  caption_of(
    utils::modifyList(spec, list(level = NULL)),
    if (many) {
      say("Points: the last time of each region; lines: the way there.")
    } else {
      say("Each path runs in time, from the first year named to the arrow.")
    },
    say("Above zero: advance where it climbs, slowdown where it sinks."),
    say("Below zero: recovery where it climbs, decline where it sinks."),
    if (!many && rate$facts$errors != "known") {
      say("Ellipses: code and rate of the last time, probability 1/2.")
    }
  )
}

# Code and rate of the last time as a bivariate t: its half nearest the middle,
# tilted as their errors go together.
phase_ellipses <- function(object, rows, frame, many) {
  fit <- get_fit(object$rates)
  if (many || fit$rate$facts$errors == "known") {
    return(NULL)
  }
  last <- rows[!duplicated(rows$group, fromLast = TRUE), , drop = FALSE]
  at <- match(phase_key(last), panel_keys(fit, frame))
  last$tilt <- as.vector(t(rates_correlation(fit, 0:1)))[at]
  last$level.se <- as.vector(level_errors(fit))[at]
  last <- last[stats::complete.cases(last[c("tilt", "level.se", "std.error",
                                            "df")]), , drop = FALSE]
  if (nrow(last) == 0L) {
    return(NULL)
  }
  angle <- seq(0, 2 * pi, length.out = 61L)
  each <- last[rep(seq_len(nrow(last)), each = length(angle)), , drop = FALSE]
  reach <- sqrt(2 * stats::qf(0.5, 2, each$df))
  x <- rep(cos(angle), nrow(last))
  y <- each$tilt * x + sqrt(1 - each$tilt^2) * rep(sin(angle), nrow(last))
  each$level <- each$level + reach * each$level.se * x
  each$estimate <- each$estimate + reach * each$std.error * y
  ggplot2::geom_path(data = each, linewidth = 0.3, linetype = "solid",
                     show.legend = FALSE)
}

# Rows of the panel, code after code, as phase_key() names them.
panel_keys <- function(fit, frame) {
  panel <- fit$def$panel
  time <- row_time(panel)
  if (!is.na(frame$time)) {
    time <- as.numeric(axis_time(index_columns(panel)[[frame$time]],
                                 frame$time))
  }
  region <- if (is.na(frame$region)) "" else
    rep(as.character(panel$regions), diff(panel$offset))
  paste(region, time, rep(code_field(fit, "code"), each = length(time)),
        sep = "\r")
}

# Errors of the level, row x code.
level_errors <- function(fit) {
  out <- matrix(NA_real_, n_rows(fit$def$panel), length(fit$codes))
  for (i in seq_along(fit$codes)) {
    series <- code_series(fit, i)
    if (length(series$value) == 0L) next
    out[series_rows(series), i] <- estimate_series(series, 0L)$std.error
  }
  out
}

# The smooth level where the rate has one, else the code itself.
defining_level <- function(object, frame) {
  fit <- get_fit(object$rates)
  fit$level <- object$args$conf_level
  rows <- plot_frame(object$defining)$rows
  rows$look <- factor(rows$code, unique(rows$code))
  level <- level_rows(fit, list(rows = rows, time = frame$time))
  if (is.null(level)) level <- rows
  level$code <- as.character(level$look)
  stats::setNames(level$estimate, phase_key(level))
}

phase_key <- function(rows) {
  paste(rows$region, as.numeric(rows$time), rows$code, sep = "\r")
}

phase_plot <- function(rows, many) {
  .data <- rlang::.data
  last <- rows[!duplicated(rows$group, fromLast = TRUE), , drop = FALSE]
  first <- rows[!duplicated(rows$group), , drop = FALSE]
  first$text <- vapply(first$time, times_in_words, "")
  long <- rows[rows$group %in% rows$group[duplicated(rows$group)], ,
               drop = FALSE]
  p <- ggplot2::ggplot(rows, ggplot2::aes(
    .data[["level"]], .data[["estimate"]], group = .data[["group"]],
    colour = .data[["look"]], fill = .data[["look"]],
    shape = .data[["look"]], linetype = .data[["look"]])) + zero_line("h") +
    ggplot2::scale_x_continuous(n.breaks = 4, guide = free_marks())
  if (many) {
    named <- named_rows(transform_last(last))
    named$beside <- beside(named$level, rows$level)
    return(p + ggplot2::geom_path(data = long, colour = "grey70",
                                  linetype = "solid", linewidth = 0.2) +
             ggplot2::geom_point(data = last, size = 1.6) +
             page_text(ggplot2::aes(label = .data[["label"]],
                                    vjust = .data[["above"]],
                                    hjust = .data[["beside"]]),
                       named, size = 2.6, colour = "grey15") +
             ggplot2::scale_y_continuous(expand = ggplot2::expansion(0.1),
                                         guide = free_marks()))
  }
  p + ggplot2::scale_y_continuous(n.breaks = 4, guide = free_marks()) +
    ggplot2::geom_path(data = long, linewidth = 0.6, show.legend = FALSE,
                         arrow = ggplot2::arrow(
                           length = ggplot2::unit(0.09, "inches"),
                           type = "closed")) +
    ggplot2::geom_point(size = 1.3) +
    path_words(rows, first)
}

# The first year of each path, and in the corners of the panels, where there is
# room, the phases above and below zero.
path_words <- function(rows, first) {
  .data <- rlang::.data
  corner <- data.frame(
    level = min(rows$level), estimate = range(0, rows$estimate), v = c(0, 1),
    h = 0, text = c(say("climbing: recovery; sinking: decline"),
                    say("climbing: advance; sinking: slowdown")))
  corner <- corner[corner$estimate != 0, ]
  panel <- first[!duplicated(first[c("panel", "split")]), c("panel", "split")]
  corner <- merge(corner, panel, by = NULL)
  first <- data.frame(first[c("level", "estimate", "text", "panel", "split")],
                      v = -0.8, h = 0.5)
  # Points to keep off.
  rows$text <- ""
  rows$v <- rows$h <- 0
  page_text(ggplot2::aes(.data[["level"]], .data[["estimate"]],
                         label = .data[["text"]], vjust = .data[["v"]],
                         hjust = .data[["h"]]),
            rbind(first, corner[names(first)], rows[names(first)]),
            inherit.aes = FALSE, size = 2.5, colour = "grey30", share = 0.9,
            clear = TRUE)
}

# Regions end at different times: the extremes are those of the last points.
transform_last <- function(last) {
  last$time <- rep(0, nrow(last))
  last
}

phase_alt <- function(rows, frame, unit) {
  last <- rows[!duplicated(rows$group, fromLast = TRUE), , drop = FALSE]
  paste(
    say("Phase plane, the rate of each code against the code so far."),
    what_of(paste(say_label(levels(rows$look)), collapse = ", "), rows$region,
            rows$time, unit),
    say("At the last time %s of %s rates are above zero.",
        sum(last$estimate > 0), nrow(last)))
}
