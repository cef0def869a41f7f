# x and y of one region by hand; two codes where it matters.
two <- data.frame(year = 1:5, x = c(1, 2, 3, 4, 5), y = c(10, 30, 20, 50, 40))
scheme_xy <- function(...) code_scheme(c("x", "y"), "production",
                                       codes = alone, ...)
code_of <- function(data = two, ..., scheme = scheme_xy()) {
  defining_codes(code_panel(data, scheme, index = "year"), ...)
}

test_that("shape, columns, defaults", {
  d <- defining_codes(code_panel(hand_regions, hand_scheme()))
  expect_table(d, "defining", c(
    region = "character", year = "integer", code = "character",
    estimate = "double", n.indicators = "integer", `break` = "logical"
  ))
  expect_identical(nrow(d), 36L)
  expect_identical(d$region, rep(c("A", "B"), each = 18))
  expect_identical(d$year, rep(rep(2001:2006, each = 3), 2))
  expect_identical(d$code[1:3], c("production", "institutional", "social"))
  expect_identical(
    defining_codes(code_panel(hand_regions, hand_scheme()), "zscore", "panel",
                   "mean", "constant"), d
  )
  expect_identical(format(attr(d, "spec")),
                   "Defining codes: normalise zscore; reference panel.")
})

test_that("z-scores: (x - mean) / sd with n - 1", {
  # x: mean 3, sd sqrt(10/4); y: mean 30, sd sqrt(1000/4).
  want <- ((two$x - 3) / sqrt(2.5) + (two$y - 30) / sqrt(250)) / 2
  expect_equal(code_of()$estimate, want)
  up_down <- scheme_xy(direction = c(1, -1), weight = c(3, 1))
  want <- (3 * (two$x - 3) / sqrt(2.5) - (two$y - 30) / sqrt(250)) / 4
  expect_equal(code_of(scheme = up_down)$estimate, want)
  logged <- scheme_xy(transform = c("none", "log"))
  want <- ((two$x - 3) / sqrt(2.5) +
             (log(two$y) - mean(log(two$y))) / sd(log(two$y))) / 2
  expect_equal(code_of(scheme = logged)$estimate, want)
})

test_that("min-max, goalposts and ranks lie on 0 to 1 and reflect", {
  one <- function(direction, ...) {
    code_of(scheme = code_scheme("y", "production", direction, codes = alone,
                                 ...), normalise = kind)$estimate
  }
  kind <- "minmax"
  expect_equal(one(1), c(0, 0.5, 0.25, 1, 0.75))
  expect_equal(one(-1), 1 - c(0, 0.5, 0.25, 1, 0.75))
  kind <- "goalposts"
  expect_equal(one(1, low = 0, high = 100), two$y / 100)
  expect_equal(one(-1, low = 0, high = 100), 1 - two$y / 100)
  # Goalposts are in the unit after the transform.
  expect_equal(one(1, low = 0, high = log(100), transform = "log"),
               log(two$y) / log(100))
  kind <- "rank"
  expect_equal(one(1), c(0, 0.5, 0.25, 1, 0.75))
  expect_equal(one(-1), 1 - c(0, 0.5, 0.25, 1, 0.75))
  # Unbounded kinds change sign.
  kind <- "none"
  expect_equal(one(-1), -two$y)
  kind <- "zscore"
  expect_equal(one(-1), -one(1))
})

test_that("ties share their mean rank", {
  d <- data.frame(year = 1:5, x = c(7, 1, 7, 9, 7))
  d <- code_of(d, "rank", scheme = code_scheme("x", "production",
                                               codes = alone))
  # Ranks 3 1 3 5 3 of five, less one, over four.
  expect_equal(d$estimate, c(0.5, 0, 0.5, 1, 0.5))
})

test_that("an index is 100 at the base, region by region", {
  s <- code_scheme("x", "production", codes = alone)
  d <- defining_codes(code_panel(hand_regions, s), "index", reference = 2003)
  expect_equal(d$estimate,
               100 * hand_regions$x / rep(c(4, 9), each = 6))
  # A region without the base has no code, and is named.
  p <- code_panel(hand_regions[-3, ], s)
  expect_message(d <- defining_codes(p, "index", reference = 2003),
                 class = "nidcode_message_reference")
  expect_identical(unique(d$region), "B")
})

