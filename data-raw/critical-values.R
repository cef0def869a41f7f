# Critical values that no closed form gives, simulated once and kept in
# R/critical-values.R. Run from the root of the package:
#
#   Rscript data-raw/critical-values.R [runs]
#
# 1. `verdict_critical`: quantiles of |r|, the correlation of what a line in
#    time leaves of the first differences of two INDEPENDENT series of n points,
#    the largest over the designs white noise, AR(.5), AR(.8) and random walk. A
#    linear or quadratic trend in either series is a line after differencing and
#    leaves r as it is, so each design stands for itself with and without.
# 2. `fixed_b_critical`: quantiles of the t statistic with a Newey-West error
#    when the bandwidth is a fixed share b of the sample (Bartlett kernel), as
#    cubics in b through the normal quantile at b = 0.

args <- commandArgs(trailingOnly = TRUE)
runs <- if (length(args) > 0L) as.integer(args[1L]) else 100000L
tails <- c(0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.001)
sizes <- 6:60

# A matrix of `runs` independent series in columns.
series <- function(design, n, runs) {
  shocks <- matrix(rnorm(n * runs), n)
  if (design == "noise") {
    return(shocks)
  }
  phi <- c(ar5 = 0.5, ar8 = 0.8, walk = 1)[[design]]
  out <- shocks
  if (phi < 1) {
    out[1L, ] <- shocks[1L, ] / sqrt(1 - phi^2)
  }
  for (i in seq_len(n)[-1L]) {
    out[i, ] <- phi * out[i - 1L, ] + shocks[i, ]
  }
  out
}

# Changes of columns, a line in time taken out.
bends <- function(x) {
  x <- diff(x)
  line <- stats::poly(seq_len(nrow(x)), 1, simple = TRUE)
  x <- x - rep(colMeans(x), each = nrow(x))
  x - line %*% crossprod(line, x)
}

column_cor <- function(x, y) {
  colSums(x * y) / sqrt(colSums(x^2) * colSums(y^2))
}

quantiles_of_r <- function(n) {
  by_design <- vapply(c("noise", "ar5", "ar8", "walk"), function(design) {
    r <- column_cor(bends(series(design, n, runs)),
                    bends(series(design, n, runs)))
    stats::quantile(abs(r), 1 - tails, names = FALSE, type = 8)
  }, numeric(length(tails)))
  apply(by_design, 1L, max)
}

RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20170312)
verdict <- t(vapply(sizes, quantiles_of_r, numeric(length(tails))))

# Simulation noise is smoothed out: on the scale of Fisher's z the quantile is
# close to const / sqrt(n - 4), so z sqrt(n - 4) is a slow function of n.
smooth_over_n <- function(r) {
  z <- atanh(r) * sqrt(sizes - 4)
  fit <- stats::lm(z ~ I(1 / sizes) + I(1 / sizes^2) + I(1 / sizes^3))
  tanh(stats::fitted(fit) / sqrt(sizes - 4))
}
smoothed <- apply(verdict, 2L, smooth_over_n)
message("largest move by smoothing: ",
        format(max(abs(smoothed - verdict)), digits = 3))

# Fixed-b: t = W(1) / sqrt(P(b)), with the bridge B,
# P(b) = 2/b (int B^2 - int_0^{1-b} B(r) B(r + b) dr).
steps <- 1000L
shares <- seq(0.05, 1, 0.05)
fixed_b_draws <- function(runs) {
  shocks <- matrix(rnorm(steps * runs), steps) / sqrt(steps)
  path <- apply(shocks, 2L, cumsum)
  end <- path[steps, ]
  bridge <- path - outer(seq_len(steps) / steps, end)
  square <- colSums(bridge^2) / steps
  vapply(shares, function(b) {
    k <- round(b * steps)
    lagged <- if (k < steps) {
      colSums(bridge[seq_len(steps - k), , drop = FALSE] *
                bridge[k + seq_len(steps - k), , drop = FALSE]) / steps
    } else {
      0
    }
    abs(end) / sqrt(2 / b * (square - lagged))
  }, numeric(runs))
}
chunks <- max(1L, runs %/% 2000L)
draws <- do.call(rbind, lapply(seq_len(chunks), \(i) fixed_b_draws(2000L)))
fixed <- t(vapply(tails, function(tail) {
  q <- apply(draws, 2L, stats::quantile, 1 - tail, names = FALSE, type = 8)
  a0 <- stats::qnorm(1 - tail / 2)
  fit <- stats::lm(I(q - a0) ~ 0 + shares + I(shares^2) + I(shares^3))
  message("tail ", tail, ": largest residual of the cubic ",
          format(max(abs(stats::resid(fit))), digits = 3))
  c(a0, stats::coef(fit))
}, numeric(4)))

rows <- function(x, digits) {
  lines <- apply(x, 1L, \(v) paste(formatC(v, digits, format = "f"),
                                   collapse = ", "))
  paste0("    ", lines, c(rep(",", length(lines) - 1L), ""))
}
writeLines(c(
  "# Made by data-raw/critical-values.R: do not edit by hand.",
  "",
  "# Two-sided tail probabilities of the columns (verdict) or rows (fixed b).",
  paste0("critical_tails <- c(", paste(tails, collapse = ", "), ")"),
  "",
  paste0("# Rows n = 6..60; ", format(runs, big.mark = ",", scientific = FALSE),
         " runs of each design, seed 20170312."),
  "verdict_critical <- matrix(",
  "  c(",
  rows(smoothed, 4),
  "  ),",
  paste0("  ncol = ", length(tails), ", byrow = TRUE"),
  ")",
  "",
  "# Coefficients of 1, b, b^2, b^3; rows are the tails.",
  "fixed_b_critical <- matrix(",
  "  c(",
  rows(fixed, 4),
  "  ),",
  "  ncol = 4, byrow = TRUE",
  ")"
), "R/critical-values.R")
