# Methods of nid_dependence: tables, print, summary.

#' @rdname code_dependence
#' @export
tidy.nid_dependence <- function(x, conf.int = TRUE, conf.level = NULL, ...) {
  check_flag(conf.int)
  level <- if (is.null(conf.level)) x$conf_level else check_level(conf.level)
  rows <- lapply(x$fits, coef_table, level = level)
  times <- vapply(rows, \(r) length(r$term), 0L)
  keys <- lapply(x$table, \(key) key[rep(seq_along(key), times)])
  names <- c("term", "estimate", "std.error", "statistic", "p.value", "df",
             if (conf.int) c("conf.low", "conf.high"))
  plain_table(c(keys, columns_of(rows, names, text = "term")))
}

#' @rdname code_dependence
#' @export
glance.nid_dependence <- function(x, ...) {
  rows <- lapply(x$fits, fit_summary)
  names <- if (length(rows) > 0L) names(rows[[1L]]) else summary_names
  plain_table(c(x$table, columns_of(rows, names, text = "aliased",
                                    whole = c("nobs", "df.residual"))))
}

summary_names <- c(
  paste0(rep(c("r", "spearman", "kendall"), each = 3L),
         c("", ".conf.low", ".conf.high")),
  "r.squared", "adj.r.squared", "AICc", "dw", "bg.p.value", "sigma", "nobs",
  "df.residual", "kappa", "aliased"
)

#' @rdname code_dependence
#' @export
confint.nid_dependence <- function(object, parm = NULL, level = NULL, ...) {
  level <- level %||% object$conf_level
  rows <- tidy.nid_dependence(object, conf.level = level)
  interval_matrix(rows$conf.low, rows$conf.high,
                  paste0(rows$fit, ": ", rows$term, recycle0 = TRUE),
                  level, parm, rows$fit)
}

#' @rdname code_dependence
#' @export
as.data.frame.nid_dependence <- function(x, ...) {
  as.data.frame(tidy.nid_dependence(x))
}

#' @rdname code_dependence
#' @export
format.nid_dependence <- function(x, ...) {
  head <- paste0(
    "Dependence: ", count_of(length(x$fits), "fit"), " of ",
    label_of(x$data$formula), "; ", paste(x$form, collapse = ", "), "; ",
    if (x$effects != "none") paste0("effects ", x$effects, "; "),
    if (x$lag > 0) paste0("lag ", format(x$lag), "; "),
    vcov_words(x$vcov), "; ", 100 * x$conf_level, "% intervals."
  )
  lines <- vapply(x$fits, line_of_fit, "")
  lost <- max(c(0L, x$n.lost))
  c(strwrap(head, width = getOption("width"), exdent = 2),
    utils::head(unname(lines), 9L),
    if (length(lines) > 9L) paste0("... and ", length(lines) - 9L, " more"),
    if (lost > 0L) paste0("Rows left out for missing values: up to ", lost,
                          " a fit."),
    if (length(lines) > 0L) "verdict(x) says what is left without the trend.")
}

line_of_fit <- function(fit) {
  number <- function(x) formatC(x, digits = 2, format = "f", width = 1)
  rows <- coef_table(fit)
  slope <- which(rows$term != "(Intercept)")
  pair <- if (length(slope) == 1L) fit_pair(fit)
  r <- if (!is.null(pair)) {
    correlation_interval(pair$x, pair$y, pair$n, "pearson", fit$level)[[1L]]
  }
  paste0(fit$label, ": n ", length(fit$y),
         if (!is.null(r)) paste0(", r ", number(r)),
         ", R2 ", number(fit$r.squared),
         if (length(slope) == 1L) {
           paste0(", slope ",
                  formatC(rows$estimate[slope], digits = 3, format = "g",
                          width = 1),
                  ", p ", format_p(rows$p.value[slope]))
         })
}

#' @rdname code_dependence
#' @export
print.nid_dependence <- function(x, ...) {
  cat(utils::head(format(x), 15L), sep = "\n")
  invisible(x)
}

#' @rdname code_dependence
#' @export
summary.nid_dependence <- function(object, ...) {
  structure(list(text = format(object), coefficients =
                   tidy.nid_dependence(object),
                 fits = glance.nid_dependence(object)),
            class = "summary_nid_dependence")
}

#' @export
print.summary_nid_dependence <- function(x, ...) {
  cat(utils::head(x$text, 15L), sep = "\n")
  print(x$coefficients)
  print(x$fits)
  invisible(x)
}

#' @rdname code_dependence
#' @export
nobs.nid_dependence <- function(object, ...) {
  vapply(object$fits, \(fit) length(fit$y), 0L)
}
