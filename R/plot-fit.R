# The points and the curve of one regression, and its picture.

# Points, and the curve with its band on 101 places.
fit_panel <- function(fit) {
  pair <- fit_pair(fit)
  model_y <- if (fit$absorbs) pair$y else fit$y
  x <- if (fit$absorbs) pair$x else raw_regressor(fit)
  points <- data.frame(
    x = x, y = if (fit$log_y) exp(model_y) else model_y,
    time = if (is.null(fit$time)) NA_character_ else format_time(fit$time),
    # Labels go away from the curve, so that neighbours share less room.
    side = ifelse(fit$residuals < 0, 1.8, -0.8)
  )
  points$beside <- beside(points$x, points$x)
  at <- seq(min(x), max(x), length.out = 101L)
  band <- if (fit$absorbs) absorbed_band(fit, at) else
    predict_interval_at(fit, at)
  if (fit$log_y) {
    band <- exp(band)
  }
  list(points = points, x_name = fit$variables[1L],
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
  curve_band(fit, x)
}

absorbed_band <- function(fit, at) curve_band(fit, outer(at, fit$power, `^`))

# Without the columns that no coefficient stands for.
curve_band <- function(fit, x) {
  keep <- !fit$aliased
  x <- x[, keep, drop = FALSE]
  predict_interval(fit, x, drop(x %*% fit$coefficients[keep]), "confidence",
                   fit$level)
}

#' @rdname autoplot.nid_dependence
#' @exportS3Method ggplot2::autoplot
autoplot.nid_fit <- function(object, labels = NULL, ...) {
  rlang::check_dots_empty()
  need_ggplot()
  if (length(unique(object$variables)) != 1L || length(object$y) == 0L) {
    stop_argument("object", "a fit of one regressor, with data", object,
                  rlang::current_env())
  }
  panel <- fit_panel(object)
  panel$points$panel <- factor("")
  panel$curve$group <- 1L
  y <- paste(deparse(stats::formula(object)[[2L]]), collapse = " ")
  banded <- !all(is.na(panel$curve$low))
  finish_picture(
    dependence_plot(list(panel), labels, FALSE), say("One fit"),
    alt = paste(c(
      say("Scatter plot of %s against %s, with the fitted curve.", y,
          object$variables[1L]),
      say("Points: %s.", nrow(panel$points)),
      if (banded) say("With bands.")), collapse = " "),
    x = object$variables[1L], y = y,
    caption = paste(
      say("Fit: %s, %s.", say_label(object$form), say_label(object$scale)),
      if (banded) say("Band: %s.", level_text(object$level)) else
        say("No degrees of freedom, no band."))
  )
}

#' @rdname autoplot.nid_dependence
#' @export
plot.nid_fit <- function(x, ...) draw_picture(x, ...)
