# "0 or 1 of something": every verb gives an answer there, a value or an error
# of ours that says why not.

# Evaluates `code` and fails on a condition that is not classed as ours and on
# NaN or Inf in the answer. Its value, invisibly; NULL after an error of ours.
expect_answer <- function(code, label) {
  strange <- character()
  ours <- function(kind, undo) {
    function(cnd) {
      if (!inherits(cnd, paste0("nidcode_", kind))) {
        strange <<- c(strange, paste0(kind, ": ", conditionMessage(cnd)))
      }
      invokeRestart(undo)
    }
  }
  value <- tryCatch(
    withCallingHandlers(code, warning = ours("warning", "muffleWarning"),
                        message = ours("message", "muffleMessage")),
    nidcode_error = function(cnd) NULL,
    error = function(cnd) {
      strange <<- c(strange, paste0("error: ", conditionMessage(cnd)))
      NULL
    }
  )
  if (not_finite(value)) strange <- c(strange, "NaN or Inf in the answer")
  testthat::expect(length(strange) == 0L,
                   paste0(label, ": ", paste(strange, collapse = "; ")))
  invisible(value)
}

# Infinite degrees of freedom (a known sd) are a fact.
not_finite <- function(x) {
  if (is.double(x)) return(any(is.nan(x) | is.infinite(x)))
  if (!is.data.frame(x)) return(FALSE)
  any(vapply(x[setdiff(names(x), "df")], not_finite, NA))
}

# Panels with 0 or 1 of something: list(data, scheme). `years` of regions A and
# B, values that are no polynomial of their time.
corner_panels <- function() {
  years <- function(n, regions = c("A", "B")) {
    d <- expand.grid(year = seq.int(2001L, length.out = n), region = regions,
                     stringsAsFactors = FALSE)[c("region", "year")]
    i <- seq_len(nrow(d))
    d$x <- 5 + (i * 7) %% 11 + i / 3
    d$y <- 9 + (i * 5) %% 13 - i / 4
    d
  }
  without <- function(d, ...) {
    cells <- list(...)
    for (name in names(cells)) d[[name]][cells[[name]](d)] <- NA
    d
  }
  broken <- function(d, at) {
    d$x_status <- ifelse(d$year %in% at, "break", "ok")
    d
  }
  in_b <- function(d) d$region == "B"
  all_of <- function(d) rep(TRUE, nrow(d))
  two <- code_scheme(c("x", "y"), c("production", "social"),
                     codes = nid_codes()[c(1, 3), ])
  one <- code_scheme("x", "production", codes = nid_codes()[1, ])
  list(
    plain = list(years(8), two),
    no_code_in_region = list(without(years(8), x = in_b), two),
    no_value_in_region = list(without(years(8), x = in_b, y = in_b), two),
    codes_never_meet = list(without(years(12), x = \(d) d$year %% 2 == 0,
                                    y = \(d) d$year %% 2 == 1), two),
    one_region_never_meets = list(
      without(years(12), x = \(d) in_b(d) & d$year %% 2 == 0,
              y = \(d) in_b(d) & d$year %% 2 == 1), two),
    code_nowhere = list(without(years(8), x = all_of), two),
    no_value = list(without(years(8), x = all_of, y = all_of), two),
    zero_rows = list(years(8)[0, ], two),
    one_row = list(years(1, "A"), two),
    one_time = list(years(1), two),
    one_region = list(years(8, "A"), two),
    two_times = list(years(2), two),
    three_times = list(years(3), two),
    one_value = list(without(years(8, "A"), x = \(d) d$year != 2003), one),
    one_code = list(years(8), one),
    all_segments_short = list(broken(years(4), 2002:2004), one),
    one_segment_of_one = list(broken(years(6, "A"), 2006), one),
    no_term_of_two = list(broken(years(4, "A"), 2003), one),
    constant = list(transform(years(8), x = 3, y = 4), two)
  )
}

corner_panel <- function(corner) {
  suppress_ours(code_panel(
    corner[[1L]], corner[[2L]], index = c("region", "year"),
    status = if ("x_status" %in% names(corner[[1L]])) "_status"
  ))
}

suppress_ours <- function(code) {
  withCallingHandlers(
    code,
    nidcode_warning = function(cnd) invokeRestart("muffleWarning"),
    nidcode_message = function(cnd) invokeRestart("muffleMessage")
  )
}

corner_rates <- function() {
  list(
    spline = rate_spline(), reml = rate_spline("reml"),
    df = rate_spline(df = 4), m2 = rate_spline(m = 2), local = rate_local(),
    point = rate_spline(m = 3, second = "point"),
    steps = rate_local(second = "step"),
    line = rate_local(degree = 1),
    central = rate_central(sd = 0.1), difference = rate_difference(),
    known = rate_difference(sd = 0.1),
    custom = rate_custom(function(time) {
      n <- length(time)
      r <- matrix(NA_real_, n, n)
      if (n > 1L) {
        r[-1L, ] <- 0
        r[cbind(2:n, 2:n)] <- 1 / diff(time)
        r[cbind(2:n, 2:n - 1L)] <- -1 / diff(time)
      }
      list(R1 = r, R2 = r %*% replace(r, is.na(r), 0))
    }, "backward", sd = 0.1)
  )
}
