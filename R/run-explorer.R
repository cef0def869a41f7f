#' From a file to the explorer, without code
#'
#' A Shiny application of three steps. Load: a csv file, a workbook or a pasted
#' table, read by [read_sheet_table()]; what was guessed (separator, decimal
#' mark, columns) is shown and may be told instead. Scheme: a row an indicator,
#' which code it forms, with the checks of [code_scheme()]; a scheme can be
#' loaded and saved. Look: the page of [write_explorer()], to be downloaded with
#' the report, the workbook and the R script that did it all.
#'
#' The conditions of the package are shown as they are. Files of up to 50 MB are
#' taken; formulas of workbooks are not evaluated; what is written is removed
#' when the session ends. It needs shiny and bslib: where these cannot be, write
#' the page with [write_explorer()].
#'
#' @param data <data.frame> Data to begin with, instead of a file.
#' @return A `shiny.appobj`: printed, as at the prompt, it runs.
#' @section Errors: `nidcode_error_argument`.
#' @concept shiny
#' @family present
#' @examples
#' if (interactive()) run_explorer()
#' @export
run_explorer <- function(data = NULL) {
  call <- rlang::current_env()
  if (!is.null(data) && !is.data.frame(data)) {
    stop_argument("data", "a data frame or NULL", data, call)
  }
  rlang::check_installed(c("shiny", "bslib"), paste0(
    "to load data by hand; write_explorer() makes the page without them."))
  if (!is.null(data)) data <- tibble::as_tibble(strip_container(data, call))
  shiny::shinyApp(loader_page(data), loader_server(data), onStart = \() {
    old <- options(shiny.maxRequestSize = 50 * 1024^2)
    shiny::onStop(\() options(old))
  })
}

# ---- What is seen ------------------------------------------------------------

loader_page <- function(data) {
  panel <- function(title, ...) shiny::tabPanel(title, shiny::br(), ...)
  bslib::page_fluid(
    theme = bslib::bs_theme(version = 5, primary = "#0b4f8a"),
    title = "nidcode", lang = said_in(),
    shiny::tags$head(shiny::tags$link(rel = "icon", href = "data:,")),
    shiny::h1(say("Code-based model"), class = "h3 mt-3"),
    shiny::tabsetPanel(
      id = "step",
      panel(say("1. Load"), if (is.null(data)) loader_inputs(),
            shiny::uiOutput("columns"), shiny::uiOutput("table_notes"),
            shiny::div(shiny::tableOutput("head"), class = "overflow-auto")),
      panel(say("2. Scheme"), loader_scheme_files(),
            shiny::uiOutput("scheme_rows"), shiny::uiOutput("scheme_notes")),
      panel(say("3. Look"),
            shiny::actionButton("look", say("Work it out"),
                                class = "btn-primary"),
            loader_downloads(), shiny::uiOutput("model_notes"),
            shiny::uiOutput("page"))
    )
  )
}

loader_inputs <- function() {
  guess <- stats::setNames("", say("found by itself"))
  shiny::fluidRow(
    shiny::column(6L, shiny::fileInput(
      "file", say("A csv file or a workbook"),
      accept = c(".csv", ".tsv", ".txt", ".xlsx", ".xls"),
      buttonLabel = say("Choose"), placeholder = "")),
    shiny::column(6L, shiny::textAreaInput(
      "pasted", say("or a pasted table"), rows = 3L)),
    shiny::column(3L, shiny::textInput("sheet", say("Sheet"))),
    shiny::column(3L, shiny::selectInput("sep", say("Separator"), c(
      guess, ";" = ";", "," = ",", Tab = "\t"))),
    shiny::column(3L, shiny::selectInput("decimal", say("Decimal mark"), c(
      guess, "," = ",", "." = "."))),
    shiny::column(3L, shiny::selectInput("encoding", say("Encoding"), c(
      guess, "UTF-8", "windows-1251", "windows-1252")))
  )
}

loader_scheme_files <- function() {
  shiny::fluidRow(
    shiny::column(6L, shiny::fileInput("scheme_file", say("Load a scheme"),
                                       accept = c(".csv", ".xlsx"),
                                       buttonLabel = say("Choose"),
                                       placeholder = "")),
    shiny::column(6L, shiny::br(),
                  shiny::downloadButton("save_scheme", say("Save the scheme")))
  )
}

loader_downloads <- function() {
  shiny::span(
    shiny::downloadButton("save_page", say("Page")),
    shiny::downloadButton("save_report", say("Report")),
    shiny::downloadButton("save_workbook", say("Workbook")),
    shiny::downloadButton("save_script", say("R script"))
  )
}

# Conditions as they are, in their order.
loader_notes <- function(notes) {
  looks <- c(error = "danger", warning = "warning", message = "info")
  shiny::tagList(lapply(notes, \(cnd) {
    kind <- intersect(names(looks), class(cnd))[1L]
    shiny::tags$pre(class = paste0("alert alert-", looks[[kind]]),
                    style = "white-space: pre-wrap",
                    cli::ansi_strip(conditionMessage(cnd)))
  }))
}

