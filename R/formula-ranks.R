#' Rank regions by Code NID, with intervals
#'
#' Rank 1 is the largest. The interval of a rank comes from the differences to
#' every other region: one that is larger (or smaller) at the given level is
#' surely above (or below); the rest may stand on either side. Each pair is
#' taken at `conf_level`. The curves of two regions are independent; errors that both
#' share, those of [relevance_weights()], count in a difference only as far as
#' they do not cancel: the variance is
#' \deqn{s_r^2 + s_q^2 + (g_r - g_q)' \Omega (g_r - g_q)}{
#'   s_r^2 + s_q^2 + (g_r - g_q)' Omega (g_r - g_q)}
#' with s a region's own error, g the derivative of its Code NID by the weights
#' and \eqn{\Omega}{Omega} their covariance.
#'
#' @param x <nid_basic> or <nid_model>.
#' @param conf_level <num> Between 0 and 1; `NULL`: that of `x`.
#' @return `nid_ranks`, a tibble sorted by rank: region column, `estimate`,
#'   `rank` (ties share the smallest), `rank.low`, `rank.high` <int>; `NA`
#'   where the codes have no error.
#' @section Errors: `nidcode_error_needs_fit` if regions share errors and rows
#'   or columns of `x` were changed.
#' @family formulas
#' @examples
#' regions <- subset(ural, level == "region")
#' panel <- code_panel(regions, ural_scheme, status = "_status")
#' region_ranks(basic_code(panel))
#' @export
region_ranks <- function(x, conf_level = NULL) {
  call <- rlang::current_env()
  if (inherits(x, "nid_model")) x <- x$basic
  if (!inherits(x, "nid_basic")) {
    stop_argument("x", "made by basic_code() or code_model()", x, call)
  }
  spec <- get_spec(x)
  law <- basic_law(x, call)
  conf_level <- conf_level %||% spec$level
  check_level(conf_level, call = call)
  estimate <- x[["estimate"]]
  rank <- rank(-estimate, na.last = "keep", ties.method = "min")
  limits <- rank_limits(estimate, law, conf_level)
  at <- order(rank)
  columns <- c(
    lapply(as.list(x[spec$keys]), \(key) key[at]),
    list(estimate = estimate[at], rank = as.integer(rank[at]),
         rank.low = limits$low[at], rank.high = limits$high[at])
  )
  new_nid_table(columns, "ranks", list(
    title = "Regions ranked by Code NID", keys = spec$keys, rate = spec$rate,
    influence = spec$influence, measure = spec$measure,
    pairs = if (is.null(law$shared)) {
      "differences of independent regions"
    } else {
      "differences of regions that share the errors of the weights"
    },
    level = conf_level, limits = c("rank.low", "rank.high")
  ))
}

rank_limits <- function(estimate, law, level) {
  n <- length(estimate)
  low <- high <- rep(NA_integer_, n)
  se <- law$std.error
  df <- law$df
  has <- which(!is.na(estimate) & !is.na(se))
  if (length(has) < n - sum(is.na(estimate)) || length(has) == 0L) {
    return(list(low = low, high = high))
  }
  for (i in has) {
    shared <- shared_gaps(law, i, has)
    unit <- rep_len(row_scales(cbind(se[i], se[has], shared)), length(has))
    own <- (se[i] / unit)^2
    other <- (se[has] / unit)^2
    var <- own + other + rowSums((shared / unit)^2)
    dof <- var^2 / (own^2 / df[i] + other^2 / df[has])
    dof[own + other == 0] <- Inf
    half <- stats::qt((1 + level) / 2, dof) * sqrt(var) * unit
    gap <- estimate[has] - estimate[i]
    low[i] <- 1L + sum(gap > half)
    high[i] <- length(has) - sum(gap < -half)
  }
  list(low = low, high = high)
}
