# Every rebuild is what code_model() makes of the same choices.

skip_on_cran()

test_that("draws under linear rates are rebuilt from scratch", {
  model <- choice_model(rate = rate_local(5))
  ch <- code_choices(normalise = c("zscore", "minmax", "rank"),
                     weights = weights_noisy(0.5),
                     code_weights = weights_simplex(0.2, 0.5),
                     leave_out = TRUE, half_life = c(2, 8),
                     measure = c("sum", "integral"),
                     rate = list(rate_local(5), rate_difference(),
                                 rate_spline(df = 4), rate_central()))
  s <- quiet(code_sensitivity(model, ch, n = 200, method = "draws"))
  expect_rebuilt(s, seq(1, 200, by = 40))
  expect_identical(glance(s)$n.cells, 12L)
})

test_that("so are refits of splines, with the model's own orders", {
  model <- choice_model()
  ch <- code_choices(normalise = c("zscore", "minmax"),
                     weights = weights_dirichlet(10), leave_out = TRUE,
                     half_life = c(2, 8),
                     aggregate = "mean",
                     rate = list(auto = rate_spline(), m2 = rate_spline(m = 2),
                                 m3 = rate_spline(m = 3, second = "point")))
  s <- quiet(code_sensitivity(model, ch, n = 60, method = "draws"))
  expect_rebuilt(s, c(1, 20, 40, 60))
})

test_that("so are geometric means, other schemes, data and transforms", {
  panel <- choice_panel(2, directions = FALSE)
  model <- choice_model(normalise = "none", panel = panel,
                        rate = rate_central())
  later <- panel$data
  later$x1 <- later$x1 * 1.1 + seq_len(nrow(later)) %% 3
  other <- code_scheme(c("x1", "x4"), c("production", "social"),
                       weight = c(1, 3))
  s <- quiet(code_sensitivity(model, code_choices(
    scheme = list(own = panel$scheme, short = other),
    data = list(first = panel$data, later = later),
    normalise = c("none", "zscore"), breaks = c("split", "ignore"))))
  expect_identical(glance(s)$method, "exact")
  expect_rebuilt(s, c(1, 7, 12, 16))
  s <- quiet(code_sensitivity(model, code_choices(
    transform = list(own = NULL, sqrt = "sqrt", some = c(x1 = "log1p")),
    weights = weights_noisy(0.2), data = panel$data,
    aggregate = c("geometric", "mean", "harmonic")), n = 50,
    method = "draws"))
  expect_rebuilt(s, c(3, 20, 41))
  s <- quiet(code_sensitivity(model, code_choices(
    reference = list("panel", "region", calm = panel$data$year[1L]),
    normalise = c("zscore", "minmax"),
    weights = list(even = c(x1 = 1, x2 = 1), odd = c(x1 = 0, x2 = 1)))))
  expect_rebuilt(s, c(2, 7, 12))
})

test_that("holes, breaks and codes without an indicator are met as they are", {
  draw <- random_panel(4, 5L, 10L, gaps = TRUE, holes = TRUE, breaks = TRUE)
  scheme <- do.call(code_scheme, draw$scheme)
  model <- quiet(code_model(draw$data, scheme, index = c("region", "year"),
                            status = "_status"))
  ch <- code_choices(missing = c("constant", "available"),
                     weights = weights_noisy(1), leave_out = TRUE,
                     influence = list(influence_equal(), influence_linear()),
                     breaks = "ignore")
  s <- quiet(code_sensitivity(model, ch, n = 60, method = "draws"))
  expect_rebuilt(s, c(2, 31, 59))
  s <- quiet(code_sensitivity(model, code_choices(
    weights = weights_noisy(1), leave_out = TRUE,
    breaks = c("auto", "ignore"), reference = c("panel", "region"),
    rate = list(rate_difference(), rate_spline(df = 4))), n = 60,
    method = "draws"))
  expect_rebuilt(s, c(3, 32, 60))
})

test_that("a draw by hand", {
  panel <- choice_panel()
  model <- choice_model(rate = rate_difference(), measure = "integral")
  s <- quiet(code_sensitivity(model, code_choices(
    weights = weights_noisy(0.5), normalise = c("zscore", "none")), n = 50,
    method = "draws"))
  design <- tidy(s, what = "design")
  scheme <- panel$scheme
  for (i in c(1, 33)) {
    w <- unlist(design[i, paste0("weights.x", 1:5)])
    own <- code_scheme(scheme$indicator, scheme$code, scheme$direction,
                       unname(w))
    by_hand <- quiet(basic_code(defining_codes(code_panel(
      panel$data, own, index = c("region", "year")), design$normalise[i]),
      measure = "integral", rate = rate_difference()))
    mine <- tidy(s, what = "draws")
    expect_equal(mine$estimate[mine$draw == i], by_hand$estimate)
  }
})

