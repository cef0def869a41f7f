# Every verb against helper-reference.R: the same numbers from plain loops.

skip_on_cran()

ref_scheme <- function(p, ...) utils::modifyList(p$scheme, list(...))

norm_args <- list(
  zscore = list("zscore", "panel"), region = list("zscore", "region"),
  minmax = list("minmax", "panel"), minmax_region = list("minmax", "region"),
  none = list("none", "panel")
)

# Package tables as data frames whose region is text, in one order.
plain <- function(x) {
  x <- as.data.frame(x)
  if (!is.null(x$region)) x$region <- as.character(x$region)
  x
}

# Rows of `x` for one region and code, by time.
rows_of <- function(x, region, code = NULL, order = NULL) {
  x <- x[x$region == region, ]
  if (!is.null(code)) x <- x[x$code == code, ]
  if (!is.null(order)) x <- x[x$order == order, ]
  if (!is.null(x$year)) x <- x[order(x$year), ]
  x
}

quiet <- function(code) suppressMessages(suppressWarnings(code))

rate_args <- list(
  difference = list(\(...) rate_difference(...), list("difference")),
  central = list(\(...) rate_central(...), list("central")),
  local = list(\() rate_local(), list("local")),
  local3 = list(\() rate_local(span = 7, degree = 3),
                list("local", span = 7L, degree = 3L)),
  tricube = list(\() rate_local(span = 6, kernel = "tricube"),
                 list("local", span = 6L, kernel = "tricube")),
  epanechnikov = list(\() rate_local(span = 6, kernel = "epanechnikov"),
                      list("local", span = 6L, kernel = "epanechnikov")),
  width = list(\() rate_local(width = 9.9), list("local", width = 9.9)),
  width_tricube = list(\() rate_local(width = 13.3, kernel = "tricube"),
                       list("local", width = 13.3, kernel = "tricube"))
)

# ---- The reference itself, by hand -------------------------------------------

test_that("the reference's operators are right in cases done by hand", {
  R <- ref_difference(c(0, 1, 3))
  expect_equal(R$R1[2, ], c(-1, 1, 0))
  expect_equal(R$R1[3, ], c(0, -1, 1) / 2)
  # 2 f[0, 1, 3] = 2 ((f3 - f1)/2 - (f1 - f0)) / 3
  expect_equal(R$R2[3, ], c(2, -3, 1) / 3)
  R <- ref_central(c(0, 1, 2))
  expect_equal(R$R1, rbind(c(-3, 4, -1), c(-1, 0, 1), c(1, -4, 3)) / 2)
  expect_equal(R$R2, matrix(c(1, -2, 1), 3, 3, byrow = TRUE))
  # Savitzky and Golay's table, 5 points, degree 2, middle row.
  R <- ref_local(0:6)
  expect_equal(R$S[4, ], c(0, -3, 12, 17, 12, -3, 0) / 35)
  expect_equal(R$R1[4, ], c(0, -2, -1, 0, 1, 2, 0) / 10)
  expect_equal(R$R2[4, ], 2 * c(0, 2, -1, -2, -1, 2, 0) / 14)
})

test_that("the reference finds the Ural numbers in the data", {
  known <- list(
    apt_developed = c(ignore = 31, split = 31),
    income_pc = c(ignore = -2408, split = -1290),
    consumer_spending_pc = c(ignore = -1919, split = -904)
  )
  data <- as.data.frame(ural)
  data <- data[data$region_code == "FD-U", ]
  for (k in names(known)) {
    scheme <- list(indicator = k, code = "production", direction = 1,
                   weight = 1, transform = "none", sd = NA_real_)
    d <- ref_defining(data, scheme, "none")
    for (breaks in c("ignore", "split")) {
      total <- ref_basic(ref_rates(d, "difference", breaks))[[1L]]$estimate
      expect_within(total, known[[k]][[breaks]],
                    ref_size(data[[k]], data$year, 2))
    }
  }
})

# ---- Treat -------------------------------------------------------------------

