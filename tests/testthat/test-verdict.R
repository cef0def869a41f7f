# verdict(): the rule, its critical values, its words.

test_that("critical values are a table of n with the right shape", {
  expect_identical(dim(verdict_critical), c(55L, 8L))
  expect_true(all(diff(verdict_critical[, 4]) < 0))
  expect_true(all(apply(verdict_critical, 1, diff) > 0))
  # Above the value for white differences (the walk) everywhere.
  n <- 6:60
  t <- qt(0.975, n - 3)
  iid <- t / sqrt(t^2 + n - 3)
  ours <- vapply(n, \(n) verdict_quantile(0.05, n), 1)
  expect_true(all(ours > iid))
  expect_equal(ours, verdict_critical[, 4], tolerance = 1e-12)
  # Beyond the table it goes on falling, without a step.
  expect_lt(verdict_quantile(0.05, 61), verdict_quantile(0.05, 60))
  expect_equal(verdict_quantile(0.05, 61), verdict_quantile(0.05, 60),
               tolerance = 0.02)
  expect_equal(verdict_tail(verdict_quantile(0.03, 14), 14), 0.03)
})

test_that("critical values hold on fresh draws of the worst design", {
  withr::local_seed(11)
  for (n in c(6, 12, 30, 60)) {
    r <- replicate(4000, cor(diff(rnorm(n)), diff(rnorm(n))))
    size <- mean(abs(r) > verdict_quantile(0.05, n))
    expect_lt(abs(size - 0.05), 4 * sqrt(0.05 * 0.95 / 4000))
    size <- mean(abs(r) > verdict_quantile(0.01, n))
    expect_lt(abs(size - 0.01), 4 * sqrt(0.01 * 0.99 / 4000))
  }
})

test_that("r of the differences is cor(), trends and units aside", {
  d <- dependence_series()
  v <- verdict(code_dependence(d, y ~ x))
  expect_equal(v$r.rates, cor(diff(d$y), diff(d$x)), tolerance = 1e-10)
  expect_equal(v$r.levels, cor(d$y, d$x), tolerance = 1e-10)
  expect_equal(v$critical, verdict_quantile(0.05, 12))
  moved <- transform(d, y = 3 * y + 1000 * year, x = x - 5 * year)
  expect_equal(verdict(code_dependence(moved, y ~ x))$r.rates, v$r.rates,
               tolerance = 1e-9)
  # Logs for power, and for y alone in exponential.
  power <- verdict(code_dependence(d, y ~ x, form = "power"))
  expect_equal(power$r.rates, cor(diff(log(d$y)), diff(log(d$x))))
  exponential <- verdict(code_dependence(d, y ~ x, form = "exponential"))
  expect_equal(exponential$r.rates, cor(diff(log(d$y)), diff(d$x)))
  # Steps of one and two years: per unit time.
  gap <- d[-c(4, 8), ]
  v <- verdict(code_dependence(gap, y ~ x))
  step <- diff(gap$year)
  expect_equal(v$r.rates, cor(diff(gap$y) / step, diff(gap$x) / step))
  # Neither the scales asked for nor the intercept matter.
  expect_equal(verdict(code_dependence(d, y ~ 0 + x, scale = "levels"))$r.rates,
               cor(diff(d$y), diff(d$x)))
})

test_that("each verdict is reached", {
  year <- 2001:2012
  e <- c(3, -1, 4, 1, -5, 9, -2, 6, -5, 3, 5, -8)
  f <- c(2, 7, -1, 8, 2, -8, 1, 8, -2, 8, 4, 5)
  both <- data.frame(year, x = 10 * year + cumsum(e),
                     y = 5 * year + cumsum(e) + 0.1 * f,
                     u = 20 * year + f, v = f)
  one <- function(formula, data = both, ...) {
    verdict(code_dependence(data, formula, ...))
  }
  expect_identical(one(y ~ x)$verdict, "dependent")
  expect_identical(one(u ~ x)$verdict, "trend only")
  both$e <- e
  expect_identical(one(v ~ e)$verdict, "no evidence")
  expect_identical(one(y ~ x, both[1:5, ])$verdict, "not tested")
  far <- both
  far$year[12] <- 2015
  expect_identical(one(y ~ x, far)$verdict, "not tested")
  expect_match(one(y ~ x, far)$sentence, "factor of 3")
  far$year[12] <- 2014
  expect_identical(one(y ~ x, far)$verdict, "dependent")
  flat <- transform(both, x = 3)
  expect_warning(v <- one(y ~ x, flat), class = "nidcode_warning_aliased")
  expect_identical(v$verdict, "not tested")
  timeless <- one(y ~ x, both[c("x", "y")], scale = "levels")
  expect_identical(timeless$verdict, "not tested")
  expect_match(timeless$sentence, "no time")
})

