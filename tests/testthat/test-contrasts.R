# Codes of several regions as a table of their own, region by region.
codes_of <- function(model, region) {
  d <- as.data.frame(model$defining)
  d[d$region == region, c("year", "code", "estimate", "break")]
}

# A panel of one region, made of differences worked out here: on the times that
# both have in each code, a break of either, or one at a time between, a break.
subtracted <- function(a, b, codes) {
  wide <- NULL
  for (code in codes) {
    x <- a[a$code == code, ]
    y <- b[b$code == code, ]
    seg <- function(d, t) sum(d[["break"]][d$year <= t])
    both <- sort(intersect(x$year, y$year))
    value <- x$estimate[match(both, x$year)] - y$estimate[match(both, y$year)]
    segment <- vapply(both, \(t) c(seg(x, t), seg(y, t)), numeric(2))
    breaks <- c(FALSE, colSums(abs(segment[, -1] -
                                     segment[, -length(both)])) > 0)
    one <- data.frame(year = both, v = value, s = ifelse(breaks, "break", "ok"))
    names(one)[2:3] <- paste0(code, c("", "_status"))
    wide <- if (is.null(wide)) one else merge(wide, one, all = TRUE)
  }
  s <- code_scheme(codes, codes)
  code_panel(wide, s, index = "year", status = "_status")
}

quiet <- function(x) suppressWarnings(suppressMessages(x))

law_names <- c("estimate", "std.error", "conf.low", "conf.high",
               "prob.positive", "df")

uneven_model <- function(seed, ...) {
  p <- random_panel(seed, n_regions = 3L, n_times = 16L, ...)
  quiet(code_model(p$data, scheme_of(p), index = c("region", "year"),
                   status = "_status", influence = influence_half_life(4),
                   measure = "integral", cor = "independent"))
}

test_that("a contrast is the model of the differences", {
  m <- uneven_model(101, gaps = FALSE)
  used <- unique(m$defining$code)
  k <- quiet(region_contrasts(m))
  expect_identical(nrow(k), 3L)
  expect_identical(k$errors, rep("difference", 3L))
  for (i in 1:3) {
    panel <- subtracted(codes_of(m, k$region[i]), codes_of(m, k$against[i]),
                        used)
    own <- quiet(code_model(panel, normalise = "none",
                            influence = influence_half_life(4),
                            measure = "integral", cor = "independent"))
    pair <- data.frame(a = k$region[i], b = k$against[i])
    expect_equal(as.data.frame(k)[i, law_names],
                 as.data.frame(own$basic)[, law_names], tolerance = 1e-9,
                 ignore_attr = TRUE)
    id <- quiet(region_contrasts(m, pairs = pair, what = "industrial"))
    expect_identical(id$year, own$industrial$year)
    expect_equal(as.data.frame(id)[law_names],
                 as.data.frame(own$industrial)[law_names], tolerance = 1e-9)
    v <- quiet(region_contrasts(m, pairs = pair, what = "dynamic"))
    ours <- own$rates[own$rates$order == 1L & !is.na(own$rates$estimate), ]
    expect_identical(v$code, ours$code)
    expect_equal(as.data.frame(v)[law_names],
                 as.data.frame(ours)[law_names], tolerance = 1e-9)
    d <- quiet(region_contrasts(m$rates, pairs = pair, what = "defining"))
    level <- quiet(predict(own, order = 0))
    expect_equal(as.data.frame(d)[law_names],
                 as.data.frame(level)[law_names], tolerance = 1e-9)
  }
  # The plain difference of the results stands beside it.
  at <- function(name) match(name, m$basic$region)
  expect_equal(k$difference, m$basic$estimate[at(k$region)] -
                 m$basic$estimate[at(k$against)])
})

