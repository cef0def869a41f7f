#' What is stable, and how much of the differences is lasting
#'
#' What of a region's codes is stable here, and how much of the differences
#' between regions lasts? The core of a region's code is the mean of its fitted
#' level over the times of the region.
#'
#' @section How it is made:
#' With \eqn{D_r(t)} the fitted level of region r at its n times:
#' \deqn{core_r = \frac{1}{n}\sum_t D_r(t), \qquad
#'   drift_r = \frac{D_r(t_n) - D_r(t_1)}{t_n - t_1}}{
#'   core = mean of D(t), drift = (D(t_n) - D(t_1))/(t_n - t_1)}
#' Both are functionals of one curve and have its exact errors. `rank` 1 is the
#' largest core of a code.
#'
#' Of the variance of levels between regions and within them the part that is
#' noise is taken off, never below 0. Within, \eqn{s_t} the error of a level and
#' \eqn{s_c} that of the core, it is
#' \deqn{\frac{\sum_t s_t^2 - n s_c^2}{n - 1},}{
#'   (sum s_t^2 - n s_c^2)/(n - 1),}
#' the mean of \eqn{s_t^2} where errors of different times are independent;
#' between, the mean of \eqn{s_c^2}. Then
#' \deqn{stability_r = \frac{\sigma_B^2}{\sigma_B^2 + \sigma_{W,r}^2}, \qquad
#'   icc = \frac{\sigma_B^2}{\sigma_B^2 + \sigma_W^2}}{
#'   stability = s_B^2/(s_B^2 + s_W,r^2), icc = s_B^2/(s_B^2 + s_W^2)}
#' in `stability` with the variance of the cores and that of the region's own
#' levels, in `icc` with the components of a one-way analysis of variance of the
#' levels. Its limits are quantiles of draws of the curves ([simulate_rates],
#' order 0, on a stream of its own) about the noise-free components: what the
#' curves leave open, regions and years taken as they are.
#' `rank.persistence` is Kendall's W of the order of regions over the times at
#' which all have a level, corrected for ties.
#'
#' "Defining codes resist change" is then a number: `icc` near 1.
#'
#' @section Do not read into it:
#' Over a short time a smooth curve is stable whatever it is of: below 8 times
#' `stability` and `icc` say little. Lasting differences are not destiny, and a
#' region without movement can be stable at the bottom.
#'
#' @param x <nid_model> or <nid_rates>.
#' @param conf_level <num> Between 0 and 1; `NULL`: that of the model, or .95.
#' @param ... Empty.
#' @return `nid_core`: region column, `code`, `core`, `std.error`, `conf.low`,
#'   `conf.high` in units of the codes, `rank` <int>, `drift`, `drift.se` per
#'   unit of time, `stability` from 0 to 1. `NA` are the drift of one time,
#'   errors where the rate has none, and the stability of fewer than 2 regions
#'   or times.
#'   `glance()`, a row a code: `icc`, `icc.low`, `icc.high`, `rank.persistence`,
#'   `n.regions`, `n.times` (all times, of any region).
#' @section Errors: `nidcode_error_argument`; message `_short_series` for series
#'   without an error among others, which are taken as exact.
#' @source Intraclass correlation: Shrout and Fleiss (1979). Concordance:
#'   Kendall and Babington Smith (1939). That defining codes resist change: the
#'   code-based model of development (Economy of Region, 2017).
#' @concept variance decomposition
#' @concept intraclass correlation
#' @family reading
#' @examples
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' core <- code_core(model)
#' core
#' glance(core)
#' @export
code_core <- function(x, conf_level = NULL) {
  call <- rlang::current_env()
  rates <- rates_to_read(x, call)
  conf_level <- conf_level %||% get_spec(rates)$level %||% 0.95
  check_level(conf_level)
  fit <- get_fit(rates)
  parts <- lapply(seq_along(fit$codes), \(i) core_of_code(fit, i, conf_level))
  short <- sum(vapply(parts, `[[`, 1L, "short"))
  if (short > 0L) {
    inform_nid("short_series",
               paste0(count_of(short, "series", "series"), " too short for an ",
                      "error: taken as exact in `stability` and `icc`."),
               n = short)
  }
  core_table(fit, parts, conf_level)
}

# ---- One code ----------------------------------------------------------------

core_of_code <- function(fit, i, level) {
  series <- code_series(fit, i)
  if (length(series$of) == 0L) {
    return(list(rows = core_rows(list(), level), short = 0L,
                whole = core_of_all(NULL, level)))
  }
  r <- estimate_series(series, 0L)
  levels <- list(value = r$estimate[, 1L], se = r$std.error[, 1L],
                 owner = rep(seq_along(series$of), series_sizes(series)),
                 time = series$pool$time[pool_places(series$pool, series$of)])
  sums <- core_sums(fit, i, series, levels)
  parts <- core_variances(levels, sums)
  # Where no series has an error the limits are not known, not of no width.
  drawn <- if (!without_errors(r$std.error)) core_draws(fit, series, levels)
  c(list(rows = core_rows(c(sums, list(region = series$region,
                                       stability = parts$stability)), level),
         whole = core_of_all(c(parts, list(levels = levels, drawn = drawn)),
                             level)),
    short = if (is.null(drawn)) 0L else sum(is.na(sums$df)))
}

