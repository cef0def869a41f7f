# The kernels against plain R.

random_ticks <- function(n, p, seed) {
  withr::with_seed(seed, {
    matrix(sample(c(0L, 1L, NA), n * p, TRUE, c(0.5, 0.4, 0.1)), n, p)
  })
}

test_that("pairs are counted as crossprod() counts them", {
  for (n in c(1, 63, 64, 65, 130, 1000)) {
    x <- random_ticks(n, 5, n)
    group <- rep(c(0L, 1L, -1L, 0L), length.out = n)
    got <- count_pairs_cpp(x, group, 2L, 4L, 1L)
    for (g in 1:2) {
      part <- x[group == g - 1L, , drop = FALSE]
      a <- !is.na(part)
      t <- a & part == 1L
      t[is.na(t)] <- FALSE
      full <- rowSums(!a[, 1:4, drop = FALSE]) == 0
      expect_identical(got[[g]]$both, crossprod(a) + 0)
      expect_identical(got[[g]]$ticked, crossprod(t) + 0)
      expect_identical(got[[g]]$first, crossprod(t, a) + 0)
      expect_identical(got[[g]]$complete,
                       crossprod(t[full, , drop = FALSE]) + 0)
      expect_identical(got[[g]]$n_complete, as.double(sum(full)))
    }
  }
})

test_that("one thread and two give the same counts", {
  x <- random_ticks(500, 9, 3)
  group <- rep(0:1, 250)
  expect_identical(count_pairs_cpp(x, group, 2L, 9L, 1L),
                   count_pairs_cpp(x, group, 2L, 9L, 2L))
})

test_that("nothing in, nothing out", {
  none <- matrix(0L, 0, 3)
  got <- count_pairs_cpp(none, integer(), 1L, 3L, 1L)
  expect_identical(got[[1]]$both, matrix(0, 3, 3))
  expect_identical(got[[1]]$n_complete, 0)
  expect_identical(count_pairs_cpp(none, integer(), 0L, 3L, 1L), list())
  got <- weighted_shares_cpp(none, numeric(), integer(), 1L, integer(),
                             integer(), numeric())
  expect_true(all(is.nan(got$estimate)))
  got <- count_pairs_cpp(matrix(0L, 3, 0), rep(0L, 3), 1L, 0L, 1L)
  expect_identical(dim(got[[1]]$both), c(0L, 0L))
})

test_that("misuse throws instead of reading out of bounds", {
  x <- random_ticks(10, 2, 1)
  expect_error(count_pairs_cpp(x, rep(2L, 10), 2L, 2L, 1L), "no bin")
  expect_error(count_pairs_cpp(x, 0L, 1L, 2L, 1L), "each row")
  w <- rep(1, 10)
  g <- rep(0L, 10)
  expect_error(weighted_shares_cpp(x, w, g, 1L, 0:9, c(0:8, 5L), 1),
               "stratum by stratum")
  expect_error(weighted_shares_cpp(x, w, g, 1L, rep(10L, 10), rep(0L, 10), 1),
               "no unit")
  expect_error(weighted_shares_cpp(x, w[-1], g, 1L, 0:9, rep(0L, 10), 1),
               "each row")
})

test_that("weighted shares and covariance are the formula written out", {
  n <- 60
  x <- random_ticks(n, 3, 5)
  w <- withr::with_seed(1, runif(n))
  psu <- rep(0:19, each = 3)
  stratum <- rep(0:3, each = 5)
  group <- rep(c(0L, 1L, 1L, -1L), 15)
  remains <- c(1, 0.5, 0.9, 1)
  got <- weighted_shares_cpp(x, w, group, 2L, psu, stratum, remains)
  z <- lapply(0:1, \(g) {
    inside <- group == g
    vapply(1:3, \(i) {
      a <- inside & !is.na(x[, i])
      p <- sum(w[a] * x[a, i]) / sum(w[a])
      expect_equal(got$estimate[i, g + 1], p, tolerance = 1e-14)
      out <- numeric(n)
      out[a] <- w[a] * (x[a, i] - p) / sum(w[a])
      out
    }, numeric(n))
  })
  total <- rowsum(cbind(z[[1]], z[[2]]), psu)
  v <- 0
  for (h in 0:3) {
    part <- total[stratum == h, ]
    part <- sweep(part, 2, colMeans(part))
    v <- v + remains[h + 1] * 5 / 4 * crossprod(part)
  }
  expect_equal(got$within[[1]], unname(v[1:3, 1:3]), tolerance = 1e-12)
  expect_equal(got$within[[2]], unname(v[4:6, 4:6]), tolerance = 1e-12)
  for (i in 1:3) {
    expect_equal(got$across[[i]], unname(v[c(i, i + 3), c(i, i + 3)]),
                 tolerance = 1e-12)
  }
})
