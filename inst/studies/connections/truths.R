# The truths of the study of connections: each draws n x region x 3 values of
# three codes, whose shocks have the correlation `rho` two by two. Chosen before
# any result was seen.

shocks <- function(n, regions, rho) {
  root <- chol(matrix(rho, 3, 3) + diag(1 - rho, 3))
  array(matrix(stats::rnorm(3 * n * regions), ncol = 3) %*% root,
        c(n, regions, 3))
}

# A step after the other along the first dimension; started as it goes on.
walk_of <- function(x, phi = 1) {
  if (phi < 1) x[1, , ] <- x[1, , ] / sqrt(1 - phi^2)
  for (i in seq_len(dim(x)[1])[-1]) {
    x[i, , ] <- phi * x[i - 1, , ] + x[i, , ]
  }
  x
}

# A trend of each region and code.
trends <- function(n, regions) {
  array(outer(seq_len(n), stats::rnorm(3 * regions)), c(n, regions, 3))
}

truths <- list(
  noise = shocks,
  walk = function(n, regions, rho) {
    walk_of(shocks(n, regions, rho)) + trends(n, regions) / 2
  },
  "ar8 with trends" = function(n, regions, rho) {
    walk_of(shocks(n, regions, rho), 0.8) + trends(n, regions)
  },
  # One walk of each code that all regions share, as strong as their own.
  factor = function(n, regions, rho) {
    common <- walk_of(shocks(n, 1L, rho))
    walk_of(shocks(n, regions, rho)) +
      common[, rep(1L, regions), , drop = FALSE]
  },
  # The first two codes have the third in common and nothing else.
  third = function(n, regions, rho) {
    x <- shocks(n, regions, 0)
    x[, , 1] <- x[, , 1] + x[, , 3]
    x[, , 2] <- x[, , 2] + x[, , 3]
    walk_of(x)
  }
)
