# The kept result of inst/studies/real-prediction against what it must reach.

test_that("real indicators: next year's value is held, order by order", {
  all <- utils::read.csv(system.file("studies", "real-prediction",
                                     "result.csv", package = "nidcode"))
  whole <- all[all$indicator == "all", ]
  each <- all[all$indicator != "all", ]
  expect_setequal(each$indicator,
                  sub("_status$", "", grep("_status$", names(russia),
                                           value = TRUE)))
  expect_identical(whole$n, sum(each$n))
  expect_equal(whole$cover, sum(each$n * each$cover) / whole$n,
               tolerance = 1e-3)
  expect_true(whole$cover >= 0.925 && whole$cover <= 0.97)
  expect_lte(whole$score, 0.93)
  expect_equal(whole$rmse, exp(mean(log(each$rmse))), tolerance = 1e-3)
  # The panel's choice predicts no indicator worse than order 3 for all.
  expect_lte(max(each$score, each$rmse), 1.01)
})
