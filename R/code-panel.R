#' Bring a panel in
#'
#' Reads regions, times and the indicators of a scheme from a data frame: wide
#' (a column per indicator) or long (one column of names, one of values). Rows
#' may come in any order, with gaps and a different grid of times per region.
#' Values that the data themselves declare missing (`na_values` and `na_range`
#' of haven's columns, tagged `NA`s) are `NA`, and a message counts them.
#'
#' @param data <data.frame> The data; also a tibble, data.table, tsibble,
#'   pdata.frame, sf (geometry is dropped), `ts` or a matrix with column names.
#'   It is kept as it is, never changed.
#' @param scheme <nid_scheme> From [code_scheme()].
#' @param index <chr> `c(region, time)`: the two index columns, in this order
#'   or by the names `region` and `time`; or the time alone where all rows are
#'   one region. `NULL` takes the index of a
#'   pdata.frame or tsibble, else columns `region` and `year`.
#' @param names_from,values_from <chr> For long data: the columns with the
#'   indicators' names and values.
#' @param status <chr> Labels of cells (see [nid_status()]): for long data the
#'   name of their column; for wide data a suffix, `"_status"` reads
#'   `income_pc_status`; or columns by indicator, `c(values = "OBS_FLAG")`, of
#'   which one indicator needs no name. `NULL` reads none and says which columns
#'   look like labels; `FALSE` reads none, silently.
#' @param status_labels <chr> What labels mean, where they are not those of
#'   [nid_status()]: `c(B = "ok", E = "estimated")`.
#' @param names <chr> "keep" warns of regions whose names look alike and keeps
#'   them apart; "fold" makes one region of them, called as it is first written:
#'   wide rows of one time that do not contradict each other become one row.
#' @return `nid_panel`, a list: the user's `data`, the `index`, the `regions`
#'   in order (text by its UTF-8 bytes, so independent of the locale; numbers
#'   by value; factors by level), the values `x` of each indicator in panel
#'   order, distinct `grids` of times and who has them, breaks and statuses.
#'   A time is a number. Dates that are all the first (or all the last) day of
#'   a month label periods: year + (k - 1) / f for period k of f in a year
#'   (years, half years, quarters or months), said in a message. Other dates
#'   count 1970 + days / 365.2425 years, so that equal steps stay equal; they
#'   print as they were given. Columns and indicators outside the scheme are kept
#'   for `augment()` and never computed on.
#' @section What is told:
#' Warnings: `nidcode_warning_lookalike`, regions whose names differ only in
#' case, blanks, dashes, apostrophes, a footnote mark behind the name (`1)`,
#' `*`), leading zeros of a code, or Latin and Cyrillic letters of one shape;
#' `nidcode_warning_nested`, regions that hold others and so count twice in
#' centre, scale and ranks: by a column `nested_in`, by codes that begin others
#' (`BE`, `BE1`, `BE10`), or because an indicator is at every time the sum of
#' all others, of the rows next to it, of a group (a text column) or, among 14
#' regions at most, of any set, within half of the last digit of each. Sums
#' that chance could make are not told; beyond 100,000 regions and 40 times
#' they are not looked for.
#'
#' Messages: `nidcode_message_periods` (dates that label periods), `_lacking`
#' (a region never has an indicator that others have), `_unobserved` (nobody
#' has it), `_guessed_index` (`region` taken by name beside another column that
#' could name the regions).
#' @section Errors:
#' `nidcode_error_missing_index`, `_no_column`, `_argument`, `_reserved_name`,
#' `_years_in_columns` (with the lines that make a row a region and year),
#' `_duplicate_key` (a region has a time twice; names the column that tells the
#' rows apart), `_close_times` (closer than 1e-6 of a region's span),
#' `_bad_time` (also numbers and labels that are codes of times, with what to
#' type), `_bad_region` and `_bad_text` (text that cannot be read),
#' `_not_numeric` (text; with the lines that read it), `_not_finite`,
#' `_not_exact`. Warning
#' `nidcode_warning_status` for numbers whose labels say that there is none;
#' messages `nidcode_message_status` (letters, and labels that nobody knows),
#' `_unread_status`, `_declared_missing`, `_dressed`.
#' @concept panel data
#' @concept regional statistics
#' @family bring in
#' @examples
#' wide <- data.frame(region = rep(c("A", "B"), each = 4),
#'                    year = rep(2005:2008, 2),
#'                    patents = c(3, 4, 6, 9, 1, 2, 2, 4))
#' scheme <- code_scheme("patents", "production")
#' code_panel(wide, scheme)
#' @export
code_panel <- function(data, scheme, index = NULL, names_from = NULL,
                       values_from = NULL, status = NULL,
                       status_labels = NULL, names = "keep") {
  call <- rlang::current_env()
  check_choice(names, c("keep", "fold"))
  check_long_pair(names_from, values_from, call)
  check_status(status, call)
  lookup <- status_lookup(check_status_labels(status_labels, status, call))
  if (missing(scheme)) {
    stop_nid("scheme", c("`scheme` is missing.",
                         i = "Make one with `code_scheme()`."), call = call)
  }
  scheme <- check_scheme(scheme, call)
  plain <- strip_container(data, call)
  guessed <- is.null(index) && is.null(attr(plain, "nid_index"))
  told <- function(code) {
    told_years(code, plain, scheme, index, names_from, call)
  }
  index <- told(find_index(plain, index, call))
  if (names == "fold") {
    plain <- fold_regions(plain, index, wide = is.null(names_from))
    data <- plain
  }
  long <- list(names_from = names_from, values_from = values_from,
               status = status, status_labels = status_labels)
  attr(plain, "nid_index") <- NULL
  named <- name_nameless(plain, scheme)
  plain <- named$plain
  scheme <- named$scheme
  check_index_apart(index, scheme, names_from, call)
  parts <- told(if (is.null(names_from)) {
    read_wide(plain, scheme, index, status, lookup, call)
  } else {
    read_long(plain, scheme, index, long, lookup, call)
  })
  inform_letters(parts$labels)
  parts <- apply_panel_status(parts)
  warn_lookalikes(parts$rows$labels)
  panel <- new_nid_panel(data, plain, index, scheme, parts, long)
  if (guessed) inform_guessed(panel)
  inform_lacking(panel)
  panel$nested <- warn_nested(panel)
  panel
}

