#' Relevance: the share of respondents who name each item
#'
#' What the paper's Tables 1 and 2 print as bare percentages, with the base of
#' each item, an interval and the ranks that the data allow.
#'
#' @section Formula:
#' Of the n_i respondents who answered item i, k_i ticked it. Unweighted, the
#' share is \eqn{p_i = k_i/n_i} with standard error
#' \eqn{\sqrt{p_i(1-p_i)/n_i}}. With weights, strata or clusters
#' \deqn{p_i = \frac{\sum_r w_r x_{ri}}{\sum_r w_r}}{
#'   p_i = sum_r w_r x_ri / sum_r w_r}
#' over those who answered, and the covariance of two shares is the linearised
#' one of the survey package,
#' \deqn{\sum_h \frac{n_h}{n_h-1}\sum_{u \in h}
#'   (z_{ui}-\bar z_{hi})(z_{uj}-\bar z_{hj}),}{
#'   sum_h n_h/(n_h-1) sum_{u in h} (z_ui - mean_h)(z_uj - mean_h),}
#' where \eqn{z_{ui}} is the total over unit u of
#' \eqn{w_r(x_{ri}-p_i)/\sum w}. Its degrees of freedom are the units less the
#' strata among those who answered.
#'
#' @section Intervals:
#' "wilson" (the score interval, `prop.test(correct = FALSE)`),
#' "clopper-pearson" (exact, `binom.test()`), "jeffreys", "logit",
#' "agresti-coull". Under a design the same formulas are used at the effective
#' number of respondents \eqn{p(1-p)/\mathrm{var}(p)}{p(1-p)/var(p)} times
#' \eqn{(t_{n-1}/t_{df})^2} (Korn and Graubard 1998; "clopper-pearson" is then
#' `survey::svyciprop(method = "beta")`, and "logit" is `method = "xlogit"`).
#' Shares of 0 and 1 get a proper interval always; under a design from Kish's
#' effective number \eqn{(\sum w)^2/\sum w^2}.
#'
#' Summed exactly, plain Wilson covers at least .915 wherever one tick and one
#' blank or more are expected, but falls to .84 near 0.18 expected ticks;
#' Jeffreys to .88 near 2.4. "wilson-modified" and "jeffreys-modified" (Brown,
#' Cai and DasGupta 2001; plain counts only) stay above .91 everywhere from
#' n = 30 on.
#'
#' `simultaneous` makes all intervals of the table hold together with
#' probability `conf_level`. With Wilson limits and rare items (a few ticks
#' expected) they fall short by one or two points; exact ones do not. The
#' study is in `system.file("studies/wilson", package = "nidcode")`.
#'
#' @section Ranks:
#' `rank` orders the items of a group, 1 the most relevant. An item's
#' `rank.low` is 1 plus the number of items shown to be above it, `rank.high`
#' the number of items less those shown to be below it. Pairs are compared on
#' the same respondents (exact McNemar; under a design the t of the
#' difference), and share the error by Holm's rule: the comparisons of one item
#' under `simultaneous = "none"`, all pairs otherwise. From published counts the
#' overlap is unknown, so the worst one decides.
#'
#' @param data <data.frame> One row per respondent; or a design of the survey
#'   or srvyr package (then without `weights`, `strata`, `ids`).
#' @param items <chr> Logical or 0/1 columns; or one list column of the options
#'   ticked; or one text column split at `sep`; or one factor or text column
#'   (single response). `NA` (in a list also `NULL`) is item non-response, and
#'   so is what a column of haven's declares missing: it leaves that item's
#'   base. An empty text or `character(0)` is an answer that ticks nothing.
#' @param by <chr> Columns of groups of respondents, or `NULL`.
#' @param weights,strata,ids <chr> Columns of design weights, strata and
#'   sampling units (clusters, counted within their stratum); or the values
#'   themselves.
#' @param sep <chr> Separator of options in one text column.
#' @param item_codes <chr> Named by item: the code each item belongs to. Adds
#'   [relevance_by_code()].
#' @param method <chr> Interval, see below.
#' @param conf_level <num> Confidence level.
#' @param simultaneous <chr> "none", "bonferroni" or "sidak".
#' @return `nid_relevance`, a tibble with a row per group and item: `item`,
#'   `code` (`NA` without `item_codes`), the columns of `by`, `count` (ticks,
#'   unweighted), `n` (respondents asked and answering), `estimate` (the
#'   share), `std.error`, `conf.low`, `conf.high`, `rank`, `rank.low`,
#'   `rank.high`, `df` (`Inf` without a design). An item that a group never
#'   answered is `NA` there with `n` 0.
#' @section Errors:
#' `nidcode_error_not_numeric` and `nidcode_error_counts` for columns that are
#' not ticks, `nidcode_error_weights`, `nidcode_error_no_column`,
#' `nidcode_error_duplicate_name`, `nidcode_error_reserved_name`,
#' `nidcode_error_level`, `nidcode_error_argument` (an item without a code, a
#' column of `by` that is a list); message `nidcode_message_base` when an item
#' was never answered in a group.
#' @references
#' Wilson (1927) JASA 22. Brown, Cai, DasGupta (2001) Statistical Science 16.
#' Korn, Graubard (1998) Survey Methodology 24.
#' @concept survey
#' @concept multiple response
#' @family survey
#' @examples
#' answers <- data.frame(
#'   lending  = c(1, 1, 0, 1, 0, 1, 1, 0),
#'   taxation = c(1, 0, 0, 1, 0, NA, 1, 0),
#'   fairs    = c(0, 0, 0, 1, 0, 0, 0, 0)
#' )
#' relevance(answers, c("lending", "taxation", "fairs"))
#'
#' # One column of text, as a web form saves it
#' form <- data.frame(named = c("lending; fairs", "lending", "", NA))
#' relevance(form, "named", sep = ";")
#' @export
relevance <- function(data, items, by = NULL, weights = NULL, strata = NULL,
                      ids = NULL, sep = NULL, item_codes = NULL,
                      method = "wilson", conf_level = 0.95,
                      simultaneous = "none") {
  call <- rlang::current_env()
  check_interval(method, conf_level, simultaneous, call)
  sample <- read_sample(data, weights, strata, ids, call)
  input <- read_ticks(sample$data, items, sep, call)
  options <- items_of(input$ticks)
  groups <- read_groups(sample$data, by, call)
  codes <- match_codes(item_codes, options, call)
  ticks <- cbind(input$ticks, ticks_any(input$ticks, codes))
  fit <- fit_shares(ticks, groups, sample$design, ncol(input$ticks))
  fit$exclusive <- input$exclusive
  fit$codes <- codes
  check_modified(method, fit$weighted, call)
  tell_bases(fit)
  new_relevance(fit, method, conf_level, simultaneous)
}

