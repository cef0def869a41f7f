# What a fuzzed call is made of: values that fit an argument, values that do
# not, and panels, surveys and models with the oddities of real files. All
# randomness is R's own, after set.seed() of the call's number, so that a call
# can be repeated alone.

pick <- function(...) {
  choices <- list(...)
  choices[[sample.int(length(choices), 1L)]]
}
chance <- function(p) stats::runif(1L) < p

# Values no argument asks for; each must be refused in words, or be harmless.
odd_value <- function() {
  pick(NULL, NA, NA_character_, NA_integer_, NA_real_, c(NA, NA), NaN, Inf,
       -Inf, -1, 0, 1e300, 5e-324, 2^31, .Machine$integer.max, 0.5, 95, TRUE,
       character(), numeric(), logical(), raw(), factor(), "", " ", "x",
       c("a", "b"), c(1, 2), list(), list(1), list(sum), factor("a"),
       as.Date("2010-01-01"), as.POSIXlt("2010-01-01", tz = "UTC"),
       as.difftime(1, units = "days"), numeric_version("1.2"), data.frame(),
       data.frame(a = 1), sum, `if`, function(x) NULL, new.env(),
       structure(new.env(), class = "odd"), quote(a), quote(a + b), y ~ x,
       expression(a), methods::getClass("numeric"),
       methods::new("externalptr"), 1i, as.raw(1), matrix(0, 0, 0), matrix(1),
       array(1), "\u00e9\u4e2d", "a\xff", "../x", "=1+1", c(a = 1),
       structure(1, class = "odd"))
}

# A table with one column of a kind that nobody keeps there.
odd_column <- function(data) {
  data <- as.data.frame(data)
  n <- nrow(data)
  name <- sample(names(data), 1L)
  data[[name]] <- pick(
    rep(list(1), n), rep(list(sum), n), as.expression(rep(1, n)), rep(1i, n),
    rep(as.raw(1), n), rep(NA, n), rep(NaN, n), rep(Inf, n), rep("a\xff", n),
    factor(rep("a", n)), factor(rep(NA, n)), rep(as.Date("2010-01-01"), n),
    rep(as.POSIXlt("2010-01-01", tz = "UTC"), n), matrix(1, n, 2L),
    matrix("a", n, 1L), array(1, c(n, 1L, 1L)), array(seq_len(n)),
    data.frame(a = seq_len(n), b = seq_len(n)),
    numeric_version(rep("1.2", n)), structure(seq_len(n), class = "odd"),
    as.difftime(seq_len(n), units = "days"), seq_len(n) * 5e-324,
    rep_len(c(1e300, 1e-300), n)
  )
  data
}

# `fair` most of the time, else something odd.
or_odd <- function(fair, p = 0.08) {
  if (!chance(p)) return(fair)
  if (is.data.frame(fair) && length(fair) > 0L && chance(0.5)) {
    return(odd_column(fair))
  }
  odd_value()
}

# ---- Panels ---------------------------------------------------------------

region_names <- function(n) {
  pick(
    LETTERS[seq_len(n)],
    LETTERS[seq_len(n)],
    paste("Region", seq_len(n)),
    seq_len(n),
    factor(paste0("r", seq_len(n)), levels = rev(paste0("r", seq_len(n)))),
    c("\u041e\u043c\u0441\u043a", "=1+1", "<b>x</b>", "a|b*c_", "e\u0301",
      "it's \"x\"")[seq_len(n)],
    c("1", "02", "10", "0", "3", "44")[seq_len(n)]
  )
}

panel_times <- function() {
  n <- sample(c(1L, 2L, 3L, 4L, 5L, 8L, 12L), 1L,
              prob = c(1, 1, 2, 4, 6, 8, 6))
  pick(
    2005 + seq_len(n) - 1,
    2005 + seq_len(n) - 1,
    as.integer(2005 + seq_len(n) - 1),
    2000 + cumsum(sample(1:4, n, TRUE)),
    cumsum(stats::runif(n, 0.1, 2)),
    as.Date(paste0(2004 + seq_len(n), "-01-01")),
    seq(as.Date("2012-01-01"), by = "quarter", length.out = n)
  )
}

