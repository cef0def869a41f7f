#' How far the order of regions depends on choices
#'
#' Rebuilds a model under the [code_choices()] that could be defended as well,
#' exactly and many thousand times: where each region then stands, by Code NID
#' or by the defining codes of one time, and which choice that hangs on.
#'
#' @section How it is made:
#' Every rebuild is what [code_model()] makes of those choices, with the order
#' of smoothness m held at the model's own, by code; [update()] with `draw`
#' makes that model. No approximation is made: formula (2) annihilates
#' constants and is linear in the values of a code, so that under a linear rate
#' weights, normalisation and influence are one product, and an averaged spline
#' is fitted again, series by series.
#'
#' Of "defining" it is the index that composites are,
#' \deqn{\sum_c W_c D_c(r, t) / \sum_c W_c}{sum_c W_c D_c(r, t) / sum_c W_c}
#' over the codes c that the region has, in the units of the codes, at one time
#' t, and `NA` where one of them is missing then. It asks for no rate, so that
#' a single time will do.
#'
#' @section Shares:
#' `f` is Code NID, or that index, ("basic") or the rank ("rank") of a region, V
#' its variance over the choices.
#' \deqn{first_j = Var(E(f | x_j))/V, \quad
#'   total_j = E(Var(f | x_{-j}))/V}{
#'   first_j = Var(E(f | x_j))/V,  total_j = E(Var(f | all but x_j))/V}
#' and the Shapley share gives each joint effect in equal parts to the factors
#' it is of: these shares add to 1 and are the ones to print.
#'
#' `method = "exact"`: all levels together, where every factor has levels and
#' there are at most 50,000 combinations; shares are then without error.
#' "sample": with up to 8 factors all subsets of them take their values from a
#' second draw, at n/4 draws, and
#' \eqn{(f - f_S)^2/2} over all pairs that differ in S is its total variance;
#' with more Jansen's estimators and random orders, at n draws. Errors and
#' limits are of 500 bootstrap resamples of draws. "draws": no shares. "auto" is
#' "exact" where it can be.
#'
#' @param model <nid_model>.
#' @param choices <nid_choices>.
#' @param what <chr> Whose shares: "basic", "rank" or both.
#' @param n <int> Draws, at least 50.
#' @param method <chr> "auto", "exact", "sample" or "draws".
#' @param at The time from which lags of every influence count; `NULL`: each
#'   influence's own, of `half_life` the model's. Of "defining" the time of the
#'   codes; `NULL`: the last.
#' @param conf_level <num> Of the ranges of the draws and of their ranks.
#' @param seed <int> Of the draws; `NULL`: a fixed one. The caller's stream of
#'   random numbers is left alone.
#' @param split <chr> "weights": the weights of each code are a factor of their
#'   own; "none": one factor.
#' @param of <chr> "basic": Code NID; "defining": the weighted mean of the
#'   defining codes at one time.
#' @return `nid_sensitivity`, a tibble with a row a region: region column,
#'   `nominal` (what the model gives), `median`, `low`, `high` over the draws,
#'   `rank`, `rank.median`, `rank.low`, `rank.high` <int>, `share.first`,
#'   `share.top` (of draws in the first tenth of regions), `share.better` (with
#'   a rank at least as good as the model's), `mean.shift` (mean absolute
#'   difference from the model's rank).
#'   `tidy(x, what = )`: "shares", a row a region (all together: ".all"), `of`
#'   and `factor`, with `first`, `total`, `shapley`, each with `.se`, `.low` and
#'   `.high`; of ranks ".all" is the mean absolute shift of all regions, of Code
#'   NID all variances added. "pairs": `share` of draws in which the region is
#'   above `over`, and what holds `exact`ly ([code_dominance()], or all levels):
#'   "always", "never", "depends", `NA` unknown. "draws": `draw`, region,
#'   `estimate`, `rank`. "design": a row a draw, its level of every factor.
#'   `glance()`: `n`, `n.cells` (what was read and fitted anew), `evaluations`,
#'   Kendall's tau of the draws with the model (`kendall.median`, `kendall.low`,
#'   the lower limit), `method`. `augment(x, model)`: the rows
#'   of the model's data (`NULL`: that it was made of) with the columns of their
#'   region, each after a dot.
#'   `update(x, draw = )`: the model of one draw, from the data on.
#' @section Errors: `nidcode_error_choices`, with `factor` and `level`, before
#'   any work: a level that cannot be had, or under which a region of the model
#'   has no value, or a factor that does not move what is studied; `_design`:
#'   fewer than 50 draws, more than 20 factors or none, "exact" where it cannot
#'   be; `_size`; of `tidy()` `_needs_fit` where there
#'   are no shares; messages `nidcode_message_redrawn`, `_left_out`.
#' @source Saisana, Saltelli and Tarantola (2005), Uncertainty and sensitivity
#'   analysis techniques as tools for the quality assessment of composite
#'   indicators. Jansen (1999). Song, Nelson and Staum (2016), Shapley effects
#'   for global sensitivity analysis.
#' @concept sensitivity analysis
#' @concept robustness
#' @concept Sobol indices
#' @concept Shapley value
#' @family choices
#' @examples
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status",
#'                     rate = rate_local(5))
#' choices <- code_choices(normalise = c("zscore", "minmax"),
#'                         measure = c("sum", "integral"), leave_out = TRUE)
#' s <- code_sensitivity(model, choices)
#' s
#' tidy(s, what = "shares")
#' @export
code_sensitivity <- function(model, choices, what = c("basic", "rank"),
                             n = 1000, method = "auto", at = NULL,
                             conf_level = 0.9, seed = NULL, split = "none",
                             of = "basic") {
  call <- rlang::current_env()
  check_sensitivity(model, choices, what, call)
  check_number(n, min = 1, whole = TRUE)
  check_choice(method, c("auto", "exact", "sample", "draws"))
  check_level(conf_level)
  if (!is.null(seed)) check_number(seed, min = 0, whole = TRUE)
  check_choice(split, c("none", "weights"))
  check_choice(of, c("basic", "defining"))
  study <- new_study(model, choices, split, call)
  study$at <- choice_at(at, model, call)
  if (of == "defining") study <- level_study(study)
  asked <- list(what = what, level = conf_level, seed = seed %||% choice_seed,
                n = as.integer(n), method = sensitivity_method(study, n,
                                                               method, call))
  run <- if (asked$method == "exact") run_factorial(study) else
    run_draws(study, asked)
  sensitivity_table(study, run, asked)
}

