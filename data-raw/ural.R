# data/ural.rda: the Ural Federal District and its parts, 2005-2016.
#   Rscript data-raw/ural.R <folder of the source files>

source("data-raw/read-sources.R")
folder <- source_folder()

codes <- c("FD-U", "RU-KGN", "RU-SVE", "RU-TYU", "RU-CHE",
           "RU-KHM", "RU-YAN", "RU-TYU-X")
oblasts <- codes[2:5]
years <- 2005:2016
long <- read_long(folder)

# The district's share of employed with higher education is in no source: the
# mean of its four regions, weighted by the labour force survey's employment.
district_share <- function(long) {
  value <- function(indicator) {
    x <- long[long$indicator == indicator, ]
    function(region, year) {
      x$value[match(paste(region, year), paste(x$region_code, x$year))]
    }
  }
  share <- value("employed_he_share")
  force <- value("labour_force")
  jobless <- value("unemployment_rate")
  years <- 2005:2013
  mean_of <- function(year) {
    weight <- force(oblasts, year) * (1 - jobless(oblasts, year) / 100)
    sum(weight * share(oblasts, year)) / sum(weight)
  }
  data.frame(region_code = "FD-U", year = years,
             indicator = "employed_he_share",
             value = vapply(years, mean_of, numeric(1)), status = "derived")
}
long <- rbind(long, district_share(long))

regions <- read_regions(folder)
territory <- regions[match(codes, regions$region_code), ]
territory$level <- ifelse(codes == "FD-U", "district",
                          ifelse(codes %in% oblasts, "region", "part"))
territory$nested_in <- ifelse(codes == "FD-U", "RU",
                              ifelse(codes %in% oblasts, "FD-U", "RU-TYU"))

ural <- make_table(widen(long, codes, years), territory)

# Against the file prepared for Fig. 2, cell by cell.
check <- read.csv(file.path(folder, "ural_fig2_long_2005_2016.csv"),
                  encoding = "UTF-8", na.strings = "")
check <- check[check$indicator %in% names(ural), ]
for (i in seq_len(nrow(check))) {
  row <- ural$region_code == check$region_code[i] & ural$year == check$year[i]
  ours <- ural[[check$indicator[i]]][row]
  stopifnot(length(ours) == 1L, is.na(ours) == is.na(check$value[i]),
            is.na(ours) || abs(ours - check$value[i]) <= 5e-5 ||
              ours == check$value[i])
}
cat(nrow(check), "cells agree with ural_fig2_long_2005_2016.csv\n")

print_holes(ural)
save(ural, file = "data/ural.rda", compress = "xz", version = 2)
