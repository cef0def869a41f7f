# What counts as a fault of a call. A value, or an error, warning or message of
# the package's own classes, is an outcome; these are faults:
#   error     an error without one of our classes, or what the C++ core threw
#             (nidcode_error_internal: a check that an R function forgot)
#   warning   a warning or message without one of our classes
#   nan       a NaN, or an infinity that nobody gave, in a result
#   slow      over 20 s of CPU
#   touched   the caller's random stream, options, folder or data changed
# A crash is seen by the driver, whose worker then ends early.

slow_seconds <- 20

# Numeric leaves of a result that hold NaN or an infinity: their paths.
bad_numbers <- function(x, path = "value", depth = 0L) {
  if (depth > 3L || is.function(x) || is.environment(x) || is.null(x)) {
    return(character())
  }
  if (is.numeric(x) && is.atomic(x)) {
    # A gap that never closes takes infinitely many years.
    inf_allowed <- grepl("(df|df2|df.residual|years|years.low|years.high)$",
                         path)
    bad <- is.nan(x) | (!inf_allowed & is.infinite(x))
    return(if (any(bad)) path)
  }
  if (!is.list(x) || inherits(x, c("ggplot", "gg", "call", "formula",
                                   "quosure", "nid_rate", "nid_influence",
                                   "POSIXlt"))) {
    return(character())
  }
  names <- names(x)
  if (is.null(names)) names <- as.character(seq_along(x))
  # Only what a table or a model shows; the user's own columns, and powers of
  # them in a design, are theirs.
  keep <- !names %in% c("call", "panel", "spec", "data", "args", "plain",
                        "matrix", "x", "own", "within")
  x <- unclass(x)
  unlist(lapply(which(keep), function(i) {
    bad_numbers(x[[i]], paste0(path, "$", names[i]), depth + 1L)
  }))
}

is_ours <- function(condition, kind) {
  inherits(condition, paste0("nidcode_", kind)) &&
    !inherits(condition, "nidcode_error_internal")
}

first_line <- function(text) {
  text <- iconv(enc2utf8(as.character(text)[1L]), "UTF-8", "UTF-8", sub = "?")
  substr(gsub("[\r\n\t]+", " ", text), 1L, 160L)
}

state_now <- function() {
  opts <- options()
  list(seed = get0(".Random.seed", globalenv()), options = opts,
       folder = getwd(), files = sort(list.files(all.files = TRUE)))
}

# Runs one call; returns its outcome ("value", "refused" or "fault") and faults.
judge <- function(call) {
  faults <- character()
  note <- function(kind, text) {
    faults <<- c(faults, paste0(kind, ": ", first_line(text)))
  }
  given <- rlang::duplicate(call$args, shallow = FALSE)
  before <- state_now()
  start <- proc.time()
  outcome <- "value"
  value <- tryCatch(
    withCallingHandlers(
      {
        setTimeLimit(elapsed = 120, transient = TRUE)
        call$run()
      },
      warning = function(w) {
        if (!is_ours(w, "warning")) note("warning", conditionMessage(w))
        invokeRestart("muffleWarning")
      },
      message = function(m) {
        if (!is_ours(m, "message")) note("warning", conditionMessage(m))
        invokeRestart("muffleMessage")
      }
    ),
    error = function(e) {
      outcome <<- "refused"
      if (!is_ours(e, "error")) {
        note("error", paste0("<", class(e)[1L], "> ", conditionMessage(e)))
      }
      NULL
    }
  )
  setTimeLimit()
  seconds <- sum((proc.time() - start)[1:2])
  if (seconds > slow_seconds) note("slow", paste(round(seconds), "s"))
  if (outcome == "value") {
    for (path in utils::head(bad_numbers(value), 3L)) note("nan", path)
  }
  after <- state_now()
  # What is refused has drawn nothing.
  draws <- isTRUE(call$draws) && outcome == "value"
  if (!draws && !identical(before$seed, after$seed)) {
    note("touched", "random stream")
  }
  changed <- names(which(!vapply(names(before$options), function(name) {
    identical(before$options[[name]], after$options[[name]])
  }, NA)))
  if (length(changed) > 0L) note("touched", paste("options", changed[1L]))
  if (!identical(before$folder, after$folder) ||
        !identical(before$files, after$files)) {
    note("touched", "folder")
  }
  if (!identical(given, call$args)) note("touched", "data")
  list(outcome = if (length(faults) > 0L) "fault" else outcome,
       faults = faults, seconds = seconds)
}
