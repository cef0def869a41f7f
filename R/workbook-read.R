#' @rdname write_workbook
#' @concept Excel
#' @export
read_workbook <- function(file) {
  call <- rlang::current_env()
  matched <- match.call()
  check_string(file, call = call)
  check_in_file(file, call)
  need_openxlsx2("to read a workbook.")
  local_plain_numbers()
  # Where on the sheets the model's parts stand, for errors.
  at <- new.env(parent = emptyenv())
  tryCatch(withCallingHandlers({
    book <- open_book(file, call)
    at$title <- vapply(book, `[[`, "", "name")
    get <- settings_getter(book[["Read me"]], at)
    tables <- split_kept(read_kept(book$Scheme))
    scheme <- read_book_scheme(book$Scheme, tables, at)
    data <- read_book_data(book$Data, get, scheme, tables, at)
    args <- settings_args(get, tables, book$Scheme, scheme)
    args["status"] <- list(at$suffix)
    panel <- code_panel(data, scheme, args$index, status = args$status)
    check_model_args(args, call)
    tuning <- if (get("tuning", "estimated") == "frozen") {
      kept_tuning_of(tables, panel)
    } else {
      new_tuning(NULL, NULL, orders = kept_orders_of(tables))
    }
    build_model(panel, args, matched, call, tuning, kept_noise_of(tables),
                kept_predicted_of(tables, panel))
  }, nidcode_warning = \(w) place_told(w, at),
  nidcode_message = \(m) place_told(m, at)),
  error = \(e) stop_book(e, at, file, call))
}

# What is told of rows and columns of the data is told of cells of the sheet.
place_told <- function(cnd, at) {
  where <- book_cells_of(cnd, at)
  if (length(where$cells) == 0L || !is.null(cnd$sheet)) {
    return(NULL)
  }
  cnd$body <- c(cnd$body, i = cells_told(where))
  cnd[names(where)] <- where
  rlang::cnd_signal(cnd)
  rlang::cnd_muffle(cnd)
}

cells_told <- function(where) {
  paste0("See ", some_of(cell_places(where$sheet, where$cells), quote = ""),
         ".")
}

# Whatever stops the reading is an error of the file: with its own class, if it
# has one, and with the cells of the sheet that it speaks of.
stop_book <- function(e, at, file, call) {
  placed <- !is.null(e$cells) || !is.null(e$sheet) || !is.null(e$path)
  if (inherits(e, "nidcode_error_file") && placed) {
    if (is.null(e$path)) e$path <- file
    rlang::cnd_signal(e)
  }
  if (!inherits(e, "nidcode_error")) {
    stop_nid("file",
             c(paste0("File ", file_words(file), " cannot be read as a ",
                      "workbook."),
               x = clean_text(conditionMessage(e))),
             path = file, call = call)
  }
  own <- sub("^nidcode_error_", "", grep("^nidcode_error_", class(e),
                                         value = TRUE))
  inside <- c("message", "trace", "parent", "call", "body", "header", "footer",
              "rlang", "use_cli_format", "path")
  fields <- e[setdiff(names(e), inside)]
  where <- book_cells_of(e, at)
  do.call(stop_nid, c(
    list(unique(c("file", own)),
         c(drop_controls(conditionMessage(e)),
           i = if (length(where$cells) > 0L) cells_told(where) else {
             paste0("In workbook ", file_words(file), ".")
           })),
    fields[setdiff(names(fields), names(where))], where,
    list(path = file, call = call)))
}

