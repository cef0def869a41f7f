#' What makes a Code NID
#'
#' Splits formula (2) into the parts that sum to it exactly: by code (their own
#' sums), by time (the terms tau_i u_i A(t_i), each at the end of its step where
#' rates are over steps), by indicator
#' (tau_i u_i (w_k s_k / sum w) A_k(t_i)), by the pillars of a scheme with
#' `parent`, or crossed. Exact given the tuning: an averaged spline weighs all
#' indicators of a code as it weighs the code.
#'
#' @param x <nid_model> or <nid_rates>.
#' @param by <chr> Any of "code", "time", "indicator", and one level or node of
#'   the scheme: "level 1" are the outermost pillars of the codes (indicators
#'   that hang higher stand for themselves), "level 2" those within; the name of
#'   a code or node opens the tree down to it: what it holds, and beside the way
#'   to it everything whole. All of them sum to the code.
#' @param influence,measure,ends As in [basic_code()]; `NULL`: those of the model,
#'   else an equal influence, "sum" and "all".
#' @return `nid_contributions`, a tibble: region column, the `by` columns (the
#'   time under its own name, levels and nodes as `node`, with `label` where the
#'   scheme has labels), `estimate` in units of [basic_code()].
#' @section Errors:
#' `nidcode_error_not_linear` by indicator or node under a geometric or harmonic mean or
#' rank normalisation; `_order_undefined`; `_size` by time for series of more
#' than 5,000 times.
#' @concept decomposition of growth
#' @family formulas
#' @examples
#' district <- subset(ural, region_code == "FD-U")
#' panel <- code_panel(district, ural_scheme, index = "year",
#'                     status = "_status")
#' rates <- dynamic_codes(panel)
#' contributions(rates, by = "code")
#' contributions(rates, by = c("code", "indicator"))
#' @export
contributions <- function(x, by = "code", influence = NULL, measure = NULL,
                          ends = NULL) {
  call <- rlang::current_env()
  keep_settings(x)
  influence <- influence %||% influence_equal()
  measure <- measure %||% "sum"
  ends <- ends %||% "all"
  check_influence(influence, call)
  check_choice(measure, c("sum", "integral"), call = call)
  check_ends(ends, call)
  fit <- rates_fit(x, call)
  check_second_order(fit$rate, call)
  by <- check_cut(by, fit$def$panel$scheme, call)
  if (any(c("indicator", "node") %in% by)) check_linear(fit$def, call)
  warn_missing_codes(fit, x)
  contributions_table(fit, by, influence, measure, ends)
}

