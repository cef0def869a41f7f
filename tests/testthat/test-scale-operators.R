scheme_x <- function(...) code_scheme("x", "production", codes = alone, ...)

test_that("weights by hand", {
  o <- code_operators(list(2001:2004), scheme_x(), rate_difference())
  # A(2003) = x1 - 2 x2 + x3, A(2004) = x2 - 2 x3 + x4.
  expect_identical(o$time, c(2001, 2002, 2003, 2004))
  expect_equal(o$weight, c(1, -1, -1, 1))
  expect_identical(o$centre, rep(0, 4))
  expect_true(all(is.na(o$term)) && all(o$order == 2L))
  o <- code_operators(list(2001:2003), scheme_x(), rate_difference(), order = 1)
  expect_identical(o$term, c(2001, 2002, 2002, 2003, 2003))
  expect_equal(o$weight, c(NA, -1, 1, -1, 1))
  ref <- as_code_reference(data.frame(indicator = "x", centre = 5, scale = 2))
  o <- code_operators(list(c(1, 3)), scheme_x(direction = -1),
                      rate_difference(), order = 1, reference = ref)
  expect_equal(o$weight, c(NA, 1 / 4, -1 / 4))
  expect_identical(o$centre, c(5, 5, 5))
  o <- code_operators(list(c(1, 3)), scheme_x(), order = 0, reference = ref)
  expect_equal(o$weight, c(0.5, 0.5))
  expect_prints(o)
})

test_that("weights on data frames give Code NID of a panel", {
  panel <- panel_of(random_panel(4, n_regions = 8L, breaks = FALSE))
  for (rate in list(rate_central(), rate_local(second = "step"),
                    rate_spline(lambda = 1))) {
    model <- quietly(code_model(panel, rate = rate,
                                influence = influence_half_life(2)))
    o <- code_operators(panel, rate = rate,
                        influence = influence_half_life(2),
                        reference = code_reference(model))
    grids <- attr(o, "grids")
    bits <- attr(o, "bits")
    name <- panel$scheme$indicator
    for (r in as.character(panel$regions)) {
      d <- panel$data[panel$data$region == r, ]
      bit <- bits$bit1[match(d$year, bits$time)]
      key <- c(sum(bit), vapply(name, \(k) sum(bit[!is.na(d[[k]])]), 1))
      g <- which(colSums(t(as.matrix(grids[-1L])) == key) == length(key))
      expect_length(g, 1L)
      own <- o[o$grid == g, ]
      x <- mapply(\(t, k) d[[k]][match(t, d$year)], own$time, own$indicator)
      have <- sum(own$weight * (x - own$centre))
      want <- model$basic$estimate[model$basic$region == r]
      if (is.na(want)) expect_identical(nrow(own), 0L) else
        expect_equal(have, want, tolerance = 1e-12)
    }
  }
})

test_that("what is no operator is refused", {
  run <- function(..., x = list(1:4)) code_operators(x, scheme_x(), ...)
  expect_error(run(), class = "nidcode_error_not_linear")
  expect_error(run(rate_spline(lambda = "reml")),
               class = "nidcode_error_not_linear")
  expect_error(run(rate_local(degree = 1)),
               class = "nidcode_error_order_undefined")
  expect_error(run(rate_central(), order = 3), class = "nidcode_error_argument")
  expect_error(run(rate_central(), x = list(c(1, NA))),
               class = "nidcode_error_argument")
  expect_error(run(rate_central(), x = 1:3), class = "nidcode_error_argument")
  expect_error(code_operators(list(1:4), rate = rate_central()),
               class = "nidcode_error_scheme")
  expect_error(run(rate_central(), reference = 1),
               class = "nidcode_error_argument")
  regional <- as_code_reference(data.frame(region = "a", indicator = "x",
                                           centre = 0, scale = 1))
  expect_error(run(rate_central(), reference = regional),
               class = "nidcode_error_reference")
  expect_error(code_operators(panel_of(random_panel(101)),
                              rate = rate_central()),
               class = "nidcode_error_not_linear")
})
