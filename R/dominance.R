#' What holds under every admissible choice
#'
#' Which region stands above which whatever weights and choices are taken of
#' those that are admissible: exactly, nothing is sampled.
#'
#' @section How it is made:
#' Under a linear rate the difference of two regions is
#' \deqn{NID_r - NID_s = \sum_c W_c \sum_k \omega_{ck} D_{ck}}{
#'   NID_r - NID_s = sum_c W_c sum_k omega_ck D_ck}
#' with D the difference of what each indicator alone makes of Code NID. Its
#' least value over shares \eqn{\omega}{omega} between bounds fills the smallest
#' D first; with noisy weights, or where an indicator is missing in both, it is
#' the least ratio of two sums (Dinkelbach's steps). The same is done once more
#' over the weights of codes, and over all combinations of levels.
#'
#' @param model <nid_model>.
#' @param choices <nid_choices>: weights by [weights_simplex()] or
#'   [weights_noisy()], and levels.
#' @param tuning <chr> "own"; or "frozen", for a rate that is tuned to each
#'   series: its smoothing stays that under the model's weights, of every
#'   combination of levels.
#' @return `nid_dominance`, a tibble with a row for each ordered pair: region
#'   column, `over`, `least` and `most`, the smallest and largest difference
#'   over all choices, `verdict` ("always above", "always below", "depends";
#'   "not compared" where codes of the two miss different indicators),
#'   `turns.on`, of
#'   pairs that depend: the indicator whose weight alone turns the sign, nearest
#'   to the model's, or a level (`factor = level`) that does, else "several at
#'   once", all from the combination of levels that is the model's own (where
#'   none is, the first); `weight.at`, the share of that indicator in its code,
#'   the others in proportion, at which they tie.
#'   `summary()`, a row a region: `best.rank` and `worst.rank`, which no choice
#'   passes (1 and those always above, all less those always below);
#'   `best.drawn` and `worst.drawn`, the best and worst of `n` draws of
#'   [code_sensitivity()], which some choice reaches; `exact`: both agree.
#' @section Errors: `nidcode_error_not_linear`: a rate that is tuned to the
#'   series, a mean that is not arithmetic; `_choices`: draws without bounds
#'   ([weights_dirichlet()], [weights_relevance()], a range of `half_life`,
#'   `posterior`); `_size`.
#' @source Lorenz, Brauer and Lorenz (2016), Rank-optimal weighting or "How to
#'   be best in the OECD Better Life Index?", arXiv 1608.04556.
#' @concept robust ranking
#' @family choices
#' @examples
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status",
#'                     rate = rate_difference())
#' d <- code_dominance(model, code_choices(weights = weights_simplex(0.1, 0.6)))
#' d
#' summary(d)
#' @export
code_dominance <- function(model, choices, tuning = "own") {
  call <- rlang::current_env()
  check_sensitivity(model, choices, "basic", call)
  check_choice(tuning, c("own", "frozen"))
  n <- length(model$panel$regions)
  if (n > pairs_most) {
    stop_nid("size", c(paste0("Pairs of ", count_of(n, "region"),
                              " are too many."),
                       i = paste0("There may be ", whole_text(pairs_most),
                                  " regions.")), n = n, limit = pairs_most,
             call = call)
  }
  check_bounded(choices, call)
  study <- new_study(model, choices, "none", call)
  study$frozen <- tuning == "frozen"
  cells <- dominance_cells(study)
  found <- lapply(cells, least_of_cell)
  dominance_table(study, cells, found, choices)
}

# Only what has bounds, or levels, has a least difference.
check_bounded <- function(choices, call) {
  for (f in choices$factors) {
    bad <- switch(f$kind,
      range = "is drawn from a range: give levels, as `influence`",
      posterior = "has no bounds",
      weights = if (!f$choice$kind %in% c("simplex", "noisy")) {
        paste0("has no bounds (", f$choice$words,
               "): use weights_simplex() or weights_noisy()")
      })
    if (!is.null(bad)) stop_choices(f$name, NULL, bad, call = call)
  }
}

# ---- Combinations of levels --------------------------------------------------

