# Files in the layout of each source to the code, in three lines: the table, the
# panel, the code. Numbers by hand: 100, 104, 110, 118, 128, 140 has second
# differences of 2, and 100, 110, 118, 124, 128, 130 of -2, four of each where
# nothing breaks the series.

skip_on_cran()

extdata <- function(file) system.file("extdata", file, package = "nidcode")

one_code <- function(indicator) {
  code_scheme(indicator, "production", codes = nid_codes()[1, ])
}

literal_code <- function(panel) {
  suppressMessages(basic_code(defining_codes(panel, "none"),
                              rate = rate_difference()))
}

three_lines <- function(file, scheme, ...) {
  suppressMessages({
    table <- read_sheet_table(extdata(file))
    panel <- as_code_panel(table, scheme, ...)
    code <- literal_code(panel)
  })
  stats::setNames(code$estimate, as.character(code[[1L]]))
}

test_that("eurostat's TSV", {
  code <- three_lines("eurostat.tsv", one_code("B1GQ"))
  # AT11 breaks in 2007: two second differences are left. AT13 has 90, 91, -,
  # 94, 96 before its break: growth of 1, 1.5, 2, and steps of 2 and 1 years.
  expect_equal(code[["AT11"]], 4)
  expect_equal(code[["AT12"]], -8)
  expect_equal(code[["AT13"]], 2 * (1.5 - 1) / 3 + 2 * (2 - 1.5) / 3)
})

test_that("OECD's SDMX-CSV", {
  expect_equal(three_lines("oecd.csv", one_code("GDP")),
               c(BG32 = 4, PL42 = -8))
})

test_that("the World Bank's csv with its title lines", {
  table <- suppressMessages(read_sheet_table(extdata("worldbank.csv")))
  expect_identical(attr(table, "notes"),
                   c("Data Source World Development Indicators",
                     "Last Updated Date 2024-01-01"))
  expect_equal(three_lines("worldbank.csv", one_code("GDP")),
               c(Aland = 8, Bland = -8))
  p <- suppressMessages(as_code_panel(table, one_code("LIT")))
  expect_identical(p$x, list(LIT = c(60, 61, 63, 66, NA, 75,
                                     80, 82, 83, 83.5, 84, 84)))
})

test_that("a sheet of Rosstat's", {
  said <- expect_message(
    table <- read_sheet_table(extdata("rosstat-sheet.csv")),
    class = "nidcode_message_sheet")
  expect_identical(said$encoding, "windows-1251")
  expect_identical(said$sep, ";")
  expect_identical(said$decimal, ",")
  expect_identical(names(table)[c(1, 2, 7)], c("region", "2005", "2008"))
  # Marks are off the names, runs of blanks one blank, notes kept.
  expect_identical(table$region[3:4],
                   paste("\u041e\u0431\u043b\u0430\u0441\u0442\u044c",
                         c("\u0410", "\u0411")))
  expect_length(attr(table, "notes"), 4)
  expect_identical(table[["2005"]][1], 1234.5)
  code <- three_lines("rosstat-sheet.csv", one_code("output"))
  expect_equal(unname(code[grepl("\u0410$|\u0411$", names(code))]), c(8, -8))
  long <- suppressMessages(panel_long(table))
  expect_identical(long$value[19:24], c(NA, 2.5, NA, 3.1, 3.3, 4))
  expect_identical(long$status[19:24], c("\u2026", "", "na", "", "", ""))
  zero <- suppressMessages(read_sheet_table(extdata("rosstat-sheet.csv"),
                                            dash = 0))
  expect_identical(zero[["2007"]][5], 0)
})

