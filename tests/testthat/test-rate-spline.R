# The package's verbs on rate_spline(), against the reference of
# helper-spline-reference.R; the kernel's own tests: test-rate-spline-kernel.R.

quiet <- function(code) suppressMessages(suppressWarnings(code))

# Two regions, two codes of two indicators and one, uneven times, gaps, a break
# in one code of the first region.
spline_panel <- function(seed = 11) {
  with_stream(seed, {
    blocks <- lapply(1:2, function(r) {
      time <- uneven_times(11)[if (r == 1) 1:9 else c(1:4, 6, 7, 9:11)]
      n <- length(time)
      walk <- function(sd) 20 + cumsum(stats::rnorm(n, 0.4, sd))
      data.frame(region = paste0("R", r), year = time, a = walk(1),
                 b = walk(0.3), c = walk(0.6),
                 b_status = ifelse(r == 1 & seq_len(n) == 5, "break", "ok"))
    })
    do.call(rbind, blocks)
  })
}

spline_scheme <- code_scheme(c("a", "b", "c"),
                             c("production", "production", "social"),
                             direction = c(1, -1, 1), weight = c(2, 1, 1),
                             codes = nid_codes()[c(1, 3), ])

fit_panel <- function(data = spline_panel(), ...) {
  quiet(code_model(data, spline_scheme, c("region", "year"),
                   status = "_status", ...))
}

# Reference posterior at a region's times, one entry a code: estimate and error
# of any sum over the times of V (order 1) or of its changes over the steps that
# end there (order 2), `sum(order, w)`.
reference_rates <- function(m, region, breaks = TRUE, lambda = NULL) {
  d <- as.data.frame(m$defining)
  d <- d[d$region == region, ]
  lapply(split(d, d$code), function(one) {
    n <- nrow(one)
    ref <- spline_reference(one$year, one$estimate, rep(1:2, each = n),
                            rep(one$year, 2), step = breaks & one[["break"]],
                            lambda = lambda)
    p <- ref$weights[, 1]
    mean <- vapply(ref$means, \(a) a[, 1], numeric(2 * n))
    list(time = one$year, df = ref$df, sum = function(order, w) {
      # Of order 2 they are weights of steps, of which the first time has none.
      if (order == 2) {
        w <- w / c(Inf, diff(one$year))
        w <- w - c(w[-1], 0)
      }
      w <- c(w, 0 * w)
      mu <- drop(w %*% mean)
      within <- vapply(ref$cov, \(v) drop(w %*% v %*% w), 1)
      est <- sum(p * mu)
      c(est, sqrt(sum(p * (ref$rss[1, ] / ref$df * within + (mu - est)^2))))
    })
  })
}
one_of <- function(i, n) as.numeric(seq_len(n) == i)

# Made once: the reference takes its time.
default_model <- fit_panel(influence = influence_half_life(3),
                           measure = "integral", cor = "independent")
default_reference <- lapply(c(R1 = "R1", R2 = "R2"), function(region) {
  reference_rates(default_model, region)
})

test_that("rates and their intervals are the posterior's", {
  v <- as.data.frame(default_model$rates)
  for (region in c("R1", "R2")) {
    ref <- default_reference[[region]]
    for (order in 1:2) {
      for (code in names(ref)) {
        got <- v[v$region == region & v$code == code & v$order == order, ]
        n <- nrow(got)
        want <- vapply(seq_len(n), \(i) {
          ref[[code]]$sum(order, one_of(i, n))
        }, numeric(2))
        if (order == 2) want[, 1] <- NA
        df <- ref[[code]]$df
        expect_equal(got$estimate, want[1, ], tolerance = 1e-9)
        expect_equal(got$std.error, want[2, ], tolerance = 1e-9)
        expect_equal(got$df, rep(df, n))
        expect_equal(got$conf.high,
                     want[1, ] + stats::qt(0.975, df) * want[2, ],
                     tolerance = 1e-9)
        expect_equal(got$prob.positive,
                     stats::pt(want[1, ] / want[2, ], df), tolerance = 1e-8)
      }
    }
  }
  # one break in one code of one region costs one degree of freedom
  expect_identical(sort(unique(v$df)), c(5, 6))
})

