# The order of smoothness that the panel chooses for each code.

walk_panel <- function(regions = 30L, n = 12L, seed = 7) {
  d <- with_stream(seed, {
    walk <- \(fold) {
      y <- matrix(stats::rnorm(n * regions), n)
      for (k in seq_len(fold + 1L)) y <- apply(y, 2L, cumsum)
      as.vector(y)
    }
    data.frame(region = rep(sprintf("r%02d", seq_len(regions)), each = n),
               year = rep(2000 + seq_len(n), regions), x = walk(1),
               y = walk(2))
  })
  code_panel(d, code_scheme(c("x", "y"), c("production", "social"),
                            codes = nid_codes()[c(1, 3), ]))
}

fit_of <- function(x) get_fit(if (inherits(x, "nid_model")) x$rates else x)

test_that("each code has the order that smoothness() tells", {
  p <- walk_panel()
  told <- smoothness(p)
  expect_identical(told$order, 2:3)
  auto <- dynamic_codes(p)
  named <- dynamic_codes(p, rate_spline(m = c(production = 2, social = 3)))
  expect_identical(as.data.frame(auto), as.data.frame(named))
  expect_identical(c(fit_of(auto)$orders), c(production = 2L, social = 3L))
  expect_identical(get_spec(auto)$rate, format(fit_of(named)$rate))
  expect_identical(get_spec(auto)$order, "chosen by the panel")
  expect_null(get_spec(named)$order)
  m <- code_model(p)
  for (x in m[c("rates", "industrial", "basic", "path")]) {
    expect_identical(get_spec(x)$rate,
                     "spline (average, m = c(production = 2, social = 3))")
  }
  expect_equal(m$basic$estimate, basic_code(auto)$estimate)
  # The user's rate stays what it is.
  expect_true(m$args$rate$facts$chooses)
  expect_identical(format(m$args$rate), "spline (average)")
})

test_that("three untested, and why", {
  said <- function(x, code = NULL) {
    spec <- get_spec(x)
    expect_match(spec$rate, "m = 3", fixed = TRUE)
    spec$order
  }
  expect_identical(said(dynamic_codes(walk_panel(19L))),
                   "3 assumed: 19 regions cannot test it")
  expect_identical(said(dynamic_codes(walk_panel(25L, 7L))),
                   "3 assumed: series of 7 times cannot test it")
  p <- walk_panel()
  expect_identical(said(dynamic_codes(p, rate_spline(50))),
                   "3 assumed: `lambda` is a number")
  expect_identical(said(dynamic_codes(p, rate_spline(df = 5))),
                   "3 assumed: `df` is given")
  point <- dynamic_codes(p, rate_spline(second = "point"))
  expect_identical(said(point), "3 assumed: it has a second derivative")
  expect_false(anyNA(point$estimate))
  # One of two codes: the other is chosen.
  d <- as.data.frame(p$data)
  d$y[d$region > "r15"] <- NA
  both <- quietly(dynamic_codes(code_panel(d, p$scheme)))
  expect_identical(get_spec(both)$order, paste0(
    "chosen by the panel (social: 3 assumed: 15 regions cannot test it)"))
  expect_identical(c(fit_of(both)$orders), c(production = 2L, social = 3L))
})

test_that("groups of plain vectors are regions", {
  d <- as.data.frame(walk_panel()$data)
  auto <- estimate_rates(d$x, d$year, d$region)
  two <- estimate_rates(d$x, d$year, d$region, rate_spline(m = 2))
  expect_identical(as.data.frame(auto), as.data.frame(two))
  expect_identical(get_spec(auto)$rate, "spline (average, m = 2)")
  expect_identical(get_spec(auto)$order, "chosen by the panel")
  expect_message(new <- estimate_rates(d$x, d$year, d$region, at = 2003.5),
                 class = "nidcode_message_order_undefined")
  expect_identical(is.na(new$estimate), new$order == 2L)
  one <- estimate_rates(d$x[1:12], d$year[1:12])
  expect_identical(get_spec(one)$order, "3 assumed: 1 region cannot test it")
})

test_that("freeze, a reference and a workbook keep it, update() asks anew", {
  p <- walk_panel()
  m <- code_model(p)
  some <- as.data.frame(p$data)
  few <- some[some$region <= "r10", ]
  told <- expect_message(again <- update(m, data = few),
                         class = "nidcode_message_order_changed")
  expect_identical(told$codes, "production")
  expect_identical(c(told$from, told$to), 2:3)
  expect_identical(get_spec(again$basic)$order,
                   "3 assumed: 10 regions cannot test it")
  expect_message(update(m, influence = influence_half_life(3)), NA,
                 class = "nidcode_message_order_changed")

  frozen <- update(m, freeze = TRUE)
  expect_equal(frozen$basic$estimate, m$basic$estimate, tolerance = 1e-12)
  expect_identical(fit_of(frozen)$orders, fit_of(m)$orders)
  expect_identical(get_spec(frozen$basic)$rate, get_spec(m$basic)$rate)
  part <- update(m, data = few, freeze = TRUE)
  expect_equal(part$basic$estimate, m$basic$estimate[1:10], tolerance = 1e-12)

  ref <- code_reference(m)
  expect_output(print(ref), "production 2, social 3")
  expect_null(attr(code_reference(m$defining), "orders"))
  later <- code_model(few, p$scheme, reference = ref)
  expect_identical(fit_of(later)$orders, fit_of(m)$orders)
  expect_equal(later$basic$estimate, m$basic$estimate[1:10], tolerance = 1e-12)

  skip_if_not_installed("openxlsx2")
  for (x in list(m, frozen)) {
    file <- withr::local_tempfile(fileext = ".xlsx")
    quietly(write_workbook(x, file))
    back <- quietly(read_workbook(file))
    expect_equal(back$basic$estimate, m$basic$estimate, tolerance = 1e-12)
    expect_identical(fit_of(back)$orders, fit_of(m)$orders)
    expect_identical(get_spec(back$basic)$order, get_spec(m$basic)$order)
    expect_true(back$args$rate$facts$chooses)
  }
})

test_that("of very many regions some are asked, always the same ones", {
  y <- with_stream(4, apply(apply(matrix(stats::rnorm(8 * 260), 8), 2, cumsum),
                            2, cumsum))
  of <- function(y) {
    order_evidence_cpp(y, as.double(1:8), integer(8), order_asked)
  }
  expect_identical(of(y)$used, order_asked)
  expect_identical(of(y), of(y[, 260:1]))
})

test_that("m is \"auto\" or as before", {
  expect_error(rate_spline(m = "some"), class = "nidcode_error_argument")
  expect_error(rate_spline(m = c("auto", "auto")),
               class = "nidcode_error_argument")
  expect_identical(format(rate_spline(m = 3)), "spline (average, m = 3)")
  expect_output(print(rate_spline()), "spline (average).", fixed = TRUE)
})
