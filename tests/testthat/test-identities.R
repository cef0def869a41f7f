# Properties that hold whatever the data: method.md, section 4. Tolerance: 1e-12
# times max|D - mean D| / min step^order (`expect_within()`).

skip_on_cran()

rates_here <- function() {
  list(
    difference = rate_difference(),
    central = rate_central(),
    local = rate_local(span = 5, degree = 2),
    cubic = rate_local(span = 7, degree = 3, kernel = "tricube"),
    custom = rate_custom(ref_central, "central again")
  )
}

raw <- function(panel) {
  defining_codes(panel, normalise = "none")
}

# The panels have holes and short series on purpose; what is said of them is
# tested elsewhere.
defining_codes <- function(...) suppressMessages(nidcode::defining_codes(...))
dynamic_codes <- function(...) suppressMessages(nidcode::dynamic_codes(...))

nid <- function(x, ...) suppressMessages(basic_code(x, ...))

# Values of one order (and region, code) in the order of time.
rate_of <- function(x, order, region = NULL, code = NULL) {
  x <- as.data.frame(x)
  use <- x$order == order
  if (!is.null(region)) use <- use & as.character(x$region) == region
  if (!is.null(code)) use <- use & x$code == code
  x <- x[use, ]
  x$estimate[order(x$year)]
}

test_that("the generators make what the tests rely on", {
  made <- lapply(panel_seeds, \(s) random_panel(s)$made)
  all_of_them <- \(what) vapply(made, \(m) m[[what]], logical(1))
  counts <- \(what) vapply(made, \(m) as.numeric(m[[what]]), numeric(1))
  expect_true(all(all_of_them("uneven")))
  expect_true(all(all_of_them("gaps")))
  expect_true(all(all_of_them("never_observed")))
  expect_true(all(counts("holes") > 4))
  expect_true(all(counts("breaks") > 1))
  expect_true(any(all_of_them("break_in_hole")))
  expect_true(all(counts("starts") > 1))
  expect_true(all(counts("ends") > 1))
  expect_true(all(all_of_them("unsorted")))
  for (seed in 1:5) {
    s <- random_series(seed, 12L, breaks = 2L)
    expect_true(s$made$uneven)
    expect_equal(s$made$breaks, 2)
  }
  equal <- random_panel(1, steps = "equal", gaps = FALSE, holes = FALSE,
                        breaks = FALSE)$made
  expect_false(equal$uneven || equal$gaps || equal$never_observed)
  expect_equal(equal$holes + equal$breaks, 0)
})

test_that("generators leave the caller's random stream alone", {
  set.seed(5)
  a <- runif(1)
  set.seed(5)
  random_panel(1)
  random_series(1)
  expect_identical(runif(1), a)
})

test_that("difference, tau = 1: the integral is V(t_n) - V(t_1)", {
  for (seed in 1:15) {
    s <- random_series(seed, 4L + seed)
    n <- length(s$x)
    D <- raw(series_panel(s, "R"))
    V <- rate_of(dynamic_codes(D, rate_difference()), 1)
    total <- nid(D, measure = "integral", rate = rate_difference())
    expect_within(total$estimate, V[n] - V[2], ref_size(s$x, s$time, 1),
                  label = paste("seed", seed))
    hand <- diff(s$x[(n - 1):n]) / diff(s$time[(n - 1):n]) -
      diff(s$x[1:2]) / diff(s$time[1:2])
    expect_within(total$estimate, hand, ref_size(s$x, s$time, 1))
    expect_equal(total$n.terms, n - 2)
  }
})

test_that("difference, equal steps h: the sum is (V(t_n) - V(t_1)) / h", {
  for (h in c(1, 0.25, 3)) {
    s <- random_series(40 + h, 9L, steps = "equal", step = h)
    D <- raw(series_panel(s, "R"))
    x <- s$x
    hand <- ((x[9] - x[8]) - (x[2] - x[1])) / h^2
    total <- nid(D, measure = "sum", rate = rate_difference())
    expect_within(total$estimate, hand, ref_size(x, s$time, 2))
  }
})

