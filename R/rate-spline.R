#' Rates from the averaged smoothing spline
#'
#' The default of the package. A code is a polynomial plus an integrated Wiener
#' process plus noise; V is its derivative, A the change of V over a step. Both
#' are posterior means, averaged over the degree of smoothing, so that their
#' errors say how little is known about it.
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
#' The second-order rate over a step,
#' \deqn{A(t_i) = \frac{V(t_i) - V(t_{i-1})}{t_i - t_{i-1}}}{
#'   A(t_i) = (V(t_i) - V(t_(i-1)))/(t_i - t_(i-1))}
#' exists on rough curves too, which have no second derivative, and says more of
#' smooth ones: its interval is a third narrower than that of the derivative at
#' a point. The first time has none. In [dynamic_codes()] the step is that
#' between a code's own observed times, in formula (2) that between the times
#' at which all codes of a region meet. [predict()][predict_rates] and
#' [estimate_rates()] at new times give the derivative.
#'
#' Values that are written to d decimals (0 to 6, all of an indicator in a region)
#' are known to their rounding u = 10^-d: in errors, and there alone, noise is
#' taken for no less than \eqn{u^2/12}{u^2 / 12}, of a code for no less than that
#' of the mean of its indicators, each u times the slope of its transform over
#' its scale. So a line of whole numbers has an error. Such errors alone do not
#' follow the data when their unit changes, as decimals come or go.
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
#' @param m The order of smoothness: 3 (quintic) or 2 (cubic, for rougher
#'   curves), or 2s and 3s named by code, 3 for codes that are not named; or
#'   "auto", of each code that which the panel speaks for, see below.
#' @param second <chr> The second-order rate: "step", the change of V over the
#'   step to a time; "point", the second derivative there, which a cubic does
#'   not have: order 1 only where one `m` is 2.
#' @return A `nid_rate`.
#' @section The order of smoothness: With `m = "auto"` the regions of a panel (the
#'   groups of [estimate_rates()]) choose it for each code by the evidence of
#'   [smoothness()], of more than 200 regions as many. It is 3, untested, where
#'   fewer than 20 regions share their times, where these less their breaks are
#'   fewer than 8, where `lambda` is a number or `df` is given, and with
#'   `second = "point"`; the table says so. The choice is tuning: every table
#'   prints it, [update()][update.nid_model] with `freeze = TRUE`,
#'   [code_reference()] of a model and [write_workbook()] keep it; without
#'   `freeze` it is made anew, and a code whose order has moved is told (message
#'   `order_changed`).
#' @section Shortest series: m = 3: 2 times give a slope, 3 and 4 a parabola
#'   without error, 5 and more everything. m = 2: 2 and 3 a slope, 4 and more
#'   everything. Each break asks for one more.
#' @section Longest series: 1,000 times (each part, where breaks split it): the
#'   cost grows with the cube of their number, so that a longer one is refused
#'   (`nidcode_error_size`). [rate_local()] has no such limit.
#' @concept smoothing spline
#' @family rates
#' @examples
#' estimate_rates(c(1, 2, 4, 7, 9, 14), 2005:2010, rate = rate_spline())
#' @export
rate_spline <- function(lambda = "average", df = NULL, m = "auto",
                        second = "step") {
  call <- rlang::current_env()
  if (!is.null(df) && !missing(lambda)) {
    stop_nid("argument", "Give `lambda` or `df`, not both.", call = call)
  }
  check_number(df, min = 0, open = TRUE, null = TRUE)
  check_orders_of_codes(m, call)
  check_choice(second, c("step", "point"))
  if (is.character(lambda)) {
    check_choice(lambda, c("average", "reml", "gcv"))
  } else {
    check_number(lambda, min = 0)
  }
  auto <- identical(m, "auto")
  how <- if (!is.null(df)) paste0("df ", format(df)) else {
    if (is.numeric(lambda)) paste0("lambda ", format(lambda)) else lambda
  }
  new_nid_rate(
    "spline",
    words = paste0("spline (", how, if (!auto) order_words(m), ")"),
    args = list(lambda = lambda, df = df,
                m = if (auto) 3L else structure(as.integer(m),
                                                names = names(m)),
                second = second),
    breaks = "shift",
    facts = list(top_order = if (second == "step") 2L else
                   if (auto) 2L else as.integer(min(m)) - 1L,
                 chooses = auto, untold = order_untold(lambda, df, second),
                 higher = "rate_spline(m = 3)", steps = second == "step",
                 errors = "posterior",
                 curve = TRUE, shifts = TRUE, by_code = list(m = 3L),
                 tuned = if (is.null(df) && is.character(lambda)) "series"
                   else "grid",
                 longest = spline_most,
                 long_hint = paste0("Use `rate = rate_local()`, or fewer ",
                                    "times, means of months or years, say.")),
    does = spline_does()
  )
}

