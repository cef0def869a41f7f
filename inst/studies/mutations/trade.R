# What it costs to hold curves that turn faster than their rise tells: the family
# of null worlds of code_mutations() with more curves (m = 3, noise 1, 2, 5 %),
# anew at nominal 5 %. One row a family and n goes to trade.csv beside this
# script: power of a level and of a kink of 8 sd on a line, and the largest
# share found of the curves held out.
#
#   Rscript trade.R [folder] [runs]

arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./trade.R")[1])
folder <- c(arguments, here)[1]
runs <- as.integer(c(arguments, NA, NA)[2])
if (is.na(runs)) runs <- 4000L
ours <- asNamespace("nidcode")
RNGkind("Mersenne-Twister", "Inversion", "Rejection")

more <- list(hill = function(s) s^2 / (0.2 + s^2),
             arctan = function(s) atan(8 * (s - 0.5)))
held <- list(hill = function(s) s^2 / (0.2 + s^2),
             hill_3 = function(s) s^3 / (0.1 + s^3),
             tanh = function(s) tanh(2.5 * s),
             arctan = function(s) atan(8 * (s - 0.4)))
families <- list(none = character(), hill = "hill", arctan = "arctan",
                 both = names(more))

at_n <- function(n) {
  s <- seq(0, 1, length.out = n)
  scaled <- function(curves) {
    vapply(curves, function(f) f(s) / diff(range(f(s))), s)
  }
  null <- function(curve, sd, draws, wanted) {
    lambdas <- ours$mutation_worlds - 10L * length(ours$mutation_noise)
    if (missing(wanted)) wanted <- lambdas + seq_len(ncol(curve) * length(sd))
    ours$mutation_null_cpp(list(time = as.double(seq_len(n)),
                                step = integer(n)), 3L,
                           list(level = TRUE, rate = TRUE, trim = 1L),
                           matrix(0L, 2L, 0L), draws, curve, sd, wanted, 1L)
  }
  set.seed(n)
  first <- matrix(stats::rnorm(n * runs), n)
  other <- matrix(stats::rnorm(n * runs), n)
  noise <- ours$mutation_noise
  own <- null(ours$mutation_curves(s), noise, first,
              seq_len(ours$mutation_worlds))
  added <- null(scaled(more), noise, first)
  out <- null(scaled(held), noise, other)
  places <- 3:(n - 2L)
  level <- null(outer(seq_len(n), places, ">=") + 0, 1 / 8, other)
  kink <- null(pmax(outer(seq_len(n), places, "-"), 0), 1 / 8, other)
  one <- function(name) {
    pick <- rep(names(more), each = length(noise)) %in% families[[name]]
    all <- Map(function(a, b) cbind(a, b[, pick]), own, added)
    nodes <- ours$nodes_of_worlds(all)
    found <- function(x) {
      p <- ours$head_of(ours$least_tail(x, nodes), nodes$both)
      colMeans(matrix(p < 0.05, runs))
    }
    size <- found(out)
    data.frame(n = n, added = name, level = round(mean(found(level)), 3),
               kink = round(mean(found(kink)), 3), size = round(max(size), 3),
               of = rep(names(held), each = length(noise))[which.max(size)])
  }
  do.call(rbind, lapply(names(families), one))
}

out <- do.call(rbind, lapply(c(12L, 20L), at_n))
utils::write.csv(out, file.path(folder, "trade.csv"), row.names = FALSE)
