# The kept result of inst/studies/coverage against what it must reach, and a
# small part of it drawn anew with other seeds.

study_file <- function(name) {
  system.file("studies", "coverage", name, package = "nidcode")
}
kept_cells <- function() {
  all <- utils::read.csv(study_file("result.csv"))
  all[!all$hard, ]
}
three <- c("V", "A", "NID")
columns <- function(prefix, cells) cells[paste0(prefix, ".", three)]

test_that("the kept study has every cell, and each covers", {
  cells <- kept_cells()
  design <- cells[c("truth", "n", "noise", "steps")]
  expect_identical(nrow(unique(design)), 13L * 3L * 3L * 2L)
  expect_identical(nrow(design), 13L * 3L * 3L * 2L)
  expect_setequal(cells$n, c(8, 12, 20))
  expect_setequal(cells$noise, c(0.01, 0.02, 0.05))

  expect_gte(min(columns("cover", cells)), 0.90)
  expect_gte(min(columns("least", cells)), 0.80)
  mean <- colMeans(columns("cover", cells))
  expect_true(all(mean >= c(0.96, 0.97, 0.97) &
                    mean <= c(0.985, 0.995, 0.995)))
  walk <- columns("cover", cells[cells$truth == "walk_2", ])
  expect_true(all(colMeans(walk) >= 0.92 & colMeans(walk) <= 0.96))
})

test_that("the kept study buys no coverage with width or error", {
  cells <- kept_cells()
  score <- colMeans(columns("few.score", cells)) /
    colMeans(columns("mgcv.score", cells))
  expect_true(all(score <= 1))
  rmse <- function(rival) {
    exp(mean(log(cells$rmse.A / cells[[paste0(rival, ".rmse.A")]])))
  }
  expect_lte(rmse("gcv"), 0.25)
  expect_lte(rmse("central"), 0.25)
  expect_lte(rmse("reml"), 1)
})

test_that("drawn anew, cells are those of the kept study", {
  truths <- new.env()
  sys.source(study_file("truths.R"), truths)
  cells <- kept_cells()
  runs <- 400L
  for (name in names(truths$truths)) {
    for (n in c(8, 20)) {
      s <- matrix(seq(0, 1, length.out = n), n, runs)
      r <- with_stream(n, {
        f <- truths$truths[[name]](s)
        range <- apply(f$level, 2, \(v) diff(range(v)))
        list(f = f, y = f$level +
               0.02 * rep(range, each = n) * stats::rnorm(length(s)))
      })
      fit <- fit_spline(r$y, rep(1L, runs), grids_of(list(s[, 1])),
                        orders = 1:2, threads = 1L)
      hit <- abs(fit$estimate - cbind(c(r$f$first), c(r$f$second))) <=
        stats::qt(0.975, n - 3) * fit$std.error
      kept <- cells[cells$truth == name & cells$n == n &
                      cells$noise == 0.02 & cells$steps == "equal", ]
      for (k in 1:2) {
        by_run <- colMeans(matrix(hit[, k], n))
        margin <- 4.5 * stats::sd(by_run) * sqrt(1 / runs + 1 / 2000) + 2e-3
        expect_lt(abs(mean(by_run) - kept[[paste0("cover.", three[k])]]),
                  margin, label = paste(name, n, three[k]))
      }
    }
  }
})
