# Sheet Data as a data frame that code_panel() takes.

read_book_data <- function(grid, get, scheme, tables, at) {
  keys <- c(get("region"), get("time", "year"))
  names <- scheme[["indicator"]]
  suffix <- get("status")
  head <- book_headings(grid, c(keys, names),
                        if (!is.null(suffix)) paste0(names, suffix))
  rows <- below_head(grid, head[c(keys, names)])
  if (length(rows) == 0L) {
    stop_nid(c("file", "zero_rows"),
             paste0("Sheet ", some_of(grid$name), " has no rows below its ",
                    "headings in row ", book_head, "."),
             sheet = grid$name, call = NULL)
  }
  all <- grid_row(grid, book_head)
  tell_unread(all[!is.na(all)], c(keys, names, paste0(names, suffix),
                                  paste0("z: ", names), tables$type$key1),
              paste("sheet", some_of(grid$name)))
  at$data <- list(rows = rows, cols = head)
  region <- get("region")
  columns <- c(
    if (!is.null(region)) {
      list(sheet_regions(grid, rows, head[[region]], get("region.type")))
    },
    list(sheet_times(grid, rows, head[[get("time", "year")]],
                    get("time.type", "number")))
  )
  values <- read_values(grid, head[names], rows, names)
  whole <- tables$type$key1[tables$type$key2 == "integer"]
  values$x[names(values$x) %in% whole] <-
    lapply(values$x[names(values$x) %in% whole], whole_numbers)
  labels <- read_labels(grid, head, rows, names, get, values$flags)
  if (length(labels) > 0L) at$suffix <- get("status") %||% "_status"
  columns <- c(stats::setNames(columns, keys), values$x,
               labels,
               read_others(grid, rows, c(keys, names), tables))
  at$keys <- columns[keys]
  tibble::new_tibble(columns, nrow = length(rows))
}

# Keys -------------------------------------------------------------------------

# A workbook that R wrote says what type the regions have, and there an empty
# name is a name. Elsewhere an empty cell is a name that was not typed.
sheet_regions <- function(grid, rows, col, type) {
  cells <- fill_merged(grid, grid_cells(grid, rows, col), rows, col)
  check_cells(grid, cells, rows, col, dates = grepl("^(Date|datetime)",
                                                    type %||% "text"))
  empty <- cells$kind == "blank"
  if (is.null(type) && any(empty)) {
    stop_at_cells(grid, rows[empty], col, NULL, "the region is missing in",
                  "Write the name of the region in each of its rows.",
                  "missing_index")
  }
  cells$text[empty] <- if ((type %||% "text") %in% c("text", "factor",
                                                     "ordered")) "" else NA
  key_values(cells$text, type %||% "text")
}

# What the cells say goes before what the setting says: dates are dates, and
# text is text. code_panel() then reads them as it reads those of R.
sheet_times <- function(grid, rows, col, type) {
  cells <- fill_merged(grid, grid_cells(grid, rows, col), rows, col)
  check_cells(grid, cells, rows, col, dates = TRUE)
  refuse <- function(bad, what, shown = cells$text) {
    if (any(bad)) {
      stop_at_cells(grid, rows[bad], col, shown[bad], what, also = "bad_time")
    }
  }
  refuse(cells$kind == "blank", "the time is missing in", NULL)
  dated <- cells$kind == "date"
  number <- suppressWarnings(as.numeric(cells$text))
  refuse(cells$kind %in% c("date", "number") & !is.finite(number),
         "no number stands in")
  if (any(dated) && !all(dated)) {
    shown <- cells$text
    shown[dated] <- date_words(shown[dated])
    refuse(if (2 * sum(dated) <= length(dated)) dated else !dated,
           "some times are dates and some are not, as in", shown)
  }
  says_date <- grepl("^(Date|datetime|yearmonth|yearquarter)", type)
  if (all(is.finite(number)) && any(dated) != says_date) {
    check_year_like(grid, rows, col, number, any(dated))
  }
  if (any(dated) && !says_date) {
    whole <- all(number == round(number))
    return(key_values(cells$text, if (whole) "Date" else "datetime UTC"))
  }
  as_text <- any(cells$kind == "text") &&
    !type %in% c("text", "factor", "ordered", "logical")
  if (as_text) {
    return(cells$text)
  }
  if (says_date && !any(dated)) {
    cells$text <- number_key(number + grid$shift)
  }
  key_values(cells$text, type)
}

# 2005 in a cell formatted as a date is a day of 1905, and a plain number where
# dates are asked for: which it is only its author knows.
check_year_like <- function(grid, rows, col, number, dated) {
  if (all(number == round(number) & number >= 1500 & number <= 2200)) {
    stop_at_cells(
      grid, rows, col, if (dated) date_words(number) else format_time(number),
      if (dated) "years may be shown as dates in" else
        "years, and no dates, stand in",
      if (dated) {
        paste0("If they are years, such as ", number[1L], ", format the cells ",
               "as numbers; if they are dates, set time.type to Date among ",
               "the settings.")
      } else {
        "Set time.type to number among the settings."
      }, "bad_time")
  }
}

# Values -----------------------------------------------------------------------

