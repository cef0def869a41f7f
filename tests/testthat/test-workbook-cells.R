test_that("addresses are those of a spreadsheet", {
  expect_identical(book_letters(c(1, 26, 27, 52, 53, 702, 703, 16384)),
                   c("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"))
  expect_identical(fixed_cell("Code NID", 7, 2), "'Code NID'!$B$7")
  expect_identical(fixed_range("Data", 7, 3, 9), "Data!$C$7:$C$9")
  expect_identical(moving_cell(NULL, 7:8, 3), c("$C7", "$C8"))
  expect_identical(fixed_cell(NULL, 1e5, 1), "$A$100000")
})

test_that("runs are stretches of consecutive numbers", {
  expect_identical(number_runs(c(2L, 3L, 5L, 7L, 8L, 9L)),
                   list(from = c(2L, 5L, 7L), to = c(3L, 5L, 9L)))
  expect_identical(number_runs(integer()),
                   list(from = integer(), to = integer()))
})

test_that("numbers keep 17 digits, formulas their values", {
  one <- cell_fields(c(1 / 3, NA, -1e-300))
  expect_identical(as.numeric(one$v[c(1, 3)]), c(1 / 3, -1e-300))
  expect_identical(one$v[2], "")
  two <- cell_fields(book_formula(c("A1<2", "NA()"), c(TRUE, NA)))
  expect_identical(two$f, c("A1&lt;2", "NA()"))
  expect_identical(two$v, c("1", "#N/A"))
  expect_identical(two$t, c("b", "e"))
})

test_that("text is a string, whatever it begins with", {
  text <- c("=1+1", "+1", "@SUM(A1)", "<b> & \"q\"", "007", "TRUE")
  one <- cell_fields(text)
  expect_identical(one$t, rep("inlineStr", 6))
  expect_identical(c(one$v, one$f), rep("", 12))
  expect_match(one$is[4], "&lt;b&gt; &amp; \"q\"", fixed = TRUE)
  expect_identical(cell_fields(c("", NA))$is, c("", ""))
})

test_that("what a sheet cannot hold is escaped or removed, and comes back", {
  text <- c("a_x000D_b", "_x005F_x000D_", "a\rb", "tab\there",
            "\u041f\u0435\u0440\u043c\u044c")
  expect_identical(workbook_text(text[1]), "a_x005F_x000D_b")
  expect_identical(plain_text(workbook_text(text)), text)
})

test_that("keys of every type come back", {
  keys <- list(
    c("b", "a"), factor(c("z", "a"), levels = c("z", "a")), 2005:2006,
    c(2005.25, 2005.5), as.Date(c("2005-01-31", "2006-02-28")),
    as.POSIXct(c("2005-01-31 12:00:01", "2006-02-28"), tz = "UTC"),
    structure(c(2005.25, 2005.5), class = "yearqtr"), c(TRUE, FALSE)
  )
  for (x in keys) {
    cells <- key_cells(x)
    text <- if (is.numeric(cells)) number_key(cells) else as.character(cells)
    expect_equal(key_values(text, key_type(x)), x, tolerance = 1e-15)
  }
})
