#' Residuals of the rates, and what they tell
#'
#' The codes less the curves behind the rates, and one line per code about the
#' fits.
#'
#' A standardised residual is the residual over sigma sqrt(1 - h), h the
#' leverage of its time. The Durbin-Watson statistic pools the series:
#' \deqn{dw = \frac{\sum_r \sum_t (e_{rt} - e_{r,t-1})^2}{\sum_r \sum_t
#'   e_{rt}^2}}{dw = sum_r sum_t (e_rt - e_r,t-1)^2 / sum_r sum_t e_rt^2}
#' with residuals over sigma of their series (Bhargava, Franzini and
#' Narendranathan 1982). Residuals of any smoother are negatively correlated,
#' so compare it with `dw.expected`, not with 2: far below it the curves are
#' too stiff or the errors of neighbouring years go together, and intervals are
#' too narrow.
#'
#' @param object,x <nid_rates> of [rate_spline()] or [rate_local()]; `glance()`
#'   takes those of any rate; `residuals()` a <nid_model> as well.
#' @param ... Empty.
#' @return `residuals()`: `nid_residuals`, a tibble with a row per region, time
#'   and code where the code is observed: index columns, `code`, `.value`,
#'   `.fitted` (curve and steps in force), `.resid`, `.std.resid`. `glance()`:
#'   a tibble with a row per code: `code`, `term`, `n.series`, `nobs`,
#'   `effective.df` (mean over series, of the curve, polynomial and steps
#'   included), `lambda.first`, `lambda.last` (mean posterior weight at the
#'   stiffest and the loosest end of the lambda grid: much weight at the first
#'   means no curvature is seen, at the last that the noise is not),
#'   `sigma` (residual standard deviation, root mean square over series), `dw`,
#'   `dw.expected`. `NA` where a rate has no fit.
#' @section Errors: `nidcode_error_needs_fit` for a rate without a fit.
#' @references Bhargava, A., Franzini, L. and Narendranathan, W. (1982). Serial
#'   correlation and the fixed effects model. Review of Economic Studies, 49,
#'   533-549.
#' @family rates
#' @examples
#' district <- subset(ural, region_code == "FD-U")
#' panel <- code_panel(district, ural_scheme, index = "year",
#'                     status = "_status")
#' rates <- dynamic_codes(panel)
#' residuals(rates)
#' glance(rates)
#' if (requireNamespace("ggplot2", quietly = TRUE)) plot(residuals(rates))
#' @name rates_residuals
NULL

#' @rdname rates_residuals
#' @export
residuals.nid_rates <- function(object, ...) {
  call <- rlang::current_env()
  rlang::check_dots_empty()
  fit <- as_fit(object, NULL, call)
  check_has_fit(fit$rate, paste0("Rate ", fit$rate$words,
                                 " has no residuals."), call)
  parts <- lapply(seq_along(fit$codes), \(i) residual_part(fit, i))
  residual_table(fit, parts)
}

# One code: fitted values, residuals and leverages in the order of the series
# (of segments, where they are series of their own).
residual_part <- function(fit, i) {
  series <- code_series(fit, i)
  part <- if (length(series$value) == 0L) {
    list(fitted = numeric(), lever = numeric(), sigma = numeric(),
         cross = matrix(0, 2L, 0L))
  } else {
    fit$rate$does$residuals(series)
  }
  c(list(value = series$value, row = series_rows(series)), part)
}

standardised <- function(part) {
  sigma <- rep(ifelse(is.na(part$df), NA_real_, part$sigma), part$size)
  out <- (part$value - part$fitted) / (sigma * sqrt(pmax(1 - part$lever, 0)))
  out[!is.finite(out) | 1 - part$lever < 1e-10] <- NA_real_
  out
}

