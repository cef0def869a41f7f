skip_if_not_installed("ggplot2")
# pdf() has no Cyrillic letters.
skip_if_not(capabilities("cairo"))
grDevices::png(withr::local_tempfile(.local_envir = teardown_env()),
               type = "cairo")
withr::defer(grDevices::dev.off(), teardown_env())

# Every class, at 1, 8 and 85 regions.
skip_on_cran()

autoplot <- function(...) suppressMessages(ggplot2::autoplot(...))

# Every class is drawn by the corners, every size by `make layout`.
test_that("a model has every picture at 1, 8 and 85 regions", {
  for (n in some_of(c(1L, 8L, 85L), 2L)) {
    m <- picture_model(n)
    for (what in model_pictures) {
      expect_picture(autoplot(m, what), paste(what, n),
                     draw = all_cases() && n != 8L)
    }
  }
})

test_that("so have its tables, predictions and draws, with no model behind", {
  for (n in c(1L, 85L)) {
    m <- picture_model(n)
    tables <- list(
      m$panel, m$panel$scheme, m$defining, m$rates, m$industrial, m$basic,
      m$path, region_ranks(m), cell_weights(m), residuals(m$rates),
      contributions(m), contributions(m$rates, by = "time"),
      contributions(m, by = "indicator"),
      contributions(m, by = c("code", "time")),
      contributions(m, by = c("indicator", "time")),
      code_path(m$rates, kind = "partial"),
      predict(m, at = c(2008.5, 2014)), simulate(m, nsim = 3, seed = 1)
    )
    for (x in tables) {
      expect_picture(autoplot(x), paste(class(x)[1L], n), draw = FALSE)
    }
  }
})

test_that("so have plain vectors, influences, surveys and dependence", {
  draw <- all_cases()
  d <- picture_data(8)
  e <- estimate_rates(d$a, d[[year_name]], d$region, order = 2)
  for (x in list(
    e, estimate_rates(d$a[1:8], d[[year_name]][1:8]),
    accumulate_rates(e$estimate, e$time, e$group),
    accumulate_path(e$estimate, e$time, e$group), influence_half_life(5),
    influence_linear(), influence_custom(\(x) exp(-x))
  )) {
    expect_picture(autoplot(x), class(x)[1L], draw = draw)
  }
  expect_picture(autoplot(influence_custom(\(t) t - 2000, "time"),
                          time = 2001:2009))
  answers <- make_respondents()
  codes <- c(a = "I", b = "I", c = "II", d = "II")
  r <- relevance(answers, names(codes), item_codes = codes)
  by <- relevance(answers, names(codes), item_codes = codes, by = "who")
  levels <- c("no", "so so", "yes")
  said <- data.frame(q = rep(levels, 5:3), w = rep(levels, 3:5),
                     who = rep(c("x", "y"), 6))
  map <- data.frame(item = names(codes), indicator = c("i", "i", "j", "k"),
                    code = codes)
  for (x in list(
    r, by, relevance_by_code(r), relevance_by_code(by), compare_relevance(r),
    compare_groups(by), relevance_weights(r, map),
    likert_shares(said, c("q", "w"), levels, by = "who"),
    audit_percentages(c(60.3, 27, 12.7), n_max = 100),
    audit_percentages(c(60.3, 27, 12.7), n = 63)
  )) {
    expect_picture(autoplot(x), class(x)[1L], draw = draw)
  }
  one <- dependence_series()
  many <- dependence_panel()
  for (dep in list(code_dependence(one, y + w ~ x),
                   code_dependence(many, y + z ~ x, by = "region"),
                   code_dependence(many, y ~ x, effects = "twoway"))) {
    expect_picture(autoplot(dep), draw = draw)
    expect_picture(autoplot(verdict(dep)), draw = draw)
    expect_picture(autoplot(fits(dep)[[1L]]), draw = draw)
  }
  expect_picture(autoplot(dependence_forms(abs(one) + 1, y + w ~ x)))
})

test_that("no result class is left out", {
  methods <- ls(asNamespace("nidcode"), pattern = "^autoplot[.]nid_")
  drawn <- sub("autoplot.", "", methods, fixed = TRUE)
  # What the tests above make has a picture of its own, not the refusal.
  expect_true(all(c(
    "nid_scheme", "nid_panel", "nid_model", "nid_defining", "nid_rates",
    "nid_residuals", "nid_industrial", "nid_basic", "nid_ranks", "nid_path",
    "nid_contributions", "nid_cell_weights", "nid_prediction",
    "nid_simulation", "nid_estimated", "nid_accumulated", "nid_influence",
    "nid_relevance", "nid_code_relevance", "nid_comparison", "nid_audit",
    "nid_likert", "nid_weights", "nid_dependence", "nid_verdict", "nid_forms",
    "nid_fit") %in% drawn))
  strange <- new_nid_table(list(a = 1), "strange", list(title = "Strange"))
  expect_error(autoplot(strange), "no picture",
               class = "nidcode_error_argument")
})

test_that("plot() draws and returns its argument invisibly", {
  m <- picture_model(1)
  for (x in list(m, m$panel, m$panel$scheme, m$basic, influence_equal(),
                 code_dependence(dependence_series(), y ~ x))) {
    expect_identical(withVisible(plot(x)), list(value = x, visible = FALSE))
  }
})

test_that("fits without degrees of freedom are drawn without a band", {
  d <- data.frame(region = "A", year = 2001:2002, x = c(1, 3), y = c(2, 5))
  for (rows in 1:2) {
    dep <- suppressWarnings(suppressMessages(
      code_dependence(d[seq_len(rows), ], y ~ x, c("region", "year"),
                      scale = "levels")))
    p <- expect_picture(autoplot(fits(dep)[[1L]]))
    expect_match(p$labels$caption, "no band", fixed = TRUE)
    expect_picture(autoplot(dep))
  }
  # A verdict of nothing, and of one point a pair.
  for (formula in list(y ~ 1, y ~ x)) {
    dep <- suppressWarnings(suppressMessages(
      code_dependence(d, formula, c("region", "year"))))
    expect_s3_class(autoplot(verdict(dep)), "ggplot")
  }
})
