# The panel that the line of the refusal makes, typed as it stands.
mended <- function(data, scheme, ..., class = "nidcode_error_missing_index") {
  err <- expect_error(code_panel(data, scheme, ...),
                      class = "nidcode_error_years_in_columns")
  expect_s3_class(err, class)
  for (line in err$code) {
    expect_match(conditionMessage(err), line, fixed = TRUE)
  }
  env <- list2env(list(data = data, scheme = scheme), parent = globalenv())
  suppressMessages(list(err = err, panel = eval(parse(text = err$code), env)))
}

wide <- data.frame(Country.Name = c("Aruba", "Angola"),
                   X2005 = c(1, 3), X2006 = c(2, 4), X2007 = c(4, 5),
                   X2008 = c(5, 9))
values <- c(3, 4, 5, 9, 1, 2, 4, 5)
one <- code_scheme("GDP", "production")

test_that("one indicator, a column a year", {
  m <- mended(wide, one)
  expect_match(conditionMessage(m$err), paste0(
    "The years stand in columns X2005 .. X2008: one row a region and year is ",
    "needed"), fixed = TRUE)
  d <- as.data.frame(m$panel)
  expect_identical(d$GDP, values)
  expect_identical(d$region, rep(c("Angola", "Aruba"), each = 4))
  expect_identical(d$time, rep(2005:2008, 2))
})

test_that("years in every spelling, in data of every class", {
  spellings <- list(
    c("2005", "2006", "2007", "2008"), paste0("YR", 2005:2008),
    paste0(2005:2008, " [YR", 2005:2008, "]"), paste0("y", 2005:2008),
    paste0("X", 2005:2008, "..YR", 2005:2008, "."),
    paste(2005:2008, "\u0433."), paste0("X", c(1995, 2000, 2007, 2008))
  )
  for (names in spellings) {
    d <- stats::setNames(wide, c("region", names))
    m <- mended(d, one)
    expect_identical(as.data.frame(m$panel)$GDP, values, label = names[1])
  }
  expect_equal(as.data.frame(m$panel)$time, rep(c(1995, 2000, 2007, 2008), 2))
  m <- mended(tibble::as_tibble(wide), one)
  expect_identical(as.data.frame(m$panel)$GDP, values)
  # Names that the lines need themselves.
  d <- cbind(wide, row = 1, value = 2)
  expect_identical(as.data.frame(mended(d, one)$panel)$GDP, values)
})

test_that("a column of indicators beside the years", {
  d <- cbind(rbind(wide, transform(wide, X2005 = X2005 + 1)),
             Indicator.Code = rep(c("GDP", "POP"), each = 2))
  d <- d[c(1, 6, 2:5)]
  scheme <- code_scheme(c("GDP", "POP"), "production")
  m <- mended(d, scheme)
  expect_identical(as.data.frame(m$panel)$GDP, values)
  expect_identical(as.data.frame(m$panel)$POP, values + rep(c(1, 0, 0, 0), 2))
  expect_identical(as.data.frame(mended(d, one)$panel)$GDP, values)
  # Where they are named, but not the years.
  m <- mended(d, scheme, c("Country.Name", "year"), "Indicator.Code", "value",
              class = "nidcode_error_no_column")
  expect_identical(as.data.frame(m$panel)$GDP, values)
})

test_that("a column a name and year", {
  for (between in c("_", "-", ".", " ")) {
    d <- data.frame(region = c("A", "B"), a = 1:2, b = 3:4, c = 5:6, d = 7:8)
    names(d)[-1] <- paste0(rep(c("GDP", "POP"), each = 2), between, 2019:2020)
    scheme <- code_scheme(c("GDP", "POP"), "production")
    p <- as.data.frame(mended(d, scheme)$panel)
    expect_identical(p$GDP, c(1, 3, 2, 4))
    expect_identical(p$POP, c(5, 7, 6, 8))
    # The year of one of them is not there.
    p <- as.data.frame(mended(d[-5], scheme)$panel)
    expect_identical(p$POP, c(5, NA, 6, NA))
    # The index is there, the indicators are not.
    p <- mended(transform(d, year = 1, check.names = FALSE),
                scheme, c("region", "year"), class = "nidcode_error_no_column")
    expect_identical(as.data.frame(p$panel)$GDP, c(1, 3, 2, 4))
  }
})

