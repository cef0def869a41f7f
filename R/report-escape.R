# Strings from data on their way into a document. Every character that markdown,
# HTML or LaTeX could read as more than itself becomes a numeric entity, which
# pandoc turns back into that character, and nothing else, in every format.
# (A backslash would not do: \( begins a formula in R Markdown.)

markdown_entities <- function() {
  code <- c(33:47, 58:64, 91:96, 123:126)
  stats::setNames(paste0("&#", code, ";"),
                  strsplit(intToUtf8(code), "")[[1L]])
}

inert_markdown <- function(x) {
  x <- clean_text(x)
  entity <- markdown_entities()
  once <- unique(x)
  plain <- vapply(strsplit(once, ""), function(chars) {
    at <- match(chars, names(entity))
    chars[!is.na(at)] <- entity[at[!is.na(at)]]
    paste(chars, collapse = "")
  }, "")
  plain[match(x, once)]
}

escape_html <- function(x) {
  x <- gsub("&", "&amp;", x, fixed = TRUE)
  x <- gsub("<", "&lt;", x, fixed = TRUE)
  gsub(">", "&gt;", x, fixed = TRUE)
}

# Which of the strings lose something beyond a line break.
has_controls <- function(x) {
  x <- enc2utf8(as.character(x))
  !is.na(x) & (!validUTF8(x) | grepl(control_characters, x, perl = TRUE))
}
