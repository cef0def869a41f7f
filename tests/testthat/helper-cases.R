# Loops over hundreds of cases take minutes: a usual run takes every `by`th case,
# NIDCODE_TESTS=all takes all.
all_cases <- function() Sys.getenv("NIDCODE_TESTS") == "all"

some_of <- function(x, by = 4L, from = 1L) {
  if (all_cases()) x else x[seq.int(min(from, length(x)), length(x), by = by)]
}
