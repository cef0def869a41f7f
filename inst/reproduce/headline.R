# The headline numbers as a function of the data: the report, `make reproduce`
# and the tests share this file, so a changed cell shows in all of them.
#
#   source(system.file("reproduce", "headline.R", package = "nidcode"))
#   headline_numbers(ural)

# Formula (2), literally, of one raw indicator of the district: second divided
# differences summed with influence 1.
raw_code <- function(data, indicator, breaks) {
  scheme <- code_scheme(indicator, code = "production")
  panel <- code_panel(data, scheme, index = c("region_code", "year"),
                      status = "_status")
  defining <- defining_codes(panel, normalise = "none")
  rates <- dynamic_codes(defining, rate = rate_difference(), breaks = breaks)
  basic_code(rates)$estimate
}

headline_numbers <- function(data) {
  district <- data[data$region_code == "FD-U", ]
  asked <- expand.grid(
    indicator = c("apt_developed", "income_pc", "consumer_spending_pc"),
    breaks = c("ignore", "split"),
    stringsAsFactors = FALSE
  )
  value <- mapply(function(indicator, breaks) {
    suppressMessages(raw_code(district, indicator, breaks))
  }, asked$indicator, asked$breaks)
  data.frame(
    what = "Basic code of the raw series, Ural Federal District, 2005-2016",
    indicator = asked$indicator,
    breaks = asked$breaks,
    value = unname(value)
  )
}
