# A rate given its tuning is a matrix.

test_that("unit series read the operator off a rate", {
  pool <- new_pool(c(4L, 6L), c(1, 2, 4, 5, 1:6))
  for (rate in list(rate_central(), rate_local(4), rate_spline(lambda = 3))) {
    y <- c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3)
    s <- plain_series(y, pool, 1:2, rate)
    r <- estimate_series(s, 0:2)
    for (b in 1:2) {
      at <- pool_places(pool, b)
      m <- series_operator(s, b, 0:2)
      expect_identical(dim(m), c(3L * length(at), length(at)))
      expect_equal(m %*% y[at], cbind(c(r$estimate[at, ])))
    }
  }
})

test_that("a frozen averaged spline is one too, break by break", {
  d <- transform(hand_regions, x_status = ifelse(year == 2004, "break", "ok"))
  p <- code_panel(d[c("region", "year", "x", "x_status")],
                  code_scheme("x", "production", codes = nid_codes()[1, ]),
                  status = "_status")
  for (breaks in c("shift", "split", "ignore")) {
    fit <- freeze_fit(get_fit(silently(dynamic_codes(
      defining_codes(p, "none"), breaks = breaks))))
    s <- code_series(fit, 1L)
    r <- estimate_series(s, 1L)$estimate
    for (b in 1:2) {
      at <- series_starts(s)[b] + seq_len(series_sizes(s)[b])
      expect_equal(drop(series_operator(s, b, 1L) %*% s$value[at]), r[at],
                   tolerance = 1e-9)
    }
  }
})
