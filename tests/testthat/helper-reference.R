# A second implementation, in plain loops and solve(), that calls nothing of
# the package. It is written from the method's text and is slow on purpose: one
# region, one code, one time after another.

# ---- Treat -------------------------------------------------------------------

# Transformed values, then z of every indicator and what it takes to get there:
# lists by region of time-sorted matrices.
ref_values <- function(data, scheme, region = "region", time = "year",
                       status = "_status") {
  out <- list()
  for (r in sort(unique(as.character(data[[region]])), method = "radix")) {
    rows <- which(as.character(data[[region]]) == r)
    rows <- rows[order(data[[time]][rows])]
    k <- length(scheme$indicator)
    x <- matrix(NA_real_, length(rows), k)
    brk <- matrix(FALSE, length(rows), k)
    for (j in seq_len(k)) {
      v <- as.numeric(data[[scheme$indicator[j]]][rows])
      x[, j] <- switch(scheme$transform[j], none = v, log = log(v),
                       log1p = log(1 + v), sqrt = v^0.5,
                       logit = log(v) - log(100 - v))
      label <- data[[paste0(scheme$indicator[j], status)]]
      if (!is.null(label)) {
        brk[, j] <- !is.na(label[rows]) & label[rows] == "break"
      }
    }
    out[[r]] <- list(time = as.numeric(data[[time]][rows]), x = x, brk = brk)
  }
  out
}

# Centre and scale: regions x indicators.
ref_scale <- function(values, scheme, normalise = "zscore",
                      reference = "panel") {
  n <- length(values)
  k <- length(scheme$indicator)
  centre <- matrix(NA_real_, n, k, dimnames = list(names(values), NULL))
  scale <- centre
  for (r in seq_len(n)) {
    for (j in seq_len(k)) {
      if (normalise == "none") {
        centre[r, j] <- 0
        scale[r, j] <- 1
      } else if (normalise == "goalposts") {
        centre[r, j] <- scheme$low[j]
        scale[r, j] <- scheme$high[j] - scheme$low[j]
      } else if (normalise == "index") {
        at <- which(values[[r]]$time == reference)
        centre[r, j] <- 0
        scale[r, j] <- values[[r]]$x[at, j] / 100
      } else if (is.data.frame(reference)) {
        at <- which(reference$indicator == scheme$indicator[j])
        centre[r, j] <- reference$centre[at]
        scale[r, j] <- reference$scale[at]
      } else {
        cells <- numeric()
        for (q in seq_len(n)) {
          v <- values[[q]]$x[, j]
          if (identical(reference, "region") && q != r) next
          if (is.numeric(reference)) v <- v[values[[q]]$time == reference]
          cells <- c(cells, v[!is.na(v)])
        }
        if (normalise == "zscore") {
          centre[r, j] <- sum(cells) / length(cells)
          scale[r, j] <- sqrt(sum((cells - centre[r, j])^2) /
                                (length(cells) - 1))
        } else {
          seen <- length(cells) > 0L
          centre[r, j] <- if (seen) min(cells) else NA
          scale[r, j] <- if (seen) max(cells) - min(cells) else NA
        }
      }
    }
  }
  list(centre = centre, scale = scale)
}

# z with the direction applied, as it enters a code: regions -> matrix.
ref_normalise <- function(values, scheme, sc, normalise = "zscore") {
  bounded <- normalise %in% c("minmax", "goalposts")
  out <- list()
  for (r in seq_along(values)) {
    z <- values[[r]]$x
    for (i in seq_len(nrow(z))) {
      for (j in seq_len(ncol(z))) {
        v <- (z[i, j] - sc$centre[r, j]) / sc$scale[r, j]
        if (!is.na(z[i, j]) && sc$scale[r, j] == 0) v <- 0
        if (scheme$direction[j] == -1) v <- if (bounded) 1 - v else -v
        z[i, j] <- v
      }
    }
    out[[names(values)[r]]] <- z
  }
  out
}

