test_that("the usual codes are the paper's three", {
  expect_identical(nid_codes(), data.frame(
    code = c("production", "institutional", "social"),
    carrier = c("enterprises", "authorities", "society"),
    dynamic = c("innovation", "information", "value"),
    weight = c(1, 1, 1)
  ))
})

test_that("a scheme is a tibble of nine columns with defaults", {
  s <- code_scheme(c("a", "b"), c("production", "social"))
  expect_identical(class(s), c("nid_scheme", plain_class))
  expect_identical(as.list(as.data.frame(s)), list(
    indicator = c("a", "b"), code = c("production", "social"),
    direction = c(1, 1), weight = c(1, 1), transform = c("none", "none"),
    unit = rep(NA_character_, 2), sd = rep(NA_real_, 2),
    low = rep(NA_real_, 2), high = rep(NA_real_, 2)
  ))
  expect_identical(attr(s, "codes"), nid_codes())
})

test_that("length 1 is recycled, nothing else is", {
  s <- code_scheme(letters[1:4], "social", weight = 2, unit = "%")
  expect_identical(s$code, rep("social", 4))
  expect_identical(s$weight, rep(2, 4))
  expect_identical(s$unit, rep("%", 4))
  expect_error(code_scheme(letters[1:4], c("social", "production")),
               class = "nidcode_error_scheme")
  expect_error(code_scheme(letters[1:4], "social", direction = c(1, -1)),
               class = "nidcode_error_scheme")
  expect_error(code_scheme(letters[1:4], "social", low = c(1, 2), high = 5),
               class = "nidcode_error_scheme")
})

test_that("named weights go to their indicators, in any order", {
  s <- code_scheme(c("a", "b"), "social", weight = c(b = 3, a = 0.5))
  expect_identical(s$weight, c(0.5, 3))
  expect_error(code_scheme(c("a", "b"), "social", weight = c(a = 1, z = 2)),
               class = "nidcode_error_weights")
})

test_that("weights, directions and transforms do what they say", {
  # (3 x + s y) / 4 by hand.
  d <- data.frame(year = 1:3, x = c(1, 3, 5), y = c(2, 6, 4))
  code <- function(...) {
    s <- code_scheme(c("x", "y"), "production", codes = alone, ...)
    defining_codes(code_panel(d, s), "none")$estimate
  }
  expect_identical(code(weight = c(3, 1)), c(1.25, 3.75, 4.75))
  expect_identical(code(weight = c(3, 1), direction = c(1, -1)),
                   c(0.25, 0.75, 2.75))
  expect_identical(code(weight = c(0, 5)), c(2, 6, 4))
  expect_identical(code(transform = "log"), (log(d$x) + log(d$y)) / 2)
})

test_that("a code of one's own is one more row", {
  codes <- rbind(nid_codes(), data.frame(
    code = "ecological", carrier = "nature", dynamic = "restoration",
    weight = 2
  ))
  s <- code_scheme(c("x", "air"), c("production", "ecological"), codes = codes)
  expect_identical(attr(s, "codes")$code[4], "ecological")
  d <- data.frame(year = 1:3, x = c(1, 2, 4), air = c(0, 5, 6))
  r <- dynamic_codes(defining_codes(code_panel(d, s), "none"),
                     rate_difference())
  expect_setequal(r$term, c("innovation", "restoration"))
  # (4 - 4 + 1) + 2 (6 - 10 + 0): the code's weight multiplies it.
  b <- suppressWarnings(basic_code(r))
  expect_identical(b$estimate, 1 + 2 * -4)
  expect_match(text_of(b), "codes 2 of 4", fixed = TRUE)
})

test_that("tables of codes that are none are refused", {
  bad <- function(...) {
    code_scheme("x", "production",
                codes = utils::modifyList(nid_codes(), list(...)))
  }
  expect_error(bad(code = c("production", "production", "social")),
               class = "nidcode_error_scheme")
  expect_error(bad(dynamic = c("a", "a", "b")), class = "nidcode_error_scheme")
  expect_error(bad(carrier = c("a", NA, "b")), class = "nidcode_error_scheme")
  expect_error(bad(weight = c(0, 0, 0)), class = "nidcode_error_weights")
  expect_error(code_scheme("x", "production", codes = nid_codes()[1:3]),
               class = "nidcode_error_no_column")
})

