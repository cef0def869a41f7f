#' What may be chosen otherwise
#'
#' The admissible choices behind a model, for [code_sensitivity()] and
#' [code_dominance()]. Each argument is a factor: `NULL` is not varied (the
#' model's own), anything else are its levels, of which each is as likely
#' unless `prob` says otherwise.
#'
#' @param normalise,measure,breaks,missing,aggregate <chr> Levels as in
#'   [code_model()].
#' @param reference A vector or list of references, as in [code_model()].
#' @param weights,code_weights Weights of the indicators within their codes, or
#'   of the codes: made by [weights_noisy()], [weights_dirichlet()],
#'   [weights_simplex()] or [weights_relevance()], or a list of named vectors.
#'   They are rescaled to the sum that the model's have.
#' @param leave_out TRUE: none or any one indicator; a number: up to that many;
#'   names: none or any one of these. The last indicator of a code stays.
#' @param rate <list> of rates. Under `m = "auto"` a rate has the order that the
#'   model's codes have.
#' @param influence <list> of [influence]s.
#' @param half_life <num> A range, of which the logarithm is uniform, in units
#'   of time; instead of `influence`.
#' @param transform A vector or list: one transform for all indicators, or
#'   some named by indicator, and `NULL` for the scheme's own.
#' @param scheme,data Named lists of schemes and of data (vintages); the results
#'   are of the model's regions.
#' @param posterior <lgl> Whether the error of the rates is one more source:
#'   Student's t times the standard error, region by region.
#' @param prob <list> Named by factor: probabilities of its levels.
#' @return `nid_choices`, a list that prints as a line a factor.
#' @section Errors:
#' `nidcode_error_choices`, with `factor` and `level`, for what can never go
#' together: "index" without a base time, ranks with a frozen reference, breaks
#' that a rate cannot shift, `half_life` beside `influence`; and whatever the
#' levels themselves raise.
#' @concept multiverse analysis
#' @family choices
#' @examples
#' code_choices(normalise = c("zscore", "minmax"), weights = weights_noisy(),
#'              rate = list(rate_spline(), rate_local(5)),
#'              half_life = c(3, 10), leave_out = TRUE)
#' @export
code_choices <- function(normalise = NULL, reference = NULL, weights = NULL,
                         leave_out = NULL, rate = NULL, influence = NULL,
                         half_life = NULL, measure = NULL, breaks = NULL,
                         missing = NULL, transform = NULL, aggregate = NULL,
                         scheme = NULL, code_weights = NULL, data = NULL,
                         posterior = FALSE, prob = NULL) {
  call <- rlang::current_env()
  check_flag(posterior)
  given <- list(normalise = normalise, reference = reference,
                weights = weights, leave_out = leave_out, rate = rate,
                influence = influence, half_life = half_life,
                measure = measure, breaks = breaks, missing = missing,
                transform = transform, aggregate = aggregate, scheme = scheme,
                code_weights = code_weights, data = data,
                posterior = if (posterior) TRUE)
  given <- given[!vapply(given, is.null, NA)]
  refuse_together(names(given), call)
  factors <- Map(\(x, name) read_factor(x, name, call), given, names(given))
  factors <- read_probabilities(factors, prob, call)
  check_level_pairs(factors, call)
  structure(list(factors = factors), class = "nid_choices")
}

# Factors of which each would say what the other says.
refuse_together <- function(names, call) {
  pairs <- list(c("half_life", "influence", "is an influence too"),
                c("scheme", "weights", "brings its own weights"),
                c("scheme", "code_weights", "brings its own weights"),
                c("scheme", "transform", "brings its own transforms"))
  for (pair in pairs) {
    if (all(pair[1:2] %in% names)) {
      stop_choices(pair[1L], NULL, pair[3L], ": leave out it or `", pair[2L],
                   "`", call = call)
    }
  }
}

# What is wrong with a factor, or one of its levels.
stop_choices <- function(factor, level, ..., parent = NULL, call) {
  stop_nid("choices",
           paste0("`", factor, "`",
                  if (!is.null(level)) paste0(" = ", level), " ", ..., "."),
           factor = factor, level = level, parent = parent, call = call)
}

