# cells.csv, a row per kind of cell that files of offices have:
#   cells   the column, a cell between bars
#   gives   the numbers that the lines of the error make of it when they are
#           typed; empty where only the table's notes can tell, and then the
#           error has no lines
#   labels  the flags that go to a column of labels
#   hint    what the message must say

skip_on_cran()

unescape <- function(x) {
  vapply(x, function(one) {
    eval(parse(text = paste0("\"", one, "\""), encoding = "UTF-8")[[1L]])
  }, "", USE.NAMES = FALSE)
}

bars <- function(x) {
  # strsplit() forgets an empty last part.
  unescape(strsplit(paste0(x, "|."), "|", fixed = TRUE)[[1L]]) |> head(-1L)
}

kinds <- utils::read.csv(test_path("cells.csv"), colClasses = "character",
                         na.strings = character(), encoding = "UTF-8")

refused <- function(cells, name = "v") {
  data <- data.frame(year = 2000 + seq_along(cells), cells)
  names(data)[2L] <- name
  err <- expect_error(
    code_panel(data, code_scheme(name, "production", codes = alone), "year"),
    class = "nidcode_error_not_numeric"
  )
  list(err = err, data = data)
}

# The lines of the message, typed.
typed <- function(refused) {
  env <- list2env(list(data = refused$data), parent = baseenv())
  eval(parse(text = refused$err$code), env)
  env$data
}

for (i in seq_len(nrow(kinds))) local({
  row <- kinds[i, ]
  test_that(paste("text:", row$what), {
    cells <- bars(row$cells)
    for (column in list(cells, factor(cells))) {
      one <- refused(column)
      expect_identical(one$err$columns, "v")
      if (row$gives == "") {
        expect_null(one$err$code)
        expect_match(paste(conditionMessage(one$err), collapse = " "), row$hint)
        next
      }
      # The message shows the very lines.
      for (line in one$err$code) {
        expect_match(conditionMessage(one$err), line, fixed = TRUE)
      }
      expect_silent(data <- typed(one))
      expect_identical(data$v, as.numeric(sub("NA", NA, bars(row$gives))))
      labels <- bars(row$labels)
      if (row$labels == "") {
        expect_named(data, c("year", "v"))
      } else {
        expect_identical(data$v_status,
                         c(labels, rep("", length(cells) - length(labels))))
        said <- paste(conditionMessage(one$err), collapse = " ")
        expect_match(said, "`status` of code_panel()", fixed = TRUE)
      }
    }
  })
})

test_that("hints never drop what they do not name", {
  # A column of every kind of cell: no line at all rather than a wrong one.
  all <- unlist(lapply(kinds$cells[kinds$cells != ""], bars))
  expect_null(refused(all)$err$code)
})

test_that("the lines read columns of any name, in any shape of data", {
  one <- refused(c("1,5", "2,5"), "a \"b\" \u0434")
  expect_identical(typed(one)[[2L]], c(1.5, 2.5))
  long <- data.frame(year = 2001:2002, what = "x", value = c("1,5", "2,5 b"))
  err <- expect_error(
    code_panel(long, code_scheme("x", "production"), "year", "what", "value"),
    class = "nidcode_error_not_numeric"
  )
  data <- typed(list(err = err, data = long))
  expect_identical(data$value, c(1.5, 2.5))
  expect_identical(data$value_status, c("", "b"))
})

# cells-alone.csv, a row per cell as the only one of its column: its value, the
# label that stands in it, how it is read.
alone_cells <- utils::read.csv(test_path("cells-alone.csv"),
                               colClasses = "character",
                               na.strings = character(), encoding = "UTF-8")
alone_cells$cell <- unescape(alone_cells$cell)
alone_cells$status <- unescape(alone_cells$status)
alone_cells$number <- as.numeric(sub("NA", NA, alone_cells$value))

expect_cells_read <- function() {
  for (i in seq_len(nrow(alone_cells))) {
    row <- alone_cells[i, ]
    got <- read_cells(row$cell)
    expect_identical(
      got[c("value", "status", "how")],
      list(value = row$number, status = row$status, how = row$how),
      label = paste0("\"", row$cell, "\"")
    )
  }
}

test_that("a cell says a value, a label, or why it says neither", {
  expect_gte(nrow(alone_cells), 150L)
  expect_false(anyDuplicated(alone_cells$cell) > 0L)
  expect_cells_read()
})

test_that("cells are read alike in any locale and under any options", {
  withr::local_options(OutDec = ",", scipen = -10, digits = 3)
  expect_cells_read()
  withr::local_locale(c(LC_CTYPE = "C", LC_COLLATE = "C"))
  expect_cells_read()
})

