# Calls of say() in the package: their keys, and whether they count.
said_calls <- function() {
  found <- list()
  walk <- function(x, where) {
    if (is.call(x)) {
      if (identical(x[[1L]], quote(say))) {
        call <- match.call(say, x)
        found[[length(found) + 1L]] <<-
          list(key = call$key, counts = !is.null(call$n), where = where)
      }
      lapply(as.list(x), walk, where)
    } else if (is.pairlist(x)) {
      lapply(as.list(x), walk, where)
    }
    NULL
  }
  space <- asNamespace("nidcode")
  for (name in ls(space, all.names = TRUE)) {
    one <- get(name, space)
    if (is.function(one)) {
      walk(body(one), name)
      walk(formals(one), name)
    }
  }
  found
}

strings_table <- function(language) {
  utils::read.csv(system.file("strings", paste0(language, ".csv"),
                              package = "nidcode"),
                  encoding = "UTF-8", colClasses = "character")
}

test_that("every sentence that is said has its translation", {
  calls <- said_calls()
  literal <- vapply(calls, \(x) is.character(x$key), NA)
  expect_identical(vapply(calls[!literal], `[[`, "", "where"), character())
  keys <- vapply(calls[literal], `[[`, "", "key")
  counts <- vapply(calls[literal], `[[`, NA, "counts")
  ru <- strings_table("ru")
  en <- strings_table("en")
  expect_identical(unique(setdiff(keys, ru$key)), character())
  expect_identical(unique(setdiff(keys[counts], en$key)), character())
  three <- ru$key[nzchar(ru$few) & nzchar(ru$many)]
  expect_identical(unique(setdiff(keys[counts], three)), character())
})

test_that("a translation has the places of its key", {
  places <- function(x) {
    lapply(regmatches(x, gregexpr("%([0-9][$])?s", x)), length)
  }
  for (language in c("en", "ru")) {
    table <- strings_table(language)
    expect_identical(anyDuplicated(table$key), 0L)
    for (form in names(table)[-1L]) {
      there <- nzchar(table[[form]])
      expect_identical(table$key[there][!mapply(identical,
        places(table$key[there]), places(table[[form]][there]))], character())
    }
  }
})

test_that("the form goes with the number", {
  en <- function(n) say("%s regions", n, n = n)
  expect_identical(en(1), "1 region")
  expect_identical(en(c(0, 2)), c("0 regions", "2 regions"))
  withr::local_options(nidcode.language = "ru")
  expect_identical(
    say("%s regions", c(1, 2, 4, 5, 11, 12, 21, 22, 111, 0),
        n = c(1, 2, 4, 5, 11, 12, 21, 22, 111, 0)),
    paste(c(1, 2, 4, 5, 11, 12, 21, 22, 111, 0),
          c("\u0440\u0435\u0433\u0438\u043e\u043d",
            "\u0440\u0435\u0433\u0438\u043e\u043d\u0430",
            "\u0440\u0435\u0433\u0438\u043e\u043d\u0430",
            "\u0440\u0435\u0433\u0438\u043e\u043d\u043e\u0432")[
              c(1, 2, 3, 4, 4, 4, 1, 2, 4, 4)])
  )
})

test_that("a language is one of two", {
  withr::local_options(nidcode.language = "de")
  cnd <- expect_error(say("%s regions", 1, n = 1),
                      class = "nidcode_error_argument")
  expect_identical(cnd$argument, "options(nidcode.language)")
})

test_that("facts are said part by part, a number in its place", {
  expect_identical(say_fact("spline (average, m = 3)"),
                   "spline (average, m = 3)")
  withr::local_options(nidcode.language = "ru")
  spline <- "\u0441\u043f\u043b\u0430\u0439\u043d"
  expect_identical(say_fact("spline (df 7)"), paste0(
    spline, " (\u0441\u0442\u0435\u043f\u0435\u043d\u0435\u0439 ",
    "\u0441\u0432\u043e\u0431\u043e\u0434\u044b 7)"))
  expect_identical(say_fact(c("spline", "my own (b; 3)")),
                   c(spline, "my own (b; 3)"))
  expect_identical(say_fact(character()), character())
  expect_null(say_fact(NULL))
  # The first form goes with 21, the last with 5.
  said <- say_fact(paste(c(21, 5), "regions cannot test it"))
  expect_match(said[1L], "21 \u0440\u0435\u0433\u0438\u043e\u043d\u0430 ")
  expect_match(said[2L],
               "5 \u0440\u0435\u0433\u0438\u043e\u043d\u043e\u0432 ")
})

test_that("rates, influences and codes have words in Russian", {
  withr::local_options(nidcode.language = "ru")
  rates <- list(rate_spline(), rate_spline(m = 2), rate_spline(df = 4),
                rate_spline(lambda = 0.5), rate_spline("gcv"), rate_difference(),
                rate_central(), rate_local(), rate_local(width = 3),
                rate_local(kernel = "tricube"),
                rate_local(kernel = "epanechnikov"))
  words <- vapply(rates, `[[`, "", "words")
  expect_identical(latin_left(say_fact(words), c("REML", "GCV")), character())
  influences <- list(influence_equal(), influence_half_life(5, at = 2010),
                     influence_linear(), influence_linear(8),
                     influence_power(1), influence_hyperbolic(2),
                     influence_equal(normalise = TRUE),
                     influence_custom(exp), influence_custom(
                       data.frame(time = 1, weight = 1)))
  words <- vapply(influences, `[[`, "", "words")
  expect_identical(latin_left(say_fact(words)), character())
  schemes <- list(ural_scheme, russia_scheme, paper_scheme)
  labels <- unlist(lapply(schemes, \(s) {
    c(s[["indicator"]], s[["code"]], s[["unit"]], unlist(nid_codes()[1:3]))
  }))
  expect_identical(latin_left(say_label(labels)), character())
  # In English they are words too, beside their columns.
  withr::local_options(nidcode.language = "en")
  items <- unlist(lapply(schemes, \(s) s[["indicator"]]))
  expect_no_match(say_label(items), "_", fixed = TRUE)
})

test_that("Latin letters are seen, but for names, calls and symbols", {
  ya <- "\u044f"
  expect_identical(latin_left(c(
    paste(ya, "word"), paste(ya, "Code NID p = 1, R2"), paste(ya, "print(x)"),
    paste(ya, "`x_y`"), paste(ya, "Tyumen"), "R 3")), 
    paste(ya, c("word", "Tyumen")))
  expect_identical(latin_left(paste(ya, "Tyumen Oblast"), "Tyumen Oblast"),
                   character())
})
