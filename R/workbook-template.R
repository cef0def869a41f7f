#' An empty workbook to fill in
#'
#' Sheets Read me (settings, by lists to choose from, and live checks), Scheme
#' and Data, with a note on every heading. Cells refuse what cannot be right: a
#' text for a number, a value outside the domain of its transform, an unknown
#' code or label; rows that repeat a region and time turn red. Filled in, it is
#' a model: [read_workbook()].
#'
#' @param file <chr> Path of the xlsx file.
#' @param scheme <nid_scheme> Its indicators become the columns of sheet Data;
#'   `NULL`: the scheme, too, is filled in by hand.
#' @inheritParams write_workbook
#' @return The path, invisibly.
#' @section Errors: `nidcode_error_overwrite`, `_path`, `_scheme`, `_file` (it
#'   could not be written whole; an old file is then as it was).
#' @family present
#' @examplesIf requireNamespace("openxlsx2", quietly = TRUE)
#' file <- tempfile(fileext = ".xlsx")
#' workbook_template(file, ural_scheme)
#' unlink(file)
#' @export
workbook_template <- function(file, scheme = NULL, language = NULL,
                              overwrite = FALSE) {
  call <- rlang::current_env()
  local_language(language)
  check_out_file(file, "xlsx", overwrite, call)
  if (!is.null(scheme)) scheme <- check_scheme(scheme, call)
  need_openxlsx2("to write a template.")
  local_plain_numbers()
  wb <- new_book(say("Code-based model: template"))
  places <- template_places(scheme)
  sheets <- list(template_readme(places), template_scheme(scheme, places),
                 template_data(scheme, places))
  for (sheet in sheets) write_book_sheet(wb, sheet)
  wb$set_grid_lines(sheet = sheet_title("Read me"), show = FALSE)
  check_settings_cells(wb, sheets[[1L]])
  check_template_scheme(wb, places)
  check_template_data(wb, scheme, places)
  save_book(wb, file, call)
}

# Where it is filled in: to the last row that a sheet has.
template_places <- function(scheme) {
  names <- scheme[["indicator"]]
  n <- length(names)
  list(
    rows = c(book_head + 1L, book_rows), names = names,
    x = 2L + seq_len(if (n > 0L) n else 40L),
    status = if (n > 0L) 2L + n + seq_len(n)
  )
}

template_settings <- function() {
  none <- NA_character_
  list(region = "region", time = "year", time.type = "number",
       status = "_status", normalise = "zscore", reference = "panel",
       aggregate = "mean", missing = "constant", rate = "spline",
       rate.lambda = "average", rate.df = none, rate.span = none,
       rate.width = none, rate.degree = none, rate.sd = none,
       breaks = "auto", influence = "equal", influence.half_life = none,
       influence.span = none, influence.power = none, influence.scale = none,
       influence.at = none, influence.normalise = none, measure = "sum",
       cor = "auto", ends = "all", interval = "pointwise", conf_level = 0.95)
}

template_readme <- function(places) {
  sheet <- headed_sheet(
    "Read me",
    say("Code-based model: a workbook to fill in"),
    paste(
      say("Nothing is computed here yet: fill in sheets %s and %s, then in R",
          sheet_title("Scheme"), sheet_title("Data")),
      paste0("model <- read_workbook(\"this file\"); write_workbook(model, ",
             "\"another.xlsx\")"))
  )
  steps <- c(
    say("How to"),
    say("1. %s: one row an indicator; its code, and -1 where less is better.",
        sheet_title("Scheme")),
    paste(say("2. %s: one row a region and time, one column an indicator.",
              sheet_title("Data")),
          say("Its heading is spelled as in the scheme."),
          say("Leave a cell empty where there is no number.")),
    say("3. Labels, if any, in columns headed <indicator>_status:"),
    say("\"break\" where a new method of counting starts."),
    say("4. Settings below: leave a value empty for R's default."),
    say("Do not move the headings in row 6."))
  sheet <- put_part(sheet, 4L, steps)
  checks <- template_checks(places)
  row <- 5L + length(steps)
  sheet <- put_column(sheet, row, 1L, c(say("Checks"), names(checks)))
  sheet <- dress(sheet, row, 1L, "bold")
  sheet <- put_column(sheet, row + 1L, 2L, book_formula(
    unname(checks), template_counts(places)))
  sheet <- put_settings(sheet, row + 2L + length(checks), template_settings(),
                        empty = TRUE)
  rows <- seq.int(sheet$settings + 1L, sheet$settings_end)
  sheet$protect <- TRUE
  dress_readme(dress(sheet, rows, 2L, c("input", "left")))
}

