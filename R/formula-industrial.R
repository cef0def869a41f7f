#' Formula (1): Code ID, the codes' change in time
#'
#' \deqn{Code\,ID(r,t_i) = \sum_c V_c(r,t_i)}{Code ID(r,t_i) = sum_c V_c(r,t_i)}
#' over the dynamic codes, each times its weight in the codes table. The paper
#' requires every V_c > 0: `condition`. A violation is a finding, its row stays.
#'
#' @inheritParams dynamic_codes
#' @param x <nid_panel>, <nid_defining>, <nid_rates> or <nid_model>; arguments
#'   left out are then those of the model.
#' @param rate <nid_rate> `NULL`: that of `x`, else [rate_spline()]. Naming one
#'   when `x` already has one is an error.
#' @param cor How errors of codes combine: "residual" (codes share the noise of
#'   their values, see below), "independent", a correlation matrix of the codes
#'   (of the errors themselves), or "auto": "residual" where the rate has
#'   residuals ([rate_spline()], [rate_local()]), else "independent".
#' @return `nid_industrial`, a tibble with a row per region and time at which
#'   every code of the region has a rate: index columns, `estimate` in units of
#'   the codes per time unit, `std.error`, `conf.low`, `conf.high`,
#'   `prob.positive`, `df`, `condition` <lgl> all V_c > 0, `prob.condition` how
#'   likely all of them are: the product over codes of prob.positive, or, where
#'   errors are not independent, the share of 4,000 draws in which all are (of
#'   the same prob.positive, joined by normal errors of that correlation; the
#'   same draws each time, and your random numbers stay as they are),
#'   `n.codes` <int>. `summary()` adds the
#'   paper's dissemination: the share of regions with V > 0, by code and time.
#' @section Codes that go together: With o_c the row of an estimate's operator
#'   over the values of code c, at the posterior mean of its smoothing, and
#'   sigma_c the standard deviation of its noise,
#'   \deqn{Cov_{cd} = \rho_{cd} \sigma_c \sigma_d \sum_t o_c(t) o_d(t)}{
#'     Cov_cd = rho_cd sigma_c sigma_d sum_t o_c(t) o_d(t)}
#'   over the times that both codes observe: codes share noise, not smoothing,
#'   and a code's noise is never more than its error. rho is N/d, N the sum of
#'   products of residuals over their sigma, d what N is where the noise is one;
#'   a region's own is drawn to that of the panel by k = d/(d + 10) and cut at
#'   .95. One region alone has no panel: 0 stands for it, so that its codes are
#'   all but independent. From 8 times a true .8 is read as .3 to .7. df of a
#'   sum of codes is half of Satterthwaite's, but at least the smallest of its
#'   codes.
#'
#'   Over curves smoother than the spline supposes, parabolas above all, the
#'   intervals of each code alone are wide, and those of a sum with them,
#'   whatever the correlation: Code NID (half-life 3) of three parabolas of 12
#'   and 20 years is held in 99.7 to 100 % of cases where errors are independent
#'   and taken as such, and so is that of one
#'   (`inst/studies/codes-together/alone.csv`).
#' @section Errors:
#' `nidcode_error_rate_given_twice`, `_needs_fit`; warning `_missing_code`.
#' @source Economy of Region, 2017, vol. 13 (see [nidcode-package]), formula 1.
#' @family formulas
#' @examples
#' district <- subset(ural, region_code == "FD-U")
#' panel <- code_panel(district, ural_scheme, index = "year",
#'                     status = "_status")
#' industrial_code(panel)
#' @export
industrial_code <- function(x, rate = NULL, cor = "auto",
                            conf_level = 0.95) {
  call <- rlang::current_env()
  refuse_rate(x, call)
  keep_settings(x)
  check_level(conf_level, call = call)
  fit <- as_fit(x, rate, call)
  cor <- check_cor(cor, fit, call)
  warn_missing_codes(fit, x)
  est <- estimate_codes(fit, rates = TRUE, cor = cor,
                        times = common_times(fit))
  industrial_table(fit, est, list(cor = est$cor, level = conf_level))
}

# Code ID at the `rows` of the panel that have it: its law, how sure the paper's
# condition is, and of every code (`a`, see rates_of_order()) what it is made of.
industrial_law <- function(fit, est) {
  a <- rates_of_order(fit, est$rates, 1L)
  weight <- code_field(fit, "weight")
  n <- nrow(a$absent)
  some <- any(a$absent)
  fill <- \(x, value) if (some) replace(x, a$absent, value) else x
  total <- row_products(fill(a$estimate, 0), weight)
  n.codes <- if (some) as.integer(ncol(a$absent) - rowSums(a$absent)) else
    rep.int(ncol(a$absent), n)
  keep <- if (some || anyNA(total)) which(!is.na(total) & n.codes > 0L) else
    seq_len(n)
  kept <- \(x) if (length(keep) == n) x else x[keep]
  law <- list(estimate = kept(total), df = NA_real_)
  prob <- rho <- NULL
  if (!is.null(a$std.error)) {
    rho <- rho_of_rows(est$rho, a$region, est$rates$shared)
    prob <- condition_probability(a, rho)
    both <- combine_codes(fill(a$std.error, 0), fill(a$df, Inf), weight, rho)
    law <- list(estimate = kept(total), std.error = kept(both$se),
                df = kept(both$df))
    # A code alone is its own rate.
    if (identical(weight, 1)) law$prob <- kept(prob)
  }
  above <- a$estimate > 0
  positive <- Reduce(`&`, lapply(seq_len(ncol(above)), \(c) {
    up <- matrix_column(above, c)
    if (some) a$absent[, c] | up else up
  }))
  list(rows = keep, law = law, condition = kept(positive),
       prob.condition = kept(prob %||% rep(NA_real_, n)),
       n.codes = kept(n.codes), a = a, rho = rho)
}

