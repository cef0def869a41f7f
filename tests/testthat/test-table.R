panel <- code_panel(hand_regions, hand_scheme())
rates <- dynamic_codes(panel, rate_central(sd = 0.1))
basic <- basic_code(rates, influence_half_life(2))

tables <- list(
  defining = defining_codes(panel), rates = rates,
  industrial = industrial_code(rates), basic = basic,
  path = code_path(rates), contributions = contributions(rates),
  cell_weights = cell_weights(rates), ranks = region_ranks(basic)
)

test_that("every table is a tibble with one small attribute", {
  for (what in names(tables)) {
    x <- tables[[what]]
    expect_identical(class(x), c(paste0("nid_", what), "nid_table",
                                 plain_class), label = what)
    extra <- setdiff(names(attributes(x)), c("names", "row.names", "class"))
    carries <- what %in% tables_with_fit
    expect_setequal(extra, c("spec", if (carries) "fit"))
    expect_lt(unclass(object.size(attr(x, "spec"))), 2e4)
  }
})

# Lines of notes as one text.
text_of_lines <- function(lines) {
  gsub("[ \n]+(# *)?", " ", paste(lines, collapse = "\n"))
}

test_that("print, format and summary say what it is", {
  for (what in names(tables)) {
    x <- tables[[what]]
    sentence <- format(attr(x, "spec"))
    expect_match(text_of(x), sentence, fixed = TRUE)
    expect_match(sentence, "[.]$")
    expect_identical(lines_of(attr(x, "spec"), 1000), sentence)
  }
  expect_prints(basic)
  expect_identical(format(basic), lines_of(basic))
  expect_output(print(summary(basic)), "Code NID, formula (2): rate central",
                fixed = TRUE)
  expect_match(text_of(tables$defining),
               "36 rows, 6 shown; columns region, year, code", fixed = TRUE)
  expect_match(text_of(basic), "2 rows; columns region, estimate",
               fixed = TRUE)
  expect_length(grep("^[0-9]+ ", format(rates, n = 3)), 3L)
})

test_that("print of very many columns and long notes keeps to 15 lines", {
  d <- hand_regions
  d$y[c(3, 9)] <- NA
  names(d)[1] <- paste(rep("a very long name of a column", 4), collapse = " ")
  p <- code_panel(d, hand_scheme(), index = names(d)[1:2])
  b <- basic_code(p, influence_half_life(2, at = 2007, normalise = TRUE),
                  rate = rate_local(span = 4, kernel = "tricube"))
  expect_prints(b)
})

test_that("any change of rows or columns gives a plain tibble", {
  for (what in c("defining", "rates", "basic", "ranks")) {
    x <- tables[[what]]
    expect_plain(x[1, ], what)
    expect_plain(x[1], what)
    expect_plain(x[names(x)], what)
    expect_plain(x[], what)
    expect_plain(head(x, 1), what)
    expect_plain(subset(x, x[[1]] == "A"), what)
    expect_plain(rbind(x, x), what)
    expect_plain(rbind(x, as.data.frame(x)), what)
    expect_plain(unique(x), what)
    expect_plain(x[order(x[[ncol(x)]]), ], what)
    expect_plain(stats::setNames(x, paste0("v", seq_along(x))), what)
    expect_plain(tibble::as_tibble(x), what)
    expect_plain(split(x, x[[1]])[[1]], what)
    y <- x
    y$new <- 1
    expect_plain(y, what)
    y <- x
    y[[2]] <- y[[2]]
    expect_plain(y, what)
    y <- x
    y[1, 1] <- "C"
    expect_plain(y, what)
    y <- x
    names(y)[1] <- "r"
    expect_plain(y, what)
    y <- x
    y$region[1] <- "C"
    expect_plain(y, what)
    expect_identical(class(cbind(x, q = 1)), "data.frame")
    expect_identical(class(merge(x, data.frame(region = "A", q = 1))),
                     "data.frame")
    expect_identical(class(transform(x, q = 1)), "data.frame")
    # The table itself is as it was.
    expect_identical(class(x)[2], "nid_table")
  }
})

test_that("dplyr's verbs give plain tibbles", {
  skip_if_not_installed("dplyr")
  for (what in c("rates", "basic")) {
    x <- tables[[what]]
    changed <- list(
      filter = dplyr::filter(x, TRUE), mutate = dplyr::mutate(x, q = 1),
      nothing = dplyr::mutate(x), select = dplyr::select(x, region),
      arrange = dplyr::arrange(x, region),
      rename = dplyr::rename(x, place = region),
      slice = dplyr::slice(x, 1), distinct = dplyr::distinct(x),
      relocate = dplyr::relocate(x, 2), count = dplyr::count(x, region),
      summarise = dplyr::summarise(x, n = dplyr::n()),
      join = dplyr::left_join(x, data.frame(region = "A", q = 1),
                              by = "region"),
      bind_rows = dplyr::bind_rows(x, x),
      bind_cols = dplyr::bind_cols(x, q = seq_len(nrow(x)))
    )
    for (verb in names(changed)) {
      expect_plain(changed[[verb]], paste(what, verb))
    }
    grouped <- dplyr::group_by(x, region)
    expect_identical(class(grouped), c("grouped_df", plain_class))
    expect_null(attr(grouped, "spec"))
    expect_null(attr(grouped, "fit"))
    expect_plain(dplyr::ungroup(grouped), what)
    expect_null(attr(dplyr::rowwise(x), "spec"))
  }
})

