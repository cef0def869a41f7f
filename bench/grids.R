# Ragged panels: a million series on 50,000 different grids of times, beside
# the same number of values on a single grid.

n_regions <- 1e6L
n_times <- 12L
n_grids <- 5e4L

scheme_of <- function() {
  code_scheme("x", "production", codes = nid_codes()[1L, ])
}

frame_of <- function(time) {
  data.frame(region = rep(seq_len(n_regions), each = n_times),
             year = as.vector(time),
             x = stats::rnorm(n_regions * n_times))
}

# Twelve of twenty-four years, a different choice for each grid.
distinct_grids <- function() {
  grids <- character()
  times <- NULL
  while (length(grids) < n_grids) {
    new <- replicate(n_grids, sort(sample.int(24L, n_times)))
    times <- cbind(times, new)
    keys <- apply(times, 2L, paste, collapse = " ")
    times <- times[, !duplicated(keys), drop = FALSE]
    grids <- unique(keys)
  }
  times[, seq_len(n_grids)]
}

bench_grids <- function() {
  one <- frame_of(rep(seq_len(n_times), n_regions))
  grids <- distinct_grids()
  many <- frame_of(grids[, rep_len(seq_len(n_grids), n_regions)])
  panels <- list(one = code_panel(one, scheme_of()),
                 many = code_panel(many, scheme_of()))
  formula <- function(panel, round) {
    suppressMessages(
      basic_code(panel, influence_half_life(2 + round / 10), "integral",
                 rate = rate_difference())
    )
  }
  rbind(
    compare("basic_code(), 50,000 grids", "one grid",
            function(round) formula(panels$many, round),
            function(round) formula(panels$one, round), bar = 5, times = 5L),
    compare("code_panel(), 50,000 grids", "one grid",
            function(round) code_panel(many, scheme_of()),
            function(round) code_panel(one, scheme_of()), bar = 5, times = 5L)
  )
}