test_that("the model's rate, breaks and correlation are those of contrasts", {
  p <- random_panel(102, n_regions = 3L, n_times = 16L, gaps = FALSE,
                    holes = FALSE)
  for (rate in list(rate_spline("reml"), rate_local(7),
                    rate_difference(sd = 0.2))) {
    for (breaks in c("split", "ignore")) {
      m <- quiet(code_model(p$data, scheme_of(p), rate = rate,
                            index = c("region", "year"), status = "_status",
                            breaks = breaks, cor = diag(3) * 0.5 + 0.5))
      k <- quiet(region_contrasts(m))
      panel <- subtracted(codes_of(m, "R1"), codes_of(m, "R2"),
                          unique(m$defining$code))
      twice <- if (is.null(rate$sd)) rate else
        rate_difference(sd = 0.2 * sqrt(2))
      own <- quiet(code_model(panel, normalise = "none", rate = twice,
                              breaks = breaks, cor = diag(3) * 0.5 + 0.5))
      expect_equal(as.data.frame(k)[1, law_names],
                   as.data.frame(own$basic)[, law_names], tolerance = 1e-9,
                   ignore_attr = TRUE)
    }
  }
})

test_that("ends left out of the model are left out of contrasts", {
  p <- random_panel(101, n_regions = 2L, n_times = 16L, gaps = FALSE)
  m <- quiet(code_model(p$data, scheme_of(p), index = c("region", "year"),
                        status = "_status", ends = "interior"))
  panel <- subtracted(codes_of(m, "R1"), codes_of(m, "R2"),
                      unique(m$defining$code))
  own <- function(ends) {
    as.data.frame(quiet(code_model(panel, normalise = "none",
                                   ends = ends))$basic)$estimate
  }
  k <- quiet(region_contrasts(m))
  expect_equal(k$estimate, own("interior"), tolerance = 1e-9)
  expect_false(isTRUE(all.equal(k$estimate, own("all"))))
  expect_match(text_of(k), "ends interior", fixed = TRUE)
})

test_that("the mean is that of the others of the same grid", {
  d <- hand_regions
  d <- rbind(d, transform(d, region = c("C", "D")[1 + (region == "B")],
                          x = x^2, y = y + x, z = 3 * z - x),
             data.frame(region = "E", year = 2001:2009, x = 1:9, y = 9:1,
                        z = c(1, 4, 2, 6, 3, 7, 8, 5, 9)))
  # Decimals without end: what is rounded has an error of its own.
  for (name in c("x", "y", "z")) d[[name]] <- d[[name]] + sqrt(seq_len(nrow(d)))
  times <- sort(unique(d$year[d$region == "A"]))
  d$year[d$region == "E"] <- 2001 + c(0, 0.5, 1.5, 2, 2.5, 3.5, 4, 4.5, 5.5)
  m <- quiet(code_model(d, hand_scheme(), normalise = "none",
                         cor = "independent"))
  k <- quiet(region_contrasts(m, "mean"))
  wide <- function(region) {
    lapply(split(as.data.frame(m$defining), m$defining$code), \(one) {
      one$estimate[one$region == region]
    })
  }
  codes <- unique(m$defining$code)
  by_hand <- function(region, weight) {
    others <- setdiff(names(weight), region)
    w <- weight[others] / sum(weight[others])
    out <- list(year = times)
    for (code in codes) {
      out[[code]] <- wide(region)[[code]] - Reduce(`+`, Map(
        \(o, w) w * wide(o)[[code]], others, w))
    }
    panel <- code_panel(as.data.frame(out), code_scheme(codes, codes),
                        index = "year")
    as.data.frame(quiet(code_model(panel, normalise = "none",
                                   cor = "independent"))$basic)
  }
  even <- c(A = 1, B = 1, C = 1, D = 1)
  for (region in names(even)) {
    expect_equal(as.data.frame(k)[k$region == region, law_names],
                 by_hand(region, even)[, law_names], tolerance = 1e-9,
                 ignore_attr = TRUE)
  }
  expect_match(text_of(k), "mean is that of 4 regions", fixed = TRUE)
  w <- c(A = 1, B = 2, C = 3, D = 0)
  kw <- quiet(region_contrasts(m, w))
  expect_equal(as.data.frame(kw)[kw$region == "B", law_names],
               by_hand("B", w[1:3])[, law_names], tolerance = 1e-9,
               ignore_attr = TRUE)
  expect_equal(as.data.frame(kw)[kw$region == "D", law_names],
               by_hand("D", w[1:3])[, law_names], tolerance = 1e-9,
               ignore_attr = TRUE)
  # E has too few of the core's times: independent errors, by hand.
  b <- as.data.frame(m$basic)
  core <- b[b$region != "E", ]
  e <- b[b$region == "E", ]
  se2 <- sum(core$std.error^2) / 16
  expect_identical(k$errors, c(rep("difference", 4), "independent"))
  expect_equal(k$estimate[5], e$estimate - mean(core$estimate))
  expect_equal(k$std.error[5], sqrt(e$std.error^2 + se2))
  expect_equal(k$df[5], (e$std.error^2 + se2)^2 /
                 (e$std.error^4 / e$df +
                    sum(core$std.error^4 / core$df) / 4^4))
})

