#' Linear rates as a small table of weights
#'
#' Given the times at which a region is observed, codes, rates and formula (2)
#' of a linear rate are sums of weights on values. This is the table of weights,
#' for every grid of times: joined to the data it gives the results in any
#' database or data frame ([code_query()] does so).
#'
#' \deqn{estimate = \sum_{t,k} weight_{tk} (x_{tk} - centre_k)}{
#'   estimate = sum over times and indicators of weight (x - centre)}
#' over the values x after their transform. The centre is subtracted first: with
#' it inside the sum digits are lost. A region's grid is told by which of its
#' values are there: per indicator the sum of `bit` over the times at which it
#' is, as the attribute `grids` has them beside the number `grid`, and `bits`
#' the bit of each time.
#'
#' @param x Where the grids are from: a list of vectors of times, at which all
#'   indicators are observed; a [code_panel()]; or a table in a database.
#' @param scheme <nid_scheme> From [code_scheme()]; `NULL`, for a panel: its own.
#' @param rate <nid_rate> A linear one: [rate_difference()], [rate_central()],
#'   [rate_local()], [rate_custom()], or [rate_spline()] with a number as
#'   `lambda` or `df`.
#' @param influence,measure As in [basic_code()].
#' @param order <int> `NULL`: Code NID, all terms of formula (2) in one; 0: the
#'   codes; 1 or 2: their rates, at every time.
#' @param reference <nid_reference> Centre and scale of each indicator;
#'   `NULL`: 0 and 1, for values that are normalised already.
#' @param missing <chr> "constant" or "available", see [defining_codes()].
#' @param index <chr> For a table in a database: its columns of regions and
#'   times.
#' @return `nid_operators`, a tibble: `grid` <int>, `time` <dbl> of the value,
#'   `indicator`, `code` <chr>, `term` <dbl> the time of the rate (`NA` for Code
#'   NID), `order` <int>, `weight`, `centre` <dbl>. A rate that does not exist
#'   has a weight of `NA`. Attributes `grids` and `bits` are data frames.
#' @section Errors: `nidcode_error_not_linear` (names [code_parts()]),
#'   `_many_grids`, `_reference`, `_scheme`, `_argument`, `_order_undefined`.
#' @family formulas
#' @seealso `vignette("scale")`
#' @examples
#' scheme <- code_scheme("x", "social")
#' code_operators(list(2001:2004), scheme, rate_difference())
#' @export
code_operators <- function(x, scheme = NULL, rate = rate_spline(),
                           influence = influence_equal(), measure = "sum",
                           order = NULL, reference = NULL,
                           missing = "constant", index = NULL) {
  call <- rlang::current_env()
  if (inherits(x, "nid_panel")) scheme <- scheme %||% x$scheme
  scheme <- check_scheme(scheme, call)
  if (!is.null(order) && !(is_one(order) && order %in% 0:2)) {
    stop_argument("order", "NULL, 0, 1 or 2", order, call)
  }
  what <- if (is.null(order)) "contributions" else
    c("defining", "dynamic", "dynamic")[order + 1L]
  job <- operator_job(scheme, rate, influence, measure, reference, missing,
                      call, what)
  grids <- if (inherits(x, "tbl_lazy")) {
    table_grids(read_table(x, scheme, index, call), job, call)$grids
  } else if (inherits(x, "nid_panel")) {
    panel_patterns(x, scheme, call)
  } else {
    list_patterns(x, scheme, call)
  }
  ops <- grid_operators(grids, job, what, call)
  operators_table(ops, grids, order)
}

# What is asked of operators, checked.
operator_job <- function(scheme, rate, influence, measure, reference, missing,
                         call, what) {
  check_rate(rate, call)
  if (what == "defining") rate <- rate_difference()
  check_influence(influence, call)
  check_choice(measure, c("sum", "integral"), "measure", call = call)
  check_choice(missing, missing_choices, "missing", call = call)
  why <- if (rate$facts$tuned == "series") {
    paste0("Rate ", rate$words, " is tuned by the values of each series.")
  } else if (missing == "provisional") {
    "Predicted cells hang on the values of each series."
  } else if (missing == "error") {
    "missing = \"error\" looks at every value."
  }
  if (!is.null(why)) {
    stop_nid("not_linear",
             c("Only what is linear in the values is a table of weights.",
               x = why,
               i = paste0("Use code_parts() for any rate, or a linear one: ",
                          "rate_difference(), rate_central(), rate_local(), ",
                          "rate_spline(lambda = 1).")), call = call)
  }
  if (what %in% c("basic", "contributions")) check_second_order(rate, call)
  reference <- reference %||% as_code_reference(data.frame(
    indicator = scheme[["indicator"]], centre = 0, scale = 1), "none")
  check_plain_reference(reference, call)
  list(scheme = scheme, rate = rate, influence = influence, measure = measure,
       reference = reference, missing = missing)
}

