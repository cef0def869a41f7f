#' Set models beside one another
#'
#' Code NID and rank of each region under several models, and what the models
#' differ in. Models of the same data share their errors, so that no test stands
#' between them: whether regions differ is asked within a model
#' ([region_contrasts()]), how far the order depends on choices by
#' [code_sensitivity()].
#'
#' Ranks are those of a model's own regions. A move is the difference of two
#' ranks counted over the regions that both models have; a region that one of
#' them lacks is kept, with `NA`.
#'
#' @param ... <nid_model> Models by name, or one list of them: at least two.
#' @param what <chr> "basic": Code NID.
#' @return `nid_comparison_of_models`, sorted by the first model's rank: region
#'   column, `<name>.estimate` and `<name>.rank` <int> of each model,
#'   `largest.move` <int> between any two models. What the models differ in is
#'   printed. `tidy()`: a row a region and model, with `estimate`, `std.error`,
#'   `rank`. `glance()`: a row a pair of models: `model1`, `model2`, `n`
#'   (regions of both), `kendall`, `spearman`, `top` (the share of the first
#'   tenth of regions that both have first), `mean.move`, `largest.move`,
#'   `same.data`, `differ` (what is set otherwise).
#' @section Errors: `nidcode_error_argument` (fewer than two models, no names,
#'   names twice), `_bad_index` where one model has regions and another has none.
#' @concept model comparison
#' @family choices
#' @examples
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' both <- compare_models(equal = model,
#'                        fading = update(model, influence =
#'                                          influence_half_life(3)))
#' both
#' generics::glance(both)
#' @export
compare_models <- function(..., what = "basic") {
  call <- rlang::current_env()
  check_choice(what, "basic", "what", call = call)
  models <- compared_models(list(...), call)
  region <- compared_regions(models, call)
  value <- lapply(models, \(m) {
    at <- match(region$name, region$of(m))
    list(estimate = m$basic[["estimate"]][at],
         std.error = m$basic[["std.error"]][at])
  })
  estimate <- vapply(value, `[[`, numeric(length(region$name)), "estimate")
  estimate <- matrix(estimate, length(region$name), length(models),
                     dimnames = list(NULL, names(models)))
  moves <- rank_moves(estimate)
  fit <- list(
    region = region, estimate = estimate, rank = ranks_of(estimate),
    std.error = lapply(value, `[[`, "std.error"), pairs = moves$pairs,
    differ = apply(moves$pairs, 1L, \(p) models_differ(models[[p[1L]]],
                                                       models[[p[2L]]]),
                   simplify = FALSE),
    same = apply(moves$pairs, 1L, \(p) same_data(models[[p[1L]]],
                                                 models[[p[2L]]]))
  )
  comparison_of_models(fit, moves$largest)
}

compared_models <- function(models, call) {
  if (length(models) == 1L && is.list(models[[1L]]) &&
      !inherits(models[[1L]], "nid_model")) {
    models <- models[[1L]]
  }
  ok <- length(models) >= 2L && !is.null(names(models)) &&
    all(nzchar(names(models))) && !anyNA(names(models)) &&
    !anyDuplicated(names(models)) &&
    all(vapply(models, inherits, NA, "nid_model"))
  if (!ok) {
    stop_nid("argument",
             c("compare_models() takes two or more models by names of their own.",
               i = "Write compare_models(equal = model, fading = other)."),
             argument = "...", call = call)
  }
  models
}

# Regions of all models, in the order of the first, and how a model names them.
compared_regions <- function(models, call) {
  of <- function(m) {
    key <- key_column(get_spec(m$basic), "region")
    if (is.na(key)) rep("", nrow(m$basic)) else as.character(m$basic[[key]])
  }
  key <- vapply(models, \(m) key_column(get_spec(m$basic), "region"), "")
  if (any(is.na(key)) && !all(is.na(key))) {
    stop_nid("bad_index",
             c("Some models have regions and others have none.",
               x = paste0("Without: ", some_of(names(models)[is.na(key)]),
                          ".")),
             models = names(models)[is.na(key)], call = call)
  }
  list(name = unique(unlist(lapply(models, of), use.names = FALSE)),
       of = of, key = key[[1L]])
}

