# What the text of a cell says, and how to read a column of such cells without
# losing any of it. Text is never guessed into numbers: whoever refuses it says
# here what it holds and what to type.

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

missing_symbols <- c(
  ":", "..", "...", "\u2026", ".", "x", "(x)", "(d)", "(na)", "na", "n/a",
  "n.a.", "nd", "n.d.", "null", "none", "..c", "(s)", "(l)",
  "\u043d/\u0434", "\u043d.\u0434.", "\u043a\u043e\u043d\u0444",
  "\u043a\u043e\u043d\u0444."
)

# A row for each text: `kind` "number", "missing", "dash" (zero with
# some offices, no value with others), "error" (of a spreadsheet) or "other",
# and what is glued to a number or groups its digits, `body` being what is left
# without it. `comma` and `dot` tell what they are in this number: "decimal",
# "group", "either" or "".
cell_parts <- function(text) {
  # Most are plain numbers: only their dots may need a second look.
  plain <- grepl(number_pattern, text, perl = TRUE)
  n <- length(text)
  out <- data.frame(
    text = valid_text(text), kind = rep("number", n), blank = rep(FALSE, n),
    mark = rep(FALSE, n), flag = rep("", n), percent = rep(FALSE, n),
    minus = rep(FALSE, n), group = rep(FALSE, n), body = text,
    comma = rep("", n), dot = rep("", n)
  )
  out$dot[plain] <- number_marks(text[plain])$dot
  out[!plain, ] <- odd_parts(text[!plain])
  out
}

odd_parts <- function(text) {
  is <- function(pattern, x = body) grepl(pattern, x, perl = TRUE)
  cut <- function(pattern, by, rows) {
    body[rows] <<- sub(pattern, by, body[rows], perl = TRUE)
  }
  full <- plain_label(text)
  body <- full
  mark <- is(footnote_mark) & nchar(body) > 1L
  cut(footnote_mark, "", mark)
  symbol <- small_letters(body) %in% missing_symbols | body == ""
  dash <- is(paste0("^(-|", odd_minus, ")+$"))
  error <- is("^#[A-Z0-9/]+[!?]?$")
  flag <- rep("", length(body))
  flagged <- !symbol & is(flag_ending)
  flag[flagged] <- sub("^[^A-Za-z]*", "", body[flagged], perl = TRUE)
  flag[!known_flags(flag)] <- ""
  flagged <- nzchar(flag)
  cut(flag_ending, "\\1", flagged)
  body <- gsub("^ +| +$", "", body, perl = TRUE)
  bare <- flagged & small_letters(body) %in% c("", missing_symbols)
  percent <- is("[0-9] ?%$")
  cut(" ?%$", "", percent)
  minus <- is(paste0("^", odd_minus, " ?[0-9.,]"))
  cut(paste0("^", odd_minus, " ?"), "-", minus)
  group <- is("^[-+]?[0-9]{1,3}([ '\u2019][0-9]{3})+([.,][0-9]+)?$")
  body[group] <- gsub("[ '\u2019]", "", body[group], perl = TRUE)
  marks <- number_marks(body)
  # R reads "1e5" and "14.2e" as numbers; the second is a flag.
  number <- is(number_pattern) | nzchar(marks$comma) | nzchar(marks$dot)
  kind <- ifelse(number, "number", "other")
  kind[symbol | bare] <- "missing"
  kind[dash] <- "dash"
  kind[error] <- "error"
  data.frame(text = full, kind = kind, blank = is(odd_blanks, valid_text(text)),
             mark = mark, flag = flag, percent = percent, minus = minus,
             group = group, body = body, comma = marks$comma,
             dot = marks$dot)
}

# Letters behind a number that some list of flags knows.
known_flags <- function(x) {
  each <- unique(x)
  known <- vapply(read_label(each, status_lookup()), function(one) {
    !"unknown" %in% one$how
  }, NA)
  known[match(x, each)] & nzchar(x)
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
# decides for those that do. "both" where numbers contradict one another.
column_marks <- function(parts) {
  seen <- function(mark, what) any(parts[[mark]] == what)
  # Where blanks group the digits, nothing else does.
  for (mark in c("comma", "dot")) {
    if (any(parts$group)) {
      parts[[mark]] <- sub("either", "decimal", parts[[mark]])
    }
  }
  comma_decimal <- seen("comma", "decimal") || seen("dot", "group")
  dot_decimal <- seen("dot", "decimal") || seen("comma", "group")
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
      if (seen("dot", "either") && !seen("dot", "decimal")) "either" else
        "decimal"
  )
}

