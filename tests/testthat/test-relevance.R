items <- c("a", "b", "c", "d")

test_that("a hand case: counts, bases and shares", {
  d <- data.frame(lending = c(1, 1, 0, 1, 0, 1, 1, 0),
                  tax = c(TRUE, FALSE, FALSE, TRUE, FALSE, NA, TRUE, FALSE),
                  fairs = c(0L, 0L, 0L, 1L, 0L, 0L, 0L, 0L))
  x <- relevance(d, names(d))
  expect_s3_class(x, c("nid_relevance", "nid_table"))
  expect_named(x, c("item", "code", "count", "n", "estimate", "std.error",
                    "conf.low", "conf.high", "rank", "rank.low", "rank.high",
                    "df"))
  expect_identical(x$item, names(d))
  expect_identical(x$count, c(5L, 3L, 1L))
  expect_identical(x$n, c(8L, 7L, 8L))
  expect_identical(x$estimate, c(5 / 8, 3 / 7, 1 / 8))
  expect_equal(x$std.error^2, c(15 / 512, 12 / 343, 7 / 512))
  expect_identical(x$df, rep(Inf, 3))
  expect_identical(x$rank, 1:3)
})

test_that("every way of holding answers gives the same table", {
  d <- make_respondents(n = 60)[items]
  base <- as.data.frame(relevance(d, items))
  same <- function(data, ...) {
    expect_identical(as.data.frame(relevance(data, ...)), base)
  }
  same(lapply(d, as.logical) |> as.data.frame(), items)
  same(lapply(d, as.integer) |> as.data.frame(), items)
  same(as.matrix(d), items)
  same(tibble::as_tibble(d), items)
  ticked <- apply(d == 1, 1, \(row) items[row], simplify = FALSE)
  same(tibble::tibble(named = ticked), "named")
  text <- vapply(ticked, paste, "", collapse = " ; ")
  same(data.frame(named = text), "named", sep = ";")
  # Twice in one answer counts once.
  same(data.frame(named = paste0(text, ";", text)), "named", sep = ";")
  labelled <- d
  labelled$a <- structure(labelled$a, class = c("haven_labelled", "double"),
                          labels = c(no = 0, yes = 1))
  same(labelled, items)
})

test_that("no answer is not a blank answer", {
  text <- data.frame(named = c("a;b", "a", "", NA))
  x <- relevance(text, "named", sep = ";")
  expect_identical(x$n, c(3L, 3L))
  expect_identical(x$count, c(2L, 1L))
  lists <- tibble::tibble(
    named = list(c("a", "b"), "a", character(), NULL, NA))
  x <- relevance(lists, "named")
  expect_identical(x$n, c(3L, 3L))
  expect_identical(x$count, c(2L, 1L))
})

test_that("a factor is one answer each; an option nobody chose has 0 of n", {
  d <- data.frame(best = factor(c("x", "y", "x", NA, "x"),
                                c("y", "x", "never")))
  x <- relevance(d, "best")
  expect_identical(x$item, c("y", "x", "never"))
  expect_identical(x$count, c(1L, 3L, 0L))
  expect_identical(x$n, c(4L, 4L, 4L))
  expect_gt(x$conf.high[3], 0)
  # Those who chose one did not choose the other: all are discordant.
  pairs <- compare_relevance(x)
  expect_equal(pairs$p.value[1], binom.test(1, 4)$p.value)
  # Cochran's Q of single answers is the goodness-of-fit chi-squared.
  expect_equal(glance(pairs)$statistic,
               unname(suppressWarnings(chisq.test(c(1, 3, 0))$statistic)))
  expect_identical(relevance(data.frame(best = c("b", "a")), "best")$item,
                   c("a", "b"))
})

test_that("integer64 ticks are read as numbers", {
  skip_if_not_installed("bit64")
  d <- data.frame(a = c(1, 0, 1, NA), b = c(0, 0, 1, 1))
  big <- d
  big$a <- bit64::as.integer64(d$a)
  expect_identical(as.data.frame(relevance(big, c("a", "b"))),
                   as.data.frame(relevance(d, c("a", "b"))))
})

