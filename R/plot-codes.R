#' Pictures of codes, rates and regions
#'
#' `autoplot()` draws any result with ggplot2; `plot()` draws and prints it.
#' All pictures share [theme_nid()], carry alt text (see
#' [ggplot2::get_alt_text()]), units on their axes and a size that suits them
#' ([picture_size()]).
#'
#' Text is laid out for the page a picture is drawn on, whichever way: titles,
#' captions and names are broken by their width there, labels that would cover
#' others are left out. A picture that cannot be read at a size says which it
#' needs (`nidcode_message_picture_size`, with `width` and `height` in inches)
#' and puts one sentence in its place. [save_picture()] saves at the size it
#' needs, and pages of knitr show it in that size unless the chunk sets
#' `fig.width` or `fig.height`. Limits set by the user, as in `+ xlim()`, look
#' at a part of the picture and delete nothing.
#'
#' | object, or `what` of a model | picture |
#' | --- | --- |
#' | model, "overview" | one page: the strip, Code NID with intervals, and what the data settle |
#' | scheme, "scheme" | Fig. 1 of the paper for the scheme in use |
#' | panel, "panel" | what is observed, by indicator and time |
#' | defining codes, "codes" | codes over time; of a model with the smooth level and its band |
#' | rates, "rates" | dynamic codes over time with bands |
#' | residuals, "residuals" | standardised residuals over time with their Durbin-Watson |
#' | "correlation" | how far the errors of the codes go together |
#' | industrial code, "industrial" | Code ID, formula (1), over time with its band |
#' | "strip" | Code ID, or with `of` the rate of one code, region by time, the largest Code NID on top; a dot where the sign is not clear, a dash where it surely is below zero |
#' | basic code, "basic" | Code NID, formula (2), of regions ranked with intervals |
#' | ranks, "ranks" | ranks of regions with intervals |
#' | "bump" | ranks over time by Code NID as of each time (`of = "path"`) or Code ID (`of = "industrial"`), with the intervals of the last |
#' | "map" | Code NID on `map`, an sf table whose column `by` names the regions; a class of its own for what is not clear |
#' | [region_contrasts()] | differences with intervals, the largest on top |
#' | path, "path" | Code NID as of each time |
#' | contributions, "contributions" | what makes Code NID, by code, time or indicator |
#' | "waterfall" | Code NID of one region step by step: codes, indicators, years |
#' | cell weights, "cells" | what one cell of the data moves, over time |
#' | "phases" | the phase plane: each code's rate against the code accumulated so far |
#' | predictions | levels and rates at the new times with bands (of 50 and 80% within), the data, the future shaded |
#' | simulations | drawn paths and their median |
#' | [estimate_rates()], [accumulate_rates()], [accumulate_path()] | rates with bands; sums ranked; their path |
#' | [influence] | the coefficient against the lag, or at given times |
#'
#' Dependence and survey tables have pages of their own:
#' [autoplot.nid_dependence()], [plot_relevance].
#'
#' Up to twelve regions are drawn one by one. Of more, time plots show a thin
#' line for each region, their median, and the names of the highest and lowest
#' at the last time; `regions` picks some to be drawn one by one.
#'
#' A map in degrees is seen from above the middle of its regions, so that what
#' the 180th meridian cuts lies in one piece. Regions that it lacks are named
#' in its caption and by the warning `nidcode_warning_map` (`regions`, and in
#' `values` rows of the map without a region).
#'
#' Points are hollow where the interval holds zero, and crosses where no error is
#' known; over time they are pale where a value behind is labelled estimated,
#' provisional, imputed, derived or times (see [nid_status()]); dotted vertical
#' lines stand where the method of measurement changes. On Code ID a
#' triangle means that some dynamic code is not positive, so that the condition
#' of formula (1) does not hold.
#'
#' @param object,x The object to draw.
#' @param what <chr> For a model: "overview", "scheme", "panel", "codes",
#'   "rates", "residuals", "correlation", "industrial", "strip", "basic",
#'   "ranks", "bump", "map", "path", "contributions", "waterfall", "cells" or
#'   "phases"; for rates "rates" or "residuals".
#' @param regions <chr> Regions to draw, in this order; `NULL`: all.
#' @param code <chr> Of mutations: the code to draw; `NULL`: all. One code of
#'   one region is drawn as its series, the curve in two pieces.
#' @param order <int> Of rates: 1 for the dynamic codes, 2 for their own rates.
#'   Of predictions, simulations and [estimate_rates()] any that they hold, one
#'   at a time for several regions; `NULL`: the lowest, of one region all.
#' @param type <chr> Of connections: "matrix", or "network", in which only what
#'   is found has a line. Of a study of choices: "ranks" (with ranges), "shares"
#'   (of Shapley) or "pairs".
#' @param time Times at which to draw a time influence coefficient; `NULL`: lags
#'   from 0 to 20, or the times of a table. A function of the time is drawn over
#'   times that are given only (without, an empty picture and a warning).
#' @param ... In `plot()`, passed to `autoplot()`; for a model, to the picture
#'   chosen by `what` (`regions`, `order`, `by` of [contributions()], `of`,
#'   `map`); else empty.
#' @return `autoplot()` a ggplot; `plot()` draws it and returns `x` invisibly.
#' @section Fonts:
#' Cyrillic names need a device that finds glyphs, as png(), svg(), cairo_pdf()
#' and those of ragg do; pdf() needs `encoding = "CP1251.enc"`.
#' @section Errors:
#' `nidcode_error_argument` for unknown `what`, `order` or `regions`, and for a
#' table that has no picture, and for a `map` that names none of the regions;
#' `_needs_fit` for "correlation" of a rate without
#' residuals.
#' @concept chart
#' @concept map
#' @concept heat map
#' @concept bump chart
#' @name nid_plots
#' @family present
#' @examplesIf requireNamespace("ggplot2", quietly = TRUE)
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' plot(model)
#' plot(model, what = "scheme")
#' library(ggplot2)
#' autoplot(model, "rates", regions = "Kurgan Oblast")
NULL

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_defining <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  plot_defining(object, regions, NULL, rlang::current_env())
}

