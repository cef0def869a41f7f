skip_on_cran()

quiet <- function(code) suppressMessages(suppressWarnings(code))

two_codes <- code_scheme(c("a", "b"), c("production", "social"),
                         codes = nid_codes()[c(1, 3), ])

# A region whose two codes share their times; `b` moves with `a` or not.
pair_data <- function(seed, share, n = 9, region = "R1") {
  with_stream(seed, {
    time <- uneven_times(n)
    a <- stats::rnorm(n)
    b <- share * a + sqrt(1 - share^2) * stats::rnorm(n)
    data.frame(region = region, year = time, a = 5 + time / 9 + a,
               b = 3 - time / 7 + b)
  })
}

make_codes <- function(data) {
  defining_codes(code_panel(data, two_codes), "none")
}

errors_of <- function(codes, cor, ...) {
  both <- basic_code(codes, cor = cor, ...)$std.error
  parts <- lapply(c(a = "a", b = "b"), function(x) {
    d <- as.data.frame(codes)
    d <- d[d$code == c(a = "production", b = "social")[[x]], ]
    data <- data.frame(region = d$region, year = d$year, x = d$estimate)
    one <- code_scheme("x", "production", codes = nid_codes()[1, ])
    basic_code(defining_codes(code_panel(data, one), "none"), ...)$std.error
  })
  c(both = both, a = parts$a, b = parts$b)
}

# ---- Noise in common, from dense matrices ------------------------------------

# One series of one code, with nothing of the package: rows of the operator of
# functionals (columns of `weight`, on the derivative of `order` at its times)
# at the posterior mean of lambda, their errors, I - H, sigma and residuals.
spline_side <- function(time, y, weight, order, step = rep(FALSE, length(y)),
                        m = 3) {
  ref <- spline_reference(time, y, rep(order, length(time)), time, step, m)
  grid <- reference_grid(time, step, m)
  krig <- reference_kriging(grid, rep(order, length(time)), time)
  p <- ref$weights[, 1]
  rest <- Reduce(`+`, Map(\(l, w) w * dd_of(reference_smoother(grid, l)$b),
                          ref$lambda, p))
  rows <- t(weight) %*% (krig$unit * t(dd_of(krig$weights)) %*%
                           (diag(length(y)) - rest))
  own <- vapply(ref$cov, \(v) diag(t(weight) %*% v %*% weight),
                numeric(ncol(weight)))
  mean <- vapply(ref$means, \(v) drop(t(weight) %*% v), numeric(ncol(weight)))
  own <- matrix(own, ncol(weight))
  mean <- matrix(mean, ncol(weight))
  rss <- ref$rss[1, ]
  var <- own %*% (p * rss / ref$df) + (mean - drop(mean %*% p))^2 %*% p
  list(time = time, rows = rows, var = drop(var), rest = rest,
       e = drop(rest %*% y), sigma = sqrt(sum(p * rss) / ref$df), df = ref$df)
}

# N and d of two sides, and the covariance of their functionals for rho = 1.
noise_sums <- function(a, b) {
  i <- which(a$time %in% b$time)
  j <- match(a$time[i], b$time)
  cut <- function(x) {
    pmin(1, sqrt(x$var) / (x$sigma * sqrt(rowSums(x$rows^2))))
  }
  list(N = sum(a$e[i] * b$e[j]) / (a$sigma * b$sigma),
       d = sum(a$rest[i, i] * b$rest[j, j]),
       cov = cut(a) * cut(b) * a$sigma * b$sigma *
         rowSums(a$rows[, i, drop = FALSE] * b$rows[, j, drop = FALSE]))
}

# What the sum of two codes must have, regions as lists of two sides.
noise_errors <- function(regions) {
  parts <- lapply(regions, \(x) noise_sums(x[[1]], x[[2]]))
  N <- vapply(parts, `[[`, 1, "N")
  d <- vapply(parts, `[[`, 1, "d")
  panel <- if (length(N) > 1) sum(N) / sum(d) else 0
  k <- d / (d + 10)
  rho <- k * N / d + (1 - k) * panel
  rho <- pmin(pmax(rho, -0.95), 0.95)
  Map(\(x, part, r) sqrt(x[[1]]$var + x[[2]]$var + 2 * r * part$cov),
      regions, parts, rho)
}