ranks_of <- function(estimate) {
  out <- vapply(seq_len(ncol(estimate)), \(j) {
    as.integer(rank(-estimate[, j], na.last = "keep", ties.method = "min"))
  }, integer(nrow(estimate)))
  matrix(out, nrow(estimate), ncol(estimate), dimnames = dimnames(estimate))
}

# Ranks under two models, over the regions that both have, and how far each
# region moves.
two_ranks <- function(estimate, pair) {
  two <- estimate[, pair, drop = FALSE]
  two[is.na(rowSums(two)), ] <- NA
  rank <- ranks_of(two)
  list(rank = rank, move = abs(rank[, 1L] - rank[, 2L]))
}

rank_moves <- function(estimate) {
  pairs <- t(utils::combn(ncol(estimate), 2L))
  each <- lapply(seq_len(nrow(pairs)), \(p) {
    two_ranks(estimate, pairs[p, ])$move
  })
  list(pairs = pairs, largest = do.call(pmax, c(each, na.rm = TRUE)))
}

same_data <- function(a, b) {
  identical(a$panel$index, b$panel$index) &&
    identical(as.list(a$panel$plain), as.list(b$panel$plain)) &&
    identical(a$panel$x, b$panel$x)
}

# What is set otherwise: settings in their words, then the scheme.
models_differ <- function(a, b) {
  words <- function(m) {
    spec <- get_spec(m$basic)
    args <- m$args
    c(rate = get_spec(m$rates)$rate, influence = args$influence$words,
      measure = args$measure, normalise = args$normalise,
      reference = spec$reference, aggregate = args$aggregate,
      missing = args$missing, breaks = as_word(args$breaks),
      cor = as_word(args$cor), ends = args$ends, interval = args$interval,
      `conf_level` = level_text(args$conf_level))
  }
  c(changed_words(words(a), words(b)), schemes_differ(a$panel$scheme,
                                                      b$panel$scheme))
}

as_word <- function(x) paste(format(x), collapse = " ")

changed_words <- function(was, now) {
  names <- union(names(was), names(now))
  was <- was[names]
  now <- now[names]
  was[is.na(was)] <- now[is.na(now)] <- "none"
  other <- was != now
  paste0(names[other], " ", was[other], " -> ", now[other], recycle0 = TRUE)
}

schemes_differ <- function(a, b) {
  one <- a[["indicator"]]
  two <- b[["indicator"]]
  both <- intersect(one, two)
  at <- list(match(both, one), match(both, two))
  columns <- intersect(c("code", "direction", "weight", "transform"),
                       intersect(names(a), names(b)))
  c(paste0("without ", setdiff(one, two), recycle0 = TRUE),
    paste0("with ", setdiff(two, one), recycle0 = TRUE),
    unlist(lapply(columns, \(column) {
      was <- stats::setNames(format(a[[column]][at[[1L]]]),
                             paste(column, "of", both))
      now <- stats::setNames(format(b[[column]][at[[2L]]]), names(was))
      changed_words(trimws(was), trimws(now))
    })))
}

comparison_of_models <- function(fit, largest) {
  at <- order(fit$rank[, 1L], na.last = TRUE)
  columns <- if (!is.na(fit$region$key)) {
    stats::setNames(list(fit$region$name[at]), fit$region$key)
  }
  for (name in colnames(fit$estimate)) {
    columns[[paste0(name, ".estimate")]] <- fit$estimate[at, name]
    columns[[paste0(name, ".rank")]] <- fit$rank[at, name]
  }
  columns$largest.move <- as.integer(largest[at])
  first <- fit$pairs[, 1L] == 1L
  said <- vapply(which(first), \(p) {
    differ <- fit$differ[[p]]
    paste0(colnames(fit$estimate)[fit$pairs[p, 2L]], ": ",
           if (length(differ) > 0L) some_of(differ, 8L, quote = "") else
             "nothing is set otherwise",
           if (!fit$same[p]) "; other data", ".")
  }, "")
  new_nid_table(columns, "comparison_of_models", list(
    title = paste("Code NID under", count_of(ncol(fit$estimate), "model")),
    keys = if (!is.na(fit$region$key)) c(region = fit$region$key),
    beside = colnames(fit$estimate)[1L],
    notes = c(said, if (any(fit$same)) {
      "Models of the same data share their errors: there is no test between them."
    })), fit = fit)
}

