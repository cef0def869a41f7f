# A sheet as read: its cells and nothing between them, so that one cell far away
# costs no more than itself. A cell has a place, a kind ("number", "date",
# "text", "logical", "error", or "formula" where its value was never computed)
# and its text; dates are days of the calendar that begins in 1900.

read_grid <- function(wb, name) {
  at <- match(name, wb$get_sheet_names())
  sheet <- wb$worksheets[[at]]
  cc <- sheet$sheet_data$cc
  if (is.null(cc)) cc <- empty_cells()
  formula <- cc$f != "" | cc$f_attr != ""
  bare <- cc$v == "" & cc$is == ""
  # Text of no letters: what the formula says, or one that nobody computed.
  hollow <- paste0(cc$c_r, cc$row_r)[bare & formula & cc$c_t == "str"]
  cc <- cc[!bare | (formula & cc$c_t != "str"), , drop = FALSE]
  row <- suppressWarnings(as.integer(cc$row_r))
  col <- letters_column(cc$c_r)
  check_grid(name, cc, row, col, length(wb$styles_mgr$styles$cellXfs))
  kind <- cell_kinds(cc, date_styles(wb$styles_mgr$styles))
  grid <- list(name = name, row = row, col = col, kind = kind,
               text = cell_texts(cc, kind, wb$sharedStrings),
               merged = merged_ranges(sheet$mergeCells), hollow = hollow,
               shift = if (begins_1904(wb)) 1462 else 0)
  dates <- which(kind == "date")
  grid$text[dates] <- number_key(date_days(grid$text[dates], grid$shift))
  blank <- kind == "text" & !nzchar(grid$text)
  for (what in c("row", "col", "kind", "text")) {
    grid[[what]] <- grid[[what]][!blank]
  }
  grid$by <- split(seq_along(grid$row), grid$col)
  grid
}

# A cell has a place of its own and a style that exists: else nobody knows what
# it shows.
check_grid <- function(name, cc, row, col, n_styles) {
  damaged <- function(bad, what) {
    if (any(bad)) {
      cells <- paste0(cc$c_r, cc$row_r)[bad]
      stop_nid("file",
               c(paste0(what, " ", some_of(
                 cell_places(name, clean_text(cells)), quote = ""), "."),
                 i = "The file is damaged: save it anew where it was made."),
               sheet = name, cells = cells, call = NULL)
    }
  }
  damaged(is.na(row) | is.na(col), "Cells have no address, such as")
  place <- row * 16384 + col
  damaged(duplicated(place), "The file has two cells at")
  style <- suppressWarnings(as.integer(cc$c_s))
  damaged(cc$c_s != "" & (is.na(style) | style >= n_styles),
          "The style of numbers is lost in")
}

empty_cells <- function() {
  columns <- c("row_r", "c_r", "c_s", "c_t", "v", "f", "f_attr", "is")
  as.data.frame(stats::setNames(rep(list(character()), length(columns)),
                                columns))
}

cell_kinds <- function(cc, dates) {
  kind <- c(b = "logical", e = "error", s = "text", str = "text",
            inlineStr = "text", d = "date")[cc$c_t]
  kind[is.na(kind)] <- "number"
  kind[kind == "number" & cc$c_s %in% dates] <- "date"
  kind[cc$v == "" & cc$is == ""] <- "formula"
  unname(kind)
}

cell_texts <- function(cc, kind, shared) {
  text <- plain_xml(cc$v)
  inside <- which(cc$c_t == "inlineStr" & cc$is != "")
  text[inside] <- string_texts(cc$is[inside])
  by_number <- which(cc$c_t == "s")
  text[by_number] <- string_texts(
    shared[suppressWarnings(as.integer(cc$v[by_number])) + 1L])
  truth <- which(kind == "logical")
  text[truth] <- ifelse(cc$v[truth] %in% c("1", "true"), "TRUE", "FALSE")
  strings <- which(kind == "text")
  text[strings] <- plain_text(text[strings])
  text
}

