# R's heap grows by a fifth at a time, and R looks through all it holds before:
# a large result may cost more collections than arithmetic. Asked at once for
# what is to come, the heap grows once. Nothing is read, written or kept.

# Less than 32 MB R has, or soon gets; more than 1 GB it grows to in few steps.
heap_least <- 2^22
heap_most <- 2^27

# `cells`: how many numbers of 8 bytes are to come, at least.
expect_cells <- function(cells) {
  if (isTRUE(cells > heap_least)) {
    # Where there is not as much, the result itself will tell.
    tryCatch(grow_heap_cpp(min(cells, heap_most)), error = \(e) NULL)
  }
  invisible()
}

# What the law of rates of so many orders and their table take for each value.
cells_of_rates <- function(orders) 12 * orders
