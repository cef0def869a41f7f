series_rates <- function(rate = rate_spline(), n = 9, seed = 4, breaks = 0L,
                         how = "auto") {
  s <- random_series(seed, n, breaks = breaks)
  v <- suppressMessages(
    dynamic_codes(defining_codes(series_panel(s), "none"), rate, how)
  )
  list(s = s, v = v)
}

draws_of <- function(sim) matrix(sim$estimate, ncol = max(sim$sim))

# Mean within 4.5 standard errors of a mean, sd within 4.5 of its own.
expect_moments <- function(m, mean, sd, kurtosis = 3) {
  n <- ncol(m)
  expect_lt(max(abs(rowMeans(m) - mean) / sd), 4.5 / sqrt(n))
  expect_lt(max(abs(apply(m, 1, stats::sd) / sd - 1)),
            4.5 * sqrt((kurtosis - 1) / 4 / n))
}

t_sd <- function(df) sqrt(df / (df - 2))
t_kurtosis <- function(df) 3 + 6 / (df - 4)

test_that("draws of a fixed lambda have the estimates, errors, correlations", {
  x <- series_rates(rate_spline(500, second = "point"), n = 12)
  sim <- simulate(x$v, 8000, seed = 1, order = 0:2)
  m <- draws_of(sim)
  p <- predict(x$v, order = 0:2)
  expect_identical(nrow(m), nrow(p))
  expect_moments(m, p$estimate, p$std.error * t_sd(9), t_kurtosis(9))
  time <- rep(x$s$time, each = 3)
  ref <- spline_reference(x$s$time, x$s$x, rep(0:2, 12), time, lambda = 500)
  expect_lt(max(abs(cor(t(m)) - cov2cor(ref$cov[[1]]))), 0.06)
})

test_that("draws of the average have the mixture's moments", {
  x <- series_rates(rate_spline(second = "point"), n = 11, breaks = 1L)
  sim <- simulate(x$v, 8000, seed = 2, order = 1:2)
  m <- draws_of(sim)
  ref <- spline_reference(x$s$time, x$s$x, rep(1:2, 11),
                          rep(x$s$time, each = 2), step = x$s$brk)
  expect_equal(x$v$estimate, ref$estimate[, 1], tolerance = 1e-7)
  r <- ref$df
  w <- ref$weights[, 1]
  v <- vapply(ref$cov, diag, numeric(22))
  within <- v %*% (w * ref$rss[1, ] / r)
  between <- x$v$std.error^2 - within
  sd <- sqrt(within * r / (r - 2) + between)
  expect_lt(max(abs(rowMeans(m) - x$v$estimate) / sd), 4.5 / sqrt(8000))
  expect_lt(max(abs(apply(m, 1, sd) / sd - 1)), 0.1)
})

test_that("sums of draws have the errors of Code NID", {
  data <- subset(ural, level == "region")
  one_code <- function(code, rate) {
    scheme <- as_code_scheme(ural_scheme[ural_scheme$code == code, ])
    panel <- code_panel(data, scheme, status = "_status")
    v <- dynamic_codes(panel, rate)
    list(se = suppressWarnings(basic_code(v))$std.error,
         df = v$df[match(unique(data$region), v$region)])
  }
  for (rate in list(rate_spline(800), rate_local(7))) {
    v <- dynamic_codes(code_panel(data, ural_scheme, status = "_status"), rate)
    # Draws of codes are independent.
    nid <- basic_code(v, cor = "independent")
    sim <- simulate(v, 6000, seed = 3, order = 2)
    total <- tapply(sim$estimate, list(sim$region, sim$sim), sum, na.rm = TRUE)
    total <- total[as.character(nid$region), ]
    # Independent codes: variances of t add up, each of its own df.
    parts <- lapply(unique(v$code), one_code, rate = rate)
    variance <- Reduce(`+`, lapply(parts, \(p) p$se^2 * t_sd(p$df)^2))
    expect_moments(total, nid$estimate, sqrt(variance),
                   t_kurtosis(min(parts[[1]]$df)))
    # And formula (2) says the same sum of squares.
    expect_equal(nid$std.error^2, Reduce(`+`, lapply(parts, \(p) p$se^2)))
  }
})

test_that("local and known errors are Student's t and normal", {
  x <- series_rates(rate_local(7), n = 12)
  sim <- simulate(x$v, 6000, seed = 4, order = 1:2)
  expect_moments(draws_of(sim), x$v$estimate, x$v$std.error * t_sd(x$v$df[1]),
                 t_kurtosis(x$v$df[1]))
  x <- series_rates(rate_difference(sd = 0.3), n = 8)
  sim <- simulate(x$v, 6000, seed = 5, order = 1:2)
  m <- draws_of(sim)
  has <- !is.na(x$v$estimate)
  expect_identical(is.na(m[, 1]), !has)
  expect_moments(m[has, ], x$v$estimate[has], x$v$std.error[has])
  # Neighbouring differences share a value: correlation from the steps.
  first <- which(x$v$order == 1L & has)[1:2]
  h <- diff(x$s$time)[1:2]
  expect_equal(cor(m[first[1], ], m[first[2], ]), -0.5, tolerance = 0.1)
})