test_that("several regressors are judged given the others", {
  d <- dependence_series(20)
  v <- verdict(code_dependence(d, y ~ x + w))
  expect_identical(v$x, c("x", "w"))
  part <- cor(resid(lm(diff(d$y) ~ diff(d$w))),
              resid(lm(diff(d$x) ~ diff(d$w))))
  expect_equal(v$r.rates[1], part, tolerance = 1e-10)
  expect_equal(v$critical, rep(verdict_quantile(0.05, 19), 2))
  # Powers belong to the curve.
  curve <- verdict(code_dependence(d, y ~ x + I(x^2)))
  expect_identical(curve$x, "x")
  expect_equal(curve$r.rates, cor(diff(d$y), diff(d$x)))
})

test_that("panels are judged after region and time effects by CR2", {
  skip_if_not_installed("clubSandwich")
  p <- dependence_panel(8)
  p <- p[order(p$region, p$year), ]
  rates <- do.call(rbind, lapply(split(p, p$region), function(s) {
    step <- diff(s$year)
    data.frame(region = s$region[-1], year = s$year[-1], step = step,
               y = diff(s$y) / step, x = diff(s$x) / step)
  }))
  rates <- rates[rates$step <= 3, ]
  ref <- lm(y ~ x + factor(region) + factor(year), rates)
  test <- clubSandwich::coef_test(
    ref, clubSandwich::vcovCR(ref, rates$region, "CR2"), "Satterthwaite"
  )
  v <- verdict(code_dependence(p, y ~ x, effects = "twoway"))
  expect_equal(v$p.rates, test$p_Satt[2], tolerance = 1e-7)
  expect_true(is.na(v$critical))
  expect_match(v$sentence, "after region and time effects")
})

test_that("a model brings its codes, and smoothed rates are not tested", {
  regions <- subset(ural, level == "region")
  model <- code_model(regions, ural_scheme)
  dep <- code_dependence(model, grp ~ .innovation + .information + .value,
                         effects = "region", scale = "levels")
  full <- augment(model)
  ref <- lm(grp ~ .innovation + .information + .value + factor(region), full)
  expect_equal(unname(coef(fits(dep)[[1]])), unname(coef(ref)[2:4]),
               tolerance = 1e-8)
  v <- verdict(dep)
  expect_identical(v$verdict, rep("not tested", 3))
  expect_match(v$sentence[1], ".innovation is a smoothed rate", fixed = TRUE)
  codes <- verdict(code_dependence(model, grp ~ .production,
                                   effects = "region"))
  expect_false(codes$verdict == "not tested")
  plain <- code_model(regions, ural_scheme, rate = rate_difference())
  v <- verdict(code_dependence(plain, grp ~ .innovation))
  expect_false(v$verdict == "not tested")
})

test_that("by = gives a verdict a group, with its name in the sentence", {
  p <- dependence_panel()
  v <- verdict(code_dependence(p, y + z ~ x, by = "region"))
  expect_identical(nrow(v), 12L)
  expect_identical(names(v), c(
    "y", "x", "region", "verdict", "r.levels", "r.rates", "p.rates",
    "critical", "n", "form", "sentence"
  ))
  expect_true(all(startsWith(v$sentence, paste0(v$region, ": "))))
  expect_s3_class(v, "nid_verdict")
  one <- p[p$region == "R3", ]
  expect_equal(v$r.rates[v$region == "R3" & v$y == "y"],
               cor(diff(one$y) / diff(one$year), diff(one$x) / diff(one$year)))
})

