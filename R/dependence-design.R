# One fit's columns: the rows of a group that are complete, on the scale asked
# for, with the terms of the form; and the same as a formula and a data frame
# for lm().

# `longest`: rates over steps longer than this many times the shortest are
# left out. `effects` "line" takes a line in time out of the rates, at the middle
# of each step: there a parabola's rates are on a line at any spacing.
fit_design <- function(d, rows, y_name, form, scale, effects, longest = Inf) {
  terms <- form_terms(d, form, scale)
  y <- d$y[[y_name]][rows]
  x <- vapply(terms$columns, \(column) column[rows], numeric(length(rows)))
  dim(x) <- c(length(rows), length(terms$columns))
  whole <- !is.na(y) & rowSums(is.na(x)) == 0
  whole <- whole & is.finite(y) & rowSums(!is.finite(x)) == 0
  rows_in <- rows[whole]
  columns <- cbind(y, x)[whole, , drop = FALSE]
  place <- list(unit = d$unit[rows_in], time = d$time[rows_in])
  if (scale %in% c("rates", "growth")) {
    rates <- take_rates(place, columns)
    near <- rates$step <= longest * min(c(rates$step, Inf)) * (1 + 1e-9)
    columns <- rates$columns[near, , drop = FALSE]
    rows_in <- rows_in[rates$rows[near]]
    place <- list(unit = d$unit[rows_in], time = d$time[rows_in])
    if (effects == "line") place$time <- place$time - rates$step[near] / 2
  }
  absorbing <- absorbing_of(effects, scale)
  y <- columns[, 1L]
  x <- columns[, -1L, drop = FALSE]
  design <- list(
    y = y, x = x, variable = terms$variable, power = terms$power,
    terms = terms$labels, variables = terms$variables,
    intercept = d$intercept, absorbing = absorbing,
    absorbs = absorbing[[1L]] >= 0 || absorbing[[2L]],
    unit = place$unit, time = place$time, form = form, scale = scale,
    log_y = scale == "levels" && form %in% c("power", "exponential"),
    rows = d$row[rows_in], lost = sum(!whole), y_name = y_name,
    digits_lost = has_lost_digits(columns)
  )
  design$matrix <- design_matrix(design)
  c(design, lm_parts(d, design, terms, rows_in))
}

# A spread near the rounding of the values: what is left is mostly rounding.
has_lost_digits <- function(columns) {
  any(apply(columns, 2L, \(v) {
    !is_flat(v) && length(v) > 1L &&
      sd_of(v) < last_digits * abs(mean(v))
  }))
}

absorbing_of <- function(effects, scale) {
  degree <- if (scale == "detrended" || effects == "line") 1 else
    if (effects %in% c("region", "twoway")) 0 else -1
  list(degree, effects %in% c("time", "twoway"))
}

# `columns`: one a variable; `variable`, `power`: the terms; `expressions`: the
# same for a formula on the user's columns.
form_terms <- function(d, form, scale) {
  labels <- unname(vapply(d$x_terms, \(term) term$label, ""))
  exprs <- unname(lapply(d$expressions$x, product_call))
  polynomial <- scale == "levels" && form %in% c("linear", "exponential",
                                                 "quadratic")
  if (scale == "growth") {
    columns <- d$x
    return(with_squares(columns, labels, exprs, form == "quadratic"))
  }
  if (form %in% c("log", "power")) {
    exprs <- lapply(exprs, \(x) call("log", x))
    labels <- vapply(exprs, label_of, "")
    return(with_squares(d$x, labels, exprs, FALSE))
  }
  if (!polynomial) {
    if (form == "quadratic" && scale == "rates") {
      return(square_columns(d$x, labels, exprs))
    }
    return(with_squares(d$x, labels, exprs, form == "quadratic"))
  }
  variable <- match(vapply(d$x_terms, \(term) term$variable, ""), names(d$base))
  power <- unname(vapply(d$x_terms, \(term) term$power, 0L))
  out <- list(columns = d$base, variable = variable, power = power,
              labels = labels, expressions = exprs,
              variables = names(d$base)[variable])
  if (form == "quadratic") out <- add_squares(out) else out
}

product_call <- function(variables) {
  Reduce(\(a, b) call("*", a, b), variables)
}

square_call <- function(x) call("I", call("^", x, 2))

with_squares <- function(columns, labels, exprs, squares) {
  k <- length(columns)
  out <- list(columns = columns, variable = seq_len(k), power = rep(1L, k),
              labels = labels, expressions = exprs, variables = labels)
  if (squares) add_squares(out) else out
}

