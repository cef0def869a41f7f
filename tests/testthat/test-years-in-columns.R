# The panel that the lines of the refusal make, typed as they stand.
mended <- function(data, scheme, ..., class = "nidcode_error_missing_index") {
  err <- expect_error(code_panel(data, scheme, ...),
                      class = "nidcode_error_years_in_columns")
  expect_s3_class(err, class)
  for (line in err$code) {
    expect_match(conditionMessage(err), line, fixed = TRUE)
  }
  env <- list2env(list(data = data, scheme = scheme), parent = globalenv())
  list(err = err, panel = eval(parse(text = err$code), env))
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
  expect_identical(d$Country.Name, rep(c("Angola", "Aruba"), each = 4))
  expect_equal(d$year, rep(2005:2008, 2))
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
  expect_equal(as.data.frame(m$panel)$year, rep(c(1995, 2000, 2007, 2008), 2))
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
