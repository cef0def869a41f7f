# Names that a reader could take for one another, and text that none can read.

seen_alike <- function(names) {
  d <- data.frame(region = rep(names, each = 2), year = 1:2,
                  v = seq_len(2 * length(names)))
  cnd <- NULL
  withCallingHandlers(
    code_panel(d, code_scheme("v", "social")),
    nidcode_warning_lookalike = function(w) {
      cnd <<- w
      invokeRestart("muffleWarning")
    }
  )
  cnd
}

alike <- list(
  blanks = c("North  West", "North West"),
  tab = c("North\tWest", "North West"),
  case = c("Ivanovo", "IVANOVO"),
  `around` = c("Perm", " Perm "),
  nbsp = c("North\u00a0West", "North West"),
  narrow = c("North\u202fWest", "North West"),
  unseen = c("Per\u00adm", "Perm"),
  `en dash` = c("Yugra - KHM", "Yugra \u2013 KHM"),
  `em dash` = c("Yugra - KHM", "Yugra \u2014 KHM"),
  minus = c("Yugra-KHM", "Yugra\u2212KHM"),
  `hard hyphen` = c("Yugra-KHM", "Yugra\u2011KHM"),
  `hyphen with blanks` = c("Yugra-KHM", "Yugra - KHM"),
  zero = c("1001", "01001"),
  zeros = c("0", "00"),
  mark = c("Moscow", "Moscow1)"),
  `mark apart` = c("Moscow", "Moscow 12)"),
  marks = c("Moscow", "Moscow 1) 2)"),
  star = c("Moscow", "Moscow*"),
  `star mark` = c("Moscow **", "Moscow1) *"),
  raised = c("Moscow", "Moscow\u00b9"),
  `Cyrillic o` = c("Omsk", "\u041emsk"),
  apostrophe = c("Cote d'Ivoire", "Cote d\u2019Ivoire"),
  yo = c("\u041c\u043e\u0433\u0438\u043b\u0451\u0432",
         "\u041c\u043e\u0433\u0438\u043b\u0435\u0432"),
  Cyrillic = c("\u041e\u043c\u0441\u043a", "\u043e\u043c\u0441\u043a 1)")
)

apart <- list(
  c("Omsk", "Omsk Oblast"), c("Perm", "Perm Krai"), c("1001", "10010"),
  c("District (1)", "District (2)"), c("A1", "A01"), c("1)", "2)"),
  c("*", "**"), c("Tomsk", "Omsk"), c("North West", "North East"),
  c("Region 1", "Region 2"), c("Area 51", "Area 5"), c("a.b", "a b"),
  c("", "0"), c("\u0419\u043e\u043b", "\u0418\u043e\u043b")
)

test_that("one folding finds names that look alike, whatever the letters", {
  third <- "\u0422\u044e\u043c\u0435\u043d\u044c"
  for (what in names(alike)) {
    for (names in list(alike[[what]], rev(alike[[what]]),
                       c(alike[[what]], third), c("Ufa", alike[[what]]))) {
      cnd <- seen_alike(names)
      expect_s3_class(cnd, "nidcode_warning_lookalike")
      expect_setequal(cnd$regions, alike[[what]])
      expect_setequal(unlist(cnd$pairs), alike[[what]])
      # Both spellings stand in the message.
      for (one in alike[[what]]) {
        expect_match(conditionMessage(cnd), paste0("\"", one, "\""),
                     fixed = TRUE, label = what)
      }
    }
  }
})

test_that("other names raise nothing, whatever the letters beside them", {
  third <- "\u0422\u044e\u043c\u0435\u043d\u044c"
  for (names in apart) {
    expect_null(seen_alike(names), label = paste(names, collapse = ", "))
    expect_null(seen_alike(c(names, third)))
  }
  expect_null(seen_alike(unlist(apart)[!duplicated(unlist(apart))][1:8]))
})

test_that("the shipped regions do not look alike", {
  expect_identical(sum(lookalikes_cpp(unique(russia$region))), 0L)
  expect_identical(sum(lookalikes_cpp(unique(ural$region))), 0L)
})

test_that("three spellings point at the first", {
  cnd <- seen_alike(c("Perm", "perm", "PERM "))
  # Regions stand by their bytes: capitals first.
  expect_identical(cnd$pairs$first, c("PERM ", "PERM "))
  expect_identical(cnd$pairs$second, c("Perm", "perm"))
})

