# One entry a verb: how often it is called among 20,000, and a function that
# draws its arguments. Exported functions are called at least 100 times,
# writers at least 20 (they start other programs).

verbs <- list()

# `draws`: a function of the arguments, whether the call may use the caller's
# stream of random numbers.
verb <- function(name, args, times = 150L, fun = NULL,
                 draws = function(args) FALSE) {
  verbs[[name]] <<- list(name = name, args = args, times = times,
                         fun = fun, draws = draws)
}

ours <- function(name) get(name, asNamespace("nidcode"))

# do.call() with values, not expressions; NULL arguments are kept as NULL.
draw_call <- function(entry) {
  args <- entry$args()
  fun <- if (is.null(entry$fun)) ours(entry$name) else entry$fun
  list(args = args, draws = entry$draws(args),
       run = function() do.call(fun, args, quote = TRUE))
}

level <- function() or_odd(pick(0.95, 0.9, 0.5, 0.999))
some_file <- function(ending) {
  or_odd(tempfile(fileext = paste0(".", ending)), 0.1)
}

# ---- Describe, bring in ---------------------------------------------------

verb("code_scheme", function() {
  n <- sample(0:4, 1L)
  list(indicator = or_odd(paste0("x", seq_len(n))),
       code = or_odd(sample(nidcode::nid_codes()$code, n, TRUE)),
       direction = or_odd(pick(1, -1)), weight = or_odd(pick(1, 2, 0)),
       transform = or_odd(pick("none", "log", "log1p", "sqrt", "logit")),
       unit = or_odd(pick(NA, "percent")),
       sd = or_odd(NA), low = or_odd(NA), high = or_odd(NA),
       label = or_odd(pick(NA, paste("Label", seq_len(n)))),
       parent = or_odd(pick(NULL, NULL, "a > b", data.frame(
         name = c("x1", "a"), parent = c("a", pick("social", "x", "a")),
         weight = c(NA, pick(1, 0, -1))))))
})
verb("as_code_scheme", function() {
  list(or_odd(pick(
    draw_scheme(draw_frame()),
    as.data.frame(draw_scheme(draw_frame())),
    data.frame(iCode = c("a", "b", "P"), Parent = c("P", "P", NA),
               Level = c(1, 1, 2), Direction = pick(1, -1, NA, 0),
               Weight = pick(1, NA, -1, c(1, 2, 1)),
               Type = c("Indicator", "Indicator", pick("Aggregate", "x"))),
    data.frame(indicator = "a", code = pick("social", "x", NA, 1))
  )))
})
verb("nid_codes", function() list(), 100L)
verb("nid_status", function() list(), 100L)
verb("code_panel", function() {
  data <- draw_frame()
  scheme <- draw_scheme(data)
  spoil <- pick(
    identity, identity, identity,
    function(d) { d$x1[1L] <- pick(Inf, -Inf, NaN, 1e308); d },
    function(d) { d$x1 <- as.character(d$x1); d },
    function(d) {
      d$x1 <- pick("1,5", "1 234", "12.3 b", "..", "#N/A", "x", "1,234", "5*",
                   "(D)", "\u2212 3", "14 %")
      d
    },
    function(d) { d$x1 <- pick(d$x1 > 0, factor(d$x1), as.list(d$x1)); d },
    function(d) { d$region[1L] <- NA; d },
    function(d) { d$year[1L] <- NA; d },
    function(d) { d$year <- as.character(d$year); d },
    function(d) { d$year <- pick(d$year[1L], 201201, 98, 38717); d },
    function(d) rbind(d, d[1L, ]),
    function(d) d[0L, ],
    function(d) { names(d)[2L] <- "code"; d },
    function(d) as.matrix(d[vapply(d, is.numeric, NA)]),
    function(d) {
      d$region <- as.character(d$region)
      d$region[1L] <- "\xff"
      d
    },
    function(d) { d$year <- paste0(2000 + seq_len(nrow(d)), "-Q1"); d },
    function(d) {
      d$x1_status <- sample(c("bp", "D", ":", "?"), nrow(d), TRUE)
      d
    }
  )
  list(data = or_odd(spoil(data), 0.04), scheme = or_odd(scheme, 0.04),
       index = or_odd(pick(NULL, NULL, c("region", "year"), "year",
                           c(time = "year", region = "region"))),
       status = or_odd(pick(NULL, FALSE, status_of(data))),
       status_labels = or_odd(NULL, 0.05),
       names = or_odd(pick("keep", "keep", "fold"), 0.05))
}, 400L)
verb("deflate", function() {
  data <- draw_frame()
  data$p <- pick(100, 110, 1.1, 10, 0, -5, NA, 100 * 1.1^seq_len(nrow(data)))
  list(data = or_odd(data, 0.04), columns = or_odd("x1"), price = or_odd("p"),
       base = or_odd(pick(data$year[1L], 2005)), index = or_odd(NULL),
       price_type = or_odd(pick("chain", "level", "percent", "ratio")))
}, 200L, fun = function(data, columns, ...) {
  # Columns that are not deflated are the user's own.
  out <- ours("deflate")(data, columns, ...)
  out[intersect(columns, names(out))]
})
verb("denominate", function() {
  data <- draw_frame()
  data$p <- pick(100, 0, -5, NA, seq_len(nrow(data)))
  list(or_odd(data, 0.04), columns = or_odd("x1"), by = or_odd("p"),
       index = or_odd(NULL), name = or_odd(pick(NULL, "x1_pc", "x1")))
})
verb("region_crosswalk", function() {
  data <- draw_frame()
  from <- unique(as.character(data$region))
  table <- data.frame(from = from, to = pick(from, "new", rev(from)))
  if (chance(0.4)) table$share <- pick(1, 0.5, NA)
  if (chance(0.4)) table$year <- pick(2006, 2005, NA)
  list(or_odd(data, 0.04), or_odd(table, 0.1), index = or_odd(NULL),
       how = or_odd(pick("sum", "mean", c(x1 = "mean"))))
})
draw_years <- function() {
  n <- sample(1:4, 1L)
  cells <- function() {
    pick(series_values(n), series_values(n), series_values(n),
         rep_len(c("1,5", "2 b", "(D)", "\u2026"), n),
         rep_len(c("1,234", "-", ""), n), rep_len(c("12%", "#N/A", "abc"), n))
  }
  d <- data.frame(region = rep_len(region_names(max(n, 3L)), n))
  names <- pick(as.character(2005:2007), as.character(2005:2007),
                c("X2005", "X2006", "X2007"), c("2005Q1", "2005Q2", "2005"),
                paste0("GDP-", 2005:2007))
  for (name in names) d[[name]] <- cells()
  if (chance(0.3)) d$Indicator.Code <- pick("GDP", "POP", NA)
  d
}
verb("panel_long", function() {
  list(or_odd(draw_years(), 0.1), index = or_odd(pick(NULL, "region")),
       years = or_odd(pick(NULL, NULL, 2005:2006)),
       names = or_odd(NULL), keep = or_odd(NULL),
       decimal = or_odd(pick(NULL, ",", ".")), dash = or_odd(pick(NA, 0)))
})
verb("read_sheet_table", function() {
  file <- tempfile(fileext = pick(".csv", ".csv", ".tsv", ".xlsx"))
  d <- draw_years()
  d[] <- lapply(d, as.character)
  sep <- pick(";", ",", "\t")
  lines <- c(pick(NULL, "Title", c("", "a;b")), paste(names(d), collapse = sep),
             do.call(paste, c(unname(as.list(d)), sep = sep)),
             pick(NULL, "1) note", "\"", "\xff"))
  con <- file(file, "wb")
  writeLines(enc2utf8(lines), con, sep = pick("\n", "\r\n"), useBytes = TRUE)
  close(con)
  list(or_odd(file), sheet = or_odd(NULL), encoding = or_odd(NULL),
       sep = or_odd(pick(NULL, NULL, sep)),
       decimal = or_odd(pick(NULL, ",", ".")), dash = or_odd(NA))
})
verb("as_code_panel", function() {
  frame <- draw_frame()
  list(or_odd(pick(
    draw_years(),
    data.frame(geo = frame$region, TIME_PERIOD = frame$year,
               values = pick(frame$x1, "1,5 b", ":"), flags = pick("", "b")),
    data.frame(REF_AREA = "A", TIME_PERIOD = 2005:2008, OBS_VALUE = 1:4,
               MEASURE = pick("x1", "x2")),
    frame
  ), 0.1), or_odd(draw_scheme(frame)),
  source = or_odd(pick(NULL, NULL, "eurostat", "sdmx", "years")))
})
verb("time_periods", function() {
  list(or_odd(pick(panel_times(), paste0("2005-Q", 1:4), c("2005-06", "2006"),
                   factor(c("2005/06", "2006/07")), c(200501, 200512), "05",
                   c("2005M01", NA), "1 \u043a\u0432. 2005")),
       frequency = or_odd(pick(NULL, NULL, 1, 12), 0.2))
})
verb("code_reference", function() list(or_odd(pick(
  draw_defining(), draw_model(), data.frame(indicator = "x1", centre = 0,
                                            scale = pick(1, 0, NA))))))
