# Is power of panels bought by a size above its bar? Each rule of panels.R is
# given the level at which its worst cell of each n just keeps 10 % (n = 8) or
# 8 % (n = 12, 20). One row a rule, n and design goes to trade.csv beside this
# script: `size`, of the worst of 21 cells at 5 %; `power` of a slope of .2 in
# 80 regions at 5 %; `kept`, the same at that level.
#
#   Rscript inst/studies/verdict-size/trade.R [runs]
#
# Run from the root of the package with nidcode installed; two minutes.

args <- commandArgs(trailingOnly = TRUE)
runs <- if (length(args) > 0L) as.integer(args[1L]) else 2000L
path <- "inst/studies/verdict-size"
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
source(file.path(path, "walk.R"))
source(file.path(path, "panels.R"))
set.seed(73)

p_of_cell <- function(design, n, regions, slope) {
  do.call(rbind, lapply(seq_len(ceiling(runs / 250)), \(k) {
    both <- draw_both(design, n, regions, 250L)
    panel_p(slope * both$x + both$y, both$x)
  }))
}

of_times <- function(n, bar) {
  null <- expand.grid(design = names(panel_designs), regions = c(8, 20, 80),
                      stringsAsFactors = FALSE)
  apart <- Map(\(design, regions) p_of_cell(design, n, regions, 0),
               null$design, null$regions)
  near <- lapply(names(panel_designs), p_of_cell, n, 80, 0.2)
  do.call(rbind, lapply(colnames(near[[1L]]), \(rule) {
    of <- \(cells, level) vapply(cells, \(p) mean(p[, rule] < level), 1)
    level <- min(vapply(apart, \(p) stats::quantile(p[, rule], bar), 1))
    data.frame(rule, n, design = names(panel_designs),
               size = max(of(apart, 0.05)), power = of(near, 0.05),
               kept = of(near, level))
  }))
}

trade <- do.call(rbind, Map(of_times, c(8, 12, 20), c(0.1, 0.08, 0.08)))
trade[4:6] <- round(trade[4:6], 4)
write.csv(trade, file.path(path, "trade.csv"), row.names = FALSE)
print(trade, digits = 3)
