#' Write the passport of a region
#'
#' One page a region: what it is, its codes with their picture, rates with
#' errors, its phase, its record, its rank with interval, how it stands to the
#' mean of the others, what is settled and what is not, and which data were used
#' and which were not there. Printed on A4 each is one page.
#'
#' Numbers are those of the whole model: [region_ranks()], [code_phases()],
#' [code_record()], [code_gaps()] and [region_contrasts()] against the mean of
#' the others. A reading that this model does not have is left out; the page and
#' the message `nidcode_message_left_out` (fields `readings`, `reasons`) say so.
#'
#' @inheritParams write_report
#' @param file <chr> Where to write; see [write_report()].
#' @param regions <chr> Names of one or more regions; `NULL`: all, a page each,
#'   in one file, in the order of the panel.
#' @param format <chr> "html", "docx" or "pdf".
#' @return `file`, invisibly.
#' @section Errors: Those of [write_report()].
#' @concept region profile
#' @concept fact sheet
#' @family present
#' @seealso [write_report()]
#' @examples
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' file <- tempfile(fileext = ".html")
#' if (interactive()) {
#'   utils::browseURL(write_profile(model, file, "Kurgan Oblast"))
#' }
#' @export
write_profile <- function(model, file, regions = NULL, format = "html",
                          language = NULL, overwrite = FALSE) {
  call <- rlang::current_env()
  local_language(language)
  check_report_model(model, call)
  format <- check_report_file(file, format, overwrite, call)
  regions <- check_report_regions(model, regions, call)
  warn_controls(model)
  regions <- regions %||% region_names(model$panel)
  # Elsewhere a title would take room on the first page.
  head <- list(title = if (format == "html") report_title(model$panel, regions),
               lang = said_in())
  profiles <- region_profiles(model, regions)
  made_aside(file, \(work) {
    render_page("profile", head, list(profiles = profiles), work, format, call)
  }, call)
}

# What is read of the whole model once, and whose pages are wanted. `region` is
# NULL where the panel has no names.
region_profiles <- function(model, region) {
  read <- function(verb, ...) {
    tryCatch(suppressMessages(verb(model, ...)), nidcode_error = identity)
  }
  readings <- list(
    ranks = read(region_ranks), parts = read(contributions, by = "code"),
    phases = read(code_phases), record = read(code_record),
    gaps = read(code_gaps, "mean"), contrasts = read(region_contrasts, "mean")
  )
  failed <- vapply(readings, inherits, NA, "error")
  if (any(failed)) inform_left_out(readings[failed])
  structure(list(model = model, readings = readings[!failed],
                 lacking = names(readings)[failed], region = region),
            class = "nid_profiles")
}

inform_left_out <- function(failed) {
  why <- vapply(failed, \(e) sub("\n.*", "", conditionMessage(e)), "")
  inform_nid("left_out",
             c("The profile is without what this model does not have:",
               stats::setNames(paste0(names(why), ": ", why),
                               rep("i", length(why)))),
             readings = names(why), reasons = unname(why))
}

#' @export
report_block.nid_profiles <- function(x, options) {
  region <- x$region
  if (is.null(region)) region <- NA_character_
  unlist(lapply(region, \(one) {
    c("::: profile", "", profile_page(x, one, options), ":::", "",
      "```{=latex}", "\\newpage", "```", "")
  }))
}

# The style of a region's name begins a page in Word.
profile_heading <- function(name, options) {
  if (is_word(options)) {
    return(c("::: {custom-style=\"Region\"}", inert_markdown(name), ":::", ""))
  }
  c(paste("#", inert_markdown(name)), "")
}

# `region` is NA where the panel has no names.
profile_page <- function(x, region, options) {
  model <- x$model
  own <- lapply(c(x$readings, model[c("basic", "industrial")],
                  list(rates = model$rates)), rows_of_region, region)
  own <- c(own, list(n = nrow(model$basic), sure = get_spec(
    x$readings$record)$sure))
  signs <- profile_signs(own)
  text <- function(...) inert_markdown(c(...))
  list_of <- function(head, what) {
    c(":::: side", paste("##", text(head)), "",
      if (length(what) > 0L) paste("-", text(what)) else text(say("Nothing.")),
      "::::", "")
  }
  facts <- profile_facts(own)
  name <- if (is.na(region)) say("The region") else region
  c(profile_heading(name, options),
    text(words_about_data(model)), "",
    markdown_table(facts, heads = list(a = say("Reading"), b = say("Value"))),
    "", profile_picture(model, region, options), "",
    markdown_table(profile_codes(own), joint = c("estimate", "conf.low",
                                                 "conf.high"),
                   heads = list(estimate = say("Rate now"),
                                part = say("Part of NID"),
                                gap = say("Gap"), state = say("Gap is"))), "",
    "::: columns", list_of(say("What is settled"), signs$text[signs$clear]),
    list_of(say("What is not settled"), signs$text[!signs$clear]), ":::", "",
    paste("##", text(say("Data used and lacking"))), "",
    profile_data(model$panel, region), "",
    "::: spec", paste(text(profile_reading(model), left_out_words(x$lacking)),
                      collapse = " "), ":::", "")
}

# The rows of one region, its time as `time`.
rows_of_region <- function(table, region) {
  if (is.null(table)) {
    return(NULL)
  }
  spec <- get_spec(table)
  key <- key_column(spec, "region")
  time <- key_column(spec, "time")
  out <- as.data.frame(as_plain_tibble(table), optional = TRUE)
  if (!is.na(key) && !is.na(region)) {
    out <- out[as.character(out[[key]]) == region, , drop = FALSE]
  }
  if (!is.na(time)) out$time <- stamp_words(out[[time]])
  out
}

# Its last row, or the rows of its last time, that have a value.
last_of <- function(rows, value = "estimate") {
  there <- rows[!is.na(rows[[value]]), , drop = FALSE]
  there[there$time %in% utils::tail(there$time, 1L), , drop = FALSE]
}
