# What is promised past one machine, measured: rate of parts against memory,
# fixed cost, peak memory of 10 and of 100 parts, a query against memory.
#
#   Rscript bench/scale.R [rows a part, default 500000] [parts, default 100]
#
# A table of bars is printed; nothing is judged that hangs on a busy machine.

library(nidcode)
args <- c(commandArgs(trailingOnly = TRUE), NA, NA)
rows <- if (is.na(args[1L])) 5e5 else as.numeric(args[1L])
many <- if (is.na(args[2L])) 100L else as.integer(args[2L])
years <- 25L
parquet <- requireNamespace("nanoparquet", quietly = TRUE)
quiet <- function(code) suppressWarnings(suppressMessages(code))

part <- function(k, n = rows %/% years) {
  set.seed(k)
  x <- matrix(stats::rnorm(3 * n * years), ncol = 3)
  grow <- apply(x, 2L, \(v) as.vector(apply(matrix(v, years), 2L, cumsum)))
  data.frame(region = rep(sprintf("r%03d-%06d", k, seq_len(n)), each = years),
             year = rep(seq_len(years) + 1990, n), x = grow[, 1L],
             y = grow[, 2L], z = grow[, 3L])
}
scheme <- code_scheme(c("x", "y", "z"),
                      c("production", "institutional", "social"))
reference <- quiet(code_reference(code_model(part(0L, 500L), scheme)))

bars <- data.frame(what = character(), value = numeric(), bar = character())
bar <- function(what, value, bar) {
  bars[nrow(bars) + 1L, ] <<- list(what, value, bar)
  cat(sprintf("%-46s %10.3g   bar %s\n", what, value, bar))
}
cpu <- function(code) sum(system.time(code)[1:2])

# ---- One part, and a small one ------------------------------------------------

folder <- tempfile("scale")
dir.create(folder)
one <- part(1L)
memory <- cpu(whole <- quiet(basic_code(
  defining_codes(code_panel(one, scheme), reference = reference))))
ending <- if (parquet) "parquet" else "csv"
input <- file.path(folder, paste0("in.", ending))
nidcode:::write_part(one, input, NULL)
parts <- cpu(quiet(code_part(input, file.path(folder, paste0("a.", ending)),
                             scheme = scheme, reference = reference)))
bar("region-years a CPU second, in memory", nrow(one) / memory, "-")
bar(paste("the same from", ending, "to", ending, "/ memory"), memory / parts,
    ">= 0.5")
few <- part(2L, 1L)
dir.create(file.path(folder, "few"))
invisible(quiet(code_part(few, file.path(folder, "few", "0.csv"),
                          scheme = scheme, reference = reference)))
fixed <- cpu(for (k in 1:20) {
  quiet(code_part(few, file.path(folder, "few", paste0(k, ".csv")),
                  scheme = scheme, reference = reference))
})
bar("ms fixed a part", 1000 * fixed / 20, "<= 20")

# ---- Peak memory: in processes of their own ------------------------------------

peak <- function(n) {
  script <- tempfile(fileext = ".R")
  writeLines(c(
    sprintf(".libPaths(%s)", paste(deparse(.libPaths()), collapse = "")),
    "library(nidcode)",
    sprintf("load(%s)", deparse(file.path(folder, "b.rda"))),
    "k <- 0L",
    "fetch <- function(n) {", "  k <<- k + 1L",
    sprintf("  if (k > %d) part(k, 1L)[0L, ] else part(k)", n), "}",
    "suppressWarnings(suppressMessages(code_parts(fetch, tempfile(),",
    "  scheme = scheme, reference = reference, rows = rows)))",
    "status <- readLines('/proc/self/status')",
    "cat(as.numeric(gsub('[^0-9]', '', grep('VmHWM', status, value = TRUE))))"
  ), script)
  out <- system2(file.path(R.home("bin"), "Rscript"),
                 c("--no-save", "--no-restore", script), stdout = TRUE)
  as.numeric(utils::tail(out, 1L)) / 1024
}
if (file.exists("/proc/self/status")) {
  save(part, scheme, reference, rows, years, file = file.path(folder, "b.rda"))
  ten <- peak(10L)
  bar("MB at peak, 10 parts", ten, "<= 400")
  bar(paste("MB at peak,", many, "parts / of 10"), peak(many) / ten, "<= 1.1")
}

# ---- A query -------------------------------------------------------------------

if (requireNamespace("RSQLite", quietly = TRUE) &&
      requireNamespace("dbplyr", quietly = TRUE)) {
  con <- DBI::dbConnect(RSQLite::SQLite())
  table <- dplyr::copy_to(con, one, "panel")
  model <- quiet(basic_code(defining_codes(code_panel(one, scheme),
                                           reference = reference),
                            rate = rate_difference()))
  took <- cpu(have <- as.data.frame(dplyr::collect(code_query(
    table, scheme, rate = rate_difference(), reference = reference))))
  have <- have[match(model$region, have$region), ]
  bar("SQLite: gap to memory, sd",
      max(abs(have$estimate - model$estimate)) / stats::sd(model$estimate),
      "<= 1e-13")
  bar("SQLite: region-years a CPU second", nrow(one) / took, "-")
  DBI::dbDisconnect(con)
}

# ---- Ranks of glued results ----------------------------------------------------

n <- min(1e5, rows)
set.seed(1)
glued <- data.frame(region = seq_len(n), estimate = stats::rnorm(n),
                    std.error = 0.1 * exp(stats::rnorm(n) / 2),
                    df = stats::runif(n, 3, 30))
bar(sprintf("CPU seconds to rank %s regions", format(n, scientific = FALSE)),
    cpu(region_ranks(glued)), "-")
unlink(folder, recursive = TRUE)
