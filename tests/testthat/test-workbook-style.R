# How the sheets look, print and what they let be edited, from their XML.
skip_if_not_installed("openxlsx2", "1.23")

styled <- local({
  data <- subset(ural, level == "region")
  data$seen <- as.Date("2020-02-29") + seq_len(nrow(data))
  quietly(code_model(data, ural_scheme, status = "_status"))
})
file <- write_quietly(styled)
book <- openxlsx2::wb_load(file)

sheet_of <- function(name) {
  book$worksheets[[match(name, book$get_sheet_names())]]
}

# The style of a cell, as its fields in XML.
style_of <- function(sheet, cell) {
  cc <- sheet_of(sheet)$sheet_data$cc
  number <- as.integer(cc$c_s[match(cell, cc$r)])
  book$styles_mgr$styles$cellXfs[number + 1L]
}

locked <- function(sheet, cell) {
  !grepl("locked=\"0\"", style_of(sheet, cell), fixed = TRUE)
}

test_that("formula cells are protected without a password, input is not", {
  for (sheet in book_sheets) {
    expect_match(sheet_of(sheet)$sheetProtection, "sheet=\"1\"")
    expect_false(grepl("password|hashValue", sheet_of(sheet)$sheetProtection))
    cc <- sheet_of(sheet)$sheet_data$cc
    formula <- cc$r[cc$f != ""]
    expect_true(all(vapply(formula, locked, TRUE, sheet = sheet)))
  }
  at <- data_places(book_frame(styled))
  expect_false(locked("Data", paste0(book_letters(at$x[[1L]]), 7)))
  expect_false(locked("Data", paste0(book_letters(at$status[[1L]]), 7)))
  expect_false(locked("Scheme", "D7"))
  expect_false(locked("Codes", "H4"))
  settings <- openxlsx2::wb_to_df(book, sheet = "Read me", col_names = FALSE)
  expect_false(locked("Read me", paste0(
    "B", rownames(settings)[match("measure", settings[[1L]])])))
  # An empty cell of x can be filled in.
  holes <- write_quietly(small_model(1, n_times = 9L))
  cc <- openxlsx2::wb_load(holes)$worksheets[[3L]]$sheet_data$cc
  expect_gt(sum(cc$v == "" & cc$is == "" & cc$c_r %in% c("C", "D", "E") &
                  as.integer(cc$row_r) > 6), 0)
})

test_that("headings stand over their numbers, units above them", {
  side <- function(sheet, cell) {
    sub(".*horizontal=\"([a-z]+)\".*", "\\1", style_of(sheet, cell))
  }
  expect_identical(side("Code NID", "B6"), "right")
  expect_identical(side("Code NID", "B7"), "right")
  expect_identical(side("Code ID", "D6"), "center")
  expect_false(grepl("horizontal", style_of("Code NID", "A6")))
  value <- function(sheet, cell) {
    openxlsx2::wb_to_df(book, sheet = sheet, dims = paste0(cell, ":", cell),
                        col_names = FALSE)[[1L]]
  }
  expect_identical(value("Data", "C5"), "number")
  expect_identical(value("Codes", "C5"), "sd of the panel")
  expect_identical(value("Rates", "C5"), "sd of the panel per year")
  expect_identical(value("Rates", "D5"), "sd of the panel per year\u00b2")
  expect_identical(value("Code NID", "B5"), "sd of the panel per year\u00b2")
})

test_that("sheets print one page wide under their headings", {
  names <- unname(book$get_sheet_names())
  defined <- book$workbook$definedNames
  for (sheet in names) {
    expect_match(sheet_of(sheet)$pageSetup, "fitToWidth=\"1\"")
    own <- paste0("localSheetId=\"", match(sheet, names) - 1L, "\"")
    mine <- grep(own, defined, fixed = TRUE, value = TRUE)
    expect_identical(any(grepl("Print_Titles", mine)), sheet != "Read me")
    expect_identical(any(grepl("Print_Area", mine)), sheet != "Read me")
  }
  expect_match(grep("Code NID.*Print_Area|Print_Area.*Code NID", defined,
                    value = TRUE)[1L], ",", fixed = TRUE)
})

test_that("dates are shown as dates wherever they stand", {
  at <- data_places(book_frame(styled))
  seen <- match("seen", names(other_columns(book_frame(styled))))
  cell <- paste0(book_letters(at$other - 1L + seen), "7")
  id <- sub(".*numFmtId=\"([0-9]+)\".*", "\\1", style_of("Data", cell))
  expect_match(grep(paste0("numFmtId=\"", id, "\""),
                    book$styles_mgr$styles$numFmts, value = TRUE),
               "yyyy-mm-dd")
})

test_that("bars of Code NID have the intervals of R, for all regions", {
  folder <- withr::local_tempdir()
  utils::unzip(file, exdir = folder)
  charts <- list.files(file.path(folder, "xl", "charts"), "[.]xml$",
                       full.names = TRUE)
  text <- vapply(charts, \(x) paste(readLines(x, warn = FALSE,
                                              encoding = "UTF-8"),
                                    collapse = ""), "")
  bars <- grep("<c:errBars>", text, value = TRUE, fixed = TRUE)
  expect_length(bars, 1L)
  last <- 6L + nrow(styled$basic)
  for (range in paste0("'Code NID'!$", c("B", "L", "M"), "$7:$",
                       c("B", "L", "M"), "$", last)) {
    expect_match(bars, range, fixed = TRUE)
  }
  # Series of which nothing is drawn keep the limits within the axis.
  for (column in c("G", "H")) {
    expect_match(bars, paste0("<a:noFill/>.*'Code NID'!\\$", column,
                              "\\$7:\\$", column, "\\$", last))
  }
  table <- book_table(file, "Code NID")
  expect_equal(table[["interval below"]],
               styled$basic$estimate - styled$basic$conf.low,
               tolerance = 1e-12)
  expect_equal(table[["interval above"]],
               styled$basic$conf.high - styled$basic$estimate,
               tolerance = 1e-12)
})

test_that("a few styles serve any number of cells", {
  expect_lt(length(book$styles_mgr$styles$cellXfs), 60L)
  expect_identical(anyDuplicated(book$styles_mgr$styles$cellXfs), 0L)
})

test_that("later looks go over earlier ones", {
  sheet <- put_columns(new_book_sheet("a"), 1L, 1L, list(1:2, 3:4))
  sheet <- dress(sheet, 1:2, 1L, "bold", format = "0.0")
  sheet <- dress(sheet, 2L, 1:2, format = "0")
  wb <- new_book("a")
  style <- cell_styles(wb, sheet, gather_cells(sheet))
  xf <- wb$styles_mgr$styles$cellXfs[as.integer(style) + 1L]
  code <- wb$styles_mgr$styles$numFmts
  expect_match(code[1L], "\"0.0\"", fixed = TRUE)
  expect_match(code[2L], "\"0\"", fixed = TRUE)
  # A1, B1, A2, B2.
  expect_identical(sub(".*numFmtId=\"([0-9]+)\".*", "\\1", xf),
                   c("164", "0", "165", "165"))
  expect_identical(grepl("fontId=\"0\"", xf), c(FALSE, TRUE, FALSE, TRUE))
})
