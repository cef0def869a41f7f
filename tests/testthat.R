library(testthat)
library(nidcode)

test_check("nidcode")
