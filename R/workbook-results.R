# Sheets Code ID and Code NID: formulas (1) and (2) over the rates.

industrial_sheet <- function(frame) {
  sheet <- headed_sheet(
    "Code ID",
    say("Code ID: formula (1), the sum of the rates V"),
    frame$banner,
    paste(say("condition: every V is above 0, as the paper requires."),
          told_by_r())
  )
  sheet <- put_keys(sheet, frame)
  told <- industrial_by_row(frame)
  live <- industrial_formulas(frame, told)
  head <- c("Code ID", say("condition"), say("%s in R", "Code ID"),
            told_limits())
  sheet <- put_row(sheet, book_head, frame$width + 1L, head)
  sheet <- put_columns(sheet, book_head + 1L, frame$width + 1L,
                       c(live, unname(told[told_columns])))
  rate <- frame$units$rate
  sheet <- put_units(sheet, frame$width + 1L, c(rate, NA, rep(rate, 4L)))
  sheet <- dress_live(sheet, frame, frame$width + 6L)
  sheet <- dress(sheet, frame$rows, frame$width + 3:6, "told")
  on_paper(sheet, picture_dims(book_head + 1L, frame$width + 8L))
}

told_columns <- c("estimate", "std.error", "conf.low", "conf.high")

told_by_r <- function() {
  say("Columns marked \"in R\" hold what R gave and do not follow edits.")
}

told_limits <- function() {
  c(say("std.error in R"), say("conf.low in R"), say("conf.high in R"))
}

# The table of formula (1) at the panel's rows, NA where it has none.
industrial_by_row <- function(frame) {
  table <- as_plain_tibble(frame$model$industrial)
  all <- index_columns(frame$panel)
  own <- do.call(paste, c(lapply(all, as_key_text), sep = "\r"))
  key <- do.call(paste, c(lapply(table[names(all)], as_key_text), sep = "\r"))
  as.list(table[match(own, key), ])
}

as_key_text <- function(x) {
  if (is.character(x) || is.factor(x)) as.character(x) else {
    number_key(unclass_number(x))
  }
}

unclass_number <- function(x) {
  if (inherits(x, "integer64")) integer64_to_double_cpp(unclass(x)) else {
    as.double(x)
  }
}

industrial_formulas <- function(frame, told) {
  have <- !is.na(told$estimate)
  list(book_formula(code_sum_formulas(frame, have, 1L), told$estimate),
       book_formula(by_composition(frame, have, \(codes, rows) {
         v <- lapply(codes, rate_cells, frame = frame, rows = rows, order = 1L)
         paste0("AND(", do.call(paste, c(lapply(v, paste0, ">0"), sep = ",")),
                ")")
       }), told$condition))
}

# The sum over codes of weight x V (or A), at the rows that `have` it.
code_sum_formulas <- function(frame, have, order) {
  by_composition(frame, have, \(codes, rows) {
    do.call(paste, c(lapply(codes, \(i) {
      paste0(code_weight_cell(frame, i), "*", rate_cells(i, frame, rows, order))
    }), sep = "+"))
  })
}

rate_cells <- function(i, frame, rows, order) {
  moving_cell("Rates", rows, rate_column(frame, i, order))
}

# Formulas `make(codes, rows)` for rows of regions that have the same codes.
by_composition <- function(frame, have, make) {
  out <- rep("NA()", frame$n)
  exists <- frame$operators$of > 0L
  kind <- apply(exists, 1L, \(x) paste(as.integer(x), collapse = ""))
  for (one in split(which(have), kind[frame$region[have]])) {
    out[one] <- make(which(exists[frame$region[one[1L]], ]), frame$rows[one])
  }
  out
}

# Code NID -------------------------------------------------------------------

