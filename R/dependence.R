dependence_forms_known <- c("linear", "log", "power", "exponential",
                            "quadratic")
dependence_scales <- c("levels", "rates", "growth", "detrended")

#' Dependence between series, in levels and in rates
#'
#' The paper's Fig. 2 in one call: for each left-hand variable a regression on
#' the right-hand ones, in levels and in first differences per unit time, with
#' correlations, errors and tests. Two series that trend always correlate in
#' levels, whatever their connection; [verdict()] says what is left when the
#' trend is taken away.
#'
#' @section Forms and scales:
#' "linear" \eqn{y = a + bx}; "log" \eqn{y = a + b \log x}; "power"
#' \eqn{\log y = a + b \log x}; "exponential" \eqn{\log y = a + bx};
#' "quadratic" \eqn{y = a + bx + cx^2}. Scales of the variables so transformed:
#' "levels"; "rates" \eqn{(y_i - y_{i-1})/(t_i - t_{i-1})} within a region;
#' "growth" the same of the logs of both sides; "detrended" what a line in
#' time of each region leaves (one degree of freedom a line). Rates are those
#' of neighbouring complete rows, never smoothed: smoothing makes neighbours
#' alike.
#'
#' @section Errors of the estimates:
#' "iid"; "HC0" to "HC3"; "HAC": Newey-West, Bartlett weights, bandwidth
#' \eqn{1.3\sqrt T} rows, times n/(n - k), with fixed-b critical values
#' (Kiefer and Vogelsang 2005; simulated, `data-raw/critical-values.R`), so that
#' p and interval are wider than normal and have no df; "cluster": by region,
#' CR2 with Satterthwaite degrees of freedom.
#' Effects are absorbed exactly (the fit of dummies, leverage and degrees of
#' freedom included); R2 is then the share of what the effects leave.
#'
#' @section How it is computed:
#' Householder QR on columns scaled by powers of two and centred (powers of one
#' variable about a common centre), one step of refinement with residuals in
#' twice the working precision. `kappa` is the condition number in the 1-norm
#' of the scaled, centred columns. Terms that earlier ones explain to 1e-13 are
#' aliased: named, NA, with a warning.
#'
#' @section Conditions:
#' Errors `nidcode_error_no_column`, `_not_numeric`, `_missing_index` (rates,
#' effects, lags, HAC need a time), `_form_domain` (log of 0 or less, cells
#' named), `_zero_rows` (nothing left after NA). Warnings
#' `nidcode_warning_aliased`, `_condition_number` (kappa above 1e12),
#' `_digits_lost` (sd under 1e4 roundings of the mean), `_no_df`
#' (as many terms as points: no errors), `_perfect_fit`, `_zero_spread`,
#' `_zero_rows` (one of several groups); message `_few_points` (under 4: no
#' interval on r).
#'
#' @param data <data.frame> or a `nid_model`, then the columns of
#'   `augment(model)`: `grp ~ .innovation + .information + .value`.
#' @param formula <formula> `y1 + y2 ~ x1 + x2`: a fit for each left-hand term.
#'   `I(x^2)` and other expressions of columns may stand on either side.
#' @param index <chr> `c(region, time)` or the time alone. `NULL`: the index of
#'   a pdata.frame or tsibble, else columns `region` and `year`, else none
#'   (then only levels).
#' @param by <chr> Columns: a fit for each of their combinations.
#' @param form <chr> One or more of the forms below.
#' @param scale <chr> Any of "levels", "rates", "growth", "detrended".
#' @param effects <chr> "none", "region", "time", "twoway".
#' @param vcov <chr> "iid", "HC0", "HC1", "HC2", "HC3", "HAC", "cluster".
#' @param lag <num> The right-hand side is taken this many units of time
#'   before, within the region.
#' @param conf_level <num> Confidence level.
#' @param x,object A `nid_dependence`.
#' @param conf.int,conf.level Whether and at which level to give intervals.
#' @param parm <chr> Names of fits; all by default.
#' @param level <num> Confidence level.
#' @param ... Empty.
#' @return `nid_dependence`. `tidy()`: fit, y, the columns of `by`, form, scale,
#'   term, estimate, std.error, statistic, p.value, df, conf.low, conf.high.
#'   `glance()`, a row a fit: fit, y, the columns of `by`, form, scale, r,
#'   r.conf.low, r.conf.high and the same for spearman and kendall (NA with
#'   several regressors, or when n is too small for an interval), r.squared,
#'   adj.r.squared, AICc (of y itself in every form), dw, bg.p.value, sigma,
#'   nobs, df.residual, kappa, aliased. See also [verdict()], [fits()],
#'   [dependence_forms()].
#' @concept regression
#' @concept spurious correlation
#' @family dependence
#' @examples
#' district <- ural[ural$level == "district", ]
#' dep <- code_dependence(district, apt_developed + grp ~ employed_he_share)
#' dep
#' tidy(dep)
#' @export
code_dependence <- function(data, formula, index = NULL, by = NULL,
                            form = "linear", scale = c("levels", "rates"),
                            effects = "none", vcov = "iid", lag = 0,
                            conf_level = 0.95) {
  call <- rlang::current_env()
  check_some(form, dependence_forms_known, "form", call)
  check_some(scale, dependence_scales, "scale", call)
  check_choice(effects, c("none", "region", "time", "twoway"))
  check_choice(vcov, vcov_types)
  check_number(lag, min = 0)
  check_level(conf_level)
  d <- dependence_data(data, formula, index, by, call)
  need_index(d, scale, effects, vcov, lag, call)
  d <- apply_lag(d, lag)
  out <- fit_all(d, form, scale, effects, vcov, conf_level, call)
  report_problems(out$fits, out$lost)
  structure(
    list(call = match.call(), fits = out$fits, table = out$table, data = d,
         form = form, scale = scale, effects = effects, vcov = vcov,
         lag = lag, conf_level = conf_level, n.lost = out$n.lost),
    class = "nid_dependence"
  )
}

