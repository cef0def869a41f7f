# What holds under every choice, against vertices, draws and cases by hand.

# The least mean by all vertices of a box cut by the simplex, or of a box.
vertex_least <- function(d, here, low, high, cut) {
  k <- length(d)
  corners <- as.matrix(expand.grid(rep(list(0:1), k)))
  best <- Inf
  try <- function(w) {
    if (all(w >= low - 1e-12 & w <= high + 1e-12) && sum(w * here) > 0) {
      best <<- min(best, sum((w * d)[here]) / sum(w[here]))
    }
  }
  for (r in seq_len(nrow(corners))) {
    w <- ifelse(corners[r, ] == 1, high, low)
    if (!cut) try(w) else for (free in seq_len(k)) {
      w[free] <- 1 - sum(w[-free])
      try(w)
      w[free] <- ifelse(corners[r, free] == 1, high[free], low[free])
    }
  }
  best
}

test_that("least differences are those of the vertices", {
  with_stream(11, for (case in 1:36) {
    k <- sample(1:4, 1L)
    low <- runif(k, 0, 0.9 / k)
    high <- pmin(low + runif(k, 0, 1), 1)
    if (sum(high) < 1) high <- high + (1 - sum(high)) / k
    cut <- case %% 3 > 0
    part <- cbind(rnorm(k), rnorm(k))
    here <- if (case %% 2) rep(TRUE, k) else {
      x <- runif(k) < 0.6
      if (any(x)) x else rep(TRUE, k)
    }
    out <- least_differences_cpp(part, cbind(here, here) * 1L, c(0L, k),
                                 list(low = low, high = high, cut = cut),
                                 list(low = 1, high = 1, cut = TRUE), 2, 1L)
    d <- part[, 1L] - part[, 2L]
    expect_equal(out[1L, 2L], 2 * vertex_least(d, here, low, high, cut))
    expect_equal(out[2L, 1L], 2 * vertex_least(-d, here, low, high, cut))
    expect_identical(diag(out), c(0, 0))
  })
})

test_that("codes are weighed the same way, once more", {
  part <- cbind(c(1, 3, -2), c(0, 0, 0))
  codes <- list(low = c(0.2, 0.3), high = c(0.7, 0.8), cut = TRUE)
  free <- list(low = c(0, 0, 1), high = c(1, 1, 1), cut = TRUE)
  out <- least_differences_cpp(part, matrix(1L, 3, 2), c(0L, 2L, 3L), free,
                               codes, 3, 1L)
  # Code 1 is from 1 to 3, code 2 is -2.
  expect_equal(out[1L, 2L], 3 * (0.2 * 1 - 0.8 * 2))
  expect_equal(-out[2L, 1L], 3 * (0.7 * 3 - 0.3 * 2))
})

# Each indicator x of a region is a parabola with A = a, so that Code NID of
# rate_central() is the number of terms times the weighted mean of a.
bent_model <- function(a, ...) {
  rows <- lapply(seq_len(nrow(a)), \(r) {
    t <- 0:4
    data.frame(region = LETTERS[r], year = t, x1 = a[r, 1L] * t^2 / 2,
               x2 = a[r, 2L] * t^2 / 2)
  })
  quiet(code_model(do.call(rbind, rows), code_scheme(
    c("x1", "x2"), "social", ...), index = c("region", "year"),
    normalise = "none", rate = rate_central()))
}

test_that("what must hold holds, and a tie is found where it is", {
  m <- bent_model(rbind(c(3, 2), c(1, 1), c(2, 3)))
  d <- code_dominance(m, code_choices(weights = weights_simplex()))
  pair <- \(a, b, x = d) x[x$region == a & x$over == b, ]
  n <- m$basic$n.terms[1L]
  expect_identical(pair("A", "B")$verdict, "always above")
  expect_identical(pair("B", "C")$verdict, "always below")
  expect_equal(pair("A", "B")$least, n * 1)
  expect_equal(pair("A", "B")$most, n * 2)
  tie <- pair("A", "C")
  expect_identical(tie$verdict, "depends")
  expect_equal(tie$weight.at, 0.5)
  expect_equal(c(tie$least, tie$most), c(-n, n))
  expect_true(tie$turns.on %in% c("x1", "x2"))
  expect_true(is.na(pair("A", "B")$turns.on))
  ranks <- summary(d)
  expect_identical(ranks$best.rank, c(1L, 3L, 1L))
  expect_identical(ranks$worst.rank, c(2L, 3L, 2L))
  expect_identical(ranks$best.drawn, c(1L, 3L, 1L))
  expect_true(all(ranks$exact))
  # Weights that stand still: the model's own difference.
  fixed <- code_dominance(m, code_choices(weights = weights_noisy(0)))
  value <- coef(m)
  expect_equal(pair("A", "C", fixed)$least, value[["A"]] - value[["C"]])
  expect_equal(pair("B", "C", fixed)$most, value[["B"]] - value[["C"]])
})

test_that("a level that turns the sign is named", {
  m <- bent_model(rbind(c(3, 0), c(1, 1)))
  d <- code_dominance(m, code_choices(
    weights = list(even = c(x1 = 1, x2 = 1), second = c(x1 = 0, x2 = 1))))
  expect_identical(d$verdict, c("depends", "depends"))
  expect_identical(d$turns.on, rep("weights = second", 2L))
  expect_true(all(is.na(d$weight.at)))
  # It turns from what the model has, wherever that stands.
  d <- code_dominance(m, code_choices(
    weights = list(second = c(x1 = 0, x2 = 1), even = c(x1 = 1, x2 = 1))))
  expect_identical(d$turns.on, rep("weights = second", 2L))
})

