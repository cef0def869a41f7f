# The order of smoothness that the regions of a panel speak for.

skip_on_cran()

# Once more, dense and in plain R: the kernel of an (m - 1)-fold integrated walk
# on what is free of parabolas and steps, its own eigenvalues, and EM.
free_kernel <- function(time, step, m) {
  n <- length(time)
  s <- (time - time[1L]) / (time[n] - time[1L])
  x <- cbind(1, s, s^2, outer(seq_len(n), which(step), `>=`))
  q <- qr.Q(qr(x), complete = TRUE)[, -seq_len(ncol(x))]
  low <- outer(s, s, pmin)
  far <- abs(outer(s, s, `-`))
  k <- if (m == 2) low^3 / 3 + low^2 * far / 2 else
    low^5 / 20 + low^4 * far / 8 + low^3 * far^2 / 12
  eigen <- eigen(t(q) %*% k %*% q, symmetric = TRUE)
  list(e = eigen$values, to = q %*% eigen$vectors)
}

plain_prior <- function(e) {
  lambda <- exp(seq(log(1e-4 / sum(e)), log(sum(1 / e) / 1e-3),
                    length.out = 41))
  share <- outer(lambda, e, \(l, e) l * e / (1 + l * e))
  u <- rowMeans(share)
  h <- log(lambda[2] / lambda[1])
  b <- h * rowMeans(share * (1 - share)) / (2 * sqrt(u))
  b[1] <- b[1] / 2 + sqrt(u[1])
  b[41] <- b[41] / 2 + 1 - sqrt(u[41])
  list(lambda = lambda, b = b / sum(b))
}

plain_likelihood <- function(y, time, step, m) {
  k <- free_kernel(time, step, m)
  p <- plain_prior(k$e)
  zz <- (t(k$to) %*% y)^2
  r <- length(k$e)
  like <- matrix(NA, 41, ncol(y))
  for (g in 1:41) {
    rss <- colSums(zz / (1 + p$lambda[g] * k$e))
    like[g, ] <- -sum(log(1 + p$lambda[g] * k$e)) / 2 - r / 2 * log(rss)
  }
  pi <- p$b
  last <- -Inf
  repeat {
    each <- colSums(pi * exp(like))
    if (sum(log(each)) - last < 1e-6 * ncol(y)) return(sum(log(each)))
    last <- sum(log(each))
    pi <- (rowSums(t(t(pi * exp(like)) / each)) + 2 * p$b) / (ncol(y) + 2)
  }
}

plain_evidence <- function(y, time, step = rep(FALSE, length(time)),
                           deviations = TRUE) {
  if (deviations) y <- y - rowMeans(y)
  plain_likelihood(y, time, step, 2) - plain_likelihood(y, time, step, 3)
}

kernel_evidence <- function(y, time = seq_len(nrow(y)), step = 0 * time) {
  order_evidence_cpp(y, as.double(time), as.integer(step), 5000L)
}

# Walks integrated `fold` times, a column a region.
walks <- function(n, regions, fold, noise = 0) {
  y <- matrix(stats::rnorm(n * regions), n)
  for (k in seq_len(fold + 1L)) y <- apply(y, 2L, cumsum)
  y + noise * matrix(stats::rnorm(n * regions), n)
}

panel_of <- function(y, time = 2000 + seq_len(nrow(y)), scheme = "social",
                     ...) {
  d <- data.frame(region = rep(sprintf("r%04d", seq_len(ncol(y))),
                               each = nrow(y)),
                  year = time, x = as.vector(y), ...)
  quietly(code_panel(d[!is.na(d$x), ], code_scheme("x", scheme)))
}

test_that("the evidence is that of the dense formulas", {
  with_stream(101, {
    for (n in c(8L, 12L, 20L)) {
      for (fold in 1:2) {
        uneven <- cumsum(c(0, stats::runif(n - 1L, 0.5, 2)))
        broken <- replace(rep(FALSE, n), c(4L, n - 2L), n > 8L)
        y <- walks(n, 30L, fold, 0.2)
        for (time in list(seq_len(n), uneven)) {
          for (step in list(rep(FALSE, n), broken)) {
            told <- kernel_evidence(y, time, step)
            expect_identical(as.double(c(told$used, told$parabola)), c(30, 0))
            expect_equal(told$evidence, plain_evidence(y, time, step),
                         tolerance = 1e-7)
            expect_equal(told$curves, plain_evidence(y, time, step, FALSE),
                         tolerance = 1e-7)
          }
        }
      }
    }
  })
})

