# What may be chosen, and what never can.

test_that("factors print as a line each", {
  ch <- code_choices(normalise = c("zscore", "minmax"),
                     weights = weights_noisy(0.25), half_life = c(3, 10),
                     rate = list(rate_spline(m = 2), wide = rate_local(7)),
                     leave_out = TRUE, posterior = TRUE,
                     prob = list(normalise = c(3, 1)))
  expect_identical(names(ch$factors), c("normalise", "weights", "leave_out",
                                        "rate", "half_life", "posterior"))
  expect_identical(ch$factors$normalise$prob, c(0.75, 0.25))
  text <- format(ch)
  expect_length(text, 7L)
  expect_match(text, "normalise: zscore (0.75), minmax (0.25)", fixed = TRUE,
               all = FALSE)
  expect_match(text, "half_life: 3 to 10", fixed = TRUE, all = FALSE)
  expect_match(text, "rate: spline (average, m = 2), wide", fixed = TRUE,
               all = FALSE)
  expect_output(print(weights_simplex(0.1, 0.5)),
                "at least 0.1 and at most 0.5")
  expect_identical(format(code_choices()), "Admissible choices: none.")
})

test_that("what can never go together is found at once", {
  told <- function(code, factor) {
    cnd <- expect_error(code, class = "nidcode_error_choices")
    expect_identical(cnd$factor, factor)
    cnd$level
  }
  expect_identical(told(code_choices(normalise = c("zscore", "index"),
                                     reference = "panel"), "normalise"),
                   "index")
  expect_silent(code_choices(normalise = "index", reference = 2005))
  expect_identical(told(code_choices(normalise = "rank", reference = 2005),
                        "normalise"), "rank")
  expect_silent(code_choices(normalise = "rank", reference = "region"))
  expect_identical(told(code_choices(breaks = "shift",
                                     rate = rate_difference()), "breaks"),
                   "shift")
  expect_null(told(code_choices(half_life = c(3, 5),
                                influence = influence_equal()), "half_life"))
  expect_null(told(code_choices(weights = weights_noisy(),
                                scheme = list(choice_panel()$scheme)),
                   "scheme"))
  expect_null(told(code_choices(rate = list(rate_local(5), rate_local(5))),
                   "rate"))
  # What the model has stands beside what is chosen.
  expect_identical(told(code_sensitivity(choice_model(), code_choices(
    normalise = c("zscore", "index"))), "normalise"), "index")
})

test_that("levels are checked as what they are", {
  argument <- function(code) {
    expect_error(code, class = "nidcode_error_argument")
  }
  argument(code_choices(normalise = "z"))
  argument(code_choices(normalise = 1))
  argument(code_choices(rate = "spline"))
  argument(code_choices(influence = list(1)))
  argument(code_choices(half_life = c(5, 3)))
  argument(code_choices(half_life = 0))
  argument(code_choices(leave_out = FALSE))
  argument(code_choices(leave_out = 1.5))
  argument(code_choices(weights = c(x1 = 1)))
  argument(code_choices(weights = list(a = 1)))
  argument(code_choices(transform = "square"))
  argument(code_choices(scheme = list(1, 2)))
  argument(code_choices(posterior = NA))
  argument(code_choices(prob = list(normalise = 1)))
  argument(code_choices(prob = 1))
  argument(weights_noisy(2))
  argument(weights_dirichlet(0))
  argument(weights_simplex(0.5, 0.2))
  argument(weights_simplex(c(0.1, 0.2)))
  argument(weights_relevance(1))
  expect_error(code_choices(normalise = c("zscore", "minmax"),
                            prob = list(normalise = 1)),
               class = "nidcode_error_choices")
})

# ---- Weights -----------------------------------------------------------------

draws_of <- function(choice, weight, n = 4000L) {
  with_stream(2, draw_weights(choice, n, weight, NULL))
}

