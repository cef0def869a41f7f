# The linear maps behind the rates, read off the fit: V = R1 D and A = R2 D,
# and the weights tau u of formula (2). One for each grid of times and breaks;
# where the smoothing of each series is its own, one for each region and code.

# list(blocks, of): the distinct operators, and which one region r has for
# code i (0: none).
book_operators <- function(frame) {
  fit <- frame$fit
  args <- frame$model$args
  times <- common_times(fit)
  terms <- common_terms(fit, times, 2L)
  tau <- term_weights(fit, times, terms, args$influence, args$measure)
  n <- n_regions(frame$panel)
  of <- matrix(0L, n, length(fit$codes))
  blocks <- list()
  known <- new.env()
  for (i in seq_along(fit$codes)) {
    for (r in which(fit$codes[[i]]$grid > 0L)) {
      grid <- grid_with_weights(fit, times, tau, i, r)
      key <- operator_key(fit, grid, i, r)
      if (is.null(known[[key]])) {
        blocks[[length(blocks) + 1L]] <- c(grid, read_operator(fit, i, r))
        known[[key]] <- length(blocks)
      }
      of[r, i] <- known[[key]]
    }
  }
  list(blocks = blocks, of = of, terms = terms_of_regions(times, terms))
}

# Whether a region has a term of formula (2) at all.
terms_of_regions <- function(times, terms) {
  owner <- rep(seq_len(length(times$offset) - 1L), diff(times$offset))
  times$pattern > 0L & times$pattern %in% owner[terms]
}

# Times and breaks of a region's grid, and tau u at each of them.
grid_with_weights <- function(fit, times, tau, i, r) {
  one <- fit$codes[[i]]
  g <- one$grid[r]
  at <- seq.int(one$grids$offset[g] + 1L, one$grids$offset[g + 1L])
  p <- times$pattern[r]
  common <- seq.int(times$offset[p] + 1L,
                    length.out = times$offset[p + 1L] - times$offset[p])
  weight <- numeric(length(at))
  weight[times$at[[i]][common] - one$grids$offset[g]] <- tau[common]
  list(time = one$grids$time[at], step = one$grids$step[at], tau = weight)
}

operator_key <- function(fit, grid, i, r) {
  text <- function(x) paste(sprintf("%.17g", x), collapse = " ")
  paste(text(grid$time), text(grid$step), text(grid$tau),
        if (tuned_by_series(fit)) paste(i, r), sep = "|")
}

# A spline that estimates its smoothing, or keeps one that was estimated.
tuned_by_series <- function(fit) {
  args <- fit$rate$args
  fit$rate$kind == "spline" && is.null(args$df) && is.character(args$lambda)
}

# Both matrices of one series, from the rates of unit series on its grid.
read_operator <- function(fit, i, r) {
  one <- fit$codes[[i]]
  g <- one$grid[r]
  at <- seq.int(one$grids$offset[g] + 1L, one$grids$offset[g + 1L])
  n <- length(at)
  grids <- list(offset = c(0L, n), time = one$grids$time[at],
                step = one$grids$step[at])
  est <- evaluate_series(fit, i, unit_series(n, r), grids, rep(1L, n),
                         orders = 1:2)$estimate
  out <- lapply(1:2, \(order) {
    m <- matrix(est[, order], n)
    m[!rate_defined(fit$rate, fit$breaks, grids, order), ] <- NA
    m
  })
  stats::setNames(out, c("R1", "R2"))
}

# Sheet Operator -------------------------------------------------------------

operator_columns <- c("region", "code", "row", "time", "tau u")

operator_first <- length(operator_columns) + 1L

# Adds to each block where its rows stand: `row` its line of times, v and a the
# first rows of V and A, nid the row that accumulates.
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
    # Without a second-order rate there is nothing to accumulate.
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
      "times in the line \"times\"; tau u is the weight of that time's term ",
      "in ",
      "formula (2); row NID is the weight of each value in Code NID.")
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
    c(rep(NA, 1L + length(one$has_v)), one$tau[one$has_a], NA)
  ))
  sheet <- put_row(sheet, one$row, operator_first, shown)
  weights <- rbind(one$R1[one$has_v, , drop = FALSE],
                   one$R2[one$has_a, , drop = FALSE])
  for (k in seq_len(n)) {
    sheet <- put_column(sheet, one$v, operator_first + k - 1L, weights[, k])
  }
  put_row(sheet, one$nid, operator_first, accumulating_row(one, n))
}

# q = sum tau_i u_i R2[i, ]: what one unit of each value adds to Code NID.
accumulating_row <- function(one, n) {
  if (length(one$has_a) == 0L) {
    return(no_value(n))
  }
  to <- one$nid - 1L
  col <- operator_first + seq_len(n) - 1L
  tau <- fixed_range(NULL, one$a, length(operator_columns), to)
  value <- colSums(one$tau[one$has_a] * one$R2[one$has_a, , drop = FALSE])
  book_formula(paste0("SUMPRODUCT(", tau, ",",
                      fixed_range(NULL, one$a, col, to), ")"), value)
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
