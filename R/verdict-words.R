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

# `told`: what judge() says, the names of both, the group and the lag.
say_verdict <- function(told) {
  r <- told$found
  who <- paste0(if (nzchar(told$group)) paste0(told$group, ": "),
                say("%s and %s", say_label(told$y), say_label(told$x)),
                if (told$lag > 0) say(" (%s before)", format(told$lag)))
  given <- if (r$others > 0L) say(" given the others") else ""
  levels <- if (is.na(r$r.levels)) {
    say("no r%s, n = %s", given, r$n)
  } else {
    say("r = %s%s, R2 = %s, n = %s", two_decimals(r$r.levels), given,
        two_decimals(r$r.squared), r$n)
  }
  say_judgement(r, who, levels, given)
}

say_judgement <- function(r, who, levels, given) {
  changes <- if (r$verdict != "not tested") say_changes(r, given)
  switch(
    r$verdict,
    dependent = paste0(
      say("%s: dependent. Their changes move together (%s); in levels %s", who,
          changes, levels),
      if (!r$level_found) say(", which alone would not show it"), ".",
      if (!is.na(r$hangs.on)) {
        say(" It hangs on %s: without it the changes would not show it.",
            format_time(r$hangs.on))
      }
    ),
    "trend only" = paste0(
      say("%s: trend only. The levels go together (%s), ", who, levels),
      say("the changes do not (%s): two trends alone look the same.", changes)
    ),
    "trend only (depends on scale)" = paste0(
      say("%s: trend only (depends on scale). Their changes move together (%s)",
          who, changes),
      say(", those of logs do not (%s): ", say_reached(r$logs, given)),
      say("changes of a growing series grow with it; in levels %s.", levels)
    ),
    "no evidence" = paste0(
      say("%s: no evidence. Neither the levels (%s) nor ", who, levels),
      say("the changes (%s) show a dependence.", changes)
    ),
    say("%s: not tested, %s (levels: %s).", who, say_fact(r$why), levels)
  )
}

say_changes <- function(r, given) {
  if (r$panel) {
    return(say("r = %s after region and time effects, p %s",
               two_decimals(r$r.rates), format_p(r$p.rates)))
  }
  paste0(say_reached(list(r = r$r.rates, critical = r$critical), given),
         if (isTRUE(r$season > 0L)) {
           say("; differences a year apart, for the season")
         })
}

say_reached <- function(test, given) {
  if (is.na(test$r)) {
    return(say("they lie on a line"))
  }
  say("r = %s%s, where independent series reach %s", two_decimals(test$r),
      given, two_decimals(test$critical))
}

two_decimals <- function(v) {
  out <- formatC(v, digits = 2, format = "f", width = 1, decimal.mark = ".")
  sub("^-(0[.]00)$", "\\1", out)
}

#' @rdname in_words
#' @export
in_words.nid_verdict <- function(x, language = NULL, ...) {
  rlang::check_dots_empty()
  told <- get_fit(x)
  if (is.null(told)) x[["sentence"]] else vapply(told, say_verdict, "")
}

#' @rdname in_words
#' @export
in_words.nid_dependence <- function(x, language = NULL, ...) {
  rlang::check_dots_empty()
  in_words.nid_verdict(verdict(x))
}
