# Limits by Student's t for many degrees of freedom at once.

limits_of <- function(df, level) {
  half <- t_limits_cpp(rep(0, length(df)), rep(1, length(df)), df, level)
  expect_identical(half$low, -half$high)
  half$high
}

test_that("quantiles are stats::qt(), whole df to the last digit", {
  df <- c(1:30, 511, Inf)
  more <- c(512, 1e4, 1e9)
  for (level in c(0.5, 0.9, 0.95, 0.999)) {
    expect_identical(limits_of(df, level), stats::qt((1 + level) / 2, df))
    expect_equal(limits_of(more, level), stats::qt((1 + level) / 2, more),
                 tolerance = 1e-13)
  }
})

test_that("between whole df they are those of a smooth curve", {
  withr::local_seed(3)
  df <- c(1 / runif(3000), 1 + 1e-12, 2 - 1e-9, 4 + 1e-9, 16.0001, 1e6 + 0.5)
  for (level in c(0.5, 0.95, 0.999, 1 - 1e-6)) {
    theirs <- stats::qt((1 - level) / 2, df, lower.tail = FALSE)
    expect_lt(max(abs(limits_of(df, level) / theirs - 1)), 1e-9)
  }
  # Below 1 df one by one.
  expect_equal(limits_of(c(0.3, 0.9), 0.95), stats::qt(0.975, c(0.3, 0.9)))
})

test_that("levels may differ, and what is not known stays so", {
  level <- c(0.5, 0.9, 0.99)
  expect_identical(limits_of(c(3, 4.5, Inf), level),
                   stats::qt((1 + level) / 2, c(3, 4.5, Inf)))
  got <- t_limits_cpp(c(1, NA, 2), c(NA, 1, 1), c(3, 3, NA), 0.95)
  expect_identical(is.na(unlist(got, use.names = FALSE)), rep(TRUE, 6))
  expect_true(is.na(t_limits_cpp(1, 1, 0, 0.95)$low))
  expect_error(t_limits_cpp(1, c(1, 1), 3, 0.95),
               class = "nidcode_error_internal")
})
