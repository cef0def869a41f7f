# The call of a model is what makes it again.
test_that("update() keeps the call true to the model", {
  district <- subset(ural, region_code == "FD-U")
  model <- code_model(district, ural_scheme, index = "year")
  half <- update(model, influence = influence_half_life(5))
  expect_identical(
    half$call,
    quote(code_model(data = district, scheme = ural_scheme, index = "year",
                     influence = influence_half_life(5)))
  )
  expect_identical(eval(half$call)$basic, half$basic)
  edited <- transform(district, apt_used = ifelse(year == 2016, 1.01, 1) *
                        apt_used)
  frozen <- update(half, data = edited, freeze = TRUE)
  expect_identical(frozen$call[[1L]], quote(update))
  expect_identical(eval(frozen$call)$basic, frozen$basic)
  expect_false(identical(frozen$basic$estimate, half$basic$estimate))
  after <- update(frozen, conf_level = 0.9)
  expect_identical(eval(after$call)$basic, after$basic)
})