test_that("case is folded alike in every locale", {
  old <- Sys.getlocale("LC_CTYPE")
  on.exit(Sys.setlocale("LC_CTYPE", old))
  tried <- 0L
  for (locale in c("tr_TR.UTF-8", "tr_TR.utf8", "az_AZ.UTF-8", "C")) {
    if (suppressWarnings(Sys.setlocale("LC_CTYPE", locale)) == "") next
    tried <- tried + 1L
    expect_s3_class(seen_alike(c("Ivanovo", "IVANOVO")),
                    "nidcode_warning_lookalike")
    expect_identical(small_letters("IVANOVO Break"), "ivanovo break")
    expect_identical(capital("ivanovo"), "Ivanovo")
  }
  expect_gt(tried, 0L)
})

test_that("small and capital letters, by hand", {
  expect_identical(small_letters(c("AbC", "\u041a\u041e\u041d\u0424.", NA)),
                   c("abc", "\u043a\u043e\u043d\u0444.", NA))
  expect_identical(small_letters(NULL), character())
  expect_identical(small_letters(c(a = NA, b = "B")), c(a = NA, b = "b"))
  expect_identical(capital(c("rate", "\u043e\u043c\u0441\u043a", "", "9")),
                   c("Rate", "\u041e\u043c\u0441\u043a", "", "9"))
})

test_that("nothing in R/ folds case by the locale", {
  folder <- test_path("..", "..", "R")
  skip_if_not(dir.exists(folder))
  for (file in list.files(folder, "[.]R$", full.names = TRUE)) {
    lines <- sub("#.*", "", readLines(file, encoding = "UTF-8"))
    bad <- grep("\\b(tolower|toupper|casefold)\\(|\\\\\\\\[UL]", lines)
    expect_identical(lines[bad], character(), label = basename(file))
  }
})

# ---- Text that cannot be read ------------------------------------------------

bytes <- function(x = "\xcd\xe8") {
  Encoding(x) <- "bytes"
  x
}

broken <- function() {
  x <- "\xcd\xe8"
  Encoding(x) <- "UTF-8"
  x
}

test_that("unreadable text is a classed error that names the rows", {
  d <- data.frame(region = rep(c("A", "B"), each = 3), year = rep(1:3, 2),
                  x = c(1, 3, 2, 4, 4, 5), x_status = "ok", t = "ok")
  s <- code_scheme("x", "production")
  for (odd in list(bytes(), broken())) {
    put <- function(name, rows = 4:6) {
      d[[name]] <- as.character(d[[name]])
      d[[name]][rows] <- odd
      d
    }
    expect_bad <- function(object, class, rows) {
      cnd <- expect_error(object, class = paste0("nidcode_error_", class))
      expect_identical(cnd$rows, rows)
      expect_match(conditionMessage(cnd), "<cd><e8>", fixed = TRUE)
    }
    expect_bad(code_panel(put("region"), s), "bad_region", 4:6)
    expect_bad(code_panel(put("year"), s), "bad_time", 4:6)
    expect_bad(code_panel(put("x", 2), s), "bad_text", 2L)
    expect_bad(code_panel(put("x_status", 5), s, status = "_status"),
               "bad_text", 5L)
    # Left unread, they are only told.
    expect_s3_class(suppressMessages(code_panel(put("x_status", 5), s)),
                    "nid_panel")
    f <- put("region")
    f$region <- structure(rep(1:2, each = 3), levels = c("A", odd),
                          class = "factor")
    expect_bad(code_panel(f, s), "bad_region", 4:6)
    # Names of columns; text of columns that are not used harms nobody.
    e <- d
    names(e)[5] <- odd
    expect_error(code_panel(e, s), class = "nidcode_error_bad_text")
    expect_s3_class(code_panel(put("t"), s), "nid_panel")
    expect_error(code_scheme(odd, "production"),
                 class = "nidcode_error_bad_text")
    expect_error(code_scheme("x", "production", unit = odd),
                 class = "nidcode_error_bad_text")
    long <- data.frame(region = "A", year = 1:3, name = c("x", "x", odd),
                       value = 1:3)
    expect_bad(code_panel(long, s, names_from = "name", values_from = "value"),
               "bad_text", 3L)
    # Surveys and groups.
    survey <- data.frame(a = c("one", "two", odd), b = c("x", odd, "y"),
                         one = c(1, 0, 1))
    expect_bad(relevance(survey, "a"), "bad_text", 3L)
    expect_bad(relevance(survey, "a", sep = ";"), "bad_text", 3L)
    expect_bad(relevance(survey, "one", by = "b"), "bad_text", 2L)
    survey$l <- list("one", c("two", odd), "one")
    expect_error(relevance(survey, "l"), class = "nidcode_error_bad_text")
    g <- data.frame(y = c(1, 3, 2, 5, 4, 6), z = c(2, 1, 4, 3, 6, 5),
                    g = c("a", "a", "a", odd, odd, odd))
    expect_bad(code_dependence(g, y ~ z, by = "g"), "bad_text", 4:6)
  }
})

