# Missing cells predicted from their own series.

skip_on_cran()

# Six regions of eleven years; `b` and `d` stop early or have holes.
hole_data <- function(noise = 0.3) {
  d <- data.frame(region = rep(LETTERS[1:6], each = 11), year = 2001:2011)
  with_stream(1, for (name in c("a", "b", "c", "d")) {
    slope <- rep(stats::runif(6), each = 11)
    d[[name]] <- 10 + slope * (d$year - 2001) + stats::rnorm(66, 0, noise)
  })
  d$b[d$year >= 2010] <- NA
  d$d[d$year == 2005 & d$region %in% c("B", "C")] <- NA
  d$d[d$year == 2011 & d$region == "D"] <- NA
  d
}

hole_scheme <- function(...) {
  code_scheme(c("a", "b", "c", "d"),
              c("social", "social", "production", "production"),
              weight = c(1, 3, 2, 2), direction = c(1, 1, 1, -1),
              codes = nid_codes()[c(1, 3), ], ...)
}

hole_model <- function(data = hole_data(), ...) {
  quietly(code_model(data, hole_scheme(), missing = "provisional", ...))
}

# Forty regions with a series long enough to tell the order, and a late source.
many_holes <- function() {
  d <- data.frame(region = rep(sprintf("r%02d", 1:40), each = 14),
                  year = 2001:2014)
  with_stream(4, for (name in c("a", "b", "c", "d")) {
    d[[name]] <- as.vector(replicate(40, cumsum(stats::rnorm(14))))
  })
  d$b[d$year == 2014] <- NA
  d$d[d$year >= 2013] <- NA
  quietly(code_panel(d, hole_scheme()))
}

cells_of <- function(x) {
  def <- get_defining(x)
  cells <- def$predicted$cells
  cells$region <- as.character(def$panel$regions[
    findInterval(cells$row - 1L, def$panel$offset)])
  cells$year <- row_time(def$panel)[cells$row]
  square <- tapply(def$predicted$loads$load^2, def$predicted$loads$cell, sum)
  cells$sd <- sqrt(as.vector(square[as.character(seq_len(nrow(cells)))]))
  cells
}

test_that("a predicted cell is the next observation of its own series", {
  d <- hole_data()
  got <- cells_of(hole_model(d))
  expect_identical(nrow(got), 15L)
  for (name in c("b", "d")) {
    own <- code_scheme(name, "social", codes = nid_codes()[3, ])
    rates <- quietly(dynamic_codes(
      defining_codes(code_panel(d, own), "none"), rate_spline(m = 3)))
    told <- as.data.frame(predict(rates, at = c(2005L, 2010L, 2011L),
                                  order = 0, band = "observation"))
    mine <- got[got$indicator == name, ]
    at <- match(paste(mine$region, mine$year), paste(told$region, told$year))
    expect_equal(mine$value, told$estimate[at], tolerance = 1e-12)
    expect_equal(mine$sd, told$std.error[at], tolerance = 1e-12)
    expect_equal(mine$df, told$df[at])
  }
})

test_that("cells of a series go together as the dense formula says", {
  time <- c(0, 1, 2.5, 3, 4, 6, 7, 8)
  new <- c(5, 9, 11)
  y <- c(1, 3, 2, 4, 4, 7, 5, 9)
  fit <- indicator_curves(list(y), 1L, new_pool(8L, time), list(new))
  pieces <- fit$pieces[[1L]]
  g <- 20L
  lambda <- pieces$lambda[g]
  got <- new_observations(pieces, y, fit$z[[1L]],
                          replace(numeric(length(pieces$lambda)), g, 1))
  # Universal kriging under K(a, b) = a^3 (10 b^2 - 5 a b + a^2)/120, a <= b.
  s <- c(time, new) / 8
  k <- outer(s, s, function(a, b) {
    low <- pmin(a, b)
    high <- pmax(a, b)
    low^3 * (10 * high^2 - 5 * low * high + low^2) / 120
  })
  x <- outer(s, 0:2, `^`)
  o <- 1:8
  n <- 9:11
  inverse <- solve(lambda * k[o, o] + diag(8))
  b <- lambda * k[n, o]
  gls <- solve(t(x[o, ]) %*% inverse %*% x[o, ])
  beta <- gls %*% t(x[o, ]) %*% inverse %*% y
  rest <- y - x[o, ] %*% beta
  sigma2 <- drop(t(rest) %*% inverse %*% rest) / 5
  left <- x[n, ] - b %*% inverse %*% x[o, ]
  v <- sigma2 * (lambda * k[n, n] + diag(3) - b %*% inverse %*% t(b) +
                   left %*% gls %*% t(left))
  expect_equal(got$value, drop(x[n, ] %*% beta + b %*% inverse %*% rest),
               tolerance = 1e-8)
  root <- matrix(got$load, 3)
  expect_equal(crossprod(root), v, tolerance = 1e-8)
})

