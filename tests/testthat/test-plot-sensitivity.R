# Pictures and sentences of choices.

autoplot <- function(...) suppressMessages(ggplot2::autoplot(...))

chosen_example <- function(...) {
  model <- choice_model(rate = rate_local(5))
  quiet(code_sensitivity(model, code_choices(
    weights = weights_noisy(0.9), measure = c("sum", "integral")), n = 60,
    ...))
}

test_that("a study of choices has three pictures", {
  skip_if_not_installed("ggplot2")
  s <- chosen_example()
  p <- autoplot(s)
  expect_picture(p)
  expect_identical(levels(p$data$name), rev(s$region[order(s$rank)]))
  p <- autoplot(s, type = "shares")
  expect_picture(p)
  # Bars are full, whatever sampling does to shares.
  expect_equal(unname(tapply(p$data$part, p$data$name, sum)),
               rep(1, 7L), ignore_attr = TRUE)
  p <- autoplot(s, type = "pairs", regions = s$region[1:3])
  expect_picture(p)
  expect_identical(nrow(p$data), 6L)
  expect_error(autoplot(chosen_example(method = "draws"), type = "shares"),
               class = "nidcode_error_argument")
  expect_error(autoplot(s, type = "x"), class = "nidcode_error_argument")
})

test_that("the error of the data is hatched", {
  skip_if_not_installed("ggplot2")
  s <- quiet(code_sensitivity(choice_model(), code_choices(
    posterior = TRUE, weights = weights_noisy(0.5)), n = 50))
  p <- autoplot(s, type = "shares")
  expect_picture(p)
  lines <- p$layers[[2L]]$data
  own <- p$data[p$data$hatched, ]
  expect_gt(nrow(lines), 0L)
  for (i in seq_len(nrow(own))) {
    x <- lines$x[lines$y == as.integer(own$name[i])]
    expect_true(all(x >= own$from[i] - 1e-9 & x <= own$to[i] + 1e-9))
  }
})

test_that("pairs that hold always are told from those that depend", {
  skip_if_not_installed("ggplot2")
  model <- choice_model(rate = rate_local(5))
  d <- code_dominance(model, code_choices(weights = weights_simplex()))
  p <- autoplot(d)
  expect_picture(p)
  expect_identical(nrow(p$layers[[2L]]$data),
                   sum(d$verdict == "always above"))
})

test_that("sentences say the places and what they hang on", {
  s <- chosen_example()
  text <- in_words(s)
  expect_length(text, 9L)
  expect_identical(text[1L], "60 admissible choices were tried.")
  top <- which(s$rank == 1L)
  expect_identical(text[2L], sprintf(
    "%s: place 1; places %d to %d in 90%% of the choices.", s$region[top],
    s$rank.low[top], s$rank.high[top]))
  shares <- tidy(s)
  shares <- shares[shares$region == ".all" & shares$of == "basic", ]
  most <- which.max(shares$shapley)
  expect_match(text[8L], sprintf("%s (%.0f %%)", c(
    "the weights", "the measure")[most], 100 * shares$shapley[most]),
    fixed = TRUE)
  expect_match(text[9L], "^First under every choice tried")
  expect_match(in_words(s, language = "ru")[1L], "\u041f\u0440\u043e\u0432\u0435\u0440\u0435\u043d\u043e: 60")
  model <- choice_model(rate = rate_local(5))
  d <- code_dominance(model, code_choices(weights = weights_noisy(0)))
  expect_identical(in_words(d)[1L], paste(
    "15 of 15 pairs of regions stand in one order under every choice."))
})
