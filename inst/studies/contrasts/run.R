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
source(file.path(here, "panels.R"))

cell <- function(kind, n, shared, seed) {
  set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion",
           sample.kind = "Rejection")
  judged(kind, n, shared, panels)
}

design <- expand.grid(kind = names(kinds), n = c(8, 12, 20),
                      shared = c("all", "unequal", "none"),
                      stringsAsFactors = FALSE)
rows <- Map(cell, design$kind, design$n, design$shared,
            20260000 + seq_len(nrow(design)))
result <- do.call(rbind, rows)
shown <- vapply(result, is.double, NA) & names(result) != "n"
result[shown] <- lapply(result[shown], round, 4)
utils::write.csv(result, file.path(folder, "result.csv"), row.names = FALSE)
