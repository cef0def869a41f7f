one_series <- function(n = 10, seed = 3, breaks = 1L) {
  s <- random_series(seed, n, breaks = breaks)
  defining_codes(series_panel(s), "none")
}

ural_panel <- function() {
  code_panel(subset(ural, level == "region"), ural_scheme,
             status = "_status")
}

key <- function(x) {
  do.call(paste, c(as.list(x)[c("region", "year", "code", "order")]))
}

test_that("at observed times a prediction is what dynamic_codes() says", {
  panel <- ural_panel()
  point <- \(...) rate_spline(..., second = "point")
  rates <- list(point(), point("reml"), point(2000), point(df = 5),
                rate_local(7), rate_difference(sd = 0.1),
                rate_central())
  for (rate in rates) {
    for (breaks in c("auto", "split", "ignore")) {
      v <- suppressMessages(dynamic_codes(panel, rate, breaks))
      p <- predict(v, order = 1:2)
      expect_identical(key(p), key(v))
      for (what in c("estimate", "std.error", "conf.low", "conf.high",
                     "prob.positive", "df")) {
        expect_equal(p[[what]], v[[what]], tolerance = 1e-10, label = what)
      }
      q <- predict(v, at = c(2012L, 2007L), order = 1:2)
      here <- v$year %in% c(2007L, 2012L)
      expect_identical(key(q), key(v)[here])
      expect_equal(q$estimate, v$estimate[here], tolerance = 1e-10)
    }
  }
})

test_that("rows, columns and types are as promised", {
  panel <- ural_panel()
  v <- dynamic_codes(panel)
  p <- predict(v, at = c(2018, 2010.5))
  expect_s3_class(p, c("nid_prediction", "nid_table"), exact = FALSE)
  expect_named(p, c("region", "year", "code", "term", "order", "estimate",
                    "std.error", "conf.low", "conf.high", "prob.positive",
                    "df"))
  expect_identical(nrow(p), 4L * 2L * 3L * 3L)
  expect_identical(unique(p$year), c(2010.5, 2018))
  expect_type(p$order, "integer")
  m <- code_model(subset(ural, level == "region"), ural_scheme,
                  status = "_status")
  expect_identical(as.data.frame(predict(m, at = 2018)),
                   as.data.frame(predict(m$rates, at = 2018)))
  wide <- predict(v, at = 2018, conf_level = 0.99)
  half <- qt(0.995, wide$df) * wide$std.error
  expect_equal(wide$conf.high, wide$estimate + half)
})

test_that("new times agree with the reference in, between and beyond", {
  s <- random_series(5, 9, breaks = 1L)
  v <- dynamic_codes(defining_codes(series_panel(s), "none"))
  at <- c(s$time[1] - 1.5, (s$time[3] + s$time[4]) / 2, s$time[which(s$brk)],
          s$time[9] + 2)
  p <- predict(v, at = at)
  at <- sort(at)
  ref <- spline_reference(s$time, s$x, rep(0:2, length(at)),
                          rep(at, each = 3), step = s$brk)
  expect_equal(p$estimate, ref$estimate[, 1], tolerance = 1e-8)
  expect_equal(p$std.error, ref$std.error[, 1], tolerance = 1e-7)
})

test_that("the level has the steps in force, from their first time on", {
  time <- 2001:2012
  y <- c(1, 2, 4, 5, 7, 9, 9, 12, 13, 15, 18, 19)
  fit <- function(jump) {
    s <- list(time = time, x = y + jump * (time >= 2007),
              brk = time == 2007)
    v <- dynamic_codes(defining_codes(series_panel(s), "none"))
    predict(v, at = c(2000, 2006.9, 2007, 2013), order = 0:1)
  }
  a <- fit(0)
  b <- fit(100)
  expect_equal(b$estimate - a$estimate,
               c(0, 0, 0, 0, 100, 0, 100, 0), tolerance = 1e-8)
  expect_equal(b$std.error, a$std.error, tolerance = 1e-8)
})

test_that("segments of a split series answer for their own times", {
  s <- random_series(8, 14, breaks = 1L)
  at <- c(min(s$time) - 1, min(s$time[cumsum(s$brk) == 1]) - 1e-3,
          s$time[s$brk], max(s$time) + 1)
  v <- suppressMessages(
    dynamic_codes(defining_codes(series_panel(s), "none"), breaks = "split")
  )
  p <- predict(v, at = at, order = 0:1)
  part <- function(use, at) {
    one <- list(time = s$time[use], x = s$x[use], brk = FALSE & use[use])
    v <- suppressMessages(
      dynamic_codes(defining_codes(series_panel(one), "none"))
    )
    predict(v, at = at, order = 0:1)
  }
  first <- cumsum(s$brk) == 0
  both <- rbind(part(first, at[1:2]), part(!first, at[3:4]))
  expect_equal(p$estimate, both$estimate, tolerance = 1e-10)
  expect_equal(p$std.error, both$std.error, tolerance = 1e-10)
})

