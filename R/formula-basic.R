#' Formula (2): Code NID, rates accumulated under time influence
#'
#' \deqn{Code\,NID(r) = \sum_i \tau_i u_i A(r,t_i), \quad A = \sum_c A_c}{
#'   Code NID(r) = sum_i tau_i u_i A(r,t_i),  A = sum_c A_c}
#' with second-order rates A, time influence coefficients tau and widths u.
#'
#' The sum runs over the times at which every code that exists in the region
#' has a rate: never a partial sum. Where A is the change of V over a step
#' ([rate_spline()] as it is by default), the step is that from one such time to
#' the next, each V taken there, and its term stands at its end. Under breaks
#' that split, a step exists if no code of the region breaks within it.
#'
#' With `measure = "sum"`, the formula as printed, u = 1. With "integral" u is
#' the step; (t_i - t_(i-2))/2 for [rate_difference()]; and the trapezoid (half
#' steps at the ends, of each segment where breaks split) for other rates at a
#' point. It does not depend on how densely a region was observed. With an equal
#' influence it is then, summed over the codes, V at the last time less V at the
#' first.
#'
#' @section What a Code NID of -1 means:
#' Above zero the codes gained speed, below zero they lost it; at zero they kept
#' what they had. Losing speed is not falling: codes whose rates went from 3 to 2
#' a year lost 1 and still grow by 2. With an equal influence, steps of a year and
#' no ends left out, -1 says that the rates of all codes together are lower at
#' the last time than at the first by 1 a year, counted in
#' - standard deviations of the panel, over all regions and times, of the
#'   indicator as transformed (`normalise = "zscore"`, the default); of the
#'   region's own series under `reference = "region"`, of the regions at one time
#'   under a time;
#' - ranges of the reference, from minimum to maximum ("minmax");
#' - ways between the goalposts of the scheme ("goalposts");
#' - ways from the lowest rank to the highest ("rank");
#' - per cent of the level at the base time ("index");
#' - units of the indicators as transformed ("none"): after a log .01 is about
#'   1 %.
#'
#' With another influence the changes of speed count by their weights, and -1 is
#' their weighted sum in the same unit. `print()` and [in_words()] say it for the
#' table at hand.
#' @inheritParams industrial_code
#' @param influence <nid_influence> See [influence].
#' @param measure <chr> "sum" or "integral".
#' @param ends <chr> "interior" leaves out the terms of the first and last step
#'   (of rates at a point: of the first and last time), the rest unchanged, and
#'   gives `NA` below 5 times. Where speed changes within such a step no error
#'   can know it; with an equal influence and "integral" Code NID is then V at
#'   the last time but one less V at the second.
#' @return `nid_basic`, a tibble with a row per region: region column,
#'   `estimate` (units of the codes per time unit squared for "sum", per time
#'   unit for "integral"), `std.error`, `conf.low`, `conf.high`,
#'   `prob.positive`, `df`, `n.terms` <int>, `time.first` and `time.last` of the
#'   terms, `n.lost` <int> rows of the region without all of its codes,
#'   `start.share`, `end.share`: what of the squared error hangs on the speed V
#'   at the first and at the last time (the rate A of rates at a point),
#'   \eqn{w_0 (S w)_0 / w'Sw} with w the weights of Code NID on V and S the
#'   covariance of V, summed over codes; all times together make 1, so that one
#'   may exceed it. A region
#'   without a value at all has a row of `NA`. With `missing = "provisional"`
#'   (see [defining_codes()]) also `predicted`, the share of the sum that rests
#'   on predicted cells: of the sizes of all [cell_weights()] of the region
#'   theirs. Like rates it carries its fit, for [region_ranks()].
#' @section Confidence: `prob.positive` is read off the interval: at .975 the
#' one of 95 % leaves out zero. It takes nothing from the other regions. Where
#' the reliability that [region_ranks()] prints is below .5, most of the spread
#' of regions is error; call it confidence then, not probability: what is known
#' of the others would draw it towards theirs.
#' @section Errors:
#' `nidcode_error_order_undefined` (a rate without second order),
#' `_rate_given_twice`; messages `_uneven_terms` (a plain sum of unlike numbers
#' of terms, or of steps of unlike length), `_short_series`; warning
#' `_missing_code`.
#' @source Economy of Region, 2017, vol. 13 (see [nidcode-package]), formula 2.
#' @family formulas
#' @examples
#' regions <- subset(ural, level == "region")
#' panel <- code_panel(regions, ural_scheme, status = "_status")
#' basic_code(panel, influence_half_life(5))
#' @export
basic_code <- function(x, influence = influence_equal(), measure = "sum",
                       rate = NULL, cor = "auto", conf_level = 0.95,
                       ends = "all") {
  call <- rlang::current_env()
  refuse_rate(x, call)
  keep_settings(x)
  check_level(conf_level, call = call)
  check_influence(influence, call)
  check_choice(measure, c("sum", "integral"), call = call)
  check_ends(ends, call)
  fit <- as_fit(x, rate, call)
  check_second_order(fit$rate, call)
  cor <- check_cor(cor, fit, call)
  warn_missing_codes(fit, x)
  plan <- formula_plan(fit, influence, measure, ends)
  plans <- plans_with_ends(fit, plan)
  law <- law_with_ends(fit, plans, estimate_codes(fit, plans = plans,
                                                  cor = cor))
  basic_table(fit, plan, law,
              formula_told(influence, measure, law$cor, conf_level, ends))
}

