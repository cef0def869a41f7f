# Weighted shares with intervals: 18 items x 100,000 respondents, against the
# survey package: svymean() with its intervals at once, its quickest, and
# svyciprop() item by item, whose intervals are of our kind.

items <- paste0("item", 1:18)

make_answers <- function(n = 100000L) {
  share <- seq(0.3, 0.66, length.out = length(items))
  ticked <- stats::runif(n * length(items)) < rep(share, each = n)
  x <- as.data.frame(matrix(as.numeric(ticked), n))
  names(x) <- items
  x$weight <- stats::runif(n, 0.5, 3)
  x$stratum <- rep(1:20, each = n / 20)
  x$cluster <- rep(1:5000, each = n / 5000)
  x
}

compare_shares <- function(x, what, design, ...) {
  of_items <- stats::reformulate(items)
  ours <- function(round) relevance(x, items, weights = "weight", ...)
  mean_of <- function(round) {
    m <- survey::svymean(of_items, design)
    stats::confint(m)
    m
  }
  each <- function(round) {
    for (item in items) survey::svyciprop(stats::reformulate(item), design)
  }
  own <- ours(1L)
  theirs <- mean_of(1L)
  stopifnot(all.equal(own$estimate, as.vector(stats::coef(theirs))),
            all.equal(own$std.error, as.vector(survey::SE(theirs))))
  what <- paste("18 weighted shares,", what)
  rbind(compare(what, "survey svymean, confint", ours, mean_of, bar = NA,
                times = 5L),
        compare(what, "survey svyciprop", ours, each, bar = NA, times = 1L))
}

bench_relevance <- function() {
  x <- make_answers()
  weighted <- survey::svydesign(~1, weights = ~weight, data = x)
  clusters <- survey::svydesign(~cluster, strata = ~stratum,
                                weights = ~weight, data = x)
  rbind(compare_shares(x, "weights", weighted),
        compare_shares(x, "strata, clusters", clusters, strata = "stratum",
                       ids = "cluster"))
}
