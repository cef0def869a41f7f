# Regions that are totals of others, or lie inside them: they count twice in
# every centre, scale and rank, and so change all the others.

# Most times that a sum is looked for at, and most regions: series in millions
# are no table with totals, and reading them must stay quick.
nested_times <- 40L
nested_regions <- 100000L

# Most regions of which all sets are tried; beyond, only what statistical
# tables hold: sums of all others, of a group, of the rows below or above.
nested_sets <- 14L

# list(region =, parts =, how =, column =) for each region that is made of
# others; regions by number.
find_nested <- function(panel) {
  if (n_regions(panel) < 2L) {
    return(list())
  }
  found <- c(nested_by_column(panel), nested_by_sum(panel),
             nested_by_code(panel))
  found[!duplicated(vapply(found, `[[`, 1L, "region"))]
}

warn_nested <- function(panel) {
  found <- find_nested(panel)
  if (length(found) == 0L) {
    return(character())
  }
  name <- as.character(panel$regions)
  whole <- name[vapply(found, `[[`, 1L, "region")]
  parts <- lapply(found, function(one) name[one$parts])
  text <- vapply(seq_along(found), function(i) {
    paste0("`", whole[i], "` ", switch(found[[i]]$how,
      sum = paste0("is the sum of ", some_of(parts[[i]], 3L),
                   " at every time (", some_of(found[[i]]$column), ")"),
      column = paste0("holds ", some_of(parts[[i]], 3L), " (column ",
                      some_of(found[[i]]$column), ")"),
      code = paste0("begins the codes of ", some_of(parts[[i]], 3L))
    ))
  }, "")
  column <- panel$index[["region"]]
  warn_nid(
    "nested",
    c(paste0(count_of(length(found), "region"), " of the panel hold",
             if (length(found) == 1L) "s", " others: ",
             paste(utils::head(text, 5L), collapse = "; "),
             if (length(text) > 5L) paste0("; and ", length(text) - 5L,
                                           " more"), "."),
      i = "Centre, scale and ranks then count the same thing twice.",
      i = paste0("Keep the parts, or the whole: data <- data[!data$",
                 column, " %in% c(",
                 paste(encodeString(utils::head(whole, 3L), quote = "\""),
                   collapse = ", "),
                 if (length(whole) > 3L) ", ...", "), ].")),
    regions = whole, parts = stats::setNames(parts, whole),
    how = vapply(found, `[[`, "", "how")
  )
  whole
}

# Said where a centre or a scale is taken over all rows.
inform_counted_twice <- function(panel, normalise, reference) {
  over_all <- identical(reference, "panel") &&
    normalise %in% c("zscore", "minmax", "rank")
  if (length(panel$nested) > 0L && over_all) {
    inform_nid(
      "nested",
      paste0("The reference counts some regions twice: ",
             some_of(panel$nested), if (length(panel$nested) == 1L) " holds"
             else " hold", " other regions of the panel."),
      regions = panel$nested
    )
  }
}

# ---- A column that says so ---------------------------------------------------

# Text columns with one value a region, by region. NA where a value is.
region_texts <- function(panel) {
  skip <- c(panel$index, panel$scheme[["indicator"]])
  out <- list()
  for (name in setdiff(names(panel$plain), skip)) {
    x <- panel$plain[[name]]
    if (!is.character(x) && !is.factor(x)) next
    one <- as.character(x[region_first(panel)])
    if (any(unreadable(one))) next
    own <- as.character(panel_column(panel, name))
    if (identical(rep.int(one, diff(panel$offset)), own)) out[[name]] <- one
  }
  out
}

# A row of the data for each region.
region_first <- function(panel) {
  at <- panel$offset[-length(panel$offset)] + 1L
  if (is.null(panel$source)) at else panel$source[at]
}

nested_by_column <- function(panel) {
  if (!"nested_in" %in% names(panel$plain)) {
    return(list())
  }
  texts <- region_texts(panel)
  inside <- texts[["nested_in"]]
  if (is.null(inside)) {
    return(list())
  }
  texts[["nested_in"]] <- NULL
  names <- c(list(as.character(panel$regions)), texts)
  # What names the wholes: the regions or a column of codes.
  names <- Filter(function(x) !anyDuplicated(x) && !anyNA(x), names)
  for (one in names) {
    up <- match(inside, one)
    up[is.na(inside) | !nzchar(inside) | up == seq_along(up)] <- NA
    if (any(!is.na(up))) {
      return(lapply(sort(unique(up)), function(whole) {
        list(region = whole, parts = which(up == whole), how = "column",
             column = "nested_in")
      }))
    }
  }
  list()
}

