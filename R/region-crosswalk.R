#' Carry data over to other regions
#'
#' Aliases, mergers and splits of regions by a table of what becomes what. The
#' value of a new region is the sum, or the mean, of what goes into it,
#' \deqn{x(to, t) = \sum_{from} s x(from, t)}{x(to, t) = sum_from s x(from, t)}
#' with share s; under "mean" divided by the sum of shares.
#'
#' A total without one of its parts would be a fall that nobody saw: where parts
#' stand side by side at other times, it is `NA`. Regions that the table does
#' not name stay as they are.
#'
#' @param data <data.frame> One row per region and time, columns of numbers.
#' @param table <data.frame> `from`, `to` <chr>; `share` <num>, the part of
#'   `from` that goes to `to` (1 where there is none; of a split they add up to
#'   1); `year`, from which time on the new region is counted: the first value
#'   there is labelled a break.
#' @param index <chr> `c(region, time)`, as in [code_panel()].
#' @param how <chr> "sum" or "mean", for all columns or named by column:
#'   `c(grp = "sum", unemployment = "mean")`; others are sums.
#' @return A data frame (a tibble where `data` is one) with a row for each new
#'   region and time, columns as in `data`. Labels in `<column>_status` are
#'   joined, breaks added. Text is kept where all that goes into a row agrees,
#'   else `NA`.
#' @section Errors:
#' `nidcode_error_no_column`, `nidcode_error_duplicate_key`,
#' `nidcode_error_weights` where the shares of a region do not add up to 1,
#' `nidcode_error_argument` for `how`. Messages `nidcode_message_crosswalk`
#' (what was carried over, what the table names in vain) and
#' `nidcode_message_composition` (totals that lack a part).
#' @concept merged regions
#' @concept boundary changes
#' @family bring in
#' @examples
#' d <- data.frame(region = rep(c("Perm oblast", "Komi okrug"), each = 2),
#'                 year = c(2004, 2005), people = c(2700, 2690, 130, 129))
#' region_crosswalk(d, data.frame(from = c("Perm oblast", "Komi okrug"),
#'                                to = "Perm krai", year = 2005))
#' @export
region_crosswalk <- function(data, table, index = NULL, how = "sum") {
  call <- rlang::current_env()
  check_data_frame(data)
  plain <- strip_container(data, call)
  index <- find_index(plain, index, call)
  if (is.na(index[["region"]])) {
    stop_argument("index", "c(region, time)", unname(index), call)
  }
  table <- check_crosswalk(table, call)
  rows <- panel_rows(plain, index, call)
  region <- as.character(plain[[index[["region"]]]])
  inform_crosswalk(table, region)
  parts <- crosswalk_parts(table, region, rows$time)
  values <- setdiff(names(plain), index)
  values <- values[vapply(plain[values], is.numeric, NA)]
  how <- check_how(how, values, call)
  out <- plain[parts$first, , drop = FALSE]
  out[[index[["region"]]]] <- parts$to[!duplicated(parts$cell)]
  for (name in setdiff(names(plain), index)) {
    out[[name]] <- if (name %in% values) {
      carried_values(plain[[name]], parts, how[[name]])
    } else carried_text(plain[[name]], parts, endsWith(name, "_status"))
  }
  out <- add_crosswalk_breaks(out, values, table, index,
                              rows$time[parts$first])
  out <- as_plain_frame(out)
  if (inherits(data, "tbl_df")) tibble::as_tibble(out) else out
}

check_crosswalk <- function(table, call) {
  check_data_frame(table, "table", call)
  check_columns(table, c("from", "to"), "table", call = call)
  tell_unread(names(table), c("from", "to", "share", "year"), "the crosswalk")
  n <- nrow(table)
  out <- data.frame(from = as.character(table$from),
                    to = as.character(table$to), share = rep(1, n),
                    year = rep(NA_real_, n))
  if ("share" %in% names(table)) {
    out$share <- numeric_values(table$share, "share", call)
  }
  if ("year" %in% names(table)) {
    given <- if (is.atomic(table$year)) !is.na(table$year) else TRUE
    out$year[given] <- as.double(numeric_time(table$year[given], "year", call))
  }
  total <- tapply(out$share, out$from, sum)
  bad <- is.na(total) | abs(total - 1) > 1e-6
  if (anyNA(out$from) || anyNA(out$to) || any(bad) || any(out$share < 0)) {
    stop_nid("weights",
             c("The shares of each region that is split add up to 1.",
               x = if (any(bad)) {
                 paste0("They do not for ", some_of(names(total)[bad]), ".")
               } else "There are regions without a name, or shares below 0."),
             regions = names(total)[bad], values = unname(total[bad]),
             call = call)
  }
  out
}

