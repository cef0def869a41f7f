# What no choice of lambda under m = 3 holds: coverage of Code NID over steps
# (half-life 3) of the smooth truths of run.R, and of V(t_(n-1)) - V(t_1) (an
# equal influence, "interior") of truths that are fast at one end, 12 times,
# noise 1 and 5 % of the range, 6,000 series a cell. One row a cell and way goes
# to limits.csv beside this script.
#
#   Rscript limits.R [folder] [series] [series of mgcv]
#
# way: "average", the package; "panel" and "one", which know more of lambda
# (../smoothing.R); "stiffer", a tenth of that one lambda; "reml", one lambda a
# series; "mgcv", gam(s(t, bs = "tp", m = 3, k = n), method = "REML") with t of
# n - 3 df; "order 2", the average under m = 2. width, and bias and sd of the
# misses, in units of the range of the truth.

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./limits.R")[1])
folder <- c(arguments, here)[1]
series <- as.integer(c(arguments, NA, NA)[2])
if (is.na(series)) series <- 6000L
gam_series <- as.integer(c(arguments, NA, NA, NA)[3])
if (is.na(gam_series)) gam_series <- min(60L, series)
source(file.path(here, "truths.R"))
source(file.path(here, "..", "smoothing.R"))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")

fast <- c(truths[c("log_start", "log_end", "inverse_start")], list(
  "log_start .1" = fast_start(0.1), "inverse_start .25" = inverse_start(0.25),
  "root_start .03" = exact("fast", \(s) sqrt(0.03 + s),
                           \(s) 0.5 / sqrt(0.03 + s),
                           \(s) -0.25 / sqrt(0.03 + s)^3)))
all <- c(truths[1:6], fast)

n <- 12L
year <- seq_len(n)
half_life <- 2^(-(n - year) / 3) * (year > 1)
# Weights of V: of its changes over steps, and between the inner ends.
weights <- list(smooth = cbind(half_life - c(half_life[-1], 0)),
                fast = cbind((year == n - 1) - (year == 2)))

gam_sums <- function(y, weight) {
  fits <- lapply(seq_len(ncol(y)), function(k) {
    gam <- mgcv::gam(y ~ s(t, bs = "tp", m = 3, k = n), method = "REML",
                     data = data.frame(t = year, y = y[, k]))
    at <- function(h) {
      stats::predict(gam, data.frame(t = year + h), type = "lpmatrix")
    }
    map <- crossprod(weight, (at(1e-3) - at(-1e-3)) / 2e-3)
    c(map %*% stats::coef(gam), sqrt(map %*% stats::vcov(gam) %*% t(map)))
  })
  list(estimate = vapply(fits, `[`, 1, 1),
       half = stats::qt(0.975, n - 3) * vapply(fits, `[`, 1, 2))
}

run_cell <- function(name, noise, seed) {
  set.seed(seed)
  truth <- all[[name]]$draw((year - 1) / (n - 1), series)
  weight <- weights[[all[[name]]$kind]]
  range <- apply(truth$level, 2, function(x) diff(range(x)))
  y <- truth$level + matrix(stats::rnorm(n * series), n) *
    rep(noise * range, each = n)
  few <- seq_len(gam_series)
  found <- ways_of(y, weight)
  found <- c(found, list(
    stiffer = sums_of(y, weight, rate_spline(found$one$lambda / 10, m = 3)),
    reml = sums_of(y, weight, rate_spline("reml", m = 3)),
    mgcv = gam_sums(y[, few], weight),
    "order 2" = sums_of(y, weight, rate_spline(m = 2))))
  true <- drop(crossprod(weight, truth$first)) / (n - 1)
  do.call(rbind, lapply(names(found), function(way) {
    own <- if (way == "mgcv") few else seq_len(series)
    miss <- as.vector(found[[way]]$estimate) - true[own]
    half <- as.vector(found[[way]]$half)
    data.frame(kind = all[[name]]$kind, truth = name, noise, way,
               cover = mean(abs(miss) <= half),
               width = mean(2 * half / range[own]),
               bias = mean(miss / range[own]),
               sd = stats::sd(miss / range[own]))
  }))
}

cells <- expand.grid(noise = c(0.01, 0.05), truth = names(all),
                     stringsAsFactors = FALSE)
result <- do.call(rbind, lapply(seq_len(nrow(cells)), function(i) {
  run_cell(cells$truth[i], cells$noise[i], 7600L + i)
}))
result$cover <- round(result$cover, 3)
result[6:8] <- lapply(result[6:8], signif, 3)
utils::write.csv(result, file.path(folder, "limits.csv"), row.names = FALSE,
                 quote = FALSE)
