#' Did a code change abruptly, when, and by how much?
#'
#' Tests whether a series holds one abrupt change that no smooth curve explains:
#' its level jumps once (a spike of the rate), or its rate jumps and stays (a
#' kink of the code).
#'
#' @section The test:
#' The curve is that of the smoothing spline, \eqn{y = X b + f + e}, with known
#' breaks as steps in X. A change at time b is one more column,
#' \eqn{1(s \ge s_b)} or \eqn{(s - s_b)_+}. On the free directions, given
#' lambda, \eqn{c_{gb}} is the share of the whitened residual that it explains.
#' \deqn{T_1 = \sum_g p_g \max_b c_{gb}, \qquad T_2 = \max_b \log BF_b}{
#'   T1 = sum_g p_g max_b c_gb,   T2 = max_b log BF_b}
#' with \eqn{p_g} the weights of lambda without a change and BF the Bayes
#' factor of a change at b. \eqn{p_j} is the largest probability, over a family of
#' null worlds, of a \eqn{T_j} as large; `statistic` is the smaller of the two,
#' and `p.value` the largest probability over the family that it is as small: a
#' test of all times and both kinds at once.
#'
#' Sums over lambda take every second of the 41 of the spline. The family: the
#' spline itself at 11 of them, and ten smooth curves (line, parabola, cubic, two
#' exponentials, two logistics, sine, bump, Gompertz) with noise of 1, 2 and 5 %
#' of their range. Equal steps of 8 to 40
#' times without breaks, `trim = 1`, all kinds (order 2: levels), are tabulated
#' (`data-raw/mutations.R`); other grids are simulated with `nsim` runs each, the
#' first 256 of all worlds and the others of those that lead in these, on a
#' random stream of their own, and kept for the session: some .1 to .2 s a grid,
#' half a minute for 200 distinct ones. p below .001 is given as .001.
#'
#' `note` is "residuals like a walk" where the Durbin-Watson statistic of the
#' series, about the curve of `x` with what was found taken out, is below its
#' expectation ([rates_residuals]) by more than \eqn{1.645 \cdot
#' 2/\sqrt{n}}{1.645 * 2 / sqrt(n)}: errors of neighbouring times go together,
#' which no null world has, so that p is optimistic. It is set on 2, 21 and 57 %
#' of random walks of 12, 20 and 40 times and on 2 % of lines with independent
#' errors or less: its absence is no evidence of independence.
#'
#' `trim`: candidates left out at each end, since a change at the first or last
#' step cannot be told from a steep start or one odd year. Under order 2
#' ([smoothness()]) kinks are the curve's own movement and only levels are
#' tested. `max > 1`: what is found joins X and the rest is tested again, while
#' at least 6 directions are free.
#'
#' `size` is the jump of the level, or of the rate per unit of time, by
#' generalised least squares given lambda, averaged over the weights of lambda
#' with the change in the model.
#'
#' @section Do not read into it:
#' At 8 years only a jump of ten or more standard deviations of the noise is
#' seen: "none found" is no evidence of none. Smooth means that a rise takes
#' about 4 steps or more and is not much steeper in its middle: a curve that
#' turns within two or three steps looks abrupt here (a steep logistic always, a
#' fast start in 12 % at 20 times), and so do 8 % of arctangents, and of 20 times
#' 7 % of Hill curves and of random walks. To hold these as well, the share of
#' jumps found below would fall from 66 to 58 % at 12 times
#' (`inst/studies/mutations`). Of lines with a jump of 8 standard deviations 31,
#' 68 and 96 % are found at 8, 12 and 20 times, of kinks of 8 a step 13, 48 and
#' 95 %. A date is within a year or so. The size is that of the largest of many
#' and overstated where p is near .05. A year shared by many regions of a code
#' is a change of method before it is a mutation (message `common_break`).
#'
#' @param x <nid_model> or <nid_rates>; its defining codes are tested.
#' @param kind <chr> "any", "rate" or "level".
#' @param level <num> `found` is p.adjusted below it.
#' @param trim <int> Candidates left out at each end.
#' @param max <int> Most changes of a series.
#' @param nsim <int> Runs of a null world of a grid that is not tabulated.
#' @param adjust <chr> Adjustment over all series, one of
#'   [stats::p.adjust.methods].
#' @param seed <int> Of the simulated worlds; `NULL`: a fixed one.
#' @return `nid_mutations`, a row a region and code (more where `max > 1`):
#'   region and time columns (the first time of the new regime; `NA` where not
#'   tested), `code`, `kind`, `statistic`, `p.value`, `p.adjusted`, `found`
#'   <lgl>, `size`, `size.se`, `prior.share` (of the Bayes factors of all places,
#'   that of this one), `n`, `known.breaks` <chr> (times where the status says
#'   `break`: a step of the curve, so that a jump there is not tested; a kink
#'   is), `note`. `summary()`: what is found by code and
#'   time.
#' @section Conditions: Error `nidcode_error_argument`; messages
#'   `nidcode_message_short_series` (times less breaks below 8: not tested) and
#'   `nidcode_message_common_break`.
#' @source Worst case over a family: as in [verdict()]. What it holds and finds:
#'   `inst/studies/mutations`.
#' @concept structural break
#' @concept outlier
#' @family reading
#' @examples
#' regions <- subset(ural, level == "region")
#' panel <- code_panel(regions, ural_scheme, status = "_status")
#' code_mutations(dynamic_codes(panel))
#' @export
code_mutations <- function(x, kind = "any", level = 0.05, trim = 1, max = 1,
                           nsim = 1999, adjust = "none", seed = NULL) {
  call <- rlang::current_env()
  check_choice(kind, c("any", "rate", "level"))
  check_level(level, "level")
  check_number(trim, min = 0, whole = TRUE)
  check_number(max, min = 1, whole = TRUE)
  check_number(nsim, min = 199, whole = TRUE)
  check_choice(adjust, stats::p.adjust.methods, "adjust")
  if (!is.null(seed)) check_number(seed, whole = TRUE)
  rates <- rates_to_read(x, call)
  fit <- get_fit(rates)
  asked <- list(kind = kind, level = level, trim = as.integer(trim), max = max,
                nsim = nsim, seed = seed %||% mutation_seed)
  bar <- start_bar("Testing for mutations", length(fit$codes))
  rows <- lapply(seq_along(fit$codes), \(i) {
    out <- mutations_of_code(fit, i, asked)
    tick_bar(bar, 1)
    out
  })
  rows <- do.call(rbind, rows)
  mutations_table(fit, rows, asked, adjust, get_spec(rates))
}

