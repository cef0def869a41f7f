# verdict(): the rule, its critical values, its words.

# Changes per unit time, a line at the middle of each step taken out.
bends <- function(v, time = seq_along(v)) {
  step <- diff(time)
  resid(lm(diff(v) / step ~ I(time[-1] - step / 2)))
}

test_that("critical values are a table of n with the right shape", {
  expect_identical(dim(verdict_critical), c(55L, 8L))
  expect_true(all(diff(verdict_critical[, 4]) < 0))
  expect_true(all(apply(verdict_critical, 1, diff) > 0))
  # Above the value for white differences (the walk) everywhere.
  n <- 6:60
  t <- qt(0.975, n - 4)
  iid <- t / sqrt(t^2 + n - 4)
  ours <- vapply(n, \(n) verdict_quantile(0.05, n), 1)
  expect_true(all(ours > iid))
  expect_equal(ours, verdict_critical[, 4], tolerance = 1e-12)
  # Beyond the table it goes on falling, without a step.
  expect_lt(verdict_quantile(0.05, 61), verdict_quantile(0.05, 60))
  expect_equal(verdict_quantile(0.05, 61), verdict_quantile(0.05, 60),
               tolerance = 0.02)
  expect_equal(verdict_tail(verdict_quantile(0.03, 14), 14), 0.03)
})

test_that("critical values hold on fresh draws of the worst design", {
  withr::local_seed(11)
  for (n in c(6, 12, 30, 60)) {
    line <- qr(cbind(1, seq_len(n - 1)))
    bent <- function() {
      qr.resid(line, diff(matrix(rnorm(4000 * n), n)))
    }
    y <- bent()
    x <- bent()
    r <- colSums(x * y) / sqrt(colSums(x^2) * colSums(y^2))
    size <- mean(abs(r) > verdict_quantile(0.05, n))
    expect_lt(abs(size - 0.05), 4 * sqrt(0.05 * 0.95 / 4000))
    size <- mean(abs(r) > verdict_quantile(0.01, n))
    expect_lt(abs(size - 0.01), 4 * sqrt(0.01 * 0.99 / 4000))
  }
})

test_that("r of the differences is cor(), parabolas and units aside", {
  d <- dependence_series()
  v <- verdict(code_dependence(d, y ~ x))
  expect_equal(v$r.rates, cor(bends(d$y), bends(d$x)), tolerance = 1e-10)
  expect_equal(v$r.levels, cor(d$y, d$x), tolerance = 1e-10)
  expect_equal(v$critical, verdict_quantile(0.05, 12))
  t <- d$year - 2000
  moved <- transform(d, y = 3 * y + 1000 * t - 20 * t^2, x = x - 5 * t + t^2)
  expect_equal(verdict(code_dependence(moved, y ~ x))$r.rates, v$r.rates,
               tolerance = 1e-9)
  # Logs for power, and for y alone in exponential.
  power <- verdict(code_dependence(d, y ~ x, form = "power"))
  expect_equal(power$r.rates, cor(bends(log(d$y)), bends(log(d$x))))
  exponential <- verdict(code_dependence(d, y ~ x, form = "exponential"))
  expect_equal(exponential$r.rates, cor(bends(log(d$y)), bends(d$x)))
  # Steps of one and two years: per unit time, parabolas aside again.
  gap <- d[-c(4, 8), ]
  v <- verdict(code_dependence(gap, y ~ x))
  expect_equal(v$r.rates, cor(bends(gap$y, gap$year), bends(gap$x, gap$year)))
  moved <- transform(gap, y = y + 7 * (year - 2000)^2)
  expect_equal(verdict(code_dependence(moved, y ~ x))$r.rates, v$r.rates,
               tolerance = 1e-9)
  # Neither the scales asked for nor the intercept matter.
  expect_equal(verdict(code_dependence(d, y ~ 0 + x, scale = "levels"))$r.rates,
               cor(bends(d$y), bends(d$x)))
})

