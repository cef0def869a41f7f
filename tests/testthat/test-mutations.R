# The statistics once more, dense and in plain R.
plain_directions <- function(time, step, m, known = NULL) {
  n <- length(time)
  s <- (time - time[1L]) / (time[n] - time[1L])
  x <- cbind(outer(s, seq_len(m) - 1L, `^`),
             outer(seq_len(n), which(step), `>=`), known)
  q <- qr.Q(qr(x), complete = TRUE)[, -seq_len(ncol(x))]
  low <- outer(s, s, pmin)
  far <- abs(outer(s, s, `-`))
  k <- if (m == 2) low^3 / 3 + low^2 * far / 2 else
    low^5 / 20 + low^4 * far / 8 + low^3 * far^2 / 12
  list(s = s, q = q, k = t(q) %*% k %*% q)
}

plain_change <- function(s, rate, at) {
  if (rate) pmax(s - s[at], 0) else as.double(seq_along(s) >= at)
}

plain_mutation <- function(y, time, step, m, places, known = NULL) {
  base <- plain_directions(time, step, m, known)
  e <- eigen(base$k, symmetric = TRUE)$values
  r <- length(e)
  lambda <- exp(seq(log(1e-4 / sum(e)), log(sum(1 / e) / 1e-3),
                    length.out = 21))
  share <- outer(lambda, e, \(l, e) l * e / (1 + l * e))
  u <- rowMeans(share)
  prior <- log(lambda[2] / lambda[1]) * rowMeans(share * (1 - share)) /
    (2 * sqrt(u))
  prior[1] <- prior[1] / 2 + sqrt(u[1])
  prior[21] <- prior[21] / 2 + 1 - sqrt(u[21])
  z <- t(base$q) %*% y
  x <- t(base$q) %*% apply(places, 1L, \(p) plain_change(base$s, p[1L], p[2L]))
  out <- lapply(1:21, \(g) {
    v <- solve(diag(r) + lambda[g] * base$k)
    xx <- diag(t(x) %*% v %*% x)
    xz <- drop(t(x) %*% v %*% z)
    rss <- drop(t(z) %*% v %*% z)
    list(log = log(prior[g]) + determinant(v)$modulus / 2 - r / 2 * log(rss),
         rss = rss, c = xz^2 / xx / rss, ratio = sqrt(colSums(x^2) / xx))
  })
  w <- vapply(out, `[[`, 1, "log")
  w <- exp(w - max(w)) / sum(exp(w - max(w)))
  rss <- vapply(out, `[[`, 1, "rss")
  c <- vapply(out, `[[`, numeric(nrow(places)), "c")
  ratio <- vapply(out, `[[`, numeric(nrow(places)), "ratio")
  sigma <- sqrt(sum(w * rss) / r)
  bayes <- (ratio * (1 - c)^(-(r - 1) / 2)) %*% (w * sqrt(rss)) / sigma
  list(t1 = sum(w * apply(c, 2L, max)), t2 = log(max(bayes)),
       best = unname(places[which.max(bayes), ]), share = max(bayes) / sum(bayes))
}

no_known <- matrix(0L, 2L, 0L)
told_of <- function(y, time, step = integer(length(time)), m = 3L,
                    known = no_known) {
  mutations_cpp(as.matrix(y), list(time = as.double(time),
                                   step = as.integer(step)), m,
                list(level = TRUE, rate = m == 3L, trim = 1L), known)
}
all_places <- function(n, m = 3L, less = integer()) {
  levels <- setdiff(3:(n - 1L), less)
  rbind(cbind(0, levels), if (m == 3L) cbind(1, 3:(n - 2L)))
}

test_that("statistics are those of the dense formulas", {
  with_stream(31, {
    for (n in c(8L, 12L, 17L)) {
      for (m in 2:3) {
        time <- cumsum(stats::runif(n, 0.5, 2))
        step <- replace(integer(n), 6L, as.integer(n > 8L))
        y <- cumsum(cumsum(stats::rnorm(n))) + stats::rnorm(n)
        k <- told_of(y, time, step, m)
        p <- plain_mutation(y, time, step > 0, m,
                            all_places(n, m, if (n > 8L) 6L))
        expect_equal(k$share, p$t1, tolerance = 1e-8)
        expect_equal(k$log_bayes, p$t2, tolerance = 1e-7)
        expect_identical(c(k$by_bayes$rate, k$by_bayes$at), as.integer(p$best))
        expect_equal(k$by_bayes$share, p$share, tolerance = 1e-6)
      }
    }
    # With a kink that is known.
    y <- stats::rnorm(14)
    k <- told_of(y, 1:14, known = matrix(c(1L, 6L)))
    s <- (0:13) / 13
    p <- plain_mutation(y, 1:14, rep(FALSE, 14), 3, all_places(14L)[-14L, ],
                        pmax(s - s[6L], 0))
    expect_equal(k$share, p$t1, tolerance = 1e-6)
  })
})