test_that("groups: own bases, NA where never asked, NA key kept", {
  d <- data.frame(who = c("firm", "firm", "state", "state", NA),
                  a = c(1, 0, 1, 1, 1), b = c(1, 1, NA, NA, 0))
  expect_message(x <- relevance(d, c("a", "b"), by = "who"),
                 class = "nidcode_message_base")
  expect_identical(x$who, rep(c("firm", "state", NA), each = 2))
  expect_identical(x$n, c(2L, 2L, 2L, 0L, 1L, 1L))
  expect_identical(x$count, c(1L, 2L, 2L, NA, 1L, 0L))
  expect_identical(x$estimate[4], NA_real_)
  expect_identical(x$rank[4], NA_integer_)
  expect_true(is.na(x$conf.low[4]) && is.na(x$std.error[4]))
  # Each group is what it is alone.
  alone <- relevance(d[1:2, ], c("a", "b"))
  expect_identical(x$conf.high[1:2], alone$conf.high)
  # Levels keep their order and class, unused ones go.
  d$who <- factor(d$who, c("state", "none", "firm"))
  x <- suppressMessages(relevance(d, c("a", "b"), by = "who"))
  expect_identical(as.character(x$who), rep(c("state", "firm", NA), each = 2))
  expect_s3_class(x$who, "factor")
  # Two keys.
  d$year <- c(1, 2, 1, 2, 1)
  x <- suppressMessages(relevance(d, "a", by = c("who", "year")))
  expect_identical(x$year, c(1, 2, 1, 2, 1))
})

test_that("corners: no rows, one respondent, all missing", {
  d <- data.frame(a = numeric(), b = numeric(), who = character())
  x <- suppressMessages(relevance(d, c("a", "b")))
  expect_identical(x$n, c(0L, 0L))
  expect_true(all(is.na(x$estimate)))
  x <- suppressMessages(relevance(d, c("a", "b"), by = "who"))
  expect_identical(dim(x), c(0L, 13L))
  expect_type(x$estimate, "double")
  expect_type(x$rank, "integer")
  expect_identical(nrow(compare_relevance(x)), 0L)
  x <- relevance(data.frame(a = 1, b = 0), c("a", "b"))
  expect_identical(x$conf.high[1], 1)
  expect_identical(x$conf.low[2], 0)
  expect_identical(x$rank.high, c(2L, 2L))
  x <- suppressMessages(relevance(data.frame(a = c(NA, NA), b = 1:0),
                                  c("a", "b")))
  expect_identical(x$n, c(0L, 2L))
  expect_identical(x$rank, c(NA, 1L))
  expect_identical(x$rank.high, c(NA, 1L))
})

test_that("what is no tick is refused by name", {
  d <- make_respondents(n = 10)
  bad <- d
  bad$b <- ifelse(d$b == 1, "yes", "no")
  error <- expect_error(relevance(bad, items),
                        class = "nidcode_error_not_numeric")
  expect_identical(error$columns, "b")
  bad$b <- factor(bad$b)
  expect_error(relevance(bad, items), class = "nidcode_error_not_numeric")
  bad$b <- 2
  error <- expect_error(relevance(bad, items), class = "nidcode_error_counts")
  expect_identical(error$values, 2)
  bad$b <- 0.5
  expect_error(relevance(bad, items), class = "nidcode_error_counts")
  bad$b <- Inf
  expect_error(relevance(bad, items), class = "nidcode_error_counts")
  bad$b <- d$b + 0i
  expect_error(relevance(bad, items), class = "nidcode_error_not_numeric")
})

