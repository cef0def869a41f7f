# Size and power of verdict(), and of the regressions in levels it replaces.
#
#   Rscript inst/studies/verdict-size/run.R [runs]
#
# Run from the root of the package with nidcode installed. Writes result.csv
# (pairs) and panels.csv beside this script; two minutes. The rules are computed
# on arrays with the package's own critical values, on draws independent of
# those that made them, and held against verdict() itself in every cell.

args <- commandArgs(trailingOnly = TRUE)
runs <- if (length(args) > 0L) as.integer(args[1L]) else 4000L
path <- "inst/studies/verdict-size"
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
source(file.path(path, "walk.R"))

set.seed(71)
source(file.path(path, "pairs.R"))
pairs <- pair_study(runs)
write.csv(pairs, file.path(path, "result.csv"), row.names = FALSE)
print(pairs, digits = 3)

set.seed(72)
source(file.path(path, "panels.R"))
panels <- panel_study(max(250L, (3L * runs) %/% 8L))
write.csv(panels, file.path(path, "panels.csv"), row.names = FALSE)
print(panels, digits = 3)
