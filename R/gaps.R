#' Is the gap noise, new or persistent, and when would it close?
#'
#' The gap of a region is the level of a benchmark minus the fitted level of the
#' region, by code or of all codes together, at the last time that both have:
#' below zero where the region is ahead (the other way round than
#' [region_contrasts()]).
#'
#' @section How it is made:
#' The gap is a series of differences with the errors of a fit of its own, as in
#' [region_contrasts()]; `closing` is minus its rate,
#' \deqn{gap = D_b - D_r, \quad closing = V_r - V_b, \quad
#'   years = gap / closing}{gap = D_b - D_r, closing = V_r - V_b,
#'   years = gap/closing}
#' `years` is 0 where there is no gap to close (its limits as well where the
#' region is ahead) and `Inf` where it does not close. Its limits are
#' Fieller's: all \eqn{\theta \ge 0}{theta >= 0} with
#' \deqn{(gap - \theta\, closing)^2 \le q^2 (s_g^2 - 2 \theta s_{gc} +
#'   \theta^2 s_c^2),}{(gap - theta closing)^2 <= q^2 (s_g^2 - 2 theta s_gc +
#'   theta^2 s_c^2),}
#' q the quantile of t and \eqn{s_{gc}} the covariance of both, two functionals
#' of one curve. The upper is `Inf` where the interval of `closing` covers 0;
#' where every \eqn{\theta}{theta} fits, or errors of the two sides are
#' independent (see [region_contrasts()]), they are `NA`, with a `note`.
#'
#' `state` is the first that fits: "ahead", `conf.high` below 0; "none", the
#' interval holds 0; "closing", persistent and `prob.closing` of `conf_level` or
#' more; "persistent", above 0 at each of the last `runs` times together (the
#' quantile is that of the largest of those times); "forming". `since` is the
#' time from which the interval of each time has been on its present side of 0,
#' or over it.
#'
#' Of codes together (`of = "industrial"`) levels and rates are weighted sums
#' over the codes that a region has, at times that have all of them, with the
#' errors of [region_contrasts()]; a region that lacks a code is compared by the
#' sum of the others (`note`). The quantile of the last `runs` times and the covariance
#' of gap and rate take the errors of codes as independent.
#'
#' "best" is the largest level of a code at the last time. The largest of many
#' is partly luck: `gap.fair` is the gap less the mean excess of the largest of
#' drawn levels over that of the levels.
#'
#' @section Do not read into it:
#' "If today's rates went on" is no forecast: rates change, and the rate at the
#' last time is the least sure. "best" is partly luck. "none" says that a gap
#' cannot be told from noise, not that there is none.
#'
#' @param x <nid_model> or <nid_rates>.
#' @param benchmark One region by name, "best", "mean" (of the others), numbers
#'   named by region (weights of a mean), or one number.
#' @param runs <int> Times at which a gap must be clear to be persistent.
#' @param of <chr> "defining": the levels of the defining codes, a row each;
#'   "industrial": of all codes together, the weighted sum of those levels, whose
#'   rate is Code ID.
#' @param conf_level <num> Between 0 and 1; `NULL`: that of the model, or .95.
#' @return `nid_gaps`: region column, `code` (of defining codes), `gap`, `std.error`, `conf.low`,
#'   `conf.high` in units of the codes, `closing`, `closing.se` per unit of
#'   time, `prob.closing`, `state` <chr>, `since` (a time), `years`,
#'   `years.low`, `years.high` in units of time, `gap.fair` (`NA` unless
#'   "best"), `against` <chr>, `note` <chr>. Without errors `state`, `since`
#'   and probabilities are `NA`. A region against itself is exactly 0, "none".
#' @section Errors:
#' `nidcode_error_benchmark` (none, no such region, several), `_argument`;
#' messages `_best` (the best of many is partly luck), `_dropped_pairs` for
#' regions without a time in common with the benchmark.
#' @source Fieller (1954), Some Problems in Interval Estimation.
#' @concept convergence
#' @concept catching up
#' @family reading
#' @examples
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' code_gaps(model, "Sverdlovsk Oblast")
#' code_gaps(model, "mean", of = "industrial")
#' @export
code_gaps <- function(x, benchmark, runs = 3, of = "defining",
                      conf_level = NULL) {
  call <- rlang::current_env()
  check_choice(of, c("defining", "industrial"), call = call)
  check_number(runs, min = 1, whole = TRUE)
  rates <- rates_to_read(x, call)
  conf_level <- conf_level %||% get_spec(rates)$level %||% 0.95
  check_level(conf_level)
  if (missing(benchmark) || is.null(benchmark)) {
    stop_nid("benchmark", c("Gaps need a `benchmark`.",
                            i = paste0("Give a region, \"best\", \"mean\", ",
                                       "weights or a number.")), call = call)
  }
  fit <- get_fit(rates)
  cor <- if (inherits(x, "nid_model")) x$args$cor else "auto"
  fit$asked <- list(cor = check_cor(cor, fit, call))
  asked <- list(runs = runs, level = conf_level, whole = of == "industrial")
  fits <- if (asked$whole) list(fit) else
    lapply(seq_along(fit$codes), code_alone, fit = fit)
  parts <- lapply(fits, gaps_of_codes, benchmark, asked, call)
  inform_best(fit, parts)
  gaps_table(fit, parts, asked)
}