# The cells of a condition: rows (or regions and times) by columns of the data,
# else headings of its columns, else the setting or column of its argument.
book_cells_of <- function(e, at) {
  cells <- function(sheet, rows, cols) {
    all <- expand.grid(row = rows, col = cols)
    list(sheet = at$title[[sheet]],
         cells = paste0(book_letters(all$col), all$row))
  }
  data <- at$data
  columns <- intersect(as.character(e$columns), names(data$cols))
  rows <- book_rows_of(e, at)
  if (length(rows) > 0L) {
    cols <- data$cols[if (length(columns) > 0L) columns else names(at$keys)]
    return(cells("Data", data$rows[rows], cols))
  }
  if (length(columns) > 0L) {
    return(cells("Data", book_head, data$cols[columns]))
  }
  argument <- as.character(e$argument)
  settings <- names(at$settings)
  setting <- at$settings[settings %in% e$columns |
                           sub("^(rate|influence)[.]", "",
                               settings) %in% argument]
  if (length(setting) > 0L) {
    return(cells("Read me", setting, 2L))
  }
  mine <- at$scheme$cols[names(at$scheme$cols) %in% argument]
  if (length(mine) > 0L) {
    return(cells("Scheme", at$scheme$rows, mine))
  }
  if (!is.null(at$scheme) && is.null(data)) {
    list(sheet = at$title[["Scheme"]])
  }
}

book_rows_of <- function(e, at) {
  n <- length(at$data$rows)
  if (is.numeric(e$rows)) {
    return(e$rows[e$rows %in% seq_len(n)])
  }
  keys <- at$keys
  if (length(keys) == 2L && length(e$regions) > 0L &&
      length(e$regions) == length(e$times) && is.numeric(keys[[2L]])) {
    return(which(paste(keys[[1L]], keys[[2L]]) %in% paste(e$regions, e$times)))
  }
  if (length(keys) == 2L && length(e$regions) > 0L && is.null(e$times)) {
    return(which(as.character(keys[[1L]]) %in% e$regions))
  }
  integer()
}

check_in_file <- function(file, call) {
  check_native_name(file, call)
  why <- if (!file.exists(file)) {
    "There is no file "
  } else if (dir.exists(file)) {
    "There is a folder and no file "
  } else if (file.access(file, 4L) != 0L) {
    "There is no reading of file "
  }
  if (!is.null(why)) {
    stop_nid(c("file", "path"), paste0(why, file_words(file), "."),
             path = file, call = call)
  }
}

# The sheets that make a model, as their cells.
open_book <- function(file, call) {
  check_archive(file, "xlsx workbook", call)
  # Data only: openxlsx2 expects charts numbered as it numbers them itself.
  wb <- withCallingHandlers(
    openxlsx2::wb_load(file, data_only = TRUE),
    warning = \(w) {
      warn_nid("file", c(paste0("Reading file ", file_words(file), ":"),
                         x = clean_text(conditionMessage(w))), path = file)
      rlang::cnd_muffle(w)
    })
  on.exit(unlink(wb$tmpDir, recursive = TRUE))
  needed <- c("Read me", "Scheme", "Data")
  title <- titles_of(wb)[needed]
  absent <- needed[is.na(title)]
  if (length(absent) > 0L) {
    stop_nid("file",
             c(paste0("The workbook has no sheet ", some_of(absent), "."),
               i = "write_workbook() and workbook_template() make them."),
             path = file, sheet = absent, values = absent, call = call)
  }
  stats::setNames(lapply(title, read_grid, wb = wb), needed)
}

# What each sheet is called in a file: its key moves with it when it is renamed,
# and where there is none it is called as we would call it in some language.
titles_of <- function(wb) {
  titles <- unname(wb$get_sheet_names())
  all <- sheet_names()
  out <- stats::setNames(rep(NA_character_, length(all)), all)
  for (name in all) {
    known <- c(key_title(wb, name), said_anyhow(sheet_title, name))
    out[[name]] <- known[known %in% titles][1L]
  }
  out
}

key_title <- function(wb, name) {
  keys <- wb$workbook$definedNames
  mine <- grep(paste0(" name=\"", sheet_key(name), "\""), keys, fixed = TRUE,
               value = TRUE)
  title <- sub("![^!]*$", "", plain_xml(sub("^[^>]*>(.*)<.*", "\\1", mine)))
  gsub("''", "'", sub("^'(.*)'$", "\\1", title), fixed = TRUE)
}