series_values <- function(n) {
  pick(
    cumsum(stats::rnorm(n)),
    10 + cumsum(stats::rnorm(n)),
    exp(cumsum(stats::rnorm(n, 0, 0.2))),
    exp(cumsum(stats::rnorm(n, 0, 0.2))),
    seq_len(n) + 0,
    rep(3, n),
    round(stats::rnorm(n)),
    stats::runif(n),
    stats::rnorm(n) * 2^sample(c(-900, -600, -40, 40, 600, 900), 1L),
    1e9 + stats::rnorm(n),
    sample(c(0, 1), n, TRUE)
  )
}

drop_cells <- function(x) {
  n <- length(x)
  if (chance(0.6)) return(x)
  x[pick(sample.int(n, ceiling(n / 5)), seq_len(ceiling(n / 2)),
         n, 1L, seq_len(n))] <- NA
  x
}

draw_frame <- function() {
  regions <- region_names(sample(1:5, 1L))
  times <- panel_times()
  k <- sample(1:4, 1L)
  per_region <- lapply(seq_along(regions), function(r) {
    keep <- if (chance(0.2)) sort(sample.int(length(times),
                                             sample.int(length(times), 1L)))
      else seq_along(times)
    rows <- data.frame(region = regions[rep(r, length(keep))],
                       year = times[keep], stringsAsFactors = FALSE)
    for (i in seq_len(k)) {
      rows[[paste0("x", i)]] <- drop_cells(series_values(length(keep)))
    }
    rows
  })
  out <- do.call(rbind, per_region)
  if (chance(0.25)) {
    out$x1_status <- sample(c("ok", "ok", "ok", "break", "estimated", "b", "bp",
                              "suppressed", ""), nrow(out), TRUE)
  }
  if (chance(0.3)) out <- out[sample.int(nrow(out)), , drop = FALSE]
  rownames(out) <- NULL
  out
}

draw_scheme <- function(data) {
  indicators <- grep("^x[0-9]$", names(data), value = TRUE)
  k <- length(indicators)
  # A log of what is not positive is refused, and refusals end a call early.
  positive <- vapply(data[indicators], function(x) all(x > 0, na.rm = TRUE), NA)
  code <- sample(nidcode::nid_codes()$code, k, TRUE)
  nidcode::code_scheme(
    indicators, code,
    direction = sample(c(1, 1, -1), k, TRUE),
    weight = if (chance(0.7)) 1 else stats::runif(k, 0.1, 3),
    transform = ifelse(positive & stats::runif(k) < 0.2,
                       sample(c("log", "log1p", "sqrt"), k, TRUE), "none"),
    sd = if (chance(0.8)) NA else 0.1,
    label = if (chance(0.8)) NA else sample(c("A label", NA), k, TRUE),
    parent = if (chance(0.8)) NULL else {
      ifelse(code == "social", sample(c("Pillar", "Pillar > Inner", NA), k,
                                      TRUE), NA)
    }
  )
}

draw_rate <- function() {
  nidcode_rate <- function(name, ...) get(name, asNamespace("nidcode"))(...)
  pick(
    nidcode_rate("rate_spline"),
    nidcode_rate("rate_spline", m = pick(2, 3, c(production = 2)),
                 second = pick("step", "step", "point")),
    nidcode_rate("rate_spline", lambda = pick("reml", "gcv", 1, 1e-6, 1e6)),
    nidcode_rate("rate_spline", df = 3),
    nidcode_rate("rate_difference", sd = pick(NULL, NULL, 0.1, 0)),
    nidcode_rate("rate_central", sd = pick(NULL, NULL, 0.1)),
    nidcode_rate("rate_local", span = pick(5, 6, 7), degree = pick(1, 2, 2, 3),
                 kernel = pick("uniform", "tricube", "epanechnikov")),
    nidcode_rate("rate_local", width = pick(1, 2.5, 10),
                 second = pick("point", "step")),
    nidcode_rate("rate_custom", function(time) {
      m <- matrix(NA_real_, length(time), length(time))
      if (length(time) > 1L) m[2, 1:2] <- c(-1, 1)
      list(R1 = m, R2 = m)
    }, "mine", sd = pick(NULL, 0.1))
  )
}

