# From any way of holding answers to one integer matrix: respondents x items,
# 1 ticked, 0 not ticked, NA not answered.

# `exclusive`: one answer each, so that no two items go together.
read_ticks <- function(data, items, sep, call) {
  check_items(data, items, call)
  check_string(sep, "sep", null = TRUE, call = call)
  n <- nrow(data)
  data <- drop_declared_in(unclass(data), items)
  column <- data[[items[1L]]]
  if (!is.null(sep) && !(length(items) == 1L && is.character(column))) {
    stop_argument("sep", "NULL unless `items` is one column of text", sep, call)
  }
  if (length(items) == 1L) {
    if (is.list(column) && !is.data.frame(column)) {
      return(ticks_from_list(column, items, call))
    }
    if (!is.null(sep)) {
      return(ticks_from_list(split_answers(column, sep), items, call))
    }
    if (is.factor(column) || is.character(column)) {
      return(ticks_from_factor(column, items, call))
    }
  }
  list(ticks = ticks_from_columns(data[items], n, call), exclusive = FALSE)
}

# Plain columns are read in C++; the others are made plain first. A column
# with something else in it is named by `as_tick()`.
ticks_from_columns <- function(columns, n, call) {
  plain <- vapply(columns, \(x) {
    !is.object(x) && is.null(dim(x)) &&
      (is.logical(x) || is.integer(x) || is.double(x))
  }, logical(1))
  columns[!plain] <- each_told(names(columns)[!plain],
                               \(item) as_tick(columns[[item]], item, call))
  out <- read_ticks_cpp(columns, n)
  if (out$bad > 0L) {
    each_told(names(columns), \(item) as_tick(columns[[item]], item, call))
  }
  colnames(out$ticks) <- names(columns)
  out$ticks
}

check_items <- function(data, items, call) {
  if (!is.character(items) || length(items) == 0L || anyNA(items)) {
    stop_argument("items", "names of columns", items, call)
  }
  check_once(items, "items", call)
  check_columns(data, items, "items", call = call)
}

# One logical or 0/1 column. Anything else says what was found.
as_tick <- function(x, item, call) {
  if (is.logical(x)) {
    return(as.integer(x))
  }
  if (inherits(x, "integer64")) {
    x <- integer64_to_double(x, item, call)
  }
  if (is.matrix(x) && ncol(x) == 1L) {
    x <- x[, 1L]
  }
  if (!is.null(dim(x)) || !is.numeric(unclass(x)) || is.factor(x)) {
    shown <- unique(as.character(x[!is.na(x)]))
    stop_nid(
      "not_numeric",
      c(paste0("Item `", item, "` must be a logical or 0/1 column."),
        x = paste0("It is <", class(x)[1L], ">",
                   if (length(shown) > 0L) {
                     paste0(", with values such as ",
                            some_of(shown, quote = "\""))
                   }, "."),
        i = paste0("Turn it into TRUE and FALSE first, or give one column ",
                   "of text and `sep`.")),
      columns = item, values = shown, call = call
    )
  }
  x <- unclass(x)
  bad <- !(x == 0 | x == 1 | is.na(x))
  if (any(bad)) {
    shown <- unique(x[bad])
    stop_nid(
      "counts",
      c(paste0("Item `", item, "` must hold 0 (not ticked), 1 (ticked) or NA ",
               "(not answered)."),
        x = paste0("It also holds ", some_of(format(shown)), ".")),
      columns = item, values = shown, call = call
    )
  }
  as.integer(x)
}

# NA is no answer; an empty text is an answer that ticks nothing.
split_answers <- function(x, sep) {
  out <- rep(list(NA_character_), length(x))
  there <- !is.na(x)
  out[there] <- strsplit(x[there], sep, fixed = TRUE)
  lapply(out, \(one) {
    one <- trimws(one)
    one[is.na(one) | nzchar(one)]
  })
}

# A list of the options each respondent ticked; NULL or NA is no answer,
# character(0) an answer that ticks nothing.
ticks_from_list <- function(x, item, call) {
  odd <- !vapply(x, is_plain_answer, logical(1))
  if (any(odd)) {
    shown <- unique(vapply(x[odd], \(one) class(one)[1L], ""))
    stop_nid("not_numeric",
             c(paste0("Answers in `", item, "` must be texts."),
               x = paste0("In ", count_of(sum(odd), "row"), " they are ",
                          some_of(shown), ".")),
             columns = item, values = shown, rows = which(odd), call = call)
  }
  silent <- vapply(x, \(one) is.null(one) || (length(one) == 1L && is.na(one)),
                   logical(1))
  x[silent] <- list(character())
  levels <- unique(unlist(lapply(x[vapply(x, is.factor, logical(1))], levels)))
  x <- lapply(x, as.character)
  check_readable_names(unlist(x), paste0("Answers in `", item, "`"), call)
  options <- if (length(levels) > 0L) levels else sorted(unique(unlist(x)))
  if (anyNA(options)) {
    stop_nid("not_numeric",
             paste0("An answer in `", item, "` mixes NA with options."),
             columns = item, call = call)
  }
  ticks <- ticks_at(rep(seq_along(x), lengths(x)), match(unlist(x), options),
                    options, silent)
  list(ticks = ticks, exclusive = FALSE)
}

