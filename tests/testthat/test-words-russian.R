# Sentences in Russian: of every class, and in a locale without Cyrillic.

ural_model <- function(...) {
  quietly(code_model(subset(ural, level == "region"), ural_scheme,
                     status = "_status", ...))
}

spoken_model <- ural_model()

# Two codes of 20 times whose shocks go against each other, with a jump in one.
jumping <- function() {
  set.seed(3)
  shock <- rnorm(20)
  data <- data.frame(region = rep(c("A", "B"), each = 20), year = 2001:2020,
                     x = c(cumsum(shock), cumsum(shock) + 60 * (1:20 > 9)),
                     y = rep(cumsum(-shock + 0.1 * rnorm(20)), 2))
  quietly(dynamic_codes(code_panel(
    data, code_scheme(c("x", "y"), c("production", "social")))))
}

# A result of every class that has words, and of odd ones among them.
spoken <- function() {
  model <- spoken_model
  literal <- ural_model(rate = rate_difference())
  lacking <- hand_regions
  lacking$x[1:6] <- NA
  lacking$z <- NA_real_
  district <- ural[ural$level == "district", ]
  jumps <- jumping()
  list(
    model = model, model = literal,
    model = quietly(code_model(hand_regions, hand_scheme(),
                               influence = influence_half_life(3),
                               normalise = "minmax")),
    model = quietly(code_model(lacking, hand_scheme(), rate = rate_local())),
    model = quietly(code_model(district, ural_scheme, index = "year",
                               status = "_status", missing = "provisional")),
    record = code_record(model), record = code_record(literal),
    phases = code_phases(model), phases = code_phases(model, "codes", 0.5),
    phases = code_phases(literal),
    contrasts = region_contrasts(model, "mean"),
    contrasts = region_contrasts(model, what = "dynamic"),
    contrasts = region_contrasts(literal, 0),
    gaps = quietly(code_gaps(model, "Sverdlovsk Oblast")),
    gaps = quietly(code_gaps(model, "mean")), gaps = code_gaps(literal, 0),
    core = code_core(model), core = quietly(code_core(jumps)),
    connections = quietly(code_connections(jumps)),
    connections = code_connections(model),
    connections = code_connections(model, of = "levels"),
    mutations = quietly(code_mutations(jumps)),
    comparison_of_models = compare_models(
      plain = model, late = update(model, influence = influence_half_life(1)),
      minmax = update(model, normalise = "minmax")),
    sensitivity = code_sensitivity(model, code_choices(
      normalise = c("zscore", "minmax"), weights = weights_noisy(0.25),
      leave_out = TRUE), n = 50),
    sensitivity = code_sensitivity(model, code_choices(
      measure = c("sum", "integral"))),
    dominance = code_dominance(literal, code_choices(
      weights = weights_simplex(0.2, 0.8))),
    verdict = verdict(code_dependence(district, apt_developed + income_pc_real ~
                                        employed_he_share + apt_used)),
    dependence = code_dependence(ural, apt_used ~ employed_he_share,
                                 index = c("region", "year")),
    relevance = relevance_counts(paper_relevance),
    relevance = relevance(make_respondents(), c("a", "b", "c"), by = "who")
  )
}

test_that("every class that has words is asked, and speaks two languages", {
  said <- spoken()
  have <- sub("^in_words[.]nid_", "", ls(asNamespace("nidcode"),
                                         pattern = "^in_words[.]nid_"))
  expect_setequal(names(said), have)
  data_names <- c(
    unique(ural$region), names(ural), "A", "B", paper_relevance$item,
    as.character(unique(make_respondents()$who)), "P", "I", "S",
    "plain", "late", "minmax")
  for (i in seq_along(said)) {
    what <- paste(names(said)[i], i)
    x <- said[[i]]
    ru <- in_words(x, language = "ru")
    expect_identical(latin_left(ru, data_names), character(), label = what)
    expect_length(ru, length(in_words(x)))
    expect_true(all(grepl("[.]$", ru)), label = what)
    # Numbers are the same, with a point.
    numbers <- function(text) {
      sort(unlist(regmatches(text, gregexpr("[0-9]+[.][0-9]+", text))))
    }
    expect_identical(numbers(ru), numbers(in_words(x)), label = what)
    # The option does as the argument.
    withr::with_options(list(nidcode.language = "ru"), {
      expect_identical(in_words(x), ru)
    })
  }
})

test_that("what connections are of has words", {
  withr::local_options(nidcode.language = "ru")
  for (of in c("rates", "levels", "regions")) {
    x <- quietly(code_connections(spoken_model, of = of))
    expect_identical(latin_left(say_fact(get_spec(x)$of)), character())
  }
})

test_that("tables and what is printed stay English", {
  model <- spoken_model
  printed <- capture.output(print(model), print(model$basic))
  withr::local_options(nidcode.language = "ru")
  again <- ural_model()
  expect_identical(capture.output(print(again), print(again$basic)), printed)
  expect_identical(get_spec(again$basic), get_spec(model$basic))
  v <- verdict(code_dependence(ural[ural$level == "district", ],
                               apt_developed ~ employed_he_share))
  expect_match(v$sentence, "trend only", fixed = TRUE)
})

test_that("forms of Russian words go with their numbers", {
  form <- function(n) {
    table <- data.frame(region = paste0("R", seq_len(n)), estimate = -seq_len(n),
                        conf.low = -99, conf.high = -0.5)
    withr::with_options(list(nidcode.language = "ru"), {
      words_about_speed(table, rev(seq_len(n)), table$region, 0.95)
    })
  }
  loses <- "\u0442\u0435\u0440\u044f\u0435\u0442"
  lose <- "\u0442\u0435\u0440\u044f\u044e\u0442"
  region <- "\u0440\u0435\u0433\u0438\u043e\u043d"
  for (n in c(2, 5, 11, 12, 14, 25)) {
    expect_match(form(n), paste0("^", n, " [^ ]+ ", n, " ", region,
                                 "\u043e\u0432 .* ", lose, " "))
  }
  # Of 21 the noun is one, as the verb is.
  expect_match(form(21), paste0("^21 [^ ]+ 21 ", region, "\u0430 .* ", loses,
                                " "))
})

test_that("Russian is Russian where the locale has no Cyrillic", {
  skip_under_sanitizer("Rscript")
  out <- withr::local_tempfile(fileext = ".rds")
  script <- withr::local_tempfile(fileext = ".R", lines = c(
    sprintf(".libPaths(%s)", deparse1(.libPaths())), "library(nidcode)",
    "options(nidcode.language = \"ru\")",
    "model <- code_model(subset(ural, level == \"region\"), ural_scheme,",
    "                    status = \"_status\")",
    sprintf("saveRDS(in_words(model), %s)", deparse(out))))
  status <- withr::with_envvar(c(LC_ALL = "C"), {
    system2(file.path(R.home("bin"), "Rscript"),
            c("--vanilla", shQuote(script)), stdout = FALSE, stderr = FALSE)
  })
  expect_identical(status, 0L)
  here <- in_words(spoken_model, language = "ru")
  expect_identical(enc2utf8(readRDS(out)), enc2utf8(here))
  expect_true(all(grepl("[\u0430-\u044f]", here)))
})
