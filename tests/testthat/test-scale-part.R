skip_on_cran()

test_that("parts are identical to the whole, whatever they are", {
  panel <- past_panel(holes = TRUE)
  expect_true(any(panel$missing > 0))
  expect_true(length(panel$grids$offset) > 2L)
  regions <- as.character(panel$regions)
  for (rate in past_rates()) {
    settings <- list(rate = rate, influence = influence_half_life(4),
                     measure = "integral")
    model <- do.call(past_model, c(list(panel), settings))
    whole <- past_tables(model)
    settings$reference <- quietly(code_reference(model))
    for (size in c(1L, 5L)) {
      groups <- split(rev(regions), ceiling(seq_along(regions) / size))
      for (what in if (size == 5L) names(whole) else "basic") {
        expect_identical(do.call(part_tables, c(list(panel, groups, what),
                                                settings)),
                         whole[[what]], info = paste(rate$words, size, what))
      }
    }
  }
})

test_that("known errors and predicted cells are those of the whole", {
  p <- random_panel(5, n_regions = 8L)
  panel <- panel_of(p, sd = seq_along(p$scheme$indicator) / 10)
  groups <- split(as.character(panel$regions), rep(1:4, 2))
  model <- past_model(panel, rate = rate_difference())
  expect_false(anyNA(model$rates$std.error[!is.na(model$rates$estimate)]))
  expect_identical(part_tables(panel, groups, "basic", rate = rate_difference(),
                               reference = code_reference(model)),
                   as.data.frame(model$basic))
  panel <- panel_of(p)
  model <- past_model(panel, missing = "provisional")
  expect_true(any(model$basic$predicted > 0, na.rm = TRUE))
  expect_identical(part_tables(panel, groups, "basic", missing = "provisional",
                               reference = quietly(code_reference(model))),
                   as.data.frame(model$basic))
})

test_that("what regions share must be frozen", {
  panel <- past_panel(n_regions = 4L)
  job <- function(...) part_job(past_args(panel, ...), "basic", NULL, NULL,
                                NULL)
  lacks <- function(...) {
    expect_error(job(...), class = "nidcode_error_reference")$values
  }
  expect_length(lacks(), 3L)
  plain <- code_reference(quietly(defining_codes(panel)))
  expect_match(lacks(reference = plain), "orders|noise")
  expect_match(lacks(reference = plain, cor = "independent"), "orders")
  expect_match(lacks(reference = plain, rate = rate_spline(m = 3)), "noise")
  expect_match(lacks(rate = rate_central()), "centre")
  expect_match(lacks(rate = rate_central(), reference = 2005), "centre")
  expect_match(lacks(normalise = "rank", rate = rate_central()), "ranks")
  expect_type(job(reference = plain, rate = rate_central()), "list")
  expect_type(job(reference = "region", rate = rate_central()), "list")
  expect_type(job(reference = plain, rate = rate_spline(m = 2),
                  cor = diag(3)), "list")
})

test_that("the panel's correlation is that of the model", {
  panel <- past_panel()
  model <- past_model(panel)
  fit <- get_fit(model$rates)
  noise <- estimate_codes(fit, cor = "residual", times = common_times(fit))
  panel_rho <- colSums(noise$noise$product) / colSums(noise$noise$free)
  expect_identical(unname(attr(quietly(code_reference(model)), "rho")),
                   panel_rho)
  expect_null(attr(code_reference(past_model(panel, cor = "independent")),
                   "rho"))
  # A reference without the pair is none.
  expect_null(frozen_rho(quietly(code_reference(model)), c("social", "other")))
})