# Defining codes: region -> code -> list(time, D, parts, brk, kept, var).
# `parts[i, k]` is indicator k's share of D(t_i) under the mean; `unit[i, k]`
# its weight there; `var` the variance of D from the scheme's sd.
ref_defining <- function(data, scheme, normalise = "zscore",
                         reference = "panel", aggregate = "mean",
                         missing = "constant", ...) {
  values <- ref_values(data, scheme, ...)
  sc <- ref_scale(values, scheme, normalise, reference)
  zs <- ref_normalise(values, scheme, sc, normalise)
  out <- list()
  for (r in names(values)) {
    out[[r]] <- list()
    for (code in unique(scheme$code)) {
      ks <- which(scheme$code == code)
      one <- ref_code(values[[r]], zs[[r]], sc$scale[r, ], scheme, ks,
                      aggregate, missing)
      if (!is.null(one)) out[[r]][[code]] <- one
    }
  }
  out
}

ref_code <- function(v, z, scale, scheme, ks, aggregate, missing) {
  kept <- integer()
  for (j in ks) if (any(!is.na(z[, j]))) kept <- c(kept, j)
  if (length(kept) == 0L) return(NULL)
  time <- D <- var <- numeric()
  n_ind <- integer()
  brk <- logical()
  parts <- unit <- NULL
  pending <- FALSE
  before <- NULL
  for (i in seq_along(v$time)) {
    # A break belongs to the first value of the new method; where the code is
    # not observed at that time, to the next time at which it is.
    pending <- pending || any(v$brk[i, kept] & scheme$weight[kept] > 0)
    there <- kept[!is.na(z[i, kept])]
    if (length(there) == 0L) next
    if (missing == "constant" && length(there) < length(kept)) next
    w <- scheme$weight[there]
    zi <- z[i, there]
    d <- switch(aggregate,
      mean = sum(w * zi) / sum(w),
      geometric = exp(sum(w * log(zi)) / sum(w)),
      harmonic = sum(w) / sum(w / zi)
    )
    share <- own <- numeric(length(scheme$indicator))
    share[there] <- w * zi / sum(w)
    own[there] <- w / sum(w) * scheme$direction[there]
    changed <- !is.null(before) && !identical(before, there)
    brk <- c(brk, length(time) > 0L && (pending || changed))
    pending <- FALSE
    before <- there
    time <- c(time, v$time[i])
    D <- c(D, d)
    n_ind <- c(n_ind, length(there))
    var <- c(var, sum((w / sum(w))^2 * (scheme$sd[there] / scale[there])^2))
    parts <- rbind(parts, share)
    unit <- rbind(unit, own)
  }
  if (length(time) == 0L) return(NULL)
  list(time = time, D = D, brk = brk, n_ind = n_ind, var = var, parts = parts,
       unit = unit, kept = kept)
}

# ---- Rates -------------------------------------------------------------------

# A rate is a list(name, op): op(time) gives n x n matrices R1, R2 (and S),
# rows NA where undefined.
ref_difference <- function(t) {
  n <- length(t)
  R1 <- R2 <- matrix(NA_real_, n, n)
  for (i in seq_len(n)) {
    if (i >= 2L) {
      R1[i, ] <- 0
      h <- t[i] - t[i - 1L]
      R1[i, i] <- 1 / h
      R1[i, i - 1L] <- -1 / h
    }
    if (i >= 3L) {
      R2[i, ] <- 0
      for (j in (i - 2L):i) {
        others <- setdiff((i - 2L):i, j)
        R2[i, j] <- 2 / prod(t[j] - t[others])
      }
    }
  }
  list(R1 = R1, R2 = R2)
}

# The parabola through three points, by solving for its coefficients.
ref_central <- function(t) {
  n <- length(t)
  R1 <- R2 <- matrix(NA_real_, n, n)
  if (n == 2L) {
    R1[] <- rep(c(-1, 1) / (t[2L] - t[1L]), each = 2L)
  }
  if (n >= 3L) {
    for (i in seq_len(n)) {
      mid <- min(max(i, 2L), n - 1L)
      use <- (mid - 1L):(mid + 1L)
      s <- t[use] - t[i]
      inv <- solve(cbind(1, s, s^2))
      R1[i, ] <- R2[i, ] <- 0
      R1[i, use] <- inv[2L, ]
      R2[i, use] <- 2 * inv[3L, ]
    }
  }
  list(R1 = R1, R2 = R2)
}

