# One pass over each code: whatever is wanted of its series comes from one fit
# of each. Regions are worked on in blocks, so that values stay small.

# Regions worked on at once: their values stay in the processor's cache.
block_regions <- 16384L

# A fit works on each grid of a block anew: where grids are many, blocks are
# long enough for some twenty series each. Without a fit only values are kept.
block_size <- function(rate, pool) {
  if (rate$facts$errors == "known") {
    return(2L * block_regions)
  }
  max(block_regions, 5L * pool_length(pool))
}

# `rates`: V and A at every value; `plans`: sums of rates (formula-plan.R);
# `cor`: what check_cor() gives; `times`, where the codes meet (common_times()).
# Value: rates and sums (one for each plan) as their collectors have them; rho,
# the correlation of the noise of codes (rho_of_rows()), with which rates and
# sums have the part that is `shared`; cor, what is said of it.
estimate_codes <- function(fit, rates = FALSE, plans = list(),
                           cor = "independent", times = plans[[1L]]$times) {
  collect <- c(if (rates) list(rates = collect_rates(fit)),
               if (length(plans)) list(sums = collect_sums(fit, plans)),
               if (identical(cor, "residual") && length(fit$codes) > 1L) {
                 list(noise = collect_noise(fit))
               })
  bar <- start_bar(if (length(plans)) "Accumulating rates" else
    "Estimating rates", length(fit$codes) * n_regions(fit$def$panel))
  plan <- if (length(plans)) bind_plans(plans)
  for (i in seq_along(fit$codes)) pass_code(fit, i, plan, collect, bar)
  out <- lapply(collect, \(one) one$value())
  if (!is.null(out$noise)) {
    return(join_noise(fit, times, plans, out))
  }
  out$cor <- list(text = cor_text(cor), asked = cor)
  if (is.matrix(cor)) out$rho <- matrix_pairs(cor)
  out
}

# An estimate with what its codes have in common.
join_noise <- function(fit, times, plans, out) {
  rows <- if (!is.null(out$rates)) common_rows(fit, out$rates$observed)
  joint <- which(lengths(lapply(plans, `[[`, "alone")) == 0L)
  asked <- c(if (!is.null(rows)) {
    size <- c(0L, pool_sizes(times))[times$pattern + 1L]
    list(list(std.error = out$rates$std.error[[1L]][rows, , drop = FALSE],
              size = size))
  }, lapply(joint, \(j) {
    list(plan = plans[[j]], std.error = out$sums[[j]]$se,
         size = rep_len(out$sums[[j]]$size, length(times$pattern)))
  }))
  noise <- shared_noise(fit, times, out$noise, asked)
  if (!is.null(rows)) {
    out$rates$shared <- matrix(0, n_rows(fit$def$panel), ncol(noise$free))
    out$rates$shared[rows, ] <- noise$shared[[1L]]
    noise$shared <- noise$shared[-1L]
  }
  for (j in seq_along(joint)) {
    out$sums[[joint[j]]]$shared <- noise$shared[[j]]
  }
  out$cor <- c(noise_of_fit(fit, times, noise), list(asked = "residual"))
  out$rho <- out$cor$rho
  out$noise <- noise[c("product", "free")]
  out
}

# Rows of the panel with every code of their region.
common_rows <- function(fit, observed) {
  region <- row_region(fit$def$panel)
  some <- logical(length(region))
  complete <- !some
  for (i in seq_along(fit$codes)) {
    some <- some | observed[, i]
    complete <- complete & (observed[, i] | fit$codes[[i]]$of[region] == 0L)
  }
  which(some & complete)
}

# Code i, block after block. A collector says which `orders` it wants of the
# core and what the core is to `keep`, and has a place to `put` what comes.
pass_code <- function(fit, i, plan, collect, bar) {
  n <- n_regions(fit$def$panel)
  sums <- if (!is.null(plan)) plan_sums(fit, plan, i)
  orders <- unlist(lapply(collect, `[[`, "orders"))
  keep <- as.character(unlist(lapply(collect, `[[`, "keep")))
  block <- block_size(fit$rate, (sums %||% fit$codes[[i]])$pool)
  buffer <- numeric()
  made <- code_made(fit, i)
  for (from in seq.int(0L, max(n - 1L, 0L), by = block)) {
    to <- min(n, from + block)
    if (to == 0L) break
    s <- code_series(fit, i, c(from, to), buffer, made)
    if (length(s$of) > 0L) {
      buffer <- s$buffer
      r <- estimate_series(s, orders, sums, keep)
      for (one in collect) one$put(i, s, r)
    }
    tick_bar(bar, to - from)
  }
}