test_that("defining codes: every normalisation, reference and policy", {
  for (seed in some_of(panel_seeds[3:5], 2L)) {
    p <- random_panel(seed)
    panel <- panel_of(p)
    for (missing in c("constant", "available")) {
      for (name in names(norm_args)) {
        a <- norm_args[[name]]
        got <- plain(quiet(defining_codes(panel, a[[1]], a[[2]],
                                          missing = missing)))
        want <- ref_defining(p$data, p$scheme, a[[1]], a[[2]],
                             missing = missing)
        for (r in names(want)) {
          expect_setequal(unique(got$code[got$region == r]), names(want[[r]]))
          for (code in names(want[[r]])) {
            g <- rows_of(got, r, code)
            w <- want[[r]][[code]]
            label <- paste(seed, missing, name, r, code)
            expect_identical(g$year, w$time, label = label)
            expect_within(g$estimate, w$D, max(abs(w$D)), label = label)
            expect_equal(g$n.indicators, w$n_ind, label = label)
            expect_identical(g$break.[-1] %||% g[["break"]][-1], w$brk[-1],
                             label = paste(label, "break"))
          }
        }
      }
    }
  }
})

test_that("defining codes: a base year, goalposts, index, frozen", {
  p <- random_panel(31, holes = FALSE, gaps = FALSE, breaks = FALSE)
  p$scheme$low <- rep(1, 6)
  p$scheme$high <- seq(120, 170, 10)
  panel <- panel_of(p)
  year <- p$calendar[4]
  frozen <- code_reference(defining_codes(panel_of(random_panel(32))))
  f <- plain(frozen)
  cases <- list(
    zscore = list("zscore", year), minmax = list("minmax", year),
    index = list("index", year), goalposts = list("goalposts", "panel")
  )
  for (name in names(cases)) {
    a <- cases[[name]]
    got <- plain(quiet(defining_codes(panel, a[[1]], a[[2]])))
    want <- ref_defining(p$data, p$scheme, a[[1]], a[[2]])
    for (r in names(want)) {
      for (code in names(want[[r]])) {
        w <- want[[r]][[code]]
        expect_within(rows_of(got, r, code)$estimate, w$D, max(abs(w$D)),
                      label = paste(name, r, code))
      }
    }
  }
  got <- plain(defining_codes(panel, reference = frozen))
  want <- ref_defining(p$data, p$scheme, "zscore",
                       f[c("indicator", "centre", "scale")])
  for (r in names(want)) {
    for (code in names(want[[r]])) {
      w <- want[[r]][[code]]
      expect_within(rows_of(got, r, code)$estimate, w$D, max(abs(w$D)))
    }
  }
})

test_that("code_reference() gives centre and scale", {
  p <- random_panel(33)
  for (name in c("zscore", "minmax")) {
    f <- plain(code_reference(quiet(defining_codes(panel_of(p), name))))
    sc <- ref_scale(ref_values(p$data, p$scheme), p$scheme, name, "panel")
    at <- match(p$scheme$indicator, f$indicator)
    expect_within(f$centre[at], sc$centre[1, ], max(abs(sc$centre)))
    expect_within(f$scale[at], sc$scale[1, ], max(abs(sc$scale)))
  }
})

test_that("defining codes: transforms, geometric and harmonic means", {
  p <- random_panel(34, directions = FALSE)
  # The logit is that of percent: every value lies below 100.
  expect_lt(max(p$data[p$scheme$indicator[5]], na.rm = TRUE), 100)
  log_scheme <- ref_scheme(p, transform = c("log", "none", "log1p", "sqrt",
                                            "logit", "log"))
  panel <- panel_of(p, transform = log_scheme$transform, unit = "percent")
  got <- plain(quiet(defining_codes(panel)))
  want <- ref_defining(p$data, log_scheme)
  for (r in names(want)) {
    for (code in names(want[[r]])) {
      w <- want[[r]][[code]]
      expect_within(rows_of(got, r, code)$estimate, w$D, max(abs(w$D)))
    }
  }
  for (aggregate in c("geometric", "harmonic")) {
    got <- plain(quiet(defining_codes(panel_of(p), "none",
                                      aggregate = aggregate)))
    want <- ref_defining(p$data, p$scheme, "none", aggregate = aggregate)
    for (r in names(want)) {
      for (code in names(want[[r]])) {
        w <- want[[r]][[code]]
        expect_within(rows_of(got, r, code)$estimate, w$D, max(abs(w$D)),
                      label = paste(aggregate, r, code))
      }
    }
  }
})