test_that("text in a known encoding is read", {
  x <- "\xc9vora"
  Encoding(x) <- "latin1"
  d <- data.frame(region = rep(c(x, "B"), each = 2), year = 1:2, x = 1:4)
  p <- code_panel(d, code_scheme("x", "production"))
  expect_identical(enc2utf8(p$regions), c("B", "\u00c9vora"))
})

test_that("names = \"fold\" makes one region of two spellings", {
  khm <- paste("Yugra", c("-", "\u2013"), "KHM")
  scheme <- code_scheme(c("x", "y"), c("production", "social"),
                        codes = nid_codes()[c(1, 3), ])
  # Two sheets beneath each other, each with half of the indicators.
  d <- data.frame(region = rep(c(khm, "Omsk"), each = 3), year = 2005:2007,
                  x = c(1, 3, 6, NA, NA, NA, 2, 4, 8),
                  y = c(NA, NA, NA, 5, 4, 2, 7, 8, 8))
  said <- suppressMessages(
    expect_message(p <- code_panel(d, scheme, names = "fold"),
                   class = "nidcode_message_folded"),
    classes = "nidcode_message")
  expect_identical(said$values, khm[2])
  expect_identical(said$n, 3L)
  expect_identical(as.character(p$regions), c("Omsk", khm[1]))
  expect_identical(p$x, list(x = c(2, 4, 8, 1, 3, 6), y = c(7, 8, 8, 5, 4, 2)))
  # As if it had been written once.
  one <- data.frame(region = rep(c(khm[1], "Omsk"), each = 3),
                    year = 2005:2007, x = c(1, 3, 6, 2, 4, 8),
                    y = c(5, 4, 2, 7, 8, 8))
  once <- suppressMessages(basic_code(code_panel(one, scheme)))
  expect_identical(suppressMessages(basic_code(p))$estimate, once$estimate)
  # Long data need no joining.
  long <- rbind(data.frame(region = khm[1], year = 2005:2007, what = "x",
                           value = c(1, 3, 6)),
                data.frame(region = khm[2], year = 2005:2007, what = "y",
                           value = c(5, 4, 2)))
  p <- suppressMessages(code_panel(long, scheme, names_from = "what",
                                   values_from = "value", names = "fold"))
  expect_identical(p$x, list(x = c(1, 3, 6), y = c(5, 4, 2)))
  # What contradicts itself stays two rows, and is refused as such.
  d$x[4] <- 9
  expect_error(suppressMessages(code_panel(d, scheme, names = "fold")),
               class = "nidcode_error_duplicate_key")
  expect_warning(suppressMessages(code_panel(d, scheme)),
                 class = "nidcode_warning_lookalike")
  expect_error(code_panel(d, scheme, names = "merge"),
               class = "nidcode_error_argument")
})

test_that("a model of data folds names as the panel does", {
  d <- data.frame(region = rep(c("Kurgan-Oblast", "Ufa"), each = 6),
                  year = 2001:2006, y = c(1, 3, 2, 5, 4, 7, 2, 2, 3, 1, 4, 6))
  d$region[4:6] <- "Kurgan - Oblast"
  s <- code_scheme("y", "social", codes = nid_codes()[3, ])
  m <- quietly(code_model(d, s, names = "fold"))
  panel <- quietly(code_panel(d, s, names = "fold"))
  expect_identical(m$basic$region, c("Kurgan-Oblast", "Ufa"))
  expect_identical(m$basic$estimate, quietly(code_model(panel))$basic$estimate)
  expect_warning(kept <- suppressMessages(code_model(d, s)),
                 class = "nidcode_warning_lookalike")
  expect_identical(nrow(kept$basic), 3L)
  expect_identical(quietly(update(kept, names = "fold"))$basic$estimate,
                   m$basic$estimate)
  # New data are read as the old were.
  expect_identical(nrow(quietly(update(m, data = d))$basic), 2L)
  e <- expect_error(code_model(panel, names = "fold"),
                    class = "nidcode_error_argument")
  expect_identical(e$argument, "names")
  expect_error(code_model(d, s, names = "x"), class = "nidcode_error_argument")
})
