# nid_table: every result is a tibble that says how it was made.
#
# Class c("nid_<what>", "nid_table", "tbl_df", "tbl", "data.frame"), one small
# attribute `spec` (class nid_spec: facts, no data) and, for some, `fit`. Any
# change of rows or columns gives a plain tibble, because the claims of `spec`
# may no longer hold.

# `facts`: a list of which empty ones are dropped. `title` says what the table
# is, in a few words; `keys` are the columns that tell its rows apart, those of
# regions and times named "region" and "time", since the user has named them;
# `notes` are sentences, as is `meaning`, which print() never leaves out. What
# is not in `quiet_facts` is said by print().
new_nid_table <- function(columns, what, facts, fit = NULL) {
  n <- if (length(columns) > 0L) length(columns[[1L]]) else 0L
  columns <- known_numbers(columns)
  facts <- facts[lengths(facts) > 0L]
  facts$shape <- list(n, names(columns))
  out <- tibble::new_tibble(
    columns,
    nrow = n,
    class = c(paste0("nid_", what), "nid_table"),
    spec = structure(facts, class = "nid_spec")
  )
  attr(out, "fit") <- fit
  out
}

# Facts for code alone: what print() says of them, if anything, is in the title.
quiet_facts <- c("title", "keys", "by", "kind", "limits", "level", "spread",
                 "notes",
                 "shape", "scheme", "law", "dissemination", "durbin.watson",
                 "meaning", "joint")

said_facts <- function(spec) unclass(spec)[setdiff(names(spec), quiet_facts)]

# "95%", "99.9%": whatever OutDec and scipen say.
level_text <- function(level) sprintf("%g%%", 100 * level)

get_spec <- function(x) attr(x, "spec", exact = TRUE)

get_fit <- function(x) {
  if (inherits(x, "nid_table") && !is_intact(x)) {
    return(NULL)
  }
  attr(x, "fit", exact = TRUE)
}

# tibble's add_row() and add_column() put the class back on what they changed,
# past every method: such a table is shown and used as the plain tibble it is.
is_intact <- function(x) {
  identical(get_spec(x)$shape, list(nrow(x), names(x)))
}

# The column that stands for regions or times, NA where there is none.
key_column <- function(spec, what) {
  if (what %in% names(spec$keys)) spec$keys[[what]] else NA_character_
}

# What confint() gives, of any class; `parm` names rows by `of`, or by their
# own names or numbers.
interval_matrix <- function(low, high, term, level, parm, of = NULL,
                            call = rlang::caller_env()) {
  tail <- sub("%", " %", level_text((1 + c(-level, level)) / 2), fixed = TRUE)
  out <- matrix(c(low, high), ncol = 2L, dimnames = list(term, tail))
  if (is.null(parm)) {
    return(out)
  }
  check_parm(parm, of %||% term, call, number = is.null(of))
  out[if (is.null(of)) parm else of %in% parm, , drop = FALSE]
}

as_plain_tibble <- function(x) {
  if (!inherits(x, "nid_table")) {
    return(x)
  }
  attr(x, "spec") <- NULL
  attr(x, "fit") <- NULL
  class(x) <- c("tbl_df", "tbl", "data.frame")
  x
}

#' @export
format.nid_spec <- function(x, ...) {
  said <- vapply(said_facts(x), paste, "", collapse = ", ")
  names(said)[names(said) == "second"] <- "second order:"
  words <- paste(names(said), said, recycle0 = TRUE)
  level <- x[["level"]]
  if (!is.null(level)) {
    level <- paste(level_text(level), x[["spread"]] %||% "intervals")
  }
  paste0(x$title, ": ", paste(c(words, level), collapse = "; "), ".")
}

#' @export
print.nid_spec <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  invisible(x)
}

#' Result tables
#'
#' Every verb that computes returns a tibble with the extra class `nid_table`.
#' It prints what was computed and how; everything else is the tibble's own:
#' as soon as rows or columns change, by any tool, a plain tibble is left.
#' Columns that say the same in all of several rows are printed once, above. In
#' an R Markdown page a result, a panel and a model knit as a table of at most 20
#' rows.
#'
#' @param x A `nid_table`.
#' @param object A `nid_table`.
#' @param n <int> Rows to show, with every note; `NULL`: six, or fewer where the
#'   whole would exceed 15 lines, and as many whole notes as leave room.
#' @param width <int> Line width; `NULL` is the console's.
#' @param row.names,optional As in [as.data.frame()].
#' @param ... Empty, or passed to the plain tibble's own method.
#' @return `print()` returns `x` invisibly and writes at most 15 lines, or as
#'   many as `n` rows take;
#'   `format()` a character vector; `summary()` the summary of the columns with
#'   the table's description on top; `as.data.frame()` a plain data frame.
#' @name nid_table
#' @keywords internal
NULL