test_that("arguments are checked", {
  d <- make_respondents(n = 10)
  expect_error(relevance(d, "z"), class = "nidcode_error_no_column")
  expect_error(relevance(d, c("a", "a")),
               class = "nidcode_error_duplicate_name")
  expect_error(relevance(d, NULL), class = "nidcode_error_argument")
  expect_error(relevance(1:3, "a"), class = "nidcode_error_argument")
  expect_error(relevance(d, "a", conf_level = 95),
               class = "nidcode_error_level")
  expect_error(relevance(d, "a", method = "wald"),
               class = "nidcode_error_argument")
  expect_error(relevance(d, "a", sep = ";"), class = "nidcode_error_argument")
  expect_error(relevance(d, "a", item_codes = c(b = "x")),
               class = "nidcode_error_argument")
  d$count <- 1
  expect_error(relevance(d, "a", by = "count"),
               class = "nidcode_error_reserved_name")
})

test_that("names of items are data", {
  d <- data.frame(1:0, c(1, 1), check.names = FALSE)
  names(d) <- c("{1 + 1} \"; `x`", "\u043d\u0430\u043b\u043e\u0433\u0438")
  x <- relevance(d, names(d))
  expect_identical(x$item, names(d))
  expect_identical(compare_relevance(x)$item1, names(d)[1])
})

test_that("grouped data are ungrouped, and told so", {
  skip_if_not_installed("dplyr")
  d <- dplyr::group_by(tibble::as_tibble(make_respondents(n = 10)), who)
  expect_message(relevance(d, "a"), class = "nidcode_message_ungrouped")
})

test_that("a data.table comes out as it went in", {
  skip_if_not_installed("data.table")
  d <- data.table::as.data.table(make_respondents(n = 10))
  before <- data.table::copy(d)
  relevance(d, items, weights = "weight")
  expect_identical(d, before)
})

test_that("codes: mean with the covariance of its items, share naming any", {
  d <- make_respondents(holes = 0.1)
  codes <- c(a = "I", b = "I", c = "II", d = "II")
  x <- relevance(d, items, item_codes = codes)
  expect_identical(x$code, unname(codes))
  got <- relevance_by_code(x)
  expect_identical(got$measure, rep(c("mean", "any"), 2))
  full <- !is.na(d$a) & !is.na(d$b)
  expect_identical(got$n[2], sum(full))
  expect_equal(got$estimate[2], mean((d$a + d$b)[full] > 0))
  expect_equal(got$estimate[1], mean(x$estimate[1:2]))
  z <- cbind((d$a - x$estimate[1]) / x$n[1], (d$b - x$estimate[2]) / x$n[2])
  z[is.na(z)] <- 0
  expect_equal(got$std.error[1], sqrt(sum(rowSums(z)^2)) / 2)
  expect_error(relevance_by_code(relevance(d, items)),
               class = "nidcode_error_argument")
})

test_that("codes under a design are survey's", {
  skip_if_not_installed("survey")
  d <- make_respondents()
  d$any <- as.numeric(d$a + d$b > 0)
  s <- survey::svydesign(~cluster, weights = ~weight, data = d)
  x <- relevance(s, items, item_codes = c(a = "I", b = "I", c = "J", d = "J"))
  got <- relevance_by_code(x)
  expect_equal(got$std.error[2], as.numeric(
    survey::SE(survey::svymean(~any, s))), tolerance = 1e-10)
  mean <- survey::svycontrast(survey::svymean(~a + b, s), c(0.5, 0.5))
  expect_equal(got$std.error[1], as.numeric(survey::SE(mean)),
               tolerance = 1e-10)
})

test_that("a changed table has lost its pairs and says so", {
  x <- relevance(make_respondents(n = 20), items)
  expect_error(compare_relevance(x[1:2, ]), class = "nidcode_error_needs_fit")
  expect_error(compare_relevance(1), class = "nidcode_error_argument")
})

test_that("it prints within 15 lines and keeps no respondents", {
  d <- make_respondents(n = 3000)
  x <- relevance(d, items)
  expect_lte(length(capture.output(print(x))), 15)
  expect_lt(as.numeric(object.size(x)), 40000)
})

