# Which of the texts, said in Russian, still hold Latin letters: beside names
# from the data, Code ID and Code NID, calls in R and symbols of one letter.
latin_left <- function(text, names = character()) {
  text <- enc2utf8(as.character(text))
  rest <- gsub("`[^`]*`|[[:alnum:]_.]+[(][^()]*[)]", " ", text, perl = TRUE)
  names <- unique(c(as.character(names), "Code NID", "Code ID", "R2",
                    "AICc"))
  for (name in names[order(-nchar(names))]) {
    if (nzchar(name)) rest <- gsub(name, " ", rest, fixed = TRUE)
  }
  rest <- gsub("(?<![A-Za-z])[A-Za-z](?![A-Za-z])", " ", rest, perl = TRUE)
  text[grepl("[A-Za-z]", rest, perl = TRUE)]
}
