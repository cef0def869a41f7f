# Grids of a code: the times each region is observed at, where its method
# breaks, and which regions share one.

grids_of <- function(value, offset, time, breaks = integer()) {
  code_grids_cpp(value, as.integer(offset), as.double(time),
                 as.integer(breaks))
}

test_that("regions seen at the same times share a grid", {
  g <- grids_of(c(1, NA, 3, 5, NA, 6, NA, NA, NA, 7, 8, 9),
                c(0, 3, 6, 9, 12), rep(1:3, 4))
  expect_identical(g, list(grid = c(1L, 1L, 0L, 2L), offset = c(0L, 2L, 5L),
                           time = c(1, 3, 1, 2, 3), step = integer(5)))
})

test_that("a break at a time not observed passes to the next that is", {
  value <- c(1, 2, NA, NA, 5, 6)
  step <- function(breaks) grids_of(value, c(0, 6), 1:6, breaks)$step
  expect_identical(step(2), c(0L, 1L, 0L, 0L))
  expect_identical(step(3), c(0L, 0L, 1L, 0L))
  expect_identical(step(3:5), c(0L, 0L, 1L, 0L))
  expect_identical(step(c(2, 4, 6)), c(0L, 1L, 1L, 1L))
})

test_that("a break before the first time seen, or after the last, is none", {
  value <- c(NA, 2, 3, NA, NA, 5, 6, 7)
  g <- grids_of(value, c(0, 4, 8), rep(1:4, 2), c(1, 2, 4, 5, 6))
  expect_identical(g$step, integer(5))
  # One region's does not reach the next.
  expect_identical(grids_of(value, c(0, 4, 8), rep(1:4, 2), c(4, 7))$step,
                   c(0L, 0L, 0L, 1L, 0L))
})

test_that("equal times with other breaks are another grid", {
  g <- grids_of(rep(1, 9), c(0, 3, 6, 9), rep(1:3, 3), 5)
  expect_identical(g$grid, c(1L, 2L, 1L))
  expect_identical(g$step, c(0L, 0L, 0L, 0L, 1L, 0L))
})
