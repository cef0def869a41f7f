# The cells of a csv file or of a sheet as text, before anything is known of the
# table on it.

# list(text =, plain =, words =, encoding =, sep =)
text_matrix <- function(file, encoding, sep, call) {
  bytes <- file_bytes(file, call)
  encoding <- encoding %||% guess_encoding(bytes)
  lines <- decoded_lines(bytes, encoding, file, call)
  known <- c(tab = "\t", semicolon = ";", comma = ",", bar = "|")
  sep <- sep %||% guess_separator(lines, known)
  text <- split_lines(lines, sep, file, call)
  named <- names(known)[match(sep, known)]
  list(text = text, plain = matrix(FALSE, nrow(text), ncol(text)),
       words = paste0("encoding ", encoding, ", separator ",
                      if (is.na(named)) encodeString(sep, quote = "\"") else
                        named),
       encoding = encoding, sep = sep)
}

# Also of a file that is packed.
file_bytes <- function(file, call) {
  read <- tryCatch({
    con <- gzfile(file, "rb")
    on.exit(close(con))
    parts <- list()
    repeat {
      part <- readBin(con, raw(), 1e6)
      if (length(part) == 0L) break
      parts[[length(parts) + 1L]] <- part
    }
    if (length(parts) == 0L) raw() else do.call(c, parts)
  }, error = function(e) e)
  if (inherits(read, "error")) {
    stop_nid("file", c(paste0("File ", file_words(file), " cannot be read."),
                       x = clean_text(conditionMessage(read))),
             path = file, call = call)
  }
  read
}

# By its mark, by zeros between letters, by being UTF-8; else Cyrillic, whose
# letters stand in runs above ASCII, or Western, whose do not.
guess_encoding <- function(bytes) {
  begins <- function(mark) {
    length(bytes) >= length(mark) && all(bytes[seq_along(mark)] == mark)
  }
  if (begins(as.raw(c(0xef, 0xbb, 0xbf)))) return("UTF-8")
  if (begins(as.raw(c(0xff, 0xfe)))) return("UTF-16LE")
  if (begins(as.raw(c(0xfe, 0xff)))) return("UTF-16BE")
  zero <- which(bytes == 0)
  if (length(zero) > 0L) {
    return(if (mean(zero %% 2L) < 0.5) "UTF-16LE" else "UTF-16BE")
  }
  if (validUTF8(rawToChar(bytes))) return("UTF-8")
  high <- bytes >= as.raw(0xc0)
  runs <- high & c(high[-1L], FALSE)
  if (sum(runs) > sum(high) / 2) "windows-1251" else "windows-1252"
}

decoded_lines <- function(bytes, encoding, file, call) {
  text <- tryCatch(iconv(list(bytes), encoding, "UTF-8"),
                   error = function(e) NA_character_)
  if (is.na(text)) {
    stop_nid("file",
             c(paste0("File ", file_words(file), " cannot be read as ",
                      encoding, "."),
               i = "Say `encoding = \"windows-1251\"`, or what it is."),
             path = file, call = call)
  }
  text <- sub("^\ufeff", "", text)
  strsplit(text, "\r\n|\n|\r")[[1L]]
}

# The separator that is there equally often in most lines.
guess_separator <- function(lines, known) {
  some <- utils::head(lines[nzchar(lines)], 500L)
  some <- gsub("\"[^\"]*\"", "", some)
  score <- vapply(known, function(sep) {
    n <- lengths(regmatches(some, gregexpr(sep, some, fixed = TRUE)))
    n <- n[n > 0L]
    if (length(n) == 0L) 0 else max(table(n))
  }, 1)
  known[[which.max(score)]]
}

