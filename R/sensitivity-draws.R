# What of the admissible choices is drawn. Each factor has draws of its own, on
# a stream of its own: two sets, `a` and `b`, one stacked on the other. An
# evaluation takes of each factor one row of the stack (`pick`, evaluation x
# factor), so that any mixture of two draws is a row of numbers.

choice_seed <- 20170313L

# The study of a model: what all rebuilds share.
new_study <- function(model, choices, split, call) {
  fit <- get_fit(model$rates)
  study <- list(model = model, fit = fit, args = model$args,
                panel = model$panel, call = call, choices = choices,
                regions = as.character(model$panel$regions),
                nominal = as.double(model$basic[["estimate"]]))
  study$args$rate <- fit$rate
  check_level_pairs(choices$factors, call, study$args)
  factors <- do.call(c, lapply(unname(choices$factors), \(f) {
    resolve_factor(f, study, split)
  }))
  study$factors <- stats::setNames(as.list(factors), vapply(
    factors, `[[`, "", "name"))
  check_posterior(study)
  study
}

# A factor as the model has it: a list of one, or of one a code.
resolve_factor <- function(f, study, split) {
  if (f$name == "leave_out") return(list(leave_out_levels(f, study)))
  if (f$name == "rate") {
    f$levels <- lapply(f$levels, held_rate, study)
  }
  if (!grepl("weights$", f$name)) return(list(f))
  groups <- weight_groups(study, f$name)
  if (f$kind == "levels") {
    f$levels <- Map(\(w, label) full_weights(w, groups, f$name, label,
                                             study$call), f$levels, f$labels)
    return(list(f))
  }
  if (f$name == "weights" && split == "weights") {
    return(lapply(names(groups), \(code) {
      f$name <- paste0("weights: ", code)
      f$groups <- groups[code]
      f
    }))
  }
  f$groups <- groups
  list(f)
}

# The weights that add up to what they add up to: those of the indicators of
# each code, or those of the codes.
weight_groups <- function(study, name) {
  scheme <- study$panel$scheme
  if (name == "code_weights") {
    codes <- used_codes(study$fit$def)
    return(list(codes = stats::setNames(codes$weight, codes$code)))
  }
  weight <- stats::setNames(scheme[["weight"]], scheme[["indicator"]])
  split(weight, factor(scheme[["code"]], unique(scheme[["code"]])))
}

# Weights that are given, those that are not named as they stand.
full_weights <- function(w, groups, name, label, call) {
  known <- unlist(lapply(groups, names), use.names = FALSE)
  strange <- setdiff(names(w), known)
  if (length(strange) > 0L) {
    stop_choices(name, label, "names ", some_of(strange), ", which the model ",
                 "does not have", call = call)
  }
  unlist(lapply(unname(groups), \(own) {
    new <- own
    given <- intersect(names(own), names(w))
    new[given] <- w[given]
    if (sum(new) == 0) {
      stop_choices(name, label, "has no weight above 0 for ",
                   some_of(names(own)), call = call)
    }
    new / sum(new) * sum(own)
  }))
}

# Sets of indicators that may be left out, none first.
leave_out_levels <- function(f, study) {
  scheme <- study$panel$scheme
  used <- scheme[["weight"]] > 0
  name <- scheme[["indicator"]][used]
  code <- scheme[["code"]][used]
  among <- f$among %||% name
  strange <- setdiff(among, name)
  if (length(strange) > 0L) {
    stop_choices("leave_out", NULL, "names ", some_of(strange),
                 ", which no code uses", call = study$call)
  }
  most <- min(f$most, length(among))
  if (sum(choose(length(among), seq_len(most))) > leave_out_most) {
    stop_choices("leave_out", format(f$most), "is more than ",
                 whole_text(leave_out_most), " sets of indicators",
                 call = study$call)
  }
  sets <- unlist(lapply(seq_len(most), \(k) {
    utils::combn(among, k, simplify = FALSE)
  }), recursive = FALSE)
  empties <- vapply(sets, \(set) !all(code %in% code[!name %in% set]), NA)
  inform_last(unlist(sets[empties & lengths(sets) == 1L]))
  sets <- c(list(character()), sets[!empties])
  list(name = "leave_out", kind = "levels", levels = sets,
       labels = vapply(sets, \(set) {
         if (length(set) == 0L) "none" else paste(set, collapse = " + ")
       }, ""), prob = rep(1 / length(sets), length(sets)))
}

