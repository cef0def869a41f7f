# Bad and edge inputs of code_dependence() and fit_groups().

test_that("nothing, too little and too much get their statuses", {
  d <- dependence_series()
  none <- code_dependence(d[0, ], y ~ x)
  expect_identical(nrow(tidy(none)), 0L)
  expect_identical(lapply(tidy(none), class),
                   lapply(tidy(code_dependence(d, y ~ x)), class))
  expect_identical(lapply(glance(none), class),
                   lapply(glance(code_dependence(d, y ~ x)), class))
  expect_identical(nrow(verdict(none)), 0L)
  expect_output(print(none), "0 fits")
  lost <- transform(d, x = NA_real_)
  expect_error(code_dependence(lost, y ~ x), class = "nidcode_error_zero_rows")
  # p = n and p > n.
  expect_warning(code_dependence(d[1:3, ], y ~ x + w, scale = "levels") |>
                   suppressMessages(), class = "nidcode_warning_no_df")
  expect_warning(
    dep <- code_dependence(d[1:2, ], y ~ x + w, scale = "levels") |>
      suppressMessages(),
    class = "nidcode_warning_aliased"
  ) |> suppressWarnings()
  expect_identical(glance(dep)$aliased, "w")
  expect_true(all(is.na(tidy(dep)$std.error)))
})

test_that("collinear, constant and nearly collinear terms are named", {
  d <- dependence_series()
  d$twice <- 2 * d$x + 1
  d$flat <- 7
  w <- expect_warning(
    dep <- code_dependence(d, y ~ x + twice + flat, scale = "levels"),
    class = "nidcode_warning_aliased"
  )
  expect_identical(w$columns, c("twice", "flat"))
  t <- tidy(dep)
  expect_identical(t$term[is.na(t$estimate)], c("twice", "flat"))
  expect_equal(t$estimate[2], coef(lm(y ~ x, d))[["x"]])
  expect_equal(t$p.value[1:2], unname(summary(lm(y ~ x, d))$coefficients[, 4]))
  d$near <- d$x + 1e-12 * d$w
  w <- expect_warning(
    code_dependence(d, y ~ x + near, scale = "levels"),
    class = "nidcode_warning_condition_number"
  )
  expect_gt(w$kappa, 1e12)
  flat <- expect_warning(code_dependence(d, flat ~ x, scale = "levels"),
                         class = "nidcode_warning_zero_spread")
  expect_warning(
    code_dependence(d, twice ~ x, scale = "levels"),
    class = "nidcode_warning_perfect_fit"
  )
  # Time effects explain what only time moves.
  p <- dependence_panel()
  p$year2 <- p$year
  expect_warning(code_dependence(p, y ~ year2 + x, effects = "time",
                                 scale = "levels"),
                 class = "nidcode_warning_aliased")
})

test_that("fewer than 4 points have no interval on r", {
  d <- dependence_series()
  expect_message(dep <- code_dependence(d[1:3, ], y ~ x, scale = "levels"),
                 class = "nidcode_message_few_points")
  expect_true(is.na(glance(dep)$r.conf.low))
  expect_false(is.na(glance(dep)$r))
})

test_that("logs of nothing are refused, with their place", {
  d <- dependence_series()
  d$x[4] <- 0
  for (form in c("log", "power")) {
    e <- expect_error(code_dependence(d, y ~ x, form = form),
                      class = "nidcode_error_form_domain")
    expect_identical(e$times, d$year[4])
    expect_identical(e$columns, "x")
  }
  expect_error(code_dependence(d, y ~ x, scale = "growth"),
               class = "nidcode_error_form_domain")
  expect_warning(table <- dependence_forms(d, y ~ x),
                 class = "nidcode_warning_form_domain") |> suppressWarnings()
  expect_identical(is.na(table$AICc), c(FALSE, TRUE, TRUE, FALSE, FALSE))
})

