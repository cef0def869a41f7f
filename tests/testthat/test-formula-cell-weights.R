s1 <- code_scheme("x", "production", codes = alone)

# The plain sum of the second rates of the only code.
plain_sums <- function(fit) {
  plan_sums(fit, formula_plan(fit, influence_equal(), "sum"), 1L)
}

test_that("shape and columns", {
  p <- code_panel(hand_regions, hand_scheme())
  w <- cell_weights(dynamic_codes(p, rate_central()))
  expect_table(w, "cell_weights", c(
    region = "character", year = "integer", code = "character",
    indicator = "character", weight = "double"
  ))
  expect_identical(nrow(w), 36L)
  expect_match(text_of(w), "Weights of cells (normalised): rate central",
               fixed = TRUE)
})

test_that("plain sum of second differences: four cells count", {
  w <- cell_weights(dynamic_codes(hand_codes(), rate_difference()))
  # x6 - x5 - x2 + x1
  expect_identical(w$year, 2001:2006)
  expect_equal(w$weight, c(1, -1, 0, 0, -1, 1))
  m <- code_model(hand, s1, normalise = "none", rate = rate_difference(),
                  influence = influence_half_life(1))
  d2 <- matrix(0, 4, 6)
  for (i in 1:4) d2[i, i + 0:2] <- c(1, -2, 1)
  expect_equal(cell_weights(m)$weight, as.vector(2^-(3:0) %*% d2))
})

test_that("weight, direction and the code's weight enter", {
  codes <- alone
  codes$weight <- 10
  s <- code_scheme(c("x", "y"), "production", direction = c(1, -1),
                   weight = c(3, 1), codes = codes)
  r <- dynamic_codes(defining_codes(code_panel(hand_regions[1:6, ], s),
                                    "none"), rate_difference())
  w <- cell_weights(r)
  expect_equal(w$weight[w$indicator == "x"], 7.5 * c(1, -1, 0, 0, -1, 1))
  expect_equal(w$weight[w$indicator == "y"], -2.5 * c(1, -1, 0, 0, -1, 1))
})

test_that("per unit after the transform: divided by the scale", {
  p <- code_panel(hand_regions, hand_scheme())
  r <- dynamic_codes(p, rate_central())
  a <- cell_weights(r)
  b <- cell_weights(r, scale = "transformed")
  scale <- vapply(hand_regions[c("x", "y", "z")], sd, 1)
  expect_equal(b$weight, a$weight / unname(scale[a$indicator]))
  expect_match(text_of(b), "Weights of cells (transformed)", fixed = TRUE)
})

test_that("moving a cell moves a frozen model by its weight", {
  for (rate in list(rate_spline(), rate_local(), rate_difference())) {
    m <- code_model(hand_regions, hand_scheme(), rate = rate,
                    influence = influence_half_life(3), measure = "integral")
    w <- as.data.frame(cell_weights(m, "transformed"))
    moved <- hand_regions
    moved$y[c(4, 8)] <- moved$y[c(4, 8)] + c(1, -2)
    new <- update(m, data = moved, freeze = TRUE)
    cell <- \(r, t) w$weight[w$region == r & w$year == t & w$indicator == "y"]
    expect_equal(new$basic$estimate - m$basic$estimate,
                 c(cell("A", 2004), -2 * cell("B", 2002)),
                 label = format(rate))
  }
})

test_that("the code is the weights times the values, up to no constant", {
  # A functional of second derivatives sees no line.
  p <- code_panel(hand_regions, hand_scheme())
  d <- as.data.frame(defining_codes(p))
  for (rate in list(rate_spline(), rate_local())) {
    r <- dynamic_codes(p, rate)
    w <- cell_weights(r)
    by_hand <- rowsum(w$weight * d$estimate, w$region)
    expect_equal(as.vector(by_hand), basic_code(r)$estimate)
    expect_equal(as.vector(rowsum(w$weight, w$region)), c(0, 0))
    expect_equal(as.vector(rowsum(w$weight * (w$year - 2001), w$region)),
                 c(0, 0))
  }
})

test_that("missing cells have no weight, their share goes to the others", {
  d <- hand_regions[1:6, ]
  d$y <- NA
  d$y[6] <- 1
  s <- code_scheme(c("x", "y"), "production", codes = alone)
  k <- suppressMessages(defining_codes(code_panel(d, s), "none",
                                       missing = "available"))
  w <- cell_weights(dynamic_codes(k, rate_difference(), breaks = "ignore"))
  expect_identical(w$indicator, c(rep("x", 6), "y"))
  expect_equal(w$weight, c(1, -1, 0, 0, -1, 0.5, 0.5))
})

test_that("ragged regions: the weights of each region alone, in any blocks", {
  set.seed(12)
  d <- do.call(rbind, lapply(1:6, function(r) {
    year <- sort(sample(2001:2012, 8))
    data.frame(region = r, year = year, x = rnorm(8))
  }))
  for (rate in list(rate_spline(lambda = 2), rate_spline(df = 4),
                    rate_local(), rate_difference())) {
    weights <- function(d) {
      p <- code_panel(d, code_scheme("x", "production", codes = alone))
      cell_weights(dynamic_codes(defining_codes(p, "none"), rate))
    }
    alone_each <- lapply(1:6, function(r) weights(d[d$region == r, ]))
    expect_equal(weights(d)$weight,
                 unlist(lapply(alone_each, `[[`, "weight")))
  }
  p <- code_panel(d, code_scheme("x", "production", codes = alone))
  fit <- freeze_fit(get_fit(dynamic_codes(p)))
  sums <- plain_sums(fit)
  s <- code_series(fit, 1L)
  in_blocks <- function(...) unit_cells(s, sums, ...)
  # 1: a block for each region; 128: two regions a block.
  expect_identical(in_blocks(1), in_blocks())
  expect_identical(in_blocks(128), in_blocks())
})

test_that("what is not linear is refused", {
  p <- code_panel(hand_regions, hand_scheme())
  expect_error(cell_weights(dynamic_codes(defining_codes(p, "rank"),
                                          rate_central())),
               class = "nidcode_error_not_linear")
  expect_error(cell_weights(p), class = "nidcode_error_argument")
  expect_error(cell_weights(dynamic_codes(p, rate_central()), "raw"),
               class = "nidcode_error_argument")
})
