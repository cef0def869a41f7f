# The law of units: data times a power of two are the same data in another
# unit. Normalised results keep every digit; others are in that unit.

scale_data <- function(k) {
  d <- expand.grid(year = 2001:2008, region = c("A", "B", "C"),
                   stringsAsFactors = FALSE)
  for (i in 1:3) {
    d[[c("x", "y", "z")[i]]] <- with_stream(
      i, 5 + abs(cumsum(stats::rnorm(nrow(d), 0.1)))) * 2^k
  }
  d$x[c(3, 20)] <- NA
  d
}

scale_panel <- function(k, sd = NA) {
  scheme <- code_scheme(c("x", "y", "z"),
                        c("production", "institutional", "social"),
                        direction = c(1, -1, 1), low = 0, high = 40 * 2^k,
                        sd = sd * 2^k)
  code_panel(scale_data(k), scheme)
}

# Columns in the unit of the codes, for all rates alike.
in_units <- c("estimate", "std.error", "conf.low", "conf.high", ".value",
              ".fitted", ".resid", "sigma", "2.5 %", "97.5 %")

# The power of the unit in a column of one of tables_of().
power_of <- function(table, column, none) {
  if (table == "panel") return(as.numeric(column %in% c("between", "within")))
  if (table == "scaled") return(if (none) 0 else -1)
  if (table == "augmented") {
    return(as.numeric(column %in% c("x", "y", "z") ||
                        none && startsWith(column, ".")))
  }
  as.numeric(none && column %in% in_units)
}

expect_scaled <- function(got, want, k, none, label) {
  expect_identical(names(got), names(want))
  for (table in setdiff(names(want), "vcov")) {
    one <- as.list(as.data.frame(got[[table]]))
    two <- as.list(as.data.frame(want[[table]]))
    names(one) <- names(two) <- colnames(want[[table]])
    for (column in names(two)) {
      x <- one[[column]]
      if (is.double(x)) {
        x <- x / 2^(k * power_of(table, column, none))
      }
      expect_equal(x, two[[column]], tolerance = 1e-12,
                   label = paste(label, table, column))
    }
  }
}

# `sd` of a rate is in the unit of the codes.
scale_rates <- list(
  function(unit) rate_spline(), function(unit) rate_spline(lambda = "gcv"),
  function(unit) rate_local(), function(unit) rate_central(),
  function(unit) rate_difference(sd = 0.2 * unit),
  function(unit) rate_central(sd = 0.2 * unit)
)

test_that("codes that are not normalised are in the unit of the data", {
  skip_on_cran()
  for (rate in some_of(scale_rates, 3L)) {
    made <- function(k) {
      silently(tables_of(scale_panel(k), rate(2^k), normalise = "none",
                         influence = influence_half_life(3),
                         measure = "integral"))
    }
    want <- made(0)
    for (k in c(-1000, 520)) {
      expect_scaled(made(k), want, k, TRUE, paste(rate(1)$words, k))
    }
  }
})

test_that("normalised codes do not see the unit of the data", {
  skip_on_cran()
  cases <- list(list(normalise = "zscore"), list(normalise = "minmax"),
                list(normalise = "rank"), list(normalise = "goalposts"),
                list(normalise = "zscore", reference = "region"),
                list(normalise = "zscore", reference = 2005),
                list(normalise = "index", reference = 2002))
  for (case in some_of(cases, 3L)) {
    made <- function(k) {
      silently(do.call(tables_of, c(list(scale_panel(k, 0.3),
                                         rate_difference()), case)))
    }
    want <- made(0)
    for (k in c(-1010, 1010)) {
      expect_scaled(made(k), want, k, FALSE, paste(case$normalise, k))
    }
  }
})

test_that("numbers that are hardly numbers keep their z-scores", {
  x <- c(3, 9, 4, 12, 7, 8, 1, 2)
  z <- function(x) {
    d <- data.frame(region = "A", year = 1:8, x = x)
    scheme <- code_scheme("x", "production", codes = nid_codes()[1, ])
    codes <- defining_codes(code_panel(d, scheme))
    expect_identical(defining_codes(code_panel(d, scheme),
                                    reference = code_reference(codes))$estimate,
                     codes$estimate)
    codes$estimate
  }
  want <- (x - mean(x)) / sd(x)
  expect_equal(z(x * 2^-1000), want)
  expect_equal(z(x * 2^1020), want)
  # From the least numbers to the largest, both signs.
  expect_equal(z((x - 7) * 2^1020), want)
})

test_that("centre and scale are kept in the unit of the data", {
  reference <- function(k) {
    code_reference(silently(defining_codes(scale_panel(k))))
  }
  want <- reference(0)
  for (k in c(-1000, 1000)) {
    got <- reference(k)
    expect_identical(got$centre / 2^k, want$centre)
    expect_identical(got$scale / 2^k, want$scale)
  }
})

