# Two codes of raw numbers: V of x 1 2 3 5 2, of y 0 1 2 -1 2.
one <- hand_regions[1:6, c("year", "x", "y")]
xy <- function(weight = c(1, 1)) {
  codes <- nid_codes()[1:2, ]
  codes$weight <- weight
  code_scheme(c("x", "y"), c("production", "institutional"), codes = codes)
}
raw_xy <- function(data = one, ...) {
  defining_codes(code_panel(data, xy(...), index = "year"), "none")
}

test_that("shape, columns, defaults", {
  p <- code_panel(hand_regions, hand_scheme())
  i <- industrial_code(p)
  expect_table(i, "industrial", c(
    region = "character", year = "integer", estimate = "double",
    std.error = "double", conf.low = "double", conf.high = "double",
    prob.positive = "double", df = "double", condition = "logical",
    prob.condition = "double", n.codes = "integer"
  ))
  expect_identical(nrow(i), 12L)
  expect_identical(industrial_code(p, rate_spline(), "auto", 0.95), i)
  expect_identical(
    format(attr(i, "spec")),
    paste("Code ID, formula (1): rate spline (average, m = 3); order 3",
          "assumed: 2 regions cannot test it; second order: over a",
          "step; cor residual (rho -0.52 to 0.42, at least: few times);",
          "normalise zscore; reference panel; 95% intervals.")
  )
})

test_that("it is the sum of the dynamic codes, by hand", {
  i <- industrial_code(raw_xy(), rate_difference())
  # 2001 has no difference and no row.
  expect_identical(i$year, 2002:2006)
  expect_equal(i$estimate, c(1, 3, 5, 4, 4))
  expect_identical(i$condition, c(FALSE, TRUE, TRUE, FALSE, TRUE))
  expect_identical(i$n.codes, rep(2L, 5))
  expect_true(all(is.na(i$std.error) & is.na(i$prob.condition)))
})

test_that("weights of the codes multiply, the condition is of the V alone", {
  i <- industrial_code(raw_xy(weight = c(2, 0.5)), rate_difference(sd = 1))
  expect_equal(i$estimate, 2 * c(1, 2, 3, 5, 2) + 0.5 * c(0, 1, 2, -1, 2))
  expect_identical(i$condition, c(FALSE, TRUE, TRUE, FALSE, TRUE))
  # Each V has variance 2; weights 4 and 1/4 of it.
  expect_equal(i$std.error, rep(sqrt(8.5), 5))
})

test_that("a violation keeps its row", {
  down <- raw_xy(transform(one, x = -x, y = -y))
  i <- industrial_code(down, rate_difference())
  expect_equal(i$estimate, -c(1, 3, 5, 4, 4))
  expect_false(any(i$condition))
})

test_that("errors are independent, normal for a given sd", {
  i <- industrial_code(raw_xy(), rate_difference(sd = c(production = 1,
                                                        institutional = 2)))
  # Var = 2 (1 + 4).
  expect_equal(i$std.error, rep(sqrt(10), 5))
  expect_equal(i$conf.low, i$estimate - qnorm(0.975) * sqrt(10))
  expect_equal(i$prob.positive, pnorm(i$estimate / sqrt(10)))
  v <- cbind(c(1, 2, 3, 5, 2), c(0, 1, 2, -1, 2))
  expect_equal(i$prob.condition,
               pnorm(v[, 1] / sqrt(2)) * pnorm(v[, 2] / sqrt(8)))
})

test_that("errors of fits: half of Satterthwaite's df, or the least", {
  r <- dynamic_codes(raw_xy(), rate_local())
  i <- industrial_code(r, cor = "independent", conf_level = 0.9)
  v <- as.data.frame(r)
  v <- v[v$order == 1, ]
  se2 <- matrix(v$std.error^2, 2)
  df <- colSums(se2)^2 / colSums(se2^2 / matrix(v$df, 2)) / 2
  df <- pmax(df, apply(matrix(v$df, 2), 2, min))
  expect_equal(i$std.error, sqrt(colSums(se2)))
  expect_equal(i$conf.high, i$estimate + qt(0.95, df) * i$std.error)
  expect_equal(i$prob.positive, pt(i$estimate / i$std.error, df))
  expect_equal(i$prob.condition,
               apply(matrix(v$prob.positive, 2), 2, prod))
})

