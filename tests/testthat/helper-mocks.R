# Functions of ours replaced until the caller returns.
local_ours <- function(..., frame = parent.frame()) {
  ours <- asNamespace("nidcode")
  set <- function(values) {
    rlang::env_binding_unlock(ours, names(values))
    rlang::env_bind(ours, !!!values)
    rlang::env_binding_lock(ours, names(values))
  }
  new <- list(...)
  old <- mget(names(new), ours)
  set(new)
  withr::defer(set(old), frame)
}
