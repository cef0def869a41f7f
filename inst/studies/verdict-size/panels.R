# Panels of independent regions, of blocs, of neighbours, of a factor in
# common: how often verdict() calls two unconnected variables dependent, and
# how often it finds a slope. Called by run.R, which sets the seed.

normal <- function(...) array(rnorm(prod(...)), c(...))

# One variable of `runs` panels. The truths and their sizes were fixed before
# the rule was first run on them.
panel_designs <- list(
  noise = \(n, regions, runs) normal(c(n, regions, runs)),
  walk = \(n, regions, runs) walk(normal(c(n, regions, runs))),
  # Each region with a trend of its own.
  "ar8 with trends" = \(n, regions, runs) {
    walk(normal(c(n, regions, runs)), 0.8) +
      array(outer(seq_len(n), rnorm(regions * runs)), c(n, regions, runs))
  },
  # Four blocs, each a walk; half as much is a region's own.
  blocs = \(n, regions, runs) {
    bloc <- walk(normal(c(n, 4L, runs)))
    bloc[, rep(1:4, length.out = regions), , drop = FALSE] +
      0.5 * walk(normal(c(n, regions, runs)))
  },
  # Regions in a ring: a shock reaches the two neighbours on either side.
  neighbours = \(n, regions, runs) {
    shocks <- normal(c(n, regions, runs))
    near <- lapply(-2:2, \(k) {
      shocks[, (seq_len(regions) - 1L + k) %% regions + 1L, , drop = FALSE]
    })
    walk(Reduce(`+`, near))
  },
  # One factor; loadings 0 to 2, the same for both variables.
  factor = \(n, regions, runs) {
    loaded(walk(normal(c(n, 1L, runs))), regions) +
      0.5 * walk(normal(c(n, regions, runs)))
  },
  "factor of noise" = \(n, regions, runs) {
    loaded(normal(c(n, 1L, runs)), regions) +
      0.5 * normal(c(n, regions, runs))
  }
)

loaded <- function(factor, regions) {
  d <- dim(factor)
  factor[, rep(1L, regions), , drop = FALSE] *
    array(rep(rep(seq(0, 2, length.out = regions), each = d[1L]), d[3L]),
          c(d[1L], regions, d[3L]))
}

# Changes, less the mean of each region and of each time.
changes <- function(level) {
  n <- dim(level)[1L]
  x <- level[-1L, , , drop = FALSE] - level[-n, , , drop = FALSE]
  x <- x - rep(colMeans(x), each = n - 1L)
  turned <- aperm(x, c(2L, 1L, 3L))
  aperm(turned - rep(colMeans(turned), each = dim(x)[2L]), c(2L, 1L, 3L))
}

# p of all balanced panels at once: verdict()'s, and that of errors clustered by
# region alone, t(R - 1), R/(R - 1).
panel_p <- function(y, x) {
  y <- changes(y)
  x <- changes(x)
  square <- colSums(x^2, dims = 2L)
  b <- colSums(x * y, dims = 2L) / square
  score <- x * (y - x * rep(b, each = prod(dim(x)[1:2])))
  way <- function(turn) {
    share <- colSums(aperm(x^2, turn)) / rep(square, each = dim(x)[turn[2L]])
    sums <- colSums(aperm(score, turn))
    g <- nrow(share)
    each <- sums / (1 - share)
    near <- 2 * colSums(each[-1L, , drop = FALSE] * each[-g, , drop = FALSE])
    list(variance = (g - 1) / g * colSums(each^2),
         more = pmax(1, 1 + near / colSums(each^2)),
         number = 1 / colSums(share^2),
         plain = g / (g - 1) * colSums(sums^2), groups = g)
  }
  region <- way(1:3)
  time <- way(c(2L, 1L, 3L))
  by_time <- time$variance * time$more
  v <- pmax(region$variance, by_time,
            region$variance + by_time - colSums(score^2, dims = 2L))
  p_of <- \(v, df) 2 * stats::pt(-abs(b) * square / sqrt(v), df)
  cbind(verdict = p_of(v, pmin(region$number, time$number / time$more) - 1),
        clustered = p_of(region$plain, region$groups - 1))
}

# The package itself on the first panel, against the arrays above.
check_panel <- function(y, x, p) {
  d <- data.frame(region = as.vector(col(y[, , 1L])),
                  year = as.vector(row(y[, , 1L])), y = as.vector(y[, , 1L]),
                  x = as.vector(x[, , 1L]))
  v <- nidcode::verdict(nidcode::code_dependence(d, y ~ x, scale = "levels"))
  stopifnot(all.equal(v$p.rates, p[[1L, "verdict"]], tolerance = 1e-8))
}

panel_cell <- function(design, n, regions, slope, runs) {
  draw <- panel_designs[[design]]
  # By 250, for the memory.
  shares <- vapply(seq_len(ceiling(runs / 250)), \(k) {
    x <- draw(n, regions, 250L)
    y <- slope * x + draw(n, regions, 250L)
    p <- panel_p(y, x)
    if (k == 1L) check_panel(y, x, p)
    colMeans(p < 0.05)
  }, numeric(2L))
  rowMeans(shares)
}

panel_study <- function(runs) {
  cells <- rbind(
    expand.grid(design = names(panel_designs), n = c(8, 12, 20),
                regions = c(8, 20, 80), slope = 0, stringsAsFactors = FALSE),
    expand.grid(design = names(panel_designs), n = c(8, 12, 20), regions = 80,
                slope = 0.2, stringsAsFactors = FALSE)
  )
  shares <- t(vapply(seq_len(nrow(cells)), \(i) {
    panel_cell(cells$design[i], cells$n[i], cells$regions[i], cells$slope[i],
               runs)
  }, numeric(2L)))
  cbind(cells, runs = 250 * ceiling(runs / 250), round(shares, 4))
}
