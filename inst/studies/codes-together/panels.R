# One panel of the study: three codes with curves of their own, noise that goes
# together, and how often the intervals hold the truth.

three_codes <- c("production", "institutional", "social")
study_influence <- influence_half_life(3)

judge_panel <- function(draw, n, rho, noise, regions = 300L) {
  s <- seq(0, 1, length.out = n)
  root <- chol(matrix(rho, 3, 3) + diag(1 - rho, 3))
  e <- matrix(stats::rnorm(3 * n * regions), ncol = 3) %*% root
  curve <- lapply(1:3, function(k) draw(s, regions))
  value <- vapply(1:3, function(k) {
    sd <- apply(curve[[k]]$level, 2, stats::sd)
    as.vector(curve[[k]]$level) + noise * rep(sd, each = n) * e[, k]
  }, numeric(n * regions))
  data <- data.frame(region = rep(sprintf("R%03d", seq_len(regions)), each = n),
                     year = rep(2000 + seq_len(n), regions), value)
  names(data)[3:5] <- three_codes
  # V a year, of all codes together; A the change of V over a step.
  v <- Reduce(`+`, lapply(curve, `[[`, "first")) / (n - 1)
  nid <- colSums(diff(v) * 0.5^((n - 2:n) / 3))
  codes <- defining_codes(code_panel(data, code_scheme(three_codes,
                                                       three_codes)), "none")
  holds <- function(x, truth) {
    mean(x$conf.low <= truth & truth <= x$conf.high)
  }
  rate <- rate_spline(m = 3)
  together <- function(cor) {
    id <- industrial_code(codes, rate, cor)
    c(holds(id, as.vector(v)),
      holds(basic_code(codes, study_influence, rate = rate, cor = cor), nid))
  }
  fit <- attr(dynamic_codes(codes, rate), "fit")
  told <- nidcode:::fit_noise(fit)$panel
  stats::setNames(c(together("residual"), together("independent"), mean(told)),
                  c("ID", "NID", "ID.independent", "NID.independent",
                    "rho.told"))
}