test_that("which cells are predicted, by hand", {
  value <- c(1, 3, 2, 5, 4, 6)
  status <- rep("ok", 16)
  y <- c(NA, value[1:3], NA, value[4:6], 5, rep(NA, 7))
  d <- data.frame(region = "A", year = 2001:2016, y = y, z = 1:16 + 0.5)
  rows <- function(status, also = d) {
    also$y_status <- status
    s <- code_scheme(c("y", "z"), "social", codes = nid_codes()[3, ])
    p <- quietly(code_panel(also, s, status = "_status"))
    predictable_rows(p, "y")
  }
  # Not before the series; within it; and two rows behind its end.
  expect_identical(rows(status), c(5L, 10L, 11L))
  expect_identical(rows(replace(status, c(5, 10:16), "na")), c(5L, 10L, 11L))
  # What was kept back was there: any number of rows.
  expect_identical(rows(replace(status, c(1, 10:14), "suppressed")),
                   c(5L, 10:14))
  expect_identical(rows(replace(status, 5, "cannot_exist")), 10:11)
  # A method that begins in a hole is not known there.
  expect_identical(rows(replace(status, 10, "break")), 5L)
  expect_identical(rows(replace(status, 11, "break")), c(5L, 10L))
  # Nothing at all is known of the last two years.
  none <- d
  none$z[10:16] <- NA
  expect_identical(rows(status, none), 5L)
  # In a long gap two from either side.
  gap <- d
  gap$y <- c(1:4, rep(NA, 6), 3:8)
  expect_identical(rows(status, gap), c(5L, 6L, 9L, 10L))
})

test_that("the error of the code and its share are those by hand", {
  m <- hole_model()
  def <- get_defining(m)
  got <- as.data.frame(m$defining)
  cells <- cells_of(m)
  scale <- unlist(def$scale)
  weight <- c(a = 1, b = 3, c = 2, d = 2)
  share <- c(b = 3 / 4, d = 1 / 2)
  got$key <- paste(got$region, got$year)
  for (k in seq_len(nrow(cells))) {
    name <- cells$indicator[k]
    row <- got[got$code == (if (name == "b") "social" else "production") &
                 got$key == paste(cells$region[k], cells$year[k]), ]
    expect_equal(row$std.error,
                 share[[name]] * cells$sd[k] / scale[[name]],
                 tolerance = 1e-12)
    expect_equal(row$predicted, share[[name]])
    expect_equal(row$df, cells$df[k])
    expect_equal(row$conf.high - row$estimate,
                 stats::qt(0.975, row$df) * row$std.error, tolerance = 1e-9)
  }
  rest <- got[got$predicted == 0, ]
  expect_identical(nrow(rest), nrow(got) - nrow(cells))
  expect_true(all(rest$std.error == 0))
  # Two indicators of a code, predicted both: variances add.
  d <- hole_data()
  d$a[d$year == 2011 & d$region == "A"] <- NA
  m <- hole_model(d)
  row <- subset(as.data.frame(m$defining), year == 2011 & region == "A" &
                  code == "social")
  cells <- subset(cells_of(m), year == 2011 & region == "A")
  part <- (c(a = 1, b = 3)[cells$indicator] / 4 * cells$sd /
             unlist(get_defining(m)$scale)[cells$indicator])^2
  expect_equal(row$std.error, sqrt(sum(part)), tolerance = 1e-12)
  expect_equal(row$df, sum(part)^2 / sum(part^2 / cells$df), tolerance = 1e-12)
  expect_identical(row$predicted, 1)
})