verb("as_code_reference", function() {
  list(or_odd(data.frame(indicator = c("x1", "x2"), centre = pick(0, NA),
                         scale = pick(1, 0, -1, NA))),
       normalise = or_odd(pick("zscore", "minmax", "none")))
})
verb("code_operators", function() {
  list(or_odd(pick(list(2001:2006), list(c(1, 2.5, 4), 3), draw_panel())),
       scheme = or_odd(draw_scheme(draw_frame())),
       rate = or_odd(draw_rate(), 0.05),
       influence = or_odd(draw_influence(), 0.05),
       measure = or_odd(pick("sum", "integral"), 0.05),
       order = or_odd(pick(NULL, 0, 1, 2), 0.05))
})
# Tables in a database are another suite's: here is what is none.
verb("code_query", function() {
  list(or_odd(draw_frame(), 0.1), scheme = or_odd(draw_scheme(draw_frame())),
       reference = or_odd(draw_reference()),
       rate = or_odd(draw_rate()))
}, 100L)
for (part in c("code_part", "code_parts")) {
  local({
    name <- part
    verb(name, function() {
      data <- draw_frame()
      sink <- tempfile("sink")
      if (name == "code_part") dir.create(sink)
      given <- FALSE
      once <- function(n) {
        out <- if (given) data[0L, ] else data
        given <<- TRUE
        out
      }
      list(or_odd(if (name == "code_part") data else once, 0.05),
           or_odd(if (name == "code_part") file.path(sink, "a.csv") else sink,
                  0.03),
           scheme = or_odd(draw_scheme(data), 0.03),
           rate = or_odd(draw_rate(), 0.03),
           reference = or_odd(pick("region", "panel", draw_reference()), 0.03),
           what = or_odd(pick("basic", "dynamic", "defining"), 0.03))
    }, 100L)
  })
}

