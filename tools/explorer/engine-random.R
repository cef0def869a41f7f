# The engine of a page beside R, over random models and the settings that a
# reader might leave behind: Rscript tools/explorer/engine-random.R [models]
# [first seed], from the top folder. Prints the worst.

library(nidcode)
for (file in c("panels", "explorer")) {
  source(file.path("tests", "testthat", paste0("helper-", file, ".R")))
}
args <- as.integer(commandArgs(TRUE))
models <- c(args, 200L)[1L]
seed <- c(args[-1L], 1L)[1L]

beside <- function(model, asks) {
  answers <- engine_answers(model, asks)
  lapply(seq_along(asks), function(i) {
    one <- answers$asks[[i]]
    if (length(one$problems)) return(NULL)
    view <- view_of(model, one$code)
    readings <- reading_gaps(one, view, answers$data)
    rbind(answer_gaps(one, view), cbind(estimate = readings, error = 0))
  })
}

done <- refused <- unknown <- 0L
worst <- NULL
while (done < models) {
  model <- tryCatch(random_model(seed), nidcode_error = function(cnd) NULL)
  if (is.null(model)) {
    refused <- refused + 1L
  } else {
    gaps <- beside(model, list(list(), random_ask(seed, model)))
    unknown <- unknown + sum(lengths(gaps) == 0L)
    for (one in gaps[lengths(gaps) > 0L]) {
      bad <- one[, "estimate"] > 1e-9 | one[, "error"] > 1e-8
      if (any(bad)) {
        cat("seed", seed, format(nidcode:::get_fit(model$rates)$rate), "\n")
        print(one)
      }
      worst <- if (is.null(worst)) one else pmax(worst, one)
    }
    done <- done + 1L
  }
  seed <- seed + 1L
}
cat(done, "models,", refused, "seeds without one,", unknown,
    "asks that were refused. The worst:\n")
print(worst)