check_long_pair <- function(names_from, values_from, call) {
  check_string(names_from, null = TRUE, call = call)
  check_string(values_from, null = TRUE, call = call)
  if (is.null(names_from) != is.null(values_from)) {
    stop_argument("names_from", "given together with `values_from`",
                  names_from, call)
  }
}

# A column without a name cannot be found by name: it gets one.
name_nameless <- function(plain, scheme) {
  if ("" %in% scheme[["indicator"]]) {
    label <- "(no name)"
    names(plain)[names(plain) == ""] <- label
    kept <- attributes(scheme)
    scheme <- unclass_scheme(scheme)
    scheme$indicator[scheme$indicator == ""] <- label
    attributes(scheme) <- kept
  }
  list(plain = plain, scheme = scheme)
}

check_index_apart <- function(index, scheme, names_from, call) {
  both <- intersect(index, scheme[["indicator"]])
  if (length(both) > 0L && is.null(names_from)) {
    stop_nid("argument",
             paste0("Column ", some_of(both), " is an index and an ",
                    "indicator of the scheme; it can be one of them."),
             argument = "index", columns = both, call = call)
  }
}

# Rows in panel order: `row` NULL means as they stand. `values` are columns that
# are no keys and no dimensions; `all` the data, where `plain` is not all of it.
panel_rows <- function(plain, index, call, unique_keys = TRUE,
                       values = character(), all = plain) {
  name <- index[["time"]]
  stamp <- plain[[name]]
  reading <- time_reading(stamp)
  time <- time_numbers(stamp, name, call, reading)
  region <- if (!is.na(index[["region"]])) plain[[index[["region"]]]]
  keys <- if (!is.null(region)) region_keys(region, index[["region"]], call)
  rows <- panel_order_cpp(keys, time)
  # A whole number that is NA is the least of all.
  if (is.integer(time)) {
    check_times_there(all(rows$grid_time > -2^31), time, time, name, call)
  }
  if (is.integer(keys)) {
    check_regions_there(keys[utils::head(rows$first, 1L)], keys,
                        index[["region"]], call)
  }
  if (is.null(reading)) {
    check_time_numbers(sort(unique(rows$grid_time)), stamp, name, call)
  }
  inform_periods(reading, name)
  rows$time <- time
  rows$reading <- reading
  if (keeps_stamp(stamp, reading)) rows$stamp <- stamp
  rows$labels <- if (is.null(region)) "all" else {
    as_it_is <- is.null(attributes(region)) && identical(keys, region)
    labels <- (if (as_it_is) rows$label) %||% region[rows$first]
    if (is.factor(labels)) drop_unused(labels) else labels
  }
  rows$row_of <- function(r) {
    at <- seq.int(rows$offset[r] + 1L, length.out = rows$offset[r + 1L] -
                    rows$offset[r])
    if (is.null(rows$row)) at else rows$row[at]
  }
  if (unique_keys) {
    check_keys(rows, call, all, index, values)
  }
  rows
}

