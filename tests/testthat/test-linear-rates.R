# The batch of linear rates: many series on many grids are what each grid's
# operator gives its series, for any number of threads.

ragged_series <- function(series = 40L) {
  size <- c(0L, 1L, 2L, 3L, 7L, 12L)
  time <- lapply(size, \(n) cumsum(stats::runif(n, 0.3, 2)))
  step <- lapply(size, \(n) replace(integer(n), if (n > 5L) 4L, 1L))
  grid <- sample(length(size), series, TRUE)
  list(grids = list(offset = c(0L, cumsum(size)), time = unlist(time),
                    step = unlist(step)),
       size = size, grid = grid,
       values = stats::rnorm(sum(size[grid]), 50))
}

linear_kinds <- function(size) {
  window <- list(kind = "local", span = 5L, width = 0, degree = 2L,
                 kernel = "tricube", shift = TRUE, steps = FALSE)
  list(list(kind = "difference"), list(kind = "central"), window,
       replace(window, "steps", TRUE),
       replace(window, "shift", FALSE),
       list(kind = "custom", matrices = lapply(size, \(n) {
         list(replace(diag(n), seq_len(n > 2L), NA), matrix(1, n, n))
       })))
}

test_that("series are multiplied with the operators of their grids", {
  withr::local_seed(31)
  x <- ragged_series()
  of <- rep(seq_along(x$grid), x$size[x$grid])
  y <- split(x$values, factor(of, seq_along(x$grid)))
  for (rate in linear_kinds(x$size)) {
    local <- rate$kind == "local"
    sd <- if (!local) stats::runif(length(x$values))
    each <- split(c(sd, numeric())[seq_along(of)], factor(of, seq_along(y)))
    for (order in 0:2) {
      fit <- linear_rates_cpp(x$values, x$grid, x$grids, rate, order, list(),
                              c(sd, numeric()), 1L)
      op <- lapply(seq_along(x$size), linear_operator_cpp, grids = x$grids,
                   rate = rate, order = order)[x$grid]
      expect_equal(fit$estimate[, 1],
                   unlist(Map(\(m, v) drop(m %*% v), op, y)),
                   tolerance = 1e-11)
      error <- if (local) {
        Map(\(m, s) sqrt(rowSums(m^2)) * s, op, fit$sigma)
      } else {
        Map(\(m, s) sqrt(drop(m^2 %*% s^2)), op, each)
      }
      expect_equal(fit$std.error[, 1], unlist(error), tolerance = 1e-11)
    }
  }
})

test_that("sums are those of the rates, and threads change no bit", {
  withr::local_seed(32)
  x <- ragged_series(9000L)
  k <- c(2L, 0L, 1L, 2L, 1L, 3L)
  weight <- stats::rnorm(sum(k * x$size))
  at <- split(weight, factor(rep(seq_along(k), k * x$size), seq_along(k)))
  for (rate in linear_kinds(x$size)) {
    rows <- linear_sums_cpp(x$grids, rate, weight, k, 1L)
    fits <- lapply(1:2, \(threads) {
      out <- linear_rates_cpp(x$values, x$grid, x$grids, rate, 1L, rows, 1,
                              threads)
      out[names(out) != "asked"]
    })
    expect_identical(fits[[1]], fits[[2]])
    op <- lapply(seq_along(k), linear_operator_cpp, grids = x$grids,
                 rate = rate, order = 1L)
    sums <- Map(\(g, v) {
      w <- matrix(at[[g]], x$size[g], k[g])
      drop(crossprod(w, op[[g]]) %*% v)
    }, x$grid, split(x$values, factor(rep(seq_along(x$grid), x$size[x$grid]),
                                      seq_along(x$grid))))
    expect_equal(fits[[1]]$sum.estimate, unlist(sums), tolerance = 1e-9)
  }
})