test_that("expressions without a value and lost digits are told", {
  d <- dependence_series()
  d$x[4] <- 0
  expect_error(code_dependence(d, y ~ log(x)),
               class = "nidcode_error_form_domain")
  expect_error(code_dependence(d, I(1 / x) ~ w),
               class = "nidcode_error_form_domain")
  far <- transform(d, x = 1e12 + x / 100)
  expect_warning(dep <- code_dependence(far, y ~ x, scale = "levels"),
                 class = "nidcode_warning_digits_lost")
  expect_error(code_dependence(transform(d, g = NA), y ~ x, by = "g"),
               class = "nidcode_error_missing_index")
})

test_that("a series on its own past is fitted and handed on", {
  d <- dependence_series()
  dep <- code_dependence(d, y ~ y, lag = 1, scale = "levels")
  ref <- lm(d$y[-1] ~ d$y[-12])
  expect_equal(unname(coef(fits(dep)[[1]])), unname(coef(ref)))
  expect_equal(unname(coef(as_lm(dep))), unname(coef(ref)))
})

test_that("a model on long data gives a row a region and time", {
  wide <- subset(ural, level == "region",
                 c("region", "year", ural_scheme$indicator))
  long <- do.call(rbind, lapply(ural_scheme$indicator, function(name) {
    data.frame(region = wide$region, year = wide$year, indicator = name,
               value = wide[[name]])
  }))
  one <- code_model(wide, ural_scheme)
  two <- code_model(long, ural_scheme, names_from = "indicator",
                    values_from = "value")
  f <- .social ~ .production
  expect_equal(tidy(code_dependence(two, f)), tidy(code_dependence(one, f)))
})

test_that("columns, keys and arguments are checked", {
  d <- dependence_series()
  expect_error(code_dependence(d, y ~ nope), class = "nidcode_error_no_column")
  expect_error(code_dependence(d, y ~ .), class = "nidcode_error_argument")
  expect_error(code_dependence(d, ~x), class = "nidcode_error_argument")
  expect_error(code_dependence(d, y ~ x, form = "cubic"),
               class = "nidcode_error_argument")
  expect_error(code_dependence(d, y ~ x, vcov = "HC4"),
               class = "nidcode_error_argument")
  expect_error(code_dependence(d, y ~ x, conf_level = 95),
               class = "nidcode_error_level")
  expect_error(code_dependence(d, y ~ x, by = "nope"),
               class = "nidcode_error_no_column")
  expect_error(code_dependence(transform(d, x = as.character(x)), y ~ x),
               class = "nidcode_error_not_numeric")
  expect_error(code_dependence(transform(d, x = Inf), y ~ x),
               class = "nidcode_error_not_finite")
  expect_error(code_dependence(rbind(d, d), y ~ x, index = "year"),
               class = "nidcode_error_duplicate_key")
  expect_error(code_dependence(d[c("x", "y")], y ~ x),
               class = "nidcode_error_missing_index")
  expect_error(code_dependence(d, y ~ x, vcov = "cluster"),
               class = "nidcode_error_missing_index")
  expect_no_error(code_dependence(d[c("x", "y")], y ~ x, scale = "levels"))
  expect_error(fits(1), class = "nidcode_error_argument")
  expect_error(as_lm(code_dependence(d, y ~ x)),
               class = "nidcode_error_argument")
  expect_error(verdict(1), class = "nidcode_error_argument")
})

test_that("one empty group of several warns, and the rest stands", {
  p <- dependence_panel()
  p$x[p$region == "R2"] <- NA
  expect_warning(dep <- code_dependence(p, y ~ x, by = "region"),
                 class = "nidcode_warning_zero_rows")
  g <- glance(dep)
  expect_identical(g$nobs[g$region == "R2"], c(0L, 0L))
  expect_false(anyNA(g$r[g$region != "R2"]))
  expect_identical(verdict(dep)$verdict[2], "not tested")
})

test_that("containers are read and left alone", {
  d <- dependence_panel()
  plain <- tidy(code_dependence(d, y ~ x))
  expect_identical(tidy(code_dependence(tibble::as_tibble(d), y ~ x)), plain)
  skip_if_not_installed("data.table")
  dt <- data.table::as.data.table(d)
  before <- data.table::copy(dt)
  expect_identical(tidy(code_dependence(dt, y ~ x)), plain)
  expect_identical(dt, before)
})

