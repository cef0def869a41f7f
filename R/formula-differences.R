# Differences of regions: the series of one less those of another as a fit of
# its own, whose regions are the pairs. Whatever is made of a fit is made of
# differences with the same rate, formula and correlation, and what the two have
# in common is gone before anything is estimated.

# Pairs with less than this share of the shorter grid in common have no
# difference series.
least_common <- 0.8

# Pairs of sides: regions by number and, beyond them, the mean of all others of
# a core for each region (`others`: see others_of()).
difference_fit <- function(fit, left, right, others = NULL) {
  fit$noise <- panel_noise(fit)
  sides <- lapply(seq_along(fit$codes), \(i) code_sides(fit, i, others))
  pairs <- lapply(sides, pair_grids, left, right)
  fit$whole <- Reduce(`&`, lapply(pairs, `[[`, "fits"),
                      rep(TRUE, length(left)))
  for (i in seq_along(pairs)) {
    pairs[[i]]$of[!fit$whole] <- 0L
    fit$codes[[i]][c("of", "pool")] <- pairs[[i]][c("of", "pool")]
  }
  fit$tuning <- NULL
  fit$def$panel$offset <- seq.int(0L, length(left))
  fit$def$panel$regions <- seq_along(left)
  bare <- fit
  fit$series <- \(i, regions) {
    difference_series(bare, i, sides[[i]], pairs[[i]], regions)
  }
  fit
}

# Codes go together in differences as they do in the panel, whichever pairs are
# asked for.
panel_noise <- function(fit) {
  if (identical(fit$asked$cor, "residual")) {
    noise <- fit_noise(fit)
    noise$regions <- character()
    noise$rho <- noise$rho[0L, , drop = FALSE]
    noise
  }
}

# The values of one code, the grid of each side (0: it lacks the code) and how
# many values stand before its own.
code_sides <- function(fit, i, others) {
  s <- code_series(fit, i)
  of <- start <- integer(n_regions(fit$def$panel))
  of[s$region] <- s$of
  start[s$region] <- series_starts(s)
  out <- list(value = s$value, of = of, start = start, pool = s$pool,
              sd = if (length(s$sd) > 0L) rep_len(s$sd, length(s$value)),
              unsure = s$unsure, rounding = fit$codes[[i]]$rounding)
  if (is.null(others)) out else add_means(out, others)
}

# Every region's mean of the others is a series more, on the grid of the core.
add_means <- function(x, others) {
  grid <- x$of[others$core[1L]]
  n <- if (length(others$core) > 0L) pool_sizes(x$pool)[grid] else 0L
  places <- outer(seq_len(n), x$start[others$core], `+`)
  mean_of <- function(v, weight) matrix(v[places], n) %*% weight
  size <- length(x$value)
  x$value <- c(x$value, mean_of(x$value, others$weight))
  if (!is.null(x$sd)) {
    x$sd <- c(x$sd, sqrt(mean_of(x$sd^2, others$weight^2)))
  }
  if (!is.null(x$rounding)) {
    mean <- crossprod(others$weight^2, x$rounding[others$core]^2)
    x$rounding <- c(x$rounding, sqrt(mean))
  }
  if (!is.null(x$unsure)) {
    x$unsure <- unsure_means(x$unsure, x$start[others$core], n, others$weight,
                             size)
  }
  all <- ncol(others$weight)
  x$of <- c(x$of, ifelse(others$none, 0L, rep_len(grid, all)))
  x$start <- c(x$start, size + n * (seq_len(all) - 1L))
  x
}

# The errors of means (see series.R), behind those of the values they are of.
unsure_means <- function(u, start, n, weight, size) {
  at <- outer(u$value, start, `-`)
  mine <- which(at >= 1L & at <= n, arr.ind = TRUE)
  each <- ncol(weight)
  row <- rep(mine[, 1L], each)
  of <- rep(mine[, 2L], each)
  region <- rep(seq_len(each), each = nrow(mine))
  list(value = c(u$value, size + n * (region - 1L) + at[cbind(row, of)]),
       error = c(u$error, u$error[row]),
       load = c(u$load, u$load[row] * weight[cbind(of, region)]))
}

# Those of differences: of both sides, each pair with errors of its own.
unsure_pairs <- function(u, a, b, pair) {
  order <- order(u$value)
  count <- tabulate(u$value, max(a, b))
  pick <- function(at, sign) {
    k <- count[at]
    rows <- order[sequence(k, from = (cumsum(count) - count)[at] + 1L)]
    list(value = rep(seq_along(at), k), error = u$error[rows],
         load = sign * u$load[rows])
  }
  out <- Map(c, pick(a, 1), pick(b, -1))
  if (length(out$value) == 0L) {
    return(NULL)
  }
  key <- paste(pair[out$value], out$error)
  out$error <- match(key, unique(key))
  out
}

