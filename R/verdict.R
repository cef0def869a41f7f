#' Does one series depend on another, once the trend is gone?
#'
#' A plain verdict for each pair of a left- and a right-hand variable, built on
#' first differences per unit time and set beside the fit in levels. Two
#' independent series that trend are called dependent by a regression in
#' levels nearly always, by HC3 and Newey-West too; the correlation of their
#' differences, a line taken out of them, is much harder to fool.
#'
#' @section The rule:
#' One region (or one per group of `by`): \eqn{r_d} is the correlation of first
#' differences per unit time (of logs where the form takes logs) given a line in
#' time at the middle of each step, so that a trend, or a parabola, in either
#' series leaves it as it is; and given the other right-hand variables, each
#' costing one of n. Its critical value r*(n) is the largest 95 % quantile of
#' \eqn{|r_d|} over independent pairs of white noise, AR(.5), AR(.8) and random
#' walks, simulated once for n = 6 to 60 (`data-raw/critical-values.R`); beyond
#' 60 it falls as \eqn{1/\sqrt{n - 4}} on Fisher's scale.
#' * "dependent": \eqn{|r_d| > r^*(n)}; and where a series is positive
#'   throughout and its last three values are on average at least 1.25 times its
#'   first three, or the first three the last, logs of what so moves agree: the
#'   same sign, and beyond the 10 % value.
#' * "trend only (depends on scale)": only the first holds. The changes of a
#'   growing series grow with it, and two of them go together by that alone.
#' * "trend only": neither, but the slope in levels is significant (at
#'   1 - conf_level, with the errors asked for).
#' * "no evidence": nothing of this.
#' * "not tested": fewer than 6 points, steps of time that differ by more than
#'   a factor of 3, no variation (changes that lie on a line have none), fewer
#'   than 3 regions or times (of two, the effects make one the mirror of the
#'   other), no time at all, or a dynamic code of a model whose rate smooths
#'   (all but [rate_difference()]): neighbouring smoothed rates are alike by
#'   construction. Test the defining code itself, whose changes are what the
#'   dynamic code measures.
#'
#' `hangs.on` is the time without which a "dependent" pair of one region would
#' not be called so (of several, the one that leaves the smallest
#' \eqn{|r_d|}; of more than 60 the 60 whose changes carry most are tried); NA
#' where it stands without any one of them. Just above r*(n) it hangs on some
#' year nearly always.
#'
#' Quarters and months (times in steps of 1/4 or 1/12 of the unit, also of class
#' yearqtr or yearmon): where the changes of a series have a season (F test of
#' the seasons beside a line, 5 %), differences a year apart replace both series
#' (of logs, those of logs), and two thirds of the points count for r*(n):
#' neighbouring changes of such differences share more shocks, their squared
#' autocorrelations summing to 2.25 instead of 1.5 for white noise. The sentence
#' says so.
#'
#' Several regions: a regression of the differences after region and time
#' effects, changes over more than 3 times the shortest step left out;
#' "dependent" when its slope is significant at 5 %. Regions may go together
#' (blocs, neighbours, a factor in common), so that errors are clustered both
#' ways. With scores \eqn{s = \tilde x e}, their sums \eqn{s_g} over a group (a
#' region, or a time) and its share \eqn{h_g} of \eqn{\sum \tilde x^2}, a way's
#' variance is \eqn{\frac{G - 1}{G} \sum (s_g/(1 - h_g))^2}, the jackknife
#' (\eqn{\frac{G}{G - 1} \sum s_g^2} where groups weigh alike): \eqn{v_R} by
#' region, \eqn{v_T} by time. A few times tell little of what regions share;
#' all pairs of times tell more of it. Of \eqn{b_{tu} = \sum_i \tilde x_{it}
#' e_{iu}}{b_tu = sum_i x_it e_iu} (0 where a region lacks a time; the
#' \eqn{b_{tt}} are the sums of times) are taken: the squares over those of
#' single cells, \eqn{k = \sum b_{tu}^2/\sum \tilde x_{it}^2 e_{iu}^2}, 1 where
#' regions are independent; what neighbouring times share, as changes on either
#' side of a year share its level, \eqn{m = 1 + 2 \sum b_{tu}
#' b_{t+1,u+1}/\sum b_{tu}^2}, at least 1; in how many ways regions move,
#' \eqn{r = (\sum b_{tu}^2)^2/\|b b'\|^2}{r = (sum b_tu^2)^2/|b b'|^2}, 1 where
#' all follow one factor. With \eqn{v_s = \sum s^2} the variance by time is
#' \eqn{v_m = m \max(v_T, (v_T + k v_s)/2)}, that of the slope the larger of
#' \eqn{v_R}, \eqn{v_m} and \eqn{v_R + v_m - m v_s} (Cameron, Gelbach and
#' Miller 2011), and the law t with \eqn{\min(R, rT) - 1} degrees of freedom,
#' \eqn{1/\sum h_g^2} in place of the number of regions R and of times T, which
#' it is where groups weigh alike. `critical` is
#' then NA and `p.rates` the p of that test; for one region `p.rates` is the
#' share of independent pairs, in the least favourable design, with a larger
#' \eqn{|r_d|}. What it costs: where regions do move together the slope is found
#' as seldom as their few independent movements allow.
#'
#' @section What it holds and what it finds:
#' In `inst/studies/verdict-size` (n = 9, 12, 20) independent pairs are called
#' dependent in 1 to 6 % of cases: noise, autoregressions and walks with and
#' without trend, kinks, growth of 10 and 20 % and decay of 20 % a year,
#' seasons. What remains: twice integrated series, whose slopes are walks, at 5
#' and 7 % (n = 9, 12) and 13 % (n = 20). Regions in blocs, along a line of
#' neighbours or with a factor in common, of single years or lasting (8 to 80
#' regions, n = 8 to 20): 1 to 7 %. Above it are shocks of single years that
#' reach all regions in the same proportions in both variables and are four
#' times as large in the same two years of both, 6 to 10 %, and blocs formed
#' anew each year, the same in both variables, 3 to 12 %.
#'
#' "No evidence" is not evidence of independence. At n = 12 two random walks
#' whose shocks correlate by .7 are found dependent in 56 % of cases, series
#' that grow by 10 or 20 % a year in 58 to 59 %, walks that start near 0, where
#' logs are of little use, in 49 %. A slope of .2 in 80 independent regions is
#' found in 92 to 98 % at n = 8, in 99 % and more at n = 12, and there in 18 to
#' 29 % where regions follow a factor or four blocs. There clustering both ways
#' and no more finds up to 26 % of factors and calls up to 12 % dependent that
#' are not; kept to 8 % it finds no more than this rule (`trade.csv` of the
#' study).
#'
#' @param x A `nid_dependence`, the result of [code_dependence()]. Whether it
#'   fitted rates does not matter.
#' @return `nid_verdict`, a table: y, x, the columns of `by`, verdict, r.levels,
#'   r.rates (given a line, or after the effects), p.rates, critical, n,
#'   hangs.on, form, sentence.
#' @concept spurious correlation
#' @family dependence
#' @examples
#' district <- ural[ural$level == "district", ]
#' v <- verdict(code_dependence(district, apt_developed ~ employed_he_share))
#' v$verdict
#' v$sentence
#' @export
verdict <- function(x) {
  if (!inherits(x, "nid_dependence")) {
    stop_argument("x", "a result of code_dependence()", x, rlang::current_env())
  }
  judged <- judge_all(x, x$data)
  new_nid_verdict(x, x$data, judged$cells, judged$found)
}