# A factor: its `name`, `kind` and, where it has `levels`, their `labels` and
# `prob`. Other kinds are drawn: "range", "weights", "posterior", or told by the
# model: "leave_out".
read_factor <- function(x, name, call) {
  if (name == "posterior") return(list(name = name, kind = "posterior"))
  if (name == "half_life") return(read_range(x, name, call))
  if (name == "leave_out") return(read_leave_out(x, call))
  if (inherits(x, "nid_weight_choice") && grepl("weights$", name)) {
    return(list(name = name, kind = "weights", choice = x))
  }
  levels <- read_levels(x, name, call)
  labels <- level_labels(levels, name)
  twice <- unique(labels[duplicated(labels)])
  if (length(levels) == 0L || length(twice) > 0L) {
    stop_choices(name, NULL, if (length(levels) == 0L) "has no level" else
      paste0("has levels that go by the same name: ", some_of(twice)),
      call = call)
  }
  for (k in seq_along(levels)) {
    check_level_of(levels[[k]], name, labels[k], call)
  }
  list(name = name, kind = "levels", levels = unname(levels), labels = labels)
}

# One level alone may stand for a list of one.
read_levels <- function(x, name, call) {
  lone <- switch(name, rate = "nid_rate", influence = "nid_influence",
                 reference = "nid_reference", scheme = "data.frame",
                 data = c("data.frame", "nid_panel"))
  if (length(lone) > 0L && inherits(x, lone)) {
    x <- list(x)
  }
  words <- c("normalise", "measure", "breaks", "missing", "aggregate")
  free <- c("reference", "transform")
  ok <- if (name %in% words) is.character(x) else
    is.list(x) || name %in% free && is.atomic(x)
  if (!ok || is.data.frame(x)) {
    stop_argument(name, if (name %in% words) "text" else
      if (name %in% free) "a vector or a list" else "a list", x, call)
  }
  needs_names <- name %in% c("scheme", "data", "weights", "code_weights")
  if (needs_names && length(x) > 1L &&
        (is.null(names(x)) || !all(nzchar(names(x))))) {
    stop_argument(name, "a list whose levels have names", x, call)
  }
  as.list(x)
}

level_labels <- function(levels, name) {
  own <- names(levels) %||% rep("", length(levels))
  told <- vapply(seq_along(levels), \(k) {
    one <- levels[[k]]
    if (is.null(one)) return("own")
    if (inherits(one, c("nid_rate", "nid_influence"))) return(format(one))
    if (is.atomic(one) && length(one) == 1L) return(format(unname(one)))
    if (inherits(one, "nid_reference")) return("frozen")
    paste0(name, if (length(levels) > 1L) paste0(" ", k))
  }, "")
  ifelse(nzchar(own) & !is.na(own), own, told)
}

check_level_of <- function(level, name, label, call) {
  tryCatch(
    switch(name,
      normalise = check_choice(level, c("zscore", "minmax", "index",
                                        "goalposts", "rank", "none"), name,
                               call),
      measure = check_choice(level, c("sum", "integral"), name, call),
      breaks = check_choice(level, c("auto", "split", "shift", "ignore"), name,
                            call),
      missing = check_choice(level, missing_choices, name, call),
      aggregate = check_choice(level, c("mean", "geometric", "harmonic"), name,
                               call),
      rate = {
        check_rate(level, call)
        check_second_order(level, call)
      },
      influence = check_influence(level, call),
      transform = check_transform_level(level, call),
      weights = , code_weights = check_weight_level(level, name, call)
    ),
    nidcode_error = \(cnd) {
      if (!inherits(cnd, "nidcode_error_order_undefined")) stop(cnd)
      stop_choices(name, label, "has no second rate", parent = cnd, call = call)
    }
  )
}

check_transform_level <- function(level, call) {
  ok <- is.null(level) || is.character(level) &&
    all(level %in% transforms_known) &&
    (length(level) == 1L || !is.null(names(level)))
  if (!ok) {
    stop_argument("transform", paste0("transforms: one, or some named by ",
                                      "indicator, or NULL"), level, call)
  }
}

check_weight_level <- function(level, name, call) {
  ok <- is.numeric(level) && !is.null(names(level)) &&
    all(is.finite(level)) && all(level >= 0)
  if (!ok) {
    stop_argument(name, paste0("a list of weights, each a vector with names, ",
                               "or made by a weights_*() function"), level,
                  call)
  }
  check_once(names(level), name, call)
}

read_range <- function(x, name, call) {
  ok <- is.numeric(x) && length(x) %in% 1:2 && all(is.finite(x)) &&
    all(x > 0) && !is.unsorted(x)
  if (!ok) {
    stop_argument(name, "two numbers above 0, the smaller first", x, call)
  }
  list(name = name, kind = "range", range = range(as.double(x)))
}

