#' Accumulate rates that you have
#'
#' Formula (2) for plain vectors of second-order rates: the sum of
#' tau_i u_i x_i over each group, or its path in time. `NA` rates are no terms.
#' Point values only: an error needs the fit, so use [basic_code()].
#'
#' @param x <num> Rates.
#' @param time <num> Their times, finite; any type that [code_panel()] takes.
#' @param group Groups, any type; `NULL`: one.
#' @param influence <nid_influence> See [influence].
#' @param measure <chr> "sum": u = 1; "integral": u from the trapezoid over the
#'   times that have a rate.
#' @param kind <chr> "stock" or "partial", as in [code_path()].
#' @return `nid_accumulated`, a tibble: `group` (if given), `estimate`,
#'   `n.terms`; the path `group`, `time`, `estimate`. Sorted by group and time.
#' @family vectors in
#' @examples
#' accumulate_rates(c(1, 2, 3), 2005:2007, influence = influence_half_life(1))
#' accumulate_path(c(1, 2, 3), 2005:2007)
#' @export
accumulate_rates <- function(x, time, group = NULL,
                             influence = influence_equal(), measure = "sum") {
  call <- rlang::current_env()
  s <- accumulate_series(x, time, group, influence, measure, call)
  w <- term_weights(s$fit, s$times, every_term(s), influence, measure)
  term <- w[s$at] * s$x
  estimate <- nan_to_na(rowsum_by(term, s$series, s$n))
  n.terms <- tabulate(s$series, s$n)
  estimate[n.terms == 0L] <- NA_real_
  accumulated_table(c(s$group, list(estimate = estimate, n.terms = n.terms)),
                    "Accumulated rates", influence, measure)
}

accumulated_table <- function(columns, title, influence, measure) {
  new_nid_table(columns, "accumulated", list(
    title = title, keys = vector_keys(columns), influence = influence$words,
    measure = measure))
}

#' @rdname accumulate_rates
#' @export
accumulate_path <- function(x, time, group = NULL,
                            influence = influence_equal(), measure = "sum",
                            kind = "stock") {
  call <- rlang::current_env()
  check_choice(kind, c("stock", "partial"), call = call)
  s <- accumulate_series(x, time, group, influence, measure, call)
  plan <- path_sums(s$fit, list(times = s$times, terms = every_term(s)),
                    influence, measure, kind)
  end <- cumsum(as.double(pool_sizes(s$times)) * plan$k)
  parts <- split(s$x, factor(s$series, levels = seq_len(s$n)))
  estimate <- unlist(lapply(seq_len(s$n), \(j) {
    p <- s$times$pattern[j]
    if (p == 0L) return(numeric())
    n <- length(parts[[j]])
    w <- plan$weight[end[p] - n * plan$k[p] + seq_len(n * plan$k[p])]
    as.vector(parts[[j]] %*% matrix(w, n))
  }))
  columns <- c(lapply(s$group, \(g) g[s$series]),
               list(time = s$user_time,
                    estimate = nan_to_na(as.double(estimate))))
  accumulated_table(columns, paste0("Path of accumulated rates, ", kind),
                    influence, measure)
}

every_term <- function(s) rep(TRUE, length(s$times$time))

# Rates in panel order without their NA, and their grids.
accumulate_series <- function(x, time, group, influence, measure, call) {
  check_influence(influence, call)
  check_choice(measure, c("sum", "integral"), call = call)
  v <- vector_series(x, time, group, call)
  keep <- which(!is.na(v$value))
  g <- code_grids_cpp(v$value, v$offset, v$time, integer())
  times <- c(g[c("offset", "time", "step")],
             list(pattern = g$grid, simple = TRUE))
  list(x = v$value[keep], series = v$series[keep], n = v$n, group = v$group,
       user_time = v$user_time[keep], times = times,
       at = pool_places(times, g$grid[g$grid > 0L]),
       fit = list(rate = rate_central(), breaks = "ignore",
                  reading = v$reading))
}
