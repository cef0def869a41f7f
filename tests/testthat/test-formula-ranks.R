# Codes of known value and error: a straight start, then x6 = the code + line.
# x1 .. x5 on a line of slope 0 and difference rates: NID = x6.
nid_of <- function(last, sd = NULL, names = letters[seq_along(last)]) {
  d <- data.frame(region = rep(names, each = 6), year = rep(1:6, length(last)),
                  x = 0)
  d$x[d$year == 6] <- last
  s <- code_scheme("x", "production", codes = alone)
  basic_code(defining_codes(code_panel(d, s), "none"),
             rate = rate_difference(sd = sd))
}

test_that("shape, columns, order", {
  k <- region_ranks(nid_of(c(1, 5, 3), sd = 0.1))
  expect_table(k, "ranks", c(
    region = "character", estimate = "double", rank = "integer",
    rank.low = "integer", rank.high = "integer"
  ))
  expect_identical(k$region, c("b", "c", "a"))
  expect_equal(k$estimate, c(5, 3, 1))
  expect_identical(k$rank, 1:3)
  expect_match(text_of(k), "Regions ranked by Code NID: rate difference",
               fixed = TRUE)
})

test_that("intervals hold those that may be above or below", {
  # se = 2 sd; a difference of two has se 2 sqrt(2) sd. With sd = 0.5 the
  # limit of a sure difference is 1.96 sqrt(2) = 2.77.
  k <- region_ranks(nid_of(c(10, 8, 6, 0), sd = 0.5))
  expect_identical(k$rank.low, c(1L, 1L, 2L, 4L))
  expect_identical(k$rank.high, c(2L, 3L, 3L, 4L))
  # 2.76 is not sure, 2.78 is.
  k <- region_ranks(nid_of(c(2.76, 0), sd = 0.5))
  expect_identical(c(k$rank.low, k$rank.high), c(1L, 1L, 2L, 2L))
  k <- region_ranks(nid_of(c(2.78, 0), sd = 0.5))
  expect_identical(c(k$rank.low, k$rank.high), c(1L, 2L, 1L, 2L))
  # At 80 % it is 1.81.
  k <- region_ranks(nid_of(c(1.82, 0), sd = 0.5), conf_level = 0.8)
  expect_identical(k$rank.low, 1:2)
  expect_match(text_of(k), "80% intervals", fixed = TRUE)
})

test_that("ties share the smallest rank", {
  k <- region_ranks(nid_of(c(1, 3, 3, 0), sd = 0.01))
  expect_identical(k$rank, c(1L, 1L, 3L, 4L))
  expect_identical(k$rank.low, c(1L, 1L, 3L, 4L))
  expect_identical(k$rank.high, c(2L, 2L, 3L, 4L))
})

test_that("without an error there are ranks and no intervals", {
  k <- region_ranks(nid_of(c(1, 5, 3)))
  expect_identical(k$rank, 1:3)
  expect_true(all(is.na(k$rank.low) & is.na(k$rank.high)))
})

test_that("a region without a code has no rank and stands last", {
  d <- hand_regions
  d$x[1:6] <- NA
  s <- code_scheme("x", "production", codes = alone)
  b <- suppressWarnings(suppressMessages(
    basic_code(defining_codes(code_panel(d, s), "none"),
               rate = rate_central(sd = 1))
  ))
  k <- region_ranks(b)
  expect_identical(k$region, c("B", "A"))
  expect_identical(k$rank, c(1L, NA))
  expect_identical(k$rank.low, c(1L, NA))
})

