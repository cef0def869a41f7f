#' Say it in plain sentences
#'
#' First what the data settle, in which direction and by name, then what they do
#' not; then what the numbers mean, the numbers, and what they rest on.
#'
#' A sign is clear, and said to be sure, where the interval of the table leaves
#' out zero: the same in sentences, pictures and tables. A number has as many
#' decimals as give its error two digits, and its limits have the same.
#'
#' Sentences are English, or Russian with `language = "ru"` or
#' `options(nidcode.language = "ru")`. Numbers have a point in both; names from
#' the data stand as they are.
#'
#' @param x A model, or what [code_record()], [code_phases()],
#'   [code_connections()], [code_core()], [code_gaps()], [code_mutations()],
#'   [region_contrasts()], [code_sensitivity()], [code_dominance()],
#'   [compare_models()], [verdict()], [code_dependence()] or [relevance()] made.
#' @param language <chr> "en" or "ru"; `NULL`: `getOption("nidcode.language")`,
#'   "en" where it is not set.
#' @param ... Empty.
#' @return <chr> Sentences, one an element, with the numbers and their
#'   uncertainty. Names from the data stand as they are: escape them before
#'   they go into HTML.
#' @section Errors: `nidcode_error_argument`.
#' @family present
#' @seealso [nid_glossary]
#' @examples
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' in_words(model)
#' in_words(model, language = "ru")
#' @export
in_words <- function(x, language = NULL, ...) {
  local_language(language)
  UseMethod("in_words")
}

#' @rdname in_words
#' @export
in_words.nid_model <- function(x, language = NULL, ...) {
  rlang::check_dots_empty()
  c(words_about_basic(x), words_about_industrial(x), words_about_data(x),
    words_about_lacking(x$panel), words_about_predicted(x))
}

#' @export
in_words.default <- function(x, language = NULL, ...) {
  stop_argument("x", "a model, contrasts, a verdict or a relevance table", x,
                rlang::current_env())
}

# "of 4 regions", which other words may stand before.
of_regions <- function(n) say("of %s regions", whole_text(n), n = n)

# ---- What the data settle ----------------------------------------------------

# Up to this many regions each has its sentence.
most_sentences <- 8L

words_about_basic <- function(x) {
  table <- x$basic
  falling <- order(-table[["estimate"]], na.last = NA)
  if (length(falling) == 0L) {
    return(say("No region has a Code NID: the series are too short."))
  }
  region <- x$panel$index[["region"]]
  names <- if (is.na(region)) say("The region") else
    as.character(table[[region]])
  meaning <- paste(basic_meaning(get_fit(table)), collapse = " ")
  c(words_about_speed(table, falling, names, get_spec(table)$level), meaning,
    words_about_numbers(table, falling, names))
}

# Which regions lose speed and which gain it; `falling`: rows by Code NID.
words_about_speed <- function(table, falling, names, level) {
  side <- clear_side(table[["conf.low"]], table[["conf.high"]])[falling]
  if (all(is.na(side))) {
    return(say("The rate has no error: how sure the numbers are is unknown."))
  }
  level <- level_text(level)
  if (length(falling) == 1L) {
    return(words_about_one_speed(side, names[falling], level))
  }
  all <- of_regions(length(side))
  told <- \(at) name_list(names[falling[at]])
  lost <- rev(which(side == -1))
  gained <- which(side == 1)
  open <- which(!side %in% c(-1, 1))
  c(
    if (length(lost) > 0L) {
      say("%s %s lose speed, surely (%s intervals): %s.", length(lost), all,
          level, told(lost), n = length(lost))
    },
    if (length(gained) > 0L) {
      say("%s %s gain speed, surely (%s intervals): %s.", length(gained), all,
          level, told(gained), n = length(gained))
    },
    if (length(open) == length(side)) {
      say("For none %s do the data settle if speed is lost or gained (%s).",
          all, level)
    } else if (length(open) > 0L) {
      say("For %s %s the data do not settle if speed is lost or gained: %s.",
          length(open), all, told(open))
    }
  )
}

words_about_one_speed <- function(side, name, level) {
  if (side == -1) {
    say("%s loses speed, surely (%s interval).", name, level)
  } else if (side == 1) {
    say("%s gains speed, surely (%s interval).", name, level)
  } else {
    say("%s: the data do not settle if speed is lost or gained (%s).", name,
        level)
  }
}

