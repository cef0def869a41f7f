#' Say which indicator belongs to which code
#'
#' A scheme maps each indicator to a defining code, with the direction in which
#' it counts, its weight, its unit and its transform.
#'
#' The defining code of region r at time t is
#' \deqn{D_c(r,t) = \frac{\sum_k w_k s_k z_k(r,t)}{\sum_k w_k}}{
#'   D_c(r,t) = sum_k w_k s_k z_k(r,t) / sum_k w_k}
#' over the indicators k of the code, with weight w, direction s and
#' normalised value z (see [defining_codes()]).
#'
#' @param indicator <chr> Names of the indicators, as in the data.
#' @param code <chr> The defining code of each, one of `codes$code`.
#' @param direction <num> 1 where more is better, -1 where less is.
#' @param weight <num> Weights within the code, not negative. Weights made by
#'   [relevance_weights()] bring their sampling error with them.
#' @param transform <chr> "none", "log", "log1p", "sqrt" or "logit", done before
#'   normalising; see Transforms.
#' @param unit <chr> Unit of each indicator; used in titles and checks, and by
#'   "logit" to tell percent from shares of 1.
#' @param sd <num> Standard deviation of the measurement error of each
#'   indicator, in its unit after the transform; `NA` if unknown.
#' @param low,high <num> Goalposts, for `normalise = "goalposts"`, in the
#'   indicator's unit after the transform.
#' @param codes <data.frame> The codes, see [nid_codes()]; `NULL`: those of the
#'   scheme that `x` was made from, else [nid_codes()].
#' @param label <chr> What an indicator is called in words, in any language:
#'   pictures and sentences say it in place of the name, tables and workbooks
#'   beside it (column `label`); errors and messages keep the name, which is
#'   what must be typed.
#' @param parent Pillars between indicators and codes, of any depth. A data
#'   frame `name`, `parent`, `weight` (1 where there is none): a row for each
#'   indicator that hangs on a node, and for each node, which hangs on another
#'   or on the code; see Trees. Or <chr> paths, "Trade > Services", with weights
#'   that are multiplied down already.
#' @param x A scheme; or a data frame with the columns above (missing ones take
#'   the defaults); or a COINr `iMeta` frame (columns `iCode`, `Parent`, and
#'   `Type`, `Level`, `Direction`, `Weight`, `Unit` where there are such), whose
#'   indicators' parents become the codes; see COINr. Other columns are told.
#' @param ... Empty.
#' @return `nid_scheme`: a tibble with a row per indicator and the columns
#'   `indicator`, `code`, `direction`, `weight`, `transform`, `unit`, `sd`,
#'   `low`, `high`, and `label`, `parent` (a path) where they are given;
#'   attribute `codes`. Arguments of length 1 are recycled,
#'   nothing else is; arguments with names are matched by them to `indicator`.
#' @section Transforms:
#' The normalised value z is taken of g(x), the value x after its transform:
#'
#' | `transform` | g(x) | g'(x) | x must be |
#' | --- | --- | --- | --- |
#' | "none" | x | 1 | any number |
#' | "log" | log(x) | 1/x | above 0 |
#' | "log1p" | log(1 + x) | 1/(1 + x) | above -1 |
#' | "sqrt" | sqrt(x) | 1/(2 sqrt(x)) | 0 or more |
#' | "logit" | log(x/(u - x)) | u/(x (u - x)) | above 0, below u |
#'
#' Logarithms are natural; u = 100 where `unit` is "percent" or begins with "%",
#' else 1. A value outside is `nidcode_error_domain` when the codes are
#' computed: its fields `indicators`, `regions`, `times` and `values` name
#' every such cell. A growth rate is a rate under "log"; "log1p" is nearly one for counts
#' that may be 0; "sqrt" evens the spread of counts; "logit" lets a share near
#' its end move as freely as one in the middle. `sd`, `low` and `high` are in
#' the unit of g(x): an error with standard deviation e in the unit of x is
#' about g'(x) e there (the delta method).
#' @section Trees:
#' Weights count within their group and multiply down: the weight of an
#' indicator is the product of w/sum(w) of itself and of the nodes above it
#' within their groups, times a constant that keeps the sum of the weights of
#' its code. The mean of the code is then the mean of the means of its pillars,
#' and so is a geometric or harmonic one. Where indicators are missing (see
#' [defining_codes()]) those of a node that are there share its weight; a node
#' of which nothing is there leaves its weight to the others beside it. The
#' sampling error of [relevance_weights()] is not carried into such pillars.
#' @section COINr:
#' In `iMeta` weights count within their group and multiply down the tree. The
#' topmost aggregates that hold an indicator are the codes; aggregates below
#' them are pillars (`parent`), at whatever level. The weight of a code is the
#' product of the shares w/sum(w) of its aggregate and of all above it within
#' their groups, times a constant that keeps the sum of the aggregates' own
#' weights: with codes in one group these are the weights as they stand, and
#' only their ratios say anything of the index, as in COINr. They replace the
#' weights of `codes`. A sum of codes has no place for aggregates turned round,
#' more than one top or an unknown `Type`: each is `nidcode_error_scheme` with
#' the rows in `columns`.
#' `iName` becomes the label. Rows of type Group, Denominator and Other, and
#' other columns, are left out with a message.
#' @section Errors:
#' `nidcode_error_scheme` for anything that is not a scheme (unknown code,
#' direction, transform, goalposts out of order, lengths that do not agree),
#' `nidcode_error_weights`, `nidcode_error_duplicate_name`; warning
#' `nidcode_warning_misspelt` for a column that is nearly one of these, messages
#' `nidcode_message_unread_columns` and `nidcode_message_left_out`.
#' @concept framework of indicators
#' @concept weights of indicators
#' @family describe
#' @examples
#' code_scheme(
#'   indicator = c("apt_used", "orgs_with_internet", "he_graduates"),
#'   code = c("production", "institutional", "social"),
#'   transform = c("log", "none", "log")
#' )
#' @export
code_scheme <- function(indicator, code, direction = 1, weight = 1,
                        transform = "none", unit = NA, sd = NA, low = NA,
                        high = NA, codes = nid_codes(), label = NA,
                        parent = NULL) {
  call <- rlang::current_env()
  codes <- check_codes(codes, call = call)
  if (!is.character(indicator) || anyNA(indicator)) {
    stop_argument("indicator", "a character vector without NA", indicator, call)
  }
  check_readable_names(indicator, "Names of indicators", call)
  if (length(indicator) == 0L) {
    stop_nid("scheme", "A scheme needs at least one indicator.", call = call)
  }
  check_once(indicator, "indicator", call)
  n <- length(indicator)
  recycled <- list(code = code, direction = direction, weight = weight,
                   transform = transform, unit = unit, sd = sd, low = low,
                   high = high, label = label,
                   parent = if (!is.data.frame(parent)) parent %||% NA else NA)
  vcov <- attr(weight, "vcov", exact = TRUE)
  recycled <- Map(\(x, arg) match_named(x, indicator, arg, call),
                  recycled, names(recycled))
  recycled <- Map(\(x, arg) recycle_scheme(x, n, arg, call),
                  recycled, names(recycled))
  recycled <- lapply(recycled, unname)
  scheme <- c(list(indicator = indicator), type_scheme(recycled, call))
  tree <- scheme[c("label", "parent")]
  scheme[c("label", "parent")] <- NULL
  validate_scheme(scheme, codes, call)
  scheme <- add_tree(scheme, tree$label,
                     if (is.data.frame(parent)) parent else tree$parent, vcov,
                     call)
  new_nid_scheme(scheme, codes, vcov)
}