test_that("a part is written once, with all digits", {
  panel <- past_panel(n_regions = 4L)
  folder <- new_folder()
  model <- past_model(panel, rate = rate_central())
  file <- file.path(folder, "part-1.csv")
  run <- function(..., data = panel$data) {
    quietly(do.call(code_part, c(list(data, file), past_args(
      panel, reference = code_reference(model), ...))))
  }
  expect_identical(run(rate = rate_central()), "made")
  expect_equal(read_sink(folder, panel), as.data.frame(model$basic),
               tolerance = 0, ignore_attr = TRUE)
  stamp <- file.mtime(file)
  expect_identical(run(rate = rate_central(), data = "no such file"), "kept")
  expect_identical(file.mtime(file), stamp)
  err <- expect_error(run(rate = rate_central(), measure = "integral"),
                      class = "nidcode_error_resume")
  expect_identical(err$values, "measure")
  err <- expect_error(run(rate = rate_difference()),
                      class = "nidcode_error_resume")
  expect_identical(err$values, "rate")
  expect_identical(sort(list.files(folder, all.files = TRUE, no.. = TRUE)),
                   c("part-1.csv", "settings.txt"))
})

test_that("functions and tables of the user's are settings", {
  text <- function(...) {
    part_settings(part_job(list(scheme = hand_scheme(), ...), "defining", NULL,
                           NULL, NULL, frozen = FALSE))
  }
  half <- \(lag) 2^-lag
  expect_identical(text(influence = influence_custom(half)),
                   text(influence = influence_custom(\(lag) 2^-lag)))
  expect_false(identical(text(influence = influence_custom(half)),
                         text(influence = influence_custom(\(lag) 3^-lag))))
  table <- data.frame(time = 1:2, weight = 1:2)
  expect_false(identical(
    text(influence = influence_custom(table)),
    text(influence = influence_custom(transform(table, weight = 3)))))
  expect_false(identical(text(rate = rate_spline(m = 2)),
                         text(rate = rate_spline(m = 3))))
  expect_false(identical(text(rate = rate_central(sd = 1)),
                         text(rate = rate_central(sd = 2))))
})

test_that("text is kept as it is", {
  folder <- new_folder()
  file <- file.path(folder, "a.csv")
  table <- data.frame(region = c("01", "NA", "a \"b\", c"), x = c(0.1, NA, Inf))
  write_part(table, file, NULL)
  back <- read_csv_part(file, "region")
  expect_identical(back, table)
  one <- data.frame(region = c("1", "2"), when = as.Date(c("2001-02-03", NA)))
  write_part(one, file, NULL)
  expect_identical(readLines(file)[2L], "\"1\",\"2001-02-03\"")
})

test_that("bad calls of a part are told", {
  folder <- new_folder()
  run <- function(...) code_part(hand_regions, ..., scheme = hand_scheme(),
                                 rate = rate_central())
  ref <- code_reference(defining_codes(code_panel(hand_regions, hand_scheme())))
  expect_error(run(file.path(folder, "a.txt"), reference = ref),
               class = "nidcode_error_path")
  expect_error(run(file.path(folder, "no", "a.csv"), reference = ref),
               class = "nidcode_error_path")
  expect_error(run(file.path(folder, "a.csv"), what = "path", reference = ref),
               class = "nidcode_error_argument")
  expect_error(run(file.path(folder, "a.csv"), reference = ref, colour = 1),
               class = "nidcode_error_argument")
  expect_error(run(file.path(folder, "a.csv"), reference = ref, write = 1),
               class = "nidcode_error_argument")
  err <- expect_error(run(file.path(folder, "a.csv"), reference = ref,
                          write = \(x, file) stop("no room")),
                      class = "nidcode_error_file")
  expect_false(file.exists(file.path(folder, "a.csv")))
  expect_error(code_part(file.path(folder, "gone.csv"),
                         file.path(folder, "b.csv"), reference = ref,
                         scheme = hand_scheme(), rate = rate_central()),
               class = "nidcode_error_file")
})

test_that("Parquet goes in and out", {
  skip_if_not_installed("nanoparquet")
  folder <- new_folder()
  file <- file.path(folder, "a.parquet")
  table <- data.frame(region = c("01", "b"), x = c(0.1, NA), n = 1:2)
  write_part(table, file, NULL)
  expect_equal(read_part(file, list(), NULL), table, tolerance = 0)
})
