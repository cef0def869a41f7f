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
  got <- evaluate_rate(rate_difference(), "ignore", rep(c(1, 2, 4), n),
                       rep(1L, n), list(offset = c(0L, 3L), time = c(1, 2, 3),
                                        step = integer()), orders = 1L)
  expect_gte(got$asked, n / 4096)
})