# ---- Treat, rates, formulas -----------------------------------------------

verb("defining_codes", function() {
  panel <- draw_panel()
  list(or_odd(panel, 0.04), normalise = or_odd(pick(draw_normalise(),
                                                    "goalposts")),
       reference = or_odd(pick("panel", "region", 2005,
                               as.Date("2012-01-01"))),
       aggregate = or_odd(pick("mean", "geometric", "harmonic")),
       missing = or_odd(pick("constant", "available", "provisional", "error")))
}, 400L)
verb("rate_difference", function() list(sd = or_odd(pick(NULL, 1), 0.4)), 100L)
verb("rate_central", function() list(sd = or_odd(pick(NULL, 1), 0.4)), 100L)
verb("rate_local", function() {
  list(span = or_odd(5, 0.3), width = or_odd(NULL, 0.2),
       degree = or_odd(2, 0.3), kernel = or_odd("uniform", 0.2),
       second = or_odd(pick("point", "step"), 0.2))
}, 100L)
verb("rate_spline", function() {
  list(lambda = or_odd("average", 0.4), df = or_odd(NULL, 0.4),
       m = or_odd(pick("auto", 3, 2, c(production = 2)), 0.3),
       second = or_odd(pick("step", "point"), 0.2))
}, 100L)
verb("rate_custom", function() {
  list(f = or_odd(function(time) NULL, 0.3), name = or_odd("mine", 0.3),
       sd = or_odd(NULL, 0.3))
}, 100L)
for (influence in c("influence_equal", "influence_half_life",
                    "influence_linear", "influence_power",
                    "influence_hyperbolic", "influence_custom")) {
  local({
    name <- influence
    verb(name, function() {
      first <- switch(name, influence_equal = list(),
                      influence_half_life = list(or_odd(3, 0.3)),
                      influence_linear = list(or_odd(3, 0.3)),
                      influence_power = list(or_odd(1, 0.3), or_odd(1, 0.3)),
                      influence_hyperbolic = list(or_odd(1, 0.3)),
                      influence_custom = list(or_odd(function(lag) 1, 0.3)))
      c(first, list(at = or_odd(NULL, 0.3), normalise = or_odd(FALSE, 0.2)))
    }, 100L)
  })
}
verb("dynamic_codes", function() {
  list(or_odd(pick(draw_panel(), draw_defining()), 0.04),
       rate = or_odd(draw_rate(), 0.04),
       breaks = or_odd(pick("auto", "split", "shift", "ignore")),
       interval = or_odd(pick("pointwise", "simultaneous")),
       conf_level = level())
}, 500L)
verb("smoothness", function() {
  list(or_odd(pick(draw_panel(), draw_defining(), draw_rates(), draw_model()),
              0.04))
})
verb("industrial_code", function() {
  list(or_odd(pick(draw_defining(), draw_rates(), draw_model()), 0.04),
       cor = or_odd(pick("independent", "residual"))) |>
    c(list(conf_level = level()))
}, 300L)
verb("basic_code", function() {
  list(or_odd(pick(draw_defining(), draw_rates(), draw_model()), 0.04),
       influence = or_odd(draw_influence()),
       measure = or_odd(pick("sum", "integral")),
       cor = or_odd(pick("independent", "independent", "residual")),
       conf_level = level())
}, 600L)
verb("code_path", function() {
  list(or_odd(pick(draw_defining(), draw_rates(), draw_model()), 0.04),
       influence = or_odd(draw_influence()),
       measure = or_odd(pick("sum", "integral")),
       kind = or_odd(pick("stock", "partial")), conf_level = level())
}, 400L)
verb("contributions", function() {
  list(or_odd(pick(draw_rates(), draw_model()), 0.04),
       by = or_odd(pick("code", "time", "indicator", c("code", "time"),
                        c("indicator", "time"), "level 1", "Pillar",
                        c("level 1", "time"))),
       influence = or_odd(pick(NULL, draw_influence())),
       measure = or_odd(pick(NULL, "integral")))
}, 400L)
verb("cell_weights", function() {
  list(or_odd(pick(draw_rates(), draw_model()), 0.04),
       scale = or_odd(pick("normalised", "transformed", "data")))
}, 300L)
verb("region_ranks", function() {
  list(or_odd(pick(draw_model(), fairly(function() {
    nidcode::basic_code(draw_rates())
  })), 0.04), conf_level = level(), simultaneous = or_odd(pick(TRUE, FALSE)),
  pairs = or_odd(pick("auto", "difference", "independent")))
}, 300L)
verb("code_choices", function() draw_choices_args(), 200L)
verb("code_sensitivity", function() {
  list(or_odd(draw_model(), 0.04), or_odd(fairly(function() {
    do.call(nidcode::code_choices, draw_choices_args(0.02))
  }), 0.04), what = or_odd(pick("rank", "basic", c("basic", "rank")), 0.04),
  n = or_odd(pick(50, 60), 0.04),
  method = or_odd(pick("auto", "draws", "exact"), 0.04), conf_level = level(),
  seed = or_odd(pick(NULL, 1)), split = or_odd(pick("none", "weights"), 0.04),
  of = or_odd(pick("basic", "defining"), 0.04))
}, 150L)
verb("code_dominance", function() {
  list(or_odd(draw_model(), 0.04), or_odd(fairly(function() {
    do.call(nidcode::code_choices, draw_choices_args(0.02))
  }), 0.04), tuning = or_odd(pick("frozen", "own"), 0.04))
}, 150L)
verb("weights_noisy", function() list(or_odd(pick(0, 0.25, 1))), 100L)
verb("weights_dirichlet", function() list(or_odd(pick(1e-3, 20))), 100L)
verb("weights_simplex", function() {
  list(or_odd(pick(0, 0.2, c(x1 = 0.3))), or_odd(pick(1, 0.5)))
}, 100L)
verb("weights_relevance", function() list(or_odd(1)), 100L)
verb("code_record", function() {
  list(or_odd(pick(draw_rates(), draw_model()), 0.04),
       sure = or_odd(pick(0.9, 0.5, 1)))
}, 200L)
verb("code_core", function() {
  list(or_odd(pick(draw_rates(), draw_model()), 0.04), conf_level = level())
}, 200L)
verb("code_phases", function() {
  list(or_odd(pick(draw_rates(), draw_model()), 0.04),
       of = or_odd(pick("industrial", "codes")), conf_level = level())
}, 200L)
verb("code_gaps", function() {
  list(or_odd(pick(draw_rates(), draw_model()), 0.04),
       benchmark = or_odd(pick("best", "mean", 0, "A"), 0.05),
       runs = or_odd(pick(3, 1), 0.05),
       of = or_odd(pick("defining", "industrial"), 0.05), conf_level = level())
}, 200L)
verb("compare_models", function() {
  list(a = or_odd(draw_model(), 0.04), b = or_odd(draw_model(), 0.04),
       what = or_odd("basic", 0.04))
}, 150L)
verb("effective_weights", function() {
  list(or_odd(pick(draw_model(), draw_rates()), 0.04),
       of = or_odd(pick("basic", "defining"), 0.05))
}, 150L)
verb("region_contrasts", function() {
  list(or_odd(pick(draw_model(), draw_rates()), 0.04),
       benchmark = or_odd(pick(NULL, "mean", 0, "A")),
       what = or_odd(pick("basic", "industrial", "dynamic", "defining"), 0.04),
       adjust = or_odd(pick("none", "holm"), 0.04), conf_level = level())
}, 300L)
verb("code_mutations", function() {
  list(or_odd(pick(draw_rates(), draw_model()), 0.04),
       kind = or_odd(pick("any", "rate", "level"), 0.05),
       level = or_odd(0.05, 0.05), trim = or_odd(pick(1, 0, 2), 0.05),
       max = or_odd(pick(1, 1, 2), 0.05), nsim = 199,
       adjust = or_odd(pick("none", "holm"), 0.05),
       seed = or_odd(pick(NULL, 1), 0.05))
}, 200L)
verb("code_connections", function() {
  list(or_odd(pick(draw_rates(), draw_model()), 0.04),
       of = or_odd(pick("rates", "levels", "regions"), 0.05),
       method = or_odd(pick("pearson", "spearman"), 0.05),
       within = or_odd(pick(TRUE, FALSE), 0.05),
       partial = or_odd(pick(TRUE, FALSE), 0.05),
       lag = or_odd(pick(0, 0, 1), 0.05), adjust = or_odd("holm", 0.05),
       conf_level = level())
}, 200L)
verb("code_model", function() {
  data <- draw_frame()
  list(data = or_odd(data, 0.03), scheme = or_odd(draw_scheme(data), 0.03),
       status = or_odd(pick(NULL, status_of(data)), 0.03),
       normalise = or_odd(draw_normalise(), 0.03),
       reference = or_odd(pick("panel", "region", data$year[1L]), 0.03),
       missing = or_odd(pick("constant", "available", "provisional"), 0.03),
       rate = or_odd(draw_rate(), 0.03),
       breaks = or_odd(pick("auto", "split", "shift", "ignore"), 0.03),
       influence = or_odd(draw_influence(), 0.03),
       measure = or_odd(pick("sum", "integral"), 0.03),
       conf_level = or_odd(0.95, 0.03))
}, 700L)
verb("estimate_rates", function() {
  n <- sample(c(0L, 1L, 2L, 3L, 6L, 12L), 1L)
  list(or_odd(drop_cells(series_values(n)), 0.05),
       or_odd(2000 + seq_len(n), 0.05),
       group = or_odd(pick(NULL, rep(1, n), sample(c("a", "b"), n, TRUE))),
       rate = or_odd(draw_rate(), 0.05), order = or_odd(pick(1:2, 1, 2)),
       at = or_odd(pick(NULL, NULL, 2001.5)), conf_level = level())
}, 500L)
for (sum_of in c("accumulate_rates", "accumulate_path")) {
  local({
    name <- sum_of
    verb(name, function() {
      n <- sample(c(0L, 1L, 2L, 6L), 1L)
      list(or_odd(drop_cells(series_values(n))), or_odd(2000 + seq_len(n)),
           group = or_odd(pick(NULL, sample(c("a", "b"), n, TRUE))),
           influence = or_odd(draw_influence()),
           measure = or_odd(pick("sum", "integral")),
           width = or_odd(pick(NULL, "step", "trapezoid"), 0.1))
    }, 250L)
  })
}

