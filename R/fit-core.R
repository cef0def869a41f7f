# The numbers of one regression: fit_core() calls the engine, new_nid_fit()
# adds its errors, coef_table() its tests and intervals.

# The numbers of fit_design(). Its `x` has a column per variable, `variable` and
# `power` describe the terms; `absorbing` is list(unit_degree, by_time).
# Nuisance columns (times beside units) go first, so that what they explain is
# aliased, not they.
#
# Very large or small data are fitted in units of their own, powers of two, so
# that squares exist. What errors are computed from stays in these units, in
# `own`: coefficient j is there times 2^e[j], y times 2^e.y.
fit_core <- function(design) {
  n <- length(design$y)
  intercept <- design$intercept && !design$absorbs
  e_y <- log2(power_scale(design$y))
  e_x <- log2(vapply(seq_len(ncol(design$x)),
                     \(j) power_scale(design$x[, j]), 1))
  e <- c(if (intercept) e_y, e_y - design$power * e_x[design$variable])
  left <- absorbed_columns(times_power(design$y, -e_y), times_power(
    design$x, rep(-e_x, each = n)), design)
  fit <- fit_least_squares_cpp(left$x, left$y, left$variable, left$power,
                               intercept)
  base <- fit_base(left, intercept)
  own <- seq_along(fit$coefficients) > left$nuisance
  df <- n - left$df - fit$rank
  rss <- sum(fit$residuals^2)
  sigma <- if (df > 0L) sqrt(rss / df) else NA_real_
  if (design$absorbs) e_x <- c(rep(0, left$nuisance), e_y - e)
  list(
    coefficients = known_power(fit$coefficients[own], e, "estimate"),
    aliased = fit$aliased[own],
    residuals = times_power(fit$residuals, e_y),
    leverage = fit$leverage + left$leverage,
    q = fit$q, absorbed = left$project, rank = n - df, df = df,
    sigma = times_power(sigma, e_y), r.squared = r_squared(rss, base$residuals),
    free = n - left$df - base$rank, kappa = fit$kappa,
    within = c(list(y = times_power(left$y, e_y),
                    x = times_power(left$x, rep(e_x, each = n))),
               left[c("nuisance", "variable", "power")],
               list(intercept = intercept)),
    own = list(weights = fit$weights[, own, drop = FALSE],
               residuals = fit$residuals, sigma = sigma, e = e, e.y = e_y)
  )
}

# What the engine takes. Powers are columns of their own where something is
# absorbed: absorbing them is linear.
absorbed_columns <- function(y, x, design) {
  variable <- as.integer(design$variable)
  power <- as.integer(design$power)
  if (!design$absorbs) {
    return(list(y = y, x = x, variable = variable, power = power,
                nuisance = 0L, leverage = 0, df = 0L, project = NULL))
  }
  n <- length(y)
  of <- design$absorbing
  two <- of[[1L]] >= 0 && of[[2L]]
  nuisance <- if (two && n > 0L) time_dummies(design$time) else matrix(0, n, 0L)
  terms <- x[, variable, drop = FALSE]^rep(power, each = n)
  out <- absorb(cbind(y, nuisance, terms), design$unit, design$time, of[[1L]],
                of[[2L]] && !two)
  x <- out$columns[, -1L, drop = FALSE]
  c(list(y = out$columns[, 1L], x = x, variable = seq_len(ncol(x)),
         power = rep(1L, ncol(x)), nuisance = ncol(nuisance)),
    out[c("leverage", "df", "project")])
}

# What a fit is held against: its nuisance alone, the mean, or nothing.
fit_base <- function(left, intercept) {
  m <- seq_len(left$nuisance)
  if (length(m) > 0L && length(left$y) > 0L) {
    return(fit_least_squares_cpp(left$x[, m, drop = FALSE], left$y, m,
                                 rep(1L, length(m)), FALSE))
  }
  list(residuals = if (intercept) left$y - mean(left$y) else left$y,
       rank = as.integer(intercept))
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
