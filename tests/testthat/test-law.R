# The law of an estimate, read at any level.

test_that("limits are those of Student's t, normal where df is infinite", {
  law <- list(estimate = c(1, 2, -1), std.error = c(0.5, 1, 0.1),
              df = c(3, Inf, 7.5))
  for (level in c(0.5, 0.9, 0.999)) {
    got <- at_level(law, level)
    half <- qt((1 + level) / 2, law$df) * law$std.error
    expect_equal(got$conf.low, law$estimate - half)
    expect_equal(got$conf.high, law$estimate + half)
    expect_equal(got$prob.positive, pt(law$estimate / law$std.error, law$df))
    expect_identical(got$df, law$df)
  }
})

test_that("without an error there is none, and no df", {
  none <- at_level(list(estimate = 1:3 + 0, df = NA_real_), 0.95)
  expect_identical(unique(unlist(none)), NA_real_)
  expect_identical(lengths(none, use.names = FALSE), rep(3L, 5))
})

test_that("a zero known exactly is as likely above as below", {
  got <- at_level(list(estimate = c(0, 0, 1), std.error = c(0, NA, 0),
                       df = Inf), 0.95)
  expect_identical(got$prob.positive, c(0.5, NA, 1))
})

test_that("a table at another level is the verb's own at that level", {
  p <- code_panel(hand_regions, hand_scheme())
  at <- function(level) {
    v <- silently(dynamic_codes(p, conf_level = level))
    list(v, silently(basic_code(v, conf_level = level)),
         silently(code_path(v, conf_level = level)),
         silently(industrial_code(v, conf_level = level)))
  }
  for (k in 1:4) {
    expect_identical(relevel(as_plain_tibble(at(0.95)[[k]]), 0.5),
                     as_plain_tibble(at(0.5)[[k]]))
  }
})

test_that("an interval is a point only where the error is 0", {
  got <- at_level(list(estimate = c(1, -3, 0, 2, 5), df = Inf,
                       std.error = c(1e-20, 1e-30, 1e-200, 0, 1)), 0.95)
  expect_identical(got$conf.low < got$conf.high,
                   c(TRUE, TRUE, TRUE, FALSE, TRUE))
  expect_identical(c(got$conf.low[1], got$conf.high[2]),
                   c(1, -3) * (1 - 2^-52))
  expect_identical(got$conf.low[4], 2)
  line <- estimate_rates(1e6 * (1:9), 1:9)[-2, ]
  expect_true(all(line$std.error > 0))
  expect_true(all(line$conf.low < line$conf.high))
})
