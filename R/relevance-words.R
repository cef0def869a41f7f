# Sentences about a relevance table: who leads, how surely, on what base.

#' @export
in_words.nid_relevance <- function(x, ...) {
  rlang::check_dots_empty()
  fit <- relevance_fit(x, rlang::current_env())
  label <- if (fit$groups > 1L) group_labels(fit$keys) else ""
  unlist(lapply(seq_len(fit$groups), \(g) {
    at <- (g - 1L) * fit$n.items + seq_len(fit$n.items)
    words_of_group(lapply(as.list(as_plain_tibble(x)), `[`, at), fit, label[g])
  })) |> as.character()
}

words_of_group <- function(rows, fit, label) {
  where <- if (nzchar(label)) paste0("Among ", label, ": ") else ""
  there <- which(!is.na(rows$estimate))
  if (length(there) == 0L) {
    return(paste0(where, "no item has a known share."))
  }
  top <- there[order(-rows$estimate[there])]
  percent <- \(p) sprintf("%.1f%%", 100 * p)
  lead <- top[1L]
  first <- paste0(
    where, "the most relevant item is \"", rows$item[lead], "\", named by ",
    percent(rows$estimate[lead]), " (", level_text(fit$conf_level),
    " interval ",
    percent(rows$conf.low[lead]), " to ", percent(rows$conf.high[lead]),
    ") of ", whole(rows$n[lead]), " respondents."
  )
  first <- capital(first)
  rivals <- sum(rows$rank.low[there] == 1L)
  second <- if (length(there) == 1L) {
    NULL
  } else if (rivals == 1L) {
    "It stands first beyond sampling error."
  } else {
    paste0("But ", count_of(rivals, "item"), " of ", length(there),
           " could be first: the data cannot tell them apart",
           if (fit$source == "counts" && !fit$exclusive) {
             " without knowing who ticked what together"
           }, ".")
  }
  fixed <- sum(rows$rank.low[there] == rows$rank.high[there])
  third <- if (length(there) > 2L) {
    paste0("Of ", count_of(length(there), "rank"), ", ", fixed,
           if (fixed == 1L) " is" else " are", " certain; on average an item ",
           "could hold ", sprintf("%.1f", mean(
             rows$rank.high[there] - rows$rank.low[there] + 1)), " of them.")
  }
  unknown <- length(rows$item) - length(there)
  fourth <- if (unknown > 0L) {
    paste0("For ", count_of(unknown, "item"), " no share is known.")
  }
  c(first, second, third, fourth)
}
