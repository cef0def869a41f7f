# What a pair of one region is asked: the correlation of its changes, a line
# taken out of them; the same of logs where a series grows; of which year the
# answer hangs; seasons first taken away.

# What the fits of changes are made of. `d` has the columns of the form, `logs`
# the same with logs of those that grow or shrink, NULL when none does; `season`
# is the number of seasons where differences a year apart are taken, else 0.
changes_asked <- function(d, rows, y, form) {
  season <- season_of(d, rows, y)
  logs <- logs_of_growing(d, rows, y, form)
  if (season > 0L) {
    d <- less_year_before(d)
    logs <- if (!is.null(logs)) less_year_before(logs)
  }
  list(d = d, logs = logs, season = season, rows = rows, y = y, form = form,
       names = vapply(d$x_terms, \(term) term$variable, ""))
}

change_fit <- function(asked, d = asked$d, rows = asked$rows) {
  design <- fit_design(d, rows, asked$y, asked$form, "rates", "line")
  fit_one(design, "none", "iid", 0.95, "rates")
}

# r, its critical value, and whether it is beyond: NA where either is.
change_test <- function(fit, asked, name, tail = 0.05) {
  n <- points_that_count(fit, asked)
  r <- partial_r(fit, slope_position(fit, name, asked$names))
  critical <- if (n >= 6) verdict_quantile(tail, n) else NA_real_
  list(r = r, critical = critical, n = n, found = abs(r) > critical)
}

# A change of differences a year apart shares a shock with the one before, with
# that of a year before and its neighbours: squared autocorrelations add up to
# 2.25 for white noise, to 1.5 for plain changes, so two thirds of them count.
points_that_count <- function(fit, asked) {
  n <- length(fit$y) + 1
  if (asked$season > 0L) n <- floor(n / 1.5)
  n - (length(unique(asked$names)) - 1)
}

# Logs confirm what the changes have shown: the same sign, and beyond the 10 %
# value. At 5 % again a true dependence would have to pass two tests of which
# one is of the wrong scale.
log_test <- function(asked, name, r, rows = asked$rows) {
  test <- change_test(change_fit(asked, asked$logs, rows), asked, name, 0.1)
  test$found <- isTRUE(test$found && sign(test$r) == sign(r))
  test
}

is_found <- function(asked, name, rows) {
  test <- change_test(change_fit(asked, rows = rows), asked, name)
  if (is.null(asked$logs) || !isTRUE(test$found)) {
    return(test$found)
  }
  log_test(asked, name, test$r, rows)$found
}

# The time without which the pair would not be called dependent; of several
# the one that leaves the smallest r.
hangs_on <- function(asked, fit, name) {
  rows <- asked$rows
  try <- heaviest(asked, fit, name)
  undoes <- vapply(try, \(i) isFALSE(is_found(asked, name, rows[-i])), NA)
  try <- try[undoes]
  if (length(try) == 0L) {
    return(NA_real_)
  }
  left <- vapply(try, \(i) {
    abs(change_test(change_fit(asked, rows = rows[-i]), asked, name)$r)
  }, 1)
  asked$d$time[rows[try[which.min(left)]]]
}

# Which rows to leave out: all, or the 60 whose two changes carry most of r.
heaviest <- function(asked, fit, name) {
  product <- abs(fit$within$y * fit$within$x[, match(name, asked$names)])
  at <- match(fit$rows, asked$d$row[asked$rows])
  carries <- numeric(length(asked$rows))
  carries[at] <- product
  carries[at - 1L] <- carries[at - 1L] + product
  sort(utils::head(order(-carries), 60L))
}

# ---- Growth -----------------------------------------------------------------

# Positive throughout, and the last three values 1.25 times the first three, or
# the other way round.
moves_far <- function(v) {
  v <- v[!is.na(v)]
  n <- length(v)
  if (n < 3L || any(v <= 0)) {
    return(FALSE)
  }
  v <- v / power_scale(v)
  ends <- c(mean(v[1:3]), mean(v[n - 2:0]))
  max(ends) >= 1.25 * min(ends)
}

logs_of_growing <- function(d, rows, y, form) {
  own <- c(if (form %in% c("linear", "log")) "y",
           if (form %in% c("linear", "exponential")) "x")
  d$y <- d$y[y]
  any <- FALSE
  for (side in own) {
    up <- vapply(d[[side]], \(v) moves_far(v[rows]), NA)
    d[[side]][up] <- lapply(d[[side]][up], \(v) log(replace(v, -rows, NA)))
    any <- any || any(up)
  }
  if (any) d
}

# ---- Seasons ----------------------------------------------------------------

# 4 or 12 where the times are quarters or months and the changes of a series
# have a season at 5 %, else 0.
season_of <- function(d, rows, y) {
  time <- d$time[rows]
  step <- min(diff(time), Inf)
  s <- c(4L, 12L)[abs(c(4, 12) * step - 1) < 1e-6]
  if (length(s) == 0L) {
    return(0L)
  }
  columns <- c(d$y[y], d$x)
  season <- any(vapply(columns, \(v) season_p(v[rows], time, s) < 0.05, NA))
  if (isTRUE(season)) s else 0L
}

# F test of the seasons in changes, beside a line; NA without a year to spare.
season_p <- function(v, time, s) {
  v <- diff(v) / diff(time)
  middle <- time[-1L] - diff(time) / 2
  known <- is.finite(v)
  season <- factor(round(time[-1L] * s) %% s)[known]
  if (sum(known) < 2L * s + 1L || nlevels(droplevels(season)) < 2L) {
    return(NA_real_)
  }
  v <- v[known] / power_scale(v[known])
  line <- cbind(1, middle[known] - middle[known][1L])
  full <- qr(cbind(line, stats::model.matrix(~season)[, -1L]))
  rest <- sum(qr.resid(full, v)^2)
  df <- c(full$rank - 2L, length(v) - full$rank)
  f <- (sum(qr.resid(qr(line), v)^2) - rest) / df[1L] / (rest / df[2L])
  stats::pf(f, df[1L], df[2L], lower.tail = FALSE)
}

less_year_before <- function(d) {
  from <- rows_before(d, 1)
  for (side in c("y", "x")) {
    d[[side]] <- lapply(d[[side]], \(v) v - v[from])
  }
  d
}
