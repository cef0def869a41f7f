# Respondents for the survey tests: items with known shares, a common liking
# for ticking (so that items go together), weights, strata, clusters, holes.
make_respondents <- function(n = 400, p = c(0.66, 0.55, 0.35, 0.05),
                             holes = 0, seed = 1) {
  withr::with_seed(seed, {
    cluster <- rep(seq_len(ceiling(n / 5)), each = 5)[seq_len(n)]
    liking <- rnorm(n) + rnorm(max(cluster))[cluster] / 2
    x <- vapply(p, \(q) {
      as.numeric(qnorm(q) + 0.5 * liking + rnorm(n) > 0)
    }, numeric(n))
    x[sample(length(x), round(holes * length(x)))] <- NA
    out <- as.data.frame(x)
    names(out) <- letters[seq_along(p)]
    out$cluster <- cluster
    out$stratum <- c("north", "south", "west")[
      pmin(3, 1 + cluster %/% (max(cluster) / 3))]
    out$weight <- runif(n, 0.5, 3)
    out$who <- factor(sample(c("enterprise", "authority", "public"), n, TRUE),
                      c("public", "enterprise", "authority"))
    out
  })
}

# Table 1 of the paper as printed, and the counts of 208 that 16 of its 18
# percentages are.
paper_table_1 <- function() {
  code <- rep(c("institutional", "information", "value"), each = 6)
  percent <- c(66.3, 58.7, 57.2, 54.8, 49.0, 35.6,
               49.0, 43.8, 41.8, 37.0, 36.5, 30.3,
               62.5, 57.2, 56.9, 49.8, 43.3, 39.9)
  count <- c(138, 122, 119, 114, 102, 74, 102, 91, 87, 77, 76, 63,
             130, 119, NA, NA, 90, 83)
  data.frame(code, item = paste0(substr(code, 1, 5), 1:6), percent, n = 208,
             count)
}
