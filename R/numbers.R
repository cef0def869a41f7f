# Small helpers on numbers that any file may call.

`%||%` <- function(x, y) if (is.null(x)) y else x

# Where counts or grids are 0.
zeros_of <- function(x) if (is.integer(x)) zeros_cpp(x) else which(x == 0)

all_finite <- function(x) sum(count_missing_cpp(x)) == 0

# Mean, sd, minimum, maximum and number of the values that are there; NA of too
# few.
column_moments <- function(x) {
  lapply(moments_cpp(x, c(0L, length(x))), nan_to_na)
}

# The side of zero on which an interval lies whole: 1 above, -1 below, 0 where it
# holds zero, NA without an error. Such a sign is called clear, in words,
# pictures and tables alike.
clear_side <- function(low, high) (low > 0) - (high < 0)

is_clear <- function(rows) {
  clear_side(rows[["conf.low"]], rows[["conf.high"]]) %in% c(-1, 1)
}

# The same vector where there is none, which the core tells in one pass.
nan_to_na <- function(x) {
  if (is.double(x) && count_missing_cpp(x)[["nan"]] > 0) {
    x[is.nan(x)] <- NA_real_
  }
  x
}

# Columns that may be infinite: degrees of freedom of an error that is known.
unbounded_columns <- c("df", "df2", "years", "years.low", "years.high")

# The columns of a result as users may see them. NaN, 0/0 in some formula, is
# NA: not known. What is beyond the largest number is NA too, and said.
known_numbers <- function(columns) {
  beyond <- numeric()
  none <- NULL
  for (name in names(columns)) {
    x <- columns[[name]]
    if (!is.double(x) || is.object(x)) next
    # Columns without an error are one vector, and looked through once.
    if (identical(x, none)) next
    n <- count_missing_cpp(x)
    if (n[["na"]] == length(x)) none <- x
    if (n[["nan"]] > 0) x[is.nan(x)] <- NA_real_
    if (n[["infinite"]] > 0 && !name %in% unbounded_columns) {
      x[is.infinite(x)] <- NA_real_
      beyond[[name]] <- n[["infinite"]]
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
             c(paste0("Some numbers are NA because no computer holds them, beyond ",
                      "1e308 or below 1e-308: ",
                      paste0("`", names(n), "` ", n, collapse = ", "), "."),
               i = "Give the data in other units."),
             columns = names(n), n = n)
  }
}

# A plain tibble of such columns: what tidy(), glance() and the like give.
plain_table <- function(columns, n = length(columns[[1L]])) {
  tibble::new_tibble(known_numbers(columns), nrow = n)
}

# Squares of numbers beyond 1e154 overflow and below 1e-154 vanish, squares of
# squares from 1e77 and 1e-77 on. What is to be squared is first divided by a
# power of two near the largest, which changes no digit.
far_high <- 2^200
far_low <- 2^-200

# Powers of two near numbers of any size; 1 for 0, NA and what is not finite.
powers_near <- function(x) {
  x <- abs(x)
  x[!is.finite(x) | x == 0] <- 1
  2^floor(log2(x))
}

# One for all of x, so that its squares neither overflow nor vanish: 1 where
# they do not anyway.
power_scale <- function(x) {
  largest <- suppressWarnings(max(abs(x), na.rm = TRUE))
  if (largest < far_high && largest > far_low) 1 else powers_near(largest)
}

# One for each row of a matrix; the number 1 where no row needs any.
row_scales <- function(m) {
  largest <- 0
  for (j in seq_len(ncol(m))) {
    largest <- pmax(largest, abs(m[, j]), na.rm = TRUE)
  }
  far <- largest > far_high | largest < far_low & largest > 0
  if (any(far)) ifelse(far, powers_near(largest), 1) else 1
}

# One for each element, the same within a group.
group_scales <- function(x, group) {
  size <- abs(x[is.finite(x) & x != 0])
  if (length(size) == 0L || max(size) < far_high && min(size) > far_low) {
    return(1)
  }
  stats::ave(x, group, FUN = power_scale)
}

root_sum_squares <- function(x) {
  unit <- power_scale(x)
  sqrt(sum((x / unit)^2)) * unit
}

# rep(rep(x, each = each), times), over which R takes longer where x is numbers.
# A class that rep() does not know is kept by its indices.
repeat_values <- function(x, each = 1L, times = 1L) {
  if (is.object(x)) return(x[repeat_cpp(seq_along(x), each, times)])
  if (is.numeric(x) && is.null(attributes(x))) {
    return(repeat_cpp(x, each, times))
  }
  x <- rep(x, rep.int(each, length(x)))
  if (times == 1L) x else rep(x, times)
}

# A column of a matrix without names; a single one without a copy.
matrix_column <- function(x, j) {
  if (ncol(x) != 1L) return(x[, j])
  dim(x) <- NULL
  x
}

# x %*% w as a vector. The product of matrices adds in another order where there
# are other rows, or where one is NA.
row_products <- function(x, w) {
  if (length(w) == 0L) return(numeric(nrow(x)))
  out <- matrix_column(x, 1L)
  if (w[1L] != 1) out <- out * w[1L]
  for (j in seq_along(w)[-1L]) out <- out + x[, j] * w[j]
  out
}

sd_of <- function(x) {
  unit <- power_scale(x)
  stats::sd(x / unit) * unit
}

row_root_sum_squares <- function(m) {
  unit <- row_scales(m)
  sqrt(rowSums((m / unit)^2)) * unit
}

# x 2^e, e from one for all to one each: in two steps, since 2^e itself may be
# no number.
times_power <- function(x, e) {
  if (all(e == 0)) return(x)
  half <- floor(e / 2)
  x * 2^half * 2^(e - half)
}

# The same where a variance is the result: NA, and said, if it is beyond what a
# number can be.
known_power <- function(x, e, name) {
  out <- times_power(x, e)
  lost <- which(is.infinite(out) | abs(out) < .Machine$double.xmin & x != 0)
  if (length(lost) > 0L) {
    out[lost] <- NA_real_
    warn_out_of_range(stats::setNames(length(lost), name))
  }
  out
}

known_squares <- function(x, name = "variance") {
  unit <- powers_near(x)
  known_power((x / unit)^2, 2 * log2(unit), name)
}

rowsum_by <- function(x, owner, n) {
  out <- numeric(n)
  if (length(x) > 0L) {
    s <- rowsum(x, owner)
    out[as.integer(rownames(s))] <- s
  }
  out
}

# Spread below this share of the mean, 1e4 roundings: the digits that differ
# are gone.
last_digits <- 1e4 * .Machine$double.eps

# What records (lists by name) hold of each of `names`, end to end: text for
# `text`, integers for `whole`, else doubles, also where there is no record.
columns_of <- function(records, names, text = character(),
                       whole = character()) {
  sapply(names, \(name) {
    kind <- if (name %in% text) "character" else
      if (name %in% whole) "integer" else "double"
    as.vector(unlist(lapply(records, `[[`, name)), kind)
  }, simplify = FALSE)
}
