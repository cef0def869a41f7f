quiet <- function(code) suppressMessages(suppressWarnings(code))

# Series as regions of one code.
codes_of <- function(...) {
  series <- list(...)
  d <- do.call(rbind, lapply(names(series), \(r) {
    data.frame(region = r, year = series[[r]]$time, x = series[[r]]$x,
               x_status = ifelse(series[[r]]$brk, "break", "ok"))
  }))
  scheme <- code_scheme("x", "production", codes = nid_codes()[1, ])
  defining_codes(code_panel(d, scheme, status = "_status"), "none")
}

# From the reference's residual operators B: fitted y - By, leverage 1 - B_ii,
# sigma^2 = RSS / r, all averaged over lambda.
reference_residuals <- function(s, lambda = NULL) {
  grid <- reference_grid(s$time, s$brk)
  lambdas <- if (is.null(lambda)) reference_lambdas(grid) else lambda
  b <- lapply(lambdas, \(l) dd_of(reference_smoother(grid, l)$b))
  ref <- spline_reference(s$time, s$x, 0, s$time[1], s$brk, lambda = lambda)
  p <- ref$weights[, 1]
  mean <- Reduce(`+`, Map(`*`, b, p))
  resid <- drop(mean %*% s$x)
  sigma <- sqrt(sum(p * ref$rss[1, ] / ref$df))
  list(resid = resid, std = resid / (sigma * sqrt(diag(mean))), b = mean,
       sigma = sigma, edf = length(s$x) - sum(diag(mean)), weights = p)
}

test_that("spline residuals and what glance() says of them", {
  one <- random_series(31, 9)
  two <- random_series(32, 10, breaks = 1L)
  for (lambda in list(NULL, 40)) {
    rate <- if (is.null(lambda)) rate_spline() else rate_spline(lambda)
    v <- dynamic_codes(codes_of(a = one, b = two), rate)
    ref <- lapply(list(one, two), reference_residuals, lambda = lambda)
    got <- as.data.frame(residuals(v))
    expect_equal(got$.value, c(one$x, two$x))
    expect_equal(got$.fitted + got$.resid, got$.value)
    expect_equal(got$.resid, c(ref[[1]]$resid, ref[[2]]$resid),
                 tolerance = 1e-9)
    expect_equal(got$.std.resid, c(ref[[1]]$std, ref[[2]]$std),
                 tolerance = 1e-9)
    expect_equal(got$.fitted, predict(v, order = 0)$estimate)

    told <- glance(v)
    expect_identical(told$n.series, 2L)
    expect_identical(told$nobs, 19L)
    expect_equal(told$effective.df, (ref[[1]]$edf + ref[[2]]$edf) / 2)
    expect_equal(told$sigma, sqrt((ref[[1]]$sigma^2 + ref[[2]]$sigma^2) / 2))
    ends <- sapply(ref, \(r) r$weights[c(1, length(r$weights))])
    want <- if (is.null(lambda)) rowMeans(ends) else c(NA_real_, NA_real_)
    expect_equal(c(told$lambda.first, told$lambda.last), want)
    scaled <- lapply(ref, \(r) r$resid / r$sigma)
    expect_equal(told$dw, sum(diff(scaled[[1]])^2, diff(scaled[[2]])^2) /
                   sum(unlist(scaled)^2))
    trace <- rowSums(sapply(ref, \(r) c(sum(diag(diff(t(diff(r$b))))),
                                        sum(diag(r$b)))))
    expect_equal(told$dw.expected, trace[1] / trace[2])
  }
})

test_that("under a split each segment has residuals of its own", {
  s <- random_series(33, 12, breaks = 1L)
  v <- quiet(dynamic_codes(codes_of(a = s), breaks = "split"))
  got <- residuals(v)
  first <- cumsum(s$brk) == 0
  for (use in list(first, !first)) {
    alone <- list(time = s$time[use], x = s$x[use], brk = rep(FALSE, sum(use)))
    want <- residuals(quiet(dynamic_codes(codes_of(a = alone))))
    expect_equal(got$.resid[use], want$.resid)
    expect_equal(got$.std.resid[use], want$.std.resid)
  }
})

test_that("one local parabola: residuals of lm()", {
  s <- random_series(34, 9)
  v <- dynamic_codes(codes_of(a = s), rate_local(9))
  fit <- stats::lm(x ~ poly(time, 2), s)
  got <- residuals(v)
  expect_equal(got$.resid, unname(stats::resid(fit)))
  expect_equal(got$.std.resid, unname(stats::rstandard(fit)))
  told <- glance(v)
  expect_equal(told$effective.df, 3)
  expect_equal(told$sigma, stats::sigma(fit))
  e <- stats::resid(fit)
  expect_equal(told$dw, sum(diff(e)^2) / sum(e^2))
  expect_identical(told$lambda.first, NA_real_)
})