check_plain_reference <- function(reference, call) {
  if (!inherits(reference, "nid_reference")) {
    stop_argument("reference", "made by (as_)code_reference()", reference,
                  call)
  }
  if (!is.null(attr(reference, "region"))) {
    stop_nid("reference",
             c("Weights need one centre and scale an indicator.",
               x = "The reference has those of each region.",
               i = "Use code_parts()."), call = call)
  }
}

# ---- Patterns ---------------------------------------------------------------

# Which values there are: `times`, ascending; of every pattern `rows`, which of
# them it has, and `here`, a list by indicator of matrices pattern x time.

list_patterns <- function(x, scheme, call) {
  ok <- is.list(x) && !is.data.frame(x) && length(x) > 0L &&
    all(vapply(x, \(t) is.numeric(t) && length(t) > 0L && all(is.finite(t)) &&
                 !anyDuplicated(t), NA))
  if (!ok) {
    stop_argument("x", paste0("a list of vectors of distinct times, a panel ",
                              "or a table in a database"), x, call)
  }
  times <- sort(unique(as.double(unlist(x))))
  rows <- t(vapply(x, \(t) times %in% t, logical(length(times))))
  dim(rows) <- c(length(x), length(times))
  name <- scheme[["indicator"]]
  list(times = times, rows = rows,
       here = stats::setNames(rep(list(rows), length(name)), name))
}

panel_patterns <- function(panel, scheme, call) {
  if (length(unlist(panel$breaks)) > 0L) {
    stop_nid("not_linear",
             c("Breaks of method are no part of a table of weights.",
               i = "Use code_parts()."), call = call)
  }
  times <- sort(unique(panel$grids$time))
  region <- row_region(panel)
  at <- cbind(region, match(row_time(panel), times))
  mark <- function(rows) {
    out <- matrix(FALSE, n_regions(panel), length(times))
    out[at[rows, , drop = FALSE]] <- TRUE
    out
  }
  rows <- mark(seq_len(nrow(at)))
  here <- lapply(panel$x[scheme[["indicator"]]], \(x) mark(which(!is.na(x))))
  key <- do.call(paste, as.data.frame(do.call(cbind, c(list(rows), here))))
  first <- which(!duplicated(key))
  list(times = times, rows = rows[first, , drop = FALSE],
       here = lapply(here, \(m) m[first, , drop = FALSE]))
}

# Rows that operators may have: more are no small table.
most_weights <- 3e6

check_patterns <- function(grids, job, what, call) {
  n <- nrow(grids$rows)
  size <- n * length(grids$times) * switch(
    what, dynamic = 2 * length(grids$times) * length(scheme_used(job$scheme)),
    industrial = length(grids$times), length(scheme_used(job$scheme)))
  if (size > most_weights) {
    stop_nid("many_grids",
             c(paste0("Regions have ", count_of(n, "grid"), " of times: their ",
                      "weights are no small table."),
               i = "Use code_parts()."), n = n, limit = most_weights,
             call = call)
  }
}

# A fit of one region for every pattern: given the rate its values do not
# matter.
pattern_fit <- function(grids, job, call) {
  at <- which(t(grids$rows), arr.ind = TRUE)
  pattern <- at[, 2L]
  data <- data.frame(nid_grid = pattern, nid_time = grids$times[at[, 1L]])
  name <- job$scheme[["indicator"]]
  for (k in seq_along(name)) {
    data[[name[k]]] <- ifelse(t(grids$here[[k]])[at], 1, NA)
  }
  scheme <- unclass_scheme(job$scheme)
  scheme$transform[] <- "none"
  scheme$sd[] <- NA_real_
  attributes(scheme) <- attributes(job$scheme)
  suppressWarnings(suppressMessages({
    panel <- code_panel(data, scheme, c("nid_grid", "nid_time"))
    def <- define(panel, attr(job$reference, "normalise"), job$reference,
                  "mean", job$missing, call)
    code_fit(def, job$rate, "auto", call)
  }))
}

# ---- Weights ----------------------------------------------------------------

