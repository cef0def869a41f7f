# code_dependence(): what is fitted, against lm() and its companions.

same <- function(x, y, tolerance = 1e-10) {
  expect_equal(unname(x), unname(y), tolerance = tolerance)
}

test_that("the paper's Fig. 2 pairs give the known correlations", {
  district <- ural[ural$level == "district", ]
  dep <- code_dependence(
    district,
    apt_developed + income_pc + consumer_spending_pc + grp ~ employed_he_share
  )
  g <- glance(dep)
  expect_identical(round(g$r[g$scale == "levels"], 2),
                   c(0.70, 0.96, 0.97, 0.93))
  expect_identical(round(g$r[g$scale == "rates"], 2),
                   c(-0.19, 0.39, 0.49, 0.18))
  expect_identical(unique(g$nobs), c(9L, 8L))
  expect_identical(unique(verdict(dep)$verdict), "trend only")
})

test_that("tidy() and glance() have the columns of the contract", {
  d <- dependence_panel()
  dep <- code_dependence(d, y + z ~ x, by = "region")
  t <- tidy(dep)
  expect_identical(names(t), c(
    "fit", "y", "region", "form", "scale", "term", "estimate", "std.error",
    "statistic", "p.value", "df", "conf.low", "conf.high"
  ))
  g <- glance(dep)
  expect_identical(names(g), c(
    "fit", "y", "region", "form", "scale", "r", "r.conf.low", "r.conf.high",
    "spearman", "spearman.conf.low", "spearman.conf.high", "kendall",
    "kendall.conf.low", "kendall.conf.high", "r.squared", "adj.r.squared",
    "AICc", "dw", "bg.p.value", "sigma", "nobs", "df.residual", "kappa",
    "aliased"
  ))
  expect_identical(nrow(g), 24L)
  expect_identical(names(fits(dep)), g$fit)
  expect_false(anyDuplicated(g$fit) > 0)
  expect_false("conf.low" %in% names(tidy(dep, conf.int = FALSE)))
  wide <- tidy(dep, conf.level = 0.99)
  expect_true(all(wide$conf.low < t$conf.low))
  same(confint(dep, level = 0.9)[, 1], tidy(dep, conf.level = 0.9)$conf.low)
})

test_that("every form and scale is lm() on the same columns", {
  d <- dependence_series()
  n <- nrow(d)
  rate <- function(v) diff(v) / diff(d$year)
  line <- function(v) resid(lm(v ~ d$year))
  columns <- function(form) {
    log_y <- form %in% c("power", "exponential")
    log_x <- form %in% c("log", "power")
    y <- if (log_y) log(d$y) else d$y
    x <- if (log_x) log(d$x) else d$x
    list(y = y, x = cbind(x, if (form == "quadratic") x^2))
  }
  for (form in c("linear", "log", "power", "exponential", "quadratic")) {
    dep <- code_dependence(
      d, y ~ x, form = form,
      scale = c("levels", "rates", "growth", "detrended")
    )
    v <- columns(form)
    ref <- list(levels = lm(v$y ~ v$x),
                rates = lm(rate(v$y) ~ apply(v$x, 2, rate)))
    g <- rate(log(d$x))
    ref$growth <- lm(rate(log(d$y)) ~ cbind(g, if (form == "quadratic") g^2))
    for (scale in names(ref)) {
      fit <- fits(dep)[[paste0("y, ", scale)]]
      same(coef(fit), coef(ref[[scale]]))
      same(sqrt(diag(vcov(fit))), sqrt(diag(vcov(ref[[scale]]))))
      same(fit$r.squared, summary(ref[[scale]])$r.squared)
      same(glance(fit)$adj.r.squared, summary(ref[[scale]])$adj.r.squared)
      same(confint(fit), confint(ref[[scale]]))
    }
    trend <- lm(v$y ~ d$year + v$x)
    fit <- fits(dep)[["y, detrended"]]
    same(coef(fit), coef(trend)[-(1:2)])
    same(sqrt(diag(vcov(fit))), sqrt(diag(vcov(trend)))[-(1:2)])
    expect_identical(df.residual(fit), df.residual(trend))
    same(fit$leverage, hatvalues(trend))
  }
})