test_that("text of no marked encoding is sorted, as read.csv() gives it", {
  skip_if_not(l10n_info()[["UTF-8"]])
  file <- withr::local_tempfile(lines = c("who;a", "\u0431;1", "\u0430;0",
                                          "\u0431;0"), fileext = ".csv")
  d <- read.csv(file, sep = ";", encoding = "unknown")
  expect_true(all(Encoding(d$who) == "unknown"))
  x <- relevance(d, "a", by = "who")
  expect_equal(x$who, c("\u0430", "\u0431"))
  expect_equal(x$estimate, c(0, 0.5))
  expect_equal(fit_groups(c(1, 2, 4, 8), c(1, 2, 1, 2),
                          d$who[c(1, 1, 2, 2)])$group[c(1, 3)],
               c("\u0430", "\u0431"))
  trend <- data.frame(who = rep(d$who[1:2], each = 8), year = rep(1:8, 2),
                      x = (1:16)^2, y = (1:16)^3)
  dep <- code_dependence(trend, y ~ x, index = c("who", "year"), by = "who")
  expect_equal(unique(tidy(dep)$who), c("\u0430", "\u0431"))
})

test_that("answers that tick nothing: no row, columns of the right types", {
  some <- relevance(data.frame(a = c("x;y", "")), "a", sep = ";")
  types <- vapply(as.list(some), typeof, "")
  d <- data.frame(z = 1:2)
  d$a <- list(character(), character())
  for (none in list(
    relevance(d, "a"), relevance(data.frame(a = c("", "")), "a", sep = ";"),
    relevance(data.frame(a = factor(c(NA, NA))), "a"),
    relevance(d, "a", weights = 1),
    relevance(d, "a", item_codes = c(x = "I"))
  )) {
    expect_identical(nrow(none), 0L)
    expect_identical(vapply(as.list(none), typeof, ""), types)
    expect_prints(none)
    expect_identical(nrow(compare_relevance(none)), 0L)
    expect_identical(nrow(glance(none)), 1L)
  }
})

test_that("no respondents: items are NA with n = 0, codes too", {
  d <- data.frame(a = logical(), b = logical())
  want <- suppressMessages(relevance(d, c("a", "b")))
  coded <- suppressMessages(
    relevance(d, c("a", "b"), item_codes = c(a = "I", b = "II")))
  expect_identical(coded$n, c(0L, 0L))
  same <- setdiff(names(want), "code")
  expect_identical(as.list(coded)[same], as.list(want)[same])
  by_code <- relevance_by_code(coded)
  expect_identical(by_code$code, rep(c("I", "II"), each = 2L))
  expect_true(all(is.na(by_code$estimate)))
})

test_that("codes of items: one each, none missing", {
  d <- data.frame(a = 1:0, b = 1)
  expect_error(relevance(d, c("a", "b"), item_codes = c(a = NA, b = "x")),
               "`a`", class = "nidcode_error_argument")
  expect_error(relevance(d, "a", item_codes = c(a = "x", a = "y")),
               class = "nidcode_error_duplicate_name")
})

test_that("answers and groups that are lists of something else", {
  d <- data.frame(z = 1:2)
  d$a <- list("x", mean)
  cnd <- expect_no_warning(expect_error(relevance(d, "a"),
                                        class = "nidcode_error_not_numeric"))
  expect_identical(cnd$rows, 2L)
  # Single options in a list are options.
  d$a <- list(list("x", "y"), "x")
  expect_identical(relevance(d, "a")$count, 2:1)
  d$a <- 1:0
  for (keys in list(list(1, 2), matrix(1:4, 2), c(1i, 2))) {
    d$g <- keys
    expect_error(relevance(d, "a", by = "g"),
                 class = "nidcode_error_argument")
  }
  d$a <- matrix(1:0)
  expect_identical(relevance(d, "a")$count, 1L)
  d$a <- matrix(1:0, 2, 2)
  expect_error(relevance(d, "a"), class = "nidcode_error_not_numeric")
})

test_that("separators are text, not patterns", {
  of <- function(text, sep) {
    relevance(data.frame(a = text), "a", sep = sep)$item
  }
  expect_identical(of("x|y.z", "|"), c("x", "y.z"))
  expect_identical(of("x|y.z", "."), c("x|y", "z"))
  expect_identical(of("x.*y", ".*"), c("x", "y"))
})
