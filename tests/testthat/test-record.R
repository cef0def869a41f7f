# A record by hand: signs of first differences.
hand_panel <- function() {
  data <- data.frame(
    region = rep(c("A", "B"), each = 4), year = rep(2001:2004, 2),
    a = c(1, 2, 1, 1, 4, 3, 2, 5), b = c(1, 2, 3, 4, 1, 1, NA, 3)
  )
  code_panel(data, code_scheme(c("a", "b"), c("production", "social")))
}
hand_rates <- function(sd = NULL) {
  suppressMessages(dynamic_codes(
    defining_codes(hand_panel(), "none"), rate_difference(sd = sd)
  ))
}

test_that("a record is the signs of the codes", {
  r <- code_record(hand_rates())
  a <- r$record[r$region == "A"]
  expect_identical(a, c("P. S.", "P+ S+", "P- S+", "P0 S+"))
  expect_identical(r$n.changed[r$region == "A"], c(NA, 0L, 1L, 1L))
  b <- r$record[r$region == "B"]
  expect_identical(b, c("P. S.", "P- S0", "P- S.", "P+ S+"))
  expect_identical(r$n.changed[r$region == "B"], c(NA, 0L, 0L, 1L))
  expect_true(all(is.na(r$record.sure)))
  expect_identical(attr(r, "letters"), c(production = "P", social = "S"))
})

test_that("what is not sure is asked", {
  rates <- hand_rates(sd = 0.5)
  r <- code_record(rates, sure = 0.9)
  first <- rates[rates$order == 1L & rates$region == "A", ]
  p <- first$prob.positive
  sign <- substr(unlist(strsplit(r$record.sure[r$region == "A"], " ")), 2, 2)
  expect_identical(sign == "?", !is.na(p) & p > 0.1 & p < 0.9)
  expect_true("?" %in% sign && any(c("+", "-") %in% sign))
  half <- code_record(rates, sure = 0.5)
  expect_identical(half$record.sure, half$record)
})

test_that("a record of many regions is that of each", {
  panel <- hand_panel()
  both <- as.data.frame(code_record(hand_rates()))
  each <- lapply(c("A", "B"), \(one) {
    data <- panel$data[panel$data$region == one, ]
    rates <- dynamic_codes(
      defining_codes(code_panel(data, panel$scheme), "none"),
      rate_difference()
    )
    as.data.frame(code_record(rates))
  })
  expect_identical(do.call(rbind, each), both)
})

test_that("letters tell codes apart, whatever their names", {
  expect_identical(code_letters(c("production", "institutional", "social")),
                   c("P", "I", "S"))
  expect_identical(code_letters(c("state", "social", "soc")),
                   c("ST", "SOCI", "SOC"))
  expect_identical(code_letters(c("\u043f\u0440", "\u0441\u043e")),
                   c("\u041f", "\u0421"))
  expect_identical(code_letters(c("a", "A")), c("a", "A"))
  expect_identical(code_letters("only"), "O")
})

test_that("a region's records are counted", {
  r <- code_record(hand_rates())
  g <- glance(r)
  expect_identical(g$region, c("A", "B"))
  expect_identical(g$record, c("P. S.", "P. S."))
  expect_equal(g$share, c(0.25, 0.25))
  expect_identical(g$n.changed, c(2L, 1L))
  expect_identical(g$longest.run, c(1L, 1L))
  expect_identical(g$n.times, c(4L, 4L))
  s <- summary(r)
  expect_identical(sum(s$records$n), nrow(r))
  expect_identical(sum(s$transitions$n), nrow(r) - 2L)
  at <- s$transitions$from == "P+ S+"
  expect_identical(s$transitions$to[at], "P- S+")
  shown <- capture.output(print(s))
  expect_match(shown, "From one time", all = FALSE)
})

test_that("a model and its rates have one record, in words and as a picture", {
  regions <- subset(ural, level == "region")
  model <- code_model(regions, ural_scheme, status = "_status")
  r <- code_record(model)
  expect_identical(r, code_record(model$rates))
  said <- in_words(r)
  sure <- unlist(strsplit(r$record.sure[r$year == 2016], ""))
  expect_identical(said[1L], paste0(
    "At the last time ", sum(sure %in% c("+", "-")), " of 12 signs are sure ",
    "(90%): ", sum(sure == "+"), " rise, ", sum(sure == "-"), " fall."))
  expect_match(said[2L], "P: production, I: institutional, S: social",
               fixed = TRUE)
  expect_length(said, 6L)
  expect_match(said[3:6], paste0(", 2016: P[-+] I[-+] S[-+], . times in a row;",
                                 " sure: P[-+?] I[-+?] S[-+?][.]$"))
  p <- ggplot2::autoplot(r)
  drawn <- ggplot2::layer_data(p, 1L)
  expect_identical(nrow(drawn), 3L * nrow(r))
  expect_error(code_record(model$basic), class = "nidcode_error_argument")
  expect_error(code_record(model, 0.4), class = "nidcode_error_argument")
  expect_error(code_record(model$rates[1:3, ]),
               class = "nidcode_error_argument")
})

test_that("names of codes may hold what separates them", {
  codes <- c("goods - old, new", "goods + services", "1 ? 0")
  d <- data.frame(region = rep(c("A", "B"), each = 6), year = 2001:2006,
                  x = c(1, 2, 4, 5, 7, 8, 9, 7, 6, 5, 3, 1),
                  y = c(8, 6, 5, 4, 2, 1, 1, 3, 4, 5, 7, 9),
                  z = c(1, 3, 4, 6, 7, 9, 1, 2, 4, 5, 7, 8))
  scheme <- code_scheme(c("x", "y", "z"), codes, codes = data.frame(
    code = codes, carrier = "firms", dynamic = codes, weight = 1))
  rates <- dynamic_codes(code_panel(d, scheme), rate_spline(m = 3))
  r <- code_record(rates)
  expect_identical(record_signs(r$record[1], attr(r, "letters")),
                   matrix(c("+", "-", "+"), 1))
  last <- rates[rates$order == 1 & rates$year == 2006, ]
  up <- sum(last$prob.positive >= 0.9)
  down <- sum(last$prob.positive <= 0.1)
  expect_gt(up, 0)
  expect_match(in_words(r)[1], paste0(up + down, " of 6 signs are sure (90%): ",
                                      up, " rise, ", down, " fall"),
               fixed = TRUE)
  drawn <- ggplot2::autoplot(r)$data
  expect_identical(drawn$sign[1:3], c("+", "-", "+"))
  said <- in_words(code_phases(rates))
  expect_match(said[2], "goods + services falls (a defect", fixed = TRUE)
})
