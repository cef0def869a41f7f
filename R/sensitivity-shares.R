# Which factor how much of the variance hangs on. `first`: what is left of it
# if the factor alone varies; `total`: what is lost if it alone stands still;
# `shapley`: every joint effect shared out evenly among the factors it is of.
# Numerators, a row a draw, are divided by their own sum, so that Shapley shares
# add to 1.

# Subsets of more factors are too many to try all of them.
subsets_most <- 8L

bootstraps <- 500L

# ---- The designs -------------------------------------------------------------

# Rows of the stack for each evaluation; `n` draws in a, `m` in b. The first n
# are the draws of a themselves.
share_design <- function(n, m, d) {
  a <- matrix(seq_len(n), n, d)
  if (m == 0L || d == 0L) {
    return(list(pick = a, kind = "draws"))
  }
  if (d <= subsets_most) cube_design(a, n, m, d) else walk_design(a, n, m, d)
}

# Every subset of factors from b, the rest from a, at each of m draws: subset s
# has factor j from b where bit j - 1 of s is set.
cube_design <- function(a, n, m, d) {
  masks <- seq_len(2^d - 1)
  own <- lapply(masks, \(s) {
    from_b <- bitwAnd(s, bitwShiftL(1L, seq_len(d) - 1L)) > 0L
    outer(seq_len(m), n * from_b, `+`)
  })
  list(pick = rbind(a, do.call(rbind, own)), kind = "subsets", m = m, d = d,
       at = cbind(seq_len(m), matrix(n + seq_len(m * (2^d - 1)), m)))
}

# One factor of b in a, all of b, and a walk from a to b in a random order.
walk_design <- function(a, n, m, d) {
  base <- a[seq_len(m), , drop = FALSE]
  lone <- lapply(seq_len(d), \(j) {
    base[, j] <- base[, j] + n
    base
  })
  order <- with_own_stream(choice_seed, {
    t(vapply(seq_len(m), \(i) sample.int(d), integer(d)))
  })
  walk <- vector("list", d)
  for (k in seq_len(d)) {
    at <- cbind(seq_len(m), order[, k])
    base[at] <- base[at] + n
    walk[[k]] <- base
  }
  place <- function(k, from) n + (from + k - 1L) * m + seq_len(m)
  list(pick = rbind(a, do.call(rbind, c(lone, walk))), kind = "walk", m = m,
       d = d, order = order,
       at = list(a = seq_len(m),
                 lone = vapply(seq_len(d), place, numeric(m), 0L),
                 walk = vapply(seq_len(d), place, numeric(m), d)))
}

# ---- Their numerators --------------------------------------------------------

# Of each draw: first, total and shapley of every factor, side by side, then the
# variance. `f`: the values of one quantity at all evaluations.
share_rows <- function(f, design) {
  if (design$kind == "subsets") {
    t <- total_variances(matrix(f[design$at], design$m))
    return(t %*% subset_sums(design$d))
  }
  walk_rows(f, design)
}

# Half the mean squared change where the factors of a subset change and the rest
# stay, over all 2^d ways for these: all subsets at once, by two passes of
# Walsh and Hadamard. Columns of f are subsets from 0.
total_variances <- function(f) {
  f <- f - rowMeans(f)
  product <- walsh_hadamard(walsh_hadamard(f)^2) / ncol(f)^2
  product[, 1L] - product
}

walsh_hadamard <- function(f) {
  step <- 1L
  while (step < ncol(f)) {
    low <- which(bitwAnd(seq_len(ncol(f)) - 1L, step) == 0L)
    a <- f[, low, drop = FALSE]
    b <- f[, low + step, drop = FALSE]
    f[, low] <- a + b
    f[, low + step] <- a - b
    step <- 2L * step
  }
  f
}

# What the total variances of subsets make of first, total, shapley and all.
subset_sums <- function(d) {
  n <- 2^d
  s <- seq_len(n) - 1L
  size <- rowSums(outer(s, bitwShiftL(1L, seq_len(d) - 1L), bitwAnd) > 0)
  out <- matrix(0, n, 3L * d + 1L)
  out[n, 3L * d + 1L] <- 1
  for (j in seq_len(d)) {
    bit <- bitwShiftL(1L, j - 1L)
    out[n, j] <- 1
    out[n - bit, j] <- out[n - bit, j] - 1
    out[bit + 1L, d + j] <- 1
    without <- s[bitwAnd(s, bit) == 0L]
    weight <- 1 / (d * choose(d - 1, size[without + 1L]))
    out[without + 1L, 2L * d + j] <- -weight
    out[without + bit + 1L, 2L * d + j] <- weight
  }
  # Nothing changes where no factor does.
  out[1L, ] <- 0
  out
}