test_that("each verdict is reached", {
  year <- 2001:2012
  e <- c(3, -1, 4, 1, -5, 9, -2, 6, -5, 3, 5, -8)
  f <- c(2, 7, -1, 8, 2, -8, 1, 8, -2, 8, 4, 5)
  both <- data.frame(year, x = 10 * year + cumsum(e),
                     y = 5 * year + cumsum(e) + 0.1 * f,
                     u = 20 * year + f, v = f)
  one <- function(formula, data = both, ...) {
    verdict(code_dependence(data, formula, ...))
  }
  expect_identical(one(y ~ x)$verdict, "dependent")
  expect_identical(one(u ~ x)$verdict, "trend only")
  both$e <- e
  expect_identical(one(v ~ e)$verdict, "no evidence")
  expect_identical(one(y ~ x, both[1:5, ])$verdict, "not tested")
  far <- both
  far$year[12] <- 2015
  expect_identical(one(y ~ x, far)$verdict, "not tested")
  expect_match(one(y ~ x, far)$sentence, "factor of 3")
  far$year[12] <- 2014
  expect_identical(one(y ~ x, far)$verdict, "dependent")
  flat <- transform(both, x = 3)
  expect_warning(v <- one(y ~ x, flat), class = "nidcode_warning_aliased")
  expect_identical(v$verdict, "not tested")
  timeless <- one(y ~ x, both[c("x", "y")], scale = "levels")
  expect_identical(timeless$verdict, "not tested")
  expect_match(timeless$sentence, "no time")
})

test_that("the year an answer hangs on is named", {
  d <- data.frame(year = 2001:2014,
                  y = c(4, 1, 3, 2, 5, 1, 4, 2, 3, 5, 2, 4, 1, 3),
                  x = c(2, 5, 1, 4, 3, 1, 5, 2, 4, 1, 3, 5, 2, 3))
  calm <- verdict(code_dependence(d, y ~ x))
  expect_identical(calm$hangs.on, NA_real_)
  # One year of both that stands out makes the correlation.
  d[7, c("y", "x")] <- c(40, 40)
  v <- verdict(code_dependence(d, y ~ x))
  expect_identical(v$verdict, "dependent")
  expect_identical(v$hangs.on, 2007)
  expect_match(v$sentence, "It hangs on 2007", fixed = TRUE)
  expect_match(format(v), "hangs on 2007", fixed = TRUE, all = FALSE)
  without <- verdict(code_dependence(d[-7, ], y ~ x))
  expect_false(without$verdict == "dependent")
  # Of many times those are tried that carry most.
  long <- data.frame(year = 1:100, y = 100 + rep(d$y[1:5], 20),
                     x = 100 + rep(c(4, 2, 5, 1), 25))
  long[80, c("y", "x")] <- 160
  v <- verdict(code_dependence(long, y ~ x))
  expect_identical(v$verdict, "dependent")
  expect_identical(v$hangs.on, 80)
  # A dependence of every year stands without any one of them.
  e <- c(3, -1, 4, 1, -5, 9, -2, 6, -5, 3, 5, -8, 2, 1)
  firm <- data.frame(year = 2001:2014, y = cumsum(e), x = 2 * cumsum(e) + 1e-3 *
                       c(1, -1))
  v <- verdict(code_dependence(firm, y ~ x))
  expect_identical(v$verdict, "dependent")
  expect_identical(v$hangs.on, NA_real_)
  # By hand over all years, one left out.
  d <- dependence_series(14, seed = 5)
  v <- verdict(code_dependence(d, y ~ x))
  left <- vapply(seq_len(14), \(i) {
    abs(cor(bends(d$y[-i], d$year[-i]), bends(d$x[-i], d$year[-i])))
  }, 1)
  expect_identical(v$verdict == "dependent" && is.na(v$hangs.on),
                   v$verdict == "dependent" &&
                     all(left > verdict_quantile(0.05, 13)))
})

