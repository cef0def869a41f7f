#' Differences between regions, with their own errors
#'
#' By how much, and how surely, does a region differ from another, from the mean
#' of the others, or from a number?
#'
#' What is common to two regions cancels in their difference: a year that was
#' bad for all, a shock to the country, a fault of the source. So the codes are
#' subtracted first, on the times that both regions have (breaks of either are
#' steps or splits, as `breaks` has them), and the difference
#' \deqn{D_r(t) - D_s(t)}{D_r(t) - D_s(t)}
#' is a series of its own, to which the model's rate, with its order of
#' smoothness, its formula and its correlation of codes are applied as to any
#' region. `estimate`, `std.error` and `df` are those of that fit, in the units
#' of `what`.
#'
#' Where the times in common are fewer than 80 % of the shorter series, or one
#' region lacks a code, errors of the two regions are taken as independent
#' (column `errors`): the estimate is then the plain difference, of variance
#' \eqn{s_r^2 + s_s^2}, its df by Satterthwaite.
#'
#' Weights of [relevance_weights()] are the same in all regions. Of Code NID
#' their error enters with what is left of it in the difference,
#' \deqn{(g_r - g_s)' \Omega (g_r - g_s)}{(g_r - g_s)' Omega (g_r - g_s)}
#' g the derivative of a region's Code NID by the weights,
#' \eqn{\Omega}{Omega} their covariance: nothing for twins.
#'
#' "mean" is the plain mean of the *other* regions of the core grid (the times,
#' holes and breaks that most regions have in all codes; regions that hold
#' others are not among them); numbers named by region make it a weighted mean,
#' by population say. Against a number the error is the region's own.
#'
#' @section Do not read into it:
#' Two intervals that overlap are no test of a difference: this is. `difference`
#' is the plain difference of the two results. Averaged fits are not linear in
#' the data: `estimate` need not equal it, nor need estimates add up over three
#' regions. `c' vcov(model) c` takes the curves of regions as independent and
#' is wider than this where they move together. The interval of a difference is
#' pointwise; of many regions some will leave out zero by chance, which
#' `adjust = "holm"` allows for in `p.adjusted`.
#'
#' @param x <nid_model>; for "dynamic" and "defining" <nid_rates> as well.
#' @param benchmark One region by name, "mean", numbers named by region
#'   (weights of a mean), or one number.
#' @param pairs <data.frame> Two columns of names of regions instead: each row
#'   is the first less the second. Neither: all pairs of at most 20 regions.
#' @param what <chr> "basic" (Code NID), "industrial" (Code ID, by time),
#'   "dynamic" (V, by time and code) or "defining" (the level of the fitted
#'   curve, by time and code).
#' @param adjust <chr> "none" or "holm", over all rows.
#' @param conf_level <num> Between 0 and 1; left out, that of the model.
#' @return `nid_contrasts`, a tibble with a row per pair (and time, and code):
#'   region column, `against` <chr>, time column, `code`, `estimate`,
#'   `std.error`, `conf.low`, `conf.high`, `prob.positive`, `p.value` (two-sided
#'   t), `p.adjusted`, `df`, `difference` <dbl>, `errors` <chr> "difference" or
#'   "independent". A region against itself is exactly 0.
#' @section Errors:
#' `nidcode_error_benchmark` (no such region, several, or none given for more
#' than 20), `_pairs`, `_argument`; message `_dropped_pairs` for pairs without a
#' time in common.
#' @source Widths and coverage: `inst/studies/contrasts`. Where regions share a
#'   curve and a tenth of it is their own, intervals of Code NID are .40 to .42 as
#'   wide as those of independent errors (.21 to .57 by kind of curve and number
#'   of times) and cover 92 to 97 % where those cover 98 to 100; where nothing
#'   is shared they are 1 to 1.08 times as wide. Of curves that are all but
#'   parabolas (quartics) even an interval as wide as the misses are would be
#'   .42 to .48 as wide; one that knew the law of the curves, .3 (`floor.csv`).
#' @concept comparison of regions
#' @concept benchmarking
#' @family formulas
#' @examples
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' region_contrasts(model, "mean")
#' region_contrasts(model, adjust = "holm")
#' @export
region_contrasts <- function(x, benchmark = NULL, pairs = NULL, what = "basic",
                             adjust = "none", conf_level = 0.95) {
  call <- rlang::current_env()
  check_choice(what, names(contrast_words), call = call)
  check_choice(adjust, c("none", "holm"), call = call)
  keep_settings(x)
  check_level(conf_level, call = call)
  fit <- contrast_fit(x, what, call)
  wanted <- wanted_pairs(fit, benchmark, pairs, call)
  parts <- if (what %in% c("basic", "industrial")) {
    list(contrast_part(fit, wanted, what, x))
  } else {
    lapply(seq_along(fit$codes), \(i) {
      contrast_part(code_alone(fit, i), wanted, what, x)
    })
  }
  contrast_table(fit, wanted, parts, what, adjust, conf_level)
}