# Of every pattern what its results are made of, a row a value and result:
# `grid`, `time` of the value; what tells results apart (`keys`: term, code,
# order, n.terms); w1, w2, ...: the weights of the indicators; `void`: added
# once, NA where the result does not exist.
grid_operators <- function(grids, job, what, call) {
  check_patterns(grids, job, what, call)
  fit <- pattern_fit(grids, job, call)
  shares <- lapply(seq_along(fit$codes), \(i) row_shares(fit, i))
  parts <- switch(
    what,
    defining = lapply(seq_along(shares), \(i) defining_part(fit, i, shares)),
    dynamic = lapply(seq_along(shares), \(i) dynamic_part(fit, i, shares)),
    industrial = list(industrial_part(fit, shares)),
    sum_parts(fit, job, what, shares)
  )
  out <- do.call(rbind, parts)
  panel <- fit$def$panel
  region <- rep(as.integer(panel$regions), diff(panel$offset))
  time <- row_time(panel)
  name <- job$scheme[["indicator"]]
  rows <- match(name, job$reference[["indicator"]])
  out <- cbind(data.frame(grid = region[out$row], time = time[out$row]),
               out[setdiff(names(out), "row")])
  if (!is.null(out$term)) out$term <- time[out$term]
  centre <- job$reference[["centre"]][rows]
  list(table = out, centre = stats::setNames(centre, name),
       flip = stats::setNames(flipped(fit, job, rows), name),
       keys = setdiff(names(out), c("grid", "time", "void",
                                    weight_names(name))))
}

weight_names <- function(name) paste0("w", seq_along(name))

# Direction -1 of a bounded value is 1 - z: the same slope, from the other end.
flipped <- function(fit, job, rows) {
  bounded <- fit$def$normalise %in% bounded_kinds
  scale <- job$reference[["scale"]][rows]
  ifelse(bounded & job$scheme[["direction"]] < 0, scale, 0)
}

# How the values of code i are made of its indicators: row of the panel x
# indicator.
row_shares <- function(fit, i) {
  series <- code_series(fit, i)
  row <- series_rows(series)
  panel <- fit$def$panel
  region <- rep(series$region, series_sizes(series))
  own <- spread_weights(fit, i, list(row = row, weight = rep(1, length(row)),
                                     region = region), "transformed")
  out <- matrix(0, n_rows(panel), nrow(panel$scheme))
  out[cbind(own$row, match(own$indicator, panel$scheme[["indicator"]]))] <-
    own$weight
  out
}

operator_part <- function(row, keys, share, void = 0) {
  share <- as.data.frame(share)
  names(share) <- weight_names(share)
  cbind(data.frame(row = row), keys, share,
        data.frame(void = rep_len(void, length(row))))
}

defining_part <- function(fit, i, shares) {
  row <- series_rows(code_series(fit, i))
  # An indicator without spread counts 0, turned round 1.
  parts <- parts_of_code(fit$def, fit$codes[[i]]$code)
  still <- parts$reflect & parts$sign < 0 & unlist(parts$inverse) == 0
  void <- vapply(row, \(r) {
    seen <- vapply(parts$x, \(x) !is.na(x[r]), NA)
    weight <- vapply(seq_along(seen), \(k) row_weights(parts, k, r), 1)
    sum(weight[seen & still]) / sum(weight[seen])
  }, 1)
  operator_part(row, data.frame(term = row, code = rep_len(
    fit$codes[[i]]$code, length(row))),
                shares[[i]][row, , drop = FALSE], void)
}

# Rates of both orders: a row a value that bears on one at a time.
rate_entries <- function(fit, i, orders = 1:2) {
  series <- code_series(fit, i)
  start <- series_starts(series)
  size <- series_sizes(series)
  rows <- series_rows(series)
  out <- lapply(seq_along(series$of), \(b) {
    n <- size[b]
    own <- rows[start[b] + seq_len(n)]
    have <- orders_of(fit$rate, orders)
    m <- matrix(NA_real_, n * length(orders), n)
    if (length(have) > 0L) {
      m[rep(orders %in% have, each = n), ] <- series_operator(series, b, have)
    }
    # A rate that is not there is told by the value at its own time.
    none <- is.na(m[, 1L])
    m[none, ] <- 0
    m[cbind(which(none), (which(none) - 1L) %% n + 1L)] <- NA
    use <- which(is.na(m) | m != 0, arr.ind = TRUE)
    list(row = own[use[, 2L]], term = own[(use[, 1L] - 1L) %% n + 1L],
         order = orders[(use[, 1L] - 1L) %/% n + 1L], weight = m[use])
  })
  pick <- \(what) unlist(lapply(out, `[[`, what))
  list(row = pick("row"), term = pick("term"), order = pick("order"),
       weight = pick("weight"))
}

dynamic_part <- function(fit, i, shares) {
  e <- rate_entries(fit, i)
  none <- is.na(e$weight)
  weight <- replace(e$weight, none, 0)
  operator_part(e$row, data.frame(term = e$term, code = rep_len(
    fit$codes[[i]]$code, length(e$term)),
                                  order = e$order),
                shares[[i]][e$row, , drop = FALSE] * weight,
                ifelse(none, NA, 0))
}

