# A bundle of series: all that a rate needs to be estimated.

test_that("a bundle holds the observed values of some regions", {
  d <- hand_regions
  d$x[3] <- NA
  p <- silently(code_panel(d, code_scheme("x", "production",
                                       codes = nid_codes()[1, ])))
  fit <- get_fit(silently(dynamic_codes(defining_codes(p, "none"),
                                     rate_difference(sd = 1))))
  whole <- code_series(fit, 1L)
  expect_identical(whole$value, d$x[!is.na(d$x)] + 0)
  expect_identical(whole$region, 1:2)
  expect_identical(series_sizes(whole), c(5L, 6L))
  expect_identical(series_starts(whole), c(0L, 5L))
  expect_identical(series_rows(whole), which(!is.na(d$x)))
  second <- code_series(fit, 1L, c(1L, 2L))
  expect_identical(second$value, whole$value[6:11])
  expect_identical(series_rows(second), 7:12)
  expect_identical(second$sd, 1)
})

test_that("rates with a posterior take segments as series, others do not", {
  pool <- new_pool(4L, 1:4, c(0L, 0L, 1L, 0L))
  for (rate in list(rate_spline(), rate_local(), rate_central())) {
    s <- plain_series(c(1, 2, 4, 3), pool, 1L, rate)
    s$breaks <- "split"
    parts <- split_series(s)
    apart <- rate$facts$errors == "posterior"
    expect_identical(series_sizes(parts), if (apart) c(2L, 2L) else 4L)
    expect_identical(segment_counts(s), if (apart) 2L else 1L)
    expect_identical(parts$region, if (apart) c(1L, 1L) else 1L)
    s$breaks <- "ignore"
    expect_identical(series_sizes(split_series(s)), 4L)
  }
})