# 1 where a row ticks an option, NA in the rows that are silent.
ticks_at <- function(row, option, options, silent) {
  ticks <- matrix(0L, length(silent), length(options),
                  dimnames = list(NULL, options))
  ticks[cbind(row, option)] <- 1L
  ticks[silent, ] <- NA_integer_
  ticks
}

# Options, or a list of single ones.
is_plain_answer <- function(x) {
  is.null(x) || is.atomic(x) ||
    is.list(x) && all(vapply(x, \(v) is.atomic(v) && length(v) == 1L, NA))
}

# Single response. An option that nobody chose was still offered, so unused
# levels stay, with a share of zero.
ticks_from_factor <- function(x, item, call) {
  options <- if (is.factor(x)) levels(x) else sorted(unique(x[!is.na(x)]))
  code <- match(as.character(x), options)
  there <- which(!is.na(code))
  list(ticks = ticks_at(there, code[there], options, is.na(code)),
       exclusive = TRUE)
}

# Groups of respondents: number of each row's group, and the groups' keys.
# A missing key is a group of its own: nobody is lost.
read_groups <- function(data, by, call) {
  if (is.null(by)) {
    return(list(id = rep(1L, nrow(data)), n = 1L,
                keys = tibble::new_tibble(list(), nrow = 1L)))
  }
  check_by(data, by, call)
  values <- lapply(by, \(name) {
    group_values(drop_declared(data[[name]], name))
  })
  id <- rep(0, nrow(data))
  for (value in values) {
    id <- id * (length(value$levels) + 1) + value$code
  }
  first <- which(!duplicated(id))
  first <- first[order(id[first])]
  keys <- lapply(values, \(value) value$levels[value$code[first]])
  names(keys) <- by
  list(id = match(id, id[first]), n = length(first),
       keys = tibble::new_tibble(keys, nrow = length(first)))
}

check_by <- function(data, by, call) {
  if (!is.character(by) || length(by) == 0L || anyNA(by)) {
    stop_argument("by", "NULL or names of columns", by, call)
  }
  check_columns(data, by, "by", call = call)
  check_group_keys(data, by, call)
  taken <- intersect(by, relevance_columns)
  if (length(taken) > 0L) {
    stop_nid("reserved_name",
             c(paste0("A column of groups cannot be called ", some_of(taken),
                      "."),
               i = "The result has a column of that name; rename yours."),
             columns = taken, call = call)
  }
}

# Columns by which rows are grouped.
check_group_keys <- function(data, by, call) {
  bad <- by[vapply(by, \(name) {
    x <- data[[name]]
    is.complex(x) || is.raw(x) || !is.null(dim(x)) ||
      !(is.atomic(x) || inherits(x, "POSIXlt"))
  }, NA)]
  if (length(bad) > 0L) {
    stop_nid("argument",
             paste0("A column of `by` must hold one text, number or date a ",
                    "row: ", some_of(bad), " does not."),
             argument = "by", columns = bad, call = call)
  }
}

# `levels` ends with NA where there is one.
group_values <- function(x) {
  levels <- if (is.factor(x)) {
    x <- droplevels(x)
    factor(levels(x), levels(x))
  } else {
    sorted(unique(x[!is.na(x)]))
  }
  code <- match(as.character(x), as.character(levels))
  if (anyNA(code)) {
    code[is.na(code)] <- length(levels) + 1L
    levels <- levels[c(seq_along(levels), NA)]
  }
  list(code = code, levels = levels)
}

relevance_columns <- c(
  "item", "code", "count", "n", "estimate", "std.error", "conf.low",
  "conf.high", "rank", "rank.low", "rank.high", "df", "item1", "item2",
  "group1", "group2", "level", "share"
)

# Plain data frame, whatever came in.
plain_respondents <- function(data, call) {
  if (is.matrix(data)) {
    data <- as.data.frame(data, stringsAsFactors = FALSE, optional = TRUE)
  }
  check_data_frame(data, "data", call = call)
  if (inherits(data, "grouped_df")) {
    inform_nid("ungrouped",
               "Grouping of the data is ignored; name the groups in `by`.")
  }
  class(data) <- "data.frame"
  data
}
