#' The whole chain once
#'
#' Brings the data in, treats it, estimates rates and evaluates formulas (1)
#' and (2) and the path, each step once.
#'
#' @inheritParams code_panel
#' @inheritParams defining_codes
#' @inheritParams dynamic_codes
#' @inheritParams basic_code
#' @param interval <chr> Of the rates: "pointwise", or "simultaneous" over the
#'   times of a region, code and order (see [dynamic_codes()]). Those of the
#'   formulas stay pointwise.
#' @param data <data.frame> The data, as for [code_panel()]; or a panel, and
#'   then no `scheme`.
#' @return `nid_model`, a list: `call`, `panel`, `defining`, `rates`,
#'   `industrial`, `basic`, `path` (see [code_panel()], [defining_codes()],
#'   [dynamic_codes()], [industrial_code()], [basic_code()], [code_path()]) and
#'   `args`, the settings. Methods: `print`, `summary`, `tidy`, `glance`,
#'   `augment`, `confint`, `coef`, `vcov`, `nobs`, `predict`, `simulate`,
#'   `update`, `plot`, `autoplot`.
#' @section Errors: Those of the steps.
#' @concept composite index
#' @concept composite indicator
#' @family formulas
#' @examples
#' regions <- subset(ural, level == "region")
#' model <- code_model(regions, ural_scheme, status = "_status")
#' model
#' update(model, influence = influence_half_life(5))
#' @export
code_model <- function(data, scheme, index = NULL, names_from = NULL,
                       values_from = NULL, status = NULL,
                       status_labels = NULL, normalise = "zscore",
                       reference = "panel", aggregate = "mean",
                       missing = "constant", rate = rate_spline(),
                       breaks = "auto", influence = influence_equal(),
                       measure = "sum", cor = "auto", ends = "all",
                       interval = "pointwise", conf_level = 0.95,
                       names = "keep") {
  call <- rlang::current_env()
  args <- list(index = index, names_from = names_from,
               values_from = values_from, status = status,
               status_labels = status_labels, normalise = normalise,
               reference = reference, aggregate = aggregate,
               missing = missing, rate = rate, breaks = breaks,
               influence = influence, measure = measure, cor = cor,
               ends = ends,
               interval = interval, conf_level = conf_level, names = names)
  check_model_args(args, call)
  if (inherits(data, "nid_panel")) {
    refuse_of_panel(c(scheme = !base::missing(scheme),
                      names = !identical(names, "keep")), call)
    # For update(data = ): new data are read as these were.
    args["index"] <- list(unname(data$index[!is.na(data$index)]))
    for (name in names(data$long)) args[name] <- list(data$long[[name]])
    expect_cells(cells_of_model(n_rows(data), data$scheme))
    return(build_model(data, args, match.call(), call))
  }
  if (base::missing(scheme)) {
    stop_nid("scheme", c("`scheme` is missing.",
                         i = "Make one with `code_scheme()`."), call = call)
  }
  # Rows of long data are of one indicator each.
  if (is.data.frame(data) && is.null(names_from)) {
    expect_cells(cells_of_model(.row_names_info(data, 2L), scheme))
  }
  panel <- code_panel(data, scheme, index, names_from, values_from, status,
                      status_labels, names)
  build_model(panel, args, match.call(), call)
}

# What the tables of a model of so many rows take: those of the rates of each
# code, and the others, with a row a region and time.
cells_of_model <- function(rows, scheme) {
  codes <- if (is.data.frame(scheme)) unique(scheme[["code"]])
  rows * (cells_of_rates(2L) * length(codes) + 22)
}

# What a panel has already, so that it cannot be given beside it.
refuse_of_panel <- function(given, call) {
  given <- names(given)[given]
  if (length(given) > 0L) {
    stop_nid("argument",
             paste0("A panel has its ", given[1L], ": leave `", given[1L],
                    "` out."), argument = given[1L], call = call)
  }
}

