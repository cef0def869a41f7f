#' What makes a Code NID
#'
#' Splits formula (2) into the parts that sum to it exactly: by code (their own
#' sums), by time (the terms tau_i u_i A(t_i)), by indicator
#' (tau_i u_i (w_k s_k / sum w) A_k(t_i)), or crossed. Exact given the tuning:
#' an averaged spline weighs all indicators of a code as it weighs the code.
#'
#' @param x <nid_model> or <nid_rates>.
#' @param by <chr> Any of "code", "time", "indicator".
#' @param influence,measure As in [basic_code()]; `NULL`: those of the model,
#'   else an equal influence and "sum".
#' @return `nid_contributions`, a tibble: region column, the `by` columns (the
#'   time under its own name), `estimate` in units of [basic_code()].
#' @section Errors:
#' `nidcode_error_not_linear` by indicator under a geometric or harmonic mean or
#' rank normalisation; `_order_undefined`; `_size` by time for series of more
#' than 5,000 times.
#' @family formulas
#' @examples
#' district <- subset(ural, region_code == "FD-U")
#' panel <- code_panel(district, ural_scheme, index = "year",
#'                     status = "_status")
#' rates <- dynamic_codes(panel)
#' contributions(rates, by = "code")
#' contributions(rates, by = c("code", "indicator"))
#' @export
contributions <- function(x, by = "code", influence = NULL, measure = NULL) {
  call <- rlang::current_env()
  ok <- is.character(by) && length(by) > 0L && !anyDuplicated(by) &&
    all(by %in% c("code", "time", "indicator"))
  if (!ok) {
    stop_argument("by", "any of \"code\", \"time\", \"indicator\"", by, call)
  }
  keep_settings(x)
  influence <- influence %||% influence_equal()
  measure <- measure %||% "sum"
  check_influence(influence, call)
  check_choice(measure, c("sum", "integral"), call = call)
  fit <- rates_fit(x, call)
  check_second_order(fit$rate, call)
  if ("indicator" %in% by) check_linear(fit$def, call)
  warn_missing_codes(fit, x)
  contributions_table(fit, by, influence, measure)
}

rates_fit <- function(x, call) {
  if (!inherits(x, c("nid_model", "nid_rates"))) {
    stop_argument("x", "a model or dynamic codes", x, call)
  }
  as_fit(x, NULL, call)
}

check_linear <- function(def, call) {
  if (!def$affine) {
    stop_nid(
      "not_linear",
      c("Contributions by indicator need a code that is linear in them.",
        x = if (def$aggregate != "mean") {
          paste0("The aggregate is \"", def$aggregate, "\".")
        } else {
          "The normalisation is \"rank\"."
        }),
      call = call
    )
  }
}

contributions_table <- function(fit, by, influence, measure,
                                call = rlang::caller_env()) {
  times <- common_times(fit)
  if ("time" %in% by) {
    check_sums_at_times(fit, times, "A contribution by time", call)
  }
  terms <- common_terms(fit, times, 2L)
  w <- term_weights(fit, times, terms, influence, measure)
  plan <- contribution_plan(times, terms, w, "time" %in% by)
  cells <- if ("indicator" %in% by) {
    indicator_parts(fit, plan)
  } else {
    code_parts_of_sum(fit, plan)
  }
  panel <- fit$def$panel
  pattern <- times$pattern
  keep <- integer(length(pattern))
  seen <- pattern > 0L
  keep[seen] <- plan$k[pattern[seen]]
  region <- rep(seq_along(pattern), keep)
  at <- plan$at[sequence(keep[keep > 0L],
                         from = plan$start[pattern[keep > 0L]])]
  columns <- lapply(region_column(panel), function(x) {
    rep(x[region], length(cells))
  })
  n <- length(region)
  values <- unlist(lapply(cells, `[[`, "estimate"))
  if ("time" %in% by) {
    columns[[panel$index[["time"]]]] <-
      rep(time_like(panel, times$time[at]), length(cells))
  }
  for (what in setdiff(c("code", "indicator"), "time")) {
    columns[[what]] <- rep(vapply(cells, `[[`, "", what), each = n)
  }
  exists <- unlist(lapply(cells, function(cell) cell$exists[region]))
  sum_contributions(fit, columns, values, exists, by, influence, measure)
}

# One sum over all terms, or one for each term.
contribution_plan <- function(times, terms, w, by_time) {
  size <- diff(times$offset)
  frame <- pattern_frame(times)
  if (!by_time) {
    any <- rowsum_by(as.double(terms), frame$owner, length(size)) > 0
    k <- as.integer(any)
    return(list(times = times, weight = w[any[frame$owner]], k = k,
                order = 2L, empty = 0L, start = cumsum(k) - k + 1L,
                at = times$offset[-1L][any]))
  }
  parts <- lapply(seq_along(size), function(p) {
    inside <- seq.int(times$offset[p] + 1L, length.out = size[p])
    here <- which(terms[inside])
    m <- matrix(0, size[p], length(here))
    m[cbind(here, seq_along(here))] <- w[inside][here]
    list(w = as.vector(m), at = inside[here])
  })
  k <- lengths(lapply(parts, `[[`, "at"))
  list(times = times, weight = as.double(unlist(lapply(parts, `[[`, "w"))),
       k = k, order = 2L, empty = 0L, start = cumsum(k) - k + 1L,
       at = unlist(lapply(parts, `[[`, "at")))
}

