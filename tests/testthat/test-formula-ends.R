# What the error of Code NID hangs on, and Code NID without its ends.

skip_on_cran()

quiet <- function(code) suppressMessages(suppressWarnings(code))

ends_data <- function(seed, n = 9, regions = 2L) {
  do.call(rbind, lapply(seq_len(regions), \(r) {
    with_stream(seed + r, data.frame(
      region = paste0("R", r), year = uneven_times(n),
      a = 5 + cumsum(stats::rnorm(n)), b = 3 + cumsum(stats::rnorm(n))))
  }))
}

ends_scheme <- code_scheme(c("a", "b"), c("production", "social"),
                           codes = nid_codes()[c(1, 3), ])
ends_codes <- function(data) {
  quiet(defining_codes(code_panel(data, ends_scheme), "none"))
}

# Covariance of V (order 1) or A (2) at all times, by dense matrices.
dense_covariance <- function(time, y, order) {
  ref <- spline_reference(time, y, rep(order, length(time)), time)
  p <- ref$weights[, 1]
  s2 <- ref$rss[1, ] / ref$df
  mean <- vapply(ref$means, \(m) drop(m), numeric(length(time)))
  within <- Reduce(`+`, Map(\(v, w) w * v, ref$cov, p * s2))
  away <- mean - drop(mean %*% p)
  within + away %*% (p * t(away))
}

test_that("shares of the ends are those of the covariance of V", {
  d <- ends_data(11)
  codes <- ends_codes(d)
  for (second in c("step", "point")) {
    b <- basic_code(codes, influence_half_life(3),
                    rate = rate_spline(m = 3, second = second))
    for (r in 1:2) {
      x <- d[d$region == paste0("R", r), ]
      n <- nrow(x)
      tau <- 0.5^((x$year[n] - x$year) / 3)
      w <- if (second == "point") tau else {
        c(0, tau[-1] / diff(x$year)) - c(tau[-1] / diff(x$year), 0)
      }
      S <- Reduce(`+`, lapply(c("a", "b"), \(name) {
        dense_covariance(x$year, x[[name]], if (second == "step") 1 else 2)
      }))
      share <- w * drop(S %*% w) / sum(w * S %*% w)
      expect_equal(c(b$start.share[r], b$end.share[r]), share[c(1, n)],
                   tolerance = 1e-6)
    }
  }
  # A local fit: S is sigma^2 R R'. A difference has no term at its first time.
  rate <- rate_local(5, second = "step")
  fit <- attr(dynamic_codes(codes, rate), "fit")
  b <- basic_code(codes, rate = rate)
  R <- series_operator(code_series(fit, 1L), 1L, 1L)
  w <- c(0, 1 / diff(d$year[1:9])) - c(1 / diff(d$year[1:9]), 0)
  S <- R %*% t(R)
  share <- w * drop(S %*% w) / sum(w * S %*% w)
  expect_equal(c(b$start.share[1], b$end.share[1]), share[c(1, 9)])
  none <- basic_code(codes, rate = rate_difference(sd = 1))
  expect_identical(none$start.share, c(0, 0))
  fit <- attr(dynamic_codes(codes, rate_difference(sd = 1)), "fit")
  R <- series_operator(code_series(fit, 1L), 1L, 2L)
  S <- tcrossprod(replace(R, is.na(R), 0))
  expect_equal(none$end.share[1], sum(S[9, ]) / sum(S))
  expect_identical(basic_code(codes, rate = rate_central())$end.share,
                   c(NA_real_, NA_real_))
})

test_that("the interior telescopes, adds up and leaves the rest as it is", {
  d <- ends_data(21, n = 10)
  codes <- ends_codes(d)
  rate <- rate_spline(m = 3)
  inner <- basic_code(codes, measure = "integral", rate = rate,
                      ends = "interior")
  v <- as.data.frame(dynamic_codes(codes, rate))
  v <- v[v$order == 1, ]
  total <- tapply(v$estimate, list(v$region, v$year), sum)
  gap <- apply(total, 1, \(x) {
    x <- x[!is.na(x)]
    x[9] - x[2]
  })
  expect_equal(inner$estimate, unname(gap), tolerance = 1e-12)
  expect_identical(inner$n.terms, c(7L, 7L))
  expect_match(text_of(inner), "ends interior", fixed = TRUE)
  # By time: the same terms but the first and the last.
  m <- quiet(code_model(d, ends_scheme, influence = influence_half_life(3),
                        rate = rate))
  i <- quiet(update(m, ends = "interior"))
  all <- as.data.frame(contributions(m, c("code", "time")))
  some <- as.data.frame(contributions(i, c("code", "time")))
  for (r in c("R1", "R2")) {
    times <- sort(unique(all$year[all$region == r]))
    kept <- all$region == r & all$year %in% times[2:(length(times) - 1)]
    expect_equal(some$estimate[some$region == r], all$estimate[kept],
                 tolerance = 1e-12)
  }
  expect_equal(c(rowsum(some$estimate, some$region)), i$basic$estimate)
  expect_identical(contributions(m, ends = "interior")$estimate,
                   contributions(i)$estimate)
  w <- as.data.frame(cell_weights(i))
  z <- as.data.frame(i$defining)
  key <- paste(z$region, z$year, z$code)
  value <- z$estimate[match(paste(w$region, w$year, w$code), key)]
  expect_equal(c(rowsum(w$weight * value, w$region)), i$basic$estimate)
  # Every verb of the model, and the path, which is of all steps.
  expect_identical(quiet(basic_code(i)), i$basic)
  expect_identical(i$path, m$path)
  expect_identical(quiet(update(i, freeze = TRUE))$basic$n.terms,
                   i$basic$n.terms)
  k <- region_contrasts(i)
  expect_equal(k$difference, -diff(i$basic$estimate)[1])
})

