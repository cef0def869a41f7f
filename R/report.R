#' Write a report of a model
#'
#' What a model says, as a document that can be handed on. Its first page says
#' what the data settle, what they do not, what would change it and how a code
#' is read; then come the scheme, what was observed, codes and rates over time,
#' formulas (1) and (2), one table of all regions in the order of the picture
#' above it, the path, contributions, phases, the chapter "Reading the codes",
#' the chapter "How far it depends on choices" (of several regions under a mean
#' that is linear: 250 rebuilds by [code_sensitivity()]), and a methods appendix with the settings in force and the versions of all
#' software. Above every picture and table stands the call that made it, so that
#' each number can be made again; `calls = FALSE` leaves the calls out.
#'
#' The page is the R Markdown template "Report of a code-based model", which
#' can be changed at will: in RStudio *File > New File > R Markdown > From
#' Template*, elsewhere
#' `rmarkdown::draft("report.Rmd", "code-model-report", "nidcode")`. It knits as
#' it is, on [ural]; its parameters are `model`, `regions`, `map`, `calls` (show
#' the calls), `max_rows` (of a table) and `dpi` (of pictures).
#'
#' Names from the data are text and nothing else, whatever they contain. The
#' HTML page is one file that loads nothing from elsewhere; a browser prints it
#' on A4 with whole pictures and the heads of tables on every page. Numbers of
#' a column have the same decimals, of one unit those that give the median error
#' two digits. Reports may be written from within another R Markdown page, one
#' after another: the page goes on as if nothing had been.
#'
#' @param model <nid_model> See [code_model()].
#' @param file <chr> Where to write; the name ends in .html (or .htm), .docx or
#'   .pdf. The folder must exist.
#' @param format <chr> "html", "docx" or "pdf" (which needs a LaTeX with
#'   xelatex or lualatex). `NULL`: the ending of `file` decides.
#' @param title <chr> Title. `NULL`: what and how many regions, and their
#'   times; the names of up to six stand below.
#' @param author <chr> Authors, one or more. `NULL`: none.
#' @param date <chr> or <Date> `NULL`: today.
#' @param regions <chr> Regions of pictures and tables, by name; `NULL`: all.
#'   Codes, ranks and sentences stay those of the whole model.
#' @param calls <lgl> Show the calls.
#' @param language <chr> "en" or "ru"; `NULL`: `options(nidcode.language = )`,
#'   else English. Names and titles of yours stand as they are.
#' @param map An sf object whose rows are the regions: one more picture, see
#'   `autoplot(model, "map", map = )`.
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
#' @concept Word
#' @concept PDF
#' @family present
#' @seealso [write_profile()], [report_render()]
#' @examples
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' if (interactive()) {
#'   utils::browseURL(write_report(model, tempfile(fileext = ".html")))
#'   write_report(model, tempfile(fileext = ".docx"), author = "A. Author",
#'                language = "ru")
#' }
#' @export
write_report <- function(model, file, format = NULL, title = NULL,
                         author = NULL, date = NULL, regions = NULL,
                         calls = TRUE, language = NULL, map = NULL,
                         overwrite = FALSE) {
  call <- rlang::current_env()
  local_language(language)
  check_report_model(model, call)
  format <- check_report_file(file, format, overwrite, call)
  params <- list(model = model, calls = check_flag(calls),
                 regions = check_report_regions(model, regions, call),
                 map = check_report_map(map, call))
  head <- report_head(model, title, author, date, regions, call)
  warn_controls(model)
  made_aside(file, \(work) {
    render_page("templates/code-model-report/skeleton", head, params, work, format, call)
  }, call)
}

# `make(work)` writes the page into a folder of its own.
made_aside <- function(file, make, call) {
  work <- tempfile("nidcode-report-")
  dir.create(work)
  on.exit(unlink(work, recursive = TRUE))
  made <- make(work)
  write_aside(file, \(draft) copy_whole(made, draft), call)
}

check_report_model <- function(model, call) {
  if (!inherits(model, "nid_model")) {
    stop_argument("model", "made by code_model()", model, call)
  }
}

# The format, all that can fail early having been tried.
check_report_file <- function(file, format, overwrite, call) {
  if (is.null(format)) format <- ending_format(file, call)
  check_report_format(format, file, call)
  check_out_file(file, report_endings()[[format]], overwrite, call)
  rlang::check_installed(c("rmarkdown", "knitr", "ggplot2"),
                         "to write a report.")
  check_report_tools(format, call)
  format
}

check_report_regions <- function(model, regions, call) {
  if (is.null(regions)) {
    return(NULL)
  }
  known <- if (!is.na(model$panel$index[["region"]])) {
    as.character(model$panel$regions)
  }
  if (!is.atomic(regions) || length(regions) == 0L ||
      !all(regions %in% known)) {
    stop_argument("regions", "NULL or names of regions of the model", regions,
                  call)
  }
  unique(as.character(regions))
}

check_report_map <- function(map, call) {
  if (!is.null(map) && !inherits(map, "sf")) {
    stop_argument("map", "NULL or made by the package sf", map, call)
  }
  map
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

report_template <- function(name = "templates/code-model-report/skeleton") {
  system.file("rmarkdown", name, "skeleton.Rmd", package = "nidcode",
              mustWork = TRUE)
}

# `head`: what stands in the head of the page instead of the template's own.
render_page <- function(template, head, params, work, format, call) {
  input <- file.path(work, "report.Rmd")
  skeleton <- report_template(template)
  page <- said_page(readLines(skeleton, encoding = "UTF-8"))
  # Calls are shown: none names what is not there.
  if (is.null(params$regions)) {
    page <- sub(", regions = regions", "", page, fixed = TRUE)
  }
  writeLines(enc2utf8(with_head(page, head)), input, useBytes = TRUE)
  file.copy(file.path(dirname(report_template()), "style.docx"), work)
  bar <- start_bar("Writing the report", sum(grepl("^```\\{", page)))
  state <- fresh_knitr()
  on.exit(restore_knitr(state))
  # Inside a chunk knitr would catch the bar: move it between them.
  knitr::opts_hooks$set(echo = \(options) {
    tick_bar(bar)
    options
  })
  # The page finds our functions without attaching the package for good.
  env <- new.env(parent = asNamespace("nidcode"))
  tryCatch(
    rmarkdown::render(
      input, paste0(format_names()[[format]], "_document"),
      output_dir = work, output_options = report_options(format, work),
      params = params, envir = env, quiet = TRUE, encoding = "UTF-8"
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
