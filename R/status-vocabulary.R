# The labels that cells come with, and how a label as it stands in a file is
# read: as a set of the words of `status_words()`.

# The words, strongest first: what makes a cell missing goes before a break,
# and a break before all that is used and counted.
status_words <- function() {
  missing <- c(
    "suppressed", "na", "not_found", "missing", "cannot_exist",
    "not_collected", "holiday"
  )
  soft <- c(
    "estimated", "provisional", "forecast", "imputed", "derived", "times",
    "definition_differs", "low_reliability", "not_significant",
    "experimental", "derogation", "special_event", "unvalidated",
    "included_elsewhere", "includes_other"
  )
  data.frame(
    status = c(missing, "break", soft, "revised", "zero", "ok"),
    kind = c(rep("missing", length(missing)), "break",
             rep("soft", length(soft)), "firm", "plain", "plain")
  )
}

words_of_kind <- function(kind) {
  words <- status_words()
  words$status[words$kind %in% kind]
}

# Codes of lists that others keep: code, word, name. SDMX: CL_OBS_STATUS 2.2.
# Eurostat: flags to 2024 and the two lists from 2025 on; its "s" is an estimate
# where SDMX has a strike.
code_rows <- function(list, ...) {
  rows <- matrix(c(...), ncol = 3L, byrow = TRUE)
  data.frame(list = list, letter = rows[, 1L], status = rows[, 2L],
             name = rows[, 3L])
}

status_codes <- rbind(
  code_rows("SDMX",
    "A", "ok", "Normal value",
    "B", "break", "Time series break",
    "D", "definition_differs", "Definition differs",
    "E", "estimated", "Estimated value",
    "F", "forecast", "Forecast value",
    "G", "experimental", "Experimental value",
    "H", "holiday", "Missing value; holiday or weekend",
    "I", "imputed", "Value imputed by a receiving agency",
    "J", "derogation", "Derogation",
    "K", "included_elsewhere", "Data included in another category",
    "L", "not_collected", "Missing value; data exist but were not collected",
    "M", "cannot_exist", "Missing value; data cannot exist",
    "N", "not_significant", "Not significant",
    "O", "missing", "Missing value",
    "P", "provisional", "Provisional value",
    "Q", "suppressed", "Missing value; suppressed",
    "S", "special_event", "Strike and other special events",
    "U", "low_reliability", "Low reliability",
    "V", "unvalidated", "Unvalidated value",
    "W", "includes_other", "Includes data from another category"
  ),
  code_rows("Eurostat",
    "b", "break", "Break in time series",
    "c", "suppressed", "Confidential",
    "d", "definition_differs", "Definition differs",
    "e", "estimated", "Estimated",
    "f", "forecast", "Forecast",
    "i", "imputed", "Value imputed by Eurostat",
    "m", "cannot_exist", "Missing value, data cannot exist",
    "n", "not_significant", "Not significant",
    "p", "provisional", "Provisional",
    "r", "revised", "Revised",
    "s", "estimated", "Eurostat estimate",
    "u", "low_reliability", "Low reliability",
    "z", "cannot_exist", "Not applicable"
  ),
  code_rows("symbol",
    ":", "na", "Not available (Eurostat)",
    "...", "na", "No data (Rosstat)",
    "..", "na", "Not available",
    ".", "na", "Unknown",
    "\u2026", "na", "No data (Rosstat)",
    "x", "na", "Not applicable",
    "(NA)", "na", "Not available (BEA)",
    "n/a", "na", "Not available",
    "n.a.", "na", "Not available",
    "nd", "na", "No data",
    "\u043d/\u0434", "na", "No data (in Russian)",
    "(D)", "suppressed", "Not disclosed (BEA)",
    "\u043a\u043e\u043d\u0444.", "suppressed", "Confidential (in Russian)",
    "\u043a\u043e\u043d\u0444", "suppressed", "Confidential (in Russian)",
    "-", "zero", "No such phenomenon (Rosstat)",
    "\u2013", "zero", "No such phenomenon (Rosstat)",
    "\u2014", "zero", "No such phenomenon (Rosstat)"
  )
)

# Other spellings of the names above, as agencies print them.
other_names <- c(
  "break in series" = "break", "break" = "break",
  "series break" = "break", "normal" = "ok", "missing" = "missing",
  "non-publishable and confidential value" = "suppressed",
  "difference in methodology" = "definition_differs",
  "imputed value" = "imputed", "value imputed" = "imputed",
  "imputed (ccsa definition)" = "imputed",
  "definition differs, see metadata" = "definition_differs",
  "definition differs (see metadata)" = "definition_differs",
  "missing; data exist but were not collected" = "not_collected",
  "missing; cannot exist" = "cannot_exist",
  "missing; holiday or weekend" = "holiday",
  "missing; suppressed" = "suppressed"
)

