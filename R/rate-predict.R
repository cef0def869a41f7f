#' Levels and rates at new times
#'
#' The level of every region and code, its rate V and the rate's own rate A at
#' any times, within the range, in its gaps or beyond its ends. Here A is always
#' the derivative at a point.
#'
#' For [rate_spline()] they come from the same posterior as the rates at the
#' observed times; beyond the ends the curve goes on as a polynomial and its
#' error grows without bound: let the interval say how far to trust it.
#' Other rates exist at observed times only.
#'
#' With `band = "curve"` intervals are those of the curve: where the true level
#' or rate lies. A new observation scatters about the curve: of real yearly
#' values left out of a fit the 95 % interval of the curve holds some 74 %. Its
#' interval is that of `band = "observation"`, of variance
#' \deqn{std.error_{curve}^2 + \hat\sigma^2}{std.error(curve)^2 + sigma^2}
#' with sigma the residual standard deviation of the series
#' (`.<code>.sigma` of [augment()][nid_tidy]), or the given sd of its values.
#' Only levels are observed, so it is of order 0 alone.
#'
#' With breaks as free steps ("shift") the level is that of the curve plus the
#' steps in force: a step counts from the first time of its method on. With
#' "split" each time belongs to the segment that began last.
#'
#' @param object <nid_rates> or <nid_model>.
#' @param at New times, the same for all regions, of the type of the time
#'   column; `NULL`: the observed times of each region and code.
#' @param order <int> Any of 0 (level), 1 and 2; one that the curve of a code
#'   does not have is `NA` (2 of [rate_spline()] where `m = 2`). For observations
#'   0.
#' @param conf_level <num> `NULL`: that of the rates. Intervals are pointwise.
#' @param band <chr> "curve" or "observation", see above.
#' @param ... Empty; for a model, passed to the method of its rates.
#' @return `nid_prediction`, a tibble with a row per region, time, code and
#'   order, times ascending: index columns, `code`, `term` <chr>, `order`
#'   <int>, `estimate` in units of the code per time unit to the power of the
#'   order, `std.error`, `conf.low`, `conf.high`, `prob.positive`, `df` <dbl>.
#'   For [rate_spline()] every time of `at` for every code a region has; for
#'   others those of them at which the code is observed.
#' @section Errors:
#' `nidcode_error_argument` for a time at which nothing is observed, unless the
#' rate is a spline, and for observations of order 1 or 2; message
#' `_order_undefined`.
#' @family rates
#' @examples
#' district <- subset(ural, region_code == "FD-U")
#' panel <- code_panel(district, ural_scheme, index = "year",
#'                     status = "_status")
#' rates <- dynamic_codes(panel)
#' predict(rates, at = c(2010.5, 2018), order = 0:1)
#' @name predict_rates
NULL

#' @rdname predict_rates
#' @export
predict.nid_rates <- function(object, at = NULL,
                              order = if (band == "curve") 0:2 else 0,
                              conf_level = NULL, band = "curve", ...) {
  call <- rlang::current_env()
  rlang::check_dots_empty()
  check_choice(band, c("curve", "observation"), call = call)
  fit <- as_fit(object, NULL, call)
  order <- check_orders(order, call)
  check_observed_order(band, order, call)
  level <- conf_level %||% get_spec(object)$level
  check_level(level, "conf_level", call = call)
  number <- if (!is.null(at)) {
    as.double(numeric_time(at, "at", call, fit_reading(fit)))
  }
  new <- new_times(number, at, fit, call)
  parts <- lapply(seq_along(fit$codes), \(i) {
    predicted_part(code_series(fit, i), new, order, row_time(fit$def$panel),
                   band)
  })
  inform_derivatives(fit, order)
  user_time <- function(time, panel) {
    if (is.null(at)) time_like(panel, time) else at[match(time, number)]
  }
  prediction_table(fit, parts, user_time, order, level, band)
}

