# Where labels of cells stand: which columns `status` names, and which columns
# look like labels when it names none.

# `status`: NULL (none read, told where there are), FALSE (none, silently), a
# suffix or a column, or columns by indicator.
check_status <- function(x, call) {
  if (is.null(x) || isFALSE(x)) {
    return(invisible(x))
  }
  one <- is.character(x) && !anyNA(x) && all(nzchar(x)) &&
    (length(x) == 1L ||
       (length(x) > 1L && !is.null(names(x)) && all(nzchar(names(x))) &&
          !anyDuplicated(names(x))))
  if (!one) {
    stop_argument("status",
                  paste0("one suffix or column, columns by indicator, ",
                         "`c(values = \"OBS_FLAG\")`, NULL or FALSE"),
                  x, call)
  }
  invisible(x)
}

# Columns of labels by indicator, for wide data.
status_columns <- function(plain, indicators, status, call) {
  if (is.null(status) || isFALSE(status)) {
    return(character())
  }
  if (!is.null(names(status))) {
    unknown <- setdiff(names(status), indicators)
    if (length(unknown) > 0L) {
      stop_nid("no_column",
               c(paste0("`status` names ", some_of(unknown), ", which the ",
                        "scheme does not have."),
                 i = paste0("Its indicators are ", some_of(indicators, 20L),
                            ".")),
               columns = unknown, available = indicators, call = call)
    }
    check_columns(plain, unname(status), "status", call = call)
    return(status)
  }
  columns <- stats::setNames(paste0(indicators, status), indicators)
  have <- columns %in% names(plain)
  if (any(have)) {
    check_columns(plain, unname(columns[have]), "status", call = call)
    return(columns[have])
  }
  if (status %in% names(plain)) {
    if (length(indicators) == 1L) {
      return(stats::setNames(status, indicators))
    }
    stop_nid("argument",
             c(paste0("`status` names the column ", some_of(status), ", but ",
                      "there are ", length(indicators), " indicators."),
               i = paste0("Say whose labels it holds: `status = c(",
                          own_name(indicators[1L]), " = ",
                          encodeString(status, quote = "\""), ")`.")),
             argument = "status", columns = status, call = call)
  }
  stop_nid("no_column",
           c(paste0("No column ends in the suffix ",
                    some_of(status, quote = "\""), " of `status`."),
             i = paste0("Looked for ", some_of(columns), ".")),
           columns = unname(columns), available = names(plain), call = call)
}

# The column of labels of long data.
long_status_column <- function(plain, values_from, status, call) {
  if (is.null(status) || isFALSE(status)) {
    return(NULL)
  }
  if (length(status) != 1L) {
    stop_argument("status", "one column of labels where data are long", status,
                  call)
  }
  if (!all(names(status) %in% values_from)) {
    stop_nid("argument",
             c(paste0("Data are long: their one column of labels, ",
                      some_of(status), ", belongs to the column of values, ",
                      some_of(values_from), ", not to ",
                      some_of(names(status)), "."),
               i = paste0("Say `status = ",
                          encodeString(unname(status), quote = "\""), "`.")),
             argument = "status", columns = unname(status), call = call)
  }
  check_columns(plain, unname(status), "status", call = call)
  unname(status)
}

# What is left of a name without the indicator's, where the column holds
# labels: behind it or before it.
label_names <- paste0(
  "(status|stat|flags?|labels?|marks?|symbols?|\u0441\u0442\u0430\u0442",
  "\u0443\u0441|\u0444\u043b\u0430\u0433)"
)
label_ending <- paste0("^[ ._-]*(obs[ ._-]?)?", label_names, "$")
label_beginning <- paste0("^(obs[ ._-]?)?", label_names, "[ ._-]+$")
# "Observation status (Flag)", "Flag and footnotes", "CONF_STATUS".
label_alone <- paste0("(^|[^[:alpha:]])", label_names, "($|[^[:alpha:]])")

# Columns of labels that nobody asked for are told: a break among them would
# become growth. `owners` are the columns of values, `labels` the labels of
# columns by name.
unread_columns <- function(plain, owners, taken) {
  rest <- setdiff(names(plain), taken)
  low <- small_letters(rest)
  found <- lapply(owners, function(owner) {
    ending <- ifelse(startsWith(rest, owner), substring(low, nchar(owner) + 1L),
                     "")
    beginning <- ifelse(endsWith(rest, owner),
                        substr(low, 1L, nchar(rest) - nchar(owner)), "")
    rest[grepl(label_ending, ending) | grepl(label_beginning, beginning)]
  })
  out <- stats::setNames(unlist(found), rep(owners, lengths(found)))
  out <- out[!duplicated(out)]
  if (length(owners) == 1L) {
    # A table of one indicator has its flags in a column of their own. Its
    # name proves less, so its labels must all be known.
    rest <- setdiff(rest, out)
    rest <- rest[grepl(label_alone, gsub("[_.]", " ", small_letters(rest)))]
    rest <- rest[vapply(rest, function(name) knows_labels(plain[[name]]), NA)]
    out <- c(out, stats::setNames(rest, rep(owners, length(rest))))
  }
  out
}

# Text, or marks that are there or not.
text_labels <- function(x) {
  if (is.logical(x)) {
    return(as.character(x[x %in% TRUE]))
  }
  if (!is.character(x) && !is.factor(x)) {
    return(character())
  }
  x <- plain_label(x)
  x[!is.na(x) & !small_letters(x) %in% c("", "ok", "a")]
}

knows_labels <- function(x) {
  labels <- unique(text_labels(x))
  # No list has more.
  length(labels) < 200L &&
    all(vapply(read_label(labels, status_lookup()), function(one) {
      !"unknown" %in% one$how
    }, NA))
}

inform_unread <- function(plain, owners, taken, long = FALSE) {
  columns <- unread_columns(plain, owners, taken)
  labels <- lapply(columns, function(name) {
    count_text(text_labels(plain[[name]]))
  })
  has <- vapply(labels, function(x) length(x$n) > 0L, NA)
  columns <- columns[has]
  labels <- labels[has]
  if (length(columns) == 0L) {
    return(invisible())
  }
  text <- vapply(seq_along(columns), function(i) {
    paste0("`", columns[i], "` (",
           some_of(paste(labels[[i]]$text, labels[[i]]$n), quote = ""), ")")
  }, "")
  inform_nid(
    "unread_status",
    c(paste0(count_of(length(columns), "column"), " that ",
             if (length(columns) == 1L) "looks" else "look",
             " like labels of cells ",
             if (length(columns) == 1L) "is" else "are", " not read: ",
             some_of(text, quote = ""), "."),
      i = paste0("Say `status = ", status_to_type(columns, owners, long),
                 "` to read them, `status = FALSE` to leave them aside.")),
    columns = unname(columns), values = unique(unlist(lapply(labels, `[[`, "text")))
  )
}

# One suffix where all columns share it, else columns by indicator.
status_to_type <- function(columns, owners, long) {
  quoted <- function(x) encodeString(x, quote = "\"")
  ending <- unique(substring(columns, nchar(names(columns)) + 1L))
  suffixes <- startsWith(columns, names(columns))
  if (long) {
    return(quoted(columns[[1L]]))
  }
  if (all(suffixes) && length(ending) == 1L) {
    return(quoted(ending))
  }
  if (length(owners) == 1L) {
    return(quoted(columns[[1L]]))
  }
  first <- columns[!duplicated(names(columns))]
  paste0("c(", paste0(vapply(names(first), own_name, ""), " = ", quoted(first),
                      collapse = ", "), ")")
}