test_that("codes apart add up, with shares in closed form", {
  # Two indicators a code under any weights: each code is h1 + w (h2 - h1), w
  # uniform, of variance (h2 - h1)^2/12, and codes add.
  panel <- choice_panel(codes = c(production = 2L, institutional = 2L,
                                  social = 2L), weights = FALSE)
  model <- choice_model(rate = rate_local(5), panel = panel)
  s <- code_sensitivity(model, code_choices(weights = weights_simplex()),
                        what = "basic", n = 4000, split = "weights")
  x <- tidy(s, what = "shares")
  h <- contributions(model, by = c("code", "indicator"))
  gap <- tapply(h$estimate, list(h$code, h$region), \(v) (2 * diff(v))^2)
  known <- t(gap) / colSums(gap)
  for (r in rownames(known)) {
    own <- x[x$region == r, ]
    share <- known[r, sub("weights: ", "", own$factor)]
    expect_true(all(abs(own$first - share) <= 3 * own$first.se))
    expect_equal(own$first, own$total)
    expect_equal(own$first, own$shapley)
  }
  pooled <- x[x$region == ".all", ]
  expect_equal(sum(pooled$shapley), 1)
})

test_that("the error of the rates is a factor, drawn by its own law", {
  model <- choice_model()
  ch <- code_choices(posterior = TRUE, weights = weights_noisy(0.3),
                     half_life = c(3, 9))
  s <- quiet(code_sensitivity(model, ch, n = 50, method = "draws"))
  draws <- tidy(s, what = "draws")
  design <- tidy(s, what = "design")
  for (i in c(1, 25, 50)) {
    basic <- quiet(update(s, draw = i))$basic
    u <- unlist(design[i, grep("^posterior", names(design))])
    expect_equal(draws$estimate[draws$draw == i],
                 basic$estimate + basic$std.error * qt(unname(u), basic$df))
  }
  known <- choice_model(rate = rate_difference(sd = 0.2))
  s <- quiet(code_sensitivity(known, code_choices(
    posterior = TRUE, weights = weights_noisy(0.3)), n = 50,
    method = "draws"))
  one <- quiet(update(s, draw = 9))$basic
  u <- unlist(tidy(s, what = "design")[9, -(1:6)])
  draws <- tidy(s, what = "draws")
  expect_equal(draws$estimate[draws$draw == 9],
               one$estimate + one$std.error * qnorm(unname(u)))
  cnd <- expect_error(code_sensitivity(choice_model(rate = rate_central()),
                                       code_choices(posterior = TRUE)),
                      class = "nidcode_error_choices")
})

test_that("blocks, threads and the caller's stream change nothing", {
  model <- choice_model()
  ch <- code_choices(weights = weights_noisy(0.3), posterior = TRUE,
                     normalise = c("zscore", "minmax"), half_life = c(2, 9))
  run <- function() {
    s <- quiet(code_sensitivity(model, ch, n = 60))
    list(as.data.frame(s), tidy(s), tidy(s, what = "draws"))
  }
  set.seed(5)
  before <- .Random.seed
  whole <- run()
  expect_identical(.Random.seed, before)
  expect_identical(withr::with_options(list(nidcode.threads = 2L), run()),
                   whole)
  local_ours(block_regions = 13L)
  expect_identical(run(), whole)
})

test_that("draws of a factor do not depend on the others or on shares", {
  model <- choice_model(rate = rate_local(5))
  weights <- function(...) {
    s <- code_sensitivity(model, code_choices(weights = weights_noisy(), ...),
                          n = 60, what = "basic")
    tidy(s, what = "design")[["weights.x1"]]
  }
  alone <- weights()
  expect_identical(weights(measure = c("sum", "integral")), alone)
  other <- code_sensitivity(model, code_choices(weights = weights_noisy()),
                            n = 60, method = "draws", seed = 4)
  expect_false(identical(tidy(other, what = "design")[["weights.x1"]], alone))
})

