# What the probabilities of phases are worth: 7 truths (those of the study of
# orders) x noise 1, 2, 5 % of the range of each series, 12 times, under
# rate_spline() with m = 3 and 2 over a step and m = 3 at a point. The truth is
# over a step where the rate is. One row a cell goes to result.csv beside this
# script.
#
#   Rscript run.R [folder] [series a cell]
#
# claims: phases said with probability .9 or more, right: the share of them that
# are true. Mean Brier score (half the sum of squares over the four phases: for
# signs the share that is wrong) of the signs alone, of code_phases(), of the
# product of its margins and of 400 draws of the posterior.

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./run.R")[1])
folder <- c(arguments, here)[1]
series <- as.integer(c(arguments, NA, NA)[2])
if (is.na(series)) series <- 150L
source(file.path(here, "..", "order", "truths.R"))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")

curves_of <- list(quadratic = quadratic, exponential = exponential,
                  logistic = logistic, sine = sine, mixture = mixture,
                  walk_2 = walk(2), walk_1 = walk(1))
n <- 12L
year <- seq(0, 1, length.out = n)
near <- 1e-4

# Levels at the years, V and A there, columns series.
draw_truth <- function(truth, by_step) {
  s <- sort(c(year, year + near))
  x <- curves_of[[truth]](s, series)
  at <- seq(1L, 2L * n, by = 2L)
  v <- x$first[at, ]
  a <- if (by_step) rbind(NA, diff(v) / diff(year)) else
    (x$first[at + 1L, ] - v) / near
  list(level = x$level[at, ], v = v, a = a)
}

phase <- function(v, a) 1L + 2L * (v > 0) + (a > 0)

brier <- function(p, truth) {
  hit <- p[cbind(seq_along(truth), truth)]
  mean(rowSums(p^2) - 2 * hit + 1) / 2
}

run_cell <- function(cell, seed) {
  set.seed(seed)
  by_step <- cell$second == "step"
  x <- draw_truth(cell$truth, by_step)
  range <- apply(x$level, 2, \(y) diff(range(y)))
  y <- x$level + stats::rnorm(length(x$level)) * rep(cell$noise * range,
                                                     each = n)
  b <- nidcode:::plain_series(
    as.vector(y), nidcode:::new_pool(n, year, integer(n)), rep(1L, series),
    rate_spline(m = cell$m, second = cell$second)
  )
  r <- nidcode:::estimate_series(b, 1:2)
  moves <- list(v = r$estimate[, 1], a = r$estimate[, 2],
                std.error = r$std.error, df = nidcode:::value_df(r, b),
                cor = nidcode:::series_correlation(b, 1:2))
  keep <- which(!is.na(moves$a) & !is.na(as.vector(x$a)))
  truth <- phase(as.vector(x$v), as.vector(x$a))[keep]
  p <- nidcode:::phase_probabilities(moves)[keep, ]
  signs <- diag(4)[phase(moves$v, moves$a)[keep], ]
  v <- p[, 3] + p[, 4]
  a <- p[, 2] + p[, 4]
  product <- cbind((1 - v) * (1 - a), (1 - v) * a, v * (1 - a), v * a)
  drawn <- nidcode:::draw_spline(b, 400L, 1:2)$draws
  drawn <- phase(drawn[1, keep, ], drawn[2, keep, ])
  dim(drawn) <- c(length(keep), 400L)
  draws <- vapply(1:4, \(k) rowMeans(drawn == k), numeric(length(keep)))
  most <- max.col(p, "first")
  sure <- p[cbind(seq_along(most), most)] >= 0.9
  data.frame(
    cell, series = series, claims = sum(sure),
    right = round(mean(most[sure] == truth[sure]), 4),
    signs = round(brier(signs, truth), 4), phases = round(brier(p, truth), 4),
    product = round(brier(product, truth), 4),
    draws = round(brier(draws, truth), 4)
  )
}

rates <- data.frame(m = c(3L, 2L, 3L), second = c("step", "step", "point"))
cells <- merge(rates, expand.grid(noise = c(0.01, 0.02, 0.05),
                                  truth = names(curves_of),
                                  stringsAsFactors = FALSE))
result <- do.call(rbind, lapply(seq_len(nrow(cells)), function(i) {
  run_cell(cells[i, ], 5000L + i)
}))
# There is no second derivative of a once-integrated walk.
result <- result[result$second == "step" | result$truth != "walk_1", ]
utils::write.csv(result, file.path(folder, "result.csv"), row.names = FALSE)
