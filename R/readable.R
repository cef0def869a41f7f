# Text that cannot be read: bytes without an encoding, or bytes that are no
# text in the encoding they are said to have. R refuses to compare or print
# such text with an error of its own, far from where it came in.

# `x`: text or a factor. `what`: the class of the condition.
check_readable <- function(x, name, what = "bad_text",
                           call = rlang::caller_env()) {
  text <- if (is.factor(x)) levels(x) else x
  if (!is.character(text)) {
    return(invisible(x))
  }
  bad <- unreadable(text)
  if (any(bad)) {
    rows <- if (is.factor(x)) which(bad[as.integer(x)]) else which(bad)
    stop_nid(
      what,
      c(paste0("Column ", some_of(readable(name)), " has text that cannot be ",
               "read", in_rows(rows), "."),
        x = paste0("It is ", some_of(unique(readable(text[bad])),
                                     quote = "\""), "."),
        i = encoding_hint),
      columns = readable(name), rows = rows, n = length(rows),
      values = unique(readable(text[bad])), call = call
    )
  }
  invisible(x)
}

# Names of columns, options, codes: text that has no rows.
check_readable_names <- function(x, what, call) {
  bad <- unreadable(x)
  if (any(bad)) {
    stop_nid(
      "bad_text",
      c(paste0(what, " cannot be read: ",
               some_of(readable(x[bad]), quote = "\""), "."),
        i = encoding_hint),
      values = readable(x[bad]), rows = which(bad), call = call
    )
  }
  invisible(x)
}

encoding_hint <- paste0(
  "Read the file with its encoding (for example fileEncoding = ",
  "\"windows-1251\"), or iconv(x, \"windows-1251\", \"UTF-8\")."
)

in_rows <- function(rows) {
  if (length(rows) == 0L) {
    return(" among its levels")
  }
  paste0(" in ", count_of(length(rows), "row"), " (", some_of(rows, quote = ""),
         ")")
}

unreadable <- function(x) {
  if (is.null(x) || all_ascii_cpp(x)) {
    return(logical(length(x)))
  }
  Encoding(x) == "bytes" | !validEnc(x)
}

# Its bytes instead.
readable <- function(x) {
  bad <- unreadable(x)
  x[bad] <- vapply(x[bad], \(one) {
    raw <- as.integer(charToRaw(one))
    paste0(ifelse(raw > 126L | raw < 32L, sprintf("<%02x>", raw),
                  intToUtf8(ifelse(raw > 126L, 63L, raw), multiple = TRUE)),
           collapse = "")
  }, "", USE.NAMES = FALSE)
  x
}

# ---- Case, the same in every locale ----------------------------------------

# In Turkish the small letter of "I" is not "i".
small_letters <- function(x) {
  out <- readable(as.character(x))
  there <- !is.na(out)
  if (any(there)) {
    out[there] <- utf8::utf8_normalize(enc2utf8(out[there]), map_case = TRUE)
  }
  names(out) <- names(x)
  out
}

large_letters <- function(x) {
  chartr(
    paste0("abcdefghijklmnopqrstuvwxyz\u0451",
           "\u0430\u0431\u0432\u0433\u0434\u0435\u0436\u0437\u0438\u0439",
           "\u043a\u043b\u043c\u043d\u043e\u043f\u0440\u0441\u0442\u0443",
           "\u0444\u0445\u0446\u0447\u0448\u0449\u044a\u044b\u044c\u044d",
           "\u044e\u044f"),
    paste0("ABCDEFGHIJKLMNOPQRSTUVWXYZ\u0401",
           "\u0410\u0411\u0412\u0413\u0414\u0415\u0416\u0417\u0418\u0419",
           "\u041a\u041b\u041c\u041d\u041e\u041f\u0420\u0421\u0422\u0423",
           "\u0424\u0425\u0426\u0427\u0428\u0429\u042a\u042b\u042c\u042d",
           "\u042e\u042f"),
    x
  )
}

capital <- function(x) {
  paste0(large_letters(substr(x, 1L, 1L)), substring(x, 2L))
}

# An order that no locale changes.
sorted <- function(x) {
  if (is.null(x)) {
    return(character())
  }
  # A radix sort refuses text of no marked encoding, as read.csv() returns it.
  sort(if (is.character(x)) enc2utf8(x) else x, method = "radix")
}
