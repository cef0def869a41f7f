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
  ends <- spec$ends %||% "all"
  rows <- cell_weight_rows(freeze_fit(fit), scale,
                           formula_plan(fit, influence, measure, ends))
  panel <- fit$def$panel
  columns <- c(index_columns(panel, rows$row),
               rows[c("code", "indicator", "weight")])
  new_nid_table(with_labels(columns, panel$scheme), "cell_weights",
                fit_facts(fit, paste0("Weights of cells (", scale, ")"),
                          c("region", "time", "indicator"),
                          kind = scale, influence = influence$words,
                          measure = measure,
                          ends = if (ends != "all") ends,
                          notes = lost_values_note(lost_values(fit),
                                                   n_rows(panel))))
}

cell_weight_rows <- function(fit, scale, plan) {
  parts <- lapply(seq_along(fit$codes), \(i) {
    spread_weights(fit, i, value_weights(fit, plan, i), scale)
  })
  out <- lapply(c("row", "code", "indicator", "weight"), \(name) {
    unlist(lapply(parts, `[[`, name))
  })
  names(out) <- c("row", "code", "indicator", "weight")
  at <- order(out$row)
  lapply(out, \(x) x[at])
}

# d NID / d value of a code, over its observed panel rows.
value_weights <- function(fit, plan, i) {
  series <- code_series(fit, i)
  sums <- plan_sums(fit, plan, i)
  series$pool <- sums$pool
  series$of <- sums$of[series$region]
  list(row = series_rows(series),
       weight = fit$rate$does$cells(series, sums) * fit$codes[[i]]$weight,
       region = rep(series$region, series_sizes(series)))
}

spread_weights <- function(fit, i, value, scale) {
  parts <- parts_of_code(fit$def, fit$codes[[i]]$code)
  seen <- vapply(parts$x, \(x) !is.na(x[value$row]),
                 logical(length(value$row)))
  dim(seen) <- c(length(value$row), length(parts$names))
  weight <- vapply(seq_along(parts$names), \(k) {
    rep_len(row_weights(parts, k, value$row), length(value$row))
  }, numeric(length(value$row)))
  dim(weight) <- dim(seen)
  total <- rowSums(seen * weight)
  columns <- lapply(seq_along(parts$names), \(k) {
    w <- value$weight * weight[, k] * parts$sign[k] / total
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
