# The survey's error in Code NID: weights from relevance_weights() are
# estimates, and a scheme keeps their covariance.

# Adds g' Var(w) g to the variance of every sum of a plan. Rates are linear in
# the values of a code given their tuning, so dNID/dw_k is the same sum of the
# series dD/dw_k. The two errors are independent; the weights' own error is
# taken as normal, so that the degrees of freedom (Welch, Satterthwaite) grow
# with its share. Without an error of the rate there is none to add to.
add_weight_error <- function(sums, fit, plan) {
  vcov <- attr(fit$def$panel$scheme, "vcov", exact = TRUE)
  if (is.null(vcov) || is.null(sums$se) || all(is.na(sums$se))) {
    return(sums)
  }
  if (fit$def$aggregate != "mean") {
    inform_nid("not_linear",
               paste0("The sampling error of the weights is not carried into ",
                      "a ", fit$def$aggregate, " mean."))
    return(sums)
  }
  gradient <- weight_gradient(fit, plan, colnames(vcov))
  unit <- row_scales(cbind(sums$se, gradient))
  extra <- weight_variance(gradient / unit, vcov)
  before <- (sums$se / unit)^2
  after <- before + extra
  sums$se <- sqrt(after) * unit
  moved <- !is.na(extra) & extra > 0
  sums$df[moved] <- (sums$df * (after / before)^2)[moved]
  sums
}

# Derivative of every sum by the weight of every named indicator, sums in
# rows. Codes are multiplied by their own weight in the formula.
weight_gradient <- function(fit, plan, names) {
  fit <- freeze_fit(fit)
  pattern <- plan$times$pattern
  size <- ifelse(pattern > 0L, plan$k[pmax(pattern, 1L)],
                 plan$empty %||% 1L)
  end <- cumsum(size)
  out <- matrix(0, sum(size), length(names), dimnames = list(NULL, names))
  for (i in seq_along(fit$codes)) {
    parts <- code_parts(fit$def, fit$codes[[i]]$code)
    present <- present_weights(fit, parts)
    sums <- code_sums(fit, plan, i)
    shares <- code_shares(fit, i)
    whole <- series_values(fit, i)
    for (k in which(parts$names %in% names)) {
      s <- weight_series(whole, k, shares, present)
      if (length(s$series) == 0L) next
      r <- evaluate_sums(fit, i, s, sums)
      at <- sequence(size[s$series],
                     from = end[s$series] - size[s$series] + 1L)
      out[at, parts$names[k]] <- fit$codes[[i]]$weight * r$sum.estimate
    }
  }
  out
}

# dD/dw_k = (z_k - D)/sum w at the rows where k counts, else 0.
weight_series <- function(s, k, shares, present) {
  rows <- if (is.null(s$rows)) seq_along(s$value) else s$rows
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
  region <- rep(seq_len(n_regions(panel)), diff(panel$offset))
  here <- vapply(seq_along(parts$names), function(k) {
    based <- !is.na(rep_len(parts$inverse[[k]], n_regions(panel)))
    seen <- if (parts$missing == "available") {
      !is.na(parts$x[[k]])
    } else {
      indicator_seen(fit, parts$names[k])[region]
    }
    seen & based[region]
  }, logical(length(region)))
  here <- matrix(here, length(region))
  list(here = here, total = drop(here %*% parts$weight))
}
