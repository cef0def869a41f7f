# Pairs of one region: the designs that made the critical values, and truths
# they were not made for. Called by run.R, which sets the seed.

# A slope of .5 that changes by 1.5 sd of a shock, up or down, in the middle
# half of the time; each series at a time of its own.
kinked <- function(d) {
  at <- runif(prod(d[-1L]), 0.25, 0.75) * d[1L]
  turn <- sample(c(-1.5, 1.5), prod(d[-1L]), TRUE)
  t <- seq_len(d[1L])
  array(0.5 * t + rep(turn, each = d[1L]) * pmax(0, outer(t, at, `-`)), d)
}

# Growth a year with shocks of 5 %.
growing <- function(e, rate) exp(log1p(rate) * seq_len(dim(e)[1L]) + 0.05 * e)

# Seasons as large as three shocks, the same in both series.
seasons <- function(e, s) 3 * sin(2 * pi * seq_len(dim(e)[1L]) / s)

# From shocks (n x 2 x runs) to two series. Sizes of truths were fixed before
# the rule was first run on them; "from 20" came later, to tell a drift from
# being near 0.
pair_designs <- list(
  noise = \(e) e,
  ar5 = \(e) walk(e, 0.5),
  ar8 = \(e) walk(e, 0.8),
  walk = \(e) walk(e),
  "walk with drift" = \(e) walk(e) + 0.7 * seq_len(nrow(e)),
  "noise with trend" = \(e) e + 0.7 * seq_len(nrow(e)),
  "ar8 with trend" = \(e) walk(e, 0.8) + 0.7 * seq_len(nrow(e)),
  "walk with drift from 20" = \(e) 20 + walk(e) + 0.7 * seq_len(nrow(e)),
  "kink of noise" = \(e) e + kinked(dim(e)),
  "kink of walk" = \(e) walk(e) + kinked(dim(e)),
  "growth 10 %, noise" = \(e) growing(e, 0.1),
  "growth 20 %, noise" = \(e) growing(e, 0.2),
  "growth 10 %, walk" = \(e) growing(walk(e), 0.1),
  "growth 20 %, walk" = \(e) growing(walk(e), 0.2),
  "decay 20 %, noise" = \(e) growing(e, -0.2),
  "decay 20 %, walk" = \(e) growing(walk(e), -0.2),
  "twice integrated" = \(e) walk(walk(e))
)

seasonal_designs <- list(
  "season of noise" = \(e, s) e + seasons(e, s),
  "season of walk" = \(e, s) walk(e) + seasons(e, s),
  # Each season walks alone: a step of a year after the other.
  "walking season" = \(e, s) {
    for (i in seq_len(dim(e)[1L])[-seq_len(s)]) {
      e[i, , ] <- e[i - s, , ] + e[i, , ]
    }
    e + seasons(e, s)
  }
)

pair_draw <- function(n, runs, rho) {
  e <- array(rnorm(n * 2L * runs), c(n, 2L, runs))
  e[, 2L, ] <- rho * e[, 1L, ] + sqrt(1 - rho^2) * e[, 2L, ]
  e
}

# Changes of columns, a line taken out.
bends <- function(x) {
  x <- diff(x)
  line <- stats::poly(seq_len(nrow(x)), 1, simple = TRUE)
  x <- x - rep(colMeans(x), each = nrow(x))
  x - line %*% crossprod(line, x)
}

column_cor <- function(x, y) {
  colSums(x * y) / sqrt(colSums(x^2) * colSums(y^2))
}

moves_far <- function(x) {
  n <- nrow(x)
  ratio <- colMeans(x[n - 2:0, ]) / colMeans(x[1:3, ])
  apply(x > 0, 2L, all) & (ratio >= 1.25 | ratio <= 0.8)
}

# `verdict` is verdict()'s rule, `line` the same without logs.
pair_rules <- function(y, x) {
  n <- nrow(y)
  r <- column_cor(bends(y), bends(x))
  line <- abs(r) > nidcode:::verdict_quantile(0.05, n)
  far <- list(moves_far(y), moves_far(x))
  y[, far[[1L]]] <- log(y[, far[[1L]]])
  x[, far[[2L]]] <- log(x[, far[[2L]]])
  logs <- column_cor(bends(y), bends(x))
  agree <- sign(logs) == sign(r) &
    abs(logs) > nidcode:::verdict_quantile(0.1, n)
  cbind(verdict = line & (agree | !(far[[1L]] | far[[2L]])), line = line)
}

