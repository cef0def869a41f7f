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
  for (i in seq_along(fit$codes)) {
    series <- code_series(fit, i)
    grids <- lapply(seq_along(series$of), \(b) {
      grid_with_weights(series, b, plan, i)
    })
    own <- if (tuned_by_series(fit)) list(i, series$region)
    key <- do.call(paste, c(list(vapply(grids, operator_key, "")), own))
    new <- which(!duplicated(key) & !key %in% names(blocks))
    blocks[key[new]] <- Map(c, grids[new], read_operators(series, new))
    of[series$region, i] <- match(key, names(blocks))
  }
  list(blocks = unname(blocks), of = of, terms = regions_with_terms(plan),
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

operator_key <- function(grid) {
  text <- function(x) paste(sprintf("%.17g", x), collapse = " ")
  paste(c(text(grid$time), text(grid$step), text(grid$weight)), collapse = "|")
}

# A rate that estimates its smoothing, or keeps one that was estimated.
tuned_by_series <- function(fit) fit$rate$facts$tuned == "series"

# Both matrices of some series.
read_operators <- function(series, b) {
  lapply(series_operators(series, b, 1:2), \(both) {
    first <- seq_len(nrow(both) %/% 2L)
    list(R1 = both[first, , drop = FALSE], R2 = both[-first, , drop = FALSE])
  })
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
    say("Operator: rates as weighted sums of a code"),
    frame$banner,
    paste(
      say("Row V or A weighs the code's values D at the times in line one."),
      if (operators$order == 1L) {
        say("weight: of a row V in formula (2), where A are changes of V.")
      } else {
        say("weight: of a row A in formula (2), tau u.")
      },
      say("Row NID is the weight of each value in Code NID."))
  )
  sheet <- put_row(sheet, book_head, 1L, c(
    say("region"), say("code"), say("row"), say("time"), say("weight"),
    say("weights")))
  blocks <- lapply(seq_along(operators$blocks), \(b) {
    owners <- which(operators$of == b, arr.ind = TRUE)
    operator_cells(frame, operators$blocks[[b]], owners)
  })
  for (kind in c("owners", "times", "weights", "sums")) {
    sheet <- put_together(sheet, lapply(blocks, `[[`, kind))
  }
  dress_operator(sheet, frame)
}

# Pieces list(row, col, x) of one kind, put at once: a call each would take as
# long as all the rest.
put_together <- function(sheet, pieces) {
  of <- function(name) unlist(lapply(pieces, `[[`, name))
  x <- lapply(pieces, `[[`, "x")
  if (length(x) == 0L) {
    return(sheet)
  }
  x <- if (inherits(x[[1L]], "book_formula")) {
    book_formula(unlist(lapply(x, `[[`, "formula")),
                 unlist(lapply(x, `[[`, "value")))
  } else {
    unlist(x)
  }
  put_cells(sheet, of("row"), of("col"), x)
}

# Lines of times are bold and look like times.
dress_operator <- function(sheet, frame) {
  blocks <- frame$operators$blocks
  size <- vapply(blocks, \(one) length(one$time), 1L)
  columns <- length(operator_columns) + max(size, 1L)
  sheet <- dress_table(sheet, columns, c(28, rep(11, columns - 1L)), 4L)
  sheet$protect <- TRUE
  rows <- seq.int(book_head + 1L, max(book_head + 1L, vapply(
    blocks, `[[`, 1L, "nid")))
  sheet <- dress(sheet, rows, length(operator_columns):columns,
                 format = "0.0000")
  format <- key_format(frame$types[[frame$width]]) %||% "General"
  sheet <- dress(sheet, rows, 4L, format = format)
  lines <- vapply(blocks, `[[`, 1L, "row")
  sheet <- dress(sheet, lines, seq_len(columns), "bold", format)
  on_paper(sheet, book_dims(1L, 1L, min(max(rows), 60L), columns))
}

operator_cells <- function(frame, one, owners) {
  regions <- unique(owners[, 1L])
  codes <- unique(owners[, 2L])
  shown <- time_cells(frame, one$time)
  kinds <- c(say("times"), rep("V", length(one$has_v)),
             rep("A", length(one$has_a)), "NID")
  rows <- one$row + seq_along(kinds) - 1L
  n <- length(one$time)
  columns <- operator_first + seq_len(n) - 1L
  inner <- rows[-c(1L, length(rows))]
  owner <- c(if (length(regions) == 1L) {
    as.character(frame$panel$regions[regions])
  } else {
    say("%s regions", whole_text(length(regions)), n = length(regions))
  }, if (length(codes) == 1L) frame$code[codes] else {
    say("%s codes", whole_text(length(codes)), n = length(codes))
  })
  list(
    owners = list(row = rep(rows, 3L), col = rep(1:3, each = length(rows)),
                  x = c(rep(owner, each = length(rows)), kinds)),
    times = list(row = c(rep(one$row, n), inner),
                 col = c(columns, rep(4L, length(inner))),
                 x = shown[c(seq_len(n), one$has_v, one$has_a)]),
    weights = list(
      row = c(one$sum + seq_along(one$has) - 1L, rep(inner, n)),
      col = c(rep(length(operator_columns), length(one$has)),
              rep(columns, each = length(inner))),
      x = c(one$weight[one$has], rbind(one$R1[one$has_v, , drop = FALSE],
                                       one$R2[one$has_a, , drop = FALSE]))),
    sums = list(row = rep(one$nid, n), col = columns,
                x = accumulating_row(one, n))
  )
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
