# What a relevance table is computed from: counts of items and pairs for each
# group, and under a design the weighted shares with their covariance. The
# respondents themselves are not kept. Items beyond `n.items` are the codes'
# "any of its items".

fit_shares <- function(ticks, groups, design, n_items = ncol(ticks)) {
  id <- groups$id - 1L
  weighted <- !is.null(design)
  if (weighted) {
    # Someone of weight zero is no respondent, but still a sampled unit.
    id[!(design$weight > 0)] <- -1L
  }
  pairs <- count_pairs_cpp(ticks, id, groups$n, n_items, get_threads())
  n <- group_matrix(pairs, \(table) diag(table$both), ticks)
  count <- group_matrix(pairs, \(table) diag(table$ticked), ticks)
  fit <- list(
    source = "respondents", weighted = weighted, items = items_of(ticks),
    n.items = n_items, keys = groups$keys, groups = groups$n,
    pairs = pairs, count = count, n = n
  )
  if (weighted) {
    return(c(fit, design_shares(ticks, id, groups$n, design)))
  }
  estimate <- nan_to_na(count / n)
  c(fit, list(
    estimate = estimate,
    variance = estimate * (1 - estimate) / n,
    df = matrix(Inf, nrow(n), ncol(n)),
    n_zero = n,
    within = lapply(seq_along(pairs), \(g) pair_vcov(pairs[[g]], estimate[, g]))
  ))
}

# A matrix without a column forgets that its names are text.
items_of <- function(ticks) as.character(colnames(ticks))

group_matrix <- function(x, f, ticks) {
  matrix(vapply(x, f, numeric(ncol(ticks))), ncol(ticks), length(x))
}

# Covariance of the shares of independent respondents, from counts of pairs:
# sum over those who answered both of (x_i - p_i)(x_j - p_j) / (n_i n_j).
pair_vcov <- function(table, p) {
  n <- diag(table$both)
  sum <- table$ticked - t(table$first) * p - t(t(table$first) * p) +
    outer(p, p) * table$both
  sum / outer(n, n)
}

design_shares <- function(ticks, id, groups, design) {
  if (!is.null(design$outside) && is.null(design$psu)) {
    return(replicate_shares(ticks, id, groups, design))
  }
  out <- weighted_shares_cpp(ticks, design$weight, id, groups, design$psu,
                             design$stratum, design$remains)
  out$estimate <- nan_to_na(out$estimate)
  # The kernel's NaN: a sum of no respondents, the variance of one unit.
  out$within <- lapply(out$within, nan_to_na)
  out$across <- lapply(out$across, nan_to_na)
  if (!is.null(design$outside)) {
    out[c("within", "across")] <- outside_vcov(ticks, id, groups, design, out)
  }
  unasked <- is.na(out$estimate)
  out$df[unasked] <- NA
  list(
    estimate = out$estimate,
    variance = variance_of(out$within, dim(out$estimate)),
    df = out$df,
    df_design = length(design$stratum) - length(design$remains),
    n_zero = out$weight^2 / out$weight_square,
    within = out$within, across = out$across
  )
}

variance_of <- function(within, dim) {
  matrix(vapply(within, diag, numeric(dim[1L])), dim[1L], dim[2L])
}

# Several stages, calibration, lonely units: the survey package's own variance
# of our linearised shares.
outside_vcov <- function(ticks, id, groups, design, shares) {
  d <- design$outside
  vcov <- \(z) unname(survey::svyrecvar(z, d$cluster, d$strata, d$fpc,
                                        postStrata = d$postStrata))
  z <- lapply(seq_len(groups), \(g) {
    part <- t((t(ticks) - shares$estimate[, g]) / shares$weight[, g])
    part[is.na(part) | id != g - 1L] <- 0
    part * design$weight
  })
  list(
    within = lapply(z, vcov),
    across = lapply(seq_len(ncol(ticks)), \(i) {
      vcov(vapply(z, \(part) part[, i], numeric(nrow(ticks))))
    })
  )
}

