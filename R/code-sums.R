# Sums of the rates of every region. A plan says which: `times`, where the codes
# of a region meet (formula-times.R); `k` sums for each pattern of times, with
# n x k `weight`s, pattern after pattern, of the rate of `order`; `empty`: the
# sums of a region without any time; `at`, where sums have times, the place in
# the pool of each.

# How many sums each region has: one number where all have one.
plan_sizes <- function(plan) {
  pattern <- plan$times$pattern
  if (plan$empty == 1L && all(plan$k == 1L)) {
    return(1L)
  }
  ifelse(pattern > 0L, plan$k[pmax(pattern, 1L)], plan$empty)
}

# How many there are of a plan.
plan_total <- function(plan) {
  size <- plan_sizes(plan)
  if (length(size) == 1L) size * length(plan$times$pattern) else sum(size)
}

# The region of each.
sum_regions <- function(plan, size) {
  n <- length(plan$times$pattern)
  if (length(size) == n) rep.int(seq_len(n), size) else seq_len(n)
}

# Of a plan with sums at times: how many there are, and x, which has one of each
# region (`by_region`) or of each place in the pool of times (`by_place`), for
# every sum. `at` holds the places of each pattern's sums.
plan_terms <- function(plan) {
  pattern <- plan$times$pattern
  k <- plan$k
  if (length(k) == 1L && length(regions_gone(plan$times)) == 0L) {
    return(list(
      n = k * length(pattern), by_region = \(x) repeat_values(x, k),
      by_place = \(x) repeat_values(x[plan$at], times = length(pattern))
    ))
  }
  size <- plan_sizes(plan)
  region <- sum_regions(plan, size)
  pattern <- pattern[size > 0L]
  place <- plan$at[sequence(k[pattern],
                            from = (cumsum(k) - k)[pattern] + 1L)]
  list(n = length(region), by_region = \(x) x[region],
       by_place = \(x) x[place])
}

# Several plans over the same times and of the same order as one, the sums of
# each behind those of the plan before.
bind_plans <- function(plans) {
  out <- plans[[1L]]
  if (length(plans) == 1L) {
    return(out)
  }
  size <- pool_sizes(out$times)
  out$k <- Reduce(`+`, lapply(plans, `[[`, "k"))
  end <- cumsum(as.double(size) * out$k)
  from <- end - size * out$k
  out$weight <- numeric(sum(size * out$k))
  for (plan in plans) {
    out$weight[sequence(size * plan$k, from = from + 1)] <- plan$weight
    from <- from + size * plan$k
  }
  out
}

# What a plan weighs of code i: n x k `weight`s of its rate of `order` at the
# times of `pool`, its own where all codes share their grids, else one with an
# entry for each pattern that has the code. `of`: the entry of each region.
plan_weights <- function(fit, plan, i) {
  one <- fit$codes[[i]]
  own <- code_entries(fit, plan$times, i)
  plan <- over_steps(fit, plan)
  if (!plan$times$simple) {
    use <- which(own$entry > 0L)
    plan$weight <- spread_plan(plan, i, use, one$pool)
    plan$k <- plan$k[use]
  }
  c(own[c("pool", "of")], plan[c("weight", "k", "order")])
}

# A sum of changes of V over steps is a sum of V at their ends: V(t_i) is
# weighed by w_i/h_i - w_(i+1)/h_(i+1), w the weights of the steps that end
# there and h their lengths.
over_steps <- function(fit, plan) {
  if (plan$order != 2L || !fit$rate$facts$steps) {
    return(plan)
  }
  times <- plan$times
  from <- times$offset[-length(times$offset)] + 1L
  h <- step_lengths(times)[sequence(rep(pool_sizes(times), plan$k),
                                    from = rep(from, plan$k))]
  w <- replace(plan$weight / h, is.na(h), 0)
  plan$weight <- w - utils::head(c(w[-1L], 0), length(w))
  plan$order <- 1L
  plan
}

