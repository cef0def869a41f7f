# The panels and helpers of the package's own tests.
for (file in c("helper-panels.R", "helper-workbook.R", "helper-hand.R",
               "helper-scale.R")) {
  sys.source(file.path("..", "testthat", file), environment())
}

# Without breaks and statuses, with holes, gaps and uneven steps.
plain_panel <- function(seed = 4, n_regions = 30L) {
  p <- random_panel(seed, n_regions = n_regions, breaks = FALSE)
  p$data <- p$data[!grepl("_status", names(p$data))]
  quietly(code_panel(p$data, scheme_of(p), index = c("region", "year")))
}

sorted_data <- function(panel) {
  panel$data[order(match(panel$data$region, panel$regions), panel$data$year), ]
}

linear_rates <- function() {
  list(rate_difference(), rate_central(), rate_local(second = "step"),
       rate_spline(lambda = 2))
}

# The largest gap in units of sd.
gap_of <- function(have, want, keys) {
  key <- \(x) do.call(paste, lapply(as.data.frame(x)[keys], \(v) {
    if (is.double(v)) sprintf("%.17g", v) else v
  }))
  expect_setequal(key(have), key(want))
  have <- have[match(key(want), key(have)), ]
  expect_identical(is.na(have$estimate), is.na(want$estimate))
  max(abs(have$estimate - want$estimate), na.rm = TRUE) /
    stats::sd(want$estimate, na.rm = TRUE)
}

expect_engine <- function(con) {
  panel <- plain_panel()
  expect_true(any(panel$missing > 0))
  data <- sorted_data(panel)
  table <- copy_exact(con, data)
  for (rate in linear_rates()) {
    model <- quietly(code_model(panel, rate = rate,
                                influence = influence_half_life(3)))
    reference <- code_reference(table, panel$scheme)
    expect_equal(reference$centre, code_reference(model)$centre,
                 tolerance = 1e-12)
    expect_equal(reference$scale, code_reference(model)$scale,
                 tolerance = 1e-12)
    have <- as.data.frame(dplyr::collect(code_query(
      table, panel$scheme, rate = rate, reference = code_reference(model),
      influence = influence_half_life(3))))
    expect_lte(gap_of(have, model$basic, "region"), 1e-13)
    have <- have[match(model$basic$region, have$region), ]
    expect_equal(as.double(have$n.terms), as.double(model$basic$n.terms))
  }
  have <- as.data.frame(dplyr::collect(code_query(
    table, panel$scheme, what = "dynamic", rate = rate,
    reference = code_reference(model))))
  have$order <- as.integer(have$order)
  expect_lte(gap_of(have, as.data.frame(model$rates),
                    c("region", "year", "code", "order")), 1e-13)
}

# 1e9 and noise: what a one-pass sd loses.
expect_digits <- function(con) {
  x <- 1e9 + with_stream(1, stats::rnorm(2000))
  table <- copy_exact(con, data.frame(region = "a", year = seq_along(x), x = x))
  reference <- code_reference(table, code_scheme("x", "social"))
  expect_equal(reference$centre, mean(x), tolerance = 1e-12)
  expect_equal(reference$scale, stats::sd(x), tolerance = 1e-12)
}

expect_whole <- function(sink, model) {
  expect_equal(read_sink(sink, model$panel), as.data.frame(model$basic),
               tolerance = 0, ignore_attr = TRUE)
}

# R in another process; `code` sees the arguments.
start_r <- function(code, args, env = character()) {
  file <- tempfile(fileext = ".R")
  writeLines(c(sprintf(".libPaths(%s)", paste(deparse(.libPaths()),
                                              collapse = "")),
               "args <- commandArgs(TRUE)", "suppressMessages({",
               deparse(code), "})"), file)
  processx::process$new(file.path(R.home("bin"), "Rscript"),
                        c("--no-save", "--no-restore", file, args),
                        stdout = NULL, stderr = NULL)
}
