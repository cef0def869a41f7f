# What a fit does with the breaks it meets, in words.

breaks_text <- function(breaks, n) {
  if (n == 0L) {
    return(NULL)
  }
  switch(breaks,
    split = paste0("split (", n, ")"),
    shift = paste0("shift (", n, "; assumes that only the level jumps there)"),
    ignore = paste0("ignored (", n, ")")
  )
}
