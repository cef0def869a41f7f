#' Rank regions by Code NID, with intervals
#'
#' Rank 1 is the largest. The interval of a rank comes from the differences to
#' every other region: one that is larger (or smaller) at the given level is
#' surely above (or below); the rest may stand on either side:
#' \deqn{rank.low = 1 + n_{above}, \quad rank.high = n - n_{below}}{
#'   rank.low = 1 + n(surely above),  rank.high = n - n(surely below)}
#' and never beyond `rank` itself.
#'
#' With `pairs = "difference"` the difference of two regions is the Code NID of
#' the series of their differences, in which what is common to both cancels, as
#' in [region_contrasts()]: n(n - 1)/2 fits, up to 1,000 regions. With
#' "independent" the curves of regions are independent of one another, the
#' variance of a difference is
#' \deqn{s_r^2 + s_q^2 + (g_r - g_q)' \Omega (g_r - g_q)}{
#'   s_r^2 + s_q^2 + (g_r - g_q)' Omega (g_r - g_q)}
#' with s a region's own error, g the derivative of its Code NID by the weights
#' of [relevance_weights()] and \eqn{\Omega}{Omega} their covariance, df by
#' Satterthwaite: pairs are counted by sorting, for any number of regions.
#' "auto" is the first up to 300 regions, where `x` has its fit.
#'
#' Each pair is taken at `conf_level`: such intervals hold all ranks at once in
#' 56 to 83 % of panels only. With `simultaneous = TRUE` each is taken at
#' 1 - (1 - `conf_level`)/(n(n - 1)/2) (Bonferroni).
#'
#' How much the order means at all is told by
#' \deqn{reliability = 1 - \frac{\overline{se^2(x_r - \bar x)}}{var(x)}}{
#'   reliability = 1 - mean(se^2 of x_r - mean(x))/var(x)}
#' the share of the spread of regions that is not error. Below 0 the spread is
#' within the errors: the order is mostly noise.
#'
#' @param x <nid_basic> or <nid_model>; or a data frame of several of them bound
#'   together, regions in its first column, with `estimate`, `std.error` and
#'   `df`: errors are then independent.
#' @param conf_level <num> Between 0 and 1; `NULL`: that of `x`, else .95.
#' @param simultaneous <lgl> Intervals that hold for all regions at once.
#' @param pairs <chr> "auto", "difference" or "independent".
#' @return `nid_ranks`, a tibble sorted by rank: region column, `estimate`,
#'   `rank` (ties share the smallest), `rank.low`, `rank.high` <int>; `NA`
#'   where the codes have no error. It says which pairs it is of and their
#'   reliability.
#' @section Errors: `nidcode_error_argument`; `_duplicate_key` if a data frame
#'   has a region twice or one without a name; `_needs_fit` if regions share
#'   errors and rows or columns of `x` were changed, or if differences are asked
#'   for and `x` has no fit; `_size` for differences of more than 1,000 regions.
#' @concept ranking
#' @concept league table
#' @family formulas
#' @examples
#' regions <- subset(ural, level == "region")
#' panel <- code_panel(regions, ural_scheme, status = "_status")
#' region_ranks(basic_code(panel))
#' region_ranks(basic_code(panel), simultaneous = TRUE)
#' @export
region_ranks <- function(x, conf_level = NULL, simultaneous = FALSE,
                         pairs = "auto") {
  call <- rlang::current_env()
  if (inherits(x, "nid_model")) x <- x$basic
  check_ranked(x, call)
  check_flag(simultaneous, call = call)
  check_choice(pairs, c("auto", "difference", "independent"), call = call)
  spec <- get_spec(x)
  own <- basic_sums(x, call)
  conf_level <- conf_level %||% spec$level %||% 0.95
  check_level(conf_level, call = call)
  estimate <- x[["estimate"]]
  rank <- rank(-estimate, na.last = "keep", ties.method = "min")
  pairs <- ranked_pairs(pairs, own, get_fit(x), call)
  found <- rank_limits(own, rank, get_fit(x), pairs, conf_level, simultaneous)
  at <- order(rank)
  keys <- spec$keys %||% c(region = setdiff(names(x)[1L], "estimate"))
  columns <- c(
    lapply(as.list(x)[keys], \(key) key[at]),
    list(estimate = estimate[at], rank = as.integer(rank[at]),
         rank.low = found$low[at], rank.high = found$high[at])
  )
  new_nid_table(columns, "ranks", c(list(
    title = "Regions ranked by Code NID", keys = keys),
    spec[c("rate", "influence", "measure")],
    rank_facts(found$reliability, pairs, own, simultaneous),
    list(level = conf_level, limits = c("rank.low", "rank.high"))
  ))
}

# Pairs that are fitted unasked, and at most.
most_ranked <- 300L
most_differences <- 1000L

check_ranked <- function(x, call) {
  if (inherits(x, "nid_basic")) return(invisible())
  ok <- is.data.frame(x) && !inherits(x, "nid_table") &&
    all(c("estimate", "std.error", "df") %in% names(x)) &&
    all(vapply(as.list(x)[c("estimate", "std.error", "df")], is.numeric, NA))
  if (!ok) {
    stop_argument("x", paste0("made by basic_code() or code_model(), or a ",
                              "data frame with their estimate, std.error and ",
                              "df"), x, call)
  }
  check_ranked_once(x[[1L]], names(x)[1L], call)
}

