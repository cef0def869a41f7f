#' Residuals of the rates, and what they tell
#'
#' The codes less the curves behind the rates, and one line per code about the
#' fits.
#'
#' A standardised residual is the residual over sigma sqrt(1 - h), h the
#' leverage of its time. The Durbin-Watson statistic pools the series:
#' \deqn{dw = \frac{\sum_r \sum_t (e_{rt} - e_{r,t-1})^2}{\sum_r \sum_t
#'   e_{rt}^2}}{dw = sum_r sum_t (e_rt - e_r,t-1)^2 / sum_r sum_t e_rt^2}
#' with residuals over sigma of their series (Bhargava, Franzini and
#' Narendranathan 1982). Residuals of any smoother are negatively correlated,
#' so compare it with `dw.expected`, not with 2: far below it the curves are
#' too stiff or the errors of neighbouring years go together, and intervals are
#' too narrow.
#'
#' @param object,x <nid_rates> of [rate_spline()] or [rate_local()]; `glance()`
#'   takes those of any rate; `residuals()` a <nid_model> as well.
#' @param ... Empty.
#' @return `residuals()`: `nid_residuals`, a tibble with a row per region, time
#'   and code where the code is observed: index columns, `code`, `.value`,
#'   `.fitted` (curve and steps in force), `.resid`, `.std.resid`. `glance()`:
#'   a tibble with a row per code: `code`, `term`, `n.series`, `nobs`,
#'   `effective.df` (mean over series, of the curve, polynomial and steps
#'   included), `lambda.first`, `lambda.last` (mean posterior weight at the
#'   stiffest and the loosest end of the lambda grid: much weight at the first
#'   means no curvature is seen, at the last that the noise is not),
#'   `sigma` (residual standard deviation, root mean square over series), `dw`,
#'   `dw.expected`. `NA` where a rate has no fit.
#' @section Errors: `nidcode_error_needs_fit` for a rate without a fit.
#' @references Bhargava, A., Franzini, L. and Narendranathan, W. (1982). Serial
#'   correlation and the fixed effects model. Review of Economic Studies, 49,
#'   533-549.
#' @family rates
#' @examples
#' district <- subset(ural, region_code == "FD-U")
#' panel <- code_panel(district, ural_scheme, index = "year",
#'                     status = "_status")
#' rates <- dynamic_codes(panel)
#' residuals(rates)
#' glance(rates)
#' if (requireNamespace("ggplot2", quietly = TRUE)) plot(residuals(rates))
#' @name rates_residuals
NULL

#' @rdname rates_residuals
#' @export
residuals.nid_rates <- function(object, ...) {
  call <- rlang::current_env()
  rlang::check_dots_empty()
  fit <- as_fit(object, NULL, call)
  if (!fit$rate$kind %in% c("local", "spline")) {
    stop_nid("needs_fit",
             c(paste0("Rate ", fit$rate$words, " has no residuals."),
               i = "Use rate_spline() or rate_local()."), call = call)
  }
  parts <- lapply(seq_along(fit$codes), function(i) residual_part(fit, i))
  residual_table(fit, parts)
}

# One code: fitted values, residuals and leverages in the order of the series.
residual_part <- function(fit, i) {
  series <- posterior_series(fit, i)
  if (length(series$value) == 0L) {
    return(c(series, list(fitted = numeric(), lever = numeric(),
                          sigma = numeric(), cross = matrix(0, 2L, 0L))))
  }
  if (fit$rate$kind == "local") {
    return(local_residuals(fit, i, series))
  }
  post <- spline_posterior(fit, i, series)
  r <- evaluate_series(fit, i, series, orders = 0L)
  c(post, list(fitted = r$estimate[, 1L]), spline_leverage(fit, post))
}

# Leverages 1 - (1 - h), and numerator and denominator of the expected
# Durbin-Watson: residuals of the model have covariance sigma^2 (I - S).
spline_leverage <- function(fit, post) {
  lever <- rep(1, length(post$value))
  cross <- matrix(0, 2L, length(post$grid))
  first <- 0L
  shares <- split_shares(fit, post)
  for (g in sort(unique(post$grid))) {
    p <- shares$pieces[[g]]
    if (length(p$e) == 0L) next
    b <- which(post$grid == g)
    rest <- 1 - shares$of(b, length(p$e))
    at <- rep(post$start[b], each = post$size[b[1L]]) +
      seq_len(post$size[b[1L]])
    lever[at] <- 1 - p$directions^2 %*% rest
    cross[1L, b] <- colSums(diff(p$directions)^2) %*% rest
    cross[2L, b] <- colSums(rest)
  }
  list(lever = lever, cross = cross)
}

# Pieces of the grids in use and the mean shares s of any of their series.
split_shares <- function(fit, post) {
  pieces <- vector("list", length(post$grids$offset) - 1L)
  used <- sort(unique(post$grid))
  for (g in used) {
    one <- pool_grid(post$grids, g)
    pieces[[g]] <- spline_pieces(one$time, integer(), numeric(), one$step,
                                 fit$rate$args$m)
  }
  free <- lengths(lapply(pieces[used], `[[`, "e"))[match(post$grid, used)]
  first <- cumsum(free) - free
  list(pieces = pieces, of = function(b, k) {
    matrix(post$shrink[rep(first[b], each = k) + seq_len(k)], k)
  })
}

