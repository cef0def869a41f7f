# How the sheets look: few looks, each with a meaning. Blue on pale yellow is
# input, black a formula, grey what R gave once. A look is given to a range of
# cells, a later one on top of an earlier one; what comes of it is a style of
# the workbook, of which there are some twenty, whatever the number of cells.

book_looks <- list(
  title = list(bold = "1", size = "14"),
  banner = list(bold = "1", colour = "7A4A00", fill = "FDF0D0", wrapText = "1",
                vertical = "top"),
  says = list(wrapText = "1", vertical = "top"),
  head = list(bold = "1", colour = "FFFFFF", fill = "0B4F8A", wrapText = "1",
              vertical = "center"),
  side = list(bold = "1", colour = "FFFFFF", fill = "8A8A8A", wrapText = "1",
              vertical = "center"),
  input = list(colour = "0000CC", fill = "FFFBE6", locked = "0"),
  open = list(locked = "0"),
  told = list(colour = "7F7F7F"),
  bold = list(bold = "1"),
  note = list(italic = "1", colour = "595959"),
  unit = list(italic = "1", colour = "595959", size = "9", wrapText = "1",
              vertical = "bottom"),
  number = list(format = "0.000"),
  whole = list(format = "0"),
  # Clear of a text in the next column.
  right = list(horizontal = "right", indent = "1"),
  center = list(horizontal = "center", indent = "0"),
  left = list(horizontal = "left", indent = "0")
)

# `look`: names of book_looks; `format`: of numbers.
dress <- function(sheet, rows, cols, look = character(), format = NULL) {
  one <- list(rows = rows, cols = cols, look = c(
    do.call(c, c(list(list()), unname(book_looks[look]))),
    if (!is.null(format)) list(format = format)))
  sheet$looks[[length(sheet$looks) + 1L]] <- one
  sheet
}

# Formats of the key columns, where times are dates.
dress_keys <- function(sheet, types, rows) {
  for (k in seq_along(types)) {
    format <- key_format(types[[k]])
    if (!is.null(format)) sheet <- dress(sheet, rows, k, format = format)
  }
  sheet
}

# Numbers of the styles of all cells, as text. A look covers whole rows by whole
# columns, so few kinds of rows meet few kinds of columns.
cell_styles <- function(wb, sheet, cells) {
  looks <- c(sheet$looks, aligned(sheet, cells))
  row <- look_kinds(looks, "rows", max(cells$row))
  col <- look_kinds(looks, "cols", max(cells$col))
  code <- (row$kind[cells$row] - 1L) * ncol(col$within) + col$kind[cells$col]
  used <- unique(code)
  id <- vapply(used - 1L, \(k) {
    on <- row$within[, k %/% ncol(col$within) + 1L] &
      col$within[, k %% ncol(col$within) + 1L]
    book_style(Reduce(utils::modifyList, lapply(looks[on], `[[`, "look"),
                      list()), wb)
  }, "")
  id[match(code, used)]
}

# The kinds of rows (or columns) that lie within the same looks: `within` has a
# row for each look and a column for each kind.
look_kinds <- function(looks, what, n) {
  within <- vapply(looks, \(one) {
    is <- logical(n)
    is[one[[what]][one[[what]] <= n]] <- TRUE
    is
  }, logical(n))
  dim(within) <- c(n, length(looks))
  key <- do.call(paste0, c(list(rep("", n)), as.data.frame(1L * within)))
  first <- !duplicated(key)
  list(kind = match(key, key[first]), within = t(within[first, , drop = FALSE]))
}

# A heading stands over its numbers: to the right where a column has no text.
# Failed formulas (#N/A) stand with the numbers.
aligned <- function(sheet, cells) {
  if (is.null(sheet$head)) {
    return(NULL)
  }
  below <- cells$row > sheet$head & (cells$v != "" | cells$is != "")
  types <- c("inlineStr", "str", "b", "", "e")
  n <- max(cells$col)
  # A row a column of the sheet, a column a type.
  has <- matrix(tabulate(n * (match(cells$t, types) - 1L)[below] +
                           cells$col[below], 5L * n) > 0L, n)
  text <- has[, 1L] | has[, 2L]
  truth <- has[, 3L] & !text
  rows <- sheet$head:max(cells$row)
  list(list(rows = rows, cols = which((has[, 4L] | has[, 5L]) & !text & !truth),
            look = book_looks$right),
       list(rows = rows, cols = which(truth), look = book_looks$center))
}