test_that("formulas (1) and (2) and the path carry the posterior's errors", {
  m <- default_model
  for (region in c("R1", "R2")) {
    ref <- default_reference[[region]]
    time <- ref[[1]]$time
    n <- length(time)
    own <- vapply(ref, `[[`, 1, "df")
    parts <- function(order, w) {
      vapply(ref, \(code) code$sum(order, w), numeric(2))
    }
    check <- function(got, p) { # got: a row; p: estimates, errors of the codes
      expect_equal(got$estimate, sum(p[1, ]), tolerance = 1e-9)
      se <- sqrt(sum(p[2, ]^2))
      expect_equal(got$std.error, se, tolerance = 1e-9)
      df <- max(min(own), sum(p[2, ]^2)^2 / sum(p[2, ]^4 / own) / 2)
      expect_equal(got$conf.low, sum(p[1, ]) - stats::qt(0.975, df) * se,
                   tolerance = 1e-8)
    }
    of <- function(x) as.data.frame(x)[x$region == region, ]
    width <- c(0, diff(time))
    tau <- function(at) ifelse(time <= at, 2^(-(at - time) / 3), 0)
    check(of(m$basic), parts(2, tau(time[n]) * width))
    for (k in c(1, 4, n)) {
      one <- parts(1, one_of(k, n))
      got <- of(m$industrial)[k, ]
      check(got, one)
      expect_equal(got$condition, all(one[1, ] > 0))
      expect_equal(got$prob.condition,
                   prod(stats::pt(one[1, ] / one[2, ], own)), tolerance = 1e-8)
      if (k > 1) check(of(m$path)[k - 1, ], parts(2, tau(time[k]) * width))
    }
  }
})

test_that("one lambda, a df, breaks ignored or split: the same posterior", {
  m <- fit_panel(breaks = "ignore", rate = rate_spline(300))
  got <- as.data.frame(m$rates)
  ref <- reference_rates(m, "R1", breaks = FALSE, lambda = 300)$production
  here <- got$region == "R1" & got$code == "production" & got$order == 2
  expect_equal(unlist(got[here, ][3, c("estimate", "std.error")],
                      use.names = FALSE),
               ref$sum(2, one_of(3, 9)), tolerance = 1e-9)

  told <- glance(quiet(dynamic_codes(m$defining, rate_spline(df = 5.5))))
  expect_equal(told$effective.df, c(5.5, 5.5), tolerance = 1e-8)

  # Segments are fits of their own: 4 and 5 times.
  split <- as.data.frame(quiet(dynamic_codes(m$defining, breaks = "split")))
  split <- split[split$region == "R1" & split$code == "production", ]
  d <- as.data.frame(m$defining)
  d <- d[d$region == "R1" & d$code == "production", ]
  for (use in list(1:4, 5:9)) {
    alone <- estimate_rates(d$estimate[use], d$year[use])
    rows <- split$year %in% d$year[use]
    expect_equal(split$estimate[rows], alone$estimate, tolerance = 1e-10)
    expect_equal(split$std.error[rows], alone$std.error, tolerance = 1e-10)
  }
})

test_that("contributions sum to the code, cells move it as they say", {
  rates <- list(rate_spline(), rate_spline("reml"), rate_spline("gcv"),
                rate_spline(50), rate_spline(df = 5))
  data <- spline_panel()
  for (rate in rates) {
    for (breaks in c("shift", "split")) {
      m <- fit_panel(data, rate = rate, breaks = breaks,
                     influence = influence_half_life(4))
      for (by in list("code", "time", "indicator", c("code", "time"),
                      c("indicator", "time"))) {
        parts <- as.data.frame(quiet(contributions(m, by = by)))
        expect_equal(as.vector(rowsum(parts$estimate, parts$region)),
                     m$basic$estimate, tolerance = 1e-10)
      }
      cells <- as.data.frame(quiet(cell_weights(m)))
      k <- which(cells$indicator == "b")[c(2, 8, 15)]
      ref <- as.data.frame(code_reference(m))
      scale <- ref$scale[ref$indicator == "b"]
      changed <- data
      at <- match(paste(cells$region, cells$year)[k],
                  paste(data$region, data$year))
      changed$b[at] <- changed$b[at] + c(1, -2, 3)
      frozen <- quiet(update(m, data = changed, freeze = TRUE))
      move <- rowsum(c(cells$weight[k] * c(1, -2, 3) / scale, 0, 0),
                     c(cells$region[k], "R1", "R2"))
      expect_equal(frozen$basic$estimate - m$basic$estimate, as.vector(move),
                   tolerance = 1e-8)
    }
  }
})