# `by` with "node" in place of what says how the tree of the scheme is cut,
# which becomes its attribute.
check_cut <- function(by, scheme, call) {
  plain <- c("code", "time", "indicator")
  cut <- if (is.character(by)) setdiff(by, plain) else character()
  nodes <- setdiff(unlist(tree_paths(scheme), use.names = FALSE),
                   scheme[["indicator"]])
  known <- c(tree_levels(scheme), nodes)
  ok <- is.character(by) && length(by) > 0L && !anyDuplicated(by) &&
    length(cut) <= 1L && all(cut %in% known)
  if (!ok) {
    stop_nid("argument",
             c(paste0("`by` must be any of ", some_of(plain, quote = "\""),
                      " and one level or node of the scheme."),
               x = paste0("You gave ", describe(by), "."),
               i = paste0("Levels and nodes are ",
                          some_of(unique(known), quote = "\""), ".")),
             argument = "by", values = unique(known), call = call)
  }
  by[by %in% cut] <- "node"
  structure(by, cut = cut)
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

contributions_table <- function(fit, by, influence, measure, ends,
                                call = rlang::caller_env()) {
  plan <- formula_plan(fit, influence, measure, ends)
  if ("time" %in% by) {
    check_sums_at_times(fit, plan$times, "A contribution by time", call)
  }
  plan <- contribution_plan(plan, "time" %in% by)
  cells <- if (any(c("indicator", "node") %in% by)) {
    indicator_parts(fit, plan)
  } else {
    code_parts_alone(fit, plan)
  }
  if ("node" %in% by) cells <- node_cells(fit, cells, by)
  panel <- fit$def$panel
  at <- plan_terms(plan)
  columns <- lapply(region_column(panel), \(x) {
    repeat_values(at$by_region(x), times = length(cells))
  })
  if ("time" %in% by) {
    columns[[panel$index[["time"]]]] <-
      repeat_values(at$by_place(time_like(panel, plan$times$time)),
                    times = length(cells))
  }
  for (what in c("code", "indicator", "node")) {
    columns[[what]] <- rep(vapply(cells, \(cell) cell[[what]] %||% "", ""),
                           each = at$n)
  }
  exists <- unlist(lapply(cells, \(cell) at$by_region(cell$exists)))
  values <- unlist(lapply(cells, `[[`, "estimate"))
  columns <- lapply(columns, \(x) x[exists])
  sum_contributions(fit, columns, values[exists], by, list(
    influence = influence$words, measure = measure,
    ends = if (ends != "all") ends))
}

# One sum over all terms of a region that has any, or one for each term.
contribution_plan <- function(plan, by_time) {
  times <- plan$times
  size <- pool_sizes(times)
  owner <- pool_owner(times)
  plan$empty <- 0L
  if (!by_time) {
    any <- rowsum_by(as.double(plan$terms), owner, length(size)) > 0
    plan$k <- as.integer(any)
    plan$weight <- plan$weight[any[owner]]
    plan$at <- times$offset[-1L][any]
    return(plan)
  }
  plan$at <- which(plan$terms)
  plan$k <- tabulate(owner[plan$at], length(size))
  own <- owner[plan$at]
  # A column for each term, with its weight in the row of its time.
  before <- c(0, cumsum(as.double(size) * plan$k))[own]
  column <- sequence(plan$k) - 1
  weight <- numeric(sum(as.double(size) * plan$k))
  weight[before + column * size[own] + plan$at - times$offset[own]] <-
    plan$weight[plan$at]
  plan$weight <- weight
  plan
}

code_parts_alone <- function(fit, plan) {
  parts <- code_parts_of_sum(fit, estimate_codes(fit,
                                                 plans = list(plan))$sums[[1L]])
  lapply(seq_along(fit$codes), \(i) {
    list(code = fit$codes[[i]]$code, indicator = "",
         exists = fit$codes[[i]]$of > 0L, estimate = parts[[i]])
  })
}

# What indicators add to the item they belong to; beside "indicator" they stay
# apart.
node_cells <- function(fit, cells, by) {
  item <- tree_items(fit$def$panel$scheme, attr(by, "cut"))
  item <- item[vapply(cells, `[[`, "", "indicator")]
  if ("indicator" %in% by) {
    return(Map(\(cell, node) c(cell, list(node = node)), cells, item))
  }
  lapply(split(cells, factor(item, unique(item))), \(own) {
    list(code = own[[1L]]$code, node = item[[own[[1L]]$indicator]],
         exists = Reduce(`|`, lapply(own, `[[`, "exists")),
         estimate = Reduce(`+`, lapply(own, `[[`, "estimate")))
  })
}

# The same sums of each indicator's own part of its code, under the code's
# tuning.
indicator_parts <- function(fit, plan) {
  fit <- freeze_fit(fit)
  unlist(lapply(seq_along(fit$codes), \(i) {
    one <- fit$codes[[i]]
    shares <- code_shares(fit, i)
    estimate <- share_sums(fit, plan, i, shares)
    names <- shares$parts$names
    lapply(seq_along(names), \(k) {
      list(code = one$code, indicator = names[k],
           exists = one$of > 0L & indicator_seen(fit, names[k]),
           estimate = one$weight * estimate[[k]])
    })
  }), recursive = FALSE)
}

# The sums of a plan over every indicator's part of code i, a vector each.
share_sums <- function(fit, plan, i, shares) {
  none <- numeric(plan_total(plan))
  each <- seq_along(shares$parts$names)
  s <- without_unsure(code_series(fit, i))
  if (length(s$of) == 0L) {
    return(rep(list(none), length(each)))
  }
  sums <- plan_sums(fit, plan, i)
  at <- sum_places(plan_sizes(plan))(s$region)
  bar <- start_bar("Contributions of indicators", length(each))
  lapply(each, \(k) {
    value <- code_share(shares, k)
    s$value <- if (is.null(s$row)) value else value[s$row]
    r <- estimate_series(s, sums = sums)
    tick_bar(bar)
    replace(none, at, r$sum.estimate)
  })
}

sum_contributions <- function(fit, columns, values, by, told) {
  panel <- fit$def$panel
  region <- names(region_column(panel))
  time <- panel$index[["time"]]
  cut <- attr(by, "cut")
  by <- as.character(by)
  keys <- c(region, if ("time" %in% by) time, setdiff(by, "time"))
  columns <- columns[keys]
  if (!any(c("code", "indicator", "node") %in% by)) {
    id <- do.call(paste, c(unname(columns), sep = "\r"))
    if (length(columns) == 0L) id <- rep("", length(values))
    first <- which(!duplicated(id))
    values <- as.double(rowsum(values, match(id, id[first])))
    columns <- lapply(columns, \(x) x[first])
  }
  at <- order_keys_of(panel, columns, region, time)
  columns <- lapply(columns, \(x) x[at])
  new_nid_table(
    with_labels(c(columns, list(estimate = values[at])), panel$scheme),
    "contributions",
    fit_facts(fit, paste0("Contributions to Code NID by ",
                          paste(replace(by, by == "node", cut),
                                collapse = " and ")),
              c("region", if ("time" %in% by) "time", setdiff(by, "time")),
              by = structure(by, cut = cut), influence = told$influence,
              measure = told$measure, ends = told$ends,
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
