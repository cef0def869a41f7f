# What stands in a cell of a workbook, and what is read: every kind once.
skip_on_cran()

skip_if_not_installed("openxlsx2", "1.23")

# A text in C9, the third value of x (the others are numbers), the number it
# says, and the flag.
texts <- list(
  c("7", "7", NA), c("-7.25", "-7.25", NA), c("1e3", "1000", NA),
  c("12,5", "12.5", NA), c(".5", "0.5", NA), c("12.3 b", "12.3", "b"),
  c("12.3b", "12.3", "b"), c("14.2e", "14.2", "e"), c("7 bp", "7", "bp"),
  c(": c", NA, "c"), c("1 234 2)", "1234", NA), c("5*", "5", NA),
  c("12.5 [2]", "12.5", NA), c("1 234 567", "1234567", NA),
  c("1\u00a0234,5", "1234.5", NA), c("1\u202f234", "1234", NA),
  c("1'234", "1234", NA), c("1,234,567", "1234567", NA),
  c("1,234.5", "1234.5", NA), c("1.234.567", "1234567", NA),
  c("1.234,5", "1234.5", NA), c("\u22127", "-7", NA),
  c("\u20137,5", "-7.5", NA), c(":", NA, NA), c("..", NA, NA),
  c("...", NA, NA), c("\u2026", NA, NA), c("x", NA, NA), c("(D)", NA, NA),
  c("(NA)", NA, NA), c(".", NA, NA), c("n/a", NA, NA),
  c("\u043a\u043e\u043d\u0444.", NA, NA), c("#N/A", NA, NA),
  c("see note", NA, NA)
)

read_kinds <- function(wb) {
  told <- list()
  out <- withCallingHandlers(
    sheet_frame(wb),
    message = function(m) {
      told$message <<- c(told$message, m$values)
      rlang::cnd_muffle(m)
    },
    warning = function(w) {
      told$warning <<- c(told$warning, w$values)
      rlang::cnd_muffle(w)
    })
  list(data = out, told = told)
}

test_that("text says one number, or none, and both are told by address", {
  for (row in texts) {
    label <- row[1]
    read <- read_kinds(put_text(filled_book(), "C9", label))
    expect_identical(read$data$x[3], as.double(row[2]), label = label)
    expect_identical(read$data$x[-3], sheet_data()$x[-3], label = label)
    how <- if (is.na(row[2])) "warning" else "message"
    expect_identical(names(read$told), how, label = label)
    expect_match(read$told[[how]], "^C9 \\(", label = label)
    flag <- rep("ok", 8)
    if (!is.na(row[3])) flag[3] <- row[3]
    expect_identical(read$data$x_status, flag, label = label)
  }
})

test_that("cells that are no value, or may be two, are errors by address", {
  rows <- c(paste0("C", 7:14))
  put <- function(...) put_cell(filled_book(), ...)
  days <- c(38717, 39082)
  bad <- list(
    "a date" = put_dates(filled_book(), "C9", days[1]),
    "a date and time" = put_dates(filled_book(), "C9", 38717.5,
                                  "dd/mm/yy hh:mm"),
    "a month" = put_dates(filled_book(), "C9", days[1], "[$-419]mmm\\ yyyy;@"),
    "an ISO date" = put("C9", "2005-12-31", "d"),
    "TRUE" = put("C9", "1", "b"),
    "a formula without a value" = put("C9", f = "1+1"),
    "a dash" = put_text(filled_book(), "C9", "-"),
    "a long dash" = put_text(filled_book(), "C9", "\u2014"),
    "a letter that may multiply" = put_text(filled_book(), "C9", "3 K"),
    "one comma, three digits" = put_text(filled_book(), "C9", "1,234"),
    "one dot, three digits" = put_text(filled_book(), "C9", "1.234"),
    "per cent beside numbers" = put_text(filled_book(), "C9", "12%"),
    "a damaged number" = put("C9", "12,5")
  )
  for (name in names(bad)) {
    cnd <- expect_error(suppressMessages(sheet_frame(bad[[name]])),
                        class = "nidcode_error_file", label = name)
    expect_identical(cnd[c("sheet", "cells")],
                     list(sheet = "Data", cells = "C9"), label = name)
    expect_match(conditionMessage(cnd), "C9", label = name)
  }
  # A column of nothing else.
  column <- function(text) {
    expect_error(sheet_frame(put_text(filled_book(), rows, text)),
                 class = "nidcode_error_file")
  }
  expect_identical(column("good")$cells, rows)
  expect_identical(column(c("1,234", "2,345"))$cells, rows)
  expect_identical(column("-")$cells, rows)
})