check_sensitivity <- function(model, choices, what, call) {
  if (!inherits(model, "nid_model")) {
    stop_argument("model", "made by code_model()", model, call)
  }
  if (!inherits(choices, "nid_choices")) {
    stop_argument("choices", "made by code_choices()", choices, call)
  }
  if (!is.character(what) || length(what) == 0L || anyDuplicated(what) ||
        !all(what %in% c("basic", "rank"))) {
    stop_argument("what", "\"basic\", \"rank\" or both", what, call)
  }
}

choice_at <- function(at, model, call) {
  if (is.null(at)) {
    return(NULL)
  }
  out <- as.double(numeric_time(at, "at", call, model$panel$reading))
  check_number(out, "at", call = call)
  out
}

# Combinations of levels, draws and factors, at most.
factorial_most <- 50000
factors_most <- 20L
draws_least <- 50L
values_most <- 2e8

sensitivity_method <- function(study, n, method, call) {
  d <- length(study$factors)
  refuse <- function(...) stop_nid("design", c(...), n = n, factors = d,
                                   call = call)
  if (d == 0L) refuse("There is nothing to choose: `choices` has no factor.")
  if (d > factors_most) {
    refuse(paste0("There are ", d, " factors, of at most ", factors_most, "."))
  }
  kinds <- vapply(study$factors, `[[`, "", "kind")
  size <- prod(vapply(study$factors, \(f) as.double(length(f$levels)), 1))
  can <- all(kinds == "levels") && size <= factorial_most
  if (method == "exact" && !can) {
    refuse("method = \"exact\" needs levels of every factor.",
           x = if (any(kinds != "levels")) paste0(
             some_of(names(kinds)[kinds != "levels"]), " is drawn.") else
               paste0(whole_text(size), " combinations, of at most ",
                      whole_text(factorial_most), "."))
  }
  if (can && method %in% c("auto", "exact")) method <- "exact" else
    if (method == "auto") method <- "sample"
  if (method != "exact" && n < draws_least) {
    refuse(paste0("`n` must be at least ", draws_least, "."))
  }
  check_values(study, switch(method, exact = size, draws = n,
                             design_size(n, d)), call)
  method
}