# The number of a style with the fields of `look`, made if it is new.
book_style <- function(look, wb) {
  font <- if (any(c("bold", "italic", "size", "colour") %in% names(look))) {
    style_part(wb, "fonts", paste0(
      "<font>", if (!is.null(look$bold)) "<b/>",
      if (!is.null(look$italic)) "<i/>", "<sz val=\"", look$size %||% 11,
      "\"/><color rgb=\"FF", look$colour %||% "000000",
      "\"/><name val=\"Aptos Narrow\"/><family val=\"2\"/></font>"))
  }
  fill <- if (!is.null(look$fill)) {
    style_part(wb, "fills", paste0(
      "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FF", look$fill,
      "\"/></patternFill></fill>"))
  }
  format <- if (!is.null(look$format)) format_part(wb, look$format)
  align <- look[names(look) %in% c("horizontal", "vertical", "wrapText",
                                 "indent")]
  style_part(wb, "cellXfs", paste0(
    "<xf numFmtId=\"", format %||% 0, "\" fontId=\"", font %||% 0,
    "\" fillId=\"", fill %||% 0, "\" borderId=\"0\" xfId=\"0\" ",
    "applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\" ",
    "applyAlignment=\"1\" applyProtection=\"1\">",
    if (length(align) > 0L) paste0("<alignment ", paste0(
      names(align), "=\"", align, "\"", collapse = " "), "/>"),
    if (!is.null(look$locked)) "<protection locked=\"0\"/>", "</xf>"))
}

# The number of a part among its like, added where it is new.
style_part <- function(wb, kind, xml) {
  known <- wb$styles_mgr$styles[[kind]]
  at <- match(xml, known)
  if (is.na(at)) {
    at <- length(known) + 1L
    wb$styles_mgr$styles[[kind]] <- c(known, xml)
  }
  as.character(at - 1L)
}

# Formats have numbers of their own, from 164 on.
format_part <- function(wb, code) {
  known <- wb$styles_mgr$styles$numFmts
  at <- grep(paste0("formatCode=\"", escape_markup(code), "\""), known,
             fixed = TRUE)
  if (length(at) == 0L) {
    at <- length(known) + 1L
    wb$styles_mgr$styles$numFmts <- c(known, paste0(
      "<numFmt numFmtId=\"", 163L + at, "\" formatCode=\"",
      escape_markup(code), "\"/>"))
  }
  163L + at
}

book_colour <- function(hex) openxlsx2::wb_color(hex = paste0("FF", hex))

book_dims <- function(row, col, to_row = row, to_col = col) {
  paste0(book_letters(col), row_digits(row), ":", book_letters(to_col),
         row_digits(to_row))
}

# Sheets -----------------------------------------------------------------------

# Title, banner, and what the sheet says, then a table of `columns` under its
# headings. `widths` of all columns that are used, in letters; `freeze`: columns
# that stay in sight.
dress_table <- function(sheet, columns, widths, freeze) {
  sheet <- dress_top(sheet, widths)
  sheet$head <- book_head
  sheet$freeze <- freeze
  sheet$heights[as.character(book_head)] <- 30
  dress(sheet, book_head, seq_len(columns), "head")
}

# The banner, and the text below it, run over as many columns as give a line of
# some 110 letters.
dress_top <- function(sheet, widths) {
  span <- which(cumsum(widths) >= 110)[1L]
  if (is.na(span)) span <- length(widths)
  room <- sum(widths[seq_len(span)])
  sheet$widths <- widths
  sheet$span <- span
  rows <- seq_along(sheet$lines)[-1L]
  sheet <- span_rows(sheet, rows, sheet$lines[rows], room)
  sheet <- dress(sheet, 1L, 1L, "title")
  sheet <- dress(sheet, 2L, seq_len(span), "banner")
  dress(sheet, 3L, 1L, "says")
}

