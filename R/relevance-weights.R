#' Relevance as weights of a scheme
#'
#' Turns the relevance of survey items into weights of the indicators that
#' measure them, with the sampling covariance of those weights, so that
#' [basic_code()] can carry the survey's error into the code.
#'
#' @section Formula:
#' The raw weight of an indicator is the mean relevance of its items,
#' \eqn{v = M p} with M the averaging map. Within each code the weights are
#' divided by their sum,
#' \eqn{w_k = v_k/\sum_{j \in c} v_j}{w_k = v_k/sum_j v_j},
#' which is how a code uses them anyway. With V the covariance of the shares,
#' the covariance of w is \eqn{J M V M' J'} (delta method), where
#' \eqn{J_{kj} = (\delta_{kj} - w_k)/\sum v}{J_kj = (1(k = j) - w_k)/sum v}
#' within a code and 0 between codes.
#'
#' A code is \eqn{D = \sum w_k z_k/\sum w_k}, so
#' \eqn{\partial \mathrm{NID}/\partial w_k = (\mathrm{NID}_k -
#' \mathrm{NID}_c)/\sum w}{dNID/dw_k = (NID_k - NID_c)/sum w}, with NID_k the
#' accumulated rate of indicator k alone. With the gradient g the weights add
#' \eqn{g' \mathrm{Var}(w) g}{g'Var(w)g} to the variance of the code: survey and
#' measurement errors are independent. The derivative is given the tuning of the
#' rate (see [contributions()]); [basic_code()], [code_path()] and
#' [code_model()] carry it, for codes that are a weighted mean and rates that
#' have an error of their own. [industrial_code()] does not.
#'
#' From published counts the covariance between items is unknown, and taken as
#' 0; a message says so. People who tick many items make it positive, and the
#' error of normalised weights then smaller.
#'
#' @param x <nid_relevance> Of one group, from [relevance()] or
#'   [relevance_counts()].
#' @param map <data.frame> Columns `item` and `indicator`: which items speak
#'   for which indicator. A column `code` gives the code within which the
#'   weights add to 1; without it the item's code in `x`, else one code for all.
#' @return `nid_weights`: weights named by indicator, with the attributes
#'   `vcov` (a matrix named by indicator) and `code`. Hand it to
#'   `code_scheme(weight = )`, which matches it by name. `c()` joins it with
#'   fixed weights, which have no error.
#' @section Errors:
#' `nidcode_error_needs_fit`; `nidcode_error_argument` for a map that does not
#' fit; `nidcode_error_weights` if the items of a code have no relevance;
#' message `nidcode_message_needs_respondents` from counts.
#' @family survey
#' @examples
#' answers <- data.frame(lending = c(1, 1, 0, 1), tax = c(1, 0, 0, 1),
#'                       fairs = c(0, 0, 1, 1))
#' r <- relevance(answers, names(answers))
#' map <- data.frame(item = c("lending", "tax", "fairs"),
#'                   indicator = c("investment", "investment", "internet"))
#' relevance_weights(r, map)
#' @export
relevance_weights <- function(x, map) {
  call <- rlang::current_env()
  fit <- relevance_fit(x, call)
  if (fit$groups != 1L) {
    stop_argument("x", "the relevance of one group of respondents", x, call)
  }
  map <- read_map(map, fit, call)
  indicators <- unique(map$indicator)
  average <- outer(indicators, map$indicator, `==`) * 1
  average <- average / rowSums(average)
  at <- match(map$item, fit$items)
  raw <- drop(average %*% fit$estimate[at, 1L])
  vcov <- average %*% share_vcov(fit)[at, at] %*% t(average)
  code <- map$code[match(indicators, map$indicator)]
  total <- rowsum(raw, code)[code, 1L]
  if (any(!(total > 0))) {
    stop_nid("weights",
             paste0("The items of code ", some_of(unique(code[!(total > 0)])),
                    " have no relevance at all."),
             values = unique(code[!(total > 0)]), call = call)
  }
  weight <- raw / total
  jacobian <- (diag(length(raw)) - weight) * outer(code, code, `==`) / total
  vcov <- jacobian %*% vcov %*% t(jacobian)
  new_nid_weights(weight, (vcov + t(vcov)) / 2, indicators, code)
}

