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
#'   (spline only); `NULL`: the observed ones.
#' @param conf_level <num> Between 0 and 1.
#' @return `nid_estimated`, a tibble: `group` (if given), `time`, `order`,
#'   `estimate`, `std.error`, `conf.low`, `conf.high`, `prob.positive`; rows
#'   where `x` is observed, or the new times.
#' @section Errors: `nidcode_error_order_undefined`, `_argument`,
#'   `_duplicate_key`, `_bad_time`; warnings `_digits_lost` (sd under 1e4
#'   roundings of the mean), `_out_of_range` (numbers that a computer cannot
#'   hold, `NA`).
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
  if (any(order > rate$top_order)) stop_order(rate, max(order), call)
  if (length(rate$sd) > 1L) {
    stop_argument("sd", "one number: vectors have no codes to name", rate$sd,
                  call)
  }
  v <- vector_series(x, time, group, call)
  g <- code_grids_cpp(v$value, v$offset, v$time, integer())
  check_spline_sizes(rate, "ignore", g, g$grid, v$group$group, call)
  m <- moments_cpp(v$value, v$offset)
  warn_digits_lost("x", m$mean, m$sd)
  keep <- which(!is.na(v$value))
  value <- v$value[keep]
  grid <- g$grid[g$grid > 0L]
  grids <- g[c("offset", "time", "step")]
  if (!is.null(at)) {
    return(rates_at(v, g, value, rate, as.integer(order), at, conf_level,
                    call))
  }
  r <- evaluate_rate(rate, "ignore", value, grid, grids, as.integer(order),
                     sd = vector_sd(rate), tuning = NULL)
  df <- rep(r$df, pool_sizes(grids)[grid])
  rates_frame(v, v$series[keep], v$user_time[keep], r$estimate, r$std.error,
              df, as.integer(order), conf_level, rate)
}

vector_sd <- function(rate) {
  if (is.null(rate$sd)) numeric() else as.double(rate$sd[[1L]])
}

rates_frame <- function(v, series, time, estimate, se, df, order, level,
                        rate) {
  k <- length(order)
  interleave <- function(m) as.vector(t(m))
  est <- interleave(estimate)
  columns <- c(
    lapply(v$group, function(g) rep(g[series], each = k)),
    list(time = rep(time, each = k), order = rep(order, length(series)),
         estimate = est),
    add_interval(est, if (!is.null(se)) interleave(se), rep(df, each = k),
                 level)
  )
  new_nid_table(columns, "estimated", list(
    title = "Rates of plain vectors", keys = vector_keys(columns),
    rate = rate$words, level = level))
}

# The groups of plain vectors are their regions.
vector_keys <- function(columns) {
  keys <- c(region = "group", time = "time", order = "order")
  keys[keys %in% names(columns)]
}

rates_at <- function(v, g, value, rate, order, at, level, call) {
  if (rate$kind != "spline") {
    stop_nid("argument",
             c("New times need a curve: only rate_spline() has one.",
               i = "Leave `at` out, or use rate_spline()."), call = call)
  }
  new <- as.double(numeric_time(at, "at", call, v$reading))
  grid <- g$grid[g$grid > 0L]
  fit <- spline_new_times(rate, value, grid, g, new, order)
  series <- rep(which(g$grid > 0L), each = length(new))
  rates_frame(v, series, rep(at, length(grid)), fit$estimate, fit$std.error,
              rep(fit$df, each = length(new)), order, level, rate)
}

# Estimates of the given orders at the same new times for every series.
spline_new_times <- function(rate, value, grid, grids, new, order,
                             tuning = NULL) {
  size <- as.integer(diff(grids$offset))
  fit <- spline_fit(
    value, grid,
    list(time = as.double(grids$time), step = as.integer(grids$step),
         size = size),
    orders = integer(), m = rate$args$m, lambda = rate$args$lambda,
    df = rate$args$df, frozen = tuning,
    new = list(time = rep(list(new), length(size)), orders = order)
  )
  list(estimate = nan_to_na(fit$new.estimate),
       std.error = nan_to_na(fit$new.std.error), df = as.double(fit$df)[grid])
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