industrial_table <- function(fit, est, told) {
  panel <- fit$def$panel
  id <- industrial_law(fit, est)
  keep <- id$rows
  columns <- c(
    index_columns(panel, if (length(keep) < n_rows(panel)) keep),
    list(estimate = id$law$estimate),
    at_level(id$law, told$level), id[c("condition", "prob.condition",
                                       "n.codes")]
  )
  new_nid_table(
    columns, "industrial",
    fit_facts(fit, "Code ID, formula (1)", c("region", "time"),
              cor = told$cor$text, level = told$level,
              dissemination = dissemination(fit, id$a$estimate),
              notes = c(few_regions_note(told$cor), lost_rows_note(
                n_rows(panel), length(keep),
                "a code or its rate is missing there"
              )))
  )
}

# Rows of the panel that a table lacks, and why, for print().
lost_rows_note <- function(n, kept, why) {
  if (n == kept) {
    return(character())
  }
  paste0(count_of(n - kept, "row"), " of ", whole_text(n), " left out: ", why,
         ".")
}

# How likely all codes grow. Errors that are not independent: by draws, but
# where these could not tell it from the product, which lies within the bounds
# that hold for any errors.
condition_probability <- function(a, rho) {
  p <- a$prob
  if (any(a$absent)) p[a$absent] <- 1
  if (ncol(p) == 1L) return(matrix_column(p, 1L))
  out <- rep(1, nrow(p))
  for (c in seq_len(ncol(p))) out <- out * p[, c]
  if (is.null(rho)) {
    return(out)
  }
  # No pair of correlation r moves it by more than asin(r) / (2 pi).
  bounds <- pmin(row_least(p) - pmax(rowSums(p) - ncol(p) + 1, 0),
                 rowSums(abs(rho)) / 4)
  rows <- which(bounds > 1 / joint_draws)
  if (length(rows) == 0L) {
    return(out)
  }
  out[rows] <- joint_probability(p[rows, , drop = FALSE],
                                 rho[rows, , drop = FALSE])
  out
}

# Same draws each time, for every row.
joint_draws <- 4000L
joint_seed <- 20171L

# How likely all codes are positive, of which each is with probability `p`, a
# column a code, and whose errors have the correlations `rho`, a column a pair:
# the share of normal draws that fall below their quantiles of p.
joint_probability <- function(p, rho) {
  # qnorm() of no rows is no matrix.
  if (nrow(p) == 0L) return(numeric())
  share <- stats::qnorm((seq_len(joint_draws) - 0.5) / joint_draws)
  draws <- with_own_stream(joint_seed, {
    vapply(seq_len(ncol(p)), \(c) if (c == 1L) share else sample(share), share)
  })
  joint_sign_cpp(stats::qnorm(p), rho, draws, get_threads())
}

# Share of regions with V > 0, by code and time: small, so the spec carries it.
dissemination <- function(fit, v) {
  times <- sort(unique(fit$def$panel$grids$time))
  if (length(times) > 200L || length(fit$codes) == 0L) {
    return(NULL)
  }
  grids <- fit$def$panel$grids
  at <- match(grids$time, times)
  parts <- lapply(seq_along(fit$codes), \(c) {
    n <- count_growing_cpp(matrix_column(v, c), fit$def$panel$grid,
                           grids$offset, at, length(times))
    seen <- n[, 1L] > 0L
    list(time = as.double(times)[seen],
         code = rep(fit$codes[[c]]$dynamic, sum(seen)),
         share = (n[, 2L] / n[, 1L])[seen], regions = n[seen, 1L])
  })
  tibble::tibble(
    time = dated_like(fit$def$panel, unlist(lapply(parts, `[[`, "time"))),
    code = unlist(lapply(parts, `[[`, "code")),
    share = unlist(lapply(parts, `[[`, "share")),
    regions = unlist(lapply(parts, `[[`, "regions"))
  )
}

#' @export
summary.nid_industrial <- function(object, ...) {
  structure(
    list(
      spec = get_spec(object),
      dissemination = get_spec(object)$dissemination,
      condition = nan_to_na(mean(object[["condition"]])),
      columns = summary(as.data.frame(object))
    ),
    class = "summary_nid_industrial"
  )
}

#' @export
print.summary_nid_industrial <- function(x, ...) {
  writeLines(strwrap(format(x$spec), 0.95 * getOption("width"), exdent = 2))
  if (!is.na(x$condition)) {
    cat("All dynamic codes positive in ", format(round(100 * x$condition, 1)),
        "% of region-times.\n", sep = "")
  }
  cat("Dissemination: share of regions with V > 0, by code and time.\n")
  if (!is.null(x$dissemination)) {
    wide <- tapply(x$dissemination$share,
                   x$dissemination[c("time", "code")], identity)
    print(utils::head(round(wide, 2), 10L))
  }
  invisible(x)
}
