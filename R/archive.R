# What comes in a zip archive (a workbook is one) comes from outside. Its list
# of contents is read here, in plain R, and refused before anything is unpacked:
# a name that leads out of its folder, a link, more than we mean to unpack.

archive_limits <- list(entries = 10000L, bytes = 2^30, small = 2^26,
                       ratio = 200)

# `kind` says what the file should be, for the message.
check_archive <- function(file, kind, call) {
  refuse <- function(...) {
    stop_nid("file",
             c(paste0("File ", file_words(file), " is no ", kind,
                      " that can be read."), ...),
             path = file, call = call)
  }
  if (file.size(file) > archive_limits$bytes) {
    refuse(x = "It has more than 1 GB.")
  }
  bytes <- tryCatch(suppressWarnings(readBin(file, "raw", file.size(file))),
                    error = \(e) refuse(x = conditionMessage(e)))
  refuse_other_kinds(bytes, refuse)
  entries <- archive_entries(bytes, refuse)
  check_entry_sizes(entries, length(bytes), refuse)
  check_entry_names(entries, refuse)
  check_local_headers(bytes, entries, refuse)
  check_entry_contents(file, entries, refuse)
  entries
}

refuse_other_kinds <- function(bytes, refuse) {
  begins <- function(x) {
    length(bytes) >= length(x) && all(bytes[seq_along(x)] == as.raw(x))
  }
  if (length(bytes) == 0L) refuse(x = "It is empty.")
  if (begins(c(0xd0, 0xcf, 0x11, 0xe0))) {
    refuse(x = paste0("It is a workbook of the old kind (.xls), or one that ",
                      "needs a password."),
           i = "Save it as .xlsx, without a password.")
  }
  if (!begins(c(0x50, 0x4b))) {
    refuse(i = "Open it in a spreadsheet program and save it as .xlsx.")
  }
}

# Little-endian numbers of two, four or eight bytes, beginning at each of `at`.
archive_number <- function(bytes, at, size) {
  out <- numeric(length(at))
  for (k in seq_len(size)) {
    out <- out + as.integer(bytes[at + k - 1L]) * 256^(k - 1)
  }
  out
}

has_mark <- function(bytes, at, mark) {
  at >= 1 && at + 3 <= length(bytes) &&
    all(bytes[at + 0:3] == as.raw(c(0x50, 0x4b, mark)))
}

# Where the list of contents stands and how many entries it has.
archive_directory <- function(bytes, damaged) {
  n <- length(bytes)
  tail <- seq.int(max(1L, n - 65556L), max(1L, n - 21L))
  at <- tail[bytes[tail] == as.raw(0x50)]
  at <- at[bytes[at + 1L] == as.raw(0x4b) & bytes[at + 2L] == as.raw(5) &
             bytes[at + 3L] == as.raw(6)]
  if (n < 22L || length(at) == 0L) damaged("Its list of contents is missing.")
  end <- at[length(at)]
  read <- function(offset, size) archive_number(bytes, end + offset, size)
  out <- list(disk = read(4L, 2L), entries = read(10L, 2L),
              size = read(12L, 4L), from = read(16L, 4L), end = end)
  if (end + 21 + read(20L, 2L) != n) damaged("Something follows its end.")
  if (has_mark(bytes, end - 20, c(6, 7))) {
    end <- archive_number(bytes, end - 12, 8L) + 1
    if (!has_mark(bytes, end, c(6, 6)) || end + 55 > n) {
      damaged("Its list of contents is missing.")
    }
    out <- list(disk = read(16L, 4L), entries = read(32L, 8L),
                size = read(40L, 8L), from = read(48L, 8L), end = end)
  }
  if (out$disk != 0 || out$from + out$size + 1 != out$end) {
    damaged("Its list of contents is not where it should be.")
  }
  out
}

archive_entries <- function(bytes, refuse) {
  damaged <- function(why) refuse(x = paste0("It is damaged. ", why))
  where <- archive_directory(bytes, damaged)
  if (where$entries > archive_limits$entries) {
    refuse(x = paste0("It holds ", whole_text(where$entries), " files; at ",
                      "most ", whole_text(archive_limits$entries), " are ",
                      "unpacked."))
  }
  at <- numeric(where$entries)
  names <- character(where$entries)
  wide <- matrix(NA_real_, where$entries, 3L)
  next_at <- where$from + 1
  for (i in seq_len(where$entries)) {
    at[i] <- next_at
    if (next_at + 45 > where$end || !has_mark(bytes, next_at, c(1, 2))) {
      damaged("Its list of contents is cut off.")
    }
    length_of <- archive_number(bytes, next_at + c(28, 30, 32), 2L)
    next_at <- next_at + 46 + sum(length_of)
    if (next_at > where$end) damaged("Its list of contents is cut off.")
    name <- bytes[at[i] + 45 + seq_len(length_of[1L])]
    if (any(name == as.raw(0L))) damaged("A name in it has no end.")
    names[i] <- rawToChar(name)
    extra <- bytes[at[i] + 45 + length_of[1L] + seq_len(length_of[2L])]
    wide[i, ] <- wide_sizes(archive_number(bytes, at[i] + c(24, 20, 42), 4L),
                            extra)
  }
  # Whatever it is, each byte is a letter of it.
  Encoding(names) <- "latin1"
  list(at = at, name = names, flags = archive_number(bytes, at + 8, 2L),
       method = archive_number(bytes, at + 10, 2L),
       mode = archive_number(bytes, at + 40, 2L), size = wide[, 1L],
       packed = wide[, 2L], from = wide[, 3L] + 1, end = where$from + 1,
       sum = archive_number(bytes, at + 16, 4L))
}

