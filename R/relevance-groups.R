#' Does an item's relevance differ between groups of respondents
#'
#' Every pair of groups, for each item.
#'
#' @section Tests:
#' Plain counts: the score test (`prop.test(correct = FALSE)`), or Fisher's
#' exact test where an expected count is below 5, and Newcombe's (1998) hybrid
#' score interval of the difference. Under a design: the t of the difference
#' with the covariance between the groups, which share clusters and strata.
#' `glance()` gives one test of all groups per item: the chi-squared of
#' `prop.test()`, under a design the F of Wald's test.
#'
#' @param x <nid_relevance> From [relevance()] or [relevance_counts()] with
#'   `by`.
#' @param adjust <chr> Adjustment over all rows of the result, one of
#'   [stats::p.adjust.methods].
#' @return `nid_comparison`: `item`, `group1`, `group2` (the keys of `by`,
#'   joined by ", "), `difference`, `test` ("score", "fisher" or "t"),
#'   `statistic` (`NA` for Fisher's), `p.value`, `p.adjusted`, `conf.low`,
#'   `conf.high`. An item that a group was not asked has `NA`.
#' @section Errors:
#' `nidcode_error_argument` with fewer than two groups,
#' `nidcode_error_needs_fit`.
#' @references Newcombe (1998) Statistics in Medicine 17, 873-890.
#' @family survey
#' @examples
#' printed <- data.frame(
#'   item = rep(c("lending", "fairs"), each = 2),
#'   who = rep(c("enterprise", "authority"), 2),
#'   count = c(80, 40, 20, 30), n = rep(c(110, 70), 2)
#' )
#' compare_groups(relevance_counts(printed, by = "who"))
#' @export
compare_groups <- function(x, adjust = "holm") {
  call <- rlang::current_env()
  fit <- relevance_fit(x, call)
  check_choice(adjust, stats::p.adjust.methods, "adjust", call = call)
  if (fit$groups < 2L) {
    stop_nid("argument",
             c("There is only one group of respondents.",
               i = "Name the groups in `by` of relevance()."),
             argument = "x", call = call)
  }
  pair <- all_pairs(fit$groups)
  items <- seq_len(fit$n.items)
  at <- list(item = rep(items, each = length(pair$i)),
             g = rep(pair$i, length(items)), h = rep(pair$j, length(items)))
  tests <- if (fit$weighted) groups_design(fit, at) else
    groups_counts(fit, at)
  label <- group_labels(fit$keys)
  columns <- c(
    list(item = fit$items[at$item], group1 = label[at$g], group2 = label[at$h]),
    tests[c("difference", "test", "statistic", "p.value")],
    list(p.adjusted = stats::p.adjust(tests$p.value, adjust)),
    tests[c("conf.low", "conf.high")]
  )
  new_nid_table(
    columns, "comparison",
    list(title = "Groups of respondents", kind = "groups",
         keys = c("item", "group1", "group2"),
         test = unique(tests$test[!is.na(tests$test)]), adjusted = adjust,
         level = fit$conf_level),
    list(overall = overall_groups(fit))
  )
}

# `keys`: a list, or columns of a data frame; those of no column say "".
group_labels <- function(keys) {
  if (length(keys) == 0L) {
    return(rep("", NROW(keys)))
  }
  do.call(paste, c(lapply(unname(keys), as.character), sep = ", "))
}