# The value of an expression, with the conditions it raised.
heard <- function(code) {
  notes <- list()
  note <- function(restart) {
    function(cnd) {
      notes[[length(notes) + 1L]] <<- cnd
      invokeRestart(restart)
    }
  }
  value <- tryCatch(
    withCallingHandlers(code, warning = note("muffleWarning"),
                        message = note("muffleMessage")),
    error = \(cnd) {
      if (inherits(cnd, "shiny.silent.error")) stop(cnd)
      notes[[length(notes) + 1L]] <<- cnd
      NULL
    }
  )
  list(value = value, notes = notes)
}

# ---- What is done ------------------------------------------------------------

loader_server <- function(data) {
  function(input, output, session) {
    folder <- tempfile("nidcode-page-")
    dir.create(file.path(folder, "www"), recursive = TRUE)
    prefix <- paste0("nidcode-", session$token)
    shiny::addResourcePath(prefix, file.path(folder, "www"))
    session$onSessionEnded(\() {
      shiny::removeResourcePath(prefix)
      unlink(folder, recursive = TRUE)
    })
    read <- shiny::reactive(if (is.null(data)) loader_read(input, folder))
    loaded <- shiny::reactive({
      if (is.null(data)) heard(do.call(read_sheet_table, read()$args)) else
        list(value = data, notes = list())
    })
    columns <- shiny::reactive(loader_columns(input, loaded()$value))
    shape <- shiny::reactive(heard(loaded_shape(loaded()$value, columns())))
    told <- loader_scheme(input, output, shape)
    model <- loader_model(input, output, session, list(
      shape = shape, scheme = told, prefix = prefix,
      file = file.path(folder, "www", "page.html")))
    script <- shiny::reactive(loaded_script(read()$shown, shape()$value,
                                            columns(), told()$value))
    loader_shows(input, output, loaded, shape)
    loader_saves(output, model, told, script, folder)
  }
}

# The arguments of read_sheet_table(), and the same as the script shows them:
# with the name the file had, not where it was put.
loader_read <- function(input, folder) {
  given <- function(x) if (length(x) == 1L && nzchar(x)) x
  file <- input$file
  if (is.null(file)) {
    shiny::req(nzchar(input$pasted %||% ""))
    path <- file.path(folder, "pasted.txt")
    writeLines(enc2utf8(input$pasted), path, useBytes = TRUE)
    file <- list(datapath = path, name = "pasted.txt")
  } else {
    # Under its own name, by which messages call it, among nothing of ours.
    mine <- file.path(folder, "loaded")
    dir.create(mine, showWarnings = FALSE)
    name <- basename(file$name)
    path <- file.path(mine, if (name %in% c("", ".", "..")) "table" else name)
    file.copy(file$datapath, path, overwrite = TRUE)
  }
  sheet <- given(input$sheet)
  how <- list(sheet = sheet, encoding = given(input$encoding),
              sep = given(input$sep), decimal = given(input$decimal))
  how <- how[lengths(how) > 0L]
  list(args = c(list(path), how), shown = c(list(file$name), how))
}

# An input of this table or these indicators, not of those loaded before.
input_id <- function(what, of, i = "") {
  paste(c(what, i, rlang::hash(of)), collapse = "_")
}

# What is chosen, else what is guessed.
loader_columns <- function(input, table) {
  shiny::req(is.data.frame(table))
  out <- guess_columns(table)
  for (role in names(out)) {
    chosen <- input[[input_id(role, names(table))]]
    if (!is.null(chosen)) out[[role]] <- chosen
  }
  out
}

loader_shows <- function(input, output, loaded, shape) {
  output$head <- shiny::renderTable({
    first <- utils::head(shiny::req(loaded()$value), 8L)
    first[] <- lapply(first, \(x) if (is.numeric(x)) few_digits(x, 7L) else x)
    first
  })
  output$table_notes <- shiny::renderUI({
    loader_notes(c(loaded()$notes, if (!is.null(loaded()$value)) shape()$notes))
  })
  output$columns <- shiny::renderUI({
    loader_roles(shiny::req(loaded()$value))
  })
}

loader_roles <- function(table) {
  now <- guess_columns(table)
  each <- say("a column for each indicator")
  none <- c(region = "", time = say("years are columns"), names = each,
            values = each)
  labels <- c(region = say("Regions"), time = say("Times"),
              names = say("Names of indicators"), values = say("Values"))
  shiny::fluidRow(lapply(names(labels), \(role) {
    shiny::column(3L, shiny::selectInput(
      input_id(role, names(table)), labels[[role]],
      c(stats::setNames("", none[[role]]), names(table)), now[[role]]))
  }))
}

# ---- The scheme --------------------------------------------------------------

