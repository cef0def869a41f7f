fit <- function(...) code_model(hand_regions, hand_scheme(), ...)

test_that("first what is settled, then the numbers, then what they rest on", {
  m <- fit(rate = rate_central(sd = 0.1))
  w <- in_words(m)
  expect_type(w, "character")
  expect_true(all(grepl("[.]$", w)))
  b <- m$basic[order(-m$basic$estimate), ]
  # Both intervals hold zero.
  expect_true(all(b$conf.low < 0 & b$conf.high > 0))
  expect_identical(w[1], paste0("For none of 2 regions do the data settle if ",
                                "speed is lost or gained (95%)."))
  expect_match(w[2], "Below zero the codes lose speed", fixed = TRUE)
  for (i in 1:2) {
    number <- function(x) sprintf("%.2f", x)
    expect_identical(w[2 + i], paste0(
      b$region[i], ": Code NID ", number(b$estimate[i]), " (",
      number(b$conf.low[i]), " to ", number(b$conf.high[i]),
      "), above zero with probability ", number(b$prob.positive[i]), "."
    ))
  }
  expect_identical(w[5], paste0(
    "At the last time all dynamic codes are positive in 1 of 2 regions: A; ",
    "formula (1) asks that they are."
  ))
  expect_identical(w[6], paste0("Data: 2 regions, from 2001 to 2006, 3 ",
                                "indicators in 3 codes; rates by central."))
  flat <- in_words(fit(rate = rate_central(sd = 1e-3)))
  up <- b$region[b$estimate > 0]
  down <- b$region[b$estimate < 0]
  gain <- if (length(up) > 0L) paste0(
    length(up), " of 2 regions gain", if (length(up) == 1L) "s",
    " speed, surely (95% intervals): ", paste(up, collapse = ", "), ".")
  lose <- if (length(down) > 0L) paste0(
    length(down), " of 2 regions lose", if (length(down) == 1L) "s",
    " speed, surely (95% intervals): ", paste(down, collapse = ", "), ".")
  expect_identical(flat[seq_along(c(lose, gain))], c(lose, gain))
  expect_match(flat, "above zero with probability > 0.99.", fixed = TRUE,
               all = FALSE)
})

test_that("a sign is as clear in words as its interval and its picture", {
  skip_if_not_installed("ggplot2")
  for (level in c(0.5, 0.9, 0.99)) {
    m <- fit(rate = rate_central(sd = 0.05), conf_level = level)
    drawn <- ggplot2::autoplot(m$basic)$data
    clear <- m$basic$conf.low > 0 | m$basic$conf.high < 0
    expect_setequal(as.character(drawn$region[drawn$clear]),
                    m$basic$region[clear])
    w <- in_words(m)
    named <- paste(w[grepl("surely", w)], collapse = " ")
    for (i in 1:2) {
      expect_identical(grepl(paste0("[ :]", m$basic$region[i], "[,.]"), named),
                       clear[i])
    }
  }
})

test_that("a Code NID of -1 is said in the unit of the scale", {
  said <- function(...) {
    grep("^Below zero", in_words(quietly(fit(...))), value = TRUE)
  }
  step <- rate_difference(sd = 0.1)
  expect_match(said(rate = step), paste0(
    "At -1 their summed rates end 1 standard deviation of the panel a year ",
    "lower than they began."), fixed = TRUE)
  expect_match(said(rate = step, reference = "region"),
               "standard deviation of the region's own series a year",
               fixed = TRUE)
  expect_match(said(rate = step, normalise = "minmax"),
               "the whole range from minimum to maximum a year", fixed = TRUE)
  expect_match(said(rate = step, normalise = "rank"),
               "from the lowest rank to the highest a year", fixed = TRUE)
  expect_match(said(rate = step, normalise = "none"),
               "1 unit of the indicators as transformed a year", fixed = TRUE)
  # Where late steps count more it is no plain change of speed.
  weighted <- "the weighted changes of their rates sum to a loss of 1 standard"
  expect_match(said(rate = step, influence = influence_half_life(2)), weighted,
               fixed = TRUE)
  expect_match(said(rate = step, ends = "interior"), weighted, fixed = TRUE)
  # It is what formula (2) gives: speed at the end less speed at the start.
  m <- fit(rate = step)
  v <- subset(m$rates, order == 1)
  v <- tapply(v$estimate, list(v$region, v$year), sum)
  v <- v[, colSums(is.na(v)) == 0]
  expect_equal(unname(v[, ncol(v)] - v[, 1]), m$basic$estimate)
})

test_that("it does not claim to be sure where it cannot be", {
  w <- in_words(fit(rate = rate_difference()))
  expect_match(w[1], "The rate has no error", fixed = TRUE)
  expect_match(w[3], "^[AB]: Code NID -?[0-9.]+[.]$")
})