# ---- One code, or all together -----------------------------------------------

gaps_of_codes <- function(fit, benchmark, asked, call) {
  best <- best_level(fit, benchmark)
  pairs <- wanted_pairs(fit, best$region %||% benchmark, NULL, call)
  path <- gap_law(fit, pairs, "defining")
  rate <- gap_law(fit, pairs, "dynamic")
  path <- c(path, at_level(path[c("estimate", "std.error", "df")],
                           asked$level)[c("conf.low", "conf.high")])
  last <- which(!duplicated(path$pair, fromLast = TRUE))
  now <- lapply(path, `[`, last)
  v <- match(paste(now$pair, now$time), paste(rate$pair, rate$time))
  closing <- at_level(list(estimate = -rate$estimate[v],
                           std.error = rate$std.error[v], df = rate$df[v]),
                      asked$level)
  joint <- gap_draws(fit, pairs, path, asked)
  years <- fieller_years(
    list(estimate = now$estimate, std.error = now$std.error, df = now$df),
    list(estimate = -rate$estimate[v], std.error = closing$std.error),
    -joint$cor[now$pair], asked$level)
  self <- !is.null(pairs$right) & pairs$left[now$pair] ==
    (pairs$right[now$pair] %||% 0L)
  c(now, years, list(
    closing = -rate$estimate[v], closing.se = closing$std.error,
    prob.closing = closing$prob.positive,
    since = side_since(path),
    state = gap_states(now, closing$prob.positive,
                       clear_together(path, joint$critical, asked), self,
                       asked$level),
    gap.fair = if (is.null(best)) rep(NA_real_, length(last)) else
      now$estimate - ifelse(self, 0, best$bias),
    against = pairs$against[now$pair]),
    list(path = path, best = !is.null(best), pairs = pairs))
}

# Laws of gaps and of their rates: benchmark less region, by pair and time.
gap_law <- function(fit, pairs, what) {
  own <- timed_sums(fit, what)
  if (!is.null(pairs$others)) {
    own <- bind_rows_of(own, mean_sums(own, pairs$others))
  }
  out <- if (is.null(pairs$right)) {
    number <- if (what == "defining") pairs$number else 0
    c(list(pair = own$side, estimate = number - own$estimate),
      own[c("time", "std.error", "df")],
      list(errors = rep("own", length(own$side))))
  } else {
    compare_sides(fit, own, list(left = pairs$right, right = pairs$left,
                                 others = pairs$others), what)
  }
  keep <- which(!is.na(out$estimate))
  at <- keep[order(out$pair[keep], out$time[keep])]
  lapply(out[c("pair", "time", "estimate", "std.error", "df", "errors")],
         \(v) v[at])
}

# The region with the largest level at the last time, and by how much the
# largest of drawn levels exceeds it on average.
best_level <- function(fit, benchmark) {
  name <- as.character(fit$def$panel$regions)
  if (!identical(benchmark, "best") || "best" %in% name) {
    return(NULL)
  }
  own <- timed_sums(fit, "defining")
  known <- which(!is.na(own$estimate))
  if (length(known) == 0L) {
    return(list(region = c(name, "mean")[1L], bias = NA_real_))
  }
  at <- known[own$time[known] == max(own$time[known])]
  level <- own$estimate[at]
  list(region = name[own$side[at][which.max(level)]],
       bias = if (!fit_has_errors(fit)) NA_real_ else {
         drawn <- posterior_levels(fit, own$side[at], own$time[at])$drawn
         exact <- which(is.na(drawn[, 1L]))
         drawn[exact, ] <- level[exact]
         mean(apply(drawn, 2L, max)) - max(level)
       })
}