# The text of strings in XML: all runs of a rich text, without the small letters
# that tell how East Asian names are read.
string_texts <- function(xml) {
  once <- unique(xml)
  inner <- gsub("(?s)<rPh[ >].*?</rPh>", "", once, perl = TRUE)
  runs <- regmatches(inner, gregexpr("(?s)<t(?: [^>]*)?>[^<]*</t>", inner,
                                     perl = TRUE))
  text <- vapply(runs, \(run) {
    paste(gsub("<[^>]*>", "", run), collapse = "")
  }, "")
  text[is.na(once)] <- NA_character_
  plain_xml(text)[match(xml, once)]
}

plain_xml <- function(x) {
  coded <- grep("&", x, fixed = TRUE)
  if (length(coded) == 0L) {
    return(x)
  }
  text <- x[coded]
  known <- c("&lt;" = "<", "&gt;" = ">", "&quot;" = "\"", "&apos;" = "'")
  for (entity in names(known)) {
    text <- gsub(entity, known[[entity]], text, fixed = TRUE)
  }
  for (entity in unique(unlist(regmatches(
    text, gregexpr("&#(x[0-9A-Fa-f]{1,6}|[0-9]{1,7});", text))))) {
    code <- sub("&#x", "0x", gsub("&#(?!x)|;", "", entity, perl = TRUE))
    text <- gsub(entity, intToUtf8(strtoi(code)), text, fixed = TRUE)
  }
  x[coded] <- gsub("&amp;", "&", text, fixed = TRUE)
  x
}

# Dates ------------------------------------------------------------------------

# Numbers of the styles that show a number as a date or a time of day.
date_styles <- function(styles) {
  attribute <- function(x, name) {
    found <- regmatches(x, regexec(paste0("[ ]", name, "=\"([^\"]*)\""), x))
    vapply(found, \(one) c(one, "", "")[2L], "")
  }
  own <- styles$numFmts
  code <- plain_xml(attribute(own, "formatCode"))
  # Not letters that are shown as they are, colours, conditions, languages.
  code <- gsub("\"[^\"]*\"|\\\\.|_.|[*].|\\[(?![hms]+\\])[^]]*\\]", "",
               small_letters(code), perl = TRUE)
  own_dates <- attribute(own, "numFmtId")[grepl("[dmyhs]", code)]
  built_in <- as.character(c(14:22, 27:36, 45:47, 50:58))
  format <- attribute(styles$cellXfs, "numFmtId")
  number <- as.character(seq_along(format) - 1L)
  redefined <- attribute(own, "numFmtId")
  dates <- number[format %in% c(own_dates, setdiff(built_in, redefined))]
  # A cell without a style has the first one.
  if ("0" %in% dates) c("", dates) else dates
}

begins_1904 <- function(wb) {
  any(grepl(" date1904=\"(1|true)\"", wb$workbook$workbookPr))
}

# Days of the calendar that begins in 1900, from numbers or from ISO 8601.
date_days <- function(text, shift) {
  days <- suppressWarnings(as.numeric(text)) + shift
  iso <- which(is.na(days))
  if (length(iso) > 0L) {
    stamp <- substr(sub("T", " ", sub("Z$", "", text[iso])), 1L, 19L)
    time <- as.POSIXct(stamp, tz = "UTC", tryFormats = c(
      "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"), optional = TRUE)
    days[iso] <- as.double(time) / 86400 + excel_epoch
  }
  days
}

date_words <- function(days) {
  days <- suppressWarnings(as.numeric(days))
  time <- structure(round((days - excel_epoch) * 86400),
                    class = c("POSIXct", "POSIXt"), tzone = "UTC")
  ifelse(is.na(time), "no date",
         sub(" 00:00:00$", "", format(time, "%Y-%m-%d %H:%M:%S")))
}

# Merged cells -----------------------------------------------------------------

merged_ranges <- function(xml) {
  ref <- regmatches(xml, regexpr("[A-Z]+[0-9]+:[A-Z]+[0-9]+", xml))
  part <- function(pattern) sub(pattern, "\\1", ref)
  data.frame(
    row = as.integer(part("^[A-Z]+([0-9]+):.*")),
    col = letters_column(part("^([A-Z]+).*")),
    to_row = as.integer(part(".*:[A-Z]+([0-9]+)$")),
    to_col = letters_column(part(".*:([A-Z]+)[0-9]+$"))
  )
}

