# A bundle of series under one rate, all that a rate needs to be estimated:
#   value    the observed values, series after series
#   pool, of the grids, and the number of each series' own
#   region   of each series;  row  of each value in the panel (NULL: one after
#            the other from the row `before` on)
#   sd       known error of the values: none, one number, or one a value
#   rounding sd of the rounding of the values of each series, NULL where there
#            is none: errors take the noise for no less
#   unsure   errors that some values have beside those (NULL: none): `value`,
#            `error` and `load`, the values' loadings on independent errors of
#            variance 1, each of one series
#   rate, breaks, tuning (NULL: it is estimated)

# A rate, what it does at breaks and a pool are enough for whatever does not
# depend on values.
bare_series <- function(rate, pool, breaks = "ignore") {
  list(rate = rate, pool = pool, breaks = breaks)
}

# That of one code of a fit, on its own grids or on others.
code_bundle <- function(fit, one, pool = one$pool) {
  bare_series(code_rate(fit$rate, one$code), pool, fit$breaks)
}

# Series without a panel, all observed.
plain_series <- function(value, pool, of, rate) {
  c(list(value = value, of = of, region = seq_along(of), sd = rate_sd(rate)),
    bare_series(rate, pool))
}

# What all series of a code have in common: the `parts` it is made of, and its
# bundle without values. A fit whose values are no panel's own says itself what
# its `series` are.
code_made <- function(fit, i) {
  one <- fit$codes[[i]]
  if (is.null(fit$series)) {
    list(parts = parts_of_code(fit$def, one$code),
         bundle = code_bundle(fit, one))
  }
}

# The series of one code, in regions from < r <= to. `buffer`: the values of an
# earlier call, to be written over.
code_series <- function(fit, i, regions = NULL, buffer = numeric(),
                        made = code_made(fit, i)) {
  if (!is.null(fit$series)) return(fit$series(i, regions))
  panel <- fit$def$panel
  one <- fit$codes[[i]]
  if (is.null(regions)) regions <- c(0L, n_regions(panel))
  v <- code_values(fit$def, one$code, regions = regions, buffer = buffer,
                   parts = made$parts)
  value <- v$value
  row <- NULL
  before <- panel$offset[regions[[1L]] + 1L]
  if (v$missing > 0) {
    keep <- which(!is.na(value))
    row <- keep + before
    value <- value[keep]
  }
  at <- seq.int(regions[[1L]] + 1L, length.out = diff(regions))
  of <- if (isTRUE(one$everywhere) && pool_length(one$pool) == 1L) {
    rep.int(1L, length(at))
  } else {
    one$of[at]
  }
  gone <- if (!isTRUE(one$everywhere)) zeros_of(of)
  if (length(gone) > 0L) {
    at <- at[-gone]
    of <- of[-gone]
  }
  sd <- one$sd
  if (length(sd) > 1L) sd <- sd[row %||% (before + seq_along(value))]
  out <- c(list(value = value, of = of, region = at, row = row, sd = sd,
                before = before, buffer = v$value,
                tuning = tuning_of(fit, i, at)), made$bundle)
  out$rounding <- one$rounding[at]
  if (!is.null(one$unsure)) out$unsure <- unsure_values(out, one$unsure)
  out
}

# The errors of rows of the panel as those of the values of some series.
unsure_values <- function(series, unsure) {
  value <- match(unsure$row, series_rows(series))
  keep <- which(!is.na(value))
  if (length(keep) > 0L) {
    list(value = value[keep], load = unsure$load[keep],
         error = match(unsure$error[keep], unique(unsure$error[keep])))
  }
}

# Rows of the panel where the values stand.
series_rows <- function(series) {
  series$row %||% seq.int(series$before + 1L,
                          length.out = length(series$value))
}

# How many values each series has, and how many stand before it.
series_sizes <- function(series) pool_sizes(series$pool)[series$of]

series_starts <- function(series) {
  size <- series_sizes(series)
  cumsum(size) - size
}

