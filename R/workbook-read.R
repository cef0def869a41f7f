#' @rdname write_workbook
#' @export
read_workbook <- function(file) {
  call <- rlang::current_env()
  matched <- match.call()
  check_string(file, call = call)
  if (!file.exists(file)) {
    stop_nid("path", paste0("There is no file ", some_of(file, quote = "\""),
                            "."), path = file, call = call)
  }
  need_openxlsx2("to read a workbook.")
  local_plain_numbers()
  book <- open_book(file, call)
  get <- settings_getter(book[["Read me"]], call)
  tables <- split_kept(read_kept(book$Scheme))
  scheme <- read_book_scheme(book$Scheme, tables, call)
  data <- read_book_data(book$Data, get, scheme, tables, call)
  args <- settings_args(get, tables, book$Scheme, scheme)
  args["status"] <- list(labels_suffix(get, scheme, data))
  panel <- code_panel(data, scheme, args$index, status = args$status)
  check_model_args(args, call)
  tuning <- if (get("tuning", "estimated") == "frozen") {
    kept_fit(panel, args, tables, call)
  }
  build_model(panel, args, matched, call, tuning)
}

# The sheets that make a model, as text and types of cells.
open_book <- function(file, call) {
  # Data only: openxlsx2 expects charts numbered as it numbers them itself.
  load <- function() openxlsx2::wb_load(file, data_only = TRUE)
  wb <- tryCatch(load(), error = function(e) {
    stop_nid("file", c(paste0("File ", some_of(file, quote = "\""),
                              " is no xlsx workbook."),
                       x = conditionMessage(e)),
             path = file, call = call)
  })
  needed <- c("Read me", "Scheme", "Data")
  absent <- setdiff(needed, wb$get_sheet_names())
  if (length(absent) > 0L) {
    stop_nid("file",
             c(paste0("The workbook has no sheet ", some_of(absent), "."),
               i = "write_workbook() and workbook_template() make them."),
             path = file, values = absent, call = call)
  }
  stats::setNames(lapply(needed, read_grid, wb = wb), needed)
}

# A sheet from A1 on: matrices of text (NA where empty) and of types.
read_grid <- function(wb, name) {
  at <- match(name, wb$get_sheet_names())
  text <- openxlsx2::wb_to_df(
    wb, sheet = name, col_names = FALSE, convert = FALSE, na = NULL,
    detect_dates = FALSE, skip_empty_rows = FALSE, skip_empty_cols = FALSE
  )
  rows <- as.integer(rownames(text))
  cols <- match(names(text), book_letters(seq_len(16384L)))
  out <- matrix(NA_character_, max(rows), max(cols))
  out[rows, cols] <- plain_text(as.matrix(text))
  cc <- wb$worksheets[[at]]$sheet_data$cc
  place <- cbind(as.integer(cc$row_r),
                 match(cc$c_r, book_letters(seq_len(max(cols)))))
  type <- matrix("", nrow(out), ncol(out))
  inside <- which(place[, 1L] <= nrow(out) & !is.na(place[, 2L]))
  type[place[inside, , drop = FALSE]] <- cc$c_t[inside]
  list(name = name, text = out, type = type)
}

grid_row <- function(grid, row) {
  if (row > nrow(grid$text)) character() else grid$text[row, ]
}

# A column below the headings; `rows` of it.
grid_column <- function(grid, col, rows) {
  if (is.na(col)) rep(NA_character_, length(rows)) else grid$text[rows, col]
}

settings_getter <- function(grid, call) {
  head <- which(grid$text[, 1L] == settings_title & grid$text[, 2L] == "Value")
  if (length(head) == 0L) {
    stop_nid("file", paste0("Sheet `Read me` has no table headed `",
                            settings_title, "`, `Value`."), call = call)
  }
  rows <- seq.int(head[1L], nrow(grid$text))
  name <- grid$text[rows, 1L]
  value <- grid$text[rows, 2L]
  filled <- !is.na(name) & !is.na(value) & nzchar(trimws(value))
  tell_unread(name[filled], c(settings_title, names(setting_meanings())),
              "sheet `Read me`", "Setting")
  function(what, default = NULL) {
    given <- value[match(what, name)]
    if (is.na(given) || !nzchar(trimws(given))) default else given
  }
}

