# Can any reading of the two evidences tell once-integrated walks of 8 and 12
# times from S-shaped curves? Each region's evidence, of its deviation from the
# mean curve and of the curve itself, is put together in five ways, and each is
# given the threshold that suits it best: the least that calls at most 1 of 100
# panels of 85 S-shaped curves order 2. One row a cell and reading goes to
# trade.csv beside this script: `walk`, the share of 100 panels of walks that the
# same threshold calls order 2. Reading "rule" is smoothness() itself, with
# `logistic`, the share of S-shaped panels that it calls so.
#
#   Rscript trade.R [folder]

arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./trade.R")[1])
folder <- c(arguments, here)[1]
source(file.path(here, "truths.R"))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")

# The kernel of an (m - 1)-fold integrated walk on what is free of parabolas.
free_kernel <- function(n, m) {
  s <- seq(0, 1, length.out = n)
  free <- qr.Q(qr(cbind(1, s, s^2)), complete = TRUE)[, -(1:3)]
  low <- outer(s, s, pmin)
  far <- abs(outer(s, s, `-`))
  kernel <- if (m == 2) low^3 / 3 + low^2 * far / 2 else
    low^5 / 20 + low^4 * far / 8 + low^3 * far^2 / 12
  own <- eigen(t(free) %*% kernel %*% free, symmetric = TRUE)
  e <- own$values
  lambda <- exp(seq(log(1e-4 / sum(e)), log(sum(1 / e) / 1e-3),
                    length.out = 41))
  share <- outer(lambda, e, function(l, e) l * e / (1 + l * e))
  u <- rowMeans(share)
  b <- log(lambda[2] / lambda[1]) * rowMeans(share * (1 - share)) /
    (2 * sqrt(u))
  b[1] <- b[1] / 2 + sqrt(u[1])
  b[41] <- b[41] / 2 + 1 - sqrt(u[41])
  list(to = free %*% own$vectors, v = 1 - share, prior = b / sum(b))
}
kernels <- lapply(c("8" = 8, "12" = 12), function(n) {
  list(NULL, free_kernel(n, 2), free_kernel(n, 3))
})

# log sum_g pi_g L_ig of each region i.
of_regions <- function(y, m) {
  k <- kernels[[as.character(nrow(y))]][[m]]
  z <- (t(k$to) %*% y)^2
  z <- z / rep(colSums(z), each = nrow(z))
  like <- rowSums(log(k$v)) / 2 - nrow(z) / 2 * log(k$v %*% z)
  top <- apply(like, 2, max)
  like <- exp(like - rep(top, each = 41))
  pi <- k$prior
  last <- -Inf
  repeat {
    each <- colSums(pi * like)
    if (sum(log(each)) - last < 1e-6 * ncol(y)) return(log(each) + top)
    last <- sum(log(each))
    pi <- (pi * drop(like %*% (1 / each)) + 2 * k$prior) / (ncol(y) + 2)
  }
}

readings <- function(y) {
  of <- function(y) of_regions(y, 2) - of_regions(y, 3)
  read <- function(d) {
    c(sum = sum(d), "sum over its error" = sum(d) / stats::sd(d),
      "without the loudest tenth" = sum(utils::head(sort(d), -9)),
      median = stats::median(d))
  }
  own <- read(of(y))
  own <- c(deviations = read(of(y - rowMeans(y))), curves = own)
  both <- min(own[c("deviations.sum", "curves.sum")])
  c(own, "smaller sum" = both, rule = as.numeric(both > max(3, 0.1 * ncol(y))))
}

run_cell <- function(n, noise, panels = 100L) {
  draw <- function(truth) {
    replicate(panels, readings(draw_panel(truths[[truth]], n, 85L, noise)$y))
  }
  smooth <- draw("logistic")
  walk <- draw("walk_1")
  ways <- setdiff(rownames(walk), "rule")
  told <- vapply(ways, function(way) {
    mean(walk[way, ] > sort(smooth[way, ], decreasing = TRUE)[2])
  }, 1)
  data.frame(n, noise, reading = c(ways, "rule"),
             logistic = c(rep(0.01, length(ways)), mean(smooth["rule", ])),
             walk = c(told, mean(walk["rule", ])), row.names = NULL)
}

set.seed(91)
trade <- do.call(rbind, lapply(c(8, 12), function(n) {
  do.call(rbind, lapply(c(0.005, 0.01, 0.02, 0.05), function(noise) {
    run_cell(n, noise)
  }))
}))
utils::write.csv(trade, file.path(folder, "trade.csv"), row.names = FALSE)
