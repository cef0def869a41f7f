#' Which codes rose, in each year, in one string
#'
#' The record of a region at a time has a sign for each of its codes, that of
#' the dynamic code (the rate of the defining code): "P+ I- S+". `record.sure`
#' has "?" where the sign is not sure.
#'
#' @section How it is made:
#' Letters are the shortest beginnings of the names of the codes, in capitals,
#' that tell them apart (attribute `letters`). "+" is a rate above 0, "-" below,
#' "0" exactly 0, "." a code without a rate at that time. In `record.sure` "?"
#' stands where \eqn{1 - sure < P(V > 0) < sure}, or where a rate among others
#' has no error; without any error the column is `NA`. `n.changed` counts the
#' codes that have a rate at this time and at the one before, with another
#' sign; `NA` at the first time of a region.
#'
#' @section Do not read into it:
#' Neighbouring smoothed rates share data, so a record that repeats is no
#' evidence of heredity: only signs by [rate_difference()] are of changes that
#' do not overlap. "?" is honest, not missing.
#'
#' @param x,object <nid_model> or <nid_rates>.
#' @param sure <num> Between .5 and 1: how probable a sign must be in
#'   `record.sure`.
#' @param ... Empty.
#' @return `nid_record`: region and time columns, `record`, `record.sure` <chr>,
#'   `n.changed` <int>; rows as in [dynamic_codes()], one a region and time.
#'   `glance()`, a row a region: `record`, the most frequent one (of several the
#'   first seen), its `share` of the times, `n.changed` over all times,
#'   `longest.run`, the most times in a row without a change, `n.times`.
#'   `summary()`: `records`, how many regions have each at each time, and
#'   `transitions`, how often one followed another.
#' @section Errors: `nidcode_error_argument`.
#' @source The record of codes is the genetic notation of the code-based model
#'   (Economy of Region, 2017): three codes, each rising or falling.
#' @concept history of a region
#' @family reading
#' @examples
#' regions <- subset(ural, level == "region")
#' panel <- code_panel(regions, ural_scheme, status = "_status")
#' record <- code_record(dynamic_codes(panel))
#' record
#' glance(record)
#' @export
code_record <- function(x, sure = 0.9) {
  call <- rlang::current_env()
  rates <- rates_to_read(x, call)
  check_number(sure, min = 0.5, max = 1)
  spec <- get_spec(rates)
  table <- as_plain_tibble(rates)
  table <- table[table[["order"]] == 1L, ]
  codes <- unique(table[["code"]])
  keys <- spec$keys[names(spec$keys) %in% c("region", "time")]
  cells <- sign_cells(table, keys, codes, sure)
  letters <- code_letters(codes)
  text <- function(sign) {
    if (length(codes) == 0L) return(character())
    do.call(paste, lapply(seq_along(codes), \(k) paste0(letters[k], sign[, k])))
  }
  out <- new_nid_table(
    c(as.list(table[cells$first, ])[keys],
      list(record = text(cells$sign),
           record.sure = if (all(is.na(table[["prob.positive"]]))) {
             rep(NA_character_, length(cells$first))
           } else {
             text(cells$sure)
           },
           n.changed = sign_changes(cells$sign, cells$region))),
    "record",
    list(title = "Record of the codes", keys = keys, rate = spec$rate,
         breaks = spec$breaks, letters = paste(letters, codes),
         sure = level_text(sure))
  )
  attr(out, "letters") <- stats::setNames(letters, codes)
  out
}

# The signs of records, a row a record, a column a code. All records of a table
# have the same letters, which may hold anything: signs are told by their place.
record_signs <- function(record, letters) {
  at <- rep(cumsum(nchar(letters) + 2L) - 1L, each = length(record))
  matrix(substring(rep(record, length(letters)), at, at), length(record))
}

# Rates of codes, from a model or as they are.
rates_to_read <- function(x, call) {
  if (inherits(x, "nid_model")) x <- x$rates
  if (!inherits(x, "nid_rates") || !is_intact(x)) {
    stop_argument("x", "a model or made by dynamic_codes()", x, call)
  }
  x
}

# Signs of first rates, a row a region and time, a column a code; `first`, the
# table's row where each begins; `region`, a number a region.
sign_cells <- function(table, keys, codes, sure) {
  n <- nrow(table)
  changes <- function(key) c(TRUE, key[-1L] != key[-n])[seq_len(n)]
  region <- if ("region" %in% names(keys)) changes(table[[keys[["region"]]]])
  region <- region %||% (seq_len(n) == 1L)
  time <- if ("time" %in% names(keys)) changes(table[[keys[["time"]]]])
  starts <- region | (time %||% (seq_len(n) == 1L))
  first <- which(starts)
  at <- cbind(cumsum(starts), match(table[["code"]], codes))
  v <- table[["estimate"]]
  p <- table[["prob.positive"]]
  word <- ifelse(is.na(v), ".", c("-", "0", "+")[sign(v) + 2])
  doubt <- !is.na(v) & (is.na(p) | (p > 1 - sure & p < sure))
  sign <- matrix(".", length(first), length(codes))
  sure <- sign
  sign[at] <- word
  sure[at] <- replace(word, doubt, "?")
  list(sign = sign, sure = sure, first = first, region = cumsum(region)[first])
}

