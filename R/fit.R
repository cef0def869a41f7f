# nid_fit: one regression and what it answers.

#' One regression of a dependence
#'
#' `fits()` gives the regressions of [code_dependence()], each a `nid_fit` that
#' answers the usual questions; `as_lm()` the same regression as an object of
#' class `lm`, for what wants one (marginaleffects, car, lmtest's tests).
#'
#' @param x A `nid_dependence`; for `as_lm()` also one `nid_fit`. For
#'   `format()`, `print()`, `tidy()`, `glance()` and `as_lm()` a `nid_fit`.
#' @param object,formula A `nid_fit`.
#' @param parm <chr> Terms; all by default.
#' @param level,conf.level <num> Confidence level; `NULL` takes the fit's.
#' @param conf.int <lgl> Whether to give the interval.
#' @param model <nid_fit> One fit.
#' @param newdata <data.frame> With the regressors' columns; `NULL` the data of
#'   the fit. Only for fits of levels without effects.
#' @param type <chr> "response" (in units of y: exp() of a log fit, so a
#'   median) or "link" (the scale of the fit).
#' @param interval <chr> "none", "confidence" for the line, "prediction" for a
#'   new point. From the fit's own covariance.
#' @param ... Empty.
#' @return `fits()` a named list of `nid_fit`. `coef()`, `vcov()`, `confint()`,
#'   `fitted()`, `residuals()`, `nobs()`, `formula()`, `model.matrix()`,
#'   `df.residual()`, `hatvalues()`, `logLik()` are as for [stats::lm()], on the
#'   scale of the fit (logs for "power" and "exponential"); aliased terms are
#'   NA. `predict()` a vector, or a matrix with columns fit, lwr, upr. `tidy()`
#'   has columns term, estimate, std.error, statistic, p.value, df, conf.low,
#'   conf.high; `glance()` one row as in [code_dependence()]. `as_lm()` an
#'   `lm` on a data frame of the modelled columns, with dummies for effects and
#'   lines for "detrended"; its own errors are those of independent shocks.
#' @family dependence
#' @examples
#' d <- data.frame(year = 2005:2013, y = c(3, 5, 4, 6, 9, 8, 9, 12, 11),
#'                 x = c(1, 2, 2, 3, 4, 4, 5, 6, 6))
#' dep <- code_dependence(d, y ~ x, vcov = "HC3")
#' fit <- fits(dep)[[1]]
#' fit
#' predict(fit, data.frame(x = 7), interval = "prediction")
#' summary(as_lm(fit))$r.squared
#' @name fits
NULL

#' @rdname fits
#' @export
fits <- function(x) {
  if (!inherits(x, "nid_dependence")) {
    stop_argument("x", "a result of code_dependence()", x, rlang::current_env())
  }
  x$fits
}

#' @rdname fits
#' @export
as_lm <- function(x) {
  if (inherits(x, "nid_dependence")) {
    if (length(x$fits) != 1L) {
      stop_argument("x", "one fit: as_lm(fits(x)[[1]])", x,
                    rlang::current_env())
    }
    x <- x$fits[[1L]]
  }
  if (!inherits(x, "nid_fit")) {
    stop_argument("x", "a fit of code_dependence()", x, rlang::current_env())
  }
  if (length(x$y) == 0L) {
    stop_nid("zero_rows", paste0("No row is left to fit in ", some_of(x$label),
                                 "."), fits = x$label)
  }
  check_powers(x, rlang::current_env())
  # The formula's environment holds the data under the name the call uses, so
  # that update() and model-frame readers find it.
  formula <- x$formula
  home <- new.env(parent = environment(formula) %||% globalenv())
  home$model_data <- x$model
  environment(formula) <- home
  out <- eval(bquote(stats::lm(.(formula), data = model_data)), home)
  out$call[[1L]] <- quote(stats::lm)
  out
}

# Fits have units of their own, in which powers are numbers; lm() has not.
check_powers <- function(fit, call) {
  size <- apply(abs(fit$matrix), 2L, max)
  bad <- !is.finite(size) | size < .Machine$double.xmin & !fit$aliased
  if (any(bad)) {
    stop_nid("not_finite",
             c(paste0("Term ", some_of(names(fit$aliased)[bad]),
                      " is beyond what a number can be, and lm() computes it ",
                      "as it stands."),
               i = "Give its variable in other units."),
             columns = names(fit$aliased)[bad], fits = fit$label, call = call)
  }
}

#' @rdname fits
#' @export
coef.nid_fit <- function(object, ...) object$coefficients

#' @rdname fits
#' @export
vcov.nid_fit <- function(object, ...) {
  e <- object$own$e
  known_power(object$vcov, outer(e, e, `+`), "variance")
}

#' @rdname fits
#' @export
confint.nid_fit <- function(object, parm = NULL, level = NULL, ...) {
  level <- if (is.null(level)) object$level else check_level(level)
  rows <- coef_table(object, level)
  interval_matrix(rows$conf.low, rows$conf.high, rows$term, level, parm)
}

#' @rdname fits
#' @export
fitted.nid_fit <- function(object, ...) object$y - object$residuals

#' @rdname fits
#' @export
residuals.nid_fit <- function(object, ...) object$residuals

#' @rdname fits
#' @export
nobs.nid_fit <- function(object, ...) length(object$y)

#' @rdname fits
#' @export
df.residual.nid_fit <- function(object, ...) object$df

#' @rdname fits
#' @export
deviance.nid_fit <- function(object, ...) {
  own <- object$own
  known_power(sum(own$residuals^2), 2 * own$e.y, "deviance")
}