basic_sheet <- function(frame) {
  basic <- frame$model$basic
  sheet <- headed_sheet(
    "Code NID",
    say("Code NID: formula (2), rates A under time influence"),
    frame$banner,
    paste(say("Influence and measure stand among the settings on sheet %s.",
              sheet_title("Read me")), told_by_r())
  )
  first <- length(region_column(frame$panel)) + 1L
  head <- c(names(region_column(frame$panel)), "Code NID", say("rank"),
            say("change since R"), say("%s in R", "Code NID"), told_limits(),
            say("terms"), say("first row"), say("rows"),
            say("interval below"), say("interval above"))
  rows <- book_head + seq_len(nrow(basic))
  value <- moving_cell(NULL, rows, first)
  told <- moving_cell(NULL, rows, first + 3L)
  given <- !is.na(basic[["estimate"]])
  change <- ifelse(given, paste0(value, "-", told), "NA()")
  size <- diff(frame$panel$offset)
  sheet <- put_row(sheet, book_head, 1L, head)
  sheet <- put_columns(sheet, book_head + 1L, 1L, c(
    unname(lapply(region_column(frame$panel), key_cells)),
    list(book_formula(basic_formulas(frame), basic[["estimate"]]),
         rank_column(value, rows, first, basic[["estimate"]]),
         book_formula(change, 0 * basic[["estimate"]])),
    unname(as.list(as_plain_tibble(basic)[told_columns])),
    list(basic[["n.terms"]], book_head + 1 + frame$panel$offset[-length(
      frame$panel$offset)], size),
    interval_lengths(rows, first, basic)
  ))
  dress_basic(sheet, frame, first, rows)
}

# How far the limits of R lie from its estimate: the bars' errors.
interval_lengths <- function(rows, first, basic) {
  told <- lapply(first + c(3L, 5L, 6L), \(col) moving_cell(NULL, rows, col))
  given <- !is.na(basic[["conf.low"]])
  length_of <- function(formula, value) {
    book_formula(ifelse(given, formula, "NA()"), value)
  }
  list(length_of(paste0(told[[1L]], "-", told[[2L]]),
                 basic[["estimate"]] - basic[["conf.low"]]),
       length_of(paste0(told[[3L]], "-", told[[1L]]),
                 basic[["conf.high"]] - basic[["estimate"]]))
}

dress_basic <- function(sheet, frame, first, rows) {
  widths <- c(if (first > 1L) 28, rep(12, 12L))
  sheet <- dress_table(sheet, first + 11L, widths, first - 1L)
  sheet$protect <- TRUE
  sheet <- dress_keys(sheet, frame$types[seq_len(first - 1L)], rows)
  sheet <- dress(sheet, rows, first + c(0L, 2:6, 10:11), "number")
  sheet <- dress(sheet, rows, first + c(1L, 7:9), "whole")
  sheet <- dress(sheet, rows, first + 3:11, "told")
  unit <- frame$units$basic
  sheet <- put_units(sheet, first, c(unit, NA, rep(unit, 5L), rep(NA, 3L),
                                     rep(unit, 2L)))
  on_paper(sheet, book_dims(1L, 1L, max(rows), first + 7L),
           picture_dims(book_head + 1L, basic_chart_column(frame),
                        bars_height(frame)))
}

# sum over codes of weight x weighted sum of A, or of V.
basic_formulas <- function(frame) {
  operators <- frame$operators
  vapply(seq_len(n_regions(frame$panel)), \(r) {
    if (!operators$terms[r]) {
      return("NA()")
    }
    codes <- which(operators$of[r, ] > 0L)
    paste(vapply(codes, \(i) {
      one <- operators$blocks[[operators$of[r, i]]]
      paste0(code_weight_cell(frame, i), "*", accumulated(frame, one, i, r))
    }, ""), collapse = "+")
  }, "")
}

# That of one region and code; weights and rates stand in columns, in as many
# pieces as the times with such a rate have runs of rows.
accumulated <- function(frame, one, i, r) {
  rows <- frame$series[[i]][[r]][one$has]
  runs <- number_runs(rows)
  at <- match(runs$from, rows)
  end <- match(runs$to, rows)
  weight <- fixed_range("Operator", one$sum + at - 1L,
                        length(operator_columns), one$sum + end - 1L)
  rate <- column_runs("Rates", rows,
                      rate_column(frame, i, frame$operators$order))
  sums <- paste0("SUMPRODUCT(", weight, ",", rate, ")")
  if (length(sums) == 1L) sums else paste0("(", paste(sums, collapse = "+"),
                                           ")")
}

# Counted, not RANK(): regions without a value must not spoil the others. Ties
# within rounding share a rank.
rank_column <- function(value, rows, col, estimate) {
  given <- !is.na(estimate)
  all <- fixed_range(NULL, rows[1L], col, rows[length(rows)])
  formula <- paste0("1+COUNTIF(", all, ",\">\"&(", value, "+1E-12*ABS(",
                    value, ")))")
  formula[!given] <- "NA()"
  rank <- vapply(estimate, \(e) {
    1 + sum(estimate > e + 1e-12 * abs(e), na.rm = TRUE)
  }, 1)
  rank[!given] <- NA
  book_formula(formula, rank)
}
