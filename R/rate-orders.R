# The order of smoothness that rate_spline(m = "auto") takes for each code: what
# the panel speaks for (smoothness.R), or what was chosen before.

# Regions that are asked: of more, as many. Choosing must cost little beside the
# rates themselves.
order_asked <- 200L

# A fit with its orders settled; `kept`: those to keep, named by code, and in
# `told` how they were chosen.
choose_orders <- function(fit, kept = NULL) {
  if (!fit$rate$facts$chooses) {
    return(fit)
  }
  fit$orders <- kept %||% panel_orders(fit)
  fit$rate <- settled_rate(fit$rate, fit$orders)
  fit
}

panel_orders <- function(fit) {
  code <- code_field(fit, "code")
  found <- lapply(seq_along(code), \(i) {
    rate_order(fit$rate, \() code_smoothness(fit, i, order_asked))
  })
  structure(vapply(found, `[[`, 1L, "order"), names = code,
            told = order_told(code, found))
}

# What the panel says, where the rate can use it.
rate_order <- function(rate, ask) {
  if (is.null(rate$facts$untold)) {
    return(ask())
  }
  list(order = 3L, verdict = "not tested",
       words = paste0("order 3 assumed: ", rate$facts$untold))
}

# Orders that are all the same are one.
settled_rate <- function(rate, m) {
  rate$facts$order <- attr(m, "told")
  if (length(unique(m)) < 2L) m <- c(unname(m), 3L)[1L]
  rate$args$m <- structure(as.integer(m), names = names(m))
  rate$words <- sub("\\)$", paste0(order_words(m), ")"), rate$words)
  rate$facts$chooses <- FALSE
  rate
}

# What specs say of the choice.
order_told <- function(code, found) {
  words <- vapply(found, \(one) {
    if (one$verdict == "not tested") sub("^order ", "", one$words) else ""
  }, "")
  if (!any(nzchar(words))) {
    return("chosen by the panel")
  }
  if (length(unique(words)) == 1L) {
    return(words[1L])
  }
  said <- unique(words[nzchar(words)])
  paste0("chosen by the panel (", paste(vapply(said, \(one) {
    paste0(some_of(code[words == one], quote = ""), ": ", one)
  }, ""), collapse = "; "), ")")
}

# Series without a panel are the regions of a code.
choose_order <- function(series) {
  if (!series$rate$facts$chooses) {
    return(series)
  }
  found <- rate_order(series$rate, \() {
    series_smoothness(series, most = order_asked)
  })
  series$rate <- settled_rate(series$rate, structure(
    found$order, told = order_told("", list(found))
  ))
  series
}

# Codes whose order another choice has moved.
inform_orders <- function(old, new) {
  both <- intersect(names(old), names(new))
  moved <- both[old[both] != new[both]]
  if (length(moved) > 0L) {
    inform_nid(
      "order_changed",
      c(paste0("The panel now speaks for another order of smoothness: ",
               paste0(moved, " ", old[moved], " -> ", new[moved],
                      collapse = ", "), "."),
        i = paste0("`freeze = TRUE` keeps what was chosen; `m` of ",
                   "rate_spline() sets it.")),
      codes = moved, from = unname(old[moved]), to = unname(new[moved])
    )
  }
}