# Every pair of a left- and a right-hand variable in every group and form:
# `cells`, a row a pair, `found`, what judge() says of it. `x`: form, effects
# and vcov of the levels, conf_level.
judge_all <- function(x, d) {
  d$intercept <- TRUE
  names_x <- unique(vapply(d$x_terms, \(term) term$variable, ""))
  cells <- expand.grid(x = names_x, group = seq_len(nrow(d$groups)),
                       y = names(d$y), form = x$form,
                       stringsAsFactors = FALSE)
  if (length(d$row) == 0L) {
    cells <- cells[0L, ]
  }
  rows <- split(seq_along(d$group), factor(d$group, seq_len(nrow(d$groups))))
  # One pair of fits serves every regressor.
  key <- paste(cells$group, cells$y, cells$form, sep = "\r")
  pairs <- lapply(which(!duplicated(key)), \(k) {
    pair_of_fits(x, d, rows[[cells$group[k]]], cells$y[k], cells$form[k])
  })
  names(pairs) <- unique(key)
  found <- lapply(seq_len(nrow(cells)), \(k) {
    judge(pairs[[key[k]]], cells$x[k], x,
          smoothed_in(d, cells$y[k], cells$x[k]))
  })
  list(cells = cells, found = found)
}

new_nid_verdict <- function(x, d, cells, found) {
  out <- columns_of(found, c("verdict", "r.levels", "r.rates", "p.rates",
                             "critical", "n", "hangs.on"), text = "verdict",
                    whole = "n")
  group <- vapply(seq_len(nrow(cells)), \(k) {
    paste(vapply(d$groups, \(key) as.character(key[cells$group[k]]), ""),
          collapse = ", ")
  }, "")
  # The facts of each sentence, which may be said again in another language.
  told <- lapply(seq_along(found), \(k) {
    list(found = found[[k]][setdiff(names(found[[k]]), "rates")],
         y = shown_names(d$scheme, cells$y[k]),
         x = shown_names(d$scheme, cells$x[k]), group = group[k], lag = x$lag)
  })
  local_language("en")
  facts <- list(
    title = "Verdict on dependence",
    keys = c("y", "x", names(d$groups), "form"), by = names(d$groups),
    built = "on first differences per unit time",
    effects = if (x$effects != "none") x$effects,
    level = x$conf_level, scheme = d$scheme,
    notes = "\"No evidence\" is not evidence of independence."
  )
  new_nid_table(
    c(list(y = cells$y, x = cells$x),
      lapply(d$groups, \(key) key[cells$group]), out,
      list(form = cells$form, sentence = vapply(told, say_verdict, ""))),
    "verdict", facts, fit = told
  )
}

