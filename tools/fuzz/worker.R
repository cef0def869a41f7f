# Fuzzes calls FIRST to LAST, writing a line before and a line after each:
#   Rscript tools/fuzz/worker.R FIRST LAST FILE
# A number alone repeats one call and shows it: Rscript tools/fuzz/worker.R 17

source("tools/utf8.R")
suppressPackageStartupMessages({
  library(nidcode)
  library(ggplot2)
})
for (part in c("draw", "judge", "verbs")) {
  source(file.path("tools", "fuzz", paste0(part, ".R")))
}
grDevices::pdf(NULL)
args <- commandArgs(TRUE)
first <- as.integer(args[1L])
last <- as.integer(args[if (length(args) > 1L) 2L else 1L])
out <- if (length(args) > 2L) file(args[3L], "at") else stdout()
# Beyond 20,000 the calls begin anew, drawn otherwise.
order <- rep_len(call_order(), last)
setwd(tempdir())
dir.create("calls")
setwd("calls")

line <- function(...) {
  cat(paste(..., sep = "\t"), "\n", sep = "", file = out)
  flush(out)
}

for (i in first:last) {
  line("begin", i, order[i])
  set.seed(i)
  start <- proc.time()
  call <- tryCatch(quietly(draw_call(verbs[[order[i]]])),
                   error = function(e) e)
  drawn <- sum((proc.time() - start)[1:2])
  # Arguments are results of the package too: a failure to make them counts.
  result <- if (inherits(call, "error")) {
    list(outcome = "fault", seconds = drawn,
         faults = paste("error: drawing:", first_line(conditionMessage(call))))
  } else {
    judge(call)
  }
  if (length(args) == 1L && !inherits(call, "error")) {
    utils::str(call$args, max.level = 2L, give.attr = FALSE)
    print(try(call$run()))
  }
  line("end", i, order[i], result$outcome, round(result$seconds, 3),
       paste(result$faults, collapse = " | "))
}
