# One table on a sheet of an office: titles above, a row of headings or two,
# regions down, footnotes below.

#' Read the table of a sheet
#'
#' Reads a csv file of whatever encoding, separator and decimal mark, or one
#' sheet of a workbook, that holds one table: title rows, one row of headings
#' (names, or years) or two of which the upper one is merged over columns, a row
#' for each region, footnotes. Marks of footnotes are taken off names and cells;
#' titles and footnotes are kept.
#'
#' The headings are the first row that is half as full as the fullest, or one of
#' the next three that has the years. Where one row leaves columns without a
#' name or calls two alike, it is read with the row below it, else above it:
#' "GDP" under "2019" is the column "GDP-2019", which [panel_long()] reads, "men"
#' under "Employed" is "Employed, men". A column is of numbers where
#' all its cells are numbers (see [panel_long()] for what is read) or stand for
#' no value; digits with leading zeros are codes and stay text. What is guessed
#' is said, and may be told instead.
#'
#' @param file <chr> A .csv, .tsv or .txt file (also .gz), .xlsx (needs
#'   openxlsx2) or .xls (needs readxl).
#' @param sheet <chr or num> The sheet, by name or number; `NULL` takes the
#'   first.
#' @param encoding <chr> Of a csv: "UTF-8", "windows-1251", ...; `NULL` guesses.
#' @param sep <chr> Of a csv: what separates cells; `NULL` guesses.
#' @param decimal,dash As of [panel_long()].
#' @return A tibble, a column for each heading. Beside a column with labels
#'   or symbols in its cells stands `<name>_status` with them, which
#'   [panel_long()] and `status = "_status"` of [code_panel()] read. Attribute
#'   `notes` <chr>: titles and footnotes.
#' @section Errors:
#' `nidcode_error_path`, `nidcode_error_file` for a file that cannot be read,
#' `nidcode_error_layout` for a sheet that is no such table (with its first
#' rows), `nidcode_error_not_numeric` for commas and dots that can be read in
#' two ways. Message `nidcode_message_sheet` says what was found, warning
#' `nidcode_warning_cells` which formulas failed.
#' @family bring in
#' @examples
#' file <- system.file("extdata", "rosstat-sheet.csv", package = "nidcode")
#' table <- read_sheet_table(file)
#' table
#' attr(table, "notes")
#' @export
read_sheet_table <- function(file, sheet = NULL, encoding = NULL, sep = NULL,
                             decimal = NULL, dash = NA) {
  call <- rlang::current_env()
  check_string(file)
  check_in_file(file, call)
  check_string(encoding, null = TRUE)
  check_string(sep, null = TRUE)
  check_cell_options(decimal, dash, call)
  book <- grepl("\\.xls[xm]?$", small_letters(file))
  cells <- if (book) book_matrix(file, sheet, call) else
    text_matrix(file, encoding, sep, call)
  place <- table_place(cells, file, call)
  out <- table_columns(cells, place, list(decimal = decimal, dash = dash), call)
  inform_sheet(file, cells, place, out)
  table <- tibble::new_tibble(out$columns, nrow = length(place$rows))
  attr(table, "notes") <- place$notes
  table
}

# ---- Where the table is -----------------------------------------------------

# `cells`: list of a matrix of `text` and a matrix that tells which cells are
# `plain` numbers. Rows of headings, of the table, and notes.
table_place <- function(cells, file, call) {
  text <- cells$text
  full <- matrix(nzchar(text), nrow(text))
  width <- rowSums(full)
  head <- heading_row(text, width)
  found <- find_table(text, full, head)
  for (two in list(head + 0:1, head - 1:0)) {
    if (is.null(found$fault) || length(found$rows) == 0L) break
    if (min(two) > 0L && is_merged_head(text, two)) {
      other <- find_table(text, full, two)
      if (is.null(other$fault)) found <- other
    }
  }
  if (!is.null(found$fault)) stop_layout(text, file, call, found$fault)
  head <- range(found$head)
  notes <- setdiff(which(width > 0), c(head, found$rows))
  c(found, list(
    above = sum(notes < head[1L]), below = sum(notes > head[2L]),
    notes = apply(text[notes, , drop = FALSE], 1L, function(x) {
      paste(x[nzchar(x)], collapse = " ")
    })
  ))
}

