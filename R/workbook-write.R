#' A workbook that computes
#'
#' Writes a model into an xlsx file whose formulas are alive: z follows x, the
#' codes follow z, rates follow the codes through the weights on sheet Operator,
#' and formulas (1) and (2) follow the rates. Every formula brings the value of
#' R with it.
#'
#' Sheets: Read me, Scheme, Data, Codes, Rates, Operator, Code ID, Code NID,
#' Contributions, Phases. Formula cells are protected, without a password. With
#' z = (x - centre) / scale (LN(x), LN(1+x), SQRT(x), LN(x/(1-x)) or
#' LN(x/(100-x)) for x under a transform), D = sum w z / sum w,
#' \deqn{V = R_1 D, \quad A = R_2 D, \quad Code\,ID = \sum_c V_c, \quad
#'   Code\,NID = \sum_c \sum_i \tau_i u_i A_c(t_i)}{
#'   V = R1 D,  A = R2 D,  Code ID = sum_c V_c,
#'   Code NID = sum_c sum_i tau_i u_i A_c(t_i)}
#' The phase on sheet Phases is that of the signs of V and A, as
#' [code_phases()] has it.
#' The operators R1 and R2 stand on sheet Operator once for each grid of times
#' and breaks, or for each region and code where a spline estimates its own
#' smoothing. Smoothing, centre and scale are frozen: an edited cell answers as
#' `update(model, data = edited, freeze = TRUE)` does, and the workbook says so
#' on every sheet. Standard errors and limits are those of the model, marked
#' "in R".
#'
#' Text from the data is written as text, whatever it begins with; control
#' characters, which a sheet cannot hold, are removed with a warning.
#'
#' What is read: `read_workbook()` takes the three sheets Read me, Scheme and
#' Data; hidden rows and columns are read like others. Dates in the column of
#' times are the same dates as in R. Text in a cell of x is read where it says
#' one number ("12,5", "1 234", "12.3 b", whose flag joins the labels), and a
#' message names the cell. Text that says no number, and failed formulas, count
#' as missing with a warning. What could be read in two ways is an error that
#' names sheet and cell: "1,234" alone in its column, a dash, a date, TRUE, a
#' formula that was never computed, merged values. Before anything is unpacked,
#' a file is refused whose archive is damaged, holds links, names that lead out
#' of its folder or two files of one name, more than 10,000 files, or would
#' unpack to more than 1 GB (from 64 MB on, to more than 200 times its size).
#'
#' @param model <nid_model> From [code_model()].
#' @param file <chr> Path of the xlsx file.
#' @param language <chr> "en" or "ru", of titles, headings and sentences; NULL:
#'   `getOption("nidcode.language", "en")`. Settings and names of the data stay
#'   as they are. A workbook in either language is read, its sheets renamed or
#'   not.
#' @param overwrite <lgl> Replace an existing file. It is replaced in one step:
#'   a full disk or an interrupt leaves the old file whole.
#' @return `write_workbook()` and `workbook_template()` the path, invisibly;
#'   `read_workbook()` a `nid_model`: that of [code_model()] for the sheets
#'   Scheme, Data and the settings on Read me, to 1e-12 the one that was
#'   written where nothing was edited. Functions (a custom rate or influence)
#'   come back as tables of their values at the times of the workbook.
#' @section Errors:
#' Of writing: `nidcode_error_overwrite`, `_path`, `_zero_rows`, `_file` (more
#' rows or columns than a sheet holds; the file could not be written whole).
#' Of reading: always `nidcode_error_file`, with the class of what is wrong
#' besides (`_path`, `_no_column`, `_zero_rows`, `_duplicate_key` and so on);
#' fields `path`, `sheet`, `cells`, `values`. Warnings `_control_characters`,
#' `_cells` (cells of x that are no numbers, by address), message `_cells` (text
#' read as numbers).
#' @source Economy of Region, 2017, vol. 13 (see [nidcode-package]), formulas 1
#'   and 2.
#' @concept Excel
#' @concept spreadsheet
#' @family present
#' @examplesIf requireNamespace("openxlsx2", quietly = TRUE)
#' district <- subset(ural, region_code == "FD-U")
#' model <- code_model(district, ural_scheme, index = "year",
#'                     status = "_status")
#' file <- tempfile(fileext = ".xlsx")
#' write_workbook(model, file)
#' read_workbook(file)
#' unlink(file)
#' @export
write_workbook <- function(model, file, language = NULL, overwrite = FALSE) {
  call <- rlang::current_env()
  local_language(language)
  if (!inherits(model, "nid_model")) {
    stop_argument("model", "made by code_model()", model, call)
  }
  check_out_file(file, "xlsx", overwrite, call)
  need_openxlsx2("to write a workbook.")
  if (n_rows(model$panel) == 0L) {
    stop_nid("zero_rows", "The model has no rows to write.", call = call)
  }
  local_plain_numbers()
  frame <- book_frame(model)
  frame$banner <- book_banner(frame)
  frame$operators <- place_operators(book_operators(frame))
  warn_control(frame, call)
  save_book(model_book(frame), file, call)
}