test_that("difference, tau = 1: four data points decide", {
  s <- random_series(7, 10L, steps = "equal")
  moved <- s
  moved$x[3:8] <- moved$x[3:8] + c(5, -2, 7, 1, 0.5, -9)
  for (measure in c("sum", "integral")) {
    a <- nid(raw(series_panel(s, "R")), measure = measure,
             rate = rate_difference())
    b <- nid(raw(series_panel(moved, "R")), measure = measure,
             rate = rate_difference())
    expect_within(b$estimate, a$estimate, ref_size(moved$x, s$time, 2))
  }
})

test_that("central, tau = 1: the integral is V(t_n) - V(t_0)", {
  for (seed in 1:15) {
    s <- random_series(100 + seed, 3L + seed)
    D <- raw(series_panel(s, "R"))
    V <- rate_of(dynamic_codes(D, rate_central()), 1)
    total <- nid(D, measure = "integral", rate = rate_central())
    expect_within(total$estimate, V[length(V)] - V[1],
                  ref_size(s$x, s$time, 1), label = paste("seed", seed))
  }
})

test_that("under split the integral telescopes within each segment", {
  for (seed in 1:10) {
    s <- random_series(200 + seed, 14L, breaks = 2L)
    seg <- cumsum(s$brk)
    D <- raw(series_panel(s, "R"))
    for (rate in c("difference", "central")) {
      make <- get(paste0("rate_", rate))()
      V <- rate_of(dynamic_codes(D, make, breaks = "split"), 1)
      hand <- 0
      for (g in unique(seg)) {
        v <- V[seg == g]
        if (rate == "difference") v <- v[-1]
        if (sum(seg == g) >= 3) hand <- hand + v[length(v)] - v[1]
      }
      total <- nid(dynamic_codes(D, make, breaks = "split"),
                   measure = "integral")
      expect_within(total$estimate, hand, ref_size(s$x, s$time, 1),
                    label = paste(rate, "seed", seed))
    }
  }
})

test_that("difference: accumulating formula (1) gives back the code", {
  for (seed in 1:10) {
    s <- random_series(300 + seed, 5L + seed)
    n <- length(s$x)
    one <- industrial_code(raw(series_panel(s, "R")), rate_difference())
    one <- as.data.frame(one)
    step <- diff(s$time)[match(one$year, s$time) - 1]
    total <- sum((step * one$estimate)[!is.na(one$estimate)])
    expect_within(total, s$x[n] - s$x[1], ref_size(s$x, s$time, 0))
  }
})

test_that("a line has V = its slope and A = 0 under every rate", {
  for (seed in 1:6) {
    s <- random_series(400 + seed, 11L)
    x <- 3 - 1.7 * (s$time - s$time[1])
    D <- raw(series_panel(s, "R", x = x))
    rates <- rates_here()
    rates$slope <- rate_local(span = 4, degree = 1)
    for (name in names(rates)) {
      r <- dynamic_codes(D, rates[[name]])
      V <- rate_of(r, 1)
      V <- V[!is.na(V)]
      expect_within(V, rep(-1.7, length(V)), ref_size(x, s$time, 1),
                    label = paste(name, "V"))
      if (name != "slope") {
        A <- rate_of(r, 2)
        A <- A[!is.na(A)]
        expect_gt(length(A), 8)
        expect_within(A, rep(0, length(A)), ref_size(x, s$time, 2),
                      label = paste(name, "A"))
      }
    }
  }
})

test_that("a constant has V = 0 and A = 0 exactly", {
  s <- random_series(450, 9L)
  D <- raw(series_panel(s, "R", x = rep(0.1, 9)))
  for (rate in rates_here()[c("difference", "central", "local")]) {
    r <- dynamic_codes(D, rate)
    got <- r$estimate[!is.na(r$estimate)]
    expect_identical(got, rep(0, length(got)))
  }
})

