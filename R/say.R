# What is shown to readers, in their language: pictures, sentences, reports,
# workbooks, pages. One table of our own, inst/strings, since gettext is silent
# in the C locale and belongs to the process. Conditions and print() are English.

strings <- new.env(parent = emptyenv())

languages <- c("en", "ru")

# `key`: the English sentence, written out where it is said, with a %s for each
# of `...` ("%%" for a per cent sign); a translation may take them in another
# order ("%2$s"). With `n`, the form that goes with this number.
say <- function(key, ..., n = NULL) {
  language <- said_in()
  forms <- strings_of(language)[[key]]
  text <- if (is.null(forms)) {
    rep(key, max(1L, length(n)))
  } else if (is.null(n)) {
    forms[1L]
  } else {
    forms[pmin(plural_form(n, language), length(forms))]
  }
  sprintf(text, ...)
}

# Labels of data: the columns of the shipped schemes have words in both
# languages, others stand as their owners wrote them.
say_label <- function(x) {
  table <- strings_of(said_in())
  known <- x %in% names(table)
  x[known] <- vapply(x[known], \(one) table[[one]][1L], "")
  x
}

# Facts of a table, as "spline (average, m = 3)": each of their parts has its
# translation, in which a number is a %s; a part without one stands as it is.
say_fact <- function(x) {
  language <- said_in()
  if (language == "en" || length(x) == 0L) {
    return(x)
  }
  table <- strings_of(language)
  cuts <- gregexpr("[(),;:]+ *| +\\(", x)
  parts <- regmatches(x, cuts, invert = TRUE)
  regmatches(x, cuts, invert = TRUE) <- lapply(parts, \(part) {
    vapply(part, say_part, "", table, USE.NAMES = FALSE)
  })
  x
}

fact_number <- "(?<![[:alnum:]_.])-?[0-9]+([.][0-9]+)?(?![[:alnum:]_])"

say_part <- function(part, table) {
  form <- if (nzchar(part)) table[[gsub(fact_number, "%s", part, perl = TRUE)]]
  if (is.null(form)) {
    return(part)
  }
  numbers <- regmatches(part, gregexpr(fact_number, part, perl = TRUE))[[1L]]
  which <- if (length(numbers) > 0L && length(form) > 1L) {
    plural_form(as.double(numbers[1L]), said_in())
  } else 1L
  do.call(sprintf, as.list(c(form[which], numbers)))
}

# English has a form for one and one for more. Russian has three: of what ends
# in 1, in 2 to 4, and the rest, to which 11 to 14 belong; what is not whole
# takes the second.
plural_form <- function(n, language) {
  n <- abs(n)
  if (language == "en") {
    return(ifelse(n == 1, 1L, 2L))
  }
  ones <- n %% 10
  teens <- n %% 100 >= 11 & n %% 100 <= 14
  ifelse(n != round(n), 2L,
         ifelse(ones == 1 & !teens, 1L,
                ifelse(ones >= 2 & ones <= 4 & !teens, 2L, 3L)))
}

said_in <- function() {
  check_language(getOption("nidcode.language", "en"), rlang::caller_env(),
                 "options(nidcode.language)")
}

# Until the calling function ends.
local_language <- function(language, frame = rlang::caller_env()) {
  if (!is.null(language)) {
    rlang::local_options(nidcode.language = check_language(language, frame),
                         .frame = frame)
  }
}

check_language <- function(language, call, arg = "language") {
  if (!is_one(language) || !language %in% languages) {
    stop_argument(arg, "\"en\" or \"ru\"", language, call)
  }
  language
}

# The forms of each key, read once.
strings_of <- function(language) {
  if (is.null(strings[[language]])) {
    file <- system.file("strings", paste0(language, ".csv"),
                        package = "nidcode", mustWork = TRUE)
    table <- utils::read.csv(file, encoding = "UTF-8", colClasses = "character",
                             na.strings = character())
    forms <- lapply(seq_len(nrow(table)), \(i) {
      one <- unlist(table[i, -1L], use.names = FALSE)
      one[seq_len(max(1L, sum(nzchar(one))))]
    })
    strings[[language]] <- list2env(stats::setNames(forms, table$key),
                                    parent = emptyenv())
  }
  strings[[language]]
}
