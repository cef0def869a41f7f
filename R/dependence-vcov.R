# Covariances of coefficients. All start from the weights W (coefficient j is
# sum_i W_ij y_i), the residuals e and the leverages h, absorbed parts included.

vcov_types <- c("iid", "HC0", "HC1", "HC2", "HC3", "HAC", "cluster")

vcov_words <- function(type) {
  switch(type, iid = "errors of independent shocks",
         HAC = "Newey-West errors, fixed-b",
         cluster = "errors clustered by region (CR2)", paste(type, "errors"))
}

# list(vcov, df per coefficient, bandwidth share for HAC).
fit_vcov <- function(fit, type) {
  keep <- !fit$aliased
  fit[c("residuals", "sigma")] <- fit$own[c("residuals", "sigma")]
  w <- fit$own$weights[, keep, drop = FALSE]
  p <- length(keep)
  df <- rep(if (fit$df > 0L) as.double(fit$df) else NA_real_, p)
  bandwidth <- NULL
  if (fit$df <= 0L || !any(keep)) {
    v <- matrix(NA_real_, sum(keep), sum(keep))
  } else if (type == "cluster") {
    out <- vcov_cluster(fit, w)
    v <- out$vcov
    df[keep] <- out$df
  } else if (type == "HAC") {
    out <- vcov_hac(fit, w)
    v <- out$vcov
    bandwidth <- out$bandwidth
    df[] <- NA_real_
  } else if (type == "iid") {
    v <- fit$sigma^2 * crossprod(w)
  } else {
    v <- crossprod(w * sqrt(hc_omega(fit, w, type)))
  }
  full <- matrix(NA_real_, p, p, dimnames = list(fit$terms, fit$terms))
  full[keep, keep] <- v
  list(vcov = full, df = df, bandwidth = bandwidth)
}

# MacKinnon and White's family. A point with leverage 1 fits itself: without
# weight it says nothing; with weight HC2 and HC3 do not exist.
hc_omega <- function(fit, w, type) {
  e2 <- fit$residuals^2
  n <- length(e2)
  left <- 1 - fit$leverage
  omega <- switch(type,
    HC0 = e2,
    HC1 = e2 * n / fit$df,
    HC2 = e2 / left,
    HC3 = e2 / left^2
  )
  own <- left < 1e-10
  if (type %in% c("HC2", "HC3") && any(own)) {
    silent <- rowSums(abs(w)) <= 1e-10 * max(abs(w))
    omega[own] <- ifelse(silent[own], 0, NA_real_)
  }
  omega
}

# Newey and West within units, Bartlett weights over neighbouring rows, with a
# bandwidth of 1.3 sqrt(T) (Lazarus, Lewis, Stock and Watson 2018), wide enough
# for fixed-b critical values to hold their level; scaled by n / (n - k).
vcov_hac <- function(fit, w) {
  n <- length(fit$residuals)
  longest <- max(tabulate(match(fit$unit, unique(fit$unit))))
  lags <- hac_lag(longest)
  scores <- w * fit$residuals
  v <- crossprod(scores)
  for (l in seq_len(min(lags, n - 1L))) {
    now <- seq.int(l + 1L, n)
    same <- now[fit$unit[now] == fit$unit[now - l]]
    if (length(same) > 0L) {
      cross <- crossprod(scores[same, , drop = FALSE],
                         scores[same - l, , drop = FALSE])
      v <- v + (1 - l / (lags + 1)) * (cross + t(cross))
    }
  }
  list(vcov = v * n / fit$df, bandwidth = (lags + 1) / longest)
}

hac_lag <- function(length) {
  max(0L, min(length - 1L, as.integer(ceiling(1.3 * sqrt(length))) - 1L))
}

