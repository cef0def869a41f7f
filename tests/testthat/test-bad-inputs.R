# bad-inputs.csv, a row per bad or edge input:
#   input      an expression that uses the small world below
#   class      what it must raise, without "nidcode_": "error_duplicate_key",
#              "warning_units", "message" (any of ours), a|b where the text
#              leaves two readings, "none" for "computed, no error or warning"
#   fields     what the condition must carry, "regions=A;times=2003";
#              "values~a" asks that "a" is among them
#   truth      an expression of `result`, `cnd` and `message` that must be TRUE
#   near_miss  an expression that must raise neither that class nor an error

skip_on_cran()

world <- function() {
  d <- data.frame(
    region = rep(c("A", "B"), each = 6), year = rep(2001:2006, 2) + 0,
    x = c(3.1, 4.7, 4.2, 6.9, 8.8, 8.1, 5.5, 5.2, 7.7, 9.3, 8.4, 12.6),
    y = c(10, 12, 11, 15, 19, 18, 30, 28, 27, 25, 26, 20)
  )
  one <- d[1:6, c("year", "x", "y")]
  long <- data.frame(
    region = rep(d$region, 2), year = rep(d$year, 2),
    indicator = rep(c("x", "y"), each = 12), value = c(d$x, d$y)
  )
  # One code in the model, so that none is missing.
  alone <- nid_codes()[1L, ]
  sx <- code_scheme("x", "production", codes = alone)
  sxy <- code_scheme(c("x", "y"), "production", codes = alone)
  idx <- c("region", "year")
  panel <- function(d, scheme = sx, index = idx, ...) {
    code_panel(d, scheme, index, ...)
  }
  D <- function(d) defining_codes(panel(d), "none")
  # With the status column `x_status`.
  D2 <- function(d) defining_codes(panel(d, status = "_status"), "none")
  V <- function(d) dynamic_codes(D(d), rate_difference())
  N <- function(d, ...) basic_code(D(d), ..., rate = rate_difference())
  # Two codes, with errors; a third where `z` is given.
  N2 <- function(d, ...) {
    k <- intersect(c("x", "y", "z"), names(d))
    codes <- c("production", "social", "institutional")
    s <- code_scheme(k, codes[seq_along(k)])
    basic_code(defining_codes(panel(d, s)), ..., rate = rate_central(sd = 0.1))
  }
  # The indicator or the region column under another name.
  Nn <- function(name) {
    names(d)[3] <- name
    s <- code_scheme(name, "production", codes = alone)
    basic_code(defining_codes(panel(d, s), "none"), rate = rate_difference())
  }
  Ni <- function(name) {
    names(d)[1] <- name
    panel(d, index = c(name, "year"))
  }
  put <- function(d, column, row, value) {
    d[[column]][row] <- value
    d
  }
  named <- function(names) put(d, "region", 1:12, rep(names, each = 6))
  at <- function(r, region, year, order) {
    r$estimate[r$region == region & r$year == year & r$order == order]
  }
  near <- function(a, b) isTRUE(all.equal(a, b, tolerance = 1e-10))
  environment()
}

# Runs an expression; gives its value and every condition that it raised.
trial <- function(text, env) {
  seen <- list()
  keep <- function(cnd) seen[[length(seen) + 1L]] <<- cnd
  result <- tryCatch(
    withCallingHandlers(
      eval(parse(text = text, encoding = "UTF-8"), new.env(parent = env)),
      warning = \(cnd) {
        keep(cnd)
        invokeRestart("muffleWarning")
      },
      message = \(cnd) {
        keep(cnd)
        invokeRestart("muffleMessage")
      }
    ),
    error = \(cnd) {
      keep(cnd)
      NULL
    }
  )
  list(result = result, seen = seen)
}

is_a <- function(cnd, class) {
  inherits(cnd, paste0("nidcode_", strsplit(class, "|", fixed = TRUE)[[1L]]))
}

classes_of <- function(seen) {
  paste(vapply(seen, \(cnd) class(cnd)[1L], ""), collapse = ", ")
}

expect_fields <- function(cnd, fields, label) {
  for (field in strsplit(fields, ";", fixed = TRUE)[[1L]]) {
    part <- regmatches(field, regexec("^([a-z]+)([=~])(.*)$", field))[[1L]]
    want <- strsplit(part[4L], "|", fixed = TRUE)[[1L]]
    have <- as.character(unlist(cnd[[part[2L]]]))
    testthat::expect(
      if (part[3L] == "=") setequal(have, want) else all(want %in% have),
      paste0(label, ": field `", part[2L], "` is <",
             paste(have, collapse = "|"), ">, not <", part[4L], ">")
    )
  }
}

bad <- utils::read.csv(
  test_path("bad-inputs.csv"), colClasses = "character",
  na.strings = character(), encoding = "UTF-8"
)
needs <- c("tsibble", "units", "haven", "zoo", "bit64", "plm", "sf",
           "data.table", "dplyr")

