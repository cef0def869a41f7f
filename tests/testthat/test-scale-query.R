skip_on_cran()

skip_if_not_installed("DBI")
skip_if_not_installed("dplyr")
skip_if_not_installed("dbplyr")
skip_if_not_installed("RSQLite")

lite <- function(data, env = parent.frame()) {
  con <- DBI::dbConnect(RSQLite::SQLite())
  withr::defer(DBI::dbDisconnect(con), env)
  dplyr::copy_to(con, data, "panel")
}

# A panel without breaks, with holes, gaps and uneven steps.
query_panel <- function(seed = 4, n_regions = 8L, ...) {
  p <- random_panel(seed, n_regions = n_regions, breaks = FALSE, ...)
  p$data <- p$data[!grepl("_status", names(p$data))]
  code_panel(p$data, scheme_of(p), index = c("region", "year"))
}

linear_rates <- function() {
  list(rate_difference(), rate_local(second = "step"), rate_spline(lambda = 2))
}

expect_queried <- function(query, want, keys, tolerance = 1e-13) {
  have <- as.data.frame(dplyr::collect(query))
  want <- as.data.frame(want)
  key <- \(x) do.call(paste, lapply(keys, \(k) {
    if (is.double(x[[k]])) sprintf("%.17g", x[[k]]) else x[[k]]
  }))
  expect_setequal(key(have), key(want))
  expect_identical(anyDuplicated(key(have)), 0L)
  have <- have[match(key(want), key(have)), ]
  expect_identical(is.na(have$estimate), is.na(want$estimate))
  gap <- max(abs(have$estimate - want$estimate), na.rm = TRUE)
  expect_lte(gap, tolerance * max(1, stats::sd(want$estimate, na.rm = TRUE)))
  if ("n.terms" %in% names(have)) {
    expect_equal(have$n.terms, want$n.terms, tolerance = 0)
  }
}

test_that("a query gives what memory gives", {
  panel <- query_panel(n_regions = 6L, codes = c(production = 2L, social = 1L))
  expect_true(any(panel$missing > 0))
  table <- lite(panel$data)
  measures <- c("sum", "integral", "sum")
  for (k in seq_along(measures)) {
    rate <- linear_rates()[[k]]
    model <- quietly(code_model(panel, rate = rate, measure = measures[k],
                                influence = influence_half_life(3)))
    ask <- function(what) {
      code_query(table, panel$scheme, what = what, rate = rate,
                 reference = code_reference(model), measure = measures[k],
                 influence = influence_half_life(3))
    }
    expect_queried(ask("basic"), model$basic, "region")
    if (k == 2L) {
      expect_queried(ask("contributions"), contributions(model),
                     c("region", "code"))
      expect_queried(ask("dynamic"), model$rates,
                     c("region", "year", "code", "order"))
      expect_queried(ask("industrial"), model$industrial, c("region", "year"))
    }
  }
})

test_that("transforms, directions and available indicators are the same", {
  p <- random_panel(9, n_regions = 3L, breaks = FALSE,
                    codes = c(production = 1L, social = 2L))
  data <- p$data[!grepl("_status", names(p$data))]
  p$scheme$transform <- c("log", "log1p", "sqrt")
  p$scheme$direction <- c(-1, 1, -1)
  data[p$scheme$indicator] <- lapply(data[p$scheme$indicator], abs)
  panel <- quietly(code_panel(data, scheme_of(p), c("region", "year")))
  table <- lite(data)
  missing <- c(zscore = "constant", minmax = "available")
  for (kind in names(missing)) {
    model <- quietly(code_model(panel, normalise = kind, rate = rate_central(),
                                missing = missing[[kind]]))
    reference <- code_reference(table, panel$scheme, normalise = kind)
    expect_equal(reference$centre, code_reference(model)$centre,
                 tolerance = 1e-12)
    expect_equal(reference$scale, code_reference(model)$scale,
                 tolerance = 1e-12)
    ask <- \(what) code_query(table, panel$scheme, what = what,
                              rate = rate_central(), missing = missing[[kind]],
                              reference = code_reference(model))
    expect_queried(ask("basic"), model$basic, "region")
    if (kind == "minmax") {
      expect_queried(ask("defining"), model$defining,
                     c("region", "year", "code"))
    }
  }
})

test_that("percent go through logit", {
  data <- data.frame(region = rep(c("a", "b"), each = 4), year = rep(1:4, 2),
                     x = c(1L, 5L, 7L, 50L, 20L, 30L, 60L, 99L))
  scheme <- code_scheme("x", "production", transform = "logit", unit = "percent",
                        codes = alone)
  model <- quietly(code_model(data, scheme, rate = rate_difference()))
  expect_queried(code_query(lite(data), scheme, rate = rate_difference(),
                            reference = code_reference(model)),
                 model$basic, "region")
})

