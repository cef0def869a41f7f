# The core against its own kernel and the clock; and, where a commit is named,
# against the package of that commit, installed beside ours. Each number comes
# from a fresh process, ours and theirs taking turns. One thread.
#
#   Rscript bench/core.R [COMMIT]
#
# Then the bars against collapse, and those that are counted.

source("bench/tools/measure.R")

items <- c("model", "code", "kernel", "rates", "cells", "grids", "workbook")
# These call what is internal, and so by ours alone.
inner <- c("kernel", "grids")
rounds <- 3L

# A library with the package of `commit`.
install_commit <- function(commit) {
  folder <- tempfile("nidcode-then-")
  library <- file.path(folder, "library")
  dir.create(library, recursive = TRUE)
  tar <- file.path(folder, "source.tar")
  log <- file.path(folder, "log")
  run <- function(command, ...) {
    if (system2(command, c(...), stdout = log, stderr = log) != 0L) {
      stop(paste(utils::tail(readLines(log), 20L), collapse = "\n"))
    }
  }
  run("git", "archive", "--output", tar, shQuote(commit))
  source <- file.path(folder, "source")
  utils::untar(tar, exdir = source)
  # Commits up to 2026 were not all C++14.
  Sys.setenv(USE_CXX17 = "1")
  on.exit(Sys.unsetenv("USE_CXX17"))
  run(file.path(R.home("bin"), "R"), "CMD", "INSTALL", "--no-docs",
      paste0("--library=", library), source)
  library
}

# The numbers of one item in one version, named; NULL: ours.
measure_item <- function(item, library = NULL) {
  if (item %in% inner && !is.null(library)) {
    return(NULL)
  }
  out <- system2(file.path(R.home("bin"), "Rscript"),
                 c("bench/tools/core-item.R", item, shQuote(library)),
                 stdout = TRUE)
  fields <- strsplit(trimws(out), " +")
  out <- as.numeric(vapply(fields, `[`, "", 2L))
  names(out) <- paste(item, vapply(fields, `[`, "", 1L), sep = ".")
  out
}

# list(ours, then), each with a row a number and a column a round. Who begins
# changes by the round.
measure_turns <- function(then) {
  versions <- c(list(ours = NULL), if (!is.null(then)) list(then = then))
  turns <- lapply(seq_len(rounds), function(round) {
    order <- if (round %% 2L == 0L) rev(versions) else versions
    both <- lapply(items, function(item) {
      lapply(order, function(library) measure_item(item, library))
    })
    lapply(stats::setNames(nm = names(versions)), function(version) {
      unlist(lapply(both, `[[`, version))
    })
  })
  lapply(stats::setNames(nm = names(versions)), function(version) {
    do.call(cbind, lapply(turns, `[[`, version))
  })
}

pair_row <- function(what, against, ours, peer, bar, unit = "s") {
  row_of(what, against, stats::median(ours), stats::median(peer), bar,
         stats::median(ours / peer), unit)
}

rows_alone <- function(ours) {
  kernel <- ours["kernel.kernel", ]
  rbind(
    pair_row("code_model(), 100,000 regions of one code", "spline kernel",
             ours["code.code", ], kernel, 6),
    pair_row("estimate_rates(), 100,000 series", "spline kernel",
             ours["rates.rates", ], kernel, 3),
    pair_row("tidy(conf.level = 0.9), 20,000 regions", "50 ms",
             ours["model.tidy", ], 0.05, 1),
    pair_row("cell_weights(), 2,000 ragged regions", "1 s",
             ours["cells.cells", ], 1, 1),
    pair_row("spline, 100,000 series on 50,000 grids", "one grid",
             ours["grids.many", ], ours["grids.one", ], 10)
  )
}

rows_then <- function(ours, then) {
  beside <- function(what, name, bar, unit = "s") {
    pair_row(what, "then", ours[name, ], then[name, ], bar, unit)
  }
  rbind(
    beside("code_model(), 20,000 x 12 x 6", "model.model", 0.6),
    beside("  its extra memory", "model.memory", 1, "MB"),
    beside("code_model(), 100,000 regions of one code", "code.code", NA),
    beside("estimate_rates(), 100,000 series", "rates.rates", NA),
    beside("tidy(conf.level = 0.9), 20,000 regions", "model.tidy", NA),
    beside("cell_weights(), 2,000 ragged regions", "cells.cells", NA),
    beside("write_workbook(), russia, CPU", "workbook.write", NA)
  )
}

# Results that moved are told, with by how much.
tell_moved <- function(ours, then) {
  answers <- grep("\\.answer$", rownames(ours), value = TRUE)
  for (name in answers) {
    off <- abs(ours[name, 1L] / then[name, 1L] - 1)
    if (!isTRUE(off < 1e-9)) {
      cat("moved: ", name, " by ", format(off, digits = 2L), "\n", sep = "")
    }
  }
}

bench_core <- function(commit = NULL) {
  then <- if (!is.null(commit)) install_commit(commit)
  turns <- measure_turns(then)
  if (is.null(then)) {
    return(rows_alone(turns$ours))
  }
  tell_moved(turns$ours, turns$then)
  rbind(rows_then(turns$ours, turns$then), rows_alone(turns$ours))
}

# Against collapse, from codes and from the data frame, in a fresh process.
print_peers <- function() {
  system2(file.path(R.home("bin"), "Rscript"), c("bench/run.R", "basic-code"))
}

# What of the bars is counted, not timed: files with a test of their name and
# files that read what a rate is made of.
print_counts <- function() {
  wings <- grep("^\\| (rates|formulas|model) \\|",
                readLines("CONTRIBUTING.md", encoding = "UTF-8"), value = TRUE)
  globs <- gsub("`", "", unlist(regmatches(wings, gregexpr("`[^`]+`", wings))))
  files <- sub("\\.R$", "", list.files("R", "\\.R$"))
  core <- unique(unlist(lapply(utils::glob2rx(globs), grep, files,
                               value = TRUE)))
  tested <- file.exists(file.path("tests/testthat",
                                  paste0("test-", core, ".R")))
  reads <- vapply(file.path("R", paste0(files, ".R")), function(file) {
    any(grepl("rate\\$(kind|args|name|sd)\\b", readLines(file)))
  }, NA)
  cat(sprintf("core files with a test of their name: %d of %d (>= 70 %%)\n",
              sum(tested), length(core)),
      sprintf("files that read kind, args, name, sd of a rate: %d (<= 6)\n",
              sum(reads)), sep = "")
  system2(file.path(R.home("bin"), "Rscript"), "tools/check-house.R")
}

# As a script; bench/run.R reads it for bench_core().
if (sys.nframe() == 0L) {
  options(width = 140L)
  commit <- commandArgs(trailingOnly = TRUE)
  print_table(bench_core(if (length(commit) > 0L) commit[[1L]]))
  print_peers()
  print_counts()
}
