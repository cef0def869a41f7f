# The time influence coefficient as a curve: of the lag, or over the time where
# it is a function of that. A table has its own times.

#' @rdname nid_plots
#' @exportS3Method ggplot2::autoplot
autoplot.nid_influence <- function(object, time = NULL, ...) {
  rlang::check_dots_empty()
  need_ggplot()
  call <- rlang::current_env()
  time <- time %||% object$times
  if (is.null(time) && object$of == "time") {
    return(picture_without_times(object))
  }
  lags <- is.null(time)
  end <- object$at
  if (lags) {
    end <- end %||% 0
    time <- end - seq(0, 20, by = 0.25)
  } else {
    time <- sort(as.double(numeric_time(time, "time", call)))
    if (length(time) == 0L) stop_argument("time", "at least one time", time,
                                          call)
    end <- end %||% max(time)
  }
  rows <- data.frame(x = if (lags) end - time else time,
                     weight = influence_weights(object, time, end,
                                                max(diff(range(time)), 0)))
  .data <- rlang::.data
  p <- ggplot2::ggplot(rows, ggplot2::aes(.data[["x"]], .data[["weight"]])) +
    zero_line("h") +
    ggplot2::geom_line(colour = code_looks()$colour[1L], linewidth = 0.8) +
    (if (!lags) ggplot2::geom_point(colour = code_looks()$colour[1L],
                                    size = 1.8)) +
    ggplot2::scale_y_continuous(limits = c(min(0, rows$weight), NA),
                                guide = free_marks()) +
    (if (!lags) scale_time(rows$x))
  finish_picture(
    p, say("Time influence coefficient"),
    alt = paste(
      say("Line chart of the time influence coefficient, %s.",
          say_fact(object$words)),
      say("From %s at %s to %s at %s.", short_number(rows$weight[1L]),
          format_time(rows$x[1L]), short_number(rows$weight[nrow(rows)]),
          format_time(rows$x[nrow(rows)]))),
    x = if (lags) say("Lag, units of time") else say("Time"),
    y = say("Coefficient, no unit"),
    caption = say("Influence: %s.", say_fact(object$words))
  )
}

# Over which times a function of the time counts, only its data know.
picture_without_times <- function(object) {
  how <- paste0("This influence is a function of the time: say time = , for ",
                "example autoplot(x, time = 2005:2016).")
  warn_nid("no_times", how, argument = "time")
  empty_picture(say("Time influence coefficient"),
                caption = paste(
                  say("A function of the time: say `time = `."),
                  say("Influence: %s.", say_fact(object$words))),
                x = say("Time"))
}

#' @rdname nid_plots
#' @export
plot.nid_influence <- function(x, ...) draw_picture(x, ...)