# Local polynomial with a free step for each break inside the window.
# `brk[i]`: a step starts at t_i (all FALSE for none).
ref_local <- function(t, span = 5L, width = NULL, degree = 2L,
                      kernel = "uniform", brk = logical(length(t))) {
  n <- length(t)
  R1 <- R2 <- S <- matrix(NA_real_, n, n)
  for (i in seq_len(n)) {
    d <- abs(t - t[i])
    near <- order(d)
    if (is.null(width)) {
      use <- near[seq_len(min(span, n))]
      # No point outside: one mean step beyond the farthest.
      h <- if (n > span) {
        d[near[span + 1L]]
      } else {
        max(d) + if (n > 1L) diff(range(t)) / (n - 1L) else 1
      }
    } else {
      use <- which(d <= width / 2)
      h <- width / 2
    }
    use <- sort(use)
    w <- switch(kernel,
      uniform = rep(1, length(use)),
      tricube = (1 - (d[use] / h)^3)^3,
      epanechnikov = 1 - (d[use] / h)^2
    )
    use <- use[w > 0]
    w <- w[w > 0]
    s <- t[use] - t[i]
    X <- outer(s, 0:degree, `^`)
    at <- c(1, numeric(degree))
    for (b in which(brk)) {
      step <- as.numeric(t[use] >= t[b])
      if (any(step == 0) && any(step == 1)) {
        X <- cbind(X, step)
        at <- c(at, as.numeric(t[i] >= t[b]))
      }
    }
    if (nrow(X) < ncol(X) || qr(X)$rank < ncol(X)) next
    B <- solve(t(X) %*% (w * X), t(w * X))
    S[i, ] <- R1[i, ] <- R2[i, ] <- 0
    S[i, use] <- at %*% B
    R1[i, use] <- B[2L, ]
    R2[i, use] <- if (degree >= 2L) 2 * B[3L, ] else NA_real_
  }
  list(R1 = R1, R2 = R2, S = S)
}

# Operators on the whole series from operators on its segments.
ref_split <- function(t, brk, op) {
  n <- length(t)
  segment <- cumsum(brk)
  out <- NULL
  for (g in unique(segment)) {
    rows <- which(segment == g)
    one <- op(t[rows])
    for (what in names(one)) {
      if (is.null(out[[what]])) out[[what]] <- matrix(NA_real_, n, n)
      for (i in seq_along(rows)) {
        if (anyNA(one[[what]][i, ])) next
        out[[what]][rows[i], ] <- 0
        out[[what]][rows[i], rows] <- one[[what]][i, ]
      }
    }
  }
  out
}

# Matrices of a named rate under a policy for breaks.
ref_operator <- function(t, brk, rate = "difference", breaks = "auto",
                         f = NULL, ...) {
  brk[1L] <- FALSE
  if (breaks == "auto") breaks <- if (rate == "local") "shift" else "split"
  op <- switch(rate,
    difference = ref_difference,
    central = ref_central,
    local = function(t) ref_local(t, ...),
    custom = f
  )
  switch(breaks,
    ignore = op(t),
    split = ref_split(t, brk, op),
    shift = ref_local(t, ..., brk = brk)
  )
}

ref_apply <- function(R, x) {
  out <- rep(NA_real_, nrow(R))
  for (i in seq_len(nrow(R))) {
    if (anyNA(R[i, ])) next
    out[i] <- 0
    for (j in seq_along(x)) {
      # A coefficient of zero takes no part, whatever stands there.
      if (R[i, j] != 0) out[i] <- out[i] + R[i, j] * x[j]
    }
  }
  out
}