new_nid_weights <- function(weight, vcov, indicators, code) {
  dimnames(vcov) <- list(indicators, indicators)
  structure(as.double(weight), names = indicators, vcov = vcov,
            code = unname(code), class = "nid_weights")
}

read_map <- function(map, fit, call) {
  check_data_frame(map, "map", call = call)
  check_columns(map, c("item", "indicator"), "map", call = call)
  read <- intersect(c("item", "indicator", "code"), names(map))
  map <- sapply(read, \(name) plain_labels(map[[name]], name, call),
                simplify = FALSE)
  unknown <- setdiff(map$item, fit$items[seq_len(fit$n.items)])
  unknown <- c(unknown, map$item[is.na(map$indicator)])
  if (length(unknown) > 0L) {
    stop_nid("argument",
             c(paste0("`map` has no match for item ", some_of(unknown), "."),
               i = paste0("The items are ", some_of(fit$items, 20L), ".")),
             argument = "map", columns = unknown, call = call)
  }
  empty <- is.na(fit$estimate[match(map$item, fit$items), 1L])
  if (any(empty)) {
    stop_nid("argument",
             paste0("The relevance of item ", some_of(map$item[empty]),
                    " is unknown."),
             argument = "map", columns = map$item[empty], call = call)
  }
  if (is.null(map$code)) {
    map$code <- if (is.null(fit$codes)) rep("all", length(map$item)) else
      fit$codes[match(map$item, fit$items)]
  }
  check_map_codes(map, call)
  map
}

check_map_codes <- function(map, call) {
  pairs <- unique(data.frame(map[c("indicator", "code")]))
  twice <- unique(pairs$indicator[duplicated(pairs$indicator)])
  bad <- union(twice, pairs$indicator[is.na(pairs$code)])
  if (length(bad) > 0L) {
    stop_nid("argument",
             paste0("Indicator ", some_of(bad), " must belong to one code."),
             argument = "map", columns = bad, call = call)
  }
}

# Covariance of the items' shares. Unknown between published counts, unless
# each respondent chose one item: then -p_i p_j / n.
share_vcov <- function(fit) {
  if (fit$source == "respondents") {
    return(fit$within[[1L]])
  }
  p <- fit$estimate[, 1L]
  if (fit$exclusive) {
    v <- -outer(p, p) / fit$n[, 1L]
    diag(v) <- fit$variance[, 1L]
    return(v)
  }
  inform_nid("needs_respondents",
             c(paste0("From counts nobody knows who ticked which items ",
                      "together."),
               i = "The shares are taken as uncorrelated."))
  diag(fit$variance[, 1L], length(p))
}

#' @rdname relevance_weights
#' @param object A `nid_weights`.
#' @param ... Empty; in `c()`, weights to join.
#' @export
vcov.nid_weights <- function(object, ...) attr(object, "vcov", exact = TRUE)

#' @rdname relevance_weights
#' @export
print.nid_weights <- function(x, ...) {
  cat("# Weights from relevance, with standard errors.\n")
  shown <- utils::head(seq_along(x), 12L)
  table <- cbind(weight = unclass(x)[shown],
                 std.error = sqrt(diag(vcov(x)))[shown])
  rownames(table) <- names(x)[shown]
  print(signif(table, 4))
  if (length(x) > length(shown)) {
    cat("# and ", length(x) - length(shown), " more\n", sep = "")
  }
  invisible(x)
}

#' @rdname relevance_weights
#' @export
c.nid_weights <- function(...) {
  parts <- list(...)
  weight <- unlist(lapply(parts, \(x) {
    stats::setNames(as.double(x), names(x))
  }))
  vcov <- matrix(0, length(weight), length(weight))
  code <- rep(NA_character_, length(weight))
  from <- 0L
  for (part in parts) {
    at <- from + seq_along(part)
    if (inherits(part, "nid_weights")) {
      vcov[at, at] <- vcov(part)
      code[at] <- attr(part, "code")
    }
    from <- from + length(part)
  }
  new_nid_weights(weight, vcov, names(weight), code)
}

#' @export
`[.nid_weights` <- function(x, i) {
  v <- vcov(x)
  plain <- stats::setNames(as.double(x), names(x))
  at <- stats::setNames(seq_along(plain), names(plain))[i]
  if (anyNA(at)) {
    return(plain[i])
  }
  new_nid_weights(plain[at], v[at, at, drop = FALSE], names(plain)[at],
                  attr(x, "code")[at])
}
