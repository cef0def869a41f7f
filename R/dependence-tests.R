# What a fit says about itself: correlations with intervals, autocorrelation
# of the residuals, AICc of y itself.

fit_summary <- function(fit) {
  n <- length(fit$y)
  level <- fit$level
  pair <- fit_pair(fit)
  c(
    correlation_columns("r", pair, "pearson", level),
    correlation_columns("spearman", pair, "spearman", level),
    correlation_columns("kendall", pair, "kendall", level),
    list(
      r.squared = fit$r.squared,
      adj.r.squared = if (fit$df > 0L) {
        1 - (1 - fit$r.squared) * fit$free / fit$df
      } else {
        NA_real_
      },
      AICc = fit_aicc(fit), dw = durbin_watson(fit),
      bg.p.value = breusch_godfrey(fit), sigma = fit$sigma, nobs = n,
      df.residual = as.integer(fit$df), kappa = fit$kappa,
      aliased = paste(fit$terms[fit$aliased], collapse = ", ")
    )
  )
}

# The two columns to correlate: what effects leave of y and of the only
# regressor. NULL when there are several.
fit_pair <- function(fit) {
  within <- fit$within
  own <- which(seq_along(within$variable) > within$nuisance)
  first <- own[within$power[own] == 1L]
  if (length(unique(fit$variables)) != 1L || length(first) == 0L) {
    return(NULL)
  }
  y <- within$y
  x <- within$x[, within$variable[first[1L]]]
  if (within$nuisance > 0L) {
    m <- seq_len(within$nuisance)
    z <- within$x[, m, drop = FALSE]
    part <- function(v) {
      fit_least_squares_cpp(z, v, m, rep(1L, length(m)), FALSE)$residuals
    }
    y <- part(y)
    x <- part(x)
  }
  n <- if (fit$absorbs) fit$free + 1L else length(fit$y)
  list(y = y, x = x, n = n)
}

correlation_columns <- function(name, pair, method, level) {
  out <- if (is.null(pair)) rep(NA_real_, 3L) else
    correlation_interval(pair$x, pair$y, pair$n, method, level)
  out <- as.list(out)
  names(out) <- c(name, paste0(name, ".conf.", c("low", "high")))
  out
}

# On Fisher's z: variance 1/(n - 3) for r; (1 + s^2/2)/(n - 3) for Spearman
# (Bonett and Wright 2000), .437/(n - 4) for Kendall (Fieller, Hartley and
# Pearson 1957). NA where the variance does not exist.
correlation_interval <- function(x, y, n, method, level) {
  if (length(x) < 2L || is_flat(x) || is_flat(y) ||
      (method == "kendall" && length(x) > 5000L)) {
    return(rep(NA_real_, 3L))
  }
  r <- stats::cor(x / power_scale(x), y / power_scale(y), method = method)
  variance <- switch(method,
    pearson = 1 / (n - 3),
    spearman = (1 + r^2 / 2) / (n - 3),
    kendall = 0.437 / (n - 4)
  )
  # Ranks in perfect order do not prove a certainty: z says nothing there.
  sure <- method != "pearson" && abs(r) > 1 - 1e-12
  if (!is.finite(variance) || variance <= 0 || sure) {
    return(c(r, NA_real_, NA_real_))
  }
  z <- atanh(max(-1, min(1, r)))
  width <- stats::qnorm((1 + level) / 2) * sqrt(variance)
  c(r, tanh(z - width), tanh(z + width))
}

is_flat <- function(x) {
  length(x) == 0L || max(x) - min(x) <= 16 * .Machine$double.eps * max(abs(x))
}

# AICc of y itself for every form: log forms carry the Jacobian of the log.
fit_aicc <- function(fit) {
  n <- length(fit$y)
  k <- fit$rank + 1
  if (n - k - 1 <= 0 || is_flat(fit$within$y)) {
    return(NA_real_)
  }
  # Residuals of exactly 0 are known to a rounding of y only.
  own <- fit$own
  largest <- max(abs(times_power(fit$y, -own$e.y)))
  rss <- max(sum(own$residuals^2), n * (.Machine$double.eps * largest)^2)
  ll <- log_likelihood(n, rss, own$e.y) - if (fit$log_y) sum(fit$y) else 0
  -2 * ll + 2 * k + 2 * k * (k + 1) / (n - k - 1)
}

# A fit without residuals, or of a constant, whose residuals are rounding: they
# come in no order.
leaves_nothing <- function(fit) {
  all(fit$residuals == 0) || is_flat(fit$within$y)
}

durbin_watson <- function(fit) {
  e <- fit$own$residuals
  n <- length(e)
  if (n < 2L || leaves_nothing(fit)) {
    return(NA_real_)
  }
  same <- fit$unit[-1L] == fit$unit[-n]
  if (!any(same)) {
    return(NA_real_)
  }
  sum((e[-1L] - e[-n])[same]^2) / sum(e^2)
}

# Breusch and Godfrey's LM test of order 1, the residual before a unit's first
# point zero, as n R2 against chi-squared.
breusch_godfrey <- function(fit) {
  e <- fit$own$residuals
  n <- length(e)
  if (n < 3L || fit$df < 2L || !(sum(e^2) > 0)) {
    return(NA_real_)
  }
  lagged <- c(0, e[-n])
  lagged[c(FALSE, fit$unit[-1L] != fit$unit[-n])] <- 0
  w <- fit$within
  if (!is.null(fit$absorbed)) {
    for (twice in 1:2) {
      lagged <- lagged - drop(absorb_project(matrix(lagged), fit$absorbed))
    }
  }
  x <- cbind(w$x, lagged)
  aux <- fit_least_squares_cpp(x, e, c(as.integer(w$variable), ncol(x)),
                               c(as.integer(w$power), 1L), w$intercept)
  lm <- n * (1 - sum(aux$residuals^2) / sum(e^2))
  stats::pchisq(lm, 1, lower.tail = FALSE)
}
