# Which picture of a model.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_model <- function(object, what = "overview", ...) {
  call <- rlang::current_env()
  need_ggplot()
  check_choice(what, c("overview", "scheme", "panel", "codes", "rates",
                       "residuals", "correlation", "industrial", "strip",
                       "basic", "ranks", "bump", "map", "path",
                       "contributions", "waterfall", "cells", "phases"),
               call = call)
  def <- get_defining(object)
  switch(
    what,
    overview = plot_overview(object, ..., call = call),
    scheme = ggplot2::autoplot(object$panel$scheme, ...),
    panel = ggplot2::autoplot(object$panel, ...),
    codes = plot_model_codes(object, ..., call = call),
    rates = ggplot2::autoplot(object$rates, ...),
    residuals = ggplot2::autoplot(stats::residuals(object), ...),
    correlation = plot_correlation(object, ..., call = call),
    industrial = plot_with(plot_industrial, object$industrial, def, call, ...),
    strip = plot_strip(object, ..., call = call),
    bump = plot_bump(object, ..., call = call),
    map = plot_map(object, ..., call = call),
    waterfall = plot_waterfall(object, ..., call = call),
    basic = plot_with(plot_basic, object$basic, object, call, ...),
    ranks = ggplot2::autoplot(region_ranks(object,
                                           object$args$conf_level), ...),
    path = plot_with(plot_path, object$path, def, call, ...),
    contributions = plot_model_contributions(object, ..., call = call),
    cells = ggplot2::autoplot(cell_weights(object), ...),
    phases = plot_phases(object, ..., call = call)
  )
}

plot_with <- function(draw, table, context, call, ..., regions = NULL) {
  rlang::check_dots_empty(call = call)
  draw(table, regions, context, call)
}

plot_model_codes <- function(object, ..., regions = NULL, call) {
  rlang::check_dots_empty(call = call)
  fit <- get_fit(object$rates)
  fit$level <- object$args$conf_level
  plot_defining(object$defining, regions, fit, call)
}

plot_model_contributions <- function(object, ..., by = "code", regions = NULL,
                                     call) {
  rlang::check_dots_empty(call = call)
  plot_contributions(contributions(object, by = by), regions, object, call)
}

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_table <- function(object, ...) {
  stop_nid(
    "argument",
    c(paste0("There is no picture of this table (", get_spec(object)$title,
             ")."),
      i = paste0("It is a tibble: draw its columns with ggplot2, in ",
                 "theme_nid().")),
    argument = "object", values = class(object)[1L]
  )
}
