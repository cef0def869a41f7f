# nid_rate: how rates are estimated. A rate knows itself: `name` as in the
# argument of its constructor, `words` for titles, `args`, what it does at
# breaks by default, the sd of the errors if one is given, and
#   facts  what code and tests read of it (new_nid_rate() has those of a plain
#          rate; a rate says only where it differs):
#     top_order  the highest order it has (`higher`: what to type for more)
#     steps      its second order is the change of the first over a step
#     errors     where they come from: "known" (an sd is given, or none),
#                "residual" (of its fit) or "posterior" (segments between breaks
#                are then series of their own)
#     curve      exists between the times too
#     shifts     a break may be a free step
#     backward   a term of formula (2) reaches back from its time
#     tuned      whose smoothing is tuned, so that it can be frozen: "none",
#                of each "grid" or of each "series"
#     longest    the most times it takes (`long_hint`: the way out)
#     own        made of the user's functions, so a workbook keeps its values
#     by_code    arguments that may be named by code, and what a code has that
#                they do not name
#     chooses    its orders of smoothness are still to be chosen by the panel
#                (`untold`: why they cannot be); `order`: how they were
#   does   functions of a bundle of series (series.R): linear_does() has those
#          of a matrix a grid, spline_does() those of the smoothing spline.
new_nid_rate <- function(name, words = name, args = list(), breaks = "split",
                         sd = NULL, facts = list(), does) {
  plain <- list(top_order = 2L, higher = NULL, steps = FALSE,
                errors = "known", curve = FALSE, shifts = FALSE,
                backward = FALSE, tuned = "none", longest = Inf,
                long_hint = NULL, own = FALSE, by_code = list(),
                chooses = FALSE)
  plain[names(facts)] <- facts
  structure(list(name = name, words = words, args = args, breaks = breaks,
                 sd = sd, facts = plain, does = does),
            class = "nid_rate")
}

# Those of `orders` that a rate has.
orders_of <- function(rate, orders) orders[orders <= rate$facts$top_order]

# The rate with the derivatives of its curve at a point, also where its second
# order is over a step.
at_a_point <- function(rate) {
  if (rate$facts$steps) {
    rate$args$second <- "point"
    rate$facts$steps <- FALSE
  }
  rate$facts$top_order <- rate$does$derivatives(rate)
  rate
}

# What specs say of it, where a rate has the choice.
second_text <- function(rate) {
  switch(rate$args$second %||% "", step = "over a step", point = "at a point")
}

# An order that a rate does not have is missing for the rate's sake, not for
# that of any series. Where it is only one of several its rows are NA, and that
# is said once.
# `codes`: those it is missing for, where others have it.
inform_order <- function(rate, orders, codes = NULL) {
  lacking <- setdiff(orders, orders_of(rate, orders))
  if (length(lacking) > 0L) {
    inform_nid("order_undefined",
               c(paste0(no_order_text(rate, lacking),
                        if (length(codes)) paste(" for", some_of(codes)),
                        ": its rows are NA."),
                 i = paste0("Use ", rate$facts$higher, ".")),
               order = lacking, codes = codes)
  }
}

no_order_text <- function(rate, order) {
  paste0("Rate ", rate$words, " has no rate of order ", order,
         if (!is.null(second_text(rate))) paste0(" ", second_text(rate)))
}

stop_order <- function(rate, order, call, why = NULL) {
  stop_nid("order_undefined",
           c(paste0(no_order_text(rate, order), "."),
             i = paste0(why, "Use ", rate$facts$higher, ".")),
           order = order, call = call)
}

# Formula (2) and what is made of it.
check_second_order <- function(rate, call) {
  if (rate$facts$top_order < 2L) {
    stop_order(rate, 2L, call, "Formula (2) needs one. ")
  }
}

# Residuals, and what rests on them; `lacks`: what cannot be had without.
check_has_fit <- function(rate, lacks, call) {
  if (rate$facts$errors == "known") {
    stop_nid("needs_fit", c(lacks, i = "Use rate_spline() or rate_local()."),
             call = call)
  }
}

