# The averaged smoothing spline once more, straight from its definition and
# with nothing of the package: dense covariances of the integrated Wiener
# process, the posterior in two steps (kriging: the curve given its values at
# the observed times; smoothing: these values given the data). In double
# precision such formulas lose every digit, so all of it is done in
# double-double arithmetic: a number is a pair list(h, l) with h + l correct to
# about 32 digits (Dekker 1971, Knuth TAOCP 4.2.2).

dd <- function(h, l = 0 * h) list(h = h, l = l)
dd_of <- function(x) x$h + x$l
dd_norm <- function(s, e) {
  h <- s + e
  dd(h, e - (h - s))
}
dd_two_sum <- function(a, b) {
  s <- a + b
  v <- s - a
  dd(s, (a - (s - v)) + (b - v))
}
dd_add <- function(x, y) {
  s <- dd_two_sum(x$h, y$h)
  t <- dd_two_sum(x$l, y$l)
  s <- dd_norm(s$h, s$l + t$h)
  dd_norm(s$h, s$l + t$l)
}
dd_neg <- function(x) dd(-x$h, -x$l)
dd_sub <- function(x, y) dd_add(x, dd_neg(y))
dd_mul <- function(x, y) {
  half <- function(a) {
    c <- 134217729 * a
    c - (c - a)
  }
  p <- x$h * y$h
  xh <- half(x$h)
  yh <- half(y$h)
  xl <- x$h - xh
  yl <- y$h - yh
  e <- ((xh * yh - p) + xh * yl + xl * yh) + xl * yl
  dd_norm(p, e + (x$h * y$l + x$l * y$h))
}
dd_div <- function(x, y) {
  q1 <- x$h / y$h
  r <- dd_sub(x, dd_mul(dd(q1), y))
  q2 <- r$h / y$h
  r <- dd_sub(r, dd_mul(dd(q2), y))
  dd_add(dd_norm(q1, q2), dd(r$h / y$h))
}
dd_pow <- function(x, k) {
  out <- dd(0 * x$h + 1)
  for (i in seq_len(k)) out <- dd_mul(out, x)
  out
}
dd_at <- function(x, i, j) dd(x$h[i, j, drop = FALSE], x$l[i, j, drop = FALSE])
dd_t <- function(x) dd(t(x$h), t(x$l))
dd_cbind <- function(x, y) dd(cbind(x$h, y$h), cbind(x$l, y$l))
dd_rbind <- function(x, y) dd(rbind(x$h, y$h), rbind(x$l, y$l))
dd_matmul <- function(x, y) {
  n <- nrow(x$h)
  k <- ncol(y$h)
  out <- dd(matrix(0, n, k))
  for (j in seq_len(ncol(x$h))) {
    a <- dd(matrix(x$h[, j], n, k), matrix(x$l[, j], n, k))
    b <- dd(matrix(y$h[j, ], n, k, TRUE), matrix(y$l[j, ], n, k, TRUE))
    out <- dd_add(out, dd_mul(a, b))
  }
  out
}
# Half of the numbers onto the other half, until one is left.
dd_sum <- function(x) {
  x <- dd(c(x$h), c(x$l))
  while ((n <- length(x$h)) > 1) {
    half <- n %/% 2
    part <- \(i) dd(x$h[i], x$l[i])
    rest <- part(seq_len(n - 2 * half) + 2 * half)
    sum <- dd_add(part(seq_len(half)), part(seq_len(half) + half))
    x <- dd(c(sum$h, rest$h), c(sum$l, rest$l))
  }
  x
}

