# What a reader of a vignette sees can be pasted: the visible chunks of each, in
# their order, run in a fresh R that knows nothing of the hidden ones.

# The sources: those of the installed package, or of the tree around the tests.
vignette_sources <- function() {
  found <- list.files(system.file("doc", package = "nidcode"), "[.]Rmd$",
                      full.names = TRUE)
  if (length(found) > 0L) {
    return(found)
  }
  list.files(test_path("..", "..", "vignettes"), "[.]Rmd$", full.names = TRUE)
}

# Lines of the visible chunks. Where an error is shown on purpose it may come.
visible_code <- function(lines) {
  out <- character()
  inside <- shown <- error <- FALSE
  for (line in lines) {
    if (grepl("^```\\{r", line)) {
      inside <- TRUE
      shown <- !grepl("(include|echo|eval) *= *FALSE", line)
      error <- grepl("error *= *TRUE", line)
      out <- c(out, if (shown && error) "try({")
    } else if (inside && grepl("^```", line)) {
      out <- c(out, if (shown && error) "}, silent = TRUE)")
      inside <- FALSE
    } else if (inside && shown) {
      out <- c(out, line)
    }
  }
  out
}

# For each code NULL, or the last lines of what R said before it stopped. One R
# has loaded the packages, and attached none of them; each code runs in a child of
# it, in an empty workspace and folder.
run_fresh <- function(codes) {
  skip_under_sanitizer("Rscript")
  folder <- tempfile("pasted")
  dir.create(folder)
  on.exit(unlink(folder, recursive = TRUE))
  at <- file.path(folder, seq_along(codes))
  for (i in seq_along(codes)) {
    dir.create(at[i])
    writeLines(codes[[i]], file.path(at[i], "pasted.R"), useBytes = TRUE)
  }
  saveRDS(list(paths = .libPaths(), at = at), file.path(folder, "told.rds"))
  writeLines(children, file.path(folder, "children.R"))
  system2(file.path(R.home("bin"), "Rscript"),
          c("--no-save", "--no-restore",
            shQuote(file.path(folder, "children.R")), shQuote(folder)),
          stdout = file.path(folder, "log"), stderr = file.path(folder, "log"))
  lapply(at, \(one) {
    if (file.exists(file.path(one, "done"))) return(NULL)
    log <- file.path(c(one, folder), "log")
    utils::tail(readLines(log[file.exists(log)][1L], warn = FALSE), 8L)
  })
}

# Of the R that has loaded the packages.
children <- c(
  "local({",
  "  told <- readRDS(file.path(commandArgs(TRUE), 'told.rds'))",
  "  .libPaths(told$paths)",
  "  for (name in c('nidcode', 'ggplot2')) loadNamespace(name)",
  "  for (one in told$at) parallel::mccollect(parallel::mcparallel({",
  "    setwd(one)",
  "    pdf(NULL)",
  "    log <- file('log', 'w')",
  "    sink(log)",
  "    sink(log, type = 'message')",
  "    tryCatch({",
  "      source('pasted.R', print.eval = TRUE, encoding = 'UTF-8')",
  "      file.create('done')",
  "    }, error = function(e) message(conditionMessage(e)))",
  "  }, mc.set.seed = FALSE))",
  "})"
)

test_that("hidden chunks are left out, shown ones kept in order", {
  lines <- c("text", "```{r a, include = FALSE}", "x <- 1", "```",
             "```{r}", "y <- 2", "```", "```{r, echo=FALSE}", "z", "```",
             "```{r, error = TRUE}", "stop()", "```", "more")
  expect_identical(visible_code(lines), c("y <- 2", "try({", "stop()",
                                          "}, silent = TRUE)"))
  skip_on_cran()
  skip_if(nzchar(Sys.getenv("NIDCODE_SANITIZE")), "starts other programs")
  skip_on_os("windows")
  # Neither what another has made or attached, nor an error of it, is known.
  said <- run_fresh(list(visible_code(lines), "stop('made to stop')", "y",
                         "library(stats4)", "mle", "nid_codes()"))
  expect_null(said[[1L]])
  expect_match(said[[2L]], "made to stop", all = FALSE)
  expect_match(said[[3L]], "'y' not found", all = FALSE)
  expect_null(said[[4L]])
  expect_match(said[[5L]], "'mle' not found", all = FALSE)
  expect_match(said[[6L]], "could not find function", all = FALSE)
})

test_that("visible chunks of every vignette run when pasted", {
  skip_on_cran()
  skip_if(nzchar(Sys.getenv("NIDCODE_SANITIZE")), "starts other programs")
  skip_on_os("windows")
  skip_if_not_installed("ggplot2")
  files <- vignette_sources()
  skip_if(length(files) == 0L, "vignettes are not at hand")
  expect_true(all(c("nidcode.Rmd", "paper.Rmd", "rates.Rmd", "survey.Rmd") %in%
                    basename(files)))
  codes <- lapply(files, \(file) {
    visible_code(readLines(file, encoding = "UTF-8", warn = FALSE))
  })
  expect_gt(min(lengths(codes)), 10L)
  said <- run_fresh(codes)
  for (i in seq_along(files)) {
    expect(is.null(said[[i]]), paste0(basename(files[i]), ": ",
                                      paste(said[[i]], collapse = "\n")))
  }
})

test_that("the words of the glossary are those of its page", {
  first <- system.file("doc", "nidcode.Rmd", package = "nidcode")
  page <- tools::Rd_db("nidcode")[["nid_glossary.Rd"]]
  skip_if(is.null(page) || !nzchar(first), "help or vignettes not installed")
  page <- paste(as.character(page), collapse = "")
  words <- regmatches(page, gregexpr("strong[{][^}]*[}]", page))[[1L]]
  words <- small_letters(sub("strong[{](.*)[}]", "\\1", words))
  expect_length(words, 10L)
  lines <- readLines(first, encoding = "UTF-8")
  table <- lines[seq.int(grep("^[|] word ", lines) + 2L, length.out = 10L)]
  expect_identical(small_letters(sub("^[|] (.*?) [|].*", "\\1", table)), words)
})
