# From a data frame and a formula to numbers: rows in order of unit and time,
# a vector for each side's terms, and the scales (levels, rates, growth).

# A unit is a region within a group of `by`: what is differenced, lagged and
# detrended on its own. Without an index there is no time and one unit a group.
dependence_data <- function(data, formula, index, by, call) {
  smoothed <- character()
  scheme <- NULL
  if (inherits(data, "nid_model")) {
    scheme <- data$panel$scheme
    own <- unname(data$panel$index[!is.na(data$panel$index)])
    smoothed <- smoothed_columns(data)
    data <- augment(data)
    # A row for each region and time, also where the model's data are long.
    data <- data[!duplicated(as.data.frame(data[own])), ]
    index <- if (is.null(index)) own else index
  }
  plain <- strip_container(data, call)
  check_formula(formula, call)
  parts <- formula_parts(formula, plain, call)
  check_dependence_by(by, plain, call)
  index <- dependence_index(plain, index, by, call)
  order <- dependence_order(plain, index, by, call, parts$columns)
  values <- lapply(parts$columns, \(name) {
    numeric_values(plain[[name]], name, call)[order$row]
  })
  names(values) <- parts$columns
  c(order, list(
    y = lapply(parts$y, eval_term, values, formula, length(order$row), call),
    x = lapply(parts$x, eval_term, values, formula, length(order$row), call),
    base = lapply(parts$base, eval_term, values, formula, length(order$row),
                  call),
    values = values, expressions = parts[c("y", "x")],
    x_terms = parts$x_terms, intercept = parts$intercept,
    index = index, by = by, formula = formula, smoothed = smoothed,
    scheme = scheme
  ))
}

# Rates that borrow from neighbouring years: all but divided differences.
smoothed_columns <- function(model) {
  fit <- get_fit(model$rates)
  if (fit$rate$facts$backward) {
    return(character())
  }
  dynamic <- vapply(fit$codes, \(code) code$dynamic, "")
  c(paste0(".", rep(dynamic, each = 2L), c("", ".rate")), ".industrial")
}

check_formula <- function(formula, call) {
  if (!inherits(formula, "formula") || length(formula) != 3L) {
    stop_argument("formula", "of the shape `y1 + y2 ~ x1 + x2`", formula, call)
  }
}

# Left-hand terms are apart at every plus: each is a fit of its own.
split_sum <- function(x) {
  if (is.call(x) && identical(x[[1L]], as.name("+")) && length(x) == 3L) {
    return(c(split_sum(x[[2L]]), split_sum(x[[3L]])))
  }
  if (is.call(x) && identical(x[[1L]], as.name("("))) {
    return(split_sum(x[[2L]]))
  }
  list(x)
}

label_of <- function(x) paste(deparse(x, 500L, backtick = TRUE), collapse = " ")

formula_parts <- function(formula, plain, call) {
  y <- split_sum(formula[[2L]])
  names(y) <- vapply(y, label_of, "")
  right <- formula[c(1L, 3L)]
  if ("." %in% all.vars(right)) {
    stop_argument("formula", "written out, without a dot", formula, call)
  }
  terms <- stats::terms(right)
  if (!is.null(attr(terms, "offset"))) {
    stop_argument("formula", "without offset(): take it from the left side",
                  formula, call)
  }
  factors <- attr(terms, "factors")
  variables <- as.list(attr(terms, "variables"))[-1L]
  labels <- attr(terms, "term.labels")
  x <- lapply(seq_along(labels), \(j) variables[factors[, j] > 0])
  names(x) <- labels
  columns <- unique(c(unlist(lapply(y, all.vars)), all.vars(right)))
  check_columns(plain, columns, "formula", call = call)
  x_terms <- lapply(x, describe_term)
  base <- lapply(x_terms, \(term) term$base)
  names(base) <- vapply(x_terms, \(term) term$variable, "")
  list(y = lapply(y, list), x = x, columns = columns,
       intercept = attr(terms, "intercept") == 1L,
       base = base[!duplicated(names(base))], x_terms = x_terms)
}

# A variable to a whole power is told apart from other expressions: it can be
# centred. `variable` is the label of the variable, `base` what it is computed
# from, `power` 1 for all others.
describe_term <- function(variables) {
  label <- paste(vapply(variables, label_of, ""), collapse = ":")
  if (length(variables) == 1L) {
    x <- variables[[1L]]
    inner <- if (is.call(x) && identical(x[[1L]], as.name("I"))) x[[2L]]
    power <- is.call(inner) && identical(inner[[1L]], as.name("^")) &&
      is.name(inner[[2L]]) && is.numeric(inner[[3L]])
    if (power && inner[[3L]] %in% 1:60) {
      return(list(variable = label_of(inner[[2L]]),
                  power = as.integer(inner[[3L]]), label = label,
                  base = list(inner[[2L]])))
    }
  }
  list(variable = label, power = 1L, label = label, base = variables)
}

