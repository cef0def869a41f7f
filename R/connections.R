#' Do codes move together once trends are gone?
#'
#' The connection of each pair of defining codes, by the rule of [verdict()]:
#' first differences per unit time, never smoothed rates, which are alike by
#' construction.
#'
#' @section The measure:
#' One region, or `within = TRUE`: \eqn{r} is the correlation of the changes of
#' both codes, a line in time taken out of them. Its limits are
#' \deqn{\tanh(\mathrm{atanh}\, r \mp \mathrm{atanh}\, r^*)}{
#'   tanh(atanh r -+ atanh r*)} with r* the critical value of the verdict at
#' `conf_level`: they leave 0 out exactly where it is passed.
#' Several regions together: the partial correlation after region and time
#' effects, with errors clustered both ways; the larger p of the two directions,
#' and the limits \eqn{r (1 \mp q/|t|)}{r (1 -+ q/|t|)}, q the quantile of that
#' direction's t.
#' `partial = TRUE`: given the other codes. `lag = h`: `code2` at t against
#' `code1` at t - h, in both orders of the codes. Only changes between times at
#' which both codes are observed count.
#' "regions": the correlation over regions of the cores ([code_core()]), n
#' regions, with a t test that takes regions as independent, which neighbours
#' are not.
#' "levels": the correlation of the levels (of several regions about the mean of
#' each), which is high for any two trends, so that it has no p and the note
#' "trend". "spearman": the correlation of the ranks of what the line or the
#' effects leave; no p.
#'
#' `strength` has Chaddock's words for \eqn{|r|}: none below .1, weak below .3,
#' moderate below .5, noticeable below .7, high below .9, very high.
#' [in_words()] says it only of what is found.
#'
#' @section Do not read into it:
#' Levels always correlate. "No evidence" is not independence. A connection has
#' no direction of cause, with a lag neither. A change over a new method of
#' measurement is one of the changes.
#'
#' @param x <nid_model> or <nid_rates>; its defining codes are used.
#' @param of <chr> "rates" (changes of the defining codes), "levels" or
#'   "regions".
#' @param method <chr> "pearson" or "spearman".
#' @param within <lgl> Each region alone.
#' @param partial <lgl> Given the other codes.
#' @param lag <num> How long before, in units of time.
#' @param adjust <chr> Adjustment over all rows, one of
#'   [stats::p.adjust.methods].
#' @param conf_level <num> Between 0 and 1; `NULL`: that of the model, or .95.
#' @return `nid_connections`: the region column (`within = TRUE`), `code1`,
#'   `code2`, `estimate`, `conf.low`, `conf.high`, `p.value`, `p.adjusted`,
#'   `critical`, `n`, `strength`, `note`.
#' @section Errors: `nidcode_error_argument`.
#' @source Size and power: `inst/studies/connections` (4, 8, 20 regions of 12
#'   times; regions alone of 8, 12, 20). Codes that are apart are connected in 0
#'   to 3 % together and 2 to 6 % alone; shocks with a correlation of .4 in 9,
#'   69, 100 % at 4, 8, 20 regions, of .7 in 63 and 89 % of regions alone of 12
#'   and 20 times. The limits hold the correlation in 97 to 100 %. The rule
#'   itself: `inst/studies/verdict-size`.
#'   Chaddock (1925), Principles and Methods of Statistics, for the words.
#' @concept partial correlation
#' @family reading
#' @examples
#' regions <- subset(ural, level == "region")
#' panel <- code_panel(regions, ural_scheme, status = "_status")
#' code_connections(dynamic_codes(panel))
#' @export
code_connections <- function(x, of = "rates", method = "pearson",
                             within = FALSE, partial = FALSE, lag = 0,
                             adjust = "holm", conf_level = NULL) {
  call <- rlang::current_env()
  check_choice(of, c("rates", "levels", "regions"))
  check_choice(method, c("pearson", "spearman"))
  check_flag(within)
  check_flag(partial)
  check_number(lag, min = 0)
  check_choice(adjust, stats::p.adjust.methods, "adjust")
  rates <- rates_to_read(x, call)
  conf_level <- conf_level %||% get_spec(rates)$level %||% 0.95
  check_level(conf_level)
  fit <- get_fit(rates)
  if (of == "regions" && (within || lag > 0)) {
    stop_nid("argument", "Regions are compared all at once, without a lag.",
             argument = if (within) "within" else "lag", call = call)
  }
  codes <- code_field(fit, "code")
  asked <- list(of = of, method = method, lag = lag, level = conf_level,
                within = within, partial = partial, adjust = adjust,
                apart = of != "regions" &&
                  (within || n_regions(fit$def$panel) == 1L))
  data <- if (of == "regions") wide_cores(rates, codes) else wide_codes(fit)
  pairs <- connected_pairs(length(codes), lag > 0)
  found <- lapply(pairs, \(pair) {
    others <- if (partial) setdiff(seq_along(codes), pair)
    if (of == "regions") {
      return(list(connect_cores(data[c(pair, others)], asked)))
    }
    connect_pair(data, pair, others, asked, call)
  })
  connections_table(fit, found, pairs, codes, asked)
}

