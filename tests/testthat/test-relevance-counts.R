test_that("Table 1 is rebuilt from k/208", {
  x <- relevance_counts(paper_relevance)
  expect_identical(x$item, paper_relevance$item)
  known <- !is.na(x$count)
  expect_identical(sum(known), 16L)
  expect_equal(round(100 * x$estimate[known], 1),
               paper_relevance$percent[known])
  expect_true(all(is.na(x$conf.low[!known])))
  expect_identical(x$rank[!known], c(NA_integer_, NA_integer_))
  expect_identical(max(x$rank.high, na.rm = TRUE), 16L)
  expect_equal(round(c(x$conf.low[1], x$conf.high[1]), 3), c(0.597, 0.724))
})

test_that("codes and bounds for naming any item", {
  x <- relevance_counts(paper_relevance)
  got <- relevance_by_code(x)
  expect_identical(got$code, rep(c("institutional", "information", "value"),
                                 each = 2))
  expect_identical(got$n.items[c(1, 3, 5)], c(6L, 6L, 4L))
  expect_equal(got$estimate[1], mean(x$estimate[1:6]))
  # The largest error any overlap allows: all perfectly together.
  expect_equal(got$std.error[1], mean(x$std.error[1:6]))
  expect_identical(is.na(got$estimate), rep(c(FALSE, TRUE), 3))
  expect_equal(got$conf.low[2], x$conf.low[1])
  expect_identical(got$conf.high[2], 1)
})

test_that("counts that cannot be are refused by name", {
  bad <- \(count, n = 10) data.frame(item = c("a", "b"), count, n)
  expect_error(relevance_counts(bad(c(11, 1))),
               class = "nidcode_error_counts")
  expect_error(relevance_counts(bad(c(1.5, 1))),
               class = "nidcode_error_counts")
  expect_error(relevance_counts(bad(c(-1, 1))),
               class = "nidcode_error_counts")
  expect_error(relevance_counts(bad(c(Inf, 1))),
               class = "nidcode_error_counts")
  expect_error(relevance_counts(bad(1:2, -1)),
               class = "nidcode_error_counts")
  expect_error(relevance_counts(bad(c("1", "2"))),
               class = "nidcode_error_not_numeric")
  expect_error(relevance_counts(bad(1:2)[c(1, 1), ]),
               class = "nidcode_error_duplicate_key")
  expect_error(relevance_counts(bad(1:2), n = "base"),
               class = "nidcode_error_no_column")
  expect_error(relevance_counts(bad(c(8, 7)), exclusive = TRUE),
               class = "nidcode_error_counts")
  twice <- data.frame(item = "a", who = 1:2, count = 1, n = 3,
                      code = c("x", "y"))
  expect_error(relevance_counts(twice, by = "who"),
               class = "nidcode_error_argument")
})

test_that("nobody asked, no count, a group without the item", {
  d <- data.frame(item = c("a", "b", "c", "a"), who = c(1, 1, 1, 2),
                  count = c(3, 0, NA, 2), n = c(10, 0, 10, 5))
  x <- relevance_counts(d, by = "who")
  expect_identical(x$estimate, c(0.3, NA, NA, 0.4, NA, NA))
  expect_identical(x$n, c(10L, 0L, 10L, 5L, 0L, 0L))
  expect_identical(x$rank, c(1L, NA, NA, 1L, NA, NA))
})

test_that("an item needs a name", {
  printed <- data.frame(item = c("a", NA), count = 3:4, n = 9)
  err <- expect_error(relevance_counts(printed),
                      class = "nidcode_error_argument")
  expect_identical(err$rows, 2L)
  printed$item[2] <- "NA"
  expect_identical(relevance_counts(printed)$item, c("a", "NA"))
})

test_that("a column `code` with a slip of the pen is told", {
  counts <- data.frame(item = c("a", "b"), count = c(3, 4), n = 9,
                       codes = c("social", "production"))
  slip <- expect_warning(relevance_counts(counts),
                         class = "nidcode_warning_misspelt")
  expect_identical(slip$columns, "codes")
  expect_identical(slip$values, "code")
  names(counts)[4] <- "percent"
  expect_silent(relevance_counts(counts))
})

test_that("counts beyond integers are doubles, not NA", {
  big <- data.frame(item = c("a", "b", "c"), count = c(2^31, 5, 0),
                    n = 2^31 + 10)
  r <- expect_no_warning(relevance_counts(big))
  expect_identical(r$count, big$count)
  expect_identical(r$n, big$n)
  # Small counts stay integers.
  expect_type(relevance_counts(data.frame(item = "a", count = 1, n = 2))$n,
              "integer")
  expect_match(in_words(r)[1L], "of 2147483658 respondents", fixed = TRUE)
  expect_identical(relevance_table(r)$Base, rep("2147483658", 3L))
  expect_identical(glance(r)$base.high, 2^31 + 10)
  pairs <- compare_relevance(r)
  expect_identical(pairs$differs[1L], "whatever the overlap")
  two <- rbind(transform(big, g = "u"), transform(big, g = "v", count = 1:3))
  groups <- compare_groups(relevance_counts(two, by = "g"))
  expect_true(all(groups$p.value >= 0 & groups$p.value <= 1))
  # Where doubles skip numbers there is no count.
  expect_error(relevance_counts(transform(big, n = 2^53)), "2^53",
               fixed = TRUE, class = "nidcode_error_counts")
})

test_that("a count or base of NaN is unknown", {
  d <- data.frame(item = c("a", "b"), count = c(NaN, 5), n = c(10, 10))
  r <- relevance_counts(d)
  expect_identical(r$count, c(NA, 5L))
  pair <- compare_relevance(r)
  for (column in c("difference", "p.low", "conf.low", "conf.high")) {
    expect_true(is.na(pair[[column]]) && !is.nan(pair[[column]]))
  }
  none <- expect_no_warning(relevance_counts(
    data.frame(item = c("a", "b"), count = 1, n = NA), exclusive = TRUE))
  expect_true(is.na(glance(compare_relevance(none))$p.value))
})

test_that("counts as other packages hold them", {
  d <- data.frame(item = "a", n = 5L)
  d$count <- matrix(3)
  expect_identical(relevance_counts(d)$count, 3L)
  skip_if_not_installed("bit64")
  d$count <- bit64::as.integer64(3)
  expect_identical(relevance_counts(d)$count, 3L)
  # Not the bit pattern.
  a <- data.frame(a = c(1, 0, 0), w = 1:3)
  want <- relevance(a, "a", weights = "w")
  a$w <- bit64::as.integer64(a$w)
  expect_identical(relevance(a, "a", weights = "w"), want)
})

test_that("items and codes of counts are one text a row; codes may lack", {
  d <- data.frame(count = c(1, 1), n = 2)
  d$item <- list("a", c("b", "c"))
  expect_error(relevance_counts(d), class = "nidcode_error_not_numeric")
  d$item <- c("a", "b")
  d$code <- c(NA, "x")
  by_code <- relevance_by_code(relevance_counts(d))
  expect_identical(by_code$code, c("x", "x"))
  expect_identical(by_code$n.items, c(1L, 1L))
})

test_that("a base that is a number is no name of a column", {
  counts <- data.frame(item = "a", count = 1, 2017, check.names = FALSE)
  names(counts)[3L] <- "2017"
  expect_no_warning(relevance_counts(counts, n = 2018))
  none <- suppressMessages(relevance_counts(counts[1:2], n = NA_integer_))
  expect_identical(none$estimate, NA_real_)
})
