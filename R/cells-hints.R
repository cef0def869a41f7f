# How to read a column of text without losing any of it: whoever refuses the
# column says here what it holds and what to type. Text is never guessed into
# numbers.

# How to read the texts `x` of column `name`: `hint`, bullets of a message;
# `code`, lines that turn the column `name` of `data` into numbers without loss,
# NULL where only the table's own notes can tell.
cell_hints <- function(x, name, parts = cell_parts(unique(x[!is.na(x)]))) {
  marks <- column_marks(parts)
  open <- cell_questions(parts, marks)
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

# What only the table's notes can answer, a sentence each.
cell_questions <- function(parts, marks) {
  about <- function(rows, ...) {
    if (any(rows)) {
      shown <- some_of(encodeString(parts$text[rows], quote = "\""), 3L,
                       quote = "")
      gsub("<cells>", shown, paste0(...), fixed = TRUE)
    }
  }
  is <- function(kind) parts$kind == kind
  c(
    about(is("other"), "No number can be seen in <cells>: mend the cells in ",
          "the source; only what means no value may become NA."),
    about(is("error"), "A spreadsheet's formula failed in <cells>: mend it ",
          "there and read the sheet again."),
    about(is("dash"), "A dash alone (<cells>) is zero with some offices ",
          "(Rosstat, Destatis), no value with others: see the table's notes, ",
          "then put 0 or NA in its place."),
    about(is("number") & parts$flag %in% scale_letters, "The letters of ",
          "<cells> may be thousands and millions: multiply those cells, or ",
          "say in a column of labels what they are."),
    about(marks$comma == "both" & (nzchar(parts$comma) | nzchar(parts$dot)),
          "Commas and dots mean different things in different cells: <cells>",
          ". Say for each cell what they are, or mend the source."),
    about(marks$comma == "either" & parts$comma == "either", "<cells> can be ",
          "read with a decimal comma, sub(\",\", \".\", x, fixed = TRUE), or ",
          "with a comma between groups of digits, gsub(\",\", \"\", x, fixed ",
          "= TRUE); the factor is 1000: see the source."),
    about(marks$dot == "either" & parts$dot == "either", "<cells> can be read ",
          "with a decimal dot, as R does, or with a dot between groups of ",
          "digits, gsub(\".\", \"\", x, fixed = TRUE); the factor is 1000: ",
          "see the source.")
  )
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
               "sub(\"^(.*[^A-Za-z ,;])? *\", \"\", x), \"\")"),
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
