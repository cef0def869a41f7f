# Code NID with second-order rates over a step and at a point: 14 truths x noise
# 1 and 5 % of the range, 12 times, 1,500 series a cell. One row a cell, rate,
# influence and ends goes to result.csv beside this script.
#
#   Rscript run.R [folder] [series]
#
# rate: "point 3", "step 3", "step 2": `second` and `m` of rate_spline().
# influence: "half" of half-life 3, "equal"; ends "interior" leaves out the terms
# of the first and the last step (of the first and the last time). cover: share
# of 95 % intervals that hold the truth, which is that of the rate: derivatives
# at a point, changes of the true V over steps. width: their mean, in units of
# the range of the truth. V: share of 95 % intervals of V that hold it.

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./run.R")[1])
folder <- c(arguments, here)[1]
series <- as.integer(c(arguments, NA, NA)[2])
if (is.na(series)) series <- 1500L
source(file.path(here, "truths.R"))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")

n <- 12L
year <- seq_len(n)

# Weights of the terms at each time, 0 where there is none.
terms_of <- function(rate, influence, ends) {
  tau <- if (influence == "half") 2^(-(n - year) / 3) else rep(1, n)
  first <- if (rate == "point 3") 1L else 2L
  gone <- c(seq_len(first - 1L), if (ends == "interior") c(first, n))
  replace(tau, gone, 0)
}

# Weights of V that make those of its changes over steps of a year.
on_speed <- function(w) w - c(w[-1], 0)

noise_of <- function(size, ar) {
  e <- matrix(stats::rnorm(n * series), n)
  for (t in year[-1]) e[t, ] <- ar * e[t - 1, ] + sqrt(1 - ar^2) * e[t, ]
  e * rep(size, each = n)
}

judge <- function(truth, y, range, rate, terms) {
  point <- rate == "point 3"
  m <- if (rate == "step 2") 2 else 3
  pool <- nidcode:::new_pool(n, year)
  rows <- nidcode:::plain_series(
    as.vector(y), pool, rep(1L, series),
    rate_spline(m = m, second = if (point) "point" else "step"))
  weight <- if (point) terms else apply(terms, 2, on_speed)
  r <- nidcode:::estimate_series(rows, 1L, list(
    pool = pool, of = rep(1L, series),
    sums = list(weight = as.vector(weight), k = ncol(terms),
                order = if (point) 2L else 1L)))
  # Truths are on [0, 1], rates per year.
  first <- truth$first / (n - 1)
  true <- if (point) {
    crossprod(weight, truth$second / (n - 1)^2)
  } else {
    crossprod(weight, first)
  }
  t <- stats::qt(0.975, n - m)
  half <- matrix(t * r$sum.std.error, ncol(terms))
  miss <- abs(matrix(r$sum.estimate, ncol(terms)) - true)
  speed <- abs(r$estimate[, 1] - as.vector(first)) <= t * r$std.error[, 1]
  list(cover = rowMeans(miss <= half),
       width = rowMeans(2 * half / rep(range, each = ncol(terms))),
       V = mean(speed))
}

asked <- data.frame(influence = c("half", "equal", "half", "equal"),
                    ends = rep(c("all", "interior"), each = 2))
cells <- expand.grid(noise = c(0.01, 0.05), truth = names(truths),
                     stringsAsFactors = FALSE)
result <- do.call(rbind, lapply(seq_len(nrow(cells)), function(i) {
  set.seed(7000L + i)
  own <- truths[[cells$truth[i]]]
  truth <- own$draw((year - 1) / (n - 1), series)
  range <- apply(truth$level, 2, function(x) diff(range(x)))
  y <- truth$level + noise_of(cells$noise[i] * range, own$ar)
  do.call(rbind, lapply(c("point 3", "step 3", "step 2"), function(rate) {
    terms <- mapply(terms_of, rate, asked$influence, asked$ends)
    found <- judge(truth, y, range, rate, terms)
    data.frame(kind = own$kind, truth = cells$truth[i], noise = cells$noise[i],
               rate = rate, asked, cover = round(found$cover, 4),
               width = signif(found$width, 4), V = round(found$V, 4),
               row.names = NULL)
  }))
}))
utils::write.csv(result, file.path(folder, "result.csv"), row.names = FALSE)