# The rate as one code has it, where arguments are named by code.
code_rate <- function(rate, code) {
  named <- named_args(rate)
  for (name in names(named)) {
    own <- named[[name]]
    rate$args[[name]] <- if (code %in% names(own)) own[[code]] else
      rate$facts$by_code[[name]]
  }
  rate
}

# A rate that names its arguments by code, of some codes alone.
rate_of_codes <- function(rate, codes) {
  for (name in names(named_args(rate))) {
    own <- rate$args[[name]]
    rate$args[[name]] <- own[names(own) %in% codes]
    if (length(rate$args[[name]]) == 0L) {
      rate$args[[name]] <- rate$facts$by_code[[name]]
    }
  }
  rate
}

# Arguments that are named by code.
named_args <- function(rate) {
  Filter(\(x) !is.null(names(x)), rate$args[names(rate$facts$by_code)])
}

gives_sd <- function(rate) !is.null(rate$sd)

# The sd of the errors by code, where they were given so.
named_sd <- function(rate) if (!is.null(names(rate$sd))) rate$sd

# The sd of the error of a code's values that goes with the rate, if any.
rate_sd <- function(rate, code = NULL) {
  sd <- if (is.null(names(rate$sd))) rate$sd else rate$sd[code]
  if (is.null(sd) || is.na(sd)) numeric() else unname(as.double(sd))
}

#' @export
format.nid_rate <- function(x, ...) x$words

#' @export
print.nid_rate <- function(x, ...) {
  cat("Rate: ", format(x), ".\n", sep = "")
  cat("Breaks by default: ", x$breaks, ".\n", sep = "")
  if (!is.null(second_text(x))) {
    cat("Second order: ", second_text(x), ".\n", sep = "")
  }
  invisible(x)
}

check_rate <- function(x, call = rlang::caller_env()) {
  if (!inherits(x, "nid_rate")) {
    stop_argument("rate",
                  paste0("made by rate_difference(), rate_central(), ",
                         "rate_local(), rate_spline() or rate_custom()"),
                  x, call)
  }
  x
}

check_sd <- function(sd, call) {
  if (is.null(sd)) {
    return(invisible())
  }
  if (!is.numeric(sd) || anyNA(sd) || any(!is.finite(sd)) || any(sd < 0) ||
      (length(sd) != 1L && is.null(names(sd)))) {
    stop_argument("sd", paste0("one number, not negative, or numbers named ",
                               "by code"), sd, call)
  }
}

# "auto" is the rate's own default. A step of unknown size inside a difference
# cannot be told from the difference, so only fits can shift.
resolve_breaks <- function(breaks, rate, call) {
  check_choice(breaks, c("auto", "split", "shift", "ignore"), call = call)
  if (breaks == "auto") {
    return(rate$breaks)
  }
  if (breaks == "shift" && !rate$facts$shifts) {
    stop_nid(
      "break",
      c(paste0("breaks = \"shift\" needs a fit; the rate is ", rate$words,
               "."),
        i = paste0("Use breaks = \"split\" or \"ignore\", or rate_local() or ",
                   "rate_spline().")),
      call = call
    )
  }
  breaks
}

# What a rate does with the breaks it meets, in words.
breaks_text <- function(breaks, n) {
  if (n == 0L) {
    return(NULL)
  }
  switch(breaks,
    split = paste0("split (", n, ")"),
    shift = paste0("shift (", n, "; assumes that only the level jumps there)"),
    ignore = paste0("ignored (", n, ")")
  )
}

# A rate that the core knows by its name.
tell_name <- function(rate, breaks, pool) list(kind = rate$name)

# What a workbook writes of a rate: its arguments by name.
rate_settings <- function(rate) {
  args <- rate$does$settings(rate)
  args <- args[setdiff(names(args), names(named_args(rate)))]
  if (is.null(named_sd(rate))) args$sd <- rate$sd
  args <- args[lengths(args) > 0L]
  if (length(args) > 0L) names(args) <- paste0("rate.", names(args))
  c(list(rate = if (rate$facts$own) "custom" else rate$name), args)
}

# All that decides its numbers.
rate_told <- function(rate) {
  c(rate_settings(rate), rate["breaks"], rate$args)
}
