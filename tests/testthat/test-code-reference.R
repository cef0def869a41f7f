panel <- code_panel(hand_regions, hand_scheme(transform = c("log", "none",
                                                            "none")))

test_that("it holds centre and scale after the transform", {
  r <- code_reference(defining_codes(panel))
  expect_identical(class(r), c("nid_reference", plain_class))
  expect_named(r, c("indicator", "centre", "scale"))
  expect_identical(r$indicator, c("x", "y", "z"))
  d <- hand_regions
  expect_equal(r$centre, c(mean(log(d$x)), mean(d$y), mean(d$z)))
  expect_equal(r$scale, c(sd(log(d$x)), sd(d$y), sd(d$z)))
  r <- code_reference(defining_codes(panel, "minmax"))
  expect_equal(r$centre, c(0, 2, 1))
  expect_equal(r$scale, c(log(14), 10, 7))
})

test_that("regions and indices keep a row per region", {
  r <- code_reference(defining_codes(panel, reference = "region"))
  expect_named(r, c("region", "indicator", "centre", "scale"))
  expect_identical(r$region, rep(c("A", "B"), 3))
  expect_identical(r$indicator, rep(c("x", "y", "z"), each = 2))
  y <- split(hand_regions$y, hand_regions$region)
  expect_equal(r$centre[3:4], c(mean(y$A), mean(y$B)))
  expect_equal(r$scale[3:4], c(sd(y$A), sd(y$B)))
  s <- code_scheme("x", "production", codes = alone)
  r <- code_reference(defining_codes(code_panel(hand_regions, s), "index",
                                     reference = 2002))
  # 100 at the base is x / (base / 100).
  expect_equal(r$centre, c(0, 0))
  expect_equal(r$scale, c(0.02, 0.09))
})

test_that("defining codes, rates and models have the same one", {
  d <- defining_codes(panel)
  r <- code_reference(d)
  expect_identical(code_reference(dynamic_codes(d, rate_central())), r)
  m <- code_model(hand_regions, panel$scheme, rate = rate_central())
  expect_identical(code_reference(m), r)
})

test_that("a frozen scale does not move when data are added", {
  old <- defining_codes(panel)
  more <- rbind(hand_regions, data.frame(region = "A", year = 2007L, x = 90,
                                         y = 40, z = 20))
  p <- code_panel(more, panel$scheme)
  frozen <- defining_codes(p, reference = code_reference(old))
  keep <- as.data.frame(frozen)$year <= 2006
  expect_identical(frozen$estimate[keep], old$estimate)
  moved <- defining_codes(p)
  expect_false(isTRUE(all.equal(moved$estimate[keep], old$estimate)))
  expect_match(text_of(old), "reference panel", fixed = TRUE)
  expect_match(text_of(frozen), "reference frozen", fixed = TRUE)
  # By hand: 2007 on the old scale.
  d <- hand_regions
  last <- as.data.frame(frozen)
  last <- last[last$year == 2007 & last$code == "social", "estimate"]
  expect_equal(last, (20 - mean(d$z)) / sd(d$z))
})

test_that("a reference of regions goes by name, in any order", {
  r <- code_reference(defining_codes(panel, reference = "region"))
  swapped <- hand_regions
  swapped$region <- rep(c("Z", "B"), each = 6)
  err <- expect_error(
    defining_codes(code_panel(swapped, panel$scheme), reference = r),
    class = "nidcode_error_reference"
  )
  expect_identical(err$regions, "Z")
  only_b <- code_panel(hand_regions[7:12, ], panel$scheme)
  both <- as.data.frame(defining_codes(panel, reference = "region"))
  expect_identical(defining_codes(only_b, reference = r)$estimate,
                   both$estimate[both$region == "B"])
})

test_that("what does not fit is refused", {
  r <- code_reference(defining_codes(panel))
  expect_error(defining_codes(panel, "minmax", reference = r),
               class = "nidcode_error_reference")
  expect_error(defining_codes(panel, reference = r[1:2, ]),
               class = "nidcode_error_reference")
  expect_error(code_reference(defining_codes(panel, "rank")),
               class = "nidcode_error_reference")
  expect_error(code_reference(as.data.frame(defining_codes(panel))),
               class = "nidcode_error_needs_fit")
})

test_that("it prints what it freezes", {
  r <- code_reference(defining_codes(panel))
  expect_prints(r)
  expect_identical(lines_of(r)[1],
                   "Frozen centre and scale (zscore) of 3 indicators.")
})

test_that("what was never a table is not said to have been changed", {
  expect_error(code_reference(1), class = "nidcode_error_argument")
  changed <- hand_codes()[-1, ]
  expect_error(code_reference(changed), class = "nidcode_error_needs_fit")
})

test_that("a frozen update finds the reference of its model", {
  d <- subset(ural, level == "region")
  model <- suppressMessages(code_model(d, ural_scheme, rate = rate_central()))
  frozen <- suppressMessages(update(model, data = d, freeze = TRUE))
  expect_equal(frozen$basic$estimate, model$basic$estimate)
})

test_that("an indicator without a value has a reference of NA, not NaN", {
  d <- transform(hand_regions, x = NA_real_)
  def <- suppressMessages(suppressWarnings(defining_codes(
    code_panel(d, hand_scheme()))))
  r <- code_reference(def)
  at <- match("x", r$indicator)
  for (value in c(r$centre[at], r$scale[at])) {
    expect_true(is.na(value) && !is.nan(value))
  }
})