test_that("a model without a row is studied, to no result", {
  panel <- choice_panel()
  panel$data <- panel$data[0, ]
  model <- choice_model(panel = panel)
  for (of in c("basic", "defining")) {
    s <- quiet(code_sensitivity(model, code_choices(
      weights = weights_noisy(), leave_out = TRUE), n = 50, of = of))
    expect_identical(nrow(s), 0L)
    expect_type(s$rank.low, "integer")
    expect_identical(glance(s)$n, 50L)
    expect_identical(nrow(tidy(s, what = "pairs")), 0L)
    expect_gt(length(in_words(s)), 0L)
  }
})

test_that("two equal studies are identical", {
  model <- choice_model(rate = rate_difference())
  ch <- code_choices(weights = weights_noisy(), leave_out = TRUE)
  expect_identical(quiet(code_sensitivity(model, ch, n = 50)),
                   quiet(code_sensitivity(model, ch, n = 50)))
})

test_that("the table is what the draws say", {
  model <- choice_model(rate = rate_local(5))
  s <- quiet(code_sensitivity(model, code_choices(
    weights = weights_noisy(0.9), leave_out = TRUE), n = 101,
    method = "draws", conf_level = 0.8))
  draws <- tidy(s, what = "draws")
  value <- matrix(draws$estimate, 6L)
  rank <- matrix(draws$rank, 6L)
  expect_identical(s$nominal, model$basic$estimate)
  expect_equal(s$median, apply(value, 1L, median))
  expect_equal(s$low, apply(value, 1L, quantile, 0.1, type = 1, names = FALSE))
  expect_equal(s$rank.high, apply(rank, 1L, quantile, 0.9, type = 1,
                                  names = FALSE))
  expect_equal(s$share.first, rowMeans(rank == 1L))
  expect_equal(s$share.better, rowMeans(rank <= s$rank))
  expect_equal(s$mean.shift, rowMeans(abs(rank - s$rank)))
  pairs <- tidy(s, what = "pairs")
  one <- pairs[pairs$region == s$region[2L] & pairs$over == s$region[5L], ]
  expect_equal(one$share, mean(value[2L, ] > value[5L, ]))
  tau <- apply(rank, 2L, \(r) cor(s$nominal, -r, method = "kendall"))
  expect_equal(glance(s)$kendall.median, -median(-tau))
  rows <- augment(s, model)
  expect_identical(nrow(rows), nrow(augment(model)))
  # Shares of draws are no more than 1, however their number adds up.
  for (n in c(50, 250)) {
    again <- quiet(code_sensitivity(model, code_choices(
      weights = weights_noisy(0)), n = n, method = "draws"))
    expect_identical(max(again$share.first, tidy(again, "pairs")$share), 1)
  }
  expect_identical(rows$.rank, s$rank[match(rows$region, s$region)])
})

test_that("all levels are all combinations, each with its probability", {
  model <- choice_model(rate = rate_local(5))
  ch <- code_choices(normalise = c("zscore", "minmax"),
                     measure = c("sum", "integral"),
                     prob = list(normalise = c(0.7, 0.3)))
  s <- code_sensitivity(model, ch)
  expect_identical(glance(s)$method, "exact")
  expect_identical(glance(s)$n, 4L)
  by_hand <- outer(c("zscore", "minmax"), c("sum", "integral"),
                   Vectorize(\(z, u) list(update(model, normalise = z,
                                                 measure = u)$basic$estimate)))
  value <- do.call(cbind, by_hand)
  expect_equal(matrix(tidy(s, what = "draws")$estimate, 6L), value)
  p <- c(0.35, 0.15, 0.35, 0.15)
  first <- apply(value, 2L, which.max)
  expect_equal(s$share.first, vapply(1:6, \(r) sum(p[first == r]), 1))
  exact <- tidy(s, what = "pairs")
  expect_identical(exact$exact == "always", exact$share > 1 - 1e-9)
})

