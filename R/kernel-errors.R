# No C++ exception leaves unclassed. The functions that Rcpp generates are
# wrapped here, once, while the package is built: generating them anew changes
# nothing, and the cost is some millionths of a second a call. An interrupt is
# no error and passes as it is.

guard_kernels <- function(ns) {
  for (name in grep("^[a-z].*_cpp$", ls(ns), value = TRUE)) {
    kernel <- get(name, ns)
    guarded <- bquote(withCallingHandlers(
      .(body(kernel)), error = \(e) stop_kernel(e, .(name))
    ))
    # Arguments come first: what goes wrong in them is no fault of a kernel.
    arguments <- lapply(names(formals(kernel)), as.name)
    body(kernel) <- as.call(c(as.name("{"), arguments, guarded))
    assign(name, kernel, ns)
  }
}

guard_kernels(environment())

# Arguments are checked before a kernel is called, so what a kernel throws is
# a fault of ours, unless memory ran out.
stop_kernel <- function(e, kernel) {
  reason <- conditionMessage(e)
  if (out_of_memory(e)) {
    stop_nid(
      "memory",
      c("Memory ran out.",
        x = paste0("Function `", kernel, "` of the core says: ", reason, "."),
        i = paste0("Take fewer regions or draws at a time, or shorter ",
                   "series.")),
      kernel = kernel, reason = reason, call = verb_called()
    )
  }
  stop_nid(
    "internal",
    c(paste0("Function `", kernel, "` of the core failed: ", reason, "."),
      i = paste0("This is a fault of nidcode, not of your data: please report ",
                 "it with the call that led here.")),
    kernel = kernel, reason = reason, call = verb_called()
  )
}

# C++ has two words for it, and R has messages in the user's language: for the
# machine's memory, and for the limit that R or the user has set.
out_of_memory <- function(e) {
  ours <- gettext(c(
    "cannot allocate vector of size %0.1f Gb",
    "vector memory exhausted (limit reached?)",
    "vector memory limit of %0.1f Gb reached, see mem.maxVSize()"
  ), domain = "R")
  inherits(e, c("std::bad_alloc", "std::length_error")) ||
    any(startsWith(conditionMessage(e), sub("%.*", "", ours)))
}

# The frame of the function of ours that the user called.
verb_called <- function() {
  ns <- topenv()
  for (i in seq_len(sys.nframe())) {
    if (identical(environment(sys.function(i)), ns)) {
      return(sys.frame(i))
    }
  }
}