words_about_numbers <- function(table, falling, names) {
  number <- \(i) estimate_words(table, i)
  if (length(falling) <= most_sentences) {
    return(vapply(falling, \(i) say("%s: Code NID %s.", names[i], number(i)),
                  ""))
  }
  # Of many the ends, by what they are.
  ends <- falling[c(1L, length(falling))]
  c(say("The largest Code NID is that of %s: %s.", names[ends[1L]],
        number(ends[1L])),
    say("The smallest Code NID is that of %s: %s.", names[ends[2L]],
        number(ends[2L])),
    say("The table has all %s regions.", length(falling), n = length(falling)))
}

# An estimate with its limits, and how likely it is above zero.
estimate_words <- function(table, i) {
  number <- estimate_text(table, i)
  prob <- table[["prob.positive"]][i]
  if (is.na(prob)) number else {
    say("%s, above zero with probability %s", number, probability_words(prob))
  }
}

# Two decimals, which are never those of what is certain.
probability_words <- function(p) {
  out <- two_decimals(p)
  out[p < 0.005] <- "< 0.01"
  out[p > 0.995] <- "> 0.99"
  out
}

# ---- What it rests on --------------------------------------------------------

words_about_industrial <- function(x) {
  table <- x$industrial
  if (nrow(table) == 0L) {
    return(say("No time has all dynamic codes: formula (1) has no value."))
  }
  region <- x$panel$index[["region"]]
  key <- if (is.na(region)) rep(1L, nrow(table)) else table[[region]]
  last <- which(!duplicated(key, fromLast = TRUE))
  held <- last[table[["condition"]][last]]
  if (length(last) == 1L) {
    return(words_about_one_sum(estimate_text(table, last), length(held) == 1L))
  }
  paste0(
    say("At the last time all dynamic codes are positive in %s %s",
        length(held), of_regions(length(last))),
    if (length(held) > 0L) paste0(": ", name_list(key[held])),
    say("; formula (1) asks that they are.")
  )
}

words_about_one_sum <- function(number, held) {
  if (held) {
    say("At the last time all dynamic codes are positive; Code ID is %s.",
        number)
  } else {
    say("At the last time not all dynamic codes are positive; Code ID is %s.",
        number)
  }
}

words_about_data <- function(x) {
  fit <- get_fit(x$rates)
  spec <- get_spec(x$rates)
  n <- length(x$panel$x) - length(panel_lacking(x$panel)$nowhere)
  k <- length(fit$codes)
  r <- n_regions(x$panel)
  paste0(
    say("Data: %s, %s, %s in %s; rates by %s",
        say("%s regions", whole_text(r), n = r), span_words(x$panel),
        say("%s indicators", n, n = n), say("%s codes", k, n = k),
        say_fact(spec$rate)),
    if (!is.null(spec$breaks)) say("; breaks: %s", say_fact(spec$breaks)), "."
  )
}

# "from 2005 to 2016".
span_words <- function(panel) {
  time <- panel$grids$time
  if (length(time) == 0L) {
    return(say("no time"))
  }
  ends <- unique(time_words(panel, range(time)))
  if (length(ends) == 1L) ends else
    say("from %s to %s", ends[1L], ends[2L])
}

# How many indicators there are, and where there are fewer.
words_about_lacking <- function(panel) {
  lacking <- panel_lacking(panel)
  shown <- \(names) name_list(said_names(panel$scheme, names))
  n <- length(panel$x) - length(lacking$nowhere)
  region <- sort(unique(unlist(lacking$regions)))
  each <- vapply(utils::head(region, most_sentences), \(r) {
    none <- names(lacking$regions)[vapply(lacking$regions, \(of) r %in% of, NA)]
    say("%s has %s %s, there is no %s.", as.character(panel$regions)[r],
        n - length(none), say("of %s indicators", n, n = n), shown(none))
  }, "")
  more <- length(region) - length(each)
  c(
    if (length(lacking$nowhere) > 0L) {
      say("No region has a value of %s.", shown(lacking$nowhere))
    },
    each,
    if (more > 0L) say("%s more regions have fewer indicators.", more, n = more)
  )
}

words_about_predicted <- function(x) {
  n <- nrow(get_defining(x)$predicted$cells) %||% 0L
  if (n > 0L) {
    paste(c(
      say("%s missing cells are predicted from the curves of their series.",
          whole_text(n), n = n),
      predicted_note(x$basic[["predicted"]], x$panel$regions)
    ), collapse = " ")
  }
}

# Names in their order, of very many the first twenty.
name_list <- function(names) {
  more <- length(names) - 20L
  text <- paste(utils::head(names, 20L), collapse = ", ")
  if (more > 0L) say("%s and %s more", text, more) else text
}
