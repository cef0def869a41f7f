# What a study of choices tells besides its table, and the model of one draw.

#' @rdname code_sensitivity
#' @param x,object <nid_sensitivity>.
#' @param ... Empty.
#' @export
tidy.nid_sensitivity <- function(x, what = "shares", ...) {
  call <- rlang::current_env()
  check_foreign_dots(...)
  check_choice(what, c("shares", "pairs", "draws", "design"))
  fit <- need_fit(x, "made by code_sensitivity()", call)
  switch(what, shares = tidy_shares(fit, call), pairs = tidy_pairs(fit, call),
         draws = tidy_draws(fit), design = tidy_design(fit))
}

# Regions by number as a column under the user's name; 0 is all together.
named_regions <- function(fit, at) {
  key <- names(region_column(fit$study$panel))
  if (length(key) == 0L) {
    return(list())
  }
  if (any(at == 0L)) {
    return(stats::setNames(list(c(".all", fit$study$regions)[at + 1L]), key))
  }
  stats::setNames(list(fit$study$panel$regions[at]), key)
}

tidy_shares <- function(fit, call) {
  if (is.null(fit$shares)) {
    stop_nid("needs_fit", c("method = \"draws\" has no shares.",
                            i = "Use method = \"auto\"."), call = call)
  }
  region <- named_regions(fit, fit$shares$region)
  if (length(region) == 0L) region <- list(region = c(".all", "")[
    (fit$shares$region > 0L) + 1L])
  plain_table(c(region, as.list(fit$shares)[-1L]))
}

tidy_draws <- function(fit) {
  n <- length(fit$study$regions)
  draw <- seq_len(fit$run$draws)
  plain_table(c(
    list(draw = rep(draw, each = n)),
    named_regions(fit, rep(seq_len(n), length(draw))),
    list(estimate = as.vector(fit$run$value[, draw]),
         rank = as.vector(fit$run$rank[, draw]))))
}

# Levels by name; weights, a column for each.
tidy_design <- function(fit) {
  draw <- seq_len(fit$run$draws)
  rows <- fit$run$design$pick[draw, , drop = FALSE]
  columns <- lapply(seq_along(fit$study$factors), \(j) {
    f <- fit$study$factors[[j]]
    x <- drawn_rows(fit$run$stack[[j]], rows[, j])
    if (f$kind == "levels") x <- f$labels[x]
    if (!is.matrix(x)) return(stats::setNames(list(x), f$name))
    name <- colnames(x) %||% fit$study$regions
    stats::setNames(lapply(seq_len(ncol(x)), \(k) x[, k]),
                    paste0(sub(":.*", "", f$name), ".", name))
  })
  plain_table(c(list(draw = draw), unlist(columns, recursive = FALSE)))
}

pairs_most <- 1000L

tidy_pairs <- function(fit, call) {
  n <- length(fit$study$regions)
  if (n > pairs_most) {
    stop_nid("size",
             c(paste0("There are ", whole_text(n * (n - 1)), " pairs of ",
                      count_of(n, "region"), "."),
               i = paste0("Pairs are made of at most ", whole_text(pairs_most),
                          " regions.")), n = n, limit = pairs_most,
             call = call)
  }
  at <- which(row(diag(n)) != col(diag(n)), arr.ind = TRUE)
  at <- at[order(at[, 1L], at[, 2L]), , drop = FALSE]
  share <- pair_shares(fit)[at]
  plain_table(c(named_regions(fit, at[, 1L]),
                list(over = fit$study$regions[at[, 2L]], share = share,
                     exact = exact_pairs(fit, at, share))))
}

# Share of draws in which the region of the row is above that of the column.
pair_shares <- function(fit) {
  value <- fit$run$value[, seq_len(fit$run$draws), drop = FALSE]
  out <- vapply(seq_len(nrow(value)), \(r) {
    # Probabilities add up to 1 but for rounding.
    above <- rep(value[r, ], each = nrow(value)) > value
    pmin(drop(above %*% fit$run$prob), 1)
  }, numeric(nrow(value)))
  t(matrix(out, nrow(value)))
}