test_that("ranks keep the order and know nothing of the scale", {
  p <- random_panel(35, codes = c(production = 1L), directions = FALSE)
  got <- plain(quiet(defining_codes(panel_of(p), "rank")))
  q <- p
  q$data$x1 <- exp(q$data$x1 / 10)
  again <- plain(quiet(defining_codes(panel_of(q), "rank")))
  expect_identical(again$estimate, got$estimate)
  x <- p$data$x1[match(paste(got$region, got$year),
                       paste(p$data$region, p$data$year))]
  expect_equal(order(got$estimate), order(x))
})

test_that("two identical trends stay a trend when one stops", {
  # method.md: steps of .28, and -.12 where a hole would make growth.
  t <- 2001:2008
  data <- data.frame(region = "R", year = t, a = 1 + 0.28 * (t - 2001),
                     b = 3 + 0.28 * (t - 2001))
  data$b[5:8] <- NA
  s <- code_scheme(c("a", "b"), "production")
  panel <- code_panel(data, s, index = c("region", "year"))
  D <- quiet(defining_codes(panel, "none"))
  expect_equal(D$year, 2001:2004)
  expect_equal(diff(D$estimate), rep(0.28, 3))
  open <- quiet(defining_codes(panel, "none", missing = "available"))
  expect_equal(which(open[["break"]]), 5L)
  V <- plain(quiet(dynamic_codes(open, rate_difference())))
  V <- V$estimate[V$order == 1]
  expect_equal(V[-c(1, 5)], rep(0.28, 6))
  expect_true(all(is.na(V[c(1, 5)])))
  expect_error(defining_codes(panel, "none", missing = "error"),
               class = "nidcode_error")
})

# ---- Rates -------------------------------------------------------------------

compare_rates <- function(got, want, label) {
  for (r in names(want)) {
    for (code in names(want[[r]])) {
      w <- want[[r]][[code]]
      for (order in 1:2) {
        g <- rows_of(got, r, code, order)
        here <- paste(label, r, code, "order", order)
        expect_identical(g$year, w$time, label = paste(here, "times"))
        size <- if (length(w$time) > 1L) ref_size(w$D, w$time, order) else 1
        expect_within(g$estimate, if (order == 1) w$V else w$A, size,
                      label = here)
        expect_within(g$std.error, if (order == 1) w$se_V else w$se_A,
                      max(size, 1e-300), times = 1e-10,
                      label = paste(here, "std.error"))
      }
    }
  }
}

test_that("rates of every kind under every policy for breaks", {
  for (seed in some_of(panel_seeds[c(3L, 5L)])) {
    p <- random_panel(seed)
    D <- defining_codes(panel_of(p))
    d <- ref_defining(p$data, p$scheme)
    for (name in names(rate_args)) {
      a <- rate_args[[name]]
      kind <- a[[2]][[1]]
      for (breaks in c("auto", "split", "shift", "ignore")) {
        if (breaks == "shift" && kind != "local") next
        got <- plain(quiet(dynamic_codes(D, a[[1]](), breaks)))
        want <- do.call(ref_rates, c(list(d, kind, breaks), a[[2]][-1]))
        compare_rates(got, want, paste(seed, name, breaks))
      }
    }
  }
})

test_that("no two points are equally far in these panels", {
  # So that "the nearest five" is not a matter of taste.
  for (seed in panel_seeds) {
    p <- random_panel(seed)
    for (t in split(p$data$year, p$data$region)) {
      for (i in seq_along(t)) expect_false(anyDuplicated(abs(t - t[i])) > 0)
    }
  }
})

test_that("rates on equal steps", {
  p <- random_panel(36, steps = "equal", gaps = FALSE, holes = FALSE,
                    breaks = FALSE)
  D <- defining_codes(panel_of(p))
  d <- ref_defining(p$data, p$scheme)
  for (name in c("difference", "central", "local", "local3")) {
    a <- rate_args[[name]]
    got <- plain(quiet(dynamic_codes(D, a[[1]]())))
    want <- do.call(ref_rates, c(list(d, a[[2]][[1]]), a[[2]][-1]))
    compare_rates(got, want, name)
  }
})