test_that("BEA's csv: leading zeros and cells that are not shown", {
  table <- suppressMessages(read_sheet_table(extdata("bea.csv")))
  expect_identical(unique(table$GeoFIPS), c("01001", "09003"))
  code <- suppressMessages(literal_code(as_code_panel(
    table, one_code("Personal income"), index = "GeoFIPS")))
  expect_identical(code$region, c("01001", "09003"))
  expect_equal(code$estimate, c(8, -8))
  farm <- suppressMessages(as_code_panel(table, one_code("Farm income")))
  expect_identical(farm$x[[1]], c(5.5, NA, 6.5, 7, 7.5, 9,
                                  NA, 2, 2.5, 4, 4.5, 5))
  expect_identical(as.character(farm$status[[1]])[c(2, 7)],
                   c("suppressed", "na"))
})

test_that("a cube of Statistics Canada's", {
  code <- three_lines("statcan.csv", one_code("Output"))
  expect_equal(code[["Alberta"]], 8)
  # 2007 is too unreliable: 100, 110, -, 124, 128, 130 grows by 10, 7, 4, 2.
  expect_equal(code[["Ontario"]],
               2 * (7 - 10) / 3 + 2 * (4 - 7) / 3 + 2 * (2 - 4) / 2)
})

test_that("our own wide Russian csv is as read.csv() reads it", {
  file <- extdata("ural-wide-ru.csv")
  table <- suppressMessages(read_sheet_table(file))
  plain <- utils::read.csv(file, check.names = FALSE, encoding = "UTF-8")
  expect_identical(names(table), names(plain))
  expect_equal(as.data.frame(table), plain, ignore_attr = TRUE)
  scheme <- one_code(names(plain)[6])
  index <- names(plain)[1:2]
  status <- paste0("_", sub("^.*_", "", names(plain)[9]))
  a <- suppressMessages(code_panel(table, scheme, index, status = status))
  b <- suppressMessages(code_panel(plain, scheme, index, status = status))
  expect_identical(literal_code(a)$estimate, literal_code(b)$estimate)
})

# ---- Encodings, separators, marks -------------------------------------------

write_sheet <- function(lines, encoding = "UTF-8", mark = NULL, end = "\n") {
  file <- withr::local_tempfile(fileext = ".csv", .local_envir = parent.frame())
  text <- paste0(paste(lines, collapse = end), end)
  con <- base::file(file, "wb")
  if (!is.null(mark)) writeBin(as.raw(mark), con)
  writeBin(iconv(enc2utf8(text), "UTF-8", encoding, toRaw = TRUE)[[1L]], con)
  close(con)
  file
}

test_that("encodings and separators are guessed and said, or told", {
  cyrillic <- c("\u0440\u0435\u0433\u0438\u043e\u043d;2005;2006",
                "\u041f\u0435\u0440\u043c\u044c;1,5;2,5")
  western <- c("region;2005;2006", "Malm\u00f6;1,5;2,5", "S\u00f8r;3;4")
  cases <- list(
    list(cyrillic, "UTF-8", NULL), list(cyrillic, "UTF-8", c(0xef, 0xbb, 0xbf)),
    list(cyrillic, "windows-1251", NULL), list(western, "windows-1252", NULL),
    list(cyrillic, "UTF-16LE", c(0xff, 0xfe)), list(western, "UTF-16LE", NULL),
    list(cyrillic, "UTF-16BE", c(0xfe, 0xff))
  )
  for (one in cases) {
    file <- write_sheet(one[[1]], one[[2]], one[[3]])
    said <- expect_message(x <- read_sheet_table(file),
                           class = "nidcode_message_sheet")
    expect_identical(said$encoding, one[[2]])
    expect_identical(x[[1]][1], sub(";.*", "", one[[1]][2]))
    expect_identical(x[["2005"]][1], 1.5)
  }
  expect_identical(suppressMessages(read_sheet_table(
    write_sheet(cyrillic, "KOI8-R"), encoding = "KOI8-R"))[[1]],
    "\u041f\u0435\u0440\u043c\u044c")
  for (sep in c("\t", ";", ",", "|")) {
    lines <- gsub(";", sep, c("region;2005;2006", "A;1.5;2.5", "B;3;4"),
                  fixed = TRUE)
    for (end in c("\n", "\r\n", "\r")) {
      x <- suppressMessages(read_sheet_table(write_sheet(lines, end = end)))
      expect_identical(x[["2006"]], c(2.5, 4))
    }
  }
  x <- suppressMessages(read_sheet_table(write_sheet(
    c("region,2005,2006", "\"A, B\",\"1,234\",\"2.5\"", "C,\"3\",4"))))
  expect_identical(x$region, c("A, B", "C"))
  expect_identical(x[["2005"]], c(1234, 3))
})

