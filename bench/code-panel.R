# Bringing in twelve million rows, sorted and shuffled, beside sorting them.

n_regions <- 1e6L
n_times <- 12L

make_frame <- function() {
  data.frame(region = rep(seq_len(n_regions), each = n_times),
             year = rep(2004L + seq_len(n_times), n_regions),
             x = stats::rnorm(n_regions * n_times))
}

scheme_of <- function() code_scheme("x", "production")

bench_sorted <- function() {
  frame <- make_frame()
  # setkey() works in place and remembers: each round gets a copy without key,
  # made outside the clock.
  table <- NULL
  compare(
    "code_panel(), 12e6 rows sorted", "data.table::setkey()",
    ours = function(round) code_panel(frame, scheme_of()),
    peer = function(round) data.table::setkeyv(table, c("region", "year")),
    bar = 1, prepare = function(round) {
      table <<- data.table::as.data.table(frame)
    }
  )
}

bench_shuffled <- function() {
  frame <- make_frame()
  frame <- frame[sample.int(nrow(frame)), ]
  rownames(frame) <- NULL
  compare(
    "code_panel(), 12e6 rows shuffled", "collapse::roworder()",
    ours = function(round) code_panel(frame, scheme_of()),
    peer = function(round) collapse::roworder(frame, region, year),
    bar = 2, times = 3L
  )
}