# The regions of the core grid, that which most regions have in all codes (not
# those that hold others), and the weight that each has in the mean of the
# others of every region: core x region; `none`: it has no others.
others_of <- function(fit, weight) {
  panel <- fit$def$panel
  key <- do.call(paste, lapply(fit$codes, `[[`, "of"))
  lacks <- Reduce(`|`, lapply(fit$codes, \(one) one$of == 0L))
  can <- which(!lacks & !as.character(panel$regions) %in% panel$nested &
                 weight > 0)
  count <- table(key[can])
  core <- can[key[can] %in% names(count)[count == max(count, 0L)][1L]]
  w <- matrix(weight[core], length(core), length(weight))
  w[cbind(seq_along(core), core)] <- 0
  total <- colSums(w)
  list(core = core, none = total == 0,
       weight = w / rep(total, each = length(core)))
}

# The grids of the pairs: where the times of both meet, a break of either being
# a step. `a` and `b` are the places of those times in the sides' own grids.
pair_grids <- function(x, left, right) {
  g <- x$of[left]
  h <- x$of[right]
  size <- pool_sizes(x$pool)
  key <- g * (length(size) + 1) + h
  first <- which(!duplicated(key) & g > 0L & h > 0L)
  meet <- lapply(first, \(p) meet_pair(x$pool, g[p], h[p]))
  common <- lengths(lapply(meet, `[[`, "time"))
  enough <- which(common > 0L &
                    common >= least_common * pmin(size[g[first]],
                                                  size[h[first]]))
  gather <- function(what) unlist(lapply(meet[enough], `[[`, what))
  of <- match(key, key[first[enough]], nomatch = 0L)
  list(pool = new_pool(common[enough], gather("time"), gather("step")),
       of = of, a = as.integer(gather("a")), b = as.integer(gather("b")),
       start = list(x$start[left], x$start[right]),
       rounding = if (!is.null(x$rounding)) {
         row_root_sum_squares(cbind(x$rounding[left], x$rounding[right]))
       },
       fits = g == 0L & h == 0L | of > 0L)
}

meet_pair <- function(pool, g, h) {
  at <- pool_places(pool, g)
  of <- pool_places(pool, h)
  a <- which(pool$time[at] %in% pool$time[of])
  b <- match(pool$time[at[a]], pool$time[of])
  segment <- cumsum(pool$step[at] > 0L)[a] + cumsum(pool$step[of] > 0L)[b]
  list(time = pool$time[at[a]], a = a, b = b,
       step = c(0L, as.integer(diff(segment) > 0))[seq_along(a)])
}

# What code_series() gives, of pairs from < p <= to.
difference_series <- function(fit, i, sides, pairs, regions) {
  if (is.null(regions)) regions <- c(0L, length(pairs$of))
  p <- seq.int(regions[[1L]] + 1L, length.out = diff(regions))
  p <- p[pairs$of[p] > 0L]
  of <- pairs$of[p]
  size <- pool_sizes(pairs$pool)[of]
  within <- pool_places(pairs$pool, of)
  a <- rep(pairs$start[[1L]][p], size) + pairs$a[within]
  b <- rep(pairs$start[[2L]][p], size) + pairs$b[within]
  sd <- if (!is.null(sides$sd)) {
    row_root_sum_squares(cbind(sides$sd[a], sides$sd[b]))
  }
  c(list(value = sides$value[a] - sides$value[b], of = of, region = p,
         sd = sd, before = 0L, buffer = numeric(),
         rounding = pairs$rounding[p]),
    if (!is.null(sides$unsure) && length(a) > 0L) {
      list(unsure = unsure_pairs(sides$unsure, a, b, rep(p, size)))
    },
    code_bundle(fit, fit$codes[[i]]))
}

# One sum for every time at which a rate of `order` exists in all codes: that
# rate itself.
rate_plan <- function(fit, order) {
  times <- common_times(fit)
  place <- which(common_terms(fit, times, order))
  owner <- pool_owner(times)[place]
  k <- tabulate(owner, pool_length(times))
  size <- pool_sizes(times)
  begin <- cumsum(as.double(size) * k) - size * k
  weight <- numeric(sum(as.double(size) * k))
  weight[begin[owner] + (sequence(k) - 1) * size[owner] + place -
           times$offset[owner]] <- 1
  list(times = times, order = order, weight = weight, k = k, empty = 0L,
       at = place)
}

# The law of a sum of errors that are independent of one another: two of
# Student's t and one, of which loadings are given, normal. Scales are squared.
# df by Satterthwaite.
joint_law <- function(estimate, se, df, loadings) {
  shared <- if (ncol(loadings) > 0L) row_root_sum_squares(loadings)
  every <- cbind(se, shared)
  unit <- row_scales(every)
  part <- (every / unit)^2
  total <- rowSums(part)
  own <- part[, seq_len(ncol(se)), drop = FALSE]
  dof <- total^2 / rowSums(own^2 / df)
  dof[rowSums(own) == 0] <- Inf
  list(estimate = estimate, std.error = sqrt(total) * unit, df = dof)
}

# ---- What is compared --------------------------------------------------------

