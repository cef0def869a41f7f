panel <- code_panel(hand_regions, hand_scheme())
raw <- dynamic_codes(defining_codes(panel, "none"), rate_difference())

test_that("shape and columns, for every crossing", {
  expect_table(contributions(raw), "contributions", c(
    region = "character", code = "character", estimate = "double"
  ))
  expect_identical(names(contributions(raw, "time")),
                   c("region", "year", "estimate"))
  expect_identical(names(contributions(raw, "indicator")),
                   c("region", "indicator", "estimate"))
  expect_identical(names(contributions(raw, c("code", "time"))),
                   c("region", "year", "code", "estimate"))
  expect_setequal(
    names(contributions(raw, c("indicator", "time", "code"))),
    c("region", "year", "code", "indicator", "estimate")
  )
  expect_match(text_of(contributions(raw, c("code", "time"))),
               "Contributions to Code NID by code and time: rate difference",
               fixed = TRUE)
})

test_that("by code: V(last) - V(first) of each, by hand", {
  k <- contributions(raw, "code")
  expect_identical(k$region, rep(c("A", "B"), each = 3))
  expect_identical(k$code[1:3], c("production", "institutional", "social"))
  # x 2 - 1, y 2 - 0, z 2 - 2; B: x -1 + 1, y 2 - 2, z 3 - 0.
  expect_equal(k$estimate, c(1, 2, 0, 0, 0, 3))
})

test_that("by time: the terms tau u A, by hand", {
  k <- contributions(raw, "time", influence_half_life(1))
  # A: x 1 1 2 -3, y 1 1 -3 3, z -3 4 -4 3 at 2003 .. 2006.
  expect_identical(k$year[1:4], 2003:2006)
  expect_equal(k$estimate[1:4], c(-1, 6, -5, 3) / c(8, 4, 2, 1))
})

test_that("by indicator: shares of weight and direction", {
  s <- code_scheme(c("x", "y"), "production", direction = c(1, -1),
                   weight = c(3, 1), codes = alone)
  r <- dynamic_codes(
    defining_codes(code_panel(hand_regions[1:6, ], s), "none"),
    rate_difference()
  )
  k <- contributions(r, "indicator")
  # Sums of second differences: x 1, y 2.
  expect_equal(k$estimate, c(3 / 4 * 1, -1 / 4 * 2))
  k <- contributions(r, c("indicator", "time"))
  x <- k$estimate[k$indicator == "x"]
  expect_equal(x, 3 / 4 * c(1, 1, 2, -3))
})

test_that("they sum to the code, for every rate", {
  h <- influence_half_life(2)
  for (rate in list(rate_local(), rate_spline(), rate_spline("reml"))) {
    r <- dynamic_codes(panel, rate)
    for (measure in c("sum", "integral")) {
      total <- basic_code(r, h, measure)$estimate
      for (by in list("code", "time", "indicator",
                      c("code", "time", "indicator"))) {
        k <- contributions(r, by, h, measure)
        expect_equal(as.vector(rowsum(k$estimate, k$region)), total,
                     label = paste(format(rate), measure, by[1]))
      }
    }
  }
})

test_that("weights of codes multiply", {
  codes <- nid_codes()
  codes$weight <- c(2, 0, 5)
  r <- dynamic_codes(
    defining_codes(code_panel(hand_regions, hand_scheme(codes = codes)),
                   "none"), rate_difference()
  )
  expect_equal(contributions(r)$estimate, c(1, 2, 0, 0, 0, 3) *
                 rep(c(2, 0, 5), 2))
})

test_that("a model brings its influence and measure, others may be asked", {
  m <- code_model(hand_regions, hand_scheme(), normalise = "none",
                  rate = rate_difference(), influence = influence_half_life(1),
                  measure = "integral")
  expect_equal(contributions(m, "time")$estimate,
               contributions(raw, "time", influence_half_life(1),
                             "integral")$estimate)
  expect_equal(contributions(m, "code", influence_equal(), "sum")$estimate,
               c(1, 2, 0, 0, 0, 3))
})

