#' From indicators to defining codes
#'
#' Transforms and normalises the indicators of a panel and takes their weighted
#' mean in each code.
#'
#' \deqn{D_c(r,t) = \frac{\sum_k w_k s_k z_k(r,t)}{\sum_k w_k}}{
#'   D_c(r,t) = sum_k w_k s_k z_k(r,t) / sum_k w_k}
#'
#' Centre and scale are the plain mean and sd (n - 1), or minimum and range, of
#' all observed cells of the reference. An indicator without spread counts 0,
#' with a warning. Direction -1 turns z into 1 - z where z is bounded
#' ("minmax", "goalposts", "rank") and into -z elsewhere.
#'
#' @param x <nid_panel> From [code_panel()].
#' @param normalise <chr> "zscore", "minmax", "index" (own value at the base
#'   time = 100), "goalposts" (`low` and `high` of the scheme), "rank" (0 to 1)
#'   or "none".
#' @param reference Whose centre and scale: "panel" (all rows), "region" (each
#'   region's own), one <time> as the data write it (a base year; "index" needs
#'   one) or a [code_reference()].
#' @param aggregate <chr> "mean", "geometric" or "harmonic" (both need values
#'   above 0).
#' @param missing <chr> "constant": within a region a code has the same
#'   indicators at every time; one never observed there is left out, a time at
#'   which a kept one is missing has no code. In a scheme with pillars
#'   (`parent`) those that are left share the weight of their node. "available": rescaled over what
#'   is there, and each change of composition counts as a break. "provisional":
#'   "constant", with missing cells predicted, see there. "error".
#' @return `nid_defining`, a tibble with a row per region, time and code where
#'   the code is observed: the index columns, `code` <chr>, `estimate` <dbl>
#'   (in sd of the reference, 0 to 1, or percent of the base), `n.indicators`
#'   <int>, `break` <lgl> a new method starts here. With
#'   `missing = "provisional"` also `std.error`, `conf.low`, `conf.high` (95 %)
#'   and `df` of the error of predicted cells, and `predicted`, the share of
#'   the weight that rests on them.
#' @section Provisional:
#' With `missing = "provisional"` a missing cell is what the next observation
#' of its series would be, by [rate_spline()]`(m = 3)` of that indicator in
#' that region alone: the mean of the curve at that time, with the variance of
#' the curve and of the noise, jointly for the cells of a series. Predicted are
#' cells after the first value of the series that are at most two rows from a
#' value (any number, where the status is "suppressed"), at times at which the
#' region has some value; not those of a method that began with a break and has
#' no value yet, not "cannot_exist" and "holiday", and not where the series has
#' no error (fewer than 5 values). The error enters the code as a known
#' variance,
#' \eqn{\sum_k (w_k / (\sum w \, scale_k))^2 sd_k^2}{
#' sum_k (w_k / (sum w scale_k))^2 sd_k^2} with the covariance of times, and
#' whatever is made of the code by the rate's own weights, given its tuning.
#' Predicted cells never enter centre and scale, nor [smoothness()]. A mean
#' without ranks is needed. Of last years of `russia` left out in turn the 95 %
#' interval held 94 % (`inst/studies/provisional`).
#' @section Errors:
#' `nidcode_error_domain`, `_not_finite`, `_reference`, `_few_regions`,
#' `_composition`, `_scheme`, `_not_linear` and `_size` ("provisional" of more
#' than 1,000 values a series); warnings `_zero_spread`, `_units`, `_digits_lost`
#' (sd under 1e4 roundings of the mean, under every normalisation; the mean and
#' sd are those of the reference, under "index" of each region, else of all
#' rows).
#' @source Economy of Region, 2017, vol. 13 (see [nidcode-package]).
#' @family treat
#' @examples
#' district <- subset(ural, region_code == "FD-U")
#' panel <- code_panel(district, ural_scheme, index = "year",
#'                     status = "_status")
#' defining_codes(panel)
#' @export
defining_codes <- function(x, normalise = "zscore", reference = "panel",
                           aggregate = "mean", missing = "constant") {
  def <- define(x, normalise, reference, aggregate, missing,
                rlang::current_env())
  defining_table(def)
}

