# Totals beside their parts, indicators that are lacking, a region column that
# was only guessed.

told <- function(object) {
  seen <- list()
  keep <- function(restart) function(cnd) {
    if (inherits(cnd, c("nidcode_warning", "nidcode_message"))) {
      seen[[class(cnd)[1L]]] <<- cnd
    }
    invokeRestart(restart)
  }
  withCallingHandlers(object, warning = keep("muffleWarning"),
                      message = keep("muffleMessage"))
  seen
}

nested_of <- function(d, scheme = code_scheme("v", "production"), ...) {
  told(code_panel(d, scheme, ...))[["nidcode_warning_nested"]]
}

# `n` parts over 6 years, with one decimal.
some_parts <- function(n = 3L, seed = 1L, digits = 1L, level = 100) {
  with_stream(seed, {
    v <- vapply(seq_len(n), function(i) {
      round(level * stats::runif(1, 0.5, 2) + cumsum(stats::rnorm(6, 5, 4)),
            digits)
    }, numeric(6))
    data.frame(region = rep(sprintf("part %02d", seq_len(n)), each = 6),
               year = rep(2005:2010, n), v = as.vector(v))
  })
}

total_of <- function(d, name, digits = 6L) {
  data.frame(region = name, year = 2005:2010,
             v = round(as.vector(tapply(d$v, d$year, sum)), digits))
}

test_that("a total of all others is named with its parts", {
  d <- some_parts(3)
  expect_null(nested_of(d))
  for (all in list(rbind(d, total_of(d, "Country")),
                   rbind(total_of(d, "A country"), d)[24:1, ])) {
    cnd <- nested_of(all)
    expect_identical(unname(cnd$parts[[1]]), unique(d$region))
    expect_identical(cnd$regions, setdiff(unique(all$region), d$region))
    expect_identical(cnd$how, "sum")
    expect_match(conditionMessage(cnd), "ountry", fixed = TRUE)
  }
  # Small whole numbers will do.
  d$v <- c(10, 12, 15, 13, 17, 20, 21, 19, 24, 28, 26, 30, 5, 7, 6, 9, 8, 12)
  expect_identical(nested_of(rbind(d, total_of(d, "Country")))$regions,
                   "Country")
  # Two regions, one of which is the other, are no total.
  expect_null(nested_of(rbind(d[1:6, ], total_of(d[1:6, ], "same"))))
})

test_that("a mean of few regions is no sum", {
  for (n in 2:5) {
    d <- some_parts(n)
    mean <- total_of(d, "Mean")
    mean$v <- mean$v / n
    expect_null(nested_of(rbind(d, mean)))
  }
})

test_that("a total in tens, hundreds or thousands is a total still", {
  for (unit in 10^(1:3)) {
    d <- some_parts(5, digits = 0L, level = 1000 * unit)
    total <- total_of(d, "Country")
    total$v <- unit * round(total$v / unit)
    expect_identical(nested_of(rbind(d, total))$regions, "Country")
    total$v <- total$v + 4 * unit * c(-1, 1)
    expect_null(nested_of(rbind(d, total)))
  }
  # Small shares are not multiples of a thousand.
  expect_identical(last_digit(rbind(c(4e-4, 5e-4), c(0, 0), c(2e4, 3e3))),
                   c(1e-4, 1, 1e3))
})

test_that("parts and total rounded each for itself are a total still", {
  for (seed in 1:5) {
    d <- some_parts(8, seed, digits = 4)
    total <- total_of(d, "Country", 1)
    d$v <- round(d$v, 1)
    expect_identical(nested_of(rbind(d, total))$regions, "Country")
    # Off by more than all roundings: no total.
    total$v[3] <- total$v[3] + 1
    expect_null(nested_of(rbind(d, total)))
  }
})

test_that("a hole in a part or a short series hides no total", {
  d <- some_parts(4)
  all <- rbind(d, total_of(d, "Country"))
  all$v[c(2, 9)] <- NA
  expect_identical(nested_of(all)$regions, "Country")
  expect_identical(nested_of(all[-c(4, 16), ])$regions, "Country")
})

test_that("districts are found by their group, their place, or all sets", {
  d <- some_parts(40)
  d$v <- d$v + 0.3
  of <- rep(c("one", "two", "three", "four"), each = 10)
  d$group <- rep(of, each = 6)
  totals <- do.call(rbind, lapply(unique(of), function(g) {
    cbind(total_of(d[d$group == g, ], paste("district", g)), group = g)
  }))
  country <- cbind(total_of(d, "Country"), group = "all")
  want <- sort(c("Country", unique(totals$region)))
  # By the column of groups, in any order of rows.
  all <- rbind(d, totals, country)
  mixed <- all[with_stream(2, sample(nrow(all))), ]
  expect_identical(sort(nested_of(mixed)$regions), want)
  # By standing above or below the parts, without it.
  above <- rbind(country, do.call(rbind, lapply(unique(of), function(g) {
    rbind(totals[totals$group == g, ], d[d$group == g, ])
  })))[1:3]
  cnd <- nested_of(above)
  expect_identical(sort(cnd$regions), want)
  expect_identical(unname(cnd$parts[["district two"]]),
                   sprintf("part %02d", 11:20))
  blocks <- split(above, factor(above$region, unique(above$region)))
  expect_identical(sort(nested_of(do.call(rbind, rev(blocks)))$regions), want)
  # By all sets, where regions are few.
  few <- some_parts(9)
  few <- rbind(few, total_of(few[few$region %in% sprintf("part %02d",
                                                          c(2, 5, 9)), ], "x"))
  cnd <- nested_of(few)
  expect_identical(cnd$regions, "x")
  expect_identical(unname(cnd$parts[[1]]), sprintf("part %02d", c(2, 5, 9)))
})

