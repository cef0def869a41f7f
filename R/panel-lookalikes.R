# Region names that a reader could take for one another.

# Equal after NFKC, case folding, reading Cyrillic letters as their Latin twins
# (yo as ye), all dashes as hyphens and all apostrophes as one, with one blank
# for many, no footnote mark behind and no leading zeros where all are digits.
warn_lookalikes <- function(x) {
  if (is.factor(x)) {
    x <- levels(x)[as.integer(x)]
  }
  if (!is.character(x) || length(x) < 2L) {
    return(invisible())
  }
  twin <- lookalikes_cpp(plain_letters(x))
  second <- which(twin > 0L)
  if (length(second) > 0L) {
    pairs <- paste0("\"", x[twin[second]], "\" and \"", x[second], "\"")
    warn_nid(
      "lookalike",
      c(paste0("Some region names look alike but are kept apart: ",
               some_of(pairs, quote = ""), "."),
        i = paste0("They differ only in case, blanks, dashes, apostrophes, ",
                   "marks behind the name, leading zeros, or Latin and ",
                   "Cyrillic letters of one shape."),
        i = paste0("If they are one region, give it one name: ",
                   "x[x == \"", x[second[1L]], "\"] <- \"",
                   x[twin[second[1L]]], "\"; code_panel(names = \"fold\") ",
                   "does it for all.")),
      regions = x[sort(unique(c(second, twin[second])))],
      pairs = data.frame(first = x[twin[second]], second = x[second])
    )
  }
  invisible()
}

# What is not ASCII in a name, in letters that are; the rest of the folding is
# the same for all names (fold_name() in C++).
plain_letters <- function(x) {
  if (all_ascii_cpp(x)) {
    return(x)
  }
  # Raised figures are footnote marks, not the digits that NFKC makes of them.
  x <- gsub("[\u00b9\u00b2\u00b3\u2070-\u2079]+[[:space:]\u00a0]*$", "",
            enc2utf8(x))
  # In two steps: utf8 1.2.3 leaves Cyrillic capitals as they are when asked
  # for both at once.
  x <- utf8::utf8_normalize(x, map_compat = TRUE)
  x <- utf8::utf8_normalize(x, map_case = TRUE)
  # Zero-width characters and soft hyphens are not seen at all.
  x <- gsub("[\u00ad\u200b-\u200d\u2060\ufeff]", "", x)
  x <- gsub("[[:space:]\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]", " ", x)
  x <- gsub("[\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d]", "-", x)
  x <- gsub("[\u2018\u2019\u201b\u02bc]", "'", x)
  # Cyrillic a ve ie ka em en o er es te u ha, dotted i, and yo, which is
  # written as ye.
  chartr(
    paste0("\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442",
           "\u0443\u0445\u0456\u0451"),
    "abekmhopctyxie", x
  )
}

# One name for regions whose names look alike: the first that is written so.
fold_regions <- function(plain, index, wide) {
  if (is.na(index[["region"]])) {
    return(plain)
  }
  column <- index[["region"]]
  x <- plain[[column]]
  each <- unique(as.character(x))
  each <- each[!is.na(each)]
  if (!(is.character(x) || is.factor(x)) || any(unreadable(each)) ||
        length(each) < 2L) {
    return(plain)
  }
  twin <- lookalikes_cpp(plain_letters(each))
  second <- which(twin > 0L)
  if (length(second) == 0L) {
    return(plain)
  }
  name <- each
  name[second] <- each[twin[second]]
  folded <- name[match(as.character(x), each)]
  own <- attr(plain, "nid_index", exact = TRUE)
  plain[[column]] <- if (is.factor(x)) {
    factor(folded, intersect(levels(x), folded))
  } else folded
  n <- nrow(plain)
  if (wide) plain <- join_halves(plain, index)
  attr(plain, "nid_index") <- own
  inform_nid(
    "folded",
    paste0(count_of(length(second), "region name"), " folded: ",
           some_of(paste0("\"", each[second], "\" into \"", name[second],
                          "\""), quote = ""),
           if (nrow(plain) < n) paste0("; ", n - nrow(plain), " rows joined"),
           "."),
    regions = name[second], values = each[second], n = n - nrow(plain)
  )
  plain
}

# Rows of one region and time that say nothing against each other, as one.
join_halves <- function(plain, index) {
  number <- function(x) match(x, unique(x))
  key <- paste(number(plain[[index[["region"]]]]),
               number(plain[[index[["time"]]]]))
  gone <- integer()
  for (rows in split(seq_along(key), key)[table(key) > 1L]) {
    values <- lapply(plain, function(x) {
      there <- rows[!is.na(x[rows])]
      if (length(there) > 0L && length(unique(x[there])) == 1L) there[1L] else
        if (length(there) == 0L) rows[1L] else NA
    })
    if (anyNA(unlist(values))) next
    for (name in names(plain)) {
      plain[[name]][rows[1L]] <- plain[[name]][values[[name]]]
    }
    gone <- c(gone, rows[-1L])
  }
  if (length(gone) == 0L) plain else
    as_plain_frame(plain[-gone, , drop = FALSE])
}
