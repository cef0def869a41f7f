# Against the survey package, to 1e-10.

items <- c("a", "b", "c", "d")

expect_close <- function(ours, theirs, tolerance = 1e-10) {
  expect_lt(max(abs(unname(ours) - unname(theirs))), tolerance)
}

test_that("weights alone: svymean, confint and svyciprop", {
  skip_if_not_installed("survey")
  d <- make_respondents()
  s <- survey::svydesign(~1, weights = ~weight, data = d)
  m <- survey::svymean(d[items], s)
  ours <- relevance(d, items, weights = "weight")
  expect_close(ours$estimate, coef(m))
  expect_close(ours$std.error, survey::SE(m))
  expect_close(get_fit(ours)$within[[1]], vcov(m))
  expect_identical(ours$df, rep(399, 4))
  exact <- relevance(d, items, weights = "weight", method = "clopper-pearson")
  logit <- relevance(d, items, weights = "weight", method = "logit")
  for (i in seq_along(items)) {
    f <- stats::as.formula(paste0("~", items[i]))
    beta <- survey::svyciprop(f, s, method = "beta")
    expect_close(c(exact$conf.low[i], exact$conf.high[i]), attr(beta, "ci"))
    xlogit <- survey::svyciprop(f, s, method = "xlogit")
    expect_close(c(logit$conf.low[i], logit$conf.high[i]), attr(xlogit, "ci"))
    # Fitted by iteration there, hence to its stopping rule only.
    glm <- survey::svyciprop(f, s, method = "logit")
    expect_close(c(logit$conf.low[i], logit$conf.high[i]), attr(glm, "ci"),
                 1e-6)
  }
})

test_that("strata, clusters and item non-response", {
  skip_if_not_installed("survey")
  d <- make_respondents(holes = 0.1)
  s <- survey::svydesign(~cluster, strata = ~stratum, weights = ~weight,
                         data = d, nest = TRUE)
  ours <- relevance(d, items, weights = "weight", strata = "stratum",
                    ids = "cluster", method = "clopper-pearson")
  for (i in seq_along(items)) {
    f <- stats::as.formula(paste0("~", items[i]))
    m <- survey::svymean(f, s, na.rm = TRUE)
    expect_close(ours$estimate[i], coef(m))
    expect_close(ours$std.error[i], survey::SE(m))
    there <- s[!is.na(d[[items[i]]]), ]
    expect_identical(ours$df[i], as.double(survey::degf(there)))
    beta <- survey::svyciprop(f, there, method = "beta")
    expect_close(c(ours$conf.low[i], ours$conf.high[i]), attr(beta, "ci"))
  }
})

test_that("the Wilson interval of a design is prop.test's at n effective", {
  d <- make_respondents()
  ours <- relevance(d, items, weights = "weight", ids = "cluster")
  p <- ours$estimate
  n_eff <- p * (1 - p) / ours$std.error^2 *
    (qt(0.025, 399) / qt(0.025, ours$df))^2
  for (i in 1:4) {
    outside <- suppressWarnings(
      prop.test(p[i] * n_eff[i], n_eff[i], correct = FALSE))$conf.int
    expect_close(c(ours$conf.low[i], ours$conf.high[i]), outside)
  }
})

test_that("groups are domains, and their difference knows the clusters", {
  skip_if_not_installed("survey")
  d <- make_respondents()
  s <- survey::svydesign(~cluster, strata = ~stratum, weights = ~weight,
                         data = d, nest = TRUE)
  ours <- relevance(d, "b", by = "who", weights = "weight",
                    strata = "stratum", ids = "cluster")
  theirs <- survey::svyby(~b, ~who, s, survey::svymean, na.rm = TRUE,
                          covmat = TRUE)
  expect_close(ours$estimate, coef(theirs))
  expect_close(ours$std.error, survey::SE(theirs))
  expect_close(get_fit(ours)$across[[1]], vcov(theirs))
  d1 <- survey::svycontrast(theirs, c(1, -1, 0))
  got <- compare_groups(ours)
  expect_close(got$difference[1], coef(d1))
  expect_close(got$statistic[1], coef(d1) / survey::SE(d1))
})

