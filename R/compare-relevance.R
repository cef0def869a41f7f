#' Which items really differ
#'
#' Every pair of items of the same respondents, compared on those who answered
#' both.
#'
#' @section Respondents:
#' With b who ticked only the first and c only the second, `p.value` is the
#' exact McNemar test (`binom.test(b, b + c)`), `statistic` McNemar's
#' \eqn{(b-c)^2/(b+c)} and the interval of the difference Tango's (1998) score
#' interval. Under a design `statistic` is the t of the difference of the two
#' shares, each on its own base, with its interval. `glance()` gives Cochran's
#' Q of all items together (under a design, the F of Wald's test).
#'
#' @section Published counts:
#' The number who ticked both is unknown: with n asked and k1, k2 ticks the
#' discordant pairs can be \eqn{|k_1-k_2|,\dots,\min(k_1+k_2,
#' 2n-k_1-k_2)}{|k1 - k2|, ..., min(k1 + k2, 2n - k1 - k2)} in steps of two.
#' The exact p-value never falls as they grow, so `p.low` and `p.high` are its
#' values at the two ends; `p.adjusted` adjusts `p.high`. `differs` says
#' "whatever the overlap" (`p.high` below 1 - `conf_level`), "for no overlap"
#' (`p.low` not below it) or "depends". Items with different bases cannot be
#' paired: `NA`.
#'
#' @param x <nid_relevance> From [relevance()] or [relevance_counts()].
#' @param adjust <chr> Adjustment over the pairs of a group, one of
#'   [stats::p.adjust.methods].
#' @return `nid_comparison`: `item1`, `item2`, the columns of `by`,
#'   `difference` (share of item1 less that of item2), then from respondents
#'   `statistic`, `p.value`, `p.adjusted`, `conf.low`, `conf.high`; from counts
#'   `p.low`, `p.high`, `p.adjusted`, `conf.low`, `conf.high` (over every
#'   overlap), `differs`.
#' @section Errors:
#' `nidcode_error_needs_fit`, `nidcode_error_argument`.
#' @references Tango (1998) Statistics in Medicine 17. Cochran (1950)
#'   Biometrika 37.
#' @family survey
#' @examples
#' printed <- data.frame(item = c("lending", "taxation", "agreements"),
#'                       count = c(138, 122, 74))
#' compare_relevance(relevance_counts(printed, n = 208))
#' @export
compare_relevance <- function(x, adjust = "holm") {
  call <- rlang::current_env()
  fit <- relevance_fit(x, call)
  check_choice(adjust, stats::p.adjust.methods, "adjust", call = call)
  make <- if (fit$source == "counts") pairs_from_counts else
    pairs_from_respondents
  rows <- \(tests, g) {
    key <- lapply(fit$keys, \(k) k[rep(g, length(tests$i))])
    c(list(item1 = fit$items[tests$i], item2 = fit$items[tests$j]), key,
      make(tests, adjust, 1 - fit$conf_level))
  }
  # The first, of no pairs, gives the columns where there is no group.
  groups <- c(list(rows(no_pairs(fit$weighted), 0L)),
              lapply(seq_len(fit$groups), \(g) rows(pair_tests(fit, g), g)))
  columns <- do.call(Map, c(list(\(...) concatenate(list(...))), groups))
  new_nid_table(columns, "comparison", comparison_facts(fit, adjust),
                list(overall = overall_tests(fit)))
}

# c() of factors is only since R 4.1.0 what it should be.
concatenate <- function(x) {
  if (is.factor(x[[1L]])) {
    return(factor(unlist(lapply(x, as.character)), levels(x[[1L]])))
  }
  do.call(c, x)
}

pairs_from_respondents <- function(tests, adjust, alpha) {
  limits <- if (is.null(tests$std.error)) {
    interval_paired(tests$counts$b, tests$counts$c, tests$counts$n, alpha)
  } else {
    half <- quantile_t(alpha, tests$df) * tests$std.error
    list(low = tests$difference - half, high = tests$difference + half)
  }
  list(difference = tests$difference, statistic = tests$statistic,
       p.value = tests$p.value,
       p.adjusted = stats::p.adjust(tests$p.value, adjust),
       conf.low = as.double(limits$low), conf.high = as.double(limits$high))
}

