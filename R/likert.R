#' Shares of each answer on an ordered scale
#'
#' For questions answered by one of several ordered levels ("disagree" to
#' "agree"): the share of each level, the mean score, and the net balance.
#'
#' @section Formula:
#' The share of a level is as in [relevance()], with its Wilson interval. The
#' mean score is \eqn{\sum_l s_l p_l}{sum_l s_l p_l} with scores s = 1, 2, ...
#' The net balance is the share of the upper levels less that of the lower
#' ones; the middle of an odd number counts as neutral. Both have variance
#' \eqn{c'Vc} with V the covariance of the shares. Plain answers: the mean has a
#' normal interval, the balance Tango's score interval (upper against lower
#' answers, as a paired difference). Under weights both have the t interval.
#'
#' @param data <data.frame> One row per respondent; or a survey design.
#' @param items <chr> Columns of answers (text, factor, or numbers written as in
#'   `levels`). `NA`, or what a column of haven's declares missing, is no answer
#'   and leaves that item's base.
#' @param levels <chr> The levels, from the most negative to the most positive.
#' @param by,weights,conf_level As in [relevance()].
#' @return `nid_likert`: `item`, the columns of `by`, `level` (ordered factor),
#'   `count`, `n`, `share`, `std.error`, `conf.low`, `conf.high`, in the order
#'   of groups, items and levels. `glance()` has a row per item and group:
#'   `item`, the columns of `by`, `n`, `mean`, `mean.se`, `mean.low`,
#'   `mean.high`, `net`, `net.se`, `net.low`, `net.high`.
#' @section Errors:
#' `nidcode_error_level` if a column holds an answer that is no level (named in
#' the message), `nidcode_error_weights`, `nidcode_error_no_column`.
#' @concept Likert scale
#' @family survey
#' @examples
#' answers <- data.frame(
#'   jobs = c("agree", "agree", "neutral", "disagree"),
#'   culture = c("agree", NA, "disagree", "disagree")
#' )
#' x <- likert_shares(answers, c("jobs", "culture"),
#'                    levels = c("disagree", "neutral", "agree"))
#' x
#' glance(x)
#' @export
likert_shares <- function(data, items, levels, by = NULL, weights = NULL,
                          conf_level = 0.95) {
  call <- rlang::current_env()
  check_level(conf_level, "conf_level", call = call)
  check_scale(levels, call)
  sample <- read_sample(data, weights, NULL, NULL, call)
  check_items(sample$data, items, call)
  groups <- read_groups(sample$data, by, call)
  ticks <- each_told(items, \(item) {
    ticks_of_level(sample$data[[item]], item, levels, call)
  })
  fits <- lapply(ticks, \(one) {
    fit <- fit_shares(one, groups, sample$design)
    fit$method <- "wilson"
    fit$simultaneous <- "none"
    fit
  })
  names(fits) <- items
  at <- expand.grid(level = seq_along(levels), item = seq_along(items),
                    g = seq_len(groups$n))
  cells <- Map(\(fit) likert_cells(fit, conf_level), fits)
  pick <- \(name) {
    out <- Map(\(level, item, g) cells[[item]][[name]][level, g],
               at$level, at$item, at$g)
    as.double(unlist(out))
  }
  new_nid_table(
    c(list(item = items[at$item]), lapply(groups$keys, \(k) k[at$g]),
      list(level = factor(levels[at$level], levels, ordered = TRUE),
           count = as.integer(pick("count")), n = as.integer(pick("n")),
           share = pick("estimate"), std.error = pick("std.error"),
           conf.low = pick("low"), conf.high = pick("high"))),
    "likert",
    list(title = "Answers on an ordered scale",
         keys = c("item", names(groups$keys), "level"),
         by = names(groups$keys), levels = levels,
         errors = if (!is.null(sample$design)) "design-based",
         interval = "wilson", level = conf_level),
    list(balance = likert_balance(fits, groups, conf_level))
  )
}

check_scale <- function(levels, call) {
  if (!is.character(levels) || length(levels) < 2L || anyNA(levels) ||
        anyDuplicated(levels) > 0L) {
    stop_argument("levels", "two or more different texts", levels, call)
  }
}

ticks_of_level <- function(x, item, levels, call) {
  answer <- as.character(drop_declared(x, item))
  bad <- unique(answer[!is.na(answer) & !answer %in% levels])
  if (length(bad) > 0L) {
    stop_nid("level",
             c(paste0("Item `", item, "` holds answers that are no level."),
               x = paste0("They are ", some_of(bad, quote = "\""), "."),
               i = paste0("The levels are ",
                          some_of(levels, 10L, quote = "\""), ".")),
             columns = item, values = bad, call = call)
  }
  ticks <- outer(answer, levels, `==`)
  storage.mode(ticks) <- "integer"
  dimnames(ticks) <- list(NULL, levels)
  ticks
}

likert_cells <- function(fit, conf_level) {
  limits <- share_intervals(fit, table_cells(fit), conf_level, "none")
  wide <- \(x) matrix(x, fit$n.items, fit$groups)
  list(count = ifelse(fit$n > 0, fit$count, NA), n = fit$n,
       estimate = fit$estimate, std.error = sqrt(fit$variance),
       low = wide(limits$low), high = wide(limits$high))
}

likert_balance <- function(fits, groups, conf_level) {
  at <- expand.grid(item = seq_along(fits), g = seq_len(groups$n))
  rows <- Map(\(item, g) balance_of(fits[[item]], g, 1 - conf_level),
              at$item, at$g)
  plain_table(
    c(list(item = names(fits)[at$item]), lapply(groups$keys, \(k) k[at$g]),
      columns_of(rows, c("n", "mean", "mean.se", "mean.low", "mean.high",
                         "net", "net.se", "net.low", "net.high"),
                 whole = "n")),
    nrow(at)
  )
}

balance_of <- function(fit, g, alpha) {
  m <- fit$n.items
  p <- fit$estimate[, g]
  v <- fit$within[[g]]
  sign <- sign(seq_len(m) - (m + 1) / 2)
  df <- fit$df[1L, g]
  t <- quantile_t(alpha, df)
  mean <- sum(seq_len(m) * p)
  mean.se <- sqrt(max(0, quadratic(seq_len(m), v)))
  net <- sum(sign * p)
  net.se <- sqrt(max(0, quadratic(sign, v)))
  limits <- if (fit$weighted) {
    list(low = max(-1, net - t * net.se), high = min(1, net + t * net.se))
  } else {
    interval_paired(sum(fit$count[sign > 0, g]), sum(fit$count[sign < 0, g]),
                    fit$n[1L, g], alpha)
  }
  list(n = fit$n[1L, g], mean = mean, mean.se = mean.se,
       mean.low = max(1, mean - t * mean.se),
       mean.high = min(m, mean + t * mean.se),
       net = net, net.se = net.se, net.low = limits$low,
       net.high = limits$high)
}

quadratic <- function(a, v) sum(a * (v %*% a))

#' @rdname likert_shares
#' @param x A `nid_likert`.
#' @param ... Not used; other packages may pass arguments of their own.
#' @export
glance.nid_likert <- function(x, ...) {
  check_foreign_dots(...)
  need_fit(x, "the table of likert_shares()", rlang::current_env())$balance
}
