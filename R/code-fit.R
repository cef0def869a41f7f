# The fit behind rates and formulas: which series there are, on which grids,
# under which rate. Values are computed from the panel when asked for, block by
# block, so that no normalised copy of a large panel is ever held.

# `orders`: of smoothness, to be kept where the rate would choose them.
code_fit <- function(def, rate, breaks = "auto", call = rlang::caller_env(),
                     orders = NULL) {
  check_rate(rate, call)
  breaks <- resolve_breaks(breaks, rate, call)
  check_sd_once(def, rate, call)
  codes <- used_codes(def)
  parts <- lapply(seq_len(nrow(codes)), \(i) {
    fit_code(def, codes$code[i], breaks, rate, call)
  })
  for (i in seq_along(parts)) {
    parts[[i]]$dynamic <- codes$dynamic[i]
    parts[[i]]$weight <- codes$weight[i]
  }
  fit <- structure(list(def = def, rate = rate, breaks = breaks, codes = parts,
                        tuning = NULL),
                   class = "nid_code_fit")
  choose_orders(fit, orders %||% attr(def$reference, "orders", exact = TRUE))
}

# One code: `of`, the grid of each region in its `pool` (0: it lacks the code).
fit_code <- function(def, code, breaks, rate, call) {
  panel <- def$panel
  parts <- parts_of_code(def, code)
  starts <- code_breaks(def, code)
  whole <- all(panel$missing[parts$names] == 0) &&
    !anyNA(unlist(parts$inverse, FALSE, FALSE))
  out <- list(code = code, pool = pool_of_panel(panel), of = panel$grid,
              lost = stats::setNames(numeric(length(parts$names)),
                                     parts$names))
  # Every region has it, on its grid of the panel.
  out$everywhere <- whole && length(starts) == 0L
  if (!out$everywhere) {
    v <- code_values(def, code)
    starts <- code_breaks(def, code, v$changed)
    out$lost[] <- v$lost
    g <- code_grids_cpp(v$value, panel$offset, row_time(panel),
                        if (breaks == "ignore") integer() else starts)
    out$of <- g$grid
    out$pool <- g[c("offset", "time", "step")]
  }
  series <- c(bare_series(rate, out$pool, breaks), out["of"])
  check_rate_sizes(series, names_of_regions(panel), call, code)
  c(out, list(n_breaks = length(starts),
              sd = code_sd(def, code, parts, rate),
              rounding = code_rounding(def, parts, rate),
              unsure = if (!is.null(def$predicted)) {
                code_unsure(def, code, parts)
              }))
}

pool_of_panel <- function(panel) {
  c(panel$grids, list(step = integer(length(panel$grids$time))))
}

# One code as itself: weights are for sums over codes.
code_alone <- function(fit, i) {
  fit$codes <- fit$codes[i]
  fit$codes[[1L]]$weight <- 1
  fit
}

check_sd_once <- function(def, rate, call) {
  if (gives_sd(rate) && any(!is.na(def$panel$scheme[["sd"]]))) {
    stop_nid(
      "rate_given_twice",
      c("The sd of the errors is given twice.",
        i = paste0("The rate's `sd` is that of a code, the scheme's that of an ",
                   "indicator: keep one.")),
      call = call
    )
  }
  named <- c(list(sd = named_sd(rate)), named_args(rate))
  for (name in names(named)) {
    check_named_codes(names(named[[name]]), name, def, call)
  }
}

check_named_codes <- function(names, argument, def, call) {
  strange <- setdiff(names, scheme_codes(def$panel$scheme)$code)
  if (length(strange) > 0L) {
    stop_nid("argument",
             c(paste0("`", argument, "` names ", some_of(strange),
                      ", which is no code."),
               i = paste0("The codes are ", some_of(used_codes(def)$code),
                          ".")),
             argument = argument, values = strange, call = call)
  }
}

# The sd of the error of a code's values: none, one number, or one a row.
code_sd <- function(def, code, parts, rate) {
  if (rate$facts$errors != "known") {
    return(numeric())
  }
  if (gives_sd(rate)) {
    return(rate_sd(rate, code))
  }
  scheme <- def$panel$scheme
  sd <- scheme[["sd"]][match(parts$names, scheme[["indicator"]])]
  if (anyNA(sd) || def$aggregate != "mean" || def$normalise == "rank") {
    return(numeric())
  }
  # One a row also where all are alike: a region's errors must not hang, by a
  # last bit, on whether another lacks a value.
  region <- row_region(def$panel)
  top <- matrix(0, length(region), length(parts$names))
  bottom <- numeric(length(region))
  for (k in seq_along(parts$names)) {
    seen <- !is.na(parts$x[[k]])
    inverse <- rep_len(parts$inverse[[k]], n_regions(def$panel))[region]
    weight <- row_weights(parts, k, seq_along(region))
    top[, k] <- seen * (weight * sd[k] * parts$unit[k] * inverse)
    bottom <- bottom + seen * weight
  }
  row_root_sum_squares(top) / bottom
}

