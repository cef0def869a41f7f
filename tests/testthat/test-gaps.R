# Gaps: lines whose gaps and slopes are known, and Fieller by his definition.
gap_rates <- function(data, rate = rate_spline()) {
  suppressMessages(suppressWarnings(dynamic_codes(
    defining_codes(code_panel(data, code_scheme("a", "production")), "none"),
    rate)))
}

lines_panel <- function(noise = 0) {
  d <- expand.grid(year = 2001:2010, region = c("A", "B", "C", "D"))
  t <- d$year - 2001
  r <- as.integer(d$region)
  d$a <- c(20, 5, 12, 30)[r] + c(1, 2, 1, -1)[r] * t + noise * rnorm(nrow(d))
  d
}

test_that("lines have their gap and close when they meet", {
  g <- suppressMessages(code_gaps(gap_rates(lines_panel()), "A"))
  # At 2010: A 29, B 23, C 21, D 21; slopes 1, 2, 1, -1.
  expect_equal(g$gap, c(0, 6, 8, 8), tolerance = 1e-9)
  expect_equal(g$closing, c(0, 1, 0, -2), tolerance = 1e-9)
  expect_equal(g$years[c(1, 2, 4)], c(0, 6, Inf), tolerance = 1e-7)
  same <- code_gaps(gap_rates(lines_panel(), rate_difference(sd = 0.1)), "A")
  expect_identical(same$years[3], Inf)
  expect_identical(same$state[c(1, 3)], c("none", "persistent"))
  expect_identical(unlist(as.data.frame(same)[1, c("gap", "std.error")],
                          use.names = FALSE), c(0, 0))
  # D was above A until 2005, when they met.
  d <- code_gaps(gap_rates(lines_panel(), rate_difference(sd = 0.01)), "A")
  expect_identical(d$since[d$region == "D"], 2007L)
  number <- code_gaps(gap_rates(lines_panel(), rate_difference(sd = 0.1)), 40)
  expect_equal(number$gap, 40 - c(29, 23, 21, 21), tolerance = 1e-12)
  expect_equal(number$closing, c(1, 2, 1, -1), tolerance = 1e-12)
  mean <- code_gaps(gap_rates(lines_panel(), rate_difference(sd = 0.1)), "mean")
  expect_equal(mean$gap[1], mean(c(23, 21, 21)) - 29, tolerance = 1e-12)
})

test_that("gaps are the contrasts of levels, the other way round", {
  set.seed(4)
  rates <- gap_rates(lines_panel(0.5))
  for (b in list("B", "mean", c(A = 1, C = 3))) {
    g <- as.data.frame(suppressMessages(code_gaps(rates, b)))
    side <- function(what) {
      k <- as.data.frame(suppressMessages(region_contrasts(rates, b,
                                                           what = what)))
      k[k$year == 2010, ]
    }
    k <- side("defining")
    v <- side("dynamic")
    expect_equal(g$gap, -k$estimate, tolerance = 1e-12)
    expect_equal(g$std.error, k$std.error, tolerance = 1e-12)
    expect_equal(g$conf.low, -k$conf.high, tolerance = 1e-12)
    expect_equal(g$closing, v$estimate, tolerance = 1e-12)
    expect_equal(g$closing.se, v$std.error, tolerance = 1e-12)
    expect_equal(g$prob.closing, v$prob.positive, tolerance = 1e-9)
  }
})

test_that("Fieller's limits are those of his definition", {
  theta <- c(seq(0, 40, 0.002), 10^seq(2, 8, 0.1))
  grid <- expand.grid(g = c(-2, 0.3, 2, 8), v = c(-3, -0.4, 0.4, 1, 4),
                      rho = c(-0.8, 0, 0.6))
  kinds <- character()
  for (i in seq_len(nrow(grid))) {
    x <- grid[i, ]
    f <- fieller_years(list(estimate = x$g, std.error = 0.7, df = 6),
                       list(estimate = x$v, std.error = 0.5), x$rho, 0.95)
    q <- qt(0.975, 6)
    fits <- (x$g - theta * x$v)^2 <= q^2 * (0.49 - 2 * theta * x$rho * 0.35 +
                                              theta^2 * 0.25)
    if (x$g < -q * 0.7) {
      expect_identical(c(f$years.low, f$years.high), c(0, 0))
    } else if (nzchar(f$note)) {
      kinds <- c(kinds, "whole")
      expect_true(all(fits))
    } else if (!any(fits)) {
      kinds <- c(kinds, "never")
      expect_identical(c(f$years.low, f$years.high), c(Inf, Inf))
    } else {
      ends <- range(theta[fits])
      expect_lt(abs(f$years.low - ends[1]), 0.003)
      if (ends[2] > 1e7) {
        kinds <- c(kinds, "open")
        expect_identical(f$years.high, Inf)
      } else {
        kinds <- c(kinds, "bounded")
        expect_lt(abs(f$years.high - ends[2]), 0.003)
      }
    }
  }
  expect_setequal(kinds, c("whole", "never", "open", "bounded"))
  # Level and rate of a difference go together: Var of the last value is in
  # both, so their correlation is 1/sqrt(2), times -1 as the gap closes.
  g <- code_gaps(gap_rates(lines_panel(), rate_difference(sd = 0.1)), "A")
  se <- 0.1 * sqrt(2)
  f <- fieller_years(list(estimate = 6, std.error = se, df = Inf),
                     list(estimate = 1, std.error = se * sqrt(2)),
                     -1 / sqrt(2), 0.95)
  b <- g$region == "B"
  expect_equal(c(g$years.low[b], g$years.high[b]),
               c(f$years.low, f$years.high), tolerance = 1e-9)
})

