# Which items really stand above which. Ranks are read off the pairs that
# differ, so that nothing is assumed about the shape of the errors.

# Exact McNemar: b and c are fair coin tosses if the two items are equally
# relevant. Twice the smaller tail, at most 1.
mcnemar_exact <- function(b, c) {
  p <- 2 * stats::pbinom(pmin(b, c), b + c, 0.5)
  ifelse(b + c == 0, 1, pmin(1, p))
}

all_pairs <- function(m) {
  at <- which(upper.tri(matrix(FALSE, m, m)), arr.ind = TRUE)
  at <- at[order(at[, 1L], at[, 2L]), , drop = FALSE]
  list(i = unname(at[, 1L]), j = unname(at[, 2L]))
}

# The shape of pair_tests() without a pair.
no_pairs <- function(weighted) {
  none <- double()
  list(i = integer(), j = integer(),
       counts = list(b = none, c = none, n = none), difference = none,
       statistic = none, fewest = none, most = none, n = none, p.low = none,
       p.value = none, std.error = if (weighted) none, df = none)
}

# Every pair of items in group g of a fit: difference (of those who answered
# both), McNemar's chi-squared or t, and the p-value. From counts, p.value is
# the largest over every overlap.
pair_tests <- function(fit, g) {
  pair <- all_pairs(fit$n.items)
  if (fit$source == "counts") {
    return(pair_tests_counts(fit, g, pair))
  }
  counts <- pair_counts(fit$pairs[[g]], pair)
  if (fit$weighted) {
    return(pair_tests_design(fit, g, pair, counts))
  }
  discordant <- counts$b + counts$c
  none <- counts$n == 0
  list(
    i = pair$i, j = pair$j, counts = counts,
    difference = (counts$b - counts$c) / ifelse(none, NA, counts$n),
    statistic = ifelse(discordant == 0, ifelse(none, NA, 0),
                       (counts$b - counts$c)^2 / discordant),
    p.value = ifelse(none, NA, mcnemar_exact(counts$b, counts$c))
  )
}

# b: ticked i, answered j without ticking it; c the other way round.
pair_counts <- function(table, pair) {
  at <- cbind(pair$i, pair$j)
  back <- cbind(pair$j, pair$i)
  list(b = table$first[at] - table$ticked[at],
       c = table$first[back] - table$ticked[at],
       n = table$both[at])
}

pair_tests_design <- function(fit, g, pair, counts) {
  v <- fit$within[[g]]
  d <- fit$estimate[pair$i, g] - fit$estimate[pair$j, g]
  variance <- v[cbind(pair$i, pair$i)] + v[cbind(pair$j, pair$j)] -
    2 * v[cbind(pair$i, pair$j)]
  df <- pmin(fit$df[pair$i, g], fit$df[pair$j, g])
  df[!(df > 0)] <- NA
  # All tick one and none the other: no variance was seen, but the signs of
  # the discordant respondents still speak.
  flat <- !is.na(variance) & variance <= 0
  statistic <- ifelse(flat, NA, d / sqrt(pmax(variance, 0)))
  p <- 2 * stats::pt(-abs(statistic), df)
  p <- ifelse(flat, mcnemar_exact(counts$b, counts$c), p)
  list(i = pair$i, j = pair$j, counts = counts, difference = unname(d),
       statistic = unname(statistic), p.value = unname(p),
       std.error = sqrt(pmax(variance, 0)), df = unname(df))
}

# From counts alone the number who ticked both is unknown. With n asked and
# k1, k2 ticks the discordant pairs are |k1 - k2|, ..., min(k1 + k2,
# 2n - k1 - k2) in steps of two. Adding a discordant pair on each side never
# lowers the p-value: P(Bin(d + 2) <= k + 1) = P(Bin(d) <= k) +
# (P(Bin(d) = k + 1) - P(Bin(d) = k))/4, and k + 1 <= (d + 1)/2. So the two
# ends are the extremes.
pair_tests_counts <- function(fit, g, pair) {
  k1 <- fit$count[pair$i, g]
  k2 <- fit$count[pair$j, g]
  n <- fit$n[pair$i, g]
  # Items with bases of their own: who answered both is unknown too.
  n[is.na(n) | n != fit$n[pair$j, g] | n == 0] <- NA
  fewest <- abs(k1 - k2)
  most <- pmin(k1 + k2, 2 * n - k1 - k2)
  if (fit$exclusive) {
    fewest <- most <- k1 + k2
  }
  p <- \(d) {
    b <- (d + k1 - k2) / 2
    p <- mcnemar_exact(b, d - b)
    unname(as.double(replace(p, is.na(n), NA)))
  }
  list(i = pair$i, j = pair$j, difference = unname((k1 - k2) / n),
       fewest = unname(fewest), most = unname(most), n = unname(n),
       p.low = p(fewest), p.value = p(most))
}

# Which of K two-sided p-values, each double a one-sided one, are significant
# together at `alpha`. Holm over the 2K one-sided statements, so that the
# directions are covered as well.
significant <- function(p, alpha) {
  p[is.na(p)] <- 1
  order <- order(p)
  k <- seq_along(p)
  ok <- p[order] / 2 <= alpha / (2 * length(p) - k + 1)
  out <- logical(length(p))
  out[order[cumsum(!ok) == 0]] <- TRUE
  out
}

# Rank, and the ranks that the data cannot exclude: 1 + the number of items
# shown to be above, and m - the number shown to be below. Marginal: the m - 1
# comparisons of one item share the error; simultaneous: all pairs do.
rank_intervals <- function(fit, g, alpha, simultaneous) {
  m <- fit$n.items
  estimate <- fit$estimate[seq_len(m), g]
  there <- !is.na(estimate)
  rank <- rep(NA_integer_, m)
  rank[there] <- rank(-estimate[there], ties.method = "min")
  tests <- pair_tests(fit, g)
  p <- sign <- matrix(NA_real_, m, m)
  p[cbind(tests$i, tests$j)] <- p[cbind(tests$j, tests$i)] <- tests$p.value
  sign[cbind(tests$i, tests$j)] <- sign(tests$difference)
  sign[cbind(tests$j, tests$i)] <- -sign(tests$difference)
  differ <- matrix(FALSE, m, m)
  if (simultaneous == "none") {
    for (i in which(there)) {
      others <- setdiff(which(there), i)
      differ[i, others] <- significant(p[i, others], alpha)
    }
  } else {
    both <- upper.tri(p) & outer(there, there, `&`)
    differ[both] <- significant(p[both], alpha)
    differ <- differ | t(differ)
  }
  above <- rowSums(differ & sign < 0, na.rm = TRUE)
  below <- rowSums(differ & sign > 0, na.rm = TRUE)
  list(
    rank = rank,
    rank.low = ifelse(there, 1L + as.integer(above), NA_integer_),
    rank.high = ifelse(there, sum(there) - as.integer(below), NA_integer_)
  )
}