# The same as the rate of the code takes it; `own`: on the code's own grids.
plan_sums <- function(fit, plan, i) {
  own <- plan_weights(fit, plan, i)
  series <- code_bundle(fit, fit$codes[[i]], own$pool)
  list(pool = own$pool, of = own$of, k = own$k, own = plan$times$simple,
       sums = fit$rate$does$sums(series, own[c("weight", "k", "order")]))
}

# `entry`: that of each pattern, 0 without the code.
code_entries <- function(fit, times, i) {
  one <- fit$codes[[i]]
  if (times$simple) {
    return(list(pool = one$pool, of = one$of,
                entry = seq_len(pool_length(one$pool))))
  }
  has <- times$codes[, i] > 0L
  entry <- as.integer(cumsum(has) * has)
  list(pool = pool_take(one$pool, times$codes[has, i]), entry = entry,
       of = c(0L, entry)[times$pattern + 1L])
}

# The weights of some patterns at all times of the code's own grids: 0 where
# the other codes lack a value.
spread_plan <- function(plan, i, use, pool) {
  times <- plan$times
  own <- times$codes[use, i]
  size <- pool_sizes(pool)[own]
  common <- pool_sizes(times)
  k <- plan$k[use]
  # A column of weights at a time: which pattern it is of, and where it begins.
  p <- rep(seq_along(use), k)
  column <- sequence(k) - 1L
  to <- (cumsum(as.double(size) * k) - size * k)[p] + column * size[p]
  from <- (cumsum(as.double(common) * plan$k) - common * plan$k)[use[p]] +
    column * common[use[p]]
  inside <- times$at[[i]][pool_places(times, use[p])] -
    rep(pool$offset[own[p]], common[use[p]])
  out <- numeric(sum(as.double(size) * k))
  out[rep(to, common[use[p]]) + inside] <-
    plan$weight[sequence(common[use[p]], from = from + 1)]
  out
}

# Regions without any code; where all codes share their grids it is known.
regions_gone <- function(times) times$gone %||% zeros_of(times$pattern)

# Places of the sums of some regions, `size` of each region.
sum_places <- function(size) {
  if (all(size == 1L)) {
    return(identity)
  }
  before <- cumsum(size) - size
  \(region) sequence(size[region], from = before[region] + 1L)
}

# Places of the sums of each plan among those of some regions, which have the
# sums of every plan one behind the other. NULL: there is one plan.
sum_places_within <- function(plans, region) {
  if (length(plans) == 1L) {
    return(NULL)
  }
  k <- lapply(plans, \(p) p$k[p$times$pattern[region]])
  every <- Reduce(`+`, k)
  first <- Reduce(`+`, k, cumsum(every) - every + 1L, accumulate = TRUE)
  Map(\(k, from) sequence(k, from = from), k, first[seq_along(k)])
}

# The law of a plan's sums over all codes, NA where a region has none of them.
# `rho`: see estimate_codes().
sums_law <- function(fit, plan, sums, rho) {
  parts <- code_parts_of_sum(fit, sums)
  region <- sum_regions(plan, sums$size)
  gone <- if (length(regions_gone(plan$times)) > 0L) {
    zeros_of(plan$times$pattern[region])
  }
  known <- \(x) nan_to_na(if (length(gone)) replace(x, gone, NA_real_) else x)
  law <- list(estimate = known(Reduce(`+`, parts)), df = NA_real_)
  if (is.null(sums$se)) {
    return(law)
  }
  df <- sums$df
  if (length(sums$size) == nrow(df)) df <- df[region, , drop = FALSE]
  se <- sums$se
  if (anyNA(df)) se[is.na(df)] <- NA_real_
  both <- combine_codes(se, df, code_field(fit, "weight"),
                        rho_of_rows(rho, region, sums$shared))
  c(law["estimate"], list(std.error = known(both$se), df = both$df))
}

# What each code adds to the sums.
code_parts_of_sum <- function(fit, sums) {
  weight <- code_field(fit, "weight")
  lapply(seq_along(weight), \(i) {
    if (weight[i] == 1) sums$estimate[[i]] else weight[i] * sums$estimate[[i]]
  })
}