test_that("size and power are those promised, as the kept study has them", {
  file <- system.file("studies/verdict-size/result.csv", package = "nidcode")
  skip_if(!nzchar(file))
  study <- read.csv(file)
  series <- study[study$kind == "series", ]
  null <- series[series$rho == 0, ]
  expect_identical(nrow(null), 21L)
  expect_true(all(null$runs >= 2000))
  expect_true(all(null$verdict <= 0.065))
  # What it replaces is fooled.
  trends <- grepl("drift|trend", null$design)
  expect_true(all(null$levels.nw[trends & null$n >= 12] > 0.5))
  power <- series[series$rho == 0.7 & series$n == 12, ]
  expect_gte(power$verdict[power$design == "walk"], 0.58)
})

test_that("independent trends are not called dependent", {
  skip_on_cran()
  withr::local_seed(5)
  found <- replicate(300, {
    d <- data.frame(year = 1:12, y = cumsum(rnorm(12, 0.7)),
                    x = cumsum(rnorm(12, 0.7)))
    verdict(code_dependence(d, y ~ x, scale = "levels"))$verdict
  })
  # Three standard errors above 5 %.
  expect_lt(mean(found == "dependent"), 0.05 + 3 * sqrt(0.05 * 0.95 / 300))
  expect_gt(mean(found == "trend only"), 0.5)
})

test_that("two regions are not tested: time effects make them mirrors", {
  d <- dependence_panel(2L)
  v <- verdict(code_dependence(d, y ~ x + z))
  expect_identical(v$verdict, rep("not tested", 2L))
  expect_match(v$sentence, "too few regions", fixed = TRUE)
  expect_identical(v$p.rates, c(NA_real_, NA_real_))
  # A second region without a change is no second region.
  one <- rbind(dependence_panel(1L), data.frame(
    region = "R2", year = 2001, x = 1, z = 2, y = 3))
  v <- verdict(code_dependence(one, y ~ x, scale = "levels"))
  expect_match(v$sentence, "fewer than two regions have changes", fixed = TRUE)
})

test_that("changes within the rounding of the levels are no changes", {
  d <- data.frame(year = 2001:2012)
  # 0.1 and 0.3 are not exact: the steps differ in their last digits only.
  d$y <- 0.1 * d$year
  d$x <- 0.3 * d$year + 7
  expect_gt(length(unique(diff(d$y))), 1L)
  d$w <- c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8)
  v <- suppressWarnings(verdict(code_dependence(d, y ~ x, "year")))
  expect_identical(v$verdict, "not tested")
  expect_match(v$sentence, "the changes of a series do not vary", fixed = TRUE)
  v <- suppressWarnings(verdict(code_dependence(d, w ~ x, "year")))
  expect_identical(v$verdict, "not tested")
  d$y <- 3
  v <- suppressWarnings(verdict(code_dependence(d, y ~ w, "year")))
  expect_match(v$sentence, "a series does not vary (levels: no r, n = 12)",
               fixed = TRUE)
  d$copy <- d$w
  v <- suppressWarnings(verdict(code_dependence(d, year ~ w + copy, "year")))
  expect_identical(v$verdict[2L], "not tested")
  d$y <- rev(d$w)^2
  v <- suppressWarnings(verdict(code_dependence(d, y ~ w + copy, "year")))
  expect_match(v$sentence[2L], "the other variables or effects explain it",
               fixed = TRUE)
})

test_that("no degree of freedom: no share of variance to boast of", {
  d <- data.frame(year = 2001:2002, x = 1:2, y = c(5, 3))
  v <- suppressWarnings(suppressMessages(
    verdict(code_dependence(d, y ~ x, "year"))))
  expect_match(v$sentence, "fewer than 6 points (levels: no r, n = 2)",
               fixed = TRUE)
  expect_identical(nrow(verdict(suppressWarnings(suppressMessages(
    code_dependence(d, y ~ 1, "year"))))), 0L)
})
