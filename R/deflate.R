#' Divide money by prices
#'
#' Turns nominal columns into real ones, in prices of the base time: each column
#' is divided by the price level P(t), which is 1 at the base. What the price
#' column holds is `price_type` (codes are the World Bank's, HICP Eurostat's):
#'
#' | `price_type` | the column p | example | link of t to the period before |
#' | --- | --- | --- | --- |
#' | "chain" | previous period = 100 (Rosstat) | 111.7 | p(t) / 100 |
#' | "percent" | growth in per cent (FP.CPI.TOTL.ZG) | 11.7 | 1 + p(t) / 100 |
#' | "ratio" | prices in those of the period before | 1.117 | p(t) |
#' | "level" | some time = 100 (FP.CPI.TOTL, HICP) | 163.2 | none |
#'
#' Links l(u) are chained,
#' \deqn{P(t) = \prod_{base < u \le t} l(u)}{P(t) = prod_{base < u <= t} l(u)}
#' (times before the base divide instead); of a level
#' \deqn{P(t) = p(t) / p(base)}{P(t) = p(t) / p(base)}
#' whatever time is its 100.
#'
#' @param data <data.frame> One row per region and time.
#' @param columns <chr> Columns to deflate.
#' @param price <chr> Column with the prices.
#' @param base The time whose prices are used: its number, or as the times of
#'   the data are written (a date, "2005-Q1").
#' @param index <chr> `c(region, time)` or the time alone, as in
#'   [code_panel()].
#' @param price_type <chr> "chain", "level", "percent" or "ratio", see above.
#' @return `data` with `columns` replaced, same rows, order and class.
#' @section Errors:
#' `nidcode_error_no_column`, `nidcode_error_duplicate_key`,
#' `nidcode_error_domain` for prices of 0 or less (growth of -100 % or less),
#' `nidcode_error_price_type` where the column cannot be what `price_type` says:
#' links below 50 or above 200 % of the period before in most rows (growth in
#' per cent: above 50 %), or a level given as a chain or ratio: prices of one
#' time that drift one way through 100 (1), or that as links would be steady
#' growth by over 15 % a period.
#' `nidcode_error_reference` where a region lacks the base time or a price
#' between the base and a time it has (a gap would break the chain unseen; a
#' level needs a price at each time).
#' @concept inflation
#' @concept constant prices
#' @family bring in
#' @examples
#' money <- data.frame(region = "A", year = 2005:2008,
#'                     income = c(100, 121, 133.1, 146.41),
#'                     cpi = c(112, 110, 110, 110))
#' deflate(money, "income", price = "cpi", base = 2005)
#' money$level <- c(100, 110, 121, 133.1)
#' deflate(money, "income", "level", base = 2005, price_type = "level")
#' @export
deflate <- function(data, columns, price, base, index = NULL,
                    price_type = "chain") {
  call <- rlang::current_env()
  check_data_frame(data)
  plain <- strip_container(data, call)
  check_string(price)
  check_choice(price_type, c("chain", "level", "percent", "ratio"))
  check_one_time(base, "base", call)
  if (!is.character(columns) || length(columns) == 0L || anyNA(columns)) {
    stop_argument("columns", "one or more column names", columns, call)
  }
  check_columns(plain, c(columns, price), "columns", call = call)
  index <- find_index(plain, index, call)
  rows <- panel_rows(plain, index, call, values = c(columns, price))
  p <- numeric_values(plain[[price]], price, call)
  check_prices(p, price, price_type, rows, call)
  check_price_type(p, price, price_type, rows, call)
  level <- price_level(rows, p, price_type, base, price, call)
  data[columns] <- each_told(columns, function(name) {
    numeric_values(plain[[name]], name, call) / level
  })
  data
}

check_prices <- function(p, price, price_type, rows, call) {
  percent <- price_type == "percent"
  bad <- which(p <= if (percent) -100 else 0)
  if (length(bad) > 0L) {
    place <- source_places(rows)(bad)
    stop_nid(
      "domain",
      c(paste0(if (percent) "Growth of prices is above -100 %; "
               else "Prices are above 0; ", some_of(price), " is not in ",
               count_of(length(bad), "row"), "."),
        x = place$text,
        i = if (!percent) paste0("Growth in per cent? Say `price_type = ",
                                 "\"percent\"`.")),
      columns = price, regions = place$regions, times = place$times,
      n = length(bad), call = call
    )
  }
}

# Prices of each period in those of the period before, 1 where they stay.
price_links <- function(p, price_type) {
  switch(price_type, chain = p / 100, percent = 1 + p / 100, ratio = p,
         level = c(NA, p[-1L] / p[-length(p)])[seq_along(p)])
}

