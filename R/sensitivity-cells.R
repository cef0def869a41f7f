# Rebuilds of a model, cell by cell. A cell is what must be read and fitted
# anew: its panel, its normalisation, its rate. Within it weights, influence and
# measure move, and what they make is one product (formula (2) annihilates
# constants and is linear in the values of codes) or, where the smoothing is
# tuned to each series, one batch of refits. Both are the core's own sums.

structural <- c("data", "scheme", "transform", "normalise", "reference",
                "aggregate", "missing", "rate", "breaks")

# What is studied, regions x evaluations; `cells` and `evaluations`, what it
# took.
rebuild_all <- function(study, stack, pick) {
  pick <- same_rows(study, stack, pick)
  key <- do.call(paste, as.data.frame(pick))
  first <- which(!duplicated(key))
  one <- pick[first, , drop = FALSE]
  cells <- cut_cells(study, stack, one)
  out <- matrix(NA_real_, length(study$regions), nrow(one))
  bar <- start_bar("Rebuilding the model", nrow(one))
  for (cell in cells) {
    for (part in cell_blocks(cell)) {
      out[, cell$draws$column[part]] <- rebuild_block(study, cell, part)
      tick_bar(bar, length(part))
    }
  }
  list(value = out[, match(key, key[first]), drop = FALSE],
       cells = length(cells), evaluations = nrow(one))
}

# ---- Cells -------------------------------------------------------------------

# All cells, made before any work is done.
cut_cells <- function(study, stack, pick) {
  level <- structural_levels(study, stack, pick)
  key <- do.call(paste, c(unname(level), list(rep("", nrow(pick)))))
  groups <- split(seq_len(nrow(pick)), factor(key, unique(key)))
  unlist(lapply(unname(groups), \(columns) {
    at <- lapply(level, \(x) x[columns[1L]])
    said <- level_said(study, at)
    with_level_told(study, said, {
      base <- cell_base(study, cell_args(study, at))
      draws <- cell_draws(study, base, stack, pick, columns)
      # A smoothing that is frozen is that of one set of weights.
      if (isTRUE(study$frozen)) {
        draws <- do.call(c, lapply(draws, \(own) {
          lapply(seq_along(own$column), \(j) draws_part(own, j))
        }))
      }
      lapply(draws, \(own) new_cell(study, base, own, said))
    })
  }), recursive = FALSE)
}

structural_levels <- function(study, stack, pick) {
  names <- intersect(names(study$factors), structural)
  lapply(stats::setNames(names, names), \(name) {
    stack[[name]][pick[, match(name, names(study$factors))]]
  })
}

level_said <- function(study, at) {
  vapply(names(at), \(name) study$factors[[name]]$labels[at[[name]]], "")
}

# What a level raises is told with its name. Messages and warnings are those of
# the model, many times.
with_level_told <- function(study, said, code) {
  withCallingHandlers(
    tryCatch(code, nidcode_error = \(cnd) {
      if (length(said) == 0L || inherits(cnd, "nidcode_error_choices")) {
        stop(cnd)
      }
      words <- paste0(names(said), " = ", said, collapse = ", ")
      stop_nid("choices", c(paste0("With ", words, ": ",
                                   cnd$message), cnd$body),
               factor = names(said), level = unname(said), parent = cnd,
               call = study$call)
    }),
    nidcode_message = \(cnd) invokeRestart("muffleMessage"),
    nidcode_warning = \(cnd) invokeRestart("muffleWarning")
  )
}

# Arguments of the model with the levels of a cell in their place.
cell_args <- function(study, at) {
  out <- study$args
  for (name in names(at)) {
    out[name] <- list(study$factors[[name]]$levels[[at[[name]]]])
  }
  out
}

# The panel of a cell and its definition, under the model's own weights.
cell_base <- function(study, args) {
  panel <- cell_panel(study, args)
  codes <- used_codes(list(panel = panel))$code
  args$rate <- rate_of_codes(args$rate, codes)
  def <- define(panel, args$normalise, args$reference, args$aggregate,
                args$missing, study$call)
  list(args = args, panel = panel, def = def,
       region = region_places(study, panel),
       plain = plain_codes(panel, args$normalise))
}

