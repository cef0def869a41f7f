skip_on_cran()
skip_if_not_installed("ggplot2")
skip_if_not_installed("dplyr")
skip_if_not_installed("knitr")

# Pictures are drawn to nowhere; pdf() has no dashes of words.
skip_if_not(capabilities("cairo"))
grDevices::png(withr::local_tempfile(.local_envir = teardown_env()),
               type = "cairo")
withr::defer(grDevices::dev.off(), teardown_env())

seen <- new.env()

expect_corners <- function(script, worlds) {
  out <- unlist(Map(\(world, label) run_corner(script, world, label, seen),
                    worlds, names(worlds)), use.names = FALSE)
  expect(length(out) == 0L, paste(c("In corners:", out), collapse = "\n"))
}

test_that("the generator tells what should not be", {
  wrong <- list(
    "warning without a class" = quote(as.integer("a")),
    "error without a class" = quote(stop("no")),
    "message without a class" = quote(message("so")),
    "NaN or an infinity in a" = quote(data.frame(a = c(1, NaN))),
    "NaN or an infinity in value" = quote(c(-Inf, 1)),
    "print\\(\\): error" = quote(structure(list(), class = "nid_fit"))
  )
  for (k in seq_along(wrong)) {
    said <- run_corner(as.expression(wrong[k]), list(), "world", new.env())
    expect_match(said, names(wrong)[k], all = FALSE)
  }
  right <- expression(
    stop_nid("argument", "no"), data.frame(df = Inf, a = NA), "text",
    lost = stop_nid("argument", "no"), nothing <- sqrt(lost)
  )
  expect_length(run_corner(right, list(), "world", new.env()), 0L)
})

test_that("respondents", {
  expect_corners(survey_calls, some_of(corner_answers()))
})
test_that("options of one column", {
  expect_corners(option_calls, some_of(corner_options()))
})
test_that("published counts", {
  expect_corners(count_calls, some_of(corner_counts()))
})
test_that("percentages", {
  expect_corners(percent_calls, corner_percents())
})
test_that("series that may depend", {
  expect_corners(pair_calls, some_of(corner_pairs()))
})
test_that("panels, rates, formulas, models", {
  expect_corners(panel_calls, lapply(some_of(corner_panels(), 8L), panel_world))
})
test_that("what needs no data", {
  expect_corners(plain_calls, list(none = list()))
})
test_that("files", {
  skip_if_not_installed("openxlsx2")
  worlds <- corner_panels()[c("zero_rows", "one_row", "no_value",
                              "no_code_in_region")]
  expect_corners(file_calls, lapply(some_of(worlds), panel_world))
})

test_that("no exported function and no method is left out", {
  called <- called_in(survey_calls, option_calls, count_calls, percent_calls,
                      pair_calls, panel_calls, plain_calls, file_calls)
  # Generics are called as views.
  called <- c(called, names(corner_views))
  expect_identical(setdiff(getNamespaceExports("nidcode"), called),
                   character())
  methods <- registered_methods()
  # Pictures draw themselves (test-plot-page.R); code_reference() is a verb, of
  # each class in test-scale-reference.R.
  drawn <- c("nid_picture", "nid_built", "nid_labels", "nid_page")
  methods <- methods[!methods$class %in% c("default", drawn) &
                       methods$generic != "code_reference", ]
  name <- paste(methods$generic, methods$class, sep = ".")
  expect_identical(setdiff(name, ls(seen)), character())
})