test_that("the error goes through the rate that is used, by hand", {
  d <- hole_data()
  sd <- 0.2
  m <- hole_model(d, rate = rate_difference(sd = sd))
  codes <- as.data.frame(m$defining)
  se <- function(year) {
    codes$std.error[codes$region == "A" & codes$code == "social" &
                      codes$year == year]
  }
  loads <- code_unsure(get_defining(m), "social")
  rows <- which(m$panel$plain$region == "A" & m$panel$plain$year >= 2010)
  l <- matrix(0, 2, 2)
  mine <- loads$row %in% rows
  l[cbind(match(loads$row[mine], rows),
          match(loads$error[mine], unique(loads$error[mine])))] <-
    loads$load[mine]
  v <- tcrossprod(l)
  expect_equal(sqrt(diag(v)), c(se(2010), se(2011)), tolerance = 1e-12)
  expect_gt(v[1, 2], 0)
  rates <- as.data.frame(m$rates)
  got <- function(year, order) {
    rates$std.error[rates$region == "A" & rates$code == "social" &
                      rates$year == year & rates$order == order]
  }
  # V = D_i - D_(i-1), A = D_i - 2 D_(i-1) + D_(i-2).
  first <- c(-1, 1)
  second <- c(-2, 1)
  expect_equal(got(2011, 1), sqrt(2 * sd^2 + drop(first %*% v %*% first)),
               tolerance = 1e-12)
  expect_equal(got(2011, 2), sqrt(6 * sd^2 + drop(second %*% v %*% second)),
               tolerance = 1e-12)
  expect_equal(got(2009, 2), sqrt(6) * sd, tolerance = 1e-12)
  # Without an error of the rate there is none to add to.
  expect_true(all(is.na(hole_model(d, rate = rate_central())$basic$std.error)))
})

test_that("every rate carries the same errors through its own weights", {
  for (rate in list(rate_spline(), rate_local(), rate_spline(lambda = 1),
                    rate_difference(sd = 0.1), rate_spline(m = 3))) {
    m <- hole_model(rate = rate)
    fit <- freeze_fit(get_fit(m$rates))
    bare <- fit
    for (i in seq_along(bare$codes)) bare$codes[[i]]$unsure <- NULL
    for (i in seq_along(fit$codes)) {
      s <- code_series(fit, i)
      b <- code_series(bare, i)
      with <- estimate_series(s, 1:2)
      without <- estimate_series(b, 1:2)
      expect_equal(with$estimate, without$estimate)
      extra <- with$std.error^2 - without$std.error^2
      u <- s$unsure
      size <- series_sizes(s)
      start <- series_starts(s)
      for (j in seq_along(s$of)) {
        at <- start[j] + seq_len(size[j])
        l <- matrix(0, size[j], max(u$error))
        mine <- u$value %in% at
        l[cbind(u$value[mine] - start[j], u$error[mine])] <- u$load[mine]
        r <- series_operator(b, j, 1:2) %*% l
        expect_equal(as.vector(extra[at, ]), rowSums(r^2), tolerance = 1e-8)
      }
      # What is predicted at the times themselves is what the table says.
      p <- predict_series(s, NULL, 1L, row_time(m$panel))
      expect_equal(p$std.error[, 1], with$std.error[, 1], tolerance = 1e-9)
    }
  }
})

test_that("no hole grows growth", {
  # Two identical trends of which one stops: nothing changes.
  d <- data.frame(region = rep(c("A", "B"), each = 11), year = 2001:2011)
  d$a <- 2 + 0.28 * (d$year - 2001) + ifelse(d$region == "B", 1, 0)
  d$b <- d$a
  s <- code_scheme(c("a", "b"), "social", codes = nid_codes()[3, ])
  whole <- quietly(code_model(d, s))
  cut <- d
  cut$b[cut$year >= 2010] <- NA
  cut$b[cut$year == 2005] <- NA
  got <- quietly(code_model(cut, s, missing = "provisional",
                            reference = code_reference(whole)))
  for (what in c("defining", "industrial", "basic", "path")) {
    expect_equal(got[[what]]$estimate, whole[[what]]$estimate,
                 tolerance = 1e-9)
  }
  # With noise the last rate is too large as often as too small.
  runs <- 120L
  d <- data.frame(region = rep(sprintf("r%03d", seq_len(runs)), each = 11),
                  year = 2001:2011)
  with_stream(2, for (name in c("a", "b")) {
    d[[name]] <- 0.28 * (d$year - 2001) + stats::rnorm(nrow(d), 0, 0.5)
  })
  whole <- quietly(code_model(d, s))
  cut <- d
  cut$b[cut$year >= 2010] <- NA
  got <- quietly(code_model(cut, s, missing = "provisional",
                            reference = code_reference(whole)))
  last <- function(m) {
    r <- as.data.frame(m$rates)
    r$estimate[r$order == 1 & r$year == 2011]
  }
  gap <- last(got) - last(whole)
  expect_lt(abs(mean(gap)), 3 * stats::sd(gap) / sqrt(runs))
})