test_that("where series grow logs must agree", {
  # Growth of 20 %, shocks of logs that have nothing in common.
  e <- c(2, -1, 3, 0, -3, 1, 2, -2, 1, -1, 3, -4) / 50
  f <- c(1, 3, -2, 2, 0, -3, 2, 1, -2, -1, 5, -6) / 50
  grown <- data.frame(year = 2001:2012, y = 1.2^(1:12) * exp(e),
                      x = 1.2^(1:12) * exp(f))
  logs <- abs(cor(bends(log(grown$y)), bends(log(grown$x))))
  expect_gt(abs(cor(bends(grown$y), bends(grown$x))),
            verdict_quantile(0.05, 12))
  expect_lt(logs, verdict_quantile(0.1, 12))
  v <- verdict(code_dependence(grown, y ~ x))
  expect_identical(v$verdict, "trend only (depends on scale)")
  expect_match(v$sentence, paste0("r = ", formatC(cor(
    bends(log(grown$y)), bends(log(grown$x))), digits = 2, format = "f")),
    fixed = TRUE)
  # In logs to begin with the question does not arise.
  v <- verdict(code_dependence(grown, y ~ x, form = "power"))
  expect_false(grepl("depends", v$verdict))
  # Nor where nothing moves by a quarter, or a value is not positive.
  expect_false(moves_far(c(4, 4, 4, 4.9, 4.9, 4.9)))
  expect_true(moves_far(c(4, 4, 4, 5, 5, 5)))
  expect_true(moves_far(c(5, 5, 5, 4, 4, 4)))
  expect_false(moves_far(c(4, 0, 4, 9, 9, 9)))
  expect_true(moves_far(2^1020 * c(1, 1, 1, 3, 3, 3)))
  # Time runs either way.
  back <- transform(grown, year = rev(year))
  expect_identical(verdict(code_dependence(back, y ~ x))$verdict,
                   "trend only (depends on scale)")
  # Growth without a shock: its logs have no changes to speak of.
  smooth <- transform(grown, x = 1.2^(1:12), y = 1.2^(1:12) * exp(e / 10))
  v <- verdict(code_dependence(smooth, y ~ x))
  expect_match(v$sentence, "those of logs do not (they lie on a line)",
               fixed = TRUE)
  # Of one series that is not positive, the logs are those of the other.
  v <- verdict(code_dependence(transform(grown, y = -y), y ~ x))
  r <- cor(bends(-grown$y), bends(log(grown$x)))
  expect_identical(v$verdict == "dependent",
                   r < -verdict_quantile(0.1, 12))
})

test_that("seasons of quarters and months are taken off, and said", {
  withr::local_seed(8)
  seen <- NULL
  for (s in c(4L, 12L)) {
    n <- 7L * s
    time <- 2005 + (seq_len(n) - 1) / s
    season <- rep(10 * sin(2 * pi * seq_len(s) / s), 7)
    d <- data.frame(time, y = cumsum(rnorm(n)) + season,
                    x = cumsum(rnorm(n)) + 2 * season)
    v <- verdict(code_dependence(d, y ~ x, index = "time"))
    expect_match(v$sentence, "differences a year apart, for the season",
                 fixed = TRUE)
    apart <- function(v) bends(diff(v, s), time[-seq_len(s)])
    expect_equal(v$r.rates, cor(apart(d$y), apart(d$x)), tolerance = 1e-8)
    expect_equal(v$critical, verdict_quantile(0.05, floor(6 * s / 1.5)))
    expect_false(v$verdict == "dependent")
    # Without them both sides have one season, which is a dependence to r.
    expect_gt(cor(bends(d$y), bends(d$x)), 0.9)
    calm <- verdict(code_dependence(transform(d, y = y - season,
                                              x = x - 2 * season), y ~ x,
                                    index = "time"))
    expect_identical(grepl("season", calm$sentence),
                     min(season_p(d$y - season, time, s),
                         season_p(d$x - 2 * season, time, s)) < 0.05)
    seen <- c(seen, grepl("season", calm$sentence))
  }
  expect_false(all(seen))
  skip_if_not_installed("zoo")
  d$time <- zoo::as.yearmon(time)
  dated <- suppressMessages(code_dependence(d, y ~ x, index = "time"))
  expect_equal(verdict(dated)$r.rates, v$r.rates, tolerance = 1e-8)
})

test_that("the season's F test is anova()'s", {
  withr::local_seed(4)
  time <- 2005 + (0:39) / 4
  v <- cumsum(rnorm(40)) + rep(c(0, 0.5, -0.5, 0), 10)
  step <- diff(v) * 4
  mid <- time[-1] - 1 / 8
  q <- factor(round(4 * time[-1]) %% 4)
  ref <- anova(lm(step ~ mid), lm(step ~ mid + q))
  expect_equal(season_p(v, time, 4L), ref[["Pr(>F)"]][2], tolerance = 1e-8)
  expect_identical(season_p(v[1:8], time[1:8], 4L), NA_real_)
})

