#' Rates from local polynomials
#'
#' At each time a polynomial is fitted to the window around it; V and A are its
#' first and second derivative there (A under `second = "point"`). With a uniform kernel and equal steps
#' this is the filter of Savitzky and Golay (1964).
#'
#' The window holds the `span` points nearest in time (of two equally far the
#' earlier one); near the ends it becomes one-sided. Kernels other than
#' "uniform" reach zero at the distance h of the first point outside the
#' window, or one mean step beyond the farthest where none is left. The error
#' is that of the residuals of the fitted level, with n - 2 tr S + tr S'S
#' degrees of freedom; below 2 there is none (`NA`).
#'
#' @param span <int> Points in the window.
#' @param width <num> Width of the window in units of time, instead of `span`.
#' @param degree <int> 1, 2 or 3. Degree 1 has no second-order rate at a point.
#' @param kernel <chr> "uniform", "tricube" or "epanechnikov".
#' @param second <chr> The second-order rate: "point", the second derivative of
#'   the polynomial; "step", the change of V over the step to a time, as in
#'   [rate_spline()].
#' @return A `nid_rate`.
#' @references Savitzky, A. and Golay, M. J. E. (1964). Smoothing and
#'   differentiation of data by simplified least squares procedures.
#'   Analytical Chemistry, 36, 1627-1639.
#' @family rates
#' @examples
#' estimate_rates((1:8)^2, 2005:2012, rate = rate_local(span = 5))
#' @export
rate_local <- function(span = 5, width = NULL, degree = 2,
                       kernel = "uniform", second = "point") {
  call <- rlang::current_env()
  if (!is.null(width) && !missing(span)) {
    stop_nid("argument", "Give `span` or `width`, not both.", call = call)
  }
  check_number(width, min = 0, open = TRUE, null = TRUE)
  check_number(degree, min = 1, max = 3, whole = TRUE)
  check_number(span, min = degree + 1, whole = TRUE)
  check_choice(kernel, c("uniform", "tricube", "epanechnikov"))
  check_choice(second, c("point", "step"))
  window <- if (is.null(width)) paste0("span ", span) else {
    paste0("width ", format(width))
  }
  new_nid_rate(
    "local",
    words = paste0("local (", window, ", degree ", degree,
                   if (kernel != "uniform") paste0(", ", kernel), ")"),
    args = list(span = as.integer(span),
                width = if (is.null(width)) 0 else as.double(width),
                degree = as.integer(degree), kernel = kernel,
                second = second),
    breaks = "shift",
    facts = list(top_order = if (second == "step") 2L else
                   min(2L, as.integer(degree)),
                 higher = "rate_local(degree = 2)",
                 steps = second == "step", errors = "residual",
                 shifts = TRUE),
    does = linear_does(tell_local, local_settings,
                       \(rate) min(2L, rate$args$degree))
  )
}

tell_local <- function(rate, breaks, pool) {
  c(list(kind = "local", shift = breaks == "shift",
         steps = rate$facts$steps), rate$args)
}

# Of the two ways to say how wide the window is the one that was used.
local_settings <- function(rate) {
  rate$args[setdiff(names(rate$args),
                    if (rate$args$width > 0) "span" else "width")]
}
