# What a table that was loaded holds, as far as its columns tell, and the script
# that reads it. `columns`: list of `region`, `time` ("": years stand in
# columns), `names` and `values` ("": a column an indicator).

guess_columns <- function(table) {
  roles <- panel_sources()
  named <- function(role) {
    patterns <- unlist(lapply(roles, `[[`, role))
    low <- small_letters(names(table))
    hit <- grepl(paste0("^(", paste(patterns, collapse = "|"), ")$"), low,
                 perl = TRUE)
    names(table)[hit]
  }
  text <- names(table)[!vapply(table, is.numeric, NA)]
  text <- text[!label_columns(text)$label]
  years <- has_years(table)
  region <- c(named("region"), text, "")[1L]
  time <- if (years) "" else c(named("time"), year_columns(table), "")[1L]
  values <- setdiff(numeric_columns(table), c(region, time))
  names <- setdiff(text, c(region, time))
  long <- !years && length(values) == 1L && length(names) > 0L &&
    nzchar(region) && nzchar(time) && anyDuplicated(table[c(region, time)])
  list(region = region, time = time, names = if (long) names[1L] else "",
       values = if (long) values else "")
}

has_years <- function(table) {
  !is.null(tryCatch(year_layout(table), error = function(e) NULL))
}

numeric_columns <- function(table) {
  names(table)[vapply(table, is.numeric, NA)]
}

year_columns <- function(table) {
  like <- vapply(table, \(x) {
    is.numeric(x) && !all(is.na(x)) &&
      all(x == round(x) & x > 1499 & x < 2200, na.rm = TRUE)
  }, NA)
  names(table)[like]
}

# The rows and arguments of code_panel(), and which indicators there are.
loaded_shape <- function(table, columns) {
  if (!nzchar(columns$time)) {
    long <- panel_long(table, index = columns$region)
    return(list(data = long, indicators = unique(long$indicator),
                index = c("region", "time"), names_from = "indicator",
                values_from = "value", status = "status"))
  }
  index <- c(columns$region, columns$time)
  if (nzchar(columns$names)) {
    labels <- names(table)[label_columns(names(table))$label]
    return(list(data = table, index = index, names_from = columns$names,
                values_from = columns$values,
                indicators = unique(as.character(table[[columns$names]])),
                status = if (length(labels) == 1L) labels))
  }
  indicators <- setdiff(numeric_columns(table), index)
  list(data = table, index = index, indicators = indicators,
       status = label_suffix(names(table), indicators))
}

# What stands behind the names of indicators in the columns of their labels.
label_suffix <- function(names, indicators) {
  rest <- unlist(lapply(indicators, \(one) {
    more <- names[startsWith(names, one) & names != one]
    substring(more, nchar(one) + 1L)
  }))
  rest <- rest[label_columns(paste0("x", rest))$label]
  if (length(rest) > 0L) names(sort(table(rest), decreasing = TRUE))[1L]
}

loaded_model <- function(shape, scheme) {
  code_model(shape$data, scheme, index = shape$index,
             names_from = shape$names_from, values_from = shape$values_from,
             status = shape$status %||% FALSE)
}

# ---- The script --------------------------------------------------------------

# A value as R reads it in any locale.
r_text <- function(x) {
  if (is.null(x)) {
    return("NULL")
  }
  if (is.character(x)) {
    x <- enc2utf8(x)
    x <- gsub("([\"\\\\])", "\\\\\\1", x)
    x <- gsub("[[:cntrl:]]", " ", x)
    x <- ifelse(is.na(x), "NA", paste0("\"", x, "\""))
  } else {
    return(paste(deparse(x, 500L, control = "digits17"), collapse = ""))
  }
  if (length(x) == 1L) x else paste0("c(", paste(x, collapse = ", "), ")")
}

r_call <- function(name, args) {
  args <- args[lengths(args) > 0L]
  lines <- paste0("  ", names(args), ifelse(nzchar(names(args)), " = ", ""),
                  unlist(args), c(rep(",", length(args) - 1L), ""))
  c(paste0(name, "("), lines, ")")
}

# `read`: the arguments of read_sheet_table() by name, NULL where `table` was
# given; `shape` and `scheme` as they were looked at.
loaded_script <- function(read, shape, columns, scheme) {
  years <- !nzchar(columns$time)
  strings <- lapply(read, r_text)
  c("library(nidcode)", "",
    if (is.null(read)) {
      "# `table` is the data that run_explorer() was given."
    } else {
      assigned("table", r_call("read_sheet_table", strings))
    },
    if (years) {
      assigned("table", r_call("panel_long", list(
        "table", index = r_text(columns$region))))
    },
    assigned("scheme", r_call("code_scheme", lapply(
      as.list(as_plain_tibble(scheme))[scheme_parts], r_text))),
    assigned("model", r_call("code_model", list(
      "table", "scheme", index = r_text(shape$index),
      names_from = if (!is.null(shape$names_from)) r_text(shape$names_from),
      values_from = if (!is.null(shape$values_from)) r_text(shape$values_from),
      status = r_text(shape$status %||% FALSE)))),
    "model",
    "write_explorer(model, \"explorer.html\")",
    "write_report(model, \"report.html\")",
    "write_workbook(model, \"workbook.xlsx\")")
}

assigned <- function(name, lines) {
  lines[1L] <- paste(name, "<-", lines[1L])
  lines
}
