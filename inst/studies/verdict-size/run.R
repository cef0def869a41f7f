# Size and power of verdict(), and of the regressions in levels it replaces.
#
#   Rscript inst/studies/verdict-size/run.R [runs]
#
# Run from the root of the package with nidcode installed. Writes result.csv
# (pairs) and panels.csv beside this script. The rule is computed with the package's own critical
# values, on draws independent of those that made them.

args <- commandArgs(trailingOnly = TRUE)
runs <- if (length(args) > 0L) as.integer(args[1L]) else 2000L
path <- "inst/studies/verdict-size"
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(71)

designs <- c("noise", "ar5", "ar8", "walk", "walk with drift",
             "noise with trend", "ar8 with trend")

# Two series (n x 2 x runs) whose shocks correlate by rho.
draw <- function(design, n, runs, rho = 0) {
  shocks <- array(rnorm(n * 2 * runs), c(n, 2, runs))
  shocks[, 2, ] <- rho * shocks[, 1, ] + sqrt(1 - rho^2) * shocks[, 2, ]
  kind <- sub(" with.*", "", design)
  phi <- c(noise = 0, ar5 = 0.5, ar8 = 0.8, walk = 1)[[kind]]
  out <- shocks
  if (phi > 0 && phi < 1) {
    out[1, , ] <- shocks[1, , ] / sqrt(1 - phi^2)
  }
  for (i in seq_len(n)[-1]) {
    out[i, , ] <- phi * out[i - 1, , ] + shocks[i, , ]
  }
  if (grepl("with", design)) {
    out <- out + 0.7 * seq_len(n)
  }
  out
}

# Share of runs in which each procedure calls the pair dependent.
share_found <- function(design, n, rho, runs) {
  series <- draw(design, n, runs, rho)
  critical <- nidcode:::verdict_quantile(0.05, n)
  found <- vapply(seq_len(runs), function(k) {
    y <- series[, 1, k]
    x <- series[, 2, k]
    fit <- stats::lm(y ~ x)
    t_of <- function(v) abs(coef(fit)[[2]]) / sqrt(v[2, 2])
    limit <- stats::qt(0.975, n - 2)
    c(verdict = abs(stats::cor(diff(y), diff(x))) > critical,
      levels.iid = t_of(stats::vcov(fit)) > limit,
      levels.hc3 = t_of(sandwich::vcovHC(fit, "HC3")) > limit,
      levels.nw = t_of(sandwich::NeweyWest(fit, prewhite = FALSE)) > limit)
  }, logical(4))
  rowMeans(found)
}

cells <- expand.grid(design = designs, n = c(9, 12, 20), rho = c(0, 0.7),
                     stringsAsFactors = FALSE)
result <- t(vapply(seq_len(nrow(cells)), function(i) {
  share_found(cells$design[i], cells$n[i], cells$rho[i], runs)
}, numeric(4)))
series <- cbind(kind = "series", cells, runs = runs, result)

write.csv(series, file.path(path, "result.csv"), row.names = FALSE)
print(series, digits = 3)

set.seed(72)
source(file.path(path, "panels.R"))
panels <- panel_study(max(250L, runs * 3L %/% 4L))
write.csv(panels, file.path(path, "panels.csv"), row.names = FALSE)
print(panels, digits = 3)