# Rows of inputs, and the scheme that they make.
loader_scheme <- function(input, output, shape) {
  start <- shiny::reactive({
    indicators <- shiny::req(shape()$value)$indicators
    heard(scheme_start(indicators, input$scheme_file))
  })
  output$scheme_rows <- shiny::renderUI({
    rows <- shiny::req(start()$value)
    shiny::tags$table(
      class = "table table-sm align-middle",
      shiny::tags$thead(shiny::tags$tr(lapply(
        c(say("Indicator"), say("Code"), say("Direction"), say("Weight"),
          say("Transform"), say("Unit")), shiny::tags$th, scope = "col"))),
      shiny::tags$tbody(lapply(seq_len(nrow(rows)), \(i) loader_row(rows, i)))
    )
  })
  made <- shiny::reactive({
    rows <- scheme_chosen(input, shiny::req(start()$value))
    heard(chosen_scheme(rows))
  })
  output$scheme_notes <- shiny::renderUI({
    loader_notes(c(start()$notes, made()$notes))
  })
  made
}

scheme_parts <- c("indicator", "code", "direction", "weight", "transform",
                  "unit")

# Indicators as they begin: those of a loaded scheme as it has them, of others
# no code.
scheme_start <- function(indicators, file) {
  out <- data.frame(indicator = indicators, code = "", direction = 1,
                    weight = 1, transform = "none", unit = "")
  if (is.null(file)) {
    return(out)
  }
  known <- read_sheet_table(file$datapath)
  at <- match(indicators, as.character(known[["indicator"]]))
  for (part in intersect(names(out)[-1L], names(known))) {
    value <- known[[part]][at]
    use <- !is.na(value)
    out[[part]][use] <- value[use]
  }
  out
}

loader_row <- function(rows, i) {
  id <- \(part) input_id(part, rows$indicator, i)
  name <- rows$indicator[i]
  label <- shiny::span(name, class = "visually-hidden")
  box <- shiny::tags$td
  codes <- c(stats::setNames("", say("left out")), nid_codes()$code)
  choose <- \(part, choices) {
    box(shiny::selectInput(id(part), label, choices, rows[[part]][i],
                           width = "11em", selectize = FALSE))
  }
  shiny::tags$tr(
    shiny::tags$th(scope = "row", name), choose("code", codes),
    choose("direction", stats::setNames(
      c(1, -1), c(say("more is better"), say("less is better")))),
    box(shiny::numericInput(id("weight"), label, rows$weight[i], min = 0,
                            width = "6em")),
    choose("transform", transforms_known),
    box(shiny::textInput(id("unit"), label, rows$unit[i], width = "8em"))
  )
}

scheme_chosen <- function(input, rows) {
  for (part in names(rows)[-1L]) {
    for (i in seq_len(nrow(rows))) {
      chosen <- input[[input_id(part, rows$indicator, i)]]
      if (!is.null(chosen)) {
        rows[[part]][i] <- if (is.numeric(rows[[part]])) {
          as.numeric(chosen)
        } else {
          chosen
        }
      }
    }
  }
  rows
}

chosen_scheme <- function(rows) {
  rows <- rows[nzchar(rows$code), ]
  code_scheme(rows$indicator, rows$code, rows$direction, rows$weight,
              rows$transform, ifelse(nzchar(rows$unit), rows$unit, NA))
}

# ---- The model and what is taken away ----------------------------------------

# Works the model and its page out, when asked to.
loader_model <- function(input, output, session, told) {
  made <- shiny::reactiveVal(list(value = NULL, notes = list(), n = 0L))
  shiny::observeEvent(input$look, {
    shape <- shiny::req(told$shape()$value)
    scheme <- shiny::req(told$scheme()$value)
    out <- shiny::withProgress(message = say("Working it out"), {
      heard({
        model <- loaded_model(shape, scheme)
        shiny::incProgress(0.6)
        write_explorer(model, told$file, overwrite = TRUE)
        model
      })
    })
    made(c(out, list(n = made()$n + 1L)))
  })
  output$model_notes <- shiny::renderUI(loader_notes(made()$notes))
  output$page <- shiny::renderUI({
    shiny::req(made()$value)
    shiny::tags$iframe(
      src = paste0(told$prefix, "/page.html?", made()$n),
      title = say("Code-based model"), width = "100%",
      style = "height: 85vh; border: 1px solid #dde2e7; margin-top: 1rem"
    )
  })
  shiny::reactive(shiny::req(made()$value))
}

loader_saves <- function(output, model, scheme, script, folder) {
  save <- function(name, write) {
    shiny::downloadHandler(name, \(file) write(file))
  }
  output$save_page <- save("explorer.html", \(file) {
    model()
    file.copy(file.path(folder, "www", "page.html"), file, overwrite = TRUE)
  })
  output$save_report <- save("report.html", \(file) {
    write_report(model(), file, overwrite = TRUE)
  })
  output$save_workbook <- save("workbook.xlsx", \(file) {
    write_workbook(model(), file, overwrite = TRUE)
  })
  output$save_script <- save("nidcode.R", \(file) {
    writeLines(script(), file, useBytes = TRUE)
  })
  output$save_scheme <- save("scheme.xlsx", \(file) {
    need_openxlsx2("to save a scheme.")
    rows <- as.data.frame(as_plain_tibble(shiny::req(scheme()$value)))
    # What is missing would be written as an error of the sheet.
    rows$unit[is.na(rows$unit)] <- ""
    openxlsx2::write_xlsx(rows[scheme_parts], file)
  })
}
