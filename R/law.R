# The law of estimates: each is taken as the truth plus std.error times
# Student's t of df degrees of freedom (normal where df is infinite). A law is
# made once and read at any level. list(estimate, std.error, df), columns or
# numbers; std.error NULL: no error at all.

# The columns that every result shows of it.
at_level <- function(law, level) {
  se <- law$std.error
  n <- length(law$estimate)
  if (is.null(se) || all(is.na(se))) {
    none <- rep(NA_real_, n)  # one vector, shared by the columns
    return(list(std.error = none, conf.low = none, conf.high = none,
                prob.positive = none, df = none))
  }
  df <- rep_len(law$df, n)
  df[is.na(df) | df <= 0] <- NA_real_
  half <- t_quantile((1 + level) / 2, df) * se
  limits <- list(low = law$estimate - half, high = law$estimate + half)
  # An error below the rounding of its estimate still is one: the interval
  # reaches to the next numbers.
  flat <- which(limits$low == limits$high & se > 0)
  if (length(flat) > 0L) {
    rounding <- abs(law$estimate[flat]) * .Machine$double.eps
    limits$low[flat] <- law$estimate[flat] - rounding
    limits$high[flat] <- law$estimate[flat] + rounding
  }
  list(std.error = se, conf.low = limits$low, conf.high = limits$high,
       prob.positive = probability_positive(law$estimate, se, df), df = df)
}

# A zero that is known exactly is as likely above as below.
probability_positive <- function(estimate, se, df) {
  out <- t_probability_cpp(estimate, se, df)
  dim(out) <- dim(estimate)
  out
}

# Quantiles are slow and most series share their df.
t_quantile <- function(p, df) {
  if (length(p) > 1L) {
    return(stats::qt(p, df))
  }
  one <- unique(df)
  stats::qt(p, one)[match(df, one)]
}

# The law of a table that shows one.
table_law <- function(x) {
  list(estimate = x[["estimate"]], std.error = x[["std.error"]],
       df = x[["df"]])
}

# The table at another level.
relevel <- function(x, level) {
  shown <- intersect(c("conf.low", "conf.high", "prob.positive"), names(x))
  x[shown] <- at_level(table_law(x), level)[shown]
  x
}
