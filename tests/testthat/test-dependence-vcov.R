# Errors of the coefficients against sandwich, lmtest and clubSandwich.

same <- function(x, y, tolerance = 1e-10) {
  expect_equal(unname(x), unname(y), tolerance = tolerance)
}

test_that("HC0 to HC3 are sandwich's", {
  skip_if_not_installed("sandwich")
  d <- dependence_series()
  ref <- lm(y ~ x + w, d)
  for (type in c("HC0", "HC1", "HC2", "HC3")) {
    fit <- fits(code_dependence(d, y ~ x + w, scale = "levels",
                                vcov = type))[[1]]
    same(vcov(fit), sandwich::vcovHC(ref, type))
  }
  # With effects absorbed: leverages of the dummies count.
  p <- dependence_panel()
  # A year of one region has leverage 1: NaN there, nothing here.
  p <- p[p$year %in% as.integer(names(which(table(p$year) > 1))), ]
  ref <- lm(y ~ x + z + factor(region) + factor(year), p)
  for (type in c("HC1", "HC3")) {
    fit <- fits(code_dependence(p, y ~ x + z, scale = "levels",
                                effects = "twoway", vcov = type))[[1]]
    same(vcov(fit), sandwich::vcovHC(ref, type)[c("x", "z"), c("x", "z")])
  }
})

test_that("HAC is sandwich's Newey-West at our bandwidth", {
  skip_if_not_installed("sandwich")
  d <- dependence_series(20)
  ref <- lm(y ~ x + w, d)
  fit <- fits(code_dependence(d, y ~ x + w, scale = "levels",
                              vcov = "HAC"))[[1]]
  lag <- ceiling(1.3 * sqrt(20)) - 1
  same(vcov(fit), sandwich::NeweyWest(ref, lag = lag, prewhite = FALSE,
                                      adjust = TRUE))
  same(fit$bandwidth, (lag + 1) / 20)
  # A panel's lags stay within the region.
  p <- dependence_panel()
  p <- p[order(p$region, p$year), ]
  fit <- fits(code_dependence(p, y ~ x, scale = "levels",
                              vcov = "HAC"))[[1]]
  ref <- lm(y ~ x, p)
  scores <- model.matrix(ref) * resid(ref)
  meat <- crossprod(scores)
  longest <- max(table(p$region))
  lag <- ceiling(1.3 * sqrt(longest)) - 1
  for (s in split(seq_len(nrow(p)), p$region)) {
    for (l in seq_len(lag)) {
      for (i in seq_along(s)[-seq_len(l)]) {
        g <- (1 - l / (lag + 1)) * outer(scores[s[i], ], scores[s[i - l], ])
        meat <- meat + g + t(g)
      }
    }
  }
  bread <- summary(ref)$cov.unscaled
  same(vcov(fit), bread %*% meat %*% bread * nrow(p) / (nrow(p) - 2))
})

test_that("fixed-b quantiles are Kiefer and Vogelsang's", {
  # Their Bartlett polynomials for one-sided 95 and 97.5 %, b = 0.1 to 1.
  b <- c(0.1, 0.3, 0.5, 0.7, 1)
  kv <- 1.96 + 2.9694 * b + 0.4160 * b^2 - 0.5324 * b^3
  ours <- vapply(b, \(b) fixed_b_quantile(0.05, b), 1)
  expect_lt(max(abs(ours / kv - 1)), 0.015)
  kv <- 1.6449 + 2.1859 * b + 0.3142 * b^2 - 0.3427 * b^3
  ours <- vapply(b, \(b) fixed_b_quantile(0.1, b), 1)
  expect_lt(max(abs(ours / kv - 1)), 0.015)
  # p and quantile are inverse to each other, b = 0 is the normal.
  tail <- c(0.6, 0.3, 0.05, 0.02, 1e-4)
  same(fixed_b_tail(fixed_b_quantile(tail, 0.4), 0.4), tail)
  same(fixed_b_tail(1.5, 0), 2 * pnorm(-1.5), 1e-4)
})

test_that("HAC tests and intervals use fixed b", {
  d <- dependence_series(20)
  dep <- code_dependence(d, y ~ x, scale = "levels", vcov = "HAC")
  t <- tidy(dep)
  expect_true(all(is.na(t$df)))
  fit <- fits(dep)[[1]]
  same(t$conf.high - t$estimate,
       t$std.error * fixed_b_quantile(0.05, fit$bandwidth))
  same(t$p.value, fixed_b_tail(abs(t$statistic), fit$bandwidth))
})

test_that("cluster is CR2 with Satterthwaite df, as clubSandwich has it", {
  skip_if_not_installed("clubSandwich")
  p <- dependence_panel(8)
  order <- order(p$region, p$year)
  shapes <- list(none = y ~ x + z, region = y ~ x + z + factor(region),
                 time = y ~ x + z + factor(year),
                 twoway = y ~ x + z + factor(region) + factor(year))
  for (effects in names(shapes)) {
    ref <- lm(shapes[[effects]], p)
    v <- clubSandwich::vcovCR(ref, cluster = p$region, type = "CR2")
    test <- clubSandwich::coef_test(ref, v, test = "Satterthwaite")
    dep <- code_dependence(p, y ~ x + z, scale = "levels",
                           effects = effects, vcov = "cluster")
    t <- tidy(dep)
    at <- match(t$term, names(coef(ref)))
    same(t$std.error, sqrt(diag(v))[at])
    same(t$df, test$df_Satt[at])
    same(t$p.value, test$p_Satt[at])
  }
})

