#' Turn years in columns into rows
#'
#' Tables of offices have a row for each region and a column for each year. This
#' makes a row of each region, time and indicator, reads the cells ("1 234,5 b",
#' "12*", "(D)", "...") and puts the labels that stand in them into a column of
#' their own.
#'
#' Columns of periods are found by their names: 2005, "2005 \[YR2005\]", X2005,
#' "2005Q1", "2005/06" (see [time_periods()]), or a name and a year, "GDP-2019".
#' Columns of labels beside them ("2005 flag", "GDP_2019_status") are read with
#' them. Whether a comma or a dot is decimal is decided by all cells together.
#'
#' @param data <data.frame> A row for each region, or region and indicator.
#' @param index <chr> The column of regions; `NULL` takes one called region,
#'   geo, country and the like, else the first column of text.
#' @param years <chr or num> The columns of periods, or the years to take;
#'   `NULL` takes all that are found.
#' @param names <chr> The columns that name the indicators, joined by ".";
#'   `NULL` takes, where regions repeat, the text that tells their rows apart.
#' @param keep <chr> Other columns to carry along.
#' @param decimal <chr> "," or ".", where the cells themselves do not say.
#' @param dash <num> What a dash alone means: `NA`, no value, or 0, as with
#'   Rosstat.
#' @return A tibble with a row for each region, indicator and period, in the
#'   order of `data`: `region`, `time` (<int> where periods are whole years,
#'   else the labels as they stand), `indicator` <chr> ("value" where nothing
#'   names them), `value` <dbl>, `status` <chr> (labels and symbols as they
#'   stand, "" where there are none; [code_panel()] reads them) and `keep`. Rows
#'   without any value (footnotes, headings, empty rows) are left out;
#'   `nidcode_message_long` says how many and which.
#' @section Errors:
#' `nidcode_error_no_column` where no two columns are periods,
#' `nidcode_error_not_numeric` for cells that are no numbers or could be two
#' (fields `regions`, `times`, `values`; with what to type),
#' `nidcode_error_missing_index` for values without a region,
#' `nidcode_error_duplicate_key` where no column tells the rows of a region
#' apart. Warning `nidcode_warning_cells` for errors of a spreadsheet
#' ("#DIV/0!"), which are `NA`; message `nidcode_message_cells` for dashes.
#' @family bring in
#' @examples
#' table <- data.frame(Region = c("A", "B", "Note: (D) is suppressed"),
#'                     X2005 = c("1 234,5", "12,1", ""),
#'                     X2006 = c("1 301,0 b", "(D)", ""))
#' panel_long(table)
#' @export
panel_long <- function(data, index = NULL, years = NULL, names = NULL,
                       keep = NULL, decimal = NULL, dash = NA) {
  call <- rlang::current_env()
  plain <- strip_container(data, call)
  check_cell_options(decimal, dash, call)
  long_table(plain, list(index = index, years = years, names = names,
                         keep = keep, decimal = decimal, dash = dash), call)
}

check_cell_options <- function(decimal, dash, call) {
  if (!is.null(decimal)) {
    check_choice(decimal, c(",", "."), "decimal", call = call)
  }
  ok <- (is.numeric(dash) || is.logical(dash)) && length(dash) == 1L &&
    (is.na(dash) || dash == 0)
  if (!ok) {
    stop_argument("dash", "NA (no value) or 0", dash, call)
  }
}

# `how`: the arguments of panel_long(). `indicators` are those of a scheme, by
# which the column of their names is known.
long_table <- function(plain, how, call, indicators = NULL) {
  layout <- chosen_years(plain, how$years, indicators, call)
  plain <- drop_declared_in(plain, layout$column)
  own <- long_keys(plain, setdiff(names(plain), layout$column), how, indicators,
                   call)
  filled <- filled_rows(plain[layout$column[!layout$label]])
  inform_long(layout, own, plain, filled)
  check_long_regions(own, plain, filled, call)
  plain <- as_plain_frame(plain[filled, , drop = FALSE])
  check_long_names(plain, own, call)
  spread <- layout[!layout$label, ]
  at <- rep(seq_len(nrow(plain)), each = nrow(spread))
  out <- list(region = plain[[own$region]][at],
              time = rep(period_column(spread), nrow(plain)),
              indicator = long_names(plain, own, spread))
  cells <- long_values(plain, layout, spread, how)
  stop_long_cells(cells, out, call)
  out$value <- cells$value
  out$status <- cells$status
  for (name in how$keep) out[[name]] <- plain[[name]][at]
  tibble::new_tibble(out, nrow = length(at))
}

chosen_years <- function(plain, years, indicators, call) {
  if (is.character(years)) {
    check_columns(plain, years, "years", call = call)
    wanted <- label_columns(names(plain))
    wanted <- wanted$column %in% years | wanted$base %in% years
    plain <- plain[wanted]
  }
  layout <- year_layout(plain, indicators)
  if (is.numeric(years)) layout <- layout[layout$time %in% years, ]
  if (is.null(layout) || nrow(layout) == 0L) {
    stop_nid("no_column",
             c("No two columns are called as years or other periods are.",
               i = paste0("Its columns are ", some_of(names(plain), 20L), "."),
               i = "Say which they are: `years = c(\"2005\", \"2006\")`."),
             columns = years, available = names(plain), call = call)
  }
  layout
}