test_that("predicted cells enter neither the reference nor the order", {
  d <- hole_data()
  p <- quietly(code_panel(d, hole_scheme()))
  for (how in c("zscore", "minmax")) {
    for (of in c("panel", "region")) {
      a <- quietly(defining_codes(p, how, of, missing = "provisional"))
      b <- quietly(defining_codes(p, how, of))
      expect_identical(as.data.frame(code_reference(a)),
                       as.data.frame(code_reference(b)))
    }
  }
  panel <- many_holes()
  a <- quietly(smoothness(defining_codes(panel, missing = "provisional")))
  b <- quietly(smoothness(defining_codes(panel)))
  expect_identical(as.data.frame(a), as.data.frame(b))
  expect_true(all(a$verdict != "not tested"))
  # A rate that chooses its orders does so by what was observed.
  orders <- function(missing) {
    quietly(get_fit(dynamic_codes(defining_codes(panel, missing = missing),
                                  rate_spline(m = "auto"))))$orders
  }
  expect_identical(as.vector(orders("provisional")),
                   as.vector(orders("constant")))
  expect_length(orders("provisional"), 2L)
})

test_that("the share is that of the weights of cells, printed", {
  for (rate in list(rate_spline(), rate_local(), rate_central())) {
    d <- hole_data()
    m <- hole_model(d, rate = rate, influence = influence_half_life(4))
    w <- as.data.frame(cell_weights(m))
    gone <- mapply(\(name, region, year) {
      is.na(d[[name]][d$region == region & d$year == year])
    }, w$indicator, w$region, w$year)
    share <- tapply(abs(w$weight) * gone, w$region, sum) /
      tapply(abs(w$weight), w$region, sum)
    expect_equal(m$basic$predicted, as.vector(share[m$basic$region]),
                 tolerance = 1e-12)
    expect_gt(min(share), 0)
  }
  expect_output(print(m$basic, n = 3), "Predicted cells make .* % of Code NID")
  expect_output(print(m$defining), "predicted 15 cells of 264")
  expect_match(in_words(m), "15 missing cells are predicted", all = FALSE)
  expect_false("predicted" %in% names(quietly(code_model(
    d, hole_scheme()))$basic))
})

test_that("frozen, workbook and contributions agree", {
  d <- hole_data()
  for (rate in list(rate_spline(), rate_local(), rate_difference(sd = 0.1))) {
    m <- hole_model(d, rate = rate)
    parts <- as.data.frame(contributions(m, "indicator"))
    expect_equal(as.vector(tapply(parts$estimate, parts$region, sum)),
                 m$basic$estimate, tolerance = 1e-12)
    e <- d
    e$b[3] <- e$b[3] + 1
    e$d[44] <- 7
    f <- quietly(update(m, data = e, freeze = TRUE))
    # Linear in the cells, the predicted ones as they were; a value that came
    # takes the place of one.
    w <- as.data.frame(cell_weights(m, "transformed"))
    weight <- function(name, region, year) {
      w$weight[w$indicator == name & w$region == region & w$year == year]
    }
    moved <- f$basic$estimate - m$basic$estimate
    cells <- cells_of(m)
    was <- cells$value[cells$indicator == "d" & cells$region == "D"]
    expect_equal(moved, c(weight("b", "A", 2003), 0, 0,
                          weight("d", "D", 2011) * (7 - was), 0, 0),
                 tolerance = 1e-9)
    expect_identical(nrow(cells_of(f)), 14L)
    skip_if_not_installed("openxlsx2")
    for (one in list(m, f)) {
      file <- withr::local_tempfile(fileext = ".xlsx")
      quietly(write_workbook(one, file))
      back <- quietly(read_workbook(file))
      for (what in c("estimate", "std.error", "predicted")) {
        expect_equal(back$basic[[what]], one$basic[[what]], tolerance = 1e-12)
      }
    }
  }
})

test_that("a workbook has the predicted z until x is typed", {
  skip_if_not_installed("openxlsx2")
  m <- hole_model()
  file <- withr::local_tempfile(fileext = ".xlsx")
  quietly(write_workbook(m, file))
  sheet <- openxlsx2::wb_load(file)
  text <- openxlsx2::wb_to_df(sheet, "Data", col_names = FALSE,
                              show_formula = TRUE)
  z <- unlist(text)
  z <- z[grepl("^IF\\(ISNUMBER", z)]
  expect_identical(sum(!grepl("NA\\(\\)\\)$", z)), 15L)
})

