# hand_codes(): second differences 1 1 2 -3 at 2003 .. 2006.
D <- hand_codes()
s1 <- code_scheme("x", "production", codes = alone)

test_that("shape, columns, defaults", {
  p <- code_panel(hand_regions, hand_scheme())
  b <- basic_code(p)
  expect_table(b, "basic", c(
    region = "character", estimate = "double", std.error = "double",
    conf.low = "double", conf.high = "double", prob.positive = "double",
    df = "double", n.terms = "integer", time.first = "integer", time.last = "integer",
    n.lost = "integer", start.share = "double", end.share = "double"
  ))
  expect_identical(b$region, c("A", "B"))
  expect_identical(
    basic_code(p, influence_equal(), "sum", rate_spline(), "auto", 0.95), b
  )
  expect_identical(
    format(attr(b, "spec")),
    paste("Code NID, formula (2): rate spline (average, m = 3); order 3",
          "assumed: 2 regions cannot test it; second order: over a",
          "step; influence equal (plain sum); measure sum; cor residual (rho",
          "-0.52 to 0.42, at least: few times); normalise zscore;",
          "reference panel; 95% intervals.")
  )
})

test_that("the formula as printed: the sum of second differences", {
  b <- basic_code(D, rate = rate_difference())
  expect_equal(b$estimate, 1)
  expect_identical(as.list(b)[c("n.terms", "time.first", "time.last",
                                "n.lost")],
                   list(n.terms = 4L, time.first = 2003L, time.last = 2006L,
                        n.lost = 0L))
  # central: 1 1 1 2 -3 -3
  expect_equal(basic_code(D, rate = rate_central())$estimate, -1)
})

test_that("time influence multiplies each term", {
  nid <- \(...) basic_code(D, ..., rate = rate_difference())$estimate
  expect_equal(nid(influence_half_life(1)), 1 / 8 + 1 / 4 + 2 / 2 - 3)
  expect_equal(nid(influence_hyperbolic()), 1 / 4 + 1 / 3 + 2 / 2 - 3)
  expect_equal(nid(influence_linear(2)), 2 / 2 - 3)
  expect_equal(nid(influence_half_life(1, at = 2004)), 1 / 2 + 1)
})

test_that("integral: widths of a difference are (t_i - t_(i-2))/2", {
  # 0, 1, 5, 5 at 0, 1, 3, 4: V = 1 2 0, A = 2/3, 2(0 - 2)/3.
  uneven <- hand_codes(c(0, 1, 5, 5), c(0, 1, 3, 4))
  b <- \(m) basic_code(uneven, measure = m, rate = rate_difference())
  expect_equal(b("sum")$estimate, 2 / 3 - 4 / 3)
  # 3/2 (2/3) + 3/2 (-4/3) = V(4) - V(1).
  expect_equal(b("integral")$estimate, 0 - 1)
  # central: half steps at the ends, 1/2 3/2 3/2 1/2; A 2/3 2/3 -4/3 -4/3.
  b <- basic_code(uneven, measure = "integral", rate = rate_central())
  expect_equal(b$estimate, (0.5 + 1.5) * 2 / 3 - (1.5 + 0.5) * 4 / 3)
})

test_that("an integral does not care how densely a region was observed", {
  t <- c(0, 1, 2, 3, 4, 6, 8)
  d <- data.frame(region = rep(c("all", "few"), c(7, 4)),
                  year = c(t, t[c(1, 3, 5, 7)]))
  d$x <- d$year^2 / 2
  D <- defining_codes(code_panel(d, s1), "none")
  expect_message(b <- basic_code(D, rate = rate_central()),
                 class = "nidcode_message_uneven_terms")
  expect_equal(b$estimate, c(7, 4))
  b <- basic_code(D, measure = "integral", rate = rate_central())
  expect_equal(b$estimate, c(8, 8))
})

test_that("codes add, weighed as the codes table says", {
  codes <- nid_codes()
  codes$weight <- c(1, 2, 0.5)
  p <- code_panel(hand_regions, hand_scheme(codes = codes))
  b <- basic_code(defining_codes(p, "none"), rate = rate_difference())
  # V(last) - V(first) of x, y, z.
  expect_equal(b$estimate, c((2 - 1) + 2 * (2 - 0) + 0.5 * (2 - 2),
                             (-1 + 1) + 2 * (2 - 2) + 0.5 * (3 - 0)))
})

