# Pools of grids, and what is said of grids by number.

# Grids of 1, 3 and 2 times; the second has a break at its third time.
three <- new_pool(c(1L, 3L, 2L), c(5, 1, 2, 4, 7, 9),
                  c(0L, 0L, 0L, 1L, 0L, 0L))

test_that("a pool knows its grids", {
  expect_identical(pool_length(three), 3L)
  expect_identical(pool_sizes(three), c(1L, 3L, 2L))
  expect_identical(pool_owner(three), c(1L, 2L, 2L, 2L, 3L, 3L))
  expect_identical(pool_places(three, c(3L, 1L)), c(5L, 6L, 1L))
  expect_identical(pool_breaks(three), c(0L, 1L, 0L))
  expect_identical(pool_take(three, c(2L, 2L, 1L)),
                   new_pool(c(3L, 3L, 1L), c(1, 2, 4, 1, 2, 4, 5),
                            c(0L, 0L, 1L, 0L, 0L, 1L, 0L)))
  none <- new_pool(integer(), numeric())
  expect_identical(pool_length(none), 0L)
  expect_identical(pool_owner(none), integer())
  expect_identical(pool_take(three, integer()), none)
})

test_that("segments between breaks are grids of their own", {
  parts <- pool_segments(three)
  expect_identical(parts$owner, c(1L, 2L, 2L, 3L))
  expect_identical(pool_sizes(parts$pool), c(1L, 2L, 1L, 2L))
  expect_false(pool_has_breaks(parts$pool))
  expect_identical(pool_longest(three, "split"), c(1L, 2L, 2L))
  expect_identical(pool_longest(three, "shift"), c(1L, 3L, 2L))
  # A break at the first time of a grid parts nothing.
  first <- replace(three, "step", list(c(0L, 1L, 0L, 0L, 0L, 0L)))
  expect_identical(pool_segments(first)$owner, 1:3)
  expect_identical(pool_breaks(first), integer(3))
  expect_identical(pool_seen(three, "ignore")$step, integer(6))
  expect_identical(pool_seen(three, "shift"), three)
})
