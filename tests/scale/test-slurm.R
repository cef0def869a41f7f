skip_if(!nzchar(Sys.getenv("SLURM_CONF")), "Slurm was not started")

# One task of an array is one part; what stands is kept.
task <- c(
  "library(nidcode)",
  "load(file.path(folder, \"job.rda\"))",
  "k <- as.integer(Sys.getenv(\"SLURM_ARRAY_TASK_ID\"))",
  "if (file.exists(file.path(folder, paste0(\"die-\", k)))) {",
  "  unlink(file.path(folder, paste0(\"die-\", k)))",
  "  tools::pskill(Sys.getpid(), tools::SIGKILL)",
  "}",
  "part <- sprintf(\"in-%02d.csv\", k)",
  "said <- suppressWarnings(suppressMessages(do.call(code_part, c(list(",
  "  file.path(from, part),",
  "  file.path(sink, paste0(\"part-\", k, \".csv\"))), args))))",
  "writeLines(said, file.path(folder, paste0(\"said-\", k)))"
)

array_script <- function(folder) {
  file <- file.path(folder, "task.R")
  writeLines(c(sprintf(".libPaths(%s)", paste(deparse(.libPaths()),
                                              collapse = "")),
               sprintf("folder <- %s", deparse(folder)), task), file)
  script <- file.path(folder, "array.sh")
  writeLines(c("#!/bin/sh", "#SBATCH --array=1-4",
               paste0("#SBATCH --output=", folder, "/%a.log"),
               paste("Rscript --no-save --no-restore", file)), script)
  script
}

run_array <- function(script) {
  suppressWarnings(system2("timeout", c("100", "sbatch", "--wait", script),
                           stdout = FALSE, stderr = FALSE))
}

test_that("an array makes all parts, and a killed task is made up for", {
  panel <- plain_panel()
  model <- quietly(code_model(panel))
  folder <- new_folder()
  from <- write_parts(panel, new_folder(), 8L)
  sink <- new_folder()
  args <- list(scheme = panel$scheme, reference = code_reference(model))
  save(from, sink, args, file = file.path(folder, "job.rda"))
  script <- array_script(folder)
  file.create(file.path(folder, "die-2"))
  expect_gt(run_array(script), 0L)
  expect_setequal(list.files(sink, "^part"),
                  paste0("part-", c(1, 3, 4), ".csv"))
  stamps <- file.mtime(file.path(sink, list.files(sink, "^part")))
  expect_identical(run_array(script), 0L)
  said <- vapply(1:4, \(k) readLines(file.path(folder, paste0("said-", k))),
                 "")
  expect_identical(said, c("kept", "made", "kept", "kept"))
  expect_identical(file.mtime(file.path(sink, paste0(
    "part-", c(1, 3, 4), ".csv"))), stamps)
  expect_whole(sink, model)
})

test_that("future.batchtools spreads parts over nodes", {
  skip_if_not_installed("future.batchtools")
  panel <- plain_panel()
  model <- quietly(code_model(panel))
  from <- write_parts(panel, new_folder(), 10L)
  folder <- new_folder()
  sink <- new_folder()
  template <- file.path(folder, "slurm.tmpl")
  writeLines(c("#!/bin/sh", "#SBATCH --job-name=<%= job.name %>",
               "#SBATCH --output=<%= log.file %>",
               sprintf("export R_LIBS=%s", paste(.libPaths(), collapse = ":")),
               "Rscript -e 'batchtools::doJobCollection(\"<%= uri %>\")'"),
             template)
  withr::local_dir(folder)
  old <- future::plan(future.batchtools::batchtools_slurm, template = template)
  withr::defer(future::plan(old))
  args <- list(scheme = panel$scheme, reference = code_reference(model))
  jobs <- lapply(1:3, \(k) {
    future::future(
      suppressWarnings(suppressMessages(do.call(nidcode::code_part, c(
        list(file.path(from, sprintf("in-%02d.csv", k)),
             file.path(sink, paste0("part-", k, ".csv"))), args)))),
      globals = list(from = from, sink = sink, args = args, k = k))
  })
  said <- vapply(jobs, future::value, "")
  expect_identical(said, rep("made", 3))
  expect_whole(sink, model)
})