test_that("changes keep the values", {
  d <- as.data.frame(basic)
  expect_identical(as.data.frame(basic[2, ]), d[2, ], ignore_attr = TRUE)
  skip_if_not_installed("dplyr")
  up <- dplyr::arrange(basic, dplyr::desc(estimate))
  expect_identical(up$region, d$region[order(-d$estimate)])
})

test_that("a table changed past every method is used as a plain one", {
  # tibble's own add_row() restores the class.
  x <- tibble::add_row(rates, region = "C")
  expect_error(basic_code(x), class = "nidcode_error_needs_fit")
  expect_no_match(text_of(x), "Dynamic codes")
  y <- tibble::add_column(tables$defining, q = 1)
  expect_error(dynamic_codes(y), class = "nidcode_error_needs_fit")
  expect_no_match(text_of(y), "Defining codes")
  expect_prints(y)
})

test_that("rates and codes that were changed no longer have their fit", {
  expect_error(basic_code(rates[1:9, ]), class = "nidcode_error")
  expect_error(contributions(as.data.frame(rates)), class = "nidcode_error")
  expect_error(industrial_code(tibble::as_tibble(rates)),
               class = "nidcode_error")
  expect_equal(basic_code(rates)$estimate, basic_code(rates)$estimate)
})

test_that("as.data.frame, write.csv and friends see a data frame", {
  for (what in names(tables)) {
    x <- tables[[what]]
    d <- as.data.frame(x)
    expect_identical(class(d), "data.frame")
    expect_null(attr(d, "spec"))
    expect_identical(as.list(d), lapply(unclass(x)[seq_along(x)], identity))
    file <- withr::local_tempfile(fileext = ".csv")
    utils::write.csv(x, file, row.names = FALSE)
    expect_identical(names(utils::read.csv(file, check.names = FALSE)),
                     names(x))
  }
  skip_if_not_installed("knitr")
  expect_length(knitr::kable(basic), 4L)
})

test_that("a plain copy is saved and read back", {
  file <- withr::local_tempfile(fileext = ".rds")
  saveRDS(rates, file)
  again <- readRDS(file)
  expect_equal(basic_code(again)$estimate, basic_code(rates)$estimate)
  expect_identical(lines_of(again), lines_of(rates))
})

test_that("`n` rows are asked for, shown and told", {
  many <- dynamic_codes(code_panel(hand_regions, hand_scheme()),
                        rate_central(sd = 0.1))
  rows <- function(...) length(grep("^ *[0-9]+ [AB] ", format(many, ...)))
  expect_identical(nrow(many), 72L)
  for (n in c(0, 1, 6, 20, 50)) {
    expect_identical(rows(n = n), as.integer(n))
    if (n > 0) {
      expect_match(text_of_lines(format(many, n = n)),
                   paste0("72 rows, ", n, " shown"), fixed = TRUE)
    }
  }
  expect_identical(rows(n = Inf), 72L)
  expect_no_match(text_of_lines(format(many, n = 72)), "shown")
  # Without `n` what is told is what is shown, at any width.
  for (width in c(30, 40, 80, 200)) {
    text <- format(many, width = width)
    shown <- length(grep("^ *[0-9]+ [AB]", text))
    expect_match(text_of_lines(text), paste0("72 rows, ", shown, " shown"),
                 fixed = TRUE)
    expect_lte(length(text), 15L)
  }
  for (n in list(-1, NA, "6", 1:2)) {
    expect_error(print(many, n = n), class = "nidcode_error_argument")
  }
})

test_that("limits are told apart at 80 columns, the last line is whole", {
  many <- dynamic_codes(
    code_panel(transform(hand_regions, region = paste(
      "A rather long name of the region", region)), hand_scheme()),
    rate_central(sd = 0.1))
  text <- format(many, width = 80)
  expect_true(any(grepl("estimate std.error conf.low conf.high", text)))
  expect_match(text_of_lines(text), paste0("columns ", paste(
    setdiff(names(many), "df"), collapse = ", ")), fixed = TRUE)
  expect_true(all(nchar(text) <= 80))
  # Names of regions are as long as leaves room for the limits.
  formula <- basic_code(code_panel(transform(hand_regions, region = paste(
    "Republic of", ifelse(region == "A", "Adygea", "Altai"))), hand_scheme()),
    rate = rate_central(sd = 0.1))
  text <- format(formula, width = 80)
  expect_true(any(grepl("Republic of Adygea", text)))
  expect_true(any(grepl("conf.low +conf.high", text)))
  # The options of the session stay as they were.
  expect_null(getOption("pillar.min_chars"))
  expect_null(getOption("pillar.min_title_chars"))
})