design_size <- function(n, d) {
  if (d <= subsets_most) n + (2^d - 1) * second_draws(n, d) else n * (2 * d + 1)
}

# Draws of the second set.
second_draws <- function(n, d) {
  as.integer(if (d <= subsets_most) ceiling(n / 4) else n)
}

check_values <- function(study, evaluations, call) {
  size <- evaluations * length(study$regions)
  if (size > values_most) {
    stop_nid("size",
             c(paste0(whole_text(evaluations), " rebuilds of ",
                      count_of(length(study$regions), "region"),
                      " are too many numbers."),
               i = "Lower `n`, or use method = \"draws\"."),
             n = size, limit = values_most, call = call)
  }
}

# ---- Runs --------------------------------------------------------------------

# What a run gives: `value`, region x evaluation; `rank`; `draws`, the first of
# them, with their `prob`; the stack and picks behind them; and what says where
# shares come from.
run_draws <- function(study, asked) {
  d <- length(study$factors)
  m <- if (asked$method == "draws") 0L else second_draws(asked$n, d)
  a <- draw_factors(study, asked$n, asked$seed, 1L)
  stack <- if (m > 0L) {
    stack_draws(a, suppressMessages(draw_factors(study, m, asked$seed, 2L)))
  } else a
  design <- share_design(asked$n, m, d)
  out <- rebuild_all(study, stack, design$pick)
  c(out, list(rank = rank_columns_cpp(out$value, get_threads()),
              draws = asked$n, prob = rep(1 / asked$n, asked$n),
              stack = stack, design = design))
}

run_factorial <- function(study) {
  size <- vapply(study$factors, \(f) length(f$levels), 1L)
  pick <- unname(as.matrix(expand.grid(lapply(size, seq_len))))
  stack <- lapply(size, seq_len)
  prob <- lapply(study$factors, `[[`, "prob")
  joint <- Reduce(\(x, y) as.vector(outer(x, y)), prob)
  out <- rebuild_all(study, stack, pick)
  c(out, list(rank = rank_columns_cpp(out$value, get_threads()),
              draws = nrow(pick), prob = joint, stack = stack,
              design = list(kind = "exact", pick = pick, prob = prob)))
}

sensitivity_table <- function(study, run, asked) {
  panel <- study$panel
  nominal <- rank_columns_cpp(matrix(study$nominal), 1L)[, 1L]
  draws <- seq_len(run$draws)
  columns <- c(region_column(panel), list(nominal = study$nominal),
               draw_columns(run$value[, draws, drop = FALSE], run$prob,
                            asked$level),
               list(rank = nominal),
               rank_columns(run$rank[, draws, drop = FALSE], nominal, run$prob,
                            asked$level))
  shares <- if (asked$method != "draws") run_shares(run, nominal, asked)
  words <- vapply(study$factors, `[[`, "", "name")
  new_nid_table(columns, "sensitivity", list(
    title = paste(if (is.null(study$level)) "Code NID" else "Defining codes",
                  "under admissible choices"), keys = c(region = names(
      region_column(panel))), choices = unname(words),
    method = paste0(asked$method, ", ", count_of(run$draws, if (
      asked$method == "exact") "combination" else "draw"),
      ", ", count_of(run$evaluations, "rebuild")),
    time = names(study$level), level = asked$level, limits = c("low", "high"),
    spread = "ranges", notes = sensitivity_notes(study, shares)
  ), fit = list(study = study, run = run, asked = asked, shares = shares,
                nominal = nominal))
}

