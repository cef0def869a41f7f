#' Say it in plain sentences
#'
#' @param x A model, contrasts, a verdict, a relevance table.
#' @param ... Empty.
#' @return <chr> Sentences, one an element, with the numbers and their
#'   uncertainty. Names from the data stand as they are: escape them before
#'   they go into HTML.
#' @family present
#' @examples
#' regions <- subset(ural, level == "region")
#' in_words(code_model(regions, ural_scheme, status = "_status"))
#' @export
in_words <- function(x, ...) UseMethod("in_words")

#' @rdname in_words
#' @export
in_words.nid_model <- function(x, ...) {
  rlang::check_dots_empty()
  c(words_about_data(x), words_about_lacking(x$panel),
    words_about_predicted(x),
    words_about_industrial(x), words_about_basic(x))
}

#' @export
in_words.default <- function(x, ...) {
  stop_argument("x", "a model, contrasts, a verdict or a relevance table", x,
                rlang::current_env())
}

words_about_data <- function(x) {
  fit <- get_fit(x$rates)
  spec <- get_spec(x$rates)
  n <- length(x$panel$x) - length(panel_lacking(x$panel)$nowhere)
  paste0(
    count_of(n_regions(x$panel), "region"), ", ",
    panel_span(x$panel),
    ": ", count_of(n, "indicator"), if (n == 1L) " forms " else " form ",
    count_of(length(fit$codes), "code"), "; rates by ", spec$rate,
    if (!is.null(spec$breaks)) paste0(", breaks ", spec$breaks), "."
  )
}

words_about_predicted <- function(x) {
  n <- nrow(get_defining(x)$predicted$cells) %||% 0L
  if (n > 0L) {
    paste0(count_of(n, "missing cell"),
           if (n == 1L) " is" else " are", " predicted from the curves of ",
           "their own series, with their errors. ",
           predicted_note(x$basic[["predicted"]], x$panel$regions))
  }
}

words_about_industrial <- function(x) {
  table <- x$industrial
  if (nrow(table) == 0L) {
    return("No time has all dynamic codes, so formula (1) has no value.")
  }
  last <- !duplicated(if (is.na(x$panel$index[["region"]])) {
    rep(1L, nrow(table))
  } else {
    table[[x$panel$index[["region"]]]]
  }, fromLast = TRUE)
  held <- sum(table[["condition"]][last])
  if (sum(last) == 1L) {
    return(paste0(
      "At the last time ",
      if (held == 1L) {
        "all dynamic codes are positive, as formula (1) requires"
      } else {
        "not all dynamic codes are positive, though formula (1) requires it"
      },
      "; Code ID is then ", estimate_text(table, which(last)), "."
    ))
  }
  paste0("At the last time all dynamic codes are positive, as formula (1) ",
         "requires, in ", held, " of ", count_of(sum(last), "region"), ".")
}

# Up to this many regions each has its sentence.
most_sentences <- 8L

words_about_basic <- function(x) {
  table <- x$basic
  known <- which(!is.na(table[["estimate"]]))
  if (length(known) == 0L) {
    return("No region has a Code NID: the series are too short.")
  }
  region <- x$panel$index[["region"]]
  names <- if (is.na(region)) NULL else as.character(table[[region]])
  clear <- words_about_clear(table[["prob.positive"]], known, names)
  falling <- known[order(-table[["estimate"]][known])]
  if (length(known) <= most_sentences) {
    each <- vapply(falling, \(i) {
      words_about_region(table, i, paste0(names[i] %||% "The region",
                                          ": Code NID "))
    }, "")
    return(c(each, clear))
  }
  # Of many first what is settled; then the ends, by what they are.
  ends <- falling[c(1L, length(falling))]
  c(clear,
    words_about_region(table, ends[1L], paste0(
      "The largest Code NID is that of ", names[ends[1L]], ": ")),
    words_about_region(table, ends[2L], paste0(
      "The smallest Code NID is that of ", names[ends[2L]], ": ")),
    paste0("All ", length(known), " regions are in the table."))
}

words_about_region <- function(table, i, start) {
  prob <- table[["prob.positive"]][i]
  paste0(start, estimate_text(table, i),
         if (!is.na(prob)) {
           paste0(", above zero with probability ",
                  format(round(prob, 2), nsmall = 2, digits = 7L,
                         decimal.mark = ".", scientific = 0L))
         }, ".")
}

# In how many regions the sign is clear, and which sign in which of them.
words_about_clear <- function(prob, known, names) {
  p <- prob[known]
  if (all(is.na(p))) {
    return(paste0("The rate has no error, so nothing can be said about how ",
                  "sure these numbers are."))
  }
  side <- function(where, words) {
    at <- known[where %in% TRUE]
    if (length(at) > 0L) {
      paste0(words, if (!is.null(names)) paste(" in", name_list(names[at])))
    }
  }
  sides <- c(side(p > 0.975, "above zero"), side(p < 0.025, "below zero"))
  paste0("The sign of Code NID is clear (97.5 %) in ",
         sum(p > 0.975 | p < 0.025, na.rm = TRUE), " of ",
         count_of(length(known), "region"),
         if (length(sides) > 0L) paste0(": ", paste(sides, collapse = "; ")),
         ".")
}

# Names in their order, of very many the first twenty.
name_list <- function(names) {
  more <- length(names) - 20L
  paste0(paste(utils::head(names, 20L), collapse = ", "),
         if (more > 0L) paste(" and", more, "more"))
}
