# How often the 95 % interval of a code that rests on a predicted cell holds
# what came: in `russia`, for every last year from 2013 on, the last year of
# each indicator of `russia_scheme` in turn is hidden in all regions, the codes
# are computed with missing = "provisional", and compared with the code of the
# same scale that has the value. One row for each last year and indicator goes
# to result.csv beside this script.
#
#   Rscript run.R [folder]
#
# n: regions of which there is a prediction and a value of the same method
# (values that begin a new method, `breaks`, are another question). covered: how
# many of them the interval holds. share: of the code's weight, the mean that is
# predicted. width: median width of the interval, in sd of the code.

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./run.R")[1])
folder <- c(arguments, here)[1]
source(file.path(here, "hide.R"))

last <- 2013:2021
cells <- expand.grid(indicator = russia_scheme$indicator, last = last,
                     stringsAsFactors = FALSE)[2:1]
result <- do.call(rbind, Map(hide_last, cells$last, cells$indicator))
utils::write.csv(result, file.path(folder, "result.csv"), row.names = FALSE)
print(aggregate(cbind(n, covered) ~ last, result, sum))
cat("covered:", sum(result$covered) / sum(result$n), "\n")
