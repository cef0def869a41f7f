# Builds the source package with its vignettes, runs R CMD check --as-cran on
# it with every test, and ends with one line: N passed, N failed, N skipped.
#
# Passed and skipped are testthat's expectations and skips. Failed are its
# failures plus everything else that went wrong: a header that does not
# compile alone, a build that stops, any ERROR, WARNING or NOTE of the check
# that is not in `allowed_notes`. The exit status is 1 if anything failed.

source("tools/utf8.R")
source("tools/makevars.R")
root <- normalizePath(".")
work <- tempfile("nidcode-check-")
dir.create(work)
minutes_of <- function(start) {
  as.numeric(difftime(Sys.time(), start, units = "mins"))
}
say <- function(...) cat(..., "\n", sep = "")

# ---- What is switched off or allowed, and why -----------------------------

# Warning flags that the distribution's R adds to every compilation.
distribution_flags <- function() {
  vars <- c("CPPFLAGS", "CFLAGS", "CXXFLAGS", "LDFLAGS")
  flags <- unlist(strsplit(vapply(vars, config, ""), "[[:space:]]+"))
  debian <- c("-Wformat", "-Werror=format-security", "-Wdate-time")
  unique(c(debian, grep("^-W(?!l,|all$)", flags, value = TRUE, perl = TRUE)))
}

has_latex <- function() nzchar(Sys.which("pdflatex"))

switches <- function() {
  flags <- paste(distribution_flags(), collapse = " ")
  list(
    list(
      env = c("_R_CHECK_COMPILATION_FLAGS_KNOWN_" = flags),
      why = "flags of the distribution's R, not of this package"
    ),
    list(
      env = c("_R_CHECK_SYSTEM_CLOCK_" = "0"),
      why = "the clock would be compared with a server on the network"
    ),
    list(
      env = c("_R_CHECK_CRAN_INCOMING_REMOTE_" = "FALSE"),
      why = "addresses and CRAN's own lists need the network"
    ),
    list(
      env = c("R_MAKEVARS_USER" = file.path(work, "Makevars")),
      why = paste("-O2 without -g: debugging symbols alone would make the",
                  "library larger than the check allows")
    ),
    list(
      arg = "--no-vignettes",
      why = "R CMD build has knitted every vignette a moment before"
    ),
    if (!has_latex()) {
      list(arg = "--no-manual", why = "no PDF manual: LaTeX is not here")
    }
  )
}

# A note passes only if every line of it is one of these.
allowed_notes <- list(
  list(
    item = "checking CRAN incoming feasibility",
    lines = c("^Maintainer: ", "^New submission$"),
    why = "New submission: the package is not on CRAN yet"
  ),
  list(
    item = "checking installed package size",
    lines = c("^installed size is +[5-7][.]", "^sub-directories of 1Mb or more:",
              "^(R|doc|libs) +[1-3][.][0-9]Mb$"),
    why = paste("installed up to 8 MB: byte code, vignettes and the core;",
                "the source package is below 3 MB")
  )
)

# Settings that make the run the same everywhere; they switch nothing off.
settings <- function() {
  c(
    NOT_CRAN = "true",                     # every test, also the slow ones
    "_R_CHECK_TESTS_NLINES_" = "0",        # all lines of a failing test
    R_CHECK_ENVIRON = file.path(work, "environ"),
    R_BUILD_ENVIRON = file.path(work, "environ"),
    R_PROFILE_USER = file.path(work, "environ"),
    MAKEFLAGS = "-j2",
    MAKELEVEL = ""
  )
}

# ---- The steps ------------------------------------------------------------

failures <- character()
fail <- function(...) failures <<- c(failures, paste0(...))

run <- function(command, args, log) {
  file <- file.path(work, log)
  start <- Sys.time()
  status <- system2(command, args, stdout = file, stderr = file, stdin = "")
  text <- readLines(file, warn = FALSE, encoding = "UTF-8")
  list(ok = status == 0L, text = text, minutes = minutes_of(start))
}

check_headers <- function() {
  step <- run("sh", c(file.path("tools", "check-headers.sh"), "together"),
              "headers.log")
  writeLines(step$text)
  if (!step$ok) fail("headers that link, without R")
}

# Files named in CONTRIBUTING.md exist: under their path, or anywhere in the
# tree where only a name is given. Names with a gap to fill in and what is made
# by a run are left out.
named_files <- function(text) {
  ending <- "(R|Rmd|cpp|h|sh|csv|rda|yml)"
  words <- unlist(regmatches(text, gregexpr(
    paste0("[A-Za-z0-9_.<>/*-]+\\.", ending, "(?![A-Za-z0-9(])"), text,
    perl = TRUE)))
  words <- unique(words[!grepl("[<>*]", words) & !startsWith(words, ".")])
  words[!grepl("^(reproduction|check)/", words)]
}

