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
  expect_error(say("%s regions", 1, n = 1), class = "nidcode_error_argument")
})