# The rows of the table and its columns with their names, of one row of headings
# (`head`) or of two; `fault`: why it is none.
find_table <- function(text, full, head) {
  width <- rowSums(full)
  below <- which(width > 0 & seq_len(nrow(text)) > max(head, 0L))
  last <- below[width[below] > 1L]
  rows <- below[below <= max(last, 0L)]
  if (length(head) == 0L || length(rows) == 0L) {
    return(list(rows = integer(),
                fault = "no row of headings with rows below it"))
  }
  use <- which(colSums(full[c(head, rows), , drop = FALSE]) > 0)
  name <- heading_names(text[head, use, drop = FALSE])
  list(head = head, rows = rows, columns = use, names = name,
       fault = if (any(name == "")) {
         paste0("a column without a heading (number ", use[name == ""][1L],
                ")")
       } else if (anyDuplicated(name) > 0L) {
         paste0("two columns called ", some_of(name[duplicated(name)]))
       })
}

# Headings without their marks; of two rows the upper one is merged over the
# columns that have a lower one and no upper one of their own.
heading_names <- function(rows) {
  rows <- sub(footnote_mark, "", rows, perl = TRUE)
  rows[] <- sub(glued_mark, "\\1", rows, perl = TRUE)
  lower <- rows[nrow(rows), ]
  name <- lower
  if (nrow(rows) == 2L) {
    upper <- rows[1L, ]
    own <- nzchar(upper)
    from <- cummax(seq_along(upper) * own)
    merged <- !own & nzchar(lower) & from > 0L
    merged <- merged & nzchar(lower[pmax(from, 1L)])
    upper[merged] <- upper[from[merged]]
    name <- join_headings(upper, lower)
  }
  corner <- which(name == "")
  if (length(corner) == 1L && corner == 1L) name[1L] <- "region"
  name
}

# A name and a year as panel_long() takes them, "GDP-2019".
join_headings <- function(upper, lower) {
  is_time <- function(x) grepl("^[0-9]{4}\\b", x, perl = TRUE)
  out <- ifelse(is_time(upper), paste0(lower, "-", upper),
                paste0(upper, ifelse(is_time(lower), "-", ", "), lower))
  ifelse(nzchar(upper) & nzchar(lower), out, paste0(upper, lower))
}

# Whether two rows can be merged headings: the upper one has gaps above names, or
# the lower one none for the regions, and its numbers are years.
is_merged_head <- function(text, two) {
  upper <- text[two[1L], ]
  lower <- text[two[2L], ]
  number <- lower[read_cells(lower)$how == "number"]
  (!nzchar(lower[1L]) || any(!nzchar(upper[-1L]) & nzchar(lower[-1L]))) &&
    all(grepl("^(19|20)[0-9]{2}( ?[0-9]{1,2}\\)|\\*)?$", number))
}

# The first row half as full as the fullest; or one of the three below it, half
# of whose cells are periods, where it has none.
heading_row <- function(text, width) {
  first <- which(width >= max(2, max(width, 0) / 2))[1L]
  if (is.na(first)) {
    return(NULL)
  }
  near <- intersect(first + 0:3, seq_along(width))
  periods <- vapply(near, function(i) {
    x <- text[i, nzchar(text[i, ])]
    NROW(bare_periods(label_columns(x)))
  }, 1L)
  years <- near[periods > 1L & 2L * periods >= width[near]]
  if (periods[1L] < 2L && length(years) > 0L) years[1L] else first
}

stop_layout <- function(text, file, call, what) {
  shown <- apply(utils::head(text, 6L), 1L, function(x) {
    paste(encodeString(substr(utils::head(x, 6L), 1L, 18L)), collapse = " | ")
  })
  stop_nid(
    "layout",
    c(paste0("File ", file_words(file), " holds no table with one row of ",
             "headings: ", what, "."),
      i = "It begins:", bullets(shown, " "),
      i = paste0("Read it with its own package, or cut the table out: one row ",
                 "of headings, a row a region.")),
    path = file, values = shown, call = call
  )
}

