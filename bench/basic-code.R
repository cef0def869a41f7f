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
    variance = numeric(), threads = getOption("nidcode.threads", 1L)
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

bench_verb <- function() {
  x <- make_matrix()
  data <- data.frame(region = rep(seq_len(n_regions), each = n_times),
                     year = rep(years, n_regions), x = as.vector(x))
  panel <- code_panel(data, scheme_of())
  defining <- suppressMessages(defining_codes(panel, normalise = "none"))
  verb <- function(round) {
    suppressMessages(
      basic_code(defining, influence_half_life(half_life(round)),
                 rate = rate_difference())
    )
  }
  both <- function(round) {
    panel <- code_panel(data, scheme_of())
    suppressMessages(
      basic_code(panel, influence_half_life(half_life(round)),
                 rate = rate_difference())
    )
  }
  # The same result the usual way: second differences of each region, weighted
  # and summed.
  peer <- function(round) {
    weight <- 2^(-(max(years) - data$year) / half_life(round))
    second <- collapse::fdiff(data$x, diff = 2L, g = data$region,
                              t = data$year)
    collapse::fsum(second * weight, g = data$region)
  }
  stopifnot(all.equal(verb(1L)$estimate, unname(peer(1L))))
  memory <- peak_memory(function() verb(3L))
  input <- as.numeric(utils::object.size(data)) / 1024^2
  rbind(
    compare("basic_code() from codes", "colSums()", verb,
            function(round) colSums(x), bar = 15),
    compare("basic_code() from codes", "collapse fdiff, fsum", verb, peer,
            bar = 0.1),
    compare("code_panel(), basic_code()", "collapse fdiff, fsum", both, peer,
            bar = NA),
    row_of("basic_code(), extra memory", "the data frame", memory, input,
           bar = 1.2, unit = "MB")
  )
}