test_that("near misses of these are values", {
  read <- function(wb) suppressMessages(sheet_frame(wb)$x)
  put <- function(...) put_cell(filled_book(), ...)
  expect_identical(read(put("C9", "7", f = "3+4"))[3], 7)
  # Text of no letters may be meant, or never have been computed: it is said.
  empty <- read_kinds(put("C9", "", "str", f = "IF(TRUE,\"\")"))
  expect_identical(empty$data$x[3], NA_real_)
  expect_identical(empty$told, list(message = "C9"))
  other <- read_kinds(put("G9", "", "str", f = "IF(TRUE,\"\")"))
  expect_identical(other$told, list())
  # Numbers in colour, in per cent, with a unit that has letters of dates.
  for (code in c("[Red]0.0", "0%", "0.0\"days, months\"", "0\\d", "General",
                 "#,##0.00_d", "[$-409]0.0")) {
    expect_identical(read(put_dates(filled_book(), "C9", 7, code))[3], 7,
                     label = code)
  }
  rows <- paste0("C", 7:14)
  of_text <- function(text) read(put_text(filled_book(), rows, text))
  expect_identical(of_text(sub(".", ",", sheet_data()$x + 0.5, fixed = TRUE)),
                   sheet_data()$x + 0.5)
  expect_identical(of_text(paste0(sheet_data()$x, "%")), sheet_data()$x)
  # One number of the column tells what the comma of the others is.
  expect_identical(of_text(c("1,234", "1,5"))[1:2], c(1.234, 1.5))
  expect_identical(of_text(c("1,234", "1,234,567"))[1:2], c(1234, 1234567))
  # Blanks are no text, whatever they are formatted as.
  expect_identical(read(put("C9", s = "1"))[3], NA_real_)
  expect_identical(read(put_text(filled_book(), "C9", "  "))[3], NA_real_)
})

test_that("strings are read whole, wherever and however they are kept", {
  read <- function(is, t = "inlineStr") {
    wb <- filled_book()
    if (t == "inlineStr") {
      for (row in 7:14) put_cell(wb, paste0("A", row), t = t, is = is)
    } else {
      n <- length(wb$sharedStrings)
      wb$sharedStrings <- structure(c(wb$sharedStrings, is),
                                    uniqueCount = as.character(n + 1L))
      for (row in 7:14) put_cell(wb, paste0("A", row), as.character(n), "s")
    }
    unique(sheet_frame(wb)$region)
  }
  strings <- c(
    "<is><t>a &amp; &lt;b&gt; &#1055;&#x43c;&quot;</t></is>" =
      "a & <b> \u041f\u043c\"",
    "<is><r><rPr><b/></rPr><t>Ural </t></r><r><t>2</t></r></is>" = "Ural 2",
    "<is><t>\u6771</t><rPh sb=\"0\" eb=\"1\"><t>\u30c8</t></rPh></is>" =
      "\u6771",
    "<is><t>=1+1</t></is>" = "=1+1",
    "<is><t>_x005F_x0041_</t></is>" = "_x0041_"
  )
  for (xml in names(strings)) {
    expect_identical(read(xml), strings[[xml]], label = xml)
    expect_identical(read(gsub("is>", "si>", xml, fixed = TRUE), "s"),
                     strings[[xml]], label = xml)
  }
})