# A collector holds its vectors in its own frame, where they are written into
# without a copy.

# V and A over the panel's rows, their errors and how likely they are above
# zero: a list of two matrices row x code each, their df one such matrix.
# std.error NULL: no error anywhere.
collect_rates <- function(fit) {
  n <- n_rows(fit$def$panel)
  k <- length(fit$codes)
  orders <- orders_of(fit$rate, 1:2)
  unknown <- \(order) matrix(NA_real_, n, k)
  estimate <- lapply(1:2, unknown)
  std.error <- if (fit_has_errors(fit)) lapply(1:2, unknown)
  df <- unknown()
  seen <- rep(list(list()), k)
  put <- function(i, s, r) {
    before <- (i - 1) * n + if (is.null(s$row)) s$before else 0
    put_column <- \(into, x, at = 1L) put_values_cpp(into, s$row, before, x, at)
    for (order in orders) {
      at <- match(order, r$orders)
      put_column(estimate[[order]], r$estimate, at)
      if (!is.null(r$std.error)) {
        put_column(std.error[[order]], r$std.error, at)
      }
    }
    if (!is.null(r$std.error)) put_column(df, value_df(r, s))
    seen[[i]] <<- c(seen[[i]], list(series_rows(s)))
  }
  list(orders = orders, put = put, value = \() {
    list(estimate = estimate, std.error = std.error, df = df,
         prob = if (!is.null(std.error)) {
           Map(\(x, se) probability_positive(x, se, df), estimate, std.error)
         }, observed = rows_seen(seen, n))
  })
}

# Whether each row has a value of each code; `seen`: the rows of each block.
rows_seen <- function(seen, n) {
  count <- vapply(seen, \(rows) sum(lengths(rows)), 1)
  out <- matrix(TRUE, n, length(seen))
  for (i in which(count < n)) out[, i] <- replace(logical(n), unlist(seen[[i]]),
                                                  TRUE)
  out
}

# Sums of plans, a list for each: `size`, how many a region has; `estimate`, a
# vector a code; `se`, sum x code, NULL where there are no errors; `df`,
# region x code.
collect_sums <- function(fit, plans) {
  codes <- length(fit$codes)
  size <- lapply(plans, plan_sizes)
  total <- vapply(plans, plan_total, 1)
  # A list of columns, so that a single one is the result without a copy.
  estimate <- lapply(rep(total, each = codes), numeric)
  errors <- fit_has_errors(fit)
  se <- if (errors) lapply(total, matrix, data = 0, ncol = codes)
  df <- if (errors) matrix(Inf, n_regions(fit$def$panel), codes)
  to <- lapply(size, sum_places)
  put <- function(i, s, r) {
    from <- sum_places_within(plans, s$region)
    for (j in seq_along(plans)) {
      at <- to[[j]](s$region)
      own <- \(x) if (is.null(from)) x else x[from[[j]]]
      put_ascending(estimate[[(j - 1L) * codes + i]], at, 0,
                    own(r$sum.estimate))
      if (errors) {
        put_ascending(se[[j]], at, (i - 1) * total[j],
                      own(r$sum.std.error) %||% rep(NA_real_, length(at)))
      }
    }
    if (errors) put_ascending(df, s$region, (i - 1) * nrow(df), r$df)
  }
  list(put = put, value = \() {
    lapply(seq_along(plans), \(j) {
      list(size = size[[j]], estimate = estimate[(j - 1L) * codes +
                                                   seq_len(codes)],
           se = se[[j]], df = df)
    })
  })
}

# To ascending places, which mostly follow one another.
put_ascending <- function(into, at, before, x) {
  n <- length(at)
  if (n > 0L && at[n] - at[1L] == n - 1L) {
    before <- before + at[1L] - 1
    at <- NULL
  }
  put_values_cpp(into, at, before, x, 1L)
}

# What is known of the noise of each code, series after series.
collect_noise <- function(fit) {
  does <- fit$rate$does$noise
  kept <- rep(list(list()), length(fit$codes))
  put <- function(i, s, r) {
    kept[[i]] <<- c(kept[[i]], list(does$of(s, r)))
  }
  # What is of one block is as it came, without a copy.
  join <- function(parts, name) {
    x <- lapply(parts, `[[`, name)
    as.double(if (length(x) == 1L) x[[1L]] else unlist(x, use.names = FALSE))
  }
  list(orders = does$orders, keep = does$keep, put = put, value = \() {
    lapply(kept, \(parts) lapply(stats::setNames(nm = does$names),
                                 \(name) join(parts, name)))
  })
}
