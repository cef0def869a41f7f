# The joint posterior of one code's rates over the times of each series: what
# simulate() draws from and simultaneous intervals are read off.

# Draws need the root of a covariance of all times and orders of a series.
draw_most <- 800L

# Simultaneous intervals: same draws each time.
band_seed <- 20170L
band_draws <- 4000L

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

# The posterior of the curves of a bundle: weights over lambda and the
# coefficients z of every series, segment after segment where breaks split it.
spline_posterior <- function(series) {
  series <- split_series(series)
  r <- spline_estimate(series, integer(), NULL, c("weight", "z", "shrink"))
  c(series, list(z = as.double(r$fit$z), shrink = as.double(r$fit$shrink),
                 weight = r$tuning$weight, lambda = r$tuning$lambda,
                 sigma = r$fit$series$sigma, stats = r$fit$series, df = r$df,
                 size = series_sizes(series), start = series_starts(series)))
}

# Pieces of the grids in use for the derivatives `orders` at their own times,
# and where the coefficients z (and shares) of each series begin.
posterior_pieces <- function(post, orders = integer()) {
  pieces <- vector("list", pool_length(post$pool))
  used <- sort(unique(post$of))
  pieces[used] <- lapply(used, \(g) grid_pieces(post, g, orders))
  free <- lengths(lapply(pieces, `[[`, "e"))[post$of]
  list(pieces = pieces, first = cumsum(free) - free)
}

# The numbers of the series of each grid in use.
series_by_grid <- function(series) {
  unname(split(seq_along(series$of), series$of))
}

# The columns of z (or of the shares) of series b, all on one grid with k free.
free_columns <- function(x, first, b, k) {
  matrix(x[rep(first[b], each = k) + seq_len(k)], k)
}

# Calls visit(pieces, b, z, tick) for each grid with an error, for the
# derivatives `orders` at its own times: b the numbers of its series, z their
# coefficients, one column a series. The visitor calls tick() after each series.
visit_grids <- function(post, orders, what, visit) {
  bar <- start_bar(what, length(post$of))
  tick <- function() tick_bar(bar)
  at <- posterior_pieces(post, orders)
  for (b in series_by_grid(post)) {
    if (is.na(post$df[b[1L]])) next
    pieces <- at$pieces[[post$of[b[1L]]]]
    visit(pieces, b, free_columns(post$z, at$first, b, length(pieces$e)), tick)
  }
}

# What one grid fixes of the draws: root of the kriging covariance.
kriging_root <- function(kriging) {
  e <- eigen(kriging, symmetric = TRUE)
  e$vectors %*% (sqrt(pmax(e$values, 0)) * t(e$vectors))
}

# Everything of one series given each lambda: shares s (r x G), residual sums of
# squares, posterior means (q x G) of the functionals. `least`: the sd of the
# rounding of its values.
given_lambda <- function(pieces, z, lambda, flat = 0, least = 0) {
  le <- outer(pieces$e, lambda)
  s <- le / (1 + le)
  rss <- pmax(colSums(z^2 / (1 + le)), pieces$df * least^2)
  list(lambda = lambda, s = s, rss = rss,
       mean = flat + pieces$phi %*% (s * z))
}

# The sd of the rounding of series b, 0 where there is none.
rounding_of <- function(series, b) series$rounding[b] %||% 0

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

spline_prediction <- function(series, new, order, time) {
  parts <- split_series(series)
  at <- if (is.null(new)) {
    split(parts$pool$time, factor(pool_owner(parts$pool),
                                  seq_len(pool_length(parts$pool))))
  } else {
    new_times_of(parts, new)
  }
  r <- spline_fit(parts, list(new = list(time = unname(at), orders = order)))
  count <- lengths(at)[parts$of]
  list(region = rep(parts$region, count),
       time = as.double(unlist(at[parts$of])),
       estimate = nan_to_na(r$new.estimate),
       std.error = nan_to_na(r$new.std.error),
       noise = nan_to_na(rep(r$series$sigma, count)),
       df = rep(as.double(r$df)[parts$of], count))
}

# The new times of each grid: all of them, or, of a segment between breaks,
# those from its first time up to the next segment's.
new_times_of <- function(parts, new) {
  n <- pool_length(parts$pool)
  owner <- parts$owner
  if (is.null(owner)) {
    return(rep(list(new), n))
  }
  first <- parts$pool$time[parts$pool$offset[-(n + 1L)] + 1L]
  lapply(seq_len(n), \(s) {
    from <- if (s > 1L && owner[s - 1L] == owner[s]) first[s] else -Inf
    to <- if (s < n && owner[s + 1L] == owner[s]) first[s + 1L] else Inf
    new[new >= from & new < to]
  })
}