test_that("frozen, the same data give the same model", {
  data <- spline_panel()
  for (rate in list(rate_spline(), rate_spline("reml"), rate_spline(df = 6))) {
    for (breaks in c("shift", "split")) {
      for (cor in c("independent", "residual")) {
        m <- fit_panel(data, rate = rate, breaks = breaks, cor = cor)
        again <- quiet(update(m, data = data, freeze = TRUE))
        for (what in c("rates", "industrial", "basic", "path")) {
          expect_equal(as.data.frame(again[[what]]),
                       as.data.frame(m[[what]]), tolerance = 1e-8)
        }
      }
    }
  }
  m <- fit_panel(data)
  expect_error(update(m, data = data[-3, ], freeze = TRUE),
               class = "nidcode_error_tuning_frozen")
  expect_error(update(m, rate = rate_spline("gcv"), freeze = TRUE),
               class = "nidcode_error_tuning_frozen")
})

test_that("missing years: absent rows and rows of NA are uneven times", {
  full <- spline_panel()
  full$b_status <- NULL
  holes <- full
  rows <- c(3, 6, 14)
  holes[rows, c("a", "b", "c")] <- NA
  fit <- function(d) {
    quiet(code_model(d, spline_scheme, c("region", "year"),
                     normalise = "none"))
  }
  with_na <- fit(holes)
  without <- fit(full[-rows, ])
  expect_equal(with_na$basic$estimate, without$basic$estimate)
  expect_equal(with_na$basic$std.error, without$basic$std.error)
  expect_equal(as.data.frame(with_na$rates), as.data.frame(without$rates))
  at <- predict(with_na, at = full$year[3], order = 0)
  here <- at$region == "R1" & at$code == "social"
  v <- estimate_rates(full$c[c(1:2, 4:5, 7:9)], full$year[c(1:2, 4:5, 7:9)])
  expect_equal(as.data.frame(with_na$rates)$estimate[
    with_na$rates$region == "R1" & with_na$rates$code == "social"], v$estimate)
  expect_gt(at$std.error[here], 0)
})

test_that("short, flat, exact and far series behave in a panel", {
  series <- list(one = 3, two = c(1, 4), three = c(1, 4, 2),
                 four = c(1, 4, 2, 5), five = c(1, 4, 2, 5, 9),
                 flat = rep(0.1, 10), line = 3 * 1:10, square = (1:10)^2,
                 near = sin(1:10), far = 1e9 + sin(1:10),
                 huge = 1e300 * sin(1:10))
  d <- do.call(rbind, lapply(names(series), \(r) {
    data.frame(region = r, year = 2000 + seq_along(series[[r]]),
               x = series[[r]])
  }))
  codes <- quiet(defining_codes(
    code_panel(d, code_scheme("x", "social", codes = nid_codes()[3, ])),
    "none"
  ))
  expect_message(dynamic_codes(codes), class = "nidcode_message_short_series")
  v <- as.data.frame(quiet(dynamic_codes(codes)))
  of <- function(region, order, what = "estimate") {
    v[[what]][v$region == region & v$order == order]
  }
  expect_identical(of("one", 1), NA_real_)
  expect_equal(of("two", 1), c(3, 3))
  expect_identical(of("two", 2), c(NA_real_, NA_real_))
  expect_equal(of("three", 2), c(NA, -5, -5))
  expect_equal(of("four", 2), c(NA, 0, 0, 0))
  for (short in c("one", "two", "three", "four")) {
    expect_true(all(is.na(v$std.error[v$region == short])))
  }
  expect_identical(of("five", 1, "df"), rep(2, 5))
  expect_identical(of("five", 2, "std.error") > 0, c(NA, rep(TRUE, 4)))
  expect_identical(of("flat", 1), rep(0, 10))
  expect_identical(of("flat", 2, "prob.positive"), c(NA, rep(0.5, 9)))
  expect_lt(max(abs(of("line", 1) - 3)), 1e-12)
  expect_lt(max(abs(of("square", 2)[-1] - 2)), 1e-10)
  # Whole numbers: no more than their rounding is unknown.
  expect_lt(max(of("square", 2, "std.error")[-1]), 0.25)
  expect_lt(max(abs(of("far", 1) - of("near", 1))), 1e-5)
  expect_equal(of("huge", 1, "std.error"), of("near", 1, "std.error") * 1e300)

  b <- as.data.frame(quiet(basic_code(codes)))
  row.names(b) <- b$region
  expect_equal(b["four", "estimate"], 0)
  expect_identical(b["four", "std.error"], NA_real_)
  expect_identical(b["two", "estimate"], NA_real_)
  expect_equal(b["square", "estimate"], 18)
  expect_equal(b["huge", "std.error"], b["near", "std.error"] * 1e300)
})

