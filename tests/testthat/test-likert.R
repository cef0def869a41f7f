levels <- c("no", "rather no", "neutral", "rather yes", "yes")

scale_answers <- function(n = 150, seed = 4) {
  withr::with_seed(seed, {
    out <- data.frame(
      jobs = sample(levels, n, TRUE, c(1, 2, 3, 5, 4)),
      culture = sample(c(levels, NA), n, TRUE)
    )
    out$who <- rep(c("firm", "state"), length.out = n)
    out$w <- runif(n, 0.5, 2)
    out
  })
}

test_that("shares, mean and balance by hand", {
  d <- data.frame(q = c("yes", "yes", "no", "neutral", NA))
  x <- likert_shares(d, "q", c("no", "neutral", "yes"))
  expect_identical(x$count, c(1L, 1L, 2L))
  expect_identical(x$n, rep(4L, 3))
  expect_identical(x$share, c(0.25, 0.25, 0.5))
  g <- glance(x)
  expect_equal(g$mean, 2.25)
  expect_equal(g$mean.se^2, mean((c(3, 3, 1, 2) - 2.25)^2) / 4)
  expect_equal(g$net, 0.25)
  expect_equal(c(g$net.low, g$net.high),
               unlist(interval_paired(2, 1, 4, 0.05), use.names = FALSE))
})

test_that("shares are those of relevance() of a factor", {
  d <- scale_answers()
  x <- likert_shares(d, c("jobs", "culture"), levels, by = "who")
  expect_identical(nrow(x), 20L)
  d$culture <- factor(d$culture, levels)
  r <- relevance(d, "culture", by = "who")
  part <- x$item == "culture"
  expect_equal(x$share[part], r$estimate)
  expect_equal(x$conf.low[part], r$conf.low)
  expect_equal(as.character(x$level[part]), r$item)
  sums <- tapply(x$share, list(x$item, x$who), sum)
  expect_equal(as.vector(sums), rep(1, 4))
})

test_that("weighted mean and balance are svymean's", {
  skip_if_not_installed("survey")
  d <- scale_answers()
  d$score <- match(d$jobs, levels)
  d$sign <- sign(d$score - 3)
  s <- survey::svydesign(~1, weights = ~w, data = d)
  g <- glance(likert_shares(d, "jobs", levels, weights = "w"))
  m <- survey::svymean(~score + sign, s)
  expect_equal(c(g$mean, g$net), unname(coef(m)), tolerance = 1e-10)
  expect_equal(c(g$mean.se, g$net.se), as.numeric(survey::SE(m)),
               tolerance = 1e-10)
  ci <- confint(m, df = survey::degf(s))
  expect_equal(c(g$mean.low, g$net.high), c(ci[1, 1], ci[2, 2]),
               tolerance = 1e-10)
})

test_that("an even scale has no neutral level", {
  x <- likert_shares(data.frame(q = c("-", "+", "+")), "q", c("-", "+"))
  expect_equal(glance(x)$net, 1 / 3)
})

test_that("answers off the scale are named, items all missing are NA", {
  error <- expect_error(likert_shares(scale_answers(), "jobs", levels[-3]),
                        class = "nidcode_error_level")
  expect_identical(error$values, "neutral")
  expect_error(likert_shares(scale_answers(), "jobs", "yes"),
               class = "nidcode_error_argument")
  x <- likert_shares(data.frame(q = NA), "q", levels)
  expect_true(all(is.na(x$share)))
  expect_identical(x$n, rep(0L, 5))
  expect_identical(glance(x)$net.low, NA_real_)
  x <- likert_shares(data.frame(q = 1:3), "q", c("1", "2", "3"))
  expect_identical(x$count, c(1L, 1L, 1L))
})
