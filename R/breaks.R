# Warns of nothing and computes little: which breaks a fit meets, in words.

breaks_text <- function(breaks, n) {
  if (n == 0L) {
    return(NULL)
  }
  switch(breaks,
    split = paste0("split at ", count_of(n, "break")),
    shift = paste0(count_of(n, "break"), " as free steps (an assumption: the ",
                   "curve goes on, only its level jumps)"),
    ignore = paste0(count_of(n, "break"), " ignored")
  )
}
