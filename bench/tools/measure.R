# What the files of bench/ measure with, and the table they come to.

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

# Megabytes that a call of `f` needs at its peak beyond what was there before,
# R's and C++'s together. Only Linux tells; elsewhere NA. Memory freed by
# earlier calls may still be counted, and would hide what is needed: so in a
# young process alone.
peak_here <- function(f) {
  force(f)
  if (!file.exists("/proc/self/clear_refs")) {
    f()
    return(NA_real_)
  }
  read_mb <- function(field) {
    line <- grep(paste0("^", field, ":"), readLines("/proc/self/status"),
                 value = TRUE)
    as.numeric(gsub("[^0-9]", "", line)) / 1024
  }
  gc(verbose = FALSE)
  cat("5", file = "/proc/self/clear_refs")
  before <- read_mb("VmRSS")
  f()
  read_mb("VmHWM") - before
}

# The same in a process of its own.
peak_memory <- function(f) {
  files <- tempfile(c("call", "script"))
  on.exit(unlink(files))
  saveRDS(f, files[[1L]], compress = FALSE)
  script <- bquote({
    library(nidcode)
    source("bench/tools/measure.R")
    cat(peak_here(readRDS(.(files[[1L]]))))
  })
  writeLines(deparse(script), files[[2L]])
  out <- system2(file.path(R.home("bin"), "Rscript"), files[[2L]],
                 stdout = TRUE)
  if (length(out) == 0L) NA_real_ else as.numeric(out[[length(out)]])
}

# Whom we are measured against.
peers <- c("collapse", "data.table", "ggplot2", "mgcv", "rmarkdown",
           "sandwich", "survey")

machine <- function() {
  version <- function(package) as.character(utils::packageVersion(package))
  list(
    r = R.version.string,
    nidcode = version("nidcode"),
    threads = getOption("nidcode.threads", 1L),
    cores = parallel::detectCores(),
    peers = vapply(peers, version, "")
  )
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