cell_panel <- function(study, args) {
  changes <- args[intersect(c("data", "scheme"), names(study$factors))]
  panel <- if (length(changes) == 0L) study$panel else
    if (inherits(changes$data, "nid_panel")) changes$data else
      updated_panel(study$model, changes, study$args)
  if (!is.null(args$transform)) {
    panel$scheme <- scheme_with(panel$scheme,
                                transform = level_transform(panel, args))
  }
  panel
}

level_transform <- function(panel, args) {
  out <- panel$scheme[["transform"]]
  if (is.null(names(args$transform))) {
    return(rep(unname(args$transform), length(out)))
  }
  at <- match(names(args$transform), panel$scheme[["indicator"]])
  if (anyNA(at)) {
    stop_nid("argument",
             paste0("There is no indicator ",
                    some_of(names(args$transform)[is.na(at)]), "."),
             argument = "transform", call = NULL)
  }
  replace(out, at, args$transform)
}

# A scheme with other columns, or other weights of its codes.
scheme_with <- function(scheme, ..., code_weight = NULL) {
  columns <- as.list(unclass_scheme(scheme))
  new <- list(...)
  columns[names(new)] <- new
  codes <- scheme_codes(scheme)
  if (!is.null(code_weight)) {
    codes$weight[match(names(code_weight), codes$code)] <- code_weight
  }
  vcov <- if (is.null(new$weight)) attr(scheme, "vcov", exact = TRUE)
  new_nid_scheme(columns, codes, vcov)
}

region_places <- function(study, panel) {
  if (is.na(panel$index[["region"]])) {
    return(1L)
  }
  out <- match(study$regions, as.character(panel$regions))
  gone <- is.na(out) & !is.na(study$nominal)
  if (any(gone)) {
    stop_nid("no_region", paste0("Regions of the model are not there: ",
                                 some_of(study$regions[gone]), "."),
             regions = study$regions[gone], call = NULL)
  }
  out
}

# Codes of which no indicator can make a hole or a break: whichever is left out,
# the grids are the same.
plain_codes <- function(panel, normalise) {
  scheme <- panel$scheme
  name <- scheme[["indicator"]]
  odd <- panel$missing[name] > 0 | lengths(panel$breaks[name]) > 0L
  if (normalise == "index") odd[] <- TRUE
  setdiff(scheme[["code"]], scheme[["code"]][odd])
}

# ---- Draws of a cell ---------------------------------------------------------

# What moves within a cell: `weight`, indicator x draw, `code_weight`,
# code x draw, and which influence and measure each has. Indicators that are
# left out of a code that is not plain make cells of their own.
cell_draws <- function(study, base, stack, pick, columns) {
  rows <- pick[columns, , drop = FALSE]
  colnames(rows) <- names(study$factors)
  weight <- cell_weights_of(study, base, stack, rows)
  scheme <- base$panel$scheme
  odd <- !scheme[["code"]] %in% base$plain
  shape <- apply(weight[odd, , drop = FALSE] > 0, 2L, \(x) {
    paste(as.integer(x), collapse = "")
  })
  out <- list(column = columns, weight = weight,
              code_weight = code_weights_of(study, base, stack, rows),
              time = time_choices(study, base, stack, rows),
              noise = noise_of(study, stack, rows))
  lapply(unname(split(seq_along(columns), factor(shape, unique(shape)))),
         \(part) draws_part(out, part))
}

draws_part <- function(draws, part) {
  draws$column <- draws$column[part]
  for (name in c("weight", "code_weight", "noise")) {
    draws[[name]] <- draws[[name]][, part, drop = FALSE]
  }
  draws$time$of <- draws$time$of[part]
  draws
}

cell_weights_of <- function(study, base, stack, rows) {
  scheme <- base$panel$scheme
  name <- scheme[["indicator"]]
  out <- matrix(scheme[["weight"]], length(name), nrow(rows),
                dimnames = list(name, NULL))
  for (factor in grep("^weights", colnames(rows), value = TRUE)) {
    new <- weight_rows(study, stack, rows, factor)
    own <- intersect(colnames(new), name)
    out[own, ] <- t(new[, own, drop = FALSE])
  }
  if ("leave_out" %in% colnames(rows)) {
    sets <- study$factors$leave_out$levels
    level <- stack$leave_out[rows[, "leave_out"]]
    for (k in which(lengths(sets) > 0L)) {
      out[name %in% sets[[k]], level == k] <- 0
    }
  }
  out
}