settings_args <- function(get, tables, sheet, scheme) {
  reference <- get("reference", "panel")
  number <- suppressWarnings(as.numeric(reference))
  list(
    index = c(get("region"), get("time", "year")),
    names_from = NULL, values_from = NULL, status = NULL,
    # Labels are written as words.
    status_labels = NULL,
    normalise = get("normalise", "zscore"),
    reference = if (reference == "frozen") {
      read_reference(sheet, scheme, get)
    } else if (is.na(number)) reference else number,
    aggregate = get("aggregate", "mean"),
    missing = get("missing", "constant"),
    rate = settings_rate(get, tables), breaks = get("breaks", "auto"),
    influence = settings_influence(get, tables),
    measure = get("measure", "sum"),
    cor = if (get("cor", "independent") == "matrix") {
      kept_matrix(tables$cor)
    } else {
      get("cor", "independent")
    },
    interval = get("interval", "pointwise"),
    conf_level = get_number(get, "conf_level") %||% 0.95
  )
}

# The suffix of labels, where any column ends in it.
labels_suffix <- function(get, scheme, data) {
  suffix <- get("status")
  have <- paste0(scheme[["indicator"]], suffix) %in% names(data)
  if (!is.null(suffix) && any(have)) suffix
}

# Sheet Scheme ---------------------------------------------------------------

read_book_scheme <- function(grid, tables, call) {
  head <- grid_row(grid, book_head)
  at <- match(scheme_columns[1:9], head)
  if (anyNA(at[1:2])) {
    stop_nid("file", paste0("Sheet Scheme has no column ",
                            some_of(scheme_columns[1:2][is.na(at[1:2])]),
                            " in row ", book_head, "."), call = call)
  }
  own <- head[seq_len(min(length(head), codes_column - 1L))]
  tell_unread(own[!is.na(own) & nzchar(own)], scheme_columns, "sheet Scheme")
  rows <- below_head(grid, at[1L])
  columns <- lapply(at, grid_column, grid = grid, rows = rows)
  names(columns) <- scheme_columns[1:9]
  for (name in c("direction", "weight", "sd", "low", "high")) {
    columns[[name]] <- sheet_numbers(grid, match(name, head), rows)
  }
  columns$direction[is.na(columns$direction)] <- 1
  columns$weight[is.na(columns$weight)] <- 1
  columns$transform[is.na(columns$transform)] <- "none"
  scheme <- do.call(code_scheme, c(columns, list(
    codes = read_codes(grid, head))))
  attr(scheme, "vcov") <- kept_matrix(tables$weight.vcov)
  attr(scheme, "note") <- tables$scheme.note$key1
  scheme
}

# Rows from the first below the headings to the last that has a text.
below_head <- function(grid, cols) {
  if (nrow(grid$text) <= book_head) {
    return(integer())
  }
  rows <- seq.int(book_head + 1L, nrow(grid$text))
  rows[rowSums(!is.na(grid$text[rows, cols, drop = FALSE])) > 0L]
}

read_codes <- function(grid, head) {
  at <- match("carrier", head)
  if (is.na(at)) {
    return(nid_codes())
  }
  rows <- below_head(grid, at - 1L)
  out <- data.frame(code = grid$text[rows, at - 1L],
                    carrier = grid$text[rows, at],
                    dynamic = grid$text[rows, at + 1L],
                    weight = sheet_numbers(grid, at + 2L, rows))
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
                    centre = sheet_numbers(grid, match("centre", head), rows),
                    scale = sheet_numbers(grid, match("scale", head), rows))
    region <- NULL
  } else {
    rows <- below_head(grid, at)
    region <- get("region", NA_character_)
    columns <- c(
      if (!is.na(region)) stats::setNames(list(grid$text[rows, at]), region),
      list(indicator = grid$text[rows, at + 1L],
           centre = sheet_numbers(grid, at + 2L, rows),
           scale = sheet_numbers(grid, at + 3L, rows)))
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

# The fit of a model whose smoothing had been frozen before it was written.
kept_fit <- function(panel, args, tables, call) {
  def <- define(panel, args$normalise, args$reference, args$aggregate,
                args$missing, call)
  fit <- code_fit(def, args$rate, args$breaks, call)
  fit$tuning <- lapply(fit$codes, function(one) {
    kept_tuning_of(tables, one$code)
  })
  fit
}