# ---- Dependence -----------------------------------------------------------

verb("code_dependence", function() {
  list(or_odd(pick(draw_pairs(), draw_pairs(), draw_model()), 0.04),
       or_odd(draw_formula(), 0.05),
       index = or_odd(pick(NULL, c("region", "year"), "year")),
       by = or_odd(pick(NULL, "region")),
       form = or_odd(pick("linear", "log", "power", "exponential",
                          "quadratic")),
       scale = or_odd(pick("levels", "rates", "growth", "detrended")),
       effects = or_odd(pick("none", "region", "time", "twoway")),
       vcov = or_odd(pick("iid", "HC0", "HC1", "HC2", "HC3", "HAC",
                          "cluster")),
       lag = or_odd(pick(0, 1, 3)), conf_level = level())
}, 700L)
verb("verdict", function() list(or_odd(draw_dependence(), 0.1)), 300L)
verb("dependence_forms", function() {
  list(or_odd(draw_pairs(), 0.05), or_odd(y ~ x, 0.05),
       index = or_odd(pick(NULL, c("region", "year"))),
       vcov = or_odd(pick("iid", "HAC")))
}, 250L)
verb("fits", function() list(or_odd(draw_dependence(), 0.1)))
verb("as_lm", function() {
  list(or_odd(pick(draw_dependence(), {
    all <- nidcode::fits(draw_dependence())
    if (length(all) > 0L) all[[1L]]
  }), 0.1))
})
verb("fit_groups", function() {
  n <- sample(c(0L, 1L, 3L, 20L), 1L)
  list(or_odd(series_values(n)), or_odd(cbind(a = stats::rnorm(n),
                                              b = series_values(n))),
       group = or_odd(pick(NULL, sample(1:3, n, TRUE))),
       intercept = or_odd(pick(TRUE, FALSE)))
}, 250L)