# What each combination makes of every indicator alone, with the bounds of the
# weights: a list of combinations.
dominance_cells <- function(study) {
  drawn <- vapply(study$factors, `[[`, "", "kind") == "weights"
  open <- study$factors[drawn]
  study$factors <- study$factors[!drawn]
  size <- vapply(study$factors, \(f) length(f$levels), 1L)
  if (prod(size) > combinations_most) {
    stop_nid("size", paste0(whole_text(prod(size)), " combinations of levels, ",
                            "of at most ", whole_text(combinations_most), "."),
             n = prod(size), limit = combinations_most, call = study$call)
  }
  pick <- unname(as.matrix(expand.grid(c(lapply(size, seq_len), list(1L)))))
  pick <- pick[, seq_along(size), drop = FALSE]
  cells <- cut_cells(study, lapply(size, seq_len), pick)
  out <- unlist(lapply(cells, \(cell) {
    if (is.null(cell$product)) stop_not_linear(cell, study)
    lapply(seq_along(cell$draws$column), \(j) {
      c(dominance_parts(study, cell, j, open),
        list(said = combination_said(study, pick[cell$draws$column[j], ]),
             column = cell$draws$column[j]))
    })
  }), recursive = FALSE)
  out[order(vapply(out, `[[`, 1L, "column"))]
}

combinations_most <- 5000

combination_said <- function(study, pick) {
  vapply(seq_along(study$factors), \(j) {
    f <- study$factors[[j]]
    paste0(f$name, " = ", f$labels[pick[j]])
  }, "")
}

stop_not_linear <- function(cell, study) {
  def <- cell$fit$def
  tuned <- cell$fit$rate$facts$tuned == "series" && !study$frozen
  why <- if (def$aggregate != "mean") {
    paste0("a ", def$aggregate, " mean is not linear")
  } else if (tuned) {
    paste0("it needs a linear rate: that by ", cell$fit$rate$words,
           " is tuned anew with the weights")
  } else {
    "codes that lack indicators here and there are not linear in the weights"
  }
  stop_nid("not_linear",
           c(paste0("No choice can be said to hold always: ", why, "."),
             i = if (tuned) {
               "Use rate_local(), or tuning = \"frozen\"."
             } else if (def$missing == "available") {
               "Use missing = \"constant\" in code_model()."
             }), call = study$call)
}

# `part`, indicator x region of the model, code by code; `here`, where it is;
# bounds of the weights of indicators and of codes.
dominance_parts <- function(study, cell, j, open) {
  p <- cell$product
  name <- rownames(cell$draws$weight)
  code <- cell$base$panel$scheme[["code"]]
  codes <- rownames(cell$draws$code_weight)
  own <- cell$draws$weight[, j]
  base <- cell$base$panel$scheme[["weight"]]
  # Whoever is left out is missing in all regions; its share goes to the others.
  weight <- stats::setNames(if (is.null(open$weights)) own else base, name)
  use <- order(match(code, codes))
  use <- use[weight[use] > 0]
  at <- match(name[use], p$name)
  tau <- cell$tau[, cell$draws$time$of[j]]
  regions <- length(p$pattern)
  sum <- rowsum_columns(p$rate * rep(tau[p$place], each = length(p$name)),
                        p$offset)
  here <- p$here[, p$pattern, drop = FALSE]
  part <- sum[at, cell$region, drop = FALSE]
  seen <- here[at, cell$region, drop = FALSE] & own[use] > 0
  seen[is.na(seen)] <- FALSE
  part[!seen] <- 0
  list(part = unname(part), here = unname(seen), name = name[use],
       code = code[use], codes = codes, share = code_shares_of(own, code)[use],
       first = c(0L, cumsum(tabulate(match(code[use], codes),
                                     length(codes)))),
       weight = open_bounds(open$weights, weight[use], code[use], study$call),
       code_weight = open_bounds(open$code_weights, stats::setNames(
         cell$draws$code_weight[, j], codes), rep("", length(codes)),
         study$call),
       shares = cell$draws$code_weight[, j],
       total = sum(cell$draws$code_weight[, j]),
       none = p$none[cell$region] | is.na(study$nominal))
}

rowsum_columns <- function(x, offset) {
  owner <- rep(seq_len(length(offset) - 1L), diff(offset))
  out <- matrix(0, nrow(x), length(offset) - 1L)
  if (length(owner) > 0L) {
    sums <- rowsum(t(x), owner)
    out[, as.integer(rownames(sums))] <- t(sums)
  }
  out
}

# Shares of weights within each group.
code_shares_of <- function(weight, group) {
  total <- rowsum(weight, group)
  out <- unname(weight / total[match(group, rownames(total)), 1L])
  replace(out, is.nan(out), 0)
}

