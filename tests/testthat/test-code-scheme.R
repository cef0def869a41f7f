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
  told <- expect_message(s2 <- as_code_scheme(d),
                         class = "nidcode_message_unread_columns")
  expect_identical(told$columns, "more")
  expect_identical(s2, code_scheme(c("a", "b"), "social"))
  d$more <- NULL
  d$wieght <- c(2, 3)
  slip <- expect_warning(as_code_scheme(d), class = "nidcode_warning_misspelt")
  expect_identical(slip$columns, "wieght")
  expect_identical(slip$values, "weight")
  d$wieght <- NULL
  d$weight <- c(2, 3)
  expect_silent(as_code_scheme(d))
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
  told <- expect_message(s <- as_code_scheme(meta),
                         class = "nidcode_message_left_out")
  expect_identical(told$columns, "social")
  expect_identical(s$indicator, c("gas", "trains", "ties"))
  expect_identical(s$code, c("Physical", "Physical", "social"))
  expect_identical(s$direction, c(1, -1, 1))
  expect_identical(s$weight, c(1, 2, 3))
  expect_identical(attr(s, "codes")$code, c("social", "Physical"))
  # Without `Type`, what is nobody's parent is an indicator.
  bare <- meta[names(meta) != "Type"]
  expect_identical(suppressMessages(as_code_scheme(bare))$indicator,
                   c("gas", "trains", "ties"))
})

# An iMeta from its tree; who is a parent is an aggregate.
tree <- function(code, parent, weight = 1, level = NULL, ...) {
  out <- data.frame(iCode = code, Parent = parent, Direction = 1,
                    Weight = weight, ...)
  out$Type <- ifelse(code %in% parent, "Aggregate", "Indicator")
  if (!is.null(level)) out$Level <- level
  out
}

weights_of <- function(meta) {
  codes <- attr(as_code_scheme(meta), "codes")
  stats::setNames(codes$weight, codes$code)
}

test_that("weights of aggregates are those of the codes", {
  meta <- tree(c("a", "b", "c", "Phys", "Soc", "Index"),
               c("Phys", "Phys", "Soc", "Index", "Index", NA),
               c(1, 5, 1, 3, 1, 1), c(1, 1, 1, 2, 2, 3))
  expect_identical(weights_of(meta), c(Phys = 3, Soc = 1))
  # The weights of indicators stay theirs.
  expect_identical(as_code_scheme(meta)$weight, c(1, 5, 1))
  # A csv has a blank where the top has no parent.
  blank <- utils::read.csv(text = utils::capture.output(
    utils::write.csv(meta, row.names = FALSE, na = "")))
  expect_identical(blank$Parent[6], "")
  expect_identical(weights_of(blank), weights_of(meta))
  meta$Weight[4:5] <- c(0.1, 0.2)
  expect_identical(weights_of(meta), c(Phys = 0.1, Soc = 0.2))
  # Without an index above them, they are the tops.
  expect_identical(weights_of(meta[1:5, ] |> transform(
    Parent = c("Phys", "Phys", "Soc", NA, NA))), c(Phys = 0.1, Soc = 0.2))
})

test_that("weights multiply down the tree, each within its group", {
  # Left: 1/4 of the index, of it a 1/3 and b 2/3; right: 3/4, all of it c.
  meta <- tree(
    c("x", "y", "z", "a", "b", "c", "left", "right", "Index"),
    c("a", "b", "c", "left", "left", "right", "Index", "Index", NA),
    c(1, 1, 1, 10, 20, 7, 1, 3, 1), c(1, 1, 1, 2, 2, 2, 3, 3, 4))
  w <- weights_of(meta)
  expect_equal(w / sum(w), c(a = 1 / 12, b = 2 / 12, c = 9 / 12))
  expect_equal(sum(w), 37)
  # The composite of COINr, from the leaves up, is the weighted sum of codes.
  v <- c(a = 0.3, b = -1, c = 2)
  left <- (10 * v[["a"]] + 20 * v[["b"]]) / 30
  expect_equal(sum(w * v) / sum(w), (left + 3 * v[["c"]]) / 4)
  # Five levels.
  deep <- tree(c(meta$iCode, "All"), c(meta$Parent[-9], "All", NA),
               c(meta$Weight, 1), c(meta$Level, 5))
  expect_equal(weights_of(deep), w)
})

