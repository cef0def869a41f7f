# What is asked of R's heap changes nothing that anybody sees.

test_that("room for what is to come is asked without a word", {
  for (cells in c(0, 1e3, 2^22 + 1, 1e30, NA, NaN)) {
    expect_silent(out <- withVisible(expect_cells(cells)))
    expect_identical(out, list(value = NULL, visible = FALSE))
  }
})

test_that("where there is no such room nothing happens either", {
  # 2^51 numbers are more than any machine has.
  expect_error(grow_heap_cpp(2^51), class = "nidcode_error_memory")
  expect_silent(expect_cells(Inf))
})

test_that("a model asks for the tables of the codes that it has", {
  expect_identical(cells_of_model(10, ural_scheme), 10 * (3 * 24 + 22))
  expect_identical(cells_of_model(10, code_scheme("x", "social")), 460)
  no_size <- structure(list(1), class = "nid_no_size")
  registerS3method("dim", "nid_no_size", \(x) stop("no size"))
  for (odd in list(NULL, "x", 1, list(code = 1), mean, no_size)) {
    expect_identical(cells_of_model(10, odd), 220)
    expect_error(code_model(ural, odd), class = "nidcode_error")
    expect_error(code_model(odd, ural_scheme), class = "nidcode_error")
  }
})
