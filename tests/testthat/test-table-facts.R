# What a table says of itself, for each class of tables.

fact_tables <- function() {
  names(hand_regions)[1:2] <- c("land", "when")
  # Two indicators of a code, and two codes.
  scheme <- code_scheme(c("x", "y", "z"), c("production", "production",
                                            "social"))
  panel <- code_panel(hand_regions, scheme, index = c("land", "when"))
  rates <- dynamic_codes(panel, rate_central(sd = 0.1))
  basic <- basic_code(rates)
  series <- hand_regions[c("x", "when", "land")]
  answers <- data.frame(
    a = c(1, 1, 0, 1, 1, 0, 1, 0), b = c(0, 1, 1, 0, 1, 1, 0, 0),
    c = c(1, 0, 0, 0, 1, 1, 1, 1), who = c("firm", "state", "other", "firm"),
    q = rep(c("no", "so", "yes", "yes"), 2), p = c("no", "yes"))
  shares <- relevance(answers, c("a", "b", "c"), by = "who",
                      item_codes = c(a = "fair", b = "fair", c = "loan"))
  long <- do.call(rbind, lapply(1:3, \(r) data.frame(
    land = LETTERS[r], when = 2001:2012, y = cos(1:12 * r), w = sqrt(1:12),
    x = sin(1:12 + r), z = (1:12 * 7) %% 5 + r)))
  # Two mutations in each series.
  jumps <- code_panel(
    data.frame(land = rep(c("A", "B"), each = 24), when = rep(2001:2024, 2),
               x = sin(1:48) + 300 * (1:24 >= 8) - 60 * (1:24 >= 17),
               z = cos(1:48) - 300 * (1:24 >= 8) + 60 * (1:24 >= 17)),
    code_scheme(c("x", "z"), c("production", "social")),
    index = c("land", "when"))
  both <- function(f) f(long, y + w ~ x + z, "when", by = "land")
  list(
    defining = defining_codes(panel), rates = rates, basic = basic,
    industrial = industrial_code(rates), path = code_path(rates),
    contributions = contributions(rates, c("indicator", "time")),
    contributions = contributions(rates, "code"),
    cell_weights = cell_weights(rates), ranks = region_ranks(basic),
    contrasts = region_contrasts(rates, pairs = data.frame(
      a = c("A", "A", "B"), b = c("A", "B", "B")), what = "dynamic"),
    effective_weights = effective_weights(rates),
    comparison_of_models = local({
      m <- quietly(code_model(panel))
      compare_models(a = m, b = quietly(update(m, measure = "integral")))
    }),
    sensitivity = code_sensitivity(
      quietly(code_model(panel)), code_choices(measure = c("sum", "integral")),
      conf_level = 0.95),
    regions = regions_table(quietly(code_model(panel))),
    dominance = code_dominance(choice_model(rate = rate_central()),
                               code_choices(weights = weights_simplex())),
    record = code_record(rates), core = code_core(rates),
    gaps = code_gaps(rates, "A"),
    connections = code_connections(dynamic_codes(code_panel(
      hand_regions, hand_scheme(), index = c("land", "when"))), within = TRUE),
    mutations = code_mutations(dynamic_codes(jumps, rate_spline(m = 3)),
                               max = 2, nsim = 199),
    phases = code_phases(rates, "codes"),
    smoothness = smoothness(panel),
    residuals = residuals(dynamic_codes(panel, rate_local())),
    prediction = predict(rates), simulation = quietly(simulate(
      dynamic_codes(panel, rate_local(degree = 2)), nsim = 2, order = 1:2,
      seed = 1)),
    estimated = estimate_rates(series$x, series$when, series$land),
    estimated = estimate_rates(hand$x, hand$year),
    accumulated = accumulate_path(series$x, series$when, series$land),
    accumulated = accumulate_rates(series$x, series$when, series$land),
    relevance = shares, code_relevance = relevance_by_code(shares),
    comparison = compare_relevance(shares),
    comparison = compare_groups(shares),
    likert = likert_shares(answers, c("q", "p"), c("no", "so", "yes"),
                           by = "who"),
    audit = audit_percentages(c(60.3, 27, 12.7), n_max = 100),
    verdict = verdict(both(\(...) {
      code_dependence(..., form = c("linear", "quadratic"))
    })),
    forms = both(dependence_forms)
  )
}

