#' The paper's Fig. 2, redrawn
#'
#' One panel per left-hand variable (and group): points labelled by their
#' time, the fitted curve with its confidence band, and the [verdict()] in the
#' subtitle of the figure or, with several panels, of each.
#'
#' @param object,x A `nid_dependence` with one regressor.
#' @param scale <chr> "levels" or "rates": which scale to draw; the first that
#'   was fitted by default.
#' @param form <chr> Which form; the first by default.
#' @param labels <lgl> Whether to label points by their time; `NULL` labels up
#'   to 40 points a panel.
#' @param ... Empty.
#' @return A ggplot; `plot()` draws it and returns it invisibly. Fits with
#'   effects are drawn as what the effects leave of both variables.
#' @family dependence
#' @examplesIf requireNamespace("ggplot2", quietly = TRUE)
#' district <- ural[ural$level == "district", ]
#' dep <- code_dependence(district, apt_developed + grp ~ employed_he_share)
#' ggplot2::autoplot(dep)
#' @exportS3Method ggplot2::autoplot
autoplot.nid_dependence <- function(object, scale = NULL, form = NULL,
                                    labels = NULL, ...) {
  rlang::check_installed("ggplot2", "to draw a dependence")
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
  keys <- object$table
  words <- verdict_words(object, form)[match(
    panel_key(object, shown[full]), panel_key_of_verdict(object, form)
  )]
  panels <- lapply(seq_along(fits), function(k) {
    fit_panel(fits[[k]], panel_title(keys, shown[full][k], object))
  })
  titles <- vapply(panels, \(p) p$title, "")
  one <- length(panels) == 1L
  strip <- if (one) titles else paste0(titles, "\n", words)
  for (k in seq_along(panels)) {
    panels[[k]]$points$panel <- panels[[k]]$curve$panel <-
      factor(strip[k], unique(strip))
  }
  draw_dependence(panels, scale, form, labels, object,
                  title = if (one) titles, subtitle = if (one) {
                    paste(strwrap(words, 70L), collapse = "\n")
                  })
}

#' @rdname autoplot.nid_dependence
#' @export
plot.nid_dependence <- function(x, ...) {
  rlang::check_installed("ggplot2", "to draw a dependence")
  p <- ggplot2::autoplot(x, ...)
  print(p)
  invisible(p)
}

panel_key <- function(object, at) {
  do.call(paste, c(list(object$table$y[at]),
                   lapply(names(object$data$groups), function(name) {
                     as.character(object$table[[name]][at])
                   }), sep = "\r"))
}

panel_key_of_verdict <- function(object, form) {
  v <- as_plain_tibble(verdict(object))
  v <- v[v$form == form, ]
  do.call(paste, c(list(v$y), lapply(names(object$data$groups), function(n) {
    as.character(v[[n]])
  }), sep = "\r"))
}

# Short: the whole sentence would not fit above a small panel.
verdict_words <- function(object, form) {
  v <- as_plain_tibble(verdict(object))
  v <- v[v$form == form, ]
  two <- function(x) formatC(x, digits = 2, format = "f", width = 1)
  ifelse(
    is.na(v$r.rates), paste0("verdict: ", v$verdict),
    paste0("verdict: ", v$verdict, " (r levels ", two(v$r.levels),
           ", changes ", two(v$r.rates),
           ifelse(is.na(v$critical), "",
                  paste0(", critical ", two(v$critical))), ")")
  )
}

panel_title <- function(keys, at, object) {
  by <- vapply(names(object$data$groups), function(name) {
    as.character(keys[[name]][at])
  }, "")
  paste(c(by, keys$y[at]), collapse = ", ")
}

