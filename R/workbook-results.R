# Sheets Code ID, Code NID and Contributions: formulas (1) and (2) over the
# rates, and the parts of (2).

industrial_sheet <- function(frame) {
  sheet <- new_book_sheet("Code ID")
  sheet <- put_row(sheet, 1L, 1L,
                   "Code ID: formula (1), the sum of the rates V")
  sheet <- put_row(sheet, 2L, 1L, frame$banner)
  sheet <- put_row(sheet, 3L, 1L, paste0(
    "condition: every V is above 0, as the paper requires. Columns marked ",
    "\"in R\" hold what R gave when the workbook was written; they do not ",
    "follow edits."))
  sheet <- put_keys(sheet, frame)
  told <- industrial_by_row(frame)
  live <- industrial_formulas(frame, told)
  head <- c("Code ID", "condition", told_names)
  sheet <- put_row(sheet, book_head, frame$width + 1L, head)
  put_columns(sheet, book_head + 1L, frame$width + 1L,
              c(live, unname(told[told_columns])))
}

told_columns <- c("estimate", "std.error", "conf.low", "conf.high")

told_names <- paste(c("Code ID", "std.error", "conf.low", "conf.high"), "in R")

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
  total <- rep("NA()", frame$n)
  holds <- rep("NA()", frame$n)
  have <- !is.na(told$estimate)
  exists <- frame$operators$of > 0L
  kind <- apply(exists, 1L, function(x) paste(as.integer(x), collapse = ""))
  for (one in split(which(have), kind[frame$region[have]])) {
    codes <- which(exists[frame$region[one[1L]], ])
    v <- lapply(codes, function(i) {
      moving_cell("Rates", frame$rows[one], rate_column(frame, i, 1L))
    })
    sums <- Map(function(i, v) paste0(code_weight_cell(frame, i), "*", v),
                codes, v)
    total[one] <- do.call(paste, c(sums, sep = "+"))
    holds[one] <- paste0("AND(", do.call(paste, c(
      lapply(v, paste0, ">0"), sep = ",")), ")")
  }
  list(book_formula(total, told$estimate), book_formula(holds, told$condition))
}

# Code NID -------------------------------------------------------------------

basic_sheet <- function(frame) {
  sheet <- new_book_sheet("Code NID")
  basic <- frame$model$basic
  sheet <- put_row(sheet, 1L, 1L,
                   "Code NID: formula (2), rates A under time influence")
  sheet <- put_row(sheet, 2L, 1L, frame$banner)
  sheet <- put_row(sheet, 3L, 1L, paste0(
    "Time influence: ", frame$model$spec$influence$words, "; measure: ",
    frame$model$spec$measure, ". Columns marked \"in R\" do not follow edits."))
  first <- length(region_column(frame$panel)) + 1L
  head <- c(names(region_column(frame$panel)), "Code NID", "rank",
            "change since R", "Code NID in R", "std.error in R",
            "conf.low in R", "conf.high in R", "terms", "first row", "rows")
  rows <- book_head + seq_len(nrow(basic))
  value <- moving_cell(NULL, rows, first)
  told <- moving_cell(NULL, rows, first + 3L)
  given <- !is.na(basic[["estimate"]])
  change <- ifelse(given, paste0(value, "-", told), "NA()")
  size <- diff(frame$panel$offset)
  sheet <- put_row(sheet, book_head, 1L, head)
  put_columns(sheet, book_head + 1L, 1L, c(
    unname(lapply(region_column(frame$panel), key_cells)),
    list(book_formula(basic_formulas(frame), basic[["estimate"]]),
         rank_column(value, rows, first, basic[["estimate"]]),
         book_formula(change, 0 * basic[["estimate"]])),
    unname(as.list(as_plain_tibble(basic)[told_columns])),
    list(basic[["n.terms"]], book_head + 1 + frame$panel$offset[-length(
      frame$panel$offset)], size)
  ))
}

# sum over codes of weight x sum tau u A.
basic_formulas <- function(frame) {
  operators <- frame$operators
  vapply(seq_len(n_regions(frame$panel)), function(r) {
    if (!operators$terms[r]) {
      return("NA()")
    }
    codes <- which(operators$of[r, ] > 0L)
    paste(vapply(codes, function(i) {
      one <- operators$blocks[[operators$of[r, i]]]
      paste0(code_weight_cell(frame, i), "*", accumulated(frame, one, i, r))
    }, ""), collapse = "+")
  }, "")
}

# sum tau u A of one region and code; both stand in columns, in as many pieces
# as the times with an A have runs of rows.
accumulated <- function(frame, one, i, r) {
  rows <- frame$series[[i]][[r]][one$has_a]
  runs <- number_runs(rows)
  at <- match(runs$from, rows)
  end <- match(runs$to, rows)
  tau <- fixed_range("Operator", one$a + at - 1L, length(operator_columns),
                     one$a + end - 1L)
  a <- column_runs("Rates", rows, rate_column(frame, i, 2L))
  sums <- paste0("SUMPRODUCT(", tau, ",", a, ")")
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
  rank <- vapply(estimate, function(e) {
    1 + sum(estimate > e + 1e-12 * abs(e), na.rm = TRUE)
  }, 1)
  rank[!given] <- NA
  book_formula(formula, rank)
}

# Contributions --------------------------------------------------------------

