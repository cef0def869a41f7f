# A model in a page.

#' @export
summary.nid_model <- function(object, ...) {
  structure(
    list(text = format(object), panel = summary(object$panel),
         industrial = summary(object$industrial),
         basic = as_plain_tibble(object$basic),
         phases = phases_now(code_phases(object)),
         readings = readings_now(object)),
    class = "summary_nid_model"
  )
}

#' @export
print.summary_nid_model <- function(x, ...) {
  cat(strwrap(x$text, width = getOption("width"), exdent = 2), sep = "\n")
  cat("\nIndicators\n")
  write_rows(x$panel)
  cat("\nCode NID\n")
  write_rows(x$basic)
  cat("\n")
  print(x$industrial)
  said <- c(x$phases, x$readings)
  if (length(said) > 0L) {
    cat("\n", paste(strwrap(said, width = getOption("width"), exdent = 2),
                    collapse = "\n"), "\n", sep = "")
  }
  invisible(x)
}

# As results are printed: the names of columns whole, texts told apart.
write_rows <- function(plain) {
  width <- getOption("width")
  same <- constant_columns(plain)
  writeLines(c(comment_lines(same_words(same), width),
               row_lines(plain[!names(plain) %in% names(same)], 10L, width)))
}

# Of more regions a summary would take seconds.
summary_regions <- 100L

# Mutations found and the states of gaps to the mean of the other regions.
readings_now <- function(model) {
  if (n_regions(model$panel) > summary_regions) {
    return(NULL)
  }
  read <- \(verb, ...) tryCatch(suppressMessages(verb(model, ...)),
                               nidcode_error = \(e) NULL)
  tests <- read(code_mutations, nsim = 199)
  tested <- sum(!is.na(tests[["p.value"]]))
  state <- read(code_gaps, "mean")[["state"]]
  count <- table(factor(state, unique(state)))
  c(if (tested > 0L) paste0("Mutations found: ", sum(tests[["found"]],
                                                     na.rm = TRUE),
                            " of ", tested, " series tested."),
    if (length(count) > 0L) paste0(
      "Gaps of codes to the mean of the other regions: ",
      paste(names(count), count, collapse = ", "), "."))
}

# How many regions are in each phase at their last time, and where codes fall
# while Code ID grows.
phases_now <- function(x) {
  last <- !duplicated(phase_series(x), fromLast = TRUE)
  phase <- factor(x[["phase"]][last], rev(phase_names))
  count <- table(phase)
  count <- count[count > 0L]
  defect <- x[["defect"]][last]
  c(if (length(count) > 0L) paste0(
    "Phases of Code ID at the last time: ", paste(names(count), count,
                                                  collapse = ", "),
    if (any(!is.na(x[["sure"]]))) paste0(
      "; sure in ", sum(x[["sure"]][last], na.rm = TRUE)), "."),
    if (any(nzchar(defect))) paste0(
      "A code falls while Code ID grows in ",
      count_of(sum(nzchar(defect)), "region"), "."))
}
