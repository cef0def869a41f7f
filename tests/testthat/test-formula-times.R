# Where the codes of a region meet.

two <- function(d) {
  s <- code_scheme(c("x", "y"), c("production", "social"))
  silently(get_fit(dynamic_codes(defining_codes(code_panel(d, s), "none"),
                                 rate_difference())))
}

test_that("codes on the same grids share them", {
  times <- common_times(two(hand_regions[c("region", "year", "x", "y")]))
  expect_true(times$simple)
  expect_identical(times$pattern, c(1L, 1L))
  expect_identical(times$time, 2001:2006 + 0)
})

test_that("codes on other grids meet where all are observed", {
  d <- hand_regions[c("region", "year", "x", "y")]
  d$x[c(2, 8)] <- NA
  d$y[12] <- NA
  fit <- two(d)
  times <- common_times(fit)
  expect_false(times$simple)
  expect_identical(times$pattern, 1:2)
  expect_identical(split(times$time, pool_owner(times)),
                   list(`1` = c(2001, 2003:2006), `2` = c(2001, 2003:2005)))
  # The place of each in its code's own pool.
  for (i in 1:2) {
    expect_identical(fit$codes[[i]]$pool$time[times$at[[i]]], times$time)
  }
  # A term needs three values of every code up to it.
  expect_identical(times$time[common_terms(fit, times, 2L)],
                   c(2004:2006, 2004:2005) + 0)
})

test_that("a region without a code meets by the others", {
  d <- hand_regions[c("region", "year", "x", "y")]
  d$x[1:6] <- NA
  times <- common_times(two(d))
  expect_identical(times$codes[, 1] == 0L, c(TRUE, FALSE)[times$pattern])
  expect_identical(times$time, rep(2001:2006 + 0, 2))
})
