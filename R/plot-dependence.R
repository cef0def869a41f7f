#' The paper's Fig. 2, redrawn
#'
#' One panel per left-hand variable (and group): points labelled by their
#' time, the fitted curve with its confidence band, and the [verdict()] in the
#' subtitle of the figure or, with several panels, of each. With more than
#' twelve groups a panel per left-hand variable, a thin curve for each group and
#' the count of verdicts.
#'
#' @param object,x A `nid_dependence` with one regressor.
#' @param scale <chr> "levels" or "rates": which scale to draw; the first that
#'   was fitted by default.
#' @param form <chr> Which form; the first by default.
#' @param labels <lgl> Whether to label points by their time; `NULL` labels up
#'   to 40 points a panel.
#' @param ... Empty.
#' @return A ggplot with alt text and a [picture_size()]; `plot()` draws it and
#'   returns `x` invisibly. Fits with effects are drawn as what the effects
#'   leave of both variables.
#' @family dependence
#' @examplesIf requireNamespace("ggplot2", quietly = TRUE)
#' district <- ural[ural$level == "district", ]
#' dep <- code_dependence(district, apt_developed + grp ~ employed_he_share)
#' ggplot2::autoplot(dep)
#' @exportS3Method ggplot2::autoplot
autoplot.nid_dependence <- function(object, scale = NULL, form = NULL,
                                    labels = NULL, ...) {
  need_ggplot()
  rlang::check_dots_empty()
  call <- rlang::current_env()
  scale <- if (is.null(scale)) object$scale[1L] else
    check_choice(scale, object$scale, "scale")
  form <- if (is.null(form)) object$form[1L] else
    check_choice(form, object$form, "form")
  shown <- which(object$table$scale == scale & object$table$form == form)
  fits <- object$fits[shown]
  full <- vapply(fits, \(fit) length(fit$y) > 0L, TRUE)
  fits <- fits[full]
  single <- vapply(fits, \(fit) length(unique(fit$variables)) == 1L, TRUE)
  if (length(fits) == 0L || !all(single)) {
    stop_argument("object", "fits of one regressor, with data", object, call)
  }
  draw_dependence(object, fits, shown[full], scale, form, labels)
}

#' @rdname autoplot.nid_dependence
#' @export
plot.nid_dependence <- function(x, ...) draw_picture(x, ...)

# A panel for each fit, or, with many groups, for each left-hand variable.
draw_dependence <- function(object, fits, at, scale, form, labels) {
  words <- verdict_words(object, form)[match(
    panel_key(object, at), panel_key_of_verdict(object, form))]
  many <- NROW(object$data$groups) > max_panels
  title <- if (many) said_names(object$data$scheme, object$table$y[at]) else
    vapply(at, \(k) panel_title(object$table, k, object), "")
  if (many) words <- counted_verdicts(object, form, title)
  one <- length(unique(title)) == 1L
  columns <- if (one) 1L else if (length(unique(title)) <= 4L) 2L else 3L
  width <- if (one) 7 else if (columns == 2L) 8 else 9.5
  strip <- if (one) title else paste0(title, "\n", words)
  panels <- lapply(seq_along(fits), \(k) {
    out <- fit_panel(fits[[k]])
    out$points$panel <- out$curve$panel <- factor(strip[k], unique(strip))
    out$points$group <- out$curve$group <- k
    out
  })
  p <- dependence_plot(panels, labels, many)
  if (!one) {
    p <- p + ggplot2::facet_wrap("panel", scales = "free", ncol = columns,
                                 labeller = strip_words())
  }
  letters <- letters_in((width - 0.5) / columns - 0.6, 9.9)
  lines <- max(lengths(strsplit(wrapped(strip, letters), "\n", fixed = TRUE)))
  finish_dependence(
    p, object, panels, scale, form, title = if (one) title[1L] else
      say("Dependence"), words = if (one) words[1L], alt = dependence_alt(
        panels, title, words, scale),
    width = width, height = if (one) 4.8 else
      1.4 + ceiling(length(unique(title)) / columns) * (2.1 + 0.14 * lines)
  )
}

finish_dependence <- function(p, object, panels, scale, form, title, words,
                              alt, width, height) {
  per <- if (scale %in% c("rates", "growth")) {
    paste0(", ", say("change per unit time"))
  } else if (scale == "detrended") paste0(", ", say("without trend")) else ""
  effects <- if (object$effects != "none") {
    paste0(", ", say("after %s effects", say_label(object$effects)))
  }
  # In levels logs are taken back; changes are those of the form's own terms.
  x_name <- if (scale == "levels") object$data$x_terms[[1L]]$variable else
    panels[[1L]]$x_name
  x_name <- said_names(object$data$scheme, x_name)
  y <- said_names(object$data$scheme, unique(object$table$y))
  finish_picture(
    p, title, alt, x = paste0(x_name, per, effects),
    y = if (length(y) == 1L) paste0(y, per, effects),
    subtitle = words, width = width, height = height,
    caption = paste(say("Fit: %s; %s.", say_label(form),
                        say_fact(vcov_words(object$vcov))),
                    say("Band: %s.", level_text(object$conf_level)))
  )
}

