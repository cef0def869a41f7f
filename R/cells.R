# What the text of a cell says: the one parser of cells, used by every reader
# and every hint.

# Blanks that offices put between digits or before flags: no-break, figure,
# thin, narrow.
odd_blanks <- "[\u00a0\u2007\u2009\u202f]"

# Hyphens and dashes that stand for a minus.
odd_minus <- "[\u2010-\u2015\u2212\ufe63\uff0d]"

number_pattern <- "^[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?$"

# A mark of a footnote that cannot be taken for digits of the number: "2)" after
# a blank, "(2)", "[2]", "*", raised digits.
footnote_mark <- paste0(
  "( [0-9]{1,2}\\)| ?\\([0-9]{1,2}\\)| ?\\[[0-9]{1,2}\\]| ?[*\u2020\u2021]+|",
  " ?[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+\\)?)$"
)

# Flags behind a number, behind a symbol, or alone.
flag_ending <- "(^|[0-9:.%]) *([A-Za-z][A-Za-z ,;]*)$"

group_marks <- "[ '\u2019]"

missing_symbols <- c(
  ":", "..", "...", "\u2026", ".", "x", "(x)", "(d)", "(na)", "na", "n/a",
  "n.a.", "nd", "n.d.", "null", "none", "..c", "(s)", "(l)",
  "\u043d/\u0434", "\u043d.\u0434.", "\u043a\u043e\u043d\u0444",
  "\u043a\u043e\u043d\u0444."
)

# Each cell of a column: `value`; `status`, the label that stood in it (the
# symbol itself where there is no value, "" where none stands there); and `how`
# it was read: "number", "missing", "dash" (zero with some offices, no value
# with others), "error" (of a spreadsheet), "either" (a comma or dot that could
# be two things, which nothing in the column decides), "scale" (a letter that
# may multiply) or "other". `decimal` says what the column does not: "," or ".".
read_cells <- function(x, decimal = NULL) {
  x <- as.character(x)
  x[is.na(x)] <- ""
  read <- parse_cells(x)
  parts <- read$parts
  marks <- column_marks(parts, decimal)
  doubt <- c("either", "both")
  how <- parts$kind
  how[how == "number" & parts$flag %in% scale_letters] <- "scale"
  open <- marks$comma %in% doubt & nzchar(parts$comma) |
    marks$dot %in% doubt & nzchar(parts$dot)
  how[how == "number" & open] <- "either"
  status <- parts$flag
  symbol <- how == "missing" & !nzchar(status)
  status[symbol] <- sub(footnote_mark, "", parts$text[symbol], perl = TRUE)
  list(value = cell_numbers(read, marks, how == "number"),
       status = status[read$at], how = how[read$at],
       flag = parts$flag[read$at], percent = parts$percent[read$at])
}

scale_letters <- c("K", "M", "k", "m")

# The numbers that the texts are under `marks`; NA where `use` (by shape) says
# that they are none. What a shape is as a number, its texts are with their own
# digits.
cell_numbers <- function(read, marks, use) {
  parts <- read$parts
  body <- substr(parts$text, parts$minus + 1L, parts$stop)
  change <- function(mark, by, shapes) {
    body[shapes] <<- gsub(mark, by, body[shapes], fixed = TRUE)
  }
  for (mark in c(" ", "'", "\u2019")) change(mark, "", parts$group | parts$minus)
  if (marks$comma == "group") change(",", "", nzchar(parts$comma))
  if (marks$dot == "group") change(".", "", nzchar(parts$dot))
  if (marks$comma == "decimal") change(",", ".", nzchar(parts$comma))
  body[parts$minus] <- paste0("-", body[parts$minus])
  body[!use] <- ""
  cell_numbers_cpp(read$text, read$at, body)
}

# A row for each text: `kind` "number", "missing", "dash", "error" or "other",
# and what is glued to a number or groups its digits. `comma` and `dot` tell
# what they are in this number: "decimal", "group", "either" or "".
cell_parts <- function(text) {
  read <- parse_cells(text)
  out <- lapply(read$parts, `[`, read$at)
  out$text <- plain_label(read$text)
  structure(out, class = "data.frame",
            row.names = .set_row_names(length(text)))
}

# Texts that differ in digits alone have one shape, and what is said of a shape
# holds for all of them: a million numbers have a few dozen. `parts` by shape,
# `at` the shape of each text.
parse_cells <- function(text) {
  text <- valid_text(text)
  shapes <- cell_shapes_cpp(text)
  list(parts = shape_parts(shapes$shape), at = shapes$at, text = text)
}

