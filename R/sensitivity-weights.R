#' Weights that may be chosen
#'
#' What [code_choices()] may draw the weights of indicators within a code from,
#' or those of the codes.
#'
#' \tabular{ll}{
#' `weights_noisy()` \tab w_k (1 + relative U), U uniform on (-1, 1), then
#'   rescaled: those of COINr\cr
#' `weights_dirichlet()` \tab shares of a Dirichlet law with the scheme's shares
#'   as mean; the larger `concentration`, the nearer to them\cr
#' `weights_simplex()` \tab shares uniform on all with min_k <= share_k <=
#'   max_k: by shares of exponentials, or by hit and run along pairs where upper
#'   bounds cut\cr
#' `weights_relevance()` \tab normal with the mean and covariance of
#'   [relevance_weights()], drawn again while one is negative (a message says
#'   how often)
#' }
#' Shares are those of a code's indicators (of the codes), and weights of 0
#' stay 0. Whatever is drawn is rescaled to the sum that the model's weights
#' have.
#'
#' @param relative <num> Between 0 and 1.
#' @param concentration <num> Above 0.
#' @param min,max <num> Between 0 and 1: one for all, or named (those not named
#'   are 0 and 1).
#' @param w <nid_weights> From [relevance_weights()].
#' @return A `nid_weight_choice`.
#' @section Errors: `nidcode_error_argument`; bounds that no weights can meet
#'   are `nidcode_error_choices` where the model is known.
#' @source COINr (`noise_factor` of its `get_noisy_weights()`); hit and run:
#'   Smith (1984).
#' @family choices
#' @examples
#' weights_noisy(0.25)
#' weights_simplex(min = 0.1, max = 0.5)
#' @name weight_choices
NULL

new_weight_choice <- function(kind, words, args) {
  structure(list(kind = kind, words = words, args = args),
            class = "nid_weight_choice")
}

#' @rdname weight_choices
#' @export
weights_noisy <- function(relative = 0.25) {
  check_number(relative, min = 0, max = 1)
  new_weight_choice("noisy", paste0("noisy, +-", format(100 * relative), " %"),
                    list(relative = relative))
}

#' @rdname weight_choices
#' @export
weights_dirichlet <- function(concentration = 20) {
  check_number(concentration, min = 0, open = TRUE)
  new_weight_choice("dirichlet",
                    paste0("Dirichlet, concentration ", format(concentration)),
                    list(concentration = concentration))
}

#' @rdname weight_choices
#' @export
weights_simplex <- function(min = 0, max = 1) {
  call <- rlang::current_env()
  check_bounds(min, "min", call)
  check_bounds(max, "max", call)
  both <- union(names(min), names(max))
  if (length(both) == 0L && min > max) {
    stop_argument("min", "at most `max`", min, call)
  }
  span <- function(x) {
    paste(unique(format(range(x), digits = 3L)), collapse = " to ")
  }
  new_weight_choice("simplex",
                    paste0("any shares of at least ", span(min),
                           " and at most ", span(max)),
                    list(min = min, max = max))
}

check_bounds <- function(x, arg, call) {
  ok <- is.numeric(x) && length(x) > 0L && !anyNA(x) && all(x >= 0 & x <= 1) &&
    (length(x) == 1L || !is.null(names(x)))
  if (!ok) {
    stop_argument(arg, "one number from 0 to 1, or such numbers with names", x,
                  call)
  }
  if (!is.null(names(x))) check_once(names(x), arg, call)
}

#' @rdname weight_choices
#' @export
weights_relevance <- function(w) {
  if (!inherits(w, "nid_weights")) {
    stop_argument("w", "made by relevance_weights()", w, rlang::current_env())
  }
  new_weight_choice("relevance", "of the survey, with its error", list(w = w))
}

#' @export
format.nid_weight_choice <- function(x, ...) x$words

#' @export
print.nid_weight_choice <- function(x, ...) {
  cat("Weights: ", x$words, ".\n", sep = "")
  invisible(x)
}

# ---- Drawing -----------------------------------------------------------------