test_that("a df that a series cannot have is the nearest, and this is said", {
  m <- fit_panel()
  expect_message(v <- dynamic_codes(m$defining, rate_spline(df = 40)),
                 class = "nidcode_message_argument")
  expect_equal(glance(v)$effective.df, c(9, 9), tolerance = 1e-6)
  # a step more than the polynomial in one code of one region
  said <- rlang::catch_cnd(dynamic_codes(m$defining, rate_spline(df = 3)),
                           "nidcode_message")
  expect_identical(said$regions, "R1")
  expect_identical(said$n, 1L)
  expect_no_message(dynamic_codes(m$defining, rate_spline(df = 4)))
  expect_no_message(dynamic_codes(m$defining, rate_spline(df = 3), "ignore"))
  said <- rlang::catch_cnd(
    dynamic_codes(m$defining, rate_spline(df = 5), "split"), "nidcode_message"
  )
  expect_identical(said$regions, "R1") # its first segment has 4 times
})

test_that("what rate_spline() cannot be is refused", {
  for (wrong in list("ml", -1, Inf, NA_real_, c(1, 2))) {
    expect_error(rate_spline(wrong), class = "nidcode_error_argument")
  }
  expect_error(rate_spline(2, df = 5), class = "nidcode_error_argument")
  expect_error(rate_spline(df = 0), class = "nidcode_error_argument")
  expect_error(rate_spline(m = 4), class = "nidcode_error_argument")
  m <- fit_panel()
  point <- rate_spline(m = 2, second = "point")
  expect_error(basic_code(m$defining, rate = point),
               class = "nidcode_error_order_undefined")
  two <- as.data.frame(dynamic_codes(m$defining, point))
  expect_true(all(is.na(two$estimate[two$order == 2])))
  expect_false(anyNA(two$estimate[two$order == 1]))
})

test_that("each code has the m of its name", {
  codes <- fit_panel()$defining
  of <- function(m, f = \(r) r, ...) {
    out <- as.data.frame(quiet(f(dynamic_codes(codes, rate_spline(m = m,
                                                                  ...)))))
    split(out[setdiff(names(out), "std.error")], out$code)
  }
  mixed <- c(social = 2, production = 3)
  same <- function(f = \(r) r, ...) {
    both <- of(mixed, f, ...)
    two <- of(2, f, ...)$social
    three <- of(3, f, ...)$production
    expect_identical(both$social, two)
    expect_identical(both$production, three)
    expect_false(isTRUE(all.equal(both$social, of(3, f, ...)$social)))
  }
  for (lambda in list("average", "reml", 10)) same(lambda = lambda)
  same(residuals)
  same(glance)
  same(\(r) predict(r, order = 0:1, at = c(2001.5, 2003)))
  expect_identical(of(c(social = 2)), of(mixed))
  expect_identical(of(c(social = 3, production = 3)), of(3))
  # At a point order 2 needs it of every code.
  both <- do.call(rbind, of(mixed, second = "point"))
  expect_true(all(is.na(both$estimate[both$order == 2])))
  expect_error(basic_code(codes, rate = rate_spline(m = mixed,
                                                    second = "point")),
               class = "nidcode_error_order_undefined")
  expect_message(dynamic_codes(codes, rate_spline(df = 2.5, m = mixed)),
                 "polynomial", class = "nidcode_message_argument")
})