#' @rdname compare_models
#' @param x <nid_comparison_of_models>.
#' @export
tidy.nid_comparison_of_models <- function(x, ...) {
  check_foreign_dots(...)
  fit <- need_fit(x, "made by compare_models()", rlang::current_env())
  n <- nrow(fit$estimate)
  names <- colnames(fit$estimate)
  region <- if (!is.na(fit$region$key)) {
    stats::setNames(list(rep(fit$region$name, length(names))), fit$region$key)
  }
  plain_table(c(region, list(
    model = rep(names, each = n), estimate = as.vector(fit$estimate),
    std.error = unlist(fit$std.error, use.names = FALSE),
    rank = as.vector(fit$rank))))
}

#' @rdname compare_models
#' @export
glance.nid_comparison_of_models <- function(x, ...) {
  check_foreign_dots(...)
  fit <- need_fit(x, "made by compare_models()", rlang::current_env())
  each <- lapply(seq_len(nrow(fit$pairs)), \(p) {
    agreement(fit$estimate, fit$pairs[p, ])
  })
  names <- colnames(fit$estimate)
  plain_table(c(
    list(model1 = names[fit$pairs[, 1L]], model2 = names[fit$pairs[, 2L]]),
    lapply(stats::setNames(nm = names(each[[1L]])),
           \(what) unlist(lapply(each, `[[`, what))),
    list(same.data = fit$same,
         differ = vapply(fit$differ, paste, "", collapse = "; "))))
}

agreement <- function(estimate, pair) {
  both <- two_ranks(estimate, pair)
  has <- !is.na(both$move)
  two <- estimate[has, pair, drop = FALSE]
  rank <- both$rank[has, , drop = FALSE]
  move <- both$move[has]
  n <- length(move)
  top <- max(1L, round(n / 10))
  first <- rank <= top
  alike <- function(method) {
    apart <- n > 1L && all(apply(two, 2L, \(x) length(unique(x)) > 1L))
    if (apart) stats::cor(two[, 1L], two[, 2L], method = method) else NA_real_
  }
  list(n = n, kendall = alike("kendall"), spearman = alike("spearman"),
       top = if (n > 0L) sum(first[, 1L] & first[, 2L]) / max(colSums(first)) else
         NA_real_,
       mean.move = if (n > 0L) mean(move) else NA_real_,
       largest.move = if (n > 0L) max(move) else NA_integer_)
}

#' @rdname in_words
#' @export
in_words.nid_comparison_of_models <- function(x, language = NULL, ...) {
  rlang::check_dots_empty()
  fit <- need_fit(x, "made by compare_models()", rlang::current_env())
  vapply(which(fit$pairs[, 1L] == 1L), \(p) {
    words_about_moves(fit, fit$pairs[p, ])
  }, "")
}

words_about_moves <- function(fit, pair) {
  names <- colnames(fit$estimate)[pair]
  both <- two_ranks(fit$estimate, pair)
  rank <- both$rank
  move <- both$move
  n <- sum(!is.na(move))
  moved <- sum(move > 0L, na.rm = TRUE)
  if (moved == 0L) {
    return(say("%s and %s put all regions in the same order.", names[1L],
               names[2L]))
  }
  at <- which.max(move)
  paste(say("%s of %s regions change rank between %s and %s.", moved, n,
            names[1L], names[2L], n = moved),
        say("%s moves most: from rank %s to rank %s.", fit$region$name[at],
            rank[at, 1L], rank[at, 2L]))
}
