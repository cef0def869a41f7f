#' The codes of the model
#'
#' The three defining codes of the paper with their carriers and the dynamic
#' codes that are their rates of change. `rbind()` a row to add a code.
#'
#' @return A data frame with one row per code: `code` <chr> the defining code,
#'   `carrier` <chr> who carries it, `dynamic` <chr> the name of its rate of
#'   change, `weight` <dbl> its weight in formulas (1) and (2).
#' @references "Conceptual approach to formation of the basic code for
#'   neo-industrial development of the region", Economy of Region, 2017,
#'   vol. 13.
#' @seealso [code_scheme()]
#' @examples
#' nid_codes()
#' rbind(nid_codes(), data.frame(code = "ecological", carrier = "nature",
#'                               dynamic = "restoration", weight = 1))
#' @export
nid_codes <- function() {
  data.frame(
    code = c("production", "institutional", "social"),
    carrier = c("enterprises", "authorities", "society"),
    dynamic = c("innovation", "information", "value"),
    weight = c(1, 1, 1)
  )
}

check_codes <- function(codes, call = rlang::caller_env()) {
  check_data_frame(codes, "codes", call = call)
  check_columns(codes, c("code", "carrier", "dynamic", "weight"), "codes",
                call = call)
  names_twice <- c(codes$code[duplicated(codes$code)],
                   codes$dynamic[duplicated(codes$dynamic)])
  if (length(names_twice) > 0L) {
    stop_nid("scheme",
             paste0("`codes` names ", some_of(names_twice), " more than once."),
             values = names_twice, call = call)
  }
  named <- vapply(codes[c("code", "carrier", "dynamic")],
                  \(x) is.character(x) && !anyNA(x) && all(nzchar(x)),
                  logical(1))
  if (!all(named)) {
    stop_nid("scheme",
             paste0("Column ", some_of(names(named)[!named]),
                    " of `codes` must be text without gaps."),
             columns = names(named)[!named], call = call)
  }
  check_weights(codes$weight, "codes$weight", call = call)
  codes <- as.data.frame(codes)
  codes$weight <- as.double(codes$weight)
  rownames(codes) <- NULL
  codes
}

# Weights: finite, not negative, not all zero.
check_weights <- function(x, arg, call = rlang::caller_env()) {
  bad <- !is.numeric(x) || NCOL(x) != 1L || anyNA(x) ||
    any(!is.finite(x)) || any(x < 0) ||
    (length(x) > 0L && all(x == 0))
  if (bad) {
    stop_nid(
      "weights",
      c(paste0("`", arg, "` must be finite numbers, not negative and not all ",
               "zero."),
        x = paste0("You gave ", describe(x), ".")),
      argument = arg, values = x, call = call
    )
  }
  invisible(x)
}
