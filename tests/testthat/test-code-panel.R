scheme <- hand_scheme()

test_that("wide data: values by region and time, whatever the row order", {
  p <- code_panel(hand_regions, scheme)
  expect_s3_class(p, "nid_panel")
  expect_identical(as.data.frame(p), hand_regions)
  expect_identical(dim(p), c(12L, 3L))
  mix <- c(7, 3, 12, 1, 9, 2, 10, 4, 11, 6, 5, 8)
  q <- code_panel(hand_regions[mix, ], scheme)
  expect_identical(as.data.frame(q), hand_regions)
  # The user's rows are kept in the user's order.
  expect_identical(q$data, hand_regions[mix, ])
})

test_that("long data give the same panel", {
  long <- data.frame(
    region = rep(hand_regions$region, 3), year = rep(hand_regions$year, 3),
    what = rep(c("x", "y", "z"), each = 12),
    value = c(hand_regions$x, hand_regions$y, hand_regions$z)
  )
  wide <- code_panel(hand_regions, scheme)
  p <- code_panel(long, scheme, names_from = "what", values_from = "value")
  expect_identical(as.data.frame(p), as.data.frame(wide))
  p <- code_panel(long[36:1, ], scheme, names_from = "what",
                  values_from = "value")
  expect_identical(as.data.frame(p), as.data.frame(wide))
  # A cell without a row is missing; other indicators are left aside.
  more <- rbind(long[-2, ], data.frame(region = "A", year = 2001,
                                       what = c("q", "r"), value = c(1, NA)))
  p <- code_panel(more, scheme, names_from = "what", values_from = "value")
  d <- as.data.frame(p)
  expect_identical(which(is.na(d$x)), 2L)
  expect_identical(d$y, hand_regions$y)
  expect_match(text_of(p), "2 rows of other indicators left aside.",
               fixed = TRUE)
  expect_error(code_panel(long, scheme, names_from = "what"),
               class = "nidcode_error_argument")
})

test_that("the index: given, by name, by class, or asked for", {
  d <- hand_regions
  names(d)[1:2] <- c("place", "when")
  p <- code_panel(d, scheme, index = c("place", "when"))
  expect_identical(names(as.data.frame(p))[1:2], c("place", "when"))
  expect_identical(as.data.frame(code_panel(hand_regions, scheme))$year,
                   as.data.frame(p)$when)
  err <- expect_error(code_panel(d, scheme),
                      class = "nidcode_error_missing_index")
  expect_match(conditionMessage(err), "place", fixed = TRUE)
  expect_match(conditionMessage(err), "index = c(", fixed = TRUE)
  # Columns that are called so in other words are proposed.
  for (names in list(c("Region", "Year"), c("geo", "TIME_PERIOD"),
                     c("Country.Name", "Time"))) {
    names(d)[1:2] <- names
    err <- expect_error(code_panel(d, scheme),
                        class = "nidcode_error_missing_index")
    line <- regmatches(conditionMessage(err),
                       regexpr("c\\([^)]*\\)", conditionMessage(err)))
    expect_identical(eval(str2lang(line)), names)
  }
  names(d)[1:2] <- c("place", "when")
  skip_if_not_installed("plm")
  own <- suppressMessages(
    code_panel(plm::pdata.frame(d, c("place", "when")), scheme)
  )
  expect_identical(as.character(as.data.frame(own)$place), d$place)
})

test_that("a name that lost its blanks on the way is proposed", {
  for (name in c("GRP.per.capita..RUB.", "grp per capita, RUB",
                 "GRP\nper capita (RUB)", "GRP\u00a0per capita (RUB) ")) {
    d <- stats::setNames(hand[c("year", "x")], c("year", name))
    err <- expect_error(
      code_panel(d, code_scheme("GRP per capita (RUB)", "production")),
      class = "nidcode_error_no_column"
    )
    hint <- paste0("Is `", name, "` meant?")
    expect_identical(grepl(hint, conditionMessage(err), fixed = TRUE),
                     !grepl(",", name))
  }
  long <- data.frame(year = hand$year, what = "GRP ", value = hand$x)
  err <- expect_error(code_panel(long, code_scheme("GRP", "production"),
                                 "year", "what", "value"),
                      class = "nidcode_error_no_column")
  expect_match(conditionMessage(err), "Is `GRP ` meant?", fixed = TRUE)
})

test_that("one region needs no region column", {
  one <- code_scheme("x", "production", codes = alone)
  p <- code_panel(hand, one)
  expect_identical(as.data.frame(p), hand)
  expect_identical(as.data.frame(code_panel(hand, one, index = "year")), hand)
  expect_identical(names(defining_codes(p, "none"))[1:2], c("year", "code"))
})