# Jansen's estimators, and for Shapley's the growth of half the squared change
# along each walk.
walk_rows <- function(f, design) {
  d <- design$d
  a <- f[design$at$a]
  lone <- matrix(f[design$at$lone], design$m)
  walk <- matrix(f[design$at$walk], design$m)
  b <- walk[, d]
  all <- (b - a)^2 / 2
  grown <- (walk - a)^2 / 2
  grown <- grown - cbind(0, grown[, -d, drop = FALSE])
  shapley <- matrix(0, design$m, d)
  shapley[cbind(rep(seq_len(design$m), d), as.vector(design$order))] <- grown
  unname(cbind(all - (b - lone)^2 / 2, (lone - a)^2 / 2, shapley, all))
}

# ---- Shares with their errors ------------------------------------------------

# Of every quantity (a row of `f`, a column an evaluation), and of all together:
# estimate, error and limits of 3 d shares. `pool`: whether the last is that of
# all, else nothing is added.
estimate_shares <- function(f, design, level, pool = TRUE) {
  resample <- with_own_stream(choice_seed, {
    t(stats::rmultinom(bootstraps, design$m, rep(1, design$m))) / design$m
  })
  whole <- 0
  one <- function(rows) {
    mean <- colMeans(rows)
    q <- length(mean)
    drawn <- resample %*% rows
    share_law(mean[-q] / mean[q], drawn[, -q, drop = FALSE] / drawn[, q],
              level)
  }
  out <- lapply(seq_len(nrow(f)), \(r) {
    rows <- share_rows(f[r, ], design)
    if (pool && !anyNA(rows)) whole <<- whole + rows
    one(rows)
  })
  if (pool && length(whole) > 1L) c(out, list(one(whole))) else out
}

share_law <- function(estimate, drawn, level) {
  tail <- (1 - level) / 2
  ok <- is.finite(estimate) & colSums(!is.finite(drawn)) == 0
  limit <- function(p) {
    out <- rep(NA_real_, length(estimate))
    out[ok] <- apply(drawn[, ok, drop = FALSE], 2L, stats::quantile, p,
                     names = FALSE)
    out
  }
  se <- rep(NA_real_, length(estimate))
  se[ok] <- apply(drawn[, ok, drop = FALSE], 2L, stats::sd)
  list(estimate = nan_to_na(estimate), se = se, low = limit(tail),
       high = limit(1 - tail))
}

# ---- All levels at once ------------------------------------------------------

# Exact shares over a full factorial, the first factor fastest: on bases that
# are orthonormal under the probabilities of the levels each coefficient belongs
# to one joint effect. `prob`: a list, of each factor's levels.
exact_shares <- function(f, prob, pool = TRUE) {
  d <- length(prob)
  size <- lengths(prob)
  x <- t(f)
  x <- x - rep(colMeans(x), each = nrow(x))
  mask <- 0L
  for (j in seq_len(d)) {
    x <- rotate_factor(x, prob[[j]], prod(size[seq_len(j - 1L)]))
    effect <- bitwShiftL(1L, j - 1L) * (seq_len(size[j]) > 1L)
    mask <- as.vector(outer(mask, effect, `+`))
  }
  part <- rowsum(x^2, mask)
  sums <- effect_sums(as.integer(rownames(part)), d)
  rows <- t(part) %*% sums
  if (pool) rows <- rbind(rows, colSums(rows[!is.na(rows[, 1L]), ,
                                              drop = FALSE]))
  lapply(seq_len(nrow(rows)), \(r) {
    share <- nan_to_na(rows[r, -ncol(rows)] / rows[r, ncol(rows)])
    none <- rep(NA_real_, length(share))
    list(estimate = share, se = none, low = none, high = none)
  })
}

# Coefficients along one factor, whose levels lie `step` rows apart.
rotate_factor <- function(x, prob, step) {
  k <- length(prob)
  root <- sqrt(prob)
  base <- qr.Q(qr(cbind(root, diag(k))))[, seq_len(k), drop = FALSE]
  map <- t(base * root)
  dim <- c(step, k, nrow(x) / (step * k) * ncol(x))
  y <- aperm(array(x, dim), c(2L, 1L, 3L))
  y <- array(map %*% matrix(y, k), dim[c(2L, 1L, 3L)])
  matrix(aperm(y, c(2L, 1L, 3L)), nrow(x))
}

# Effects (subsets of factors) to first, total, shapley and all.
effect_sums <- function(mask, d) {
  has <- matrix(outer(mask, bitwShiftL(1L, seq_len(d) - 1L), bitwAnd) > 0,
                length(mask))
  size <- rowSums(has)
  cbind(has * (size == 1), has, has / pmax(size, 1), size > 0)
}
