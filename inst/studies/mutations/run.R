# How often code_mutations() finds a mutation where there is none, and where
# there is one: n 8, 12, 20 times at equal steps, 2,000 series a cell. One row a
# cell goes to result.csv beside this script.
#
#   Rscript run.R [folder] [series]
#
# trade.R, which this script runs last, tells what more curves in the family
# would cost.
#
# kind: "null", curves of the family and others that are smooth; "sharp", curves
# that turn within two or three steps; "mutation", a jump of `size` standard
# deviations of the noise (noise: share of the curve's range) at a random place
# that is tried. found: share of series with p below .05; near: of those, how
# often within one step of the true place.

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./run.R")[1])
folder <- c(arguments, here)[1]
series <- as.integer(c(arguments, NA, NA)[2])
if (is.na(series)) series <- 2000L
RNGkind("Mersenne-Twister", "Inversion", "Rejection")

curve <- list(
  line = \(s) s, parabola = \(s) s^2, exponential = \(s) exp(1.5 * s),
  steep_exponential = \(s) exp(5 * s), logistic = \(s) plogis(10 * (s - 0.5)),
  # In no family.
  root = \(s) sqrt(s + 0.2), saturation = \(s) 1 - exp(-3 * s),
  late_logistic = \(s) plogis(9 * (s - 0.65)), wave = \(s) sin(3 * s + 1),
  hill = \(s) s^2 / (0.2 + s^2), hill_3 = \(s) s^3 / (0.1 + s^3),
  michaelis = \(s) s / (0.3 + s), log = \(s) log1p(6 * s),
  tanh = \(s) tanh(2.5 * s), arctan = \(s) atan(8 * (s - 0.4)),
  # Sharp.
  step_logistic = \(s) plogis(30 * (s - 0.5)), fast_start = \(s) 1 - exp(-12 * s)
)
sharp <- c("step_logistic", "fast_start")

walk <- function(n, fold, count) {
  y <- matrix(rnorm(n * count), n)
  for (k in seq_len(fold + 1L)) y <- apply(y, 2L, cumsum)
  y / rep(apply(y, 2L, \(v) diff(range(v))), each = n)
}

draw <- function(truth, n, noise, count, size, kind) {
  s <- seq(0, 1, length.out = n)
  base <- switch(truth, walk_2 = walk(n, 2L, count),
                 walk_1 = walk(n, 1L, count), walk_0 = walk(n, 0L, count), {
    v <- curve[[truth]](s)
    matrix(v / diff(range(v)), n, count)
  })
  at <- sample(3:(n - 2L), count, TRUE)
  jump <- outer(seq_len(n), at, if (kind == "rate") \(i, b) pmax(i - b, 0) else
    \(i, b) as.double(i >= b))
  list(y = base + noise * (matrix(rnorm(n * count), n) + size * jump), at = at)
}

one <- function(truth, n, noise, size, kind, m, seed) {
  set.seed(seed)
  p <- draw(truth, n, noise, series, size, kind)
  asked <- list(kind = "any", level = 0.05, trim = 1L, max = 1, nsim = 1999,
                seed = 1L)
  grid <- nidcode:::new_pool(n, as.double(seq_len(n)))
  r <- nidcode:::mutations_of_grid(p$y, grid, m, list(
    level = TRUE, rate = m == 3L, trim = 1L), asked)
  found <- r$p.value < 0.05
  right <- abs(r$at - p$at) <= 1 & r$rate == (kind == "rate")
  data.frame(
    m = m, truth = truth, n = n, noise = noise, jump = kind, size = size,
    series = series, found = round(mean(found), 4),
    near = if (size > 0) round(mean(right[found]), 3) else NA,
    kind = if (size > 0) "mutation" else if (truth %in% sharp) "sharp" else
      "null")
}

cells <- rbind(
  expand.grid(truth = c(names(curve), "walk_2", "walk_0"), noise =
                c(0.01, 0.02, 0.05), size = 0, jump = "none", m = 3L),
  expand.grid(truth = c("line", "walk_2"), noise = 0.02, size = c(6, 8, 12),
              jump = c("level", "rate"), m = 3L),
  expand.grid(truth = c("line", "parabola", "root", "walk_1"), noise = 0.02,
              size = 0, jump = "none", m = 2L),
  expand.grid(truth = "line", noise = 0.02, size = c(6, 8, 12), jump = "level",
              m = 2L)
)
cells <- cells[rep(seq_len(nrow(cells)), 3L), ]
cells$n <- rep(c(8L, 12L, 20L), each = nrow(cells) / 3L)
cells$truth <- as.character(cells$truth)
cells$jump <- as.character(cells$jump)
out <- do.call(rbind, lapply(seq_len(nrow(cells)), \(k) with(cells[k, ], {
  one(truth, n, noise, size, jump, m, 4000L + k)
})))
utils::write.csv(out, file.path(folder, "result.csv"), row.names = FALSE)
source(file.path(here, "trade.R"))