contrast_words <- c(basic = "Code NID", industrial = "Code ID",
                    dynamic = "dynamic codes", defining = "defining codes")

contrast_fit <- function(x, what, call) {
  fits <- inherits(x, "nid_model") ||
    inherits(x, "nid_rates") && what %in% c("dynamic", "defining")
  if (!fits) {
    stop_argument("x", paste0("a model of code_model()", if (
      what %in% c("dynamic", "defining")) " or rates of dynamic_codes()"), x,
      call)
  }
  if (inherits(x, "nid_model")) get_fit(x$basic) else as_fit(x, NULL, call)
}

# ---- Which pairs -------------------------------------------------------------

# Sides by number; beyond the regions the mean of the others of each. `number`:
# what the left sides are compared with where there is no right.
new_pairs <- function(left, right, against, number = NULL, others = NULL,
                      benchmark = NULL) {
  list(left = left, right = right, against = against, number = number,
       others = others, benchmark = benchmark)
}

wanted_pairs <- function(fit, benchmark, pairs, call) {
  panel <- fit$def$panel
  n <- n_regions(panel)
  name <- as.character(panel$regions)
  every <- seq_len(n)
  if (!is.null(pairs)) {
    return(given_pairs(name, benchmark, pairs, call))
  }
  if (is.null(benchmark)) {
    check_few_regions(n, call)
    return(new_pairs(rep(every, n - every), sequence(n - every, every + 1L),
                     name[sequence(n - every, every + 1L)]))
  }
  if (is_one(benchmark) && is.numeric(benchmark) && is.null(names(benchmark))) {
    check_number(benchmark, call = call)
    return(new_pairs(every, NULL, rep(format(benchmark), n),
                     number = as.double(benchmark),
                     benchmark = format(benchmark)))
  }
  if (is_one(benchmark) && is.character(benchmark) && benchmark %in% name) {
    one <- match(benchmark, name)
    return(new_pairs(every, rep(one, n), rep(name[one], n),
                     benchmark = name[one]))
  }
  mean_pairs(fit, name, benchmark, call)
}

check_few_regions <- function(n, call) {
  if (n > most_paired) {
    stop_nid("benchmark",
             c(paste0("All pairs of ", count_of(n, "region"), " are ",
                      whole_text(n * (n - 1) / 2), " rows."),
               i = paste0("Give a `benchmark`, say \"mean\" or a region, or ",
                          "`pairs`.")), n = n, call = call)
  }
}

# Regions of which all pairs are shown unasked.
most_paired <- 20L

given_pairs <- function(name, benchmark, pairs, call) {
  if (!is.null(benchmark)) {
    stop_nid("pairs", "Give `benchmark` or `pairs`, not both.", call = call)
  }
  if (!is.data.frame(pairs) || length(pairs) != 2L) {
    stop_nid("pairs", c("`pairs` must be a data frame of two columns.",
                        x = paste0("You gave ", describe(pairs), ".")),
             call = call)
  }
  sides <- lapply(unclass_columns(pairs), as.character)
  strange <- setdiff(unlist(sides), name)
  if (length(strange) > 0L) {
    stop_nid("pairs", c("`pairs` must name regions of the model.",
                        x = paste0("There is no ", some_of(strange), "."),
                        i = paste0("There are ", some_of(name), ".")),
             values = strange, call = call)
  }
  right <- match(sides[[2L]], name)
  new_pairs(match(sides[[1L]], name), right, name[right])
}

mean_pairs <- function(fit, name, benchmark, call) {
  n <- length(name)
  weight <- rep(1, n)
  plain <- identical(benchmark, "mean")
  if (!plain) {
    check_mean_weights(benchmark, name, call)
    weight <- rep(0, n)
    weight[match(names(benchmark), name)] <- as.double(benchmark)
  }
  label <- if (plain) "mean of the others" else "weighted mean of the others"
  new_pairs(seq_len(n), n + seq_len(n), rep(label, n),
            others = others_of(fit, weight), benchmark = paste("the", label))
}

