# Every verb of the core over every rate and every panel with 0 or 1 of
# something, and what a region without a code is computed from.

skip_on_cran()

table_verbs <- list(
  estimates = function(v) v,
  industrial = function(v) industrial_code(v),
  basic = function(v) basic_code(v),
  integral = function(v) basic_code(v, influence_half_life(2), "integral"),
  path = function(v) code_path(v),
  partial = function(v) code_path(v, influence_half_life(2), kind = "partial"),
  code = function(v) contributions(v),
  time = function(v) contributions(v, by = "time"),
  indicator = function(v) contributions(v, by = c("indicator", "time")),
  cells = function(v) cell_weights(v),
  cells_transformed = function(v) cell_weights(v, "transformed"),
  ranks = function(v) region_ranks(basic_code(v)),
  predict = function(v) predict(v),
  residuals = function(v) residuals(v),
  glance = function(v) glance(v),
  simulate = function(v) simulate(v, 2, seed = 1),
  tidy = function(v) tidy(basic_code(v)),
  confint = function(v) confint(basic_code(v)),
  summary = function(v) summary(industrial_code(v))
)

model_verbs <- list(
  tidy = function(m) tidy(m),
  tidy_other = function(m) tidy(m, "dynamic", conf.level = 0.8),
  path = function(m) tidy(m, "path"),
  glance = function(m) glance(m),
  augment = function(m) augment(m),
  confint = function(m) confint(m),
  coef = function(m) coef(m),
  vcov = function(m) vcov(m),
  nobs = function(m) nobs(m),
  ranks = function(m) region_ranks(m),
  residuals = function(m) residuals(m),
  words = function(m) in_words(m),
  printed = function(m) format(m),
  summary = function(m) format(summary(m)$basic),
  frozen = function(m) {
    update(m, data = as.data.frame(m$panel), freeze = TRUE)$basic
  }
)

test_that("every verb of the core answers at every corner, under every rate", {
  skip_on_cran()
  panels <- corner_panels()
  rates <- corner_rates()
  for (p in names(panels)) {
    panel <- corner_panel(panels[[p]])
    for (r in some_of(names(rates), 12L, 1L + match(p, names(panels)) %% 12L)) {
      broken <- "x_status" %in% names(panels[[p]][[1L]])
      for (breaks in c("auto", if (broken) "split")) {
        at <- paste(p, r, breaks)
        for (interval in c("pointwise", "simultaneous")) {
          v <- expect_answer(dynamic_codes(panel, rates[[r]], breaks, interval),
                             paste(at, interval))
        }
        # An error of 0 is that of values that never change (or of sd = 0).
        if (p != "constant") expect_false(any(v$std.error == 0, na.rm = TRUE))
        for (verb in names(table_verbs)) {
          if (!is.null(v)) expect_answer(table_verbs[[verb]](v),
                                         paste(at, verb))
        }
        m <- expect_answer(code_model(panel, rate = rates[[r]],
                                      breaks = breaks), paste(at, "model"))
        for (verb in names(model_verbs)) {
          if (!is.null(m)) expect_answer(model_verbs[[verb]](m),
                                         paste(at, "model", verb))
        }
      }
    }
  }
})

# Regions A and B, of which B lacks x; under "none" its other code is the same
# number whatever A has.
rows_of_b <- function(table) {
  out <- as.data.frame(table)
  if ("region" %in% names(out)) {
    out <- out[as.character(out$region) == "B", , drop = FALSE]
  }
  rownames(out) <- NULL
  out[setdiff(names(out), c("rank", "rank.low", "rank.high"))]
}

test_that("a region without a code has the numbers of the codes it has", {
  corner <- corner_panels()$no_code_in_region
  only <- code_scheme("y", "social", codes = nid_codes()[3, ])
  both <- defining_codes(corner_panel(corner), "none")
  one <- defining_codes(code_panel(corner[[1]], only), "none")
  rates <- Filter(function(rate) rate$facts$top_order == 2L, corner_rates())
  verbs <- table_verbs[setdiff(names(table_verbs),
                               c("ranks", "glance", "simulate", "confint",
                                 "summary"))]
  for (r in some_of(names(rates), 3L)) {
    for (breaks in c("auto", "split", "ignore")) {
      full <- suppress_ours(dynamic_codes(both, rates[[r]], breaks))
      part <- suppress_ours(dynamic_codes(one, rates[[r]], breaks))
      for (verb in names(verbs)) {
        curve <- rates[[r]]$facts$errors != "known"
        if (verb == "residuals" && !curve) next
        got <- suppress_ours(rows_of_b(verbs[[verb]](full)))
        want <- suppress_ours(rows_of_b(verbs[[verb]](part)))
        expect_gt(nrow(want), 0L)
        expect_equal(got, want, tolerance = 1e-12,
                     info = paste(r, breaks, verb))
      }
    }
  }
})