draw_spline <- function(series, nsim, order) {
  post <- spline_posterior(series)
  steps <- post$rate$facts$steps & order == 2L
  base <- replace(order, steps, 1L)
  own <- unique(base)
  draws <- draw_curves(post, nsim, own)[match(base, own), , , drop = FALSE]
  for (k in which(steps)) draws[k, , ] <- change_draws(draws[k, , ], post)
  list(draws = draws, short = length(unique(post$region[is.na(post$df)])))
}

# Draws of V (value x draw) to those of its change over each step.
change_draws <- function(v, post) {
  v <- matrix(v, length(post$value))
  time <- post$pool$time[pool_places(post$pool, post$of)]
  change <- v
  change[-1L, ] <- diff(v) / diff(time)
  change[post$start[post$size > 0L] + 1L, ] <- NA
  change
}

# order x value x draw.
draw_curves <- function(post, nsim, order) {
  out <- array(NA_real_, c(length(order), length(post$value), nsim))
  visit_grids(post, order, "Drawing paths", \(pieces, b, z, tick) {
    root <- kriging_root(pieces$kriging)
    for (j in seq_along(b)) {
      at <- post$start[b[j]] + seq_len(post$size[b[j]])
      unit <- power_scale(z[, j])
      y <- post$value[at] / unit
      flat <- as.vector(pieces$rho %*%
                          crossprod(pieces$polynomial, y - y[1L])) +
        y[1L] * pieces$level
      given <- given_lambda(pieces, z[, j] / unit,
                            lambda_of(post, pieces, b[j]), flat,
                            rounding_of(post, b[j]) / unit)
      draws <- posterior_draws(pieces, given, post$weight[, b[j]],
                               posterior_noise(pieces, root, nsim))
      # From draws x (value, order) to order x value x draw.
      out[, at, ] <<- aperm(array(draws * unit,
                                  c(nsim, length(at), length(order))), 3:1)
      tick()
    }
  })
  out
}

# Averaged splines: a mixture over lambda, so the critical value belongs to the
# series. Draws share their random numbers, and lambda and chi-squared run
# through equal shares of their distributions.
spline_levels <- function(series, level) {
  post <- spline_posterior(series)
  orders <- orders_of(post$rate, 1:2)
  # Which segment of its region a series is: segments need noise of their own.
  part <- stats::ave(post$region, post$region, FUN = seq_along)
  regions <- unique(post$region)
  place <- match(post$region, regions)
  alone <- tabulate(place, length(regions)) == 1L
  out <- matrix(level, 2L, length(regions))
  # Smallest p-value of each draw, where segments of different df meet.
  rare <- vector("list", length(regions))
  visit_grids(post, orders, "Simultaneous intervals",
              \(pieces, b, z, tick) {
    root <- kriging_root(pieces$kriging)
    noise <- vector("list", max(part[b]))
    for (j in seq_along(b)) {
      p <- part[b[j]]
      if (is.null(noise[[p]])) noise[[p]] <- band_noise(pieces, root, p)
      t <- standard_draws(pieces, z[, j], lambda_of(post, pieces, b[j]),
                          post$weight[, b[j]], noise[[p]],
                          rounding_of(post, b[j]))
      largest <- largest_by_order(t, length(orders))
      r <- place[b[j]]
      if (alone[r]) {
        critical <- apply(largest, 2L, upper_quantile, level)
        out[orders, r] <<- 1 - 2 * stats::pt(-critical, pieces$df)
      } else {
        own <- 2 * stats::pt(-largest, pieces$df)
        rare[[r]] <<- if (is.null(rare[[r]])) own else pmin(rare[[r]], own)
      }
      tick()
    }
  })
  for (r in which(!alone & lengths(rare) > 0L)) {
    out[orders, r] <- 1 + apply(-rare[[r]], 2L, upper_quantile, level)
  }
  pmax(out, level)[, rep(place, post$size), drop = FALSE]
}

band_noise <- function(pieces, root, part) {
  with_own_stream(band_seed + part, {
    share <- (seq_len(band_draws) - 0.5) / band_draws
    posterior_noise(pieces, root, band_draws, u = sample(share),
                    chi = stats::qchisq(sample(share), pieces$df))
  })
}

# (draw - estimate) / std.error of each draw; 0 where there is no error.
standard_draws <- function(pieces, z, lambda, weight, noise, least) {
  unit <- power_scale(z)
  given <- given_lambda(pieces, z / unit, lambda, least = least / unit)
  weight <- weight / sum(weight)
  estimate <- as.vector(given$mean %*% weight)
  spread <- rowSums(pieces$rho^2) + pieces$phi^2 %*% given$s +
    outer(diag(pieces$kriging), lambda)
  se <- sqrt(spread %*% (weight * given$rss / pieces$df) +
               (given$mean - estimate)^2 %*% weight)
  given$mean <- (given$mean - estimate)
  draws <- posterior_draws(pieces, given, weight, noise)
  inverse <- ifelse(se > 0, 1 / se, 0)
  draws * rep(inverse, each = nrow(draws))
}

