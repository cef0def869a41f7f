# A panel of few regions, whole, and what of it is rebuilt by hand.
choice_panel <- function(seed = 1, n_regions = 6L, n_times = 9L,
                         codes = c(production = 2L, institutional = 1L,
                                   social = 2L), ...) {
  draw <- random_panel(seed, n_regions, n_times, codes, gaps = FALSE,
                       holes = FALSE, breaks = FALSE, ...)
  scheme <- do.call(code_scheme, draw$scheme)
  list(data = draw$data, scheme = scheme)
}

choice_model <- function(..., panel = choice_panel()) {
  quiet(code_model(panel$data, panel$scheme, index = c("region", "year"), ...))
}

quiet <- function(code) suppressWarnings(suppressMessages(code))

# Each of some draws made anew by code_model().
expect_rebuilt <- function(s, draws) {
  all <- tidy(s, what = "draws")
  for (i in draws) {
    own <- all[all$draw == i, ]
    model <- quiet(update(s, draw = i))
    testthat::expect_equal(own$estimate, model$basic$estimate,
                           tolerance = 1e-10, info = paste("draw", i))
    testthat::expect_identical(
      own$rank, rank(-own$estimate, "keep", "min") |> as.integer())
  }
}
