#' Codes, rates and formulas in a database
#'
#' The same as in memory, of a linear rate, as one query of a table in a
#' database (DuckDB, PostgreSQL, SQLite, ... through dbplyr): the data stay
#' where they are. It is a join with a small table of weights
#' ([code_operators()]), one for each set of times at which regions are observed,
#' which is looked up first; that table and the table of sets are copied to the database as
#' temporary tables.
#'
#' There are estimates, no errors: these and averaged splines are not linear in
#' the values, and are worked out by [code_parts()].
#'
#' @param data A table in a database (`tbl()` of dplyr), a row per region and
#'   time and a column per indicator; times are numbers.
#' @param scheme <nid_scheme> From [code_scheme()].
#' @param index <chr> Columns of regions and times; `NULL`: `region`, `year`.
#' @param what <chr> "defining", "dynamic", "industrial", "basic" or
#'   "contributions" (by code).
#' @param reference <nid_reference> [code_reference()] of the table, or another
#'   with one centre and scale an indicator.
#' @inheritParams code_operators
#' @return A table in the database, nothing of which is collected: regions (and
#'   times, `code`, `order`, as the verb of the same name has them) and
#'   `estimate`, for "basic" also `n.terms`. Rows have no order.
#' @section Errors: `nidcode_error_not_linear`, `_many_grids`, `_duplicate_key`,
#'   `_bad_time`, `_bad_region`, `_domain`, `_no_column`, `_reference`,
#'   `_argument`.
#' @family formulas
#' @seealso `vignette("scale")`
#' @examples
#' if (requireNamespace("dbplyr", quietly = TRUE) &&
#'       requireNamespace("RSQLite", quietly = TRUE)) {
#'   regions <- subset(ural, level == "region")
#'   con <- DBI::dbConnect(RSQLite::SQLite())
#'   table <- dplyr::copy_to(con, regions[c("region", "year", "apt_used")],
#'                           "regions")
#'   scheme <- code_scheme("apt_used", "production")
#'   reference <- code_reference(table, scheme)
#'   print(code_query(table, scheme, reference = reference,
#'                    rate = rate_difference()))
#'   DBI::dbDisconnect(con)
#' }
#' @export
code_query <- function(data, scheme, index = NULL, what = "basic", reference,
                       rate = rate_spline(), influence = influence_equal(),
                       measure = "sum", missing = "constant") {
  call <- rlang::current_env()
  check_choice(what, part_whats)
  if (base::missing(reference)) {
    stop_nid("reference",
             c("`reference` is missing.",
               i = "Make one with `code_reference(data, scheme)`."),
             call = call)
  }
  scheme <- check_scheme(scheme, call)
  job <- operator_job(scheme, rate, influence, measure, reference, missing,
                      call, what)
  table <- read_table(data, scheme, index, call)
  found <- table_grids(table, job, call)
  ops <- grid_operators(found$grids, job, what, call)
  con <- dbplyr::remote_con(data)
  keys <- grid_keys(found$grids, found$bits)
  keys$grid <- seq_len(nrow(keys))
  table_query(table, found$keyed, copy_exact(con, keys),
              copy_exact(con, wide_operators(ops)), ops$keys)
}

# ---- The table ---------------------------------------------------------------

# The table with columns of plain names: nid_time, x1, x2, ... after their
# transforms; `region` and `time` are the user's own.
read_table <- function(data, scheme, index, call) {
  if (!inherits(data, "tbl_lazy")) {
    stop_argument("data", "a table in a database, as dplyr::tbl() has it", data,
                  call)
  }
  rlang::check_installed(c("DBI", "dplyr", "dbplyr"))
  index <- index %||% c("region", "year")
  if (length(index) != 2L || !is.character(index)) {
    stop_argument("index", "columns of regions and times", index, call)
  }
  names(index) <- names(index) %||% c("region", "time")
  columns <- colnames(data)
  gone <- setdiff(c(index, scheme[["indicator"]]), columns)
  if (length(gone) > 0L) {
    stop_nid("no_column",
             c(paste0("The table has no column ", some_of(gone), "."),
               i = paste0("Its columns are ", some_of(columns, 20L), ".")),
             columns = gone, available = columns, call = call)
  }
  logs <- if (any(grepl("^log", scheme[["transform"]]))) log_of(data) else "log"
  x <- Map(\(name, transform) sql_transform(as.name(name), transform, logs),
           scheme[["indicator"]], scheme_transforms(scheme))
  names(x) <- paste0("x", seq_along(x))
  keys <- lapply(index[c("region", "time")], as.name)
  names(keys) <- c(index[["region"]], "nid_time")
  list(data = data, scheme = scheme, index = index,
       base = dplyr::transmute(data, !!!keys, !!!x))
}

