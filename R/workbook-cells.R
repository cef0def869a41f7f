# One sheet of a workbook: cells and looks gathered as columns and rows, then
# written at once. Text stays text whatever it begins with, numbers keep 17
# digits, a formula brings the value R gave, so that every reader finds it.
#
# The tables of cells and rows that openxlsx2 keeps are filled here and nowhere
# else.

new_book_sheet <- function(name) {
  list(name = name, cells = list(), looks = list())
}

# A sheet that begins with lines of text: its title, the banner, what it says.
headed_sheet <- function(name, ...) {
  sheet <- new_book_sheet(name)
  sheet$lines <- c(...)
  put_column(sheet, 1L, 1L, sheet$lines)
}

# Formulas with their values (numbers, or TRUE and FALSE; NA is #N/A).
book_formula <- function(formula, value) {
  structure(list(formula = formula, value = value), class = "book_formula")
}

no_value <- function(n) book_formula(rep("NA()", n), rep(NA_real_, n))

# `empty`: cells without a value are there all the same, to be filled in.
put_column <- function(sheet, row, col, x, empty = FALSE) {
  put_cells(sheet, row + seq_len(cell_count(x)) - 1L, col, x, empty)
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

put_cells <- function(sheet, row, col, x, empty = FALSE) {
  n <- cell_count(x)
  cells <- cell_fields(x)
  cells$row <- rep_len(as.integer(row), n)
  cells$col <- rep_len(as.integer(col), n)
  if (!empty) {
    used <- cells$v != "" | cells$f != "" | cells$is != ""
    if (!all(used)) cells <- lapply(cells, `[`, used)
  }
  sheet$cells[[length(sheet$cells) + 1L]] <- cells
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
    once <- unique(x)
    text <- paste0("<is><t xml:space=\"preserve\">",
                   escape_markup(workbook_text(once)), "</t></is>")
    text[is.na(once) | !nzchar(once)] <- ""
    is <- text[match(x, once)]
    return(list(t = c("", "inlineStr")[1L + nzchar(is)], v = none, f = none,
                is = is))
  }
  if (is.logical(x)) {
    kind <- 1L + is.na(x) + 2L * (x %in% TRUE)
    return(list(t = c("b", "", "b")[kind], v = c("0", "", "1")[kind], f = none,
                is = none))
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
  cells <- gather_cells(sheet)
  title <- sheet_title(sheet$name)
  wb$add_worksheet(title, ...)
  size <- c(max(cells$row), max(cells$col))
  check_book_size(size, title, max(nchar(cells$f)))
  # One cell of openxlsx2's own shows what columns its tables have.
  wb$add_data(sheet = title, x = "x", dims = "A1", col_names = FALSE)
  at <- match(title, wb$get_sheet_names())
  data <- wb$worksheets[[at]]$sheet_data
  runs <- rle(cells$row)
  rows <- runs$values
  data$row_attr <- book_row_table(data$row_attr, rows, sheet$heights)
  letters <- book_letters(seq_len(size[2L]))[cells$col]
  digits <- rep(row_digits(rows), runs$lengths)
  data$cc <- table_like(data$cc, length(digits), list(
    key = cells$row * 16384 + cells$col, r = paste0(letters, digits),
    row_r = digits, c_r = letters, c_t = cells$t, v = cells$v, f = cells$f,
    is = cells$is, c_s = cell_styles(wb, sheet, cells)))
  wb$worksheets[[at]]$sheet_data <- data
  wb$worksheets[[at]]$dimension <- paste0(
    "<dimension ref=\"", book_dims(1L, 1L, size[1L], size[2L]), "\"/>")
  lay_out_sheet(wb, sheet)
}

# All cells in the order of the file.
gather_cells <- function(sheet) {
  cells <- lapply(c(t = "t", v = "v", f = "f", is = "is", row = "row",
                    col = "col"),
                  \(what) unlist(lapply(sheet$cells, `[[`, what)))
  order <- order(cells$row, cells$col)
  lapply(cells, `[`, order)
}

# A data frame of `n` rows with the columns of `model`, "" where none is given.
table_like <- function(model, n, columns) {
  out <- lapply(stats::setNames(nm = names(model)), \(name) {
    columns[[name]] %||% rep("", n)
  })
  structure(out, class = "data.frame", row.names = .set_row_names(n))
}

# `heights`: those of rows, by number.
book_row_table <- function(model, rows, heights) {
  at <- match(names(heights), rows)
  put <- function(x) replace(rep("", length(rows)), at[!is.na(at)], x)
  table_like(model, length(rows), list(
    r = row_digits(rows), ht = put(heights[!is.na(at)]),
    customHeight = put("1"[any(!is.na(at))])))
}

# The sizes a spreadsheet can open.
book_rows <- 1048576L

check_book_size <- function(size, name, longest = 0L) {
  if (size[1L] > book_rows || size[2L] > 16384L) {
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