# Largest |t| over the times of each order, a column each.
largest_by_order <- function(t, orders) {
  n <- ncol(t) %/% orders
  vapply(seq_len(orders), \(o) {
    at <- (o - 1L) * n + seq_len(n)
    out <- abs(t[, at[1L]])
    for (j in at[-1L]) out <- pmax(out, abs(t[, j]))
    out
  }, numeric(nrow(t)))
}

# Of equally likely draws, the value that a share `level` does not exceed.
upper_quantile <- function(x, level) {
  k <- min(length(x), ceiling(level * (length(x) + 1)))
  sort(x, partial = k)[k]
}

# Leverages 1 - (1 - h), and numerator and denominator of the expected
# Durbin-Watson: residuals of the model have covariance sigma^2 (I - S).
spline_leverage <- function(series) {
  post <- spline_posterior(series)
  lever <- rep(1, length(post$value))
  cross <- matrix(0, 2L, length(post$of))
  at <- posterior_pieces(post)
  for (b in series_by_grid(post)) {
    p <- at$pieces[[post$of[b[1L]]]]
    if (length(p$e) == 0L) next
    rest <- 1 - free_columns(post$shrink, at$first, b, length(p$e))
    place <- rep(post$start[b], each = post$size[b[1L]]) +
      seq_len(post$size[b[1L]])
    lever[place] <- 1 - p$directions^2 %*% rest
    cross[1L, b] <- colSums(diff(p$directions)^2) %*% rest
    cross[2L, b] <- colSums(rest)
  }
  list(fitted = estimate_series(series, 0L)$estimate[, 1L], lever = lever,
       cross = cross, size = post$size, df = post$df, sigma = post$sigma,
       stats = post$stats)
}

# See shared_noise(): shares and coefficients of every segment, and its sigma.
noise_of_spline <- function(series, r) {
  c(r$fit[c("shrink", "z")], list(sigma = r$fit$series$sigma))
}

noise_told_of_spline <- function(x) {
  parts <- segments_of(x)
  list(m = smoothness_order(x$rate), parts = segment_counts(x),
       pool = parts$pool %||% pool_seen(x$pool, x$breaks))
}

# Over the lambdas of the posterior: covariances given each, and that of the
# means.
spline_correlation <- function(series, orders) {
  post <- spline_posterior(series)
  out <- rep(NA_real_, length(post$value))
  visit_grids(post, orders, "Correlations of rates", \(pieces, b, z, tick) {
    at <- outer(seq_len(post$size[b[1L]]), post$start[b], `+`)
    unit <- column_scales(z)
    out[at] <<- grid_correlation(
      pieces, z / rep(unit, each = nrow(z)), lambda_of(post, pieces, b),
      post$weight[, b, drop = FALSE], rounding_of(post, b) / unit)
    for (j in b) tick()
  })
  out
}

# Value x series, of one grid; weights (and lambdas, if a matrix) have a column
# a series. V with V, V with A and A with A, one below the other.
grid_correlation <- function(pieces, z, lambda, weight, least = 0) {
  n <- nrow(pieces$phi) %/% 2L
  one <- seq_len(n)
  k <- c(one, one, n + one)
  l <- c(one, n + one, n + one)
  rho <- rowSums(pieces$rho[k, , drop = FALSE] * pieces$rho[l, , drop = FALSE])
  phi <- pieces$phi[k, , drop = FALSE] * pieces$phi[l, , drop = FALSE]
  wild <- pieces$kriging[cbind(k, l)]
  weight <- weight / rep(colSums(weight), each = nrow(weight))
  lambda <- matrix(lambda, nrow(weight), ncol(z))
  over_lambda <- function(visit) {
    Reduce(`+`, lapply(seq_len(nrow(weight)), \(g) {
      le <- outer(pieces$e, lambda[g, ])
      x <- visit(le / (1 + le), lambda[g, ], z^2 / (1 + le))
      x * rep(weight[g, ], each = nrow(x))
    }))
  }
  mean <- over_lambda(\(s, lambda, rest) pieces$phi %*% (s * z))
  cov <- over_lambda(\(s, lambda, rest) {
    off <- pieces$phi %*% (s * z) - mean
    (rho + phi %*% s + outer(wild, lambda)) *
      rep(pmax(colSums(rest) / pieces$df, least^2), each = 3L * n) +
      off[k, , drop = FALSE] * off[l, , drop = FALSE]
  })
  part <- \(i) cov[i * n + one, , drop = FALSE]
  part(1L) / sqrt(part(0L) * part(2L))
}
