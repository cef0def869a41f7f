# tests/testthat/asem.csv.gz and asem-meta.csv: COINr's ASEM data and what COINr
# makes of them, kept so that the tests need no COINr.
#   Rscript data-raw/asem.R [library]     COINr 1.1.14 from CRAN
#
# COINr's own steps: indicators divided by their denominators, scaled to 0..100
# by minimum and maximum in their directions, weighted arithmetic means up the
# tree. asem.csv.gz: `kind` "denominated" or "normalised" (the indicators),
# "score" and "uneven" (the aggregates), a column a country.

library(COINr, lib.loc = c(commandArgs(TRUE), .libPaths()))
coin <- build_example_coin(up_to = "new_coin", quietly = TRUE)
coin <- Denominate(coin, dset = "Raw", out2 = "coin")
coin <- Normalise(coin, dset = "Denominated")
# The weights of iMeta are all 1: once more with uneven ones, `Uneven`.
uneven <- coin$Meta$Weights$Original
uneven$Weight <- 1 + seq_len(nrow(uneven)) %% 4
weighted <- Aggregate(coin, dset = "Normalised", f_ag = "a_amean",
                      w = uneven)
coin <- Aggregate(coin, dset = "Normalised", f_ag = "a_amean")

meta <- coin$Meta$Ind
meta <- meta[meta$Type %in% c("Indicator", "Aggregate"),
             c("iCode", "Type", "Level", "Parent", "Direction", "Weight")]
meta$Uneven <- uneven$Weight[match(meta$iCode, uneven$iCode)]
indicators <- meta$iCode[meta$Type == "Indicator"]
aggregates <- meta$iCode[meta$Type == "Aggregate"]

rows <- function(kind, dset, names, from = coin) {
  x <- get_dset(from, dset)
  do.call(rbind, lapply(names, function(name) {
    data.frame(kind = kind, uCode = x$uCode, iCode = name, value = x[[name]])
  }))
}
out <- rbind(rows("denominated", "Denominated", indicators),
             rows("normalised", "Normalised", indicators),
             rows("score", "Aggregated", aggregates),
             rows("uneven", "Aggregated", aggregates, weighted))
wide <- stats::reshape(out, direction = "wide", idvar = c("kind", "iCode"),
                       timevar = "uCode")
names(wide) <- sub("^value\\.", "", names(wide))
wide[-(1:2)] <- lapply(wide[-(1:2)], function(x) {
  ifelse(is.na(x), "", formatC(x, digits = 17, format = "g"))
})
utils::write.csv(wide, gzfile("tests/testthat/asem.csv.gz"), row.names = FALSE,
                 quote = FALSE)
utils::write.csv(meta, "tests/testthat/asem-meta.csv", row.names = FALSE,
                 quote = FALSE, na = "")
