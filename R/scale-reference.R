# What of a panel is not a matter of each region alone: centre and scale, the
# orders of smoothness, the correlation of noise. Frozen in a reference, a part
# of the panel gives what the whole gives.

#' @export
code_reference.nid_rates <- function(x, ...) {
  keep_rho(NextMethod(), get_fit(x), "auto")
}

#' @export
code_reference.nid_basic <- function(x, ...) {
  keep_rho(NextMethod(), get_fit(x), get_fit(x)$asked$cor)
}

#' @export
code_reference.nid_model <- function(x, ...) {
  keep_rho(NextMethod(), get_fit(x$rates), x$args$cor)
}

keep_rho <- function(reference, fit, cor) {
  if (identical(cor, "auto") || identical(cor, "residual")) {
    rho <- fit_noise(fit)$panel
    if (!is.null(rho)) {
      attr(reference, "rho") <-
        stats::setNames(rho, pair_names(code_field(fit, "code")))
    }
  }
  reference
}

#' A reference from elsewhere
#'
#' Centre and scale that were worked out by other means, a query of a warehouse
#' say, as a [code_reference()].
#'
#' @param x <data.frame> Columns `indicator`, `centre`, `scale`, in units of the
#'   indicator after its transform; with a column of regions besides a row per
#'   region and indicator.
#' @param normalise <chr> What they belong to, as in [defining_codes()]:
#'   "zscore" (mean and sd), "minmax" (minimum and range), "goalposts", "index"
#'   (0 and a hundredth of the base value) or "none" (0 and 1).
#' @return `nid_reference`. It has no orders of smoothness and no correlation of
#'   noise: only [code_reference()] of rates or of a model has.
#' @section Errors: `nidcode_error_argument`, `_no_column`, `_reference` (an
#'   indicator twice, a centre or scale that is no number, a scale below 0).
#' @family treat
#' @examples
#' as_code_reference(data.frame(indicator = "gdp", centre = 10, scale = 2))
#' @export
as_code_reference <- function(x, normalise = "zscore") {
  call <- rlang::current_env()
  check_choice(normalise, c("zscore", "minmax", "goalposts", "index", "none"))
  check_data_frame(x)
  check_columns(x, c("indicator", "centre", "scale"), "x", call)
  region <- setdiff(names(x), c("indicator", "centre", "scale", "label"))
  if (length(region) > 1L) {
    stop_nid("argument",
             c(paste0("Beside indicator, centre and scale `x` may have one ",
                      "column, of regions."),
               x = paste0("It has ", some_of(region), ".")),
             argument = "x", columns = region, call = call)
  }
  columns <- c(lapply(as.list(x)[region], as.character),
               list(indicator = as.character(x[["indicator"]]),
                    centre = x[["centre"]], scale = x[["scale"]]))
  check_reference_numbers(columns, call)
  for (name in c("centre", "scale")) {
    columns[[name]] <- as.double(columns[[name]])
  }
  tibble::new_tibble(columns, nrow = nrow(x), class = "nid_reference",
                     normalise = normalise,
                     region = if (length(region) > 0L) region)
}

check_reference_numbers <- function(columns, call) {
  name <- columns$indicator
  key <- do.call(paste, c(unname(columns[setdiff(names(columns), c(
    "centre", "scale"))]), sep = "\r"))
  number <- vapply(columns[c("centre", "scale")], is.numeric, NA)
  odd <- if (all(number)) {
    is.infinite(columns$centre) | is.infinite(columns$scale) |
      is.na(columns$centre) != is.na(columns$scale) |
      (columns$scale < 0) %in% TRUE
  }
  why <- if (!all(number)) {
    paste("Column", some_of(names(number)[!number]), "is not of numbers.")
  } else if (anyNA(name) || anyDuplicated(key)) {
    odd <- is.na(name) | duplicated(key)
    "An indicator (of a region) must stand in one row."
  } else if (any(odd)) {
    "A centre must be a number and a scale one of 0 or more."
  }
  if (!is.null(why)) {
    stop_nid("reference", c(why, x = if (any(odd)) {
      paste0("See ", some_of(unique(name[odd])), ".")
    }), columns = unique(name[odd]), call = call)
  }
}
