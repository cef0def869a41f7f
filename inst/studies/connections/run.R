# How often code_connections() connects three codes that are not, and how often
# it finds those that are: panels of 4, 8, 20 regions and regions alone, n = 12
# (8, 12, 20 alone). One row a cell goes to result.csv beside this script, in
# three minutes.
#
#   Rscript run.R [folder] [panels]
#
# shocks: correlation of the shocks of each two codes; aim: what the estimate is
# of; found: share of pairs with p below .05; any: share of panels (of regions
# alone) with a pair whose p after Holm's adjustment is; covered: how often the
# limits at 95 % hold the aim; mean: of the estimates.

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./run.R")[1])
folder <- c(arguments, here)[1]
panels <- as.integer(c(arguments, NA, NA)[2])
if (is.na(panels)) panels <- 150L
source(file.path(here, "truths.R"))

measure <- function(cell, runs, regions) {
  within <- cell$asked == "within"
  vapply(seq_len(runs), function(k) {
    value <- truths[[cell$truth]](cell$n, regions, cell$shocks)
    m <- suppressMessages(connect(value, cell$asked))
    m <- m[!is.na(m$p.value), ]
    if (cell$truth == "third") m <- m[m$code1 == "production" &
                                        m$code2 == "institutional", ]
    of <- if (within) m$region else rep(1L, nrow(m))
    # Holm's smallest p; over the pairs of a region alone.
    least <- tapply(m$p.value, of, function(p) length(p) * min(p))
    c(mean(m$p.value < 0.05), mean(least < 0.05),
      mean(m$conf.low <= cell$aim & cell$aim <= m$conf.high),
      mean(m$estimate))
  }, numeric(4))
}

connect <- function(value, asked) {
  d <- dim(value)
  data <- data.frame(region = rep(sprintf("R%03d", seq_len(d[2])), each = d[1]),
                     year = rep(2000 + seq_len(d[1]), d[2]),
                     matrix(value, ncol = 3))
  names(data)[3:5] <- c("a", "b", "c")
  codes <- code_panel(data, code_scheme(
    c("a", "b", "c"), c("production", "institutional", "social")))
  rates <- dynamic_codes(defining_codes(codes, "none"), rate_difference())
  switch(asked, within = code_connections(rates, within = TRUE),
         partial = code_connections(rates, partial = TRUE),
         lag = code_connections(rates, lag = 1),
         cores = code_connections(rates, of = "regions"),
         code_connections(rates))
}

cell <- function(truth, n, regions, shocks, asked, aim = shocks) {
  expand.grid(truth = truth, n = n, regions = regions, shocks = shocks,
              asked = asked, aim = aim, stringsAsFactors = FALSE)
}
apart <- c("noise", "walk", "ar8 with trends")
cells <- rbind(
  cell(c(apart, "factor"), 12L, c(4L, 8L, 20L), 0, "together"),
  cell(apart, c(8L, 12L, 20L), 1L, 0, "within"),
  cell("walk", 12L, c(4L, 8L, 20L), 0.4, "together"),
  cell("walk", c(12L, 20L), 1L, 0.7, "within"),
  cell("walk", 12L, 8L, 0, "partial"),
  # Given the third, two codes with equal correlations r have r/(1 + r).
  cell("walk", 12L, 8L, 0.5, "partial", 1 / 3),
  cell("third", 12L, 20L, 0.5, "partial", 0),
  cell(c("walk", "factor"), 12L, 8L, 0, "lag"),
  cell("walk", 12L, 20L, 0, "cores")
)
result <- do.call(rbind, lapply(seq_len(nrow(cells)), function(i) {
  set.seed(8000L + i, kind = "Mersenne-Twister", normal.kind = "Inversion",
           sample.kind = "Rejection")
  alone <- cells$regions[i] == 1L
  # Regions alone are independent: many of them make a panel.
  runs <- if (alone) ceiling(panels / 50) else panels
  regions <- if (alone) 100L else cells$regions[i]
  r <- rowMeans(measure(cells[i, ], runs, regions))
  data.frame(cells[i, ], panels = if (alone) runs * 100L else runs,
             found = r[1], any = r[2], covered = r[3], mean = r[4])
}))
result[c(6, 8:11)] <- round(result[c(6, 8:11)], 4)
utils::write.csv(result, file.path(folder, "result.csv"), row.names = FALSE)