# Gauss with row exchange: the solution of a x = b and log |det a|.
dd_solve <- function(a, b) {
  n <- nrow(a$h)
  x <- dd_cbind(a, b)
  log_det <- 0
  for (i in seq_len(n)) {
    best <- i - 1 + which.max(abs(x$h[i:n, i]))
    if (best != i) {
      for (part in c("h", "l")) {
        x[[part]][c(i, best), ] <- x[[part]][c(best, i), ]
      }
    }
    log_det <- log_det + log(abs(x$h[i, i]))
    row <- dd_at(x, i, seq_len(ncol(x$h)))
    k <- ncol(row$h)
    row <- dd_div(row, dd(t(rep(x$h[i, i], k)), t(rep(x$l[i, i], k))))
    others <- seq_len(n)[-i]
    f <- dd_at(x, others, i)
    step <- dd_mul(
      dd(matrix(f$h, n - 1, k), matrix(f$l, n - 1, k)),
      dd(matrix(row$h, n - 1, k, TRUE), matrix(row$l, n - 1, k, TRUE))
    )
    rest <- dd_sub(dd_at(x, others, seq_len(k)), step)
    for (part in c("h", "l")) {
      x[[part]][others, ] <- rest[[part]]
      x[[part]][i, ] <- row[[part]]
    }
  }
  list(x = dd_at(x, seq_len(n), n + seq_len(ncol(b$h))), log_det = log_det)
}

# Cov(f^(a)(x), f^(b)(y)) = int_0^min (x-u)^p / p! (y-u)^q / q! du with
# p = m-1-a, q = m-1-b; x, y of one shape, not negative.
iw_cov <- function(m, a, x, b, y) {
  one <- function(p, x, q, y) { # x <= y
    out <- dd(0 * x$h)
    for (i in 0:q) {
      term <- dd_mul(dd_pow(dd_sub(y, x), q - i), dd_pow(x, p + i + 1))
      scale <- dd_div(dd(choose(q, i)),
                      dd((p + i + 1) * factorial(p) * factorial(q)))
      out <- dd_add(out, dd_mul(term, dd(0 * x$h + scale$h,
                                         0 * x$h + scale$l)))
    }
    out
  }
  less <- x$h < y$h | (x$h == y$h & x$l <= y$l)
  p <- m - 1 - a
  q <- m - 1 - b
  u <- one(p, x, q, y)
  v <- one(q, y, p, x)
  for (part in c("h", "l")) u[[part]][!less] <- v[[part]][!less]
  u
}

dd_outer <- function(f, x, y) {
  n <- length(x$h)
  k <- length(y$h)
  f(dd(matrix(x$h, n, k), matrix(x$l, n, k)),
    dd(matrix(y$h, n, k, TRUE), matrix(y$l, n, k, TRUE)))
}

# Everything that the times fix.
reference_grid <- function(time, step = rep(FALSE, length(time)), m = 3) {
  n <- length(time)
  span <- dd_sub(dd(time[n]), dd(time[1]))
  scaled <- function(t) {
    dd_div(dd_sub(dd(t), dd(0 * t + time[1])),
           dd(0 * t + span$h, 0 * t + span$l))
  }
  s <- scaled(time)
  x <- dd(matrix(1, n, 1))
  for (k in seq_len(m - 1)) {
    p <- dd_pow(s, k)
    x <- dd_cbind(x, dd(matrix(p$h), matrix(p$l)))
  }
  for (b in which(step)) {
    x <- dd_cbind(x, dd(matrix(as.numeric(seq_len(n) >= b))))
  }
  cov <- dd_outer(function(u, v) iw_cov(m, 0, u, 0, v), s, s)
  border <- dd_rbind(dd_cbind(cov, x),
                     dd_cbind(dd_t(x), dd(matrix(0, ncol(x$h), ncol(x$h)))))
  inverse <- dd_solve(border, dd(diag(n + ncol(x$h))))$x
  xx <- dd_solve(dd_matmul(dd_t(x), x), dd_t(x))
  left <- dd_sub(cov, dd_matmul(cov, dd_matmul(x, xx$x)))
  list(
    m = m, n = n, s = s, x = x, cov = cov, inverse = inverse, scaled = scaled,
    span = dd_of(span), breaks = time[step], log_xx = xx$log_det,
    df = n - ncol(x$h),
    # sums of e_j and 1 / e_j are traces: no eigenvalue is needed
    e_sum = dd_of(dd_sum(dd(diag(left$h), diag(left$l)))),
    e_inverse_sum = dd_of(dd_sum(dd(diag(inverse$h)[1:n],
                                    diag(inverse$l)[1:n])))
  )
}