test_that("what a region lacks is said once, by code and region", {
  panel <- corner_panel(corner_panels()$no_code_in_region)
  said <- function(code) {
    out <- list()
    withCallingHandlers(
      code,
      nidcode_warning_missing_code = function(cnd) {
        out[[length(out) + 1L]] <<- cnd
        invokeRestart("muffleWarning")
      },
      nidcode_message = function(cnd) invokeRestart("muffleMessage")
    )
    out
  }
  v <- suppress_ours(dynamic_codes(panel))
  for (verb in list(basic_code, code_path, industrial_code, contributions,
                    cell_weights, function(x) code_model(panel))) {
    one <- said(verb(v))
    expect_length(one, 1L)
    expect_identical(one[[1]]$codes, "production")
    expect_identical(one[[1]]$regions, "B")
    expect_match(conditionMessage(one[[1]]), fixed = TRUE, paste(
      "Code `production` is absent from 1 region and left out there: `B`."))
  }
  # A model has said it.
  m <- suppress_ours(code_model(panel))
  for (verb in list(basic_code, contributions, region_ranks, in_words)) {
    expect_length(said(verb(m)), 0L)
  }
})

test_that("codes that never meet have rates and no sum of them", {
  panel <- corner_panel(corner_panels()$codes_never_meet)
  for (rate in list(rate_spline(), rate_local(), rate_central(sd = 1))) {
    v <- suppress_ours(dynamic_codes(panel, rate))
    expect_false(all(is.na(v$estimate)))
    expect_message(b <- basic_code(v), class = "nidcode_message_short_series")
    expect_identical(b$estimate, c(NA_real_, NA_real_))
    expect_identical(b$n.terms, c(0L, 0L))
    expect_identical(nrow(code_path(v)), 0L)
    expect_identical(nrow(contributions(v)), 0L)
    expect_identical(nrow(industrial_code(v)), 0L)
    expect_true(all(cell_weights(v)$weight == 0))
  }
  # One region that cannot be summed leaves the other as it is.
  corner <- corner_panels()$one_region_never_meets
  v <- suppress_ours(dynamic_codes(corner_panel(corner), rate_local()))
  b <- suppress_ours(basic_code(v))
  expect_identical(is.na(b$estimate), c(FALSE, TRUE))
  expect_identical(unique(suppress_ours(code_path(v))$region), "A")
  expect_equal(sum(contributions(v)$estimate), b$estimate[1])
})

test_that("no term under split breaks is NA and said, as in basic_code()", {
  panel <- corner_panel(corner_panels()$no_term_of_two)
  v <- suppress_ours(dynamic_codes(panel, rate_spline(), breaks = "split"))
  expect_message(b <- basic_code(v), class = "nidcode_message_short_series")
  expect_identical(b$estimate, NA_real_)
  expect_identical(b$n.terms, 0L)
  expect_identical(nrow(code_path(v)), 0L)
  for (by in list("code", "time", "indicator", c("code", "time"))) {
    expect_identical(nrow(contributions(v, by)), 0L)
  }
  expect_true(all(cell_weights(v)$weight == 0))
})

test_that("a summary without a row has no share to tell", {
  v <- suppress_ours(dynamic_codes(corner_panel(corner_panels()$zero_rows)))
  s <- summary(industrial_code(v))
  expect_identical(s$condition, NA_real_)
  expect_false(any(grepl("NaN|NA%", capture.output(print(s)))))
})

test_that("pictures and workbooks of a region without a code are made", {
  skip_on_cran()
  skip_if_not_installed("ggplot2")
  skip_if_not_installed("openxlsx2", "1.23")
  for (corner in corner_panels()[c("no_code_in_region", "codes_never_meet")]) {
    panel <- corner_panel(corner)
    for (rate in list(rate_spline(), rate_difference())) {
      m <- suppress_ours(code_model(panel, rate = rate))
      for (what in c("codes", "rates", "industrial", "basic", "ranks", "path",
                     "contributions", "cells")) {
        expect_answer(ggplot2::ggplot_build(ggplot2::autoplot(m, what)),
                      paste(rate$name, what))
      }
      path <- withr::local_tempfile(fileext = ".xlsx")
      expect_answer(write_workbook(m, path), paste(rate$name, "workbook"))
      expect_true(file.exists(path))
    }
  }
})