# What holds of all levels, or under every choice where bounds tell.
exact_pairs <- function(fit, at, share) {
  if (fit$asked$method == "exact") {
    return(ifelse(share > 1 - 1e-9, "always",
                  ifelse(share > 0, "depends", "never")))
  }
  none <- rep(NA_character_, nrow(at))
  if (!is.null(fit$study$at) || !is.null(fit$study$level)) {
    return(none)
  }
  verdict <- tryCatch(
    get_fit(suppressMessages(code_dominance(fit$study$model,
                                            fit$study$choices)))$verdict,
    nidcode_error = \(cnd) NULL)
  words <- c("always above" = "always", "always below" = "never",
             depends = "depends")
  if (is.null(verdict)) none else unname(words[verdict])
}

#' @rdname code_sensitivity
#' @export
glance.nid_sensitivity <- function(x, ...) {
  check_foreign_dots(...)
  fit <- need_fit(x, "made by code_sensitivity()", rlang::current_env())
  tau <- nominal_kendall(fit)
  q <- choice_quantiles(t(tau$value), tau$prob,
                        c(0.5, (1 - fit$asked$level) / 2))
  plain_table(list(n = fit$run$draws, n.cells = fit$run$cells,
                   evaluations = as_count(fit$run$evaluations),
                   kendall.median = q[1L], kendall.low = q[2L],
                   method = fit$asked$method))
}

# Of every draw; of many regions of as many draws as a second can compare.
nominal_kendall <- function(fit) {
  has <- which(!is.na(fit$nominal))
  most <- max(100, kendall_pairs %/% length(has)^2)
  draws <- seq_len(min(fit$run$draws, most))
  prob <- fit$run$prob[draws]
  rank <- fit$run$rank[has, draws, drop = FALSE]
  value <- suppressWarnings(stats::cor(fit$nominal[has], rank,
                                       method = "kendall"))
  list(value = as.vector(value), prob = prob / sum(prob))
}

kendall_pairs <- 2e8

#' @rdname code_sensitivity
#' @export
augment.nid_sensitivity <- function(x, model = NULL, ...) {
  call <- rlang::current_env()
  rlang::check_dots_empty()
  fit <- need_fit(x, "made by code_sensitivity()", call)
  model <- model %||% fit$study$model
  if (!inherits(model, "nid_model")) {
    stop_argument("model", "made by code_model()", model, call)
  }
  rows <- augment(model)
  key <- key_column(get_spec(x), "region")
  at <- if (is.na(key)) rep(1L, nrow(rows)) else
    match(as.character(rows[[key]]), as.character(x[[key]]))
  own <- as.list(as_plain_tibble(x))
  own <- own[setdiff(names(own), key)]
  names(own) <- paste0(".", names(own))
  user <- names(rows)[names(rows) %in% names(model$panel$plain)]
  plain_table(c(as.list(rows)[user], lapply(own, `[`, at)), nrow(rows))
}

#' @rdname code_sensitivity
#' @param draw <int> The draw whose model is wanted.
#' @export
update.nid_sensitivity <- function(object, draw = NULL, ...) {
  call <- rlang::current_env()
  if (...length() > 0L) {
    stop_nid("argument", c("update() of a study of choices takes `draw` alone.",
                           i = "Choices are those of code_sensitivity()."),
             argument = "...", call = call)
  }
  fit <- need_fit(object, "made by code_sensitivity()", call)
  check_number(draw, min = 1, max = fit$run$draws, whole = TRUE)
  do.call(stats::update, c(list(fit$study$model),
                           draw_changes(fit$study, fit$run, draw)))
}

# What update() of the model is told.
draw_changes <- function(study, run, draw) {
  pick <- run$design$pick[draw, , drop = FALSE]
  at <- lapply(structural_levels(study, run$stack, pick), identity)
  args <- cell_args(study, at)
  base <- with_level_told(study, level_said(study, at),
                          cell_base(study, args))
  draws <- cell_draws(study, base, run$stack, pick, 1L)[[1L]]
  time <- draws$time$each[[1L]]
  named <- setdiff(names(at), c("data", "scheme", "transform", "rate"))
  c(args[intersect(c("data", names(at)[names(at) == "data"]), names(at))],
    args[named],
    list(scheme = scheme_with(base$panel$scheme, weight = draws$weight[, 1L],
                              code_weight = draws$code_weight[, 1L]),
         rate = base$args$rate, influence = time$influence,
         measure = time$measure))
}
