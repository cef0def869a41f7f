# Critical values of code_mutations(), simulated once and kept in R/sysdata.rda:
# for 8 to 40 times at equal steps, under m = 2 (levels) and m = 3 (levels and
# rates), the nodes that mutation_nodes() describes. Run from the root with the
# package installed:
#
#   Rscript data-raw/mutations.R [runs] [threads]

args <- commandArgs(trailingOnly = TRUE)
runs <- if (length(args) > 0L) as.integer(args[1L]) else 20000L
threads <- if (length(args) > 1L) as.integer(args[2L]) else 1L
ours <- asNamespace("nidcode")

nodes <- function(n, m) {
  set.seed(20170312L + n)
  worlds <- ours$mutation_null_cpp(
    list(time = as.double(seq_len(n)), step = integer(n)), m,
    list(level = TRUE, rate = m == 3L, trim = 1L), matrix(0L, 2L, 0L),
    matrix(rnorm(n * runs), n), ours$mutation_curves(seq(0, 1, length.out = n)),
    ours$mutation_noise, seq_len(ours$mutation_worlds), threads
  )
  message("m = ", m, ", n = ", n)
  lapply(ours$nodes_of_worlds(worlds), signif, 5L)
}

mutation_table <- lapply(2:3, \(m) {
  by_n <- lapply(8:40, nodes, m = m)
  sapply(c("share", "bayes", "both"), \(name) {
    vapply(by_n, `[[`, numeric(length(ours$mutation_tails)), name)
  }, simplify = FALSE)
})
save(mutation_table, file = "R/sysdata.rda", compress = "xz", version = 2L)