# Times ------------------------------------------------------------------------

test_that("dates in the time column are dates, in every format", {
  dates <- as.Date(paste0(2005:2012, "-07-15"))
  days <- as.double(dates) + 25569
  rows <- paste0("B", 7:14)
  for (code in c("yyyy-mm-dd", "dd.mm.yyyy", "yyyy", "mmm-yy", "d/m/yy h:mm",
                 "[$-419]d mmmm yyyy;@", "[$-F800]dddd, mmmm dd, yyyy")) {
    expect_identical(sheet_frame(put_dates(filled_book(), rows, days,
                                           code))$year, dates, label = code)
  }
  built_in <- put_dates(filled_book(), rows, days)
  xf <- built_in$styles_mgr$styles$cellXfs
  built_in$styles_mgr$styles$cellXfs <- gsub("numFmtId=\"[0-9]+\"",
                                             "numFmtId=\"14\"", xf)
  for (row in c(7:14)) for (col in c("C", "D")) {
    put_cell(built_in, paste0(col, row))
  }
  expect_identical(sheet_frame(built_in)$year, dates)
  from_1904 <- put_dates(filled_book(), rows, days - 1462)
  from_1904$workbook$workbookPr <- "<workbookPr date1904=\"1\"/>"
  expect_identical(sheet_frame(from_1904)$year, dates)
  iso <- filled_book()
  for (k in 1:8) put_cell(iso, rows[k], format(dates[k]), "d")
  expect_identical(sheet_frame(iso)$year, dates)
  noon <- sheet_frame(put_dates(filled_book(), rows, days + 0.5))$year
  expect_identical(format(noon[1], tz = "UTC"), "2005-07-15 12:00:00")
})

test_that("a workbook with dates is the model of the same dates in R", {
  for (dates in list(as.Date(paste0(2005:2012, "-12-31")),
                     as.Date(paste0(2005:2012, "-07-15")),
                     seq(as.Date("2005-01-01"), by = "month",
                         length.out = 8L))) {
    data <- sheet_data()
    wb <- put_dates(filled_book(), paste0("B", 7:14),
                    as.double(dates) + 25569)
    data$year <- dates
    read <- suppressMessages(read_workbook(saved(wb)))
    expect_equal(read$basic$estimate,
                 suppressMessages(code_model(data,
                                             sheet_scheme()))$basic$estimate,
                 tolerance = 1e-12)
    expect_identical(read$panel$plain$year, dates)
  }
})

test_that("times that may be something else are errors by address", {
  rows <- paste0("B", 7:14)
  days <- 38717 + 365 * 0:7
  fails <- function(wb, cells, ...) {
    cnd <- expect_error(sheet_frame(wb), ..., class = "nidcode_error_file")
    expect_identical(cnd$cells, cells)
  }
  fails(put_dates(filled_book(), "B9", days[3]), "B9", "2007")
  fails(put_cell(put_dates(filled_book(), rows, days), "B10", "2008"), "B10")
  fails(put_cell(filled_book(), "B9"), "B9", "missing")
  fails(put_cell(filled_book(), "B9", f = "B8+1"), "B9", "never computed")
  fails(put_cell(filled_book(), "B9", "#REF!", "e"), "B9", "failed")
  # 2005 shown as 1905-06-27, and dates that are asked for but not given.
  fails(put_dates(filled_book(), rows, 2005:2012), rows, "1905-06-27")
  asks <- filled_book()
  get <- new.env()
  settings_getter(read_grid(asks, "Read me"), get)
  put_text(asks, "B9", "2007")
  expect_identical(sheet_frame(asks)$year, as.character(2005:2012))
  at <- paste0("B", get$settings[["time.type"]])
  wb <- put_cell(filled_book(), at, t = "inlineStr", sheet = "Read me",
                 is = "<is><t>Date</t></is>")
  fails(wb, rows, "time.type")
  expect_identical(sheet_frame(put_dates(wb, rows, days))$year[1],
                   as.Date("2005-12-31"))
})

