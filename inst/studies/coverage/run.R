# Coverage, interval score and error of the averaged smoothing spline on known
# truths: 13 truths and 2 hard ones x n 8, 12, 20 x noise 1, 2, 5 % of the
# range x equal and random steps = 270 cells of 2,000 runs. One row a cell goes
# to result.csv beside this script, what bars.R makes of them to bars.txt.
#
#   Rscript run.R [folder] [runs] [runs of mgcv]
#
# Rivals. "mgcv": gam(s(t, bs = "tp", m = 3, k = n), method = "REML"), its
# coefficients' covariance and t with n - 3 df (its own residual df can be
# near 0), on the first 100 runs of a cell. "reml": the package's own plug-in at
# the global maximum of the same restricted likelihood, with t; its variance
# has the part lambda R that a basis of n functions leaves out.

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./run.R")[1])
folder <- c(arguments, here)[1]
runs <- as.integer(c(arguments, NA, NA)[2])
if (is.na(runs)) runs <- 2000L
gam_runs <- as.integer(c(arguments, NA, NA, NA)[3])
if (is.na(gam_runs)) gam_runs <- min(100L, runs)
source(file.path(here, "truths.R"))
source(file.path(here, "bars.R"))

draw_times <- function(n, steps) {
  count <- (n - 1) * runs
  h <- if (steps == "equal") rep(1, count) else stats::runif(count, 0.5, 1.5)
  h <- matrix(h, n - 1)
  s <- rbind(0, apply(h, 2, cumsum))
  s / rep(s[n, ], each = n)
}

fit_all <- function(s, y, steps, lambda) {
  n <- nrow(s)
  grids <- if (steps == "equal") list(s[, 1]) else asplit(s, 2)
  pool <- nidcode:::new_pool(lengths(grids), unlist(grids))
  series <- nidcode:::plain_series(
    y, pool, if (steps == "equal") rep(1L, ncol(y)) else seq_len(ncol(y)),
    nidcode::rate_spline(lambda, m = 3, second = "point")
  )
  fit <- nidcode:::spline_fit(series, list(orders = 1:2, sums = list(
    weight = rep(1, length(pool$time)), k = rep(1L, length(grids)), order = 2L
  )))
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

gam_all <- function(s, y) {
  n <- nrow(s)
  fits <- lapply(seq_len(ncol(y)), \(k) {
    gam <- mgcv::gam(y ~ s(t, bs = "tp", m = 3, k = n), method = "REML",
                     data = data.frame(t = s[, k], y = y[, k]))
    at <- \(h) {
      stats::predict(gam, data.frame(t = s[, k] + h), type = "lpmatrix")
    }
    h <- 1e-3
    second <- (at(h) - 2 * at(0) + at(-h)) / h^2
    map <- rbind((at(h) - at(-h)) / (2 * h), second, colSums(second))
    cbind(map %*% stats::coef(gam),
          sqrt(rowSums((map %*% stats::vcov(gam)) * map)))
  })
  part <- function(rows) {
    list(estimate = vapply(fits, \(f) f[rows, 1], numeric(length(rows))),
         std.error = vapply(fits, \(f) f[rows, 2], numeric(length(rows))))
  }
  last <- lapply(part(2 * n + 1), t)
  list(V = part(1:n), A = part(n + 1:n), NID = last)
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
  f <- c(truths, hard)[[truth]](s)
  range <- apply(f$level, 2, \(v) diff(range(v)))
  y <- f$level + noise * rep(range, each = n) * stats::rnorm(length(s))
  want <- list(V = f$first, A = f$second, NID = t(colSums(f$second)))
  out <- list(truth = truth, n = n, noise = noise, steps = steps,
              hard = truth %in% names(hard))
  few <- seq_len(gam_runs)
  gam <- gam_all(s[, few], y[, few])
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
    first <- function(x) x[, few, drop = FALSE]
    truth_few <- first(want[[what]])
    ours <- judge(lapply(fits$average[[what]], first), truth_few, n - 3)
    theirs <- judge(gam[[what]], truth_few, n - 3)
    out[[paste0("mgcv.cover.", what)]] <- mean(theirs$cover)
    out[[paste0("mgcv.score.", what)]] <- theirs$score
    out[[paste0("few.score.", what)]] <- ours$score
  }
  rmse <- function(a) sqrt(mean((a - f$second)^2))
  out$rmse.A <- rmse(fits$average$A$estimate)
  out$reml.rmse.A <- rmse(fits$reml$A$estimate)
  out$central.rmse.A <- rmse(central(s, y))
  out$gcv.rmse.A <- rmse(gcv_spline(s, y))
  as.data.frame(out)
}

cells <- expand.grid(truth = names(c(truths, hard)), n = c(8, 12, 20),
                     noise = c(0.01, 0.02, 0.05), steps = c("equal", "random"),
                     stringsAsFactors = FALSE)
result <- do.call(rbind, lapply(seq_len(nrow(cells)), \(i) {
  with(cells[i, ], cell(truth, n, noise, steps, seed = 2017 + i))
}))
number <- vapply(result, is.numeric, NA)
result[number] <- lapply(result[number], signif, 5)
utils::write.csv(result, file.path(folder, "result.csv"), row.names = FALSE,
                 quote = FALSE)
text <- bars(result)
writeLines(text)
writeLines(text, file.path(folder, "bars.txt"))
