#' Which base a printed table of percentages can have
#'
#' A percentage printed to one decimal is a whole count over a whole base. For
#' every base up to `n_max`, how many of the printed percentages a whole count
#' can give, and how many chance alone would.
#'
#' @section Formula:
#' A percentage P with d decimals is a *hit* of base n if a whole k exists with
#' \eqn{|100 k/n - P| \le 10^{-d}/2}{|100 k/n - P| <= 10^-d/2}; exact ties count
#' as either rounding. The arithmetic is in whole numbers. `expected` is the
#' number of entries times the share of the printable values 0.0, 0.1, ...,
#' 100.0 that base n can give at all, which grows to 1 at n =
#' 10^(d + 2): bases beyond that cannot be told apart. `p.value` is the binomial
#' chance of as many hits from percentages drawn evenly. It compares bases;
#' having looked at many, it is no test.
#'
#' @param percent <num> Printed percentages, 0 to 100.
#' @param n <int> Bases to check; `NULL` checks every base from 1 to `n_max`.
#' @param digits <int> Decimals printed, one number or one per entry.
#' @param n_max <int> Largest base to check when `n` is `NULL`.
#' @return `nid_audit`: `n`, `hits`, `expected`, `p.value`, a row per base.
#'   `tidy()` gives a row per entry under one base (by default the given or the
#'   best one, which has the smallest `p.value`, then the smallest `n`):
#'   `entry`, `percent`, `n`, `count`, `nearest` (the percentage that count gives),
#'   `hit`. `glance()`: `entries`, `n.best`, `hits`, `expected`, `sum` and
#'   `sum.low`, `sum.high`, what the sum can be before rounding.
#' @section Errors:
#' `nidcode_error_counts` for percentages outside 0 to 100 or with more
#' decimals than `digits`.
#' @concept GRIM test
#' @family survey
#' @examples
#' # Three shares of a sample: which base?
#' a <- audit_percentages(c(60.3, 27, 12.7), n_max = 100)
#' a[a$hits == 3, ]
#' tidy(audit_percentages(c(60.3, 27, 12.7), n = 63))
#' @export
audit_percentages <- function(percent, n = NULL, digits = 1, n_max = 2000) {
  call <- rlang::current_env()
  check_number(n_max, "n_max", min = 1, max = 1e6, whole = TRUE, call = call)
  digits <- check_digits(digits, length(percent), call)
  entries <- read_percent(percent, digits, call)
  bases <- read_bases(n, n_max, call)
  hits <- vapply(bases, \(n) sum(hit_count(entries, n)$hit), numeric(1))
  shares <- vapply(bases, \(n) printable_share(digits, n),
                   numeric(length(digits)))
  shares <- matrix(shares, length(digits), length(bases))
  expected <- colSums(shares)
  p <- vapply(seq_along(bases), \(k) tail_hits(hits[k], shares[, k]),
              numeric(1))
  best <- best_base(bases, p)
  at <- match(best, bases)
  new_nid_table(
    list(n = bases, hits = as.integer(hits), expected = expected, p.value = p),
    "audit",
    list(title = "Audit of percentages", keys = "n", entries = length(percent),
         decimals = unique(digits),
         "best base" = paste0(best, " (", hits[at], " fit, ",
                              sprintf("%.1f", expected[at]), " by chance)")),
    list(percent = percent, digits = digits, best = best)
  )
}

check_digits <- function(digits, m, call) {
  ok <- is.numeric(digits) && length(digits) %in% c(1L, m) &&
    all(is.finite(digits)) && all(digits >= 0 & digits <= 6) &&
    all(digits == round(digits))
  if (!ok) {
    stop_argument("digits", "a whole number from 0 to 6, or one per entry",
                  digits, call)
  }
  rep_len(as.double(digits), m)
}

