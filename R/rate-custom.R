#' A rate of your own
#'
#' @param f <function> Of the observed times (numbers, ascending). Returns
#'   `list(R1 = , R2 = )`: n x n matrices that map the n values to the rates of
#'   order 1 and 2; a row of `NA` where the rate does not exist. Called once
#'   for each distinct grid; with breaks, for each segment between them.
#' @param name <chr> Its name in titles.
#' @param sd <num> As in [rate_difference()].
#' @return A `nid_rate`.
#' @family rates
#' @examples
#' forward <- rate_custom(function(time) {
#'   n <- length(time)
#'   R1 <- R2 <- matrix(NA_real_, n, n)
#'   for (i in seq_len(n - 1)) {
#'     R1[i, ] <- 0
#'     R1[i, i + 0:1] <- c(-1, 1) / (time[i + 1] - time[i])
#'   }
#'   list(R1 = R1, R2 = R2)
#' }, "forward")
#' estimate_rates(c(1, 2, 4), 1:3, rate = forward, order = 1)
#' @export
rate_custom <- function(f, name, sd = NULL) {
  call <- rlang::current_env()
  if (!is.function(f)) {
    stop_argument("f", "a function of the times", f, call)
  }
  check_string(name)
  check_sd(sd, call)
  new_nid_rate(name, args = list(f = f), sd = sd, facts = list(own = TRUE),
               does = linear_does(tell_custom, custom_settings))
}

tell_custom <- function(rate, breaks, pool) {
  list(kind = "custom", matrices = custom_matrices(rate, pool))
}

custom_settings <- function(rate) list(name = rate$name)

# Both matrices of every grid of a pool, segment by segment.
custom_matrices <- function(rate, pool) {
  lapply(seq_len(pool_length(pool)), \(g) {
    one <- pool_take(pool, g)
    n <- length(one$time)
    both <- list(matrix(NA_real_, n, n), matrix(NA_real_, n, n))
    for (at in split(seq_len(n), cumsum(one$step))) {
      part <- custom_pair(rate, one$time[at])
      for (k in 1:2) {
        whole <- matrix(0, length(at), n)
        whole[, at] <- part[[k]]
        whole[rowSums(is.na(part[[k]])) > 0, ] <- NA
        both[[k]][at, ] <- whole
      }
    }
    both
  })
}

custom_pair <- function(rate, time) {
  out <- rate$args$f(time)
  n <- length(time)
  ok <- is.list(out) && all(c("R1", "R2") %in% names(out)) &&
    all(vapply(out[c("R1", "R2")], \(m) {
      is.matrix(m) && is.numeric(m) && identical(dim(m), c(n, n)) &&
        !any(is.infinite(m))
    }, logical(1)))
  if (!ok) {
    stop_nid(
      "argument",
      c(paste0("The function of rate \"", rate$name, "\" must return ",
               "list(R1 = , R2 = ), finite ", n, " x ", n, " matrices with NA ",
               "rows where a rate does not exist.")),
      call = NULL
    )
  }
  list(unname(out$R1) + 0, unname(out$R2) + 0)
}