# Bell and McCaffrey's CR2 with Satterthwaite degrees of freedom (Pustejovsky
# and Tipton 2018), the working model independent shocks. With M = I - H and
# u_g = A_g W_g, A_g = M_gg^(-1/2): V = sum_g (u_g'e_g)(u_g'e_g)', and the df of
# coefficient j are (sum_g P_gg)^2 / sum_gh P_gh^2, P_gh = u_gj' M_gh u_hj.
vcov_cluster <- function(fit, w) {
  key <- match(fit$unit, unique(fit$unit))
  groups <- max(key)
  rows <- split(seq_along(key), key)
  u <- w
  v <- matrix(0, ncol(w), ncol(w))
  for (g in seq_len(groups)) {
    i <- rows[[g]]
    u[i, ] <- half_undone(fit, i, w[i, , drop = FALSE])
    score <- crossprod(u[i, , drop = FALSE], fit$residuals[i])
    v <- v + tcrossprod(score)
  }
  df <- vapply(seq_len(ncol(w)), \(j) {
    satterthwaite(u[, j], w[, j], key, fit)
  }, numeric(1))
  # Without a df the scores are 0 whatever the data, and v is their rounding.
  v[is.na(df), ] <- v[, is.na(df)] <- NA_real_
  list(vcov = v, df = if (groups > 1L) df else rep(NA_real_, ncol(w)))
}

# M_gg^(-1/2) w for the rows of one region, M = I - H. Few columns are taken out
# of I, so that their singular vectors do: I - BB' has the roots 1 - s^2 along
# them and 1 elsewhere. Time effects without region effects take a part out of
# each row instead.
half_undone <- function(fit, i, w) {
  basis <- fit$absorbed
  b <- fit$q[i, , drop = FALSE]
  key <- basis$key[i]
  if (!is.null(basis) && fit$absorbing[[1L]] < 0) {
    left <- diag(1 - 1 / basis$size[key], length(i))
    e <- eigen(left - tcrossprod(b), symmetric = TRUE)
    return(e$vectors %*% (inverse_roots(e$values) * crossprod(e$vectors, w)))
  }
  if (!is.null(basis)) {
    b <- cbind(b, 1 / sqrt(basis$size[key]), if (any(basis$slope)) {
      ifelse(basis$slope[key], basis$s[i] / sqrt(basis$square[key]), 0)
    })
  }
  e <- svd(b, nv = 0L)
  root <- inverse_roots(1 - e$d^2) - 1
  w + e$u %*% (root * crossprod(e$u, w))
}

inverse_roots <- function(x) ifelse(x > 1e-10, 1 / sqrt(abs(x)), 0)

# NA where the expected variance is 0: two regions that time effects make
# mirrors of each other, or as many effects as regions.
satterthwaite <- function(u, w, key, fit) {
  # P = diag(u_g'u_g) - B'B, B the coordinates of each u_g in the space of H.
  b <- rowsum(fit$q * u, key)
  if (!is.null(fit$absorbed)) {
    basis <- fit$absorbed
    size <- sqrt(basis$size[basis$key])
    b <- cbind(b, spread_over(u / size, key, basis$key))
    if (any(basis$slope)) {
      s <- ifelse(basis$slope[basis$key],
                  basis$s / sqrt(basis$square[basis$key]), 0)
      b <- cbind(b, spread_over(u * s, key, basis$key))
    }
  }
  p <- diag(drop(rowsum(u^2, key)), max(key)) - tcrossprod(b)
  if (!(sum(diag(p)) > 1e-10 * sum(w^2))) {
    return(NA_real_)
  }
  sum(diag(p))^2 / sum(p^2)
}

spread_over <- function(x, row, column) {
  out <- matrix(0, max(row), max(column))
  cell <- row + (column - 1L) * max(row)
  sums <- rowsum(x, cell)
  out[as.integer(rownames(sums))] <- sums
  out
}

# Fixed-b law of the Newey-West t (Kiefer and Vogelsang 2005), from the shipped
# cubics in b. Between the tabulated tails both directions interpolate on the
# scale of the normal quantile, where the law is close to a line.
fixed_b_nodes <- function(b) {
  list(z = c(0, stats::qnorm(critical_tails / 2, lower.tail = FALSE)),
       q = c(0, drop(fixed_b_critical %*% b^(0:3))))
}

fixed_b_quantile <- function(tail, b) {
  nodes <- fixed_b_nodes(b)
  interpolate(stats::qnorm(tail / 2, lower.tail = FALSE), nodes$z, nodes$q)
}

fixed_b_tail <- function(t, b) {
  nodes <- fixed_b_nodes(b)
  2 * stats::pnorm(interpolate(t, nodes$q, nodes$z), lower.tail = FALSE)
}

# Linear between the nodes, and along the last piece beyond them.
interpolate <- function(at, x, y) {
  piece <- findInterval(at, x, all.inside = TRUE)
  y[piece] + (at - x[piece]) * (y[piece + 1L] - y[piece]) /
    (x[piece + 1L] - x[piece])
}
