# Probabilities of four phases -------------------------------------------------

moves_of <- function(v, a, cor, df = 9, se = c(1, 1)) {
  n <- max(length(v), length(a), length(cor))
  list(v = rep_len(v, n), a = rep_len(a, n), cor = rep_len(cor, n),
       df = rep_len(df, n), std.error = matrix(se, n, 2L, byrow = TRUE))
}

# The integral of the help page, by an adaptive rule.
quadrant <- function(x, y, rho, df) {
  given <- function(u) {
    t <- stats::qt(pmin(pmax(u, 1e-300), 1 - 1e-16), df)
    stats::pt((y + rho * t) * sqrt((df + 1) / ((1 - rho^2) * (df + t^2))),
              df + 1)
  }
  stats::integrate(given, stats::pt(-x, df), 1, rel.tol = 1e-10,
                   subdivisions = 2000L)$value
}

test_that("phases are probabilities of a bivariate t", {
  cases <- expand.grid(v = c(-2, -0.3, 0, 1.5), a = c(-1, 0.2, 2.5),
                       rho = c(-0.9, -0.4, 0, 0.5, 0.8), df = c(1, 3, 9))
  p <- phase_probabilities(moves_of(cases$v, cases$a, cases$rho, cases$df))
  want <- mapply(quadrant, cases$v, cases$a, cases$rho, cases$df)
  expect_lt(max(abs(p[, 4] - want)), 1e-6)
  expect_equal(rowSums(p), rep(1, nrow(p)), tolerance = 1e-12)
  expect_equal(p[, 4] + p[, 3], stats::pt(cases$v, cases$df),
               tolerance = 1e-10)
  expect_equal(p[, 4] + p[, 2], stats::pt(cases$a, cases$df),
               tolerance = 1e-10)
  # At 0 it is an angle; without correlation normal errors are independent.
  angle <- phase_probabilities(moves_of(0, 0, c(-0.7, 0.3)))[, 4]
  expect_equal(angle, 0.25 + asin(c(-0.7, 0.3)) / (2 * pi), tolerance = 1e-9)
  normal <- phase_probabilities(moves_of(0.4, -1, 0, Inf))
  expect_equal(normal[, 4], stats::pnorm(0.4) * stats::pnorm(-1),
               tolerance = 1e-7)
})

test_that("the corners of it have their numbers", {
  p <- phase_probabilities(moves_of(c(1, 1, 1), c(1, 1, 2), c(1, -1, 1), 5))
  expect_equal(p[1, ], c(1 - stats::pt(1, 5), 0, 0, stats::pt(1, 5)))
  expect_equal(p[2, 4], 2 * stats::pt(1, 5) - 1, tolerance = 1e-10)
  expect_equal(p[3, ], c(1 - stats::pt(2, 5), stats::pt(2, 5) - stats::pt(1, 5),
                         0, stats::pt(1, 5)), tolerance = 1e-10)
  near <- phase_probabilities(moves_of(0.58, -0.5801, 0.999999, 4))
  want <- stats::pt(0.58, 4) + stats::pt(-0.5801, 4) - near[, 4]
  expect_true(all(near >= 0) && want <= 1)
  far <- phase_probabilities(moves_of(c(1e200, -1e200), 1e200, 0.5, 3))
  expect_equal(far, rbind(c(0, 0, 0, 1), c(0, 1, 0, 0)), tolerance = 1e-12)
  none <- phase_probabilities(moves_of(c(NA, 1), 1, c(0.5, NA)))
  expect_true(all(is.na(none)))
})

test_that("quadrature agrees with draws of the same t", {
  n <- 1e5
  withr::with_seed(11, {
    z <- matrix(stats::rnorm(2 * n), n)
    s <- sqrt(stats::rchisq(n, 7) / 7)
  })
  rho <- 0.6
  v <- 0.5 + z[, 1] / s
  a <- -0.4 + (rho * z[, 1] + sqrt(1 - rho^2) * z[, 2]) / s
  p <- phase_probabilities(moves_of(0.5, -0.4, rho, 7))
  seen <- c(mean(v <= 0 & a <= 0), mean(v <= 0 & a > 0),
            mean(v > 0 & a <= 0), mean(v > 0 & a > 0))
  expect_lt(max(abs(p - seen)), 5 * sqrt(0.25 / n))
})

test_that("nodes are those of Gauss and Legendre", {
  g <- gauss_legendre(48L)
  for (k in c(0, 1, 7, 95)) {
    expect_equal(sum(g$weight * g$at^k), 1 / (k + 1), tolerance = 1e-12)
  }
})

# Phases of codes and of Code ID -----------------------------------------------

