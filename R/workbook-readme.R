# Sheet Read me: what the workbook is, how it answers edits, and the settings
# that make the model again.

book_banner <- function(frame) {
  none <- if (tuned_by_series(frame$fit)) "" else {
    say(" (the rate here estimates none)")
  }
  ranks <- if (frame$def$normalise == "rank") say("; ranks are live") else ""
  paste(
    say("Smoothing is FROZEN at the values of R, as are centre and scale%s%s.",
        none, ranks),
    say("Formulas answer edits as update(model, data =, freeze = TRUE) does."),
    say("For a new estimate read the file into R with read_workbook()."))
}

readme_sheet <- function(frame) {
  sheet <- headed_sheet("Read me",
                        say("Code-based model: a workbook that computes"),
                        frame$banner)
  model <- frame$model
  row <- 4L
  for (part in list(c(say("As R found it"), in_words(model)), sheet_guide())) {
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
  c(say("Sheets"),
    say("Scheme: which indicator forms which code; weights may be edited."),
    say("Data: the values x (blue, to be edited), their labels, and z."),
    say("Codes: the defining codes D, and one region as a picture."),
    say("Rates: the dynamic codes V = D' and their own rates A."),
    say("Operator: the weights that make V, A and Code NID of D."),
    say("Code ID: formula (1), the sum of V over the codes."),
    say("Code NID: formula (2), the sum of tau u A over times and codes."),
    say("Contributions: Code NID by code and by indicator."),
    say("Phases: whether V and its own rate A are above 0."),
    say("Blue numbers are input, black ones formulas, grey ones what R gave."))
}

made_by <- function(model) {
  list(`made by` = paste0("nidcode ", utils::packageVersion("nidcode"), ", ",
                          R.version.string),
       call = paste(deparse(model$call, width.cutoff = 500L), collapse = " "))
}

settings_head <- function() c(say("Setting"), say("Value"), say("Meaning"))

# Name, value, meaning; read_workbook() looks for the heading.
put_settings <- function(sheet, row, settings, made = list(), empty = FALSE) {
  sheet <- put_row(sheet, row, 1L, settings_head())
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
  c(region = say("heading of the column of regions"),
    region.type = say("its type in R"),
    time = say("heading of the column of times"),
    time.type = say("its type in R"),
    status = say("columns of labels end in this"),
    normalise = say("zscore, minmax, index, goalposts, rank or none"),
    reference = say("panel, region, one time, or frozen (in the scheme)"),
    aggregate = say("mean, geometric or harmonic"),
    missing = say("constant, available, provisional or error"),
    rate = say("difference, central, local, spline or custom"),
    rate.name = say("its name"),
    rate.span = say("points in the window"),
    rate.width = say("width of the window in units of time"),
    rate.degree = say("1, 2 or 3"),
    rate.kernel = say("uniform, tricube or epanechnikov"),
    rate.lambda = say("average, reml, gcv or a number"),
    rate.df = say("effective degrees of freedom"),
    rate.m = say("3: quintic, 2: cubic; auto: chosen by the panel"),
    rate.second = say("second order: over a step, or at a point"),
    rate.sd = say("sd of the error of a code's values"),
    breaks = say("auto, split, shift or ignore"),
    influence = say("equal, half_life, linear, power, hyperbolic or custom"),
    influence.half_life = say("in units of time"),
    influence.span = say("in units of time"),
    influence.power = say("exponent"),
    influence.scale = say("in units of time"),
    influence.at = say("the time from which lags count"),
    influence.normalise = say("weights divided by their sum"),
    influence.of = say("lag, time or table"),
    measure = say("sum or integral"),
    cor = say("auto, independent, residual or matrix (in the scheme)"),
    ends = say("all or interior: without the first and last step"),
    interval = say("of the rates in R: pointwise or simultaneous"),
    conf_level = say("of the intervals"),
    tuning = say("smoothing estimated by R, or frozen before"),
    `made by` = "", call = "")
}
