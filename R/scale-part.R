#' One part of a panel that is larger than memory
#'
#' Computes the regions of one part and writes them to a file, as one job of
#' many: of an array of a cluster, a worker, a rule of a pipeline. A job that is
#' run again finds its file and leaves it.
#'
#' A region's numbers depend on the other regions only through what a
#' `reference` keeps, so that parts are identical to the whole, errors too. The
#' settings stand beside the parts, in `settings.txt`: a folder has parts of one
#' kind only.
#'
#' @param data <data.frame> The part: all rows of its regions; or the name of
#'   its file, which is read only where the part is still to be made.
#' @param file <chr> Where the result goes: `.csv`, with 17 digits, or
#'   `.parquet` (package nanoparquet). It is written aside and renamed: it is
#'   whole or not there.
#' @param ... Arguments of [code_model()], by name: `scheme` and `reference`
#'   among them, a [code_reference()] of rates or of a model, or of what the
#'   rate asks for.
#' @param what <chr> "defining", "dynamic", "industrial", "basic" or
#'   "contributions" (by code): the table to keep.
#' @param read,write <function> Of the file's name, and of the table and the
#'   file's name, for other files than `.csv`, `.csv.gz` and `.parquet`.
#' @return "made" or "kept".
#' @section Errors: `nidcode_error_reference` (something that regions share is
#'   not frozen), `_resume` (the folder has parts of other settings), `_file`
#'   (the disk is full, say), `_path`, `_argument`; those of [code_model()].
#' @family formulas
#' @seealso [code_parts()] for a whole folder, `vignette("scale")`.
#' @examples
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' part <- regions[regions$region_code %in% unique(regions$region_code)[1:2], ]
#' file <- file.path(tempfile(), "part-1.csv")
#' dir.create(dirname(file))
#' code_part(part, file, scheme = ural_scheme, status = "_status",
#'           reference = code_reference(model))
#' utils::read.csv(file)[1:5]
#' @export
code_part <- function(data, file, ..., what = "basic", read = NULL,
                      write = NULL) {
  call <- rlang::current_env()
  job <- part_job(list(...), what, read, write, call)
  check_part_file(file, job, call)
  hold_settings(dirname(file), part_settings(job), call)
  make_part(data, file, job, call)
}

part_whats <- c("defining", "dynamic", "industrial", "basic", "contributions")

# What is done to every part: `args` of code_model(), `what`, how files are read
# and written.
part_job <- function(given, what, read, write, call, frozen = TRUE) {
  check_choice(what, part_whats, "what", call = call)
  for (name in c("read", "write")) {
    f <- get(name)
    if (!is.null(f) && !is.function(f)) {
      stop_argument(name, "a function", f, call)
    }
  }
  args <- lapply(formals(code_model)[-1L], \(x) {
    if (!identical(x, quote(expr = ))) eval(x, asNamespace("nidcode"))
  })
  strange <- setdiff(names(given) %||% rep("", length(given)), names(args))
  if (length(strange) > 0L) {
    stop_nid("argument",
             c("`...` takes arguments of code_model() by name.",
               x = paste0("You gave ", some_of(ifelse(
                 nzchar(strange), strange, "one without a name")), ".")),
             argument = "...", values = strange, call = call)
  }
  for (name in names(given)) args[name] <- list(given[[name]])
  args$scheme <- check_scheme(args$scheme, call)
  check_rate(args$rate, call)
  if (what %in% c("basic", "contributions")) check_model_args(args, call)
  job <- list(args = args, what = what, read = read, write = write)
  if (frozen) check_frozen(job, call)
  job
}