mutation_seed <- 20170312L
mutation_times <- 8L

mutations_of_code <- function(fit, i, asked) {
  s <- code_series(fit, i)
  if (length(s$of) == 0L) {
    return(NULL)
  }
  pool <- pool_seen(s$pool, s$breaks)
  m <- smoothness_order(s$rate)
  kinds <- list(level = asked$kind != "rate",
                rate = asked$kind != "level" && m == 3L, trim = asked$trim)
  start <- series_starts(s)
  parts <- lapply(unique(s$of), \(g) {
    mine <- which(s$of == g)
    grid <- pool_take(pool, g)
    n <- length(grid$time)
    value <- matrix(s$value[sequence(rep(n, length(mine)),
                                     from = start[mine] + 1L)], n)
    out <- mutations_of_grid(value, grid, m, kinds, asked)
    cbind(region = s$region[mine][out$series], code = i, out,
          known = known_breaks(grid, fit$def$panel))
  })
  out <- do.call(rbind, parts)
  walk <- s$region[walks_on(s, fit$rate, out, asked$level)]
  out$note[out$region %in% walk & out$note == ""] <- walk_note
  out
}

# The times of the known breaks of a grid, in words.
known_breaks <- function(grid, panel) {
  at <- setdiff(which(grid$step > 0L), 1L)
  if (length(at) == 0L) "" else
    paste(stamp_words(times_of_rows(panel, grid$time[at])), collapse = ", ")
}

walk_note <- "residuals like a walk"

# Of which series the residuals about the curve, what was found taken out, have
# a Durbin-Watson statistic that far below its expectation: 2 / sqrt(n) is its
# standard deviation where they are independent.
walks_on <- function(s, rate, rows, level) {
  if (rate$facts$errors == "known" || !any(rows$note == "")) {
    return(logical(length(s$of)))
  }
  s$value <- without_changes(s, rows[which(rows$p.value < level), ])
  part <- c(list(value = s$value), rate$does$residuals(s))
  segment_of <- rep(seq_along(s$of), segment_counts(s)[s$of])
  dw <- durbin_watson_in(part, segment_of, length(s$of))
  far <- (dw[, 1L] - dw[, 2L]) * sqrt(series_sizes(s)) / 2
  (far < stats::qnorm(0.05)) %in% TRUE
}