tables <- quietly(fact_tables())

# The classes that the package makes, read off its own functions.
made_classes <- function() {
  found <- character()
  walk <- function(e) {
    if (!is.call(e)) {
      return()
    }
    if (identical(e[[1L]], quote(new_nid_table))) found <<- c(found, e[[3L]])
    for (part in as.list(e)) if (!missing(part)) walk(part)
  }
  space <- asNamespace("nidcode")
  for (f in Filter(is.function, as.list(space))) walk(body(f))
  unique(found)
}

test_that("every class of tables is here, and is what it says", {
  expect_setequal(names(tables), made_classes())
  for (i in seq_along(tables)) {
    expect_identical(class(tables[[i]])[1L], paste0("nid_", names(tables)[i]))
  }
})

test_that("keys are columns that tell rows apart, and none can be spared", {
  for (i in seq_along(tables)) {
    x <- tables[[i]]
    what <- names(tables)[i]
    keys <- get_spec(x)$keys
    expect_gt(nrow(x), 1L)
    expect_true(all(keys %in% names(x)), label = what)
    twice <- function(keys) {
      length(keys) == 0L || anyDuplicated(as.data.frame(x)[keys]) > 0L
    }
    expect_false(twice(unname(keys)), label = what)
    # A term is the name that its code has as a rate.
    for (key in setdiff(keys, c("term", if ("term" %in% keys) "code"))) {
      expect_true(twice(setdiff(keys, key)),
                  label = paste(what, "without", key))
    }
  }
})

test_that("regions and times are known by their own names", {
  own <- c("land", "when", "group", "time")
  for (i in seq_along(tables)) {
    x <- tables[[i]]
    spec <- get_spec(x)
    if (!any(own %in% names(x)) || names(tables)[i] %in% c("verdict", "forms"))
      next
    found <- c(key_column(spec, "region"), key_column(spec, "time"))
    expect_identical(unname(found[!is.na(found)]), intersect(names(x), own),
                     label = names(tables)[i])
  }
})

test_that("every fact that has a word is said, no other", {
  quiet <- c("keys", "by", "shape", "limits", "law", "kind", "meaning", "joint",
             "spread")
  for (x in tables) {
    spec <- get_spec(x)
    said <- format(spec)
    for (name in setdiff(names(spec), c(quiet, "title", "level", "notes",
                                        "meaning", "dissemination",
                                        "durbin.watson"))) {
      word <- if (name == "second") "second order:" else name
      expect_match(said, paste(word, paste(spec[[name]], collapse = ", ")),
                   fixed = TRUE)
    }
    expect_no_match(said, "\\b(keys|shape|limits|law) ")
    expect_identical(names(glance.nid_table(x)),
                     c("title", "nobs", setdiff(names(spec), quiet_facts),
                       intersect("level", names(spec))))
  }
})

test_that("confint() has the same columns whatever the class", {
  several <- 0L
  for (x in tables) {
    limits <- get_spec(x)$limits %||% c("conf.low", "conf.high")
    if (!all(limits %in% names(x))) {
      expect_error(confint(x), class = "nidcode_error_argument")
      next
    }
    several <- several + 1L
    ci <- confint(x)
    expect_identical(colnames(ci), c("2.5 %", "97.5 %"))
    expect_identical(unname(ci), unname(as.matrix(as.data.frame(x)[limits])))
    expect_identical(anyDuplicated(rownames(ci)), 0L)
  }
  expect_gt(several, 8L)
  fit <- code_dependence(hand_regions, y ~ x, index = c("region", "year"))
  for (x in list(fit, fits(fit)[[1L]])) {
    expect_identical(colnames(confint(x)), c("2.5 %", "97.5 %"))
    expect_identical(colnames(confint(x, level = 0.9)), c("5 %", "95 %"))
  }
})
