# The headline numbers as a function of the data: the report, `make reproduce`
# and the tests share this file, so a changed cell shows in all of them.
#
#   source(system.file("reproduce", "headline.R", package = "nidcode"))
#   headline_numbers(ural)

# Formula (2), literally, of one raw indicator of a region: second divided
# differences summed with influence 1, in the indicator's own unit.
raw_code <- function(data, indicator, breaks) {
  scheme <- code_scheme(indicator, code = "production",
                        codes = nid_codes()[1L, ])
  panel <- code_panel(data, scheme, index = c("region_code", "year"),
                      status = "_status")
  defining <- defining_codes(panel, normalise = "none")
  rates <- dynamic_codes(defining, rate = rate_difference(), breaks = breaks)
  basic_code(rates)$estimate
}

# Formulas (1) and (2) of the paper's own variables for one region, each
# measured in its own standard deviations over the nine years that all of them
# are documented: later years would move the scale of some codes only.
paper_codes <- function(data, breaks) {
  panel <- code_panel(data[data$year <= 2013, ], paper_scheme,
                      index = c("region_code", "year"), status = "_status")
  rates <- dynamic_codes(panel, rate = rate_difference(), breaks = breaks)
  industrial <- industrial_code(rates)
  known <- !is.na(industrial$condition)
  c(
    "years with formula (1)" = sum(known),
    "of them with every V > 0" = sum(industrial$condition[known]),
    "formula (2), influence 1" = basic_code(rates)$estimate,
    "formula (2), half-life 3" =
      basic_code(rates, influence_half_life(3))$estimate
  )
}

headline_numbers <- function(data) {
  district <- data[data$region_code == "FD-U", ]
  asked <- expand.grid(
    indicator = c("apt_developed", "income_pc", "consumer_spending_pc"),
    breaks = c("ignore", "split"),
    stringsAsFactors = FALSE
  )
  raw <- data.frame(
    of = asked$indicator,
    breaks = asked$breaks,
    what = "formula (2), raw, influence 1, 2005-2016",
    value = unname(mapply(
      function(indicator, breaks) raw_code(district, indicator, breaks),
      asked$indicator, asked$breaks
    ))
  )
  codes <- lapply(c("ignore", "split"), function(breaks) {
    value <- paper_codes(district, breaks)
    data.frame(of = "paper_scheme", breaks = breaks, what = names(value),
               value = unname(value))
  })
  do.call(rbind, c(list(raw), codes))
}