# The share that is largest over all regions.
sensitivity_notes <- function(study, shares) {
  own <- shares[shares$of == shares$of[1L] & shares$region == 0L, ]
  if (NROW(own) == 0L || all(is.na(own$shapley))) {
    return(NULL)
  }
  top <- order(-own$shapley)[1L]
  paste0("What matters most: ", own$factor[top], " (",
         round(100 * own$shapley[top]), " % of the variance",
         if (shares$of[1L] == "rank") " of shifts of rank", ").")
}

# Quantiles by the share of draws, each with its probability.
choice_quantiles <- function(x, prob, p) {
  t(vapply(seq_len(nrow(x)), \(r) {
    v <- x[r, ]
    if (anyNA(v)) return(rep(NA_real_, length(p)))
    at <- order(v)
    v[at][pmin(findInterval(p - 1e-9, cumsum(prob[at])) + 1L, length(v))]
  }, numeric(length(p))))
}

draw_columns <- function(value, prob, level) {
  q <- choice_quantiles(value, prob, c(0.5, (1 - level) / 2, (1 + level) / 2))
  list(median = q[, 1L], low = q[, 2L], high = q[, 3L])
}

rank_columns <- function(rank, nominal, prob, level) {
  q <- choice_quantiles(rank, prob, c(0.5, (1 - level) / 2, (1 + level) / 2))
  top <- max(1, round(sum(!is.na(nominal)) / 10))
  part <- function(x) drop(x %*% prob)
  share <- function(x) pmin(part(x), 1)
  list(rank.median = as.integer(q[, 1L]), rank.low = as.integer(q[, 2L]),
       rank.high = as.integer(q[, 3L]), share.first = share(rank == 1L),
       share.top = share(rank <= top), share.better = share(rank <= nominal),
       mean.shift = part(abs(rank - nominal)))
}

# ---- Shares ------------------------------------------------------------------

# A row a region (0: all together), what it is of, and factor.
run_shares <- function(run, nominal, asked) {
  exact <- run$design$kind == "exact"
  parts <- lapply(asked$what, \(what) {
    f <- if (what == "basic") run$value else shifted_ranks(run$rank, nominal)
    pool <- what == "basic"
    laws <- if (exact) exact_shares(f, run$design$prob, pool) else
      estimate_shares(f, run$design, asked$level, pool)
    share_columns(laws, what, names(run$stack), length(nominal))
  })
  as.data.frame(do.call(rbind, parts))
}

# Ranks of regions and, last, the mean of how far all have moved.
shifted_ranks <- function(rank, nominal) {
  rbind(rank, colMeans(abs(rank - nominal), na.rm = TRUE))
}

share_columns <- function(laws, what, factors, regions) {
  d <- length(factors)
  region <- c(seq_len(regions), 0L)[seq_along(laws)]
  columns <- list(region = rep(region, each = d), of = rep(what, d *
                                                             length(laws)),
                  factor = rep(factors, length(laws)))
  for (k in 1:3) {
    name <- c("first", "total", "shapley")[k]
    for (part in c("estimate", "se", "low", "high")) {
      to <- if (part == "estimate") name else paste0(name, ".", part)
      columns[[to]] <- unlist(lapply(laws, \(law) {
        law[[part]][(k - 1L) * d + seq_len(d)]
      }))
    }
  }
  as.data.frame(columns)
}