# No series is a line: its residuals are rounding alone.
phase_data <- transform(hand_regions, y = y + c(0, 0.5, 0, 0.2))
phase_panel <- function() code_panel(phase_data, hand_scheme())
phase_rates <- function(rate = rate_spline(), panel = phase_panel(),
                        normalise = "none") {
  suppressMessages(dynamic_codes(defining_codes(panel, normalise), rate))
}

test_that("signs without error make phases", {
  d <- data.frame(year = 2001:2006, x = c(0, 4, 6, 6, 4, 0))
  # V by differences 4, 2, 0, -2, -4; A = -2.
  rates <- suppressMessages(dynamic_codes(
    hand_codes(d$x, d$year), rate_difference()
  ))
  p <- code_phases(rates)
  expect_identical(as.character(p$phase),
                   c(NA, "slowdown", "decline", "decline", "decline"))
  expect_true(all(is.na(p$prob)) && all(is.na(p$sure)))
  flat <- suppressMessages(dynamic_codes(
    hand_codes(rep(1, 5), 2001:2005), rate_difference()
  ))
  expect_true(all(is.na(code_phases(flat)$phase)))
  one <- code_phases(suppressMessages(dynamic_codes(hand_codes(1, 2001),
                                                    rate_difference())))
  expect_identical(nrow(one), 0L)
  expect_identical(in_words(one), "No time has a phase.")
  expect_null(summary(one)$recessions)
  expect_identical(levels(p$phase),
                   c("decline", "recovery", "slowdown", "advance"))
  expect_true(is.ordered(p$phase))
})

test_that("margins are those of rates and of Code ID", {
  for (rate in list(rate_spline(), rate_spline(m = 2), rate_local(),
                    rate_spline(second = "point"),
                    rate_local(second = "step"), rate_central(sd = 1))) {
    rates <- phase_rates(rate)
    p <- code_phases(rates, "codes")
    v <- rates[rates$order == 1L, ]
    a <- rates[rates$order == 2L, ]
    has <- !is.na(p$prob.advance)
    expect_gt(sum(has), 10)
    expect_identical(has, !is.na(a$prob.positive) & !is.na(v$prob.positive))
    both <- as.matrix(as.data.frame(p)[c("prob.decline", "prob.recovery",
                                         "prob.slowdown", "prob.advance")])
    expect_equal(rowSums(both)[has], rep(1, sum(has)), tolerance = 1e-12,
                 ignore_attr = TRUE)
    expect_equal((both[, 4] + both[, 3])[has], v$prob.positive[has],
                 tolerance = 1e-10)
    expect_equal((both[, 4] + both[, 2])[has], a$prob.positive[has],
                 tolerance = 1e-10)
    id <- code_phases(rates)
    one <- industrial_code(rates)
    has <- !is.na(id$prob.advance)
    expect_gt(sum(has), 3)
    expect_equal((id$prob.advance + id$prob.slowdown)[has],
                 one$prob.positive[has], tolerance = 1e-10)
    expect_identical(id$region, one$region)
    expect_true(all(abs(id$cor) <= 1, na.rm = TRUE))
    expect_identical(id$sure, id$prob >= 0.95)
  }
})

test_that("Code ID of one code has that code's phases", {
  for (rate in list(rate_spline(), rate_spline(second = "point"))) {
    rates <- suppressMessages(dynamic_codes(hand_codes(), rate))
    id <- as.data.frame(code_phases(rates))
    own <- as.data.frame(code_phases(rates, "codes"))
    names <- c("year", "phase", "prob.advance", "prob.decline", "cor", "sure")
    expect_equal(id[names], own[names], tolerance = 1e-9)
    expect_true(all(id$dominant == "production"))
    expect_equal(id$prob.dominant, rep(1, 6))
  }
})

test_that("codes that share noise move the correlation of Code ID", {
  # Both codes the same series: Code ID is twice the code.
  d <- data.frame(region = "A", year = 2001:2012,
                  x = c(1, 3, 2, 5, 6, 5, 8, 9, 13, 12, 15, 16))
  d$y <- d$x
  panel <- code_panel(d, code_scheme(c("x", "y"), c("production", "social")))
  for (rate in list(rate_spline(), rate_spline(second = "point"),
                    rate_local())) {
    fit <- as_fit(suppressMessages(dynamic_codes(
      defining_codes(panel, "none"), rate
    )), NULL)
    own <- code_moves(fit)
    own <- own$cor[own$code == "production"]
    id <- industrial_moves(fit, matrix(1, 2, 2))
    expect_equal(id$cor, own, tolerance = 1e-7)
    alone <- industrial_moves(fit, "independent")
    expect_equal(alone$cor, own, tolerance = 1e-7)
  }
})

