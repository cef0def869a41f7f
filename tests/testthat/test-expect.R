test_that("the quick yes is one that testthat gives, and a no is a no", {
  yes <- list(
    list(1, 1), list(c(1, NA), c(1, NA)), list(1 + 1e-10, 1), list(0, 0),
    list(c(a = 2), c(a = 2 + 1e-12)), list(Inf, Inf)
  )
  for (one in yes) {
    expect_true(near(one[[1L]], one[[2L]], 1e-9))
    testthat::expect_equal(one[[1L]], one[[2L]], tolerance = 1e-9)
  }
  no <- list(
    list(1, 1 + 1e-8), list(c(1, NA), c(NA, 1)), list(NA_real_, NaN),
    list(c(a = 2), c(b = 2)), list(1, c(1, 1)), list(Inf, -Inf), list(1, Inf),
    list(c(1, 2), c(1, 2.1))
  )
  for (one in no) {
    expect_false(near(one[[1L]], one[[2L]], 1e-9))
  }
  # testthat lets pass what it has no mean of: Inf beside -Inf, NA beside NaN.
  for (one in no[c(1L, 4L, 5L, 8L)]) {
    expect_failure(expect_equal(one[[1L]], one[[2L]], tolerance = 1e-9))
    expect_failure(expect_identical(one[[1L]], one[[2L]]))
  }
  expect_failure(expect_true(NA))
  expect_failure(expect_false(TRUE), "TRUE is not FALSE")
})
