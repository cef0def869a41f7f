# LibreOffice computes workbooks anew, from no stored result at all. Starting
# it is what takes the time, so every file of these tests is computed at once.

reference_models <- function() {
  base <- small_model(11, n_times = 9L)
  kept <- code_reference(base)
  rates <- list(rate_difference(), rate_central(), rate_local(5))
  models <- lapply(rates, function(rate) {
    small_model(11, n_times = 9L, rate = rate, reference = kept)
  })
  c(models, list(small_model(11, n_times = 9L, normalise = "rank",
                             rate = rate_difference())))
}

# Regions that are numbers, two codes.
numbered_model <- function() {
  p <- random_panel(13, 3L, 8L, c(production = 2L, institutional = 1L),
                    holes = FALSE)
  p$data$region <- c(R1 = 11, R2 = 5, R3 = 7)[p$data$region]
  quietly(code_model(p$data, do.call(code_scheme, p$scheme),
                     index = c("region", "year"), rate = rate_central()))
}

# Models of which every formula is compared.
formulas_of <- c("average", "local", "transforms", "pillars", "provisional")

office_run <- local({
  run <- NULL
  function() {
    if (is.null(run)) {
      others <- stats::setNames(reference_models(), paste0("kept", 1:4))
      others$numbered <- numbered_model()
      others$whole <- small_model(12, holes = FALSE)
      models <- c(book_models(), others)
      files <- c(book_files(), vapply(others, write_quietly, ""))
      edits <- lapply(models, edited_cells)
      edits$whole$edits <- data.frame(
        sheet = "Data", cell = data_cell(models$whole, "x1", 3L), value = NA)
      as_it_is <- formulas_of
      bare <- vapply(files[as_it_is], bare_book, "")
      bare <- c(bare, bare_book(files[["numbered"]], data.frame(
        sheet = "Codes", cell = "G4", value = 7)))
      as_it_is <- c(as_it_is, "picked")
      changed <- mapply(function(file, e) bare_book(file, e$edits), files,
                        edits)
      again <- recalculate(c(bare, changed, files[["average"]]))
      n <- length(bare)
      run <<- list(models = models, files = files, edits = edits,
                   bare = stats::setNames(again[seq_len(n)], as_it_is),
                   changed = stats::setNames(
                     again[n + seq_along(files)], names(files)),
                   drawn = again[length(again)])
    }
    run
  }
})

test_that("every formula cell equals R", {
  skip_on_cran()
  skip_without_office()
  run <- office_run()
  for (name in formulas_of) {
    f <- formulas_again(run$files[[name]], run$bare[[name]])
    expect_setequal(f$sheet, setdiff(book_sheets, c("Read me", "Scheme")))
    number <- f$type != "b"
    expect_identical(is.na(f$office[number]), is.na(f$r[number]),
                     label = name)
    expect_lt(max(abs(f$office - f$r), na.rm = TRUE), 1e-9)
    word <- f$type == "str"
    expect_setequal(f$sheet[word], "Phases")
    expect_identical(f$office_text[word], f$v[word], label = name)
  }
})

test_that("after edits formulas (1) and (2) are those of the frozen model", {
  skip_on_cran()
  skip_without_office()
  run <- office_run()
  for (name in names(book_models())) {
    model <- run$models[[name]]
    frozen <- quietly(update(model, data = run$edits[[name]]$data,
                             freeze = TRUE))
    live <- book_table(run$changed[[name]], "Code NID")
    expect_equal(live[["Code NID"]], frozen$basic$estimate, tolerance = 1e-11,
                 label = name)
    # The edits do move the code: the comparison can fail.
    moved <- abs(frozen$basic$estimate - model$basic$estimate)
    expect_gt(min(moved, Inf, na.rm = TRUE), 1e-3)
    expect_true(any(!is.na(moved)))
    live <- book_table(run$changed[[name]], "Code ID")
    live <- live[!is.na(live[["Code ID"]]), ]
    expect_equal(live[["Code ID"]], frozen$industrial$estimate,
                 tolerance = 1e-11, label = name)
    expect_identical(as.logical(live$condition), frozen$industrial$condition)
    live <- book_table(run$changed[[name]], "Phases")
    told <- code_phases(frozen)
    told <- told[!is.na(told$phase), ]
    own <- live[!is.na(live$phase), ]
    expect_identical(own$phase, as.character(told$phase), label = name)
    expect_equal(as.numeric(own$year), as.numeric(told$year),
                 tolerance = 1e-14)
    by_code <- code_phases(frozen, "codes")
    for (code in unique(by_code$code)) {
      phase <- by_code$phase[by_code$code == code]
      own <- live[[paste("phase:", code)]]
      expect_identical(own[!is.na(own)], as.character(phase[!is.na(phase)]))
    }
  }
})

