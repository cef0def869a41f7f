# Sheet Phases: the signs of V and of its own rate A, live, with the
# probabilities that R gave.

phases_sheet <- function(frame) {
  sheet <- headed_sheet(
    "Phases",
    say("Phases: the signs of V and A"),
    frame$banner,
    paste(
      say("advance: V > 0, A > 0; slowdown: V > 0, A <= 0: growth, but less."),
      say("recovery: V <= 0, A > 0; decline: V <= 0, A <= 0."), told_by_r())
  )
  sheet <- put_keys(sheet, frame)
  first <- frame$width + 1L
  columns <- c(industrial_phases(frame, first), code_phase_columns(frame))
  sheet <- put_row(sheet, book_head, first, names(columns))
  sheet <- put_columns(sheet, book_head + 1L, first, unname(columns))
  sheet <- put_units(sheet, first, unlist(frame$units[c("rate", "second")]))
  last <- frame$width + length(columns)
  widths <- c(10, 10, rep_len(c(13, 11), length(columns) - 2L))
  sheet <- dress_live(sheet, frame, last, widths)
  sheet$heights[as.character(book_head)] <- 48
  told <- seq.int(first + 3L, last, by = 2L)
  sheet <- dress(sheet, frame$rows, told, "told", format = "0.00")
  sheet <- dress(sheet, c(book_head, frame$rows), told - 1L, "center")
  on_paper(sheet, book_dims(1L, 1L, max(frame$rows), last),
           tall = ceiling(frame$n / 90))
}

# Of Code ID: V and A, which are sums over the codes, phase and probability.
industrial_phases <- function(frame, first) {
  table <- code_phases(frame$model)
  rows <- get_fit(table)$moves$rows
  here <- \(x) replace(rep(x[NA_integer_], frame$n), rows, x)
  moves <- get_fit(table)$moves
  v <- here(moves$v)
  a <- here(moves$a)
  second <- if (frame$fit$rate$facts$steps) {
    step_formulas(frame, !is.na(v), !is.na(a), first)
  } else {
    code_sum_formulas(frame, !is.na(a), 2L)
  }
  stats::setNames(list(
    book_formula(code_sum_formulas(frame, !is.na(v), 1L), v),
    book_formula(second, a),
    phase_formulas(NULL, frame$rows, first, first + 1L, here(table$phase)),
    here(table$prob)
  ), c("V", "A", say("phase"), say("%s in R", say("prob"))))
}

# A over the step from the last time that has a Code ID; where codes miss
# different times it is no sum of theirs.
step_formulas <- function(frame, has_v, has_a, col) {
  time <- row_time(frame$panel)
  there <- which(has_v)
  before <- c(NA, there)[match(seq_len(frame$n), there)]
  at <- which(has_a)
  v <- function(i) moving_cell(NULL, frame$rows[i], col)
  replace(rep("NA()", frame$n), at, paste0(
    "(", v(at), "-", v(before[at]), ")/",
    number_key(time[at] - time[before[at]]), recycle0 = TRUE))
}

code_phase_columns <- function(frame) {
  table <- code_phases(frame$model, "codes")
  rows <- get_fit(table)$moves$rows
  out <- lapply(seq_along(frame$code), \(i) {
    mine <- table$code == frame$code[i]
    here <- \(x) replace(rep(x[NA_integer_], frame$n), rows[mine], x[mine])
    list(phase_formulas("Rates", frame$rows, rate_column(frame, i, 1L),
                        rate_column(frame, i, 2L),
                        here(table$phase)),
         here(table$prob))
  })
  stats::setNames(do.call(c, out), as.vector(rbind(
    say("phase: %s", frame$code), say("prob: %s in R", frame$code))))
}

# What is missing in V or A is missing here; what is still has no phase.
phase_formulas <- function(sheet, rows, v, a, phase) {
  v <- moving_cell(sheet, rows, v)
  a <- moving_cell(sheet, rows, a)
  word <- paste0("\"", phase_said(), "\"")
  formula <- paste0("IF(AND(", v, "=0,", a, "=0),NA(),IF(", v, ">0,IF(", a,
                    ">0,", word[4L], ",", word[3L], "),IF(", a, ">0,",
                    word[2L], ",", word[1L], ")))")
  formula[is.na(phase)] <- "NA()"
  book_formula(formula, phase_said()[as.integer(phase)])
}

# In the order of phase_names.
phase_said <- function() {
  c(say("decline"), say("recovery"), say("slowdown"), say("advance"))
}

# Colours of the strip of phases, whatever is edited.
mark_phases <- function(wb, frame) {
  first <- frame$width + 3L
  last <- first + 2L * length(frame$code)
  for (k in rev(seq_along(phase_names))) {
    phase <- phase_names[k]
    style <- paste0("nid_", phase)
    wb$add_dxfs_style(style, bg_fill = book_colour(sub(
      "#", "", phase_tints[[phase]], fixed = TRUE)))
    wb$add_conditional_formatting(
      sheet = sheet_title("Phases"), style = style,
      dims = book_dims(book_head + 1L, first, max(frame$rows), last),
      rule = paste0(book_letters(first), book_head + 1L, "=\"", phase_said()[k],
                    "\""))
  }
  wb
}

# Pale, so that black words are read on them.
phase_tints <- c(advance = "#9DC3E6", slowdown = "#DDEBF7",
                 recovery = "#FCE4C4", decline = "#F2B48C")