test_that("chance makes no totals", {
  for (seed in 1:20) {
    for (digits in 0:1) {
      d <- some_parts(12, seed, digits, level = 10)
      d$g <- rep(rep(c("a", "b", "c"), each = 4), each = 6)
      expect_null(nested_of(d))
    }
  }
  # Small counts of many regions, where sums meet at some times.
  d <- some_parts(200, 3, 0, level = 5)
  expect_null(nested_of(d))
  # Too few digits to tell: 1 + 2 = 3 in every year.
  d <- data.frame(region = rep(c("A", "B", "C"), each = 5), year = 1:5,
                  v = c(1:5, 2 * 1:5, 3 * 1:5))
  expect_null(nested_of(d))
  # All in proportion: what holds at one time holds at all.
  d <- do.call(rbind, lapply(1:11, function(k) {
    data.frame(region = paste0("R", k), year = 1:6,
               v = k * c(10.11, 12.47, 11.83, 17.2, 19.39, 14.07))
  }))
  expect_null(nested_of(d))
  expect_null(nested_of(transform(d, v = 7)))
  expect_null(nested_of(transform(d, v = 0)))
  expect_null(nested_of(random_panel(103)$data,
                        scheme_of(random_panel(103))))
})

test_that("a column `nested_in` is read where the whole is in the panel", {
  d <- some_parts(4)
  d$code <- rep(c("RU-A", "RU-B", "RU-C", "RU-D"), each = 6)
  d$nested_in <- rep(c("RU", "RU-A", "RU-A", "RU"), each = 6)
  cnd <- nested_of(d)
  expect_identical(cnd$regions, "part 01")
  expect_identical(unname(cnd$parts[[1]]), c("part 02", "part 03"))
  expect_identical(cnd$how, "column")
  d$nested_in <- rep(c("RU", "part 01", "", NA), each = 6)
  expect_identical(unname(nested_of(d)$parts[[1]]), "part 02")
  # Nobody in the panel holds them.
  expect_null(nested_of(transform(d, nested_in = "RU")))
  expect_null(nested_of(transform(d, nested_in = "")))
})

test_that("codes of which one begins another, and what only looks so", {
  coded <- function(names) {
    d <- some_parts(length(names))
    d$region <- rep(names, each = 6)
    nested_of(d)
  }
  cnd <- coded(c("BE", "BE1", "BE10", "BE2", "BE21", "BE22", "FR", "FR1"))
  expect_identical(cnd$regions, c("BE", "BE1", "BE2", "FR"))
  expect_identical(cnd$parts[["BE"]], c("BE1", "BE2"))
  expect_identical(cnd$parts[["BE2"]], c("BE21", "BE22"))
  expect_identical(unique(cnd$how), "code")
  expect_identical(coded(c("BE", "BE1", "BE10"))$regions, c("BE", "BE1"))
  expect_identical(coded(c("RU", "RU-OMS", "RU-TOM"))$regions, "RU")
  for (names in list(c("Omsk", "Omsk Oblast"), paste0("R", 1:12),
                     as.character(1:12), c("AA1", "AA2", "AA10"),
                     c("RU-OMS", "RU-TOM", "UA-43"), c("BE1", "BE2", "FR1"),
                     c("A", "AB", "ABC"), c("US", "USA"), c("BE", "FR", "DE"),
                     c("01", "01001", "01003"))) {
    expect_null(coded(names), label = paste(names, collapse = " "))
  }
})

test_that("the shipped data warn where they are pooled, and only there", {
  expect_setequal(nested_of(ural, ural_scheme)$regions,
                  unique(ural$region[ural$region_code %in%
                                       c("FD-U", "RU-TYU")]))
  bare <- ural[setdiff(names(ural), "nested_in")]
  expect_setequal(nested_of(bare, ural_scheme)$regions,
                  nested_of(ural, ural_scheme)$regions)
  expect_null(nested_of(subset(ural, level == "region"), ural_scheme))
  expect_null(nested_of(subset(ural, nested_in == "RU-TYU" | region_code %in%
                                 c("RU-KGN", "RU-SVE", "RU-CHE")),
                        ural_scheme))
  expect_null(nested_of(russia, code_scheme(c("grp", "apt_used", "employed"),
                                            "production")))
})

