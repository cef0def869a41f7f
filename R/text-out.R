# Text from data on its way into a document: what is no text goes, what the
# document could read as more than text is escaped.

# Characters that XML has no room for, and with them those that a reader does
# not see or that turn the direction of the text around. The escapes beyond
# ASCII are R's, so that a pattern is read as UTF-8.
xml_controls <- "[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\ufffe\uffff]"

control_characters <- paste0(
  sub("]", "", xml_controls, fixed = TRUE),
  "\\x7f\u0080-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069]"
)

drop_controls <- function(x, which = control_characters) {
  gsub(which, "", enc2utf8(x), perl = TRUE)
}

# Which of the strings lose something beyond a line break.
has_controls <- function(x) {
  x <- enc2utf8(as.character(x))
  !is.na(x) & (!validUTF8(x) | grepl(control_characters, x, perl = TRUE))
}

# One line of text.
clean_text <- function(x) {
  x <- enc2utf8(as.character(x))
  x[is.na(x)] <- ""
  bad <- !validUTF8(x)
  x[bad] <- iconv(x[bad], "latin1", "UTF-8")
  x <- gsub("[\t\r\n\u0085\u2028\u2029]+", " ", x, perl = TRUE)
  trimws(drop_controls(x))
}

# For XML and HTML.
escape_markup <- function(x) {
  x <- gsub("&", "&amp;", x, fixed = TRUE)
  x <- gsub("<", "&lt;", x, fixed = TRUE)
  gsub(">", "&gt;", x, fixed = TRUE)
}

# For markdown, whatever it becomes: every character that markdown, HTML or
# LaTeX could read as more than itself is a numeric entity, which pandoc turns
# back into that character, and nothing else, in every format. (A backslash
# would not do: \( begins a formula in R Markdown.)
markdown_entities <- function() {
  code <- c(33:47, 58:64, 91:96, 123:126)
  stats::setNames(paste0("&#", code, ";"), strsplit(intToUtf8(code), "")[[1L]])
}

inert_markdown <- function(x) {
  x <- clean_text(x)
  entity <- markdown_entities()
  once <- unique(x)
  plain <- vapply(strsplit(once, ""), \(chars) {
    at <- match(chars, names(entity))
    chars[!is.na(at)] <- entity[at[!is.na(at)]]
    paste(chars, collapse = "")
  }, "")
  plain[match(x, once)]
}

# For knitr::kable(), which takes care of the bar itself: short, since it is
# read as it stands.
escape_kable <- function(x) {
  x[!is.na(x)] <- clean_text(x[!is.na(x)])
  x <- gsub("<", "&lt;", gsub("&", "&amp;", x, fixed = TRUE), fixed = TRUE)
  gsub("([\\\\`*_{}$#~^]|\\[|\\])", "\\\\\\1", x)
}

# A number in a sentence, whatever options(OutDec, scipen, digits) say.
few_digits <- function(v, digits) {
  format(signif(v, digits), trim = TRUE, digits = 7L, decimal.mark = ".",
         scientific = 0L)
}

# The same of numbers that have an error: as many decimals as give the error two
# digits, so that an estimate and its limits have the same. Where that would be
# more than six decimals, or no error is known, three digits of each.
text_by_error <- function(v, error) {
  digits <- decimals_by(error)
  if (is.na(digits)) {
    return(few_digits(v, 3L))
  }
  out <- formatC(round(v, digits), digits = digits, format = "f", width = 1L,
                 decimal.mark = ".")
  sub("^-(0([.]0*)?)$", "\\1", out)
}

decimals_by <- function(error) {
  if (!isTRUE(error > 0 && error < 1e6)) {
    return(NA_integer_)
  }
  digits <- 1 - floor(log10(signif(error, 2L)))
  if (digits > 6) NA_integer_ else as.integer(max(digits, 0))
}
