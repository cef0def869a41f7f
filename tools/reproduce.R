# Renders the paper's report from real data into reproduction/: report.html,
# every table as CSV, every figure as PNG, explorer.html, its model to play
# with; then prints the headline numbers.
# What becomes a table or a figure is said in CONTRIBUTING.md.

source("tools/utf8.R")
suppressPackageStartupMessages(library(nidcode))

to <- "reproduction"
source_file <- file.path("vignettes", "paper.Rmd")

# Only what this script writes is cleared: bench.json and the like stay.
prepare <- function() {
  for (part in c("tables", "figures", "report.html", "explorer.html")) {
    unlink(file.path(to, part), recursive = TRUE)
  }
  for (part in c("tables", "figures")) {
    dir.create(file.path(to, part), recursive = TRUE, showWarnings = FALSE)
  }
}

# The vignette's own looks, in one file that needs no network (formulas as
# MathML), with larger pictures that are kept as files too.
report_format <- function() {
  format <- rmarkdown::html_vignette(toc = TRUE, mathjax = NULL,
                                     pandoc_args = "--mathml")
  figures <- paste0(normalizePath(file.path(to, "figures")), "/")
  format$knitr$opts_chunk <- utils::modifyList(
    as.list(format$knitr$opts_chunk),
    list(fig.path = figures, dev = "png", dpi = 150, fig.retina = 1)
  )
  format
}

render_report <- function() {
  env <- new.env(parent = globalenv())
  rmarkdown::render(source_file, output_format = report_format(),
                    output_file = "report.html",
                    output_dir = normalizePath(to),
                    intermediates_dir = tempfile("report-"),
                    envir = env, quiet = TRUE)
  env
}

# Numbers with all their digits, text in UTF-8, lists left out.
write_table <- function(table, name) {
  table <- as.data.frame(table)
  table <- table[!vapply(table, is.list, logical(1))]
  file <- file.path(to, "tables", paste0(gsub("_", "-", name), ".csv"))
  utils::write.csv(table, file, row.names = FALSE, na = "",
                   fileEncoding = "UTF-8")
}

write_tables <- function(env) {
  names <- ls(env, pattern = "^table_")
  names <- Filter(function(name) is.data.frame(env[[name]]), names)
  for (name in names) {
    write_table(env[[name]], sub("^table_", "", name))
  }
}

# "fig-2-1.png" is the only picture of the chunk fig-2: "fig-2.png".
rename_figures <- function() {
  files <- list.files(file.path(to, "figures"), "-[0-9]+\\.png$",
                      full.names = TRUE)
  chunk <- sub("-[0-9]+\\.png$", "", files)
  single <- !chunk %in% chunk[duplicated(chunk)]
  file.rename(files[single], paste0(chunk[single], ".png"))
}

headline <- function() {
  env <- new.env(parent = globalenv())
  file <- system.file("reproduce", "headline.R", package = "nidcode",
                      mustWork = TRUE)
  source(file, local = env, encoding = "UTF-8")
  numbers <- env$headline_numbers(nidcode::ural)
  write_table(numbers, "headline")
  numbers
}

# `model` is that of the report.
write_page <- function(env) {
  suppressMessages(write_explorer(env$model, file.path(to, "explorer.html"),
                                  title = "Regions of the Ural"))
}

main <- function() {
  if (!rmarkdown::pandoc_available()) {
    stop("pandoc is needed to write report.html; see tools/setup.sh")
  }
  prepare()
  env <- render_report()
  write_tables(env)
  rename_figures()
  write_page(env)
  numbers <- headline()
  counts <- vapply(c("tables", "figures"), function(part) {
    length(list.files(file.path(to, part)))
  }, integer(1))
  cat("\nHeadline numbers\n\n")
  shown <- as.data.frame(numbers)
  shown$value <- format(shown$value, digits = 4L, drop0trailing = TRUE)
  options(width = 100L)
  print(shown, right = FALSE, row.names = FALSE)
  cat("\nWritten: reproduction/report.html, explorer.html, ", counts[["tables"]],
      " tables, ", counts[["figures"]], " figures\n", sep = "")
  if (any(counts == 0L)) {
    stop("a report without tables or figures is not the paper")
  }
}

main()