test_that("walks are told for what they are", {
  with_stream(102, {
    rough <- smoothness(panel_of(walks(12L, 60L, 1L, 0.1)))
    smooth <- smoothness(panel_of(walks(12L, 60L, 2L, 0.1)))
    noise <- smoothness(panel_of(matrix(stats::rnorm(720), 12L)))
  })
  expect_identical(rough$order, 2L)
  expect_gt(rough$evidence, 10)
  expect_identical(rough$verdict, "order 2")
  expect_identical(smooth$order, 3L)
  expect_lt(smooth$evidence, 0)
  expect_identical(c(smooth$verdict, noise$verdict), rep("order 3", 2L))
  expect_equal(rough$evidence.region, rough$evidence / 60)
  expect_identical(c(rough$n.regions, rough$n.left.out), c(60L, 0L))
})

test_that("S-shaped curves are not told: both evidences must speak", {
  time <- seq(0, 1, length.out = 12)
  with_stream(105, {
    y <- replicate(85, {
      curve <- stats::plogis(stats::runif(1, 4, 10) *
                               (time - stats::runif(1, 0.2, 0.8)))
      curve + 0.02 * stats::rnorm(12)
    })
  })
  told <- kernel_evidence(y)
  # What they deviate by from their mean bends more than they do.
  expect_gt(told$evidence, 8.5)
  expect_lt(told$curves, 8.5)
  s <- smoothness(panel_of(y))
  expect_identical(s$verdict, "order 3")
  expect_equal(c(s$evidence, s$evidence.curves),
               unlist(told[c("evidence", "curves")], use.names = FALSE),
               tolerance = 1e-6)
})

test_that("with two free directions it is done by hand", {
  # Four regions in two mirrored pairs: their mean is 0, and a region is known
  # by the angle of its free part. Where all have one angle, sums are of one.
  n <- 5L
  k3 <- free_kernel(1:n, rep(FALSE, n), 3)
  y <- k3$to %*% cbind(c(1, 0), c(-1, 0), c(1, 0), c(-1, 0))
  angle <- crossprod(free_kernel(1:n, rep(FALSE, n), 2)$to, k3$to[, 1])^2
  of <- function(m, zz) {
    e <- free_kernel(1:n, rep(FALSE, n), m)$e
    p <- plain_prior(e)
    like <- vapply(p$lambda, \(l) {
      prod((1 + l * e)^-0.5) / sum(zz / (1 + l * e))
    }, 1)
    pi <- p$b
    value <- -Inf
    repeat {
      new <- log(sum(pi * like))
      if (new - value < 1e-6) return(4 * new)
      value <- new
      pi <- (4 * pi * like / sum(pi * like) + 2 * p$b) / 6
    }
  }
  expect_equal(kernel_evidence(y)$evidence, of(2, angle) - of(3, c(1, 0)),
               tolerance = 1e-8)
})

test_that("unit, zero, order of rows and parabolas change nothing", {
  with_stream(103, {
    y <- walks(12L, 25L, 1L, 0.1)
    by <- sample(25L)
    curves <- outer(1:12, 0:2, `^`) %*% matrix(stats::rnorm(75), 3L)
  })
  one <- kernel_evidence(y)
  expect_gt(abs(one$evidence), 0.1)
  expect_identical(kernel_evidence(y[, by]), one)
  expect_identical(kernel_evidence(2^-600 * y), one)
  expect_identical(kernel_evidence(2^900 * y), one)
  near <- \(told) expect_equal(told, one, tolerance = 1e-9)
  near(kernel_evidence(3 * y + 5))
  near(kernel_evidence(-y))
  near(kernel_evidence(y, 1990 + 0.25 * 1:12))
  near(kernel_evidence(y + curves))
  # Backwards a walk that began at the first time is one that ends there, free
  # of parabolas all the same.
  near(kernel_evidence(y[12:1, ]))
  # A region's own size counts only in the mean curve.
  free <- y - rowMeans(y)
  expect_equal(kernel_evidence(cbind(free, -free)),
               kernel_evidence(cbind(7 * free, -7 * free)), tolerance = 1e-9)
})