test_that("errors: a given sd goes through the weights of the terms", {
  # tau = 1: x6 - x5 - x2 + x1, variance 4 sd^2.
  b <- basic_code(D, rate = rate_difference(sd = 0.5))
  expect_equal(b$std.error, 1)
  expect_equal(b$conf.low, b$estimate - qnorm(0.975))
  expect_equal(b$prob.positive, pnorm(b$estimate))
  half <- basic_code(D, rate = rate_difference(sd = 0.5), conf_level = 0.5)
  expect_equal(half$conf.high, half$estimate + qnorm(0.75))
  expect_match(text_of(half), "50% intervals", fixed = TRUE)
  # Half-life 1: second differences weighed 1/8 1/4 1/2 1.
  d2 <- matrix(0, 4, 6)
  for (i in 1:4) d2[i, i + 0:2] <- c(1, -2, 1)
  w <- as.vector(2^-(3:0) %*% d2)
  b <- basic_code(D, influence_half_life(1), rate = rate_difference(sd = 2))
  expect_equal(b$std.error, 2 * sqrt(sum(w^2)))
  # The scheme's sd is that of the indicator: divided by its scale.
  s <- code_scheme("x", "production", sd = 0.5, codes = alone)
  p <- code_panel(hand, s, index = "year")
  b <- basic_code(defining_codes(p), rate = rate_difference())
  expect_equal(b$std.error, 1 / sd(hand$x))
})

test_that("errors of codes add as independent", {
  p <- code_panel(hand_regions, hand_scheme())
  sd <- c(production = 1, institutional = 2, social = 3)
  b <- basic_code(p, rate = rate_difference(sd = sd))
  expect_equal(b$std.error, rep(sqrt(4 * sum(sd^2)), 2))
})

test_that("never a partial sum: only times at which every code has a rate", {
  d <- hand_regions[1:6, ]
  d$y[4] <- NA
  p <- code_panel(d, hand_scheme())
  b <- basic_code(defining_codes(p, "none"), rate = rate_difference())
  expect_identical(b$n.lost, 1L)
  expect_identical(b$n.terms, 3L)
  # Over 2003, 2005, 2006: x 1 2 -3; y 1, then 4 5 7 at 3 5 6 gives
  # 2 (1/2 - 1)/3 and 2 (2 - 1/2)/3; z -3 -4 3.
  x <- 1 + 2 - 3
  y <- 1 - 1 / 3 + 1
  z <- -3 - 4 + 3
  expect_equal(b$estimate, x + y + z)
  expect_match(text_of(b), "1 row without all codes of the region left out",
               fixed = TRUE)
})

test_that("a region without a value has a row of NA, with a message", {
  d <- hand_regions
  d$x[7:12] <- NA
  D <- defining_codes(code_panel(d, s1), "none")
  expect_warning(
    m <- expect_message(b <- basic_code(D, rate = rate_difference(sd = 1)),
                        class = "nidcode_message_short_series"),
    class = "nidcode_warning_missing_code"
  )
  expect_identical(m$regions, "B")
  expect_equal(b$estimate, c(1, NA))
  expect_identical(b$n.terms, c(4L, 0L))
  expect_identical(b$n.lost, c(0L, 6L))
  expect_identical(is.na(b$std.error), c(FALSE, TRUE))
  expect_identical(b$time.first, c(2003L, NA))
})

test_that("a missing row and a row of NA are the same but for n.lost", {
  nid <- function(d) {
    suppressMessages(basic_code(defining_codes(code_panel(d, s1), "none"),
                                influence_half_life(2),
                                rate = rate_central()))
  }
  holed <- hand_regions
  holed$x[c(3, 9)] <- NA
  a <- nid(holed)
  b <- nid(hand_regions[-c(3, 9), ])
  expect_identical(as.list(a)[1:9], as.list(b)[1:9])
  expect_identical(a$n.lost, c(1L, 1L))
  expect_identical(b$n.lost, c(0L, 0L))
})

