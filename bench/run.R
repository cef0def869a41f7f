# Our time, the peer's on the same data in the same run, and the ratio.
#
#   Rscript bench/run.R [basic-code ...]     all files of bench/ by default
#
# A file of bench/ defines functions bench_*() that return rows made by
# row_of(). The bar is what the ratio should not exceed (NA: told only). Nothing
# here passes or fails: times on a shared machine are judged by people.

library(nidcode)
source("bench/tools/measure.R")

run_file <- function(file) {
  env <- new.env(parent = globalenv())
  source(file, local = env)
  benches <- ls(env, pattern = "^bench_")
  rows <- lapply(benches, function(name) {
    cat("#", name, "\n")
    set.seed(1L)
    out <- env[[name]]()
    gc(verbose = FALSE)
    cbind(file = sub("\\.R$", "", basename(file)), out)
  })
  do.call(rbind, rows)
}

print_machine <- function(machine) {
  cat("nidcode ", machine$nidcode, ", ", machine$threads, " thread(s), ",
      machine$r, "\n", "peers: ",
      paste(names(machine$peers), machine$peers, collapse = ", "), "\n",
      sep = "")
}

main <- function(chosen) {
  options(width = 140L)
  files <- setdiff(list.files("bench", "\\.R$", full.names = TRUE),
                   "bench/run.R")
  if (length(chosen) > 0L) {
    files <- file.path("bench", paste0(chosen, ".R"))
  }
  # The peers get the same number of threads as we do.
  threads <- getOption("nidcode.threads", 1L)
  data.table::setDTthreads(threads)
  collapse::set_collapse(nthreads = threads)
  rows <- do.call(rbind, lapply(files, run_file))
  out <- list(machine = machine(), results = rows)
  print_machine(out$machine)
  print_table(rows)
  dir.create("reproduction", showWarnings = FALSE)
  out$machine$peers <- as.list(out$machine$peers)
  json <- jsonlite::toJSON(out, auto_unbox = TRUE, pretty = TRUE, digits = 6)
  writeLines(json, "reproduction/bench.json")
  cat(json, "\n", sep = "")
}

main(commandArgs(trailingOnly = TRUE))