test_that("a state is the first that fits", {
  d <- lines_panel()
  gap <- code_gaps(gap_rates(d, rate_difference(sd = 0.1)), "A")
  expect_identical(gap$state, c("none", "closing", "persistent",
                                "persistent"))
  expect_identical(code_gaps(gap_rates(d, rate_difference(sd = 0.1)),
                             "D")$state[1], "ahead")
  # D has been behind A in 2007 to 2010 only.
  few <- code_gaps(gap_rates(d, rate_difference(sd = 0.1)), "A", runs = 5)
  expect_identical(few$state[4], "forming")
  none <- code_gaps(gap_rates(d, rate_difference()), "A")
  expect_identical(none$state, c("none", NA, NA, NA))
  expect_true(all(is.na(none$prob.closing)))
  expect_match(in_words(none), "cannot be told|no error", all = FALSE)
})

test_that("together is wider than each alone, narrower than Bonferroni", {
  set.seed(6)
  rates <- gap_rates(lines_panel(0.5))
  fit <- get_fit(rates)
  pairs <- wanted_pairs(fit, "A", NULL, NULL)
  path <- gap_law(fit, pairs, "defining")
  path <- lapply(path, \(v) v[path$pair > 1L])
  joint <- gap_draws(fit, pairs, gap_law(fit, pairs, "defining"),
                     list(runs = 3, level = 0.95))
  df <- path$df[match(2:4, path$pair)]
  # Draws of a mixture are about as wide as its t: see simulate_rates.
  expect_true(all(joint$critical[2:4] > 0.85 * qt(0.975, df)))
  expect_true(all(joint$critical[2:4] < 1.15 * qt(1 - 0.025 / 3, df)))
  expect_true(all(joint$cor[2:4] > 0))
})

test_that("of codes together gaps are weighted sums, closing at Code ID", {
  d <- lines_panel()
  d$b <- rep(c(4, 9, 4, 1), each = 10) + rep(c(0, 1, 2, 0), each = 10) *
    (d$year - 2001)
  both <- function(rate, ...) {
    scheme <- code_scheme(c("a", "b"), c("production", "social"), ...)
    quietly(dynamic_codes(defining_codes(code_panel(d, scheme), "none"), rate))
  }
  codes <- nid_codes()
  codes$weight[codes$code == "social"] <- 2
  sd <- 0.1
  for (w in 1:2) {
    rates <- if (w == 1) both(rate_difference(sd = sd)) else
      both(rate_difference(sd = sd), codes = codes)
    g <- code_gaps(rates, "A", of = "industrial")
    # At 2010: a 29, 23, 21, 21; b 4, 18, 22, 1.
    expect_equal(g$gap, c(0, 6, 8, 8) + w * (4 - c(4, 18, 22, 1)),
                 tolerance = 1e-12)
    id <- as.data.frame(quietly(industrial_code(rates)))
    id <- id[id$year == 2010, ]
    expect_equal(g$closing, id$estimate - id$estimate[1], tolerance = 1e-12)
    expect_equal(g$std.error[-1], rep(sd * sqrt(2 * (1 + w^2)), 3),
                 tolerance = 1e-12)
    one <- code_gaps(rates, "A")
    mine <- one$code == "social" & one$region == "D"
    expect_equal(one$gap[mine], 3, tolerance = 1e-12)
    # A code alone is compared as it is, whatever its weight in the sum.
    for (what in c("defining", "dynamic")) {
      k <- region_contrasts(rates, "A", what = what)
      last <- k$year == 2010 & k$code %in% c("social", "V_social")
      expect_equal(k$estimate[last], list(
        defining = c(0, 14, 18, -3), dynamic = c(0, 1, 2, 0))[[what]],
        tolerance = 1e-12)
    }
  }
  expect_null(g[["code"]])
  # One code together is that code, under a posterior too.
  set.seed(4)
  rates <- gap_rates(lines_panel(0.5))
  one <- as.data.frame(code_gaps(rates, "B"))
  expect_equal(as.data.frame(code_gaps(rates, "B", of = "industrial")),
               one[names(one) != "code"], tolerance = 1e-12,
               ignore_attr = TRUE)
  expect_match(in_words(g), "^C, all codes together|^D, all codes together",
               all = FALSE)
  expect_identical(unique(ggplot2::layer_data(ggplot2::autoplot(g), 2L)$PANEL),
                   factor(1:4))
})

