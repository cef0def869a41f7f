# Sheet Data as a data frame that code_panel() takes.

read_book_data <- function(grid, get, scheme, tables, call) {
  head <- grid_row(grid, book_head)
  keys <- c(get("region"), get("time", "year"))
  names <- scheme[["indicator"]]
  at <- match(c(keys, names), head)
  if (anyNA(at)) {
    absent <- c(keys, names)[is.na(at)]
    stop_nid("no_column",
             c(paste0("Sheet Data has no column ", some_of(absent),
                      " in row ", book_head, "."),
               i = paste0("Its columns are ", some_of(head[!is.na(head)],
                                                      20L), ".")),
             columns = absent, available = head[!is.na(head)], call = call)
  }
  rows <- below_head(grid, at)
  if (length(rows) == 0L) {
    stop_nid("zero_rows",
             paste0("Sheet Data has no rows below its headings in row ",
                    book_head, "."), call = call)
  }
  filled <- head[!is.na(head) & nzchar(head)]
  tell_unread(filled, c(keys, names, paste0(names, get("status")),
                        paste0("z: ", names), tables$type$key1), "sheet Data")
  types <- c(if (!is.null(get("region"))) get("region.type", "text"),
             get("time.type", "number"))
  key_at <- seq_along(keys)
  columns <- Map(function(col, type) key_column(grid, col, rows, type),
                 at[key_at], types)
  values <- read_values(grid, at[-key_at], rows, names)
  whole <- tables$type$key1[tables$type$key2 == "integer"]
  values[names(values) %in% whole] <-
    lapply(values[names(values) %in% whole], whole_numbers)
  columns <- c(stats::setNames(columns, keys), values,
               read_labels(grid, head, rows, names, get),
               read_others(grid, head, rows, c(keys, names), tables))
  tibble::new_tibble(columns, nrow = length(rows))
}

key_column <- function(grid, col, rows, type) {
  x <- grid$text[rows, col]
  if (type %in% c("text", "factor", "ordered")) {
    # An empty name is a name; an empty row was left out before.
    x[is.na(x)] <- ""
  }
  key_values(x, type)
}

# Numbers of x. Whatever else stands in a cell is told by its address.
read_values <- function(grid, cols, rows, names) {
  bad <- character()
  values <- lapply(cols, function(col) {
    text <- grid$text[rows, col]
    type <- grid$type[rows, col]
    given <- !is.na(text) & nzchar(trimws(text))
    number <- suppressWarnings(as.numeric(text))
    odd <- given & (!type %in% c("", "n") | is.na(number))
    bad <<- c(bad, paste0(book_letters(col), rows[odd], " (", text[odd],
                          ")", recycle0 = TRUE))
    number[odd] <- NA_real_
    number
  })
  if (length(bad) > 0L) {
    warn_nid("cells",
             paste0("On sheet Data, ", count_of(length(bad), "cell"),
                    " of x that ", if (length(bad) == 1L) "is" else "are",
                    " no number counts as missing: ",
                    some_of(bad, quote = ""), "."),
             values = bad)
  }
  stats::setNames(values, names)
}

read_labels <- function(grid, head, rows, names, get) {
  suffix <- get("status")
  if (is.null(suffix)) {
    return(list())
  }
  own <- paste0(names, suffix)
  at <- match(own, head)
  out <- lapply(at[!is.na(at)], function(col) {
    x <- grid$text[rows, col]
    ifelse(is.na(x), "ok", x)
  })
  stats::setNames(out, own[!is.na(at)])
}

read_others <- function(grid, head, rows, taken, tables) {
  types <- tables$type
  types <- types[!types$key1 %in% taken, , drop = FALSE]
  at <- match(types$key1, head)
  types <- types[!is.na(at), , drop = FALSE]
  out <- Map(function(col, type) key_values(grid$text[rows, col], type),
             at[!is.na(at)], types$key2)
  stats::setNames(out, types$key1)
}

# Numbers of sheet Scheme; NA where a cell is empty.
sheet_numbers <- function(grid, col, rows) {
  x <- grid_column(grid, col, rows)
  number <- suppressWarnings(as.numeric(x))
  odd <- !is.na(x) & nzchar(trimws(x)) & is.na(number)
  if (any(odd)) {
    cells <- paste0(book_letters(col), rows[odd], " (", x[odd], ")")
    stop_nid("file", paste0("Sheet ", grid$name, " needs numbers in ",
                            some_of(cells, quote = ""), "."),
             values = cells, call = NULL)
  }
  number
}
