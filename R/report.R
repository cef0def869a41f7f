#' Write a report of a model
#'
#' Everything a model says on one page: plain sentences, the scheme, what was
#' observed, codes and rates over time, formulas (1) and (2), ranks, the path,
#' contributions, and a methods appendix with the settings in force and the
#' versions of all software. Above every picture and table stands the call that
#' made it, so that each number can be made again.
#'
#' The page is the R Markdown template "Report of a code-based model", which
#' can be changed at will: in RStudio *File > New File > R Markdown > From
#' Template*, elsewhere
#' `rmarkdown::draft("report.Rmd", "code-model-report", "nidcode")`. It knits as
#' it is, on [ural]; its parameters are `model`, `calls` (show the calls),
#' `max_rows` (of a table) and `dpi` (of pictures).
#'
#' Names from the data are text and nothing else, whatever they contain. The
#' HTML page is one file that loads nothing from elsewhere. Reports may be
#' written from within another R Markdown page, one after another: the page goes
#' on as if nothing had been.
#'
#' @param model <nid_model> See [code_model()].
#' @param file <chr> Where to write; the name ends in .html (or .htm), .docx or
#'   .pdf. The folder must exist.
#' @param format <chr> "html", "docx" or "pdf" (which needs a LaTeX with
#'   xelatex or lualatex). Left out, the ending of `file` decides.
#' @param overwrite <lgl> Replace a file that exists. That is one step: a full
#'   disk or an interrupt leaves the old file whole.
#' @return `file`, invisibly.
#' @section Errors:
#' `nidcode_error_argument`, `_overwrite` (the file exists), `_path` (another
#' ending, no such folder, or it cannot be written), `_pandoc` and `_latex` (not
#' installed), all before any work; `_report` when making the page fails,
#' `_file` when it cannot be written whole; an old file is then as it was.
#' Warning `nidcode_warning_control_characters` when names contain characters that are
#' not text; the report leaves these out.
#' @family present
#' @seealso [report_render()]
#' @examplesIf FALSE
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' write_report(model, "ural.html")
#' @export
write_report <- function(model, file, format = "html", overwrite = FALSE) {
  call <- rlang::current_env()
  if (!inherits(model, "nid_model")) {
    stop_argument("model", "made by code_model()", model, call)
  }
  if (missing(format)) format <- ending_format(file, call)
  check_report_format(format, file, call)
  check_out_file(file, report_endings()[[format]], overwrite, call)
  rlang::check_installed(c("rmarkdown", "knitr", "ggplot2"),
                         "to write a report.")
  check_report_tools(format, call)
  warn_controls(model)
  work <- tempfile("nidcode-report-")
  dir.create(work)
  on.exit(unlink(work, recursive = TRUE))
  made <- render_report(model, work, format, call)
  write_aside(file, \(draft) copy_whole(made, draft), call)
}

report_endings <- function() {
  list(html = c("html", "htm"), docx = "docx", pdf = "pdf")
}

# The format whose ending the file has.
ending_format <- function(file, call = rlang::caller_env()) {
  check_string(file, call = call)
  endings <- report_endings()
  has <- vapply(endings, \(e) file_ending(file) %in% e, TRUE)
  if (!any(has)) {
    stop_nid("path",
             c(paste0("`file` must end in .html, .docx or .pdf."),
               x = paste0("It is ", file_words(file), ".")),
             path = file, values = unlist(endings), call = call)
  }
  names(endings)[has]
}

check_report_format <- function(format, file, call) {
  check_string(file, call = call)
  endings <- report_endings()
  check_choice(format, names(endings), "format", call = call)
  if (file_ending(file) %in% unlist(endings[names(endings) != format])) {
    stop_nid("argument",
             c(paste0("`format` must be what the name of the file says."),
               x = paste0("`file` ends in .", file_ending(file),
                          ", `format` is \"", format, "\".")),
             argument = "format", values = format, call = call)
  }
}

check_report_tools <- function(format, call) {
  if (!rmarkdown::pandoc_available()) {
    stop_nid("pandoc",
             c("A report needs pandoc, which is not installed.",
               i = "RStudio brings it; else see https://pandoc.org."),
             call = call)
  }
  if (format == "pdf" && is.na(latex_engine())) {
    stop_nid("latex",
             c(paste0("A PDF needs LaTeX with xelatex or lualatex, which is ",
                      "not installed."),
               i = paste0("`tinytex::install_tinytex()` installs one; ",
                          "format = \"html\" and \"docx\" need none.")),
             call = call)
  }
}

# Both read all alphabets; pdflatex does not.
latex_engine <- function() {
  engines <- c("xelatex", "lualatex")
  engines[nzchar(Sys.which(engines))][1L]
}

report_template <- function() {
  system.file("rmarkdown", "templates", "code-model-report", "skeleton",
              "skeleton.Rmd", package = "nidcode", mustWork = TRUE)
}

render_report <- function(model, work, format, call) {
  input <- file.path(work, "report.Rmd")
  file.copy(report_template(), input)
  chunks <- grepl("^```\\{", readLines(input, encoding = "UTF-8"))
  bar <- start_bar("Writing the report", sum(chunks))
  state <- fresh_knitr()
  on.exit(restore_knitr(state))
  # Inside a chunk knitr would catch the bar: move it between them.
  knitr::opts_hooks$set(echo = \(options) {
    tick_bar(bar)
    options
  })
  # The page finds our functions without attaching the package for good.
  page <- new.env(parent = asNamespace("nidcode"))
  tryCatch(
    rmarkdown::render(
      input, paste0(format_names()[[format]], "_document"),
      output_dir = work, output_options = report_options(format, work),
      params = list(model = model), envir = page, quiet = TRUE,
      encoding = "UTF-8"
    ),
    error = \(e) {
      stop_nid("report", "The report could not be made.", parent = e,
               call = call)
    }
  )
}

format_names <- function() list(html = "html", docx = "word", pdf = "pdf")

# A PDF gets the first font with Cyrillic letters that is there (LaTeX's own
# has none), and tables in small print.
report_options <- function(format, work) {
  if (format != "pdf") {
    return(NULL)
  }
  fonts <- c("DejaVu Serif", "CMU Serif", "Times New Roman", "FreeSerif")
  header <- file.path(work, "header.tex")
  writeLines(c(
    "\\usepackage{etoolbox}",
    "\\AtBeginEnvironment{longtable}{\\footnotesize}",
    paste0("\\IfFontExistsTF{", fonts, "}{\\setmainfont{", fonts, "}}{"),
    strrep("}", length(fonts))
  ), header)
  list(latex_engine = latex_engine(), includes = list(in_header = header))
}

# Names with characters that are not text lose them in the report: say so.
warn_controls <- function(model) {
  panel <- model$panel
  scheme <- panel$scheme
  given <- unique(c(
    as.character(panel$regions), names(panel$x), panel$index,
    scheme[["code"]], as.character(scheme[["unit"]]), scheme[["label"]],
    scheme[["parent"]],
    unlist(scheme_codes(scheme)[c("code", "carrier", "dynamic")])
  ))
  bad <- given[has_controls(given)]
  if (length(bad) > 0L) {
    warn_nid("control_characters",
             paste0("Control characters are left out of ",
                    some_of(clean_text(bad), quote = "\""), "."),
             values = bad, n = length(bad))
  }
}