check_interval <- function(method, conf_level, simultaneous, call) {
  check_choice(method, interval_methods, "method", call = call)
  check_level(conf_level, "conf_level", call = call)
  check_choice(simultaneous, c("none", "bonferroni", "sidak"), "simultaneous",
               call = call)
}

check_modified <- function(method, weighted, call) {
  if (weighted && method %in% count_methods) {
    stop_nid("argument",
             paste0("`method = \"", method, "\"` is for plain counts; a ",
                    "design has no whole number of ticks."),
             argument = "method", values = method, call = call)
  }
}

read_sample <- function(data, weights, strata, ids, call) {
  if (inherits(data, c("survey.design", "svyrep.design"))) {
    given <- c("weights", "strata", "ids")[
      !c(is.null(weights), is.null(strata), is.null(ids))]
    if (length(given) > 0L) {
      stop_nid("argument",
               paste0("A survey design has its own weights, strata and ",
                      "clusters; leave out ", some_of(given), "."),
               argument = given, call = call)
    }
    design <- read_survey_design(data, call)
    return(list(data = plain_respondents(data$variables, call),
                design = design))
  }
  data <- plain_respondents(data, call)
  list(data = data, design = read_design(data, weights, strata, ids, call))
}

# One code per item, in the items' order, or NULL.
match_codes <- function(item_codes, items, call) {
  if (is.null(item_codes)) {
    return(NULL)
  }
  if (!is.character(item_codes) || is.null(names(item_codes))) {
    stop_argument("item_codes", "text named by item", item_codes, call)
  }
  own <- item_codes[names(item_codes) %in% items]
  check_once(names(own), "item_codes", call)
  missing <- setdiff(items, names(own)[!is.na(own)])
  if (length(missing) > 0L) {
    stop_nid("argument",
             paste0("`item_codes` has no code for item ", some_of(missing),
                    "."),
             argument = "item_codes", columns = missing, call = call)
  }
  unname(item_codes[items])
}

# "Names any item of the code": among those who answered all of them. Taking
# in the incomplete answers that do name one would push the share up.
ticks_any <- function(ticks, codes) {
  if (is.null(codes)) {
    return(NULL)
  }
  several <- unique(codes)
  # vapply() of values without a length, as of no respondents, has no shape.
  any <- lapply(several, \(code) {
    part <- ticks[, codes == code, drop = FALSE]
    as.integer(rowSums(part) > 0)
  })
  matrix(as.integer(unlist(any)), nrow(ticks), length(several),
         dimnames = list(NULL, several))
}

tell_bases <- function(fit) {
  n <- fit$n[seq_len(fit$n.items), , drop = FALSE]
  unasked <- which(n == 0, arr.ind = TRUE)
  if (nrow(unasked) > 0L) {
    items <- unique(fit$items[unasked[, 1L]])
    inform_nid("base",
               paste0("Nobody answered item ", some_of(items),
                      if (ncol(n) > 1L) " in some group",
                      "; its share is NA there."),
               columns = items)
  }
}
