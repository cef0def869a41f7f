# Formula (2) on a million regions of twelve years: one code, differences,
# half-life. The influence changes in every round, so that nothing computed in
# the last one can be used again.

n_regions <- 1e6L
n_times <- 12L
years <- 2004L + seq_len(n_times)

make_matrix <- function() {
  # A column a region: colSums() then reads the same memory in the same order.
  matrix(cumsum(stats::rnorm(n_regions * n_times)) / 100, n_times, n_regions)
}

half_life <- function(round) 2 + round / 10

scheme_of <- function() {
  code_scheme("x", "production", codes = nid_codes()[1L, ])
}

# The kernel as the verb calls it: one grid, one sum of second rates a series.
kernel_call <- function(x, grid, half_life) {
  grids <- list(offset = c(0L, n_times), time = as.double(years),
                step = integer())
  rate <- list(kind = "difference")
  weight <- c(0, 0, 2^(-(max(years) - years[-(1:2)]) / half_life))
  nidcode:::linear_rates_cpp(
    values = x, grid = grid, grids = grids, rate = rate, orders = integer(),
    sums = nidcode:::linear_sums_cpp(grids, rate, weight, k = 1L, order = 2L),
    known_sd = numeric(), threads = getOption("nidcode.threads", 1L)
  )$sum.estimate
}

bench_kernel <- function() {
  x <- make_matrix()
  grid <- rep(1L, n_regions)
  second <- 0
  for (i in 3:n_times) {
    second <- second + 2^(-(n_times - i) / 3) *
      (x[i, ] - 2 * x[i - 1L, ] + x[i - 2L, ])
  }
  stopifnot(all.equal(kernel_call(x, grid, 3), second))
  compare(
    "formula (2) kernel, 1e6 x 12", "colSums()",
    ours = function(round) kernel_call(x, grid, half_life(round)),
    peer = function(round) colSums(x),
    bar = 3, times = 9L, calls = 5L
  )
}

# The same result the usual way, second differences of each region, weighted
# and summed, by the fastest calls of collapse: a weight a year looked up, sums
# by fsum(w =). With its grouping made, as our panel is, and the rows known to
# be in order, as our panel knows, it needs no `t`; from the data frame, whose
# rows may be in any order, it groups and orders by `t`, as we do. The matrix is
# told only: a column a region is there for panels without a gap alone.
collapse_calls <- function(data, x) {
  weights <- function(round, year) {
    (2^(-(max(years) - years) / half_life(round)))[year - years[1L] + 1L]
  }
  sum_of <- function(second, round, g) {
    collapse::fsum(second, g, w = weights(round, data$year),
                   use.g.names = FALSE)
  }
  made <- collapse::GRP(data$region, return.groups = FALSE)
  list(
    grouped = function(round) {
      sum_of(collapse::fdiff(data$x, diff = 2L, g = made), round, made)
    },
    raw = function(round) {
      g <- collapse::GRP(data$region, sort = FALSE, return.groups = FALSE)
      sum_of(collapse::fdiff(data$x, diff = 2L, g = g, t = data$year), round,
             g)
    },
    matrix = function(round) {
      collapse::fsum(collapse::fdiff(x, diff = 2L), w = weights(round, years),
                     use.g.names = FALSE)
    }
  )
}

bench_verb <- function() {
  x <- make_matrix()
  data <- data.frame(region = rep(seq_len(n_regions), each = n_times),
                     year = rep(years, n_regions), x = as.vector(x))
  code_of <- function(given, round) {
    suppressMessages(
      basic_code(given, influence_half_life(half_life(round)),
                 rate = rate_difference())
    )
  }
  defining <- suppressMessages(
    defining_codes(code_panel(data, scheme_of()), normalise = "none")
  )
  verb <- function(round) code_of(defining, round)
  # With z-scores, which the peer does without.
  both <- function(round) code_of(code_panel(data, scheme_of()), round)
  peer <- collapse_calls(data, x)
  for (one in peer) stopifnot(all.equal(verb(1L)$estimate, unname(one(1L))))
  memory <- peak_memory(function() verb(3L))
  input <- as.numeric(utils::object.size(data)) / 1024^2
  rbind(
    compare("basic_code() from codes", "colSums()", verb,
            function(round) colSums(x), bar = 15),
    compare("basic_code() from codes", "collapse fdiff, fsum of GRP", verb,
            peer$grouped, bar = 1 / 3),
    compare("basic_code() from codes", "collapse fdiff, fsum of matrix", verb,
            peer$matrix, bar = NA),
    compare("code_panel(), basic_code()", "collapse GRP, fdiff, fsum", both,
            peer$raw, bar = 1 / 3),
    row_of("basic_code(), extra memory", "the data frame", memory, input,
           bar = 1.2, unit = "MB")
  )
}
