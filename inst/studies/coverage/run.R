# Coverage, interval score and error of the averaged smoothing spline on known
# truths: 14 truths x n 8, 12, 20 x noise 1, 2, 5 % of the range x equal and
# random steps = 252 cells of 2,000 runs. One row a cell goes to result.csv.
#
#   Rscript run.R [result.csv] [runs]
#
# "reml" is the plug-in at the global maximum of the restricted likelihood,
# m = 3, with t intervals. It is computed by the package: the tests show that
# its fits are those of mgcv::gam(s(t, bs = "tp", m = 3), method = "REML"), or
# of a higher restricted likelihood.

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
file <- c(arguments, "result.csv")[1]
runs <- as.integer(c(arguments, NA, NA)[2])
if (is.na(runs)) runs <- 2000L
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
source(file.path(dirname(c(here, "."))[1], "truths.R"))

draw_times <- function(n, steps) {
  h <- matrix(if (steps == "equal") 1 else stats::runif((n - 1) * runs, 0.5, 1.5),
              n - 1, runs)
  s <- rbind(0, apply(h, 2, cumsum))
  s / rep(s[n, ], each = n)
}

fit_all <- function(s, y, steps, lambda) {
  n <- nrow(s)
  grids <- if (steps == "equal") list(s[, 1]) else asplit(s, 2)
  fit <- nidcode:::spline_fit(
    y, if (steps == "equal") rep(1L, runs) else seq_len(runs),
    nidcode:::spline_grids(lapply(grids, as.double)), orders = 1:2,
    lambda = lambda, sums = list(weight = rep(list(rep(1, n)), length(grids)))
  )
  part <- function(k) {
    list(estimate = matrix(fit$estimate[, k], n),
         std.error = matrix(fit$std.error[, k], n))
  }
  list(V = part(1), A = part(2),
       NID = list(estimate = t(fit$sum.estimate),
                  std.error = t(fit$sum.std.error)))
}

# Coverage by time, mean interval score at 95 % (Gneiting and Raftery 2007).
judge <- function(part, truth, df) {
  half <- stats::qt(0.975, df) * part$std.error
  miss <- abs(part$estimate - truth)
  list(cover = rowMeans(miss <= half),
       score = mean(2 * half + 40 * pmax(miss - half, 0)))
}

central <- function(s, y) {
  n <- nrow(s)
  i <- 2:(n - 1)
  f <- function(i) (y[i + 1, ] - y[i, ]) / (s[i + 1, ] - s[i, ])
  a <- 2 * (f(i) - f(i - 1)) / (s[i + 1, ] - s[i - 1, ])
  a[c(1, seq_len(n - 2), n - 2), ]
}

gcv_spline <- function(s, y) {
  vapply(seq_len(ncol(y)), \(k) {
    stats::predict(stats::smooth.spline(s[, k], y[, k]), s[, k], deriv = 2)$y
  }, numeric(nrow(y)))
}

cell <- function(truth, n, noise, steps, seed) {
  set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion")
  s <- draw_times(n, steps)
  f <- truths[[truth]](s)
  range <- apply(f$level, 2, \(v) diff(range(v)))
  y <- f$level + noise * rep(range, each = n) * stats::rnorm(length(s))
  want <- list(V = f$first, A = f$second, NID = t(colSums(f$second)))
  out <- list(truth = truth, n = n, noise = noise, steps = steps)
  fits <- list(average = fit_all(s, y, steps, "average"),
               reml = fit_all(s, y, steps, "reml"))
  for (what in names(want)) {
    ours <- judge(fits$average[[what]], want[[what]], n - 3)
    reml <- judge(fits$reml[[what]], want[[what]], n - 3)
    out[[paste0("cover.", what)]] <- mean(ours$cover)
    out[[paste0("least.", what)]] <- min(ours$cover)
    out[[paste0("reml.cover.", what)]] <- mean(reml$cover)
    out[[paste0("score.", what)]] <- ours$score
    out[[paste0("reml.score.", what)]] <- reml$score
  }
  rmse <- function(a) sqrt(mean((a - f$second)^2))
  out$rmse.A <- rmse(fits$average$A$estimate)
  out$reml.rmse.A <- rmse(fits$reml$A$estimate)
  out$central.rmse.A <- rmse(central(s, y))
  out$gcv.rmse.A <- rmse(gcv_spline(s, y))
  as.data.frame(out)
}

cells <- expand.grid(truth = names(truths), n = c(8, 12, 20),
                     noise = c(0.01, 0.02, 0.05), steps = c("equal", "random"),
                     stringsAsFactors = FALSE)
result <- do.call(rbind, lapply(seq_len(nrow(cells)), \(i) {
  with(cells[i, ], cell(truth, n, noise, steps, seed = 2017 + i))
}))
number <- vapply(result, is.numeric, NA)
result[number] <- lapply(result[number], signif, 5)
utils::write.csv(result, file, row.names = FALSE, quote = FALSE)

# The bars of the study.
bar <- function(text, value) cat(sprintf("%-62s %s\n", text, value))
three <- c("V", "A", "NID")
get <- function(prefix) result[paste0(prefix, three)]
bar("cells", nrow(result))
bar("least cover of a cell, V A NID", paste(sapply(get("cover."), min), collapse = " "))
bar("least cover of a single time, V A NID", paste(sapply(get("least."), min), collapse = " "))
bar("mean cover over cells, V A NID",
    paste(round(sapply(get("cover."), mean), 4), collapse = " "))
walks <- result[result$truth == "walk_2", paste0("cover.", three)]
bar("twice-integrated walk alone, mean V A NID",
    paste(round(colMeans(walks), 4), collapse = " "))
bar("  range over its cells", paste(range(walks), collapse = " "))
ratio <- get("score.") / get("reml.score.")
bar("interval score / reml, geometric mean over cells, V A NID",
    paste(round(exp(colMeans(log(ratio))), 4), collapse = " "))
bar("  of sums over cells",
    paste(round(colSums(get("score.")) / colSums(get("reml.score.")), 4), collapse = " "))
for (rival in c("gcv", "central", "reml")) {
  against <- result$rmse.A / result[[paste0(rival, ".rmse.A")]]
  bar(paste("rmse of A /", rival), round(exp(mean(log(against))), 4))
}