test_that("times come back in the user's own type", {
  day <- as.Date(paste0(2001:2006, "-03-01"))
  b <- basic_code(hand_codes(year = day), rate = rate_difference())
  expect_identical(b$time.first, day[3])
  expect_identical(b$time.last, day[6])
  b <- basic_code(hand_codes(year = 2001:2006 + 0.5), rate = rate_central())
  expect_identical(b$time.first, 2001.5)
})

test_that("the rate is that of x, or named once; order 2 must exist", {
  r <- dynamic_codes(D, rate_central())
  expect_equal(basic_code(r)$estimate, -1)
  expect_error(basic_code(r, rate = rate_central()),
               class = "nidcode_error_rate_given_twice")
  expect_error(basic_code(D, rate = rate_local(degree = 1)),
               class = "nidcode_error_order_undefined")
  expect_error(basic_code(hand), class = "nidcode_error_argument")
  expect_error(basic_code(D, measure = "mean"),
               class = "nidcode_error_argument")
})

test_that("the frozen spline gives what the spline gives", {
  p <- code_panel(hand_regions, hand_scheme())
  b <- basic_code(p, influence_half_life(3), "integral")
  m <- code_model(hand_regions, hand_scheme(),
                  influence = influence_half_life(3), measure = "integral")
  expect_equal(m$basic$estimate, b$estimate)
  again <- update(m, data = hand_regions, freeze = TRUE)
  expect_equal(again$basic$estimate, b$estimate)
  expect_equal(again$basic$std.error, b$std.error)
})

test_that("methods: tidy, confint, glance, summary, as.data.frame", {
  p <- code_panel(hand_regions, hand_scheme())
  b <- basic_code(p, rate = rate_central(sd = 0.1))
  expect_plain(tidy(b))
  expect_identical(names(tidy(b, conf.int = FALSE)),
                   setdiff(names(b), c("conf.low", "conf.high")))
  expect_identical(confint(b), matrix(
    c(b$conf.low, b$conf.high), 2,
    dimnames = list(c("A", "B"), c("2.5 %", "97.5 %"))
  ))
  expect_identical(confint(b, "B"), confint(b)["B", , drop = FALSE])
  expect_identical(dim(confint(b, level = 0.95)), c(2L, 2L))
  g <- glance(b)
  expect_identical(g$nobs, 2L)
  expect_identical(g$influence, "equal (plain sum)")
  expect_identical(g$level, 0.95)
  expect_output(print(summary(b)), "Code NID, formula (2)", fixed = TRUE)
  expect_identical(class(as.data.frame(b)), "data.frame")
  # One region without a column: the row has the code's own name.
  one <- confint(basic_code(D, rate = rate_central(sd = 0.1)))
  expect_identical(rownames(one), "Code NID")
})

test_that("a region's answer does not depend on the block it falls into", {
  # Three blocks of regions on two dozen grids, the codes with their own gaps.
  set.seed(11)
  local_ours(block_regions = 8192L)
  n <- 20000L
  d <- data.frame(region = rep(seq_len(n), each = 6L),
                  year = rep(c(2001, 2002, 2004, 2005, 2007, 2010), n),
                  x = stats::rnorm(6 * n), y = stats::rnorm(6 * n))
  gap <- rep(seq_len(n) %% 5L, each = 6L)
  d$x[gap == 1L & d$year == 2002] <- NA
  d$y[gap == 2L & d$year %in% c(2004, 2010)] <- NA
  d <- d[gap != 3L | d$year > 2001, ]
  scheme <- code_scheme(c("x", "y"), c("production", "institutional"),
                        codes = nid_codes()[1:2, ])
  few <- c(1:5, 8191:8195, 16383:16389, n - 0:3)
  for (rate in list(rate_central(sd = 0.1), rate_local(5))) {
    ask <- function(data) {
      def <- suppressMessages(defining_codes(code_panel(data, scheme),
                                             normalise = "none"))
      suppressMessages(basic_code(def, influence_half_life(3), "integral",
                                  rate = rate, cor = "independent"))
    }
    all <- ask(d)
    alone <- ask(d[d$region %in% few, ])
    expect_gt(sum(!is.na(alone$std.error)), 10L)
    expect_equal(as.list(as.data.frame(all)[match(alone$region, all$region), ]),
                 as.list(as.data.frame(alone)), tolerance = 1e-12)
  }
})
