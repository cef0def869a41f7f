quiet_walk <- function(...) suppressMessages(region_crosswalk(...))

parts <- data.frame(region = rep(c("A", "B", "C"), each = 3), year = 2004:2006,
                    people = c(1:3, 10, 20, 30, 100, 200, 300),
                    rate = c(2, 2, 2, 4, 4, 4, 6, 6, 6))

test_that("mergers are sums or means, others stay as they are", {
  table <- data.frame(from = c("A", "B"), to = "AB")
  got <- quiet_walk(parts, table, how = c(rate = "mean"))
  expect_identical(got$region, rep(c("AB", "C"), each = 3))
  expect_identical(got$year, rep(2004:2006, 2))
  expect_identical(got$people, c(11, 22, 33, 100, 200, 300))
  expect_identical(got$rate, c(3, 3, 3, 6, 6, 6))
  expect_identical(names(got), names(parts))
})

test_that("splits go by shares and add up to what was split", {
  table <- data.frame(from = c("C", "C"), to = c("C1", "C2"),
                      share = c(0.25, 0.75))
  got <- quiet_walk(parts, table)
  expect_identical(got$people[got$region == "C1"], c(25, 50, 75))
  expect_equal(tapply(got$people, got$year, sum),
               tapply(parts$people, parts$year, sum))
  # There and back is where we came from.
  back <- quiet_walk(got, data.frame(from = c("C1", "C2"), to = "C"))
  expect_equal(back[c("region", "year", "people")],
               parts[c("region", "year", "people")])
  table$share <- c(0.25, 0.7)
  err <- expect_error(quiet_walk(parts, table),
                      class = "nidcode_error_weights")
  expect_identical(err$regions, "C")
})

test_that("the year of a change is a break", {
  d <- parts[1:6, ]
  d$region[d$year == 2006 & d$region == "A"] <- "AB"
  d <- d[!(d$year == 2006 & d$region == "B"), ]
  d$people_status <- c("", "e", "p", "", "")
  got <- quiet_walk(d, data.frame(from = c("A", "B"), to = "AB", year = 2006))
  expect_identical(got$people, c(11, 22, 3))
  expect_identical(got$people_status, c("", "e", "break; p"))
  expect_identical(got$rate_status, c("", "", "break"))
  p <- suppressMessages(code_panel(got, code_scheme("people", "social"),
                                   status = "_status"))
  expect_identical(p$breaks, list(people = 3L))
})

test_that("aliases are one region; a total without a part is none", {
  d <- parts[1:3, ]
  d$region <- c("Old", "Older", "New")
  got <- quiet_walk(d, data.frame(from = c("Old", "Older"), to = "New"))
  expect_identical(got$region, rep("New", 3))
  expect_identical(got$people, c(1, 2, 3))
  d <- parts[-5, ]
  said <- suppressMessages(expect_message(
    got <- region_crosswalk(d, data.frame(from = c("A", "B"), to = "AB")),
    class = "nidcode_message_composition"),
    classes = "nidcode_message_crosswalk")
  expect_identical(said$regions, "AB")
  expect_identical(said$times, 2005L)
  expect_identical(got$people[1:3], c(11, NA, 33))
  # A missing value is no zero either.
  d <- transform(parts, people = replace(people, 5, NA))
  got <- quiet_walk(d, data.frame(from = c("A", "B"), to = "AB"))
  expect_identical(got$people[1:3], c(11, NA, 33))
})

test_that("text is kept where it agrees, names in vain are said", {
  d <- transform(parts, land = rep(c("x", "x", "y"), each = 3),
                 own = rep(c("a", "b", "c"), each = 3))
  said <- expect_message(
    got <- region_crosswalk(tibble::as_tibble(d),
                            data.frame(from = c("A", "B", "Z"), to = "AB")),
    class = "nidcode_message_crosswalk")
  expect_identical(said$values, "Z")
  expect_identical(got$land, rep(c("x", "y"), each = 3))
  expect_identical(got$own, rep(c(NA, "c"), each = 3))
  expect_s3_class(got, "tbl_df")
})

test_that("what is no crosswalk is refused", {
  table <- data.frame(from = "A", to = "B1")
  expect_error(quiet_walk(parts, table, how = "median"),
               class = "nidcode_error_argument")
  expect_error(quiet_walk(parts, table["from"]),
               class = "nidcode_error_no_column")
  expect_error(quiet_walk(rbind(parts, parts), table),
               class = "nidcode_error_duplicate_key")
  expect_error(quiet_walk(parts, data.frame(from = NA, to = "B")),
               class = "nidcode_error_weights")
  expect_error(quiet_walk(parts, table, index = "year"),
               class = "nidcode_error")
})
