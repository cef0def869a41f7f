skip_if_not_installed("dbplyr")
skip_if_not_installed("RPostgreSQL")
port <- Sys.getenv("NIDCODE_PG_PORT")
skip_if(!nzchar(port), "PostgreSQL was not started")

postgres <- function(env = parent.frame()) {
  con <- DBI::dbConnect(RPostgreSQL::PostgreSQL(), host = "127.0.0.1",
                        port = as.integer(port), user = "nidcode",
                        dbname = "postgres")
  withr::defer(DBI::dbDisconnect(con), env)
  con
}

test_that("PostgreSQL gives what memory gives", {
  con <- postgres()
  expect_engine(con)
  expect_digits(con)
})

test_that("a cursor gives parts identical to the whole", {
  con <- postgres()
  panel <- plain_panel()
  model <- quietly(code_model(panel))
  table <- copy_exact(con, panel$data)
  DBI::dbExecute(con, "begin")
  DBI::dbExecute(con, paste(
    "declare rows cursor for", dbplyr::sql_render(table), "order by region"))
  sink <- file.path(new_folder(), "out")
  fetch <- \(n) DBI::dbGetQuery(con, paste("fetch forward", n, "from rows"))
  out <- quietly(code_parts(fetch, sink, scheme = panel$scheme, rows = 100,
                            reference = code_reference(model)))
  DBI::dbExecute(con, "commit")
  expect_gt(nrow(out), 3L)
  expect_whole(sink, model)
})