test_that("a parabola a t^2 has A = 2a under every rate", {
  for (seed in 1:6) {
    s <- random_series(500 + seed, 11L)
    u <- s$time - s$time[1]
    x <- 0.3 * u^2 - u
    D <- raw(series_panel(s, "R", x = x))
    rates <- rates_here()
    for (name in names(rates)) {
      r <- dynamic_codes(D, rates[[name]])
      A <- rate_of(r, 2)
      A <- A[!is.na(A)]
      expect_within(A, rep(0.6, length(A)), ref_size(x, s$time, 2),
                    label = paste(name, "A"))
      if (name != "difference") {
        expect_within(rate_of(r, 1), 0.6 * u - 1, ref_size(x, s$time, 1),
                      label = paste(name, "V"))
      }
    }
  }
})

test_that("with normalised influence a parabola's code is 2a", {
  s <- random_series(510, 11L)
  u <- s$time - s$time[1]
  D <- raw(series_panel(s, "R", x = 0.3 * u^2))
  for (measure in c("sum", "integral")) {
    for (influence in list(influence_half_life(3, normalise = TRUE),
                           influence_power(1.5, normalise = TRUE),
                           influence_equal(normalise = TRUE))) {
      total <- nid(D, influence, measure, rate_central())
      expect_within(total$estimate, 0.6, ref_size(0.3 * u^2, s$time, 2))
    }
  }
})

test_that("shift: a line with jumps keeps its slope, whatever the jumps", {
  for (seed in 1:6) {
    s <- random_series(520 + seed, 16L, breaks = 2L)
    jump <- cumsum(s$brk) * c(-8, 13)[pmax(cumsum(s$brk), 1)]
    x <- 2 + 0.7 * (s$time - s$time[1]) + jump
    D <- raw(series_panel(s, "R", x = x))
    r <- dynamic_codes(D, rate_local(span = 7), breaks = "shift")
    for (order in 1:2) {
      got <- rate_of(r, order)
      got <- got[!is.na(got)]
      expect_gt(length(got), 8)
      expect_within(got, rep(c(0.7, 0)[order], length(got)),
                    ref_size(x, s$time, order), label = paste("order", order))
    }
  }
})

test_that("split: adding a constant to a segment changes nothing", {
  for (name in c("difference", "central", "local")) {
    s <- random_series(531, 16L, breaks = 2L)
    x <- s$x + 5 * cumsum(s$brk)
    rate <- rates_here()[[name]]
    a <- dynamic_codes(raw(series_panel(s, "R")), rate, breaks = "split")
    b <- dynamic_codes(raw(series_panel(s, "R", x = x)), rate,
                       breaks = "split")
    expect_false(all(is.na(a$estimate)))
    expect_within(b$estimate, a$estimate, ref_size(x, s$time, 2), label = name)
  }
})

test_that("the policies for breaks agree where there is no break", {
  s <- random_series(540, 12L)
  D <- raw(series_panel(s, "R"))
  for (rate in rates_here()[c("difference", "central", "local")]) {
    a <- dynamic_codes(D, rate, breaks = "ignore")$estimate
    expect_identical(dynamic_codes(D, rate, breaks = "split")$estimate, a)
  }
  a <- dynamic_codes(D, rate_local(), breaks = "ignore")$estimate
  expect_identical(dynamic_codes(D, rate_local(), breaks = "shift")$estimate, a)
})

test_that("breaks auto is shift for local and split for the others", {
  s <- random_series(541, 15L, breaks = 2L)
  D <- raw(series_panel(s, "R"))
  policy <- c(difference = "split", central = "split", local = "shift",
              custom = "split")
  for (name in names(policy)) {
    rate <- rates_here()[[name]]
    expect_identical(dynamic_codes(D, rate)$estimate,
                     dynamic_codes(D, rate, breaks = policy[[name]])$estimate)
    other <- dynamic_codes(D, rate, breaks = "ignore")$estimate
    expect_false(identical(dynamic_codes(D, rate)$estimate, other))
  }
})

