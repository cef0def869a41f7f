# Second-order rates over a step: A(t_i) is what V changes by from the time
# before, per unit of time, an exact functional of the posterior of V.

skip_on_cran()

# What a posterior says of weighted sums of its V: `w` has a row for each time
# and a column for each sum.
speed_sums <- function(time, y, w, step = rep(FALSE, length(time)), m = 3) {
  w <- as.matrix(w)
  r <- spline_reference(time, y, rep(1, length(time)), time, step, m)
  p <- r$weights[, 1]
  s2 <- r$rss[1, ] / r$df
  mean <- vapply(r$means, \(a) drop(crossprod(w, a[, 1])), numeric(ncol(w)))
  var <- vapply(r$cov, \(v) diag(t(w) %*% v %*% w), numeric(ncol(w)))
  mean <- matrix(mean, ncol(w))
  var <- matrix(var, ncol(w))
  est <- drop(mean %*% p)
  list(estimate = est, df = r$df,
       std.error = sqrt(drop(var %*% (p * s2) + (mean - est)^2 %*% p)))
}

# Rows of changes: the i-th column gives (V(t_i) - V(t_(i-1)))/(t_i - t_(i-1)).
change_weights <- function(time) {
  n <- length(time)
  out <- matrix(0, n, n)
  for (i in 2:n) {
    h <- time[i] - time[i - 1]
    out[i, i] <- 1 / h
    out[i - 1, i] <- -1 / h
  }
  out[, -1]
}

quietly <- function(code) suppressMessages(suppressWarnings(code))

# A panel of two codes, one indicator each, whose holes and breaks differ.
step_data <- function(seed = 31) {
  withr::with_seed(seed, {
    time <- 2000 + cumsum(c(0, round(stats::runif(13, 0.5, 2), 3)))
    walk <- \() cumsum(cumsum(stats::rnorm(14)))
    d <- data.frame(region = rep(c("A", "B", "C"), each = 14),
                    time = rep(time, 3), x = c(walk(), walk(), walk()),
                    y = c(walk(), walk(), walk()), x_status = "ok",
                    y_status = "ok")
    d$x[c(4, 16)] <- NA
    d$y[c(6, 9, 10, 16, 24)] <- NA
    d$x_status[c(8, 37)] <- "break"
    d$y_status[22] <- "break"
    d[!(d$region == "C" & d$time < time[3]), ]
  })
}

step_panel <- function(d = step_data()) {
  quietly(code_panel(d, code_scheme(c("x", "y"), c("production", "social")),
                     index = c("region", "time"), status = "_status"))
}

# A code of a region as it is observed: times, values, where breaks begin.
own_series <- function(d, region, name) {
  d <- d[d$region == region, ]
  starts <- cumsum(d[[paste0(name, "_status")]] == "break")
  d$segment <- starts
  d <- d[!is.na(d[[name]]), ]
  list(time = d$time, y = d[[name]],
       step = c(FALSE, diff(d$segment) > 0), segment = d$segment)
}

# Formula (2) of a region by its definition, step by step.
nid_by_steps <- function(d, region, m, tau, measure, split = FALSE) {
  own <- list(x = own_series(d, region, "x"), y = own_series(d, region, "y"))
  common <- intersect(own$x$time, own$y$time)
  broken <- \(from, to) any(vapply(own, \(s) {
    all <- d[d$region == region, ]
    any(s$segment[s$time == to] != s$segment[s$time == from])
  }, NA))
  w <- numeric(length(common))
  terms <- 0
  for (i in seq_along(common)[-1]) {
    if (split && broken(common[i - 1], common[i])) next
    h <- common[i] - common[i - 1]
    u <- if (measure == "sum") 1 else h
    a <- tau(common[length(common)] - common[i]) * u / h
    w[i] <- w[i] + a
    w[i - 1] <- w[i - 1] - a
    terms <- terms + 1
  }
  parts <- lapply(names(own), \(name) {
    s <- own[[name]]
    on <- numeric(length(s$time))
    on[match(common, s$time)] <- w
    if (!split) {
      return(speed_sums(s$time, s$y, on, s$step, m[[name]]))
    }
    cut <- lapply(split(seq_along(on), s$segment), \(at) {
      if (any(on[at] != 0)) speed_sums(s$time[at], s$y[at], on[at], m = m[[name]])
    })
    cut <- Filter(Negate(is.null), cut)
    list(estimate = sum(vapply(cut, `[[`, 1, "estimate")),
         std.error = sqrt(sum(vapply(cut, `[[`, 1, "std.error")^2)))
  })
  list(estimate = sum(vapply(parts, `[[`, 1, "estimate")),
       std.error = sqrt(sum(vapply(parts, `[[`, 1, "std.error")^2)),
       n.terms = terms, time.first = common[2])
}

