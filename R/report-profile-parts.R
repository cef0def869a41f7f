# What stands on the page of a region: `own` holds its rows of every reading, by
# the reading's name.

# Label and text of each reading that there is.
profile_facts <- function(own) {
  id <- last_of(own$industrial)
  phase <- last_of(own$phases, "phase")
  record <- utils::tail(own$record, 1L)
  facts <- list(
    c(say("Code NID"), if (any(!is.na(own$basic$estimate))) {
      estimate_words(own$basic, 1L)
    }),
    c(say("Rank"), if (any(!is.na(own$ranks$rank))) rank_words(own)),
    c(say("Against the mean of the others"),
      if (any(!is.na(own$contrasts$estimate))) estimate_words(own$contrasts, 1L)),
    c(say("Code ID, %s", id$time), if (nrow(id) > 0L) estimate_words(id, 1L)),
    c(say("Phase"), if (NROW(phase) > 0L) phase_fact(phase)),
    c(say("Record"), if (NROW(record) > 0L) record_fact(record, own$sure))
  )
  facts <- facts[lengths(facts) == 2L]
  data.frame(a = vapply(facts, `[`, "", 1L), b = vapply(facts, `[`, "", 2L))
}

rank_words <- function(own) {
  r <- own$ranks
  if (is.na(r$rank.low)) {
    return(say("%s of %s", r$rank, own$n))
  }
  say("%s of %s, within error %s to %s", r$rank, own$n, r$rank.low, r$rank.high)
}

phase_fact <- function(phase) {
  name <- say_label(as.character(phase$phase))
  if (is.na(phase$prob)) name else
    say("%s, probability %s", name, probability_words(phase$prob))
}

record_fact <- function(record, sure) {
  if (is.na(record$record.sure)) record$record else
    say("%s; what is sure at %s: %s", record$record, sure, record$record.sure)
}

# Rates of the codes at the last time, what each adds to Code NID, its gap.
profile_codes <- function(own) {
  rates <- own$rates[own$rates$order %in% 1L, , drop = FALSE]
  rates <- last_of(rates)
  at <- function(x, column) x[[column]][match(rates$code, x$code)]
  out <- rates[c("code", "estimate", "conf.low", "conf.high", "prob.positive")]
  out$part <- at(own$parts, "estimate")
  if (!is.null(own$gaps)) {
    out$gap <- at(own$gaps, "gap")
    state <- at(own$gaps, "state")
    out$state <- ifelse(state %in% "none", say("within noise"),
                        say_label(state))
  }
  in_language(out)
}

# Which statements the intervals settle, and which questions they leave open.
profile_signs <- function(own) {
  told <- list()
  tell <- function(rows, up, down, open) {
    for (i in seq_len(NROW(rows))) {
      side <- clear_side(rows$conf.low[i], rows$conf.high[i])
      if (is.na(side)) next
      told[[length(told) + 1L]] <<- list(
        text = list(down, open, up)[[side + 2L]](rows, i), clear = side != 0)
    }
  }
  code <- \(x, i) say_label(x$code[i])
  tell(own$basic, \(x, i) say("Code NID is above zero: speed is gained."),
       \(x, i) say("Code NID is below zero: speed is lost."),
       \(x, i) say("Is speed gained or lost (Code NID)?"))
  tell(own$contrasts, \(x, i) say("Code NID is above the mean of the others."),
       \(x, i) say("Code NID is below the mean of the others."),
       \(x, i) say("Is Code NID above or below the mean of the others?"))
  tell(last_of(own$industrial),
       \(x, i) say("The codes together grow (Code ID, %s).", x$time[i]),
       \(x, i) say("The codes together fall (Code ID, %s).", x$time[i]),
       \(x, i) say("Do the codes together grow or fall (Code ID, %s)?",
                   x$time[i]))
  tell(last_of(own$rates[own$rates$order %in% 1L, , drop = FALSE]),
       \(x, i) say("The code grows: %s, %s.", code(x, i), x$time[i]),
       \(x, i) say("The code falls: %s, %s.", code(x, i), x$time[i]),
       \(x, i) say("Does the code grow or fall: %s, %s?", code(x, i), x$time[i]))
  tell(own$gaps, \(x, i) say("Behind the mean of the others: %s.", code(x, i)),
       \(x, i) say("Ahead of the mean of the others: %s.", code(x, i)),
       \(x, i) say("Behind or ahead of the others: %s?", code(x, i)))
  list(text = vapply(told, `[[`, "", "text"),
       clear = vapply(told, `[[`, NA, "clear"))
}

profile_picture <- function(model, region, options) {
  if (all(is.na(rows_of_region(model$defining, region)$estimate))) {
    return(NULL)
  }
  picture <- ggplot2::autoplot(model, "codes",
                               regions = if (!is.na(region)) region)
  attr(picture, "nid_size") <- c(width = 7.2, height = 2.7)
  report_block(picture, options)
}

# How many indicators a page lists.
most_listed <- 10L

# What was there of each indicator, those that lack the most first.
profile_data <- function(panel, region) {
  r <- if (is.na(region)) 1L else match(region, as.character(panel$regions))
  rows <- panel$offset[r] + seq_len(panel$offset[r + 1L] - panel$offset[r])
  names <- names(panel$x)
  seen <- vapply(names, \(name) sum(!is.na(panel$x[[name]][rows])), 1L)
  time <- row_time(panel)[rows]
  last <- vapply(names, \(name) {
    there <- which(!is.na(panel$x[[name]][rows]))
    if (length(there) == 0L) "" else time_words(panel, time[max(there)])
  }, "")
  breaks <- vapply(names, \(name) sum(panel$breaks[[name]] %in% rows), 1L)
  out <- data.frame(
    indicator = said_names(panel$scheme, names),
    unit = say_label(panel$scheme[["unit"]] %||% ""),
    values = seen, missing = length(rows) - seen, breaks = breaks, last = last
  )[order(seen), , drop = FALSE]
  more <- nrow(out) - most_listed
  c(markdown_table(utils::head(out, most_listed), heads = list(
      values = say("Values"), last = say("Last value"))),
    if (more > 0L) {
      c("", say("%s further indicators lack no more than these.", more,
                n = more))
    })
}

# Readings that the model does not have.
left_out_words <- function(readings) {
  names <- c(ranks = say("Rank"), parts = say("Part of NID"),
             phases = say("Phase"), record = say("Record"), gaps = say("Gap"),
             contrasts = say("Against the mean of the others"))
  if (length(readings) > 0L) {
    say("This model does not have: %s.", paste(names[readings],
                                               collapse = "; "))
  }
}

profile_reading <- function(model) {
  level <- get_spec(model$basic)$level
  c(basic_meaning(get_fit(model$basic)),
    if (!is.null(level)) say("Low and high: %s intervals.", level_text(level)))
}
