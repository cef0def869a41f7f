#' A panel that is larger than memory, part by part
#'
#' Goes through the parts of a panel one after the other, so that no more than
#' one is in memory, and writes the result of each to a folder. Stopped at any
#' moment, the same call goes on where it was.
#'
#' Regions are identical to those of the whole panel in memory, errors too,
#' given one `reference` for all parts ([code_reference()] of a model, or of a
#' table in a database). Without one, the parts of a folder are read twice: once
#' for centre and scale (and, of up to 5,000 regions evenly over the parts, for
#' the orders of smoothness and the noise that codes share), which are kept in
#' the folder as `reference.rds`; then for the codes.
#'
#' @param source A folder of `.csv`, `.csv.gz` or `.parquet` files (package
#'   nanoparquet), or the names of files, of which each has all rows of its
#'   regions; or a result of `DBI::dbSendQuery()` with rows ordered by region;
#'   or a function of a number of rows that returns the next so many, and a data
#'   frame of none at the end (a cursor, say). Rows that are fetched are cut
#'   between regions: the last region waits for the next fetch.
#' @param sink <chr> The folder of the results, `part-1.csv`, `part-2.csv` and
#'   so on; made if need be.
#' @param rows <int> How many rows are fetched at once from what is not files.
#' @param ending <chr> "csv", "parquet" or one that `write` makes.
#' @inheritParams code_part
#' @return A tibble with a row per part: `part` <int>, `source` <chr> the file
#'   read, `file` <chr> the file written, `state` <chr> "made" or "kept",
#'   `regions` <int>; invisibly.
#' @section What is told: message `nidcode_message_parts`: all that the parts
#'   said, each kind once with the number of parts that said it.
#' @section Errors: `nidcode_error_partition` (a region stands in two parts;
#'   nothing can be said for rows out of order); `_reference` (something is not
#'   frozen and cannot be worked out of what is read once); those of
#'   [code_part()], with the part in front.
#' @family formulas
#' @seealso `vignette("scale")`
#' @examples
#' regions <- subset(ural, level == "region")
#' from <- tempfile()
#' dir.create(from)
#' two <- regions$region_code %in% c("RU-KGN", "RU-SVE")
#' for (part in split(regions, two)) {
#'   utils::write.csv(part, tempfile("part", from, ".csv"), row.names = FALSE)
#' }
#' to <- tempfile()
#' code_parts(from, to, scheme = ural_scheme, status = "_status")
#' list.files(to)
#' @export
code_parts <- function(source, sink, ..., what = "basic", rows = 500000,
                       ending = "csv", read = NULL, write = NULL) {
  call <- rlang::current_env()
  job <- part_job(list(...), what, read, write, call, frozen = FALSE)
  check_number(rows, min = 1, whole = TRUE)
  check_string(ending)
  check_string(sink)
  parts <- part_source(source, rows, job, call)
  if (is.na(parts$n) || !can_pass(job$args)) check_frozen(job, call)
  if (!dir.exists(sink) && !dir.create(sink, FALSE)) {
    stop_nid("path", paste0("Folder ", file_words(sink),
                            " cannot be made."), path = sink, call = call)
  }
  files <- \(k) file.path(sink, paste0("part-", k, ".", ending))
  check_part_file(files(1L), job, call)
  hold_settings(sink, part_settings(job, source = parts$told), call)
  said <- new_said()
  job <- freeze_job(job, parts, sink, call)
  out <- run_parts(parts, files, job, said, call)
  said$tell()
  invisible(out)
}

run_parts <- function(parts, files, job, said, call) {
  region <- region_name(job$args$index)
  seen <- new_region_ledger(parts$names, call)
  bar <- start_bar("Computing parts", if (is.na(parts$n)) 0 else parts$n)
  out <- list()
  repeat {
    k <- length(out) + 1L
    data <- parts$get(k)
    if (is.null(data)) break
    n <- if (region %in% names(data)) seen$add(data[[region]]) else 1L
    state <- said$listen(k, parts$names[k], make_part(data, files(k), job,
                                                      call))
    out[[k]] <- list(part = k, source = parts$names[k], file = files(k),
                     state = state, regions = n)
    tick_bar(bar)
  }
  seen$close()
  plain_table(columns_of(out, c("part", "source", "file", "state", "regions"),
                         text = c("source", "file", "state"),
                         whole = c("part", "regions")), length(out))
}

# ---- Where parts come from --------------------------------------------------

