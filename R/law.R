# The law of estimates: each is taken as the truth plus std.error times
# Student's t of df degrees of freedom (normal where df is infinite). A law is
# made once and read at any level. list(estimate, std.error, df), columns or
# numbers; std.error NULL: no error at all. `prob`, where it is known already:
# how likely each is above zero, at any level.

# The columns that every result shows of it; `prob` NULL: none is wanted.
at_level <- function(law, level,
                     prob = law$prob %||% law_positive(law)) {
  se <- law$std.error
  n <- length(law$estimate)
  if (without_errors(se)) {
    none <- rep(NA_real_, n)  # one vector, shared by the columns
    return(list(std.error = none, conf.low = none, conf.high = none,
                prob.positive = none, df = none))
  }
  df <- as.double(law$df)
  limits <- t_limits_cpp(law$estimate, se, df, level)
  list(std.error = se, conf.low = limits$low, conf.high = limits$high,
       prob.positive = prob,
       df = if (length(df) == n) df else rep_len(df, n))
}

# Whether no estimate has an error: where the first has one, no other is asked.
without_errors <- function(se) {
  is.null(se) || is.na(se[1L]) && all(is.na(se))
}

law_positive <- function(law) {
  probability_positive(law$estimate, law$std.error, as.double(law$df))
}

# A zero that is known exactly is as likely above as below.
probability_positive <- function(estimate, se, df) {
  out <- t_probability_cpp(estimate, se, df)
  dim(out) <- dim(estimate)
  out
}

# The law of a table that shows one.
table_law <- function(x) {
  list(estimate = x[["estimate"]], std.error = x[["std.error"]],
       df = x[["df"]])
}

# The table at another level.
relevel <- function(x, level) {
  shown <- intersect(c("conf.low", "conf.high", "prob.positive"), names(x))
  x[shown] <- lapply(at_level(table_law(x), level)[shown], nan_to_na)
  x
}