# How a label is looked up: a named vector per kind of spelling. Words and
# names in lower case; a letter as it stands first, then in the other case.
status_lookup <- function(declared = NULL) {
  words <- status_words()$status
  codes <- status_codes
  letters <- codes[codes$list != "symbol", ]
  # SDMX's own letters first: a capital S is a strike, a small one Eurostat's.
  exact <- stats::setNames(letters$status, letters$letter)
  other <- stats::setNames(letters$status, swap_case(letters$letter))
  exact <- c(exact, other[!names(other) %in% names(exact)])
  symbols <- codes[codes$list == "symbol", ]
  list(
    declared = declared,
    word = stats::setNames(words, plain_words(words)),
    name = c(stats::setNames(letters$status, plain_words(letters$name)),
             stats::setNames(other_names, plain_words(names(other_names)))),
    letter = exact,
    symbol = symbols,
    # Letters that Eurostat writes together: "bp", "bep".
    glued = unique(small_letters(c(letters$letter[letters$list == "Eurostat"],
                             names(declared)[nchar(names(declared)) == 1L])))
  )
}

# "Time-series break", "low_reliability": words however they are joined.
plain_words <- function(x) gsub("[-_ ]+", " ", small_letters(x))

swap_case <- function(x) {
  ifelse(x == large_letters(x), small_letters(x), large_letters(x))
}

# Spellings: the words of each, and by which list; NULL where none has it. Notes
# can be as many as there are cells: only what some list could have is looked
# up one by one.
find_labels <- function(labels, lookup) {
  core <- plain_words(bare_label(labels))
  known <- c(names(lookup$word), names(lookup$name),
             plain_words(c(names(lookup$letter), lookup$symbol$letter,
                           names(lookup$declared))))
  may <- core %in% known | plain_words(labels) %in% known |
    (nchar(core) %in% 2:4 & !grepl("[0-9 ]", core))
  out <- vector("list", length(labels))
  out[may] <- lapply(labels[may], find_label, lookup)
  out
}

find_label <- function(label, lookup) {
  low <- plain_words(label)
  found <- function(words, how) list(words = unname(words), how = how)
  declared <- match_label(label, names(lookup$declared))
  if (!is.na(declared)) {
    return(found(lookup$declared[declared], "declared"))
  }
  for (how in c("word", "name")) {
    if (low %in% names(lookup[[how]])) {
      return(found(lookup[[how]][low], how))
    }
  }
  symbol <- match(label, lookup$symbol$letter)
  if (is.na(symbol) && label %in% names(lookup$letter)) {
    return(found(lookup$letter[label], "letter"))
  }
  if (is.na(symbol)) {
    symbol <- match(small_letters(label), lookup$symbol$letter)
  }
  if (!is.na(symbol)) {
    return(found(lookup$symbol$status[symbol], "symbol"))
  }
  inside <- bare_label(label)
  if (inside != label && nzchar(inside)) {
    return(find_label(inside, lookup))
  }
  glued_letters(label, lookup)
}

# Without the brackets around it, or the mark of a footnote behind it.
bare_label <- function(x) {
  x <- sub("^[(\\[] ?(.+?) ?[])]$|^([^(]*[^0-9(])\\)$", "\\1\\2", x,
           perl = TRUE)
  sub("(?<=[^ .*]) ?([0-9]+\\)|[*\u2020\u2021\u00b9\u00b2\u00b3]+|[.])$",
      "", x, perl = TRUE)
}

# As it stands, else in whatever case.
match_label <- function(label, known) {
  at <- match(label, known)
  if (is.na(at)) match(small_letters(label), small_letters(known)) else at
}

# "bp": two to four different letters of Eurostat's list, in one case.
glued_letters <- function(label, lookup) {
  letters <- strsplit(label, "")[[1L]]
  glued <- length(letters) %in% 2:4 && !anyDuplicated(letters) &&
    label %in% c(small_letters(label), large_letters(label)) &&
    all(small_letters(letters) %in% lookup$glued)
  if (!glued) {
    return(NULL)
  }
  parts <- lapply(letters, find_label, lookup)
  list(words = vapply(parts, `[[`, "", "words"), how = "letter")
}

# A label is a set: "b p", "b,e", "b;p", "Time series break (estimated)". A part
# that nobody knows leaves the others as they are; among parts set apart by
# blanks alone all must be known, or it is a sentence. The words of each label
# and by which list: whole, else between the marks that set notes apart, else by
# blanks, else between any marks.
read_label <- function(labels, lookup) {
  steps <- list(function(x) strsplit(x, "[;,|]+"), split_blanks,
                function(x) strsplit(gsub("([[:alpha:]]):", "\\1;", x),
                                     "[][;/+&(){}]+"),
                split_blanks)
  read_parts(labels, lookup, steps)
}