test_that("r, Spearman and Kendall are those of cor.test()", {
  d <- dependence_series()
  d$y <- round(d$y)
  d$x <- round(d$x)
  g <- glance(code_dependence(d, y ~ x, scale = "levels", conf_level = 0.9))
  ref <- cor.test(d$y, d$x, conf.level = 0.9)
  same(g$r, ref$estimate)
  same(c(g$r.conf.low, g$r.conf.high), ref$conf.int[1:2])
  same(g$spearman, cor(d$y, d$x, method = "spearman"))
  same(g$kendall, cor(d$y, d$x, method = "kendall"))
  # Bonett and Wright's and Fieller's variances, written out.
  z <- atanh(g$spearman) + c(-1, 1) * qnorm(0.95) *
    sqrt((1 + g$spearman^2 / 2) / 9)
  same(c(g$spearman.conf.low, g$spearman.conf.high), tanh(z))
  z <- atanh(g$kendall) + c(-1, 1) * qnorm(0.95) * sqrt(0.437 / 8)
  same(c(g$kendall.conf.low, g$kendall.conf.high), tanh(z))
})

test_that("AICc is of y itself in every form", {
  d <- dependence_series()
  table <- dependence_forms(d, y ~ x)
  expect_s3_class(table, "nid_forms")
  expect_identical(table$form, c("linear", "log", "power", "exponential",
                                 "quadratic"))
  aicc <- function(fit, jacobian = 0, k = length(coef(fit)) + 1) {
    n <- nobs(fit)
    -2 * (as.numeric(logLik(fit)) - jacobian) + 2 * k +
      2 * k * (k + 1) / (n - k - 1)
  }
  jacobian <- sum(log(d$y))
  same(table$AICc, c(
    aicc(lm(y ~ x, d)), aicc(lm(y ~ log(x), d)),
    aicc(lm(log(y) ~ log(x), d), jacobian),
    aicc(lm(log(y) ~ x, d), jacobian), aicc(lm(y ~ x + I(x^2), d))
  ))
  same(sum(table$weight), 1)
  expect_identical(min(table$delta), 0)
  # In thousands, the same differences: the Jacobian at work.
  d$y <- d$y / 1000
  same(dependence_forms(d, y ~ x)$delta, table$delta)
  quadratic <- lm(y ~ x + I(x^2), d)
  same(table$p.slope[5],
       pf(summary(quadratic)$fstatistic[[1]], 2, 9, lower.tail = FALSE))
})

test_that("effects are those of dummies", {
  d <- dependence_panel()
  dummies <- list(region = y ~ x + z + factor(region),
                  time = y ~ x + z + factor(year),
                  twoway = y ~ x + z + factor(region) + factor(year))
  for (effects in names(dummies)) {
    ref <- lm(dummies[[effects]], d)
    dep <- code_dependence(d, y ~ x + z, scale = "levels", effects = effects)
    fit <- fits(dep)[[1]]
    order <- order(d$region, d$year)
    same(coef(fit), coef(ref)[c("x", "z")])
    same(vcov(fit), vcov(ref)[c("x", "z"), c("x", "z")])
    expect_identical(as.integer(df.residual(fit)), df.residual(ref))
    same(residuals(fit), resid(ref)[order])
    same(fitted(fit), fitted(ref)[order])
    same(fit$leverage, hatvalues(ref)[order])
  }
  # Lines of each region.
  ref <- lm(y ~ x + factor(region) * year, d)
  fit <- fits(code_dependence(d, y ~ x, scale = "detrended"))[[1]]
  same(coef(fit), coef(ref)["x"])
  same(drop(vcov(fit)), vcov(ref)["x", "x"])
})