test_that("no draw passes the bounds, and some come near", {
  model <- choice_model(rate = rate_local(5))
  ch <- code_choices(weights = weights_simplex(0.1, 0.8), leave_out = TRUE,
                     normalise = c("zscore", "minmax"),
                     code_weights = weights_noisy(0.5),
                     measure = c("sum", "integral"))
  d <- quiet(code_dominance(model, ch))
  s <- quiet(code_sensitivity(model, ch, n = 300, method = "draws"))
  value <- matrix(tidy(s, what = "draws")$estimate, 6L)
  for (r in seq_len(nrow(d))) {
    gap <- value[match(d$region[r], s$region), ] -
      value[match(d$over[r], s$region), ]
    expect_gte(min(gap), d$least[r] - 1e-12)
    expect_lte(max(gap), d$most[r] + 1e-12)
  }
  pairs <- tidy(s, what = "pairs")
  expect_identical(pairs$exact, unname(c(
    "always above" = "always", "always below" = "never",
    depends = "depends")[d$verdict]))
  sure <- pairs$share[pairs$exact == "always"]
  expect_equal(sure, rep(1, length(sure)))
  bounds <- quiet(summary(d))
  expect_true(all(bounds$best.rank <= bounds$best.drawn))
  expect_true(all(bounds$worst.rank >= bounds$worst.drawn))
  expect_identical(d, withr::with_options(list(nidcode.threads = 2L), quiet(
    code_dominance(model, ch))))
})

test_that("an averaged spline is exact where it is frozen", {
  model <- choice_model()
  ch <- code_choices(weights = weights_noisy(0))
  cnd <- expect_error(code_dominance(model, ch),
                      class = "nidcode_error_not_linear")
  d <- code_dominance(model, ch, tuning = "frozen")
  value <- coef(model)
  expect_equal(d$least, unname(value[as.character(d$region)] -
                                 value[d$over]))
  expect_equal(d$most, d$least)
  # Other weights: those of the frozen operator.
  moved <- code_dominance(model, code_choices(weights = weights_simplex()),
                          tuning = "frozen")
  parts <- contributions(model, by = c("code", "indicator"))
  w <- with(choice_panel()$scheme, weight / ave(weight, code, FUN = sum))
  h <- matrix(parts$estimate, 5L) / w[match(parts$indicator[1:5],
                                            choice_panel()$scheme$indicator)]
  code <- parts$code[1:5]
  gap <- h[, 1L] - h[, 2L]
  expect_equal(moved$least[moved$region == "R1" & moved$over == "R2"],
               sum(tapply(gap, code, min)))
})

test_that("pairs that miss different indicators are not compared", {
  panel <- choice_panel()
  panel$data$x5[panel$data$region == "R2"] <- NA
  model <- choice_model(rate = rate_difference(), panel = panel)
  d <- code_dominance(model, code_choices(weights = weights_simplex()))
  gone <- d$region == "R2" | d$over == "R2"
  expect_true(all(d$verdict[gone] == "not compared"))
  expect_true(all(is.na(d$least[gone])))
  expect_true(all(d$verdict[!gone] != "not compared"))
  # Whole series that lack one indicator: its weight is never available.
  panel$data$x5[panel$data$region == "R3"] <- NA
  by <- \(missing) choice_model(rate = rate_difference(), panel = panel,
                                missing = missing)
  ch <- code_choices(weights = weights_simplex(), leave_out = TRUE)
  d <- quiet(code_dominance(by("available"), ch))
  expect_equal(as.data.frame(d),
               as.data.frame(quiet(code_dominance(by("constant"), ch))))
  alike <- d$region %in% c("R2", "R3") & d$over %in% c("R2", "R3")
  expect_true(all(d$verdict[alike] != "not compared"))
  expect_rebuilt(quiet(code_sensitivity(by("available"), ch, n = 50,
                                        method = "draws")), c(7, 31))
})

test_that("what has no bounds is refused", {
  model <- choice_model(rate = rate_difference())
  for (ch in list(code_choices(weights = weights_dirichlet()),
                  code_choices(half_life = c(2, 5)),
                  code_choices(posterior = TRUE))) {
    expect_error(code_dominance(model, ch), class = "nidcode_error_choices")
  }
  positive <- choice_model(panel = choice_panel(2, directions = FALSE),
                           normalise = "none", rate = rate_difference())
  expect_error(code_dominance(positive, code_choices(
    aggregate = c("mean", "harmonic"))), class = "nidcode_error_not_linear")
  expect_error(code_dominance(model, 1), class = "nidcode_error_argument")
  expect_error(code_dominance(model, code_choices(leave_out = 1000),
                              tuning = "some"),
               class = "nidcode_error_argument")
})

test_that("the refusal says what stands in the way, frozen or not", {
  data <- expand.grid(year = 2001:2010, region = c("A", "B", "C"))
  data[c("x", "y")] <- withr::with_seed(3, matrix(rnorm(60), 30))
  data$x[5] <- NA
  m <- quietly(code_model(data, code_scheme(c("x", "y"), "production",
                                            codes = nid_codes()[1, ]),
                          missing = "available"))
  choices <- code_choices(weights = weights_simplex(0.2, 0.8))
  own <- expect_error(code_dominance(m, choices),
                      class = "nidcode_error_not_linear")
  expect_match(conditionMessage(own), "tuning = \"frozen\"")
  frozen <- expect_error(code_dominance(m, choices, tuning = "frozen"),
                         class = "nidcode_error_not_linear")
  expect_match(conditionMessage(frozen), "missing = \"constant\"")
})