# Two regions; codes with a break and a hole of their own.
noise_data <- function(seed) {
  d <- rbind(pair_data(seed, 0.7, 11, "R1"), pair_data(seed + 1, 0.5, 9, "R2"))
  d$a_status <- d$b_status <- "ok"
  d$a[4] <- NA
  d$b_status[7] <- "break"
  d$b[7:11] <- d$b[7:11] + 4
  d
}

# The sum of the changes of V over steps of some times, as weights on V.
step_weights <- function(time) {
  inverse <- 1 / diff(time)
  c(0, inverse) - c(inverse, 0)
}

for (second in c("point", "step")) test_that(paste("codes share noise: sums",
                                                   second), {
  d <- noise_data(51)
  codes <- quiet(defining_codes(code_panel(d, two_codes, status = "_status"),
                                "none"))
  sides <- lapply(c("R1", "R2"), \(r) {
    x <- d[d$region == r, ]
    common <- !is.na(x$a)
    lapply(c("a", "b"), \(name) {
      use <- !is.na(x[[name]])
      step <- x[[paste0(name, "_status")]] == "break"
      w <- as.numeric(common)
      if (second == "step") w[common] <- step_weights(x$year[common])
      spline_side(x$year[use], x[[name]][use], matrix(w[use]),
                  if (second == "step") 1 else 2, step[use])
    })
  })
  want <- unlist(noise_errors(sides))
  rate <- rate_spline(m = 3, second = second)
  basic <- quiet(basic_code(codes, rate = rate))
  expect_equal(basic$std.error, want, tolerance = 1e-7)
  expect_identical(quiet(basic_code(codes, rate = rate,
                                    cor = "residual"))$std.error,
                   basic$std.error)
  # df: half of Satterthwaite's, not below the least.
  df <- vapply(sides, \(x) {
    v <- vapply(x, `[[`, 1, "var")
    r <- vapply(x, `[[`, 1, "df")
    max(min(r), sum(v)^2 / sum(v^2 / r) / 2)
  }, 1)
  expect_equal(basic$df, df, tolerance = 1e-7)
})

test_that("codes share noise: V of codes of different order", {
  d <- noise_data(53)
  codes <- quiet(defining_codes(code_panel(d, two_codes, status = "_status"),
                                "none"))
  sides <- lapply(c("R1", "R2"), \(r) {
    x <- d[d$region == r, ]
    common <- !is.na(x$a)
    Map(\(name, m) {
      use <- !is.na(x[[name]])
      step <- x[[paste0(name, "_status")]] == "break"
      spline_side(x$year[use], x[[name]][use],
                  diag(sum(use))[, common[use], drop = FALSE], 1, step[use], m)
    }, c("a", "b"), 3:2)
  })
  want <- unlist(noise_errors(sides))
  rate <- rate_spline(m = c(production = 3, social = 2))
  i <- quiet(industrial_code(codes, rate))
  expect_equal(i$std.error, want, tolerance = 1e-7)
})

test_that("codes share noise: segments between breaks are series", {
  d <- pair_data(55, 0.8, n = 14)
  d$a_status <- d$b_status <- ifelse(seq_len(14) == 7, "break", "ok")
  codes <- quiet(defining_codes(code_panel(d, two_codes, status = "_status"),
                                "none"))
  sides <- lapply(c("a", "b"), \(name) {
    parts <- lapply(list(1:6, 7:14), \(at) {
      spline_side(d$year[at], d[[name]][at], matrix(1, length(at)), 2)
    })
    get <- function(what) lapply(parts, `[[`, what)
    sigma <- get("sigma")
    block <- matrix(0, 14, 14)
    block[1:6, 1:6] <- parts[[1]]$rest
    block[7:14, 7:14] <- parts[[2]]$rest
    list(time = d$year, sigma = 1, rest = block,
         rows = t(unlist(Map(`*`, sigma, get("rows")))),
         var = sum(unlist(get("var"))), e = unlist(Map(`/`, get("e"), sigma)))
  })
  fit <- quiet(dynamic_codes(codes, rate_spline(m = 3, second = "point"),
                             breaks = "split"))
  expect_equal(quiet(basic_code(fit))$std.error,
               noise_errors(list(sides))[[1]], tolerance = 1e-7)
})

