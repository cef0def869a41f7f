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

test_that("residual correlation is that of the whitened residuals", {
  d <- pair_data(41, 0.6)
  # Square roots of the residual operators share their eigenvectors.
  whitened <- function(y) {
    grid <- reference_grid(d$year)
    ref <- spline_reference(d$year, y, 0, d$year[1])
    lambda <- exp(sum(log(ref$lambda) * ref$weights[, 1]))
    e <- eigen(dd_of(reference_smoother(grid, lambda)$b), symmetric = TRUE)
    e$vectors %*% (sqrt(pmax(e$values, 0)) * crossprod(e$vectors, y))
  }
  u <- cbind(whitened(d$a), whitened(d$b))
  rho <- sum(u[, 1] * u[, 2]) / sqrt(prod(colSums(u^2)))
  se <- errors_of(make_codes(d), "residual")
  expect_equal(se[["both"]]^2,
               se[["a"]]^2 + se[["b"]]^2 + 2 * rho * se[["a"]] * se[["b"]],
               tolerance = 1e-7)

  # Local fits: the residuals themselves.
  rate <- rate_local(7)
  e <- residuals(dynamic_codes(make_codes(d), rate))
  e <- split(e$.resid, e$code)
  rho <- sum(e[[1]] * e[[2]]) / sqrt(sum(e[[1]]^2) * sum(e[[2]]^2))
  se <- errors_of(make_codes(d), "residual", rate = rate)
  expect_equal(se[["both"]]^2,
               se[["a"]]^2 + se[["b"]]^2 + 2 * rho * se[["a"]] * se[["b"]])
})

test_that("codes that are one code, or its negative, add up as they must", {
  d <- pair_data(42, 0)
  d$b <- d$a
  for (rate in list(rate_spline(), rate_spline("reml"), rate_local(5))) {
    se <- errors_of(make_codes(d), "residual", rate = rate)
    expect_equal(se[["both"]], 2 * se[["a"]])
    against <- d
    against$b <- -d$a
    sum <- basic_code(make_codes(against), cor = "residual", rate = rate)
    expect_lt(abs(sum$estimate) + sum$std.error, 1e-6 * se[["a"]])
    i <- as.data.frame(industrial_code(make_codes(d), cor = "residual",
                                       rate = rate))
    v <- as.data.frame(dynamic_codes(make_codes(d), rate))
    expect_equal(i$std.error,
                 2 * v$std.error[v$order == 1 & v$code == "social"])
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

test_that("codes on different times are taken as independent", {
  d <- pair_data(44, 0.9)
  d$b[4] <- NA
  codes <- quiet(make_codes(d))
  expect_equal(quiet(basic_code(codes, cor = "residual"))$std.error,
               quiet(basic_code(codes))$std.error)
  # Where breaks split both, their segments are compared one by one.
  d <- pair_data(45, 0.9, n = 14)
  d$a[7:14] <- d$a[7:14] + 100
  d$b[7:14] <- d$b[7:14] - 300
  d$a_status <- d$b_status <- ifelse(1:14 == 7, "break", "ok")
  fit <- quiet(dynamic_codes(
    defining_codes(code_panel(d, two_codes, status = "_status"), "none"),
    breaks = "split"
  ))
  part <- function(use) {
    v <- dynamic_codes(make_codes(d[use, c("region", "year", "a", "b")]))
    u <- lapply(1:2, \(i) code_scores(attr(v, "fit"), i)$u)
    c(sum(u[[1]] * u[[2]]), sum(u[[1]]^2), sum(u[[2]]^2))
  }
  all <- part(1:6) + part(7:14)
  expect_equal(residual_correlation(attr(fit, "fit"))[1, 1, 2],
               all[1] / sqrt(all[2] * all[3]))
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

test_that("residual, spline: by the formula, for one lambda", {
  lambda <- 50
  r <- dynamic_codes(three, rate_spline(lambda))
  b <- basic_code(r, cor = "residual")
  t <- (0:5) / 5
  X <- cbind(1, t, t^2)
  K <- outer(t, t, \(a, b) {
    lo <- pmin(a, b)
    hi <- pmax(a, b)
    lo^3 * (10 * hi^2 - 5 * lo * hi + lo^2) / 120
  })
  Q <- qr.Q(qr(X), complete = TRUE)[, 4:6]
  eig <- eigen(crossprod(Q, K %*% Q), symmetric = TRUE)
  d <- as.data.frame(defining_codes(three))
  alone_se <- vapply(seq_along(code_names), \(k) {
    s <- code_scheme(c("x", "y", "z")[k], code_names[k])
    suppressWarnings(basic_code(code_panel(hand_regions, s),
                                rate = rate_spline(lambda)))$std.error
  }, numeric(2))
  for (g in 1:2) {
    y <- matrix(d$estimate[d$region == c("A", "B")[g]], 6, byrow = TRUE)
    u <- t(eig$vectors) %*% t(Q) %*% y / sqrt(1 + lambda * eig$values)
    rho <- crossprod(u) / sqrt(outer(colSums(u^2), colSums(u^2)))
    s <- alone_se[g, ]
    expect_equal(b$std.error[g], sqrt(sum(rho * outer(s, s))),
                 tolerance = 1e-8)
  }
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