# What regions share and the reference does not keep is another thing in every
# part.
check_frozen <- function(job, call) {
  args <- job$args
  reference <- args$reference
  moments <- !inherits(reference, "nid_reference") &&
    args$normalise %in% moment_kinds && !identical(reference, "region")
  rates <- job$what != "defining"
  errors <- job$what %in% c("industrial", "basic")
  lacks <- c(
    if (args$normalise == "rank") "ranks" else
      if (moments) "centre and scale",
    if (rates && asks_orders(args$rate) &&
          is.null(attr(reference, "orders", exact = TRUE))) {
      "orders of smoothness (or give m of rate_spline())"
    },
    if (errors && asks_rho(args) && is.null(frozen_rho(
      reference, scheme_used(args$scheme)))) {
      "the noise that codes share (or give cor)"
    }
  )
  if (length(lacks) > 0L) {
    stop_nid("reference",
             c("A part needs what all regions share from a frozen reference.",
               x = paste0("Not frozen: ", paste(lacks, collapse = ", "), "."),
               i = paste0("Use `reference = code_reference(model)` of a model ",
                          "of all regions or of a sample of them.")),
             values = lacks, call = call)
  }
}

asks_orders <- function(rate) rate$facts$chooses && is.null(rate$facts$untold)

asks_rho <- function(args) {
  (identical(args$cor, "auto") || identical(args$cor, "residual")) &&
    args$rate$facts$errors != "known" && length(scheme_used(args$scheme)) > 1L
}

# Codes that have an indicator, in their order.
scheme_used <- function(scheme) {
  code <- scheme_codes(scheme)$code
  code[code %in% scheme[["code"]]]
}

# ---- Files ------------------------------------------------------------------

check_part_file <- function(file, job, call) {
  check_string(file, call = call)
  known <- c("csv", "parquet")
  check_out_file(file, if (is.null(job$write)) known else file_ending(file),
                 TRUE, call)
}

make_part <- function(data, file, job, call) {
  if (file.exists(file)) {
    return("kept")
  }
  if (is.character(data)) data <- read_part(data, job, call)
  table <- part_table(data, job, call)
  write_aside(file, \(draft) write_part(table, draft, job$write), call)
  "made"
}

part_table <- function(data, job, call) {
  args <- job$args
  panel <- if (inherits(data, "nid_panel")) data else {
    code_panel(data, args$scheme, args$index, args$names_from, args$values_from,
               args$status, args$status_labels, args$names)
  }
  def <- define(panel, args$normalise, args$reference, args$aggregate,
                args$missing, call)
  if (job$what == "defining") {
    return(as_plain_tibble(defining_table(def)))
  }
  if (job$what == "dynamic") {
    return(as_plain_tibble(dynamic_codes(
      def, args$rate, args$breaks, args$interval, args$conf_level)))
  }
  rates <- rates_stub(code_fit(def, args$rate, args$breaks, call))
  as_plain_tibble(switch(
    job$what,
    industrial = industrial_code(rates, NULL, args$cor, args$conf_level),
    basic = basic_code(rates, args$influence, args$measure, NULL, args$cor,
                       args$conf_level, args$ends),
    contributions = contributions(rates, "code", args$influence, args$measure,
                                  args$ends)
  ))
}

# The verbs take the fit from a table of rates: one that has yet to be made.
rates_stub <- function(fit) {
  new_nid_table(list(code = character()), "rates", list(), fit = fit)
}

read_part <- function(file, job, call) {
  check_string(file, "data", call = call)
  read <- job$read %||% switch(
    sub("^.*[.](csv)[.]gz$", "\\1", small_letters(file_ending(sub(
      "[.]gz$", "", file)))),
    csv = \(file) read_csv_part(file, region_name(job$args$index)),
    parquet = read_parquet_part,
    stop_nid("path",
             c(paste0("File ", file_words(file), " is not .csv, .csv.gz or ",
                      ".parquet."),
               i = "Give a function that reads it as `read`."),
             path = file, call = call)
  )
  tryCatch(read(file), warning = \(cnd) stop_unread(file, cnd, call),
           error = \(cnd) stop_unread(file, cnd, call))
}

stop_unread <- function(file, cnd, call) {
  stop_nid("file",
           c(paste0("File ", file_words(file), " could not be read."),
             x = clean_text(conditionMessage(cnd))),
           path = file, call = call)
}