test_that("trend, unit and clock leave the test as it is", {
  with_stream(5, {
    y <- stats::rnorm(12)
    time <- 2001:2012
    a <- told_of(y, time)
    b <- told_of(1000 * y + 3 - time + 0.1 * (time - 2005)^2,
                 (time - 2000) / 7)
    expect_equal(b[1:2], a[1:2], tolerance = 1e-7)
    expect_equal(b$by_bayes$at, a$by_bayes$at)
    two <- told_of(y, time, m = 2L)
    expect_equal(told_of(8 * y - time, time, m = 2L)[1:2], two[1:2],
                 tolerance = 1e-8)
    # Mirrored in time a level that starts at b starts at n + 2 - b.
    all <- told_of(cbind(y, rev(y)), time)
    expect_equal(all$share[1L], all$share[2L], tolerance = 1e-8)
  })
})

mutation_panel <- function(y, time = 2000 + seq_len(NROW(y))) {
  y <- as.matrix(y)
  d <- data.frame(region = rep(sprintf("r%02d", seq_len(ncol(y))),
                               each = nrow(y)),
                  year = time, x = as.vector(y))
  defining_codes(quietly(code_panel(d, code_scheme("x", "social"))), "none")
}
mutations_in <- function(y, ..., rate = rate_spline(m = 3)) {
  quietly(code_mutations(quietly(dynamic_codes(mutation_panel(y), rate)), ...))
}

test_that("a large jump is found where it is, with its size", {
  with_stream(11, {
    noise <- stats::rnorm(12)
    level <- 0.3 * (1:12) + noise + 50 * (1:12 >= 7)
    kink <- 0.3 * (1:12) + noise + 50 * pmax(1:12 - 6, 0)
    m <- mutations_in(cbind(level, kink, noise))
    expect_equal(m$year[1:2], c(2007, 2006))
    expect_identical(m$kind[1:2], c("level", "rate"))
    expect_identical(m$found, c(TRUE, TRUE, FALSE))
    expect_lt(abs(m$size[1L] - 50), 3 * m$size.se[1L])
    expect_lt(abs(m$size[2L] - 50), 3 * m$size.se[2L])
    expect_lt(max(m$size.se[1:2]), 3)
    only <- mutations_in(cbind(level, kink), kind = "rate", nsim = 199)
    expect_identical(unique(only$kind), "rate")
    rough <- mutations_in(cbind(level, kink), rate = rate_spline(m = 2))
    expect_identical(unique(rough$kind), "level")
    two <- stats::rnorm(24) + 300 * (1:24 >= 8) - 60 * (1:24 >= 17)
    more <- mutations_in(two, max = 2, nsim = 199)
    expect_equal(more$year, c(2008, 2017))
    expect_lt(abs(more$size[2L] + 60), 4 * more$size.se[2L])
  })
})

test_that("a grid that is tabulated agrees with its simulation", {
  skip_on_cran()
  grid <- list(time = as.double(1:12), step = integer(12))
  kinds <- list(level = TRUE, rate = TRUE, trim = 1L)
  table <- mutation_nodes(grid, 3L, kinds, no_known, list())
  draws <- with_stream(8, matrix(stats::rnorm(12 * 4000), 12))
  worlds <- mutation_null_cpp(grid, 3L, kinds, no_known, draws,
                              mutation_curves((0:11) / 11), mutation_noise,
                              seq_len(mutation_worlds), 1L)
  own <- nodes_of_worlds(worlds)
  five <- which(mutation_tails == 0.05)
  expect_equal(table$share[five], own$share[five], tolerance = 0.02)
  expect_equal(table$bayes[five], own$bayes[five], tolerance = 0.04)
  # In every world of the family no more than 5 % are found.
  p <- least_tail(worlds, table)
  size <- colMeans(matrix(head_of(p, table$both) < 0.05, 4000))
  expect_lt(max(size), 0.05 + 4 * sqrt(0.05 * 0.95 / 4000))
  expect_gt(max(size), 0.035)
})

