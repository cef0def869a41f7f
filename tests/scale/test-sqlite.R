skip_if_not_installed("dbplyr")
skip_if_not_installed("RSQLite")

test_that("SQLite gives what memory gives", {
  con <- DBI::dbConnect(RSQLite::SQLite())
  withr::defer(DBI::dbDisconnect(con))
  expect_engine(con)
  expect_digits(con)
})

test_that("a result that is fetched gives parts identical to the whole", {
  con <- DBI::dbConnect(RSQLite::SQLite())
  withr::defer(DBI::dbDisconnect(con))
  panel <- plain_panel()
  model <- quietly(code_model(panel))
  DBI::dbWriteTable(con, "panel", panel$data)
  sink <- file.path(new_folder(), "out")
  rows <- DBI::dbSendQuery(con, "select * from panel order by region")
  out <- quietly(code_parts(rows, sink, scheme = panel$scheme, rows = 100,
                            reference = code_reference(model)))
  DBI::dbClearResult(rows)
  expect_gt(nrow(out), 3L)
  expect_whole(sink, model)
  rows <- DBI::dbSendQuery(con, "select * from panel order by year")
  expect_error(
    quietly(code_parts(rows, tempfile(), scheme = panel$scheme, rows = 100,
                       reference = code_reference(model))),
    class = "nidcode_error_partition")
  DBI::dbClearResult(rows)
})