test_that("errors of Student's t: Welch's df between regions", {
  p <- code_panel(hand_regions, hand_scheme())
  r <- dynamic_codes(p, rate_local())
  b <- as.data.frame(basic_code(r))
  half <- (b$conf.high - b$estimate) / b$std.error
  df <- vapply(half, \(h) uniroot(\(v) qt(0.975, v) - h, c(1, 1e4),
                                  tol = 1e-10)$root, 1)
  var <- b$std.error^2
  welch <- sum(var)^2 / sum(var^2 / df)
  z <- abs(diff(b$estimate)) / sqrt(sum(var))
  at <- 2 * pt(z, welch) - 1
  sure <- \(level) region_ranks(basic_code(r), level,
                                pairs = "independent")$rank.low[2] == 2L
  expect_true(sure(at - 0.002))
  expect_false(sure(at + 0.002))
})

test_that("a model, or its codes, and nothing else", {
  m <- code_model(hand_regions, hand_scheme(), rate = rate_central(sd = 0.1))
  expect_identical(region_ranks(m), region_ranks(m$basic))
  expect_error(region_ranks(m$rates), class = "nidcode_error_argument")
  expect_error(region_ranks(m$basic[1:3]), class = "nidcode_error_argument")
  expect_error(region_ranks(m, pairs = "some"), class = "nidcode_error_argument")
  expect_error(region_ranks(m, simultaneous = 1),
               class = "nidcode_error_argument")
  expect_error(region_ranks(m, 95), class = "nidcode_error_level")
})

test_that("methods: tidy, glance, confint, as.data.frame", {
  k <- region_ranks(nid_of(c(10, 8, 6, 0), sd = 0.5))
  expect_plain(tidy(k))
  expect_identical(glance(k)$nobs, 4L)
  expect_identical(confint(k), matrix(
    c(1L, 1L, 2L, 4L, 2L, 3L, 3L, 4L), 4,
    dimnames = list(c("a", "b", "c", "d"), c("2.5 %", "97.5 %"))
  ))
  expect_identical(class(as.data.frame(k)), "data.frame")
})

# Ranks by every single pair: gap, its error and df, in loops.
ranks_by_loop <- function(estimate, gap, se, df, level) {
  n <- length(estimate)
  rank <- vapply(seq_len(n), \(i) 1L + sum(estimate > estimate[i]), 1L)
  low <- high <- integer(n)
  for (i in seq_len(n)) {
    above <- below <- 0L
    for (j in setdiff(seq_len(n), i)) {
      half <- qt((1 + level) / 2, df[i, j]) * se[i, j]
      above <- above + (gap[i, j] > half)
      below <- below + (gap[i, j] < -half)
    }
    low[i] <- min(1L + above, rank[i])
    high[i] <- max(n - below, rank[i])
  }
  at <- order(rank)
  data.frame(rank = rank, low = low, high = high)[at, ]
}

expect_ranks <- function(k, want) {
  expect_identical(k$rank, want$rank)
  expect_identical(k$rank.low, want$low)
  expect_identical(k$rank.high, want$high)
}

test_that("pairs by their difference series are those of region_contrasts()", {
  some <- subset(russia, level == "region" & region < "L")
  m <- suppressMessages(code_model(some, russia_scheme, status = "_status"))
  name <- as.character(m$basic$region)
  n <- length(name)
  pair <- which(upper.tri(diag(n)), arr.ind = TRUE)
  k <- region_contrasts(m, pairs = data.frame(a = name[pair[, 1]],
                                              b = name[pair[, 2]]))
  square <- function(v, back) {
    out <- matrix(0, n, n)
    out[pair] <- v
    out[pair[, 2:1]] <- back
    out
  }
  se <- square(k$std.error, k$std.error)
  for (level in c(0.5, 0.95)) {
    want <- ranks_by_loop(m$basic$estimate, square(-k$estimate, k$estimate),
                          se, square(k$df, k$df), level)
    expect_ranks(region_ranks(m, level), want)
  }
  r <- region_ranks(m)
  expect_match(text_of(r), "pairs difference series", fixed = TRUE)
  # What every deviation from the mean is known to, by all pairs.
  expect_equal(get_spec(r)$reliability,
               round(1 - sum(se^2) / 2 / n^2 / var(m$basic$estimate), 2))
  # All at once: each pair at the level of Bonferroni.
  expect_identical(as.data.frame(region_ranks(m, simultaneous = TRUE)),
                   as.data.frame(region_ranks(m, 1 - 0.05 / choose(n, 2))))
  expect_match(text_of(region_ranks(m, simultaneous = TRUE)), "Bonferroni")
  expect_true(all(r$rank.low <= r$rank & r$rank <= r$rank.high))
})

