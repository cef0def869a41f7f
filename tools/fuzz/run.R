# Calls every exported function with fair and odd arguments, and counts.
#
#   Rscript tools/fuzz/run.R [CALLS]        3,000 by default, 20,000 at most
#
# Call i is drawn after set.seed(i), so that `worker.R i` repeats it alone. A
# worker is a process of its own: one that ends early has crashed at the call
# it began last, and another goes on behind it. Ends with one line,
# `N passed, N failed, N skipped`, a call being one test.

source("tools/fuzz/judge.R")

# A judge that sees nothing would pass everything.
planted <- list(
  error = function() stop("x"), warning = function() warning("x"),
  nan = function() data.frame(a = NaN), nan = function() list(b = Inf),
  touched = function() set.seed(1), touched = function() options(digits = 3L)
)
for (i in seq_along(planted)) {
  seen <- judge(list(args = list(), run = planted[[i]]))$faults
  if (!any(startsWith(seen, names(planted)[i]))) {
    stop("fuzz: the judge does not see ", names(planted)[i])
  }
}

args <- commandArgs(TRUE)
calls <- if (length(args) > 0L) as.integer(args[1L]) else 3000L
file <- tempfile("fuzz-")
next_call <- 1L
crashes <- character()
while (next_call <= calls) {
  status <- system2("Rscript", c("--no-save", "--no-restore",
                                 "tools/fuzz/worker.R", next_call, calls,
                                 file))
  log <- if (file.exists(file)) strsplit(readLines(file), "\t") else list()
  begun <- Filter(function(l) l[1L] == "begin", log)
  ended <- Filter(function(l) l[1L] == "end", log)
  if (length(begun) == 0L) stop("fuzz: the worker did not start")
  last <- begun[[length(begun)]]
  if (length(ended) > 0L && ended[[length(ended)]][2L] == last[2L] &&
        last[2L] == calls) {
    break
  }
  if (length(ended) == 0L || ended[[length(ended)]][2L] != last[2L]) {
    crashes <- c(crashes, paste(last[2L], last[3L]))
  }
  next_call <- as.integer(last[2L]) + 1L
}

log <- strsplit(readLines(file), "\t")
ended <- Filter(function(l) l[1L] == "end", log)
table <- data.frame(
  call = as.integer(vapply(ended, `[`, "", 2L)),
  verb = vapply(ended, `[`, "", 3L),
  outcome = vapply(ended, `[`, "", 4L),
  seconds = as.numeric(vapply(ended, `[`, "", 5L)),
  faults = vapply(ended, function(l) if (length(l) > 5L) l[6L] else "", "")
)
counts <- table(table$verb, factor(table$outcome,
                                   c("value", "refused", "fault")))
print(cbind(unclass(counts), calls = rowSums(counts),
            slowest = round(tapply(table$seconds, table$verb, max), 1)))
bad <- table[table$outcome == "fault", ]
for (i in seq_len(nrow(bad))) {
  cat("call", bad$call[i], bad$verb[i], "-", bad$faults[i], "\n")
}
for (crash in crashes) cat("crash: call", crash, "\n")
failed <- nrow(bad) + length(crashes)
cat(sprintf("%d passed, %d failed, 0 skipped\n", nrow(table) - nrow(bad),
            failed))
quit(save = "no", status = as.integer(failed > 0L))