# Code ID where every code of the region has its rate.
industrial_part <- function(fit, shares) {
  n <- n_rows(fit$def$panel)
  region <- row_region(fit$def$panel)
  whole <- rep(TRUE, n)
  some <- rep(FALSE, n)
  parts <- lapply(seq_along(fit$codes), \(i) {
    e <- rate_entries(fit, i, 1L)
    has <- seq_len(n) %in% e$term[!is.na(e$weight)]
    exists <- fit$codes[[i]]$of[region] > 0L
    whole <<- whole & (has | !exists)
    some <<- some | exists
    keep <- which(!is.na(e$weight))
    operator_part(e$row[keep], data.frame(term = e$term[keep]),
                  shares[[i]][e$row[keep], , drop = FALSE] *
                    (e$weight[keep] * fit$codes[[i]]$weight))
  })
  out <- do.call(rbind, parts)
  out[(whole & some)[out$term], , drop = FALSE]
}

# Formula (2): every row of the panel, so that no region is lost.
sum_parts <- function(fit, job, what, shares) {
  plan <- formula_plan(fit, job$influence, job$measure)
  told <- terms_told(fit, plan)
  panel <- fit$def$panel
  region <- row_region(panel)
  n <- told$n.terms
  each <- lapply(seq_along(fit$codes), \(i) {
    v <- value_weights(fit, plan, i)
    shares[[i]] * replace(numeric(n_rows(panel)), v$row, v$weight)
  })
  row <- seq_len(n_rows(panel))
  if (what == "basic") {
    return(list(operator_part(row, data.frame(n.terms = n[region]),
                              Reduce(`+`, each),
                              ifelse(n[region] > 0L, 0, NA))))
  }
  lapply(seq_along(each), \(i) {
    keep <- which(n[region] > 0L & fit$codes[[i]]$of[region] > 0L)
    operator_part(keep, data.frame(code = rep(fit$codes[[i]]$code,
                                              length(keep))),
                  each[[i]][keep, , drop = FALSE])
  })
}

# ---- As a table for other tools ----------------------------------------------

operators_table <- function(ops, grids, order) {
  wide <- ops$table
  if (!is.null(order) && order > 0L) wide <- wide[wide$order == order, ]
  name <- names(ops$centre)
  w <- as.matrix(wide[weight_names(name)])
  none <- is.na(wide$void)
  at <- which(w != 0 | none, arr.ind = TRUE)
  # One row is enough to say that a rate is not there.
  at <- at[!(none[at[, 1L]] & at[, 2L] > 1L), , drop = FALSE]
  at <- at[order(at[, 1L], at[, 2L]), , drop = FALSE]
  row <- at[, 1L]
  columns <- list(
    grid = wide$grid[row], time = wide$time[row], indicator = name[at[, 2L]],
    code = wide$code[row],
    term = if (is.null(order)) rep(NA_real_, length(row)) else wide$term[row],
    order = rep(as.integer(order %||% 2L), length(row)),
    weight = ifelse(none[row], NA, w[at]),
    centre = unname(ops$centre[at[, 2L]] + ops$flip[at[, 2L]])
  )
  bits <- time_bits(grids$times)
  tibble::new_tibble(columns, nrow = length(row), class = "nid_operators",
                     grids = cbind(data.frame(grid = seq_len(nrow(
                       grids$rows))), grid_keys(grids, bits)), bits = bits)
}

# Bits of a key: so many that their sum is exact wherever numbers have 15
# digits.
key_bits <- 40L

time_bits <- function(times) {
  at <- seq_along(times) - 1L
  out <- data.frame(time = times)
  for (b in seq_len(max(1L, ceiling(length(times) / key_bits)))) {
    out[[paste0("bit", b)]] <- ifelse(at %/% key_bits == b - 1L,
                                      2^(at %% key_bits), 0)
  }
  out
}

# r1, ...: keys of the rows; k1_1, ...: those of the first indicator.
grid_keys <- function(grids, bits) {
  key <- function(m, name) {
    out <- lapply(bits[-1L], \(b) drop(m %*% b))
    stats::setNames(out, paste0(name, seq_along(out)))
  }
  parts <- Map(key, c(list(grids$rows), grids$here),
               c("r", paste0("k", seq_along(grids$here), "_")))
  as.data.frame(do.call(c, unname(parts)))
}

#' @export
print.nid_operators <- function(x, ...) {
  cat("Weights of ", count_of(nrow(attr(x, "grids")), "grid"), ", ",
      count_of(length(unique(x[["indicator"]])), "indicator"), ".\n", sep = "")
  plain <- tibble::as_tibble(as.list(x))
  cat(utils::head(format(plain, n = 8L)[-1L], 13L), sep = "\n")
  invisible(x)
}
