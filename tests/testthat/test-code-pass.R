# One pass over each code: every result of a model rests on one fit a series.

test_that("a model fits each series once", {
  p <- code_panel(hand_regions, hand_scheme())
  for (cor in c("independent", "residual")) {
    calls <- 0L
    kernel <- spline_fit_cpp
    local_ours(spline_fit_cpp = function(...) {
      calls <<- calls + 1L
      kernel(...)
    })
    code_model(p, cor = cor)
    # One call a code, all regions being one block.
    expect_identical(calls, length(unique(hand_scheme()$code)))
  }
})

test_that("blocks of regions change nothing", {
  p <- silently(panel_of(random_panel(103)))
  for (rate in list(rate_spline(), rate_local(), rate_difference())) {
    whole <- silently(code_model(p, rate = rate))
    local_ours(block_size = function(rate, pool) 2L)
    blocks <- silently(code_model(p, rate = rate))
    for (what in c("rates", "industrial", "basic", "path")) {
      expect_identical(as_plain_tibble(blocks[[what]]),
                       as_plain_tibble(whole[[what]]))
    }
  }
})

test_that("columns are put to their places, and nowhere else", {
  into <- numeric(6)
  put_values_cpp(into, c(3L, 1L), 0, c(7, 8), 1L)
  expect_identical(into, c(8, 0, 7, 0, 0, 0))
  put_values_cpp(into, 1:2, 4, c(1, 2, 3, 4), 2L)
  expect_identical(into, c(8, 0, 7, 0, 3, 4))
  put_values_cpp(into, NULL, 1, cbind(c(1, 2), c(5, 6)), 2L)
  expect_identical(into, c(8, 5, 6, 0, 3, 4))
  put_values_cpp(into, NULL, 6, numeric(), 1L)
  for (bad in list(list(numeric(6), 7L, 0, 1, 1L), list(numeric(6), 0L, 0, 1, 1L),
                   list(numeric(6), 1L, 6, 1, 1L), list(1:6, 1L, 0, 1, 1L),
                   list(numeric(6), 1L, 0, 1, 2L),
                   list(numeric(6), NULL, 5, c(1, 2), 1L),
                   list(numeric(6), NULL, -1, 1, 1L),
                   list(numeric(6), NULL, 7, 1, 1L),
                   list(numeric(6), NULL, 0, 1, 2L))) {
    expect_error(do.call(put_values_cpp, bad), class = "nidcode_error_internal")
  }
})

test_that("matrices are read row by row, in turns", {
  a <- matrix(1:6, 3)
  expect_identical(interleave_cpp(list(a, a + 10L), 2L),
                   c(1L, 11L, 4L, 14L, 2L, 12L, 5L, 15L, 3L, 13L, 6L, 16L))
  expect_identical(interleave_cpp(list(c(TRUE, FALSE), c(NA, TRUE)), 1L),
                   c(TRUE, NA, FALSE, TRUE))
  expect_identical(interleave_cpp(list(c(0.5, 2, 3, 4)), 2L), c(0.5, 3, 2, 4))
  for (bad in list(list(list(), 1L), list(list("a"), 1L), list(list(1, 2L), 1L),
                   list(list(1, c(1, 2)), 1L), list(list(c(1, 2, 3)), 2L))) {
    expect_error(do.call(interleave_cpp, bad), class = "nidcode_error_internal")
  }
})