# What is named by indicators is matched by name, so that an order of one's own
# is safe; other names would be dropped unseen.
match_named <- function(x, indicator, arg, call) {
  if (!is.atomic(x)) {
    stop_argument(arg, "a vector", x, call)
  }
  if (is.null(names(x))) {
    return(x)
  }
  if (arg == "weight") x <- stats::setNames(as.double(x), names(x))
  missing <- c(setdiff(indicator, names(x)),
               intersect(indicator, names(x)[duplicated(names(x))]))
  if (length(missing) > 0L) {
    stop_nid(if (arg == "weight") "weights" else "scheme",
             c(paste0("`", arg, "` is named, but not once for each of ",
                      some_of(missing), "."),
               i = paste0("Name it by the indicators, or take its names off: ",
                          "unname(", arg, ").")),
             argument = arg, columns = missing, call = call)
  }
  x[match(indicator, names(x))]
}

recycle_scheme <- function(x, n, arg, call) {
  if (length(x) != n && length(x) != 1L) {
    what <- if (arg == "weight") "weights" else "scheme"
    stop_nid(
      what,
      c(paste0("`", arg, "` must have length 1 or ", n,
               ", one for each indicator."),
        x = paste0("It has length ", length(x), ".")),
      argument = arg, n = length(x), call = call
    )
  }
  rep_len(x, n)
}

