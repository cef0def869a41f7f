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