# Values of the defining codes, a row a region and time, under names that no
# user has.
wide_codes <- function(fit) {
  panel <- fit$def$panel
  values <- lapply(code_field(fit, "code"), \(code) {
    code_values(fit$def, code)$value
  })
  names(values) <- sprintf(".code%d", seq_along(values))
  as.data.frame(c(list(.region = row_region(panel),
                       .time = row_time(panel)), values))
}

connected_pairs <- function(k, both_ways) {
  out <- if (k > 1L) utils::combn(k, 2L, simplify = FALSE) else list()
  if (both_ways) c(out, lapply(out, rev)) else out
}

# A list of a row for each region, or of one. Of a panel the direction with the
# larger p speaks, and that with a p where only one has it.
connect_pair <- function(data, pair, others, asked, call) {
  if (asked$apart) {
    judged <- judge_codes(data, pair, others, asked, call)
    return(lapply(judged, connection_of, asked))
  }
  ways <- lapply(list(pair, if (asked$lag == 0) rev(pair)), \(way) {
    if (is.null(way)) return(NULL)
    connection_of(judge_codes(data, way, others, asked, call)[[1L]], asked)
  })
  ways <- ways[lengths(ways) > 0L]
  p <- vapply(ways, `[[`, 1, "p.value")
  list(ways[[max(which.max(p), 1L)]])
}

# What the verdict finds of code2 (left) on code1.
judge_codes <- function(data, pair, others, asked, call) {
  name <- \(k) sprintf(".code%d", k)
  formula <- stats::reformulate(name(c(pair[1L], others)), name(pair[2L]))
  apart <- asked$apart
  d <- dependence_data(data, formula, if (apart) ".time" else c(".region",
                                                                ".time"),
                       if (apart) ".region", call)
  d <- apply_lag(d, asked$lag)
  how <- list(form = "linear", effects = if (apart) "none" else "region",
              vcov = "iid", conf_level = 0.95, lag = asked$lag)
  judged <- judge_all(how, d)
  mine <- which(judged$cells$x == name(pair[1L]))
  out <- judged$found[mine]
  names(out) <- as.character(d$groups[[".region"]][judged$cells$group[mine]])
  out
}

