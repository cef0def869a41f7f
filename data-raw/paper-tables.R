# data/paper_relevance.rda, paper_attitudes.rda, paper_sample.rda: the survey
# of the 2017 paper.
#   Rscript data-raw/paper-tables.R <folder of the source files>

source("data-raw/read-sources.R")
folder <- source_folder()

tables <- read.csv(file.path(folder, "paper_survey_tables.csv"),
                   encoding = "UTF-8", na.strings = "")
# "433" and "117" in the scan: the decimal point is restored.
restored <- tables$item[grepl("restored", tables$transcription_note)]

# Table 1. The paper's three groups get the names that nid_codes() gives them.
table1 <- tables[tables$table == 1, ]
name_of <- c("Institutional" = "institutional",
             "Information" = "information",
             "Value-based and competence-oriented" = "value")

# The whole count out of 208 that prints as this percentage, if there is one.
count_of_208 <- function(percent, n = 208L) {
  fit <- lapply(percent, function(p) {
    which(abs(round(100 * (0:n) / n, 1) - p) < 1e-9) - 1L
  })
  stopifnot(lengths(fit) <= 1L)
  vapply(fit, function(k) if (length(k) == 1L) k else NA_real_, numeric(1))
}

paper_relevance <- tibble::tibble(
  code = unname(name_of[table1$code]),
  item = table1$item,
  percent = table1$percent,
  n = 208L,
  count = as.integer(count_of_208(table1$percent))
)
stopifnot(
  !anyNA(paper_relevance$code),
  identical(paper_relevance$count, as.integer(table1$count_if_n208)),
  sum(!is.na(paper_relevance$count)) == 16L
)
attr(paper_relevance, "restored") <-
  intersect(restored, paper_relevance$item)

# Table 2, and two shares that the paper's text gives without a table; the
# wording of their items is not at hand, so nothing is put in its place.
table2 <- tables[tables$table == 2, ]
paper_attitudes <- tibble::tibble(
  item = c(table2$item, "Share in the text, first: wording not at hand",
           "Share in the text, second: wording not at hand"),
  percent = c(table2$percent, 79.3, 89.9),
  positive = c(TRUE, TRUE, TRUE, FALSE, FALSE, NA, NA)
)
attr(paper_attitudes, "restored") <-
  intersect(restored, paper_attitudes$item)

# Who answered: three rows of the text. Only the shares are at hand, in the
# order of the text, not the wording of questions and options.
paper_sample <- tibble::tibble(
  question = paste("composition", rep(1:3, each = 3L)),
  option = paste("option", rep(1:3, times = 3L)),
  percent = c(50, 30, 16, 47.5, 26, 34.2, 60.3, 27, 12.7)
)

ascii <- function(x) all(vapply(x, is.numeric, NA) |
                           !vapply(x, \(y) any(grepl("[^ -~]", y)), NA))
stopifnot(ascii(paper_relevance), ascii(paper_attitudes))
print(as.data.frame(paper_relevance))
print(as.data.frame(paper_attitudes))

save(paper_relevance, file = "data/paper_relevance.rda", version = 2,
     compress = "bzip2")
save(paper_attitudes, file = "data/paper_attitudes.rda", version = 2,
     compress = "bzip2")
save(paper_sample, file = "data/paper_sample.rda", version = 2,
     compress = "bzip2")
