#' All forms of a dependence, compared
#'
#' Fits linear, log, power, exponential and quadratic forms in levels and puts
#' them on one scale: AICc of y itself. A form that models log y carries the
#' Jacobian of the logarithm, \eqn{\log L(y) = \log L(\log y) - \sum \log y_i};
#' without it the forms of y and of log y cannot be compared.
#'
#' @inheritParams code_dependence
#' @return `nid_forms`, a table: y, the columns of `by`, form, nobs, r.squared
#'   (on the scale of the fit), r.squared.y (of y itself, a log form taken back
#'   by exp()), AICc, delta (AICc minus the smallest), weight (Akaike weight
#'   within y and group), p.slope (joint test of the terms with `vcov`: t for
#'   one term, F for several). A form that would take the log of 0 or less is a
#'   row of NA, with a warning.
#' @section AICc:
#' \eqn{-2 \log L + 2k + 2k(k+1)/(n-k-1)}, k the coefficients and the variance;
#' NA when n is at most k + 1.
#' @family dependence
#' @examples
#' district <- ural[ural$level == "district", ]
#' dependence_forms(district, grp ~ employed_he_share)
#' @export
dependence_forms <- function(data, formula, index = NULL, by = NULL,
                             vcov = "iid") {
  call <- rlang::current_env()
  check_choice(vcov, vcov_types)
  d <- dependence_data(data, formula, index, by, call)
  need_index(d, "levels", "none", vcov, 0, call)
  rows <- lapply(dependence_forms_known, \(form) {
    tryCatch({
      out <- fit_all(d, form, "levels", "none", vcov, 0.95, call)
      list(fits = out$fits, table = out$table, lost = out$lost)
    }, nidcode_error_form_domain = \(e) {
      warn_nid("form_domain",
               c(paste0("Form \"", form, "\" is left out."),
                 x = rlang::cnd_header(e)),
               columns = e$columns)
      NULL
    })
  })
  names(rows) <- dependence_forms_known
  whole <- Filter(Negate(is.null), rows)
  fits <- unlist(unname(lapply(whole, `[[`, "fits")), recursive = FALSE)
  if (length(fits) > 0L) {
    names(fits) <- paste(unlist(lapply(whole, \(r) r$table$fit)),
                         unlist(lapply(whole, \(r) r$table$form)), sep = ", ")
  }
  report_problems(fits, unique(unlist(lapply(whole, `[[`, "lost"))))
  forms_table(d, rows)
}

forms_table <- function(d, rows) {
  shape <- rows[["linear"]]$table
  keys <- shape[setdiff(names(shape), c("fit", "form", "scale"))]
  k <- length(shape$fit)
  values <- lapply(names(rows), \(form) {
    fits <- rows[[form]]$fits
    of <- function(f) {
      if (is.null(fits)) rep(NA_real_, k) else
        vapply(unname(fits), \(fit) as.double(f(fit)), numeric(1))
    }
    list(nobs = of(\(fit) length(fit$y)), r.squared = of(\(fit) fit$r.squared),
         r.squared.y = of(r_squared_of_y), AICc = of(fit_aicc),
         p.slope = of(joint_p))
  })
  column <- function(name) unlist(lapply(values, `[[`, name))
  times <- length(rows)
  out <- c(lapply(keys, \(key) repeat_values(key, times = times)),
           list(form = rep(names(rows), each = k)))
  aicc <- column("AICc")
  cell <- rep(seq_len(k), times)
  best <- if (k > 0L) {
    vapply(seq_len(k), \(i) {
      v <- aicc[cell == i]
      if (all(is.na(v))) NA_real_ else min(v, na.rm = TRUE)
    }, numeric(1))
  }
  delta <- aicc - best[cell]
  raw <- exp(-delta / 2)
  total <- if (k > 0L) rowsum(ifelse(is.na(raw), 0, raw), cell)[, 1L]
  out <- c(out, list(
    nobs = as.integer(column("nobs")), r.squared = column("r.squared"),
    r.squared.y = column("r.squared.y"), AICc = aicc, delta = delta,
    weight = as.double(raw / total[cell]), p.slope = column("p.slope")
  ))
  by_key <- order(cell, seq_along(cell))
  new_nid_table(
    lapply(out, \(x) x[by_key]), "forms",
    list(title = "Forms of dependence", keys = c(names(keys), "form"),
         compared = "by AICc of y itself")
  )
}

r_squared_of_y <- function(fit) {
  fitted <- fitted.nid_fit(fit)
  y <- fit$y
  if (fit$log_y) {
    y <- exp(y)
    fitted <- exp(fitted)
  }
  unit <- power_scale(y)
  y <- y / unit
  r_squared(sum((y - fitted / unit)^2),
            if (fit$within$intercept) y - mean(y) else y)
}

# All slopes zero: Wald, with the law of the fit's errors for one term.
joint_p <- function(fit) {
  slope <- which(!fit$aliased & fit$terms != "(Intercept)")
  if (length(slope) == 0L || fit$df < 1L) {
    return(NA_real_)
  }
  if (length(slope) == 1L) {
    return(coef_table(fit)$p.value[slope])
  }
  # Correlations first: raw powers differ by many orders of size.
  b <- times_power(fit$coefficients, -fit$own$e)[slope]
  v <- fit$vcov[slope, slope, drop = FALSE]
  se <- sqrt(diag(v))
  if (anyNA(se) || any(se == 0)) {
    return(NA_real_)
  }
  r <- v / tcrossprod(se)
  z <- b / se
  wald <- tryCatch(sum(z * solve(r, z, tol = 1e-14)), error = \(e) NA_real_)
  stats::pf(wald / length(slope), length(slope), fit$df, lower.tail = FALSE)
}