test_that("a region against itself and twins are exactly 0", {
  d <- hand_regions
  for (name in c("x", "y", "z")) d[[name]] <- d[[name]] + sqrt(seq_len(nrow(d)))
  d <- rbind(d, transform(subset(d, region == "A"), region = "twin"))
  m <- quiet(code_model(d, hand_scheme(), rate = rate_spline()))
  k <- region_contrasts(m, "A")
  expect_identical(k$against, rep("A", 3))
  zero <- k[k$region %in% c("A", "twin"), ]
  expect_identical(zero$estimate, c(0, 0))
  expect_identical(zero$std.error, c(0, 0))
  expect_identical(zero$p.value, c(1, 1))
  expect_identical(zero$prob.positive, c(0.5, 0.5))
})

test_that("a number has no error of its own", {
  m <- code_model(hand_regions, hand_scheme(), rate = rate_central(sd = 0.1))
  k <- region_contrasts(m, 2.5)
  b <- m$basic
  expect_identical(k$estimate, b$estimate - 2.5)
  expect_identical(k$std.error, b$std.error)
  expect_identical(k$against, rep("2.5", 2))
  expect_equal(k$p.value, 2 * pnorm(-abs(k$estimate) / k$std.error))
})

# Three regions on the same years, two indicators a code, weights of a survey.
shared_model <- function(twins = FALSE) {
  d <- hand_regions
  if (twins) d[d$region == "B", c("x", "y", "z")] <- d[d$region == "A",
                                                       c("x", "y", "z")]
  s <- code_scheme(c("x", "y", "z"), c("production", "production", "social"),
                   weight = c(0.5, 0.3, 1))
  attr(s, "vcov") <- matrix(c(0.04, 0.01, 0.01, 0.09), 2,
                            dimnames = list(c("x", "y"), c("x", "y")))
  quiet(code_model(d, s, rate = rate_central(sd = 0.1)))
}

test_that("errors of weights enter by what is left of them", {
  m <- shared_model()
  omega <- attr(m$panel$scheme, "vcov")
  k <- region_contrasts(m)
  # g by hand: a linear rate, so a small change of a weight shows it.
  at <- function(w) {
    s <- code_scheme(c("x", "y", "z"), c("production", "production", "social"),
                     weight = c(w, 1))
    quiet(code_model(hand_regions, s, rate = rate_central(sd = 0.1)))$
      basic$estimate
  }
  h <- 1e-5
  g <- cbind(at(c(0.5 + h, 0.3)) - at(c(0.5 - h, 0.3)),
             at(c(0.5, 0.3 + h)) - at(c(0.5, 0.3 - h))) / (2 * h)
  gap <- g[1, ] - g[2, ]
  plain <- m$panel$scheme
  attr(plain, "vcov") <- NULL
  own <- region_contrasts(quiet(code_model(hand_regions, plain,
                                           rate = rate_central(sd = 0.1))))
  expect_equal(k$std.error^2, own$std.error^2 +
                 drop(gap %*% omega %*% gap), tolerance = 1e-8)
  expect_equal(k$estimate, own$estimate)
  # Against a number all of it counts.
  number <- region_contrasts(m, 0)
  expect_equal(number$std.error, m$basic$std.error)
  twins <- region_contrasts(shared_model(TRUE))
  # Of twins the rest is the known error of two sets of values.
  expect_equal(twins$std.error, own$std.error)
  expect_identical(twins$estimate, 0)
})

