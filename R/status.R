#' Labels of cells
#'
#' Statuses tell where a number comes from. `code_panel(status = )` reads them;
#' this table says what each of them does.
#'
#' A label is a *set* of flags: "bp", "b p", "b,e", "b;p" and "Time series
#' break; provisional" have a break among them. What makes a value missing goes
#' before a break, and a break before all others, which are used and counted; a
#' break among the flags of a missing value holds from the next value on.
#'
#' Letters are read in either case; "S" is SDMX's strike, "s" Eurostat's
#' estimate. What letters and symbols were taken for is always said, since other
#' offices mean other things by them (B is a grade of quality in Canada):
#' `status_labels = c(B = "ok")` of [code_panel()] declares what they mean.
#'
#' @return A data frame with a row for each code of the lists, and for each word
#'   that has none: `status` <chr> the word, `letter` <chr> the code or symbol,
#'   `value` <chr> whether the number is used, `effect` <chr> what follows,
#'   `list` <chr> "SDMX", "Eurostat", "symbol" or `NA`, `name` <chr> what the
#'   list calls it, which is read as well.
#'   Any other label: the value is used, and a message says so.
#' @source SDMX code list for observation status (CL_OBS_STATUS), version 2.2.
#'   Eurostat: flags of its database, those before and after January 2025.
#'   Symbols: as the statistical offices named print them.
#' @concept missing data
#' @concept provisional data
#' @family bring in
#' @examples
#' nid_status()
#' subset(nid_status(), status == "break")
#' @export
nid_status <- function() {
  codes <- status_codes
  words <- status_words()
  rest <- setdiff(words$status, codes$status)
  out <- data.frame(
    status = c(codes$status, rest),
    letter = c(codes$letter, rep(NA, length(rest))),
    list = c(codes$list, rep(NA, length(rest))),
    name = c(codes$name, rep(NA, length(rest)))
  )
  kind <- words$kind[match(out$status, words$status)]
  value <- ifelse(kind == "missing", "must be NA", "used")
  effect <- c(
    missing = "a number here is kept out, with a warning",
    "break" = "first value of a new method; see `breaks`",
    soft = "counted, shown as a hollow point", firm = "counted",
    plain = "an ordinary value"
  )[kind]
  effect[out$status == "zero"] <- "a true zero"
  out <- tibble::as_tibble(out)
  out$value <- value
  out$effect <- unname(effect)
  out[c("status", "letter", "value", "effect", "list", "name")]
}

# Labels of one column: `status`, a factor whose levels are sets of words, and
# `read`, what stood there and how often, for the messages.
read_status <- function(x, lookup = status_lookup()) {
  labels <- unique(as.character(x))
  clean <- plain_label(labels)
  at <- match(as.character(x), labels)
  empty <- is.na(clean) | clean == ""
  words <- rep(list(list(words = "ok", how = "word")), length(labels))
  words[!empty] <- read_label(clean[!empty], lookup)
  level <- vapply(words, function(w) join_words(w$words), "")
  coded <- vapply(words, function(w) {
    if ("symbol" %in% w$how) "symbol" else
      if ("letter" %in% w$how) "letter" else ""
  }, "")
  n <- tabulate(at, length(labels))
  list(
    status = factor(level[at], unique(c(status_words()$status, level))),
    read = data.frame(label = clean, status = level, how = coded,
                      n = n)[!empty, ]
  )
}

# Which letters and symbols were taken for what; `read` of all columns.
inform_letters <- function(read) {
  read <- do.call(rbind, read)
  if (is.null(read)) {
    return(invisible())
  }
  read <- read[read$how != "" & read$status != "ok", ]
  if (nrow(read) == 0L) {
    return(invisible())
  }
  count <- count_text(read$label, read$n)
  read <- read[!duplicated(read$label), ]
  read <- read[order(read$how, read$label, method = "radix"), ]
  read$n <- count$n[match(read$label, count$text)]
  line <- function(how) {
    rows <- read[read$how == how, ]
    if (nrow(rows) > 0L) {
      some_of(paste(rows$label, gsub("+", " and ", rows$status, fixed = TRUE),
                    rows$n), 10L, quote = "")
    }
  }
  letters <- line("letter")
  symbols <- line("symbol")
  inform_nid(
    "status",
    c(if (!is.null(letters)) paste0("Letters read as SDMX: ", letters, "."),
      if (!is.null(symbols)) paste0("Symbols read: ", symbols, "."),
      i = paste0("Do they mean something else? Say `status_labels = c(",
                 own_name(read$label[1L]), " = \"ok\")`.")),
    values = read$label, status = read$status, n = read$n
  )
}

# A name as it can stand before `=`.
own_name <- function(x) {
  if (x == make.names(x)) x else encodeString(x, quote = "\"")
}

# Applies the statuses (factors in panel order, by indicator) to the values:
# out go the numbers that should not be there, break rows are collected.
apply_status <- function(x, status, where) {
  has <- function(s, words) which(level_has(levels(s), words)[as.integer(s)])
  bad <- lapply(stats::setNames(nm = names(status)), function(name) {
    out <- has(status[[name]], words_of_kind("missing"))
    out[!is.na(x[[name]][out])]
  })
  bad <- bad[lengths(bad) > 0L]
  if (length(bad) > 0L) warn_kept_out(bad, status, where)
  for (name in names(bad)) x[[name]][bad[[name]]] <- NA_real_
  inform_unknown(status)
  breaks <- lapply(status, has, "break")
  list(x = x, breaks = breaks[lengths(breaks) > 0L])
}

warn_kept_out <- function(bad, status, where) {
  found <- unlist(Map(function(s, rows) as.character(s[rows]),
                      status[names(bad)], bad))
  place <- where(sort(unique(unlist(bad))))
  n <- sum(lengths(bad))
  warn_nid(
    "status",
    c(paste0(count_of(n, "value"), " of ", some_of(names(bad)), " marked as ",
             some_of(unique(found), quote = ""),
             if (n == 1L) " has" else " have", " a number; it is kept out."),
      i = place$text),
    columns = names(bad), regions = place$regions, times = place$times, n = n
  )
}

inform_unknown <- function(status) {
  used <- as.character(unlist(lapply(status, function(s) {
    levels(s)[sort(unique(as.integer(s)))]
  })))
  unknown <- setdiff(unlist(level_words(used)), status_words()$status)
  if (length(unknown) > 0L) {
    inform_nid("status",
               c(paste0("Status ", some_of(unknown, quote = "\""),
                        if (length(unknown) == 1L) " is" else " are",
                        " not known; those values are used."),
                 i = paste0("Say what it means by a word of nid_status(): ",
                            "`status_labels = c(", own_name(unknown[1L]),
                            " = \"break\")`.")),
               values = unknown)
  }
}