test_that("what is simulated is that of all worlds, for 1 and 2 threads", {
  time <- c(1:9, 11:13)
  grid <- list(time = as.double(time), step = replace(integer(12), 5L, 1L))
  kinds <- list(level = TRUE, rate = TRUE, trim = 1L)
  null <- \(draws, wanted, threads = 1L) {
    mutation_null_cpp(grid, 3L, kinds, no_known, draws,
                      mutation_curves((time - 1) / 12), mutation_noise, wanted,
                      threads)
  }
  draws <- with_stream(3, matrix(stats::rnorm(12 * 999), 12))
  all <- null(draws, seq_len(mutation_worlds))
  expect_identical(null(draws, seq_len(mutation_worlds), 2L), all)
  some <- simulate_worlds(draws, null)
  expect_lt(ncol(some$share), 20L)
  part <- mutation_tails <= 0.25 & mutation_tails >= 0.01
  for (what in c("share", "bayes", "both")) {
    expect_equal(nodes_of_worlds(some)[[what]][part],
                 nodes_of_worlds(all)[[what]][part], tolerance = 0.01)
  }
  x <- all$share[, 1:3]
  p <- c(0.001, 0.3, 0.999, 1)
  expect_equal(column_quantiles(x, p),
               unname(apply(x, 2L, stats::quantile, p, type = 8)))
  expect_error(null(draws, 42L), class = "nidcode_error_internal")
})

test_that("what was simulated is kept", {
  y <- with_stream(4, matrix(stats::rnorm(10), 10))
  time <- c(2001:2009, 2012)
  rates <- quietly(dynamic_codes(mutation_panel(y, time), rate_spline(m = 3)))
  before <- length(simulated)
  first <- code_mutations(rates, nsim = 199, seed = 91L)
  expect_length(simulated, before + 1L)
  expect_identical(code_mutations(rates, nsim = 199, seed = 91L), first)
  expect_length(simulated, before + 1L)
})

test_that("tails are read off nodes", {
  nodes <- seq_along(mutation_tails)
  expect_equal(tail_of(nodes, nodes), mutation_tails, tolerance = 1e-12)
  expect_identical(tail_of(0, nodes), 1)
  expect_equal(tail_of(1e6, nodes), 0.001)
  half <- (log(0.7) + log(0.5)) / 2
  expect_equal(tail_of(2.5, nodes), exp(half), tolerance = 1e-12)
  expect_identical(head_of(1, rev(nodes) / 30), 1)
})

test_that("what cannot be tested says so", {
  y <- cbind(c(1, 3, 2, 5, 4, 6), c(2, 1, 4, 3, 6, 5))
  rates <- quietly(dynamic_codes(mutation_panel(y)))
  said <- rlang::catch_cnd(code_mutations(rates), "nidcode_message_short_series")
  expect_identical(said$regions, c("r01", "r02"))
  m <- quietly(code_mutations(rates))
  expect_true(all(is.na(m$p.value)) && all(m$note == "not tested"))
  expect_identical(in_words(m), "No series could be tested for mutations.")
  line <- mutations_in(cbind(1:10 + 0, (1:10)^2, c(1, 5, 2, 6, 3, 7, 1, 4, 2, 9)))
  expect_identical(line$note, c("a polynomial", "a polynomial", ""))
  expect_match(in_words(line), "No mutation")
  expect_match(ggplot2::autoplot(line)$labels$subtitle, "no evidence of none")
  expect_identical(nrow(mutations_in(cbind(rep(NA_real_, 12)))), 0L)
  expect_error(code_mutations(rates, trim = -1),
               class = "nidcode_error_argument")
})

test_that("a year of many regions is told, words and picture made", {
  with_stream(2, {
    y <- matrix(stats::rnorm(48), 12) + 40 * (1:12 >= 6)
    rates <- quietly(dynamic_codes(mutation_panel(y)))
    said <- rlang::catch_cnd(code_mutations(rates),
                             "nidcode_message_common_break")
    expect_identical(said$n, 4L)
    expect_equal(said$times, 2006)
    m <- quietly(code_mutations(rates, adjust = "holm"))
    expect_identical(summary(m)$found$regions, 4L)
    expect_output(print(summary(m)),
                  "social 2006 in 4 regions: look for a change of method")
    words <- in_words(m)
    expect_identical(words[1L], "Mutations are found in 4 of 4 tested.")
    expect_match(words, paste0("^r01, social, 2006: the level rose abruptly by ",
                               "[34].* [(]se .*, p "), all = FALSE)
    p <- ggplot2::autoplot(m)
    expect_identical(sum(ggplot2::layer_data(p, 1L)$fill != "grey93"), 4L)
    before <- get(".Random.seed", globalenv())
    quietly(code_mutations(rates, trim = 2, nsim = 199))
    expect_identical(get(".Random.seed", globalenv()), before)
  })
})

