# The workbook in Russian, and sheets under other names.
skip_on_cran()

skip_if_not_installed("openxlsx2", "1.23")

district <- local({
  data <- subset(ural, level == "region" & region_code != "FD-U")
  quietly(code_model(data, ural_scheme, status = "_status"))
})
russian <- local({
  file <- tempfile(fileext = ".xlsx")
  quietly(write_workbook(district, file, language = "ru"))
  file
})

rename_sheet <- function(file, from, to) {
  wb <- openxlsx2::wb_load(file)
  wb$set_sheet_names(old = from, new = to)
  out <- tempfile(fileext = ".xlsx")
  wb$save(out)
  out
}

test_that("a Russian workbook says nothing in English, and is read", {
  wb <- openxlsx2::wb_load(russian)
  titles <- unname(wb$get_sheet_names())
  expect_identical(titles[c(1:3, 10)],
                   c("\u041e \u0444\u0430\u0439\u043b\u0435",
                     "\u0421\u0445\u0435\u043c\u0430",
                     "\u0414\u0430\u043d\u043d\u044b\u0435",
                     "\u0424\u0430\u0437\u044b"))
  # Numbers, formulas' values and places are those of the English one.
  english <- book_cells(write_quietly(district))
  ours <- book_cells(russian)
  number <- english$type %in% c("", "b", "e")
  expect_identical(ours$v[number], english$v[number])
  expect_identical(ours$cell, english$cell)
  expect_identical(english$f == "", ours$f == "")
  # Lines and headings: names of the data and of settings apart.
  settings <- setting_meanings()
  for (sheet in titles[-(1:3)]) {
    text <- unlist(openxlsx2::wb_to_df(wb, sheet = sheet, dims = "A1:A3",
                                       col_names = FALSE))
    expect_identical(latin_left(text, c("FROZEN", "NID", "A", "V", "D")),
                     character(), label = sheet)
  }
  read <- quietly(read_workbook(russian))
  expect_equal(as.data.frame(read$basic), as.data.frame(district$basic),
               tolerance = 1e-12)
  expect_identical(getOption("nidcode.language"), NULL)
})

test_that("a workbook is read in whatever language the reader has", {
  withr::local_options(nidcode.language = "ru")
  file <- tempfile(fileext = ".xlsx")
  quietly(write_workbook(district, file, language = "en"))
  expect_equal(quietly(read_workbook(file))$basic$estimate,
               district$basic$estimate, tolerance = 1e-12)
  template <- tempfile(fileext = ".xlsx")
  workbook_template(template, ural_scheme)
  withr::local_options(nidcode.language = "en")
  expect_error(read_workbook(template), class = "nidcode_error_zero_rows")
})

test_that("sheets are found by their keys when they are renamed", {
  file <- write_quietly(district)
  renamed <- rename_sheet(file, "Data", "It's 2024")
  read <- quietly(read_workbook(renamed))
  expect_equal(read$basic$estimate, district$basic$estimate, tolerance = 1e-12)
  wb <- openxlsx2::wb_load(renamed)
  wb$add_data(sheet = "It's 2024", x = TRUE, dims = "C9", col_names = FALSE)
  wb$save(renamed)
  cnd <- expect_error(quietly(read_workbook(renamed)),
                      class = "nidcode_error_file")
  expect_identical(cnd[c("sheet", "cells")],
                   list(sheet = "It's 2024", cells = "C9"))
  expect_match(conditionMessage(cnd), "'It''s 2024'!C9", fixed = TRUE)
  # Without a key, a sheet of another name is no sheet of ours.
  wb <- openxlsx2::wb_load(renamed)
  wb$workbook$definedNames <- NULL
  wb$save(renamed)
  expect_error(quietly(read_workbook(renamed)), "no sheet `Data`",
               class = "nidcode_error_file")
})

test_that("what code_panel() tells is told of cells of the sheet", {
  wb <- filled_book()
  put_text(wb, c("A13", "A14"), "a")
  told <- NULL
  quietly(withCallingHandlers(
    read_workbook(saved(wb)),
    nidcode_warning_lookalike = \(w) told <<- w))
  expect_identical(told$sheet, "Data")
  expect_match(conditionMessage(told), "Data!A", fixed = TRUE)
})