type_scheme <- function(x, call) {
  for (arg in c("direction", "weight", "sd", "low", "high")) {
    if (!is.numeric(x[[arg]]) && !all(is.na(x[[arg]]))) {
      stop_argument(arg, "numeric", x[[arg]], call)
    }
    x[[arg]] <- nan_to_na(as.double(x[[arg]]))
  }
  for (arg in c("code", "transform", "unit", "label", "parent")) {
    if (is.factor(x[[arg]])) {
      x[[arg]] <- as.character(x[[arg]])
    }
    if (is.character(x[[arg]])) {
      check_readable_names(x[[arg]], paste0("`", arg, "`"), call)
    }
    if (!is.character(x[[arg]]) && !all(is.na(x[[arg]]))) {
      stop_argument(arg, "text", x[[arg]], call)
    }
    x[[arg]] <- as.character(x[[arg]])
  }
  x
}

validate_scheme <- function(scheme, codes, call) {
  refuse <- function(bad, ...) {
    if (any(bad)) {
      stop_nid("scheme", c(...), columns = scheme$indicator[bad], call = call)
    }
  }
  must <- function(ok, text) {
    refuse(!ok, paste0(text, "; it is not for ",
                       some_of(scheme$indicator[!ok]), "."))
  }
  known <- scheme$code %in% codes$code
  refuse(!known,
         paste0("There is no code ", some_of(unique(scheme$code[!known])),
                "."),
         i = paste0("The codes are ", some_of(codes$code), "."))
  must(scheme$direction %in% c(-1, 1), "`direction` must be 1 or -1")
  must(scheme$transform %in% transforms_known,
       paste0("`transform` must be one of ",
              some_of(transforms_known, quote = "\"")))
  check_weights(scheme$weight, "weight", call = call)
  per_code <- tapply(scheme$weight, scheme$code, sum)
  if (any(per_code == 0)) {
    none <- names(per_code)[per_code == 0]
    stop_nid("weights",
             paste0("All weights of code ", some_of(none), " are zero."),
             values = none, call = call)
  }
  must(is.na(scheme$sd) | (is.finite(scheme$sd) & scheme$sd >= 0),
       "`sd` must be finite and not negative")
  none <- is.na(scheme$low) & is.na(scheme$high)
  must(none | (scheme$low < scheme$high) %in% TRUE,
       "`low` must be below `high`")
  invisible(scheme)
}

new_nid_scheme <- function(columns, codes, vcov = NULL) {
  out <- tibble::new_tibble(columns, nrow = length(columns$indicator),
                            class = "nid_scheme", codes = codes)
  attr(out, "vcov") <- vcov
  out
}

#' @rdname code_scheme
#' @export
as_code_scheme <- function(x, ...) UseMethod("as_code_scheme")

#' @rdname code_scheme
#' @export
as_code_scheme.nid_scheme <- function(x, ...) {
  rlang::check_dots_empty()
  x
}

#' @rdname code_scheme
#' @export
as_code_scheme.data.frame <- function(x, codes = NULL, ...) {
  rlang::check_dots_empty()
  codes <- codes %||% scheme_codes(x) %||% nid_codes()
  if (all(c("iCode", "Parent") %in% names(x))) {
    return(scheme_from_imeta(x, codes, rlang::current_env()))
  }
  known <- c("indicator", "code", "direction", "weight", "transform", "unit",
             "sd", "low", "high", "label", "parent")
  tell_unread(names(x), known, "a scheme")
  check_columns(x, c("indicator", "code"), "x")
  do.call(code_scheme, c(as.list(x)[intersect(known, names(x))],
                         list(codes = codes)))
}

