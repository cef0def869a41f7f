# The plan of formula (2): which sums of second-order rates it takes (see
# code-sums.R), worked out once for whatever is made of it.

# The times and terms that every plan of formula (2) rests on, worked out once.
plan_frame <- function(fit) {
  times <- common_times(fit)
  list(times = times, terms = common_terms(fit, times, 2L), order = 2L)
}

# One sum a region: tau_i u_i over the terms, or over those that do not rest on
# the first or last step.
formula_plan <- function(fit, influence, measure, ends = "all",
                         frame = plan_frame(fit)) {
  if (ends == "interior") {
    frame$terms <- frame$terms & interior_places(fit, frame$times)
  }
  c(frame, list(
    weight = term_weights(fit, frame$times, frame$terms, influence, measure),
    k = rep(1L, pool_length(frame$times)), empty = 1L
  ))
}

# Steps stand at their ends, so the first of them at the second time; rates at
# a point stand at the first and at the last. Of fewer than five times too
# little is left.
interior_places <- function(fit, times) {
  size <- rep(pool_sizes(times), pool_sizes(times))
  place <- sequence(pool_sizes(times))
  place > 1L + fit$rate$facts$steps & place < size & size >= 5L
}

# What Code NID's error hangs on: with w its weights on the rates of codes (on V
# where A is over steps) and S the covariance of these, the share of the first
# time in it is w_0 (S w)_0 / w'S w = (Var all + Var first - Var rest) / (2 Var
# all), the errors of a sum, of its part at that time and of the rest. So each
# end is two plans more, where there is an error.
plans_with_ends <- function(fit, plan) {
  plan <- over_steps(fit, plan)
  if (!fit_has_errors(fit)) {
    return(list(plan))
  }
  place <- sequence(pool_sizes(plan$times))
  size <- rep(pool_sizes(plan$times), pool_sizes(plan$times))
  parts <- list(place == 1L, place > 1L, place == size, place < size)
  c(list(plan), lapply(parts, \(part) {
    plan$weight <- replace(plan$weight, !part, 0)
    plan$alone <- TRUE
    plan
  }))
}

law_with_ends <- function(fit, plans, est) {
  law <- sums_law(fit, plans[[1L]], est$sums[[1L]], est$rho)
  weight <- code_field(fit, "weight")
  all <- est$sums[[1L]]$se
  if (is.null(all)) {
    return(c(law, est["cor"]))
  }
  unit <- row_scales(all)
  var <- function(j) row_products((est$sums[[j]]$se / unit)^2, weight^2)
  share <- function(j) {
    out <- (var(1L) + var(j) - var(j + 1L)) / (2 * var(1L))
    nan_to_na(replace(out, is.na(law$std.error), NA_real_))
  }
  law$ends <- list(start.share = share(2L), end.share = share(4L))
  c(law, est["cor"])
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
formula_told <- function(influence, measure, cor, level, ends = "all") {
  list(influence = influence$words, measure = measure, cor = cor,
       level = level, ends = ends,
       asked = list(influence = influence, measure = measure, cor = cor$asked,
                    ends = ends))
}
