#' The path of Code NID in time
#'
#' `kind = "stock"`: as of each time,
#' \deqn{N(t_j) = \sum_{t_i \le t_j} \tau(t_j - t_i) u_i A_i}{
#'   N(t_j) = sum over t_i <= t_j of tau(t_j - t_i) u_i A_i}
#' "partial": the partial sums of the final code. They meet at the last time.
#' Rates are those of the fit to the whole series; where they are over steps,
#' the i-th term is that of the step that ends at t_i. A path is always of all
#' steps, whatever `ends` a model has.
#'
#' @inheritParams basic_code
#' @param kind <chr> "stock" or "partial".
#' @return `nid_path`, a tibble with a row per region and time from the first
#'   term on: index columns, `estimate`, `std.error`, `conf.low`, `conf.high`,
#'   `n.terms` <int>. Units as in [basic_code()].
#' @section Errors:
#' `nidcode_error_size` for series of more than 5,000 times.
#' @family formulas
#' @examples
#' district <- subset(ural, region_code == "FD-U")
#' panel <- code_panel(district, ural_scheme, index = "year",
#'                     status = "_status")
#' code_path(panel, influence_half_life(5))
#' @export
code_path <- function(x, influence = influence_equal(), measure = "sum",
                      kind = "stock", rate = NULL, cor = "auto",
                      conf_level = 0.95) {
  call <- rlang::current_env()
  refuse_rate(x, call)
  keep_settings(x)
  check_level(conf_level, call = call)
  check_influence(influence, call)
  check_choice(measure, c("sum", "integral"), call = call)
  check_choice(kind, c("stock", "partial"), call = call)
  fit <- as_fit(x, rate, call)
  check_second_order(fit$rate, call)
  cor <- check_cor(cor, fit, call)
  warn_missing_codes(fit, x)
  plan <- path_plan(fit, influence, measure, kind, call = call)
  law <- law_of_plan(fit, plan, cor)
  path_table(fit, plan, law,
             formula_told(influence, measure, law$cor, conf_level))
}

path_table <- function(fit, plan, law, told) {
  panel <- fit$def$panel
  law <- add_weight_error(law, fit, plan)
  at <- plan_terms(plan)
  interval <- at_level(law, told$level, prob = NULL)
  columns <- c(
    lapply(region_column(panel), at$by_region),
    stats::setNames(list(at$by_place(time_like(panel, plan$times$time))),
                    panel$index[["time"]]),
    list(estimate = law$estimate),
    interval[c("std.error", "conf.low", "conf.high", "df")],
    list(n.terms = at$by_place(plan$n.terms))
  )
  new_nid_table(
    columns, "path",
    fit_facts(fit, paste0("Path of Code NID (", plan$kind, ", all steps)"),
              c("region", "time"), kind = plan$kind,
              influence = told$influence, measure = told$measure,
              cor = told$cor$text, level = told$level,
              notes = c(few_regions_note(told$cor), lost_rows_note(
                n_rows(panel), at$n,
                "before the first term, or a code is missing there"
              )))
  )
}

# A sum at each time has a weight for each time: the square of their number.
times_most <- 5000L

check_sums_at_times <- function(fit, times, what, call) {
  check_series_sizes(
    pool_sizes(times), times$pattern,
    list(regions = names_of_regions(fit$def$panel)), times_most, what,
    paste0("Use basic_code() for the last time alone, or fewer times, means ",
           "of months or years, say."), call
  )
}

# One column of weights for each common time from the first term on.
path_plan <- function(fit, influence, measure, kind, frame = plan_frame(fit),
                      call = rlang::caller_env()) {
  check_sums_at_times(fit, frame$times, "A path", call)
  c(frame, path_sums(fit, frame, influence, measure, kind), list(kind = kind))
}

path_sums <- function(fit, frame, influence, measure, kind) {
  times <- frame$times
  width <- term_widths(fit, times, measure)
  parts <- lapply(seq_len(pool_length(times)), \(p) {
    at <- pool_places(times, p)
    terms <- frame$terms[at]
    c(path_weights(times$time[at], width[at] * terms, terms, influence, kind,
                   fit_reading(fit)),
      list(n.terms = cumsum(terms)))
  })
  k <- vapply(parts, `[[`, 1L, "k")
  list(weight = as.double(unlist(lapply(parts, `[[`, "w"))), k = k,
       n.terms = as.integer(unlist(lapply(parts, `[[`, "n.terms"))),
       empty = 0L, at = sequence(k, from = times$offset[-1L] - k + 1L))
}

path_weights <- function(time, u, terms, influence, kind, reading) {
  n <- length(time)
  first <- match(TRUE, terms)
  if (is.na(first)) {
    return(list(k = 0L, w = numeric()))
  }
  columns <- seq.int(first, n)
  span <- time[n] - time[1L]
  until <- outer(seq_len(n), columns, `<=`)
  if (kind == "partial") {
    at <- influence_at(influence, reading) %||% time[n]
    tau <- influence_weights(influence, time, rep(at, n), span)
    w <- until * (tau * u)
    total <- rep(sum(tau * u), length(columns))
  } else {
    tau <- influence_weights(influence, rep(time, length(columns)),
                             rep(time[columns], each = n), span)
    tau[!is.finite(tau)] <- 0
    w <- until * matrix(tau, n) * u
    total <- colSums(w)
  }
  if (influence$normalise) {
    w <- w / rep(total, each = n)
    w[, total == 0] <- NA_real_
  }
  list(k = length(columns), w = as.vector(w))
}
