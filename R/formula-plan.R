# The plan of formula (2): which sums of second-order rates it takes (see
# code-sums.R), worked out once for whatever is made of it.

# The times and terms that every plan of formula (2) rests on, worked out once.
plan_frame <- function(fit) {
  times <- common_times(fit)
  list(times = times, terms = common_terms(fit, times, 2L), order = 2L)
}

# One sum a region: tau_i u_i over the terms.
formula_plan <- function(fit, influence, measure, frame = plan_frame(fit)) {
  c(frame, list(
    weight = term_weights(fit, frame$times, frame$terms, influence, measure),
    k = rep(1L, pool_length(frame$times)), empty = 1L
  ))
}

# The law of one plan's sums.
law_of_plan <- function(fit, plan, cor) {
  est <- estimate_codes(fit, plans = list(plan), cor = cor)
  c(sums_law(fit, plan, est$sums[[1L]], est$rho), est["cor"])
}

# What a fit tells of the noise of its codes, to be kept; NULL where nothing.
fit_noise <- function(fit) {
  if (length(fit$codes) > 1L && fit$rate$facts$errors != "known") {
    estimate_codes(fit, cor = "residual", times = common_times(fit))$cor
  }
}

# What the tables of formulas say of their making, and what was asked for;
# `cor`: what estimate_codes() says of it.
formula_told <- function(influence, measure, cor, level) {
  list(influence = influence$words, measure = measure, cor = cor,
       level = level, asked = list(influence = influence, measure = measure,
                                   cor = cor$asked))
}