test_that("a parabola has no changes about its line", {
  d <- data.frame(year = 2001:2012, w = c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8))
  d$y <- 0.1 * (d$year - 1999)^2
  for (formula in list(y ~ w, w ~ y)) {
    v <- verdict(code_dependence(d, formula))
    expect_identical(v$verdict, "not tested")
    expect_match(v$sentence, "the changes of a series lie on a line",
                 fixed = TRUE)
  }
})

test_that("several regressors are judged given the others", {
  d <- dependence_series(20)
  v <- verdict(code_dependence(d, y ~ x + w))
  expect_identical(v$x, c("x", "w"))
  part <- cor(resid(lm(bends(d$y) ~ 0 + bends(d$w))),
              resid(lm(bends(d$x) ~ 0 + bends(d$w))))
  expect_equal(v$r.rates[1], part, tolerance = 1e-10)
  expect_equal(v$critical, rep(verdict_quantile(0.05, 19), 2))
  # Powers belong to the curve.
  curve <- verdict(code_dependence(d, y ~ x + I(x^2)))
  expect_identical(curve$x, "x")
  expect_equal(curve$r.rates, cor(bends(d$y), bends(d$x)))
})

# Changes per unit time of a panel, in loops; none over more than three steps.
changes_of <- function(p) {
  p <- p[order(p$region, p$year), ]
  out <- do.call(rbind, lapply(split(p, p$region), function(s) {
    step <- diff(s$year)
    data.frame(region = s$region[-1], year = s$year[-1], step = step,
               y = diff(s$y) / step, x = diff(s$x) / step)
  }))
  out[out$step <= 3 * min(out$step), ]
}

# The panel test group by group, pair of times by pair: dummies, then sums of
# scores; a region that lacks a time adds nothing to its sums.
plain_twoway <- function(changes) {
  dummies <- y ~ factor(region) + factor(year)
  x <- resid(lm(update(dummies, x ~ .), changes))
  y <- resid(lm(dummies, changes))
  b <- sum(x * y) / sum(x^2)
  e <- y - b * x
  way <- function(key) {
    total <- 0
    square <- 0
    for (g in unique(key)) {
      h <- sum(x[key == g]^2) / sum(x^2)
      total <- total + (sum((x * e)[key == g]) / (1 - h))^2
      square <- square + h^2
    }
    n <- length(unique(key))
    c(total * (n - 1) / n, 1 / square)
  }
  region <- way(changes$region)
  time <- way(changes$year)
  times <- sort(unique(changes$year))
  sums <- matrix(0, length(times), length(times))
  apart <- 0
  for (i in seq_along(times)) {
    for (j in seq_along(times)) {
      for (r in unique(changes$region)) {
        one <- sum(x[changes$region == r & changes$year == times[i]]) *
          sum(e[changes$region == r & changes$year == times[j]])
        sums[i, j] <- sums[i, j] + one
        apart <- apart + one^2
      }
    }
  }
  near <- 0
  for (i in seq_along(times)[-1]) {
    for (j in seq_along(times)[-1]) {
      near <- near + sums[i, j] * sums[i - 1, j - 1]
    }
  }
  more <- max(1, 1 + 2 * near / sum(sums^2))
  own <- sum((x * e)^2)
  shared <- max(time[1], (time[1] + own * sum(sums^2) / apart) / 2)
  v <- max(region[1], more * shared, region[1] + more * (shared - own)) /
    sum(x^2)^2
  ways <- sum(svd(sums)$d^2)^2 / sum(svd(sums)$d^4)
  2 * pt(-abs(b) / sqrt(v), min(region[2], time[2] * ways) - 1)
}

