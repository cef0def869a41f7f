# How far the noise of the codes goes together: each region's own estimate of
# what cor = "residual" draws to the panel's.

# One row of dots a region, or of many regions a cloud; grey is where 19 of 20
# correlations of independent errors belong.
plot_correlation <- function(object, ..., regions = NULL, call) {
  rlang::check_dots_empty(call = call)
  frame <- plot_frame(object$basic, regions, call)
  rows <- correlation_rows(object$rates, frame, call)
  if (nrow(rows) == 0L) {
    return(empty_picture(say("Correlation of the errors of codes")))
  }
  many <- nlevels(rows$region) > max_panels
  p <- if (many) correlation_cloud(rows) else correlation_dots(rows)
  p <- p + zero_line("v") + correlation_axis()
  pairs <- nlevels(rows$pair)
  n <- nlevels(rows$region)
  finish_picture(
    p, say("Correlation of the errors of codes"), correlation_alt(rows),
    x = say("Correlation of the noise of codes"), caption = caption_of(
      frame$spec["rate"],
      say("Grey: where 19 of 20 belong if errors are independent."),
      if (many) say("A dot for each region; diamond: their median.") else
        say("Filled: outside it."),
      if (nrow(rows) < length(code_pairs(fitted_codes(object$rates))) *
          nlevels(droplevels(frame$rows$region))) {
        say("No value for codes without residuals at common times.")
      },
      say("This model adds errors as: %s.",
          say_fact(get_spec(object$basic)$cor))),
    width = if (many) 7.5 else max(7.5, 2 + 2.4 * min(pairs, 3L)),
    height = if (many) 1.8 + 0.5 * pairs else
      1.9 + ceiling(pairs / 3) * (0.4 + 0.3 * n)
  )
}

fitted_codes <- function(rates) {
  vapply(get_fit(rates)$codes, `[[`, "", "code")
}

correlation_rows <- function(rates, frame, call) {
  fit <- get_fit(rates)
  if (n_regions(fit$def$panel) == 0L) {
    return(data.frame())
  }
  check_cor("residual", fit, call)
  code <- fitted_codes(rates)
  if (length(code) < 2L) {
    stop_nid("argument", "One code has no correlation with another.",
             argument = "what", call = call)
  }
  noise <- estimate_codes(fit, cor = "residual",
                          times = common_times(fit))$noise
  pair <- utils::combn(length(code), 2L)
  names <- code_pairs(code)
  rows <- do.call(rbind, lapply(seq_len(ncol(pair)), \(k) {
    free <- noise$free[, k]
    data.frame(row = seq_along(free), pair = names[k], free = free,
               estimate = cut_correlation(noise$product[, k] / free),
               limit = correlation_limit(free))
  }))
  rows$pair <- factor(rows$pair, names)
  at <- match(rows$row, frame$rows$row)
  rows$region <- frame$rows$region[at]
  rows <- rows[!is.na(at) & rows$free > 0, , drop = FALSE]
  rows$region <- droplevels(rows$region)
  rows$pair <- droplevels(rows$pair)
  rows$clear <- abs(rows$estimate) > rows$limit
  rows
}

code_pairs <- function(code) {
  pair <- utils::combn(code, 2L)
  paste(say_label(pair[1L, ]), "-", say_label(pair[2L, ]))
}

# 95 % of correlations about zero of d independent pairs, t = r sqrt((d - 1) /
# (1 - r^2)); d is what the curves leave free.
correlation_limit <- function(d) {
  t <- stats::qt(0.975, pmax(d - 1, 1))
  ifelse(d < 2, 1, t / sqrt(t^2 + pmax(d - 1, 1)))
}

correlation_dots <- function(rows) {
  .data <- rlang::.data
  rows$label <- factor(rows$region, rev(levels(rows$region)))
  ggplot2::ggplot(rows, ggplot2::aes(.data[["estimate"]], .data[["label"]])) +
    ggplot2::geom_linerange(ggplot2::aes(xmin = -.data[["limit"]],
                                         xmax = .data[["limit"]]),
                            colour = "grey85", linewidth = 3) +
    ggplot2::geom_point(ggplot2::aes(shape = .data[["clear"]]), size = 2.2,
                        colour = "grey10") +
    ggplot2::scale_shape_manual(values = c("FALSE" = 1L, "TRUE" = 16L),
                                guide = "none") +
    ggplot2::facet_wrap(ggplot2::vars(.data[["pair"]]), ncol = 3L,
                        labeller = strip_words()) + row_names()
}

correlation_cloud <- function(rows) {
  .data <- rlang::.data
  rows$label <- factor(rows$pair, rev(levels(rows$pair)))
  middle <- data.frame(
    label = factor(levels(rows$label), levels(rows$label)),
    estimate = as.double(tapply(rows$estimate, rows$label, stats::median)),
    limit = as.double(tapply(rows$limit, rows$label, stats::median)))
  # Neighbours take different heights, the same on every drawing.
  rows$at <- as.integer(rows$label) +
    stats::ave(rows$estimate, rows$label, FUN = \(x) {
      0.3 * (((rank(x, ties.method = "first") * 3) %% 7) / 3 - 1)
    })
  middle$at <- as.integer(middle$label)
  ggplot2::ggplot(rows, ggplot2::aes(.data[["estimate"]], .data[["at"]])) +
    ggplot2::geom_linerange(ggplot2::aes(xmin = -.data[["limit"]],
                                         xmax = .data[["limit"]]), middle,
                            colour = "grey88", linewidth = 14) +
    ggplot2::geom_point(shape = 16L, colour = "grey45", size = 0.8) +
    ggplot2::geom_point(data = middle, shape = 18L, colour = "grey10",
                        size = 3.6) +
    ggplot2::scale_y_continuous(breaks = seq_along(levels(rows$label)),
                                labels = \(at) words_on_page("rows")(
                                  levels(rows$label)))
}

correlation_alt <- function(rows) {
  one <- vapply(levels(rows$pair), \(pair) {
    x <- rows$estimate[rows$pair == pair]
    if (length(x) == 0L) return(paste(pair, say("unknown")))
    if (length(x) == 1L) return(paste(pair, short_number(x)))
    paste0(pair, ": ", say("median %s (%s to %s)",
                           short_number(stats::median(x)),
                           short_number(min(x)), short_number(max(x))))
  }, "")
  say("Dot chart of the correlation of the errors of codes in %s: %s.",
      regions_in_words(rows$region), paste(one, collapse = "; "))
}