# Size, packed size and place, which large archives keep beside the entry.
wide_sizes <- function(number, extra) {
  large <- which(number == 2^32 - 1)
  at <- 1
  while (length(large) > 0L && at + 3 <= length(extra)) {
    size <- archive_number(extra, at + 2, 2L)
    if (archive_number(extra, at, 2L) == 1 && size >= 8 * length(large) &&
        at + 3 + size <= length(extra)) {
      number[large] <- archive_number(
        extra, at + 4 + 8 * (seq_along(large) - 1), 8L)
      break
    }
    at <- at + 4 + size
  }
  number
}

check_entry_sizes <- function(entries, size, refuse) {
  total <- sum(entries$size)
  if (total > archive_limits$bytes ||
      (total > archive_limits$small && total > archive_limits$ratio * size)) {
    refuse(x = paste0("Its ", whole_text(size), " bytes would unpack to ",
                      whole_text(total), "."),
           i = paste0("At most ", whole_text(archive_limits$bytes),
                      " are unpacked, and at most ", archive_limits$ratio,
                      " for each byte of the file."))
  }
}

check_entry_names <- function(entries, refuse) {
  name <- entries$name
  out <- grepl("(^|[/\\\\])[.][.]([/\\\\]|$)", name, useBytes = TRUE) |
    grepl("^([/\\\\~]|[A-Za-z]:)", name, useBytes = TRUE)
  # Unix keeps the type of a file in four bits: 4 is a folder, 8 a plain file.
  link <- !(entries$mode %/% 4096) %in% c(0, 4, 8)
  # As they would be found: in any case, "a//b" and "a/./b" being "a/b".
  plain <- gsub("(?<=^|/)([.]?/)+|/$", "", gsub("\\", "/", name, fixed = TRUE),
                perl = TRUE, useBytes = TRUE)
  twice <- duplicated(chartr("ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                             "abcdefghijklmnopqrstuvwxyz", plain))
  odd <- grepl("[\\x01-\\x1f\\x7f]", name, perl = TRUE, useBytes = TRUE) |
    !nzchar(plain)
  why <- list(
    "Names in it lead out of the folder it is unpacked to: " = out,
    "It holds links or other things that are no files: " = link,
    "It holds two files of one name: " = twice,
    "Names in it are no names of files: " = odd,
    "Files in it are protected by a password: " = entries$flags %% 2 == 1,
    "Files in it are packed in a way that is not known: " =
      !entries$method %in% c(0, 8)
  )
  for (what in names(why)) {
    if (any(why[[what]])) {
      shown <- clean_text(name[why[[what]]])
      refuse(x = paste0(what, some_of(shown, quote = "\""), "."))
    }
  }
}

# What stands before each packed file must say the same as the list, and no
# file may stand inside another.
check_local_headers <- function(bytes, entries, refuse) {
  from <- entries$from
  ok <- is.finite(from) & from + 29 < entries$end
  if (all(ok)) {
    ok <- vapply(from, has_mark, TRUE, bytes = bytes, mark = c(3, 4))
  }
  if (all(ok)) {
    length <- archive_number(bytes, from + 26, 2L)
    data <- from + 30 + length + archive_number(bytes, from + 28, 2L)
    ok <- data + entries$packed <= entries$end
    ok[ok] <- vapply(which(ok), \(i) {
      identical(bytes[from[i] + 29 + seq_len(length[i])],
                charToRaw(entries$name[i]))
    }, TRUE)
    order <- order(from)
    ends <- (data + entries$packed)[order]
    apart <- utils::head(ends, -1L) <= from[order][-1L]
    ok[order][-1L] <- ok[order][-1L] & apart
  }
  if (!all(ok)) {
    refuse(x = paste0("It is damaged. Its files are not where its list of ",
                      "contents says, or not of that name."))
  }
}

# What is packed must unpack to the size and the check sum that the list says.
# It is unpacked here piece by piece, never more than the list says, and kept
# nowhere.
check_entry_contents <- function(file, entries, refuse) {
  for (i in which(entries$size > 0 | entries$packed > 0)) {
    got <- unpacked_sum(file, entries$name[i])
    if (!identical(got, c(entries$size[i], entries$sum[i]))) {
      refuse(x = paste0("It is damaged: ", some_of(clean_text(
        entries$name[i]), quote = "\""), " is not what was packed."))
    }
  }
}

unpacked_sum <- function(file, name) {
  size <- sum <- 0
  tryCatch({
    con <- unz(file, name, "rb")
    on.exit(close(con))
    while (length(piece <- readBin(con, "raw", 2^20)) > 0L) {
      size <- size + length(piece)
      sum <- crc32_cpp(piece, sum)
    }
    c(size, sum)
  }, warning = \(w) NULL, error = \(e) NULL)
}
