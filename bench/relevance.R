# Weighted shares with intervals: 18 items x 100,000 respondents, against the
# survey package, all in one run. Prints ratios; times only for orientation.
#   Rscript bench/relevance.R [runs]
# Two runs on a shared two-core machine (R 4.2.2, survey 4.1.1), times longer
# than ours: weights 5.7 and 8.2 (svymean + confint), 185 and 211 (svyciprop);
# strata and clusters 2.9 and 4.4, 141 and 152.
library(nidcode)
suppressPackageStartupMessages(library(survey))

runs <- as.integer(c(commandArgs(TRUE), 5)[1])
n <- 1e5
p <- 18
set.seed(20170301)
shares <- seq(0.3, 0.66, length.out = p)
x <- as.data.frame(matrix(as.numeric(runif(n * p) < rep(shares, each = n)), n))
items <- paste0("item", seq_len(p))
names(x) <- items
x$weight <- runif(n, 0.5, 3)
x$stratum <- rep(1:20, each = n / 20)
x$cluster <- rep(1:5000, each = n / 5000)

seconds <- function(f, times = runs) {
  median(vapply(seq_len(times), \(i) system.time(f())[["elapsed"]],
                numeric(1)))
}

compare <- function(label, design, ...) {
  formula <- reformulate(items)
  ours <- \() relevance(x, items, weights = "weight", ...)
  mean_of <- \() {
    m <- svymean(formula, design)
    confint(m)
    m
  }
  each <- \() for (item in items) svyciprop(reformulate(item), design)
  r <- ours()
  m <- mean_of()
  off <- max(abs(r$estimate - coef(m)), abs(r$std.error - SE(m)))
  t <- c(ours = seconds(ours), svymean = seconds(mean_of, min(runs, 3)),
         svyciprop = seconds(each, 1))
  cat(sprintf(paste0("%-20s ours %.3f s; svymean + confint %.1f times, ",
                     "18 svyciprop %.0f times longer; largest difference ",
                     "%.1e\n"), label, t[["ours"]],
              t[["svymean"]] / t[["ours"]], t[["svyciprop"]] / t[["ours"]],
              off))
  invisible(t)
}

compare("weights", svydesign(~1, weights = ~weight, data = x))
compare("strata and clusters",
        svydesign(~cluster, strata = ~stratum, weights = ~weight, data = x),
        strata = "stratum", ids = "cluster")