pairs_from_counts <- function(tests, adjust, alpha) {
  at <- \(d) {
    b <- (d + tests$difference * tests$n) / 2
    interval_paired(round(b), round(d - b), tests$n, alpha)
  }
  fewest <- at(tests$fewest)
  most <- at(tests$most)
  differs <- ifelse(tests$p.value < alpha, "whatever the overlap",
                    ifelse(tests$p.low < alpha, "depends", "for no overlap"))
  list(difference = tests$difference, p.low = tests$p.low,
       p.high = tests$p.value,
       p.adjusted = stats::p.adjust(tests$p.value, adjust),
       conf.low = as.double(pmin(fewest$low, most$low)),
       conf.high = as.double(pmax(fewest$high, most$high)),
       differs = as.character(differs))
}

comparison_facts <- function(fit, adjust) {
  test <- if (fit$source == "counts") {
    if (fit$exclusive) "exact McNemar, one answer each" else
      "exact McNemar over every overlap"
  } else if (fit$weighted) {
    "design-based t"
  } else {
    "exact McNemar"
  }
  list(title = "Pairs of items", kind = "items",
       keys = c("item1", "item2", names(fit$keys)), test = test,
       adjusted = adjust, level = fit$conf_level)
}

# All items of a group together: one row a group.
overall_tests <- function(fit) {
  rows <- lapply(seq_len(fit$groups), \(g) {
    if (fit$source == "counts" && !fit$exclusive) {
      return(list(method = "Cochran Q (needs respondents)", statistic = NA,
                  df = NA, df2 = NA, p.value = NA, n = NA))
    }
    if (fit$weighted) wald_items(fit, g) else cochran_q(fit, g)
  })
  c(lapply(fit$keys, identity), overall_columns(rows))
}

overall_columns <- function(rows) {
  out <- columns_of(rows, c("method", "statistic", "df", "df2", "p.value",
                            "n"), text = "method")
  out$n <- as_count(out$n)
  out
}

# Q = (k - 1)(k sum C^2 - (sum C)^2)/(k sum L - sum L^2), C the ticks of each
# item and L of each respondent; sum L^2 is the sum of the table of pairs.
cochran_q <- function(fit, g) {
  if (fit$source == "counts") {
    ticks <- fit$count[, g]
    squares <- sum(ticks)
    n <- if (length(ticks) > 0L) max(fit$n[, g]) else 0
  } else {
    at <- seq_len(fit$n.items)
    table <- fit$pairs[[g]]$complete[at, at, drop = FALSE]
    ticks <- diag(table)
    squares <- sum(table)
    n <- fit$pairs[[g]]$n_complete
  }
  k <- length(ticks)
  below <- k * sum(ticks) - squares
  q <- (k - 1) * (k * sum(ticks^2) - sum(ticks)^2) / below
  q <- if (isTRUE(below > 0 && n > 0)) q else NA_real_
  list(method = "Cochran Q", statistic = q, df = max(k - 1, 0), df2 = Inf,
       p.value = stats::pchisq(q, k - 1, lower.tail = FALSE), n = n)
}

wald_items <- function(fit, g) {
  at <- which(!is.na(fit$estimate[seq_len(fit$n.items), g]))
  if (length(at) < 2L) {
    return(wald_f(numeric(), matrix(0, 0, 0), 0, sum(fit$n[at, g])))
  }
  if (fit$exclusive) {
    # The shares of one answer each add to 1: one of them says nothing new.
    at <- utils::head(at, -1L)
    target <- 1 / (length(at) + 1)
    return(wald_f(fit$estimate[at, g] - target,
                  fit$within[[g]][at, at, drop = FALSE],
                  min(fit$df[at, g]), min(fit$n[at, g])))
  }
  contrast <- cbind(rep(1, length(at) - 1L), -diag(length(at) - 1L))
  wald_f(drop(contrast %*% fit$estimate[at, g]),
         contrast %*% fit$within[[g]][at, at, drop = FALSE] %*% t(contrast),
         min(fit$df[at, g]), min(fit$n[at, g]))
}

# F of Wald's test with the small-sample factor of Korn & Graubard (1990).
wald_f <- function(d, v, df, n) {
  k <- length(d)
  out <- list(method = "Wald F", statistic = NA_real_, df = k, df2 = NA_real_,
              p.value = NA_real_, n = n)
  if (k == 0L || anyNA(v) || !(df > k - 1)) {
    return(out)
  }
  fact <- qr(v)
  if (fact$rank < k) {
    return(out)
  }
  out$df2 <- df - k + 1
  out$statistic <- sum(d * qr.solve(fact, d)) * out$df2 / (df * k)
  out$p.value <- stats::pf(out$statistic, k, out$df2, lower.tail = FALSE)
  out
}