test_that("polynomials go on exactly, without an invented error", {
  s <- list(time = 1:4, x = c(1, 4, 9, 16), brk = rep(FALSE, 4))
  v <- dynamic_codes(defining_codes(series_panel(s), "none"))
  p <- predict(v, at = c(2.5, 6))
  expect_equal(p$estimate, c(6.25, 5, 2, 36, 12, 2), tolerance = 1e-9)
  expect_true(all(is.na(p$std.error)))
})

test_that("dates and other units of time come back as they were given", {
  d <- data.frame(day = as.Date("2020-01-01") + 30 * 0:9,
                  x = c(1, 3, 4, 4, 6, 8, 7, 9, 12, 11))
  p <- code_panel(d, code_scheme("x", "social"), index = "day")
  v <- dynamic_codes(defining_codes(p, "none"))
  at <- as.Date(c("2021-01-01", "2020-02-15"))
  q <- predict(v, at = at, order = 1)
  expect_identical(q$day, sort(at))
  said <- 0L # a text is read as a number, and this is said once
  withCallingHandlers(
    expect_identical(predict(v, at = "2020", order = 0)$day, "2020"),
    nidcode_message = function(cnd) {
      said <<- said + 1L
      rlang::cnd_muffle(cnd)
    }
  )
  expect_identical(said, 1L)
})

test_that("what cannot be predicted is said", {
  panel <- ural_panel()
  v <- dynamic_codes(panel, rate_local(7))
  expect_error(predict(v, at = 2010.5), class = "nidcode_error_argument")
  expect_error(predict(v, at = 2010.5), "rate_spline")
  expect_error(predict(v, at = numeric()), class = "nidcode_error_argument")
  expect_error(predict(v, order = 3), class = "nidcode_error_argument")
  two <- dynamic_codes(panel, rate_spline(m = 2))
  expect_message(r <- predict(two, at = 2010, order = 2:1),
                 class = "nidcode_message_order_undefined")
  expect_identical(is.na(r$estimate), r$order == 2L)
  cut <- v[1:3, ]
  expect_error(predict(cut, at = 2010))
})

test_that("absent codes and ragged regions have their own rows only", {
  p <- random_panel(103)
  v <- suppressWarnings(suppressMessages(dynamic_codes(panel_of(p))))
  q <- predict(v, at = 2004.25)
  pairs <- unique(paste(v$region, v$code))
  expect_setequal(unique(paste(q$region, q$code)), pairs)
  expect_identical(nrow(q), 3L * length(pairs))
})

test_that("a band for an observation is that of the curve and noise", {
  s <- random_series(5, 9, breaks = 1L)
  v <- dynamic_codes(defining_codes(series_panel(s), "none"))
  at <- c(s$time[2], (s$time[3] + s$time[4]) / 2, s$time[9] + 2)
  p <- predict(v, at = at, band = "observation")
  expect_identical(p$order, rep(0L, 3))
  ref <- spline_reference(s$time, s$x, rep(0L, 3), at, step = s$brk)
  # Given lambda an observation adds sigma^2, of mean RSS / r.
  noise <- sum(ref$weights * ref$rss[1, ]) / ref$df
  expect_equal(p$std.error, sqrt(ref$std.error[, 1]^2 + noise),
               tolerance = 1e-7)
  expect_equal(p$conf.high, p$estimate + qt(0.975, p$df) * p$std.error)
  curve <- predict(v, at = at, order = 0)
  expect_identical(p$estimate, curve$estimate)
  expect_match(text_of(p), "Observations predicted")
  expect_match(text_of(curve), "band curve", fixed = TRUE)
  # By hand: the mean of five values, then a new one.
  d <- data.frame(year = 1:5, x = c(1, 2, 4, 4, 9))
  flat <- defining_codes(code_panel(d, code_scheme("x", "social"),
                                    index = "year"), "none")
  q <- predict(dynamic_codes(flat, rate_local(5, degree = 1)), at = 3,
               band = "observation")
  fit <- lm(x ~ year, d)
  byhand <- predict(fit, data.frame(year = 3), interval = "prediction")
  expect_equal(c(q$conf.low, q$conf.high), as.vector(byhand[1, 2:3]))
  # With a known sd it is that; without one there is no interval.
  known <- dynamic_codes(flat, rate_central(sd = 0.3))
  expect_equal(predict(known, at = 3, band = "observation")$std.error,
               0.3 * sqrt(2))
  none <- predict(dynamic_codes(flat, rate_central()), band = "observation")
  expect_true(all(is.na(none$conf.low)))
  expect_error(predict(v, order = 0:1, band = "observation"),
               class = "nidcode_error_argument")
  expect_error(predict(v, band = "noise"), class = "nidcode_error_argument")
})

test_that("sigma of augment() is the noise of an observation", {
  m <- suppressMessages(code_model(subset(ural, level == "region"),
                                   ural_scheme, status = "_status",
                                   breaks = "split"))
  a <- augment(m)
  for (code in c("production", "social")) {
    p <- predict(m, band = "observation")
    q <- predict(m, order = 0L)
    extra <- sqrt(p$std.error^2 - q$std.error^2)[p$code == code]
    p <- p[p$code == code, ]
    at <- match(paste(p$region, p$year), paste(a$region, a$year))
    expect_equal(a[[paste0(".", code, ".sigma")]][at], extra,
                 tolerance = 1e-6)
  }
})
