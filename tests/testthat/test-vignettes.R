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

# NULL, or the last lines of what R said before it stopped.
run_fresh <- function(code) {
  skip_under_sanitizer("Rscript")
  folder <- tempfile("pasted")
  dir.create(folder)
  on.exit(unlink(folder, recursive = TRUE))
  script <- file.path(folder, "pasted.R")
  log <- file.path(folder, "log")
  writeLines(c(
    paste0(".libPaths(c(", paste(shQuote(.libPaths(), "cmd"),
                                 collapse = ", "), "))"),
    paste0("setwd(", shQuote(folder, "cmd"), ")"), "pdf(NULL)", code
  ), script, useBytes = TRUE)
  status <- system2(file.path(R.home("bin"), "Rscript"),
                    c("--no-save", "--no-restore", "--encoding=UTF-8",
                      shQuote(script)), stdout = log, stderr = log)
  if (status != 0L) utils::tail(readLines(log, warn = FALSE), 8L)
}

test_that("hidden chunks are left out, shown ones kept in order", {
  lines <- c("text", "```{r a, include = FALSE}", "x <- 1", "```",
             "```{r}", "y <- 2", "```", "```{r, echo=FALSE}", "z", "```",
             "```{r, error = TRUE}", "stop()", "```", "more")
  expect_identical(visible_code(lines), c("y <- 2", "try({", "stop()",
                                          "}, silent = TRUE)"))
  skip_on_cran()
  skip_if(nzchar(Sys.getenv("NIDCODE_SANITIZE")), "starts other programs")
  expect_null(run_fresh(visible_code(lines)))
  expect_match(run_fresh("stop('made to stop')"), "made to stop", all = FALSE)
})

test_that("visible chunks of every vignette run when pasted", {
  skip_on_cran()
  skip_if(nzchar(Sys.getenv("NIDCODE_SANITIZE")), "starts other programs")
  skip_if_not_installed("ggplot2")
  files <- vignette_sources()
  skip_if(length(files) == 0L, "vignettes are not at hand")
  expect_true(all(c("nidcode.Rmd", "paper.Rmd", "rates.Rmd", "survey.Rmd") %in%
                    basename(files)))
  for (file in files) {
    code <- visible_code(readLines(file, encoding = "UTF-8", warn = FALSE))
    expect_gt(length(code), 10L)
    said <- run_fresh(code)
    expect(is.null(said), paste0(basename(file), ": ",
                                 paste(said, collapse = "\n")))
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
