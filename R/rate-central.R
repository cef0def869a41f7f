#' @rdname rate_difference
#' @export
rate_central <- function(sd = NULL) {
  check_sd(sd, rlang::current_env())
  new_nid_rate("central", sd = sd, does = linear_does(tell_name))
}
