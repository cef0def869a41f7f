#' The path of Code NID in time
#'
#' `kind = "stock"`: as of each time,
#' \deqn{N(t_j) = \sum_{t_i \le t_j} \tau(t_j - t_i) u_i A_i}{
#'   N(t_j) = sum over t_i <= t_j of tau(t_j - t_i) u_i A_i}
#' "partial": the partial sums of the final code. They meet at the last time.
#' Rates are those of the fit to the whole series.
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
                      kind = "stock", rate = NULL, cor = "independent",
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
  path_table(fit, influence, measure, kind, cor, conf_level)
}

path_table <- function(fit, influence, measure, kind, cor, level,
                       call = rlang::caller_env()) {
  panel <- fit$def$panel
  times <- common_times(fit)
  check_sums_at_times(fit, times, "A path", call)
  terms <- common_terms(fit, times, 2L)
  plan <- path_plan(fit, times, terms, influence, measure, kind)
  sums <- add_weight_error(functional_sums(fit, plan, cor), fit, plan)
  pattern <- times$pattern
  keep <- integer(length(pattern))
  seen <- pattern > 0L
  keep[seen] <- plan$k[pattern[seen]]
  region <- rep(seq_along(pattern), keep)
  at <- sequence(keep[keep > 0L], from = plan$first[pattern[keep > 0L]])
  columns <- c(
    lapply(region_column(panel), function(x) x[region]),
    stats::setNames(list(time_like(panel, times$time[at])),
                    panel$index[["time"]]),
    list(estimate = sums$estimate)
  )
  interval <- add_interval(sums$estimate, sums$se, sums$df, level)
  columns <- c(columns, interval[c("std.error", "conf.low", "conf.high")],
               list(n.terms = plan$n.terms[at]))
  new_nid_table(
    columns, "path",
    fit_facts(fit, paste0("Path of Code NID (", kind, ")"),
              c("region", "time"), kind = kind,
              influence = influence$words, measure = measure,
              cor = cor_text(cor), level = level,
              notes = lost_rows_note(
                n_rows(panel), length(region),
                "before the first term, or a code is missing there"
              ))
  )
}

# A sum at each time has a weight for each time: the square of their number.
times_most <- 5000L

check_sums_at_times <- function(fit, times, what, call) {
  check_series_sizes(
    pool_sizes(times), times$pattern, names_of_regions(fit$def$panel), call,
    NULL, times_most, what,
    paste0("Use basic_code() for the last time alone, or fewer times, means ",
           "of months or years, say.")
  )
}

# One column of weights for each common time from the first term on.
path_plan <- function(fit, times, terms, influence, measure, kind) {
  width <- term_widths(fit, times, measure)
  size <- diff(times$offset)
  n.terms <- integer(length(times$time))
  parts <- lapply(seq_along(size), function(p) {
    at <- seq.int(times$offset[p] + 1L, length.out = size[p])
    path_weights(times$time[at], width[at] * terms[at], terms[at], influence,
                 kind, fit_reading(fit))
  })
  k <- vapply(parts, `[[`, 1L, "k")
  for (p in seq_along(size)) {
    at <- seq.int(times$offset[p] + 1L, length.out = size[p])
    n.terms[at] <- cumsum(terms[at])
  }
  list(times = times, weight = as.double(unlist(lapply(parts, `[[`, "w"))),
       k = k, order = 2L, n.terms = n.terms, empty = 0L,
       first = times$offset[-1L] - k + 1L)
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