# What the parts of single indicators in a code are computed from, once for
# all of them: a part then costs one pass over its own column.
code_shares <- function(fit, i) {
  def <- fit$def
  code <- fit$codes[[i]]$code
  list(parts = parts_of_code(def, code), offset = def$panel$offset,
       total = code_values(def, code, totals = TRUE)$value)
}

# The part of its k-th indicator over the rows of the panel.
code_share <- function(shares, k) {
  define_part_cpp(shares$parts, shares$offset, k, shares$total)
}

# A panel, codes, rates or a model as a fit. A rate goes with the first two
# only: rates already have theirs.
as_fit <- function(x, rate, call = rlang::caller_env()) {
  if (inherits(x, "nid_model")) x <- x$rates
  if (inherits(x, "nid_rates")) {
    if (!is.null(rate)) {
      stop_nid("rate_given_twice",
               c("`x` already has its rate.",
                 i = paste0("Give `rate` to dynamic_codes(), or pass the ",
                            "defining codes here.")),
               call = call)
    }
    fit <- get_fit(x)
    if (is.null(fit)) get_defining(x, call)
    return(fit)
  }
  if (is.null(rate)) rate <- rate_spline()
  code_fit(get_definition_of(x, call), rate, "auto", call)
}

# Given a model, an argument that a verb's caller left out (or NULL) is the
# model's own. Its rate is in its rates already.
keep_settings <- function(x, env = parent.frame()) {
  if (!inherits(x, "nid_model")) {
    return(invisible())
  }
  takes <- names(formals(sys.function(sys.parent())))
  for (name in setdiff(intersect(takes, names(x$args)), "rate")) {
    left_out <- eval(call("missing", as.name(name)), env) ||
      is.null(env[[name]])
    if (left_out) assign(name, x$args[[name]], env)
  }
}

# `rate_local() |> basic_code(panel)` reads well and means nothing.
refuse_rate <- function(x, call) {
  if (inherits(x, "nid_rate")) {
    stop_nid("argument",
             c("`x` is a rate; it wants a panel, codes or rates of codes.",
               i = paste0("A rate goes to its own argument: ",
                          "`basic_code(panel, rate = rate_local())`.")),
             argument = "x", call = call)
  }
}

get_definition_of <- function(x, call) {
  if (inherits(x, "nid_defining") || inherits(x, "nid_definition")) {
    return(get_defining(x, call))
  }
  get_defining(check_panel(x, call = call), call)
}

# A code without an indicator, or absent from a region, is left out and said:
# once, so a model `x` has said it when it was made.
warn_missing_codes <- function(fit, x = NULL) {
  if (inherits(x, "nid_model")) {
    return(invisible())
  }
  codes <- scheme_codes(fit$def$panel$scheme)
  used <- code_field(fit, "code")
  none <- setdiff(codes$code, used)
  gone <- lapply(fit$codes, \(one) zeros_of(one$of))
  some <- which(lengths(gone) > 0L &
                  lengths(gone) < n_regions(fit$def$panel))
  if (length(none) + length(some) == 0L) {
    return(invisible())
  }
  regions <- fit$def$panel$regions[sort(unique(unlist(gone[some])))]
  warn_nid(
    "missing_code",
    c(if (length(none) > 0L) {
      paste0("No indicator stands for code ", some_of(none),
             "; it is left out.")
    },
    if (length(some) > 0L) {
      paste0("Code ", some_of(used[some]), " is absent from ",
             count_of(length(regions), "region"),
             " and left out there: ", some_of(regions), ".")
    }),
    codes = c(none, used[some]), regions = as.character(regions)
  )
}

fit_facts <- function(fit, title, keys, ...) {
  used <- length(fit$codes)
  all <- nrow(scheme_codes(fit$def$panel$scheme))
  n_breaks <- sum(vapply(fit$codes, `[[`, 1L, "n_breaks"))
  defining_facts(
    fit$def, title, keys,
    rate = fit$rate$words,
    order = fit$rate$facts$order,
    second = second_text(fit$rate),
    breaks = breaks_text(fit$breaks, n_breaks),
    ...,
    codes = if (used < all) paste0(used, " of ", all)
  )
}

# How the dates behind a fit are read; `fit` is a stub for plain vectors.
fit_reading <- function(fit) fit$def$panel$reading %||% fit$reading

indicator_seen <- function(fit, name) indicator_seen_in(fit$def$panel, name)
