# The settings of a model as names and values, and back. A function cannot be
# written into a cell: a rate or an influence of the user's own is kept by its
# values.

book_settings <- function(model) {
  args <- model$args
  panel <- model$panel
  def <- get_defining(model)
  types <- vapply(index_columns(panel), key_type, "")
  time <- panel$index[["time"]]
  region <- panel$index[["region"]]
  c(
    list(region = if (is.na(region)) NULL else region,
         region.type = if (is.na(region)) NULL else types[[region]],
         time = time, time.type = types[[time]],
         status = book_status_suffix(model),
         normalise = def$normalise,
         reference = if (inherits(def$reference, "nid_reference")) "frozen"
           else def$reference,
         aggregate = def$aggregate, missing = def$missing),
    rate_settings(args$rate),
    list(breaks = args$breaks),
    influence_settings(args$influence, panel$reading),
    list(measure = args$measure,
         cor = if (is.matrix(args$cor)) "matrix" else args$cor,
         ends = args$ends,
         interval = args$interval, conf_level = args$conf_level,
         tuning = if (is.null(get_fit(model$rates)$tuning)) "estimated" else
           "frozen")
  )
}

influence_settings <- function(influence, reading) {
  args <- influence$args[lengths(influence$args) > 0L]
  if (influence$form == "custom") {
    args <- list(of = influence$of)
  }
  args$at <- influence_at(influence, reading)
  if (influence$normalise) args$normalise <- TRUE
  if (length(args) > 0L) names(args) <- paste0("influence.", names(args))
  c(list(influence = influence$form), args)
}

# The suffix of columns of labels: the user's own, or one that makes no name
# that is taken.
book_status_suffix <- function(model) {
  panel <- model$panel
  if (length(panel$status) == 0L) {
    return(NULL)
  }
  own <- model$args$status
  wide <- is.null(panel$long$names_from)
  if (wide && is.character(own) && is.null(names(own)) &&
        any(paste0(names(panel$status), own) %in% names(panel$plain))) {
    return(own)
  }
  # The user's own columns stand beside them, also those that look like labels.
  taken <- c(panel$index, panel$scheme[["indicator"]], names(panel$plain))
  for (suffix in c("_status", paste0("_status", 2:99))) {
    if (!any(paste0(panel$scheme[["indicator"]], suffix) %in% taken)) break
  }
  suffix
}

# Reading ------------------------------------------------------------------

settings_rate <- function(get, tables) {
  kind <- get("rate", "spline")
  # One number of the sheet, or those of the codes.
  number <- function(name) {
    name <- paste0("rate.", name)
    own <- tables[[name, exact = TRUE]]
    if (!is.null(own)) {
      return(stats::setNames(own$value, own$key1))
    }
    if (identical(get(name, NULL), "auto")) "auto" else get_number(get, name)
  }
  sd <- number("sd")
  switch(kind,
    difference = rate_difference(sd), central = rate_central(sd),
    local = do.call(rate_local, c(
      if (is.null(number("width"))) list(span = number("span") %||% 5) else
        list(width = number("width")),
      list(degree = number("degree") %||% 2,
           kernel = get("rate.kernel", "uniform"),
           second = get("rate.second", "point"))
    )),
    spline = settings_spline(get, number),
    custom = rate_custom(table_rate(tables$operator), get("rate.name", "own"),
                         sd),
    stop_setting("rate", kind)
  )
}

settings_spline <- function(get, number) {
  m <- number("m") %||% "auto"
  second <- get("rate.second", "step")
  if (!is.null(number("df"))) {
    return(rate_spline(df = number("df"), m = m, second = second))
  }
  lambda <- get("rate.lambda", "average")
  value <- suppressWarnings(as.numeric(lambda))
  rate_spline(lambda = if (is.na(value)) lambda else value, m = m,
              second = second)
}

settings_influence <- function(get, tables) {
  form <- get("influence", "equal")
  number <- function(name) get_number(get, paste0("influence.", name))
  at <- number("at")
  norm <- identical(small_letters(get("influence.normalise", "")), "true") ||
    identical(get("influence.normalise", "0"), "1")
  switch(form,
    equal = influence_equal(at, norm),
    half_life = influence_half_life(number("half_life"), at, norm),
    linear = influence_linear(number("span"), at, norm),
    power = influence_power(number("power"), number("scale") %||% 1, at, norm),
    hyperbolic = influence_hyperbolic(number("scale") %||% 1, at, norm),
    custom = table_influence_of(get("influence.of", "time"),
                                tables$influence, at, norm),
    stop_setting("influence", form)
  )
}

get_number <- function(get, name) {
  value <- get(name, NULL)
  if (is.null(value)) {
    return(NULL)
  }
  number <- suppressWarnings(as.numeric(value))
  if (is.na(number)) stop_setting(name, value)
  number
}

stop_setting <- function(name, value) {
  stop_nid("file",
           c(paste0("Setting ", some_of(name), " cannot be read."),
             x = paste0("It is ", some_of(value, quote = "\""), ".")),
           columns = name, values = value, call = NULL)
}

# An influence of the user's own, at the lags or times that were written.
table_influence_of <- function(of, table, at, normalise) {
  x <- as.double(table$key1)
  weight <- table$value
  if (of == "table") {
    return(influence_custom(data.frame(time = x, weight = weight), at = at,
                            normalise = normalise))
  }
  influence_custom(\(t) {
    found <- nearest_of(t, x)
    # The future never counts, so its weight was not kept.
    needed <- is.na(found) & (of == "time" | t >= -1e-9)
    if (any(needed)) {
      stop_nid("file",
               paste0("The workbook keeps the influence of the ", of,
                      "s it was written for only; not ",
                      some_of(format_time(unique(t[needed])), quote = ""),
                      "."),
               call = NULL)
    }
    ifelse(is.na(found), 0, weight[found])
  }, of = of, at = at, normalise = normalise)
}

nearest_of <- function(t, x) {
  vapply(t, \(one) {
    if (is.na(one) || length(x) == 0L) return(NA_integer_)
    near <- which.min(abs(x - one))
    if (abs(x[near] - one) <= 1e-9 * max(1, abs(one))) near else NA_integer_
  }, 1L)
}

# A rate of the user's own, from the operators that were written.
table_rate <- function(operators) {
  force(operators)
  \(time) {
    for (one in operators) {
      if (length(one$time) == length(time) && all(one$time == time)) {
        return(one[c("R1", "R2")])
      }
    }
    stop_nid("file",
             c("The workbook keeps a custom rate for its own times only.",
               x = paste0("Not for ", some_of(format_time(time), quote = ""),
                          ".")),
             call = NULL)
  }
}
