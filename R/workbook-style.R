# How the sheets look: few looks, each with a meaning. Blue on pale yellow is
# input, black a formula, grey what R gave once.

book_dims <- function(row, col, to_row = row, to_col = col) {
  paste0(book_letters(col), row, ":", book_letters(to_col), to_row)
}

book_colour <- function(hex) openxlsx2::wb_color(hex = paste0("FF", hex))

style_head <- function(wb, name, columns, row = book_head) {
  dims <- book_dims(row, 1L, row, columns)
  wb$add_font(sheet = name, dims = dims, bold = TRUE,
              color = book_colour("FFFFFF"))
  wb$add_fill(sheet = name, dims = dims, color = book_colour("0B4F8A"))
  wb$add_cell_style(sheet = name, dims = dims, wrap_text = TRUE,
                    vertical = "center")
  wb
}

style_title <- function(wb, name, columns = 12L) {
  wb$add_font(sheet = name, dims = "A1:A1", bold = TRUE, size = 14)
  dims <- book_dims(2L, 1L, 2L, columns)
  wb$merge_cells(sheet = name, dims = dims)
  wb$add_fill(sheet = name, dims = dims, color = book_colour("FDF0D0"))
  wb$add_font(sheet = name, dims = dims, bold = TRUE,
              color = book_colour("7A4A00"))
  wb$add_cell_style(sheet = name, dims = dims, wrap_text = TRUE,
                    vertical = "top")
  wb$set_row_heights(sheet = name, rows = 2L, heights = 46)
  # Printed, a sheet is as wide as the page.
  wb$set_page_setup(sheet = name, orientation = "landscape",
                    fit_to_width = TRUE, fit_to_height = FALSE)
  wb
}

style_range <- function(wb, name, dims, look, format = NULL) {
  if (look == "input") {
    wb$add_font(sheet = name, dims = dims, color = book_colour("0000CC"))
    wb$add_fill(sheet = name, dims = dims, color = book_colour("FFFBE6"))
  } else if (look == "told") {
    wb$add_font(sheet = name, dims = dims, color = book_colour("7F7F7F"))
  }
  if (!is.null(format)) {
    wb$add_numfmt(sheet = name, dims = dims, numfmt = format)
  }
  wb
}

book_number <- "0.000"

# Formats of the key columns, where times are dates.
style_keys <- function(wb, name, frame, types = frame$types,
                       rows = frame$rows) {
  for (k in seq_along(types)) {
    format <- key_format(types[[k]])
    if (!is.null(format) && length(rows) > 0L) {
      wb$add_numfmt(sheet = name, numfmt = format,
                    dims = book_dims(min(rows), k, max(rows)))
    }
  }
  wb
}

# `freeze`: columns that stay in sight, the first of them wide.
style_table <- function(wb, name, columns, freeze, widths = 14) {
  style_title(wb, name)
  style_head(wb, name, columns)
  wb$freeze_pane(sheet = name, first_active_row = book_head + 1L,
                 first_active_col = freeze + 1L)
  wb$set_col_widths(sheet = name, cols = seq_len(columns),
                    widths = c(28, rep(widths, columns - 1L)))
  wb$set_row_heights(sheet = name, rows = book_head, heights = 30)
  wb
}

style_readme <- function(wb, sheet) {
  style_title(wb, "Read me", 3L)
  wb$set_col_widths(sheet = "Read me", cols = 1:3, widths = c(26, 40, 60))
  heads <- vapply(sheet$cells, \(cells) {
    length(cells$row) > 1L && cells$col[1L] == 1L
  }, TRUE)
  for (cells in sheet$cells[heads]) {
    if (all(cells$col == 1L)) {
      wb$add_font(sheet = "Read me", bold = TRUE,
                  dims = book_dims(cells$row[1L], 1L))
    }
  }
  rows <- sheet$settings:sheet$settings_end
  style_head(wb, "Read me", 3L, sheet$settings)
  wb$add_cell_style(sheet = "Read me", horizontal = "left",
                    dims = book_dims(min(rows) + 1L, 2L, max(rows)))
  wb
}

style_scheme <- function(wb, frame) {
  k <- nrow(frame$scheme)
  style_table(wb, "Scheme", kept_column + 3L, 1L)
  style_range(wb, "Scheme", book_dims(book_head + 1L, 3L, book_head + k, 4L),
              "input")
  style_range(wb, "Scheme", "input", dims = book_dims(
    book_head + 1L, codes_column + 3L, book_head + nrow(frame$codes)))
  style_range(wb, "Scheme", "told", dims = book_dims(
    book_head + 1L, length(given_columns) + 1L, book_head + k,
    length(scheme_columns)))
  wb$set_col_widths(sheet = "Scheme", cols = kept_column + 0:3, widths = 8,
                    hidden = TRUE)
  check_scheme_cells(wb, book_head + seq_len(k), nrow(frame$codes))
}

style_data <- function(wb, frame) {
  at <- frame$at
  last <- at$other - 1L + length(other_columns(frame))
  style_table(wb, "Data", last, frame$width)
  style_keys(wb, "Data", frame)
  from <- frame$rows[1L]
  to <- frame$rows[frame$n]
  style_range(wb, "Data", book_dims(from, min(at$x), to, max(at$x)), "input")
  style_range(wb, "Data", book_dims(from, min(at$z), to, max(at$z)), "live",
              book_number)
  wb$add_font(sheet = "Data", dims = book_dims(4L, 1L, 4L, last), italic = TRUE)
  check_value_cells(wb, at$x, scheme_transforms(frame$scheme), from, to)
  if (length(at$status) > 0L) {
    check_status_cells(wb, at$status, from, to)
  }
  wb
}

style_live <- function(wb, frame, name, columns, told = integer(),
                       rows = frame$rows, keys = frame$width) {
  style_table(wb, name, columns, keys)
  style_keys(wb, name, frame, frame$types[seq_len(keys)], rows)
  if (columns > keys) {
    style_range(wb, name, "live", book_number,
                dims = book_dims(min(rows), keys + 1L, max(rows), columns))
  }
  if (length(told) > 0L) {
    style_range(wb, name, "told",
                dims = book_dims(min(rows), min(told), max(rows), max(told)))
  }
  wb
}

style_operator <- function(wb, frame) {
  blocks <- frame$operators$blocks
  if (length(blocks) == 0L) {
    return(style_table(wb, "Operator", operator_first, 4L, 11))
  }
  n <- max(vapply(blocks, \(one) length(one$time), 1L))
  last <- blocks[[length(blocks)]]$nid
  columns <- length(operator_columns) + n
  style_table(wb, "Operator", columns, 4L, 11)
  style_range(wb, "Operator", "live", "0.0000", dims = book_dims(
    book_head + 1L, length(operator_columns), last, columns))
  format <- key_format(frame$types[[frame$width]]) %||% "General"
  wb$add_numfmt(sheet = "Operator", numfmt = format,
                dims = book_dims(book_head + 1L, 4L, last))
  # One call for all lines of times: a call a line would take a minute.
  lines <- vapply(blocks, \(one) {
    book_dims(one$row, 1L, one$row, length(operator_columns) + length(one$time))
  }, "")
  lines <- paste(lines, collapse = ",")
  wb$add_numfmt(sheet = "Operator", dims = lines, numfmt = format)
  wb$add_font(sheet = "Operator", dims = lines, bold = TRUE)
  wb
}
