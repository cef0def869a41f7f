# cli's "logger" writes a line for all that happens to a bar.
bars_of <- function(code, interactive) {
  withr::local_options(rlang_interactive = interactive,
                       cli.progress_handlers_only = "logger",
                       cli.progress_show_after = 0)
  utils::capture.output(invisible(force(code)))
}

some_rates <- function() {
  p <- random_panel(panel_seeds[[1L]], breaks = FALSE)
  suppressMessages(suppressWarnings(dynamic_codes(panel_of(p))))
}

test_that("loops over series have a bar where somebody watches", {
  rates <- some_rates()
  bars <- bars_of(draws <- simulate(rates, nsim = 3, seed = 1), TRUE)
  expect_true(any(grepl("created", bars)))
  expect_true(any(grepl("updated", bars)))
  silent <- bars_of(again <- simulate(rates, nsim = 3, seed = 1), FALSE)
  expect_identical(silent, character())
  expect_identical(again, draws)
})

test_that("rates, sums and simultaneous intervals have one too", {
  p <- random_panel(panel_seeds[[2L]], breaks = FALSE)
  panel <- panel_of(p)
  quiet <- function(x) suppressMessages(suppressWarnings(x))
  for (rate in list(rate_spline(), rate_local(7))) {
    bars <- bars_of(quiet(dynamic_codes(panel, rate,
                                        interval = "simultaneous")), TRUE)
    # One for the rates and at least one for the intervals.
    expect_gte(sum(grepl("created", bars)), 2L)
    expect_identical(
      bars_of(quiet(dynamic_codes(panel, rate, interval = "simultaneous")),
              FALSE), character())
  }
  expect_true(any(grepl("created", bars_of(quiet(basic_code(panel)), TRUE))))
})

test_that("a bar ends with the function that asked for it", {
  withr::local_options(rlang_interactive = TRUE)
  work <- function() {
    bar <- start_bar("Working", 10)
    tick_bar(bar)
    stop("no")
  }
  before <- cli::cli_progress_num()
  expect_error(work(), "no")
  expect_identical(cli::cli_progress_num(), before)
  expect_null(start_bar("Working", 1))
})