split_lines <- function(lines, sep, file, call) {
  if (!any(nzchar(lines))) {
    stop_nid("file", paste0("File ", file_words(file), " is empty."),
             path = file, call = call)
  }
  if (nchar(sep, "bytes") != 1L) {
    stop_argument("sep", "one character of ASCII, or NULL", sep, call)
  }
  read <- function(how, ...) {
    con <- textConnection(lines, encoding = "UTF-8")
    on.exit(close(con))
    how(con, sep = sep, quote = "\"", comment.char = "",
        blank.lines.skip = FALSE, ...)
  }
  unclosed <- function(w) {
    stop_nid("file",
             c(paste0("In file ", file_words(file), " a quote is not closed."),
               x = clean_text(conditionMessage(w))), path = file, call = call)
  }
  n <- max(read(utils::count.fields), 1L, na.rm = TRUE)
  table <- tryCatch(
    read(utils::read.table, header = FALSE, fill = TRUE, encoding = "UTF-8",
         colClasses = "character", na.strings = character(),
         col.names = paste0("V", seq_len(n))),
    warning = unclosed, error = unclosed
  )
  matrix(plain_label(unlist(table, use.names = FALSE)), nrow = nrow(table))
}

# ---- Workbooks --------------------------------------------------------------

book_matrix <- function(file, sheet, call) {
  if (grepl("\\.xls$", small_letters(file))) {
    return(old_book_matrix(file, sheet, call))
  }
  rlang::check_installed("openxlsx2", "to read sheets of workbooks.")
  check_archive(file, "xlsx workbook", call)
  wb <- withCallingHandlers(
    openxlsx2::wb_load(file, data_only = TRUE),
    warning = function(w) rlang::cnd_muffle(w)
  )
  on.exit(unlink(wb$tmpDir, recursive = TRUE))
  name <- chosen_sheet(wb$get_sheet_names(), sheet, file, call)
  grid <- read_grid(wb, name)
  size <- c(max(grid$row, 1L), max(grid$col, 1L))
  if (prod(as.double(size)) > 5e7) {
    stop_nid("layout", paste0("Sheet ", some_of(name), " of file ",
                              file_words(file), " has cells far apart, ",
                              "which is no table."), path = file, call = call)
  }
  text <- matrix("", size[1L], size[2L])
  plain <- matrix(FALSE, size[1L], size[2L])
  value <- plain_label(grid$text)
  value[grid$kind == "date"] <- date_words(grid$text[grid$kind == "date"])
  value[grid$kind == "formula"] <- "#FORMULA!"
  at <- cbind(grid$row, grid$col)
  text[at] <- value
  plain[at] <- grid$kind == "number"
  list(text = text, plain = plain, words = paste0("sheet ", some_of(name)))
}

chosen_sheet <- function(names, sheet, file, call) {
  at <- if (is.null(sheet)) 1L else if (is.character(sheet)) {
    match(sheet, names)
  } else if (is.numeric(sheet) && length(sheet) == 1L) {
    match(sheet, seq_along(names))
  } else NA
  if (length(at) != 1L || is.na(at)) {
    stop_nid("file",
             c(paste0("File ", file_words(file), " has no such sheet."),
               x = paste0("You gave ", describe(sheet), "."),
               i = paste0("Its sheets are ", some_of(names, 20L), ".")),
             path = file, sheet = sheet, available = names, call = call)
  }
  unname(names[at])
}

# Workbooks of before 2007.
old_book_matrix <- function(file, sheet, call) {
  rlang::check_installed("readxl", "to read sheets of .xls files.")
  read <- function(code) {
    tryCatch(code, error = function(e) {
      stop_nid("file", c(paste0("File ", file_words(file), " cannot be read."),
                         x = clean_text(conditionMessage(e))), path = file,
               call = call)
    })
  }
  name <- chosen_sheet(read(readxl::excel_sheets(file)), sheet, file, call)
  cells <- read(readxl::read_xls(file, name, col_names = FALSE,
                                 col_types = "list", trim_ws = FALSE,
                                 .name_repair = "minimal"))
  flat <- unlist(unname(cells), recursive = FALSE)
  kind <- vapply(flat, function(x) is.numeric(x) && !is.na(x), NA)
  text <- vapply(flat, function(x) {
    if (length(x) == 0L || is.na(x)) "" else if (is.numeric(x)) {
      format(x, digits = 15L, decimal.mark = ".", scientific = FALSE)
    } else as.character(x)
  }, "")
  list(text = matrix(plain_label(text), nrow(cells)),
       plain = matrix(kind, nrow(cells)), words = paste0("sheet ",
                                                         some_of(name)))
}
