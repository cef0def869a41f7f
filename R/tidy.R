#' Tidy, glance, augment and friends
#'
#' `tidy()` gives a plain tibble of estimates, `glance()` one row about the
#' whole, `augment()` the user's own rows with the codes beside them.
#'
#' @param x,object A `nid_model` or a result table.
#' @param what <chr> "basic", "path", "industrial", "dynamic" or "defining".
#' @param conf.int <lgl> Keep the limits.
#' @param conf.level <num> `NULL`: that of the model. Another level is computed
#'   from the standard errors.
#' @param parm Regions (of a table: rows) to keep in `confint()`, by name or
#'   number.
#' @param level <num> For `confint()`.
#' @param data Not used: the model keeps its data.
#' @param ... Not used; other packages may pass arguments of their own.
#' @return `tidy()`: the columns of the table plus `term` <chr>. `glance()` of a
#'   model: `n.regions`, `n.times`, `nobs`, `n.codes`, `rate`, `influence`,
#'   `measure`, `effective.df`. `augment()`: the user's rows in the user's order
#'   and, for every code, `.<code>`, `.<dynamic>`, `.<dynamic>.rate` and
#'   `.industrial`, each with `.se`, and `.<code>.sigma`, the standard deviation
#'   of the noise about the curve of the series. `confint()` a matrix with two
#'   columns (of [region_ranks()] those of the ranks);
#'   `coef()` the named Code NID of regions; `vcov()` its covariance matrix:
#'   curves of regions are independent, so it is diagonal but for errors that
#'   regions share, those of [relevance_weights()]; `nobs()` the observed
#'   cells.
#' @name nid_tidy
#' @examples
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' tidy(model)
#' glance(model)
#' augment(model)
#' confint(model)
NULL

model_table <- function(x, what, call) {
  check_choice(what, c("basic", "path", "industrial", "dynamic", "defining"),
               call = call)
  x[[if (what == "dynamic") "rates" else what]]
}

#' @rdname nid_tidy
#' @export
tidy.nid_model <- function(x, what = "basic", conf.int = TRUE,
                           conf.level = NULL, ...) {
  call <- rlang::current_env()
  check_foreign_dots(...)
  check_flag(conf.int)
  if (is.null(conf.level)) {
    conf.level <- x$args$conf_level
  }
  check_level(conf.level, call = call)
  table <- model_table(x, what, call)
  term <- if (!"term" %in% names(table)) key_words(table)
  if (conf.level != x$args$conf_level) {
    table <- at_other_level(x, table, what, conf.level)
  }
  tidy_table(table, conf.int, term)
}

# Intervals are read off the law that a table shows; simultaneous ones are not,
# since their law is that of whole series.
at_other_level <- function(x, table, what, level) {
  if (what != "dynamic" || x$args$interval == "pointwise") {
    return(relevel(as_plain_tibble(table), level))
  }
  fit <- get_fit(x$rates)
  suppressMessages(rates_table(fit, estimate_codes(fit, rates = TRUE)$rates,
                               x$args$interval, level))
}

# One name for every row: what tells it from the others.
key_words <- function(table) {
  keys <- get_spec(table)$keys
  if (length(keys) == 0L) {
    return(rep("Code NID", nrow(table)))
  }
  words <- lapply(as.list(as_plain_tibble(table))[keys], as.character)
  time <- match("time", names(keys), 0L)
  words[time] <- lapply(keys[time], \(key) stamp_words(table[[key]]))
  do.call(paste, unname(words))
}

tidy_table <- function(table, conf.int, term) {
  out <- as_plain_tibble(table)
  if (!is.null(term)) {
    out <- plain_table(c(list(term = term), as.list(out)), nrow(out))
  }
  if (!conf.int) out <- out[setdiff(names(out), c("conf.low", "conf.high"))]
  out
}

#' @rdname nid_tidy
#' @export
tidy.nid_table <- function(x, conf.int = TRUE, ...) {
  check_foreign_dots(...)
  check_flag(conf.int)
  tidy_table(x, conf.int, NULL)
}

#' @rdname nid_tidy
#' @export
tidy.nid_panel <- function(x, ...) {
  check_foreign_dots(...)
  summary(x)
}

#' @rdname nid_tidy
#' @export
glance.nid_model <- function(x, ...) {
  check_foreign_dots(...)
  fit <- get_fit(x$rates)
  plain_table(list(
    n.regions = n_regions(x$panel),
    n.times = length(unique(x$panel$grids$time)),
    nobs = stats::nobs(x),
    n.codes = length(fit$codes),
    rate = fit$rate$words,
    influence = x$args$influence$words,
    measure = x$args$measure,
    effective.df = effective_df(fit)
  ))
}

# Mean effective degrees of freedom of the level over the series.
effective_df <- function(fit) {
  if (fit$rate$facts$errors == "known") {
    return(NA_real_)
  }
  per_code <- lapply(seq_along(fit$codes), \(i) {
    series <- code_series(fit, i)
    if (length(series$of) > 0L) fit$rate$does$edf(series)
  })
  nan_to_na(mean(as.double(unlist(per_code))))
}

#' @rdname nid_tidy
#' @export
glance.nid_table <- function(x, ...) {
  check_foreign_dots(...)
  spec <- get_spec(x)
  words <- lapply(said_facts(spec), paste, collapse = ", ")
  tibble::as_tibble(c(list(title = spec$title, nobs = nrow(x)), words,
                      if (!is.null(spec$level)) list(level = spec$level)))
}

