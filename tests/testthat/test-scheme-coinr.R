# COINr's ASEM data (data-raw/asem.R): scores of every aggregate as COINr has
# them, from its normalised data and from ours.

kept <- utils::read.csv(test_path("asem.csv.gz"), check.names = FALSE)
asem_meta <- utils::read.csv(test_path("asem-meta.csv"), na.strings = "")

# A row a country, a column for each iCode.
asem_table <- function(kind) {
  one <- kept[kept$kind == kind, ]
  x <- t(as.matrix(one[-(1:2)]))
  colnames(x) <- one$iCode
  data.frame(uCode = names(kept)[-(1:2)], Time = 2018, x, check.names = FALSE,
             row.names = NULL)
}

# What our codes make of the tree: those of the pillars, and the aggregates
# above them by the weights of the codes.
expect_scores <- function(defining, scheme, scores, times) {
  wide <- tapply(times * defining$estimate, list(defining$uCode, defining$code),
                 c)
  weight <- stats::setNames(scheme_codes(scheme)$weight,
                            scheme_codes(scheme)$code)
  close <- function(mine, name) {
    their <- scores[[name]][match(rownames(wide), scores$uCode)]
    expect_lt(max(abs(mine - their) / pmax(1, abs(their))), 1e-12, label = name)
  }
  pillars <- names(weight)
  for (name in pillars) close(wide[, name], name)
  over <- function(of) {
    drop(wide[, of] %*% weight[of]) / sum(weight[of])
  }
  parent <- asem_meta$Parent[match(pillars, asem_meta$iCode)]
  for (name in unique(parent)) close(over(pillars[parent == name]), name)
  close(over(pillars), "Index")
}

asem_codes <- function(kind, normalise, meta) {
  scheme <- suppressMessages(as_code_scheme(meta))
  panel <- suppressMessages(as_code_panel(asem_table(kind), scheme))
  list(scheme = scheme,
       defining = suppressMessages(suppressWarnings(
         defining_codes(panel, normalise, missing = "available"))))
}

test_that("scores of every aggregate equal COINr's, from its normalised data", {
  for (weights in c("score", "uneven")) {
    meta <- asem_meta
    meta$Direction <- 1
    if (weights == "uneven") meta$Weight <- meta$Uneven
    meta$Uneven <- NULL
    got <- asem_codes("normalised", "none", meta)
    expect_setequal(got$scheme$code, meta$iCode[meta$Level == 2])
    expect_scores(got$defining, got$scheme, asem_table(weights), 1)
  }
})

test_that("and from our own normalisation of what it normalised", {
  for (weights in c("score", "uneven")) {
    meta <- asem_meta
    if (weights == "uneven") meta$Weight <- meta$Uneven
    meta$Uneven <- NULL
    got <- asem_codes("denominated", "minmax", meta)
    expect_scores(got$defining, got$scheme, asem_table(weights), 100)
  }
})

test_that("the kept scores have holes, directions and uneven weights", {
  expect_true(anyNA(asem_table("normalised")))
  expect_true(any(asem_meta$Direction == -1))
  expect_gt(length(unique(asem_meta$Uneven)), 2L)
  expect_false(isTRUE(all.equal(asem_table("score"), asem_table("uneven"))))
})

test_that("the index is COINr's too where the whole tree is one code", {
  for (weights in c("score", "uneven")) {
    meta <- asem_meta
    if (weights == "uneven") meta$Weight <- meta$Uneven
    own <- meta$Type == "Indicator"
    below <- !is.na(meta$Parent)
    scheme <- code_scheme(
      meta$iCode[own], "Index", weight = meta$Weight[own],
      codes = data.frame(code = "Index", carrier = "all", dynamic = "rate",
                         weight = 1),
      parent = data.frame(name = meta$iCode, parent = meta$Parent,
                          weight = ifelse(own, NA, meta$Weight))[below, ])
    panel <- suppressMessages(as_code_panel(asem_table("normalised"), scheme))
    got <- suppressMessages(suppressWarnings(
      defining_codes(panel, "none", missing = "available")))
    scores <- asem_table(weights)
    their <- scores$Index[match(got$uCode, scores$uCode)]
    expect_identical(nrow(got), nrow(scores))
    expect_lt(max(abs(got$estimate - their) / abs(their)), 1e-12)
  }
})