test_that("probabilities of phases are those of R", {
  skip_if_not_installed("openxlsx2", "1.23")
  model <- small_model(1, n_times = 9L)
  live <- book_table(write_quietly(model), "Phases")
  told <- code_phases(model)
  expect_equal(live[["prob in R"]][!is.na(live[["prob in R"]])],
               told$prob[!is.na(told$prob)], tolerance = 1e-14)
  by_code <- code_phases(model, "codes")
  mine <- by_code$prob[by_code$code == "institutional"]
  prob <- live[["prob: institutional in R"]]
  expect_equal(prob[!is.na(prob)], mine[!is.na(mine)], tolerance = 1e-14)
})

test_that("without smoothing, edits equal a new model under its reference", {
  skip_on_cran()
  skip_without_office()
  run <- office_run()
  for (name in paste0("kept", 1:4)) {
    model <- run$models[[name]]
    args <- model$args
    new <- quietly(code_model(
      run$edits[[name]]$data, model$panel$scheme, index = c("region", "year"),
      status = "_status", normalise = args$normalise,
      reference = args$reference, rate = args$rate))
    expect_equal(book_table(run$changed[[name]], "Code NID")[["Code NID"]],
                 new$basic$estimate, tolerance = 1e-11)
    parts <- book_table(run$changed[[name]], "Contributions")
    expect_equal(parts$sum, new$basic$estimate, tolerance = 1e-11)
    by_code <- contributions(new, "code")
    expect_equal(parts$production,
                 by_code$estimate[by_code$code == "production"],
                 tolerance = 1e-11)
    expect_gt(max(abs(new$basic$estimate - model$basic$estimate)), 1e-4)
  }
})

test_that("an emptied cell makes its region #N/A, never a partial sum", {
  skip_on_cran()
  skip_without_office()
  run <- office_run()
  live <- book_table(run$changed[["whole"]], "Code NID")
  expect_identical(is.na(live[["Code NID"]]), c(TRUE, FALSE))
  expect_equal(live[["Code NID"]][2], run$models$whole$basic$estimate[2],
               tolerance = 1e-11)
  expect_identical(as.numeric(live$rank[2]), 1)
})

test_that("a workbook saved by LibreOffice reads back as the edited model", {
  skip_on_cran()
  skip_without_office()
  run <- office_run()
  for (name in c("kept1", "central")) {
    read <- quietly(read_workbook(run$changed[[name]]))
    new <- quietly(update(run$models[[name]], data = run$edits[[name]]$data))
    expect_equal(read$basic$estimate, new$basic$estimate, tolerance = 1e-10)
  }
})

test_that("LibreOffice opens the whole workbook, charts and all", {
  skip_on_cran()
  skip_without_office()
  run <- office_run()
  inside <- utils::unzip(run$drawn, list = TRUE)$Name
  expect_length(grep("xl/charts/chart[0-9]+[.]xml$", inside), 5L)
  expect_identical(unname(openxlsx2::wb_load(run$drawn, data_only = TRUE)$
                            get_sheet_names()), book_sheets)
})

test_that("the table of one region follows the region that is picked", {
  skip_on_cran()
  skip_without_office()
  run <- office_run()
  model <- run$models$numbered
  view <- openxlsx2::wb_to_df(run$bare[["picked"]], sheet = "Codes",
                              start_row = 6, start_col = 6)
  view <- view[!is.na(view$year), ]
  own <- model$industrial[model$industrial$region == 7, ]
  expect_equal(view$year[!is.na(view[["Code ID"]])], own$year,
               tolerance = 1e-14)
  expect_equal(stats::na.omit(view[["Code ID"]]), own$estimate,
               tolerance = 1e-11, ignore_attr = TRUE)
})
