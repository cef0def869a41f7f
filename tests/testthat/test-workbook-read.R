skip_if_not_installed("openxlsx2", "1.23")

expect_same_model <- function(read, model, label) {
  for (what in c("defining", "rates", "industrial", "basic", "path")) {
    expect_equal(as.data.frame(read[[what]]), as.data.frame(model[[what]]),
                 tolerance = 1e-12, label = paste(label, what))
  }
  expect_identical(format(get_spec(read$basic)), format(get_spec(model$basic)),
                   label = label)
}

test_that("a model comes back, whatever its settings", {
  skip_on_cran()
  models <- book_models()
  for (name in names(models)) {
    read <- quietly(read_workbook(book_files()[[name]]))
    expect_same_model(read, models[[name]], name)
  }
})

test_that("the scheme, the labels and the other columns come back", {
  regions <- subset(ural, level == "region")
  regions <- regions[order(regions$region, regions$year), ]
  model <- code_model(regions, ural_scheme, status = "_status")
  read <- quietly(read_workbook(write_quietly(model)))
  expect_identical(read$panel$scheme, model$panel$scheme)
  expect_identical(read$panel$breaks, model$panel$breaks)
  ours <- augment(model)
  expect_equal(augment(read)[names(ours)], ours, tolerance = 1e-12)
  expect_same_model(read, model, "ural")
})

test_that("frozen reference and frozen smoothing stay frozen", {
  base <- small_model(4, n_times = 9L)
  edit <- edited_cells(base)$data
  frozen <- quietly(update(base, data = edit, freeze = TRUE))
  read <- quietly(read_workbook(write_quietly(frozen)))
  expect_same_model(read, frozen, "frozen")
  refit <- quietly(update(base, data = edit,
                          reference = code_reference(base)))
  expect_gt(max(abs(refit$basic$estimate - frozen$basic$estimate)), 1e-6)
  by_region <- small_model(4, n_times = 9L, reference = "region")
  kept <- small_model(4, n_times = 9L, rate = rate_difference(),
                      reference = code_reference(by_region))
  expect_same_model(quietly(read_workbook(write_quietly(kept))), kept, "kept")
})

test_that("long data, dates and factors come back", {
  long <- data.frame(
    place = factor(rep(c("b", "a"), each = 12), levels = c("b", "a")),
    day = rep(as.Date("2001-03-01") + 365 * rep(0:5, 2), 2),
    what = rep(rep(c("u", "v"), each = 6), 2),
    value = c(1, 3, 4, 8, 9, 15, 2, 2, 5, 4, 7, 6, 5, 4, 6, 8, 7, 9, 1, 2, 4,
              8, 16, 32), flag = c("b", rep("", 23)))
  model <- quietly(code_model(
    long, code_scheme(c("u", "v"), c("social", "production")),
    c("place", "day"), "what", "value", status = "flag",
    rate = rate_difference(sd = c(social = 0.1, production = 0.2))))
  read <- quietly(read_workbook(write_quietly(model)))
  expect_same_model(read, model, "long")
  expect_s3_class(read$basic$time.last, "Date")
  expect_identical(levels(read$basic$place), c("b", "a"))
})

test_that("short, empty and oddly timed panels come back", {
  skip_on_cran()
  data <- data.frame(region = rep(c("A", "B"), each = 6),
                     year = rep(2001:2006, 2),
                     x = c(1, 3, 2, 5, 4, 7, 2, 2, 3, 5, 6, 6),
                     y = c(4, 4, 5, 7, 6, 8, 1, 2, 1, 3, 4, 4))
  scheme <- code_scheme(c("x", "y"), c("social", "production"))
  quarters <- structure(data$year + 0.25, class = "yearqtr")
  noon <- as.POSIXct(paste0(data$year, "-07-01 12:00:00"), tz = "UTC")
  odd <- list(
    short = data[data$year < 2003, ],
    empty = replace(data, c("x", "y"), lapply(data[c("x", "y")], function(v) {
      replace(v, data$region == "B", NA)
    })),
    text = replace(data, "year", list(as.character(data$year))),
    noon = replace(data, "year", list(noon)),
    quarters = replace(data, "year", list(quarters))
  )
  for (name in names(odd)) {
    model <- quietly(code_model(odd[[name]], scheme, c("region", "year")))
    read <- quietly(read_workbook(write_quietly(model)))
    expect_same_model(read, model, name)
  }
})