residual_table <- function(fit, parts) {
  gather <- function(of) unlist(lapply(parts, of))
  row <- gather(\(p) p$row)
  code <- rep(seq_along(parts), lengths(lapply(parts, `[[`, "row")))
  at <- order(row, code)
  value <- gather(\(p) p$value)
  fitted <- gather(\(p) p$fitted)
  columns <- c(
    index_columns(fit$def$panel, row[at]),
    list(code = vapply(fit$codes, `[[`, "", "code")[code[at]],
         .value = value[at], .fitted = fitted[at],
         .resid = (value - fitted)[at],
         .std.resid = gather(standardised)[at])
  )
  dw <- vapply(parts, rates_durbin_watson, numeric(2))
  new_nid_table(columns, "residuals", fit_facts(
    fit, "Residuals of the codes", c("region", "time", "code"),
    durbin.watson = data.frame(code = vapply(fit$codes, `[[`, "", "code"),
                               dw = dw[1L, ], dw.expected = dw[2L, ])
  ))
}

#' @rdname rates_residuals
#' @export
residuals.nid_model <- function(object, ...) residuals(object$rates, ...)

#' @rdname rates_residuals
#' @export
glance.nid_rates <- function(x, ...) {
  check_foreign_dots(...)
  fit <- as_fit(x, NULL, rlang::current_env())
  rows <- lapply(seq_along(fit$codes), \(i) glance_code(fit, i))
  pick <- function(what) vapply(rows, `[[`, 1, what)
  plain_table(list(
    code = vapply(fit$codes, `[[`, "", "code"),
    term = vapply(fit$codes, `[[`, "", "dynamic"),
    n.series = as.integer(pick("n.series")), nobs = as.integer(pick("nobs")),
    effective.df = pick("edf"), lambda.first = pick("first"),
    lambda.last = pick("last"), sigma = pick("sigma"), dw = pick("dw"),
    dw.expected = pick("expected")
  ))
}

glance_code <- function(fit, i) {
  out <- c(n.series = sum(fit$codes[[i]]$of > 0L), nobs = 0, edf = NA,
           first = NA, last = NA, sigma = NA, dw = NA, expected = NA)
  if (fit$rate$facts$errors == "known") {
    out[["nobs"]] <- length(code_series(fit, i)$value)
    return(out)
  }
  part <- residual_part(fit, i)
  out[["nobs"]] <- length(part$value)
  with <- which(!is.na(part$df))
  if (length(with) == 0L) {
    return(out)
  }
  mean_of <- function(x) if (is.null(x)) NA else mean(x[with])
  out[["edf"]] <- mean_of(part$stats$edf)
  out[["first"]] <- mean_of(part$stats$first)
  out[["last"]] <- mean_of(part$stats$last)
  out[["sigma"]] <- root_mean_square(part$sigma[with])
  out[c("dw", "expected")] <- rates_durbin_watson(part)
  out
}

# Squares of values near 1e300 would overflow.
root_mean_square <- function(x) {
  top <- max(x)
  if (top == 0) 0 else top * sqrt(mean((x / top)^2))
}

# The statistic and its expectation, pooled over the series that have an error
# and leave residuals: those of an interpolating curve are rounding.
rates_durbin_watson <- function(part) {
  durbin_watson_in(part, rep(1L, length(part$size)), 1L)[1L, ]
}

# The same in `n` groups of which the series (segments) are `of`: a row each,
# NA where none is left.
durbin_watson_in <- function(part, of, n) {
  owner <- rep(seq_along(part$size), part$size)
  left <- !is.na(part$df) & part$sigma > 0 & part$cross[2L, ] > 1e-6
  e <- (part$value - part$fitted) / part$sigma[owner]
  e[!left[owner]] <- NA
  step <- c(NA, diff(e))
  step[!duplicated(owner)] <- NA
  total <- \(x, of) {
    known <- which(!is.na(x))
    rowsum_by(x[known], of[known], n)
  }
  cross <- part$cross[, left, drop = FALSE]
  out <- cbind(total(step^2, of[owner]) / total(e^2, of[owner]),
               total(cross[1L, ], of[left]) / total(cross[2L, ], of[left]))
  nan_to_na(out)
}