test_that("a step at a break is no sign of roughness", {
  with_stream(104, {
    y <- walks(12L, 40L, 2L, 0.05)
    jump <- rbind(matrix(0, 6L, 40L),
                  matrix(stats::rnorm(40L, sd = 500), 6L, 40L, TRUE))
  })
  step <- replace(integer(12L), 7L, 1L)
  told <- kernel_evidence(y, step = step)
  expect_equal(kernel_evidence(y + jump, step = step), told, tolerance = 1e-8)
  expect_lt(told$evidence, 3)
  # A break at the first time breaks nothing.
  expect_identical(kernel_evidence(y, step = replace(integer(12L), 1L, 1L)),
                   kernel_evidence(y))

  d <- data.frame(region = rep(sprintf("r%02d", 1:40), each = 12L),
                  year = 2001:2012, x = as.vector(y + jump))
  d$x_status <- ifelse(d$year == 2007, "break", NA)
  panel <- quietly(code_panel(d, code_scheme("x", "social"),
                              status = "_status"))
  of <- \(breaks) smoothness(dynamic_codes(panel, breaks = breaks))
  expect_equal(of("shift")$evidence, told$evidence, tolerance = 1e-8)
  expect_identical(of("split"), of("shift"))
  expect_identical(smoothness(panel), of("shift"))
  expect_identical(of("ignore")$order, 2L)
})

test_that("the core is the most frequent grid, and the rest is counted", {
  with_stream(105, y <- walks(12L, 30L, 1L, 0.1))
  whole <- smoothness(panel_of(y[, 1:25]))
  y[3L, 26:28] <- NA
  y[12L, 29:30] <- NA
  ragged <- smoothness(panel_of(y))
  expect_identical(c(ragged$n.regions, ragged$n.left.out), c(25L, 5L))
  expect_equal(ragged$evidence, whole$evidence, tolerance = 1e-9)

  # Regions of one grid after another: of as many the longer, then the earlier.
  pool <- new_pool(c(9L, 10L, 10L), c(1:9, 2:11, 1:10))
  expect_identical(core_grid(pool, c(25L, 25L, 25L)), 3L)
  expect_identical(core_grid(pool, c(26L, 25L, 25L)), 1L)
  expect_identical(core_grid(new_pool(integer(), numeric()), integer()),
                   integer())
})

test_that("regions that hold others are left out", {
  with_stream(106, y <- 100 + walks(12L, 24L, 1L, 0.1))
  parts <- smoothness(panel_of(y))
  d <- data.frame(region = c(rep(sprintf("r%02d", 1:24), each = 12L),
                             rep("all", 12L)),
                  year = 2001:2012, x = c(y, rowSums(y)))
  expect_warning(panel <- code_panel(d, code_scheme("x", "social")),
                 class = "nidcode_warning_nested")
  both <- quietly(smoothness(panel))
  expect_identical(c(both$n.regions, both$n.left.out), c(24L, 1L))
  expect_equal(both$evidence, parts$evidence, tolerance = 1e-8)
})

test_that("parabolas, with their rounding, say nothing and are counted", {
  with_stream(107, {
    y <- walks(12L, 40L, 1L, 0.1)
    y <- y - rowMeans(y)
    bend <- outer((1:12)^2, stats::runif(10L, 1, 2))
  })
  bend <- cbind(bend, -bend)
  told <- kernel_evidence(cbind(y, bend))
  expect_identical(as.double(c(told$used, told$parabola)), c(40, 20))
  expect_equal(told$evidence, kernel_evidence(y)$evidence, tolerance = 1e-9)
  few <- smoothness(panel_of(cbind(y[, 1:3], -y[, 1:3], bend)))
  expect_identical(few$verdict, "not tested")
  expect_identical(c(few$n.regions, few$n.left.out), c(6L, 20L))
  none <- kernel_evidence(matrix(1:12, 12L, 25L))
  expect_identical(unname(unlist(none)), c(0, 0, 0, 25))
  expect_identical(kernel_evidence(matrix(0, 12L, 0L))$used, 0L)
})

test_that("of many regions 5,000 are taken, whatever the order of rows", {
  skip_on_cran()
  with_stream(108, {
    y <- walks(8L, 6001L, 1L, 0.1)
    by <- sample(6001L)
  })
  told <- kernel_evidence(y)
  expect_identical(told$used, 5000L)
  expect_identical(kernel_evidence(y[, by]), told)
  size <- colSums((free_kernel(1:8, rep(FALSE, 8), 3)$to |>
                     crossprod(y - rowMeans(y)))^2)
  keep <- order(size)[floor((2 * 0:4999 + 1) * 6001 / 10000) + 1]
  dense <- (y - rowMeans(y))[, keep]
  expect_equal(told$evidence,
               plain_likelihood(dense, 1:8, rep(FALSE, 8), 2) -
                 plain_likelihood(dense, 1:8, rep(FALSE, 8), 3),
               tolerance = 1e-6)
  row <- series_smoothness(plain_series(as.vector(y), new_pool(8L, 1:8),
                                        rep(1L, 6001L), rate_spline()))
  expect_identical(c(row$n.regions, row$n.left.out), c(5000L, 1001L))
})