test_that("p of Holm, over all rows but those of a region against itself", {
  m <- quiet(code_model(subset(russia, level == "region" &
                                 region < "D"), russia_scheme,
                        status = "_status"))
  name <- as.character(m$basic$region)
  k <- quiet(region_contrasts(m, name[1], adjust = "holm"))
  plain <- quiet(region_contrasts(m, name[1]))
  expect_identical(k$p.value, plain$p.value)
  expect_identical(plain$p.adjusted, plain$p.value)
  expect_equal(k$p.adjusted[-1], p.adjust(k$p.value[-1], "holm"))
  expect_equal(k$p.value[-1],
               2 * pt(-abs(k$estimate / k$std.error), k$df)[-1])
  same <- region_contrasts(m, name[1], conf_level = 0.5)
  expect_equal(same$conf.high, same$estimate +
                 qt(0.75, same$df) * same$std.error)
})

test_that("without an error there are differences and no probabilities", {
  m <- code_model(hand_regions, hand_scheme(), rate = rate_difference())
  k <- region_contrasts(m)
  expect_equal(k$estimate, -diff(m$basic$estimate))
  expect_true(all(is.na(k[c("std.error", "prob.positive", "p.value")])))
  expect_match(in_words(k)[1L], "no error")
})

test_that("shape, columns, order, methods", {
  m <- code_model(hand_regions, hand_scheme(), rate = rate_central(sd = 0.1))
  law <- c(estimate = "double", std.error = "double", conf.low = "double",
           conf.high = "double", prob.positive = "double", p.value = "double",
           p.adjusted = "double", df = "double", difference = "double",
           errors = "character")
  expect_table(region_contrasts(m), "contrasts",
               c(region = "character", against = "character", law))
  k <- region_contrasts(m, "mean", what = "dynamic")
  expect_table(k, "contrasts", c(region = "character", against = "character",
                                 year = typeof(hand_regions$year),
                                 code = "character", law))
  expect_false(is.unsorted(order(k$region, k$year)))
  expect_plain(tidy(k))
  expect_identical(class(as.data.frame(k)), "data.frame")
  expect_identical(glance(k)$what, "dynamic")
  expect_identical(nrow(confint(k)), nrow(k))
  expect_match(text_of(k), "Contrasts of dynamic codes: rate central")
  words <- in_words(region_contrasts(m))
  expect_identical(words[1L], paste0("No difference in Code NID is clear (95% ",
                                     "intervals), of 1."))
  expect_match(words[2L], "^A less B: ")
  words <- in_words(k)
  last <- k[k$year == 2006, ]
  clear <- last$conf.low > 0 | last$conf.high < 0
  expect_match(words[1L], paste0("^", sum(clear), " of ", nrow(last), " diff"))
  for (side in c("Above", "Below")) {
    of <- last[if (side == "Above") last$conf.low > 0 else last$conf.high < 0, ]
    said <- words[startsWith(words, side)]
    expect_identical(said, if (nrow(of) > 0L) paste0(
      side, " zero: ", paste0(of$region, ", ", of$code, ", 2006",
                              collapse = ", "), ".") else character())
  }
})

