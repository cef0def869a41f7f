# tests/testthat/sheet.xls: a sheet of an office in the format before xlsx, as
# LibreOffice writes it.
#   Rscript data-raw/old-sheet.R

folder <- tempfile()
dir.create(folder)
wb <- openxlsx2::wb_workbook()
wb$add_worksheet("notes")
wb$add_data(x = "nothing here", col_names = FALSE)
wb$add_worksheet("1.1")
put <- function(at, x) wb$add_data("1.1", x, at, col_names = FALSE)
put("A1", "Output")
put("B3", t(c("2005", "2006 1)", "2007")))
put("A4", c("\u0421\u0435\u0432\u0435\u0440 2)", "South", "1) Provisional."))
put("B4", 1.234)
put("C4", "1 301,5")
put("D4", "7 b")
put("B5", 5)
put("C5", "\u2026")
put("D5", 6.25)
file <- file.path(folder, "sheet.xlsx")
wb$save(file)
# R's own library path is not that of LibreOffice.
system2("soffice", c("--headless", "--convert-to", "xls", "--outdir", folder,
                     file), env = "LD_LIBRARY_PATH=")
file.copy(file.path(folder, "sheet.xls"), "tests/testthat/sheet.xls",
          overwrite = TRUE)