# The variance of a single value, and its degrees of freedom. `sd` one number,
# or NULL: then `var` (from the scheme), or the residuals of a local fit.
ref_variance <- function(D, R, sd = NULL, var = NULL) {
  n <- length(D)
  if (!is.null(sd)) return(list(var = rep(sd^2, n), df = Inf))
  if (!is.null(var) && !anyNA(var)) return(list(var = var, df = Inf))
  none <- list(var = rep(NA_real_, n), df = NA_real_)
  if (is.null(R$S)) return(none)
  fit <- which(!is.na(R$S[, 1L]))
  S <- R$S[fit, , drop = FALSE]
  if (length(fit) == 0L) return(none)
  e <- D[fit] - ref_apply(S, D)
  trace <- 0
  for (i in seq_along(fit)) trace <- trace + S[i, fit[i]]
  df <- length(fit) - 2 * trace + sum(S^2)
  # Whole numbers of df come out of sums: 2 - 1e-15 is 2.
  if (df < 2 - 1e-9) return(none)
  list(var = rep(sum(e^2) / df, n), df = df)
}

# Rates of every code: region -> code -> the defining part plus R, V, A, ...
ref_rates <- function(defining, rate = "difference", breaks = "auto",
                      sd = NULL, ...) {
  for (r in names(defining)) {
    for (code in names(defining[[r]])) {
      one <- defining[[r]][[code]]
      R <- ref_operator(one$time, one$brk, rate, breaks, ...)
      s <- if (length(sd) > 1L) sd[[code]] else sd
      v <- ref_variance(one$D, R, s, one$var)
      one$R <- R
      one$V <- ref_apply(R$R1, one$D)
      one$A <- ref_apply(R$R2, one$D)
      one$se_V <- sqrt(ref_apply(R$R1^2, v$var))
      one$se_A <- sqrt(ref_apply(R$R2^2, v$var))
      one$v <- v
      one$rate <- rate
      one$split <- breaks == "split" || (breaks == "auto" && rate != "local")
      defining[[r]][[code]] <- one
    }
  }
  defining
}

# ---- Formulas ----------------------------------------------------------------

# Times at which every code of the region has the rate.
ref_common <- function(codes, what) {
  times <- NULL
  for (one in codes) {
    has <- one$time[!is.na(one[[what]])]
    times <- if (is.null(times)) has else times[times %in% has]
  }
  times
}

ref_industrial <- function(rates, weight = NULL) {
  out <- NULL
  for (r in names(rates)) {
    codes <- rates[[r]]
    for (time in ref_common(codes, "V")) {
      estimate <- var <- 0
      condition <- TRUE
      prob <- 1
      for (code in names(codes)) {
        i <- which(codes[[code]]$time == time)
        w <- if (is.null(weight)) 1 else weight[[code]]
        V <- codes[[code]]$V[i]
        se <- codes[[code]]$se_V[i]
        df <- codes[[code]]$v$df
        estimate <- estimate + w * V
        var <- var + w^2 * se^2
        condition <- condition && V > 0
        prob <- prob * if (is.na(se)) NA_real_ else stats::pt(V / se, df)
      }
      out <- rbind(out, data.frame(
        region = r, time = time, estimate = estimate, std.error = sqrt(var),
        condition = condition, prob.condition = prob, n.codes = length(codes)
      ))
    }
  }
  out
}

# tau as a function of (lag, time, span of the region).
ref_tau <- function(kind = "equal", h = 1, power = 1, scale = 1, span = NULL,
                    f = NULL, of = "lag") {
  function(lag, time, length_of_region) {
    if (kind == "custom" && of == "time") return(f(time))
    if (lag < 0) return(0)
    switch(kind,
      equal = 1,
      half_life = 2^(-lag / h),
      linear = {
        if (is.null(span)) span <- length_of_region
        max(0, 1 - lag / span)
      },
      power = (1 + lag / scale)^(-power),
      hyperbolic = 1 / (1 + lag / scale),
      custom = f(lag)
    )
  }
}

# Widths of the terms. `grid`: the times on which the rate was taken, `brk` the
# breaks on it, `terms` the times of the terms (all in `grid`).
ref_width <- function(measure, rate, grid, brk, terms, split) {
  u <- rep(1, length(terms))
  if (measure == "sum") return(u)
  segment <- if (split) cumsum(brk) else rep(0L, length(grid))
  if (rate == "difference") {
    for (i in seq_along(terms)) {
      g <- which(grid == terms[i])
      u[i] <- (grid[g] - grid[g - 2L]) / 2
    }
    return(u)
  }
  seg <- segment[match(terms, grid)]
  for (i in seq_along(terms)) {
    left <- right <- 0
    if (i > 1L && seg[i - 1L] == seg[i]) left <- terms[i] - terms[i - 1L]
    if (i < length(terms) && seg[i + 1L] == seg[i]) {
      right <- terms[i + 1L] - terms[i]
    }
    u[i] <- (left + right) / 2
  }
  u
}