test_that("what cannot be compared is said", {
  m <- code_model(hand_regions, hand_scheme(), rate = rate_central(sd = 0.1))
  refuse <- function(..., class = "benchmark") {
    expect_error(region_contrasts(...), class = paste0("nidcode_error_", class))
  }
  refuse(m, "Atlantis")
  refuse(m, c("A", "B"))
  refuse(m, c(A = 1, Atlantis = 2))
  refuse(m, c(A = -1, B = 2))
  refuse(m, c(A = 0, B = 0))
  refuse(m, c(1, 2))
  refuse(m, TRUE)
  refuse(m, pairs = data.frame(a = "A"), class = "pairs")
  refuse(m, pairs = c("A", "B"), class = "pairs")
  refuse(m, pairs = data.frame(a = "A", b = "Atlantis"), class = "pairs")
  refuse(m, "A", pairs = data.frame(a = "A", b = "B"), class = "pairs")
  refuse(m, what = "path", class = "argument")
  refuse(m, adjust = "bonferroni", class = "argument")
  refuse(m$rates, class = "argument")
  refuse(m$basic, class = "argument")
  refuse(hand_regions, class = "argument")
  refuse(m, conf_level = 95, class = "level")
  many <- quiet(code_model(subset(russia, level == "region"), russia_scheme,
                           status = "_status"))
  refuse(many)
  expect_identical(nrow(region_contrasts(many, "mean")),
                   nrow(many$basic))
})

test_that("pairs without a time in common are left out, and said", {
  d <- hand_regions
  d$year[d$region == "B"] <- d$year[d$region == "B"] + 100
  m <- quiet(code_model(d, hand_scheme(), rate = rate_central(sd = 0.1)))
  expect_message(k <- region_contrasts(m, what = "industrial"),
                 class = "nidcode_message_dropped_pairs")
  expect_identical(nrow(k), 0L)
  # Code NID has no time: independent errors.
  k <- region_contrasts(m)
  expect_identical(k$errors, "independent")
  expect_equal(k$std.error, sqrt(sum(m$basic$std.error^2)))
  expect_match(text_of(k), "1 pair with independent errors", fixed = TRUE)
})

test_that("codes go together in differences as in the panel", {
  m <- quiet(code_model(subset(russia, level == "region")[1:400, ],
                        russia_scheme, index = c("region", "year")))
  pair <- data.frame(a = m$basic$region[1], b = m$basic$region[2])
  k <- quiet(region_contrasts(m, pairs = pair))
  fit <- get_fit(m$basic)
  noise <- fit_noise(fit)
  d <- difference_fit(fit, 1L, 2L)
  plan <- formula_plan(d, influence_equal(), "sum")
  est <- estimate_codes(d, plans = list(plan), cor = "residual")
  expect_identical(est$rho, matrix(noise$panel, 1))
  sums <- est$sums[[1]]
  pairs <- pairs_of(ncol(sums$se))
  var <- sum(sums$se^2) + 2 * sum(noise$panel * sums$shared *
                                    sums$se[pairs[, 1]] * sums$se[pairs[, 2]])
  expect_equal(k$std.error, sqrt(var))
})

test_that("levels of linear rates are whole, wherever they begin", {
  d <- data.frame(region = rep(c("A", "B"), each = 5), year = rep(2001:2005, 2),
                  a = c(11, 12, 14, 13, 15, 1, 3, 2, 5, 4))
  codes <- defining_codes(code_panel(d, code_scheme("a", "production",
                                                    codes = alone)), "none")
  for (rate in list(rate_difference(), rate_central(), rate_local(span = 5))) {
    rates <- dynamic_codes(codes, rate)
    level <- as.data.frame(quietly(predict(rates, order = 0)))$estimate
    k <- region_contrasts(rates, pairs = data.frame(a = "A", b = "B"),
                          what = "defining")
    expect_equal(k$difference, level[1:5] - level[6:10], tolerance = 1e-12)
    expect_equal(k$estimate, k$difference, tolerance = 1e-12)
    own <- region_contrasts(rates, 3, what = "defining")
    expect_equal(own$estimate, level - 3, tolerance = 1e-12)
  }
})