groups_counts <- function(fit, at) {
  one <- cbind(at$item, at$g)
  two <- cbind(at$item, at$h)
  x1 <- fit$count[one]
  n1 <- fit$n[one]
  x2 <- fit$count[two]
  n2 <- fit$n[two]
  none <- is.na(x1) | is.na(x2) | n1 == 0 | n2 == 0
  x1[none] <- n1[none] <- x2[none] <- n2[none] <- NA
  pooled <- (x1 + x2) / (n1 + n2)
  d <- x1 / n1 - x2 / n2
  spread <- pooled * (1 - pooled) * (1 / n1 + 1 / n2)
  score <- ifelse(spread > 0, d^2 / spread, 0)
  expected <- pmin(n1, n2) * pmin(pooled, 1 - pooled)
  fisher <- which(expected < 5)
  p <- stats::pchisq(score, 1, lower.tail = FALSE)
  # Many small groups have few different tables.
  table <- paste(whole(x1[fisher]), whole(n1[fisher]), whole(x2[fisher]),
                 whole(n2[fisher]))
  first <- fisher[!duplicated(table)]
  p[fisher] <- vapply(first, \(k) fisher_p(x1[k], n1[k], x2[k], n2[k]),
                      numeric(1))[match(table, unique(table))]
  score[fisher] <- NA
  limits <- interval_independent(x1, n1, x2, n2, 1 - fit$conf_level)
  list(difference = d, statistic = score, p.value = p,
       test = ifelse(is.na(p), NA, ifelse(expected < 5, "fisher", "score")),
       conf.low = limits$low, conf.high = limits$high)
}

# fisher.test() knows no counts beyond integers. The variance of x1 given the
# margins is below each expected count, here below 5, so that nothing lies a
# thousand away from its mean.
fisher_p <- function(x1, n1, x2, n2) {
  k <- x1 + x2
  middle <- round(k * (n1 / (n1 + n2)))
  at <- seq(max(0, k - n2, middle - 1000), min(k, n1, middle + 1000))
  at <- union(at, x1)
  d <- stats::dhyper(at, n1, n2, k, log = TRUE)
  min(1, sum(exp(d[d <= d[at == x1] + 1e-7])))
}

groups_design <- function(fit, at) {
  entry <- \(g, h) vapply(seq_along(at$item), \(k) {
    fit$across[[at$item[k]]][g[k], h[k]]
  }, numeric(1))
  d <- fit$estimate[cbind(at$item, at$g)] - fit$estimate[cbind(at$item, at$h)]
  variance <- entry(at$g, at$g) + entry(at$h, at$h) - 2 * entry(at$g, at$h)
  df <- if (fit$df_design > 0) fit$df_design else NA_real_
  std.error <- sqrt(pmax(variance, 0))
  statistic <- ifelse(std.error > 0, d / std.error, NA)
  half <- quantile_t(1 - fit$conf_level, df) * std.error
  list(difference = d, statistic = statistic,
       p.value = 2 * stats::pt(-abs(statistic), df),
       test = ifelse(is.na(d), NA, "t"),
       conf.low = d - half, conf.high = d + half)
}

overall_groups <- function(fit) {
  rows <- lapply(seq_len(fit$n.items), \(i) {
    there <- which(!is.na(fit$estimate[i, ]))
    if (fit$weighted) wald_groups(fit, i, there) else
      chisq_groups(fit, i, there)
  })
  c(list(item = fit$items[seq_len(fit$n.items)]), overall_columns(rows))
}

chisq_groups <- function(fit, i, there) {
  x <- fit$count[i, there]
  n <- fit$n[i, there]
  p <- sum(x) / sum(n)
  q <- sum((x - n * p)^2 / (n * p * (1 - p)))
  df <- length(there) - 1
  q <- if (df < 1) NA_real_ else if (is.nan(q)) 0 else q
  list(method = "score chi-squared", statistic = q, df = df, df2 = Inf,
       p.value = stats::pchisq(q, df, lower.tail = FALSE), n = sum(n))
}

wald_groups <- function(fit, i, there) {
  k <- length(there)
  n <- sum(fit$n[i, there])
  if (k < 2L) {
    return(wald_f(numeric(), matrix(0, 0, 0), 0, n))
  }
  contrast <- cbind(rep(1, k - 1L), -diag(k - 1L))
  v <- contrast %*% fit$across[[i]][there, there] %*% t(contrast)
  wald_f(drop(contrast %*% fit$estimate[i, there]), v, fit$df_design, n)
}
