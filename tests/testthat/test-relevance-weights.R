skip_on_cran()

items <- c("a", "b", "c", "d")
map <- data.frame(item = items, indicator = c("i1", "i1", "i2", "i3"),
                  code = c("production", "production", "production", "social"))

test_that("weights by hand, adding to 1 within a code", {
  d <- data.frame(a = c(1, 1, 1, 0), b = c(1, 0, 0, 0), c = c(1, 1, 0, 0),
                  d = c(1, 0, 0, 0))
  w <- relevance_weights(relevance(d, items), map)
  # i1: mean of 3/4 and 1/4; i2: 1/2.
  expect_identical(names(w), c("i1", "i2", "i3"))
  expect_equal(as.double(w), c(0.5, 0.5, 1))
  expect_equal(rowSums(vcov(w)), c(i1 = 0, i2 = 0, i3 = 0))
  expect_equal(vcov(w)["i3", "i3"], 0)
})

test_that("the covariance is the numerical delta method's", {
  d <- make_respondents()
  r <- relevance(d, items)
  w <- relevance_weights(r, map)
  as_weights <- function(p) {
    v <- c(mean(p[1:2]), p[3], p[4])
    c(v[1:2] / sum(v[1:2]), 1)
  }
  h <- 1e-6
  jacobian <- vapply(1:4, \(k) {
    up <- down <- r$estimate
    up[k] <- up[k] + h
    down[k] <- down[k] - h
    (as_weights(up) - as_weights(down)) / (2 * h)
  }, numeric(3))
  v <- jacobian %*% get_fit(r)$within[[1]] %*% t(jacobian)
  expect_equal(unname(vcov(w)), v, tolerance = 1e-7)
})

test_that("the covariance is that of repeated surveys", {
  skip_on_cran()
  draws <- withr::with_seed(2, replicate(2000, {
    liking <- rnorm(300)
    x <- vapply(c(0.6, 0.5, 0.4, 0.3), \(p) {
      as.integer(qnorm(p) + liking / 2 + rnorm(300) * sqrt(3) / 2 > 0)
    }, integer(300))
    colnames(x) <- items
    w <- relevance_weights(relevance(as.data.frame(x), items), map)
    c(w[["i1"]], vcov(w)["i1", "i1"])
  }))
  expect_equal(mean(draws[2, ]), var(draws[1, ]), tolerance = 0.1)
})

test_that("codes come from the items when the map names none", {
  d <- make_respondents()
  codes <- c(a = "x", b = "x", c = "x", d = "y")
  r <- relevance(d, items, item_codes = codes)
  expect_equal(relevance_weights(r, map[1:2]), {
    w <- relevance_weights(r, map)
    attr(w, "code") <- c("x", "x", "y")
    w
  })
  expect_equal(sum(relevance_weights(relevance(d, items), map[1:2])), 1)
})

test_that("from counts the shares count as uncorrelated, and it says so", {
  x <- relevance_counts(data.frame(item = c("a", "b"), count = c(30, 20)),
                        n = 60)
  two <- data.frame(item = c("a", "b"), indicator = c("i", "j"))
  expect_message(w <- relevance_weights(x, two),
                 class = "nidcode_message_needs_respondents")
  v <- c(0.5 * 0.5, 1 / 3 * 2 / 3) / 60
  s <- 5 / 6
  # dw/da = b/s^2, dw/db = -a/s^2
  expect_equal(vcov(w)[1, 1], (v[1] / 9 + v[2] / 4) / s^4)
  # One answer each: the multinomial covariance is known.
  x <- relevance_counts(data.frame(item = c("a", "b"), count = c(30, 20)),
                        n = 60, exclusive = TRUE)
  expect_silent(w <- relevance_weights(x, two))
  # Of those 50, 30 chose a: a binomial share.
  expect_equal(vcov(w)[1, 1], 0.6 * 0.4 / 50)
})

weight_variance <- function(...) rowSums(weight_loadings(...)^2)

