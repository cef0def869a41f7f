# A workbook of one region and two indicators x and y, filled in by hand, and
# cells of it put as a spreadsheet program would write them.

sheet_scheme <- function() {
  code_scheme(c("x", "y"), "production", codes = nid_codes()[1, ])
}

# Columns: A region, B year, C x, D y, E and F their labels. Rows 7 to 14.
sheet_data <- function() {
  data.frame(region = "A", year = 2005:2012, x = c(1, 3, 2, 5, 4, 7, 6, 9),
             y = c(2, 3, 5, 7, 11, 13, 17, 19))
}

template_kept <- new.env()

filled_book <- function(data = sheet_data()) {
  if (is.null(template_kept$file)) {
    template_kept$file <- tempfile(fileext = ".xlsx")
    workbook_template(template_kept$file, sheet_scheme())
  }
  wb <- openxlsx2::wb_load(template_kept$file)
  wb$add_data(sheet = "Data", x = data, dims = "A7", col_names = FALSE,
              na = NULL)
  wb
}

# One cell: type t, value v, formula f, inline string is, style s.
put_cell <- function(wb, cell, v = "", t = "", f = "", is = "", s = "",
                     sheet = "Data") {
  at <- match(sheet, wb$get_sheet_names())
  cc <- wb$worksheets[[at]]$sheet_data$cc
  k <- match(cell, cc$r)
  if (is.na(k)) {
    k <- nrow(cc) + 1L
    cc[k, ] <- ""
    cc$r[k] <- cell
    cc$row_r[k] <- gsub("[A-Z]", "", cell)
    cc$c_r[k] <- gsub("[0-9]", "", cell)
  }
  cc[k, c("v", "c_t", "f", "f_attr", "is", "c_s")] <- list(v, t, f, "", is, s)
  wb$worksheets[[at]]$sheet_data$cc <- cc
  wb
}

put_text <- function(wb, cells, text) {
  for (k in seq_along(cells)) {
    put_cell(wb, cells[k], t = "inlineStr", is = paste0(
      "<is><t xml:space=\"preserve\">", escape_markup(rep_len(
        text, length(cells))[k]), "</t></is>"))
  }
  wb
}

# The style that shows numbers by a code, such as "yyyy-mm-dd".
number_style <- function(wb, code) {
  wb$add_numfmt(sheet = "Scheme", dims = "ZZ1", numfmt = code)
  at <- match("Scheme", wb$get_sheet_names())
  cc <- wb$worksheets[[at]]$sheet_data$cc
  cc$c_s[match("ZZ1", cc$r)]
}

put_dates <- function(wb, cells, days, code = "yyyy-mm-dd") {
  style <- number_style(wb, code)
  for (k in seq_along(cells)) {
    put_cell(wb, cells[k], v = sprintf("%.17g", days[k]), s = style)
  }
  wb
}

# Sheet Data of a workbook in memory as code_panel() gets it.
sheet_frame <- function(wb, at = new.env()) {
  get <- settings_getter(read_grid(wb, "Read me"), at)
  read_book_data(read_grid(wb, "Data"), get, sheet_scheme(), list(), at)
}

saved <- function(wb) {
  file <- tempfile(fileext = ".xlsx")
  wb$save(file)
  file
}
