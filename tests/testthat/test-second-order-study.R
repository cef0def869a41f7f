# The kept result of inst/studies/second-order against what it must reach.

test_that("Code NID over steps: narrower, and as true", {
  all <- utils::read.csv(system.file("studies", "second-order", "result.csv",
                                     package = "nidcode"))
  expect_identical(nrow(all), 14L * 2L * 3L * 4L)
  of <- function(rate, influence = "half", ends = "all") {
    all[all$rate == rate & all$influence == influence & all$ends == ends, ]
  }
  step <- of("step 3")
  point <- of("point 3")
  expect_lte(mean(step$width / point$width), 0.78)
  smooth <- step[step$kind == "smooth", ]
  mean_cover <- tapply(smooth$cover, smooth$truth, mean)
  expect_true(all(mean_cover >= 0.93))
  # A fast end is missed by all of them, a fast start under an equal influence.
  ends <- step$truth %in% c("log_end", "inverse_end")
  expect_lt(max(step$cover[ends]), 0.7)
  # Without the terms of the first and the last step it is held again; of curves
  # rougher than m = 3 by m = 2.
  inner <- of("step 3", "equal", "interior")
  expect_gte(min(tapply(inner$cover, inner$truth, mean)[
    unique(inner$truth[inner$kind == "smooth"])]), 0.93)
  expect_gte(min(inner$cover[inner$kind == "fast"]), 0.8)
  expect_gte(min(of("step 2", "equal", "interior")$cover), 0.9)
  rough <- step$truth == "once_integrated"
  expect_lt(max(step$cover[rough]), 0.9)
  expect_gte(min(of("step 2")$cover[rough]), 0.9)
})

test_that("no lambda under m = 3 holds smooth truths and fast ends better", {
  limits <- utils::read.csv(system.file("studies", "second-order",
                                        "limits.csv", package = "nidcode"))
  expect_identical(nrow(limits), 12L * 2L * 7L)
  least <- function(way, kind) {
    x <- limits[limits$way == way & limits$kind == kind, ]
    min(tapply(x$cover, x$truth, mean))
  }
  expect_gte(least("average", "smooth"), 0.93)
  expect_gte(least("average", "fast"), 0.89)
  for (way in c("panel", "one", "stiffer", "reml", "mgcv")) {
    expect_lt(least(way, "smooth"), 0.93)
  }
  for (way in c("panel", "one", "reml", "mgcv")) {
    expect_lt(least(way, "fast"), 0.89)
  }
  # The fastest is missed by a bias, larger than what noise does.
  fastest <- limits[limits$truth == "log_start" & limits$noise == 0.01 &
                      limits$way == "average", ]
  expect_gt(abs(fastest$bias), 1.5 * fastest$sd)
  # The series of the kept study are as these.
  kept <- utils::read.csv(system.file("studies", "second-order", "result.csv",
                                      package = "nidcode"))
  kept <- kept[kept$rate == "step 3" &
                 (kept$kind == "smooth" & kept$influence == "half" &
                    kept$ends == "all" | kept$kind == "fast" &
                    kept$influence == "equal" & kept$ends == "interior"), ]
  ours <- limits[limits$way == "average", ]
  at <- match(paste(ours$truth, ours$noise), paste(kept$truth, kept$noise))
  expect_lt(max(abs(ours$cover - kept$cover[at]), na.rm = TRUE), 0.03)
})