code_weights_of <- function(study, base, stack, rows) {
  codes <- used_codes(base$def)
  out <- matrix(codes$weight, nrow(codes), nrow(rows),
                dimnames = list(codes$code, NULL))
  if ("code_weights" %in% colnames(rows)) {
    new <- weight_rows(study, stack, rows, "code_weights")
    own <- intersect(colnames(new), codes$code)
    out[own, ] <- t(new[, own, drop = FALSE])
  }
  out
}

weight_rows <- function(study, stack, rows, factor) {
  x <- drawn_rows(stack[[factor]], rows[, factor])
  if (is.matrix(x)) {
    return(x)
  }
  do.call(rbind, study$factors[[factor]]$levels)[x, , drop = FALSE]
}

# The distinct pairs of influence and measure, and which each draw has.
time_choices <- function(study, base, stack, rows) {
  pick <- function(name, own) {
    if (!name %in% colnames(rows)) return(rep(own, nrow(rows)))
    drawn_rows(stack[[name]], rows[, name])
  }
  half <- pick("half_life", NA_real_)
  influence <- pick("influence", 0L)
  measure <- pick("measure", 0L)
  key <- paste(format(half, digits = 17L), influence, measure)
  first <- which(!duplicated(key))
  list(of = match(key, key[first]),
       each = lapply(first, \(i) {
         list(influence = choice_influence(study, half[i], influence[i]),
              measure = if (measure[i] == 0L) study$args$measure else
                study$factors$measure$levels[[measure[i]]])
       }))
}

choice_influence <- function(study, half, level) {
  own <- study$args$influence
  out <- if (!is.na(half)) {
    influence_half_life(half, normalise = own$normalise)
  } else if (level == 0L) own else study$factors$influence$levels[[level]]
  if (!is.na(half)) out[c("at", "date")] <- own[c("at", "date")]
  if (!is.null(study$at)) out[c("at", "date")] <- list(study$at, NULL)
  out
}

# Probabilities that become errors of the rates, region x draw.
noise_of <- function(study, stack, rows) {
  if ("posterior" %in% colnames(rows)) {
    t(drawn_rows(stack$posterior, rows[, "posterior"]))
  }
}

# ---- One cell ----------------------------------------------------------------

new_cell <- function(study, base, draws, said) {
  if (!is.null(study$level)) {
    return(level_cell(study, base, draws, said))
  }
  frozen <- isTRUE(study$frozen)
  # Whoever has a weight in some draw is there; how much comes later.
  def <- cell_def(base, if (frozen) draws$weight[, 1L] else
    rowSums(draws$weight > 0) > 0)
  fit <- code_fit(def, base$args$rate, base$args$breaks, study$call)
  if (frozen) fit <- freeze_fit(fit)
  frame <- plan_frame(fit)
  plan <- formula_plan(fit, influence_equal(), "sum", study$args$ends, frame)
  check_cell_values(study, base, plan)
  linear <- frozen || fit$rate$facts$tuned != "series"
  linear <- linear && def$aggregate == "mean" && is.null(draws$noise) &&
    is.null(unlist(def$factors)) &&
    (def$missing != "available" || whole_series(base$panel))
  tau <- vapply(draws$time$each, \(one) {
    as.double(formula_plan(fit, one$influence, one$measure, study$args$ends,
                           frame)$weight)
  }, numeric(length(frame$times$time)))
  cell <- list(fit = fit, frame = frame, plan = plan, draws = draws,
               tau = matrix(as.double(tau), length(frame$times$time),
                            length(draws$time$each)), said = said,
               region = base$region, base = base,
               cor = check_cor(study$args$cor, fit, study$call))
  if (linear) cell$product <- cell_product(cell)
  cell
}

# Whether a region has each indicator at all of its times or never: weights that
# are available are then the same at all times.
whole_series <- function(panel) {
  some <- names(panel$missing)[panel$missing > 0]
  size <- diff(panel$offset)
  region <- rep(seq_along(size), size)
  all(vapply(some, \(name) {
    gone <- tabulate(region[is.na(panel$x[[name]])], length(size))
    all(gone == 0L | gone == size)
  }, NA))
}