without_changes <- function(s, rows) {
  start <- series_starts(s)
  value <- s$value
  for (i in seq_len(nrow(rows))) {
    k <- match(rows$region[i], s$region)
    time <- pool_take(s$pool, s$of[k])$time
    after <- if (rows$rate[i]) pmax(time - rows$time[i], 0) else
      as.double(time >= rows$time[i])
    at <- start[k] + seq_along(time)
    value[at] <- value[at] - rows$size[i] * after
  }
  value
}

# A row a series, and one more for each further change.
mutations_of_grid <- function(value, grid, m, kinds, asked) {
  none <- data.frame(
    series = seq_len(ncol(value)), at = NA_integer_, time = NA_real_,
    rate = NA, statistic = NA_real_, p.value = NA_real_, size = NA_real_,
    size.se = NA_real_, prior.share = NA_real_, n = nrow(value),
    note = "not tested"
  )
  n <- nrow(value) - pool_breaks(grid)
  if (n < mutation_times || !(kinds$level || kinds$rate)) {
    return(none)
  }
  scaled <- scaled_series(value, m, grid)
  none$note[scaled$flat] <- "a polynomial"
  live <- which(!scaled$flat)
  if (length(live) == 0L) {
    return(none)
  }
  no_known <- matrix(0L, 2L, 0L)
  found <- test_series(scaled$value[, live, drop = FALSE], grid, m, kinds,
                       no_known, asked)
  if (is.null(found)) {
    return(none)
  }
  none[live, names(found)] <- found
  none$note[live] <- ""
  further <- lapply(live, \(k) {
    further_changes(scaled$value[, k, drop = FALSE], grid, m, kinds, asked,
                    none[k, ])
  })
  out <- do.call(rbind, c(list(none), further))
  out[c("size", "size.se")] <- out[c("size", "size.se")] *
    scaled$unit[out$series]
  out$time <- grid$time[out$at]
  out
}

# In a power of two of their own, so that squares stay within range; a series
# that the polynomials and known steps explain has nothing to test.
scaled_series <- function(value, m, grid) {
  unit <- apply(value, 2L, power_scale)
  value <- value / rep(unit, each = nrow(value))
  time <- grid$time - grid$time[1L]
  x <- cbind(outer(time / max(time), seq_len(m) - 1L, `^`),
             vapply(setdiff(which(grid$step > 0L), 1L), \(b) {
               as.double(seq_along(time) >= b)
             }, time))
  left <- qr.resid(qr(x), value)
  flat <- sqrt(colSums(left^2)) <= 1e-9 * sqrt(colSums(value^2))
  list(value = value, unit = unit, flat = flat)
}

# NULL where no place is left to try.
test_series <- function(value, grid, m, kinds, known, asked) {
  grid <- list(time = as.double(grid$time), step = as.integer(grid$step))
  told <- mutations_cpp(value, grid, m, kinds, known)
  if (length(told) == 0L) {
    return(NULL)
  }
  nodes <- mutation_nodes(grid, m, kinds, known, asked)
  p1 <- tail_of(told$share, nodes$share)
  p2 <- tail_of(told$log_bayes, nodes$bayes)
  first <- p1 <= p2
  pick <- \(name) ifelse(first, told$by_share[[name]], told$by_bayes[[name]])
  statistic <- pmin(p1, p2)
  data.frame(at = pick("at"), rate = pick("rate"), statistic = statistic,
             p.value = head_of(statistic, nodes$both), size = pick("size"),
             size.se = pick("size.se"), prior.share = pick("share"))
}

further_changes <- function(value, grid, m, kinds, asked, last) {
  known <- matrix(0L, 2L, 0L)
  rows <- NULL
  while (ncol(known) + 1L < asked$max && isTRUE(last$p.value < asked$level)) {
    known <- cbind(known, c(as.integer(last$rate), last$at))
    columns <- m + pool_breaks(grid) + ncol(known)
    if (nrow(value) - columns < 6L) break
    found <- test_series(value, grid, m, kinds, known, asked)
    if (is.null(found)) break
    last[names(found)] <- found
    rows <- rbind(rows, last)
  }
  rows
}

# ---- Null worlds ------------------------------------------------------------

mutation_tails <- c(0.9, 0.7, 0.5, 0.35, 0.25, 0.18, 0.13, 0.1, 0.08, 0.065,
                    0.05, 0.04, 0.03, 0.022, 0.016, 0.011, 0.008, 0.005, 0.003,
                    0.002, 0.001)