test_that("m by code is printed as it is typed, and kept", {
  typed <- function(m) {
    words <- format(rate_spline(m = m))
    expect_match(words, "^spline \\(average, m = c\\(.*\\)\\)$")
    eval(str2lang(sub("^spline \\(average, m = (.*)\\)$", "\\1", words)))
  }
  for (m in list(c(production = 2), c(social = 3, production = 2),
                 c("a code" = 2, "if" = 3, "back`tick" = 2))) {
    expect_identical(typed(m), m)
  }
  expect_identical(format(rate_spline(m = c(production = 2, social = 3))),
                   "spline (average, m = c(production = 2, social = 3))")
  expect_identical(format(rate_spline()), "spline (average)")
  expect_identical(format(rate_spline(m = 2)), "spline (average, m = 2)")

  named <- rate_spline(m = c(social = 3, production = 3))
  model <- fit_panel(rate = named)
  expect_identical(as.data.frame(model$basic),
                   as.data.frame(fit_panel()$basic))
  again <- quiet(update(model, data = spline_panel(), freeze = TRUE))
  expect_identical(again$args$rate$args$m, named$args$m)
  skip_if_not_installed("openxlsx2")
  file <- withr::local_tempfile(fileext = ".xlsx")
  quiet(write_workbook(model, file))
  back <- quiet(read_workbook(file))
  expect_identical(back$args$rate$args, named$args)
  expect_equal(as.data.frame(back$basic), as.data.frame(model$basic))
})

test_that("an m that cannot be is refused, and said", {
  for (wrong in list(2:3, 4, NA, "2", c(a = 2, b = 4), c(a = 2, 3),
                     c(a = NA), integer(), matrix(2), list(a = 2))) {
    expect_error(rate_spline(m = wrong), class = "nidcode_error_argument")
  }
  expect_error(rate_spline(m = c(a = 2, a = 3)),
               class = "nidcode_error_duplicate_name")
  err <- expect_error(dynamic_codes(fit_panel()$defining,
                                    rate_spline(m = c(growth = 2))),
                      class = "nidcode_error_argument")
  expect_identical(c(err$argument, err$values), c("m", "growth"))
  err <- expect_error(estimate_rates(1:9, 1:9,
                                     rate = rate_spline(m = c(a = 2))),
                      class = "nidcode_error_argument")
  expect_identical(err$argument, "m")
})

test_that("rank intervals come from t intervals of the differences", {
  d <- do.call(rbind, lapply(1:6, \(k) {
    s <- random_series(60 + k, if (k %% 2 == 0) 9 else 11)
    data.frame(region = paste0("R", k), year = s$time, x = s$x)
  }))
  one <- code_scheme("x", "production", codes = nid_codes()[1, ])
  b <- quiet(basic_code(defining_codes(code_panel(d, one), "none"),
                        measure = "integral"))
  got <- as.data.frame(region_ranks(b, conf_level = 0.6))
  got <- got[match(b$region, got$region), ]
  df <- b$n.terms - 3
  for (i in 1:6) {
    var <- b$std.error[i]^2 + b$std.error[-i]^2
    dof <- var^2 / (b$std.error[i]^4 / df[i] + b$std.error[-i]^4 / df[-i])
    gap <- (b$estimate[-i] - b$estimate[i]) / sqrt(var)
    expect_identical(got$rank[i], 1L + sum(gap > 0))
    expect_identical(got$rank.low[i], 1L + sum(gap > stats::qt(0.8, dof)))
    expect_identical(got$rank.high[i], 6L - sum(gap < -stats::qt(0.8, dof)))
  }
  expect_true(any(got$rank.low > 1) && any(got$rank.high < 6))
})
