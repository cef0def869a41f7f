# Rebuilds of a model under other choices: 85 regions, 12 times, 12 indicators
# in 3 codes, 3,000 draws. COINr rebuilds an index of its own example (51
# countries, 49 indicators) one by one.

choices_data <- function() {
  d <- expand.grid(year = 2010:2021, region = sprintf("r%02d", 1:85))
  for (k in 1:12) {
    walk <- apply(matrix(stats::rnorm(85 * 12), 12), 2, cumsum)
    d[[paste0("x", k)]] <- as.vector(walk) + stats::rnorm(85 * 12) / 2 + 10
  }
  d
}

choices_model <- function(rate) {
  scheme <- code_scheme(paste0("x", 1:12), rep(nid_codes()$code, each = 4),
                        weight = stats::runif(12, 0.5, 2))
  suppressMessages(code_model(choices_data(), scheme,
                              index = c("region", "year"), rate = rate))
}

some_choices <- function(...) {
  code_choices(normalise = c("zscore", "minmax"),
               weights = weights_noisy(0.25), leave_out = TRUE,
               influence = list(equal = influence_equal(),
                                h3 = influence_half_life(3),
                                h5 = influence_half_life(5),
                                h8 = influence_half_life(8)), ...)
}

seconds_of <- function(code) system.time(code)[["elapsed"]]

# Seconds of a rebuild, beside those of one from the data on, as a loop would
# make it.
choices_row <- function(name, model, choices, seconds, method = "draws") {
  draw <- function() suppressMessages(code_sensitivity(
    model, choices, n = if (method == "draws") 3000 else 1000,
    method = method))
  s <- draw()
  spent <- stats::median(replicate(3L, seconds_of(draw())))
  n <- generics::glance(s)$evaluations
  loop <- seconds_of(for (i in 1:10) {
    suppressMessages(suppressWarnings(stats::update(s, draw = i)))
  }) / 10
  cat(sprintf("# %s: %.2f s of %g\n", name, spent, seconds))
  row_of(paste0("a rebuild, ", name), "update()", spent / n, loop,
         seconds / n / loop)
}

bench_choices <- function() {
  local <- choices_model(rate_local(5))
  spline <- choices_model(rate_spline())
  rows <- rbind(
    choices_row("3,000 by one product", local, some_choices(), 0.5),
    choices_row("3,000 averaged splines with errors", spline, some_choices(),
                2.5),
    choices_row("the same, errors of Code NID drawn", spline,
                some_choices(posterior = TRUE), 2.5),
    choices_row("shares of 6 factors", local,
                some_choices(rate = list(rate_local(5), rate_difference()),
                             measure = c("sum", "integral")), 10, "sample"))
  if (!requireNamespace("COINr", quietly = TRUE)) return(rows)
  rbind(rows, coinr_rows(rows$ours[1L]))
}

# COINr's own example of 51 countries, 49 indicators and one year.
coinr_rows <- function(ours) {
  coin <- suppressMessages(COINr::build_example_coin(quietly = TRUE))
  lean <- seconds_of(for (i in 1:10) suppressMessages(suppressWarnings(
    COINr::Regen(coin, from = "Normalise", quietly = TRUE)))) / 10
  specs <- list(winmax = list(
    Address = "$Log$Treat$global_specs$f1_para$winmax", Distribution = 1:5,
    Type = "discrete"))
  whole <- seconds_of(suppressMessages(suppressWarnings(
    COINr::get_sensitivity(coin, SA_specs = specs, N = 10, SA_type = "UA",
                           dset = "Aggregated", iCode = "Index",
                           quietly = TRUE, check_addresses = FALSE)))) / 10
  rbind(row_of("a rebuild, by one product", "COINr::Regen()", ours, lean, 0.01),
        row_of("a rebuild, by one product", "COINr::get_sensitivity()", ours,
               whole, 0.001))
}