test_that("pairs of independent errors are counted by sorting", {
  for (n in c(1L, 2L, 40L, 500L)) {
    d <- with_stream(n, data.frame(
      region = sprintf("r%03d", seq_len(n)), estimate = round(rnorm(n), 2),
      std.error = exp(rnorm(n, -1)), df = sample(c(2.1, 7, 12.5, Inf), n,
                                                 TRUE)))
    d$std.error[d$df == 7] <- 0.3
    var <- outer(d$std.error^2, d$std.error^2, `+`)
    dof <- var^2 / outer(d$std.error^4 / d$df, d$std.error^4 / d$df, `+`)
    gap <- outer(d$estimate, d$estimate, \(a, b) b - a)
    for (level in c(0.6, 0.95)) {
      k <- region_ranks(d, level)
      expect_ranks(k, ranks_by_loop(d$estimate, gap, sqrt(var), dof, level))
    }
    if (n > 1L) {
      share <- (n - 1) / n * mean(d$std.error^2) / var(d$estimate)
      expect_equal(get_spec(k)$reliability, round(1 - share, 2))
    }
  }
  expect_match(text_of(k), "pairs independent errors", fixed = TRUE)
})

test_that("an order that is noise is said to be", {
  d <- data.frame(region = letters[1:5], estimate = c(1, 2, 3, 4, 5) / 10,
                  std.error = 1, df = Inf)
  k <- region_ranks(d)
  expect_match(text_of(k), "mostly noise")
  expect_no_match(text_of(region_ranks(transform(d, std.error = 0.01))),
                  "mostly noise")
  # Numbers whose squares are none.
  big <- transform(d, estimate = estimate * 1e250, std.error = 1e249)
  small <- transform(d, std.error = 0.1)
  for (what in c("rank.low", "rank.high")) {
    expect_identical(region_ranks(big)[[what]], region_ranks(small)[[what]])
  }
  # An exact zero difference, without an error, is sure of nothing.
  exact <- data.frame(region = 1:3, estimate = c(1, 1, 2), std.error = 0,
                      df = 5)
  expect_identical(region_ranks(exact)$rank.high, c(1L, 3L, 3L))
})

test_that("parts glued together are ranked, and what has no fit says so", {
  m <- code_model(hand_regions, hand_scheme(), rate = rate_central(sd = 0.1))
  twice <- rbind(m$basic, transform(as.data.frame(m$basic), region = c("C",
                                                                       "D")))
  k <- region_ranks(twice)
  expect_identical(k$rank, c(1L, 1L, 3L, 3L))
  expect_error(region_ranks(twice, pairs = "difference"),
               class = "nidcode_error_needs_fit")
  plain <- as.data.frame(twice)
  cnd <- expect_error(region_ranks(plain[c(1:4, 2), ]),
                      class = "nidcode_error_duplicate_key")
  expect_identical(list(cnd$rows, cnd$columns), list(5L, "region"))
  plain$region[3] <- NA
  expect_identical(expect_error(region_ranks(plain),
                                class = "nidcode_error_duplicate_key")$n, 1L)
  d <- data.frame(region = rep(sprintf("r%04d", 1:1001), each = 4),
                  year = rep(1:4, 1001), x = sin(seq_len(4004)))
  many <- basic_code(defining_codes(code_panel(
    d, code_scheme("x", "production", codes = alone)), "none"),
    rate = rate_difference(sd = 1))
  expect_match(text_of(region_ranks(many)), "independent errors")
  expect_error(region_ranks(many, pairs = "difference"),
               class = "nidcode_error_size")
})
