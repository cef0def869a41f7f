# Prices grow by 10, 20 and 25 %: the chain is 1, 1.1, 1.32, 1.65.
money <- data.frame(year = 2005:2008, income = c(100, 121, 132, 330),
                    other = 1:4, cpi = c(777, 110, 120, 125))

test_that("the price level is 1 at the base and chained from there", {
  real <- deflate(money, "income", "cpi", 2005)
  expect_equal(real$income, c(100, 110, 100, 200))
  expect_identical(real[c("year", "other", "cpi")],
                   money[c("year", "other", "cpi")])
  # Prices of 2007: the level is 1/1.32, 1/1.2, 1, 1.25.
  real <- deflate(money, c("income", "other"), "cpi", 2007)
  expect_equal(real$income, c(132, 145.2, 132, 264))
  expect_equal(real$other, c(1.32, 2.4, 3, 3.2))
  expect_equal(deflate(money, "income", "cpi", 2008)$income,
               c(165, 181.5, 165, 330))
})

test_that("the first link does not count, it leads to no time of ours", {
  money$cpi[1] <- NA
  expect_equal(deflate(money, "income", "cpi", 2005)$income,
               c(100, 110, 100, 200))
})

test_that("growth between two times does not depend on the base", {
  a <- deflate(money, "income", "cpi", 2005)$income
  b <- deflate(money, "income", "cpi", 2008)$income
  expect_equal(b / a, rep(1.65, 4))
})

test_that("rows, order, class and other columns stay", {
  two <- rbind(cbind(region = "B", money),
               cbind(region = "A", transform(money, cpi = 100)))
  mix <- c(8, 2, 5, 1, 7, 3, 6, 4)
  real <- deflate(two[mix, ], "income", "cpi", 2005)
  expect_identical(real$year, two$year[mix])
  expect_identical(real$region, two$region[mix])
  expect_equal(real$income[real$region == "A"],
               two$income[mix][two$region[mix] == "A"])
  b <- real[real$region == "B", ]
  expect_equal(b$income[order(b$year)], c(100, 110, 100, 200))
  tbl <- deflate(tibble::as_tibble(two), "income", "cpi", 2005)
  expect_identical(class(tbl), plain_class)
  expect_identical(names(tbl), names(two))
  skip_if_not_installed("data.table")
  dt <- data.table::as.data.table(two)
  before <- data.table::copy(dt)
  out <- deflate(dt, "income", "cpi", 2005)
  expect_s3_class(out, "data.table")
  expect_identical(dt, before)
})

test_that("missing values stay missing, a broken chain is an error", {
  money$income[2] <- NA
  expect_equal(deflate(money, "income", "cpi", 2005)$income,
               c(100, NA, 100, 200))
  money$cpi[3] <- NA
  err <- expect_error(deflate(money, "income", "cpi", 2005),
                      class = "nidcode_error_reference")
  expect_identical(err$columns, "cpi")
  two <- rbind(cbind(region = "A", hand[1:4, ], cpi = 101),
               cbind(region = "B", hand[-3, ], cpi = 101),
               cbind(region = "C", hand[3:6, ], cpi = 101))
  err <- expect_error(deflate(two, "x", "cpi", 2001),
                      class = "nidcode_error_reference")
  # B lacks the link of 2003, C the base.
  expect_setequal(err$regions, c("B", "C"))
})

test_that("columns that are not there or are no numbers", {
  expect_error(deflate(money, "wage", "cpi", 2005),
               class = "nidcode_error_no_column")
  expect_error(deflate(money, "income", "ppi", 2005),
               class = "nidcode_error_no_column")
  expect_error(deflate(transform(money, income = "a"), "income", "cpi", 2005),
               class = "nidcode_error_not_numeric")
  expect_error(deflate(rbind(money, money), "income", "cpi", 2005),
               class = "nidcode_error")
})

test_that("a price index of 0 or less is refused with its place", {
  for (price in c(0, -110)) {
    bad <- money
    bad$cpi[3] <- price
    err <- expect_error(deflate(bad, "income", "cpi", 2005),
                        class = "nidcode_error_domain")
    expect_identical(err$columns, "cpi")
    expect_equal(err$times, bad$year[3])
  }
  expect_error(deflate(as.matrix(money[c("year", "income", "cpi")]), "income",
                       "cpi", 2005, index = "year"),
               class = "nidcode_error_argument")
})
