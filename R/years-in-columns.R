# Years in columns (X2005, "2005 [YR2005]", GDP_2019): the commonest layout of
# tables, which has no column of time. Here columns are found; panel_long()
# turns them, and a refusal of code_panel() for want of a column says so.

# `code`, whose refusal for want of a column is told as what it is where the
# years stand in columns.
told_years <- function(code, plain, scheme, index, names_from, call) {
  handler <- function(cnd) {
    # Rows are told of a column that is there: names of regions missing in it.
    layout <- if (is.null(cnd$rows)) {
      tryCatch(year_layout(plain, scheme[["indicator"]]),
               nidcode_error = function(cnd) NULL)
    }
    if (is.null(layout)) {
      return()
    }
    lines <- year_code(layout, plain, scheme, index, names_from)
    what <- if (any(layout$time != round(layout$time))) "period" else "year"
    columns <- layout$column[!layout$label]
    stop_nid(
      c("years_in_columns", sub("nidcode_error_", "", class(cnd)[1L])),
      c(paste0("The ", what, "s stand in columns ", columns[1L], " .. ",
               columns[length(columns)], ": one row a region and ", what,
               " is needed."),
        i = "Make it so, and bring it in:", bullets(lines, " ")),
      columns = cnd$columns, available = cnd$available, code = lines,
      call = call
    )
  }
  withCallingHandlers(code, nidcode_error_missing_index = handler,
                      nidcode_error_no_column = handler)
}

# The line to type.
year_code <- function(layout, plain, scheme, index, names_from) {
  vector <- function(x) {
    x <- encodeString(x, quote = "\"")
    if (length(x) == 1L) x else paste0("c(", paste(x, collapse = ", "), ")")
  }
  other <- setdiff(names(plain), layout$column)
  keys <- names_column(plain, other, scheme[["indicator"]], names_from)
  region <- region_of(plain, other, index, keys)
  one <- length(scheme[["indicator"]]) == 1L
  keys <- keys %||% if (all(layout$variable == "") && !one) {
    "<column of indicators>"
  }
  paste0("as_code_panel(panel_long(data",
         if (!is.null(region)) paste0(", index = ", vector(region)),
         if (!is.null(keys)) paste0(", names = ", vector(keys)), "), scheme)")
}

# ---- Which columns ----------------------------------------------------------

# A row for each column of a period: `column`; `label`, whether it holds labels
# of cells; `variable`, what stands beside the period in its name ("": nothing);
# `text`, the period, and its number `time`. NULL where there are not two
# periods. Names that are periods alone go before names with a year in them.
year_layout <- function(plain, indicators = NULL) {
  columns <- label_columns(names(plain))
  out <- bare_periods(columns)
  if (is.null(out)) out <- named_years(columns, plain, indicators)
  if (is.null(out)) {
    return(NULL)
  }
  each <- unique(out$text)
  read <- read_periods(each)
  if (is.null(read$number)) {
    stop_bad_time(each, "names of columns", NULL,
                  paste0("they have ", some_of(read$bad, quote = "\"")),
                  hint = read$hint, values = read$bad)
  }
  out$time <- read$number[match(out$text, each)]
  values <- out[!out$label, ]
  if (length(unique(values$time)) < 2L) {
    return(NULL)
  }
  # Labels of a value that is there.
  out[!out$label | paste(out$variable, out$time) %in%
        paste(values$variable, values$time), ]
}

# The names without what tells that they hold labels of cells: "2005 flag",
# "GDP_2005_status", "Flag 2005".
label_columns <- function(names) {
  low <- small_letters(names)
  mark <- paste0("[ ._-]*(obs[ ._-]?)?", label_names)
  after <- regexpr(paste0(mark, "$"), low, perl = TRUE)
  before <- regexpr(paste0("^(obs[ ._-]?)?", label_names, "[ ._-]*"), low,
                    perl = TRUE)
  base <- names
  ends <- after > 1L & nchar(low) == nchar(names)
  base[ends] <- substr(names[ends], 1L, after[ends] - 1L)
  starts <- !ends & before > 0L
  base[starts] <- substring(names[starts],
                            attr(before, "match.length")[starts] + 1L)
  data.frame(column = names, base = base, label = ends | starts)
}