# ---- Codes of which one begins another ---------------------------------------

# NUTS: "BE", "BE1", "BE10". All names must be codes (capitals, digits, marks),
# some must be two or three letters alone, as countries have, and at least half
# of the longer ones must go on from one of those: "R1" and "R10" only count.
nested_by_code <- function(panel) {
  root <- country_codes(panel$regions)
  x <- as.character(panel$regions)
  if (length(root) == 0L || !all(grepl(code_shape, x))) {
    return(list())
  }
  longer <- x[nchar(x) > max(nchar(root))]
  below <- longer[substr(longer, 1L, 2L) %in% root |
                    substr(longer, 1L, 3L) %in% root]
  if (length(below) == 0L || 2L * length(below) < length(longer) ||
      !any(grepl("[0-9]", substring(below, 3L)) | grepl("[-_.]", below))) {
    return(list())
  }
  # The longest code of the set that begins a code is its whole.
  up <- rep(NA_integer_, length(x))
  own <- x %in% below
  for (n in seq_len(max(nchar(below)) - 1L)) {
    use <- which(own & nchar(x) > n)
    hit <- match(substr(x[use], 1L, n), x)
    up[use[!is.na(hit)]] <- hit[!is.na(hit)]
  }
  lapply(sort(unique(up[!is.na(up)])), function(whole) {
    list(region = whole, parts = which(up == whole), how = "code",
         column = panel$index[["region"]])
  })
}

# Codes of two or three letters. Short names first: a pattern is slow to try on
# a million of them.
country_codes <- function(regions) {
  if (is.numeric(regions)) {
    return(character())
  }
  x <- as.character(regions)
  grep("^[A-Z]{2,3}$", x[nchar(x, "bytes") <= 3L], value = TRUE)
}

# ---- Sums --------------------------------------------------------------------

nested_by_sum <- function(panel) {
  n <- n_regions(panel)
  if (n < 3L || n > nested_regions || is.na(panel$index[["region"]])) {
    return(list())
  }
  # Regions in the order of the data, where a total stands by its parts.
  first <- region_first(panel)
  moved <- is.unsorted(first)
  order <- if (moved) order(first) else seq_len(n)
  groups <- lapply(region_texts(panel), `[`, order)
  matrix_of <- values_by_time(panel, if (moved) order)
  found <- list()
  for (name in names(panel$x)) {
    one <- sums_in(matrix_of(panel$x[[name]]), groups)
    found <- c(found, lapply(one, function(f) {
      list(region = order[f$region], parts = sort(order[f$parts]),
           how = "sum", column = name)
    }))
  }
  found
}

# Turns a column of the panel into regions x times, of the times that most
# regions have; `order` of the regions, NULL: as they stand.
values_by_time <- function(panel, order) {
  n <- n_regions(panel)
  all <- sort(unique(panel$grids$time))
  key <- match(panel$grids$time, all)
  count <- tabulate(panel$grid, length(panel$grids$offset) - 1L)
  often <- rowsum_by(rep(count, diff(panel$grids$offset)), key, length(all))
  use <- sort(utils::head(order(-often, -seq_along(all)), nested_times))
  arranged <- \(m) if (is.null(order)) m else m[order, , drop = FALSE]
  if (length(count) == 1L) {
    # All have all times.
    return(\(x) {
      m <- t(matrix(x, length(all)))
      arranged(if (length(use) < length(all)) m[, use, drop = FALSE] else m)
    })
  }
  key <- match(key, use)[grid_places(panel)]
  rows <- which(!is.na(key))
  at <- (row_region(panel) + (key - 1L) * n)[rows]
  \(x) {
    m <- matrix(NA_real_, n, length(use))
    m[at] <- x[rows]
    arranged(m)
  }
}

