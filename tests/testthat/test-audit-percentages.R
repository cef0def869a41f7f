test_that("16 of the 18 percentages of Table 1 are k/208", {
  a <- audit_percentages(paper_relevance$percent)
  expect_identical(glance(a)$n.best, 208L)
  expect_identical(a$hits[a$n == 208], 16L)
  by_entry <- tidy(a)
  expect_identical(by_entry$percent[!by_entry$hit], c(56.9, 49.8))
  expect_identical(as.integer(by_entry$count[by_entry$hit]),
                   as.integer(paper_relevance$count[by_entry$hit]))
})

test_that("Table 2 fits 205 and nothing below", {
  a <- audit_percentages(paper_attitudes$percent[1:5])
  expect_identical(min(a$n[a$hits == 5]), 205L)
  expect_identical(glance(a)$n.best, 205L)
  expect_equal(glance(a)$sum, 60)
  expect_equal(tidy(a)$count, c(24, 61, 25, 7, 6))
})

test_that("the third composition fits 63", {
  a <- audit_percentages(c(60.3, 27, 12.7))
  expect_identical(min(a$n[a$hits == 3]), 63L)
  expect_identical(tidy(a)$count, c(38L, 17L, 8L))
})

test_that("a hit is what rounding gives, either way at a tie", {
  # 1/8 = 12.5 %: with no decimals both 12 and 13 are its rounding.
  expect_identical(audit_percentages(12, n = 8, digits = 0)$hits, 1L)
  expect_identical(audit_percentages(13, n = 8, digits = 0)$hits, 1L)
  expect_identical(audit_percentages(14, n = 8, digits = 0)$hits, 0L)
  expect_identical(audit_percentages(c(0, 100), n = 1)$hits, 2L)
})

test_that("hits agree with brute force over counts", {
  withr::with_seed(3, percent <- round(runif(10, 0, 100), 1))
  a <- audit_percentages(percent, n_max = 300)
  for (n in c(1, 7, 64, 200, 299, 300)) {
    possible <- 100 * (0:n) / n
    brute <- sum(vapply(percent, \(p) {
      any(abs(possible - p) <= 0.05 + 1e-9)
    }, logical(1)))
    expect_identical(a$hits[a$n == n], brute)
  }
})

test_that("expected hits are counted over all printable values", {
  printable <- (0:1000) / 10
  for (n in c(1, 8, 63, 160, 208, 999, 1000, 1500)) {
    possible <- 100 * (0:n) / n
    able <- vapply(printable, \(p) any(abs(possible - p) <= 0.05 + 1e-9),
                   logical(1))
    expect_equal(audit_percentages(50, n = n)$expected, mean(able))
  }
})

test_that("decimals may differ by entry", {
  a <- audit_percentages(c(47.5, 26, 34.2), digits = c(1, 0, 1), n_max = 50)
  each <- audit_percentages(26, digits = 0, n_max = 50)$hits +
    audit_percentages(c(47.5, 34.2), n_max = 50)$hits
  expect_identical(a$hits, each)
  share <- c(printable_share(1, 40), printable_share(0, 40))
  # At least one of two hits: one minus neither.
  expect_equal(tail_hits(1, share), 1 - prod(1 - share))
})

test_that("impossible percentages are refused", {
  expect_error(audit_percentages(101), class = "nidcode_error_counts")
  expect_error(audit_percentages(-1), class = "nidcode_error_counts")
  expect_error(audit_percentages(NA_real_), class = "nidcode_error_counts")
  expect_error(audit_percentages(12.34), class = "nidcode_error_counts")
  expect_error(audit_percentages("12"), class = "nidcode_error_argument")
  expect_error(audit_percentages(12, n = 0), class = "nidcode_error_argument")
  expect_error(audit_percentages(12, digits = 1.5),
               class = "nidcode_error_argument")
  expect_error(tidy(audit_percentages(12)[1:3, ]))
})
