# Intervals of a share. Each method takes how many ticked (`x`, not always
# whole once it is an effective number), how many were asked (`n`) and the
# two-sided error `alpha`, and returns list(low, high).

# Those of `count_methods` need whole numbers.
count_methods <- c("wilson-modified", "jeffreys-modified")

interval_wilson <- function(x, n, alpha) {
  z <- stats::qnorm(alpha / 2, lower.tail = FALSE)
  p <- x / n
  middle <- (p + z^2 / (2 * n)) / (1 + z^2 / n)
  half <- z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2)) / (1 + z^2 / n)
  # At 0/n and n/n one limit is 0 or 1 but for rounding.
  list(low = ifelse(x == 0, 0, middle - half),
       high = ifelse(x == n, 1, middle + half))
}

interval_clopper_pearson <- function(x, n, alpha) {
  list(
    low = stats::qbeta(alpha / 2, x, n - x + 1),
    high = stats::qbeta(alpha / 2, x + 1, n - x, lower.tail = FALSE)
  )
}

interval_jeffreys <- function(x, n, alpha) {
  low <- stats::qbeta(alpha / 2, x + 0.5, n - x + 0.5)
  high <- stats::qbeta(alpha / 2, x + 0.5, n - x + 0.5, lower.tail = FALSE)
  list(low = ifelse(x == 0, 0, low), high = ifelse(x == n, 1, high))
}

# The logit is infinite at 0/n and n/n; there the exact interval stands in.
interval_logit <- function(x, n, alpha,
                           q = stats::qnorm(alpha / 2, lower.tail = FALSE)) {
  p <- x / n
  half <- q / sqrt(n * p * (1 - p))
  end <- x == 0 | x == n
  exact <- interval_clopper_pearson(x, n, alpha)
  list(
    low = ifelse(end, exact$low, stats::plogis(stats::qlogis(p) - half)),
    high = ifelse(end, exact$high, stats::plogis(stats::qlogis(p) + half))
  )
}

interval_agresti_coull <- function(x, n, alpha) {
  z <- stats::qnorm(alpha / 2, lower.tail = FALSE)
  m <- n + z^2
  p <- (x + z^2 / 2) / m
  half <- z * sqrt(p * (1 - p) / m)
  list(low = pmax(0, p - half), high = pmin(1, p + half))
}

# Brown, Cai & DasGupta (2001): plain Wilson covers only .84 of the time when
# about 0.18 ticks are expected; the lowest limits of the first counts are
# replaced by Poisson ones.
interval_wilson_modified <- function(x, n, alpha) {
  out <- interval_wilson(x, n, alpha)
  most <- ifelse(n <= 50, 2, 3)
  poisson <- \(k) stats::qchisq(alpha, 2 * pmax(k, 1)) / (2 * n)
  first <- x >= 1 & x <= most
  last <- n - x >= 1 & n - x <= most
  list(low = ifelse(first, pmin(out$low, poisson(x)), out$low),
       high = ifelse(last, pmax(out$high, 1 - poisson(n - x)), out$high))
}

# The same authors' repair of Jeffreys: exact limits at 0 and n, none at the
# near side of 1 and n - 1.
interval_jeffreys_modified <- function(x, n, alpha) {
  out <- interval_jeffreys(x, n, alpha)
  low <- ifelse(x == n, (alpha / 2)^(1 / n), ifelse(x == 1, 0, out$low))
  high <- ifelse(x == 0, 1 - (alpha / 2)^(1 / n),
                 ifelse(x == n - 1, 1, out$high))
  list(low = low, high = high)
}

intervals <- list(
  "wilson" = interval_wilson,
  "clopper-pearson" = interval_clopper_pearson,
  "jeffreys" = interval_jeffreys,
  "logit" = interval_logit,
  "agresti-coull" = interval_agresti_coull,
  "wilson-modified" = interval_wilson_modified,
  "jeffreys-modified" = interval_jeffreys_modified
)

interval_methods <- names(intervals)

