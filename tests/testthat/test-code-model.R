fit <- function(...) code_model(hand_regions, hand_scheme(), ...)
m <- fit(rate = rate_central(sd = 0.1), influence = influence_half_life(2))
spline <- fit()

test_that("a list of the steps, each once", {
  expect_s3_class(m, "nid_model")
  expect_named(m, c("call", "panel", "defining", "rates", "industrial",
                    "basic", "path", "args"))
  h <- influence_half_life(2)
  expect_identical(m$panel, code_panel(hand_regions, hand_scheme()))
  expect_equal(m$defining, defining_codes(m$panel))
  r <- dynamic_codes(m$panel, rate_central(sd = 0.1))
  same <- \(a, b) expect_identical(as.data.frame(a), as.data.frame(b))
  same(m$rates, r)
  same(m$industrial, industrial_code(r))
  same(m$basic, basic_code(r, h))
  same(m$path, code_path(r, h))
  expect_identical(m$call[[1]], as.name("code_model"))
})

test_that("defaults are those of the verbs", {
  f <- formals(code_model)
  want <- list(normalise = "zscore", reference = "panel", aggregate = "mean",
               missing = "constant", breaks = "auto", measure = "sum",
               cor = "auto", conf_level = 0.95)
  expect_identical(f[names(want)], want)
  expect_identical(as.data.frame(spline$basic),
                   as.data.frame(basic_code(spline$panel)))
  expect_identical(glance(spline)$rate, "spline (average, m = 3)")
  expect_identical(glance(spline)$influence, "equal (plain sum)")
})

test_that("every argument reaches its step", {
  d <- hand_regions
  d$x_status <- replace(rep("ok", 12), 4, "break")
  d$y[8] <- NA
  long <- data.frame(
    place = rep(d$region, 3), when = rep(d$year, 3),
    what = rep(c("x", "y", "z"), each = 12), value = c(d$x, d$y, d$z),
    flag = c(d$x_status, rep("ok", 24))
  )
  rho <- matrix(0.5, 3, 3) + diag(0.5, 3)
  m <- code_model(
    long, hand_scheme(), index = c("place", "when"), names_from = "what",
    values_from = "value", status = "flag", normalise = "minmax",
    reference = "region", missing = "available", rate = rate_difference(sd = 1),
    breaks = "ignore", influence = influence_linear(), measure = "integral",
    cor = rho, conf_level = 0.5
  )
  k <- defining_codes(
    code_panel(d, hand_scheme(), status = "_status"), "minmax", "region",
    missing = "available"
  )
  b <- basic_code(dynamic_codes(k, rate_difference(sd = 1), "ignore"),
                  influence_linear(), "integral", cor = rho, conf_level = 0.5)
  expect_equal(as.list(as.data.frame(m$basic))[-1],
               as.list(as.data.frame(b))[-1])
  expect_identical(names(m$basic)[1], "place")
})

test_that("settings are checked before any work", {
  expect_error(code_model(hand_regions), class = "nidcode_error_scheme")
  expect_error(fit(rate = rate_local(degree = 1)),
               class = "nidcode_error_order_undefined")
  expect_error(fit(influence = 2), class = "nidcode_error_argument")
  expect_error(fit(measure = "mean"), class = "nidcode_error_argument")
  expect_error(fit(conf_level = 95), class = "nidcode_error_level")
})

test_that("print: the settings and the range of Code NID", {
  expect_identical(lines_of(m)[1],
                   "Code-based model: 2 regions, 3 codes, times 2001 to 2006.")
  expect_match(text_of(m), format(attr(m$basic, "spec")), fixed = TRUE)
  b <- m$basic
  low <- which.min(b$estimate)
  # The error has two digits where all have two decimals.
  expect_true(all(b$std.error > 0.1 & b$std.error < 0.99))
  number <- function(x) sprintf("%.2f", x[low])
  expect_match(text_of(m), paste0(
    "Code NID from ", number(b$estimate), " (", number(b$conf.low), " to ",
    number(b$conf.high), ") in ", b$region[low], " to "
  ), fixed = TRUE)
  expect_prints(m)
  expect_prints(spline)
  one <- code_model(hand, code_scheme("x", "production", codes = alone),
                    rate = rate_difference(), normalise = "none")
  expect_match(text_of(one), "1 region, 1 code, times 2001 to 2006.",
               fixed = TRUE)
  expect_match(text_of(one), "Code NID 1.", fixed = TRUE)
  d <- hand_regions
  d$y[3] <- NA
  holed <- suppressMessages(code_model(d, hand_scheme(),
                                       rate = rate_central()))
  expect_match(text_of(holed), "1 row without all codes", fixed = TRUE)
})