# Replicate weights: every share again under every replicate.
replicate_shares <- function(ticks, id, groups, design) {
  d <- design$outside
  answered <- !is.na(ticks)
  zero <- replace(ticks, !answered, 0L)
  shares <- \(w) {
    out <- vapply(seq_len(groups) - 1L, \(g) {
      wg <- w * (id == g)
      colSums(zero * wg) / colSums(answered * wg)
    }, numeric(ncol(ticks)))
    as.vector(out)
  }
  estimate <- shares(design$weight)
  replicates <- stats::weights(d, "analysis")
  if (!isTRUE(d$combined.weights)) {
    replicates <- as.matrix(replicates)
  }
  theta <- t(apply(as.matrix(replicates), 2L, shares))
  v <- unname(as.matrix(survey::svrVar(theta, d$scale, d$rscales,
                                       mse = d$mse, coef = estimate)))
  p <- ncol(ticks)
  at <- matrix(seq_len(p * groups), p, groups)
  kish <- vapply(seq_len(groups) - 1L, \(g) {
    wg <- design$weight * (id == g)
    colSums(answered * wg)^2 / colSums(answered * wg^2)
  }, numeric(p))
  estimate <- matrix(replace(estimate, is.nan(estimate), NA), p, groups)
  within <- lapply(seq_len(groups), \(g) v[at[, g], at[, g], drop = FALSE])
  list(
    estimate = estimate, variance = variance_of(within, dim(estimate)),
    df = matrix(survey::degf(d), p, groups),
    df_design = survey::degf(d), n_zero = matrix(kish, p, groups),
    within = within,
    across = lapply(seq_len(p), \(i) v[at[i, ], at[i, ], drop = FALSE])
  )
}

# The table of a fit.
new_relevance <- function(fit, method, conf_level, simultaneous) {
  fit$method <- method
  fit$conf_level <- conf_level
  fit$simultaneous <- simultaneous
  m <- seq_len(fit$n.items)
  at <- expand.grid(i = m, g = seq_len(fit$groups))
  cell <- cbind(at$i, at$g)
  interval <- share_intervals(fit, cell, conf_level)
  ranks <- lapply(seq_len(fit$groups), \(g) {
    rank_intervals(fit, g, 1 - conf_level, simultaneous)
  })
  rank_of <- \(name) as.integer(unlist(lapply(ranks, `[[`, name)))
  key <- lapply(fit$keys, \(x) x[at$g])
  codes <- if (is.null(fit$codes)) rep(NA_character_, length(m)) else fit$codes
  columns <- c(
    list(item = fit$items[at$i], code = codes[at$i]), key,
    list(
      count = as_count(ifelse(fit$n[cell] > 0, fit$count[cell], NA)),
      n = as_count(fit$n[cell]), estimate = fit$estimate[cell],
      std.error = sqrt(fit$variance[cell]),
      conf.low = interval$low, conf.high = interval$high,
      rank = rank_of("rank"), rank.low = rank_of("rank.low"),
      rank.high = rank_of("rank.high"), df = fit$df[cell]
    )
  )
  new_nid_table(columns, "relevance", relevance_facts(fit), fit)
}

# Intervals of chosen cells (item, group); the family is the table's items.
share_intervals <- function(fit, cell, conf_level,
                            simultaneous = fit$simultaneous) {
  m <- sum(!is.na(fit$estimate[seq_len(fit$n.items), ]))
  alpha <- family_alpha(conf_level, m, simultaneous)
  out <- if (fit$weighted) {
    design_interval(fit$estimate[cell], fit$variance[cell], fit$n[cell],
                    fit$df[cell], fit$n_zero[cell], alpha, fit$method)
  } else {
    count_interval(fit$count[cell], fit$n[cell], alpha, fit$method)
  }
  lapply(out, as.double)
}

relevance_facts <- function(fit) {
  n <- fit$n[seq_len(fit$n.items), ]
  n <- n[!is.na(n)]
  base <- if (length(n) > 0L) {
    paste(unique(whole(range(n))), collapse = " to ")
  }
  list(
    title = "Relevance", keys = c("item", names(fit$keys)),
    from = if (fit$source == "counts") "published counts" else
      if (fit$exclusive) "one answer each" else "any number of answers each",
    base = base,
    errors = if (fit$weighted) "design-based",
    interval = fit$method,
    simultaneous = if (fit$simultaneous != "none") fit$simultaneous,
    level = fit$conf_level
  )
}