check_model_args <- function(args, call) {
  check_level(args$conf_level, "conf_level", call = call)
  check_choice(args$names, c("keep", "fold"), "names", call = call)
  check_choice(args$interval, c("pointwise", "simultaneous"), "interval",
               call = call)
  check_rate(args$rate, call)
  check_second_order(args$rate, call)
  check_influence(args$influence, call)
  check_choice(args$measure, c("sum", "integral"), "measure", call = call)
  check_ends(args$ends, call)
}

# Steps from a panel on: one plan, one pass over the series, and the tables read
# off it. A `tuning`, the `noise` of codes and predicted cells (`kept`) are
# kept, not estimated anew.
build_model <- function(panel, args, matched, call, tuning = NULL,
                        noise = NULL, kept = NULL) {
  def <- define(panel, args$normalise, args$reference, args$aggregate,
                args$missing, call, kept)
  fit <- code_fit(def, args$rate, args$breaks, call, tuning$orders)
  fit$tuning <- match_tuning(tuning, fit, call)
  fit$noise <- noise
  cor <- check_cor(args$cor, fit, call)
  warn_missing_codes(fit)
  frame <- plan_frame(fit)
  plan <- formula_plan(fit, args$influence, args$measure, args$ends, frame)
  path <- path_plan(fit, args$influence, args$measure, "stock", frame, call)
  plans <- plans_with_ends(fit, plan)
  est <- estimate_codes(fit, rates = TRUE,
                        c(plans, list(over_steps(fit, path))), cor)
  told <- formula_told(args$influence, args$measure, est$cor, args$conf_level,
                       args$ends)
  structure(
    list(
      call = matched,
      panel = panel,
      defining = defining_table(def),
      rates = rates_table(fit, est$rates, args$interval, args$conf_level),
      industrial = industrial_table(fit, est, told),
      basic = basic_table(fit, plan, law_with_ends(fit, plans, est), told),
      path = path_table(fit, path, sums_law(
        fit, path, est$sums[[length(plans) + 1L]], est$rho), told),
      args = args
    ),
    class = "nid_model"
  )
}

#' Compute a model again
#'
#' Changes arguments of [code_model()] and computes it anew. With
#' `freeze = TRUE` centre and scale, the tuning of the smoother and the
#' correlation of the noise of codes stay those of the old model: the answer is
#' then linear in the data, exact for scenarios and edited workbooks. A refit may
#' differ: it is another question. Without it the panel also chooses the orders
#' of smoothness anew (`m` of [rate_spline()]); a code whose order moves is told
#' by the message `nidcode_message_order_changed`.
#'
#' @param object <nid_model>.
#' @param ... Arguments of [code_model()] to change, `data` and `scheme` among
#'   them, all named.
#' @param freeze <lgl> Keep reference and tuning.
#' @return A `nid_model`.
#' @section Errors:
#' `nidcode_error_tuning_frozen` when `freeze = TRUE` meets a change that the
#' old tuning does not fit: another rate, normalisation or scheme, or series on
#' other times than before.
#' @examples
#' district <- subset(ural, region_code == "FD-U")
#' model <- code_model(district, ural_scheme, index = "year",
#'                     status = "_status")
#' edited <- district
#' edited$apt_used[12] <- edited$apt_used[12] * 1.1
#' update(model, data = edited, freeze = TRUE)
#' @export
update.nid_model <- function(object, ..., freeze = FALSE) {
  call <- rlang::current_env()
  check_flag(freeze)
  changes <- list(...)
  known <- c("data", "scheme", names(object$args))
  if (length(changes) > 0L &&
      (is.null(names(changes)) || !all(names(changes) %in% known))) {
    stop_nid("argument",
             c(paste0("`...` takes arguments of code_model() by name."),
               x = paste0("You gave ", some_of(names(changes) %||% "unnamed"),
                          "."),
               i = paste0("They are ", some_of(known, 20L), ".")),
             argument = "...", call = call)
  }
  args <- object$args
  for (name in setdiff(names(changes), c("data", "scheme"))) {
    args[name] <- list(changes[[name]])
  }
  check_model_args(args, call)
  if (freeze) {
    return(update_frozen(object, changes, args, match.call(), call))
  }
  panel <- updated_panel(object, changes, args)
  out <- build_model(panel, args, updated_call(object, match.call(), freeze),
                     call)
  inform_orders(get_fit(object$rates)$orders, get_fit(out$rates)$orders)
  out
}

