compared_model <- function(...) {
  quietly(code_model(subset(ural, level == "region"), ural_scheme,
                     status = "_status", ...))
}

test_that("a model beside itself: no move, full agreement", {
  m <- compared_model()
  x <- compare_models(a = m, b = m)
  expect_identical(x$largest.move, integer(4))
  expect_identical(x$a.rank, 1:4)
  expect_identical(x$a.estimate, sort(m$basic$estimate, decreasing = TRUE))
  g <- glance(x)
  expect_identical(c(g$kendall, g$spearman, g$top, g$mean.move), c(1, 1, 1, 0))
  expect_identical(g$differ, "")
  expect_true(g$same.data)
  expect_match(in_words(x), "the same order")
})

test_that("ranks, moves and agreement by hand", {
  m <- compared_model()
  other <- m
  # a: ranks of the table; b: first and last change places.
  at <- order(-m$basic$estimate)
  e <- m$basic$estimate
  e[at[c(1, 4)]] <- e[at[c(4, 1)]]
  other$basic$estimate <- e
  attr(other$basic, "spec") <- get_spec(m$basic)
  x <- compare_models(list(a = m, b = other))
  expect_identical(x$a.rank, 1:4)
  expect_identical(x$b.rank, c(4L, 2L, 3L, 1L))
  expect_identical(x$largest.move, c(3L, 0L, 0L, 3L))
  g <- glance(x)
  # Pairs: of six only (2, 3) keeps its order.
  expect_equal(g$kendall, (1 - 5) / 6)
  expect_identical(c(g$mean.move, g$top), c(1.5, 0))
  expect_identical(g$largest.move, 3L)
  expect_match(in_words(x), "2 of 4 regions change rank between a and b")
  long <- tidy(x)
  expect_identical(nrow(long), 8L)
  expect_identical(long$rank[long$model == "b"][match(x$region,
    long$region[long$model == "b"])], x$b.rank)
  expect_identical(long$std.error[long$model == "a"], m$basic$std.error)
})

test_that("what models differ in is named, in order", {
  m <- compared_model()
  one <- quietly(update(m, influence = influence_half_life(3),
                        rate = rate_difference()))
  heavy <- as_code_scheme(within(as.data.frame(ural_scheme), {
    weight[2] <- 3
  }))
  two <- quietly(update(m, scheme = heavy, normalise = "minmax"))
  x <- compare_models(own = m, one = one, two = two)
  differ <- get_fit(x)$differ
  expect_match(differ[[1]], "^rate spline.* -> difference", all = FALSE)
  expect_match(differ[[1]], "^influence equal.* -> half-life 3", all = FALSE)
  expect_length(differ[[1]], 2L)
  expect_identical(differ[[2]],
                   c("normalise zscore -> minmax",
                     "weight of innovative_output_share 1 -> 3"))
  expect_match(format(x), "no test between them", all = FALSE)
  expect_identical(glance(x)$model2, c("one", "two", "two"))
})

test_that("a region of one model only is kept, with NA", {
  m <- compared_model()
  few <- quietly(code_model(subset(ural, level == "region" &
                                     region != "Kurgan Oblast"),
                            ural_scheme, status = "_status"))
  x <- compare_models(all = m, few = few)
  expect_identical(nrow(x), 4L)
  at <- x$region == "Kurgan Oblast"
  expect_identical(is.na(x$few.estimate), at)
  expect_identical(is.na(x$largest.move), at)
  expect_identical(glance(x)$n, 3L)
  expect_false(glance(x)$same.data)
})

test_that("models of one region, or of none with a code, have their rows", {
  one <- quietly(code_model(subset(ural, region == "Kurgan Oblast"),
                            ural_scheme, status = "_status"))
  g <- glance(compare_models(a = one, b = one))
  expect_identical(list(g$n, g$kendall, g$top, g$largest.move),
                   list(1L, NA_real_, 1, 0L))
  short <- quietly(code_model(subset(ural, region == "Kurgan Oblast" &
                                       year == 2005), ural_scheme,
                              status = "_status"))
  x <- compare_models(a = short, b = short)
  g <- glance(x)
  expect_identical(list(g$n, g$top, g$mean.move, g$largest.move),
                   list(0L, NA_real_, NA_real_, NA_integer_))
  expect_length(in_words(x), 1L)
  expect_s3_class(ggplot2::autoplot(x), "ggplot")
  expect_identical(nrow(tidy(x)), 2L * nrow(x))
  none <- quietly(code_model(ural[0, ], ural_scheme, status = "_status"))
  x <- compare_models(a = none, b = none)
  expect_identical(c(nrow(x), nrow(tidy(x)), glance(x)$n), c(0L, 0L, 0L))
})

test_that("what is no set of models is refused by class", {
  m <- compared_model()
  for (bad in list(list(m), list(a = m), list(m, m), list(a = m, a = m),
                   list(a = m, b = 1), list())) {
    expect_error(do.call(compare_models, bad), class = "nidcode_error_argument")
  }
  district <- quietly(code_model(subset(ural, region_code == "FD-U"),
                                 ural_scheme, index = "year",
                                 status = "_status"))
  expect_error(compare_models(a = m, b = district),
               class = "nidcode_error_bad_index")
  x <- compare_models(a = district, b = district)
  expect_identical(names(x)[1], "a.estimate")
  expect_s3_class(ggplot2::autoplot(x), "ggplot")
})
