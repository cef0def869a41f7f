#' Rates from differences
#'
#' The literal reading of a rate of change. `rate_difference()` looks back:
#' \deqn{V(t_i) = D[t_{i-1}, t_i], \quad A(t_i) = 2 D[t_{i-2}, t_{i-1}, t_i]}{
#'   V(t_i) = D[t_(i-1), t_i],  A(t_i) = 2 D[t_(i-2), t_(i-1), t_i]}
#' with divided differences, so that steps may be unequal; the first time has
#' no V, the first two no A. `rate_central()` takes the parabola through a time
#' and its neighbours, at the ends that through the three end points.
#'
#' Second differences of yearly data carry several times more noise than
#' signal. With an equal weight in time, formula (2) of `rate_difference()`
#' is V at the end less V at the start: it then rests on four data points.
#'
#' @param sd <num> Standard deviation of the error of a code's values (not of
#'   an indicator's): one number, or one for each code, named. Then errors are
#'   normal; without it, and without `sd` in the scheme, there is no error
#'   (`NA`). Giving both is an error.
#' @return A `nid_rate`.
#' @section Shortest series: V needs 2 times; A needs 3.
#' @concept first difference
#' @family rates
#' @examples
#' estimate_rates(c(1, 2, 4, 7), 2005:2008, rate = rate_difference())
#' estimate_rates(c(1, 2, 4, 7), 2005:2008, rate = rate_central(sd = 0.1))
#' @export
rate_difference <- function(sd = NULL) {
  check_sd(sd, rlang::current_env())
  new_nid_rate("difference", sd = sd, facts = list(backward = TRUE),
               does = linear_does(tell_name))
}