test_that("rates at a point lose their first and last time, short ones all", {
  d <- ends_data(31, n = 8)
  codes <- ends_codes(d)
  rate <- rate_spline(m = 3, second = "point")
  a <- as.data.frame(dynamic_codes(codes, rate))
  a <- a[a$order == 2, ]
  inner <- basic_code(codes, rate = rate, ends = "interior")
  want <- vapply(c("R1", "R2"), \(r) {
    x <- a[a$region == r, ]
    sum(x$estimate[x$year > min(x$year) & x$year < max(x$year)])
  }, 1)
  expect_equal(inner$estimate, unname(want))
  short <- ends_codes(ends_data(41, n = 4))
  none <- quiet(basic_code(short, ends = "interior"))
  expect_identical(none$estimate, c(NA_real_, NA_real_))
  expect_identical(none$n.terms, c(0L, 0L))
  five <- quiet(basic_code(ends_codes(ends_data(51, n = 5)), rate = rate,
                           ends = "interior"))
  expect_identical(five$n.terms, c(3L, 3L))
  expect_error(basic_code(codes, ends = "some"),
               class = "nidcode_error_argument")
  expect_error(code_model(d, ends_scheme, ends = NA),
               class = "nidcode_error_argument")
})

test_that("print says what errors hang on, and where times are few", {
  # All of them are printed with `n`.
  notes <- \(x) gsub("[[:space:]]*\n# *", " ", paste(format(x, n = 2),
                                                   collapse = "\n"))
  b <- basic_code(ends_codes(ends_data(61)), influence_half_life(1))
  expect_gt(stats::median(b$end.share), 0.25)
  expect_match(notes(b), paste0(round(100 * stats::median(b$end.share)),
                                  " % of the error hangs on the speed at the ",
                                  "last time"), fixed = TRUE)
  expect_no_match(notes(b), "at 5-6 times", fixed = TRUE)
  for (n in 5:6) {
    few <- quiet(basic_code(ends_codes(ends_data(71, n = n))))
    expect_match(notes(few), "at 5-6 times hold 78-90 %, not 95",
                 fixed = TRUE)
  }
})

test_that("a workbook keeps ends, and the correlation of a frozen model", {
  skip_on_cran()
  skip_if_not_installed("openxlsx2")
  d <- ends_data(81, n = 8, regions = 3L)
  m <- quiet(code_model(d, ends_scheme, ends = "interior"))
  moved <- d
  moved$b[d$region == "R1"] <- rev(moved$b[d$region == "R1"])
  file <- withr::local_tempfile(fileext = ".xlsx")
  for (model in list(m, quiet(update(m, data = moved, freeze = TRUE)))) {
    quiet(write_workbook(model, file, overwrite = TRUE))
    again <- quiet(read_workbook(file))
    expect_identical(again$args$ends, "interior")
    expect_identical(get_spec(again$basic)$cor, get_spec(model$basic)$cor)
    expect_equal(again$basic$std.error, model$basic$std.error)
    expect_equal(again$basic$estimate, model$basic$estimate)
  }
})

test_that("without an error no part of a sum is computed, and none is told", {
  data <- data.frame(region = rep(c("a", "b"), each = 6L), year = 1:6,
                     x = c(1, 3, 2, 5, 4, 8, 2, 2, 3, 7, 5, 6))
  panel <- code_panel(data, code_scheme("x", "production",
                                        codes = nid_codes()[1L, ]))
  fit <- code_fit(get_definition_of(panel, NULL), rate_difference(), "auto")
  plan <- formula_plan(fit, influence_equal(), "sum")
  expect_length(plans_with_ends(fit, plan), 1L)
  b <- suppressMessages(basic_code(panel, rate = rate_difference()))
  expect_identical(b$start.share, c(NA_real_, NA_real_))
  with <- code_fit(get_definition_of(panel, NULL), rate_difference(sd = 1),
                   "auto")
  expect_length(plans_with_ends(with, plan), 5L)
})