# The same on both sides of the first time: f is there two independent
# processes, the left one mirrored, so that odd orders change sign.
prior_cov <- function(m, a, x, b, y) {
  out <- dd(0 * x$h)
  put <- function(i, v) {
    out$h[i] <<- v$h
    out$l[i] <<- v$l
  }
  part <- function(x, i) dd(x$h[i], x$l[i])
  right <- which(x$h >= 0 & y$h >= 0)
  if (length(right)) put(right, iw_cov(m, a, part(x, right), b, part(y, right)))
  left <- which(x$h < 0 & y$h < 0)
  if (length(left)) {
    v <- iw_cov(m, a, dd_neg(part(x, left)), b, dd_neg(part(y, left)))
    put(left, if ((a + b) %% 2 == 1) dd_neg(v) else v)
  }
  out
}

# Step one, kriging: weights on the values at the observed times and the
# covariance left, for derivatives `order` at times `at`.
reference_kriging <- function(grid, order, at) {
  n <- grid$n
  p <- ncol(grid$x$h)
  q <- length(at)
  rhs <- dd(matrix(0, n + p, q))
  t <- grid$scaled(at)
  one <- function(k) dd(t$h[k], t$l[k])
  for (k in seq_len(q)) {
    if (t$h[k] > 0) { # left of the first time f is independent of all f(s)
      c <- iw_cov(grid$m, order[k],
                  dd(rep(t$h[k], n), rep(t$l[k], n)), 0, grid$s)
      rhs$h[1:n, k] <- c$h
      rhs$l[1:n, k] <- c$l
    }
    for (d in order[k]:(grid$m - 1)) {
      v <- dd_mul(dd_pow(one(k), d - order[k]),
                  dd(factorial(d) / factorial(d - order[k])))
      rhs$h[n + 1 + d, k] <- v$h
      rhs$l[n + 1 + d, k] <- v$l
    }
    if (length(grid$breaks) && order[k] == 0) {
      rhs$h[n + grid$m + seq_along(grid$breaks), k] <-
        as.numeric(at[k] >= grid$breaks)
    }
  }
  a <- dd_matmul(grid$inverse, rhs)
  gone <- dd_matmul(dd_t(a), rhs)
  left <- matrix(0, q, q)
  for (first in unique(order)) {
    for (second in unique(order)) {
      k <- which(order == first)
      l <- which(order == second)
      own <- dd_outer(function(x, y) prior_cov(grid$m, first, x, second, y),
                      dd(t$h[k], t$l[k]), dd(t$h[l], t$l[l]))
      left[k, l] <- dd_of(dd_sub(own, dd_at(gone, k, l)))
    }
  }
  unit <- grid$span^-order # from the scaled time to units of time
  list(weights = dd_at(a, 1:n, seq_len(q)), left = left * outer(unit, unit),
       unit = unit)
}

# Step two, smoothing: for each lambda the residual operator B of the data
# (posterior covariance of the values: sigma^2 (I - B)).
reference_smoother <- function(grid, lambda) {
  n <- grid$n
  v <- dd_add(dd(diag(n)), dd_mul(grid$cov, dd(matrix(lambda, n, n))))
  both <- dd_solve(v, dd_cbind(dd(diag(n)), grid$x))
  v_inv <- dd_at(both$x, 1:n, 1:n)
  v_x <- dd_at(both$x, 1:n, n + seq_len(ncol(grid$x$h)))
  inner <- dd_solve(dd_matmul(dd_t(grid$x), v_x), dd_t(v_x))
  b <- dd_sub(v_inv, dd_matmul(v_x, inner$x))
  list(b = b, trace = dd_of(dd_sum(dd(diag(b$h), diag(b$l)))),
       square = dd_of(dd_sum(dd_mul(b, b))),
       log_det = both$log_det + inner$log_det - grid$log_xx)
}

