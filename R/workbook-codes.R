# Sheets Codes and Rates: D from z, V and A from D through the operators.

codes_sheet <- function(frame) {
  sheet <- headed_sheet(
    "Codes",
    say("Codes: the defining codes D"),
    frame$banner,
    switch(
      frame$def$aggregate,
      mean = say("D is the mean of z over indicators, by their weights."),
      geometric = say("D is the geometric mean of z, by their weights."),
      harmonic = say("D is the harmonic mean of z, by their weights.")
    )
  )
  sheet <- put_keys(sheet, frame)
  for (i in seq_along(frame$code)) {
    col <- value_column(frame, i)
    sheet <- put_row(sheet, book_head, col, frame$code[i])
    sheet <- put_column(sheet, book_head + 1L, col, code_formulas(frame, i))
  }
  columns <- frame$width + length(frame$code)
  sheet <- put_units(sheet, frame$width + 1L,
                     rep(frame$units$code, length(frame$code)))
  put_view(dress_live(sheet, frame, columns), frame)
}

# A table of formulas with a row for each region and time.
dress_live <- function(sheet, frame, columns, widths = 14) {
  all <- c(key_widths(frame), rep_len(widths, columns - frame$width))
  sheet <- dress_table(sheet, columns, all, frame$width)
  sheet$protect <- TRUE
  sheet <- dress_keys(sheet, frame$types, frame$rows)
  dress(sheet, frame$rows, seq.int(frame$width + 1L, columns), "number")
}

put_keys <- function(sheet, frame) {
  sheet <- put_row(sheet, book_head, 1L, names(frame$keys))
  put_columns(sheet, book_head + 1L, 1L, unname(frame$keys))
}

# D at every row: over the indicators that count there (see present_weights()),
# rows of one composition at a time.
code_formulas <- function(frame, i) {
  parts <- parts_of_code(frame$def, frame$code[i])
  here <- present_weights(frame$fit, parts)$here
  value <- rep(NA_real_, frame$n)
  rows <- unlist(frame$series[[i]])
  value[rows] <- code_values(frame$def, frame$code[i])$value[rows]
  formula <- rep("NA()", frame$n)
  kind <- do.call(paste0, lapply(seq_len(ncol(here)), \(k) {
    as.integer(here[, k])
  }))
  for (one in split(rows, kind[rows])) {
    used <- parts$names[here[one[1L], ]]
    formula[one] <- if (is.null(parts$factor)) {
      mean_formulas(frame, used, frame$rows[one])
    } else {
      node_formula(frame, parts, used, frame$rows[one])
    }
  }
  book_formula(formula, value)
}

mean_formulas <- function(frame, used, rows) {
  runs <- number_runs(sort(frame$at$z[used]))
  weights <- weight_ranges(frame, used)
  total <- paste0("SUM(", paste(weights, collapse = ","), ")")
  z <- lapply(seq_along(runs$from), \(k) {
    paste0(moving_cell("Data", rows, runs$from[k]), ":$",
           book_letters(runs$to[k]), rows)
  })
  piece <- function(make) {
    do.call(paste, c(Map(make, weights, z), sep = "+"))
  }
  switch(
    frame$def$aggregate,
    mean = paste0("(", piece(\(w, z) {
      paste0("SUMPRODUCT(", w, ",", z, ")")
    }), ")/", total),
    geometric = paste0("EXP((", piece(\(w, z) {
      paste0("SUMPRODUCT(", w, ",LN(", z, "))")
    }), ")/", total, ")"),
    harmonic = paste0(total, "/(", piece(\(w, z) {
      paste0("SUMPRODUCT(", w, "/", z, ")")
    }), ")")
  )
}

# The same for a code with pillars, node in node: the items of a node that are
# there, each with the weights of all that it holds.
node_formula <- function(frame, parts, used, rows, level = 2L,
                         names = parts$names) {
  items <- node_items(frame, names, used, level)
  value <- lapply(items, \(item) {
    if (item$leaf) {
      return(moving_cell("Data", rows, frame$at$z[[item$names]]))
    }
    node_formula(frame, parts, used, rows, level + 1L, item$names)
  })
  weight <- vapply(items, `[[`, "", "weight")
  total <- paste0("(", paste(weight, collapse = "+"), ")")
  sums <- function(make) {
    paste0("(", do.call(paste, c(Map(make, weight, value), sep = "+")), ")")
  }
  switch(
    frame$def$aggregate,
    mean = paste0("(", sums(\(w, v) paste0(w, "*", v)), "/", total, ")"),
    geometric = paste0("EXP(", sums(\(w, v) paste0(w, "*LN(", v, ")")), "/",
                       total, ")"),
    harmonic = paste0("(", total, "/", sums(\(w, v) paste0(w, "/", v)), ")")
  )
}