# openxlsx2 spells some numbers as the session would print them; a workbook has
# its own way, until the caller returns. The seed that openxlsx2 keeps among the
# user's options is put back as well.
local_plain_numbers <- function(frame = rlang::caller_env()) {
  rlang::local_options(OutDec = ".", scipen = 100L, digits = 7L,
                       openxlsx2_seed = getOption("openxlsx2_seed"),
                       .frame = frame)
}

need_openxlsx2 <- function(reason) {
  rlang::check_installed("openxlsx2", reason, version = "1.23")
}

save_book <- function(wb, file, call) {
  # Its own errors are none of writing.
  force(wb)
  made <- tempfile(fileext = ".xlsx")
  on.exit(unlink(made))
  write_aside(file, \(draft) {
    wb$save(made, overwrite = TRUE)
    copy_whole(made, draft)
  }, call)
}

model_book <- function(frame) {
  wb <- new_book(say("Code-based model"))
  sheets <- list(readme_sheet, scheme_sheet, data_sheet, codes_sheet,
                 rates_sheet, operator_sheet, industrial_sheet, basic_sheet,
                 contributions_sheet, phases_sheet)
  for (make in sheets) write_book_sheet(wb, make(frame))
  mark_phases(wb, frame)
  wb$set_grid_lines(sheet = sheet_title("Read me"), show = FALSE)
  check_scheme_cells(wb, book_head + seq_len(nrow(frame$scheme)),
                     book_head + seq_len(nrow(frame$codes)))
  check_data_cells(wb, frame)
  check_picked(wb, frame)
  add_book_charts(wb, frame)
}

# The name of whoever runs R is nobody else's business.
new_book <- function(title) {
  openxlsx2::wb_workbook(creator = "nidcode", title = title)
}

# Text of the data that a sheet cannot hold is told once.
warn_control <- function(frame, call) {
  text <- unlist(c(
    lapply(c(frame$keys, other_columns(frame), as.list(frame$scheme),
             as.list(frame$codes)), \(x) {
      if (is.factor(x)) levels(x) else if (is.character(x)) unique(x)
    }), names(frame$panel$plain)))
  text <- enc2utf8(text[!is.na(text)])
  bad <- text[drop_controls(text, xml_controls) != text]
  long <- text[nchar(text) > 32767L]
  if (length(long) > 0L) {
    stop_nid("file", paste0("A cell holds at most 32,767 characters; a text ",
                            "of the data has ", max(nchar(long)), "."),
             call = call)
  }
  regions <- drop_controls(as.character(frame$panel$regions), xml_controls)
  if (anyDuplicated(regions) > 0L) {
    stop_nid("file",
             c(paste0("Regions differ in control characters only: ",
                      some_of(unique(regions[duplicated(regions)])), "."),
               i = "A sheet cannot hold those: rename the regions."),
             call = call)
  }
  if (length(bad) > 0L) {
    warn_nid("control_characters",
             paste0("Control characters are removed from ",
                    some_of(drop_controls(bad, xml_controls), quote = "\""),
                    ": a sheet cannot hold them."),
             values = bad)
  }
}