test_that("a custom rate is applied as it is given", {
  p <- random_panel(102)
  D <- defining_codes(panel_of(p))
  f <- function(time) {
    R <- ref_difference(time)
    list(R1 = 2 * R$R1, R2 = R$R2)
  }
  d <- ref_defining(p$data, p$scheme)
  for (breaks in c("auto", "ignore")) {
    got <- plain(quiet(dynamic_codes(D, rate_custom(f, "double"), breaks)))
    want <- ref_rates(d, "custom", breaks, f = f)
    compare_rates(got, want, paste("custom", breaks))
  }
})

test_that("errors from a given sd, of a code or of the indicators", {
  p <- random_panel(104)
  D <- defining_codes(panel_of(p))
  d <- ref_defining(p$data, p$scheme)
  by_code <- c(social = 0.3, production = 0.05, institutional = 0.2)
  for (name in c("difference", "central")) {
    for (sd in list(0.1, by_code)) {
      got <- plain(quiet(dynamic_codes(D, rate_args[[name]][[1]](sd = sd))))
      want <- ref_rates(d, name, sd = if (length(sd) > 1L) as.list(sd) else sd)
      compare_rates(got, want, name)
      has <- !is.na(got$estimate)
      expect_true(all(got$df[has] == Inf))
      z <- qnorm(0.975)
      expect_equal(got$conf.low[has],
                   got$estimate[has] - z * got$std.error[has])
      expect_equal(got$conf.high[has],
                   got$estimate[has] + z * got$std.error[has])
      expect_equal(got$prob.positive[has],
                   pnorm(got$estimate[has] / got$std.error[has]))
    }
  }
  q <- p
  q$scheme$sd <- c(1, 0.4, 2, 0.7, 0.1, 3)
  for (missing in c("constant", "available")) {
    D <- quiet(defining_codes(panel_of(q), missing = missing))
    d <- ref_defining(q$data, q$scheme, missing = missing)
    got <- plain(quiet(dynamic_codes(D, rate_central())))
    compare_rates(got, ref_rates(d, "central"), paste("scheme's sd", missing))
  }
  expect_error(dynamic_codes(D, rate_central(sd = 1)), class = "nidcode_error")
})

test_that("errors of local fits are Student's on n - 2 tr S + tr S'S", {
  p <- random_panel(106)
  D <- defining_codes(panel_of(p))
  d <- ref_defining(p$data, p$scheme)
  for (breaks in c("split", "shift", "ignore")) {
    got <- plain(quiet(dynamic_codes(D, rate_local(), breaks,
                                     conf_level = 0.9)))
    want <- ref_rates(d, "local", breaks)
    for (r in names(want)) {
      for (code in names(want[[r]])) {
        g <- rows_of(got, r, code, 1)
        w <- want[[r]][[code]]
        has <- !is.na(w$V) & !is.na(w$se_V)
        expect_equal(g$df[has], rep(w$v$df, sum(has)), tolerance = 1e-9,
                     label = paste(breaks, r, code, "df"))
        q <- qt(0.95, w$v$df)
        expect_equal(g$conf.low[has], w$V[has] - q * w$se_V[has],
                     tolerance = 1e-9)
        expect_equal(g$prob.positive[has], pt(w$V / w$se_V, w$v$df)[has],
                     tolerance = 1e-9)
      }
    }
  }
})

test_that("no error is NA, never 0", {
  p <- random_panel(107)
  r <- quiet(dynamic_codes(defining_codes(panel_of(p)), rate_difference()))
  expect_true(all(is.na(r$std.error)))
  expect_true(all(is.na(r$conf.low) & is.na(r$conf.high)))
  expect_true(all(is.na(r$prob.positive)))
  b <- quiet(basic_code(r))
  expect_true(all(is.na(b$std.error) & is.na(b$prob.positive)))
})

test_that("the shortest series of each rate", {
  one <- function(n, rate) {
    s <- random_series(90 + n, n)
    r <- quiet(dynamic_codes(defining_codes(series_panel(s, "R"), "none"),
                             rate))
    c(V = sum(!is.na(r$estimate[r$order == 1])),
      A = sum(!is.na(r$estimate[r$order == 2])))
  }
  expect_equal(one(1, rate_difference()), c(V = 0, A = 0))
  expect_equal(one(2, rate_difference()), c(V = 1, A = 0))
  expect_equal(one(3, rate_difference()), c(V = 2, A = 1))
  expect_equal(one(1, rate_central()), c(V = 0, A = 0))
  expect_equal(one(2, rate_central()), c(V = 2, A = 0))
  expect_equal(one(3, rate_central()), c(V = 3, A = 3))
})

