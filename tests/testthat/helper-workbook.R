# Workbooks recalculated by LibreOffice: cells in, cells out.

skip_without_office <- function() {
  skip_under_sanitizer("soffice")
  skip_if_not_installed("openxlsx2", "1.23")
  skip_if(!nzchar(Sys.which("soffice")), "LibreOffice is not installed")
}

# Every cell of a workbook: sheet, address, type, value and formula.
book_cells <- function(file) {
  wb <- openxlsx2::wb_load(file, data_only = TRUE)
  sheets <- unname(wb$get_sheet_names())
  do.call(rbind, lapply(seq_along(sheets), function(i) {
    cc <- wb$worksheets[[i]]$sheet_data$cc
    data.frame(sheet = sheets[i], cell = cc$r, type = cc$c_t, v = cc$v,
               f = cc$f)
  }))
}

# A copy without any stored result of a formula, so that what is read later can
# only come from a recalculation. `edits`: data frame sheet, cell, value.
bare_book <- function(file, edits = NULL, to = tempfile(fileext = ".xlsx")) {
  wb <- openxlsx2::wb_load(file, data_only = TRUE)
  sheets <- wb$get_sheet_names()
  for (i in seq_along(sheets)) {
    cc <- wb$worksheets[[i]]$sheet_data$cc
    formula <- cc$f != ""
    cc$v[formula] <- ""
    cc$c_t[formula] <- ""
    mine <- edits[edits$sheet == sheets[i], ]
    at <- match(mine$cell, cc$r)
    stopifnot(!anyNA(at), all(cc$f[at] == ""))
    cc$v[at] <- ifelse(is.na(mine$value), "", sprintf("%.17g", mine$value))
    wb$worksheets[[i]]$sheet_data$cc <- cc
  }
  wb$save(to)
  to
}

# LibreOffice opens, computes and saves the files. R's own library path keeps
# it from its libraries.
recalculate <- function(files) {
  out <- tempfile("office")
  dir.create(out)
  profile <- paste0("-env:UserInstallation=file://", tempfile("profile"))
  system2("soffice", c("--headless", profile, "--convert-to", "xlsx",
                       "--outdir", shQuote(out), shQuote(files)),
          stdout = FALSE, stderr = FALSE, env = "LD_LIBRARY_PATH=")
  file.path(out, basename(files))
}

# The formulas of a workbook as written with R's values, and as recomputed.
formulas_again <- function(file, again) {
  was <- book_cells(file)
  now <- book_cells(again)
  was <- was[was$f != "", ]
  at <- match(paste(was$sheet, was$cell), paste(now$sheet, now$cell))
  number <- function(x) suppressWarnings(as.numeric(x))
  was$r <- number(was$v)
  was$office <- number(now$v[at])
  was$office_type <- now$type[at]
  was$office_text <- now$v[at]
  was
}

# A table of a sheet by its headings, numbers as numbers.
book_table <- function(file, sheet) {
  out <- openxlsx2::wb_to_df(file, sheet = sheet, start_row = 6,
                             skip_empty_cols = TRUE)
  out[names(out) != "" & !is.na(names(out))]
}

# Cell of an indicator in some row (panel order) of sheet Data.
data_cell <- function(model, indicator, row) {
  panel <- model$panel
  keys <- sum(!is.na(panel$index))
  col <- keys + match(indicator, panel$scheme[["indicator"]])
  paste0(openxlsx2::int2col(col), 6 + row)
}

quietly <- function(code) suppressWarnings(suppressMessages(code))

# A small ragged panel as a model: gaps, holes, breaks, both directions.
small_model <- function(seed = 3, ..., n_regions = 2L, n_times = 8L,
                        codes = c(production = 2L, institutional = 1L),
                        holes = TRUE) {
  p <- random_panel(seed, n_regions, n_times, codes, holes = holes)
  quietly(code_model(p$data, do.call(code_scheme, p$scheme),
                     index = c("region", "year"), status = "_status", ...))
}

write_quietly <- function(model) {
  file <- tempfile(fileext = ".xlsx")
  quietly(write_workbook(model, file))
  file
}