# Counted live. What they are in an empty template is known.
template_checks <- function(places) {
  column <- function(col, sheet = "Data") {
    fixed_range(sheet, places$rows[1L], col, places$rows[2L])
  }
  x <- fixed_range("Data", places$rows[1L], min(places$x), places$rows[2L],
                   max(places$x))
  stats::setNames(c(
    paste0("COUNTA(", column(1L, "Scheme"), ")"),
    paste0("SUMPRODUCT((", column(1L, "Scheme"), "<>\"\")*(",
           column(2L, "Scheme"), "=\"\"))"),
    paste0("COUNTA(", column(2L), ")"),
    paste0("SUMPRODUCT((", column(2L), "<>\"\")*(", column(1L), "=\"\"))"),
    paste0("COUNT(", x, ")"),
    paste0("COUNTA(", x, ")-COUNT(", x, ")")
  ), c(say("indicators in the scheme"), say("indicators without a code"),
       say("rows of data"), say("rows without a region"), say("numbers of x"),
       say("cells of x that are no numbers")))
}

template_counts <- function(places) {
  c(length(places$names), 0, 0, 0, 0, 0)
}

template_scheme <- function(scheme, places) {
  sheet <- headed_sheet(
    "Scheme",
    say("Scheme: which indicator forms which code"),
    paste(say("One row an indicator: indicator and code are needed."),
          say("direction and weight are 1 and transform none where empty."))
  )
  sheet <- put_row(sheet, book_head, 1L, given_columns)
  codes <- if (is.null(scheme)) nid_codes() else scheme_codes(scheme)
  sheet <- put_row(sheet, book_head, codes_column, names(codes)[1:4])
  sheet <- put_columns(sheet, book_head + 1L, codes_column,
                       as.list(codes[c("code", "carrier", "dynamic",
                                       "weight")]))
  if (!is.null(scheme)) {
    sheet <- put_columns(sheet, book_head + 1L, 1L, scheme_cells(scheme))
  }
  last <- codes_column + 3L
  sheet <- dress_table(sheet, last, c(28, rep(14, last - 1L)), 1L)
  sheet <- dress(sheet, book_head, seq_len(last), "left")
  open_columns(sheet, c(seq_along(given_columns), codes_column + 0:3))
}

# Columns to be filled in, however far down.
open_columns <- function(sheet, columns) {
  sheet$open <- columns
  sheet <- dress(sheet, seq.int(book_head + 1L, book_rows), columns, "input")
  for (row in seq_len(book_head)) {
    there <- unlist(lapply(sheet$cells, \(x) x$col[x$row == row]))
    none <- setdiff(columns, there)
    sheet <- put_cells(sheet, row, none, rep(NA, length(none)), empty = TRUE)
  }
  on_paper(sheet, landscape = TRUE)
}

template_data <- function(scheme, places) {
  sheet <- headed_sheet(
    "Data",
    say("Data: one row a region and time"),
    paste(say("Red: a row that stands here twice, or x that is no number."),
          say("Yellow: a row with a time and no number of x."))
  )
  sheet <- put_row(sheet, book_head, 1L, c("region", "year"))
  if (is.null(scheme)) {
    sheet <- put_row(sheet, 4L, 3L, say(
      "Choose indicators of the scheme as headings from here on."))
  } else {
    sheet <- put_row(sheet, book_head, min(places$x), places$names)
    sheet <- put_row(sheet, book_head - 1L, min(places$x),
                     data_units(scheme))
    sheet <- put_row(sheet, book_head, min(places$status),
                     paste0(places$names, "_status"))
  }
  last <- max(places$x, places$status)
  sheet <- dress_table(sheet, last, c(28, rep(14, last - 1L)), 2L)
  sheet <- dress(sheet, book_head, c(2L, places$x), "right")
  sheet <- dress(sheet, 4L, seq_len(last), "note")
  sheet <- dress(sheet, book_head - 1L, places$x, c("unit", "right"))
  open_columns(sheet, seq_len(last))
}