panel_key <- function(object, at) {
  do.call(paste, c(list(object$table$y[at]),
                   lapply(names(object$data$groups), \(name) {
                     as.character(object$table[[name]][at])
                   }), sep = "\r"))
}

panel_key_of_verdict <- function(object, form) {
  v <- as_plain_tibble(verdict(object))
  v <- v[v$form == form, ]
  do.call(paste, c(list(v$y), lapply(names(object$data$groups), \(n) {
    as.character(v[[n]])
  }), sep = "\r"))
}

# Short: the whole sentence would not fit above a small panel.
verdict_words <- function(object, form) {
  v <- as_plain_tibble(verdict(object))
  v <- v[v$form == form, ]
  two <- function(x) formatC(x, digits = 2, format = "f", width = 1)
  verdict <- say("verdict: %s", say_label(v$verdict))
  r <- say("(r levels %s, changes %s)", two(v$r.levels), two(v$r.rates))
  known <- say("(r levels %s, changes %s, critical %s)", two(v$r.levels),
               two(v$r.rates), two(v$critical))
  ifelse(is.na(v$r.rates), verdict,
         paste(verdict, ifelse(is.na(v$critical), r, known)))
}

panel_title <- function(keys, at, object) {
  by <- vapply(names(object$data$groups), \(name) {
    as.character(keys[[name]][at])
  }, "")
  paste(c(by, said_names(object$data$scheme, keys$y[at])), collapse = ", ")
}

# Of many groups: how many have which verdict, for each left-hand variable.
counted_verdicts <- function(object, form, title) {
  v <- as_plain_tibble(verdict(object))
  v <- v[v$form == form, ]
  told <- vapply(unique(v$y), \(y) {
    count <- table(v$verdict[v$y == y])
    say("verdicts: %s", paste(say_label(names(count)), count,
                              collapse = ", "))
  }, "")
  unname(told[match(title, said_names(object$data$scheme, unique(v$y)))])
}

dependence_plot <- function(panels, labels, many) {
  points <- do.call(rbind, lapply(panels, `[[`, "points"))
  curve <- do.call(rbind, lapply(panels, `[[`, "curve"))
  most <- max(tabulate(points$panel))
  labels <- if (is.null(labels)) most <= 40L else check_flag(labels)
  labels <- labels && !anyNA(points$time)
  colour <- code_looks()$colour[1L]
  .data <- rlang::.data
  p <- ggplot2::ggplot(points, ggplot2::aes(.data[["x"]], .data[["y"]]))
  if (many) {
    return(p + ggplot2::geom_point(size = 0.5, colour = "grey75") +
             ggplot2::geom_line(ggplot2::aes(group = .data[["group"]]), curve,
                                linewidth = 0.3, colour = colour) +
             sparse_axes())
  }
  # A ribbon of no row cannot be drawn.
  band <- curve[!is.na(curve$low + curve$high), , drop = FALSE]
  p <- p +
    (if (nrow(band) > 0L) ggplot2::geom_ribbon(
      ggplot2::aes(.data[["x"]], ymin = .data[["low"]], ymax = .data[["high"]]),
      band, inherit.aes = FALSE, alpha = 0.18, fill = colour
    )) +
    ggplot2::geom_line(ggplot2::aes(.data[["x"]], .data[["y"]]), curve,
                       linewidth = 0.7, colour = colour) +
    ggplot2::geom_point(size = if (most > 100L) 0.8 else 1.6,
                        colour = "grey10",
                        alpha = if (most > 100L) 0.5 else 1)
  if (labels) {
    p <- p + page_text(
      ggplot2::aes(label = .data[["time"]], vjust = .data[["side"]],
                   hjust = .data[["beside"]]), size = 2.6, colour = "grey25",
      clear = TRUE)
  }
  p + sparse_axes()
}

# No 1e+06, few marks, room for the labels.
sparse_axes <- function() {
  list(ggplot2::scale_x_continuous(n.breaks = 5, labels = plain_number,
                                   guide = free_marks(),
                                   expand = ggplot2::expansion(0.06)),
       ggplot2::scale_y_continuous(n.breaks = 5, labels = plain_number,
                                   guide = free_marks(),
                                   expand = ggplot2::expansion(0.09)))
}

dependence_alt <- function(panels, title, words, scale) {
  first <- !duplicated(title)
  said <- paste0(title[first], ", ", words[first])
  left <- length(said) - 6L
  paste(c(
    say("Scatter plot with fitted curves: panels %s, fits %s, %s on %s.",
        sum(first), length(panels), say_label(scale), say_label(panels[[1L]]$x_name)),
    paste0(paste(utils::head(said, 6L), collapse = "; "), "."),
    if (left > 0L) say("And %s more.", left)), collapse = " ")
}
