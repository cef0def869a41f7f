# Workbooks recalculated by LibreOffice: cells in, cells out.

skip_without_office <- function() {
  skip_if_not_installed("openxlsx2", "1.23")
  skip_if(!nzchar(Sys.which("soffice")), "LibreOffice is not installed")
}

# Every cell of a workbook: sheet, address, type, value and formula.
book_cells <- function(file) {
  wb <- openxlsx2::wb_load(file, data_only = TRUE)
  sheets <- unname(wb$get_sheet_names())
  do.call(rbind, lapply(seq_along(sheets), function(i) {
    cc <- wb$worksheets[[i]]$sheet_data$cc
    data.frame(sheet = sheets[i], cell = cc$r, type = cc$c_t, v = cc$v,
               f = cc$f)
  }))
}

# A copy without any stored result of a formula, so that what is read later can
# only come from a recalculation. `edits`: data frame sheet, cell, value.
bare_book <- function(file, edits = NULL, to = tempfile(fileext = ".xlsx")) {
  wb <- openxlsx2::wb_load(file)
  sheets <- wb$get_sheet_names()
  for (i in seq_along(sheets)) {
    cc <- wb$worksheets[[i]]$sheet_data$cc
    formula <- cc$f != ""
    cc$v[formula] <- ""
    cc$c_t[formula] <- ""
    mine <- edits[edits$sheet == sheets[i], ]
    at <- match(mine$cell, cc$r)
    stopifnot(!anyNA(at), all(cc$f[at] == ""))
    cc$v[at] <- sprintf("%.17g", mine$value)
    wb$worksheets[[i]]$sheet_data$cc <- cc
  }
  wb$save(to)
  to
}

# LibreOffice opens, computes and saves the files. R's own library path keeps
# it from its libraries.
recalculate <- function(files) {
  out <- tempfile("office")
  dir.create(out)
  profile <- paste0("-env:UserInstallation=file://", tempfile("profile"))
  system2("soffice", c("--headless", profile, "--convert-to", "xlsx",
                       "--outdir", shQuote(out), shQuote(files)),
          stdout = FALSE, stderr = FALSE, env = "LD_LIBRARY_PATH=")
  file.path(out, basename(files))
}

# The formulas of a workbook as written with R's values, and as recomputed.
formulas_again <- function(file, again) {
  was <- book_cells(file)
  now <- book_cells(again)
  was <- was[was$f != "", ]
  at <- match(paste(was$sheet, was$cell), paste(now$sheet, now$cell))
  number <- function(x) suppressWarnings(as.numeric(x))
  was$r <- number(was$v)
  was$office <- number(now$v[at])
  was$office_type <- now$type[at]
  was
}

# A table of a sheet by its headings, numbers as numbers.
book_table <- function(file, sheet) {
  out <- openxlsx2::wb_to_df(file, sheet = sheet, start_row = 6,
                             skip_empty_cols = TRUE)
  out[names(out) != "" & !is.na(names(out))]
}

# Cell of an indicator in some row (panel order) of sheet Data.
data_cell <- function(model, indicator, row) {
  panel <- model$panel
  keys <- sum(!is.na(panel$index))
  col <- keys + match(indicator, panel$scheme[["indicator"]])
  paste0(openxlsx2::int2col(col), 6 + row)
}
