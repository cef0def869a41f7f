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
  new_nid_rate(name, "custom", args = list(f = f), sd = sd)
}

# Both matrices of every grid of a pool, segment by segment.
custom_matrices <- function(rate, grids) {
  lapply(seq_len(length(grids$offset) - 1L), function(g) {
    at <- seq.int(grids$offset[g] + 1L, length.out = grids$offset[g + 1L] -
                    grids$offset[g])
    time <- grids$time[at]
    segment <- cumsum(if (length(grids$step)) grids$step[at] else 0 * time)
    n <- length(time)
    both <- list(matrix(NA_real_, n, n), matrix(NA_real_, n, n))
    for (one in split(seq_len(n), segment)) {
      part <- custom_pair(rate, time[one])
      for (k in 1:2) {
        whole <- matrix(0, length(one), n)
        whole[, one] <- part[[k]]
        whole[rowSums(is.na(part[[k]])) > 0, ] <- NA
        both[[k]][one, ] <- whole
      }
    }
    both
  })
}

custom_pair <- function(rate, time) {
  out <- rate$args$f(time)
  n <- length(time)
  ok <- is.list(out) && all(c("R1", "R2") %in% names(out)) &&
    all(vapply(out[c("R1", "R2")], function(m) {
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