test_that("draws scatter as the errors say", {
  d <- hole_data()
  m <- hole_model(d, rate = rate_local())
  draws <- as.data.frame(simulate(m, 4000, seed = 3, order = 1))
  at <- draws$code == "social" & draws$region == "A" & draws$year == 2011
  row <- subset(as.data.frame(m$rates), code == "social" & region == "A" &
                  year == 2011 & order == 1)
  fit <- get_fit(m$rates)
  fit$codes <- lapply(fit$codes, \(one) {
    one$unsure <- NULL
    one
  })
  s <- code_series(fit, 2L)
  r <- estimate_series(s, 1L)
  at_value <- match(11L, series_rows(s))
  # Student's variance of the rate's own part, and the known one.
  own <- r$std.error[at_value, 1]^2
  var <- own * r$df[1] / (r$df[1] - 2) + row$std.error^2 - own
  expect_equal(stats::var(draws$estimate[at]), var, tolerance = 0.1)
})

test_that("what cannot be predicted stays missing or is refused", {
  p <- quietly(code_panel(hole_data(), hole_scheme()))
  for (bad in list(list("zscore", aggregate = "geometric"),
                   list("rank"))) {
    expect_error(quietly(do.call(defining_codes, c(
      list(p, missing = "provisional"), bad))),
      class = "nidcode_error_not_linear")
  }
  # Four values have no error, and so no prediction.
  d <- subset(hole_data(), year <= 2004)
  d$b[d$year == 2004] <- NA
  got <- quietly(defining_codes(code_panel(d, hole_scheme()),
                                missing = "provisional"))
  expect_identical(nrow(get_defining(got)$predicted$cells), 0L)
  expect_identical(sum(got$code == "social"), 18L)
  # Exact lines are predicted exactly.
  line <- data.frame(region = "A", year = 2001:2011, a = 3 * (1:11) + 1,
                     b = c(2 * (1:10), NA), c = 1:11, d = 11:1)
  got <- cells_of(hole_model(line, normalise = "none"))
  expect_equal(got$value, 22, tolerance = 1e-9)
  long <- data.frame(year = 1:1003, a = 1, b = c(sin(1:1002), NA), c = 1,
                     d = 1)
  e <- expect_error(quietly(defining_codes(code_panel(
    long, hole_scheme(), "year"), "none", missing = "provisional")),
    class = "nidcode_error_size")
  expect_identical(e$columns, "b")
})

test_that("tidy reads the intervals of codes at any level", {
  m <- hole_model()
  a <- tidy(m, "defining", conf.level = 0.8)
  at <- which(a$predicted > 0)[1]
  expect_equal(a$conf.high[at] - a$estimate[at],
               stats::qt(0.9, a$df[at]) * a$std.error[at], tolerance = 1e-9)
})

study_path <- function(name) {
  system.file("studies", "provisional", name, package = "nidcode")
}

test_that("the kept study covers 90 to 98 % for every last year", {
  kept <- utils::read.csv(study_path("result.csv"))
  expect_setequal(paste(kept$last, kept$indicator),
                  outer(2013:2021, russia_scheme$indicator, paste))
  expect_identical(nrow(kept), 54L)
  covered <- tapply(kept$covered, kept$last, sum) /
    tapply(kept$n, kept$last, sum)
  expect_true(all(covered >= 0.90 & covered <= 0.98))
  expect_gt(sum(kept$n), 3900)
  all <- sum(kept$covered) / sum(kept$n)
  expect_true(all >= 0.93 && all <= 0.96)
})

test_that("a row of the study comes out again", {
  study <- new.env()
  sys.source(study_path("hide.R"), study)
  kept <- utils::read.csv(study_path("result.csv"))
  for (k in c(15L, 54L)) {
    again <- study$hide_last(kept$last[k], kept$indicator[k])
    expect_equal(again, kept[k, ], tolerance = 1e-6, ignore_attr = TRUE)
  }
})

test_that("differences of regions have the errors of both", {
  d <- hole_data()
  rate <- rate_difference(sd = 0.2)
  m <- hole_model(d, rate = rate, influence = influence_half_life(3))
  got <- as.data.frame(quietly(region_contrasts(m)))
  of <- function(name) m$basic$std.error[match(name, m$basic$region)]
  # Known errors of two regions are independent, so that variances add.
  expect_equal(got$std.error, sqrt(of(got$region)^2 + of(got$against)^2),
               tolerance = 1e-9)
  expect_identical(unique(got$errors), "difference")
  # The mean of the others, each with its own errors. Region C has a hole of
  # other years than A, but predicted it is no hole.
  mean <- as.data.frame(quietly(region_contrasts(m, "mean")))
  rest <- vapply(mean$region, \(name) {
    sqrt(sum(m$basic$std.error[m$basic$region != name]^2)) / 5
  }, 1)
  expect_equal(mean$std.error, unname(sqrt(of(mean$region)^2 + rest^2)),
               tolerance = 1e-9)
})
