# Columns of values: which types are numbers, which are refused and why.

# `where(rows)` gives the regions and times of rows, where they are known.
numeric_values <- function(x, name, call = rlang::caller_env(),
                           where = NULL) {
  # Mostly there is nothing to ask.
  if (is.double(x) && is.null(attributes(x)) && all_finite(x)) {
    return(x)
  }
  x <- drop_declared(x, name)
  if (is.array(x)) {
    # tapply() and table() give arrays of one dimension.
    columns <- prod(dim(x)[-1L])
    if (columns != 1) {
      stop_not_numeric(name, call, paste0("it is a matrix of ", columns,
                                          " columns"))
    }
    dim(x) <- NULL
  }
  if (inherits(x, "integer64")) {
    return(integer64_to_double(x, name, call))
  }
  if (inherits(x, c("Date", "POSIXt"))) {
    stop_not_numeric(name, call, "it holds dates")
  }
  if (is.factor(x) || is.character(x)) {
    return(stop_text_values(as.character(x), name, call))
  }
  if (is.logical(x) && all(is.na(x))) {
    return(rep(NA_real_, length(x)))
  }
  if (!is.numeric(x) && !inherits(x, "difftime")) {
    stop_not_numeric(name, call,
                     paste0("it is <", paste(class(x), collapse = "/"), ">"))
  }
  inform_dressed(x, name)
  out <- as.double(x)
  count <- count_missing_cpp(out)
  if (count[["infinite"]] > 0) {
    stop_infinite(name, which(is.infinite(out)), where, call)
  }
  if (count[["nan"]] > 0) out[is.nan(out)] <- NA_real_
  out
}

stop_infinite <- function(name, rows, where, call) {
  place <- if (!is.null(where)) where(rows)
  stop_nid(
    "not_finite",
    c(paste0("Column ", some_of(name), " has ",
             count_of(length(rows), "infinite value"), "."),
      x = place$text %||% paste0("Rows ", some_of(rows, quote = ""), ".")),
    columns = name, rows = rows, regions = place$regions,
    times = place$times, n = length(rows), call = call
  )
}

# Numbers in the clothes of another class are used as they are, and said so.
inform_dressed <- function(x, name) {
  dress <- intersect(class(x), c("haven_labelled", "labelled", "units",
                                 "difftime"))
  if (length(dress) > 0L) {
    inform_nid("dressed",
               paste0("Column ", some_of(name), " is of class <", dress[[1L]],
                      ">; its plain numbers are used."),
               columns = name)
  }
}

stop_not_numeric <- function(name, call, why, hint = NULL, values = NULL,
                             code = NULL) {
  stop_nid("not_numeric",
           c(paste0("Column ", some_of(name), " must be numbers, but ", why,
                    "."),
             hint),
           columns = name, values = values, code = code, call = call)
}

# Text is never guessed into numbers: say what stands there and how to read it.
stop_text_values <- function(x, name, call) {
  seen <- unique(x[!is.na(x)])
  parts <- cell_parts(seen)
  odd <- seen[!grepl(number_pattern, parts$text, perl = TRUE)]
  shown <- if (length(odd) > 0L) odd else seen
  how <- cell_hints(x, name, parts)
  stop_not_numeric(
    name, call,
    paste0("it is text with ", some_of(shown, quote = "\"")),
    hint = how$hint, values = shown, code = how$code
  )
}
