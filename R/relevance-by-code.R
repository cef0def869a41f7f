#' Relevance of a whole code
#'
#' For each code of the items: the mean relevance of its items, and the share
#' of respondents who name any of them.
#'
#' @section Formula:
#' The mean of m items has variance \eqn{\mathbf 1' V \mathbf 1 / m^2}{1'V1/m^2}
#' with V the covariance of the shares, and the Wilson interval at the
#' effective number of respondents. "any" is a share like the others, of those
#' who answered every item of the code.
#'
#' From published counts the overlap is unknown. The error of the mean is then
#' its largest possible value (all items ticked together), and for "any" only
#' bounds exist: between the largest share and the sum of all (at most 1), the
#' limits being those of the two ends.
#'
#' @param x <nid_relevance> From [relevance()] with `item_codes`, or from
#'   [relevance_counts()] with a column `code`.
#' @return `nid_code_relevance`: `code`, the columns of `by`, `measure` ("mean"
#'   or "any"), `n.items`, `n` (the smallest base for "mean"), `estimate`
#'   (`NA` for "any" from counts), `std.error`, `conf.low`, `conf.high`, `df`.
#' @section Errors:
#' `nidcode_error_needs_fit` if rows or columns of the table were changed,
#' `nidcode_error_argument` if no codes are known.
#' @family survey
#' @examples
#' answers <- data.frame(lending = c(1, 1, 0, 1), tax = c(1, 0, 0, 1),
#'                       fairs = c(0, 0, 0, 1))
#' codes <- c(lending = "institutional", tax = "institutional",
#'            fairs = "information")
#' r <- relevance(answers, names(codes), item_codes = codes)
#' relevance_by_code(r)
#' @export
relevance_by_code <- function(x) {
  call <- rlang::current_env()
  fit <- relevance_fit(x, call)
  if (is.null(fit$codes)) {
    stop_nid("argument",
             c("No codes are known for the items.",
               i = paste0("Give `item_codes` to relevance(), or a column ",
                          "`code` to relevance_counts().")),
             argument = "x", call = call)
  }
  # Items of counts may have no code; they count for none.
  codes <- unique(fit$codes[!is.na(fit$codes)])
  at <- expand.grid(measure = c("mean", "any"), code = seq_along(codes),
                    g = seq_len(fit$groups), stringsAsFactors = FALSE)
  rows <- Map(\(measure, code, g) {
    if (measure == "mean") code_mean(fit, codes[code], g) else
      code_any(fit, codes[code], code, g)
  }, at$measure, at$code, at$g)
  columns <- columns_of(rows, c("n.items", "n", "estimate", "std.error",
                                "conf.low", "conf.high", "df"),
                        whole = "n.items")
  columns$n <- as_count(columns$n)
  new_nid_table(
    c(list(code = codes[at$code]), lapply(fit$keys, \(k) k[at$g]),
      list(measure = at$measure), columns),
    "code_relevance",
    list(title = "Relevance by code",
         keys = c("code", names(fit$keys), "measure"), by = names(fit$keys),
         level = fit$conf_level,
         errors = if (fit$source == "counts") "largest possible")
  )
}

# The fit behind a relevance table, or what to do about its loss.
relevance_fit <- function(x, call) {
  if (!is.data.frame(x)) {
    stop_argument("x", "a table of relevance() or relevance_counts()", x, call)
  }
  need_fit(if (inherits(x, "nid_relevance")) x,
           "a whole table of relevance()", call,
           "Filter the data first, then call relevance().")
}

code_mean <- function(fit, code, g) {
  at <- which(fit$codes == code & !is.na(fit$estimate[seq_len(fit$n.items), g]))
  if (length(at) == 0L) {
    return(list(n.items = 0, n = 0, estimate = NA_real_, std.error = NA_real_,
                conf.low = NA_real_, conf.high = NA_real_, df = NA_real_))
  }
  p <- mean(fit$estimate[at, g])
  variance <- if (fit$source == "counts") {
    mean(sqrt(fit$variance[at, g]))^2
  } else {
    sum(fit$within[[g]][at, at]) / length(at)^2
  }
  df <- min(fit$df[at, g])
  method <- if (fit$weighted) fit$method else "wilson"
  n <- if (fit$weighted) min(fit$n[at, g]) else Inf
  out <- design_interval(p, variance, n, df, min(fit$n_zero[at, g]),
                         1 - fit$conf_level, method)
  list(n.items = length(at), n = min(fit$n[at, g]), estimate = p,
       std.error = sqrt(max(variance, 0)), conf.low = out$low,
       conf.high = out$high, df = df)
}

code_any <- function(fit, code, k, g) {
  alpha <- 1 - fit$conf_level
  n.items <- sum(fit$codes == code, na.rm = TRUE)
  if (fit$source == "counts") {
    at <- which(fit$codes == code & !is.na(fit$estimate[, g]))
    n <- if (length(at) > 0L) max(fit$n[at, g]) else NA_real_
    least <- max(fit$estimate[at, g], -Inf) * n
    most <- min(1, sum(fit$estimate[at, g])) * n
    return(list(
      n.items = n.items, n = n, estimate = NA_real_, std.error = NA_real_,
      conf.low = count_interval(least, n, alpha, "wilson")$low,
      conf.high = count_interval(most, n, alpha, "wilson")$high, df = Inf
    ))
  }
  row <- fit$n.items + k
  out <- share_intervals(fit, cbind(row, g), fit$conf_level, "none")
  list(n.items = n.items, n = fit$n[row, g], estimate = fit$estimate[row, g],
       std.error = sqrt(fit$variance[row, g]), conf.low = out$low,
       conf.high = out$high, df = fit$df[row, g])
}
