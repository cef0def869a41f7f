#' Formula (2): Code NID, rates accumulated under time influence
#'
#' \deqn{Code\,NID(r) = \sum_i \tau_i u_i A(r,t_i), \quad A = \sum_c A_c}{
#'   Code NID(r) = sum_i tau_i u_i A(r,t_i),  A = sum_c A_c}
#' with second-order rates A, time influence coefficients tau and widths u.
#' With `measure = "sum"`, the formula as printed, u = 1. With "integral" u is
#' (t_i - t_(i-2))/2 for [rate_difference()] and the trapezoid (half steps at
#' the ends, of each segment where breaks split) for the others, over the times
#' at which the codes of the region meet; it does not depend on how densely a
#' region was observed.
#'
#' The sum runs over the times at which every code that exists in the region
#' has a rate: never a partial sum.
#'
#' @inheritParams industrial_code
#' @param influence <nid_influence> See [influence].
#' @param measure <chr> "sum" or "integral".
#' @return `nid_basic`, a tibble with a row per region: region column,
#'   `estimate` (units of the codes per time unit squared for "sum", per time
#'   unit for "integral"), `std.error`, `conf.low`, `conf.high`,
#'   `prob.positive`, `n.terms` <int>, `time.first` and `time.last` of the
#'   terms, `n.lost` <int> rows of the region without all of its codes. A region
#'   without a value at all has a row of `NA`.
#' @section Errors:
#' `nidcode_error_order_undefined` (a rate without second order),
#' `_rate_given_twice`; messages `_uneven_terms`, `_short_series`; warning
#' `_missing_code`.
#' @source Economy of Region, 2017, vol. 13 (see [nidcode-package]), formula 2.
#' @family formulas
#' @examples
#' regions <- subset(ural, level == "region")
#' panel <- code_panel(regions, ural_scheme, status = "_status")
#' basic_code(panel, influence_half_life(5))
#' @export
basic_code <- function(x, influence = influence_equal(), measure = "sum",
                       rate = NULL, cor = "independent", conf_level = 0.95) {
  call <- rlang::current_env()
  refuse_rate(x, call)
  keep_settings(x)
  check_level(conf_level, call = call)
  check_influence(influence, call)
  check_choice(measure, c("sum", "integral"), call = call)
  fit <- as_fit(x, rate, call)
  check_second_order(fit$rate, call)
  cor <- check_cor(cor, fit, call)
  warn_missing_codes(fit, x)
  basic_table(fit, influence, measure, cor, conf_level)
}

basic_table <- function(fit, influence, measure, cor, level) {
  panel <- fit$def$panel
  times <- common_times(fit)
  terms <- common_terms(fit, times, 2L)
  w <- term_weights(fit, times, terms, influence, measure)
  plan <- list(times = times, weight = w, order = 2L,
               k = rep(1L, length(times$offset) - 1L))
  sums <- add_weight_error(functional_sums(fit, plan, cor), fit, plan)
  told <- terms_told(fit, times, terms)
  inform_terms(fit, told, measure)
  # An empty sum is not a zero.
  empty <- zeros_of(told$n.terms)
  if (length(empty) > 0L) {
    sums$estimate[empty] <- NA_real_
    if (!is.null(sums$se)) sums$se[empty] <- NA_real_
    if (!is.null(sums$own)) sums$own$se[empty] <- NA_real_
  }
  columns <- c(
    region_column(panel),
    list(estimate = sums$estimate),
    add_interval(sums$estimate, sums$se, sums$df, level),
    told[c("n.terms", "time.first", "time.last", "n.lost")]
  )
  new_nid_table(
    columns, "basic",
    fit_facts(fit, "Code NID, formula (2)", "region",
              influence = influence$words, measure = measure,
              cor = cor_text(cor), level = level, law = sums_law(sums),
              notes = lost_note(told$n.lost))
  )
}

lost_note <- function(n) {
  if (sum(n) > 0L) {
    paste0(count_of(sum(n), "row"), " without all codes of the region left ",
           "out (column n.lost).")
  } else {
    character()
  }
}

# Whether some code's sum will have a standard error.
fit_has_errors <- function(fit) {
  fit$rate$kind %in% c("local", "spline") ||
    any(vapply(fit$codes, function(one) length(one$sd) > 0L, NA))
}

# Estimates, errors and df of the sums of a plan for every region (k > 1: in
# blocks of k). Regions are worked on in blocks, so that values stay small.
functional_sums <- function(fit, plan, cor, by_code = FALSE) {
  pattern <- plan$times$pattern
  n <- length(pattern)
  codes <- length(fit$codes)
  single <- is.null(plan$empty) && all(plan$k == 1L)
  size <- if (single) rep(1L, n) else {
    ifelse(pattern > 0L, plan$k[pmax(pattern, 1L)], plan$empty %||% 1L)
  }
  end <- if (single) seq_len(n) else cumsum(size)
  total <- if (n > 0L) end[n] else 0L
  # A list of columns, so that a single one is the result without a copy.
  est <- lapply(seq_len(codes), function(i) numeric(total))
  buffer <- numeric()
  # Long columns are only made where an error will fill them.
  errors <- fit_has_errors(fit)
  se <- if (errors) matrix(NA_real_, total, codes)
  df <- if (errors) matrix(Inf, n, codes)
  bar <- start_bar("Accumulating rates", codes * n)
  for (i in seq_len(codes)) {
    if (errors) se[, i] <- 0
    sums <- code_sums(fit, plan, i)
    block <- block_size(fit$rate, sums$grids)
    for (from in seq.int(0L, max(n - 1L, 0L), by = block)) {
      if (n == 0L) break
      s <- series_values(fit, i, c(from, min(n, from + block)),
                         buffer = buffer)
      if (length(s$series) == 0L) next
      buffer <- s$buffer
      r <- evaluate_sums(fit, i, s, sums)
      at <- if (single) s$series else {
        sequence(size[s$series], from = end[s$series] - size[s$series] + 1L)
      }
      est[[i]][at] <- r$sum.estimate
      if (errors) {
        se[at, i] <- r$sum.std.error %||% NA_real_
        df[s$series, i] <- r$df
      }
      tick_bar(bar, min(block, n - from))
    }
  }
  finish_sums(fit, plan, cor, est, se, df, size, pattern, by_code)
}

