# Where everything stands in the workbook of a model. Tables begin in row 7
# under their headings in row 6, and a region's time has the same row on the
# sheets Data, Codes, Rates and Code ID.

book_head <- 6L

sheet_names <- function() {
  c("Read me", "Scheme", "Data", "Codes", "Rates", "Operator", "Code ID",
    "Code NID", "Contributions", "Phases")
}

# What a sheet is called, in the language of the reader.
sheet_title <- function(name) {
  switch(name, `Read me` = say("Read me"), Scheme = say("Scheme"),
         Data = say("Data"), Codes = say("Codes"), Rates = say("Rates"),
         Operator = say("Operator"), Contributions = say("Contributions"),
         Phases = say("Phases"), name)
}

# A hidden name of the file that stays with the sheet, whatever it is called. It
# has a number, since who renames a sheet may replace its name everywhere.
sheet_key <- function(name) paste0("nidcode.sheet", match(name, sheet_names()))

book_frame <- function(model) {
  fit <- freeze_fit(get_fit(model$rates))
  panel <- model$panel
  n <- n_rows(panel)
  frame <- list(
    model = model, fit = fit, def = fit$def, panel = panel, n = n,
    rows = book_head + seq_len(n),
    region = row_region(panel),
    scheme = panel$scheme, codes = scheme_codes(panel$scheme),
    code = vapply(fit$codes, `[[`, "", "code"),
    keys = lapply(index_columns(panel), key_cells),
    types = vapply(index_columns(panel), key_type, "")
  )
  frame$width <- length(frame$keys)
  frame$units <- book_units(model)
  frame$series <- lapply(seq_along(fit$codes), \(i) series_rows_of(fit, i))
  c(frame, list(at = data_places(frame)))
}

# Units of D, V, A and Code NID.
book_units <- function(model) {
  code <- code_unit(get_spec(model$basic), model$panel$scheme)
  time <- model_time_unit(model)
  list(code = code, rate = rate_unit(code, time),
       second = rate_unit(code, time, 2L),
       basic = basic_unit(get_spec(model$basic), NULL, model$panel$scheme,
                          time))
}

# Units stand above the headings, from column `col` on.
put_units <- function(sheet, col, units) {
  sheet$heights[as.character(book_head - 1L)] <- 38
  dress(put_row(sheet, book_head - 1L, col, units), book_head - 1L,
        col + seq_along(units) - 1L, c("unit", "right"))
}

# Panel rows of the values of one code, region by region.
series_rows_of <- function(fit, i) {
  s <- code_series(fit, i)
  size <- series_sizes(s)
  out <- rep(list(integer()), n_regions(fit$def$panel))
  out[s$region] <- split(series_rows(s), rep(seq_along(size), size))
  out
}

# Columns of sheet Data: x and status in the scheme's order, z by code, so that
# the z of a code stand side by side; then whatever else the data has.
data_places <- function(frame) {
  names <- frame$scheme[["indicator"]]
  x <- frame$width + seq_along(names)
  status <- intersect(names, names(frame$panel$status))
  z_order <- order(match(frame$scheme[["code"]], frame$codes$code))
  last <- frame$width + length(names) + length(status)
  z <- integer(length(names))
  z[z_order] <- last + seq_along(names)
  list(x = stats::setNames(x, names),
       status = stats::setNames(
         frame$width + length(names) + seq_along(status), status),
       z = stats::setNames(z, names),
       other = last + length(names) + 1L)
}

scheme_row <- function(frame, name) {
  book_head + match(name, frame$scheme[["indicator"]])
}

# Columns of sheet Scheme.
scheme_columns <- c("indicator", "code", "direction", "weight", "transform",
                    "unit", "sd", "low", "high", "label", "parent", "centre",
                    "scale")

# Those that code_scheme() takes; the others are what R found.
given_columns <- scheme_columns[1:11]

scheme_cell <- function(frame, name, column) {
  fixed_cell("Scheme", scheme_row(frame, name), match(column, scheme_columns))
}

# The block of codes on the same sheet, and what stands further right.
codes_column <- length(scheme_columns) + 2L

reference_column <- codes_column + 5L

kept_column <- reference_column + 5L

code_weight_cell <- function(frame, i) {
  fixed_cell("Scheme", book_head + match(frame$code[i], frame$codes$code),
             codes_column + 3L)
}

# V and A of code i on sheet Rates; D on Codes.
rate_column <- function(frame, i, order) frame$width + 2L * (i - 1L) + order

value_column <- function(frame, i) frame$width + i

# Rows of the workbook for panel rows, as "from:to" ranges of one column.
column_runs <- function(sheet, rows, col) {
  runs <- number_runs(rows)
  fixed_range(sheet, book_head + runs$from, col, book_head + runs$to)
}