test_that("the weight variance of a code by the gradient of the page", {
  # D = sum w z / sum w at z = (2, 5, 1): dD/dw_k = (z_k - D)/sum w.
  w <- relevance_weights(relevance(make_respondents(), items),
                         transform(map, code = "one"))
  z <- c(i1 = 2, i2 = 5, i3 = 1)
  d <- sum(w * z) / sum(w)
  got <- weight_variance((z - d) / sum(w), vcov(w))
  h <- 1e-6
  numeric <- vapply(1:3, \(k) {
    up <- as.double(w)
    up[k] <- up[k] + h
    (sum(up * z) / sum(up) - d) / h
  }, numeric(1))
  expect_equal(got, drop(numeric %*% vcov(w) %*% numeric), tolerance = 1e-5)
  # Rows at once; columns by name; indicators without error add nothing.
  grad <- rbind((z - d) / sum(w), 0)
  grad <- cbind(other = 7, grad[, 3:1])
  expect_equal(weight_variance(grad, vcov(w)), c(got, 0))
})

test_that("a scheme takes them by name and keeps the covariance", {
  w <- relevance_weights(relevance(make_respondents(), items), map)
  s <- code_scheme(c("i3", "i1", "i2"), c("social", "production",
                                          "production"), weight = w)
  expect_equal(s$weight, as.double(w)[c(3, 1, 2)])
  expect_equal(attr(s, "vcov"), vcov(w))
})

test_that("joining and choosing keep the covariance", {
  w <- relevance_weights(relevance(make_respondents(), items), map)
  both <- c(w, other = 2)
  expect_s3_class(both, "nid_weights")
  expect_identical(both[["other"]], 2)
  expect_equal(vcov(both)["i1", "i2"], vcov(w)["i1", "i2"])
  expect_identical(unname(vcov(both)["other", ]), rep(0, 4))
  expect_equal(vcov(w["i2"])[1], vcov(w)["i2", "i2"])
  expect_output(print(w), "standard errors")
})

test_that("maps that do not fit are refused", {
  r <- relevance(make_respondents(), items)
  expect_error(relevance_weights(r, data.frame(item = "z", indicator = "i")),
               class = "nidcode_error_argument")
  expect_error(relevance_weights(r, map["item"]),
               class = "nidcode_error_no_column")
  split <- transform(map, code = c("x", "y", "x", "x"))
  expect_error(relevance_weights(r, split), class = "nidcode_error_argument")
  d <- data.frame(a = 0, b = 0, c = 1, d = 1)
  expect_error(relevance_weights(relevance(d, items), map[c(1, 2, 4), ]),
               class = "nidcode_error_weights")
  by <- relevance(make_respondents(), items, by = "who")
  expect_error(relevance_weights(by, map), class = "nidcode_error_argument")
})

# --- carried into Code NID --------------------------------------------------

# A seeded panel and weights with a covariance for its six indicators.
weighted_panel <- function(rate, missing = "constant", holes = TRUE,
                           normalise = "zscore") {
  made <- random_panel(5, holes = holes)
  scheme <- made$scheme
  n <- length(scheme$indicator)
  w <- new_nid_weights(
    scheme$weight,
    crossprod(matrix(withr::with_seed(1, rnorm(n * n)), n)) / 100,
    scheme$indicator, scheme$code)
  build <- function(weight) {
    code_scheme(scheme$indicator, scheme$code, scheme$direction,
                weight = weight)
  }
  fit <- function(weight) {
    panel <- code_panel(made$data, build(weight), index = names(made$data)[1:2],
                        status = if (any(grepl("_status$", names(made$data)))) {
                          "_status"
                        })
    suppressMessages(suppressWarnings(dynamic_codes(
      defining_codes(panel, normalise = normalise, missing = missing),
      rate)))
  }
  list(w = w, fit = fit, plain = as.double(w))
}

nid_of <- function(rates, tuning = NULL, ...) {
  if (!is.null(tuning)) {
    fit <- attr(rates, "fit")
    fit$tuning <- tuning
    attr(rates, "fit") <- fit
  }
  suppressMessages(suppressWarnings(basic_code(rates, ...)))
}

