# What is read off a fit: fields of its codes, whether there are errors, the
# rates of one order.

# A field of every code of a fit.
code_field <- function(fit, name) {
  vapply(fit$codes, `[[`, if (name == "weight") 1 else "", name)
}

# Whether some estimate has an error.
fit_has_errors <- function(fit) {
  any(vapply(fit$codes, \(one) has_errors(fit$rate, one$sd), NA))
}

# The rates of one order as matrices row x code, and where a region has no such
# code.
rates_of_order <- function(fit, rates, order) {
  panel <- fit$def$panel
  n <- n_rows(panel)
  region <- row_region(panel)
  absent <- matrix(FALSE, n, length(fit$codes))
  for (i in seq_along(fit$codes)) {
    of <- fit$codes[[i]]$of
    if (length(zeros_of(of)) > 0L) absent[, i] <- of[region] == 0L
  }
  list(estimate = rates$estimate[[order]], std.error = rates$std.error[[order]],
       df = rates$df, prob = rates$prob[[order]], absent = absent,
       region = region)
}