test_that("panels are judged after region and time effects, both clustered", {
  p <- dependence_panel(8)
  v <- verdict(code_dependence(p, y ~ x, effects = "twoway"))
  expect_equal(v$p.rates, plain_twoway(changes_of(p)), tolerance = 1e-9)
  expect_true(is.na(v$critical))
  expect_match(v$sentence, "after region and time effects")
  # Neither units nor the order of rows matter.
  moved <- transform(p, y = 1e9 * y, x = -x / 1024)[rev(seq_len(nrow(p))), ]
  expect_equal(verdict(code_dependence(moved, y ~ x))$p.rates, v$p.rates,
               tolerance = 1e-9)
  # More regions than times, a year for all in common, and nothing to find.
  p <- dependence_panel(20, seed = 4)
  year <- p$year - 2000
  p$y <- p$z + 3 * sin(year^2) * nchar(p$region)
  p$x <- cos(year^2) * nchar(p$region) + sin(3 * p$x)
  v <- verdict(code_dependence(p, y ~ x))
  expect_equal(v$p.rates, plain_twoway(changes_of(p)), tolerance = 1e-9)
})

test_that("groups that weigh alike count in full, by hand", {
  # Sums of scores 3, -1, -2 of three groups of equal shares: 14 times 3/2.
  key <- rep(1:3, each = 2)
  score <- c(1, 2, 0, -1, -3, 1)
  out <- one_way(score, rep(1, 6), key)
  expect_equal(out, list(variance = 14 * 3 / 2, number = 3, groups = 3L))
  # One that carries nearly all of the spread counts as one.
  out <- one_way(score, c(1e6, 1e6, 1, 1, 1, 1), key)
  expect_equal(out$number, 1, tolerance = 1e-4)
})

test_that("pairs of times tell what regions share, by hand", {
  # Two regions at times 1 to 3, the second not at time 3.
  unit <- c("a", "a", "a", "b", "b")
  time <- c(1, 2, 3, 1, 2)
  told <- shared_by_times(c(1, 0, 2, 1, 2), c(2, 1, 0, 1, -1), unit, time)
  # Sums: 3, 0, 0; 2, -2, 0; 4, 2, 0. Squares 37, of single cells 5 5 + 5 2;
  # products down the diagonal 3 (-2) + 0 + 2 2 + 0, below 0.
  # Products of rows with each other: 9, 6, 12; 8, 4; 20.
  expect_equal(told, list(times = 37 / 35, more = 1, ways = 37^2 /
                            (9^2 + 8^2 + 20^2 + 2 * (6^2 + 4^2 + 12^2))))
  # Turned, 3 2 + 0 + 2 2 + 0 of the same squares are shared by neighbours.
  told <- shared_by_times(c(1, 0, 2, 1, 2), c(2, -1, 0, 1, 1), unit, time)
  b <- matrix(c(3, 2, 4, 0, 2, -2, 0, 0, 0), 3)
  expect_equal(told$more, 1 + 2 * (3 * 2 + 2 * -2) / sum(b^2))
  # One factor is one way to move, and squares add up over pairs of regions.
  one <- shared_by_times(rep(c(1, -2, 3), 4), rep(c(2, 2, -1), 4),
                         rep(1:4, each = 3), rep(1:3, 4))
  expect_equal(one$times, 4)
  expect_equal(one$ways, 1)
  # Nothing left, or only where x does not vary: nothing to tell.
  none <- list(times = 1, more = 1, ways = 1)
  expect_equal(shared_by_times(1:5, numeric(5), unit, time), none)
  expect_equal(shared_by_times(c(1, -1, 0, 0, 0), c(0, 0, 0, 1, -1), unit,
                               time), none)
  # Few regions of many times and the other way round.
  withr::local_seed(5)
  w <- matrix(rnorm(30), 6)
  e <- matrix(rnorm(30), 6)
  expect_equal(pairs_of_regions(w, e), pairs_of_times(w, e))
})

test_that("regions that move together are not evidence a region each", {
  # Twenty regions, two blocs: what a bloc shares is two series, not twenty.
  withr::local_seed(3)
  found <- replicate(60, {
    bloc <- function() {
      both <- apply(matrix(rnorm(24), 12), 2, cumsum)
      as.vector(both[, rep(1:2, 10)]) + rnorm(240, sd = 0.3)
    }
    d <- data.frame(region = rep(1:20, each = 12), year = rep(1:12, 20),
                    y = bloc(), x = bloc())
    c(verdict(code_dependence(d, y ~ x, scale = "levels"))$p.rates,
      tidy(code_dependence(d, y ~ x, scale = "rates", effects = "twoway",
                           vcov = "cluster"))$p.value) < 0.05
  })
  # 60 runs: at most 8 of 60 in 99 of 100 seeds where the level is 5 %.
  expect_lte(sum(found[1, ]), 8)
  # By region alone most runs speak of a dependence.
  expect_gte(sum(found[2, ]), 20)
})

