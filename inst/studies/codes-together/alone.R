# Where the excess of coverage over smooth curves comes from: the intervals of
# one code alone, and of the sum of three whose noise is independent and taken
# as such, so that no correlation is left to be told. 3 truths x n 8, 12, 20 x
# noise 5 and 15 % of the sd of a curve, 1,200 regions in panels of 300, m = 3.
# One row a cell and way goes to alone.csv beside this script.
#
#   Rscript alone.R [folder]
#
# way: "average", the package; "panel" and "one", which know more of lambda
# (../smoothing.R). one.ID, one.NID: coverage of a code's V and of its NID
# (half-life 3); ID, NID: of the sum of three. most, least: the half widths of
# the worst of ID and NID may be multiplied by no more than `most` lest they
# cover over 99.5 %, by no less than `least` lest under 91 %.

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./alone.R")[1])
folder <- c(arguments, here)[1]
source(file.path(here, "truths.R"))
source(file.path(here, "..", "smoothing.R"))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
regions <- 1200L

# V at every year, and NID as a sum of V.
weights_at <- function(n) {
  tau <- c(0, 2^(-(n - 2:n) / 3))
  cbind(diag(n), tau - c(tau[-1], 0))
}

draw_code <- function(truth, n, noise) {
  f <- truth(seq(0, 1, length.out = n), regions)
  sd <- apply(f$level, 2, stats::sd)
  y <- f$level + noise * rep(sd, each = n) * stats::rnorm(n * regions)
  weight <- weights_at(n)
  ways <- ways_of(matrix(y, n), weight, 300L)
  lapply(ways, function(way) {
    c(way, list(miss = way$estimate - crossprod(weight, f$first) / (n - 1)))
  })
}

# How many half widths the misses are: of each code, and of the sum, whose df
# are half of Satterthwaite's, but no less than those of a code.
judge <- function(codes, n) {
  of <- function(name) lapply(codes, `[[`, name)
  alone <- do.call(cbind, Map(function(miss, half) abs(miss) / half,
                              of("miss"), of("half")))
  var <- lapply(of("se"), `^`, 2)
  total <- Reduce(`+`, var)
  df <- pmax(n - 3, (n - 3) / 2 * total^2 / Reduce(`+`, lapply(var, `^`, 2)))
  sum <- abs(Reduce(`+`, of("miss"))) / (stats::qt(0.975, df) * sqrt(total))
  year <- seq_len(n)
  both <- function(x, f) c(f(x[year, ]), f(x[n + 1, ]))
  held <- function(x) both(x, function(z) mean(z <= 1))
  at <- function(p) both(sum, function(z) stats::quantile(z, p))
  c(one = held(alone), held(sum), most = min(at(0.995)),
    least = max(at(0.91)))
}

cells <- expand.grid(noise = c(0.05, 0.15), n = c(8L, 12L, 20L),
                     truth = names(truths), stringsAsFactors = FALSE)[3:1]
result <- do.call(rbind, lapply(seq_len(nrow(cells)), function(i) {
  set.seed(7700L + i)
  codes <- replicate(3, simplify = FALSE, {
    draw_code(truths[[cells$truth[i]]], cells$n[i], cells$noise[i])
  })
  do.call(rbind, lapply(names(codes[[1]]), function(way) {
    found <- judge(lapply(codes, `[[`, way), cells$n[i])
    names(found)[1:4] <- c("one.ID", "one.NID", "ID", "NID")
    data.frame(cells[i, ], way, t(round(found, 4)))
  }))
}))
utils::write.csv(result, file.path(folder, "alone.csv"), row.names = FALSE,
                 quote = FALSE)
