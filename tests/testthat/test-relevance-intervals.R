test_that("Wilson for 138 of 208 is the paper's first row", {
  x <- relevance_counts(data.frame(item = "lending", count = 138), n = 208)
  expect_equal(round(c(x$conf.low, x$conf.high), 3), c(0.597, 0.724))
})

test_that("by hand: Wilson of 1 in 2 at z = 1", {
  # p = 1/2, z = 1: centre (1/2 + 1/4)/(3/2), half sqrt(1/8 + 1/16)/(3/2)
  alpha <- 2 * pnorm(-1)
  got <- interval_wilson(1, 2, alpha)
  expect_equal(got$low, 0.5 - sqrt(3 / 16) / 1.5, tolerance = 1e-14)
  expect_equal(got$high, 0.5 + sqrt(3 / 16) / 1.5, tolerance = 1e-14)
})

test_that("intervals are prop.test's and binom.test's", {
  for (n in c(1, 2, 7, 30, 208, 5000)) {
    for (k in unique(c(0, 1, n %/% 3, n - 1, n))) {
      for (level in c(0.8, 0.95, 0.999)) {
        outside <- suppressWarnings(
          prop.test(k, n, correct = FALSE, conf.level = level))$conf.int
        ours <- count_interval(k, n, 1 - level, "wilson")
        expect_lt(max(abs(unlist(ours) - outside)), 1e-10)
        outside <- binom.test(k, n, conf.level = level)$conf.int
        ours <- count_interval(k, n, 1 - level, "clopper-pearson")
        expect_lt(max(abs(unlist(ours) - outside)), 1e-10)
      }
    }
  }
})

test_that("the other methods follow their definitions", {
  k <- 17
  n <- 60
  z <- qnorm(0.975)
  p <- k / n
  logit <- count_interval(k, n, 0.05, "logit")
  fit <- glm(cbind(k, n - k) ~ 1, family = binomial,
             control = glm.control(epsilon = 1e-14))
  expect_equal(unlist(logit, use.names = FALSE),
               unname(plogis(coef(fit) + c(-z, z) * sqrt(vcov(fit)[1]))),
               tolerance = 1e-10)
  ac <- count_interval(k, n, 0.05, "agresti-coull")
  wilson <- count_interval(k, n, 0.05, "wilson")
  # The same centre as Wilson's, and never narrower.
  expect_equal(ac$low + ac$high, wilson$low + wilson$high, tolerance = 1e-12)
  expect_gt(ac$high - ac$low, wilson$high - wilson$low)
  jeffreys <- count_interval(k, n, 0.05, "jeffreys")
  posterior <- \(q) pbeta(q, k + 0.5, n - k + 0.5)
  expect_equal(posterior(jeffreys$low), 0.025, tolerance = 1e-8)
  expect_equal(posterior(jeffreys$high), 0.975, tolerance = 1e-8)
})

test_that("0 of n, n of n and none asked", {
  for (method in interval_methods) {
    ends <- count_interval(c(0, 20, 0, NA), c(20, 20, 0, 20), 0.05, method)
    expect_identical(ends$low[1], 0, info = method)
    expect_gt(ends$high[1], 0.05)
    expect_lt(ends$high[1], 0.3)
    expect_identical(ends$high[2], 1, info = method)
    expect_equal(ends$low[2], 1 - ends$high[1], tolerance = 1e-10,
                 info = method)
    expect_identical(is.na(ends$low), c(FALSE, FALSE, TRUE, TRUE))
    expect_identical(is.na(ends$high), c(FALSE, FALSE, TRUE, TRUE))
  }
})

test_that("limits are ordered, inside [0, 1] and mirror under not-ticking", {
  for (method in interval_methods) {
    for (n in c(1, 2, 3, 10, 51, 208)) {
      ci <- count_interval(0:n, rep(n, n + 1), 0.05, method)
      expect_true(all(ci$low >= 0 & ci$high <= 1 & ci$low < ci$high),
                  info = paste(method, n))
      expect_equal(ci$low, rev(1 - ci$high), tolerance = 1e-9,
                   info = paste(method, n))
      expect_true(all(diff(ci$low) >= 0 & diff(ci$high) >= 0),
                  info = paste(method, n))
    }
  }
})