test_that("vectors in: estimate_rates() against the reference", {
  a <- random_series(1, 9L)
  b <- random_series(2, 12L)
  x <- c(b$x, a$x)
  time <- c(b$time, a$time)
  group <- rep(c("b", "a"), c(12, 9))
  mix <- with_stream(3, sample(length(x)))
  for (name in names(rate_args)) {
    kind <- rate_args[[name]]
    got <- as.data.frame(quiet(
      estimate_rates(x[mix], time[mix], group[mix], kind[[1]]())
    ))
    for (g in c("a", "b")) {
      s <- list(a = a, b = b)[[g]]
      R <- do.call(ref_operator,
                   c(list(s$time, s$brk, kind[[2]][[1]]), kind[[2]][-1]))
      for (order in 1:2) {
        rows <- got[got$group == g & got$order == order, ]
        rows <- rows[order(rows$time), ]
        expect_identical(rows$time, s$time)
        expect_within(rows$estimate, ref_apply(R[[order]], s$x),
                      ref_size(s$x, s$time, order),
                      label = paste(name, g, order))
      }
    }
  }
})

# ---- Formulas ----------------------------------------------------------------

test_that("formula (1), its condition and its error", {
  w <- c(production = 2, institutional = 0.5, social = 1)
  for (seed in panel_seeds) {
    p <- random_panel(seed)
    codes <- nid_codes()
    codes$weight <- w[codes$code]
    for (weighted in c(FALSE, TRUE)) {
      panel <- if (weighted) panel_of(p, codes = codes) else panel_of(p)
      d <- ref_rates(ref_defining(p$data, p$scheme), "difference", sd = 0.2)
      want <- ref_industrial(d, if (weighted) w)
      got <- plain(quiet(industrial_code(defining_codes(panel),
                                         rate_difference(sd = 0.2))))
      got <- got[!is.na(got$estimate), ]
      at <- match(paste(want$region, want$time), paste(got$region, got$year))
      expect_false(anyNA(at))
      expect_equal(nrow(got), nrow(want))
      got <- got[at, ]
      for (what in c("estimate", "std.error", "prob.condition")) {
        expect_within(got[[what]], want[[what]],
                      10 / min(diff(p$calendar)), label = paste(seed, what))
      }
      expect_identical(got$condition, want$condition)
      expect_equal(got$n.codes, want$n.codes)
    }
  }
})

test_that("errors of codes combine by a given correlation", {
  p <- random_panel(103)
  rho <- matrix(c(1, 0.5, -0.3, 0.5, 1, 0.1, -0.3, 0.1, 1), 3,
                dimnames = rep(list(c("production", "institutional",
                                      "social")), 2))
  r <- quiet(dynamic_codes(defining_codes(panel_of(p)),
                           rate_central(sd = 0.3)))
  rates <- ref_rates(ref_defining(p$data, p$scheme), "central", sd = 0.3)
  want <- ref_basic(rates, measure = "integral",
                    cor = rho)
  got <- plain(quiet(basic_code(r, measure = "integral", cor = rho)))
  for (g in names(want)) {
    if (want[[g]]$n == 0L) next
    expect_equal(got$std.error[got$region == g], want[[g]]$std.error)
  }
  shuffled <- rho[c(3, 1, 2), c(3, 1, 2)]
  again <- plain(quiet(basic_code(r, measure = "integral", cor = shuffled)))
  expect_equal(again$std.error, got$std.error)
})

influences <- list(
  equal = list(\() influence_equal(), \() ref_tau()),
  half_life = list(\() influence_half_life(2.5),
                   \() ref_tau("half_life", h = 2.5)),
  linear = list(\() influence_linear(), \() ref_tau("linear")),
  linear_span = list(\() influence_linear(6.5),
                     \() ref_tau("linear", span = 6.5)),
  power = list(\() influence_power(1.3, 2),
               \() ref_tau("power", power = 1.3, scale = 2)),
  hyperbolic = list(\() influence_hyperbolic(3),
                    \() ref_tau("hyperbolic", scale = 3)),
  custom = list(\() influence_custom(\(lag) exp(-lag / 4)),
                \() ref_tau("custom", f = \(lag) exp(-lag / 4))),
  of_time = list(\() influence_custom(\(t) t - 1999, of = "time"),
                 \() ref_tau("custom", f = \(t) t - 1999, of = "time"))
)