# Smooth curves of range 1 at times s from 0 to 1.
mutation_curves <- function(s) {
  out <- cbind(s, s^2, s^3, exp(1.5 * s), exp(5 * s),
               stats::plogis(10 * (s - 0.5)), sin(2 * pi * s),
               exp(-((s - 0.5) / 0.15)^2 / 2), exp(-4 * exp(-5 * s)),
               stats::plogis(12 * (s - 0.7)))
  out / rep(apply(out, 2L, \(v) diff(range(v))), each = length(s))
}

mutation_noise <- c(0.01, 0.02, 0.05)

# `share`, `bayes`: of T1 and T2 the value that has each tail in the least
# favourable world; `both`: of the smaller p of the two the value with each
# head. What was simulated is kept for the session.
mutation_nodes <- function(grid, m, kinds, known, asked) {
  n <- length(grid$time)
  if (is_tabulated(grid, m, kinds, known)) {
    return(lapply(mutation_table[[m - 1L]], \(table) {
      table[, n - mutation_times + 1L]
    }))
  }
  s <- (grid$time - grid$time[1L]) / (grid$time[n] - grid$time[1L])
  key <- rlang::hash(list(s, grid$step, m, kinds, known, asked$seed,
                          asked$nsim))
  if (is.null(simulated[[key]])) {
    draws <- with_own_stream(asked$seed, {
      matrix(stats::rnorm(n * asked$nsim), n)
    })
    null <- \(draws, wanted) {
      mutation_null_cpp(grid, m, kinds, known, draws, mutation_curves(s),
                        mutation_noise, wanted, get_threads())
    }
    simulated[[key]] <- nodes_of_worlds(simulate_worlds(draws, null))
  }
  simulated[[key]]
}

simulated <- new.env(parent = emptyenv())

mutation_worlds <- 11L + 10L * length(mutation_noise)

# All worlds in the first runs, and those that lead there in the others: what is
# never the least favourable need not be known well.
pilot_runs <- 256L

simulate_worlds <- function(draws, null) {
  first <- seq_len(min(pilot_runs, ncol(draws)))
  worlds <- null(draws[, first, drop = FALSE], seq_len(mutation_worlds))
  rest <- draws[, -first, drop = FALSE]
  if (ncol(rest) == 0L) {
    return(worlds)
  }
  best <- leading_worlds(worlds)
  Map(\(a, b) rbind(a[, best, drop = FALSE], b), worlds, null(rest, best))
}

# The four least favourable by each statistic and by both, at two tails.
leading_worlds <- function(worlds) {
  nodes <- nodes_of_worlds(worlds)
  p <- least_tail(worlds, nodes)
  lead <- \(x) {
    apply(column_quantiles(x, c(0.8, 0.95)), 1L, \(q) order(-q)[1:4])
  }
  sort(unique(unlist(lapply(list(worlds$share, worlds$log_bayes, -p), lead))))
}

# A matrix, as the statistics are.
least_tail <- function(worlds, nodes) {
  out <- pmin(tail_of(worlds$share, nodes$share),
              tail_of(worlds$log_bayes, nodes$bayes))
  matrix(out, nrow(worlds$share))
}

nodes_of_worlds <- function(worlds) {
  most <- \(x, tails) apply(column_quantiles(x, 1 - tails), 1L, max)
  out <- list(share = most(worlds$share, mutation_tails),
              bayes = most(worlds$log_bayes, mutation_tails))
  out$both <- -most(-least_tail(worlds, out), mutation_tails)
  out
}

# quantile(type = 8), a row each, a column a column.
column_quantiles <- function(x, p) {
  n <- nrow(x)
  x <- matrix(x[order(col(x), x)], n)
  at <- pmin(pmax(1 / 3 + p * (n + 1 / 3), 1), n)
  low <- pmin(floor(at), n - 1)
  x[low, ] + (at - low) * (x[low + 1, ] - x[low, ])
}

is_tabulated <- function(grid, m, kinds, known) {
  n <- length(grid$time)
  step <- diff(grid$time)
  most <- mutation_times + ncol(mutation_table[[1L]]$share) - 1L
  n >= mutation_times && n <= most && ncol(known) == 0L &&
    kinds$trim == 1L && kinds$level && kinds$rate == (m == 3L) &&
    !any(grid$step[-1L] > 0L) &&
    max(step) - min(step) <= 1e-9 * (grid$time[n] - grid$time[1L])
}

