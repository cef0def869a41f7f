panel <- code_panel(hand_regions, hand_scheme())
codes <- defining_codes(panel)

test_that("shape, columns, defaults", {
  r <- dynamic_codes(codes)
  expect_table(r, "rates", c(
    region = "character", year = "integer", code = "character",
    term = "character", order = "integer", estimate = "double",
    std.error = "double", conf.low = "double", conf.high = "double",
    prob.positive = "double", df = "double"
  ))
  expect_identical(
    dynamic_codes(codes, rate_spline(), breaks = "auto",
                  interval = "pointwise", conf_level = 0.95), r
  )
  expect_identical(
    format(attr(r, "spec")),
    paste("Dynamic codes: rate spline (average, m = 3); order 3 assumed: 2",
          "regions cannot test it; second order: over a step;",
          "interval pointwise; normalise zscore; reference panel; 95% intervals.")
  )
})

test_that("a row per region, time, code and order", {
  r <- as.data.frame(dynamic_codes(codes, rate_difference()))
  d <- as.data.frame(codes)
  expect_identical(nrow(r), 2L * nrow(d))
  keys <- c("region", "year", "code")
  expect_identical(as.list(r[r$order == 1, keys]), as.list(d[keys]))
  expect_identical(r$order, rep(1:2, 36))
  expect_identical(r$term[seq(1, 6, 2)], c("innovation", "information",
                                           "value"))
  # Also where the rate does not exist: the first time has no difference.
  expect_identical(is.na(r$estimate[r$order == 1]), d$year == 2001)
  expect_identical(is.na(r$estimate[r$order == 2]), d$year <= 2002)
})

test_that("a time without the code has no row", {
  holed <- hand_regions
  holed$y[3] <- NA
  r <- as.data.frame(dynamic_codes(code_panel(holed, hand_scheme()),
                                   rate_difference()))
  expect_identical(sum(r$region == "A" & r$year == 2003), 4L)
  # The step over the hole is a step of two years.
  scale <- sd(holed$y, na.rm = TRUE)
  v <- r[r$region == "A" & r$code == "institutional" & r$order == 1, ]
  expect_equal(v$estimate, c(NA, 0, 3 / 2, -1, 2) / scale)
  expect_equal(v$year, c(2001, 2002, 2004, 2005, 2006))
  expect_match(text_of(dynamic_codes(code_panel(holed, hand_scheme()),
                                     rate_difference())),
               "1 value of 36 left out", fixed = TRUE)
})

test_that("a panel is z-scored over all rows first", {
  expect_identical(dynamic_codes(panel, rate_central())$estimate,
                   dynamic_codes(codes, rate_central())$estimate)
})

test_that("with log and none V is a growth rate", {
  grow <- data.frame(year = 1:5, x = 100 * exp(0.07 * 1:5))
  s <- code_scheme("x", "production", transform = "log", codes = alone)
  r <- dynamic_codes(defining_codes(code_panel(grow, s, index = "year"),
                                    "none"), rate_central())
  expect_equal(r$estimate, rep(c(0.07, 0), 5))
})

test_that("intervals are estimate -+ t(level, df) std.error", {
  for (level in c(0.5, 0.95)) {
    r <- dynamic_codes(codes, rate_local(), conf_level = level)
    half <- qt((1 + level) / 2, r$df) * r$std.error
    expect_equal(r$conf.low, r$estimate - half)
    expect_equal(r$conf.high, r$estimate + half)
    expect_equal(r$prob.positive, pt(r$estimate / r$std.error, r$df))
    expect_match(text_of(r), paste0(100 * level, "% intervals"), fixed = TRUE)
  }
})

test_that("simultaneous intervals are wider around the same estimates", {
  a <- dynamic_codes(codes, rate_central(sd = 0.1))
  b <- dynamic_codes(codes, rate_central(sd = 0.1), interval = "simultaneous")
  expect_identical(a$estimate, b$estimate)
  expect_identical(a$std.error, b$std.error)
  expect_true(all(b$conf.low < a$conf.low & b$conf.high > a$conf.high))
  expect_match(text_of(b), "interval simultaneous", fixed = TRUE)
})

test_that("no error is NA, never 0; a given sd of 0 is an error of 0", {
  r <- dynamic_codes(codes, rate_difference())
  for (column in c("std.error", "conf.low", "conf.high", "prob.positive",
                   "df")) {
    expect_true(all(is.na(r[[column]])), label = column)
  }
  r <- dynamic_codes(hand_codes(rep(5, 6)), rate_difference(sd = 0))
  r <- as.data.frame(r)[r$order == 1 & r$year > 2001, ]
  expect_identical(r$estimate, rep(0, 5))
  expect_identical(r$std.error, rep(0, 5))
  expect_identical(r$prob.positive, rep(0.5, 5))
})

test_that("short series are told with their region", {
  d <- hand_regions[c(1:6, 7:8), ]
  m <- expect_message(
    r <- dynamic_codes(code_panel(d, hand_scheme()), rate_difference()),
    class = "nidcode_message_short_series"
  )
  expect_identical(m$regions, "B")
  expect_equal(m$order, 2)
  r <- as.data.frame(r)
  expect_true(all(is.na(r$estimate[r$region == "B" & r$order == 2])))
  expect_false(all(is.na(r$estimate[r$region == "B" & r$order == 1])))
})

test_that("rates do not take rates", {
  r <- dynamic_codes(codes, rate_central())
  expect_error(dynamic_codes(r), class = "nidcode_error_rate_given_twice")
  expect_error(dynamic_codes(hand_regions), class = "nidcode_error_argument")
  expect_error(dynamic_codes(codes[1:9, ]), class = "nidcode_error_argument")
})