# ---- Survey ---------------------------------------------------------------

verb("relevance", function() {
  data <- draw_answers()
  items <- tick_columns(data)
  list(or_odd(data, 0.04), or_odd(pick(items, items, items, "text", "grade"),
                                  0.05),
       by = or_odd(pick(NULL, "g")), weights = or_odd(pick(NULL, "w")),
       strata = or_odd(NULL, 0.05), ids = or_odd(NULL, 0.05),
       sep = or_odd(pick(NULL, ";")), method = or_odd(pick("wilson", "wald",
                                                           "exact")),
       conf_level = level(),
       simultaneous = or_odd(pick("none", "bonferroni", "sidak")))
}, 600L)
verb("relevance_counts", function() {
  data <- draw_counts()
  if (chance(0.2)) data$count[1L] <- pick(NA, NaN, -1, 1e300, 0.5)
  list(or_odd(data, 0.05), count = or_odd("count", 0.05), n = or_odd("n", 0.1),
       conf_level = level())
}, 300L)
verb("relevance_by_code", function() list(or_odd(draw_relevance())))
verb("relevance_table", function() list(or_odd(draw_relevance())))
verb("relevance_weights", function() {
  x <- draw_relevance()
  items <- unique(as.character(x$item))
  list(or_odd(x), or_odd(data.frame(
    item = items, indicator = paste0("x", seq_along(items))[seq_along(items)])))
}, 200L)
verb("compare_relevance", function() {
  list(or_odd(draw_relevance(), 0.05), adjust = or_odd("holm"))
}, 300L)
verb("compare_groups", function() {
  list(or_odd(draw_relevance(), 0.05), adjust = or_odd("holm"))
}, 300L)
verb("audit_percentages", function() {
  k <- sample(0:4, 1L)
  list(or_odd(round(stats::runif(k, 0, 100), 1)),
       n = or_odd(pick(NULL, 100, c(10, 20))), digits = or_odd(1),
       n_max = or_odd(200))
}, 200L)
verb("likert_shares", function() {
  data <- draw_answers()
  list(or_odd(data, 0.05), or_odd("grade"),
       or_odd(c("low", "mid", "high")), by = or_odd(pick(NULL, "g")),
       weights = or_odd(pick(NULL, "w")), conf_level = level())
}, 250L)