test_that("summary has the indicators, the codes and the dissemination", {
  s <- summary(m)
  expect_identical(s$panel, summary(m$panel))
  expect_plain(s$basic)
  text <- paste(lines_of(s), collapse = "\n")
  expect_match(text, "Code-based model: 2 regions", fixed = TRUE)
  expect_match(text, "Indicators", fixed = TRUE)
  expect_match(text, "share of regions with V > 0", fixed = TRUE)
})

test_that("update() changes what it is told and nothing else", {
  same <- update(m)
  expect_identical(as.data.frame(same$basic), as.data.frame(m$basic))
  other <- update(m, influence = influence_equal(), measure = "integral")
  want <- fit(rate = rate_central(sd = 0.1), measure = "integral")
  for (what in c("defining", "rates", "industrial", "basic", "path")) {
    expect_identical(as.data.frame(other[[what]]),
                     as.data.frame(want[[what]]), label = what)
  }
  s2 <- hand_scheme(weight = c(1, 2, 3), direction = c(1, 1, -1))
  expect_equal(as.data.frame(update(m, scheme = s2, normalise = "none")$basic),
               as.data.frame(code_model(
                 hand_regions, s2, normalise = "none",
                 rate = rate_central(sd = 0.1),
                 influence = influence_half_life(2)
               )$basic))
  d <- transform(hand_regions, x = rev(x))
  expect_equal(update(m, data = d)$basic$estimate,
               code_model(d, hand_scheme(), rate = rate_central(sd = 0.1),
                          influence = influence_half_life(2))$basic$estimate)
  names(d)[1:2] <- c("place", "when")
  expect_identical(names(update(m, data = d, index = c("place", "when"))$basic),
                   sub("region", "place", names(m$basic)))
})

test_that("update() writes its changes into the call", {
  h <- influence_half_life(9)
  again <- update(m, influence = h, measure = "integral")
  expect_identical(again$call$influence, quote(h))
  expect_identical(again$call$measure, "integral")
  expect_identical(again$call$rate, m$call$rate)
  expect_identical(update(again, measure = "sum")$call$influence, quote(h))
})

test_that("update() takes named arguments of code_model() only", {
  expect_error(update(m, influnce = influence_equal()),
               class = "nidcode_error_argument")
  expect_error(update(m, hand_regions), class = "nidcode_error_argument")
  expect_error(update(m, freeze = NA), class = "nidcode_error_argument")
  expect_error(update(m, rate = rate_local(degree = 1)),
               class = "nidcode_error_order_undefined")
})

test_that("freeze: the same data give the same numbers", {
  for (model in list(m, spline)) {
    again <- update(model, data = hand_regions, freeze = TRUE)
    for (what in c("defining", "rates", "basic", "path")) {
      expect_equal(as.data.frame(again[[what]]),
                   as.data.frame(model[[what]]), label = what)
    }
    expect_match(text_of(again), "reference frozen", fixed = TRUE)
  }
})

test_that("freeze: the answer is linear in the data, a refit is not", {
  move <- function(by) {
    d <- hand_regions
    d$x[4] <- d$x[4] + by
    d$z[9] <- d$z[9] - 2 * by
    d
  }
  frozen <- function(by) {
    update(spline, data = move(by), freeze = TRUE)$basic$estimate
  }
  start <- spline$basic$estimate
  expect_equal(frozen(4) - start, 4 * (frozen(1) - start))
  expect_equal(frozen(-3) - start, -3 * (frozen(1) - start))
  refit <- update(spline, data = move(4))$basic$estimate
  expect_gt(max(abs(refit - frozen(4))), 1e-3)
  # A frozen model can be frozen and moved again: it is the same tuning.
  twice <- update(update(spline, data = move(1), freeze = TRUE),
                  data = move(4), freeze = TRUE)
  expect_equal(twice$basic$estimate, frozen(4))
})

test_that("freeze: influence and measure may change, the tuning not", {
  a <- update(spline, influence = influence_half_life(2), measure = "integral",
              freeze = TRUE)
  b <- update(spline, influence = influence_half_life(2),
              measure = "integral")
  expect_equal(a$basic$estimate, b$basic$estimate)
  for (change in list(
    list(rate = rate_central()), list(scheme = hand_scheme()),
    list(normalise = "minmax"), list(reference = "region"),
    list(breaks = "split"), list(missing = "available"),
    list(aggregate = "mean")
  )) {
    err <- expect_error(
      do.call(update, c(list(spline), change, list(freeze = TRUE))),
      class = "nidcode_error_tuning_frozen"
    )
    expect_identical(err$columns, names(change))
  }
})

