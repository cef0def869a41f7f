skip_on_cran()

ural_rates <- function() {
  regions <- subset(ural, level == "region")
  dynamic_codes(code_panel(regions, ural_scheme, status = "_status"))
}

# The defining codes as a plain data frame, a column a code.
plain_codes <- function(rates) {
  long <- as.data.frame(defining_codes(get_fit(rates)$def$panel))
  wide <- unique(long[c("region", "year")])
  for (code in unique(long$code)) {
    mine <- long[long$code == code, ]
    key <- paste(wide$region, wide$year)
    wide[[code]] <- mine$estimate[match(key, paste(mine$region, mine$year))]
  }
  wide
}

test_that("a pair of one region is that of the verdict", {
  rates <- ural_rates()
  data <- plain_codes(rates)
  all <- code_connections(rates, within = TRUE)
  for (region in unique(data$region)) {
    mine <- data[data$region == region, ]
    v <- verdict(code_dependence(mine, social ~ production, index = "year"))
    row <- all[all$region == region & all$code1 == "production" &
                 all$code2 == "social", ]
    expect_equal(row$estimate, v$r.rates, tolerance = 1e-12)
    expect_equal(row$p.value, v$p.rates, tolerance = 1e-12)
    expect_equal(row$critical, v$critical, tolerance = 1e-12)
    expect_identical(row$n, v$n)
    out <- row$conf.low > 0 || row$conf.high < 0
    expect_identical(out, abs(v$r.rates) > v$critical)
    expect_equal(row$conf.low, tanh(atanh(v$r.rates) - atanh(v$critical)),
                 tolerance = 1e-12)
  }
})

test_that("a panel has the larger p of both directions", {
  rates <- ural_rates()
  data <- plain_codes(rates)
  row <- code_connections(rates)[3L, ]
  index <- c("region", "year")
  a <- verdict(code_dependence(data, social ~ institutional, index))
  b <- verdict(code_dependence(data, institutional ~ social, index))
  expect_equal(row$p.value, max(a$p.rates, b$p.rates), tolerance = 1e-12)
  expect_equal(row$estimate, a$r.rates, tolerance = 1e-10)
  expect_identical(row$conf.low > 0 || row$conf.high < 0, row$p.value < 0.05)
  # Where the interval at 1 - p touches 0.
  at <- code_connections(rates, conf_level = 1 - row$p.value)[3L, ]
  expect_equal(at$conf.low, 0, tolerance = 1e-8)
})

test_that("the other codes are given, lags looked up, ranks ranked", {
  rates <- ural_rates()
  data <- plain_codes(rates)
  one <- data[data$region == data$region[1L], ]
  mine <- \(x) x[x$region == one$region[1L], ]
  given <- mine(code_connections(rates, within = TRUE, partial = TRUE))
  v <- verdict(code_dependence(one, social ~ production + institutional,
                               index = "year"))
  expect_equal(given$estimate[2L], v$r.rates[v$x == "production"],
               tolerance = 1e-12)
  late <- mine(code_connections(rates, within = TRUE, lag = 2))
  expect_identical(nrow(late), 6L)
  v <- verdict(code_dependence(one, social ~ production, index = "year",
                               lag = 2))
  expect_equal(late$estimate[late$code1 == "production" &
                               late$code2 == "social"], v$r.rates,
               tolerance = 1e-12)
  ranks <- mine(code_connections(rates, within = TRUE, method = "spearman"))
  change <- sapply(one[c("production", "social")], diff)
  middle <- one$year[-1L]
  left <- apply(change, 2L, \(v) resid(lm(v ~ middle)))
  expect_equal(ranks$estimate[2L], cor(left, method = "spearman")[1L, 2L],
               tolerance = 1e-12)
  expect_true(all(is.na(ranks$p.value)))
})

test_that("two codes that share a third are apart given it", {
  set.seed(8)
  data <- do.call(rbind, lapply(sprintf("R%02d", 1:20), \(region) {
    shared <- cumsum(rnorm(16))
    data.frame(region = region, year = 2001:2016,
               x = shared + 0.3 * cumsum(rnorm(16)),
               y = shared + 0.3 * cumsum(rnorm(16)), z = shared)
  }))
  panel <- code_panel(data, code_scheme(
    c("x", "y", "z"), c("production", "institutional", "social")))
  rates <- dynamic_codes(panel, rate_difference())
  first <- \(...) {
    out <- code_connections(rates, within = TRUE, ...)
    out$estimate[out$code1 == "production" & out$code2 == "institutional"]
  }
  given <- first(partial = TRUE)
  expect_length(given, 20L)
  expect_gt(mean(first()), 0.8)
  expect_lt(abs(mean(given)), 4 * sd(given) / sqrt(20))
})