test_that("the gradient is the numerical derivative, given the tuning", {
  for (rate in list(rate_spline(), rate_local(7), rate_spline(lambda = 0.01))) {
    for (missing in c("constant", "available")) {
      case <- weighted_panel(rate, missing)
      base <- case$fit(case$w)
      tuning <- freeze_fit(attr(base, "fit"))$tuning
      with_error <- nid_of(base, measure = "integral")
      without <- nid_of(case$fit(case$plain), measure = "integral")
      expect_equal(with_error$estimate, without$estimate)
      h <- 1e-5
      numeric <- vapply(seq_along(case$plain), \(k) {
        up <- down <- case$plain
        up[k] <- up[k] + h
        down[k] <- down[k] - h
        (nid_of(case$fit(up), tuning, measure = "integral")$estimate -
            nid_of(case$fit(down), tuning, measure = "integral")$estimate) /
          (2 * h)
      }, numeric(nrow(with_error)))
      extra <- rowSums((numeric %*% vcov(case$w)) * numeric)
      known <- !is.na(without$std.error)
      expect_gt(min(extra[known]), 0)
      expect_equal((with_error$std.error^2 - without$std.error^2)[known],
                   extra[known], tolerance = 1e-4)
    }
  }
})

test_that("weights without error, and rates without, change nothing", {
  case <- weighted_panel(rate_spline())
  certain <- case$w
  attr(certain, "vcov")[] <- 0
  expect_identical(as.data.frame(nid_of(case$fit(certain))),
                   as.data.frame(nid_of(case$fit(case$plain))))
  case <- weighted_panel(rate_difference())
  expect_true(all(is.na(nid_of(case$fit(case$w))$std.error)))
})

test_that("scaling all weights of a code carries no error", {
  # A code does not change if its weights grow together.
  case <- weighted_panel(rate_spline())
  together <- case$w
  same <- outer(attr(case$w, "code"), attr(case$w, "code"), `==`)
  attr(together, "vcov")[] <- outer(case$plain, case$plain) * same / 10
  got <- nid_of(case$fit(together))
  plain <- nid_of(case$fit(case$plain))
  expect_equal(got$std.error, plain$std.error, tolerance = 1e-6)
})

test_that("the path carries it too and ends at the code", {
  case <- weighted_panel(rate_spline())
  rates <- case$fit(case$w)
  path <- suppressMessages(suppressWarnings(code_path(rates)))
  last <- !duplicated(path[[1]], fromLast = TRUE)
  basic <- nid_of(rates)
  there <- basic$n.terms > 0
  expect_equal(path$std.error[last], basic$std.error[there],
               tolerance = 1e-8)
  plain <- suppressMessages(suppressWarnings(code_path(case$fit(case$plain))))
  expect_true(all(path$std.error >= plain$std.error - 1e-12, na.rm = TRUE))
})

# --- shared by regions ------------------------------------------------------

# Regions of curves a s^2 and b s^2 over s = 0..11 in two indicators of one
# code: Code NID of differences is 10 terms of 2 (w1 a + w2 b)/(w1 + w2).
shared_model <- function(a, b, w, rate = rate_difference(sd = 1e-6), ...) {
  region <- sprintf("r%d", seq_along(a))
  d <- data.frame(region = rep(region, each = 12), year = rep(2005:2016,
                                                              length(a)))
  s <- d$year - 2005
  d$x1 <- rep(a, each = 12) * s^2
  d$x2 <- rep(b, each = 12) * s^2
  scheme <- code_scheme(c("x1", "x2"), "social", weight = w,
                        codes = nid_codes()[3, ])
  code_model(d, scheme, index = c("region", "year"), normalise = "none",
             rate = rate, ...)
}

two_weights <- function() {
  counts <- relevance_counts(data.frame(item = c("a", "b"), count = c(12, 9),
                                        n = 20))
  suppressMessages(relevance_weights(
    counts, data.frame(item = c("a", "b"), indicator = c("x1", "x2"))))
}

