grid <- expand.grid(geo = c("BG32", "PL42"), sex = c("F", "M", "T"),
                    year = 2005:2008, stringsAsFactors = FALSE)
grid$v <- seq_len(nrow(grid)) + 0.5
one_code <- code_scheme("v", "production", codes = alone)
repeated <- function(code) {
  suppressMessages(expect_error(code, class = "nidcode_error_duplicate_key"))
}
said <- function(err) {
  gsub("\\s+", " ", paste(conditionMessage(err), collapse = " "))
}

test_that("a dimension that was not filtered is named with its values", {
  err <- repeated(code_panel(grid, one_code, c("geo", "year")))
  expect_identical(err$columns, "sex")
  expect_match(said(err),
               "The repeated rows differ in `sex` (F, M, T): keep one of them.",
               fixed = TRUE)
  expect_no_match(said(err), "names_from")
  # Kept, it is read.
  expect_no_error(code_panel(grid[grid$sex == "T", ], one_code,
                             c("geo", "year")))
  # Whatever else differs too: flags, other values; factors by their levels.
  more <- transform(grid, sex = factor(sex, c("T", "M", "F")), other = 1 / v,
                    OBS_FLAG = ifelse(sex == "M", "e", ""), unit = "THS")
  err <- repeated(code_panel(more[nrow(more):1, ], one_code,
                             c("geo", "year")))
  expect_match(said(err), "differ in `sex` (T, M, F): keep", fixed = TRUE)
  # A number may be a dimension, when no text is.
  coded <- transform(grid, sex = match(sex, c("F", "M", "T")))
  err <- repeated(code_panel(coded, one_code, c("geo", "year")))
  expect_match(said(err), "`sex` (1, 2, 3)", fixed = TRUE)
})

test_that("two dimensions are both named where one does not tell", {
  two <- merge(grid, data.frame(age = c("Y15", "TOTAL")))
  err <- repeated(code_panel(two, one_code, c("geo", "year")))
  expect_setequal(err$columns, c("sex", "age"))
  expect_match(said(err), "`sex` (F, M, T) and `age` (TOTAL, Y15)",
               fixed = TRUE)
})

test_that("long data, deflate() and fits name it too", {
  long <- rbind(transform(grid, what = "v"), transform(grid, what = "w"))
  names(long)[names(long) == "v"] <- "value"
  err <- repeated(code_panel(long, one_code, c("geo", "year"), "what",
                             "value"))
  expect_match(said(err), "differ in `sex` (F, M, T): keep", fixed = TRUE)
  # Names of indicators, read as wide data.
  wide <- long[long$sex == "T", ]
  names(wide)[names(wide) == "what"] <- "indicator"
  err <- repeated(code_panel(wide, code_scheme("value", "production"),
                             c("geo", "year")))
  expect_match(said(err), "`indicator` (v, w)", fixed = TRUE)
  expect_match(said(err), "`names_from`", fixed = TRUE)
  err <- repeated(deflate(transform(grid, p = 101), "v", "p", 2005,
                          c("geo", "year")))
  expect_identical(err$columns, "sex")
  err <- repeated(code_dependence(transform(grid, w = v^2), v ~ w,
                                  index = c("geo", "year")))
  expect_identical(err$columns, "sex")
})

test_that("rows that nothing tells apart", {
  d <- data.frame(region = "A", year = c(2001:2004, 2002), v = c(1:4, 2) + 0.5)
  err <- repeated(code_panel(d, one_code))
  expect_match(said(err), "unique(data)", fixed = TRUE)
  expect_no_error(code_panel(unique(d), one_code))
  d$v[5] <- 9
  err <- repeated(code_panel(d, one_code))
  expect_match(said(err), "differ in `v` alone", fixed = TRUE)
})

test_that("times stand as the user wrote them", {
  d <- data.frame(geo = "AT", v = 1:6,
                  time = rep(as.Date(c("2005-01-01", "2006-01-01")), each = 3))
  err <- repeated(code_panel(d, one_code, c("geo", "time")))
  expect_match(said(err), "Region and time: AT 2005-01-01, AT 2006-01-01.",
               fixed = TRUE)
  expect_equal(unique(err$times), as.Date(c("2005-01-01", "2006-01-01")))
  expect_identical(err$n, 4L)
})