test_that("contributions sum to the code, over every crossing", {
  for (seed in panel_seeds) {
    p <- random_panel(seed)
    D <- defining_codes(panel_of(p), reference = "region")
    for (name in c("difference", "central", "local")) {
      r <- suppressMessages(dynamic_codes(D, rates_here()[[name]]))
      for (measure in c("sum", "integral")) {
        h <- influence_half_life(4)
        total <- suppressMessages(basic_code(r, h, measure))
        size <- max(abs(D$estimate)) / min(diff(p$calendar))^2
        for (by in list("code", "time", "indicator", c("code", "time"),
                        c("code", "indicator"), c("time", "indicator"))) {
          part <- suppressMessages(
            contributions(r, by = by, influence = h, measure = measure)
          )
          for (g in as.character(total$region)) {
            entry <- part$estimate[as.character(part$region) == g]
            want <- total$estimate[as.character(total$region) == g]
            if (is.na(want)) next
            expect_within(sum(entry, na.rm = TRUE), want, size,
                          label = paste(seed, name, measure,
                                        paste(by, collapse = " x "), g))
          }
        }
      }
    }
  }
})

test_that("weight 0 with the denominator kept changes the code by its entry", {
  # The freed weight goes to an indicator that is constant, so that the sum of
  # the weights stays and nothing else enters.
  p <- random_panel(21, codes = c(production = 3L, social = 2L), holes = FALSE)
  p$data$dummy <- 1
  p$data$dummy_status <- "ok"
  p$scheme <- lapply(p$scheme, \(v) c(v, v[3]))
  p$scheme$indicator[6] <- "dummy"
  p$scheme$direction[6] <- 1
  two <- nid_codes()[c(1L, 3L), ]
  frozen <- code_reference(
    suppressWarnings(defining_codes(panel_of(p, codes = two),
                                    reference = "panel"))
  )
  with_weights <- function(w) {
    D <- suppressWarnings(
      defining_codes(panel_of(p, weight = w, codes = two),
                     reference = frozen)
    )
    suppressMessages(dynamic_codes(D, rate_central()))
  }
  w <- p$scheme$weight
  w[6] <- 0
  w0 <- replace(w, c(2, 6), c(0, w[2]))
  entry <- suppressMessages(contributions(with_weights(w), by = "indicator",
                                          influence = influence_equal(),
                                          measure = "integral"))
  full <- nid(with_weights(w), measure = "integral")
  less <- nid(with_weights(w0), measure = "integral")
  e <- entry$estimate[entry$indicator == "x2"]
  expect_true(all(abs(e) > 1e-6))
  expect_within(full$estimate - less$estimate, e, 10 / min(diff(p$calendar)))
})

test_that("half-life h: a unit impulse counts exactly 1/2 after h", {
  for (h in c(1, 0.5, 3, 7)) {
    time <- 2000 + h * 0:6
    impulse <- c(1, 0, 0, 0, 0, 0, 0)
    path <- accumulate_path(impulse, time, influence = influence_half_life(h))
    expect_identical(path$estimate, 2^-(0:6))
    expect_identical(path$estimate[2], 0.5)
    last <- accumulate_rates(impulse[1:2], time[1:2],
                             influence = influence_half_life(h))
    expect_identical(last$estimate, 0.5)
    at <- accumulate_rates(impulse, time,
                           influence = influence_half_life(h, at = 2000 + h))
    expect_identical(at$estimate, 0.5)
  }
})

