# One thing about the core, measured in a process of its own: bench/core.R.
#
#   Rscript bench/tools/core-item.R ITEM [LIBRARY]
#
# prints a line "name value" for each number: seconds, megabytes, or a mean of
# the results, "answer", by which two versions are seen to compute the same.

args <- commandArgs(trailingOnly = TRUE)
library(nidcode, lib.loc = if (length(args) > 1L) args[[2L]])
source("bench/tools/measure.R")
options(nidcode.threads = 1L)

quiet <- function(x) suppressWarnings(suppressMessages(x))

seconds <- function(f) {
  gc(verbose = FALSE)
  start <- proc.time()[["elapsed"]]
  f()
  proc.time()[["elapsed"]] - start
}

# A walk an indicator and region; `years`: a column a region.
make_data <- function(years, indicators) {
  set.seed(12L)
  n_times <- nrow(years)
  walk <- function() {
    steps <- matrix(stats::rnorm(length(years)), n_times)
    as.vector(10 + apply(steps, 2L, cumsum))
  }
  x <- replicate(indicators, walk(), simplify = FALSE)
  names(x) <- paste0("x", seq_len(indicators))
  data.frame(region = rep(seq_len(ncol(years)), each = n_times),
             year = as.vector(years), x)
}

even_years <- function(regions, times = 12L) {
  matrix(2004L + seq_len(times), times, regions)
}

# As many indicators for each of the codes.
make_scheme <- function(indicators, codes = nid_codes()) {
  of <- rep(codes$code, each = indicators / nrow(codes))
  code_scheme(paste0("x", seq_len(indicators)), of, codes = codes)
}

model_of <- function(data, scheme) {
  quiet(code_model(data, scheme, cor = "independent"))
}

answer_of <- function(table) mean(abs(table$estimate), na.rm = TRUE)

# ---- The items ---------------------------------------------------------------

item_model <- function() {
  data <- make_data(even_years(20000L), 6L)
  scheme <- make_scheme(6L)
  model_of(data[data$region <= 20L, ], scheme)
  model <- NULL
  took <- NULL
  memory <- peak_here(function() {
    took <<- seconds(function() model <<- model_of(data, scheme))
  })
  tidied <- vapply(1:3, function(round) {
    seconds(function() quiet(tidy(model, conf.level = 0.9)))
  }, 1)
  c(model = took, memory = memory, tidy = stats::median(tidied),
    answer = answer_of(model$basic))
}

# Level, both rates and one sum of the second of every series, and errors.
kernel_of <- function(x, times) {
  pool <- nidcode:::new_pool(lengths(times), unlist(times))
  series <- nidcode:::plain_series(x, pool, rep_len(seq_along(times), ncol(x)),
                                   rate_spline())
  nidcode:::spline_fit(series, list(orders = 0:2, sums = list(
    weight = rep(1, length(pool$time)), k = rep(1L, length(times)),
    order = 2L)))
}

one_code <- function() make_data(even_years(100000L), 1L)

item_code <- function() {
  data <- one_code()
  scheme <- make_scheme(1L, nid_codes()[1L, ])
  model_of(data[data$region <= 20L, ], scheme)
  model <- NULL
  c(code = seconds(function() model <<- model_of(data, scheme)),
    answer = answer_of(model$basic))
}

item_kernel <- function() {
  data <- one_code()
  y <- matrix(as.vector(scale(data$x1)), 12L)
  kernel_of(y[, 1:20], list(1:12))
  c(kernel = seconds(function() kernel_of(y, list(1:12))))
}

item_rates <- function() {
  data <- one_code()
  few <- data[data$region <= 20L, ]
  rates <- NULL
  rates_of <- function(d) {
    rates <<- quiet(estimate_rates(d$x1, d$year, d$region))
  }
  rates_of(few)
  c(rates = seconds(function() rates_of(data)), answer = answer_of(rates))
}

# Twelve of twenty-four years, drawn for each region.
item_cells <- function() {
  set.seed(24L)
  years <- replicate(2000L, 2000L + sort(sample.int(24L, 12L)))
  data <- make_data(years, 6L)
  model <- model_of(data, make_scheme(6L))
  weights <- NULL
  took <- seconds(function() weights <<- quiet(cell_weights(model)))
  c(cells = took, answer = mean(abs(weights$weight), na.rm = TRUE))
}

item_grids <- function() {
  y <- matrix(make_data(even_years(100000L), 1L)$x1, 12L)
  times <- lapply(1:50000, function(i) cumsum(stats::runif(12L, 0.5, 1.5)))
  kernel_of(y[, 1:20], times[1:20])
  c(many = seconds(function() kernel_of(y, times)),
    one = seconds(function() kernel_of(y, list(1:12))))
}

# CPU seconds of a workbook of all regions of russia, once openxlsx2 is warm.
item_workbook <- function() {
  model <- quiet(code_model(russia, russia_scheme, status = "_status"))
  file <- tempfile(fileext = ".xlsx")
  took <- replicate(4L, sum(system.time(
    quiet(write_workbook(model, file, overwrite = TRUE)))[1:2]))
  unlink(file)
  c(write = min(took[-1L]), answer = answer_of(model$basic))
}

out <- get(paste0("item_", args[[1L]]))()
writeLines(paste(names(out), formatC(out, digits = 12L)))