# Bounds of weights by group; those that stand still are both bounds. Shares add
# up to 1, noisy weights to whatever they do.
open_bounds <- function(factor, weight, group, call) {
  share <- code_shares_of(weight, group)
  if (is.null(factor)) {
    return(list(low = share, high = share, cut = TRUE))
  }
  if (factor$choice$kind == "noisy") {
    relative <- factor$choice$args$relative
    return(list(low = share * (1 - relative), high = share * (1 + relative),
                cut = FALSE))
  }
  low <- high <- share
  for (at in split(seq_along(weight), group)) {
    bounds <- share_bounds(factor$choice, names(weight)[at], call)
    low[at] <- bounds$low
    high[at] <- pmax(bounds$high, bounds$low)
  }
  list(low = low, high = high, cut = TRUE)
}

least_of_cell <- function(cell) {
  out <- least_differences_cpp(cell$part, cell$here * 1L, cell$first,
                               cell$weight, cell$code_weight, cell$total,
                               get_threads())
  key <- apply(cell$here, 2L, \(x) paste(as.integer(x), collapse = ""))
  out[outer(key, key, `!=`)] <- NaN
  out[cell$none, ] <- out[, cell$none] <- NA
  out
}

# ---- The table ---------------------------------------------------------------

# Differences of this share of the largest part are rounding.
tie_share <- 1e-12

dominance_table <- function(study, cells, found, choices) {
  least <- Reduce(pmin, found)
  size <- max(0, unlist(lapply(cells, \(cell) max(abs(cell$part), 0))))
  tie <- tie_share * size * max(vapply(cells, `[[`, 1, "total"))
  n <- length(study$regions)
  at <- cbind(rep(seq_len(n), each = n), rep(seq_len(n), n))
  at <- at[at[, 1L] != at[, 2L], , drop = FALSE]
  low <- least[at]
  high <- -least[at[, 2:1, drop = FALSE]]
  verdict <- ifelse(is.nan(low), "not compared",
                    ifelse(low > tie, "always above",
                           ifelse(high < -tie, "always below", "depends")))
  turns <- turning_points(cells, model_cell(cells, study$nominal), at,
                          which(verdict == "depends"))
  regions <- study$panel$regions
  key <- region_column(study$panel)
  key[] <- lapply(key, \(x) x[at[, 1L]])
  sure <- sum(verdict %in% "always above")
  new_nid_table(c(key, list(
    over = as.character(regions)[at[, 2L]], least = nan_to_na(low),
    most = nan_to_na(high), verdict = verdict, turns.on = turns$on,
    weight.at = turns$at)), "dominance", list(
      title = "Order of regions under every admissible choice",
      keys = c(region = names(key), over = "over"),
      choices = vapply(unname(choices$factors), `[[`, "", "name"),
      combinations = length(cells), tuning = if (study$frozen) "frozen",
      notes = c(if (study$frozen) {
        "Exact for the smoothing frozen under the model's weights."
      }, if (any(verdict %in% "not compared")) {
        paste0("Pairs of which codes miss different indicators are not ",
               "compared.")
      }, paste0(count_of(sure, "pair"), " of ", n * (n - 1) / 2,
                " in one order always."))),
    fit = list(study = study, choices = choices, verdict = verdict, at = at))
}

# ---- Where the sign turns ----------------------------------------------------

# Of pairs (rows of `at`) that depend: what alone turns the sign, and the share
# at which it does, from combination `own` under the model's weights.
turning_points <- function(cells, own, at, rows) {
  out <- list(on = rep(NA_character_, nrow(at)), at = rep(NA_real_, nrow(at)))
  if (length(rows) == 0L) {
    return(out)
  }
  out$on[rows] <- "several at once"
  now <- nominal_gaps(cells[[own]], at[rows, , drop = FALSE])
  level <- turning_level(cells, own, at[rows, , drop = FALSE], now)
  out$on[rows] <- ifelse(is.na(level), out$on[rows], level)
  tie <- turning_weights(cells[[own]], at[rows, , drop = FALSE], now)
  has <- !is.na(tie$at)
  out$on[rows[has]] <- tie$name[has]
  out$at[rows[has]] <- tie$at[has]
  out
}

# The combination of levels that is the model's own, else the first.
model_cell <- function(cells, nominal) {
  known <- which(!is.na(nominal))
  own <- vapply(cells, \(cell) {
    off <- abs(nominal_values(cell) - nominal)[known]
    isTRUE(max(off, 0) <= 1e-9 * max(abs(nominal[known]), 0))
  }, NA)
  c(which(own), 1L)[1L]
}

# Code NID under the model's weights, and the difference of each pair.
nominal_values <- function(cell) colSums(cell$part * nominal_shares(cell))

nominal_gaps <- function(cell, at) {
  value <- nominal_values(cell)
  value[at[, 1L]] - value[at[, 2L]]
}

