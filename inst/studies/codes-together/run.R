# Coverage of Code ID and Code NID (half-life 3) of three codes whose noise goes
# together: 3 truths x n 8, 12, 20 x correlation -.4, 0, .5, .8 x noise 5 and
# 15 % of the sd of a curve, panels of 300 regions. One row a cell goes to
# result.csv beside this script: coverage at 95 % under cor = "residual" (ID,
# NID) and under "independent" (ID.independent, NID.independent), and the
# correlation that the panels tell (rho.told, the mean over pairs).
#
#   Rscript run.R [folder] [panels]

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./run.R")[1])
folder <- c(arguments, here)[1]
panels <- as.integer(c(arguments, NA, NA)[2])
if (is.na(panels)) panels <- 4L
source(file.path(here, "truths.R"))
source(file.path(here, "panels.R"))

cells <- expand.grid(noise = c(0.05, 0.15), rho = c(-0.4, 0, 0.5, 0.8),
                     n = c(8L, 12L, 20L), truth = names(truths),
                     stringsAsFactors = FALSE)[4:1]
result <- do.call(rbind, lapply(seq_len(nrow(cells)), function(i) {
  set.seed(7000L + i, kind = "Mersenne-Twister", normal.kind = "Inversion",
           sample.kind = "Rejection")
  runs <- vapply(seq_len(panels), function(k) {
    judge_panel(truths[[cells$truth[i]]], cells$n[i], cells$rho[i],
                cells$noise[i])
  }, numeric(5))
  data.frame(cells[i, ], t(round(rowMeans(runs), 4)))
}))
utils::write.csv(result, file.path(folder, "result.csv"), row.names = FALSE)