test_that("plm's within estimators agree", {
  skip_if_not_installed("plm")
  d <- dependence_panel()
  p <- plm::pdata.frame(d, c("region", "year"))
  for (effects in c("region", "time", "twoway")) {
    ref <- plm::plm(y ~ x + z, p, model = "within", effect = switch(
      effects, region = "individual", time = "time", twoway = "twoways"
    ))
    fit <- fits(code_dependence(d, y ~ x + z, scale = "levels",
                                effects = effects))[[1]]
    same(coef(fit), coef(ref))
    same(vcov(fit), vcov(ref))
    same(fit$r.squared, plm::r.squared(ref))
  }
  # A pdata.frame brings its own index.
  own <- code_dependence(p, y ~ x, effects = "region")
  given <- code_dependence(d, y ~ x, index = c("region", "year"),
                           effects = "region")
  same(tidy(own)$estimate, tidy(given)$estimate)
})

test_that("rows are the user's in any order, with gaps and holes", {
  d <- dependence_panel()
  d$y[3] <- NA
  dep <- code_dependence(d, y ~ x)
  shuffled <- code_dependence(d[sample(nrow(d)), ], y ~ x)
  expect_identical(tidy(dep), tidy(shuffled))
  expect_identical(tidy(dep), tidy(code_dependence(d[-3, ], y ~ x)))
  # True steps: the rate over a gap is divided by it.
  one <- d[d$region == "R1" & !is.na(d$y), ]
  fit <- fits(code_dependence(one, y ~ x, scale = "rates"))[[1]]
  ref <- lm(I(diff(y) / diff(year)) ~ I(diff(x) / diff(year)), one)
  same(coef(fit), coef(ref))
  # Factors keep their order, names of columns may be anything.
  names(d)[3] <- "GRP, `q`; \"x\""
  f <- stats::as.formula(call("~", as.name("y"), as.name(names(d)[3])))
  odd <- code_dependence(d, f)
  same(tidy(odd)$estimate, tidy(dep)$estimate)
  same(coef(as_lm(fits(odd)[[1]])), coef(fits(dep)[[1]]))
})

test_that("lags look back in time, not in rows", {
  d <- dependence_panel()
  dep <- code_dependence(d, y ~ x, scale = "levels", lag = 2)
  before <- merge(d[c("region", "year", "y")],
                  transform(d[c("region", "year", "x")], year = year + 2))
  same(coef(fits(dep)[[1]]), coef(lm(y ~ x, before)))
  same(coef(as_lm(dep)), coef(lm(y ~ x, before)))
})

test_that("by = gives the fits of each group, alone", {
  d <- dependence_panel()
  d$half <- ifelse(d$region %in% c("R1", "R2", "R3"), "b", "a")
  dep <- code_dependence(d, y ~ x, by = "half", effects = "region",
                         vcov = "HC3")
  expect_identical(unique(tidy(dep)$half), c("a", "b"))
  alone <- code_dependence(d[d$half == "b", ], y ~ x, effects = "region",
                           vcov = "HC3")
  expect_identical(tidy(dep)$estimate[tidy(dep)$half == "b"],
                   tidy(alone)$estimate)
  # Years unique within groups are index enough.
  one <- d[c("half", "year", "x", "y")]
  one <- one[!duplicated(one[1:2]), ]
  expect_no_error(code_dependence(one, y ~ x, by = "half"))
})

test_that("the intercept may be left out, powers may be written", {
  d <- dependence_series()
  fit <- fits(code_dependence(d, y ~ 0 + x, scale = "levels"))[[1]]
  ref <- lm(y ~ 0 + x, d)
  same(coef(fit), coef(ref))
  same(fit$r.squared, summary(ref)$r.squared)
  same(glance(fit)$adj.r.squared, summary(ref)$adj.r.squared)
  fit <- fits(code_dependence(d, log(y) ~ x + I(x^2) + w:x,
                              scale = "levels"))[[1]]
  ref <- lm(log(y) ~ x + I(x^2) + w:x, d)
  same(coef(fit), coef(ref))
  expect_identical(names(coef(fit)), names(coef(ref)))
  # Raw years: where lm() has lost its digits, the engine has not.
  fit <- fits(code_dependence(d, y ~ year, form = "quadratic",
                              scale = "levels"))[[1]]
  s <- d$year - 2010
  ref <- lm(y ~ s + I(s^2), d)
  same(coef(fit)[3], coef(ref)[3])
  same(fitted(fit), fitted(ref))
})