# The tail of a statistic, lines on the scale of logs between the nodes; 1 below
# the first and the last tail beyond the last.
tail_of <- function(x, nodes) {
  at <- stats::approx(nodes, log(mutation_tails), pmin(x, nodes[length(nodes)]),
                      ties = min)$y
  exp(replace(at, is.na(at), 0))
}

head_of <- function(p, nodes) {
  at <- stats::approx(log(nodes), log(mutation_tails), pmax(log(p),
                                                            log(min(nodes))),
                      ties = max)$y
  exp(replace(at, is.na(at) & !is.na(p), 0))
}

# ---- The table --------------------------------------------------------------

mutations_table <- function(fit, rows, asked, adjust, spec) {
  panel <- fit$def$panel
  codes <- code_field(fit, "code")
  if (is.null(rows)) {
    rows <- data.frame(region = integer(), code = integer(), rate = logical(),
                       note = character(), known = character())
    rows[c("at", "time", "statistic", "p.value", "size", "size.se",
           "prior.share", "n")] <- rep(list(numeric()), 8L)
  }
  rows <- rows[order(rows$region, rows$code), ]
  adjusted <- stats::p.adjust(rows$p.value, adjust)
  found <- adjusted < asked$level
  keys <- panel$index[!is.na(panel$index)]
  index <- list()
  if ("region" %in% names(keys)) {
    index[[keys[["region"]]]] <- panel$regions[rows$region]
  }
  index[[keys[["time"]]]] <- times_of_rows(panel, rows$time)
  short <- unique(rows$region[rows$note == "not tested"])
  inform_mutations(rows, found, codes, short, panel)
  new_nid_table(
    c(index, list(
      code = codes[rows$code],
      kind = ifelse(rows$rate, "rate", "level"),
      statistic = rows$statistic, p.value = rows$p.value,
      p.adjusted = adjusted, found = found, size = rows$size,
      size.se = rows$size.se, prior.share = rows$prior.share,
      n = as.integer(rows$n), known.breaks = rows$known, note = rows$note)),
    "mutations",
    list(title = "Mutations of the codes", keys = c(keys, "code"),
         tested = if (asked$kind == "any") "levels and rates" else
           paste0(asked$kind, "s"),
         order = spec$order, trim = format_time(asked$trim),
         adjusted = if (adjust != "none") adjust,
         found = paste("p below", format_time(asked$level)),
         notes = mutation_notes(rows)),
    fit = fit
  )
}

mutation_notes <- function(rows) {
  walk <- sum(rows$note == walk_note)
  known <- known_counts(rows[["known"]], rows[["p.value"]],
                        rows[c("region", "code")])
  c("\"None found\" is no evidence of none.",
    if (length(known) > 0L) {
      paste0("Known breaks, where a jump is not tested (series): ",
             some_of(known, quote = ""), ".")
    },
    if (walk > 0L) {
      paste0("Residuals like a walk in ", count_of(walk, "row"),
             ": p is optimistic.")
    })
}

# "2011 (3)": each known break and how many of the series that are tested have
# it; `series`: what tells them apart.
known_counts <- function(known, p, series) {
  first <- !is.na(p) & !duplicated(as.data.frame(series))
  times <- as.character(unlist(strsplit(known[first], ", ", fixed = TRUE)))
  n <- table(factor(times, sort(unique(times), method = "radix")))
  paste0(names(n), " (", n, ")", recycle0 = TRUE)
}

# The panel's own time at numbers of its clock.
times_of_rows <- function(panel, time) {
  all <- row_time(panel)
  panel_column(panel, panel$index[["time"]])[match(time, all)]
}

# A year that this many regions of a code share is told.
common_regions <- 3L

common_breaks <- function(rows, found) {
  mine <- rows[found %in% TRUE, c("code", "time")]
  if (nrow(mine) == 0L) {
    return(cbind(mine, n = integer()))
  }
  out <- stats::aggregate(list(n = rep(1L, nrow(mine))), mine, sum)
  out[out$n >= common_regions, , drop = FALSE]
}

inform_mutations <- function(rows, found, codes, short, panel) {
  if (length(short) > 0L) {
    inform_nid("short_series", c(
      paste0("Not tested in ", count_of(length(short), "region"),
             ": fewer than ", mutation_times, " times less breaks."),
      i = paste0("They are ", some_of(panel$regions[short]), ".")
    ), regions = as.character(panel$regions[short]))
  }
  common <- common_breaks(rows, found)
  if (nrow(common) > 0L) {
    inform_nid("common_break", c(
      paste0("Mutations of one year in several regions: ",
             some_of(paste0(codes[common$code], " ",
                            stamp_words(times_of_rows(panel, common$time)),
                            " in ", common$n), quote = ""), "."),
      i = paste0("Look for a change of method (`break`) before calling it a ",
                 "mutation.")
    ), codes = codes[common$code], times = common$time, n = common$n)
  }
}

