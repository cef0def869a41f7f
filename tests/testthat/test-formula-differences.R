# The fit of differences against the package's own fit of a panel of which the
# values were subtracted by hand, and grids that meet against plain loops.

test_that("grids of pairs: common times, breaks of both, the 80 % rule", {
  pool <- new_pool(c(5L, 5L, 3L, 6L),
                   c(1:5, 1, 2, 3, 5, 6, 1, 3, 9, 0:5),
                   c(0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0))
  x <- list(pool = pool, of = c(1L, 2L, 3L, 4L, 0L, 0L),
            start = c(0L, 5L, 10L, 13L, 0L, 0L))
  p <- pair_grids(x, c(1, 1, 1, 2, 1, 5, 1), c(2, 3, 4, 4, 5, 6, 1))
  # 1-2 share 1, 2, 3, 5: 4 of 5; 1-3 only 2 of 3; 1-4 five of five; 2-4 share
  # 1, 2, 3, 5; one code of a pair missing; both; itself.
  expect_identical(p$fits, c(TRUE, FALSE, TRUE, TRUE, FALSE, TRUE, TRUE))
  one <- function(k) {
    g <- p$of[k]
    at <- pool_places(p$pool, g)
    list(p$pool$time[at], p$pool$step[at], p$a[at], p$b[at])
  }
  expect_identical(one(1), list(c(1, 2, 3, 5), c(0L, 0L, 1L, 0L),
                                c(1L, 2L, 3L, 5L), c(1L, 2L, 3L, 4L)))
  # A break at a time that only one has is at the next that both have.
  expect_identical(one(4), list(c(1, 2, 3, 5), c(0L, 0L, 0L, 1L),
                                c(1L, 2L, 3L, 4L), c(2L, 3L, 4L, 6L)))
  expect_identical(one(3)[[2L]], c(0L, 0L, 1L, 1L, 0L))
  expect_identical(p$of[c(2L, 5L, 6L)], c(0L, 0L, 0L))
})

test_that("rates of a plan of single times are those of dynamic_codes()", {
  panel <- panel_of(random_panel(104))
  for (rate in list(rate_spline(), rate_local(7), rate_central(sd = 1),
                    rate_difference(sd = 1))) {
    v <- suppressWarnings(suppressMessages(dynamic_codes(panel, rate)))
    fit <- get_fit(v)
    for (i in seq_along(fit$codes)) {
      one <- fit
      one$codes <- fit$codes[i]
      plan <- rate_plan(one, 1L)
      law <- law_of_plan(one, plan, "independent")
      known <- v[v$code == fit$codes[[i]]$code & v$order == 1L &
                   !is.na(v$estimate), ]
      terms <- plan_terms(plan)
      expect_equal(terms$by_place(plan$times$time), known$year)
      expect_identical(terms$by_region(as.character(panel$regions)),
                       known$region)
      expect_equal(law$estimate, known$estimate, tolerance = 1e-10)
      expect_equal(law$std.error, known$std.error, tolerance = 1e-10)
    }
  }
})

test_that("a joint law adds squares, and df by Satterthwaite", {
  law <- joint_law(c(1, 2), cbind(c(1, 0), c(2, 0)), cbind(c(5, 5), c(9, 9)),
                   cbind(c(2, 3), c(1, 0)))
  expect_equal(law$std.error, c(sqrt(1 + 4 + 5), 3))
  expect_equal(law$df, c(10^2 / (1 / 5 + 16 / 9), Inf))
  # Numbers whose squares are none.
  big <- joint_law(1, cbind(3e200, 4e200), cbind(5, 5), matrix(0, 1, 0))
  expect_equal(big$std.error, 5e200)
  expect_equal(big$df, 25^2 / (81 / 5 + 256 / 5))
})
