# What a study of choices says in sentences.

#' @export
in_words.nid_sensitivity <- function(x, language = NULL, ...) {
  rlang::check_dots_empty()
  fit <- need_fit(x, "made by code_sensitivity()", rlang::current_env())
  c(words_about_stand(x, fit), words_about_factors(fit),
    words_about_first(x, fit))
}

# Places of regions, the first twenty.
words_about_stand <- function(x, fit) {
  at <- order(x[["rank"]], na.last = NA)
  tried <- if (fit$asked$method == "exact") {
    say("%s admissible combinations", fit$run$draws, n = fit$run$draws)
  } else {
    say("%s admissible choices", fit$run$draws, n = fit$run$draws)
  }
  if (length(at) < 2L) {
    return(say("%s were tried; there are no regions to rank.", tried))
  }
  c(say("%s were tried.", tried), vapply(utils::head(at, 20L), \(i) {
    say("%s: place %s; places %s to %s in %s of the choices.",
        as.character(fit$study$regions[i]), x[["rank"]][i],
        x[["rank.low"]][i], x[["rank.high"]][i], level_text(fit$asked$level))
  }, ""))
}

# The factors by their Shapley shares in all regions together.
words_about_factors <- function(fit) {
  own <- fit$shares
  own <- own[own$of == own$of[1L] & own$region == 0L & !is.na(own$shapley), ]
  if (NROW(own) == 0L) {
    return(NULL)
  }
  own <- utils::head(own[order(-own$shapley), , drop = FALSE], 3L)
  told <- paste0(factor_words(own$factor), " (", round(100 * own$shapley),
                 " %)")
  text <- paste(told, collapse = ", ")
  if (own$of[1L] == "rank") say("What moves ranks most: %s.", text) else
    if (is.null(fit$study$level)) say("What moves Code NID most: %s.", text) else
      say("What moves the codes most: %s.", text)
}

factor_words <- function(name) {
  code <- grepl("^weights: ", name)
  out <- vapply(name, \(one) {
    switch(sub(":.*", "", one),
      normalise = say("the normalisation"), reference = say("the reference"),
      weights = say("the weights"), leave_out = say("what is left out"),
      rate = say("the rate"), influence = say("the time influence"),
      half_life = say("the half-life"), measure = say("the measure"),
      breaks = say("what is done at breaks"),
      missing = say("what is done with missing values"),
      transform = say("the transform"), aggregate = say("the kind of mean"),
      scheme = say("the scheme"), code_weights = say("the weights of codes"),
      data = say("the data"), posterior = say("the error of the data"), one)
  }, "")
  out[code] <- paste0(out[code], ", ", say_label(sub("^weights: ", "",
                                                     name[code])))
  unname(out)
}

words_about_first <- function(x, fit) {
  sure <- which(x[["share.first"]] > 1 - 1e-9)
  some <- sum(x[["share.first"]] > 0, na.rm = TRUE)
  if (sum(!is.na(x[["rank"]])) < 2L) {
    return(NULL)
  }
  if (length(sure) > 0L) {
    return(say("First under every choice tried: %s.",
               as.character(fit$study$regions[sure[1L]])))
  }
  say("First under every choice tried: no region; %s are first under some.",
      of_regions_first(some))
}

of_regions_first <- function(n) say("%s regions", n, n = n)

#' @export
in_words.nid_dominance <- function(x, language = NULL, ...) {
  rlang::check_dots_empty()
  fit <- need_fit(x, "made by code_dominance()", rlang::current_env())
  sure <- sum(fit$verdict %in% "always above")
  open <- sum(fit$verdict %in% "depends") / 2
  if (sure + open == 0) {
    return(say("There are no pairs of regions to compare."))
  }
  regions <- fit$study$regions
  above <- tabulate(fit$at[fit$verdict %in% "always above", 1L],
                    length(regions))
  at <- order(-above)
  at <- utils::head(at[above[at] > 0L], 20L)
  c(say("%s of %s pairs of regions stand in one order under every choice.",
        sure, sure + open, n = sure),
    vapply(at, \(i) say("%s is always above %s.", regions[i],
                        name_list(regions[fit$at[fit$verdict %in%
                          "always above" & fit$at[, 1L] == i, 2L]])), ""))
}