# Rows of pairs (`left`, `right`, `others`) of sides, of which `own` has the
# sums: by their difference series, or by what each side has where there is
# none.
compare_sides <- function(fit, own, pairs, what) {
  series <- difference_fit(fit, pairs$left, pairs$right, pairs$others)
  rows <- bind_rows_of(pair_sums(series, what),
                       lone_rows(own, pairs, which(!series$whole)))
  left <- pairs$left[rows$pair]
  right <- pairs$right[rows$pair]
  a <- side_rows(own, left, rows$time)
  b <- side_rows(own, right, rows$time)
  rows$difference <- own$estimate[a] - own$estimate[b]
  alone <- rows$errors == "independent"
  rows$estimate[alone] <- rows$difference[alone]
  se <- cbind(ifelse(alone, own$std.error[a], rows$std.error),
              ifelse(alone, own$std.error[b], 0))
  df <- cbind(ifelse(alone, own$df[a], rows$df),
              ifelse(alone, own$df[b], Inf))
  law <- joint_law(rows$estimate, se, df, own$shared[a, , drop = FALSE] -
                     own$shared[b, , drop = FALSE])
  law$estimate[left == right & !is.na(law$estimate)] <- 0
  law$std.error[left == right & !is.na(law$std.error)] <- 0
  c(law, rows[c("pair", "time", "difference", "errors")])
}

# Code NID of a table, and its errors. Errors of the weights, which all share,
# are carried by Code NID alone.
basic_sums <- function(basic, call = rlang::caller_env()) {
  law <- basic_law(basic, call)
  n <- nrow(basic)
  list(side = seq_len(n), time = rep(0, n), estimate = basic[["estimate"]],
       std.error = known_or_na(law$std.error, n),
       df = known_or_na(law$df, n),
       shared = law$shared %||% matrix(0, n, 0L))
}

# The sums that are compared, of every region of a fit at every time.
timed_sums <- function(fit, what) {
  plan <- contrast_plan(fit, what)
  law <- law_of_plan(fit, plan, contrast_cor(fit))
  n <- length(law$estimate)
  rows <- if (what == "basic") list(region = seq_len(n), time = rep(0, n)) else
    sum_rows(plan)
  list(side = rows$region, time = rows$time, estimate = law$estimate,
       std.error = known_or_na(law$std.error, n), df = known_or_na(law$df, n),
       shared = matrix(0, n, 0L))
}

sum_rows <- function(plan) {
  terms <- plan_terms(plan)
  list(region = terms$by_region(seq_along(plan$times$pattern)),
       time = terms$by_place(plan$times$time))
}

contrast_plan <- function(fit, what) {
  switch(what, basic = formula_plan(fit, fit$asked$influence,
                                    fit$asked$measure, fit$asked$ends),
         defining = rate_plan(fit, 0L), rate_plan(fit, 1L))
}

# A code alone has nothing to correlate with.
contrast_cor <- function(fit) {
  if (length(fit$codes) > 1L) fit$asked$cor else "independent"
}

known_or_na <- function(x, n) {
  if (is.null(x)) rep(NA_real_, n) else rep_len(as.double(x), n)
}

# The means of the others, of results as of codes: rows of the core stand region
# by region, the same times in each.
mean_sums <- function(own, others) {
  n <- length(others$none)
  at <- which(own$side %in% others$core)
  k <- length(at) %/% max(1L, length(others$core))
  w <- others$weight
  by_region <- function(x) matrix(x[at], k, nrow(w))
  across <- function(x) by_region(x) %*% w
  unit <- power_scale(own$std.error[at])
  part <- (by_region(own$std.error) / unit)^2
  var <- part %*% w^2
  df <- var^2 / ((part^2 / by_region(own$df)) %*% w^4)
  df[!is.na(var) & var == 0] <- Inf
  list(side = n + rep(seq_len(n), each = k),
       time = rep(own$time[at[seq_len(k)]], n),
       estimate = as.vector(across(own$estimate)),
       std.error = as.vector(sqrt(var) * unit), df = as.vector(df),
       shared = matrix(apply(own$shared, 2L, across), k * n,
                       ncol(own$shared)))
}

pair_sums <- function(pair, what) {
  rows <- timed_sums(pair, what)
  keep <- pair$whole[rows$side]
  rows <- lapply(rows[c("side", "time", "estimate", "std.error", "df")],
                 \(v) v[keep])
  c(list(pair = rows$side), rows[-1L],
    list(errors = rep("difference", sum(keep))))
}

# Pairs without a difference series: the times that both sides have.
lone_rows <- function(own, pairs, alone) {
  at <- split(seq_along(own$side), factor(own$side, seq_len(max(
    0L, own$side))))[pairs$left[alone]]
  pair <- rep(alone, lengths(at))
  time <- own$time[as.integer(unlist(at))]
  keep <- !is.na(side_rows(own, pairs$right[pair], time))
  none <- rep(NA_real_, sum(keep))
  list(pair = pair[keep], time = time[keep], estimate = none,
       std.error = none, df = none,
       errors = rep("independent", sum(keep)))
}

side_rows <- function(own, side, time) {
  times <- unique(own$time)
  key <- function(side, time) side * (length(times) + 1) + match(time, times)
  match(key(side, time), key(own$side, own$time))
}

bind_rows_of <- function(a, b) {
  Map(\(x, y) if (is.matrix(x)) rbind(x, y) else c(x, y), a, b)
}