test_that("segments between breaks add up in any unit", {
  d <- data.frame(region = "A", year = 2001:2016, x = scale_data(0)$y[1:16])
  d$x_status <- ifelse(d$year == 2009, "break", "ok")
  scheme <- code_scheme("x", "production", codes = nid_codes()[1, ])
  made <- function(k) {
    d$x <- d$x * 2^k
    codes <- defining_codes(code_panel(d, scheme, status = "_status"), "none")
    basic_code(silently(dynamic_codes(codes, breaks = "split")))
  }
  want <- made(0)
  expect_gt(want$std.error, 0)
  for (k in c(-1000, 1000)) {
    expect_equal(made(k)$std.error / 2^k, want$std.error, tolerance = 1e-14)
  }
})

test_that("a variance that no computer holds is NA, and said", {
  model <- silently(code_model(scale_panel(700), rate = rate_local(),
                               normalise = "none"))
  w <- expect_warning(v <- vcov(model),
                      class = "nidcode_warning_out_of_range")
  expect_identical(w$n, c(variance = 3L))
  expect_true(all(is.na(diag(v))))
  expect_true(all(model$basic$std.error > 0))
})

test_that("scaled sums of squares are plain ones where these exist", {
  x <- with_stream(1, stats::rnorm(60))
  m <- matrix(x, 6)
  for (k in c(-1010, -600, 0, 600, 1000)) {
    expect_identical(root_sum_squares(x * 2^k), sqrt(sum(x^2)) * 2^k)
    expect_identical(row_root_sum_squares(m * 2^k), sqrt(rowSums(m^2)) * 2^k)
  }
  mixed <- m * c(1, 2^600, 2^-600, 0, 1, NA)
  expect_identical(row_root_sum_squares(mixed),
                   sqrt(rowSums(m^2)) * c(1, 2^600, 2^-600, 0, 1, NA))
  expect_identical(power_scale(numeric()), 1)
  expect_identical(powers_near(c(0, NA, 3, 2^-1074, 2^1023)),
                   c(1, 1, 2, 2^-1074, 2^1023))
})

# y in units 2^j, x and z in units 2^k.
scale_dependence <- function(j, k) {
  d <- expand.grid(year = 2001:2009, region = LETTERS[1:5])
  n <- nrow(d)
  d$x <- with_stream(1, 3 + abs(cumsum(stats::rnorm(n))))
  d$z <- with_stream(2, 2 + abs(cumsum(stats::rnorm(n))))
  d$y <- 1 + d$x / 2 + with_stream(3, abs(d$z + cumsum(stats::rnorm(n))))
  d$y <- d$y * 2^j
  d[c("x", "z")] <- d[c("x", "z")] * 2^k
  d
}

# What regressions say, each column with the power of two of its unit.
regressions <- function(j, k, ...) {
  d <- scale_dependence(j, k)
  dep <- silently(code_dependence(d, y ~ x + z, c("region", "year"), ...))
  fit <- fits(dep)[[1]]
  tidied <- tidy(dep)
  glanced <- glance(dep)
  slope <- tidied$term != "(Intercept)"
  free <- startsWith(tidied$scale, "growth")
  power <- ifelse(free, 0, ifelse(slope, j - k, j))
  level <- ifelse(glanced$scale == "growth", 0, j)
  out <- c(
    lapply(tidied[c("estimate", "std.error", "conf.low", "conf.high")],
           \(x) x / 2^power),
    as.list(tidied[c("statistic", "p.value", "df")]),
    as.list(glanced[c("r.squared", "adj.r.squared", "dw", "bg.p.value",
                      "kappa")]),
    list(sigma = glanced$sigma / 2^level, residual = residuals(fit) / 2^j,
         leverage = hatvalues(fit), verdict = silently(verdict(dep))$verdict,
         likelihood = as.numeric(logLik(fit)) + 45 * log(2) * j)
  )
  if (!fit$absorbs) {
    out$predicted <- predict(fit, interval = "prediction") / 2^j
    out$line <- predict(fit, d[1:3, ], interval = "confidence") / 2^j
  }
  out
}

test_that("regressions are in the units of their data", {
  cases <- list(
    list(vcov = "iid", scale = c("levels", "rates", "growth", "detrended")),
    list(vcov = "HC3"), list(vcov = "HAC"), list(vcov = "cluster"),
    list(vcov = "HC1", effects = "region"),
    list(vcov = "cluster", effects = "twoway")
  )
  for (case in cases) {
    want <- do.call(regressions, c(list(0, 0), case))
    for (power in list(c(600, 600), c(-600, -600), c(0, 1000), c(-900, 0))) {
      got <- do.call(regressions, c(as.list(power), case))
      expect_equal(got, want, tolerance = 1e-9,
                   label = paste(c(case, power), collapse = " "))
    }
  }
})