test_that("freeze: other times than before are refused for a spline", {
  d <- rbind(hand_regions, data.frame(region = "B", year = 2007L, x = 13,
                                      y = 13, z = 9))
  err <- expect_error(update(spline, data = d, freeze = TRUE),
                      class = "nidcode_error_tuning_frozen")
  expect_identical(err$regions, "B")
  holed <- hand_regions
  holed$y[2] <- NA
  err <- expect_error(update(spline, data = holed, freeze = TRUE),
                      class = "nidcode_error_tuning_frozen")
  expect_identical(err$regions, "A")
  # Fewer regions are no matter.
  part <- update(spline, data = hand_regions[7:12, ], freeze = TRUE)
  expect_equal(part$basic$estimate, spline$basic$estimate[2])
  # A fixed operator has no tuning but the scale.
  longer <- suppressMessages(update(m, data = d, freeze = TRUE))
  expect_equal(longer$basic$estimate[1], m$basic$estimate[1])
})

test_that("freeze: ranks cannot be", {
  expect_error(update(fit(normalise = "rank", rate = rate_central()),
                      freeze = TRUE), class = "nidcode_error_tuning_frozen")
})

test_that("other ways to freeze: splits, fixed lambda, no normalising", {
  d <- hand_regions
  d$x_status <- replace(rep("ok", 12), 4, "break")
  for (args in list(list(breaks = "split"), list(rate = rate_spline(20)),
                    list(rate = rate_spline(df = 4)),
                    list(rate = rate_spline("reml")),
                    list(normalise = "none"), list(normalise = "minmax"),
                    list(reference = "region"))) {
    a <- do.call(code_model, c(list(d, hand_scheme(), status = "_status"),
                               args))
    b <- update(a, data = d, freeze = TRUE)
    expect_equal(b$basic$estimate, a$basic$estimate)
    expect_equal(b$basic$std.error, a$basic$std.error)
  }
})

test_that("a model starts from a panel as from its data", {
  regions <- subset(ural, level == "region")
  panel <- code_panel(regions, ural_scheme, status = "_status")
  from_data <- code_model(regions, ural_scheme, status = "_status")
  from_panel <- code_model(panel)
  expect_equal(as.data.frame(from_panel$basic), as.data.frame(from_data$basic))
  edited <- regions
  edited$apt_used[5] <- edited$apt_used[5] * 1.2
  expect_equal(
    as.data.frame(update(from_panel, data = edited, freeze = TRUE)$basic),
    as.data.frame(update(from_data, data = edited, freeze = TRUE)$basic)
  )
  expect_error(code_model(panel, ural_scheme), class = "nidcode_error_argument")
})

test_that("a rate in the place of codes is told where it belongs", {
  panel <- code_panel(subset(ural, level == "region"), ural_scheme)
  for (verb in list(basic_code, industrial_code, code_path)) {
    expect_error(verb(rate_local(), panel), "rate = rate_local",
                 class = "nidcode_error_argument")
  }
})

test_that("a model of nothing but missing values has no numbers", {
  data <- subset(ural, level == "region")
  data[ural_scheme$indicator] <- NA_real_
  m <- suppressWarnings(suppressMessages(code_model(data, ural_scheme)))
  expect_identical(m$basic$estimate, rep(NA_real_, 4))
  expect_identical(nrow(m$path), 0L)
  expect_identical(nrow(m$industrial), 0L)
  for (by in c("code", "time", "indicator")) {
    expect_identical(nrow(contributions(m, by)), 0L)
  }
  expect_output(print(m))
})

test_that("intervals of the rates may be simultaneous, kept by what follows", {
  both <- function(...) {
    code_model(hand_regions, hand_scheme(), rate = rate_central(sd = 0.1), ...)
  }
  point <- both()
  wide <- both(interval = "simultaneous")
  want <- dynamic_codes(code_panel(hand_regions, hand_scheme()),
                        rate_central(sd = 0.1), interval = "simultaneous")
  expect_identical(as.data.frame(wide$rates), as.data.frame(want))
  width <- function(m) m$rates$conf.high - m$rates$conf.low
  expect_true(all(width(wide) > width(point), na.rm = TRUE))
  # Only the rates'.
  for (what in c("industrial", "basic", "path")) {
    expect_identical(as.data.frame(wide[[what]]), as.data.frame(point[[what]]))
  }
  expect_identical(get_spec(wide$rates)$interval, "simultaneous")
  again <- update(point, interval = "simultaneous")
  expect_identical(as.data.frame(again$rates), as.data.frame(wide$rates))
  later <- update(wide, influence = influence_half_life(2))
  expect_identical(width(later), width(wide))
  frozen <- update(wide, data = hand_regions, freeze = TRUE)
  expect_equal(width(frozen), width(wide))
  ninety <- tidy(wide, "dynamic", conf.level = 0.9)
  want <- dynamic_codes(code_panel(hand_regions, hand_scheme()),
                        rate_central(sd = 0.1), interval = "simultaneous",
                        conf_level = 0.9)
  expect_equal(ninety$conf.low, want$conf.low)
  expect_error(both(interval = "both"), class = "nidcode_error_argument")
})