# The terms of formula (2) in one region. The grid of a region is that of its
# codes together: times at which all are observed, broken where any breaks.
ref_terms <- function(codes, measure) {
  terms <- ref_common(codes, "A")
  grid <- NULL
  for (one in codes) {
    grid <- if (is.null(grid)) one$time else grid[grid %in% one$time]
  }
  brk <- logical(length(grid))
  for (one in codes) {
    at <- cumsum(one$brk)[match(grid, one$time)]
    brk <- brk | c(FALSE, diff(at) > 0)
  }
  seen <- NULL
  for (one in codes) seen <- c(seen, one$time)
  list(
    time = terms,
    u = ref_width(measure, codes[[1L]]$rate, grid, brk, terms,
                  codes[[1L]]$split),
    first = min(seen), last = max(seen)
  )
}

# A list of rows as one frame, or NULL: binding frames row by row takes most
# of the time of these loops.
as_frame <- function(rows) {
  if (length(rows) == 0L) {
    return(NULL)
  }
  columns <- lapply(names(rows[[1L]]), function(name) {
    vapply(rows, `[[`, rows[[1L]][[name]], name)
  })
  data.frame(stats::setNames(columns, names(rows[[1L]])))
}

# Formula (2) with everything that is asked about it: per region the estimate,
# its error, the terms, contributions by code x time x indicator and the
# derivative with respect to every normalised cell.
ref_basic <- function(rates, tau = ref_tau(), measure = "sum", at = NULL,
                      normalise = FALSE, weight = NULL, cor = NULL) {
  out <- list()
  for (r in names(rates)) {
    codes <- rates[[r]]
    terms <- ref_terms(codes, measure)
    n <- length(terms$time)
    to <- if (is.null(at)) terms$last else at
    g <- numeric(n)
    for (i in seq_len(n)) {
      g[i] <- terms$u[i] *
        tau(to - terms$time[i], terms$time[i], terms$last - terms$first)
    }
    if (normalise) g <- g / sum(g)
    parts <- cells <- list()
    se <- rep(NA_real_, length(codes))
    for (c in seq_along(codes)) {
      one <- codes[[c]]
      w <- if (is.null(weight)) 1 else weight[[names(codes)[c]]]
      functional <- numeric(length(one$time))
      for (i in seq_len(n)) {
        row <- one$R$R2[which(one$time == terms$time[i]), ]
        functional <- functional + w * g[i] * row
        for (k in one$kept) {
          parts[[length(parts) + 1L]] <- list(
            code = names(codes)[c], time = terms$time[i], k = k,
            estimate = w * g[i] * sum(row * one$parts[, k])
          )
        }
      }
      for (k in one$kept) {
        for (j in seq_along(one$time)) {
          cells[[length(cells) + 1L]] <- list(
            code = names(codes)[c], time = one$time[j], k = k,
            weight = functional[j] * one$unit[j, k]
          )
        }
      }
      se[c] <- sqrt(sum(functional^2 * one$v$var))
    }
    parts <- as_frame(parts)
    cells <- as_frame(cells)
    rho <- if (is.null(cor)) diag(length(codes)) else cor
    out[[r]] <- list(
      estimate = if (n > 0L) sum(parts$estimate) else NA_real_,
      std.error = sqrt(drop(se %*% rho %*% se)),
      time = terms$time, g = g, u = terms$u, parts = parts, cells = cells,
      first = terms$first, last = terms$last, n = n
    )
  }
  out
}