# ---- Columns ----------------------------------------------------------------

table_columns <- function(cells, place, how, call) {
  text <- cells$text[place$rows, place$columns, drop = FALSE]
  plain <- cells$plain[place$rows, place$columns, drop = FALSE]
  period <- place$names %in% bare_periods(label_columns(place$names))$column
  alone <- lapply(seq_along(place$columns), function(j) {
    read_cells(ifelse(plain[, j], "1", text[, j]), how$decimal)$how
  })
  numeric <- vapply(seq_along(alone), function(j) {
    is_number_column(alone[[j]], text[, j], period[j])
  }, NA)
  decimal <- how$decimal %||% table_decimal(text, plain, which(numeric))
  columns <- list()
  for (j in seq_along(numeric)) {
    name <- place$names[j]
    if (!numeric[j]) {
      columns[[name]] <- text_column(text[, j])
      next
    }
    read <- number_column(text[, j], plain[, j], decimal, how$dash)
    check_number_column(read, name, columns, text[, j], call)
    columns[[name]] <- read$value
    if (any(nzchar(read$status))) {
      columns[[free_name(paste0(name, "_status"), place$names)]] <- read$status
    }
  }
  list(columns = columns, decimal = decimal)
}

is_number_column <- function(how, text, period) {
  other <- any(how %in% c("other", "scale")) ||
    any(grepl("^0[0-9]+$", text))
  !other && (period || any(how %in% c("number", "either")))
}

# One mark for the whole table, where any of its cells decides.
table_decimal <- function(text, plain, numeric) {
  x <- text[, numeric][!plain[, numeric]]
  marks <- column_marks(parse_cells(x[nzchar(x)])$parts)
  if (marks$comma == "decimal" || marks$dot == "group") "," else
    if (marks$comma == "group") "." else NULL
}

number_column <- function(text, plain, decimal, dash) {
  read <- read_cells(ifelse(plain, "", text), decimal)
  read$value[plain] <- as.numeric(text[plain])
  read$how[plain] <- "number"
  at <- read$how == "dash"
  read$value[at] <- dash
  read$status[at] <- if (is.na(dash)) "na" else "zero"
  read
}

# Names without the marks behind them, unless those tell names apart.
text_column <- function(x) {
  short <- sub(footnote_mark, "", x, perl = TRUE)
  out <- if (length(unique(short)) == length(unique(x))) short else x
  out[!nzchar(out)] <- NA
  out
}

check_number_column <- function(read, name, columns, text, call) {
  first <- if (length(columns) > 0L) as.character(columns[[1L]]) else
    as.character(seq_along(text))
  keys <- list(region = first, time = rep(name, length(text)),
               indicator = rep(name, length(text)))
  read$text <- text
  # Dashes are told once, by whoever makes rows of the table.
  read$how[read$how == "dash"] <- "number"
  read$percent <- read$percent & read$how == "number"
  stop_long_cells(read, keys, call)
}

inform_sheet <- function(file, cells, place, out) {
  labels <- sum(endsWith(names(out$columns), "_status"))
  inform_nid(
    "sheet",
    c(paste0(file_words(basename(file)), ": ", cells$words,
             if (!is.null(out$decimal)) {
               paste0(", decimal ",
                      c("," = "comma", "." = "dot")[[out$decimal]])
             }, "."),
      i = paste0("Headings in row ", paste(place$head, collapse = " and "), ", ",
                 count_of(length(place$rows), "row"), "; titles and notes: ",
                 place$above, " above, ", place$below, " below (attribute ",
                 "`notes`)",
                 if (labels > 0L) {
                   paste0("; labels in cells of ", count_of(labels, "column"))
                 }, ".")),
    path = file, encoding = cells$encoding, sep = cells$sep,
    decimal = out$decimal, rows = place$head, n = length(place$rows)
  )
}