# A column of another kind than is said would give nonsense in silence.
check_price_type <- function(p, price, price_type, rows, call) {
  by_region <- lapply(seq_along(rows$first), function(r) p[rows$row_of(r)])
  # The first link leads to no time of ours.
  links <- unlist(lapply(by_region, function(p) {
    price_links(p, price_type)[-1L]
  }))
  links <- links[!is.na(links)]
  # Growth in per cent is rarely more than 50, what it is mixed up with always.
  odd <- sum(links < 0.5 | links > if (price_type == "percent") 1.5 else 2)
  why <- if (odd > length(links) / 2) {
    paste0("read as ", price_words[[price_type]], ", prices would halve or ",
           if (price_type == "percent") "grow by more than half" else "double",
           " from one period to the next in ", odd, " of ", length(links),
           " rows")
  } else if (price_type %in% c("chain", "ratio")) {
    drift <- vapply(by_region, function(p) {
      drifts_as_level(100 * price_links(p, price_type))
    }, NA)
    if (isTRUE(mean(drift, na.rm = TRUE) > 0.5)) {
      paste0("it drifts one way as a level does, not as growth from one ",
             "period to the next")
    }
  }
  if (!is.null(why)) stop_price_type(p, price, price_type, why, odd, call)
}

stop_price_type <- function(p, price, price_type, why, odd, call) {
  range <- format(range(p, na.rm = TRUE), digits = 4L, trim = TRUE,
                  decimal.mark = ".")
  from_links <- function(to_percent) {
    paste0("If it holds links after all, ", to_percent, " and say ",
           "\"percent\"; for prices that do double, chain them to a ",
           "\"level\".")
  }
  stop_nid(
    "price_type",
    c(paste0("Column ", some_of(price), " is not ", price_words[[price_type]],
             " (`price_type = \"", price_type, "\"`): ", why, "."),
      x = paste0("Its values run from ", range[1L], " to ", range[2L], "."),
      i = paste0("Say what it holds: `price_type = \"chain\"` for previous ",
                 "period = 100, \"level\" for one time = 100, \"percent\" for ",
                 "growth in per cent, \"ratio\" for growth as a factor."),
      i = switch(price_type,
                 chain = from_links("take 100 off"),
                 ratio = from_links("take 1 off, times 100,"),
                 percent = paste0("For prices that do grow so fast, chain ",
                                  "them to a \"level\"."))),
    columns = price, values = p, n = odd, call = call
  )
}

price_words <- c(chain = "links of previous period = 100",
                 level = "a level", percent = "growth in per cent",
                 ratio = "growth as a factor")

# Whether prices of a region, given as links of previous period = 100, are a
# level: rising or falling with time, through a 100. A 100 that only stands
# before the first link, as a filler, is told by a first step that is out of
# all proportion. NA where there is too little to see.
drifts_as_level <- function(p) {
  p <- p[!is.na(p)]
  n <- length(p)
  if (n < 4L) {
    return(NA)
  }
  if (stats::median(p) < 85) {
    # Prices that fall by a sixth and more every period are none.
    return(TRUE)
  }
  step <- diff(p)
  if (all(step == 0)) {
    return(FALSE)
  }
  drift <- stats::cor(rank(p), seq_len(n))
  hundred <- which(abs(p - 100) < 0.005)
  if (length(hundred) == 0L) {
    return(n >= 5L && drift >= 0.9 && stats::median(p) > 115)
  }
  filler <- identical(hundred, 1L) &&
    abs(step[1L]) > 3 * stats::median(abs(step[-1L]))
  # Falling growth may end in prices that stand still.
  rising <- drift >= 0.9
  falling <- drift <= -0.9 && 1L %in% hundred
  (rising || falling) && !filler
}

# Price level of every row of the data, 1 at the base.
price_level <- function(rows, p, price_type, base, price, call) {
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
    chained <- price_type != "level"
    l <- if (chained) {
      chain_links(price_links(p[at], price_type), start)
    } else {
      p[at] / p[at[start]]
    }
    steps <- diff(time)
    # A chain of yearly links needs every year between.
    if (anyNA(l) || chained && any(steps > min(steps, Inf) * 1.5)) {
      bad <- c(bad, as.character(rows$labels[r]))
    }
    level[at] <- l
  }
  if (length(bad) > 0L) {
    stop_nid(
      "reference",
      c(if (price_type == "level") {
          paste0("The price level of ", some_of(bad), " has gaps.")
        } else {
          paste0("The price chain of ", some_of(bad), " is broken.")
        },
        i = paste0("Each region needs the base time ",
                   given_time_words(given, base), " and ", some_of(price),
                   if (price_type == "level") " at each of its times." else
                     " at every time between it and the others.")),
      regions = bad, columns = price, call = call
    )
  }
  level
}

# The level of each period in prices of the period `start`.
chain_links <- function(link, start) {
  l <- rep(1, length(link))
  up <- seq_along(link) > start
  l[up] <- cumprod(link[up])
  if (start > 1L) {
    l[seq_len(start - 1L)] <- 1 / rev(cumprod(rev(link[seq(2, start)])))
  }
  l
}
