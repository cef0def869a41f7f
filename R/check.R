# Checks of arguments. Each returns its (cleaned) value invisibly or stops
# with `nidcode_error_argument`, naming the argument and what was given.

stop_argument <- function(arg, must, x, call) {
  stop_nid("argument",
           c(paste0("`", arg, "` must be ", must, "."),
             x = paste0("You gave ", describe(x), ".")),
           argument = arg, values = x, call = call)
}

# What the user gave, in a few words.
describe <- function(x) {
  if (is.null(x)) {
    return("NULL")
  }
  if (is.atomic(x) && length(x) > 0L && length(x) <= 5L && !is.object(x) &&
      is.null(dim(x))) {
    text <- if (is.character(x)) {
      ifelse(is.na(x), "NA", paste0("\"", readable(x), "\""))
    } else {
      format(x, trim = TRUE)
    }
    return(if (length(x) == 1L) text else
      paste0("c(", paste(text, collapse = ", "), ")"))
  }
  paste0("an object of class <", paste(class(x), collapse = "/"),
         "> and length ", length(x))
}

# One value, of any type of vector: all else may be given where a text or a
# number is asked for, and is.na() and `%in%` have no answer for a function.
is_one <- function(x) {
  is.atomic(x) && length(x) == 1L && is.null(dim(x)) && !is.na(x)
}

check_string <- function(x, arg = rlang::caller_arg(x), null = FALSE,
                         call = rlang::caller_env()) {
  if (null && is.null(x)) {
    return(invisible(x))
  }
  if (!is_one(x) || !is.character(x)) {
    stop_argument(arg, "one string", x, call)
  }
  check_readable_names(x, paste0("`", arg, "`"), call)
  invisible(x)
}

check_choice <- function(x, choices, arg = rlang::caller_arg(x),
                         call = rlang::caller_env()) {
  if (!is_one(x) || !is.character(x) || !x %in% choices) {
    stop_argument(arg, paste0("one of ", paste0("\"", choices, "\"",
                                                collapse = ", ")), x, call)
  }
  invisible(x)
}

check_flag <- function(x, arg = rlang::caller_arg(x),
                       call = rlang::caller_env()) {
  if (!is_one(x) || !is.logical(x)) {
    stop_argument(arg, "TRUE or FALSE", x, call)
  }
  invisible(x)
}

# One finite number, optionally in (min, max] or a whole number, which R can
# hold as an integer.
check_number <- function(x, arg = rlang::caller_arg(x), min = -Inf, max = Inf,
                         open = FALSE, whole = FALSE, null = FALSE,
                         call = rlang::caller_env()) {
  if (null && is.null(x)) {
    return(invisible(x))
  }
  ok <- is_one(x) && is.numeric(x) && is.finite(x) &&
    x <= max && (if (open) x > min else x >= min) &&
    (!whole || (x == round(x) && abs(x) <= .Machine$integer.max))
  if (!ok) {
    must <- paste0(
      if (whole) "one whole number" else "one finite number",
      if (is.finite(min)) paste(if (open) " above" else " of at least", min),
      if (is.finite(max)) paste(if (is.finite(min)) " and at most" else
        " of at most", max),
      if (whole && is.numeric(x) && length(x) == 1L &&
            isTRUE(abs(x) > .Machine$integer.max)) " (and below 2^31)"
    )
    stop_argument(arg, must, x, call)
  }
  invisible(x)
}

# A confidence level. 95 is a slip that deserves its own hint.
check_level <- function(x, arg = rlang::caller_arg(x),
                        call = rlang::caller_env()) {
  number <- is_one(x) && is.numeric(x)
  if (!number || x <= 0 || x >= 1) {
    stop_nid("level",
             c(paste0("`", arg, "` must be a probability between 0 and 1."),
               x = paste0("You gave ", describe(x), "."),
               i = if (number && x > 1 && x < 100) {
                 paste0("Did you mean ", x / 100, "?")
               }),
             argument = arg, values = x, call = call)
  }
  invisible(x)
}

# Columns that must exist, once each, and be readable where they are text. `x`
# are names in `data`.
check_columns <- function(data, x, arg = rlang::caller_arg(x),
                          call = rlang::caller_env()) {
  given <- names(data)
  check_readable_names(given, "Names of columns", call)
  twice <- intersect(x, given[duplicated(given)])
  if (length(twice) > 0L) {
    stop_nid("duplicate_name",
             paste0("The data has more than one column called ",
                    some_of(twice), "."), columns = twice, call = call)
  }
  missing <- setdiff(x, given)
  if (length(missing) > 0L) {
    stop_nid("no_column",
             c(paste0("The data has no column ", some_of(missing), " (`", arg,
                      "`)."),
               i = is_meant(missing, given),
               i = paste0("Its columns are ", some_of(given, 20L), ".")),
             columns = missing, available = given, call = call)
  }
  odd <- Filter(\(name) {
    !is.atomic(data[[name]]) && !is.list(data[[name]])
  }, unique(x))
  if (length(odd) > 0L) {
    stop_nid("argument",
             paste0("Column ", some_of(odd), " is not a vector: it is ",
                    describe(data[[odd[1L]]]), "."),
             argument = arg, columns = odd, call = call)
  }
  # Regions and times say by their own classes what they cannot be.
  if (arg != "index") {
    for (name in unique(x)) check_readable(data[[name]], name, call = call)
  }
  invisible(x)
}

