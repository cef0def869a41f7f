# The times at which the codes of a region meet. Regions with the same grids in
# all codes form a pattern; what formula (2) needs of time (terms, widths,
# influence) is worked out once a pattern, in flat vectors over all patterns.

# pattern: of each region (0: no code at all). offset, time, step: the pool of
# patterns, at times where every existing code is observed. codes: pattern x
# code, the grid of each (0: absent). at: per code, index into its own pool.
common_times <- function(fit) {
  grids <- lapply(fit$codes, `[[`, "grid")
  same <- length(fit$codes) == 1L ||
    all(vapply(fit$codes[-1L], function(one) {
      identical(one$grid, fit$codes[[1L]]$grid) &&
        identical(one$grids, fit$codes[[1L]]$grids)
    }, logical(1)))
  if (same && length(fit$codes) > 0L) {
    pool <- fit$codes[[1L]]$grids
    n <- length(pool$offset) - 1L
    return(c(pool, list(
      pattern = grids[[1L]], simple = TRUE,
      codes = matrix(seq_len(n), n, length(fit$codes)),
      at = rep(list(seq_along(pool$time)), length(fit$codes))
    )))
  }
  mixed_times(fit, grids)
}

mixed_times <- function(fit, grids) {
  key <- do.call(paste, grids)
  first <- which(!duplicated(key))
  pattern <- match(key, key[first])
  codes <- matrix(vapply(grids, function(g) g[first], integer(length(first))),
                  length(first))
  empty <- rowSums(codes) == 0L
  pattern[empty[pattern]] <- 0L
  number <- cumsum(!empty)
  pattern[pattern > 0L] <- number[pattern[pattern > 0L]]
  codes <- codes[!empty, , drop = FALSE]
  parts <- lapply(seq_len(nrow(codes)), function(p) {
    meet_grids(fit, codes[p, ])
  })
  time <- lapply(parts, `[[`, "time")
  list(offset = c(0L, cumsum(lengths(time))),
       time = as.double(unlist(time)),
       step = as.integer(unlist(lapply(parts, `[[`, "step"))),
       pattern = pattern, simple = FALSE, codes = codes,
       at = lapply(seq_along(fit$codes), function(c) {
         as.integer(unlist(lapply(parts, function(p) p$at[[c]])))
       }))
}

meet_grids <- function(fit, g) {
  use <- which(g > 0L)
  ranges <- lapply(use, function(c) {
    o <- fit$codes[[c]]$grids$offset
    seq.int(o[g[c]] + 1L, length.out = o[g[c] + 1L] - o[g[c]])
  })
  times <- Map(function(c, at) fit$codes[[c]]$grids$time[at], use, ranges)
  common <- Reduce(intersect_sorted, times)
  at <- rep(list(rep(NA_integer_, length(common))), length(g))
  segment <- 0
  for (j in seq_along(use)) {
    own <- match(common, times[[j]])
    at[[use[j]]] <- ranges[[j]][own]
    steps <- fit$codes[[use[j]]]$grids$step[ranges[[j]]]
    segment <- segment + cumsum(steps)[own]
  }
  list(time = common, at = at,
       step = c(0L, as.integer(diff(segment) > 0))[seq_along(common)])
}

intersect_sorted <- function(a, b) a[a %in% b]

# Which common times carry a rate of this order in every code that exists.
common_terms <- function(fit, times, order) {
  if (isTRUE(times$simple)) {
    # All codes have the same grids, so one speaks for all.
    return(rate_defined(fit$rate, fit$breaks, fit$codes[[1L]]$grids, order))
  }
  ok <- rep(TRUE, length(times$time))
  for (c in seq_along(fit$codes)) {
    defined <- rate_defined(fit$rate, fit$breaks, fit$codes[[c]]$grids, order)
    at <- times$at[[c]]
    ok <- ok & (is.na(at) | defined[at])
  }
  ok
}

# Width of each term: 1 for "sum"; for "integral" half the way from the last
# but one time (difference) or to the neighbours (trapezoid), in segments.
term_widths <- function(fit, times, measure) {
  if (measure == "sum") {
    return(rep(1, length(times$time)))
  }
  term_widths_cpp(times, fit$rate$kind == "difference", fit$breaks == "split")
}

# Owner, last and first time of the pattern of every common time.
pattern_frame <- function(times) {
  size <- diff(times$offset)
  owner <- rep(seq_along(size), size)
  if (any(size == 0L)) {
    ends <- rep(NA_real_, length(size))
    ends[size > 0L] <- times$time[times$offset[-1L][size > 0L]]
    begins <- rep(NA_real_, length(size))
    begins[size > 0L] <- times$time[times$offset[-length(times$offset)][
      size > 0L] + 1L]
  } else {
    ends <- times$time[times$offset[-1L]]
    begins <- times$time[times$offset[-length(times$offset)] + 1L]
  }
  list(owner = owner, last = ends[owner], first = begins[owner], size = size)
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
    total <- rowsum_by(w, frame$owner, length(frame$size))[frame$owner]
    # Nothing to share out is no answer, not 0.
    w <- ifelse(terms, ifelse(total == 0, NA_real_, w / total), 0)
  }
  w
}