sign_changes <- function(sign, region) {
  n <- nrow(sign)
  if (n == 0L) {
    return(integer())
  }
  before <- sign[c(1L, seq_len(n - 1L)), , drop = FALSE]
  changed <- sign != before & sign != "." & before != "."
  out <- as.integer(rowSums(changed))
  replace(out, !duplicated(region), NA_integer_)
}

# Shortest beginnings that no other name has; the whole name where another goes
# on from it, the name as written where capitals would be the same.
code_letters <- function(codes) {
  names <- large_letters(codes)
  if (anyDuplicated(names)) names <- codes
  vapply(seq_along(names), \(k) {
    ends <- seq_len(nchar(names[k]))
    alone <- vapply(ends, \(to) {
      sum(startsWith(names, substr(names[k], 1L, to))) == 1L
    }, NA)
    substr(names[k], 1L, c(ends[alone], nchar(names[k]))[1L])
  }, "")
}

#' @rdname code_record
#' @export
glance.nid_record <- function(x, ...) {
  check_foreign_dots(...)
  region <- record_regions(x)
  of <- split(seq_len(nrow(x)), region)
  record <- x[["record"]]
  rows <- lapply(of, \(at) {
    seen <- table(factor(record[at], unique(record[at])))
    run <- rle(record[at])$lengths
    list(record = names(seen)[which.max(seen)], share = max(seen) / length(at),
         n.changed = sum(x[["n.changed"]][at], na.rm = TRUE),
         longest.run = max(run), n.times = length(at))
  })
  key <- key_column(get_spec(x), "region")
  plain_table(c(
    if (!is.na(key)) as.list(x[!duplicated(region), key]),
    columns_of(rows, c("record", "share", "n.changed", "longest.run",
                       "n.times"), text = "record",
               whole = c("n.changed", "longest.run", "n.times"))
  ), length(of))
}

record_regions <- function(x) {
  key <- key_column(get_spec(x), "region")
  if (is.na(key)) rep(1L, nrow(x)) else match(x[[key]], unique(x[[key]]))
}

#' @rdname code_record
#' @export
summary.nid_record <- function(object, ...) {
  rlang::check_dots_empty()
  region <- record_regions(object)
  record <- object[["record"]]
  time <- key_column(get_spec(object), "time")
  same <- which(region[-1L] == region[-length(region)])
  count <- function(keys) {
    out <- stats::aggregate(list(n = rep(1L, length(keys[[1L]]))), keys, sum)
    tibble::as_tibble(out[do.call(order, c(out[names(keys)],
                                           method = "radix")), ])
  }
  structure(list(
    spec = get_spec(object),
    records = if (nrow(object) > 0L) {
      count(c(if (!is.na(time)) as.list(object[time]), list(record = record)))
    },
    transitions = if (length(same) > 0L) {
      count(list(from = record[same], to = record[same + 1L]))
    }
  ), class = "summary_nid_record")
}

#' @export
print.summary_nid_record <- function(x, ...) {
  print(x$spec)
  if (!is.null(x$records)) {
    cat("\nRegions with each record\n")
    print(x$records)
  }
  if (!is.null(x$transitions)) {
    cat("\nFrom one time to the next\n")
    print(x$transitions)
  }
  invisible(x)
}

#' @rdname in_words
#' @export
in_words.nid_record <- function(x, language = NULL, ...) {
  rlang::check_dots_empty()
  region <- record_regions(x)
  last <- which(!duplicated(region, fromLast = TRUE))
  if (length(last) == 0L) {
    return(say("No time has a rate of a code."))
  }
  letters <- attr(x, "letters")
  key <- paste0(letters, ": ", say_label(names(letters)), collapse = ", ")
  c(words_about_signs(x, last),
    say("Records have a letter a code (%s) and the sign of its rate.", key),
    vapply(utils::head(last, 20L), \(i) {
      record_sentence(x, which(region == region[i]))
    }, ""))
}

# How many of the signs at the last times are sure.
words_about_signs <- function(x, last) {
  sure <- x[["record.sure"]][last]
  if (all(is.na(sure))) {
    return(say("The rate has no error: how sure the numbers are is unknown."))
  }
  sign <- record_signs(sure, attr(x, "letters"))
  count <- \(what) sum(sign %in% what)
  known <- count(c("-", "0", "+"))
  say("At the last time %s of %s signs are sure (%s): %s rise, %s fall.",
      known, known + count("?"), get_spec(x)$sure, count("+"), count("-"),
      n = known)
}

record_sentence <- function(x, at) {
  spec <- get_spec(x)
  i <- at[length(at)]
  who <- c(who_words(x, i), if (!is.na(key_column(spec, "time"))) {
    stamp_words(x[[key_column(spec, "time")]][i])
  })
  run <- utils::tail(rle(x[["record"]][at])$lengths, 1L)
  sure <- x[["record.sure"]][i]
  paste0(
    if (length(who) > 0L) paste0(paste(who, collapse = ", "), ": "),
    x[["record"]][i],
    if (run > 1L) say(", %s times in a row", run, n = run),
    if (!is.na(sure)) say("; sure: %s", sure), "."
  )
}

# Who a row is of: its region, if the table has any.
who_words <- function(x, i) {
  key <- key_column(get_spec(x), "region")
  if (!is.na(key)) as.character(x[[key]][i])
}
