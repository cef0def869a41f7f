# One pass over each code: whatever is wanted of its series comes from one fit
# of each. Regions are worked on in blocks, so that values stay small.

# Regions worked on at once: their values stay in the processor's cache.
block_regions <- 8192L

# A fit works on each grid of a block anew: where grids are many, blocks are
# long enough for some twenty series each.
block_size <- function(rate, pool) {
  if (rate$facts$errors == "known") {
    return(block_regions)
  }
  max(block_regions, 5L * pool_length(pool))
}

# `rates`: V and A at every value; `plans`: sums of rates (formula-plan.R);
# `cor`: what check_cor() gives.
# Value: rates and sums (one for each plan) as their collectors have them; rho,
# the correlation of the codes, as combine_codes() takes it.
estimate_codes <- function(fit, rates = FALSE, plans = list(),
                           cor = "independent") {
  collect <- c(if (rates) list(rates = collect_rates(fit)),
               if (length(plans)) list(sums = collect_sums(fit, plans)),
               if (identical(cor, "residual") && length(fit$codes) > 1L) {
                 list(scores = collect_scores(fit))
               })
  bar <- start_bar(if (length(plans)) "Accumulating rates" else
    "Estimating rates", length(fit$codes) * n_regions(fit$def$panel))
  plan <- if (length(plans)) bind_plans(plans)
  for (i in seq_along(fit$codes)) pass_code(fit, i, plan, collect, bar)
  out <- lapply(collect, \(one) one$value())
  out$rho <- if (is.null(out$scores)) cor else {
    score_correlation(fit, out$scores)
  }
  out
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
  for (from in seq.int(0L, max(n - 1L, 0L), by = block)) {
    to <- min(n, from + block)
    if (to == 0L) break
    s <- code_series(fit, i, c(from, to), buffer)
    if (length(s$of) > 0L) {
      buffer <- s$buffer
      r <- estimate_series(s, orders, sums, keep)
      for (one in collect) one$put(i, s, r)
    }
    tick_bar(bar, to - from)
  }
}

# A collector holds its vectors in its own frame, where R writes into them
# without a copy.

# V and A over the panel's rows: arrays order x code x row, in the order of the
# table. std.error NULL: no error anywhere.
collect_rates <- function(fit) {
  n <- n_rows(fit$def$panel)
  k <- length(fit$codes)
  orders <- orders_of(fit$rate, 1:2)
  estimate <- array(NA_real_, c(2L, k, n))
  std.error <- if (fit_has_errors(fit)) estimate
  df <- matrix(NA_real_, k, n)
  observed <- matrix(FALSE, k, n)
  put <- function(i, s, r) {
    rows <- series_rows(s)
    mine <- match(orders, r$orders)
    estimate[orders, i, rows] <<- t(r$estimate[, mine])
    observed[i, rows] <<- TRUE
    if (!is.null(r$std.error)) {
      std.error[orders, i, rows] <<- t(r$std.error[, mine])
      df[i, rows] <<- value_df(r, s)
    }
  }
  list(orders = orders, put = put, value = \() {
    list(estimate = estimate, std.error = std.error, df = df,
         observed = observed)
  })
}

# Sums of plans, a list for each: `size`, how many a region has; `estimate`, a
# vector a code; `se`, sum x code, NULL where there are no errors; `df`,
# region x code.
collect_sums <- function(fit, plans) {
  codes <- length(fit$codes)
  size <- lapply(plans, plan_sizes)
  total <- vapply(size, sum, 1)
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
      estimate[[(j - 1L) * codes + i]][at] <<- r$sum.estimate[from[[j]]]
      if (errors) se[[j]][at, i] <<- r$sum.std.error[from[[j]]] %||% NA_real_
    }
    if (errors) df[s$region, i] <<- r$df
  }
  list(put = put, value = \() {
    lapply(seq_along(plans), \(j) {
      list(size = size[[j]], estimate = estimate[(j - 1L) * codes +
                                                   seq_len(codes)],
           se = se[[j]], df = df)
    })
  })
}

# What the correlation of the codes is read off, per code.
collect_scores <- function(fit) {
  need <- fit$rate$does$scores_need
  scores <- rep(list(list()), length(fit$codes))
  put <- function(i, s, r) {
    scores[[i]] <<- c(scores[[i]], list(fit$rate$does$scores(s, r)))
  }
  list(orders = need$orders, keep = need$keep, put = put, value = \() {
    lapply(scores, join_scores)
  })
}

join_scores <- function(parts) {
  gather <- function(name) as.double(unlist(lapply(parts, `[[`, name)))
  list(u = gather("u"), region = gather("region"), key = gather("key"))
}