# From counts of independent respondents.
count_interval <- function(x, n, alpha, method) {
  known <- !is.na(x) & !is.na(n) & n > 0
  x[!known] <- NA
  n[!known] <- NA
  intervals[[method]](x, n, alpha)
}

# From weighted shares: the same formulas at the effective number of
# respondents, p(1 - p)/variance, times (t_{n-1}/t_df)^2 because the variance
# rests on few units (Korn & Graubard 1998). `n_zero` stands in where p is 0
# or 1, whose estimated variance is no information.
design_interval <- function(p, variance, n, df, n_zero, alpha, method) {
  end <- p == 0 | p == 1
  t_df <- quantile_t(alpha, df)
  if (method == "logit") {
    spread <- p * (1 - p) / variance
    out <- suppressWarnings(interval_logit(p * spread, spread, alpha, t_df))
    exact <- interval_clopper_pearson(p * n_zero, n_zero, alpha)
    return(list(low = ifelse(end, exact$low, out$low),
                high = ifelse(end, exact$high, out$high)))
  }
  n_eff <- p * (1 - p) / variance * (quantile_t(alpha, n - 1) / t_df)^2
  n_eff <- ifelse(end, n_zero, n_eff)
  n_eff[!is.na(n_eff) & !(n_eff > 0 & is.finite(n_eff))] <- NA
  intervals[[method]](p * n_eff, n_eff, alpha)
}

quantile_t <- function(alpha, df) {
  df[is.na(df) | df <= 0] <- NA
  stats::qt(alpha / 2, df, lower.tail = FALSE)
}

# Two-sided error of each of m intervals that must hold together.
family_alpha <- function(conf_level, m, simultaneous) {
  alpha <- 1 - conf_level
  switch(
    simultaneous,
    none = alpha,
    bonferroni = alpha / max(m, 1),
    # 1 - (1 - alpha)^(1/m) without losing digits
    sidak = -expm1(log1p(-alpha) / max(m, 1))
  )
}

# Score interval of the difference of two paired shares (Tango 1998): b ticked
# only the first, c only the second, of n. Solves
# (b - c - n d)^2 = z^2 n (2 q + d (1 - d)), q the fitted share of "only the
# second" when the difference is d. Bisection from the estimate outwards.
interval_paired <- function(b, c, n, alpha) {
  z <- stats::qnorm(alpha / 2, lower.tail = FALSE)
  known <- !is.na(n) & n > 0
  n[!known] <- NA
  score <- function(d) {
    middle <- -b - c + (2 * n - b + c) * d
    q <- (sqrt(pmax(0, middle^2 + 8 * n * c * d * (1 - d))) - middle) / (4 * n)
    spread <- n * (2 * q + d * (1 - d))
    gap <- b - c - n * d
    # At the very ends the spread may vanish together with the gap.
    ifelse(spread > 0, gap / sqrt(spread), sign(gap) * Inf)
  }
  estimate <- (b - c) / n
  list(low = bisect(\(d) score(d) - z, rep(-1, length(n)), estimate),
       high = bisect(\(d) -score(d) - z, rep(1, length(n)), estimate))
}

# Zero of f, vectorised: positive at `outer`, not positive at `inner`.
bisect <- function(f, outer, inner) {
  for (step in 1:60) {
    middle <- (outer + inner) / 2
    positive <- f(middle) > 0
    positive[is.na(positive)] <- FALSE
    outer <- ifelse(positive, middle, outer)
    inner <- ifelse(positive, inner, middle)
  }
  inner
}

# Difference of two independent shares: each Wilson limit squared and added
# (Newcombe 1998, his method 10).
interval_independent <- function(x1, n1, x2, n2, alpha) {
  p1 <- x1 / n1
  p2 <- x2 / n2
  one <- count_interval(x1, n1, alpha, "wilson")
  two <- count_interval(x2, n2, alpha, "wilson")
  list(
    low = p1 - p2 - sqrt((p1 - one$low)^2 + (two$high - p2)^2),
    high = p1 - p2 + sqrt((one$high - p1)^2 + (p2 - two$low)^2)
  )
}
