#' Time influence coefficients
#'
#' How much a rate counts, by its lag = `at` - time (in units of time). A lag
#' below 0 counts 0. A coefficient is a plain function of the lag, evaluated
#' once for each distinct grid of times.
#'
#' \tabular{ll}{
#' `influence_equal()` \tab 1, the plain sum (the default)\cr
#' `influence_half_life()` \tab 2^(-lag / half_life)\cr
#' `influence_linear()` \tab max(0, 1 - lag / span)\cr
#' `influence_power()` \tab (1 + lag / scale)^(-power)\cr
#' `influence_hyperbolic()` \tab 1 / (1 + lag / scale)\cr
#' `influence_custom()` \tab f(lag), or f(time) if `of = "time"`
#' }
#'
#' The paper's literal "t_i multiplies the term" is
#' `influence_custom(\(t) t - t0, of = "time")`.
#'
#' @param half_life,span,scale <num> In units of time, above 0. `span = NULL`:
#'   the region's last less its first time.
#' @param power <num> Not negative.
#' @param at <num> The time from which lags count; `NULL`: each region's last
#'   observed time.
#' @param f <function> Vectorised, of the lag or of the time; or a data frame
#'   with columns `time` and `weight`.
#' @param of <chr> "lag" or "time".
#' @param normalise <lgl> Divide by the sum of influence x width over the terms
#'   that exist.
#' @return A `nid_influence`.
#' @family formulas
#' @examples
#' influence_half_life(5)
#' influence_custom(\(t) t - 2004, of = "time")
#' @name influence
NULL

# `made`: what a workbook needs to make it again, `form` and `args`; `of`, what
# it is a function of: "lag" or "time", or "table", whose own times are `times`.
new_nid_influence <- function(words, weight, at, normalise, made,
                              call = rlang::caller_env()) {
  check_flag(normalise, call = call)
  given <- at
  if (!is.null(at)) {
    at <- as.double(numeric_time(at, "at", call))
    check_number(at, "at", call = call)
  }
  words <- paste0(words,
                  if (!is.null(at)) {
                    paste0(", at ", given_time_words(given, at))
                  },
                  if (normalise) ", normalised")
  plain <- list(form = "custom", args = list(), of = "lag", times = NULL)
  plain[names(made)] <- made
  structure(c(list(words = words, weight = weight, at = at,
                   date = if (is_dated(given) || is.character(given)) given,
                   normalise = normalise), plain),
            class = "nid_influence")
}

#' @rdname influence
#' @export
influence_equal <- function(at = NULL, normalise = FALSE) {
  new_nid_influence("equal (plain sum)", \(lag, time, span) {
    rep(1, length(lag))
  }, at, normalise, list(form = "equal"))
}

#' @rdname influence
#' @concept discounting
#' @concept memory
#' @export
influence_half_life <- function(half_life, at = NULL, normalise = FALSE) {
  check_number(half_life, min = 0, open = TRUE)
  new_nid_influence(
    paste0("half-life ", format(half_life)),
    \(lag, time, span) 2^(-lag / half_life), at, normalise,
    list(form = "half_life", args = list(half_life = half_life))
  )
}

#' @rdname influence
#' @export
influence_linear <- function(span = NULL, at = NULL, normalise = FALSE) {
  check_number(span, min = 0, open = TRUE, null = TRUE)
  given <- span
  new_nid_influence(
    paste0("linear, span ", if (is.null(given)) "of the region" else
      format(given)),
    \(lag, time, span) {
      reach <- if (is.null(given)) span else given
      out <- pmax(0, 1 - lag / reach)
      out[is.nan(out)] <- 1
      out
    }, at, normalise, list(form = "linear", args = list(span = given))
  )
}

