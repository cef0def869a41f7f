#' Divide by a population, a labour force, a sum
#'
#' Per head, per worker, per rouble: each column is divided, row by row, by the
#' denominator of its row, x / b. The twin of [deflate()].
#'
#' @param data <data.frame> One row per region and time.
#' @param columns <chr> Columns to divide.
#' @param by <chr> The column of denominators, or one for each of `columns`.
#' @param index <chr> `c(region, time)`, for messages; as in [code_panel()].
#' @param name <chr> Names for the results, one for each of `columns`; `NULL`
#'   puts them in place of the columns.
#' @return `data` with the results, same rows, order and class. Labels of both
#'   columns go with them, so that a break in a census is a break of what is
#'   taken per head: `<name>_status` joins `<column>_status` and `<by>_status`.
#'   Where both columns have an attribute `unit`, so has the result, "a / b".
#' @section Errors:
#' `nidcode_error_no_column`, `nidcode_error_not_numeric`,
#' `nidcode_error_domain` for denominators of 0 or less (fields `regions`,
#' `times`), `nidcode_error_duplicate_name` for a `name` that is there already.
#' Message `nidcode_message_denominator` counts the values that are lost because
#' their denominator is `NA`.
#' @concept per capita
#' @family bring in
#' @examples
#' d <- data.frame(region = "A", year = 2005:2007, grp = c(100, 120, 130),
#'                 people = c(50, 50, 52), people_status = c("", "", "break"))
#' denominate(d, "grp", "people", name = "grp_per_head")
#' @export
denominate <- function(data, columns, by, index = NULL, name = NULL) {
  call <- rlang::current_env()
  check_data_frame(data)
  plain <- strip_container(data, call)
  check_names_given(columns, "columns", call)
  check_names_given(by, "by", call)
  check_columns(plain, c(columns, by), "columns", call = call)
  if (!length(by) %in% c(1L, length(columns))) {
    stop_argument("by", "one column, or one for each of `columns`", by, call)
  }
  by <- rep_len(by, length(columns))
  to <- check_new_names(name, columns, names(plain), call)
  where <- row_finder(plain, index, call)
  divided <- each_told(seq_along(columns), function(k) {
    one <- list(x = numeric_values(plain[[columns[k]]], columns[k], call),
                b = numeric_values(plain[[by[k]]], by[k], call))
    check_denominator(one, by[k], where, call)
    one$x / one$b
  })
  for (k in seq_along(columns)) {
    attr(divided[[k]], "unit") <- joint_unit(plain, columns[k], by[k])
    data[[to[k]]] <- divided[[k]]
    labels <- joint_labels(plain, columns[k], by[k])
    if (!is.null(labels)) data[[paste0(to[k], "_status")]] <- labels
  }
  data
}

check_names_given <- function(x, arg, call) {
  if (!is.character(x) || length(x) == 0L || anyNA(x)) {
    stop_argument(arg, "one or more column names", x, call)
  }
}

check_new_names <- function(name, columns, known, call) {
  if (is.null(name)) {
    return(columns)
  }
  if (!is.character(name) || length(name) != length(columns) || anyNA(name)) {
    stop_argument("name", "a name for each of `columns`, or NULL", name, call)
  }
  twice <- name[duplicated(name) | name %in% known]
  if (length(twice) > 0L) {
    stop_nid("duplicate_name",
             paste0("The data has a column called ", some_of(unique(twice)),
                    " already."), columns = unique(twice), call = call)
  }
  name
}

# Regions and times of rows, where an index is known.
row_finder <- function(plain, index, call) {
  own <- tryCatch(find_index(plain, index, call),
                  nidcode_error_missing_index = function(cnd) NULL)
  function(rows) {
    if (is.null(own)) {
      return(list(text = paste0("Rows ", some_of(rows, quote = ""), ".")))
    }
    region <- if (is.na(own[["region"]])) "all" else
      as.character(plain[[own[["region"]]]][rows])
    time <- plain[[own[["time"]]]][rows]
    list(regions = rep_len(region, length(rows)), times = time,
         text = paste0("Region and time: ", some_of(
           paste(region, stamp_words(time)), quote = ""), "."))
  }
}

check_denominator <- function(one, name, where, call) {
  bad <- which(one$b <= 0)
  if (length(bad) > 0L) {
    place <- where(bad)
    stop_nid("domain",
             c(paste0("Denominators are above 0; ", some_of(name), " is not ",
                      "in ", count_of(length(bad), "row"), "."),
               x = place$text),
             columns = name, regions = place$regions, times = place$times,
             rows = bad, n = length(bad), call = call)
  }
  lost <- which(is.na(one$b) & !is.na(one$x))
  if (length(lost) > 0L) {
    place <- where(lost)
    inform_nid("denominator",
               c(paste0(count_of(length(lost), "value"), " lost: ",
                        some_of(name), " is NA there."), i = place$text),
               columns = name, regions = place$regions, times = place$times,
               n = length(lost))
  }
}

joint_unit <- function(plain, column, by) {
  units <- lapply(c(column, by), function(name) {
    attr(plain[[name]], "unit", exact = TRUE)
  })
  if (all(vapply(units, is.character, NA))) paste(units, collapse = " / ")
}

# Labels of the column, and those of the denominator that say something.
joint_labels <- function(plain, column, by) {
  beside <- paste0(c(column, by), "_status")
  there <- beside %in% names(plain)
  if (!any(there)) {
    return(NULL)
  }
  labels <- lapply(beside[there], function(name) {
    x <- as.character(plain[[name]])
    x[is.na(x) | x == "ok"] <- ""
    x
  })
  if (length(labels) == 1L) labels[[1L]] else
    trimws(paste(labels[[1L]], labels[[2L]], sep = "; "), whitespace = "[; ]")
}
