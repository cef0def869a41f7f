# One region as a table beside the codes, for the charts: pick its name and the
# pictures follow.

view_column <- function(frame) frame$width + length(frame$code) + 2L

view_length <- function(frame) max(diff(frame$panel$offset))

pick_cell <- function(frame) {
  fixed_cell("Codes", 4L, view_column(frame) + 1L)
}

put_view <- function(sheet, frame) {
  col <- view_column(frame)
  k <- length(frame$code)
  dynamic <- vapply(frame$fit$codes, `[[`, "", "dynamic")
  has_region <- frame$width == 2L
  if (has_region) {
    sheet <- put_row(sheet, 4L, col, say("Region (pick one):"))
    sheet <- put_row(sheet, 4L, col + 1L, frame$keys[[1L]][1L])
  }
  sheet <- put_row(sheet, book_head, col,
                   c(names(frame$keys)[frame$width], frame$code, dynamic,
                     "Code ID"))
  place <- view_place(frame)
  from <- c(list(list("Codes", frame$width, frame$keys[[frame$width]])),
            view_sources(frame))
  for (j in seq_along(from)) {
    sheet <- put_column(sheet, book_head + 1L, col + j - 1L,
                        view_formulas(frame, place, from[[j]]))
  }
  dress_view(sheet, frame)
}

# Sheet, column and R's values of each column that the view shows.
view_sources <- function(frame) {
  a <- estimate_codes(get_fit(frame$model$rates), rates = TRUE)$rates$estimate
  codes <- lapply(seq_along(frame$code), \(i) {
    list("Codes", value_column(frame, i), code_formulas(frame, i)$value)
  })
  rates <- lapply(seq_along(frame$code), \(i) {
    list("Rates", rate_column(frame, i, 1L), a[[1L]][, i])
  })
  c(codes, rates, list(list("Code ID", frame$width + 1L,
                            industrial_by_row(frame)$estimate)))
}

# First row and number of rows of the picked region, looked up by exact name:
# MATCH() would take * and ? in it for wildcards, and = does not tell capitals.
view_place <- function(frame) {
  if (frame$width == 1L) {
    return(list(first = as.character(book_head + 1L),
                n = as.character(frame$n)))
  }
  rows <- book_head + c(1L, n_regions(frame$panel))
  names <- fixed_range("Code NID", rows[1L], 1L, rows[2L])
  pick <- sub("Codes!", "", pick_cell(frame), fixed = TRUE)
  same <- if (is.character(frame$keys[[1L]])) {
    paste0("EXACT(", names, ",", pick, ")")
  } else {
    paste0("(", names, "=", pick, ")")
  }
  find <- function(col) {
    paste0("SUMPRODUCT(", same, "*",
           fixed_range("Code NID", rows[1L], col, rows[2L]), ")")
  }
  list(first = find(10L), n = find(11L))
}

view_formulas <- function(frame, place, from) {
  k <- seq_len(view_length(frame))
  sheet <- if (from[[1L]] == "Codes") NULL else from[[1L]]
  source <- fixed_range(sheet, 1L, from[[2L]], max(frame$rows))
  formula <- paste0("IF(", k, ">", place$n, ",NA(),INDEX(", source, ",",
                    place$first, "+", k - 1L, "))")
  value <- from[[3L]][which(frame$region == 1L)][k]
  if (is.character(value)) {
    formula[is.na(value)] <- "NA()"
  }
  book_formula(formula, value)
}

dress_view <- function(sheet, frame) {
  col <- view_column(frame)
  last <- col + 2L * length(frame$code) + 1L
  rows <- book_head + seq_len(view_length(frame))
  sheet$widths[seq.int(col - 1L, last)] <-
    c(4, 18, 22, rep(14, last - col - 1L))
  sheet <- dress(sheet, book_head, col:last, "side")
  sheet <- dress(sheet, rows, seq.int(col + 1L, last), "number")
  format <- key_format(frame$types[[frame$width]])
  if (!is.null(format)) sheet <- dress(sheet, rows, col, format = format)
  if (frame$width == 2L) sheet <- dress(sheet, 4L, col + 1L, "input")
  on_paper(sheet, book_dims(4L, col, max(rows) + 23L, last))
}

check_picked <- function(wb, frame) {
  if (frame$width == 2L) {
    regions <- fixed_range("Code NID", book_head + 1L, 1L,
                           book_head + n_regions(frame$panel))
    check_list_cells(wb, "Codes", book_dims(4L, view_column(frame) + 1L),
                     paste0("=", regions), say("Region"),
                     say("The table below and the charts follow."))
  }
  wb
}
