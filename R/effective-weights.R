#' How much each indicator decides
#'
#' The weight of an indicator in a scheme is what its designer meant; how much
#' it decides which region stands where depends on how much it varies and on what
#' it varies with. The effective weight is the indicator's share in the variance
#' of the whole across regions.
#'
#' @section How it is made:
#' A whole is the sum of the parts of its indicators exactly, and so is its
#' variance of their covariances with it:
#' \deqn{effective_k = Cov(part_k, whole)/Var(whole), \quad
#'   \sum_k effective_k = 1}{effective_k = Cov(part_k, whole)/Var(whole), which
#'   add to 1}
#' Of "basic" the whole is Code NID and its parts are those of
#' [contributions()]; of "defining" it is a defining code, its parts are
#' \eqn{w_k s_k z_k/\sum w}{w_k s_k z_k/sum w}, and deviations are those from the
#' mean of all regions at each time.
#'
#' A share below 0 belongs to an indicator that works against the others.
#'
#' @param x <nid_model> or <nid_rates>.
#' @param of <chr> "basic" or "defining".
#' @return `nid_effective_weights`: `indicator`, `code`, `weight` (its nominal
#'   share of the whole), `effective`; both add to 1 (of "defining" in each
#'   code). `NA` where regions do not differ, or there is only one.
#' @section Errors:
#' `nidcode_error_not_linear` under a geometric or harmonic mean or rank
#' normalisation, `_argument`.
#' @source Paruolo, Saisana & Saltelli (2013), Ratings and rankings: voodoo or
#'   science? Journal of the Royal Statistical Society A 176, on nominal weights
#'   and importance.
#' @concept importance of indicators
#' @family choices
#' @examples
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' effective_weights(model)
#' effective_weights(model, of = "defining")
#' @export
effective_weights <- function(x, of = "basic") {
  call <- rlang::current_env()
  check_choice(of, c("basic", "defining"), "of", call = call)
  fit <- rates_fit(x, call)
  check_linear(fit$def, call)
  codes <- used_codes(fit$def)
  parts <- lapply(codes$code, \(code) parts_of_code(fit$def, code))
  share <- lapply(parts, \(p) p$weight / sum(p$weight))
  if (of == "basic") {
    total <- sum(codes$weight)
    share <- Map(\(s, w) s * (if (total > 0) w / total else NA_real_), share,
                 codes$weight)
    effective <- shares_of_basic(x)
  } else {
    effective <- unlist(lapply(codes$code, \(code) {
      shares_of_code(fit$def, code)
    }))
  }
  names <- unlist(lapply(parts, `[[`, "names"))
  new_nid_table(with_labels(list(
    indicator = names, code = rep(codes$code, lengths(share)),
    weight = unlist(share), effective = unname(effective[names])
  ), fit$def$panel$scheme), "effective_weights", defining_facts(
    fit$def, if (of == "basic") "Effective weights in Code NID" else
      "Effective weights in the defining codes", "indicator"))
}

# Of the parts of each region, by indicator.
shares_of_basic <- function(x) {
  cells <- suppressMessages(contributions(x, "indicator"))
  key <- key_column(get_spec(cells), "region")
  region <- if (is.na(key)) rep(1L, nrow(cells)) else
    match(cells[[key]], unique(cells[[key]]))
  names <- unique(cells[["indicator"]])
  part <- matrix(0, max(region, 0L), length(names),
                 dimnames = list(NULL, names))
  part[cbind(region, match(cells[["indicator"]], names))] <-
    cells[["estimate"]]
  shares_of_variance(part)
}

# Of the parts of a code at each row, less the mean of the regions at its time.
shares_of_code <- function(def, code) {
  parts <- parts_of_code(def, code)
  total <- code_values(def, code, totals = TRUE)$value
  part <- vapply(seq_along(parts$names), \(k) {
    z <- values_of_part(def, parts, k) * row_weights(parts, k, seq_along(total))
    ifelse(is.na(z), 0, z) / total
  }, numeric(length(total)))
  part <- matrix(part, length(total), length(parts$names),
                 dimnames = list(NULL, parts$names))
  known <- !is.na(code_values(def, code)$value)
  when <- panel_column(def$panel, def$panel$index[["time"]])
  time <- match(when, unique(when))[known]
  part <- part[known, , drop = FALSE]
  n <- max(time, 0L)
  mean <- vapply(seq_len(ncol(part)), \(k) {
    rowsum_by(part[, k], time, n) / tabulate(time, n)
  }, numeric(n))
  shares_of_variance(part - matrix(mean, n, ncol(part))[time, , drop = FALSE])
}

shares_of_variance <- function(part) {
  if (nrow(part) < 2L) {
    return(stats::setNames(rep(NA_real_, ncol(part)), colnames(part)))
  }
  part <- part - rep(colMeans(part), each = nrow(part))
  whole <- rowSums(part)
  # What is left of equal regions after rounding is no spread.
  spread <- sum(whole^2)
  if (spread <= nrow(part) * (1e-12 * max(abs(part), 0))^2) {
    spread <- NA_real_
  }
  stats::setNames(as.vector(crossprod(part, whole)) / spread, colnames(part))
}
