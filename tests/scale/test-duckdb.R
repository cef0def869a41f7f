# DuckDB's library, through ADBC: NIDCODE_DUCKDB names libduckdb.so.
skip_if_not_installed("dbplyr")
skip_if_not_installed("adbi")
skip_if_not_installed("adbcdrivermanager")
library_file <- Sys.getenv("NIDCODE_DUCKDB")
skip_if(!nzchar(library_file), "NIDCODE_DUCKDB does not name libduckdb.so")

duckdb <- function(env = parent.frame()) {
  driver <- adbcdrivermanager::adbc_driver(library_file, "duckdb_adbc_init")
  con <- DBI::dbConnect(adbi::adbi(driver))
  withr::defer(DBI::dbDisconnect(con), env)
  con
}

test_that("DuckDB gives what memory gives", {
  con <- duckdb()
  expect_engine(con)
  expect_digits(con)
})

test_that("Parquet in a folder is a table", {
  skip_if_not_installed("nanoparquet")
  con <- duckdb()
  panel <- plain_panel()
  folder <- new_folder()
  data <- panel$data
  part <- match(data$region, panel$regions) %% 3L
  for (k in 0:2) {
    nanoparquet::write_parquet(data[part == k, ],
                               file.path(folder, paste0(k, ".parquet")))
  }
  table <- dplyr::tbl(con, dbplyr::sql(paste0(
    "select * from '", folder, "/*.parquet'")))
  model <- quietly(code_model(panel, rate = rate_central()))
  have <- as.data.frame(dplyr::collect(code_query(
    table, panel$scheme, rate = rate_central(),
    reference = code_reference(table, panel$scheme))))
  expect_lte(gap_of(have, model$basic, "region"), 1e-12)
  sink <- file.path(new_folder(), "out")
  quietly(code_parts(folder, sink, scheme = panel$scheme,
                     rate = rate_central(), ending = "parquet",
                     reference = code_reference(model)))
  files <- list.files(sink, "parquet$", full.names = TRUE)
  back <- do.call(rbind, lapply(files, \(f) as.data.frame(
    nanoparquet::read_parquet(f))))
  back <- back[match(model$basic$region, back$region), ]
  expect_identical(back$estimate, model$basic$estimate)
})
