# Runs tests/scale/ against the installed package and ends with one line of
# counts. Names of files to run may be given: Rscript tests/scale/run.R slurm

library(testthat)
library(nidcode)

args <- commandArgs(trailingOnly = TRUE)
start <- Sys.time()
results <- test_dir(
  "tests/scale", package = "nidcode", load_package = "installed",
  filter = if (length(args)) paste0("^(", paste(args, collapse = "|"), ")$"),
  reporter = "silent", stop_on_failure = FALSE
)
kinds <- c(passed = 0L, failed = 0L, skipped = 0L)
for (test in results) {
  said <- character()
  for (one in test$results) {
    kind <- if (inherits(one, "expectation_success")) "passed" else
      if (inherits(one, "expectation_skip")) "skipped" else
        if (inherits(one, "expectation_warning")) next else "failed"
    kinds[kind] <- kinds[kind] + 1L
    if (kind != "passed") said <- c(said, conditionMessage(one))
  }
  cat(sprintf("%-14s %s (%.0f s)\n", sub("^test-(.*)[.]R$", "\\1", test$file),
              test$test, test$real))
  if (length(said)) cat(paste0("  ", gsub("\n", "\n  ", said)), sep = "\n")
}
cat(sprintf("engines: %.1f min\n",
            as.numeric(difftime(Sys.time(), start, units = "mins"))))
cat(paste(kinds, names(kinds), collapse = ", "), "\n", sep = "")
quit(save = "no", status = as.integer(kinds[["failed"]] > 0L))
