# Every condition of the package is raised here, so that each carries the same
# classes: `nidcode_error_<what>`, `nidcode_error`, then rlang's and base R's.
# Texts are pasted, never interpolated: names from data are data.

stop_nid <- function(what, message, ..., call = rlang::caller_env()) {
  rlang::abort(
    message,
    class = c(paste0("nidcode_error_", what), "nidcode_error"),
    ...,
    call = call
  )
}

warn_nid <- function(what, message, ...) {
  rlang::warn(
    message,
    class = c(paste0("nidcode_warning_", what), "nidcode_warning"),
    ...
  )
}

inform_nid <- function(what, message, ...) {
  rlang::inform(
    message,
    class = c(paste0("nidcode_message_", what), "nidcode_message"),
    ...
  )
}

# At most five of `x` in a message; the condition's fields carry all of them.
some_of <- function(x, n = 5L, quote = "`") {
  x <- as.character(x)
  shown <- utils::head(x, n)
  text <- paste0(quote, shown, quote, collapse = ", ")
  left <- length(x) - length(shown)
  if (left > 0L) {
    text <- paste0(text, " and ", left, " more")
  }
  text
}

# "1 region", "3 regions": counts in messages and headers.
count_of <- function(n, noun, plural = paste0(noun, "s")) {
  paste(whole_text(n), if (n == 1) noun else plural)
}

# Counts are integers where R can hold them as such, else doubles.
as_count <- function(x) {
  if (all(is.na(x) | abs(x) <= .Machine$integer.max)) as.integer(x) else
    as.double(x)
}

whole_text <- function(n) {
  format(n, big.mark = ",", decimal.mark = ".", scientific = FALSE, trim = TRUE)
}

# `f` of each item. Where it refuses several for the same reason, one error says
# so of all, its fields those of each in turn: a table is mended at once, and
# not column by column.
each_told <- function(items, f) {
  failed <- list()
  out <- lapply(items, \(item) {
    tryCatch(f(item), nidcode_error = \(cnd) {
      failed[[length(failed) + 1L]] <<- cnd
      NULL
    })
  })
  if (length(failed) > 0L) stop_together(failed)
  out
}

stop_together <- function(failed) {
  first <- failed[[1L]]
  alike <- Filter(\(cnd) class(cnd)[1L] == class(first)[1L], failed)
  # What one item shows of itself (text, code, argument) stays the first's.
  for (name in c("columns", "values", "rows", "regions", "times", "n")) {
    first[[name]] <- unlist(lapply(alike, `[[`, name))
  }
  others <- unlist(lapply(alike[-1L], `[[`, "columns"))
  if (length(others) > 0L) {
    first$body <- c(first$body, i = paste0(
      "The same is wrong with ", some_of(others), "."))
  }
  stop(first)
}