# Names that lost or gained blanks and marks on the way: read.csv() writes dots
# for what cannot stand in a name of R.
is_meant <- function(missing, given) {
  plain <- function(x) {
    gsub("[ \u00a0._\t\r\n()%-]+", "", small_letters(x), perl = TRUE)
  }
  meant <- given[match(plain(missing), plain(given))]
  meant <- meant[!is.na(meant)]
  if (length(meant) > 0L) paste0("Is ", some_of(meant), " meant?")
}

# Names that an argument gives once each.
check_once <- function(names, arg, call) {
  twice <- unique(names[duplicated(names)])
  if (length(twice) > 0L) {
    stop_nid("duplicate_name",
             paste0("`", arg, "` names ", some_of(twice), " more than once."),
             columns = twice, call = call)
  }
}

check_data_frame <- function(x, arg = rlang::caller_arg(x),
                             call = rlang::caller_env()) {
  if (!is.data.frame(x)) {
    stop_argument(arg, "a data frame", x, call)
  }
  invisible(x)
}

# What a table was made of, where it is whole; `what` it must be.
need_fit <- function(x, what, call,
                     hint = "Its rows or columns were changed.") {
  fit <- get_fit(x)
  if (is.null(fit)) {
    stop_nid("needs_fit", c(paste0("`x` must be ", what, "."), i = hint),
             call = call)
  }
  fit
}

# Rows asked of confint(): by name or, where `number`, by number.
check_parm <- function(parm, known, call, number = TRUE) {
  if (!is.character(parm) && !(number && is.numeric(parm))) {
    stop_argument("parm", paste0("names ", if (number) "or numbers ",
                                 "of rows"), parm, call)
  }
  # Numbers choose rows or leave rows out; some of each are no choice.
  ok <- if (is.character(parm)) parm %in% known else
    abs(parm) %in% seq_along(known) & (parm > 0 | all(parm < 0))
  if (!all(ok)) {
    stop_nid("argument",
             c(paste0("`parm` must name rows",
                      if (number) ", or number them", "; ",
                      some_of(parm[!ok]), " is none."),
               i = paste0("There are ", some_of(unique(known), 20L), ".")),
             argument = "parm", values = parm[!ok], call = call)
  }
  parm
}

# tidy() and glance() are called by other packages with arguments of their own
# (modelsummary passes `vcov` and `coef_rename`), which do not concern us. What
# looks like a misspelt argument of ours, or has no name, is an error.
check_foreign_dots <- function(..., call = rlang::caller_env()) {
  names <- names(list(...))
  if (is.null(names)) names <- character(...length())
  own <- !nzchar(names) | grepl("^(conf|what|by$|n$)", names)
  if (any(own)) {
    stop_nid("argument",
             c("`...` is for arguments of other packages.",
               x = paste0("You gave ", some_of(ifelse(nzchar(names[own]),
                                                      names[own],
                                                      "one without a name")),
                          ".")),
             argument = "...", call = call)
  }
}

# Names that an import has no place for: never dropped without a word. One that
# is nearly a known name not given is a slip of the pen, and its loss a wrong
# number.
tell_unread <- function(given, known, what, noun = "Column", others = TRUE) {
  left <- setdiff(given, known)
  free <- setdiff(known, given)
  meant <- vapply(left, nearly, "", free)
  slip <- !is.na(meant)
  if (any(slip)) {
    warn_nid("misspelt",
             c(paste0(noun, " ", some_of(left[slip]), " of ", what,
                      if (sum(slip) == 1L) " is" else " are", " not read."),
               i = paste0("Is ", some_of(meant[slip]), " meant?")),
             columns = left[slip], values = unname(meant[slip]))
  }
  if (others && any(!slip)) {
    inform_nid("unread_columns",
               paste0(noun, " ", some_of(left[!slip]), " of ", what,
                      if (sum(!slip) == 1L) " is" else " are", " not read."),
               columns = left[!slip])
  }
}

# The one of `known` that `name` comes close to, or NA. Letters that changed
# places are two edits.
nearly <- function(name, known) {
  if (length(known) == 0L || is.na(name)) {
    return(NA_character_)
  }
  far <- drop(utils::adist(name, known, ignore.case = TRUE))
  allowed <- if (nchar(name) > 5L) 2L else if (nchar(name) > 3L) 1L else 0L
  if (min(far) <= allowed) known[which.min(far)] else NA_character_
}