# Levels of the codes together at times of regions: estimates, variances, draws
# (on a stream of our own; fewer of large panels) and the correlation with the
# rate, errors of codes as independent. NA where one has no error.
posterior_levels <- function(fit, side, time) {
  every <- lapply(seq_along(fit$codes), code_series, fit = fit)
  n <- sum(lengths(lapply(every, `[[`, "value")))
  nsim <- as.integer(min(max(1e6 %/% max(n, 1), 200), 4000))
  parts <- with_own_stream(core_seed, lapply(seq_along(every), \(i) {
    one <- fit$codes[[i]]
    own <- levels_of_code(every[[i]], side, time, nsim, one$weight)
    # A code that a region lacks adds nothing.
    lacks <- one$of[side] == 0L
    own$drawn[lacks, ] <- 0
    own[names(own) != "drawn"] <- lapply(own[names(own) != "drawn"], replace,
                                         lacks, 0)
    own
  }))
  out <- Reduce(\(a, b) Map(`+`, a, b), parts)
  out$cor <- out$both / sqrt(out$variance * out$of.rate)
  out
}

levels_of_code <- function(series, side, time, nsim, weight) {
  r <- estimate_series(series, 0:1)
  se <- r$std.error
  drawn <- matrix(NA_real_, length(series$value), nsim)
  cor <- rep(NA_real_, length(series$value))
  if (is.null(se)) se <- matrix(NA_real_, length(series$value), 2L) else {
    drawn[] <- series$rate$does$draw(without_unsure(series), nsim, 0L)$draws +
      draw_unsure(series, nsim, 0L)
    cor <- series_correlation(series, 0:1)
  }
  owner <- rep(series$region, series_sizes(series))
  own <- series$pool$time[pool_places(series$pool, series$of)]
  at <- match(paste(side, time), paste(owner, own))
  list(drawn = weight * drawn[at, , drop = FALSE],
       estimate = weight * r$estimate[at, 1L],
       variance = (weight * se[at, 1L])^2, of.rate = (weight * se[at, 2L])^2,
       both = weight^2 * se[at, 1L] * se[at, 2L] * cor[at])
}

# Of every pair: the correlation of level and rate at the last time, and the
# quantile of the largest |t| of drawn levels at the last `runs` times. Where
# errors of two sides are independent the quantile is Bonferroni's.
gap_draws <- function(fit, pairs, path, asked) {
  n <- length(pairs$left)
  df <- path$df[match(seq_len(n), path$pair)]
  out <- list(cor = rep(NA_real_, n), critical = stats::qt(
    1 - (1 - asked$level) / 2 / asked$runs, df))
  gap <- if (is.null(pairs$right)) fit else {
    difference_fit(fit, pairs$right, pairs$left, pairs$others)
  }
  if (!fit_has_errors(fit)) {
    return(out)
  }
  rows <- lapply(split(seq_along(path$pair), path$pair), utils::tail,
                 asked$runs)
  at <- as.integer(unlist(rows))
  post <- posterior_levels(gap, path$pair[at], path$time[at])
  own <- split(seq_along(at), path$pair[at])
  for (key in names(own)) {
    i <- own[[key]]
    p <- as.integer(key)
    out$cor[p] <- post$cor[i[length(i)]]
    se <- sqrt(post$variance[i])
    if (anyNA(post$drawn[i, 1L]) || !all(se > 0)) next
    t <- abs(post$drawn[i, , drop = FALSE] - post$estimate[i]) / se
    out$critical[p] <- upper_quantile(do.call(pmax, unname(asplit(t, 1L))),
                                      asked$level)
  }
  out
}

