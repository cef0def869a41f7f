# The grids that a page may meet, and what a rate is there. Every series has a
# key: which order of smoothness (or none), and for each time of the panel "."
# (no value), "1" (a value) or "s" (a value, and a break before it). A curve
# between breaks that split it has a key of its own, of its times alone.

# Distinct grids of a page: each costs its reader some 20 kB.
page_grids_most <- 200L
# Ways to leave indicators out that are looked through for each code.
page_ways_most <- 64L

# list(keys, pieces, known): `known`, of each code and indicator, whether it may
# be left out (or taken in) alone.
page_grids <- function(fit, call) {
  times <- page_times(fit$def$panel)
  found <- new.env(parent = emptyenv())
  for (i in seq_along(fit$codes)) {
    add_grids(found, fit, i, fit$codes[[i]]$pool, times)
  }
  if (length(found) > page_grids_most) {
    stop_nid("size",
             c(paste0("The series stand on ", length(found), " grids of ",
                      "times; a page holds ", page_grids_most, "."),
               i = "Take fewer regions: `subset()` the data."),
             n = length(found), limit = page_grids_most, call = call)
  }
  known <- lapply(seq_along(fit$codes), \(i) add_ways(found, fit, i, times))
  keys <- sort(names(found), method = "radix")
  list(keys = keys, pieces = unname(mget(keys, found)), known = known)
}

page_times <- function(panel) sort(unique(panel$grids$time))

# "2" or "3" where codes differ in it, of one code.
page_kind <- function(fit, i) {
  rate <- code_rate(fit$rate, fit$codes[[i]]$code)
  if (rate$facts$curve) paste0("m", smoothness_order(rate)) else "l"
}

# Puts what is new of a pool of code i into `found`; FALSE, and nothing, where
# that would be too much (unless it is the first).
add_grids <- function(found, fit, i, pool, times, most = Inf) {
  x <- code_bundle(fit, fit$codes[[i]], pool)
  parts <- segments_of(x)
  pool <- parts$pool %||% pool_seen(pool, fit$breaks)
  keys <- page_keys(page_kind(fit, i), pool, times)
  new <- which(!duplicated(keys) & !keys %in% names(found))
  if (length(found) + length(new) > most) {
    return(FALSE)
  }
  if (!is.null(parts)) x$breaks <- "ignore"
  for (g in new) {
    x$pool <- pool_take(pool, g)
    x$of <- 1L
    found[[keys[g]]] <- grid_told(x)
  }
  TRUE
}

page_keys <- function(kind, pool, times) {
  marks <- matrix(".", length(times), pool_length(pool))
  marks[cbind(match(pool$time, times), pool_owner(pool))] <-
    ifelse(pool$step > 0L, "s", "1")
  rows <- apply(marks, 1L, identity, simplify = FALSE)
  paste0(kind, ":", do.call(paste0, rows), recycle0 = TRUE)
}

# What the page needs of one grid; `x`: a bundle on it alone.
grid_told <- function(x) {
  if (x$rate$facts$curve) curve_told(x) else operator_told(x)
}

flat <- function(m) I(as.vector(t(m)))

# Of a spline: levels at the times are polynomial and directions themselves, and
# leave nothing to kriging.
curve_told <- function(x) {
  time <- x$pool$time
  n <- length(time)
  m <- smoothness_order(x$rate)
  orders <- if (x$rate$facts$steps) 1L else seq_len(m - 1L)
  told <- lapply(orders, \(order) {
    p <- spline_pieces(time, rep(order, n), time, x$pool$step > 0L, m)
    c(p[c("polynomial", "directions", "e", "df")],
      list(rate = list(rho = flat(p$rho), phi = flat(p$phi),
                       kriging = I(p$kriging[upper.tri(p$kriging, TRUE)]))))
  })
  first <- told[[1L]]
  list(df = first$df, polynomial = flat(first$polynomial),
       directions = flat(first$directions), e = I(first$e),
       rates = lapply(told, `[[`, "rate"),
       cross = if (length(orders) > 1L) I(kriging_of_both(x)),
       bends = spline_bends(x)[1L] %in% TRUE)
}

# What kriging leaves of first and second derivative at one time together.
kriging_of_both <- function(x) {
  time <- x$pool$time
  n <- length(time)
  p <- spline_pieces(time, rep(1:2, each = n), rep(time, 2L),
                     x$pool$step > 0L, smoothness_order(x$rate))
  p$kriging[cbind(seq_len(n), n + seq_len(n))]
}

# Of a linear rate: its three matrices.
operator_told <- function(x) {
  list(df = grid_df(x)[1L], bends = TRUE,
       rows = lapply(0:2, \(order) {
         if (order > x$rate$facts$top_order) return(I(numeric()))
         flat(linear_operator(x, 1L, order))
       }))
}

# ---- Indicators left out -----------------------------------------------------

# Grids of code i when some of its indicators are left out or taken in, the
# likeliest ways first. Value: by indicator of the code, whether the change of
# it alone is known.
add_ways <- function(found, fit, i, times) {
  def <- fit$def
  code <- fit$codes[[i]]$code
  scheme <- def$panel$scheme
  own <- which(scheme[["code"]] == code)
  now <- scheme[["weight"]][own] > 0
  ways <- code_ways(now, indicators_with_holes(def, scheme[["indicator"]][own]))
  done <- vapply(ways, \(way) {
    pool <- way_pool(fit, code, own, way)
    !is.null(pool) && add_grids(found, fit, i, pool, times, page_grids_most)
  }, NA)
  alone <- vapply(seq_along(own), \(k) {
    any(done & vapply(ways, \(way) {
      same_way(way, replace(now, k, !now[k]), attr(ways, "plain"))
    }, NA))
  }, NA)
  alone
}

# Indicators that change a code's grids by being there.
indicators_with_holes <- function(def, names) {
  vapply(names, \(name) {
    anyNA(def$values[[name]]) || length(def$panel$breaks[[name]]) > 0L
  }, NA, USE.NAMES = FALSE)
}

# Which indicators are there: every choice of those with holes, with all of the
# plain ones or none. One plain indicator has the grids of many.
code_ways <- function(now, holes) {
  plain <- which(!holes)
  k <- sum(holes)
  choice <- if (k == 0L) matrix(NA, 1L, 0L) else
    as.matrix(expand.grid(rep(list(c(TRUE, FALSE)), min(k, 12L))))
  choice <- cbind(choice, matrix(TRUE, nrow(choice), k - ncol(choice)))
  ways <- lapply(c(TRUE, FALSE)[c(TRUE, k > 0L)], \(rest) {
    lapply(seq_len(nrow(choice)), \(j) {
      way <- rep(rest, length(now))
      way[holes] <- choice[j, ]
      way
    })
  })
  ways <- unlist(ways, recursive = FALSE)
  ways <- ways[vapply(ways, any, NA)]
  far <- vapply(ways, \(way) sum(way[holes] != now[holes]), 1)
  structure(utils::head(ways[order(far)], page_ways_most), plain = plain)
}

same_way <- function(a, b, plain) {
  whole <- setdiff(seq_along(a), plain)
  identical(a[whole], b[whole]) && any(a[plain]) == any(b[plain])
}

# The pool of the code with some indicators alone, NULL where there is none.
way_pool <- function(fit, code, own, way) {
  def <- fit$def
  def$panel$scheme[["weight"]][own] <- as.double(way)
  def$factors <- NULL
  tryCatch(fit_code(def, code, fit$breaks, fit$rate, NULL)$pool,
           nidcode_error = \(cnd) NULL)
}