drop_unused <- function(labels) {
  out <- droplevels(labels)
  gone <- setdiff(levels(labels), levels(out))
  if (length(gone) > 0L) {
    inform_nid("dropped_levels",
               paste0("Regions without a row are dropped: ",
                      some_of(gone, quote = "\""), "."),
               values = gone)
  }
  out
}

check_keys <- function(rows, call, plain = NULL, index = NULL,
                       values = character()) {
  if (length(rows$same) > 0L) {
    place <- row_places(rows, rows$same)
    # Of each repeated key all its rows.
    group <- cumsum(!seq_len(rows$offset[length(rows$offset)]) %in% rows$same)
    at <- which(group %in% group[rows$same])
    told <- telling_columns(plain, if (is.null(rows$row)) at else rows$row[at],
                            group[at], index, values)
    stop_nid(
      "duplicate_key",
      c(paste0("Region and time must name one row; ",
               count_of(length(rows$same), "row"),
               if (length(rows$same) == 1L) " repeats" else " repeat",
               " a key."),
        x = place$text, told$hint),
      regions = place$regions, times = place$times, columns = told$columns,
      rows = if (is.null(rows$row)) rows$same else rows$row[rows$same],
      n = length(rows$same), call = call
    )
  }
  if (length(rows$close) > 0L) {
    place <- row_places(rows, rows$close)
    stop_nid(
      "close_times",
      c(paste0("Some times are closer than 1e-6 of the region's span: one ",
               "time in disguise."),
        x = place$text),
      regions = place$regions, times = place$times, n = length(rows$close),
      call = call
    )
  }
}

# The same from rows of the data.
source_places <- function(rows) {
  function(at) {
    row_places(rows, if (is.null(rows$row)) at else match(at, rows$row))
  }
}

# Panel rows in words: "A 2007, B 2009".
row_places <- function(rows, at) {
  region <- findInterval(at - 1L, rows$offset, left.open = FALSE,
                         rightmost.closed = FALSE)
  time <- rows$stamp %||% rows$time
  time <- time[if (is.null(rows$row)) at else rows$row[at]]
  labels <- as.character(rows$labels[region])
  list(regions = labels, times = time,
       text = paste0("Region and time: ",
                     some_of(unique(paste(labels, stamp_words(time))),
                             quote = ""),
                     "."))
}

format_time <- function(x) {
  format(x, digits = 7L, trim = TRUE, decimal.mark = ".", scientific = FALSE)
}

read_wide <- function(plain, scheme, index, status, lookup, call) {
  indicators <- scheme[["indicator"]]
  check_columns(plain, indicators, "scheme", call = call)
  rows <- panel_rows(plain, index, call, values = indicators)
  arrange <- function(x) if (is.null(rows$row)) x else x[rows$row]
  x <- each_told(indicators, function(name) {
    arrange(numeric_values(plain[[name]], name, call, source_places(rows)))
  })
  names(x) <- indicators
  columns <- status_columns(plain, indicators, status, call)
  if (is.null(status)) {
    inform_unread(plain, indicators, c(index, indicators))
  }
  labels <- lapply(columns, function(name) {
    read_status(check_readable(plain[[name]], name, call = call), lookup)
  })
  list(rows = rows, x = x,
       status = lapply(labels, function(one) arrange(one$status)),
       labels = lapply(labels, `[[`, "read"), source = rows$row, outside = 0L)
}

