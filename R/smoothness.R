#' Which order of smoothness the panel speaks for
#'
#' [rate_spline()] takes a curve as a twice-integrated walk (`m = 3`) or as a
#' once-integrated one (`m = 2`). One series is too short to say which; all
#' series of a code together are not.
#'
#' Per code, over the R regions of the core grid,
#' \deqn{\mathrm{evidence} = \sum_i \log \sum_g \pi_g L_{ig}}{
#'   evidence = sum_i log sum_g pi_g L_ig}
#' under m = 2 less the same under m = 3, with
#' \deqn{L_{ig} = \prod_j (1 + \lambda_g e_j)^{-1/2} \mathrm{RSS}_{ig}^{-r/2},
#'   \quad \mathrm{RSS}_{ig} = \sum_j \frac{z_{ij}^2}{1 + \lambda_g e_j}}{
#'   L_ig = prod_j (1 + lambda_g e_j)^(-1/2) RSS_ig^(-r/2),
#'   RSS_ig = sum_j z_ij^2 / (1 + lambda_g e_j)}
#' z_i the deviation of region i from the mean curve of the core regions, on
#' what is free of parabolas and of steps at breaks, for both orders alike:
#' r = n - 3 - breaks directions, e_j the eigenvalues of the order's own kernel
#' there. \eqn{\pi}{pi} is a prior over the 41 points of lambda that the regions
#' share, estimated (EM) from the prior b of a series alone, which counts as two
#' regions: \eqn{P_{ig} = \pi_g L_{ig} / \sum_g \pi_g L_{ig}}{
#'   P_ig = pi_g L_ig / sum_g pi_g L_ig}, \eqn{\pi_g \leftarrow (\sum_i P_{ig} +
#'   2 b_g) / (R + 2)}{pi_g <- (sum_i P_ig + 2 b_g) / (R + 2)}, until a step
#' gains less than 1e-6 a region.
#'
#' The same is taken of the curves themselves, no mean curve subtracted
#' (`evidence.curves`): deviations guard against shocks that all regions share,
#' the curves against a mean curve that bends more, or less, than any region
#' does. The order is 2 where both are above 3 and above .1 a region, else 3.
#' It is 3 and not tested where fewer than 20 regions share the core grid, or
#' where its times less its breaks are fewer than 8.
#'
#' The core grid is the most frequent one: same times, same holes, same breaks
#' (which are steps here, also where they split the rates). Left out and
#' counted are regions of other grids, regions that hold others of the panel,
#' and regions that are parabolas: whose free part is below 1e-8 of the
#' deviation. Of more than 5,000 regions 5,000 are taken, evenly by the size of
#' their free part; the order of rows does not matter, nor do unit and zero of
#' the code, nor a parabola added to any region.
#'
#' @section What it does not say: Evidence for order 2 is not evidence that the
#'   code is a once-integrated walk. Curves that bend within a few years, and
#'   errors of neighbouring years that go together, look alike here. Of S-shaped
#'   curves at most 35 % of panels of 85 are told as order 2, and then the
#'   intervals of their rates hold no less and the rates are no farther off. No
#'   reading of the two evidences that spares S-shaped curves of 8 times and
#'   noise of 5 % tells once-integrated walks there
#'   (`inst/studies/order/trade.csv`).
#'
#'   What order 2 is worth where it is told of other curves, is in `others.csv`
#'   there. V of kinks, steep rises and lines whose errors go together (AR .6)
#'   is held more often than under m = 3, and its error is smaller. Of
#'   twice-integrated walks with such errors V is held in 97 to 98 % of cases
#'   where m = 3 holds it in 83 to 86 %, but its error is 1.2 to 1.5 times as
#'   large: neither order has both. A cycle of four years seen 8 times is told
#'   as order 2 with more evidence than any walk has there, so that no threshold
#'   spares it, and V is then held less: in 84 and 91 % of cases (noise 2 and
#'   1 %) where m = 3 holds it in 92 and 99 %. Who knows of such a cycle says
#'   `m = 3`.
#'
#'   "Order 3" may also mean that noise or few regions hide it: of panels of 85
#'   once-integrated walks of 8 times nine of ten are told where noise is 1 % of
#'   their range, a fifth where it is 5 %; of panels of 20 regions half and an
#'   eighth.
#'   Line, parabola, exponential, sine and twice-integrated walks, with noise of
#'   1 to 5 %, were never told as order 2 in panels of 85, and in at most 1 %
#'   of those of 20 (`inst/studies/order`). It is about all regions of a code
#'   together, not about one; and it compares two orders, of which neither need
#'   be right.
#'
#' @param x <nid_panel>, <nid_defining>, <nid_rates> or <nid_model>. The rate
#'   does not matter.
#' @return `nid_smoothness`, a tibble with a row per code: `code`, `order` <int>
#'   2 or 3, `evidence` <dbl> in units of log-likelihood, `evidence.region`
#'   (the same by region; `NA` where not tested), `evidence.curves` <dbl> that of
#'   the curves themselves, `n.regions` <int> that it is
#'   of, `n.left.out` <int> other regions that have the code, `verdict` <chr>
#'   "order 2", "order 3" or "not tested".
#' @section Errors: `nidcode_error_argument`; those of [dynamic_codes()].
#' @source Likelihood: Wahba, G. (1985). A comparison of GCV and GML for
#'   choosing the smoothing parameter in the generalized spline smoothing
#'   problem. Annals of Statistics, 13, 1378-1402. Prior estimated from many series: Laird, N.
#'   (1978). Nonparametric maximum likelihood estimation of a mixing
#'   distribution. Journal of the American Statistical Association, 73, 805-811.
#'   What the thresholds do: `inst/studies/order`.
#' @family rates
#' @examples
#' regions <- subset(russia, level == "region")
#' panel <- code_panel(regions, russia_scheme, status = "_status")
#' smoothness(panel)
#' @export
smoothness <- function(x) {
  call <- rlang::current_env()
  refuse_rate(x, call)
  has <- inherits(x, c("nid_rates", "nid_model"))
  fit <- as_fit(x, if (!has) rate_spline(m = 3), call)
  found <- lapply(seq_along(fit$codes), \(i) code_smoothness(fit, i))
  columns <- columns_of(found, c("order", "evidence", "evidence.region",
                                 "evidence.curves", "n.regions", "n.left.out",
                                 "verdict"),
                        text = "verdict",
                        whole = c("order", "n.regions", "n.left.out"))
  code <- code_field(fit, "code")
  facts <- defining_facts(fit$def, "Order of smoothness", "code",
                          notes = smoothness_notes(code, found))
  new_nid_table(c(list(code = code), columns), "smoothness", facts)
}

