# Next-year prediction of real indicators: every indicator of `russia` as a code
# of its own (the log where all of its values are above 0), regions without their
# districts, every origin from 8 years on. The rates see the years up to
# the origin; predict(band = "observation") says where the next value will be.
# One row an indicator goes to result.csv beside this script.
#
#   Rscript run.R [folder]
#
# cover, cover.3: share of 95 % intervals that hold the value, under m = "auto"
# and m = 3. score: geometric mean of the interval score (width, and 40 times
# what a value is outside; Gneiting and Raftery 2007) under "auto" over that
# under m = 3; rmse: the same of root mean square errors. order2: share of
# origins at which "auto" is 2.

library(nidcode)
arguments <- commandArgs(trailingOnly = TRUE)
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- dirname(c(here, "./run.R")[1])
folder <- c(arguments, here)[1]

quietly <- function(code) suppressWarnings(suppressMessages(code))

# What is said of year `origin` + 1 by the years up to `origin`.
predict_next <- function(data, name, transform, origin, rate) {
  scheme <- code_scheme(name, "social", transform = transform,
                        codes = nid_codes()[3, ])
  seen <- data[data$year <= origin, ]
  rates <- quietly(dynamic_codes(defining_codes(
    code_panel(seen, scheme, c("region", "year"), status = "_status"), "none"
  ), rate))
  p <- quietly(predict(rates, at = origin + 1, band = "observation"))
  value <- data[[name]][match(paste(p$region, origin + 1),
                              paste(data$region, data$year))]
  if (transform == "log") value <- log(value)
  keep <- !is.na(value) & !is.na(p$conf.low)
  data.frame(key = paste(p$region, origin), value, p$estimate, p$conf.low,
             p$conf.high, two = grepl("m = 2", attr(rates, "spec")$rate))[keep, ]
}

# All origins of an indicator under both rates, the same cells.
judge <- function(data, name) {
  x <- data[[name]]
  data <- data[!is.na(x), c("region", "year", name, paste0(name, "_status"))]
  transform <- if (all(data[[name]] > 0)) "log" else "none"
  years <- sort(unique(data$year))
  origins <- years[years >= years[8] & (years + 1) %in% years]
  both <- lapply(list(rate_spline(), rate_spline(m = 3)), function(rate) {
    do.call(rbind, lapply(origins, function(origin) {
      predict_next(data, name, transform, origin, rate)
    }))
  })
  keys <- intersect(both[[1]]$key, both[[2]]$key)
  at <- lapply(both, function(b) b[match(keys, b$key), ])
  score_of <- function(b) {
    out <- pmax(b$p.conf.low - b$value, b$value - b$p.conf.high, 0)
    list(held = out == 0, miss = b$value - b$p.estimate,
         score = b$p.conf.high - b$p.conf.low + 40 * out)
  }
  auto <- score_of(at[[1]])
  three <- score_of(at[[2]])
  known <- auto$score > 0 & three$score > 0
  cells <- data.frame(two = at[[1]]$two, held = auto$held, held.3 = three$held,
                      gain = ifelse(known, log(auto$score / three$score), NA))
  list(cells = cells, rmse = sqrt(mean(auto$miss^2) / mean(three$miss^2)),
       transform = transform)
}

told <- function(name, transform, cells, rmse) {
  data.frame(indicator = name, transform, n = nrow(cells),
             order2 = round(mean(cells$two), 3),
             cover = round(mean(cells$held), 4),
             cover.3 = round(mean(cells$held.3), 4),
             score = round(exp(mean(cells$gain, na.rm = TRUE)), 4),
             rmse = round(rmse, 4))
}

regions <- as.data.frame(subset(russia, level == "region"))
indicators <- sub("_status$", "", grep("_status$", names(regions),
                                       value = TRUE))
found <- lapply(indicators, judge, data = regions)
result <- do.call(rbind, c(
  Map(function(name, f) told(name, f$transform, f$cells, f$rmse), indicators,
      found),
  list(told("all", "", do.call(rbind, lapply(found, `[[`, "cells")),
            exp(mean(log(vapply(found, `[[`, 1, "rmse"))))))
))
utils::write.csv(result, file.path(folder, "result.csv"), row.names = FALSE)