test_that("other refusals stay what they are", {
  err <- expect_error(code_panel(data.frame(oblast = "A", god = 1:3, GDP = 1:3),
                                 one), class = "nidcode_error_missing_index")
  expect_false(inherits(err, "nidcode_error_years_in_columns"))
  # One year in a name is a name.
  d <- data.frame(place = "A", when = 1:3, GDP = 1:3, GDP_2015 = 1)
  err <- expect_error(code_panel(d, one), class = "nidcode_error_missing_index")
  expect_false(inherits(err, "nidcode_error_years_in_columns"))
  # Columns of years are no concern of a panel that is one.
  d <- data.frame(region = "A", year = 1:3, GDP = c(1, 2, 4), X2005 = 1,
                  X2006 = 2)
  expect_no_error(code_panel(d, one))
  # Nor of a region without a name.
  d$region <- c("A", NA, "A")
  err <- expect_error(code_panel(d, one), class = "nidcode_error_missing_index")
  expect_false(inherits(err, "nidcode_error_years_in_columns"))
})

test_that("periods of a year, and fiscal years, in columns", {
  spellings <- list(
    list(c("2005Q1", "2005Q2", "2005Q3", "2005Q4"), 2005 + 0:3 / 4),
    list(c("X2005.S1", "X2005.S2", "X2006.S1", "X2006.S2"), 2005 + 0:3 / 2),
    list(c("2005M10", "2005M11", "2005M12", "2006M01"), 2005 + 9:12 / 12),
    list(c("2005-10", "2005-11", "2005-12", "2006-01"), 2005 + 9:12 / 12),
    list(c("2005/06", "2006/07", "2007/08", "2008/09"), 2005:2008),
    list(c("X2008.09", "X2009.10", "X2010.11", "X2011.12"), 2008:2011)
  )
  for (one_kind in spellings) {
    d <- stats::setNames(wide, c("region", one_kind[[1]]))
    m <- mended(d, one)
    p <- as.data.frame(m$panel)
    expect_equal(row_time(m$panel), rep(one_kind[[2]], 2),
                 label = one_kind[[1]][1])
    expect_identical(p$GDP, values, label = one_kind[[1]][1])
  }
})

test_that("no year and no label of a cell is left behind", {
  # Years with a mark of their own.
  d <- stats::setNames(wide, c("region", "2005", "2006", "2007p", "2008*"))
  expect_identical(as.data.frame(mended(d, one)$panel)$GDP, values)
  # Labels beside the years, and beside names with years.
  for (name in c("", "GDP_")) {
    for (ending in c(" flag", "_status", "_OBS_FLAG")) {
      d <- stats::setNames(wide, c("region", paste0(name, 2005:2008)))
      for (y in 2005:2008) d[[paste0(name, y, ending)]] <- c("", "")
      d[[paste0(name, 2007, ending)]][2] <- "break"
      p <- mended(d, one)$panel
      expect_identical(as.data.frame(p)$GDP, values)
      expect_identical(p$breaks, list(GDP = 3L))
    }
  }
  d <- cbind(rbind(wide, transform(wide, X2005 = X2005 + 1)),
             series = rep(c("GDP", "POP"), each = 2), X2006_flag = "p")
  p <- mended(d, code_scheme(c("GDP", "POP"), "production"))$panel
  expect_identical(summary(p)$status, rep("provisional 2", 2))
  # One indicator whose name the columns do not have.
  d <- stats::setNames(wide, c("region", paste0("FY", 2005:2008)))
  expect_identical(as.data.frame(mended(d, one)$panel)$GDP, values)
})

test_that("regions may be numbers; names may have years for other reasons", {
  d <- transform(wide, Country.Name = c(48002, 48001))
  p <- as.data.frame(mended(d, one)$panel)
  expect_identical(p$region, rep(c(48001, 48002), each = 4))
  expect_identical(p$GDP, values)
  # Prices of two years beside a column that holds the years.
  d <- data.frame(yr = 2005:2008, in_2010_prices = 1:4, in_2015_prices = 2:5)
  err <- expect_error(code_panel(d, one), class = "nidcode_error_missing_index")
  expect_false(inherits(err, "nidcode_error_years_in_columns"))
})