check_mean_weights <- function(x, name, call) {
  strange <- if (is.numeric(x)) setdiff(names(x), name) else
    setdiff(as.character(unlist(x)), name)
  ok <- is.numeric(x) && !is.null(names(x)) && !anyDuplicated(names(x)) &&
    length(strange) == 0L && all(is.finite(x)) && all(x >= 0) && any(x > 0)
  if (!ok) {
    stop_nid("benchmark",
             c(paste0("`benchmark` must be one region, \"mean\", a number, or ",
                      "weights from 0 up named by region."),
               x = if (length(strange) > 0L) {
                 paste0("There is no region ", some_of(strange), ".")
               } else {
                 paste0("You gave ", describe(x), ".")
               },
               i = paste0("There are ", some_of(name), ".")),
             values = strange, call = call)
  }
}

# ---- Their laws --------------------------------------------------------------

# Rows of one quantity: pair, time (0 where it has none), law, plain difference,
# kind of errors.
contrast_part <- function(fit, wanted, what, x) {
  own <- if (what == "basic") basic_sums(x$basic) else timed_sums(fit, what)
  if (!is.null(wanted$others)) {
    own <- bind_rows_of(own, mean_sums(own, wanted$others))
  }
  if (is.null(wanted$right)) against_number(own, wanted) else {
    compare_sides(fit, own, wanted, what)
  }
}

against_number <- function(own, wanted) {
  n <- length(own$side)
  gap <- own$estimate - wanted$number
  c(joint_law(gap, cbind(own$std.error), cbind(own$df), own$shared),
    list(pair = own$side, time = own$time, difference = gap,
         errors = rep("independent", n)))
}

# ---- The table ---------------------------------------------------------------

contrast_table <- function(fit, wanted, parts, what, adjust, level) {
  panel <- fit$def$panel
  code <- rep(code_field(fit, "code")[seq_along(parts)],
              lengths(lapply(parts, `[[`, "pair")))
  rows <- Reduce(bind_rows_of, lapply(parts, \(p) {
    p[c("pair", "time", "estimate", "std.error", "df", "difference",
        "errors")]
  }))
  at <- order(rows$pair, rows$time, match(code, unique(code)))
  rows <- lapply(rows, \(v) v[at])
  law <- lapply(rows[c("estimate", "std.error", "df")], nan_to_na)
  shown <- at_level(law, level)
  self <- wanted$left[rows$pair] == (wanted$right[rows$pair] %||% 0L)
  key <- contrast_keys(panel, wanted, rows, what, code[at])
  columns <- c(
    key$columns, list(estimate = law$estimate), shown[names(shown) != "df"],
    contrast_tests(law, self %in% TRUE, adjust),
    list(df = shown$df, difference = nan_to_na(rows$difference),
         errors = rows$errors)
  )
  inform_dropped(panel, wanted, unique(rows$pair))
  new_nid_table(columns, "contrasts", contrast_facts(
    fit, wanted, rows, what, key$keys, adjust, level))
}

# What tells rows apart, by what it is ("region", "time") and as columns.
contrast_keys <- function(panel, wanted, rows, what, code) {
  keys <- c("region", "against", if (what != "basic") "time",
            if (what %in% c("dynamic", "defining")) "code")
  columns <- c(lapply(region_column(panel), \(x) x[wanted$left[rows$pair]]),
               list(against = wanted$against[rows$pair]))
  if ("time" %in% keys) {
    columns[[panel$index[["time"]]]] <- time_like(panel, rows$time)
  }
  if ("code" %in% keys) columns$code <- code
  list(columns = columns, keys = keys)
}

# Two-sided, and over all rows but those of a region against itself.
contrast_tests <- function(law, self, adjust) {
  p <- rep(NA_real_, length(law$estimate))
  if (!without_errors(law$std.error)) {
    p <- 2 * probability_positive(-abs(law$estimate), law$std.error, law$df)
  }
  adjusted <- p
  adjusted[!self] <- stats::p.adjust(p[!self], adjust)
  list(p.value = p, p.adjusted = adjusted)
}

inform_dropped <- function(panel, wanted, kept) {
  gone <- setdiff(seq_along(wanted$left), kept)
  if (length(gone) > 0L) {
    name <- as.character(panel$regions)[wanted$left[gone]]
    inform_nid("dropped_pairs",
               paste0(count_of(length(gone), "pair"), " without a time in ",
                      "common left out: ",
                      some_of(paste(name, "against", wanted$against[gone])),
                      "."),
               regions = name, against = wanted$against[gone],
               n = length(gone))
  }
}

