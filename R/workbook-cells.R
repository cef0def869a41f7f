# One sheet of a workbook: cells gathered as columns and rows, then written at
# once. Text stays text whatever it begins with, numbers keep 17 digits, a
# formula brings the value R gave, so that every reader finds it.
#
# The table of cells that openxlsx2 keeps is filled here and nowhere else.

new_book_sheet <- function(name) list(name = name, cells = list())

# A sheet that begins with lines of text: its title, the banner, what it says.
headed_sheet <- function(name, ...) {
  sheet <- new_book_sheet(name)
  lines <- list(...)
  for (row in seq_along(lines)) sheet <- put_row(sheet, row, 1L, lines[[row]])
  sheet
}

# Formulas with their values (numbers, or TRUE and FALSE; NA is #N/A).
book_formula <- function(formula, value) {
  structure(list(formula = formula, value = value), class = "book_formula")
}

no_value <- function(n) book_formula(rep("NA()", n), rep(NA_real_, n))

put_column <- function(sheet, row, col, x) {
  put_cells(sheet, row + seq_len(cell_count(x)) - 1L, col, x)
}

put_columns <- function(sheet, row, col, columns) {
  for (i in seq_along(columns)) {
    sheet <- put_column(sheet, row, col + i - 1L, columns[[i]])
  }
  sheet
}

put_row <- function(sheet, row, col, x) {
  put_cells(sheet, row, col + seq_len(cell_count(x)) - 1L, x)
}

put_cells <- function(sheet, row, col, x) {
  n <- cell_count(x)
  cells <- cell_fields(x)
  cells$row <- rep_len(as.integer(row), n)
  cells$col <- rep_len(as.integer(col), n)
  used <- cells$v != "" | cells$f != "" | cells$is != ""
  sheet$cells[[length(sheet$cells) + 1L]] <- lapply(cells, `[`, used)
  sheet
}

cell_count <- function(x) {
  length(if (inherits(x, "book_formula")) x$formula else x)
}

# The fields of a cell: type t, value v, formula f, inline string is.
cell_fields <- function(x) {
  if (inherits(x, "book_formula")) {
    out <- cell_fields(x$value)
    lost <- is.na(x$value)
    if (is.character(x$value)) {
      out <- list(t = rep("str", length(lost)), is = rep("", length(lost)),
                  v = escape_markup(workbook_text(x$value)))
    }
    out$t[lost] <- "e"
    out$v[lost] <- "#N/A"
    out$f <- escape_markup(x$formula)
    return(out)
  }
  n <- length(x)
  none <- rep("", n)
  if (is.character(x)) {
    given <- !is.na(x) & nzchar(x)
    text <- paste0("<is><t xml:space=\"preserve\">",
                   escape_markup(workbook_text(x)), "</t></is>")
    return(list(t = ifelse(given, "inlineStr", ""), v = none, f = none,
                is = ifelse(given, text, "")))
  }
  if (is.logical(x)) {
    v <- ifelse(is.na(x), "", ifelse(x, "1", "0"))
    return(list(t = ifelse(is.na(x), "", "b"), v = v, f = none, is = none))
  }
  v <- sprintf("%.17g", as.double(x))
  v[!is.finite(x)] <- ""
  list(t = none, v = v, f = none, is = none)
}

# Text as a cell holds it: characters that XML has no room for go, and what
# spreadsheets would read as an escape (_x000D_) is escaped itself.
workbook_text <- function(x) {
  x <- gsub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_",
            drop_controls(x, xml_controls), perl = TRUE)
  gsub("\r", "_x000D_", x, fixed = TRUE)
}

# The other way round, for text read from a sheet. No cell holds \001, which
# stands for an escaped underscore until the other escapes are done.
plain_text <- function(x) {
  x <- gsub("_x005F_", "\001", x, fixed = TRUE)
  x <- gsub("_x000D_", "\r", x, fixed = TRUE)
  gsub("\001", "_", x, fixed = TRUE)
}

# Adds the sheet to a workbook.
write_book_sheet <- function(wb, sheet, ...) {
  cells <- lapply(c(t = "t", v = "v", f = "f", is = "is", row = "row",
                    col = "col"),
                  \(what) unlist(lapply(sheet$cells, `[[`, what)))
  wb$add_worksheet(sheet$name, ...)
  size <- c(max(cells$row), max(cells$col))
  check_book_size(size, sheet$name, max(nchar(cells$f)))
  box <- as.data.frame(matrix("x", size[1L], size[2L]))
  wb$add_data(sheet = sheet$name, x = box, dims = "A1", col_names = FALSE)
  at <- match(sheet$name, wb$get_sheet_names())
  cc <- wb$worksheets[[at]]$sheet_data$cc
  mine <- match(paste0(book_letters(cells$col), cells$row), cc$r)
  cc$is[] <- cc$v[] <- cc$f[] <- cc$c_t[] <- ""
  cc$c_t[mine] <- cells$t
  cc$v[mine] <- cells$v
  cc$f[mine] <- cells$f
  cc$is[mine] <- cells$is
  wb$worksheets[[at]]$sheet_data$cc <- cc[sort(mine), , drop = FALSE]
  wb
}

# The sizes a spreadsheet can open.
check_book_size <- function(size, name, longest = 0L) {
  if (size[1L] > 1048576L || size[2L] > 16384L) {
    stop_nid("file",
             c(paste0("Sheet ", some_of(name), " would have ", size[1L],
                      " rows and ", size[2L], " columns."),
               i = "A spreadsheet has room for 1,048,576 and 16,384."),
             n = size, call = NULL)
  }
  if (longest > 8192L) {
    stop_nid("file",
             c(paste0("A formula of sheet ", some_of(name), " would have ",
                      longest, " characters."),
               i = "A spreadsheet takes 8,192: fewer holes or indicators."),
             n = longest, call = NULL)
  }
}