test_that("codes share noise: local fits on grids of their own", {
  d <- noise_data(57)
  codes <- quiet(defining_codes(code_panel(d, two_codes, status = "_status"),
                                "none"))
  rate <- rate_local(7)
  fit <- attr(quiet(dynamic_codes(codes, rate)), "fit")
  sides <- lapply(1:2, \(r) {
    lapply(1:2, \(i) {
      s <- code_series(fit, i)
      at <- sequence(series_sizes(s)[r], series_starts(s)[r] + 1)
      h <- series_operator(s, r, 0L)
      time <- s$pool$time[pool_places(s$pool, s$of[r])]
      other <- code_series(fit, 3 - i)
      common <- time %in% other$pool$time[pool_places(other$pool, other$of[r])]
      rest <- diag(nrow(h)) - h
      e <- drop(rest %*% s$value[at])
      sigma <- sqrt(sum(e^2) / sum(rest^2))
      rows <- series_operator(s, r, 1L)[common, ]
      list(time = time, rest = rest, e = e, sigma = sigma, rows = rows,
           var = sigma^2 * rowSums(rows^2))
    })
  })
  i <- quiet(industrial_code(codes, rate))
  expect_equal(i$std.error, unlist(noise_errors(sides)), tolerance = 1e-9)
})

test_that("one region has no panel, and one code twice is drawn to nothing", {
  d <- pair_data(42, 0)
  d$b <- d$a
  for (sign in c(1, -1)) {
    d$b <- sign * d$a
    side <- spline_side(d$year, d$a, matrix(1, nrow(d)), 2)
    part <- noise_sums(side, side)
    rho <- sign * part$N / (part$d + 10)
    b <- basic_code(make_codes(d), rate = rate_spline(m = 3,
                                                      second = "point"))
    expect_equal(b$std.error,
                 sqrt(2 * side$var + 2 * rho * part$cov * 1), tolerance = 1e-7)
    expect_match(text_of(b), "treated as nearly")
    i <- industrial_code(make_codes(d), rate_local(5))
    alone <- industrial_code(make_codes(d), rate_local(5), cor = "independent")
    # A local fit's errors are all noise.
    ratio <- i$std.error^2 / alone$std.error^2 - 1
    expect_equal(ratio, rep(ratio[1], nrow(i)))
    expect_gt(sign * ratio[1], 0)
  }
})

test_that("a matrix, its names and its opposite numbers", {
  codes <- make_codes(pair_data(43, 0.3))
  rho <- matrix(c(1, -0.4, -0.4, 1), 2)
  se <- errors_of(codes, rho)
  expect_equal(se[["both"]]^2, se[["a"]]^2 + se[["b"]]^2 -
                 0.8 * se[["a"]] * se[["b"]])
  none <- errors_of(codes, "independent")
  expect_equal(none[["both"]]^2, none[["a"]]^2 + none[["b"]]^2)
  expect_equal(errors_of(codes, diag(2)), none)
  est <- function(cor) basic_code(codes, cor = cor)$estimate
  expect_identical(est(rho), est("independent"))
  wrong <- list(matrix(1, 3, 3), matrix(c(1, 2, 2, 1), 2),
                matrix(c(1, 0.2, 0.3, 1), 2), matrix(c(2, 0, 0, 2), 2), "all")
  for (cor in wrong) {
    expect_error(basic_code(codes, cor = cor), class = "nidcode_error_argument")
  }
  expect_error(basic_code(codes, cor = "residual", rate = rate_central(0.1)),
               class = "nidcode_error_needs_fit")
})

