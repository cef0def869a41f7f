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

# Holes in trees ---------------------------------------------------------------

# B lacks `a` for good, C `a` and `b`; `c` of A stops a year early.
tree_holes <- function() {
  d <- data.frame(region = rep(c("A", "B", "C"), each = 8), year = 2001:2008)
  with_stream(5, for (name in letters[1:4]) {
    d[[name]] <- round(stats::runif(24, 1, 9), 2)
  })
  d$a[d$region != "A"] <- NA
  d$b[d$region == "C"] <- NA
  d
}

# a and b in Inner (1 to 3), Inner and c in Outer (3 to 1), Outer and d (1 to 1).
by_hand <- function(d, mean = \(x, w) {
  w <- w * !is.na(x)
  sum((w * x)[w > 0]) / sum(w)
}) {
  vapply(seq_len(nrow(d)), \(i) {
    x <- d[i, ]
    inner <- mean(c(x$a, x$b), c(1, 3))
    outer <- mean(c(inner, x$c), c(3, 1))
    mean(c(outer, x$d), c(1, 1))
  }, 1)
}

test_that("what is left of a node has its weight, by hand", {
  d <- tree_holes()
  p <- suppressMessages(code_panel(d, tree_scheme(parent = tree)))
  got <- quietly(defining_codes(p, "none"))
  expect_equal(got$estimate, by_hand(d), tolerance = 1e-14)
  # With times at which something is missing, under "available".
  d$c[8] <- NA
  d$d[20] <- NA
  p <- quietly(code_panel(d, tree_scheme(parent = tree)))
  got <- quietly(defining_codes(p, "none", missing = "available"))
  expect_equal(got$estimate, by_hand(d), tolerance = 1e-14)
  # Geometric and harmonic means, at every node.
  for (kind in c("geometric", "harmonic")) {
    f <- if (kind == "geometric") log else \(x) 1 / x
    g <- if (kind == "geometric") exp else \(x) 1 / x
    got <- quietly(defining_codes(p, "none", aggregate = kind,
                                  missing = "available"))
    expect_equal(got$estimate, by_hand(d, \(x, w) {
      w <- w * !is.na(x)
      g(sum((w * f(x))[w > 0]) / sum(w))
    }), tolerance = 1e-13)
  }
  # Without pillars the others of the code share what is missing.
  flat <- tree_scheme(parent = tree)
  flat$parent <- NULL
  flat <- as_code_scheme(flat)
  got <- quietly(defining_codes(quietly(code_panel(d, flat)), "none"))
  expect_false(isTRUE(all.equal(got$estimate[9:16], by_hand(d)[9:16])))
})

test_that("contributions, cell weights and workbook have those weights", {
  d <- tree_holes()
  d$c[5] <- NA
  for (missing in c("constant", "available", "provisional")) {
    m <- quietly(code_model(d, tree_scheme(parent = tree), missing = missing))
    for (by in list("indicator", "level 1", "level 2", "Inner", "Outer",
                    c("time", "level 1"))) {
      x <- as.data.frame(contributions(m, by))
      expect_equal(as.vector(tapply(x$estimate, x$region, sum)),
                   m$basic$estimate, tolerance = 1e-12)
    }
    # What one cell moves, under the frozen tuning.
    w <- as.data.frame(cell_weights(m, "transformed"))
    e <- d
    e$b[12] <- e$b[12] + 1
    moved <- quietly(update(m, data = e, freeze = TRUE))$basic$estimate -
      m$basic$estimate
    expect_equal(moved, c(0, w$weight[w$region == "B" & w$year == 2004 &
                                        w$indicator == "b"], 0),
                 tolerance = 1e-9)
    skip_if_not_installed("openxlsx2")
    file <- withr::local_tempfile(fileext = ".xlsx")
    quietly(write_workbook(m, file))
    back <- quietly(read_workbook(file))
    expect_equal(back$basic$estimate, m$basic$estimate, tolerance = 1e-12)
  }
})

test_that("formulas of a workbook share weights node by node", {
  d <- tree_holes()
  m <- quietly(code_model(d, tree_scheme(parent = tree)))
  frame <- book_frame(m)
  parts <- parts_of_code(frame$def, "social")
  # Cells as numbers: the weights above z on sheet Data, each a range of its
  # own, and z in row 7.
  weight <- stats::setNames(parts$weight, parts$names)
  z <- c(a = 0.3, b = -1, c = 2, d = 0.7)
  number <- function(formula) {
    for (name in parts$names) {
      col <- book_letters(frame$at$z[[name]])
      formula <- gsub(paste0("'?Data'?!\\$", col, "\\$5"),
                      sprintf("%.17g", weight[[name]]), formula)
      formula <- gsub(paste0("Data!\\$?", col, "\\$?7"),
                      sprintf("(%.17g)", z[[name]]), formula)
    }
    eval(parse(text = gsub("SUM(", "sum(", formula, fixed = TRUE)))
  }
  one <- function(frame, used) paste0("Data!$", book_letters(
    frame$at$z[used]), "$5")
  local_ours(weight_ranges = one)
  for (used in list(letters[1:4], c("b", "c", "d"), c("c", "d"))) {
    x <- as.data.frame(t(stats::setNames(z[letters[1:4]], letters[1:4])))
    x[setdiff(letters[1:4], used)] <- NA_real_
    expect_equal(number(node_formula(frame, parts, used, 7L)), by_hand(x),
                 tolerance = 1e-12)
    shares <- vapply(used, \(name) {
      number(share_formula(frame, parts, used, name))
    }, 1)
    expect_equal(sum(shares * z[used]), by_hand(x), tolerance = 1e-12)
  }
})

test_that("sampling errors of weights do not pass pillars with holes", {
  d <- tree_holes()
  s <- tree_scheme(parent = tree)
  attr(s, "vcov") <- diag(0.01, 4, 4) |>
    (\(v) `dimnames<-`(v, list(letters[1:4], letters[1:4])))()
  expect_message(suppressWarnings(code_model(d, s)),
                 class = "nidcode_message_not_linear")
})

test_that("a tree of nothing has no weights to share", {
  p <- quietly(code_panel(tree_holes()[0, ], tree_scheme(parent = tree)))
  for (normalise in c("zscore", "index")) {
    for (missing in c("constant", "available", "provisional")) {
      got <- quietly(defining_codes(
        p, normalise, if (normalise == "index") 2003 else "panel",
        missing = missing))
      expect_identical(nrow(got), 0L)
    }
  }
})