# `long`: names of the columns `names_from`, `values_from`, and `status`.
read_long <- function(plain, scheme, index, long, lookup, call) {
  given <- c(long$names_from, long$values_from)
  check_columns(plain, given, "names_from", call = call)
  column <- long_status_column(plain, long$values_from, long$status, call)
  indicators <- scheme[["indicator"]]
  name <- as.character(plain[[long$names_from]])
  check_long_indicators(indicators, unique(name), long$names_from, call)
  use <- which(name %in% indicators)
  kept <- as_plain_frame(plain[use, , drop = FALSE])
  keys <- panel_rows(kept, index, call, unique_keys = FALSE)
  cells <- long_cells(keys, match(name[use], indicators), indicators, call,
                      function(rows, key) {
                        telling_columns(kept, rows, key,
                                        c(index, long$names_from),
                                        long$values_from)
                      })
  value <- numeric_values(kept[[long$values_from]], long$values_from, call,
                          source_places(keys))
  if (is.null(long$status)) {
    inform_unread(kept, long$values_from, c(index, given), long = TRUE)
  }
  label <- if (!is.null(column)) read_status(kept[[column]], lookup)
  list(rows = cells$rows, x = spread_long(cells, indicators, value, NA_real_),
       status = spread_labels(cells, indicators, label$status),
       labels = list(label$read), source = use[cells$source],
       outside = length(name) - length(use))
}

check_long_indicators <- function(indicators, known, names_from, call) {
  absent <- setdiff(indicators, known)
  if (length(absent) > 0L) {
    stop_nid("no_column",
             c(paste0("The data has no indicator ", some_of(absent), "."),
               i = is_meant(absent, known),
               i = paste0("Column ", some_of(names_from), " has ",
                          some_of(known, 20L), ".")),
             columns = absent, available = known, call = call)
  }
}

# A column for each indicator, `empty` where it has no row.
spread_long <- function(cells, indicators, x, empty) {
  out <- lapply(seq_along(indicators), function(k) {
    column <- rep(empty, cells$n)
    of_k <- cells$indicator == k
    column[cells$cell[of_k]] <- x[of_k]
    column
  })
  stats::setNames(out, indicators)
}

spread_labels <- function(cells, indicators, status) {
  if (is.null(status)) {
    return(list())
  }
  known <- levels(status)
  codes <- spread_long(cells, indicators, as.integer(status),
                       match("ok", known))
  lapply(codes, function(s) factor(known[s], levels = known))
}

# One panel row per distinct region and time of long data. `telling` says which
# columns tell rows of one cell apart.
long_cells <- function(keys, indicator, indicators, call, telling) {
  n <- length(keys$time)
  at <- if (is.null(keys$row)) seq_len(n) else keys$row
  fresh <- rep(TRUE, n)
  fresh[keys$same] <- FALSE
  row <- cumsum(fresh)
  cell <- integer(n)
  cell[at] <- row
  check_long_duplicates(keys, cell, indicator, indicators, call, telling)
  source <- at[fresh]
  rows <- panel_order_again(keys, source)
  list(n = length(source), cell = cell, indicator = indicator,
       source = source, rows = rows)
}

# The order of the distinct keys: already sorted, so nothing moves.
panel_order_again <- function(keys, source) {
  region <- rep(seq_along(keys$first), diff(keys$offset))
  at <- if (is.null(keys$row)) seq_along(region) else keys$row
  region_of_row <- integer(length(region))
  region_of_row[at] <- region
  rows <- panel_order_cpp(region_of_row[source], keys$time[source])
  rows$time <- keys$time[source]
  rows$reading <- keys$reading
  rows$stamp <- keys$stamp[source]
  rows$labels <- keys$labels
  check_keys(rows, rlang::caller_env(3L))
  rows
}

check_long_duplicates <- function(keys, cell, indicator, indicators, call,
                                  telling) {
  id <- (cell - 1) * length(indicators) + indicator
  twice <- which(duplicated(id))
  if (length(twice) == 0L) {
    return(invisible())
  }
  at <- if (is.null(keys$row)) twice else match(twice, keys$row)
  place <- row_places(keys, at)
  rows <- which(id %in% id[twice])
  told <- telling(rows, match(id[rows], id))
  stop_nid(
    "duplicate_key",
    c(paste0("Region, time and indicator must name one row; ",
             count_of(length(twice), "row"),
             if (length(twice) == 1L) " repeats" else " repeat", " a key."),
      x = paste0("Indicator ", some_of(unique(indicators[indicator[twice]])),
                 ". ", place$text),
      told$hint),
    regions = place$regions, times = place$times,
    columns = unique(indicators[indicator[twice]]), rows = twice,
    n = length(twice), call = call
  )
}

