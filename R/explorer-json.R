# JSON of a page. jsonlite stops at 15 digits; here every number is read back as
# the double that was written, and no text can end the script it stands in.
# Lists with names are objects, others arrays; a vector is an array, of length 1
# a single value unless it stands within I().

as_json <- function(x) {
  if (is.list(x)) {
    parts <- vapply(unclass(x), as_json, "", USE.NAMES = FALSE)
    if (is.null(names(x))) {
      return(paste0("[", paste(parts, collapse = ","), "]"))
    }
    keys <- json_text(names(x))
    return(paste0("{", paste0(keys, ":", parts, recycle0 = TRUE,
                              collapse = ","), "}"))
  }
  if (is.null(x)) {
    return("null")
  }
  out <- json_values(unclass(x))
  if (length(out) == 1L && !inherits(x, "AsIs")) out else
    paste0("[", paste(out, collapse = ","), "]")
}

json_values <- function(x) {
  if (is.character(x)) json_text(x) else if (is.logical(x)) {
    ifelse(is.na(x), "null", ifelse(x, "true", "false"))
  } else {
    json_numbers(as.double(x))
  }
}

# 15 digits where they say it all. An infinite df is a number too large to read.
json_numbers <- function(x) {
  out <- sprintf("%.15g", x)
  more <- which(is.finite(x) & suppressWarnings(as.double(out)) != x)
  out[more] <- sprintf("%.17g", x[more])
  out[is.nan(x) | is.na(x)] <- "null"
  out[x %in% Inf] <- "1e999"
  out[x %in% -Inf] <- "-1e999"
  out
}

json_text <- function(x) {
  known <- !is.na(x)
  out <- json_escaped(clean_text(x))
  out[known] <- paste0("\"", out[known], "\"")
  out[!known] <- "null"
  out
}

# After clean_text() no control character is left.
json_escaped <- function(x) {
  for (one in c("\\", "\"")) {
    x <- gsub(one, paste0("\\", one), x, fixed = TRUE)
  }
  gsub("<", "\\u003c", x, fixed = TRUE)
}