test_that("the reference keeps digits that a plain sd loses", {
  x <- 1e9 + c(0.3, -0.4, 0.25, 0.9, -1.1, 0.05)
  table <- lite(data.frame(region = "a", year = 1:6, x = x, y = c(NA, 1:5)))
  scheme <- code_scheme(c("x", "y"), "social")
  ref <- code_reference(table, scheme)
  expect_equal(ref$centre, c(mean(x), 3), tolerance = 1e-12)
  expect_equal(ref$scale, c(sd(x), sd(1:5)), tolerance = 1e-12)
  expect_identical(code_reference(table, scheme, normalise = "none")$scale,
                   c(1, 1))
  ref <- code_reference(table, scheme, normalise = "minmax")
  expect_identical(ref$centre, c(min(x), 1))
  expect_warning(code_reference(lite(data.frame(region = "a", year = 1:2, x = 5,
                                                y = 1:2)), scheme),
                 class = "nidcode_warning_zero_spread")
})

test_that("numbers travel to the database whole", {
  con <- DBI::dbConnect(RSQLite::SQLite())
  withr::defer(DBI::dbDisconnect(con))
  x <- data.frame(a = c(pi * 1e-9, 1 / 3, NA, 2^53 - 1, -exp(1)), n = 1:5)
  back <- as.data.frame(dplyr::collect(copy_exact(con, x)))
  expect_identical(back$a[order(back$n)], x$a)
  # What 15 digits say, each part of a number says exactly.
  x <- with_stream(2, c(1e9 + stats::rnorm(500), 2000 + stats::runif(500)))
  high <- to_digits(x)
  text <- sprintf("%.14e", high)
  expect_identical(to_digits(high), high)
  expect_identical(nchar(sub("e.*", "", sub("[.]", "", text))), rep(15L, 1000))
  # Digits as a whole number over a power of ten: rounded once.
  whole <- as.double(sub("e.*", "", sub("[.]", "", text)))
  expect_identical(whole / 10^(14 - as.integer(sub(".*e", "", text))), high)
  expect_identical(high + (x - high), x)
  expect_identical(to_digits(c(0, NA, -0.5)), c(0, NA, -0.5))
})

test_that("many times take several keys", {
  n <- 95L
  data <- data.frame(region = rep(c("a", "b", "c"), each = n),
                     year = rep(seq_len(n), 3), x = sin(seq_len(3L * n)))
  data$x[c(3L, 90L, 200L)] <- NA
  scheme <- code_scheme("x", "production", codes = alone)
  model <- quietly(code_model(data, scheme, rate = rate_difference()))
  expect_queried(code_query(lite(data), scheme, rate = rate_difference(),
                            reference = code_reference(model)),
                 model$basic, "region")
})

test_that("tables that are none are told", {
  d <- data.frame(region = c("a", "a", "b"), year = c(1, 2, 1), x = c(1, 2, 4))
  scheme <- code_scheme("x", "social")
  ref <- as_code_reference(data.frame(indicator = "x", centre = 0, scale = 1))
  run <- function(data, ..., rate = rate_difference(), s = scheme) {
    code_query(lite(data), s, ..., rate = rate, reference = ref)
  }
  expect_error(run(rbind(d, d[1, ])), class = "nidcode_error_duplicate_key")
  expect_error(run(transform(d, year = c(1, NA, 1))),
               class = "nidcode_error_bad_time")
  expect_error(run(transform(d, year = letters[1:3])),
               class = "nidcode_error_bad_time")
  expect_error(run(transform(d, region = c("a", NA, "b"))),
               class = "nidcode_error_bad_region")
  expect_error(run(d[-3]), class = "nidcode_error_no_column")
  err <- expect_error(run(transform(d, x = c(0, 1, -1)), s = code_scheme(
    "x", "social", transform = "log")), class = "nidcode_error_domain")
  expect_identical(err$n, 2)
  err <- expect_error(run(d, rate = rate_spline()),
                      class = "nidcode_error_not_linear")
  expect_match(conditionMessage(err), "code_parts()", fixed = TRUE)
  expect_error(run(d, missing = "provisional"),
               class = "nidcode_error_not_linear")
  expect_error(run(d, what = "path"), class = "nidcode_error_argument")
  expect_error(code_query(d, scheme, reference = ref),
               class = "nidcode_error_not_linear")
  expect_error(code_query(d, scheme, reference = ref, rate = rate_central()),
               class = "nidcode_error_argument")
  expect_error(code_query(lite(d), scheme, rate = rate_central()),
               class = "nidcode_error_reference")
  err <- expect_error(code_panel(lite(d), scheme),
                      class = "nidcode_error_argument")
  expect_match(conditionMessage(err), "code_query()", fixed = TRUE)
})

test_that("too many sets of times are refused", {
  grids <- list(times = 1:30, rows = matrix(TRUE, 4000, 30))
  job <- list(scheme = code_scheme("x", "social"))
  err <- expect_error(check_patterns(grids, job, "dynamic", NULL),
                      class = "nidcode_error_many_grids")
  expect_identical(err$n, 4000L)
})

test_that("a query leaves the caller's stream of random numbers alone", {
  table <- lite(data.frame(region = rep(c("a", "b"), each = 4),
                           year = rep(1:4, 2), x = (1:8)^2))
  scheme <- code_scheme("x", "production", codes = nid_codes()[1, ])
  with_stream(1, {
    before <- get(".Random.seed", globalenv())
    dplyr::collect(code_query(table, scheme, rate = rate_difference(),
                              reference = code_reference(table, scheme)))
    expect_identical(get(".Random.seed", globalenv()), before)
  })
})
