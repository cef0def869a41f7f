# A model in a page.

#' @export
summary.nid_model <- function(object, ...) {
  structure(
    list(text = format(object), panel = summary(object$panel),
         industrial = summary(object$industrial),
         basic = as_plain_tibble(object$basic),
         phases = phases_now(code_phases(object))),
    class = "summary_nid_model"
  )
}

#' @export
print.summary_nid_model <- function(x, ...) {
  cat(strwrap(x$text, width = getOption("width"), exdent = 2), sep = "\n")
  cat("\nIndicators\n")
  print(x$panel)
  cat("\nCode NID\n")
  print(x$basic)
  cat("\n")
  print(x$industrial)
  if (length(x$phases) > 0L) {
    cat("\n", paste(strwrap(x$phases, width = getOption("width"), exdent = 2),
                    collapse = "\n"), "\n", sep = "")
  }
  invisible(x)
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
