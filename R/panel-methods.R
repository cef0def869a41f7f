# Methods of nid_panel: what is in it, and how not to cut it.

#' Look at a panel
#'
#' @param x,object A `nid_panel` from [code_panel()].
#' @param ... Empty.
#' @return `print()` returns `x` invisibly. `summary()` a table with a row per
#'   indicator: `indicator`, `code`, `regions` and `times` with a value,
#'   `missing` cells, `breaks`, cells by `status`, and the standard deviation
#'   `between` regions (of their means) and `within` them. `as.data.frame()` a
#'   row per region and time in panel order, with the indicators.
#' @name nid_panel
#' @family bring in
#' @examples
#' panel <- code_panel(
#'   data.frame(region = rep(c("A", "B"), each = 3), year = rep(1:3, 2),
#'              y = c(1, 2, 4, 2, 3, 3)),
#'   code_scheme("y", "social")
#' )
#' panel
#' summary(panel)
NULL

#' @rdname nid_panel
#' @export
format.nid_panel <- function(x, ...) {
  rows <- n_rows(x)
  size <- diff(x$offset)
  times <- panel_span(x)
  balanced <- length(unique(x$grid)) <= 1L
  head <- paste0(
    if (balanced) "Balanced" else "Unbalanced", " panel: ",
    count_of(n_regions(x), "region"), ", times ", times, ", ",
    count_of(rows, "row"),
    if (!balanced) paste0(" (", min(size), " to ", max(size), " a region)")
  )
  codes <- scheme_codes(x$scheme)
  per_code <- vapply(codes$code, function(code) {
    sum(x$scheme[["code"]] == code)
  }, numeric(1))
  cells <- sum(x$missing)
  c(
    paste0(head, "."),
    paste0("Index: ", paste(stats::na.omit(x$index), collapse = ", "), "."),
    paste0("Indicators: ", paste0(codes$code, " ", per_code,
                                  collapse = ", "), "."),
    if (cells > 0) {
      worst <- shown_names(x$scheme, names(which.max(x$missing)))
      paste0("Missing: ", count_of(cells, "cell"), ", most in ", worst, " (",
             max(x$missing), ").")
    },
    if (length(x$breaks) > 0L) {
      paste0("Breaks of method: ",
             paste0(names(x$breaks), " ", lengths(x$breaks),
                    collapse = ", "), ".")
    },
    if (x$outside > 0L) {
      paste0(count_of(x$outside, "row"), " of other indicators left aside.")
    }
  )
}

panel_span <- function(panel) {
  time <- panel$grids$time
  if (length(time) == 0L) {
    return("none")
  }
  paste(unique(time_words(panel, range(time))), collapse = " to ")
}

#' @rdname nid_panel
#' @export
print.nid_panel <- function(x, ...) {
  text <- strwrap(format(x), width = getOption("width"), exdent = 2)
  cat(utils::head(text, 15L), sep = "\n")
  invisible(x)
}

#' @rdname nid_panel
#' @export
summary.nid_panel <- function(object, ...) {
  region <- row_region(object)
  time <- row_time(object)
  one <- function(name) {
    v <- object$x[[name]]
    seen <- !is.na(v)
    means <- tapply(v[seen], region[seen], mean)
    inside <- v[seen] - means[as.character(region[seen])]
    freedom <- sum(seen) - length(means)
    list(
      regions = length(means),
      times = length(unique(time[seen])),
      missing = sum(!seen),
      breaks = length(object$breaks[[name]]),
      status = status_text(object$status[[name]]),
      between = if (length(means) > 1L) sd_of(means) else NA_real_,
      within = if (freedom > 0L) {
        root_sum_squares(inside) / sqrt(freedom)
      } else NA_real_
    )
  }
  rows <- lapply(names(object$x), one)
  column <- function(name) {
    vapply(rows, function(r) r[[name]], rows[[1]][[name]])
  }
  plain_table(with_labels(list(
    indicator = names(object$x),
    code = object$scheme[["code"]],
    regions = column("regions"), times = column("times"),
    missing = column("missing"), breaks = column("breaks"),
    status = column("status"), between = column("between"),
    within = column("within")
  ), object$scheme))
}

status_text <- function(status) {
  if (is.null(status)) {
    return("")
  }
  count <- table(status)
  # A set of labels counts under each of its words.
  words <- level_words(names(count))
  each <- factor(unlist(words), unique(unlist(words)))
  count <- tapply(rep(count, lengths(words)), each, sum)
  count <- count[count > 0 & names(count) != "ok"]
  paste0(names(count), if (length(count) > 0L) " ", count, collapse = ", ")
}

#' @rdname nid_panel
#' @export
as.data.frame.nid_panel <- function(x, ...) {
  as.data.frame(c(index_columns(x), x$x), optional = TRUE)
}

#' @rdname nid_panel
#' @export
dim.nid_panel <- function(x) c(n_rows(x), length(x$x))

#' @rdname nid_panel
#' @param i,j Not used: a panel cannot be cut.
#' @export
`[.nid_panel` <- function(x, i, j, ...) stop_cut_panel("[")

#' @rdname nid_panel
#' @export
subset.nid_panel <- function(x, ...) stop_cut_panel("subset()")

#' @exportS3Method dplyr::filter
filter.nid_panel <- function(.data, ...) stop_cut_panel("filter()")

#' @exportS3Method dplyr::mutate
mutate.nid_panel <- function(.data, ...) stop_cut_panel("mutate()")

# Cutting would leave the reference and the grids behind the data.
stop_cut_panel <- function(what) {
  stop_nid(
    "argument",
    c(paste0("A panel cannot be changed with ", what, "."),
      i = paste0("Change the data first, then bring it in again: ",
                 "`data |> filter(...) |> code_panel(scheme)`.")),
    call = NULL
  )
}
