# The survey's error in Code NID: weights from relevance_weights() are
# estimates, and a scheme keeps their covariance.

# Adds g' Var(w) g to the variance of every sum of a plan. Rates are linear in
# the values of a code given their tuning, so dNID/dw_k is the same sum of the
# series dD/dw_k. The two errors are independent; the weights' own error is
# taken as normal, so that the degrees of freedom (Welch, Satterthwaite) grow
# with its share. Without an error of the rate there is none to add to.
# All sums rest on the same weights: `shared` is the part of each error that
# they have in common, `own` the rest.
add_weight_error <- function(law, fit, plan) {
  vcov <- attr(fit$def$panel$scheme, "vcov", exact = TRUE)
  if (is.null(vcov) || without_errors(law$std.error)) {
    return(law)
  }
  pillars <- !is.null(unlist(fit$def$factors))
  if (fit$def$aggregate != "mean" || pillars) {
    inform_nid("not_linear",
               paste0("The sampling error of the weights is not carried into ",
                      if (pillars) "pillars that lack indicators." else
                        paste0("a ", fit$def$aggregate, " mean.")))
    return(law)
  }
  law$own <- law[c("std.error", "df")]
  law$shared <- weight_loadings(weight_gradient(fit, plan, colnames(vcov)),
                                vcov)
  unit <- row_scales(cbind(law$std.error, law$shared))
  extra <- rowSums((law$shared / unit)^2)
  before <- (law$std.error / unit)^2
  after <- before + extra
  law$std.error <- sqrt(after) * unit
  moved <- !is.na(extra) & extra > 0
  law$df[moved] <- (law$df * (after / before)^2)[moved]
  law
}

# How the errors of sums that share some belong together: of each its own error,
# independent of the others, and its loadings on errors common to all, which
# are independent, normal and of variance 1. NULL where nothing is shared.
shared_law <- function(law) {
  if (!is.null(law$shared)) c(law$own, law["shared"])
}

# That of a table of Code NID. Without a law of their own its errors are those
# of the table, independent.
basic_law <- function(x, call = rlang::caller_env()) {
  law <- get_spec(x)$law
  if (is.null(law)) {
    return(table_law(x))
  }
  if (!is_intact(x)) {
    stop_nid("needs_fit",
             c("This table no longer fits the errors that its regions share.",
               i = paste0("Rows or columns were changed; use the table as the ",
                          "verb gave it.")), call = call)
  }
  law
}

# Covariance of all sums.
law_covariance <- function(law) {
  n <- length(law$std.error)
  out <- if (is.null(law$shared)) matrix(0, n, n) else tcrossprod(law$shared)
  out[!is.finite(out)] <- NA_real_
  diag(out) <- known_squares(
    row_root_sum_squares(cbind(law$std.error, law$shared))
  )
  out
}

# Derivative of every sum by the weight of every named indicator, sums in
# rows. Codes are multiplied by their own weight in the formula.
weight_gradient <- function(fit, plan, names) {
  fit <- freeze_fit(fit)
  places <- sum_places(plan_sizes(plan))
  out <- matrix(0, plan_total(plan), length(names), dimnames = list(NULL, names))
  for (i in seq_along(fit$codes)) {
    whole <- without_unsure(code_series(fit, i))
    if (length(whole$of) == 0L) next
    sums <- plan_sums(fit, plan, i)
    shares <- code_shares(fit, i)
    present <- present_weights(fit, shares$parts)
    at <- places(whole$region)
    for (k in which(shares$parts$names %in% names)) {
      s <- weight_series(whole, k, shares, present)
      out[at, shares$parts$names[k]] <- fit$codes[[i]]$weight *
        estimate_series(s, sums = sums)$sum.estimate
    }
  }
  out
}

# dD/dw_k = (z_k - D)/sum w at the rows where k counts, else 0.
weight_series <- function(s, k, shares, present) {
  rows <- series_rows(s)
  part <- code_share(shares, k)[rows]
  part[is.na(part)] <- 0
  s$value <- present$here[rows, k] *
    (part / shares$parts$weight[k] - s$value / present$total[rows])
  s
}

# Which indicators count at each row of the panel, and the sum of their
# weights: everywhere in a region that ever observes them under
# `missing = "constant"`, where they are observed under "available".
present_weights <- function(fit, parts) {
  panel <- fit$def$panel
  region <- row_region(panel)
  here <- vapply(seq_along(parts$names), \(k) {
    based <- !is.na(rep_len(parts$inverse[[k]], n_regions(panel)))
    seen <- if (parts$missing == "available") {
      !is.na(parts$x[[k]])
    } else {
      indicator_seen(fit, parts$names[k])[region]
    }
    seen & based[region]
  }, logical(length(region)))
  here <- matrix(here, length(region))
  total <- numeric(nrow(here))
  for (k in seq_len(ncol(here))) {
    total <- total + here[, k] * row_weights(parts, k, seq_along(total))
  }
  list(here = here, total = total)
}

# What uncertain weights add to quantities (one a row of `grad`, its derivatives
# by each weight): loadings L on independent errors of variance 1, so that
# L L' = g' Var(w) g. Columns are matched to the covariance by name; weights
# without one are certain.
weight_loadings <- function(grad, vcov) {
  grad <- if (is.matrix(grad)) grad else matrix(grad, 1L, dimnames = list(
    NULL, names(grad)))
  if (!is.null(colnames(grad)) && !is.null(colnames(vcov))) {
    known <- intersect(colnames(grad), colnames(vcov))
    grad <- grad[, known, drop = FALSE]
    vcov <- vcov[known, known, drop = FALSE]
  }
  unname(grad) %*% matrix_root(vcov)
}

# R with R R' = m, for covariances of any rank.
matrix_root <- function(m) {
  e <- eigen(unname(m), symmetric = TRUE)
  e$vectors %*% diag(sqrt(pmax(e$values, 0)), nrow(m))
}