# Merged cells of one column hold what their first cell holds.
fill_merged <- function(grid, cells, rows, col) {
  for (i in which(grid$merged$col <= col & grid$merged$to_col >= col &
                    grid$merged$to_row > grid$merged$row)) {
    one <- grid$merged[i, ]
    mine <- which(rows >= one$row & rows <= one$to_row)
    first <- grid_cells(grid, one$row, one$col)
    if (one$col == col && first$kind != "blank") {
      cells$kind[mine] <- first$kind
      cells$text[mine] <- first$text
    }
  }
  cells
}

# Access -----------------------------------------------------------------------

# Kind ("blank" where there is nothing) and text (NA) of cells of one column.
grid_cells <- function(grid, rows, col) {
  at <- if (!is.na(col)) grid$by[[as.character(col)]]
  k <- at[match(rows, grid$row[at])]
  if (is.null(at)) k <- rep(NA_integer_, length(rows))
  kind <- grid$kind[k]
  kind[is.na(k)] <- "blank"
  list(kind = kind, text = grid$text[k])
}

# Texts of one row, from column A on.
grid_row <- function(grid, row) {
  at <- which(grid$row == row)
  out <- rep(NA_character_, max(0L, grid$col[at]))
  out[grid$col[at]] <- grid$text[at]
  out
}

# Rows from the first below the headings to the last that has a text.
below_head <- function(grid, cols) {
  sort(unique(grid$row[grid$col %in% cols & grid$row > book_head]))
}

# Texts of a column; what has none is told by its cell.
grid_column <- function(grid, col, rows) {
  cells <- grid_cells(grid, rows, col)
  check_cells(grid, cells, rows, col)
  cells$text
}

# Numbers of a column; NA where a cell is empty.
grid_numbers <- function(grid, col, rows) {
  text <- grid_column(grid, col, rows)
  number <- suppressWarnings(as.numeric(text))
  odd <- !is.na(text) & nzchar(trimws(text)) & is.na(number)
  if (any(odd)) {
    stop_at_cells(grid, rows[odd], col, text[odd], "no number stands in")
  }
  number
}

# No date is a text or a number of the model's, and a failed formula or one
# that was never computed is nothing at all.
check_cells <- function(grid, cells, rows, col, dates = FALSE) {
  refuse <- function(kind, text, what, hint) {
    bad <- cells$kind == kind
    if (any(bad)) stop_at_cells(grid, rows[bad], col, text[bad], what, hint)
  }
  refuse("formula", NULL, "formulas were never computed in",
         paste0("Open the workbook in a spreadsheet program and save it ",
                "there, or put values in place of the formulas."))
  refuse("error", cells$text, "formulas have failed in",
         "Mend them in a spreadsheet program.")
  if (!dates) {
    refuse("date", date_words(cells$text), "dates stand in",
           paste0("A spreadsheet turns 1.2 and 1-2 into a date as it is ",
                  "typed: format the cells as numbers (or text) and type ",
                  "them again."))
  }
}

stop_at_cells <- function(grid, rows, cols, text, what, hint = NULL,
                          also = character()) {
  cells <- paste0(book_letters(cols), rows)
  places <- cell_places(grid$name, cells)
  what <- capital(what)
  stop_nid(c("file", also),
           c(paste0(what, " ", some_of(cells_words(places, text), quote = ""),
                    "."),
             i = hint),
           sheet = grid$name, cells = cells, values = text, call = NULL)
}

# "C9 (12,5)": what stands in a cell, short and in one line.
cells_words <- function(cells, text = NULL) {
  if (is.null(text)) {
    return(cells)
  }
  text <- clean_text(text)
  long <- nchar(text) > 40L
  text[long] <- paste0(substr(text[long], 1L, 37L), "...")
  paste0(cells, " (", text, ")", recycle0 = TRUE)
}
