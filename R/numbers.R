# Small helpers on numbers that any file may call.

`%||%` <- function(x, y) if (is.null(x)) y else x

# Where counts or grids are 0. Mostly nowhere, which the minimum tells without
# a vector as long as the regions.
zeros_of <- function(x) {
  if (length(x) == 0L || min(x) > 0L) integer() else which(x == 0L)
}

nan_to_na <- function(x) {
  if (anyNA(x)) x[is.nan(x)] <- NA_real_
  x
}

# Columns that may be infinite: degrees of freedom of an error that is known.
unbounded_columns <- c("df", "df2")

# The columns of a result as users may see them. NaN, 0/0 in some formula, is
# NA: not known. What is beyond the largest number is NA too, and said.
known_numbers <- function(columns) {
  beyond <- numeric()
  for (name in names(columns)) {
    x <- columns[[name]]
    if (!is.double(x) || is.object(x)) next
    x <- nan_to_na(x)
    # The sum tells without a vector as long as the table.
    if (!name %in% unbounded_columns && !is.finite(sum(x, na.rm = TRUE))) {
      infinite <- is.infinite(x)
      x[infinite] <- NA_real_
      if (any(infinite)) beyond[[name]] <- sum(infinite)
    }
    columns[[name]] <- x
  }
  warn_out_of_range(beyond)
  columns
}

# `n`: how many numbers of each name.
warn_out_of_range <- function(n) {
  if (length(n) > 0L) {
    warn_nid("out_of_range",
             c(paste0("Some numbers are beyond what a computer can hold (1e308)",
                      " and are NA: ",
                      paste0("`", names(n), "` ", n, collapse = ", "), "."),
               i = "Give the data in larger units."),
             columns = names(n), n = n)
  }
}

# A plain tibble of such columns: what tidy(), glance() and the like give.
plain_table <- function(columns, n = length(columns[[1L]])) {
  tibble::new_tibble(known_numbers(columns), nrow = n)
}