test_that("residuals that go together are noted, p being optimistic", {
  n <- 40L
  with_stream(9, {
    noise <- matrix(stats::rnorm(n * 60), n)
    walk <- apply(matrix(stats::rnorm(n * 60), n), 2L, cumsum)
  })
  walks <- function(m) m$note == walk_note
  w <- mutations_in(walk)
  expect_gt(mean(walks(w)), 0.4)
  expect_match(format(w, n = 1), all = FALSE,
               paste("Residuals like a walk in", sum(walks(w)), "rows"))
  expect_lte(mean(walks(mutations_in(noise))), 0.1)
  # A jump that is found is not taken for residuals that go together.
  jump <- mutations_in(noise + 12 * (seq_len(n) >= 20))
  expect_true(all(jump$found))
  expect_lte(mean(walks(jump)), 0.1)
  told <- grepl("those of a walk: p is optimistic", in_words(w))
  expect_identical(sum(told), sum(w$found & walks(w)))
  # A rate without a fit has no residuals.
  expect_false(any(walks(mutations_in(walk[, 1:3], rate = rate_difference()))))
})

test_that("series have the Durbin-Watson statistic of their residuals", {
  y <- with_stream(6, matrix(stats::rnorm(36), 12))
  d <- data.frame(region = rep(letters[1:3], each = 12),
                  year = rep(2001:2012, 3), x = as.vector(y), x_status = "")
  d$x_status[d$region == "b" & d$year == 2006] <- "break"
  panel <- quietly(code_panel(d, code_scheme("x", "social"),
                              status = "_status"))
  for (rate in list(rate_spline(m = 3), rate_local(degree = 2))) {
    fit <- get_fit(dynamic_codes(panel, rate))
    s <- code_series(fit, 1L)
    part <- residual_part(fit, 1L)
    of <- rep(seq_along(s$of), segment_counts(s)[s$of])
    own <- durbin_watson_in(part, of, length(s$of))
    e <- matrix(part$value - part$fitted, 12)
    expect_equal(own[c(1, 3), 1L], (colSums(diff(e)^2) / colSums(e^2))[c(1, 3)])
    # One series alone is the pool of it.
    alone <- get_fit(dynamic_codes(quietly(code_panel(
      d[d$region == "b", ], code_scheme("x", "social"), status = "_status")),
      rate))
    expect_equal(own[2L, ], rates_durbin_watson(residual_part(alone, 1L)))
  }
})

test_that("known breaks are named and a jump there is not tested", {
  n <- 14L
  jump <- 40 * (seq_len(n) >= 6)
  d <- data.frame(region = rep(c("a", "b", "c"), each = n),
                  year = 2000 + seq_len(n),
                  x = sin(7 * seq_len(3 * n)) + jump, x_status = "")
  d$x_status[d$region != "c" & d$year == 2006] <- "break"
  d$x_status[d$region == "b" & d$year == 2010] <- "break"
  found <- function(breaks) {
    panel <- quietly(code_panel(d, code_scheme("x", "social"),
                                status = "_status"))
    quietly(code_mutations(dynamic_codes(panel, rate_spline(m = 3),
                                         breaks = breaks), nsim = 199))
  }
  m <- found("split")
  expect_identical(m$known.breaks, c("2006", "2006, 2010", ""))
  expect_identical(m$found, c(FALSE, FALSE, TRUE))
  expect_match(format(m, n = 3),
               "jump is not tested \\(series\\): 2006 \\(2\\), 2010 \\(1\\)",
               all = FALSE)
  words <- in_words(m)
  expect_identical(words[3L], paste("Known breaks, where a jump is not tested",
                                    "(series): 2006 (2), 2010 (1)."))
  expect_no_match(words[2L], "known break")
  # A jump beside the break is found and the sentence names the break.
  d$x[d$region == "a"] <- d$x[d$region == "a"] + 60 * (seq_len(n) >= 10)
  expect_match(in_words(found("split")),
               "^a, social, 2010: .*; 2006 is a known break: a jump there",
               all = FALSE)
  # Breaks that are ignored are no known ones.
  expect_identical(found("ignore")$known.breaks, c("", "", ""))
})