# ---- Present --------------------------------------------------------------

verb("in_words", function() {
  list(or_odd(pick(draw_model(), draw_relevance(), draw_dependence()), 0.05),
       language = or_odd(pick("en", "ru", NULL), 0.05))
}, 300L)
verb("augment", function() list(draw_model()), 200L)
# Generics of other packages: what is not ours is theirs to refuse.
has_method <- function(generic, x) {
  any(vapply(class(x), function(class) {
    !is.null(utils::getS3method(generic, class, TRUE, asNamespace("nidcode")))
  }, NA))
}
for (generic in c("tidy", "glance")) {
  local({
    name <- generic
    verb(name, function() list(draw_result()), 300L, fun = function(x) {
      if (has_method(name, x)) ours(name)(x)
    })
  })
}
verb("picture_size", function() list(or_odd(autoplot(draw_table()))), 100L)
verb("report_render", function() list(or_odd(draw_result()), list()), 150L)
verb("save_picture", function() {
  list(or_odd(autoplot(draw_table())), some_file("png"),
       width = or_odd(pick(NULL, 5)), height = or_odd(pick(NULL, 4)))
}, 20L)
verb("theme_nid", function() list(or_odd(11, 0.3)), 100L)
for (scale in c("scale_colour_code", "scale_fill_code", "scale_shape_code",
                "scale_linetype_code")) {
  local({
    name <- scale
    verb(name, function() list(codes = or_odd(nidcode::nid_codes(), 0.3)),
         100L)
  })
}
verb("autoplot", function() list(draw_result()), 300L, fun = function(x) {
  # Building is where a picture's data meet its scales.
  ggplot2::ggplot_build(autoplot(x))
  NULL
})
verb("print", function() list(draw_result()), 300L, fun = function(x) {
  utils::capture.output(print(x))
  NULL
})
verb("summary", function() list(draw_result()), 200L, fun = function(object) {
  utils::capture.output(print(summary(object)))
  NULL
})
verb("format", function() list(draw_result()), 150L, fun = function(x) {
  format(x)
  NULL
})
verb("as.data.frame", function() list(draw_result()), 150L)
verb("confint", function() {
  list(pick(draw_table(), draw_model(), draw_dependence()),
       level = or_odd(0.9))
}, 250L, fun = stats::confint)
verb("model methods", function() list(draw_model()), 200L,
     fun = function(object) {
       list(stats::coef(object), stats::vcov(object), stats::nobs(object))
     })