test_that("a fit answers like lm()", {
  d <- dependence_series()
  dep <- code_dependence(d, y ~ x + w, scale = "levels")
  fit <- fits(dep)[[1]]
  ref <- lm(y ~ x + w, d)
  new <- data.frame(x = c(20, 30), w = c(1, 2))
  for (interval in c("confidence", "prediction")) {
    same(predict(fit, new, interval = interval),
         predict(ref, new, interval = interval))
  }
  same(predict(fit), fitted(ref))
  expect_equal(model.matrix(fit), model.matrix(ref), ignore_attr = TRUE)
  expect_identical(colnames(model.matrix(fit)), names(coef(ref)))
  same(logLik(fit), logLik(ref))
  same(AIC(fit), AIC(ref))
  same(BIC(fit), BIC(ref))
  expect_identical(nobs(fit), nobs(ref))
  same(hatvalues(fit), hatvalues(ref))
  same(deviance(fit), deviance(ref))
  expect_equal(formula(fit), y ~ x + w, ignore_attr = TRUE)
  exponential <- fits(code_dependence(d, y ~ x, form = "exponential",
                                      scale = "levels"))[[1]]
  ref <- lm(log(y) ~ x, d)
  same(predict(exponential, new), exp(predict(ref, new)))
  same(predict(exponential, new, type = "link"), predict(ref, new))
})

test_that("as_lm() is the same regression, effects included", {
  d <- dependence_panel()
  for (effects in c("none", "region", "time", "twoway")) {
    for (scale in c("levels", "rates", "growth", "detrended")) {
      dep <- code_dependence(transform(d, x = x + 50, y = y + 50), y ~ x,
                             effects = effects, scale = scale)
      fit <- fits(dep)[[1]]
      out <- as_lm(dep)
      expect_s3_class(out, "lm")
      same(coef(out)["x"], coef(fit)["x"])
      same(fitted(out), fitted(fit))
      expect_identical(as.integer(df.residual(fit)), df.residual(out))
    }
  }
})

test_that("a perfect form has the smallest AICc, a constant has none", {
  d <- data.frame(year = 2001:2008, x = c(1, 3, 2, 5, 4, 6, 8, 7))
  d$y <- 2 + 3 * d$x
  best <- suppressWarnings(dependence_forms(d, y ~ x))
  expect_true(all(is.finite(best$AICc)))
  expect_identical(best$form[best$weight > 0.9], "linear")
  d$y <- 3
  flat <- suppressWarnings(code_dependence(d, y ~ x))
  out <- glance(flat)
  for (column in c("r.squared", "adj.r.squared", "AICc", "dw")) {
    expect_true(all(is.na(out[[column]]) & !is.nan(out[[column]])))
  }
  # Nobody stands beside another: no neighbours, no Durbin-Watson.
  d <- data.frame(region = c("A", "B", "C", "D"), year = 2001,
                  x = c(1, 3, 2, 5), y = c(2, 1, 4, 3))
  one <- suppressMessages(code_dependence(d, y ~ x, scale = "levels"))
  expect_identical(glance(one)$dw, NA_real_)
})

test_that("no row: methods give their empty values", {
  d <- data.frame(year = integer(), x = double(), y = double())
  x <- code_dependence(d, y ~ x, "year")
  expect_identical(dim(confint(x)), c(0L, 2L))
  d <- data.frame(region = "A", year = 2001, x = 1, y = 2)
  x <- suppressMessages(suppressWarnings(code_dependence(d, y ~ x)))
  expect_error(as_lm(fits(x)[["y, rates"]]), class = "nidcode_error_zero_rows")
})