# W_c w_k over the weights that are there, indicator x region.
nominal_shares <- function(cell) {
  weight <- cell$share * cell$here
  total <- rowsum(weight, cell$code)
  out <- weight / total[match(cell$code, rownames(total)), , drop = FALSE]
  out[is.nan(out)] <- 0
  out * cell$shares[match(cell$code, cell$codes)]
}

# The first level that, alone changed, turns the sign under the model's weights.
turning_level <- function(cells, own, at, now) {
  out <- rep(NA_character_, nrow(at))
  for (cell in cells[-own]) {
    moved <- which(cell$said != cells[[own]]$said)
    if (length(moved) != 1L) next
    turned <- is.na(out) & sign(nominal_gaps(cell, at)) != sign(now)
    out[turned %in% TRUE] <- cell$said[moved]
  }
  out
}

# The indicator whose share ties a pair nearest to the model's, the others in
# proportion, within what the bounds allow.
turning_weights <- function(cell, at, now) {
  d <- cell$part[, at[, 1L], drop = FALSE] - cell$part[, at[, 2L],
                                                       drop = FALSE]
  weight <- nominal_shares(cell)[, at[, 1L], drop = FALSE]
  best <- rep(Inf, nrow(at))
  out <- list(name = rep(NA_character_, nrow(at)),
              at = rep(NA_real_, nrow(at)))
  for (k in seq_along(cell$name)) {
    mine <- cell$code == cell$code[k]
    total <- cell$shares[match(cell$code[k], cell$codes)]
    own <- weight[k, ] / total
    code <- colSums((d * weight)[mine, , drop = FALSE])
    others <- (code / total - own * d[k, ]) / (1 - own)
    share <- own - now / (total * (d[k, ] - others))
    reach <- share_reach(cell, k, which(mine))
    far <- abs(share - own)
    better <- is.finite(share) & share >= reach[1L] & share <= reach[2L] &
      far < best & cell$here[k, at[, 1L]]
    better[is.na(better)] <- FALSE
    best[better] <- far[better]
    out$name[better] <- cell$name[k]
    out$at[better] <- share[better]
  }
  out
}

# How far the share of one indicator may move, the others in proportion.
share_reach <- function(cell, k, mine) {
  low <- cell$weight$low
  high <- cell$weight$high
  others <- setdiff(mine, k)
  own <- cell$share[others]
  if (length(others) == 0L || sum(own) == 0) {
    return(c(1, 0))
  }
  if (!cell$weight$cut) {
    return(c(low[k] / (low[k] + sum(high[others])),
             high[k] / (high[k] + sum(low[others]))))
  }
  part <- own / sum(own)
  used <- part > 0
  slack <- 1e-12
  c(max(low[k], 1 - min((high[others] / part)[used])) - slack,
    min(high[k], 1 - max((low[others] / part)[used])) + slack)
}

#' @rdname code_dominance
#' @param object <nid_dominance>.
#' @param n <int> Draws.
#' @param ... Empty.
#' @export
summary.nid_dominance <- function(object, n = 1000, ...) {
  call <- rlang::current_env()
  rlang::check_dots_empty()
  fit <- need_fit(object, "made by code_dominance()", call)
  check_number(n, min = draws_least, whole = TRUE)
  study <- fit$study
  regions <- length(study$regions)
  count <- function(what, side) {
    tabulate(fit$at[fit$verdict %in% what, side], regions)
  }
  known <- !is.na(study$nominal)
  best <- 1L + count("always below", 1L)
  worst <- sum(known) - count("always above", 1L)
  drawn <- if (study$frozen) NULL else drawn_ranks(fit, n)
  inner <- list(best = drawn$best %||% rep(NA_integer_, regions),
                worst = drawn$worst %||% rep(NA_integer_, regions))
  plain_table(c(region_column(study$panel), list(
    best.rank = replace(best, !known, NA_integer_),
    worst.rank = replace(worst, !known, NA_integer_),
    best.drawn = inner$best, worst.drawn = inner$worst,
    exact = best == inner$best & worst == inner$worst)), regions)
}

drawn_ranks <- function(fit, n) {
  if (length(fit$choices$factors) == 0L) {
    return(NULL)
  }
  levels <- all(vapply(fit$choices$factors, \(f) f$kind != "weights", NA))
  s <- suppressMessages(code_sensitivity(
    fit$study$model, fit$choices, "basic", n,
    method = if (levels) "auto" else "draws"))
  run <- get_fit(s)$run
  rank <- run$rank[, seq_len(run$draws), drop = FALSE]
  list(best = as.integer(apply(rank, 1L, min)),
       worst = as.integer(apply(rank, 1L, max)))
}
