#' Say it in plain sentences
#'
#' @param x A model, a verdict, a relevance table.
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
    words_about_industrial(x), words_about_basic(x))
}

#' @export
in_words.default <- function(x, ...) {
  stop_argument("x", "a model, a verdict or a relevance table", x,
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
    count_of(length(fit$codes), "code"), "; rates by ", spec$words$rate,
    if (!is.null(spec$words$breaks)) paste0(", breaks ", spec$words$breaks), "."
  )
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

words_about_basic <- function(x) {
  table <- x$basic
  known <- which(!is.na(table[["estimate"]]))
  if (length(known) == 0L) {
    return("No region has a Code NID: the series are too short.")
  }
  name <- function(i) if (is.na(x$panel$index[["region"]])) {
    "The region"
  } else {
    as.character(table[[x$panel$index[["region"]]]][i])
  }
  p <- table[["prob.positive"]][known]
  sure <- sum(p > 0.975 | p < 0.025, na.rm = TRUE)
  shown <- utils::head(known[order(-table[["estimate"]][known])], 8L)
  c(
    vapply(shown, function(i) {
      prob <- table[["prob.positive"]][i]
      paste0(name(i), ": Code NID ", estimate_text(table, i),
             if (!is.na(prob)) {
               paste0(", above zero with probability ",
                      format(round(prob, 2), nsmall = 2, digits = 7L,
                             decimal.mark = ".", scientific = 0L))
             }, ".")
    }, character(1)),
    if (length(known) > 8L) {
      paste0(length(known) - 8L, " further regions are in the table.")
    },
    if (!all(is.na(p))) {
      paste0("The sign of Code NID is clear (97.5 %) in ", sure, " of ",
             count_of(length(known), "region"), ".")
    } else {
      paste0("The rate has no error, so nothing can be said about how sure ",
             "these numbers are.")
    }
  )
}
