# What tells rows apart that repeat a key: a dimension that was not filtered
# (sex, age, unit), nothing at all, or the values themselves.

# `rows` of `plain` and the key, a number, that each of them has; `skip` are the
# columns of keys, `values` those of values. Bullets for the message, and the
# columns that tell.
telling_columns <- function(plain, rows, key, skip, values = character()) {
  names <- setdiff(names(plain), c(skip, values))
  names <- names[nzchar(names) & !duplicated(names)]
  codes <- lapply(names, function(name) dimension_codes(plain[[name]], rows))
  names(codes) <- names
  codes <- Filter(Negate(is.null), codes)
  # As numbers, which a hash tells apart at once.
  pairs_of <- function(code) length(unique(key * (max(code) + 1) + code))
  pairs <- vapply(codes, pairs_of, 1L)
  differ <- names(pairs)[pairs > length(unique(key))]
  # A label of cells differs too, but is no dimension to choose from.
  labels <- grepl(label_ending, small_letters(differ))
  if (!all(labels)) differ <- differ[!labels]
  enough <- differ[pairs[differ] == length(rows)]
  text <- vapply(plain[differ], function(x) !is.numeric(x), NA)
  chosen <- utils::head(
    if (length(enough) > 0L) c(enough[text[enough]], enough)[1L]
    else if (any(text)) differ[text] else differ, 3L)
  if (length(chosen) > 0L) {
    seen <- vapply(chosen, function(name) {
      x <- plain[[name]][rows]
      x <- if (is.factor(x)) levels(droplevels(x)) else sorted(unique(x))
      paste0("`", name, "` (", some_of(x, quote = ""), ")")
    }, "")
    return(list(columns = unname(chosen), hint = c(
      i = paste0("The repeated rows differ in ",
                 paste(seen, collapse = " and "), ": keep one of them."),
      i = if (any(grepl("indic|variab|series|item|concept|measure",
                        small_letters(chosen)))) {
        paste0("Where ", some_of(chosen[1L]), " names indicators, say ",
               "`names_from` and `values_from`.")
      }
    )))
  }
  differ <- values[vapply(values, function(name) {
    code <- match(plain[[name]][rows], unique(plain[[name]][rows]))
    pairs_of(code) > length(unique(key))
  }, NA)]
  list(columns = character(), hint = c(i = if (length(differ) > 0L) {
    paste0("The repeated rows differ in ", some_of(differ), " alone: see ",
           "which of the values hold.")
  } else {
    paste0("The repeated rows are the same in all columns: unique(data) ",
           "drops the repeats.")
  }))
}

# A column that could be a dimension: text, a factor, or whole numbers.
dimension_codes <- function(x, rows) {
  if (!is.atomic(x) || !is.null(dim(x))) {
    return(NULL)
  }
  x <- x[rows]
  whole <- is.numeric(x) && all(is.na(x) | x == round(x))
  if (!(is.character(x) || is.factor(x) || is.logical(x) || whole)) {
    return(NULL)
  }
  match(x, unique(x))
}
