# What linear rates do: given the grid, a rate is a matrix, so that one operator
# a grid serves all of its series. `told(rate, breaks, pool)` is what the core
# is told about the rate.
linear_does <- function(told, settings = \(rate) list(),
                        derivatives = \(rate) rate$facts$top_order) {
  list(told = told, settings = settings, derivatives = derivatives,
       sums = linear_sums, evaluate = linear_evaluate, defined = linear_defined,
       ends = \(x) linear_defined(x, 1L),
       operator = linear_operator, cells = linear_cells, edf = linear_edf,
       predict = linear_prediction, draw = draw_linear, bands = linear_levels,
       correlation = linear_correlation,
       residuals = linear_residuals, noise = list(
         orders = 0L, names = c("residual", "sigma"), of = noise_of_linear,
         told = told_of))
}

# The rate and the pool as the core takes them.
told_of <- function(x, pool = x$pool) {
  pool <- pool_seen(pool, x$breaks)
  list(pool = pool, rate = x$rate$does$told(x$rate, x$breaks, pool))
}

linear_evaluate <- function(series, orders, sums, keep) {
  told <- told_of(series)
  told$rate$rounding <- as.double(series$rounding)
  r <- linear_rates_cpp(series$value, series$of, told$pool, told$rate,
                        as.integer(orders), as.list(sums), as.double(series$sd),
                        get_threads())
  errors <- has_errors(series$rate, series$sd)
  list(estimate = nan_to_na(r$estimate),
       std.error = if (errors) nan_to_na(r$std.error),
       sum.estimate = nan_to_na(r$sum.estimate),
       sum.std.error = if (errors) nan_to_na(r$sum.std.error),
       sigma = nan_to_na(r$sigma), df = linear_df(series), asked = r$asked)
}

# Degrees of freedom of each series: of known errors infinitely many.
linear_df <- function(series) {
  if (series$rate$facts$errors == "residual") {
    return(grid_df(series)[series$of])
  }
  rep.int(if (has_errors(series$rate, series$sd)) Inf else NA_real_,
          length(series$of))
}

# Sums of the rates of an order become weights on the values here, once for all
# blocks of series.
linear_sums <- function(x, plan) {
  told <- told_of(x)
  linear_sums_cpp(told$pool, told$rate, plan$weight, as.integer(plan$k),
                  as.integer(plan$order))
}

linear_told <- function(x, order) {
  told <- told_of(x)
  linear_defined_cpp(told$pool, told$rate, as.integer(order))
}

linear_defined <- function(x, order) linear_told(x, order)$defined

# Residual degrees of freedom of each grid.
grid_df <- function(x) linear_told(x, 0L)$df

linear_edf <- function(series) linear_told(series, 0L)$trace[series$of]

# The rates of the orders at all times of series b, orders one below the other.
linear_operator <- function(series, b, orders) {
  told <- told_of(series, pool_take(series$pool, series$of[b]))
  do.call(rbind, lapply(as.integer(orders), \(order) {
    linear_operator_cpp(told$pool, 1L, told$rate, order)
  }))
}

# The weights of a plan's sums are weights on the values already.
linear_cells <- function(series, sums) {
  sums <- sums$sums
  sums$row[pool_places(sums, series$of)]
}

# At observed times only; `time`: of the panel's rows.
linear_prediction <- function(series, new, order, time) {
  r <- estimate_series(series, order)
  time <- time[series_rows(series)]
  keep <- if (is.null(new)) seq_along(time) else which(time %in% new)
  list(region = rep(series$region, series_sizes(series))[keep],
       time = time[keep], estimate = r$estimate[keep, , drop = FALSE],
       std.error = r$std.error[keep, , drop = FALSE],
       noise = value_noise(r, series)[keep],
       df = value_df(r, series)[keep])
}

# The sd of the noise of every value: given, of the fit, or unknown.
value_noise <- function(r, series) {
  if (series$rate$facts$errors == "known") {
    rep_len(if (length(series$sd) > 0L) series$sd else NA_real_,
            length(series$value))
  } else {
    rep(r$sigma, series_sizes(series))
  }
}

