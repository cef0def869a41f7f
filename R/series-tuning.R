# nid_tuning: what was estimated of the smoothing of every series, to be used
# again: weights over lambda (`weight`, and `lambda` itself where a series has
# its own), per code a matrix with a column for each series, region by region
# (segment by segment, where breaks split a curve). It travels without the fit
# it comes from, with its `regions` and `grids` (per code: pool, and `of` each
# region; NULL: those of the model it stands beside), and the `orders` of
# smoothness by code, where they were chosen.

new_tuning <- function(weights, regions, grids = NULL, orders = NULL) {
  structure(list(regions = as.character(regions), grids = grids,
                 weights = weights, orders = orders),
            class = "nid_tuning")
}

# The fit with its tuning written down.
freeze_fit <- function(fit) {
  if (fit$rate$facts$tuned == "none" || !is.null(fit$tuning)) {
    return(fit)
  }
  weights <- lapply(seq_along(fit$codes), \(i) {
    series <- code_series(fit, i)
    if (length(series$of) > 0L) {
      estimate_series(series, keep = "weight")$tuning
    }
  })
  fit$tuning <- tuning_for(fit, weights)
  fit
}

tuning_for <- function(fit, weights) {
  new_tuning(weights, fit$def$panel$regions,
             lapply(fit$codes, `[`, c("of", "pool")), fit$orders)
}

# That of the series of code i in some regions, NULL where it is estimated.
tuning_of <- function(fit, i, region) {
  weights <- fit$tuning$weights[[i]]
  if (is.null(weights)) {
    return(NULL)
  }
  one <- fit$codes[[i]]
  have <- which(one$of > 0L)
  count <- segment_counts(bare_series(fit$rate, one$pool, fit$breaks))
  tuning_columns(weights, match(region, have), count[one$of[have]])
}

# The columns of some series; `count`: how many each series has.
tuning_columns <- function(weights, series, count) {
  if (is.null(weights)) {
    return(NULL)
  }
  at <- sequence(count[series], from = (cumsum(count) - count)[series] + 1L)
  lapply(weights, \(x) x[, at, drop = FALSE])
}

# A tuning for the series of another fit: same regions, same times.
match_tuning <- function(tuning, fit, call) {
  if (is.null(tuning$weights)) {
    return(NULL)
  }
  if (is.null(tuning$grids)) {
    return(tuning_for(fit, tuning$weights))
  }
  now <- as.character(fit$def$panel$regions)
  from <- match(now, tuning$regions)
  bad <- is.na(from)
  old <- list(rate = fit$rate, breaks = fit$breaks, codes = tuning$grids,
              tuning = tuning)
  weights <- vector("list", length(fit$codes))
  for (i in seq_along(fit$codes)) {
    has <- which(fit$codes[[i]]$of > 0L)
    same <- same_grids(fit$codes[[i]], has, tuning$grids[[i]], from[has])
    bad[has[!same]] <- TRUE
    if (!any(bad)) weights[i] <- list(tuning_of(old, i, from[has]))
  }
  if (any(bad)) {
    stop_nid(
      "tuning_frozen",
      c(paste0("The tuning is known for the old series only; other regions, ",
               "times or missing values in ", some_of(now[bad]), "."),
        i = "Use update() without freeze: that is a refit."),
      regions = now[bad], call = call
    )
  }
  tuning_for(fit, weights)
}

# Whether regions a of one code have the grids that regions b of another have.
same_grids <- function(one, a, other, b) {
  g <- one$of[a]
  h <- ifelse(is.na(b), 0L, other$of[b])
  pair <- paste(g, h)
  first <- which(!duplicated(pair))
  same <- vapply(first, \(k) {
    h[k] > 0L && identical(pool_take(one$pool, g[k]),
                           pool_take(other$pool, h[k]))
  }, NA)
  same[match(pair, pair[first])]
}