draw_influence <- function() {
  pick(
    nidcode::influence_equal(),
    nidcode::influence_equal(normalise = TRUE),
    nidcode::influence_half_life(pick(0.01, 3, 1e6)),
    nidcode::influence_linear(span = pick(NULL, 3)),
    nidcode::influence_power(pick(0, 1, 3), normalise = chance(0.3)),
    nidcode::influence_hyperbolic(2, at = pick(NULL, 2010)),
    nidcode::influence_custom(function(lag) lag * 0 + 2),
    nidcode::influence_custom(function(t) t - 2000, of = "time"),
    nidcode::influence_custom(data.frame(time = 2000:2030, weight = 1))
  )
}

# The first of some tries that can be built; refusals are not this call's.
fairly <- function(make, tries = 12L) {
  for (i in seq_len(tries)) {
    out <- tryCatch(quietly(make()), nidcode_error = function(e) {
      if (!is_ours(e, "error")) stop(e)
    })
    if (!is.null(out)) return(out)
  }
  stop("fuzz: nothing could be built in ", tries, " tries")
}

quietly <- function(expr) {
  withCallingHandlers(
    expr,
    warning = function(w) {
      if (inherits(w, "nidcode_warning")) invokeRestart("muffleWarning")
    },
    message = function(m) {
      if (inherits(m, "nidcode_message")) invokeRestart("muffleMessage")
    }
  )
}

status_of <- function(data) if ("x1_status" %in% names(data)) "_status"

draw_panel <- function() {
  fairly(function() {
    data <- draw_frame()
    nidcode::code_panel(data, draw_scheme(data), status = status_of(data))
  })
}

draw_normalise <- function() {
  pick("zscore", "zscore", "minmax", "index", "rank", "none", "none")
}

# Ranks and regions of their own have none: then another draw.
draw_reference <- function() {
  fairly(function() nidcode::code_reference(draw_defining()))
}

draw_defining <- function() {
  fairly(function() {
    panel <- draw_panel()
    how <- draw_normalise()
    time <- as.data.frame(panel)[["year"]]
    nidcode::defining_codes(
      panel, normalise = how,
      reference = if (how == "index") time[sample.int(length(time), 1L)] else
        pick("panel", "panel", "region"),
      aggregate = pick("mean", "mean", "mean", "geometric"),
      missing = pick("constant", "constant", "available", "provisional")
    )
  })
}

draw_rates <- function() {
  fairly(function() {
    nidcode::dynamic_codes(draw_defining(), rate = draw_rate(),
                           breaks = pick("auto", "auto", "split", "ignore"),
                           interval = pick("pointwise", "pointwise",
                                           "simultaneous"))
  })
}

draw_model <- function() {
  fairly(function() {
    data <- draw_frame()
    how <- draw_normalise()
    nidcode::code_model(
      data, draw_scheme(data), status = status_of(data), normalise = how,
      reference = if (how == "index") data$year[1L] else "panel",
      rate = draw_rate(), influence = draw_influence(),
      measure = pick("sum", "integral")
    )
  })
}

# Some of the factors of code_choices().
draw_choices_args <- function(odd = 0.1) {
  all <- list(
    normalise = pick("zscore", c("zscore", "minmax", "rank"), c("none",
                                                                "goalposts")),
    reference = pick("panel", c("panel", "region"), 2005),
    weights = pick(nidcode::weights_noisy(0.5), nidcode::weights_simplex(),
                   nidcode::weights_dirichlet(5), list(c(x1 = 2))),
    leave_out = pick(TRUE, 2, "x1"),
    rate = list(draw_rate(), draw_rate()),
    influence = list(draw_influence()), half_life = c(2, 8),
    measure = c("sum", "integral"), breaks = pick("ignore", c("auto", "split")),
    missing = c("constant", "available"),
    transform = list(NULL, pick("log1p", c(x1 = "sqrt"))),
    aggregate = pick("mean", "harmonic"),
    code_weights = nidcode::weights_noisy(0.2), posterior = pick(TRUE, FALSE))
  own <- all[sample(length(all), sample(1:3, 1L))]
  lapply(own, or_odd, odd)
}