test_that("breaks are said", {
  d <- hand_regions
  d$x_status <- replace(rep("ok", 12), c(4, 10), "break")
  w <- in_words(code_model(d, hand_scheme(), status = "_status",
                           rate = rate_difference()))
  expect_match(w[length(w)], "breaks: split (2).", fixed = TRUE)
})

test_that("one region, one indicator", {
  s <- code_scheme("x", "production", codes = alone)
  m <- code_model(hand, s, normalise = "none", rate = rate_difference())
  w <- in_words(m)
  # The last step is +2.
  expect_identical(w[3:5], c(
    "The region: Code NID 1.",
    "At the last time all dynamic codes are positive; Code ID is 2.",
    paste0("Data: 1 region, from 2001 to 2006, 1 indicator in 1 code; rates ",
           "by difference.")
  ))
  down <- code_model(transform(hand, x = -x), s, normalise = "none",
                     rate = rate_difference(sd = 0.01))
  expect_identical(in_words(down)[c(1, 4)], c(
    "The region loses speed, surely (95% interval).",
    paste0("At the last time not all dynamic codes are positive; Code ID is ",
           "-2.000 (-2.028 to -1.972).")
  ))
  open <- code_model(hand, s, normalise = "none",
                     rate = rate_difference(sd = 9))
  expect_identical(in_words(open)[1], paste0(
    "The region: the data do not settle if speed is lost or gained (95%)."))
})

test_that("many regions: the largest and the smallest by name", {
  d <- do.call(rbind, lapply(1:11, \(k) {
    transform(hand, region = paste0("R", k), x = k * x)
  }))
  s <- code_scheme("x", "production", codes = alone)
  w <- in_words(code_model(d, s, normalise = "none", rate = rate_central()))
  # Code NID is -k, and without an error nobody is sure.
  expect_match(w[1], "no error", fixed = TRUE)
  expect_identical(w[3:5], c(
    "The largest Code NID is that of R1: -1.",
    "The smallest Code NID is that of R11: -11.",
    "The table has all 11 regions."
  ))
})

test_that("nothing to say is said", {
  d <- hand_regions[hand_regions$year < 2003, ]
  w <- in_words(suppressMessages(code_model(d, hand_scheme(),
                                            rate = rate_difference())))
  expect_identical(w[1], "No region has a Code NID: the series are too short.")
  d <- hand_regions[hand_regions$year < 2002, ]
  w <- in_words(suppressWarnings(suppressMessages(
    code_model(d, hand_scheme(), rate = rate_difference())
  )))
  expect_identical(w[2], paste0("No time has all dynamic codes: formula (1) ",
                                "has no value."))
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
  m <- fit(rate = rate_central())
  expect_error(in_words(m, "en", 2), class = "rlib_error_dots_nonempty")
  expect_error(in_words(m, "de"), class = "nidcode_error_argument")
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
  expect_match(w[1], paste0(
    "^4 of 12 regions lose speed, surely [(]95% intervals[)]: ",
    "R0(01|04|07|10), .*, R0(01|04|07|10)[.]$"))
  expect_match(w[2], "^4 of 12 regions gain speed, .*: R0(03|06|09|12), ")
  expect_match(w[3], paste0("^For 4 of 12 regions the data do not settle if ",
                            "speed is lost or gained: R0(02|05|08|11), "))
  expect_match(w[5], "^The largest Code NID is that of R0(03|06|09|12): 1[.]0+ ")
  expect_match(w[6], "^The smallest Code NID is that of R0(01|04|07|10): -1[.]0+ ")
  expect_identical(w[7], "The table has all 12 regions.")
  # None is clear: nobody is named for it.
  w <- in_words(many_regions(12, sd = 10))
  expect_identical(w[1], paste0("For none of 12 regions do the data settle if ",
                                "speed is lost or gained (95%)."))
  # Only below zero, though the largest are not.
  w <- in_words(many_regions(40, bend = c(-1, 0)))
  expect_match(w[1], "^20 of 40 regions lose speed")
  expect_no_match(w, "gain speed")
  # Very many are counted after twenty.
  w <- in_words(many_regions(60, bend = 1))
  expect_match(w[1], "^60 of 60 regions gain .* and 40 more[.]$")
})

test_that("regions with fewer indicators are counted by name", {
  d <- hand_regions
  d$x[d$region == "B"] <- NA
  w <- in_words(quietly(code_model(d, hand_scheme(), missing = "constant",
                                   rate = rate_central())))
  expect_match(w, "^B has 2 of 3 indicators, there is no x[.]$", all = FALSE)
})