# Points, and the curve with its band on 101 places.
fit_panel <- function(fit, title) {
  pair <- fit_pair(fit)
  model_y <- if (fit$absorbs) pair$y else fit$y
  x <- if (fit$absorbs) pair$x else raw_regressor(fit)
  points <- data.frame(
    x = x, y = if (fit$log_y) exp(model_y) else model_y,
    time = if (is.null(fit$time)) NA_character_ else format_time(fit$time),
    # Labels go away from the curve, so that neighbours share less room.
    side = ifelse(fit$residuals < 0, 1.8, -0.8)
  )
  at <- seq(min(x), max(x), length.out = 101L)
  band <- if (fit$absorbs) absorbed_band(fit, at) else
    predict_interval_at(fit, at)
  if (fit$log_y) {
    band <- exp(band)
  }
  list(title = title, points = points, x_name = fit$variables[1L],
       curve = data.frame(x = at, y = band[, 1L], low = band[, 2L],
                          high = band[, 3L]))
}

# The regressor before the form's logarithm, in the user's units.
raw_regressor <- function(fit) {
  first <- match(1L, fit$power)
  x <- fit$within$x[, fit$variable[first]]
  if (fit$scale == "levels" && fit$form %in% c("log", "power")) exp(x) else x
}

predict_interval_at <- function(fit, at) {
  z <- if (fit$scale == "levels" && fit$form %in% c("log", "power")) {
    log(at)
  } else {
    at
  }
  slopes <- fit$terms != "(Intercept)"
  if (fit$scale == "rates" && fit$form == "quadratic") {
    # Two columns that are not powers of one another: the middle of the rest.
    x <- cbind(z, mean(fit$x[, sum(!slopes) + 2L]))
  } else {
    x <- outer(z, fit$power, `^`)
  }
  if (any(!slopes)) {
    x <- cbind(1, x)
  }
  keep <- !fit$aliased
  x <- x[, keep, drop = FALSE]
  predict_interval(fit, x, drop(x %*% fit$coefficients[keep]), "confidence",
                   fit$level)
}

absorbed_band <- function(fit, at) {
  x <- outer(at, fit$power, `^`)
  predict_interval(fit, x, drop(x %*% fit$coefficients), "confidence",
                   fit$level)
}

draw_dependence <- function(panels, scale, form, labels, object, title,
                            subtitle) {
  points <- do.call(rbind, lapply(panels, `[[`, "points"))
  curve <- do.call(rbind, lapply(panels, `[[`, "curve"))
  most <- max(tabulate(points$panel))
  labels <- if (is.null(labels)) most <= 40L else check_flag(labels)
  labels <- labels && !anyNA(points$time)
  per <- if (scale %in% c("rates", "growth")) ", change per unit time" else
    if (scale == "detrended") ", without trend" else ""
  effects <- if (object$effects != "none") {
    paste0(", after ", object$effects, " effects")
  }
  # In levels logs are taken back; changes are those of the form's own terms.
  x_name <- if (scale == "levels") object$data$x_terms[[1L]]$variable else
    panels[[1L]]$x_name
  .data <- rlang::.data
  p <- ggplot2::ggplot(points, ggplot2::aes(.data[["x"]], .data[["y"]])) +
    ggplot2::geom_ribbon(
      ggplot2::aes(.data[["x"]], ymin = .data[["low"]],
                   ymax = .data[["high"]]),
      curve, inherit.aes = FALSE, alpha = 0.2, na.rm = TRUE
    ) +
    ggplot2::geom_line(ggplot2::aes(.data[["x"]], .data[["y"]]), curve,
                       linewidth = 0.7) +
    ggplot2::geom_point(size = 1.6) +
    ggplot2::labs(
      x = paste0(x_name, per, effects),
      y = if (length(panels) == 1L) paste0(object$table$y[1L], per, effects),
      title = title, subtitle = subtitle,
      caption = paste0("Fit: ", form, "; ", vcov_words(object$vcov), ", ",
                       100 * object$conf_level, "% band")
    )
  if (labels) {
    p <- p + ggplot2::geom_text(
      ggplot2::aes(label = .data[["time"]], vjust = .data[["side"]]),
      size = 2.6
    )
  }
  if (length(panels) > 1L) {
    p <- p + ggplot2::facet_wrap(~panel, scales = "free")
  }
  p + ggplot2::theme_minimal()
}