# Rows of one text that runs over `room` letters, as high as it needs.
span_rows <- function(sheet, rows, text, room) {
  sheet$spanned <- c(sheet$spanned, rows)
  lines <- ceiling(1.1 * nchar(text) / room)
  sheet$heights[as.character(rows)] <- 1 + 15 * lines
  sheet
}

# What is on paper: ranges of cells, each from a new page on, one page wide;
# the rows of headings on every page. `tall`: at most so many pages, in smaller
# print.
on_paper <- function(sheet, ..., landscape = FALSE, tall = FALSE) {
  sheet$paper <- c(...)
  sheet$tall <- tall
  sheet$landscape <- landscape
  sheet
}

# Cells under a picture.
picture_dims <- function(row, col, height = 20L, width = 9L) {
  book_dims(row, col, row + height, col + width)
}

lay_out_sheet <- function(wb, sheet) {
  name <- sheet_title(sheet$name)
  if (sheet$span > 1L) {
    for (row in sheet$spanned) {
      wb$merge_cells(sheet = name, dims = book_dims(row, 1L, row, sheet$span))
    }
  }
  if (!is.null(sheet$freeze)) {
    wb$freeze_pane(sheet = name, first_active_row = sheet$head + 1L,
                   first_active_col = sheet$freeze + 1L)
  }
  wb$worksheets[[match(name, wb$get_sheet_names())]]$cols_attr <-
    column_widths(sheet)
  if (length(sheet$open) > 0L) {
    wb$set_cell_style_across(sheet = name, cols = sheet$open,
                             style = book_style(book_looks$input, wb))
  }
  lay_out_paper(wb, sheet, name)
  if (isTRUE(sheet$protect)) {
    # Who needs to change a formula takes it off: there is no password.
    wb$protect_worksheet(sheet = name, properties = c(
      formatCells = FALSE, formatColumns = FALSE, formatRows = FALSE,
      sort = FALSE, autoFilter = FALSE))
  }
  wb
}

# openxlsx2 would read a table of fonts for each sheet.
column_widths <- function(sheet) {
  k <- seq_along(sheet$widths)
  paste0("<col min=\"", k, "\" max=\"", k, "\" width=\"", sheet$widths + 0.71,
         "\" customWidth=\"1\"", ifelse(k %in% sheet$hidden, " hidden=\"1\"",
                                       ""), "/>")
}

lay_out_paper <- function(wb, sheet, title) {
  wb$set_page_setup(
    sheet = title, fit_to_width = TRUE,
    fit_to_height = sheet$tall %||% FALSE,
    paper_size = 9L, left = 0.4, right = 0.4, top = 0.5, bottom = 0.5,
    header = 0.25, footer = 0.25,
    orientation = if (isTRUE(sheet$landscape)) "landscape" else "portrait",
    print_title_rows = if (!is.null(sheet$head)) sheet$head)
  wb$set_header_footer(sheet = title,
                       footer = c("&A", "", "&P / &N"))
  wb$workbook$definedNames <- c(wb$workbook$definedNames, paste0(
    "<definedName name=\"", sheet_key(sheet$name), "\" hidden=\"1\">",
    sheet_prefix(sheet$name), "$A$1</definedName>"))
  if (length(sheet$paper) > 0L) {
    at <- match(title, wb$get_sheet_names()) - 1L
    range <- gsub("([A-Z]+)([0-9]+)", "$\\1$\\2", sheet$paper)
    wb$workbook$definedNames <- c(wb$workbook$definedNames, paste0(
      "<definedName name=\"_xlnm.Print_Area\" localSheetId=\"", at, "\">",
      paste0(sheet_prefix(sheet$name), range, collapse = ","),
      "</definedName>"))
  }
  wb
}