# ---- Surveys and dependence -----------------------------------------------

draw_answers <- function() {
  n <- sample(c(0L, 1L, 2L, 5L, 30L), 1L, prob = c(1, 1, 2, 4, 8))
  k <- sample(1:4, 1L)
  tick <- function() sample(c(TRUE, FALSE, NA), n, TRUE, c(4, 5, 1))
  out <- as.data.frame(stats::setNames(replicate(k, tick(), simplify = FALSE),
                                       letters[seq_len(k)]))
  if (chance(0.2)) out[[1L]] <- rep(pick(TRUE, FALSE, NA), n)
  out$g <- sample(c("u", "v"), n, TRUE)
  out$w <- stats::runif(n, 0, 3) * pick(1, 1, 1e200, 1e-200)
  out$text <- vapply(seq_len(n), function(i) {
    paste(sample(c("p", "q", "r"), sample(0:3, 1L)), collapse = ";")
  }, "")
  out$grade <- sample(c("low", "mid", "high"), n, TRUE)
  out
}

tick_columns <- function(data) intersect(letters[1:4], names(data))

draw_relevance <- function() {
  fairly(function() {
    if (chance(0.25)) return(draw_counts_relevance())
    data <- draw_answers()
    items <- tick_columns(data)
    nidcode::relevance(
      data, items, by = pick(NULL, "g"), weights = pick(NULL, NULL, "w"),
      item_codes = if (chance(0.3)) stats::setNames(
        sample(nidcode::nid_codes()$code, length(items), TRUE), items),
      method = pick("wilson", "wilson", "wilson"),
      simultaneous = pick("none", "bonferroni", "sidak")
    )
  })
}

draw_counts <- function() {
  k <- sample(1:4, 1L)
  n <- sample(c(1, 5, 400, 2^31 + 5), 1L)
  data.frame(item = letters[seq_len(k)], count = floor(stats::runif(k) * n),
             n = n)
}

draw_counts_relevance <- function() nidcode::relevance_counts(draw_counts())

draw_pairs <- function() {
  n <- sample(c(2L, 3L, 4L, 6L, 12L, 20L), 1L)
  g <- sample(1:3, 1L)
  data.frame(region = rep(LETTERS[seq_len(g)], each = n),
             year = rep(2000 + seq_len(n), g),
             x = drop_cells(series_values(n * g)),
             z = drop_cells(series_values(n * g)),
             y = drop_cells(series_values(n * g)))
}

draw_formula <- function() pick(y ~ x, y ~ x + z, y + z ~ x)

draw_dependence <- function() {
  fairly(function() {
    nidcode::code_dependence(
      draw_pairs(), draw_formula(), c("region", "year"),
      by = pick(NULL, NULL, "region"),
      form = pick("linear", "linear", "quadratic"),
      scale = pick(c("levels", "rates"), "levels", "detrended", "growth"),
      effects = pick("none", "none", "region", "twoway"),
      vcov = pick("iid", "HC1", "HC3", "HAC", "cluster"),
      lag = pick(0, 0, 1)
    )
  })
}

# ---- Any result -----------------------------------------------------------

draw_table <- function() {
  fairly(function() {
    pick(
      draw_defining, draw_rates, function() nidcode::basic_code(draw_rates()),
      function() nidcode::industrial_code(draw_rates()),
      function() nidcode::code_path(draw_rates()),
      function() nidcode::contributions(draw_rates(), by = "code"),
      function() nidcode::region_ranks(nidcode::basic_code(draw_rates())),
      function() stats::predict(draw_rates()),
      function() stats::residuals(draw_rates()),
      draw_relevance,
      function() nidcode::compare_relevance(draw_relevance())
    )()
  })
}

draw_result <- function() {
  fairly(function() {
    pick(draw_table, draw_table, draw_model, draw_panel, draw_dependence,
         function() nidcode::verdict(draw_dependence()))()
  })
}
