fit <- function(...) code_model(hand_regions, hand_scheme(), ...)

test_that("one sentence an element, numbers from the tables", {
  m <- fit(rate = rate_central(sd = 0.1))
  w <- in_words(m)
  expect_type(w, "character")
  expect_true(all(grepl("[.]$", w)))
  expect_identical(w[1], paste0("2 regions, 2001 to 2006: 3 indicators form 3 ",
                                "codes; rates by central."))
  last <- as.data.frame(m$industrial)
  held <- sum(last$condition[last$year == 2006])
  expect_identical(w[2], paste0(
    "At the last time all dynamic codes are positive, as formula (1) ",
    "requires, in ", held, " of 2 regions."
  ))
  b <- m$basic[order(-m$basic$estimate), ]
  for (i in 1:2) {
    expect_identical(w[2 + i], paste0(
      b$region[i], ": Code NID ", signif(b$estimate[i], 3), " (",
      signif(b$conf.low[i], 3), " to ", signif(b$conf.high[i], 3),
      "), above zero with probability ",
      format(round(b$prob.positive[i], 2), nsmall = 2), "."
    ))
  }
  sure <- sum(b$prob.positive > 0.975 | b$prob.positive < 0.025)
  expect_match(w[5], paste0("The sign of Code NID is clear (97.5 %) in ",
                            sure, " of 2 regions"), fixed = TRUE)
  flat <- in_words(fit(rate = rate_central(sd = 1e-3)))
  sides <- ifelse(b$estimate > 0, "above zero", "below zero")
  one <- tapply(b$region[order(b$region)], sides[order(b$region)], paste,
                collapse = ", ")
  expect_identical(flat[5], paste0(
    "The sign of Code NID is clear (97.5 %) in 2 of 2 regions: ",
    paste(names(one), "in", one, collapse = "; "), "."))
})

test_that("it does not claim to be sure where it cannot be", {
  w <- in_words(fit(rate = rate_difference()))
  expect_match(w[3], "^[AB]: Code NID -?[0-9.]+[.]$")
  expect_match(w[length(w)], "The rate has no error", fixed = TRUE)
})

test_that("breaks are said", {
  d <- hand_regions
  d$x_status <- replace(rep("ok", 12), c(4, 10), "break")
  w <- in_words(code_model(d, hand_scheme(), status = "_status",
                           rate = rate_difference()))
  expect_match(w[1], "breaks split (2)", fixed = TRUE)
})

test_that("one region, one indicator", {
  s <- code_scheme("x", "production", codes = alone)
  m <- code_model(hand, s, normalise = "none", rate = rate_difference())
  w <- in_words(m)
  expect_match(w[1], "1 region, 2001 to 2006: 1 indicator forms 1 code;",
               fixed = TRUE)
  # The last step is +2.
  expect_identical(w[2], paste0(
    "At the last time all dynamic codes are positive, as formula (1) ",
    "requires; Code ID is then 2."
  ))
  expect_identical(w[3], "The region: Code NID 1.")
  down <- code_model(transform(hand, x = -x), s, normalise = "none",
                     rate = rate_difference())
  expect_identical(in_words(down)[2], paste0(
    "At the last time not all dynamic codes are positive, though formula (1) ",
    "requires it; Code ID is then -2."
  ))
})

test_that("many regions: the largest and the smallest by name", {
  d <- do.call(rbind, lapply(1:11, \(k) {
    transform(hand, region = paste0("R", k), x = k * x)
  }))
  s <- code_scheme("x", "production", codes = alone)
  w <- in_words(code_model(d, s, normalise = "none", rate = rate_central()))
  # Code NID is -k, and without an error nobody is sure.
  expect_match(w[3], "no error", fixed = TRUE)
  expect_identical(w[4:6], c(
    "The largest Code NID is that of R1: -1.",
    "The smallest Code NID is that of R11: -11.",
    "All 11 regions are in the table."
  ))
})

test_that("nothing to say is said", {
  d <- hand_regions[hand_regions$year < 2003, ]
  w <- in_words(suppressMessages(code_model(d, hand_scheme(),
                                            rate = rate_difference())))
  expect_identical(w[3], "No region has a Code NID: the series are too short.")
  d <- hand_regions[hand_regions$year < 2002, ]
  w <- in_words(suppressWarnings(suppressMessages(
    code_model(d, hand_scheme(), rate = rate_difference())
  )))
  expect_identical(w[2], paste0("No time has all dynamic codes, so formula (1)",
                                " has no value."))
})

test_that("names of regions are text, whatever they hold", {
  d <- hand_regions
  d$region <- rep(c("{stop('no')}", "%s <b>"), each = 6)
  w <- in_words(code_model(d, hand_scheme(), rate = rate_central()))
  expect_true(any(startsWith(w, "{stop('no')}: Code NID")))
  expect_true(any(startsWith(w, "%s <b>: Code NID")))
})

test_that("what has no words is refused", {
  expect_error(in_words(1), class = "nidcode_error_argument")
  expect_error(in_words(fit(rate = rate_central()), 2),
               class = "rlib_error_dots_nonempty")
})

test_that("options of printing do not change a word", {
  model <- suppressMessages(suppressWarnings(code_model(
    subset(ural, level == "region"), ural_scheme, status = "_status")))
  words <- in_words(model)
  withr::local_options(OutDec = ",", scipen = -10, digits = 3)
  expect_identical(in_words(model), words)
  withr::local_options(scipen = 30)
  expect_identical(in_words(model), words)
})

# `n` regions whose Code NID is -1, 0 or 1 exactly, by turns, with errors.
many_regions <- function(n, sd = 0.01, bend = c(-1, 0, 1)) {
  d <- do.call(rbind, lapply(seq_len(n), \(r) {
    t <- 0:3
    data.frame(region = sprintf("R%03d", r), year = 2001 + t,
               x = 5 + bend[(r - 1) %% length(bend) + 1] * t^2 / 4)
  }))
  code_model(d, code_scheme("x", "production", codes = alone),
             normalise = "none", rate = rate_difference(sd))
}

test_that("of many regions those whose sign is clear are named, by side", {
  m <- many_regions(12)
  expect_equal(m$basic$estimate, rep(c(-1, 0, 1), 4))
  w <- in_words(m)
  expect_identical(w[3], paste0(
    "The sign of Code NID is clear (97.5 %) in 8 of 12 regions: ",
    "above zero in R003, R006, R009, R012; ",
    "below zero in R001, R004, R007, R010."))
  expect_match(w[4], "^The largest Code NID is that of R0(03|06|09|12): 1 ")
  expect_match(w[5], "^The smallest Code NID is that of R0(01|04|07|10): -1 ")
  expect_identical(w[6], "All 12 regions are in the table.")
  # None is clear: nobody is named for it.
  w <- in_words(many_regions(12, sd = 10))
  expect_identical(w[3], paste0("The sign of Code NID is clear (97.5 %) in ",
                                "0 of 12 regions."))
  # Only below zero, though the largest are not.
  w <- in_words(many_regions(40, bend = c(-1, 0)))
  expect_match(w[3], "in 20 of 40 regions: below zero in R001, R003")
  expect_no_match(w[3], "above zero")
  # Very many are counted after twenty.
  w <- in_words(many_regions(60, bend = 1))
  expect_match(w[3], "in 60 of 60 regions: above zero in R001, .*, R020 and 40")
})
