# A yes is told at once; a no, and whatever is only nearly the same, is told by
# testthat. Most of the time of 45,000 expectations that hold went into the
# words for those that do not.

told <- function(object) {
  testthat::succeed()
  invisible(object)
}

expect_identical <- function(object, expected, ..., label = NULL) {
  if (identical(object, expected)) return(told(object))
  testthat::expect_identical(object, expected, ...,
                             label = label %||% deparse1(substitute(object)))
}

expect_equal <- function(object, expected, ...,
                         tolerance = testthat::testthat_tolerance(),
                         label = NULL) {
  if (identical(object, expected) || near(object, expected, tolerance)) {
    return(told(object))
  }
  testthat::expect_equal(object, expected, ..., tolerance = tolerance,
                         label = label %||% deparse1(substitute(object)))
}

# Numbers each of which is near: more than testthat asks, which is content with
# their mean.
near <- function(x, y, tolerance) {
  if (!is.double(x) || !is.double(y) || length(x) != length(y) ||
        is.null(tolerance) || !identical(attributes(x), attributes(y))) {
    return(FALSE)
  }
  same <- x == y
  if (anyNA(same)) {
    if (!identical(is.na(x), is.na(y))) return(FALSE)
    # NaN and NA are not the same.
    if (!identical(is.nan(x), is.nan(y))) return(FALSE)
    same[is.na(same)] <- TRUE
  }
  all(same | is.finite(y) & abs(x - y) <= tolerance * abs(y), na.rm = TRUE)
}

expect_true <- function(object, ..., label = NULL) {
  if (identical(object, TRUE)) return(told(object))
  testthat::expect_true(object, ...,
                        label = label %||% deparse1(substitute(object)))
}

expect_false <- function(object, ..., label = NULL) {
  if (identical(object, FALSE)) return(told(object))
  testthat::expect_false(object, ...,
                         label = label %||% deparse1(substitute(object)))
}