test_that("references: panel, region, one time, frozen", {
  s <- code_scheme("x", "production", codes = alone)
  d <- rbind(hand_regions, transform(hand_regions[1:6, ], region = "C",
                                     x = 2 * x + 1))
  p <- code_panel(d, s)
  code <- function(...) defining_codes(p, ...)$estimate
  expect_equal(code(), as.vector(scale(d$x)))
  expect_equal(code(reference = "region"),
               unlist(lapply(split(d$x, d$region), \(x) as.vector(scale(x))),
                      use.names = FALSE))
  at <- d$x[d$year == 2004]
  expect_equal(code(reference = 2004), (d$x - mean(at)) / sd(at))
  frozen <- code_reference(defining_codes(p, reference = 2004))
  expect_equal(code(reference = frozen), code(reference = 2004))
  expect_match(text_of(defining_codes(p, reference = 2004)), "reference 2004")
  expect_match(text_of(defining_codes(p, reference = frozen)),
               "reference frozen")
  # One region under "panel" is within that region.
  expect_equal(code_of(reference = "panel")$estimate,
               code_of(reference = "region")$estimate)
})

test_that("means: arithmetic, geometric, harmonic", {
  w <- scheme_xy(weight = c(3, 1))
  expect_equal(code_of(normalise = "none", scheme = w)$estimate,
               (3 * two$x + two$y) / 4)
  expect_equal(
    code_of(normalise = "none", aggregate = "geometric", scheme = w)$estimate,
    (two$x^3 * two$y)^(1 / 4)
  )
  expect_equal(
    code_of(normalise = "none", aggregate = "harmonic", scheme = w)$estimate,
    4 / (3 / two$x + 1 / two$y)
  )
  expect_match(text_of(code_of(normalise = "none", aggregate = "harmonic")),
               "aggregate harmonic", fixed = TRUE)
})

test_that("missing constant: one composition at every time of a region", {
  d <- two
  d$y[3] <- NA
  m <- expect_message(k <- code_of(d, "none"),
                      class = "nidcode_message_composition")
  expect_identical(m$columns, "y")
  expect_match(conditionMessage(m), "1 time", fixed = TRUE)
  expect_identical(k$year, c(1L, 2L, 4L, 5L))
  expect_equal(k$estimate, ((two$x + two$y) / 2)[-3])
  expect_identical(k$n.indicators, rep(2L, 4))
  expect_false(any(k[["break"]]))
  # Never observed in a region: left out there, weights rescaled.
  p <- rbind(cbind(region = "A", two), cbind(region = "B", two))
  p$y[6:10] <- NA
  s <- scheme_xy(weight = c(1, 3))
  k <- defining_codes(code_panel(p, s), "none")
  expect_equal(k$estimate, c((two$x + 3 * two$y) / 4, two$x))
  expect_no_match(text_of(k), "left out")
  expect_identical(k$n.indicators, rep(c(2L, 1L), each = 5))
})

test_that("missing available: rescaled, each change is a break", {
  d <- two
  d$y[3] <- NA
  expect_message(k <- code_of(d, "none", missing = "available"),
                 class = "nidcode_message_composition")
  expect_equal(k$estimate, replace((two$x + two$y) / 2, 3, 3))
  expect_identical(k$n.indicators, c(2L, 2L, 1L, 2L, 2L))
  expect_identical(k[["break"]], c(FALSE, FALSE, TRUE, TRUE, FALSE))
  expect_match(text_of(k), "missing available", fixed = TRUE)
})

test_that("missing error: the cells are named", {
  d <- two
  d$y[c(3, 5)] <- NA
  err <- expect_error(code_of(d, "none", missing = "error"),
                      class = "nidcode_error_composition")
  expect_identical(err$columns, "y")
  expect_equal(err$times, c(3, 5))
  expect_silent(code_of(two, "none", missing = "error"))
})