verb("predict", function() {
  list(pick(draw_rates(), draw_model()), at = or_odd(pick(NULL, 2006.5)),
       order = or_odd(pick(0:2, 1, 0)),
       band = or_odd(pick("curve", "observation")))
}, 300L, fun = stats::predict)
verb("simulate", function() {
  list(pick(draw_rates(), draw_model()), nsim = or_odd(pick(1, 3)),
       seed = or_odd(pick(1, NULL)), order = or_odd(pick(1, 2)))
}, 250L, fun = stats::simulate, draws = function(args) is.null(args$seed))
verb("residuals", function() list(pick(draw_rates(), draw_model())), 200L,
     fun = stats::residuals)
verb("update", function() {
  model <- draw_model()
  list(model, influence = draw_influence(), freeze = or_odd(FALSE, 0.1))
}, 200L, fun = stats::update)
verb("update frozen", function() {
  model <- draw_model()
  data <- model$panel$data
  x1 <- which(!is.na(data$x1))
  if (length(x1) > 0L) data$x1[x1[1L]] <- data$x1[x1[1L]] * 1.1
  list(model, data = data, freeze = TRUE)
}, 200L, fun = stats::update)

# ---- Files ----------------------------------------------------------------

kept_books <- new.env()

# A few good workbooks a worker, damaged anew for each call.
some_workbook <- function() {
  if (is.null(kept_books$files)) {
    kept_books$files <- vapply(1:3, function(i) {
      file <- tempfile(fileext = ".xlsx")
      model <- fairly(draw_model)
      if (is.null(tryCatch(nidcode::write_workbook(model, file),
                           nidcode_error = function(e) NULL))) {
        nidcode::workbook_template(file)
      }
      file
    }, "")
  }
  file <- kept_books$files[sample.int(3L, 1L)]
  bytes <- readBin(file, "raw", file.size(file))
  how <- pick("whole", "cut", "flip", "empty", "text")
  bytes <- switch(
    how,
    whole = bytes,
    cut = utils::head(bytes, sample.int(length(bytes), 1L)),
    flip = {
      at <- sample.int(length(bytes), 5L)
      bytes[at] <- as.raw(sample(0:255, 5L, TRUE))
      bytes
    },
    empty = raw(),
    text = charToRaw("region,year,x\nA,2005,1\n")
  )
  out <- tempfile(fileext = pick(".xlsx", ".xlsx", ".xlsx", ".xls", ".csv"))
  writeBin(bytes, out)
  out
}
verb("read_workbook", function() list(or_odd(some_workbook(), 0.1)), 120L)
verb("workbook_template", function() {
  list(some_file(pick("xlsx", "xlsx", "xls", "")),
       scheme = or_odd(pick(NULL, draw_scheme(draw_frame()))),
       overwrite = or_odd(FALSE))
}, 100L)
verb("write_workbook", function() {
  list(or_odd(draw_model(), 0.05), some_file(pick("xlsx", "xlsx", "csv")),
       overwrite = or_odd(FALSE, 0.05))
}, 100L)
verb("report_part", function() {
  list(or_odd(draw_model(), 0.1),
       or_odd(pick("changes", "reading", "regions", "choices")),
       regions = or_odd(NULL))
}, 100L)
verb("write_report", function() {
  list(or_odd(draw_model(), 0.1), some_file(pick("html", "html", "doc")),
       title = or_odd(NULL, 0.05), language = or_odd(pick(NULL, "ru"), 0.05),
       overwrite = or_odd(FALSE, 0.05))
}, 24L)
verb("run_explorer", function() list(or_odd(draw_frame(), 0.2)), 24L)

