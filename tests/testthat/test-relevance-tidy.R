items <- c("a", "b", "c", "d")

test_that("tidy, glance and confint", {
  x <- relevance(make_respondents(), items, by = "who")
  expect_named(tidy(x)[1:3], c("term", "code", "who"))
  expect_equal(tidy(x, conf.level = 0.9)$conf.low,
               relevance(make_respondents(), items, by = "who",
                         conf_level = 0.9)$conf.low)
  expect_false("conf.low" %in% names(tidy(x, conf.int = FALSE)))
  g <- glance(x)
  expect_identical(c(g$n.items, g$n.groups), c(4L, 3L))
  expect_identical(c(g$base.low, g$base.high), range(x$n))
  ci <- confint(x, "b", level = 0.95)
  expect_identical(dim(ci), c(3L, 2L))
  expect_equal(unname(ci[, 1]), x$conf.low[x$item == "b"])
  expect_identical(colnames(ci), c("2.5 %", "97.5 %"))
  pairs <- compare_relevance(x)
  expect_identical(tidy(pairs)$term[1], "a - b")
  expect_identical(tidy(pairs)$estimate, pairs$difference)
  expect_identical(tidy(compare_groups(x))$term[1], "a")
  l <- likert_shares(data.frame(q = c("no", "yes")), "q", c("no", "yes"))
  expect_identical(tidy(l)$estimate, c(0.5, 0.5))
})

test_that("tables for print do not depend on options", {
  x <- relevance_counts(paper_relevance)
  got <- relevance_table(x)
  expect_named(got, c("Item", "Code", "Share, %", "95% interval", "Base",
                      "Rank"))
  expect_identical(got[1, "Share, %"], "66.3")
  expect_identical(got[1, "95% interval"], "59.7\u201372.4")
  expect_identical(got$Base[1], "208")
  expect_identical(got[["Share, %"]][17:18], c("", ""))
  words <- in_words(x)
  spec <- format(get_spec(x))
  withr::with_options(list(OutDec = ",", scipen = -10, digits = 3,
                           warn = 2), {
    expect_identical(relevance_table(x), got)
    expect_identical(in_words(x), words)
    expect_identical(format(get_spec(x)), spec)
  })
})

test_that("in a document names are text, not markup", {
  skip_if_not_installed("knitr")
  x <- relevance_counts(data.frame(item = c("<b>|x|*", "b"), count = 1:2),
                        n = 3)
  text <- unclass(knitr::knit_print(x))
  expect_match(text, "&lt;b>&#124;x&#124;\\*", fixed = TRUE)
  expect_match(text, "Interval|interval")
})

test_that("sentences say who leads and how surely", {
  words <- in_words(relevance_counts(paper_relevance))
  expect_match(words[1], "66.3% of 208 respondents (95% interval: 59.7% to 72.4%)",
               fixed = TRUE)
  expect_match(words[2], "could be first")
  expect_match(words[4], "For 2 items no share is known.", fixed = TRUE)
  sure <- in_words(relevance_counts(
    data.frame(item = c("a", "b"), count = c(90, 10)), n = 100))
  expect_match(sure[2], "first beyond sampling error")
  d <- make_respondents()
  expect_match(in_words(relevance(d, items, by = "who"))[1], "Among public")
})

test_that("pictures are drawn of every kind of table", {
  skip_if_not_installed("ggplot2")
  draw <- \(x) ggplot2::ggplot_build(ggplot2::autoplot(x))
  d <- make_respondents()
  codes <- c(a = "I", b = "I", c = "II", d = "II")
  for (x in list(
    relevance(d, items), relevance(d, items, item_codes = codes, by = "who"),
    relevance_counts(paper_relevance),
    compare_relevance(relevance(d, items)),
    compare_relevance(relevance_counts(paper_relevance)),
    compare_groups(relevance(d, items, by = "who")),
    audit_percentages(c(60.3, 27, 12.7), n_max = 100)
  )) {
    expect_s3_class(draw(x), "ggplot_built")
  }
  # Bars of the levels abut, and the neutral one is astride zero.
  answers <- data.frame(q = c("no", "neutral", "neutral", "yes"))
  x <- likert_shares(answers, "q", c("no", "neutral", "yes"))
  bars <- draw(x)$data[[1]]
  expect_equal(bars$xmin, c(-0.5, -0.25, 0.25))
  expect_equal(bars$xmax, c(-0.25, 0.25, 0.5))
  even <- likert_shares(data.frame(q = c("no", "yes", "yes")), "q",
                        c("no", "yes"))
  expect_equal(draw(even)$data[[1]]$xmin, c(-1 / 3, 0))
})

test_that("plot() draws and returns its argument", {
  skip_if_not_installed("ggplot2")
  withr::local_pdf(NULL)
  x <- relevance(make_respondents(), items)
  expect_identical(withVisible(plot(x)), list(value = x, visible = FALSE))
})
