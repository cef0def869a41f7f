# Fits in the hands of others, and pictures.

same <- function(x, y, tolerance = 1e-10) {
  expect_equal(unname(x), unname(y), tolerance = tolerance)
}

test_that("fits() is a named list of nid_fit that tidy and glance", {
  d <- dependence_series()
  dep <- code_dependence(d, y ~ x + w, vcov = "HC3")
  expect_identical(names(fits(dep)), c("y, levels", "y, rates"))
  fit <- fits(dep)[[1]]
  expect_s3_class(fit, "nid_fit")
  t <- tidy(dep)
  own <- tidy(fit)
  expect_identical(own$estimate, t$estimate[t$scale == "levels"])
  expect_identical(own$p.value, t$p.value[t$scale == "levels"])
  expect_identical(names(own), c("term", "estimate", "std.error", "statistic",
                                 "p.value", "df", "conf.low", "conf.high"))
  expect_identical(nrow(glance(fit)), 1L)
  expect_identical(rownames(confint(fit, "x")), "x")
  expect_output(print(fit), "HC3 errors")
  expect_output(print(summary(fit)), "y, levels")
})

test_that("modelsummary accepts fits and lm", {
  skip_if_not_installed("modelsummary")
  d <- dependence_series()
  dep <- code_dependence(d, y ~ x, vcov = "HC3")
  summarise_models <- getExportedValue("modelsummary", "modelsummary")
  table <- summarise_models(fits(dep), output = "data.frame", fmt = 6)
  cell <- table[table$term == "x" & table$statistic == "estimate", ]
  expect_equal(as.numeric(cell[["y, levels"]]),
               tidy(dep)$estimate[2], tolerance = 1e-5)
  error <- table[table$term == "x" & table$statistic == "std.error", ]
  expect_equal(as.numeric(gsub("[()]", "", error[["y, levels"]])),
               tidy(dep)$std.error[2], tolerance = 1e-5)
  expect_true("Num.Obs." %in% table$term)
  # Not `::`: neither package is among those that the check needs.
  expect_no_error(summarise_models(as_lm(fits(dep)[[1]]),
                                   output = "data.frame"))
})

test_that("marginaleffects accepts as_lm(), with the errors of the fit", {
  skip_if_not_installed("marginaleffects")
  d <- dependence_series()
  dep <- code_dependence(d, y ~ x + w, form = "quadratic", scale = "levels",
                         vcov = "HC3")
  fit <- fits(dep)[[1]]
  average_slopes <- getExportedValue("marginaleffects", "avg_slopes")
  slopes <- average_slopes(as_lm(fit), vcov = vcov(fit))
  at <- cbind(0, 1, 2 * mean(d$x), 0, 0)
  row <- as.data.frame(slopes)
  row <- row[row$term == "x", ]
  same(row$estimate, drop(at %*% coef(fit)), 1e-6)
  same(row$std.error, sqrt(drop(at %*% vcov(fit) %*% t(at))), 1e-4)
})

test_that("lmtest accepts both", {
  skip_if_not_installed("lmtest")
  d <- dependence_series()
  dep <- code_dependence(d, y ~ x + w, scale = "levels", vcov = "HC3")
  same(lmtest::coeftest(fits(dep)[[1]])[, 4], tidy(dep)$p.value)
  same(lmtest::coeftest(as_lm(dep), vcov. = vcov(fits(dep)[[1]]))[, 4],
       tidy(dep)$p.value)
  expect_no_error(lmtest::resettest(as_lm(dep)))
})

test_that("in_words() says the verdict", {
  d <- dependence_series()
  dep <- code_dependence(d, y + w ~ x)
  words <- in_words(dep)
  expect_identical(words, verdict(dep)$sentence)
  expect_identical(words, in_words(verdict(dep)))
  expect_length(words, 2L)
})

