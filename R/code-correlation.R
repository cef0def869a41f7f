# How errors of codes add up: independent, by the correlation of residuals, or
# by a matrix of the user's.

check_cor <- function(cor, fit, call) {
  if (is.character(cor)) {
    check_choice(cor, c("independent", "residual"), call = call)
    if (cor == "residual") {
      check_has_fit(fit$rate, paste0("cor = \"residual\" needs residuals; rate ",
                                     fit$rate$words, " has none."), call)
    }
    return(cor)
  }
  k <- length(fit$codes)
  ok <- is.matrix(cor) && is.numeric(cor) && all(dim(cor) == k) &&
    !anyNA(cor) && isSymmetric(unname(cor)) &&
    all(abs(diag(cor) - 1) < 1e-8) && all(abs(cor) <= 1 + 1e-8) &&
    min(eigen(cor, TRUE, only.values = TRUE)$values) > -1e-8
  if (!ok) {
    stop_nid("argument",
             c(paste0("`cor` must be \"independent\", \"residual\" or a ", k,
                      " x ", k, " correlation matrix of the codes."),
               x = paste0("You gave ", describe(cor), ".")),
             argument = "cor", call = call)
  }
  order_by_names(cor, fit, call)
}

# A matrix with names is read by them, those of the codes or of the dynamic
# codes; other names are no reason to guess.
order_by_names <- function(cor, fit, call) {
  given <- rownames(cor) %||% colnames(cor)
  if (is.null(given)) {
    return(cor)
  }
  code <- code_field(fit, "code")
  dynamic <- code_field(fit, "dynamic")
  at <- match(code, given)
  if (anyNA(at)) at <- match(dynamic, given)
  if (anyNA(at) || !identical(given, colnames(cor) %||% given)) {
    stop_nid("argument",
             c("Rows and columns of `cor` must be named alike, by code.",
               x = paste0("The names are ", some_of(given), "."),
               i = paste0("The codes are ", some_of(code), ".")),
             argument = "cor", values = given, call = call)
  }
  cor[at, at, drop = FALSE]
}

cor_text <- function(cor) {
  if (is.matrix(cor)) "given by a matrix" else cor
}

# Standard error and df of a weighted sum over codes. se, df: rows x codes, 0
# and Inf where a code is absent. `rho`: "independent", a matrix, or an array
# rows x codes x codes. df by Satterthwaite.
combine_codes <- function(se, df, weight, rho) {
  k <- ncol(se)
  part <- se * rep(weight, each = nrow(se))
  if (k == 1L) {
    return(list(se = abs(part[, 1L]), df = df[, 1L]))
  }
  unit <- row_scales(part)
  part <- part / unit
  var <- rowSums(part^2)
  dof <- var^2 / rowSums(part^4 / df)
  dof[!is.na(var) & var == 0] <- Inf
  # A code without error leaves the sum without one.
  if (!identical(rho, "independent")) {
    for (c in seq_len(k - 1L)) {
      for (d in seq.int(c + 1L, k)) {
        r <- if (is.matrix(rho)) rho[c, d] else rho[, c, d]
        var <- var + 2 * r * part[, c] * part[, d]
      }
    }
    var <- pmax(var, 0)
  }
  list(se = sqrt(var) * unit, df = dof)
}

# That of each row, of which `region` says whose it is.
rho_of_rows <- function(rho, region) {
  if (length(dim(rho)) == 3L) rho[region, , , drop = FALSE] else rho
}

# Correlation of the codes' standardised residuals in each region: regions x
# codes x codes; 0 where two codes do not share a grid.
residual_correlation <- function(fit) {
  score_correlation(fit, lapply(seq_along(fit$codes), \(i) {
    code_scores(fit, i)
  }))
}

score_correlation <- function(fit, u) {
  n <- n_regions(fit$def$panel)
  k <- length(fit$codes)
  out <- array(0, c(n, k, k))
  for (c in seq_len(k)) {
    out[, c, c] <- 1
    for (d in seq_len(c - 1L)) {
      out[, c, d] <- out[, d, c] <- pair_correlation(u[[d]], u[[c]], n)
    }
  }
  out
}

pair_correlation <- function(a, b, n) {
  size_a <- tabulate(a$region, n)
  size_b <- tabulate(b$region, n)
  ok <- size_a == size_b & size_a > 0L
  keep_a <- ok[a$region]
  keep_b <- ok[b$region]
  same <- rowsum_by(abs(a$key[keep_a] - b$key[keep_b]), a$region[keep_a], n)
  ok <- ok & same == 0
  keep_a <- ok[a$region]
  keep_b <- ok[b$region]
  region <- a$region[keep_a]
  x <- a$u[keep_a] / group_scales(a$u[keep_a], region)
  y <- b$u[keep_b] / group_scales(b$u[keep_b], region)
  r <- rowsum_by(x * y, region, n) /
    sqrt(rowsum_by(x^2, region, n) * rowsum_by(y^2, region, n))
  r[!is.finite(r)] <- 0
  pmin(1, pmax(-1, r))
}