test_that("forms, correlations and groups do not see the units", {
  d <- scale_dependence(0, 0)
  forms <- function(d) {
    out <- silently(dependence_forms(d, y ~ x))
    out[c("form", "r.squared", "r.squared.y", "delta", "p.slope")]
  }
  pair <- function(d) {
    out <- glance(silently(code_dependence(d, y ~ x, scale = "levels")))
    out[c("r", "r.conf.low", "spearman", "kendall", "r.squared")]
  }
  far <- d
  far$y <- far$y * 2^520
  far$x <- far$x * 2^-240
  expect_equal(forms(far)[c(1, 3, 5), ], forms(d)[c(1, 3, 5), ])
  expect_equal(pair(far), pair(d))
  one <- fit_groups(d$y, d$x, d$region)
  two <- fit_groups(far$y, far$x, far$region)
  power <- rep(c(520, 760), 5)
  for (name in c("estimate", "std.error", "std.error.hc3")) {
    expect_identical(two[[name]] / 2^power, one[[name]])
  }
  expect_identical(two$r.squared, one$r.squared)
})

test_that("what no number can be is refused or NA, and said", {
  d <- scale_dependence(0, 600)
  e <- expect_error(code_dependence(d, y ~ x, c("region", "year"),
                                    form = "quadratic", scale = "rates"),
                    class = "nidcode_error_not_finite")
  expect_identical(e$columns, "x")
  # The slope by x^2 would be 2^-1200.
  w <- expect_warning(
    dep <- code_dependence(d, y ~ x, form = "quadratic", scale = "levels"),
    class = "nidcode_warning_out_of_range"
  )
  expect_identical(w$n, c(estimate = 1L))
  row <- tidy(dep)[3, ]
  expect_identical(c(row$estimate, row$std.error, row$conf.low),
                   rep(NA_real_, 3))
  fit <- fits(silently(code_dependence(scale_dependence(700, 0), y ~ x,
                                       scale = "levels")))[[1]]
  expect_warning(v <- vcov(fit), class = "nidcode_warning_out_of_range")
  expect_true(all(is.na(v)))
  expect_warning(expect_identical(deviance(fit), NA_real_),
                 class = "nidcode_warning_out_of_range")
})

test_that("rates have the unit of time, whatever it is", {
  y <- c(3, 9, 4, 12, 7, 8, 1, 2)
  t <- c(1, 2, 4, 5, 6, 8, 9, 10)
  for (rate in list(rate_spline(), rate_spline(lambda = "reml"), rate_local(),
                    rate_central(sd = 1), rate_difference(sd = 1))) {
    want <- estimate_rates(y, t, rate = rate)
    for (k in c(-160, -100, 30, 100, 190)) {
      got <- estimate_rates(y, t * 2^k, rate = rate)
      unit <- 2^(-k * got$order)
      for (name in c("estimate", "std.error", "conf.low", "conf.high")) {
        expect_equal(got[[name]] / unit, want[[name]], tolerance = 1e-12)
      }
      expect_equal(got$prob.positive, want$prob.positive, tolerance = 1e-12)
    }
    # Seconds since 1970 and years since Christ.
    for (start in c(2^30, -2000)) {
      got <- estimate_rates(y, t + start, rate = rate)
      expect_equal(got$estimate, want$estimate, tolerance = 1e-12)
      expect_equal(got$std.error, want$std.error, tolerance = 1e-12)
    }
  }
})

test_that("accumulated rates and weights of a survey have their units", {
  x <- c(1, -2, 3, 4)
  for (influence in list(influence_equal(), influence_half_life(2))) {
    for (k in c(-1000, 1000)) {
      one <- accumulate_rates(x * 2^k, 1:4, influence = influence)
      two <- accumulate_rates(x, 1:4, influence = influence)
      expect_identical(one$estimate / 2^k, two$estimate)
      one <- accumulate_path(x * 2^k, 1:4, influence = influence)
      two <- accumulate_path(x, 1:4, influence = influence)
      expect_identical(one$estimate / 2^k, two$estimate)
    }
  }
  d <- with_stream(1, data.frame(a = stats::rbinom(40, 1, 0.5),
                                 b = stats::rbinom(40, 1, 0.3),
                                 w = stats::runif(40, 0.5, 2),
                                 psu = rep(1:10, 4), g = rep(1:2, 20)))
  told <- function(k, ...) {
    d$w <- d$w * 2^k
    made <- relevance(d, c("a", "b"), weights = "w", by = "g", ...)
    lapply(list(made, compare_relevance(made), compare_groups(made)),
           as.data.frame)
  }
  for (k in c(-1000, -600, 600, 1000)) {
    expect_equal(told(k), told(0), tolerance = 1e-12)
    expect_equal(told(k, ids = "psu", method = "logit"),
                 told(0, ids = "psu", method = "logit"), tolerance = 1e-12)
  }
  w <- expect_warning(over <- accumulate_rates(c(1e308, 1e308), 1:2),
                      class = "nidcode_warning_out_of_range")
  expect_identical(over$estimate, NA_real_)
  expect_identical(w$columns, "estimate")
})
