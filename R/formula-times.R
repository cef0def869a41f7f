# The times at which the codes of a region meet. Regions with the same grids in
# all codes form a pattern; what formula (2) needs of time (terms, widths,
# influence) is worked out once a pattern, in flat vectors over all patterns.

# pattern: of each region (0: no code at all). offset, time, step: the pool of
# patterns, at times where every existing code is observed. codes: pattern x
# code, the grid of each (0: absent). at: per code, index into its own pool.
# gone: regions without any code, where they are known.
common_times <- function(fit) {
  first <- fit$codes[[1L]]
  same <- length(fit$codes) == 1L ||
    all(vapply(fit$codes[-1L], \(one) {
      identical(one$of, first$of) && identical(one$pool, first$pool)
    }, logical(1)))
  if (!same) {
    return(mixed_times(fit))
  }
  n <- pool_length(first$pool)
  c(first$pool, list(
    pattern = first$of, simple = TRUE, gone = zeros_of(first$of),
    codes = matrix(seq_len(n), n, length(fit$codes)),
    at = rep(list(seq_along(first$pool$time)), length(fit$codes))
  ))
}

mixed_times <- function(fit) {
  of <- lapply(fit$codes, `[[`, "of")
  key <- do.call(paste, of)
  first <- which(!duplicated(key))
  pattern <- match(key, key[first])
  codes <- matrix(vapply(of, \(g) g[first], integer(length(first))),
                  length(first))
  empty <- rowSums(codes) == 0L
  pattern[empty[pattern]] <- 0L
  number <- cumsum(!empty)
  pattern[pattern > 0L] <- number[pattern[pattern > 0L]]
  codes <- codes[!empty, , drop = FALSE]
  parts <- lapply(seq_len(nrow(codes)), \(p) {
    meet_grids(fit, codes[p, ])
  })
  gather <- function(what) unlist(lapply(parts, `[[`, what))
  c(new_pool(lengths(lapply(parts, `[[`, "time")), gather("time"),
             gather("step")),
    list(pattern = pattern, simple = FALSE, codes = codes,
         at = lapply(seq_along(fit$codes), \(c) {
           as.integer(unlist(lapply(parts, \(p) p$at[[c]])))
         })))
}

meet_grids <- function(fit, g) {
  use <- which(g > 0L)
  pools <- lapply(fit$codes[use], `[[`, "pool")
  places <- Map(pool_places, pools, g[use])
  times <- Map(\(pool, at) pool$time[at], pools, places)
  common <- Reduce(intersect_sorted, times)
  at <- rep(list(rep(NA_integer_, length(common))), length(g))
  segment <- 0
  for (j in seq_along(use)) {
    own <- match(common, times[[j]])
    at[[use[j]]] <- places[[j]][own]
    segment <- segment + cumsum(pools[[j]]$step[places[[j]]])[own]
  }
  list(time = common, at = at,
       step = c(0L, as.integer(diff(segment) > 0))[seq_along(common)])
}

intersect_sorted <- function(a, b) a[a %in% b]

# Which common times carry a rate of this order in every code that exists; where
# it is over steps, those at which one from the common time before ends.
common_terms <- function(fit, times, order) {
  steps <- order == 2L && fit$rate$facts$steps
  ok <- rep(TRUE, length(times$time))
  for (c in seq_along(fit$codes)) {
    one <- code_bundle(fit, fit$codes[[c]])
    has <- if (steps) fit$rate$does$ends(one) else rate_defined(one, order)
    at <- times$at[[c]]
    ok <- ok & (is.na(at) | has[at])
    # All codes have the same grids, so one speaks for all.
    if (times$simple && length(named_args(fit$rate)) == 0L) break
  }
  if (steps) step_exists(ok, times, fit$breaks == "split") else ok
}

# Width of each term: 1 for "sum"; for "integral" half the way from the last
# but one time (difference), the step, or half the way to the neighbours
# (trapezoid), in segments.
term_widths <- function(fit, times, measure) {
  if (measure == "sum") {
    return(rep(1, length(times$time)))
  }
  if (fit$rate$facts$steps) {
    h <- step_lengths(times)
    return(replace(h, is.na(h), 0))
  }
  term_widths_cpp(times, fit$rate$facts$backward, fit$breaks == "split")
}

# Owner, last and first time of the pattern of every common time.
pattern_frame <- function(times) {
  size <- pool_sizes(times)
  any <- size > 0L
  last <- first <- rep(NA_real_, length(size))
  last[any] <- times$time[times$offset[-1L][any]]
  first[any] <- times$time[times$offset[-length(times$offset)][any] + 1L]
  owner <- pool_owner(times)
  list(owner = owner, last = last[owner], first = first[owner])
}

# tau_i u_i over the common times, 0 where there is no term.
term_weights <- function(fit, times, terms, influence, measure) {
  frame <- pattern_frame(times)
  at <- if (is.null(influence$at)) frame$last else {
    rep(influence_at(influence, fit_reading(fit)), length(times$time))
  }
  w <- influence_weights(influence, times$time, at, frame$last - frame$first) *
    term_widths(fit, times, measure) * terms
  if (influence$normalise && length(w) > 0L) {
    total <- rowsum_by(w, frame$owner, pool_length(times))[frame$owner]
    # Nothing to share out is no answer, not 0.
    w <- ifelse(terms, ifelse(total == 0, NA_real_, w / total), 0)
  }
  w
}
