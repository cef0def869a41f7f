# The kept result of inst/studies/contrasts against what it must reach, and a
# small part of it drawn anew with other seeds.

contrast_study <- function(name) {
  system.file("studies", "contrasts", name, package = "nidcode")
}
kept_contrasts <- function() utils::read.csv(contrast_study("result.csv"))

test_that("the kept study has every cell", {
  cells <- kept_contrasts()
  design <- cells[c("kind", "n", "shared", "against")]
  expect_identical(nrow(unique(design)), 4L * 3L * 3L * 2L)
  expect_identical(nrow(design), 4L * 3L * 3L * 2L)
  expect_setequal(cells$n, c(8, 12, 20))
})

test_that("what is shared cancels, at the coverage asked for", {
  cells <- kept_contrasts()
  width <- function(shared) {
    exp(tapply(log(cells$width), list(cells$shared, cells$against),
               mean))[shared, ]
  }
  all <- cells[cells$shared == "all", ]
  expect_true(all(width("all") <= 0.45))
  expect_lte(max(all$width), 0.60)
  expect_gte(mean(all$cover), 0.93)
  expect_gte(min(all$cover), 0.92)
  expect_true(all(width("unequal") <= 0.50))
  expect_gte(min(cells$cover[cells$shared == "unequal"]), 0.92)
})

test_that("where nothing is shared little is lost", {
  none <- subset(kept_contrasts(), shared == "none")
  expect_lte(max(none$width), 1.10)
  # As good as the intervals of the regions themselves.
  expect_true(all(none$cover >= none$cover.independent - 0.03))
})

test_that("what is shared cancels no further where curves are quartics", {
  cells <- utils::read.csv(contrast_study("floor.csv"))
  expect_identical(nrow(cells), 4L * 3L * 4L)
  ours <- cells[cells$way == "average", ]
  kept <- subset(kept_contrasts(), shared == "all" & against == "region")
  kept <- kept[match(paste(ours$kind, ours$n), paste(kept$kind, kept$n)), ]
  expect_lt(max(abs(log(ours$width / kept$width))), 0.25)
  # Not even an interval as wide as its misses are.
  quartics <- cells[cells$kind == "quartics", ]
  expect_true(all(quartics$scatter[quartics$way == "average" &
                                     quartics$n < 20] > 0.45))
  # Only who knows the law of the curves is both narrow and true.
  both <- quartics$width <= 0.45 & quartics$cover >= 0.93
  expect_identical(both, quartics$way == "law")
})

test_that("drawn anew, cells are those of the kept study", {
  skip_on_cran()
  study <- new.env(parent = asNamespace("nidcode"))
  for (file in c("truths.R", "panels.R")) {
    sys.source(contrast_study(file), study)
  }
  cells <- kept_contrasts()
  for (shared in c("all", "none")) {
    anew <- with_stream(7, study$judged("bumps", 12, shared, 12L))
    kept <- cells[cells$kind == "bumps" & cells$n == 12 &
                    cells$shared == shared, ]
    expect_identical(anew$against, kept$against)
    expect_true(all(abs(anew$cover - kept$cover) < 0.06))
    expect_true(all(abs(log(anew$width / kept$width)) < 0.35))
  }
})