# Regions that tell an order, and times less breaks of their grid.
order_regions <- 20L
order_times <- 8L

# So many regions tell the order as well as any number of them.
order_most <- 5000L

# Code i of a fit: its row, and in `words` what its verdict means.
code_smoothness <- function(fit, i, most = order_most) {
  # What was predicted from smooth curves says nothing of how smooth curves are.
  if (!is.null(fit$def$predicted)) {
    fit$rate$facts$chooses <- FALSE
    fit <- code_fit(observed_definition(fit$def), fit$rate, fit$breaks)
  }
  panel <- fit$def$panel
  whole <- as.character(panel$regions) %in% panel$nested
  series_smoothness(code_series(fit, i), whole, most)
}

# A bundle of series; `whole`: regions that hold others.
series_smoothness <- function(series, whole = FALSE, most = order_most) {
  all <- length(series$of)
  pool <- pool_seen(series$pool, series$breaks)
  own <- which(!rep_len(whole, max(series$region, 0L))[series$region])
  grid <- core_grid(pool, tabulate(series$of[own], pool_length(pool)))
  core <- own[series$of[own] == grid]
  one <- pool_take(pool, grid)
  out <- list(order = 3L, evidence = NA_real_, evidence.region = NA_real_,
              evidence.curves = NA_real_, n.regions = length(core),
              n.left.out = all - length(core), verdict = "not tested",
              words = untold(one, length(core)))
  if (!is.null(out$words)) {
    return(out)
  }
  n <- length(one$time)
  value <- series$value
  if (length(core) < all) {
    value <- value[sequence(rep(n, length(core)),
                            from = series_starts(series)[core] + 1L)]
  }
  told <- order_evidence_cpp(value, one$time, one$step, most)
  out[c("n.regions", "n.left.out")] <- c(told$used, all - told$used)
  out$words <- untold(one, told$used)
  if (is.null(out$words)) judge_order(out, told) else out
}

judge_order <- function(out, told) {
  both <- c(told$evidence, told$curves)
  each <- both / out$n.regions
  out$order <- if (all(both > 3 & each > 0.1)) 2L else 3L
  out[c("evidence", "evidence.region", "evidence.curves")] <-
    c(told$evidence, each[1L], told$curves)
  out$verdict <- paste("order", out$order)
  out$words <- if (out$order == 2L) {
    paste0("order 2 predicts these curves better: they bend within a few ",
           "years, or errors of neighbouring years go together (the two look ",
           "alike)")
  }
  out
}

# Why regions of a grid do not tell an order, NULL where they do.
untold <- function(one, regions) {
  n <- length(one$time)
  breaks <- pool_breaks(one)
  if (regions < order_regions) {
    paste0("order 3 assumed: ", count_of(regions, "region"), " cannot test it")
  } else if (n - breaks < order_times) {
    paste0("order 3 assumed: series of ", count_of(n, "time"),
           if (breaks > 0L) paste(" and", count_of(breaks, "break")),
           " cannot test it")
  }
}

# The grid that most regions have (`count`); of several the one that tells
# most, else the earliest.
core_grid <- function(pool, count) {
  best <- which(count == max(count, 0L))
  free <- pool_sizes(pool)[best] - pool_breaks(pool)[best]
  best <- best[free == max(free, 0L)]
  if (length(best) > 1L && max(count) >= order_regions) {
    times <- vapply(best, \(g) {
      one <- pool_take(pool, g)
      paste(sprintf("%.17g", one$time + 0), one$step, collapse = " ")
    }, "")
    best <- best[order(times, method = "radix")]
  }
  utils::head(best, 1L)
}

# What print() says: of each verdict once.
smoothness_notes <- function(code, found) {
  words <- vapply(found, \(one) one$words %||% "", "")
  said <- unique(words[nzchar(words)])
  vapply(said[order(nchar(said))], \(one) {
    paste0(some_of(code[words == one], quote = ""), ": ", one, ".")
  }, "", USE.NAMES = FALSE)
}