# Mean and drift of the levels. Their errors are those of two sums of order 0
# over each grid's own times.
core_sums <- function(fit, i, series, levels) {
  one <- fit$codes[[i]]
  k <- rep(2L, pool_length(one$pool))
  r <- estimate_series(series, integer(), list(
    pool = one$pool, of = one$of, k = k,
    sums = fit$rate$does$sums(code_bundle(fit, one),
                              list(weight = core_weights(one$pool), k = k,
                                   order = 0L))))
  n <- series_sizes(series)
  se <- matrix(r$sum.std.error %||% NA_real_, 2L, length(n))
  starts <- series_starts(series)
  first <- levels$value[starts + 1L]
  last <- levels$value[starts + n]
  span <- levels$time[starts + n] - levels$time[starts + 1L]
  span[n < 2L] <- NA
  list(core = rowsum_by(levels$value / n[levels$owner], levels$owner,
                        length(n)),
       core.se = se[1L, ], drift = (last - first) / span,
       drift.se = replace(se[2L, ], n < 2L, NA_real_), first = first,
       last = last, df = rep_len(as.double(r$df %||% NA_real_), length(n)))
}

core_weights <- function(pool) {
  as.double(unlist(lapply(seq_len(pool_length(pool)), \(g) {
    time <- pool$time[pool_places(pool, g)]
    n <- length(time)
    drift <- numeric(n)
    if (n > 1L) drift[c(1L, n)] <- c(-1, 1) / (time[n] - time[1L])
    c(rep(1 / n, n), drift)
  })))
}

# Components of variance on a scale of the levels' own, about their mean;
# `noise`: what each has of it (0: a series without an error is exact).
core_variances <- function(levels, sums) {
  n <- tabulate(levels$owner)
  size <- max(abs(levels$value), 0)
  unit <- power_scale(levels$value)
  centre <- mean(levels$value / unit)
  square <- \(se) replace(se, is.na(se), 0)^2
  error <- square(sums$core.se / unit)
  s <- square((levels$se %||% rep(NA_real_, length(levels$value))) / unit)
  least <- (last_digits * size / unit)^2
  within <- rowsum_by(s, levels$owner, length(n)) - n * error
  all <- anova_parts(cbind(levels$value / unit - centre), levels$owner)
  big <- length(levels$value)
  noise <- c(sum(n * error * (1 - n / big)) / (length(n) - 1),
             sum(within) / (big - length(n)))
  own <- (all$squares[, 1L] - within) / (n - 1)
  between <- stats::var(sums$core / unit) - mean(error)
  list(unit = unit, centre = centre, least = least, noise = noise, mean = all,
       stability = share_between(between, own, least))
}

# Mean squares between and within groups, a column a draw; the sums of squares
# of each group.
anova_parts <- function(x, owner) {
  n <- tabulate(owner)
  mean <- rowsum(x, owner) / n
  squares <- rowsum((x - mean[owner, , drop = FALSE])^2, owner)
  grand <- rep(colSums(x) / nrow(x), each = length(n))
  list(between = colSums(n * (mean - grand)^2) / (length(n) - 1),
       within = colSums(squares) / (nrow(x) - length(n)), squares = squares,
       n0 = (nrow(x) - sum(n^2) / nrow(x)) / (length(n) - 1))
}

# Variances below the last digits of the levels are none.
share_between <- function(between, within, least) {
  known <- \(v) ifelse(v > least, v, 0)
  nan_to_na(known(between) / (known(between) + known(within)))
}

icc_of <- function(parts, between, within) {
  within <- within - parts$noise[2L]
  between <- between - parts$noise[1L] - pmax(within, 0)
  share_between(between / parts$mean$n0, within, parts$least)
}

# Draws of the levels, value x draw: fewer of large panels. A series without an
# error is what it is.
core_draws <- function(fit, series, levels) {
  n <- length(levels$value)
  nsim <- as.integer(min(max(3e6 %/% n, 100), 1000))
  out <- with_own_stream(core_seed, {
    fit$rate$does$draw(without_unsure(series), nsim, 0L)$draws +
      draw_unsure(series, nsim, 0L)
  })
  out <- matrix(out, n)
  exact <- which(is.na(out[, 1L]))
  out[exact, ] <- levels$value[exact]
  out
}

core_seed <- 20171L

