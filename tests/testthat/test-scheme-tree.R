# Pillars between indicators and codes: weights by hand, means of means.

tree <- data.frame(name = c("a", "b", "c", "Inner", "Outer"),
                   parent = c("Inner", "Inner", "Outer", "Outer", "social"),
                   weight = c(NA, NA, NA, 3, 2))

tree_scheme <- function(...) {
  code_scheme(c("a", "b", "c", "d"), "social", weight = c(1, 3, 1, 2), ...,
              codes = nid_codes()[3, ])
}

test_that("weights multiply down, by hand", {
  s <- tree_scheme(parent = tree)
  # Outer has half of the code (2 of 4), d the other. In Outer, Inner has 3 of
  # 4, c 1 of 4. In Inner, a has 1 of 4, b 3 of 4. The sum stays 7.
  expect_equal(s$weight, 7 * c(0.5 * 0.75 * 0.25, 0.5 * 0.75 * 0.75,
                               0.5 * 0.25, 0.5), tolerance = 1e-15)
  expect_identical(s$parent, c("Outer > Inner", "Outer > Inner", "Outer", NA))
  # No tree, no columns, no change.
  plain <- tree_scheme()
  expect_false(any(c("label", "parent") %in% names(plain)))
  direct <- tree_scheme(parent = data.frame(name = "a", parent = "social"))
  expect_identical(direct, plain)
})

test_that("the code is the mean of the means of its pillars", {
  d <- data.frame(region = rep(c("A", "B"), each = 4), year = 2001:2004,
                  a = c(1, 4, 2, 8, 5, 7, 1, 3), b = c(2, 2, 9, 4, 4, 1, 6, 8),
                  c = c(5, 3, 1, 1, 2, 9, 4, 4), d = 8:1)
  p <- code_panel(d, tree_scheme(parent = tree))
  got <- defining_codes(p, "none")$estimate
  inner <- (1 * d$a + 3 * d$b) / 4
  outer <- (3 * inner + 1 * d$c) / 4
  expect_equal(got, (2 * outer + 2 * d$d) / 4, tolerance = 1e-14)
})

test_that("labels and paths are carried through frames", {
  s <- tree_scheme(parent = tree, label = c("\u0410", "B b", NA, "D"))
  expect_identical(s$label, c("\u0410", "B b", NA, "D"))
  expect_identical(as_code_scheme(as.data.frame(s), scheme_codes(s)), s)
  named <- tree_scheme(label = c(d = "D", c = "C", b = "B", a = "A"))
  expect_identical(named$label, c("A", "B", "C", "D"))
  paths <- tree_scheme(parent = c("Outer > Inner", "Outer > Inner", "Outer",
                                  NA))
  expect_identical(paths$parent, s$parent)
  expect_identical(paths$weight, c(1, 3, 1, 2))
})

test_that("names of an iMeta become labels", {
  meta <- data.frame(iCode = c("x", "y", "social"),
                     iName = c("X x", "Y y", "S"),
                     Parent = c("social", "social", NA), Level = c(1, 1, 2),
                     Weight = 1, Direction = 1,
                     Type = c("Indicator", "Indicator", "Aggregate"))
  expect_identical(as_code_scheme(meta)$label, c("X x", "Y y"))
})

test_that("what is no tree is refused by name", {
  bad <- function(name, parent, weight = NA) {
    expect_error(tree_scheme(parent = data.frame(name, parent, weight)),
                 class = "nidcode_error_scheme")
  }
  circle <- bad(c("a", "P", "Q"), c("P", "Q", "P"))
  expect_identical(circle$columns, "P")
  expect_identical(bad(c("a", "P"), c("P", "nowhere"))$columns, "nowhere")
  expect_identical(bad(c("a", "P", "E"), c("P", "social", "social"))$columns,
                   "E")
  expect_identical(bad("a", "social", 2)$columns, "a")
  bad(c("a", "P"), c("P", NA))
  bad(c("a", "d2"), c("b", "social"))
  expect_error(tree_scheme(parent = data.frame(
    name = c("a", "P"), parent = c("P", "social"), weight = c(NA, -1))),
    class = "nidcode_error_weights")
  expect_error(tree_scheme(parent = data.frame(
    name = c("a", "b", "c", "d", "P"), parent = c(rep("P", 4), "social"),
    weight = c(rep(NA, 4), 0))), class = "nidcode_error_weights")
  expect_error(tree_scheme(parent = "Outer > a"),
               class = "nidcode_error_scheme")
  expect_error(tree_scheme(parent = c("P", "Q > P", NA, NA)),
               class = "nidcode_error_scheme")
  expect_error(tree_scheme(parent = 1), class = "nidcode_error_argument")
  expect_error(tree_scheme(parent = tree["name"]),
               class = "nidcode_error_no_column")
  expect_error(tree_scheme(label = c("x", "y")), class = "nidcode_error_scheme")
})
