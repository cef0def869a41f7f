items <- c("a", "b", "c", "d")

test_that("statistics and p-values are mcnemar.test's and binom.test's", {
  d <- make_respondents(holes = 0.1)
  got <- compare_relevance(relevance(d, items))
  expect_identical(nrow(got), 6L)
  for (k in 1:6) {
    one <- d[[got$item1[k]]]
    two <- d[[got$item2[k]]]
    table <- table(factor(one, 0:1), factor(two, 0:1))
    outside <- mcnemar.test(table, correct = FALSE)
    expect_lt(abs(got$statistic[k] - outside$statistic), 1e-10)
    outside <- binom.test(table[2, 1], table[2, 1] + table[1, 2])
    expect_lt(abs(got$p.value[k] - outside$p.value), 1e-10)
    expect_equal(got$difference[k], mean(one - two, na.rm = TRUE))
    expect_true(got$conf.low[k] < got$difference[k] &&
                  got$difference[k] < got$conf.high[k])
  }
  expect_equal(got$p.adjusted, p.adjust(got$p.value, "holm"))
})

test_that("Cochran's Q, by the sums over respondents", {
  d <- make_respondents(holes = 0.05)
  got <- glance(compare_relevance(relevance(d, items)))
  x <- as.matrix(d[items])
  x <- x[stats::complete.cases(x), ]
  k <- 4
  total <- rowSums(x)
  q <- (k - 1) * (k * sum(colSums(x)^2) - sum(x)^2) /
    (k * sum(x) - sum(total^2))
  expect_equal(got$statistic, q, tolerance = 1e-12)
  expect_identical(got$n, nrow(x))
  expect_equal(got$p.value, pchisq(q, 3, lower.tail = FALSE))
  # With two items it is McNemar's chi-squared.
  two <- compare_relevance(relevance(d[stats::complete.cases(d), ],
                                     c("a", "b")))
  expect_equal(glance(two)$statistic, two$statistic)
})

test_that("Cochran's Q on the textbook's table", {
  # Three tasks, 12 persons: by hand C = (8, 6, 4), sum L = 18, sum L^2 = 38.
  x <- data.frame(a = c(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0),
                  b = c(1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0),
                  c = c(1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0))
  l <- rowSums(x)
  expect_identical(c(sum(l), sum(l^2)), c(18, 38))
  got <- glance(compare_relevance(relevance(x, names(x))))
  # (3 - 1)(3 * 116 - 324)/(54 - 38) = 48/16
  expect_equal(got$statistic, 3)
})

test_that("under a design: svycontrast and the Wald test", {
  skip_if_not_installed("survey")
  d <- make_respondents()
  s <- survey::svydesign(~cluster, strata = ~stratum, weights = ~weight,
                         data = d, nest = TRUE)
  got <- compare_relevance(relevance(s, items))
  m <- survey::svymean(~a + b + c + d, s)
  contrast <- survey::svycontrast(m, c(1, -1, 0, 0))
  expect_equal(got$difference[1], unname(coef(contrast)[1]))
  expect_equal(got$conf.low[1],
               confint(contrast, df = survey::degf(s))[1],
               tolerance = 1e-10)
  k <- cbind(1, -diag(3))
  w <- drop(t(k %*% coef(m)) %*% solve(k %*% vcov(m) %*% t(k), k %*% coef(m)))
  df <- survey::degf(s)
  expect_equal(glance(got)$statistic, w * (df - 2) / (df * 3))
  expect_identical(glance(got)$df2, df - 2)
})

test_that("the range of p over every overlap is that of brute force", {
  brute <- function(n, k1, k2) {
    both <- max(0, k1 + k2 - n):min(k1, k2)
    p <- vapply(both, \(m) {
      b <- k1 - m
      c <- k2 - m
      if (b + c == 0) 1 else binom.test(b, b + c)$p.value
    }, numeric(1))
    range(p)
  }
  for (case in list(c(208, 138, 74), c(208, 102, 74), c(20, 3, 18),
                    c(20, 0, 5), c(20, 20, 20), c(31, 15, 16), c(9, 0, 0))) {
    x <- relevance_counts(data.frame(item = c("a", "b"), count = case[2:3]),
                          n = case[1])
    got <- compare_relevance(x)
    expect_lt(max(abs(c(got$p.low, got$p.high) -
                        brute(case[1], case[2], case[3]))), 1e-10)
  }
})