test_that("what cannot be tested is order 3, and says why", {
  with_stream(109, y <- walks(12L, 25L, 1L))
  untested <- function(x, regions, why) {
    s <- smoothness(x)
    expect_identical(unlist(as.data.frame(s)[c("code", "order", "evidence",
                                               "evidence.region", "verdict")]),
                     c(code = "social", order = "3", evidence = NA,
                       evidence.region = NA, verdict = "not tested"))
    expect_identical(s$n.regions, regions)
    expect_identical(get_spec(s)$notes,
                     paste0("social: order 3 assumed: ", why,
                            " cannot test it."))
  }
  untested(panel_of(y[, 1:19]), 19L, "19 regions")
  untested(panel_of(y[, 1L, drop = FALSE]), 1L, "1 region")
  untested(panel_of(y[1:7, ]), 25L, "series of 7 times")
  expect_identical(smoothness(panel_of(y[1:8, ]))$verdict, "order 2")
  expect_false(smoothness(panel_of(y[, 1:20]))$verdict == "not tested")
  flat <- quietly(smoothness(panel_of(matrix(4, 12L, 25L))))
  expect_identical(c(flat$n.regions, flat$n.left.out), c(0L, 25L))
  # Each break costs a time.
  pool <- new_pool(9L, 1:9, replace(integer(9L), c(4L, 6L), 1L))
  row <- series_smoothness(c(list(value = as.vector(y[1:9, ]),
                                  of = rep(1L, 25L), region = 1:25),
                             bare_series(rate_spline(), pool, "shift")))
  expect_identical(row$words, paste("order 3 assumed: series of 9 times and 2",
                                    "breaks cannot test it"))
})

test_that("a panel without rows has no regions, and what is none is refused", {
  d <- data.frame(region = "A", year = 2001:2012, x = 1:12)
  none <- quietly(smoothness(code_panel(d[0L, ], code_scheme("x", "social"))))
  expect_identical(none$n.regions, 0L)
  expect_error(smoothness(1), class = "nidcode_error_argument")
  expect_error(smoothness(rate_spline()), class = "nidcode_error_argument")
})

test_that("panel, codes, rates and model are told alike", {
  with_stream(110, y <- walks(10L, 22L, 1L, 0.1))
  panel <- panel_of(y)
  one <- smoothness(panel)
  expect_s3_class(one, c("nid_smoothness", "nid_table"), exact = FALSE)
  expect_identical(smoothness(defining_codes(panel)), one)
  expect_identical(smoothness(dynamic_codes(panel)), one)
  expect_identical(smoothness(dynamic_codes(panel, rate_local())), one)
  expect_identical(smoothness(quietly(code_model(panel))), one)
  # By the code alone, of a fit and of a bundle.
  fit <- code_fit(get_definition_of(panel), rate_spline())
  row <- code_smoothness(fit, 1L)
  expect_identical(row[names(one)[-1L]], as.list(as.data.frame(one)[-1L]))
  expect_identical(series_smoothness(code_series(fit, 1L)), row)
})

test_that("print() says what a verdict means, once for all its codes", {
  with_stream(111, y <- walks(10L, 30L, 1L, 0.1))
  d <- data.frame(region = rep(1:30, each = 10L), year = 2001:2010,
                  a = as.vector(y), b = -as.vector(y))
  d$c <- ifelse(d$region < 5, d$a, NA)
  s <- quietly(smoothness(code_panel(d, code_scheme(
    c("a", "b", "c"), c("production", "institutional", "social")))))
  expect_identical(s$order, c(2L, 2L, 3L))
  expect_identical(get_spec(s)$notes, c(
    "social: order 3 assumed: 4 regions cannot test it.",
    paste0("production, institutional: order 2 predicts these curves better: ",
           "they bend within a few years, or errors of neighbouring years go ",
           "together (the two look alike).")))
  text <- paste(format(s, width = 300), collapse = "\n")
  expect_match(text, "(the two look alike)", fixed = TRUE)
  expect_lte(length(format(s)), 15L)
})

