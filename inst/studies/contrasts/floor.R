# How narrow the interval of a contrast can be where regions share a curve and
# a tenth of it is their own (run.R, shared "all", region against region): 100
# panels of 20 regions a cell. One row a cell and way goes to floor.csv beside
# this script. width is over that of independent errors, as in result.csv.
#
#   Rscript floor.R [folder] [panels]
#
# way: "average", the package under m = 3; "panel" and "one", which know more of
# lambda (../smoothing.R), "one" with the bias that comes of it; "law", the best
# linear estimate of one who knows the noise and the second moments of the kind
# of curves. cover, width: of 95 % intervals. scatter: 2 x 1.96 times the root
# mean square of the misses, over the same width: what an interval that knew
# the errors of its estimate would have.

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./floor.R")[1])
folder <- c(arguments, here)[1]
panels <- as.integer(c(arguments, NA, NA)[2])
if (is.na(panels)) panels <- 100L
source(file.path(here, "truths.R"))
source(file.path(here, "..", "smoothing.R"))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
regions <- 20L
odd <- seq(1L, regions, by = 2L)

draw_panel <- function(kind, s, weight) {
  f <- panel_truth(kind, s, rep(1, regions), 0.1)
  sd <- 0.02 * apply(f$level, 2, function(v) diff(range(v)))
  y <- f$level + rep(sd, each = nrow(s)) * stats::rnorm(length(s))
  apart <- function(x) x[, odd, drop = FALSE] - x[, odd + 1L, drop = FALSE]
  list(y = y, apart = apart(y), var = sd[odd]^2 + sd[odd + 1L]^2,
       true = drop(crossprod(weight, apart(f$first)) / (nrow(s) - 1)))
}

# Of differences of two curves, each a tenth of its kind.
by_law <- function(kind, weight, apart, var) {
  n <- nrow(apart)
  f <- kinds[[kind]](matrix(seq(0, 1, length.out = n), n, 40000L))
  true <- drop(crossprod(weight, f$first)) / (n - 1)
  part <- 2 * 0.1^2 / length(true)
  level <- part * tcrossprod(f$level)
  with_true <- part * f$level %*% true
  each <- vapply(seq_along(var), function(i) {
    b <- solve(level + diag(var[i], n), with_true)
    c(sum(b * apart[, i]), sqrt(part * sum(true^2) - sum(b * with_true)))
  }, numeric(2))
  list(estimate = each[1, ], half = stats::qnorm(0.975) * each[2, ])
}

run_cell <- function(kind, n, seed) {
  set.seed(seed)
  tau <- c(0, 2^(-(n - 2:n) / 3))
  weight <- cbind(tau - c(tau[-1], 0))
  s <- matrix(seq(0, 1, length.out = n), n, regions)
  drawn <- replicate(panels, draw_panel(kind, s, weight), simplify = FALSE)
  all <- function(name) do.call(cbind, lapply(drawn, `[[`, name))
  var <- matrix(sums_of(all("y"), weight)$se^2, 2)
  df <- (n - 3) * colSums(var)^2 / colSums(var^2)
  unit <- mean(2 * stats::qt(0.975, df) * sqrt(colSums(var)))
  found <- c(ways_of(all("apart"), weight, regions / 2L * panels),
             list(law = by_law(kind, weight, all("apart"),
                               as.vector(all("var")))))
  do.call(rbind, lapply(names(found), function(way) {
    miss <- as.vector(found[[way]]$estimate) - as.vector(all("true"))
    half <- as.vector(found[[way]]$half)
    data.frame(kind, n, way, cover = mean(abs(miss) <= half),
               width = 2 * mean(half) / unit,
               scatter = 2 * stats::qnorm(0.975) * sqrt(mean(miss^2)) / unit)
  }))
}

cells <- expand.grid(n = c(8L, 12L, 20L), kind = names(kinds),
                     stringsAsFactors = FALSE)
result <- do.call(rbind, lapply(seq_len(nrow(cells)), function(i) {
  run_cell(cells$kind[i], cells$n[i], 7800L + i)
}))
result[4:6] <- lapply(result[4:6], round, 3)
utils::write.csv(result, file.path(folder, "floor.csv"), row.names = FALSE,
                 quote = FALSE)