test_that("shifting time changes nothing", {
  for (seed in some_of(panel_seeds[1:4], 2L)) {
    p <- random_panel(seed)
    size <- 4 / min(diff(p$calendar))^2
    for (name in c("difference", "central", "local")) {
      rate <- rates_here()[[name]]
      run <- function(by) {
        q <- p
        q$data$year <- q$data$year + by
        r <- suppressMessages(dynamic_codes(defining_codes(panel_of(q)), rate))
        list(r = r$estimate,
             n = nid(r, influence_half_life(3), "integral")$estimate,
             l = nid(r, influence_linear(), "sum")$estimate,
             i = industrial_code(r)$estimate)
      }
      a <- run(0)
      for (by in c(-2000, 1000, -4096)) {
        b <- run(by)
        for (what in names(a)) {
          expect_within(b[[what]], a[[what]], size,
                        label = paste(name, what, "shifted by", by))
        }
      }
    }
  }
})

test_that("rates are the same at offsets 0, 2005 and 1e6", {
  s <- random_series(61, 10L)
  s$time <- s$time - s$time[1]
  for (rate in rates_here()) {
    run <- function(by) {
      D <- raw(series_panel(s, "R", time = s$time + by))
      dynamic_codes(D, rate)$estimate
    }
    a <- run(0)
    for (by in c(2005, 1e6)) {
      b <- run(by)
      expect_identical(is.na(a), is.na(b))
      expect_lte(max(abs(b - a), na.rm = TRUE),
                 1e-10 * max(abs(a), na.rm = TRUE))
    }
  }
})

test_that("scaling time by c scales V, A, sum, integral by its powers", {
  for (seed in some_of(panel_seeds[1:3], 3L)) {
    p <- random_panel(seed)
    for (c in c(4, 1 / 12, 365.25)) {
      q <- p
      q$data$year <- c * q$data$year
      size <- 6 / min(diff(p$calendar))^2
      kinds <- list(
        difference = list(rate_difference(), rate_difference()),
        central = list(rate_central(), rate_central()),
        local = list(rate_local(), rate_local()),
        width = list(rate_local(width = 9.3), rate_local(width = 9.3 * c))
      )
      for (name in names(kinds)) {
        a <- suppressMessages(dynamic_codes(defining_codes(panel_of(p)),
                                            kinds[[name]][[1]]))
        b <- suppressMessages(dynamic_codes(defining_codes(panel_of(q)),
                                            kinds[[name]][[2]]))
        expect_within(b$estimate * c^b$order, a$estimate, size, label = name)
        both <- function(x, y, measure, power) {
          expect_within(
            c^power * nid(b, y, measure)$estimate,
            nid(a, x, measure)$estimate, 10 * size,
            label = paste(name, measure, "seed", seed)
          )
        }
        both(influence_equal(), influence_equal(), "sum", 2)
        both(influence_equal(), influence_equal(), "integral", 1)
        both(influence_half_life(3), influence_half_life(3 * c), "sum", 2)
        both(influence_linear(7), influence_linear(7 * c), "integral", 1)
        both(influence_linear(), influence_linear(), "integral", 1)
        both(influence_power(2, 3), influence_power(2, 3 * c), "sum", 2)
        both(influence_hyperbolic(2), influence_hyperbolic(2 * c), "sum", 2)
      }
    }
  }
})

test_that("concatenating panels equals computing them apart", {
  for (seed in some_of(panel_seeds[1:4], 2L)) {
    p <- random_panel(seed, n_regions = 5L)
    frozen <- code_reference(defining_codes(panel_of(p)))
    parts <- list(c("R1", "R4"), c("R2", "R3", "R5"))
    treat <- list(
      region = \(x) defining_codes(x, reference = "region"),
      none = \(x) raw(x),
      frozen = \(x) defining_codes(x, reference = frozen)
    )
    for (name in names(treat)) {
      run <- function(regions) {
        q <- p
        q$data <- q$data[q$data$region %in% regions, ]
        r <- suppressMessages(dynamic_codes(treat[[name]](panel_of(q)),
                                            rate_central()))
        list(as.data.frame(r), as.data.frame(
          nid(r, influence_half_life(5), "integral")
        ))
      }
      whole <- run(paste0("R", 1:5))
      apart <- lapply(parts, run)
      for (i in 1:2) {
        both <- rbind(apart[[1]][[i]], apart[[2]][[i]])
        order_of <- if (i == 1) {
          order(both$region, both$year, both$code, both$order)
        } else {
          order(both$region)
        }
        w <- whole[[i]]
        order_whole <- if (i == 1) {
          order(w$region, w$year, w$code, w$order)
        } else {
          order(w$region)
        }
        expect_equal(as.character(w$region[order_whole]),
                     as.character(both$region[order_of]))
        expect_identical(w$estimate[order_whole], both$estimate[order_of],
                         label = name)
      }
    }
  }
})