# A slope in levels at 5 %: OLS, HC3, Newey and West with
# floor(4 (n / 100)^(2/9)) lags and n / (n - 2).
level_rules <- function(y, x) {
  n <- nrow(y)
  x <- x - rep(colMeans(x), each = n)
  y <- y - rep(colMeans(y), each = n)
  square <- colSums(x^2)
  b <- colSums(x * y) / square
  e <- y - x * rep(b, each = n)
  score <- x * e
  left <- 1 - 1 / n - x^2 / rep(square, each = n)
  nw <- colSums(score^2)
  lags <- floor(4 * (n / 100)^(2 / 9))
  for (l in seq_len(lags)) {
    nw <- nw + 2 * (1 - l / (lags + 1)) *
      colSums(score[-seq_len(l), ] * score[seq_len(n - l), ])
  }
  beyond <- \(v) abs(b) * square / sqrt(v) > stats::qt(0.975, n - 2)
  cbind(levels.iid = beyond(colSums(e^2) / (n - 2) * square),
        levels.hc3 = beyond(colSums((score / left)^2)),
        levels.nw = beyond(nw * n / (n - 2)))
}

# The package itself on the first pairs.
check_pairs <- function(y, x, found, step) {
  for (k in 1:3) {
    d <- data.frame(year = 2001 + (seq_len(nrow(y)) - 1) * step, y = y[, k],
                    x = x[, k])
    v <- nidcode::verdict(nidcode::code_dependence(d, y ~ x, index = "year",
                                                   scale = "levels"))
    stopifnot(identical(v$verdict == "dependent", found[[k]]))
  }
}

pair_cell <- function(design, n, rho, runs) {
  s <- pair_designs[[design]](pair_draw(n, runs, rho))
  found <- pair_rules(s[, 1L, ], s[, 2L, ])
  check_pairs(s[, 1L, ], s[, 2L, ], found[, "verdict"], 1)
  c(colMeans(found), colMeans(level_rules(s[, 1L, ], s[, 2L, ])))
}

# Differences a year apart, two thirds of them counted: without the test that
# finds a season of this size nearly always.
seasonal_cell <- function(design, n, rho, runs, s) {
  level <- seasonal_designs[[design]](pair_draw(n, runs, rho), s)
  apart <- level[-seq_len(s), , ] - level[seq_len(n - s), , ]
  r <- column_cor(bends(apart[, 1L, ]), bends(apart[, 2L, ]))
  found <- abs(r) > nidcode:::verdict_quantile(0.05, floor((n - s) / 1.5))
  plain <- abs(column_cor(bends(level[, 1L, ]), bends(level[, 2L, ])))
  # Far from 0, so that no logs are asked.
  check_pairs(1e4 + level[, 1L, ], 1e4 + level[, 2L, ], found, 1 / s)
  c(mean(found), mean(plain > nidcode:::verdict_quantile(0.05, n)),
    colMeans(level_rules(level[, 1L, ], level[, 2L, ])))
}

pair_study <- function(runs) {
  cells <- expand.grid(kind = "pair", design = names(pair_designs),
                       n = c(9, 12, 20), rho = c(0, 0.7), seasons = 1,
                       stringsAsFactors = FALSE)
  lengths <- data.frame(n = c(20, 40, 36, 84), seasons = c(4, 4, 12, 12))
  cells <- rbind(cells, merge(
    expand.grid(kind = "seasons", design = names(seasonal_designs),
                rho = c(0, 0.7), stringsAsFactors = FALSE), lengths
  )[names(cells)])
  shares <- t(vapply(seq_len(nrow(cells)), \(i) {
    one <- cells[i, ]
    if (one$kind == "pair") {
      return(pair_cell(one$design, one$n, one$rho, runs))
    }
    seasonal_cell(one$design, one$n, one$rho, runs, one$seasons)
  }, numeric(5L)))
  colnames(shares) <- c("verdict", "line", "levels.iid", "levels.hc3",
                        "levels.nw")
  cbind(cells, runs = runs, round(shares, 4))
}