# Rows of `m` (regions x times) that are sums of two or more others.
sums_in <- function(m, groups) {
  whole <- seq_len(nrow(m))
  if (anyNA(m)) {
    seen <- colSums(!is.na(m))
    m <- m[, seen == max(seen), drop = FALSE]
    whole <- which(rowSums(is.na(m)) == 0)
    m <- m[whole, , drop = FALSE]
  }
  if (length(whole) < 3L || ncol(m) < 2L) {
    return(list())
  }
  # Looked at only where a first sum comes near, which is seldom.
  delayedAssign("unit", last_digit(m))
  delayedAssign("moved", moved_apart(m))
  found <- c(sums_of_all(m, unit, moved), sums_of_runs(m, unit, moved),
             unlist(lapply(groups, function(g) {
               sums_of_group(m, unit, moved, g[whole])
             }), FALSE),
             if (nrow(m) <= nested_sets) sums_of_sets(m, unit, moved))
  lapply(unname(found), function(f) {
    list(region = whole[f$region], parts = whole[f$parts])
  })
}

# The unit of the last digit of each row; a total in thousands ends in 0s.
last_digit <- function(m) {
  top <- apply_max(abs(m))
  out <- 1e-9 * top
  out[top == 0] <- 1
  left <- which(top > 0)
  for (d in -3:6) {
    whole <- \(x) {
      x <- x * 10^d
      abs(x - round(x)) <= 1e-6 * pmax(min(1, 10^d), 1e-6 * abs(x))
    }
    # Most rows are told by their first value.
    at <- left[whole(m[left, 1L])]
    at <- at[rowSums(!whole(m[at, , drop = FALSE])) == 0]
    out[at] <- 10^-d
    left <- setdiff(left, at)
  }
  out
}

apply_max <- function(m) do.call(pmax, lapply(seq_len(ncol(m)),
                                              function(j) m[, j]))

# How far the regions moved from a common growth until each time: where all
# grow alike, later times say no more than the first.
moved_apart <- function(m) {
  total <- colSums(m)
  growth <- if (total[1L] == 0) rep(1, ncol(m)) else total / total[1L]
  apart <- abs(m - m[, 1L] %o% growth)
  vapply(seq_len(ncol(m)), function(t) stats::median(apart[, t]), 1)
}

# Published parts and total are each rounded by half of their last digit:
# `slack`. How improbable that a sum comes as near as it does by chance at every
# time: the digits of the first value and of every change that is its own, in
# bits, must exceed by 10 those that tell one supposition (of `tried`) from the
# others. `unit`: of the totals.
is_sum <- function(total, sum, slack, unit, moved, tried) {
  off <- apply_max(abs(total - sum))
  exact <- 1e-9 * apply_max(abs(total))
  step <- total[, -1L, drop = FALSE] - total[, -ncol(total), drop = FALSE]
  own <- pmin(abs(step), rep(moved[-1L], each = nrow(step)))
  width <- pmax(2 * off, unit, exact)
  bits <- log2(1 + abs(total[, 1L]) / width) + rowSums(log2(1 + own / width))
  off <= slack + exact & bits > log2(tried) + 10
}

# k = 2: the sum of all others. k levels that each add up to it: k times itself
# is the sum of all (a country, its districts, their regions: 3). Each level has
# two regions or more, or a mean of few would pass for a sum.
sums_of_all <- function(m, unit, moved) {
  n <- nrow(m)
  all <- colSums(m)
  k <- round(all[1L] / m[, 1L])
  at <- which(is.finite(k) & k >= 2 & k <= min(6, 1 + (n - 1) / 2))
  if (length(at) == 0L) {
    return(list())
  }
  others <- (rep(all, each = length(at)) - m[at, , drop = FALSE]) /
    (k[at] - 1)
  slack <- (unit[at] + (sum(unit) - unit[at]) / (k[at] - 1)) / 2
  ok <- is_sum(m[at, , drop = FALSE], others, slack, unit[at], moved,
               ifelse(k[at] == 2, 1, 5 * n))
  lapply(at[ok], function(r) list(region = r, parts = seq_len(n)[-r]))
}