# Above 0 at each of the last `runs` times together.
clear_together <- function(path, critical, asked) {
  rows <- split(seq_along(path$pair), path$pair)
  vapply(rows, \(at) {
    if (length(at) < asked$runs) return(FALSE)
    at <- utils::tail(at, asked$runs)
    all(path$estimate[at] > critical[path$pair[at[1L]]] * path$std.error[at])
  }, NA, USE.NAMES = FALSE)
}

gap_states <- function(now, prob, persistent, self, level) {
  out <- ifelse(persistent, "persistent", "forming")
  out[(persistent & prob >= level) %in% TRUE] <- "closing"
  side <- clear_side(now$conf.low, now$conf.high)
  out[side %in% 0] <- "none"
  out[side %in% -1] <- "ahead"
  out[is.na(side)] <- NA
  out[self] <- "none"
  out
}

# From when on each pair's interval has been where it is at the last time.
side_since <- function(path) {
  side <- clear_side(path$conf.low, path$conf.high)
  rows <- split(seq_along(path$pair), path$pair)
  vapply(rows, \(at) {
    now <- side[at[length(at)]]
    if (is.na(now)) return(NA_real_)
    other <- which(!(side[at] %in% now))
    path$time[at[max(other, 0L) + 1L]]
  }, 1, USE.NAMES = FALSE)
}

# All theta >= 0 that the ratio of two estimates may be, in units of the ratio
# of their errors.
fieller_years <- function(gap, closing, rho, level) {
  years <- ifelse(gap$estimate <= 0, 0, ifelse(
    closing$estimate > 0, gap$estimate / closing$estimate, Inf))
  unit <- gap$std.error / closing$std.error
  q <- stats::qt((1 + level) / 2, gap$df)
  g <- gap$estimate / gap$std.error
  v <- closing$estimate / closing$std.error
  a <- v^2 - q^2
  b <- g * v - q^2 * rho
  c <- g^2 - q^2
  root <- sqrt(pmax(b^2 - a * c, 0))
  # The numerically safe pair of roots of a x^2 - 2 b x + c.
  s <- b + ifelse(b < 0, -1, 1) * root
  low <- pmin(s / a, c / s)
  high <- pmax(s / a, c / s)
  whole <- (a <= 0 & b^2 - a * c <= 0) %in% TRUE
  open <- (a <= 0 & !whole) %in% TRUE
  # Open upwards: from the larger root, or from 0 where 0 is one of them.
  low[open] <- ifelse(c <= 0, 0, high)[open]
  high[open] <- Inf
  never <- (!open & !whole & high < 0) %in% TRUE
  low[never] <- high[never] <- Inf
  low[whole] <- high[whole] <- NA
  ahead <- which(g < -q)
  low[ahead] <- high[ahead] <- 0
  exact <- gap$std.error == 0 & closing$std.error == 0
  pick <- \(x) nan_to_na(ifelse(exact, years, pmax(x, 0) * ifelse(
    is.infinite(x), 1, unit)))
  list(years = years, years.low = pick(low), years.high = pick(high),
       note = ifelse(is.na(rho) & !is.na(v) & !exact,
                     "independent errors: no limits of years",
                     ifelse(whole, "any number of years fits", "")))
}

# ---- The table ---------------------------------------------------------------

inform_best <- function(fit, parts) {
  if (any(vapply(parts, `[[`, NA, "best"))) {
    inform_nid("best",
               c(paste0("The best of ", count_of(n_regions(fit$def$panel),
                                                 "region"),
                        " is partly luck."),
                 i = "`gap.fair` is without the mean excess of the largest."))
  }
}

gaps_table <- function(fit, parts, asked) {
  panel <- fit$def$panel
  text <- c("state", "note", "against")
  names <- c("estimate", "std.error", "conf.low", "conf.high", "closing",
             "closing.se", "prob.closing", "state", "since", "years",
             "years.low", "years.high", "gap.fair", "against", "note")
  rows <- columns_of(parts, c("pair", names), text = text, whole = "pair")
  code <- rep(seq_along(parts), lengths(lapply(parts, `[[`, "pair")))
  at <- order(rows$pair, code)
  rows <- lapply(rows, \(v) v[at])
  codes <- code_field(fit, "code")
  for (p in parts[1L]) inform_dropped(panel, p$pairs, rows$pair)
  shown <- rows[names]
  names(shown)[1L] <- "gap"
  shown[!names(shown) %in% c(text, "since")] <- lapply(
    shown[!names(shown) %in% c(text, "since")], nan_to_na)
  shown$since <- time_like(panel, shown$since)
  new_nid_table(
    c(lapply(region_column(panel), \(x) x[rows$pair]),
      if (!asked$whole) list(code = codes[code[at]]), shown),
    "gaps",
    fit_facts(fit, if (asked$whole) "Gaps of all codes together" else
      "Gaps of the codes", c(if (!is.na(panel$index[["region"]])) "region",
                             if (!asked$whole) "code"),
      benchmark = unique(rows$against), runs = asked$runs,
      level = asked$level,
      notes = "Years: if today's rates went on, which is no forecast."),
    fit = list(years = counts_years(panel), path = gap_paths(
      panel, parts, list(pair = rows$pair, code = code[at])))
  )
}