# A square after each term of power 1 that has none.
add_squares <- function(terms) {
  order <- list()
  for (j in seq_along(terms$variable)) {
    order <- c(order, list(c(j, 0L)))
    has <- any(terms$variable == terms$variable[j] & terms$power == 2L)
    if (terms$power[j] == 1L && !has) {
      order <- c(order, list(c(j, 1L)))
    }
  }
  from <- vapply(order, `[`, 0L, 1L)
  square <- vapply(order, `[`, 0L, 2L) == 1L
  exprs <- terms$expressions[from]
  exprs[square] <- lapply(exprs[square], square_call)
  labels <- terms$labels[from]
  labels[square] <- vapply(exprs[square], label_of, "")
  list(columns = terms$columns, variable = terms$variable[from],
       power = ifelse(square, 2L, terms$power[from]), labels = labels,
       expressions = exprs, variables = terms$variables[from])
}

# Rates of a quadratic form: differences of x and of its square.
square_columns <- function(columns, labels, exprs) {
  twice <- rep(seq_along(columns), each = 2L)
  square <- rep(c(FALSE, TRUE), length(columns))
  out <- columns[twice]
  out[square] <- Map(exact_square, columns, labels)
  terms <- exprs[twice]
  terms[square] <- lapply(terms[square], square_call)
  list(columns = out, variable = seq_along(out),
       power = rep(1L, length(out)),
       labels = vapply(terms, label_of, ""), expressions = terms,
       variables = labels[twice])
}

# Unlike the powers of levels, these are numbers of their own before the fit.
exact_square <- function(x, label) {
  out <- x^2
  lost <- which(is.infinite(out) | out < .Machine$double.xmin & x != 0)
  if (length(lost) > 0L) {
    stop_nid("not_finite",
             c(paste0("The square of `", label, "` is beyond what a number can ",
                      "be in ", count_of(length(lost), "row"), "."),
               i = paste0("Give `", label, "` in other units.")),
             columns = label, n = length(lost), call = NULL)
  }
  out
}

design_matrix <- function(design) {
  x <- design$x[, design$variable, drop = FALSE]
  if (length(x) > 0L) {
    x <- x^rep(design$power, each = nrow(x))
  }
  colnames(x) <- design$terms
  if (design$intercept && !design$absorbs) {
    x <- cbind("(Intercept)" = rep(1, nrow(x)), x)
  }
  x
}

# `formula` and `model`. Levels: the user's own columns and expressions. Other
# scales: a column a term, named by it.
lm_parts <- function(d, design, terms, rows) {
  own_lag <- all.vars(d$expressions$y[[design$y_name]][[1L]])
  plain <- design$scale %in% c("levels", "detrended") &&
    !any(own_lag %in% names(d$lagged))
  if (plain) {
    model <- lapply(d$values, \(v) v[rows])
    model[names(d$lagged)] <- lapply(d$lagged, \(v) v[rows])
    y <- d$expressions$y[[design$y_name]][[1L]]
    if (design$form %in% c("power", "exponential")) {
      y <- call("log", y)
    }
    right <- terms$expressions
  } else {
    own <- design$matrix[, design$terms, drop = FALSE]
    model <- lapply(seq_len(ncol(own)), \(j) own[, j])
    # A series on its own past has one name for two columns.
    names(model) <- ifelse(design$terms == design$y_name,
                           paste(design$terms, "before"), design$terms)
    right <- lapply(names(model), as.name)
    model[[design$y_name]] <- design$y
    y <- as.name(design$y_name)
  }
  effects <- effect_calls(d, design, rows)
  model[names(effects$columns)] <- effects$columns
  right <- c(right, effects$calls)
  if (!design$intercept && !design$absorbs) {
    right <- c(list(0), right)
  }
  if (length(right) == 0L) {
    right <- list(1)
  }
  formula <- call("~", y, Reduce(\(a, b) call("+", a, b), right))
  class(formula) <- "formula"
  environment(formula) <- environment(d$formula)
  attr(formula, ".Environment") <- environment(d$formula)
  list(formula = formula,
       model = structure(model, class = "data.frame",
                         row.names = .set_row_names(length(rows))))
}

# Dummies and lines that absorbing stands for.
effect_calls <- function(d, design, rows) {
  if (is.null(d$time)) {
    return(list())
  }
  unit <- if (is.na(d$index[["region"]])) "unit" else d$index[["region"]]
  time <- d$index[["time"]]
  columns <- list(d$unit_label[d$unit[rows]], d$time[rows])
  names(columns) <- c(unit, time)
  # Of one level a factor has no dummies: the intercept is all of it.
  several <- length(unique(d$unit[rows])) > 1L
  often <- length(unique(d$time[rows])) > 1L
  region <- call("factor", as.name(unit))
  degree <- design$absorbing[[1L]]
  calls <- c(
    if (degree >= 0 && several) list(region),
    if (degree == 1) {
      list(if (several) call(":", region, as.name(time)) else as.name(time))
    },
    if (design$absorbing[[2L]] && often) list(call("factor", as.name(time)))
  )
  list(columns = columns, calls = calls)
}