cell_def <- function(base, weight) {
  def <- base$def
  def$panel$scheme <- scheme_with(def$panel$scheme,
                                  weight = unname(as.double(weight)))
  add_factors(def)
}

# Regions for which the model has a number must have one everywhere.
check_cell_values <- function(study, base, plan) {
  some <- rowsum_by(as.double(plan$terms), pool_owner(plan$times),
                    pool_length(plan$times)) > 0
  has <- c(FALSE, some)[plan$times$pattern + 1L][base$region]
  lost <- !is.na(study$nominal) & !(has %in% TRUE)
  if (any(lost)) {
    stop_nid("short_series",
             paste0("No term of formula (2) is left in ",
                    count_of(sum(lost), "region"), ": ",
                    some_of(study$regions[lost]), "."),
             regions = study$regions[lost], call = NULL)
  }
}

# Draws that are worked on at once.
cell_blocks <- function(cell) {
  n <- length(cell$draws$column)
  refits <- is.null(cell$product) && is.null(cell$level)
  size <- if (refits) {
    max(1L, block_regions %/% n_regions(cell$fit$def$panel))
  } else {
    max(1L, as.integer(1e6 / max(1, length(cell$owner %||% cell$region))))
  }
  # Refits go by influence: each is a grid of its own to the core.
  at <- if (refits) order(cell$draws$time$of) else seq_len(n)
  unname(split(at, (seq_len(n) - 1L) %/% size))
}

rebuild_block <- function(study, cell, part) {
  draws <- draws_part(cell$draws, part)
  value <- if (!is.null(cell$level)) {
    level_values(cell, draws)
  } else if (!is.null(cell$product)) {
    product_values(cell, draws)
  } else {
    refit_values(study, cell, draws)
  }
  value[cell$region, , drop = FALSE]
}

# ---- One product -------------------------------------------------------------

# A_k(r, t) of every indicator alone, in every region at every term, before any
# weight: the core's own parts of a code with weights of 1.
cell_product <- function(cell) {
  fit <- cell$fit
  by_term <- contribution_plan(cell$plan, TRUE)
  at <- plan_terms(by_term)
  regions <- n_regions(fit$def$panel)
  parts <- lapply(seq_along(fit$codes), \(i) {
    shares <- code_shares(fit, i)
    shares$parts$weight[] <- 1
    shares$total <- shares$total * 0 + 1
    rate <- share_sums(fit, by_term, i, shares)
    list(name = shares$parts$names, code = rep(i, length(rate)),
         rate = do.call(rbind, rate),
         here = matrix(vapply(shares$parts$names, \(name) {
           fit$codes[[i]]$of > 0L & indicator_seen(fit, name)
         }, logical(regions)), regions))
  })
  gather <- function(what, bind = c) do.call(bind, lapply(parts, `[[`, what))
  here <- t(gather("here", cbind))
  key <- apply(here, 2L, \(x) paste(as.integer(x), collapse = ""))
  first <- which(!duplicated(key))
  n <- tabulate(at$by_region(seq_len(regions)), regions)
  list(name = gather("name"), code = gather("code"),
       rate = gather("rate", rbind),
       place = at$by_place(seq_along(by_term$times$time)),
       offset = c(0L, cumsum(n)), here = here[, first, drop = FALSE],
       pattern = match(key, key[first]), none = n == 0L)
}

product_values <- function(cell, draws) {
  p <- cell$product
  out <- rebuild_linear_cpp(
    p, draws$weight[p$name, , drop = FALSE], draws$code_weight,
    cell$tau, draws$time$of, get_threads())
  out[p$none, ] <- NA_real_
  out
}

# ---- Refits ------------------------------------------------------------------

# The same regions once for every draw, as a fit of its own, whose values are
# those of the codes under the draw's weights. Each influence has its own copy
# of the grids.
refit_values <- function(study, cell, draws) {
  block <- block_fit(cell, draws)
  plan <- block_plan(cell, draws)
  cor <- if (is.null(draws$noise)) "independent" else cell$cor
  est <- estimate_codes(block, plans = list(plan), cor = cor)
  n <- n_regions(cell$fit$def$panel)
  law <- block_law(block, plan, est, draws, n)
  value <- matrix(law$estimate, n)
  value[cell$plan$times$pattern == 0L | no_terms(cell$plan), ] <- NA_real_
  if (is.null(draws$noise)) {
    return(value)
  }
  add_noise(study, cell, draws, value, law)
}