test_that("names, types and levels of the index are kept", {
  d <- hand_regions
  d$region <- factor(d$region, levels = c("B", "A"))
  d$year <- as.Date(paste0(d$year, "-07-01"))
  p <- as.data.frame(code_panel(d, scheme))
  expect_identical(levels(p$region), c("B", "A"))
  expect_identical(as.character(p$region), rep(c("B", "A"), each = 6))
  expect_s3_class(p$year, "Date")
  numbered <- transform(hand_regions, region = ifelse(region == "A", 10L, 9L))
  p <- as.data.frame(code_panel(numbered, scheme))
  expect_identical(p$region, rep(9:10, each = 6))
})

test_that("regions stand in the order of their bytes, not of the locale", {
  d <- hand_regions
  d$region <- rep(c("b", "a", "B", "\u0410"), each = 3)
  d$year <- rep(2001:2003, 4)
  p <- suppressWarnings(code_panel(d, scheme))
  expect_identical(unique(as.data.frame(p)$region),
                   c("B", "a", "b", "\u0410"))
})

test_that("gaps and different times per region are normal", {
  p <- code_panel(hand_regions[-c(3, 7, 12), ], scheme)
  expect_identical(as.data.frame(p), data.frame(
    hand_regions[-c(3, 7, 12), ], row.names = NULL
  ))
  expect_match(lines_of(p)[1],
               "Unbalanced panel: 2 regions, times 2001 to 2006, 9 rows",
               fixed = TRUE)
  expect_match(lines_of(p)[1], "(4 to 5 a region)", fixed = TRUE)
  expect_false(glance(p)$balanced)
})

test_that("columns outside the scheme are kept, never computed on", {
  d <- cbind(hand_regions, note = "text", other = Inf)
  p <- code_panel(d, scheme)
  expect_identical(names(as.data.frame(p)), names(hand_regions))
  m <- code_model(d, scheme, rate = rate_central())
  expect_identical(augment(m)$note, d$note)
  expect_identical(augment(m)$other, d$other)
})

test_that("print says what is in it", {
  p <- code_panel(hand_regions, scheme)
  expect_identical(lines_of(p), c(
    "Balanced panel: 2 regions, times 2001 to 2006, 12 rows.",
    "Index: region, year.",
    "Indicators: production 1, institutional 1, social 1."
  ))
  expect_identical(format(p), lines_of(p))
  expect_prints(p)
  d <- hand_regions
  d$y[c(2, 9)] <- NA
  d$x[1] <- NA
  d$z_status <- rep(c("ok", "break"), c(11, 1))
  p <- code_panel(d, scheme, status = "_status")
  expect_match(text_of(p), "Missing: 3 cells, most in y (2).", fixed = TRUE)
  expect_match(text_of(p), "Breaks of method: z 1.", fixed = TRUE)
  none <- code_panel(hand_regions[0, ], scheme)
  expect_match(lines_of(none)[1], "0 regions, times none, 0 rows")
  expect_prints(none)
})

test_that("summary has a row per indicator", {
  d <- hand_regions
  d$y[2:3] <- NA
  d$x_status <- rep(c("ok", "e", "break", "ok"), c(3, 2, 1, 6))
  s <- summary(code_panel(d, scheme, status = "_status"))
  expect_plain(s)
  expect_named(s, c("indicator", "code", "regions", "times", "missing",
                    "breaks", "status", "between", "within"))
  expect_identical(s$indicator, c("x", "y", "z"))
  expect_identical(s$code, c("production", "institutional", "social"))
  expect_identical(s$regions, c(2L, 2L, 2L))
  expect_identical(s$times, c(6L, 6L, 6L))
  expect_identical(s$missing, c(0L, 2L, 0L))
  expect_identical(s$breaks, c(1L, 0L, 0L))
  expect_identical(s$status[2:3], c("", ""))
  expect_match(s$status[1], "estimated 2", fixed = TRUE)
  expect_match(s$status[1], "break 1", fixed = TRUE)
  # z: means 3.5 and 20/6; squares within 17.5 and 112/3.
  expect_equal(s$between[3], (3.5 - 20 / 6) / sqrt(2))
  expect_equal(s$within[3], sqrt((17.5 + 112 / 3) / 10))
  one <- summary(code_panel(hand, code_scheme("x", "production")))
  expect_identical(one$between, NA_real_)
  expect_equal(one$within, sd(hand$x))
})

test_that("tidy and glance", {
  p <- code_panel(hand_regions, scheme)
  expect_identical(tidy(p), summary(p))
  expect_identical(as.list(glance(p)), list(
    n.regions = 2L, n.times = 6L, nobs = 12L, n.indicators = 3L, missing = 0,
    breaks = 0L, balanced = TRUE
  ))
})

test_that("a panel is not cut: filter the data first", {
  p <- code_panel(hand_regions, scheme)
  cuts <- list(quote(p[1:3, ]), quote(subset(p, year > 2003)))
  if (requireNamespace("dplyr", quietly = TRUE)) {
    cuts <- c(cuts, quote(dplyr::filter(p, year > 2003)),
              quote(dplyr::mutate(p, x = 1)))
  }
  for (cut in cuts) {
    err <- expect_error(eval(cut), class = "nidcode_error_argument")
    expect_match(conditionMessage(err), "Change the data first", fixed = TRUE)
  }
})

