#' Freeze centre and scale
#'
#' Under `reference = "panel"` adding data moves old numbers, because centre
#' and scale are those of all rows. A code reference keeps them: pass it as
#' `reference` to [defining_codes()] or [code_model()].
#'
#' @param x A `nid_defining`, `nid_rates` or `nid_model`; or a table in a
#'   database (`tbl()` of dbplyr), see below.
#' @param ... For a table in a database: `scheme`, `index`, `normalise`.
#' @return `nid_reference`: a tibble with `indicator` <chr>, `centre` <dbl> and
#'   `scale` <dbl>, in units of the indicator after its transform; with
#'   `reference = "region"` or an index also the region column, a row per
#'   region and indicator. `scale` 0 means no spread. That of rates or of a model
#'   keeps the orders of smoothness that the panel has chosen ([rate_spline()])
#'   and how much noise its codes share (`cor = "residual"` of
#'   [basic_code()]), and later rates and formulas take them: regions then
#'   have the same numbers whoever stands beside them ([code_parts()]).
#' @family treat
#' @examples
#' data <- data.frame(region = "A", year = 2005:2009, y = c(1, 3, 4, 8, 9))
#' codes <- defining_codes(code_panel(data, code_scheme("y", "social")))
#' code_reference(codes)
#' @export
code_reference <- function(x, ...) UseMethod("code_reference")

#' @export
code_reference.default <- function(x, ...) {
  rlang::check_dots_empty()
  known <- c("nid_panel", "nid_definition", "nid_model")
  if (!inherits(x, known) && !is.data.frame(x)) {
    stop_argument("x", "defining codes or a model", x, rlang::current_env())
  }
  def <- get_defining(x)
  if (def$normalise == "rank") {
    stop_nid("reference",
             "Ranks have no centre and scale that could be kept.")
  }
  panel <- def$panel
  names <- panel$scheme[["indicator"]]
  def <- in_data_units(def)
  by_region <- any(lengths(def$centre) != 1L)
  if (!by_region) {
    columns <- list(indicator = names,
                    centre = unlist(def$centre, FALSE, FALSE),
                    scale = unlist(def$scale, FALSE, FALSE))
  } else {
    n <- n_regions(panel)
    columns <- c(
      lapply(region_column(panel), rep, times = length(names)),
      list(indicator = rep(names, each = n),
           centre = unlist(lapply(def$centre, rep_len, n), FALSE, FALSE),
           scale = unlist(lapply(def$scale, rep_len, n), FALSE, FALSE))
    )
  }
  columns <- with_labels(columns, panel$scheme)
  tibble::new_tibble(known_numbers(columns), nrow = length(columns$indicator),
                     class = "nid_reference", normalise = def$normalise,
                     orders = get_fit(if (inherits(x, "nid_model")) x$rates else
                       x)$orders,
                     region = if (by_region) panel$index[["region"]])
}

# Centre and scale in the units of the data (see in_own_units()).
in_data_units <- function(def) {
  for (name in names(def$unit)[def$unit != 1]) {
    def$centre[[name]] <- def$centre[[name]] / def$unit[[name]]
    def$scale[[name]] <- def$scale[[name]] / def$unit[[name]]
  }
  def
}

#' @export
print.nid_reference <- function(x, ...) {
  cat("Frozen centre and scale (", attr(x, "normalise"), ") of ",
      count_of(length(unique(x[["indicator"]])), "indicator"), ".\n", sep = "")
  orders <- attr(x, "orders")
  if (!is.null(orders)) {
    cat("Orders of smoothness: ", paste(names(orders), orders,
                                        collapse = ", "), ".\n", sep = "")
  }
  rho <- attr(x, "rho")
  if (!is.null(rho)) {
    cat("Noise that codes share: rho ", paste(sprintf("%.2f", rho + 0),
                                              collapse = ", "), ".\n", sep = "")
  }
  plain <- x
  class(plain) <- c("tbl_df", "tbl", "data.frame")
  for (name in c("normalise", "region", "orders", "rho")) {
    attr(plain, name) <- NULL
  }
  text <- format(plain, n = 8L)
  cat(utils::head(text[-1L], 13L), sep = "\n")
  invisible(x)
}
