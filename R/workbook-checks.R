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

check_scheme_cells <- function(wb, rows, codes) {
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
  positive(book_dims(min(codes), codes_column + 3L, max(codes)),
           "weight of the code")
  wb
}

check_data_cells <- function(wb, frame) {
  from <- frame$rows[1L]
  to <- frame$rows[frame$n]
  check_value_cells(wb, frame$at$x, scheme_transforms(frame$scheme), from, to)
  check_status_cells(wb, frame$at$status, from, to)
}

# x must be a number in the domain of its transform, one for each column.
check_value_cells <- function(wb, columns, transforms, from, to) {
  for (k in seq_along(columns)) {
    one <- transforms[[k]]
    cell <- paste0(book_letters(columns[[k]]), from)
    rule <- if (is.infinite(one$low)) {
      list("decimal", "between", c(-1e300, 1e300))
    } else if (is.infinite(one$high)) {
      list("decimal",
           if (one$closed) "greaterThanOrEqual" else "greaterThan", one$low)
    } else {
      # "between" would take the ends; a "<" would not be escaped.
      list("custom", "between", paste0("AND(ISNUMBER(", cell, "),", cell, ">",
                                       one$low, ",", one$high, ">", cell, ")"))
    }
    wb$add_data_validation(
      sheet = "Data", dims = book_dims(from, columns[[k]], to),
      type = rule[[1L]], operator = rule[[2L]], value = rule[[3L]],
      error_title = "x",
      error = if (is.infinite(one$low)) {
        "A number. Leave the cell empty where there is none."
      } else {
        paste0("A number ", domain_text(one), ": the scheme takes its ",
               one$word, ".")
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
