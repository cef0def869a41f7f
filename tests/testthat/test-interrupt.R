# Long work asks R at least every 4,096 series whether to stop.

test_that("blocks ask often enough, for any number of threads", {
  for (threads in 1:2) {
    asked <- test_interrupt_cpp(100000, threads)
    expect_lte(asked[["longest"]], 4096)
    expect_gte(asked[["asked"]], 100000 / 4096)
  }
  expect_identical(test_interrupt_cpp(0, 1)[["asked"]], 0)
})

test_that("linear rates ask", {
  n <- 10000L
  got <- rates_of(rate_difference(), rep(c(1, 2, 4), n), 1L,
                  grids_of(list(1:3)), rep(1L, n))
  expect_gte(got$asked, n / 4096)
})
