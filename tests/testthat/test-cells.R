# cells.csv, a row per kind of cell that files of offices have:
#   cells   the column, a cell between bars
#   gives   the numbers that the lines of the error make of it when they are
#           typed; empty where only the table's notes can tell, and then the
#           error has no lines
#   labels  the flags that go to a column of labels
#   hint    what the message must say

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
