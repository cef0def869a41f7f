# The fit behind rates and formulas: which series there are, on which grids,
# under which rate. Values are computed from the panel when asked for, block by
# block, so that no normalised copy of a large panel is ever held.

# Regions worked on at once: their values stay in the processor's cache.
block_regions <- 8192L

# A fit works on each grid of a block anew: where grids are many, blocks are
# long enough for some twenty series each.
block_size <- function(rate, grids) {
  if (!rate$kind %in% c("local", "spline")) {
    return(block_regions)
  }
  max(block_regions, 5L * (length(grids$offset) - 1L))
}

code_fit <- function(def, rate, breaks = "auto", call = rlang::caller_env()) {
  check_rate(rate, call)
  breaks <- resolve_breaks(breaks, rate, call)
  check_sd_once(def, rate, call)
  codes <- used_codes(def)
  parts <- lapply(seq_len(nrow(codes)), function(i) {
    code_series(def, codes$code[i], breaks, rate, call)
  })
  for (i in seq_along(parts)) {
    parts[[i]]$dynamic <- codes$dynamic[i]
    parts[[i]]$weight <- codes$weight[i]
  }
  structure(list(def = def, rate = rate, breaks = breaks, codes = parts,
                 tuning = NULL),
            class = "nid_code_fit")
}

code_series <- function(def, code, breaks, rate, call) {
  panel <- def$panel
  parts <- code_parts(def, code)
  starts <- code_breaks(def, code)
  whole <- all(panel$missing[parts$names] == 0) &&
    !anyNA(unlist(parts$inverse, FALSE, FALSE))
  lost <- stats::setNames(numeric(length(parts$names)), parts$names)
  n_breaks <- length(starts)
  if (whole && n_breaks == 0L) {
    grids <- c(panel$grids,
               list(step = integer(length(panel$grids$time))))
    grid <- panel$grid
  } else {
    v <- code_values(def, code)
    starts <- code_breaks(def, code, v$changed)
    n_breaks <- length(starts)
    lost[] <- v$lost
    g <- code_grids_cpp(v$value, panel$offset, row_time(panel),
                        if (breaks == "ignore") integer() else starts)
    grid <- g$grid
    grids <- g[c("offset", "time", "step")]
    whole <- v$missing == 0
  }
  check_spline_sizes(rate, breaks, grids, grid, names_of_regions(panel), call,
                     code)
  list(code = code, whole = whole, grid = grid, grids = grids, lost = lost,
       n_breaks = n_breaks,
       sd = code_sd(def, code, parts, rate, call))
}

# NULL where the panel is one series without a name.
names_of_regions <- function(panel) {
  if (!is.na(panel$index[["region"]])) panel$regions
}

check_sd_once <- function(def, rate, call) {
  if (!is.null(rate$sd) && any(!is.na(def$panel$scheme[["sd"]]))) {
    stop_nid(
      "rate_given_twice",
      c("The sd of the errors is given twice.",
        i = paste0("The rate's `sd` is that of a code, the scheme's that of an ",
                   "indicator: keep one.")),
      call = call
    )
  }
  codes <- used_codes(def)$code
  if (!is.null(names(rate$sd))) {
    strange <- setdiff(names(rate$sd), scheme_codes(def$panel$scheme)$code)
    if (length(strange) > 0L) {
      stop_nid("argument",
               c(paste0("`sd` names ", some_of(strange),
                        ", which is no code."),
                 i = paste0("The codes are ", some_of(codes), ".")),
               argument = "sd", values = strange, call = call)
    }
  }
}

# The sd of the error of a code's values: none, one number, or one a row.
code_sd <- function(def, code, parts, rate, call) {
  if (!rate$kind %in% c("difference", "central", "custom")) {
    return(numeric())
  }
  if (!is.null(rate$sd)) {
    sd <- if (is.null(names(rate$sd))) rate$sd else rate$sd[code]
    return(if (is.na(sd)) numeric() else unname(as.double(sd)))
  }
  scheme <- def$panel$scheme
  sd <- scheme[["sd"]][match(parts$names, scheme[["indicator"]])]
  if (anyNA(sd) || def$aggregate != "mean" || def$normalise == "rank") {
    return(numeric())
  }
  missing <- any(def$panel$missing[parts$names] > 0)
  if (!missing && all(lengths(parts$inverse) == 1L)) {
    inverse <- unlist(parts$inverse)
    return(root_sum_squares(parts$weight * sd * parts$unit * inverse) /
             sum(parts$weight))
  }
  region <- rep(seq_len(n_regions(def$panel)), diff(def$panel$offset))
  top <- matrix(0, length(region), length(parts$names))
  bottom <- numeric(length(region))
  for (k in seq_along(parts$names)) {
    seen <- !is.na(parts$x[[k]])
    inverse <- rep_len(parts$inverse[[k]], n_regions(def$panel))[region]
    top[, k] <- seen * (parts$weight[k] * sd[k] * parts$unit[k] * inverse)
    bottom <- bottom + seen * parts$weight[k]
  }
  row_root_sum_squares(top) / bottom
}