test_that("indicators may hang at any level", {
  # Left holds a and Inner, Inner holds b and c; right, a level deeper, d.
  meta <- tree(
    c("a", "b", "c", "d", "Inner", "Left", "Deep", "Right", "Index"),
    c("Left", "Inner", "Inner", "Deep", "Left", "Index", "Right", "Index", NA),
    c(1, 1, 3, 1, 3, 2, 1, 6, 1), c(1, 1, 1, 1, 2, 3, 2, 3, 4))
  s <- as_code_scheme(meta)
  expect_identical(s$code, c("Left", "Left", "Left", "Deep"))
  expect_identical(s$parent, c(NA, "Inner", "Inner", NA))
  w <- weights_of(meta)
  expect_equal(w / sum(w), c(Left = 1 / 4, Deep = 3 / 4))
  # The composite from the leaves up is the weighted sum of codes.
  d <- data.frame(year = 1:3, a = c(1, 5, 2), b = c(2, 2, 7), c = c(4, 1, 1),
                  d = c(8, 0, 3))
  codes <- suppressWarnings(defining_codes(code_panel(d, s, "year"), "none"))
  inner <- (d$b + 3 * d$c) / 4
  left <- (d$a + 3 * inner) / 4
  expect_equal(codes$estimate[codes$code == "Left"], left)
  of <- tapply(codes$estimate, list(codes$year, codes$code), sum)
  expect_equal(drop(of[, names(w)] %*% w) / sum(w), (2 * left + 6 * d$d) / 8,
               ignore_attr = TRUE)
  # An indicator on the top: one code of pillars.
  meta$Parent[1] <- "Index"
  one <- as_code_scheme(meta)
  expect_identical(unique(one$code), "Index")
  expect_identical(one$parent, c(NA, "Left > Inner", "Left > Inner",
                                 "Right > Deep"))
  whole <- suppressWarnings(defining_codes(code_panel(d, one, "year"), "none"))
  # a has 1 of 9, Left 2, Right 6.
  expect_equal(whole$estimate, (d$a + 2 * inner + 6 * d$d) / 9)
})

test_that("weights of codes reach formulas (1) and (2)", {
  meta <- tree(c("x", "y", "z", "Phys", "Soc", "Index"),
               c("Phys", "Phys", "Soc", "Index", "Index", NA),
               c(1, 1, 1, 3, 1, 1))
  m <- code_model(hand_regions, as_code_scheme(meta), normalise = "none",
                  rate = rate_difference())
  r <- m$rates
  of <- function(code, order) {
    r$estimate[r$code == code & r$order == order]
  }
  expect_equal(m$industrial$estimate,
               stats::na.omit(3 * of("Phys", 1) + of("Soc", 1)),
               ignore_attr = TRUE)
  a <- 3 * of("Phys", 2) + of("Soc", 2)
  expect_equal(m$basic$estimate,
               c(sum(a[1:6], na.rm = TRUE), sum(a[7:12], na.rm = TRUE)))
})