test_that("what says neither is an error that says what to type", {
  says <- c(dash = "put 0 or NA in its place", error = "read the sheet again",
            either = "factor is 1000", scale = "multiply those cells",
            other = "mend the cells in the source")
  for (i in which(alone_cells$how %in% names(says))) {
    one <- refused(alone_cells$cell[i])
    expect_match(conditionMessage(one$err), says[[alone_cells$how[i]]],
                 fixed = TRUE)
    expect_null(one$err$code)
  }
})

test_that("a column decides for the cells that do not, or the caller does", {
  value <- function(x, ...) read_cells(x, ...)$value
  expect_identical(value(c("1,234", "0,5")), c(1.234, 0.5))
  expect_identical(value(c("1,234", "2.5")), c(1234, 2.5))
  expect_identical(value(c("1,234", "12 345")), c(1.234, 12345))
  expect_identical(value("1,234", decimal = ","), 1.234)
  expect_identical(value("1,234", decimal = "."), 1234)
  expect_identical(value("1.234", decimal = ","), 1234)
  expect_identical(value("1.234", decimal = "."), 1.234)
  both <- read_cells(c("1,5", "2.5", "3"))
  expect_identical(both$how, c("either", "either", "number"))
  expect_identical(both$value, c(NA, NA, 3))
  expect_identical(read_cells(c("2,5", "1"), decimal = ".")$how,
                   c("either", "number"))
})

test_that("one cell is read alike alone and among many", {
  # Shapes are shared between texts: each must keep its own digits.
  read <- alone_cells[alone_cells$how %in% c("number", "missing") &
                        !grepl("[,.%]", alone_cells$cell), ]
  got <- read_cells(rep(read$cell, 3))
  expect_identical(got$value, rep(read$number, 3))
  expect_identical(got$status, rep(read$status, 3))
  x <- c(10, 20, 1.5, 201, 0.5, 1000.25, 90001, -7.03)
  expect_identical(read_cells(format(x, trim = TRUE, nsmall = 2))$value, x)
  x <- round(1e5 * sin(1:500), 2)
  text <- format(x, big.mark = " ", decimal.mark = ",", nsmall = 2)
  text <- sub("-", "\u2212", paste0(text, rep(c("", " b", " 1)"), 167)[1:500]))
  got <- read_cells(text)
  expect_equal(got$value, x, tolerance = 1e-14)
  expect_identical(got$status, rep(c("", "b", ""), 167)[1:500])
})

test_that("no cells give no values", {
  expect_identical(read_cells(character())$value, numeric())
  expect_identical(read_cells(NA)$how, "missing")
})

test_that("shapes are told by hand, numbers filled in by their digits", {
  text <- c("305,20 b", "0,50", "00912", "x", "", "305,99 b", "\u00a07\u00b2")
  told <- cell_shapes_cpp(text)
  expect_identical(told$shape, c("111,11 b", "0,11", "01111", "x", "",
                                 "\u00a01\u00b2"))
  expect_identical(told$at, c(1:5, 1L, 6L))
  expect_identical(
    cell_numbers_cpp(text, told$at, c("111.11", "0.11", "", "", "", "-1")),
    c(305.2, 0.5, NA, NA, NA, 305.99, -7))
})

test_that("many cells with blanks, marks and flags are read to the last bit", {
  with_stream(11, {
    value <- round(10^stats::runif(3000, 0, 9), 2)
    cents <- round(value * 100)
    whole <- format(cents %/% 100, big.mark = "\u00a0", trim = TRUE,
                    scientific = FALSE)
    tail <- sample(c("", " b", "e", " 1)", "*", "\u00b2", " %"), 3000, TRUE)
  })
  text <- paste0(whole, ",", sprintf("%02d", as.integer(cents %% 100)), tail)
  plain <- sprintf("%s.%02d", format(cents %/% 100, trim = TRUE,
                                     scientific = FALSE),
                   as.integer(cents %% 100))
  got <- read_cells(text)
  expect_identical(got$value, as.numeric(plain))
  expect_identical(got$status, ifelse(tail == " b", "b",
                                      ifelse(tail == "e", "e", "")))
  # A minus of typography turns the sign.
  expect_identical(read_cells(paste0("\u2212", text))$value,
                   -as.numeric(plain))
  # Seven tails, whole parts of 1 to 10 digits (or 0), cents with a 0 or not.
  expect_lte(length(cell_shapes_cpp(text)$shape), 7 * 11 * 3)
})
