# The two keys of a panel: which columns they are, what types they may have,
# and time as a number.

# Names that results use for themselves.
reserved_names <- c(
  "code", "term", "order", "indicator", "label", "node", "estimate",
  "std.error", "conf.low", "conf.high", "prob.positive", "nobs", "rank"
)

# c(region = , time = ); region NA for one region without a column.
find_index <- function(data, index, call) {
  if (is.null(index)) {
    index <- guess_index(data, call)
  }
  ok <- is.character(index) && length(index) %in% 1:2 && !anyNA(index)
  if (!ok) {
    stop_argument("index", "one or two column names, c(region, time)", index,
                  call)
  }
  index <- order_index(index, call)
  if (any(!nzchar(index)) || any(index %in% reserved_names)) {
    bad <- index[!nzchar(index) | index %in% reserved_names]
    stop_nid(
      "reserved_name",
      c(paste0("An index column may not be called ", some_of(bad), "."),
        i = "Results use that name. Rename the column first."),
      columns = bad, call = call
    )
  }
  check_columns(data, index, "index", call = call)
  if (length(index) == 1L) {
    index <- c(NA_character_, index)
  }
  if (identical(index[[1L]], index[[2L]])) {
    stop_argument("index", "two different columns", index, call)
  }
  c(region = index[[1L]], time = index[[2L]])
}

# Names say which column is which; without names the order does.
order_index <- function(index, call) {
  given <- names(index)
  if (is.null(given) || all(given %in% c("", NA))) {
    return(unname(index))
  }
  given[is.na(given)] <- ""
  keys <- c("region", "time")
  if (!all(given %in% c(keys, "")) || anyDuplicated(given[nzchar(given)])) {
    stop_nid(
      "argument",
      c(paste0("The names of `index` may be `region` and `time`, once each."),
        x = paste0("You gave ", some_of(given[nzchar(given)]), "."),
        i = paste0("For example index = c(region = \"", index[[1L]],
                   "\", time = \"", index[[length(index)]], "\").")),
      argument = "index", values = index, call = call
    )
  }
  if (length(index) == 1L) {
    if (given == "region") {
      stop_argument("index", "the time alone, or c(region = , time = )", index,
                    call)
    }
    return(unname(index))
  }
  given[!nzchar(given)] <- setdiff(keys, given)[seq_len(sum(!nzchar(given)))]
  unname(index[match(keys, given)])
}

# Columns that are called region and time in other words, or a gap to fill.
near_index <- function(names) {
  called <- list(region = c("region", "regions", "geo", "area", "territory",
                            "country", "country name", "geo name"),
                 time = c("year", "time", "period", "time period", "date"))
  low <- gsub("[._ ]+", " ", trimws(small_letters(names)))
  vapply(names(called), function(what) {
    at <- match(called[[what]], low)
    at <- at[!is.na(at)]
    if (length(at) > 0L) names[at[1L]] else paste0("<", what, ">")
  }, "", USE.NAMES = FALSE)
}

guess_index <- function(data, call) {
  own <- attr(data, "nid_index", exact = TRUE)
  if (!is.null(own)) {
    return(own)
  }
  if (all(c("region", "year") %in% names(data))) {
    return(c("region", "year"))
  }
  if ("year" %in% names(data) && !anyDuplicated(data[["year"]])) {
    return("year")
  }
  near <- near_index(names(data))
  stop_nid(
    "missing_index",
    c("Which columns are the region and the time?",
      i = paste0("Say `index = c(", paste(encodeString(near, quote = "\""),
                                          collapse = ", "), ")`."),
      i = paste0("The columns are ", some_of(names(data), 20L), ".")),
    columns = names(data), call = call
  )
}

# `region` was taken by its name though another column could be meant: text
# that names each region once and is no code of it ("BRA", "RU-OMS").
inform_guessed <- function(panel) {
  if (is.na(panel$index[["region"]]) || n_regions(panel) < 2L) {
    return(invisible())
  }
  other <- Filter(function(x) {
    !anyNA(x) && !anyDuplicated(x) && !all(grepl(code_shape, x))
  }, region_texts(panel))
  if (length(other) > 0L) {
    inform_nid(
      "guessed_index",
      c(paste0("index: ", some_of(panel$index), " taken by name; other text ",
               "columns: ", some_of(names(other)), "."),
        i = paste0("To take another: index = c(\"", names(other)[1L],
                   "\", \"", panel$index[["time"]], "\").")),
      columns = unname(panel$index), other = names(other)
    )
  }
}

# Capitals, digits and marks, as codes of places are written.
code_shape <- "^[A-Z0-9][-A-Z0-9_.]*$"