forward_rate <- function() {
  rate_custom(function(time) {
    n <- length(time)
    R1 <- R2 <- matrix(NA_real_, n, n)
    for (i in seq_len(n)[-1L]) {
      R1[i, ] <- 0
      R1[i, i - 1:0] <- c(-1, 1) / (time[i] - time[i - 1L])
    }
    for (i in seq_len(n)[-(1:2)]) {
      R2[i, ] <- 0
      R2[i, i - 2:0] <- c(1, -2, 1)
    }
    list(R1 = R1, R2 = R2)
  }, "forward")
}

# Every transform; a logit of percent, values far below 100.
transformed_model <- function(...) {
  p <- random_panel(21, 2L, 9L, c(production = 3L, institutional = 2L))
  scheme <- p$scheme
  scheme$transform <- c("log1p", "sqrt", "logit", "log", "logit")
  scheme$unit <- c("number", NA, "percent", "RUB", "share")
  for (name in c("x3", "x5")) {
    p$data[[name]] <- p$data[[name]] / max(p$data[[name]], na.rm = TRUE) *
      c(x3 = 90, x5 = 0.9)[[name]]
  }
  quietly(code_model(p$data, do.call(code_scheme, scheme),
                     index = c("region", "year"), status = "_status", ...))
}

# Pillars of which one region lacks an indicator for good and the other at some
# times.
pillar_model <- function(...) {
  p <- random_panel(15, 2L, 9L, c(production = 4L, institutional = 1L))
  p$scheme$parent <- c("Out > In", "Out > In", "Out", NA, NA)
  p$data$x1[p$data$region == p$data$region[1L]] <- NA
  quietly(code_model(p$data, do.call(code_scheme, p$scheme),
                     index = c("region", "year"), status = "_status", ...))
}

# One model for every rate and for most other settings.
make_book_models <- function() {
  list(
    transforms = transformed_model(rate = rate_central()),
    average = small_model(1, n_times = 9L),
    difference = small_model(2, rate = rate_difference(), n_times = 10L,
                             influence = influence_half_life(4)),
    central = small_model(13, rate = rate_central(sd = 0.1),
                          measure = "integral", conf_level = 0.9),
    local = small_model(4, rate = rate_local(4), missing = "available",
                        interval = "simultaneous",
                        cor = "residual", n_times = 10L,
                        influence = influence_power(1.5, 2)),
    reml = small_model(6, rate = rate_spline("reml"), breaks = "split",
                       normalise = "minmax", n_times = 10L,
                       influence = influence_linear(normalise = TRUE)),
    df = small_model(9, rate = rate_spline(df = 4), reference = "region",
                     influence = influence_custom(\(lag) 1 / (1 + lag^2)),
                     cor = matrix(c(1, 0.3, 0.3, 1), 2)),
    pillars = pillar_model(rate = rate_local(5), missing = "available"),
    provisional = small_model(5, missing = "provisional", n_times = 12L),
    custom = small_model(10, rate = forward_rate(), n_times = 10L,
                         influence = influence_custom(\(t) t - 1990,
                                                      of = "time"))
  )
}

# They and their workbooks are made once for all files of tests.
books_made <- new.env()

book_models <- function() {
  if (is.null(books_made$models)) books_made$models <- make_book_models()
  books_made$models
}

book_files <- function() {
  if (is.null(books_made$files)) {
    books_made$files <- vapply(book_models(), write_quietly, "")
  }
  books_made$files
}

# Every x changed by up to 5 %: the same in the data of the model and as edits
# of its workbook.
edited_cells <- function(model) {
  panel <- model$panel
  data <- panel$data
  source <- if (is.null(panel$source)) seq_len(nrow(data)) else panel$source
  edits <- NULL
  for (name in names(panel$x)) {
    row <- which(!is.na(panel$x[[name]]))
    value <- panel$x[[name]][row] * (1 + 0.05 * sin(3 * row))
    data[[name]][source[row]] <- value
    edits <- rbind(edits, data.frame(sheet = "Data", value = value,
                                     cell = data_cell(model, name, row)))
  }
  list(data = data, edits = edits)
}

book_sheets <- c("Read me", "Scheme", "Data", "Codes", "Rates", "Operator",
                 "Code ID", "Code NID", "Contributions", "Phases")
