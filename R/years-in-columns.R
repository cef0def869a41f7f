# Years in columns (X2005, "2005 [YR2005]", GDP_2019): the commonest layout of
# tables, which has no column of time. A refusal for want of a column says so,
# with the lines that make a row a region and year of it.

# `code`, whose refusal for want of a column is told as what it is where the
# years stand in columns.
told_years <- function(code, plain, scheme, index, names_from, call) {
  handler <- function(cnd) {
    # Rows are told of a column that is there: names of regions missing in it.
    layout <- if (is.null(cnd$rows)) year_layout(plain, scheme)
    if (is.null(layout)) {
      return()
    }
    lines <- year_code(layout, plain, scheme, index, names_from)
    stop_nid(
      c("years_in_columns", sub("nidcode_error_", "", class(cnd)[1L])),
      c(paste0("The years stand in columns ", layout$from, " .. ", layout$to,
               ": one row a region and year is needed."),
        i = "Make it so, and bring it in:", bullets(lines, " ")),
      columns = cnd$columns, available = cnd$available, code = lines,
      call = call
    )
  }
  withCallingHandlers(code, nidcode_error_missing_index = handler,
                      nidcode_error_no_column = handler)
}

# Columns whose names are years alone, else those that are a name and a year:
# `stem` of each variable, "GDP_#", its `name` ("" for years alone), `years`.
year_layout <- function(plain, scheme) {
  columns <- names(plain)
  year <- "(?<![0-9])(1[5-9]|20|21)[0-9]{2}(?![0-9])"
  found <- regmatches(columns, gregexpr(year, columns, perl = TRUE))
  one <- vapply(found, function(x) length(unique(x)) == 1L, NA)
  if (sum(one) < 2L) {
    return(NULL)
  }
  columns <- columns[one]
  years <- as.integer(vapply(found[one], `[[`, "", 1L))
  stem <- gsub(year, "#", columns, perl = TRUE)
  name <- gsub("^X(?=#)|#", "", stem, perl = TRUE)
  name <- gsub("^[ ._-]+|[ ._-]+$", "", name)
  bare <- grepl("^(yr|year|y|\u0433|\u0433\u043e\u0434)*$",
                small_letters(gsub("[^[:alpha:]]", "", name)))
  use <- if (sum(bare) > 1L) {
    name[bare] <- ""
    # The longest run of one spelling.
    bare & stem == names(which.max(table(stem[bare])))
  } else {
    known <- name %in% scheme[["indicator"]]
    if (any(known)) known else stem %in% stem[duplicated(stem)]
  }
  if (sum(use) < 2L || length(unique(years[use])) < 2L) {
    return(NULL)
  }
  columns <- columns[use]
  list(columns = columns, from = columns[1L], to = columns[length(columns)],
       stem = unique(stem[use]), name = name[use][!duplicated(stem[use])],
       years = sort(unique(years[use])))
}

# Lines of base R.
year_code <- function(layout, plain, scheme, index, names_from) {
  quoted <- function(x) encodeString(x, quote = "\"")
  vector <- function(x) {
    if (length(x) == 1L) quoted(x) else
      paste0("c(", paste(quoted(x), collapse = ", "), ")")
  }
  years <- layout$years
  run <- identical(years, seq.int(years[1L], length.out = length(years)))
  built <- lapply(layout$stem, function(stem) {
    vapply(years, function(y) gsub("#", y, stem, fixed = TRUE), "")
  })
  absent <- setdiff(unlist(built), names(plain))
  other <- setdiff(names(plain), layout$columns)
  time <- free_name("year", other)
  value <- free_name("value", other)
  by_years <- identical(layout$name, "")
  keys <- if (by_years) names_column(plain, other, scheme, names_from)
  indicators <- scheme[["indicator"]]
  v_names <- if (!by_years) layout$name else
    if (is.null(keys) && length(indicators) == 1L) indicators else value
  region <- region_of(plain, other, index, keys)
  c(
    paste0("years <- ", if (run) paste0(years[1L], ":", years[length(years)])
           else paste0("c(", paste(years, collapse = ", "), ")")),
    if (length(absent) > 0L) paste0("data[", vector(absent), "] <- NA"),
    paste0("long <- stats::reshape(as.data.frame(data), direction = \"long\", ",
           "varying = list(",
           paste(vapply(layout$stem, stem_code, ""), collapse = ", "), "), ",
           "v.names = ", vector(v_names), ", timevar = ", quoted(time),
           ", times = years, idvar = ", quoted(free_name("row", other)), ")"),
    paste0("code_panel(long, scheme, index = ", vector(c(region, time)),
           if (by_years && !identical(v_names, indicators)) {
             paste0(", names_from = ",
                    if (is.null(keys)) "\"<column of indicators>\"" else
                      quoted(keys),
                    ", values_from = ", quoted(value))
           }, ")")
  )
}

# "GDP_#" as paste0("GDP_", years).
stem_code <- function(stem) {
  parts <- strsplit(stem, "#", fixed = TRUE)[[1L]]
  pieces <- ifelse(nzchar(parts), encodeString(parts, quote = "\""), NA)
  args <- as.vector(rbind(pieces, "years"))
  if (!endsWith(stem, "#")) args <- args[-length(args)]
  paste0("paste0(", paste(args[!is.na(args)], collapse = ", "), ")")
}

free_name <- function(name, taken) {
  while (name %in% taken) name <- paste0(name, "_")
  name
}

# The column that names the indicators beside the years.
names_column <- function(plain, other, scheme, names_from) {
  if (!is.null(names_from) && names_from %in% other) {
    return(names_from)
  }
  has <- vapply(other, function(name) {
    x <- plain[[name]]
    (is.character(x) || is.factor(x)) &&
      any(scheme[["indicator"]] %in% as.character(x))
  }, NA)
  if (any(has)) other[has][1L]
}

# The region: as the index says, else the first column of text.
region_of <- function(plain, other, index, keys) {
  given <- intersect(index, other)
  if (length(given) > 0L) {
    return(given[1L])
  }
  text <- vapply(setdiff(other, keys), function(name) {
    is.character(plain[[name]]) || is.factor(plain[[name]])
  }, NA)
  names(text)[text][seq_len(min(1L, sum(text)))]
}