# The affine map of a panel with its settings; codes are computed from it on
# demand, so that millions of series need no normalised copy.
# `kept`: cells that were predicted before, where they are not to be anew.
define <- function(x, normalise, reference, aggregate, missing, call,
                   kept = NULL) {
  panel <- check_panel(x, call = call)
  check_choice(normalise, c("zscore", "minmax", "index", "goalposts", "rank",
                            "none"), call = call)
  check_choice(aggregate, c("mean", "geometric", "harmonic"), call = call)
  check_choice(missing, missing_choices, call = call)
  reference <- check_reference(reference, normalise, panel, call)
  check_transform_domain(panel, call)
  warn_units(panel$scheme, normalise)
  inform_counted_twice(panel, normalise, reference)
  read <- in_own_units(transform_values(panel), panel, normalise)
  map <- if (n_rows(panel) == 0L && !inherits(reference, "nid_reference")) {
    constant_map(panel$scheme[["indicator"]], 0, 1)
  } else {
    normalisation(panel, read, normalise, reference, call)
  }
  def <- list(panel = panel, normalise = normalise, reference = reference,
              aggregate = aggregate, missing = missing,
              centre = map$centre, scale = map$scale, unit = read$unit,
              affine = normalise != "rank" && aggregate == "mean",
              values = if (normalise == "rank") {
                ranked_values(panel, reference)
              } else {
                read$x
              })
  def <- structure(def, class = "nid_definition")
  if (missing == "provisional") def <- add_predicted(def, kept, call)
  def <- add_factors(def)
  if (normalise == "none") check_sums(def, call)
  check_positive_mean(def, call)
  if (missing == "error") check_complete(def, call)
  def
}

missing_choices <- c("constant", "available", "error", "provisional")

check_reference <- function(reference, normalise, panel, call) {
  if (inherits(reference, "nid_reference")) {
    return(reference)
  }
  one <- is_one(reference)
  word <- one && is.character(reference)
  named <- word && reference %in% c("panel", "region")
  ok <- one && (named || is.numeric(reference) || is_dated(reference) ||
                  word && has_time_labels(panel))
  if (!ok) {
    stop_nid("reference",
             c(paste0("`reference` must be \"panel\", \"region\", one time or ",
                      "a code_reference()."),
               x = paste0("You gave ", describe(reference), ".")),
             call = call)
  }
  if (named) {
    if (normalise == "index") check_base_time(reference, call)
    return(reference)
  }
  if (normalise == "rank") {
    stop_nid("reference", paste0("Ranks are taken over the \"panel\" or ",
                                 "within each \"region\"."), call = call)
  }
  as.double(numeric_time(reference, "reference", call, panel$reading))
}

# Ranks replace the values. No transform changes them.
ranked_values <- function(panel, reference) {
  group <- if (identical(reference, "region")) {
    row_region(panel)
  }
  lapply(panel$x, rank_values, group = group)
}

warn_units <- function(scheme, normalise) {
  if (normalise != "none") {
    return(invisible())
  }
  unit <- paste(scheme[["unit"]], scheme[["transform"]])
  if (length(unique(unit)) > 1L && !is_bare(scheme)) {
    warn_nid(
      "units",
      c(paste0("normalise = \"none\" over different units: codes of unlike ",
               "units are added."),
        i = paste0("Units: ", some_of(unique(scheme[["unit"]]),
                                      quote = "\""), ".")),
      values = unique(scheme[["unit"]])
    )
  }
}

# In a code with pillars those indicators of a node that are there share the
# node's weight: per code a matrix, row x indicator, of what their own weights
# are multiplied by; NULL where nothing is missing.
add_factors <- function(def) {
  codes <- used_codes(def)$code
  def$factors <- NULL
  if (!is.null(def$panel$scheme[["parent"]])) {
    def$factors <- lapply(stats::setNames(nm = codes),
                          \(code) code_factors(def, parts_of_code(def, code)))
  }
  def
}

