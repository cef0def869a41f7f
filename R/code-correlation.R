# How errors of codes add up: independent, by what residuals tell of the noise
# that codes share, or by a matrix of the user's.

check_cor <- function(cor, fit, call) {
  if (is.character(cor)) {
    check_choice(cor, c("auto", "independent", "residual"), call = call)
    if (cor == "residual") {
      check_has_fit(fit$rate, paste0("cor = \"residual\" needs residuals; rate ",
                                     fit$rate$words, " has none."), call)
    }
    if (cor != "auto") return(cor)
    alone <- fit$rate$facts$errors == "known" || length(fit$codes) < 2L
    return(if (alone) "independent" else "residual")
  }
  k <- length(fit$codes)
  ok <- is.matrix(cor) && is.numeric(cor) && all(dim(cor) == k) &&
    !anyNA(cor) && isSymmetric(unname(cor)) &&
    all(abs(diag(cor) - 1) < 1e-8) && all(abs(cor) <= 1 + 1e-8) &&
    min(eigen(cor, TRUE, only.values = TRUE)$values) > -1e-8
  if (!ok) {
    stop_nid("argument",
             c(paste0("`cor` must be \"auto\", \"independent\", \"residual\" ",
                      "or a ", k, " x ", k, " correlation matrix of the codes."),
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

# Pairs of codes are columns everywhere: 1 2, 1 3, ..., 2 3, ...
pairs_of <- function(k) {
  first <- rep(seq_len(k), k - seq_len(k))
  cbind(first, first + sequence(k - seq_len(k)), deparse.level = 0L)
}

matrix_pairs <- function(m) t(m)[lower.tri(m)]

# The correlation of the errors of each row, of which `region` says whose it is:
# that of the noise times the part of the errors that is noise in common. NULL:
# independent.
rho_of_rows <- function(rho, region, shared) {
  if (is.matrix(rho)) rho[region, , drop = FALSE] * shared else
    if (!is.null(rho)) matrix(rho, length(region), length(rho), byrow = TRUE)
}

# Standard error and df of a weighted sum over codes. se, df: rows x codes, 0
# and Inf where a code is absent. `rho`: rows x pairs, NULL: independent. df
# is half of Satterthwaite's, which believes in many codes too soon, but not
# below that of the code that has least.
combine_codes <- function(se, df, weight, rho = NULL) {
  k <- ncol(se)
  if (k == 1L) {
    se <- matrix_column(se, 1L)
    return(list(se = if (weight == 1) se else abs(se * weight),
                df = matrix_column(df, 1L)))
  }
  part <- se * rep(weight, each = nrow(se))
  unit <- row_scales(part)
  part <- part / unit
  var <- rowSums(part^2)
  half <- var^2 / rowSums(part^4 / df) / 2
  # An error that is 0 but for rounding has no say.
  none <- abs(part) <= -1e-12 * row_least(-abs(part))
  df[!is.na(none) & none] <- Inf
  dof <- pmax(half, row_least(df))
  # A code without error leaves the sum without one.
  dof[!is.na(var) & var == 0] <- Inf
  if (!is.null(rho)) {
    pair <- pairs_of(k)
    for (j in seq_len(nrow(pair))) {
      var <- var + 2 * rho[, j] * part[, pair[j, 1L]] * part[, pair[j, 2L]]
    }
    var <- pmax(var, 0)
  }
  list(se = sqrt(var) * unit, df = dof)
}

row_least <- function(x) do.call(pmin, lapply(seq_len(ncol(x)), \(c) x[, c]))

# The noise that codes share, of which `noise` has what collect_noise() kept.
# `asked`: a list, for each set of functionals, of their `plan` (NULL: V at
# the times that all codes have), their errors, a column a code, and how many
# each region has.
# Value: `shared`, of each set rows x pairs, the product of the noise of two
# codes over that of their errors, and `product` and `free`, regions x pairs,
# sums of products of residuals and what they are where the noise is one.
shared_noise <- function(fit, times, noise, asked) {
  codes <- lapply(seq_along(fit$codes), \(i) {
    entry <- code_entries(fit, times, i)
    x <- code_bundle(fit, fit$codes[[i]], entry$pool)
    sums <- lapply(asked, \(one) {
      if (is.null(one$plan)) return(list(order = 1L))
      sums_as_rows(plan_sums(fit, one$plan, i))
    })
    list(entry = entry$entry,
         told = c(fit$rate$does$noise$told(x), noise[[i]], list(sums = sums)))
  })
  sets <- lapply(asked, \(one) {
    list(std.error = one$std.error, place = c(0, cumsum(as.double(one$size))))
  })
  entry <- matrix(unlist(lapply(codes, `[[`, "entry")), ncol = length(codes))
  shared_noise_cpp(lapply(codes, `[[`, "told"),
                   list(pattern = times$pattern, entry = entry, common = times),
                   sets, fit$rate$facts$errors == "posterior", get_threads())
}

# Weights of a plan, grid after grid; linear rates have them as rows already.
sums_as_rows <- function(x) {
  if (!is.null(x$sums$row)) {
    return(c(x$sums[c("row", "offset", "k")], order = 0L))
  }
  list(row = x$sums$weight, k = as.integer(x$sums$k), order = x$sums$order,
       offset = c(0, cumsum(as.double(pool_sizes(x$pool)) * x$sums$k)))
}

# Rows of a region's own residuals that weigh as much as the panel's.
panel_pull <- 10
# Residuals of a few times tell less of a correlation than there is.
few_times <- 12L
few_regions <- 8L

# Correlation of the noise of every pair of codes, regions x pairs, each drawn
# to that of the panel, which one region alone does not have.
noise_correlation <- function(product, free, codes,
                              panel = panel_correlation(product, free)) {
  if (!is.matrix(panel)) panel <- rep(panel, each = nrow(free))
  rho <- (product + panel_pull * panel) / (free + panel_pull)
  rho <- cut_correlation(rho)
  if (codes < 3L) rho else next_correlation_cpp(rho, codes)
}

cut_correlation <- function(rho) pmin(pmax(rho, -0.95), 0.95)

panel_correlation <- function(product, free) {
  pooled_correlation(colSums(product), colSums(free), colSums(free > 0))
}

# From sums over regions; `n`: how many they are of.
pooled_correlation <- function(product, free, n) {
  ifelse(n > 1L, product / free, 0)
}

# The correlation of a fit, and what is said of it: by pair of codes, and
# whether it rests on few regions. That of a frozen model is kept, and so is the
# panel's in a frozen reference.
noise_of_fit <- function(fit, times, noise) {
  regions <- as.character(fit$def$panel$regions)
  kept <- fit$noise
  if (!is.null(kept)) {
    at <- match(regions, kept$regions)
    kept$rho <- kept$rho[at, , drop = FALSE]
    gone <- which(is.na(at))
    kept$rho[gone, ] <- rep(cut_correlation(kept$panel), each = length(gone))
    kept$regions <- regions
    return(kept)
  }
  frozen <- frozen_rho(fit$def$reference, code_field(fit, "code"))
  panel <- frozen %||% panel_correlation(noise$product, noise$free)
  c(list(regions = regions, panel = panel,
         rho = noise_correlation(noise$product, noise$free, length(fit$codes),
                                 panel)),
    noise_told(times, noise, panel, is.null(frozen)))
}

noise_told <- function(times, noise, panel, own) {
  seen <- if (own) colSums(noise$free > 0) else rep(Inf, length(panel))
  panel <- cut_correlation(panel)[seen > 1L]
  few <- own && max(c(0, pool_sizes(times))) < few_times
  cor <- if (length(panel) > 0L) {
    paste0(" (rho ", paste(unique(sprintf("%.2f", round(range(panel), 2) + 0)),
                           collapse = " to "),
           if (few) ", at least: few times", ")")
  }
  list(text = paste0("residual", cor), few = max(seen) < few_regions)
}

# The panel's correlations that a reference keeps, NULL where it has not those
# of all pairs of codes.
frozen_rho <- function(reference, codes) {
  rho <- attr(reference, "rho", exact = TRUE)[pair_names(codes)]
  if (!anyNA(rho)) unname(rho)
}

pair_names <- function(codes) {
  pairs <- pairs_of(length(codes))
  paste(codes[pairs[, 1L]], codes[pairs[, 2L]], sep = "\r")
}

few_regions_note <- function(told) {
  if (isTRUE(told$few)) {
    "Correlation of codes from few numbers: treated as nearly independent."
  }
}