test_that("what moves up and down moves phases with it", {
  flip <- c(advance = "decline", slowdown = "recovery", recovery = "slowdown",
            decline = "advance")
  base <- code_phases(phase_rates())
  up <- phase_data
  up[3:5] <- up[3:5] + 100
  expect_equal(as.data.frame(code_phases(phase_rates(
    panel = code_panel(up, hand_scheme())
  ))), as.data.frame(base), tolerance = 1e-6)
  down <- phase_data
  down[3:5] <- -down[3:5]
  turned <- code_phases(phase_rates(panel = code_panel(down, hand_scheme())))
  expect_identical(as.character(turned$phase),
                   unname(flip[as.character(base$phase)]))
  expect_equal(turned$prob.advance, base$prob.decline, tolerance = 1e-9)
  expect_equal(turned$prob.recovery, base$prob.slowdown, tolerance = 1e-9)
  expect_equal(turned$cor, base$cor, tolerance = 1e-9)
})

test_that("reversed time turns V alone, at a point", {
  x <- c(1, 3, 2, 5, 6, 5, 8, 9, 13, 12)
  ahead <- code_phases(suppressMessages(dynamic_codes(
    hand_codes(x, 2001:2010), rate_spline(second = "point")
  )))
  back <- code_phases(suppressMessages(dynamic_codes(
    hand_codes(rev(x), 2001:2010), rate_spline(second = "point")
  )))
  expect_equal(rev(back$prob.advance), ahead$prob.recovery, tolerance = 1e-8)
  expect_equal(rev(back$prob.slowdown), ahead$prob.decline, tolerance = 1e-8)
  expect_equal(rev(back$cor), -ahead$cor, tolerance = 1e-8)
})

# Codes that lead and codes that fall ------------------------------------------

test_that("the code that leads is the largest, and how likely it is", {
  m <- rbind(c(2, 1, 0), c(0.5, 0.4, -Inf), c(0, 0, 0))
  se <- matrix(c(1, 0.5, 2), 3, 3, byrow = TRUE)
  df <- matrix(c(5, 9, Inf), 3, 3, byrow = TRUE)
  got <- lead_probability(m, se, df, c(1L, 1L, 3L), NULL)
  truth <- function(m, lead) {
    stats::integrate(\(x) {
      out <- stats::dt((x - m[lead]) / se[1, lead], df[1, lead]) / se[1, lead]
      for (k in setdiff(which(is.finite(m)), lead)) {
        out <- out * stats::pt((x - m[k]) / se[1, k], df[1, k])
      }
      out
    }, -Inf, Inf, rel.tol = 1e-9)$value
  }
  expect_equal(got, c(truth(m[1, ], 1), truth(m[2, ], 1), truth(m[3, ], 3)),
               tolerance = 1e-4)
  # Normal errors that go together, by draws of our own.
  rho <- matrix(c(0.5, -0.2, 0.3), 1)
  r <- matrix(c(1, 0.5, -0.2, 0.5, 1, 0.3, -0.2, 0.3, 1), 3)
  z <- withr::with_seed(3, matrix(stats::rnorm(3e5), ncol = 3)) %*% chol(r)
  x <- t(t(z) * se[1, ] + m[1, ])
  joint <- lead_probability(m[1, , drop = FALSE], se[1, , drop = FALSE],
                            matrix(Inf, 1, 3), 1L, rho)
  expect_lt(abs(joint - mean(max.col(x) == 1L)), 0.025)
  two <- lead_probability(m[1, 1:2, drop = FALSE], se[1, 1:2, drop = FALSE],
                          matrix(Inf, 1, 2), 1L, matrix(0.5))
  expect_equal(two, stats::pnorm(1 / sqrt(1 + 0.25 - 0.5)), tolerance = 1e-12)
})

test_that("defects are codes that fall while Code ID grows", {
  d <- data.frame(region = "A", year = 2001:2006, x = 5 * (1:6) + (1:6)^2,
                  y = -(1:6), z = -2 * (1:6))
  p <- code_phases(suppressMessages(dynamic_codes(
    defining_codes(code_panel(d, hand_scheme()), "none"), rate_difference()
  )))
  expect_identical(p$defect, rep("institutional, social", 5))
  expect_identical(p$dominant, rep("production", 5))
  d$x <- 1.5 * (1:6)
  p <- code_phases(suppressMessages(dynamic_codes(
    defining_codes(code_panel(d, hand_scheme()), "none"), rate_difference()
  )))
  expect_identical(p$defect, rep("", 5))
  expect_identical(p$dominant, rep("social", 5))
  rates <- phase_rates()
  id <- industrial_code(rates)
  expect_equal(code_phases(rates)$prob.defect,
               pmax(id$prob.positive - id$prob.condition, 0))
})

# What is made of them ---------------------------------------------------------

