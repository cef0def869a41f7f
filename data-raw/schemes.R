# data/ural_scheme.rda, russia_scheme.rda, paper_scheme.rda. Needs no source
# file:
#   Rscript data-raw/schemes.R

pkgload::load_all(".", quiet = TRUE)

paper_scheme <- code_scheme(
  indicator = c("apt_developed", "income_pc_real",
                "consumer_spending_pc_real", "employed_he_share"),
  code = c("production", "institutional", "institutional", "social"),
  transform = c("log", "log", "log", "none"),
  unit = c("number", "RUB of 2005 per month per capita",
           "RUB of 2005 per month per capita", "% of employed")
)
attr(paper_scheme, "note") <- paste(
  "Fig. 2 of the paper chose these variables; that they stand for these",
  "codes, the logs, deflation to 2005 and equal weights are choices of this",
  "package. Data: 2005-2013."
)

ural_scheme <- code_scheme(
  indicator = c("apt_used", "innovative_output_share", "orgs_with_internet",
                "orgs_with_website", "he_graduates_per_10k",
                "income_pc_real"),
  code = c("production", "production", "institutional", "institutional",
           "social", "social"),
  transform = c("log", "none", "none", "none", "log", "log"),
  unit = c("number", "% of shipments", "% of surveyed organisations",
           "% of surveyed organisations", "per 10,000 population",
           "RUB of 2005 per month per capita")
)
attr(ural_scheme, "note") <- paste(
  "The choice of this package, not of the paper: indicators observed in every",
  "year 2005-2016, equal weights, more is better."
)

# Where nothing is in use, and where nobody graduates, a log does not exist.
russia_scheme <- as.data.frame(ural_scheme)
russia_scheme$transform[russia_scheme$indicator %in%
                          c("apt_used", "he_graduates_per_10k")] <- "log1p"
russia_scheme <- as_code_scheme(russia_scheme)
attr(russia_scheme, "note") <- paste(
  "The choice of this package, not of the paper: ural_scheme with log1p for",
  "apt_used and he_graduates_per_10k, which are 0 in some regions of Russia."
)

print(paper_scheme)
print(ural_scheme)
print(russia_scheme)
save(paper_scheme, file = "data/paper_scheme.rda", version = 2,
     compress = "bzip2")
save(ural_scheme, file = "data/ural_scheme.rda", version = 2,
     compress = "bzip2")
save(russia_scheme, file = "data/russia_scheme.rda", version = 2,
     compress = "bzip2")