# Observed values of one code in regions from < r <= to, series by series.
series_values <- function(fit, i, regions = NULL, buffer = numeric()) {
  panel <- fit$def$panel
  if (is.null(regions)) regions <- c(0L, n_regions(panel))
  one <- fit$codes[[i]]
  v <- code_values(fit$def, one$code, regions = regions, buffer = buffer)
  at <- seq.int(regions[[1L]] + 1L, length.out = diff(regions))
  grid <- one$grid[at]
  value <- v$value
  rows <- NULL
  if (v$missing > 0) {
    keep <- which(!is.na(value))
    rows <- keep + panel$offset[regions[[1L]] + 1L]
    value <- value[keep]
  }
  sd <- one$sd
  if (length(sd) > 1L) {
    from <- panel$offset[regions[[1L]] + 1L]
    sd <- sd[if (is.null(rows)) {
      seq.int(from + 1L, length.out = length(value))
    } else {
      rows
    }]
  }
  seen <- grid > 0L
  if (!all(seen)) {
    at <- at[seen]
    grid <- grid[seen]
  }
  list(value = value, series = at, grid = grid, rows = rows,
       sd = sd, buffer = v$value)
}

# What the parts of single indicators in a code are computed from, once for
# all of them: a part then costs one pass over its own column.
code_shares <- function(fit, i) {
  def <- fit$def
  code <- fit$codes[[i]]$code
  list(parts = code_parts(def, code), offset = def$panel$offset,
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
  used <- vapply(fit$codes, `[[`, "", "code")
  none <- setdiff(codes$code, used)
  gone <- lapply(fit$codes, function(one) zeros_of(one$grid))
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
    breaks = breaks_text(fit$breaks, n_breaks),
    ...,
    codes = if (used < all) paste0(used, " of ", all)
  )
}

# Interval of each estimate: Student's t, normal where df is infinite.
add_interval <- function(estimate, se, df, level) {
  n <- length(estimate)
  if (is.null(se) || all(is.na(se))) {
    none <- rep(NA_real_, n)  # one vector, shared by the columns
    return(list(std.error = none, conf.low = none, conf.high = none,
                prob.positive = none))
  }
  df[is.na(df) | df <= 0] <- NA_real_
  half <- t_quantile((1 + level) / 2, df) * se
  prob <- probability_positive(estimate, se, df)
  low <- estimate - half
  high <- estimate + half
  # An error below the rounding of its estimate still is one: the interval
  # reaches to the next numbers.
  flat <- which(low == high & se > 0)
  if (length(flat) > 0L) {
    rounding <- abs(estimate[flat]) * .Machine$double.eps
    low[flat] <- estimate[flat] - rounding
    high[flat] <- estimate[flat] + rounding
  }
  list(std.error = se, conf.low = low, conf.high = high, prob.positive = prob)
}

# A zero that is known exactly is as likely above as below.
probability_positive <- function(estimate, se, df) {
  out <- t_probability_cpp(estimate, se, df)
  dim(out) <- dim(estimate)
  out
}

# Quantiles are slow and most series share their df.
t_quantile <- function(p, df) {
  if (length(p) > 1L) {
    return(stats::qt(p, df))
  }
  one <- unique(df)
  stats::qt(p, one)[match(df, one)]
}

# The rate of series of one code, as series_values() or posterior_series() gives
# them, under the fit's own tuning: no caller fetches it by hand.
evaluate_series <- function(fit, i, series, grids = series$grids %||%
                              fit$codes[[i]]$grids,
                            grid = series$grid, ...) {
  evaluate_rate(fit$rate, fit$breaks, series$value, grid, grids, ...,
                sd = series$sd, tuning = series_tuning(fit, i, series))
}

# The sums of a plan over them; `sums` is what code_sums() makes.
evaluate_sums <- function(fit, i, series, sums) {
  evaluate_series(fit, i, series, sums$grids, sums$of[series$series],
                  sums = sums$sums)
}

series_tuning <- function(fit, i, series) {
  pick_tuning(fit$tuning[[i]], series$series %||% unique(series$region), fit,
              i)
}

# Frozen weights over lambda of the series at hand: a column a series, or one
# for each of its segments where breaks split a spline.
pick_tuning <- function(tuning, series, fit, i) {
  if (is.null(tuning)) {
    return(NULL)
  }
  one <- fit$codes[[i]]
  have <- which(one$grid > 0L)
  count <- segment_counts(fit, one$grids)[one$grid[have]]
  at <- match(series, have)
  columns <- sequence(count[at], from = (cumsum(count) - count)[at] + 1L)
  lapply(tuning, function(x) x[, columns, drop = FALSE])
}

# How the dates behind a fit are read; `fit` is a stub for plain vectors.
fit_reading <- function(fit) fit$def$panel$reading %||% fit$reading
