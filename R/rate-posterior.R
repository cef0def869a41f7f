# The joint posterior of one code's rates over the times of each series: what
# simulate() draws from and simultaneous intervals are read off.

# A stream of random numbers of our own; the caller's is as if nothing had
# happened.
with_own_stream <- function(seed, code) {
  old <- get0(".Random.seed", globalenv(), inherits = FALSE)
  kind <- RNGkind()
  on.exit(
    if (is.null(old)) {
      suppressWarnings(do.call(RNGkind, as.list(kind)))
      rm(".Random.seed", envir = globalenv())
    } else {
      assign(".Random.seed", old, envir = globalenv())
    }
  )
  set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion",
           sample.kind = "Rejection")
  force(code)
}

# The series of one code, laid one behind the other: values, panel `row` of
# each, `region` and `grid` of each series, where it starts, its pool of grids.
# Where breaks split a spline every segment is a series of its own.
posterior_series <- function(fit, i) {
  s <- series_values(fit, i)
  grids <- fit$codes[[i]]$grids
  grids <- grids_seen(grids, fit$breaks)
  row <- if (is.null(s$rows)) seq_along(s$value) else s$rows
  out <- list(value = s$value, row = row, region = s$series, grid = s$grid,
              grids = grids, sd = s$sd)
  count <- segment_counts(fit, grids)
  if (any(count > 1L)) {
    parts <- split_pool(grids)
    before <- cumsum(count) - count
    out$grid <- sequence(count[s$grid], from = before[s$grid] + 1L)
    out$region <- rep(s$series, count[s$grid])
    out$grids <- parts$pool
  }
  size <- pool_sizes(out$grids)[out$grid]
  out$size <- size
  out$start <- cumsum(size) - size
  out
}

# Frame of grid g in a pool.
pool_grid <- function(grids, g) {
  at <- seq.int(grids$offset[g] + 1L, length.out = grids$offset[g + 1L] -
                  grids$offset[g])
  list(time = grids$time[at],
       step = if (length(grids$step)) grids$step[at] > 0L else
         logical(length(at)))
}

# The pool of grid g alone.
one_grid <- function(grids, g) {
  one <- pool_grid(grids, g)
  list(offset = c(0L, length(one$time)), time = one$time,
       step = as.integer(one$step))
}

# Adds to the series of a spline the weights over lambda and the coefficients.
spline_posterior <- function(fit, i, series = posterior_series(fit, i)) {
  r <- evaluate_series(fit, i, series, keep = c("weight", "z", "shrink"))$fit
  tuning <- series_tuning(fit, i, series) %||% spline_tuning(r)
  c(series, list(z = as.double(r$z), shrink = as.double(r$shrink),
                 weight = tuning$weight, lambda = tuning$lambda,
                 sigma = r$series$sigma, stats = r$series,
                 df = as.double(r$df)[series$grid]))
}

# Calls visit(pieces, b, z, tick) for each grid with an error, for the derivatives
# `order` at its own times: b the numbers of its series, z their coefficients,
# one column a series. The visitor calls tick() after each series.
visit_grids <- function(fit, post, order, what, visit) {
  bar <- start_bar(what, length(post$grid))
  tick <- function() tick_bar(bar)
  free <- integer(length(post$grid))
  pieces <- vector("list", length(post$grids$offset) - 1L)
  used <- sort(unique(post$grid))
  for (g in used) {
    one <- pool_grid(post$grids, g)
    n <- length(one$time)
    pieces[[g]] <- spline_pieces(one$time, rep(order, each = n),
                                 rep(one$time, length(order)), one$step,
                                 fit$rate$args$m)
  }
  r <- vapply(pieces[used], function(p) length(p$e), 1L)
  free <- r[match(post$grid, used)]
  first <- cumsum(free) - free
  for (g in used) {
    b <- which(post$grid == g)
    if (is.na(post$df[b[1L]])) next
    k <- length(pieces[[g]]$e)
    z <- matrix(post$z[rep(first[b], each = k) + seq_len(k)], k)
    visit(pieces[[g]], b, z, tick)
  }
}

# What one grid fixes of the draws: root of the kriging covariance.
kriging_root <- function(kriging) {
  e <- eigen(kriging, symmetric = TRUE)
  e$vectors %*% (sqrt(pmax(e$values, 0)) * t(e$vectors))
}

# Everything of one series given each lambda: shares s (r x G), residual sums
# of squares, posterior means (q x G) of the functionals.
given_lambda <- function(pieces, z, lambda, flat = 0) {
  le <- outer(pieces$e, lambda)
  s <- le / (1 + le)
  list(lambda = lambda, s = s, rss = colSums(z^2 / (1 + le)),
       mean = flat + pieces$phi %*% (s * z))
}

lambda_of <- function(post, pieces, b) {
  if (is.null(post$lambda)) pieces$lambda else post$lambda[, b]
}

# Random numbers for `draws` draws of the functionals of one grid: which
# lambda, chi-squared of sigma, and the three independent parts of the curve.
posterior_noise <- function(pieces, root, draws, u = stats::runif(draws),
                            chi = stats::rchisq(draws, pieces$df)) {
  normal <- function(k) matrix(stats::rnorm(draws * k), draws)
  list(u = u, chi = chi,
       flat = tcrossprod(normal(ncol(pieces$rho)), pieces$rho),
       bend = normal(length(pieces$e)),
       wild = sliced_product(normal(nrow(root)), root))
}

# a %*% b in slices of rows, between which R answers an interrupt.
sliced_product <- function(a, b, operations = 2e8) {
  rows <- max(1, floor(operations / length(b)))
  if (nrow(a) <= rows) {
    return(a %*% b)
  }
  out <- matrix(0, nrow(a), ncol(b))
  for (from in seq(1, nrow(a), by = rows)) {
    at <- seq.int(from, min(nrow(a), from + rows - 1))
    out[at, ] <- a[at, , drop = FALSE] %*% b
  }
  out
}

# Draws x functionals: lambda from its weights, sigma from RSS / chi-squared,
# then the curve given both.
posterior_draws <- function(pieces, given, weight, noise) {
  total <- cumsum(weight)
  g <- findInterval(noise$u * total[length(total)], total,
                    rightmost.closed = TRUE) + 1L
  g <- pmin(g, length(weight))
  sigma <- sqrt(given$rss[g] / noise$chi)
  curve <- noise$flat +
    sliced_product(noise$bend * t(sqrt(given$s))[g, , drop = FALSE],
                   t(pieces$phi)) +
    sqrt(given$lambda[g]) * noise$wild
  t(given$mean)[g, , drop = FALSE] + sigma * curve
}

# Operator of a linear rate on one grid, orders one below the other.
linear_rows <- function(fit, grids, g, order) {
  grids <- one_grid(grids, g)
  args <- linear_rate_args(fit$rate, fit$breaks, grids)
  do.call(rbind, lapply(order, function(o) {
    linear_operator_cpp(grids, 1L, args, as.integer(o))
  }))
}