check_ends <- function(ends, call) {
  check_choice(ends, c("all", "interior"), "ends", call = call)
}

basic_table <- function(fit, plan, law, told) {
  # Sentences that a table keeps are English, whatever is spoken.
  local_language("en")
  law <- add_weight_error(law, fit, plan)
  terms <- terms_told(fit, plan)
  even <- terms$even
  terms$even <- NULL
  if (!even) inform_terms(fit, terms$n.terms, told$measure)
  if (told$measure == "sum") inform_uneven_steps(fit, plan)
  # An empty sum is not a zero.
  empty <- if (!even) zeros_of(terms$n.terms)
  if (length(empty) > 0L) {
    law$estimate[empty] <- NA_real_
    if (!is.null(law$std.error)) law$std.error[empty] <- NA_real_
    if (!is.null(law$own)) law$own$std.error[empty] <- NA_real_
  }
  shares <- predicted_columns(fit, plan)
  limits <- at_level(law, told$level)
  ends <- law$ends %||% list(start.share = limits$std.error,
                             end.share = limits$std.error)
  columns <- c(region_column(fit$def$panel), list(estimate = law$estimate),
               limits, terms, ends, shares)
  fit$asked <- told$asked
  new_nid_table(
    columns, "basic",
    fit_facts(fit, "Code NID, formula (2)", "region",
              influence = told$influence, measure = told$measure,
              ends = if (told$ends != "all") told$ends,
              cor = told$cor$text, level = told$level, law = shared_law(law),
              meaning = paste(basic_meaning(fit), collapse = " "),
              notes = c(short_note(fit, plan$times),
                        if (!is.null(law$std.error)) {
                          ends_note(law$ends, fit$rate$facts$steps)
                        },
                        lost_note(terms$n.lost), few_regions_note(told$cor),
                        predicted_note(shares$predicted,
                                       fit$def$panel$regions))), fit = fit
  )
}

# The share of each sum that rests on predicted cells: of the sizes of what a
# cell moves (see cell_weights()), that of such cells.
predicted_columns <- function(fit, plan) {
  def <- fit$def
  if (def$missing != "provisional") {
    return(NULL)
  }
  n <- n_regions(def$panel)
  parts <- numeric(n)
  whole <- numeric(n)
  frozen <- freeze_fit(fit)
  for (i in seq_along(fit$codes)) {
    value <- value_weights(frozen, plan, i)
    size <- abs(value$weight)
    share <- predicted_share(def, fit$codes[[i]]$code)[value$row]
    parts <- parts + rowsum_by(size * share, value$region, n)
    whole <- whole + rowsum_by(size, value$region, n)
  }
  list(predicted = nan_to_na(parts / whole))
}

predicted_note <- function(share, regions) {
  if (!any(share > 0, na.rm = TRUE)) {
    return(character())
  }
  percent <- function(x) paste(few_digits(100 * x, 2L), "%")
  say("Predicted cells make %s of Code NID on average, most in %s (%s).",
      percent(mean(share, na.rm = TRUE)),
      as.character(regions[which.max(share)]),
      percent(max(share, na.rm = TRUE)))
}

