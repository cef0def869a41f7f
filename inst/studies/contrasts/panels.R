# A panel of the study: its truth, its model, its contrasts and what they are
# worth beside independent errors. Needs truths.R.

regions <- 20L
scheme <- code_scheme("x", "production")
fit <- function(y, time) {
  data <- data.frame(region = rep(sprintf("r%02d", seq_len(ncol(y))),
                                  each = nrow(y)),
                     year = rep(time, ncol(y)), x = as.vector(y))
  suppressWarnings(suppressMessages(code_model(
    data, scheme, normalise = "none", influence = influence_half_life(3))))
}

# Code NID of true curves: of changes of V over steps where rates are, else of
# second derivatives at the times.
true_nid <- function(f, time) {
  n <- length(time)
  tau <- 2^(-(time[n] - time) / 3)
  span <- time[n] - time[1]
  if ("second" %in% names(formals(rate_spline))) {
    colSums(tau[-1] * diff(f$first / span) / diff(time))
  } else {
    colSums(tau * f$second / span^2)
  }
}

judge <- function(estimate, se, df, truth) {
  half <- stats::qt(0.975, df) * se
  miss <- abs(estimate - truth)
  cbind(hit = miss <= half, width = 2 * half,
        score = 2 * half + 40 * pmax(miss - half, 0))
}

independent <- function(basic, a, weight, truth) {
  se2 <- basic$std.error^2
  var <- cbind(se2[a], t(weight^2) %*% se2)
  df <- rowSums(var)^2 / (se2[a]^2 / basic$df[a] +
                            t(weight^4) %*% (se2^2 / basic$df))
  judge(basic$estimate[a] - drop(t(weight) %*% basic$estimate),
        sqrt(rowSums(var)), drop(df), truth)
}

one_panel <- function(kind, n, shared) {
  time <- 2000 + seq_len(n)
  s <- matrix(seq(0, 1, length.out = n), n, regions)
  load <- switch(shared, all = rep(1, regions), none = rep(0, regions),
                 unequal = stats::runif(regions, 0.8, 1.2))
  f <- panel_truth(kind, s, load, if (shared == "none") 1 else 0.1)
  range <- apply(f$level, 2, \(v) diff(range(v)))
  y <- f$level + 0.02 * rep(range, each = n) * stats::rnorm(length(s))
  m <- fit(y, time)
  true <- true_nid(f, time)
  every <- seq_len(regions)
  odd <- every[every %% 2 == 1]
  name <- m$basic$region
  others <- (1 - diag(regions)) / (regions - 1)
  pair <- diag(regions)[, odd + 1]
  ours <- list(
    mean = region_contrasts(m, "mean"),
    region = region_contrasts(m, pairs = data.frame(a = name[odd],
                                                    b = name[odd + 1]))
  )
  truth <- list(mean = true - drop(others %*% true),
                region = true[odd] - true[odd + 1])
  rival <- list(mean = independent(m$basic, every, others, truth$mean),
                region = independent(m$basic, odd, pair, truth$region))
  lapply(c(mean = "mean", region = "region"), \(to) {
    k <- ours[[to]]
    list(ours = judge(k$estimate, k$std.error, k$df, truth[[to]]),
         rival = rival[[to]])
  })
}

# Rows of a cell: `panels` panels, judged against both benchmarks.
judged <- function(kind, n, shared, panels) {
  all <- lapply(seq_len(panels), \(i) one_panel(kind, n, shared))
  rows <- lapply(c("mean", "region"), \(to) {
    ours <- do.call(rbind, lapply(all, \(p) p[[to]]$ours))
    rival <- do.call(rbind, lapply(all, \(p) p[[to]]$rival))
    data.frame(kind = kind, n = n, shared = shared, against = to,
               contrasts = nrow(ours), cover = mean(ours[, "hit"]),
               width = mean(ours[, "width"]) / mean(rival[, "width"]),
               score = mean(ours[, "score"]) / mean(rival[, "score"]),
               cover.independent = mean(rival[, "hit"]))
  })
  do.call(rbind, rows)
}