test_that("the interval from counts holds that of every overlap", {
  for (case in list(c(60, 30, 18), c(40, 35, 33), c(25, 2, 1))) {
    x <- relevance_counts(data.frame(item = c("a", "b"), count = case[2:3]),
                          n = case[1])
    got <- compare_relevance(x)
    both <- max(0, sum(case[2:3]) - case[1]):min(case[2:3])
    all <- interval_paired(case[2] - both, case[3] - both,
                           rep(case[1], length(both)), 0.05)
    expect_equal(got$conf.low, min(all$low), tolerance = 1e-9)
    expect_equal(got$conf.high, max(all$high), tolerance = 1e-9)
  }
})

test_that("6 of the 15 institutional pairs differ whatever the overlap", {
  part <- paper_relevance[paper_relevance$code == "institutional", ]
  got <- compare_relevance(relevance_counts(part))
  expect_identical(nrow(got), 15L)
  expect_identical(sum(got$differs == "whatever the overlap"), 6L)
  expect_identical(got$differs == "whatever the overlap", got$p.high < 0.05)
  expect_true(is.na(glance(got)$statistic))
})

test_that("items with bases of their own cannot be paired", {
  x <- relevance_counts(data.frame(item = c("a", "b"), count = c(50, 5),
                                   n = c(100, 90)))
  got <- compare_relevance(x)
  expect_identical(got$p.high, NA_real_)
  expect_identical(got$differs, NA_character_)
  expect_identical(x$rank.high, c(2L, 2L))
})

test_that("exclusive counts are compared exactly", {
  x <- relevance_counts(data.frame(item = c("good", "bad"),
                                   count = c(110, 13)), n = 205,
                        exclusive = TRUE)
  got <- compare_relevance(x)
  expect_identical(got$p.low, got$p.high)
  expect_equal(got$p.high, binom.test(13, 123)$p.value, tolerance = 1e-12)
})

test_that("the exact test keeps its size when items are equally relevant", {
  skip_on_cran()
  # A group of 100 answers each of 1,000 surveys.
  d <- withr::with_seed(11, {
    liking <- rnorm(1e5)
    data.frame(a = as.integer(liking + rnorm(1e5) > 0),
               b = as.integer(liking + rnorm(1e5) > 0),
               survey = rep(1:1000, each = 100))
  })
  p <- compare_relevance(relevance(d, c("a", "b"), by = "survey"))$p.value
  expect_length(p, 1000L)
  expect_lte(mean(p < 0.05), 0.05)
  expect_gt(mean(p < 0.05), 0.01)
})

test_that("groups are kept apart", {
  d <- make_respondents()
  got <- compare_relevance(relevance(d, items, by = "who"))
  alone <- compare_relevance(relevance(d[d$who == "authority", ], items))
  expect_equal(got$p.adjusted[got$who == "authority"], alone$p.adjusted)
  expect_identical(glance(got)$who, factor(levels(d$who), levels(d$who)))
})

test_that("a group without answers: its pairs are NA, its test too", {
  d <- data.frame(a = c(1, 0, NA, NA), b = c(0, 1, NA, NA),
                  g = c("u", "u", "v", "v"), w = c(1, 2, 1, 1))
  for (weights in list(NULL, "w")) {
    r <- suppressMessages(relevance(d, c("a", "b"), by = "g",
                                    weights = weights))
    pairs <- compare_relevance(r)
    expect_identical(pairs$g, c("u", "v"))
    expect_identical(is.na(pairs$difference), c(FALSE, TRUE))
    overall <- glance(pairs)
    expect_true(is.na(overall$p.value[2L]))
    expect_identical(overall$n[2L], 0L)
  }
  # No group at all: no pair, the same columns.
  some <- compare_relevance(relevance(d[1:2, ], c("a", "b"), by = "g"))
  none <- compare_relevance(relevance(d[0L, ], c("a", "b"), by = "g"))
  expect_identical(vapply(as.list(none), typeof, ""),
                   vapply(as.list(some), typeof, ""))
  expect_identical(nrow(none), 0L)
})

test_that("limits and reports of a comparison", {
  d <- make_respondents(40)
  x <- compare_relevance(relevance(d, c("a", "b", "c")))
  limits <- confint(x)
  expect_identical(unname(limits), cbind(x$conf.low, x$conf.high))
  expect_identical(rownames(limits), paste(x$item1, x$item2))
  expect_match(report_block(x, list()), "| a | b ", fixed = TRUE, all = FALSE)
  said <- data.frame(q = c("no", "yes", "yes"))
  l <- likert_shares(said, "q", c("no", "yes"))
  expect_identical(rownames(confint(l)), c("q no", "q yes"))
})