verb("write_explorer", function() {
  list(or_odd(draw_model(), 0.1), some_file(pick("html", "htm", "xlsx")),
       map = or_odd(NULL), by = or_odd(NULL), title = or_odd("Page"),
       language = or_odd(pick("en", "ru", NULL)),
       choices = or_odd(pick(NULL, list(A = list(measure = "integral")))),
       overwrite = or_odd(FALSE, 0.05))
}, 100L)
verb("write_profile", function() {
  list(or_odd(draw_model(), 0.1), some_file(pick("html", "html", "doc")),
       regions = or_odd(NULL, 0.2), overwrite = or_odd(FALSE, 0.05))
}, 12L)

# Calls in an order of their own, always the same: the first 3,000 are a fair
# share of each. What 20,000 leaves after `times` goes to all but the writers.
call_order <- function(calls = 20000L) {
  times <- vapply(verbs, `[[`, 1L, "times")
  heavy <- names(verbs) %in% c("write_report", "write_profile", "write_workbook",
                               "read_workbook", "workbook_template")
  more <- rep_len(which(!heavy), max(0L, calls - sum(times)))
  out <- c(rep(seq_along(times), times), more)
  set.seed(20260101L)
  names(verbs)[out[sample.int(length(out))]][seq_len(calls)]
}