# Years as whole numbers, other periods as they are written.
period_column <- function(spread) {
  years <- all(spread$time == round(spread$time)) &&
    !any(grepl("[-/]", spread$text))
  if (years) as.integer(spread$time) else spread$text
}

# ---- Regions and indicators -------------------------------------------------

# The columns of regions and of the names of indicators.
long_keys <- function(plain, other, how, indicators, call) {
  given <- c(how$index, how$names, how$keep)
  check_columns(plain, given, "index", call = call)
  taken <- intersect(how$keep, c("region", "time", "indicator", "value",
                                 "status"))
  if (length(taken) > 0L) {
    stop_nid("reserved_name",
             paste0("A column that is kept may not be called ", some_of(taken),
                    "."), columns = taken, call = call)
  }
  keys <- how$names %||% names_column(plain, other, indicators)
  region <- region_of(plain, other, how$index, keys)
  if (is.null(region) || length(how$index) > 1L) {
    stop_nid("missing_index",
             c("Which column is the region?",
               i = "Say `index = \"<region>\"`.",
               i = paste0("The columns are ", some_of(other, 20L), ".")),
             columns = other, call = call)
  }
  list(region = region, names = keys, other = setdiff(other, region))
}

# Where regions repeat, their rows are of several indicators.
long_names <- function(plain, own, spread) {
  n <- nrow(plain)
  keys <- own$names %||% guess_names(plain, own)
  name <- if (length(keys) > 0L) {
    do.call(paste, c(unname(lapply(keys, function(key) {
      as.character(plain[[key]])
    })), sep = "."))
  }
  variable <- rep(spread$variable, n)
  if (is.null(name)) {
    return(ifelse(nzchar(variable), variable, "value"))
  }
  name <- rep(name, each = nrow(spread))
  ifelse(nzchar(variable), paste(name, variable, sep = "."), name)
}

# The column of text that tells the rows of a region apart: of several one that
# is called a code, else the first.
guess_names <- function(plain, own) {
  region <- as.character(plain[[own$region]])
  if (!anyDuplicated(region)) {
    return(NULL)
  }
  tells <- vapply(own$other, function(name) {
    x <- plain[[name]]
    (is.character(x) || is.factor(x)) &&
      !anyDuplicated(data.frame(region, as.character(x)))
  }, NA)
  found <- own$other[tells]
  coded <- found[grepl("code", small_letters(found), fixed = TRUE)]
  c(coded, found)[seq_len(min(1L, length(found)))]
}

check_long_names <- function(plain, own, call) {
  region <- as.character(plain[[own$region]])
  keys <- own$names %||% guess_names(plain, own)
  key <- do.call(paste, c(list(region), unname(lapply(keys, function(name) {
    as.character(plain[[name]])
  })), sep = "\r"))
  twice <- key %in% key[duplicated(key)]
  if (any(twice)) {
    rows <- which(twice)
    told <- telling_columns(plain[c(own$region, own$other)], rows,
                            match(key[rows], key), c(own$region, keys))
    stop_nid(
      "duplicate_key",
      c(paste0("Region and indicator must name one row; ",
               count_of(length(rows), "row"), " repeat a key."),
        x = paste0("Regions ", some_of(unique(region[rows])), "."),
        told$hint,
        i = "Name the columns that tell indicators apart: `names = `."),
      regions = unique(region[rows]), columns = told$columns, rows = rows,
      n = length(rows), call = call
    )
  }
}

check_long_regions <- function(own, plain, filled, call) {
  region <- plain[[own$region]]
  bad <- which(filled & (is.na(region) | !nzchar(plain_label(region))))
  if (length(bad) > 0L) {
    stop_nid(
      "missing_index",
      c(paste0("The region (column ", some_of(own$region), ") is missing in ",
               count_of(length(bad), "row"), " with values."),
        x = paste0("Rows ", some_of(bad, quote = ""), ".")),
      columns = own$region, rows = bad, n = length(bad), call = call
    )
  }
}

# Rows with anything in a column of values.
filled_rows <- function(columns) {
  out <- logical(length(columns[[1L]]))
  for (x in columns) {
    there <- !is.na(x)
    if (is.character(x) || is.factor(x)) {
      there[there] <- nzchar(plain_label(x[there]))
    }
    out <- out | there
  }
  out
}

inform_long <- function(layout, own, plain, filled) {
  columns <- layout$column[!layout$label]
  gone <- which(!filled)
  text <- vapply(gone, function(i) {
    x <- unlist(lapply(plain[i, setdiff(names(plain), layout$column)],
                       as.character))
    c(x[!is.na(x) & nzchar(x)], "")[1L]
  }, "")
  text <- text[nzchar(text)]
  inform_nid(
    "long",
    c(paste0("Columns ", columns[1L], " .. ", columns[length(columns)],
             " are the times, ", some_of(own$region), " the region",
             if (!is.null(own$names)) {
               paste0(", ", some_of(own$names), " the indicator")
             }, "."),
      i = if (length(gone) > 0L) {
        paste0(count_of(length(gone), "row"), " without any value left out",
               if (length(text) > 0L) paste0(": ", some_of(text, quote = "\"")),
               ".")
      }),
    columns = columns, rows = gone, values = text, n = length(gone)
  )
}

