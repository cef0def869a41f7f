# A verb given a model keeps the model's settings; a frozen model is its parent.

skip_on_cran()

settings_model <- function(...) {
  panel <- code_panel(subset(ural, level == "region"), ural_scheme,
                      status = "_status")
  suppressMessages(suppressWarnings(code_model(
    panel, influence = influence_half_life(3), measure = "integral",
    cor = "residual", conf_level = 0.8, breaks = "split", ...
  )))
}

quiet <- function(code) suppressMessages(suppressWarnings(code))

# Exported verbs of `x` with an argument of ours that a model sets.
setting_names <- c("influence", "measure", "cor", "ends", "conf_level")

verbs_of_models <- function(model) {
  exports <- sort(getNamespaceExports("nidcode"))
  out <- list()
  for (name in exports) {
    verb <- getExportedValue("nidcode", name)
    if (!is.function(verb) || !identical(names(formals(verb))[1L], "x")) next
    takes <- intersect(setting_names, names(formals(verb)))
    if (length(takes) == 0L) next
    ok <- tryCatch({
      quiet(verb(model))
      TRUE
    }, error = function(cnd) FALSE)
    if (ok) out[[name]] <- list(verb = verb, takes = takes)
  }
  out$predict <- list(verb = predict, takes = "conf_level")
  out
}

test_that("every verb keeps every setting of the model that is left out", {
  m <- settings_model()
  other <- list(influence = influence_linear(8), measure = "sum",
                cor = "independent", ends = "interior", conf_level = 0.99)
  verbs <- verbs_of_models(m)
  expect_true(all(c("basic_code", "code_path", "industrial_code",
                    "contributions", "region_ranks") %in% names(verbs)))
  for (name in names(verbs)) {
    verb <- verbs[[name]]$verb
    takes <- verbs[[name]]$takes
    call <- function(args) quiet(do.call(verb, c(list(m), args)))
    own <- m$args[takes]
    expect_identical(call(list()), call(own), info = name)
    # NULL is left out too, where it is the default.
    for (arg in takes) {
      changed <- call(other[arg])
      expect_identical(changed, call(replace(own, arg, other[arg])),
                       info = paste(name, arg))
      expect_false(identical(changed, call(own)), info = paste(name, arg))
    }
  }
})

test_that("the tables of a model are those of its verbs", {
  m <- settings_model()
  expect_identical(quiet(basic_code(m)), m$basic)
  expect_identical(quiet(industrial_code(m)), m$industrial)
  expect_identical(quiet(code_path(m)), m$path)
  expect_identical(region_ranks(m), region_ranks(m$basic))
  expect_match(format(attr(region_ranks(m), "spec")), "80% intervals",
               fixed = TRUE)
  # What is not a model's keeps the plain defaults.
  plain <- quiet(basic_code(m$rates))
  expect_identical(attr(plain, "spec")$influence,
                   influence_equal()$words)
  expect_false(isTRUE(all.equal(plain$estimate, m$basic$estimate)))
  sum_to <- tapply(contributions(m)$estimate, contributions(m)[[1]], sum)
  expect_equal(as.vector(sum_to[as.character(m$basic[[1]])]),
               m$basic$estimate)
})

# What a model says, whatever the verb.
everything <- function(m) {
  v <- m$rates
  curve <- attr(v, "fit")$rate$facts$curve
  at <- if (curve) c(2006.5, 2011) else c(2007, 2011)
  list(
    rates = v, industrial = m$industrial, basic = m$basic, path = m$path,
    industrial_again = industrial_code(v), basic_again = basic_code(v),
    path_again = code_path(v, influence_half_life(2), kind = "partial"),
    residual_cor = basic_code(v, cor = "residual"),
    level = tidy(m, "dynamic", conf.level = 0.7),
    code = contributions(m), cells = contributions(m, c("indicator", "time")),
    weights = cell_weights(m), ranks = region_ranks(m), glance = glance(m),
    glance_rates = glance(v), augment = augment(m), vcov = vcov(m),
    predict = predict(m), new_times = predict(m, at = at, order = 0:1),
    residuals = residuals(m), simulate = simulate(m, 3, seed = 2, order = 0:2),
    bands = nidcode:::simultaneous_levels(attr(v, "fit"), 0.9),
    words = in_words(m)
  )
}

test_that("a frozen model with the same data is its parent in every verb", {
  data <- as.data.frame(subset(ural, level == "region"))
  rates <- list(rate_spline(), rate_spline("reml"), rate_spline("gcv"),
                rate_spline(df = 4), rate_local(7))
  for (k in seq_along(rates)) {
    rate <- rates[[k]]
    for (breaks in some_of(c("shift", "split"), 2L, 1L + k %% 2L)) {
      m <- quiet(code_model(data, ural_scheme, status = "_status", rate = rate,
                            breaks = breaks))
      f <- quiet(update(m, data = data, freeze = TRUE))
      was <- quiet(everything(m))
      is <- quiet(everything(f))
      for (what in names(was)) {
        a <- was[[what]]
        b <- is[[what]]
        if (is.data.frame(a)) {
          a <- as.data.frame(a)
          b <- as.data.frame(b)
        }
        # What a frozen model is measured against has another name.
        if (what == "words") b <- sub("frozen reference", "panel", b)
        expect_equal(b, a, tolerance = 1e-12,
                     info = paste(rate$words, breaks, what))
      }
    }
  }
})

test_that("weights that are frozen do not follow the data", {
  data <- as.data.frame(subset(ural, level == "region"))
  m <- quiet(code_model(data, ural_scheme, status = "_status"))
  at <- which(data$year == 2010)[1]
  data$he_graduates_per_10k[at] <- 3 * data$he_graduates_per_10k[at]
  f <- quiet(update(m, data = data, freeze = TRUE))
  same <- c("effective.df", "lambda.first", "lambda.last", "dw.expected")
  expect_equal(glance(f)$effective.df, glance(m)$effective.df,
               tolerance = 1e-12)
  expect_equal(glance(f$rates)[same[1]], glance(m$rates)[same[1]],
               tolerance = 1e-12)
  expect_equal(cell_weights(f)$weight, cell_weights(m)$weight,
               tolerance = 1e-12)
  refit <- quiet(update(m, data = data))
  expect_gt(abs(glance(refit)$effective.df - glance(m)$effective.df), 1e-4)
})
