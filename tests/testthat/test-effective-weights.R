weighed_panel <- function(seed = 1, holes = FALSE) {
  p <- random_panel(seed, 5L, 9L, c(production = 3L, social = 2L),
                    holes = holes)
  quietly(code_panel(p$data, do.call(code_scheme, p$scheme),
                     index = c("region", "year"), status = "_status"))
}

test_that("of Code NID: covariances with the sum of the contributions", {
  model <- quietly(code_model(weighed_panel(), influence =
                                influence_half_life(3)))
  x <- effective_weights(model)
  cells <- as.data.frame(contributions(model, "indicator"))
  part <- tapply(cells$estimate, cells[c("region", "indicator")], sum)
  whole <- model$basic$estimate
  expect_equal(x$effective,
               unname(cov(part[as.character(model$basic$region), ],
                          whole)[x$indicator, 1]) / var(whole),
               tolerance = 1e-10)
  expect_equal(sum(x$effective), 1, tolerance = 1e-12)
  expect_equal(sum(x$weight), 1, tolerance = 1e-12)
})

test_that("of a code: covariances with it, less the mean of each time", {
  data <- expand.grid(year = 2001:2008, region = c("A", "B", "C"))
  draws <- withr::with_seed(6, matrix(rnorm(72), 24))
  data[c("x", "y", "z")] <- apply(draws, 2L, cumsum)
  scheme <- code_scheme(c("x", "y", "z"), "social", direction = c(1, -1, 1),
                        weight = c(2, 1, 1), codes = nid_codes()[3, ])
  x <- effective_weights(quietly(code_model(data, scheme)), "defining")
  part <- sapply(c("x", "y", "z"), \(k) data[[k]] / sd(data[[k]])) %*%
    diag(c(2, -1, 1) / 4)
  part <- apply(part, 2L, \(p) p - ave(p, data$year))
  whole <- rowSums(part)
  expect_equal(x$effective, colSums(part * whole) / sum(whole^2),
               tolerance = 1e-12)
  expect_identical(x$weight, c(0.5, 0.25, 0.25))
})

test_that("holes, breaks and pillars: parts of every code add to 1", {
  for (missing in c("constant", "available")) {
    codes <- quietly(defining_codes(weighed_panel(2, holes = TRUE),
                                    missing = missing))
    rates <- quietly(dynamic_codes(codes))
    for (of in c("defining", "basic")) {
      x <- quietly(effective_weights(rates, of))
      by <- if (of == "basic") rep("all", nrow(x)) else x$code
      expect_equal(as.vector(tapply(x$effective, by, sum)),
                   rep(1, length(unique(by))), tolerance = 1e-10)
    }
  }
})

test_that("an indicator that does not vary decides nothing", {
  data <- expand.grid(year = 2001:2008, region = c("A", "B", "C"))
  data$x <- withr::with_seed(4, cumsum(rnorm(24)))
  data$y <- data$year^2
  m <- quietly(code_model(data, code_scheme(c("x", "y"), "production",
                                            codes = nid_codes()[1, ])))
  x <- effective_weights(m)
  expect_identical(x$weight, c(0.5, 0.5))
  expect_equal(x$effective, c(1, 0), tolerance = 1e-9)
  expect_equal(effective_weights(m, "defining")$effective, c(1, 0),
               tolerance = 1e-9)
  one <- quietly(code_model(data[data$region == "A", ],
                            code_scheme("x", "production",
                                        codes = nid_codes()[1, ])))
  expect_identical(effective_weights(one)$effective, NA_real_)
  none <- quietly(code_model(ural[0, ], ural_scheme, status = "_status"))
  for (of in c("basic", "defining")) {
    x <- effective_weights(none, of)
    expect_identical(x$indicator, ural_scheme$indicator)
    expect_identical(x$effective, rep(NA_real_, nrow(x)))
  }
})

test_that("what is not linear is refused", {
  panel <- weighed_panel()
  rates <- quietly(dynamic_codes(defining_codes(panel, "rank")))
  expect_error(effective_weights(rates), class = "nidcode_error_not_linear")
  expect_error(effective_weights(1), class = "nidcode_error_argument")
})