read_leave_out <- function(x, call) {
  if (is.character(x) && length(x) > 0L && !anyNA(x)) {
    check_once(x, "leave_out", call)
    return(list(name = "leave_out", kind = "leave_out", among = x, most = 1L))
  }
  ok <- is_one(x) && (isTRUE(x) || is.numeric(x) && x >= 1 && x == round(x))
  if (!ok) {
    stop_argument("leave_out", "TRUE, a number of indicators, or names", x,
                  call)
  }
  list(name = "leave_out", kind = "leave_out", among = NULL,
       most = as.integer(min(x, 1000)))
}

read_probabilities <- function(factors, prob, call) {
  if (!is.null(prob) && (!is.list(prob) || is.null(names(prob)))) {
    stop_argument("prob", "a list named by factor", prob, call)
  }
  discrete <- names(Filter(\(f) f$kind == "levels", factors))
  strange <- setdiff(names(prob), discrete)
  if (length(strange) > 0L) {
    stop_nid("argument",
             c(paste0("`prob` names ", some_of(strange), ", which has no ",
                      "levels."),
               i = if (length(discrete) > 0L) {
                 paste0("Those that have are ", some_of(discrete), ".")
               }),
             argument = "prob", values = strange, call = call)
  }
  for (name in discrete) {
    f <- factors[[name]]
    n <- length(f$levels)
    p <- prob[[name]] %||% rep(1, n)
    if (!is.null(names(p)) && setequal(names(p), f$labels)) p <- p[f$labels]
    ok <- is.numeric(p) && length(p) == n && all(is.finite(p)) &&
      all(p >= 0) && sum(p) > 0
    if (!ok) {
      stop_choices(name, NULL, "needs ", count_of(n, "probability",
                                                  "probabilities"),
                   ", none below 0", call = call)
    }
    factors[[name]]$prob <- as.double(p) / sum(p)
  }
  factors
}

# ---- What cannot go together -------------------------------------------------

# Pairs of levels that no data can make good. `args`: what the model has of the
# factors that are not varied.
check_level_pairs <- function(factors, call, args = list()) {
  of <- function(name) {
    f <- factors[[name]]
    if (!is.null(f)) return(Map(list, f$levels, f$labels))
    if (!is.null(args[[name]])) {
      list(list(args[[name]], level_labels(unname(args[name]), name)))
    }
  }
  for (a in of("normalise")) {
    for (b in of("reference")) check_reference_pair(a, b, call)
  }
  for (a in of("breaks")) {
    for (b in of("rate")) {
      if (identical(a[[1L]], "shift") && !b[[1L]]$facts$shifts) {
        stop_choices("breaks", "shift", "cannot go with rate ", b[[2L]],
                     call = call)
      }
    }
  }
}

check_reference_pair <- function(normalise, reference, call) {
  kind <- normalise[[1L]]
  to <- reference[[1L]]
  frozen <- inherits(to, "nid_reference")
  word <- is.character(to) && to %in% c("panel", "region")
  bad <- if (kind == "index" && word) {
    "needs a base time"
  } else if (kind == "rank" && !word) {
    "takes all rows or those of a region"
  } else if (frozen && attr(to, "normalise") != kind && kind != "none") {
    paste0("is not how it was made (", attr(to, "normalise"), ")")
  }
  if (!is.null(bad)) {
    stop_choices("normalise", kind, bad, ", not reference = ",
                 reference[[2L]], call = call)
  }
}

#' @export
format.nid_choices <- function(x, ...) {
  if (length(x$factors) == 0L) {
    return("Admissible choices: none.")
  }
  lines <- vapply(x$factors, \(f) {
    paste0(f$name, ": ", switch(f$kind,
      levels = levels_text(f),
      range = paste(format(f$range, trim = TRUE), collapse = " to "),
      weights = format(f$choice),
      posterior = "the error of the rates",
      leave_out = paste0("none or ", if (f$most > 1L) {
        paste("up to", f$most, "indicators")
      } else if (is.null(f$among)) "any one indicator" else
        paste("one of", some_of(f$among)))))
  }, "")
  c("Admissible choices:", unname(lines))
}

levels_text <- function(f) {
  even <- diff(range(f$prob)) < 1e-12
  paste(if (even) f$labels else
    paste0(f$labels, " (", format(round(f$prob, 3)), ")"), collapse = ", ")
}

#' @export
print.nid_choices <- function(x, ...) {
  text <- format(x)
  cat(text[1L], strwrap(text[-1L], getOption("width"), 2L, 4L), sep = "\n")
  invisible(x)
}
