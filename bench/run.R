# Our time, the peer's on the same data in the same run, and the ratio.
#
#   Rscript bench/run.R [basic-code ...]     all files of bench/ by default
#
# A file of bench/ defines functions bench_*() that return rows made by
# row_of(); one that defines none stands alone and is run as it is, first. The
# bar is what the ratio should not exceed (NA: told only). Nothing here passes
# or fails: times on a shared machine are judged by people.

library(nidcode)

# `ours` and `peer` are functions of the round, 1 to `times`, so that a call
# can change its arguments and nothing kept from the last one helps. They
# take turns, each starting first in every second round. `prepare` is what a
# round needs beforehand, outside the clock. `calls` in a row make up a round
# where one call is too short for the clock; times are those of one call.
compare <- function(kernel, peer_name, ours, peer, bar, times = 7L,
                    calls = 1L, prepare = function(round) NULL) {
  took <- function(f, round) {
    gc(verbose = FALSE)
    start <- proc.time()[["elapsed"]]
    for (call in seq_len(calls)) f(round)
    (proc.time()[["elapsed"]] - start) / calls
  }
  prepare(1L)
  ours(1L)
  peer(1L)
  seconds <- vapply(seq_len(times), function(round) {
    prepare(round)
    if (round %% 2L == 0L) {
      p <- took(peer, round)
      c(took(ours, round), p)
    } else {
      c(took(ours, round), took(peer, round))
    }
  }, numeric(2))
  ratios <- seconds[1L, ] / seconds[2L, ]
  row_of(kernel, peer_name, stats::median(seconds[1L, ]),
         stats::median(seconds[2L, ]), bar, stats::median(ratios))
}

row_of <- function(kernel, peer_name, ours, peer, bar, ratio = ours / peer,
                   unit = "s") {
  data.frame(kernel = kernel, against = peer_name, ours = ours, peer = peer,
             unit = unit, ratio = ratio, bar = bar)
}

# Megabytes that the first call of `f` needs at its peak beyond what was there
# before, R's and C++'s together. A process of its own: here memory freed by
# earlier calls may still be counted, and would hide what is needed. Only Linux
# tells; elsewhere NA.
peak_memory <- function(f) {
  if (!file.exists("/proc/self/clear_refs")) {
    return(NA_real_)
  }
  files <- tempfile(c("call", "script"))
  on.exit(unlink(files))
  saveRDS(f, files[[1L]], compress = FALSE)
  script <- bquote({
    library(nidcode)
    read_mb <- function(field) {
      line <- grep(paste0("^", field, ":"), readLines("/proc/self/status"),
                   value = TRUE)
      as.numeric(gsub("[^0-9]", "", line)) / 1024
    }
    f <- readRDS(.(files[[1L]]))
    gc(verbose = FALSE)
    cat("5", file = "/proc/self/clear_refs")
    before <- read_mb("VmRSS")
    invisible(f())
    cat(read_mb("VmHWM") - before)
  })
  writeLines(deparse(script), files[[2L]])
  out <- system2(file.path(R.home("bin"), "Rscript"), files[[2L]],
                 stdout = TRUE)
  if (length(out) == 0L) NA_real_ else as.numeric(out[[length(out)]])
}

machine <- function() {
  list(
    r = R.version.string,
    nidcode = as.character(utils::packageVersion("nidcode")),
    threads = getOption("nidcode.threads", 1L),
    cores = parallel::detectCores(),
    peers = lapply(
      c(collapse = "collapse", data.table = "data.table"),
      function(package) as.character(utils::packageVersion(package))
    )
  )
}

stands_alone <- function(file) {
  !any(grepl("^bench_[a-z_]+ <- function", readLines(file)))
}

run_alone <- function(file) {
  cat("#", file, "\n")
  system2(file.path(R.home("bin"), "Rscript"), file)
  cat("\n")
}

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

print_table <- function(rows) {
  number <- function(x) formatC(x, digits = 3L, format = "g")
  shown <- data.frame(
    kernel = rows$kernel,
    ours = paste(number(rows$ours), rows$unit),
    peer = paste(number(rows$peer), rows$unit),
    against = rows$against,
    ratio = number(rows$ratio),
    bar = ifelse(is.na(rows$bar), "", paste("<=", number(rows$bar)))
  )
  print(shown, right = FALSE, row.names = FALSE)
}

main <- function(chosen) {
  options(width = 140L)
  files <- setdiff(list.files("bench", "\\.R$", full.names = TRUE),
                   "bench/run.R")
  if (length(chosen) > 0L) {
    files <- file.path("bench", paste0(chosen, ".R"))
  }
  # The peers get the same number of threads as we do.
  data.table::setDTthreads(getOption("nidcode.threads", 1L))
  alone <- vapply(files, stands_alone, logical(1))
  for (file in files[alone]) run_alone(file)
  rows <- do.call(rbind, lapply(files[!alone], run_file))
  if (is.null(rows)) {
    return(invisible())
  }
  print_table(rows)
  dir.create("reproduction", showWarnings = FALSE)
  out <- list(machine = machine(), results = rows)
  json <- jsonlite::toJSON(out, auto_unbox = TRUE, pretty = TRUE, digits = 6)
  writeLines(json, "reproduction/bench.json")
  cat(json, "\n", sep = "")
}

main(commandArgs(trailingOnly = TRUE))