test_that("a design goes in as it is", {
  skip_if_not_installed("survey")
  d <- make_respondents(holes = 0.05)
  s <- survey::svydesign(~cluster, strata = ~stratum, weights = ~weight,
                         data = d, nest = TRUE)
  by_hand <- relevance(d, items, by = "who", weights = "weight",
                       strata = "stratum", ids = "cluster")
  got <- relevance(s, items, by = "who")
  expect_equal(as.data.frame(got), as.data.frame(by_hand), tolerance = 1e-12)
  expect_error(relevance(s, items, weights = "weight"),
               class = "nidcode_error_argument")
})

test_that("population corrections, subsets, stages and calibration", {
  skip_if_not_installed("survey")
  d <- make_respondents()
  d$size <- c(north = 60, south = 80, west = 50)[d$stratum]
  d$people <- 12
  d$id <- seq_len(nrow(d))
  designs <- list(
    fpc = survey::svydesign(~cluster, strata = ~stratum, weights = ~weight,
                            fpc = ~size, data = d, nest = TRUE),
    stages = survey::svydesign(~cluster + id, strata = ~stratum,
                               fpc = ~size + people, data = d, nest = TRUE),
    part = subset(survey::svydesign(~cluster, strata = ~stratum,
                                    weights = ~weight, data = d, nest = TRUE),
                  who != "public"),
    post = survey::postStratify(
      survey::svydesign(~cluster, weights = ~weight, data = d), ~who,
      data.frame(who = levels(d$who), Freq = c(300, 200, 250)))
  )
  for (name in names(designs)) {
    m <- survey::svymean(designs[[name]]$variables[items], designs[[name]])
    ours <- relevance(designs[[name]], items)
    expect_close(ours$estimate, coef(m))
    expect_close(get_fit(ours)$within[[1]], vcov(m))
    by <- survey::svyby(~a, ~who, designs[[name]], survey::svymean)
    ours <- relevance(designs[[name]], "a", by = "who")
    expect_close(ours$std.error, survey::SE(by))
  }
})

test_that("replicate weights", {
  skip_if_not_installed("survey")
  d <- make_respondents()
  s <- survey::svydesign(~cluster, strata = ~stratum, weights = ~weight,
                         data = d, nest = TRUE)
  for (type in c("JKn", "bootstrap")) {
    r <- withr::with_seed(1, survey::as.svrepdesign(s, type = type))
    m <- survey::svymean(as.matrix(d[items]), r)
    ours <- relevance(r, items)
    expect_close(ours$estimate, coef(m))
    expect_close(get_fit(ours)$within[[1]], vcov(m))
    expect_identical(ours$df[1], as.double(survey::degf(r)))
    by <- survey::svyby(~a, ~who, r, survey::svymean, na.rm = TRUE)
    expect_close(relevance(r, "a", by = "who")$std.error, survey::SE(by))
  }
})

test_that("a srvyr design is read like a survey design", {
  skip_if_not_installed("srvyr")
  d <- make_respondents()
  s <- getExportedValue("srvyr", "as_survey_design")(d, ids = "cluster", weights = "weight")
  expect_equal(as.data.frame(relevance(s, items)),
               as.data.frame(relevance(d, items, weights = "weight",
                                       ids = "cluster")), tolerance = 1e-12)
})

test_that("scaling the weights changes nothing, nor does the row order", {
  d <- make_respondents(holes = 0.1)
  one <- relevance(d, items, by = "who", weights = "weight", ids = "cluster",
                   strata = "stratum")
  e <- d[rev(seq_len(nrow(d))), ]
  e$weight <- e$weight * 1e6
  two <- relevance(e, items, by = "who", weights = "weight", ids = "cluster",
                   strata = "stratum")
  expect_equal(as.data.frame(two), as.data.frame(one), tolerance = 1e-10)
})

test_that("equal weights: the plain share, its error by sqrt(n/(n-1))", {
  d <- make_respondents()
  plain <- relevance(d, items)
  weighted <- relevance(d, items, weights = 2)
  expect_equal(weighted$estimate, plain$estimate)
  expect_equal(weighted$std.error, plain$std.error * sqrt(400 / 399))
})

test_that("weight zero leaves the base but stays a sampled unit", {
  d <- make_respondents(n = 50)
  d$weight[1:10] <- 0
  got <- relevance(d, "a", weights = "weight", ids = "cluster")
  expect_identical(got$n, 40L)
  expect_identical(get_fit(got)$df_design, 9L)
})