test_that("autoplot() has the points, the curve and the verdict", {
  skip_if_not_installed("ggplot2")
  d <- dependence_series()
  dep <- code_dependence(d, y ~ x)
  p <- ggplot2::autoplot(dep)
  built <- ggplot2::ggplot_build(p)
  band <- built$data[[1]]
  ref <- predict(lm(y ~ x, d), data.frame(x = band$x),
                 interval = "confidence")
  same(band$ymin, ref[, "lwr"], 1e-9)
  same(band$ymax, ref[, "upr"], 1e-9)
  expect_setequal(built$data[[4]]$label, as.character(d$year))
  expect_match(p$labels$subtitle, verdict(dep)$verdict, fixed = TRUE)
  # Log forms are drawn in the user's units.
  p <- ggplot2::autoplot(code_dependence(d, y ~ x, form = "power"))
  built <- ggplot2::ggplot_build(p)
  same(sort(built$data[[3]]$y), sort(d$y))
  fit <- lm(log(y) ~ log(x), d)
  same(built$data[[2]]$y, exp(predict(fit, built$data[[2]]["x"])), 1e-9)
  expect_identical(p$labels$x, "x")
  # A panel for each left-hand side, after effects too.
  panel <- dependence_panel()
  p <- ggplot2::autoplot(code_dependence(panel, y + z ~ x,
                                         effects = "twoway"),
                         scale = "rates")
  expect_length(unique(ggplot2::ggplot_build(p)$data[[3]]$PANEL), 2L)
  expect_error(ggplot2::autoplot(code_dependence(d, y ~ x + w)),
               class = "nidcode_error_argument")
  expect_error(ggplot2::autoplot(dep, scale = "growth"),
               class = "nidcode_error_argument")
})

test_that("confint() of what is not there says what is", {
  d <- data.frame(year = 2001:2008, y = c(3, 5, 4, 6, 9, 8, 9, 12),
                  x = c(1, 2, 2, 3, 4, 4, 5, 6))
  dep <- code_dependence(d, y ~ x)
  fit <- fits(dep)[[1L]]
  expect_identical(confint(fit, "x"), confint(fit)["x", , drop = FALSE])
  expect_identical(rownames(confint(dep, names(fits(dep))[2L])),
                   paste0(names(fits(dep))[2L], ": ", c("(Intercept)", "x")))
  shares <- relevance_counts(data.frame(item = c("a", "b"), count = 3:4), n = 9)
  expect_identical(confint(shares, "b"), confint(shares)["b", , drop = FALSE])
  for (object in list(dep, fit, shares)) {
    err <- expect_error(confint(object, "nobody"),
                        class = "nidcode_error_argument")
    expect_identical(err$values, "nobody")
  }
})

test_that("as_lm() of one region or one time has no factor of it", {
  pairs <- data.frame(region = c("A", "B", "C", "D"), year = 2001,
                      x = c(1, 3, 2, 5), y = c(2, 1, 4, 3))
  index <- c("region", "year")
  for (effects in c("time", "twoway")) {
    fit <- fits(suppressMessages(suppressWarnings(
      code_dependence(pairs, y ~ x, index, scale = "levels",
                      effects = effects)
    )))[[1L]]
    terms <- attr(stats::terms(as_lm(fit)), "term.labels")
    expect_identical(terms, c("x", if (effects == "twoway") "factor(region)"))
  }
  time <- fits(code_dependence(pairs, y ~ x, index, scale = "levels",
                               effects = "time", vcov = "iid"))[[1L]]
  expect_equal(coef(as_lm(time))[["x"]], coef(lm(y ~ x, pairs))[["x"]])
  expect_equal(coef(time)[["x"]], coef(lm(y ~ x, pairs))[["x"]])
})

test_that("as_lm() refuses powers that are no numbers", {
  fit_in <- function(unit) {
    pairs <- data.frame(year = 2001:2006, x = c(1, 3, 2, 5, 4, 7) * unit,
                        y = c(2, 3, 1, 4, 5, 6))
    fits(suppressWarnings(
      code_dependence(pairs, y ~ x, "year", form = "quadratic",
                      scale = "levels")
    ))[[1L]]
  }
  for (unit in c(2^530, 2^-530)) {
    error <- expect_error(as_lm(fit_in(unit)),
                          class = "nidcode_error_not_finite")
    expect_identical(error$columns, "I(x^2)")
  }
  one <- coef(as_lm(fit_in(1)))
  for (unit in c(2^500, 2^-500)) {
    expect_equal(coef(as_lm(fit_in(unit)))[["I(x^2)"]] * unit * unit,
                 one[["I(x^2)"]])
  }
})