code_factors <- function(def, parts) {
  ways <- tree_paths(def$panel$scheme)[parts$names]
  if (parts$whole || all(lengths(ways) == 2L) || n_rows(def$panel) == 0L) {
    return(NULL)
  }
  here <- vapply(parts$x, \(x) !is.na(x), logical(n_rows(def$panel)))
  here <- matrix(here, ncol = length(parts$names))
  if (parts$missing == "constant") {
    n <- n_regions(def$panel)
    region <- row_region(def$panel)
    ever <- apply(here, 2L, \(x) tabulate(region[x], n) > 0L)
    here <- matrix(ever, n)[region, , drop = FALSE]
  }
  key <- do.call(paste0, lapply(seq_len(ncol(here)), \(k) {
    as.integer(here[, k])
  }))
  first <- which(!duplicated(key))
  each <- vapply(first, \(row) {
    if (all(here[row, ]) || !any(here[row, ])) return(rep(1, ncol(here)))
    shares_below(ways, parts$weight, here[row, ]) / parts$weight
  }, numeric(ncol(here)))
  t(matrix(each, ncol(here))[, match(key, key[first]), drop = FALSE])
}

# The weight of k-th indicators of a code at rows of the panel.
row_weights <- function(parts, k, row) {
  if (is.null(parts$factor)) {
    return(parts$weight[k])
  }
  parts$weight[k] * parts$factor[cbind(row, k)]
}

# What the kernel needs to compute one code.
parts_of_code <- function(def, code) {
  scheme <- def$panel$scheme
  use <- which(scheme[["code"]] == code & scheme[["weight"]] > 0)
  names <- scheme[["indicator"]][use]
  list(
    names = names, unit = unname(def$unit[names]),
    # An index without a base value makes holes of its own.
    whole = all(def$panel$missing[names] == 0) && def$normalise != "index",
    x = unname(def$values[names]),
    centre = unname(def$centre[names]),
    inverse = unname(lapply(def$scale[names], inverse_index, def = def)),
    sign = scheme[["direction"]][use],
    weight = scheme[["weight"]][use], factor = def$factors[[code]],
    reflect = def$normalise %in% bounded_kinds,
    missing = if (def$missing == "available") "available" else "constant",
    aggregate = def$aggregate
  )
}

# A region without a base value has no index (NA); elsewhere 0 is no spread.
inverse_index <- function(scale, def) {
  out <- inverse_scale(scale)
  if (def$normalise == "index") out[is.na(scale)] <- NA_real_
  out
}

# Values of a code over the panel's rows, or those of some regions; `totals`:
# the weight of the indicators in each instead.
code_values <- function(def, code, totals = FALSE, count = FALSE,
                        regions = c(0L, n_regions(def$panel)),
                        buffer = numeric(),
                        parts = parts_of_code(def, code)) {
  out <- define_code_cpp(parts, def$panel$offset, regions[[1L]],
                         regions[[2L]], totals, count, buffer)
  out$names <- parts$names
  out
}

# The normalised values of the k-th indicator of a code.
values_of_part <- function(def, parts, k) {
  for (what in c("x", "centre", "inverse", "sign", "weight")) {
    parts[[what]] <- parts[[what]][k]
  }
  parts["factor"] <- list(NULL)
  parts$aggregate <- "mean"
  define_code_cpp(parts, def$panel$offset, 0L, n_regions(def$panel), FALSE,
                  FALSE, numeric())$value
}

# Codes of the scheme that have an indicator.
used_codes <- function(def) {
  codes <- scheme_codes(def$panel$scheme)
  codes[codes$code %in% def$panel$scheme[["code"]], , drop = FALSE]
}

# Panel rows at which a code starts a new method: breaks of its indicators,
# and changes of its composition.
code_breaks <- function(def, code, changed = integer()) {
  names <- parts_of_code(def, code)$names
  sort(unique(c(unlist(def$panel$breaks[names], FALSE, FALSE), changed)))
}