#' @rdname nid_table
#' @export
format.nid_table <- function(x, ..., n = NULL, width = NULL) {
  check_rows_shown(n)
  width <- width_shown(width)
  if (!is_intact(x)) {
    return(format(as_plain_tibble(x), ..., n = n %||% 6L, width = width))
  }
  spec <- get_spec(x)
  lines <- function(text) comment_lines(text, width)
  plain <- as_plain_tibble(x)
  same <- constant_columns(plain)
  varied <- plain[!names(plain) %in% names(same)]
  head <- lines(format(spec))
  below <- c(lines(same_words(same)), lines(spec$meaning))
  notes <- lapply(spec$notes, lines)
  if (!is.null(n)) {
    return(c(head, below, unlist(notes), row_lines(varied, n, width)))
  }
  last <- function(shown, left) {
    lines(rows_and_columns(varied, shown, left))
  }
  # Six rows and every note, or as many as keep the whole within 15 lines, no
  # note in part; names and types of the columns take two.
  below <- cut_lines(below, 6L)
  head <- c(cut_lines(head, min(6L, 9L - length(below))), below)
  tail <- cut_lines(last(6L, length(notes)), 3L)
  room <- 15L - length(head) - length(tail) - 2L
  told <- sum(cumsum(lengths(notes)) <= room - min(3L, nrow(varied)))
  notes <- unlist(notes[seq_len(told)])
  shown <- utils::head(varied, max(min(6L, room - length(notes)), 1L))
  c(head, notes, table_lines(shown, width),
    cut_lines(last(nrow(shown), length(spec$notes) - told), 3L))
}

# The first rows, and how many there are in all.
row_lines <- function(plain, n, width) {
  shown <- utils::head(plain, n)
  c(table_lines(shown, width),
    comment_lines(rows_and_columns(plain, nrow(shown), 0L), width))
}

comment_lines <- function(text, width) {
  if (length(text) > 0L) {
    strwrap(text, width = width, exdent = 2, prefix = "# ")
  }
}

# What stays in the body of a table even where it does not vary.
always_shown <- c("estimate", "std.error", "conf.low", "conf.high", "rank.low",
                  "rank.high")

# Columns that say the same in each of several rows: once is enough.
constant_columns <- function(plain) {
  if (nrow(plain) < 2L) {
    return(list())
  }
  same <- vapply(plain, \(v) {
    is.atomic(v) && is.null(dim(v)) && length(unique(v)) == 1L
  }, NA) & !names(plain) %in% always_shown
  if (all(same)) same[1L] <- FALSE
  lapply(plain[same], `[`, 1L)
}

same_words <- function(same) {
  if (length(same) > 0L) {
    value <- vapply(same, \(v) {
      if (is.double(v) && !is.object(v)) few_digits(v, 3L) else
        if (is.character(v) && !is.na(v)) readable(v) else
          paste(format(v), collapse = "")
    }, "")
    value[!nzchar(value)] <- "\"\""
    paste0("All rows: ", paste(names(same), value, collapse = "; "), ".")
  }
}

#' @rdname nid_table
#' @export
print.nid_table <- function(x, ..., n = NULL, width = NULL) {
  cat(format(x, ..., n = n, width = width), sep = "\n")
  invisible(x)
}

check_rows_shown <- function(n, call = rlang::caller_env()) {
  if (!is.null(n) && (!is_one(n) || !is.numeric(n) || n < 0)) {
    stop_argument("n", "a number of rows, 0 or more", n, call)
  }
}

# Inf is a line as long as it takes, of which R writes 10,000 characters.
width_shown <- function(width, call = rlang::caller_env()) {
  if (is.null(width)) {
    return(getOption("width"))
  }
  if (!is_one(width) || !is.numeric(width) || width < 1) {
    stop_argument("width", "a number of characters, 1 or more", width, call)
  }
  min(width, 10000)
}

