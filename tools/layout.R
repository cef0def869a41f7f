# Every picture on every page: `make layout`. A line a drawing goes to
# check/layout.csv as soon as it is made; what stands there already is not drawn
# again, so that the run can be interrupted. `Rscript tools/layout.R bump map`
# draws these pictures only.
suppressPackageStartupMessages({
  library(nidcode)
  library(testthat)
})
for (name in c("panels", "strings", "layout", "layout-pictures")) {
  source(file.path("tests", "testthat", paste0("helper-", name, ".R")),
         encoding = "UTF-8")
}
stopifnot(l10n_info()[["UTF-8"]], capabilities("cairo"))

file <- Sys.getenv("NIDCODE_LAYOUT", file.path("check", "layout.csv"))
dir.create(dirname(file), showWarnings = FALSE)
cases <- layout_cases()
asked <- commandArgs(TRUE)
if (length(asked) > 0L) cases <- cases[cases$name %in% asked, ]
# In no order, so that an interrupted run has seen something of everything.
set.seed(1)
cases <- cases[sample(nrow(cases)), ]
key <- do.call(paste, cases)
done <- if (file.exists(file)) {
  utils::read.csv(file, colClasses = "character", header = FALSE)
}
for (i in which(!key %in% done[[1L]])) {
  found <- tryCatch(do.call(layout_case, as.list(cases[i, ])),
                    error = function(e) paste("stops:", conditionMessage(e)))
  line <- data.frame(key[i], paste(found, collapse = "; "))
  utils::write.table(line, file, append = TRUE, sep = ",", row.names = FALSE,
                     col.names = FALSE, qmethod = "double")
}
done <- utils::read.csv(file, colClasses = "character", header = FALSE)
done <- done[done[[1L]] %in% key, ]
bad <- done[nzchar(done[[2L]]), ]
cat(sprintf("%s: %s\n", bad[[1L]], bad[[2L]]), sep = "")
cat(nrow(done), " drawings, ", nrow(bad), " with faults\n", sep = "")
if (nrow(bad) > 0L) quit(status = 1L)