check_row <- function(row) {
  text <- paste(row$input, row$near_miss)
  for (package in needs) {
    if (grepl(paste0("\\b", package, "(::|')"), text)) {
      skip_if_not_installed(package)
    }
  }
  label <- paste0(row$section, ", ", row$what)
  env <- world()
  run <- trial(row$input, env)
  cnd <- NULL
  if (row$class == "none") {
    bad <- Filter(\(cnd) !inherits(cnd, "message"), run$seen)
    expect(length(bad) == 0L,
           paste0(label, ": raised ", classes_of(bad), ": ",
                  if (length(bad)) conditionMessage(bad[[1L]])))
  } else {
    ours <- Filter(\(cnd) is_a(cnd, row$class), run$seen)
    expect(length(ours) > 0L,
           paste0(label, ": raised <", classes_of(run$seen), ">, not ",
                  row$class))
    if (length(ours) == 0L) {
      return(invisible())
    }
    cnd <- ours[[1L]]
    if (nzchar(row$fields)) {
      hit <- Filter(\(one) has_fields(one, row$fields), ours)
      if (length(hit) > 0L) cnd <- hit[[1L]]
      expect_fields(cnd, row$fields, label)
    }
    others <- Filter(\(cnd) inherits(cnd, "error"), run$seen)
    if (!grepl("error", row$class)) {
      expect(length(others) == 0L, paste0(label, ": also an error"))
    }
  }
  if (nzchar(row$truth)) {
    frame <- list2env(
      list(result = run$result, cnd = cnd,
           message = if (!is.null(cnd)) conditionMessage(cnd)),
      parent = env
    )
    truth <- tryCatch(eval(parse(text = row$truth, encoding = "UTF-8"), frame),
                      error = conditionMessage)
    why <- if (is.character(truth)) paste0(" (", truth, ")")
    expect(isTRUE(truth), paste0(label, ": not true that ", row$truth, why))
  }
  if (nzchar(row$near_miss)) {
    run <- trial(row$near_miss, env)
    wrong <- Filter(\(cnd) inherits(cnd, "error") || is_a(cnd, row$class),
                    run$seen)
    expect(length(wrong) == 0L,
           paste0(label, ", near miss: raised ", classes_of(wrong), ": ",
                  if (length(wrong)) conditionMessage(wrong[[1L]])))
  }
}

has_fields <- function(cnd, fields) {
  ok <- TRUE
  for (field in strsplit(fields, ";", fixed = TRUE)[[1L]]) {
    name <- sub("[=~].*", "", field)
    want <- strsplit(sub("^[a-z]+[=~]", "", field), "|", fixed = TRUE)[[1L]]
    ok <- ok && all(want %in% as.character(unlist(cnd[[name]])))
  }
  ok
}

test_that("the table is whole", {
  expect_false(anyDuplicated(bad$what) > 0)
  expect_true(all(nzchar(bad$input)))
  raises <- bad$class != "none"
  expect_true(all(nzchar(bad$near_miss[raises])))
  expect_true(all(nzchar(bad$truth[!raises])))
})

for (i in seq_len(nrow(bad))) {
  test_that(paste0(bad$section[i], ": ", bad$what[i]), {
    check_row(bad[i, ])
  })
}

test_that("at most five offenders in the message, all in the fields", {
  env <- world()
  d <- env$d
  big <- do.call(rbind, lapply(1:9, \(k) {
    transform(d, region = paste0(region, k))
  }))
  env$big <- big
  cnd <- trial("panel(rbind(big, big))", env)
  cnd <- cnd$seen[[1L]]
  expect_s3_class(cnd, "nidcode_error_duplicate_key")
  expect_setequal(cnd$regions, unique(big$region))
  named <- vapply(unique(big$region),
                  \(r) grepl(r, conditionMessage(cnd), fixed = TRUE),
                  logical(1))
  expect_gt(sum(named), 0)
  expect_lte(sum(named), 5)
})

# ---- Numbers do not depend on the session ------------------------------------

session_result <- function() {
  env <- world()
  d <- env$d
  d$region <- rep(c("\u0431", "Z", "a", "\u00c9"), each = 3)
  d$year <- rep(2001:2003, 4)
  r <- suppressMessages(suppressWarnings(env$V(d)))
  n <- suppressMessages(suppressWarnings(
    basic_code(r, influence_half_life(2))
  ))
  list(as.data.frame(r), as.data.frame(n))
}

test_that("the same numbers under odd options", {
  want <- session_result()
  for (set in list(list(OutDec = ","), list(scipen = -10), list(digits = 3),
                   list(warn = 2), list(stringsAsFactors = FALSE))) {
    old <- options(set)
    got <- session_result()
    options(old)
    expect_identical(got, want, label = names(set))
  }
})

test_that("the same numbers and order in every locale", {
  want <- session_result()
  old <- Sys.getlocale("LC_COLLATE")
  on.exit(Sys.setlocale("LC_COLLATE", old))
  for (locale in c("C", "en_US.UTF-8", "ru_RU.UTF-8", "C.UTF-8")) {
    if (suppressWarnings(Sys.setlocale("LC_COLLATE", locale)) == "") next
    expect_identical(session_result(), want, label = locale)
  }
})

test_that("text years are read the same whatever the decimal mark", {
  env <- world()
  d <- transform(env$d, year = paste0(year, ".5"))
  want <- suppressMessages(env$V(d))$estimate
  old <- options(OutDec = ",", scipen = -10)
  on.exit(options(old))
  expect_identical(suppressMessages(env$V(d))$estimate, want)
})

test_that("the caller's options, seed and par are left as they were", {
  set.seed(1)
  seed <- .Random.seed
  opts <- options()
  session_result()
  expect_identical(.Random.seed, seed)
  now <- options()
  expect_identical(now[names(opts)], opts)
})