# The rows just below, or just above.
sums_of_runs <- function(m, unit, moved) {
  n <- nrow(m)
  # Sums must ascend.
  if (min(m) < 0) {
    return(list())
  }
  below <- run_ends(m, unit, moved)
  above <- run_ends(m[n:1, , drop = FALSE], rev(unit), moved)
  c(lapply(which(below > 0L), function(i) {
      list(region = i, parts = seq.int(i + 1L, below[i]))
    }),
    lapply(which(above > 0L), function(i) {
      list(region = n + 1L - i,
           parts = seq.int(n + 1L - above[i], n - i))
    }))
}

# Last row of the run under each row that adds up to it, else 0.
run_ends <- function(m, unit, moved) {
  n <- nrow(m)
  out <- integer(n)
  i <- seq_len(n)
  # At the last time, by the nearest of the ascending sums.
  last <- ncol(m)
  up <- c(0, cumsum(m[, last]))
  end <- findInterval(up[i + 1L] + m[, last], (up[-1L] + up[-(n + 1L)]) / 2)
  ok <- end >= i + 2L & end <= n
  i <- i[ok]
  end <- end[ok]
  if (length(i) > 0L) {
    sums <- rbind(0, apply(m, 2L, cumsum))
    units <- c(0, cumsum(unit))
    run <- sums[end + 1L, , drop = FALSE] - sums[i + 1L, , drop = FALSE]
    slack <- (unit[i] + units[end + 1L] - units[i + 1L]) / 2
    hit <- is_sum(m[i, , drop = FALSE], run, slack, unit[i], moved,
                  2 * n)
    out[i[hit]] <- end[hit]
  }
  out
}

# The others of a group, or all of a group that it is not in.
sums_of_group <- function(m, unit, moved, group) {
  n <- nrow(m)
  group[is.na(group)] <- ""
  g <- match(group, unique(group))
  if (max(g) < 2L || max(g) > n / 2) {
    return(list())
  }
  size <- tabulate(g)
  sum <- rowsum(m, g, reorder = TRUE)
  units <- as.vector(rowsum(unit, g, reorder = TRUE))
  inside <- is_sum(m, sum[g, , drop = FALSE] - m, units[g] / 2, unit, moved,
                   n) & size[g] >= 3L
  found <- lapply(which(inside), function(r) {
    list(region = r, parts = setdiff(which(g == g[r]), r))
  })
  # The region nearest to each group's sum at the last time.
  last <- ncol(m)
  by <- order(m[, last])
  x <- m[by, last]
  near <- by[findInterval(sum[, last], (x[-1L] + x[-n]) / 2) + 1L]
  ok <- is_sum(m[near, , drop = FALSE], sum, (units + unit[near]) / 2,
               unit[near], moved, length(size) * n) &
    g[near] != seq_along(near) & size >= 2L
  c(found, lapply(which(ok), function(k) {
    list(region = near[k], parts = which(g == k))
  }))
}

# Every set of the others, where there are few.
sums_of_sets <- function(m, unit, moved) {
  n <- nrow(m)
  found <- list()
  bits <- n - 1L
  sets <- vapply(seq_len(bits), function(b) {
    bitwAnd(bitwShiftR(seq_len(2^bits - 1L), b - 1L), 1L) == 1L
  }, logical(2^bits - 1L))
  sets <- sets[rowSums(sets) >= 2L, , drop = FALSE]
  for (r in seq_len(n)) {
    other <- seq_len(n)[-r]
    slack <- (unit[r] + as.vector(sets %*% unit[other])) / 2
    use <- seq_len(nrow(sets))
    for (t in seq_len(ncol(m))) {
      sum <- as.vector(sets[use, , drop = FALSE] %*% m[other, t])
      use <- use[abs(sum - m[r, t]) <= slack[use] + 1e-9 * abs(m[r, t])]
    }
    if (length(use) == 0L) next
    # The nearest of those that fit at every time.
    total <- m[rep(r, length(use)), , drop = FALSE]
    sum <- sets[use, , drop = FALSE] %*% m[other, , drop = FALSE]
    ok <- is_sum(total, sum, slack[use], unit[r], moved, n * 2^bits)
    if (any(ok)) {
      best <- which(ok)[which.min(rowSums(abs(total - sum))[ok])]
      found <- c(found, list(list(region = r,
                                  parts = other[sets[use[best], ]])))
    }
  }
  found
}