test_that("a step's rate is an exact functional of the posterior", {
  withr::local_seed(81)
  for (case in list(c(9, 3, 0), c(10, 2, 0), c(12, 3, 2), c(11, 2, 1))) {
    n <- case[1]
    time <- 1990 + cumsum(stats::runif(n, 0.3, 2))
    step <- seq_len(n) %in% sample(3:n, case[3])
    y <- cumsum(cumsum(stats::rnorm(n))) + 3 * step
    truth <- speed_sums(time, y, change_weights(time), step, case[2])
    rate <- rate_spline(m = case[2])
    series <- plain_series(y, grids_of(list(time), list(step)), 1L, rate)
    series$breaks <- "shift"
    r <- estimate_series(series, c(2L, 0L, 1L))
    expect_identical(is.na(r$estimate[, 1]), seq_len(n) == 1)
    size <- max(abs(truth$estimate))
    expect_lt(max(abs(r$estimate[-1, 1] - truth$estimate)) / size, 1e-9)
    expect_lt(max(abs(r$std.error[-1, 1] / truth$std.error - 1)), 1e-9)
    expect_equal(r$df, truth$df)
    # The others are what they are without it, whatever the order asked for.
    alone <- estimate_series(series, 0:1)
    expect_identical(r$estimate[, 2:3], alone$estimate)
    expect_identical(r$std.error[, 2:3], alone$std.error)
    expect_identical(estimate_series(series, 2L)$estimate[, 1],
                     r$estimate[, 1])
  }
})

test_that("on equal steps of a parabola it is the second difference", {
  y <- 3 * (1:7)^2 - 5 * (1:7)
  for (rate in list(rate_spline(), rate_local(second = "step"),
                    rate_local(degree = 1, span = 3, second = "step"))) {
    r <- estimate_rates(y, 1:7, rate = rate, order = 2)
    expect_identical(is.na(r$estimate), 1:7 == 1)
    inner <- r$estimate[3:6]
    expect_equal(inner, rep(6, 4), tolerance = 1e-6)
  }
})

test_that("the shortest series, and those with breaks", {
  second <- function(n, m, breaks = 0) {
    step <- seq_len(n) %in% (1 + seq_len(breaks))
    series <- plain_series((1:n)^2 + 5 * cumsum(step),
                           grids_of(list(1:n), list(step)), 1L,
                           rate_spline(m = m))
    series$breaks <- "shift"
    r <- estimate_series(series, 2L)
    there <- rate_defined(series, 2L)
    expect_identical(!is.na(r$estimate[, 1]), there)
    c(sum(there), sum(!is.na(r$std.error)))
  }
  # m = 3: three times make a parabola, five an error.
  expect_equal(lapply(1:5, second, m = 3),
               list(c(0, 0), c(0, 0), c(2, 0), c(3, 0), c(4, 4)))
  # m = 2: four, and then with an error: a line's rate does not change.
  expect_equal(lapply(1:5, second, m = 2),
               list(c(0, 0), c(0, 0), c(0, 0), c(3, 3), c(4, 4)))
  # A break asks for one more.
  expect_equal(lapply(3:6, second, m = 3, breaks = 1),
               list(c(0, 0), c(3, 0), c(4, 0), c(5, 5)))
  expect_equal(lapply(4:5, second, m = 2, breaks = 1),
               list(c(0, 0), c(4, 4)))
})

test_that("local: differences of its own V, errors from the same residuals", {
  withr::local_seed(5)
  time <- 2000 + cumsum(stats::runif(11, 0.4, 2))
  y <- cumsum(stats::rnorm(11))
  step <- seq_along(time) == 7
  for (breaks in c("shift", "split")) {
    series <- plain_series(y, grids_of(list(time), list(step)), 1L,
                           rate_local(span = 4, second = "step"))
    series$breaks <- breaks
    r <- estimate_series(series, 1:2)
    v <- series_operator(series, 1L, 1L)
    map <- diff(v) / diff(time)
    there <- c(FALSE, breaks == "shift" | !step[-1])
    expect_identical(!is.na(r$estimate[, 2]), there)
    expect_identical(rate_defined(series, 2L), there)
    expect_equal(r$estimate[there, 2], drop(map %*% y)[there[-1]],
                 tolerance = 1e-12)
    expect_equal(r$std.error[there, 2],
                 r$sigma * sqrt(rowSums(map^2))[there[-1]], tolerance = 1e-12)
  }
})

