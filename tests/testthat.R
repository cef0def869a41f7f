library(testthat)
library(nidcode)

# Errors that a test asks for need no backtrace, which takes longer than the
# error; those that fail a test have testthat's own.
options("rlang:::disable_trace_capture" = TRUE)

test_check("nidcode")
