# data/russia.rda: a partition of the country, 2005-2021.
#   Rscript data-raw/russia.R <folder of the source files>

source("data-raw/read-sources.R")
folder <- source_folder()

long <- read_long(folder)
regions <- read_regions(folder)
territory <- regions[regions$level == "region", ]

# Tyumen and Arkhangelsk oblasts whole, not their parts: the parts without
# okrugs have no income before 2009, no prices before 2013 and no GRP before
# 2011, and the ICSID share of employed does not know them.
parts <- c("RU-KHM", "RU-YAN", "RU-TYU-X", "RU-NEN", "RU-ARK-X")
territory <- territory[!territory$region_code %in% parts, ]
territory$nested_in <- territory$federal_district

wide <- widen(long, territory$region_code, 2005:2021)
# A region-year that no source has is no row (the two territories that Rosstat
# publishes from 2014).
value <- rowSums(!is.na(wide[indicators])) > 0
wide <- wide[value, ]

russia <- make_table(wide, territory)

# A partition: what adds up gives the country's own figure, up to rounding,
# cells kept secret (apt_used 2013 and 2014) and 2021 investment that Rosstat
# does not distribute over regions (footnote).
country <- long[long$region_code == "RU", ]
for (name in c("population_mean", "grp", "investment", "employed",
               "apt_used", "he_graduates", "rd_expenditure")) {
  x <- country[country$indicator == name, ]
  total <- tapply(russia[[name]], russia$year, sum, na.rm = TRUE)
  gap <- 100 * (total[as.character(x$year)] / x$value - 1)
  cat(sprintf("%-16s", name), sprintf("%.2f", gap), "% of the country\n")
  stopifnot(abs(gap[!(name == "investment" & x$year == 2021)]) < 0.2)
}

print_holes(russia)
save(russia, file = "data/russia.rda", compress = "xz", version = 2)