# What makes the new model: code_model() with the changes. A frozen one, and
# what follows from it, is an update() of the old call.
updated_call <- function(object, matched, freeze) {
  out <- object$call
  if (freeze || identical(out[[1L]], quote(update))) {
    matched[[1L]] <- quote(update)
    matched$object <- out
    return(matched)
  }
  changes <- as.list(matched)[-1L]
  for (name in setdiff(names(changes), c("object", "freeze"))) {
    out[name] <- changes[name]
  }
  out
}

updated_panel <- function(object, changes, args) {
  shape <- c("index", "names_from", "values_from", "status", "status_labels",
             "names")
  if (!any(c("data", "scheme", shape) %in% names(changes))) {
    return(object$panel)
  }
  code_panel(if ("data" %in% names(changes)) changes$data else
               object$panel$data,
             if ("scheme" %in% names(changes)) changes$scheme else
               object$panel$scheme,
             args$index, args$names_from, args$values_from, args$status,
             args$status_labels, args$names)
}

update_frozen <- function(object, changes, args, matched, call) {
  fixed <- intersect(names(changes),
                     c("scheme", "normalise", "reference", "aggregate",
                       "missing", "rate", "breaks"))
  if (length(fixed) > 0L) {
    stop_nid("tuning_frozen",
             c(paste0("With freeze = TRUE, ", some_of(fixed),
                      " cannot change."),
               i = "Use update() without freeze: that is a refit."),
             columns = fixed, call = call)
  }
  def <- get_defining(object)
  if (def$normalise == "rank") {
    stop_nid("tuning_frozen",
             "Ranks depend on all values and cannot be frozen.", call = call)
  }
  panel <- updated_panel(object, changes, args)
  reference <- if (def$normalise == "none") def$reference else {
    code_reference(def)
  }
  fit <- get_fit(object$rates)
  args$reference <- reference
  build_model(panel, args, updated_call(object, matched, TRUE), call,
              tuning = freeze_fit(fit)$tuning, noise = fit_noise(fit),
              kept = keep_predicted(def))
}

#' @export
format.nid_model <- function(x, ...) {
  local_language("en")
  spec <- get_spec(x$basic)
  basic <- x$basic
  best <- which.max(basic[["estimate"]])
  worst <- which.min(basic[["estimate"]])
  name <- function(i) as.character(x$panel$regions[i])
  c(
    paste0("Code-based model: ", count_of(nrow(basic), "region"), ", ",
           count_of(length(get_fit(x$rates)$codes), "code"), ", times ",
           panel_span(x$panel), "."),
    format(spec),
    if (length(best) == 1L) {
      if (nrow(basic) == 1L) {
        paste0("Code NID ", estimate_text(basic, 1L), ".")
      } else {
        paste0("Code NID from ", estimate_text(basic, worst), " in ",
               name(worst), " to ", estimate_text(basic, best), " in ",
               name(best), ".")
      }
    },
    spec$meaning, spec$notes
  )
}

# With its limits, where there is an error.
estimate_text <- function(table, i) {
  number <- text_by_error(c(table[["estimate"]][i], table[["conf.low"]][i],
                            table[["conf.high"]][i]),
                          table[["std.error"]][i])
  if (is.na(table[["conf.low"]][i])) number[1L] else {
    say("%s (%s to %s)", number[1L], number[2L], number[3L])
  }
}

#' @export
print.nid_model <- function(x, ...) {
  text <- strwrap(format(x), width = getOption("width"), exdent = 2)
  cat(utils::head(text, 15L), sep = "\n")
  invisible(x)
}