read_parts <- function(labels, lookup, steps) {
  out <- find_labels(labels, lookup)
  left <- which(lengths(out) == 0L)
  if (length(left) == 0L) {
    return(out)
  }
  out[left] <- lapply(small_letters(labels[left]), function(x) {
    list(words = x, how = "unknown")
  })
  if (length(steps) == 0L) {
    return(out)
  }
  by_blanks <- identical(steps[[1L]], split_blanks)
  parts <- steps[[1L]](labels[left])
  of <- rep(seq_along(parts), lengths(parts))
  parts <- trimws(unlist(parts))
  of <- of[nzchar(parts)]
  parts <- parts[nzchar(parts)]
  each <- unique(parts)
  # Parts of blanks are words: nothing is left to take apart in them.
  read <- read_parts(each, lookup, if (by_blanks) list() else steps[-1L])
  known <- vapply(read, function(one) any(one$how != "unknown"), NA)
  at <- match(parts, each)
  n <- tabulate(of, length(left))
  n_known <- tabulate(of[known[at]], length(left))
  enough <- n_known > 0L & (n_known == n | !by_blanks)
  sets <- split(at[enough[of]], of[enough[of]])
  out[left[enough]] <- lapply(sets, function(at) {
    list(words = unlist(lapply(read[at], `[[`, "words")),
         how = unlist(lapply(read[at], `[[`, "how")))
  })
  if (by_blanks && any(!enough)) {
    out[left[!enough]] <- read_parts(labels[left[!enough]], lookup, steps[-1L])
  }
  out
}

split_blanks <- function(x) strsplit(x, " +")

# Blanks of all kinds as one.
plain_label <- function(x) {
  x <- gsub("[ \t\r\n\u00a0\u2007\u2009\u202f]+", " ",
            valid_text(as.character(x)), perl = TRUE)
  gsub("^ | $", "", x, perl = TRUE)
}

# Text of an unmarked encoding that is no UTF-8 stays readable.
valid_text <- function(x) {
  x <- enc2utf8(x)
  bad <- !is.na(x) & !validUTF8(x)
  x[bad] <- iconv(x[bad], "latin1", "UTF-8")
  x
}

# The set as the text of one level, strongest first: "break+provisional".
join_words <- function(words, known = status_words()$status) {
  if (length(words) == 1L) {
    return(words)
  }
  words <- unique(words)
  words <- words[order(match(words, known, nomatch = length(known) + 1L))]
  real <- words[!words %in% c("ok", "zero")]
  paste(if (length(real) > 0L) real else words[1L], collapse = "+")
}

level_words <- function(level) strsplit(level, "+", fixed = TRUE)

# Which levels have one of `words`.
level_has <- function(level, words) {
  vapply(level_words(level), function(x) any(x %in% words), NA)
}

# Cells that are used but are no plain observations.
is_soft <- function(status) {
  levels <- levels(status)
  level_has(levels, words_of_kind("soft"))[as.integer(status)]
}

# How often each text stands there, the most frequent first.
count_text <- function(x, n = rep(1L, length(x))) {
  each <- unique(x)
  n <- as.vector(rowsum(n, match(x, each), reorder = TRUE))
  at <- order(-n, each, method = "radix")
  list(text = each[at], n = n[at])
}

# The user's own vocabulary, `c(B = "ok")`.
check_status_labels <- function(x, status, call) {
  if (is.null(x)) {
    return(NULL)
  }
  named <- is.character(x) && length(x) > 0L && !anyNA(x) &&
    !is.null(names(x)) && all(nzchar(names(x))) && !anyNA(names(x))
  if (!named || anyDuplicated(names(x)) > 0L) {
    stop_argument("status_labels",
                  "labels and what they mean, `c(B = \"ok\", E = \"estimated\")`",
                  x, call)
  }
  if (is.null(status) || isFALSE(status)) {
    stop_nid("argument",
             c("`status_labels` says what labels mean, but none are read.",
               i = "Say where they stand: `status = \"_status\"`."),
             argument = "status_labels", call = call)
  }
  known <- status_words()$status
  words <- small_letters(trimws(x))
  bad <- !words %in% known
  if (any(bad)) {
    stop_nid("argument",
             c(paste0("`status_labels` gives ",
                      some_of(x[bad], quote = "\""), ", which no status is ",
                      "called."),
               i = paste0("They are ", some_of(known, 40L), "; see ",
                          "nid_status().")),
             argument = "status_labels", values = unname(x[bad]), call = call)
  }
  stats::setNames(words, plain_label(names(x)))
}
