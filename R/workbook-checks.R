# What a spreadsheet refuses or marks while the user types.

check_list_cells <- function(wb, name, dims, choices, title, note) {
  wb$add_data_validation(
    sheet = name, dims = dims, type = "list",
    value = if (startsWith(choices[1L], "=")) sub("=", "", choices) else {
      paste0("\"", paste(choices, collapse = ","), "\"")
    },
    prompt_title = title, prompt = note, error_title = title,
    error = paste0("Choose from the list. ", note)
  )
  wb
}

check_scheme_cells <- function(wb, rows, n_codes = 20L) {
  from <- min(rows)
  to <- max(rows)
  check_list_cells(wb, "Scheme", book_dims(from, 3L, to), c("1", "-1"),
                   "direction", "1: more is better; -1: less is better.")
  positive <- function(dims, what) {
    wb$add_data_validation(
      sheet = "Scheme", dims = dims, type = "decimal",
      operator = "greaterThanOrEqual", value = 0, error_title = what,
      error = "A weight is a number, not negative."
    )
  }
  positive(book_dims(from, 4L, to), "weight")
  positive(book_dims(book_head + 1L, codes_column + 3L, book_head + n_codes),
           "weight of the code")
  wb
}

# x must be a number, above 0 where its log is taken.
check_value_cells <- function(wb, columns, log, from, to) {
  for (k in seq_along(columns)) {
    dims <- book_dims(from, columns[[k]], to)
    wb$add_data_validation(
      sheet = "Data", dims = dims, type = "decimal",
      operator = if (log[k]) "greaterThan" else "between",
      value = if (log[k]) 0 else c(-1e300, 1e300), error_title = "x",
      error = if (log[k]) {
        "A number above 0: the scheme takes its log."
      } else {
        "A number. Leave the cell empty where there is none."
      }
    )
  }
  wb
}

check_status_cells <- function(wb, columns, from, to) {
  # Excel takes no list of over 255 characters: the words that data ask for
  # most; others may stand in a cell, as they were written.
  labels <- c("ok", "break", "estimated", "provisional", "forecast", "imputed",
              "derived", "revised", "times", "suppressed", "na", "not_found",
              "zero", "missing", "low_reliability", "definition_differs")
  for (col in columns) {
    check_list_cells(wb, "Data", book_dims(from, col, to), labels, "status",
                     "What kind of number this is; empty is ok.")
  }
  wb
}