test_that("formula (2) is between common times: the dense posterior", {
  d <- step_data()
  codes <- quietly(defining_codes(step_panel(d), "none"))
  half <- \(lag) 2^(-lag / 3)
  measures <- list("sum", "integral", c("sum", "integral"))
  orders <- list(c(x = 3, y = 3), c(x = 2, y = 2), c(x = 2, y = 3))
  for (k in some_of(3:1)) {
    m <- orders[[k]]
    rate <- rate_spline(m = stats::setNames(m, c("production", "social")))
    for (measure in measures[[k]]) {
      b <- quietly(basic_code(codes, influence_half_life(3), measure, rate,
                              cor = "independent"))
      for (r in 1:3) {
        want <- nid_by_steps(d, b$region[r], m, half, measure)
        expect_equal(b$estimate[r], want$estimate, tolerance = 1e-9)
        expect_equal(b$std.error[r], want$std.error, tolerance = 1e-9)
        expect_identical(b$n.terms[r], as.integer(want$n.terms))
        expect_identical(b$time.first[r], want$time.first)
      }
    }
  }
  cut <- quietly(dynamic_codes(codes, rate_spline(), breaks = "split"))
  b <- quietly(basic_code(cut, influence_half_life(3), "integral",
                          cor = "independent"))
  for (r in 1:3) {
    want <- nid_by_steps(d, b$region[r], c(x = 3, y = 3), half, "integral",
                         TRUE)
    expect_equal(b$estimate[r], want$estimate, tolerance = 1e-9)
    expect_equal(b$std.error[r], want$std.error, tolerance = 1e-9)
    expect_identical(b$n.terms[r], as.integer(want$n.terms))
  }
})

# sum_c w_c (V_c(last) - V_c(first)) over the common times of each region.
ends_of_speed <- function(rates, segments = NULL) {
  v <- as.data.frame(rates)
  v <- v[v$order == 1, ]
  vapply(split(v, v$region), \(one) {
    by <- split(one, one$code)
    common <- Reduce(intersect, lapply(by, `[[`, "time"))
    cut <- if (is.null(segments)) rep(0, length(common)) else
      segments(one$region[1], common)
    sum(vapply(by, \(x) {
      at <- x$estimate[match(common, x$time)]
      sum(tapply(at, cut, \(s) s[length(s)] - s[1]))
    }, 1))
  }, 1)
}

test_that("equal influence, integral: V at the end less V at the start", {
  d <- step_data()
  codes <- quietly(defining_codes(step_panel(d), "none"))
  of_times <- function(region, common) {
    own <- lapply(c("x", "y"), \(name) own_series(d, region, name))
    Reduce(`+`, lapply(own, \(s) s$segment[match(common, s$time)]))
  }
  for (rate in list(rate_spline(), rate_spline(m = 2),
                    rate_local(second = "step"),
                    rate_spline(m = c(production = 2)))) {
    rates <- quietly(dynamic_codes(codes, rate))
    b <- quietly(basic_code(rates, measure = "integral"))
    size <- max(abs(b$estimate))
    expect_lt(max(abs(b$estimate - ends_of_speed(rates))) / size, 1e-12)
    cut <- quietly(dynamic_codes(codes, rate, breaks = "split"))
    b <- quietly(basic_code(cut, measure = "integral"))
    expect_lt(max(abs(b$estimate - ends_of_speed(cut, of_times))) / size,
              1e-12)
  }
})

test_that("parts, paths, cells and a normalised influence agree with the sum", {
  d <- step_data()
  d$z <- d$y^2
  d$z_status <- "ok"
  scheme <- code_scheme(c("x", "y", "z"), c("production", "social", "social"))
  panel <- quietly(code_panel(d, scheme, c("region", "time"),
                              status = "_status"))
  for (influence in list(influence_half_life(3),
                         influence_linear(normalise = TRUE))) {
    m <- quietly(code_model(panel, rate = rate_spline(m = c(social = 2)),
                            influence = influence, measure = "integral"))
    for (by in list("code", "time", "indicator", c("time", "code"))) {
      parts <- quietly(contributions(m, by))
      expect_equal(c(rowsum(parts$estimate, parts$region)), m$basic$estimate,
                   tolerance = 1e-10)
    }
    expect_identical(c(table(quietly(contributions(m, "time"))$region),
                       use.names = FALSE), m$basic$n.terms)
    w <- quietly(cell_weights(m, "normalised"))
    z <- as.data.frame(quietly(defining_codes(panel)))
    expect_s3_class(w, "nid_cell_weights")
    for (kind in c("stock", "partial")) {
      path <- quietly(code_path(m, kind = kind))
      last <- !duplicated(path$region, fromLast = TRUE)
      expect_equal(path$estimate[last], m$basic$estimate, tolerance = 1e-10)
      expect_equal(path$std.error[last], m$basic$std.error, tolerance = 1e-10)
      expect_identical(path$time[!duplicated(path$region)],
                       m$basic$time.first)
    }
  }
  # Constant rates over steps: a normalised influence gives the rate.
  line <- data.frame(region = "A", time = c(1, 2, 4, 7, 8, 11), x = 0)
  line$x <- line$time^2
  one <- code_panel(line, code_scheme("x", "production", codes = alone),
                    c("region", "time"))
  b <- basic_code(defining_codes(one, "none"),
                  influence_half_life(2, normalise = TRUE), "integral")
  expect_equal(b$estimate, 2)
  expect_identical(b$n.terms, 5L)
})