# Panels whose codes share a grid in each region, so that "the" grid of a
# region is not in question: one indicator a code has no holes of its own.
shared_grid <- function(seed, breaks = TRUE) {
  p <- random_panel(seed, holes = FALSE, breaks = FALSE)
  if (breaks) {
    for (r in unique(p$data$region)) {
      rows <- which(p$data$region == r)
      rows <- rows[order(p$data$year[rows])]
      at <- rows[with_stream(seed, sample(4:(length(rows) - 3L), 1L))]
      p$data[at, paste0(p$scheme$indicator, "_status")] <- "break"
    }
    p$made <- what_was_made(p$data, p$scheme, p$calendar)
  }
  p
}

compare_basic <- function(got, want, size, label, error = TRUE) {
  expect_setequal(got$region, names(want))
  for (g in names(want)) {
    w <- want[[g]]
    row <- got[got$region == g, ]
    here <- paste(label, g)
    expect_within(row$estimate, w$estimate, size, label = here)
    expect_equal(row$n.terms, w$n, label = paste(here, "n.terms"))
    if (error && w$n > 0L) {
      expect_within(row$std.error, w$std.error, size, times = 1e-10,
                    label = paste(here, "std.error"))
    }
  }
}

test_that("formula (2): all influences, sum and integral, under split", {
  for (seed in some_of(41:44, 2L)) {
    p <- shared_grid(seed)
    expect_true(p$made$uneven && p$made$gaps && p$made$breaks > 0)
    size <- 20 / min(diff(p$calendar))^2
    D <- defining_codes(panel_of(p))
    d <- ref_defining(p$data, p$scheme)
    for (name in c("difference", "central", "local")) {
      a <- rate_args[[name]]
      got_r <- quiet(dynamic_codes(D, if (name == "local") {
        rate_local()
      } else {
        a[[1]](sd = 0.2)
      }, breaks = "split"))
      sd <- if (name != "local") 0.2
      want_r <- ref_rates(d, name, "split", sd = sd)
      for (measure in c("sum", "integral")) {
        for (i in names(influences)) {
          got <- plain(quiet(basic_code(got_r, influences[[i]][[1]](),
                                        measure, cor = "independent")))
          want <- ref_basic(want_r, influences[[i]][[2]](), measure)
          compare_basic(got, want, size, paste(seed, name, measure, i))
        }
      }
    }
  }
})

test_that("formula (2): `at`, normalised influence, weights of codes", {
  p <- shared_grid(45)
  size <- 40 / min(diff(p$calendar))^2
  codes <- nid_codes()
  codes$weight <- c(2, 0.5, 1)
  w <- stats::setNames(codes$weight, codes$code)
  d <- ref_rates(ref_defining(p$data, p$scheme), "central", sd = 0.1)
  r <- quiet(dynamic_codes(defining_codes(panel_of(p, codes = codes)),
                           rate_central(sd = 0.1)))
  at <- p$calendar[10]
  for (measure in c("sum", "integral")) {
    cases <- list(
      list(influence_half_life(3, at = at), ref_tau("half_life", h = 3), at,
           FALSE),
      list(influence_hyperbolic(2, at = at),
           ref_tau("hyperbolic", scale = 2), at, FALSE),
      list(influence_half_life(3, at = at, normalise = TRUE),
           ref_tau("half_life", h = 3), at, TRUE),
      list(influence_equal(normalise = TRUE), ref_tau(), NULL, TRUE)
    )
    for (i in seq_along(cases)) {
      k <- cases[[i]]
      got <- plain(quiet(basic_code(r, k[[1]], measure)))
      want <- ref_basic(d, k[[2]], measure, at = k[[3]], normalise = k[[4]],
                        weight = w)
      compare_basic(got, want, size, paste(measure, "case", i))
    }
  }
})