test_that("a region against itself is no gap to tell of", {
  rates <- gap_rates(lines_panel(), rate_difference(sd = 0.1))
  words <- in_words(code_gaps(rates, "A"))
  expect_identical(words[1L], "3 of 3 gaps are clear (95%): 3 behind, 0 ahead.")
  expect_false(any(grepl("noise", words)))
  words <- in_words(code_gaps(rates, "D"))
  expect_match(words, "^Ahead: A [(]production[)]", all = FALSE)
  expect_match(in_words(code_gaps(rates, "mean")), "behind the mean of",
               all = FALSE)
  alone <- gap_rates(subset(lines_panel(), region == "A"))
  expect_identical(in_words(quietly(code_gaps(alone, "mean"))),
                   "There is no gap to tell of.")
  expect_identical(in_words(quietly(code_gaps(alone, "best"))),
                   "There is no gap to tell of.")
})

test_that("the best is partly luck", {
  set.seed(9)
  rates <- gap_rates(lines_panel(3), rate_difference(sd = 3))
  expect_message(g <- code_gaps(rates, "best"), class = "nidcode_message_best")
  expect_true(all(g$gap >= 0))
  expect_identical(g$state[g$gap == 0], "none")
  other <- g$gap > 0
  bias <- unique(round((g$gap - g$gap.fair)[other], 9))
  expect_length(bias, 1L)
  # By draws of our own.
  level <- max(g$gap) - g$gap
  own <- mean(apply(level + matrix(3 * rnorm(4e5), 4), 2, max)) - max(level)
  expect_lt(abs(bias - own), 5 * 3 / sqrt(4000))
  expect_gt(bias, 0)
})

test_that("odd benchmarks are refused, and what has no time in common said", {
  rates <- gap_rates(lines_panel())
  for (b in list(NULL, "nobody", c("A", "B"), NA, c(A = -1))) {
    expect_error(code_gaps(rates, b), class = "nidcode_error_benchmark")
  }
  expect_error(code_gaps(rates), class = "nidcode_error_benchmark")
  expect_error(code_gaps(rates, "A", runs = 0),
               class = "nidcode_error_argument")
  expect_error(code_gaps(rates, "A", of = "rates"),
               class = "nidcode_error_argument")
  expect_error(code_gaps(lines_panel(), "A"), class = "nidcode_error_argument")
  d <- lines_panel()
  d <- d[d$region != "B" | d$year < 2004, ]
  d <- d[d$region != "A" | d$year > 2005, ]
  expect_message(g <- code_gaps(gap_rates(d, rate_difference(sd = 0.1)), "A"),
                 class = "nidcode_message_dropped_pairs")
  expect_identical(as.character(g$region), c("A", "C", "D"))
})

test_that("a model and its rates have the same gaps, also as a picture", {
  regions <- subset(ural, level == "region")
  model <- code_model(regions, ural_scheme, status = "_status")
  set.seed(1)
  before <- .Random.seed
  g <- code_gaps(model, "Sverdlovsk Oblast")
  expect_identical(.Random.seed, before)
  expect_identical(g, code_gaps(model$rates, "Sverdlovsk Oblast"))
  expect_identical(g$years.high[g$years == 0], c(0, 0, 0))
  expect_match(in_words(g), "no forecast", all = FALSE)
  p <- ggplot2::autoplot(g)
  drawn <- ggplot2::layer_data(p, 3L)
  expect_identical(nrow(drawn), 4L * 3L * 12L)
  one <- ggplot2::layer_data(ggplot2::autoplot(g, "Kurgan Oblast"), 3L)
  expect_identical(nrow(one), 3L * 12L)
})
