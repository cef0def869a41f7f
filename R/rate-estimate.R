#' Rates of plain vectors
#'
#' Rates of change of one or many series given as vectors, without a panel or a
#' scheme; at their own times or at new ones.
#'
#' @param x <num> Values.
#' @param time <num> Their times; any type that [code_panel()] takes.
#' @param group Groups, any type; `NULL`: one series.
#' @param rate <nid_rate> See [rate_spline()].
#' @param order <int> 1, 2 or both.
#' @param at <num> New times, the same for all groups, in or beyond the range
#'   (spline only), of order 2 the derivative there; `NULL`: the observed ones.
#' @param conf_level <num> Between 0 and 1.
#' @return `nid_estimated`, a tibble: `group` (if given), `time`, `order`,
#'   `estimate`, `std.error`, `conf.low`, `conf.high`, `prob.positive`; rows
#'   where `x` is observed, or the new times. An order that the rate does not
#'   have is `NA`.
#' @section Errors: `nidcode_error_argument`, `_duplicate_key`, `_bad_time`;
#'   message `_order_undefined`; warnings `_digits_lost` (sd under 1e4
#'   roundings of the mean), `_out_of_range` (numbers that a computer cannot
#'   hold, `NA`).
#' @concept growth rate
#' @concept acceleration
#' @concept derivative of a time series
#' @family vectors in
#' @examples
#' estimate_rates(c(1, 4, 9, 16, 25, 36), 1:6)
#' estimate_rates(c(1, 4, 9, 16, 25, 36), 1:6, order = 1, at = 6.5)
#' @export
estimate_rates <- function(x, time, group = NULL, rate = rate_spline(),
                           order = 1:2, at = NULL, conf_level = 0.95) {
  call <- rlang::current_env()
  check_rate(rate, call)
  check_level(conf_level, call = call)
  if (!is.numeric(order) || length(order) == 0L || !all(order %in% 1:2) ||
      anyDuplicated(order)) {
    stop_argument("order", "1, 2 or c(1, 2)", order, call)
  }
  check_no_codes(rate, call)
  if (is.null(at)) {
    expect_cells((cells_of_rates(length(order)) + 4) * length(x))
  }
  v <- vector_series(x, time, group, call)
  g <- code_grids_cpp(v$value, v$offset, v$time, integer())
  pool <- g[c("offset", "time", "step")]
  check_rate_sizes(c(bare_series(rate, pool), list(of = g$grid)),
                   v$group$group, call)
  m <- moments_cpp(v$value, v$offset)
  warn_digits_lost("x", m$mean, m$sd)
  own <- which(g$grid > 0L)
  unit <- if (rate$facts$errors != "known") {
    rounding_units(v$value, v$offset)[own] / sqrt(12)
  }
  v <- without_gaps(v)
  series <- plain_series(v$value, pool, g$grid[own], rate)
  series$rounding <- unit
  order <- as.integer(order)
  series <- choose_order(series)
  if (!is.null(at)) series$rate <- at_a_point(series$rate)
  rate <- series$rate
  has <- orders_of(rate, order)
  inform_order(rate, order)
  r <- if (is.null(at)) {
    observed_rates(series, has, list(series = v$series, time = v$user_time))
  } else {
    new_rates(series, has, list(series = own, time = at,
                                reading = v$reading), call)
  }
  rates_frame(r, v$group, order, has, rate, conf_level)
}

# Values that are there, of which series and time.
without_gaps <- function(v) {
  if (anyNA(v$value)) {
    keep <- which(!is.na(v$value))
    for (name in c("value", "series", "user_time")) {
      v[[name]] <- v[[name]][keep]
    }
  }
  v
}

# Vectors have no codes that an argument could name.
check_no_codes <- function(rate, call) {
  named <- named_args(rate)
  if (length(named_sd(rate)) > 1L) named$sd <- named_sd(rate)
  for (name in names(named)) {
    stop_argument(name, "one number: vectors have no codes to name",
                  named[[name]], call)
  }
}

# Rates at the series' own times, and of which series and time they are.
observed_rates <- function(series, order, where) {
  r <- estimate_series(series, order)
  c(where, list(estimate = r$estimate, std.error = r$std.error,
                df = value_df(r, series)))
}

# At the same new times for every series.
new_rates <- function(series, order, where, call) {
  if (!series$rate$facts$curve) {
    stop_nid("argument",
             c("New times need a curve: only rate_spline() has one.",
               i = "Leave `at` out, or use rate_spline()."), call = call)
  }
  new <- as.double(numeric_time(where$time, "at", call, where$reading))
  fit <- spline_fit(series, list(new = list(
    time = rep(list(new), pool_length(series$pool)), orders = order)))
  list(series = rep(where$series, each = length(new)),
       time = repeat_values(where$time, times = length(series$of)),
       estimate = nan_to_na(fit$new.estimate),
       std.error = nan_to_na(fit$new.std.error),
       df = rep(as.double(fit$df)[series$of], each = length(new)))
}

# A row for each value and order, NA for an order that the rate does not have.
rates_frame <- function(r, group, order, has, rate, level) {
  k <- length(order)
  rows <- function(m) {
    if (is.null(m)) return(NULL)
    if (!identical(has, order)) {
      whole <- matrix(NA_real_, length(r$df), k)
      whole[, match(has, order)] <- m
      m <- whole
    }
    interleave_cpp(list(m), k)
  }
  law <- list(estimate = rows(r$estimate), std.error = rows(r$std.error),
              df = interleave_cpp(rep(list(r$df), k), 1L))
  shown <- at_level(law, level)
  columns <- c(
    lapply(group, \(g) repeat_values(g[r$series], k)),
    list(time = repeat_values(r$time, k),
         order = repeat_values(order, times = length(r$series)),
         estimate = law$estimate),
    shown[names(shown) != "df"]
  )
  new_nid_table(columns, "estimated", list(
    title = "Rates of plain vectors", keys = vector_keys(columns),
    rate = rate$words, order = rate$facts$order,
    second = second_text(rate), level = level))
}

# The groups of plain vectors are their regions.
vector_keys <- function(columns) {
  keys <- c(region = "group", time = "time", order = "order")
  keys[keys %in% names(columns)]
}

# Vectors as series: sorted by group and time, keys checked.
vector_series <- function(x, time, group, call) {
  if (is.null(dim(x)) && is.list(x) || length(x) != length(time)) {
    stop_argument("x", paste0("numbers, as many as `time` (", length(time),
                              ")"), x, call)
  }
  if (!is.null(group) && length(group) != length(x)) {
    stop_argument("group", paste0("as long as `x` (", length(x), ")"), group,
                  call)
  }
  plain <- list(time = time)
  if (!is.null(group)) plain$group <- group
  index <- c(region = if (is.null(group)) NA else "group", time = "time")
  value <- numeric_values(x, "x", call)
  rows <- panel_rows(plain, index, call)
  if (!is.null(rows$row)) value <- value[rows$row]
  n <- length(rows$offset) - 1L
  list(value = value, n = n, offset = rows$offset, reading = rows$reading,
       series = rep(seq_len(n), diff(rows$offset)),
       time = as.double(if (is.null(rows$row)) rows$time else
         rows$time[rows$row]),
       user_time = if (is.null(rows$row)) time else time[rows$row],
       group = if (!is.null(group)) list(group = rows$labels) else list())
}
