#' What one cell of the data moves
#'
#' The derivative of Code NID by each normalised value, given the tuning: how
#' much the code changes when one cell changes by one. These are sensitivities,
#' not contributions.
#'
#' @param x <nid_model> or <nid_rates>.
#' @param scale <chr> "normalised": per unit of the normalised value;
#'   "transformed": per unit of the indicator after its transform (divided by
#'   its scale); "data": per unit of the value as it came, the derivative g'(x)
#'   of the transform (see [code_scheme()]) taken in, `NA` where the cell is 0
#'   under "sqrt".
#' @return `nid_cell_weights`, a tibble: index columns, `code`, `indicator`,
#'   `weight` <dbl>.
#' @section Errors: `nidcode_error_not_linear`, `_order_undefined`.
#' @family formulas
#' @examples
#' district <- subset(ural, region_code == "FD-U")
#' panel <- code_panel(district, ural_scheme, index = "year",
#'                     status = "_status")
#' rates <- dynamic_codes(panel)
#' cell_weights(rates)
#' @export
cell_weights <- function(x, scale = "normalised") {
  call <- rlang::current_env()
  check_choice(scale, c("normalised", "transformed", "data"), call = call)
  fit <- rates_fit(x, call)
  check_second_order(fit$rate, call)
  check_linear(fit$def, call)
  warn_missing_codes(fit, x)
  spec <- if (inherits(x, "nid_model")) x$args
  influence <- spec$influence %||% influence_equal()
  measure <- spec$measure %||% "sum"
  rows <- cell_weight_rows(freeze_fit(fit), influence, measure, scale)
  panel <- fit$def$panel
  columns <- c(index_columns(panel, rows$row),
               rows[c("code", "indicator", "weight")])
  new_nid_table(columns, "cell_weights",
                fit_facts(fit, paste0("Weights of cells (", scale, ")"),
                          c("region", "time", "indicator"),
                          kind = scale, influence = influence$words,
                          measure = measure,
                          notes = lost_values_note(lost_values(fit),
                                                   n_rows(panel))))
}

cell_weight_rows <- function(fit, influence, measure, scale) {
  times <- common_times(fit)
  terms <- common_terms(fit, times, 2L)
  w <- term_weights(fit, times, terms, influence, measure)
  plan <- list(times = times, weight = w, order = 2L,
               k = rep(1L, length(times$offset) - 1L))
  parts <- lapply(seq_along(fit$codes), function(i) {
    value <- value_weights(fit, plan, i)
    spread_weights(fit, i, value, scale)
  })
  out <- lapply(c("row", "code", "indicator", "weight"), function(name) {
    unlist(lapply(parts, `[[`, name))
  })
  names(out) <- c("row", "code", "indicator", "weight")
  at <- order(out$row)
  lapply(out, function(x) x[at])
}

# d NID / d value of a code, over its observed panel rows.
value_weights <- function(fit, plan, i) {
  s <- series_values(fit, i)
  one <- fit$codes[[i]]
  sums <- code_sums(fit, plan, i)
  size <- pool_sizes(one$grids)[s$grid]
  weight <- if (fit$rate$kind == "spline") {
    unit_series_sums(fit, i, s$series, size, sums)
  } else {
    # Of a linear rate the sums are weights on the values already.
    from <- sums$sums$offset[sums$of[s$series]]
    sums$sums$row[sequence(size, from = from + 1)]
  }
  list(row = if (is.null(s$rows)) seq_len(n_rows(fit$def$panel)) else s$rows,
       weight = weight * one$weight, region = rep(s$series, size))
}

# Values of unit series that are worked on at once.
unit_values <- 2e6

# A spline is linear given its tuning, so its weights are read off unit series,
# one for each position of a grid: many regions at a time, since each call
# costs as much as there are grids.
unit_series_sums <- function(fit, i, series, size, sums,
                             at_once = unit_values) {
  block <- ceiling(cumsum(as.double(size)^2) / at_once)
  bar <- start_bar("Weights of cells", length(series))
  parts <- lapply(split(seq_along(series), block), function(j) {
    r <- evaluate_sums(fit, i, unit_series(size[j], series[j]), sums)
    tick_bar(bar, length(j))
    r$sum.estimate
  })
  as.double(unlist(parts))
}

# For each place of the grids of some regions, of `n` times each, a series that
# is 1 there and 0 elsewhere: ones on the diagonals of n x n matrices laid one
# behind the other.
unit_series <- function(n, region) {
  begin <- cumsum(as.double(n)^2) - as.double(n)^2
  value <- numeric(sum(as.double(n)^2))
  value[sequence(n, by = n + 1L) + rep(begin, n)] <- 1
  list(value = value, series = rep(region, n))
}

spread_weights <- function(fit, i, value, scale) {
  parts <- code_parts(fit$def, fit$codes[[i]]$code)
  seen <- vapply(parts$x, function(x) !is.na(x[value$row]),
                 logical(length(value$row)))
  dim(seen) <- c(length(value$row), length(parts$names))
  total <- as.vector(seen %*% parts$weight)
  columns <- lapply(seq_along(parts$names), function(k) {
    w <- value$weight * parts$weight[k] * parts$sign[k] / total
    if (scale != "normalised") {
      inverse <- rep_len(parts$inverse[[k]] * parts$unit[k],
                         n_regions(fit$def$panel))
      w <- w * inverse[value$region]
    }
    if (scale == "data") {
      panel <- fit$def$panel
      transform <- indicator_transform(panel$scheme, parts$names[k])
      w <- w * transform$slope(panel$x[[parts$names[k]]][value$row])
    }
    list(row = value$row[seen[, k]], weight = w[seen[, k]],
         indicator = rep(parts$names[k], sum(seen[, k])))
  })
  row <- unlist(lapply(columns, `[[`, "row"))
  list(row = row, weight = unlist(lapply(columns, `[[`, "weight")),
       indicator = unlist(lapply(columns, `[[`, "indicator")),
       code = rep(fit$codes[[i]]$code, length(row)))
}
