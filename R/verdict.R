#' Does one series depend on another, once the trend is gone?
#'
#' A plain verdict for each pair of a left- and a right-hand variable, built on
#' first differences per unit time and set beside the fit in levels. Two
#' independent series that trend are called dependent by a regression in
#' levels nearly always, by HC3 and Newey-West too; the correlation of their
#' differences is not fooled.
#'
#' @section The rule:
#' One region (or one per group of `by`): \eqn{r_d} is the correlation of first
#' differences per unit time (of logs where the form takes logs; the partial
#' correlation given the other right-hand variables, each costing one of n).
#' Its critical value r*(n) is the largest 95 % quantile of \eqn{|r_d|} over
#' independent pairs of white noise, AR(.5), AR(.8) and random walks, with or
#' without a linear trend (which differences turn into a constant), simulated
#' once for n = 6 to 60 (`data-raw/critical-values.R`); beyond 60 it falls as
#' \eqn{1/\sqrt{n - 3}} on Fisher's scale.
#' * "dependent": \eqn{|r_d| > r^*(n)}.
#' * "trend only": not that, but the slope in levels is significant (at
#'   1 - conf_level, with the errors asked for).
#' * "no evidence": neither.
#' * "not tested": fewer than 6 points, steps of time that differ by more than
#'   a factor of 3, no variation, fewer than 3 regions or times (of two, the
#'   effects make one the mirror of the other), no time at all, or a dynamic code of a model
#'   whose rate smooths (all but [rate_difference()]): neighbouring smoothed
#'   rates are alike by construction. Test the defining code itself, whose
#'   changes are what the dynamic code measures.
#'
#' Several regions: a regression of the differences after region and time
#' effects, changes over more than 3 times the shortest step left out;
#' "dependent" when its slope is significant at 5 %. Regions may go together
#' (blocs, neighbours, a factor in common), so that errors are clustered both
#' ways. With scores \eqn{s = \tilde x e}, their sums \eqn{s_g} over a group
#' (a region, or a time) and its share \eqn{h_g} of \eqn{\sum \tilde x^2}, a
#' way's variance is \eqn{\frac{G - 1}{G} \sum (s_g/(1 - h_g))^2}, the jackknife
#' (\eqn{\frac{G}{G - 1} \sum s_g^2} where groups weigh alike). The variance is
#' the larger of that by region, by time, and their sum less \eqn{\sum s^2}
#' (Cameron, Gelbach and Miller 2011); the law t with \eqn{\min(R, T) - 1}
#' degrees of freedom, \eqn{1/\sum h_g^2} in place of the number of regions R
#' and of times T, which it is where groups weigh alike. `critical` is then NA
#' and `p.rates` the p of that test; for one region `p.rates` is the share of
#' independent pairs, in the least favourable design, with a larger
#' \eqn{|r_d|}. What it costs: where regions do move together the slope is
#' found as seldom as their few independent movements allow.
#'
#' "No evidence" is not evidence of independence: at n = 12 two random walks
#' whose shocks correlate by .7 are found dependent in about 6 of 10 cases
#' (`inst/studies/verdict-size`). A common curved trend, or one common break,
#' can still pass for dependence.
#'
#' @param x A `nid_dependence`, the result of [code_dependence()]. Whether it
#'   fitted rates does not matter.
#' @return `nid_verdict`, a table: y, x, the columns of `by`, verdict, r.levels,
#'   r.rates, p.rates, critical, n, form, sentence.
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
  d <- x$data
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
  new_nid_verdict(x, d, cells, found)
}

new_nid_verdict <- function(x, d, cells, found) {
  out <- columns_of(found, c("verdict", "r.levels", "r.rates", "p.rates",
                             "critical", "n"), text = "verdict", whole = "n")
  group <- vapply(seq_len(nrow(cells)), \(k) {
    paste(vapply(d$groups, \(key) as.character(key[cells$group[k]]), ""),
          collapse = ", ")
  }, "")
  sentence <- vapply(seq_along(found), \(k) {
    say_verdict(found[[k]], cells$y[k], cells$x[k], group[k], x$lag)
  }, "")
  facts <- list(
    title = "Verdict on dependence",
    keys = c("y", "x", names(d$groups), "form"), by = names(d$groups),
    built = "on first differences per unit time",
    effects = if (x$effects != "none") x$effects,
    level = x$conf_level,
    notes = "\"No evidence\" is not evidence of independence."
  )
  new_nid_table(
    c(list(y = cells$y, x = cells$x),
      lapply(d$groups, \(key) key[cells$group]), out,
      list(form = cells$form, sentence = sentence)),
    "verdict", facts
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
  units <- unique(levels$unit)
  panel <- length(units) > 1L
  design <- fit_design(d, rows, y, plain, "rates",
                       if (panel) "twoway" else "none",
                       longest = if (panel) 3 else Inf)
  out$rates <- fit_one(design, "none", "iid", 0.95, "rates")
  out$panel <- panel
  step <- if (!panel) diff(levels$time)
  out$uneven <- length(step) > 0L && max(step) > 3 * min(step) * (1 + 1e-9)
  out$names <- vapply(d$x_terms, \(term) term$variable, "")
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
  n <- length(levels$y)
  r <- list(verdict = "not tested", r.levels = partial_r(levels, at),
            r.rates = NA_real_, p.rates = NA_real_, critical = NA_real_,
            n = n, r.squared = levels$r.squared, panel = isTRUE(pair$panel),
            others = length(unique(levels$variables)) - 1L)
  p_levels <- if (is.na(at)) NA_real_ else coef_table(levels)$p.value[at]
  r$level_found <- isTRUE(p_levels < 1 - levels$level)
  rates <- pair$rates
  r$why <- why_not(pair, r, rates, smoothed)
  if (!is.null(r$why)) {
    return(r)
  }
  at <- slope_position(rates, name, pair$names)
  r$r.rates <- partial_r(rates, at)
  flat <- why_flat(levels, rates, match(name, pair$names), length(pair$names))
  if (is.na(r$r.rates) || !is.null(flat)) {
    r$r.rates <- NA_real_
    r$why <- flat %||% "the other variables or effects explain it"
    return(r)
  }
  if (r$panel) {
    r$p.rates <- twoway_p(rates, at)
    if (is.na(r$p.rates)) {
      r$why <- "too few regions or times"
      return(r)
    }
    found <- r$p.rates < 0.05
  } else {
    r$critical <- verdict_quantile(0.05, n - r$others)
    r$p.rates <- verdict_tail(abs(r$r.rates), n - r$others)
    found <- abs(r$r.rates) > r$critical
  }
  r$verdict <- if (found) "dependent" else
    if (r$level_found) "trend only" else "no evidence"
  r
}

why_not <- function(pair, r, rates, smoothed) {
  if (length(smoothed) > 0L) {
    return(paste0(smoothed[1L], " is a smoothed rate"))
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
  if (!r$panel && r$n - r$others < 6L) {
    return(paste0("fewer than ", 6L + r$others, " points"))
  }
  if (pair$uneven) {
    return("the steps of time differ by more than a factor of 3")
  }
  NULL
}

# A series, or its changes, that do not vary: NULL when both do. Changes within
# the rounding of the levels are none.
why_flat <- function(levels, rates, k, of) {
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
    z <- z * sqrt(57 / (n - 3))
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
