# Small data whose answers fit on a line, and what every result must keep.

# By differences V = 1, 2, 3, 5, 2 from 2002 on, A = 1, 1, 2, -3 from 2003 on.
hand <- data.frame(year = 2001:2006, x = c(1, 2, 4, 7, 12, 14))

# Two regions, an indicator for each code.
hand_regions <- data.frame(
  region = rep(c("A", "B"), each = 6), year = rep(2001:2006, 2),
  x = c(1, 2, 4, 7, 12, 14, 10, 9, 9, 10, 12, 11),
  y = c(3, 3, 4, 6, 5, 7, 2, 4, 6, 8, 10, 12),
  z = c(1, 3, 2, 5, 4, 6, 1, 1, 2, 3, 5, 8)
)

hand_scheme <- function(...) {
  code_scheme(c("x", "y", "z"), c("production", "institutional", "social"), ...)
}

# One code only, so that none is missing.
alone <- nid_codes()[1L, ]

# The codes of one raw series.
hand_codes <- function(x = hand$x, year = hand$year, status = NULL) {
  data <- data.frame(year = year, x = x)
  data$x_status <- status
  scheme <- code_scheme("x", "production", codes = alone)
  panel <- code_panel(data, scheme, index = "year",
                      status = if (!is.null(status)) "_status")
  defining_codes(panel, "none")
}

# What print() writes, and the same as one sentence whatever the line width.
lines_of <- function(x, width = 80L) {
  withr::with_options(list(width = width), utils::capture.output(print(x)))
}

text_of <- function(x, width = 80L) {
  gsub("[ \n]+(# *)?", " ", paste(lines_of(x, width), collapse = "\n"))
}

# At most 15 lines at any width, the value invisible.
expect_prints <- function(x, label = class(x)[1L]) {
  for (width in c(40L, 200L)) {
    text <- lines_of(x, width)
    testthat::expect_lte(length(text), 15L,
                         label = paste(label, "lines at width", width))
  }
  utils::capture.output(shown <- withVisible(print(x)))
  testthat::expect_identical(shown, list(value = x, visible = FALSE),
                             label = paste(label, "printed"))
}

plain_class <- c("tbl_df", "tbl", "data.frame")

# Tables that others are made of.
tables_with_fit <- c("defining", "rates", "basic", "prediction", "core",
                     "gaps")

# A result of the promised class, columns and types.
expect_table <- function(x, what, types) {
  label <- paste0("nid_", what)
  testthat::expect_identical(
    class(x), c(label, "nid_table", plain_class), label = label
  )
  testthat::expect_identical(vapply(as.list(x), typeof, ""), types,
                             label = paste(label, "columns"))
  testthat::expect_s3_class(attr(x, "spec"), "nid_spec")
  testthat::expect_length(format(attr(x, "spec")), 1L)
  testthat::expect_identical(
    !is.null(attr(x, "fit")), what %in% tables_with_fit,
    label = paste(label, "carries a fit")
  )
  expect_prints(x, label)
}

expect_plain <- function(x, label = NULL) {
  testthat::expect_identical(class(x), plain_class, label = label)
  testthat::expect_identical(
    setdiff(names(attributes(x)), c("names", "row.names", "class")),
    character(), label = paste(label, "attributes")
  )
}