# Coverage at p is the binomial chance of the counts whose interval holds p.
# It jumps at the limits, so the minimum is taken beside each of them.
coverage <- function(method, n, p) {
  ci <- count_interval(0:n, rep(n, n + 1), 0.05, method)
  vapply(p, \(q) sum(dbinom(0:n, n, q)[ci$low <= q & q <= ci$high]),
         numeric(1))
}

beside_limits <- function(method, n) {
  ci <- count_interval(0:n, rep(n, n + 1), 0.05, method)
  p <- c(ci$low, ci$high)
  p <- c(p - 1e-9, p + 1e-9)
  p[p > 0 & p < 1]
}

test_that("exact coverage keeps what the help page promises", {
  even <- seq(0.0005, 0.9995, by = 0.001)
  for (n in c(30, 50, 100, 208)) {
    expected <- \(p) pmin(p, 1 - p) * n
    for (method in c("wilson", "jeffreys")) {
      expect_lt(abs(mean(coverage(method, n, even)) - 0.95), 0.01)
    }
    p <- beside_limits("wilson", n)
    expect_gt(min(coverage("wilson", n, p[expected(p) >= 1])), 0.91)
    p <- beside_limits("jeffreys", n)
    expect_gt(min(coverage("jeffreys", n, p[expected(p) >= 3])), 0.91)
    for (method in c("wilson-modified", "jeffreys-modified")) {
      p <- beside_limits(method, n)
      expect_gt(min(coverage(method, n, p)), 0.91)
      expect_lt(abs(mean(coverage(method, n, even)) - 0.95), 0.01)
    }
    p <- beside_limits("clopper-pearson", n)
    expect_gte(min(coverage("clopper-pearson", n, p)), 0.95)
  }
  # The known weak spots, as the help page says.
  p <- beside_limits("wilson", 208)
  expect_equal(min(coverage("wilson", 208, p)), 0.838, tolerance = 0.001)
  p <- beside_limits("jeffreys", 208)
  expect_equal(min(coverage("jeffreys", 208, p)), 0.878, tolerance = 0.001)
})

test_that("simultaneous levels are Bonferroni's and Sidak's", {
  expect_identical(family_alpha(0.95, 18, "none"), 1 - 0.95)
  expect_equal(family_alpha(0.95, 18, "bonferroni"), 0.05 / 18)
  expect_equal((1 - family_alpha(0.95, 18, "sidak"))^18, 0.95)
  x <- relevance_counts(paper_table_1(), simultaneous = "sidak")
  one <- count_interval(138, 208, 1 - 0.95^(1 / 16), "wilson")
  expect_equal(x$conf.low[1], one$low)
})

test_that("Tango's interval inverts the score test fitted by search", {
  # Independent: the likelihood under a given difference maximised by search.
  statistic <- function(d, b, c, n) {
    loglik <- \(q) {
      rest <- 1 - 2 * q - d
      b * log(q + d) + c * log(q) + (n - b - c) * log(rest)
    }
    range <- c(max(0, -d), (1 - d) / 2)
    q <- optimize(loglik, range, maximum = TRUE, tol = 1e-12)$maximum
    (b - c - n * d) / sqrt(n * (2 * q + d * (1 - d)))
  }
  z <- qnorm(0.975)
  for (case in list(c(12, 5, 40), c(40, 60, 208), c(3, 9, 30))) {
    ci <- interval_paired(case[1], case[2], case[3], 0.05)
    expect_equal(statistic(ci$low, case[1], case[2], case[3]), z,
                 tolerance = 1e-5)
    expect_equal(statistic(ci$high, case[1], case[2], case[3]), -z,
                 tolerance = 1e-5)
  }
  # No discordant pair: symmetric about zero, and Wilson-like in width.
  ci <- interval_paired(0, 0, 50, 0.05)
  expect_equal(ci$low, -ci$high)
  expect_equal(ci$high, z^2 / (50 + z^2), tolerance = 1e-9)
  # All for one side reaches 1 and no further.
  ci <- interval_paired(20, 0, 20, 0.05)
  expect_equal(ci$high, 1)
  expect_true(all(is.na(unlist(interval_paired(0, 0, 0, 0.05)))))
})

test_that("Newcombe's interval is his published example", {
  # Newcombe (1998), 56/70 against 48/80, method 10: 0.0524 to 0.3339.
  ci <- interval_independent(56, 70, 48, 80, 0.05)
  expect_equal(round(c(ci$low, ci$high), 4), c(0.0524, 0.3339))
})
