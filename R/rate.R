# nid_rate: how rates are estimated. A small list: `name` as in the argument of
# its constructor, `kind` for the kernel, `args`, the default for breaks, and
# `top_order`, the highest order it has (`higher`: what to type for more).

new_nid_rate <- function(name, kind, args = list(), breaks = "split",
                         sd = NULL, words = name, top_order = 2L,
                         higher = NULL) {
  structure(list(name = name, kind = kind, args = args, breaks = breaks,
                 sd = sd, words = words, top_order = top_order,
                 higher = higher),
            class = "nid_rate")
}

# Those of `orders` that a rate has.
orders_of <- function(rate, orders) orders[orders <= rate$top_order]

# An order that a rate does not have is missing for the rate's sake, not for
# that of any series.
no_order_text <- function(rate, order) {
  paste0("Rate ", rate$words, " has no rate of order ", order)
}

stop_order <- function(rate, order, call, why = NULL) {
  stop_nid("order_undefined",
           c(paste0(no_order_text(rate, order), "."),
             i = paste0(why, "Use ", rate$higher, ".")),
           order = order, call = call)
}

# Formula (2) and what is made of it.
check_second_order <- function(rate, call) {
  if (rate$top_order < 2L) {
    stop_order(rate, 2L, call, "Formula (2) needs one. ")
  }
}

#' @export
format.nid_rate <- function(x, ...) x$words

#' @export
print.nid_rate <- function(x, ...) {
  cat("Rate: ", format(x), ".\n", sep = "")
  cat("Breaks by default: ", x$breaks, ".\n", sep = "")
  invisible(x)
}

check_rate <- function(x, call = rlang::caller_env()) {
  if (!inherits(x, "nid_rate")) {
    stop_argument("rate",
                  paste0("made by rate_difference(), rate_central(), ",
                         "rate_local(), rate_spline() or rate_custom()"),
                  x, call)
  }
  x
}

check_sd <- function(sd, call) {
  if (is.null(sd)) {
    return(invisible())
  }
  if (!is.numeric(sd) || anyNA(sd) || any(!is.finite(sd)) || any(sd < 0) ||
      (length(sd) != 1L && is.null(names(sd)))) {
    stop_argument("sd", paste0("one number, not negative, or numbers named ",
                               "by code"), sd, call)
  }
}

# "auto" is the rate's own default. A step of unknown size inside a difference
# cannot be told from the difference, so only fits can shift.
resolve_breaks <- function(breaks, rate, call) {
  check_choice(breaks, c("auto", "split", "shift", "ignore"), call = call)
  if (breaks == "auto") {
    return(rate$breaks)
  }
  if (breaks == "shift" && !rate$kind %in% c("local", "spline")) {
    stop_nid(
      "break",
      c(paste0("breaks = \"shift\" needs a fit; the rate is ", rate$words,
               "."),
        i = paste0("Use breaks = \"split\" or \"ignore\", or rate_local() or ",
                   "rate_spline().")),
      call = call
    )
  }
  breaks
}

# Evaluates a rate on series laid one behind the other. `grids` is a pool
# (offset, time, step), `grid` the number of each series' grid. `sums`: what
# sums_of_grids() makes. `tuning`: the frozen one, or NULL to estimate it;
# evaluate_series() takes that of a fit.
# Value: estimate and std.error (one row a value, one column an order), the
# sums, df of each series. A std.error of NULL: no error anywhere.
evaluate_rate <- function(rate, breaks, values, grid, grids,
                          orders = integer(), sums = NULL,
                          sd = numeric(), tuning,
                          keep = character()) {
  grids <- grids_seen(grids, breaks)
  if (rate$kind == "spline") {
    return(evaluate_spline(rate, breaks, values, grid, grids, orders, sums,
                           tuning, keep))
  }
  out <- linear_rates_cpp(
    values, grid, grids, linear_rate_args(rate, breaks, grids), orders,
    as.list(sums), as.double(sd), get_threads()
  )
  errors <- rate$kind == "local" || length(sd) > 0L
  df <- if (rate$kind == "local") {
    local_df(rate, breaks, grids)[grid]
  } else {
    rep(if (errors) Inf else NA_real_, length(grid))
  }
  list(estimate = nan_to_na(out$estimate),
       std.error = if (errors) nan_to_na(out$std.error),
       sum.estimate = nan_to_na(out$sum.estimate),
       sum.std.error = if (errors) nan_to_na(out$sum.std.error),
       sigma = nan_to_na(out$sigma), df = df, asked = out$asked)
}

# Grids as a rate sees them: without steps where breaks are ignored.
grids_seen <- function(grids, breaks) {
  if (breaks == "ignore") {
    grids$step <- integer(length(grids$time))
  }
  grids
}

# Sums to take of the rates of `order`: flat weights, n x k numbers a grid.
# Those of a linear rate become weights on the values here, once for all blocks
# of series; a spline needs the tuning of each series first.
sums_of_grids <- function(rate, breaks, grids, weight, k, order) {
  if (rate$kind == "spline") {
    return(list(weight = weight, k = k, order = order))
  }
  grids <- grids_seen(grids, breaks)
  linear_sums_cpp(grids, linear_rate_args(rate, breaks, grids), weight,
                  as.integer(k), as.integer(order))
}

local_df <- function(rate, breaks, grids) {
  linear_defined_cpp(grids, linear_rate_args(rate, breaks, grids), 0L)$df
}

# What the kernel is told about a rate; a custom one brings its matrices.
linear_rate_args <- function(rate, breaks, grids) {
  args <- c(list(kind = rate$kind), rate$args)
  if (rate$kind == "local") {
    args$shift <- breaks == "shift"
  }
  if (rate$kind == "custom") {
    args$matrices <- custom_matrices(rate, grids)
    args$f <- NULL
  }
  args
}

# Where a rate of some order exists, over a pool of grids.
rate_defined <- function(rate, breaks, grids, order) {
  grids <- grids_seen(grids, breaks)
  if (rate$kind == "spline") {
    return(spline_defined(rate, breaks, grids, order))
  }
  linear_defined_cpp(grids, linear_rate_args(rate, breaks, grids),
                     order)$defined
}
