# The kept result of the study of phases against what help pages claim.

kept <- utils::read.csv(system.file("studies", "phases", "result.csv",
                                    package = "nidcode"))

test_that("of claims of .9 and more at least 88 % are right", {
  expect_identical(nrow(kept), 60L)
  hits <- stats::aggregate(cbind(claims, hit = claims * right) ~
                             m + second + truth, kept, sum)
  share <- hits$hit / hits$claims
  rough <- hits$truth == "walk_1" & hits$m == 3L
  expect_true(all(share[!rough] >= 0.88))
  # A rate that takes the truth for smoother than it is claims too much.
  expect_true(share[rough] < 0.88)
})

test_that("phases beat signs and are near to draws", {
  by <- split(kept, paste(kept$m, kept$second))
  expect_length(by, 3L)
  for (one in by) {
    expect_lte(mean(one$phases), 0.85 * mean(one$signs))
    expect_lte(mean(one$phases), mean(one$draws) + 0.02)
  }
})

test_that("a cell of the study comes out as it was kept", {
  skip_on_cran()
  folder <- system.file("studies", "phases", package = "nidcode")
  lines <- parse(file.path(folder, "run.R"))
  env <- new.env()
  made <- vapply(lines, \(x) {
    is.call(x) && identical(x[[1L]], quote(`<-`)) &&
      as.character(x[[2L]])[1L] %in% c("curves_of", "n", "year", "near",
                                       "draw_truth", "phase", "brier",
                                       "run_cell", "rates", "cells")
  }, NA)
  sys.source(file.path(folder, "..", "order", "truths.R"), env)
  env$series <- 150L
  for (x in as.list(lines[made])) eval(x, env)
  i <- 5L
  got <- withr::with_preserve_seed({
    RNGkind("Mersenne-Twister", "Inversion", "Rejection")
    env$run_cell(env$cells[i, ], 5000L + i)
  })
  was <- kept[kept$m == got$m & kept$second == got$second &
                kept$truth == got$truth & kept$noise == got$noise, ]
  expect_equal(got[c("claims", "right", "signs", "phases", "draws")],
               was[c("claims", "right", "signs", "phases", "draws")],
               tolerance = 1e-6, ignore_attr = TRUE)
})
