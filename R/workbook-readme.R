# Sheet Read me: what the workbook is, how it answers edits, and the settings
# that make the model again.

book_banner <- function(frame) {
  rate <- frame$fit$rate
  paste0(
    "Smoothing is FROZEN at the values of R, as are centre and scale",
    if (tuned_by_series(frame$fit)) "" else {
      paste0(" (the rate here, ", rate$words, ", estimates none)")
    },
    if (frame$def$normalise == "rank") "; ranks are live" else "",
    ". Formulas answer edits of the data as ",
    "update(model, data = edited, freeze = TRUE) does; for a new estimate ",
    "read the file into R with read_workbook()."
  )
}

readme_sheet <- function(frame) {
  sheet <- headed_sheet("Read me", "Code-based model: a workbook that computes",
                        frame$banner)
  model <- frame$model
  row <- 4L
  for (part in list(c("As R found it", in_words(model)), sheet_guide())) {
    sheet <- put_part(sheet, row, part)
    row <- row + length(part) + 1L
  }
  sheet <- put_settings(sheet, row, book_settings(model), made_by(model))
  rows <- seq.int(sheet$settings + 1L, sheet$settings_end)
  sheet$protect <- TRUE
  dress_readme(dress(sheet, rows, 2L, c("open", "left")))
}

readme_widths <- c(26, 40, 60)

# A heading and the lines below it, which run over all columns.
put_part <- function(sheet, row, part) {
  rows <- row + seq_along(part) - 1L
  sheet <- put_column(sheet, row, 1L, part)
  sheet <- span_rows(sheet, rows, part, sum(readme_widths))
  dress(dress(sheet, rows, 1L, "says"), row, 1L, "bold")
}

dress_readme <- function(sheet) {
  sheet <- dress_top(sheet, readme_widths)
  dress(sheet, sheet$settings, seq_along(readme_widths), "head")
}

sheet_guide <- function() {
  c("Sheets",
    "Scheme: which indicator forms which code; weights may be edited.",
    "Data: the values x (blue, to be edited), their labels, and z.",
    "Codes: the defining codes D, and one region as a picture.",
    "Rates: the dynamic codes V = D' and their own rates A.",
    "Operator: the weights that make V, A and Code NID of D.",
    "Code ID: formula (1), the sum of V over the codes.",
    "Code NID: formula (2), the sum of tau u A over times and codes.",
    "Contributions: Code NID by code and by indicator.",
    "Blue numbers are input, black ones formulas, grey ones what R gave.")
}

made_by <- function(model) {
  list(`made by` = paste0("nidcode ", utils::packageVersion("nidcode"), ", ",
                          R.version.string),
       call = paste(deparse(model$call, width.cutoff = 500L), collapse = " "))
}

settings_title <- "Setting"

# Name, value, meaning; read_workbook() looks for the heading.
put_settings <- function(sheet, row, settings, made = list(), empty = FALSE) {
  sheet <- put_row(sheet, row, 1L, c(settings_title, "Value", "Meaning"))
  sheet$settings <- row
  all <- c(settings[lengths(settings) > 0L], made)
  meaning <- setting_meanings()
  for (name in names(all)) {
    row <- row + 1L
    sheet <- put_row(sheet, row, 1L, name)
    sheet <- put_column(sheet, row, 2L, all[[name]], empty)
    sheet <- put_row(sheet, row, 3L, c(meaning[name], "")[1L])
  }
  sheet$settings_end <- row
  sheet
}

setting_meanings <- function() {
  c(region = "heading of the column of regions on sheet Data",
    region.type = "its type in R",
    time = "heading of the column of times",
    time.type = "its type in R",
    status = "columns of labels end in this",
    normalise = "zscore, minmax, index, goalposts, rank or none",
    reference = "panel, region, one time, or frozen (sheet Scheme)",
    aggregate = "mean, geometric or harmonic",
    missing = "constant, available, provisional or error",
    rate = "difference, central, local, spline or custom",
    rate.name = "its name", rate.span = "points in the window",
    rate.width = "width of the window in units of time",
    rate.degree = "1, 2 or 3", rate.kernel =
      "uniform, tricube or epanechnikov",
    rate.lambda = "average, reml, gcv or a number",
    rate.df = "effective degrees of freedom",
    rate.m = "3: quintic, 2: cubic; auto: chosen by the panel",
    rate.second = "second order: over a step, or at a point",
    rate.sd = "sd of the error of a code's values",
    breaks = "auto, split, shift or ignore",
    influence =
      "equal, half_life, linear, power, hyperbolic or custom",
    influence.half_life = "in units of time",
    influence.span = "in units of time", influence.power = "exponent",
    influence.scale = "in units of time",
    influence.at = "the time from which lags count",
    influence.normalise = "weights divided by their sum",
    influence.of = "lag, time or table",
    measure = "sum or integral",
    cor = "auto, independent, residual or matrix (sheet Scheme)",
    ends = "all or interior: without the first and last step",
    interval = "of the rates in R: pointwise or simultaneous",
    conf_level = "of the intervals",
    tuning = "smoothing estimated by R, or frozen before",
    `made by` = "", call = "")
}