shape_parts <- function(shape) {
  is <- function(pattern, x = body) grepl(pattern, x, perl = TRUE)
  cut <- function(pattern, by, rows) {
    body[rows] <<- sub(pattern, by, body[rows], perl = TRUE)
  }
  full <- plain_label(shape)
  body <- full
  mark <- is(footnote_mark) & nchar(body) > 1L
  cut(footnote_mark, "", mark)
  symbol <- small_letters(body) %in% missing_symbols | body == ""
  dash <- is(paste0("^(-|", odd_minus, ")+$"))
  error <- is("^#[A-Z0-9/]+[!?]?$")
  flag <- shape_flags(body, symbol)
  cut(flag_ending, "\\1", nzchar(flag))
  body <- gsub(" +$", "", body, perl = TRUE)
  bare <- nzchar(flag) & small_letters(body) %in% c("", missing_symbols)
  percent <- is("[0-9] ?%$")
  cut(" ?%$", "", percent)
  stop <- nchar(body)
  minus <- is(paste0("^", odd_minus, " ?[0-9.,]"))
  cut(paste0("^", odd_minus, " ?"), "-", minus)
  group <- is("^[-+]?[0-9]{1,3}([ '\u2019][0-9]{3})+([.,][0-9]+)?$")
  body[group] <- gsub(group_marks, "", body[group], perl = TRUE)
  marks <- number_marks(body)
  # R reads "1e5" and "14.2e" as numbers; the second is a flag.
  number <- is(number_pattern) | nzchar(marks$comma) | nzchar(marks$dot)
  kind <- ifelse(number, "number", "other")
  kind[symbol | bare] <- "missing"
  kind[dash] <- "dash"
  kind[error] <- "error"
  list(text = full, kind = kind, blank = is(odd_blanks, shape), mark = mark,
       flag = flag, percent = percent, minus = minus, group = group,
       stop = stop, comma = marks$comma, dot = marks$dot)
}

# Letters behind a number that some list of flags knows.
shape_flags <- function(body, symbol) {
  flag <- rep("", length(body))
  at <- !symbol & grepl(flag_ending, body, perl = TRUE)
  flag[at] <- sub("^(.*[^A-Za-z ,;])? *", "", body[at], perl = TRUE)
  each <- unique(flag)
  known <- vapply(read_label(each, status_lookup()), function(one) {
    !"unknown" %in% one$how
  }, NA)
  flag[!known[match(flag, each)]] <- ""
  flag
}

# What comma and dot are in a number of digits, commas and dots.
number_marks <- function(body) {
  is <- function(pattern) {
    grepl(paste0("^[-+]?", pattern, "$"), body, perl = TRUE)
  }
  comma <- dot <- rep("", length(body))
  comma[is("[0-9]*,[0-9]+")] <- "decimal"
  comma[is("[1-9][0-9]{0,2},[0-9]{3}")] <- "either"
  comma[is("[0-9]{1,3}(,[0-9]{3}){2,}")] <- "group"
  dot[is("[0-9]*\\.[0-9]*") & grepl("[0-9]", body, perl = TRUE)] <- "decimal"
  dot[is("[1-9][0-9]{0,2}\\.[0-9]{3}")] <- "either"
  dot[is("[0-9]{1,3}(\\.[0-9]{3}){2,}")] <- "group"
  english <- is("[0-9]{1,3}(,[0-9]{3})+\\.[0-9]+")
  comma[english] <- "group"
  dot[english] <- "decimal"
  german <- is("[0-9]{1,3}(\\.[0-9]{3})+,[0-9]+")
  comma[german] <- "decimal"
  dot[german] <- "group"
  data.frame(comma = comma, dot = dot)
}

# What commas and dots are in the whole column: a number that leaves no doubt
# decides for those that do, as `decimal` does where it is said. "both" where
# numbers contradict one another.
column_marks <- function(parts, decimal = NULL) {
  seen <- function(mark, what) any(parts[[mark]] == what)
  # Where blanks group the digits, nothing else does.
  for (mark in c("comma", "dot")) {
    if (any(parts$group)) {
      parts[[mark]] <- sub("either", "decimal", parts[[mark]])
    }
  }
  comma_decimal <- seen("comma", "decimal") || seen("dot", "group") ||
    identical(decimal, ",")
  dot_decimal <- seen("dot", "decimal") || seen("comma", "group") ||
    identical(decimal, ".")
  any_comma <- any(nzchar(parts$comma))
  any_dot <- any(nzchar(parts$dot))
  if (comma_decimal && dot_decimal) {
    return(list(comma = "both", dot = "both"))
  }
  list(
    comma = if (!any_comma) "" else if (comma_decimal) "decimal" else
      if (dot_decimal) "group" else "either",
    # R itself reads a dot as decimal.
    dot = if (!any_dot) "" else if (comma_decimal) "group" else
      if (seen("dot", "either") && !seen("dot", "decimal") &&
            !dot_decimal) "either" else "decimal"
  )
}