test_that("formula (2) on ragged codes: sums over the common times", {
  for (seed in panel_seeds) {
    p <- random_panel(seed)
    size <- 20 / min(diff(p$calendar))^2
    D <- defining_codes(panel_of(p))
    d <- ref_defining(p$data, p$scheme)
    for (name in c("difference", "central")) {
      r <- quiet(dynamic_codes(D, rate_args[[name]][[1]](sd = 0.2)))
      want_r <- ref_rates(d, name, sd = 0.2)
      for (i in c("equal", "half_life", "linear")) {
        got <- plain(quiet(basic_code(r, influences[[i]][[1]]())))
        want <- ref_basic(want_r, influences[[i]][[2]]())
        compare_basic(got, want, size, paste(seed, name, i))
      }
    }
  }
})

test_that("paths, stock and partial", {
  for (seed in 46:48) {
    p <- shared_grid(seed)
    size <- 20 / min(diff(p$calendar))^2
    D <- defining_codes(panel_of(p))
    d <- ref_defining(p$data, p$scheme)
    for (name in c("difference", "central")) {
      r <- quiet(dynamic_codes(D, rate_args[[name]][[1]]()))
      want_r <- ref_rates(d, name)
      for (i in names(influences)) {
        for (measure in c("sum", "integral")) {
          for (kind in c("stock", "partial")) {
            got <- plain(quiet(code_path(r, influences[[i]][[1]](), measure,
                                         kind)))
            got <- got[!is.na(got$estimate), ]
            want <- ref_path(want_r, influences[[i]][[2]](), measure, kind)
            at <- match(paste(want$region, want$time),
                        paste(got$region, got$year))
            label <- paste(seed, name, i, measure, kind)
            expect_false(anyNA(at), label = label)
            got <- got[at, ]
            expect_within(got$estimate, want$estimate, size, label = label)
            expect_equal(got$n.terms, want$n.terms, label = label)
          }
        }
      }
    }
  }
})

test_that("contributions by code, time and indicator, and crossed", {
  for (seed in 49:50) {
    p <- shared_grid(seed)
    size <- 20 / min(diff(p$calendar))^2
    names_of <- p$scheme$indicator
    r <- quiet(dynamic_codes(defining_codes(panel_of(p)), rate_central()))
    want_r <- ref_rates(ref_defining(p$data, p$scheme), "central")
    h <- influence_half_life(2.5)
    want <- ref_basic(want_r, ref_tau("half_life", h = 2.5), "integral")
    want <- do.call(rbind, lapply(names(want), \(g) {
      parts <- want[[g]]$parts
      if (is.null(parts)) return(NULL)
      data.frame(region = g, code = parts$code, year = parts$time,
                 indicator = names_of[parts$k], estimate = parts$estimate)
    }))
    for (by in list("code", "time", "indicator", c("code", "time"),
                    c("time", "indicator"), c("code", "indicator"))) {
      got <- plain(quiet(contributions(r, by, h, "integral")))
      cols <- c("region", ifelse(by == "time", "year", by))
      names(got)[names(got) == "time"] <- "year"
      expect_true(all(cols %in% names(got)))
      w <- stats::aggregate(want["estimate"], want[cols], sum)
      got <- got[!is.na(got$estimate), ]
      key <- function(x) do.call(paste, c(unname(as.list(x[cols])), sep = "|"))
      at <- match(key(w), key(got))
      expect_false(anyNA(at), label = paste(by, collapse = " x "))
      expect_within(got$estimate[at], w$estimate, size,
                    label = paste(by, collapse = " x "))
      expect_within(sum(got$estimate), sum(w$estimate), size)
    }
  }
})

test_that("cell weights are the derivative of the code", {
  p <- shared_grid(51)
  want_r <- ref_rates(ref_defining(p$data, p$scheme), "central")
  want <- ref_basic(want_r, ref_tau("half_life", h = 2.5), "integral")
  m <- quiet(code_model(p$data, scheme_of(p), c("region", "year"),
                        status = "_status", rate = rate_central(),
                        influence = influence_half_life(2.5),
                        measure = "integral"))
  got <- plain(cell_weights(m))
  for (g in names(want)) {
    cells <- want[[g]]$cells
    at <- match(paste(g, p$scheme$indicator[cells$k], cells$time),
                paste(got$region, got$indicator, got$year))
    weight <- got$weight[at]
    # A cell that takes no part may be absent or 0.
    weight[is.na(weight)] <- 0
    expect_within(weight, cells$weight, 20 / min(diff(p$calendar))^2)
  }
})