# Of all regions together. Draws have the noise of the curves a second time:
# they spread about the components of the levels.
core_of_all <- function(x, level) {
  out <- list(icc = NA_real_, icc.low = NA_real_, icc.high = NA_real_,
              rank.persistence = NA_real_, n.regions = 0L, n.times = 0L)
  if (is.null(x)) return(out)
  out$n.regions <- max(x$levels$owner)
  out$n.times <- length(unique(x$levels$time))
  out$icc <- icc_of(x, x$mean$between, x$mean$within)
  out$rank.persistence <- kendall_w(x$levels)
  if (!is.null(x$drawn) && !is.na(out$icc)) {
    d <- anova_parts(x$drawn / x$unit - x$centre, x$levels$owner)
    about <- \(what) x$mean[[what]] + d[[what]] - mean(d[[what]])
    icc <- icc_of(x, about("between"), about("within"))
    out[c("icc.low", "icc.high")] <- as.list(stats::quantile(
      icc, (1 + c(-level, level)) / 2, na.rm = TRUE, names = FALSE))
  }
  out
}

# Concordance of the order of groups over the times that all have.
kendall_w <- function(levels) {
  n <- max(levels$owner)
  count <- table(levels$time)
  at <- levels$time %in% as.numeric(names(count)[count == n])
  m <- sum(at) %/% n
  if (n < 2L || m < 2L) return(NA_real_)
  rank <- vapply(split(levels$value[at], levels$time[at]), rank, numeric(n))
  ties <- sum(apply(rank, 2L, \(r) {
    t <- as.double(table(r))
    sum(t^3 - t)
  }))
  s <- sum((rowSums(rank) - m * (n + 1) / 2)^2)
  nan_to_na(12 * s / (m^2 * (n^3 - n) - m * ties))
}

# ---- The table ---------------------------------------------------------------

core_rows <- function(x, level) {
  if (length(x) == 0L) return(list(region = integer()))
  shown <- at_level(list(estimate = x$core, std.error = x$core.se, df = x$df),
                    level)
  c(x[c("region", "core")], shown[c("std.error", "conf.low", "conf.high")],
    list(rank = rank(-x$core, ties.method = "min")),
    x[c("drift", "drift.se", "stability", "first", "last")])
}

core_table <- function(fit, parts, level) {
  names <- c("region", "core", "std.error", "conf.low", "conf.high", "rank",
             "drift", "drift.se", "stability", "first", "last")
  rows <- lapply(parts, `[[`, "rows")
  out <- columns_of(rows, names, whole = c("region", "rank"))
  code <- rep(seq_along(rows), lengths(lapply(rows, `[[`, "region")))
  at <- order(out$region, code)
  out <- lapply(c(out, list(code = code)), \(v) v[at])
  codes <- code_field(fit, "code")
  whole <- names(core_of_all(NULL, level))
  glance <- plain_table(c(list(code = codes), columns_of(
    lapply(parts, `[[`, "whole"), whole, whole = c("n.regions", "n.times"))))
  panel <- fit$def$panel
  new_nid_table(
    c(lapply(region_column(panel), \(x) x[out$region]),
      list(code = codes[out$code]), out[setdiff(names, c("region", "first",
                                                         "last"))]),
    "core",
    fit_facts(fit, "Cores of the codes", c(
      if (!is.na(panel$index[["region"]])) "region", "code"), level = level,
      notes = if (any(glance$n.times < 8L)) {
        "Over fewer than 8 times any smooth curve looks stable."
      }),
    fit = list(glance = glance, first = out$first, last = out$last)
  )
}

#' @rdname code_core
#' @export
glance.nid_core <- function(x, ...) {
  check_foreign_dots(...)
  need_core(x)$glance
}

need_core <- function(x, call = rlang::caller_env()) {
  get_fit(x) %||% stop_argument("x", "as code_core() made it", x, call)
}

#' @rdname in_words
#' @export
in_words.nid_core <- function(x, language = NULL, ...) {
  rlang::check_dots_empty()
  all <- need_core(x)$glance
  # The most lasting first.
  by <- order(-all$icc)
  vapply(by, \(i) core_sentence(x, all[i, ]), "")
}

core_sentence <- function(x, one) {
  code <- say_label(one$code)
  if (is.na(one$icc)) {
    return(say("%s: whether differences of regions last cannot be said.", code))
  }
  key <- key_column(get_spec(x), "region")
  rows <- which(x[["code"]] == one$code)
  ends <- rows[c(which.max(x[["core"]][rows]), which.min(x[["core"]][rows]))]
  limits <- c(one$icc.low, one$icc.high)
  paste0(
    say("%s: %s of the variance of levels lies between regions and lasts",
        code, if (anyNA(limits)) two_decimals(one$icc) else {
          say("%s (%s to %s)", two_decimals(one$icc), two_decimals(limits[1L]),
              two_decimals(limits[2L]))
        }),
    if (!is.na(one$rank.persistence)) {
      say("; their order holds with W = %s", two_decimals(one$rank.persistence))
    },
    if (!is.na(key)) {
      say("; the highest core is that of %s, the lowest that of %s",
          as.character(x[[key]][ends[1L]]), as.character(x[[key]][ends[2L]]))
    }, "."
  )
}
