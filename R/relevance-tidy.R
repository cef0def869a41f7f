#' Tidy, glance and other views of survey tables
#'
#' @param x,object A table of [relevance()], [relevance_counts()],
#'   [compare_relevance()], [compare_groups()] or [likert_shares()].
#' @param conf.int <lgl> Keep the interval.
#' @param conf.level <num> Another level: the interval is computed anew.
#' @param parm <chr> Items; all by default.
#' @param level <num> Confidence level.
#' @param ... Not used; other packages may pass arguments of their own.
#' @return `tidy()`: a tibble whose first column is `term` (the item; of pairs
#'   "item1 - item2"), then the table's columns, the measure being `estimate`.
#'   `glance()` of relevance: one row, `n.items`, `n.groups`, `base.low`,
#'   `base.high`, `method`, `conf.level`, `simultaneous`; of comparisons: the
#'   test of all items (or groups) together, see [compare_relevance()].
#'   `confint()`: a matrix of limits with a row per item (and group).
#' @name tidy_relevance
#' @keywords internal
NULL

#' @rdname tidy_relevance
#' @export
tidy.nid_relevance <- function(x, conf.int = TRUE, conf.level = NULL, ...) {
  check_foreign_dots(...)
  fit <- relevance_fit(x, rlang::current_env())
  out <- as.list(as_plain_tibble(x))
  if (!is.null(conf.level)) {
    check_level(conf.level)
    limits <- share_intervals(fit, table_cells(fit), conf.level)
    out$conf.low <- limits$low
    out$conf.high <- limits$high
  }
  tidy_columns(out, c(item = "term"), conf.int)
}

# The columns of a survey table under the names that tidy() has for all.
tidy_columns <- function(out, names, conf.int, call = rlang::caller_env()) {
  check_flag(conf.int, call = call)
  if (!conf.int) out[c("conf.low", "conf.high")] <- NULL
  here <- match(names(names), names(out), 0L)
  names(out)[here] <- names[here > 0L]
  plain_table(out)
}

# The cells of a fit in the order of the table's rows.
table_cells <- function(fit) {
  m <- fit$n.items
  cbind(rep(seq_len(m), fit$groups), rep(seq_len(fit$groups), each = m))
}

#' @rdname tidy_relevance
#' @export
glance.nid_relevance <- function(x, ...) {
  check_foreign_dots(...)
  fit <- relevance_fit(x, rlang::current_env())
  n <- fit$n[seq_len(fit$n.items), ]
  n <- n[!is.na(n)]
  tibble::new_tibble(
    list(n.items = fit$n.items, n.groups = fit$groups,
         base.low = as_count(if (length(n) > 0L) min(n) else NA),
         base.high = as_count(if (length(n) > 0L) max(n) else NA),
         method = fit$method, conf.level = fit$conf_level,
         simultaneous = fit$simultaneous),
    nrow = 1L
  )
}

#' @rdname tidy_relevance
#' @export
confint.nid_relevance <- function(object, parm = NULL, level = NULL, ...) {
  rlang::check_dots_empty()
  fit <- relevance_fit(object, rlang::current_env())
  level <- check_level(level %||% fit$conf_level, "level")
  limits <- share_intervals(fit, table_cells(fit), level)
  items <- rep(fit$items[seq_len(fit$n.items)], fit$groups)
  rows <- if (fit$groups > 1L) {
    paste(items, rep(group_labels(fit$keys), each = fit$n.items), sep = ": ")
  } else {
    items
  }
  interval_matrix(limits$low, limits$high, rows, level, parm, items)
}

#' @rdname tidy_relevance
#' @export
tidy.nid_comparison <- function(x, conf.int = TRUE, ...) {
  check_foreign_dots(...)
  out <- as.list(as_plain_tibble(x))
  if (get_spec(x)$kind == "items") {
    out$item1 <- paste(out$item1, "-", out$item2, recycle0 = TRUE)
    out$item2 <- NULL
  }
  tidy_columns(out, c(item1 = "term", item = "term", difference = "estimate"),
               conf.int)
}

#' @rdname tidy_relevance
#' @export
glance.nid_comparison <- function(x, ...) {
  check_foreign_dots(...)
  fit <- need_fit(x, "the table of a comparison, as made",
                  rlang::current_env())
  plain_table(fit$overall, length(fit$overall$method))
}

#' @rdname tidy_relevance
#' @export
tidy.nid_likert <- function(x, conf.int = TRUE, ...) {
  check_foreign_dots(...)
  tidy_columns(as.list(as_plain_tibble(x)),
               c(item = "term", share = "estimate"), conf.int)
}

# "208": whatever OutDec and scipen say.
whole <- function(x) sprintf("%.0f", x)

#' A relevance table for print
#'
#' Ready for `knitr::kable()`: percentages with their interval, base and ranks.
#' In an R Markdown document a relevance table prints itself this way.
#'
#' @param x <nid_relevance> From [relevance()] or [relevance_counts()].
#' @param digits <int> Decimals of the percentages.
#' @param sort <lgl> Most relevant first, within codes and groups.
#' @return A plain data frame of text columns: `Item`, `Code` (if known), the
#'   columns of `by`, `Share, %`, `Interval`, `Base` and `Rank` (with the ranks
#'   that cannot be excluded).
#' @family survey
#' @examples
#' printed <- data.frame(item = c("lending", "taxation", "agreements"),
#'                       count = c(138, 122, 74))
#' relevance_table(relevance_counts(printed, n = 208))
#' @export
relevance_table <- function(x, digits = 1, sort = TRUE) {
  call <- rlang::current_env()
  fit <- relevance_fit(x, call)
  check_number(digits, min = 0, max = 6, whole = TRUE, call = call)
  check_flag(sort, call = call)
  # sprintf() writes a point whatever OutDec says.
  percent <- \(p) ifelse(is.na(p), "", sprintf("%.*f", digits, 100 * p))
  ranks <- ifelse(is.na(x[["rank"]]), "", paste0(
    whole(x[["rank"]]), " (", whole(x[["rank.low"]]), "\u2013",
    whole(x[["rank.high"]]), ")"))
  interval <- ifelse(is.na(x[["conf.low"]]), "", paste0(
    percent(x[["conf.low"]]), "\u2013", percent(x[["conf.high"]])))
  keys <- as.list(as_plain_tibble(x))[names(fit$keys)]
  out <- c(
    list(Item = x[["item"]]),
    if (!is.null(fit$codes)) list(Code = x[["code"]]),
    lapply(keys, as.character),
    list("Share, %" = percent(x[["estimate"]]), interval,
         Base = ifelse(is.na(x[["n"]]), "", whole(x[["n"]])),
         Rank = ranks)
  )
  names(out)[names(out) == ""] <- paste(level_text(fit$conf_level), "interval")
  out <- data.frame(out, check.names = FALSE, stringsAsFactors = FALSE)
  if (sort) {
    group <- rep(seq_len(fit$groups), each = fit$n.items)
    code <- match(x[["code"]], unique(x[["code"]]))
    out <- out[order(group, code, -x[["estimate"]]), , drop = FALSE]
    rownames(out) <- NULL
  }
  out
}

#' @exportS3Method knitr::knit_print
knit_print.nid_relevance <- function(x, ...) {
  table <- relevance_table(x)
  # Names from data are text, not markup.
  table[] <- lapply(table, escape_kable)
  names(table) <- escape_kable(names(table))
  text <- knitr::kable(table, format = "pipe", escape = FALSE)
  knitr::asis_output(paste(c("", text, ""), collapse = "\n"))
}