# What the core does for it, see R/rate.R.
spline_does <- function() {
  list(
    settings = spline_settings, derivatives = \(rate) min(rate$args$m) - 1L,
    sums = \(x, plan) plan, evaluate = spline_evaluate,
    defined = spline_defined, ends = spline_bends, operator = unit_operator,
    cells = unit_cells, edf = spline_edf, predict = spline_prediction,
    draw = draw_spline, bands = spline_levels,
    correlation = spline_correlation, residuals = spline_leverage,
    noise = list(keep = c("shrink", "z"), names = c("shrink", "z", "sigma"),
                 of = noise_of_spline, told = noise_told_of_spline),
    tell = inform_df
  )
}

# Why the panel cannot choose the order of smoothness.
order_untold <- function(lambda, df, second) {
  if (!is.null(df)) {
    "`df` is given"
  } else if (is.numeric(lambda)) {
    "`lambda` is a number"
  } else if (second == "point") {
    "it has a second derivative"
  }
}

check_orders_of_codes <- function(m, call) {
  if (identical(m, "auto")) {
    return(invisible())
  }
  code <- names(m)
  named <- if (is.null(code)) length(m) == 1L else
    length(m) > 0L && !anyNA(code) && all(nzchar(code))
  if (!is.numeric(m) || !is.null(dim(m)) || !named || !all(m %in% 2:3)) {
    stop_argument("m", "\"auto\", 2 or 3, or 2s and 3s named by code", m, call)
  }
  check_readable_names(code, "Names of `m`", call)
  check_once(code, "m", call)
}

# As it is typed.
order_words <- function(m) {
  if (is.null(names(m))) {
    return(paste0(", m = ", m))
  }
  code <- vapply(names(m), \(x) deparse(as.name(x), backtick = TRUE), "")
  paste0(", m = c(", paste(code, "=", m, collapse = ", "), ")")
}

# The basis of a grid costs the cube of its times: 400 take half a second,
# 1,000 ten, 1,500 a minute, and a region may have several codes.
spline_most <- 1000L

# Of two ways to say how smooth the one that was used.
spline_settings <- function(rate) {
  if (rate$facts$chooses) rate$args$m <- "auto"
  rate$args[setdiff(names(rate$args), if (!is.null(rate$args$df)) "lambda")]
}

# Splines see a break as a free step. To split, each segment is a series of
# its own.
spline_evaluate <- function(series, orders, sums, keep) {
  parts <- split_series(series)
  if (is.null(parts$from)) {
    return(spline_estimate(parts, orders, sums, keep))
  }
  inner <- if (!is.null(sums)) split_sums(sums, series$pool, parts)
  r <- spline_estimate(parts, orders, inner, keep)
  r$df_value <- value_df(r, parts)
  if (!is.null(sums)) r <- join_sums(r, parts, inner, sums$k[series$of])
  r$df <- join_df(r$df, parts$from, length(series$of))
  r
}

spline_estimate <- function(series, orders, sums, keep) {
  fit <- spline_fit(series, list(orders = orders, sums = sums), keep)
  list(estimate = nan_to_na(fit$estimate),
       std.error = nan_to_na(fit$std.error),
       sum.estimate = nan_to_na(fit$sum.estimate),
       sum.std.error = nan_to_na(fit$sum.std.error),
       df = as.double(fit$df)[series$of], fit = fit,
       tuning = if ("weight" %in% keep) series$tuning %||% spline_tuning(fit))
}

# The sums of a series over those of its segments; `k`: how many it has.
join_sums <- function(r, parts, inner, k) {
  of_part <- k[parts$from]
  at <- rep(c(0L, cumsum(k)[-length(k)])[parts$from], of_part) +
    sequence(of_part)
  add <- function(x) rowsum_by(x, at, sum(k))
  # A segment without terms adds an exact zero, also where its fit has no
  # derivative of that order.
  idle <- which(unlist(inner$idle[parts$of]))
  se <- replace(r$sum.std.error, idle, 0)
  unit <- rep_len(group_scales(se, at), length(se))
  r$sum.estimate <- add(replace(r$sum.estimate, idle, 0))
  r$sum.std.error <- sqrt(add((se / unit)^2)) *
    unit[match(seq_len(sum(k)), at)]
  r
}