# The items of a node (of the code: level 2) of which something is there.
node_items <- function(frame, names, used, level) {
  ways <- tree_paths(frame$scheme)[names]
  item <- vapply(ways, \(p) p[min(level, length(p))], "")
  items <- lapply(split(names, factor(item, unique(item))), \(own) {
    list(names = own, leaf = length(ways[[own[1L]]]) <= level,
         weight = paste0("SUM(", paste(weight_ranges(frame, own),
                                       collapse = ","), ")"))
  })
  unname(Filter(\(one) any(one$names %in% used), items))
}

# The share of an indicator in its code, by the same weights.
share_formula <- function(frame, parts, used, name) {
  if (is.null(parts$factor)) {
    own <- sub(":.*", "", weight_ranges(frame, name))
    return(paste0(own, "/SUM(", paste(weight_ranges(frame, used),
                                      collapse = ","), ")"))
  }
  names <- parts$names
  out <- character()
  level <- 2L
  repeat {
    items <- node_items(frame, names, used, level)
    mine <- Filter(\(one) name %in% one$names, items)[[1L]]
    out <- c(out, paste0(mine$weight, "/(", paste(
      vapply(items, `[[`, "", "weight"), collapse = "+"), ")"))
    if (mine$leaf) {
      return(paste(out, collapse = "*"))
    }
    names <- mine$names
    level <- level + 1L
  }
}

# Weights of indicators above their z on sheet Data, in runs of columns.
weight_ranges <- function(frame, used) {
  runs <- number_runs(sort(frame$at$z[used]))
  fixed_range("Data", book_head - 1L, runs$from, book_head - 1L, runs$to)
}

# Sheet Rates ----------------------------------------------------------------

rates_sheet <- function(frame) {
  sheet <- headed_sheet(
    "Rates",
    say("Rates: the dynamic codes V = D' and their own rates A"),
    frame$banner,
    paste(
      say("Each is a weighted sum of the values D of its region and code."),
      say("The weights stand on sheet %s, the rate among settings on sheet %s.",
          sheet_title("Operator"), sheet_title("Read me")))
  )
  sheet <- put_keys(sheet, frame)
  estimate <- estimate_codes(get_fit(frame$model$rates),
                             rates = TRUE)$rates$estimate
  for (i in seq_along(frame$code)) {
    name <- frame$fit$codes[[i]]$dynamic
    for (order in 1:2) {
      col <- rate_column(frame, i, order)
      sheet <- put_row(sheet, book_head, col,
                       paste0(c("V: ", "A: ")[order], name))
      sheet <- put_column(sheet, book_head + 1L, col,
                          rate_formulas(frame, i, order,
                                        estimate[[order]][, i]))
    }
  }
  units <- rep(unlist(frame$units[c("rate", "second")]), length(frame$code))
  columns <- frame$width + length(units)
  sheet <- put_units(sheet, frame$width + 1L, units)
  # On paper, the picture of the region that is picked.
  on_paper(dress_live(sheet, frame, columns),
           picture_dims(book_head + 1L, columns + 2L))
}

rate_formulas <- function(frame, i, order, value) {
  formula <- rep("NA()", frame$n)
  for (r in which(frame$operators$of[, i] > 0L)) {
    one <- frame$operators$blocks[[frame$operators$of[r, i]]]
    has <- if (order == 1L) one$has_v else one$has_a
    first <- if (order == 1L) one$v else one$a
    rows <- frame$series[[i]][[r]]
    if (length(has) == 0L) next
    formula[rows[has]] <- operator_product(
      one, first + seq_along(has) - 1L, "Codes", rows,
      value_column(frame, i))
  }
  value[formula == "NA()"] <- NA
  book_formula(formula, value)
}
