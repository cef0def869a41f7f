# Coverage of the intervals of relevance(): single ones by exact summation,
# simultaneous ones by summation and simulation, rank intervals by simulation.
# Writes coverage.csv, simultaneous.csv and ranks.csv into the folder.
#   Rscript run.R [samples] [folder]
library(nidcode)
arguments <- commandArgs(TRUE)
samples <- as.integer(c(arguments, 2000)[1])
folder <- normalizePath(c(arguments[-1], ".")[1])

# --- Single intervals ------------------------------------------------------
methods <- c("wilson", "jeffreys", "clopper-pearson", "agresti-coull",
             "logit", "wilson-modified", "jeffreys-modified")

limits <- function(method, n, level) {
  x <- relevance_counts(data.frame(item = 0:n, count = 0:n), n = n,
                        method = method, conf_level = level)
  list(low = x$conf.low, high = x$conf.high)
}

# Coverage jumps at the limits: its minimum is looked for beside each of them
# and on an even grid.
coverage_of <- function(method, n, level) {
  ci <- limits(method, n, level)
  cover <- function(p) {
    vapply(p, \(q) sum(dbinom(0:n, n, q)[ci$low <= q & q <= ci$high]),
           numeric(1))
  }
  even <- seq(0.0005, 0.9995, by = 0.001)
  p <- c(ci$low, ci$high)
  p <- c(even, p - 1e-9, p + 1e-9)
  p <- p[p > 0 & p < 1]
  at <- cover(p)
  expected <- n * pmin(p, 1 - p)
  lowest <- \(from) if (any(expected >= from)) min(at[expected >= from]) else NA
  data.frame(
    method, n, level, mean = mean(cover(even)),
    min = min(at), at = expected[which.min(at)],
    min.expected.1 = lowest(1),
    min.expected.3 = lowest(3),
    min.expected.5 = lowest(5)
  )
}

cells <- expand.grid(method = methods, n = c(10, 30, 50, 100, 208, 500),
                     level = c(0.9, 0.95, 0.99), stringsAsFactors = FALSE)
coverage <- do.call(rbind, Map(coverage_of, cells$method, cells$n,
                               cells$level))
number <- vapply(coverage, is.numeric, logical(1))
coverage[number] <- lapply(coverage[number], round, 4)
write.csv(coverage, file.path(folder, "coverage.csv"), row.names = FALSE)

# --- Respondents with a common liking for ticking --------------------------
draw <- function(p, n, together) {
  liking <- rnorm(n)
  noise <- matrix(rnorm(n * length(p)), n)
  latent <- together * liking + sqrt(1 - together^2) * noise
  x <- (latent > rep(qnorm(1 - p), each = n)) * 1L
  colnames(x) <- sprintf("item%02d", seq_along(p))
  x
}

truths <- list(
  ties = rep(0.5, 8),
  "near ties" = 0.5 + 0.01 * (0:7 - 3.5),
  spread = seq(0.30, 0.66, length.out = 8),
  mixed = c(0.66, 0.59, 0.57, 0.57, 0.49, 0.49, 0.36, 0.30),
  rare = c(0.02, 0.02, 0.03, 0.05, 0.05, 0.1, 0.2, 0.4)
)

# --- Simultaneous intervals ------------------------------------------------
# All limits depend on the counts alone. Independent items: the product of
# their coverages, exactly. Items that go together: simulated.
set.seed(1714)

inside_table <- function(p, n, method, simultaneous) {
  m <- length(p)
  alpha <- if (simultaneous == "sidak") 1 - 0.95^(1 / m) else 0.05 / m
  ci <- limits(method, n, 1 - alpha)
  vapply(p, \(q) ci$low <= q & q <= ci$high, logical(n + 1))
}

all_at_once <- function(truth, n, draws = 10 * samples) {
  p <- truths[[truth]]
  cells <- expand.grid(method = c("wilson", "clopper-pearson"),
                       simultaneous = c("sidak", "bonferroni"),
                       stringsAsFactors = FALSE)
  # Fifty surveys in one draw; the same ones for every kind of interval.
  count <- do.call(rbind, lapply(seq_len(draws / 50), \(i) {
    rowsum(draw(p, 50 * n, 0.6), rep(1:50, each = n))
  }))
  rate <- mapply(\(method, simultaneous) {
    inside <- inside_table(p, n, method, simultaneous)
    each <- vapply(seq_along(p), \(i) {
      sum(dbinom(0:n, n, p[i])[inside[, i]])
    }, numeric(1))
    ok <- vapply(seq_along(p), \(i) inside[count[, i] + 1, i],
                 logical(nrow(count)))
    c(prod(each), mean(rowSums(!ok) == 0))
  }, cells$method, cells$simultaneous)
  data.frame(truth, n, cells, independent = round(rate[1, ], 4),
             together = round(rate[2, ], 4))
}

cells <- expand.grid(truth = names(truths), n = c(60, 208),
                     stringsAsFactors = FALSE)
result <- do.call(rbind, Map(all_at_once, cells$truth, cells$n))
print(result, row.names = FALSE)
write.csv(result, file.path(folder, "simultaneous.csv"), row.names = FALSE)

# --- Rank intervals --------------------------------------------------------
set.seed(1713)

true_ranks <- function(p) {
  list(low = 1 + vapply(p, \(q) sum(p > q), numeric(1)),
       high = length(p) - vapply(p, \(q) sum(p < q), numeric(1)))
}

one_sample <- function(p, n, together, ranks) {
  x <- draw(p, n, together)
  items <- colnames(x)
  marginal <- relevance(x, items)
  joint <- relevance(x, items, simultaneous = "sidak")
  counts <- relevance_counts(as.data.frame(marginal))
  weighted <- relevance(x, items, weights = runif(n, 0.5, 2))
  ranked <- \(r) r$rank.low <= ranks$low & ranks$high <= r$rank.high
  c(rank = ranked(marginal), rank.joint = all(ranked(joint)),
    rank.counts = ranked(counts), rank.weighted = ranked(weighted))
}

study <- function(truth, n, together) {
  p <- truths[[truth]]
  ranks <- true_ranks(p)
  hits <- replicate(samples, one_sample(p, n, together, ranks))
  rate <- rowMeans(hits)
  worst <- \(name) min(rate[grepl(paste0("^", name, "[0-9]+$"), names(rate))])
  data.frame(
    truth, n, together, samples, worst.item = worst("rank"),
    joint = rate[["rank.joint"]], counts.worst.item = worst("rank.counts"),
    weighted.worst.item = worst("rank.weighted")
  )
}

cells <- expand.grid(truth = names(truths), n = c(60, 208),
                     together = c(0, 0.6), stringsAsFactors = FALSE)
result <- do.call(rbind, Map(study, cells$truth, cells$n, cells$together))
rownames(result) <- NULL
print(result)
write.csv(result, file.path(folder, "ranks.csv"), row.names = FALSE)
