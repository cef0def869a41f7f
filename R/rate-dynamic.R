#' Rates of change: the dynamic codes
#'
#' Estimates for every region and code the rate of change V = D' (order 1, the
#' dynamic code) and its own rate A (order 2), each with its error.
#'
#' @param x <nid_panel> or <nid_defining>. A panel is z-scored over all rows
#'   first, see [defining_codes()].
#' @param rate <nid_rate> [rate_spline()], [rate_local()], [rate_central()],
#'   [rate_difference()] or [rate_custom()].
#' @param breaks <chr> What happens where the method of measurement changes.
#'   "split": nothing straddles it; "shift": the curve goes on and only its
#'   level jumps, by one free step for each break; "ignore"; "auto": "shift"
#'   for local and spline, "split" for the others.
#' @param interval <chr> "pointwise", or "simultaneous" over the times of a
#'   region, code and order, see below.
#' @param conf_level <num> Between 0 and 1.
#' @return `nid_rates`, a tibble with a row per region, time, code and order
#'   where the defining code is observed: index columns, `code`, `term` <chr>
#'   the dynamic code, `order` <int> 1 or 2, `estimate` in units of the code per
#'   time unit (squared), `std.error`, `conf.low`, `conf.high`,
#'   `prob.positive` <dbl>, `df` <dbl>. Where a rate or an error does not exist
#'   it is `NA`, never 0.
#' @section Simultaneous intervals:
#' They hold all true rates of a region, code and order at once with
#' probability `conf_level`: estimate -+ c `std.error`, c the quantile of the
#' largest |t| over the times in the joint posterior (that [simulate()] draws
#' from), worked out by a random stream of its own: same numbers each time, and
#' the caller's stream stays as it was. For a spline c belongs to the series
#' and takes about 4 seconds for 1,000 series of 12 times. It is a matter of the
#' series alone, the same in a panel of any size, and takes at most 400 times
#' (`nidcode_error_size`).
#' @section Errors:
#' `nidcode_error_break`, `_rate_given_twice` (sd in rate and scheme); messages
#' `_order_undefined` (the rate has no order 2), `_short_series`.
#' @source Economy of Region, 2017, vol. 13 (see [nidcode-package]).
#' @family rates
#' @examples
#' district <- subset(ural, region_code == "FD-U")
#' panel <- code_panel(district, ural_scheme, index = "year",
#'                     status = "_status")
#' dynamic_codes(panel)
#' dynamic_codes(panel, rate_difference())
#' @export
dynamic_codes <- function(x, rate = rate_spline(), breaks = "auto",
                          interval = "pointwise", conf_level = 0.95) {
  call <- rlang::current_env()
  check_choice(interval, c("pointwise", "simultaneous"), call = call)
  check_level(conf_level, call = call)
  if (inherits(x, c("nid_rates", "nid_model"))) {
    stop_nid("rate_given_twice",
             c("`x` already has its rates.",
               i = "Give the panel or the defining codes."), call = call)
  }
  fit <- code_fit(get_definition_of(x, call), rate, breaks, call)
  if (interval == "simultaneous") check_band_sizes(fit, call)
  rates_table(fit, interval, conf_level)
}

# V and A of all codes over the panel's rows: arrays order x code x row, in
# the order of the table.
rates_arrays <- function(fit) {
  n <- n_rows(fit$def$panel)
  k <- length(fit$codes)
  size <- c(2L, k, n)
  out <- list(estimate = array(NA_real_, size),
              std.error = NULL, df = matrix(NA_real_, k, n),
              observed = matrix(FALSE, k, n))
  bar <- start_bar("Estimating rates", k)
  for (i in seq_len(k)) {
    s <- series_values(fit, i)
    if (length(s$value) == 0L) next
    grids <- fit$codes[[i]]$grids
    orders <- orders_of(fit$rate, 1:2)
    r <- evaluate_series(fit, i, s, orders = orders)
    rows <- if (is.null(s$rows)) seq_len(n) else s$rows
    out$estimate[orders, i, rows] <- t(r$estimate)
    out$observed[i, rows] <- TRUE
    if (!is.null(r$std.error)) {
      if (is.null(out$std.error)) out$std.error <- array(NA_real_, size)
      out$std.error[orders, i, rows] <- t(r$std.error)
      out$df[i, rows] <- if (is.null(r$df_value)) {
        rep(r$df, pool_sizes(grids)[s$grid])
      } else {
        r$df_value
      }
    }
    tick_bar(bar)
  }
  out
}