test_that("regions are names: no dates, none left out, merged ones filled", {
  fails <- function(wb, cells, ...) {
    cnd <- expect_error(sheet_frame(wb), ..., class = "nidcode_error_file")
    expect_identical(cnd$cells, cells)
  }
  fails(put_dates(filled_book(), "A9", 38717), "A9", "2005-12-31")
  fails(put_cell(filled_book(), "A9"), "A9", "missing")
  merged <- filled_book()
  for (row in 8:14) put_cell(merged, paste0("A", row))
  merged$merge_cells(sheet = "Data", dims = "A7:A14")
  expect_identical(sheet_frame(merged)$region, rep("A", 8))
  codes <- filled_book()
  for (row in 7:14) put_cell(codes, paste0("A", row), "77")
  expect_identical(unique(sheet_frame(codes)$region), "77")
  values <- filled_book()
  put_cell(values, "C9")
  values$merge_cells(sheet = "Data", dims = "C8:C9")
  fails(values, "C8:C9", "merged")
})

test_that("headings may not repeat, move or hide", {
  fails <- function(wb, class, ...) {
    expect_error(sheet_frame(wb), ...,
                 class = paste0("nidcode_error_", class))
  }
  twice <- fails(put_text(filled_book(), "G6", "x"), "file")
  expect_identical(twice$cells, c("C6", "G6"))
  fails(put_text(filled_book(), "G6", "x"), "duplicate_name")
  moved <- filled_book()
  put_cell(moved, "C6")
  put_text(moved, "C5", "x")
  fails(moved, "file", "C5")
  fails(moved, "no_column", "`x`")
  hidden <- filled_book()
  hidden$set_row_heights(sheet = "Data", rows = 8, hidden = TRUE)
  hidden$set_col_widths(sheet = "Data", cols = 4, hidden = TRUE)
  expect_identical(sheet_frame(hidden)[c("x", "y")],
                   tibble::as_tibble(sheet_data())[c("x", "y")])
})

test_that("flags in cells join the labels beside them", {
  wb <- put_text(filled_book(), "C9", "7 p")
  put_text(wb, c("E9", "E10"), c("break", "estimated"))
  read <- suppressMessages(read_workbook(saved(wb)))
  expect_identical(which(read$panel$breaks$x == 3L), 1L)
  expect_identical(read$panel$x$x[3], 7)
})

test_that("cells far away, and cells with nothing in them, cost nothing", {
  wb <- put_cell(filled_book(), "XFD1048576", "1")
  for (col in book_letters(seq(7, 16384, by = 97))) {
    put_cell(wb, paste0(col, "20"), s = "1")
  }
  grid <- read_grid(wb, "Data")
  expect_identical(sheet_frame(wb)$x, sheet_data()$x)
  # Headings and labels of the template, eight rows of four cells, the far one.
  expect_lt(length(grid$row), 60L)
  expect_lt(as.double(utils::object.size(grid)), 1e5)
  empty <- filled_book()
  at <- match("Data", empty$get_sheet_names())
  empty$worksheets[[at]]$sheet_data$cc <- NULL
  expect_error(sheet_frame(empty), class = "nidcode_error_file")
})

test_that("cells that cannot be placed, or have lost their style, are errors", {
  fails <- function(wb, ...) {
    expect_error(sheet_frame(wb), ..., class = "nidcode_error_file")$cells
  }
  change <- function(what, to) {
    wb <- filled_book()
    at <- match("Data", wb$get_sheet_names())
    cc <- wb$worksheets[[at]]$sheet_data$cc
    cc[match("C9", cc$r), what] <- to
    wb$worksheets[[at]]$sheet_data$cc <- cc
    wb
  }
  expect_identical(fails(change("row_r", "10"), "two cells"), "C10")
  fails(change("row_r", ""), "address")
  fails(change("c_r", "c"), "address")
  expect_identical(fails(change("c_s", "999"), "style"), "C9")
})

