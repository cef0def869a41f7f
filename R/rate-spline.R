#' Rates from the averaged smoothing spline
#'
#' The default of the package. A code is a polynomial plus an integrated Wiener
#' process plus noise; V and A are posterior means, averaged over the degree of
#' smoothing, so that their errors say how little is known about it.
#'
#' With s the time scaled to 0..1,
#' \deqn{y(s) = \sum_{j<m} b_j s^j + f(s) + e}{
#'   y(s) = sum_(j<m) b_j s^j + f(s) + e}
#' where f is an (m-1)-fold integrated Wiener process of variance
#' \eqn{\sigma^2 \lambda} and e has variance \eqn{\sigma^2}. lambda is averaged
#' over 41 points under the prior "square root of the share of free degrees of
#' freedom in use is uniform on (0, 1)"; sigma is integrated out. Intervals are
#' Student's t with r = n - m - breaks degrees of freedom.
#'
#' Trust it less where the truth is rougher than it assumes: 95 % intervals of
#' the rates of a once-integrated walk cover 66 to 80 % of the time
#' (`vignette("rates")`).
#'
#' @param lambda "average", "reml", "gcv" or a number: the variance of the
#'   driving noise relative to that of the errors with the span of the grid
#'   scaled to 1.
#' @param df <num> Effective degrees of freedom of the curve instead, polynomial
#'   and steps included: from m plus the number of breaks (the polynomial) to
#'   the number of times (an interpolation). A series that cannot have so many
#'   or so few gets the nearest, and [dynamic_codes()] says so.
#' @param m <int> 3 (quintic; both orders) or 2 (cubic; order 1 only, since its
#'   second derivative is white noise).
#' @return A `nid_rate`.
#' @section Shortest series: 2 times give a slope, 3 and 4 a parabola without
#'   error, 5 and more everything; each break asks for one more.
#' @section Longest series: 1,000 times (each part, where breaks split it): the
#'   cost grows with the cube of their number, so that a longer one is refused
#'   (`nidcode_error_size`). [rate_local()] has no such limit.
#' @family rates
#' @examples
#' estimate_rates(c(1, 2, 4, 7, 9, 14), 2005:2010, rate = rate_spline())
#' @export
rate_spline <- function(lambda = "average", df = NULL, m = 3) {
  call <- rlang::current_env()
  if (!is.null(df) && !missing(lambda)) {
    stop_nid("argument", "Give `lambda` or `df`, not both.", call = call)
  }
  check_number(df, min = 0, open = TRUE, null = TRUE)
  if (!is_one(m) || !is.numeric(m) || !m %in% 2:3) {
    stop_argument("m", "2 or 3", m, call)
  }
  if (is.character(lambda)) {
    check_choice(lambda, c("average", "reml", "gcv"))
  } else {
    check_number(lambda, min = 0)
  }
  how <- if (!is.null(df)) paste0("df ", format(df)) else {
    if (is.numeric(lambda)) paste0("lambda ", format(lambda)) else lambda
  }
  new_nid_rate("spline", "spline",
               args = list(lambda = lambda, df = df, m = as.integer(m)),
               breaks = "shift",
               words = paste0("spline (", how, if (m == 2) ", m = 2", ")"),
               top_order = as.integer(m) - 1L, higher = "rate_spline(m = 3)")
}

pool_sizes <- function(grids) diff(grids$offset)

# The basis of a grid costs the cube of its times: 400 take half a second,
# 1,000 ten, 1,500 a minute, and a region may have several codes.
spline_most <- 1000L

check_spline_sizes <- function(rate, breaks, grids, grid, regions, call,
                               code = NULL) {
  if (rate$kind == "spline") {
    check_series_sizes(
      longest_parts(grids, breaks), grid, regions, call, code, spline_most,
      "A spline", paste0("Use `rate = rate_local()`, or fewer times, means of ",
                         "months or years, say.")
    )
  }
}

# Refuses series that are too long for `what` before any work. `size`: the
# times of each grid; `grid`: that of each region, 0 for none; `regions`: their
# labels, NULL where there is one series alone.
check_series_sizes <- function(size, grid, regions, call, code, most, what,
                               hint) {
  if (all(size <= most)) {
    return(invisible())
  }
  size <- size[pmax(grid, 1L)] * (grid > 0L)
  long <- which(size > most)
  if (length(long) == 0L) {
    return(invisible())
  }
  long <- long[order(-size[long])]
  of_code <- if (!is.null(code)) paste0(" of code ", some_of(code))
  who <- if (is.null(regions)) {
    paste0("The series", of_code, " has ", count_of(size[long], "time"), ".")
  } else {
    paste0(count_of(length(long), "region"), of_code,
           if (length(long) == 1L) " has " else " have ", "more: ",
           some_of(paste0(regions[long], " (", whole_text(size[long]), ")"),
                   quote = ""), ".")
  }
  stop_nid(
    "size",
    c(paste0(what, " takes at most ", whole_text(most), " times a series."),
      x = who, i = hint),
    regions = as.character(regions[long]), codes = code, n = size[long],
    limit = most, call = call
  )
}