# n draws of the weights of a group of names (the indicators of a code, or the
# codes), a row a draw, with the sum that `weight` has. Names of weight 0 stay
# out. `call`: where bounds that cannot be met are said.
draw_weights <- function(choice, n, weight, call) {
  out <- matrix(0, n, length(weight), dimnames = list(NULL, names(weight)))
  use <- weight > 0
  share <- weight[use] / sum(weight)
  drawn <- switch(choice$kind,
    noisy = share * (1 + choice$args$relative *
                       t(matrix(stats::runif(n * length(share), -1, 1), n))),
    dirichlet = drawn_gamma(n, choice$args$concentration * share),
    simplex = drawn_simplex(n, share_bounds(choice, names(share), call)),
    relevance = drawn_relevance(n, choice$args$w, share, call)
  )
  out[, use] <- t(drawn) / colSums(drawn) * sum(weight)
  attr(out, "redrawn") <- attr(drawn, "redrawn")
  out
}

# Gammas of a tiny shape may all be 0 to a computer.
drawn_gamma <- function(n, shape) {
  out <- matrix(stats::rgamma(n * length(shape), shape), length(shape))
  pmax(out, .Machine$double.xmin)
}

# Bounds of the shares of some names, drawn in to those that can be met. Who is
# alone has all.
share_bounds <- function(choice, names, call) {
  if (length(names) == 1L) {
    return(list(low = 1, high = 1))
  }
  pick <- function(x, default) {
    if (is.null(names(x))) return(rep(x, length(names)))
    out <- unname(x[names])
    replace(out, is.na(out), default)
  }
  low <- pick(choice$args$min, 0)
  high <- pick(choice$args$max, 1)
  slack <- length(names) * .Machine$double.eps
  if (any(low > high) || sum(low) > 1 + slack || sum(high) < 1 - slack) {
    stop_nid("choices",
             c(paste0("No weights of ", some_of(names), " meet the bounds."),
               x = paste0("Shares add up to 1; the bounds to ",
                          format(sum(low), digits = 3L), " and ",
                          format(sum(high), digits = 3L), ".")),
             factor = "weights", columns = names, call = call)
  }
  list(low = pmax(low, 1 - (sum(high) - high)),
       high = pmin(high, 1 - (sum(low) - low)))
}

drawn_simplex <- function(n, bounds) {
  low <- bounds$low
  room <- 1 - sum(low)
  k <- length(low)
  if (all(bounds$high >= low + room - 1e-12)) {
    e <- matrix(stats::rexp(n * k), k)
    return(low + max(room, 0) * e / rep(colSums(e), each = k))
  }
  hit_and_run(n, bounds)
}

# Chains side by side, from the middle: each step moves weight from one of a
# pair to the other, as far as the bounds let it.
hit_and_run <- function(n, bounds) {
  k <- length(bounds$low)
  width <- bounds$high - bounds$low
  x <- matrix(bounds$low + width * max(1 - sum(bounds$low), 0) / sum(width), k,
              n)
  chain <- seq_len(n) - 1L
  for (step in seq_len(hit_and_run_steps * k)) {
    i <- sample.int(k, n, TRUE)
    j <- (i + sample.int(k - 1L, n, TRUE) - 1L) %% k + 1L
    at <- i + k * chain
    to <- j + k * chain
    from <- pmax(bounds$low[i] - x[at], x[to] - bounds$high[j])
    until <- pmin(bounds$high[i] - x[at], x[to] - bounds$low[j])
    move <- from + stats::runif(n) * (until - from)
    x[at] <- x[at] + move
    x[to] <- x[to] - move
  }
  pmax(x, bounds$low)
}

# For each name.
hit_and_run_steps <- 30L

drawn_relevance <- function(n, w, share, call) {
  absent <- setdiff(names(share), names(w))
  if (length(absent) > 0L) {
    stop_nid("choices",
             c(paste0("weights_relevance() has no weight for ",
                      some_of(absent), "."),
               i = "c() joins it with fixed weights."),
             factor = "weights", columns = absent, call = call)
  }
  w <- w[names(share)]
  root <- matrix_root(stats::vcov(w))
  out <- matrix(NA_real_, length(share), n)
  left <- seq_len(n)
  tried <- 0
  while (length(left) > 0L && tried < redraws_most * n) {
    z <- matrix(stats::rnorm(length(share) * length(left)), length(share))
    drawn <- as.double(w) + root %*% z
    good <- colSums(drawn < 0) == 0 & colSums(drawn) > 0
    out[, left[good]] <- drawn[, good]
    tried <- tried + length(left)
    left <- left[!good]
  }
  if (length(left) > 0L) {
    stop_nid("choices",
             c("Hardly any draw of weights_relevance() has no negative weight.",
               i = "Use weights_dirichlet(), whose weights never are."),
             factor = "weights", columns = names(share), call = call)
  }
  structure(out, redrawn = (tried - n) / tried)
}

redraws_most <- 100
