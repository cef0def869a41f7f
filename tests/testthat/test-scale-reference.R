test_that("a reference comes from a table of numbers", {
  panel <- code_panel(hand_regions, hand_scheme())
  for (reference in c("panel", "region")) {
    made <- code_reference(defining_codes(panel, reference = reference))
    again <- as_code_reference(as.data.frame(made))
    expect_identical(
      defining_codes(panel, reference = again)$estimate,
      defining_codes(panel, reference = reference)$estimate)
  }
  expect_error(defining_codes(panel, "minmax", reference = again),
               class = "nidcode_error_reference")
})

test_that("numbers that are no reference are refused", {
  good <- data.frame(indicator = c("a", "b"), centre = 0:1, scale = c(1, 0))
  expect_s3_class(as_code_reference(good), "nid_reference")
  bad <- function(..., class = "reference") {
    expect_error(as_code_reference(transform(good, ...)),
                 class = paste0("nidcode_error_", class))
  }
  expect_identical(bad(scale = c(1, -1))$columns, "b")
  expect_identical(bad(centre = c(Inf, 1))$columns, "a")
  expect_identical(bad(centre = c(NA, 1))$columns, "a")
  expect_identical(bad(indicator = "a")$columns, "a")
  expect_identical(bad(indicator = c("a", NA))$columns, NA_character_)
  bad(scale = c("1", "2"))
  bad(region = "r", zone = "z", class = "argument")
  expect_error(as_code_reference(good[1:2]), class = "nidcode_error_no_column")
  expect_error(as_code_reference(1), class = "nidcode_error_argument")
  expect_s3_class(as_code_reference(transform(good, centre = NA_real_,
                                              scale = NA_real_)),
                  "nid_reference")
})

test_that("later rates and formulas take what a reference keeps", {
  panel <- past_panel()
  model <- past_model(panel)
  reference <- quietly(code_reference(model))
  one <- panel$data[panel$data$region == panel$regions[3L], ]
  alone <- past_model(list(data = one, scheme = panel$scheme,
                            index = panel$index), reference = reference)
  expect_identical(as.data.frame(alone$basic)[-1L],
                   as.data.frame(model$basic[3L, ])[-1L], ignore_attr = TRUE)
  expect_prints(reference)
  expect_match(lines_of(reference)[3L], "Noise that codes share: rho")
  # Rates and formulas have the same one as their model.
  expect_identical(attr(quietly(code_reference(model$basic)), "rho"),
                   attr(reference, "rho"))
  expect_identical(attr(quietly(code_reference(model$rates)), "rho"),
                   attr(reference, "rho"))
})