# The fit in levels with the user's errors, and that of the differences.
pair_of_fits <- function(x, d, rows, y, form) {
  plain <- if (form == "quadratic") "linear" else form
  call <- rlang::current_env()
  d <- apply_form(d, form, FALSE, call)
  # Powers of a variable belong to the curve, not to the question.
  keep <- vapply(d$x_terms, \(term) term$power == 1L, TRUE)
  d$x <- d$x[keep]
  d$x_terms <- d$x_terms[keep]
  d$expressions$x <- d$expressions$x[keep]
  levels <- fit_one(fit_design(d, rows, y, plain, "levels", x$effects),
                    x$effects, x$vcov, x$conf_level, "levels")
  out <- list(levels = levels)
  if (is.null(d$time)) {
    return(out)
  }
  out$panel <- length(unique(levels$unit)) > 1L
  out$names <- vapply(d$x_terms, \(term) term$variable, "")
  if (out$panel) {
    design <- fit_design(d, rows, y, plain, "rates", "twoway", longest = 3)
    out$rates <- fit_one(design, "none", "iid", 0.95, "rates")
    return(out)
  }
  whole <- rows[d$row[rows] %in% levels$rows]
  out$asked <- changes_asked(d, whole, y, plain)
  out$rates <- change_fit(out$asked)
  step <- diff(levels$time)
  out$uneven <- length(step) > 0L && max(step) > 3 * min(step) * (1 + 1e-9)
  out
}

# Smoothed rates of a model among the two sides of a pair.
smoothed_in <- function(d, y, x) {
  term <- match(x, vapply(d$x_terms, \(term) term$variable, ""))
  used <- c(unlist(lapply(d$expressions$y[[y]], all.vars)),
            unlist(lapply(d$x_terms[[term]]$base, all.vars)))
  intersect(used, d$smoothed)
}

judge <- function(pair, name, x, smoothed) {
  levels <- pair$levels
  at <- slope_position(levels, name, pair$names %||% levels$variables)
  r <- list(verdict = "not tested", r.levels = partial_r(levels, at),
            r.rates = NA_real_, p.rates = NA_real_, critical = NA_real_,
            n = length(levels$y), hangs.on = NA_real_,
            r.squared = levels$r.squared, panel = isTRUE(pair$panel),
            others = length(unique(levels$variables)) - 1L)
  p_levels <- if (is.na(at)) NA_real_ else coef_table(levels)$p.value[at]
  r$level_found <- isTRUE(p_levels < 1 - levels$level)
  rates <- pair$rates
  r$rates <- rates
  r$why <- why_not(pair, r, rates, smoothed)
  if (!is.null(r$why)) {
    return(r)
  }
  own <- partial_r(rates, slope_position(rates, name, pair$names))
  r$why <- why_flat(levels, rates, match(name, pair$names), pair)
  if (is.na(own) || !is.null(r$why)) {
    r$why <- r$why %||% "the other variables or effects explain it"
    return(r)
  }
  r$r.rates <- own
  r <- if (r$panel) judge_panel(r, pair, name) else judge_pair(r, pair, name)
  if (is.null(r$why) && r$verdict == "not tested") {
    r$verdict <- if (r$level_found) "trend only" else "no evidence"
  }
  r
}