test_that("a packed file is read, in any locale", {
  file <- withr::local_tempfile(fileext = ".csv.gz")
  con <- gzfile(file, "wb")
  writeBin(charToRaw(enc2utf8("region;2005;2006\nMalm\u00f6;1,5;2\n")), con)
  close(con)
  withr::local_locale(c(LC_CTYPE = "C"))
  x <- suppressMessages(read_sheet_table(file))
  expect_identical(x$region, "Malm\u00f6")
  expect_identical(x[["2005"]], 1.5)
})

test_that("one mark holds for the whole table, doubt is refused", {
  lines <- c("region;2005;2006", "A;1,234;2,5", "B;3;4")
  x <- suppressMessages(read_sheet_table(write_sheet(lines)))
  expect_identical(x[["2005"]], c(1.234, 3))
  lines[2] <- "A;1,234;2"
  err <- expect_error(read_sheet_table(write_sheet(lines)),
                      class = "nidcode_error_not_numeric")
  expect_identical(err$values, "1,234")
  expect_identical(err$regions, "A")
  x <- suppressMessages(read_sheet_table(write_sheet(lines), decimal = "."))
  expect_identical(x[["2005"]], c(1234, 3))
})

test_that("marks that tell names apart stay", {
  lines <- c("region;2005;2006", "Zone (1);1;2", "Zone (2);3;4", "Town*;5;6")
  x <- suppressMessages(read_sheet_table(write_sheet(lines)))
  expect_identical(x$region, c("Zone (1)", "Zone (2)", "Town*"))
})

test_that("what is no such table is refused with its first rows", {
  err <- expect_error(read_sheet_table(write_sheet(c("only a title", "x"))),
                      class = "nidcode_error_layout")
  expect_match(conditionMessage(err), "only a title", fixed = TRUE)
  expect_error(read_sheet_table(write_sheet(c("a;b;b", "1;2;3"))),
               class = "nidcode_error_layout")
  expect_error(read_sheet_table(write_sheet(c("a;;c", "1;2;3"))),
               class = "nidcode_error_layout")
  expect_error(read_sheet_table(write_sheet(c("a;b", ""))),
               class = "nidcode_error_layout")
  expect_error(read_sheet_table(write_sheet("")), class = "nidcode_error_file")
  expect_error(read_sheet_table(write_sheet(c("a;b", "\"x;1"))),
               class = "nidcode_error_file")
  expect_error(read_sheet_table("no such file.csv"),
               class = "nidcode_error_path")
  expect_error(read_sheet_table(write_sheet(c("a;b", "1;2")),
                                encoding = "nowhere"),
               class = "nidcode_error_file")
  expect_error(read_sheet_table(write_sheet(c("a;b", "1;2")), sep = ";;"),
               class = "nidcode_error_argument")
})