draw_linear <- function(series, nsim, order) {
  r <- estimate_series(series, order)
  out <- array(NA_real_, c(length(order), length(series$value), nsim))
  size <- series_sizes(series)
  start <- series_starts(series)
  bar <- start_bar("Drawing paths", length(series$of))
  # The caller's stream of random numbers runs grid by grid.
  for (b in unlist(series_by_grid(series))) {
    if (is.na(r$df[b])) next
    at <- start[b] + seq_len(size[b])
    noise <- linear_noise(series, r, b, at, nsim)
    # The rate of a sum is the sum of the rates.
    drawn <- estimate_series(
      c(list(value = as.vector(t(noise)), of = rep(1L, nsim)),
        bare_series(series$rate, pool_take(series$pool, series$of[b]),
                    series$breaks)), order)$estimate
    dim(drawn) <- c(length(at), nsim, length(order))
    out[, at, ] <- aperm(drawn, c(3L, 1L, 2L)) +
      as.vector(t(r$estimate[at, , drop = FALSE]))
    tick_bar(bar)
  }
  list(draws = out, short = sum(is.na(r$df)))
}

# Errors of the values of series b at places `at`, a row a draw.
linear_noise <- function(series, r, b, at, nsim) {
  known <- series$rate$facts$errors == "known"
  sd <- if (known) rep_len(series$sd, length(series$value))[at] else 1
  noise <- matrix(stats::rnorm(nsim * length(at)), nsim) *
    rep(rep_len(sd, length(at)), each = nsim)
  if (known) {
    return(noise)
  }
  noise * r$sigma[b] * sqrt(r$df[b] / stats::rchisq(nsim, r$df[b]))
}

# Linear rates: correlations depend on the grid alone (and on how the known
# errors of its times relate).
linear_levels <- function(series, level) {
  df <- linear_df(series)
  size <- series_sizes(series)
  sd <- split(rep_len(if (length(series$sd) > 1L) series$sd else 1, sum(size)),
              rep(seq_along(size), size))
  key <- vapply(seq_along(size), \(b) {
    paste(c(series$of[b], signif(sd[[b]] / max(sd[[b]]), 10)),
          collapse = " ")
  }, "")
  first <- which(!duplicated(key))
  bar <- start_bar("Simultaneous intervals", length(first))
  critical <- vapply(first, \(b) {
    tick_bar(bar)
    linear_critical(series, b, sd[[b]], df[b], level)
  }, numeric(2))
  value <- matrix(critical[, match(key, key[first])], 2L)
  joint <- 1 - 2 * stats::pt(-value, rep(df, each = 2L))
  joint[is.na(joint)] <- level
  joint[, rep(seq_along(key), size), drop = FALSE]
}

linear_critical <- function(series, b, sd, df, level) {
  if (is.na(df)) {
    return(c(NA_real_, NA_real_))
  }
  vapply(1:2, \(order) {
    rows <- series_operator(series, b, order)
    max_t_critical(rows * rep(sd, each = nrow(rows)), df, level)
  }, numeric(1))
}

linear_residuals <- function(series) {
  r <- estimate_series(series, 0L)
  first <- which(!duplicated(series$of))
  parts <- lapply(first, \(b) {
    s <- series_operator(series, b, 0L)
    rest <- diag(nrow(s)) - s
    # A time without a fit (alone between breaks) has no residual.
    list(lever = 1 - rowSums(rest^2), trace = sum(diag(s), na.rm = TRUE),
         cross = c(sum(diff(rest)^2, na.rm = TRUE), sum(rest^2, na.rm = TRUE)))
  })
  mine <- match(series$of, series$of[first])
  list(fitted = r$estimate[, 1L], lever = unlist(lapply(parts, `[[`,
                                                        "lever")[mine]),
       cross = vapply(parts, `[[`, numeric(2), "cross")[, mine, drop = FALSE],
       size = series_sizes(series), df = r$df, sigma = r$sigma,
       stats = list(edf = vapply(parts, `[[`, 1, "trace")[mine]))
}

# See shared_noise().
noise_of_linear <- function(series, r) {
  level <- r$estimate[, match(0L, r$orders)]
  list(residual = series$value - level, sigma = r$sigma)
}

# Rows of operators, times the errors of the values.
linear_correlation <- function(series, orders) {
  sd <- value_noise(estimate_series(series, orders[1L]), series)
  start <- series_starts(series)
  out <- rep(NA_real_, length(series$value))
  for (b in series_by_grid(series)) {
    op <- linear_operator(series, b[1L], orders)
    n <- ncol(op)
    at <- outer(seq_len(n), start[b], `+`)
    each <- matrix(sd[at], n)
    each <- (each / rep(column_scales(each), each = n))^2
    one <- op[seq_len(n), , drop = FALSE]
    two <- op[n + seq_len(n), , drop = FALSE]
    out[at] <- (one * two) %*% each /
      sqrt((one^2 %*% each) * (two^2 %*% each))
  }
  out
}
