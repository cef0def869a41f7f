# What a spreadsheet refuses or marks while the user types.

check_list_cells <- function(wb, name, dims, choices, title, note) {
  wb$add_data_validation(
    sheet = sheet_title(name), dims = dims, type = "list",
    value = if (startsWith(choices[1L], "=")) sub("=", "", choices) else {
      paste0("\"", paste(choices, collapse = ","), "\"")
    },
    prompt_title = title, prompt = note, error_title = title,
    error = paste(say("Choose from the list."), note)
  )
  wb
}

check_scheme_cells <- function(wb, rows, codes) {
  from <- min(rows)
  to <- max(rows)
  check_list_cells(wb, "Scheme", book_dims(from, 3L, to), c("1", "-1"),
                   "direction", say("1: more is better; -1: less is better."))
  positive <- function(dims, what) {
    wb$add_data_validation(
      sheet = sheet_title("Scheme"), dims = dims, type = "decimal",
      operator = "greaterThanOrEqual", value = 0, error_title = what,
      error = say("A weight is a number, not negative.")
    )
  }
  positive(book_dims(from, 4L, to), say("weight"))
  positive(book_dims(min(codes), codes_column + 3L, max(codes)),
           say("weight of the code"))
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
      sheet = sheet_title("Data"), dims = book_dims(from, columns[[k]], to),
      type = rule[[1L]], operator = rule[[2L]], value = rule[[3L]],
      error_title = "x",
      error = if (is.infinite(one$low)) {
        say("A number. Leave the cell empty where there is none.")
      } else {
        value_domain(one)
      }
    )
  }
  wb
}

# "A number above 0: the scheme takes its log."
value_domain <- function(one) {
  if (is.finite(one$high)) {
    say("A number above %s and below %s: the scheme takes its %s.",
        format_time(one$low), format_time(one$high), one$word)
  } else if (one$closed) {
    say("A number from %s on: the scheme takes its %s.", format_time(one$low),
        one$word)
  } else {
    say("A number above %s: the scheme takes its %s.", format_time(one$low),
        one$word)
  }
}

check_status_cells <- function(wb, columns, from, to) {
  # Excel takes no list of over 255 characters: the words that data ask for
  # most; others may stand in a cell, as they were written.
  labels <- c("ok", "break", "estimated", "provisional", "forecast", "imputed",
              "derived", "revised", "times", "suppressed", "na", "not_found",
              "zero", "missing", "low_reliability", "definition_differs")
  for (col in columns) {
    check_list_cells(wb, "Data", book_dims(from, col, to), labels, say("label"),
                     say("What kind of number this is; empty is ok."))
  }
  wb
}
