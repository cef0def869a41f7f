# What either order is worth where order 2 is told of curves that are no
# once-integrated walks: the cells of result.csv of kind "other" in which it is
# told of some panel of 85 regions, beside the walks, 20 panels anew. One row a
# cell goes to others.csv beside this script.
#
#   Rscript others.R [folder]
#
# fires: share of panels told as order 2. least, most: the smaller of the two
# evidences, over panels. V.2, V.3: share of V that its 95 % interval covers
# under m = 2 and 3. rmse, width, score: root mean square error of V, width of
# its intervals and their score (Gneiting and Raftery 2007), m = 2 over m = 3.

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./others.R")[1])
folder <- c(arguments, here)[1]
source(file.path(here, "truths.R"))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")

bundle <- function(y, m = 3) {
  n <- nrow(y)
  pool <- nidcode:::new_pool(n, seq(0, 1, length.out = n))
  nidcode:::plain_series(as.vector(y), pool, rep(1L, ncol(y)),
                         rate_spline(m = m))
}

judge <- function(y, first, m) {
  r <- nidcode:::estimate_series(bundle(y, m), 1L)
  miss <- abs(r$estimate[, 1] - as.vector(first))
  half <- stats::qt(0.975, nrow(y) - m) * r$std.error[, 1]
  c(cover = mean(miss <= half), square = mean(miss^2), width = mean(half),
    score = mean(2 * half + 40 * pmax(miss - half, 0)))
}

run_cell <- function(cell, seed, panels = 20L) {
  set.seed(seed)
  found <- vapply(seq_len(panels), function(k) {
    p <- draw_panel(truths[[cell$truth]], cell$n, 85L, cell$noise)
    told <- nidcode:::series_smoothness(bundle(p$y))
    c(told$order == 2L, min(told$evidence, told$evidence.curves),
      judge(p$y, p$first, 2), judge(p$y, p$first, 3))
  }, numeric(10))
  mean <- rowMeans(found)
  ratio <- mean[4:6] / mean[8:10]
  data.frame(cell[c("truth", "n", "noise")], fires = mean[1],
             least = round(min(found[2, ]), 1),
             most = round(max(found[2, ]), 1), V.2 = round(mean[3], 3),
             V.3 = round(mean[7], 3), rmse = round(sqrt(ratio[1]), 3),
             width = round(ratio[2], 3), score = round(ratio[3], 3))
}

kept <- utils::read.csv(file.path(here, "result.csv"))
cells <- kept[kept$regions == 85 & (kept$truth == "walk_1" | kept$fires > 0 &
                                      kept$kind == "other"), ]
result <- do.call(rbind, lapply(seq_len(nrow(cells)), function(i) {
  run_cell(cells[i, ], 7900L + i)
}))
utils::write.csv(result, file.path(folder, "others.csv"), row.names = FALSE,
                 quote = FALSE)
