# What is no vector, or no vector of the kind that is asked for, is refused in
# words wherever it may be given: R's own questions (is.na(), %in%, rep(), abs())
# have no answer for it and would speak first.

skip_on_cran()

no_vectors <- list(
  builtin = sum, special = `if`, closure = \(x) NULL,
  environment = new.env(), classed = structure(new.env(), class = "odd"),
  symbol = quote(a), call = quote(a()), formula = y ~ x,
  expression = expression(a), s4 = methods::getClass("numeric"),
  pointer = methods::new("externalptr"), list = list(1), named = list(a = 1),
  functions = list(sum), text = pairlist("a")
)

# All that `f` raises for each value must be one error of ours.
expect_refused <- function(f, values = no_vectors) {
  for (kind in names(values)) {
    said <- try_corner(f(values[[kind]]))
    expect_true(said$failed, label = paste("refused:", kind))
    expect_identical(said$said, character(), label = kind)
  }
}

odd_panel <- function() {
  data <- data.frame(region = rep(c("A", "B"), each = 6), year = 2001:2006,
                     x = c(3, 5, 4, 7, 9, 8, 5, 6, 8, 9, 8, 12))
  code_panel(data, code_scheme("x", "production"))
}
odd_rates <- function() {
  suppressMessages(suppressWarnings(dynamic_codes(odd_panel())))
}

test_that("a reference is a word or a time", {
  panel <- odd_panel()
  expect_refused(\(v) defining_codes(panel, reference = v))
  error <- expect_error(defining_codes(panel, reference = sum),
                        class = "nidcode_error_reference")
  expect_match(conditionMessage(error), "<function>", fixed = TRUE)
  expect_error(defining_codes(panel, reference = matrix("panel")),
               class = "nidcode_error_reference")
  expect_error(deflate(data.frame(region = "A", year = 2001, x = 1, p = 1),
                       "x", "p", base = sum), class = "nidcode_error_argument")
})

test_that("groups, strata, clusters and weights are vectors", {
  answers <- data.frame(a = TRUE, grade = "low")
  expect_refused(\(v) estimate_rates(1, 1, v))
  expect_refused(\(v) accumulate_rates(1, 1, v))
  expect_refused(\(v) accumulate_path(1, 1, v))
  expect_refused(\(v) accumulate_path(numeric(), numeric(), v),
                 no_vectors["environment"])
  expect_refused(\(v) fit_groups(1, 1, v))
  expect_refused(\(v) relevance(answers, "a", strata = v))
  expect_refused(\(v) relevance(answers, "a", ids = v))
  expect_refused(\(v) relevance(answers, "a", weights = v))
  expect_refused(\(v) likert_shares(answers, "grade", "low", weights = v))
  expect_refused(\(v) code_scheme("a", "production", weight = v))
  error <- expect_error(relevance(answers, "a", strata = sum),
                        class = "nidcode_error_argument")
  expect_identical(error$argument, "strata")
  error <- expect_error(estimate_rates(1, 1, sum),
                        class = "nidcode_error_bad_region")
  expect_identical(error$columns, "group")
  for (odd in list(as.raw(1), 1i)) {
    expect_error(relevance(answers, "a", ids = odd),
                 class = "nidcode_error_argument")
    expect_error(relevance(transform(answers, g = odd), "a", by = "g"),
                 class = "nidcode_error_argument")
  }
  expect_error(fit_groups(1, 1, as.raw(1)), class = "nidcode_error_argument")
})

test_that("a column is a vector", {
  data <- as.data.frame(odd_panel())
  for (name in c("region", "x")) {
    bad <- data
    bad[[name]] <- as.expression(seq_len(nrow(data)))
    error <- expect_error(code_panel(bad, code_scheme("x", "production")),
                          class = "nidcode_error_argument")
    expect_identical(error$columns, name)
  }
  meta <- data.frame(iCode = c("a", "P"), Parent = c("P", NA), Level = 1:2)
  for (name in names(meta)) {
    bad <- meta
    bad[[name]] <- data.frame(a = 1:2, b = 1:2)
    error <- expect_error(as_code_scheme(bad), class = "nidcode_error_scheme")
    expect_identical(error$columns, name)
  }
  codes <- nid_codes()
  codes$weight <- matrix(1, 3L, 2L)
  expect_error(code_scheme("x", "production", codes = codes),
               class = "nidcode_error_weights")
  shares <- relevance(data.frame(a = c(TRUE, FALSE)), "a")
  map <- data.frame(item = "a")
  map$indicator <- matrix("x", 1L, 2L)
  expect_error(relevance_weights(shares, map),
               class = "nidcode_error_not_numeric")
})

test_that("arrays of one column are columns", {
  x <- c(3, 5, 4, 7, 9, 8)
  want <- estimate_rates(x, 2001:2006)
  for (as in list(array(x), array(x, c(6L, 1L, 1L)), matrix(x),
                  tapply(x, 1:6, sum))) {
    expect_identical(estimate_rates(as, 2001:2006), want)
    expect_identical(fit_groups(as, x), fit_groups(x, x))
  }
  error <- expect_error(fit_groups(array(x, c(3L, 1L, 2L)), 1:3),
                        class = "nidcode_error_not_numeric")
  expect_match(conditionMessage(error), "2 columns", fixed = TRUE)
})

test_that("one number has no dimensions, one text can be read", {
  pairs <- data.frame(year = 2001:2006, x = c(1, 3, 2, 5, 4, 6), y = 1:6 + 0)
  error <- expect_error(code_dependence(pairs, y ~ x, "year", lag = matrix(1)),
                        class = "nidcode_error_argument")
  expect_match(conditionMessage(error), "<matrix/array>", fixed = TRUE)
  answers <- data.frame(text = "p;q")
  expect_error(relevance(answers, "text", sep = "a\xff"),
               class = "nidcode_error_bad_text")
})

test_that("methods refuse what their arguments cannot be", {
  rates <- odd_rates()
  pairs <- data.frame(year = 2001:2006, x = c(1, 3, 2, 5, 4, 6),
                      y = c(2, 1, 4, 3, 6, 5))
  dep <- code_dependence(pairs, y ~ x, "year", scale = "levels")
  fit <- fits(dep)[[1L]]
  number <- list(number = 1, text = "a", many = c(TRUE, FALSE), gap = NA)
  basic <- suppressWarnings(basic_code(rates))
  for (object in list(dep, fit, basic)) {
    expect_refused(\(v) confint(object, parm = v))
    expect_refused(\(v) confint(object, parm = v),
                   list(date = as.Date("2010-01-01"), factor = factor("a")))
    expect_refused(\(v) tidy(object, conf.int = v), c(no_vectors, number))
  }
  expect_refused(\(v) confint(fit, v), list(mixed = c(-1, 1), none = 0))
  expect_identical(confint(fit, -1), confint(fit)[-1L, , drop = FALSE])
  expect_refused(\(v) format(rates, width = v),
                 c(no_vectors, number[-1L], none = 0))
  expect_identical(format(rates, width = Inf), format(rates, width = 10000))
  expect_refused(\(v) predict(fit, data.frame(x = v)),
                 list(text = "1", factor = factor("1")))
  skip_if_not_installed("ggplot2")
  expect_refused(\(v) ggplot2::autoplot(rates, regions = v),
                 c(no_vectors, none = list(character())))
})