test_that("a verdict shows as many rows as it is asked for", {
  d <- do.call(rbind, lapply(1:20, \(r) data.frame(
    region = sprintf("R%02d", r), year = 2001:2010,
    x = sin(1:10 + r), y = cos(1:10 * r))))
  v <- verdict(code_dependence(d, y ~ x, by = "region"))
  skip_if(nrow(v) < 20L)
  printed <- function(...) {
    length(grep("y ~ x", utils::capture.output(print(v, ...))))
  }
  expect_identical(printed(n = 18), 18L)
  # Fifteen lines in all: fewer rows where a row takes two.
  expect_lte(length(utils::capture.output(print(v))), 15L)
  withr::local_options(width = 120)
  expect_identical(printed(), 10L)
})

test_that("columns that do not vary are told once, above", {
  text <- format(tables$defining)
  expect_match(text_of_lines(text), "All rows: n.indicators 1; break FALSE.",
               fixed = TRUE)
  expect_match(text_of_lines(text), "columns region, year, code, estimate$")
  # Of one row nothing is the same; estimates stay in any case.
  one <- basic_code(code_panel(hand, code_scheme("x", "production",
                                                 codes = alone)),
                    rate = rate_difference())
  expect_no_match(format(one), "All rows")
  same <- transform(hand_regions, x = rep(hand$x, 2))
  same <- basic_code(code_panel(same, code_scheme("x", "production",
                                                  codes = alone)),
                     rate = rate_difference(), measure = "integral")
  text <- format(same, n = 2)
  expect_match(text, "estimate", all = FALSE)
  expect_match(text_of_lines(text), "All rows: .*n.terms 4; .*n.lost 0")
  # The table itself keeps them all.
  expect_true("n.terms" %in% names(same))
})

test_that("regions that begin alike are told apart beside both limits", {
  twins <- transform(hand_regions, region = paste(
    "Autonomous area,", ifelse(region == "A", "west", "east")))
  many <- dynamic_codes(code_panel(twins, hand_scheme()),
                        rate_central(sd = 0.1))
  text <- format(many, n = 72, width = 80)
  expect_true(any(grepl("conf.low conf.high", text)))
  body <- grep("^ *[0-9]+ Auto", text, value = TRUE)
  expect_length(body, 72L)
  region <- sub("^ *[0-9]+ (.*?) +200[0-9] .*", "\\1", body, perl = TRUE)
  expect_length(unique(region), 2L)
  expect_true(all(nchar(text) <= 80))
})

test_that("notes are told whole, or counted", {
  x <- tables$basic
  spec <- attr(x, "spec")
  spec$meaning <- "What it means."
  spec$notes <- paste0(strrep("A note of many words. ", c(3, 8, 8, 8)),
                       "End ", 1:4, ".")
  attr(x, "spec") <- spec
  text <- text_of_lines(format(x))
  expect_lte(length(format(x)), 15L)
  expect_match(text, "What it means.", fixed = TRUE)
  told <- vapply(paste0("End ", 1:4, "."), grepl, NA, text, fixed = TRUE)
  expect_true(told[1L])
  expect_match(text, paste0("; ", sum(!told), " more notes with `n`"),
               fixed = TRUE)
  expect_identical(lengths(gregexpr("A note of many words", text)),
                   sum(c(3L, 8L, 8L, 8L)[told]))
  all <- text_of_lines(format(x, n = 2))
  for (i in 1:4) expect_match(all, paste0("End ", i, "."), fixed = TRUE)
  expect_no_match(all, "more note")
})

test_that("what a Code NID means is printed with it", {
  basic <- basic_code(code_panel(hand_regions, hand_scheme()),
                      rate = rate_difference())
  said <- "At -1 their summed rates end 1 standard deviation of the panel a year"
  expect_match(text_of_lines(format(basic)), said, fixed = TRUE)
  m <- code_model(hand_regions, hand_scheme(), rate = rate_difference())
  expect_match(text_of_lines(format(m)), said, fixed = TRUE)
})

test_that("results knit as tables", {
  skip_if_not_installed("knitr")
  d <- hand_regions
  d$region <- ifelse(d$region == "A", "<b>A|*", "B")
  m <- quietly(code_model(d, hand_scheme(), rate = rate_central(sd = 0.1)))
  for (x in list(m, m$basic, m$rates, m$panel)) {
    page <- knitr::knit_print(x)
    expect_s3_class(page, "knit_asis")
    lines <- strsplit(as.character(page), "\n", fixed = TRUE)[[1L]]
    table <- grep("^[|]", lines, value = TRUE)
    # As many cells in every line, a blank line on both sides.
    expect_length(unique(lengths(gregexpr("|", table, fixed = TRUE))), 1L)
    at <- grep("^[|]", lines)
    expect_identical(c(lines, "")[c(min(at) - 1L, max(at) + 1L)] |>
                       sub(pattern = "^:::.*", replacement = ""), c("", ""))
    expect_no_match(lines, "<b>", fixed = TRUE)
  }
  page <- as.character(knitr::knit_print(m$rates))
  expect_match(page, "52 further rows", fixed = TRUE)
  expect_no_match(page, "# ", fixed = TRUE)
  many <- m$basic
  many$more <- 1
  expect_false(inherits(many, "nid_table"))
})