test_that("Durbin-Watson, Breusch-Godfrey and coeftest are lmtest's", {
  skip_if_not_installed("lmtest")
  d <- dependence_series(15)
  dep <- code_dependence(d, y ~ x + w, scale = "levels", vcov = "HC3")
  ref <- lm(y ~ x + w, d)
  g <- glance(dep)
  same(g$dw, lmtest::dwtest(ref)$statistic)
  same(g$bg.p.value, lmtest::bgtest(ref)$p.value)
  quadratic <- code_dependence(d, y ~ x, form = "quadratic", scale = "levels")
  same(glance(quadratic)$bg.p.value, lmtest::bgtest(y ~ x + I(x^2),
                                                    data = d)$p.value)
  fit <- fits(dep)[[1]]
  table <- lmtest::coeftest(fit)
  same(table[, "Pr(>|t|)"], tidy(dep)$p.value)
  same(unclass(lmtest::coefci(fit))[, 1], tidy(dep)$conf.low)
  same(lmtest::bptest(as_lm(dep))$p.value, lmtest::bptest(ref)$p.value)
})

test_that("points of full leverage and lonely regions are told, not guessed", {
  d <- data.frame(year = 2001:2008, x = c(0, 0, 0, 0, 0, 0, 0, 1),
                  y = c(1, 3, 2, 5, 4, 3, 2, 9))
  expect_warning(
    dep <- code_dependence(d, y ~ x, scale = "levels", vcov = "HC3"),
    class = "nidcode_warning_no_df"
  )
  expect_true(is.na(tidy(dep)$std.error[2]))
  p <- dependence_panel()
  expect_warning(
    code_dependence(p[p$region == "R1", ], y ~ x, vcov = "cluster"),
    class = "nidcode_warning_no_df"
  )
  # A region of one year adds a dummy and nothing else.
  lone <- rbind(p, data.frame(region = "S", year = 2005, x = 3, z = 1, y = 50))
  with <- code_dependence(lone, y ~ x, effects = "region", vcov = "HC3",
                          scale = "levels")
  without <- code_dependence(p, y ~ x, effects = "region", vcov = "HC3",
                             scale = "levels")
  expect_equal(tidy(with)$std.error, tidy(without)$std.error)
})

test_that("as many terms as points: NA errors under every covariance", {
  d <- data.frame(region = "A", year = 2001:2003, x = c(1, 3, 2),
                  z = c(2, 2, 5), y = c(2, 5, 1))
  for (type in vcov_types) {
    expect_warning(
      x <- suppressMessages(code_dependence(d, y ~ x + z, c("region", "year"),
                                            scale = "levels", vcov = type)),
      class = "nidcode_warning_no_df")
    rows <- tidy(x)
    expect_identical(is.na(rows$estimate), rep(FALSE, 3L), label = type)
    for (column in c("std.error", "statistic", "p.value", "conf.low")) {
      expect_identical(rows[[column]], rep(NA_real_, 3L),
                       label = paste(type, column))
    }
    expect_prints(x)
    line <- expect_no_warning(predict(fits(x)[[1L]], interval = "confidence"))
    expect_equal(line[, "fit"], d$y, ignore_attr = TRUE)
    expect_true(all(is.na(line[, c("lwr", "upr")])))
  }
})

test_that("two regions that mirror each other have no clustered error", {
  d <- dependence_panel(2L)
  d <- d[d$year %in% intersect(d$year[d$region == "R1"],
                               d$year[d$region == "R2"]), ]
  for (effects in c("time", "twoway")) {
    expect_warning(
      x <- code_dependence(d, y ~ x, scale = "levels", effects = effects,
                           vcov = "cluster"),
      class = "nidcode_warning_no_df")
    # The scores of both regions are equal and add to 0: each is 0.
    fit <- fits(x)[[1L]]
    score <- rowsum(fit$own$weights[, 1L] * fit$own$residuals, fit$unit)
    expect_lt(max(abs(score)), 1e-10)
    expect_identical(tidy(x)$std.error, NA_real_)
    expect_identical(tidy(x)$p.value, NA_real_)
  }
  # Without time effects, or with a third region, there is an error.
  three <- suppressMessages(code_dependence(
    dependence_panel(3L), y ~ x, scale = "levels", effects = "twoway",
    vcov = "cluster"))
  expect_true(is.finite(tidy(three)$std.error))
})

test_that("the inverse root of a region's block is that of the whole block", {
  d <- rbind(dependence_panel(4L),
             data.frame(region = "S", year = 2005, x = 1, z = 2, y = 3))
  for (scale in c("levels", "detrended")) {
    for (effects in c("none", "region", "time", "twoway")) {
      x <- suppressWarnings(code_dependence(d, y ~ x + z, scale = scale,
                                            effects = effects))
      fit <- fits(x)[[1L]]
      # I - H, column by column: what a fit of the dummies leaves of each.
      design <- stats::model.matrix(as_lm(fit))
      h <- diag(nrow(design)) - qr.resid(qr(design), diag(nrow(design)))
      w <- fit$own$weights
      for (i in split(seq_along(fit$unit), fit$unit)) {
        m <- diag(length(i)) - h[i, i]
        e <- eigen(m, symmetric = TRUE)
        good <- e$values > 1e-10
        v <- e$vectors[, good, drop = FALSE]
        want <- v %*% (e$values[good]^-0.5 * crossprod(v, w[i, , drop = FALSE]))
        expect_equal(half_undone(fit, i, w[i, , drop = FALSE]), want,
                     tolerance = 1e-8, ignore_attr = TRUE,
                     label = paste(scale, effects))
      }
    }
  }
})