check_how <- function(how, values, call) {
  ok <- is.character(how) && length(how) > 0L &&
    all(how %in% c("sum", "mean")) &&
    (is.null(names(how)) && length(how) == 1L || all(names(how) %in% values))
  if (!ok) {
    stop_argument("how", "\"sum\" or \"mean\", one or named by columns", how,
                  call)
  }
  if (is.null(names(how))) {
    return(stats::setNames(rep(how, length(values)), values))
  }
  out <- stats::setNames(rep("sum", length(values)), values)
  out[names(how)] <- how
  out
}

# What goes where: for each part its `row`, new region `to`, `share` and `cell`
# (new region and time, in the order of the data), and the `first` row of each
# cell; `lacks`, cells without a part that stands beside the others elsewhere.
crosswalk_parts <- function(table, region, time) {
  hit <- match(region, table$from, nomatch = 0L)
  of <- split(seq_len(nrow(table)), factor(table$from, unique(table$from)))
  rows <- lapply(seq_along(region), function(i) {
    if (hit[i] == 0L) 0L else of[[region[i]]]
  })
  row <- rep(seq_along(region), lengths(rows))
  at <- unlist(rows)
  to <- region[row]
  share <- rep(1, length(row))
  to[at > 0L] <- table$to[at[at > 0L]]
  share[at > 0L] <- table$share[at[at > 0L]]
  key <- paste(match(to, unique(to)), time[row])
  cell <- match(key, unique(key))
  n <- tabulate(cell)
  whole <- stats::ave(n[cell], to, FUN = max)
  lacks <- n[cell] < whole & region[row] != to
  lacks <- unique(cell[lacks])
  if (length(lacks) > 0L) {
    first <- match(lacks, cell)
    inform_nid("composition",
               c(paste0(count_of(length(lacks), "row"), " NA: a part is not ",
                        "there."),
                 i = paste0("Region and time: ", some_of(
                   paste(to[first], stamp_words(time[row][first])),
                   quote = ""), ".")),
               regions = to[first], times = time[row][first],
               n = length(lacks))
  }
  list(row = row, to = to, share = share, cell = cell,
       first = row[!duplicated(cell)], lacks = lacks)
}

carried_values <- function(x, parts, how) {
  value <- as.double(x)[parts$row]
  out <- rowsum(value * parts$share, parts$cell)[, 1L]
  if (how == "mean") {
    out <- out / rowsum(parts$share, parts$cell)[, 1L]
  }
  out[parts$lacks] <- NA
  unname(out)
}

# Labels joined, text where it agrees.
carried_text <- function(x, parts, labels) {
  n <- length(parts$first)
  if (!labels || !(is.character(x) || is.factor(x))) {
    same <- x[parts$row] == x[parts$first][parts$cell]
    agree <- rowsum(as.numeric(same %in% TRUE), parts$cell)[, 1L] ==
      tabulate(parts$cell)
    out <- x[parts$first]
    out[!agree] <- NA
    return(out)
  }
  text <- as.character(x)[parts$row]
  text[is.na(text) | text == "ok"] <- ""
  vapply(split(text, factor(parts$cell, seq_len(n))), function(one) {
    paste(unique(one[nzchar(one)]), collapse = "; ")
  }, "", USE.NAMES = FALSE)
}

# The first value at or after the year of a change, where there is one before.
add_crosswalk_breaks <- function(out, values, table, index, time) {
  region <- out[[index[["region"]]]]
  change <- unique(table[!is.na(table$year), c("to", "year")])
  for (k in seq_len(nrow(change))) {
    for (name in values) {
      there <- region == change$to[k] & !is.na(out[[name]])
      after <- which(there & time >= change$year[k])
      if (length(after) == 0L || !any(there & time < change$year[k])) next
      at <- after[which.min(time[after])]
      label <- paste0(name, "_status")
      if (!label %in% names(out)) out[[label]] <- rep("", nrow(out))
      old <- out[[label]][at]
      out[[label]][at] <- if (old %in% c("", "ok", NA)) "break" else
        paste("break", old, sep = "; ")
    }
  }
  out
}

inform_crosswalk <- function(table, region) {
  there <- table$from %in% region
  vain <- unique(table$from[!there])
  inform_nid(
    "crosswalk",
    c(paste0(count_of(length(unique(table$from[there])), "region"),
             " carried over to ",
             count_of(length(unique(table$to[there])), "region"), "."),
      i = if (length(vain) > 0L) {
        paste0("The data have no ", some_of(vain), ".")
      }),
    regions = unique(table$from[there]), values = vain
  )
}
