# Contrasts of Code NID (half-life 3) between regions by their difference
# series, beside those of independent errors: 4 kinds of random curves x n 8,
# 12, 20 x what regions share, noise 2 % of the range of a region, panels of 20
# regions. Shared "all": y_r = g + .1 d_r; "unequal": loadings of g between .8
# and 1.2; "none": y_r = d_r. One row a cell goes to result.csv beside this
# script: coverage at 95 %, mean width and mean interval score (Gneiting and
# Raftery 2007) over those of independent errors, against the mean of the others
# and region against region.
#
#   Rscript run.R [folder] [panels]

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./run.R")[1])
folder <- c(arguments, here)[1]
panels <- as.integer(c(arguments, NA, NA)[2])
if (is.na(panels)) panels <- 100L
source(file.path(here, "truths.R"))

regions <- 20L
scheme <- code_scheme("x", "production")
# Without the rows of the least code there is nothing to say of one.
fit <- function(y, time) {
  data <- data.frame(region = rep(sprintf("r%02d", seq_len(ncol(y))),
                                  each = nrow(y)),
                     year = rep(time, ncol(y)), x = as.vector(y))
  suppressWarnings(suppressMessages(code_model(
    data, scheme, normalise = "none", influence = influence_half_life(3))))
}

# Code NID of true curves: of changes of V over steps where rates are, else of
# second derivatives at the times.
true_nid <- function(f, time) {
  n <- length(time)
  tau <- 2^(-(time[n] - time) / 3)
  span <- time[n] - time[1]
  if ("second" %in% names(formals(rate_spline))) {
    colSums(tau[-1] * diff(f$first / span) / diff(time))
  } else {
    colSums(tau * f$second / span^2)
  }
}

judge <- function(estimate, se, df, truth) {
  half <- stats::qt(0.975, df) * se
  miss <- abs(estimate - truth)
  cbind(hit = miss <= half, width = 2 * half,
        score = 2 * half + 40 * pmax(miss - half, 0))
}

independent <- function(basic, a, weight, truth) {
  se2 <- basic$std.error^2
  var <- cbind(se2[a], t(weight^2) %*% se2)
  df <- rowSums(var)^2 / (se2[a]^2 / basic$df[a] +
                            t(weight^4) %*% (se2^2 / basic$df))
  judge(basic$estimate[a] - drop(t(weight) %*% basic$estimate),
        sqrt(rowSums(var)), drop(df), truth)
}

one_panel <- function(kind, n, shared) {
  time <- 2000 + seq_len(n)
  s <- matrix(seq(0, 1, length.out = n), n, regions)
  load <- switch(shared, all = rep(1, regions), none = rep(0, regions),
                 unequal = stats::runif(regions, 0.8, 1.2))
  f <- panel_truth(kind, s, load, if (shared == "none") 1 else 0.1)
  range <- apply(f$level, 2, \(v) diff(range(v)))
  y <- f$level + 0.02 * rep(range, each = n) * stats::rnorm(length(s))
  m <- fit(y, time)
  true <- true_nid(f, time)
  every <- seq_len(regions)
  odd <- every[every %% 2 == 1]
  name <- m$basic$region
  others <- (1 - diag(regions)) / (regions - 1)
  pair <- diag(regions)[, odd + 1]
  ours <- list(
    mean = region_contrasts(m, "mean"),
    region = region_contrasts(m, pairs = data.frame(a = name[odd],
                                                    b = name[odd + 1]))
  )
  truth <- list(mean = true - drop(others %*% true),
                region = true[odd] - true[odd + 1])
  rival <- list(mean = independent(m$basic, every, others, truth$mean),
                region = independent(m$basic, odd, pair, truth$region))
  lapply(c(mean = "mean", region = "region"), \(to) {
    k <- ours[[to]]
    list(ours = judge(k$estimate, k$std.error, k$df, truth[[to]]),
         rival = rival[[to]])
  })
}

cell <- function(kind, n, shared, seed) {
  set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion",
           sample.kind = "Rejection")
  all <- lapply(seq_len(panels), \(i) one_panel(kind, n, shared))
  rows <- lapply(c("mean", "region"), \(to) {
    ours <- do.call(rbind, lapply(all, \(p) p[[to]]$ours))
    rival <- do.call(rbind, lapply(all, \(p) p[[to]]$rival))
    data.frame(kind = kind, n = n, shared = shared, against = to,
               contrasts = nrow(ours), cover = mean(ours[, "hit"]),
               width = mean(ours[, "width"]) / mean(rival[, "width"]),
               score = mean(ours[, "score"]) / mean(rival[, "score"]),
               cover.independent = mean(rival[, "hit"]))
  })
  do.call(rbind, rows)
}

if (!interactive() && !isTRUE(getOption("nidcode.study.source"))) {
  design <- expand.grid(kind = names(kinds), n = c(8, 12, 20),
                        shared = c("all", "unequal", "none"),
                        stringsAsFactors = FALSE)
  rows <- Map(cell, design$kind, design$n, design$shared,
              20260000 + seq_len(nrow(design)))
  result <- do.call(rbind, rows)
  shown <- vapply(result, is.double, NA) & names(result) != "n"
  result[shown] <- lapply(result[shown], round, 4)
  utils::write.csv(result, file.path(folder, "result.csv"), row.names = FALSE)
}