test_that("regions share the errors of the weights, by hand", {
  w <- two_weights()
  a <- c(3, 3.1, 1)
  b <- c(-1, -0.9, 1)
  m <- shared_model(a, b, w)
  p <- as.double(w)
  d <- (p[1] * a + p[2] * b) / sum(p)
  expect_equal(m$basic$estimate, 20 * d)
  g <- 20 * cbind(a - d, b - d) / sum(p)
  shared <- g %*% vcov(w) %*% t(g)
  expect_equal(unname(vcov(m)), unname(shared), tolerance = 1e-8)
  expect_equal(sqrt(diag(vcov(m))), m$basic$std.error,
               ignore_attr = TRUE)
  expect_identical(rownames(vcov(m)), c("r1", "r2", "r3"))
  expect_gt(min(eigen(vcov(m))$values), -1e-10)
  # The third has the same curve in both: no weights can move it.
  expect_lt(max(abs(vcov(m)[3, ])), 1e-8)
  # The second is above the first under any weights, whatever their error.
  k <- region_ranks(m)
  expect_identical(k$rank.low[match(c("r2", "r1"), k$region)],
                   k$rank.high[match(c("r2", "r1"), k$region)] - 1L)
  pair <- region_ranks(shared_model(a[1:2], b[1:2], w))
  expect_identical(pair$region, c("r2", "r1"))
  expect_identical(pair$rank.low, 1:2)
  expect_identical(pair$rank.high, 1:2)
  expect_match(format(attr(pair, "spec")), "share the errors of the weights",
               fixed = TRUE)
})

test_that("the variance of a difference is that of drawn weights", {
  w <- two_weights()
  attr(w, "vcov")[] <- matrix(c(4, 1, 1, 9), 2) * 1e-6
  a <- c(3.2, 2, 1)
  b <- c(-1, 0.5, 2)
  m <- shared_model(a, b, w)
  drawn <- with_stream(41, {
    e <- matrix(rnorm(2 * 40000), ncol = 2) %*% chol(vcov(w))
    p <- t(as.double(w) + t(e))
    20 * (p[, 1] %o% a + p[, 2] %o% b) / rowSums(p)
  })
  v <- vcov(m)
  for (pair in list(1:2, c(1, 3), 2:3)) {
    i <- pair[1]
    j <- pair[2]
    want <- var(drawn[, i] - drawn[, j])
    expect_equal(v[i, i] + v[j, j] - 2 * v[i, j], want,
                 tolerance = 4.5 * sqrt(2 / 40000))
    shared <- basic_law(m$basic)$shared
    expect_equal(sum((shared[i, ] - shared[j, ])^2), want, tolerance = 4.5 * sqrt(2 / 40000))
  }
})

test_that("twins have a difference without error from the weights", {
  w <- two_weights()
  m <- shared_model(c(3, 3, 2), c(-1, -1, 0.3), w, rate_difference(sd = 2))
  law <- basic_law(m$basic)
  expect_identical(law$shared[1L, ], law$shared[2L, ])
  # What is their own stays: no order of the twins at any level.
  k <- region_ranks(m, conf_level = 0.5)
  expect_identical(sort(k$rank[k$region != "r3"]), c(1L, 1L))
  # Ranks of every pair by the formula of the page.
  p <- vcov(m)
  z <- stats::qnorm(0.9)
  for (i in 1:3) {
    se <- sqrt(p[i, i] + diag(p) - 2 * p[i, ])
    gap <- m$basic$estimate - m$basic$estimate[i]
    row <- region_ranks(m, 0.8)
    at <- match(m$basic$region[i], row$region)
    expect_identical(row$rank.low[at], 1L + sum(gap > z * se + 1e-9))
    expect_identical(row$rank.high[at], 3L - sum(gap < -z * se - 1e-9))
  }
})

test_that("without weights that are estimates regions are independent", {
  m <- shared_model(c(3, 2), c(-1, 0), c(0.6, 0.45), rate_difference(sd = 2))
  expect_identical(unname(vcov(m)), diag(m$basic$std.error^2))
  expect_null(basic_law(m$basic)$shared)
})

test_that("shared errors want the table as the verb gave it", {
  b <- shared_model(c(3, 2), c(-1, 0), two_weights())$basic
  changed <- tibble::add_column(b, more = 1)
  skip_if_not(inherits(changed, "nid_basic"))
  expect_error(region_ranks(changed), class = "nidcode_error_needs_fit")
})
