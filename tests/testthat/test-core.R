# Cores: means of levels, and what of the differences between regions lasts.
core_rates <- function(data, rate = rate_difference(), ...) {
  codes <- intersect(c("a", "b"), names(data))
  suppressMessages(suppressWarnings(dynamic_codes(
    defining_codes(code_panel(data, code_scheme(
      codes, c("production", "social")[seq_along(codes)])), "none"),
    rate, ...)))
}

lands <- function(f, regions = 6L, n = 9L) {
  d <- expand.grid(year = 2000 + seq_len(n), region = sprintf("R%02d",
                                                            seq_len(regions)))
  d$a <- f(d$year - 2000, as.integer(d$region))
  d
}

test_that("a core is a mean, a drift the way from end to end", {
  d <- data.frame(region = rep(c("A", "B"), c(4, 3)),
                  year = c(2001, 2002, 2004, 2006, 2001:2003),
                  a = c(1, 2, 4, 11, 5, 5, 8))
  k <- code_core(core_rates(d, rate_difference(sd = 0.5)))
  expect_equal(k$core, c(4.5, 6), tolerance = 1e-14)
  expect_equal(k$drift, c(10 / 5, 3 / 2), tolerance = 1e-14)
  expect_equal(k$std.error, 0.5 / sqrt(c(4, 3)), tolerance = 1e-12)
  expect_equal(k$drift.se, 0.5 * sqrt(2) / c(5, 2), tolerance = 1e-12)
  expect_equal(k$conf.high, k$core + qnorm(0.975) * k$std.error,
               tolerance = 1e-9)
  expect_identical(k$rank, c(2L, 1L))
  # Errors of times that are independent: their mean square is taken off.
  between <- var(c(4.5, 6)) - mean(0.25 / c(4, 3))
  within <- pmax(0, c(var(d$a[1:4]), var(d$a[5:7])) - 0.25)
  expect_equal(k$stability, between / (between + within), tolerance = 1e-12)
})

test_that("icc without errors is that of aov()", {
  set.seed(3)
  for (drop in list(integer(), c(2, 5, 30))) {
    d <- lands(\(t, r) rnorm(length(t)) + r / 3)
    if (length(drop)) d <- d[-drop, ]
    g <- glance(code_core(core_rates(d)))
    ms <- summary(aov(a ~ region, d))[[1L]][["Mean Sq"]]
    n <- as.vector(table(d$region))
    n0 <- (sum(n) - sum(n^2) / sum(n)) / (length(n) - 1)
    b <- (ms[1L] - ms[2L]) / n0
    expect_equal(g$icc, b / (b + ms[2L]), tolerance = 1e-10)
    expect_identical(c(g$icc.low, g$icc.high), c(NA_real_, NA_real_))
    expect_identical(g$n.regions, 6L)
    expect_identical(g$n.times, 9L)
  }
})

test_that("constant regions last, noise does not", {
  for (rate in list(rate_difference(), rate_spline(), rate_local())) {
    k <- code_core(core_rates(lands(\(t, r) r^2 + 0 * t), rate))
    g <- glance(k)
    expect_equal(c(g$icc, g$rank.persistence), c(1, 1), tolerance = 1e-12)
    expect_equal(k$stability, rep(1, 6), tolerance = 1e-12)
    expect_equal(k$core, (1:6)^2, tolerance = 1e-12)
    expect_equal(k$drift, rep(0, 6), tolerance = 1e-10)
  }
  set.seed(8)
  g <- glance(code_core(core_rates(lands(\(t, r) rnorm(length(t)), 60L, 20L))))
  expect_lt(g$icc, 0.05)
  expect_lt(g$rank.persistence, 0.15)
  same <- glance(code_core(core_rates(lands(\(t, r) 3 + 0 * t))))
  expect_identical(c(same$icc, same$rank.persistence), c(NA_real_, NA_real_))
})

test_that("order over time is Kendall's W, ties corrected", {
  set.seed(5)
  d <- lands(\(t, r) round(r + 2 * rnorm(length(t))))
  w <- glance(code_core(core_rates(d)))$rank.persistence
  y <- matrix(d$a, 9L)
  # Friedman's statistic is m (n - 1) W.
  expect_equal(w, unname(friedman.test(y)$statistic) / (9 * 5),
               tolerance = 1e-12)
  # A time that one region lacks is not counted.
  gap <- glance(code_core(core_rates(d[-3, ])))$rank.persistence
  expect_equal(gap, unname(friedman.test(y[-3, ])$statistic) / (8 * 5),
               tolerance = 1e-12)
})

