#' A regression for each of many groups
#'
#' Least squares of one variable on others within each group, for thousands of
#' groups of any length at once: coefficients with independent-shock and HC3
#' errors. The engine of [code_dependence()] without its tables and tests.
#'
#' @param y <num> The left-hand side.
#' @param x <num> A vector, matrix or data frame of regressors.
#' @param group <any> Group of each row, in any order; `NULL` is one group.
#' @param intercept <lgl> Whether each fit has an intercept.
#' @return A tibble with a row per group and term, groups in order (numbers by
#'   value, text by its bytes, factors by level): group, term, estimate,
#'   std.error, std.error.hc3, nobs, df.residual, sigma, r.squared, kappa. A
#'   row with a missing value is left out; an aliased term is NA; without
#'   degrees of freedom the errors are NA; HC3 is NA where a point has full
#'   leverage. The numbers are the same bits for any number of threads
#'   (`options(nidcode.threads = 2)`).
#' @section Method:
#' As in [code_dependence()]: Householder QR of scaled, centred columns and one
#' refinement in twice the working precision. HC3 is
#' \eqn{\sum_i W_{ij}^2 e_i^2/(1-h_i)^2}, W the weights by which coefficient j
#' is made of the y.
#' @section Errors:
#' `nidcode_error_argument` (lengths, types), `_not_finite`, `_not_numeric`.
#' @family dependence
#' @examples
#' fit_groups(ural$grp_pc, ural$year, ural$region)
#' @export
fit_groups <- function(y, x, group = NULL, intercept = TRUE) {
  call <- rlang::current_env()
  check_flag(intercept)
  y <- numeric_values(y, "y", call)
  x <- regressor_matrix(x, length(y), call)
  if (!is.null(group) && length(group) != length(y)) {
    stop_argument("group", "as long as `y`", group, call)
  }
  keep <- if (anyNA(y) || anyNA(x)) !is.na(y) & rowSums(is.na(x)) == 0
  if (!is.null(keep)) {
    y <- y[keep]
    x <- x[keep, , drop = FALSE]
    group <- group[keep]
  }
  sorted <- sort_groups(group, length(y), call)
  if (!is.null(sorted$row)) {
    y <- y[sorted$row]
    x <- x[sorted$row, , drop = FALSE]
  }
  k <- ncol(x)
  fits <- fit_groups_cpp(x, y, sorted$first, seq_len(k), rep(1L, k),
                         intercept, get_threads())
  terms <- c(if (intercept) "(Intercept)", colnames(x))
  times <- length(terms)
  size <- diff(sorted$first)
  # rep(each = ) is several times slower on long vectors.
  each <- function(v) as.vector(matrix(v, times, length(v), byrow = TRUE))
  plain_table(list(
    group = sorted$keys[each(seq_along(size))], term = rep(terms, length(size)),
    estimate = nan_to_na(as.vector(fits$estimate)),
    std.error = nan_to_na(as.vector(fits$std.error)),
    std.error.hc3 = nan_to_na(as.vector(fits$std.error.hc3)),
    nobs = each(size), df.residual = each(size - fits$rank),
    sigma = nan_to_na(each(fits$sigma)),
    r.squared = nan_to_na(each(fits$r.squared)),
    kappa = each(fits$kappa)
  ), times * length(size))
}

regressor_matrix <- function(x, n, call) {
  if (is.data.frame(x)) {
    columns <- lapply(names(x), \(name) numeric_values(x[[name]], name, call))
    names(columns) <- names(x)
    x <- do.call(cbind, columns)
  } else if (!is.matrix(x)) {
    x <- matrix(numeric_values(x, "x", call), dimnames = list(NULL, "x"))
  }
  if (!is.numeric(x) || nrow(x) != n) {
    stop_argument("x", "numbers, a row for each `y`", x, call)
  }
  if (!is.double(x)) {
    storage.mode(x) <- "double"
  }
  if (is.null(colnames(x))) {
    colnames(x) <- paste0("x", seq_len(ncol(x)), recycle0 = TRUE)
  }
  if (count_missing_cpp(as.vector(x))[["infinite"]] > 0) {
    stop_nid("not_finite", "`x` has infinite values.", columns = "x",
             call = call)
  }
  x
}

# Rows at which groups start (from 0), and the order if they are not together.
sort_groups <- function(group, n, call) {
  if (is.null(group)) {
    return(list(first = c(0L, n), keys = 1L))
  }
  if (!is.atomic(group) || is.raw(group) || anyNA(group)) {
    stop_argument("group", "a vector without missing values", group, call)
  }
  # Numbers by value, factors by level, text by its bytes in any locale.
  code <- if (is.factor(group)) as.integer(group) else group
  if (!is.numeric(code) || is.object(code)) {
    code <- match(code, sorted(unique(code)))
  }
  row <- NULL
  first <- group_starts_cpp(code)
  if (is.null(first)) {
    row <- order(code, method = "radix")
    first <- group_starts_cpp(code[row])
  }
  keys <- group[if (is.null(row)) first[-length(first)] + 1L else
    row[first[-length(first)] + 1L]]
  list(first = first, row = row,
       keys = if (is.factor(keys)) droplevels(keys) else keys)
}