#' @rdname nid_tidy
#' @export
glance.nid_panel <- function(x, ...) {
  check_foreign_dots(...)
  tibble::tibble(n.regions = n_regions(x),
                 n.times = length(unique(x$grids$time)), nobs = n_rows(x),
                 n.indicators = length(x$x), missing = sum(x$missing),
                 breaks = sum(lengths(x$breaks)),
                 balanced = length(unique(x$grid)) <= 1L)
}

#' @rdname nid_tidy
#' @export
augment.nid_model <- function(x, data = NULL, ...) {
  rlang::check_dots_empty()
  panel <- x$panel
  fit <- get_fit(x$rates)
  n <- n_rows(panel)
  a <- estimate_codes(fit, rates = TRUE)$rates
  columns <- list()
  for (i in seq_along(fit$codes)) {
    one <- fit$codes[[i]]
    value <- code_values(fit$def, one$code)$value
    columns[[paste0(".", one$code)]] <- value
    columns[[paste0(".", one$code, ".se")]] <- level_error(fit, i, n)
    columns[[paste0(".", one$code, ".sigma")]] <- level_noise(fit, i, n)
    for (order in 1:2) {
      name <- paste0(".", one$dynamic, if (order == 2L) ".rate")
      columns[[name]] <- a$estimate[[order]][, i]
      columns[[paste0(name, ".se")]] <- if (is.null(a$std.error)) {
        rep(NA_real_, n)
      } else {
        a$std.error[[order]][, i]
      }
    }
  }
  columns <- known_numbers(c(columns, industrial_columns(x)))
  own <- user_rows(panel)
  out <- c(unclass_columns(panel$plain), lapply(columns, \(v) {
    nan_to_na(v[own])
  }))
  tibble::new_tibble(out, nrow = nrow(panel$plain))
}

# Error of the code's own values: the measurement sd, where one is given.
level_error <- function(fit, i, n) {
  sd <- fit$codes[[i]]$sd
  if (length(sd) == 0L) rep(NA_real_, n) else rep_len(sd, n)
}

# The sd of their noise, that of each series: what a new observation adds to
# the error of the curve.
level_noise <- function(fit, i, n) {
  out <- rep(NA_real_, n)
  series <- code_series(fit, i)
  if (length(series$of) > 0L) {
    out[series_rows(series)] <- fit$rate$does$predict(
      series, NULL, 0L, row_time(fit$def$panel))$noise
  }
  out
}

industrial_columns <- function(x) {
  panel <- x$panel
  table <- x$industrial
  at <- match_rows(panel, table)
  place <- function(v) {
    out <- rep(NA_real_, n_rows(panel))
    out[at] <- v
    out
  }
  list(.industrial = place(table[["estimate"]]),
       .industrial.se = place(table[["std.error"]]))
}

# Panel rows of the rows of a table, whose order is the panel's.
match_rows <- function(panel, table) {
  all <- index_columns(panel)
  key <- function(x) do.call(paste, c(lapply(x, as.character), sep = "\r"))
  match(key(unclass_columns(table)[names(all)]), key(all))
}

# Panel row of each of the user's rows (NA: an indicator outside the scheme).
user_rows <- function(panel) {
  n <- nrow(panel$plain)
  if (!is.null(panel$long$names_from)) {
    all <- index_columns(panel)
    key <- function(x) do.call(paste, c(lapply(x, as.character), sep = "\r"))
    return(match(key(unclass_columns(panel$plain)[names(all)]), key(all)))
  }
  if (is.null(panel$source)) {
    return(seq_len(n))
  }
  out <- integer(n)
  out[panel$source] <- seq_len(n)
  out
}

#' @rdname nid_tidy
#' @export
confint.nid_model <- function(object, parm = NULL, level = NULL, ...) {
  level <- level %||% object$args$conf_level
  table <- tidy(object, conf.level = level)
  interval_matrix(table[["conf.low"]], table[["conf.high"]], table[["term"]],
                  level, parm)
}

#' @rdname nid_tidy
#' @export
confint.nid_table <- function(object, parm = NULL, level = NULL, ...) {
  spec <- get_spec(object)
  own <- spec$level
  limits <- spec$limits %||% c("conf.low", "conf.high")
  if (!all(limits %in% names(object))) {
    stop_nid("argument", "This table has no intervals.")
  }
  if (!is.null(level) && !isTRUE(all.equal(level, own))) {
    stop_nid("argument",
             c(paste0("The table has ", 100 * own, "% intervals."),
               i = "Ask the verb that made it for another `conf_level`."))
  }
  interval_matrix(object[[limits[1L]]], object[[limits[2L]]],
                  key_words(object), own, parm)
}

#' @rdname nid_tidy
#' @export
coef.nid_model <- function(object, ...) {
  stats::setNames(object$basic[["estimate"]], key_words(object$basic))
}

#' @rdname nid_tidy
#' @export
vcov.nid_model <- function(object, ...) {
  term <- key_words(object$basic)
  out <- law_covariance(basic_law(object$basic))
  dimnames(out) <- list(term, term)
  out
}

#' @rdname nid_tidy
#' @export
nobs.nid_model <- function(object, ...) {
  as.integer(sum(vapply(object$panel$x, \(v) sum(!is.na(v)), numeric(1))))
}

#' @rdname nid_tidy
#' @export
as.data.frame.nid_model <- function(x, ...) as.data.frame(x$basic)