check_named_files <- function() {
  named <- named_files(readLines("CONTRIBUTING.md", encoding = "UTF-8"))
  # A page whose names cannot be read any more must not pass.
  if (length(named) == 0L) fail("CONTRIBUTING.md names no file")
  tree <- list.files(".", recursive = TRUE)
  gone <- named[!named %in% c(tree, basename(tree))]
  if (length(gone) > 0L) {
    fail("CONTRIBUTING.md names files that do not exist: ",
         paste(gone, collapse = ", "))
  }
}

check_house <- function() {
  step <- run("Rscript", c("--no-save", "--no-restore",
                           file.path("tools", "check-house.R")), "house.log")
  writeLines(step$text)
  if (!step$ok) fail("the map of the house")
}

build_package <- function() {
  old <- setwd(work)
  # Byte code takes longer to make than the vignettes gain by it.
  Sys.setenv(R_COMPILE_PKGS = "no", R_ENABLE_JIT = "0")
  on.exit({
    setwd(old)
    Sys.unsetenv(c("R_COMPILE_PKGS", "R_ENABLE_JIT"))
  })
  step <- run("R", c("CMD", "build", shQuote(root)), "build.log")
  tarball <- list.files(work, "^nidcode_.*\\.tar\\.gz$", full.names = TRUE)
  if (!step$ok || length(tarball) != 1L) {
    writeLines(utils::tail(step$text, 60L))
    fail("R CMD build")
    return(NULL)
  }
  mb <- file.size(tarball) / 1024^2
  say(sprintf("built %s: %.2f MB in %.1f min",
              basename(tarball), mb, step$minutes))
  # The package's own bound; CRAN asks for 10 MB.
  if (mb > 3) fail("tarball over 3 MB")
  tarball
}

check_package <- function(tarball, args) {
  args <- c("CMD", "check", "--as-cran", args, "-o", shQuote(work),
            shQuote(tarball))
  step <- run("R", args, "check.log")
  say(sprintf("R CMD check: %.1f min", step$minutes))
  log <- file.path(work, "nidcode.Rcheck", "00check.log")
  if (!file.exists(log)) {
    writeLines(utils::tail(step$text, 60L))
    fail("R CMD check wrote no log")
    return(character())
  }
  readLines(log, warn = FALSE, encoding = "UTF-8")
}

# ---- Reading the check's log ----------------------------------------------

# A block is a line "* checking ..." and what follows it. Its outcome stands
# at the end of that line or, for tests and vignettes, alone on a later one.
read_blocks <- function(log) {
  starts <- grep("^\\* ", log)
  ends <- c(starts[-1L] - 1L, length(log))
  lapply(seq_along(starts), function(i) {
    lines <- log[starts[i]:ends[i]]
    outcome <- "(ERROR|WARNING|NOTE)$"
    first <- grepl(paste0(" \\.\\.\\. .*", outcome), lines[1L])
    alone <- grepl(paste0("^ *(\\[[^]]*\\] *)?", outcome), lines[-1L])
    found <- c(lines[1L][first], lines[-1L][alone])
    list(
      item = sub("^\\* (.*?) \\.\\.\\..*$", "\\1", lines[1L]),
      outcome = sub(paste0(".*", outcome), "\\1", found),
      lines = lines,
      body = lines[-1L][!alone]
    )
  })
}

is_allowed <- function(block) {
  for (note in allowed_notes) {
    body <- block$body[nzchar(trimws(block$body))]
    fits <- Reduce(`|`, lapply(note$lines, grepl, x = trimws(body)))
    if (identical(block$outcome, "NOTE") && block$item == note$item &&
          all(fits)) {
      return(note$why)
    }
  }
  NULL
}

# "Status: 1 WARNING, 2 NOTEs" must agree with the blocks, so that an outcome
# this script cannot read never passes unseen.
count_status <- function(log) {
  status <- grep("^Status: ", log, value = TRUE)
  if (length(status) != 1L) {
    return(NA_integer_)
  }
  numbers <- regmatches(status, gregexpr("[0-9]+", status))[[1L]]
  sum(as.integer(numbers))
}

judge_log <- function(log, tests_counted) {
  bad <- Filter(function(block) length(block$outcome) > 0L, read_blocks(log))
  seen <- length(unlist(lapply(bad, `[[`, "outcome")))
  if (!identical(count_status(log), seen)) {
    fail("R CMD check: its status line and its items do not agree")
  }
  for (block in bad) {
    why <- is_allowed(block)
    if (!is.null(why)) {
      say("allowed: ", why)
      next
    }
    say("")
    writeLines(block$lines)
    # Failing tests, and tests that broke off, have been counted already.
    if (!(tests_counted && block$item == "checking tests")) {
      fail(block$item, ": ", paste(block$outcome, collapse = ", "))
    }
  }
}

# ---- Reading testthat's results -------------------------------------------

