# Values are written to so many decimals. Where they are, noise is taken for no
# less than their rounding in errors (and nowhere else), so that a line of whole
# numbers has not an error of 0.

# The unit to which all values of a region are given: 1, .1, ..., 1e-6; 0 where
# they have more decimals.
rounding_units <- function(x, offset) {
  n <- length(offset) - 1L
  out <- numeric(n)
  if (length(x) == 0L) {
    return(out)
  }
  # Most series show at their first value that they are not rounded.
  first <- x[pmin(offset[-(n + 1L)] + 1L, length(x))]
  can <- is.na(first) | is_rounded(first, 6L)
  if (!any(can)) {
    return(out)
  }
  owner <- rep(seq_len(n), diff(offset))
  seen <- which(can[owner] & !is.na(x))
  can <- tabulate(owner[seen], n) > 0L
  for (decimals in 6:0) {
    can[owner[seen[!is_rounded(x[seen], decimals)]]] <- FALSE
    out[can] <- 10^-decimals
    seen <- seen[can[owner[seen]]]
  }
  out
}

is_rounded <- function(x, decimals) x == round(x, decimals)

# The sd of the rounding of a code in each region, NULL where there is none:
# that of a mean of values u_k g'(x), g the transform, each even on its unit.
code_rounding <- function(def, parts, rate) {
  sizes <- rounding_sizes(def, parts, rate)
  if (!is.null(sizes)) rounding_under(sizes, parts$weight)
}

# What that of each indicator is, region x indicator, and where it is.
rounding_sizes <- function(def, parts, rate) {
  if (rate$facts$errors == "known" || def$aggregate != "mean" ||
        def$normalise == "rank") {
    return(NULL)
  }
  panel <- def$panel
  n <- n_regions(panel)
  has <- size <- matrix(0, n, length(parts$names))
  for (k in seq_along(parts$names)) {
    name <- parts$names[k]
    unit <- rounding_units(panel$x[[name]], panel$offset)
    has[, k] <- indicator_seen_in(panel, name)
    if (any(unit > 0)) {
      one <- unit * rep_len(parts$inverse[[k]], n) * parts$unit[k] *
        mean_slope(panel, name)
      size[, k] <- replace(one, !has[, k] | is.na(one), 0)
    }
  }
  if (any(size > 0)) list(has = has, size = size)
}

# Under weights of their own.
rounding_under <- function(sizes, weight) {
  square <- total <- numeric(nrow(sizes$size))
  for (k in seq_along(weight)) {
    square <- square + (weight[k] * sizes$size[, k])^2
    total <- total + weight[k] * sizes$has[, k]
  }
  ifelse(total > 0, sqrt(square / 12) / total, 0)
}

# Root mean square of the slope of an indicator's transform, by region.
mean_slope <- function(panel, name) {
  n <- n_regions(panel)
  slope <- indicator_transform(panel$scheme, name)$slope(panel$x[[name]])
  owner <- row_region(panel)
  known <- which(is.finite(slope))
  sqrt(rowsum_by(slope[known]^2, owner[known], n) /
         tabulate(owner[known], n))
}

indicator_seen_in <- function(panel, name) {
  n <- n_regions(panel)
  if (panel$missing[[name]] == 0) {
    return(rep(TRUE, n))
  }
  region <- row_region(panel)
  tabulate(region[!is.na(panel$x[[name]])], n) > 0L
}
