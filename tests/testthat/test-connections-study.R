# The kept result of inst/studies/connections against what it must reach, and
# its truths.
study_file <- function(name) {
  system.file("studies", "connections", name, package = "nidcode")
}
kept <- utils::read.csv(study_file("result.csv"))

test_that("codes that are apart are connected as rarely as they must be", {
  apart <- kept[kept$aim == 0, ]
  expect_identical(nrow(apart), 26L)
  expect_lte(max(apart$found), 0.065)
  expect_lte(max(apart$any), 0.065)
  expect_lt(max(abs(apart$mean)), 0.05)
  # The limits hold 0 where the test does not reject, in every row.
  expect_equal(apart$covered, 1 - apart$found, tolerance = 2e-4)
})

test_that("codes that go together are found, and limits hold how much", {
  near <- kept[kept$aim > 0, ]
  expect_gte(min(near$covered), 0.95)
  expect_lt(max(abs(near$mean - near$aim)), 0.03)
  at <- \(n, regions, asked) near$found[near$n == n & near$asked == asked &
                                          near$regions == regions]
  expect_gte(at(12, 1, "within"), 0.56)
  expect_gte(at(20, 1, "within"), at(12, 1, "within"))
  together <- vapply(c(4, 8, 20), at, 1, n = 12, asked = "together")
  expect_false(is.unsorted(together))
  expect_gte(together[3L], 0.95)
})

test_that("truths have the correlation they are said to have", {
  truths <- new.env()
  sys.source(study_file("truths.R"), truths)
  with_stream(6, {
    for (name in c("walk", "ar8 with trends", "factor", "third")) {
      rho <- if (name == "third") 0 else 0.4
      x <- truths$truths[[name]](30L, 60L, rho)
      expect_identical(dim(x), c(30L, 60L, 3L))
      change <- apply(x, 2:3, diff)
      # About the mean of each region, which holds its trend.
      change <- change - rep(colMeans(change), each = 29L)
      if (name == "factor") {
        change <- aperm(change, c(2L, 1L, 3L))
        change <- change - rep(colMeans(change), each = 60L)
      }
      r <- stats::cor(matrix(change, ncol = 3L))
      want <- if (name == "third") c(0.5, sqrt(0.5)) else c(0.4, 0.4)
      expect_lt(max(abs(r[1L, 2:3] - want)), 0.1)
    }
  })
})