test_that("headings merged over columns are read with those below", {
  read <- function(lines) {
    suppressMessages(read_sheet_table(write_sheet(c(lines, "North;1;2;3;4",
                                                    "South;5;6;7;8"))))
  }
  years <- read(c("Output and jobs", "", "Region;2019;;2020;",
                  ";Output;Jobs;Output;Jobs"))
  expect_named(years, c("Region", "Output-2019", "Jobs-2019", "Output-2020",
                        "Jobs-2020"))
  expect_identical(years[["Jobs-2019"]], c(2, 6))
  expect_identical(attr(years, "notes"), "Output and jobs")
  long <- suppressMessages(panel_long(years, index = "Region"))
  expect_setequal(unique(long$indicator), c("Output", "Jobs"))
  long <- as.data.frame(long)
  expect_identical(long$value[long[[1L]] == "South" & long[[2L]] == 2020 &
                                long$indicator == "Output"], 7)
  # Names above years; the upper row alone is too empty to be the headings.
  names <- read(c(";Output;;Jobs;", "Region;2019;2020;2019 1);2020"))
  expect_named(names, c("Region", "Output-2019", "Output-2020", "Jobs-2019",
                        "Jobs-2020"))
  # Cells that were merged and filled; words; one column merged downwards.
  filled <- read(c("Region;2019;2019;2020;2020", ";a;b;a;b"))
  expect_named(filled, c("Region", "a-2019", "b-2019", "a-2020", "b-2020"))
  words <- read(c("Region;Employed;;Area;Note", ";men;women;;"))
  expect_named(words, c("Region", "Employed, men", "Employed, women", "Area",
                        "Note"))
  # Nothing merged: rows are what they were.
  for (bad in list(c("a;b;b;c;d", "x;y;z;u;v"), c("a;;c;d;e", "x;1;2;3;4"))) {
    expect_error(read(bad), class = "nidcode_error_layout")
  }
})

test_that("an old workbook is read as the csv is", {
  skip_if_not_installed("readxl")
  x <- suppressMessages(read_sheet_table(test_path("sheet.xls"), "1.1"))
  y <- suppressMessages(read_sheet_table(test_path("sheet.xls"), 2))
  expect_identical(x, y)
  expect_identical(as.list(x), list(
    region = c("\u0421\u0435\u0432\u0435\u0440", "South"),
    "2005" = c(1.234, 5), "2006" = c(1301.5, NA),
    "2006_status" = c("", "\u2026"), "2007" = c(7, 6.25),
    "2007_status" = c("b", "")), ignore_attr = TRUE)
  expect_identical(attr(x, "notes"), c("Output", "1) Provisional."))
  expect_error(read_sheet_table(test_path("sheet.xls")),
               class = "nidcode_error_layout")
  expect_error(read_sheet_table(test_path("sheet.xls"), "2.1"),
               class = "nidcode_error_file")
})

test_that("a sheet of a workbook is read as the csv is", {
  skip_if_not_installed("openxlsx2")
  file <- withr::local_tempfile(fileext = ".xlsx")
  wb <- openxlsx2::wb_workbook()
  wb$add_worksheet("notes")
  wb$add_data(x = "nothing here")
  wb$add_worksheet("1.1")
  put <- function(at, x) wb$add_data("1.1", x, at, col_names = FALSE)
  put("A1", "Output")
  put("B3", t(c("2005", "2006 1)", "2007")))
  put("A4", c("North 2)", "South", "1) Provisional."))
  put("B4", 1.234)
  put("C4", "1 301,5")
  put("D4", "7 b")
  put("B5", 5)
  put("C5", "\u2026")
  put("D5", 6.25)
  wb$save(file)
  x <- suppressMessages(read_sheet_table(file, "1.1"))
  expect_identical(as.list(x), list(
    region = c("North", "South"), "2005" = c(1.234, 5),
    "2006" = c(1301.5, NA), "2006_status" = c("", "\u2026"),
    "2007" = c(7, 6.25), "2007_status" = c("b", "")), ignore_attr = TRUE)
  expect_identical(attr(x, "notes"), c("Output", "1) Provisional."))
  expect_identical(suppressMessages(read_sheet_table(file, 2)), x)
  expect_error(read_sheet_table(file), class = "nidcode_error_layout")
  expect_error(read_sheet_table(file, "2.1"), class = "nidcode_error_file")
  err <- expect_error(read_sheet_table(write_sheet("PK")),
                      class = "nidcode_error")
  bad <- withr::local_tempfile(fileext = ".xlsx")
  writeLines("no workbook", bad)
  expect_error(read_sheet_table(bad), class = "nidcode_error_file")
})