# Data frames of other packages bring their own keys. Value: a plain list-like
# data frame; attribute `nid_index` where the class knew the keys.
strip_container <- function(data, call = rlang::caller_env()) {
  if (inherits(data, "ts")) {
    data <- ts_to_frame(data)
  }
  if (is.matrix(data) && (is.numeric(data) || is.character(data))) {
    if (is.null(colnames(data))) {
      stop_argument("data", "a data frame, or a matrix with column names",
                    data, call)
    }
    data <- as.data.frame(data, optional = TRUE)
  }
  if (inherits(data, "tbl_lazy")) {
    stop_nid("argument",
             c("`data` is a table in a database.",
               i = paste0("Use `dplyr::collect()` where it fits into memory, ",
                          "else code_query() or code_parts().")),
             argument = "data", call = call)
  }
  if (!is.data.frame(data)) {
    stop_argument("data", "a data frame", data, call)
  }
  key <- NULL
  if (inherits(data, "sf")) {
    data <- drop_geometry(data)
  }
  if (inherits(data, "pdata.frame")) {
    out <- pdata_to_frame(data)
    data <- out$data
    key <- out$key
  } else if (inherits(data, "tbl_ts")) {
    key <- tsibble_index(data, call)
  } else if (inherits(data, "grouped_df")) {
    inform_nid("ungrouped", paste0(
      "The grouping of the data (by ",
      some_of(setdiff(names(attr(data, "groups")), ".rows")),
      ") is ignored: the index says what belongs together."
    ))
  }
  out <- as_plain_frame(data)
  attr(out, "nid_index") <- key
  check_readable_names(names(out), "Names of columns", call)
  out
}

# A data frame without classes of its own, sharing the columns: neither
# data.table's `[` nor a geometry column can interfere.
as_plain_frame <- function(data) {
  structure(
    unclass_columns(data),
    names = names(data),
    class = "data.frame",
    row.names = .set_row_names(nrow(data))
  )
}

unclass_columns <- function(data) {
  columns <- lapply(seq_along(data), function(i) .subset2(data, i))
  names(columns) <- names(data)
  columns
}

ts_to_frame <- function(x) {
  values <- as.matrix(x)
  if (is.null(colnames(values))) {
    colnames(values) <- "value"
  }
  out <- data.frame(year = as.double(stats::time(x)))
  for (name in colnames(values)) {
    out[[name]] <- as.double(values[, name])
  }
  out
}

drop_geometry <- function(data) {
  geometry <- attr(data, "sf_column")
  inform_nid("geometry_dropped",
             paste0("The geometry column ", some_of(geometry),
                    " is dropped."),
             columns = geometry)
  keep <- setdiff(names(data), geometry)
  structure(lapply(keep, function(name) .subset2(data, name)),
            names = keep, class = "data.frame",
            row.names = .set_row_names(nrow(data)))
}

pdata_to_frame <- function(data) {
  keys <- attr(data, "index")
  key <- names(keys)[1:2]
  columns <- lapply(unclass_columns(data), function(x) {
    if (inherits(x, "pseries")) {
      attr(x, "index") <- NULL
      class(x) <- setdiff(class(x), c("pseries", class(unclass(x))))
      if (length(attr(x, "class")) == 0L) x <- unclass(x)
    }
    x
  })
  for (name in setdiff(key, names(columns))) {
    columns[[name]] <- keys[[name]]
  }
  list(data = structure(columns, class = "data.frame",
                        row.names = .set_row_names(nrow(data))),
       key = key)
}

tsibble_index <- function(data, call) {
  key <- setdiff(names(attr(data, "key")), ".rows")
  if (length(key) > 1L) {
    stop_nid(
      "missing_index",
      c(paste0("The tsibble has more than one key: ", some_of(key), "."),
        i = "Say which is the region: `index = c(\"<region>\", \"<time>\")`."),
      columns = key, call = call
    )
  }
  c(key, as.character(attr(data, "index")))
}

# Region labels that C++ can number: text, numbers or whole numbers; these alone
# may have NA.
region_keys <- function(x, name, call) {
  x <- drop_declared(x, name)
  if (!is.atomic(x) || is.complex(x) || is.raw(x) || NCOL(x) != 1L) {
    stop_nid("bad_region",
             paste0("Column ", some_of(name), " cannot name regions: it is <",
                    paste(class(x), collapse = "/"), ">."),
             columns = name, call = call)
  }
  check_readable(x, name, "bad_region", call)
  keys <- if (inherits(x, "integer64")) {
    integer64_to_double(x, name, call)
  } else if (is.character(x)) {
    x
  } else if (is.double(x)) {
    as.double(x)
  } else {
    as.integer(x)
  }
  if (!is.integer(keys)) check_regions_there(keys, keys, name, call)
  keys
}

# `met`: the keys that tell whether one is missing, all of them or the least.
check_regions_there <- function(met, keys, name, call) {
  if (anyNA(met)) {
    rows <- which(is.na(keys))
    stop_nid(
      "missing_index",
      c(paste0("The region (column ", some_of(name), ") is missing in ",
               count_of(length(rows), "row"), "."),
        x = paste0("Rows ", some_of(rows, quote = ""), ".")),
      columns = name, rows = rows, n = length(rows), call = call
    )
  }
}

# bit64's numbers are 64-bit integers in the clothes of doubles. Exact below
# 2^53, refused above: never the bit pattern as a number.
integer64_to_double <- function(x, name, call) {
  out <- integer64_to_double_cpp(unclass(x))
  bad <- which(abs(out) > 2^53)
  if (length(bad) > 0L) {
    stop_nid(
      "not_exact",
      c(paste0("Column ", some_of(name), " has 64-bit integers too large for ",
               "an exact double."),
        x = paste0("Rows ", some_of(bad, quote = ""), ".")),
      columns = name, rows = bad, n = length(bad), call = call
    )
  }
  out
}