test_that("shares of 0 and 1 and unknown variance", {
  d <- data.frame(all = 1, none = 0, some = c(1, 0, 1, 0, 1),
                  w = c(1, 2, 1, 1, 3), one = 1)
  for (method in setdiff(interval_methods, c("wilson-modified",
                                             "jeffreys-modified"))) {
    x <- relevance(d, c("all", "none"), weights = "w", method = method)
    expect_identical(c(x$conf.high[1], x$conf.low[2]), c(1, 0))
    expect_true(x$conf.low[1] > 0.2 && x$conf.low[1] < 0.8)
    expect_equal(x$conf.low[1], 1 - x$conf.high[2])
  }
  # All in one cluster: nothing is known of the error.
  x <- relevance(d, "some", weights = "w", ids = "one")
  expect_identical(x$std.error, NA_real_)
  expect_identical(x$conf.low, NA_real_)
  expect_equal(x$estimate, 5 / 8)
  # One respondent.
  x <- relevance(d[1, ], "some", weights = "w")
  expect_identical(x$estimate, 1)
  expect_identical(x$conf.high, 1)
  expect_gt(x$conf.low, 0)
})

test_that("bad weights and strata are refused by name", {
  d <- make_respondents(n = 20)
  for (bad in list(-1, Inf, NA_real_, NaN)) {
    e <- d
    e$weight[3] <- bad
    expect_error(relevance(e, "a", weights = "weight"),
                 class = "nidcode_error_weights")
  }
  expect_error(relevance(d, "a", weights = rep(0, 20)),
               class = "nidcode_error_weights")
  expect_error(relevance(d, "a", weights = 1:3),
               class = "nidcode_error_weights")
  expect_error(relevance(d, "a", weights = "stratum"),
               class = "nidcode_error_weights")
  expect_error(relevance(d, "a", weights = "nowhere"),
               class = "nidcode_error_no_column")
  d$stratum[] <- "north"
  d$stratum[1] <- "islands"
  error <- expect_error(relevance(d, "a", strata = "stratum"),
                        class = "nidcode_error_weights")
  expect_identical(error$values, "islands")
  expect_error(relevance(d, "a", weights = 1, method = "wilson-modified"),
               class = "nidcode_error_argument")
})

test_that("lonely units go by the survey package's option", {
  skip_if_not_installed("survey")
  d <- make_respondents()
  d$stratum[d$cluster == 1] <- "islands"
  s <- survey::svydesign(~cluster, strata = ~stratum, weights = ~weight,
                         data = d, nest = TRUE)
  for (rule in c("adjust", "average", "remove")) {
    withr::with_options(list(survey.lonely.psu = rule), {
      m <- survey::svymean(d[items], s)
      expect_close(get_fit(relevance(s, items))$within[[1]], vcov(m))
    })
  }
  withr::with_options(list(survey.lonely.psu = "fail"), {
    expect_error(relevance(s, items), "only one PSU")
  })
})

test_that("clusters or strata without weights", {
  skip_if_not_installed("survey")
  d <- make_respondents()
  s <- survey::svydesign(~cluster, strata = ~stratum, weights = ~1, data = d,
                         nest = TRUE)
  m <- survey::svymean(d[items], s)
  got <- relevance(d, items, ids = "cluster", strata = "stratum")
  expect_close(get_fit(got)$within[[1]], vcov(m))
})

test_that("one sampling unit: the error is NA, not NaN", {
  for (by in list(NULL, "g")) {
    r <- relevance(data.frame(a = 1, b = 1, g = "u"), c("a", "b"), by = by,
                   weights = 1)
    expect_identical(r$std.error, c(NA_real_, NA_real_))
    expect_false(any(is.nan(r$std.error)))
    fit <- get_fit(r)
    expect_false(any(is.nan(unlist(fit[c("within", "across")]))))
  }
})

test_that("weights are a scale: any power of two gives the same bits", {
  d <- make_respondents(60)
  d$a[] <- 1
  want <- relevance(d, c("a", "b"), weights = "weight", strata = "stratum")
  for (k in c(-1000, -600, 600, 1020)) {
    e <- transform(d, weight = weight * 2^k)
    got <- relevance(e, c("a", "b"), weights = "weight", strata = "stratum")
    expect_identical(as.list(got), as.list(want), label = paste("2 to", k))
  }
  # Hardly any weight is still an answer, and 1 of 1 has an interval.
  r <- relevance(data.frame(a = c(1, 0)), "a", weights = c(1e300, 1e-300))
  expect_identical(r$n, 2L)
  r <- relevance(data.frame(a = c(1, 1, 1)), "a", weights = c(1e200, 1e200, 1))
  expect_lt(r$conf.low, 1)
})
