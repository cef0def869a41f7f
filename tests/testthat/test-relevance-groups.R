test_that("plain counts: prop.test and fisher.test", {
  d <- make_respondents()
  x <- relevance(d, c("a", "d"), by = "who")
  got <- compare_groups(x)
  expect_identical(nrow(got), 6L)
  for (k in 1:6) {
    count <- table(d$who, d[[got$item[k]]])[c(got$group1[k], got$group2[k]), ]
    outside <- if (got$test[k] == "fisher") fisher.test(count) else
      suppressWarnings(prop.test(count[, 2], rowSums(count), correct = FALSE))
    expect_lt(abs(got$p.value[k] - outside$p.value), 1e-10)
    if (got$test[k] == "score") {
      expect_lt(abs(got$statistic[k] - outside$statistic), 1e-10)
    }
  }
  overall <- glance(got)
  outside <- suppressWarnings(
    prop.test(table(d$who, d$a)[, 2], table(d$who), correct = FALSE))
  expect_lt(abs(overall$statistic[1] - outside$statistic), 1e-10)
  expect_lt(abs(overall$p.value[1] - outside$p.value), 1e-10)
  expect_equal(got$p.adjusted, p.adjust(got$p.value))
})

test_that("small counts go to Fisher", {
  x <- relevance_counts(data.frame(item = "a", who = 1:2, count = c(1, 4),
                                   n = c(6, 6)), by = "who")
  got <- compare_groups(x)
  expect_identical(got$test, "fisher")
  expect_equal(got$p.value,
               fisher.test(matrix(c(1, 5, 4, 2), 2))$p.value)
  expect_identical(got$statistic, NA_real_)
})

test_that("under a design: svycontrast, svyglm's joint test", {
  skip_if_not_installed("survey")
  d <- make_respondents()
  s <- survey::svydesign(~cluster, strata = ~stratum, weights = ~weight,
                         data = d, nest = TRUE)
  got <- compare_groups(relevance(s, "a", by = "who"))
  by <- survey::svyby(~a, ~who, s, survey::svymean, covmat = TRUE)
  contrast <- survey::svycontrast(by, c(1, -1, 0))
  df <- survey::degf(s)
  expect_equal(got$conf.low[1], confint(contrast, df = df)[1],
               tolerance = 1e-10)
  k <- cbind(1, -diag(2))
  w <- drop(t(k %*% coef(by)) %*%
              solve(k %*% vcov(by) %*% t(k), k %*% coef(by)))
  expect_equal(glance(got)$statistic, w * (df - 1) / (df * 2))
})

test_that("one group is an error; an item not asked is NA", {
  d <- make_respondents(n = 30)
  expect_error(compare_groups(relevance(d, "a")),
               class = "nidcode_error_argument")
  d$a[d$who == "public"] <- NA
  x <- suppressMessages(relevance(d, c("a", "b"), by = "who"))
  got <- compare_groups(x)
  expect_identical(is.na(got$p.value), c(TRUE, TRUE, FALSE, rep(FALSE, 3)))
  expect_identical(glance(got)$df, c(1, 2))
})

test_that("equal groups differ by nothing", {
  x <- relevance_counts(data.frame(item = "a", who = 1:2, count = 0, n = 50),
                        by = "who")
  got <- compare_groups(x)
  expect_identical(got$difference, 0)
  expect_identical(got$p.value, 1)
})

test_that("Fisher's p is fisher.test()'s, also beyond integers", {
  withr::local_seed(7)
  for (k in 1:60) {
    n <- c(sample(60, 1), sample(300, 1))
    x <- c(sample(0:min(n[1], 6), 1), sample(0:min(n[2], 9), 1))
    if (k %% 3 == 0) x <- n - x
    want <- stats::fisher.test(rbind(x, n - x))$p.value
    expect_equal(fisher_p(x[1], n[1], x[2], n[2]), want, tolerance = 1e-12)
  }
  # So rare, counts are Poisson: given their sum the first is binomial.
  expect_equal(fisher_p(3, 2^40, 9, 2^41),
               stats::binom.test(3, 12, 1 / 3)$p.value, tolerance = 1e-9)
})
