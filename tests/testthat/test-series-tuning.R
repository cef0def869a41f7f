# A tuning travels without its fit.

test_that("a frozen tuning is that of every series, whatever the order", {
  p <- code_panel(hand_regions, hand_scheme())
  for (rate in list(rate_spline(), rate_spline("reml"))) {
    fit <- freeze_fit(get_fit(dynamic_codes(p, rate)))
    expect_s3_class(fit$tuning, "nid_tuning")
    expect_identical(fit$tuning$regions, c("A", "B"))
    for (i in seq_along(fit$codes)) {
      both <- tuning_of(fit, i, 2:1)
      expect_identical(both$weight[, 2:1, drop = FALSE],
                       fit$tuning$weights[[i]]$weight)
      free <- fit
      free$tuning <- NULL
      again <- estimate_series(code_series(fit, i), 1L)
      expect_equal(again$estimate,
                   estimate_series(code_series(free, i), 1L)$estimate,
                   tolerance = 1e-12)
    }
  }
})

test_that("a tuning of other series is refused, of fewer matched by name", {
  p <- code_panel(hand_regions, hand_scheme())
  fit <- freeze_fit(get_fit(dynamic_codes(p)))
  b <- code_panel(hand_regions[7:12, ], hand_scheme())
  one <- get_fit(dynamic_codes(b))
  kept <- match_tuning(fit$tuning, one, NULL)
  expect_identical(kept$weights[[1]]$weight[, 1],
                   fit$tuning$weights[[1]]$weight[, 2])
  shorter <- code_panel(hand_regions[-12, ], hand_scheme())
  err <- expect_error(match_tuning(fit$tuning, get_fit(dynamic_codes(shorter)),
                                   NULL),
                      class = "nidcode_error_tuning_frozen")
  expect_identical(err$regions, "B")
  expect_null(match_tuning(NULL, one, NULL))
})

test_that("rates without smoothing have nothing to freeze", {
  p <- code_panel(hand_regions, hand_scheme())
  expect_null(freeze_fit(get_fit(dynamic_codes(p, rate_local())))$tuning)
})