test_that("an indicator of weight 0 takes no part", {
  d <- two
  d$y[2:4] <- NA
  k <- code_of(d, "none", scheme = scheme_xy(weight = c(1, 0)))
  expect_equal(k$estimate, two$x)
  expect_identical(k$n.indicators, rep(1L, 5))
})

test_that("a code breaks where an indicator of weight above 0 breaks", {
  d <- two
  d$x_status <- replace(rep("ok", 5), 3, "break")
  d$y_status <- replace(rep("ok", 5), 4, "break")
  k <- function(weight) {
    p <- code_panel(d, scheme_xy(weight = weight), index = "year",
                    status = "_status")
    defining_codes(p, "none")[["break"]]
  }
  expect_identical(which(k(c(1, 1))), 3:4)
  expect_identical(which(k(c(1, 0))), 3L)
  # A break in a hole stands at the next observed time.
  d$x[3] <- NA
  expect_identical(suppressMessages(k(c(1, 0))), c(FALSE, FALSE, TRUE, FALSE))
})

test_that("no spread counts 0 and says so", {
  d <- transform(two, y = 4)
  w <- expect_warning(k <- code_of(d), class = "nidcode_warning_zero_spread")
  expect_identical(w$columns, "y")
  expect_equal(k$estimate, (two$x - 3) / sqrt(2.5) / 2)
})

test_that("rows without a code are counted in print", {
  d <- hand_regions
  d$y[c(3, 5)] <- NA
  d$z[7] <- NA
  k <- suppressMessages(defining_codes(code_panel(d, hand_scheme())))
  expect_identical(nrow(k), 33L)
  expect_match(text_of(k), paste0(
    "3 values of 36 left out where an indicator is missing, most in ",
    "institutional."
  ), fixed = TRUE)
  full <- defining_codes(code_panel(hand_regions, hand_scheme()))
  expect_no_match(text_of(full), "left out")
})

test_that("methods: summary, tidy, glance, as.data.frame, confint", {
  k <- code_of()
  expect_plain(tidy(k))
  expect_identical(as.list(tidy(k)), as.list(as.data.frame(k)))
  expect_identical(class(as.data.frame(k)), "data.frame")
  expect_identical(glance(k)$nobs, 5L)
  expect_identical(glance(k)$normalise, "zscore")
  expect_output(print(summary(k)), "Defining codes: normalise zscore")
  expect_error(confint(k), class = "nidcode_error_argument")
})

test_that("centre and scale of long columns hold to the last digits", {
  # The plain definition in long doubles, of blocks with and without holes,
  # far from zero, with a trend from block to block, and of any size.
  n <- 20011L
  base <- sin(seq_len(n)) + seq_len(n) / 1000
  holes <- replace(base, c(3L, 4097:8200, 9000 + 7 * 0:300, n), NA)
  for (x in list(base, base + 1e7, holes, -holes, holes[1:4097],
                 rev(holes), rep(NA_real_, n), replace(holes, 2:n, NA))) {
    seen <- x[!is.na(x)]
    for (unit in c(1, 2^600, 2^-600, 2^1000)) {
      m <- column_moments(x * unit)
      expect_identical(m$n, as.double(length(seen)))
      if (length(seen) < 2L) expect_identical(m$sd, NA_real_)
      if (length(seen) == 0L) {
        expect_identical(unname(unlist(m[c("mean", "min", "max")])),
                         rep(NA_real_, 3L))
        next
      }
      expect_identical(m$min, min(seen) * unit)
      expect_identical(m$max, max(seen) * unit)
      expect_equal(m$mean / unit, mean(seen), tolerance = 1e-14)
      expect_equal(m$sd / unit, stats::sd(seen), tolerance = 1e-13)
    }
  }
  # Of a column no longer than a block a hole changes no bit.
  short <- base[1:4000]
  expect_identical(column_moments(c(NA, short, NA))[-1L],
                   column_moments(short)[-1L])
})