# Some databases read log() as that of base 10.
log_of <- function(data) {
  probe <- dplyr::collect(utils::head(dplyr::transmute(data, p = log(10)), 1L))
  if (nrow(probe) == 0L || abs(probe$p - log(10)) < 1e-9) "log" else "LN"
}

sql_transform <- function(x, transform, logs) {
  log_call <- as.name(logs)
  top <- transform$high
  switch(
    transform$word,
    log = bquote(.(log_call)(.(x))), log1p = bquote(.(log_call)(1 + .(x))),
    "square root" = bquote(sqrt(.(x))),
    logit = bquote(.(log_call)(.(x) / (.(top) - .(x)))),
    x
  )
}

sql_outside <- function(x, transform) {
  low <- transform$low
  high <- transform$high
  one <- if (transform$closed) {
    bquote(ifelse(.(x) < .(low), 1, 0))
  } else if (is.finite(high)) {
    bquote(ifelse(.(x) <= .(low) | .(x) >= .(high), 1, 0))
  } else {
    bquote(ifelse(.(x) <= .(low), 1, 0))
  }
  bquote(sum(.(one), na.rm = TRUE))
}

# Cells outside the domain of their transform, and rows without region or time.
check_table <- function(table, call) {
  scheme <- table$scheme
  some <- which(scheme[["transform"]] != "none")
  count <- Map(\(name, transform) sql_outside(as.name(name), transform),
               scheme[["indicator"]][some], scheme_transforms(scheme)[some])
  names(count) <- paste0("x", seq_along(count), recycle0 = TRUE)
  for (key in c("region", "time")) {
    count[[key]] <- bquote(sum(ifelse(is.na(.(as.name(table$index[[key]]))), 1,
                                      0), na.rm = TRUE))
  }
  found <- dplyr::collect(dplyr::summarise(table$data, !!!count))
  found <- vapply(as.list(found), \(x) as.double(x %|% 0), 1)
  for (key in c("region", "time")) {
    if (found[[key]] > 0) {
      stop_nid(paste0("bad_", key),
               paste0(count_of(found[[key]], "row"), " of the table without a ",
                      key, "."), n = found[[key]],
               columns = table$index[[key]], call = call)
    }
  }
  bad <- which(utils::head(found, length(some)) > 0)
  if (length(bad) > 0L) {
    name <- scheme[["indicator"]][some[bad]]
    stop_nid("domain",
             paste0("The ", transform_words(scheme)[some[bad[1L]]], " of ",
                    some_of(name), " does not exist for ",
                    count_of(sum(found[bad]), "cell"), "."),
             columns = name, n = sum(found[bad]), call = call)
  }
}

`%|%` <- function(x, y) ifelse(is.na(x), y, x)

# Sets of times: those of the table, the bits that tell them, and each set once.
table_grids <- function(table, job, call) {
  check_table(table, call)
  times <- dplyr::collect(dplyr::distinct(table$base,
                                          !!as.name("nid_time")))[[1L]]
  if (inherits(times, "integer64")) times <- as.double(times)
  if (!is.numeric(times) || is.object(times)) {
    stop_nid("bad_time",
             c("Times of a table in a database must be numbers.",
               x = paste0("Column ", some_of(table$index[["time"]]), " is ",
                          describe(times), ".")),
             columns = table$index[["time"]], call = call)
  }
  times <- sort(as.double(times))
  bits <- time_bits(times)
  names(bits)[1L] <- "nid_time"
  remote <- copy_exact(dbplyr::remote_con(table$data), bits)
  keyed <- key_query(table, remote)
  keys <- setdiff(colnames(keyed), table$index[["region"]])
  all <- as.data.frame(dplyr::collect(dplyr::distinct(
    keyed, !!!rlang::syms(keys))))
  all[] <- lapply(all, as.double)
  grids <- table_patterns(all, times, job$scheme, length(bits) - 1L)
  twice <- sum(rowSums(grids$rows) != all$nid_rows)
  if (twice > 0L) {
    stop_nid("duplicate_key",
             c("Region and time must name one row of the table.",
               x = "Some regions have a time twice."), call = call)
  }
  list(grids = grids, bits = bits, keyed = keyed)
}

