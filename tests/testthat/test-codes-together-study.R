# The kept result of inst/studies/codes-together against what it must reach, and
# a small part of it drawn anew with other seeds.

together_file <- function(name) {
  system.file("studies", "codes-together", name, package = "nidcode")
}
together_cells <- function() utils::read.csv(together_file("result.csv"))

test_that("the kept study has every cell, and each covers", {
  cells <- together_cells()
  expect_identical(nrow(unique(cells[c("truth", "n", "rho", "noise")])),
                   3L * 3L * 4L * 2L)
  expect_identical(nrow(cells), 72L)
  both <- c(cells$ID, cells$NID)
  expect_gte(min(both), 0.91)
  expect_true(mean(both) >= 0.93 && mean(both) <= 0.98)
  # What the spline takes curves to be: no cell covers too much either. Over
  # smooth curves its own errors are wide, and those of their sums with them.
  process <- cells[cells$truth == "process", ]
  expect_lte(max(process$ID, process$NID), 0.995)
  expect_true(mean(process$ID) <= 0.98 && mean(process$NID) <= 0.98)
})

test_that("the kept study is worth more than independent errors", {
  cells <- together_cells()
  high <- cells[cells$rho == 0.8 & cells$truth == "process", ]
  expect_lt(min(high$ID.independent), 0.91)
  gain <- function(name) {
    abs(high[[name]] - 0.95) - abs(high[[paste0(name, ".independent")]] - 0.95)
  }
  expect_lt(mean(gain("ID")), 0)
  expect_lt(mean(gain("NID")), 0)
  # The panel tells the correlation, less of it at few times.
  told <- tapply(high$rho.told, high$n, mean)
  expect_true(all(diff(told) > 0))
  expect_true(all(abs(cells$rho.told[cells$rho == 0]) < 0.06))
})

test_that("what covers too much does so without any correlation", {
  cells <- utils::read.csv(together_file("alone.csv"))
  expect_identical(nrow(cells), 3L * 3L * 2L * 3L)
  ours <- cells[cells$way == "average", ]
  # The sums drawn here are those of the kept study at correlation 0.
  kept <- together_cells()
  kept <- kept[kept$rho == 0, ]
  kept <- kept[match(paste(ours$truth, ours$n, ours$noise),
                     paste(kept$truth, kept$n, kept$noise)), ]
  expect_lt(max(abs(ours$ID - kept$ID), abs(ours$NID - kept$NID)), 0.025)
  # One code alone holds as often as three,
  long <- ours$truth == "parabola" & ours$n > 8
  expect_true(all(ours[long, c("one.NID", "NID")] > 0.995))
  # and no common factor on the half widths spares all cells.
  expect_lt(min(ours$most), max(ours$least) - 0.15)
  # Nor is there a way to know lambda that does.
  for (way in c("panel", "one")) {
    own <- cells[cells$way == way, ]
    expect_lt(max(own$NID[own$truth == "parabola"]), 0.995)
    expect_gt(max(own$NID[own$truth == "transition" & own$n == 8]), 0.995)
  }
})

test_that("drawn anew, cells are those of the kept study", {
  skip_on_cran()
  study <- new.env()
  sys.source(together_file("truths.R"), study)
  sys.source(together_file("panels.R"), study)
  cells <- together_cells()
  for (truth in c("process", "transition")) {
    kept <- cells[cells$truth == truth & cells$n == 12 & cells$rho == 0.5 &
                    cells$noise == 0.05, ]
    now <- with_stream(12, study$judge_panel(study$truths[[truth]], 12, 0.5,
                                             0.05))
    margin <- 4 * sqrt(0.95 * 0.05 * (1 / 300 + 1 / 1200))
    for (name in c("ID", "NID", "ID.independent", "NID.independent")) {
      expect_lt(abs(now[[name]] - kept[[name]]), margin,
                label = paste(truth, name))
    }
    expect_lt(abs(now[["rho.told"]] - kept$rho.told), 0.1)
  }
})