# The smallest of a series' segments: cautious, and exact for one segment.
join_df <- function(df, series, n) {
  out <- rep(NA_real_, n)
  low <- tapply(df, series, \(d) {
    if (all(is.na(d))) NA_real_ else min(d, na.rm = TRUE)
  })
  out[as.integer(names(low))] <- low
  out
}

# Rows of each grid's n x k weights that belong to each segment.
split_sums <- function(sums, pool, parts) {
  size <- pool_sizes(pool)
  begin <- c(0, cumsum(size * sums$k))
  pieces <- lapply(seq_along(parts$owner), \(s) {
    g <- parts$owner[s]
    w <- matrix(sums$weight[begin[g] + seq_len(size[g] * sums$k[g])], size[g])
    w[pool_places(parts$pool, s) - pool$offset[g], , drop = FALSE]
  })
  list(weight = unlist(pieces), k = as.integer(sums$k[parts$owner]),
       order = sums$order,
       idle = lapply(pieces, \(w) colSums(w != 0) == 0))
}

spline_defined <- function(x, order) {
  if (order > x$rate$facts$top_order) {
    return(rep(FALSE, length(x$pool$time)))
  }
  pool <- segments_of(x)$pool %||% pool_seen(x$pool, x$breaks)
  size <- pool_sizes(pool)
  degree <- pmin(x$rate$args$m - 1L, size - pool_breaks(pool) - 1L)
  rep(degree >= order, size)
}

# Where a curve can bend: below, V is a constant that nobody has estimated.
spline_bends <- function(x) {
  pool <- segments_of(x)$pool %||% pool_seen(x$pool, x$breaks)
  size <- pool_sizes(pool)
  least <- if (x$rate$args$m == 2L) 4L else 3L
  rep(size - pool_breaks(pool) >= least, size)
}

spline_edf <- function(series) {
  estimate_series(series, 0L)$fit$series$edf
}

# A `df` that a series cannot have is the nearest it can; this is said.
inform_df <- function(fit) {
  df <- fit$rate$args$df
  if (is.null(df)) {
    return(invisible())
  }
  beyond <- lapply(fit$codes, \(one) {
    bad <- df_beyond(code_bundle(fit, one))
    used <- which(one$of > 0L)
    used[bad[one$of[used]]]
  })
  if (sum(lengths(beyond)) > 0L) {
    panel <- fit$def$panel
    regions <- panel$regions[sort(unique(unlist(beyond)))]
    inform_nid(
      "argument",
      paste0("df = ", format(df), " is not between that of the polynomial and ",
             "the number of times in ",
             count_of(sum(lengths(beyond)), "series", "series"),
             ", which get the nearest: ", some_of(regions), "."),
      regions = as.character(regions), n = sum(lengths(beyond)), values = df
    )
  }
}

# Grids (under "split": a segment of which) that a curve of `df` does not fit.
df_beyond <- function(x) {
  args <- x$rate$args
  parts <- segments_of(x)
  owner <- parts$owner %||% seq_len(pool_length(x$pool))
  pool <- parts$pool %||% pool_seen(x$pool, x$breaks)
  size <- pool_sizes(pool)
  bad <- args$df < pmin(args$m + pool_breaks(pool), size) | args$df > size
  seq_len(pool_length(x$pool)) %in% owner[bad]
}

# The order of smoothness that a curve is taken to have: that of the spline, 3
# under any other rate.
smoothness_order <- function(rate) {
  if (rate$facts$curve) as.integer(rate$args$m %||% 3L)[1L] else 3L
}

# How the smoothing is chosen: `mode` "df" or "lambda", of which `value` is
# given, or the way in which data choose it.
asked_smoothing <- function(rate) {
  args <- rate$args
  if (!is.null(args$df)) list(mode = "df", value = args$df) else
    if (is.numeric(args$lambda)) list(mode = "lambda", value = args$lambda) else
      list(mode = args$lambda)
}

# The call that makes the rate, with the orders `m` that were chosen.
spline_call <- function(rate, m) {
  args <- rate$args
  as.call(c(quote(rate_spline),
            if (!is.null(args$df)) args["df"] else args["lambda"],
            list(m = m + 0), args["second"]))
}