test_that("options of the session leave no mark", {
  skip_on_cran()
  model <- small_model(13, rate = rate_central())
  plain <- book_cells(write_quietly(model))
  withr::local_options(OutDec = ",", scipen = -10, digits = 3)
  other <- write_quietly(model)
  cells <- book_cells(other)
  made <- cells$sheet == "Read me"
  expect_identical(cells[!made, ], plain[!made, ])
  read <- quietly(read_workbook(other))
  expect_identical(read$basic$estimate, model$basic$estimate)
})

test_that("the survey's error of the weights comes back", {
  weight <- c(u = 0.4, v = 0.6)
  attr(weight, "vcov") <- matrix(c(0.01, -0.01, -0.01, 0.01), 2,
                                 dimnames = list(names(weight),
                                                 names(weight)))
  data <- data.frame(year = 1:8, u = c(1, 3, 4, 8, 9, 15, 14, 20),
                     v = c(2, 2, 5, 4, 7, 6, 9, 9))
  model <- quietly(code_model(data, code_scheme(c("u", "v"), "social",
                                                weight = weight),
                              index = "year"))
  read <- quietly(read_workbook(write_quietly(model)))
  expect_same_model(read, model, "vcov")
})

test_that("edits of weights and settings count when read", {
  model <- small_model(13, rate = rate_central())
  file <- write_quietly(model)
  to <- bare_book(file, data.frame(sheet = "Scheme", cell = "D7", value = 3))
  scheme <- model$panel$scheme
  scheme$weight[1] <- 3
  read <- quietly(read_workbook(to))
  new <- quietly(update(model, scheme = scheme))
  expect_equal(read$basic$estimate, new$basic$estimate, tolerance = 1e-12)
})

test_that("cells of x that are no numbers are missing, by address", {
  model <- small_model(13)
  wb <- openxlsx2::wb_load(write_quietly(model))
  wb$add_data(sheet = "Data", x = "see note", dims = "C9", col_names = FALSE)
  wb$add_data(sheet = "Data", x = "#DIV/0!", dims = "D10", col_names = FALSE)
  file <- tempfile(fileext = ".xlsx")
  wb$save(file)
  told <- NULL
  read <- quietly(withCallingHandlers(
    read_workbook(file), nidcode_warning_cells = function(w) told <<- w))
  expect_identical(told$values, c("C9 (see note)", "D10 (#DIV/0!)"))
  expect_true(is.na(read$panel$x[[1]][3]) && is.na(read$panel$x[[2]][4]))
})

test_that("what is no workbook of ours is refused", {
  expect_error(read_workbook(tempfile(fileext = ".xlsx")),
               class = "nidcode_error_path")
  text <- tempfile(fileext = ".xlsx")
  writeLines("no workbook", text)
  expect_error(read_workbook(text), class = "nidcode_error_file")
  other <- tempfile(fileext = ".xlsx")
  openxlsx2::wb_workbook()$add_worksheet("Data")$save(other)
  expect_error(read_workbook(other), "Read me", class = "nidcode_error_file")
  model <- small_model(13)
  wb <- openxlsx2::wb_load(write_quietly(model))
  wb$add_data(sheet = "Data", x = "renamed", dims = "C6", col_names = FALSE)
  wb$save(other)
  expect_error(read_workbook(other), "x1", class = "nidcode_error_no_column")
})

test_that("what is not read of a workbook is told, slips above all", {
  skip_if_not_installed("openxlsx2", "1.23")
  model <- small_model(12, holes = FALSE)
  file <- write_quietly(model)
  wb <- openxlsx2::wb_load(file)
  wb$add_data("Scheme", "wieght", dims = "D6", col_names = FALSE)
  settings <- openxlsx2::wb_to_df(file, sheet = "Read me", col_names = FALSE)
  row <- which(settings[[1L]] == "measure")
  wb$add_data("Read me", "mesure", dims = paste0("A", row), col_names = FALSE)
  other <- tempfile(fileext = ".xlsx")
  wb$save(other)
  seen <- list()
  quietly(withCallingHandlers(
    read_workbook(other),
    nidcode_warning_misspelt = \(w) {
      seen[[length(seen) + 1L]] <<- c(w$columns, w$values)
    }
  ))
  expect_setequal(seen, list(c("wieght", "weight"), c("mesure", "measure")))
  # What the package wrote itself, it reads whole.
  conditions <- character()
  quietly(withCallingHandlers(read_workbook(file), condition = \(cnd) {
    conditions <<- c(conditions, class(cnd)[1L])
  }))
  expect_false(any(grepl("unread|misspelt", conditions)))
})