test_that("a code absent from a region has no row there", {
  d <- hand_regions
  d$z[7:12] <- NA
  r <- dynamic_codes(defining_codes(code_panel(d, hand_scheme()), "none"),
                     rate_difference())
  expect_warning(k <- contributions(r), class = "nidcode_warning_missing_code")
  expect_identical(k$code[k$region == "B"], c("production", "institutional"))
  k <- suppressWarnings(contributions(r, "indicator"))
  expect_identical(k$indicator[k$region == "B"], c("x", "y"))
})

test_that("one region without a region column", {
  r <- dynamic_codes(hand_codes(), rate_difference())
  expect_identical(as.list(as.data.frame(contributions(r, "time"))),
                   list(year = 2003:2006, estimate = c(1, 1, 2, -3)))
  expect_identical(as.list(as.data.frame(contributions(r))),
                   list(code = "production", estimate = 1))
})

test_that("parts of indicators with gaps are those of the definition", {
  set.seed(9)
  d <- data.frame(region = rep(1:2, each = 8), year = rep(2001:2008, 2),
                  x = rnorm(16), y = rnorm(16), z = rnorm(16))
  d$x[c(2, 3)] <- NA
  d$y[9:16] <- NA
  d$z[8] <- NA
  scheme <- code_scheme(c("x", "y", "z"), "production", weight = 1:3,
                        direction = c(1, -1, 1), codes = alone)
  for (missing in c("constant", "available")) {
    def <- suppressMessages(define(code_panel(d, scheme), "zscore", "panel",
                                   "mean", missing, NULL))
    fit <- code_fit(def, rate_central(), "ignore")
    shares <- code_shares(fit, 1L)
    parts <- vapply(1:3, function(k) code_share(shares, k), numeric(16))
    z <- scale(as.matrix(d[c("x", "y", "z")]))
    w <- matrix(1:3, 16, 3, byrow = TRUE) * !is.na(z)
    by_hand <- sweep(z, 2, c(1, -2, 3), `*`) / rowSums(w)
    by_hand[is.na(z)] <- 0
    code <- code_values(def, "production")$value
    by_hand[is.na(code), ] <- NA
    expect_equal(parts, unname(by_hand), ignore_attr = TRUE)
    expect_equal(rowSums(parts), code)
    # Rows where an indicator of the region is missing have a code or not.
    expect_identical(which(is.na(code)),
                     if (missing == "constant") c(2L, 3L, 8L) else integer())
  }
})

test_that("one more indicator costs one pass, not one for each", {
  passes <- function(k) {
    names <- paste0("x", seq_len(k))
    x <- matrix(sin(seq_len(12 * k)^2), 12)
    colnames(x) <- names
    p <- code_panel(data.frame(year = 2001:2012, x),
                    code_scheme(names, "production", codes = alone), "year")
    r <- dynamic_codes(p)
    count <- new.env()
    count$n <- 0
    suppressMessages(trace(
      "code_values", bquote(assign("n", .(count)$n + 1, .(count))),
      where = asNamespace("nidcode"), print = FALSE
    ))
    on.exit(suppressMessages(untrace("code_values",
                                     where = asNamespace("nidcode"))))
    contributions(r, by = "indicator")
    count$n
  }
  expect_gt(passes(2), 0)
  expect_identical(passes(9), passes(2))
})

test_that("what is not linear, or has no fit, is refused", {
  p <- code_panel(hand_regions, code_scheme(c("x", "y"), "production"))
  r <- dynamic_codes(defining_codes(p, "none", aggregate = "geometric"),
                     rate_central())
  expect_error(contributions(r, "indicator"),
               class = "nidcode_error_not_linear")
  expect_error(contributions(dynamic_codes(defining_codes(p, "rank"),
                                           rate_central()), "indicator"),
               class = "nidcode_error_not_linear")
  # By code and time they are sums whatever the mean.
  k <- suppressWarnings(contributions(r, c("code", "time")))
  expect_equal(as.vector(rowsum(k$estimate, k$region)),
               suppressWarnings(basic_code(r))$estimate)
  expect_error(contributions(raw, "region"), class = "nidcode_error_argument")
  expect_error(contributions(raw, character()),
               class = "nidcode_error_argument")
  expect_error(contributions(raw[1:3, ]), class = "nidcode_error_argument")
  expect_error(contributions(dynamic_codes(panel, rate_local(degree = 1))),
               class = "nidcode_error_order_undefined")
})