contributions_sheet <- function(frame) {
  sheet <- new_book_sheet("Contributions")
  sheet <- put_row(sheet, 1L, 1L,
                   "Contributions: the parts that sum to Code NID")
  sheet <- put_row(sheet, 2L, 1L, frame$banner)
  sheet <- put_row(sheet, 3L, 1L, paste0(
    "By code, their sum (Code NID once more), then by indicator within codes. ",
    "Exact for the smoothing that R found."))
  region <- region_column(frame$panel)
  first <- length(region) + 1L
  by_code <- contribution_matrix(frame, "code", frame$code)
  columns <- lapply(seq_along(frame$code), function(i) {
    book_formula(part_formulas(frame, i), by_code[, i])
  })
  rows <- book_head + seq_len(n_regions(frame$panel))
  exists <- rowSums(frame$operators$of > 0L & frame$operators$terms) > 0L
  # Absent codes are #N/A, so the sum names those that exist.
  total <- vapply(seq_along(rows), function(r) {
    codes <- which(frame$operators$of[r, ] > 0L)
    paste(moving_cell(NULL, rows[r], first + codes - 1L), collapse = "+")
  }, "")
  total[!exists] <- "NA()"
  columns <- c(columns, list(book_formula(
    total, frame$model$basic[["estimate"]])))
  head <- c(names(region), frame$code, "sum")
  parts <- indicator_columns(frame)
  sheet <- put_row(sheet, book_head, 1L, c(head, names(parts)))
  put_columns(sheet, book_head + 1L, 1L,
              c(unname(lapply(region, key_cells)), columns, unname(parts)))
}

# Contributions of R as regions x names, NA where there is none.
contribution_matrix <- function(frame, by, names,
                                table = contributions(frame$model, by)) {
  table <- as_plain_tibble(table)
  table <- table[table[[by]] %in% names, ]
  region <- frame$panel$index[["region"]]
  row <- if (is.na(region)) rep(1L, nrow(table)) else {
    match(as.character(table[[region]]), as.character(frame$panel$regions))
  }
  out <- matrix(NA_real_, n_regions(frame$panel), length(names))
  out[cbind(row, match(table[[by]], names))] <- table[["estimate"]]
  out[!frame$operators$terms, ] <- NA
  out
}

part_formulas <- function(frame, i) {
  vapply(seq_len(n_regions(frame$panel)), function(r) {
    b <- frame$operators$of[r, i]
    if (b == 0L || !frame$operators$terms[r]) {
      return("NA()")
    }
    one <- frame$operators$blocks[[b]]
    sum <- operator_product(one, one$nid, "Codes", frame$series[[i]][[r]],
                            value_column(frame, i))
    paste0(code_weight_cell(frame, i), "*(", sum, ")")
  }, "")
}

# By indicator, where a code is linear in them.
indicator_columns <- function(frame) {
  if (!frame$def$affine) {
    return(list())
  }
  table <- contributions(frame$model, "indicator")
  out <- lapply(seq_along(frame$code), function(i) {
    parts <- code_parts(frame$def, frame$code[i])
    here <- present_weights(frame$fit, parts)$here
    value <- contribution_matrix(frame, "indicator", parts$names, table)
    columns <- lapply(seq_along(parts$names), function(k) {
      formula <- vapply(seq_len(n_regions(frame$panel)), function(r) {
        entry_formula(frame, i, r, k, parts$names, here)
      }, "")
      value[formula == "NA()", k] <- NA
      book_formula(formula, value[, k])
    })
    stats::setNames(columns, paste0(frame$code[i], ": ", parts$names))
  })
  do.call(c, out)
}

# code weight x sum over stretches of one composition of
# w_k / sum w x (row NID times z_k).
entry_formula <- function(frame, i, r, k, names, here) {
  b <- frame$operators$of[r, i]
  rows <- frame$series[[i]][[r]]
  if (b == 0L || !frame$operators$terms[r] || !any(here[rows, k])) {
    return("NA()")
  }
  one <- frame$operators$blocks[[b]]
  kind <- apply(here[rows, , drop = FALSE], 1L, function(x) {
    paste(as.integer(x), collapse = "")
  })
  use <- which(here[rows, k])
  own <- weight_ranges(frame, names[k])
  own <- sub(":.*", "", own)
  pieces <- vapply(split(use, kind[use]), function(at) {
    used <- names[here[rows[at[1L]], ]]
    paste0("(", stretch_product(frame, one, rows, at, names[k]), ")*", own,
           "/SUM(", paste(weight_ranges(frame, used), collapse = ","), ")")
  }, "")
  paste0(code_weight_cell(frame, i), "*(", paste(pieces, collapse = "+"), ")")
}

# Row NID times z over the values `at` of a series, in runs that are runs of
# both.
stretch_product <- function(frame, one, rows, at, name) {
  start <- c(TRUE, diff(at) != 1L | diff(rows[at]) != 1L)
  from <- at[start]
  to <- at[c(start[-1L], TRUE)]
  paste0("SUMPRODUCT(MMULT(",
         fixed_range("Operator", one$nid, operator_first + from - 1L, one$nid,
                     operator_first + to - 1L), ",",
         fixed_range("Data", book_head + rows[from], frame$at$z[[name]],
                     book_head + rows[to]), "))", collapse = "+")
}