test_that("what cannot be is told before any work", {
  model <- choice_model(rate = rate_local(5))
  expect_error(code_sensitivity(model, code_choices()),
               class = "nidcode_error_design")
  expect_error(code_sensitivity(model, code_choices(
    weights = weights_noisy()), n = 20), class = "nidcode_error_design")
  expect_error(code_sensitivity(model, code_choices(
    weights = weights_noisy()), method = "exact"),
    class = "nidcode_error_design")
  expect_error(code_sensitivity(1, code_choices()),
               class = "nidcode_error_argument")
  expect_error(code_sensitivity(model, 1), class = "nidcode_error_argument")
  expect_error(code_sensitivity(model, code_choices(leave_out = TRUE),
                                what = "x"), class = "nidcode_error_argument")
  cnd <- expect_error(quiet(code_sensitivity(model, code_choices(
    normalise = c("zscore", "goalposts")))), class = "nidcode_error_choices")
  expect_identical(cnd$level, "goalposts")
  expect_s3_class(cnd$parent, "nidcode_error_scheme")
  short <- choice_panel(n_times = 3L)
  cnd <- expect_error(quiet(code_sensitivity(
    choice_model(rate = rate_difference(), panel = short),
    code_choices(rate = list(a = rate_difference(), b = rate_spline(m = 2))))),
    class = "nidcode_error_choices")
  expect_identical(cnd$level, "b")
})

# The weighted mean of a model's defining codes at one time, by hand.
mean_of_codes <- function(model, time) {
  d <- as.data.frame(model$defining)
  codes <- scheme_codes(model$panel$scheme)
  vapply(as.character(model$panel$regions), \(r) {
    own <- d[d$region == r & !is.na(d$estimate), ]
    code <- unique(own$code)
    own <- own[own$year == time, ]
    weight <- codes$weight[match(code, codes$code)]
    sum(own$estimate[match(code, own$code)] * weight) / sum(weight)
  }, 1, USE.NAMES = FALSE)
}

test_that("codes themselves are studied at one time", {
  panel <- choice_panel()
  panel$data$x5[panel$data$region == "R2"] <- NA
  panel$data$x3[panel$data$region == "R4"] <- NA
  panel$data$x1[panel$data$region == "R1"][2:3] <- NA
  model <- choice_model(panel = panel, missing = "available")
  time <- max(panel$data$year)
  ch <- code_choices(weights = weights_noisy(0.5), leave_out = TRUE,
                     code_weights = weights_simplex(0.1, 0.8),
                     normalise = c("zscore", "minmax", "rank"),
                     missing = c("available", "constant"))
  s <- quiet(code_sensitivity(model, ch, n = 60, of = "defining",
                              method = "draws"))
  expect_equal(s$nominal, mean_of_codes(model, time))
  all <- tidy(s, what = "draws")
  for (i in c(1, 20, 41, 60)) {
    expect_equal(all$estimate[all$draw == i],
                 mean_of_codes(quiet(update(s, draw = i)), time),
                 tolerance = 1e-10)
  }
  local_ours(block_regions = 13L)
  again <- withr::with_options(list(nidcode.threads = 2L), quiet(
    code_sensitivity(model, ch, n = 60, of = "defining", method = "draws")))
  expect_identical(again, s)
  earlier <- quiet(code_sensitivity(model, code_choices(
    weights = weights_noisy()), n = 50, of = "defining", method = "draws",
    at = sort(unique(panel$data$year))[2L]))
  expect_equal(earlier$nominal, mean_of_codes(model, sort(unique(
    panel$data$year))[2L]))
})

test_that("one year is enough for codes, and rates have no part in them", {
  d <- data.frame(region = letters[1:4], year = 2018, x = c(1, 3, 2, 5),
                  y = c(0, 4, 1, 2), z = c(7, 1, 2, 0))
  model <- quiet(code_model(d, code_scheme(
    c("x", "y", "z"), c("production", "production", "social"),
    c(1, -1, 1), c(1, 2, 1)), index = c("region", "year"),
    normalise = "minmax"))
  s <- quiet(code_sensitivity(model, code_choices(
    normalise = c("minmax", "none")), of = "defining"))
  unit <- function(v) (v - min(v)) / diff(range(v))
  expect_equal(s$nominal, (unit(d$x) + 2 * (1 - unit(d$y))) / 6 + unit(d$z) / 2)
  expect_match(format(get_spec(s)), "time 2018; 90% ranges", fixed = TRUE)
  draws <- tidy(s, what = "draws")
  expect_equal(draws$estimate[draws$draw == 2], (d$x - 2 * d$y) / 6 + d$z / 2)
  for (idle in list(code_choices(measure = c("sum", "integral")),
                    code_choices(half_life = c(2, 4)),
                    code_choices(posterior = TRUE))) {
    expect_error(code_sensitivity(model, idle, of = "defining"),
                 class = "nidcode_error_choices")
  }
  cnd <- expect_error(code_sensitivity(model, code_choices(
    normalise = c("zscore", "none")), of = "defining", at = 2000),
    class = "nidcode_error_argument")
  expect_identical(cnd$argument, "at")
})