test_that("weights keep their sum and their law", {
  w <- c(a = 1, b = 2, c = 0, d = 5)
  for (choice in list(weights_noisy(0.5), weights_dirichlet(20),
                      weights_simplex(), weights_simplex(0.1, 0.5))) {
    x <- draws_of(choice, w)
    expect_equal(rowSums(x), rep(8, 4000L))
    expect_true(all(x >= 0))
    expect_true(all(x[, "c"] == 0))
  }
  x <- draws_of(weights_dirichlet(20), w) / 8
  se <- sqrt(w * (8 - w) / 64 / 21 / 4000)
  expect_true(all(abs(colMeans(x) - w / 8) <= 4 * se))
  expect_equal(stats::var(x[, "d"]), 5 / 8 * 3 / 8 / 21, tolerance = 0.1)
  noisy <- draws_of(weights_noisy(0.5), c(a = 1, b = 1))
  ratio <- noisy[, "a"] / noisy[, "b"]
  expect_true(min(ratio) >= 0.5 / 1.5 && max(ratio) <= 3)
})

test_that("shares are uniform on what bounds leave", {
  # Of two shares within [.2, .5] of [0, 1] only .5 is left; of three in [0, .5]
  # the middle triangle: the mean is 1/3 and each share is at most .5.
  expect_equal(unname(draws_of(weights_simplex(0.2, 0.5), c(a = 1, b = 1),
                               10L)), matrix(1, 10, 2))
  x <- draws_of(weights_simplex(0, 0.5), c(a = 1, b = 1, c = 1)) / 3
  expect_true(all(x <= 0.5 + 1e-12))
  expect_equal(unname(colMeans(x)), rep(1 / 3, 3), tolerance = 0.02)
  # The triangle is that of 1 - 2 x, uniform on the whole simplex.
  whole <- 1 - 2 * x
  expect_gt(stats::ks.test(whole[, 1L], "pbeta", 1, 2)$p.value, 1e-3)
  # A lower bound alone is a smaller simplex.
  y <- draws_of(weights_simplex(c(a = 0.4)), c(a = 1, b = 1)) / 2
  expect_gt(stats::ks.test(y[, "a"], "punif", 0.4, 1)$p.value, 1e-3)
  expect_error(draws_of(weights_simplex(0.6), c(a = 1, b = 1)),
               class = "nidcode_error_choices")
  expect_error(draws_of(weights_simplex(0, 0.4), c(a = 1, b = 1)),
               class = "nidcode_error_choices")
})

test_that("weights of a survey are drawn with its error", {
  answers <- data.frame(a = rep(c(1, 0), c(30, 70)),
                        b = rep(c(0, 1), c(50, 50)))
  w <- relevance_weights(relevance(answers, c("a", "b")), data.frame(
    item = c("a", "b"), indicator = c("x1", "x2")))
  x <- draws_of(weights_relevance(w), c(x1 = 1, x2 = 1)) / 2
  expect_equal(unname(colMeans(x)), as.double(w), tolerance = 0.01)
  expect_equal(stats::cov(x), stats::vcov(w), tolerance = 0.1)
  expect_error(draws_of(weights_relevance(w), c(x1 = 1, x3 = 1)),
               class = "nidcode_error_choices")
  few <- data.frame(a = rep(c(1, 0), c(1, 4)), b = rep(c(0, 1), c(2, 3)))
  w <- relevance_weights(relevance(few, c("a", "b")), data.frame(
    item = c("a", "b"), indicator = c("x1", "x2")))
  x <- draws_of(weights_relevance(w), c(x1 = 1, x2 = 1))
  expect_true(all(x >= 0))
  expect_gt(attr(x, "redrawn"), 0)
})

test_that("no indicator is left out that its code needs", {
  model <- choice_model()
  expect_message(
    s <- code_sensitivity(model, code_choices(leave_out = TRUE)),
    class = "nidcode_message_left_out")
  expect_setequal(tidy(s, what = "design")$leave_out,
                  c("none", "x1", "x2", "x4", "x5"))
  two <- quiet(code_sensitivity(model, code_choices(leave_out = 2)))
  expect_setequal(tidy(two, what = "design")$leave_out,
                  c("none", "x1", "x2", "x4", "x5", "x1 + x4", "x1 + x5",
                    "x2 + x4", "x2 + x5"))
  cnd <- expect_error(code_sensitivity(model, code_choices(leave_out = "y")),
                      class = "nidcode_error_choices")
  expect_identical(cnd$factor, "leave_out")
})