check_some <- function(x, choices, arg, call) {
  if (!is.character(x) || length(x) == 0L || !all(x %in% choices) ||
      anyDuplicated(x)) {
    stop_argument(arg, paste0("any of ", paste0("\"", choices, "\"",
                                                collapse = ", ")), x, call)
  }
}

need_index <- function(d, scale, effects, vcov, lag, call) {
  for_what <- c(
    setdiff(scale, "levels"),
    if (effects != "none") paste0("effects = \"", effects, "\""),
    if (vcov %in% c("HAC", "cluster")) paste0("vcov = \"", vcov, "\""),
    if (lag > 0) "a lag"
  )
  if (is.null(d$time) && length(for_what) > 0L) {
    stop_nid(
      "missing_index",
      c(paste0("Which columns are the region and the time? Needed for ",
               some_of(for_what, quote = ""), "."),
        i = paste0("Say `index = c(\"<region>\", \"<time>\")` or ",
                   "`index = \"<time>\"`."),
        i = "Rows without a time allow `scale = \"levels\"`."),
      call = call
    )
  }
  if (vcov == "cluster" && is.na(d$index[["region"]])) {
    stop_nid("missing_index",
             "`vcov = \"cluster\"` needs a region in `index`.", call = call)
  }
}

# Every combination of form, y, group and scale.
fit_all <- function(d, form, scale, effects, vcov, level, call) {
  groups <- seq_len(nrow(d$groups))
  grid <- expand.grid(scale = scale, group = groups, y = names(d$y),
                      form = form, stringsAsFactors = FALSE)
  fits <- vector("list", nrow(grid))
  lost <- integer(nrow(grid))
  rows <- split(seq_along(d$group), factor(d$group, groups))
  for (f in form) {
    plain <- apply_form(d, f, FALSE, call)
    logs <- if ("growth" %in% scale) apply_form(d, f, TRUE, call)
    for (k in which(grid$form == f)) {
      design <- fit_design(if (grid$scale[k] == "growth") logs else plain,
                           rows[[grid$group[k]]], grid$y[k], f, grid$scale[k],
                           effects)
      lost[k] <- design$lost
      fits[[k]] <- fit_one(design, effects, vcov, level,
                           fit_label(d, grid[k, ], form))
    }
  }
  labels <- vapply(fits, \(fit) fit$label, "")
  names(fits) <- labels
  table <- c(list(fit = labels, y = grid$y),
             lapply(d$groups, \(key) key[grid$group]),
             list(form = grid$form, scale = grid$scale))
  empty <- vapply(fits, \(fit) length(fit$y) == 0L, TRUE)
  if (length(d$row) > 0L && all(empty)) {
    stop_nid("zero_rows",
             c("No row is left to fit.",
               x = "Every row misses the left- or the right-hand side."),
             n = length(d$row), call = call)
  }
  keep <- if (length(d$row) == 0L) integer() else seq_along(fits)
  list(fits = fits[keep], table = lapply(table, \(x) x[keep]),
       lost = if (length(keep) > 0L) labels[empty], n.lost = lost[keep])
}

