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
  # Rows 3 and 1 of a table of 2 columns, in turns: the second column, then both.
  put_values_cpp(into, c(3L, 1L), 2, 1, c(7, 8), 1L)
  expect_identical(into, c(0, 8, 0, 0, 0, 7))
  put_values_cpp(into, 2:3, 2, c(1, 0), c(1, 2, 3, 4), 2:1)
  expect_identical(into, c(0, 8, 1, 3, 2, 4))
  for (bad in list(list(numeric(6), 4L, 2, 0, 1, 1L),
                   list(numeric(6), 1L, 2, -1, 1, 1L),
                   list(numeric(6), 0L, 2, 0, 1, 1L),
                   list(numeric(6), 1L, 2, 0, 1, 2L),
                   list(1:6, 1L, 2, 0, 1, 1L))) {
    expect_error(do.call(put_values_cpp, bad), class = "nidcode_error_internal")
  }
})