# What `f` says in each language.
said_anyhow <- function(f, ...) {
  vapply(languages, \(one) {
    local_language(one)
    f(...)
  }, "", USE.NAMES = FALSE)
}

# Values of settings by name; attribute `at`: their cells.
settings_getter <- function(grid, at) {
  told <- lapply(1:2, \(k) said_anyhow(\() settings_head()[k]))
  title <- grid$row[grid$col == 1L & grid$text %in% told[[1L]]]
  head <- title[grid_cells(grid, title, 2L)$text %in% told[[2L]]]
  if (length(head) == 0L) {
    stop_nid("file", paste0("Sheet ", some_of(grid$name), " has no table ",
                            "headed `", told[[1L]][1L], "`, `",
                            told[[2L]][1L], "`."),
             sheet = grid$name, call = NULL)
  }
  rows <- sort(grid$row[grid$col == 1L & grid$row > min(head)])
  name <- grid_cells(grid, rows, 1L)$text
  cells <- grid_cells(grid, rows, 2L)
  at$settings <- stats::setNames(rows, name)
  filled <- !is.na(cells$text) & nzchar(trimws(cells$text))
  tell_unread(name[filled], names(setting_meanings()),
              paste("sheet", some_of(grid$name)), "Setting")
  \(what, default = NULL) {
    k <- match(what, name)
    if (is.na(k)) {
      return(default)
    }
    check_cells(grid, lapply(cells, `[`, k), rows[k], 2L)
    given <- cells$text[k]
    if (is.na(given) || !nzchar(trimws(given))) default else given
  }
}

settings_args <- function(get, tables, sheet, scheme) {
  reference <- get("reference", "panel")
  number <- suppressWarnings(as.numeric(reference))
  list(
    index = c(get("region"), get("time", "year")),
    names_from = NULL, values_from = NULL, status = NULL,
    # Labels are written as words, regions as they are called.
    status_labels = NULL, names = "keep",
    normalise = get("normalise", "zscore"),
    reference = if (reference == "frozen") {
      read_reference(sheet, scheme, get)
    } else if (is.na(number)) reference else number,
    aggregate = get("aggregate", "mean"),
    missing = get("missing", "constant"),
    rate = settings_rate(get, tables), breaks = get("breaks", "auto"),
    influence = settings_influence(get, tables),
    measure = get("measure", "sum"),
    cor = if (get("cor", "auto") == "matrix") {
      kept_matrix(tables$cor)
    } else {
      get("cor", "auto")
    },
    ends = get("ends", "all"),
    interval = get("interval", "pointwise"),
    conf_level = get_number(get, "conf_level") %||% 0.95
  )
}

# Sheet Scheme ---------------------------------------------------------------

read_book_scheme <- function(grid, tables, at) {
  # The table of codes further right has headings of the same name.
  codes <- match("carrier", grid_row(grid, book_head)) - 2L
  head <- book_headings(grid, given_columns[1:2], given_columns[-(1:2)], codes)
  own <- grid_row(grid, book_head)
  own <- own[seq_len(min(length(own), codes_column - 1L))]
  tell_unread(own[!is.na(own) & nzchar(own)], scheme_columns,
              paste("sheet", some_of(grid$name)))
  rows <- below_head(grid, head[1L])
  at$scheme <- list(rows = rows, cols = head)
  columns <- lapply(head, \(col) grid_column(grid, col, rows))
  for (name in c("direction", "weight", "sd", "low", "high")) {
    columns[[name]] <- grid_numbers(grid, head[[name]], rows)
  }
  columns$direction[is.na(columns$direction)] <- 1
  columns$weight[is.na(columns$weight)] <- 1
  columns$transform[is.na(columns$transform)] <- "none"
  scheme <- do.call(code_scheme, c(columns, list(
    codes = read_codes(grid, grid_row(grid, book_head)))))
  attr(scheme, "vcov") <- kept_matrix(tables$weight.vcov)
  attr(scheme, "note") <- tables$scheme.note$key1
  scheme
}

