# The report of a model against an R Markdown page with as many plain ggplots,
# both made whole, from the call to the file.

# Russia's regions and, to make it 85, three of them again under other names.
many_regions <- function() {
  again <- unique(russia$region)[1:3]
  more <- russia[russia$region %in% again, ]
  more$region <- paste(more$region, "(again)")
  rbind(russia, more)
}

# Patents may be none somewhere, so no logs here.
scheme_without_logs <- function() {
  as_code_scheme(transform(as.data.frame(ural_scheme), transform = "none"))
}

model_of <- function(data, scheme) {
  suppressWarnings(suppressMessages(
    code_model(data, scheme, status = "_status")
  ))
}

# The plainest page: points, no groups, no legend.
plain_page <- function(data, pictures, folder) {
  measured <- names(Filter(is.double, data))[seq_len(pictures)]
  rest <- paste0("```{r}\nggplot(data, aes(year, ", measured,
                 ")) + geom_point()\n```\n")
  file <- file.path(folder, "plain.Rmd")
  writeLines(c("---", "title: Plain", "output: html_document", "---", "",
               "```{r, include = FALSE}", "library(ggplot2)", "```", "",
               rest), file)
  file
}

pictures_in <- function(file) {
  page <- paste(readLines(file, warn = FALSE), collapse = "\n")
  lengths(regmatches(page, gregexpr("<img ", page, fixed = TRUE)))
}

bench_report <- function() {
  folder <- tempfile("bench-report-")
  dir.create(folder)
  on.exit(unlink(folder, recursive = TRUE))
  one <- function(what, data, scheme, bar) {
    model <- model_of(data, scheme)
    file <- file.path(folder, "report.html")
    write_report(model, file, overwrite = TRUE)
    page <- plain_page(data, pictures_in(file), folder)
    compare(
      paste("report,", what), paste(pictures_in(file), "plain ggplots"),
      ours = function(round) write_report(model, file, overwrite = TRUE),
      peer = function(round) {
        env <- list2env(list(data = data))
        rmarkdown::render(page, quiet = TRUE, envir = env)
      },
      bar = bar, times = 5L
    )
  }
  regions <- subset(ural, level == "region")
  rbind(one("the Ural regions", regions, ural_scheme, 3),
        one("85 regions", many_regions(), scheme_without_logs(), 6))
}