test_that("auto is residual where the rate has residuals", {
  codes <- make_codes(pair_data(61, 0.5))
  expect_match(get_spec(basic_code(codes))$cor, "^residual")
  expect_match(get_spec(industrial_code(codes, rate_local()))$cor, "^residual")
  i <- industrial_code(codes, rate_central(0.1))
  expect_identical(get_spec(i)$cor, "independent")
  expect_identical(i, industrial_code(codes, rate_central(0.1),
                                      cor = "independent"))
  one <- code_scheme("a", "production", codes = nid_codes()[1, ])
  p <- code_panel(pair_data(61, 0.5)[1:3], one)
  expect_identical(get_spec(basic_code(p))$cor, "independent")
})

test_that("correlations are cut, and made those of a matrix", {
  codes <- 3L
  product <- matrix(c(9, 9, -9), 1)[rep(1, 400), ]
  free <- matrix(10, 400, 3)
  rho <- noise_correlation(product, free, codes)
  m <- matrix(c(1, 0.9, 0.9, 0.9, 1, -0.9, 0.9, -0.9, 1), 3)
  e <- eigen(m)
  m <- e$vectors %*% diag(pmax(e$values, 0)) %*% t(e$vectors)
  m <- m / sqrt(outer(diag(m), diag(m)))
  expect_equal(rho, matrix(m[c(2, 3, 6)], 1)[rep(1, 400), ])
  expect_equal(noise_correlation(product[, 1, drop = FALSE] * 3,
                                 free[, 1, drop = FALSE], 2L)[1], 0.95)
  # Of a matrix already one nothing moves.
  fine <- matrix(c(4, 2, 1), 1)[c(1, 1), ]
  expect_equal(noise_correlation(fine, free[1:2, ], codes),
               fine / 10, tolerance = 1e-14)
  expect_identical(pairs_of(3L), cbind(c(1L, 1L, 2L), c(2L, 3L, 3L)))
  expect_identical(matrix_pairs(matrix(1:9, 3)), c(4L, 7L, 8L))
})

test_that("draws of signs: independent, one, against each other, exact", {
  margin <- 4 * sqrt(0.25 / 4000)
  two <- function(a, b, rho) joint_probability(cbind(a, b), matrix(rho))
  expect_lt(abs(two(0.3, 0.8, 0) - 0.24), margin)
  # Half a turn less the angle, over a whole one.
  for (rho in c(-0.9, -0.3, 0.6)) {
    expect_lt(abs(two(0.5, 0.5, rho) - 0.25 - asin(rho) / (2 * pi)), margin)
  }
  expect_lt(abs(two(0.7, 0.9, 1) - 0.7), margin)
  expect_lt(abs(two(0.4, 0.3, -1)), margin)
  # Certain codes, and codes that are not there.
  expect_lt(abs(two(1, 0.3, 0.5) - 0.3), 1 / 2000)
  expect_identical(two(0, 0.9, 0.5), 0)
  # Three: an eighth and the sum of the angles, whichever comes first.
  p <- rbind(c(0.5, 0.5, 0.5), c(0.5, 0.5, 0.5))
  rho <- rbind(c(0.5, 0.2, -0.3), c(-0.4, 0.1, 0.6))
  expect_lt(max(abs(joint_probability(p, rho) - 1 / 8 -
                      rowSums(asin(rho)) / (4 * pi))), margin)
  turned <- joint_probability(cbind(0.6, 0.2, 0.7), matrix(c(0.5, 0.1, 0.3), 1))
  again <- joint_probability(cbind(0.2, 0.6, 0.7), matrix(c(0.5, 0.3, 0.1), 1))
  expect_lt(abs(turned - again), margin)
  # The caller's stream is as if nothing had happened.
  set.seed(4)
  want <- stats::rnorm(1)
  set.seed(4)
  one <- two(0.3, 0.6, 0.5)
  expect_identical(stats::rnorm(1), want)
  expect_identical(two(0.3, 0.6, 0.5), one)
})