local_residuals <- function(fit, i, series) {
  r <- evaluate_series(fit, i, series, orders = 0L)
  used <- sort(unique(series$grid))
  parts <- lapply(used, function(g) {
    s <- linear_rows(fit, series$grids, g, 0L)
    rest <- diag(nrow(s)) - s
    # A time without a fit (alone between breaks) has no residual.
    list(lever = 1 - rowSums(rest^2), trace = sum(diag(s), na.rm = TRUE),
         cross = c(sum(diff(rest)^2, na.rm = TRUE), sum(rest^2, na.rm = TRUE)))
  })
  mine <- match(series$grid, used)
  c(series, list(
    fitted = r$estimate[, 1L], sigma = r$sigma, df = r$df,
    lever = unlist(lapply(parts, `[[`, "lever")[mine]),
    stats = list(edf = vapply(parts, `[[`, 1, "trace")[mine]),
    cross = vapply(parts, `[[`, numeric(2), "cross")[, mine, drop = FALSE]
  ))
}

standardised <- function(part) {
  sigma <- rep(ifelse(is.na(part$df), NA_real_, part$sigma), part$size)
  out <- (part$value - part$fitted) / (sigma * sqrt(pmax(1 - part$lever, 0)))
  out[!is.finite(out) | 1 - part$lever < 1e-10] <- NA_real_
  out
}

residual_table <- function(fit, parts) {
  gather <- function(of) unlist(lapply(parts, of))
  row <- gather(function(p) p$row)
  code <- rep(seq_along(parts), lengths(lapply(parts, `[[`, "row")))
  at <- order(row, code)
  value <- gather(function(p) p$value)
  fitted <- gather(function(p) p$fitted)
  columns <- c(
    index_columns(fit$def$panel, row[at]),
    list(code = vapply(fit$codes, `[[`, "", "code")[code[at]],
         .value = value[at], .fitted = fitted[at],
         .resid = (value - fitted)[at],
         .std.resid = gather(standardised)[at])
  )
  dw <- vapply(parts, rates_durbin_watson, numeric(2))
  new_nid_table(columns, "residuals", fit_facts(
    fit, "Residuals of the codes", c("region", "time", "code"),
    durbin.watson = data.frame(code = vapply(fit$codes, `[[`, "", "code"),
                               dw = dw[1L, ], dw.expected = dw[2L, ])
  ))
}

#' @rdname rates_residuals
#' @export
residuals.nid_model <- function(object, ...) residuals(object$rates, ...)

#' @rdname rates_residuals
#' @export
glance.nid_rates <- function(x, ...) {
  check_foreign_dots(...)
  fit <- as_fit(x, NULL, rlang::current_env())
  rows <- lapply(seq_along(fit$codes), function(i) glance_code(fit, i))
  pick <- function(what) vapply(rows, `[[`, 1, what)
  plain_table(list(
    code = vapply(fit$codes, `[[`, "", "code"),
    term = vapply(fit$codes, `[[`, "", "dynamic"),
    n.series = as.integer(pick("n.series")), nobs = as.integer(pick("nobs")),
    effective.df = pick("edf"), lambda.first = pick("first"),
    lambda.last = pick("last"), sigma = pick("sigma"), dw = pick("dw"),
    dw.expected = pick("expected")
  ))
}

glance_code <- function(fit, i) {
  out <- c(n.series = sum(fit$codes[[i]]$grid > 0L), nobs = 0, edf = NA,
           first = NA, last = NA, sigma = NA, dw = NA, expected = NA)
  if (!fit$rate$kind %in% c("local", "spline")) {
    out[["nobs"]] <- length(series_values(fit, i)$value)
    return(out)
  }
  part <- residual_part(fit, i)
  out[["nobs"]] <- length(part$value)
  with <- which(!is.na(part$df))
  if (length(with) == 0L) {
    return(out)
  }
  mean_of <- function(x) if (is.null(x)) NA else mean(x[with])
  out[["edf"]] <- mean_of(part$stats$edf)
  out[["first"]] <- mean_of(part$stats$first)
  out[["last"]] <- mean_of(part$stats$last)
  out[["sigma"]] <- root_mean_square(part$sigma[with])
  out[c("dw", "expected")] <- rates_durbin_watson(part)
  out
}

# Squares of values near 1e300 would overflow.
root_mean_square <- function(x) {
  top <- max(x)
  if (top == 0) 0 else top * sqrt(mean((x / top)^2))
}

# Pooled over the series that have an error and leave residuals: those of an
# interpolating curve are rounding.
rates_durbin_watson <- function(part) {
  owner <- rep(seq_along(part$size), part$size)
  left <- !is.na(part$df) & part$sigma > 0 & part$cross[2L, ] > 1e-6
  if (!any(left)) {
    return(c(NA_real_, NA_real_))
  }
  ok <- rep(left, part$size)
  e <- ((part$value - part$fitted) / rep(part$sigma, part$size))[ok]
  owner <- owner[ok]
  step <- diff(e)[owner[-1L] == owner[-length(owner)]]
  total <- rowSums(part$cross[, unique(owner), drop = FALSE])
  c(sum(step^2, na.rm = TRUE) / sum(e^2, na.rm = TRUE), total[1L] / total[2L])
}
