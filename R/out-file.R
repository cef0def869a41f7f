# Files that the package writes: checked before any work, written beside their
# place and renamed, so that the old file is whole until the new one is.

# `endings` are lower case, without the dot.
check_out_file <- function(file, endings, overwrite, call) {
  check_string(file, call = call)
  check_native_name(file, call)
  check_flag(overwrite, call = call)
  if (!file_ending(file) %in% endings) {
    stop_nid("path",
             c(paste0("`file` must end in ",
                      paste0(".", endings, collapse = ", "), "."),
               x = paste0("It is ", file_words(file), ".")),
             path = file, values = endings, call = call)
  }
  place <- link_target(file, call)
  folder <- dirname(place)
  why <- if (!dir.exists(folder)) {
    "its folder does not exist."
  } else if (dir.exists(place)) {
    "a folder of that name exists."
  } else if (file.access(folder, 2L) != 0L) {
    "its folder is not writable."
  } else if (file.exists(place) && file.access(place, 2L) != 0L) {
    "the file there is not writable."
  }
  if (!is.null(why)) {
    stop_nid("path",
             paste0("File ", file_words(file), " cannot be written: ", why),
             path = file, call = call)
  }
  if (file.exists(place) && !overwrite) {
    stop_nid("overwrite",
             c(paste0("File ", file_words(file), " exists."),
               i = "Use overwrite = TRUE to replace it."),
             path = file, call = call)
  }
  invisible(file)
}

# A name that the locale cannot spell reaches no file.
check_native_name <- function(file, call) {
  if (unreadable(file) || is.na(iconv(enc2utf8(file), "UTF-8", ""))) {
    stop_nid("path",
             c(paste0("The name ", some_of(readable(file), quote = "\""),
                      " of the file cannot be written in this locale."),
               i = "Run R in a UTF-8 locale, or use ASCII letters."),
             path = file, call = call)
  }
}

file_ending <- function(file) {
  # basename() fails on letters that the locale does not have.
  name <- sub(".*[/\\\\]", "", file)
  ifelse(grepl(".[.][^.]+$", name), small_letters(sub(".*[.]", "", name)), "")
}

file_words <- function(file) some_of(clean_text(file), quote = "\"")

# Where a file is written: a link stays, and what it points at is replaced.
link_target <- function(file, call) {
  place <- path.expand(file)
  for (i in 1:40) {
    to <- Sys.readlink(place)
    if (is.na(to) || !nzchar(to)) {
      return(place)
    }
    place <- if (grepl("^([/\\]|[A-Za-z]:)", to)) to else
      file.path(dirname(place), to)
  }
  stop_nid("path", paste0("File ", file_words(file),
                          " is a link that leads in a circle."),
           path = file, call = call)
}

# `write(draft)` makes the file at a path beside `file`, which then takes its
# place in one step. An error, a warning (base R warns where a disk is full) or
# an interrupt leaves the old file and nothing else.
write_aside <- function(file, write, call) {
  place <- link_target(file, call)
  draft <- tempfile(paste0(".", file_ending(place), "-"), dirname(place),
                    paste0(".", file_ending(place)))
  on.exit(unlink(draft))
  problem <- tryCatch({
    write(draft)
    if (!file.exists(draft)) stop("Nothing was written.")
    if (file.exists(place)) {
      Sys.chmod(draft, file.info(place)$mode, use_umask = FALSE)
    }
    if (!file.rename(draft, place)) stop("It cannot be put in its place.")
    NULL
  }, warning = identity, error = identity)
  if (!is.null(problem)) {
    stop_nid("file",
             c(paste0("File ", file_words(file), " could not be written."),
               x = clean_text(conditionMessage(problem)),
               i = if (file.exists(place)) "The old file is as it was."),
             path = file, call = call)
  }
  invisible(file)
}

# file.copy() gives no sign when the last block does not fit.
copy_whole <- function(from, to) {
  copied <- file.copy(from, to, overwrite = TRUE, copy.mode = FALSE)
  if (!copied || !identical(file.size(from), file.size(to))) {
    stop("There is not enough room.")
  }
}
