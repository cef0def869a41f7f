# As haven reads files, without haven: what counts are the attributes.
spss <- function(x, na_values = NULL, na_range = NULL, labels = NULL) {
  structure(x, labels = labels, na_values = na_values, na_range = na_range)
}

one_code <- code_scheme("v", "production", codes = alone)

test_that("values that the data declare missing are NA, counted and told", {
  d <- data.frame(year = 2001:2006)
  d$v <- spss(c(1, 2, 99, 4, 98, 99), c(98, 99),
              labels = c("no answer" = 99, low = 1))
  m <- expect_message(p <- code_panel(d, one_code),
                      class = "nidcode_message_declared_missing")
  expect_identical(as.data.frame(p)$v, c(1, 2, NA, 4, NA, NA))
  expect_identical(summary(p)$missing, 3L)
  expect_identical(m$columns, "v")
  expect_identical(m$n, 3L)
  expect_setequal(m$values, c("98", "99 no answer"))
  # A range, of which the ends are missing too; integers; both kinds.
  d$v <- spss(c(1L, 97L, 99L, 4L, -1L, 96L), -1L, c(97, Inf))
  suppressMessages(p <- code_panel(d, one_code))
  expect_identical(as.data.frame(p)$v, c(1, NA, NA, 4, NA, 96))
  # Nothing declared occurs: nothing is said.
  d$v <- spss(c(1, 2, 3, 4, 5, 6), 99)
  expect_silent(code_panel(d, one_code))
})

test_that("an NA with a tag is NA, and its tag is told", {
  skip_if_not_installed("haven")
  d <- data.frame(year = 2001:2006,
                  v = c(1, haven::tagged_na("a"), 3, NA, 5,
                        haven::tagged_na("z")))
  m <- expect_message(p <- code_panel(d, one_code),
                      class = "nidcode_message_declared_missing")
  expect_identical(is.na(as.data.frame(p)$v), is.na(d$v))
  expect_identical(m$n, 2L)
  expect_identical(m$values, c(".a", ".z"))
  d$v[] <- c(1, NA, NaN, 2, 3, NA + 1)
  expect_silent(code_panel(d, one_code))
})

test_that("haven's own classes", {
  skip_if_not_installed("haven")
  d <- data.frame(region = rep(c("N", "S"), each = 3), year = rep(2001:2003, 2))
  d$v <- haven::labelled_spss(c(1, 99, 3, 4, 99, 6), c(none = 99),
                              na_values = 99)
  expect_message(p <- code_panel(d, one_code),
                 class = "nidcode_message_declared_missing") |>
    suppressMessages()
  expect_identical(is.na(as.data.frame(p)$v), is.na(d$v))
  long <- data.frame(d[1:2], what = "v")
  long$value <- d$v
  p <- suppressMessages(code_panel(long, one_code, names_from = "what",
                                   values_from = "value"))
  expect_identical(is.na(as.data.frame(p)$v), is.na(d$v))
})

test_that("a region or a time that is declared missing is missing", {
  d <- data.frame(region = rep(1:2, each = 3), year = rep(2001:2003, 2),
                  v = 1:6)
  d$region[6] <- 9L
  d$region <- spss(d$region, 9)
  err <- suppressMessages(
    expect_error(code_panel(d, one_code), class = "nidcode_error_missing_index")
  )
  expect_identical(err$rows, 6L)
  d <- data.frame(region = "A", year = spss(c(2001, 2002, 9999), 9999), v = 1:3)
  err <- suppressMessages(
    expect_error(code_panel(d, one_code), class = "nidcode_error_bad_time")
  )
  expect_identical(err$rows, 3L)
  d <- data.frame(region = spss(c("A", "A", "-"), "-"), year = 2001:2003, v = 1)
  err <- suppressMessages(
    expect_error(code_panel(d, one_code), class = "nidcode_error_missing_index")
  )
  expect_identical(err$rows, 3L)
})

test_that("deflate(), fits and rates take them as missing", {
  v <- spss(c(1, 2, 4, 7, 99, 14), 99)
  bare <- replace(as.vector(v), 5, NA)
  d <- data.frame(year = 2001:2006, w = c(2, 5, 4, 8, 9, 11), p = 110)
  told <- function(with, without) {
    expect_message(with <- force(with),
                   class = "nidcode_message_declared_missing")
    expect_equal(with, without)
  }
  d$v <- bare
  without <- list(deflate(d, "v", "p", 2001)$v,
                  coef(code_dependence(d, w ~ v, index = "year")),
                  as.data.frame(fit_groups(d$w, d$v)),
                  as.data.frame(estimate_rates(d$v, d$year)))
  d$v <- v
  told(deflate(d, "v", "p", 2001)$v, without[[1L]])
  told(coef(code_dependence(d, w ~ v, index = "year")), without[[2L]])
  told(as.data.frame(fit_groups(d$w, d$v)), without[[3L]])
  told(as.data.frame(estimate_rates(d$v, d$year)), without[[4L]])
})

test_that("answers of a survey that are declared missing are no answers", {
  tick <- c(1, 0, 9, 1, 0, 1, 9, 1)
  group <- c(1, 1, 1, 2, 2, 2, 8, 8)
  bare <- data.frame(a = replace(tick, tick == 9, NA), b = rev(tick > 0),
                     g = replace(group, group == 8, NA))
  labelled <- bare
  labelled$a <- spss(tick, 9)
  labelled$g <- spss(group, NULL, c(7, 9))
  expect_message(with <- relevance(labelled, c("a", "b"), by = "g"),
                 class = "nidcode_message_declared_missing") |>
    suppressMessages()
  without <- suppressMessages(relevance(bare, c("a", "b"), by = "g"))
  expect_identical(with$estimate, without$estimate)
  expect_identical(with$n, without$n)
  expect_identical(as.vector(with$g), without$g)

  score <- c(1, 2, 3, 9, 3, 2)
  levels <- c("1", "2", "3")
  d <- data.frame(row = 1:6)
  d$q <- spss(score, 9)
  expect_message(with <- likert_shares(d, "q", levels),
                 class = "nidcode_message_declared_missing")
  without <- likert_shares(data.frame(q = replace(score, 4, NA)), "q", levels)
  expect_identical(with$share, without$share)

  d <- bare
  d$w <- spss(c(1, 2, 1, 1, 1, 1, 1, 99), 99)
  expect_error(suppressMessages(relevance(d, "a", weights = "w")),
               class = "nidcode_error_weights")
})