code_parts_of_sum <- function(fit, plan) {
  sums <- functional_sums(fit, plan, "independent", by_code = TRUE)
  lapply(seq_along(fit$codes), function(i) {
    list(code = fit$codes[[i]]$code, indicator = "",
         exists = fit$codes[[i]]$grid > 0L,
         estimate = sums$by_code[, i])
  })
}

# The same sums of each indicator's own part of its code, under the code's
# tuning.
indicator_parts <- function(fit, plan) {
  fit <- freeze_fit(fit)
  unlist(lapply(seq_along(fit$codes), function(i) {
    one <- fit$codes[[i]]
    shares <- code_shares(fit, i)
    estimate <- share_sums(fit, plan, i, shares)
    names <- shares$parts$names
    lapply(seq_along(names), function(k) {
      list(code = one$code, indicator = names[k],
           exists = one$grid > 0L & indicator_seen(fit, names[k]),
           estimate = one$weight * estimate[[k]])
    })
  }), recursive = FALSE)
}

indicator_seen <- function(fit, name) {
  panel <- fit$def$panel
  if (panel$missing[[name]] == 0) {
    return(rep(TRUE, n_regions(panel)))
  }
  region <- rep(seq_len(n_regions(panel)), diff(panel$offset))
  tabulate(region[!is.na(panel$x[[name]])], n_regions(panel)) > 0L
}

# The sums of a plan over every indicator's part of code i, a vector each.
share_sums <- function(fit, plan, i, shares) {
  pattern <- plan$times$pattern
  size <- ifelse(pattern > 0L, plan$k[pmax(pattern, 1L)], 0L)
  end <- cumsum(size)
  none <- numeric(if (length(end)) end[length(end)] else 0L)
  each <- seq_along(shares$parts$names)
  s <- series_values(fit, i)
  if (length(s$series) == 0L) {
    return(rep(list(none), length(each)))
  }
  sums <- code_sums(fit, plan, i)
  at <- sequence(size[s$series], from = end[s$series] - size[s$series] + 1L)
  bar <- start_bar("Contributions of indicators", length(each))
  lapply(each, function(k) {
    value <- code_share(shares, k)
    s$value <- if (is.null(s$rows)) value else value[s$rows]
    r <- evaluate_sums(fit, i, s, sums)
    tick_bar(bar)
    replace(none, at, r$sum.estimate)
  })
}

# The fit with the tuning of its series written down: weights over lambda.
freeze_fit <- function(fit) {
  if (fit$rate$kind != "spline" || !is.null(fit$tuning)) {
    return(fit)
  }
  fit$tuning <- lapply(seq_along(fit$codes), function(i) {
    s <- series_values(fit, i)
    if (length(s$series) == 0L) {
      return(NULL)
    }
    r <- evaluate_series(fit, i, s, orders = 0L, keep = "weight")
    spline_tuning(r$fit)
  })
  fit
}

sum_contributions <- function(fit, columns, values, exists, by, influence,
                              measure) {
  panel <- fit$def$panel
  region <- names(region_column(panel))
  time <- panel$index[["time"]]
  keys <- c(region, if ("time" %in% by) time, setdiff(by, "time"))
  columns <- lapply(columns[keys], function(x) x[exists])
  values <- values[exists]
  if (!"code" %in% by && !"indicator" %in% by) {
    id <- do.call(paste, c(unname(columns), sep = "\r"))
    if (length(columns) == 0L) id <- rep("", length(values))
    first <- which(!duplicated(id))
    values <- as.double(rowsum(values, match(id, id[first])))
    columns <- lapply(columns, function(x) x[first])
  }
  at <- order_keys_of(panel, columns, region, time)
  columns <- lapply(columns, function(x) x[at])
  new_nid_table(
    c(columns, list(estimate = values[at])), "contributions",
    fit_facts(fit, paste0("Contributions to Code NID by ",
                          paste(by, collapse = " and ")),
              c("region", if ("time" %in% by) "time", setdiff(by, "time")),
              by = by, influence = influence$words, measure = measure,
              notes = lost_values_note(lost_values(fit), n_rows(panel)))
  )
}

# Region by region, then time; ties keep the order of codes.
order_keys_of <- function(panel, columns, region, time) {
  keys <- list()
  if (length(region) == 1L) {
    keys <- list(match(columns[[region]], panel$regions))
  }
  if (time %in% names(columns)) {
    all <- sort(unique(panel$grids$time))
    keys <- c(keys, list(match(columns[[time]], time_like(panel, all))))
  }
  n <- if (length(columns)) length(columns[[1L]]) else 1L
  if (length(keys) == 0L) seq_len(n) else do.call(order, keys)
}
