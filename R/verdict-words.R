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
    ifelse(is.na(v), "none", formatC(v, digits = 2, format = "f", width = 1))
  }
  plain <- as_plain_tibble(x)
  who <- paste0(
    vapply(seq_len(nrow(plain)), \(i) {
      paste0(vapply(spec$by, \(name) as.character(plain[[name]][i]), ""), ": ",
             recycle0 = TRUE, collapse = "")
    }, ""),
    plain$y, " ~ ", plain$x, recycle0 = TRUE
  )
  lines <- paste0(who, ": ", plain$verdict, " (r levels ",
                  two(plain$r.levels), ", changes ", two(plain$r.rates),
                  ifelse(!is.na(plain$critical),
                         paste0(", critical ", two(plain$critical)),
                         ifelse(is.na(plain$p.rates), "",
                                paste0(", p ", format_p(plain$p.rates)))),
                  ", n ", plain$n, ")", recycle0 = TRUE)
  head <- if (is.null(n)) cut_lines(head, 3L) else head
  # Fifteen lines with one for what is left, unless `n` asks for more.
  n <- n %||% max(1L, min(10L, 14L - length(head) - length(spec$notes)))
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
  two <- function(v) formatC(v, digits = 2, format = "f", width = 1)
  who <- paste0(if (nzchar(group)) paste0(group, ": "), y, " and ", x,
                if (lag > 0) paste0(" (", format(lag), " before)"))
  given <- if (r$others > 0L) " given the others" else ""
  levels <- if (is.na(r$r.levels)) {
    paste0("no r", given, ", n = ", r$n)
  } else {
    paste0("r = ", two(r$r.levels), given, ", R2 = ", two(r$r.squared),
           ", n = ", r$n)
  }
  rates <- if (r$panel) {
    paste0("r = ", two(r$r.rates), " after region and time effects, p ",
           format_p(r$p.rates))
  } else {
    paste0("r = ", two(r$r.rates), given, ", where independent series reach ",
           two(r$critical))
  }
  switch(
    r$verdict,
    dependent = paste0(
      who, ": dependent. Their changes move together (", rates, "); in levels ",
      levels, if (!r$level_found) ", which alone would not show it", "."
    ),
    "trend only" = paste0(
      who, ": trend only. The levels go together (", levels,
      "), the changes do not (", rates, "): two series that merely trend ",
      "look the same."
    ),
    "no evidence" = paste0(
      who, ": no evidence. Neither the levels (", levels,
      ") nor the changes (", rates, ") show a dependence."
    ),
    paste0(who, ": not tested, ", r$why, " (levels: ", levels, ").")
  )
}

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
