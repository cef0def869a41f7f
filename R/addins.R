# RStudio addins (inst/rstudio/addins.dcf). What RStudio does for them comes as
# `studio`, so that they can be tried without it.

studio_api <- function() {
  rlang::check_installed("rstudioapi", "to use the addins of nidcode.")
  list(
    open = \(text) rstudioapi::documentNew(text, type = "rmarkdown"),
    selected = \() {
      rstudioapi::primary_selection(rstudioapi::getActiveDocumentContext())$text
    },
    ask = \(title, message) rstudioapi::showPrompt(title, message),
    save_as = \(name) {
      rstudioapi::selectFile("Write the report to", label = "Write",
                             path = name, existing = FALSE)
    },
    tell = \(title, message) rstudioapi::showDialog(title, message),
    write = write_report,
    show = \(file) utils::browseURL(file)
  )
}

addin_template <- function(studio = studio_api()) {
  text <- readLines(report_template(), encoding = "UTF-8")
  studio$open(paste(text, collapse = "\n"))
  invisible()
}

# The selection names a model: it is looked up, never evaluated.
addin_report <- function(studio = studio_api(), env = globalenv()) {
  name <- chosen_model(studio, env)
  if (is.null(name)) {
    return(invisible())
  }
  file <- studio$save_as("report.html")
  if (is.null(file)) {
    return(invisible())
  }
  # The dialog asks whether to replace a file of the name it saw, no other.
  seen <- file_ending(file) %in% unlist(report_endings())
  if (!seen) file <- paste0(file, ".html")
  studio$write(get(name, env), file, format = ending_format(file),
               overwrite = seen)
  studio$show(file)
  invisible(file)
}

chosen_model <- function(studio, env) {
  models <- Filter(\(name) inherits(get0(name, env), "nid_model"), ls(env))
  name <- trimws(studio$selected() %||% "")
  if (!nzchar(name)) {
    name <- if (length(models) == 1L) models else {
      studio$ask("Report of a model", "Name of the model:")
    }
  }
  if (is.null(name)) {
    return(NULL)
  }
  if (!name %in% models) {
    studio$tell("Report of a model", paste0(
      "There is no model called \"", strtrim(name, 60L), "\" in the ",
      "workspace. Make one with code_model()."))
    return(NULL)
  }
  name
}