study_file <- function(name) {
  system.file("studies", "order", name, package = "nidcode")
}

test_that("the kept study tells rough from smooth, or says where not", {
  all <- utils::read.csv(study_file("result.csv"))
  expect_identical(nrow(all), 17L * 2L * 3L * 3L)
  expect_identical(unique(all$panels[all$regions == 85]), 20L)
  expect_identical(unique(all$panels[all$regions == 20]), 200L)
  walks <- all[all$truth == "walk_1" & all$regions == 85, ]
  expect_true(all(walks$fires[walks$noise == 0.01] == 1))
  expect_true(all(walks$fires[walks$n > 8 & walks$noise < 0.05] == 1))
  expect_true(all(walks$V.2 >= ifelse(walks$n == 8, 0.90, 0.92) &
                    walks$V.2 <= 0.96 & walks$V.3 < 0.8))
  # Of curves that it must not tell, logistic ones alone are told, and seldom:
  # V is then held no less, and no farther off.
  smooth <- all[all$kind == "smooth", ]
  curved <- smooth$truth == "logistic"
  expect_true(all(smooth$fires[!curved & smooth$regions == 85] == 0))
  expect_lte(max(smooth$fires[!curved & smooth$regions == 20]), 0.05)
  s_shaped <- smooth[curved & smooth$regions == 85, ]
  expect_lte(max(s_shaped$fires), 0.35)
  expect_lt(mean(s_shaped$fires), 0.15)
  expect_true(all((s_shaped$V.2 >= s_shaped$V.3 & s_shaped$rmse <= 1.05)[
    s_shaped$fires > 0]))
  # Where order 2 is told V is covered no less; but a cycle of four years.
  told <- all[all$regions == 85 & all$fires >= 0.5, ]
  lost <- told[told$V.2 < told$V.3, ]
  expect_identical(unique(lost[c("truth", "n")]$truth), "cycle")
  expect_true(all(lost$n == 8))
})

test_that("drawn anew, panels are told as in the kept study", {
  study <- new.env()
  sys.source(study_file("truths.R"), study)
  fires <- function(truth, n, noise) {
    mean(vapply(1:4, \(k) {
      y <- study$draw_panel(study$truths[[truth]], n, 85L, noise)$y
      e <- unlist(kernel_evidence(y)[c("evidence", "curves")])
      all(e > 3 & e / 85 > 0.1)
    }, NA))
  }
  with_stream(112, {
    rough <- fires("walk_1", 12L, 0.01)
    smooth <- vapply(c("line", "quadratic", "exponential", "sine", "mixture",
                       "walk_2", "walk_2_trend"), fires, 1, 12L, 0.02)
  })
  expect_identical(rough, 1)
  expect_identical(max(smooth), 0)
})

test_that("no reading of the evidence tells S-shaped curves from rough walks", {
  trade <- utils::read.csv(system.file("studies", "order", "trade.csv",
                                       package = "nidcode"))
  any <- trade[trade$reading != "rule", ]
  # Of 8 times, noise 5 %: whoever spares S-shaped curves misses the walks.
  expect_true(all(any$walk[any$n == 8 & any$noise == 0.05] <= 0.02))
  # Where noise is small both are told for what they are.
  rule <- trade[trade$reading == "rule" & trade$noise <= 0.01, ]
  expect_true(all(rule$walk >= 0.9 & rule$logistic == 0))
})

test_that("the kept study says what order 2 is worth on other curves", {
  cells <- utils::read.csv(study_file("others.csv"))
  told <- cells[cells$fires >= 0.4 & cells$truth != "walk_1", ]
  # Held no less and no farther off,
  paid <- told$V.2 >= told$V.3 & told$rmse <= 1.05
  expect_setequal(told$truth[!paid], c("cycle", "walk_2_ar6"))
  # but where neither order has both,
  ar <- cells[cells$truth == "walk_2_ar6", ]
  expect_true(all(ar$V.2 >= 0.97 & ar$V.3 < 0.86 & ar$rmse > 1.2))
  # and a cycle, which no threshold tells from the walks that must be told.
  at <- function(truth) {
    cells[cells$truth == truth & cells$n == 8 & cells$noise < 0.05, ]
  }
  expect_true(all(at("cycle")$least > max(at("walk_1")$most)))
  expect_true(all(at("cycle")$V.2 < at("cycle")$V.3))
})
