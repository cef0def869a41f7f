# Labels in any language: where people read, never where data are keyed.

labelled <- function(label = c("\u0417\u0430\u043d\u044f\u0442\u044b\u0435",
                               "Same", "Same", NA)) {
  code_scheme(c("a", "b", "c", "d"), c("social", "social", "production",
                                       "production"), label = label)
}

label_data <- function() {
  d <- data.frame(region = rep(c("A", "B"), each = 8), year = 2001:2008)
  for (k in 1:4) {
    d[[letters[k]]] <- round(10 * sin(k * (seq_len(16) + k^2)) + 20, 1)
  }
  d
}

label_model <- function(data, scheme) quietly(code_model(data, scheme))

label_words <- function() {
  c("\u0417\u0430\u043d\u044f\u0442\u044b\u0435", "Same (b)", "Same (c)", "d")
}

test_that("names are shown by their labels, alike ones told apart", {
  s <- labelled()
  names <- c("a", "b", "c", "d")
  expect_identical(shown_names(s, names), label_words())
  expect_identical(shown_names(s, c("d", "x", "a")), c("d", "x",
                                                       label_words()[1]))
  plain <- labelled(NA)
  expect_identical(shown_names(plain, names), names)
  # A label that is another's name; one that is what another becomes.
  s <- labelled(c("b", "B", "B", "B (b)"))
  expect_identical(anyDuplicated(shown_names(s, names)), 0L)
  expect_identical(shown_names(s, "b"), "B (b)")
})

test_that("tables of indicators have labels beside names, others have none", {
  m <- label_model(label_data(), labelled())
  word <- stats::setNames(label_words(), letters[1:4])
  tables <- list(contributions(m, "indicator"),
                 contributions(m, c("code", "indicator", "time")),
                 cell_weights(m), summary(m$panel), code_reference(m))
  for (one in tables) {
    at <- match("indicator", names(one))
    expect_identical(names(one)[at + 1L], "label")
    expect_identical(one[["label"]], unname(word[one[["indicator"]]]))
  }
  expect_false("label" %in% names(contributions(m, "code")))
  plain <- label_model(label_data(), labelled(NA))
  expect_false("label" %in% names(contributions(plain, "indicator")))
  # Nothing is computed from labels.
  expect_identical(contributions(m, "indicator")$estimate,
                   contributions(plain, "indicator")$estimate)
  frozen <- defining_codes(m$panel, reference = code_reference(m))
  expect_equal(frozen$estimate, m$defining$estimate, tolerance = 1e-12)
  expect_error(code_panel(data.frame(label = "A", year = 1:3, a = 1, b = 1,
                                     c = 1, d = 1), labelled(),
                          c("label", "year")),
               class = "nidcode_error_reserved_name")
})

test_that("sentences and the print of a scheme say labels", {
  d <- label_data()
  d$a[d$region == "A"] <- NA
  d$d <- NA_real_
  words <- in_words(label_model(d, labelled()))
  expect_match(words, "there is no \u0417\u0430\u043d", all = FALSE)
  expect_match(words, "No region has a value of d.", all = FALSE, fixed = TRUE)
  s <- labelled(c("A a", NA, NA, "D d"))
  expect_match(format(s), "a \"A a\", b", all = FALSE, fixed = TRUE)
})

test_that("pictures say labels", {
  skip_if_not_installed("ggplot2")
  m <- label_model(label_data(), labelled())
  said <- function(p) {
    built <- ggplot2::ggplot_build(p)
    text <- unlist(lapply(built$data, \(d) as.character(d$label)))
    cells <- unlist(lapply(built$plot$data, \(x) {
      if (is.factor(x)) levels(x)
    }))
    gsub("\n", " ", c(text, cells, p$labels$alt))
  }
  pictures <- list(ggplot2::autoplot(m, "scheme"), ggplot2::autoplot(m$panel),
                   ggplot2::autoplot(contributions(m, "indicator")),
                   ggplot2::autoplot(contributions(m, c("indicator", "time"))))
  for (p in pictures) {
    for (word in label_words()) {
      expect_match(paste(said(p), collapse = "|"), word, fixed = TRUE)
    }
  }
})

test_that("a workbook carries labels and pillars there and back", {
  skip_if_not_installed("openxlsx2")
  s <- code_scheme(c("a", "b", "c", "d"), "social",
                   label = c("\u0417\u0430\u043d\u044f\u0442\u044b\u0435", NA,
                             "C c", NA),
                   parent = c("Out > In", "Out > In", "Out", NA),
                   codes = nid_codes()[3, ])
  m <- label_model(label_data(), s)
  file <- withr::local_tempfile(fileext = ".xlsx")
  write_workbook(m, file)
  back <- read_workbook(file)
  expect_identical(as.data.frame(back$panel$scheme), as.data.frame(s))
  expect_equal(back$basic$estimate, m$basic$estimate, tolerance = 1e-12)
  sheet <- openxlsx2::read_xlsx(file, "Contributions", col_names = FALSE)
  expect_true(all(paste0("social: ", shown_names(s, letters[1:4])) %in%
                    unlist(sheet)))
  data <- openxlsx2::read_xlsx(file, "Data", col_names = FALSE)
  expect_true(all(c("C c", "\u0417\u0430\u043d\u044f\u0442\u044b\u0435") %in%
                    unlist(data)))
  # A template is a scheme to fill in.
  template <- withr::local_tempfile(fileext = ".xlsx")
  workbook_template(template, s)
  cells <- unlist(openxlsx2::read_xlsx(template, "Scheme", col_names = FALSE))
  expect_true(all(c("C c", "Out > In") %in% cells))
})

test_that("verdicts and their pictures say labels of a model", {
  m <- label_model(label_data(), labelled())
  v <- verdict(quietly(code_dependence(m, a ~ d + b, by = "region")))
  # The columns keep the names.
  expect_identical(unique(v$y), "a")
  word <- label_words()
  for (k in seq_len(nrow(v))) {
    expect_match(v$sentence[k], word[1], fixed = TRUE)
    expect_match(v$sentence[k], word[match(v$x[k], letters)], fixed = TRUE)
  }
  expect_match(format(v), paste0(word[1], " ~ ", word[2]), all = FALSE,
               fixed = TRUE)
  plain <- verdict(quietly(code_dependence(label_data(), a ~ d,
                                           c("region", "year"),
                                           by = "region")))
  expect_false(any(grepl(word[1], plain$sentence, fixed = TRUE)))
  skip_if_not_installed("ggplot2")
  p <- ggplot2::autoplot(quietly(code_dependence(m, a ~ b, by = "region")))
  expect_match(p$labels$x, word[2], fixed = TRUE)
  expect_match(p$labels$y, word[1], fixed = TRUE)
  p <- ggplot2::autoplot(v)
  expect_match(paste(unlist(lapply(p$data, as.character)), collapse = " "),
               "Same", fixed = TRUE)
})