# Whole numbers of the last printed digit.
read_percent <- function(percent, digits, call) {
  if (!is.numeric(percent) || length(percent) == 0L) {
    stop_argument("percent", "printed percentages", percent, call)
  }
  bad <- !is.finite(percent) | percent < 0 | percent > 100
  if (any(bad)) {
    stop_nid("counts", c("`percent` must be between 0 and 100.",
                         x = paste0("It holds ",
                                    some_of(format(percent[bad])), ".")),
             values = percent[bad], n = which(bad), call = call)
  }
  units <- round(percent * 10^digits)
  bad <- abs(units - percent * 10^digits) > 1e-6
  if (any(bad)) {
    stop_nid("counts", c("A percentage has more decimals than `digits` says.",
                         x = paste0("It is ", some_of(format(percent[bad])),
                                    ".")),
             values = percent[bad], n = which(bad), call = call)
  }
  list(units = units, scale = 10^(digits + 2))
}

read_bases <- function(n, n_max, call) {
  if (is.null(n)) {
    return(seq_len(n_max))
  }
  ok <- is.numeric(n) && length(n) > 0L && all(is.finite(n)) &&
    all(n >= 1 & n <= 1e6) && all(n == round(n))
  if (!ok) {
    stop_argument("n", "NULL or whole numbers from 1 to a million", n, call)
  }
  as.integer(n)
}

# The nearest whole count, and |100 k/n - P| <= half a last digit written
# without fractions: |2 scale k - 2 units n| <= n.
hit_count <- function(entries, n) {
  k <- floor((2 * entries$units * n + entries$scale) / (2 * entries$scale))
  list(count = k, hit = abs(2 * entries$scale * k - 2 * entries$units * n) <= n)
}

# Share of the scale + 1 printable values that k/n, k = 0..n, can give. An
# exact tie (2 scale k/n odd) rounds either way and gives two.
printable_share <- function(digits, n) {
  vapply(digits, \(d) {
    scale <- 10^(d + 2)
    if (n >= scale) {
      return(1)
    }
    common <- gcd(2 * scale, n)
    ties <- if ((2 * scale / common) %% 2 == 1) (common + 1) %/% 2 else 0
    min(1, (n + 1 + ties) / (scale + 1))
  }, numeric(1))
}

gcd <- function(a, b) {
  while (b > 0) {
    rest <- a %% b
    a <- b
    b <- rest
  }
  a
}

# P(at least `hits`), entries drawn evenly; exact also for mixed decimals.
tail_hits <- function(hits, share) {
  if (length(unique(share)) == 1L) {
    return(stats::pbinom(hits - 1, length(share), share[1L],
                         lower.tail = FALSE))
  }
  probability <- 1
  for (s in share) {
    probability <- c(probability * (1 - s), 0) + c(0, probability * s)
  }
  min(1, sum(probability[seq_along(probability) > hits]))
}

best_base <- function(bases, p) {
  bases[order(p, bases)[1L]]
}

#' @rdname audit_percentages
#' @param x A `nid_audit`.
#' @param ... Not used; other packages may pass arguments of their own.
#' @export
tidy.nid_audit <- function(x, n = NULL, ...) {
  check_foreign_dots(...)
  fit <- audit_fit(x, rlang::current_env())
  if (is.null(n)) {
    n <- fit$best
  }
  check_number(n, min = 1, max = 1e6, whole = TRUE)
  entries <- read_percent(fit$percent, fit$digits, rlang::current_env())
  found <- hit_count(entries, n)
  tibble::new_tibble(
    list(entry = seq_along(fit$percent), percent = fit$percent,
         n = rep(as.integer(n), length(fit$percent)),
         count = as.integer(found$count), nearest = 100 * found$count / n,
         hit = found$hit),
    nrow = length(fit$percent)
  )
}

#' @rdname audit_percentages
#' @export
glance.nid_audit <- function(x, ...) {
  check_foreign_dots(...)
  fit <- audit_fit(x, rlang::current_env())
  at <- match(fit$best, x[["n"]])
  half <- sum(0.5 * 10^(-fit$digits))
  sum <- sum(fit$percent)
  tibble::new_tibble(
    list(entries = length(fit$percent), n.best = fit$best,
         hits = x[["hits"]][at], expected = x[["expected"]][at], sum = sum,
         sum.low = sum - half, sum.high = sum + half),
    nrow = 1L
  )
}

audit_fit <- function(x, call) {
  need_fit(x, "the table of audit_percentages()", call)
}
