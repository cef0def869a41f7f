# A report may be written while another page is being knit: by a chunk of it,
# or by a loop over regions in a master page. knitr keeps what it knows about
# the page at hand (options, hooks, code and labels of chunks, counters of
# chunks and pictures) in its own namespace, one of each. Here all of it is put
# aside, so that ours begins as in a new session, and put back at the end.

# Value: what restore_knitr() takes.
fresh_knitr <- function() {
  state <- knitr_state()
  # Engines are no settings of the page: they stay as they are.
  fresh <- c("opts_chunk", "opts_knit", "opts_hooks", "opts_template",
             "opts_current", "knit_hooks", "knit_patterns", "knit_code",
             "dep_list", "knit_log")
  for (name in intersect(fresh, names(state$stores))) {
    state$stores[[name]]$store$restore()
  }
  for (counter in state$counters) counter$of$n <- counter$of$init
  state
}

knitr_state <- function() {
  space <- asNamespace("knitr")
  all <- mget(ls(space, all.names = TRUE), space)
  stores <- Filter(\(x) {
    is.list(x) && is.function(x$get) && is.function(x$restore)
  }, all)
  counters <- Filter(\(x) {
    is.function(x) && all(c("init", "n") %in% ls(environment(x)))
  }, all[grepl("_counter$", names(all))])
  list(
    stores = lapply(stores, \(x) list(store = x, value = x$get())),
    counters = lapply(counters, \(x) {
      list(of = environment(x), n = environment(x)$n)
    }),
    page = space$.knitEnv,
    kept = as.list(space$.knitEnv, all.names = TRUE)
  )
}

restore_knitr <- function(state) {
  for (one in state$stores) one$store$restore(one$value)
  for (one in state$counters) one$of$n <- one$n
  if (is.environment(state$page)) {
    new <- setdiff(ls(state$page, all.names = TRUE), names(state$kept))
    rm(list = new, envir = state$page)
    list2env(state$kept, state$page)
  }
  invisible()
}
