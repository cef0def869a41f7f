# Addresses of cells as formulas spell them.

book_letters <- function(col) book_columns[col]

# A to XFD, the columns that a sheet has, written down once.
book_columns <- c(LETTERS, outer(LETTERS, LETTERS, \(b, a) paste0(a, b)),
                  outer(outer(LETTERS, LETTERS, \(b, a) paste0(a, b)), LETTERS,
                        \(b, a) paste0(a, b)))[1:16384]

# Sheets go by the names that the package gives them; what they are called in
# the file is sheet_title().
sheet_prefix <- function(sheet) {
  if (is.null(sheet)) "" else quoted_sheet(sheet_title(sheet))
}

# A name with anything but letters and digits in it stands in quotes.
quoted_sheet <- function(title) {
  if (grepl("^[A-Za-z_][A-Za-z0-9_.]*$", title)) paste0(title, "!") else {
    paste0("'", gsub("'", "''", title, fixed = TRUE), "'!")
  }
}

# "Data!C9": cells of a sheet in a message.
cell_places <- function(title, cells) paste0(quoted_sheet(clean_text(title)),
                                             cells, recycle0 = TRUE)

# A row as digits, never as 1e+05.
row_digits <- function(row) as.character(as.integer(row))

# One cell or a range, fixed ($A$1); `sheet` NULL: the formula's own.
fixed_cell <- function(sheet, row, col) {
  paste0(sheet_prefix(sheet), "$", book_letters(col), "$", row_digits(row))
}

fixed_range <- function(sheet, row, col, to_row = row, to_col = col) {
  paste0(sheet_prefix(sheet), "$", book_letters(col), "$", row_digits(row),
         ":$", book_letters(to_col), "$", row_digits(to_row))
}

# One that moves along its column when the formula is copied.
moving_cell <- function(sheet, row, col) {
  paste0(sheet_prefix(sheet), "$", book_letters(col), row_digits(row))
}

# Runs of consecutive numbers: list(from, to).
number_runs <- function(x) {
  if (length(x) == 0L) {
    return(list(from = integer(), to = integer()))
  }
  start <- c(TRUE, diff(x) != 1L)
  list(from = x[start], to = x[c(start[-1L], TRUE)])
}

# The other way round; NA for what is no column.
letters_column <- function(letters) {
  once <- unique(letters)
  number <- vapply(once, \(x) {
    digits <- match(strsplit(x, "")[[1L]], LETTERS)
    if (length(digits) %in% 1:3) {
      as.integer(sum(digits * 26^(rev(seq_along(digits)) - 1)))
    } else {
      NA_integer_
    }
  }, 1L, USE.NAMES = FALSE)
  number[match(letters, once)]
}