# n: how many, NA where that shows only at the end; their `names`; get(k), in
# turn where it is a stream; `told`: what must be the same when work goes on.
part_source <- function(source, rows, job, call) {
  if (is.character(source) && length(source) > 0L && !anyNA(source)) {
    files <- part_files(source, job, call)
    return(list(n = length(files), names = files,
                get = \(k) if (k <= length(files)) {
                  read_part(files[k], job, call)
                },
                told = rlang::hash(list(basename(files), file.size(files)))))
  }
  fetch <- source
  if (inherits(source, "DBIResult")) {
    rlang::check_installed("DBI")
    fetch <- \(n) DBI::dbFetch(source, n)
  }
  if (!is.function(fetch)) {
    stop_argument("source", paste0("a folder, names of files, a result of ",
                                   "DBI::dbSendQuery() or a function"),
                  source, call)
  }
  list(n = NA, names = character(), told = setting_text(rows),
       get = cut_stream(fetch, rows, region_name(job$args$index), call))
}

part_files <- function(source, job, call) {
  files <- source
  if (length(source) == 1L && dir.exists(source)) {
    files <- list.files(source, full.names = TRUE)
    files <- files[!dir.exists(files)]
    if (is.null(job$read)) {
      files <- grep("[.](csv|csv[.]gz|parquet)$", files, value = TRUE,
                    ignore.case = TRUE)
    }
    files <- sort(files, method = "radix")
  }
  gone <- files[!file.exists(files)]
  if (length(files) == 0L || length(gone) > 0L) {
    stop_nid("path",
             if (length(gone) > 0L) {
               paste0("There is no file or folder ", file_words(gone), ".")
             } else {
               paste0("Folder ", file_words(source), " has no .csv, .csv.gz ",
                      "or .parquet file.")
             }, path = c(gone, if (length(gone) == 0L) source), call = call)
  }
  files
}

# Rows as they come, cut between regions.
cut_stream <- function(fetch, rows, region, call) {
  held <- NULL
  open <- TRUE
  \(k) {
    while (open) {
      got <- as.data.frame(fetch(rows))
      open <<- nrow(got) > 0L
      held <<- if (is.null(held)) got else if (open) rbind(held, got) else held
      if (!region %in% names(held)) check_columns(held, region, "index", call)
      last <- held[[region]] %in% held[[region]][nrow(held)]
      if (open && !all(last)) {
        cut <- max(which(!last))
        out <- held[seq_len(cut), , drop = FALSE]
        held <<- held[-seq_len(cut), , drop = FALSE]
        return(out)
      }
    }
    out <- held
    held <<- NULL
    if (!is.null(out) && nrow(out) > 0L) out
  }
}

# Regions of all parts, of which none may come twice: those of the part before
# by name, of the others a number of eight bytes each.
new_region_ledger <- function(names, call) {
  prints <- list()
  before <- character()
  stop_twice <- function(parts, regions) {
    file <- names[parts]
    stop_nid("partition",
             c(paste0("A region stands in two parts, ", parts[1L], " and ",
                      parts[2L], if (!anyNA(file)) paste0(
                        " (", file_words(basename(file)), ")"),
                      if (length(regions)) paste0(": ", some_of(regions)), "."),
               i = paste0("All rows of a region must be in one part: order by ",
                          "region, or divide by it.")),
             parts = parts, regions = regions, call = call)
  }
  list(add = \(region) {
    now <- unique(as.character(region))
    k <- length(prints) + 1L
    twice <- intersect(now, before)
    if (length(twice) > 0L) stop_twice(c(k - 1L, k), twice)
    prints[[k]] <<- text_prints_cpp(enc2utf8(now))
    before <<- now
    length(now)
  }, close = \() {
    twice <- anyDuplicated(unlist(prints))
    if (twice > 0L) {
      all <- unlist(prints)
      at <- which(all == all[twice])
      stop_twice(findInterval(at - 1L, cumsum(lengths(prints))) + 1L,
                 character())
    }
  })
}

# ---- What parts said --------------------------------------------------------

new_said <- function() {
  heard <- list()
  hear <- function(cnd, k) {
    kind <- class(cnd)[1L]
    old <- heard[[kind]] %||% list(parts = integer(),
                                   text = conditionMessage(cnd))
    old$parts <- union(old$parts, k)
    heard[[kind]] <<- old
    rlang::cnd_muffle(cnd)
  }
  list(listen = \(k, name, code) {
    tryCatch(
      withCallingHandlers(code, nidcode_message = \(cnd) hear(cnd, k),
                          nidcode_warning = \(cnd) hear(cnd, k)),
      nidcode_error = \(cnd) {
        cnd$message <- paste0("Part ", k, if (!is.na(name)) {
          paste0(" (", file_words(basename(name)), ")")
        }, ": ", cnd$message)
        cnd$part <- k
        stop(cnd)
      })
  }, tell = \() if (length(heard) > 0L) tell_parts(heard))
}

