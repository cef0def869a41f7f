# A new rate is one file: its constructor says facts and what the core is told,
# and everything that takes a rate takes it. The one here is the rate at the
# middle of three times, kept within R.

rate_middle <- function(sd = NULL) {
  new_nid_rate("middle", sd = sd, facts = list(),
               does = linear_does(function(rate, breaks, pool) {
                 list(kind = "custom",
                      matrices = lapply(seq_len(pool_length(pool)), \(g) {
                        middle_matrices(pool_take(pool, g))
                      }))
               }))
}

middle_matrices <- function(one) {
  n <- length(one$time)
  out <- list(matrix(NA_real_, n, n), matrix(NA_real_, n, n))
  segment <- cumsum(one$step)
  for (i in seq_len(n)[-c(1, n)]) {
    if (segment[i - 1] != segment[i + 1]) next
    h <- diff(one$time[i + -1:1])
    out[[1]][i, ] <- out[[2]][i, ] <- 0
    out[[1]][i, i + c(-1, 1)] <- c(-1, 1) / sum(h)
    out[[2]][i, i + -1:1] <- 2 * c(1 / h[1], -1 / h[1] - 1 / h[2], 1 / h[2]) /
      sum(h)
  }
  out
}

test_that("a rate of one's own goes through every verb", {
  p <- code_panel(hand_regions, hand_scheme())
  m <- silently(code_model(p, rate = rate_middle(sd = 0.1), normalise = "none"))
  v <- as.data.frame(m$rates)
  d <- as.data.frame(m$defining)
  for (r in c("A", "B")) {
    for (code in unique(d$code)) {
      y <- d$estimate[d$region == r & d$code == code]
      one <- v[v$region == r & v$code == code, ]
      expect_equal(one$estimate[one$order == 1][2:5], (y[3:6] - y[1:4]) / 2)
      expect_equal(one$estimate[one$order == 2][2:5], diff(y, differences = 2))
      expect_equal(one$std.error[one$order == 2][2:5], rep(0.1 * sqrt(6), 4))
    }
    a <- v$estimate[v$region == r & v$order == 2]
    expect_equal(m$basic$estimate[m$basic$region == r], sum(a, na.rm = TRUE))
  }
  for (by in list("code", "time", "indicator")) {
    expect_equal(c(rowsum(contributions(m, by)$estimate,
                          contributions(m, by)$region)), m$basic$estimate)
  }
  w <- cell_weights(m, "data")
  x <- unlist(hand_regions[c("x", "y", "z")])
  expect_equal(sum(w$weight[order(w$indicator, w$region)] * x),
               sum(m$basic$estimate))
  expect_identical(format(rate_middle()), "middle")
  expect_error(residuals(m), class = "nidcode_error_needs_fit")
  expect_error(dynamic_codes(p, rate_middle(), breaks = "shift"),
               class = "nidcode_error_break")
  expect_identical(dim(simulate(m, 3, seed = 1))[1], 3L * nrow(v) %/% 2L)
  expect_s3_class(silently(predict(m, at = 2003, order = 1)), "nid_prediction")
  expect_identical(glance(m)$rate, "middle")
  expect_s3_class(ggplot2::autoplot(m), "ggplot")
})
