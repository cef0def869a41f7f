#' Divide money by prices
#'
#' Turns nominal columns into real ones, in prices of the base time. The price
#' column holds the index of each period to the period before (111.7 for
#' +11.7 %, as statistical offices print it). Chained,
#' \deqn{P(t) = \prod_{base < u \le t} p(u)/100}{
#'   P(t) = prod_{base < u <= t} p(u)/100}
#' and 1 at the base (times before the base divide instead); each column is
#' divided by P(t).
#'
#' @param data <data.frame> One row per region and time.
#' @param columns <chr> Columns to deflate.
#' @param price <chr> Column with the price index, previous period = 100.
#' @param base <num> The time whose prices are used; a date where times are
#'   dates, or its number.
#' @param index <chr> `c(region, time)` or the time alone, as in
#'   [code_panel()].
#' @return `data` with `columns` replaced, same rows, order and class.
#' @section Errors:
#' `nidcode_error_no_column`, `nidcode_error_duplicate_key`,
#' `nidcode_error_domain` for a price index of 0 or less,
#' `nidcode_error_reference` where a region lacks the base time or a price
#' between the base and a time it has (a gap would break the chain unseen).
#' @family bring in
#' @examples
#' money <- data.frame(region = "A", year = 2005:2008,
#'                     income = c(100, 121, 133.1, 146.41),
#'                     cpi = c(112, 110, 110, 110))
#' deflate(money, "income", price = "cpi", base = 2005)
#' @export
deflate <- function(data, columns, price, base, index = NULL) {
  call <- rlang::current_env()
  check_data_frame(data)
  plain <- strip_container(data, call)
  check_string(price)
  if (!is_dated(base) || length(base) != 1L) check_number(base)
  if (!is.character(columns) || length(columns) == 0L || anyNA(columns)) {
    stop_argument("columns", "one or more column names", columns, call)
  }
  check_columns(plain, c(columns, price), "columns", call = call)
  index <- find_index(plain, index, call)
  rows <- panel_rows(plain, index, call)
  p <- numeric_values(plain[[price]], price, call)
  check_prices(p, price, rows, call)
  level <- chain_prices(rows, p, base, price, call)
  data[columns] <- each_told(columns, function(name) {
    numeric_values(plain[[name]], name, call) / level
  })
  data
}

check_prices <- function(p, price, rows, call) {
  bad <- which(p <= 0)
  if (length(bad) > 0L) {
    place <- source_places(rows)(bad)
    stop_nid(
      "domain",
      c(paste0("A price index is above 0; ", some_of(price), " is not in ",
               count_of(length(bad), "row"), "."),
        x = place$text),
      columns = price, regions = place$regions, times = place$times,
      n = length(bad), call = call
    )
  }
}

# Price level of every row of the data, 1 at the base.
chain_prices <- function(rows, p, base, price, call) {
  level <- rep(NA_real_, length(p))
  bad <- character()
  given <- base
  base <- as.double(numeric_time(base, "base", call, rows$reading))
  for (r in seq_along(rows$first)) {
    at <- rows$row_of(r)
    time <- rows$time[at]
    start <- match(base, time)
    if (is.na(start)) {
      bad <- c(bad, as.character(rows$labels[r]))
      next
    }
    growth <- p[at] / 100
    up <- seq_along(at) > start
    down <- seq_along(at) < start
    l <- rep(1, length(at))
    l[up] <- cumprod(growth[up])
    if (any(down)) {
      l[down] <- 1 / rev(cumprod(rev(growth[seq(2, start)])))
    }
    steps <- diff(time)
    # A chain of yearly links needs every year between.
    if (anyNA(l) || any(steps > min(steps, Inf) * 1.5)) {
      bad <- c(bad, as.character(rows$labels[r]))
    }
    level[at] <- l
  }
  if (length(bad) > 0L) {
    stop_nid(
      "reference",
      c(paste0("The price chain of ", some_of(bad), " is broken."),
        i = paste0("Each region needs the base time ",
                          given_time_words(given, base), " and ",
                   some_of(price), " at every time between it and the ",
                   "others.")),
      regions = bad, columns = price, call = call
    )
  }
  level
}