test_that("a seed repeats itself and leaves the caller's stream alone", {
  x <- series_rates()
  set.seed(11)
  before <- .Random.seed
  a <- simulate(x$v, 3, seed = 7)
  b <- simulate(x$v, 3, seed = 7)
  expect_identical(a, b)
  expect_identical(.Random.seed, before)
  c1 <- simulate(x$v, 3)
  expect_false(identical(.Random.seed, before))
  set.seed(11)
  expect_identical(simulate(x$v, 3)$estimate, c1$estimate)
  expect_false(identical(simulate(x$v, 3, seed = 8)$estimate, a$estimate))
  # Another kind of stream comes back too, also where none had begun.
  kind <- RNGkind()
  suppressWarnings(RNGkind("Wichmann-Hill", "Box-Muller", "Rounding"))
  rm(".Random.seed", envir = globalenv())
  d <- simulate(x$v, 3, seed = 7)
  expect_identical(d, a)
  expect_false(exists(".Random.seed", globalenv(), inherits = FALSE))
  expect_identical(RNGkind(), c("Wichmann-Hill", "Box-Muller", "Rounding"))
  suppressWarnings(do.call(RNGkind, as.list(kind)))
})

test_that("rows are those of the rates, draw after draw", {
  p <- random_panel(104)
  v <- suppressWarnings(suppressMessages(dynamic_codes(panel_of(p))))
  sim <- suppressMessages(simulate(v, 2, seed = 1, order = 1:2))
  expect_s3_class(sim, c("nid_simulation", "nid_table"), exact = FALSE)
  keys <- c("region", "year", "code", "term", "order")
  plain <- as.data.frame(sim)
  for (k in 1:2) {
    expect_equal(plain[plain$sim == k, keys], as.data.frame(v)[keys],
                 ignore_attr = TRUE)
  }
  m <- suppressWarnings(suppressMessages(
    code_model(p$data, scheme_of(p), status = "_status")))
  expect_identical(
    suppressMessages(simulate(m, 2, seed = 1, order = 1:2))$estimate,
    sim$estimate
  )
})

test_that("segments of a split series are drawn apart", {
  x <- series_rates(rate_spline(300), n = 16, seed = 8, breaks = 1L,
                    how = "split")
  m <- draws_of(simulate(x$v, 4000, seed = 6))
  v1 <- x$v[x$v$order == 1L, ]
  expect_lt(max(abs(rowMeans(m) - v1$estimate) / v1$std.error, na.rm = TRUE),
            0.1)
  has <- which(!is.na(v1$std.error))
  skip_if(length(unique(cumsum(x$s$brk)[has])) < 2L)
  r <- cor(t(m[has, ]))
  side <- cumsum(x$s$brk)[has]
  expect_lt(max(abs(r[side == 0, side == 1])), 0.1)
  expect_gt(max(abs(r[side == 0, side == 0] - diag(sum(side == 0)))), 0.3)
})

test_that("a frozen tuning is the one drawn from", {
  d <- subset(ural, region_code == "FD-U")
  m <- code_model(d, ural_scheme, index = "year")
  u <- update(m, freeze = TRUE)
  expect_equal(simulate(u, 5, seed = 1)$estimate,
               simulate(m, 5, seed = 1)$estimate, tolerance = 1e-8)
})

test_that("without an error there is nothing to draw, and this is said", {
  v <- dynamic_codes(code_panel(subset(ural, region_code == "FD-U"),
                                ural_scheme, index = "year"),
                     rate_difference())
  expect_error(simulate(v), class = "nidcode_error_no_error")
  short <- data.frame(region = rep(c("a", "b"), c(4, 8)),
                      year = c(1:4, 1:8), x = c(1, 3, 2, 5, 1:6, 9, 8))
  v <- dynamic_codes(defining_codes(
    code_panel(short, code_scheme("x", "social")), "none"))
  expect_message(sim <- simulate(v, 2, seed = 1),
                 class = "nidcode_message_no_error")
  expect_identical(is.na(sim$estimate), sim$region == "a")
  expect_error(simulate(v, nsim = 0), class = "nidcode_error_argument")
  expect_error(simulate(v, seed = "a"), class = "nidcode_error_argument")
  expect_error(simulate(v, order = 3), class = "nidcode_error_argument")
})

test_that("exact data give exact paths", {
  d <- data.frame(region = rep(c("flat", "line"), each = 8),
                  year = rep(1:8, 2), x = c(rep(pi, 8), 3 * (1:8) + pi))
  v <- dynamic_codes(defining_codes(
    code_panel(d, code_scheme("x", "social")), "none"))
  sim <- simulate(v, 3, seed = 1, order = 0:2)
  expect_identical(is.na(sim$estimate), sim$order == 2L & sim$year == 1)
  flat <- sim[sim$region == "flat", ]
  expect_identical(flat$estimate, rep(c(pi, 0, NA, rep(c(pi, 0, 0), 7)), 3))
  line <- sim[sim$region == "line" & sim$order == 1L, ]
  expect_equal(line$estimate, rep(3, 24), tolerance = 1e-10)
})

test_that("more draws than a table has rows are refused", {
  data <- data.frame(region = rep(c("A", "B"), each = 6), year = 2001:2006,
                     x = c(3, 5, 4, 7, 9, 8, 5, 6, 8, 9, 8, 12))
  panel <- code_panel(data, code_scheme("x", "production"))
  rates <- suppressWarnings(dynamic_codes(panel))
  error <- expect_error(simulate(rates, .Machine$integer.max),
                        class = "nidcode_error_size")
  expect_identical(error$n, 12 * .Machine$integer.max)
})
