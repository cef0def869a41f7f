# What a Code NID says, in a sentence or two: which way, and by what unit.

# `fit`: that of a table of basic_code().
basic_meaning <- function(fit) {
  below <- say("Below zero the codes lose speed, though they may still grow.")
  unit <- meant_unit(fit$def)
  if (!sums_to_change(fit)) {
    return(c(below, say(
      "At -1 the weighted changes of their rates sum to a loss of %s.", unit)))
  }
  c(below, if (counts_years(fit$def$panel)) {
    say("At -1 their summed rates end %s a year lower than they began.", unit)
  } else {
    say("At -1 their summed rates end lower by %s per unit of time.", unit)
  })
}

# Where formula (2) is V at the last time less V at the first: all steps count
# alike and have the length 1, or count by their length.
sums_to_change <- function(fit) {
  asked <- fit$asked
  facts <- fit$rate$facts
  even <- identical(asked$influence$form, "equal") &&
    !isTRUE(asked$influence$normalise) && identical(asked$ends, "all")
  whole <- fit$breaks != "split" || length(fit$def$panel$breaks) == 0L
  even && whole && (facts$steps || facts$backward) &&
    (asked$measure == "integral" ||
       all(abs(grid_steps(fit$def$panel) - 1) < 0.01))
}

grid_steps <- function(panel) {
  time <- panel$grids$time
  after <- setdiff(seq_along(time), panel$grids$offset + 1L)
  time[after] - time[after - 1L]
}

# What the number 1 of a code is.
meant_unit <- function(def) {
  reference <- reference_text(def$reference, def$panel)
  switch(
    def$normalise,
    zscore = switch(
      reference,
      panel = say("1 standard deviation of the panel"),
      region = say("1 standard deviation of the region's own series"),
      frozen = say("1 standard deviation of the frozen reference"),
      say("1 standard deviation of the regions in %s", reference)
    ),
    minmax = say("the whole range from minimum to maximum"),
    goalposts = say("the whole way between the goalposts"),
    rank = say("the whole way from the lowest rank to the highest"),
    index = say("1 %% of the level of %s", reference),
    say("1 unit of the indicators as transformed")
  )
}

# Are the times of a panel years?
counts_years <- function(panel) {
  name <- panel$index[["time"]]
  is_dated(panel$plain[[name]]) || small_letters(name) %in% year_names
}

year_names <- c("year", "years", "yr", "\u0433\u043e\u0434",
                "\u0433\u043e\u0434\u044b")