table_patterns <- function(all, times, scheme, chunks) {
  read <- function(name) {
    key <- as.matrix(all[paste0(name, seq_len(chunks))])
    at <- seq_along(times) - 1L
    out <- vapply(at, \(i) {
      key[, i %/% key_bits + 1L] %/% 2^(i %% key_bits) %% 2 == 1
    }, logical(nrow(all)))
    matrix(out, nrow(all))
  }
  name <- scheme[["indicator"]]
  list(times = times, rows = read("r"),
       here = stats::setNames(lapply(paste0("k", seq_along(name), "_"), read),
                              name))
}

# ---- Queries -----------------------------------------------------------------

# The key of every region: how many rows it has, at which times, and of every
# indicator at which it is not null.
key_query <- function(table, bits) {
  chunk <- setdiff(colnames(bits), "nid_time")
  name <- setdiff(colnames(table$base), c(table$index[["region"]], "nid_time"))
  rows <- lapply(chunk, \(b) bquote(sum(.(as.name(b)), na.rm = TRUE)))
  names(rows) <- sub("bit", "r", chunk)
  own <- unlist(lapply(name, \(x) {
    out <- lapply(chunk, \(b) {
      bquote(sum(ifelse(is.na(.(as.name(x))), 0, .(as.name(b))), na.rm = TRUE))
    })
    stats::setNames(out, paste0(sub("x", "k", x), "_", seq_along(chunk)))
  }), recursive = FALSE)
  joined <- dplyr::inner_join(table$base, bits, by = "nid_time")
  dplyr::summarise(
    dplyr::group_by(joined, !!as.name(table$index[["region"]])),
    nid_rows = sum(1, na.rm = TRUE), !!!rows, !!!own, .groups = "drop"
  )
}

# Values times weights, summed. A value that is null has weight 0 in its set.
table_query <- function(table, keyed, grids, ops, keys) {
  region <- table$index[["region"]]
  name <- setdiff(colnames(table$base), c(region, "nid_time"))
  by <- setdiff(colnames(grids), "grid")
  of <- dplyr::select(dplyr::inner_join(keyed, grids, by = by),
                      !!!rlang::syms(c(region, "grid")))
  each <- lapply(name, \(x) {
    w <- as.name(sub("x", "w", x))
    c <- as.name(sub("x", "c", x))
    bquote(ifelse(is.na(.(as.name(x))), 0, (.(as.name(x)) - .(c)) * .(w)))
  })
  total <- Reduce(\(a, b) bquote(.(a) + .(b)), each)
  joined <- dplyr::inner_join(dplyr::inner_join(table$base, of, by = region),
                              ops, by = c("grid", "nid_time"))
  out <- dplyr::summarise(
    dplyr::group_by(joined, !!!rlang::syms(c(region, keys))),
    estimate = !!bquote(sum(.(total), na.rm = TRUE) +
                          sum(void, na.rm = TRUE)), .groups = "drop"
  )
  if ("term" %in% keys) {
    out <- dplyr::rename(out, !!!stats::setNames(list(as.name("term")),
                                                 table$index[["time"]]))
  }
  out
}

wide_operators <- function(ops) {
  out <- ops$table
  names(out)[names(out) == "time"] <- "nid_time"
  for (k in seq_along(ops$centre)) {
    out[[paste0("c", k)]] <- ops$centre[[k]] + ops$flip[[k]]
  }
  out
}

# A copy in the database with the same bits, also where numbers travel as 15
# digits: in two parts, added up there.
copy_exact <- function(con, x) {
  low <- list()
  for (name in names(x)[vapply(x, is.double, NA)]) {
    high <- to_digits(x[[name]])
    rest <- x[[name]] - high
    if (any(rest != 0, na.rm = TRUE)) {
      x[[name]] <- high
      x[[paste0(name, "_low")]] <- rest
      low[[name]] <- bquote(.(as.name(name)) + .(as.name(paste0(name,
                                                                "_low"))))
    }
  }
  out <- copy_temporary(con, x, table_name())
  if (length(low) == 0L) {
    return(out)
  }
  keep <- setdiff(names(x), paste0(names(low), "_low"))
  exprs <- stats::setNames(lapply(keep, as.name), keep)
  exprs[names(low)] <- low
  dplyr::transmute(out, !!!exprs)
}