# Where a quarter of the error or more hangs on an end, on average.
ends_note <- function(ends, steps) {
  share <- vapply(ends, stats::median, 1, na.rm = TRUE)
  high <- which(share >= 0.25)
  if (length(high) > 0L) {
    part <- paste0(round(100 * share), " %")
    paste0(part[high[1L]], " of the error hangs on the ",
           if (steps) "speed" else "second rate", " at the ",
           c("first", "last")[high[1L]], " time",
           if (length(high) == 2L) paste0(", ", part[2L], " on the last"),
           " (ends = \"interior\" leaves it out).")
  }
}

# What the study of coverage found where times are few.
short_note <- function(fit, times) {
  few <- which(pool_sizes(times) %in% 5:6)
  if (fit$rate$facts$errors == "posterior" && any(times$pattern %in% few)) {
    "95 % intervals at 5-6 times hold 78-90 %, not 95."
  }
}

lost_note <- function(n) {
  lost <- sum(n)
  if (lost > 0L) {
    paste0(count_of(lost, "row"), " without all codes of the region left ",
           "out (column n.lost).")
  } else {
    character()
  }
}

# Number of terms, their first and last time, and rows lost, of every region;
# `even`: whether all regions have terms, and all as many, as mostly.
terms_told <- function(fit, plan) {
  panel <- fit$def$panel
  times <- plan$times
  told <- terms_told_cpp(times, plan$terms)
  size <- pool_sizes(times)
  rows <- diff(panel$grids$offset)
  pattern <- times$pattern
  gone <- regions_gone(times)
  one <- length(gone) == 0L && length(size) == 1L
  pick <- function(x, empty = NA) {
    if (one) return(rep(x, length(pattern)))
    if (length(gone) == 0L) return(x[pattern])
    out <- x[replace(pattern, gone, NA_integer_)]
    if (!is.na(empty)) out[gone] <- empty
    out
  }
  list(
    n.terms = pick(told$count, 0L),
    time.first = pick(time_like(panel, told$first)),
    time.last = pick(time_like(panel, told$last)),
    # Mostly the rows of a region are what its pattern was read from.
    n.lost = if (identical(pattern, panel$grid) &&
                 length(size) == length(rows)) {
      pick(rows - size)
    } else {
      row_counts(panel) - pick(size, 0L)
    },
    even = length(gone) == 0L && length(unique(told$count)) == 1L &&
      told$count[1L] > 0L
  )
}

# Steps of a year and of three count alike in a plain sum. Months and quarters
# are of one length here.
even_steps <- 1.2

inform_uneven_steps <- function(fit, plan) {
  if (!fit$rate$facts$steps) {
    return(invisible())
  }
  h <- step_lengths(plan$times)[plan$terms]
  owner <- pool_owner(plan$times)[plan$terms]
  longest <- tapply(h, factor(owner, seq_len(pool_length(plan$times))), max)
  shortest <- tapply(h, factor(owner, seq_len(pool_length(plan$times))), min)
  uneven <- which(longest > even_steps * shortest)
  bad <- which(plan$times$pattern %in% uneven)
  if (length(bad) == 0L) {
    return(invisible())
  }
  regions <- as.character(fit$def$panel$regions[bad])
  inform_nid(
    "uneven_terms",
    c(paste0("Steps between times are uneven in ",
             count_of(length(bad), "region"), ": ", some_of(regions), "."),
      x = paste0("A step of ", format_time(max(longest[uneven])),
                 " counts once in a plain sum, as one of ",
                 format_time(min(shortest[uneven])), "."),
      i = "measure = \"integral\" counts it by its length."),
    regions = regions,
    n = unique(c(min(shortest[uneven]), max(longest[uneven])))
  )
}

# `counts`: of every region; they are not even.
inform_terms <- function(fit, counts, measure) {
  panel <- fit$def$panel
  most <- max(counts, 0L)
  least <- min(counts, most)
  none <- zeros_of(counts)
  if (length(none) > 0L) {
    inform_nid("short_series",
               paste0(count_of(length(none), "region"), " without a term of ",
                      "formula (2), NA in the result: ",
                      some_of(panel$regions[none]), "."),
               regions = as.character(panel$regions[none]),
               n = length(none))
  }
  if (least == most) {
    return(invisible())
  }
  short <- setdiff(which(counts < most), none)
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