connection_of <- function(r, asked) {
  out <- list(estimate = NA_real_, conf.low = NA_real_, conf.high = NA_real_,
              p.value = NA_real_, critical = NA_real_, n = r$n,
              note = r$why %||% "")
  if (asked$of == "levels") {
    return(utils::modifyList(out, list(estimate = r$r.levels,
                                       note = "trend")))
  }
  if (!is.null(r$why)) {
    return(out)
  }
  if (asked$method == "spearman") {
    out$estimate <- rank_partial(r$rates$within)
    return(out)
  }
  out$estimate <- r$r.rates
  out$p.value <- r$p.rates
  notes <- c(if (identical(r$verdict, "trend only (depends on scale)")) {
    "depends on scale"
  }, if (!is.na(r$hangs.on)) paste("hangs on", format_time(r$hangs.on)))
  out$note <- paste(notes, collapse = "; ")
  if (r$panel) {
    reach <- stats::qt((1 + asked$level) / 2, r$df) / abs(r$t)
    limits <- r$r.rates * (1 + c(-1, 1) * sign(r$r.rates) * reach)
    limits <- pmin(pmax(limits, -1), 1)
  } else {
    out$critical <- verdict_quantile(1 - asked$level, r$counted)
    limits <- limits_by_critical(r$r.rates, out$critical)
  }
  out[c("conf.low", "conf.high")] <- as.list(limits)
  out
}

# Limits of r that leave 0 out exactly where the critical value is passed.
limits_by_critical <- function(r, critical) {
  tanh(atanh(r) + c(-1, 1) * atanh(critical))
}

# Of what the line or the effects leave, or of its ranks, the first regressor's
# given the others.
rank_partial <- function(within, method = "spearman") {
  r <- stats::cor(cbind(within$y, within$x), method = method)
  if (ncol(r) == 2L || anyNA(r)) {
    return(r[1L, 2L])
  }
  inverse <- tryCatch(solve(r), error = \(e) NULL)
  if (is.null(inverse)) NA_real_ else
    -inverse[1L, 2L] / sqrt(inverse[1L, 1L] * inverse[2L, 2L])
}

# The core of each code, a row a region.
wide_cores <- function(rates, codes) {
  core <- suppressMessages(code_core(rates))
  key <- key_column(get_spec(core), "region")
  region <- if (is.na(key)) rep(1L, nrow(core)) else core[[key]]
  all <- unique(region)
  lapply(codes, \(code) {
    mine <- core[["code"]] == code
    core[["core"]][mine][match(all, region[mine])]
  })
}

# Of the first two of some columns given the others, over regions that have
# all; t with n - 2 degrees of freedom, less the others.
connect_cores <- function(columns, asked) {
  x <- do.call(cbind, unname(columns))
  x <- x[stats::complete.cases(x), , drop = FALSE]
  df <- nrow(x) - ncol(x)
  out <- list(estimate = NA_real_, conf.low = NA_real_, conf.high = NA_real_,
              p.value = NA_real_, critical = NA_real_, n = nrow(x),
              note = "neighbours are not independent")
  if (df < 1L || any(apply(x, 2L, is_flat))) {
    out$note <- "too few regions"
    return(out)
  }
  x <- x / rep(apply(x, 2L, power_scale), each = nrow(x))
  out$estimate <- rank_partial(list(y = x[, 1L], x = x[, -1L, drop = FALSE]),
                               asked$method)
  if (asked$method == "spearman" || is.na(out$estimate)) {
    return(out)
  }
  r <- out$estimate
  out$p.value <- 2 * stats::pt(-abs(r) * sqrt(df / (1 - r^2)), df)
  q <- stats::qt((1 + asked$level) / 2, df)
  out$critical <- q / sqrt(df + q^2)
  out[c("conf.low", "conf.high")] <- as.list(limits_by_critical(r,
                                                                out$critical))
  out
}

chaddock <- function(r) {
  words <- c("none", "weak", "moderate", "noticeable", "high", "very high")
  words[findInterval(abs(r), c(0, 0.1, 0.3, 0.5, 0.7, 0.9))]
}

