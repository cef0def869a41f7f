# How often smoothness() tells order 2, on panels whose truth is known, and what
# V is worth under either order: 17 truths x n 8, 12, 20 x noise 1, 2, 5 % of
# the range, in 20 panels of 85 regions and 200 of 20. One row a cell goes to
# result.csv beside this script.
#
#   Rscript run.R [folder] [panels of 85]
#
# kind: "rough" should be told, "smooth" should not, "other" bends within a few
# years or has noise that goes together. fires: share of panels in which order 2
# is told. evidence, most: median and largest. V.2, V.3: share of the true V
# that its 95 % interval covers under m = 2 and 3, rmse: root mean square error
# of V under m = 2 over that under m = 3 (panels of 85 regions only).

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./run.R")[1])
folder <- c(arguments, here)[1]
panels <- as.integer(c(arguments, NA, NA)[2])
if (is.na(panels)) panels <- 20L
source(file.path(here, "truths.R"))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")

bundle <- function(y, m = 3) {
  n <- nrow(y)
  nidcode:::plain_series(as.vector(y), nidcode:::new_pool(n, seq(0, 1,
                           length.out = n)), rep(1L, ncol(y)),
                         rate_spline(m = m))
}

# Share of V covered and mean square error, under one order.
judge <- function(y, first, m) {
  r <- nidcode:::estimate_series(bundle(y, m), 1L)
  miss <- abs(r$estimate[, 1] - as.vector(first))
  half <- stats::qt(0.975, nrow(y) - m) * r$std.error[, 1]
  c(cover = mean(miss <= half), square = mean(miss^2))
}

run_cell <- function(cell, seed) {
  set.seed(seed)
  times <- if (cell$regions == 85) panels else 10L * panels
  found <- vapply(seq_len(times), function(k) {
    p <- draw_panel(truths[[cell$truth]], cell$n, cell$regions, cell$noise)
    told <- nidcode:::series_smoothness(bundle(p$y))
    out <- c(fires = told$order == 2L, evidence = told$evidence)
    if (cell$regions < 85) return(c(out, rep(NA, 4)))
    c(out, judge(p$y, p$first, 2), judge(p$y, p$first, 3))
  }, numeric(6))
  data.frame(kind = truths[[cell$truth]]$kind, cell, panels = times,
             fires = mean(found[1, ]),
             evidence = round(stats::median(found[2, ]), 2),
             most = round(max(found[2, ]), 2),
             V.2 = round(mean(found[3, ]), 4),
             V.3 = round(mean(found[5, ]), 4),
             rmse = round(sqrt(mean(found[4, ]) / mean(found[6, ])), 4))
}

cells <- expand.grid(noise = c(0.01, 0.02, 0.05), n = c(8L, 12L, 20L),
                     regions = c(85L, 20L), truth = names(truths),
                     stringsAsFactors = FALSE)[4:1]
result <- do.call(rbind, lapply(seq_len(nrow(cells)), function(i) {
  run_cell(cells[i, ], 3000L + i)
}))
utils::write.csv(result, file.path(folder, "result.csv"), row.names = FALSE)