read_parquet_part <- function(file) {
  rlang::check_installed("nanoparquet")
  as.data.frame(nanoparquet::read_parquet(file))
}

# The column of regions: names of regions stay text ("01", "NA").
region_name <- function(index) {
  if (is.null(index)) "region" else
    if ("region" %in% names(index)) index[["region"]] else
      if (length(index) > 1L) index[[1L]] else NA_character_
}

read_csv_part <- function(file, region) {
  out <- utils::read.csv(file, check.names = FALSE, colClasses = "character",
                         na.strings = character(), encoding = "UTF-8")
  for (name in setdiff(names(out), region)) {
    out[[name]] <- utils::type.convert(out[[name]], na.strings = c("", "NA"),
                                       as.is = TRUE)
  }
  out
}

write_part <- function(table, file, write) {
  if (!is.null(write)) {
    return(write(table, file))
  }
  if (file_ending(file) == "parquet") {
    rlang::check_installed("nanoparquet")
    return(nanoparquet::write_parquet(as.data.frame(table), file))
  }
  text <- !vapply(table, \(x) is.numeric(x) || is.logical(x), NA)
  columns <- lapply(as.list(table), \(x) {
    if (is.double(x) && !is.object(x)) sprintf("%.17g", x) else
      if (is.numeric(x)) x else enc2utf8(as.character(x))
  })
  con <- file(file, "wb", encoding = "UTF-8")
  on.exit(close(con))
  utils::write.table(as.data.frame(columns, optional = TRUE), con, sep = ",",
                     quote = which(text), row.names = FALSE,
                     qmethod = "double")
}

# ---- Settings ---------------------------------------------------------------

# What decides the numbers, a line a setting.
part_settings <- function(job, ...) {
  args <- job$args
  plain <- args[!names(args) %in% c("scheme", "reference", "rate", "influence")]
  c(version = as.character(utils::packageVersion("nidcode")), what = job$what,
    rate = setting_text(rate_told(args$rate)),
    influence = setting_text(c(args$influence[c("words", "at", "args")],
                               if (args$influence$form == "custom") {
                                 as.list(environment(args$influence$weight))
                               })),
    scheme = rlang::hash(lapply(as.list(args$scheme), as.vector)),
    reference = setting_text(reference_told(args$reference)),
    vapply(plain, setting_text, ""), ...)
}

reference_told <- function(x) {
  if (!inherits(x, "nid_reference")) {
    return(x)
  }
  rlang::hash(list(lapply(as.list(x), as.vector), attr(x, "normalise"),
                   as.vector(attr(x, "orders")), attr(x, "rho")))
}

setting_text <- function(x) {
  if (is.list(x)) x <- lapply(x, \(one) {
    if (is.function(one)) list(formals(one), body(one)) else one
  })
  paste(trimws(deparse(x, control = c("keepNA", "keepInteger", "digits17"))),
        collapse = " ")
}

settings_file <- "settings.txt"

# The first part writes them, the others hold to them.
hold_settings <- function(folder, settings, call) {
  file <- file.path(folder, settings_file)
  lines <- paste0(names(settings), ": ", enc2utf8(settings))
  if (!file.exists(file)) {
    return(write_aside(file, \(draft) {
      con <- file(draft, "wb", encoding = "UTF-8")
      on.exit(close(con))
      writeLines(lines, con, useBytes = TRUE)
    }, call))
  }
  old <- readLines(file, warn = FALSE, encoding = "UTF-8")
  other <- setdiff(c(lines, old), intersect(lines, old))
  if (length(other) > 0L) {
    other <- unique(sub(":.*$", "", other))
    stop_nid("resume",
             c(paste0("The parts in ", file_words(folder), " were made under ",
                      "other settings."),
               x = paste0("Other now: ", some_of(other), "."),
               i = paste0("Use the old settings (", settings_file,
                          " has them) or another folder.")),
             path = folder, values = other, call = call)
  }
  invisible(file)
}