test_that("rows in any order, and rows of NA, give the same numbers", {
  for (seed in some_of(panel_seeds[1:4], 2L)) {
    p <- random_panel(seed)
    q <- p
    q$data <- q$data[order(q$data$region, q$data$year), ]
    # The calendar's missing times as rows of NA.
    full <- p
    here <- paste(p$data$region, p$data$year)
    add <- expand.grid(region = unique(p$data$region), year = p$calendar,
                       stringsAsFactors = FALSE)
    add <- add[!paste(add$region, add$year) %in% here, ]
    expect_gt(nrow(add), 4)
    rows <- p$data[rep(1, nrow(add)), ]
    rows[p$scheme$indicator] <- NA_real_
    rows[paste0(p$scheme$indicator, "_status")] <- "ok"
    rows$region <- add$region
    rows$year <- add$year
    full$data <- rbind(p$data, rows)
    run <- function(p) {
      r <- suppressMessages(dynamic_codes(defining_codes(panel_of(p)),
                                          rate_central()))
      n <- as.data.frame(nid(r, influence_half_life(3)))
      path <- as.data.frame(suppressMessages(code_path(r, influence_linear())))
      list(as.data.frame(r), n[setdiff(names(n), "n.lost")], path)
    }
    a <- run(p)
    expect_identical(run(q), a)
    expect_identical(run(full), a)
  }
})

test_that("one and two threads give bitwise the same numbers", {
  p <- random_panel(105, n_regions = 40L)
  run <- function(threads) {
    old <- options(nidcode.threads = threads)
    on.exit(options(old))
    r <- suppressMessages(dynamic_codes(defining_codes(panel_of(p)),
                                        rate_local()))
    list(as.data.frame(r), as.data.frame(nid(r, influence_half_life(3))),
         as.data.frame(suppressMessages(code_path(r))))
  }
  expect_identical(run(2L), run(1L))
})

test_that("both paths end at the code", {
  for (seed in some_of(panel_seeds[1:4], 2L)) {
    p <- random_panel(seed, breaks = FALSE)
    for (rate in list(rate_difference(), rate_central())) {
      r <- suppressMessages(dynamic_codes(defining_codes(panel_of(p)), rate))
      for (influence in list(influence_equal(), influence_half_life(3),
                             influence_linear())) {
        total <- nid(r, influence, "integral")
        for (kind in c("stock", "partial")) {
          path <- as.data.frame(suppressMessages(
            code_path(r, influence, "integral", kind)
          ))
          last <- tapply(seq_len(nrow(path)), as.character(path$region),
                         \(i) path$estimate[i][which.max(path$year[i])])
          expect_within(as.numeric(last[as.character(total$region)]),
                        total$estimate, 4 / min(diff(p$calendar))^2,
                        label = paste(kind, "seed", seed))
        }
      }
    }
  }
})

test_that("difference: the stock is the code of the data known so far", {
  p <- random_panel(103, breaks = FALSE, holes = FALSE)
  frozen <- code_reference(defining_codes(panel_of(p)))
  full <- suppressMessages(dynamic_codes(
    defining_codes(panel_of(p), reference = frozen), rate_difference()
  ))
  h <- influence_half_life(2)
  path <- as.data.frame(code_path(full, h))
  for (year in p$calendar[c(6, 9, 12)]) {
    q <- p
    q$data <- q$data[q$data$year <= year, ]
    D <- defining_codes(panel_of(q), reference = frozen)
    part <- as.data.frame(nid(D, h, rate = rate_difference()))
    for (g in as.character(part$region)) {
      rows <- path[as.character(path$region) == g & path$year <= year, ]
      last <- rows[which.max(rows$year), ]
      if (last$year != max(q$data$year[q$data$region == g])) next
      expect_within(part$estimate[part$region == g], last$estimate,
                    4 / min(diff(p$calendar))^2)
    }
  }
})