leave_out_most <- 5000

inform_last <- function(names) {
  if (length(names) > 0L) {
    inform_nid("left_out",
               paste0("The only indicator of its code cannot be left out: ",
                      some_of(names), "."), columns = names)
  }
}

# The orders of smoothness are the model's own.
held_rate <- function(rate, study) {
  if (!rate$facts$chooses) {
    return(rate)
  }
  orders <- study$fit$orders %||%
    code_fit(study$fit$def, rate, "auto", study$call)$orders
  settled_rate(rate, orders)
}

check_posterior <- function(study) {
  if (is.null(study$factors$posterior)) {
    return(invisible())
  }
  policy <- c(study$args$missing, unlist(study$factors$missing$levels))
  if ("provisional" %in% policy) {
    stop_choices("posterior", "TRUE",
                 "cannot go with missing = \"provisional\"",
                 call = study$call)
  }
  rates <- study$factors$rate$levels %||% list(study$args$rate)
  labels <- study$factors$rate$labels %||% format(study$args$rate)
  for (k in seq_along(rates)) {
    if (!has_errors(rates[[k]], c(rates[[k]]$sd, stats::na.omit(
      study$panel$scheme[["sd"]])))) {
      stop_choices("rate", labels[k],
                   "has no error, which `posterior` asks for",
                   call = study$call)
    }
  }
}

# ---- Draws -------------------------------------------------------------------

# Each factor's draws do not depend on which others there are: numbers, rows of
# a matrix, or places of levels. `set`: 1 for a, 2 for b.
draw_factors <- function(study, n, seed, set) {
  known <- names(formals(code_choices))
  codes <- paste0("weights: ", unique(study$panel$scheme[["code"]]))
  lapply(study$factors, \(f) {
    stream <- match(f$name, c(known, codes)) * 2 + set
    with_own_stream(as.integer((seed + 7919 * stream) %% .Machine$integer.max),
                    draw_factor(f, n, study))
  })
}

draw_factor <- function(f, n, study) {
  switch(f$kind,
    levels = sample.int(length(f$levels), n, TRUE, f$prob),
    range = exp(stats::runif(n, log(f$range[1L]), log(f$range[2L]))),
    posterior = matrix(stats::runif(n * length(study$regions)), n),
    weights = {
      drawn <- lapply(unname(f$groups), \(own) {
        draw_weights(f$choice, n, own, study$call)
      })
      inform_redrawn(max(0, unlist(lapply(drawn, attr, "redrawn"))))
      do.call(cbind, drawn)
    }
  )
}

inform_redrawn <- function(share) {
  if (share > 0) {
    inform_nid("redrawn",
               paste0(format(signif(100 * share, 2)), " % of the draws of ",
                      "weights were negative and drawn again."),
               n = share)
  }
}

stack_draws <- function(a, b) {
  Map(\(x, y) if (is.matrix(x)) rbind(x, y) else c(x, y), a, b)
}

# The value of a factor at rows of the stack.
drawn_rows <- function(x, rows) {
  if (is.matrix(x)) x[rows, , drop = FALSE] else x[rows]
}

# Rows of the stack that hold the same level are the same row.
same_rows <- function(study, stack, pick) {
  for (j in seq_along(study$factors)) {
    if (study$factors[[j]]$kind == "levels") {
      level <- stack[[j]][pick[, j]]
      pick[, j] <- match(level, stack[[j]])
    }
  }
  pick
}
