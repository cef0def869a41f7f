# Sentences about a relevance table: who leads, how surely, on what base.

#' @export
in_words.nid_relevance <- function(x, language = NULL, ...) {
  rlang::check_dots_empty()
  fit <- relevance_fit(x, rlang::current_env())
  label <- if (fit$groups > 1L) group_labels(fit$keys) else ""
  unlist(lapply(seq_len(fit$groups), \(g) {
    at <- (g - 1L) * fit$n.items + seq_len(fit$n.items)
    words_of_group(lapply(as.list(as_plain_tibble(x)), `[`, at), fit, label[g])
  })) |> as.character()
}

words_of_group <- function(rows, fit, label) {
  where <- if (nzchar(label)) say("Among %s: ", label) else ""
  there <- which(!is.na(rows$estimate))
  if (length(there) == 0L) {
    return(paste0(where, say("no item has a known share.")))
  }
  unknown <- length(rows$item) - length(there)
  c(capital(paste0(where, words_of_first(rows, there, fit$conf_level))),
    words_of_rivals(rows, there, fit$source == "counts" && !fit$exclusive),
    words_of_ranks(rows, there),
    if (unknown > 0L) {
      say("For %s items no share is known.", unknown, n = unknown)
    })
}

words_of_first <- function(rows, there, level) {
  percent <- \(p) sprintf("%.1f%%", 100 * p)
  lead <- there[which.max(rows$estimate[there])]
  paste0(
    say("the most relevant item is \"%s\", named by %s of %s respondents",
        rows$item[lead], percent(rows$estimate[lead]), whole(rows$n[lead])),
    say(" (%s interval: %s to %s).", level_text(level),
        percent(rows$conf.low[lead]), percent(rows$conf.high[lead]))
  )
}

words_of_rivals <- function(rows, there, untold) {
  rivals <- sum(rows$rank.low[there] == 1L)
  if (length(there) == 1L) {
    return(NULL)
  }
  if (rivals == 1L) {
    return(say("It stands first beyond sampling error."))
  }
  paste0(say("But %s items of %s could be first: the data cannot tell", rivals,
             length(there), n = rivals),
         if (untold) say(" without knowing who ticked what together"), ".")
}

words_of_ranks <- function(rows, there) {
  if (length(there) <= 2L) {
    return(NULL)
  }
  low <- rows$rank.low[there]
  high <- rows$rank.high[there]
  fixed <- sum(low == high)
  say("%s of %s ranks are certain; on average an item could hold %s of them.",
      fixed, length(there), sprintf("%.1f", mean(high - low + 1)), n = fixed)
}