test_that("a frozen model keeps the correlation of its codes", {
  d <- rbind(pair_data(71, 0.8), pair_data(72, 0.8, region = "R2"))
  for (rate in list(rate_spline(), rate_local())) {
    m <- quiet(code_model(d, two_codes, rate = rate))
    expect_equal(quiet(update(m, freeze = TRUE))$basic$std.error,
                 m$basic$std.error)
    moved <- d
    moved$b <- rev(moved$b)
    again <- quiet(update(m, data = moved, freeze = TRUE))
    expect_identical(get_spec(again$basic)$cor, get_spec(m$basic)$cor)
    expect_identical(get_fit(again$rates)$noise$rho, fit_noise(
      get_fit(m$rates))$rho)
    expect_identical(quiet(basic_code(again)), again$basic)
    free <- quiet(update(m, data = moved))
    expect_false(identical(get_spec(free$basic)$cor, get_spec(m$basic)$cor))
  }
})

# ---- Three codes of known error, by hand -------------------------------------

three <- code_panel(hand_regions, hand_scheme())
code_names <- c("production", "institutional", "social")
se3 <- c(1, 2, 3)
three_errors <- rate_difference(sd = stats::setNames(se3, code_names))
known <- dynamic_codes(three, three_errors)
rho3 <- matrix(c(1, 0.5, -0.2, 0.5, 1, 0.3, -0.2, 0.3, 1), 3,
               dimnames = list(code_names, code_names))

test_that("a matrix: sum of rho se se, for all formulas", {
  want <- sqrt(sum(rho3 * outer(se3, se3)))
  expect_equal(basic_code(known, cor = rho3)$std.error, rep(2 * want, 2))
  i <- industrial_code(known, cor = rho3)
  expect_equal(i$std.error, rep(sqrt(2) * want, 10))
  k <- code_path(known, cor = rho3)
  expect_equal(k$std.error[k$year == 2006], rep(2 * want, 2))
  m <- code_model(hand_regions, hand_scheme(),
                  rate = three_errors, cor = rho3)
  expect_equal(m$basic$std.error, rep(2 * want, 2))
  expect_match(text_of(basic_code(known, cor = rho3)), "cor given by a matrix",
               fixed = TRUE)
})

test_that("a named matrix may stand in any order", {
  expect_equal(basic_code(known, cor = rho3[c(3, 1, 2), c(3, 1, 2)])$std.error,
               basic_code(known, cor = rho3)$std.error)
  expect_equal(basic_code(known, cor = unname(rho3))$std.error,
               basic_code(known, cor = rho3)$std.error)
})

test_that("the ends: identity is independent, ones add the errors", {
  expect_equal(basic_code(known, cor = diag(3))$std.error,
               basic_code(known)$std.error)
  expect_equal(basic_code(known, cor = matrix(1, 3, 3))$std.error,
               rep(2 * sum(se3), 2))
  # Against each other they cancel.
  two <- code_panel(hand_regions, code_scheme(c("x", "y"), code_names[1:2],
                                              codes = nid_codes()[1:2, ]))
  b <- basic_code(two, rate = rate_difference(sd = 1),
                  cor = matrix(c(1, -1, -1, 1), 2))
  expect_equal(b$std.error, c(0, 0))
})

test_that("weights of codes enter the errors", {
  w <- c(2, 0.5, 1)
  table <- nid_codes()
  table$weight <- w
  q <- code_panel(hand_regions, hand_scheme(codes = table))
  b <- basic_code(q, rate = three_errors, cor = rho3)
  se <- w * se3
  expect_equal(b$std.error, rep(2 * sqrt(sum(rho3 * outer(se, se))), 2))
})

test_that("names of a matrix are codes, dynamic codes, or refused", {
  want <- basic_code(known, cor = rho3)$std.error
  at <- c(3, 1, 2)
  by_name <- function(rows, columns = rows) {
    basic_code(known, cor = matrix(
      rho3[at, at], 3, dimnames = list(rows[at], columns[at])
    ))$std.error
  }
  code <- rownames(rho3)
  dynamic <- nid_codes()$dynamic[match(code, nid_codes()$code)]
  expect_equal(by_name(code), want)
  expect_equal(by_name(dynamic), want)
  expect_equal(by_name(code, NULL), want)
  expect_equal(by_name(NULL, code), want)
  expect_error(by_name(c("a", "b", "c")), class = "nidcode_error_argument")
  expect_error(by_name(code, rev(code)), class = "nidcode_error_argument")
})
