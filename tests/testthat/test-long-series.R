# One long series: interrupts are answered inside it, its cost does not grow
# with the square of its length, and what would take minutes is refused.

long_grids <- function(n, step = integer(n)) {
  list(offset = c(0L, n), time = as.double(seq_len(n)), step = step)
}

test_that("a pulse asks inside a block, and stops all threads", {
  for (threads in 1:2) {
    expect_gte(test_pulse_cpp(100, threads, 1000L), 40)
    err <- expect_error(test_pulse_cpp(100, threads, 3L),
                        class = "nidcode_error_internal")
    expect_identical(err$reason, "asked enough")
  }
})

test_that("one series asks more than once", {
  set.seed(1)
  spline <- fit_spline(rnorm(250), 1L, grids_of(list(1:250)))
  expect_gte(spline$asked, 3)
  n <- 50000L
  local <- rates_of(rate_local(), sin(seq_len(n)), 1L)
  expect_gte(local$asked, 2)
})

test_that("rates of a long series are those of its pieces", {
  x <- sin((1:5000)^1.1)
  for (rate in list(rate_difference(sd = 1), rate_central(sd = 1),
                    rate_local(), rate_local(span = 7, kernel = "tricube"))) {
    long <- estimate_rates(x, 1:5000, rate = rate)
    at <- 2000:2100
    piece <- estimate_rates(x[at], at, rate = rate)
    inner <- 2010:2090
    columns <- c("time", "order", "estimate")
    expect_equal(as.data.frame(long)[long$time %in% inner, columns],
                 as.data.frame(piece)[piece$time %in% inner, columns],
                 ignore_attr = TRUE)
  }
})

test_that("a wide window is the fit of one polynomial to all its values", {
  set.seed(2)
  time <- cumsum(runif(40, 0.5, 1.5))
  y <- rnorm(40)
  r <- estimate_rates(y, time, rate = rate_local(width = 1000))
  for (i in c(1, 17, 40)) {
    beta <- unname(coef(lm(y ~ I(time - time[i]) + I((time - time[i])^2))))
    expect_equal(r$estimate[r$time == time[i]], c(beta[2], 2 * beta[3]))
  }
  # n - 2 tr S + tr S'S of a projection of rank 3.
  wide <- bare_series(rate_local(width = 1000), grids_of(list(time)))
  expect_equal(grid_df(wide), 37)
})

test_that("a spline of too many times is refused, told where", {
  n <- spline_most + 1L
  x <- sin(seq_len(n))
  err <- expect_error(estimate_rates(x, seq_len(n)),
                      class = "nidcode_error_size")
  expect_identical(err$n, n)
  expect_match(conditionMessage(err), "rate_local()", fixed = TRUE)
  expect_error(estimate_rates(x, seq_len(n), rate = rate_local()), NA)
  d <- data.frame(region = rep(c("short", "long"), c(10, n)),
                  year = c(1:10, seq_len(n)), x = c(1:10, x))
  p <- code_panel(d, code_scheme("x", "production", codes = alone))
  verbs <- list(dynamic_codes, basic_code, code_path, code_model,
                function(p) basic_code(defining_codes(p)))
  for (verb in verbs) {
    err <- expect_error(verb(p), class = "nidcode_error_size")
    expect_identical(err$regions, "long")
    expect_identical(err$codes, "production")
    expect_identical(err$n, n)
    expect_identical(err$limit, spline_most)
  }
  expect_error(suppressMessages(basic_code(p, rate = rate_local())), NA)
  err <- expect_error(
    estimate_rates(d$x, d$year, d$region, rate = rate_spline(lambda = 1)),
    class = "nidcode_error_size")
  expect_identical(err$regions, "long")
})

test_that("the limit counts the times of a part, and is itself allowed", {
  rate <- rate_spline()
  check <- function(n, breaks = "shift", step = integer(n)) {
    check_rate_sizes(c(bare_series(rate, long_grids(n, step), breaks),
                       list(of = 1L)), NULL, NULL)
  }
  expect_null(check(spline_most))
  expect_error(check(spline_most + 1L), class = "nidcode_error_size")
  step <- replace(integer(spline_most + 1L), 500, 1L)
  expect_error(check(spline_most + 1L, "shift", step),
               class = "nidcode_error_size")
  expect_null(check(spline_most + 1L, "split", step))
  # A grid that no region has does no harm.
  expect_null(check_rate_sizes(c(bare_series(rate, long_grids(spline_most + 1L)),
                                 list(of = 0L)), "A", NULL))
})

test_that("draws of too many times and orders are refused", {
  n <- draw_most %/% 2L + 1L
  p <- code_panel(data.frame(year = seq_len(n), x = sin(seq_len(n)^2)),
                  code_scheme("x", "production", codes = alone), "year")
  v <- dynamic_codes(p, rate = rate_spline(lambda = 1e4))
  err <- expect_error(simulate(v, 2, order = 0:1), class = "nidcode_error_size")
  expect_identical(err$limit, draw_most %/% 2L)
  expect_error(simulate(dynamic_codes(p, rate = rate_local()), 2, order = 1:2),
               NA)
})

test_that("simultaneous intervals of too many times are refused", {
  n <- draw_most %/% 2L + 1L
  p <- code_panel(data.frame(year = seq_len(n), x = sin(seq_len(n)^2)),
                  code_scheme("x", "production", codes = alone), "year")
  for (rate in list(rate_spline(lambda = 1e4), rate_local())) {
    err <- expect_error(dynamic_codes(p, rate = rate,
                                      interval = "simultaneous"),
                        class = "nidcode_error_size")
    expect_identical(err$n, n)
  }
})

test_that("sums at each of too many times are refused, one sum is not", {
  n <- times_most + 1L
  p <- code_panel(data.frame(year = seq_len(n), x = sin(seq_len(n))),
                  code_scheme("x", "production", codes = alone), "year")
  v <- dynamic_codes(defining_codes(p, "none"), rate = rate_central())
  for (verb in list(code_path, function(v) contributions(v, "time"))) {
    err <- expect_error(verb(v), class = "nidcode_error_size")
    expect_identical(err$n, n)
    expect_identical(err$limit, times_most)
  }
  # The second differences of sin() add up to the slopes at the ends.
  expect_equal(basic_code(v)$estimate,
               sum(diff(sin(seq_len(n)), differences = 2)) +
                 diff(sin(1:3), differences = 2) +
                 diff(sin(n - 2:0), differences = 2))
  expect_error(contributions(v, "indicator"), NA)
})

test_that("a product in slices is the product", {
  a <- matrix(sin(1:60), 12)
  b <- matrix(cos(1:20), 5)
  expect_equal(sliced_product(a, b, operations = 50), a %*% b)
  expect_equal(sliced_product(a, b), a %*% b)
})

test_that("many new times of a spline are the same in any number", {
  y <- sin((1:12)^2)
  at <- seq(1, 12, length.out = 1200)
  all <- estimate_rates(y, 1:12, at = at)
  few <- estimate_rates(y, 1:12, at = at[c(1, 600, 1200)])
  same <- as.data.frame(all)[all$time %in% few$time, ]
  expect_equal(same, as.data.frame(few), ignore_attr = TRUE)
})