test_that("core and drift of a curve are functionals of one posterior", {
  set.seed(11)
  d <- lands(\(t, r) sin(t / 3 + r) + r / 4 + rnorm(length(t), sd = 0.1), 3L)
  for (rate in list(rate_spline(), rate_local())) {
    rates <- core_rates(d, rate)
    k <- code_core(rates)
    p <- as.data.frame(predict(rates, order = 0))
    expect_equal(k$core, as.vector(tapply(p$estimate, p$region, mean)),
                 tolerance = 1e-10)
    ends <- p$estimate[p$year == 2009] - p$estimate[p$year == 2001]
    expect_equal(k$drift, ends / 8, tolerance = 1e-9)
    s <- as.data.frame(simulate(rates, 4000, seed = 1, order = 0))
    mean_of <- tapply(s$estimate, list(s$sim, s$region), mean)
    slope <- tapply(s$estimate, list(s$sim, s$region),
                    \(v) (v[9] - v[1]) / 8)
    df <- as.data.frame(rates)$df[match(k$region, as.data.frame(rates)$region)]
    far <- \(draws, se) {
      (apply(draws, 2L, sd) / (se * sqrt(df / (df - 2))) - 1) * sqrt(2 * 4000)
    }
    # Tails of t make the sd of draws wider than the normal one.
    expect_lt(max(abs(far(mean_of, k$std.error))), 8)
    expect_lt(max(abs(far(slope, k$drift.se))), 8)
    g <- glance(k)
    expect_true(g$icc.low <= g$icc && g$icc <= g$icc.high)
  }
})

test_that("units, shifts and the caller's stream change nothing", {
  set.seed(2)
  d <- lands(\(t, r) r + cos(t) + rnorm(length(t)))
  g <- glance(code_core(core_rates(d, rate_spline())))
  set.seed(99)
  before <- .Random.seed
  for (unit in c(2^-300, 1024)) {
    e <- d
    e$a <- d$a * unit
    k <- code_core(core_rates(e, rate_spline()))
    expect_equal(glance(k), g, tolerance = 1e-9)
  }
  expect_identical(.Random.seed, before)
})

test_that("what has no error, no spread or no value says so", {
  d <- lands(\(t, r) r + sin(t * r))
  short <- d[!(d$region == "R01" & d$year > 2002), ]
  expect_message(k <- code_core(core_rates(short, rate_spline())),
                 class = "nidcode_message_short_series")
  expect_identical(is.na(k$std.error), k$region == "R01")
  one <- code_core(core_rates(d[d$region == "R02", ], rate_spline()))
  expect_identical(one$stability, NA_real_)
  expect_identical(glance(one)$icc, NA_real_)
  expect_match(in_words(one), "cannot be said")
  alone <- code_core(core_rates(d[d$year == 2001, ]))
  expect_true(all(is.na(alone$drift)) && all(is.na(alone$stability)))
  d$b <- ifelse(d$region == "R03", NA, d$a^2)
  lacks <- code_core(core_rates(d))
  expect_identical(nrow(lacks), 11L)
  expect_identical(glance(lacks)$n.regions, c(6L, 5L))
  expect_identical(lacks$code[1:2], c("production", "social"))
})

test_that("a model and its rates have one core, in words and as a picture", {
  regions <- subset(ural, level == "region")
  model <- code_model(regions, ural_scheme, status = "_status")
  k <- code_core(model)
  expect_identical(k, code_core(model$rates))
  expect_false(identical(k$conf.low, code_core(model, 0.5)$conf.low))
  expect_match(in_words(k)[1L], "production: 0\\.\\d\\d [(]0[.]\\d\\d to ")
  p <- ggplot2::autoplot(k)
  dots <- ggplot2::layer_data(p, 2L)
  expect_setequal(round(dots$x, 9), round(k$core, 9))
  arrows <- ggplot2::layer_data(p, 1L)
  expect_equal(sort((arrows$xend - arrows$x) / 11), sort(k$drift),
               tolerance = 1e-6)
  expect_error(code_core(model$basic), class = "nidcode_error_argument")
  expect_error(code_core(model, 2), class = "nidcode_error_level")
  expect_error(glance.nid_core(k[1:2, ]), class = "nidcode_error_argument")
})

test_that("without any error there are no limits of icc", {
  two <- subset(ural, level == "region" & year > 2014)
  rates <- quietly(dynamic_codes(code_panel(two, ural_scheme,
                                            status = "_status")))
  g <- glance(quietly(code_core(rates)))
  expect_true(all(is.na(g$icc.low)) && all(is.na(g$icc.high)))
  expect_false(anyNA(g$icc))
})