test_that("methods: tidy, confint, summary, as.data.frame", {
  r <- dynamic_codes(codes, rate_central(sd = 0.1))
  expect_plain(tidy(r))
  expect_identical(as.list(tidy(r)), as.list(as.data.frame(r)))
  expect_identical(names(tidy(r, conf.int = FALSE)),
                   setdiff(names(r), c("conf.low", "conf.high")))
  ci <- confint(r)
  expect_identical(dim(ci), c(72L, 2L))
  expect_identical(colnames(ci), c("2.5 %", "97.5 %"))
  expect_identical(rownames(ci)[1:2], c("A 2001 production innovation 1",
                                        "A 2001 production innovation 2"))
  expect_identical(unname(ci[, 1]), r$conf.low)
  expect_identical(confint(r, 3:4), ci[3:4, ])
  expect_error(confint(r, level = 0.5), class = "nidcode_error_argument")
  expect_output(print(summary(r)), "Dynamic codes: rate central")
})

test_that("glance has a row per code", {
  g <- glance(dynamic_codes(codes, rate_local(span = 6)))
  expect_identical(names(g), c(
    "code", "term", "n.series", "nobs", "effective.df", "lambda.first",
    "lambda.last", "sigma", "dw", "dw.expected"
  ))
  expect_identical(g$code, c("production", "institutional", "social"))
  expect_identical(g$n.series, rep(2L, 3))
  expect_identical(g$nobs, rep(12L, 3))
  # One parabola over all six times: 3 df; residuals as lm() has them.
  expect_equal(g$effective.df, rep(3, 3))
  e <- vapply(split(as.data.frame(codes), ~ region + code), \(d) {
    sigma(lm(estimate ~ poly(year, 2), d))^2
  }, 1)
  expect_equal(g$sigma[1], sqrt(mean(e[grep("production", names(e))])))
  g <- glance(dynamic_codes(codes, rate_difference()))
  expect_true(all(is.na(g$effective.df) & is.na(g$dw)))
})

test_that("residuals are the code less the curve", {
  r <- dynamic_codes(hand_codes(), rate_local(span = 6))
  e <- residuals(r)
  fit <- lm(x ~ poly(year, 2), hand)
  expect_table(e, "residuals", c(
    year = "integer", code = "character", .value = "double",
    .fitted = "double", .resid = "double", .std.resid = "double"
  ))
  expect_equal(e$.value, hand$x)
  expect_equal(e$.fitted, unname(fitted(fit)))
  expect_equal(e$.resid, unname(residuals(fit)))
  expect_equal(e$.std.resid, unname(rstandard(fit)))
  # Durbin-Watson by hand.
  u <- residuals(fit)
  expect_equal(glance(r)$dw, sum(diff(u)^2) / sum(u^2))
  expect_error(residuals(dynamic_codes(hand_codes(), rate_central())),
               class = "nidcode_error_needs_fit")
})

test_that("an order that a rate lacks is told of the rate, not of the series", {
  panel <- code_panel(subset(ural, level == "region"), ural_scheme,
                      status = "_status")
  for (rate in list(rate_local(degree = 1),
                    rate_spline(m = 2, second = "point"))) {
    said <- list()
    withCallingHandlers(v <- dynamic_codes(panel, rate),
                        nidcode_message = function(cnd) {
                          said[[length(said) + 1L]] <<- cnd
                          rlang::cnd_muffle(cnd)
                        })
    expect_length(said, 1L)
    expect_s3_class(said[[1]], "nidcode_message_order_undefined")
    expect_identical(said[[1]]$order, 2L)
    expect_match(conditionMessage(said[[1]]), fixed = TRUE,
                 paste0("Rate ", format(rate), " has no rate of order 2"))
    second <- v[v$order == 2L, ]
    expect_true(all(is.na(second$estimate) & is.na(second$std.error)))
    expect_false(anyNA(v$estimate[v$order == 1L]))
    # Formula (2) and what is asked for by name are refused in the same words.
    for (verb in list(basic_code, code_path, contributions, cell_weights,
                      function(v) simulate(v, order = 1:2))) {
      err <- expect_error(verb(v), class = "nidcode_error_order_undefined")
      expect_identical(as.integer(err$order), 2L)
      expect_match(conditionMessage(err), fixed = TRUE,
                   paste0("Rate ", format(rate), " has no rate of order 2"))
      expect_match(conditionMessage(err), rate$facts$higher, fixed = TRUE)
    }
    # Asked beside others it is missing everywhere alike, and said once.
    for (verb in list(function() predict(v),
                      function() estimate_rates(1:9, 1:9, rate = rate))) {
      said <- list()
      r <- withCallingHandlers(verb(), nidcode_message = function(cnd) {
        said[[length(said) + 1L]] <<- cnd
        rlang::cnd_muffle(cnd)
      })
      expect_identical(lapply(said, `[[`, "order"), list(2L))
      expect_true(all(is.na(r$estimate[r$order == 2L])))
      expect_false(anyNA(r$estimate[r$order == 1L]))
    }
  }
  # A short series under a rate that has the order is short.
  d <- data.frame(region = "A", year = 1:2, x = c(1, 3))
  s <- code_scheme("x", "production", codes = nid_codes()[1, ])
  expect_message(dynamic_codes(defining_codes(code_panel(d, s), "none"),
                               rate_difference()),
                 class = "nidcode_message_short_series")
})
