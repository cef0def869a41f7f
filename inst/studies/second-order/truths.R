# The truths of the study of second-order rates on [0, 1], all chosen before any
# result was seen. Each is a function of the times that returns level and first
# and second derivative of one region, or of many (a column each). kind:
# "smooth", of which the speed at the last step is within 1.5 times that of the
# step before; "fast", which starts or ends fast; "rough", which has no second
# derivative everywhere, or whose errors go together (`ar`).

exact <- function(kind, f, f1, f2, ar = 0) {
  list(kind = kind, ar = ar, draw = function(s, runs) {
    lapply(list(level = f(s), first = f1(s), second = f2(s)),
           function(x) matrix(x, length(s), runs))
  })
}

# A parameter for each run, uniform on a range.
drawn <- function(kind, range, f, f1, f2) {
  list(kind = kind, ar = 0, draw = function(s, runs) {
    a <- rep(stats::runif(runs, range[1], range[2]), each = length(s))
    lapply(list(level = f, first = f1, second = f2), function(g) {
      matrix(g(rep(s, runs), a), length(s))
    })
  })
}

# The k-fold integrated Wiener process, by sums over a fine grid.
walk <- function(kind, k, fine = 60L) {
  list(kind = kind, ar = 0, draw = function(s, runs) {
    m <- fine * (length(s) - 1L)
    w <- rbind(0, apply(matrix(stats::rnorm(m * runs), m), 2, cumsum)) /
      sqrt(m)
    path <- list(w)
    for (j in seq_len(k)) {
      last <- path[[1L]]
      mid <- (last[-1, ] + last[-(m + 1), ]) / 2 / m
      path <- c(list(rbind(0, apply(mid, 2, cumsum))), path)
    }
    at <- seq(1L, m + 1L, by = fine)
    list(level = path[[1L]][at, ], first = path[[2L]][at, ],
         second = if (k > 1) path[[3L]][at, ] else NA * path[[1L]][at, ])
  })
}

mirrored <- function(truth) {
  list(kind = truth$kind, ar = truth$ar, draw = function(s, runs) {
    x <- truth$draw(1 - rev(s), runs)
    back <- function(m) m[rev(seq_len(nrow(m))), , drop = FALSE]
    list(level = back(x$level), first = -back(x$first),
         second = back(x$second))
  })
}

fast_start <- function(a) {
  exact("fast", \(s) log(a + s), \(s) 1 / (a + s), \(s) -1 / (a + s)^2)
}
inverse_start <- function(a) {
  exact("fast", \(s) -1 / (a + s), \(s) 1 / (a + s)^2, \(s) -2 / (a + s)^3)
}

truths <- list(
  easing = drawn("smooth", c(0.5, 2), \(s, a) 1 - exp(-a * s),
                 \(s, a) a * exp(-a * s), \(s, a) -a^2 * exp(-a * s)),
  growth = drawn("smooth", c(0.5, 2), \(s, a) exp(a * s),
                 \(s, a) a * exp(a * s), \(s, a) a^2 * exp(a * s)),
  catching_up = drawn("smooth", c(0.3, 0.7), \(s, a) stats::plogis(5 * (s - a)),
                      \(s, a) 5 * stats::dlogis(5 * (s - a)),
                      \(s, a) {
                        p <- stats::plogis(5 * (s - a))
                        25 * p * (1 - p) * (1 - 2 * p)
                      }),
  half_wave = drawn("smooth", c(2, 3), \(s, a) sin(a * s),
                    \(s, a) a * cos(a * s), \(s, a) -a^2 * sin(a * s)),
  bending_line = drawn("smooth", c(0, 2 * pi),
                       \(s, a) s + 0.1 * sin(4 * s + a),
                       \(s, a) 1 + 0.4 * cos(4 * s + a),
                       \(s, a) -1.6 * sin(4 * s + a)),
  twice_integrated = walk("smooth", 2L),
  log_start = fast_start(0.07),
  inverse_start = inverse_start(0.3),
  log_end = mirrored(fast_start(0.07)),
  inverse_end = mirrored(inverse_start(0.3)),
  once_integrated = walk("rough", 1L),
  kink = drawn("rough", c(0.3, 0.7), \(s, a) abs(s - a), \(s, a) sign(s - a),
               \(s, a) NA * s),
  step = drawn("rough", c(0.3, 0.7), \(s, a) s + 0.5 * (s > a),
               \(s, a) 1 + 0 * s, \(s, a) 0 * s),
  line_ar = exact("rough", \(s) s, \(s) 1 + 0 * s, \(s) 0 * s, ar = 0.6)
)