test_that("methods: tidy, glance, summary, as.data.frame", {
  k <- contributions(raw)
  expect_plain(tidy(k))
  expect_identical(glance(k)$nobs, 6L)
  expect_output(print(summary(k)), "Contributions to Code NID by code")
  expect_identical(class(as.data.frame(k)), "data.frame")
  expect_error(confint(k), class = "nidcode_error_argument")
})

# Trees ------------------------------------------------------------------------

# Two codes, pillars of depth 0 to 3.
deep_model <- function(...) {
  d <- data.frame(region = rep(c("A", "B", "C"), each = 9), year = 2001:2009)
  with_stream(7, for (name in letters[1:7]) d[[name]] <- stats::rnorm(27))
  s <- code_scheme(
    letters[1:7], rep(c("social", "production"), c(5, 2)),
    weight = c(1, 2, 3, 1, 1, 2, 5), direction = c(1, -1, 1, 1, 1, 1, -1),
    parent = c("P > Q > R", "P > Q > R", "P > Q", "P", NA, "S", NA), ...)
  quietly(code_model(d, s))
}

test_that("parts of levels and nodes are sums of those of indicators", {
  m <- deep_model()
  each <- as.data.frame(contributions(m, "indicator"))
  sums <- list(
    `level 1` = c(a = "P", b = "P", c = "P", d = "P", e = "e", f = "S",
                  g = "g"),
    `level 2` = c(a = "Q", b = "Q", c = "Q", d = "d", e = "e", f = "f",
                  g = "g"),
    `level 3` = c(a = "R", b = "R", c = "c", d = "d", e = "e", f = "f",
                  g = "g"),
    `level 4` = stats::setNames(letters[1:7], letters[1:7]),
    social = c(a = "P", b = "P", c = "P", d = "P", e = "e",
               f = "production", g = "production"),
    Q = c(a = "R", b = "R", c = "c", d = "d", e = "e", f = "production",
          g = "production"),
    R = c(a = "a", b = "b", c = "c", d = "d", e = "e", f = "production",
          g = "production"),
    S = c(a = "social", b = "social", c = "social", d = "social",
          e = "social", f = "f", g = "g"))
  for (cut in names(sums)) {
    got <- as.data.frame(contributions(m, cut))
    want <- tapply(each$estimate, list(each$region, sums[[cut]][each$indicator]),
                   sum)
    expect_identical(nrow(got), length(want))
    expect_equal(got$estimate, want[cbind(got$region, got$node)],
                 tolerance = 1e-12)
    total <- tapply(got$estimate, got$region, sum)
    expect_equal(as.vector(total), m$basic$estimate, tolerance = 1e-12)
  }
})

test_that("nodes cross with time, code and indicator", {
  m <- deep_model(label = c("A a", rep(NA, 6)))
  got <- as.data.frame(contributions(m, c("time", "level 1", "code")))
  want <- as.data.frame(contributions(m, c("time", "code")))
  sums <- rowsum(got$estimate, paste(got$region, got$year, got$code))
  expect_equal(sums[paste(want$region, want$year, want$code), ],
               want$estimate, tolerance = 1e-12, ignore_attr = TRUE)
  expect_identical(unique(got$code[got$node == "S"]), "production")
  both <- as.data.frame(contributions(m, c("Q", "indicator")))
  one <- as.data.frame(contributions(m, "indicator"))
  expect_identical(both$estimate, one$estimate)
  expect_identical(unique(both$node[both$indicator == "b"]), "R")
  # Items that are indicators have their labels.
  leaf <- as.data.frame(contributions(m, "level 4"))
  expect_identical(unique(leaf$label[leaf$node == "a"]), "A a")
  skip_if_not_installed("ggplot2")
  p <- ggplot2::autoplot(contributions(m, "level 1"))
  expect_match(p$labels$alt, "level 1")
})

test_that("no such level or node is refused, and what there is named", {
  m <- deep_model()
  for (bad in list("level 5", "T", c("P", "Q"), "level 0", 1, character(),
                   c("P", "P"), NA_character_)) {
    e <- expect_error(contributions(m, bad), class = "nidcode_error_argument")
    expect_identical(e$argument, "by")
    expect_true(all(c("level 1", "level 4", "P", "R", "social") %in% e$values))
  }
})