# Parts that are glued may overlap: a region twice would count twice.
check_ranked_once <- function(region, name, call) {
  if (name == "estimate") return(invisible())
  odd <- is.na(region) | duplicated(region)
  if (any(odd)) {
    stop_nid("duplicate_key",
             c(paste0("Column ", some_of(name), " must name each region once."),
               x = paste0("Twice, or missing: ",
                          some_of(unique(region[odd])), ".")),
             columns = name, regions = unique(region[odd]), rows = which(odd),
             n = sum(odd), call = call)
  }
}

# Numbers without an error have no pairs at all.
ranked_pairs <- function(pairs, own, fit, call) {
  n <- sum(!is.na(own$estimate))
  if (pairs == "auto") {
    few <- n <= most_ranked && !is.null(fit)
    return(if (few) "difference" else "independent")
  }
  if (pairs == "difference" && is.null(fit)) {
    stop_nid("needs_fit",
             c("Difference series need the fit, which this table lacks.",
               i = paste0("Use the table as basic_code() gave it, or pairs = ",
                          "\"independent\".")), call = call)
  }
  if (pairs == "difference" && n > most_differences) {
    stop_nid("size",
             c(paste0("Difference series of ", count_of(n, "region"), " are ",
                      whole_text(n * (n - 1) / 2), " fits, of at most ",
                      whole_text(most_differences), " regions."),
               i = "Use pairs = \"independent\"."), n = n,
             limit = most_differences, call = call)
  }
  pairs
}

rank_facts <- function(reliability, pairs, own, simultaneous) {
  noise <- !is.na(reliability) && reliability < 0
  list(
    pairs = paste0(switch(pairs, difference = "difference series",
                          "independent errors"),
                   if (ncol(own$shared) > 0L) {
                     ", which share the errors of the weights"
                   }),
    interval = if (simultaneous) "simultaneous (Bonferroni)" else
      "pair by pair",
    reliability = if (!is.na(reliability)) round(reliability, 2),
    notes = if (noise) {
      paste0("The spread of regions is within their errors: this order is ",
             "mostly noise.")
    }
  )
}

rank_limits <- function(own, rank, fit, pairs, level, simultaneous) {
  n <- length(rank)
  low <- high <- rep(NA_integer_, n)
  has <- which(!is.na(own$estimate) & !is.na(own$std.error))
  if (length(has) < sum(!is.na(own$estimate)) || length(has) == 0L) {
    return(list(low = low, high = high, reliability = NA_real_))
  }
  k <- length(has)
  if (simultaneous) level <- 1 - (1 - level) / max(1, k * (k - 1) / 2)
  found <- if (pairs == "difference") {
    sure_differences(own, fit, has, level)
  } else if (ncol(own$shared) > 0L) {
    sure_shared(own, has, level)
  } else {
    sure_independent(own, has, level)
  }
  low[has] <- pmin(1L + found$above, as.integer(rank[has]))
  high[has] <- pmax(k - found$below, as.integer(rank[has]))
  list(low = low, high = high, reliability = nan_to_na(
    1 - (found$noise / sd_of(own$estimate[has]))^2))
}

# Of every region that has an error how many are surely above and below it.
# `noise`: the root of the mean squared error of deviations from the mean, which
# is the sum of those of all pairs over n^2.
sure_differences <- function(own, fit, has, level) {
  k <- length(has)
  left <- rep(seq_len(k), k - seq_len(k))
  right <- sequence(k - seq_len(k), seq_len(k) + 1L)
  rows <- compare_sides(fit, own, list(left = has[left], right = has[right]),
                        "basic")
  left <- left[rows$pair]
  right <- right[rows$pair]
  limits <- t_limits_cpp(rows$estimate, rows$std.error, rows$df, level)
  over <- which(limits$low > 0)
  under <- which(limits$high < 0)
  list(above = tabulate(c(right[over], left[under]), k),
       below = tabulate(c(left[over], right[under]), k),
       noise = root_sum_squares(rows$std.error) / k)
}

sure_independent <- function(own, has, level) {
  k <- length(has)
  se <- own$std.error[has]
  unit <- power_scale(se)
  c(sure_pairs_cpp(own$estimate[has] / unit, se / unit, own$df[has], level),
    list(noise = root_sum_squares(se) * sqrt(k - 1) / k))
}

# What regions share has no order to sort by.
sure_shared <- function(own, has, level) {
  k <- length(has)
  shared <- own$shared[has, , drop = FALSE]
  above <- below <- integer(k)
  for (i in seq_len(k)) {
    law <- joint_law(own$estimate[has] - own$estimate[has[i]],
                     cbind(own$std.error[has], own$std.error[has[i]]),
                     cbind(own$df[has], own$df[has[i]]),
                     shared - rep(shared[i, ], each = k))
    limits <- t_limits_cpp(law$estimate, law$std.error, law$df, level)
    above[i] <- sum(limits$low > 0)
    below[i] <- sum(limits$high < 0)
  }
  gap <- shared - rep(colMeans(shared), each = k)
  list(above = above, below = below, noise = root_sum_squares(c(
    root_sum_squares(own$std.error[has]) * sqrt(k - 1) / k,
    gap / sqrt(k))))
}