# A curve between breaks is a series of its own: where breaks split a rate with
# a posterior, its segments. Other rates meet breaks in the core.
segments_of <- function(x) {
  if (x$rate$facts$errors == "posterior" && x$breaks == "split" &&
        pool_has_breaks(x$pool)) {
    pool_segments(x$pool)
  }
}

# How many series each grid is to the core.
segment_counts <- function(x) {
  parts <- segments_of(x)
  if (is.null(parts)) {
    return(rep(1L, pool_length(x$pool)))
  }
  tabulate(parts$owner, pool_length(x$pool))
}

# The series as the core takes them; `from`: the series each segment is of,
# `owner`: the grid that each segment's grid is of.
split_series <- function(series) {
  series$pool <- pool_seen(series$pool, series$breaks)
  parts <- segments_of(series)
  if (is.null(parts)) {
    return(series)
  }
  count <- tabulate(parts$owner, pool_length(series$pool))
  before <- cumsum(count) - count
  series$from <- rep(seq_along(series$of), count[series$of])
  series$region <- series$region[series$from]
  series$rounding <- series$rounding[series$from]
  series$of <- sequence(count[series$of], from = before[series$of] + 1L)
  series[c("pool", "owner")] <- parts[c("pool", "owner")]
  series$breaks <- "ignore"
  series
}

# The rates of `orders` at every value, and the sums that plan_sums() made.
# Value: estimate and std.error (one row a value, one column an order, in
# `orders`), the sums, df of each series (df_value: of each value, where they
# differ). A std.error of NULL: no error anywhere.
estimate_series <- function(series, orders = integer(), sums = NULL,
                            keep = character()) {
  if (!is.null(sums) && !isTRUE(sums$own)) {
    series$pool <- sums$pool
    series$of <- sums$of[series$region]
  }
  unsure <- !is.null(series$unsure)
  if (unsure && series$rate$facts$tuned != "none") {
    keep <- union(keep, "weight")
  }
  out <- series$rate$does$evaluate(series, orders, sums$sums, keep)
  out$orders <- orders
  if (unsure) add_unsure(out, series, sums) else out
}

# Given its tuning a rate is linear in the values: an error of values is an
# error of whatever is made of them, which goes through the rate as a series of
# its own. The df stay those of the rate.
add_unsure <- function(out, series, sums) {
  if (is.null(out$std.error) && is.null(out$sum.std.error)) {
    return(out)
  }
  errors <- error_series(series, out$tuning)
  r <- errors$rate$does$evaluate(errors, out$orders, sums$sums, character())
  out$std.error <- add_errors(out$std.error, r$estimate, owner_places(
    series_sizes(series), errors$owner))
  out$sum.std.error <- add_errors(out$sum.std.error, r$sum.estimate,
                                  owner_places(sums$k[series$of],
                                               errors$owner))
  out
}

# Standard errors (columns, or a vector) with the squares of x at their places.
add_errors <- function(se, x, places) {
  if (length(x) == 0L || length(se) == 0L) {
    return(se)
  }
  each <- apply(as.matrix(x), 2L, \(v) {
    unit <- power_scale(v)
    sqrt(rowsum_by((v / unit)^2, places, NROW(se))) * unit
  })
  se[] <- row_root_sum_squares(cbind(as.vector(se), as.vector(each)))
  se
}

# Places of what the owners have, `size` of each series.
owner_places <- function(size, owner) {
  sequence(size[owner], from = (cumsum(size) - size)[owner] + 1L)
}

# Levels and rates at new times as a rate predicts them, those errors with them.
predict_series <- function(series, new, order, time) {
  out <- series$rate$does$predict(without_unsure(series), new, order, time)
  if (is.null(series$unsure) || is.null(out$std.error)) {
    return(out)
  }
  errors <- error_series(series, estimate_series(series)$tuning)
  r <- errors$rate$does$predict(errors, new, order, time)
  size <- tabulate(match(out$region, series$region), length(series$region))
  out$std.error <- add_errors(out$std.error, r$estimate,
                              owner_places(size, errors$owner))
  out
}

without_unsure <- function(series) {
  series$unsure <- NULL
  series
}

