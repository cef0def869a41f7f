#' The model as a page that computes
#'
#' Writes one HTML file that needs a browser and nothing else: no R, no server,
#' no network. Weights, directions, indicators left out, the influence of time,
#' the normalisation and single cells can be moved in it; codes, rates, Code ID,
#' Code NID, their intervals and ranks are then computed anew in the page, as R
#' computes them, not looked up. On opening, the page compares what it computes
#' with what R found and says how well they agree.
#'
#' What the page computes is [update()][update.nid_model] of the model: orders of
#' smoothness stay, everything else is a refit. It shows the R code that gives
#' the same. Rates, levels and Code NID are in the units of the model.
#' Ranks in the page take the errors of regions as independent, as
#' [region_ranks()] does with `pairs = "independent"`.
#'
#' Some things cannot be moved, and the page says why: the tuning of a model
#' that was made by `update(freeze = TRUE)`, cells that were predicted
#' (`missing = "provisional"`), and an indicator whose absence would give its
#' code times that were not prepared (200 grids at most).
#'
#' Its scripts are the package's own, to be read in
#' `system.file("explorer", package = "nidcode")`: `engine.js` computes,
#' `plot.js` draws, `ui.js` joins them. A page has them whole but for comments,
#' and nothing of anybody else's: no licence but the package's goes with it.
#'
#' @param model <nid_model> From [code_model()].
#' @param file <chr> Path of the html file.
#' @param map An sf object, or a data frame with a geometry column, of the
#'   outlines of the regions, simplified and in the projection to be drawn in.
#'   In degrees it is cut in the middle of its widest strip without land, not
#'   at the 180th meridian. `NULL`: no map.
#' @param by <chr> The column of `map` with the names of regions:
#'   `c(region = "name")`. `NULL`: the one that knows most of them.
#' @param title <chr> The title; `NULL`: "Code-based model".
#' @param language <chr> "en" or "ru"; `NULL`: that of
#'   `getOption("nidcode.language")`, else "en".
#' @param choices What else to choose in the page with a press of a button:
#'   [code_choices()], of which each level of `weights`, `code_weights`,
#'   `normalise`, `influence` and `measure` becomes one (message
#'   `nidcode_message_choices`: what a page cannot move); or a named list of
#'   lists, each with any of these (weights named by indicator, by code) and
#'   `ends`.
#' @param overwrite <lgl> Replace an existing file. It is replaced in one step.
#' @return The path, invisibly.
#' @section Limits: Up to 3,000 series (regions times codes) the page computes
#'   while a slider moves, up to 20,000 when it is let go; more are an error, as
#'   are more than 200 grids of times and outlines of more than 400 kB.
#' @section Errors: `nidcode_error_overwrite`, `_path`, `_argument`,
#'   `_zero_rows`, `_size` (with `n` and `limit`), `_file`. Warning
#'   `nidcode_warning_map`: regions without an outline (`regions`, and in `values` outlines without a region).
#' @concept dashboard
#' @concept interactive
#' @family present
#' @examples
#' district <- subset(ural, region_code == "FD-U")
#' model <- code_model(district, ural_scheme, index = "year",
#'                     status = "_status")
#' file <- tempfile(fileext = ".html")
#' write_explorer(model, file)
#' unlink(file)
#' @export
write_explorer <- function(model, file, map = NULL, by = NULL, title = NULL,
                           language = NULL, choices = NULL,
                           overwrite = FALSE) {
  call <- rlang::current_env()
  if (!inherits(model, "nid_model")) {
    stop_argument("model", "made by code_model()", model, call)
  }
  check_out_file(file, c("html", "htm"), overwrite, call)
  local_language(language)
  check_page_text(title, call)
  choices <- read_page_choices(choices, model, call)
  check_page_size(model, call)
  page <- list(title = title %||% say("Code-based model"), choices = choices,
               map = page_map(map, by, model$panel, call),
               strings = page_strings())
  text <- page_html(page_data(model, page, call), page$title)
  write_aside(file, \(draft) write_text(text, draft), call)
}

check_page_text <- function(title, call) {
  if (!is.null(title)) check_string(title, "title", call = call)
}

check_page_size <- function(model, call) {
  if (n_rows(model$panel) == 0L) {
    stop_nid("zero_rows", "The model has no rows to show.", call = call)
  }
  n <- n_regions(model$panel) * length(get_fit(model$rates)$codes)
  if (n > series_most) {
    stop_nid("size",
             c(paste0("A page computes ", whole_text(series_most),
                      " series; the model has ", whole_text(n), "."),
               i = "Take fewer regions: `subset()` the data."),
             n = n, limit = series_most, call = call)
  }
}

# ---- The file ----------------------------------------------------------------

page_part <- function(name) {
  file <- system.file("explorer", name, package = "nidcode", mustWork = TRUE)
  readLines(file, encoding = "UTF-8", warn = FALSE)
}

# Lines that are comments or empty stay with the sources.
page_script <- function(name) {
  lines <- page_part(name)
  paste(lines[!grepl("^\\s*(//|$)", lines)], collapse = "\n")
}

page_html <- function(data, title) {
  slots <- list(lang = data$language, title = escape_markup(clean_text(title)),
                css = paste(page_part("ui.css"), collapse = "\n"),
                plot = page_script("plot.js"),
                engine = page_script("engine.js"), ui = page_script("ui.js"),
                data = as_json(data))
  fill_slots(paste(page_part("explorer.html"), collapse = "\n"), slots)
}

# Each {{name}} of the template once; what is put in is not looked at again.
fill_slots <- function(text, slots) {
  at <- gregexpr("[{][{][a-z]+[}][}]", text)
  names <- gsub("[{}]", "", regmatches(text, at)[[1L]])
  between <- regmatches(text, at, invert = TRUE)[[1L]]
  paste(c(rbind(between, c(unlist(slots[names]), ""))), collapse = "")
}

write_text <- function(text, file) {
  writeBin(c(charToRaw(enc2utf8(text)), as.raw(10L)), file)
}

# What the scripts of the page say, in its language.
page_strings <- function() {
  table <- as.list(strings_of(said_in()))
  code <- paste(c(page_script("ui.js"), page_script("engine.js"),
                  paste0("\"", page_reasons, "\"")), collapse = " ")
  # What stands between two quotes, a quote within a text being no end of it.
  plain <- \(x) gsub("\\\"", "\1", x, fixed = TRUE)
  between <- strsplit(plain(code), "\"", fixed = TRUE)[[1L]]
  used <- plain(json_escaped(names(table))) %in% between
  out <- table[sort(names(table)[used], method = "radix")]
  structure(lapply(out, I), names = as.character(names(out)))
}