test_that("a model brings its codes, and smoothed rates are not tested", {
  regions <- subset(ural, level == "region")
  model <- code_model(regions, ural_scheme)
  dep <- code_dependence(model, grp ~ .innovation + .information + .value,
                         effects = "region", scale = "levels")
  full <- augment(model)
  ref <- lm(grp ~ .innovation + .information + .value + factor(region), full)
  expect_equal(unname(coef(fits(dep)[[1]])), unname(coef(ref)[2:4]),
               tolerance = 1e-8)
  v <- verdict(dep)
  expect_identical(v$verdict, rep("not tested", 3))
  expect_match(v$sentence[1], "a smoothed rate: .innovation", fixed = TRUE)
  codes <- verdict(code_dependence(model, grp ~ .production,
                                   effects = "region"))
  expect_false(codes$verdict == "not tested")
  plain <- code_model(regions, ural_scheme, rate = rate_difference())
  v <- verdict(code_dependence(plain, grp ~ .innovation))
  expect_false(v$verdict == "not tested")
})

test_that("by = gives a verdict a group, with its name in the sentence", {
  p <- dependence_panel()
  v <- verdict(code_dependence(p, y + z ~ x, by = "region"))
  expect_identical(nrow(v), 12L)
  expect_identical(names(v), c(
    "y", "x", "region", "verdict", "r.levels", "r.rates", "p.rates",
    "critical", "n", "hangs.on", "form", "sentence"
  ))
  expect_true(all(startsWith(v$sentence, paste0(v$region, ": "))))
  expect_s3_class(v, "nid_verdict")
  one <- p[p$region == "R3", ]
  expect_equal(v$r.rates[v$region == "R3" & v$y == "y"],
               cor(bends(one$y, one$year), bends(one$x, one$year)))
})

test_that("size and power are those promised, as the kept study has them", {
  file <- system.file("studies/verdict-size/result.csv", package = "nidcode")
  skip_if(!nzchar(file))
  study <- read.csv(file)
  expect_true(all(study$runs >= 2000))
  null <- study[study$rho == 0, ]
  expect_identical(nrow(null), 63L)
  twice <- null$design == "twice integrated"
  expect_true(all(null$verdict[!twice] <= 0.065))
  # What remains, and is said: slopes that are walks, over many years.
  expect_true(all(null$verdict[twice & null$n <= 12] <= 0.11))
  expect_true(all(null$verdict[twice] <= 0.15))
  # What it replaces is fooled; so is a rule without logs, or without seasons.
  trends <- grepl("drift|trend", null$design)
  expect_true(all(null$levels.nw[trends & null$n >= 12] > 0.5))
  far <- grepl("20 %", null$design) & null$n >= 12
  expect_true(all(null$line[far] > 0.1))
  expect_true(all(null$line[null$kind == "seasons"] > 0.2))
  power <- study[study$rho == 0.7 & study$n == 12, ]
  found <- power$verdict[match(c(
    "noise", "walk", "walk with drift from 20", "growth 20 %, walk"
  ), power$design)]
  expect_true(all(found >= 0.56))
})

test_that("panels hold their level where regions go together", {
  file <- system.file("studies/verdict-size/panels.csv", package = "nidcode")
  skip_if(!nzchar(file))
  study <- read.csv(file)
  expect_true(all(study$runs >= 1500))
  hard <- study$design %in% c("years of crisis", "walk through crises",
                              "new blocs each year")
  null <- study[study$slope == 0 & !hard, ]
  expect_identical(nrow(null), 63L)
  expect_true(all(null$verdict <= ifelse(null$n == 8, 0.1, 0.08)))
  # Clustered both ways and no more, common shocks of single years fool it.
  expect_true(any(null$twoway[null$n > 8] > 0.1))
  shared <- null$design %in% c("blocs", "neighbours", "factor")
  expect_true(all(null$clustered[shared] > 0.15))
  own <- study[study$slope > 0 & study$design %in%
                 c("noise", "walk", "ar8 with trends"), ]
  expect_identical(nrow(own), 9L)
  expect_true(all(own$verdict >= own$twoway))
  expect_true(all(own$verdict >= ifelse(own$n == 8, 0.9, 0.99)))
  # What no bar asks for, and is said.
  expect_identical(sum(hard), 27L)
  expect_true(all(study$verdict[hard] <= 0.12))
})