check_positive_mean <- function(def, call) {
  if (def$aggregate == "mean" || n_rows(def$panel) == 0L) {
    return(invisible())
  }
  panel <- def$panel
  z <- list()
  for (code in used_codes(def)$code) {
    parts <- parts_of_code(def, code)
    for (k in seq_along(parts$names)) {
      z[[parts$names[k]]] <- values_of_part(def, parts, k)
    }
  }
  bad <- Filter(length, lapply(z, \(value) which(value <= 0)))
  if (length(bad) > 0L) {
    panel$x <- z
    stop_cells(
      "domain", bad, panel, call = call,
      head = paste0("A ", def$aggregate, " mean needs values above 0; ",
                    paste0("`", names(bad), "`"), " has ",
                    vapply(lengths(bad), count_of, "", "normalised value"),
                    " of 0 or less.")
    )
  }
}

# Values as they came may be so large that their weighted sum is no number.
check_sums <- function(def, call) {
  for (code in used_codes(def)$code) {
    parts <- parts_of_code(def, code)
    largest <- vapply(parts$x, \(x) largest_size(column_moments(x)), 1)
    if (!is.finite(sum(largest * parts$weight))) {
      stop_nid("not_finite",
               c(paste0("The weighted sum of ", some_of(parts$names),
                        " may be beyond the largest number (1.8e308)."),
                 i = "Give the data in larger units."),
               columns = parts$names, call = call)
    }
  }
}

check_complete <- function(def, call) {
  panel <- def$panel
  bad <- Filter(length, lapply(panel$x, \(value) which(is.na(value))))
  if (length(bad) > 0L) {
    stop_cells(
      "composition", bad, panel, call = call,
      head = paste0("`missing = \"error\"` and ", paste0("`", names(bad), "`"),
                    " is missing in ",
                    vapply(lengths(bad), count_of, "", "cell"), ".")
    )
  }
}

# `keys`: what tells the rows apart, of which the user has named region and
# time (NA: a panel of one region).
defining_facts <- function(def, title, keys, ...) {
  keys <- stats::setNames(keys, keys)
  index <- intersect(keys, names(def$panel$index))
  keys[index] <- def$panel$index[index]
  list(
    title = title, keys = keys[!is.na(keys)], ...,
    normalise = def$normalise,
    reference = reference_text(def$reference, def$panel),
    aggregate = if (def$aggregate != "mean") def$aggregate,
    missing = if (any(def$panel$missing > 0)) def$missing,
    predicted = predicted_text(def)
  )
}

reference_text <- function(reference, panel) {
  if (inherits(reference, "nid_reference")) return("frozen")
  if (is.numeric(reference)) return(time_words(panel, reference))
  reference
}

defining_table <- function(def) {
  codes <- used_codes(def)$code
  n <- n_rows(def$panel)
  parts <- lapply(codes, \(code) {
    v <- code_values(def, code, count = TRUE)
    c(v, list(at = observed_breaks(def, code, v)))
  })
  inform_lost_times(def, parts)
  interleave <- function(what) {
    columns <- lapply(parts, `[[`, what)
    if (length(columns) == 1L) columns[[1L]] else interleave_cpp(columns, 1L)
  }
  value <- interleave("value")
  every <- !anyNA(value)
  keep <- if (every) seq_along(value) else which(!is.na(value))
  pick <- \(x) if (every) x else x[keep]
  columns <- c(
    if (every) index_columns(def$panel, each = length(codes)) else
      index_columns(def$panel, rep(seq_len(n), each = length(codes))[keep]),
    list(code = pick(repeat_values(codes, times = n)), estimate = pick(value),
         n.indicators = pick(interleave("used")),
         `break` = pick(interleave("at"))),
    if (def$missing == "provisional") {
      provisional_columns(def, codes, value, keep)
    }
  )
  lost <- stats::setNames(vapply(parts, `[[`, 1, "missing"), codes)
  new_nid_table(
    columns, "defining",
    defining_facts(def, "Defining codes", c("region", "time", "code"),
                   notes = lost_values_note(lost, n)),
    fit = def
  )
}