test_that("white errors about a parabola meet the Durbin-Watson expected", {
  time <- 1:12
  make <- function(noise) {
    y <- time / 4 - time^2 / 50 + 0.1 * noise
    do.call(codes_of, lapply(stats::setNames(1:300, paste0("r", 1:300)), \(k) {
      list(time = time, x = y[, k], brk = rep(FALSE, 12))
    }))
  }
  white <- with_stream(35, matrix(stats::rnorm(12 * 300), 12))
  told <- glance(dynamic_codes(make(white), rate_spline(200)))
  expect_equal(told$dw, told$dw.expected, tolerance = 0.04)
  # Errors that go together with those of the year before show below it.
  red <- apply(rbind(0, white), 2, \(e) stats::filter(e, 0.7, "recursive"))
  told <- glance(dynamic_codes(make(red[-1, ]), rate_spline(200)))
  expect_lt(told$dw, told$dw.expected - 0.2)
})

test_that("where there is no fit, no residual and no number", {
  s <- random_series(36, 9)
  v <- dynamic_codes(codes_of(a = s), rate_central())
  expect_error(residuals(v), class = "nidcode_error_needs_fit")
  told <- glance(v)
  expect_identical(told$nobs, 9L)
  expect_true(all(is.na(told[c("effective.df", "sigma", "dw")])))

  short <- list(time = 1:4, x = c(1, 3, 2, 5), brk = rep(FALSE, 4))
  v <- dynamic_codes(codes_of(a = short))
  expect_true(all(is.na(residuals(v)$.std.resid)))
  expect_identical(glance(v)$dw, NA_real_)

  # An interpolation leaves rounding, not residuals.
  v <- dynamic_codes(codes_of(a = s), rate_spline(df = 9))
  told <- glance(v)
  expect_identical(c(told$dw, told$dw.expected), c(NA_real_, NA_real_))
  expect_equal(told$effective.df, 9)

  huge <- s
  huge$x <- s$x * 1e300
  a <- glance(dynamic_codes(codes_of(a = s)))
  b <- glance(dynamic_codes(codes_of(a = huge)))
  expect_equal(b$sigma, a$sigma * 1e300)
  expect_equal(b$dw, a$dw)
})

test_that("the residual picture draws the table and says its Durbin-Watson", {
  skip_if_not_installed("ggplot2")
  regions <- subset(ural, level == "region")
  m <- code_model(regions, ural_scheme, status = "_status")
  p <- ggplot2::autoplot(m, "residuals")
  r <- residuals(m)
  expect_identical(as.data.frame(r), as.data.frame(residuals(m$rates)))
  drawn <- ggplot2::layer_data(p, 3)
  expect_equal(sort(drawn$y), sort(r$.std.resid))
  told <- glance(m$rates)
  for (i in 1:3) {
    expect_match(levels(p$data$panel)[i], sprintf("%.2f, expected %.2f",
                                                  told$dw[i],
                                                  told$dw.expected[i]))
  }
  means <- tapply(r$.std.resid, paste(r$code, r$year), mean)
  expect_equal(sort(ggplot2::layer_data(p, 4)$y), sort(as.vector(means)))
  one <- ggplot2::autoplot(r, regions = "Kurgan Oblast")
  expect_identical(nrow(ggplot2::layer_data(one, 3)), 36L)
  expect_error(ggplot2::autoplot(r, regions = "Omsk"),
               class = "nidcode_error_argument")
})

test_that("a time alone between breaks has no residual; the others count", {
  y <- c(0, -1.1, 1.1, 0, -1.2, 0.7)
  d <- data.frame(region = "A", year = 2001:2006, x = y,
                  x_status = rep(c("ok", "break"), c(5, 1)))
  codes <- function(d) {
    defining_codes(code_panel(d, code_scheme("x", "production",
                                             codes = nid_codes()[1, ]),
                              status = "_status"), "none")
  }
  v <- dynamic_codes(codes(d), rate_local(5), "split")
  alone <- dynamic_codes(codes(d[1:5, ]), rate_local(5), "split")
  e <- residuals(v)
  expect_identical(is.na(e$.resid), rep(c(FALSE, TRUE), c(5, 1)))
  expect_equal(e$.resid[1:5], residuals(alone)$.resid)
  same <- c("effective.df", "sigma", "dw", "dw.expected")
  expect_equal(glance(v)[same], glance(alone)[same])
  # One parabola over five times has three degrees of freedom.
  expect_equal(glance(v)$effective.df, 3)
})
