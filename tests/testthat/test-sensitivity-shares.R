# Shares of variance against functions whose shares are known.

# A function of independent uniforms through the package's own designs.
shares_of <- function(f, d, n, m, level = 0.95) {
  with_stream(7, {
    u <- matrix(runif((n + m) * d), n + m)
    design <- share_design(n, m, d)
    at <- vapply(seq_len(d), \(j) u[design$pick[, j], j],
                 numeric(nrow(design$pick)))
    estimate_shares(matrix(f(at), 1L), design, level, pool = FALSE)[[1L]]
  })
}

expect_shares <- function(law, first, total, shapley = NULL) {
  d <- length(first)
  known <- c(first, total, shapley)
  at <- seq_along(known)
  se <- pmax(law$se[at], 1e-12)
  expect_true(all(abs(law$estimate[at] - known) <= 3 * se),
              info = paste(round((law$estimate[at] - known) / se, 1),
                           collapse = " "))
  expect_equal(sum(law$estimate[2L * d + seq_len(d)]), 1)
}

test_that("Ishigami's function has its known shares", {
  ishigami <- function(u) {
    x <- pi * (2 * u - 1)
    sin(x[, 1L]) + 7 * sin(x[, 2L])^2 + 0.1 * x[, 3L]^4 * sin(x[, 1L])
  }
  v1 <- (1 + 0.1 * pi^4 / 5)^2 / 2
  v2 <- 49 / 8
  v13 <- 0.01 * pi^8 * (1 / 18 - 1 / 50)
  v <- v1 + v2 + v13
  expect_shares(shares_of(ishigami, 3L, 2000L, 2000L),
                c(v1, v2, 0) / v, c(v1 + v13, v2, v13) / v,
                c(v1 + v13 / 2, v2, v13 / 2) / v)
})

sobol_g <- function(a) {
  part <- 1 / (3 * (1 + a)^2)
  all <- prod(1 + part) - 1
  list(f = \(u) apply((abs(4 * u - 2) + rep(a, each = nrow(u))) /
                        rep(1 + a, each = nrow(u)), 1L, prod),
       first = part / all,
       total = vapply(seq_along(a), \(j) part[j] * prod(1 + part[-j]), 1) /
         all)
}

test_that("so has Sobol's g, by subsets and by walks", {
  few <- sobol_g(c(0, 1, 4.5, 9))
  expect_shares(shares_of(few$f, 4L, 2000L, 2000L), few$first, few$total)
  many <- sobol_g(c(0, 1, 4.5, 9, 99, 99, 99, 99, 99))
  expect_shares(shares_of(many$f, 9L, 3000L, 3000L), many$first, many$total)
})

test_that("of a sum first, total and Shapley are one", {
  a <- c(3, 2, 1)
  law <- shares_of(\(u) drop(u %*% a), 3L, 500L, 500L)
  x <- matrix(law$estimate, 3L)
  expect_equal(x[, 1L], x[, 2L])
  expect_equal(x[, 1L], x[, 3L])
  expect_true(all(abs(x[, 1L] - a^2 / 14) <= 3 * law$se[1:3]))
  known <- c(a^2 / 14, numeric(6))
  walk <- shares_of(\(u) drop(u[, 1:3] %*% a), 9L, 4000L, 4000L)
  expect_shares(walk, known, known, known)
  expect_equal(matrix(walk$estimate, 9L)[4:9, 2L], numeric(6))
})

# Plain loops over subsets and combinations.
brute_shares <- function(f, prob) {
  d <- length(prob)
  levels <- as.matrix(expand.grid(lapply(lengths(prob), seq_len)))
  p <- apply(levels, 1L, \(l) prod(mapply(\(q, k) q[k], prob, l)))
  closed <- function(set) {
    key <- if (length(set) == 0L) rep("", nrow(levels)) else
      do.call(paste, as.data.frame(levels[, set, drop = FALSE]))
    mean <- tapply(p * f, key, sum) / tapply(p, key, sum)
    sum(tapply(p, key, sum) * (mean - sum(p * f))^2)
  }
  all <- closed(seq_len(d))
  one <- function(j) {
    rest <- setdiff(seq_len(d), j)
    sets <- unlist(lapply(0:length(rest), \(k) {
      if (k == 0L) list(integer()) else
        lapply(seq_len(choose(length(rest), k)), \(i) {
          rest[combn(length(rest), k)[, i]]
        })
    }), recursive = FALSE)
    shapley <- sum(vapply(sets, \(s) {
      (closed(c(s, j)) - closed(s)) / (d * choose(d - 1, length(s)))
    }, 1))
    c(closed(j), all - closed(rest), shapley) / all
  }
  as.vector(t(vapply(seq_len(d), one, numeric(3))))
}

test_that("all levels together give exact shares", {
  with_stream(3, {
    prob <- lapply(c(3L, 2L, 4L), \(k) {
      p <- runif(k)
      p / sum(p)
    })
    f <- matrix(rnorm(48), 2L)
  })
  law <- exact_shares(f, prob, pool = TRUE)
  for (r in 1:2) {
    expect_equal(law[[r]]$estimate, brute_shares(f[r, ], prob))
    expect_true(all(is.na(law[[r]]$se)))
  }
  # A factor of one level, or of no probability but one, has no share.
  f <- matrix(c(1, 2, 4, 9), 1L)
  x <- exact_shares(f, list(1, c(0.5, 0.5), c(0.5, 0.5)))[[1L]]$estimate
  expect_identical(x[c(1L, 4L, 7L)], c(0, 0, 0))
  x <- exact_shares(f, list(c(1, 0), c(0.5, 0.5)))[[1L]]$estimate
  expect_equal(x, c(0, 1, 0, 1, 0, 1))
  # Nothing moves: no shares.
  even <- c(0.5, 0.5)
  still <- exact_shares(matrix(1, 1, 4), list(even, even))[[1L]]
  expect_true(all(is.na(still$estimate)))
})

test_that("subsets add up whatever the numbers", {
  f <- with_stream(2, matrix(rnorm(5 * 16), 5L))
  t <- total_variances(f)
  # By loops: half the mean square over pairs that differ in a subset.
  for (s in 0:15) {
    pair <- bitwXor(0:15, s) + 1L
    expect_equal(t[, s + 1L], rowMeans((f - f[, pair])^2) / 2)
  }
  x <- t %*% subset_sums(4L)
  expect_equal(rowSums(x[, 9:12]), x[, 13L])
  expect_equal(x[, 13L], t[, 16L])
})