connections_table <- function(fit, found, pairs, codes, asked) {
  panel <- fit$def$panel
  rows <- unlist(found, recursive = FALSE)
  out <- columns_of(rows, c("estimate", "conf.low", "conf.high", "p.value",
                            "critical", "n", "note"), text = "note",
                    whole = "n")
  place <- vapply(found, length, 1L)
  side <- \(k) rep(codes[vapply(pairs, `[[`, 1L, k)], place)
  region <- panel$index[["region"]]
  key <- asked$within && !is.na(region)
  own <- if (key) {
    stats::setNames(list(panel$regions[as.integer(
      unlist(lapply(found, names)))]), region)
  }
  columns <- c(own, list(code1 = side(1L), code2 = side(2L)), out[1:4], list(
    p.adjusted = stats::p.adjust(out$p.value, asked$adjust),
    critical = out$critical, n = out$n, strength = chaddock(out$estimate),
    note = out$note))
  at <- if (key) order(match(columns[[1L]], panel$regions))
  if (key) columns <- lapply(columns, \(x) x[at])
  new_nid_table(columns, "connections", list(
    title = "Connections of the codes",
    keys = c(if (key) c(region = region), "code1", "code2"),
    of = switch(asked$of,
                rates = "first differences per unit time of the codes",
                levels = "levels",
                regions = "cores of the codes over regions"),
    method = if (asked$method == "spearman") "ranks",
    regions = if (asked$apart) "each alone" else if (asked$of == "rates")
      "together, errors both ways",
    given = if (asked$partial) "the other codes",
    lag = if (asked$lag > 0) format_time(asked$lag),
    adjusted = asked$adjust, level = asked$level,
    notes = if (asked$of == "levels") {
      "Levels of any two trends go together."
    } else {
      "\"No evidence\" is not evidence of independence."
    }
  ))
}

# Adjusted p below .05, and not by scale alone.
is_connected <- function(x) {
  x[["p.adjusted"]] < 0.05 & !grepl("depends on scale", x[["note"]],
                                    fixed = TRUE)
}

#' @rdname in_words
#' @export
in_words.nid_connections <- function(x, language = NULL, ...) {
  rlang::check_dots_empty()
  if (nrow(x) == 0L) {
    return(say("There are no two codes to connect."))
  }
  if (identical(get_spec(x)$of, "levels")) {
    return(say("Levels of any two trends go together: they are not tested."))
  }
  if (all(is.na(x[["p.value"]]))) {
    return(say("Connections of the codes are not tested here."))
  }
  found <- which(is_connected(x))
  rest <- nrow(x) - length(found)
  c(vapply(utils::head(found, 20L), \(i) connection_sentence(x, i), ""),
    if (rest > 0L && length(found) == 0L) {
      say("No connection of codes is found, which is no evidence of none.")
    } else if (rest > 0L) {
      say("In %s other pairs none is found, which is no evidence of none.",
          rest, n = rest)
    })
}

connection_sentence <- function(x, i) {
  lag <- get_spec(x)$lag
  first <- say_label(x[["code1"]][i])
  second <- say_label(x[["code2"]][i])
  paste0(
    if (!is.null(who_words(x, i))) paste0(who_words(x, i), ": "),
    if (startsWith(get_spec(x)$of, "cores")) {
      cores_words(x[["estimate"]][i], first, second)
    } else if (x[["estimate"]][i] < 0) {
      say("changes of %s and %s go against each other", first, second)
    } else {
      say("changes of %s and %s go together", first, second)
    },
    if (!is.null(lag)) say(", the second %s later", lag),
    say("; strength: %s (r = %s, adjusted p %s)",
        say_label(sub("none", "hardly", x[["strength"]][i])),
        two_decimals(x[["estimate"]][i]),
        format_p(x[["p.adjusted"]][i])),
    if (nzchar(x[["note"]][i])) paste0("; ", say_fact(x[["note"]][i])), "."
  )
}

cores_words <- function(r, first, second) {
  if (r < 0) {
    say("cores of %s and %s go against each other over regions", first, second)
  } else {
    say("cores of %s and %s go together over regions", first, second)
  }
}