contrast_facts <- function(fit, wanted, rows, what, keys, adjust, level) {
  alone <- length(unique(rows$pair[rows$errors == "independent"]))
  fit_facts(
    fit, paste("Contrasts of", contrast_words[[what]]), keys, what = what,
    benchmark = wanted$benchmark,
    influence = if (what == "basic") fit$asked$influence$words,
    measure = if (what == "basic") fit$asked$measure,
    ends = if (what == "basic" && fit$asked$ends != "all") fit$asked$ends,
    cor = if (what %in% c("basic", "industrial")) cor_text(fit$asked$cor),
    adjust = adjust, level = level,
    notes = c(core_note(wanted$others), if (alone > 0L &&
                                              is.null(wanted$number)) {
      paste0(count_of(alone, "pair"), " with independent errors: too few ",
             "times in common, or a code that one lacks.")
    })
  )
}

core_note <- function(others) {
  if (is.null(others)) {
    return(character())
  }
  left <- length(others$none) - length(others$core)
  paste0("The mean is that of ", count_of(length(others$core), "region"),
         " of one grid, the region itself left out",
         if (left > 0L) paste0("; ", left, " have other times or breaks, hold ",
                               "others or have no weight"), ".")
}

# ---- Words -------------------------------------------------------------------

#' @rdname in_words
#' @export
in_words.nid_contrasts <- function(x, language = NULL, ...) {
  rlang::check_dots_empty()
  spec <- get_spec(x)
  rows <- last_contrasts(x)
  known <- which(!is.na(rows$estimate))
  what <- contrasted_words(spec)
  if (length(known) == 0L) {
    return(say("Nothing is known of differences in %s.", what))
  }
  c(words_about_contrasts(rows[known, , drop = FALSE], what, spec$level),
    if (length(known) <= most_sentences) {
      vapply(known, \(i) {
        say("%s: %s.", rows$name[i], estimate_words(rows, i))
      }, "")
    })
}

# "Code NID (less Sverdlovsk Oblast)".
contrasted_words <- function(spec) {
  what <- switch(spec$what, basic = "Code NID", industrial = "Code ID",
                 dynamic = say("dynamic codes"),
                 defining = say("defining codes"))
  if (is.null(spec$benchmark)) what else {
    say("%s (less %s)", what, say_label(spec$benchmark))
  }
}

# The rows of the last time of each pair and code, and what they are called: a
# benchmark of all is told once.
last_contrasts <- function(x) {
  spec <- get_spec(x)
  keys <- spec$keys
  rows <- as.data.frame(as_plain_tibble(x), optional = TRUE)
  own <- as.list(rows)[keys[setdiff(names(keys), "time")]]
  rows$name <- if ("region" %in% names(keys)) as.character(own[[1L]]) else
    rep(say("The region"), nrow(rows))
  if (is.null(spec$benchmark) && nrow(rows) > 0L) {
    rows$name <- say("%s less %s", rows$name, say_label(rows$against))
  }
  for (what in intersect(c("code", "time"), names(keys))) {
    words <- rows[[keys[[what]]]]
    rows$name <- paste0(rows$name, ", ", if (what == "time") {
      stamp_words(words)
    } else {
      say_label(words)
    }, recycle0 = TRUE)
  }
  rows[!duplicated(do.call(paste, c(unname(own), sep = "\r")),
                   fromLast = TRUE), , drop = FALSE]
}

words_about_contrasts <- function(rows, what, level) {
  if (without_errors(rows$std.error)) {
    return(say("The rate has no error: how sure the numbers are is unknown."))
  }
  side <- clear_side(rows$conf.low, rows$conf.high)
  clear <- sum(side %in% c(-1, 1))
  told <- \(at) name_list(rows$name[which(at)])
  open <- nrow(rows) - clear
  if (clear == 0L) {
    return(say("No difference in %s is clear (%s intervals), of %s.", what,
               level_text(level), nrow(rows)))
  }
  c(say("%s of %s differences in %s are clear (%s intervals).", clear,
        nrow(rows), what, level_text(level), n = clear),
    if (any(side %in% 1)) say("Above zero: %s.", told(side == 1)),
    if (any(side %in% -1)) say("Below zero: %s.", told(side == -1)),
    if (open > 0L) say("The data do not settle the others."))
}