# What a table of codes tells of predicted cells: the errors of the values that
# rest on them, 95 % intervals, and the share of the weight that does.
provisional_columns <- function(def, codes, value, keep) {
  laws <- lapply(codes, \(code) unsure_law(def, code))
  pick <- function(parts) as.vector(do.call(rbind, parts))[keep]
  law <- list(estimate = value[keep],
              std.error = pick(lapply(laws, `[[`, "std.error")),
              df = pick(lapply(laws, `[[`, "df")))
  limits <- t_limits_cpp(law$estimate, law$std.error, law$df, 0.95)
  list(std.error = law$std.error, conf.low = limits$low,
       conf.high = limits$high, df = law$df,
       predicted = pick(lapply(codes, \(code) predicted_share(def, code))))
}

# Values of codes that a table lacks (`lost` is named by code, `n` are the rows
# of the panel), for print().
lost_values_note <- function(lost, n) {
  if (sum(lost) == 0) {
    return(character())
  }
  paste0(count_of(sum(lost), "value"), " of ",
         whole_text(as.double(n) * length(lost)), " left out where an ",
         "indicator is missing, most in ", names(lost)[which.max(lost)], ".")
}

# Where a new method starts in a code: at the first time it is observed after.
observed_breaks <- function(def, code, v) {
  at <- rep(FALSE, length(v$value))
  breaks <- code_breaks(def, code, v$changed)
  if (length(breaks) > 0L) {
    g <- code_grids_cpp(v$value, def$panel$offset, row_time(def$panel), breaks)
    use <- g$grid[g$grid > 0L]
    at[!is.na(v$value)] <-
      g$step[sequence(diff(g$offset)[use], from = g$offset[use] + 1L)] > 0L
  }
  at
}

# Which indicator costs the most times under "constant", over all codes: holes
# in the series of regions that have the indicator, at times at which they have
# some indicator. A code of one indicator has no other to be incomplete beside.
inform_lost_times <- function(def, parts) {
  names <- unlist(lapply(parts, `[[`, "names"))
  lost <- lost_times(def, names)
  if (length(lost) == 0L || max(lost) == 0) {
    return(invisible())
  }
  lost <- sort(lost[lost > 0], decreasing = TRUE)
  inform_nid(
    "composition",
    c(paste0("Some times have no code, or fewer indicators in it, because an ",
             "indicator is missing there."),
      i = paste0("Most are due to ", some_of(names(lost)[1L]), ": ",
                 count_of(lost[[1L]], "time"), ".")),
    columns = names(lost), n = unname(lost)
  )
}

lost_times <- function(def, names) {
  panel <- def$panel
  holes <- names[panel$missing[names] > 0]
  if (length(holes) == 0L) {
    return(numeric())
  }
  n <- n_regions(panel)
  region <- row_region(panel)
  some <- if (length(holes) < length(names)) TRUE else {
    Reduce(`|`, lapply(panel$x[names], \(v) !is.na(v)))
  }
  vapply(stats::setNames(holes, holes), \(name) {
    gone <- is.na(def$values[[name]])
    has <- tabulate(region[!gone], n) > 0L
    as.double(sum(gone & some & has[region]))
  }, 1)
}

# The definition behind any of our objects.
get_defining <- function(x, call = rlang::caller_env()) {
  if (inherits(x, "nid_definition")) return(x)
  if (inherits(x, "nid_model")) x <- x$defining
  fit <- get_fit(x)
  if (inherits(fit, "nid_definition")) return(fit)
  if (!is.null(fit$def)) return(fit$def)
  if (inherits(x, "nid_panel")) {
    return(define(x, "zscore", "panel", "mean", "constant", call))
  }
  stop_nid(
    "needs_fit",
    c("This table no longer carries the fit behind it.",
      i = "Rows or columns were changed; use the table as the verb gave it."),
    call = call
  )
}