judge_panel <- function(r, pair, name) {
  test <- twoway_test(pair$rates,
                      slope_position(pair$rates, name, pair$names))
  r[c("p.rates", "t", "df")] <- test[c("p", "t", "df")]
  if (is.na(r$p.rates)) {
    r$r.rates <- NA_real_
    r$why <- "too few regions or times"
  } else if (r$p.rates < 0.05) {
    r$verdict <- "dependent"
  }
  r
}

judge_pair <- function(r, pair, name) {
  asked <- pair$asked
  test <- change_test(pair$rates, asked, name)
  r$critical <- test$critical
  r$counted <- test$n
  r$p.rates <- verdict_tail(abs(test$r), test$n)
  r$season <- asked$season
  if (!test$found) {
    return(r)
  }
  if (!is.null(asked$logs)) {
    r$logs <- log_test(asked, name, test$r)
    if (!r$logs$found) {
      r$verdict <- "trend only (depends on scale)"
      return(r)
    }
  }
  r$verdict <- "dependent"
  r$hangs.on <- hangs_on(asked, pair$rates, name)
  r
}

why_not <- function(pair, r, rates, smoothed) {
  if (length(smoothed) > 0L) {
    return(paste0("a smoothed rate: ", smoothed[1L]))
  }
  if (is.null(rates)) {
    return("the rows have no time")
  }
  if (r$panel && length(unique(rates$unit)) < 2L) {
    return("fewer than two regions have changes")
  }
  if (r$panel && (rates$df < 3L)) {
    return("too few changes")
  }
  if (r$panel) {
    return(NULL)
  }
  if (r$n - r$others < 6L) {
    return(paste0("fewer than ", 6L + r$others, " points"))
  }
  if (pair$uneven) {
    return("the steps of time differ by more than a factor of 3")
  }
  if (points_that_count(rates, pair$asked) < 6) {
    return("too few points with one a year before")
  }
  NULL
}

# A series, or its changes, that do not vary: NULL when both do. Changes within
# the rounding of the levels are none.
why_flat <- function(levels, rates, k, pair) {
  of <- length(pair$names)
  column <- function(fit) fit$x[, ncol(fit$x) - of + k]
  if (is_flat(levels$y) || is_flat(column(levels))) {
    return("a series does not vary")
  }
  step <- diff(levels$time)[diff(levels$unit) == 0]
  none <- function(change, level) {
    diff(range(change)) <=
      16 * .Machine$double.eps * max(abs(level)) / min(step)
  }
  if (length(rates$y) == 0L || none(rates$y, levels$y) ||
      none(column(rates), column(levels))) {
    return("the changes of a series do not vary")
  }
  if (!pair$panel && (none(rates$within$y, levels$y) ||
                   none(rates$within$x[, k], column(levels)))) {
    return("the changes of a series lie on a line")
  }
  NULL
}

# Which coefficient belongs to the variable; NA when it is aliased.
slope_position <- function(fit, name, names) {
  at <- match(name, names) + (length(fit$terms) - length(names))
  if (is.na(at) || fit$aliased[at]) NA_integer_ else at
}

# The (partial) correlation behind a slope, from its t of independent errors.
partial_r <- function(fit, at) {
  if (is.na(at) || fit$df < 1L || is_flat(fit$within$y)) {
    return(NA_real_)
  }
  own <- fit$own
  error <- own$sigma * sqrt(sum(own$weights[, at]^2))
  b <- times_power(unname(fit$coefficients[at]), -own$e[at])
  if (!(error > 0)) {
    return(sign(b))
  }
  t <- b / error
  t / sqrt(t^2 + fit$df)
}

# r*(n) of a two-sided tail, and the tail of an r: lines on Fisher's scale
# against the normal quantile, between the simulated nodes.
verdict_nodes <- function(n) {
  row <- min(n, 60L) - 5L
  z <- atanh(verdict_critical[row, ])
  if (n > 60L) {
    z <- z * sqrt(56 / (n - 4))
  }
  list(z = c(0, stats::qnorm(critical_tails / 2, lower.tail = FALSE)),
       q = c(0, z))
}

verdict_quantile <- function(tail, n) {
  nodes <- verdict_nodes(n)
  tanh(interpolate(stats::qnorm(tail / 2, lower.tail = FALSE), nodes$z,
                   nodes$q))
}

verdict_tail <- function(r, n) {
  nodes <- verdict_nodes(n)
  2 * stats::pnorm(interpolate(atanh(pmin(r, 1)), nodes$q, nodes$z),
                   lower.tail = FALSE)
}