test_that("at one size the panel rule finds what clustering both ways finds", {
  trade <- read.csv(system.file("studies/verdict-size/trade.csv",
                                package = "nidcode"))
  ours <- trade[trade$rule == "verdict", ]
  plain <- trade[trade$rule == "twoway", ]
  expect_equal(ours[c("n", "design")], plain[c("n", "design")],
               ignore_attr = TRUE)
  expect_true(all(ours$size <= ifelse(ours$n == 8, 0.1, 0.08)))
  expect_true(all(plain$size[plain$n > 8] > 0.08))
  # Shares of 2,000 panels; alike where shocks of single years are shared.
  noise <- ours$design == "factor of noise"
  expect_true(all((ours$kept - plain$kept)[!noise] >= 0))
  expect_true(all(abs(ours$kept - plain$kept)[noise] < 0.01))
})

test_that("independent trends are not called dependent", {
  skip_on_cran()
  withr::local_seed(5)
  found <- replicate(300, {
    d <- data.frame(year = 1:12, y = cumsum(rnorm(12, 0.7)),
                    x = cumsum(rnorm(12, 0.7)))
    verdict(code_dependence(d, y ~ x, scale = "levels"))$verdict
  })
  # Three standard errors above 5 %.
  expect_lt(mean(found == "dependent"), 0.05 + 3 * sqrt(0.05 * 0.95 / 300))
  expect_gt(mean(found == "trend only"), 0.5)
})

test_that("two regions are not tested: time effects make them mirrors", {
  d <- dependence_panel(2L)
  v <- verdict(code_dependence(d, y ~ x + z))
  expect_identical(v$verdict, rep("not tested", 2L))
  expect_match(v$sentence, "too few regions or times", fixed = TRUE)
  expect_identical(v$p.rates, c(NA_real_, NA_real_))
  # A second region without a change is no second region.
  one <- rbind(dependence_panel(1L), data.frame(
    region = "R2", year = 2001, x = 1, z = 2, y = 3))
  v <- verdict(code_dependence(one, y ~ x, scale = "levels"))
  expect_match(v$sentence, "fewer than two regions have changes", fixed = TRUE)
})

test_that("changes within the rounding of the levels are no changes", {
  d <- data.frame(year = 2001:2012)
  # 0.1 and 0.3 are not exact: the steps differ in their last digits only.
  d$y <- 0.1 * d$year
  d$x <- 0.3 * d$year + 7
  expect_gt(length(unique(diff(d$y))), 1L)
  d$w <- c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8)
  v <- suppressWarnings(verdict(code_dependence(d, y ~ x, "year")))
  expect_identical(v$verdict, "not tested")
  expect_match(v$sentence, "the changes of a series do not vary", fixed = TRUE)
  v <- suppressWarnings(verdict(code_dependence(d, w ~ x, "year")))
  expect_identical(v$verdict, "not tested")
  d$y <- 3
  v <- suppressWarnings(verdict(code_dependence(d, y ~ w, "year")))
  expect_match(v$sentence, "a series does not vary (levels: no r, n = 12)",
               fixed = TRUE)
  d$copy <- d$w
  v <- suppressWarnings(verdict(code_dependence(d, year ~ w + copy, "year")))
  expect_identical(v$verdict[2L], "not tested")
  d$y <- rev(d$w)^2
  v <- suppressWarnings(verdict(code_dependence(d, y ~ w + copy, "year")))
  expect_match(v$sentence[2L], "the other variables or effects explain it",
               fixed = TRUE)
})

test_that("no degree of freedom: no share of variance to boast of", {
  d <- data.frame(year = 2001:2002, x = 1:2, y = c(5, 3))
  v <- suppressWarnings(suppressMessages(
    verdict(code_dependence(d, y ~ x, "year"))))
  expect_match(v$sentence, "fewer than 6 points (levels: no r, n = 2)",
               fixed = TRUE)
  expect_identical(nrow(verdict(suppressWarnings(suppressMessages(
    code_dependence(d, y ~ 1, "year"))))), 0L)
})
