skip_if_not_installed("openxlsx2", "1.23")

model <- small_model(1, n_times = 9L)
file <- write_quietly(model)
cells <- book_cells(file)

in_column <- function(sheet, letter) {
  cells[cells$sheet == sheet & grepl(paste0("^", letter, "[0-9]+$"),
                                     cells$cell) &
          as.integer(sub("^[A-Z]+", "", cells$cell)) > 6, ]
}

test_that("the nine sheets are there, and the banner on each that computes", {
  wb <- openxlsx2::wb_load(file, data_only = TRUE)
  expect_identical(unname(wb$get_sheet_names()), book_sheets)
  for (sheet in book_sheets) {
    text <- openxlsx2::wb_to_df(wb, sheet = sheet, dims = "A2:A2",
                                col_names = FALSE)[[1L]]
    expect_match(text, "Smoothing is FROZEN at the values of R")
  }
})

test_that("every cell of the live columns is a formula", {
  # Two keys, three x, their labels, three z; two codes.
  live <- list(Data = c("I", "J", "K"), Codes = c("C", "D"),
               Rates = c("C", "D", "E", "F"), `Code ID` = c("C", "D"))
  n <- sum(!is.na(model$panel$x$x1)) + model$panel$missing[["x1"]]
  for (sheet in names(live)) {
    for (letter in live[[sheet]]) {
      one <- in_column(sheet, letter)
      expect_identical(nrow(one), as.integer(n))
      expect_true(all(nzchar(one$f)), label = paste(sheet, letter))
    }
  }
  expect_true(all(nzchar(in_column("Code NID", "B")$f)))
  expect_identical(nrow(in_column("Code NID", "B")), 2L)
})

test_that("stored values are those of R", {
  z <- in_column("Data", "I")
  x <- model$panel$x$x1
  by_hand <- (x - mean(x, na.rm = TRUE)) / stats::sd(x, na.rm = TRUE) *
    model$panel$scheme$direction[1]
  expect_equal(suppressWarnings(as.numeric(z$v)), by_hand, tolerance = 1e-14)
  expect_match(z$f[1], "^IF\\(ISNUMBER\\(\\$C7\\),Scheme")
  id <- book_table(file, "Code ID")
  expect_identical(id[["Code ID"]][!is.na(id[["Code ID"]])],
                   model$industrial$estimate)
  expect_equal(book_table(file, "Code NID")[["Code NID"]],
               model$basic$estimate, tolerance = 1e-15)
})

test_that("a log in the scheme is LN in the sheet", {
  data <- data.frame(year = 2001:2007, x = exp(c(1, 3, 2, 5, 4, 6, 8)))
  log <- quietly(code_model(data, code_scheme("x", "social",
                                              transform = "log"),
                            index = "year"))
  f <- book_cells(write_quietly(log))
  f <- f[f$sheet == "Data" & f$f != "", ]
  expect_match(f$f[f$cell == "C7"], "(LN($B7)-", fixed = TRUE)
  v <- c(1, 3, 2, 5, 4, 6, 8)
  expect_equal(as.numeric(f$v[match(paste0("C", 7:13), f$cell)]),
               (v - mean(v)) / stats::sd(v), tolerance = 1e-14)
})

test_that("one operator a grid, or one a region and code for averages", {
  blocks <- function(model) {
    one <- book_cells(write_quietly(model))
    sum(grepl("^C", one$cell) & one$sheet == "Operator") # rows with a kind
  }
  even <- function(rate) {
    small_model(12, holes = FALSE, n_regions = 2L, rate = rate,
                breaks = "ignore")
  }
  count <- function(model) {
    frame <- book_frame(model)
    length(book_operators(frame)$blocks)
  }
  grids <- length(unique(even(rate_central())$panel$grid))
  expect_identical(count(even(rate_central())), grids)
  expect_identical(count(even(rate_spline(df = 4))), grids)
  expect_identical(count(even(rate_spline())), 4L)
  expect_gt(blocks(even(rate_central())), 2 * 6)
})

test_that("readers find numbers, not NA", {
  one <- book_table(file, "Code NID")
  expect_type(one[["Code NID"]], "double")
  expect_false(anyNA(one[["Code NID"]]))
  skip_if_not_installed("readxl")
  for (sheet in c("Codes", "Rates", "Code ID", "Code NID", "Contributions")) {
    read <- suppressWarnings(suppressMessages(
      readxl::read_excel(file, sheet, skip = 5)))
    col <- if (sheet %in% c("Code NID", "Contributions")) 2L else 3L
    expect_type(read[[col]], "double")
    expect_gt(sum(!is.na(read[[col]])), 1)
  }
  read <- readxl::read_excel(file, "Code NID", skip = 5)
  expect_equal(read[["Code NID"]], model$basic$estimate, tolerance = 1e-15)
})

test_that("five native charts refer to the sheets", {
  inside <- utils::unzip(file, list = TRUE)$Name
  charts <- grep("xl/charts/chart[0-9]+[.]xml$", inside, value = TRUE)
  expect_length(charts, 5L)
  folder <- tempfile()
  utils::unzip(file, charts, exdir = folder)
  text <- vapply(file.path(folder, charts), function(x) {
    paste(readLines(x, warn = FALSE, encoding = "UTF-8"), collapse = "")
  }, "")
  expect_true(all(grepl("<c:f>", text, fixed = TRUE)))
  expect_true(any(grepl("'Code NID'!$B$7:$B$8", text, fixed = TRUE)))
})

test_that("one region without a region column has its workbook", {
  district <- subset(ural, region_code == "FD-U")
  one <- code_model(district, ural_scheme, index = "year")
  path <- write_quietly(one)
  expect_equal(book_table(path, "Code NID")[["Code NID"]],
               one$basic$estimate, tolerance = 1e-15)
  expect_equal(read_workbook(path)$basic, one$basic, tolerance = 1e-12,
               ignore_attr = "fit")
})

test_that("files are checked before any work", {
  expect_error(write_workbook(model, file),
               class = "nidcode_error_overwrite")
  expect_error(write_workbook(model, tempfile()),
               class = "nidcode_error_path")
  expect_error(write_workbook(model, file.path(tempfile(), "a.xlsx")),
               class = "nidcode_error_path")
  expect_error(write_workbook(model$basic, file),
               class = "nidcode_error_argument")
  before <- list.files(tempdir())
  again <- tempfile(fileext = ".xlsx")
  expect_invisible(write_workbook(model, again))
  expect_identical(setdiff(list.files(tempdir()), before), basename(again))
  expect_identical(write_workbook(model, again, overwrite = TRUE), again)
})

test_that("the seed that openxlsx2 keeps among the options is put back", {
  model <- code_model(data.frame(year = 2001:2006, x = c(1, 3, 2, 5, 4, 6)),
                      code_scheme("x", "production", codes = nid_codes()[1L, ]),
                      index = "year")
  withr::local_options(openxlsx2_seed = 11L)
  write_workbook(model, withr::local_tempfile(fileext = ".xlsx"))
  expect_identical(getOption("openxlsx2_seed"), 11L)
})