finish_sums <- function(fit, plan, cor, est, se, df, size, pattern, by_code) {
  weight <- vapply(fit$codes, `[[`, 1, "weight")
  gone <- zeros_of(pattern)
  if (length(gone) > 0L && !(all(plan$k == 1L) && is.null(plan$empty))) {
    gone <- which(rep(pattern == 0L, size))
  }
  out <- list(size = size)
  parts <- lapply(seq_along(est), function(i) {
    if (weight[i] == 1) est[[i]] else weight[i] * est[[i]]
  })
  out$estimate <- Reduce(`+`, parts)
  if (length(gone) > 0L) out$estimate[gone] <- NA_real_
  out$estimate <- nan_to_na(out$estimate)
  if (by_code) out$by_code <- do.call(cbind, parts)
  if (is.null(se)) {
    out$df <- NA_real_
  } else {
    region <- rep(seq_along(size), size)
    no_error <- vapply(seq_len(ncol(df)), function(i) {
      !is.finite(df[, i]) & is.na(df[, i])
    }, logical(nrow(df)))
    dim(no_error) <- dim(df)
    se[no_error[region, , drop = FALSE]] <- NA_real_
    both <- combine_codes(se, df[region, , drop = FALSE], weight,
                          row_correlation(fit, cor, region))
    out$se <- both$se
    out$se[gone] <- NA_real_
    out$se <- nan_to_na(out$se)
    out$df <- both$df
  }
  out
}

# The weights of one code: over its own pool where all codes share their
# grids, else over a pool with an entry for each pattern that has the code.
# `of`: the entry of each region.
code_sums <- function(fit, plan, i) {
  one <- fit$codes[[i]]
  times <- plan$times
  if (times$simple) {
    return(list(grids = one$grids, of = one$grid,
                sums = sums_of_grids(fit$rate, fit$breaks, one$grids,
                                     plan$weight, plan$k, plan$order)))
  }
  use <- which(times$codes[, i] > 0L)
  g <- times$codes[use, i]
  size <- pool_sizes(one$grids)[g]
  at <- sequence(size, from = one$grids$offset[g] + 1L)
  common <- diff(times$offset)
  begin <- c(0, cumsum(as.double(common) * plan$k))
  weight <- lapply(seq_along(use), function(j) {
    p <- use[j]
    inside <- seq.int(times$offset[p] + 1L, length.out = common[p])
    own <- times$at[[i]][inside] - one$grids$offset[g[j]]
    w <- matrix(0, size[j], plan$k[p])
    w[own, ] <- plan$weight[begin[p] + seq_len(common[p] * plan$k[p])]
    w
  })
  grids <- list(offset = c(0L, cumsum(size)), time = one$grids$time[at],
                step = one$grids$step[at])
  of <- integer(length(times$pattern))
  seen <- times$pattern > 0L
  of[seen] <- match(times$pattern[seen], use, nomatch = 0L)
  list(grids = grids, of = of,
       sums = sums_of_grids(fit$rate, fit$breaks, grids,
                            as.double(unlist(weight)), plan$k[use],
                            plan$order))
}

# Number of terms, their first and last time, and rows lost, of every region.
terms_told <- function(fit, times, terms) {
  panel <- fit$def$panel
  of_pattern <- terms_told_cpp(times, terms)
  size <- diff(times$offset)
  rows <- diff(panel$grids$offset)
  pattern <- times$pattern
  gone <- zeros_of(pattern)
  one <- length(gone) == 0L && length(size) == 1L
  pick <- function(x, empty = NA) {
    if (one) return(rep(x, length(pattern)))
    if (length(gone) == 0L) return(x[pattern])
    out <- x[replace(pattern, gone, NA_integer_)]
    if (!is.na(empty)) out[gone] <- empty
    out
  }
  list(
    n.terms = pick(of_pattern$count, 0L),
    time.first = pick(time_like(panel, of_pattern$first)),
    time.last = pick(time_like(panel, of_pattern$last)),
    # Mostly the rows of a region are what its pattern was read from.
    n.lost = if (identical(pattern, panel$grid) &&
                 length(size) == length(rows)) {
      pick(rows - size)
    } else {
      row_counts(panel) - pick(size, 0L)
    }
  )
}

inform_terms <- function(fit, told, measure) {
  panel <- fit$def$panel
  none <- zeros_of(told$n.terms)
  if (length(none) > 0L) {
    inform_nid("short_series",
               paste0(count_of(length(none), "region"), " without a term of ",
                      "formula (2), NA in the result: ",
                      some_of(panel$regions[none]), "."),
               regions = as.character(panel$regions[none]),
               n = length(none))
  }
  counts <- told$n.terms
  short <- setdiff(which(counts < max(counts, 0)), none)
  if (length(none) > 0L) counts <- counts[-none]
  if (measure == "sum" && length(counts) > 0L && min(counts) < max(counts)) {
    inform_nid(
      "uneven_terms",
      c(paste0("Regions have different numbers of terms (", min(counts),
               " to ", max(counts), "), which a plain sum does not make good."),
        i = "measure = \"integral\" does."),
      regions = as.character(panel$regions[short]), n = unique(counts)
    )
  }
}
