skip_if_not_installed("openxlsx2", "1.23")

fill <- function(file, sheet, data, dims) {
  wb <- openxlsx2::wb_load(file)
  wb$add_data(sheet = sheet, x = as.data.frame(data), dims = dims,
              col_names = FALSE, na = NULL)
  wb$save(file)
}

regions <- subset(ural, level == "region")

test_that("a template that was filled in is a model", {
  file <- tempfile(fileext = ".xlsx")
  expect_identical(workbook_template(file, ural_scheme), file)
  expect_error(read_workbook(file), class = "nidcode_error_zero_rows")
  names <- ural_scheme$indicator
  columns <- c("region", "year", names, paste0(names, "_status"))
  fill(file, "Data", regions[columns], "A7")
  read <- quietly(read_workbook(file))
  model <- quietly(code_model(regions, ural_scheme, status = "_status"))
  expect_equal(as.data.frame(read$basic), as.data.frame(model$basic),
               tolerance = 1e-12)
  expect_identical(read$panel$breaks, model$panel$breaks)
})

test_that("the scheme, too, can be filled in", {
  file <- tempfile(fileext = ".xlsx")
  workbook_template(file)
  scheme <- as.data.frame(ural_scheme)
  fill(file, "Scheme", scheme[c("indicator", "code")], "A7")
  fill(file, "Scheme", scheme["transform"], "E7")
  names <- ural_scheme$indicator
  fill(file, "Data", t(names), "C6")
  fill(file, "Data", regions[c("region", "year", names)], "A7")
  read <- quietly(read_workbook(file))
  model <- quietly(code_model(regions, ural_scheme))
  expect_equal(as.data.frame(read$basic), as.data.frame(model$basic),
               tolerance = 1e-12)
  expect_null(read$args$status)
})

test_that("settings of a template are read, and wrong ones told", {
  file <- tempfile(fileext = ".xlsx")
  workbook_template(file, ural_scheme)
  names <- ural_scheme$indicator
  fill(file, "Data", regions[c("region", "year", names)], "A7")
  row <- function(what) {
    text <- openxlsx2::wb_to_df(file, sheet = "Read me", col_names = FALSE)
    rownames(text)[match(what, text[[1L]])]
  }
  at <- vapply(c("rate", "influence", "influence.half_life"), row, "")
  fill(file, "Read me", data.frame("difference"), paste0("B", at[1]))
  fill(file, "Read me", data.frame("half_life"), paste0("B", at[2]))
  fill(file, "Read me", data.frame(3), paste0("B", at[3]))
  read <- quietly(read_workbook(file))
  model <- quietly(code_model(regions, ural_scheme, rate = rate_difference(),
                              influence = influence_half_life(3)))
  expect_equal(read$basic$estimate, model$basic$estimate, tolerance = 1e-12)
  fill(file, "Read me", data.frame("quickly"), paste0("B", at[1]))
  expect_error(read_workbook(file), "quickly", class = "nidcode_error_file")
})

test_that("checks, lists and notes are in the file", {
  file <- tempfile(fileext = ".xlsx")
  workbook_template(file, ural_scheme)
  folder <- tempfile()
  utils::unzip(file, exdir = folder)
  read <- function(name) {
    paste(readLines(file.path(folder, name), warn = FALSE), collapse = "")
  }
  data <- read("xl/worksheets/sheet3.xml")
  # A log needs numbers above 0; apt_used is the first column of x.
  expect_match(data, paste0("<dataValidation [^>]*greaterThan[^>]*",
                            "sqref=\"C7:C1048576\""))
  expect_match(data, "conditionalFormatting")
  expect_match(data, "suppressed")
  expect_match(read("xl/worksheets/sheet2.xml"), "none,log,log1p,sqrt,logit")
  expect_match(read("xl/worksheets/sheet1.xml"), "difference,central")
  notes <- list.files(file.path(folder, "xl"), "^comments[0-9]+[.]xml$")
  expect_length(notes, 2L)
  f <- book_cells(file)
  f <- f[f$f != "", ]
  expect_identical(f$v, c("6", "0", "0", "0", "0", "0"))
})

test_that("a cell takes what the transform of its indicator takes", {
  scheme <- code_scheme(
    letters[1:5], "social", unit = c(NA, NA, NA, NA, "percent"),
    transform = c("log1p", "sqrt", "none", "logit", "logit"))
  file <- tempfile(fileext = ".xlsx")
  workbook_template(file, scheme)
  folder <- tempfile()
  utils::unzip(file, exdir = folder)
  data <- paste(readLines(file.path(folder, "xl/worksheets/sheet3.xml"),
                          warn = FALSE), collapse = "")
  data <- gsub("&gt;", ">", data, fixed = TRUE)
  rules <- regmatches(data, gregexpr("<dataValidation .*?</dataValidation>",
                                     data, perl = TRUE))[[1L]]
  of <- function(column) {
    grep(paste0("sqref=\"", column, "7:", column, "1048576\""), rules,
         value = TRUE)
  }
  expect_match(of("C"), "operator=\"greaterThan\"", fixed = TRUE)
  expect_match(of("C"), "<formula1>-1</formula1>", fixed = TRUE)
  expect_match(of("D"), "operator=\"greaterThanOrEqual\"", fixed = TRUE)
  expect_match(of("E"), "operator=\"between\"", fixed = TRUE)
  expect_match(of("F"), "AND(ISNUMBER(F7),F7>0,1>F7)", fixed = TRUE)
  expect_match(of("G"), "AND(ISNUMBER(G7),G7>0,100>G7)", fixed = TRUE)
  expect_match(of("G"), "below 100: the scheme takes its logit", fixed = TRUE)
  # The sheet of a model has the same rules.
  cells <- book_cells(write_quietly(transformed_model()))
  z <- cells[cells$sheet == "Data" & grepl("^IF", cells$f), ]
  for (formula in c("LN(1+$C7)", "SQRT($D7)", "LN($E7/(100-$E7))", "LN($F7)",
                    "LN($G7/(1-$G7))")) {
    expect_true(any(grepl(formula, z$f, fixed = TRUE)), label = formula)
  }
})

test_that("an existing file is kept", {
  file <- tempfile(fileext = ".xlsx")
  workbook_template(file)
  expect_error(workbook_template(file), class = "nidcode_error_overwrite")
  expect_error(workbook_template(tempfile(fileext = ".xlsx"), "x"),
               class = "nidcode_error_scheme")
})
