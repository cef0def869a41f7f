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
      c(paste0("The ", if (layout$parted) "periods" else "years", " stand in ",
               "columns ", layout$from, " .. ", layout$to, ": one row a ",
               "region and ", if (layout$parted) "period" else "year",
               " is needed."),
        i = "Make it so, and bring it in:", bullets(lines, " ")),
      columns = cnd$columns, available = cnd$available, code = lines,
      call = call
    )
  }
  withCallingHandlers(code, nidcode_error_missing_index = handler,
                      nidcode_error_no_column = handler)
}

# Columns whose names are years alone, else those that are a name and a year.
# `names` are the variables ("" for years alone), `columns` the column of each
# variable by year, `labels` the same of its labels where it has some.
year_layout <- function(plain, scheme) {
  columns <- names(plain)
  layout <- part_layout(columns)
  if (!is.null(layout)) {
    return(layout)
  }
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
    # The longest run of one spelling, and years with a mark of their own.
    run <- bare & stem == names(which.max(table(stem[bare])))
    mark <- !run & !years %in% years[run] & nchar(name) < 3L &
      !duplicated(years)
    name[mark] <- ""
    run | mark
  } else {
    known <- name %in% scheme[["indicator"]]
    # Where a column holds years, names may have years for other reasons.
    if (any(known)) known else
      stem %in% stem[duplicated(stem)] & !any(vapply(plain, holds_years, NA))
  }
  use <- use & !duplicated(data.frame(name, years))
  if (sum(use) < 2L || length(unique(years[use])) < 2L) {
    return(NULL)
  }
  all <- sort(unique(years[use]))
  by_year <- function(is) {
    at <- which(is)[match(all, years[is])]
    out <- columns[at]
    lost <- is.na(at)
    one <- stem[is][1L]
    out[lost] <- vapply(all[lost], function(y) gsub("#", y, one, fixed = TRUE),
                        "")
    structure(out, stem = if (all(stem[is] == one)) one)
  }
  names <- unique(name[use])
  of <- lapply(names, function(one) by_year(use & name == one))
  labels <- lapply(names, function(one) {
    label <- !use & startsWith(name, one) &
      grepl(label_ending, small_letters(substring(name, nchar(one) + 1L)))
    if (any(label)) by_year(label & stem == stem[label][1L])
  })
  list(from = columns[use][1L], to = columns[use][sum(use)], names = names,
       columns = of, labels = labels, years = all, parted = FALSE)
}

# A numeric column of nothing but years.
holds_years <- function(x) {
  is.numeric(x) && is.null(dim(x)) && length(x) > 0L &&
    all(x %in% 1500:2199) && length(unique(x)) > 1L
}

# "2005Q1", "X2005M01", "2005-S1", "2005-01": periods of a year; "2005/06", a
# fiscal year.
part_layout <- function(columns) {
  take <- function(pattern) {
    hit <- grepl(pattern, columns)
    list(columns = columns[hit],
         year = as.numeric(sub(pattern, "\\1", columns[hit])),
         part = as.numeric(sub(pattern, "\\2", columns[hit])))
  }
  start <- "^X?(1[5-9][0-9]{2}|2[01][0-9]{2})"
  kinds <- list(
    c(4, "[-_. ]*[Qq]([1-4])$"), c(2, "[-_. ]*[HhSsBb]([12])$"),
    c(12, "[-_. ]*[Mm](0?[1-9]|1[0-2])$"), c(12, "[-_.](0[1-9]|1[0-2])$"),
    c(1, "[-/.]([0-9]{2})$")
  )
  for (kind in kinds) {
    found <- take(paste0(start, kind[2L]))
    f <- as.numeric(kind[1L])
    fiscal <- all(found$part == (found$year + 1) %% 100)
    time <- found$year + if (f > 1 && !(f == 12 && fiscal)) {
      (found$part - 1) / f
    } else 0
    if (length(time) < 2L || anyDuplicated(time) || (f == 1 && !fiscal)) next
    at <- order(time)
    return(list(from = found$columns[1L], to = found$columns[length(time)],
                names = "", columns = list(found$columns[at]),
                labels = list(NULL), years = time[at],
                parted = any(time != round(time))))
  }
  NULL
}

# Lines of base R.
year_code <- function(layout, plain, scheme, index, names_from) {
  quoted <- function(x) encodeString(x, quote = "\"")
  vector <- function(x) {
    if (length(x) == 1L) quoted(x) else
      paste0("c(", paste(quoted(x), collapse = ", "), ")")
  }
  years <- layout$years
  run <- all(diff(years) == 1)
  # The labels of a variable stand beside it.
  has <- lengths(layout$labels) > 0L
  sets <- c(layout$columns, layout$labels[has])
  absent <- setdiff(unlist(sets), names(plain))
  other <- setdiff(names(plain), unlist(sets))
  time <- free_name("year", other)
  value <- free_name("value", other)
  by_years <- identical(layout$names, "")
  keys <- if (by_years) names_column(plain, other, scheme, names_from)
  indicators <- scheme[["indicator"]]
  one <- is.null(keys) && length(indicators) == 1L
  v_names <- if (length(layout$names) == 1L && one) indicators else
    if (by_years) value else layout$names
  long <- by_years && !identical(v_names, indicators)
  region <- region_of(plain, other, index, keys)
  c(
    paste0("years <- ", if (run) paste0(years[1L], ":", years[length(years)])
           else paste0("c(", paste(format(years, digits = 15L, trim = TRUE,
                                          drop0trailing = TRUE,
                                          decimal.mark = "."),
                                   collapse = ", "), ")")),
    if (length(absent) > 0L) paste0("data[", vector(absent), "] <- NA"),
    paste0("long <- stats::reshape(as.data.frame(data), direction = \"long\", ",
           "varying = list(",
           paste(vapply(sets, function(x) {
             stem <- attr(x, "stem")
             if (is.null(stem)) vector(x) else stem_code(stem)
           }, ""), collapse = ", "), "), ",
           "v.names = ", vector(c(v_names, if (any(has)) {
             paste0(v_names[has], "_status")
           })), ", timevar = ", quoted(time),
           ", times = years, idvar = ", quoted(free_name("row", other)), ")"),
    paste0("code_panel(long, scheme, index = ", vector(c(region, time)),
           if (long) {
             paste0(", names_from = ",
                    if (is.null(keys)) "\"<column of indicators>\"" else
                      quoted(keys),
                    ", values_from = ", quoted(value))
           },
           if (any(has)) {
             paste0(", status = ",
                    quoted(paste0(if (long) value, "_status")))
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

# The region: as the index says, else the first column of text, else the first
# that tells all rows apart.
region_of <- function(plain, other, index, keys) {
  given <- intersect(index, other)
  if (length(given) > 0L) {
    return(given[1L])
  }
  text <- vapply(setdiff(other, keys), function(name) {
    is.character(plain[[name]]) || is.factor(plain[[name]])
  }, NA)
  if (any(text)) {
    return(names(text)[text][1L])
  }
  apart <- vapply(setdiff(other, keys), function(name) {
    x <- plain[[name]]
    is.atomic(x) && is.null(dim(x)) && !anyNA(x) && !anyDuplicated(x)
  }, NA)
  if (nrow(plain) > 1L) names(apart)[apart][seq_len(min(1L, sum(apart)))]
}
