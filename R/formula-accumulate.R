#' Accumulate rates that you have
#'
#' Formula (2) for plain vectors of second-order rates: the sum of
#' tau_i u_i x_i over each group, or its path in time. `NA` rates are no terms.
#' Point values only: an error needs the fit, so use [basic_code()].
#'
#' @param x <num> Rates; or a table of [estimate_rates()], whose rates of order 2
#'   are taken with their times and groups.
#' @param time <num> Their times, finite; any type that [code_panel()] takes.
#' @param group Groups, any type; `NULL`: one.
#' @param influence <nid_influence> See [influence].
#' @param measure <chr> "sum": u = 1; "integral": u from `width`.
#' @param width <chr> "trapezoid": a rate is that at its time, u half the way to
#'   the times around it that have one; "step": it is that over the step that
#'   ends at its time, u the step from the time before, where `x` may be `NA`.
#'   `NULL`: what a table says of itself, else "trapezoid".
#' @param kind <chr> "stock" or "partial", as in [code_path()].
#' @return `nid_accumulated`, a tibble: `group` (if given), `estimate`,
#'   `n.terms`; the path `group`, `time`, `estimate`. Sorted by group and time.
#' @family vectors in
#' @examples
#' accumulate_rates(c(1, 2, 3), 2005:2007, influence = influence_half_life(1))
#' accumulate_path(c(1, 2, 3), 2005:2007)
#' accumulate_rates(estimate_rates(c(1, 4, 9, 16, 25, 36), 1:6),
#'                  measure = "integral")
#' @export
accumulate_rates <- function(x, time = NULL, group = NULL,
                             influence = influence_equal(), measure = "sum",
                             width = NULL) {
  call <- rlang::current_env()
  s <- accumulate_series(list(x = x, time = time, group = group), influence,
                         measure, width, call)
  w <- term_weights(s$fit, s$times, s$terms, influence, measure)
  terms <- s$terms[s$at]
  estimate <- nan_to_na(rowsum_by(w[s$at] * s$x, s$series, s$n))
  n.terms <- tabulate(s$series[terms], s$n)
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
accumulate_path <- function(x, time = NULL, group = NULL,
                            influence = influence_equal(), measure = "sum",
                            kind = "stock", width = NULL) {
  call <- rlang::current_env()
  check_choice(kind, c("stock", "partial"), call = call)
  s <- accumulate_series(list(x = x, time = time, group = group), influence,
                         measure, width, call)
  plan <- path_sums(s$fit, s, influence, measure, kind)
  end <- cumsum(as.double(pool_sizes(s$times)) * plan$k)
  rows <- split(seq_along(s$x), factor(s$series, levels = seq_len(s$n)))
  parts <- lapply(seq_len(s$n), \(j) {
    p <- s$times$pattern[j]
    if (p == 0L) return(list())
    n <- length(rows[[j]])
    k <- plan$k[p]
    w <- plan$weight[end[p] - n * k + seq_len(n * k)]
    list(row = utils::tail(rows[[j]], k),
         estimate = as.vector(s$x[rows[[j]]] %*% matrix(w, n)))
  })
  row <- as.integer(unlist(lapply(parts, `[[`, "row")))
  estimate <- as.double(unlist(lapply(parts, `[[`, "estimate")))
  columns <- c(lapply(s$group, \(g) g[s$series[row]]),
               list(time = s$user_time[row], estimate = nan_to_na(estimate)))
  accumulated_table(columns, paste0("Path of accumulated rates, ", kind),
                    influence, measure)
}

# Rates in panel order and their grids: of those times that have a rate or, of
# rates over steps, at which the step of one begins (a rate of 0 here, and no
# term).
accumulate_series <- function(given, influence, measure, width, call) {
  check_influence(influence, call)
  check_choice(measure, c("sum", "integral"), call = call)
  if (!is.null(width)) {
    check_choice(width, c("trapezoid", "step"), call = call)
  }
  if (inherits(given$x, "nid_estimated")) {
    given <- estimated_rates(given, call)
  }
  steps <- identical(width %||% given$width, "step")
  v <- vector_series(given$x, given$time, given$group, call)
  none <- is.na(v$value)
  ends <- !none & duplicated(v$series)
  if (steps) check_steps_begin(none, v, call)
  begins <- steps & none & c(ends[-1L], FALSE)[seq_along(ends)]
  value <- replace(v$value, begins, 0)
  keep <- which(!is.na(value))
  # What is no term is told as a break; a first time has no break to tell.
  g <- code_grids_cpp(value, v$offset, v$time, which(begins))
  times <- c(g[c("offset", "time", "step")],
             list(pattern = g$grid, simple = TRUE))
  list(x = value[keep], series = v$series[keep], n = v$n, group = v$group,
       user_time = v$user_time[keep], times = times,
       terms = times$step == 0L & !(steps & is.na(step_lengths(times))),
       at = pool_places(times, g$grid[g$grid > 0L]),
       fit = list(rate = if (steps) rate_spline() else rate_central(),
                  breaks = "ignore", reading = v$reading))
}

# The second-order rates of a table of estimate_rates().
estimated_rates <- function(given, call) {
  for (name in c("time", "group")) {
    if (!is.null(given[[name]])) {
      stop_nid("argument", paste0("A table of rates has its own: leave `", name,
                                  "` out."), argument = name, call = call)
    }
  }
  x <- given$x
  row <- which(x[["order"]] == 2L)
  if (!2L %in% x[["order"]] && nrow(x) > 0L) {
    stop_argument("x", "a table with rates of order 2", x[["order"]], call)
  }
  list(x = x[["estimate"]][row], time = x[["time"]][row],
       group = if ("group" %in% names(x)) x[["group"]][row],
       width = if (identical(get_spec(x)$second, "over a step")) "step")
}

check_steps_begin <- function(none, v, call) {
  bad <- which(!none & !duplicated(v$series))
  if (length(bad) > 0L) {
    stop_nid("argument",
             c("A rate over a step needs the time at which its step begins.",
               x = paste0(count_of(length(bad), "series", "series"),
                          " with a rate at the first time."),
               i = "Give that time, with `NA` as its rate."),
             argument = "x", rows = bad, call = call)
  }
}