test_that("sizes, offsets and locale do not change the answer", {
  d <- dependence_series()
  g <- glance(code_dependence(d, y ~ x))
  far <- glance(code_dependence(transform(d, x = x + 2^20), y ~ x))
  expect_equal(far$r, g$r, tolerance = 1e-9)
  huge <- glance(code_dependence(transform(d, x = x * 2^900), y ~ x))
  expect_equal(huge$r.squared, g$r.squared, tolerance = 1e-12)
  withr::local_options(OutDec = ",", scipen = -10, digits = 3)
  expect_identical(glance(code_dependence(d, y ~ x)), g)
  p <- dependence_panel()
  here <- tidy(code_dependence(p, y ~ x, by = "region"))
  withr::local_locale(LC_COLLATE = "C")
  expect_identical(tidy(code_dependence(p, y ~ x, by = "region")), here)
})

test_that("print() is at most 15 lines and invisible", {
  p <- dependence_panel(20)
  dep <- code_dependence(p, y + z ~ x, by = "region")
  for (x in list(dep, verdict(dep), fits(dep)[[1]],
                 dependence_forms(p, y ~ x) |> suppressWarnings())) {
    out <- utils::capture.output(back <- withVisible(print(x)))
    expect_lte(length(out), 15L)
    expect_false(back$visible)
  }
})

test_that("fit_groups() agrees with single fits in any order", {
  d <- dependence_panel()
  out <- fit_groups(d$y, d[c("x", "z")], d$region)
  expect_identical(names(out), c(
    "group", "term", "estimate", "std.error", "std.error.hc3", "nobs",
    "df.residual", "sigma", "r.squared", "kappa"
  ))
  for (r in c("R1", "R4")) {
    ref <- summary(lm(y ~ x + z, d, subset = region == r))
    own <- out[out$group == r, ]
    expect_equal(own$estimate, unname(ref$coefficients[, 1]),
                 tolerance = 1e-10)
    expect_equal(own$std.error, unname(ref$coefficients[, 2]),
                 tolerance = 1e-10)
    expect_equal(own$sigma[1], ref$sigma, tolerance = 1e-10)
  }
  at <- sample(nrow(d))
  # Sums within a group run in another order: the last bits may differ.
  expect_equal(fit_groups(d$y[at], d[at, c("x", "z")], d$region[at]), out,
               tolerance = 1e-12)
  one <- fit_groups(d$y, d$x)
  expect_equal(one$estimate, unname(coef(lm(y ~ x, d))), tolerance = 1e-10)
  holes <- d
  holes$x[2] <- NA
  expect_identical(fit_groups(holes$y, holes$x, holes$region)$nobs[1],
                   sum(d$region == "R1") - 1L)
  expect_identical(nrow(fit_groups(double(), double(), character())), 0L)
  expect_error(fit_groups(1:3, 1:2), class = "nidcode_error_argument")
  expect_error(fit_groups(1:3, 1:3, c(1, NA, 2)),
               class = "nidcode_error_argument")
  two <- withr::with_options(
    list(nidcode.threads = 2L),
    fit_groups(d$y, d[c("x", "z")], d$region)
  )
  expect_identical(two, out)
})

test_that("an offset is refused, not forgotten", {
  d <- data.frame(y = c(1, 3, 2, 5, 4, 7), x = 1:6, o = c(2, 1, 4, 3, 6, 5))
  expect_error(code_dependence(d, y ~ x + offset(o), scale = "levels"),
               "offset", class = "nidcode_error_argument")
  got <- tidy(code_dependence(d, I(y - o) ~ x, scale = "levels"))
  expect_equal(got$estimate, unname(coef(lm(y ~ x + offset(o), d))))
})

test_that("a lag in the formula is sent to the argument", {
  d <- data.frame(year = 2001:2012, y = cumsum(1:12), x = (1:12)^1.5)
  expect_error(code_dependence(d, y ~ lag(x)), "lag =",
               class = "nidcode_error_argument")
  expect_error(code_dependence(d, y ~ x, lag = 1), NA)
})
