# Least squares for 100,000 groups x 12 rows x 2 regressors, with iid and HC3
# errors, against data.table with .lm.fit by group (no errors at all) and
# against lm + sandwich::vcovHC, fit by fit. One thread; then two, bit for bit.

grouped_data <- function(groups = 100000L, rows = 12L) {
  n <- groups * rows
  x <- cbind(x1 = rnorm(n), x2 = rnorm(n))
  list(groups = groups, rows = rows, x = x,
       y = drop(1 + x %*% c(1, -1) + rnorm(n)),
       group = rep(seq_len(groups), each = rows))
}

bench_grouped_fits <- function() {
  d <- grouped_data()
  dt <- data.table::data.table(group = d$group, y = d$y, x1 = d$x[, 1L],
                               x2 = d$x[, 2L])
  ours <- function(round) fit_groups(d$y, d$x, d$group)
  peer <- function(round) {
    dt[, as.list(.lm.fit(cbind(1, x1, x2), y)$coefficients), by = group]
  }
  off <- max(abs(matrix(ours(1L)$estimate, 3L) - t(as.matrix(peer(1L)[, -1]))))
  stopifnot(off < 1e-10)
  compare("100,000 fits with iid and HC3", "data.table + .lm.fit, no errors",
          ours, peer, bar = 1 / 5, times = 5L)
}

# Time per fit: ours of all groups, theirs of 500.
bench_grouped_single <- function() {
  d <- grouped_data()
  some <- 500L
  one <- function(g) {
    at <- seq.int((g - 1L) * d$rows + 1L, length.out = d$rows)
    fit <- lm(y ~ x1 + x2, data.frame(y = d$y[at], d$x[at, ]))
    cbind(coef(fit), sqrt(diag(vcov(fit))),
          sqrt(diag(sandwich::vcovHC(fit, "HC3"))))
  }
  out <- fit_groups(d$y, d$x, d$group)
  own <- out[out$group == some, c("estimate", "std.error", "std.error.hc3")]
  stopifnot(all.equal(as.matrix(own), one(some), check.attributes = FALSE,
                      tolerance = 1e-10))
  per <- compare("one of 100,000 fits", "lm + vcovHC, per fit",
                 function(round) fit_groups(d$y, d$x, d$group),
                 function(round) for (g in seq_len(some)) one(g),
                 bar = 1 / 400, times = 5L)
  row_of("one of 100,000 fits", "lm + vcovHC, per fit",
         per$ours / d$groups, per$peer / some, 1 / 400,
         per$ratio * some / d$groups)
}

bench_grouped_threads <- function() {
  d <- grouped_data()
  with_threads <- function(n) {
    function(round) {
      old <- options(nidcode.threads = n)
      on.exit(options(old))
      fit_groups(d$y, d$x, d$group)
    }
  }
  stopifnot(identical(with_threads(1L)(1L), with_threads(2L)(1L)))
  compare("the same, 2 threads (same bits)", "1 thread", with_threads(2L),
          with_threads(1L), bar = NA, times = 5L)
}
