#' Rates of change: the dynamic codes
#'
#' Estimates for every region and code the rate of change V = D' (order 1, the
#' dynamic code) and its own rate A (order 2), each with its error. A is the
#' change of V over the step from the code's observed time before, where the
#' rate says so ("second order: over a step"), else a derivative.
#'
#' @param x <nid_panel> or <nid_defining>. A panel is z-scored over all rows
#'   first, see [defining_codes()].
#' @param rate <nid_rate> [rate_spline()], [rate_local()], [rate_central()],
#'   [rate_difference()] or [rate_custom()].
#' @param breaks <chr> What happens where the method of measurement changes.
#'   "split": nothing straddles it; "shift": the curve goes on and only its
#'   level jumps, by one free step for each break; "ignore"; "auto": "shift"
#'   for local and spline, "split" for the others.
#' @param interval <chr> "pointwise", or "simultaneous" over the times of a
#'   region, code and order, see below.
#' @param conf_level <num> Between 0 and 1.
#' @return `nid_rates`, a tibble with a row per region, time, code and order
#'   where the defining code is observed: index columns, `code`, `term` <chr>
#'   the dynamic code, `order` <int> 1 or 2, `estimate` in units of the code per
#'   time unit (squared), `std.error`, `conf.low`, `conf.high`,
#'   `prob.positive` <dbl>, `df` <dbl>. Where a rate or an error does not exist
#'   it is `NA`, never 0.
#' @section Probabilities: `prob.positive` is that of one Student's t at
#' `estimate` with `std.error` and `df`, as the limits are. [simulate()] draws
#' from the mixture over lambda instead: of a rate averaged over lambda the
#' share of positive draws differs from it by up to .22 for V and .34 for A.
#' @section Simultaneous intervals:
#' They hold all true rates of a region, code and order at once with
#' probability `conf_level`: estimate -+ c `std.error`, c the quantile of the
#' largest |t| over the times in the joint posterior (that [simulate()] draws
#' from), worked out by a random stream of its own: same numbers each time, and
#' the caller's stream stays as it was. For a spline c belongs to the series
#' and takes about 4 seconds for 1,000 series of 12 times. It is a matter of the
#' series alone, the same in a panel of any size, and takes at most 400 times
#' (`nidcode_error_size`).
#' @section Errors:
#' `nidcode_error_break`, `_rate_given_twice` (sd in rate and scheme); messages
#' `_order_undefined` (the rate has no order 2), `_short_series`.
#' @source Economy of Region, 2017, vol. 13 (see [nidcode-package]).
#' @concept growth rate
#' @concept acceleration
#' @family rates
#' @examples
#' district <- subset(ural, region_code == "FD-U")
#' panel <- code_panel(district, ural_scheme, index = "year",
#'                     status = "_status")
#' dynamic_codes(panel)
#' dynamic_codes(panel, rate_difference())
#' @export
dynamic_codes <- function(x, rate = rate_spline(), breaks = "auto",
                          interval = "pointwise", conf_level = 0.95) {
  call <- rlang::current_env()
  check_choice(interval, c("pointwise", "simultaneous"), call = call)
  check_level(conf_level, call = call)
  if (inherits(x, c("nid_rates", "nid_model"))) {
    stop_nid("rate_given_twice",
             c("`x` already has its rates.",
               i = "Give the panel or the defining codes."), call = call)
  }
  fit <- code_fit(get_definition_of(x, call), rate, breaks, call)
  if (interval == "simultaneous") check_band_sizes(fit, call)
  expect_cells(cells_of_rates(2L) * length(fit$codes) * n_rows(fit$def$panel))
  rates_table(fit, estimate_codes(fit, rates = TRUE)$rates, interval,
              conf_level)
}

rates_table <- function(fit, a, interval, level) {
  panel <- fit$def$panel
  k <- length(fit$codes)
  n <- n_rows(panel)
  every <- all(a$observed)
  keep <- if (!every) which(interleave_cpp(list(a$observed, a$observed), k))
  pick <- \(x) if (every) x else x[keep]
  both <- \(x) if (!is.null(x)) pick(interleave_cpp(x, k))
  law <- list(estimate = both(a$estimate), std.error = both(a$std.error),
              df = both(list(a$df, a$df)), prob = both(a$prob))
  levels <- if (interval == "simultaneous" && !is.null(law$std.error)) {
    pick(simultaneous_levels(fit, level))
  } else {
    level
  }
  columns <- c(
    if (every) index_columns(panel, each = 2L * k) else
      index_columns(panel, rep(seq_len(n), each = 2L * k)[keep]),
    list(code = pick(repeat_values(code_field(fit, "code"), 2L, n)),
         term = pick(repeat_values(code_field(fit, "dynamic"), 2L, n)),
         order = pick(repeat_values(1:2, times = k * n)),
         estimate = law$estimate),
    at_level(law, levels)
  )
  inform_short(fit)
  if (!is.null(fit$rate$does$tell)) fit$rate$does$tell(fit)
  new_nid_table(
    columns, "rates",
    fit_facts(fit, "Dynamic codes",
              c("region", "time", "code", "term", "order"),
              interval = interval, level = level,
              notes = lost_values_note(lost_values(fit), n)),
    fit = fit
  )
}

# Times of the panel's rows at which each code has no value.
lost_values <- function(fit) {
  lost <- vapply(fit$codes, \(one) {
    n_rows(fit$def$panel) - sum(pool_sizes(one$pool)[one$of])
  }, numeric(1))
  stats::setNames(lost, code_field(fit, "code"))
}

# Series too short for a rate of order 1 or 2 are counted and named.
inform_short <- function(fit) {
  panel <- fit$def$panel
  inform_order(fit$rate, 1:2)
  for (order in orders_of(fit$rate, 1:2)) {
    short <- lapply(fit$codes, short_regions, fit = fit, order = order)
    if (sum(lengths(short)) > 0L) {
      regions <- panel$regions[sort(unique(unlist(short)))]
      inform_nid(
        "short_series",
        paste0(count_of(sum(lengths(short)), "series", "series"),
               " too short for a rate of order ", order, ": ",
               some_of(regions), "."),
        regions = as.character(regions), n = sum(lengths(short)),
        order = order
      )
      break
    }
  }
}

# Regions that have a code and no rate of an order.
short_regions <- function(one, fit, order) {
  ok <- rate_defined(code_bundle(fit, one), order)
  none <- tabulate(pool_owner(one$pool)[ok], pool_length(one$pool)) == 0L
  has <- which(one$of > 0L)
  has[none[one$of[has]]]
}