no_terms <- function(plan) {
  some <- rowsum_by(as.double(plan$terms), pool_owner(plan$times),
                    pool_length(plan$times)) > 0
  !c(FALSE, some)[plan$times$pattern + 1L]
}

# Code NID and its error. Codes are weighed here, as each draw has them; what
# they have in common is estimated draw by draw.
block_law <- function(block, plan, est, draws, n) {
  sums <- est$sums[[1L]]
  for (i in seq_along(block$codes)) {
    weight <- rep(draws$code_weight[i, ], each = n)
    sums$estimate[[i]] <- weight * sums$estimate[[i]]
    if (!is.null(sums$se)) sums$se[, i] <- weight * sums$se[, i]
  }
  rho <- est$rho
  if (!is.null(est$noise)) rho <- draw_correlation(block, est$noise, n)
  sums_law(block, plan, sums, rho)
}

# That of each draw's own regions, drawn to what their reference keeps or to
# that of all regions of the draw.
draw_correlation <- function(block, noise, n) {
  draw <- rep(seq_len(nrow(noise$free) / n), each = n)
  panel <- frozen_rho(block$def$reference, code_field(block, "code")) %||%
    pooled_correlation(rowsum(noise$product, draw), rowsum(noise$free, draw),
                       rowsum(1 * (noise$free > 0), draw))[draw, ,
                                                           drop = FALSE]
  noise_correlation(noise$product, noise$free, length(block$codes), panel)
}

add_noise <- function(study, cell, draws, value, law) {
  n <- nrow(value)
  df <- law$df
  q <- matrix(0, n, ncol(value))
  q[cell$region, ] <- draws$noise
  out <- value + law$std.error * stats::qt(q, matrix(df, n))
  lost <- which(is.na(out[cell$region, 1L]) & !is.na(study$nominal))
  if (length(lost) > 0L) {
    stop_choices("posterior", "TRUE", "finds no error in ",
                 some_of(study$regions[lost]), if (length(cell$said) > 0L) {
                   paste0(" with ", paste0(names(cell$said), " = ", cell$said,
                                           collapse = ", "))
                 }, call = study$call)
  }
  out
}

block_fit <- function(cell, draws) {
  fit <- cell$fit
  n <- n_regions(fit$def$panel)
  time <- time_copies(draws)
  count <- length(draws$column)
  values <- lapply(seq_along(fit$codes), \(i) draw_series(cell, draws, i))
  bare <- fit
  for (i in seq_along(fit$codes)) {
    one <- fit$codes[[i]]
    grids <- pool_length(one$pool)
    of <- rep(one$of, count) + rep((time$of - 1L) * grids, each = n)
    of[rep(one$of == 0L, count)] <- 0L
    bare$codes[[i]]$of <- of
    bare$codes[[i]]$pool <- pool_take(one$pool, rep(seq_len(grids), time$n))
    bare$codes[[i]]$weight <- 1
  }
  bare$def$panel$offset <- seq.int(0L, n * count)
  bare$def$panel$regions <- seq_len(n * count)
  # Correlations are those of each draw (block_law()), not of all together.
  pairs <- nrow(pairs_of(length(fit$codes)))
  bare$noise <- list(regions = character(), rho = matrix(0, 0L, pairs),
                     panel = numeric(pairs))
  out <- bare
  out$series <- \(i, regions) block_series(bare, i, values[[i]], regions)
  out
}

# Influences of a block as its copies of the grids.
time_copies <- function(draws) {
  used <- sort(unique(draws$time$of))
  list(used = used, n = length(used), of = match(draws$time$of, used))
}

# What code_series() gives, of replicates from < r <= to.
block_series <- function(bare, i, values, regions) {
  one <- bare$codes[[i]]
  all <- length(one$of)
  if (is.null(regions)) regions <- c(0L, all)
  at <- seq.int(regions[[1L]] + 1L, length.out = diff(regions))
  if (length(at) < all) {
    size <- c(0L, pool_sizes(one$pool))[one$of + 1L]
    end <- cumsum(as.double(size))
    inside <- seq.int(end[at[1L]] - size[at[1L]] + 1,
                      length.out = sum(size[at]))
    values$value <- values$value[inside]
    if (length(values$sd) > 1L) values$sd <- values$sd[inside]
  }
  at <- at[one$of[at] > 0L]
  c(list(value = values$value, of = one$of[at], region = at, sd = values$sd,
         before = 0L, buffer = numeric(), rounding = values$rounding[at]),
    code_bundle(bare, one))
}