test_that("the model is its steps", {
  p <- random_panel(52)
  m <- quiet(code_model(p$data, scheme_of(p), c("region", "year"),
                        status = "_status", rate = rate_central(sd = 0.1),
                        influence = influence_half_life(2.5)))
  D <- quiet(defining_codes(panel_of(p)))
  r <- quiet(dynamic_codes(D, rate_central(sd = 0.1)))
  same <- function(a, b) expect_equal(plain(a), plain(b))
  same(m$defining, D)
  same(m$rates, r)
  same(m$industrial, quiet(industrial_code(r)))
  same(m$basic, quiet(basic_code(r, influence_half_life(2.5))))
  same(m$path, quiet(code_path(r, influence_half_life(2.5))))
})

test_that("a frozen update is exact, a refit is another call", {
  p <- random_panel(53)
  fit <- function(data, ...) {
    quiet(code_model(data, scheme_of(p), c("region", "year"),
                     status = "_status", rate = rate_central(), ...))
  }
  m <- fit(p$data)
  changed <- p$data
  changed$x1[1:5] <- changed$x1[1:5] * 1.4
  frozen <- quiet(update(m, data = changed, freeze = TRUE))
  want <- fit(changed, reference = code_reference(m))
  expect_equal(frozen$basic$estimate, want$basic$estimate)
  refit <- quiet(update(m, data = changed))
  expect_equal(refit$basic$estimate, fit(changed)$basic$estimate)
  expect_false(isTRUE(all.equal(refit$basic$estimate, frozen$basic$estimate)))
})

test_that("ranks of regions and their intervals", {
  p <- random_panel(54, n_regions = 7L, holes = FALSE, breaks = FALSE)
  b <- plain(quiet(basic_code(defining_codes(panel_of(p)),
                              rate = rate_central(sd = 0.05))))
  k <- plain(quiet(region_ranks(basic_code(
    defining_codes(panel_of(p)), rate = rate_central(sd = 0.05)
  ), pairs = "independent")))
  k <- k[match(b$region, k$region), ]
  want <- ref_ranks(b$estimate, b$std.error)
  expect_equal(k$rank, want$rank)
  expect_equal(k$rank.low, want$rank.low)
  expect_equal(k$rank.high, want$rank.high)
})

# ---- Vectors and prices ------------------------------------------------------

test_that("accumulate_rates() and accumulate_path() against the reference", {
  s <- random_series(3, 8L)
  q <- random_series(4, 11L)
  x <- c(s$x, q$x) - 20
  time <- c(s$time, q$time)
  group <- rep(c("s", "q"), c(8, 11))
  for (i in names(influences)) {
    for (measure in c("sum", "integral")) {
      got <- as.data.frame(accumulate_rates(
        x, time, group, influences[[i]][[1]](), measure
      ))
      path <- as.data.frame(accumulate_path(
        x, time, group, influences[[i]][[1]](), measure
      ))
      for (g in c("s", "q")) {
        tau <- influences[[i]][[2]]()
        xg <- x[group == g]
        tg <- time[group == g]
        expect_within(got$estimate[got$group == g],
                      ref_accumulate(xg, tg, tau, measure), 1e3,
                      label = paste(i, measure, g))
        expect_within(path$estimate[path$group == g & path$time == max(tg)],
                      ref_accumulate(xg, tg, tau, measure), 1e3,
                      label = paste(i, measure, g, "path"))
      }
    }
  }
})

test_that("deflate() chains the links to 1 at the base", {
  t <- 2001:2006
  data <- data.frame(region = rep(c("A", "B"), each = 6), year = c(t, t),
                     income = c(100 + 0:5, 200 + 10 * (0:5)),
                     price = c(110, 105, 120, 101, 99, 103,
                               108, 109, 104, 102, 100, 111))
  mix <- c(7, 3, 1, 12, 5, 2, 9, 8, 4, 6, 10, 11)
  got <- deflate(data[mix, ], "income", "price", base = 2003,
                 index = c("region", "year"))
  expect_identical(got$year, data$year[mix])
  for (g in c("A", "B")) {
    one <- data[data$region == g, ]
    want <- one$income / ref_deflator(one$price, one$year, 2003)
    have <- got[got$region == g, ]
    expect_equal(have$income[order(have$year)], want)
  }
})
