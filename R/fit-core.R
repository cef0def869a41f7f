# The numbers of one regression: fit_core() calls the engine, new_nid_fit()
# adds its errors, coef_table() its tests and intervals.

# The numbers. `x` has a column per variable, `variable` and `power` describe
# the terms; `absorbing` is list(unit_degree, by_time). Nuisance columns (times
# beside units) go first, so that what they explain is aliased, not they.
#
# Very large or small data are fitted in units of their own, powers of two, so
# that squares exist. What errors are computed from stays in these units, in
# `own`: coefficient j is there times 2^e[j], y times 2^e.y.
fit_core <- function(y, x, variable, power, intercept, unit = NULL,
                     time = NULL, absorbing = list(-1, FALSE)) {
  n <- length(y)
  e_y <- log2(power_scale(y))
  e_x <- log2(vapply(seq_len(ncol(x)), \(j) power_scale(x[, j]), 1))
  e <- c(if (intercept && absorbing[[1L]] < 0 && !absorbing[[2L]]) e_y,
         e_y - power * e_x[variable])
  y <- times_power(y, -e_y)
  x <- times_power(x, rep(-e_x, each = n))
  unit_degree <- absorbing[[1L]]
  two <- unit_degree >= 0 && absorbing[[2L]]
  nuisance <- if (two && n > 0L) time_dummies(time) else matrix(0, n, 0L)
  absorbs <- unit_degree >= 0 || absorbing[[2L]]
  if (absorbs) {
    # Powers are columns of their own here: absorbing them is linear.
    terms <- x[, variable, drop = FALSE]
    terms <- terms^rep(power, each = n)
    all <- absorb(cbind(y, nuisance, terms), unit, time, unit_degree,
                  absorbing[[2L]] && !two)
    m <- ncol(nuisance)
    y <- all$columns[, 1L]
    x <- all$columns[, -1L, drop = FALSE]
    variable <- seq_len(ncol(x))
    power <- rep(1L, ncol(x))
  } else {
    all <- list(leverage = 0, df = 0L, project = NULL)
    m <- 0L
  }
  fit <- fit_least_squares_cpp(x, y, as.integer(variable), as.integer(power),
                               intercept && !absorbs)
  own <- seq_along(fit$coefficients) > m
  df <- n - all$df - fit$rank
  rss <- sum(fit$residuals^2)
  base <- if (m > 0L && n > 0L) {
    fit_least_squares_cpp(x[, seq_len(m), drop = FALSE], y, seq_len(m),
                          rep(1L, m), FALSE)
  }
  total <- if (!is.null(base)) base$residuals else
    if (intercept && !absorbs) y - mean(y) else y
  free <- n - all$df - (if (is.null(base)) 0L else base$rank) -
    (intercept && !absorbs)
  sigma <- if (df > 0L) sqrt(rss / df) else NA_real_
  if (absorbs) e_x <- c(rep(0, m), e_y - e)
  list(
    coefficients = known_power(fit$coefficients[own], e, "estimate"),
    aliased = fit$aliased[own],
    residuals = times_power(fit$residuals, e_y),
    leverage = fit$leverage + all$leverage,
    q = fit$q, absorbed = all$project, rank = n - df, df = df,
    sigma = times_power(sigma, e_y),
    r.squared = r_squared(rss, total), free = free, kappa = fit$kappa,
    within = list(y = times_power(y, e_y),
                  x = times_power(x, rep(e_x, each = n)), nuisance = m,
                  variable = variable, power = power,
                  intercept = intercept && !absorbs),
    own = list(weights = fit$weights[, own, drop = FALSE],
               residuals = fit$residuals, sigma = sigma, e = e, e.y = e_y)
  )
}

r_squared <- function(rss, total) {
  tss <- sum(total^2)
  if (tss > 0) 1 - rss / tss else NA_real_
}

# `vcov` of the result is that of the coefficients in their own units.
new_nid_fit <- function(core, ..., vcov, level) {
  names(core$coefficients) <- names(core$aliased) <- list(...)$terms
  fit <- structure(c(core, list(...), list(vcov_type = vcov, level = level)),
                   class = "nid_fit")
  errors <- fit_vcov(fit, vcov)
  fit$vcov <- errors$vcov
  fit$se_df <- errors$df
  fit$bandwidth <- errors$bandwidth
  fit
}

# Half an interval, in standard errors: t, or fixed-b for HAC. NA without
# degrees of freedom, when there is no bandwidth either.
half_width <- function(fit, level, df) {
  if (!is.null(fit$bandwidth)) {
    return(fixed_b_quantile(1 - level, fit$bandwidth))
  }
  stats::qt((1 + level) / 2, ifelse(df > 0, df, NA_real_))
}

# Estimates with errors, tests and intervals; the law of the statistic is t,
# or fixed-b for HAC.
coef_table <- function(fit, level = fit$level) {
  estimate <- fit$coefficients
  # An aliased coefficient, or one that is no number here, has no error.
  se <- times_power(sqrt(diag(fit$vcov)), fit$own$e)
  se[is.na(estimate)] <- NA_real_
  statistic <- ifelse(se > 0, estimate / se, NA_real_)
  df <- ifelse(fit$se_df > 0, fit$se_df, NA_real_)
  p <- if (is.null(fit$bandwidth)) {
    2 * stats::pt(-abs(statistic), df)
  } else {
    fixed_b_tail(abs(statistic), fit$bandwidth)
  }
  width <- half_width(fit, level, df)
  list(term = names(estimate), estimate = unname(estimate),
       std.error = unname(se), statistic = unname(statistic),
       p.value = unname(p), df = unname(fit$se_df),
       conf.low = unname(estimate - width * se),
       conf.high = unname(estimate + width * se))
}