test_that("as_code_scheme() reads tables, missing columns by default", {
  s <- hand_scheme(direction = c(1, -1, 1))
  expect_identical(as_code_scheme(s), s)
  expect_identical(as_code_scheme(as.data.frame(s)), s)
  d <- data.frame(indicator = c("a", "b"), code = "social", more = 1:2)
  expect_identical(as_code_scheme(d), code_scheme(c("a", "b"), "social"))
  d$weight <- c(2, 3)
  expect_identical(as_code_scheme(d),
                   code_scheme(c("a", "b"), "social", weight = c(2, 3)))
  # A plain table is as good as a scheme where one is asked for.
  panel <- code_panel(hand_regions, as.data.frame(s))
  expect_identical(panel$scheme, s)
  expect_error(as_code_scheme("x"), class = "nidcode_error_argument")
})

test_that("as_code_scheme() reads COINr's iMeta", {
  meta <- data.frame(
    iCode = c("gas", "trains", "Physical", "ties", "Index"),
    Parent = c("Physical", "Physical", "Index", "social", NA),
    Direction = c(1, -1, 1, 1, 1), Weight = c(1, 2, 1, 3, 1),
    Type = c("Indicator", "Indicator", "Aggregate", "Indicator", "Aggregate")
  )
  s <- as_code_scheme(meta)
  expect_identical(s$indicator, c("gas", "trains", "ties"))
  expect_identical(s$code, c("Physical", "Physical", "social"))
  expect_identical(s$direction, c(1, -1, 1))
  expect_identical(s$weight, c(1, 2, 3))
  expect_identical(attr(s, "codes")$code, c("social", "Physical"))
  # Without `Type`, what is nobody's parent is an indicator.
  expect_identical(as_code_scheme(meta[names(meta) != "Type"])$indicator,
                   c("gas", "trains", "ties"))
})

test_that("it prints a line for each code", {
  s <- hand_scheme(direction = c(1, -1, 1),
                   transform = c("log", "none", "none"))
  expect_identical(lines_of(s), c(
    "Scheme of 3 indicators in 3 codes.",
    "production (enterprises, rate: innovation): x (log)",
    "institutional (authorities, rate: information): -y",
    "social (society, rate: value): z"
  ))
  expect_prints(s)
  expect_identical(format(code_scheme("x", "social"))[1:2], c(
    "Scheme of 1 indicator in 1 code.",
    "production (enterprises, rate: innovation): none"
  ))
  expect_plain(summary(s))
  expect_identical(class(as.data.frame(s)), "data.frame")
  expect_prints(code_scheme(paste0("a_long_name_", 1:300), "social"))
})

test_that("any change turns a scheme into a plain tibble, checked anew", {
  s <- hand_scheme()
  changed <- list(
    s[1:2, ], s["indicator"], rbind(s, s), { t <- s; t$weight <- 2; t },
    { t <- s; t[["weight"]] <- 2; t }, { t <- s; t[1, "weight"] <- 2; t },
    { t <- s; names(t)[1] <- "name"; t }
  )
  for (x in changed) expect_identical(class(x), plain_class)
  s$weight[2] <- -1
  expect_error(code_panel(hand_regions, s), class = "nidcode_error_weights")
  expect_error(code_panel(hand_regions, rbind(hand_scheme(), hand_scheme())),
               class = "nidcode_error_duplicate_name")
  skip_if_not_installed("dplyr")
  s <- hand_scheme()
  for (x in list(dplyr::filter(s, weight > 0), dplyr::mutate(s, weight = 2),
                 dplyr::select(s, indicator, code), dplyr::bind_rows(s, s))) {
    expect_identical(class(x), plain_class)
  }
})

test_that("a changed scheme keeps its own codes", {
  codes <- nid_codes()
  codes$weight <- c(5, 1, 1)
  s <- code_scheme(c("x", "y"), c("production", "social"), codes = codes)
  expect_identical(attr(as_code_scheme(s[1, ]), "codes"), codes)
  s2 <- s
  s2$weight[2] <- 3
  expect_identical(attr(code_panel(hand_regions, s2)$scheme, "codes"), codes)
  expect_identical(attr(as_code_scheme(rbind(s[1, ], s[2, ])), "codes"), codes)
  expect_identical(attr(as_code_scheme(s[1, ], codes = nid_codes()), "codes"),
                   nid_codes())
  skip_if_not_installed("dplyr")
  one <- dplyr::filter(s, code == "production")
  b <- suppressWarnings(basic_code(
    defining_codes(code_panel(hand, one), "none"), rate = rate_difference()
  ))
  # A = 1, 1, 2, -3, times the code's weight of 5.
  expect_identical(b$estimate, 5)
})