rates_table <- function(fit, interval, level) {
  panel <- fit$def$panel
  a <- rates_arrays(fit)
  k <- length(fit$codes)
  n <- n_rows(panel)
  keep <- which(rep(as.vector(a$observed), each = 2L))
  every <- length(keep) == 2L * k * n
  pick <- function(x) if (every) x else x[keep]
  estimate <- pick(as.vector(a$estimate))
  se <- if (!is.null(a$std.error)) pick(as.vector(a$std.error))
  df <- pick(rep(as.vector(a$df), each = 2L))
  code <- vapply(fit$codes, `[[`, "", "code")
  term <- vapply(fit$codes, `[[`, "", "dynamic")
  rows <- pick(rep(seq_len(n), each = 2L * k))
  levels <- if (interval == "simultaneous" && !is.null(se)) {
    pick(as.vector(simultaneous_levels(fit, level)))
  } else {
    level
  }
  columns <- c(
    index_columns(panel, rows),
    list(code = pick(rep(rep(code, each = 2L), n)),
         term = pick(rep(rep(term, each = 2L), n)),
         order = pick(rep(1:2, k * n)), estimate = estimate),
    add_interval(estimate, se, df, levels),
    list(df = df)
  )
  inform_short(fit)
  inform_df(fit)
  new_nid_table(
    columns, "rates",
    fit_facts(fit, "Dynamic codes",
              c("region", "time", "code", "term", "order"),
              interval = interval, level = level,
              notes = lost_values_note(lost_values(fit), n)),
    fit = fit
  )
}

# Times of the panel's rows at which each code has no value.
lost_values <- function(fit) {
  lost <- vapply(fit$codes, function(one) {
    n_rows(fit$def$panel) - sum(pool_sizes(one$grids)[one$grid])
  }, numeric(1))
  stats::setNames(lost, vapply(fit$codes, `[[`, "", "code"))
}

# Series too short for a rate of order 1 or 2 are counted and named.
inform_short <- function(fit) {
  panel <- fit$def$panel
  if (fit$rate$top_order < 2L) {
    inform_nid("order_undefined",
               c(paste0(no_order_text(fit$rate, 2L), ": its rows are NA."),
                 i = paste0("Use ", fit$rate$higher, ".")),
               order = 2L)
  }
  for (order in orders_of(fit$rate, 1:2)) {
    short <- lapply(fit$codes, function(one) {
      ok <- rate_defined(fit$rate, fit$breaks, one$grids, order)
      owner <- rep(seq_along(pool_sizes(one$grids)), pool_sizes(one$grids))
      none <- tabulate(owner[ok], length(pool_sizes(one$grids))) == 0L
      which(one$grid > 0L)[none[one$grid[one$grid > 0L]]]
    })
    if (sum(lengths(short)) > 0L) {
      regions <- panel$regions[sort(unique(unlist(short)))]
      inform_nid(
        "short_series",
        paste0(count_of(sum(lengths(short)), "series", "series"),
               " too short for a rate of order ", order, ": ",
               some_of(regions), "."),
        regions = as.character(regions), n = sum(lengths(short)),
        order = order
      )
      break
    }
  }
}

# A `df` that a series cannot have is the nearest it can; this is said.
inform_df <- function(fit) {
  df <- fit$rate$args$df
  if (is.null(df)) {
    return(invisible())
  }
  beyond <- lapply(fit$codes, function(one) {
    bad <- df_beyond(df, fit$rate$args$m, fit$breaks, one$grids)
    used <- which(one$grid > 0L)
    used[bad[one$grid[used]]]
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
df_beyond <- function(df, m, breaks, grids) {
  n <- length(grids$offset) - 1L
  owner <- seq_len(n)
  if (breaks == "split") {
    parts <- split_pool(grids)
    owner <- parts$owner
    grids <- parts$pool
  }
  size <- pool_sizes(grids)
  steps <- if (breaks == "shift") break_counts(grids) else 0L
  bad <- df < pmin(m + steps, size) | df > size
  seq_len(n) %in% owner[bad]
}

# Breaks of each grid after its first time.
break_counts <- function(grids) {
  size <- pool_sizes(grids)
  owner <- rep(seq_along(size), size)
  tabulate(owner[grids$step > 0L & duplicated(owner)], length(size))
}
