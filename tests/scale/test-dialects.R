skip_if_not_installed("dbplyr")

test_that("other dialects get joins, sums and cases, and no data", {
  panel <- plain_panel(n_regions = 3L)
  job <- operator_job(panel$scheme, rate_central(), influence_equal(), "sum",
                      code_reference(quietly(defining_codes(panel))),
                      "constant", NULL, "basic")
  grids <- panel_patterns(panel, panel$scheme, NULL)
  ops <- grid_operators(grids, job, "basic", NULL)
  bits <- time_bits(grids$times)
  names(bits)[1L] <- "nid_time"
  keys <- cbind(grid_keys(grids, bits), grid = seq_len(nrow(grids$rows)))
  for (dialect in c("access", "dbi", "hana", "hive", "impala", "mssql", "mysql",
                    "odbc", "oracle", "postgres", "redshift", "snowflake",
                    "sqlite", "teradata")) {
    con <- get(paste0("simulate_", dialect), asNamespace("dbplyr"))()
    lazy <- \(x, name) dbplyr::tbl_lazy(x, con = con, name = name)
    table <- list(index = panel$index, scheme = panel$scheme)
    x <- Map(\(name, t) sql_transform(as.name(name), t, "log"),
             panel$scheme$indicator, scheme_transforms(panel$scheme))
    names(x) <- paste0("x", seq_along(x))
    table$base <- dplyr::transmute(lazy(panel$data, "panel"), region = region,
                                   nid_time = year, !!!x)
    query <- table_query(table, key_query(table, lazy(bits, "bits")),
                         lazy(keys, "grids"),
                         lazy(wide_operators(ops), "ops"), ops$keys)
    sql <- as.character(suppressWarnings(dbplyr::sql_render(query)))
    expect_match(sql, "GROUP BY")
    expect_no_match(sql, "OVER|WINDOW|DISTINCT")
    number <- unique(unlist(regmatches(sql, gregexpr(
      "(?<![A-Za-z_0-9.\"`\\[])[0-9]+[.]?[0-9]*(?![A-Za-z_0-9\"`\\]])", sql,
      perl = TRUE))))
    expect_true(all(number %in% c("0", "0.0", "1", "1.0")), info = dialect)
  }
})