apply_panel_status <- function(parts) {
  done <- apply_status(parts$x, parts$status, function(at) {
    row_places(parts$rows, at)
  })
  parts$x <- done$x
  parts$breaks <- done$breaks
  parts
}

new_nid_panel <- function(data, plain, index, scheme, parts, long) {
  rows <- parts$rows
  moments <- lapply(parts$x, column_moments)
  structure(
    list(
      data = data,
      plain = plain,
      index = index,
      scheme = scheme,
      regions = rows$labels,
      offset = rows$offset,
      source = parts$source,
      x = parts$x,
      moments = moments,
      missing = lengths(parts$x) - vapply(moments, `[[`, 1, "n"),
      status = parts$status,
      breaks = parts$breaks,
      grid = rows$grid,
      grids = list(offset = rows$grid_offset, time = rows$grid_time),
      reading = rows$reading,
      long = long,
      outside = parts$outside
    ),
    class = "nid_panel"
  )
}

check_panel <- function(x, arg = "x", call = rlang::caller_env()) {
  if (!inherits(x, "nid_panel")) {
    hint <- if (is.data.frame(x)) "Bring it in with `code_panel()` first."
    stop_nid("argument",
             c(paste0("`", arg, "` must be a panel, defining codes or rates."),
               x = paste0("You gave ", describe(x), "."), i = hint),
             argument = arg, call = call)
  }
  x
}

n_regions <- function(panel) length(panel$offset) - 1L

n_rows <- function(panel) panel$offset[length(panel$offset)]

# Rows of each region. Regions share grids, so this looks one number up for each
# instead of subtracting offsets.
row_counts <- function(panel) {
  size <- diff(panel$grids$offset)
  if (length(size) == 1L) rep(size, n_regions(panel)) else size[panel$grid]
}

# A column of the user's data in panel order.
panel_column <- function(panel, name) {
  x <- panel$plain[[name]]
  if (is.null(panel$source)) x else x[panel$source]
}

# Region and time columns of results, for the given panel rows (NULL: all).
# Of all rows, each so many times, or of some.
index_columns <- function(panel, rows = NULL, each = 1L) {
  out <- list()
  if (!is.na(panel$index[["region"]])) {
    out[[panel$index[["region"]]]] <- if (is.null(rows)) {
      over_rows(panel, panel$regions, each)
    } else {
      panel$regions[row_region(panel)[rows]]
    }
  }
  time <- panel_column(panel, panel$index[["time"]])
  out[[panel$index[["time"]]]] <- if (!is.null(rows)) {
    time[rows]
  } else if (each == 1L) {
    time
  } else {
    repeat_values(time, each)
  }
  out
}

region_column <- function(panel) {
  if (is.na(panel$index[["region"]])) {
    return(list())
  }
  stats::setNames(list(panel$regions), panel$index[["region"]])
}

# x, one of each region, for each of its rows, so many times.
over_rows <- function(panel, x, each = 1L) {
  size <- diff(panel$grids$offset)
  if (length(size) == 1L) {
    return(repeat_values(x, size * each))
  }
  x[rep.int(seq_len(n_regions(panel)), row_counts(panel) * each)]
}

# Region of every panel row, by its number.
row_region <- function(panel) over_rows(panel, seq_len(n_regions(panel)))

# Time of every panel row as a number.
row_time <- function(panel) panel$grids$time[grid_places(panel)]

# Where it stands among the times of the grids.
grid_places <- function(panel) {
  if (n_rows(panel) == 0L) {
    return(integer())
  }
  size <- diff(panel$grids$offset)
  if (length(size) == 1L) {
    return(rep(seq_len(size), n_regions(panel)))
  }
  sequence(size[panel$grid], from = panel$grids$offset[panel$grid] + 1L)
}

# The user's own time values for panel rows (one-based).
user_times <- function(panel, rows) {
  time <- panel$plain[[panel$index[["time"]]]]
  time[if (is.null(panel$source)) rows else panel$source[rows]]
}