#' @rdname predict_rates
#' @export
predict.nid_model <- function(object, ...) predict(object$rates, ...)

check_observed_order <- function(band, order, call) {
  if (band == "observation" && !identical(order, 0L)) {
    stop_nid("argument",
             c("Levels alone are observed, not rates.",
               i = "Use order = 0, or band = \"curve\"."),
             argument = "order", value = order, call = call)
  }
}

# Codes whose curve has no derivative of an order are named where others have.
inform_derivatives <- function(fit, order) {
  rates <- lapply(code_field(fit, "code"), \(code) {
    at_a_point(code_rate(fit$rate, code))
  })
  top <- vapply(rates, \(rate) rate$facts$top_order, 1L)
  if (length(top) == 0L || min(top) >= max(order)) {
    return(invisible())
  }
  lacking <- which(top == min(top))
  inform_order(rates[[lacking[1L]]], order,
               code_field(fit, "code")[if (max(top) > min(top)) lacking])
}

# Ascending numbers, each once; NULL where the observed times are meant.
new_times <- function(number, at, fit, call) {
  if (is.null(number)) {
    return(NULL)
  }
  if (length(at) == 0L) stop_argument("at", "at least one time", at, call)
  new <- sort(unique(number))
  if (fit$rate$facts$curve) {
    return(new)
  }
  seen <- unlist(lapply(fit$codes, \(one) one$pool$time))
  strange <- setdiff(new, seen)
  if (length(strange) > 0L) {
    stop_nid(
      "argument",
      c(paste0("Rate ", fit$rate$words, " exists at observed times only; ",
               "nothing is observed at ",
               some_of(time_words(fit$def$panel, strange), quote = ""),
               "."),
        i = "For other times use rate_spline()."),
      argument = "at", times = strange, call = call
    )
  }
  new
}

# Rows of one code, series by series: region, time, and one column an order, NA
# for one that the rate does not have. An observation is the curve and noise.
predicted_part <- function(series, new, order, time, band) {
  series$rate <- at_a_point(series$rate)
  has <- orders_of(series$rate, order)
  out <- predict_series(series, new, has, time)
  if (band == "observation" && !is.null(out$std.error)) {
    out$std.error[] <- row_root_sum_squares(cbind(out$std.error, out$noise))
  }
  every <- function(x) {
    whole <- matrix(NA_real_, length(out$time), length(order))
    if (!is.null(x)) whole[, match(has, order)] <- x
    whole
  }
  out$estimate <- every(out$estimate)
  out$std.error <- every(out$std.error)
  out
}

prediction_table <- function(fit, parts, user_time, order, level, band) {
  panel <- fit$def$panel
  fit$rate <- at_a_point(fit$rate)
  gather <- function(what) unlist(lapply(parts, `[[`, what))
  each <- function(what) unlist(lapply(parts, \(p) t(p[[what]])))
  size <- lengths(lapply(parts, `[[`, "region"))
  code <- rep(seq_along(parts), size)
  region <- gather("region")
  time <- gather("time")
  row <- rep(order(region, time, code), each = length(order))
  cell <- (row - 1L) * length(order) + seq_along(order)
  estimate <- each("estimate")[cell]
  df <- gather("df")[row]
  columns <- c(
    lapply(region_column(panel), \(x) x[region[row]]),
    stats::setNames(list(user_time(time[row], panel)), panel$index[["time"]]),
    list(code = vapply(fit$codes, `[[`, "", "code")[code[row]],
         term = vapply(fit$codes, `[[`, "", "dynamic")[code[row]],
         order = rep(order, length.out = length(row)), estimate = estimate),
    at_level(list(estimate = estimate, std.error = each("std.error")[cell],
                  df = df), level)
  )
  new_nid_table(columns, "prediction",
                fit_facts(fit, if (band == "curve") {
                  "Levels and rates predicted"
                } else {
                  "Observations predicted"
                }, c("region", "time", "code", "term", "order"), band = band,
                level = level), fit = fit)
}
