# Every class of picture on pages of several sizes, of one region to 72, with 1
# to 5 codes, in short, Cyrillic and long names: no text leaves its panel or the
# page, none covers another, and of Russian pictures all text is Russian. Any
# two of the values taken meet here; `make layout` draws all.
skip_if_not_installed("ggplot2")
skip_if_not_installed("sf")
skip_if_not(capabilities("cairo"))
skip_if_not(cyrillic)
skip_on_cran()

test_that("any two values meet, in 150 drawings at most", {
  all <- layout_space()
  for (cases in c("all", "")) {
    withr::local_envvar(NIDCODE_TESTS = cases)
    pairs <- layout_pairs()
    expect_lte(nrow(pairs), if (cases == "all") 150L else 100L)
    expect_setequal(pairs$name, all$name)
    taken <- layout_taken()
    for (of in utils::combn(names(all), 2L, simplify = FALSE)) {
      expect_identical(nrow(unique(pairs[of])), nrow(unique(taken[of])))
    }
  }
})

test_that("no text is cut or covered, and Russian pictures are Russian", {
  pairs <- layout_pairs()
  # Few worlds at a time.
  pairs <- pairs[do.call(order, pairs[c("regions", "codes", "kind")]), ]
  for (i in seq_len(nrow(pairs))) {
    expect_identical(do.call(layout_case, as.list(pairs[i, ])), character(),
                     label = paste(pairs[i, ], collapse = " "))
  }
})

test_that("no class is left out of them", {
  methods <- getNamespaceInfo("nidcode", "S3methods")
  classes <- methods[sub("^ggplot2::", "", methods[, 1L]) == "autoplot", 2L]
  expect_true(all(layout_of_model %in% names(layout_pictures)))
  # A table of another kind says that it has no picture.
  expect_identical(setdiff(classes, c(names(layout_seen),
                                      names(layout_of_model), "nid_table")),
                   character())
})
