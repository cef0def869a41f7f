# Simultaneous intervals over the times of a region, code and order: the
# pointwise interval at a higher level, that at which the largest |t| over the
# times stays below its critical value with the probability asked for.

band_seed <- 20170L
band_draws <- 4000L
band_directions <- 2000L

# They need the joint distribution of all times of a series: the cube of their
# number.
check_band_sizes <- function(fit, call) {
  spline <- fit$rate$kind == "spline"
  for (one in fit$codes) {
    check_series_sizes(
      longest_parts(one$grids, if (spline) fit$breaks else "ignore"),
      one$grid, names_of_regions(fit$def$panel), call, one$code,
      draw_most %/% 2L, "interval = \"simultaneous\"",
      "Use interval = \"pointwise\", or fewer times."
    )
  }
}

# Level of every row: order x code x panel row. That of a series is a matter of
# the series alone, however many others there are.
simultaneous_levels <- function(fit, level) {
  k <- length(fit$codes)
  out <- array(level, c(2L, k, n_rows(fit$def$panel)))
  for (i in seq_len(k)) {
    series <- posterior_series(fit, i)
    if (length(series$value) == 0L) next
    one <- if (fit$rate$kind == "spline") {
      spline_levels(fit, i, series, level)
    } else {
      linear_levels(fit, series, level)
    }
    if (!is.null(one)) out[, i, series$row] <- one
  }
  out
}

# Critical value of max |z_i| sqrt(df / chi-squared_df) for normal z with the
# correlations of `rows` (one row a time). A normal vector is a direction times
# a radius; given the direction the event is one of an F distribution, and only
# the directions are drawn.
max_t_critical <- function(rows, df, level) {
  rows <- rows[stats::complete.cases(rows), , drop = FALSE]
  size <- row_root_sum_squares(rows)
  rows <- rows[size > 0, , drop = FALSE] / size[size > 0]
  if (nrow(rows) == 0L) {
    return(stats::qt((1 + level) / 2, df))
  }
  s <- svd(rows, nv = 0L)
  k <- sum(s$d > 1e-8 * s$d[1L])
  half <- s$u[, seq_len(k), drop = FALSE] %*% diag(s$d[seq_len(k)], k)
  u <- with_own_stream(band_seed, matrix(stats::rnorm(k * band_directions), k))
  reach <- rep(0, band_directions)
  along <- half %*% (u / rep(sqrt(colSums(u^2)), each = k))
  for (j in seq_len(nrow(along))) reach <- pmax(reach, abs(along[j, ]))
  miss <- function(c) {
    mean(stats::pf((c / reach)^2 / k, k, df, lower.tail = FALSE)) -
      (1 - level)
  }
  low <- stats::qt((1 + level) / 2, df)
  high <- stats::qt(1 - (1 - level) / 2 / nrow(rows), df)
  if (nrow(rows) == 1L || miss(low) <= 0) {
    return(low)
  }
  # Drawn directions may leave the bound by a hair.
  stats::uniroot(miss, c(low, 1.1 * high), tol = 1e-6)$root
}

# Linear rates: correlations depend on the grid alone (and on how the known
# errors of its times relate).
linear_levels <- function(fit, series, level) {
  local <- fit$rate$kind == "local"
  if (!local && length(series$sd) == 0L) {
    return(NULL)
  }
  df <- if (local) local_df(fit$rate, fit$breaks, series$grids)[series$grid]
        else rep(Inf, length(series$grid))
  key <- as.character(series$grid)
  if (length(series$sd) > 1L) {
    key <- vapply(seq_along(series$grid), function(b) {
      v <- series$sd[series$start[b] + seq_len(series$size[b])]
      paste(c(series$grid[b], signif(v / max(v), 10)), collapse = " ")
    }, "")
  }
  first <- which(!duplicated(key))
  out <- matrix(level, 2L, length(series$value))
  bar <- start_bar("Simultaneous intervals", length(first))
  critical <- vapply(first, function(b) {
    tick_bar(bar)
    linear_critical(fit, series, b, df[b], level)
  }, numeric(2))
  at <- match(key, key[first])
  value <- matrix(critical[, at], 2L)
  joint <- 1 - 2 * stats::pt(-value, rep(df, each = 2L))
  joint[is.na(joint)] <- level
  joint[, rep(seq_along(key), series$size), drop = FALSE]
}

linear_critical <- function(fit, series, b, df, level) {
  if (is.na(df)) {
    return(c(NA_real_, NA_real_))
  }
  n <- series$size[b]
  sd <- if (length(series$sd) > 1L) {
    series$sd[series$start[b] + seq_len(n)]
  } else {
    rep(1, n)
  }
  vapply(1:2, function(order) {
    rows <- linear_rows(fit, series$grids, series$grid[b], order)
    max_t_critical(rows * rep(sd, each = nrow(rows)), df, level)
  }, numeric(1))
}

# Averaged splines: a mixture over lambda, so the critical value belongs to the
# series. Draws share their random numbers, and lambda and chi-squared run
# through equal shares of their distributions.
spline_levels <- function(fit, i, series, level) {
  post <- spline_posterior(fit, i, series)
  orders <- orders_of(fit$rate, 1:2)
  # Which segment of its region a series is: segments need noise of their own.
  part <- stats::ave(post$region, post$region, FUN = seq_along)
  regions <- unique(post$region)
  place <- match(post$region, regions)
  alone <- tabulate(place, length(regions)) == 1L
  out <- matrix(level, 2L, length(regions))
  # Smallest p-value of each draw, where segments of different df meet.
  rare <- vector("list", length(regions))
  visit_grids(fit, post, orders, "Simultaneous intervals",
              function(pieces, b, z, tick) {
    root <- kriging_root(pieces$kriging)
    n <- nrow(root) / length(orders)
    noise <- vector("list", max(part[b]))
    for (j in seq_along(b)) {
      p <- part[b[j]]
      if (is.null(noise[[p]])) noise[[p]] <- band_noise(pieces, root, p)
      t <- standard_draws(pieces, z[, j], lambda_of(post, pieces, b[j]),
                          post$weight[, b[j]], noise[[p]])
      r <- place[b[j]]
      largest <- vapply(seq_along(orders), function(o) {
        row_largest(t, (o - 1L) * n + seq_len(n))
      }, numeric(band_draws))
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
  pmax(out, level)[, rep(place, series$size), drop = FALSE]
}

# Of equally likely draws, the value that a share `level` does not exceed.
upper_quantile <- function(x, level) {
  k <- min(length(x), ceiling(level * (length(x) + 1)))
  sort(x, partial = k)[k]
}

band_noise <- function(pieces, root, part) {
  with_own_stream(band_seed + part, {
    share <- (seq_len(band_draws) - 0.5) / band_draws
    posterior_noise(pieces, root, band_draws, u = sample(share),
                    chi = stats::qchisq(sample(share), pieces$df))
  })
}

# (draw - estimate) / std.error of each draw; 0 where there is no error.
standard_draws <- function(pieces, z, lambda, weight, noise) {
  given <- given_lambda(pieces, z / power_scale(z), lambda)
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

row_largest <- function(m, columns) {
  out <- abs(m[, columns[1L]])
  for (j in columns[-1L]) out <- pmax(out, abs(m[, j]))
  out
}