reference_lambdas <- function(grid) {
  exp(seq(log(1e-4 / grid$e_sum), log(grid$e_inverse_sum / 1e-3),
          length.out = 41))
}

# Prior of the share of free degrees of freedom: sqrt(u) uniform on (0, 1).
reference_prior <- function(lambdas, trace, square, r) {
  u <- 1 - trace / r
  slope <- (trace - square) / r
  prior <- log(lambdas[2] / lambdas[1]) * slope / (2 * sqrt(u))
  ends <- c(1, length(u))
  prior[ends] <- prior[ends] / 2 + c(sqrt(u[1]), 1 - sqrt(u[length(u)]))
  prior
}

# What times and a lambda fix serves every series on them: it is worked out once.
reference_made <- new.env()

made_once <- function(key, code) {
  key <- rlang::hash(key)
  if (is.null(reference_made[[key]])) reference_made[[key]] <- code
  reference_made[[key]]
}

# y: a matrix, one series a column; `order`, `at`: the functionals. `lambda`:
# one number, or NULL for the average.
spline_reference <- function(time, y, order, at,
                             step = rep(FALSE, length(time)), m = 3,
                             lambda = NULL) {
  y <- as.matrix(y)
  times <- list(time, step, m)
  grid <- made_once(times, reference_grid(time, step, m))
  krig <- reference_kriging(grid, order, at)
  lambdas <- if (is.null(lambda)) reference_lambdas(grid) else lambda
  q <- length(at)
  r <- grid$df
  fits <- lapply(lambdas, function(l) {
    sm <- made_once(c(times, l), reference_smoother(grid, l))
    by <- dd_matmul(sm$b, dd(y))
    mean <- dd_matmul(dd_t(krig$weights), dd_sub(dd(y), by))
    sa <- dd_matmul(dd_sub(dd(diag(grid$n)), sm$b), krig$weights)
    cov <- dd_of(dd_matmul(dd_t(krig$weights), sa)) *
      outer(krig$unit, krig$unit) + l * krig$left
    rss <- dd_matmul(dd_t(dd(y)), by)
    c(sm[-1], list(mean = dd_of(mean) * krig$unit, cov = cov,
                   rss = diag(dd_of(rss))))
  })
  get <- function(what) vapply(fits, `[[`, 0, what)
  rss <- matrix(vapply(fits, `[[`, numeric(ncol(y)), "rss"), ncol(y))
  prior <- 1
  if (length(lambdas) > 1) {
    prior <- reference_prior(lambdas, get("trace"), get("square"), r)
  }
  log_lik <- t(-get("log_det") / 2 - r / 2 * t(log(rss)))
  weights <- apply(log_lik, 1, \(x) {
    p <- prior * exp(x - max(x))
    p / sum(p)
  })
  weights <- matrix(weights, length(lambdas))
  est <- se <- matrix(0, q, ncol(y))
  for (k in seq_len(ncol(y))) {
    mu <- matrix(vapply(fits, \(f) f$mean[, k], numeric(q)), q)
    v <- matrix(vapply(fits, \(f) diag(f$cov), numeric(q)), q)
    p <- weights[, k]
    est[, k] <- mu %*% p
    se[, k] <- sqrt(v %*% (p * rss[k, ] / r) + (mu - est[, k])^2 %*% p)
  }
  list(estimate = est, std.error = se, weights = weights, lambda = lambdas,
       rss = rss, df = r, log_lik = log_lik, edf = grid$n - get("trace"),
       cov = lapply(fits, `[[`, "cov"), means = lapply(fits, `[[`, "mean"))
}
