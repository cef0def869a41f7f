money <- data.frame(region = rep(c("A", "B"), each = 3), year = 2005:2007,
                    grp = c(100, 120, 130, 10, 20, 30),
                    people = c(50, 40, 65, 2, 5, NA))

test_that("each row is divided by its own denominator", {
  got <- suppressMessages(denominate(money, "grp", "people"))
  expect_identical(got$grp, c(2, 3, 2, 5, 4, NA))
  expect_identical(got[-3], money[-3])
  said <- expect_message(denominate(money, "grp", "people"),
                         class = "nidcode_message_denominator")
  expect_identical(said$regions, "B")
  expect_identical(said$times, 2007L)
  named <- suppressMessages(denominate(money, "grp", "people", name = "pc"))
  expect_identical(named$pc, got$grp)
  expect_identical(named$grp, money$grp)
  # A denominator each; any class of table; no index.
  two <- transform(money[1:2, ], area = c(10, 20))
  two <- denominate(tibble::as_tibble(two)[-1:-2], c("grp", "people"),
                    c("people", "area"))
  expect_identical(two$grp, c(2, 3))
  expect_identical(two$people, c(5, 2))
  expect_s3_class(two, "tbl_df")
})

test_that("labels and units go with the result", {
  d <- money[1:3, ]
  d$people_status <- c("ok", "", "break")
  d$grp_status <- c("", "e", "p")
  attr(d$grp, "unit") <- "rouble"
  attr(d$people, "unit") <- "person"
  got <- denominate(d, "grp", "people", name = "pc")
  expect_identical(got$pc_status, c("", "e", "p; break"))
  expect_identical(got$grp_status, d$grp_status)
  expect_identical(attr(got$pc, "unit"), "rouble / person")
  p <- suppressMessages(code_panel(got, code_scheme("pc", "social"),
                                   status = "_status"))
  expect_identical(p$breaks, list(pc = 3L))
  # In place, the labels of the denominator come to the column.
  d$grp_status <- NULL
  expect_identical(denominate(d, "grp", "people")$grp_status,
                   c("", "", "break"))
})

test_that("denominators of 0 or less name their places", {
  bad <- transform(money, people = c(50, 0, 65, -2, 5, 5))
  err <- expect_error(denominate(bad, "grp", "people"),
                      class = "nidcode_error_domain")
  expect_identical(err$regions, c("A", "B"))
  expect_identical(err$times, c(2006L, 2005L))
  expect_error(denominate(money, "grp", "none"),
               class = "nidcode_error_no_column")
  expect_error(denominate(money, "grp", c("people", "year", "grp")),
               class = "nidcode_error_argument")
  expect_error(denominate(money, "grp", "people", name = "year"),
               class = "nidcode_error_duplicate_name")
  expect_error(denominate(money, "region", "people"),
               class = "nidcode_error_not_numeric")
  expect_error(denominate(money, character(), "people"),
               class = "nidcode_error_argument")
})
