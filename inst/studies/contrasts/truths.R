# The truths of the study of contrasts on [0, 1]: random curves of one kind, with
# their first and second derivatives, all of a matrix of times (a curve a
# column). What regions share and what is their own are of one kind and size.

# A sum of curves f(s, a, b), each times a random number: list of value, first
# and second derivative.
mixture <- function(s, count, shape) {
  out <- list(level = 0 * s, first = 0 * s, second = 0 * s)
  for (k in seq_len(count)) {
    one <- shape(s, k)
    size <- rep(stats::rnorm(ncol(s)), each = nrow(s))
    for (what in names(out)) out[[what]] <- out[[what]] + size * one[[what]]
  }
  out
}

per_curve <- function(s, x) rep(x, each = nrow(s))

kinds <- list(
  # Waves of half a period to one and a half, the shorter the lower.
  waves = function(s) mixture(s, 3L, \(s, k) {
    w <- pi * k
    x <- w * s + per_curve(s, stats::runif(ncol(s), 0, 2 * pi))
    list(level = sin(x) / k, first = w * cos(x) / k,
         second = -w^2 * sin(x) / k)
  }),
  # Rises of different date and pace on a slope; the quickest takes .4 of the
  # span from a tenth to nine tenths.
  rises = function(s) {
    rise <- mixture(s, 2L, \(s, k) {
      b <- per_curve(s, stats::runif(ncol(s), 4, 11))
      p <- stats::plogis(b * (s - per_curve(s, stats::runif(ncol(s)))))
      list(level = p, first = b * p * (1 - p),
           second = b^2 * p * (1 - p) * (1 - 2 * p))
    })
    slope <- per_curve(s, stats::rnorm(ncol(s), 0.5, 0.5))
    rise$level <- rise$level + slope * s
    rise$first <- rise$first + slope
    rise
  },
  # Bumps, of a width of a quarter of the span to a half.
  bumps = function(s) mixture(s, 2L, \(s, k) {
    w <- per_curve(s, stats::runif(ncol(s), 0.25, 0.5))
    x <- (s - per_curve(s, stats::runif(ncol(s)))) / w
    f <- exp(-x^2 / 2)
    list(level = f, first = -x * f / w, second = (x^2 - 1) * f / w^2)
  }),
  # Polynomials of degree 4 with random coefficients, the higher the smaller.
  quartics = function(s) mixture(s, 4L, \(s, k) {
    x <- 2 * s - 1
    list(level = x^k / k, first = 2 * x^(k - 1),
         second = if (k > 1) 4 * (k - 1) * x^(k - 2) else 0 * x)
  })
)

# y_r = load_r g + own d_r, g one curve for all columns.
panel_truth <- function(kind, s, load, own) {
  g <- kinds[[kind]](s[, 1L, drop = FALSE])
  d <- kinds[[kind]](s)
  Map(\(g, d) outer(as.vector(g), load) + own * d, g, d)
}