test_that("frozen tuning and an edited value: linear in the data", {
  d <- step_data()
  m <- quietly(code_model(step_panel(d), normalise = "none",
                          rate = rate_spline(m = c(production = 2))))
  w <- quietly(cell_weights(m))
  edited <- d
  edited$x[9] <- edited$x[9] + 0.7
  again <- quietly(update(m, data = edited, freeze = TRUE))
  own <- w$weight[w$region == "A" & w$time == d$time[9] & w$indicator == "x"]
  expect_equal(again$basic$estimate[1] - m$basic$estimate[1], 0.7 * own,
               tolerance = 1e-9)
})

test_that("draws of A are the changes of its own draws of V", {
  codes <- quietly(defining_codes(step_panel(), "none"))
  for (breaks in c("shift", "split")) {
    rates <- quietly(dynamic_codes(codes, rate_spline(), breaks = breaks))
    s <- quietly(as.data.frame(simulate(rates, 2, seed = 1, order = c(2, 1))))
    r <- as.data.frame(rates)
    for (one in split(s, s[c("region", "code", "sim")])) {
      v <- one$estimate[one$order == 1]
      a <- one$estimate[one$order == 2]
      time <- one$time[one$order == 1]
      own <- r[r$region == one$region[1] & r$code == one$code[1] &
                 r$order == 2, ]
      none <- is.na(own$std.error)
      expect_identical(is.na(a), none)
      change <- c(NA, diff(v) / diff(time))
      expect_identical(a[!none], change[!none])
    }
    alone <- quietly(simulate(rates, 2, seed = 1, order = 2))
    expect_identical(alone$estimate,
                     quietly(simulate(rates, 2, seed = 1,
                                      order = 2:1))$estimate[s$order == 2])
  }
})

test_that("draws have the posterior's spread, bands hold together", {
  withr::local_seed(3)
  y <- cumsum(cumsum(stats::rnorm(10)))
  panel <- code_panel(data.frame(region = "A", time = 1:10, x = y),
                      code_scheme("x", "production", codes = alone),
                      c("region", "time"))
  codes <- defining_codes(panel, "none")
  rates <- dynamic_codes(codes, rate_spline(50))
  s <- as.data.frame(simulate(rates, 20000, seed = 2, order = 2))
  r <- as.data.frame(rates)[2 * (2:10), ]
  spread <- vapply(2:10, \(t) {
    x <- s$estimate[s$time == t]
    c(mean(x), mean((x - mean(x))^2))
  }, numeric(2))
  of_t <- r$std.error * sqrt(r$df / (r$df - 2))
  expect_lt(max(abs(spread[1, ] - r$estimate) / of_t), 5 / sqrt(20000))
  expect_lt(max(abs(spread[2, ] / of_t^2 - 1)), 0.1)
  wide <- as.data.frame(dynamic_codes(codes, rate_spline(50),
                                      interval = "simultaneous"))[2 * (2:10), ]
  inside <- tapply(abs(s$estimate[s$time > 1] - r$estimate) <=
                     wide$conf.high - r$estimate, s$sim[s$time > 1], all)
  expect_lt(abs(mean(inside) - 0.95), 0.02)
  expect_true(all(wide$conf.high >= r$conf.high))
})