# Columns that do not fit are left to the last line, which names all; those
# that do keep names that tell them apart. Texts are as long as leaves room for
# the limits of the interval and tells the first column's own apart, for which
# the name of a rate and the error give way.
table_lines <- function(plain, width) {
  # A width beyond the console's would be laid out in tiers.
  old <- options(pillar.min_title_chars = 15L, pillar.min_chars = NULL,
                 width = max(width, 10L))
  on.exit(options(old))
  first <- NULL
  for (spared in spared_columns(plain)) {
    for (letters in c(40L, 24L, 16L, 12L, 8L, 3L)) {
      options(pillar.min_chars = letters)
      body <- body_lines(plain[setdiff(names(plain), spared)], width)
      if (shows_limits(plain, body)) {
        if (told_apart(plain, letters)) return(body)
        first <- first %||% body
      }
    }
  }
  first %||% body
}

body_lines <- function(plain, width) {
  body <- format(plain, n = nrow(plain), width = width, max_extra_cols = 0L)
  body[!grepl("^(\033\\[[0-9;]*m)?# ", body)]
}

spared_columns <- function(plain) {
  list(character(), if (all(c("code", "term") %in% names(plain))) "term",
       c("term", "std.error")) |> unique()
}

shows_limits <- function(plain, body) {
  !"conf.high" %in% names(plain) ||
    any(grepl("conf.high", body[1L], fixed = TRUE))
}

# Do so many letters tell the texts of the first column apart?
told_apart <- function(plain, letters) {
  first <- if (length(plain) > 0L) plain[[1L]]
  if (is.factor(first)) first <- as.character(first)
  if (!is.character(first)) {
    return(TRUE)
  }
  first <- readable(unique(first))
  long <- nchar(first, "width") > letters
  first[long] <- substr(first[long], 1L, letters - 1L)
  anyDuplicated(first) == 0L
}

rows_and_columns <- function(plain, shown, notes) {
  names <- names(plain)
  more <- length(names) - 20L
  paste0(
    count_of(nrow(plain), "row"),
    if (shown < nrow(plain)) paste0(", ", shown, " shown"),
    if (notes > 0L) paste0("; ", count_of(notes, "more note"), " with `n`"),
    "; columns ", paste(utils::head(names, 20L), collapse = ", "),
    if (more > 0L) paste(" and", more, "more")
  )
}

# Lines that are left out are seen to be.
cut_lines <- function(lines, most) {
  if (length(lines) <= most) {
    return(lines)
  }
  lines <- lines[seq_len(most)]
  lines[most] <- sub(".{0,4}$", " ...", lines[most])
  lines
}

#' @rdname nid_table
#' @export
summary.nid_table <- function(object, ...) {
  structure(
    list(spec = get_spec(object),
         columns = summary(as.data.frame(object), ...)),
    class = "summary_nid_table"
  )
}

#' @export
print.summary_nid_table <- function(x, ...) {
  print(x$spec)
  print(x$columns)
  invisible(x)
}

#' @rdname nid_table
#' @export
as.data.frame.nid_table <- function(x, row.names = NULL, optional = FALSE,
                                    ...) {
  as.data.frame(as_plain_tibble(x), row.names = row.names,
                optional = optional, ...)
}

#' @importFrom tibble as_tibble
#' @export
as_tibble.nid_table <- function(x, ...) {
  tibble::as_tibble(as_plain_tibble(x), ...)
}

#' @exportS3Method dplyr::group_by
group_by.nid_table <- function(.data, ...) {
  dplyr::group_by(as_plain_tibble(.data), ...)
}

#' @exportS3Method dplyr::rowwise
rowwise.nid_table <- function(data, ...) {
  dplyr::rowwise(as_plain_tibble(data), ...)
}

#' @export
`[.nid_table` <- function(x, ...) as_plain_tibble(x)[...]

#' @export
`[<-.nid_table` <- function(x, ..., value) {
  x <- as_plain_tibble(x)
  x[...] <- value
  x
}

#' @export
`[[<-.nid_table` <- function(x, ..., value) {
  x <- as_plain_tibble(x)
  x[[...]] <- value
  x
}

#' @export
`$<-.nid_table` <- function(x, name, value) {
  x <- as_plain_tibble(x)
  x[[name]] <- value
  x
}

#' @export
`names<-.nid_table` <- function(x, value) {
  x <- as_plain_tibble(x)
  names(x) <- value
  x
}

#' @export
rbind.nid_table <- function(..., deparse.level = 1) {
  do.call(rbind, lapply(list(...), as_plain_tibble))
}

#' @export
cbind.nid_table <- function(..., deparse.level = 1) {
  do.call(cbind, lapply(list(...), as_plain_tibble))
}

# dplyr verbs ask this of the input class; registered when dplyr loads.
#' @exportS3Method dplyr::dplyr_reconstruct
dplyr_reconstruct.nid_table <- function(data, template) {
  as_plain_tibble(tibble::as_tibble(data))
}
