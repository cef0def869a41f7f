# A verdict in lines and in sentences.

#' @export
format.nid_verdict <- function(x, ..., n = NULL, width = NULL) {
  unlist(verdict_parts(x, n, width), use.names = FALSE)
}

verdict_parts <- function(x, n = NULL, width = NULL) {
  check_rows_shown(n)
  width <- width_shown(width)
  spec <- get_spec(x)
  head <- strwrap(format(spec), width = width, exdent = 2, prefix = "# ")
  two <- function(v) {
    ifelse(is.na(v), "none", two_decimals(v))
  }
  plain <- as_plain_tibble(x)
  who <- paste0(
    vapply(seq_len(nrow(plain)), \(i) {
      paste0(vapply(spec$by, \(name) as.character(plain[[name]][i]), ""), ": ",
             recycle0 = TRUE, collapse = "")
    }, ""),
    shown_names(spec$scheme, plain$y), " ~ ",
    shown_names(spec$scheme, plain$x), recycle0 = TRUE
  )
  lines <- paste0(who, ": ", plain$verdict, " (r levels ",
                  two(plain$r.levels), ", changes ", two(plain$r.rates),
                  ifelse(!is.na(plain$critical),
                         paste0(", critical ", two(plain$critical)),
                         ifelse(is.na(plain$p.rates), "",
                                paste0(", p ", format_p(plain$p.rates)))),
                  ", n ", plain$n,
                  ifelse(is.na(plain$hangs.on), "",
                         paste(", hangs on", format_time(plain$hangs.on))),
                  ")", recycle0 = TRUE)
  head <- if (is.null(n)) cut_lines(head, 3L) else head
  # Fifteen lines with one for what is left, unless `n` asks for more.
  tall <- lengths(strsplit(wrap_each(lines), "\n", fixed = TRUE))
  room <- 14L - length(head) - length(spec$notes)
  n <- n %||% max(1L, min(10L, sum(cumsum(tall) <= room)))
  left <- length(lines) - n
  list(head = head, lines = utils::head(lines, n),
       tail = c(if (left > 0L) paste0("# and ", count_of(left, "more row")),
                paste0("# ", spec$notes)))
}

#' @export
print.nid_verdict <- function(x, ..., n = NULL, width = NULL) {
  parts <- verdict_parts(x, n, width)
  cat(parts$head, wrap_each(parts$lines), parts$tail, sep = "\n")
  invisible(x)
}

wrap_each <- function(lines) {
  vapply(lines, \(line) {
    paste(strwrap(line, 0.95 * getOption("width"), exdent = 2), collapse = "\n")
  }, "")
}

say_verdict <- function(r, y, x, group, lag) {
  who <- paste0(if (nzchar(group)) paste0(group, ": "), y, " and ", x,
                if (lag > 0) paste0(" (", format(lag), " before)"))
  given <- if (r$others > 0L) " given the others" else ""
  levels <- if (is.na(r$r.levels)) {
    paste0("no r", given, ", n = ", r$n)
  } else {
    paste0("r = ", two_decimals(r$r.levels), given, ", R2 = ",
           two_decimals(r$r.squared), ", n = ", r$n)
  }
  rates <- say_changes(r, given)
  switch(
    r$verdict,
    dependent = paste0(
      who, ": dependent. Their changes move together (", rates, "); in levels ",
      levels, if (!r$level_found) ", which alone would not show it", ".",
      if (!is.na(r$hangs.on)) {
        paste0(" It hangs on ", format_time(r$hangs.on),
               ": without it the changes would not show it.")
      }
    ),
    "trend only" = paste0(
      who, ": trend only. The levels go together (", levels,
      "), the changes do not (", rates, "): two series that merely trend ",
      "look the same."
    ),
    "trend only (depends on scale)" = paste0(
      who, ": trend only (depends on scale). Their changes move together (",
      rates, "), those of logs do not (", say_reached(r$logs, given),
      "): changes of a growing series grow with it; in levels ", levels, "."
    ),
    "no evidence" = paste0(
      who, ": no evidence. Neither the levels (", levels,
      ") nor the changes (", rates, ") show a dependence."
    ),
    paste0(who, ": not tested, ", r$why, " (levels: ", levels, ").")
  )
}

say_changes <- function(r, given) {
  if (r$panel) {
    return(paste0("r = ", two_decimals(r$r.rates),
                  " after region and time effects, p ", format_p(r$p.rates)))
  }
  paste0(say_reached(list(r = r$r.rates, critical = r$critical), given),
         if (isTRUE(r$season > 0L)) {
           "; differences a year apart, for the season"
         })
}

say_reached <- function(test, given) {
  if (is.na(test$r)) {
    return("they lie on a line")
  }
  paste0("r = ", two_decimals(test$r), given,
         ", where independent series reach ", two_decimals(test$critical))
}

two_decimals <- function(v) formatC(v, digits = 2, format = "f", width = 1)

#' @rdname in_words
#' @export
in_words.nid_verdict <- function(x, ...) {
  rlang::check_dots_empty()
  x[["sentence"]]
}

#' @rdname in_words
#' @export
in_words.nid_dependence <- function(x, ...) {
  rlang::check_dots_empty()
  in_words.nid_verdict(verdict(x))
}
