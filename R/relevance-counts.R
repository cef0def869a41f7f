#' Relevance from published counts
#'
#' The table of [relevance()] when only the counts are known, as in a printed
#' table. Who ticked which items together is then unknown, so ranks and
#' [compare_relevance()] hold for every overlap that the counts allow.
#'
#' @param data <data.frame> A row per item (and group).
#' @param count <chr> Column of respondents who ticked the item; `NA` where no
#'   count is known.
#' @param n <chr> Column of respondents asked and answering; or one number.
#' @param item <chr> Column of items. A column `code`, if there is one, gives
#'   each item's code.
#' @inheritParams relevance
#' @param exclusive <lgl> `TRUE` if each respondent chose one item only (single
#'   response): then nobody ticked two, and pairs are compared exactly.
#' @return `nid_relevance`, as [relevance()]; `count` and `n` are doubles where
#'   they are 2^31 or more. An item without a count, or with
#'   `n` 0, is `NA`. Items are ranked among those with a count.
#' @section Errors:
#' `nidcode_error_counts` for negative, not whole or too large counts (above
#' `n`, or from 2^53 on, where numbers skip),
#' `nidcode_error_duplicate_key` for an item given twice in a group,
#' `nidcode_error_no_column`, `nidcode_error_not_numeric`,
#' `nidcode_error_level`.
#' @family survey
#' @examples
#' printed <- data.frame(
#'   item = c("Preferential lending", "Preferential taxation",
#'            "Interregional agreements"),
#'   count = c(138, 122, 74)
#' )
#' relevance_counts(printed, n = 208)
#' @export
relevance_counts <- function(data, count = "count", n = "n", item = "item",
                             by = NULL, method = "wilson", conf_level = 0.95,
                             simultaneous = "none", exclusive = FALSE) {
  call <- rlang::current_env()
  check_interval(method, conf_level, simultaneous, call)
  check_flag(exclusive, "exclusive", call = call)
  data <- plain_respondents(data, call)
  check_string(count, "count", call = call)
  check_string(item, "item", call = call)
  check_columns(data, c(item, count), "item, count", call = call)
  fit <- fit_counts(
    item = plain_labels(data[[item]], item, call),
    count = count_column(data[[count]], count, call),
    n = base_column(data, n, call),
    groups = read_groups(data, by, call),
    exclusive = exclusive, call = call
  )
  tell_unread(names(data),
              c(item, count, if (is.character(n)) n, by, "code"), "`data`",
              others = FALSE)
  fit$codes <- codes_of_items(data, item, fit$items, call)
  new_relevance(fit, method, conf_level, simultaneous)
}

base_column <- function(data, n, call) {
  if (is.numeric(n) && length(n) == 1L) {
    return(count_column(rep(n, nrow(data)), "n", call))
  }
  check_string(n, "n", call = call)
  check_columns(data, n, "n", call = call)
  count_column(data[[n]], n, call)
}

count_column <- function(x, name, call) {
  if (!is.numeric(x) || is.object(x) || !is.null(dim(x))) {
    x <- numeric_values(x, name, call)
  }
  # From 2^53 on a double skips numbers and is no count.
  bad <- which(!is.na(x) & (x < 0 | x >= 2^53 | x != round(x)))
  if (length(bad) > 0L) {
    stop_nid("counts",
             c(paste0("Column `", name, "` must hold whole numbers of ",
                      "respondents, not negative",
                      if (any(x[bad] >= 2^53)) " and below 2^53", "."),
               x = paste0("It also holds ", some_of(format(x[bad])), ".")),
             columns = name, values = x[bad], n = bad, call = call)
  }
  nan_to_na(as.double(x))
}

fit_counts <- function(item, count, n, groups, exclusive, call) {
  key <- paste(match(item, item), groups$id)
  if (anyNA(item)) {
    stop_nid("argument",
             paste0("The name of the item is missing in ",
                    count_of(sum(is.na(item)), "row"), "."),
             argument = "item", rows = which(is.na(item)), call = call)
  }
  twice <- unique(item[duplicated(key)])
  if (length(twice) > 0L) {
    stop_nid("duplicate_key",
             paste0("There is more than one row for item ", some_of(twice),
                    "."), values = twice, call = call)
  }
  bad <- which(!is.na(count) & !is.na(n) & count > n)
  if (length(bad) > 0L) {
    stop_nid("counts",
             c("An item cannot be ticked by more respondents than answered.",
               x = paste0("It is for ", some_of(item[bad]), "."),
               i = "A percentage is no count: multiply it by the base first."),
             values = count[bad], columns = item[bad], n = bad, call = call)
  }
  items <- unique(item)
  cell <- cbind(match(item, items), groups$id)
  fill <- \(x, empty) {
    out <- matrix(empty, length(items), groups$n)
    out[cell] <- x
    out
  }
  fit <- list(source = "counts", weighted = FALSE, items = items,
              n.items = length(items), keys = groups$keys, groups = groups$n,
              exclusive = exclusive, count = fill(count, NA), n = fill(n, 0))
  check_exclusive(fit, call)
  fit$estimate <- nan_to_na(fit$count / fit$n)
  fit$variance <- fit$estimate * (1 - fit$estimate) / fit$n
  fit$df <- matrix(Inf, length(items), groups$n)
  fit$n_zero <- fit$n
  fit
}

# One answer each: the counts of a group cannot add to more than its base.
check_exclusive <- function(fit, call) {
  if (!fit$exclusive) {
    return(invisible())
  }
  for (g in seq_len(fit$groups)) {
    total <- sum(fit$count[, g], na.rm = TRUE)
    base <- fit$n[!is.na(fit$n[, g]), g]
    if (length(base) > 0L && total > max(base)) {
      stop_nid("counts",
               c("With one answer each, the counts cannot exceed the base.",
                 x = paste0("They add to ", whole_text(total), ".")),
               values = total, call = call)
    }
  }
}

# Names held in a column: text, a factor, numbers; not lists of them.
plain_labels <- function(x, name, call) {
  if (!is.atomic(x) || !is.null(dim(x))) {
    stop_nid("not_numeric",
             paste0("Column `", name, "` must hold one text a row; it is <",
                    class(x)[1L], ">."), columns = name, call = call)
  }
  as.character(x)
}

codes_of_items <- function(data, item, items, call) {
  if (item == "code" || !"code" %in% names(data)) {
    return(NULL)
  }
  code <- plain_labels(data$code, "code", call)
  if (all(is.na(code))) {
    return(NULL)
  }
  several <- vapply(split(code, factor(as.character(data[[item]]), items)),
                    \(x) length(unique(x)) > 1L, logical(1))
  if (any(several)) {
    stop_nid("argument",
             paste0("Item ", some_of(items[several]),
                    " belongs to more than one code."),
             columns = items[several], call = call)
  }
  code[match(items, as.character(data[[item]]))]
}