# ---- Cells ------------------------------------------------------------------

# Values and labels, region by region in the order of `spread`.
long_values <- function(plain, layout, spread, how) {
  n <- nrow(plain)
  by_row <- function(columns) as.vector(t(do.call(cbind, columns)))
  text <- vapply(spread$column, function(name) {
    is.character(plain[[name]]) || is.factor(plain[[name]])
  }, NA)
  cells <- lapply(plain[spread$column[text]], as.character)
  read <- read_cells(unlist(cells, use.names = FALSE), how$decimal)
  place <- by_row(lapply(seq_along(text), function(k) {
    before <- n * sum(text[seq_len(k - 1L)])
    if (text[k]) before + seq_len(n) else rep(NA_integer_, n)
  }))
  value <- by_row(lapply(spread$column, function(name) {
    if (is.character(plain[[name]]) || is.factor(plain[[name]])) {
      rep(NA_real_, n)
    } else {
      numeric_values(plain[[name]], name)
    }
  }))
  of_text <- which(!is.na(place))
  take <- function(x, empty) {
    out <- rep(empty, length(place))
    out[of_text] <- x[place[of_text]]
    out
  }
  value[of_text] <- read$value[place[of_text]]
  how_read <- take(read$how, "number")
  status <- take(read$status, "")
  dash <- how_read == "dash"
  value[dash] <- how$dash
  status[dash] <- if (is.na(how$dash)) "na" else "zero"
  list(value = value, status = join_labels(status, plain, layout, spread),
       how = how_read, percent = take(read$percent, FALSE),
       text = take(unlist(cells, use.names = FALSE), ""))
}

# Labels of the cells and of the columns beside them.
join_labels <- function(status, plain, layout, spread) {
  beside <- layout[layout$label, ]
  of <- match(paste(spread$variable, spread$time),
              paste(beside$variable, beside$time))
  for (k in which(!is.na(of))) {
    x <- plain_label(plain[[beside$column[of[k]]]])
    x[is.na(x)] <- ""
    at <- seq.int(k, by = nrow(spread), length.out = length(x))
    status[at] <- trimws(paste(x, status[at]))
  }
  status
}

# What no reader may guess is refused; what is lost is told. `keys`: region and
# time of each cell.
stop_long_cells <- function(cells, keys, call) {
  where <- function(rows) {
    list(regions = as.character(keys$region[rows]), times = keys$time[rows],
         text = paste0("Region and time: ", some_of(
           paste(keys$region[rows], keys$time[rows]), quote = ""), "."))
  }
  open <- which(cells$how %in% c("other", "either", "scale"))
  percent <- cells$percent & cells$how == "number"
  if (length(open) == 0L && any(percent) &&
        !all(percent[cells$how == "number"])) {
    mixed <- tapply(percent[cells$how == "number"],
                    keys$indicator[cells$how == "number"],
                    function(p) any(p) && !all(p))
    open <- which(percent & keys$indicator %in% names(mixed)[mixed])
  }
  if (length(open) > 0L) {
    stop_open_cells(cells, open, where(open), call)
  }
  failed <- which(cells$how == "error")
  if (length(failed) > 0L) {
    place <- where(failed)
    warn_nid("cells",
             c(paste0(count_of(length(failed), "cell"), " of a formula that ",
                      "failed (", some_of(unique(cells$text[failed]),
                                          quote = ""), ") is NA."),
               i = place$text),
             regions = place$regions, times = place$times,
             values = cells$text[failed], n = length(failed))
  }
  dash <- which(cells$how == "dash")
  if (length(dash) > 0L) {
    zero <- cells$status[dash[1L]] == "zero"
    inform_nid("cells",
               paste0("A dash stands in ", count_of(length(dash), "cell"),
                      ": ", if (zero) "it is 0" else paste0("no value; say ",
                      "`dash = 0` where the notes of the table say zero"),
                      "."),
               n = length(dash))
  }
}

stop_open_cells <- function(cells, open, place, call) {
  text <- unique(cells$text[open])
  either <- any(cells$how[open] == "either")
  percent <- all(cells$how[open] == "number")
  hint <- if (percent) {
    "Percent signs stand beside numbers without one: give all one unit."
  } else if (either) {
    c(paste0("Commas and dots can be read in two ways, a factor of 1000 ",
             "apart."),
      "Say which is decimal: `decimal = \",\"` or `decimal = \".\"`.")
  } else {
    cell_questions(cell_parts(text), list(comma = "", dot = ""))
  }
  stop_nid(
    "not_numeric",
    c(paste0("Cells that are no plain numbers: ", some_of(text, quote = "\""),
             "."),
      x = place$text, bullets(hint, "i")),
    regions = place$regions, times = place$times, values = text,
    n = length(open), call = call
  )
}
