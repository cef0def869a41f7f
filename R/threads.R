# One thread unless the user asks for more. The kernels give bitwise the same
# numbers for any count, so this is about time only.
get_threads <- function(call = rlang::caller_env()) {
  n <- getOption("nidcode.threads", 1L)
  check_number(n, "options(nidcode.threads)", min = 1, whole = TRUE,
               call = call)
  as.integer(n)
}
