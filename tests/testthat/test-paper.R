# The headline numbers, and that they are computed from the data at hand.
source(system.file("reproduce", "headline.R", package = "nidcode"),
       local = TRUE)

headline <- headline_numbers(ural)
raw_of <- function(x, of, breaks) {
  x$value[x$of == of & x$breaks == breaks & grepl("raw", x$what)]
}
paper_of <- function(x, what, breaks) {
  x$value[x$of == "paper_scheme" & x$breaks == breaks &
            startsWith(x$what, what)]
}
in_district <- function(year) ural$region_code == "FD-U" & ural$year == year

test_that("the Ural district: 31, -2408, -1919 and 31, -1290, -904", {
  known <- list(
    apt_developed = c(ignore = 31, split = 31),
    income_pc = c(ignore = -2408, split = -1290),
    consumer_spending_pc = c(ignore = -1919, split = -904)
  )
  for (of in names(known)) {
    for (breaks in c("ignore", "split")) {
      expect_equal(raw_of(headline, of, breaks), known[[of]][[breaks]],
                   tolerance = 1e-12, label = paste(of, breaks))
    }
  }
})

test_that("they come from four cells of the district, by hand", {
  d <- as.data.frame(ural)[ural$region_code == "FD-U", ]
  d <- d[order(d$year), ]
  step <- \(x, year) x[d$year == year] - x[d$year == year - 1]
  for (of in c("apt_developed", "income_pc", "consumer_spending_pc")) {
    x <- d[[of]]
    expect_equal(raw_of(headline, of, "ignore"),
                 step(x, 2016) - step(x, 2006))
  }
  # Split at 2013: each side on its own.
  for (of in c("income_pc", "consumer_spending_pc")) {
    x <- d[[of]]
    expect_equal(raw_of(headline, of, "split"),
                 step(x, 2012) - step(x, 2006) + step(x, 2016) -
                   step(x, 2014))
  }
})

test_that("after one changed cell they change as the operator says", {
  # Weights of the second differences on 2005 .. 2016: 1 -1 0 .. 0 -1 1; at a
  # split in 2013: 1 -1 0 .. -1 1 | 1 -1 -1 1 for 2013, 2014, 2015, 2016.
  weight <- list(
    ignore = c(`2005` = 1, `2006` = -1, `2010` = 0, `2012` = 0, `2013` = 0,
               `2015` = -1, `2016` = 1),
    split = c(`2005` = 1, `2006` = -1, `2010` = 0, `2012` = 1, `2013` = 1,
              `2015` = -1, `2016` = 1)
  )
  moved <- function(of, year) {
    data <- ural
    data[[of]][in_district(year)] <- data[[of]][in_district(year)] + 100
    data
  }
  for (year in c(2005, 2006, 2010, 2012, 2013, 2016)) {
    for (breaks in c("ignore", "split")) {
      district <- moved("income_pc", year)
      district <- district[district$region_code == "FD-U", ]
      value <- raw_code(district, "income_pc", breaks)
      expect_equal(value - raw_of(headline, "income_pc", breaks),
                   100 * weight[[breaks]][[as.character(year)]],
                   label = paste(year, breaks))
    }
  }
})

test_that("the whole table is recomputed from changed data", {
  data <- ural
  data$income_pc[in_district(2016)] <- data$income_pc[in_district(2016)] + 7
  data$employed_he_share[in_district(2013)] <- 40
  new <- headline_numbers(data)
  gap <- new$value - headline$value
  raw <- grepl("raw", headline$what)
  expect_equal(gap[raw], 7 * (headline$of[raw] == "income_pc"))
  # The social code of the paper's variables ends in a leap, by hand.
  he <- \(x) {
    x <- x[ural$region_code == "FD-U" & ural$year <= 2013][1:9]
    diff(diff((x - mean(x)) / sd(x)))
  }
  leap <- he(data$employed_he_share) - he(ural$employed_he_share)
  moved <- \(breaks) paper_of(new, "formula (2), influence 1", breaks) -
    paper_of(headline, "formula (2), influence 1", breaks)
  expect_equal(moved("ignore"), sum(leap))
  expect_equal(moved("split"), sum(leap[1:6]))
  # Another region's cell moves nothing.
  other <- ural
  other$income_pc[other$region_code == "RU-KGN" & other$year == 2016] <- 1
  expect_identical(headline_numbers(other), headline)
})

test_that("formulas (1) and (2) of the paper's variables, by hand", {
  d <- as.data.frame(ural)
  d <- d[d$region_code == "FD-U" & d$year <= 2013, ]
  d <- d[order(d$year), ]
  z <- function(x) (x - mean(x)) / sd(x)
  D <- cbind(z(log(d$apt_developed)),
             (z(log(d$income_pc_real)) +
                z(log(d$consumer_spending_pc_real))) / 2,
             z(d$employed_he_share))
  V <- diff(D)
  A <- rowSums(diff(V))
  lag <- 6:0
  expect_equal(paper_of(headline, "years with formula (1)", "ignore"), 8)
  expect_equal(paper_of(headline, "of them with every V > 0", "ignore"),
               sum(rowSums(V > 0) == 3))
  expect_equal(paper_of(headline, "formula (2), influence 1", "ignore"),
               sum(A))
  expect_equal(paper_of(headline, "formula (2), half-life 3", "ignore"),
               sum(2^(-lag / 3) * A))
  # The break of 2013 takes the last difference of the institutional code.
  expect_equal(paper_of(headline, "years with formula (1)", "split"), 7)
  expect_equal(paper_of(headline, "formula (2), influence 1", "split"),
               sum(A[1:6]))
})

test_that("Table 1 is rebuilt from counts, as far as counts exist", {
  r <- relevance_counts(paper_relevance[!is.na(paper_relevance$count), ])
  at <- match(r$item, paper_relevance$item)
  expect_equal(round(100 * r$estimate, 1), paper_relevance$percent[at])
  expect_identical(sum(is.na(paper_relevance$count)), 2L)
})

test_that("Fig. 2: level correlations and those of first differences", {
  # method.md, section 6: 0.70, 0.96, 0.97, 0.93 against -0.19 0.39 0.49 0.18.
  d <- as.data.frame(ural)
  d <- d[d$region_code == "FD-U" & d$year <= 2013, ]
  d <- d[order(d$year), ]
  he <- d$employed_he_share
  y <- d[c("apt_developed", "income_pc", "consumer_spending_pc", "grp")]
  expect_equal(unname(round(cor(y, he)[, 1], 2)), c(0.70, 0.96, 0.97, 0.93))
  differences <- vapply(y, \(x) cor(diff(x), diff(he)), 1)
  expect_equal(unname(round(differences, 2)), c(-0.19, 0.39, 0.49, 0.18))
})