# Numbers of x, and the flags that stood beside them. Text that says one number
# and no other is read and told; what says none is missing, by address.
read_values <- function(grid, cols, rows, names) {
  read <- Map(\(col) value_cells(grid, rows, col), cols)
  tell <- function(what, signal, one, many) {
    cells <- unlist(lapply(read, `[[`, what), use.names = FALSE)
    n <- length(cells)
    if (n > 0L) {
      signal("cells",
             paste0(count_of(n, "cell"), " of x ", if (n == 1L) one else many,
                    ": ", some_of(cell_places(grid$name, cells), quote = ""),
                    "."),
             values = cells)
    }
  }
  tell("from_text", inform_nid, "that is text is read as numbers",
       "that are text are read as numbers")
  tell("hollow", inform_nid,
       "with a formula that gives no value counts as missing",
       "with a formula that gives no value count as missing")
  tell("lost", warn_nid, "that is no number counts as missing",
       "that are no number count as missing")
  list(x = stats::setNames(lapply(read, `[[`, "number"), names),
       flags = stats::setNames(lapply(read, `[[`, "flag"), names))
}

value_cells <- function(grid, rows, col) {
  check_merged(grid, rows, col)
  cells <- grid_cells(grid, rows, col)
  failed <- which(cells$kind == "error")
  cells$kind[failed] <- "failed"
  check_cells(grid, cells, rows, col)
  truth <- cells$kind == "logical"
  if (any(truth)) {
    stop_at_cells(grid, rows[truth], col, cells$text[truth],
                  "TRUE and FALSE stand for numbers in")
  }
  number <- suppressWarnings(as.numeric(cells$text))
  number[cells$kind != "number"] <- NA_real_
  broken <- cells$kind == "number" & !is.finite(number)
  if (any(broken)) {
    stop_at_cells(grid, rows[broken], col, cells$text[broken],
                  "no number stands in")
  }
  text <- which(cells$kind == "text" & nzchar(trimws(cells$text)))
  said <- text_values(grid, rows[text], col, cells$text[text],
                      alone = !any(cells$kind == "number"))
  number[text] <- said$number
  flag <- rep("", length(rows))
  flag[text] <- said$flag
  address <- paste0(book_letters(col), rows)
  words <- cells_words(address, cells$text)
  list(number = number, flag = flag, from_text = words[text[said$read]],
       lost = words[sort(c(failed, text[!said$read]))],
       hollow = address[address %in% grid$hollow])
}

# Numbers and flags of cells of text in one column. `alone`: it has no cells of
# numbers. What could be two numbers is an error that says so.
text_values <- function(grid, rows, col, text, alone) {
  none <- list(number = numeric(), flag = character(), read = logical())
  if (length(text) == 0L) {
    return(none)
  }
  cells <- read_cells(text)
  refuse <- function(which, what, hint = NULL) {
    if (any(which)) {
      stop_at_cells(grid, rows[which], col, text[which], what, hint,
                    "not_numeric")
    }
  }
  refuse(cells$how == "either",
         "commas and dots can be read in two ways, a factor of 1000 apart, in",
         "Format the cells as numbers and type them again.")
  refuse(cells$how == "scale", "letters may be thousands and millions in",
         "Multiply, and type the numbers alone.")
  refuse(cells$how == "dash", "a dash is zero or no value in",
         "Write 0, or leave the cell empty, as the notes of the table say.")
  refuse(cells$percent & !(alone && all(cells$percent)),
         "percent signs stand beside numbers without one in",
         "Give all cells of a column one unit.")
  read <- cells$how == "number"
  refuse(alone & !any(read) & cells$how != "missing", "no number stands in")
  list(number = cells$value, flag = cells$flag, read = read)
}

# A value that spans several rows belongs to one of them, or to each.
check_merged <- function(grid, rows, col) {
  m <- grid$merged
  mine <- m$col <= col & m$to_col >= col & m$to_row >= min(rows) &
    m$row <= max(rows)
  full <- which(mine)[grid_kinds_at(grid, m[mine, ]) != "blank"]
  if (length(full) > 0L) {
    ranges <- book_dims(m$row[full], m$col[full], m$to_row[full],
                        m$to_col[full])
    stop_nid("file",
             c(paste0("Cells of x are merged: ", some_of(
               cell_places(grid$name, ranges), quote = ""), "."),
               i = "Unmerge them, and write each value into its own cell."),
             sheet = grid$name, cells = ranges, call = NULL)
  }
}

grid_kinds_at <- function(grid, merged) {
  vapply(seq_len(nrow(merged)), \(i) {
    grid_cells(grid, merged$row[i], merged$col[i])$kind
  }, "")
}

# Labels of cells, of which some stood in the cells of x.
read_labels <- function(grid, head, rows, names, get, flags) {
  suffix <- get("status") %||% "_status"
  own <- head[paste0(names, suffix)]
  out <- lapply(seq_along(names), \(k) {
    flag <- flags[[k]]
    if (is.null(get("status")) || is.na(own[k])) {
      return(if (any(nzchar(flag))) ifelse(nzchar(flag), flag, "ok"))
    }
    x <- grid_column(grid, own[[k]], rows)
    x <- ifelse(is.na(x), "", x)
    x <- trimws(paste(x, flag))
    ifelse(nzchar(x), x, "ok")
  })
  names(out) <- paste0(names, suffix)
  out[lengths(out) > 0L]
}

read_others <- function(grid, rows, taken, tables) {
  types <- tables$type
  types <- types[!types$key1 %in% taken, , drop = FALSE]
  at <- match(types$key1, grid_row(grid, book_head))
  types <- types[!is.na(at), , drop = FALSE]
  out <- Map(\(col, type) {
    key_values(grid_cells(grid, rows, col)$text, type)
  }, at[!is.na(at)], types$key2)
  stats::setNames(out, types$key1)
}