# dbplyr makes no temporary table through RPostgreSQL. RSQLite draws the names
# of its savepoints, which are gone at once: never from the caller's stream.
copy_temporary <- function(con, x, name) {
  if (!inherits(con, "PostgreSQLConnection")) {
    return(with_own_stream(1L, dplyr::copy_to(con, x, name, temporary = TRUE,
                                              analyze = FALSE)))
  }
  DBI::dbExecute(con, DBI::sqlCreateTable(con, name, x, row.names = FALSE,
                                          temporary = TRUE))
  for (rows in split(seq_len(nrow(x)), ceiling(seq_len(nrow(x)) / 1000))) {
    DBI::dbExecute(con, DBI::sqlAppendTable(con, name, x[rows, , drop = FALSE],
                                            row.names = FALSE))
  }
  dplyr::tbl(con, name)
}

# The number that 15 digits say: a whole number times or over a power of ten,
# rounded once. as.double() of a text may be off by a last bit.
to_digits <- function(x) {
  k <- 14L - floor(log10(abs(x)))
  ten <- 10^abs(k)
  near <- ifelse(k < 0, round(x / ten) * ten, round(x * ten) / ten)
  odd <- which(x != 0 & abs(k) > 22)
  near[odd] <- as.double(sprintf("%.14e", x[odd]))
  replace(near, x %in% 0, 0)
}

table_name <- function() paste0("nid_", basename(tempfile("")))

# ---- The reference -----------------------------------------------------------

#' @rdname code_reference
#' @param scheme,index For a table in a database: see [code_query()].
#' @param normalise <chr> For a table in a database: "zscore", "minmax",
#'   "goalposts" or "none".
#' @section In a database: Two queries: rough means and extremes, then sums and
#' sums of squares of what is left, in which no digits are lost whatever the
#' values. Neither orders of smoothness nor shared noise are known then: give
#' later verbs `m` of [rate_spline()] and `cor`, or a linear rate.
#' @export
code_reference.tbl_lazy <- function(x, scheme, index = NULL,
                                    normalise = "zscore", ...) {
  call <- rlang::current_env()
  rlang::check_dots_empty()
  check_choice(normalise, c("zscore", "minmax", "goalposts", "none"))
  scheme <- check_scheme(scheme, call)
  table <- read_table(x, scheme, index, call)
  check_table(table, call)
  name <- scheme[["indicator"]]
  if (normalise %in% moment_kinds) {
    m <- table_moments(table$base, length(name))
    z <- normalise == "zscore"
    centre <- if (z) m$mean else m$low
    scale <- if (z) m$sd else m$high - m$low
    warn_zero_spread(name[!is.na(centre) & (is.na(scale) | scale == 0)])
  } else if (normalise == "goalposts") {
    map <- goalpost_map(scheme, stats::setNames(rep(1, length(name)), name),
                        call)
    centre <- unlist(map$centre, FALSE, FALSE)
    scale <- unlist(map$scale, FALSE, FALSE)
  } else {
    centre <- 0
    scale <- 1
  }
  as_code_reference(data.frame(indicator = name, centre = centre,
                               scale = replace(scale, is.na(scale) &
                                                 !is.na(centre), 0)),
                    normalise)
}

table_moments <- function(base, k) {
  x <- paste0("x", seq_len(k))
  ask <- function(...) {
    out <- lapply(list(...), \(f) {
      stats::setNames(lapply(seq_len(k), \(i) f(as.name(x[i]), i)), x)
    })
    out <- unlist(out, recursive = FALSE)
    names(out) <- sub(".", "_", names(out), fixed = TRUE)
    found <- as.data.frame(dplyr::collect(dplyr::summarise(base, !!!out)))
    matrix(as.double(unlist(found)), k, dimnames = list(NULL, names(list(...))))
  }
  first <- ask(
    n = \(x, i) bquote(sum(ifelse(is.na(.(x)), 0, 1), na.rm = TRUE)),
    rough = \(x, i) bquote(mean(.(x), na.rm = TRUE)),
    low = \(x, i) bquote(min(.(x), na.rm = TRUE)),
    high = \(x, i) bquote(max(.(x), na.rm = TRUE))
  )
  # Exactly what the query says of it.
  rough <- to_digits(first[, "rough"])
  rough[is.na(rough)] <- 0
  rest <- ask(
    sum = \(x, i) bquote(sum(.(x) - .(rough[i]), na.rm = TRUE)),
    square = \(x, i) bquote(sum((.(x) - .(rough[i])) * (.(x) - .(rough[i])),
                                na.rm = TRUE))
  )
  n <- first[, "n"]
  list(mean = ifelse(n > 0, rough + rest[, "sum"] / n, NA),
       sd = ifelse(n > 1, sqrt(pmax(rest[, "square"] - rest[, "sum"]^2 / n, 0) /
                                 (n - 1)), NA),
       low = first[, "low"], high = first[, "high"])
}
