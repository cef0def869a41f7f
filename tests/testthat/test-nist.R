# NIST's certified values and exact trends: digits counted, not tolerances.

nist <- function(file) {
  read.csv(test_path("nist", file), colClasses = "character")
}

# Correct significant digits, the fewest of a vector; 16 is all.
digits_right <- function(x, truth) {
  truth <- as.numeric(truth)
  error <- ifelse(truth == 0, abs(x), abs(x - truth) / abs(truth))
  min(16, -log10(error))
}

nist_data <- function(set) {
  data <- nist(paste0(set, ".csv"))
  data[] <- lapply(data, as.numeric)
  data
}

nist_engine <- function(set, degree = 1L, intercept = TRUE) {
  data <- nist_data(set)
  x <- as.matrix(data[-1])
  several <- ncol(x) > 1L
  variable <- if (several) seq_len(ncol(x)) else rep(1L, degree)
  power <- if (several) rep(1L, ncol(x)) else seq_len(degree)
  fit_least_squares_cpp(x, data$y, variable, power, intercept)
}

test_that("NIST sets reach their digits", {
  sets <- list(
    Norris = list(1L, TRUE, 13), Pontius = list(2L, TRUE, 13),
    Longley = list(1L, TRUE, 13), Wampler1 = list(5L, TRUE, 13),
    Wampler2 = list(5L, TRUE, 13), Wampler3 = list(5L, TRUE, 13),
    Wampler4 = list(5L, TRUE, 13), Wampler5 = list(5L, TRUE, 13),
    NoInt1 = list(1L, FALSE, 14), NoInt2 = list(1L, FALSE, 14),
    Filip = list(10L, TRUE, 13)
  )
  certified <- nist("certified.csv")
  for (set in names(sets)) {
    fit <- nist_engine(set, sets[[set]][[1]], sets[[set]][[2]])
    truth <- certified[certified$dataset == set, ]
    b <- startsWith(truth$term, "B")
    wanted <- sets[[set]][[3]]
    expect_gte(digits_right(fit$coefficients, truth$exact[b]), !!wanted)
    se <- fit$sigma * sqrt(colSums(fit$weights^2))
    expect_gte(digits_right(se, truth$exact.sd[b]), 13)
    expect_gte(digits_right(fit$sigma, truth$exact[truth$term == "sigma"]),
               13)
    expect_gte(
      digits_right(fit$r.squared, truth$exact[truth$term == "r.squared"]), 13
    )
  }
})

test_that("Filip from its raw, uncentred powers keeps 7 digits", {
  data <- nist_data("Filip")
  x <- outer(data$x, 1:10, `^`)
  fit <- fit_least_squares_cpp(x, data$y, 1:10, rep(1L, 10), TRUE)
  certified <- nist("certified.csv")
  truth <- certified[certified$dataset == "Filip", ]
  b <- startsWith(truth$term, "B")
  expect_false(any(fit$aliased))
  expect_gte(digits_right(fit$coefficients, truth$exact[b]), 7)
})

test_that("trends in raw calendar years keep 13, 12, 11 digits", {
  trends <- nist("trends.csv")
  series <- list(
    technologies = list(2005:2016, c(80, 99, 88, 58, 89, 100, 144, 144, 173,
                                     182, 204, 254)),
    uneven = list(c(1897, 1913, 1926, 1939, 1959, 1970, 1979, 1989, 2002,
                    2010),
                  c(67473, 84494, 92735, 108377, 117240, 129941, 137410,
                    147022, 145167, 142865))
  )
  for (name in names(series)) {
    for (degree in 1:3) {
      time <- cbind(as.double(series[[name]][[1]]))
      y <- series[[name]][[2]]
      fit <- fit_least_squares_cpp(time, y, rep(1L, degree), seq_len(degree),
                                   TRUE)
      truth <- trends[trends$series == name & trends$degree == degree, ]
      b <- startsWith(truth$term, "B")
      wanted <- c(13, 12, 11)[degree]
      expect_gte(digits_right(fit$coefficients, truth$exact[b]), wanted)
      se <- fit$sigma * sqrt(colSums(fit$weights^2))
      expect_gte(digits_right(se, truth$exact.sd[b]), 13)
      # Shifting time changes the intercept and nothing of the fit.
      moved <- fit_least_squares_cpp(time - 2000, y, rep(1L, degree),
                                     seq_len(degree), TRUE)
      expect_identical(moved$residuals, fit$residuals)
      expect_identical(moved$coefficients[degree + 1],
                       fit$coefficients[degree + 1])
      expect_identical(moved$sigma, fit$sigma)
    }
  }
})

test_that("code_dependence() keeps the digits of its engine", {
  power <- function(degree) {
    terms <- c(list(quote(x)), lapply(seq_len(degree)[-1L], function(k) {
      call("I", call("^", quote(x), as.double(k)))
    }))
    stats::as.formula(call("~", quote(y), Reduce(\(a, b) call("+", a, b),
                                                 terms)))
  }
  sets <- list(
    Norris = list(power(1), 13), Pontius = list(power(2), 13),
    Wampler1 = list(power(5), 13), Wampler2 = list(power(5), 13),
    Wampler3 = list(power(5), 13), Wampler4 = list(power(5), 13),
    Wampler5 = list(power(5), 13), NoInt1 = list(y ~ 0 + x, 14),
    NoInt2 = list(y ~ 0 + x, 14), Filip = list(power(10), 13),
    Longley = list(y ~ x1 + x2 + x3 + x4 + x5 + x6, 13)
  )
  certified <- nist("certified.csv")
  for (set in names(sets)) {
    dep <- suppressMessages(suppressWarnings(
      code_dependence(nist_data(set), sets[[set]][[1]], scale = "levels"),
      classes = "nidcode_warning_perfect_fit"
    ))
    truth <- certified[certified$dataset == set, ]
    b <- startsWith(truth$term, "B")
    t <- tidy(dep)
    expect_gte(digits_right(t$estimate, truth$exact[b]), !!sets[[set]][[2]])
    expect_gte(digits_right(t$std.error, truth$exact.sd[b]), 13)
    expect_gte(digits_right(glance(dep)$sigma,
                            truth$exact[truth$term == "sigma"]), 13)
  }
  expect_warning(code_dependence(nist_data("Wampler1"), power(5),
                                 scale = "levels"),
                 class = "nidcode_warning_perfect_fit")
})
