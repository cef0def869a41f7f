# A bar for work that takes long. cli shows it after two seconds
# (`cli.progress_show_after`) and takes it away at the end; scripts see
# nothing, because without somebody at the console there is no bar at all.

#' @importFrom cli cli_progress_bar cli_progress_update
NULL

# The bar ends with the function that asked for it, however that ends. NULL
# where nobody watches. `what` is ours, never a name from data: cli reads it.
start_bar <- function(what, total, env = rlang::caller_env()) {
  if (!rlang::is_interactive() || total < 2) {
    return(NULL)
  }
  cli_progress_bar(what, total = total, auto_terminate = FALSE, .envir = env)
}

tick_bar <- function(bar, by = 1) {
  if (!is.null(bar)) cli_progress_update(inc = by, id = bar)
}
