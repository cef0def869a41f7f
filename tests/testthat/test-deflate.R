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
  for (base in list(NA_character_, c("2005", "2006"), NULL, 2005:2006, TRUE, NA_real_)) {
    err <- expect_error(deflate(money, "income", "cpi", base),
                        class = "nidcode_error_argument")
    expect_identical(err$argument, "base")
  }
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

# The same prices in the four kinds that people have: 10, 20 and 25 %.
kinds <- data.frame(
  year = 2005:2008, income = c(100, 121, 132, 330),
  chain = c(NA, 110, 120, 125), percent = c(NA, 10, 20, 25),
  ratio = c(NA, 1.1, 1.2, 1.25), level = 80 * c(1, 1.1, 1.32, 1.65)
)

test_that("all kinds of prices give the same real values", {
  for (base in 2005:2008) {
    want <- deflate(money, "income", "cpi", base)$income
    for (kind in c("chain", "percent", "ratio", "level")) {
      real <- deflate(kinds, "income", kind, base, price_type = kind)
      expect_equal(real$income, want, label = paste(kind, base))
    }
  }
  # A level keeps its own 100 where it likes, and needs no period between.
  expect_equal(
    deflate(kinds[-2, ], "income", "level", 2005, price_type = "level")$income,
    c(100, 100, 200)
  )
  # Falling prices, of which percent are below 0.
  down <- transform(kinds, percent = c(NA, -50, 0, 100))
  expect_equal(
    deflate(down, "income", "percent", 2005, price_type = "percent")$income,
    c(100, 242, 264, 330)
  )
  expect_error(deflate(kinds, "income", "chain", 2005, price_type = "index"),
               class = "nidcode_error_argument")
})

test_that("prices of another kind than is said are refused", {
  n <- 0:5
  d <- data.frame(year = 2010 + n, income = 100, chain = 110, percent = 10,
                  ratio = 1.1, level = 100 * 1.1^n)
  wrong <- list(c("percent", "chain"), c("ratio", "chain"),
                c("level", "chain"), c("chain", "percent"),
                c("chain", "ratio"), c("percent", "ratio"),
                c("level", "ratio"), c("level", "percent"))
  for (pair in wrong) {
    err <- expect_error(
      deflate(d, "income", pair[1], 2010, price_type = pair[2]),
      class = "nidcode_error_price_type"
    )
    expect_identical(err$columns, pair[1])
    expect_match(conditionMessage(err), paste0("\"", pair[1], "\""),
                 fixed = TRUE)
  }
  err <- expect_error(deflate(transform(d, percent = -1), "income", "percent",
                              2010),
                      class = "nidcode_error_domain")
  expect_match(conditionMessage(err), "price_type = \"percent\"", fixed = TRUE)
  expect_error(deflate(transform(d, percent = -100), "income", "percent",
                       2010, price_type = "percent"),
               class = "nidcode_error_domain")
})

test_that("levels are known by their drift, links are left alone", {
  said <- function(cpi, ...) {
    d <- data.frame(year = 2000 + seq_along(cpi), income = 100, cpi = cpi)
    tryCatch({
      deflate(d, "income", "cpi", 2001, ...)
      "taken"
    }, nidcode_error_price_type = function(e) "refused")
  }
  levels <- list(
    base_first = c(100, 103, 105, 109, 112),
    base_inside = c(91.6, 93.1, 96.1, 98.6, 100, 100.2, 101.9, 103.9),
    base_last = c(78, 83, 88, 92, 96, 100),
    before_base = c(60, 64, 67, 71, 76),
    after_base = c(120, 126, 133, 141, 150),
    falling = 100 * 0.97^(0:4), one_dip = c(95, 100, 103, 102.6, 104.2, 107)
  )
  for (name in names(levels)) {
    expect_identical(said(levels[[name]]), "refused", label = name)
    expect_identical(said(levels[[name]], price_type = "level"), "taken",
                     label = name)
  }
  links <- list(
    constant = rep(110, 6), none = rep(100, 6),
    # Consumer prices of Russia, December to December.
    russia = c(120.2, 118.6, 115.1, 112, 111.7, 110.9, 109, 111.9, 113.3),
    falling = c(120, 115, 110, 105, 100), filler = c(100, 111.7, 110.9, 109),
    filler_rising = c(100, 104, 105, 106, 107), short = c(100, 110, 121),
    one_jump = c(103, 104, 260, 104, 103), filler_wrong = c(777, 110, 120, 125)
  )
  for (name in names(links)) {
    expect_identical(said(links[[name]]), "taken", label = name)
  }
  # A level around 1 is no growth as a factor either, and one around 100 no
  # growth in per cent.
  for (name in names(levels)) {
    expect_identical(said(levels[[name]] / 100, price_type = "ratio"),
                     "refused", label = name)
    expect_identical(said(levels[[name]], price_type = "percent"), "refused",
                     label = name)
  }
  for (name in setdiff(names(links), "filler_wrong")) {
    expect_identical(said(links[[name]] / 100, price_type = "ratio"), "taken",
                     label = name)
    expect_identical(said(links[[name]] - 100, price_type = "percent"),
                     "taken", label = name)
  }
  # The way out: links that look like a level are told as growth in per cent.
  doubtful <- c(99.7, 100, 100.4, 102.7, 103)
  expect_identical(said(doubtful), "refused")
  expect_identical(said(doubtful / 100, price_type = "ratio"), "refused")
  expect_identical(said(doubtful - 100, price_type = "percent"), "taken")
  # Most regions decide.
  d <- data.frame(region = rep(c("A", "B", "C"), each = 5),
                  year = rep(2001:2005, 3), income = 100,
                  cpi = c(levels$base_first,
                          rep(c(104, 103, 106, 102, 105), 2)))
  expect_no_error(deflate(d, "income", "cpi", 2001))
})

test_that("a level needs a price at each time, and at the base", {
  for (row in 1:2) {
    d <- kinds
    d$level[row] <- NA
    err <- expect_error(deflate(d, "income", "level", 2005,
                                price_type = "level"),
                        class = "nidcode_error_reference")
    expect_identical(err$regions, "all")
  }
})