test_that("a reference over all rows says whom it counts twice", {
  d <- some_parts(3)
  p <- suppressWarnings(code_panel(rbind(d, total_of(d, "Country")),
                                   code_scheme("v", "production")))
  said <- told(defining_codes(p))[["nidcode_message_nested"]]
  expect_identical(said$regions, "Country")
  for (one in list(told(defining_codes(p, reference = "region")),
                   told(defining_codes(p, "none")),
                   told(defining_codes(p, "index", reference = 2005)))) {
    expect_null(one[["nidcode_message_nested"]])
  }
})

# ---- Indicators that are lacking ---------------------------------------------

lacking_data <- function() {
  d <- some_parts(3)
  d$w <- d$v^0.5
  d$u <- d$v^0.3
  d
}
lacking_scheme <- code_scheme(c("v", "w", "u"),
                              c("production", "production", "social"))

test_that("an indicator that a region lacks altogether is told", {
  d <- lacking_data()
  expect_length(told(code_panel(d, lacking_scheme)), 0L)
  d$w[d$region == "part 02"] <- NA
  d$u[d$region != "part 01"] <- NA
  cnd <- told(code_panel(d, lacking_scheme))[["nidcode_message_lacking"]]
  expect_identical(cnd$columns, c("w", "u"))
  expect_identical(cnd$regions, c("part 02", "part 03"))
  expect_identical(cnd$lacking, list(w = "part 02",
                                     u = c("part 02", "part 03")))
  m <- suppressMessages(suppressWarnings(code_model(d, lacking_scheme,
                                                    rate = rate_difference())))
  words <- in_words(m)
  expect_match(words, "3 indicators in", all = FALSE)
  expect_identical(utils::tail(words, 2L), c(
    "part 02 has 1 of 3 indicators, there is no w, u.",
    "part 03 has 2 of 3 indicators, there is no u."))
  # A hole here and there is no lack.
  d <- lacking_data()
  d$w[c(1, 8)] <- NA
  expect_null(told(code_panel(d, lacking_scheme))[["nidcode_message_lacking"]])
})

test_that("an indicator that nobody has is told, and counted by no word", {
  d <- lacking_data()
  d$w <- NA_real_
  cnd <- told(code_panel(d, lacking_scheme))[["nidcode_message_unobserved"]]
  expect_identical(cnd$columns, "w")
  m <- suppressMessages(suppressWarnings(code_model(d, lacking_scheme,
                                                    rate = rate_difference())))
  expect_match(in_words(m), "2 indicators in", all = FALSE)
  expect_match(in_words(m), "No region has a value of w.", fixed = TRUE,
               all = FALSE)
})

test_that("most lost times are counted over all codes", {
  d <- data.frame(region = "A", year = 2012:2021, a = c(1, 3, 2, 5, 4, 6:10),
                  b = c(1:8, NA, NA), e = c(rep(NA, 5), 1, 3, 2, 4, 5))
  of <- function(names, codes) {
    p <- suppressMessages(code_panel(d, code_scheme(names, codes)))
    told(defining_codes(p))[["nidcode_message_composition"]]
  }
  cnd <- of(c("a", "b", "e"), c("production", "production", "social"))
  expect_identical(cnd$columns, c("e", "b"))
  expect_identical(cnd$n, c(5, 2))
  expect_match(conditionMessage(cnd), "`e`: 5 times", fixed = TRUE)
  cnd <- of(c("a", "e"), c("production", "social"))
  expect_equal(cnd$n, 5)
  cnd <- of(c("a", "b"), c("production", "social"))
  expect_identical(cnd$columns, "b")
  expect_equal(cnd$n, 2)
  expect_null(of("a", "production"))
  # A row without any value is no row: the same as if it were left out.
  d[11, ] <- list("A", 2022, NA, NA, NA)
  expect_equal(of(c("a", "b"), c("production", "social"))$n, 2)
})

# ---- A guess of the index ----------------------------------------------------

test_that("a guessed region is said where another column names regions", {
  d <- some_parts(3)
  guess <- function(d, ...) {
    told(code_panel(d, code_scheme("v", "production"), ...))[[
      "nidcode_message_guessed_index"]]
  }
  expect_null(guess(d))
  d$country <- rep(c("Brazil", "Russian Federation", "South Africa"), each = 6)
  cnd <- guess(d)
  expect_identical(cnd$columns, c("region", "year"))
  expect_identical(cnd$other, "country")
  expect_null(guess(d, index = c("region", "year")))
  expect_s3_class(guess(transform(d, country = factor(country))), "message")
  # Codes, groups, notes and labels of cells are no other names.
  d$country <- rep(c("BRA", "RUS", "ZAF"), each = 6)
  d$group <- rep(c("South", "North", "South"), each = 6)
  d$note <- rep(c("a", "b", "c", "d", "e", "f"), 3)
  d$v_status <- rep(c("ok", "ok", "break"), 6)
  expect_null(guess(d, status = "_status"))
  expect_null(guess(d[1:6, ]))
  expect_null(told(code_panel(subset(ural, level == "region"), ural_scheme,
                              status = "_status"))[[
                                "nidcode_message_guessed_index"]])
})
