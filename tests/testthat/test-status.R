# The codes' data with labels on the cells of `x`, in the order of the rows.
labelled <- function(status, x = hand$x) {
  code_panel(data.frame(year = hand$year, x = x, x_status = status),
             code_scheme("x", "production", codes = alone), index = "year",
             status = "_status")
}
x_of <- function(p) as.data.frame(p)$x

test_that("the table says what each label does", {
  s <- nid_status()
  expect_plain(s)
  expect_named(s, c("status", "letter", "value", "effect"))
  expect_true(all(c("break", "estimated", "provisional", "imputed", "derived",
                    "suppressed", "na", "zero", "ok") %in% s$status))
  expect_identical(s$status[s$value == "must be NA"],
                   c("suppressed", "na", "not_found"))
  expect_identical(s$letter[match(c("break", "estimated", "provisional",
                                    "derived", "suppressed"), s$status)],
                   c("b", "e", "p", "d", "c"))
})

test_that("values of used labels are used, the others kept out", {
  for (label in c("estimated", "provisional", "imputed", "derived", "times",
                  "zero", "ok", "", NA)) {
    expect_silent(p <- labelled(rep(label, 6)))
    expect_identical(x_of(p), hand$x, label = label)
    expect_length(p$breaks, 0L)
  }
  for (label in c("suppressed", "na", "not_found")) {
    status <- replace(rep("ok", 6), 4, label)
    expect_warning(p <- labelled(status), class = "nidcode_warning_status")
    expect_identical(x_of(p), replace(hand$x, 4, NA), label = label)
    # Where the value is NA there is nothing to warn of.
    expect_silent(p <- labelled(status, replace(hand$x, 4, NA)))
    expect_identical(x_of(p), replace(hand$x, 4, NA))
  }
})

test_that("the warning says which cells", {
  w <- expect_warning(
    labelled(c("ok", "na", "ok", "suppressed", "ok", "ok")),
    class = "nidcode_warning_status"
  )
  expect_identical(w$columns, "x")
  expect_equal(w$times, c(2002, 2004))
  expect_equal(w$n, 2)
})

test_that("letters, capitals and spaces are read as the labels", {
  read <- function(label) {
    p <- suppressWarnings(labelled(replace(rep("ok", 6), 3, label)))
    list(x_of(p), p$breaks, as.character(p$status$x))
  }
  same <- list(b = "break", e = "estimated", p = "provisional",
               u = "estimated", c = "suppressed", d = "derived",
               f = "estimated", B = "break", " Break " = "break",
               ESTIMATED = "estimated")
  for (letter in names(same)) {
    expect_identical(read(letter), read(same[[letter]]), label = letter)
  }
})

test_that("an unknown label is used, with a message", {
  m <- expect_message(p <- labelled(replace(rep("ok", 6), 2, "guess")),
                      class = "nidcode_message_status")
  expect_identical(m$values, "guess")
  expect_identical(x_of(p), hand$x)
  expect_match(summary(p)$status, "guess 1", fixed = TRUE)
})

test_that("statuses are counted in the summary of the panel", {
  p <- labelled(c("ok", "e", "e", "p", "break", "ok"))
  s <- summary(p)
  for (part in c("estimated 2", "provisional 1", "break 1")) {
    expect_match(s$status, part, fixed = TRUE)
  }
  expect_false(grepl("ok", s$status))
  expect_identical(s$breaks, 1L)
})

test_that("long data name the column of labels", {
  d <- data.frame(year = rep(2001:2006, 2), what = rep(c("x", "y"), each = 6),
                  value = 1:12, flag = "ok")
  d$flag[c(3, 10)] <- c("break", "c")
  s <- code_scheme(c("x", "y"), "production", codes = alone)
  expect_warning(
    p <- code_panel(d, s, index = "year", names_from = "what",
                    values_from = "value", status = "flag"),
    class = "nidcode_warning_status"
  )
  expect_identical(p$breaks, list(x = 3L))
  expect_identical(which(is.na(as.data.frame(p)$y)), 4L)
  expect_false(anyNA(as.data.frame(p)$x))
  # Rows in another order, the same cells.
  expect_warning(
    q <- code_panel(d[12:1, ], s, index = "year", names_from = "what",
                    values_from = "value", status = "flag"),
    class = "nidcode_warning_status"
  )
  expect_identical(q$breaks, p$breaks)
  expect_identical(as.data.frame(q), as.data.frame(p))
})

test_that("indicators without a status column are ok", {
  d <- transform(hand_regions, x_status = "e")
  p <- code_panel(d, hand_scheme(), status = "_status")
  expect_identical(summary(p)$status, c("estimated 12", "", ""))
})

test_that("without `status` no label is read", {
  d <- data.frame(year = hand$year, x = hand$x, x_status = "na")
  p <- code_panel(d, code_scheme("x", "production"), index = "year")
  expect_identical(x_of(p), hand$x)
})