# Times of each grid, or of its longest segment where breaks split it.
longest_parts <- function(grids, breaks) {
  out <- pool_sizes(grids)
  if (breaks == "split" && any(grids$step > 0L)) {
    parts <- split_pool(grids)
    longest <- tapply(pool_sizes(parts$pool), parts$owner, max)
    out[as.integer(names(longest))] <- as.vector(longest)
  }
  out
}

# Splines see a break as a free step. To split, each segment is a series of
# its own.
evaluate_spline <- function(rate, breaks, values, grid, grids, orders, sums,
                            tuning, keep) {
  if (breaks == "split" && any(grids$step > 0L)) {
    return(evaluate_segments(rate, values, grid, grids, orders, sums, tuning,
                             keep))
  }
  fit <- spline_fit(
    values, grid,
    list(time = as.double(grids$time), step = as.integer(grids$step),
         size = as.integer(pool_sizes(grids))),
    orders = orders, m = rate$args$m, lambda = rate$args$lambda,
    df = rate$args$df, sums = sums, frozen = tuning, keep = keep
  )
  list(estimate = nan_to_na(fit$estimate),
       std.error = nan_to_na(fit$std.error),
       sum.estimate = nan_to_na(fit$sum.estimate),
       sum.std.error = nan_to_na(fit$sum.std.error),
       df = as.double(fit$df)[grid], fit = fit)
}

# Segments as grids of their own: a pool and, for every grid, its segments.
split_pool <- function(grids) {
  first <- grids$step > 0L
  first[grids$offset[-length(grids$offset)][pool_sizes(grids) > 0L] + 1L] <-
    TRUE
  start <- which(first)
  owner <- findInterval(start - 1L, grids$offset)
  list(pool = list(offset = c(start - 1L, length(grids$time)),
                   time = grids$time,
                   step = integer(length(grids$time))),
       owner = owner)
}

# Series that each grid is to the kernel.
segment_counts <- function(fit, grids) {
  n <- length(grids$offset) - 1L
  if (fit$rate$kind != "spline" || fit$breaks != "split" ||
      !any(grids$step > 0L)) {
    return(rep(1L, n))
  }
  tabulate(split_pool(grids)$owner, n)
}

evaluate_segments <- function(rate, values, grid, grids, orders, sums, tuning,
                              keep) {
  parts <- split_pool(grids)
  count <- tabulate(parts$owner, length(grids$offset) - 1L)
  before <- cumsum(count) - count
  segment <- sequence(count[grid], from = before[grid] + 1L)
  series <- rep(seq_along(grid), count[grid])
  inner <- if (!is.null(sums)) split_sums(sums, grids, parts)
  fit <- evaluate_spline(rate, "ignore", values, segment, parts$pool, orders,
                         inner, tuning, keep)
  out <- fit
  out$df <- segment_df(fit$df, series, length(grid))
  if (!is.null(sums)) {
    k <- sums$k[grid]
    at <- rep(c(0L, cumsum(k)[-length(k)])[series], k[series]) +
      sequence(k[series])
    add <- function(x) rowsum_by(x, at, sum(k))
    # A segment without terms adds an exact zero, also where its fit has no
    # derivative of that order.
    idle <- which(rep(inner$idle[segment], k[series]))
    se <- replace(fit$sum.std.error, idle, 0)
    unit <- rep_len(group_scales(se, at), length(se))
    out$sum.estimate <- add(replace(fit$sum.estimate, idle, 0))
    out$sum.std.error <- sqrt(add((se / unit)^2)) *
      unit[match(seq_len(sum(k)), at)]
  }
  out$df_value <- rep(fit$df, pool_sizes(parts$pool)[segment])
  out
}

segment_df <- function(df, series, n) {
  # The smallest of a series' segments: cautious, and exact for one segment.
  out <- rep(NA_real_, n)
  low <- tapply(df, series, function(d) {
    if (all(is.na(d))) NA_real_ else min(d, na.rm = TRUE)
  })
  out[as.integer(names(low))] <- low
  out
}

# Rows of each grid's n x k weights that belong to each segment.
split_sums <- function(sums, grids, parts) {
  size <- pool_sizes(grids)
  begin <- c(0, cumsum(size * sums$k))
  pieces <- lapply(seq_along(parts$owner), function(s) {
    g <- parts$owner[s]
    from <- parts$pool$offset[s] - grids$offset[g]
    to <- parts$pool$offset[s + 1L] - grids$offset[g]
    w <- matrix(sums$weight[begin[g] + seq_len(size[g] * sums$k[g])], size[g])
    w[seq.int(from + 1L, length.out = to - from), , drop = FALSE]
  })
  list(weight = unlist(pieces), k = as.integer(sums$k[parts$owner]),
       order = sums$order,
       idle = vapply(pieces, function(w) all(w == 0), logical(1)))
}

spline_defined <- function(rate, breaks, grids, order) {
  if (order > rate$top_order) {
    return(rep(FALSE, length(grids$time)))
  }
  if (breaks == "split") {
    grids <- split_pool(grids)$pool
  }
  size <- pool_sizes(grids)
  steps <- break_counts(grids)
  degree <- pmin(rate$args$m - 1L, size - steps - 1L)
  rep(degree >= order, size)
}