test_that("one series is drawn in two pieces, its jump marked", {
  skip_if_not_installed("ggplot2")
  n <- 14L
  noise <- with_stream(7, stats::rnorm(n))
  m <- mutations_in(cbind(noise + 30 * (seq_len(n) >= 6),
                          noise + 30 * pmax(seq_len(n) - 8, 0), noise))
  picture <- \(r) ggplot2::autoplot(m, regions = r, code = "social")
  layer <- \(p, i) ggplot2::layer_data(p, i)
  p <- picture("r01")
  expect_equal(layer(p, 1L)$xintercept, 2006)
  curve <- layer(p, 2L)
  expect_identical(as.vector(table(curve$group)), c(5L, 9L))
  arrow <- layer(p, 4L)
  expect_equal(arrow$yend - arrow$y, m$size[1L])
  expect_equal(arrow$yend, curve$y[curve$x == 2006])
  expect_match(layer(p, 5L)$label, "^\u2191 2006, p ")
  expect_true(p$labels$subtitle %in% in_words(m))
  # At a kink the pieces meet and nothing jumps.
  p <- picture("r02")
  bend <- layer(p, 2L)
  at <- bend$y[bend$x == 2000 + match(m$year[2L], 2001:2014)]
  expect_length(at, 2L)
  expect_identical(at[1L], at[2L])
  expect_identical(nrow(layer(p, 4L)), 0L)
  # Nothing found: one curve, that of the rate.
  p <- picture("r03")
  expect_identical(unique(layer(p, 2L)$group), 1L)
  s <- code_series(get_fit(m), 1L)
  expect_equal(layer(p, 2L)$y, estimate_series(s, 0L)$estimate[2 * n + 1:n])
  expect_error(ggplot2::autoplot(m, code = "none"),
               class = "nidcode_error_argument")
  # Of several the lattice.
  expect_s3_class(ggplot2::autoplot(m, code = "social")$layers[[1L]]$geom,
                  "GeomTile")
  skip_if_not(capabilities("cairo") && cyrillic)
  for (language in c("en", "ru")) {
    withr::local_options(nidcode.language = language)
    for (r in c("r01", "r02")) {
      found <- page_layout(picture(r), 7, 4)
      expect_identical(found$faults$text, character())
      if (language == "ru") {
        expect_identical(latin_left(found$texts, c(r, "year")), character())
      }
    }
  }
})

test_that("the kept study shows what the help page says", {
  file <- system.file("studies", "mutations", "result.csv", package = "nidcode")
  r <- utils::read.csv(file)
  odd <- c("walk_0", "hill", "arctan")
  null <- r[r$kind == "null" & !r$truth %in% odd, ]
  expect_gt(nrow(null), 100L)
  expect_lte(max(null$found), 0.065)
  rest <- r[r$truth %in% odd & r$size == 0, ]
  expect_lte(max(rest$found), 0.085)
  power <- r[r$kind == "mutation" & r$m == 3 & r$truth == "line" &
               r$size == 8, ]
  at <- \(n, jump) power$found[power$n == n & power$jump == jump]
  expect_gte(at(12, "level"), 0.65)
  expect_gte(at(12, "rate"), 0.46)
  expect_gte(min(at(20, "level"), at(20, "rate")), 0.95)
  expect_gte(min(power$near), 0.9)
  # What holding those curves too would cost.
  trade <- utils::read.csv(system.file("studies", "mutations", "trade.csv",
                                       package = "nidcode"))
  both <- trade[trade$added == "both", ]
  none <- trade[trade$added == "none", ]
  expect_lte(max(both$size), 0.065)
  expect_lt(both$level[both$n == 12], none$level[none$n == 12] - 0.05)
  expect_lte(max(none$size), 0.085)
})

test_that("the summary of a model tells of mutations and gaps", {
  regions <- subset(ural, level == "region")
  model <- code_model(regions, ural_scheme, status = "_status")
  said <- summary(model)$readings
  expect_match(said[1L], "^Mutations found: [0-9]+ of 12 series tested[.]$")
  states <- code_gaps(model, "mean")$state
  for (state in unique(states)) {
    expect_match(said[2L], paste(state, sum(states == state)))
  }
})