test_that("errors of the model name sheet and cells, and keep their class", {
  fails <- function(wb, class, sheet, cells) {
    cnd <- expect_error(suppressMessages(read_workbook(saved(wb))),
                        class = paste0("nidcode_error_", class))
    expect_s3_class(cnd, "nidcode_error_file")
    expect_identical(class(cnd)[1], "nidcode_error_file")
    expect_identical(cnd[c("sheet", "cells")],
                     list(sheet = sheet, cells = cells))
    expect_true(all(vapply(cells, grepl, TRUE, conditionMessage(cnd),
                           fixed = TRUE)))
  }
  twice <- put_cell(filled_book(), "B9", "2006")
  fails(twice, "duplicate_key", "Data", c("A9", "B9"))
  log <- filled_book()
  log$add_data(sheet = "Scheme", x = "log", dims = "E7", col_names = FALSE)
  fails(put_cell(log, "C9", "-2"), "domain", "Data", "C9")
  minus <- filled_book()
  minus$add_data(sheet = "Scheme", x = 5, dims = "C8", col_names = FALSE)
  cnd <- expect_error(read_workbook(saved(minus)),
                      class = "nidcode_error_file")
  expect_identical(cnd$sheet, "Scheme")
  # What reverses the reading of a line, or commands a terminal, is left out.
  text <- put_text(filled_book(), paste0("B", 7:14), "so\u202eon \u009b31m")
  cnd <- expect_error(read_workbook(saved(text)),
                      class = "nidcode_error_bad_time")
  expect_s3_class(cnd, "nidcode_error_file")
  expect_match(conditionMessage(cnd), "soon 31m")
  expect_identical(cnd$cells, "B6")
  at <- new.env()
  settings_getter(read_grid(filled_book(), "Read me"), at)
  for (name in c("rate", "measure", "rate.degree", "conf_level")) {
    cell <- paste0("B", at$settings[[name]])
    wb <- put_cell(filled_book(), cell, t = "inlineStr", sheet = "Read me",
                   is = "<is><t>odd</t></is>")
    if (name == "rate.degree") {
      put_cell(wb, paste0("B", at$settings[["rate"]]), t = "inlineStr",
               sheet = "Read me", is = "<is><t>local</t></is>")
    }
    fails(wb, "file", "Read me", cell)
  }
})

test_that("what is foreign or damaged inside is an error of the file", {
  fails <- function(file) {
    cnd <- expect_error(read_workbook(file), class = "nidcode_error_file")
    expect_identical(cnd$path, file)
  }
  fails(tempdir())
  fails(tempfile(fileext = ".xlsx"))
  wb <- filled_book()
  file <- saved(wb)
  parts <- withr::local_tempdir()
  utils::unzip(file, exdir = parts)
  # The archive is whole, what it holds is not.
  for (part in c("xl/workbook.xml", "xl/worksheets/sheet3.xml",
                 "xl/_rels/workbook.xml.rels")) {
    path <- file.path(parts, part)
    text <- readLines(path, warn = FALSE)
    for (half in list("", substr(text[1], 1, nchar(text[1]) %/% 2), "<a/>")) {
      writeLines(half, path)
      broken <- tempfile(fileext = ".xlsx")
      withr::with_dir(parts, utils::zip(broken, ".", flags = "-r9Xq"))
      suppressWarnings(fails(broken))
    }
    writeLines(text, path)
  }
})

test_that("letters of columns are read as they are written", {
  expect_identical(letters_column(book_letters(c(1, 26, 27, 702, 703, 16384))),
                   c(1L, 26L, 27L, 702L, 703L, 16384L))
  expect_identical(letters_column(c("", "a", "A1", NA)), rep(NA_integer_, 4))
})
