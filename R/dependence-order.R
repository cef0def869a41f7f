# Rows in order: which columns say region and time, which groups, which unit.

# NULL when there is none: then rows have no order in time.
dependence_index <- function(plain, index, by, call) {
  if (!is.null(index)) {
    return(find_index(plain, index, call))
  }
  own <- attr(plain, "nid_index", exact = TRUE)
  if (!is.null(own)) {
    return(find_index(plain, own, call))
  }
  if (all(c("region", "year") %in% names(plain))) {
    return(find_index(plain, c("region", "year"), call))
  }
  if ("year" %in% names(plain)) {
    key <- c(list(plain[["year"]]), unclass(plain)[by])
    if (!anyDuplicated(as.data.frame(key, optional = TRUE))) {
      return(find_index(plain, "year", call))
    }
  }
  NULL
}

dependence_order <- function(plain, index, by, call, columns) {
  n <- nrow(plain)
  groups <- group_rows(plain, by)
  if (is.null(index)) {
    row <- order(groups$id, method = "radix")
    return(list(row = row, group = groups$id[row], groups = groups$keys,
                unit = groups$id[row], unit_label = NULL, time = NULL))
  }
  region <- index[["region"]]
  label <- if (is.na(region)) rep("all", n) else plain[[region]]
  if (!is.na(region)) {
    keys <- region_keys(label, region, call)
    check_regions_there(keys, keys, region, call)
  }
  outer <- setdiff(by, region)
  if (length(outer) > 0L && n > 0L) {
    label <- paste(interaction_text(plain, outer), label, sep = ", ")
  }
  keyed <- list(label, plain[[index[["time"]]]])
  names(keyed) <- c("region", index[["time"]])
  rows <- panel_rows(as_plain_frame(tibble::new_tibble(keyed, nrow = n)),
                     c(region = "region", time = index[["time"]]), call,
                     values = columns,
                     all = plain[setdiff(names(plain), c(index, by))])
  row <- if (is.null(rows$row)) seq_len(n) else rows$row
  size <- diff(rows$offset)
  unit <- rep(seq_along(size), size)
  # Groups outermost, so that a group's rows stand together.
  sorted <- order(groups$id[row], unit, method = "radix")
  row <- row[sorted]
  list(row = row, group = groups$id[row], groups = groups$keys,
       unit = unit[sorted], unit_label = as.character(rows$labels),
       time = as.double(rows$time[row]))
}

interaction_text <- function(plain, columns) {
  do.call(paste, c(lapply(columns, \(name) {
    as.character(plain[[name]])
  }), sep = ", "))
}

# Groups in an order that no locale changes: factors by level, text by bytes.
group_rows <- function(plain, by) {
  n <- nrow(plain)
  if (is.null(by)) {
    keys <- tibble::new_tibble(list(), nrow = 1L)
    return(list(id = rep(1L, n), keys = keys))
  }
  codes <- lapply(by, \(name) {
    column <- plain[[name]]
    if (is.factor(column)) as.integer(column) else
      match(column, sorted(unique(column)))
  })
  at <- do.call(order, c(codes, method = "radix"))
  new <- Reduce(`|`, lapply(codes, \(code) {
    c(TRUE, diff(code[at]) != 0 | is.na(diff(code[at])))[seq_len(n)]
  }))
  id <- integer(n)
  id[at] <- cumsum(new)
  first <- at[new]
  keys <- lapply(by, \(name) {
    column <- plain[[name]][first]
    if (is.factor(column)) droplevels(column) else column
  })
  names(keys) <- by
  list(id = id, keys = tibble::new_tibble(keys, nrow = length(first)))
}