# Columns whose names are periods alone. A mark behind a year ("2007p") is no
# name, but the same year without one comes first.
bare_periods <- function(columns) {
  base <- plain_label(columns$base)
  parts <- period_parts(base)
  rest <- gsub("[12][0-9]{3}|[][ ._()-]", "", small_letters(base), perl = TRUE)
  word <- grepl("^x?(yr|year|y|fy|\u0433|\u0433\u043e\u0434)*$", rest)
  short <- nchar(rest) < 3L & !word
  year <- parts$what %in% "year"
  # Numbers of other things are no years.
  bare <- !is.na(parts$what) & parts$year > 1499 & parts$year < 2200 &
    (!year | word | short)
  plain <- bare & !(year & short)
  marked <- bare & !plain & !parts$year %in% parts$year[plain & !columns$label]
  out <- columns[plain | marked, ]
  out$variable <- rep("", nrow(out))
  out$text <- base[plain | marked]
  year <- year[plain | marked]
  out$text[year] <- parts$year[plain | marked][year]
  if (sum(!out$label & plain[plain | marked]) < 2L) {
    return(NULL)
  }
  # The longest run of one spelling, where a year is there twice.
  stem <- gsub("[0-9]", "", out$column)
  out <- out[order(-tabulate(match(stem, unique(stem)))[match(stem,
                                                             unique(stem))]), ]
  out <- out[!duplicated(out[c("text", "label")]), ]
  out[order(match(out$column, columns$column)), ]
}

# Columns whose names are a name and a year: those of `indicators`, else names
# that come with several years.
named_years <- function(columns, plain, indicators) {
  year <- "(?<![0-9])(1[5-9]|20|21)[0-9]{2}(?![0-9])"
  found <- regmatches(columns$base, gregexpr(year, columns$base, perl = TRUE))
  one <- vapply(found, function(x) length(unique(x)) == 1L, NA)
  out <- columns[one, ]
  stem <- gsub(year, "#", out$base, perl = TRUE)
  out$variable <- gsub("^[ ._-]+|[ ._-]+$", "",
                       gsub("^X(?=#)|#", "", stem, perl = TRUE))
  out$text <- vapply(found[one], `[[`, "", 1L)
  known <- out$variable %in% indicators
  # Where a column holds years, names may have years for other reasons.
  use <- if (any(known)) known else {
    again <- stem %in% stem[duplicated(paste(stem, out$label))]
    # Of a variable one year alone may be there.
    (again | out$text %in% out$text[again]) &
      !any(vapply(plain, holds_years, NA))
  }
  use <- use & !duplicated(out[c("variable", "text", "label")])
  if (sum(use & !out$label) < 2L) NULL else out[use, ]
}

# A numeric column of nothing but years.
holds_years <- function(x) {
  is.numeric(x) && is.null(dim(x)) && length(x) > 0L &&
    all(x %in% 1500:2199) && length(unique(x)) > 1L
}

free_name <- function(name, taken) {
  while (name %in% taken) name <- paste0(name, "_")
  name
}

# ---- What stands beside them ------------------------------------------------

# The column that names the indicators beside the years.
names_column <- function(plain, other, indicators, names_from = NULL) {
  if (!is.null(names_from) && names_from %in% other) {
    return(names_from)
  }
  has <- vapply(other, function(name) {
    x <- plain[[name]]
    (is.character(x) || is.factor(x)) && any(indicators %in% as.character(x))
  }, NA)
  if (any(has)) other[has][1L]
}

# The region: as the index says, else a column called so, else the first column
# of text, else the first that tells all rows apart.
region_of <- function(plain, other, index, keys) {
  given <- intersect(index, other)
  if (length(given) > 0L) {
    return(given[1L])
  }
  other <- setdiff(other, keys)
  text <- vapply(other, function(name) {
    is.character(plain[[name]]) || is.factor(plain[[name]])
  }, NA)
  called <- near_index(if (any(text)) other[text] else other)[1L]
  if (called %in% other) {
    return(called)
  }
  if (any(text)) {
    return(other[text][1L])
  }
  apart <- vapply(other, function(name) {
    x <- plain[[name]]
    is.atomic(x) && is.null(dim(x)) && !anyNA(x) && !anyDuplicated(x)
  }, NA)
  if (nrow(plain) > 1L && any(apart)) other[apart][1L]
}