# Of every path its row of the table (`key`).
gap_paths <- function(panel, parts, rows) {
  path <- columns_of(lapply(parts, `[[`, "path"), c(
    "pair", "time", "estimate", "conf.low", "conf.high"), whole = "pair")
  code <- rep(seq_along(parts), lengths(lapply(parts, \(p) p$path$pair)))
  path$key <- match(paste(path$pair, code), paste(rows$pair, rows$code))
  path$time <- time_like(panel, path$time)
  path
}

#' @rdname in_words
#' @export
in_words.nid_gaps <- function(x, language = NULL, ...) {
  rlang::check_dots_empty()
  # A region against itself has no gap.
  self <- x[["gap"]] == 0 & !(x[["std.error"]] > 0) %in% TRUE
  gaps <- which(!self %in% TRUE)
  if (length(gaps) == 0L) {
    return(say("There is no gap to tell of."))
  }
  state <- replace(x[["state"]], which(self), NA)
  if (all(is.na(state))) {
    return(say("The rate has no error: no gap can be told from noise."))
  }
  behind <- which(state %in% c("closing", "persistent", "forming"))
  ahead <- which(state %in% "ahead")
  none <- sum(state %in% "none")
  c(say("%s of %s gaps are clear (%s): %s behind, %s ahead.",
        length(c(behind, ahead)), length(gaps), level_text(get_spec(x)$level),
        length(behind), length(ahead), n = length(c(behind, ahead))),
    vapply(utils::head(behind, 20L), \(i) gap_sentence(x, i), ""),
    if (length(ahead) > 0L) {
      say("Ahead: %s.", name_list(gap_names(x, ahead, " (", ")")))
    },
    if (none > 0L) {
      say("%s gaps cannot be told from noise.", none, n = none)
    })
}

# "Kurgan Oblast, social"; in a list of names "Kurgan Oblast (social)".
gap_names <- function(x, rows, before = ", ", after = "") {
  vapply(rows, \(i) {
    code <- if (is.null(x[["code"]])) say("all codes together") else
      say_label(x[["code"]][i])
    who <- who_words(x, i)
    if (is.null(who)) code else paste0(who, before, code, after)
  }, "")
}

gap_sentence <- function(x, i) {
  paste0(
    say("%s: %s behind %s, %s since %s", gap_names(x, i),
        text_by_error(x[["gap"]][i], x[["std.error"]][i]),
        say_label(sub("^((weighted )?mean of)", "the \\1", x[["against"]][i])),
        say_label(x[["state"]][i]), stamp_words(x[["since"]][i])),
    if (is.finite(x[["years"]][i])) years_words(x, i) else
      if (!is.na(x[["years"]][i])) say("; it does not close now"), "."
  )
}

# In how many years a gap would close.
years_words <- function(x, i) {
  number <- \(v) few_digits(v, 2L)
  limits <- c(x[["years.low"]][i], x[["years.high"]][i])
  years <- number(x[["years"]][i])
  paste0(
    if (isTRUE(get_fit(x)$years)) {
      say("; at today's rates it would close in %s years", years)
    } else {
      say("; at today's rates it would close in %s units of time", years)
    },
    if (!anyNA(limits)) {
      if (is.finite(limits[2L])) {
        say(" (%s to %s)", number(limits[1L]), number(limits[2L]))
      } else {
        say(" (%s or more, or never)", number(limits[1L]))
      }
    },
    say(", which is no forecast")
  )
}