fit_label <- function(d, cell, form) {
  by <- vapply(d$groups, \(key) as.character(key[cell$group]), "")
  paste(c(cell$y, by, if (length(form) > 1L) cell$form, cell$scale),
        collapse = ", ")
}

fit_one <- function(design, effects, vcov, level, label) {
  core <- fit_core(design)
  if (design$intercept && !design$absorbs) {
    design$terms <- c("(Intercept)", design$terms)
  }
  fields <- design[setdiff(names(design), c("x", "intercept"))]
  fields$x <- design$matrix
  do.call(new_nid_fit, c(
    list(core), fields,
    list(label = label, effects = effects, vcov = vcov, level = level)
  ))
}

# What can be wrong with a fit that has rows, in the order it is told: `is` of a
# fit, the text and the fields of the warning of all that have it.
fit_problems <- function() {
  problem <- function(what, is, text, fields = \(fits) list()) {
    list(what = what, is = is, fields = fields,
         text = if (is.function(text)) text else \(fits) text)
  }
  list(
    problem("aliased", \(fit) any(fit$aliased),
            \(fits) paste0("Terms that the others already explain are left ",
                           "out: ", some_of(aliased_terms(fits)), "."),
            \(fits) list(columns = aliased_terms(fits))),
    problem("no_df", \(fit) fit$df <= 0L,
            "As many terms as points: no errors."),
    problem("no_df", lacks_errors,
            paste0("Some errors do not exist: too few regions, or points of ",
                   "full leverage.")),
    problem("condition_number", \(fit) fit$kappa > 1e12,
            \(fits) paste0("Nearly collinear terms, kappa ",
                           format(max(kappas(fits)), digits = 2), "."),
            \(fits) list(kappa = kappas(fits))),
    problem("zero_spread", \(fit) is_flat(fit$within$y),
            "The left-hand side does not vary: no correlation."),
    problem("perfect_fit", is_perfect,
            "An essentially perfect fit: its errors are rounding."),
    problem("digits_lost", \(fit) fit$digits_lost,
            "A series varies by little more than its rounding.")
  )
}

aliased_terms <- function(fits) {
  unique(unlist(lapply(fits, \(fit) fit$terms[fit$aliased])))
}

lacks_errors <- function(fit) {
  own <- !fit$aliased
  fit$df > 0L && any(own) && fit$vcov_type %in% c("cluster", "HC2", "HC3") &&
    anyNA(diag(fit$vcov)[own] + fit$se_df[own])
}

kappas <- function(fits) vapply(fits, \(fit) fit$kappa, numeric(1))

# One warning a kind, naming the fits.
report_problems <- function(fits, lost) {
  told <- function(text, names) c(text, x = paste0("In ", some_of(names), "."))
  if (length(lost) > 0L) {
    warn_nid("zero_rows", told("No row is left to fit.", lost), fits = lost)
  }
  full <- Filter(\(fit) length(fit$y) > 0L, fits)
  for (one in fit_problems()) {
    bad <- Filter(one$is, full)
    if (length(bad) > 0L) {
      rlang::exec(warn_nid, one$what, told(one$text(bad), names(bad)),
                  fits = names(bad), !!!one$fields(bad))
    }
  }
  few <- names(Filter(\(fit) length(fit$y) < 4L, full))
  if (length(few) > 0L) {
    inform_nid("few_points",
               told("Fewer than 4 points: no interval on r.", few),
               fits = few)
  }
  invisible()
}

is_perfect <- function(fit) {
  fit$df > 0L && !is_flat(fit$within$y) &&
    fit$sigma <= 1e-13 * max(abs(fit$within$y))
}