test_that("derivatives stay with predict() and new times", {
  withr::local_seed(9)
  y <- cumsum(cumsum(stats::rnorm(9)))
  new <- estimate_rates(y, 1:9, at = 1:9, order = 2)
  point <- estimate_rates(y, 1:9, rate = rate_spline(second = "point"),
                          order = 2)
  expect_equal(new$estimate, point$estimate, tolerance = 1e-12)
  expect_identical(get_spec(new)$second, "at a point")
  expect_message(none <- estimate_rates(y, 1:9, at = 2.5,
                                        rate = rate_spline(m = 2)),
                 class = "nidcode_message_order_undefined")
  expect_identical(is.na(none$estimate), c(FALSE, TRUE))
  rates <- quietly(dynamic_codes(step_panel(), rate_spline(m = c(social = 2))))
  told <- expect_message(p <- predict(rates),
                         class = "nidcode_message_order_undefined")
  expect_identical(told$codes, "social")
  expect_identical(is.na(p$estimate), p$order == 2 & p$code == "social")
  expect_identical(get_spec(p)$second, "at a point")
  expect_identical(get_spec(rates)$second, "over a step")
  expect_match(format(get_spec(rates)), "second order: over a step")
  local <- quietly(dynamic_codes(step_panel(), rate_local(second = "step")))
  own <- quietly(dynamic_codes(step_panel(), rate_local()))
  expect_identical(quietly(predict(local, order = 2))$estimate,
                   own$estimate[own$order == 2])
})

test_that("uneven steps of a region are told under a plain sum", {
  of <- function(time, measure = "sum") {
    d <- data.frame(region = "B", time = time, x = time^2)
    scheme <- code_scheme("x", "production", codes = alone)
    basic_code(code_panel(d, scheme, c("region", "time")), measure = measure)
  }
  class <- "nidcode_message_uneven_terms"
  told <- expect_message(of(c(1, 2, 3, 4, 7, 8)), class = class)
  expect_identical(told$n, c(1, 3))
  expect_identical(told$regions, "B")
  expect_message(of(c(1, 3, 5, 7)), NA, class = class)
  expect_message(of(c(0, 31, 59, 90, 120) / 365.25), NA, class = class)
  expect_message(of(c(1, 2, 3, 4, 7, 8), "integral"), NA, class = class)
})

test_that("rates of plain vectors know how to be accumulated", {
  d <- subset(step_data(), region == "A")
  h <- influence_half_life(3)
  panel <- code_panel(d[c("time", "x")],
                      code_scheme("x", "production", codes = alone), "time")
  for (measure in c("sum", "integral")) {
    b <- quietly(basic_code(defining_codes(panel, "none"), h, measure))
    r <- estimate_rates(d$x, d$time)
    a <- accumulate_rates(r, influence = h, measure = measure)
    expect_equal(a$estimate, b$estimate, tolerance = 1e-10)
    expect_identical(a$n.terms, b$n.terms)
    two <- r[r$order == 2, ]
    expect_identical(accumulate_rates(two$estimate, two$time, influence = h,
                                      measure = measure, width = "step"), a)
    path <- quietly(code_path(defining_codes(panel, "none"), h, measure))
    own <- accumulate_path(r, influence = h, measure = measure)
    expect_identical(own$time, path$time)
    expect_equal(own$estimate, path$estimate, tolerance = 1e-10)
  }
  # A hole: the step over it is one of 3, of the rate that ends there.
  a <- accumulate_rates(c(NA, 1, NA, 2, NA), c(1, 2, 3, 6, 9),
                        measure = "integral", width = "step",
                        influence = influence_half_life(1))
  expect_equal(a$estimate, 2^-4 * 1 + 3 * 2)
  expect_identical(a$n.terms, 2L)
  e <- expect_error(accumulate_rates(1:3, 1:3, width = "step"),
                    class = "nidcode_error_argument")
  expect_identical(e$rows, 1L)
  expect_error(accumulate_rates(estimate_rates(1:5, 1:5), 1:5),
               class = "nidcode_error_argument")
  expect_error(accumulate_rates(estimate_rates(1:5, 1:5, order = 1)),
               class = "nidcode_error_argument")
  point <- estimate_rates(d$x, d$time, rate = rate_spline(second = "point"))
  two <- point[point$order == 2, ]
  expect_identical(accumulate_rates(point, measure = "integral"),
                   accumulate_rates(two$estimate, two$time,
                                    measure = "integral"))
})

test_that("what it does not take is refused", {
  for (second in list("neither", 1, NA_character_, c("step", "point"))) {
    expect_error(rate_spline(second = second), class = "nidcode_error_argument")
    expect_error(rate_local(second = second), class = "nidcode_error_argument")
  }
  expect_error(basic_code(step_panel(), rate = rate_spline(m = 2,
                                                           second = "point")),
               class = "nidcode_error_order_undefined")
  expect_error(accumulate_rates(1:3, 1:3, width = "wide"),
               class = "nidcode_error_argument")
  expect_output(print(rate_spline()), "Second order: over a step.")
  expect_output(print(rate_local()), "Second order: at a point.")
})