tell_parts <- function(heard) {
  n <- vapply(heard, \(one) length(one$parts), 1L)
  first <- vapply(heard, \(one) sub("\n.*", "", one$text), "")
  inform_nid("parts",
             c("What the parts said:", stats::setNames(
               paste0("In ", vapply(n, count_of, "", "part"), ": ", first),
               rep("*", length(n)))),
             classes = names(heard), n = unname(n), messages = unname(first))
}

# ---- The first pass ---------------------------------------------------------

# Regions of a sample that tell what regions share.
sample_regions <- 5000L

# What the first pass can work out.
can_pass <- function(args) {
  inherits(args$reference, "nid_reference") ||
    args$normalise %in% moment_kinds && identical(args$reference, "panel") ||
    args$normalise %in% c("none", "goalposts")
}

freeze_job <- function(job, parts, sink, call) {
  lacks <- tryCatch(check_frozen(job, call), nidcode_error_reference = identity)
  if (!inherits(lacks, "error")) {
    return(job)
  }
  file <- file.path(sink, "reference.rds")
  if (!file.exists(file)) {
    reference <- reference_of_parts(parts, job, call)
    write_aside(file, \(draft) saveRDS(reference, draft), call)
  }
  job$args$reference <- readRDS(file)
  job
}

reference_of_parts <- function(parts, job, call) {
  args <- job$args
  each <- ceiling(sample_regions / parts$n)
  known <- inherits(args$reference, "nid_reference")
  moments <- NULL
  kept <- list()
  said <- new_said()
  bar <- start_bar("Looking through parts", parts$n)
  for (k in seq_len(parts$n)) {
    said$listen(k, parts$names[k], {
      data <- parts$get(k)
      panel <- code_panel(data, args$scheme, args$index, args$names_from,
                          args$values_from, args$status, args$status_labels,
                          args$names)
      check_transform_domain(panel, call)
      moments <- merge_moments(moments, panel_moments(panel))
    })
    kept[[k]] <- some_regions(data, panel, each)
    tick_bar(bar)
  }
  if (!known && args$normalise %in% moment_kinds) {
    args$reference <- moments_reference(moments, args)
  }
  sample <- do.call(rbind, kept)
  suppressWarnings(suppressMessages(sample_reference(sample, args, job, call)))
}

# Rows of regions that stand evenly among those of a part.
some_regions <- function(data, panel, n) {
  region <- panel$index[["region"]]
  all <- as.character(panel$regions)
  if (is.na(region) || length(all) <= n) {
    return(data)
  }
  some <- all[unique(round(seq(1, length(all), length.out = n)))]
  data[as.character(data[[region]]) %in% some, , drop = FALSE]
}

sample_reference <- function(sample, args, job, call) {
  panel <- code_panel(sample, args$scheme, args$index, args$names_from,
                      args$values_from, args$status, args$status_labels,
                      args$names)
  def <- define(panel, args$normalise, args$reference, args$aggregate,
                args$missing, call)
  if (job$what == "defining") {
    return(code_reference(def))
  }
  fit <- code_fit(def, args$rate, args$breaks, call)
  keep_rho(code_reference(rates_stub(fit)), fit, args$cor)
}

panel_moments <- function(panel) {
  lapply(transform_values(panel), \(x) {
    out <- column_moments(x)
    out <- list(n = as.double(out$n), mean = out$mean, min = out$min,
                max = out$max, square = out$sd^2 * (out$n - 1))
    if (out$n < 2) out$square <- 0
    out
  })
}

# Numbers, means and sums of squares of two sets as those of both.
merge_moments <- function(a, b) {
  if (is.null(a)) {
    return(b)
  }
  Map(\(a, b) {
    if (a$n == 0) return(b)
    if (b$n == 0) return(a)
    n <- a$n + b$n
    gap <- b$mean - a$mean
    list(n = n, mean = a$mean + gap * (b$n / n), min = min(a$min, b$min),
         max = max(a$max, b$max),
         square = a$square + b$square + gap^2 * (a$n * b$n / n))
  }, a, b)
}

moments_reference <- function(moments, args) {
  pick <- \(what) vapply(moments, \(m) if (m$n > 0) m[[what]] else NA_real_, 1)
  z <- args$normalise == "zscore"
  as_code_reference(data.frame(
    indicator = names(moments),
    centre = if (z) pick("mean") else pick("min"),
    scale = if (z) sqrt(pick("square") / (pick("n") - 1)) else
      pick("max") - pick("min")
  ), args$normalise)
}