read_tests <- function() {
  files <- file.path(work, "nidcode.Rcheck", "tests",
                     c("testthat.Rout.fail", "testthat.Rout"))
  files <- files[file.exists(files)]
  none <- c(fail = 0L, warn = 0L, skip = 0L, pass = 0L)
  if (length(files) == 0L) {
    fail("tests did not run")
    return(none)
  }
  text <- readLines(files[1L], warn = FALSE, encoding = "UTF-8")
  pattern <- paste0("\\[ FAIL ([0-9]+) \\| WARN ([0-9]+) \\| ",
                    "SKIP ([0-9]+) \\| PASS ([0-9]+) \\]")
  lines <- grep(pattern, text, value = TRUE)
  if (length(lines) == 0L) {
    writeLines(utils::tail(text, 60L))
    fail("tests ended without a count")
    return(none)
  }
  last <- regmatches(lines, regexec(pattern, lines))[[length(lines)]]
  counts <- stats::setNames(as.integer(last[-1L]), names(none))
  show_skips(text)
  if (counts[["pass"]] == 0L) fail("no expectation passed")
  counts
}

show_skips <- function(text) {
  start <- grep("Skipped tests", text, fixed = TRUE)
  if (length(start) > 0L) {
    rest <- text[seq(start[1L] + 1L, length(text))]
    end <- which(!nzchar(rest))
    say("skipped:")
    writeLines(utils::head(rest, if (length(end)) end[1L] - 1L else 20L))
  }
}

# Printed, never judged: CPU, then the clock.
show_dear <- function(log) {
  time <- "\\[[0-9]+[sm]/[0-9]+[sm]\\]"
  dear <- grep(paste0("^\\* checking .*", time), log, value = TRUE)
  say("dear: ", paste0(sub("^\\* checking (.*?) \\.\\.\\. .*", "\\1", dear), " ",
                       regmatches(dear, regexpr(time, dear)),
                       collapse = ", "))
}

# Printed, never judged: the goal is under 1 s for every example.
show_slowest <- function() {
  file <- file.path(work, "nidcode.Rcheck", "nidcode-Ex.timings")
  lines <- if (file.exists(file)) readLines(file)[-1L]
  if (length(lines) > 0L) {
    cells <- strsplit(lines, "\t", fixed = TRUE)
    name <- vapply(cells, `[`, "", 1L)
    elapsed <- as.numeric(vapply(cells, `[`, "", 4L))
    slow <- utils::head(order(-elapsed), 3L)
    say("slowest examples: ",
        paste0(name[slow], " ", elapsed[slow], " s", collapse = ", "))
  }
}

keep_logs <- function() {
  to <- file.path(root, "check")
  unlink(to, recursive = TRUE)
  dir.create(to)
  from <- file.path(work, "nidcode.Rcheck")
  files <- c(
    list.files(work, "\\.log$", full.names = TRUE),
    file.path(from, c("00check.log", "00install.out", "nidcode-Ex.timings")),
    list.files(file.path(from, "tests"), "\\.Rout(\\.fail)?$",
               full.names = TRUE)
  )
  file.copy(files[file.exists(files)], to)
  say("logs in check/")
}

# ---- All of it ------------------------------------------------------------

main <- function() {
  start <- Sys.time()
  write_makevars(file.path(work, "Makevars"))
  file.create(file.path(work, "environ"))
  chosen <- Filter(Negate(is.null), switches())
  say("R CMD check --as-cran, with these switches:")
  for (switch in chosen) {
    what <- if (is.null(switch$env)) switch$arg else {
      paste0(names(switch$env), "='", switch$env, "'")
    }
    what <- sub(work, "(temporary)", what, fixed = TRUE)
    say("  ", what, "\n    ", switch$why)
  }
  check_named_files()
  check_headers()
  check_house()
  env <- c(unlist(lapply(chosen, `[[`, "env")), settings())
  do.call(Sys.setenv, as.list(env))
  tests <- c(fail = 0L, warn = 0L, skip = 0L, pass = 0L)
  tarball <- build_package()
  if (!is.null(tarball)) {
    log <- check_package(tarball, unlist(lapply(chosen, `[[`, "arg")))
    before <- length(failures)
    tests <- read_tests()
    judge_log(log, tests[["fail"]] > 0L || length(failures) > before)
    show_dear(log)
    show_slowest()
  }
  keep_logs()
  if (tests[["warn"]] > 0L) {
    say("warnings inside tests: ", tests[["warn"]], " (see the log)")
  }
  if (length(failures) > 0L) {
    say("failed besides tests: ", paste(failures, collapse = "; "))
  }
  failed <- tests[["fail"]] + length(failures)
  cpu <- sum(proc.time()) - proc.time()[["elapsed"]]
  say(sprintf("all: %.1f min, %.1f min of CPU", minutes_of(start), cpu / 60))
  unlink(work, recursive = TRUE)
  say(tests[["pass"]], " passed, ", failed, " failed, ", tests[["skip"]],
      " skipped")
  failed
}

quit(save = "no", status = as.integer(main() > 0L))
