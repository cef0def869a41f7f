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
#' @param cor How errors of codes combine: "independent", "residual" (the
#'   correlation of their standardised residuals, region by region) or a
#'   correlation matrix of the codes. Their df by Satterthwaite.
#' @return `nid_industrial`, a tibble with a row per region and time at which
#'   every code of the region has a rate: index columns, `estimate` in units of
#'   the codes per time unit, `std.error`, `conf.low`, `conf.high`,
#'   `prob.positive`, `df`, `condition` <lgl> all V_c > 0, `prob.condition` the
#'   product over codes of prob.positive (their errors taken as independent,
#'   whatever `cor`), `n.codes` <int>. `summary()` adds the
#'   paper's dissemination: the share of regions with V > 0, by code and time.
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
industrial_code <- function(x, rate = NULL, cor = "independent",
                            conf_level = 0.95) {
  call <- rlang::current_env()
  refuse_rate(x, call)
  keep_settings(x)
  check_level(conf_level, call = call)
  fit <- as_fit(x, rate, call)
  cor <- check_cor(cor, fit, call)
  warn_missing_codes(fit, x)
  est <- estimate_codes(fit, rates = TRUE, cor = cor)
  industrial_table(fit, est, list(cor = cor_text(cor), level = conf_level))
}

industrial_table <- function(fit, est, told) {
  panel <- fit$def$panel
  a <- rates_of_order(fit, est$rates, 1L)
  weight <- code_field(fit, "weight")
  total <- as.vector(replace(a$estimate, a$absent, 0) %*% weight)
  n.codes <- as.integer(ncol(a$absent) - rowSums(a$absent))
  keep <- which(!is.na(total) & n.codes > 0L)
  law <- list(estimate = total[keep], df = NA_real_)
  prob <- rep(NA_real_, length(total))
  if (!is.null(a$std.error)) {
    prob <- condition_probability(a)
    both <- combine_codes(replace(a$std.error, a$absent, 0),
                          replace(a$df, a$absent, Inf), weight,
                          rho_of_rows(est$rho, a$region))
    law <- list(estimate = total[keep], std.error = both$se[keep],
                df = both$df[keep])
  }
  positive <- rowSums(a$absent | a$estimate > 0) == ncol(a$absent)
  columns <- c(
    index_columns(panel, keep), list(estimate = law$estimate),
    at_level(law, told$level),
    list(condition = positive[keep], prob.condition = prob[keep],
         n.codes = n.codes[keep])
  )
  new_nid_table(
    columns, "industrial",
    fit_facts(fit, "Code ID, formula (1)", c("region", "time"),
              cor = told$cor, level = told$level,
              dissemination = dissemination(fit, a$estimate),
              notes = lost_rows_note(
                n_rows(panel), length(keep),
                "a code or its rate is missing there"
              ))
  )
}

# The rates of one order as matrices row x code, and where a region has no such
# code.
rates_of_order <- function(fit, rates, order) {
  panel <- fit$def$panel
  n <- n_rows(panel)
  k <- length(fit$codes)
  across <- function(x) if (!is.null(x)) t(matrix(x, k, n))
  region <- rep(seq_len(n_regions(panel)), diff(panel$offset))
  absent <- vapply(fit$codes, \(one) one$of[region] == 0L, logical(n))
  dim(absent) <- c(n, k)
  list(estimate = across(rates$estimate[order, , ]),
       std.error = across(rates$std.error[order, , ]),
       df = across(rates$df), absent = absent, region = region)
}

# Rows of the panel that a table lacks, and why, for print().
lost_rows_note <- function(n, kept, why) {
  if (n == kept) {
    return(character())
  }
  paste0(count_of(n - kept, "row"), " of ", whole_text(n), " left out: ", why,
         ".")
}

condition_probability <- function(a) {
  p <- probability_positive(a$estimate, a$std.error, a$df)
  p[a$absent] <- 1
  out <- rep(1, nrow(p))
  for (c in seq_len(ncol(p))) out <- out * p[, c]
  out
}

# Share of regions with V > 0, by code and time: small, so the spec carries it.
dissemination <- function(fit, v) {
  times <- sort(unique(fit$def$panel$grids$time))
  if (length(times) > 200L || length(fit$codes) == 0L) {
    return(NULL)
  }
  at <- match(row_time(fit$def$panel), times)
  parts <- lapply(seq_along(fit$codes), \(c) {
    n <- tabulate(at[!is.na(v[, c])], length(times))
    up <- tabulate(at[which(v[, c] > 0)], length(times))
    seen <- n > 0L
    list(time = as.double(times)[seen],
         code = rep(fit$codes[[c]]$dynamic, sum(seen)),
         share = (up / n)[seen], regions = n[seen])
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