#' @rdname influence
#' @export
influence_power <- function(power, scale = 1, at = NULL, normalise = FALSE) {
  check_number(power, min = 0)
  check_number(scale, min = 0, open = TRUE)
  new_nid_influence(
    paste0("power ", format(power), ", scale ", format(scale)),
    \(lag, time, span) (1 + lag / scale)^(-power), at, normalise,
    list(form = "power", args = list(power = power, scale = scale))
  )
}

#' @rdname influence
#' @export
influence_hyperbolic <- function(scale = 1, at = NULL, normalise = FALSE) {
  check_number(scale, min = 0, open = TRUE)
  new_nid_influence(
    paste0("hyperbolic, scale ", format(scale)),
    \(lag, time, span) 1 / (1 + lag / scale), at, normalise,
    list(form = "hyperbolic", args = list(scale = scale))
  )
}

#' @rdname influence
#' @export
influence_custom <- function(f, of = "lag", at = NULL, normalise = FALSE) {
  call <- rlang::current_env()
  check_choice(of, c("lag", "time"))
  if (is.data.frame(f)) {
    check_columns(f, c("time", "weight"), "f")
    tell_unread(names(f), c("time", "weight"), "the table of influence")
    key <- as.double(numeric_time(f[["time"]], "time", call))
    return(new_nid_influence("custom (table)", table_influence(f, key, call),
                             at, normalise,
                             list(of = "table", times = sort(key))))
  }
  if (!is.function(f)) {
    stop_argument("f", "a function or a data frame with time and weight", f,
                  call)
  }
  new_nid_influence(
    paste0("custom of the ", of),
    \(lag, time, span) {
      x <- if (of == "lag") lag else time
      out <- f(x)
      if (!is.numeric(out) || length(out) != length(x) ||
          any(!is.finite(out[lag >= 0]))) {
        stop_nid("argument",
                 c(paste0("The influence function must return one finite ",
                          "number for each ", of, "."),
                   x = paste0("It returned ", describe(out), ".")),
                 argument = "f", call = NULL)
      }
      as.double(out)
    }, at, normalise, list(of = of)
  )
}

table_influence <- function(f, key, call) {
  weight <- numeric_values(f[["weight"]], "weight", call)
  if (anyNA(weight) || anyDuplicated(key)) {
    stop_argument("f", "a table with one weight for each time", f, call)
  }
  \(lag, time, span) {
    at <- match(time, key)
    missing <- unique(time[is.na(at)])
    if (length(missing) > 0L) {
      stop_nid("argument",
               paste0("The table of influence has no weight for time ",
                      some_of(format_time(missing), quote = ""), "."),
               argument = "f", times = missing, call = NULL)
    }
    weight[at]
  }
}

# The number of `at`: a date is read as the panel reads its own.
influence_at <- function(influence, reading) {
  if (is.null(influence$date)) {
    return(influence$at)
  }
  as.double(numeric_time(influence$date, "at", NULL, reading))
}

check_influence <- function(x, call = rlang::caller_env()) {
  if (!inherits(x, "nid_influence")) {
    stop_argument("influence", "made by an influence_*() function", x, call)
  }
  x
}

# tau for terms at `time`, seen from `at`; `span` for the linear form.
influence_weights <- function(influence, time, at, span) {
  lag <- at - time
  span <- rep_len(span, length(lag))
  # The usual case, told without a vector as long as the terms.
  if (length(lag) > 0L && isTRUE(min(lag) >= 0)) {
    return(as.double(influence$weight(lag, time, span)))
  }
  # Rounding of decimal years must not make the present a future. The future
  # counts 0 and is not asked for: sqrt(lag) has no value there.
  past <- which(lag >= -1e-9 * pmax(1, abs(at)))
  out <- numeric(length(lag))
  out[past] <- influence$weight(pmax(0, lag[past]), time[past],
                                span[past])
  out
}

#' @export
format.nid_influence <- function(x, ...) x$words

#' @export
print.nid_influence <- function(x, ...) {
  cat("Time influence: ", x$words, ".\n", sep = "")
  invisible(x)
}
