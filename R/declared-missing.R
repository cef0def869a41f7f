# Numbers that data of SPSS, SAS and Stata declare missing: 99 "no answer" of
# a haven_labelled_spss, or an NA with a tag. They are no values, whatever
# number stands there.

# `x` with NA for them, and a message how many there were of which.
drop_declared <- function(x, name) {
  if (!is.atomic(x)) {
    return(x)
  }
  plain <- unclass(x)
  declares <- !is.null(attr(x, "na_values", exact = TRUE)) ||
    !is.null(attr(x, "na_range", exact = TRUE))
  if (!(declares || is.double(plain) && anyNA(plain))) {
    return(x)
  }
  declared <- declared_missing(x)
  tags <- tagged_missing(x)
  n <- sum(declared) + length(tags)
  if (n == 0L) {
    return(x)
  }
  values <- c(value_names(plain[declared], attr(x, "labels", exact = TRUE)),
              if (length(tags) > 0L) paste0(".", tags))
  inform_nid(
    "declared_missing",
    paste0("Column ", some_of(name), ": ", count_of(n, "value"),
           if (n == 1L) " is" else " are", " declared missing (",
           some_of(sort(unique(values), method = "radix"), quote = ""),
           ") and ", if (n == 1L) "counts" else "count", " as NA."),
    columns = name, values = unique(values), n = n
  )
  plain[declared] <- NA
  attributes(plain) <- attributes(x)
  plain
}

# Columns of `data` that are read, each told.
drop_declared_in <- function(data, columns) {
  for (name in columns) {
    data[[name]] <- drop_declared(data[[name]], name)
  }
  data
}

declared_missing <- function(x) {
  values <- attr(x, "na_values", exact = TRUE)
  range <- attr(x, "na_range", exact = TRUE)
  plain <- unclass(x)
  out <- rep(FALSE, length(plain))
  if (!is.null(values)) {
    out <- plain %in% values
  }
  if (length(range) == 2L) {
    out <- out | (!is.na(plain) & plain >= range[[1L]] & plain <= range[[2L]])
  }
  out & !is.na(plain)
}

# The letters of tagged NAs. R's NA is a NaN with 1954 in its lower half; haven
# writes the tag's letter into the lowest byte of the upper half.
tagged_missing <- function(x) {
  if (!is.double(x) || inherits(x, "integer64")) {
    return(character())
  }
  plain <- as.vector(unclass(x))
  gone <- plain[is.na(plain) & !is.nan(plain)]
  bytes <- matrix(writeBin(gone, raw(), endian = "little"), 8L)
  tags <- bytes[5L, ]
  rawToChar(tags[tags != 0], multiple = TRUE)
}

# "99 no answer", or the value alone.
value_names <- function(x, labels) {
  text <- as.character(x)
  if (is.null(names(labels))) {
    return(text)
  }
  name <- names(labels)[match(x, labels)]
  ifelse(is.na(name), text, paste(text, name))
}