test_that("a named index is obeyed or refused", {
  d <- data.frame(r = rep(1:3, each = 4), y = rep(2005:2008, 3),
                  v = c(1:4, 2:5, 3:6)^2)
  one <- code_scheme("v", "social")
  want <- as.data.frame(code_panel(d, one, c("r", "y")))
  for (index in list(c(region = "r", time = "y"), c(time = "y", region = "r"),
                     c(region = "r", "y"), c("r", time = "y"),
                     c(time = "y", "r"), c("y", region = "r"))) {
    expect_identical(as.data.frame(code_panel(d, one, index)), want)
  }
  m <- suppressMessages(suppressWarnings(
    code_model(d, one, c(time = "y", region = "r"), rate = rate_difference())
  ))
  expect_identical(m$panel$index, c(region = "r", time = "y"))
  alone <- d[1:4, ]
  expect_identical(as.data.frame(code_panel(alone, one, c(time = "y"))),
                   as.data.frame(code_panel(alone, one, "y")))
  for (index in list(c(unit = "r", time = "y"), c(r = "r", y = "y"),
                     c(region = "r", region = "y"), c(Region = "r", "y"),
                     c(time = "r", time = "y"))) {
    expect_error(code_panel(d, one, index), class = "nidcode_error_argument")
  }
  expect_error(code_panel(alone, one, c(region = "r")),
               class = "nidcode_error_argument")
  # The same for every verb that takes an index.
  d$cpi <- 110
  expect_identical(
    deflate(d, "v", "cpi", base = 2005, index = c(time = "y", region = "r")),
    deflate(d, "v", "cpi", base = 2005, index = c("r", "y"))
  )
  d$z <- c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8)
  quiet <- function(index) {
    suppressMessages(code_dependence(d, v ~ z, index = index))
  }
  expect_identical(quiet(c(time = "y", region = "r"))[["estimate"]],
                   quiet(c("r", "y"))[["estimate"]])
})

test_that("NaN in the data is a missing value like any other", {
  d <- data.frame(region = "A", year = 2001:2003, x = c(1, NaN, 3))
  panel <- code_panel(d, code_scheme("x", "production"))
  expect_identical(is.nan(panel$x$x), c(FALSE, FALSE, FALSE))
  expect_identical(panel$missing[["x"]], 1)
})

test_that("keys of rows, each many times, are those rows repeated", {
  data <- data.frame(region = c("b", "a", "a"),
                     year = as.Date(c("2001-01-01", "2001-01-01",
                                      "2002-01-01")), x = 1:3)
  panel <- suppressMessages(code_panel(data, code_scheme(
    "x", "production", codes = nid_codes()[1L, ])))
  rows <- seq_len(n_rows(panel))
  expect_identical(index_columns(panel, each = 2L),
                   index_columns(panel, rep(rows, each = 2L)))
})

test_that("whatever stands before a region, its rows are read the same", {
  # The times of the region before, those of another, one time less, one twice
  # and one too early.
  times <- list(2001:2004, 2001:2004, c(2001, 2003:2005), 2001:2004, 2001:2003,
                2001:2003, c(2001:2003, 2003), 2001:2004, c(2002, 2001, 2003))
  frame <- function(of, kind) {
    region <- rep(seq_along(of), lengths(times[of]))
    data.frame(region = if (kind == "text") letters[region] else region,
               year = as.double(unlist(times[of])), x = seq_along(region))
  }
  scheme <- code_scheme("x", "production", codes = nid_codes()[1L, ])
  for (kind in c("text", "number")) {
    data <- frame(c(1:6, 8), kind)
    for (year in list(as.double, as.integer)) {
      data$year <- year(data$year)
      panel <- code_panel(data, scheme)
      expect_identical(panel$offset, c(0L, cumsum(lengths(times[c(1:6, 8)]))))
      expect_identical(panel$grid, c(1L, 1L, 2L, 1L, 3L, 3L, 1L))
      expect_identical(panel$grids$time, c(2001:2004, 2001, 2003:2005,
                                           2001:2003) + 0)
    }
    error <- expect_error(code_panel(frame(c(1L, 7L, 7L, 1L), kind), scheme),
                          class = "nidcode_error_duplicate_key")
    expect_identical(error$rows, c(8L, 12L))
    panel <- code_panel(frame(c(1L, 9L, 5L), kind), scheme)
    expect_identical(panel$x$x, c(1, 2, 3, 4, 6, 5, 7, 8, 9, 10))
  }
  data <- frame(c(1L, 1L, 5L), "number")
  for (name in c("region", "year")) {
    for (row in c(1L, 4L, 6L, 11L)) {
      bad <- data
      storage.mode(bad[[name]]) <- "integer"
      bad[[name]][row] <- NA
      error <- expect_error(code_panel(bad, scheme), class = c(
        region = "nidcode_error_missing_index",
        year = "nidcode_error_bad_time")[[name]])
      expect_identical(error$rows, row)
    }
  }
})
