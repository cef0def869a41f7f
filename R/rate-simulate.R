#' Draw paths of the rates
#'
#' Joint draws of the rates of every region and code over its times: what the
#' data leave open, times included together, so that any function of a path
#' (its largest fall, the year of its turn) gets its error from the same
#' function of the draws.
#'
#' [rate_spline()]: lambda is drawn from its posterior weights,
#' \eqn{\sigma^2 = RSS_\lambda / \chi^2_r}{sigma^2 = RSS / chi-squared_r}, then
#' the curve, normal given both. [rate_local()]: Student's t with the degrees
#' of freedom of its residuals. Differences with a known `sd`: normal. At one
#' time, a draw given lambda is `estimate` + `std.error` x t, whose standard
#' deviation is `std.error` x sqrt(df / (df - 2)). Codes are drawn
#' independently of one another.
#'
#' `prob.positive` of the tables is not the share of positive draws. It is that
#' of one t of the same `estimate` and `std.error`; draws are of the mixture
#' over lambda, which is skew where a stiff and a loose curve disagree. On real
#' panels the two differ by up to .22 for V and .34 for A, by half a hundredth
#' and four in the median.
#'
#' @param object <nid_rates> or <nid_model>.
#' @param nsim <int> Number of paths.
#' @param seed <int> `NULL`: the caller's stream of random numbers is used, as
#'   by [rnorm()]; a number: a stream of its own, and the caller's is left as
#'   it was.
#' @param order <int> Any of 0 (the level: the curve with the steps in force),
#'   1, 2 (as the rate has it: over a step, the change of the draw's own V);
#'   several orders of one draw belong together.
#' @param ... Empty.
#' @return `nid_simulation`, a tibble with a row per draw, region, time, code
#'   and order where the defining code is observed: index columns, `code`,
#'   `term`, `order` <int>, `sim` <int> number of the draw, `estimate` <dbl> in
#'   units as [dynamic_codes()]. `NA` for a series without error.
#' @section Errors:
#' `nidcode_error_no_error` for differences without `sd`; `_order_undefined`;
#' `_size` for a spline of a series of more than 800 times by orders, and for
#' 2^31 rows and more; message
#' `_no_error` for series too short to have one.
#' @family rates
#' @examples
#' district <- subset(ural, region_code == "FD-U")
#' panel <- code_panel(district, ural_scheme, index = "year",
#'                     status = "_status")
#' rates <- dynamic_codes(panel)
#' paths <- simulate(rates, nsim = 200, seed = 1)
#' # Probability that value was falling in some year:
#' value <- subset(paths, term == "value")
#' mean(tapply(value$estimate < 0, value$sim, any))
#' @name simulate_rates
NULL

#' @rdname simulate_rates
#' @export
simulate.nid_rates <- function(object, nsim = 1, seed = NULL, order = 1,
                               ...) {
  call <- rlang::current_env()
  rlang::check_dots_empty()
  check_number(nsim, min = 1, whole = TRUE)
  check_number(seed, whole = TRUE, null = TRUE)
  fit <- as_fit(object, NULL, call)
  order <- check_orders(order, call)
  if (any(order > fit$rate$facts$top_order)) {
    stop_order(fit$rate, max(order), call)
  }
  if (!fit_has_errors(fit)) {
    stop_nid("no_error",
             c(paste0("Rate ", fit$rate$words, " has no error to draw from."),
               i = paste0("Give the rate or the scheme an `sd`, or use ",
                          "rate_spline() or rate_local().")), call = call)
  }
  check_draw_sizes(fit, nsim, order, call)
  draws <- if (is.null(seed)) {
    drawn_arrays(fit, nsim, order)
  } else {
    with_own_stream(seed, drawn_arrays(fit, nsim, order))
  }
  simulation_table(fit, draws, nsim, order, seed)
}

#' @rdname simulate_rates
#' @export
simulate.nid_model <- function(object, nsim = 1, seed = NULL, order = 1,
                               ...) {
  simulate(object$rates, nsim = nsim, seed = seed, order = order, ...)
}

check_orders <- function(order, call) {
  if (!is.numeric(order) || length(order) == 0L || !all(order %in% 0:2) ||
      anyDuplicated(order)) {
    stop_argument("order", "any of 0, 1 and 2", order, call)
  }
  as.integer(order)
}

check_draw_sizes <- function(fit, nsim, order, call) {
  rows <- as.double(nsim) * length(order) * length(fit$codes) *
    n_rows(fit$def$panel)
  if (rows > .Machine$integer.max) {
    stop_nid("size",
             c(paste0(count_of(nsim, "draw"), " would be ", whole_text(rows),
                      " rows; a table has fewer than 2^31."),
               i = "Draw fewer paths at a time."), n = rows, call = call)
  }
  if (fit$rate$facts$errors != "posterior") {
    return(invisible())
  }
  own <- length(unique(replace(order, fit$rate$facts$steps & order == 2L, 1L)))
  for (one in fit$codes) {
    check_series_sizes(
      pool_longest(one$pool, fit$breaks), one$of,
      list(regions = names_of_regions(fit$def$panel), code = one$code),
      draw_most %/% own,
      paste0("A draw of ", count_of(own, "order"), " of a spline"),
      "Draw fewer orders, or use rate_local(), or fewer times.", call
    )
  }
}

# order x code x row x draw.
drawn_arrays <- function(fit, nsim, order) {
  panel <- fit$def$panel
  k <- length(fit$codes)
  out <- array(NA_real_, c(length(order), k, n_rows(panel), nsim))
  observed <- matrix(FALSE, k, n_rows(panel))
  short <- 0L
  for (i in seq_len(k)) {
    series <- code_series(fit, i)
    if (length(series$value) == 0L) next
    rows <- series_rows(series)
    drawn <- fit$rate$does$draw(without_unsure(series), nsim, order)
    observed[i, rows] <- TRUE
    out[, i, rows, ] <- drawn$draws + draw_unsure(series, nsim, order)
    short <- short + drawn$short
  }
  if (short > 0L) {
    inform_nid("no_error",
               paste0(count_of(short, "series", "series"), " too short for an ",
                      "error: no draws (NA)."), n = short)
  }
  list(draws = out, observed = observed)
}

simulation_table <- function(fit, drawn, nsim, order, seed) {
  panel <- fit$def$panel
  n <- n_rows(panel)
  k <- length(fit$codes)
  o <- length(order)
  keep <- which(rep(as.vector(drawn$observed), each = o))
  code <- vapply(fit$codes, `[[`, "", "code")
  term <- vapply(fit$codes, `[[`, "", "dynamic")
  rows <- rep(seq_len(n), each = o * k)[keep]
  estimate <- matrix(drawn$draws, o * k * n)[keep, , drop = FALSE]
  columns <- c(
    lapply(index_columns(panel, rows), repeat_values, times = nsim),
    list(code = rep(rep(rep(code, each = o), n)[keep], nsim),
         term = rep(rep(rep(term, each = o), n)[keep], nsim),
         order = rep(rep(order, k * n)[keep], nsim),
         sim = rep(seq_len(nsim), each = length(keep)),
         estimate = as.vector(estimate))
  )
  new_nid_table(
    columns, "simulation",
    fit_facts(fit, paste0(count_of(nsim, "draw"), " of the dynamic codes"),
              c("region", "time", "code", "term", "order", "sim"),
              seed = seed)
  )
}