#' @rdname code_scheme
#' @export
as_code_scheme.default <- function(x, ...) {
  stop_argument("x", "a scheme or a data frame that describes one", x,
                rlang::current_env())
}

scheme_codes <- function(x) attr(x, "codes", exact = TRUE)

check_scheme <- function(x, call = rlang::caller_env()) {
  if (!inherits(x, "nid_scheme")) {
    if (!is.data.frame(x)) {
      stop_nid("scheme",
               c("`scheme` must be made by `code_scheme()`.",
                 x = paste0("You gave ", describe(x), ".")),
               call = call)
    }
    x <- as_code_scheme(x)
  }
  if (nrow(x) == 0L) {
    stop_nid("scheme", "`scheme` has no indicator.", call = call)
  }
  x
}

#' @export
format.nid_scheme <- function(x, ...) {
  codes <- scheme_codes(x)
  lines <- vapply(seq_len(nrow(codes)), \(i) {
    of_code <- x[["code"]] == codes$code[i]
    names <- x[["indicator"]][of_code]
    names <- paste0(ifelse(x[["direction"]][of_code] < 0, "-", ""), names,
                    quoted_label(x[["label"]][of_code]),
                    bracketed(transform_words(x))[of_code])
    paste0(codes$code[i], " (", codes$carrier[i], ", rate: ",
           codes$dynamic[i], "): ",
           if (any(of_code)) paste(names, collapse = ", ") else "none")
  }, character(1))
  c(paste0("Scheme of ", count_of(nrow(x), "indicator"), " in ",
           count_of(length(unique(x[["code"]])), "code"), "."),
    attr(x, "note", exact = TRUE), lines)
}

#' @export
print.nid_scheme <- function(x, ...) {
  text <- format(x)
  cat(utils::head(strwrap(text, width = getOption("width"), exdent = 2), 15L),
      sep = "\n")
  invisible(x)
}

#' @export
summary.nid_scheme <- function(object, ...) {
  without_codes(unclass_scheme(object))
}

# The plain tibble remembers its codes, so that a scheme with codes (or weights
# of codes) of its own, filtered and brought back, is not read with the usual
# three.
unclass_scheme <- function(x) {
  attr(x, "note") <- NULL
  attr(x, "vcov") <- NULL
  class(x) <- c("tbl_df", "tbl", "data.frame")
  x
}

without_codes <- function(x) {
  attr(x, "codes") <- NULL
  x
}

#' @export
as.data.frame.nid_scheme <- function(x, ...) {
  as.data.frame(without_codes(unclass_scheme(x)))
}

# A scheme whose rows or columns change is a plain tibble again: nothing has
# checked it. `code_panel()` and `as_code_scheme()` check it anew.
#' @export
`[.nid_scheme` <- function(x, ...) unclass_scheme(x)[...]

#' @export
`[<-.nid_scheme` <- function(x, ..., value) {
  x <- unclass_scheme(x)
  x[...] <- value
  x
}

#' @export
`[[<-.nid_scheme` <- function(x, ..., value) {
  x <- unclass_scheme(x)
  x[[...]] <- value
  x
}

#' @export
`$<-.nid_scheme` <- function(x, name, value) {
  x <- unclass_scheme(x)
  x[[name]] <- value
  x
}

#' @export
`names<-.nid_scheme` <- function(x, value) {
  x <- unclass_scheme(x)
  names(x) <- value
  x
}

#' @export
rbind.nid_scheme <- function(..., deparse.level = 1) {
  parts <- lapply(list(...), \(x) {
    if (inherits(x, "nid_scheme")) unclass_scheme(x) else x
  })
  do.call(rbind, parts)
}

#' @exportS3Method dplyr::dplyr_reconstruct
dplyr_reconstruct.nid_scheme <- function(data, template) {
  out <- tibble::as_tibble(data)
  attr(out, "codes") <- scheme_codes(template)
  unclass_scheme(out)
}

quoted_label <- function(label) {
  ifelse(is.na(label), "", paste0(" \"", label, "\""))
}

bracketed <- function(text) ifelse(nzchar(text), paste0(" (", text, ")"), "")
