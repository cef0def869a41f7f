# The linear maps behind the rates, read off the fit: V = R1 D and A = R2 D,
# and their weights in formula (2): tau u of A or, where second-order rates are
# over steps, what is left of V at both ends of each step. One for each grid of
# times and breaks; where the smoothing of each series is its own, one for each
# region and code.

# list(blocks, of): the distinct operators, and which one region r has for
# code i (0: none).
book_operators <- function(frame) {
  fit <- frame$fit
  args <- frame$model$args
  plan <- over_steps(fit, formula_plan(fit, args$influence, args$measure,
                                       args$ends))
  of <- matrix(0L, n_regions(frame$panel), length(fit$codes))
  blocks <- list()
  known <- new.env()
  for (i in seq_along(fit$codes)) {
    series <- code_series(fit, i)
    for (b in seq_along(series$of)) {
      r <- series$region[b]
      grid <- grid_with_weights(series, b, plan, i)
      key <- operator_key(grid, if (tuned_by_series(fit)) c(i, r))
      if (is.null(known[[key]])) {
        blocks[[length(blocks) + 1L]] <- c(grid, read_operator(series, b))
        known[[key]] <- length(blocks)
      }
      of[r, i] <- known[[key]]
    }
  }
  list(blocks = blocks, of = of, terms = regions_with_terms(plan),
       order = plan$order)
}

# Whether a region has a term of formula (2) at all.
regions_with_terms <- function(plan) {
  pattern <- plan$times$pattern
  pattern > 0L & pattern %in% pool_owner(plan$times)[plan$terms]
}

# Times and breaks of a region's grid, and the weight of the rate at each.
grid_with_weights <- function(series, b, plan, i) {
  at <- pool_places(series$pool, series$of[b])
  common <- pool_places(plan$times, plan$times$pattern[series$region[b]])
  weight <- numeric(length(at))
  weight[match(plan$times$at[[i]][common], at)] <- plan$weight[common]
  list(time = series$pool$time[at], step = series$pool$step[at],
       weight = weight)
}

operator_key <- function(grid, series) {
  text <- function(x) paste(sprintf("%.17g", x), collapse = " ")
  paste(c(text(grid$time), text(grid$step), text(grid$weight), series),
        collapse = "|")
}

# A rate that estimates its smoothing, or keeps one that was estimated.
tuned_by_series <- function(fit) fit$rate$facts$tuned == "series"

# Both matrices of one series.
read_operator <- function(series, b) {
  list(R1 = series_operator(series, b, 1L), R2 = series_operator(series, b, 2L))
}

# Sheet Operator -------------------------------------------------------------

operator_columns <- c("region", "code", "row", "time", "weight")

operator_first <- length(operator_columns) + 1L

# Adds to each block where its rows stand: `row` its line of times, v and a the
# first rows of V and A, nid the row that accumulates those of `map` that it
# `has`, from row `sum` on.
place_operators <- function(operators) {
  row <- book_head + 1L
  for (b in seq_along(operators$blocks)) {
    one <- operators$blocks[[b]]
    one$has_v <- which(!is.na(one$R1[, 1L]))
    one$has_a <- which(!is.na(one$R2[, 1L]))
    one$row <- row
    one$v <- row + 1L
    one$a <- one$v + length(one$has_v)
    one$nid <- one$a + length(one$has_a)
    speeds <- operators$order == 1L
    one$has <- if (speeds) one$has_v else one$has_a
    one$sum <- if (speeds) one$v else one$a
    one$map <- if (speeds) one$R1 else one$R2
    # Without a rate there is nothing to accumulate.
    row <- one$nid + 2L
    operators$blocks[[b]] <- one
  }
  operators
}

operator_sheet <- function(frame) {
  operators <- frame$operators
  sheet <- headed_sheet(
    "Operator",
    "Operator: rates as weighted sums of a code",
    frame$banner,
    paste0(
      "Row V or A of a time holds the weights of the code's values D at the ",
      "times in the line \"times\"; weight is that of the row in ",
      if (operators$order == 1L) {
        paste0("formula (2), whose rates A are changes of V over steps, so ",
               "that they add up to weights of V")
      } else {
        "formula (2), tau u"
      }, "; row NID is the weight of each value in Code NID.")
  )
  sheet <- put_row(sheet, book_head, 1L, c(operator_columns, "weights"))
  for (b in seq_along(operators$blocks)) {
    owners <- which(operators$of == b, arr.ind = TRUE)
    sheet <- put_operator(sheet, frame, operators$blocks[[b]], owners)
  }
  sheet
}

put_operator <- function(sheet, frame, one, owners) {
  regions <- unique(owners[, 1L])
  codes <- unique(owners[, 2L])
  shown <- time_cells(frame, one$time)
  kinds <- c("times", rep("V", length(one$has_v)),
             rep("A", length(one$has_a)), "NID")
  size <- length(kinds)
  when <- c(NA, one$has_v, one$has_a, NA)
  n <- length(one$time)
  sheet <- put_columns(sheet, one$row, 1L, list(
    rep(if (length(regions) == 1L) as.character(frame$panel$regions[regions])
        else count_of(length(regions), "region"), size),
    rep(if (length(codes) == 1L) frame$code[codes] else
      count_of(length(codes), "code"), size),
    kinds, shown[when],
    replace(rep(NA_real_, size), one$sum - one$row + seq_along(one$has),
            one$weight[one$has])
  ))
  sheet <- put_row(sheet, one$row, operator_first, shown)
  weights <- rbind(one$R1[one$has_v, , drop = FALSE],
                   one$R2[one$has_a, , drop = FALSE])
  for (k in seq_len(n)) {
    sheet <- put_column(sheet, one$v, operator_first + k - 1L, weights[, k])
  }
  put_row(sheet, one$nid, operator_first, accumulating_row(one, n))
}

# The sum of weighted rows: what one unit of each value adds to Code NID.
accumulating_row <- function(one, n) {
  if (length(one$has) == 0L) {
    return(no_value(n))
  }
  to <- one$sum + length(one$has) - 1L
  col <- operator_first + seq_len(n) - 1L
  weight <- fixed_range(NULL, one$sum, length(operator_columns), to)
  value <- colSums(one$weight[one$has] * one$map[one$has, , drop = FALSE])
  book_formula(paste0("SUMPRODUCT(", weight, ",",
                      fixed_range(NULL, one$sum, col, to), ")"), value)
}

# Times of a grid as the user's own, in cells.
time_cells <- function(frame, time) {
  key_cells(time_like(frame$panel, time))
}

# Weights of a row of the sheet times values that stand in one column, in as
# many pieces as the values have runs of rows. SUMPRODUCT() makes a number of
# the 1 x 1 product in every spreadsheet, old ones too.
operator_product <- function(one, row, sheet, rows, col) {
  runs <- number_runs(rows)
  at <- match(runs$from, rows)
  end <- match(runs$to, rows)
  parts <- lapply(seq_along(at), \(k) {
    paste0("SUMPRODUCT(MMULT(",
           fixed_range("Operator", row, operator_first + at[k] - 1L, row,
                       operator_first + end[k] - 1L), ",",
           fixed_range(sheet, book_head + runs$from[k], col,
                       book_head + runs$to[k]), "))")
  })
  do.call(paste, c(parts, sep = "+"))
}