# Paths. "stock": the code as of each term's time, with lags counted from it;
# "partial": running sums of the final code.
ref_path <- function(rates, tau = ref_tau(), measure = "sum", kind = "stock",
                     at = NULL, weight = NULL) {
  out <- list()
  for (r in names(rates)) {
    codes <- rates[[r]]
    terms <- ref_terms(codes, measure)
    to <- if (is.null(at)) terms$last else at
    for (j in seq_along(terms$time)) {
      total <- 0
      for (i in seq_len(j)) {
        A <- 0
        for (c in names(codes)) {
          w <- if (is.null(weight)) 1 else weight[[c]]
          A <- A + w * codes[[c]]$A[codes[[c]]$time == terms$time[i]]
        }
        from <- if (kind == "stock") terms$time[j] else to
        total <- total + A * terms$u[i] *
          tau(from - terms$time[i], terms$time[i], terms$last - terms$first)
      }
      out[[length(out) + 1L]] <- list(region = r, time = terms$time[j],
                                      estimate = total, n.terms = j)
    }
  }
  as_frame(out)
}

# ---- Vectors, prices, ranks --------------------------------------------------

# A rate of order 2 at once from values: sum of tau u A in one series.
ref_accumulate <- function(A, time, tau = ref_tau(), measure = "sum",
                           at = max(time)) {
  has <- which(!is.na(A))
  u <- rep(1, length(has))
  if (measure == "integral") {
    u <- ref_width("integral", "central", time[has], logical(length(has)),
                   time[has], FALSE)
  }
  total <- 0
  for (i in seq_along(has)) {
    t <- time[has[i]]
    total <- total + tau(at - t, t, max(time) - min(time)) * u[i] * A[has[i]]
  }
  total
}

# Prices chained to 1 at the base; `price` is a link in percent of the previous
# time.
ref_deflator <- function(price, time, base) {
  o <- order(time)
  level <- numeric(length(time))
  level[o[1L]] <- 1
  for (i in seq_along(o)[-1L]) {
    level[o[i]] <- level[o[i - 1L]] * price[o[i]] / 100
  }
  level / level[time == base]
}

# Ranks, largest first. `how` "pairwise": a region is above another when the
# difference of the two, taken as independent, exceeds its error; "marginal":
# when their own intervals do not meet.
ref_ranks <- function(estimate, se, level = 0.95, how = "pairwise") {
  n <- length(estimate)
  z <- stats::qnorm(1 - (1 - level) / 2)
  rank <- low <- high <- numeric(n)
  for (i in seq_len(n)) {
    above <- below <- sure_above <- sure_below <- 0
    for (j in seq_len(n)) {
      if (j == i) next
      margin <- if (how == "pairwise") {
        z * sqrt(se[i]^2 + se[j]^2)
      } else {
        z * (se[i] + se[j])
      }
      d <- estimate[j] - estimate[i]
      above <- above + (d > 0)
      sure_above <- sure_above + (d > margin)
      sure_below <- sure_below + (d < -margin)
    }
    rank[i] <- 1 + above
    low[i] <- 1 + sure_above
    high[i] <- n - sure_below
  }
  data.frame(rank = rank, rank.low = low, rank.high = high)
}

# ---- Comparing ---------------------------------------------------------------

# max|D - mean D| / min step^order: the natural size of a rate's rounding error.
ref_size <- function(D, time, order) {
  max(abs(D - mean(D)), .Machine$double.xmin) / min(diff(sort(time)))^order
}

# Same pattern of NA, and differences of at most 1e-12 times `size`.
expect_within <- function(object, expected, size = 1, times = 1e-12,
                          label = NULL) {
  same <- length(object) == length(expected) &&
    identical(is.na(unname(object)), is.na(unname(expected)))
  gap <- if (same) abs(unname(object) - unname(expected)) else Inf
  worst <- if (all(is.na(gap))) 0 else max(gap / size, na.rm = TRUE)
  # One expectation, without the comparisons of expect_identical(): there are
  # thousands of these.
  testthat::expect(
    worst <= times,
    if (same) {
      paste0(label, ": difference over its size is ", worst, ", not at most ",
             times)
    } else {
      paste0(label, ": lengths ", length(object), " and ", length(expected),
             ", or missing values in other places")
    }
  )
  invisible(object)
}