#' @rdname fits
#' @export
formula.nid_fit <- function(x, ...) x$formula

#' @rdname fits
#' @export
model.frame.nid_fit <- function(formula, ...) formula$model

#' @rdname fits
#' @export
model.matrix.nid_fit <- function(object, ...) object$x

#' @rdname fits
#' @export
hatvalues.nid_fit <- function(model, ...) model$leverage

#' @rdname fits
#' @export
logLik.nid_fit <- function(object, ...) {
  n <- length(object$y)
  rss <- sum(object$own$residuals^2)
  structure(log_likelihood(n, rss, object$own$e.y), nobs = n, nall = n,
            df = object$rank + 1L, class = "logLik")
}

# `rss` is in units of 2^(2 e).
log_likelihood <- function(n, rss, e) {
  if (n == 0L) return(NA_real_)
  -n / 2 * (log(2 * pi * rss / n) + 2 * log(2) * e + 1)
}

#' @rdname fits
#' @export
predict.nid_fit <- function(object, newdata = NULL, type = "response",
                            interval = "none", level = NULL, ...) {
  check_choice(type, c("response", "link"))
  check_choice(interval, c("none", "confidence", "prediction"))
  level <- if (is.null(level)) object$level else check_level(level)
  if (!is.null(newdata) && object$scale != "levels" ||
      object$absorbs && (!is.null(newdata) || interval != "none")) {
    stop_argument("object", paste0("a fit of levels without effects to ",
                                   "predict anew"), object,
                  rlang::current_env())
  }
  x <- if (is.null(newdata)) object$x else newdata_matrix(object, newdata)
  keep <- !object$aliased
  x <- x[, keep, drop = FALSE]
  fit <- if (is.null(newdata)) fitted.nid_fit(object) else
    drop(x %*% object$coefficients[keep])
  if (interval != "none") {
    fit <- predict_interval(object, x, fit, interval, level)
  }
  if (type == "response" && object$log_y) exp(fit) else fit
}

predict_interval <- function(object, x, fit, interval, level) {
  keep <- !object$aliased
  own <- object$own
  x <- times_power(x, rep(own$e[keep] - own$e.y, each = nrow(x)))
  variance <- if (object$vcov_type == "iid") {
    # By the weights: raw powers of years cancel less than in x V x'.
    w <- own$weights[, keep, drop = FALSE]
    own$sigma^2 * rowSums((x %*% t(w))^2)
  } else {
    v <- object$vcov[keep, keep, drop = FALSE]
    pmax(rowSums((x %*% v) * x), 0)
  }
  if (interval == "prediction") {
    variance <- variance + own$sigma^2
  }
  width <- half_width(object, level, object$df)
  se <- times_power(sqrt(variance), own$e.y)
  cbind(fit = fit, lwr = fit - width * se, upr = fit + width * se)
}

newdata_matrix <- function(object, newdata) {
  check_data_frame(newdata, call = rlang::caller_env())
  terms <- stats::delete.response(stats::terms(object$formula))
  call <- rlang::caller_env()
  own <- all.vars(terms)
  check_columns(newdata, own, "newdata", call = call)
  newdata <- as_plain_frame(newdata)
  newdata[own] <- lapply(own, \(name) {
    numeric_values(newdata[[name]], name, call)
  })
  frame <- stats::model.frame(terms, newdata, na.action = stats::na.pass)
  stats::model.matrix(terms, frame)
}

#' @rdname fits
#' @export
tidy.nid_fit <- function(x, conf.int = TRUE, conf.level = NULL, ...) {
  check_flag(conf.int)
  level <- if (is.null(conf.level)) x$level else check_level(conf.level)
  out <- plain_table(coef_table(x, level))
  if (conf.int) out else out[setdiff(names(out), c("conf.low", "conf.high"))]
}

#' @rdname fits
#' @export
glance.nid_fit <- function(x, ...) {
  plain_table(fit_summary(x))
}

#' @rdname fits
#' @export
format.nid_fit <- function(x, ...) {
  rows <- coef_table(x)
  show <- is.na(rows$estimate)
  number <- function(v) formatC(v, digits = 4, format = "g", width = 1)
  text <- ifelse(
    show, paste0(rows$term, ": aliased"),
    paste0(rows$term, ": ", number(rows$estimate), " (", number(rows$conf.low),
           " to ", number(rows$conf.high), "), p ", format_p(rows$p.value))
  )
  c(paste0(x$label, ": ", label_of(x$formula)),
    utils::head(text, 10L),
    paste0("n ", length(x$y), ", R2 ", number(x$r.squared), ", sigma ",
           number(x$sigma), "; ", vcov_words(x$vcov_type), ", ",
           100 * x$level, "% intervals"))
}

format_p <- function(p) {
  ifelse(is.na(p), "NA", ifelse(p < 0.001, "< .001",
                                sub("^0", "", formatC(p, 3, format = "f"))))
}

#' @rdname fits
#' @export
print.nid_fit <- function(x, ...) {
  cat(format(x), sep = "\n")
  invisible(x)
}

#' @rdname fits
#' @export
summary.nid_fit <- function(object, ...) {
  structure(list(text = format(object), coefficients = tidy.nid_fit(object),
                 glance = glance.nid_fit(object)), class = "summary_nid_fit")
}

#' @export
print.summary_nid_fit <- function(x, ...) {
  cat(x$text, sep = "\n")
  invisible(x)
}