test_that("what a scheme cannot hold of an iMeta is refused by name", {
  meta <- tree(c("a", "b", "c", "Phys", "Soc", "Index"),
               c("Phys", "Phys", "Soc", "Index", "Index", NA),
               level = c(1, 1, 1, 2, 2, 3))
  refused <- function(..., columns, class = "nidcode_error_scheme") {
    changes <- list(...)
    bad <- meta
    for (name in names(changes)) bad[[name]] <- changes[[name]]
    cnd <- expect_error(as_code_scheme(bad), class = class)
    expect_setequal(cnd$columns, columns)
  }
  refused(Direction = c(1, NA, NA, 1, 1, 1), columns = c("b", "c"))
  refused(Direction = c(1, 1, 1, -1, 1, 1), columns = "Phys")
  refused(Parent = c("Phys", NA, NA, "Index", "Index", NA), Type = meta$Type,
          columns = c("b", "c"))
  refused(Parent = c("Phys", "Phys", "Index", "Index", "Index", NA),
          Level = NULL, columns = "Soc")
  refused(Type = c("Indicator", "indicator", NA, rep("Aggregate", 3)),
          columns = c("b", "c"))
  refused(Parent = c("Phys", "Phys", "Soc", "Index", "Soc", NA),
          columns = "Soc")
  refused(Parent = c("Phys", "Phys", "Phys", "Index", "Index", NA),
          columns = "Soc")
  refused(iCode = c("a", "a", "c", "Phys", "Soc", "Index"), columns = "a",
          class = "nidcode_error_duplicate_name")
  refused(Parent = c("Phys", "a", "Soc", "Index", "Index", NA), columns = "b")
  refused(Weight = c(1, 1, 1, NA, -1, NA), columns = c("Phys", "Soc"),
          class = "nidcode_error_weights")
  refused(Weight = c(1, 1, 1, 0, 0, 1), columns = c("Phys", "Soc"),
          class = "nidcode_error_weights")
  refused(Weight = "1", columns = c("Phys", "Soc"),
          class = "nidcode_error_weights")
  two <- rbind(meta, tree(c("Top", "Other", "d"), c(NA, "Top", "Other"),
                          level = c(3, 2, 1)))
  cnd <- expect_error(as_code_scheme(two), class = "nidcode_error_scheme")
  expect_setequal(cnd$columns, c("Index", "Top"))
})

test_that("rows and columns outside the index are told", {
  meta <- tree(c("a", "b", "Phys", "Index"), c("Phys", "Phys", "Index", NA),
               Note = letters[1:4])
  meta <- rbind(meta, transform(meta[1:2, ], iCode = c("area", "bloc"),
                                Parent = NA, Type = c("Denominator", "Group")))
  m <- expect_message(
    expect_message(s <- as_code_scheme(meta),
                   class = "nidcode_message_unread_columns"),
    class = "nidcode_message_left_out")
  expect_identical(m$columns, c("area", "bloc"))
  expect_identical(s$indicator, c("a", "b"))
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

test_that("whatever is named by indicators goes to them, or is refused", {
  ab <- c("a", "b")
  codes <- c("production", "social")
  want <- code_scheme(ab, codes, direction = c(1, -1), weight = 1:2,
                      transform = c("log", "none"), unit = c("x", "y"),
                      sd = c(0.1, 0.2), low = c(1, 2), high = c(3, 4))
  back <- function(x) stats::setNames(rev(x), c("b", "a"))
  expect_equal(
    code_scheme(ab, back(codes), direction = back(c(1, -1)),
                weight = back(1:2), transform = back(c("log", "none")),
                unit = back(c("x", "y")), sd = back(c(0.1, 0.2)),
                low = back(c(1, 2)), high = back(c(3, 4))),
    want
  )
  expect_error(code_scheme(ab, c(a = "production", c = "social")),
               class = "nidcode_error_scheme")
  expect_error(code_scheme(ab, codes, direction = c(a = -1)),
               class = "nidcode_error_scheme")
  expect_error(code_scheme(ab, codes, sd = c(a = 1, a = 2, b = 3)),
               class = "nidcode_error_scheme")
  expect_error(code_scheme(ab, codes, weight = c(z = 2)),
               class = "nidcode_error_weights")
})

test_that("what is no vector is refused as an argument of a scheme", {
  expect_error(code_scheme("x", sum), class = "nidcode_error_argument")
  expect_error(code_scheme("x", "social", weight = list(1)),
               class = "nidcode_error_argument")
})

test_that("NaN in a scheme is what is not known", {
  scheme <- code_scheme("x", "production", sd = NaN, low = NaN, high = NaN)
  expect_identical(scheme, code_scheme("x", "production"))
})