# How to read the texts `x` of column `name`: `hint`, bullets of a message;
# `code`, lines that turn the column `name` of `data` into numbers without loss,
# NULL where only the table's own notes can tell.
cell_hints <- function(x, name, parts = cell_parts(unique(x[!is.na(x)]))) {
  marks <- column_marks(parts)
  quoted <- function(rows) {
    some_of(encodeString(parts$text[rows], quote = "\""), 3L, quote = "")
  }
  is <- function(kind) parts$kind == kind
  open <- c(
    if (any(is("other"))) {
      paste0("No number can be seen in ", quoted(is("other")), ": mend the ",
             "cells in the source; only what means no value may become NA.")
    },
    if (any(is("error"))) {
      paste0("A spreadsheet's formula failed in ", quoted(is("error")),
             ": mend it there and read the sheet again.")
    },
    if (any(is("dash"))) {
      paste0("A dash alone (", quoted(is("dash")), ") is zero with some ",
             "offices (Rosstat, Destatis), no value with others: see the ",
             "table's notes, then put 0 or NA in its place.")
    },
    if (any(many <- is("number") & parts$flag %in% c("K", "M", "k", "m"))) {
      paste0("The letters of ", quoted(many), " may be thousands and ",
             "millions: multiply those cells, or say in a column of labels ",
             "what they are.")
    },
    if (marks$comma == "both") {
      rows <- nzchar(parts$comma) | nzchar(parts$dot)
      paste0("Commas and dots mean different things in different cells: ",
             quoted(rows), ". Say for each cell what they are, or mend the ",
             "source.")
    },
    if (marks$comma == "either") {
      paste0(quoted(parts$comma == "either"), " can be read with a decimal ",
             "comma, sub(\",\", \".\", x, fixed = TRUE), or with a comma ",
             "between groups of digits, gsub(\",\", \"\", x, fixed = TRUE); ",
             "the factor is 1000: see the source.")
    },
    if (marks$dot == "either") {
      paste0(quoted(parts$dot == "either"), " can be read with a decimal dot, ",
             "as R does, or with a dot between groups of digits, ",
             "gsub(\".\", \"\", x, fixed = TRUE); the factor is 1000: see the ",
             "source.")
    }
  )
  found <- found_words(parts, marks)
  code <- if (length(open) == 0L) cell_code(parts, marks, name)
  list(
    hint = c(
      bullets(open, "i"),
      i = if (length(found) > 0L) paste0("The column has ", found, "."),
      if (!is.null(code)) c(i = "Read it so:", bullets(code, " ")),
      if (any(nzchar(parts$flag))) {
        c(i = "The letters are labels: see `status` of code_panel().")
      }
    ),
    code = code
  )
}

bullets <- function(x, sign) {
  if (length(x) > 0L) stats::setNames(x, rep(sign, length(x)))
}

# What the column has besides digits, in words.
found_words <- function(parts, marks) {
  flags <- unique(parts$flag[nzchar(parts$flag)])
  missing <- parts$text[parts$kind == "missing" & !nzchar(parts$flag) &
                          parts$text != ""]
  words <- c(
    if (marks$comma == "decimal") "decimal commas",
    if (marks$comma == "group") "commas between groups of digits",
    if (marks$dot == "group") "dots between groups of digits",
    if (any(parts$group)) "blanks or apostrophes between groups of digits",
    if (any(parts$percent)) "percent signs",
    if (any(parts$minus)) "minus signs of typography",
    if (any(parts$mark)) "marks of footnotes",
    if (length(flags) > 0L) paste0("flags (", some_of(flags, quote = ""), ")"),
    if (length(missing) > 0L) {
      paste0("symbols for no value (", some_of(missing, quote = ""), ")")
    }
  )
  if (length(words) > 0L) paste(words, collapse = ", ")
}

# Lines to type. Each takes away what a line of `found_words()` names, and
# keeps flags as labels.
cell_code <- function(parts, marks, name) {
  column <- paste0("data[[", encodeString(name, quote = "\""), "]]")
  flags <- nzchar(parts$flag)
  missing <- unique(sub(footnote_mark, "", parts$text[
    parts$kind == "missing" & !flags & parts$text != ""]))
  if (any(flags & parts$kind == "missing")) missing <- union(missing, ":")
  set_missing <- if (length(missing) > 0L) {
    paste0("x[trimws(x) %in% c(",
           paste0(encodeString(missing, quote = "\""), collapse = ", "),
           ")] <- NA")
  }
  labels <- paste0("data[[", encodeString(paste0(name, "_status"),
                                          quote = "\""), "]]")
  ending <- "\"(^|[0-9:.%]) *[A-Za-z][A-Za-z ,;]*$\""
  c(
    paste0("x <- as.character(", column, ")"),
    if (any(parts$blank)) {
      "x <- gsub(\"[\\u00a0\\u2007\\u2009\\u202f]\", \" \", x)"
    },
    if (any(parts$mark)) mark_code(parts),
    if (!is.null(set_missing)) set_missing,
    if (any(flags)) {
      c("x <- trimws(x)",
        paste0(labels, " <- ifelse(grepl(", ending, ", x), ",
               "sub(\"^[^A-Za-z]*\", \"\", x), \"\")"),
        paste0("x <- sub(", ending, ", \"\\\\1\", x)"),
        set_missing)
    },
    if (any(parts$minus)) {
      "x <- sub(\"^ *[\\u2010-\\u2015\\u2212\\ufe63\\uff0d] *\", \"-\", x)"
    },
    if (any(parts$percent)) "x <- sub(\"%\", \"\", x, fixed = TRUE)",
    if (any(parts$group)) "x <- gsub(\"[ '\\u2019]\", \"\", x)",
    if (marks$comma == "group") "x <- gsub(\",\", \"\", x, fixed = TRUE)",
    if (marks$dot == "group") "x <- gsub(\".\", \"\", x, fixed = TRUE)",
    if (marks$comma == "decimal") "x <- sub(\",\", \".\", x, fixed = TRUE)",
    paste0(column, " <- as.numeric(x)")
  )
}

mark_code <- function(parts) {
  text <- gsub(odd_blanks, " ", parts$text[parts$mark])
  marks <- regmatches(text, regexpr(footnote_mark, text))
  digits <- grepl("[0-9]", marks)
  c(
    if (any(digits)) {
      "x <- sub(\"( [0-9]+[)]| ?[(][0-9]+[)]| ?\\\\[[0-9]+\\\\])$\", \"\", x)"
    },
    if (any(!digits)) {
      paste0("x <- sub(\" ?[*\\u2020\\u2021\\u00b9\\u00b2\\u00b3\\u2070",
             "\\u2074-\\u2079]+[)]?$\", \"\", x)")
    }
  )
}
