# The kept result of inst/studies/rebuilds: 3,000 draws of each case, every 50th
# made anew by code_model().
kept <- utils::read.csv(system.file("studies", "rebuilds", "result.csv",
                                    package = "nidcode"))

test_that("every 50th draw is what code_model() makes of it", {
  expect_identical(nrow(kept), 11L)
  expect_true(all(kept$draws == 3000L & kept$checked == 60L))
  expect_lte(max(kept$apart), 1e-10)
  expect_identical(sum(kept$moved), 0L)
})

test_that("the cases have every factor there is", {
  varied <- unique(unlist(strsplit(kept$factors, " ")))
  expect_identical(sort(varied),
                   sort(setdiff(names(formals(code_choices)), "prob")))
})
