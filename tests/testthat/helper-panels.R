# Seeded generators of ragged panels. Each returns the data, the scheme's
# columns as a plain list, and `made`: what the draw really contains, so that a
# test can assert it before it relies on it. The caller's random stream is left
# alone.

with_stream <- function(seed, code) {
  old <- if (exists(".Random.seed", globalenv(), inherits = FALSE)) {
    get(".Random.seed", globalenv(), inherits = FALSE)
  }
  on.exit(
    if (is.null(old)) {
      rm(".Random.seed", envir = globalenv())
    } else {
      assign(".Random.seed", old, envir = globalenv())
    }
  )
  set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion",
           sample.kind = "Rejection")
  force(code)
}

# Times whose steps differ by up to a factor of six. Multiples of 2^-20, so that
# differences of times are exact in binary.
uneven_times <- function(n, start = 2000) {
  start + cumsum(c(0, round(2^20 * stats::runif(n - 1L, 0.4, 2.4)) / 2^20))
}

# A panel of `n_regions` regions on a calendar of `n_times` times.
# `codes`: how many indicators each code has.
# `steps` "uneven" or "equal" (of length `step`); `gaps`: regions lack some of
# the calendar's times and start or end late; `holes`: single cells are NA and
# one indicator is never observed in one region; `breaks`: some cells have the
# status "break". The first and last rows of a region are always complete.
random_panel <- function(seed, n_regions = 4L, n_times = 14L,
                         codes = c(production = 2L, institutional = 1L,
                                   social = 3L),
                         steps = "uneven", step = 1, gaps = TRUE, holes = TRUE,
                         breaks = TRUE, directions = TRUE, weights = TRUE) {
  with_stream(seed, {
    calendar <- if (steps == "uneven") {
      uneven_times(n_times)
    } else {
      2000 + step * (seq_len(n_times) - 1)
    }
    k <- sum(codes)
    scheme <- list(
      indicator = paste0("x", seq_len(k)),
      code = rep(names(codes), codes),
      direction = if (directions) sample(c(1, -1), k, TRUE) else rep(1, k),
      weight = if (weights) round(stats::runif(k, 0.5, 3), 2) else rep(1, k),
      transform = rep("none", k),
      sd = rep(NA_real_, k),
      low = rep(NA_real_, k),
      high = rep(NA_real_, k)
    )
    level <- stats::runif(k, 5, 60)
    blocks <- lapply(seq_len(n_regions), function(r) {
      random_region(r, calendar, scheme, level, gaps, holes, breaks)
    })
    data <- do.call(rbind, blocks)
    data <- data[sample(nrow(data)), ]
    rownames(data) <- NULL
    list(data = data, scheme = scheme, calendar = calendar,
         made = what_was_made(data, scheme, calendar))
  })
}

random_region <- function(r, calendar, scheme, level, gaps, holes, breaks) {
  n <- length(calendar)
  rows <- seq_len(n)
  if (gaps) {
    first <- 1L + (r %% 3L == 1L)
    last <- n - (r %% 2L == 0L)
    inside <- (first + 1L):(last - 1L)
    rows <- setdiff(first:last, sample(inside, 1L + (r %% 2L)))
  }
  time <- calendar[rows]
  m <- length(rows)
  k <- length(scheme$indicator)
  s <- (time - calendar[1L]) / (calendar[n] - calendar[1L])
  out <- data.frame(region = rep(paste0("R", r), m), year = time)
  for (j in seq_len(k)) {
    x <- level[j] * (1 + 0.1 * r + stats::rnorm(1L, 0.4, 0.3) * s +
                       stats::rnorm(1L, 0, 0.3) * s^2 +
                       stats::rnorm(m, 0, 0.04))
    status <- rep("ok", m)
    if (breaks && stats::runif(1L) < 0.25) {
      status[sample(3:(m - 1L), 1L)] <- "break"
    }
    if (holes && stats::runif(1L) < 0.35) {
      hole <- sample(2:(m - 1L), 1L)
      x[hole] <- NA
    }
    # The last code's last indicator is never observed in the second region.
    alone <- sum(scheme$code == scheme$code[j]) == 1L
    if (holes && r == 2L && j == k && !alone) {
      x[] <- NA
      status[] <- "ok"
    }
    out[[scheme$indicator[j]]] <- x
    out[[paste0(scheme$indicator[j], "_status")]] <- status
  }
  out
}

what_was_made <- function(data, scheme, calendar) {
  regions <- unique(data$region)
  uneven <- gap <- logical(length(regions))
  for (i in seq_along(regions)) {
    time <- sort(data$year[data$region == regions[i]])
    d <- diff(time)
    uneven[i] <- max(d) > 1.2 * min(d)
    inside <- calendar[calendar > min(time) & calendar < max(time)]
    gap[i] <- any(!inside %in% time)
  }
  x <- as.matrix(data[scheme$indicator])
  st <- as.matrix(data[paste0(scheme$indicator, "_status")])
  never <- vapply(scheme$indicator, function(j) {
    any(tapply(is.na(data[[j]]), data$region, all))
  }, logical(1))
  list(
    uneven = all(uneven), gaps = all(gap),
    holes = sum(is.na(x)), never_observed = any(never),
    breaks = sum(st == "break"),
    break_in_hole = any(st == "break" & is.na(x)),
    unsorted = is.unsorted(order(data$region, data$year)),
    starts = length(unique(tapply(data$year, data$region, min))),
    ends = length(unique(tapply(data$year, data$region, max)))
  )
}

# One region, one code, one indicator: the series that identities speak about.
random_series <- function(seed, n = 10L, steps = "uneven", step = 1,
                          breaks = 0L) {
  with_stream(seed, {
    time <- if (steps == "uneven") {
      uneven_times(n)
    } else {
      2000 + step * (seq_len(n) - 1)
    }
    brk <- logical(n)
    if (breaks > 0L) {
      brk[sort(sample(4:(n - 3L), breaks))] <- TRUE
    }
    list(time = time, x = 20 + cumsum(stats::rnorm(n, 0.5)), brk = brk,
         made = list(uneven = n > 2L && max(diff(time)) > 1.2 * min(diff(time)),
                     breaks = sum(brk)))
  })
}

# The package's objects of a draw. `scheme` columns can be replaced.
scheme_of <- function(p, ...) {
  args <- utils::modifyList(p$scheme, list(...))
  do.call(code_scheme, args)
}

panel_of <- function(p, ...) {
  code_panel(p$data, scheme_of(p, ...), index = c("region", "year"),
             status = "_status")
}

# Wide data of one series with its status column, and its panel.
series_panel <- function(s, region = NULL, x = s$x, time = s$time) {
  data <- data.frame(year = time, x = x,
                     x_status = ifelse(s$brk, "break", "ok"))
  if (!is.null(region)) {
    data <- cbind(region = rep(region, length(x)), data)
  }
  one_code <- code_scheme("x", "production", codes = nid_codes()[1L, ])
  code_panel(data, one_code,
             index = c(if (!is.null(region)) "region", "year"),
             status = "_status")
}

# A few panels that together hold everything the tests rely on.
panel_seeds <- 101:108