plot_defining <- function(object, regions, fit, call) {
  frame <- plot_frame(object, regions, call)
  def <- get_defining(object, call)
  frame$rows <- mark_rows(frame$rows, object, def)
  fitted <- if (!is.null(fit) && nrow(frame$rows) > 0L) level_rows(fit, frame)
  unit <- code_unit(frame$spec, def$panel$scheme)
  rows <- frame$rows
  codes <- levels(rows$look)
  series_plot(
    frame, y = with_unit(say("Defining code"), unit),
    title = say("Defining codes"),
    alt = series_alt(say("Defining codes"), codes, frame, unit,
                     if (!is.null(fitted)) say("Points with smooth curves.")),
    caption = marks_caption(frame$spec, rows, def,
                            if (!is.null(fitted)) {
      say("Curve: the level of the smooth fit, band %s.",
          level_text(fit$level))
    }),
    codes = scheme_codes(def$panel$scheme), breaks = break_rows(def, frame),
    fitted = fitted
  )
}

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_rates <- function(object, order = 1, regions = NULL,
                               what = "rates", ...) {
  rlang::check_dots_empty()
  call <- rlang::current_env()
  check_choice(what, c("rates", "residuals"), call = call)
  if (what == "residuals") {
    return(ggplot2::autoplot(stats::residuals(object), regions = regions))
  }
  plot_rates(object, order, regions, call)
}

plot_rates <- function(object, order, regions, call) {
  if (!is_one(order) || !is.numeric(order) || !order %in% 1:2) {
    stop_argument("order", "1 or 2", order, call)
  }
  frame <- plot_frame(object, regions, call)
  fit <- get_fit(object)
  rows <- mark_rows(frame$rows, object, fit$def, fit$breaks == "split")
  look <- factor(rows$term, unique(rows$term))
  rows$look <- look
  frame$rows <- rows[rows$order == order, , drop = FALSE]
  unit <- rate_unit(code_unit(frame$spec, fit$def$panel$scheme),
                    time_unit(frame), order)
  title <- if (order == 1) say("Dynamic codes") else
    say("Rates of the dynamic codes")
  breaks <- break_rows(fit$def, frame)
  codes <- scheme_codes(fit$def$panel$scheme)
  breaks$look <- factor(codes$dynamic[match(breaks$look, codes$code)],
                        levels(look))
  series_plot(
    frame, y = with_unit(if (order == 1) say("Rate") else
      say("Rate of the rate"), unit),
    title = title, grid = TRUE,
    alt = series_alt(title, levels(look), frame, unit, "bands"),
    caption = marks_caption(frame$spec, frame$rows, fit$def), codes = codes,
    breaks = breaks
  )
}

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_industrial <- function(object, regions = NULL, ...) {
  rlang::check_dots_empty()
  plot_industrial(object, regions, NULL, rlang::current_env())
}

# The table has no panel; a model brings its own, for statuses and breaks.
plot_industrial <- function(object, regions, def, call) {
  frame <- plot_frame(object, regions, call)
  if (!is.null(def)) frame$rows <- mark_rows(frame$rows, object, def)
  frame$rows$look <- NULL
  frame$rows$segment <- NULL
  frame$rows$fails <- !(frame$rows$condition %in% TRUE)
  unit <- rate_unit(code_unit(frame$spec, def$panel$scheme), time_unit(frame))
  breaks <- if (!is.null(def)) break_rows(def, frame)
  breaks$look <- NULL
  held <- sum(frame$rows$condition, na.rm = TRUE)
  series_plot(
    frame, y = with_unit("Code ID", unit),
    title = say("Code ID: sum of the dynamic codes"),
    alt = paste(
      series_alt("Code ID", character(), frame, unit, "bands"),
      say("All dynamic codes are positive in %s of %s regions and times.",
          held, nrow(frame$rows))),
    caption = marks_caption(frame$spec, frame$rows, def, if (
      any(frame$rows$fails)) {
      say("Triangle: some dynamic code is not positive.")
    }),
    breaks = breaks
  )
}