# Columns by their headings, NA where an optional one is missing; `to` is the
# last column to look at, if not all.
book_headings <- function(grid, needed, optional = character(), to = NA) {
  head <- grid_row(grid, book_head)
  if (!is.na(to)) head <- head[seq_len(to)]
  names <- c(needed, optional)
  absent <- setdiff(needed, head)
  if (length(absent) > 0L) {
    there <- head[!is.na(head) & nzchar(trimws(head))]
    stop_nid(c("file", "no_column"),
             c(paste0("Sheet ", some_of(grid$name), " has no column ",
                      some_of(absent), " in row ", book_head, "."),
               x = headings_elsewhere(grid, absent),
               i = if (length(there) > 0L) {
                 paste0("Its columns are ", some_of(clean_text(there), 20L),
                        ".")
               }),
             columns = absent, available = there,
             sheet = grid$name, call = NULL)
  }
  twice <- which(head %in% names & (duplicated(head) |
                                      duplicated(head, fromLast = TRUE)))
  if (length(twice) > 0L) {
    stop_at_cells(grid, rep(book_head, length(twice)), twice, head[twice],
                  "headings repeat in", also = "duplicate_name")
  }
  stats::setNames(match(names, head), names)
}

headings_elsewhere <- function(grid, absent) {
  at <- which(grid$text %in% absent & grid$row != book_head)
  if (length(at) > 0L) {
    cells <- cell_places(grid$name, paste0(book_letters(grid$col[at]),
                                           grid$row[at]))
    paste0("That stands in ", some_of(cells_words(cells, grid$text[at]),
                                      quote = ""),
           ": headings belong in row ", book_head, ".")
  }
}

read_codes <- function(grid, head) {
  at <- match("carrier", head)
  if (is.na(at)) {
    return(nid_codes())
  }
  rows <- below_head(grid, at - 1L)
  out <- data.frame(code = grid_column(grid, at - 1L, rows),
                    carrier = grid_column(grid, at, rows),
                    dynamic = grid_column(grid, at + 1L, rows),
                    weight = grid_numbers(grid, at + 2L, rows))
  out$weight[is.na(out$weight)] <- 1
  out
}

# Centre and scale as a code_reference(): the block of regions where there is
# one, else the columns beside the indicators.
read_reference <- function(grid, scheme, get) {
  head <- grid_row(grid, book_head)
  normalise <- get("normalise", "zscore")
  at <- match("reference of", head)
  names <- scheme[["indicator"]]
  if (is.na(at)) {
    rows <- below_head(grid, match("indicator", head))
    columns <- list(indicator = names,
                    centre = grid_numbers(grid, match("centre", head), rows),
                    scale = grid_numbers(grid, match("scale", head), rows))
    region <- NULL
  } else {
    rows <- below_head(grid, at)
    region <- get("region", NA_character_)
    columns <- c(
      if (!is.na(region)) {
        stats::setNames(list(grid_column(grid, at, rows)), region)
      },
      list(indicator = grid_column(grid, at + 1L, rows),
           centre = grid_numbers(grid, at + 2L, rows),
           scale = grid_numbers(grid, at + 3L, rows)))
  }
  tibble::new_tibble(columns, nrow = length(rows), class = "nid_reference",
                     normalise = normalise, region = region)
}

read_kept <- function(grid) {
  at <- match(kept_columns[1L], grid_row(grid, book_head))
  rows <- if (is.na(at)) integer() else below_head(grid, at)
  text <- function(k) {
    x <- if (is.na(at)) character() else grid_column(grid, at + k, rows)
    ifelse(is.na(x), "", x)
  }
  data.frame(table = text(0L), key1 = text(1L), key2 = text(2L),
             value = suppressWarnings(as.numeric(text(3L))))
}