test_that("levels have no test, words are said of what is found", {
  rates <- ural_rates()
  levels <- code_connections(rates, of = "levels", within = TRUE)
  expect_true(all(is.na(levels$p.value)) && all(levels$note == "trend"))
  data <- plain_codes(rates)
  one <- data[data$region == levels$region[1L], ]
  expect_equal(levels$estimate[1L], cor(one$production, one$institutional),
               tolerance = 1e-12)
  expect_match(in_words(levels), "not tested")
  expect_identical(chaddock(c(-0.05, 0.1, -0.3, 0.5, 0.75, 0.95, NA)),
                   c("none", "weak", "moderate", "noticeable", "high",
                     "very high", NA))
  set.seed(3)
  shock <- rnorm(20)
  data <- data.frame(region = "A", year = 2001:2020, x = cumsum(shock),
                     y = cumsum(-shock + 0.1 * rnorm(20)))
  panel <- code_panel(data, code_scheme(c("x", "y"),
                                        c("production", "social")))
  found <- code_connections(dynamic_codes(panel))
  expect_match(in_words(found),
               "go against each other; strength: very high [(]r = -0[.]9")
  expect_match(in_words(code_connections(rates))[1L], "No connection")
})

test_that("one code has no pair; others are refused by class", {
  data <- data.frame(region = "A", year = 2001:2008, x = c(1, 3, 2, 5:9))
  panel <- code_panel(data, code_scheme("x", "social"))
  expect_identical(nrow(code_connections(suppressWarnings(
    dynamic_codes(panel)))), 0L)
  expect_error(code_connections(panel), class = "nidcode_error_argument")
  rates <- ural_rates()
  expect_error(code_connections(rates, of = "regions?"),
               class = "nidcode_error_argument")
})

test_that("connections are drawn as a matrix and as a network", {
  rates <- ural_rates()
  p <- ggplot2::autoplot(code_connections(rates))
  expect_identical(nrow(ggplot2::layer_data(p, 1L)), 6L)
  expect_match(in_words(code_connections(rates, method = "spearman")),
               "are not tested here")
  later <- ggplot2::autoplot(code_connections(rates, lag = 2))
  expect_match(later$labels$caption, "down the code 2 later")
  expect_identical(two_decimals(c(-0.004, 0, -0.006)),
                   c("0.00", "0.00", "-0.01"))
  p <- ggplot2::autoplot(code_connections(rates, within = TRUE),
                         type = "network")
  expect_identical(nrow(ggplot2::layer_data(p, 2L)), 12L)
})

test_that("regions are correlated by their cores", {
  rates <- ural_rates()
  core <- code_core(rates)
  x <- vapply(c("production", "social"), \(code) {
    core$core[core$code == code]
  }, numeric(4))
  test <- stats::cor.test(x[, 1L], x[, 2L])
  row <- code_connections(rates, of = "regions")[2L, ]
  expect_equal(row$estimate, unname(test$estimate), tolerance = 1e-12)
  expect_equal(row$p.value, test$p.value, tolerance = 1e-12)
  expect_identical(row$n, 4L)
  expect_match(row$note, "neighbours")
  expect_match(in_words(code_connections(rates, of = "regions")),
               "^cores of institutional and social go together over regions",
               all = FALSE)
  at <- code_connections(rates, of = "regions", conf_level = 1 - row$p.value)
  expect_equal(min(abs(at$conf.low[2L]), abs(at$conf.high[2L])), 0,
               tolerance = 1e-8)
  given <- code_connections(rates, of = "regions", partial = TRUE)
  all <- vapply(unique(core$code), \(code) {
    core$core[core$code == code]
  }, numeric(4))
  left <- apply(all[, c(1L, 3L)], 2L, \(v) resid(lm(v ~ all[, 2L])))
  expect_equal(given$estimate[2L], cor(left)[1L, 2L], tolerance = 1e-10)
  expect_error(code_connections(rates, of = "regions", within = TRUE),
               class = "nidcode_error_argument")
})