eval_term <- function(variables, values, formula, n, call) {
  out <- rep(1, n)
  for (expression in variables) {
    # stats::lag() moves the clock of a ts, not values: x itself would be fitted.
    if ("lag" %in% all.names(expression)) {
      stop_nid("argument",
               c(paste0("`", label_of(expression), "` lags nothing in a ",
                        "formula."),
                 i = "Use the argument `lag =`."),
               argument = "formula", call = call)
    }
    # What has no value is told below, cell by cell.
    one <- suppressWarnings(eval(expression, values, environment(formula)))
    if (!is.numeric(one) || length(one) != n) {
      stop_argument("formula", paste0("made of terms with one number a row; `",
                                      label_of(expression), "` is not"),
                    one, call)
    }
    known <- Reduce(`&`, lapply(values[all.vars(expression)], \(v) !is.na(v)),
                    rep(TRUE, n))
    bad <- which(known & !is.finite(one))
    if (length(bad) > 0L) {
      stop_nid(
        "form_domain",
        c(paste0("`", label_of(expression), "` has no finite value in ",
                 count_of(length(bad), "row"), "."),
          i = "A log needs values above 0."),
        columns = all.vars(expression), n = length(bad), call = call
      )
    }
    out <- out * as.double(one)
  }
  out
}

check_dependence_by <- function(by, plain, call) {
  if (is.null(by)) {
    return(invisible())
  }
  if (!is.character(by) || anyNA(by) || length(by) == 0L) {
    stop_argument("by", "names of columns", by, call)
  }
  check_columns(plain, by, "by", call = call)
  check_group_keys(plain, by, call)
  holes <- by[vapply(by, \(name) {
    anyNA(drop_declared(plain[[name]], name))
  }, TRUE)]
  if (length(holes) > 0L) {
    stop_nid("missing_index",
             paste0("A column of `by` has missing values: ", some_of(holes),
                    "."),
             columns = holes, call = call)
  }
  # Results have these columns themselves.
  bad <- intersect(by, c(reserved_names, "fit", "y", "x", "form", "scale",
                         "statistic", "p.value", "df", "verdict"))
  if (length(bad) > 0L) {
    stop_nid("reserved_name",
             paste0("A column of `by` may not be called ", some_of(bad), "."),
             columns = bad, call = call)
  }
}

# Logs for the forms; a cell without a log is named.
apply_form <- function(d, form, growth, call) {
  log_y <- growth || form %in% c("power", "exponential")
  log_x <- growth || form %in% c("log", "power")
  if (log_y) {
    d$y <- take_logs(d$y, d, call)
  }
  if (log_x) {
    d$x <- take_logs(d$x, d, call)
  }
  d
}

take_logs <- function(columns, d, call) {
  for (name in names(columns)) {
    bad <- which(!is.na(columns[[name]]) & columns[[name]] <= 0)
    if (length(bad) > 0L) {
      times <- if (!is.null(d$time)) d$time[bad]
      place <- if (is.null(times)) {
        paste("row", d$row[bad])
      } else {
        paste(d$unit_label[d$unit[bad]], format_time(times))
      }
      stop_nid(
        "form_domain",
        c(paste0("`", name, "` has no logarithm in ",
                 count_of(length(bad), "cell"), ": a value of 0 or less."),
          x = paste0("At ", some_of(place, quote = ""), "."),
          i = "Form \"linear\" or \"quadratic\" needs no logarithm."),
        columns = name, regions = d$unit_label[d$unit[bad]], times = times,
        rows = d$row[bad], n = length(bad), call = call
      )
    }
    columns[[name]] <- log(columns[[name]])
  }
  columns
}

# x at time - lag of the same unit; NA where that time was not observed.
apply_lag <- function(d, lag) {
  if (lag == 0) {
    return(d)
  }
  from <- rows_before(d, lag)
  d$x <- lapply(d$x, \(x) x[from])
  d$base <- lapply(d$base, \(x) x[from])
  own <- unique(unlist(lapply(d$expressions$x, \(v) lapply(v, all.vars))))
  d$lagged <- lapply(d$values[own], \(x) x[from])
  d
}

# The row of the same unit that many units of time before.
rows_before <- function(d, lag) {
  near <- function(time) signif(time, 9)
  match(paste(d$unit, near(d$time - lag)), paste(d$unit, near(d$time)))
}

# First differences per unit time between complete neighbours of a unit. `keep`
# are the rows that are complete; the time is that of the later row.
take_rates <- function(d, columns) {
  n <- nrow(columns)
  if (n == 0L) {
    return(list(columns = columns, rows = integer(), step = double()))
  }
  same <- diff(d$unit) == 0
  step <- diff(d$time)
  out <- (columns[-1L, , drop = FALSE] - columns[-n, , drop = FALSE]) / step
  list(columns = out[same, , drop = FALSE], rows = which(same) + 1L,
       step = step[same])
}