# Draws of such errors alone: order x value x draw.
draw_unsure <- function(series, nsim, order) {
  out <- array(0, c(length(order), length(series$value), nsim))
  if (is.null(series$unsure)) {
    return(out)
  }
  errors <- error_series(series, estimate_series(series)$tuning)
  r <- errors$rate$does$evaluate(errors, order, NULL, character())$estimate
  size <- series_sizes(series)
  places <- owner_places(size, errors$owner)
  noise <- matrix(stats::rnorm(length(errors$owner) * nsim), ncol = nsim)
  noise <- noise[rep(seq_along(errors$owner), size[errors$owner]), ,
                 drop = FALSE]
  at <- sort(unique(places))
  for (k in seq_along(order)) out[k, at, ] <- rowsum(r[, k] * noise, places)
  out
}

# A series for each error, of the same grid and tuning as the one it is of
# (`owner`): its loadings as values.
error_series <- function(series, tuning) {
  unsure <- series$unsure
  owner <- findInterval(unsure$value - 1L, series_starts(series))
  first <- match(seq_len(max(unsure$error)), unsure$error)
  b <- owner[first]
  series$tuning <- series$tuning %||% tuning
  out <- take_series(series, b)
  size <- series_sizes(out)
  out$value <- rowsum_by(unsure$load, series_starts(out)[unsure$error] +
                           unsure$value - series_starts(series)[owner],
                         sum(size))
  out$row <- series_rows(series)[owner_places(series_sizes(series), b)]
  out$sd <- numeric()
  out$owner <- b
  out
}

# df of the estimates at every value.
value_df <- function(r, series) r$df_value %||% rep(r$df, series_sizes(series))

# Where the rate of an order exists, over the pool.
rate_defined <- function(series, order) {
  does <- series$rate$does
  if (order < 2L || !series$rate$facts$steps) {
    return(does$defined(series, order))
  }
  step_exists(does$ends(series), series$pool, series$breaks == "split")
}

# At which times of a pool a step ends: both `ends` are there and, where breaks
# `split`, none is between them.
step_exists <- function(ends, pool, split) {
  before <- utils::head(c(FALSE, ends), length(ends))
  before[is.na(step_lengths(pool))] <- FALSE
  ends & before & !(split & pool$step > 0L)
}

# Whether its estimates have errors.
has_errors <- function(rate, sd) {
  rate$facts$errors != "known" || length(sd) > 0L
}

# Series longer than a rate takes are refused before any work.
check_rate_sizes <- function(series, regions, call, code = NULL) {
  facts <- series$rate$facts
  if (facts$longest < Inf) {
    check_series_sizes(pool_longest(series$pool, series$breaks), series$of,
                       list(regions = regions, code = code), facts$longest,
                       "A spline", facts$long_hint, call)
  }
}

# Refuses series that are too long for `what`. `size`: the times of each grid;
# `of`: the grid of each region, 0 for none; `who`: list(regions, code), regions
# their labels, NULL where there is one series alone.
check_series_sizes <- function(size, of, who, most, what, hint, call) {
  if (all(size <= most)) {
    return(invisible())
  }
  size <- size[pmax(of, 1L)] * (of > 0L)
  long <- which(size > most)
  if (length(long) == 0L) {
    return(invisible())
  }
  long <- long[order(-size[long])]
  of_code <- if (!is.null(who$code)) paste0(" of code ", some_of(who$code))
  told <- if (is.null(who$regions)) {
    paste0("The series", of_code, " has ", count_of(size[long], "time"), ".")
  } else {
    paste0(count_of(length(long), "region"), of_code,
           if (length(long) == 1L) " has " else " have ", "more: ",
           some_of(paste0(who$regions[long], " (", whole_text(size[long]),
                          ")"), quote = ""), ".")
  }
  stop_nid(
    "size",
    c(paste0(what, " takes at most ", whole_text(most), " times a series."),
      x = told, i = hint),
    regions = as.character(who$regions[long]), codes = who$code,
    n = size[long], limit = most, call = call
  )
}

# NULL where the panel is one series without a name.
names_of_regions <- function(panel) {
  if (!is.na(panel$index[["region"]])) panel$regions
}