# Values of a code at its observed rows, draw after draw, and what is known of
# their errors.
draw_series <- function(cell, draws, i) {
  fit <- cell$fit
  def <- fit$def
  code <- fit$codes[[i]]$code
  parts <- parts_of_code(def, code)
  weight <- draws$weight[parts$names, , drop = FALSE]
  value <- draw_values(def, parts, code, weight)
  seen <- which(!is.na(value[, 1L]))
  if (length(seen) < nrow(value)) value <- value[seen, , drop = FALSE]
  out <- list(value = as.vector(value))
  if (is.null(draws$noise)) {
    return(out)
  }
  c(out, draw_errors(cell, parts, weight, code, seen))
}

# Values of a code at all rows, row x draw.
draw_values <- function(def, parts, code, weight) {
  if (is.null(parts$factor)) {
    define_draws_cpp(parts, def$panel$offset, weight, get_threads())
  } else {
    pillar_values(def, code, weight)
  }
}

# Where pillars lack indicators the share of each depends on all weights.
pillar_values <- function(def, code, weight) {
  vapply(seq_len(ncol(weight)), \(j) {
    scheme <- def$panel$scheme
    own <- scheme[["weight"]]
    own[match(rownames(weight), scheme[["indicator"]])] <- weight[, j]
    def$panel$scheme <- scheme_with(scheme, weight = own)
    def$factors[code] <- list(code_factors(def, parts_of_code(def, code)))
    code_values(def, code)$value
  }, numeric(n_rows(def$panel)))
}

# Known errors of the values and their rounding, draw by draw.
draw_errors <- function(cell, parts, weight, code, seen) {
  def <- cell$fit$def
  rate <- cell$fit$rate
  sizes <- rounding_sizes(def, parts, rate)
  sd <- if (rate$facts$errors == "known") {
    lapply(seq_len(ncol(weight)), \(j) {
      x <- code_sd(def, code, parts_used(parts, weight[, j]), rate)
      if (length(x) > 0L) rep_len(x, n_rows(def$panel))[seen]
    })
  }
  list(sd = as.double(unlist(sd)), rounding = if (!is.null(sizes)) {
    as.vector(apply(weight, 2L, \(w) rounding_under(sizes, w)))
  })
}

# Parts of a code under other weights, without those that have none.
parts_used <- function(parts, weight) {
  use <- weight > 0
  each <- c("names", "unit", "x", "centre", "inverse", "sign")
  parts[each] <- lapply(parts[each], `[`, use)
  parts$weight <- weight[use]
  parts
}

# formula (2)'s sums of a block: the weights of its influences, one copy of the
# grids after the other.
block_plan <- function(cell, draws) {
  time <- time_copies(draws)
  times <- cell$frame$times
  n <- pool_length(times)
  copies <- seq_len(time$n) - 1L
  out <- pool_take(times, rep(seq_len(n), time$n))
  pattern <- rep(times$pattern, length(draws$column)) +
    rep((time$of - 1L) * n, each = length(times$pattern))
  pattern[rep(times$pattern == 0L, length(draws$column))] <- 0L
  grids <- vapply(cell$fit$codes, \(one) pool_length(one$pool), 1L)
  lengths <- vapply(cell$fit$codes, \(one) length(one$pool$time), 1L)
  codes <- do.call(rbind, lapply(copies, \(k) {
    times$codes + (times$codes > 0L) * rep(k * grids, each = n)
  }))
  storage.mode(codes) <- "integer"
  at <- Map(\(own, length) as.integer(rep(own, time$n) +
                                        rep(copies * length,
                                            each = length(own))),
            times$at, lengths)
  list(times = c(out, list(pattern = pattern, simple = times$simple,
                           codes = codes, at = at)),
       order = 2L, weight = as.vector(cell$tau[, time$used]),
       k = rep(1L, n * time$n), empty = 1L)
}