test_that("the code moves by cell weight times the move of the cell", {
  for (seed in some_of(panel_seeds[1:3], 3L)) {
    p <- random_panel(seed)
    frozen <- code_reference(defining_codes(panel_of(p)))
    fit <- function(p) {
      suppressMessages(code_model(
        p$data, scheme_of(p), index = c("region", "year"), status = "_status",
        reference = frozen, rate = rate_central(),
        influence = influence_half_life(4), measure = "integral"
      ))
    }
    m <- fit(p)
    w <- as.data.frame(cell_weights(m))
    f <- as.data.frame(frozen)
    rows <- with_stream(seed, sample(which(w$weight != 0), 6))
    for (i in rows) {
      q <- p
      k <- w$indicator[i]
      at <- which(q$data$region == w$region[i] & q$data$year == w$year[i])
      q$data[[k]][at] <- q$data[[k]][at] + 2.5 * f$scale[f$indicator == k]
      moved <- fit(q)$basic$estimate - m$basic$estimate
      want <- ifelse(as.character(m$basic$region) == w$region[i],
                     2.5 * w$weight[i], 0)
      want[is.na(moved)] <- NA
      expect_within(moved, want, 10 / min(diff(p$calendar))^2)
    }
  }
})

test_that("codes and rates are linear in the data, given the scale", {
  s <- random_series(71, 10L)
  other <- random_series(72, 10L)$x
  for (rate in rates_here()) {
    run <- function(x) {
      D <- raw(series_panel(s, "R", x = x))
      r <- dynamic_codes(D, rate)
      c(r$estimate, nid(r, influence_power(1))$estimate)
    }
    expect_within(run(2 * s$x - 3 * other + 7),
                  2 * run(s$x) - 3 * run(other),
                  ref_size(2 * s$x - 3 * other, s$time, 2))
  }
})

test_that("one region without a region column is the same region", {
  s <- random_series(81, 10L, breaks = 1L)
  for (rate in list(rate_difference(), rate_local())) {
    a <- raw(series_panel(s))
    b <- raw(series_panel(s, "R"))
    expect_identical(dynamic_codes(a, rate)$estimate,
                     dynamic_codes(b, rate)$estimate)
    expect_identical(nid(a, rate = rate)$estimate, nid(b, rate = rate)$estimate)
  }
})

test_that("Ural: second differences telescope to known numbers", {
  data <- as.data.frame(ural)
  data <- data[data$region_code == "FD-U" & data$year %in% 2005:2016, ]
  known <- list(
    apt_developed = c(ignore = 31, split = 31),
    income_pc = c(ignore = -2408, split = -1290),
    consumer_spending_pc = c(ignore = -1919, split = -904)
  )
  for (k in names(known)) {
    for (breaks in c("ignore", "split")) {
      run <- function(data) {
        panel <- code_panel(data, code_scheme(k, "production",
                                              codes = nid_codes()[1L, ]),
                            index = c("region", "year"), status = "_status")
        nid(dynamic_codes(raw(panel), rate_difference(), breaks = breaks))
      }
      total <- run(data)
      expect_within(round(total$estimate, 9), known[[k]][[breaks]],
                    ref_size(data[[k]], data$year, 2),
                    label = paste(k, breaks))
      # One more at the last year counts once, whatever came before.
      moved <- data
      last <- moved$year == 2016
      moved[[k]][last] <- moved[[k]][last] + 100
      expect_within(run(moved)$estimate - total$estimate, 100,
                    ref_size(moved[[k]], data$year, 2))
    }
  }
})
