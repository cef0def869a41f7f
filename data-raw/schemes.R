# data/ural_scheme.rda, paper_scheme.rda. Needs no source file:
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

print(paper_scheme)
print(ural_scheme)
save(paper_scheme, file = "data/paper_scheme.rda", version = 2,
     compress = "bzip2")
save(ural_scheme, file = "data/ural_scheme.rda", version = 2,
     compress = "bzip2")