test_that("recessions are runs of Code ID below 0", {
  # V by differences: 2, -1, -2, 1, -3.
  rates <- suppressMessages(dynamic_codes(
    hand_codes(c(0, 2, 1, -1, 0, -3), c(2001:2005, 2007)), rate_difference()
  ))
  s <- summary(code_phases(rates))
  r <- s$recessions
  expect_identical(as.integer(r$from), c(2003L, 2007L))
  expect_identical(as.integer(r$to), c(2004L, 2007L))
  expect_identical(r$length, c(2L, 1L))
  expect_equal(r$depth, c(-2, -1.5))
  expect_equal(r$loss, c(-3, -3))
  expect_true(all(is.na(r$prob)))
  expect_identical(sum(s$transitions), 3L)
  expect_null(summary(code_phases(rates, "codes"))$recessions)
})

test_that("a model's phases are summed up, said and drawn", {
  regions <- subset(ural, level == "region")
  model <- code_model(regions, ural_scheme, status = "_status")
  old <- withr::with_seed(5, stats::runif(1))
  withr::with_seed(5, {
    p <- code_phases(model)
    s <- summary(p)
    expect_identical(stats::runif(1), old)
  })
  expect_identical(as.data.frame(p), as.data.frame(code_phases(model$rates)))
  expect_equal(rowSums(s$shares)[-1], rep(1, nrow(s$shares) - 1),
               ignore_attr = TRUE)
  expect_true(all(s$recessions$prob > 0 & s$recessions$prob <= 1))
  expect_match(capture.output(print(s)), "change phase slowly", all = FALSE)
  told <- capture.output(print(summary(model)))
  expect_match(told, "last time: recovery 1, ", all = FALSE)
  expect_match(told, "estimate std.error conf.low conf.high", all = FALSE)
  said <- in_words(p)
  expect_identical(said[1L], "No phase is sure at the last time (95%).")
  expect_length(said, 5L)
  expect_match(said[-1L], "(advance|slowdown|recovery|decline) since 20")
  strip <- ggplot2::layer_data(ggplot2::autoplot(p), 1L)
  expect_identical(nrow(strip), sum(!is.na(p$phase)))
  codes <- code_phases(model, "codes")
  strip <- ggplot2::layer_data(ggplot2::autoplot(codes), 1L)
  expect_identical(nrow(strip), sum(!is.na(codes$phase)))
  words <- in_words(codes)
  last <- codes$year == max(codes$year)
  expect_identical(sum(codes$sure[last]), 1L)
  expect_identical(words[1L],
                   "At the last time 1 of 12 phases is sure (95%): advance 1.")
  # What is sure comes first.
  expect_match(words[2L], "^Tyumen .*, production: .*surely since")
  expect_match(words[-1L], "production|institutional|social")
  expect_error(code_phases(model$basic), class = "nidcode_error_argument")
  expect_error(code_phases(model, "code"), class = "nidcode_error_argument")
  expect_error(code_phases(model, conf_level = 2),
               class = "nidcode_error_level")
  line <- suppressMessages(dynamic_codes(
    hand_codes(), rate_spline(m = 2, second = "point")
  ))
  expect_error(code_phases(line), class = "nidcode_error_order_undefined")
})

test_that("the phase plane has the ellipse of the last time", {
  model <- suppressMessages(code_model(phase_data, hand_scheme(),
                                       normalise = "none"))
  p <- ggplot2::autoplot(model, "phases")
  fit <- get_fit(model$rates)
  last <- n_rows(fit$def$panel)
  layers <- lapply(seq_along(p$layers), \(k) ggplot2::layer_data(p, k))
  ring <- layers[[which(vapply(layers, nrow, 1L) == 6L * 61L)]]
  v <- model$rates[model$rates$order == 1L, ]
  v <- v[v$code == "social" & v$region == "B", ]
  v <- v[nrow(v), ]
  reach <- sqrt(2 * stats::qf(0.5, 2, v$df))
  high <- tapply(ring$y, list(ring$PANEL, ring$group), max)
  expect_lt(min(abs(high - (v$estimate + reach * v$std.error)), na.rm = TRUE),
            0.002 * v$std.error)
  known <- suppressMessages(code_model(phase_data, hand_scheme(),
                                       rate = rate_central(sd = 1)))
  q <- ggplot2::autoplot(known, "phases")
  expect_lt(length(q$layers), length(p$layers))
})

test_that("phases of which no error is known lead by none", {
  expect_identical(joint_probability(matrix(0, 0L, 2L), matrix(0, 0L, 1L)),
                   numeric())
})

test_that("where there is no phase nobody leads", {
  two <- subset(ural, level == "region" & year > 2014)
  rates <- quietly(dynamic_codes(code_panel(two, ural_scheme,
                                            status = "_status")))
  words <- in_words(quietly(code_phases(rates)))
  expect_match(words, "no phase", all = FALSE)
  expect_false(any(grepl("led by", words)))
})
