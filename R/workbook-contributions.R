# Sheet Contributions: the parts of Code NID, by code and by indicator.

contributions_sheet <- function(frame) {
  sheet <- headed_sheet(
    "Contributions",
    say("Contributions: the parts that sum to Code NID"),
    frame$banner,
    paste(
      say("By code, their sum (Code NID once more), then by indicator."),
      say("Exact for the smoothing that R found."))
  )
  region <- region_column(frame$panel)
  first <- length(region) + 1L
  by_code <- contribution_matrix(frame, "code", frame$code)
  columns <- lapply(seq_along(frame$code), \(i) {
    book_formula(part_formulas(frame, i), by_code[, i])
  })
  rows <- book_head + seq_len(n_regions(frame$panel))
  exists <- rowSums(frame$operators$of > 0L & frame$operators$terms) > 0L
  # Absent codes are #N/A, so the sum names those that exist.
  total <- vapply(seq_along(rows), \(r) {
    codes <- which(frame$operators$of[r, ] > 0L)
    paste(moving_cell(NULL, rows[r], first + codes - 1L), collapse = "+")
  }, "")
  total[!exists] <- "NA()"
  columns <- c(columns, list(book_formula(
    total, frame$model$basic[["estimate"]])))
  head <- c(names(region), frame$code, say("sum"))
  parts <- indicator_columns(frame)
  sheet <- put_row(sheet, book_head, 1L, c(head, names(parts)))
  sheet <- put_columns(sheet, book_head + 1L, 1L, c(
    unname(lapply(region, key_cells)), columns, unname(parts)))
  last <- first - 1L + length(columns) + length(parts)
  widths <- c(if (first > 1L) 28, rep(14, last - first + 1L))
  sheet <- dress_table(sheet, last, widths, first - 1L)
  sheet$protect <- TRUE
  sheet <- dress_keys(sheet, frame$types[seq_len(first - 1L)], rows)
  sheet <- dress(sheet, rows, first:last, "number")
  sheet <- put_units(sheet, first, rep(frame$units$basic, last - first + 1L))
  on_paper(sheet, book_dims(1L, 1L, max(rows), last),
           picture_dims(book_head + 1L, parts_chart_column(frame),
                        bars_height(frame)))
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
  vapply(seq_len(n_regions(frame$panel)), \(r) {
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
  out <- lapply(seq_along(frame$code), \(i) {
    parts <- parts_of_code(frame$def, frame$code[i])
    here <- present_weights(frame$fit, parts)$here
    value <- contribution_matrix(frame, "indicator", parts$names, table)
    formula <- entry_formulas(frame, i, parts, here)
    columns <- lapply(seq_along(parts$names), \(k) {
      value[formula[, k] == "NA()", k] <- NA
      book_formula(formula[, k], value[, k])
    })
    stats::setNames(columns, paste0(
      frame$code[i], ": ", shown_names(frame$scheme, parts$names)))
  })
  do.call(c, out)
}

# Regions x indicators: code weight x sum over stretches of one composition of
# w_k / sum w x (row NID times z_k).
entry_formulas <- function(frame, i, parts, here) {
  names <- parts$names
  out <- matrix("NA()", n_regions(frame$panel), length(names))
  of <- frame$operators$of[, i]
  kind <- do.call(paste0, as.data.frame(1L * here))
  share <- list()
  for (r in which(of > 0L & frame$operators$terms)) {
    rows <- frame$series[[i]][[r]]
    for (k in which(colSums(here[rows, , drop = FALSE]) > 0L)) {
      use <- which(here[rows, k])
      pieces <- vapply(split(use, kind[rows[use]]), \(at) {
        key <- paste(kind[rows[at[1L]]], k)
        share[[key]] <<- share[[key]] %||% share_formula(
          frame, parts, names[here[rows[at[1L]], ]], names[k])
        paste0("(", stretch_product(frame, frame$operators$blocks[[of[r]]],
                                    rows, at, names[k]), ")*", share[[key]])
      }, "")
      out[r, k] <- paste0(code_weight_cell(frame, i), "*(",
                          paste(pieces, collapse = "+"), ")")
    }
  }
  out
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
