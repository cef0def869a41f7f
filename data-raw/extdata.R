# inst/extdata/ural-wide-ru.csv and ural-long-ru.csv: what a user's own file
# looks like, Russian names, from `ural` (run ural.R and schemes.R first).
#   Rscript data-raw/extdata.R <folder of the source files>

source("data-raw/read-sources.R")
folder <- source_folder()
load("data/ural.rda")
load("data/ural_scheme.rda")

russian <- c(
  apt_used = "используемые технологии",
  innovative_output_share = "доля инновационной продукции",
  orgs_with_internet = "организации с интернетом",
  orgs_with_website = "организации с сайтом",
  he_graduates_per_10k = "выпуск вузов на 10 тыс.",
  income_pc_real = "реальные доходы"
)
stopifnot(setequal(names(russian), ural_scheme$indicator))

x <- ural[ural$level == "region", ]
regions <- read_regions(folder)
x$region <- regions$region_ru[match(x$region_code, regions$region_code)]

# Shared by both files: eight significant digits read back close enough.
value <- function(name) signif(x[[name]], 8)
status <- function(name) x[[paste0(name, "_status")]]

wide <- data.frame(x$region, x$year)
names(wide) <- c("регион", "год")
for (name in names(russian)) {
  wide[[russian[[name]]]] <- value(name)
}
for (name in names(russian)) {
  wide[[paste0(russian[[name]], "_статус")]] <- status(name)
}

long <- do.call(rbind, lapply(names(russian), function(name) {
  out <- data.frame(x$region, x$year, russian[[name]], value(name),
                    status(name))
  names(out) <- c("регион", "год", "показатель", "значение", "статус")
  out
}))

write_utf8 <- function(data, file) {
  to <- file(file, open = "wb", encoding = "UTF-8")
  on.exit(close(to))
  write.csv(data, to, row.names = FALSE, quote = FALSE, na = "", eol = "\n")
}
stopifnot(!any(grepl("[,\"]", c(unlist(long), names(wide)))))
write_utf8(wide, "inst/extdata/ural-wide-ru.csv")
write_utf8(long, "inst/extdata/ural-long-ru.csv")
