# What the C++ core of the smoothing spline takes and gives, in R's terms.
# Internal; rate_spline() and the formulas build on these functions.

# Fits all series of a bundle under rate_spline(). `want`: list(orders, sums,
# new): orders at the observed times; sums = list(weight, k, order), flat n x k
# weights grid after grid, for the k sums sum_i weight[i, ] * (derivative of
# that order at the i-th time); new = list(time = one vector a grid, orders) for
# other times. Under a tuning (a column a series) nothing is estimated.
spline_fit <- function(series, want, keep = character(),
                       threads = get_threads()) {
  args <- series$rate$args
  frozen <- series$tuning
  mode <- if (!is.null(frozen)) {
    "frozen"
  } else if (!is.null(args$df)) {
    "df"
  } else if (is.numeric(args$lambda)) {
    "lambda"
  } else {
    args$lambda
  }
  fit <- spline_fit_cpp(
    # as.double() copies a matrix, however large.
    if (is.double(series$value)) series$value else as.double(series$value),
    as.integer(series$of), kernel_grids(series$pool),
    kernel_wants(want, identical(args$second, "step")),
    list(m = args$m, mode = mode,
         value = as.double(c(args$df, if (mode == "lambda") args$lambda,
                             0)[1L]),
         weights = frozen$weight %||% matrix(0, 0, 0),
         lambda = frozen$lambda %||% matrix(0, 0, 0),
         rounding = as.double(series$rounding)),
    keep, threads
  )
  fit$df[fit$df == 0L] <- NA_integer_
  fit
}

kernel_grids <- function(pool) {
  list(time = pool$time, step = pool$step, size = pool_sizes(pool))
}

# `steps`: order 2 at the observed times is the change of V over a step.
kernel_wants <- function(want, steps) {
  list(orders = as.integer(want$orders), steps = steps,
       new_orders = as.integer(want$new$orders),
       new_time = as.double(unlist(want$new$time)),
       new_size = lengths(want$new$time, use.names = FALSE),
       sum_order = as.integer(c(want$sums$order, 2L)[1L]),
       sum_weight = as.double(want$sums$weight),
       sum_size = as.integer(want$sums$k))
}

# The tuning of a fit, to freeze it: weights over lambda of every series (the
# average; keep = "weight"), or its one lambda. On another grid of times give
# `lambda` too, in that grid's scale: lambda * (new span / old)^(2 m - 1).
spline_tuning <- function(fit) {
  if (length(fit$weight) > 0) {
    return(list(weight = fit$weight))
  }
  lambda <- t(exp(fit$series$log.lambda))
  list(weight = 1 + 0 * lambda, lambda = lambda)
}

# The pieces of one grid for derivatives `order` at times `at`: given lambda,
# with s = lambda e / (1 + lambda e) and z = t(directions) y, a functional has
#   mean        rho (t(polynomial) y) + phi (s * z)
#   covariance  sigma^2 (rho rho' + phi diag(s) phi' + lambda kriging).
spline_pieces <- function(time, order, at, step = NULL, m = 3) {
  if (is.null(step)) step <- rep(FALSE, length(time))
  spline_pieces_cpp(as.double(time), as.integer(step), as.integer(m),
                    as.integer(order), as.double(at))
}

# Those of grid g of a bundle, for the derivatives `orders` at its own times.
grid_pieces <- function(series, g, orders) {
  one <- pool_take(series$pool, g)
  n <- length(one$time)
  steps <- series$rate$facts$steps & orders == 2L
  own <- replace(orders, steps, 1L)
  out <- spline_pieces(one$time, rep(own, each = n),
                       rep(one$time, length(orders)), one$step > 0L,
                       series$rate$args$m)
  if (any(steps)) change_pieces(out, one$time, steps) else out
}

# Those of V to those of its change over each step, 0 at the first time.
change_pieces <- function(pieces, time, steps) {
  n <- length(time)
  change <- diag(0, n)
  change[-1L, ] <- diff(diag(n)) / diff(time)
  map <- diag(n * length(steps))
  for (k in which(steps)) {
    at <- (k - 1L) * n + seq_len(n)
    map[at, at] <- change
  }
  for (name in c("rho", "phi")) pieces[[name]] <- map %*% pieces[[name]]
  pieces$level <- as.vector(map %*% pieces$level)
  pieces$kriging <- map %*% tcrossprod(pieces$kriging, map)
  pieces
}