#' @rdname code_mutations
#' @param object <nid_mutations>.
#' @param ... Empty.
#' @export
summary.nid_mutations <- function(object, ...) {
  rlang::check_dots_empty()
  time <- key_column(get_spec(object), "time")
  mine <- as_plain_tibble(object)[object[["found"]] %in% TRUE, ]
  count <- \(by) if (nrow(mine) > 0L) {
    out <- stats::aggregate(list(regions = rep(1L, nrow(mine))),
                            as.list(mine[c("code", time, by)]), sum)
    tibble::as_tibble(out[order(-out$regions), ])
  }
  found <- count("kind")
  shared <- count(NULL)
  structure(list(spec = get_spec(object), found = found,
                 tested = sum(!is.na(object[["p.value"]])),
                 n.found = nrow(mine),
                 common = shared[shared$regions >= common_regions, ]),
            class = "summary_nid_mutations")
}

#' @export
print.summary_nid_mutations <- function(x, ...) {
  print(x$spec)
  cat(x$n.found, " found in ", x$tested, " series tested.\n", sep = "")
  if (x$n.found > 0L) print(x$found)
  if (NROW(x$common) > 0L) {
    cat(strwrap(paste0(
      x$common[[1L]], " ", x$common[[2L]], " in ", x$common$regions,
      " regions: look for a change ",
      "of method (`break`) before calling it a mutation."
    )), sep = "\n")
  }
  invisible(x)
}

#' @rdname in_words
#' @export
in_words.nid_mutations <- function(x, language = NULL, ...) {
  rlang::check_dots_empty()
  found <- which(x[["found"]])
  tested <- sum(!is.na(x[["p.value"]]))
  if (length(found) == 0L) {
    return(c(no_mutation_words(tested), known_words(x)))
  }
  # The surest first.
  found <- found[order(x[["p.value"]][found])]
  c(say("Mutations are found in %s of %s tested.", length(found), tested),
    vapply(utils::head(found, 20L), \(i) mutation_sentence(x, i), ""),
    known_words(x))
}

known_words <- function(x) {
  spec <- get_spec(x)
  series <- as_plain_tibble(x)[spec$keys[names(spec$keys) != "time"]]
  known <- known_counts(x[["known.breaks"]], x[["p.value"]], series)
  if (length(known) > 0L) {
    say("Known breaks, where a jump is not tested (series): %s.",
        paste(known, collapse = ", "))
  }
}

no_mutation_words <- function(tested) {
  if (tested == 0L) say("No series could be tested for mutations.") else
    say("No mutation is found, which is no evidence of none.")
}

mutation_sentence <- function(x, i) {
  time <- key_column(get_spec(x), "time")
  size <- x[["size"]][i]
  by <- text_by_error(abs(c(size, x[["size.se"]][i])), x[["size.se"]][i])
  what <- if (x[["kind"]][i] == "rate") {
    if (size < 0) say("the rate fell abruptly by %s (se %s)", by[1L], by[2L]) else
      say("the rate rose abruptly by %s (se %s)", by[1L], by[2L])
  } else {
    if (size < 0) say("the level fell abruptly by %s (se %s)", by[1L], by[2L]) else
      say("the level rose abruptly by %s (se %s)", by[1L], by[2L])
  }
  paste0(paste(c(who_words(x, i), say_label(x[["code"]][i]),
                 stamp_words(x[[time]][i])), collapse = ", "), ": ", what,
         ", p ", sub("^([^<])", "= \\1", format_p(x[["p.value"]][i])),
         walk_of_series(x[["note"]][i]), known_of_series(x[["known.breaks"]][i]), ".")
}

walk_of_series <- function(note) {
  if (note == walk_note) {
    say("; its residuals go together as those of a walk: p is optimistic")
  }
}

known_of_series <- function(known) {
  n <- lengths(strsplit(known, ", ", fixed = TRUE))
  if (n == 1L) {
    say("; %s is a known break: a jump there is not tested", known)
  } else if (n > 1L) {
    say("; %s are known breaks: jumps there are not tested", known)
  }
}