test_that("prob.condition is the product of prob.positive, also of zeros", {
  # y does not move and is known exactly: either sign is as likely.
  d <- raw_xy(transform(one, y = 5))
  rate <- rate_difference(sd = c(production = 1, institutional = 0))
  i <- industrial_code(d, rate)
  r <- as.data.frame(dynamic_codes(d, rate))
  p <- matrix(r$prob.positive[r$order == 1 & r$year > 2001], 2)
  expect_equal(p[2, ], rep(0.5, 5))
  expect_equal(i$prob.condition, p[1, ] * p[2, ])
})

test_that("the times are those at which every code has a rate", {
  d <- one
  d$y[4] <- NA
  i <- industrial_code(raw_xy(d), rate_difference())
  expect_identical(i$year, c(2002L, 2003L, 2005L, 2006L))
  # y goes 4 to 5 over two years.
  expect_equal(i$estimate, c(1, 3, 5 + 0.5, 4))
  expect_match(text_of(i), "2 rows of 6 left out", fixed = TRUE)
})

test_that("a code absent from a region is left out there, with a warning", {
  d <- hand_regions
  d$z[d$region == "B"] <- NA
  w <- expect_warning(
    i <- industrial_code(defining_codes(code_panel(d, hand_scheme()), "none"),
                         rate_difference(sd = 1)),
    class = "nidcode_warning_missing_code"
  )
  expect_identical(w$regions, "B")
  expect_identical(i$n.codes, rep(c(3L, 2L), each = 5))
  expect_equal(i$estimate[i$region == "B"],
               diff(d$x[7:12]) + diff(d$y[7:12]))
  expect_equal(i$std.error, rep(c(sqrt(6), 2), each = 5))
  x <- diff(d$x[7:12])
  expect_equal(i$prob.condition[6:10],
               pnorm(x / sqrt(2)) * pnorm(2 / sqrt(2)))
})

test_that("a code of the scheme without an indicator: 2 of 3", {
  s <- code_scheme(c("x", "y"), c("production", "institutional"))
  p <- code_panel(one, s, index = "year")
  w <- expect_warning(i <- industrial_code(defining_codes(p, "none"),
                                           rate_difference()),
                      class = "nidcode_warning_missing_code")
  expect_match(conditionMessage(w), "social", fixed = TRUE)
  expect_match(text_of(i), "codes 2 of 3", fixed = TRUE)
  expect_equal(i$estimate, c(1, 3, 5, 4, 4))
})

test_that("summary adds the dissemination: share of regions with V > 0", {
  p <- code_panel(hand_regions, hand_scheme())
  i <- industrial_code(defining_codes(p), rate_difference())
  s <- summary(i)
  d <- s$dissemination
  expect_named(d, c("time", "code", "share", "regions"))
  share <- function(code) d$share[d$code == code]
  # x: A rises always, B falls, stays, rises, rises, falls.
  expect_equal(share("innovation"), c(0.5, 0.5, 1, 1, 0.5))
  expect_equal(share("information"), c(0.5, 1, 1, 0.5, 1))
  expect_equal(share("value"), c(0.5, 0.5, 1, 0.5, 1))
  expect_identical(unique(d$regions), 2L)
  expect_equal(s$condition, mean(i$condition))
  expect_output(print(s), "share of regions with V > 0", fixed = TRUE)
  expect_output(print(s), "positive in 40% of region-times", fixed = TRUE)
})

test_that("the rate is that of x, or named once", {
  p <- code_panel(hand_regions, hand_scheme())
  r <- dynamic_codes(p, rate_central())
  expect_equal(industrial_code(r)$estimate,
               industrial_code(p, rate_central())$estimate)
  expect_error(industrial_code(r, rate_central()),
               class = "nidcode_error_rate_given_twice")
  expect_error(industrial_code(r[1:9, ]), class = "nidcode_error")
})

test_that("methods: tidy, confint, glance, as.data.frame", {
  i <- industrial_code(raw_xy(), rate_difference(sd = 1))
  expect_plain(tidy(i))
  expect_identical(names(tidy(i, conf.int = FALSE)),
                   setdiff(names(i), c("conf.low", "conf.high")))
  ci <- confint(i)
  expect_identical(dimnames(ci), list(as.character(2002:2006),
                                      c("2.5 %", "97.5 %")))
  expect_identical(unname(ci[, 2]), i$conf.high)
  expect_identical(confint(i, c("2003", "2006")), ci[c(2, 5), ])
  expect_identical(glance(i)$nobs, 5L)
  expect_identical(glance(i)$rate, "difference")
  expect_identical(class(as.data.frame(i)), "data.frame")
})
